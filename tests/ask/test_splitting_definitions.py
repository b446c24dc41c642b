"""A definition, or a factor, in two steps: what may not change, analysis by analysis.

    whole    y: any of (x and m, v)                  split    z: x and m           y: any of (z, v)
    whole    x -> everything                         split    x -> twin -> everything, the twin being a copy

Nothing that chance decides is added, so that the worlds and their chances are the same.
"""

from __future__ import annotations

import math

import pytest
from changes import like, panel_of

from causal.ask.avoidance import avoidance
from causal.ask.carries import carries
from causal.ask.contrast import contrast
from causal.ask.inevitability import inevitability
from causal.ask.interventions import READINGS
from causal.ask.panel import Panel
from causal.ask.paths import paths
from causal.ask.responsibility import responsibility
from causal.ask.rewrite import rewrite
from causal.ask.sweep import sweep
from causal.spec.grammar import parse_event

YES = parse_event("y = yes")
DEFINED = """
model: votes
variables:
  w: {states: [no, yes], when: 1919, actual: yes}
  x: {states: [no, yes], when: 1920, actual: yes}
  m: {states: [low, mid, high], when: 1921, parents: [x, w], actual: high}
  v: {states: [no, yes], when: 1921, parents: [w], actual: no}
HALF
  y: {states: [no, yes], when: 1922, parents: [PARTS], actual: yes, mechanism: {rule: {at least: 1, of: [TEST]}}}
outcome: y = yes
factors: {x: no, m: low}
interventions:
  early: {title: Early, when: 1919, do: {x: no}}
  late: {title: Late, when: 1921, do: {m: low}}
  apart: {title: Apart, when: 1920, do: {v: no}}
  both: {title: Both, when: 1920, do: {x: no, m: mid}}
"""
AND = "{all of: [x, {m: high}]}"
FLAT = DEFINED.replace("HALF\n", "").replace("PARTS", "x, m, v").replace("TEST", f"{AND}, v")
DEEP = (
    DEFINED.replace("HALF", f"  z: {{states: [no, yes], when: 1921, parents: [x, m], mechanism: {{rule: {AND}}}}}")
    .replace("PARTS", "z, v").replace("TEST", "z, v")
)  # fmt: skip
TWO = "priors: votes\nmodel: votes\nexperts: {a: {school: north, weight: 2}, b: {school: south}}\n"


def close(found, wanted) -> None:
    """Hold what is said to each voice to the same numbers."""
    assert found.keys() == wanted.keys()
    for voice, spread in wanted.items():
        assert found[voice].to_dict() == pytest.approx(spread.to_dict()), voice


@pytest.fixture(scope="module")
def flat() -> Panel:
    return panel_of(FLAT, TWO, draws=40)


@pytest.fixture(scope="module")
def deep(flat: Panel) -> Panel:
    return like(panel_of(DEEP, TWO, draws=40), flat)


def test_a_definition_in_two_steps_ranks_changes_as_one_in_one(flat: Panel, deep: Panel) -> None:
    """The same worlds with the same chances; a part of a part is a part, so that kinds are the same as well."""

    def rows(panel: Panel) -> dict:
        every = sweep(panel, YES, pairs=True, everything=True).rows
        return {(e.reading, e.candidate.name): e for e in every if "z" not in e.candidate.do}  # fmt: skip

    one, other = rows(flat), rows(deep)
    assert one.keys() == other.keys()
    for key, each in one.items():
        assert other[key].candidate.group == each.candidate.group
        close(other[key].outcome, each.outcome)
        close(other[key].effect, each.effect)
        if each.candidate.kind != "single setting":  # z is one more of these
            assert other[key].ranks == pytest.approx(each.ranks)
    for reading in READINGS:
        before, after = (rewrite(panel, YES, reading, 0.4, 0.6) for panel in (flat, deep))
        for each, again in zip(before.front.rows, after.front.rows, strict=True):
            assert (again.candidate.name, again.front) == (each.candidate.name, each.front)
            assert again.often == pytest.approx(each.often)
        assert (after.cheapest.panel is None) is (before.cheapest.panel is None)
        if before.cheapest.panel is not None and after.cheapest.panel is not None:
            assert after.cheapest.panel.whole.name == before.cheapest.panel.whole.name
            assert after.cheapest.panel.shares == pytest.approx(before.cheapest.panel.shares)


