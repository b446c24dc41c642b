"""Necessity, sufficiency and shares: against all luck enumerated, the axioms of Shapley, what may change nothing."""

from __future__ import annotations

import json
import sys
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

from causal.ask.answer import PANEL, Estimate
from causal.ask.blame import Together
from causal.ask.interventions import FORECAST, MINIMAL, READINGS, RETROSPECTIVE
from causal.ask.measure import Measure
from causal.ask.responsibility import interaction, responsibility, shapley
from causal.errors import QueryError, TooLarge, UsageError
from causal.learn.gate import Gate
from causal.spec.grammar import parse_event, parse_question

sys.path.insert(0, str(Path(__file__).parent))
from case import MODEL, ROWS, RULE, TABLE, numbers, panel_of, referee

Y = parse_event("y = yes")


@pytest.mark.parametrize("mechanism", [RULE, TABLE])
def test_necessity_and_sufficiency_are_those_of_the_structural_equations(mechanism: str) -> None:
    panel = panel_of(mechanism)
    found = {each.name: each for each in responsibility(panel, Y).causes}
    assert list(found) == ["w", "x", "m"]
    around = {"w": "x = yes", "x": "w = yes", "m": "x = yes, w = yes"}
    for name, (actual, other) in {"w": ("yes", "no"), "x": ("yes", "no"), "m": ("high", "low")}.items():
        asked = {
            "necessity": f"P(y[{name} = {other}] = no | record)",
            "sufficiency": f"P(y[{name} = {actual}] = yes | {name} = {other}, y = no, {around[name]})",
            "both": f"P(y[{name} = {actual}] = yes, y[{name} = {other}] = no | {around[name]})",
        }
        for kind, text in asked.items():
            answer = found[name].answers.get(kind)
            wanted = referee(panel, parse_question(text), mechanism)
            if answer is None:
                assert np.isnan(wanted)
            else:
                assert answer.panel.mean == pytest.approx(wanted)


def test_bounds_stand_beside_what_rests_on_a_coupling() -> None:
    found = {each.name: each for each in responsibility(panel_of(TABLE), Y).causes}
    for kind in ("sufficiency", "both"):
        answer = found["x"].answers[kind]
        assert answer.bounds is not None
        assert set(answer.bounds.couplings) == {"comonotone", "independent"}
        assert answer.bounds.tian_pearl is not None
        low, high = answer.bounds.tian_pearl
        assert low - 1e-12 <= answer.panel.mean <= high + 1e-12


QUESTIONS = {
    FORECAST: "P(y = yes | do({}), history before 1920-12-31)",
    MINIMAL: "P(y = yes | do({}), history before 1920-12-31, chance)",
    RETROSPECTIVE: "P(y[{}] = yes | record)",
}


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("mechanism", [RULE, TABLE])
def test_shares_are_means_over_all_orders_of_arrival(reading: str, mechanism: str) -> None:
    panel = panel_of(mechanism)
    found = responsibility(panel, Y, reading, events=[])

    def v(kept: set[str]) -> float:
        states = {"x": ("yes", "no"), "m": ("high", "low")}
        do = ", ".join(f"{name} = {pair[name not in kept]}" for name, pair in states.items())
        return referee(panel, parse_question(QUESTIONS[reading].format(do)), mechanism)

    for factor in found.factors:
        gains = []
        for order in permutations(("x", "m")):
            before = set(order[: order.index(factor.name)])
            gains.append(v(before | {factor.name}) - v(before))
        assert factor.share.panel.mean == pytest.approx(np.mean(gains))
    total = v({"x", "m"}) - v(set())
    assert found.total.panel.mean == pytest.approx(total)
    assert sum(factor.share.panel.mean for factor in found.factors) == pytest.approx(total)
    (pair,) = found.pairs
    assert pair.index.panel.mean == pytest.approx(v({"x", "m"}) - v({"x"}) - v({"m"}) + v(set()))
    assert pair.both.panel.mean - pair.sum.panel.mean == pytest.approx(-pair.index.panel.mean)


def test_looking_back_shares_are_told_under_both_couplings() -> None:
    """Each is the share in a model whose luck is so coupled; with one world at a time there is nothing to couple."""
    found = responsibility(panel_of(TABLE), Y, RETROSPECTIVE, events=[])
    assert found.couplings == ("comonotone", "independent")
    for how in found.couplings:
        coupled = MODEL.replace("actual: high}", f"actual: high, coupling: {how}}}")
        panel = panel_of(f"{TABLE}, coupling: {how}", coupled, numbers(TABLE))
        told = responsibility(panel, Y, RETROSPECTIVE, events=[])
        wanted = {each.name: each.share for each in told.factors}
        for each in found.factors:
            for who in (PANEL, "a", "b"):
                assert each.couplings[how].of(who) == pytest.approx(wanted[each.name].of(who), abs=1e-12)
    rows = found.table.query("quantity == 'share' and expert == 'panel'")
    assert not rows[["comonotone", "independent"]].isna().any(axis=None)
    assert {"share with comonotone luck", "share with independent luck"} <= set(found.brief.heads)
    first, other = (sum(e.couplings[how].panel.mean for e in found.factors) for how in found.couplings)
    assert first != pytest.approx(other, abs=1e-3)
    for reading in (FORECAST, MINIMAL):
        open_ = responsibility(panel_of(TABLE), Y, reading, events=[])
        assert (open_.couplings, open_.coupled) == ((), ())
        assert not any("luck" in head for head in open_.brief.heads)


