"""The causal graph of a model: its order, its surgery, its history and its chance.

    what               is
    order              a topological order of the variables, ties as in the file
    ancestors          all that can make a difference to some variables, themselves included
    downstream         all that some variables can make a difference to, themselves excluded
    history(before)    actual values of what was decided strictly before a day
    record()           every actual value there is
    chance(do)         actual values of what is luck, but for what is set or downstream of what is set

Surgery (Pearl 2009, section 1.3.1) is a mapping ``do`` from variables to states: arrows into them are cut. Ancestors
are always those of the cut graph, so nothing has to be copied.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from heapq import heappop, heappush

import networkx as nx

from causal.spec.model import Model, Rule

type Digraph = nx.DiGraph[str]

HIDDEN = "common cause of {} and {}"  # a node that stands for a confounded pair


@dataclass(frozen=True)
class Graph:
    """The graph of ``model``; made by ``Graph.of``."""

    model: Model
    order: tuple[str, ...]
    parents: Mapping[str, tuple[str, ...]]
    children: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, model: Model) -> Graph:
        """Order a model's variables; the model is already known to have no cycle."""
        names = list(model.variables)
        place = {name: number for number, name in enumerate(names)}
        parents = {name: variable.parents for name, variable in model.variables.items()}
        children: dict[str, list[str]] = {name: [] for name in names}
        for name, above in parents.items():
            for parent in above:
                children[parent].append(name)
        waiting = {name: len(above) for name, above in parents.items()}
        ready = [place[name] for name, count in waiting.items() if not count]
        order: list[str] = []
        while ready:
            order.append(names[heappop(ready)])
            for child in children[order[-1]]:
                waiting[child] -= 1
                if not waiting[child]:
                    heappush(ready, place[child])
        return cls(model, tuple(order), parents, {name: tuple(below) for name, below in children.items()})

    @cached_property
    def above(self) -> Mapping[str, int]:
        """For each variable a bit for itself and each of its ancestors, numbered as in ``order``."""
        found: dict[str, int] = {}
        for number, name in enumerate(self.order):
            found[name] = 1 << number
            for parent in self.parents[name]:
                found[name] |= found[parent]
        return found

    @cached_property
    def bit(self) -> Mapping[str, int]:
        """The bit of each variable in ``above``."""
        return {name: 1 << number for number, name in enumerate(self.order)}

    def ancestors(self, names: Iterable[str], do: Collection[str] = ()) -> frozenset[str]:
        """Return ``names`` and all their ancestors in the graph with the arrows into ``do`` cut."""
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                if name not in do:
                    waiting.extend(self.parents[name])
        return frozenset(found)

    def downstream(self, names: Iterable[str]) -> frozenset[str]:
        """Return every descendant of ``names``, without ``names`` unless one descends from another."""
        found: set[str] = set()
        waiting = [child for name in names for child in self.children[name]]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting.extend(self.children[name])
        return frozenset(found)

    def history(self, before: dt.date) -> dict[str, str]:
        """Return the actual values of all variables decided strictly before a day; undated ones are never history."""
        return {
            name: actual
            for name, actual in self.record().items()
            if (decided := self.model.variables[name].decided) is not None and decided.last < before
        }

    def record(self) -> dict[str, str]:
        """Return every actual value that the model knows."""
        return {name: v.actual for name, v in self.model.variables.items() if v.actual is not None}

    def chance(self, do: Collection[str]) -> dict[str, str]:
        """Return the actual values of all luck that ``do`` leaves alone."""
        touched = self.downstream(do) | frozenset(do)
        return {
            name: actual
            for name, actual in self.record().items()
            if self.model.variables[name].is_chance and name not in touched
        }


def separators(model: Model) -> dict[tuple[str, str], frozenset[str] | None]:
    """Return, for every two variables without an arrow, a minimal set that separates them, cause before effect.

    d-separation (Pearl 2009, section 1.2.3) with a hidden common cause for every confounded pair; None where nothing
    that is in the model separates two variables. Sets are van der Zander, Liskiewicz and Textor's (2014).
    """
    hidden = with_hidden(model)
    order = Graph.of(model).order
    found: dict[tuple[str, str], frozenset[str] | None] = {}
    for place, late in enumerate(order):
        for early in order[:place]:
            if early in model.variables[late].parents:
                continue
            between = nx.find_minimal_d_separator(hidden, early, late, restricted=set(order) - {early, late})
            found[early, late] = None if between is None else frozenset(between)
    return found


