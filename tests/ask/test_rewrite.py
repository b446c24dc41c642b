"""The smallest rewrite: against every subset of changes on random models, fronts counted by hand, and laws."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from itertools import chain, combinations

import numpy as np
import pytest
from changes import MODEL, PRIORS, history, like, panel_of, summed

import causal
from causal.ask.candidates import candidates, compatible, settings, together
from causal.ask.cheapest import cheapest, priced
from causal.ask.front import front, unbeaten
from causal.ask.interventions import FORECAST, MINIMAL, RETROSPECTIVE
from causal.ask.panel import Panel
from causal.ask.rewrite import rewrite
from causal.ask.search import rising
from causal.ask.swept import WHOLE
from causal.errors import QueryError, UsageError
from causal.learn.gate import REFUSE, Finding, Gate
from causal.spec.grammar import parse_event

YES = parse_event("y = yes")


@pytest.fixture(scope="module")
def panel() -> Panel:
    return panel_of(draws=8)


def random_text(rng: np.random.Generator, size: int = 5) -> str:
    """Return a random model of plain tables with dates, facts and interventions of one or two settings."""
    names = [f"v{place}" for place in range(size)]
    lines = ["model: votes", "variables:"]
    for place, name in enumerate([*names, "y"]):
        earlier = names[:place]
        parents = (
            sorted(rng.choice(earlier, size=min(len(earlier), int(rng.integers(1, 3))), replace=False))
            if earlier
            else []
        )
        facts = f"when: {1900 + place}, actual: {rng.choice(['no', 'yes'])}" if name != "y" else f"when: {1900 + place}"
        lines.append(f"  {name}: {{states: [no, yes], {facts}, parents: [{', '.join(parents)}]}}")
    lines += ["outcome: y = yes", "interventions:"]
    for number in range(6):
        touched = rng.choice(size, size=int(rng.integers(1, 3)), replace=False)
        do = ", ".join(f"v{each}: {rng.choice(['no', 'yes'])}" for each in touched)
        lines.append(f"  i{number}: {{when: {1900 + min(touched)}, do: {{{do}}}}}")
    return "\n".join(lines) + "\n"


def by_force(
    panel: Panel, below: float, confidence: float, reading: str, size: int
) -> dict[str, tuple[float, float] | None]:
    """Return the cost and share of the cheapest set for the panel and for every school: every subset is asked."""
    graph = panel.elicited.network.graph
    chosen = candidates(graph, YES).chosen
    cost = {}
    for each in chosen:
        page = panel.elicited.writer.write(each.plausibility(graph))
        values, given = panel.values([page.slots[0], page.leaves[0].evidence])
        if (given[:3] > 0).any(axis=(1, 2)).all():
            mean = 0.5 * values[0].mean() + 0.25 * values[1].mean() + 0.25 * values[2].mean()
            cost[each.name] = -math.log(mean)
    found: dict[str, tuple[float, float] | None] = {"panel": None, "schools": None}
    subsets = chain.from_iterable(combinations([e for e in chosen if e.name in cost], n) for n in range(1, size + 1))
    for several in subsets:
        if not compatible(several):
            continue
        page = panel.elicited.writer.write(together(several).asks(YES, reading)[0])
        values = panel.values([page.slots[0]])[0].reshape(4, -1)
        under = (values < below).mean(axis=1)
        total = math.fsum(cost[each.name] for each in several)
        whole = 0.5 * under[0] + 0.25 * under[1] + 0.25 * under[2]
        schools = min(under[0], (under[1] + under[2]) / 2)
        for criterion, share in (("panel", whole), ("schools", schools)):
            best = found[criterion]
            if share >= confidence - 1e-9 and (best is None or total < best[0] - 1e-9):
                found[criterion] = (total, share)
    return found


@pytest.mark.parametrize("seed", range(12))
def test_no_subset_is_cheaper(seed: int) -> None:
    rng = np.random.default_rng(seed)
    panel = panel_of(random_text(rng), seed=seed, draws=20)
    for reading, below, confidence in ((FORECAST, 0.4, 0.6), (MINIMAL, 0.5, 0.8), (RETROSPECTIVE, 0.3, 0.5)):
        for size in (1, 3):
            wanted = by_force(panel, below, confidence, reading, size)
            found = cheapest(panel, YES, below, confidence, reading, size)
            for criterion, got in (("panel", found.panel), ("schools", found.schools)):
                best = wanted[criterion]
                assert (got is None) is (best is None), (seed, reading, size, criterion)
                if got is not None and best is not None:
                    assert got.cost == pytest.approx(best[0])
                    assert len(got.changes) <= size
            if found.panel is not None and wanted["panel"] is not None:
                assert found.panel.shares[WHOLE] >= confidence - 1e-9
            assert found.exhausted is (found.schools is None)


def test_sets_come_out_once_each_the_cheapest_first() -> None:
    rng = np.random.default_rng(5)
    for costs in (sorted(rng.exponential(size=7).tolist()), [0.0, 0.0, 1.0, 1.0], []):
        for size in (1, 2, 3, 9):
            found = list(rising(costs, size))
            every = list(chain.from_iterable(combinations(range(len(costs)), n) for n in range(1, size + 1)))
            assert sorted(chosen for _, chosen in found) == sorted(every)
            assert [cost for cost, _ in found] == sorted(cost for cost, _ in found)
            assert all(cost == pytest.approx(sum(costs[i] for i in chosen)) for cost, chosen in found)


def test_what_contains_a_refused_set_may_be_missing_and_nothing_else() -> None:
    costs = [0.1, 0.2, 0.3, 0.4, 0.5]
    bad = {(0, 1), (1, 3)}
    found = {chosen for _, chosen in rising(costs, 4, lambda chosen: not any(set(b) <= set(chosen) for b in bad))}
    every = chain.from_iterable(combinations(range(5), n) for n in range(1, 5))
    assert found == {chosen for chosen in every if not any(set(b) <= set(chosen) for b in bad)}


def test_a_cost_is_that_of_what_happened_before(panel: Panel) -> None:
    changes, skipped = priced(panel, candidates(panel.elicited.network.graph, YES).chosen)
    assert skipped == ()
    costs = [change.cost for change in changes]
    assert costs == sorted(costs)
    for change in changes:
        given = history(panel, change.candidate.when.first.year, change.candidate.do, luck=False)
        mean = sum(
            weight * np.mean([summed(panel, e, k, change.candidate.do, given) for k in range(panel.draws.total)])
            for e, weight in ((0, 0.5), (1, 0.25), (2, 0.25))
        )
        assert change.plausibility == pytest.approx(mean)


@pytest.mark.parametrize("reading", [FORECAST, MINIMAL, RETROSPECTIVE])
def test_the_front_is_what_no_other_beats(panel: Panel, reading: str) -> None:
    found = front(panel, YES, reading, everything=True)
    points = [each.at for each in found.rows]
    assert [x for x, _ in points] == sorted((x for x, _ in points), reverse=True)
    for each in found.rows:
        x, y = (round(value, 10) for value in each.at)
        others = [(round(a, 10), round(b, 10)) for a, b in points]
        assert each.front is not any(a >= x and b >= y and (a, b) != (x, y) for a, b in others)
        assert 0.0 <= each.often[WHOLE] <= 1.0
    for speaker in (WHOLE, ("expert", "zoe")):
        assert sum(each.often[speaker] for each in found.rows) >= 1.0 - 1e-9  # some candidate is, in every draw


def test_the_share_on_the_front_is_counted_draw_by_draw() -> None:
    rng = np.random.default_rng(4)
    first, second = rng.random((2, 6, 50)).round(1)
    first[5, :10] = np.nan
    found = unbeaten(first, second)
    for k in range(50):
        for i in range(6):
            beaten = any(
                first[j, k] >= first[i, k] and second[j, k] >= second[i, k]
                and (first[j, k] > first[i, k] or second[j, k] > second[i, k])
                for j in range(6)
            )  # fmt: skip
            assert found[i, k] == (not beaten and not math.isnan(first[i, k]))


def test_an_intervention_split_in_two_is_the_same_twice(panel: Panel) -> None:
    twice = like(panel_of(MODEL + "  again: {title: Again, when: 1923, do: {c: yes}}\n"), panel)
    once, doubled = front(panel, YES), front(twice, YES)
    rows = {each.candidate.name: each for each in doubled.rows}
    assert rows["again"].at == rows["calm"].at
    assert rows["again"].often == pytest.approx(rows["calm"].often)
    for each in once.rows:
        assert rows[each.candidate.name].front == each.front
        assert rows[each.candidate.name].often == pytest.approx(each.often)
    for below in (0.3, 0.5):
        one, two = (cheapest(each, YES, below, 0.6) for each in (panel, twice))
        assert (one.panel is None) is (two.panel is None)
        if one.panel is not None and two.panel is not None:
            assert two.panel.cost == pytest.approx(one.panel.cost)
            assert two.panel.outcome[WHOLE].mean == pytest.approx(one.panel.outcome[WHOLE].mean)


def test_names_and_what_stands_beside_do_not_matter(panel: Panel) -> None:
    other = MODEL
    for old, new in (("  a:", "  zz:"), ("[a]", "[zz]"), ("{a: no}", "{zz: no}")):
        other = other.replace(old, new)
    renamed = panel_of(other)
    back = {name: name.replace("zz", "a") for name in renamed.draws.parameters}
    bare = panel_of("\n".join(line for line in MODEL.splitlines() if not line.startswith("  w:")))
    wanted = rewrite(panel, YES, below=0.45, confidence=0.6)
    for changed in (like(renamed, panel, back), like(bare, panel)):
        found = rewrite(changed, YES, below=0.45, confidence=0.6)
        assert [each.candidate.name for each in found.front.rows] == [e.candidate.name for e in wanted.front.rows]
        assert [each.at for each in found.front.rows] == [pytest.approx(each.at) for each in wanted.front.rows]
        assert (found.cheapest.panel is None) is (wanted.cheapest.panel is None)
        if found.cheapest.panel is not None and wanted.cheapest.panel is not None:
            assert found.cheapest.panel.whole.name == wanted.cheapest.panel.whole.name
            assert found.cheapest.panel.shares == pytest.approx(wanted.cheapest.panel.shares)


def test_none_is_said_to_be_none(panel: Panel) -> None:
    found = rewrite(panel, YES, below=1e-6, confidence=1.0, size=2)
    assert found.cheapest.panel is None
    assert found.cheapest.exhausted
    assert (
        "No set of up to 2 of the 4 changes brings it below 1e-06 in at least 100 % of the panel's draws." in found.text
    )
    few = cheapest(panel, YES, below=1e-6, most=2)
    assert (few.exhausted, few.evaluated) == (False, 2)
    cut = replace(found, cheapest=replace(few, below=0.1))
    assert "None of the 2 cheapest sets, all up to cost" in cut.text


def test_parts_of_the_definition_are_apart() -> None:
    text = """
