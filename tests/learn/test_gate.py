"""The gate refuses what it should: planted faults, one by one."""

from __future__ import annotations

import json

import numpy as np
import pytest

from causal.learn.gate import FLAG, PASS, REFUSE, Finding, Gate, diagnose, graded, judge_run
from causal.learn.sample import Draws


def verdict(values: np.ndarray, method: str = "nuts", fixed: bool = False) -> str:
    return diagnose(values[None], method, np.array([fixed])).gate(0, "q").verdict


@pytest.fixture
def good() -> np.ndarray:
    return np.random.default_rng(1).normal(size=(4, 1000))


def test_good_draws_pass(good: np.ndarray) -> None:
    diagnosed = diagnose(good[None], "nuts", np.array([False]))
    gate = diagnosed.gate(0, "q")
    assert gate.verdict == PASS
    assert gate.rhat < 1.01
    assert gate.ess > 400
    assert diagnosed.mean[0] > 2000


def test_a_single_draw_leaves_nothing_to_judge_but_whether_it_is_a_number() -> None:
    one = diagnose(np.array([[[0.3]], [[np.nan]]]), "iid", np.array([False, False]))
    assert one.gate(0, "q").empty
    assert one.gate(1, "q").verdict == REFUSE
    assert not diagnose(np.full((1, 1, 2), 0.3), "iid", np.array([False])).gate(0, "q").empty


def test_a_chain_that_sits_elsewhere_is_refused(good: np.ndarray) -> None:
    good[2] += 3
    assert verdict(good) == REFUSE


def test_a_stuck_chain_is_refused(good: np.ndarray) -> None:
    good[1] = 0.3
    assert verdict(good) == REFUSE


def test_draws_that_never_move_are_refused_unless_nothing_could_move_them() -> None:
    still = np.full((4, 1000), 0.3)
    assert verdict(still) == REFUSE  # R-hat is not a number: a maximum over R-hats would have let it pass
    assert verdict(still, fixed=True) == PASS


def test_not_a_number_is_refused_even_for_independent_draws(good: np.ndarray) -> None:
    good[0, 0] = np.nan
    assert verdict(good, method="iid") == REFUSE


def test_slow_chains_are_flagged(good: np.ndarray) -> None:
    rng = np.random.default_rng(2)
    slow = np.zeros((4, 1000))
    for k in range(1, 1000):
        slow[:, k] = 0.9 * slow[:, k - 1] + rng.normal(size=4)
    gate = diagnose(slow[None], "nuts", np.array([False])).gate(0, "q")
    assert gate.verdict == FLAG
    assert any("ESS" in finding.diagnostic for finding in gate.findings)


def draws(chains: int = 4, divergences: int = 0, bfmi: tuple[float, ...] = (1.0,), method: str = "nuts") -> Draws:
    return Draws(np.zeros((chains, 1000, 1, 1)), ("p",), ("e",), (method,), 1, divergences, bfmi)


@pytest.mark.parametrize(
    ("run", "wanted"),
    [
        (draws(), PASS),
        (draws(chains=2), FLAG),
        (draws(divergences=3), FLAG),
        (draws(divergences=50), REFUSE),
        (draws(bfmi=(1.0, 0.2)), FLAG),
        (draws(bfmi=(1.0, float("nan"))), REFUSE),
        (draws(chains=1, divergences=9, method="iid"), PASS),
    ],
)
def test_the_run_is_judged(run: Draws, wanted: str) -> None:
    assert judge_run(run).verdict == wanted


@pytest.mark.parametrize(
    ("value", "wanted"), [(1.0, PASS), (1.01, PASS), (1.02, FLAG), (1.06, REFUSE), (float("nan"), REFUSE)]
)
def test_thresholds_run_upwards(value: float, wanted: str) -> None:
    assert graded(value, 1.01, 1.05) == wanted


@pytest.mark.parametrize(("value", "wanted"), [(900, PASS), (400, PASS), (399, FLAG), (99, REFUSE)])
def test_and_downwards(value: float, wanted: str) -> None:
    assert graded(value, 400, 100) == wanted


def test_a_chain_is_named_with_its_expert() -> None:
    made = Draws(np.zeros((2, 9, 1, 3)), ("p",), ("e", "f", "g"), ("nuts", "iid", "nuts"), 1, bfmi=(1.0, 1.0, 1.0, 0.1))
    (chains, energy) = judge_run(made).findings
    assert (chains.diagnostic, energy.quantity) == ("chains", "chain 2 of g")


def test_gates_add_up_to_the_worst_and_print_as_json() -> None:
    flag, refuse = Finding("a", "R-hat", 1.02, FLAG), Finding("b", "R-hat", float("nan"), REFUSE)
    both = Gate((flag,), 1.02, 900, 1) & Gate((refuse,), float("nan"), 300, 1) & Gate()
    assert both.verdict == REFUSE
    assert (both.rhat, both.ess, both.judged) == (1.02, 300, 2)
    facts = json.loads(json.dumps(Gate((refuse,)).to_dict(), allow_nan=False))
    assert facts["verdict"] == REFUSE
    assert facts["worst_rhat"] is None
