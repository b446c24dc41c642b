"""The marginal of a cut against its own draws, its derivatives, and the plain sums it comes to in simple cases."""

import math

import numpy as np
import pytest

from causal.elicit.belief import Normal
from causal.elicit.marginal import CutMarginal, Gap
from causal.errors import ElicitationError

LEVELS = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
CUTS = {
    "one nearly constant gap": CutMarginal(1.4, 0.7, (Gap(0.7, 0.0, 0.05),)),
    "a gap that widens upwards": CutMarginal(1.4, 0.4, (Gap(0.7, 0.65, 0.1),)),
    "a gap that narrows upwards": CutMarginal(1.4, 1.0, (Gap(0.7, -0.35, 0.1),)),
    "a gap that folds": CutMarginal(0.0, 1.0, (Gap(0.0, -1.2, 0.1),)),
    "a loose gap": CutMarginal(0.0, 0.3, (Gap(0.5, 0.0, 0.8),)),
    "two gaps": CutMarginal(-0.8, 0.7, (Gap(0.7, 0.3, 0.2), Gap(0.2, -0.2, 0.3))),
    "five gaps": CutMarginal(-2.0, 0.7, (Gap(-0.2, 0.0, 0.1),) * 5),
}


@pytest.mark.parametrize("name", CUTS)
def test_draws_follow_the_cdf(name: str) -> None:
    cut = CUTS[name]
    draws = cut.sample(np.random.default_rng(11), 200_000)
    x = np.quantile(draws, LEVELS)
    assert cut.cdf(x) == pytest.approx(LEVELS, abs=5 * 0.5 / math.sqrt(200_000))


@pytest.mark.parametrize("name", CUTS)
def test_quantile_undoes_cdf(name: str) -> None:
    assert CUTS[name].cdf(CUTS[name].quantile(LEVELS)) == pytest.approx(LEVELS, abs=1e-6)


@pytest.mark.parametrize("name", CUTS)
def test_moments_have_a_closed_form(name: str) -> None:
    draws = CUTS[name].sample(np.random.default_rng(12), 400_000)
    assert CUTS[name].mean == pytest.approx(draws.mean(), abs=6 * draws.std() / math.sqrt(400_000))
    if name != "a gap that folds":  # its tail is too heavy for draws to show its sd
        assert CUTS[name].sd == pytest.approx(draws.std(), rel=0.02)


@pytest.mark.parametrize("name", CUTS)
def test_the_slopes_are_the_derivatives_by_the_lowest_gap(name: str) -> None:
    cut = CUTS[name]
    x = np.array([cut.mean - 0.5, cut.mean, cut.mean + 0.7])
    _, slopes = cut.cdf_slopes(x)
    for i, step in enumerate(np.eye(3) * 1e-5):
        lowest = np.array(cut.gaps[0])
        up, down = (CutMarginal(cut.m, cut.s, (Gap(*(lowest + move)), *cut.gaps[1:])) for move in (step, -step))
        assert slopes[i] == pytest.approx((up.cdf(x) - down.cdf(x)) / 2e-5, abs=1e-5)


def test_without_gaps_it_is_the_top_cut() -> None:
    bare = CutMarginal(0.4, 0.9, ())
    assert bare.cdf([0.0, 1.0]) == pytest.approx(Normal(0.4, 0.9).cdf([0.0, 1.0]))
    assert bare.quantile(LEVELS) == pytest.approx(Normal(0.4, 0.9).quantile(LEVELS), abs=1e-8)
    assert (bare.mean, bare.sd) == (0.4, 0.9)


def test_a_constant_gap_shifts_the_top_cut() -> None:
    shifted = CutMarginal(0.4, 0.9, (Gap(math.log(2.0), 0.0, 1e-9),))
    assert shifted.quantile(LEVELS) == pytest.approx(Normal(2.4, 0.9).quantile(LEVELS), abs=1e-6)


def test_far_away_the_cdf_is_at_its_ends() -> None:
    assert CUTS["two gaps"].cdf([-np.inf, np.inf]).tolist() == pytest.approx([0.0, 1.0])
    assert CUTS["two gaps"].cdf(0.0).shape == ()


def test_a_cut_is_no_share() -> None:
    with pytest.raises(ElicitationError, match="no belief about a share"):
        CUTS["two gaps"].complement()
