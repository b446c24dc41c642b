"""What carries a number, as two pictures: a tornado, and what one more answer would win.

tornado                                      the next answer
row    a judgement, the widest first         row    a question and who is asked, the best first
●──○   the panel's mean with it at its       ●      share of the panel's variance that would go
       95th (filled) and 5th (hollow)        ├─┤    twice its Monte Carlo error, either way
| |    the same, moved alone                 own    share of the asked expert's own variance, in figures
┆      the panel's mean
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from causal.ask.answer import PANEL
from causal.ask.carries import Carries
from causal.ask.next_judgement import Gain
from causal.ask.tornado import TOTAL, Swing
from causal.tell.pictures.ink import BAND, BLACK, BLUE, GREY, VERMILLION
from causal.tell.pictures.sheet import Key, Sheet, named, notice, row_number, row_words, sheet
from causal.tell.wording import WITHHELD, probability

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROWS, TOTALS, NEXT = 14, 5, 8  # rows at most: of the tornado, of it for totals, of the next answers
ROW = 30.0
LEFT, RIGHT = 260.0, 84.0
AROUND = 0.08  # room on either side of the widest swing, as a share of it
WIDE = 5.0  # of the line between the ends

HIGH_MARK: Mapping[str, Any] = {
    "marker": "o", "markersize": 6.0, "color": VERMILLION, "linestyle": "none",
}  # fmt: skip
LOW_MARK: Mapping[str, Any] = {
    "marker": "o", "markersize": 6.0, "markerfacecolor": "white", "markeredgecolor": BLUE, "markeredgewidth": 1.4,
    "linestyle": "none",
}  # fmt: skip
ALONE_MARK: Mapping[str, Any] = {"marker": "|", "markersize": 9.0, "color": GREY, "linestyle": "none"}


def tornado_figure(result: Carries, labels: Mapping[str, str] | None = None, rows: int = ROWS) -> Figure:
    """Draw the panel's widest swings; ``labels`` are what experts are called, in this picture none."""
    if result.gate.withholds:
        return notice(result.title, f"Not reported: {result.gate.findings[0]}.")
    found = shown(result, rows)
    if not found:
        return notice(result.title, "Nothing to draw: nothing that was judged is uncertain and moves the number.")
    keys = [
        Key("with it at its 5th percentile", LOW_MARK),
        Key("at its 95th", HIGH_MARK),
        Key("the same, moved alone", ALONE_MARK),
        Key("the panel's mean", {"linestyle": (0, (2, 2)), "color": BLACK, "linewidth": 0.9}),
    ]
    on = sheet(result.title, ROW * len(found), keys, LEFT, RIGHT)
    ends = [end for each in found for end in (each.low, each.high, *(each.alone or ()))]
    low, high = min(ends), max(ends)
    room = AROUND * max(high - low, 1e-6)
    on.axes.set_xlim(low - room, high + room)
    on.axes.set_ylim(len(found) - 0.5, -0.5)
    on.axes.axvline(result.panel.mean, color=BLACK, linewidth=0.9, linestyle=(0, (2, 2)), zorder=1)
    named(on.axes, "the panel's mean probability")
    for row, each in enumerate(found):
        _banded(on, row)
        _swing(on, row, each)
    return on.figure


def shown(result: Carries, rows: int = ROWS) -> tuple[Swing, ...]:
    """Return the panel's widest swings, the widest first, of totals the first few."""
    pooled = [each for each in result.swings if each.expert == PANEL]
    totals = [each for each in pooled if each.kind == TOTAL][:TOTALS]
    parameters = [each for each in pooled if each.kind != TOTAL][: rows - len(totals)]
    return tuple(each for each in pooled if each in totals or each in parameters)


def _banded(on: Sheet, row: int) -> None:
    if row % 2:
        on.axes.axhspan(row - 0.5, row + 0.5, color=BAND, linewidth=0.0, zorder=0)


