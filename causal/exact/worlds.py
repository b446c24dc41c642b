"""The worlds of a question as one network: a node is a variable in a world, and worlds share what nothing tells apart.

    reference      is
    "rain"         a node: the variable rain in the first world that needed it
    "rain'2"       a node: rain again, with other parents
    1              a state, by number: the variable is set in that world

A node is known by its variable and what stands in the place of each parent. Two worlds in which these are the same have
the same node, because the luck of a variable is the same in all worlds: only descendants of a change are multiplied
(the counterfactual graph of Shpitser & Pearl 2007, without its c-components). A value that is taken from another world
(``m = m[x = 0]``) is that world's node.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from causal.errors import QueryError
from causal.graph import Graph
from causal.spec.model import Model
from causal.spec.question import Assign, Follow, Named, Setting

Reference = str | int
World = Mapping[str, Reference]  # what is set in it


@dataclass(frozen=True, slots=True)
class Node:
    """A variable in a world: ``parents`` has a reference for each parent, in the order written."""

    key: str
    variable: str
    parents: tuple[Reference, ...]


class Worlds:
    """The worlds of one question over ``graph``; nodes are made when asked for.

    ``crossed`` says that some node's parent is a later variable's, whose value it was told to take.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph, self.model = graph, graph.model
        self.crossed = False
        self.nodes: dict[str, Node] = {}
        self._same: dict[tuple[str, tuple[Reference, ...]], str] = {}
        self._count: dict[str, int] = {}
        self._known: dict[tuple[tuple[tuple[str, Reference], ...], str], Reference] = {}

    def world(self, setting: Setting | None, base: World) -> World:
        """Return the world in which ``setting`` holds, imagined on top of ``base``; ``base`` itself where it is None.

        Raises QueryError where the setting contradicts itself.
        """
        if setting is None:
            return base
        found = dict(base)
        for name, value in settings(self.model, setting).items():
            if isinstance(value, Follow):
                source = self.reference(value.source, self.world(value.world, base))
                found[name] = self._taken(value, source)
            else:
                found[name] = self.model.variables[name].states.index(value)
        return found

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
        mark = tuple(sorted(world.items()))
        if (mark, variable) not in self._known:
            above = self.graph.ancestors((variable,), world)
            for name in self.graph.order:
                if name in above and (mark, name) not in self._known:
                    self._known[(mark, name)] = world[name] if name in world else self._node(name, mark)
        return self._known[(mark, variable)]

    def _node(self, name: str, mark: tuple[tuple[str, Reference], ...]) -> str:
        parents = tuple(self._known[(mark, parent)] for parent in self.model.variables[name].parents)
        if (name, parents) not in self._same:
            self._count[name] = count = self._count.get(name, 0) + 1
            key = name if count == 1 else f"{name}'{count}"
            while key in self.nodes:  # a variable may itself be called so
                key += "'"
            self.nodes[key] = Node(key, name, parents)
            self._same[(name, parents)] = key
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
