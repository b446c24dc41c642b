"""A smooth curve keeps its area, its centre and its ends."""

from __future__ import annotations

import numpy as np
import pytest

from causal.tell.pictures.smooth import curve

RNG = np.random.default_rng(3)


@pytest.mark.parametrize("draws", [RNG.beta(0.6, 5.0, 4000), RNG.beta(30.0, 40.0, 4000), RNG.random(50)])
def test_the_area_is_one_between_closed_ends(draws: np.ndarray) -> None:
    x, y = curve(draws, 0.0, 1.0, closed=True)
    step = x[1] - x[0]
    assert y.sum() * step == pytest.approx(1.0, abs=1e-9)
    assert (x * y).sum() * step == pytest.approx(draws.mean(), abs=0.02)


def test_the_curve_is_near_the_density_it_was_drawn_from() -> None:
    x, y = curve(RNG.normal(0.5, 0.1, 20_000), 0.0, 1.0, closed=True)
    true = np.exp(-0.5 * ((x - 0.5) / 0.1) ** 2) / (0.1 * np.sqrt(2 * np.pi))
    assert np.abs(y - true).max() < 0.06 * true.max()


def test_an_open_end_lets_the_curve_fall_off() -> None:
    draws = RNG.random(5000)
    closed, opened = (curve(draws, 0.0, 1.0, closed=each)[1][0] for each in (True, False))
    assert closed == pytest.approx(1.0, abs=0.15)
    assert opened == pytest.approx(closed / 2, rel=0.1)


def test_what_is_no_number_or_lies_outside_is_left_out() -> None:
    draws = RNG.random(1000)
    dirty = np.concatenate([draws, [np.nan, np.inf, -3.0]])
    assert np.array_equal(curve(dirty, 0.0, 1.0, closed=True)[1], curve(draws, 0.0, 1.0, closed=True)[1])


def test_no_draws_make_a_flat_line() -> None:
    assert not curve(np.array([np.nan]), 0.0, 1.0, closed=True)[1].any()
