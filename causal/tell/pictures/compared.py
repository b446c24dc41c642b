"""One question under rival graphs on one axis, and the average by school below them.

row           a graph: ●──── the panel's mean and interval
■ ▲ ▼         each expert's mean, below; hollow for an expert who is shown apart
the last      averaged with each school's own probabilities of the changes, where there are such
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from causal.ask.answer import PANEL, Estimate
from causal.ask.comparing import Rivalry
from causal.learn.gate import PASS
from causal.tell.pictures.forest import LEFT, RIGHT, ROW, UP, lanes
from causal.tell.pictures.ink import BAND, BLACK, WITH, Pen, marked, pens
from causal.tell.pictures.nodes import spoken
from causal.tell.pictures.sheet import Key, Sheet, named, row_number, row_words, shares_axis, sheet
from causal.tell.wording import WITHHELD, decimal, probability

if TYPE_CHECKING:
    from matplotlib.figure import Figure

AVERAGED = "averaged by school"


def compared_figure(result: Rivalry, labels: Mapping[str, str] | None = None, title: str = "") -> Figure:
    """Draw the answer under every graph; ``labels`` are what experts are called.

    A ``title`` stands for that of the result, and for the question below the axis, which would say it again in syntax.
    """
    answer = result.sides[0].answer
    drawn = pens(answer.experts) if len(answer.experts) > 1 else {}
    count = len(result.sides) + (result.averaged is not None and not result.withheld)
    on = sheet(title or result.title, ROW * count, _keys(result, drawn, labels or {}), LEFT, RIGHT)
    axis = "probability" if title else result.question
    if answer.kind == "number":
        named(on.axes, axis)
    else:
        shares_axis(on.axes, axis)
    on.axes.set_ylim(count - 0.5, -0.5)
    for row, side in enumerate(result.sides):
        if row % 2:
            on.axes.axhspan(row - 0.5, row + 0.5, color=BAND, linewidth=0.0, zorder=0)
        row_words(on, row, side.title if side.changes else "as it stands", LEFT - 8.0, side.name)
        if side.answer.gate.withholds:
            row_number(on, row, WITHHELD)
            continue
        estimates = {name: side.answer.estimates[(name, "")] for name in (PANEL, *side.answer.experts)}
        _row(on, row, result, estimates, drawn, flagged=side.answer.gate.verdict != PASS)
    if result.averaged is not None and not result.withheld:
        row_words(on, count - 1, AVERAGED, LEFT - 8.0, bold=True)
        _row(on, count - 1, result, result.averaged.estimates, drawn)
    return on.figure


def _row(
    on: Sheet, row: int, result: Rivalry, estimates: Mapping[str, Estimate], drawn: Mapping[str, Pen],
    *, flagged: bool = False,
) -> None:  # fmt: skip
    panel, answer = estimates[PANEL], result.sides[0].answer
    lower, upper = (panel.mean if end is None or answer.draws == 1 else end for end in (panel.lower, panel.upper))
    if upper > lower:
        on.axes.plot([lower, upper], [row - UP] * 2, color=BLACK, linewidth=1.6, solid_capstyle="butt", zorder=2)
    on.axes.plot([panel.mean], [row - UP], zorder=4, **WITH)
    means = {name: estimates[name].mean for name in drawn}
    for name, lane in lanes(means).items():
        on.axes.plot([means[name]], [row + lane], zorder=3, **marked(drawn[name], name in answer.pooled))
    say = decimal if answer.kind == "number" else probability
    band = f" [{say(lower)}, {say(upper)}]" if upper > lower else ""
    row_number(on, row, f"{say(panel.mean)}{band}{' !' if flagged else ''}")


def _keys(result: Rivalry, drawn: Mapping[str, Pen], labels: Mapping[str, str]) -> list[Key]:
    answer = result.sides[0].answer
    line = {"linestyle": "-", "color": BLACK, "linewidth": 1.6}
    panel = "the panel" if drawn else "the answer"
    spread = f"{panel}: mean and {100 * answer.ci_prob:.0f} % interval"
    alone = f"{panel}, every parameter at its median"
    keys = [Key(alone, WITH) if answer.draws == 1 else Key(spread, {**line, **WITH, "linestyle": "-"})]
    for name, pen in drawn.items():
        inside = name in answer.pooled
        said = labels.get(name, spoken(name))
        keys.append(Key(said if inside else f"{said} (not in the panel)", marked(pen, inside)))
    if any(side.answer.gate.verdict != PASS for side in result.sides):
        keys.append(Key("! flagged by the gate, see the diagnostics", {"marker": "$!$", "color": BLACK}))
    return keys


def described(result: Rivalry, labels: Mapping[str, str] | None = None) -> str:
    """Say in words what the picture shows, a line per graph."""
    lines = [f"{result.title}."]
    for side in result.sides:
        said = WITHHELD if side.answer.gate.withholds else probability(side.answer.panel.mean)
        lines.append(f"{side.name}: {said}.")
    if result.averaged is not None and not result.withheld:
        lines.append(f"{AVERAGED}: {probability(result.averaged.estimates[PANEL].mean)}.")
    return "\n".join(lines)
