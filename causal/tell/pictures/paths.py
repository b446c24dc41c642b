"""The ways of effects on one axis: for each cause its total, and below it what goes through each mediator.

cause       ●────        the total effect: the panel's mean and interval; ■ ▲ experts
  mediator  ●────  ◇     through it alone; ◇ what is lost without it (total less what goes past it)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from causal.ask.answer import PANEL
from causal.ask.measure import Measure
from causal.ask.routes import Effect, Paths, Through
from causal.tell.pictures.forest import lanes
from causal.tell.pictures.ink import BAND, BLACK, GREY, WITH, WITHOUT, Pen, marked, pens
from causal.tell.pictures.nodes import spoken
from causal.tell.pictures.sheet import Key, Sheet, named, notice, row_number, row_words, sheet
from causal.tell.wording import WITHHELD, difference

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROW = 31.0
LEFT, RIGHT = 206.0, 92.0
UP = 0.22


@dataclass(frozen=True)
class Line:
    """A row: its words, its number, and for a mediator the part whose loss stands beside it."""

    words: str
    below: str
    measure: Measure | None
    effect: Effect
    part: Through | None = None
    bold: bool = False


def paths_figure(result: Paths, labels: Mapping[str, str] | None = None) -> Figure:
    """Draw the total effect of each cause and what goes by which way; ``labels`` name experts and variables."""
    said = labels or {}
    lines = [line for effect in result.effects for line in _lines(result, effect, said)]
    if not lines:
        return notice(result.title, result.text)
    experts = [name for name in result.effects[0].total.estimates if name != PANEL]
    drawn = pens(experts) if len(experts) > 1 else {}
    on = sheet(f"{result.title}: {result.reading}", ROW * len(lines), _keys(result, drawn, said), LEFT, RIGHT)
    low, high = _reach(lines)
    on.axes.set_xlim(low - 0.02, high + 0.02)
    named(on.axes, "difference of the probability of the outcome")
    on.axes.set_ylim(len(lines) - 0.5, -0.5)
    on.axes.axvline(0.0, color=GREY, linewidth=0.8, zorder=1)
    for row, line in enumerate(lines):
        if line.bold:
            on.axes.axhspan(row - 0.5, row + 0.5, color=BAND, linewidth=0.0, zorder=0)
        row_words(on, row, line.words, LEFT - 8.0, line.below, bold=line.bold)
        _row(on, row, line, drawn, result.voice.pooled)
    return on.figure


def _lines(result: Paths, effect: Effect, labels: Mapping[str, str]) -> list[Line]:
    def name(variable: str) -> str:
        return labels.get(variable, result.voice.variable(variable))

    against = f"{spoken(effect.actual)}; instead {spoken(effect.alternative)}"
    found = [Line(name(effect.cause), against, effect.total, effect, bold=True)]
    found += [Line(name(each.mediators[0]), "through it alone", each.through, effect, each) for each in effect.each]
    if effect.held is not None and effect.held in effect.parts:
        words = " and ".join(name(each) for each in effect.held.mediators)
        found.append(Line(words, "through these together", effect.held.through, effect, effect.held))
    if effect.direct is not None:
        found.append(Line("directly", "the arrow to the outcome itself", effect.direct, effect))
    if effect.along is not None:
        words = " \N{RIGHTWARDS ARROW} ".join(name(each) for each in effect.along.steps)
        why = f"not told: {name(effect.along.witness)} recants" if effect.along.witness else "along this path alone"
        found.append(Line(words, why, effect.along.effect, effect))
    return found


def _reach(lines: list[Line]) -> tuple[float, float]:
    ends = [0.0]
    for line in lines:
        if line.measure is not None and not line.measure.gate.withholds:
            for found in line.measure.estimates.values():
                ends.append(found.mean)
            panel = line.measure.panel
            ends += [end for end in (panel.lower, panel.upper) if end is not None and line.measure.draws > 1]
    return min(ends), max(ends)


def _row(on: Sheet, row: int, line: Line, drawn: Mapping[str, Pen], pooled: tuple[str, ...]) -> None:
    measure = line.measure
    if measure is None:
        row_number(on, row, "\N{EN DASH}")
        return
    if measure.gate.withholds:
        row_number(on, row, WITHHELD)
        return
    panel = measure.panel
    if measure.draws > 1 and panel.lower is not None and panel.upper is not None:
        on.axes.plot([panel.lower, panel.upper], [row - UP] * 2, color=BLACK, linewidth=1.6, zorder=2)
    on.axes.plot([panel.mean], [row - UP], zorder=4, **WITH)
    means = {name: measure.estimates[name].mean for name in drawn}
    for name, lane in lanes(means).items():
        on.axes.plot([means[name]], [row + lane], zorder=3, **marked(drawn[name], name in pooled))
    words = difference(panel.mean)
    if line.part is not None and not line.part.without.gate.withholds:
        lost = line.effect.total.panel.mean - line.part.without.panel.mean
        on.axes.plot([lost], [row - UP], zorder=3, **WITHOUT)
        share = line.part.alone(line.effect)
        words += "" if share is None else f"   {100 * share:.0f} %"
    row_number(on, row, words)


def _keys(result: Paths, drawn: Mapping[str, Pen], labels: Mapping[str, str]) -> list[Key]:
    several = result.effects[0].total.draws > 1
    spread = "the panel: mean" + (" and 90 % interval" if several else "")
    keys = [Key(spread, {"linestyle": "-", "color": BLACK, "linewidth": 1.6, **WITH})]
    keys.append(Key("what is lost without it", WITHOUT))
    for name, pen in drawn.items():
        inside = name in result.voice.pooled
        said = labels.get(name, result.voice.titles.get(name, spoken(name)))
        keys.append(Key(said if inside else f"{said} (not in the panel)", marked(pen, inside)))
    return keys


def described(result: Paths, labels: Mapping[str, str] | None = None) -> str:
    """Say in words what the picture shows, a line per way."""
    lines = [f"{result.title}: {result.reading}."]
    for effect in result.effects:
        for line in _lines(result, effect, labels or {}):
            mean = None if line.measure is None else line.measure.mean
            number = line.below if line.measure is None else WITHHELD if mean is None else difference(mean)
            lines.append(f"{line.words} ({line.below}): {number}." if line.measure else f"{line.words}: {number}.")
    return "\n".join(lines)
