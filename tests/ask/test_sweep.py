"""Every change asked at once: against sums over all worlds, ranks counted by hand, and laws of relabelling."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from changes import MODEL, PRIORS, history, like, panel_of, summed

import causal
from causal.ask.candidates import NAMED, PAIR, SINGLE
from causal.ask.interventions import FORECAST, MINIMAL, RETROSPECTIVE, rank
from causal.ask.mixture import Places, lowest, spreads, voices
from causal.ask.panel import ask, summary
from causal.ask.sweep import sweep
from causal.ask.swept import WHOLE, Sweep
from causal.errors import QueryError
from causal.learn.gate import REFUSE, Finding, Gate
from causal.spec.grammar import parse_event, parse_question
from causal.spec.question import Event

YES = parse_event("y = yes")
MEMBERS = {  # a voice, and its experts with their weights
    ("panel", "panel"): ((0, 0.5), (1, 0.25), (2, 0.25)),
    ("school", "north"): ((0, 1.0),),
    ("school", "south"): ((1, 0.5), (2, 0.5)),
    ("expert", "anna"): ((0, 1.0),),
    ("expert", "zoe"): ((3, 1.0),),
}


@pytest.fixture(scope="module")
def panel():
    return panel_of(draws=6)


@pytest.fixture(scope="module")
def every(panel) -> Sweep:
    return sweep(panel, YES, pairs=True, everything=True)


def numbers(found: Sweep) -> dict[tuple[str, ...], tuple[float, ...]]:
    """Return what is said of every row, by its reading and name."""
    return {
        (each.reading, each.candidate.name): (
            each.mean, each.effect[WHOLE].mean, each.outcome[WHOLE].lower, each.best[WHOLE], *each.ranks
        )
        for each in found.rows
    }  # type: ignore[misc]  # fmt: skip


def same(found, wanted) -> None:
    """Hold two sweeps to the same numbers."""
    assert found.keys() == wanted.keys()
    for key, value in found.items():
        assert value == pytest.approx(wanted[key])


@pytest.mark.parametrize("reading", [FORECAST, MINIMAL])
def test_every_number_is_a_sum_over_worlds(panel, every: Sweep, reading: str) -> None:
    total = panel.draws.total
    assert {each.candidate.kind for each in every.rows} == {NAMED, PAIR, SINGLE}
    values = {}
    for each in every.of(reading):
        do, year = each.candidate.do, each.candidate.when.first.year
        given = history(panel, year, do, reading == MINIMAL)
        bare = history(panel, year, {}, reading == MINIMAL)
        with_it, without = (
            np.array([[summed(panel, e, k, {"y": "yes"}, g, d) for k in range(total)] for e in range(4)])
            for g, d in ((given, do), (bare, {}))
        )
        values[each.candidate.name] = with_it
        for speaker, members in MEMBERS.items():
            mixed = np.concatenate([with_it[e] for e, _ in members])
            weights = np.concatenate([np.full(total, w / total) for _, w in members])
            assert each.outcome[speaker].mean == pytest.approx(weights @ mixed)
            change = mixed - np.concatenate([without[e] for e, _ in members])
            got = each.effect[speaker]
            assert got.mean == pytest.approx(weights @ change)
            for level, value in ((0.5, got.median), (0.05, got.lower), (0.95, got.upper)):
                assert weights[change < value - 1e-9].sum() <= level + 1e-9
                assert weights[change <= value + 1e-9].sum() >= level - 1e-9
    _ranked_by_hand(every, reading, values, total)


def _ranked_by_hand(every: Sweep, reading: str, values, total: int) -> None:
    """Count places draw by draw with sorted lists."""
    for group in every.groups:
        rows = every.of(reading, group)
        wanted = np.zeros((len(rows), len(rows)))
        for e, weight in MEMBERS[WHOLE]:
            for k in range(total):
                here = [round(values[each.candidate.name][e, k], 10) for each in rows]
                for i, value in enumerate(here):
                    below, equal = sum(v < value for v in here), here.count(value)
                    wanted[i, below : below + equal] += weight / total / equal
        assert np.array([each.ranks for each in rows]) == pytest.approx(wanted)
    assert sum(each.best[WHOLE] for each in every.of(reading)) == pytest.approx(1.0)


def test_the_order_is_by_mean_within_a_reading(every: Sweep) -> None:
    for reading in every.readings:
        means = [each.mean for each in every.of(reading)]
        assert means == sorted(means)


def test_named_changes_are_those_of_the_ranking(panel, every: Sweep) -> None:
    ranking = rank(panel, YES)
    for reading in (FORECAST, MINIMAL, RETROSPECTIVE):
        found = {each.candidate.name: each for each in every.of(reading, NAMED)}
        assert len(found) == len(ranking.of(reading)) == 4
        for each in ranking.of(reading):
            mine = found[each.intervention.name]
            assert mine.question == each.outcome.question
            assert mine.mean == pytest.approx(each.outcome.mean)
            assert mine.effect[WHOLE].upper == pytest.approx(each.effect.panel.upper)
            assert mine.without[("expert", "zoe")].mean == pytest.approx(each.without.estimates[("zoe", "")].mean)


def test_pairs_ask_what_a_user_would_ask(panel, every: Sweep) -> None:
    pairs = {each.candidate.name: each for each in every.of(RETROSPECTIVE, PAIR)}
    assert set(pairs) == {"push + lift", "push + calm", "push + both", "lift + calm"}
    assert (every.contradictory, every.redundant) == (1, 1)  # lift and both set b; both sets all that calm does
    each = pairs["push + lift"]
    assert each.question == "P(y[@push, @lift] = yes | record)"
    (answer,) = ask(panel, [panel.elicited.writer.write(parse_question(each.question))])
    assert each.mean == pytest.approx(answer.mean)
    (forecast,) = (e for e in every.of(FORECAST, PAIR) if e.candidate.name == "lift + calm")
    assert forecast.question == "P(y = yes | do(@lift, @calm), history before 1922)"


def test_single_settings_are_what_did_not_happen_before_the_outcome(every: Sweep) -> None:
    found = {each.candidate.name for each in every.of(FORECAST, SINGLE)}
    assert found == {"a = no", "b = no", "b = much", "c = yes"}  # w and y are not before y


def test_an_intervention_split_in_two_shares_its_places(panel) -> None:
    twice = like(panel_of(MODEL + "  again: {title: Again, when: 1923, do: {c: yes}}\n"), panel)
    once, doubled = sweep(panel, YES), sweep(twice, YES)
    for reading in once.readings:
        before = {each.candidate.name: each for each in once.of(reading)}
        after = {each.candidate.name: each for each in doubled.of(reading)}
        assert numbers(doubled)[(reading, "again")] == pytest.approx(numbers(doubled)[(reading, "calm")])
        assert after["calm"].mean == before["calm"].mean
        if reading != RETROSPECTIVE:  # looked back on, in some draws others tie with it and share as well
            assert after["calm"].best[WHOLE] == pytest.approx(before["calm"].best[WHOLE] / 2)
            assert after["push"].best[WHOLE] == pytest.approx(before["push"].best[WHOLE])


def test_names_do_not_matter(panel) -> None:
    other = MODEL
    for old, new in (("  a:", "  zz:"), ("[a]", "[zz]"), ("{a: no}", "{zz: no}"), ("much", "lots")):
        other = other.replace(old, new)
    changed = panel_of(other)
    back = {n: n.replace("zz", "a").replace("lots", "much") for n in changed.draws.parameters}
    found = sweep(like(changed, panel, back), YES, pairs=True)
    same(numbers(found), numbers(sweep(panel, YES, pairs=True)))


def test_the_order_of_states_does_not_matter_to_seeing_and_doing(panel) -> None:
    turned = panel_of(MODEL.replace("{label: Third, states: [no, yes]", "{label: Third, states: [yes, no]"))
    draws = panel.draws
    plain = like(panel_of(), panel)
    at = turned.draws.parameters.index("P(c = yes)")
    names = {n: "P(c = no)" if n == "P(c = yes)" else n for n in turned.draws.parameters}
    theta = like(turned, plain, names).draws.theta.copy()
    theta[:, :, at] = 1.0 - draws.theta[:, :, draws.parameters.index("P(c = no)")]
    found = sweep(replace(turned, draws=replace(like(turned, plain, names).draws, theta=theta)), YES, pairs=True)
    # c has no parents: also what is looked back on stays the same
    same(numbers(found), numbers(sweep(panel, YES, pairs=True)))


def test_a_variable_beside_it_changes_nothing(panel) -> None:
    bare = panel_of("\n".join(line for line in MODEL.splitlines() if not line.startswith("  w:")))
    same(numbers(sweep(like(bare, panel), YES, pairs=True)), numbers(sweep(panel, YES, pairs=True)))


def test_what_is_impossible_is_listed_with_for_whom() -> None:
    certain = "judgements:\n  - {about: P(a = no), by: WHO, says: {exactly: 1}}\n"
    for who, inside in (("anna", False), ("zoe", True)):
        found = sweep(panel_of(priors=PRIORS + certain.replace("WHO", who), draws=5), YES)
        late = {each.candidate.name: each for each in found.of(FORECAST)}
        assert ("calm" in late) is inside
        if inside:
            assert late["calm"].missing == ("zoe",)
            assert late["calm"].outcome[("expert", "zoe")].mean is None
            assert "push" in late
        else:
            why = next(each for each in found.skipped if each.name == "calm" and each.reading == FORECAST)
            assert why.why == "what it gives has probability zero for anna"
            assert "Left out as impossible" in found.text


def test_what_sets_the_outcome_is_left_out() -> None:
    found = sweep(panel_of(MODEL + "  fiat: {when: 1925, do: {y: no}}\n", draws=5), YES, names=["fiat", "calm"])
    assert {each.candidate.name for each in found.rows} == {"calm"}
    assert found.skipped[0].why == "it sets y, which is what is asked"


def test_a_model_without_dates_says_so() -> None:
    text = "model: m\nvariables:\n  x: {states: [no, yes]}\n  y: {states: [no, yes], parents: [x]}\n"
    found = sweep(
        panel_of(text + "interventions: {on: {do: {x: yes}}}\n", "priors: p\nmodel: m\n"), YES, everything=True
    )
    assert found.readings == (FORECAST, MINIMAL)
    assert "What has no date has no history" in found.text
    assert found.skipped[0].reading == RETROSPECTIVE
    assert json.dumps(found.to_dict(), allow_nan=False)


def test_what_the_gate_withholds_shows_no_number(every: Sweep) -> None:
    refused = replace(every, run=Gate((Finding("the run", "divergences", 99.0, REFUSE),)))
    assert refused.text.startswith("Not reported: the run: divergences")
    assert not any(letter.isdigit() and "0." in refused.text for letter in refused.text.removesuffix("99 (refuse)."))
    table = refused.table
    assert table[["mean", "lower", "effect", "best", "without"]].isna().all().all()
    assert refused.ranks["share"].isna().all()
    facts = refused.to_dict()["rows"][0]
    assert (facts["panel"], facts["by_school"], facts["by_expert"], facts["ranks"]) == (None, {}, {}, [])


def test_facts_are_json_and_the_table_has_the_panel_first(every: Sweep) -> None:
    assert json.loads(json.dumps(every.to_dict(), allow_nan=False))["rows"][0]["reading"] == FORECAST
    table = every.table
    assert list(table.voice[:8]) == ["panel", "school", "school", "expert", "expert", "expert", "expert", "panel"]
    shares = every.ranks.groupby(["reading", "kind", "place"]).share.sum()
    assert shares.to_numpy() == pytest.approx(1.0)


def test_wrong_names_are_errors(panel) -> None:
    with pytest.raises(QueryError, match="did you mean 'push'"):
        sweep(panel, YES, names=["pusch"])
    with pytest.raises(QueryError, match="which state"):
        sweep(panel, Event("y"))


def test_at_the_medians_there_is_no_interval_in_the_text() -> None:
    text = sweep(causal.load("rain").at_medians().panel, parse_event("grass = wet")).text
    assert "with every parameter at its median" in text
    assert "interval" not in text


def test_spreads_are_those_of_one_at_a_time() -> None:
    rng = np.random.default_rng(1)
    values = rng.random((5, 40))
    values[2, :7] = np.nan
    values[3] = np.nan
    for weights in (np.full(40, 1 / 40), rng.dirichlet(np.ones(40))):
        found = spreads(values, weights, 0.8)
        assert found[3].mean is None
        for row in (0, 1, 2, 4):
            wanted = summary(values[row], weights, 0.8, 1.0, comparison=False)
            got = found[row]
            assert (got.mean, got.median, got.lower, got.upper) == pytest.approx(
                (wanted.mean, wanted.median, wanted.lower, wanted.upper)
            )


def test_places_are_counted_and_ties_shared(panel) -> None:
    values = np.random.default_rng(2).integers(0, 3, (6, 4, panel.draws.total)).astype(float)
    values[0, 0, 0] = np.nan
    whole = voices(panel)[0]
    shares = Places.of(values).shares(whole)
    assert shares.sum(axis=0) == pytest.approx(1.0)
    assert shares.sum(axis=1) == pytest.approx(1.0)
    assert shares[:, 0] == pytest.approx(whole.of(lowest(values)) @ whole.weights)


def test_every_pair_is_there_or_left_out(every: Sweep) -> None:
    assert len(every.of(FORECAST, PAIR)) + every.contradictory + every.redundant == len(list(combinations("abcd", 2)))
