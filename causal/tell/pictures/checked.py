"""What would have been predicted beside what was said, and the number without each piece, as two pictures.

predicted                                     without
row    a judgement, the most surprising       row    what is left out, that which moves it most first
       first; then the cases                  ●      the panel's mean without it
├──┤   5 to 95 per cent of the answers that   ┆      the panel's mean with everything
       all else predicts
●      what was stated, or the share seen
○      the middle that is predicted
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from causal.ask.answer import PANEL
from causal.ask.brief import signed
from causal.ask.checks import INSTEAD, Checks
from causal.ask.omitted import CASES, EXPERT, Omitted
from causal.tell.pictures.ink import BAND, BLACK, BLUE, GREY, VERMILLION
from causal.tell.pictures.sheet import Key, Sheet, named, notice, row_number, row_words, sheet
from causal.tell.wording import WITHHELD, probability

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROWS, KINDS, PIECES = 14, 5, 12  # rows at most: judgements and cases together, cases, what is left out
ROW = 30.0
LEFT, RIGHT = 260.0, 84.0
AROUND = 0.08  # room on either side, as a share of what is drawn
WIDE = 5.0
PREDICTS = "What all else predicts for each judgement and kind of case"

STATED: Mapping[str, Any] = {"marker": "o", "markersize": 6.0, "color": VERMILLION, "linestyle": "none"}
MIDDLE: Mapping[str, Any] = {
    "marker": "o", "markersize": 6.0, "markerfacecolor": "white", "markeredgecolor": BLUE, "markeredgewidth": 1.4,
    "linestyle": "none",
}  # fmt: skip
RANGE: Mapping[str, Any] = {"linestyle": "-", "linewidth": WIDE, "color": GREY, "alpha": 0.45}
WHOLE: Mapping[str, Any] = {"linestyle": (0, (2, 2)), "color": BLACK, "linewidth": 0.9}


@dataclass(frozen=True)
class Line:
    """A row of the first picture: what was said or seen, where, and what was predicted."""

    words: str
    below: str
    seen: float
    low: float
    middle: float
    high: float
    tail: float | None


def lines(result: Checks) -> tuple[Line, ...]:
    """Return the most surprising judgements, then the strangest kinds of cases, as shares of those alike."""
    cases = [
        Line(row.words, f"{row.count:g} of {row.alike:g} cases", row.count / row.alike, row.posterior, row.posterior,
             row.posterior, row.tail)
        for row in result.strange[:KINDS]
        if row.tail is not None  # what is coded in doubt is no event that could be counted
    ]  # fmt: skip
    said = [
        Line(each.words, f"by {result.names[each.expert]}", each.stated, each.fairest.low, each.fairest.median,
             each.fairest.high, each.fairest.tail)
        for each in result.surprising[: ROWS - len(cases)]
    ]  # fmt: skip
    return (*said, *cases)


def predicted_figure(result: Checks, labels: Mapping[str, str] | None = None) -> Figure:
    """Draw what all else predicts for each judgement and kind of case; ``labels`` are not needed here."""
    title = PREDICTS
    if result.gate.withholds:
        return notice(title, f"Not reported: {result.gate.findings[0]}.")
    found = lines(result)
    if not found:
        return notice(title, "Nothing to draw: nobody judged a total, and there are no comparable cases.")
    keys = [
        Key("stated, or the share seen", STATED),
        Key("predicted by all else, middle", MIDDLE),
        Key("5 to 95 per cent of predicted answers", RANGE),
    ]
    on = sheet(title, ROW * len(found), keys, LEFT, RIGHT)
    ends = [end for each in found for end in (each.seen, each.low, each.high)]
    _frame(on, len(found), min(ends), max(ends))
    named(on.axes, "answer to the question")
    for row, each in enumerate(found):
        row_words(on, row, each.words, LEFT - 8.0, each.below)
        on.axes.plot([each.low, each.high], [row, row], zorder=2, solid_capstyle="butt", **RANGE)
        on.axes.plot([each.middle], [row], zorder=3, **MIDDLE)
        on.axes.plot([each.seen], [row], zorder=4, **STATED)
        row_number(on, row, "" if each.tail is None else f"tail {probability(each.tail)}")
    return on.figure


def described(result: Checks, labels: Mapping[str, str] | None = None) -> str:
    """Say in words what the picture of predictions shows, a line per row."""
    title = PREDICTS
    if result.gate.withholds:
        return f"{title}: {WITHHELD}."
    found = lines(result)
    if not found:
        return f"{title}: nobody judged a total, and there are no comparable cases."
    said = (
        f"{each.words}, {each.below}: {each.seen:.2f}, predicted {each.middle:.2f} [{each.low:.2f}, {each.high:.2f}]."
        for each in found
    )
    return "\n".join([f"{title}, the most surprising first.", *said])


def pieces(result: Checks) -> tuple[Omitted, ...]:
    """Return what is drawn as left out of the panel: of the cases only the panel's row where there is one."""
    whole = any(each.kind == CASES and each.expert == PANEL for each in result.omitted)
    shown = (each for each in result.omitted if each.kind != CASES or not whole or each.expert == PANEL)
    return tuple(each for each in shown if each.panel is not None)[:PIECES]