def test_a_part_of_a_part_closes_no_window(flat: Panel, deep: Panel) -> None:
    """What sets a part of the definition brings the outcome down by definition, however deep the part lies."""
    for reading in READINGS:
        one, other = (inevitability(panel, YES, reading=reading) for panel in (flat, deep))
        for before, after in zip(one.steps, other.steps, strict=True):
            assert (after.date, after.decided) == (before.date, before.decided)
            assert after.outcome.panel.mean == pytest.approx(before.outcome.panel.mean)
        for before, after in zip(one.chances, other.chances, strict=True):
            assert after.intervention.name == before.intervention.name
            assert after.by_definition == before.by_definition
            assert after.outcome.panel.mean == pytest.approx(before.outcome.panel.mean)
        assert all(each.by_definition for each in one.chances)
        assert (other.closed, other.closed_by, len(other.left)) == (one.closed, one.closed_by, len(one.left))


def test_blame_ways_out_contrasts_and_what_carries_are_the_same(flat: Panel, deep: Panel) -> None:
    """Nothing was added that chance decides, and no factor, way or set mentions what stands between."""
    for reading in READINGS:
        one, other = (responsibility(panel, YES, reading) for panel in (flat, deep))
        assert _means(other.causes) == pytest.approx(_means(one.causes))
        for before, after in zip(one.factors, other.factors, strict=True):
            assert after.share.panel.mean == pytest.approx(before.share.panel.mean)
        assert other.total.panel.mean == pytest.approx(one.total.panel.mean)
        assert other.pairs[0].index.panel.mean == pytest.approx(one.pairs[0].index.panel.mean)
        cells = [contrast(panel, YES, ["early"], ["late"], reading).outcome for panel in (flat, deep)]
        assert [each.panel.mean for each in cells[1].measures] == pytest.approx(
            [each.panel.mean for each in cells[0].measures]
        )
    (_, one), (_, other) = (avoidance(panel, YES).unions for panel in (flat, deep))
    for kind in ("union", "total", "saved", "saved_total", "avoided"):
        assert getattr(other, kind).panel.mean == pytest.approx(getattr(one, kind).panel.mean)
    for name in ("", "early"):
        before, after = (carries(panel, YES, name) for panel in (flat, deep))
        assert [(e.question, e.expert, e.swing) for e in after.swings] == [
            (e.question, e.expert, pytest.approx(e.swing)) for e in before.swings
        ]
        assert [(e.question, e.at) for e in after.tips] == [(e.question, pytest.approx(e.at)) for e in before.tips]
        assert {(e.question, e.expert): e.panel for e in after.gains} == pytest.approx(
            {(e.question, e.expert): e.panel for e in before.gains}
        )
        assert {(e.variable, e.expert): e.first for e in after.shares.rows} == pytest.approx(
            {(e.variable, e.expert): e.first for e in before.shares.rows}
        )


def _means(causes) -> list[float]:
    """Return the means of every cause's three numbers, some number where there is none."""
    kinds = ("necessity", "sufficiency", "both")
    answers = [each.answers.get(kind) for each in causes for kind in kinds]
    return [math.pi if answer is None else answer.panel.mean for answer in answers]


def test_what_stands_between_carries_all_that_runs_through_it(flat: Panel, deep: Panel) -> None:
    """X acts on y through z alone: the arrow x -> y is the path x -> z, and through z runs the whole effect."""
    for reading in READINGS:
        (one,) = paths(flat, YES, "x", ["m"], reading=reading).effects
        (other,) = paths(deep, YES, "x", ["m"], along=["z"], reading=reading).effects
        assert other.total.panel.mean == pytest.approx(one.total.panel.mean)
        for before, after in ((one.held, other.held), (one.each[0], other.each[0])):
            assert before is not None
            assert after is not None
            assert after.mediators == ("m",)
            assert after.through.panel.mean == pytest.approx(before.through.panel.mean)
            assert after.without.panel.mean == pytest.approx(before.without.panel.mean)
        assert other.direct is None
        assert one.direct is not None
        assert other.along is not None
        assert other.along.effect is not None
        assert other.along.effect.panel.mean == pytest.approx(one.direct.panel.mean)
        (between,) = (each for each in other.each if each.mediators == ("z",))
        assert between.through.panel.mean == pytest.approx(one.total.panel.mean)
        assert between.without.panel.mean == pytest.approx(0.0, abs=1e-12)


# A factor and its copy

