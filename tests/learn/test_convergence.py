"""The diagnostics of many quantities at once are those that ArviZ has for each."""

from __future__ import annotations

import numpy as np
import pytest
from arviz_stats.base import array_stats

from causal.learn.convergence import TAILS, convergence

AXES = {"chain_axis": -2, "draw_axis": -1}


def quantities(chains: int, draws: int) -> np.ndarray:
    """Return draws of all sorts: independent, slow, alternating, repeated, heavy-tailed, of two values, apart."""
    rng = np.random.default_rng(chains * draws)
    white = rng.normal(size=(chains, draws))
    slow, jumpy = np.zeros((2, chains, draws))
    for k in range(1, draws):
        slow[:, k] = 0.97 * slow[:, k - 1] + rng.normal(size=chains)
        jumpy[:, k] = -0.8 * jumpy[:, k - 1] + rng.normal(size=chains)
    apart = white + 3 * np.arange(chains)[:, None]
    stuck = np.array(white)
    stuck[-1] = 0.3
    repeated = np.repeat(white, 3, axis=1)[:, :draws]
    rare = (rng.random((chains, draws)) < 0.01).astype(float)
    rare[0, 0] = 1.0
    even = np.tile([0.0, 1.0], draws)[:draws] * np.ones((chains, 1))
    return np.array([
        white, slow, jumpy, apart, stuck, repeated, np.round(white, 1), rng.standard_cauchy((chains, draws)),
        (white > 0.7).astype(float), rare, even, 1e-9 * white, 1e9 + slow,
    ])  # fmt: skip


@pytest.mark.parametrize(("chains", "draws"), [(4, 1000), (4, 333), (2, 50), (6, 7), (1, 400), (3, 4)])
def test_the_same_numbers_as_arviz(chains: int, draws: int) -> None:
    values = quantities(chains, draws)
    found = convergence(values)
    with np.errstate(all="ignore"):  # of two values in equal number the folded draws do not vary: 0 / 0
        wanted = {
            "rhat": array_stats.rhat(values, **AXES),
            "bulk": array_stats.ess(values, **AXES, method="bulk"),
            "tail": array_stats.ess(values, **AXES, method="tail", prob=TAILS),
            "mean": array_stats.ess(values, **AXES, method="mean"),
        }
    for name, each in wanted.items():
        np.testing.assert_allclose(getattr(found, name), each, rtol=1e-10, err_msg=name)


def test_many_quantities_are_worked_on_block_by_block() -> None:
    values = np.random.default_rng(5).normal(size=(300, 4, 1000))
    whole, single = convergence(values), convergence(values[137:138])
    assert whole.bulk[137] == single.bulk[0]
    assert whole.rhat[137] == single.rhat[0]


def test_too_few_draws_say_nothing() -> None:
    found = convergence(np.random.default_rng(1).normal(size=(2, 4, 3)))
    assert np.isnan([found.rhat, found.bulk, found.tail, found.mean]).all()
    assert np.isnan(convergence(np.random.default_rng(1).normal(size=(2, 1, 300))).rhat).all()
