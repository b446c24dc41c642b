"""The ways of an effect as they were found, and what is said of them.

    Paths ── effects: Effect ── each: Through       one mediator at a time: every child of the cause on a way
                             ├─ held: Through       the mediators that were named, held together
                             ├─ direct: Measure     the arrow from the cause to the outcome, where there is one
                             └─ along: Along        one path, or the recanting witness that keeps it from being told

The parts of single mediators need not sum to the total: ways meet, and what meets interacts. paths.py makes these.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from causal.ask.answer import PANEL, Answer
from causal.ask.brief import Brief, Cell, banded, percent
from causal.ask.measure import Measure, together
from causal.ask.saying import Voice, framed, listed, plain
from causal.learn.gate import Gate
from causal.spec.question import Event

if TYPE_CHECKING:
    import pandas as pd

LITTLE = 0.01  # of an effect smaller than this no shares are told
ODD = 1.5  # a part that is larger than so many wholes is no share of it
NAMED = 3


@dataclass(frozen=True)
class Through:
    """What goes through some mediators: ``without`` is the effect with them as they would be anyway (NDE).

    ``through`` is that of the cause's other state with them as they would be (NIE). ``most`` and ``most_lost`` are the
    shares of draws in which more than half of the total goes through them, by either measure; ``answer`` carries what
    the indirect effect rests on.
    """

    mediators: tuple[str, ...]
    without: Measure
    through: Measure
    most: Measure
    most_lost: Measure
    answer: Answer

    def alone(self, effect: Effect, expert: str = PANEL) -> float | None:
        """Return the indirect effect as a share of the total, of an expert's means; None where that is little."""
        return _ratio(self.through.of(expert), effect.total.of(expert))

    def lost(self, effect: Effect, expert: str = PANEL) -> float | None:
        """Return the share of the total that is lost with the mediators as they would be anyway."""
        part = _ratio(self.without.of(expert), effect.total.of(expert))
        return None if part is None else 1.0 - part


@dataclass(frozen=True)
class Along:
    """The effect along one path, None where ``witness`` names the variable that would need two values at once."""

    steps: tuple[str, ...]
    effect: Measure | None
    witness: str = ""


@dataclass(frozen=True)
class Effect:
    """What a cause does to the outcome: with it as it was, at its alternative, the difference; and by which ways."""

    cause: str
    actual: str
    alternative: str
    with_it: Measure
    without_it: Measure
    total: Measure
    each: tuple[Through, ...]
    held: Through | None
    direct: Measure | None
    along: Along | None
    coupled: tuple[str, ...]

    @property
    def parts(self) -> tuple[Through, ...]:
        """All groups of mediators, each once: single ones, then those held together."""
        known = [part.mediators for part in self.each]
        return (*self.each, *([self.held] if self.held is not None and self.held.mediators not in known else []))


