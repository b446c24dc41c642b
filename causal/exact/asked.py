"""What a probability asks of one world, with names, dates and words resolved.

    Asked.domain     variable -> the states (by number) that what is given leaves open
    Asked.do         variable -> the state it is set to
    Asked.soft       variable -> likelihood of each state
    Asked.targets    variable -> the states (by number) that are asked about; None: the whole distribution
    Address          a mechanism's own row, asked in its own words

The question's names are already known to be the model's (names.py). Rungs 1 and 2 only: whatever speaks of more than
one world is refused by name.
"""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from causal.errors import ImpossibleEvidence, QueryError, Unsupported
from causal.exact.mechanisms.wording import ADDRESSES
from causal.graph import Graph
from causal.spec.model import Model, Variable
from causal.spec.question import (
    Assign,
    Chance,
    Condition,
    Do,
    Event,
    Follow,
    History,
    Named,
    Probability,
    Record,
    Setting,
    Soft,
)


@dataclass(frozen=True)
class Asked:
    """One conditional probability in one world; see the module's table. ``notes`` are warnings for the reader."""

    targets: Mapping[str, tuple[int, ...] | None]
    domain: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    soft: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    do: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Address:
    """A row of one mechanism: ``word`` says which, ``target`` the states asked, ``domain`` those left open."""

    variable: str
    word: Condition
    target: tuple[int, ...] | None
    domain: tuple[int, ...]


def chosen(event: Event, variable: Variable) -> tuple[int, ...]:
    """Return the numbers of the states for which an event with an operator is true."""
    places = [variable.states.index(state) for state in event.states]
    first = places[0]
    test = _TESTS[event.op or "in"]
    return tuple(i for i in range(len(variable.states)) if (i in places if test is None else test(i, first)))


_TESTS: Mapping[str, Callable[[int, int], bool] | None] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": None,
}


def settings(model: Model, setting: Setting) -> dict[str, str]:
    """Return what a setting sets, interventions expanded."""
    found: dict[str, str] = {}
    for item in setting.items:
        match item:
            case Assign(variable=name, state=state):
                pairs: Iterable[tuple[str, str]] = [(name, state)]
            case Named(intervention=name):
                pairs = model.interventions[name].do.items()
            case Follow():
                raise Unsupported(f"'{item}' takes a value from another world: rung 3, which is not answered")
        for variable, state in pairs:
            if found.setdefault(variable, state) != state:
                raise QueryError(f"'do({setting})' sets {variable} to both {found[variable]} and {state}")
    return found


def earliest(model: Model, names: Iterable[str]) -> dt.date | None:
    """Return the first day of the earliest dated intervention."""
    dates = [span.first for name in names if (span := model.interventions[name].when) is not None]
    return min(dates, default=None)


def resolve(graph: Graph, probability: Probability, cut: dt.date | None) -> Asked | Address:
    """Resolve P(events | given) against the model; ``cut`` is the day for a bare ``history``.

    Raises QueryError for what makes no sense, Unsupported for what speaks of several worlds, ImpossibleEvidence where
    what is given contradicts itself.
    """
    model = graph.model
    for event in (*probability.events, *(c for c in probability.given if isinstance(c, Event))):
        if event.world is not None:
            raise Unsupported(f"'{event}' asks what would have been (rung 3); the engine answers rungs 1 and 2")
    words = [condition for condition in probability.given if isinstance(condition, ADDRESSES)]
    if words:
        return _address(model, probability, words)
    given = _Given(graph, cut)
    for condition in sorted(probability.given, key=lambda c: not isinstance(c, Do)):  # what is set comes first
        given.take(condition)
    targets: dict[str, tuple[int, ...] | None] = {}
    for event in probability.events:
        if event.variable in given.do:
            raise QueryError(f"do() sets {event.variable}, which is what is asked; ask for something it acts on")
        if event.op is None:
            targets[event.variable] = None
            continue
        states = chosen(event, model.variables[event.variable])
        before = targets.get(event.variable)
        targets[event.variable] = states if before is None else tuple(i for i in before if i in states)
    return Asked(targets, given.domain, given.soft, given.do, tuple(given.notes))


