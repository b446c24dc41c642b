"""A model with its numbers left open, as tables of slots on one recorder.

Network.of(model)  ->  parameters      what the numbers are, in the order of the tape's first slots
                       table(y)        slots of P(y | parents), gates included; axes: parents as written, then y
                       open_table(y)   the same with no gate firing, over the mechanism's own parents
                       forms           every way in which a question states a parameter
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import cast

from causal.errors import TooLarge
from causal.exact.eliminate import Eliminator
from causal.exact.mechanisms import kind_of
from causal.exact.mechanisms.gating import gated
from causal.exact.parameter import Form, Ids, Parameter, cards
from causal.exact.tape import Recorder
from causal.exact.worlds import Node, untouched
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
    eliminator: Eliminator = field(init=False)
    _tables: dict[str, Ids] = field(init=False, default_factory=dict)
    _open: dict[str, Ids] = field(init=False, default_factory=dict)
    _made: dict[object, object] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.eliminator = Eliminator(self.recorder)

    @cached_property
    def nodes(self) -> Mapping[str, Node]:
        """The nodes of a world in which nothing is set."""
        return untouched(self.graph)

    @classmethod
    def of(cls, model: Model) -> Network:
        """Open a model; Unsupported names a mechanism that the engine does not compute."""
        parameters = tuple(p for v in model.variables.values() for p in kind_of(v).parameters(model, v))
        slots = {parameter.name: index for index, parameter in enumerate(parameters)}
        return cls(model, Graph.of(model), parameters, Recorder(len(parameters)), slots)

    def with_model(self, model: Model) -> Network:
        """Return the network of another model with the same parameters, written on the same recorder."""
        return Network(model, Graph.of(model), self.parameters, self.recorder, self.index)

    def beside(self, model: Model, place: int) -> Network:
        """Return the network of a model of its own on the same recorder; its parameters are late ones.

        ``place`` tells several of the same model apart.
        """

        def make() -> Network:
            parameters = tuple(p for v in model.variables.values() for p in kind_of(v).parameters(model, v))
            slots = self.recorder.more(len(parameters))
            index = {parameter.name: slot for parameter, slot in zip(parameters, slots, strict=True)}
            return Network(model, Graph.of(model), parameters, self.recorder, index)

        return self.remembered(("beside", place, model.name, model.digest), make)

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
        return gated(self.model, variable, self.open_table(variable.name), self.recorder)

    def remembered[T](self, key: object, make: Callable[[], T]) -> T:
        """Return what was made under a key before, or make it."""
        if key not in self._made:
            self._made[key] = make()
        return cast("T", self._made[key])

    def _refuse_large(self, variable: Variable) -> None:
        size = len(variable.states)
        for card in cards(self.model, variable.parents):
            size *= card
        if size > LARGEST_TABLE:
            raise TooLarge(
                f"{variable.name} has {len(variable.parents)} parents and a table of {size:,} entries, "
                f"more than {LARGEST_TABLE:,}; give it fewer parents, or put a variable between them"
            )
