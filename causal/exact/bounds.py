"""What holds whatever stays the same across worlds: bounds on a counterfactual, written on the tape.

    Tian-Pearl     of P(y[x = r] = b | x = s, y = a, z) and P(y[x = s] = a, y[x = r] = b | z), x binary, z no
                   descendants of x: what doing and seeing alone say, if any luck may be shared with any other
    Program        sharp bounds over all couplings with the margins fixed: a linear program over response functions

Tian & Pearl (2000), here stratum by stratum of x: where x = s, y[x = s] is y (consistency), and
P(y[x = r] = b, x = s) = P(y = b | do(x = r)) - P(x = r, y = b); the joint of two events of known probability lies
between max(0, p + q - P(x = s)) and min(p, q) (Fréchet 1935).

The program's unknowns are the probabilities of every combination of response functions of the variables that are looked
at in several worlds; its margins are the probabilities of all that can be seen in one world at a time. It contains
every coupling, also such as tie the luck of different variables; with one variable it is Balke & Pearl's (1994).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

import numpy as np
from numpy.typing import NDArray

from causal.exact.answer import Writer
from causal.exact.asked import Asked, chosen, resolve
from causal.exact.conditional import Conditional
from causal.exact.eliminate import Factor
from causal.exact.network import Network
from causal.exact.parameter import Ids, cards
from causal.exact.placing import spread
from causal.exact.worlds import Node, settings
from causal.spec.model import Model
from causal.spec.question import Assign, Condition, Do, Event, Probability, Setting, Soft

MOST_FUNCTIONS = 1024  # unknowns of a program
MOST_ENTRIES = 1 << 21  # combinations of an unknown and what it may make happen


# Tian and Pearl


@dataclass(frozen=True)
class _Cause:
    """A binary cause and what its effect would be: ``at`` has the event in the world of each state of x."""

    x: str
    at: dict[str, Event]
    seen: Event | None
    actual: str | None
    given: tuple[Condition, ...]


def tian_pearl(writer: Writer, question: Probability) -> tuple[int, int] | None:
    """Return the slots of the lower and upper bound; None where the question is not of their kind."""
    cause = _cause(writer, question)
    if cause is None:
        return None
    recorder, (first, second) = writer.network.recorder, writer.network.model.variables[cause.x].states
    lower, upper = [], []
    for s, r in ((first, second), (second, first)):
        here = cause.seen if s == cause.actual else cause.at.get(s) if cause.actual is None else None
        if here is None:  # nothing is asked where x is otherwise
            continue
        would = cause.at[r]
        after = _slot(writer, Probability((_plain(would),), (_do(cause.x, r), *cause.given)))
        other = _slot(writer, Probability((_is(cause.x, r), _plain(would)), cause.given))
        p = _slot(writer, Probability((_is(cause.x, s), _plain(here)), cause.given))
        q = recorder.minus_of(after, other)
        whole = _slot(writer, Probability((_is(cause.x, s),), cause.given))
        room = recorder.minus_of(recorder.add([p, q]), whole)
        lower.append(recorder.maximum([room, recorder.zero]))
        upper.append(recorder.minimum([p, q]))
    if cause.actual is None:
        return recorder.add(lower), recorder.add(upper)
    assert cause.seen is not None
    given = _slot(writer, Probability((_is(cause.x, cause.actual), _plain(cause.seen)), cause.given))
    return recorder.quotient(lower[0], given), recorder.quotient(upper[0], given)


def _slot(writer: Writer, question: Probability) -> int:
    return writer.write(question).slots[0]


def _is(x: str, state: str) -> Event:
    return Event(x, "=", (state,))


def _do(x: str, state: str) -> Do:
    return Do(Setting((Assign(x, state),)))


def _plain(event: Event) -> Event:
    return Event(event.variable, event.op, event.states)


def _cause(writer: Writer, question: Probability) -> _Cause | None:
    """Return the parts of a question that Tian and Pearl's bounds are about, None where it is another."""
    graph, model = writer.network.graph, writer.network.model
    events = question.events
    x = _set_alone(model, events)
    if x is None or any(event.variable == x or event.variable != events[0].variable for event in events):
        return None
    at = {_state(model, event, x): event for event in events}
    if len(model.variables[x].states) != 2 or len(at) != len(events) or events[0].op is None:
        return None
    ends = (x, events[0].variable)
    facts = [c for c in question.given if isinstance(c, Event) and c.world is None and c.variable in ends]
    rest = [c for c in question.given if c not in facts]
    below = graph.downstream([x]) | {x, events[0].variable}
    for condition in rest:
        if not isinstance(condition, Event | Soft) or condition.variable in below:
            return None
        if isinstance(condition, Event) and condition.world is not None:
            return None
    if len(events) == 2:
        return _Cause(x, at, None, None, tuple(rest)) if not facts else None
    about_x = [fact for fact in facts if fact.variable == x]
    about_y = [fact for fact in facts if fact.variable == events[0].variable]
    if len(about_x) != 1 or len(about_y) != 1:
        return None
    states = chosen(about_x[0], model.variables[x])
    (would,) = at
    if len(states) != 1 or model.variables[x].states[states[0]] == would:
        return None
    return _Cause(x, at, about_y[0], model.variables[x].states[states[0]], tuple(rest))


