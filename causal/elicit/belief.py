"""What somebody believes about one number, as a distribution of one of six families.

    family              support        made from
    LogitNormal         (0, 1)         a normal on the log-odds: the default for a probability
    Beta                (0, 1)         counts, and probabilities that a beta fits better
    Normal              all numbers    log-odds, offsets of log-odds, differences
    LogNormal           (0, inf)       quotients
    TruncatedNormal     [low, high]    a normal held on one side, for a sign that is forced
    Point               one value      what was said exactly

All answer the same questions (``cdf``, ``quantile``, ``mean``, ``sd``, ``sample``), over arrays of any shape.
SciPy loads its parts when they are first used, so ``import scipy`` costs next to nothing here.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, final, override

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from causal.errors import ElicitationError

Array = NDArray[np.float64]
Size = int | tuple[int, ...]

# The mean of a logit-normal has no closed form. The trapezoid rule is exact to rounding for a smooth, vanishing
# integrand once its step is small beside the nearest pole, pi / sigma off the axis: here up to a sigma of about 20.
NODES = np.linspace(-9.0, 9.0, 401)
WEIGHTS = np.exp(-0.5 * NODES**2) * (NODES[1] - NODES[0]) / math.sqrt(2 * math.pi)

LARGEST = 709.0  # exp can take no more


class Belief(ABC):
    """A distribution over one number."""

    __slots__ = ()
    family: ClassVar[str]

    @abstractmethod
    def cdf(self, x: ArrayLike) -> Array:
        """Return the probability of a value up to ``x``; ``x`` may lie outside the support."""

    @abstractmethod
    def quantile(self, q: ArrayLike) -> Array:
        """Return the value below which a share ``q`` in [0, 1] lies."""

    @property
    @abstractmethod
    def mean(self) -> float:
        """The expected value."""

    @property
    @abstractmethod
    def sd(self) -> float:
        """The standard deviation."""

    @abstractmethod
    def complement(self) -> Belief:
        """Return the belief about one minus the number.

        Raises:
            ElicitationError: the family is not one of shares in [0, 1].
        """

    @abstractmethod
    def sample(self, rng: np.random.Generator, size: Size) -> Array:
        """Draw ``size`` independent values."""


def _check(family: str, finite: Mapping[str, float] = {}, positive: Mapping[str, float] = {}) -> None:
    for name, value in (*finite.items(), *positive.items()):
        if not math.isfinite(value) or (name in positive and value <= 0):
            wanted = "a number above 0 (what has no spread is a Point)" if name in positive else "a finite number"
            raise ElicitationError(f"{family}: {name} is {value:g}, not {wanted}")


def no_share(belief: Belief) -> ElicitationError:
    """Return the error that one minus a number is asked of a belief that is not about a share."""
    return ElicitationError(
        f"{belief} is no belief about a share in [0, 1], so one minus it means nothing; "
        "take the complement of what was stated, before it is fitted"
    )


@final
@dataclass(frozen=True, slots=True)
class LogitNormal(Belief):
    """A share whose log-odds are Normal(mu, sigma).

    >>> wet = LogitNormal(0.0, 1.0)
    >>> [round(float(x), 3) for x in wet.quantile([0.05, 0.5, 0.95])]
    [0.162, 0.5, 0.838]
    """

    mu: float
    sigma: float
    family: ClassVar[str] = "logit-normal"

    def __post_init__(self) -> None:
        _check(self.family, finite={"mu": self.mu}, positive={"sigma": self.sigma})

    @override
    def cdf(self, x: ArrayLike) -> Array:
        log_odds = scipy.special.logit(np.clip(np.asarray(x, dtype=float), 0.0, 1.0))
        return np.asarray(scipy.special.ndtr((log_odds - self.mu) / self.sigma))

    @override
    def quantile(self, q: ArrayLike) -> Array:
        return np.asarray(scipy.special.expit(self.mu + self.sigma * scipy.special.ndtri(np.asarray(q, dtype=float))))

    @property
    @override
    def mean(self) -> float:
        return float(WEIGHTS @ scipy.special.expit(self.mu + self.sigma * NODES))

    @property
    @override
    def sd(self) -> float:
        shares = scipy.special.expit(self.mu + self.sigma * NODES)
        return math.sqrt(float(WEIGHTS @ (shares - WEIGHTS @ shares) ** 2))

    @override
    def complement(self) -> LogitNormal:
        return LogitNormal(-self.mu, self.sigma)

    @override
    def sample(self, rng: np.random.Generator, size: Size) -> Array:
        return np.asarray(scipy.special.expit(rng.normal(self.mu, self.sigma, size)))


@final
@dataclass(frozen=True, slots=True)
class Beta(Belief):
    """A share that is Beta(a, b): a - 1 cases for and b - 1 against, beside a flat start."""

    a: float
    b: float
    family: ClassVar[str] = "beta"

    def __post_init__(self) -> None:
        _check(self.family, positive={"a": self.a, "b": self.b})

    @override
    def cdf(self, x: ArrayLike) -> Array:
        return np.asarray(scipy.special.betainc(self.a, self.b, np.clip(np.asarray(x, dtype=float), 0.0, 1.0)))

    @override
    def quantile(self, q: ArrayLike) -> Array:
        return np.asarray(scipy.special.betaincinv(self.a, self.b, np.asarray(q, dtype=float)))

    @property
    @override
    def mean(self) -> float:
        return self.a / (self.a + self.b)

    @property
    @override
    def sd(self) -> float:
        return math.sqrt(self.mean * (1 - self.mean) / (self.a + self.b + 1))

    @override
    def complement(self) -> Beta:
        return Beta(self.b, self.a)

    @override
    def sample(self, rng: np.random.Generator, size: Size) -> Array:
        return np.asarray(rng.beta(self.a, self.b, size))

    def log_odds(self) -> Normal:
        """Return the normal with the mean and sd that the log-odds of this share have.

        They are psi(a) - psi(b) and the root of psi1(a) + psi1(b), psi1 being the trigamma function.
        """
        (at_a, spread_a), (at_b, spread_b) = _log_gamma(self.a), _log_gamma(self.b)
        return Normal(at_a - at_b, math.sqrt(spread_a + spread_b))

    def log(self) -> Normal:
        """Return the normal with the mean and sd that the logarithm of this share has."""
        (at_a, spread_a), (at_sum, spread_sum) = _log_gamma(self.a), _log_gamma(self.a + self.b)
        return Normal(at_a - at_sum, math.sqrt(spread_a - spread_sum))


def _log_gamma(shape: float) -> tuple[float, float]:
    # mean and variance of the logarithm of a gamma variable of this shape
    return float(scipy.special.psi(shape)), float(scipy.special.polygamma(1, shape))


@final
@dataclass(frozen=True, slots=True)
class Normal(Belief):
    """Any number, Normal(mu, sigma): log-odds, an offset of log-odds, a difference."""

    mu: float
    sigma: float
    family: ClassVar[str] = "normal"

    def __post_init__(self) -> None:
        _check(self.family, finite={"mu": self.mu}, positive={"sigma": self.sigma})

    @override
    def cdf(self, x: ArrayLike) -> Array:
        return np.asarray(scipy.special.ndtr((np.asarray(x, dtype=float) - self.mu) / self.sigma))

    @override
    def quantile(self, q: ArrayLike) -> Array:
        return np.asarray(self.mu + self.sigma * scipy.special.ndtri(np.asarray(q, dtype=float)))

    @property
    @override
    def mean(self) -> float:
        return self.mu

    @property
    @override
    def sd(self) -> float:
        return self.sigma

    @override
    def complement(self) -> Belief:
        raise no_share(self)

    @override
    def sample(self, rng: np.random.Generator, size: Size) -> Array:
        return np.asarray(rng.normal(self.mu, self.sigma, size))


@final
@dataclass(frozen=True, slots=True)
class LogNormal(Belief):
    """A positive number whose logarithm is Normal(mu, sigma)."""

    mu: float
    sigma: float
    family: ClassVar[str] = "log-normal"

    def __post_init__(self) -> None:
        _check(self.family, finite={"mu": self.mu}, positive={"sigma": self.sigma})

    @override
    def cdf(self, x: ArrayLike) -> Array:
        with np.errstate(divide="ignore"):  # the logarithm of 0 is -inf, and its cdf 0, as it should be
            logarithm = np.log(np.maximum(np.asarray(x, dtype=float), 0.0))
        return np.asarray(scipy.special.ndtr((logarithm - self.mu) / self.sigma))

    @override
    def quantile(self, q: ArrayLike) -> Array:
        return np.asarray(np.exp(self.mu + self.sigma * scipy.special.ndtri(np.asarray(q, dtype=float))))

    @property
    @override
    def mean(self) -> float:
        return _exp(self.mu + self.sigma**2 / 2)

    @property
    @override
    def sd(self) -> float:
        return self.mean * math.sqrt(max(_exp(self.sigma**2) - 1.0, 0.0))

    @override
    def complement(self) -> Belief:
        raise no_share(self)

    @override
    def sample(self, rng: np.random.Generator, size: Size) -> Array:
        return np.asarray(rng.lognormal(self.mu, self.sigma, size))


@final
@dataclass(frozen=True)
class TruncatedNormal(Belief):
    """Normal(mu, sigma) given that it falls in [low, high]; either end may be infinite.

    >>> raises = TruncatedNormal(0.2, 1.0, low=0.0)
    >>> float(raises.cdf(0.0)), round(raises.mean, 3)
    (0.0, 0.875)
    """

    mu: float
    sigma: float
    low: float = -math.inf
    high: float = math.inf
    family: ClassVar[str] = "truncated normal"

    def __post_init__(self) -> None:
        _check(self.family, finite={"mu": self.mu}, positive={"sigma": self.sigma})
        if not self.low < self.high or not self._mass > 0:
            raise ElicitationError(
                f"{self.family}: Normal({self.mu:g}, {self.sigma:g}) has no mass between {self.low:g} and {self.high:g}"
            )

    # Everything is reckoned in the tail on the mean's side of the interval, mirrored where that is the upper one, so
    # that an interval many sd above the mean keeps its digits.
    @cached_property
    def _mirror(self) -> float:
        return -1.0 if self.low > self.mu else 1.0

    @cached_property
    def _ends(self) -> tuple[float, float]:
        ends = (self._mirror * (self.low - self.mu) / self.sigma, self._mirror * (self.high - self.mu) / self.sigma)
        return min(ends), max(ends)

    @cached_property
    def _mass(self) -> float:
        low, high = self._ends
        return float(scipy.special.ndtr(high) - scipy.special.ndtr(low))

    @override
    def cdf(self, x: ArrayLike) -> Array:
        z = self._mirror * (np.clip(np.asarray(x, dtype=float), self.low, self.high) - self.mu) / self.sigma
        share = (scipy.special.ndtr(z) - scipy.special.ndtr(self._ends[0])) / self._mass
        return np.asarray(share if self._mirror > 0 else 1.0 - share)

    @override
    def quantile(self, q: ArrayLike) -> Array:
        level = np.asarray(q, dtype=float)
        share = level if self._mirror > 0 else 1.0 - level
        z = scipy.special.ndtri(scipy.special.ndtr(self._ends[0]) + share * self._mass)
        return np.asarray(np.clip(self.mu + self._mirror * self.sigma * z, self.low, self.high))

    @property
    @override
    def mean(self) -> float:
        low, high = self._ends
        return self.mu + self._mirror * self.sigma * (_density(low) - _density(high)) / self._mass

    @property
    @override
    def sd(self) -> float:
        low, high = self._ends
        shift = (self.mean - self.mu) / self.sigma
        stretch = sum(side * z * _density(z) for side, z in ((1, low), (-1, high)) if math.isfinite(z)) / self._mass
        return self.sigma * math.sqrt(max(0.0, 1.0 + stretch - shift**2))

    @override
    def complement(self) -> TruncatedNormal:
        if not 0.0 <= self.low < self.high <= 1.0:
            raise no_share(self)
        return TruncatedNormal(1.0 - self.mu, self.sigma, 1.0 - self.high, 1.0 - self.low)

    @override
    def sample(self, rng: np.random.Generator, size: Size) -> Array:
        return self.quantile(rng.random(size))


def _exp(x: float) -> float:
    return math.exp(x) if x < LARGEST else math.inf


def _density(z: float) -> float:
    return math.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)


@final
@dataclass(frozen=True, slots=True)
class Point(Belief):
    """One value and no doubt about it."""

    value: float
    family: ClassVar[str] = "point"

    def __post_init__(self) -> None:
        _check(self.family, finite={"value": self.value})

    @override
    def cdf(self, x: ArrayLike) -> Array:
        return np.asarray(np.asarray(x, dtype=float) >= self.value, dtype=float)

    @override
    def quantile(self, q: ArrayLike) -> Array:
        return np.full(np.shape(q), self.value)

    @property
    @override
    def mean(self) -> float:
        return self.value

    @property
    @override
    def sd(self) -> float:
        return 0.0

    @override
    def complement(self) -> Point:
        if not 0.0 <= self.value <= 1.0:
            raise no_share(self)
        return Point(1.0 - self.value)

    @override
    def sample(self, rng: np.random.Generator, size: Size) -> Array:
        return np.full(size, self.value)
