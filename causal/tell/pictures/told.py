"""The best stories beside what happened, as a table: a row per variable in the order of time, a column per story.

    variable, when   what happened │ story 1   story 2   story 3
                                   │ ▇ state        a filled cell, bold: not as it was
                                   │   state        as it was, or nothing is known to compare it with

Rows in which every story is as it was are left out and counted below. Nothing is said by the fill alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from causal.ask.phrases import spoken
from causal.ask.saying import counted, dated
from causal.ask.stories import Stories, Story
from causal.ask.tense import Tense
from causal.tell.pictures.ink import BLACK, FAINT, GREY, PALE
from causal.tell.pictures.letters import clean, wrap
from causal.tell.pictures.sheet import Key, Sheet, notice, row_words, sheet
from causal.tell.wording import WITHHELD, probability

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROW, HEAD = 31.0, 36.0
LEFT = 214.0
EDGE = 0.04  # between cells, as a share of a column
CELL = 7.6  # size of the letters in a cell


def stories_figure(result: Stories, labels: Mapping[str, str] | None = None, avoided: bool = False) -> Figure:
    """Draw the best stories of all worlds, or of those that avoid the event; ``labels`` replace variables' titles."""
    title = heading(result, avoided)
    if result.gate.withholds:
        return notice(title, f"Not reported: {result.gate.findings[0]}.")
    found = result.of(avoided)
    if not found:
        return notice(title, f"Nothing to draw: {result.without.get(avoided, 'there is no such world')}.")
    rows = changing(result, found)
    if not rows:
        return notice(
            title, f"All {counted(len(result.variables), 'variable')} are {result.tense.plural} in every story."
        )
    same = len(result.variables) - len(rows)
    keys = [
        Key(f"not {result.tense.recorded}", {"marker": "s", "markersize": 9.0, "color": PALE, "markeredgecolor": GREY})
    ]
    if same:
        keys.append(Key(f"{same} more {result.tense.recorded if same == 1 else result.tense.plural} throughout"))
    on = sheet(title, HEAD + ROW * len(rows), keys, LEFT, 0.0)
    _frame(on, len(rows), 1 + len(found))
    _head(on, found, result.tense)
    for row, name in enumerate(rows):
        _row(on, row, name, result, found, labels or {})
    return on.figure


def avoided_figure(result: Stories, labels: Mapping[str, str] | None = None) -> Figure:
    """Draw the best stories of the worlds that avoid the event."""
    return stories_figure(result, labels, avoided=True)


def avoided_described(result: Stories, labels: Mapping[str, str] | None = None) -> str:
    """Say in words what that picture shows."""
    return described(result, labels, avoided=True)


def heading(result: Stories, avoided: bool) -> str:
    """Return the title of a picture."""
    reading = f" ({result.reading})" if result.reading else ""
    worlds = f", in the worlds that avoid '{result.titles[1]}'" if avoided else ""
    return f"{result.title}{reading}{worlds}"


def changing(result: Stories, found: Sequence[Story]) -> tuple[str, ...]:
    """Return the variables that some story tells otherwise than it was, or of which nothing is known."""
    return tuple(
        name
        for name in result.variables
        if name not in result.actual or any(story.states[name] != result.actual[name] for story in found)
    )


def _frame(on: Sheet, rows: int, columns: int) -> None:
    on.axes.set_xlim(0.0, columns)
    on.axes.set_ylim(rows - 0.5, -0.5 - HEAD / ROW)
    on.axes.grid(visible=False)
    on.axes.set_xticks([])
    on.axes.spines["bottom"].set_visible(False)
    for row in range(rows):
        on.axes.axhline(row - 0.5, color=FAINT, linewidth=0.5, zorder=1)


def _head(on: Sheet, found: Sequence[Story], tense: Tense) -> None:
    middle = -0.5 - HEAD / ROW / 2
    _cell(on, 0, middle, *tense.happened.rsplit(maxsplit=1))
    for column, story in enumerate(found, start=1):
        _cell(on, column, middle, f"story {story.rank}", "probability", probability(story.probability, 3))


def _cell(on: Sheet, column: float, row: float, *lines: str, weight: str = "bold", colour: str = BLACK) -> None:
    for number, line in enumerate(lines):
        down = (number - (len(lines) - 1) / 2) * (CELL + 2.0)
        on.axes.annotate(
            clean(line), (column + 0.5, row), xytext=(0.0, -down), textcoords="offset points", ha="center",
            va="center_baseline", fontsize=CELL, color=colour, weight=weight, parse_math=False,
        )  # fmt: skip


def _row(on: Sheet, row: int, name: str, result: Stories, found: Sequence[Story], labels: Mapping[str, str]) -> None:
    row_words(on, row, labels.get(name, result.labels[name]), LEFT - 8.0, dated(result.dates.get(name, "")))
    room = (on.right - on.left - LEFT) / (1 + len(found)) - 6.0
    known = result.actual.get(name)
    _cell(on, 0, row, *wrap(spoken(known or "not known"), room, CELL, 2), weight="normal", colour=GREY)
    for column, story in enumerate(found, start=1):
        differs = name in story.differs
        if differs:
            on.axes.fill_between([column + EDGE, column + 1 - EDGE], row - 0.38, row + 0.38, color=PALE, linewidth=0)
        state = wrap(spoken(story.states[name]), room, CELL, 2, bold=differs)
        _cell(on, column, row, *state, weight="bold" if differs else "normal", colour=BLACK if differs else GREY)


def described(result: Stories, labels: Mapping[str, str] | None = None, avoided: bool = False) -> str:
    """Say in words what the picture shows, a line per story."""
    title = heading(result, avoided)
    if result.gate.withholds:
        return f"{title}: {WITHHELD}."
    found = result.of(avoided)
    if not found:
        return f"{title}: nothing to draw, {result.without.get(avoided, 'there is no such world')}."
    lines = [f"{title}: {counted(len(found), 'story', 'stories')}, the most probable first, {result.tense.beside}."]
    for story in found:
        lines.append(f"Story {story.rank}, probability {probability(story.probability, 3)}: {result.changed(story)}.")
    return "\n".join(lines)
