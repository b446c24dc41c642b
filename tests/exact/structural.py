"""An independent referee for what would have been: structural equations, with all luck enumerated.

    luck        something that chance decides once, for all worlds: a finite list of (value, probability)
    equation    which luck a variable looks at, given its parents' states, and the state that it then takes (luck.py)
    world       the equations, some of them replaced: by a state, or by what a variable is in another world
    node        a variable in a world

    P(asked | given) = chance of all luck with asked and given / chance of all luck with given

No joint distribution of several worlds is ever written down: values of luck are told apart only by where they lead.
With the engine it shares nothing but the model values.
"""

from __future__ import annotations

import operator
from collections.abc import Hashable, Iterable, Iterator, Mapping
from itertools import product
from math import nan, prod
from typing import Any

from luck import Cells, Numbers, Structure, contexts

from causal.graph import Graph
from causal.spec.model import Model
from causal.spec.question import (
    Assign,
    Chance,
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
from causal.spec.walk import walk

World = tuple[tuple[str, Any], ...]  # (variable, its state or (source, World)), by name
Node = tuple[World, str]


def surgery(model: Model, setting: Setting, done: World = ()) -> World:
    """Return the world of a bracket, or of do(...): what it sets, on top of what is done already."""
    found = dict(done)
    for item in setting.items:
        match item:
            case Assign(variable=name, state=state):
                found[name] = state
            case Named(intervention=name):
                found.update(model.interventions[name].do)
            case Follow(variable=name, source=source, world=world):
                found[name] = (source, surgery(model, world, done))
    return tuple(sorted(found.items(), key=operator.itemgetter(0)))


def causes(model: Model, node: Node) -> list[Node]:
    """Return the nodes that a node is made from."""
    world, name = node
    match dict(world).get(name):
        case None:
            return [(world, parent) for parent in model.variables[name].parents]
        case (source, other):
            return [(other, source)]
    return []


def in_order(model: Model, wanted: Iterable[Node]) -> list[Node]:
    """Return the wanted nodes and all that they are made from, causes first."""
    found: dict[Node, None] = {}

    def visit(node: Node) -> None:
        if node not in found:
            for cause in causes(model, node):
                visit(cause)
            found[node] = None

    for node in wanted:
        visit(node)
    return list(found)


def chosen(model: Model, event: Event) -> set[str]:
    """Return the states for which an event is true."""
    states = model.variables[event.variable].states
    if event.op == "in":
        return set(event.states)
    compare = {"=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt,
               ">=": operator.ge}[event.op or ""]  # fmt: skip
    return {state for at, state in enumerate(states) if compare(at, states.index(event.states[0]))}


class Reading:
    """What a question asks and gives, node by node: ``asked`` states and ``given`` likelihoods of states."""

    def __init__(self, model: Model, question: Probability) -> None:
        self.model, self.graph, self.question = model, Graph.of(model), question
        self.done: World = ()
        for condition in question.given:
            if isinstance(condition, Do):
                self.done = surgery(model, condition.setting, self.done)
        self.asked: dict[Node, set[str]] = {}
        self.given: dict[Node, dict[str, float]] = {}
        for event in question.events:
            node = self.node(event)
            self.asked[node] = self.asked.get(node, chosen(model, event)) & chosen(model, event)
        for condition in question.given:
            for node, likelihood in self.evidence(condition):
                before = self.given.get(node, dict.fromkeys(model.variables[node[1]].states, 1.0))
                self.given[node] = {state: p * likelihood.get(state, 0.0) for state, p in before.items()}

    def node(self, event: Event) -> Node:
        world = self.done if event.world is None else surgery(self.model, event.world, self.done)
        return world, event.variable

    def evidence(self, condition: object) -> Iterator[tuple[Node, Mapping[str, float]]]:
        match condition:
            case Event():
                yield self.node(condition), dict.fromkeys(chosen(self.model, condition), 1.0)
            case Soft(variable=name, weights=weights):
                yield (self.done, name), dict(weights)
            case History() | Record() | Chance():
                set_already = dict(self.done)
                for name, state in self.actual(condition).items():
                    if name not in set_already:
                        yield (self.done, name), {state: 1.0}
            case Do():
                pass
            case _:
                raise AssertionError(condition)

    def actual(self, condition: History | Record | Chance) -> Mapping[str, str]:
        match condition:
            case Record():
                return self.graph.record()
            case Chance():
                return self.graph.chance([name for name, _ in self.done])
        if condition.before is not None:
            return self.graph.history(condition.before.first)
        named = [self.model.interventions[n.intervention].when for n in walk(self.question) if isinstance(n, Named)]
        return self.graph.history(min(span.first for span in named if span is not None))


def answer(model: Model, numbers: Numbers, question: Probability) -> tuple[float, float]:
    """Return P(asked | given) and the probability of what is given (nan where that is 0)."""
    structure, reading = Structure(model, numbers), Reading(model, question)
    asked, given = reading.asked, reading.given
    nodes = in_order(model, [*given, *asked])
    here: dict[Node, str] = {}
    sums = {"given": 0.0, "asked": 0.0}

    def outcomes(node: Node, left: Mapping[Hashable, Cells]) -> Iterator[tuple[str, Mapping[Hashable, Cells]]]:
        """Yield every state of a node with the values of luck that remain where it comes about."""
        world, name = node
        replaced = dict(world).get(name)
        if replaced is not None:
            yield (replaced if isinstance(replaced, str) else here[replaced[1], replaced[0]]), left
            return
        parents = {parent: here[world, parent] for parent in model.variables[name].parents}
        gated = structure.gated(name, parents)
        if gated is not None:
            yield gated, left
            return
        equation = structure.equation(name)
        luck = equation.luck(parents)
        leading: dict[str, list[tuple[Any, float]]] = {}
        for cell in left[luck] if luck in left else equation.cells(luck):
            leading.setdefault(equation.state(cell[0], parents), []).append(cell)
        for state, cells in leading.items():
            yield state, {**left, luck: cells}

    def unfold(at: int, left: Mapping[Hashable, Cells], likelihood: float, holds: bool) -> None:
        """Go through all luck, node by node; ``left`` has the values of each luck that lead to ``here``."""
        if at == len(nodes):
            chance = likelihood * prod(sum(p for _, p in cells) for cells in left.values())
            sums["given"] += chance
            sums["asked"] += chance if holds else 0.0
            return
        node = nodes[at]
        for state, remaining in outcomes(node, left):
            weight = likelihood * given[node][state] if node in given else likelihood
            if weight > 0.0:
                here[node] = state
                unfold(at + 1, remaining, weight, holds and (node not in asked or state in asked[node]))

    unfold(0, {}, 1.0, True)
    return (sums["asked"] / sums["given"] if sums["given"] else nan), sums["given"]


def whole_product(model: Model, numbers: Numbers, question: Probability, limit: int) -> tuple[float, float] | None:
    """Answer by the product of all luck of all variables, every world evaluated for each; None above the limit."""
    structure, reading = Structure(model, numbers), Reading(model, question)
    lucks: dict[Hashable, Cells] = {}
    for name, variable in model.variables.items():
        for states in contexts(model, variable):
            equation = structure.equation(name)
            luck = equation.luck(dict(zip(variable.parents, states, strict=True)))
            lucks[luck] = equation.cells(luck)
    if prod(len(cells) for cells in lucks.values()) > limit:
        return None

    def state(node: Node, values: Mapping[Hashable, Any]) -> str:
        world, name = node
        match dict(world).get(name):
            case str(fixed):
                return fixed
            case (source, other):
                return state((other, source), values)
        here = {parent: state((world, parent), values) for parent in model.variables[name].parents}
        equation = structure.equation(name)
        return structure.gated(name, here) or equation.state(values[equation.luck(here)], here)

    above = below = 0.0
    for cells in product(*lucks.values()):
        values = {luck: value for luck, (value, _) in zip(lucks, cells, strict=True)}
        chance = prod(p for _, p in cells)
        for place, likelihood in reading.given.items():
            chance *= likelihood[state(place, values)]
        below += chance
        if chance and all(state(place, values) in states for place, states in reading.asked.items()):
            above += chance
    return (above / below if below else nan), below