def without_figure(result: Checks, labels: Mapping[str, str] | None = None) -> Figure:
    """Draw the panel's mean without each expert, judgement and the cases, that which moves it most first."""
    title = f"Without each piece: {result.words}"
    if result.gate.withholds:
        return notice(title, f"Not reported: {result.gate.findings[0]}.")
    found = pieces(result)
    if not found:
        return notice(title, "Nothing to draw: there is nothing that could be left out of these draws.")
    keys = [Key("the panel's mean without it", STATED), Key("with everything", WHOLE)]
    on = sheet(title, ROW * len(found), keys, LEFT, RIGHT)
    _frame(on, len(found), *_ends([result.panel.mean, *map(_number, found)]))
    named(on.axes, "the panel's mean probability")
    on.axes.axvline(result.panel.mean, zorder=1, **WHOLE)
    for row, each in enumerate(found):
        row_words(on, row, each.words, LEFT - 8.0, _who(result, each))
        on.axes.plot([result.panel.mean, _number(each)], [row, row], zorder=2, solid_capstyle="butt", **RANGE)
        on.axes.plot([_number(each)], [row], zorder=3, **STATED)
        row_number(on, row, f"{_number(each):.2f} ({signed(each.shift)})")
    return on.figure


def without_described(result: Checks, labels: Mapping[str, str] | None = None) -> str:
    """Say in words what the number is without each piece, a line per row."""
    title = f"Without each piece: {result.words}"
    if result.gate.withholds:
        return f"{title}: {WITHHELD}."
    found = pieces(result)
    if not found:
        return f"{title}: there is nothing that could be left out of these draws."
    said = (f"Without {each.words} ({_who(result, each)}): {probability(_number(each))}." for each in found)
    return "\n".join([f"{title}; with everything it is {probability(result.panel.mean)}.", *said])


def _number(each: Omitted) -> float:
    assert each.panel is not None
    return each.panel


def _who(result: Checks, each: Omitted) -> str:
    if each.kind == EXPERT:
        return "an expert, with all that they say"
    if each.expert == PANEL:
        return "all of the panel"
    by = f"by {result.names[each.expert]}"
    return f"{by}; {INSTEAD[each.instead]} in its place" if each.instead else by


def _ends(values: list[float]) -> tuple[float, float]:
    return min(values), max(values)


def _frame(on: Sheet, rows: int, low: float, high: float) -> None:
    """Give the axes room around what is drawn, and a band to every second row."""
    room = AROUND * max(high - low, 1e-6)
    on.axes.set_xlim(low - room, high + room)
    on.axes.set_ylim(rows - 0.5, -0.5)
    on.axes.locator_params(axis="x", nbins=5)
    for row in range(1, rows, 2):
        on.axes.axhspan(row - 0.5, row + 0.5, color=BAND, linewidth=0.0, zorder=0)
