"""Stacking and pseudo-BMA+ against a second writing (scipy's optimiser, a loop) and against ArviZ."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from causal.ask.stacking import difference, pseudo_bma_plus, stacking


def some(seed: int, things: int, graphs: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    logs = np.log(rng.uniform(0.02, 1.0, size=(things, graphs)) ** rng.uniform(0.5, 2, size=graphs))
    return logs, rng.integers(1, 5, size=things).astype(float)


def optimised(logs: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return stacking weights by sequential quadratic programming on the simplex."""
    p, counts = np.exp(logs), counts / counts.sum()
    found = minimize(
        lambda w: -(counts @ np.log(p @ w)), np.full(p.shape[1], 1 / p.shape[1]),
        jac=lambda w: -(counts @ (p / (p @ w)[:, None])), bounds=[(0, 1)] * p.shape[1],
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1}, method="SLSQP",
        options={"ftol": 1e-12, "maxiter": 500},
    )  # fmt: skip
    assert found.success
    return found.x


@pytest.mark.parametrize("seed", range(6))
def test_stacking_finds_the_weights_that_an_optimiser_finds(seed: int) -> None:
    logs, counts = some(seed, 60, 2 + seed % 4)
    np.testing.assert_allclose(stacking(logs, counts), optimised(logs, counts), atol=2e-4)


def test_stacking_gives_all_to_what_is_best_everywhere_and_mixes_what_complement_each_other() -> None:
    better = np.log([[0.9, 0.1], [0.8, 0.3], [0.7, 0.6]])
    np.testing.assert_allclose(stacking(better, np.ones(3)), [1.0, 0.0], atol=1e-6)
    halves = np.log([[0.9, 0.1], [0.1, 0.9]])
    np.testing.assert_allclose(stacking(halves, np.ones(2)), [0.5, 0.5], atol=1e-6)
    # a row of three cases is three rows
    logs, counts = some(9, 20, 3)
    rows = np.repeat(logs, counts.astype(int), axis=0)
    np.testing.assert_allclose(stacking(logs, counts), stacking(rows, np.ones(len(rows))), atol=1e-5)


def test_a_difference_has_the_standard_error_of_a_sum() -> None:
    logs, counts = some(3, 40, 2)
    rows = np.repeat(logs[:, 0] - logs[:, 1], counts.astype(int))
    found = difference(logs[:, 0], logs[:, 1], counts)
    assert found.value == pytest.approx(rows.sum())
    assert found.error == pytest.approx(np.sqrt(rows.size) * rows.std(ddof=1))
    assert found.count == rows.size
    assert difference(np.full(9, 1.0), np.zeros(9), np.ones(9)).told_apart  # 9, the same of each
    assert not difference(np.full(3, 1.0), np.zeros(3), np.ones(3)).told_apart  # 3: too little whatever its error
    assert not difference(np.array([30.0, 0.0]), np.zeros(2), np.ones(2)).told_apart  # one thing alone
    assert difference(np.ones(1), np.zeros(1), np.ones(1)).error == np.inf


def test_one_thing_alone_has_no_standard_error_and_says_so() -> None:
    alone = difference(np.log([0.2]), np.log([0.4]), np.ones(1))
    assert str(alone) == "−0.7, of one thing alone"
    assert not alone.told_apart


def test_pseudo_bma_is_the_mean_of_softmaxes_over_bootstraps() -> None:
    logs, counts = some(5, 30, 3)
    rng = np.random.default_rng(123)
    rows = np.repeat(logs, counts.astype(int), axis=0)
    total = np.zeros(3)
    for _ in range(4000):
        shares = rng.dirichlet(np.ones(len(rows)))
        scores = len(rows) * shares @ rows
        total += np.exp(scores - scores.max()) / np.exp(scores - scores.max()).sum()
    np.testing.assert_allclose(pseudo_bma_plus(logs, counts), total / 4000, atol=0.03)
    np.testing.assert_array_equal(pseudo_bma_plus(logs, counts, 7), pseudo_bma_plus(logs, counts, 7))


def test_weights_are_those_of_arviz() -> None:
    """ArviZ's compare on the same pointwise scores, by its own optimiser and bootstrap."""
    az = pytest.importorskip("arviz")
    import xarray as xr
    from arviz_stats.utils import ELPDData

    logs, _ = some(11, 80, 3)
    made = {}
    for at, name in enumerate("abc"):
        each = logs[:, at]
        made[name] = ELPDData(
            elpd=each.sum(), se=np.sqrt(each.size * each.var()), p=1.0, n_samples=1000,
            n_data_points=each.size, scale="log", warning=False, good_k=0.7, elpd_i=xr.DataArray(each),
        )  # fmt: skip
    stacked = az.compare(made, method="stacking").loc[list("abc"), "weight"].astype(float)
    np.testing.assert_allclose(stacked, stacking(logs, np.ones(80)), atol=0.02)
    pseudo = az.compare(made, method="bb-pseudo-bma").loc[list("abc"), "weight"].astype(float)
    np.testing.assert_allclose(pseudo, pseudo_bma_plus(logs, np.ones(80)), atol=0.05)