def _address(model: Model, probability: Probability, words: Sequence[Condition]) -> Address:
    names = {event.variable for event in probability.events}
    rest = [c for c in probability.given if c not in words]
    if len(words) > 1 or len(names) > 1:
        raise QueryError(f"'{words[0]}' speaks of one mechanism: ask for one variable, and give nothing else")
    (name,) = names
    variable = model.variables[name]
    left = tuple(range(len(variable.states)))
    for condition in rest:
        if not isinstance(condition, Event) or condition.variable != name or condition.op is None:
            raise QueryError(f"'{words[0]}' already says what every parent of {name} does; leave out '{condition}'")
        left = tuple(i for i in left if i in chosen(condition, variable))
    target: tuple[int, ...] | None = left
    for event in probability.events:
        whole = event.op is None or target is None
        target = None if whole else tuple(i for i in target or () if i in chosen(event, variable))
    return Address(name, words[0], target, left)


class _Given:
    """Gathers what a question gives; contradictions are errors, what is set is never evidence as well."""

    def __init__(self, graph: Graph, cut: dt.date | None) -> None:
        self.graph, self.model, self.cut = graph, graph.model, cut
        self.domain: dict[str, tuple[int, ...]] = {}
        self.soft: dict[str, tuple[float, ...]] = {}
        self.do: dict[str, int] = {}
        self.notes: list[str] = []

    def take(self, condition: Condition) -> None:
        match condition:
            case Do(setting=setting):
                for name, state in settings(self.model, setting).items():
                    self.do[name] = self.model.variables[name].states.index(state)
            case Event(op=None):
                raise QueryError(f"'{condition}' as a condition needs a state: write {condition} = ...")
            case Event():
                variable = self.model.variables[condition.variable]
                self.narrow(variable.name, chosen(condition, variable), str(condition))
            case Soft(variable=name, weights=weights):
                self.weigh(name, dict(weights))
            case History(before=span):
                day = span.first if span is not None else self.cut
                if day is None:
                    raise QueryError("'history' needs a date: name a dated intervention, or write history before 1922")
                self.actual(self.graph.history(day), f"decided before {day}")
            case Record():
                self.actual(self.graph.record(), "on record")
            case Chance():
                self.actual(self.graph.chance(self.do), "luck")
            case _:
                raise Unsupported(f"the engine does not answer questions with '{condition}'")

    def narrow(self, name: str, states: tuple[int, ...], said: str) -> None:
        variable = self.model.variables[name]
        if name in self.do:
            if self.do[name] not in states:
                done = variable.states[self.do[name]]
                raise ImpossibleEvidence(f"do() sets {name} = {done}, so '{said}' is impossible")
            return
        left = tuple(i for i in self.domain.get(name, range(len(variable.states))) if i in states)
        if not left:
            was = ", ".join(variable.states[i] for i in self.domain.get(name, ()))
            raise ImpossibleEvidence(f"'{said}' contradicts {name} = {was}, which is given as well")
        self.domain[name] = left

    def weigh(self, name: str, weights: Mapping[str, float]) -> None:
        variable = self.model.variables[name]
        if name in self.soft:
            raise QueryError(f"{name} has soft evidence twice; write one, with the likelihoods multiplied")
        if not any(weight > 0 for weight in weights.values()):
            raise ImpossibleEvidence(f"the soft evidence on {name} gives every state the likelihood 0")
        self.soft[name] = tuple(weights.get(state, 0.0) for state in variable.states)

    def actual(self, values: Mapping[str, str], why: str) -> None:
        moved = self.graph.downstream(self.do)
        for name, state in values.items():
            if name in self.do:
                continue
            if name in moved and why != "luck":
                self.notes.append(f"{name} = {state} stays as evidence ({why}) although what is set acts on it")
            self.narrow(name, (self.model.variables[name].states.index(state),), f"{name} = {state} ({why})")
