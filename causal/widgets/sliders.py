"""Quantiles on a line, each dragged to its value; or low, best and high, with how sure one is that the truth is within.

    levels=(5, 50, 95)     quantiles at any levels, in per cent   {quantiles: {5: ..., 50: ..., 95: ...}}
    confidence=0.8         IDEA, Hemming et al. (2018)            {low: ..., best: ..., high: ..., confidence: 0.8}

Where the marks lie at first is no judgement, and must not become one by being left alone: nothing is said until every
mark has been placed, if only by confirming it where it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

from traitlets import Bool, Float, Int, TraitError, Unicode, observe, validate
from traitlets import List as ListOf

from causal.errors import ElicitationError, UsageError
from causal.spec.priors import Interval, Quantiles
from causal.tell.displays import Picture, chart
from causal.tell.pictures.fits import described, fit_picture
from causal.tell.pictures.sheet import notice
from causal.widgets.judged import Judged
from causal.widgets.judging import Judging

THREE_NAMES = ("low", "best", "high")
MOST_LEVELS = 9
STEPS = 200  # over the range, where no step is told
TIE = 1e-9
PLACES = 12  # decimals of a value: 0.3, not 0.30000000000000004


class Sliders(Judging):
    """Marks on a line. ``values`` holds where they are, and can be set from Python too; ``placed`` which were set."""

    names = ListOf(Unicode()).tag(sync=True)
    levels = ListOf(Float()).tag(sync=True)  # from 0 to 1; of low, best and high: those that the confidence makes
    confidence = Float(allow_none=True, default_value=None).tag(sync=True)
    values = ListOf(Float()).tag(sync=True)
    placed = ListOf(Bool()).tag(sync=True)
    low = Float().tag(sync=True)
    high = Float().tag(sync=True)
    least = Float().tag(sync=True)
    most = Float().tag(sync=True)
    step = Float().tag(sync=True)
    decimals = Int().tag(sync=True)

    @property
    def says(self) -> Quantiles | Interval:
        """The marks as they were placed.

        Raises ElicitationError while one is still where it lay at first.
        """
        waiting = [name for name, set_ in zip(self.names, self.placed, strict=True) if not set_]
        if waiting:
            raise ElicitationError(f"still to be placed: {', '.join(waiting)}; nothing is said yet")
        if self.confidence is None:
            return Quantiles(tuple(self.levels), tuple(self.values))
        low, best, high = self.values
        return Interval(low, best, high, self.confidence)

    @property
    def state(self) -> list[float]:
        """Where the marks are."""
        return list(self.values)

    @property
    def ends(self) -> tuple[float, float]:
        """The ends of the line."""
        return self.low, self.high

    def progress(self) -> str:
        """Return where the marks are."""
        marks = [
            f"{name}: {value:.{self.decimals}f}{'' if set_ else ' (not placed)'}"
            for name, value, set_ in zip(self.names, self.values, self.placed, strict=True)
        ]
        sure = "" if self.confidence is None else f"; {100 * self.confidence:g} % sure"
        return f"{', '.join(marks)}{sure}."

    @property
    def picture(self) -> Picture:
        """What was placed beside what the curve implies; words alone while there is no curve."""
        fit, title = self.fitted(), self._judged.title
        if fit is None:
            return chart(notice(title, " ".join(self.said)), title, "\n".join([self.about, *self.said]))
        return chart(fit_picture(fit, title), title, "\n".join([self.about, self.progress(), described(fit)]))

    @validate("values")
    def _check_values(self, proposal: dict[str, Any]) -> list[float]:
        values: list[float] = proposal["value"]
        wrong = misplaced(values, len(self.names), self.least, self.most)
        if wrong:
            raise TraitError(wrong)
        return values

    @validate("placed")
    def _check_placed(self, proposal: dict[str, Any]) -> list[bool]:
        placed: list[bool] = proposal["value"]
        if len(placed) != len(self.names):
            raise TraitError(f"placed needs one truth value for each of {len(self.names)} marks, not {len(placed)}")
        return placed

    @observe("values", "placed")
    def _moved(self, _: Any) -> None:
        self._follow()


def misplaced(values: Sequence[float], marks: int, least: float, most: float) -> str:
    """Say what is wrong with the places of marks, or nothing."""
    shown = ", ".join(f"{value:g}" for value in values)
    if len(values) != marks:
        return f"values need one number for each of {marks} marks, not {len(values)}"
    if not all(low < high for low, high in pairwise(values)):
        return f"values have to rise, and do not: {shown}"
    if values[0] < least - TIE or values[-1] > most + TIE:
        return f"values lie between {least:g} and {most:g}, and not all of these do: {shown}"
    return ""


def make(
    judged: Judged,
    levels: Sequence[float],
    confidence: float | None,
    low: float | None,
    high: float | None,
    step: float | None,
    values: Sequence[float] | None,
) -> Sliders:
    """Return marks at levels in per cent, or low, best and high where a confidence is told.

    Raises UsageError where levels, confidence, step or the values set beforehand make no marks.
    """
    low, high = judged.span(low, high)
    shares, names = _marks(levels, confidence)
    step = float(f"{(high - low) / STEPS:.2g}") if step is None else float(step)
    if not 0 < step * len(shares) < high - low:
        raise UsageError(f"a step of {step:g} leaves no room for {len(shares)} marks from {low:g} to {high:g}")
    # a quantile at an end would be certain of something, which is said with 'exactly'; low and high may reach it
    closed = confidence is not None
    least = low if closed or low > judged.ends[0] else low + step
    most = high if closed or high < judged.ends[1] else high - step
    decimals = max(0, -int(Decimal(repr(step)).normalize().as_tuple().exponent))
    at = [float(value) for value in values] if values is not None else _first(shares, low, high, step)
    wrong = misplaced(at, len(shares), least, most)
    if wrong:
        raise UsageError(wrong)
    return Sliders(
        judged, kind="quantiles", names=names, levels=shares, confidence=confidence, values=at,
        placed=[values is not None] * len(shares), low=low, high=high, least=least, most=most, step=step,
        decimals=decimals,
    )  # fmt: skip


def _marks(levels: Sequence[float], confidence: float | None) -> tuple[list[float], list[str]]:
    """Return levels from 0 to 1 and what the marks are called."""
    if confidence is not None:
        if not 0.5 < confidence <= 1.0:
            raise UsageError(f"a confidence is above 0.5 and up to 1, like 0.8, not {confidence!r}")
        tail = (1.0 - confidence) / 2
        return [tail, 0.5, 1.0 - tail], list(THREE_NAMES)
    shares = [float(f"{level / 100:.15g}") for level in levels]
    rising = all(first < second for first, second in pairwise(shares))
    if not 2 <= len(shares) <= MOST_LEVELS or not rising or not (shares[0] > 0 and shares[-1] < 1):
        raise UsageError(
            f"levels are 2 to {MOST_LEVELS} per cents, rising between 0 and 100 like (5, 50, 95), not {tuple(levels)}"
        )
    if shares[-1] < 0.01:
        raise UsageError(f"levels are per cent: write (5, 50, 95), not {tuple(levels)}")
    return shares, [f"{level:g} %" for level in levels]


def _first(shares: Sequence[float], low: float, high: float, step: float) -> list[float]:
    """Return where marks lie before they are placed: spread evenly as their levels are, a step apart at least."""
    last = round((high - low) / step)
    at: list[int] = []
    for place, share in enumerate(shares):
        behind = len(shares) - place  # room for this mark and those after it, and the end
        at.append(min(max(round(share * last), (at[-1] if at else 0) + 1), last - behind))
    return [round(low + step * each, PLACES) for each in at]
