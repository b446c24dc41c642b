"""Every point of divergence on one axis: how probable the outcome still is.

row           a named intervention, the lowest probability of the outcome first
●────         the panel's mean and interval       ◇   the same history without it; in retrospect, what happened
■ ▲ ▼         each expert's mean, below; hollow for an expert who is shown apart
0.27 [..]     the panel in numbers; withheld where the gate refuses, a "!" where it flags
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from causal.ask.answer import PANEL
from causal.ask.interventions import MINIMAL, READINGS, RETROSPECTIVE, Divergence, Ranking
from causal.ask.saying import dated
from causal.ask.tense import AHEAD, OVER, Tense
from causal.errors import UsageError, nearest
from causal.learn.gate import PASS
from causal.spec.question import Event
from causal.tell import luck
from causal.tell.pictures.ink import BAND, BLACK, WITH, WITHOUT, Pen, marked, pens
from causal.tell.pictures.nodes import spoken
from causal.tell.pictures.sheet import Key, Sheet, notice, row_number, row_words, shares_axis, sheet
from causal.tell.wording import WITHHELD, probability

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROW = 31.0
LEFT, RIGHT = 192.0, 80.0
UP = 0.22  # how far above the middle of a row the panel stands
LANES = (0.08, 0.24, 0.40)  # how far below the experts stand, who would hide each other in a single lane
NEAR = 0.028  # marks that are nearer than this would


def forest(ranking: Ranking, reading: str = MINIMAL, labels: Mapping[str, str] | None = None) -> Figure:
    """Draw every point of divergence under one reading; ``labels`` are what experts and
    the outcome's variable are called.

    Raises UsageError where there is no such reading.
    """
    if reading not in READINGS:
        raise UsageError(f"no reading {reading!r}{nearest(reading, READINGS)}; there are {', '.join(READINGS)}")
    found = ranking.of(reading)
    event = named_event(ranking.event, labels or {})
    title = _title(event, reading)
    if not found:
        return notice(title, _why(ranking))
    experts = tuple(dict.fromkeys(name for each in found for name in each.outcome.experts))
    drawn = pens(experts) if len(experts) > 1 else {}
    on = sheet(
        title, ROW * len(found), _keys(found, drawn, labels or {}, AHEAD if ranking.ahead else OVER), LEFT, RIGHT
    )
    shares_axis(on.axes, f"probability of {event}")
    on.axes.set_ylim(len(found) - 0.5, -0.5)
    for row, each in enumerate(found):
        if row % 2:
            on.axes.axhspan(row - 0.5, row + 0.5, color=BAND, linewidth=0.0, zorder=0)
        _row(on, row, each, drawn)
    return on.figure


def _title(event: str, reading: str) -> str:
    return luck.titled(f"{event} after each point of divergence: {reading}", reading)


def _why(ranking: Ranking) -> str:
    skipped = "; ".join(f"{name}: {why}" for name, why in ranking.skipped)
    return f"Nothing to draw: every point of divergence was skipped. {skipped}" if skipped else (
        "Nothing to draw: the model names no point of divergence."
    )  # fmt: skip


def named_event(event: Event, labels: Mapping[str, str]) -> str:
    """Return an event as it is read, with its variable's label where one is given."""
    label = labels.get(event.variable, "")
    words = str(event)
    if label and words.startswith(event.variable):
        words = label + words.removeprefix(event.variable)
    return spoken(words)


