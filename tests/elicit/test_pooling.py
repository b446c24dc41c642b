"""Pools against integrals over a grid, against conditioning a joint normal, against published numbers."""

from __future__ import annotations

import math
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit
from scipy.stats import beta, norm, truncnorm

from causal.elicit import (
    Belief,
    Beta,
    Cuts,
    Gap,
    LogitNormal,
    Normal,
    Point,
    TruncatedNormal,
    effective,
    hierarchical,
    hierarchical_cuts,
    log_pool,
    log_pool_cuts,
    spread,
)
from causal.errors import ElicitationError

SHARES = np.linspace(1e-6, 1 - 1e-6, 200_001)
LINE = np.linspace(-12.0, 12.0, 200_001)


def pdf(belief: Belief, x: np.ndarray) -> np.ndarray:
    """Return the density of a belief, from scipy's, with the Jacobian of a share written out."""
    match belief:
        case Beta(a=a, b=b):
            return beta(a, b).pdf(x)
        case LogitNormal(mu=mu, sigma=sigma):
            return norm(mu, sigma).pdf(logit(x)) / (x * (1 - x))
        case Normal(mu=mu, sigma=sigma):
            return norm(mu, sigma).pdf(x)
        case TruncatedNormal(mu=mu, sigma=sigma, low=low, high=high):
            return truncnorm((low - mu) / sigma, (high - mu) / sigma, mu, sigma).pdf(x)
    raise TypeError(belief)


def cdf_of(density: np.ndarray, x: np.ndarray) -> np.ndarray:
    steps = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2 * np.diff(x))])
    return steps / steps[-1]


def test_published_log_pool_of_betas() -> None:
    """Oracle logop_betas: Beta(2, 8) and Beta(8, 2), weights one half; the mixture of the two is twice as wide."""
    pooled = log_pool([Beta(2, 8), Beta(8, 2)], [0.5, 0.5]).belief
    assert pooled == Beta(5, 5)
    assert pooled.sd == pytest.approx(0.1507557, abs=1e-6)
    second = sum(0.5 * (each.sd**2 + each.mean**2) for each in (Beta(2, 8), Beta(8, 2)))
    assert math.sqrt(second - 0.25) == pytest.approx(0.3233349, abs=1e-6)


@pytest.mark.parametrize(
    ("beliefs", "weights"),
    [
        ([Beta(2, 8), Beta(8, 2), Beta(1, 1)], [0.5, 0.3, 0.2]),
        ([LogitNormal(-1.0, 0.5), LogitNormal(1.0, 1.5)], [0.4, 0.6]),
        ([Beta(2, 5), LogitNormal(1.0, 0.7), Beta(0.5, 0.5), LogitNormal(0.0, 1.0)], [0.3, 0.3, 0.1, 0.3]),
        ([Beta(3, 3), LogitNormal(1.0, 0.7)], [1.0, 0.0]),
    ],
)
def test_pool_of_shares_is_the_normalised_product_of_powers(beliefs: list[Belief], weights: list[float]) -> None:
    """On the share and on the log-odds alike: the pool does not depend on the parametrisation."""
    found = log_pool(beliefs, weights)
    closed = pdf(found.belief, SHARES)
    if found.tilt is not None:
        closed = closed * norm(found.tilt.mu, found.tilt.sigma).pdf(logit(SHARES))
    product = np.exp(sum(w * np.log(pdf(each, SHARES)) for each, w in zip(beliefs, weights, strict=True)))
    on_shares = cdf_of(product, SHARES)
    assert np.abs(cdf_of(closed, SHARES) - on_shares).max() < 1e-6
    jacobian = expit(LINE) * (1 - expit(LINE))
    line = np.exp(sum(w * np.log(pdf(b, expit(LINE)) * jacobian) for b, w in zip(beliefs, weights, strict=True)))
    on_line = cdf_of(line, LINE)
    assert np.abs(np.interp(logit(SHARES), LINE, on_line) - on_shares).max() < 1e-4
    assert np.interp(found.median, SHARES, on_shares) == pytest.approx(0.5, abs=1e-5)


