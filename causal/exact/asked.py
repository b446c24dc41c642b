"""What a probability asks of its worlds, with names, dates and words resolved.

    Asked.domain     node -> the states (by number) that what is given leaves open
    Asked.soft       node -> likelihood of each state
    Asked.targets    node -> the states (by number) that are asked about; None: the whole distribution
    Address          a mechanism's own row, asked in its own words

A node is a variable in a world (worlds.py). What stands without a bracket is looked at in the actual world, or, where
the question has a do(), in the world after it; a bracket is imagined on top of that world. History, record and chance
are what really happened: evidence without a bracket. The question's names are already known to be the model's.
"""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from causal.errors import ImpossibleEvidence, QueryError, Unsupported
from causal.exact.mechanisms.wording import ADDRESSES
from causal.exact.network import Network
from causal.exact.worlds import Reference, Worlds
from causal.spec.model import Model, Variable
from causal.spec.question import (
    Chance,
    Condition,
    Do,
    Event,
    History,
    Probability,
    Record,
    Soft,
)


@dataclass(frozen=True)
class Asked:
    """One conditional probability over the nodes of ``worlds``; see the module's table. ``notes`` are warnings.

    ``never`` says that an event fails whatever happens: its own bracket sets the variable to another state.
    """

    worlds: Worlds
    targets: Mapping[str, tuple[int, ...] | None]
    domain: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    soft: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    never: bool = False


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


def earliest(model: Model, names: Iterable[str]) -> dt.date | None:
    """Return the first day of the earliest dated intervention."""
    dates = [span.first for name in names if (span := model.interventions[name].when) is not None]
    return min(dates, default=None)


def resolve(network: Network, probability: Probability, cut: dt.date | None) -> Asked | Address:
    """Resolve P(events | given) against the model; ``cut`` is the day for a bare ``history``.

    Raises QueryError for what makes no sense, Unsupported for a condition that the engine does not know,
    ImpossibleEvidence where what is given contradicts itself.
    """
    model = network.model
    words = [condition for condition in probability.given if isinstance(condition, ADDRESSES)]
    if words:
        return _address(model, probability, words)
    given = _Given(network, cut)
    for condition in probability.given:  # what is set comes first
        if isinstance(condition, Do):
            given.take(condition)
    for condition in probability.given:
        if not isinstance(condition, Do):
            given.take(condition)
    targets: dict[str, tuple[int, ...] | None] = {}
    never = False
    for event in probability.events:
        node = given.reference(event)
        if isinstance(node, int):
            if event.world is None or event.op is None:
                raise QueryError(f"do() sets {event.variable}, which is what is asked; ask for something it acts on")
            never = never or node not in chosen(event, model.variables[event.variable])  # effectiveness
            continue
        if event.op is None:
            targets[node] = None
            continue
        states = chosen(event, model.variables[event.variable])
        before = targets.get(node)
        targets[node] = states if before is None else tuple(i for i in before if i in states)
    return Asked(given.worlds, targets, given.domain, given.soft, tuple(given.notes), never)


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


def imagined(question: Probability) -> str:
    """Return what to ask instead, where evidence is impossible because of what a question does; nothing for others.

    >>> from causal.spec.grammar import parse_question
    >>> print(imagined(parse_question("P(grass = wet | do(rain = clear), record)")))
    ; to suppose it against what happened, ask P(grass[rain = clear] = wet | record)
    """
    done = [each for each in question.given if isinstance(each, Do)]
    rest = tuple(each for each in question.given if not isinstance(each, Do))
    worlds = any(each.world is not None for each in (*question.events, *rest) if isinstance(each, Event))
    if len(done) != 1 or worlds or not any(isinstance(each, Event | Soft | History | Record) for each in rest):
        return ""
    events = tuple(replace(event, world=done[0].setting) for event in question.events)
    return f"; to suppose it against what happened, ask {Probability(events, rest)}"


class _Given:
    """Gathers what a question gives; contradictions are errors, what is set is never evidence as well."""

    def __init__(self, network: Network, cut: dt.date | None) -> None:
        self.graph, self.model, self.cut = network.graph, network.model, cut
        self.worlds = Worlds(network.graph, network.nodes)
        self.base = self.worlds.root
        self.domain: dict[str, tuple[int, ...]] = {}
        self.soft: dict[str, tuple[float, ...]] = {}
        self.notes: list[str] = []

    def reference(self, event: Event) -> Reference:
        return self.worlds.reference(event.variable, self.worlds.world(event.world, self.base))

    def take(self, condition: Condition) -> None:
        match condition:
            case Do(setting=setting):
                self.base = self.worlds.done(setting, self.base)
            case Event(op=None):
                raise QueryError(f"'{condition}' as a condition needs a state: write {condition} = ...")
            case Event():
                variable = self.model.variables[condition.variable]
                self.narrow(self.reference(condition), variable, chosen(condition, variable), condition)
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
                self.actual(self.graph.chance(self.base.sets), "luck")
            case _:
                raise Unsupported(f"the engine does not answer questions with '{condition}'")

    def narrow(self, node: Reference, variable: Variable, states: tuple[int, ...], said: object) -> None:
        if isinstance(node, int):
            if node not in states:
                done = f"{variable.name} = {variable.states[node]}"
                raise ImpossibleEvidence(f"do() sets {done}, so '{said}' is impossible")
            return
        left = tuple(i for i in self.domain.get(node, range(len(variable.states))) if i in states)
        if not left:
            was = ", ".join(variable.states[i] for i in self.domain.get(node, ()))
            raise ImpossibleEvidence(f"'{said}' contradicts {variable.name} = {was}, which is given as well")
        self.domain[node] = left

    def weigh(self, name: str, weights: Mapping[str, float]) -> None:
        variable, node = self.model.variables[name], self.worlds.reference(name, self.base)
        if isinstance(node, int):
            if not weights.get(variable.states[node], 0.0) > 0:
                raise ImpossibleEvidence(f"do() sets {name} = {variable.states[node]}, whose likelihood is 0")
            return
        if node in self.soft:
            raise QueryError(f"{name} has soft evidence twice; write one, with the likelihoods multiplied")
        if not any(weight > 0 for weight in weights.values()):
            raise ImpossibleEvidence(f"the soft evidence on {name} gives every state the likelihood 0")
        self.soft[node] = tuple(weights.get(state, 0.0) for state in variable.states)

    def actual(self, values: Mapping[str, str], why: str) -> None:
        moved = self.graph.downstream(self.base.sets)
        for name, state in values.items():
            if name in self.base.sets:
                continue
            if name in moved and why != "luck":
                self.notes.append(f"{name} = {state} stays as evidence ({why}) although what is set acts on it")
            variable = self.model.variables[name]
            node = self.worlds.reference(name, self.base)
            self.narrow(node, variable, (variable.states.index(state),), f"{name} = {state} ({why})")