def _row(on: Sheet, row: int, each: Divergence, drawn: Mapping[str, Pen]) -> None:
    when = dated(str(each.intervention.when or ""))
    row_words(on, row, each.intervention.title or each.intervention.name, LEFT - 8.0, when)
    if each.outcome.gate.withholds:
        row_number(on, row, WITHHELD)
        return
    panel = each.outcome.estimates[(PANEL, "")]
    ends = (None, None) if each.outcome.draws == 1 else (panel.lower, panel.upper)  # one draw has no interval
    lower, upper = (panel.mean if end is None else end for end in ends)
    if upper > lower:
        on.axes.plot([lower, upper], [row - UP] * 2, color=BLACK, linewidth=1.6, solid_capstyle="butt", zorder=2)
    if not each.without.gate.withholds:
        before = each.without.estimates[(PANEL, "")].mean
        on.axes.plot([before], [row - UP], zorder=3, **WITHOUT)
    on.axes.plot([panel.mean], [row - UP], zorder=4, **WITH)
    means = {name: each.outcome.estimates[(name, "")].mean for name in drawn if (name, "") in each.outcome.estimates}
    for name, lane in lanes(means).items():
        style = marked(drawn[name], name in each.outcome.pooled)
        on.axes.plot([means[name]], [row + lane], zorder=3, **style)
    band = f" [{probability(lower)}, {probability(upper)}]" if upper > lower else ""
    row_number(on, row, f"{probability(panel.mean)}{band}{'' if each.outcome.gate.verdict == PASS else ' !'}")


def lanes(means: Mapping[str, float]) -> dict[str, float]:
    """Return a lane for each mark, so that near ones stand in different lanes as long as there are any.

    >>> lanes({"anna": 0.30, "boris": 0.31, "vera": 0.9})
    {'anna': 0.08, 'boris': 0.24, 'vera': 0.08}
    """
    last = dict.fromkeys(LANES, -1.0)
    found = {}
    for name in sorted(means, key=means.__getitem__):
        free = [lane for lane in LANES if means[name] - last[lane] >= NEAR]
        lane = free[0] if free else min(LANES, key=last.__getitem__)
        last[lane] = means[name]
        found[name] = lane
    return {name: found[name] for name in means}


def described(ranking: Ranking, reading: str = MINIMAL, labels: Mapping[str, str] | None = None) -> str:
    """Say in words what the picture of a ranking shows, a line per point of divergence."""
    lines = [f"Probability of {_title(named_event(ranking.event, labels or {}), reading)}."]
    for each in ranking.of(reading):
        title = each.intervention.title or each.intervention.name
        if each.outcome.gate.withholds:
            lines.append(f"{title}: {WITHHELD}.")
            continue
        after = probability(each.outcome.estimates[(PANEL, "")].mean)
        before = WITHHELD if each.without.gate.withholds else probability(each.without.estimates[(PANEL, "")].mean)
        lines.append(f"{title}: {after}; without it {before}.")
    return "\n".join(lines) if ranking.of(reading) else _why(ranking)


def _without(found: Sequence[Divergence], tense: Tense) -> str:
    """Return what the hollow marks stand for."""
    reading = found[0].reading
    means = {each.without.estimates[(PANEL, "")].mean for each in found}
    return "what really happened" if reading == RETROSPECTIVE and means <= {0.0, 1.0} else tense.same[reading]


def _keys(found: Sequence[Divergence], drawn: Mapping[str, Pen], labels: Mapping[str, str], tense: Tense) -> list[Key]:
    outcome = found[0].outcome
    panel = "the panel" if drawn else "the outcome"
    spread = f"{panel}: mean and {100 * outcome.ci_prob:.0f} % interval"
    alone = f"{panel}, every parameter at its median"
    line = {"linestyle": "-", "color": BLACK, "linewidth": 1.6}
    keys = [Key(alone, WITH) if outcome.draws == 1 else Key(spread, {**line, **WITH, "linestyle": "-"})]
    keys.append(Key(_without(found, tense), WITHOUT))
    for name, pen in drawn.items():
        inside = any(name in each.outcome.pooled for each in found)
        said = labels.get(name, spoken(name))
        keys.append(Key(said if inside else f"{said} (not in the panel)", marked(pen, inside)))
    if any(each.outcome.gate.verdict != PASS for each in found):
        keys.append(Key("! flagged by the gate, see the diagnostics", {"marker": "$!$", "color": BLACK}))
    return keys
