"""A number as a report holds it: with its interval, its Monte Carlo error, and how many decimals that error supports.

Estimate (ask) -> Number       None in every field where the gate withholds it
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from causal.ask.answer import Estimate

FINE = 0.0005  # a Monte Carlo error below this supports a third decimal


@dataclass(frozen=True)
class Number:
    """A number over draws and how many decimals it deserves; ``news`` is the case-level mean where it differs visibly.

    All are None where the gate withholds the number; ``median``, ``lower`` and ``upper`` also for a share of draws.
    """

    mean: float | None = None
    median: float | None = None
    lower: float | None = None
    upper: float | None = None
    mcse: float | None = None
    decimals: int = 2
    news: float | None = None

    @classmethod
    def of(cls, estimate: Estimate, news: float | None = None) -> Number:
        """Take an estimate over."""
        numbers = {name: _finite(getattr(estimate, name)) for name in ("mean", "median", "lower", "upper", "mcse")}
        return cls(**numbers, decimals=3 if estimate.mcse < FINE else 2, news=_finite(news))


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)
