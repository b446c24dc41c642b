"""Persons or structures: two sets of changes against each other, on the outcome and on each part that defines it.

                 second as it was      second changed
    first as     neither               second alone          "structure changed, Stalin present"
    first        first alone           both                  "Stalin absent, structure as it was"

    forecast         P(y | do(both sets as the cell says), history before D)
    minimal rewrite  P(y | do(both sets as the cell says), history before D, chance)
    retrospective    P(y[both sets as the cell says] | record)

What a set leaves as it was is held there (where the model says how it was), so that one cannot move the other; D is
the same for all four cells: the first day of the earliest intervention named, or the day on which the earliest variable
set by hand was decided. A part of a definition is a parent of a rule, in the states that give it most; of an outcome
that is no rule, its parents as they were stand in their place. What both sets do beyond the sum of each alone is their
interaction (VanderWeele 2015, chapter 9).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from causal.ask.brief import Brief, percent
from causal.ask.change import after, checked, earliest_of, reading_of
from causal.ask.interventions import MINIMAL
from causal.ask.measure import STILL, Made, Measure, measured, together
from causal.ask.panel import Panel
from causal.ask.profile import named_state
from causal.ask.saying import Voice, framed, listed, on
from causal.errors import ImpossibleEvidence, QueryError, UsageError, nearest
from causal.learn.gate import Gate
from causal.spec.dates import Span
from causal.spec.model import Count, Holds, Item, Model, Rule, Score
from causal.spec.question import Event

if TYPE_CHECKING:
    import pandas as pd

CELLS = ("neither", "first", "second", "both")
Changes = Mapping[str, str] | Sequence[str]


@dataclass(frozen=True)
class Side:
    """A set of changes: what it sets, what it is called, and the interventions that it was made from."""

    name: str
    do: Mapping[str, str]
    interventions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Component:
    """What is compared: the outcome, or a part of it; four cells, and differences of them.

    ``first`` and ``second`` are the effects of each set alone, ``gap`` first alone minus second alone, ``more`` what
    both do beyond the sum; ``stronger`` is the share of draws in which the first alone leaves less than the second.
    """

    event: Event
    whole: bool
    cells: Mapping[str, Measure]
    first: Measure
    second: Measure
    gap: Measure
    more: Measure
    stronger: Measure

    @property
    def measures(self) -> tuple[Measure, ...]:
        """All numbers."""
        return (*self.cells.values(), self.first, self.second, self.gap, self.more, self.stronger)


@dataclass(frozen=True)
class Contrast:
    """Two sets of changes against each other under a reading; ``skipped`` says which parts are set by hand, and why."""

    event: Event
    reading: str
    first: Side
    second: Side
    components: tuple[Component, ...]
    voice: Voice
    skipped: tuple[tuple[str, str], ...] = ()

    @property
    def outcome(self) -> Component:
        """The comparison on the outcome itself."""
        return self.components[0]

    @property
    def title(self) -> str:
        """What the analysis answers."""
        return f"{self.first.name}, or {self.second.name}? {self.voice.event(self.event)}"

    @property
    def gate(self) -> Gate:
        """The gate over every number."""
        return together([measure for each in self.components for measure in each.measures])

    @property
    def table(self) -> pd.DataFrame:
        """A tidy frame: a row per part, quantity and expert, the panel first."""
        import pandas as pd

        rows = []
        for each in self.components:
            named = {**each.cells, "first: effect": each.first, "second: effect": each.second,
                     "first minus second": each.gap, "both beyond the sum": each.more,
                     "draws in which first leaves less": each.stronger}  # fmt: skip
            for quantity, measure in named.items():
                about = {"component": str(each.event), "outcome": each.whole, "quantity": quantity}
                rows += measure.rows(**about, reading=self.reading)
        return pd.DataFrame(rows)

    @property
    def brief(self) -> Brief:
        """A row for the outcome and for each part: its probability in the four cells, and which set leaves less."""
        heads = ("", "neither changed", "only the first", "only the second", "both", "the first leaves less in")
        rows = tuple(
            (self.voice.event(each.event), *(each.cells[name].said for name in CELLS), percent(each.stronger.mean))
            for each in self.components
        )
        return Brief(heads, rows)

    @property
    def text(self) -> str:
        """The answer in a few sentences."""
        return "\n".join(_sentences(self))

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-ready facts."""
        return framed(
            self,
            first={"name": self.first.name, "do": dict(self.first.do)},
            second={"name": self.second.name, "do": dict(self.second.do)},
            components=[
                {"event": str(each.event), "outcome": each.whole,
                 "cells": {name: cell.to_dict() for name, cell in each.cells.items()},
                 "first": each.first.to_dict(), "second": each.second.to_dict(), "gap": each.gap.to_dict(),
                 "beyond_sum": each.more.to_dict(), "draws_first_leaves_less": each.stronger.mean}
                for each in self.components
            ],
        )  # fmt: skip


