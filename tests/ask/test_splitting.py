"""An intervention made in two steps: what may not change, analysis by analysis.

    whole    both: {do: {a: no, b: much}}            split    one: {do: {a: no}}   two: {do: {b: much}}

The two steps have the date of the whole, so that the history before it is the same.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from changes import like, panel_of

from causal.ask.avoidance import avoidance
from causal.ask.cheapest import cheapest
from causal.ask.contrast import contrast
from causal.ask.front import front
from causal.ask.identification import identification
from causal.ask.identified import ADJUSTMENT, SETTLED, STEPWISE
from causal.ask.inevitability import inevitability
from causal.ask.interventions import FORECAST, MINIMAL, READINGS
from causal.ask.panel import Panel
from causal.ask.paths import paths
from causal.ask.responsibility import responsibility
from causal.ask.rewrite import rewrite
from causal.ask.sweep import WHOLE, sweep
from causal.spec.grammar import parse_event, parse_question

YES = parse_event("y = yes")
MODEL = """
model: votes
variables:
  r: {states: [no, yes], when: 1918, actual: yes}
  a: {states: [no, yes], when: 1920, parents: [r], actual: yes}
  b: {states: [no, some, much], when: 1921, parents: [PARENTS], actual: some}
  c: {states: [no, yes], when: 1923, actual: no}
  y: {states: [no, yes], when: 1925, parents: [a, b, c], actual: yes}
  w: {states: [no, yes], when: 1922, parents: [a], actual: yes}
outcome: y = yes
factors: {a: no, c: yes}
interventions:
  early: {title: Early, when: 1917, do: {r: no}}
  calm: {title: A calm, when: 1923, do: {c: yes}}
