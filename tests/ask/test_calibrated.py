"""What calibration says: verdicts on ranks that were made up, on a posterior that is right, and on a broken one."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binomtest

from causal import load
from causal.ask.calibrated import Calibrated, Ranked, passing
from causal.elicit import Normal
from causal.errors import UnknownName, UsageError
from causal.learn import calibrating
from causal.learn.calibrating import DRAWS, Calibration
from causal.learn.elicited import Elicited
from causal.learn.sample import aim
from causal.learn.uniformity import p_value
from causal.study import Study
from causal.tell.pictures.calibrated import calibrated_figure, described

MODEL = """
model: coin
variables:
  coin: {states: [tails, heads]}
  bet: {states: [lost, won], parents: [coin]}
outcome: bet = won
"""
PRIORS = """
priors: coin
model: coin
experts: {ann: {name: Ann Archer}}
judgements:
  - {about: P(coin = heads), by: ann, says: {quantiles: {5: 0.4, 50: 0.5, 95: 0.6}}}
  - {about: P(bet = won | coin = tails), by: ann, says: {quantiles: {5: 0.3, 50: 0.4, 95: 0.5}}}
  - {about: P(bet = won | coin = heads), by: ann, says: {quantiles: {5: 0.6, 50: 0.8, 95: 0.9}}}
  - {about: P(bet = won), by: ann, says: {quantiles: {5: 0.5, 50: 0.55, 95: 0.6}}}
