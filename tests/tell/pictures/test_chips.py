"""Chips as they lie, and the curve on the same scale: its area over a bin is what the belief would lay there."""

from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest

from causal.elicit import fit_log, fit_probability
from causal.elicit.stated import QUOTIENT, Stated
from causal.tell.pictures.chips import chips_picture, density
from causal.tell.pictures.figure import svg

EDGES = tuple(at / 5 for at in range(6))
COUNTS = (0.0, 3.0, 5.0, 2.0, 0.0)
FIT = fit_probability(Stated((0.3, 0.8), (0.4, 0.6)))


def test_a_chip_is_a_bar_where_it_lies() -> None:
    (axes,) = chips_picture(EDGES, COUNTS, FIT, "chips").axes
    bars = [(round(bar.get_x() + bar.get_width() / 2, 9), bar.get_y(), bar.get_height()) for bar in axes.patches]
    wanted = [(round(0.1 + at / 5, 9), below, 1.0) for at in range(5) for below in range(int(COUNTS[at]))]
    assert sorted(bars) == sorted(wanted)


def test_the_curve_lays_as_many_chips_as_there_are() -> None:
    (axes,) = chips_picture(EDGES, COUNTS, FIT, "chips").axes
    curve = next(line for line in axes.lines if len(line.get_xdata()) > 2)
    x, y = np.asarray(curve.get_xdata(), dtype=float), np.asarray(curve.get_ydata(), dtype=float)
    step, width = x[1] - x[0], 0.2
    for low, high in pairwise(EDGES):
        laid = y[(x > low) & (x < high)].sum() * step / width
        expected = 10 * float(np.diff(FIT.belief.cdf([low, high]))[0])
        assert laid == pytest.approx(expected, abs=1e-6)


def test_the_density_is_finite_where_the_belief_is_not() -> None:
    steep = fit_probability(Stated((0.05, 0.5, 0.95), (0.001, 0.2, 0.999)))
    x, height = density(steep, 0.0, 1.0, 50)
    assert np.isfinite(height).all()
    assert (height / 50).sum() == pytest.approx(1.0)
    assert (x[0], x[-1]) == (0.01, 0.99)


def test_the_density_is_on_the_stated_scale() -> None:
    fit = fit_log(Stated((0.05, 0.5, 0.95), (0.5, 1.0, 2.0), support=QUOTIENT))
    x, height = density(fit, 0.0, 8.0, 800)
    assert (height[x < 1.0] * 0.01).sum() == pytest.approx(0.5, abs=1e-6)


@pytest.mark.parametrize("fit", [None, FIT], ids=["empty", "fitted"])
def test_it_is_drawn_with_any_words(fit: object) -> None:
    figure = chips_picture(EDGES, COUNTS if fit else (0.0,) * 5, FIT if fit else None, "<script>$x$ & y")
    root = ElementTree.fromstring(svg(figure, "<script>$x$ & y", "words"))
    assert not [each for each in root.iter() if each.tag.endswith("script")]
    assert root[0].text == "<script>$x$ & y"
