"""Ways out on one axis: each way, then at least one of them as one event, then the sum, which may pass 1.

way             ●────     the panel's mean and interval; ■ ▲ experts; ◇ it is taken and the outcome fails
at least one    ●────     in bold
added up        ✕         a dashed line at 1, which no probability passes; a larger sum is a mark at the edge
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from causal.ask.answer import PANEL
from causal.ask.escape import Avoidance, Union
from causal.ask.measure import Measure
from causal.tell.pictures.forest import lanes
from causal.tell.pictures.ink import BAND, BLACK, GREY, VERMILLION, WITH, WITHOUT, Pen, marked, pens
from causal.tell.pictures.nodes import spoken
from causal.tell.pictures.sheet import Key, Sheet, notice, row_number, row_words, shares_axis, sheet
from causal.tell.wording import WITHHELD, decimal, probability

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROW = 29.0
LEFT, RIGHT = 216.0, 84.0
UP = 0.22
EDGE = 1.06  # where a sum that is larger stands
SUM: Mapping[str, Any] = {
    "marker": "x", "markersize": 6.5, "markeredgewidth": 1.6, "color": VERMILLION, "linestyle": "none",
}  # fmt: skip


def avoidance_figure(result: Avoidance, labels: Mapping[str, str] | None = None) -> Figure:
    """Draw each way out, at least one of them and the sum; ``labels`` name experts and variables."""
    said = labels or {}
    if not result.unions:
        return notice(result.title, result.text)
    rows = sum(len(union.ways) + 3 for union in result.unions)
    experts = [name for name in result.unions[0].union.estimates if name != PANEL]
    drawn = pens(experts) if len(experts) > 1 else {}
    on = sheet(f"{result.title} ({result.reading})", ROW * rows, _keys(result, drawn, said), LEFT, RIGHT)
    shares_axis(on.axes, "probability; a sum past 1 is a mark at the edge")
    on.axes.set_xlim(-0.012, EDGE + 0.03)
    on.axes.set_ylim(rows - 0.5, -0.5)
    on.axes.axvline(1.0, color=GREY, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
    row = 0
    for union in result.unions:
        row = _union(on, row, union, result.voice.pooled, drawn)
    return on.figure


def _union(on: Sheet, row: int, union: Union, pooled: tuple[str, ...], drawn: Mapping[str, Pen]) -> int:
    """Draw one kind of ways from a row on; return the next row."""
    row_words(on, row, f"If {union.kind}", LEFT - 8.0, "probability | and the outcome fails", bold=True)
    for way in sorted(union.ways, key=lambda way: -way.probability.panel.mean):
        row += 1
        below = "" if way.counted else "part of another way"
        row_words(on, row, way.title, LEFT - 8.0, below)
        _row(on, row, way.probability, way.saved, drawn, pooled)
    row += 1
    on.axes.axhspan(row - 0.5, row + 0.5, color=BAND, linewidth=0.0, zorder=0)
    row_words(on, row, "at least one of them", LEFT - 8.0, bold=True)
    _row(on, row, union.union, union.saved, drawn, pooled)
    row += 1
    row_words(on, row, "added up", LEFT - 8.0, "counts worlds twice")
    total, saved = union.total.mean, union.saved_total.mean
    if total is not None:
        on.axes.plot([min(total, EDGE)], [row], zorder=4, **{**SUM, "marker": "x" if total <= EDGE else ">"})
    words = " | ".join(WITHHELD if each is None else decimal(each) for each in (total, saved))
    row_number(on, row, words)
    return row + 1


def _row(
    on: Sheet, row: int, measure: Measure, saved: Measure, drawn: Mapping[str, Pen], pooled: tuple[str, ...]
) -> None:
    row_number(on, row, " | ".join(_number(each) for each in (measure, saved)))
    if measure.gate.withholds:
        return
    panel = measure.panel
    if measure.draws > 1 and panel.lower is not None and panel.upper is not None:
        on.axes.plot([panel.lower, panel.upper], [row - UP] * 2, color=BLACK, linewidth=1.6, zorder=2)
    on.axes.plot([panel.mean], [row - UP], zorder=4, **WITH)
    if not saved.gate.withholds:
        on.axes.plot([saved.panel.mean], [row - UP], zorder=5, **WITHOUT)
    means = {name: measure.estimates[name].mean for name in drawn}
    for name, lane in lanes(means).items():
        on.axes.plot([means[name]], [row + lane], zorder=3, **marked(drawn[name], name in pooled))


def _number(measure: Measure) -> str:
    return WITHHELD if measure.mean is None else probability(measure.mean)


def _keys(result: Avoidance, drawn: Mapping[str, Pen], labels: Mapping[str, str]) -> list[Key]:
    several = result.unions[0].union.draws > 1
    spread = "the panel: mean" + (" and 90 % interval" if several else "")
    keys = [Key(spread, {"linestyle": "-", "color": BLACK, "linewidth": 1.6, **WITH})]
    keys += [Key("it is taken, and the outcome fails", WITHOUT), Key("the sum (at the edge: past 1)", SUM)]
    for name, pen in drawn.items():
        inside = name in result.voice.pooled
        said = labels.get(name, result.voice.titles.get(name, spoken(name)))
        keys.append(Key(said if inside else f"{said} (not in the panel)", marked(pen, inside)))
    return keys


def described(result: Avoidance, labels: Mapping[str, str] | None = None) -> str:
    """Say in words what the picture shows, a line per way."""
    lines = [f"{result.title} ({result.reading})."]
    for union in result.unions:
        lines.append(f"If {union.kind}:")
        lines += [f"{way.title}: {_number(way.probability)}." for way in union.ways]
        total = union.total.mean
        added = WITHHELD if total is None else decimal(total)
        lines.append(f"At least one of them: {_number(union.union)}; added up {added}.")
    return "\n".join(lines)