def separated(model: Model, seen: Collection[str]) -> dict[tuple[str, str], frozenset[str]]:
    """Return, for every two variables that are ``seen``, a minimal set of others seen that separates them, if any does.

    Unseen variables may lie between them, or be their common cause; only what is seen is given.
    """
    hidden = with_hidden(model)
    order = [name for name in Graph.of(model).order if name in seen]
    found = {}
    for place, late in enumerate(order):
        for early in order[:place]:
            between = nx.find_minimal_d_separator(hidden, early, late, restricted=set(order) - {early, late})
            if between is not None:
                found[early, late] = frozenset(between)
    return found


def projected(model: Model, seen: Collection[str]) -> tuple[Digraph, frozenset[str]]:
    """Return the graph over what is ``seen``, and the unseen that are a common cause of two of them (Verma 1993).

    An arrow stands for a directed path through nothing that is seen. With a common cause unseen it is no causal graph.
    """
    hidden = with_hidden(model)
    unseen = [node for node in hidden if node not in seen]
    reached: dict[str, set[str]] = {}

    def reach(node: str) -> set[str]:
        if node not in reached:
            reached[node] = set()
            for child in hidden.successors(node):
                reached[node] |= {child} if child in seen else reach(child)
        return reached[node]

    order = [name for name in Graph.of(model).order if name in seen]
    made = digraph(order, [(name, child) for name in order for child in sorted(reach(name))])
    return made, frozenset(node for node in unseen if len(reach(node)) > 1)


def aloof(model: Model) -> dict[str, tuple[str, ...]]:
    """Return, for every variable, what is independent of it given its parents: the local Markov property.

    That is all that is none of its effects, but for what a hidden common cause still ties to it.
    """
    hidden, graph = with_hidden(model), Graph.of(model)
    found = {}
    for name in graph.order:
        parents = set(model.variables[name].parents)
        rest = [each for each in graph.order if each not in parents | graph.downstream([name]) | {name}]
        found[name] = tuple(each for each in rest if nx.is_d_separator(hidden, {name}, {each}, parents))
    return found


def digraph(nodes: Iterable[str], edges: Iterable[tuple[str, str]]) -> Digraph:
    """Return the networkx graph of some nodes and edges."""
    made: Digraph = nx.DiGraph()
    made.add_nodes_from(nodes)
    made.add_edges_from(edges)
    return made


def with_hidden(model: Model) -> Digraph:
    """Return the graph with a node of its own for what confounds a pair."""
    made = to_networkx(model)
    for x, y in model.confounded:
        made.add_edges_from((HIDDEN.format(x, y), each) for each in (x, y))
    return made


def to_networkx(model: Model) -> Digraph:
    """Return a networkx graph, without numbers, in the order of the model.

    A node has ``label``, ``about`` and ``states``, an edge ``why`` and ``sign`` (by state of the parent). The graph has
    the ``name`` and ``title`` of the model, and its ``confounded`` pairs.

    >>> from causal.spec.modelfile import load_model
    >>> digraph = to_networkx(load_model("models/rain.yaml"))
    >>> list(digraph.predecessors("grass")), digraph.nodes["rain"]["states"]
    (['sprinkler', 'rain'], ('clear', 'some', 'heavy'))
    """
    digraph: Digraph = nx.DiGraph(name=model.name, title=model.title, confounded=model.confounded)
    for name, variable in model.variables.items():
        digraph.add_node(name, label=variable.title, about=variable.about, states=variable.states)
    for name, variable in model.variables.items():
        for edge in variable.edges:
            digraph.add_edge(edge.parent, name, why=edge.why, sign=dict(edge.sign))
    return digraph


def definition(model: Model, name: str) -> frozenset[str]:
    """Return the variables of which a variable is a rule, through rules of rules; a rule with luck defines nothing."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        variable = model.variables[waiting.pop()]
        if isinstance(variable.mechanism, Rule) and not variable.mechanism.luck:
            waiting += [parent for parent in variable.parents if parent not in found]
            found.update(variable.parents)
    return frozenset(found)


def ahead(model: Model) -> bool:
    """Return whether a model is a forecast: its outcome is not known, and nothing on record was decided later.

    An outcome by definition is known where all that it is made of is. One without a date is never ahead of anything.
    """
    if model.outcome is None:
        return False
    name = model.outcome.variable
    made, known = definition(model, name), Graph.of(model).record()
    last = model.variables[name].decided
    if name in known or last is None or (made and made <= known.keys()):
        return False
    days = [each.last for name in known if (each := model.variables[name].decided) is not None]
    return all(day <= last.last for day in days)