def test_what_stays_may_be_left_to_come_about() -> None:
    panel = panel_of(TABLE)
    found = responsibility(panel, Y, FORECAST, held=False, events=[])
    with_all = referee(panel, parse_question("P(y = yes | history before 1920-12-31)"), TABLE)
    without_x = referee(panel, parse_question("P(y = yes | do(x = no), history before 1920-12-31)"), TABLE)
    assert found.whole.panel.mean == pytest.approx(with_all)
    assert found.factors[0].removed.panel.mean == pytest.approx(with_all - without_x)


@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_the_axioms_hold(n: int) -> None:
    rng = np.random.default_rng(n)
    v = rng.uniform(size=(1 << n, 4))
    shares = [shapley(v, place) for place in range(n)]
    assert np.allclose(sum(shares), v[-1] - v[0])  # efficiency
    dummy = np.concatenate([v, v + 0.25])  # a further player who adds a quarter to every set
    assert np.allclose(shapley(dummy, n), 0.25)
    assert all(np.allclose(interaction(dummy, place, n), 0.0) for place in range(n))
    assert np.allclose(shapley(dummy, 0), shares[0])
    if n > 1:  # two players who are the same to every set
        same = v.copy()
        for mask in range(1 << n):
            swapped = mask & ~3 | (mask & 1) << 1 | (mask & 2) >> 1
            same[mask] = (v[mask] + v[swapped]) / 2
        assert np.allclose(shapley(same, 0), shapley(same, 1))


def test_one_who_moves_nothing_has_no_share_and_needs_no_words() -> None:
    model = MODEL.replace("outcome:", "  idle: {states: [no, yes], when: 1919, actual: yes}\noutcome:")
    before = responsibility(panel_of(), Y)
    after = responsibility(panel_of(model=model, values={**ROWS, "P(idle = no)": 0.3}), Y,
                           factors={"x": "no", "m": "low", "idle": "no"})  # fmt: skip
    shares = {factor.name: factor.share.panel.mean for factor in after.factors}
    # the earliest factor is earlier now, so the history is shorter; a rule with its parents set does not look at it
    assert shares["idle"] == pytest.approx(0.0)
    assert [cause.name for cause in after.causes] == [cause.name for cause in before.causes]
    for one, other in zip(before.causes, after.causes, strict=True):
        assert one.necessity is not None
        assert other.necessity is not None
        assert one.necessity.panel.mean == pytest.approx(other.necessity.panel.mean)


@pytest.mark.parametrize(
    ("lower", "upper", "draws", "said"),
    [
        (0.02, 0.12, 100, "complements: removing both is worth less than the sum"),
        (-0.03, 0.12, 100, "neither, within its interval: on average removing both is worth less than the sum"),
        (-0.03, 0.12, 1, "complements: removing both is worth less than the sum"),  # no interval but how experts differ
    ],
)
def test_two_are_complements_only_where_the_interval_says_so(lower: float, upper: float, draws: int, said: str) -> None:
    index, both, sum_ = (
        Measure("it", {PANEL: Estimate(mean, mean, lower, upper, 0.0, 1.0)}, Gate(), draws) for mean in (0.05, 0.2, 0.3)
    )
    assert Together("a", "b", index, both, sum_).words == said


def test_it_says_what_it_found_with_readings_and_facts() -> None:
    found = responsibility(panel_of(), Y)
    text = found.text
    for words in ("Outcome", "(minimal rewrite)", "retrospective", "Shapley", "Means: high"):
        assert words in text
    table = found.table
    assert list(table["expert"][:3]) == [PANEL, "a", "b"]
    facts = json.loads(json.dumps(found.to_dict()))
    assert facts["factors"][0]["share"]["mean"] == pytest.approx(found.factors[0].share.panel.mean)


def test_what_cannot_be_shared_out_is_refused() -> None:
    panel = panel_of()
    with pytest.raises(UsageError, match="no reading"):
        responsibility(panel, Y, "hindsight")
    with pytest.raises(QueryError, match="what is asked"):
        responsibility(panel, Y, factors={"y": "no"})
    many = "".join(f"  f{i}: {{states: [no, yes], actual: yes}}\n" for i in range(13))
    wide = panel_of(model=MODEL.replace("outcome:", many + "outcome:"))
    with pytest.raises(TooLarge, match="8,192 sets"):
        responsibility(wide, Y, factors={f"f{i}": "no" for i in range(13)})