@pytest.mark.parametrize(
    ("beliefs", "weights"),
    [
        ([Normal(0.0, 1.0), Normal(2.0, 0.5)], [0.7, 0.3]),
        ([Normal(0.0, 1.0), TruncatedNormal(1.0, 0.5, low=0.0)], [0.5, 0.5]),
        ([TruncatedNormal(-1.0, 2.0, low=0.0), TruncatedNormal(1.0, 0.5, high=2.0)], [0.25, 0.75]),
    ],
)
def test_pool_on_the_line_is_the_normalised_product_of_powers(beliefs: list[Belief], weights: list[float]) -> None:
    found = log_pool(beliefs, weights).belief
    with np.errstate(divide="ignore"):
        product = np.exp(sum(w * np.log(pdf(each, LINE)) for each, w in zip(beliefs, weights, strict=True)))
    assert np.abs(found.cdf(LINE) - cdf_of(product, LINE)).max() < 1e-3  # the grid's step at an end of the support


def test_pooling_then_learning_is_learning_then_pooling() -> None:
    """External Bayesianity, on a grid: cases seen by all multiply the pool as they multiply each expert."""
    held: list[Belief] = [Beta(2, 5), LogitNormal(1.0, 0.7)]
    weights = [0.35, 0.65]
    likelihood = SHARES**3 * (1 - SHARES) ** 4
    learned = [cdf_of(pdf(each, SHARES) * likelihood, SHARES) for each in held]
    densities = [np.gradient(each, SHARES) for each in learned]
    with np.errstate(divide="ignore"):
        after = cdf_of(np.exp(sum(w * np.log(np.maximum(d, 1e-300)) for w, d in zip(weights, densities, strict=True))),
                       SHARES)  # fmt: skip
    found = log_pool(held, weights)
    assert found.tilt is not None
    before = pdf(found.belief, SHARES) * norm(found.tilt.mu, found.tilt.sigma).pdf(logit(SHARES)) * likelihood
    assert np.abs(cdf_of(before, SHARES) - after).max() < 1e-5


def test_points_have_to_agree_and_outweigh_the_rest() -> None:
    assert log_pool([Beta(1, 1), Point(0.3), Point(0.3)], [0.2, 0.4, 0.4]).belief == Point(0.3)
    assert log_pool([Beta(1, 1), Point(0.3)], [1.0, 0.0]).belief == Beta(1, 1)
    with pytest.raises(ElicitationError, match=r"exactly 0\.3 and exactly 0\.4 have no logarithmic pool"):
        log_pool([Point(0.3), Point(0.4)], [0.5, 0.5])
    with pytest.raises(ElicitationError, match="impossible to one who holds"):
        log_pool([Point(-0.3), TruncatedNormal(0.0, 1.0, low=0.0)], [0.5, 0.5])
    with pytest.raises(ElicitationError, match="different scales"):
        log_pool([Normal(0.0, 1.0), Beta(1, 1)], [0.5, 0.5])
    with pytest.raises(ElicitationError, match="sum to one"):
        log_pool([Beta(1, 1), Beta(2, 2)], [0.5, 0.6])


def cuts(m: float, s: float, *gaps: tuple[float, float, float]) -> Cuts:
    return Cuts((m, s), tuple(Gap(*gap) for gap in gaps), (None,) * (len(gaps) + 1))


def log_density(held: Cuts, c: np.ndarray, g: np.ndarray) -> np.ndarray:
    """Return the log density of a top cut ``c`` and log gaps ``g``, shape (gaps, ...)."""
    m, s = held.anchor
    total = norm(m, s).logpdf(c)
    for gap, log_gap in zip(held.gaps, g, strict=True):
        total = total + norm(gap.mean + gap.slope * (c - m), gap.sigma).logpdf(log_gap)
    return total


HELD = [
    cuts(-1.0, 0.5, (0.0, 0.3, 0.2), (0.5, -0.2, 0.4)),
    cuts(0.5, 1.0, (0.7, -0.4, 0.5), (0.1, 0.0, 0.3)),
    cuts(0.0, 0.8, (-0.5, 0.1, 0.3), (0.3, 0.3, 0.6)),
]


def test_pool_of_cuts_is_the_weighted_sum_of_quadratic_forms() -> None:
    weights = [0.5, 0.3, 0.2]
    pooled = log_pool_cuts(HELD, weights)
    rng = np.random.default_rng(1)
    c, g = rng.normal(size=200), rng.normal(size=(2, 200))
    off = log_density(pooled, c, g) - sum(w * log_density(each, c, g) for w, each in zip(weights, HELD, strict=True))
    assert np.ptp(off) < 1e-9


