"""A smooth log density from many draws, with tails that go on as straight lines.

    counts in bins  ~  Poisson(exp(B a))        B: cubic B-splines, evenly spaced
    penalty            strength |D^3 a|^2       at any strength the mean and the variance of the counts are kept,
                                                and at full strength the density is a normal one
    strength           the least AIC

    beyond the range           straight lines, falling by 1 / (mean of what the draws there exceed the end by)

P-splines for densities: Eilers and Marx (1996), Flexible smoothing with B-splines and penalties, section 8. On a scale
of log-odds or logarithms densities fall off exponentially or faster; the rate is that of an exponential law's maximum
likelihood.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import BSpline

from causal.exact.kernel import Floats

BINS = 400
SEGMENTS = 40
DEGREE = 3
STRENGTHS = tuple(10.0**power for power in range(-2, 9))
STEPS = 100
NEAR = 1e-9  # a step of the fit that moves no coefficient by more than this is the last
STEEP = 1e3  # the fall, over the whole range, of a density beyond which nothing lies
FLOOR = -60.0  # the least logarithm of an expected count


@dataclass(frozen=True)
class LogDensity:
    """A log density on ``[low, high]`` as a spline, with a straight line on either side."""

    spline: BSpline
    low: float
    high: float
    rates: tuple[float, float]  # by which it falls beyond low, beyond high

    def __call__(self, x: Floats) -> Floats:
        """Return the log density at ``x``."""
        inside = np.clip(x, self.low, self.high)
        rate = np.where(x < self.low, *self.rates)
        return np.asarray(self.spline(inside) - rate * np.abs(x - inside))


class Smoother:
    """Fits log densities to counts in ``BINS`` equal bins of one range."""

    def __init__(self, low: float, high: float) -> None:
        self.low, self.high = low, high
        self.width = (high - low) / BINS
        self.centres: Floats = np.asarray(low + self.width * (np.arange(BINS) + 0.5))
        knot = (high - low) / SEGMENTS
        self.knots: Floats = np.asarray(low + knot * np.arange(-DEGREE, SEGMENTS + DEGREE + 1))
        self.basis: Floats = BSpline.design_matrix(self.centres, self.knots, DEGREE).toarray()
        differences = np.diff(np.eye(self.basis.shape[1]), 3, axis=0)
        self.penalty = differences.T @ differences

    def rates(self, x: Floats, weight: Floats | None = None) -> tuple[float, float]:
        """Return how fast the density of ``x`` falls beyond either end; ``STEEP`` where nothing lies there."""
        weight = np.ones_like(x) if weight is None else weight
        found = []
        for excess in (self.low - x, x - self.high):
            out = excess > 0
            far = float(weight[out] @ excess[out])
            found.append(float(weight[out].sum()) / far if far > 0 else STEEP / (self.high - self.low))
        return found[0], found[1]

    def bins(self, x: Floats) -> tuple[np.ndarray, np.ndarray]:
        """Return the bin of each number, that of the nearer end where it lies outside, and which lie inside."""
        inside = (x >= self.low) & (x <= self.high)
        return np.clip((x - self.low) / self.width, 0, BINS - 1).astype(np.int64), inside

    def strength(self, counts: Floats) -> float:
        """Return the strength of the penalty with the least AIC."""
        return min(STRENGTHS, key=lambda strength: self._fit(counts, strength)[1])

    def fit(self, counts: Floats, strength: float, rates: tuple[float, float]) -> LogDensity:
        """Return the log density behind counts, which need not be whole, at a strength of the penalty."""
        a, _ = self._fit(counts, strength)
        spline = BSpline(self.knots, a - np.log(counts.sum() * self.width), DEGREE)
        return LogDensity(spline, self.low, self.high, rates)

    def _fit(self, counts: Floats, strength: float) -> tuple[Floats, float]:
        """Return the coefficients and the AIC, by iterated weighted least squares from the normal density."""
        share = counts / counts.sum()
        mean = float(share @ self.centres)
        spread = float(share @ (self.centres - mean) ** 2) + self.width**2
        start = np.maximum(np.log(counts.sum() * self.width) - 0.5 * (self.centres - mean) ** 2 / spread, FLOOR)
        a = np.linalg.lstsq(self.basis, start, rcond=None)[0]
        for _ in range(STEPS):
            eta = np.clip(self.basis @ a, FLOOR, None)
            expected = np.exp(eta)
            weighted = self.basis.T * expected
            inner = weighted @ self.basis
            both = inner + strength * self.penalty + 1e-9 * np.eye(len(a))
            moved = np.linalg.solve(both, weighted @ eta + self.basis.T @ (counts - expected)) - a
            a = a + moved * min(1.0, 2.0 / np.abs(moved).max(initial=1e-300))
            if np.abs(moved).max() < NEAR:
                break
        eta = self.basis @ a
        expected = np.exp(eta)
        some = counts > 0
        deviance = 2.0 * float((counts[some] * (np.log(counts[some]) - eta[some])).sum() - (counts - expected).sum())
        return a, deviance + 2.0 * float(np.trace(np.linalg.solve(both, inner)))
