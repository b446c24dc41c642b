"""Tables against the cubic spline of SciPy, straight lines beyond their ends, and the compiled look-up."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.interpolate import CubicSpline

from causal.exact.tape import Recorder
from causal.learn.density import pack, tabled
from causal.learn.layout import COLUMNS, Layout
from causal.learn.table import Table

POINTS = np.linspace(-2.0, 3.0, 21)
VALUES = np.sin(2 * POINTS) - 0.3 * POINTS**2
X = np.array([-5.0, -2.0, -1.97, -0.4, 0.0, 1.25, 2.99, 3.0, 3.01, 9.0])


def test_a_table_is_the_cubic_spline_between_and_its_tangents_beyond() -> None:
    spline, table = CubicSpline(POINTS, VALUES), Table.through(POINTS, VALUES)
    inside = np.clip(X, -2.0, 3.0)
    np.testing.assert_allclose(table(X), spline(inside) + spline(inside, 1) * (X - inside), atol=1e-12)


@pytest.mark.parametrize("scale", [1.0, 3.0])
def test_the_compiled_look_up_is_the_table_and_has_its_slope(scale: float) -> None:
    """One parameter, normal and as it is; two tables in a row, so that the second must be found."""
    first, table = Table.through(POINTS[:7], VALUES[:7]), Table.through(POINTS, scale * VALUES)
    density = pack(line(), Recorder(1).tape([0]), [tabled(0, first), tabled(0, table)])
    bare = pack(line(), Recorder(1).tape([0]), [])
    for x in X:
        value, gradient = density(np.array([x]))
        plain, slope = bare(np.array([x]))
        at, h = np.array([x]), 1e-6
        assert value - plain == pytest.approx(float((first(at) + table(at))[0]), abs=1e-12)
        steps = [float((first(at + move) + table(at + move))[0]) for move in (h, -h)]
        assert gradient[0] - slope[0] == pytest.approx((steps[0] - steps[1]) / (2 * h), abs=1e-4)


def test_a_table_is_part_of_the_digest() -> None:
    blocks = [
        pack(line(), Recorder(1).tape([0]), [tabled(0, Table.through(POINTS, values))]).digest
        for values in (VALUES, VALUES, VALUES + 1e-9)
    ]
    assert blocks[0] == blocks[1] != blocks[2]


def test_what_is_no_number_has_no_density() -> None:
    density = pack(line(), Recorder(1).tape([0]), [tabled(0, Table.through(POINTS, VALUES))])
    with pytest.raises(ValueError, match="no log density"):
        density(np.array([np.nan]))


@pytest.mark.parametrize(
    ("low", "step", "values", "slopes"),
    [(0.0, 0.0, (1.0, 2.0), (0.0, 0.0)), (0.0, 1.0, (1.0,), (0.0,)), (0.0, 1.0, (1.0, 2.0), (0.0,)),
     (0.0, 1.0, (1.0, float("inf")), (0.0, 0.0))],
)  # fmt: skip
def test_a_table_that_cannot_be_looked_up_is_refused(low: float, step: float, values: tuple, slopes: tuple) -> None:
    with pytest.raises(ValueError, match="a table"):
        Table(low, step, values, slopes)


def line() -> Layout:
    """Return the layout of one standard normal number."""
    none = np.empty(0, dtype=np.int64)
    numbers = {name: np.empty((len(columns), 0)) for name, columns in COLUMNS.items()} | {
        "log_odds": np.array([[0.0], [1.0]])
    }
    places = dict.fromkeys(COLUMNS, none) | {"log_odds": np.array([0])}
    labels = dict.fromkeys(COLUMNS, ()) | {"log_odds": ("a",)}
    return Layout(("a",), ("e",), numbers, labels, places, np.array([False]), none, none)
