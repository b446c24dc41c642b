"""Every family against SciPy's own, against its inverse, against its mirror image and against its draws."""

import math

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from causal.elicit.belief import Belief, Beta, LogitNormal, LogNormal, Normal, Point, TruncatedNormal
from causal.errors import ElicitationError

SPREAD = [
    LogitNormal(-1.7, 0.8),
    LogitNormal(0.3, 4.0),
    Beta(2.6, 13.1),
    Beta(0.5, 0.7),
    Normal(-0.4, 1.2),
    LogNormal(0.2, 0.5),
    TruncatedNormal(0.3, 1.0, low=0.0),
    TruncatedNormal(0.3, 0.2, 0.0, 1.0),
    TruncatedNormal(-2.0, 0.5, low=1.0),
    TruncatedNormal(2.0, 0.5, high=-1.0),
]
LEVELS = np.array([0.001, 0.05, 0.25, 0.5, 0.75, 0.95, 0.999])
normals = st.tuples(st.floats(-6, 6), st.floats(0.05, 5))


@pytest.mark.parametrize("belief", SPREAD, ids=str)
def test_quantile_undoes_cdf(belief: Belief) -> None:
    assert belief.cdf(belief.quantile(LEVELS)) == pytest.approx(LEVELS, abs=1e-9)


@pytest.mark.parametrize("belief", SPREAD, ids=str)
def test_draws_follow_the_cdf_and_the_moments(belief: Belief) -> None:
    draws = belief.sample(np.random.default_rng(7), 20_000)
    assert scipy.stats.kstest(draws, belief.cdf).pvalue > 1e-3
    assert draws.mean() == pytest.approx(belief.mean, abs=5 * belief.sd / math.sqrt(20_000))
    assert draws.std() == pytest.approx(belief.sd, rel=0.06)


@pytest.mark.parametrize("belief", [*SPREAD, Point(0.3)], ids=str)
def test_arrays_of_any_shape_go_in_and_come_out(belief: Belief) -> None:
    assert belief.cdf(0.3).shape == ()
    assert belief.cdf([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]]).shape == (2, 3)
    assert belief.quantile([[0.1], [0.9]]).shape == (2, 1)
    assert belief.sample(np.random.default_rng(0), (4, 2)).shape == (4, 2)


@pytest.mark.parametrize("belief", [*SPREAD, Point(0.3)], ids=str)
def test_the_seed_decides_the_draws(belief: Belief) -> None:
    first, again = (belief.sample(np.random.default_rng(5), 10) for _ in range(2))
    assert (first == again).all()


@pytest.mark.parametrize("belief", [LogitNormal(-1.7, 0.8), Beta(2.6, 13.1), LogNormal(0.2, 0.5)], ids=str)
def test_beyond_the_support_the_cdf_stays_at_its_ends(belief: Belief) -> None:
    assert belief.cdf([-3.0, 0.0]).tolist() == [0.0, 0.0]
    assert belief.cdf(1e9) == pytest.approx(1.0)


def test_families_agree_with_scipy() -> None:
    x = np.array([0.05, 0.2, 0.6])
    assert Beta(2.6, 13.1).cdf(x) == pytest.approx(scipy.stats.beta(2.6, 13.1).cdf(x))
    assert LogNormal(0.2, 0.5).cdf(x) == pytest.approx(scipy.stats.lognorm(0.5, scale=math.exp(0.2)).cdf(x))
    assert LogNormal(0.2, 0.5).sd == pytest.approx(scipy.stats.lognorm(0.5, scale=math.exp(0.2)).std())
    assert Beta(2.6, 13.1).sd == pytest.approx(scipy.stats.beta(2.6, 13.1).std())


@pytest.mark.parametrize(("mu", "low", "high"), [(0.3, 0.0, math.inf), (0.3, 0.0, 1.0), (-2.0, 1.0, 1.5)])
def test_a_truncated_normal_agrees_with_scipy(mu: float, low: float, high: float) -> None:
    ours, theirs = (
        TruncatedNormal(mu, 0.5, low, high),
        scipy.stats.truncnorm((low - mu) / 0.5, (high - mu) / 0.5, mu, 0.5),
    )
    assert ours.quantile(LEVELS) == pytest.approx(theirs.ppf(LEVELS), rel=1e-6)
    assert (ours.mean, ours.sd) == pytest.approx((theirs.mean(), theirs.std()), rel=1e-5)


def test_a_truncated_normal_keeps_its_digits_far_from_its_mean() -> None:
    far = TruncatedNormal(0.0, 1.0, low=12.0)
    assert far.quantile(0.5) == pytest.approx(scipy.stats.truncnorm(12.0, np.inf).ppf(0.5), rel=1e-9)


