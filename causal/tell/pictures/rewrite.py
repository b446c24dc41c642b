"""Effect against plausibility: what each change does, and how far history had to bend for it.

    across       P(what it sets | history before it), on a logarithmic scale: an even step is an even cost
    up           by how much it lowers the outcome's probability
    ●──┐         on the front: no other change has more of one and no less of the other; bold in the list
    ○            beaten by another
    △            a part of the cheapest set that suffices for the panel, and in a square for every school by itself

Marks are numbered from the most plausible on, and the list beside the axes says what they are, so that no names overlap
however near the marks stand.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from causal.ask.cheapest import Found
from causal.ask.front import Tried
from causal.ask.rewrite import Rewrite
from causal.tell.pictures.ink import BLACK, BLUE, FAINT, GREEN, GREY, VERMILLION
from causal.tell.pictures.letters import clean, wrap
from causal.tell.pictures.sheet import SMALL, Key, Sheet, named, notice, sheet
from causal.tell.wording import WITHHELD, difference, probability

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LETTERS, LEADING, BETWEEN = 8.0, 9.6, 3.6  # of the list: its letters, its lines, and the room between two changes
TALL = 230.0  # the axes at least
LIST, TICKS = 226.0, 34.0  # room for the list at the right, and for the scale at the left
FEWEST = 1e-6  # nothing is drawn further to the left
RIGHTMOST = 1.6
TENS = (1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1.0)
APART = 10.5  # points between two numbers at least
SIDES = ((0.0, 1.0), (1.0, 0.0), (-1.0, 0.0), (0.0, -1.0), (0.8, 0.8), (-0.8, 0.8), (0.8, -0.8), (-0.8, -0.8))
FRONT: Mapping[str, Any] = {"marker": "o", "markersize": 5.5, "color": BLUE, "linestyle": "none"}
HOLLOW: Mapping[str, Any] = {"markerfacecolor": "none", "linestyle": "none"}
BEATEN: Mapping[str, Any] = {
    **HOLLOW, "marker": "o", "markersize": 4.5, "markeredgecolor": GREY, "markeredgewidth": 0.9,
}  # fmt: skip
PANELS: Mapping[str, Any] = {
    **HOLLOW, "marker": "^", "markersize": 9.5, "markeredgecolor": VERMILLION, "markeredgewidth": 1.3,
}  # fmt: skip
SCHOOLS: Mapping[str, Any] = {
    **HOLLOW, "marker": "s", "markersize": 10.5, "markeredgecolor": GREEN, "markeredgewidth": 1.3,
}  # fmt: skip
TRIANGLE, SQUARE = "\N{WHITE UP-POINTING TRIANGLE}", "\N{WHITE SQUARE}"


def rewrite_figure(result: Rewrite, labels: Mapping[str, str] | None = None) -> Figure:
    """Draw what each change does against how plausible it was, and which of them the cheapest set takes.

    ``labels`` say what the outcome's variable is called, if otherwise than in the model.
    """
    title = f"How much each change lowers {_outcome(result, labels)} (up) and how plausible it was: {result.reading}"
    if result.gate.withholds:
        return notice(title, f"{WITHHELD}: {result.gate.findings[0]}")
    rows = result.front.rows
    if not rows:
        return notice(title, f"Nothing to draw. {result.text}")
    marks, lines = _marks(result), _lines(result)
    tall = sum(len(each) * LEADING + BETWEEN for each in lines)
    on = sheet(title, max(TALL, tall), _keys(result), TICKS, LIST)
    _frame(on, result)
    _steps(on, result.front.best)
    for each in rows:
        x, y = _place(each)
        on.axes.plot([x], [y], zorder=3, **(FRONT if each.front else BEATEN))
        for mark in marks.get(each.candidate.name, ()):
            on.axes.plot([x], [y], zorder=4, **(PANELS if mark == TRIANGLE else SCHOOLS))
    _numbers(on, rows)
    _list(on, rows, lines)
    return on.figure


def _outcome(result: Rewrite, labels: Mapping[str, str] | None) -> str:
    label = (labels or {}).get(result.event.variable, "")
    middle = f" {result.event.op or '='} "
    return label + middle + result.outcome.rpartition(middle)[2] if label else result.outcome


def _marks(result: Rewrite) -> dict[str, str]:
    """Return the marks of each change that is in a cheapest set: of the panel's, of every school's, or both."""
    found: dict[str, str] = {}
    for mark, best in ((TRIANGLE, result.cheapest.panel), (SQUARE, _for_schools(result))):
        for change in () if best is None else best.changes:
            found[change.candidate.name] = found.get(change.candidate.name, "") + mark
    return found


def _for_schools(result: Rewrite) -> Found | None:
    return result.cheapest.schools if len(result.schools) > 1 else None


def _lines(result: Rewrite) -> list[tuple[str, ...]]:
    """Return each change's words in the list, in up to two lines."""
    marks, found = _marks(result), []
    for each in result.front.rows:
        mark = marks.get(each.candidate.name, "")
        words = clean(f"{mark} {each.candidate.title}" if mark else each.candidate.title)
        found.append(wrap(words, LIST - 30.0, LETTERS, 2, bold=each.front))
    return found


def _place(each: Tried) -> tuple[float, float]:
    plausibility, reduction = each.at
    return max(plausibility, FEWEST), reduction