def contrast(
    panel: Panel,
    event: Event,
    first: Changes | None = None,
    second: Changes | None = None,
    reading: str = MINIMAL,
) -> Contrast:
    """Lay two sets of changes against each other, on the outcome and on each part that defines it.

    A set is a mapping of variables to states, or names of interventions. Left out, ``first`` is the model's factors
    that are luck (persons, accidents) and ``second`` those that have causes (structures), at their alternatives.
    Raises QueryError where the sets overlap or name what is not the model's, UsageError where there is no default.

    >>> from causal import load
    >>> from causal.spec.grammar import parse_event
    >>> panel = load("rain").at_medians().panel
    >>> found = contrast(panel, parse_event("grass = wet"), {"sprinkler": "off"}, {"rain": "heavy"})
    >>> {name: round(cell.panel.mean, 2) for name, cell in found.outcome.cells.items()}
    {'neither': 0.83, 'first': 0.03, 'second': 0.99, 'both': 0.91}
    """
    model = panel.elicited.network.model
    named_state(event, model)
    reading_of(reading)
    voice = Voice.of(panel)
    one = _side(model, event, voice, first, lucky=True)
    apart = None if first is None and second is None else one.do
    other = _side(model, event, voice, second, lucky=False, without=apart)
    common = one.do.keys() & other.do.keys()
    if common:
        raise QueryError(f"both sets change {listed(sorted(common))}; what is compared has to be apart")
    before = _before(model, one, other)
    skipped: list[tuple[str, str]] = []
    components = []
    for part, whole in [(event, True), *((part, False) for part in parts(model, event))]:
        if part.variable in one.do or part.variable in other.do:
            skipped.append((str(part), f"{model.variables[part.variable].title} is set by hand"))
            continue
        components.append(_component(panel, part, whole, (one, other), reading, before))
    return Contrast(event, reading, one, other, tuple(components), voice, tuple(skipped))


def _side(
    model: Model, event: Event, voice: Voice, changes: Changes | None, *, lucky: bool,
    without: Mapping[str, str] | None = None,
) -> Side:  # fmt: skip
    """Return one set of changes, by default the factors that are luck, or those that are not."""
    if changes is None:
        do = {
            name: state for name, state in model.factors.items()
            if model.variables[name].is_chance == lucky and name not in (without or {})
        }  # fmt: skip
        if not do:
            raise UsageError(
                f"the model has no factors that {'are luck' if lucky else 'have causes'}, so say what to compare: "
                "contrast(panel, event, {'x': 's'}, {'z': 't'}), or names of interventions"
            )
        return Side(voice.changes(checked(model, do, event)), do)
    if isinstance(changes, Mapping):
        do = checked(model, changes, event)
        if not do:
            raise UsageError("a set of changes changes something; name a variable and a state")
        return Side(voice.changes(do), do)
    do = {}
    for name in changes:
        if name not in model.interventions:
            raise QueryError(f"no intervention {name!r}{nearest(name, model.interventions)}")
        for variable, state in model.interventions[name].do.items():
            if do.setdefault(variable, state) != state:
                raise QueryError(f"the interventions set {variable} to both {do[variable]} and {state}")
    titles = [model.interventions[name].title or name for name in changes]
    if not do:
        raise UsageError("a set of changes changes something; name an intervention")
    return Side(listed(titles), checked(model, do, event), tuple(changes))


def _before(model: Model, *sides: Side) -> Span | None:
    """Return the one day before which history is given in all four cells."""
    days = []
    for side in sides:
        named: set[str] = set()
        for name in side.interventions:
            intervention = model.interventions[name]
            if intervention.when is not None:
                days.append(intervention.when.first)
                named |= intervention.do.keys()
        hand = earliest_of(model, side.do.keys() - named)
        if hand is not None:
            days.append(hand.first)
    return on(min(days)) if days else None