def test_cuts_said_exactly_have_to_agree() -> None:
    sure = cuts(-1.0, 0.0, (0.0, 0.0, 0.0), (0.1, 0.0, 0.0))
    assert log_pool_cuts([HELD[0], sure], [0.5, 0.5]) == sure
    with pytest.raises(ElicitationError, match="have no logarithmic pool"):
        log_pool_cuts([sure, cuts(-0.5, 0.0, (0.0, 0.0, 0.0), (0.1, 0.0, 0.0))], [0.5, 0.5])


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_no_pool_depends_on_the_order_of_experts(order: tuple[int, ...]) -> None:
    beliefs, weights = [Beta(2, 5), LogitNormal(1.0, 0.7), Beta(0.5, 0.5)], [0.5, 0.3, 0.2]
    first, again = (log_pool([beliefs[i] for i in at], [weights[i] for i in at]).median for at in (range(3), order))
    assert again == pytest.approx(first, abs=1e-12)
    tied = [log_pool_cuts([HELD[i] for i in at], [weights[i] for i in at]) for at in (range(3), order)]
    assert tied[1].anchor == pytest.approx(tied[0].anchor, abs=1e-12)
    y, t, schools = [0.0, 1.0, 3.0], [0.5, 0.2, 1.0], ["a", "b", "a"]
    pooled = [
        hierarchical([y[i] for i in at], [t[i] for i in at], [schools[i] for i in at], (0.3, 0.5, 0.4))
        for at in (range(3), order)
    ]
    assert pooled[1].mean == pytest.approx(pooled[0].mean, abs=1e-12)
    assert [pooled[1].weights[order.index(i)] for i in range(3)] == pytest.approx(pooled[0].weights, abs=1e-12)


def conditioned(y, t, schools, sds) -> tuple[float, float, np.ndarray, np.ndarray]:
    """Return mean, sd and weights by conditioning the joint normal of theta, flat, and all that was said."""
    everyone, school, own = sds
    n = len(y)
    covariance = np.full((n, n), everyone**2)
    for i in range(n):
        for j in range(n):
            same = i == j or (schools[i] is not None and schools[i] == schools[j])
            covariance[i, j] += school**2 if same else 0.0
        covariance[i, i] += own**2 + t[i] ** 2
    wide = 1e4  # the variance of theta a priori; then out of the answer again
    joint = np.full((n + 1, n + 1), wide)
    joint[1:, 1:] += covariance
    gain = np.linalg.solve(joint[1:, 1:], joint[1:, 0])
    variance = 1.0 / (1.0 / (joint[0, 0] - gain @ joint[1:, 0]) - 1.0 / wide)
    weights = gain / gain.sum()
    return float(weights @ y), math.sqrt(variance), weights, covariance


numbers = st.floats(-4.0, 4.0)
panels = st.lists(st.tuples(numbers, st.floats(0.05, 2.0), st.sampled_from(["a", "b", "c", None])), min_size=1,
                  max_size=7)  # fmt: skip
factors = st.tuples(*(st.floats(0.0, 1.5) for _ in range(3)))


@settings(max_examples=200, deadline=None)
@given(panels, factors)
def test_hierarchical_is_the_conditional_of_a_joint_normal(panel, sds) -> None:
    y, t, schools = map(list, zip(*panel, strict=True))
    found = hierarchical(y, t, schools, sds)
    mean, sd, weights, covariance = conditioned(y, t, schools, sds)
    assert found.mean == pytest.approx(mean, abs=1e-6)
    assert found.sd == pytest.approx(sd, rel=1e-5)
    assert np.array(found.weights) == pytest.approx(weights, abs=1e-6)
    assert min(found.weights) >= 0
    assert sum(found.weights) == pytest.approx(1.0)
    alone = float(np.sum(1.0 / np.diag(covariance)))
    precision = float(np.linalg.solve(covariance, np.ones(len(y))).sum())
    assert found.n_eff == pytest.approx(len(y) * precision / alone, rel=1e-6)
    assert 1.0 - 1e-9 <= found.n_eff <= len(y) + 1e-9


@pytest.mark.parametrize(("n", "rho", "n_eff"), [(5, 0, 5), (5, 0.5, 1.6666667), (5, 0.8, 1.1904762),
                                                 (1000, 0.5, 1.998002)])  # fmt: skip
def test_published_effective_number_of_experts(n: int, rho: float, n_eff: float) -> None:
    """Oracle n_eff: n / (1 + (n - 1) rho), Clemen & Winkler (1985)."""
    assert effective(math.sqrt(1 - rho), {"a": n}, (math.sqrt(rho), 0.0, 0.0)) == pytest.approx(n_eff, abs=1e-6)
    assert effective(math.sqrt(1 - rho), {"a": n}, (0.0, math.sqrt(rho), 0.0)) == pytest.approx(n_eff, abs=1e-6)