"""


@pytest.fixture
def coin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    monkeypatch.setenv("CAUSAL_CACHE", str(tmp_path / "store"))
    monkeypatch.setattr(os, "process_cpu_count", lambda: 1)
    (tmp_path / "coin.yaml").write_text(MODEL)
    (tmp_path / "coin.priors.yaml").write_text(PRIORS)
    return load(tmp_path / "coin.yaml")


def ranked(ranks: dict[str, np.ndarray], failures: tuple[str, ...] = (), expert: str = "ann") -> Ranked:
    counts = {name: np.bincount(each, minlength=DRAWS + 1).tolist() for name, each in ranks.items()}
    total = len(next(iter(ranks.values())))
    return Ranked("coin", expert, total + len(failures), counts, failures, 2, 1, 3, 60)


RNG = np.random.default_rng(11)
UNIFORM = RNG.integers(DRAWS + 1, size=400)
NARROW = np.clip(RNG.normal(49.5, 60.0, size=400), 0, DRAWS).astype(int)  # the truth is too often far out
HIGH = np.sort(RNG.integers(DRAWS + 1, size=(2, 400)), axis=0)[1]


def test_each_quantity_is_judged_at_a_share_of_one_per_cent() -> None:
    found = Calibrated((ranked({"a": UNIFORM, "narrow": NARROW}), ranked({"high": HIGH}, expert="bob")))
    assert found.limit == 0.01 / 3
    assert [row.quantity for row in found.off] == ["narrow", "high"]
    assert [row.quantity for row in found.out] == ["narrow"]
    assert not found.passes
    assert (found.gate.verdict, len(found.gate.findings)) == ("flag", 3)
    table = found.table.set_index("quantity")
    assert dict(table["passes"]) == {"a": True, "narrow": False, "high": False}
    inside = int(((NARROW >= 5) & (NARROW < 95)).sum())
    assert table.loc["narrow", "coverage"] == inside / 400
    assert table.loc["narrow", "p_coverage"] == pytest.approx(binomtest(inside, 400, 0.9).pvalue)
    assert table.loc["a", "p_ranks"] == p_value(np.bincount(UNIFORM, minlength=100))
    assert found.brief.rows[-1][0] == "a"
    assert f"narrow by ann: 90 % intervals hold the truth in {100 * inside / 400:.3g} % of" in found.text
    assert "so they are too narrow." in found.text
    assert "high by bob" in found.text
    assert "the truth lies above the middle of the draws more often than not." in found.text
    json.dumps(found.to_dict(), allow_nan=False)


def test_one_failure_is_enough_not_to_pass() -> None:
    good = Calibrated((ranked({"a": UNIFORM}),))
    assert good.passes
    assert good.gate.verdict == "pass"
    assert good.text.startswith("Calibrated, as far as these simulations can tell: 400 simulations of the posterior")
    bad = Calibrated((ranked({"a": UNIFORM}, ("stuck", "stuck", "lost")),), left=("eve: no reason",))
    assert not bad.passes
    assert bad.text.startswith("Not calibrated")
    assert "3 of 403 simulations failed (2 times: stuck; 1 times: lost)." in bad.text
    assert bad.text.endswith("Left out: eve: no reason.")
    assert str(bad.gate.findings[0]) == "simulations of ann: failed 3 (flag)"


def test_where_all_failed_there_is_nothing_to_rank() -> None:
    none = Ranked("coin", "ann", 2, {"a": [0] * 100}, ["stuck"] * 2, 0, 0, 0, 1)
    found = Calibrated((none,))
    assert (found.passes, found.rows, found.table.empty) == (False, (), True)
    assert "2 of 2 simulations failed" in found.text
    assert described(found).endswith("ranks of 0 of 0 quantities are outside the band.")
    calibrated_figure(found)


@pytest.mark.parametrize(("total", "limit"), [(20, 0.01), (200, 0.001), (400, 1e-4)])
def test_the_shares_that_pass_are_those_of_the_binomial_test(total: int, limit: float) -> None:
    ends = [n / total for n in range(total + 1) if binomtest(n, total, 0.9).pvalue >= limit]
    assert passing(total, limit) == (ends[0], ends[-1])


def test_the_picture_has_a_panel_to_a_posterior_and_a_line_to_a_quantity() -> None:
    found = Calibrated((ranked({"a": UNIFORM, "log likelihood": UNIFORM}), ranked({"b": HIGH}, expert="bob")))
    figure = calibrated_figure(found, {"ann": "Ann Archer"})
    assert [axis.get_title() for axis in figure.axes] == [
        "coin: Ann Archer, 400 simulations", "coin: bob, 400 simulations",
    ]  # fmt: skip
    assert [len(axis.lines) for axis in figure.axes] == [2 + 1, 1 + 1]  # and zero
    path = figure.axes[1].lines[0].get_ydata()
    assert path[49] == pytest.approx((HIGH <= 49).mean() - 0.5)
    assert "coin, bob: ranks of 1 of 1 quantities are outside the band." in described(found)


def test_a_posterior_is_calibrated_from_the_front_door(coin: Study) -> None:
    """What is settled by right is among what is asked: every draw equals the truth, and the rank is any."""
    told: list[tuple[int, int]] = []
    ask = ["P(bet = won)", "P(bet[coin = heads] = won | coin = heads, bet = won)"]
    found = coin.calibrate(40, ask, seed=2, told=lambda *now: told.append(now))
    assert found.result.passes, found.text
    assert [row.quantity for row in found.result.rows] == [
        "P(coin = tails)", "P(bet = lost | coin = tails)", "P(bet = lost | coin = heads)", *ask,
        "log likelihood", "log joint density",
    ]  # fmt: skip
    settled = found.result.rows[4]
    assert np.count_nonzero(settled.counts) > 20
    assert told == [(0, 2), (1, 2), (2, 2)]
    assert "Ann Archer" in str(found.plot().svg)
    assert found.to_dict()["analysis"] == "calibrate"
    assert [row.quantity for row in coin.calibrate(20, seed=2).result.rows][3] == "P(bet = won)"  # the outcome


def test_a_posterior_that_is_too_sure_is_found_out(coin: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    def sure(elicited: Elicited) -> Elicited:
        (judged,) = elicited.derived
        belief = judged.fit.belief
        assert isinstance(belief, Normal)
        sharp = replace(judged, fit=replace(judged.fit, belief=Normal(belief.mean, belief.sd / 6)))
        return replace(elicited, derived=(sharp,))

    monkeypatch.setattr(calibrating, "aim", lambda elicited: aim(sure(elicited)))
    found = coin.calibrate(40)
    assert found.gate.verdict == "flag"
    assert "P(bet = won)" in [row.quantity for row in found.result.out]
    assert "so they are too narrow" in found.text


def test_ranks_of_ties_are_drawn_among_the_places_they_leave_open() -> None:
    kept = np.concatenate([np.zeros(30), np.full(40, 1.0 + 1e-15), np.full(29, 2.0)])[None, :]
    rng = np.random.default_rng(3)
    ranks = [Calibration._ranks(rng, kept, np.array([[1.0]]))[0] for _ in range(4000)]
    assert (min(ranks), max(ranks)) == (30, 70)
    assert np.bincount(ranks, minlength=71)[30:].std() < 3 * (4000 / 41) ** 0.5
    assert Calibration._ranks(rng, kept, np.array([[1.5]])) == (70,)


def test_what_makes_no_sense_is_refused(coin: Study) -> None:
    with pytest.raises(UsageError, match="at least one simulation, not 0"):
        coin.calibrate(0)
    with pytest.raises(UsageError, match="has no expert 'bob'"):
        coin.calibrate(expert="bob")
    with pytest.raises(UnknownName):
        coin.calibrate(ask=["P(dice = six)"])
