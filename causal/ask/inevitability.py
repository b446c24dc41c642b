"""When the outcome became hard to avoid: its probability along the record, and the last point of divergence that helps.

    curve       P(y | history before t)            t: the start, and the day after each on which something was decided
    left at t   min over interventions dated at or after t of P(y | do(@i), history before i's own date [, chance])
    closed      the day after the last intervention that brings the outcome below one half

The curve is a forecast: what is given at t is what was decided before t, nothing of it is undone, and nothing after t
is known. What is left is said under a named reading of points of divergence. An intervention that sets the outcome, or
one of the parts that define it, brings it down by definition; it is named, and does not count as a way that is left.
The idea of a window that closes: Capoccia and Kelemen (2007), *The study of critical junctures*.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from causal.ask.answer import PANEL, Answer
from causal.ask.change import reading_of
from causal.ask.interventions import MINIMAL, plausibility, questions
from causal.ask.measure import Made, as_measure, measured
from causal.ask.panel import Panel, attempt
from causal.ask.profile import named_state
from causal.ask.saying import Voice, day, on
from causal.ask.window import HALF, ONE_DAY, Asked, Chance, Inevitability, Left, Step
from causal.errors import ImpossibleEvidence, QueryError, nearest
from causal.exact.answer import Written
from causal.graph import Graph, definition
from causal.spec.dates import Span
from causal.spec.model import Model
from causal.spec.question import Event, History, Probability


def inevitability(panel: Panel, event: Event, at: str | None = None, reading: str = MINIMAL) -> Inevitability:
    """Follow the outcome along the record, and say until when a named intervention still avoids it.

    ``at`` asks whether a point of divergence is too late: a date, a variable on record (the day it was decided), or an
    intervention (its first day). Where the model dates nothing there is one step, and the text says so.
    Raises QueryError for an event or a name that is not the model's, UsageError for no such reading.

    >>> from causal import load
    >>> from causal.spec.grammar import parse_event
    >>> found = inevitability(load("rain").at_medians().panel, parse_event("grass = wet"))
    >>> [(str(step.date), step.decided, round(step.outcome.panel.mean, 2)) for step in found.steps]
    [('None', (), 0.69), ('1919-03-31', ('season',), 0.64), ('1919-08-31', ('sprinkler', 'rain', 'grass'), 1.0)]
    """
    reading_of(reading)
    graph, model = panel.elicited.network.graph, panel.elicited.network.model
    named_state(event, model)
    found = _Found(panel, event, reading)
    steps = found.steps(moments(graph, event))
    chances = found.chances()
    days = sorted({each.date for each in chances if not each.by_definition})
    left = found.left(chances, days)
    closed_by = {name: _closed(chances, name) for name in (PANEL, *panel.experts)}
    asked = None if at is None else found.asked(chances, *_moment(at, model))
    voice = Voice.of(panel)
    closed = closed_by.pop(PANEL)
    return Inevitability(
        event, reading, steps, chances, left, closed, closed_by, asked, voice, tuple(found.skipped)
    )  # fmt: skip


def moments(graph: Graph, event: Event) -> dict[dt.date, tuple[str, ...]]:
    """Return the days on which something on record was decided, and what, up to the day of the outcome itself."""
    end = graph.model.variables[event.variable].decided
    found: dict[dt.date, list[str]] = {}
    for name in graph.order:
        variable = graph.model.variables[name]
        known = variable.actual is not None and variable.decided is not None
        if known and variable.decided and (end is None or variable.decided.last <= end.last):
            found.setdefault(variable.decided.last, []).append(name)
    return {date: tuple(found[date]) for date in sorted(found)}


def _moment(at: str, model: Model) -> tuple[dt.date, str]:
    """Return the day that is asked about and what it is called."""
    if at in model.interventions:
        named = model.interventions[at]
        if named.when is None:
            raise QueryError(f"intervention {at!r} has no date, so it cannot be too late")
        return named.when.first, f"{named.title or at} ({day(named.when.first)})"
    if at in model.variables:
        variable = model.variables[at]
        if variable.decided is None:
            raise QueryError(f"variable {at!r} has no date, so it cannot be too late")
        return variable.decided.last, f"{variable.title} ({day(variable.decided.last)})"
    try:
        date = Span.parse(at).first
    except ValueError as error:
        close = nearest(at, (*model.interventions, *model.variables))
        raise QueryError(f"{at!r} is no date, no intervention and no variable{close}") from error
    return date, day(date)


def _closed(chances: Sequence[Chance], expert: str) -> dt.date | None:
    """Return the day after the last intervention that brings the outcome below one half, None where none does."""
    under = [
        each.date for each in chances
        if not each.by_definition and not each.outcome.gate.withholds and each.outcome.estimates[expert].mean < HALF
    ]  # fmt: skip
    return max(under) + ONE_DAY if under else None


@dataclass
class _Found:
    """One analysis being made: gathers what is skipped."""

    panel: Panel
    event: Event
    reading: str

    def __post_init__(self) -> None:
        self.skipped: list[tuple[str, str]] = []
        self.slots: dict[str, Written] = {}

    def steps(self, moments: dict[dt.date, tuple[str, ...]]) -> tuple[Step, ...]:
        """Ask for the outcome at the start and after each day on which something was decided."""
        plan: list[tuple[dt.date | None, tuple[str, ...]]] = [(None, ()), *moments.items()]
        pages, kept = [], []
        for date, decided in plan:
            given = () if date is None else (History(on(date + ONE_DAY)),)
            try:
                pages.append(self.panel.elicited.writer.write(Probability((self.event,), given)))
                kept.append((date, decided))
            except ImpossibleEvidence as error:
                self.skipped.append((str(date), str(error)))
        found = []
        for (date, decided), answer in zip(kept, attempt(self.panel, pages), strict=True):
            if isinstance(answer, Answer):
                found.append(Step(date, decided, as_measure(answer)))
            else:
                self.skipped.append((str(date), str(answer)))
        return tuple(found)

    def chances(self) -> tuple[Chance, ...]:
        """Ask for the outcome with each dated intervention, and how probable what it sets was."""
        model, graph = self.panel.elicited.network.model, self.panel.elicited.network.graph
        parts = definition(model, self.event.variable)
        plan, pages = [], []
        for each in model.interventions.values():
            if each.when is None:
                self.skipped.append((each.name, "it has no date"))
                continue
            if self.event.variable in each.do:
                self.skipped.append((each.name, f"it sets {self.event.variable}, which is what is asked"))
                continue
            try:
                asked = (questions(self.event, each, self.reading)[0], plausibility(graph, each))
                pair = [self.panel.elicited.writer.write(question) for question in asked]
            except QueryError as error:
                self.skipped.append((each.name, str(error)))
                continue
            self.slots[each.name] = pair[0]
            plan.append(each)
            pages += pair
        answers = iter(attempt(self.panel, pages) if pages else [])
        found = []
        for each in plan:
            outcome, likely = next(answers), next(answers)
            if not isinstance(outcome, Answer):
                self.skipped.append((each.name, str(outcome)))
                continue
            plausible = as_measure(likely) if isinstance(likely, Answer) else None
            assert each.when is not None
            hand = bool(parts & each.do.keys())
            found.append(Chance(each, each.when.first, as_measure(outcome), plausible, hand))
        return tuple(sorted(found, key=lambda each: each.date))

    def left(self, chances: Sequence[Chance], days: Sequence[dt.date]) -> tuple[Left, ...]:
        """Say for each day what is left: the best intervention dated then or later."""
        counted = [each for each in chances if not each.by_definition and not each.outcome.gate.withholds]
        if not counted or not days:
            return ()
        slots = [self.slots[each.intervention.name].slots[0] for each in counted]
        values, fixed = self.panel.values(slots), self.panel.fixed(slots)
        found = []
        for date in days:
            rows = [row for row, each in enumerate(counted) if each.date >= date]
            if not rows:
                continue
            best = min((counted[row] for row in rows), key=lambda each: each.outcome.panel.mean)
            under = (values[rows].min(axis=0) < HALF).astype(float)[None]
            name = f"some intervention from {date} on brings it under one half"
            (share,) = measured(self.panel, Made([name], under, fixed[rows].all(axis=0)[None], shares=True))
            found.append(Left(date, best, len(rows), share))
        return tuple(found)

    def asked(self, chances: Sequence[Chance], date: dt.date, called: str) -> Asked:
        """Lay what is left from a day on beside what was there before it."""
        page = self.panel.elicited.writer.write(Probability((self.event,), (History(on(date)),)))
        (then,) = attempt(self.panel, [page])
        if isinstance(then, ImpossibleEvidence):
            raise then
        counted = [each for each in chances if not each.by_definition and not each.outcome.gate.withholds]
        before = [each for each in counted if each.date < date]
        left = self.left(chances, [date])
        earlier = min(before, key=lambda each: each.outcome.panel.mean) if before else None
        return Asked(date, called, as_measure(then), left[0] if left else None, earlier)
