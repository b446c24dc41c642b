"""Simultaneous bands against enumeration and simulation; coverage against the binomial."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.stats import binom

from causal.learn.uniformity import band, covered, distance, escape, p_value


@pytest.mark.parametrize(("total", "draws"), [(3, 2), (4, 3), (5, 1)])
def test_the_p_value_is_what_enumeration_gives(total: int, draws: int) -> None:
    every = [np.bincount(ranks, minlength=draws + 1) for ranks in product(range(draws + 1), repeat=total)]
    far = np.array([distance(counts) for counts in every])
    for counts in every[:: max(1, len(every) // 20)]:
        wanted = np.mean(far <= distance(counts) * (1 + 1e-9))
        assert p_value(counts) == pytest.approx(wanted, abs=1e-9)


def test_p_values_of_uniform_ranks_are_no_smaller_than_uniform() -> None:
    rng = np.random.default_rng(5)
    found = np.array([p_value(np.bincount(rng.integers(0, 20, 200), minlength=20)) for _ in range(400)])
    for level in (0.05, 0.2, 0.5):
        assert binom.cdf((found > level).sum(), 400, 1 - level) > 1e-3  # a discrete test is rather too careful
    assert (found < 0.2).mean() > 0.05


def test_what_bands_hold_has_a_p_value_above_their_level_and_no_other() -> None:
    rng = np.random.default_rng(6)
    low, high = (np.array(each) for each in band(100, 9, 0.05))
    outside = 0
    for _ in range(300):
        counts = np.bincount(np.minimum(rng.binomial(9, rng.beta(1.0, 1.3, 100)), 9), minlength=10)
        path = np.cumsum(counts)[:-1]
        inside = bool(((low <= path) & (path <= high)).all())
        assert inside == (p_value(counts) > 0.05)
        outside += not inside
    assert 30 < outside < 290


def test_bands_let_through_as_much_as_they_may() -> None:
    assert escape(100, 9, 2.0) == 1.0
    rising = [escape(100, 9, gamma) for gamma in (1e-6, 1e-4, 1e-2)]
    assert rising == sorted(rising)
    assert rising[0] < 1e-4


def test_coverage_is_the_share_of_inner_ranks() -> None:
    counts = np.full(100, 10)
    assert covered(counts) == (900, pytest.approx(1.0))
    narrow = np.full(100, 8)
    narrow[[0, 1, 2, 3, 4, 95, 96, 97, 98, 99]] = 28  # intervals that are too narrow leave the truth outside
    inside, p = covered(narrow)
    assert inside == 720
    assert p == pytest.approx(2 * binom.cdf(720, 1000, 0.9), rel=0.5)
    with pytest.raises(ValueError, match="no central interval"):
        covered(np.full(64, 10))
