"""A function of one number as a table: what no formula gives, in a form that a sampler can differentiate.

    between two points     cubic Hermite through their values and slopes
    beyond the ends        a straight line with the slope of the end

Points are evenly spaced, so looking one up is a division. The slopes are those of the cubic spline through the values,
so the second derivative is continuous too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline

from causal.exact.kernel import Floats


@dataclass(frozen=True)
class Table:
    """Values, and slopes per unit of the argument, at ``low``, ``low + step``, ...

    >>> square = Table.through(np.linspace(-1.0, 1.0, 5), np.linspace(-1.0, 1.0, 5) ** 2)
    >>> square(np.array([0.3, 2.0])).round(3).tolist()
    [0.09, 3.0]
    """

    low: float
    step: float
    values: tuple[float, ...]
    slopes: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.values) < 2 or len(self.values) != len(self.slopes) or not self.step > 0:
            raise ValueError("a table has two points at least, a slope to each value and a step above 0")
        if not np.isfinite([self.low, self.step, *self.values, *self.slopes]).all():
            raise ValueError("a table holds finite numbers")

    @classmethod
    def through(cls, points: Floats, values: Floats) -> Table:
        """Return the table of the cubic spline through evenly spaced points."""
        slopes = CubicSpline(points, values)(points, 1)
        step = float(points[-1] - points[0]) / (len(points) - 1)
        return cls(float(points[0]), step, tuple(values.tolist()), tuple(slopes.tolist()))

    def __call__(self, x: Floats) -> Floats:
        """Return the function at ``x``, of any shape."""
        values, slopes = np.array(self.values), np.array(self.slopes)
        high = self.low + self.step * (len(values) - 1)
        inside = np.clip(x, self.low, high)
        at = (inside - self.low) / self.step
        k = np.clip(at.astype(np.int64), 0, len(values) - 2)
        t = at - k
        between = (
            (1 + 2 * t) * (1 - t) ** 2 * values[k]
            + t**2 * (3 - 2 * t) * values[k + 1]
            + self.step * t * (1 - t) * ((1 - t) * slopes[k] - t * slopes[k + 1])
        )
        return np.asarray(between + np.where(x < self.low, slopes[0], slopes[-1]) * (x - inside))

    @property
    def packed(self) -> list[float]:
        """The table as numbers in a row: low, step, values, slopes."""
        return [self.low, self.step, *self.values, *self.slopes]
