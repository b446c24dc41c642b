"""The scale on which a judgement is fitted, and the way back to the scale on which it was stated.

    scale                 parameter x of a stated v            used for
    Share(0, 1)           v                                    a probability, a leak
    Share(0, r)           v / r                                the ratio to a reference r
    Share(l, 1)           (v - l) / (1 - l)                    a cause net of the leak l
    LogOdds()             logit v                              evidence on a probability
    LogOdds(r)            logit v - logit r                    the offset from a reference r
    Log()                 log v                                products and quotients
    Linear()              v                                    differences

Each maps its open interval of stated values one to one and upwards, so quantiles go over to quantiles.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, final, override

import numpy as np
import scipy
from numpy.typing import ArrayLike

from causal.elicit.belief import Array
from causal.errors import ElicitationError


class Scale(ABC):
    """A way to read stated values as values of a parameter.

    ``lone_sd`` is the spread given to somebody who stated one quantile and no spread. It is our convention: on the
    log-odds it is that of a tentative judgement, so that a bare 30 % reads as 8 to 69 %.
    """

    __slots__ = ()
    lone_sd: ClassVar[float]
    lone_unit: ClassVar[str]

    @property
    @abstractmethod
    def bounds(self) -> tuple[float, float]:
        """The open interval of stated values that can be read."""

    @abstractmethod
    def read(self, stated: ArrayLike) -> Array:
        """Return the parameter's values; a stated value at or beyond a bound gives the parameter's own limit."""

    @abstractmethod
    def state(self, parameter: ArrayLike) -> Array:
        """Return the stated values of the parameter: the way back."""


@final
@dataclass(frozen=True, slots=True)
class Share(Scale):
    """How far a stated probability is on its way from ``low`` to ``high``."""

    low: float = 0.0
    high: float = 1.0
    lone_sd: ClassVar[float] = 1.0
    lone_unit: ClassVar[str] = "on the log-odds"

    def __post_init__(self) -> None:
        if not 0.0 <= self.low < self.high <= 1.0:
            raise ElicitationError(
                f"a probability cannot be read between {self.low:g} and {self.high:g}; "
                "a reference to multiply has to lie above 0 and up to 1, a leak from 0 to below 1"
            )

    @property
    @override
    def bounds(self) -> tuple[float, float]:
        return self.low, self.high

    @override
    def read(self, stated: ArrayLike) -> Array:
        share = (np.asarray(stated, dtype=float) - self.low) / (self.high - self.low)
        return np.asarray(np.clip(share, 0.0, 1.0))

    @override
    def state(self, parameter: ArrayLike) -> Array:
        return np.asarray(self.low + (self.high - self.low) * np.asarray(parameter, dtype=float))


@final
@dataclass(frozen=True, slots=True)
class LogOdds(Scale):
    """The log-odds of a stated probability, counted from those of ``reference`` (a half: from zero)."""

    reference: float = 0.5
    lone_sd: ClassVar[float] = 1.0
    lone_unit: ClassVar[str] = "on the log-odds"

    def __post_init__(self) -> None:
        if not 0.0 < self.reference < 1.0:
            raise ElicitationError(
                f"the reference {self.reference:g} has no finite log-odds, so nothing can be an offset from it; "
                "it has to lie between 0 and 1"
            )

    @property
    def origin(self) -> float:
        """The log-odds of the reference."""
        return math.log(self.reference) - math.log1p(-self.reference)

    @property
    @override
    def bounds(self) -> tuple[float, float]:
        return 0.0, 1.0

    @override
    def read(self, stated: ArrayLike) -> Array:
        return np.asarray(scipy.special.logit(np.clip(np.asarray(stated, dtype=float), 0.0, 1.0)) - self.origin)

    @override
    def state(self, parameter: ArrayLike) -> Array:
        return np.asarray(scipy.special.expit(np.asarray(parameter, dtype=float) + self.origin))


@final
@dataclass(frozen=True, slots=True)
class Log(Scale):
    """The natural logarithm of a stated positive number."""

    lone_sd: ClassVar[float] = 0.7  # a factor of about 3 either way at 5 and 95 per cent
    lone_unit: ClassVar[str] = "on the logarithm"

    @property
    @override
    def bounds(self) -> tuple[float, float]:
        return 0.0, math.inf

    @override
    def read(self, stated: ArrayLike) -> Array:
        with np.errstate(divide="ignore"):  # zero is minus infinity here, which every cdf understands
            return np.asarray(np.log(np.maximum(np.asarray(stated, dtype=float), 0.0)))

    @override
    def state(self, parameter: ArrayLike) -> Array:
        return np.asarray(np.exp(np.asarray(parameter, dtype=float)))


@final
@dataclass(frozen=True, slots=True)
class Linear(Scale):
    """The stated number as it is: a difference of probabilities."""

    lone_sd: ClassVar[float] = 0.15  # 25 percentage points either way at 5 and 95 per cent
    lone_unit: ClassVar[str] = "on the difference"

    @property
    @override
    def bounds(self) -> tuple[float, float]:
        return -math.inf, math.inf

    @override
    def read(self, stated: ArrayLike) -> Array:
        return np.asarray(stated, dtype=float)

    @override
    def state(self, parameter: ArrayLike) -> Array:
        return np.asarray(parameter, dtype=float)
