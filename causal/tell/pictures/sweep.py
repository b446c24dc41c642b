"""How often each change ranks first, second, ...: the best ten of one kind under one reading, as rows of shares.

    row               a change, the lowest mean of the outcome first
    cell              the share of the panel's draws in which it takes that place among its kind; darker is more
    number in a cell  that share in per cent; a dot where it is below one
    at the right      the outcome's mean and interval

The last column gathers all later places. Source: the rankogram of Salanti, Ades and Ioannidis (2011), as a table of
shades, which grey print keeps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from causal.ask.candidates import BY_DEFINITION, NAMED
from causal.ask.interventions import MINIMAL
from causal.ask.swept import WHOLE, Sweep, Swept
from causal.tell.pictures.ink import FAINT, shade
from causal.tell.pictures.letters import clean, shorten
from causal.tell.pictures.nodes import percent, spoken
from causal.tell.pictures.sheet import SIZE, Key, Sheet, beside, named, notice, row_number, row_words, sheet
from causal.tell.wording import WITHHELD, probability

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROW = 29.0
LEFT, RIGHT = 196.0, 88.0
MOST = 10  # rows, and places that have a column of their own
SHADES = 21
VISIBLE = 0.005  # a share that rounds to a per cent


def sweep_figure(
    result: Sweep, labels: Mapping[str, str] | None = None, reading: str = MINIMAL, kind: str = NAMED
) -> Figure:
    """Draw how often each of the ten best of a kind takes each place, under one reading.

    ``labels`` say what the outcome's variable is called, if otherwise than in the model.
    """
    found = result.of(reading, kind)
    title = f"{_outcome(result, labels)}: how often each change does most against it ({reading})"
    if result.gate.withholds:
        return notice(title, f"{WITHHELD}: {result.gate.findings[0]}")
    if not found:
        return notice(title, _why(result, reading, kind))
    rows, columns = found[:MOST], min(MOST, len(found))
    on = sheet(title, ROW * len(rows), _keys(result, found), LEFT, RIGHT)
    on.axes.grid(visible=False)
    on.axes.set_xlim(0.5, columns + 0.5 + (len(found) > columns))
    on.axes.set_ylim(len(rows) - 0.5, -0.5)
    words = [str(place) for place in range(1, columns + 1)]
    later = ["later"] if len(found) > columns else []
    on.axes.set_xticks(list(range(1, columns + 1 + len(later))), [*words, *later])
    named(
        on.axes, f"place among {len(found)} of its kind (1: the outcome is least probable), share of the panel's draws"
    )
    for row, each in enumerate(rows):
        _row(on, row, result, each, columns)
    return on.figure


def _outcome(result: Sweep, labels: Mapping[str, str] | None) -> str:
    label = (labels or {}).get(result.event.variable, "")
    _, _, rest = result.outcome.rpartition(f" {result.event.op or '='} ")
    return f"{label} {result.event.op or '='} {rest}" if label else result.outcome


def _row(on: Sheet, row: int, result: Sweep, each: Swept, columns: int) -> None:
    _named(on, row, each)
    if result.withheld(each):
        row_number(on, row, WITHHELD)
        return
    for place, share in enumerate(_shares(each, columns), start=1):
        fill, ink = shade(round(share * (SHADES - 1)), SHADES) if share >= VISIBLE else ("#ffffff", FAINT)
        on.axes.fill_between([place - 0.47, place + 0.47], row - 0.42, row + 0.42, color=fill, linewidth=0.0)
        if share >= VISIBLE:
            on.axes.annotate(
                f"{100 * share:.0f}", (place, row), ha="center", va="center_baseline", fontsize=SIZE, color=ink,
                parse_math=False,
            )  # fmt: skip
        else:
            on.axes.plot([place], [row], marker=".", markersize=1.5, color=FAINT)
    spread = each.outcome[WHOLE]
    band = ""
    if result.draws > 1 and spread.lower is not None and spread.upper is not None:
        band = f" [{probability(spread.lower)}, {probability(spread.upper)}]"
    row_number(on, row, f"{probability(each.mean)}{band}")


def _named(on: Sheet, row: int, each: Swept) -> None:
    """Write what a row is: of several changes, each on a line of its own."""
    titles = each.candidate.titles
    if len(titles) == 1:
        row_words(on, row, titles[0], LEFT - 8.0)
        return
    leading = SIZE + 2.0
    for number, title in enumerate(titles):
        words = shorten(clean(title if number == 0 else f"+ {title}"), LEFT - 8.0, SIZE)
        beside(on, row, words, on.left, leading * (number - (len(titles) - 1) / 2))


def _shares(each: Swept, columns: int) -> Sequence[float]:
    """Return the shares of the places that have a column, then that of all later ones where there are any."""
    rest = each.ranks[columns:]
    return (*each.ranks[:columns], *([sum(rest)] if rest else []))


def _keys(result: Sweep, found: Sequence[Swept]) -> list[Key]:
    dark, pale = shade(SHADES - 1, SHADES)[0], shade(1, SHADES)[0]
    square = {"marker": "s", "markersize": 7.0, "linestyle": "none"}
    keys = [Key("in nearly all draws", {**square, "color": dark}), Key("in few", {**square, "color": pale})]
    if result.draws > 1:
        keys.append(Key(f"at the right: the outcome's mean and {100 * result.ci_prob:.0f} % interval"))
    else:
        keys.append(Key("every parameter at its median; an expert a draw"))
    apart = any(each.candidate.group == f"{found[0].candidate.kind}, {BY_DEFINITION}" for each in result.rows)
    if apart and not found[0].candidate.parts:
        keys.append(Key("left out: what sets a part of the definition"))
    return keys


def _why(result: Sweep, reading: str, kind: str) -> str:
    skipped = "; ".join(f"{each.title}: {each.why}" for each in result.skipped if each.reading == reading)
    return f"Nothing to draw: there is no {kind} under the reading '{reading}'. {skipped}".strip()


def described(result: Sweep, labels: Mapping[str, str] | None = None, reading: str = MINIMAL, kind: str = NAMED) -> str:
    """Say in words what the picture shows, a line per change."""
    found = result.of(reading, kind)
    if result.gate.withholds:
        return f"{WITHHELD}: {result.gate.findings[0]}"
    if not found:
        return _why(result, reading, kind)
    outcome = _outcome(result, labels)
    lines = [f"How often each of {len(found)} changes leaves {outcome} least probable (place 1), and so on: {reading}."]
    for each in found[:MOST]:
        if result.withheld(each):
            lines.append(f"{spoken(each.candidate.title)}: {WITHHELD}.")
            continue
        top = sorted(enumerate(each.ranks, 1), key=lambda at: -round(at[1], 9))[:3]  # the three places it takes most
        places = [f"place {place} in {percent(share)}" for place, share in sorted(top) if share >= VISIBLE]
        lines.append(f"{each.candidate.title}: mean {probability(each.mean)}; {', '.join(places) or 'no place'}.")
    return "\n".join(lines)