def _frame(on: Sheet, result: Rewrite) -> None:
    axes = on.axes
    places = [_place(each) for each in result.front.rows]
    least = min(x for x, _ in places)
    low, high = min(0.0, *(y for _, y in places)), max(0.05, *(y for _, y in places))
    axes.set_xscale("log")
    axes.set_xlim(least / 2.2, RIGHTMOST)
    axes.set_ylim(low - 0.07 * (high - low), high + 0.09 * (high - low))
    ticks = [tick for tick in TENS if tick >= least / 2.2]
    ticks += [tick for tick in (0.3, 0.03) if len(ticks) < 4 and tick >= least / 2.2]
    axes.set_xticks(ticks, [f"{tick:g}" if tick >= 1e-3 else f"1 in {round(1 / tick):,}" for tick in ticks])
    axes.set_xticks([], minor=True)
    step = 0.1 if high - low > 0.25 else 0.05 if high - low > 0.1 else 0.01
    levels = [step * number for number in range(round(low / step) - 1, round(high / step) + 2)]
    levels = [level for level in levels if low - step / 2 <= level <= high + step / 2]
    axes.set_yticks(levels, [difference(-level) for level in levels], fontsize=SMALL)
    axes.tick_params(axis="y", length=0.0)
    axes.grid(axis="y", color=FAINT, linewidth=0.3)
    axes.axhline(0.0, color=BLACK, linewidth=0.6, zorder=1)
    named(axes, "plausibility given the history before it (log scale)")


def _steps(on: Sheet, best: Sequence[Tried]) -> None:
    """Draw the border of what can be had: at each plausibility, the most that a change at least as plausible does."""
    places = [_place(each) for each in best]
    xs, ys = [RIGHTMOST], [places[0][1]] if places else [0.0]
    for (x, y), after in zip(places, [*places[1:], None], strict=True):
        xs += [x] if after is None else [x, x]
        ys += [y] if after is None else [y, after[1]]
    on.axes.plot(xs, ys, color=BLUE, linewidth=0.9, linestyle=(0, (4, 2)), zorder=2)


def _numbers(on: Sheet, rows: Sequence[Tried]) -> None:
    """Write a number beside every mark, at the side where the number stands furthest from marks and other numbers."""
    transform = on.axes.transData.transform
    scale = 72 / on.figure.dpi
    points = (transform(_place(row)) for row in rows)
    marks = [(float(x) * scale, float(y) * scale) for x, y in points]
    taken: list[tuple[float, float]] = []
    for number, (x, y) in enumerate(marks, start=1):
        spots = [(x + APART * (1.0 + far) * a, y + APART * (1.0 + far) * b) for far in (0.0, 0.6) for a, b in SIDES]
        others = [mark for place, mark in enumerate(marks, start=1) if place != number]
        best = max(spots, key=lambda spot: _room(spot, [*others, *taken]))
        taken.append(best)
        on.axes.annotate(
            str(number), _place(rows[number - 1]), xytext=(best[0] - x, best[1] - y), textcoords="offset points",
            ha="center", va="center_baseline", fontsize=SMALL, color=BLACK, zorder=2.5, parse_math=False,
            bbox={"boxstyle": "square,pad=0.05", "facecolor": "white", "edgecolor": "none"},
        )  # fmt: skip


def _room(spot: tuple[float, float], others: Sequence[tuple[float, float]]) -> float:
    """Return how far the nearest of others is, up to what is far enough."""
    return min(APART, *(math.dist(spot, other) for other in others), APART)


def _list(on: Sheet, rows: Sequence[Tried], lines: Sequence[tuple[str, ...]]) -> None:
    """Say beside the axes what the numbers stand for: the changes on the front in bold."""
    wide, high = on.figure.get_size_inches() * 72
    y = on.axes.get_position().y1 * high
    left = on.right - LIST + 12.0
    for number, (each, words) in enumerate(zip(rows, lines, strict=True), start=1):
        style: dict[str, Any] = {"weight": "bold"} if each.front else {"color": GREY}
        for line, text in enumerate(words):
            y -= LEADING
            for x, said, align in ((left + 8.0, str(number), "right"), (left + 13.0, text, "left")):
                if line == 0 or align == "left":
                    on.figure.text(
                        x / wide, y / high, said, ha=align, va="baseline", fontsize=LETTERS, parse_math=False, **style
                    )
        y -= BETWEEN


def _keys(result: Rewrite) -> list[Key]:
    keys = [Key("on the front: no other beats it on both", FRONT), Key("beaten by another", BEATEN)]
    found = result.cheapest
    share = f"below {found.below:g} in {100 * found.confidence:g} %"
    if found.panel is None:
        return [*keys, Key(f"no set of up to {found.size} brings it {share} of draws")]
    keys.append(Key(f"in the cheapest set ({share} of draws)", PANELS))
    if len(result.schools) > 1:
        schools = _for_schools(result)
        keys.append(
            Key("in that for each school" if schools else "no set does for each school", SCHOOLS if schools else {})
        )
    return keys


def described(result: Rewrite, labels: Mapping[str, str] | None = None) -> str:
    """Say in words what the picture shows, a line per change, the most plausible first."""
    if result.gate.withholds:
        return f"{WITHHELD}: {result.gate.findings[0]}"
    lines = [f"Effect on {_outcome(result, labels)} against plausibility: {result.reading}."]
    marks = _marks(result)
    for number, each in enumerate(result.front.rows, start=1):
        plausibility, reduction = each.at
        mark = marks.get(each.candidate.name, "")
        notes = ["on the front" if each.front else "beaten by another"]
        notes += ["in the panel's cheapest set"] if TRIANGLE in mark else []
        notes += ["in the cheapest set for every school"] if SQUARE in mark else []
        numbers = f"plausibility {probability(plausibility)}, changes the outcome by {difference(-reduction)}"
        lines.append(f"{number}. {each.candidate.title}: {numbers}; {', '.join(notes)}.")
    return "\n".join(lines)
