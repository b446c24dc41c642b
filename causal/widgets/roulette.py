"""The trial roulette: a number of chips is laid over bins, and the share of chips in a bin is its probability.

Gore (1987), Biostatistics and the Medical Research Council; as in SHELF (Oakley & O'Hagan), the curve is fitted by
least squares to the cumulative shares at the bins' upper ends. Chips that are not laid yet count for nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from traitlets import Float, Int, TraitError, observe, validate
from traitlets import List as ListOf

from causal.ask.saying import counted
from causal.errors import ElicitationError, UsageError
from causal.spec.priors import Chips
from causal.tell.displays import Picture, chart
from causal.tell.pictures.chips import chips_picture
from causal.widgets.judged import Judged
from causal.widgets.judging import Judging

MOST_BINS, MOST_CHIPS = 40, 1000
PLACES = 12  # decimals of an edge: 0.3, not 0.30000000000000004


class Roulette(Judging):
    """Chips over bins of one width. ``counts`` holds the chips in each bin, and can be set from Python too."""

    edges = ListOf(Float()).tag(sync=True)
    chips = Int().tag(sync=True)
    counts = ListOf(Int(min=0)).tag(sync=True)

    @property
    def says(self) -> Chips:
        """The chips as they lie.

        Raises ElicitationError while none is laid.
        """
        if not any(self.counts):
            raise ElicitationError("lay the first chip: nothing is said yet")
        return Chips(tuple(self.edges), tuple(float(count) for count in self.counts))

    @property
    def state(self) -> list[int]:
        """The chips in each bin."""
        return list(self.counts)

    @property
    def ends(self) -> tuple[float, float]:
        """The lower end of the first bin and the upper end of the last."""
        return self.edges[0], self.edges[-1]

    def progress(self) -> str:
        """Return how many chips are laid."""
        laid = sum(self.counts)
        left = self.chips - laid
        return f"{laid} of {counted(self.chips, 'chip')} laid{f', {left} left' if left else ''}."

    @property
    def picture(self) -> Picture:
        """The chips as they lie, and the curve where there is one."""
        fit = self.fitted()
        figure = chips_picture(self.edges, self.counts, fit, self._judged.title)
        bins = [
            f"{low:g} to {high:g}: {counted(count, 'chip')}"
            for (low, high), count in zip(pairwise(self.edges), self.counts, strict=True)
            if count
        ]
        return chart(figure, self._judged.title, "\n".join([self.about, *bins, *self.said]))

    @validate("counts")
    def _check_counts(self, proposal: dict[str, Any]) -> list[int]:
        counts: list[int] = proposal["value"]
        bins = len(self.edges) - 1
        if len(counts) != bins:
            raise TraitError(f"counts need one number for each of {bins} bins, not {len(counts)}")
        if sum(counts) > self.chips:
            raise TraitError(f"{sum(counts)} chips are laid, and there are {self.chips}")
        return counts

    @observe("counts")
    def _moved(self, _: Any) -> None:
        self._follow()


def make(
    judged: Judged,
    bins: int,
    low: float | None,
    high: float | None,
    chips: int,
    counts: Sequence[int] | None,
) -> Roulette:
    """Return a roulette with as many bins of one width over a range.

    Raises UsageError where the bins, the chips, or the chips laid beforehand make no roulette.
    """
    low, high = judged.span(low, high)
    for name, number, least, most in (("bins", bins, 2, MOST_BINS), ("chips", chips, 1, MOST_CHIPS)):
        if not isinstance(number, int) or not least <= number <= most:
            raise UsageError(f"{name} is a whole number from {least} to {most}, not {number!r}")
    laid = [0] * bins if counts is None else [int(count) for count in counts]
    if len(laid) != bins or min(laid) < 0 or sum(laid) > chips:
        raise UsageError(
            f"counts are the chips in each of {bins} bins, none below 0 and up to {chips} together, not {laid}"
        )
    edges = [round(low + (high - low) * at / bins, PLACES) for at in range(bins + 1)]
    return Roulette(judged, kind="roulette", edges=edges, chips=chips, counts=laid)
