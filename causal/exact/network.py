"""A model with its numbers left open, as tables of slots on one recorder.

    Network.of(model)  ->  parameters      what the numbers are, in the order of the tape's first slots
                           table(y)        slots of P(y | parents), gates included; axes: parents as written, then y
                           open_table(y)   the same with no gate firing, over the mechanism's own parents
                           forms           every way in which a question states a parameter
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from causal.errors import TooLarge
from causal.exact.mechanisms import kind_of
from causal.exact.parameter import Form, Ids, Parameter, cards, inputs
from causal.exact.tape import Recorder
from causal.graph import Graph
from causal.spec.model import Model, Variable

LARGEST_TABLE = 1 << 20  # entries of one variable's table


@dataclass
class Network:
    """A model's tables of slots, made when first asked for and kept. ``index`` has each parameter's place and slot."""

    model: Model
    graph: Graph
    parameters: tuple[Parameter, ...]
    recorder: Recorder
    index: Mapping[str, int]
    _tables: dict[str, Ids] = field(default_factory=dict)
    _open: dict[str, Ids] = field(default_factory=dict)

    @classmethod
    def of(cls, model: Model) -> Network:
        """Open a model; Unsupported names a mechanism that the engine does not compute."""
        parameters = tuple(p for v in model.variables.values() for p in kind_of(v).parameters(model, v))
        slots = {parameter.name: index for index, parameter in enumerate(parameters)}
        return cls(model, Graph.of(model), parameters, Recorder(len(parameters)), slots)

    def forms(self) -> list[Form]:
        """Return every way in which a question states a parameter."""
        return [
            form
            for v in self.model.variables.values()
            for form in kind_of(v).forms(self.model, v, self.recorder, self.index)
        ]

    def open_table(self, name: str) -> Ids:
        """Return P(y | the mechanism's own parents) with no gate firing."""
        if name not in self._open:
            variable = self.model.variables[name]
            self._refuse_large(variable)
            self._open[name] = kind_of(variable).table(self.model, variable, self.recorder, self.index)
        return self._open[name]

    def table(self, name: str) -> Ids:
        """Return P(y | all parents), gates included."""
        if name not in self._tables:
            self._tables[name] = self._gated(self.model.variables[name])
        return self._tables[name]

    def _gated(self, variable: Variable) -> Ids:
        own = self.open_table(variable.name)
        if not variable.gates:
            return own
        shape = (*cards(self.model, variable.parents), len(variable.states))
        own_axes = inputs(variable)
        spread = [slice(None) if p in own_axes else np.newaxis for p in variable.parents]
        table = np.array(np.broadcast_to(own[(*spread, slice(None))], shape))
        for gate in reversed(variable.gates):  # the first that fires wins, so it is written last
            chosen = [
                [self.model.variables[p].states.index(s) for s in gate.when[p]] if p in gate.when else range(card)
                for p, card in zip(variable.parents, shape, strict=False)
            ]
            sure = np.full(len(variable.states), self.recorder.zero)
            sure[variable.states.index(gate.then)] = self.recorder.one
            table[np.ix_(*chosen)] = sure
        return table

    def _refuse_large(self, variable: Variable) -> None:
        size = len(variable.states)
        for card in cards(self.model, variable.parents):
            size *= card
        if size > LARGEST_TABLE:
            raise TooLarge(
                f"{variable.name} has {len(variable.parents)} parents and a table of {size:,} entries, "
                f"more than {LARGEST_TABLE:,}; give it fewer parents, or put a variable between them"
            )
