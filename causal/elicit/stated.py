"""What was said, before any distribution is made of it: quantiles, or one exact value, or counts.

    says                                        becomes
    exactly 0.3                                 the value
    quantiles 5: .1, 50: .3, 95: .6             themselves
    low l, best b, high h, confidence c         b - (b - l) .9/c, b, b + (h - b) .9/c at 5, 50 and 95 per cent (IDEA)
    very likely                                 the 5, 50 and 95 per cent quantiles that its scale gives
    chips                                       the share of chips up to each inner edge of a bin (roulette)
    x of n cases, relevance d                   Beta(1/2 + d x, 1/2 + d (n - x)), a power prior on Jeffreys' start
    odds 2:1, 3:1, 5:1                          2/3, 3/4, 5/6 at 5, 50 and 95 per cent
    ratio                                       the quantiles of the quotient

``SAYS`` holds one function per kind. Sources: Hemming et al. (2018) for the interval; Gore (1987) for the chips;
Ibrahim & Chen (2000) for the power prior.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import accumulate, pairwise
from types import MappingProxyType
from typing import Any

from causal.elicit.belief import Beta
from causal.errors import ElicitationError
from causal.spec.priors import Chips, Counted, Exactly, Interval, Odds, Phrase, Quantiles, Ratio, Says

Support = tuple[float, float]

PROBABILITY: Support = (0.0, 1.0)
DIFFERENCE: Support = (-1.0, 1.0)
QUOTIENT: Support = (0.0, math.inf)

THREE = (0.05, 0.5, 0.95)
WITHIN = 0.9  # the share between the outer two of THREE: the confidence every interval is brought to
JEFFREYS = 0.5  # cases for and against before any was counted
EDGE = 1e-3  # where a value goes that an expert put at, or a stretched interval beyond, the end of what is possible


@dataclass(frozen=True, slots=True)
class Stated:
    """A judgement as exactly one of three: ``values`` at ``levels``, an ``exact`` value, or beta ``counts``.

    ``support`` is the range of the number that was judged; ``notes`` say what was changed on the way.

    >>> wet = Stated((0.05, 0.5, 0.95), (0.4, 0.6, 0.8))
    >>> wet.complement().values
    (0.2, 0.4, 0.6)
    """

    levels: tuple[float, ...] = ()
    values: tuple[float, ...] = ()
    exact: float | None = None
    counts: tuple[float, float] | None = None
    support: Support = PROBABILITY
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        kinds = (bool(self.levels), self.exact is not None, self.counts is not None)
        if sum(kinds) != 1 or len(self.levels) != len(self.values):
            raise ElicitationError(f"a judgement is quantiles, one exact value or counts, not {self}")
        if not all(0.0 < level < 1.0 for level in self.levels):
            raise ElicitationError(f"quantile levels lie between 0 and 100 %, not at {_percents(self.levels)}")
        for name, run in (("levels", self.levels), ("values", self.values)):
            if any(not first <= second for first, second in pairwise(run)):
                raise ElicitationError(f"the {name} of quantiles have to rise: {_list(run)}")
        values = self.values if self.exact is None else (self.exact,)
        for value in values:
            if not self.support[0] <= value <= self.support[1] or math.isinf(value):
                raise ElicitationError(f"{value:g} is not within {_range(self.support)}, where the judged number lies")
        if self.counts is not None and not all(0.0 < count < math.inf for count in self.counts):
            raise ElicitationError(f"a beta of {_list(self.counts)} is no distribution: both counts have to be above 0")

    @property
    def median(self) -> float | None:
        """The stated middle: the exact value, the 50 % quantile, or that of the counts' beta; None where none was said.

        Every quantile of counts is their beta's, whatever the scale on which they are fitted afterwards.
        """
        if self.exact is not None:
            return self.exact
        if self.counts is not None:
            return float(Beta(*self.counts).quantile(0.5))
        middle = [value for level, value in zip(self.levels, self.values, strict=True) if math.isclose(level, 0.5)]
        return middle[0] if middle else None

    def complement(self) -> Stated:
        """Return the same judgement about one minus the number."""
        low, high = self.support
        return Stated(
            levels=tuple(_minus(level) for level in reversed(self.levels)),
            values=tuple(_minus(value) for value in reversed(self.values)),
            exact=None if self.exact is None else _minus(self.exact),
            counts=None if self.counts is None else (self.counts[1], self.counts[0]),
            support=(1.0 - high, 1.0 - low),
            notes=self.notes,
        )


def stated(says: Says, support: Support = PROBABILITY) -> Stated:
    """Read what somebody says about a number in ``support``.

    Args:
        says: one kind of saying; of a value, not of an order, a sign or a whole distribution.
        support: ``PROBABILITY``, ``DIFFERENCE``, ``QUOTIENT``, or any pair of ends.

    Raises:
        ElicitationError: the kind states no value, or the values are impossible.

    >>> stated(Interval(low=0.1, best=0.3, high=0.5, confidence=0.8)).values
    (0.075, 0.3, 0.525)
    """
    read = SAYS.get(type(says))
    if read is None:
        raise ElicitationError(
            f"'{KIND.get(type(says).__name__, type(says).__name__)}' states no value; write one of: {', '.join(KINDS)}"
        )
    return read(says, support)


def _exactly(says: Exactly, support: Support) -> Stated:
    if says.value is None:
        raise ElicitationError(
            f"'exactly' gives a whole distribution ({', '.join(says.by_state)}) where one number is judged; "
            "ask for the whole distribution (no '= state' in the question), or write one number"
        )
    return Stated(exact=says.value, support=support)


def _quantiles(says: Quantiles, support: Support) -> Stated:
    return Stated(says.levels, says.values, support=support)


def _interval(says: Interval, support: Support) -> Stated:
    low, best, high, confidence = says.low, says.best, says.high, says.confidence
    if not low <= best <= high or low == high:
        raise ElicitationError(
            f"low, best and high have to rise: {_list((low, best, high))}; what is known without doubt is 'exactly'"
        )
    if not 0.5 < confidence <= 1.0:
        raise ElicitationError(
            f"confidence {confidence:g}: an interval is worth stating above 50 % and up to 100 %, as in 0.8 or 80%"
        )
    stretch = WITHIN / confidence
    # rounded, so that an interval that just reaches an end is seen to reach it
    asked = (round(best - (best - low) * stretch, 12), best, round(best + (high - best) * stretch, 12))
    values = within(asked, support)
    if values == asked:
        return Stated(THREE, values, support=support)
    note = (
        f"from {confidence:.0%} to {WITHIN:.0%} confidence the interval becomes {asked[0]:.3g} to {asked[2]:.3g}, "
        f"up to or past what is possible: cut to {values[0]:.3g} to {values[2]:.3g}"
    )
    return Stated(THREE, values, support=support, notes=(note,))


def within(values: tuple[float, ...], support: Support) -> tuple[float, ...]:
    """Move what is at or beyond a finite end of the support just inside it, never past a value that is inside.

    >>> within((-0.02, 0.3, 1.0), (0.0, 1.0))
    (0.001, 0.3, 0.999)
    """
    low, high = support
    inside = [value for value in values if low < value < high]
    # half the way to the nearest value inside, so that a judgement about something rarer than EDGE keeps its order
    up = low + min([EDGE, *(0.5 * (value - low) for value in inside)])
    down = high - min([EDGE, *(0.5 * (high - value) for value in inside)])
    return tuple(up if value <= low else down if value >= high else value for value in values)


def _phrase(says: Phrase, support: Support) -> Stated:
    return Stated(says.quantiles.levels, says.quantiles.values, support=support)


def _chips(says: Chips, support: Support) -> Stated:
    total = sum(says.counts)
    if len(says.edges) != len(says.counts) + 1 or any(count < 0 for count in says.counts) or not 0 < total < math.inf:
        raise ElicitationError("chips need one edge more than bins, no negative count, and at least one chip")
    if any(not first < second for first, second in pairwise(says.edges)):
        raise ElicitationError(f"the edges of the bins have to rise: {_list(says.edges)}")
    shares = [count / total for count in accumulate(says.counts)]
    pairs = [(share, edge) for share, edge in zip(shares, says.edges[1:], strict=True) if 0.0 < share < 1.0]
    if not pairs:
        raise ElicitationError("all chips lie in one bin, which says nothing about its inside: make the bins finer")
    return Stated(tuple(share for share, _ in pairs), tuple(edge for _, edge in pairs), support=support)


def _counted(says: Counted, support: Support) -> Stated:
    if support != PROBABILITY:
        raise ElicitationError("counted cases tell about one probability, not about a difference or a quotient")
    if not 0 <= says.x <= says.of or not says.relevance >= 0:
        raise ElicitationError(
            f"{says.x:g} of {says.of:g} cases with relevance {says.relevance:g}: "
            "x lies between 0 and the number of cases, relevance at or above 0"
        )
    return Stated(
        counts=(JEFFREYS + says.relevance * says.x, JEFFREYS + says.relevance * (says.of - says.x)), support=support
    )


def _odds(says: Odds, support: Support) -> Stated:
    if support != PROBABILITY:
        raise ElicitationError("odds tell about one probability; a quotient is said with 'ratio'")
    three = (says.low, says.best, says.high)
    if not 0 <= says.low <= says.best <= says.high < math.inf:
        raise ElicitationError(f"low, best and high odds have to rise from 0: {_list(three)}")
    values = tuple(odds / (1.0 + odds) for odds in three)
    if says.low == says.high:
        return Stated((0.5,), values[:1], support=support)
    return Stated(THREE, values, support=support)


def _ratio(says: Ratio, support: Support) -> Stated:
    return Stated(says.quantiles.levels, says.quantiles.values, support=support)


# Each function is given the kind it stands beside, which a mapping's type cannot say.
SAYS: Mapping[type, Callable[[Any, Support], Stated]] = MappingProxyType(
    {
        Exactly: _exactly,
        Quantiles: _quantiles,
        Interval: _interval,
        Phrase: _phrase,
        Chips: _chips,
        Counted: _counted,
        Odds: _odds,
        Ratio: _ratio,
    }
)

KINDS = ("exactly", "quantiles", "low/best/high/confidence", "a phrase", "chips", "cases", "odds", "ratio")
KIND: Mapping[str, str] = MappingProxyType(
    {"Order": "order", "Sign": "sign", "DirichletSays": "dirichlet", "Abstain": "abstain"}
)


def _minus(value: float) -> float:
    # rounded where a decimal was meant: 1 - 0.05 is 0.95, and the difference to it is no judgement
    return round(1.0 - value, 15)


def _percents(levels: tuple[float, ...]) -> str:
    return ", ".join(f"{100 * level:g} %" for level in levels)


def _list(values: tuple[float, ...]) -> str:
    return ", ".join(f"{value:g}" for value in values)


def _range(support: Support) -> str:
    return f"{support[0]:g} to {support[1]:g}"
