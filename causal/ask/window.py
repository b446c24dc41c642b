"""A window that closes, as it was found: the curve along the record, the ways that were left, and what is said of them.

    Inevitability ── steps: Step        the outcome once something more had become history
                  ├─ chances: Chance    each dated intervention, by date
                  ├─ left: Left         per date, the best intervention dated then or later
                  └─ asked: Asked       a point of divergence that was asked about

inevitability.py makes these values.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from causal.ask.brief import Brief
from causal.ask.interventions import FORECAST
from causal.ask.measure import Measure, together
from causal.ask.saying import Voice, counted, day, framed, listed
from causal.learn.gate import Gate
from causal.spec.model import Intervention
from causal.spec.question import Event

if TYPE_CHECKING:
    import pandas as pd

HALF = 0.5
ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Step:
    """The outcome's probability once ``decided`` has become history; ``date`` is None before anything has."""

    date: dt.date | None
    decided: tuple[str, ...]
    outcome: Measure


@dataclass(frozen=True)
class Chance:
    """A named intervention: when it is dated, the outcome with it, and how probable what it sets was.

    ``by_definition`` marks one that sets the outcome or one of its defining parts by hand.
    """

    intervention: Intervention
    date: dt.date
    outcome: Measure
    plausibility: Measure | None
    by_definition: bool = False


@dataclass(frozen=True)
class Left:
    """What is left at ``date``: the least probability of the outcome over the interventions dated then or later.

    ``least`` is the panel's mean with the best of them (``best``); ``under_half`` is the share of draws in which some
    intervention still to come brings the outcome below one half.
    """

    date: dt.date
    best: Chance
    count: int
    under_half: Measure


@dataclass(frozen=True)
class Asked:
    """A point of divergence that is asked about: is it too late? ``earlier`` is the best of what comes before it."""

    date: dt.date
    called: str
    then: Measure
    left: Left | None
    earlier: Chance | None


@dataclass(frozen=True)
class Inevitability:
    """The curve, the ways that are left, and a point of divergence that was asked about; ``skipped`` says what and why.

    ``chances`` are in order of date. ``closed`` is the day after the last one that brings the outcome below one half
    for the panel, ``closed_by`` the same for each expert: None where none ever does.
    """

    event: Event
    reading: str
    steps: tuple[Step, ...]
    chances: tuple[Chance, ...]
    left: tuple[Left, ...]
    closed: dt.date | None
    closed_by: dict[str, dt.date | None]
    asked: Asked | None
    voice: Voice
    skipped: tuple[tuple[str, str], ...] = ()

    @property
    def title(self) -> str:
        """What the analysis answers."""
        return f"{self.voice.tense.hard}: {self.voice.event(self.event)}"

    @property
    def dated(self) -> bool:
        """Whether there is any time to follow the outcome along."""
        return len(self.steps) > 1

    @property
    def gate(self) -> Gate:
        """The gate over every number."""
        found = [*(s.outcome for s in self.steps), *(c.outcome for c in self.chances)]
        return together([*found, *(each.under_half for each in self.left)])

    @property
    def table(self) -> pd.DataFrame:
        """A tidy frame: a row per step, or intervention, and expert, the panel first."""
        import pandas as pd

        rows = []
        for step in self.steps:
            what = listed([self.voice.variable(name) for name in step.decided]) if step.decided else "the start"
            rows += step.outcome.rows(kind="history", date=step.date, what=what, reading=FORECAST)
        for each in self.chances:
            about = {"kind": "intervention", "date": each.date, "what": titled(each), "reading": self.reading}
            rows += each.outcome.rows(**about)
        return pd.DataFrame(rows)

    @property
    def brief(self) -> Brief:
        """A row per step of the record: what had been decided, the outcome's probability, the best way out then."""
        heads = ("decided by", "what", f"outcome then ({FORECAST})", f"best later way out ({self.reading})", "leaves")
        rows = []
        for step in self.steps:
            what = listed([self.voice.variable(name) for name in step.decided]) if step.decided else "the start"
            left = self._best_after(step.date)
            way = ("none is dated later", None) if left is None else (titled(left), left.outcome.said)
            rows.append((day(step.date) if step.date else "", what, step.outcome.said, *way))
        return Brief(heads, tuple(rows))

    def _best_after(self, date: dt.date | None) -> Chance | None:
        """Return the intervention that leaves least of those dated later, but for what works by definition."""
        later = [each for each in self.chances if not each.by_definition and not each.outcome.gate.withholds]
        later = [each for each in later if date is None or each.date > date]
        return min(later, key=lambda each: each.outcome.panel.mean, default=None)

    @property
    def text(self) -> str:
        """The answer in a few sentences."""
        return "\n".join(_sentences(self))

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-ready facts."""
        asked = self.asked
        return framed(
            self,
            steps=[
                {"date": _iso(s.date), "decided": list(s.decided), "outcome": s.outcome.to_dict()} for s in self.steps
            ],
            interventions=[_chance_facts(each) for each in self.chances],
            left=[
                {"date": _iso(e.date), "best": e.best.intervention.name, "least": e.best.outcome.mean,
                 "count": e.count, "draws_under_half": e.under_half.to_dict()} for e in self.left
            ],
            closed=_iso(self.closed),
            closed_by_expert={name: _iso(date) for name, date in self.closed_by.items()},
            asked=None if asked is None else {
                "date": _iso(asked.date), "called": asked.called, "then": asked.then.to_dict(),
                "best_left": None if asked.left is None else asked.left.best.intervention.name,
                "best_earlier": None if asked.earlier is None else asked.earlier.intervention.name,
            },
        )  # fmt: skip


def titled(chance: Chance) -> str:
    """Return an intervention's title."""
    return chance.intervention.title or chance.intervention.name