@pytest.mark.parametrize("sigma", [0.1, 1.0, 5.0, 20.0])
def test_moments_of_a_logit_normal_agree_with_integration(sigma: float) -> None:
    belief = LogitNormal(-1.0, sigma)
    z, step = np.linspace(-12, 12, 200_001, retstep=True)
    share = 1 / (1 + np.exp(1.0 - sigma * z))
    weight = scipy.stats.norm.pdf(z) * step
    assert belief.mean == pytest.approx(weight @ share, rel=1e-8)
    assert belief.sd == pytest.approx(math.sqrt(weight @ (share - weight @ share) ** 2), rel=1e-7)


@given(normals)
@settings(deadline=None)
def test_the_complement_of_a_logit_normal_mirrors_it(parameters: tuple[float, float]) -> None:
    belief = LogitNormal(*parameters)
    assert belief.complement().quantile(1 - LEVELS) == pytest.approx(1 - belief.quantile(LEVELS), abs=1e-9)
    assert belief.complement().mean == pytest.approx(1 - belief.mean)
    assert belief.complement().complement() == belief


@pytest.mark.parametrize("belief", [Beta(2.0, 5.0), TruncatedNormal(0.3, 0.2, 0.0, 0.8), Point(0.3)], ids=str)
def test_the_complement_is_about_one_minus_the_number(belief: Belief) -> None:
    assert belief.complement().quantile(1 - LEVELS) == pytest.approx(1 - belief.quantile(LEVELS))
    assert belief.complement().mean == pytest.approx(1 - belief.mean)
    assert belief.complement().sd == pytest.approx(belief.sd)


@pytest.mark.parametrize(
    "belief", [Normal(0.0, 1.0), LogNormal(0.0, 1.0), TruncatedNormal(0.3, 0.2, low=0.0), Point(2.0)], ids=str
)
def test_only_a_share_has_a_complement(belief: Belief) -> None:
    with pytest.raises(ElicitationError, match="no belief about a share"):
        belief.complement()


def test_a_point_has_no_doubt() -> None:
    point = Point(0.3)
    assert point.cdf([0.29, 0.3, 0.31]).tolist() == [0.0, 1.0, 1.0]
    assert (point.mean, point.sd) == (0.3, 0.0)
    assert point.quantile(LEVELS).tolist() == [0.3] * len(LEVELS)


def test_log_odds_of_a_beta_have_the_published_moments() -> None:
    """The identities psi(a) - psi(b) and psi1(a) + psi1(b), on the beta of SHELF's consensus example."""
    log_odds = Beta(5.45205, 11.60535).log_odds()
    assert (log_odds.mu, log_odds.sigma) == pytest.approx((-0.8062755, 0.539672), abs=1e-6)


def test_the_logarithm_of_a_beta_has_the_moments_of_its_draws() -> None:
    beta = Beta(3.0, 2.0)
    logarithms = np.log(beta.sample(np.random.default_rng(3), 200_000))
    assert beta.log().mu == pytest.approx(logarithms.mean(), abs=0.004)
    assert beta.log().sigma == pytest.approx(logarithms.std(), abs=0.004)


def test_a_beta_meets_a_median_and_a_central_mass() -> None:
    """Solved to rounding for a median of .2 and 90 % within .1 to .4; PreliZ 0.24 misses both and warns."""
    beta = Beta(4.762461, 18.067943)
    assert float(beta.quantile(0.5)) == pytest.approx(0.2, abs=1e-6)
    assert float(beta.cdf(0.4) - beta.cdf(0.1)) == pytest.approx(0.9, abs=1e-6)


@pytest.mark.parametrize("family", [LogitNormal, Normal, LogNormal, TruncatedNormal])
@pytest.mark.parametrize(("mu", "sigma"), [(0.0, 0.0), (0.0, -1.0), (math.nan, 1.0), (0.0, math.inf)])
def test_impossible_parameters_are_refused_by_name(family: type[Belief], mu: float, sigma: float) -> None:
    with pytest.raises(ElicitationError, match=rf"{family.family}: (mu|sigma) is"):
        family(mu, sigma)


def test_a_beta_needs_positive_counts() -> None:
    with pytest.raises(ElicitationError, match="beta: b is 0, not a number above 0"):
        Beta(1.0, 0.0)


@pytest.mark.parametrize(("low", "high"), [(1.0, 0.0), (60.0, 61.0), (math.nan, 1.0)])
def test_a_truncation_that_leaves_nothing_is_refused(low: float, high: float) -> None:
    with pytest.raises(ElicitationError, match="has no mass between"):
        TruncatedNormal(0.0, 1.0, low, high)


def test_a_huge_log_normal_has_an_infinite_mean() -> None:
    assert LogNormal(0.0, 50.0).mean == math.inf
