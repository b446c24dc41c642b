"""One question under other priors on one axis.

row    a setting of the priors        ●────   the panel's mean and interval
┆      the mean with the priors as they stand
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from causal.ask.grid import Grid, Point
from causal.learn.gate import PASS
from causal.tell.pictures.ink import BAND, BLACK, GREY, WITH
from causal.tell.pictures.sheet import Key, named, row_number, row_words, sheet
from causal.tell.wording import WITHHELD, decimal

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROW = 20.0
LEFT, RIGHT = 190.0, 112.0
LINE: Mapping[str, Any] = {"linestyle": "-", "color": BLACK, "linewidth": 1.6}
HERE: Mapping[str, Any] = {"linestyle": (0, (2, 2)), "color": GREY, "linewidth": 0.9}


def grid_figure(result: Grid, labels: Mapping[str, str] | None = None) -> Figure:
    """Draw the answer under every setting; ``labels`` are what experts are called."""
    keys = [
        Key(f"the panel: mean and {100 * result.ci_prob:.0f} % interval", {**LINE, **WITH, "linestyle": "-"}),
        Key("the mean with the priors as they stand", HERE),
    ]
    if any(point.verdict != PASS for point in result.points):
        keys.append(Key("! flagged by the gate", {"marker": "$!$", "color": BLACK}))
    on = sheet(result.title, ROW * len(result.points), keys, LEFT, RIGHT)
    named(on.axes, result.question)
    on.axes.set_ylim(len(result.points) - 0.5, -0.5)
    here = result.points[0].mean
    if here is not None:
        on.axes.axvline(here, zorder=1, **HERE)
    for row, point in enumerate(result.points):
        if row % 2:
            on.axes.axhspan(row - 0.5, row + 0.5, color=BAND, linewidth=0.0, zorder=0)
        row_words(on, row, _called(point, labels or {}), LEFT - 8.0)
        row_number(on, row, _said(point))
        if point.mean is None:
            continue
        if point.lower is not None and point.upper is not None:
            on.axes.plot([point.lower, point.upper], [row, row], solid_capstyle="butt", zorder=2, **LINE)
        on.axes.plot([point.mean], [row], zorder=3, **WITH)
    return on.figure


def _called(point: Point, labels: Mapping[str, str]) -> str:
    said, without = str(point.setting), point.setting.without
    return said.replace(f"without {without}", f"without {labels.get(without, without)}") if without else said


def _said(point: Point) -> str:
    """Return the numbers of a setting; the mark where the gate flags them."""
    if point.mean is None:
        return WITHHELD
    band = "" if point.lower is None or point.upper is None else f" [{decimal(point.lower)}, {decimal(point.upper)}]"
    return f"{decimal(point.mean)}{band}{'' if point.verdict == PASS else ' !'}"


def described(result: Grid, labels: Mapping[str, str] | None = None) -> str:
    """Say in words what the picture shows, a line per setting."""
    rows = (f"{_called(point, labels or {})}: {_said(point)}." for point in result.points)
    return "\n".join([f"{result.title}.", *rows])
