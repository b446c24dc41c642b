"""The worlds of a question as one network: a node is a variable in a world, and worlds share what nothing tells apart.

    reference      is
    "rain"         a node: the variable rain in the actual world, or where the question does something, after that
    "rain'2"       a node: rain again, with other parents
    1              a state, by number: the variable is set in that world

A node is known by its variable and what stands in the place of each parent. Two worlds in which these are the same have
the same node, because the luck of a variable is the same in all worlds: only descendants of a change are multiplied
(the counterfactual graph of Shpitser & Pearl 2007, without its c-components). A value that is taken from another world
(``m = m[x = 0]``) is that world's node.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from causal.errors import QueryError
from causal.graph import Graph
from causal.spec.model import Model
from causal.spec.question import Assign, Follow, Named, Setting

Reference = str | int


class Node(NamedTuple):
    """A variable in a world: ``parents`` has a reference for each parent, in the order written."""

    key: str
    variable: str
    parents: tuple[Reference, ...]


def untouched(graph: Graph) -> dict[str, Node]:
    """Return the nodes of a world in which nothing is set."""
    return {name: Node(name, name, parents) for name, parents in graph.parents.items()}


@dataclass(frozen=True, eq=False, slots=True)
class World:
    """What is set in a world. ``bits`` (of ``Graph.bit``) say what differs from the root; ``known`` what was found."""

    sets: Mapping[str, Reference] = field(default_factory=dict)
    bits: int = 0
    known: dict[str, Reference] = field(default_factory=dict)


class Worlds:
    """The worlds of one question over ``graph``, whose untouched ``nodes`` are given; others are made when asked for.

    ``root`` is the world in which a variable's node has its name. ``crossed`` says that some node's parent is a later
    variable's, whose value it was told to take.
    """

    def __init__(self, graph: Graph, nodes: Mapping[str, Node]) -> None:
        self.graph, self.model = graph, graph.model
        self.crossed = False
        self.nodes = dict(nodes)
        self.root = World()
        self._same: dict[tuple[str, tuple[Reference, ...]], str] = {}
        self._made: dict[frozenset[tuple[str, Reference]], World] = {}

    def done(self, setting: Setting, base: World) -> World:
        """Return the world after ``setting`` is done to ``base``: the root from now on, where it sets plain states."""
        found = self.world(setting, base)
        if base is self.root and not self._same and all(isinstance(value, int) for value in found.sets.values()):
            self.root = found = World(found.sets)
            for name in found.sets:
                for child in self.graph.children[name]:
                    parents = tuple([found.sets.get(parent, parent) for parent in self.graph.parents[child]])
                    self.nodes[child] = Node(child, child, parents)
        return found

    def world(self, setting: Setting | None, base: World) -> World:
        """Return the world in which ``setting`` holds, imagined on top of ``base``; ``base`` itself where it is None.

        Raises QueryError where the setting contradicts itself.
        """
        if setting is None:
            return base
        found = dict(base.sets)
        for name, value in settings(self.model, setting).items():
            if isinstance(value, Follow):
                source = self.reference(value.source, self.world(value.world, base))
                found[name] = self._taken(value, source)
            else:
                found[name] = self.model.variables[name].states.index(value)
        bits = 0
        for name, reference in found.items():
            if self.root.sets.get(name) != reference:
                bits |= self.graph.bit[name]
        return self._made.setdefault(frozenset(found.items()), World(found, bits))

    def _taken(self, item: Follow, source: Reference) -> Reference:
        """Return what another world's value is for the variable that takes it."""
        states, others = (self.model.variables[name].states for name in (item.variable, item.source))
        if states == others:
            order = self.graph.order
            self.crossed = self.crossed or order.index(item.source) > order.index(item.variable)
            return source
        if isinstance(source, int) and others[source] in states:
            return states.index(others[source])
        raise QueryError(f"'{item}': {item.variable} can take the value of a variable with the same states only")

    def reference(self, variable: str, world: World) -> Reference:
        """Return the node of a variable in a world, or the number of the state that it is set to there."""
        known, waiting = world.known, [variable]
        while waiting:
            name = waiting[-1]
            if name not in known:
                if name in world.sets:
                    known[name] = world.sets[name]
                elif not self.graph.above[name] & world.bits:
                    known[name] = name
                else:
                    above = self.graph.parents[name]
                    missing = [parent for parent in above if parent not in known]
                    if missing:
                        waiting += missing
                        continue
                    known[name] = self._node(name, tuple([known[parent] for parent in above]))
            waiting.pop()
        return known[variable]

    def _node(self, name: str, parents: tuple[Reference, ...]) -> str:
        if parents == self.nodes[name].parents:
            return name
        if (name, parents) not in self._same:
            number = 2
            while (key := f"{name}'{number}") in self.nodes:  # a variable may itself be called so
                number += 1
            self._same[(name, parents)] = key
            self.nodes[key] = Node(key, name, parents)
        return self._same[(name, parents)]


def settings(model: Model, setting: Setting) -> dict[str, str | Follow]:
    """Return what a setting sets, interventions expanded: a state, or a value to be taken from another world."""
    found: dict[str, str | Follow] = {}
    for item in setting.items:
        pairs: Iterable[tuple[str, str | Follow]]
        match item:
            case Assign(variable=name, state=state):
                pairs = [(name, state)]
            case Named(intervention=name):
                pairs = model.interventions[name].do.items()
            case Follow(variable=name):
                pairs = [(name, item)]
        for variable, value in pairs:
            if found.setdefault(variable, value) != value:
                raise QueryError(f"'{setting}' sets {variable} to both {found[variable]} and {value}")
    return found
