"""The permutation test: against all permutations, against Fisher's exact test, and its level with few cases."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pytest
from scipy.stats import chi2_contingency, fisher_exact

from causal.ask.independence import Independent, holm, independent


def without(n: int) -> np.ndarray:
    return np.empty((n, 0), dtype=np.int64)


def likelihood_ratio(x, y, groups) -> float:
    """Return G^2 in a second writing: scipy's, group by group."""
    total = 0.0
    for g in np.unique(groups):
        table = np.array([[np.sum((x == a) & (y == b) & (groups == g)) for b in range(3)] for a in range(3)])
        table = table[table.sum(1) > 0][:, table.sum(0) > 0]
        if min(table.shape) > 1:
            total += chi2_contingency(table, correction=False, lambda_="log-likelihood")[0]
    return total


def test_p_is_that_of_all_permutations_within_groups() -> None:
    x, y = np.array([0, 0, 1, 2, 0, 1, 1, 1]), np.array([0, 0, 1, 1, 0, 0, 1, 1])
    groups = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    observed = likelihood_ratio(x, y, groups)
    far = [
        likelihood_ratio(np.array([*first, *second]), y, groups) >= observed - 1e-9
        for first, second in product(permutations(x[:4]), permutations(x[4:]))
    ]
    found = independent(x, y, groups[:, None], shuffles=19_999)
    assert found.informative
    assert found.p == pytest.approx(np.mean(far), abs=0.012)


@pytest.mark.parametrize("table", [((8, 2), (1, 5)), ((3, 1), (2, 4)), ((10, 0), (0, 10))])
def test_of_two_by_two_it_is_as_fishers(table) -> None:
    """Equal where tables as improbable are those with as large a statistic, near it elsewhere."""
    x = np.repeat([0, 0, 1, 1], np.ravel(table))
    y = np.repeat([0, 1, 0, 1], np.ravel(table))
    assert independent(x, y, without(x.size), shuffles=9_999).p == pytest.approx(fisher_exact(table)[1], abs=0.02)


def test_its_level_holds_with_twelve_cases_in_three_groups() -> None:
    rng = np.random.default_rng(5)
    groups = np.repeat([0, 1, 2], 4)[:, None]
    found = [
        independent(rng.integers(0, 2, 12), rng.integers(0, 3, 12), groups, seed=at, shuffles=99).p for at in range(600)
    ]
    assert np.mean(np.array(found) <= 0.05) < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 600)
    assert np.mean(np.array(found) <= 0.5) < 0.5 + 3 * np.sqrt(0.25 / 600)


def test_what_cannot_be_told_is_said() -> None:
    x, y = np.array([0, 1, 0, 1]), np.array([0, 1, 0, 1])
    assert independent(x, y, np.arange(4)[:, None]) == Independent(1.0, False)  # no two alike
    assert independent(x, np.zeros(4, dtype=np.int64), without(4)) == Independent(1.0, False)
    assert independent(x[:0], y[:0], without(0)) == Independent(1.0, False)
    # a common cause explains it: within groups nothing is left
    cause = np.repeat([0, 1], 50)
    rng = np.random.default_rng(2)
    a, b = (np.where(rng.uniform(size=100) < 0.85, cause, 1 - cause) for _ in range(2))
    assert independent(a, b, without(100)).p < 0.01
    assert independent(a, b, cause[:, None]).p > 0.05


def test_holm_is_the_step_down_of_bonferroni() -> None:
    p = np.array([0.04, 0.001, 0.03, 0.2, 0.012])
    wanted, running = {}, 0.0
    for place, at in enumerate(sorted(range(5), key=p.__getitem__)):
        running = max(running, min(1.0, (5 - place) * p[at]))
        wanted[at] = running
    np.testing.assert_allclose(holm(p), [wanted[at] for at in range(5)])
    assert holm(np.zeros(0)).size == 0
