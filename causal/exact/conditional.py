"""One conditional probability over the nodes of its worlds, written by variable elimination.

    relevant   ancestors of what is asked and given, with arrows into what is set cut and parents that make no
               difference here left out
    near       what shares an open node with what is asked; the rest cancels, and is only the probability of the given
    settled    where something is given, states that a factor rules out by a zero are taken out everywhere

Several nodes of one variable are tied by what stays the same across worlds (coupling.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from causal.exact.asked import Asked
from causal.exact.coupling import assumed, factors_of
from causal.exact.eliminate import Factor
from causal.exact.mechanisms.types import MARK, type_factors
from causal.exact.network import Network
from causal.exact.worlds import Node

Open = Mapping[str, tuple[int, ...]]


class Fraction(NamedTuple):
    """Slots of P(asked | given) per state asked, of P(asked, given) likewise, and of P(given)."""

    values: tuple[int, ...]
    joints: tuple[int, ...]
    given: int


class Conditional:
    """One conditional probability, ready to be written; ``coupling`` replaces that of every variable that assumes one.

    ``coupled`` names, after ``write``, the variables whose coupling is an assumption that the answer rests on, and
    ``told`` those whose own mechanism says what stays the same across worlds (response types, rules).
    """

    def __init__(self, network: Network, asked: Asked, coupling: str | None = None) -> None:
        self.network, self.asked, self.coupling = network, asked, coupling
        self.recorder, self.eliminator, self.nodes = network.recorder, network.eliminator, asked.worlds.nodes
        self.coupled: tuple[str, ...] = ()
        self.told: tuple[str, ...] = ()
        self.needed: dict[str, dict[str, Node]] = {}

    def write(self) -> Fraction:
        """Write what is asked (a slot per state, or one) and the probability of what is given."""
        targets, recorder = self.asked.targets, self.recorder
        named = list(self.factors())
        factors = [factor for _, _, factor in named]
        if len(targets) == 1 and not self.asked.never:
            ((name, states),) = targets.items()
            group, outputs = self._grouped(name, states)
            found = self.eliminator.conclude(factors, [known for _, known, _ in named], name, group, outputs)
            if found is not None:
                return Fraction(*found)
        known = {factor for _, anything, factor in named if anything}
        near, others = self.eliminator.parts(factors, targets)
        evidence = recorder.one
        for part in others:
            if not known.isdisjoint(part):
                evidence = recorder.product(evidence, self.eliminator.total(part))
        news = not known.isdisjoint(near)
        if news:
            near, apart = self._settle(near)
            evidence = recorder.product(evidence, apart)
        if len(targets) == 1 and not self.asked.never:
            ((name, states),) = targets.items()
            return self._single(name, states, near, news, evidence)
        if not targets or self.asked.never:  # what is asked is settled by its own bracket
            below = self.eliminator.total(near) if news else recorder.one
            return self._fraction((recorder.zero if self.asked.never else below,), below, evidence)
        below = self.eliminator.total(near) if news else recorder.one
        position: dict[str, tuple[int, ...]] = {}
        for name, states in targets.items():
            assert states is not None  # a whole distribution is asked alone
            position[name] = tuple(place for place, i in enumerate(self._open(name)) if i in states)
            if not position[name]:
                return self._fraction((recorder.zero,), below, evidence)
        above = self.eliminator.total([self._cut(factor, position) for factor in near])
        return self._fraction((above,), below, evidence)

    def _fraction(self, above: tuple[int, ...], below: int, evidence: int) -> Fraction:
        """Return numerators over a denominator, both to be multiplied by what is known beside them."""
        recorder = self.recorder
        values = joints = above
        if below != recorder.one:
            values = tuple(recorder.quotients(above, below).tolist())
        if evidence != recorder.one:
            joints = tuple(recorder.products(above, evidence).tolist())
        return Fraction(values, joints, recorder.product(evidence, below))

    # The relevant factors

    def factors(self) -> Iterator[tuple[str, bool, Factor]]:
        """Yield a factor's variable, whether anything is known of it, and the factor, for all that is relevant."""
        nodes, domain, soft = self.nodes, self.asked.domain, self.asked.soft
        self.needed = needed = dict[str, dict[str, Node]]()
        for key in (*self.asked.targets, *domain, *soft):
            needed.setdefault(nodes[key].variable, {})[key] = nodes[key]
        if self.asked.worlds.crossed:  # a value taken from a later variable: no order puts causes first
            self._close(needed)
        observed = domain.keys() | soft.keys()
        hidden: set[str] = set()
        coupled: list[str] = []
        told: list[str] = []
        for name in reversed(self.network.graph.order):
            there = needed.get(name)
            if there is None:
                continue
            mine = tuple(there.values())
            known = not observed.isdisjoint(there)
            if len(mine) > 1:
                (coupled if assumed(self.network.model.variables[name]) else told).append(name)
            for factor in self._of(name, mine):
                yield name, known, factor
                for other in factor.names:
                    node = nodes.get(other)
                    if node is not None:
                        needed.setdefault(node.variable, {})[other] = node
                    elif other.endswith(MARK):
                        hidden.add(other.removesuffix(MARK))
        self.coupled = tuple(reversed(coupled))
        types = type_factors(self.network, hidden)
        for factor in types:  # confounded: what was seen of one tells what the other would have been
            together = [name for name in sorted(hidden) if name + MARK in factor.names]
            told += together if len(together) > 1 else []
        self.told = tuple(name for name in self.network.graph.order if name in told)
        for factor in types:
            yield "", False, factor
        for key, weights in soft.items():
            yield "", True, Factor((key,), self.recorder.constants(weights)).narrow(domain, [key])

    def _close(self, needed: dict[str, dict[str, Node]]) -> None:
        """Add every node that some are made from."""
        waiting = [node for nodes in needed.values() for node in nodes.values()]
        while waiting:
            for reference in waiting.pop().parents:
                if isinstance(reference, str):
                    node = self.nodes[reference]
                    there = needed.setdefault(node.variable, {})
                    if reference not in there:
                        there[reference] = node
                        waiting.append(node)

    def _of(self, name: str, nodes: Sequence[Node]) -> list[Factor]:
        """Return the factors of a variable's nodes; those of the same nodes, with the same states open, are kept."""
        domain = self.asked.domain
        opened: tuple[tuple[str, tuple[int, ...]], ...] = ()
        for node in nodes if domain else ():
            at = (node.key, *node.parents)
            if not domain.keys().isdisjoint(at):  # for most it is
                opened += tuple((each, domain[each]) for each in at if isinstance(each, str) and each in domain)
        return self.network.remembered(
            (nodes, opened, self.coupling),
            lambda: factors_of(self.network, self.network.model.variables[name], nodes, dict(opened), self.coupling),
        )

    # Writing

    def _cut(self, factor: Factor, position: Open) -> Factor:
        """Return a factor on some places of its axes; the same factor for the same places."""
        mine = {name: position[name] for name in factor.names if name in position}
        if not mine:
            return factor
        key = (factor, tuple(mine.items()))
        return self.network.remembered(key, lambda: factor.narrow(mine, factor.names))

    def _settle(self, near: list[Factor]) -> tuple[list[Factor], int]:
        """Take out what zeros rule out; return what still hangs together with what is asked, and the rest's product."""
        targets, apart, holes = self.asked.targets, self.recorder.one, self.eliminator.holes
        while holes:
            position: dict[str, tuple[int, ...]] = {}
            for factor in near:
                if factor in holes and factor.names[0] not in targets:
                    position[factor.names[0]] = holes[factor]
                    if not holes[factor]:
                        return near, self.recorder.zero
            if not position:
                break
            near = [self._cut(factor, position) for factor in near]
            near, others = self.eliminator.parts(near, targets)
            for group in others:
                apart = self.recorder.product(apart, self.eliminator.total(group))
        return near, apart

    def _open(self, name: str) -> tuple[int, ...]:
        states = self.network.model.variables[self.nodes[name].variable].states
        return self.asked.domain.get(name, tuple(range(len(states))))

    def _grouped(self, name: str, states: tuple[int, ...] | None) -> tuple[list[int], int]:
        """Return which answer each open state of a node counts for (-1: none), and how many; 0 if it is sure."""
        possible = self._open(name)
        if len(possible) == 1 or (states is not None and set(states) >= set(possible)):
            return [], 0
        if states is None:
            return list(possible), len(self.network.model.variables[self.nodes[name].variable].states)
        return [0 if i in states else -1 for i in possible], 1

    def _single(
        self, name: str, states: tuple[int, ...] | None, near: list[Factor], news: bool, evidence: int
    ) -> Fraction:
        """Write one node's states, or one event about it."""
        possible = self._open(name)
        group, outputs = self._grouped(name, states)
        if not outputs:
            below = self.eliminator.total(near) if news else self.recorder.one
            every = range(len(self.network.model.variables[self.nodes[name].variable].states))
            sure = [i in possible for i in every] if states is None else [possible[0] in states]
            return self._fraction(tuple(below if each else self.recorder.zero for each in sure), below, evidence)
        shares = self.eliminator.along(near, name)
        values, joints, given = self.recorder.conditioned(shares, group, outputs, news, evidence)
        return Fraction(tuple(values.tolist()), tuple(joints.tolist()), given)
