"""The frame that all charts share: a title above, words at the left, numbers at the right, the key below.

    ┌ title ─────────────────────────────────┐
    │ words    │ axes               │ numbers│     one column of a page wide, as tall as its rows
    │          └── 0 ───── label ─ 1┘        │
    │ ● key    ■ key    ▲ key                │
    └────────────────────────────────────────┘

Lengths are in points. Words are cut and wrapped before Matplotlib sees them, and never read as mathematics.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from causal.tell.pictures.figure import figure
from causal.tell.pictures.ink import BLACK, FAINT, GREY
from causal.tell.pictures.letters import clean, shorten, width, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDE = 520.0  # the width of a page's text
BORDER = 8.0
SIZE, HEADING, SMALL = 8.5, 10.5, 7.5
LINE = 14.0
UNDER = 32.0  # below the axes, for ticks and their label
SAMPLE, GAP, AFTER = 20.0, 5.0, 16.0
LONGEST = 240.0  # words of a key take no more


@dataclass(frozen=True)
class Key:
    """A mark and what it means; ``style`` is what Matplotlib's Line2D takes."""

    words: str
    style: Mapping[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The words as they are shown."""
        return shorten(clean(self.words), LONGEST, SIZE)

    @property
    def room(self) -> float:
        """How much of a line it takes."""
        return SAMPLE + GAP + width(self.text, SIZE) + AFTER


@dataclass(frozen=True)
class Sheet:
    """A figure with its axes, and where the columns beside them begin and end, in points."""

    figure: Figure
    axes: Axes
    left: float
    right: float


def sheet(title: str, tall: float, keys: Sequence[Key], left: float = 0.0, right: float = 0.0) -> Sheet:
    """Make a figure with axes of a height, columns of a width on either side of them, and a key.

    The axes have no frame but a line below, and faint lines upwards from their ticks.
    """
    lines = wrap(title, WIDE - 2 * BORDER, HEADING, 3, bold=True)
    broken = _broken(keys)
    above = BORDER + (HEADING + 4.0) * len(lines) + 4.0
    high = above + tall + UNDER + LINE * len(broken) + BORDER
    made = figure(WIDE / 72, high / 72)
    across = WIDE - left - right - 2 * BORDER - 6.0
    axes = made.add_axes(((BORDER + left) / WIDE, 1 - (above + tall) / high, across / WIDE, tall / high))
    for number, line in enumerate(lines):
        _say(made, BORDER, above - 6.0 - (HEADING + 4.0) * (len(lines) - 1 - number), line, HEADING, weight="bold")
    for number, each in enumerate(broken):
        _key_line(made, each, above + tall + UNDER + LINE * (number + 0.5))
    axes.set_axisbelow(True)
    axes.grid(axis="x", color=FAINT, linewidth=0.4)
    axes.spines[["left", "top", "right"]].set_visible(False)
    axes.spines["bottom"].set_linewidth(0.8)
    axes.tick_params(axis="x", labelsize=SIZE, length=3.0, width=0.8)
    axes.set_yticks([])
    return Sheet(made, axes, BORDER, WIDE - BORDER)


def _broken(keys: Sequence[Key]) -> list[list[Key]]:
    broken: list[list[Key]] = []
    left = 0.0
    for key in keys:
        if not broken or key.room - AFTER > left:
            broken.append([])
            left = WIDE - 2 * BORDER
        broken[-1].append(key)
        left -= key.room
    return broken


def _key_line(made: Figure, keys: Sequence[Key], y: float) -> None:
    from matplotlib.lines import Line2D

    x = BORDER
    wide, high = made.get_size_inches() * 72
    for key in keys:
        lined = key.style.get("linestyle", "none") != "none"
        xs = [x, x + SAMPLE] if lined and "marker" not in key.style else [x, x + SAMPLE / 2, x + SAMPLE]
        style = {"linestyle": "none", **key.style}
        if len(xs) == 3:
            style["markevery"] = [1]
        line = Line2D([each / wide for each in xs], [1 - y / high] * len(xs), transform=made.transFigure, **style)
        made.add_artist(line)
        _say(made, x + SAMPLE + GAP, y + 3.0, key.text, SIZE)
        x += key.room


def _say(made: Figure, x: float, y: float, words: str, size: float, **style: Any) -> None:
    wide, high = made.get_size_inches() * 72
    made.text(x / wide, 1 - y / high, words, fontsize=size, va="baseline", parse_math=False, **style)


def row_words(on: Sheet, y: float, words: str, room: float, below: str = "", *, bold: bool = False) -> None:
    """Write words to the left of the axes, in up to two lines around the height ``y`` of the data, and a small line."""
    lines = wrap(words, room, SIZE, 2, bold=bold)
    weight = "bold" if bold else "normal"
    leading = SIZE + 1.0
    top = -(leading * len(lines) + (SMALL + 1.0 if below else 0.0)) / 2
    for number, line in enumerate(lines):
        beside(on, y, line, on.left, top + leading * (number + 0.5), weight=weight)
    if below:
        small = shorten(clean(below), room, SMALL)
        beside(on, y, small, on.left, top + leading * len(lines) + SMALL / 2 + 0.5, fontsize=SMALL, color=GREY)


def row_number(on: Sheet, y: float, words: str) -> None:
    """Write words to the right of the axes, ending at the border, at the height ``y`` of the data."""
    beside(on, y, words, on.right, 0.0, ha="right")


def beside(on: Sheet, y: float, words: str, x: float, down: float, **style: Any) -> None:
    """Write words at ``x`` points from the left of the figure, ``down`` points below the height ``y`` of the data."""
    wide = on.figure.get_size_inches()[0] * 72
    on.axes.annotate(
        clean(words), (x / wide, y), xycoords=("figure fraction", "data"), xytext=(0.0, -down),
        textcoords="offset points", va="center_baseline", annotation_clip=False, parse_math=False,
        **{"fontsize": SIZE, "color": BLACK, **style},
    )  # fmt: skip


def shares_axis(axes: Axes, label: str) -> None:
    """Make the horizontal axis one of probabilities, from 0 to 1."""
    axes.set_xlim(-0.012, 1.012)
    axes.set_xticks([0.0, 0.2, 0.4, 0.6, 0.8, 1.0], ["0", "0.2", "0.4", "0.6", "0.8", "1"])
    named(axes, label)


def named(axes: Axes, label: str) -> None:
    """Name the horizontal axis."""
    axes.set_xlabel(shorten(clean(label), WIDE - 4 * BORDER, SIZE), fontsize=SIZE, labelpad=3.0, parse_math=False)


def notice(title: str, words: str) -> Figure:
    """Make a figure that says why there is nothing to draw."""
    on = sheet(title, 8.0 + 12.0 * 4, ())
    on.axes.set_axis_off()
    for number, line in enumerate(wrap(words, WIDE - 2 * BORDER, SIZE, 4)):
        on.axes.annotate(
            line, (0.0, 1.0), xycoords="axes fraction", xytext=(0.0, -12.0 * (number + 0.5)),
            textcoords="offset points", fontsize=SIZE, color=GREY, parse_math=False,
        )  # fmt: skip
    return on.figure