TWIN = (
    FLAT.replace("  m: {", "  twin: {states: [no, yes], when: 1920, parents: [x], actual: yes, "
                 "mechanism: {rule: {all of: [x]}}}\n  m: {")
    .replace("parents: [x, w]", "parents: [twin, w]").replace("parents: [x, m, v]", "parents: [twin, m, v]")
    .replace("{all of: [x, {m: high}]}", "{all of: [twin, {m: high}]}")
)  # fmt: skip


@pytest.fixture(scope="module")
def twins(flat: Panel) -> Panel:
    panel = panel_of(TWIN, TWO, draws=40)
    return like(panel, flat, {name: name.replace("twin", "x") for name in panel.draws.parameters})


@pytest.mark.parametrize("reading", READINGS)
def test_a_copy_in_the_place_of_a_factor_has_its_share(flat: Panel, twins: Panel, reading: str) -> None:
    """All that the factor does it does by its copy; with both among the factors, held, the nearer one takes it all."""
    one = responsibility(flat, YES, reading)
    shares = {each.name: each.share.panel.mean for each in one.factors}
    for factors in ({"x": "no", "m": "low"}, {"twin": "no", "m": "low"}):
        other = responsibility(twins, YES, reading, factors)
        assert [each.share.panel.mean for each in other.factors] == pytest.approx([shares["x"], shares["m"]])
        assert other.total.panel.mean == pytest.approx(one.total.panel.mean)
        assert other.pairs[0].index.panel.mean == pytest.approx(one.pairs[0].index.panel.mean)
    held = responsibility(twins, YES, reading, {"x": "no", "twin": "no", "m": "low"})
    assert {each.name: each.share.panel.mean for each in held.factors} == pytest.approx(
        {"x": 0.0, "twin": shares["x"], "m": shares["m"]}, abs=1e-12
    )
    causes = {each.name: each for each in held.causes}
    for kind in ("necessity", "both"):
        assert causes["twin"].answers[kind].panel.mean == pytest.approx(causes["x"].answers[kind].panel.mean)
    assert "sufficiency" not in causes["twin"].answers  # a copy that differs from what it copies cannot be
    assert _means([causes["x"]]) == pytest.approx(_means([each for each in one.causes if each.name == "x"]))


@pytest.mark.parametrize("reading", READINGS)
def test_two_of_which_either_will_do_have_equal_shares(flat: Panel, twins: Panel, reading: str) -> None:
    """With what stays left to come about, to change either is to change both (symmetry), and the total is the same."""
    one = responsibility(flat, YES, reading, held=False)
    both = responsibility(twins, YES, reading, {"x": "no", "twin": "no", "m": "low"}, held=False)
    shares = {each.name: each.share for each in both.factors}
    assert shares["x"].panel.mean == pytest.approx(shares["twin"].panel.mean)
    assert abs(shares["x"].panel.mean) > 1e-3
    assert both.total.panel.mean == pytest.approx(one.total.panel.mean)
    alone = responsibility(twins, YES, reading, {"x": "no", "twin": "no"}, held=False)
    only = responsibility(twins, YES, reading, {"x": "no"}, held=False)
    assert [each.share.panel.mean for each in alone.factors] == pytest.approx([only.total.panel.mean / 2] * 2)


def test_a_mediator_and_its_copy_carry_the_same(flat: Panel) -> None:
    """What is held at one of two that are always equal is held at the other."""
    text = FLAT.replace("  v: {", "  copy: {states: [no, yes], when: 1921, parents: [m], mechanism: {rule: "
                        "{all of: [{m: high}]}}}\n  v: {")  # fmt: skip
    text = text.replace("parents: [x, m, v]", "parents: [x, copy, v]").replace("[x, {m: high}]", "[x, copy]")
    panel = like(panel_of(text, TWO, draws=40), flat)
    for reading in READINGS:
        (wanted,) = paths(flat, YES, "x", ["m"], reading=reading).effects
        for through in (["m"], ["copy"], ["m", "copy"]):
            (found,) = paths(panel, YES, "x", through, reading=reading).effects
            assert found.held is not None
            assert wanted.held is not None
            assert found.held.through.panel.mean == pytest.approx(wanted.held.through.panel.mean)
            assert found.held.without.panel.mean == pytest.approx(wanted.held.without.panel.mean)
    assert found.total.panel.mean == pytest.approx(wanted.total.panel.mean)
