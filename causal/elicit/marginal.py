"""The marginal of one cut of an ordered variable: a normal plus log-normal gaps that depend on it.

    c = m + u + sum_j exp(mean_j + slope_j u + sigma_j z_j),   u ~ Normal(0, s), every z_j ~ Normal(0, 1)

Given the z's, c is convex in u, so c <= x on one interval of u, whose ends Newton's method reaches from outside
without overshooting. The cdf is the normal mass of that interval, averaged over the z's by quadrature.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import ClassVar, NamedTuple, final, override

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from causal.elicit.belief import Array, Belief, Normal, Size, no_share

EXP_LIMIT = 60.0  # a gap of e^60 on the log-odds is as good as none wider
FAR = -8.0  # in sd of u: what lies below has no weight
NEWTON = 100  # steps at most; six are usual
BISECT = 100
CLOSE = 1e-7  # of a Newton step: the next one is its square
ONE_GAP = np.linspace(-6.0, 6.0, 61)  # the trapezoid rule: a narrow u makes the integrand steep
NODES_PER_GAP = (0, 0, 9, 6, 4)  # Gauss and Hermite, by the number of gaps
QUADRATURE = len(NODES_PER_GAP) - 1  # gaps integrated over; those further up are held at the middle of their spread


class Gap(NamedTuple):
    """The normal of a log gap: ``mean`` at the top cut's median, ``slope`` per unit of the top cut, ``sigma``."""

    mean: float
    slope: float
    sigma: float


@final
@dataclass(frozen=True, slots=True)
class CutMarginal(Belief):
    """One cut's log-odds: the top cut's Normal(m, s) and the ``gaps`` from this cut up to it.

    >>> cut = CutMarginal(0.0, 0.7, (Gap(0.0, 0.0, 0.02),))
    >>> round(float(cut.cdf(1.0)), 3)
    0.5
    """

    m: float
    s: float
    gaps: tuple[Gap, ...]
    family: ClassVar[str] = "cut"

    @override
    def cdf(self, x: ArrayLike) -> Array:
        if not self.gaps:
            return Normal(self.m, self.s).cdf(x)
        at = np.asarray(x, dtype=float)
        return self.cdf_slopes(at.ravel())[0].reshape(at.shape)

    def cdf_slopes(self, x: Array) -> tuple[Array, Array]:
        """Return the cdf at each ``x``, and its derivatives by the lowest gap's mean, slope and sigma, a row each."""
        nodes, weights = _grid(min(len(self.gaps), QUADRATURE))
        z = np.zeros((len(nodes), len(self.gaps)))
        z[:, : nodes.shape[1]] = nodes
        mean, slope, sigma = np.array(self.gaps).T
        level, room = (mean + sigma * z)[:, None, :], np.clip(x, -1e6, 1e6) - self.m

        def excess(u: Array) -> tuple[Array, Array, Array]:
            gaps = np.exp(np.minimum(level + slope * u[:, :, None], EXP_LIMIT))
            return u + gaps.sum(axis=2) - room, 1.0 + gaps @ slope, gaps[:, :, 0]

        def mass(u: Array, there: NDArray[np.bool]) -> tuple[Array, Array]:
            # P(root >= u), and how it moves: du = -(d excess by the number) / (d excess by u)
            _, derivative, lowest = excess(u)
            density = np.exp(-0.5 * (u / self.s) ** 2) / (self.s * math.sqrt(2 * math.pi))
            move = np.where(there, -density * lowest / np.where(there, derivative, 1.0), 0.0)
            share = np.where(there, scipy.special.ndtr(u / self.s), 0.0)
            return weights @ share, np.stack([weights @ move, weights @ (move * u), weights @ (move * z[:, :1])])

        # all gaps are positive, so u = room is too much
        upper, reachable = _root(excess, np.tile(room, (len(nodes), 1)), 1.0)
        share, slopes = mass(upper, reachable)
        if (slope < 0).any():
            # far down, the gaps may have grown so wide that the cut is above x again
            lower, again = _root(excess, np.full(upper.shape, FAR * self.s), -1.0)
            if again.any():
                beyond = mass(lower, reachable & again)
                share, slopes = share - beyond[0], slopes - beyond[1]
        return share, slopes

    @override
    def quantile(self, q: ArrayLike) -> Array:
        level = np.asarray(q, dtype=float)
        goal = scipy.special.ndtri(np.clip(level.ravel(), 1e-9, 1.0 - 1e-9))

        def short(x: Array) -> Array:
            return np.asarray(goal - np.clip(scipy.special.ndtri(np.clip(self.cdf(x), 0.0, 1.0)), -9.0, 9.0))

        low = self.m + self.s * goal  # a cut lies above the top one, quantile by quantile
        high = low + 2 * self.sd
        while (missing := short(high) > 0).any():
            high = np.where(missing, high + 2 * (high - low), high)
        x = np.clip(self.mean + self.sd * goal, low, high)
        for _ in range(BISECT):
            # nearly a normal: on the probit the way to go is nearly known, and the bracket keeps it honest
            way = short(x)
            low, high = np.where(way > 0, x, low), np.where(way > 0, high, x)
            new = x + self.sd * way
            new = np.where((new < low) | (new > high), (low + high) / 2, new)
            moved, x = np.max(np.abs(new - x), initial=0.0), new
            if moved < 1e-9:
                break
        return np.asarray(x.reshape(level.shape))

    @property
    @override
    def mean(self) -> float:
        return self.m + float(self._gap_means().sum())

    @property
    @override
    def sd(self) -> float:
        mean, (_, slope, sigma) = self._gap_means(), np.array(self.gaps).reshape(-1, 3).T
        log_covariance = np.outer(slope, slope) * self.s**2 + np.diag(sigma**2)
        among = mean @ np.expm1(log_covariance) @ mean
        return math.sqrt(self.s**2 + 2 * self.s**2 * float(slope @ mean) + float(among))

    def _gap_means(self) -> Array:
        mean, slope, sigma = np.array(self.gaps).reshape(-1, 3).T
        return np.asarray(np.exp(mean + (slope**2 * self.s**2 + sigma**2) / 2))

    @override
    def complement(self) -> Belief:
        raise no_share(self)

    @override
    def sample(self, rng: np.random.Generator, size: Size) -> Array:
        u = self.s * rng.standard_normal(size)
        cut = self.m + u
        for gap in self.gaps:
            log_gap = gap.mean + gap.slope * u + gap.sigma * rng.standard_normal(size)
            cut = cut + np.exp(np.minimum(log_gap, EXP_LIMIT))
        return np.asarray(cut)