@dataclass(frozen=True)
class Paths:
    """Effects on an event by what they run through, under a reading; ``skipped`` says what and why."""

    event: Event
    reading: str
    effects: tuple[Effect, ...]
    voice: Voice
    skipped: tuple[tuple[str, str], ...] = ()

    @property
    def title(self) -> str:
        """What the analysis answers."""
        return f"By which ways: the effects of causes on {self.voice.event(self.event)}"

    @property
    def gate(self) -> Gate:
        """The gate over every number."""
        found = [m for e in self.effects for m in (e.with_it, e.without_it, e.total)]
        found += [m for e in self.effects for p in e.parts for m in (p.without, p.through, p.most, p.most_lost)]
        found += [e.direct for e in self.effects if e.direct is not None]
        found += [e.along.effect for e in self.effects if e.along is not None and e.along.effect is not None]
        return together(found)

    @property
    def table(self) -> pd.DataFrame:
        """A tidy frame: a row per cause, way and expert, the panel first; shares are of the expert's own means."""
        import pandas as pd

        rows = []
        for effect in self.effects:
            for way, mediators, measure in ways(effect):
                part = next((p for p in effect.parts if p.through is measure), None)
                mine = measure.rows(
                    cause=effect.cause, actual=effect.actual, against=effect.alternative, way=way,
                    mediators=", ".join(mediators), reading=self.reading,
                )  # fmt: skip
                for row in mine:
                    row["share_alone"] = None if part is None else part.alone(effect, row["expert"])
                    row["share_lost"] = None if part is None else part.lost(effect, row["expert"])
                rows += mine
        return pd.DataFrame(rows)

    @property
    def brief(self) -> Brief:
        """A row per cause, then one per way of it, what carries most first."""
        rows: list[tuple[Cell, ...]] = []
        for effect in self.effects:
            against = f"{self.voice.state(effect.cause, effect.actual)} (against {plain(effect.alternative)})"
            rows.append((against, "all ways together", effect.total.said, None, None))
            for part in sorted(effect.parts, key=lambda p: -abs(p.through.panel.mean)):
                names = listed([self.voice.variable(name) for name in part.mediators])
                shares = (part.alone(effect), part.lost(effect))
                told = (None if share is None else percent(share) for share in shares)
                rows.append(("", names, part.through.said, *told))
            if effect.direct is not None:
                rows.append(("", "the arrow to the outcome itself", effect.direct.said, None, None))
            if effect.along is not None and effect.along.effect is not None:
                steps = " to ".join(self.voice.variable(name) for name in effect.along.steps)
                rows.append(("", f"along {steps}", effect.along.effect.said, None, None))
        return Brief(("cause", "through", f"adds ({self.reading})", "of the whole", "lost without"), tuple(rows))

    @property
    def text(self) -> str:
        """The answer in a few sentences."""
        if not self.effects:
            return f"No cause was named that acts on {self.voice.event(self.event)}, so there is no way to follow."
        return "\n".join(part for effect in self.effects for part in _sentences(self, effect))

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-ready facts."""
        return framed(self, effects=[_facts(effect) for effect in self.effects])


def ways(effect: Effect) -> list[tuple[str, tuple[str, ...], Measure]]:
    """Return every number of an effect with what it is called and the mediators it is about."""
    found: list[tuple[str, tuple[str, ...], Measure]] = [("total", (), effect.total)]
    for part in effect.parts:
        found += [("through", part.mediators, part.through), ("past", part.mediators, part.without)]
    if effect.direct is not None:
        found.append(("direct", (), effect.direct))
    if effect.along is not None and effect.along.effect is not None:
        found.append(("along", effect.along.steps, effect.along.effect))
    return found


def _ratio(part: float | None, whole: float | None) -> float | None:
    """Return a part over the whole; None where the whole is little, or ways pull so hard against each other."""
    if part is None or whole is None or abs(whole) < LITTLE or abs(part) > ODD * abs(whole):
        return None
    return part / whole


def _facts(effect: Effect) -> dict[str, Any]:
    along = effect.along
    return {
        "cause": effect.cause,
        "actual": effect.actual,
        "alternative": effect.alternative,
        "with": effect.with_it.to_dict(),
        "without": effect.without_it.to_dict(),
        "total": effect.total.to_dict(),
        "mediators": [_part_facts(effect, part) for part in effect.each],
        "together": None if effect.held is None else _part_facts(effect, effect.held),
        "direct": None if effect.direct is None else effect.direct.to_dict(),
        "path": None if along is None else {
            "steps": list(along.steps), "effect": None if along.effect is None else along.effect.to_dict(),
            "recanting_witness": along.witness or None,
        },
        "coupled": list(effect.coupled),
    }  # fmt: skip


def _part_facts(effect: Effect, part: Through) -> dict[str, Any]:
    bounds = part.answer.bounds
    return {
        "mediators": list(part.mediators),
        "through": part.through.to_dict(),
        "past": part.without.to_dict(),
        "share_alone": part.alone(effect),
        "share_lost": part.lost(effect),
        "draws_most_alone": part.most.mean,
        "draws_most_lost": part.most_lost.mean,
        "bounds": None if bounds is None or part.through.gate.withholds else bounds.to_dict(),
    }


# The sentences


def _sentences(found: Paths, effect: Effect) -> list[str]:
    voice, total = found.voice, effect.total
    cause = f"'{voice.state(effect.cause, effect.actual)}'"
    if total.gate.withholds:
        return [f"What {cause} does is withheld."]
    first = effect is found.effects[0]
    reading = f" ({found.reading})" if first else ""
    schools = voice.schools(total) if len(found.effects) == 1 else ""
    ends = f"{banded(effect.with_it.mean)} with it, {banded(effect.without_it.mean)} with '{plain(effect.alternative)}'"
    line = f"{cause} adds {total.said}{schools}{reading}: {ends}"
    order = sorted(effect.each, key=lambda p: -abs(p.through.panel.mean))
    few = NAMED if len(found.effects) == 1 else NAMED - 1  # each cause is told in two lines or so
    told = [_portion(found, effect, part) for part in order[:few] if not part.through.gate.withholds]
    heading = "; alone through " if told else ""
    parts = [f"{line}{heading}{listed(told) if told else ''}."]
    if effect.held is not None:
        held = effect.held
        sure = "" if held.most.mean is None else f"; most of it in {100 * held.most.mean:.0f} % of the draws"
        schools = voice.schools(held.through)
        parts.append(f"Through what was named: {_portion(found, effect, held)}{schools}{sure}.")
    if effect.direct is not None:
        parts.append(f"By the arrow to the outcome itself: {effect.direct.said}.")
    if effect.along is not None:
        steps = " to ".join(voice.variable(name) for name in effect.along.steps)
        if effect.along.effect is None:
            why = f"{voice.variable(effect.along.witness)} has other ways on and would need two values at once"
            parts.append(f"The effect along {steps} cannot be told: {why} (a recanting witness).")
        else:
            parts.append(f"Along {steps}: {effect.along.effect.said}{voice.schools(effect.along.effect)}.")
    return parts


def _portion(found: Paths, effect: Effect, part: Through) -> str:
    names = listed([found.voice.variable(name) for name in part.mediators])
    alone = part.alone(effect)
    return f"{names} {part.through.said}" if alone is None else f"{names} {percent(alone)} of it"