def _set_alone(model: Model, events: Sequence[Event]) -> str | None:
    """Return the one variable that all worlds of some events set, None where there is no such one."""
    found: set[str] = set()
    for event in events:
        if event.world is None:
            return None
        values = settings(model, event.world)
        if len(values) != 1 or not all(isinstance(value, str) for value in values.values()):
            return None
        found |= values.keys()
    return found.pop() if len(found) == 1 else None


def _state(model: Model, event: Event, x: str) -> str:
    assert event.world is not None
    return str(settings(model, event.world)[x])


# The linear program


@dataclass(frozen=True)
class Program:
    """Bounds by linear program: maximise ``reach @ weights @ q`` over q >= 0 with ``margins @ q`` fixed.

    ``weights`` are slots, one per combination of states (entries); ``makes`` (functions, entries) says which response
    functions make which combination; ``fixes`` (rows, functions) and ``sides`` (rows of slots whose product is the
    right-hand side) are the margins; ``given`` is the slot of the probability of what is given.
    """

    variables: tuple[str, ...]
    weights: Ids
    makes: NDArray[np.bool_]
    fixes: NDArray[np.bool_]
    sides: Ids
    given: int

    @property
    def size(self) -> int:
        """The number of unknowns."""
        return int(self.makes.shape[0])


def program(writer: Writer, question: Probability) -> Program | str:
    """Return the program of a question, or why there is none, in words."""
    network = writer.network
    asked = resolve(network, question, writer.cut(question))
    if not isinstance(asked, Asked) or asked.never or any(states is None for states in asked.targets.values()):
        return "it asks for no single event"
    page = writer.write(question)
    conditional = Conditional(network, asked)
    named = list(conditional.factors())
    if not conditional.coupled:
        return "nothing in it depends on a coupling"
    seen = [conditional.nodes[key] for key in (*asked.domain, *asked.soft)]
    if any(_count(conditional, node) > 1 and node.key not in _first_world(asked) for node in seen):
        return "what is given lies in several worlds"
    return _Build(network, conditional, named, page.leaves[0].evidence).program()


def _count(conditional: Conditional, node: Node) -> int:
    return len(conditional.needed[node.variable])


def _first_world(asked: Asked) -> set[str]:
    """Return the nodes of the world of the first node that is given, with all that they are made from."""
    nodes = asked.worlds.nodes
    keys = [*asked.domain, *asked.soft]
    by_variable: dict[str, str] = {}
    waiting = list(keys)
    while waiting:
        key = waiting.pop()
        if by_variable.setdefault(nodes[key].variable, key) == key:
            above = [each for each in nodes[key].parents if isinstance(each, str)]
            waiting += [each for each in above if each not in by_variable.values()]
    return set(by_variable.values())


