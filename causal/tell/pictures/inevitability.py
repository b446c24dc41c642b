"""The outcome's probability along the record: time runs down the page, and every day of decision has its words.

    words ──┐ leaders        a step curve of the panel's mean, its interval as a band, each expert as a thin line
    words ──┤                ◇ at the date of each named intervention: what it would have left
    words ──┘                a dashed line at one half, and one at the day after which no intervention gets below it

Days lie where they are in time; their words are moved apart, with a line to the day. What was decided together has one
place. The numbers beside a word are the panel's, once that was decided.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from causal.ask.answer import PANEL
from causal.ask.saying import day
from causal.ask.window import Inevitability, Step, titled
from causal.tell.pictures.ink import BLACK, FAINT, GREY, PALE, VERMILLION, Pen, pens
from causal.tell.pictures.letters import wrap
from causal.tell.pictures.nodes import spoken
from causal.tell.pictures.sheet import SIZE, SMALL, Key, Sheet, beside, notice, shares_axis, sheet
from causal.tell.wording import WITHHELD, probability

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LEFT, RIGHT = 250.0, 34.0
FAN = 22.0  # the room of the leaders, between words and axes
YEAR = 26.0  # the height of a year
LEADING = 10.0  # from a line of words to the next
BETWEEN = 5.0  # from one day's words to the next day's
LINES = 3
LONGEST_SPAN = 900.0  # the axes are never taller
DAYS = 365.25


def inevitability_figure(result: Inevitability, labels: Mapping[str, str] | None = None) -> Figure:
    """Draw the outcome's probability along the record; ``labels`` are what experts and variables are called."""
    said = labels or {}
    dated = open_steps(result)
    if not dated:
        return notice(result.title, result.text)
    blocks = [_words(result, step, said) for step in dated]
    needed = sum(LEADING * len(block) + BETWEEN for block in blocks)
    first = min([_year(step.date) for step in dated] + [_year(each.date) for each in result.chances])
    last = max(_year(step.date) for step in dated)
    tall = min(max(needed, YEAR * (last - first + 1.0)), max(LONGEST_SPAN, needed))
    begin, end = first - 0.4, last + 0.4
    experts = [name for name in dated[0].outcome.estimates if name != PANEL]
    drawn = pens(experts) if len(experts) > 1 else {}
    on = sheet(result.title, tall, _keys(result, drawn, said), LEFT, RIGHT)
    shares_axis(on.axes, "probability of the outcome")
    on.axes.set_ylim(end, begin)
    _curve(on, result, drawn, begin, end)
    _ways(on, result)
    _labels(on, dated, blocks, tall, begin, end)
    for year in range(int(begin) + 1, int(end) + 1):
        if year % max(1, round((end - begin) / 22)) == 0:
            on.axes.axhline(year, color=FAINT, linewidth=0.3, zorder=0)
            beside(on, year, str(year), on.right, 0.0, ha="right", color=GREY, fontsize=SMALL)
    return on.figure


def open_steps(result: Inevitability) -> list[Step]:
    """Return the dated steps up to the one from which the outcome is certain for everyone: nothing moves after it."""
    dated = [step for step in result.steps if step.date is not None]
    certain = [
        place for place, step in enumerate(dated)
        if all(each.mean == 1.0 == (each.lower or 1.0) for each in step.outcome.estimates.values())
    ]  # fmt: skip
    return dated[: certain[0] + 1] if certain else dated


def _year(date: dt.date | None) -> float:
    assert date is not None
    return date.year + (date.timetuple().tm_yday - 1) / DAYS


def _words(result: Inevitability, step: Step, labels: Mapping[str, str]) -> tuple[str, ...]:
    """Return a day's words, number first, in lines."""
    mean = step.outcome.mean
    number = WITHHELD if mean is None else probability(mean)
    what = "; ".join(labels.get(name, result.voice.variable(name)) for name in step.decided)
    return wrap(f"{number}  {step.date}  {what}", LEFT - FAN - 8.0, SIZE - 0.5, LINES)


def apart(wanted: Sequence[float], sizes: Sequence[float], room: float) -> list[float]:
    """Return places near the wanted ones, in order, so that nothing of a size overlaps and all stays in the room.

    >>> apart([10.0, 12.0, 90.0], [10.0, 10.0, 10.0], 100.0)
    [1.0, 11.0, 85.0]
    """
    tops: list[float] = []
    for want, size in zip(wanted, sizes, strict=True):
        least = tops[-1] + sizes[len(tops) - 1] if tops else 0.0
        tops.append(max(least, want - size / 2))
    bottom = room
    for place in reversed(range(len(tops))):
        tops[place] = min(tops[place], bottom - sizes[place])
        bottom = tops[place]
    return _eased(tops, wanted, sizes)


def _eased(tops: list[float], wanted: Sequence[float], sizes: Sequence[float]) -> list[float]:
    """Return runs of touching words moved up together to where their days are, as far as there is room."""
    start = 0
    while start < len(tops):
        end = start + 1
        while end < len(tops) and tops[end] - tops[end - 1] - sizes[end - 1] < 1e-9:
            end += 1
        above = tops[start - 1] + sizes[start - 1] if start else 0.0
        off = sum(top + size / 2 - want for top, size, want in
                  zip(tops[start:end], sizes[start:end], wanted[start:end], strict=True)) / (end - start)  # fmt: skip
        moved = max(0.0, min(off, tops[start] - above))
        tops[start:end] = [top - moved for top in tops[start:end]]
        start = end
    return tops


