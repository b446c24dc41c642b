"""Least squares on the cdf against published fits, and against beliefs that can be met exactly."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from causal.elicit.belief import Beta, Normal
from causal.elicit.squares import descend, nearest_beta, nearest_logit_normal, nearest_normal, ssq

QUARTILES = np.array([0.25, 0.5, 0.75])
OUTER = np.array([0.05, 0.5, 0.95])


def fit_beta(x: np.ndarray, levels: np.ndarray) -> Beta:
    return nearest_beta(x, levels, nearest_logit_normal(x, levels, 1.0))


def test_the_consensus_beta_of_shelf() -> None:
    """Quartiles 25, 30 and 40 on 0 to 100: SHELF 1.13, overview vignette."""
    x = np.array([0.25, 0.30, 0.40])
    beta = fit_beta(x, QUARTILES)
    assert (beta.a, beta.b) == pytest.approx((5.45213, 11.60558), rel=1e-4)
    assert ssq(beta, x, QUARTILES) == pytest.approx(0.00343105669, rel=1e-5)
    assert float(beta.cdf(0.25)) == pytest.approx(0.283, abs=5e-4)
    assert beta.quantile([0.05, 0.95]) == pytest.approx([0.152, 0.5122], abs=5e-4)


def test_chips_fitted_as_shelf_does() -> None:
    """Twenty chips in ten bins, the cumulative share at right edges: run with SHELF 1.13's fitdist."""
    x, levels = np.array([0.2, 0.3, 0.4, 0.5, 0.6]), np.array([0.1, 0.35, 0.65, 0.85, 0.95])
    beta = fit_beta(x, levels)
    assert (beta.a, beta.b) == pytest.approx((4.631632, 8.2981), rel=2e-4)
    assert ssq(beta, x, levels) == pytest.approx(0.00033656813, rel=1e-4)
    assert beta.quantile(OUTER) == pytest.approx([0.15987822, 0.35069997, 0.58239971], rel=2e-4)


def test_both_families_on_a_skewed_judgement() -> None:
    """5, 15 and 40 % at 5, 50 and 95 %: SHELF's fitdist for the beta, SciPy for both."""
    x = np.array([0.05, 0.15, 0.4])
    beta, logit_normal = fit_beta(x, OUTER), nearest_logit_normal(x, OUTER, 1.0)
    assert (beta.a, beta.b) == pytest.approx((2.61261, 13.0948), rel=3e-4)
    assert ssq(beta, x, OUTER) == pytest.approx(0.0014148, rel=3e-4)
    assert (logit_normal.mu, logit_normal.sigma) == pytest.approx((-1.727752, 0.767857), rel=3e-4)
    assert ssq(logit_normal, x, OUTER) == pytest.approx(0.000111195, rel=3e-4)


def test_quartile_fits_of_preliz() -> None:
    """PreliZ 0.24.0, tests of ``quartile``."""
    beta = fit_beta(np.array([0.3, 0.5, 0.7]), QUARTILES)
    assert (beta.a, beta.b) == pytest.approx((1.528419, 1.528419), abs=1e-3)
    logit_normal = nearest_logit_normal(np.array([0.3, 0.45, 0.6]), QUARTILES, 1.0)
    assert (logit_normal.mu, logit_normal.sigma) == pytest.approx((-0.211996, 0.928974), abs=1e-3)


@given(
    st.floats(-5, 5), st.floats(0.1, 3), st.sampled_from([(0.05, 0.5, 0.95), (0.1, 0.25, 0.5, 0.75, 0.9), (0.2, 0.7)])
)
@settings(deadline=None)
def test_quantiles_of_a_normal_give_it_back(mu: float, sigma: float, levels: tuple[float, ...]) -> None:
    truth = Normal(mu, sigma)
    found = nearest_normal(truth.quantile(levels), np.array(levels), 1.0)
    assert (found.mu, found.sigma) == pytest.approx((mu, sigma), abs=1e-6)


@given(st.floats(0.6, 40), st.floats(0.6, 40))
@settings(deadline=None)
def test_quantiles_of_a_beta_give_it_back(a: float, b: float) -> None:
    x = Beta(a, b).quantile(OUTER)
    found = fit_beta(x, OUTER)
    assert (found.a, found.b) == pytest.approx((a, b), rel=1e-3)
    assert ssq(found, x, OUTER) < 1e-9


@given(st.lists(st.floats(0.001, 0.999), min_size=3, max_size=3, unique=True))
@settings(deadline=None)
def test_no_nearby_normal_is_nearer(values: list[float]) -> None:
    x = np.sort(np.array(values)) * 4
    found = nearest_normal(x, OUTER, 1.0)
    best = ssq(found, x, OUTER)
    for shift in (-0.02, 0.02):
        for stretch in (0.98, 1.0, 1.02):
            assert ssq(Normal(found.mu + shift * found.sigma, found.sigma * stretch), x, OUTER) >= best - 1e-9


def test_a_strong_skew_is_fitted_in_the_deeper_valley() -> None:
    x = np.array([0.3, 0.31, 0.9])
    assert ssq(nearest_logit_normal(x, OUTER, 1.0), x, OUTER) == pytest.approx(0.0025, abs=1e-4)


@pytest.mark.parametrize(
    ("x", "levels", "middle"),
    [([0.4], [0.5], 0.4), ([0.4, 0.4, 0.4], [0.05, 0.5, 0.95], 0.4), ([0.2, 0.6], [0.5, 0.5], 0.4)],
)
def test_without_a_spread_the_given_one_is_taken(x: list[float], levels: list[float], middle: float) -> None:
    found = nearest_normal(np.array(x), np.array(levels), 0.7)
    assert (found.mu, found.sigma) == pytest.approx((middle, 0.7))


def test_a_lone_quantile_is_met_where_it_was_stated() -> None:
    found = nearest_logit_normal(np.array([0.1]), np.array([0.05]), 1.0)
    assert (found.mu, found.sigma) == pytest.approx((-0.552371, 1.0), abs=1e-6)
    assert float(found.cdf(0.1)) == pytest.approx(0.05)


def test_given_derivatives_lead_to_the_same_place() -> None:
    def residuals(theta: np.ndarray) -> np.ndarray:
        return np.array([theta[0] ** 2 - 2.0, theta[0] * theta[1] - 3.0])

    def slopes(theta: np.ndarray) -> np.ndarray:
        return np.array([[2 * theta[0], 0.0], [theta[1], theta[0]]])

    for found in (descend(residuals, (1.0, 1.0)), descend(residuals, (1.0, 1.0), slopes)):
        assert found == pytest.approx([2**0.5, 3 / 2**0.5], rel=1e-7)
