"""Importance weights: smoothed as ArviZ smooths them, judged by k and effective size."""

from __future__ import annotations

import numpy as np
import pytest
from arviz_stats.base import array_stats

from causal.learn.gate import PASS
from causal.learn.weights import smooth


@pytest.mark.parametrize("draws", [40, 225, 226, 4000])
@pytest.mark.parametrize("shape", [0.3, 1.0, 4.0])
def test_the_same_weights_and_k_as_arviz(draws: int, shape: float) -> None:
    rng = np.random.default_rng(draws)
    for probabilities in (rng.pareto(shape, draws) + 1e-9, rng.uniform(size=draws), np.exp(rng.normal(size=draws))):
        found = smooth(probabilities)
        logs, k = array_stats.psislw(-np.log(probabilities))
        np.testing.assert_allclose(found.values, np.exp(logs), rtol=1e-10)
        assert found.k == pytest.approx(float(k), abs=1e-10)


def test_weights_report_their_effective_size_and_k() -> None:
    rng = np.random.default_rng(3)
    even = smooth(rng.uniform(0.5, 1.0, 4000))
    assert even.size > 3500
    assert even.gate("w").verdict == PASS
    heavy = smooth(rng.pareto(0.5, 4000) + 1e-9)
    assert heavy.k > 0.7
    assert heavy.gate("w").verdict != PASS
    probabilities = rng.uniform(0.5, 1.0, 4000)
    np.testing.assert_allclose(np.argsort(smooth(probabilities).values)[:2000], np.argsort(probabilities)[:2000])
    alike = smooth(np.full(100, 0.2))
    assert alike.size == 100
    np.testing.assert_allclose(smooth(np.array([0.0] * 50 + [0.3] * 1000 + [0.4] * 1000)).values[:50], 0.0)