def _iso(date: dt.date | None) -> str | None:
    return None if date is None else date.isoformat()


def _chance_facts(each: Chance) -> dict[str, Any]:
    return {
        "intervention": each.intervention.name,
        "title": titled(each),
        "date": _iso(each.date),
        "outcome": each.outcome.to_dict(),
        "plausibility": None if each.plausibility is None else each.plausibility.to_dict(),
        "by_definition": each.by_definition,
    }


# The sentences


def _sentences(found: Inevitability) -> list[str]:
    voice, outcome = found.voice, found.voice.event(found.event)
    start = found.steps[0]
    if not found.dated:
        said = f"{start.outcome.said}{voice.schools(start.outcome)}"
        undated = f"The model dates nothing that is on record, so there is no time along which to follow {outcome}"
        return [f"{undated}; its probability with nothing given is {said}."]
    parts = [f"Before anything on record is decided, {outcome} has probability {start.outcome.said} (forecast)."]
    rise = _largest_rise(found.steps)
    if rise is not None:
        step, before = rise
        assert step.date is not None
        decided = listed([voice.variable(name) for name in step.decided])
        parts.append(
            f"The largest step is that of {day(step.date)} ({decided}): from {before.outcome.said} to "
            f"{step.outcome.said}{voice.schools(step.outcome)}."
        )
    parts += _closing(found)
    if found.asked is not None:
        parts += _too_late(found, found.asked)
    return parts


def _largest_rise(steps: Sequence[Step]) -> tuple[Step, Step] | None:
    pairs = [(after, before) for before, after in pairwise(steps)
             if after.outcome.mean is not None and before.outcome.mean is not None]  # fmt: skip
    rises = [after.outcome.panel.mean - before.outcome.panel.mean for after, before in pairs]
    return pairs[max(range(len(rises)), key=rises.__getitem__)] if rises and max(rises) > 0 else None


def _closing(found: Inevitability) -> list[str]:
    counted = [each for each in found.chances if not each.by_definition]
    parts = []
    if not counted:
        parts.append("No named intervention has a date, so when the last way out closed cannot be said.")
    elif found.closed is None:
        best = min(counted, key=lambda each: each.outcome.panel.mean)
        parts.append(
            f"No named intervention by itself brings it below one half ({found.reading}); the best, {titled(best)}, "
            f"leaves {best.outcome.said}."
        )
    else:
        under = [each for each in counted if each.outcome.mean is not None and each.outcome.mean < HALF]
        last = max(under, key=lambda each: (each.date, -each.outcome.panel.mean))
        parts.append(
            f"The last point of divergence that by itself brings it below one half is of {day(last.date)} "
            f"({titled(last)}: {last.outcome.said}, {found.reading}); after that day no single named one does."
        )
        if len(set(found.closed_by.values())) > 1:
            parts.append(f"By school that last day is {_by_date(found)}.")
    hand = [titled(each) for each in found.chances if each.by_definition]
    if hand:
        parts.append(f"Not counted, since it sets a part of the definition by hand: {listed(hand)}.")
    return parts


def _by_date(found: Inevitability) -> str:
    """Return who holds which day for the last one, the latest day first."""
    who: dict[dt.date, list[str]] = {}
    for name, date in found.closed_by.items():
        who.setdefault(date or dt.date.min, []).append(found.voice.titles[name])
    return "; ".join(
        f"{'never reached' if date == dt.date.min else day(date - ONE_DAY)} for {listed(names)}"
        for date, names in sorted(who.items(), reverse=True)
    )


def _too_late(found: Inevitability, asked: Asked) -> list[str]:
    voice = found.voice
    words = f"Is {asked.called} too late a point of divergence? By then the outcome stands at {asked.then.said}"
    words += f"{voice.schools(asked.then)}"
    if asked.left is None:
        return [f"{words}, and no named intervention is dated then or later."]
    left = asked.left
    likely = left.best.plausibility
    also = f", itself of plausibility {likely.said}" if likely is not None else ""
    still = [each for each in found.chances if each.date >= asked.date and not each.by_definition]
    without = [
        title for name, title in voice.titles.items()
        if all(each.outcome.gate.withholds or each.outcome.estimates[name].mean >= HALF for each in still)
    ]  # fmt: skip
    verdict = "No" if (left.best.outcome.mean or 0.0) < HALF else "Yes, by this measure"
    parts = [f"{words}."]
    share = left.under_half.mean
    count = counted(left.count, "named intervention is", "named interventions are")
    parts.append(
        f"{verdict}: {count} dated then or later, and the best of them, {titled(left.best)}, "
        f"leaves {left.best.outcome.said}{voice.schools(left.best.outcome)}{also}"
        + (f"; some one of them gets below one half in {100 * share:.0f} % of the draws." if share is not None else ".")
    )
    if 0 < len(without) < len(voice.titles):
        parts.append(f"None of them does for {listed(without)}.")
    if asked.earlier is not None:
        better = asked.earlier.outcome.panel.mean < left.best.outcome.panel.mean
        parts.append(
            f"The best of the earlier ones, {titled(asked.earlier)}, leaves {asked.earlier.outcome.said}: "
            f"{'better' if better else 'no better'}."
        )
    return parts
