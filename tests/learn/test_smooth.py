"""Smoothed log densities against the densities that the draws came from."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, logit
from scipy.stats import beta, norm

from causal.learn.smooth import BINS, LogDensity, Smoother

DRAWS = 200_000


def smoothed(x: np.ndarray) -> LogDensity:
    low, high = (float(each) for each in np.quantile(x, [100 / DRAWS, 1 - 100 / DRAWS]))
    smoother = Smoother(low, high)
    bins, inside = smoother.bins(x)
    counts = np.bincount(bins[inside], minlength=BINS).astype(float)
    return smoother.fit(counts, smoother.strength(counts), smoother.rates(x))


def log_odds_of(a: float, b: float):
    return lambda x: beta(a, b).logpdf(expit(x)) + np.log(expit(x)) + np.log(expit(-x))


TWO = (norm(-2, 0.3), norm(1, 1))
CASES = {
    "normal": (lambda rng: rng.normal(1, 2, DRAWS), norm(1, 2).logpdf),
    "log-odds of a beta": (lambda rng: logit(rng.beta(4, 6, DRAWS)), log_odds_of(4, 6)),
    "log-odds of a uniform": (lambda rng: logit(rng.uniform(0, 1, DRAWS)), log_odds_of(1, 1)),
    "two humps": (
        lambda rng: np.where(rng.random(DRAWS) < 0.3, rng.normal(-2, 0.3, DRAWS), rng.normal(1, 1, DRAWS)),
        lambda x: np.log(0.3 * TWO[0].pdf(x) + 0.7 * TWO[1].pdf(x)),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_log_density_is_found_where_there_are_draws(name: str) -> None:
    draw, truth = CASES[name]
    x = draw(np.random.default_rng(5))
    found = smoothed(x)
    middle = np.quantile(x, np.linspace(0.01, 0.99, 99))
    assert np.abs(found(middle) - truth(middle)).max() < 0.1
    ends = np.quantile(x, [0.0005, 0.9995])
    assert np.abs(found(ends) - truth(ends)).max() < 0.3


def test_tails_go_on_as_straight_lines_and_those_of_a_beta_are_straight() -> None:
    """The log-odds of Beta(a, b) have exponential tails with rates a and b."""
    x = logit(np.random.default_rng(6).beta(2.0, 3.0, DRAWS))
    found = smoothed(x)
    for end, sign, rate in ((found.low, -1.0, 2.0), (found.high, 1.0, -3.0)):
        first, second, third = found(end + sign * np.array([1.0, 2.0, 3.0]))
        assert second - first == pytest.approx(third - second, abs=1e-9)
        assert sign * (second - first) == pytest.approx(rate, abs=0.6)


def test_a_strong_penalty_leaves_the_normal_with_the_mean_and_variance_of_the_counts() -> None:
    smoother = Smoother(-6.0, 6.0)
    counts = np.exp(TWO[0].logpdf(smoother.centres)) + np.exp(TWO[1].logpdf(smoother.centres))
    found = smoother.fit(1e4 * counts, 1e14, (1.0, 1.0))(smoother.centres)
    share = counts / counts.sum()
    mean = share @ smoother.centres
    sd = np.sqrt(share @ (smoother.centres - mean) ** 2)
    middle = np.abs(smoother.centres - mean) < 2.5
    np.testing.assert_allclose(found[middle], norm(mean, sd).logpdf(smoother.centres[middle]), atol=0.02)


def test_a_density_adds_up_to_one() -> None:
    smoother = Smoother(-4.0, 5.0)
    counts = np.random.default_rng(7).poisson(300 * norm(0, 1).pdf(smoother.centres)).astype(float)
    found = np.exp(smoother.fit(counts, smoother.strength(counts), (1.0, 1.0))(smoother.centres))
    assert found.sum() * smoother.width == pytest.approx(1.0, abs=1e-6)