def parts(model: Model, event: Event) -> tuple[Event, ...]:
    """Return the parts of an outcome: each parent in the states that give a rule most, or as it was.

    >>> from causal import load
    >>> model = load("ussr").model
    >>> [str(part) for part in parts(model, model.outcome)][3:]
    ['comintern_subordinated = yes', 'terror = mass', 'stalin_rule = yes']
    """
    variable = model.variables[event.variable]
    mechanism = variable.mechanism
    states: dict[str, tuple[str, ...]] = {}
    if isinstance(mechanism, Rule) and mechanism.test is not None:
        _counted(mechanism.test, states)
    found = []
    for name in variable.parents:
        parent = model.variables[name]
        chosen = states.get(name) or (parent.actual if parent.actual is not None else parent.states[-1],)
        found.append(Event(name, "=", chosen) if len(chosen) == 1 else Event(name, "in", chosen))
    return tuple(found)


def _counted(item: Item, found: dict[str, tuple[str, ...]]) -> None:
    """Gather which states of each parent a rule counts, of a score those that give most."""
    match item:
        case Holds(variable=name, states=states):
            found.setdefault(name, states)
        case Score(points=points):
            for name, given in points.items():
                most = max(given.values(), default=0.0)
                if most > 0:
                    found.setdefault(name, tuple(state for state, value in given.items() if value == most))
        case Count(of=items):
            for each in items:
                _counted(each, found)


def _component(
    panel: Panel, event: Event, whole: bool, sides: tuple[Side, Side], reading: str, before: Span | None
) -> Component:
    """Ask for the four cells and make the differences, draw by draw."""
    model = panel.elicited.network.model
    slots, coupled = [], False
    for cell in CELLS:
        do = {}
        for side, mine in zip(sides, ("first", "second"), strict=True):
            for name, state in side.do.items():
                actual = model.variables[name].actual
                if cell in (mine, "both"):
                    do[name] = state
                elif actual is not None:
                    do[name] = actual
        page = panel.elicited.writer.write(after(event, do, reading, before))
        slots.append(page.slots[0])
        coupled = coupled or bool(page.coupled)
    values, fixed = panel.values(slots), panel.fixed(slots)
    if not np.isfinite(values).any(axis=(2, 3)).all():
        raise ImpossibleEvidence(f"what is given under the reading '{reading}' has probability zero for an expert")
    neither, one, other, both = values
    rows = np.stack([neither, one, other, both, one - neither, other - neither, one - other,
                     both - one - other + neither])  # fmt: skip
    names = [f"{what}: {event}" for what in (*CELLS, "first effect", "second effect", "gap", "beyond the sum")]
    still = np.concatenate([fixed, np.tile(fixed.all(axis=0), (4, 1))])
    found = measured(panel, Made(names, rows, still, settled=True))
    less = (one < other - STILL).astype(float)[None]
    name = f"first leaves less: {event}"
    (stronger,) = measured(panel, Made([name], less, fixed.all(axis=0)[None], shares=True))
    first, second, gap, more = found[4:]
    return Component(event, whole, dict(zip(CELLS, found[:4], strict=True)), first, second, gap, more, stronger)


# The sentences


def _sentences(found: Contrast) -> list[str]:
    voice, outcome = found.voice, found.outcome
    if outcome.gap.gate.withholds:
        return [f"Whether {found.first.name} or {found.second.name} does more is withheld."]
    cells = outcome.cells
    parts_ = [
        (f"With neither changed, {voice.event(found.event)} has probability {cells['neither'].said}; with only "
         f"'{found.first.name}', {cells['first'].said}{voice.schools(cells['first'])}; with only "
         f"'{found.second.name}', {cells['second'].said}{voice.schools(cells['second'])}; with both, "
         f"{cells['both'].said} ({found.reading}).")
    ]  # fmt: skip
    share = outcome.stronger.mean or 0.0
    does = "The first does more" if outcome.gap.panel.mean < 0 else "The second does more"
    parts_.append(
        f"{does}: the difference between them is {outcome.gap.said}, and the first leaves less in {100 * share:.0f} % "
        f"of the draws{voice.schools(outcome.stronger)}."
    )
    told = [each for each in found.components[1:] if not each.gap.gate.withholds]
    if told:
        by_first = [each for each in told if each.gap.panel.mean < -STILL]
        by_second = [each for each in told if each.gap.panel.mean > STILL]
        for who, mine in (("first", by_first), ("second", by_second)):
            if mine:
                words = [f"{voice.event(e.event)} (first {e.first.said}, second {e.second.said})" for e in mine]
                parts_.append(f"Of the parts the {who} lowers more: {'; '.join(words)}.")
    if found.skipped:
        parts_.append(f"Not compared, being set by hand: {listed([name for name, _ in found.skipped])}.")
    return parts_