class _Build:
    """Sorts what is asked into weights, response functions and margins."""

    def __init__(
        self, network: Network, conditional: Conditional, named: Sequence[tuple[str, bool, Factor]], given: int
    ) -> None:
        self.network, self.conditional, self.named, self.given = network, conditional, named, given
        self.variables = conditional.coupled
        self.groups = [tuple(conditional.needed[name].values()) for name in self.variables]
        names = dict.fromkeys(
            str(name)
            for nodes in self.groups
            for node in nodes
            for name in (*node.parents, node.key)
            if isinstance(name, str)
        )
        self.open = {name: self._states(name) for name in names}
        self.scope = tuple(name for name, states in self.open.items() if len(states) > 1)

    def _states(self, name: str) -> tuple[int, ...]:
        variable = self.network.model.variables[self.conditional.nodes[name].variable]
        return self.conditional.asked.domain.get(name, tuple(range(len(variable.states))))

    def program(self) -> Program | str:
        entries = prod(len(self.open[name]) for name in self.scope)
        if entries > MOST_ENTRIES:
            return f"the program would have {entries:,} combinations of states"
        weights = self._weights().ravel()
        alive = np.flatnonzero(weights != self.network.recorder.zero)
        places = [self._places(nodes)[:, :, alive] for nodes in self.groups]  # configuration and value per node
        sizes = [len(self.network.model.variables[name].states) for name in self.variables]
        configurations = [np.unique(each[0]) for each in places]
        functions = prod(k ** len(c) for k, c in zip(sizes, configurations, strict=True))
        if functions > MOST_FUNCTIONS or functions * alive.size > MOST_ENTRIES:
            return f"the program would have {functions:,} response functions, more than {MOST_FUNCTIONS:,}"
        table = np.array(list(product(*(range(k) for k, c in zip(sizes, configurations, strict=True) for _ in c))))
        table = table.reshape(functions, -1)
        makes = np.ones((functions, alive.size), dtype=bool)
        start = 0
        for (where, value), found in zip(places, configurations, strict=True):
            for here, state in zip(where, value, strict=True):
                makes &= table[:, start + np.searchsorted(found, here)] == state
            start += len(found)
        fixes, sides = self._margins(table, configurations, sizes)
        return Program(self.variables, weights[alive], makes, fixes, sides, self.given)

    def _weights(self) -> Ids:
        """Return the rest of the network summed over everything but the scope of the coupled variables."""
        recorder, asked = self.network.recorder, self.conditional.asked
        factors = [factor for name, _, factor in self.named if name not in self.variables]
        for key, states in asked.targets.items():
            assert states is not None
            here = [recorder.one if state in states else recorder.zero for state in self._states(key)]
            factors.append(Factor((key,), np.array(here)) if len(here) > 1 else Factor((), np.array(here[0])))
        shape = tuple(len(self.open[name]) for name in self.scope)
        return np.array(spread(self.network.eliminator.over(factors, self.scope), self.scope, shape))

    def _places(self, nodes: Sequence[Node]) -> Ids:
        """Return number of configuration and value per node and combination, shape (2, nodes, combinations)."""
        shape = tuple(len(self.open[name]) for name in self.scope)
        grid = np.indices(shape).reshape(len(shape), -1) if shape else np.zeros((0, 1), dtype=np.int64)

        def values(name: str | int) -> Ids:
            if isinstance(name, int):
                return np.full(grid.shape[1], name)
            states = np.array(self.open[name])
            return states[grid[self.scope.index(name)]] if name in self.scope else np.full(grid.shape[1], states[0])

        found = np.zeros((2, len(nodes), grid.shape[1]), dtype=np.int64)
        for place, node in enumerate(nodes):
            parents = self.network.model.variables[node.variable].parents
            for parent, card in zip(node.parents, cards(self.network.model, parents), strict=True):
                found[0, place] = found[0, place] * card + values(parent)
            found[1, place] = values(node.key)
        return found

    def _margins(
        self, table: Ids, configurations: Sequence[Ids], sizes: Sequence[int]
    ) -> tuple[NDArray[np.bool_], Ids]:
        """Return which functions give a state to one configuration of every variable, and the slots of how likely."""
        starts = np.cumsum([0, *(len(each) for each in configurations)])
        choices = [[(c, s) for c in range(len(each)) for s in range(k)]
                   for each, k in zip(configurations, sizes, strict=True)]  # fmt: skip
        rows = [self.network.table(name).reshape(-1, k) for name, k in zip(self.variables, sizes, strict=True)]
        fixes, sides = [], []
        for choice in product(*choices):
            holds = np.ones(len(table), dtype=bool)
            for start, (c, s) in zip(starts, choice, strict=False):
                holds &= table[:, start + c] == s
            fixes.append(holds)
            sides.append([row[each[c], s] for row, each, (c, s) in zip(rows, configurations, choice, strict=True)])
        return np.array(fixes), np.array(sides, dtype=np.int64)
