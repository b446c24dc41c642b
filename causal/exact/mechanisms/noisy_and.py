"""Leaky noisy-and: every need that is not met takes its share away.

    P(y | needs) = all * prod r_i        over the needs that are not met

``all`` is the probability with every need met; the parameter of a departure is its ratio to that, in [0, 1].
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from causal.errors import QueryError
from causal.exact.mechanisms.inhibited import inhibited
from causal.exact.mechanisms.wording import depart, wrong_word
from causal.exact.parameter import Form, Ids, Parameter, cards, inputs
from causal.spec.model import Model, NoisyAnd, Variable
from causal.spec.question import All, Assign, Condition, Event, Probability

if TYPE_CHECKING:
    from causal.exact.eliminate import Factor
    from causal.exact.network import Network
    from causal.exact.tape import Recorder
    from causal.exact.worlds import Node


def _met(variable: Variable, parent: str) -> tuple[str, ...]:
    mechanism = variable.mechanism
    assert isinstance(mechanism, NoisyAnd)
    return mechanism.needs[parent]


def _departures(model: Model, variable: Variable) -> list[tuple[str, str]]:
    return [
        (parent, state)
        for parent in inputs(variable)
        for state in model.variables[parent].states
        if state not in _met(variable, parent)
    ]


def _name(variable: Variable, *but: tuple[str, str]) -> str:
    event = Event(variable.name, "=", (variable.states[-1],))
    return str(Probability((event,), (All(tuple(Assign(parent, state) for parent, state in but)),)))


class NoisyAndKind:
    """All, and the ratio of each departure to it."""

    def parameters(self, model: Model, variable: Variable) -> tuple[Parameter, ...]:
        """Return ``all``, then a ratio per departure."""
        whole = Parameter(_name(variable), variable.name, "probability")
        ratios = [
            Parameter(_name(variable, departure), variable.name, "ratio", reference=whole.name)
            for departure in _departures(model, variable)
        ]
        return (whole, *ratios)

    def table(self, model: Model, variable: Variable, recorder: Recorder, slots: Mapping[str, int]) -> Ids:
        """Return the table, axes: parents in order, then the child."""
        works = np.full(cards(model, inputs(variable)), slots[_name(variable)])
        for axis, (_, keep) in enumerate(_keeps(model, variable, recorder, slots).items()):
            works = recorder.products(works, keep.reshape(-1, *(1,) * (works.ndim - axis - 1)))
        return np.stack([recorder.flips(works), works], axis=-1)

    def forms(self, model: Model, variable: Variable, recorder: Recorder, slots: Mapping[str, int]) -> list[Form]:
        """Return ``all`` and each departure's probability, read as a ratio."""
        whole = _name(variable)
        found = [Form(slots[whole], whole, "probability")]
        for departure in _departures(model, variable):
            name = _name(variable, departure)
            found.append(Form(recorder.product(slots[whole], slots[name]), name, "ratio", whole))
        return found

    def configuration(self, model: Model, variable: Variable, word: Condition) -> dict[str, str]:
        """Return the parents' states for ``all`` (the highest state that meets each need) and ``all but``."""
        if not isinstance(word, All):
            raise wrong_word(variable, word)
        met: dict[str, str] = {}
        for parent in inputs(variable):
            meeting = [state for state in model.variables[parent].states if state in _met(variable, parent)]
            met[parent] = meeting[-1]
        for assign in word.but:
            if assign.variable in met and assign.state in _met(variable, assign.variable):
                raise QueryError(f"{assign} meets the need of {variable.name}: it is no departure from 'all'")
        return depart(model, variable, met, word.but)


def _keeps(model: Model, variable: Variable, recorder: Recorder, slots: Mapping[str, int]) -> dict[str, Ids]:
    """Return, for each parent of the mechanism, the slot of what each of its states leaves of the effect."""
    return {
        parent: np.array(
            [
                recorder.one if state in _met(variable, parent) else slots[_name(variable, (parent, state))]
                for state in model.variables[parent].states
            ],
            dtype=np.int64,
        )
        for parent in inputs(variable)
    }


def shared(network: Network, variable: Variable, nodes: Sequence[Node]) -> list[Factor]:
    """Return the factors of all nodes: the effect is what an inhibitor per need keeps."""
    keeps = _keeps(network.model, variable, network.recorder, network.index)
    return inhibited(network, variable, nodes, network.index[_name(variable)], keeps, held=1)
