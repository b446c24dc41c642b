"""Two sets of changes on one axis: the outcome first, then each part of it, in the four cells of a square.

part      │──▲────●──│    ◇ neither   ● the first alone   ■ the second alone   ✕ both
          the line below each: what the two leave by the panel's intervals, one above the other
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from causal.ask.answer import PANEL
from causal.ask.contrast import Component, Contrast
from causal.tell.pictures.ink import BAND, BLACK, GREY, WITHOUT, pens
from causal.tell.pictures.nodes import spoken
from causal.tell.pictures.sheet import Key, Sheet, row_number, row_words, shares_axis, sheet
from causal.tell.wording import WITHHELD, probability

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROW = 46.0
LEFT, RIGHT = 186.0, 84.0
LANES: Mapping[str, float] = {"first": -0.36, "second": 0.14}
EXPERT = 0.13  # how far below a set's line the experts stand
STYLES: Mapping[str, dict[str, Any]] = {
    "first": {"marker": "o", "markersize": 6.0, "color": BLACK, "linestyle": "none"},
    "second": {"marker": "s", "markersize": 5.5, "color": GREY, "linestyle": "none"},
}
BOTH: Mapping[str, Any] = {
    "marker": "x", "markersize": 6.0, "markeredgewidth": 1.4, "color": BLACK, "linestyle": "none",
}  # fmt: skip


def contrast_figure(result: Contrast, labels: Mapping[str, str] | None = None) -> Figure:
    """Draw what each set leaves of the outcome and of its parts; ``labels`` name experts and variables."""
    said = labels or {}
    rows = result.components
    on = sheet(f"{result.title}: {result.reading}", ROW * len(rows), _keys(result, said), LEFT, RIGHT)
    shares_axis(on.axes, "probability")
    on.axes.set_ylim(len(rows) - 0.5, -0.5)
    for row, each in enumerate(rows):
        if row % 2:
            on.axes.axhspan(row - 0.5, row + 0.5, color=BAND, linewidth=0.0, zorder=0)
        _row(on, row, each, result, said)
    return on.figure


def _row(on: Sheet, row: int, each: Component, result: Contrast, labels: Mapping[str, str]) -> None:
    label = labels.get(each.event.variable, result.voice.variable(each.event.variable))
    states = "the outcome" if each.whole else " or ".join(spoken(state) for state in each.event.states)
    row_words(on, row, label, LEFT - 8.0, states, bold=each.whole)
    experts = [name for name in each.gap.estimates if name != PANEL]
    drawn = pens(experts) if len(experts) > 1 else {}
    numbers = []
    for side, lane in LANES.items():
        cell = each.cells[side]
        if cell.gate.withholds:
            numbers.append(WITHHELD)
            continue
        panel, colour = cell.panel, STYLES[side]["color"]
        if cell.draws > 1 and panel.lower is not None and panel.upper is not None:
            on.axes.plot([panel.lower, panel.upper], [row + lane] * 2, color=colour, linewidth=1.4, zorder=2)
        on.axes.plot([panel.mean], [row + lane], zorder=4, **STYLES[side])
        for name, pen in drawn.items():
            inside = name in result.voice.pooled
            face = pen.colour if inside else "white"
            on.axes.plot([cell.estimates[name].mean], [row + lane + EXPERT], marker=pen.marker, markersize=3.6,
                         markerfacecolor=face, markeredgecolor=pen.colour, markeredgewidth=0.7, linestyle="none",
                         zorder=3)  # fmt: skip
        numbers.append(probability(panel.mean))
    for name, style in (("neither", WITHOUT), ("both", BOTH)):
        cell = each.cells[name]
        if not cell.gate.withholds:
            on.axes.plot([cell.panel.mean], [row - 0.06], zorder=3, **style)
    row_number(on, row, " | ".join(numbers))


def _keys(result: Contrast, labels: Mapping[str, str]) -> list[Key]:
    keys = [
        Key("neither changed", WITHOUT),
        Key(f"only: {result.first.name}", STYLES["first"]),
        Key(f"only: {result.second.name}", STYLES["second"]),
        Key("both", BOTH),
    ]
    experts = [name for name in result.outcome.gap.estimates if name != PANEL]
    if len(experts) > 1:
        for name, pen in pens(experts).items():
            inside = name in result.voice.pooled
            said = labels.get(name, result.voice.titles.get(name, spoken(name)))
            style = {"marker": pen.marker, "markersize": 4.0, "color": pen.colour, "linestyle": "none",
                     "markerfacecolor": pen.colour if inside else "white"}  # fmt: skip
            keys.append(Key(said if inside else f"{said} (not in the panel)", style))
    return keys


def described(result: Contrast, labels: Mapping[str, str] | None = None) -> str:
    """Say in words what the picture shows, a line per part."""
    said = labels or {}
    lines = [f"{result.title}: {result.reading}."]
    for each in result.components:
        label = said.get(each.event.variable, result.voice.variable(each.event.variable))
        told = []
        for name in ("neither", "first", "second", "both"):
            mean = each.cells[name].mean
            told.append(f"{name} {WITHHELD if mean is None else probability(mean)}")
        lines.append(f"{label}{'' if each.whole else ' = ' + ' or '.join(each.event.states)}: {', '.join(told)}.")
    return "\n".join(lines)
