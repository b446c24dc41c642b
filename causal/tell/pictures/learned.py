"""What moved each headline: its number at every stage, one below the other.

headline    ◇──        by the priors alone
              ──■──    with the judged totals
               ──●──   with the comparable cases
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from causal.ask.answer import PANEL
from causal.ask.learned import FACTOR, SAID, Learned
from causal.ask.stages import CASES, PRIORS, TOTALS
from causal.tell.pictures.ink import BAND, BLACK, GREY, WITHOUT
from causal.tell.pictures.sheet import Key, named, row_number, row_words, sheet
from causal.tell.wording import WITHHELD

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROW = 52.0
LEFT, RIGHT = 210.0, 120.0
STYLES: Mapping[str, Mapping[str, Any]] = {
    PRIORS: WITHOUT,
    TOTALS: {"marker": "s", "markersize": 5.5, "color": GREY, "linestyle": "none"},
    CASES: {"marker": "o", "markersize": 6.0, "color": BLACK, "linestyle": "none"},
}
LANES: Mapping[str, float] = {PRIORS: -0.25, TOTALS: 0.0, CASES: 0.25}


def learned_figure(result: Learned, labels: Mapping[str, str] | None = None) -> Figure:
    """Draw the panel's number of each headline at every stage."""
    keys = [Key(f"{'by' if name == PRIORS else 'with'} {SAID[name]}", dict(STYLES[name])) for name in result.names]
    on = sheet(result.title, ROW * len(result.headlines), keys, LEFT, RIGHT)
    on.axes.set_ylim(len(result.headlines) - 0.5, -0.5)
    on.axes.axvline(0.0, color=GREY, linewidth=0.6, zorder=1)
    named(on.axes, "probability, or difference of two")
    for row, each in enumerate(result.headlines):
        if row % 2:
            on.axes.axhspan(row - 0.5, row + 0.5, color=BAND, linewidth=0.0, zorder=0)
        effect = each.kind == FACTOR
        row_words(on, row, each.words, LEFT - 8.0, "a difference" if effect else "", bold=not row)
        numbers = []
        for name, by in each.stages.items():
            if each.gate.withholds:
                numbers.append(WITHHELD)
                continue
            panel, lane = by[PANEL], row + LANES[name]
            if result.draws > 1 and panel.lower is not None and panel.upper is not None:
                on.axes.plot([panel.lower, panel.upper], [lane] * 2, color=GREY, linewidth=1.2, zorder=2)
            on.axes.plot([panel.mean], [lane], zorder=4, **STYLES[name])
            numbers.append(f"{panel.mean:.2f}")
        row_number(on, row, " | ".join(numbers))
    return on.figure


def described(result: Learned, labels: Mapping[str, str] | None = None) -> str:
    """Say in words what the picture shows, a line per headline."""
    lines = [f"{result.title}."]
    for each in result.headlines:
        told = [
            f"{WITHHELD if each.gate.withholds else f'{by[PANEL].mean:.2f}'} with {SAID[name]}"
            for name, by in each.stages.items()
        ]
        lines.append(f"{each.words}: {', '.join(told)}.")
    return "\n".join(lines)