def _labels(
    on: Sheet, dated: Sequence[Step], blocks: Sequence[tuple[str, ...]], tall: float, begin: float, end: float
) -> None:
    scale = tall / (end - begin)
    wanted = [(_year(step.date) - begin) * scale for step in dated]
    sizes = [LEADING * len(block) + BETWEEN for block in blocks]
    wide = on.figure.get_size_inches()[0] * 72
    for step, block, size, top in zip(dated, blocks, sizes, apart(wanted, sizes, tall), strict=True):
        middle = begin + (top + size / 2) / scale
        for number, line in enumerate(block):
            down = LEADING * (number + 0.5 - len(block) / 2)
            beside(on, middle, line, on.left, down, fontsize=SIZE - 0.5)
        on.axes.annotate(
            "", (-0.012, _year(step.date)), xycoords="data", xytext=((on.left + LEFT - FAN - 4.0) / wide, middle),
            textcoords=("figure fraction", "data"), annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": GREY, "linewidth": 0.5, "shrinkA": 0.0, "shrinkB": 0.0},
        )  # fmt: skip


def _curve(on: Sheet, result: Inevitability, drawn: Mapping[str, Pen], begin: float, end: float) -> None:
    shown = (result.steps[0], *open_steps(result)) if result.steps[0].date is None else result.steps
    known = [step for step in shown if not step.outcome.gate.withholds]
    edges = [begin if step.date is None else _year(step.date) for step in known] + [end]
    spans = list(zip(known, edges, edges[1:], strict=False))
    for step, above, below in spans:
        panel = step.outcome.panel
        if step.outcome.draws > 1 and panel.lower is not None and panel.upper is not None:
            on.axes.fill_betweenx([above, below], panel.lower, panel.upper, color=PALE, linewidth=0.0, zorder=1)
    for name, pen in drawn.items():
        inside = name in result.voice.pooled
        x = [step.outcome.estimates[name].mean for step, *_ in spans for _ in range(2)]
        y = [edge for _, *pair in spans for edge in pair]
        dashes: Any = "-" if inside else (0, (4, 2))
        on.axes.plot(x, y, zorder=2, linestyle=dashes, linewidth=0.9, color=pen.colour)
        on.axes.plot(x[:1], y[:1], marker=pen.marker, markersize=4.5, color=pen.colour, linestyle="none", zorder=3)
    x = [step.outcome.panel.mean for step, *_ in spans for _ in range(2)]
    y = [edge for _, *pair in spans for edge in pair]
    on.axes.plot(x, y, color=BLACK, linewidth=1.9, zorder=4)
    on.axes.axvline(0.5, color=GREY, linewidth=0.8, linestyle=(0, (4, 3)), zorder=2)
    if result.closed is not None:
        on.axes.axhline(_year(result.closed), color=VERMILLION, linewidth=1.0, linestyle=(0, (2, 2)), zorder=3)


def _ways(on: Sheet, result: Inevitability) -> None:
    for each in result.chances:
        mean = each.outcome.mean
        if mean is not None:
            face = "white" if not each.by_definition else FAINT
            on.axes.plot([mean], [_year(each.date)], marker="D", markersize=4.2, markerfacecolor=face,
                         markeredgecolor=BLACK, markeredgewidth=0.8, linestyle="none", zorder=5)  # fmt: skip


def _keys(result: Inevitability, drawn: Mapping[str, Pen], labels: Mapping[str, str]) -> list[Key]:
    several = any(step.outcome.draws > 1 for step in result.steps)
    keys = [Key("the panel, given history so far (forecast)", {"linestyle": "-", "color": BLACK, "linewidth": 1.9})]
    if several:
        keys.append(Key("its 90 % interval", {"linestyle": "-", "color": PALE, "linewidth": 7.0}))
    for name, pen in drawn.items():
        said = labels.get(name, result.voice.titles.get(name, spoken(name)))
        inside = name in result.voice.pooled
        style = {"linestyle": "-" if inside else (0, (4, 2)), "color": pen.colour, "linewidth": 1.2,
                 "marker": pen.marker, "markersize": 4.5}  # fmt: skip
        keys.append(Key(said if inside else f"{said} (not in the panel)", style))
    hollow = {"marker": "D", "markersize": 4.2, "markerfacecolor": "white", "markeredgecolor": BLACK, "color": BLACK}
    if result.chances:
        keys.append(Key(f"after an intervention ({result.reading})", hollow))
    if any(each.by_definition for each in result.chances):
        keys.append(Key("the same, by definition", {**hollow, "markerfacecolor": FAINT}))
    if result.closed is not None:
        words = f"from {result.closed} on none gets below one half"
        keys.append(Key(words, {"linestyle": (0, (2, 2)), "color": VERMILLION, "linewidth": 1.0}))
    return keys


def described(result: Inevitability, labels: Mapping[str, str] | None = None) -> str:
    """Say in words what the picture shows, a line per day."""
    said = labels or {}
    lines = [result.title + "."]
    for step in result.steps:
        mean = step.outcome.mean
        number = WITHHELD if mean is None else probability(mean)
        when = "At the start" if step.date is None else day(step.date)
        what = "; ".join(said.get(name, result.voice.variable(name)) for name in step.decided)
        lines.append(f"{when}{': ' + what if what else ''}: {number}.")
    for each in result.chances:
        mean = each.outcome.mean
        number = WITHHELD if mean is None else probability(mean)
        lines.append(f"{titled(each)} ({day(each.date)}): {number}, {result.reading}.")
    return "\n".join(lines)