"""
APART, TIED = "r", "r, a"  # b without a, given the history before 1920; and with it
ENTIRE = "  both: {title: At once, when: 1920, do: {a: no, b: much}}\n"
STEPS = "  one: {title: First, when: 1920, do: {a: no}}\n  two: {title: Second, when: 1920, do: {b: much}}\n"
SAID = "".join(
    f"  - {{about: 'P(y = yes | a = {a}, b = {b}, c = {c})', says: {{quantiles: {{5: {p - 0.06:.2f}, 50: {p:.2f}, "
    f"95: {p + 0.06:.2f}}}}}}}\n"
    for a, at_a in (("no", 0.0), ("yes", 0.28))
    for b, at_b in (("no", 0.3), ("some", 0.25), ("much", 0.0))
    for c, at_c in (("no", 0.25), ("yes", 0.0))
    for p in (0.1 + at_a + at_b + at_c,)
)
PRIORS = f"""
priors: votes
model: votes
experts: {{anna: {{school: north, weight: 2}}, boris: {{school: south}}, vera: {{school: south}}, zoe: {{pool: false}}}}
defaults:
{SAID}"""


def case(interventions: str, parents: str = TIED, draws: Panel | None = None) -> Panel:
    """Return the case with further interventions, and the draws of another panel, whose parameters it has."""
    panel = panel_of(MODEL.replace("PARENTS", parents) + interventions, PRIORS, draws=20)
    return panel if draws is None else like(panel, draws)


def settled(panel: Panel) -> Panel:
    """Return a panel in which every expert is certain of one thing, the same for all."""
    draws = panel.draws
    return replace(panel, draws=replace(draws, theta=np.broadcast_to(draws.theta[:1, :1, :, :1], draws.theta.shape)))


@pytest.fixture(scope="module")
def whole() -> Panel:
    return case(ENTIRE)


@pytest.fixture(scope="module")
def split(whole: Panel) -> Panel:
    return case(STEPS, draws=whole)


@pytest.fixture(scope="module")
def all_three(whole: Panel) -> Panel:
    return case(ENTIRE + STEPS, draws=whole)


def close(found, wanted) -> None:
    """Hold what is said to each voice to the same numbers."""
    assert found.keys() == wanted.keys()
    for voice, spread in wanted.items():
        assert found[voice].to_dict() == pytest.approx(spread.to_dict()), voice


def test_a_pair_does_what_the_whole_does(whole: Panel, split: Panel) -> None:
    """What is set, the history and what is given are the same under every reading, for every voice."""
    at_once = {(each.reading, each.candidate.name): each for each in sweep(whole, YES).rows}
    in_steps = {(each.reading, each.candidate.name): each for each in sweep(split, YES, pairs=True).rows}
    for reading in READINGS:
        one, pair = at_once[reading, "both"], in_steps[reading, "one + two"]
        for kind in ("outcome", "without", "effect"):
            close(getattr(pair, kind), getattr(one, kind))
        for beside in ("early", "calm"):  # and nobody else is touched
            close(in_steps[reading, beside].effect, at_once[reading, beside].effect)


def test_the_pieces_are_no_less_plausible_and_leave_the_others_where_they_were(whole: Panel, all_three: Panel) -> None:
    """P(a, b | h) is at most P(a | h). Two more to be beaten by take nobody off the ground, and put nobody on it."""
    for reading in READINGS:
        before = {each.candidate.name: each for each in front(whole, YES, reading).rows}
        after = {each.candidate.name: each for each in front(all_three, YES, reading).rows}
        assert set(after) == {*before, "one", "two"}
        for name, each in before.items():
            close(after[name].plausibility, each.plausibility)
            close(after[name].reduction, each.reduction)
            assert each.front or not after[name].front
            assert all(after[name].often[voice] <= share + 1e-12 for voice, share in each.often.items())
        for piece in ("one", "two"):
            for voice, spread in before["both"].plausibility.items():
                for level in ("mean", "median", "lower", "upper"):
                    assert getattr(after[piece].plausibility[voice], level) > getattr(spread, level)


@pytest.mark.parametrize("reading", READINGS)
def test_the_cheapest_set_of_the_pieces_is_the_whole(whole: Panel, split: Panel, reading: str) -> None:
    """Where neither piece alone will do; how plausible both are together needs no independence, so it is the same."""
    (both,) = sweep(whole, YES, names=["both"]).of(reading)
    limit = max(spread.upper for voice, spread in both.outcome.items() if voice[0] == "school") + 1e-6
    asked = {"below": limit, "confidence": 0.9, "reading": reading}
    at_once = cheapest(whole, YES, names=["both"], size=1, **asked)
    in_steps = cheapest(split, YES, names=["one", "two"], size=2, **asked)
    assert cheapest(split, YES, names=["one", "two"], size=1, **asked).panel is None
    for one, other in ((at_once.panel, in_steps.panel), (at_once.schools, in_steps.schools)):
        assert one is not None
        assert other is not None
        assert other.whole.do == one.whole.do
        assert other.whole.when == one.whole.when
        assert other.shares == pytest.approx(one.shares)
        close(other.outcome, one.outcome)
        close(other.without, one.without)
        assert other.joint == pytest.approx(one.joint) == pytest.approx(one.plausibility)


def test_pieces_that_are_independent_cost_what_the_whole_costs() -> None:
    """-log P(a, b | h) = -log P(a | h) - log P(b | h), if P is one distribution; over several draws means differ."""
    for parents, free in ((APART, True), (TIED, False)):
        at_once = settled(case(ENTIRE, parents))
        in_steps = like(case(STEPS, parents), at_once)
        limit = sweep(at_once, YES, names=["both"]).of(MINIMAL)[0].mean + 1e-6
        one = cheapest(at_once, YES, limit, 1.0, names=["both"]).panel
        other = cheapest(in_steps, YES, limit, 1.0, names=["one", "two"]).panel
        assert one is not None
        assert other is not None
        assert len(other.changes) == 2
        assert other.joint == pytest.approx(one.joint)
        assert (other.cost == pytest.approx(one.cost)) is free


def test_what_the_whole_reaches_the_pieces_reach_and_no_dearer() -> None:
    """Every set of the whole model is one of the split model with one change more, at the same cost."""
    at_once = settled(case(ENTIRE, APART))
    in_steps = like(case(STEPS, APART), at_once)
    reached = 0
    for below in (0.12, 0.2, 0.35, 0.5, 0.65):
        for reading in READINGS:
            one = rewrite(at_once, YES, reading, below, 1.0, size=2).cheapest.panel
            other = rewrite(in_steps, YES, reading, below, 1.0, size=3).cheapest.panel
            if one is not None:
                assert other is not None
                assert other.cost <= one.cost + 1e-9
                reached += 1
    assert reached > 5


def test_the_curve_and_what_is_left_do_not_hang_on_how_it_is_told(whole: Panel, split: Panel, all_three: Panel) -> None:
    """The record knows no interventions; the others keep their numbers; from a later day on all is as it was."""
    for reading in READINGS:
        one, other, three = (inevitability(each, YES, "calm", reading) for each in (whole, split, all_three))
        assert [step.outcome.estimates for step in other.steps] == [step.outcome.estimates for step in one.steps]
        chances = {each.intervention.name: each for each in three.chances}
        for found in (one, other):
            for each in found.chances:
                assert each.outcome.estimates == chances[each.intervention.name].outcome.estimates
        assert one.asked is not None
        assert other.asked is not None
        assert one.asked.left is not None
        assert other.asked.left is not None
        assert one.asked.left.under_half.estimates == other.asked.left.under_half.estimates
        days = {each.date: each for each in one.left}
        assert days.keys() == {each.date for each in other.left}
        for each in three.left:  # with the whole and its pieces there is at least what there is with the whole
            assert each.under_half.panel.mean >= days[each.date].under_half.panel.mean - 1e-12


def test_a_step_that_does_nothing_closes_nothing() -> None:
    """W leads nowhere: a change of a and w is one of a, and a change of w alone is none."""
    at_once = case("  both: {when: 1920, do: {a: no, w: no}}\n")
    in_steps = case("  one: {when: 1920, do: {a: no}}\n  two: {when: 1920, do: {w: no}}\n", draws=at_once)
    for reading in (FORECAST, MINIMAL):
        one, other = (inevitability(each, YES, reading=reading) for each in (at_once, in_steps))
        outcome = {each.intervention.name: each.outcome for found in (one, other) for each in found.chances}
        assert outcome["one"].panel.mean == pytest.approx(outcome["both"].panel.mean)
        bare = sweep(at_once, YES, names=["both"]).of(reading)[0].without[WHOLE].mean
        assert outcome["two"].panel.mean == pytest.approx(bare)
        assert (other.closed, other.closed_by) == (one.closed, one.closed_by)
        for before, after in zip(one.left, other.left, strict=True):
            assert after.under_half.panel.mean == pytest.approx(before.under_half.panel.mean)
            assert after.best.outcome.panel.mean == pytest.approx(before.best.outcome.panel.mean)


def test_at_least_one_of_two_steps_is_both_their_sum_less_the_whole(split: Panel, all_three: Panel) -> None:
    """P(one or two) = P(one) + P(two) - P(both); the whole is part of each step, so that it adds no way out."""
    lone = like(panel_of(MODEL.replace("PARENTS", TIED).partition("  early:")[0] + STEPS, PRIORS, draws=20), split)
    (_, steps), (_, three) = avoidance(lone, YES).unions, avoidance(all_three, YES).unions
    ways = {way.name: way for way in three.ways}
    for mean in (lambda m: m.panel.mean, lambda m: m.estimates["boris"].mean):
        for union, each in ((steps.union, "probability"), (steps.saved, "saved")):
            one, two, both = (mean(getattr(ways[name], each)) for name in ("one", "two", "both"))
            assert mean(union) == pytest.approx(one + two - both)
    (_, in_steps) = avoidance(split, YES).unions
    assert not ways["both"].counted
    for kind in ("union", "total", "saved", "saved_total", "avoided"):
        assert getattr(three, kind).estimates == getattr(in_steps, kind).estimates


def test_a_way_told_case_by_case_is_the_same_way(whole: Panel) -> None:
    """A = no is a = no with each state of b: apart from each other, so that even the sum is the same."""
    one = case("  some: {do: {a: no}}\n", draws=whole)
    three = case("".join(f"  some_{b}: {{do: {{a: no, b: {b}}}}}\n" for b in ("no", "some", "much")), draws=whole)
    for before in (None, "1919"):
        (_, at_once), (_, by_case) = avoidance(one, YES, before).unions, avoidance(three, YES, before).unions
        assert len(by_case.ways) == len(at_once.ways) + 2
        for kind in ("union", "total", "saved", "saved_total", "avoided"):
            assert getattr(by_case, kind).panel.mean == pytest.approx(getattr(at_once, kind).panel.mean)


@pytest.mark.parametrize("reading", READINGS)
def test_two_steps_are_one_side_of_a_contrast(whole: Panel, split: Panel, reading: str) -> None:
    """One against the other, both of them do what the whole does; together on one side they are the whole."""
    at_once = contrast(whole, YES, ["both"], ["calm"], reading)
    in_steps = contrast(split, YES, ["one", "two"], ["calm"], reading)
    assert in_steps.first.do == at_once.first.do
    assert in_steps.skipped == at_once.skipped
    for one, other in zip(at_once.components, in_steps.components, strict=True):
        assert [each.estimates for each in other.measures] == [each.estimates for each in one.measures]
    against = contrast(split, YES, ["one"], ["two"], reading).outcome
    wanted = sweep(whole, YES, names=["both"]).of(reading)[0].outcome
    assert against.cells["both"].panel.mean == pytest.approx(wanted[WHOLE].mean)
    assert against.cells["both"].estimates["zoe"].mean == pytest.approx(wanted[("expert", "zoe")].mean)


def test_who_is_to_blame_and_how_it_came_knows_no_interventions(whole: Panel, split: Panel) -> None:
    for reading in READINGS:
        for one, other in ((responsibility(each, YES, reading) for each in (whole, split)),
                           (paths(each, YES, reading=reading) for each in (whole, split))):  # fmt: skip
            pd.testing.assert_frame_equal(other.table, one.table)


def ask(panel: Panel, text: str) -> np.ndarray:
    return panel.values(panel.elicited.writer.write(parse_question(text)).slots)[0, 0].ravel()


def test_what_cases_identify_at_once_they_identify_in_steps(all_three: Panel) -> None:
    """All is observed and nothing hidden, so all is identified; what comes of each estimand is what doing does."""
    rows = {each.intervention: each for each in identification(all_three, YES).rows}
    assert all(each.how in SETTLED for each in rows.values())
    model = all_three.elicited.network.model
    assert rows["one"].how == rows["two"].how == ADJUSTMENT
    for name, each in rows.items():
        x = ", ".join(f"{variable} = {state}" for variable, state in each.do.items())
        done = ask(all_three, f"P(y = yes | do({x}))")
        if each.how == ADJUSTMENT:
            seen = np.zeros_like(done)
            for z in _contexts(model, each.variables):
                seen += (
                    ask(all_three, f"P({z})") * ask(all_three, f"P(y = yes | {x}, {z})")
                    if z
                    else ask(all_three, f"P(y = yes | {x})")
                )
            assert seen == pytest.approx(done), name
        else:
            assert each.how == STEPWISE


def _contexts(model, names) -> list[str]:
    found = [""]
    for name in names:
        states = model.variables[name].states
        found = [f"{before}{', ' if before else ''}{name} = {state}" for before in found for state in states]
    return found