def test_one_correlation_would_weigh_an_expert_below_zero_and_factors_do_not() -> None:
    """With rho = 0.8 on unequal variances the vaguest of three gets a negative weight; the same overlap as a factor."""
    t = np.array([0.3, 0.4, 1.5])
    covariance = 0.8 * np.outer(t, t) + 0.2 * np.diag(t**2)
    naive = np.linalg.solve(covariance, np.ones(3))
    assert (naive / naive.sum())[2] < 0
    assert min(hierarchical([0.0, 0.0, 0.0], t.tolist(), ["a"] * 3, (0.0, 0.6, 0.0)).weights) > 0


def test_what_is_said_exactly_dominates_up_to_the_factors() -> None:
    found = hierarchical([0.0, 2.0], [0.0, 0.5], [None, None], (0.3, 0.0, 0.0))
    assert (found.mean, found.sd, found.weights) == (0.0, 0.3, (1.0, 0.0))
    assert hierarchical([1.0, 1.0], [0.0, 0.0], [None, None], (0.0, 0.0, 0.0)).sd == 0.0
    with pytest.raises(ElicitationError, match="were both said exactly"):
        hierarchical([1.0, 2.0], [0.0, 0.0], [None, None], (0.3, 0.0, 0.0))
    with pytest.raises(ElicitationError, match="nobody judged"):
        hierarchical([], [], [], (0.3, 0.0, 0.0))


def test_hierarchical_cuts_keep_how_gaps_lean_on_the_top() -> None:
    """Alone and without factors the cuts stay what they are; together they have the covariance of the averages."""
    same = hierarchical_cuts(HELD[:1], [None], (0.0, 0.0, 0.0))
    assert same.anchor == pytest.approx(HELD[0].anchor)
    assert [tuple(gap) for gap in same.gaps] == [pytest.approx(tuple(gap)) for gap in HELD[0].gaps]
    sds = (0.2, 0.4, 0.3)
    schools = ["a", "a", "b"]
    pooled = hierarchical_cuts(HELD, schools, sds)
    s2 = [each.anchor[1] ** 2 for each in HELD]
    *_, top, spread_of_top = conditioned([each.anchor[0] for each in HELD], [math.sqrt(v) for v in s2], schools, sds)
    for k, gap in enumerate(pooled.gaps):
        own = [each.gaps[k] for each in HELD]
        size = max(1.0, math.exp(sum(each.mean for each in own) / 3))
        t = [math.sqrt(each.slope**2 * v + each.sigma**2) for each, v in zip(own, s2, strict=True)]
        narrow = tuple(sd / size for sd in sds)
        mean, sd, b, _ = conditioned([each.mean for each in own], t, schools, narrow)
        covariance = sum(top[i] * b[i] * own[i].slope * s2[i] for i in range(3))
        variance = float(top @ spread_of_top @ top)
        assert gap.mean == pytest.approx(mean, abs=1e-6)
        assert gap.slope * pooled.anchor[1] ** 2 == pytest.approx(covariance, abs=1e-6)
        assert gap.sigma**2 + gap.slope**2 * variance == pytest.approx(sd**2, rel=1e-5)


def test_spread_is_found_again_in_what_was_made_with_it() -> None:
    rng = np.random.default_rng(3)
    schools = ["a", "a", "a", "b", "b", "c"]
    made = []
    for _ in range(4000):
        by_school = dict(zip("abc", rng.normal(0, 0.7, 3), strict=True))
        t = rng.uniform(0.2, 0.6, 6)
        y = rng.normal() + np.array([by_school[s] for s in schools]) + rng.normal(0, 0.4, 6) + t * rng.normal(size=6)
        made.append((y.tolist(), t.tolist(), schools))
    found = spread(made)
    assert found.within == pytest.approx(0.4, abs=0.02)
    assert found.across == pytest.approx(0.7, abs=0.02)
    assert found.questions == 4000


def test_spread_is_unknown_where_no_two_judged_the_same() -> None:
    assert spread([([0.0], [0.1], ["a"]), ([1.0], [0.1], ["b"])]) == spread([])
    lone = spread([([0.0, 1.0], [0.1, 0.1], [None, None])])
    assert lone.within is None
    assert lone.across == pytest.approx(math.sqrt(0.5 - 0.01))
