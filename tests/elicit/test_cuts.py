"""Cuts that never cross, with the marginals that were stated as far as that allows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from causal.elicit.belief import LogitNormal
from causal.elicit.cuts import NEARLY, WEAK_SD, Cuts, fit_cuts, weak_cuts
from causal.elicit.fit import fit_log_odds
from causal.elicit.stated import THREE, Stated, stated
from causal.errors import ElicitationError
from causal.spec.priors import Counted


def judged(median: float, sd: float) -> Stated:
    return Stated(THREE, tuple(LogitNormal(np.log(median / (1 - median)), sd).quantile(THREE).tolist()))


def implied(cuts: Cuts, cut: int) -> tuple[float, ...]:
    fit = cuts.fits[cut]
    assert fit is not None
    return fit.implied


def misfit(cuts: Cuts) -> float:
    return max(fit.misfit for fit in cuts.fits if fit is not None)


@pytest.mark.parametrize("medians", [(0.97, 0.8), (0.82, 0.8), (0.97, 0.8, 0.3), (0.95, 0.8, 0.5, 0.2, 0.05)])
def test_equal_widths_are_met_with_gaps_that_hardly_move(medians: tuple[float, ...]) -> None:
    said = [judged(median, 0.7) for median in medians]
    cuts = fit_cuts(said)
    for k, each in enumerate(said):
        assert implied(cuts, k) == pytest.approx(each.values, abs=0.004)
    assert misfit(cuts) < 0.002
    for gap in cuts.gaps:
        assert gap.sigma < 0.2
        assert abs(gap.slope) * cuts.anchor[1] < 0.1


@pytest.mark.parametrize(("low", "high"), [(0.4, 0.7), (0.7, 0.9), (0.9, 0.6)])
def test_unequal_widths_are_met_by_the_slope(low: float, high: float) -> None:
    cuts = fit_cuts([judged(0.97, low), judged(0.8, high)])
    assert misfit(cuts) < 0.02
    assert np.sign(cuts.gaps[0].slope) == np.sign(low - high)


def test_what_is_implied_is_what_draws_show() -> None:
    cuts = fit_cuts([judged(0.97, 1.0), judged(0.8, 0.5), judged(0.3, 0.7)])
    draws = 1 / (1 + np.exp(-cuts.sample(np.random.default_rng(2), 200_000)))
    for k in range(3):
        assert np.quantile(draws[:, k], THREE) == pytest.approx(implied(cuts, k), abs=0.004)


judgements = st.tuples(st.floats(0.05, 0.95), st.floats(0.15, 1.5))


@given(st.lists(judgements, min_size=2, max_size=3, unique_by=lambda each: round(each[0], 2)))
@settings(deadline=None, max_examples=25)
def test_cuts_never_cross(said: list[tuple[float, float]]) -> None:
    cuts = fit_cuts([judged(*each) for each in sorted(said, reverse=True)])
    draws = cuts.sample(np.random.default_rng(1), 2000)
    assert draws.shape == (2000, len(said))
    assert np.isfinite(draws).all()
    assert (np.diff(draws, axis=1) < 0).all()
    assert (np.diff(cuts.medians) < 0).all()


def test_the_top_cut_is_fitted_alone() -> None:
    top = judged(0.8, 0.7)
    cuts = fit_cuts([judged(0.97, 0.7), top])
    alone = fit_log_odds(top)
    assert cuts.anchor == (alone.belief.mean, alone.belief.sd)
    assert cuts.fits[1] == alone
    assert cuts.medians == pytest.approx((np.log(0.97 / 0.03), np.log(4)), abs=0.02)


def test_one_cut_is_a_probability_on_the_log_odds() -> None:
    cuts = fit_cuts([judged(0.3, 0.7)])
    assert cuts.gaps == ()
    assert cuts.anchor == pytest.approx((np.log(3 / 7), 0.7), abs=1e-6)


def test_a_missing_cut_is_placed_between_its_neighbours() -> None:
    cuts = fit_cuts([judged(0.97, 0.7), None, judged(0.3, 0.7)])
    top, middle, low = reversed(cuts.medians)
    assert middle - top == pytest.approx(low - middle, rel=0.05)
    assert cuts.fits[1] is None
    assert cuts.notes == ("nothing was stated about cut 2: placed by its neighbours",)
    assert misfit(cuts) < 0.01


@pytest.mark.parametrize("missing", [0, 2])
def test_a_missing_outer_cut_lies_a_weak_gap_away(missing: int) -> None:
    said: list[Stated | None] = [judged(0.97, 0.7), judged(0.8, 0.7), judged(0.3, 0.7)]
    said[missing] = None
    cuts = fit_cuts(said)
    neighbour = cuts.medians[1]
    assert abs(cuts.medians[missing] - neighbour) == pytest.approx(np.log(3), rel=0.05)
    assert cuts.fits[missing] is None
    assert misfit(cuts) < 0.01


def test_counts_and_lone_values_can_be_cuts() -> None:
    cuts = fit_cuts([stated(Counted(8, 9)), Stated((0.5,), (0.4,))])
    assert misfit(cuts) < 0.02
    assert implied(cuts, 1) == pytest.approx((0.4,))


def test_exact_cuts_are_constant() -> None:
    cuts = fit_cuts([Stated(exact=0.9), Stated(exact=0.4)])
    draws = 1 / (1 + np.exp(-cuts.sample(np.random.default_rng(0), 3)))
    assert draws == pytest.approx(np.tile([0.9, 0.4], (3, 1)))
    assert cuts.fits[0] == fit_log_odds(Stated(exact=0.9))


@pytest.mark.parametrize("exact", [0, 1])
def test_an_exact_cut_beside_an_uncertain_one_is_held_and_says_so(exact: int) -> None:
    said = [judged(0.9, 0.7), judged(0.4, 0.7)]
    value = (0.9, 0.4)[exact]
    said[exact] = Stated(exact=value)
    cuts = fit_cuts(said)
    fit = cuts.fits[exact]
    assert fit is not None
    assert fit.median == pytest.approx(value, abs=0.003)
    assert any(f"held with an sd of {NEARLY}" in note for note in cuts.notes)


@pytest.mark.parametrize("second", [judged(0.9, 0.7), Stated(exact=0.9), Stated((0.2, 0.8), (0.85, 0.99))])
def test_medians_out_of_order_are_refused(second: Stated) -> None:
    with pytest.raises(ElicitationError, match=r"the median 0\.8 of cut 1 has to be above the median 0\.9"):
        fit_cuts([judged(0.8, 0.7), None, second])


def test_equal_medians_are_refused() -> None:
    with pytest.raises(ElicitationError, match="has to be above"):
        fit_cuts([judged(0.8, 0.7), judged(0.8, 0.7)])


def test_widths_that_would_cross_show_as_misfit() -> None:
    cuts = fit_cuts([judged(0.82, 1.2), judged(0.8, 0.3)])
    fit = cuts.fits[0]
    assert fit is not None
    assert fit.median == pytest.approx(0.82, abs=0.01)
    assert any("the 5 % quantile was stated as" in note for note in fit.notes)


@pytest.mark.parametrize("count", [1, 2, 3, 6])
def test_weak_cuts_are_even_and_symmetric(count: int) -> None:
    cuts = weak_cuts(count)
    assert cuts.anchor == (pytest.approx(-np.log(count)), WEAK_SD)
    assert sum(cuts.medians) == pytest.approx(0.0, abs=1e-9)
    steps = np.diff(cuts.medians)
    assert steps == pytest.approx(np.full(count - 1, steps[0] if count > 1 else 0.0))
    assert cuts == fit_cuts([None] * count)


def test_a_variable_of_one_state_has_no_cuts() -> None:
    for none in (lambda: fit_cuts([]), lambda: weak_cuts(0)):
        with pytest.raises(ElicitationError, match="no cuts"):
            none()
