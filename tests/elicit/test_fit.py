"""From stated to believed on every scale, what was stated and what is implied being on one."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from causal.elicit.belief import Beta, LogitNormal, Normal, Point
from causal.elicit.fit import (
    MISFIT,
    Fit,
    fit_log,
    fit_log_odds,
    fit_net,
    fit_normal,
    fit_offset,
    fit_probability,
    fit_ratio,
)
from causal.elicit.scale import LogOdds, Share
from causal.elicit.stated import DIFFERENCE, PROBABILITY, QUOTIENT, THREE, Stated, Support, stated
from causal.errors import ElicitationError
from causal.spec.priors import Counted, Phrase, Quantiles

SKEWED = Stated(THREE, (0.05, 0.15, 0.4))


def said(*values: float, support: Support = PROBABILITY) -> Stated:
    return Stated(THREE, values, support=support)


def test_the_nearer_family_is_kept() -> None:
    """5, 15 and 40 %: the logit-normal is 13 times nearer than the beta; chips of a beta are nearer to a beta."""
    fit = fit_probability(SKEWED)
    assert isinstance(fit.belief, LogitNormal)
    assert (fit.belief.mu, fit.belief.sigma) == pytest.approx((-1.727752, 0.767857), rel=3e-4)
    assert fit.ssq == pytest.approx(0.000111195, rel=3e-4)
    assert fit.band == pytest.approx((0.048, 0.151, 0.386), abs=5e-4)
    beta = Beta(5.0, 2.0)
    again = fit_probability(said(*beta.quantile(THREE).tolist()))
    assert isinstance(again.belief, Beta)
    assert (again.belief.a, again.belief.b) == pytest.approx((5.0, 2.0), rel=1e-4)


@pytest.mark.parametrize(
    ("phrase", "low", "high", "expected"),
    [
        ("almost no chance", 0.01, 0.05, (-3.769779, 0.501771, 0.022537)),
        ("very unlikely", 0.05, 0.2, (-2.165367, 0.473642, 0.102904)),
        ("unlikely", 0.2, 0.45, (-0.793483, 0.360404, 0.311421)),
        ("likely", 0.55, 0.8, (0.793483, 0.360404, 0.688579)),
    ],
)
def test_a_phrase_of_icd_203_is_a_logit_normal(
    phrase: str, low: float, high: float, expected: tuple[float, float, float]
) -> None:
    """The published range as the central 90 %, the median halfway on the log-odds."""
    middle = 1 / (1 + math.sqrt((1 / low - 1) * (1 / high - 1)))
    fit = fit_probability(stated(Phrase(phrase, "icd203", Quantiles(THREE, (low, middle, high)))))
    assert isinstance(fit.belief, LogitNormal)
    assert (fit.belief.mu, fit.belief.sigma, fit.median) == pytest.approx(expected, abs=1e-6)
    assert fit.misfit < 1e-9


@pytest.mark.parametrize(
    ("relevance", "band"), [(1.0, (0.1058075, 0.2797821, 0.5184149)), (0.3, (0.0461805, 0.2966577, 0.7038136))]
)
def test_comparable_cases_keep_their_beta(relevance: float, band: tuple[float, float, float]) -> None:
    """3 of 11 cases on a Jeffreys start."""
    fit = fit_probability(stated(Counted(3, 11, relevance)))
    assert isinstance(fit.belief, Beta)
    assert fit.band == pytest.approx(band, abs=1e-6)
    assert fit.values == pytest.approx(fit.implied)
    assert fit.misfit == pytest.approx(0.0, abs=1e-12)


@given(st.floats(-4, 4), st.floats(0.2, 2.5))
@settings(deadline=None)
def test_two_quantiles_are_met_exactly(mu: float, sigma: float) -> None:
    truth = LogitNormal(mu, sigma)
    fit = fit_probability(Stated((0.1, 0.8), tuple(truth.quantile((0.1, 0.8)).tolist())))
    assert isinstance(fit.belief, LogitNormal)
    assert (fit.belief.mu, fit.belief.sigma) == pytest.approx((mu, sigma), abs=1e-7)
    assert fit.misfit < 1e-9
    assert fit.notes == ()


@given(st.floats(-4, 4), st.floats(0.2, 2.5))
@settings(deadline=None)
def test_a_representable_judgement_comes_out_as_it_was_stated(mu: float, sigma: float) -> None:
    values = LogitNormal(mu, sigma).quantile(THREE).tolist()
    for fit in (fit_probability(said(*values)), fit_log_odds(said(*values)), fit_offset(said(*values), 0.3)):
        assert fit.implied == pytest.approx(tuple(values), abs=1e-6)
        assert fit.band == pytest.approx(tuple(values), abs=1e-6)
        assert fit.notes == ()


PROBABILITIES = st.lists(st.floats(0.02, 0.98), min_size=3, max_size=3, unique=True).map(
    lambda values: tuple(sorted(values))
)


@given(PROBABILITIES)
@settings(deadline=None)
def test_fitting_the_complement_gives_the_complement(values: tuple[float, ...]) -> None:
    fit, turned = fit_probability(said(*values)), fit_probability(said(*values).complement())
    assert turned.ssq == pytest.approx(fit.ssq, abs=1e-8)
    back = turned.belief.complement()
    assert back.family == fit.belief.family
    assert back.cdf(values) == pytest.approx(fit.belief.cdf(values), abs=1e-4)


@given(PROBABILITIES)
@settings(deadline=None)
def test_implied_values_are_where_the_belief_has_the_stated_levels(values: tuple[float, ...]) -> None:
    fit = fit_probability(said(*values))
    assert fit.belief.cdf(fit.implied) == pytest.approx(THREE, abs=1e-7)
    assert fit.misfit == pytest.approx(np.abs(fit.belief.cdf(values) - THREE).max())


def test_an_offset_is_counted_from_the_reference() -> None:
    fit, plain = fit_offset(SKEWED, 0.8), fit_log_odds(SKEWED)
    assert isinstance(fit.belief, Normal)
    assert isinstance(plain.belief, Normal)
    assert fit.belief.mu == pytest.approx(plain.belief.mu - math.log(4))
    assert fit.belief.sigma == pytest.approx(plain.belief.sigma)
    assert fit.implied == pytest.approx(plain.implied)
    assert fit.scale == LogOdds(0.8)


def test_a_ratio_is_read_at_the_reference() -> None:
    fit = fit_ratio(said(0.2, 0.4, 0.6), 0.8)
    plain = fit_probability(said(0.25, 0.5, 0.75))
    assert fit.belief.quantile(THREE) == pytest.approx(plain.belief.quantile(THREE), abs=1e-6)
    assert fit.implied == pytest.approx(tuple(0.8 * value for value in plain.implied), abs=1e-6)
    assert fit.quantile(0.5) == pytest.approx(fit.median)


@pytest.mark.parametrize(("compound", "net"), [(0.3, 0.2631578947), (0.6, 0.5789473684)])
def test_a_compound_becomes_net_of_the_leak(compound: float, net: float) -> None:
    """Henrion's compound to Diez' net with a leak of .05."""
    fit = fit_net(Stated(exact=compound), 0.05)
    assert fit.belief.mean == pytest.approx(net, abs=1e-9)
    assert fit.band == (compound, compound, compound)


def test_compounds_read_as_net_make_the_published_noisy_or() -> None:
    """Leak 1e-4 and five causes: the noisy-or (compound) test suite of aGrUM; and .7053, not .734, for two."""
    nets = {p: fit_net(Stated(exact=p), 1e-4).belief.mean for p in (0.1, 0.3, 0.5, 0.7, 0.9)}

    def effect(*causes: float) -> float:
        return 1 - (1 - 1e-4) * math.prod(1 - nets[p] for p in causes)

    assert effect(0.1) == pytest.approx(0.1, abs=1e-6)
    assert effect(0.1, 0.3) == pytest.approx(0.369937, abs=1e-6)
    assert effect(0.9, 0.7) == pytest.approx(0.969997, abs=1e-6)
    assert effect(*nets) == pytest.approx(0.990546, abs=1e-6)
    both = 1 - 0.95 * math.prod(1 - fit_net(Stated(exact=p), 0.05).belief.mean for p in (0.3, 0.6))
    assert both == pytest.approx(0.7052631579, abs=1e-9)


def test_uncertain_compounds_are_net_of_the_leak_quantile_by_quantile() -> None:
    net = LogitNormal(-0.4, 0.5).quantile(THREE)
    fit = fit_net(said(*(0.05 + 0.95 * net).tolist()), 0.05)
    assert fit.belief.quantile(THREE) == pytest.approx(net, abs=1e-6)
    assert fit.scale == Share(0.05, 1.0)


def test_a_quantile_beyond_the_reference_is_left_out_and_counts_as_misfit() -> None:
    fit = fit_ratio(said(0.5, 0.76, 0.909), 0.85)
    assert fit.left_out == ((0.95, 0.909),)
    assert fit.implied[:2] == pytest.approx((0.5, 0.76))
    assert fit.implied[2] < 0.85
    assert fit.misfit == pytest.approx(0.05)
    assert fit.notes == ("the 95 % quantile 0.909 is not within 0 to 0.85: left out of the fit",)
    named = fit_ratio(Stated((0.05, 0.5, 0.95), (0.3, 0.6, 0.85)), 0.8, "P(y = yes | all)")
    above = "'P(y = yes | all)' has the median 0.8, and what is judged here cannot lie above that"
    assert named.notes[0] == f"the 95 % quantile 0.85 is not within 0 to 0.8: left out of the fit; {above}"
    net = fit_net(Stated((0.05, 0.5, 0.95), (0.1, 0.4, 0.7)), 0.2, "P(y = yes | none)")
    below = "'P(y = yes | none)' has the median 0.2, and what is judged here cannot lie below that"
    assert net.notes[0] == f"the 5 % quantile 0.1 is not within 0.2 to 1: left out of the fit; {below}"


def test_a_quantile_at_or_below_the_leak_is_left_out() -> None:
    fit = fit_net(said(0.04, 0.05, 0.143), 0.04)
    assert fit.left_out == ((0.05, 0.04),)
    assert fit.implied[1:] == pytest.approx((0.05, 0.143))


def test_a_median_at_the_reference_leaves_the_other_side() -> None:
    fit = fit_ratio(said(0.5, 0.85, 0.9), 0.85)
    assert [level for level, _ in fit.left_out] == [0.5, 0.95]
    assert fit.implied[0] == pytest.approx(0.5)
    assert fit.misfit == pytest.approx(0.5)
    assert "one value and no spread: given an sd of 1, on the log-odds" in fit.notes


IMPOSSIBLE: dict[str, tuple[Callable[[], Fit], str]] = {
    "all but above all": (lambda: fit_ratio(said(0.5, 0.9, 0.95), 0.85), "the median 0.9 is above 0.85"),
    "compound below leak": (lambda: fit_net(said(0.01, 0.03, 0.5), 0.05), "the median 0.03 is below 0.05"),
    "median between two quantiles": (
        lambda: fit_ratio(Stated((0.1, 0.9), (0.8, 0.95)), 0.85),
        "the median 0.897 is above 0.85",
    ),
    "median of counted cases": (lambda: fit_ratio(stated(Counted(9, 10)), 0.5), r"the median 0.88\d is above 0.5"),
    "exactly above": (lambda: fit_ratio(Stated(exact=0.9), 0.85), "the median 0.9 is above 0.85"),
    "exactly below": (lambda: fit_net(Stated(exact=0.01), 0.05), "the median 0.01 is below 0.05"),
    "all at the reference": (lambda: fit_ratio(said(0.85, 0.85, 0.85), 0.85), "no quantile lies between 0 and 0.85"),
    "offset from certainty": (lambda: fit_offset(SKEWED, 1.0), "the reference 1 has no finite log-odds"),
    "exactly impossible": (lambda: fit_offset(Stated(exact=0.0), 0.5), "exactly 0 has no finite logarithm or log-odds"),
    "the logarithm of nothing": (lambda: fit_log(Stated(exact=0.0)), "exactly 0 has no finite logarithm"),
    "no leak": (lambda: fit_net(Stated(exact=1.0), 1.0), "cannot be read between 1 and 1"),
}


@pytest.mark.parametrize("sin", IMPOSSIBLE)
def test_what_cannot_be_met_is_refused(sin: str) -> None:
    fit, message = IMPOSSIBLE[sin]
    with pytest.raises(ElicitationError, match=message):
        fit()


def test_what_is_said_exactly_becomes_a_point() -> None:
    assert fit_probability(Stated(exact=0.01)).belief == Point(0.01)
    assert fit_probability(Stated(exact=0.0)).belief == Point(0.0)
    assert fit_ratio(Stated(exact=0.85), 0.85).belief == Point(1.0)
    assert fit_net(Stated(exact=0.05), 0.05).belief == Point(0.0)
    offset = fit_offset(Stated(exact=0.8), 0.5)
    assert offset.belief.mean == pytest.approx(math.log(4))
    assert (offset.band, offset.misfit, offset.levels) == ((0.8, 0.8, 0.8), 0.0, ())
    assert fit_log(Stated(exact=2.0, support=QUOTIENT)).belief.mean == pytest.approx(math.log(2))


def test_one_quantile_gets_the_documented_width() -> None:
    fit = fit_probability(Stated((0.5,), (0.3,)))
    assert isinstance(fit.belief, LogitNormal)
    assert (fit.belief.mu, fit.belief.sigma) == pytest.approx((math.log(3 / 7), 1.0))
    assert fit.band == pytest.approx((0.0764, 0.3, 0.6895), abs=1e-4)
    assert fit.notes == ("one value and no spread: given an sd of 1, on the log-odds",)
    assert fit_log(Stated((0.5,), (2.0,), support=QUOTIENT)).belief.sd == 0.7
    assert fit_normal(Stated((0.5,), (-0.1,), support=DIFFERENCE)).belief == Normal(-0.1, 0.15)


def test_counts_take_their_moments_on_other_scales() -> None:
    cases = stated(Counted(3, 11))
    beta = Beta(3.5, 8.5)
    assert fit_log_odds(cases).belief == beta.log_odds()
    assert fit_offset(cases, 0.8).belief.mean == pytest.approx(beta.log_odds().mu - math.log(4))
    assert fit_log(cases).belief == beta.log()
    assert fit_normal(cases).belief == Normal(beta.mean, beta.sd)
    ratio = fit_ratio(cases, 0.9)
    assert ratio.values == pytest.approx(tuple(beta.quantile(THREE).tolist()))
    assert ratio.misfit < 0.02


def test_quotients_are_normal_on_the_log_and_differences_as_they_are() -> None:
    half = said(0.25, 0.5, 1.0, support=QUOTIENT)
    log = fit_log(half)
    assert isinstance(log.belief, Normal)
    assert log.belief.mu == pytest.approx(math.log(0.5))
    assert log.belief.sigma == pytest.approx(math.log(2) / 1.6448536)
    assert log.implied == pytest.approx((0.25, 0.5, 1.0))
    plain = fit_normal(said(-0.3, -0.1, 0.1, support=DIFFERENCE))
    assert isinstance(plain.belief, Normal)
    assert (plain.belief.mu, plain.belief.sigma) == pytest.approx((-0.1, 0.2 / 1.6448536))


def test_a_value_at_the_end_moves_just_inside_and_says_so() -> None:
    fit = fit_log_odds(said(0.0, 0.1, 0.4))
    assert fit.values == (0.0, 0.1, 0.4)
    assert fit.notes[0] == "the 5 % quantile 0 is taken as 0.001: what is impossible is said 'exactly'"
    assert fit.implied[1] == pytest.approx(0.1, abs=0.02)


def test_a_misfit_is_noted() -> None:
    fit = fit_probability(said(0.1, 0.1, 0.4))
    assert fit.misfit > MISFIT
    assert any("the 50 % quantile was stated as 0.1 and comes out as" in note for note in fit.notes)


def test_a_lost_tail_is_noted_though_its_misfit_is_small() -> None:
    fit = fit_probability(said(0.01, 0.02, 0.9))
    assert fit.misfit <= MISFIT + 1e-9
    assert fit.notes == ("the 95 % quantile was stated as 0.9 and comes out as 0.0396 (misfit 0.05)",)


def test_notes_of_what_was_stated_are_kept() -> None:
    fit = fit_probability(Stated(THREE, (0.05, 0.15, 0.4), notes=("read twice",)))
    assert fit.notes == ("read twice",)


@given(st.lists(st.floats(0.001, 0.999), min_size=2, max_size=6, unique=True), st.floats(0.02, 0.98))
def test_what_a_fit_implies_rises_with_the_level(values: list[float], reference: float) -> None:
    """Whatever was stated, on every scale: a quantile that fell would be no quantile."""
    said = Stated(tuple(np.linspace(0.05, 0.95, len(values))), tuple(sorted(values)))
    fits = (fit_probability(said), fit_log_odds(said), fit_offset(said, reference), fit_normal(said), fit_log(said))
    for fit in fits:
        asked = fit.quantile(np.linspace(0.01, 0.99, 25))
        assert (np.diff(asked) >= -1e-12).all()
        assert list(fit.implied) == sorted(fit.implied)
        assert fit.band[0] <= fit.band[1] <= fit.band[2]