def _swing(on: Sheet, row: int, each: Swing) -> None:
    about = "a total, judged" if each.kind == TOTAL else each.origin
    row_words(on, row, each.words, LEFT - 8.0, f"{about}: {each.at_low:.2f} to {each.at_high:.2f}")
    on.axes.plot([each.low, each.high], [row, row], color=GREY, linewidth=WIDE, alpha=0.45, zorder=2,
                 solid_capstyle="butt")  # fmt: skip
    if each.alone is not None:
        on.axes.plot(each.alone, [row, row], zorder=3, **ALONE_MARK)
    on.axes.plot([each.low], [row], zorder=4, **LOW_MARK)
    on.axes.plot([each.high], [row], zorder=5, **HIGH_MARK)
    row_number(on, row, f"{probability(each.low)} to {probability(each.high)}")


def next_figure(result: Carries, labels: Mapping[str, str] | None = None, rows: int = NEXT) -> Figure:
    """Draw what the best next answers of single experts would win; ``labels`` are what experts are called."""
    title = f"Which next answer would narrow {result.words}"
    if result.gate.withholds:
        return notice(title, f"Not reported: {result.gate.findings[0]}.")
    found = best(result, rows)
    if not found:
        return notice(title, "Nothing to draw: nothing is uncertain, so no answer could narrow it.")
    keys = [
        Key("expected to go, and twice its Monte Carlo error", {"marker": "o", "markersize": 5.5, "color": BLACK}),
        Key("own: of the variance of the one asked"),
    ]
    on = sheet(title, ROW * len(found), keys, LEFT, RIGHT)
    on.axes.set_xlim(0.0, 1.08 * max(each.panel + 2 * each.error for each in found))
    on.axes.set_ylim(len(found) - 0.5, -0.5)
    named(on.axes, "share of the panel's variance")
    on.axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:.2g} %")
    for row, each in enumerate(found):
        _banded(on, row)
        who = _asked(result, each, labels)
        row_words(on, row, each.words, LEFT - 8.0, f"asked of {who}{', again' if each.asked else ''}")
        reach = 2 * each.error
        on.axes.plot([each.panel - reach, each.panel + reach], [row, row], color=BLACK, linewidth=1.4, zorder=3)
        on.axes.plot([each.panel], [row], marker="o", markersize=5.5, color=BLACK, linestyle="none", zorder=4)
        own = "" if each.expert == PANEL else f" (own {100 * each.own:.0f} %)"
        row_number(on, row, f"{100 * each.panel:.2g} %{own}")
    return on.figure


def next_described(result: Carries, labels: Mapping[str, str] | None = None) -> str:
    """Say in words what the picture of the next answers shows, a line per answer."""
    title = f"Which next answer would narrow {result.words}"
    if result.gate.withholds:
        return f"{title}: {WITHHELD}."
    found = best(result)
    if not found:
        return f"{title}: nothing is uncertain, so no answer could narrow it."
    lines = (
        f"Asking {_asked(result, each, labels)} about '{each.words}' would take {100 * each.panel:.2g} % off the "
        "panel's variance."
        for each in found
    )
    return "\n".join([f"{title}: what each is expected to take off the panel's variance.", *lines])


def _asked(result: Carries, each: Gain, labels: Mapping[str, str] | None) -> str:
    return "all of the panel" if each.expert == PANEL else (labels or {}).get(each.expert, result.names[each.expert])


def best(result: Carries, rows: int = NEXT) -> tuple[Gain, ...]:
    """Return the gains that are drawn: the best answers for the panel."""
    return tuple(each for each in result.gains if each.panel > 0)[:rows]


def described(result: Carries, labels: Mapping[str, str] | None = None) -> str:
    """Say in words what the tornado shows, a line per judgement."""
    if result.gate.withholds:
        return f"{result.title}: {WITHHELD}."
    lines: Sequence[str] = [
        f"{result.title}; the panel's mean is {probability(result.panel.mean)}.",
        *(
            f"{each.words}: {probability(each.low)} with it at {each.at_low:.2f}, {probability(each.high)} at "
            f"{each.at_high:.2f}."
            for each in shown(result)
        ),
    ]
    return "\n".join(lines)