model: votes
variables:
  a: {states: [no, yes], when: 1920, actual: yes}
  b: {states: [no, yes], when: 1922, parents: [a], actual: yes}
  y: {states: [no, yes], when: 1923, parents: [a, b], mechanism: {rule: {all of: [a, b]}}}
outcome: y = yes
"""
    panel = panel_of(text, draws=10)
    assert all(each.parts for each in settings(panel.elicited.network.graph, YES))
    assert cheapest(panel, YES, everything=True).changes == ()
    found = cheapest(panel, YES, everything=True, parts=True)
    assert found.panel is not None
    assert found.panel.whole.parts
    assert rewrite(panel, YES, everything=True).front.rows[0].candidate.group == "single setting, by definition"


def test_an_expert_for_whom_it_is_impossible_stops_a_set() -> None:
    never = "judgements:\n  - {about: P(a = no), by: boris, says: {exactly: 1}}\n"
    found = cheapest(panel_of(priors=PRIORS + never, draws=10), YES, below=0.99, confidence=0.1)
    assert {each.name for each in found.skipped} >= {"lift", "calm"}
    assert all(change.candidate.name == "push" for change in found.changes)


def test_a_model_without_dates_or_changes_says_so() -> None:
    text = "model: m\nvariables:\n  x: {states: [no, yes]}\n  y: {states: [no, yes], parents: [x]}\n"
    bare = panel_of(text, "priors: p\nmodel: m\n")
    assert rewrite(bare, YES).text.startswith("There is no change to weigh")
    found = rewrite(bare, YES, everything=True)
    assert "A change without a date has no history before it" in found.text
    back = rewrite(bare, YES, RETROSPECTIVE, everything=True)
    assert "no record to look back on" in back.text
    for each in (found, back, rewrite(bare, YES)):
        assert json.dumps(each.to_dict(), allow_nan=False)


def test_what_the_gate_withholds_shows_no_number(panel: Panel) -> None:
    found = rewrite(panel, YES, below=0.9, confidence=0.2)
    assert found.cheapest.panel is not None
    gate = Gate((Finding("the run", "divergences", 99.0, REFUSE),))
    refused = replace(found, front=replace(found.front, run=gate), cheapest=replace(found.cheapest, run=gate))
    assert refused.text == "Not reported: the run: divergences 99 (refuse)."
    assert refused.table[["plausibility", "reduction", "front", "share_on_front"]].isna().all().all()
    assert refused.sets.empty
    assert refused.to_dict()["cheapest"]["panel"] is None
    assert len(found.table) == 4 * 7


def test_limits_out_of_range_are_errors(panel: Panel) -> None:
    for wrong in ({"below": 0.0}, {"confidence": 1.5}, {"size": 0}, {"reading": "forcast"}):
        with pytest.raises(UsageError):
            cheapest(panel, YES, **wrong)  # type: ignore[arg-type]
    with pytest.raises(QueryError, match="did you mean"):
        rewrite(panel, YES, names=["pusch"])


def test_at_the_medians_of_rain() -> None:
    found = rewrite(causal.load("rain").at_medians().panel, parse_event("grass = wet"))
    assert found.cheapest.panel is not None
    assert found.cheapest.panel.whole.name == "drought_law"
    assert found.cheapest.panel.joint == pytest.approx(found.cheapest.panel.plausibility)
    assert "%" not in found.text.split("below")[0]