def _root(
    excess: Callable[[Array], tuple[Array, Array, Array]], u: Array, direction: float
) -> tuple[Array, NDArray[np.bool]]:
    """Return where a convex function crosses zero, from a start where it is positive, and whether it does.

    ``direction`` is the sign of the slope at the root that is sought; where the slope turns first, there is none.
    """
    alive = np.ones(u.shape, dtype=bool)
    for _ in range(NEWTON):
        value, derivative, _ = excess(u)
        alive &= direction * derivative > 0
        if not alive.any():
            break
        step = np.where(alive, value / np.where(alive, derivative, 1.0), 0.0)
        # a start that is not positive belongs to another branch; rounding at the root does not
        alive &= direction * step > -1e-6
        step = np.where(alive, step, 0.0)
        u = u - step
        if np.max(np.abs(step) / (1.0 + np.abs(u)), initial=0.0) < CLOSE:
            break
    return u, alive


@lru_cache(maxsize=QUADRATURE)
def _grid(count: int) -> tuple[Array, Array]:
    """Return nodes (rows) for the spreads of ``count`` gaps, and their weights."""
    if count == 1:
        weight = np.exp(-0.5 * ONE_GAP**2)
        return ONE_GAP[:, None], weight / weight.sum()
    z, weight = np.polynomial.hermite_e.hermegauss(NODES_PER_GAP[count])
    nodes = np.array(list(product(z, repeat=count)))
    weights = np.array([math.prod(each) for each in product(weight / weight.sum(), repeat=count)])
    return nodes, weights
