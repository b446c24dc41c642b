"""Leaky noisy-or: each cause that is on may bring the effect about by itself.

    P(y | causes) = 1 - (1 - l) prod (1 - c_i)        over the causes that are on

``l`` is the leak, ``c`` the net power (Díez 1993), which is the parameter. A compound p = P(y | only x = s) has the
leak acting too (Henrion 1989): c = (p - l) / (1 - l).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from causal.errors import QueryError
from causal.exact.mechanisms.inhibited import inhibited
from causal.exact.mechanisms.wording import wrong_word
from causal.exact.parameter import Form, Ids, Parameter, cards, inputs
from causal.spec.model import Model, NoisyOr, Variable
from causal.spec.question import Assign, Causes, Condition, Event, NoCause, Only, Probability

if TYPE_CHECKING:
    from causal.exact.eliminate import Factor
    from causal.exact.network import Network
    from causal.exact.tape import Recorder
    from causal.exact.worlds import Node


def _causes(variable: Variable) -> list[tuple[str, str]]:
    mechanism = variable.mechanism
    assert isinstance(mechanism, NoisyOr)
    return [(parent, state) for parent, states in mechanism.on.items() for state in states]


def _effect(variable: Variable) -> Event:
    return Event(variable.name, "=", (variable.states[-1],))


def _leak(variable: Variable) -> str:
    return str(Probability((_effect(variable),), (NoCause(),)))


def _power(variable: Variable, parent: str, state: str) -> str:
    return str(Causes(Assign(parent, state), _effect(variable)))


class NoisyOrKind:
    """Leak and net powers."""

    def parameters(self, model: Model, variable: Variable) -> tuple[Parameter, ...]:
        """Return the leak, then the power of each cause."""
        leak = Parameter(_leak(variable), variable.name, "probability")
        powers = [
            Parameter(_power(variable, parent, state), variable.name, "net", reference=leak.name)
            for parent, state in _causes(variable)
        ]
        return (leak, *powers)

    def table(self, model: Model, variable: Variable, recorder: Recorder, slots: Mapping[str, int]) -> Ids:
        """Return the table, axes: parents in order, then the child."""
        fails = recorder.flips(np.full(cards(model, inputs(variable)), slots[_leak(variable)]))
        for axis, (_, keep) in enumerate(_keeps(model, variable, recorder, slots).items()):
            fails = recorder.products(fails, keep.reshape(-1, *(1,) * (fails.ndim - axis - 1)))
        return np.stack([fails, recorder.flips(fails)], axis=-1)

    def forms(self, model: Model, variable: Variable, recorder: Recorder, slots: Mapping[str, int]) -> list[Form]:
        """Return the leak, and each cause as net and as compound."""
        leak = _leak(variable)
        found = [Form(slots[leak], leak, "probability")]
        spared = recorder.flip(slots[leak])
        for parent, state in _causes(variable):
            name = _power(variable, parent, state)
            compound = recorder.flip(recorder.product(spared, recorder.flip(slots[name])))
            found += [Form(slots[name], name, "probability"), Form(compound, name, "compound", leak)]
        return found

    def configuration(self, model: Model, variable: Variable, word: Condition) -> dict[str, str]:
        """Return the parents' states for ``none`` (all causes off) and ``only``."""
        causes = _causes(variable)
        resting: dict[str, str] = {}
        for parent in inputs(variable):
            off = [state for state in model.variables[parent].states if (parent, state) not in causes]
            if not off:
                raise QueryError(f"every state of {parent} is a cause of {variable.name}: it is never off")
            resting[parent] = off[0]
        if isinstance(word, NoCause):
            return resting
        if not isinstance(word, Only):
            raise wrong_word(variable, word)
        for assign in word.causes:
            if (assign.variable, assign.state) not in causes:
                known = ", ".join(f"{parent} = {state}" for parent, state in causes)
                raise QueryError(f"{assign} is no cause of {variable.name}; its causes are {known}")
            resting[assign.variable] = assign.state
        return resting


def _keeps(model: Model, variable: Variable, recorder: Recorder, slots: Mapping[str, int]) -> dict[str, Ids]:
    """Return, for each parent of the mechanism, the slot of what each of its states leaves of no effect."""
    causes = set(_causes(variable))
    return {
        parent: np.array(
            [
                recorder.flip(slots[_power(variable, parent, state)]) if (parent, state) in causes else recorder.one
                for state in model.variables[parent].states
            ],
            dtype=np.int64,
        )
        for parent in inputs(variable)
    }


def shared(network: Network, variable: Variable, nodes: Sequence[Node]) -> list[Factor]:
    """Return the factors of all nodes: no effect is what an inhibitor per cause keeps."""
    base = network.recorder.flip(network.index[_leak(variable)])
    keeps = _keeps(network.model, variable, network.recorder, network.index)
    return inhibited(network, variable, nodes, base, keeps, held=0)
