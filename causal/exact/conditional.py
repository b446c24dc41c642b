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

import numpy as np

from causal.exact.asked import Asked
from causal.exact.coupling import assumed, factors_of
from causal.exact.eliminate import Factor, components
from causal.exact.mechanisms.types import MARK, type_factors
from causal.exact.network import Network
from causal.exact.worlds import Node
from causal.spec.model import Variable

Open = Mapping[str, tuple[int, ...]]


class Fraction(NamedTuple):
    """Slots of P(asked | given) per state asked, of P(asked, given) likewise, and of P(given)."""

    values: tuple[int, ...]
    joints: tuple[int, ...]
    given: int


class Conditional:
    """One conditional probability, ready to be written; ``coupling`` replaces that of every variable that assumes one.

    ``coupled`` names, after ``write``, the variables whose coupling is an assumption that the answer rests on.
    """

    def __init__(self, network: Network, asked: Asked, coupling: str | None = None) -> None:
        self.network, self.asked, self.coupling = network, asked, coupling
        self.recorder, self.nodes = network.recorder, asked.worlds.nodes
        self.coupled: tuple[str, ...] = ()
        self.needed: dict[str, dict[str, Node]] = {}

    def write(self) -> Fraction:
        """Write what is asked (a slot per state, or one) and the probability of what is given."""
        targets, recorder = self.asked.targets, self.recorder
        named = list(self.factors())
        known = {id(factor) for _, anything, factor in named if anything}
        evidence = recorder.one
        near: list[Factor] = []
        for group in components([factor for _, _, factor in named]):
            if any(name in targets for factor in group for name in factor.names):
                near += group
            elif any(id(factor) in known for factor in group):
                evidence = recorder.product(evidence, self.network.eliminator.total(group))
        news = any(id(factor) in known for factor in near)
        if news:
            near, apart = self._settle(near)
            evidence = recorder.product(evidence, apart)
        if len(targets) == 1 and not self.asked.never:
            ((name, states),) = targets.items()
            return self._single(name, states, near, news, evidence)
        if not targets or self.asked.never:  # what is asked is settled by its own bracket
            below = self.network.eliminator.total(near) if news else recorder.one
            return self._fraction((recorder.zero if self.asked.never else below,), below, evidence)
        below = self.network.eliminator.total(near) if news else recorder.one
        position: dict[str, tuple[int, ...]] = {}
        for name, states in targets.items():
            assert states is not None  # a whole distribution is asked alone
            position[name] = tuple(place for place, i in enumerate(self._open(name)) if i in states)
            if not position[name]:
                return self._fraction((recorder.zero,), below, evidence)
        above = self.network.eliminator.total([self._cut(factor, position) for factor in near])
        return self._fraction((above,), below, evidence)

    def _fraction(self, above: tuple[int, ...], below: int, evidence: int) -> Fraction:
        """Return numerators over a denominator, both to be multiplied by what is known beside them."""
        recorder = self.recorder
        values = tuple(recorder.quotient(slot, below) for slot in above)
        joints = tuple(recorder.product(evidence, slot) for slot in above)
        return Fraction(values, joints, recorder.product(evidence, below))

    # The relevant factors

    def factors(self) -> Iterator[tuple[str, bool, Factor]]:
        """Yield a factor's variable, whether anything is known of it, and the factor, for all that is relevant."""
        self.needed = needed = dict[str, dict[str, Node]]()
        for key in (*self.asked.targets, *self.asked.domain, *self.asked.soft):
            needed.setdefault(self.nodes[key].variable, {})[key] = self.nodes[key]
        if self.asked.worlds.crossed:  # a value taken from a later variable: no order puts causes first
            self._close(needed)
        hidden: set[str] = set()
        coupled = []
        for name in reversed(self.network.graph.order):
            if name not in needed:
                continue
            variable, mine = self.network.model.variables[name], tuple(needed[name].values())
            known = any(node.key in self.asked.domain or node.key in self.asked.soft for node in mine)
            if len(mine) > 1 and assumed(variable):
                coupled.append(name)
            for factor in self._of(variable, mine):
                yield name, known, factor
                for other in factor.names:
                    if other in self.nodes:
                        needed.setdefault(self.nodes[other].variable, {})[other] = self.nodes[other]
                    elif other.endswith(MARK):
                        hidden.add(other.removesuffix(MARK))
        self.coupled = tuple(reversed(coupled))
        for factor in type_factors(self.network, hidden):
            yield "", False, factor
        for key, weights in self.asked.soft.items():
            yield "", True, Factor((key,), self.recorder.constants(weights)).narrow(self.asked.domain, [key])

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

    def _of(self, variable: Variable, nodes: Sequence[Node]) -> list[Factor]:
        """Return the factors of a variable's nodes; those of the same nodes, with the same states open, are kept."""
        domain = self.asked.domain
        at = {name for node in nodes for name in (node.key, *node.parents) if name in domain}
        opened = tuple(sorted((str(name), domain[str(name)]) for name in at))
        return self.network.remembered(
            (nodes, opened, self.coupling),
            lambda: factors_of(self.network, variable, nodes, dict(opened), self.coupling),
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
        zero = self.recorder.zero
        while True:
            position: dict[str, tuple[int, ...]] = {}
            for factor in near:
                if len(factor.names) == 1 and (name := factor.names[0]) not in self.asked.targets:
                    possible = np.flatnonzero(factor.ids != zero)
                    if possible.size == 0:
                        return near, zero
                    if possible.size < factor.ids.size:
                        position[name] = tuple(possible.tolist())
            if not position:
                break
            near = [self._cut(factor, position) for factor in near]
        apart = self.recorder.one
        kept: list[Factor] = []
        for group in components(near):
            if any(name in self.asked.targets for factor in group for name in factor.names):
                kept += group
            else:
                apart = self.recorder.product(apart, self.network.eliminator.total(group))
        return kept, apart

    def _open(self, name: str) -> tuple[int, ...]:
        states = self.network.model.variables[self.nodes[name].variable].states
        return self.asked.domain.get(name, tuple(range(len(states))))

    def _single(
        self, name: str, states: tuple[int, ...] | None, near: list[Factor], news: bool, evidence: int
    ) -> Fraction:
        """Write one node's states, or one event about it."""
        recorder, possible = self.recorder, self._open(name)
        if len(possible) == 1:  # what is asked is given
            below = self.network.eliminator.total(near) if news else recorder.one
            share = {possible[0]: below}
        else:
            shares = self.network.eliminator.along(near, name)
            below = recorder.add(shares) if news else recorder.one
            share = dict(zip(possible, shares, strict=True))
        if states is None:
            whole = range(len(self.network.model.variables[self.nodes[name].variable].states))
            return self._fraction(tuple(share.get(i, recorder.zero) for i in whole), below, evidence)
        if set(states) >= set(share):
            return self._fraction((below,), below, evidence)
        return self._fraction((recorder.add(share[i] for i in states if i in share),), below, evidence)
