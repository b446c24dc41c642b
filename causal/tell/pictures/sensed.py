"""How the number after each intervention answers to a little more or less of the priors and of the evidence.

row    the number, nothing being done first         ●      sensitivity of the panel's to the priors
|      the same of each expert                      ■      to the evidence
┆      the threshold from which on it counts        word   what the two say together
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from causal.ask.answer import PANEL
from causal.ask.checks import Checks
from causal.ask.sensitive import SAID, THRESHOLD, Sensitive
from causal.tell.pictures.ink import BAND, BLACK, BLUE, VERMILLION
from causal.tell.pictures.sheet import Key, named, notice, row_number, row_words, sheet
from causal.tell.wording import WITHHELD

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROWS = 16
ROW = 26.0
LEFT, RIGHT = 240.0, 104.0
PRIOR: Mapping[str, Any] = {"marker": "o", "markersize": 6.0, "color": BLUE, "linestyle": "none"}
EVIDENCE: Mapping[str, Any] = {"marker": "s", "markersize": 5.5, "color": VERMILLION, "linestyle": "none"}
LIMIT: Mapping[str, Any] = {"linestyle": (0, (2, 2)), "color": BLACK, "linewidth": 0.9}


def shown(result: Checks, rows: int = ROWS) -> tuple[Sensitive, ...]:
    """Return the panel's numbers, nothing being done first."""
    return tuple(each for each in result.sensitive if each.expert == PANEL)[:rows]


def sensitive_figure(result: Checks, labels: Mapping[str, str] | None = None) -> Figure:
    """Draw the panel's sensitivities, and those of its experts as strokes; ``labels`` are not needed here."""
    title = "A little more or less of the priors, and of the evidence"
    if result.gate.withholds:
        return notice(title, f"Not reported: {result.gate.findings[0]}.")
    found = shown(result)
    if not found:
        return notice(title, "Nothing to draw: without draws nothing can be made stronger or weaker.")
    keys = [
        Key("to the priors", PRIOR),
        Key("to the evidence", EVIDENCE),
        Key("of each expert, in the same colour", {**PRIOR, "marker": "|", "markersize": 9.0}),
        Key(f"from here on it counts ({THRESHOLD:g})", LIMIT),
    ]
    on = sheet(title, ROW * len(found), keys, LEFT, RIGHT)
    everything = [value for each in result.sensitive for value in (each.prior, each.evidence) if value is not None]
    on.axes.set_xlim(-0.005, 1.08 * max([THRESHOLD, *everything]))
    on.axes.set_ylim(len(found) - 0.5, -0.5)
    named(on.axes, "sensitivity (distance per doubling)")
    on.axes.axvline(THRESHOLD, zorder=1, **LIMIT)
    for row, each in enumerate(found):
        if row % 2:
            on.axes.axhspan(row - 0.5, row + 0.5, color=BAND, linewidth=0.0, zorder=0)
        row_words(on, row, each.words, LEFT - 8.0)
        own = [e for e in result.sensitive if e.intervention == each.intervention and e.expert != PANEL]
        for name, mark, down in (("prior", PRIOR, -0.16), ("evidence", EVIDENCE, 0.16)):
            strokes = [value for e in own if (value := getattr(e, name)) is not None]
            on.axes.plot(strokes, [row + down] * len(strokes), marker="|", markersize=7.0, color=mark["color"],
                         linestyle="none", alpha=0.6, zorder=2)  # fmt: skip
            if getattr(each, name) is not None:
                on.axes.plot([getattr(each, name)], [row + down], zorder=3, **mark)
        row_number(on, row, each.diagnosis)
    return on.figure


def described(result: Checks, labels: Mapping[str, str] | None = None) -> str:
    """Say in words what the picture shows, a line per number."""
    title = "A little more or less of the priors, and of the evidence"
    if result.gate.withholds:
        return f"{title}: {WITHHELD}."
    found = shown(result)
    if not found:
        return f"{title}: without draws nothing can be made stronger or weaker."
    return "\n".join([f"{title}.", *(f"{each.words}: {SAID[each.diagnosis]}." for each in found)])
