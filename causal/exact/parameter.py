"""Parameters of mechanisms: every one is the answer to a plain question.

    scale          lives on    read from a stated probability v, given its reference r
    probability    [0, 1]      v
    cut            the line    logit v                        (rank of an ordered baseline)
    offset         the line    logit v - logit r              (departure of a logistic; r its baseline)
    ratio          [0, 1]      v / r                          (departure of a noisy-and; r its all)
    net            [0, 1]      v, or (v - r) / (1 - r)        (cause of a noisy-or; r its leak)

A Form is one way to state a parameter: the slot whose value is the probability asked for, and how to read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from causal.spec.model import Model, Variable
from causal.spec.question import Condition

if TYPE_CHECKING:
    from causal.exact.tape import Recorder

Ids = NDArray[np.int64]


class Parameter(NamedTuple):  # of which a network has thousands
    """A number that a mechanism leaves open; ``name`` is the question it answers, in canonical text.

    ``reference`` names the parameter it is read against. ``rank`` orders the cuts and sticks of one group; ``after``
    is, for a stick, how many shares are still to be broken off what it leaves.
    """

    name: str
    variable: str
    scale: str
    reference: str | None = None
    group: str = ""
    rank: int = 0
    after: int = 1


@dataclass(frozen=True, slots=True)
class Form:
    """A probability (in ``slot``) that states ``parameter`` when read as ``reading``.

    ``reading`` is ``probability``, ``cut``, ``offset``, ``ratio`` or ``compound``; ``reference`` the parameter that an
    offset, ratio or compound is read against (for an offset, the cut of the same rank).
    """

    slot: int
    parameter: str
    reading: str
    reference: str | None = None


class Kind(Protocol):
    """One kind of mechanism: what it leaves open, and the table that these numbers make."""

    def parameters(self, model: Model, variable: Variable) -> tuple[Parameter, ...]:
        """Return the parameters in a fixed order."""
        ...

    def table(self, model: Model, variable: Variable, recorder: Recorder, slots: Mapping[str, int]) -> Ids:
        """Return slots of P(child | its mechanism parents), axes: ``inputs(variable)`` in order, then the child."""
        ...

    def forms(self, model: Model, variable: Variable, recorder: Recorder, slots: Mapping[str, int]) -> list[Form]:
        """Return every way in which a question states one of the parameters."""
        ...

    def configuration(self, model: Model, variable: Variable, word: Condition) -> dict[str, str]:
        """Return the parents' states that ``baseline``, ``none``, ``only``, ``all`` or ``row`` speak of."""
        ...


def inputs(variable: Variable) -> tuple[str, ...]:
    """Return the parents that the mechanism itself looks at: all but those that only gate."""
    gate_only = variable.gate_only
    return tuple([parent for parent in variable.parents if parent not in gate_only])


def resting(model: Model, variable: Variable) -> dict[str, str]:
    """Return states of the parents that only gate, the first combination in which no gate fires."""
    gate_only = variable.gate_only
    parents = [parent for parent in variable.parents if parent in gate_only]
    for states in product(*(model.variables[parent].states for parent in parents)):
        here = dict(zip(parents, states, strict=True))
        gates = [gate for gate in variable.gates if gate.when.keys() <= here.keys()]
        if not any(all(here[parent] in gate.when[parent] for parent in gate.when) for gate in gates):
            return here
    return {}


def cards(model: Model, names: tuple[str, ...]) -> tuple[int, ...]:
    """Return the number of states of each variable."""
    return tuple(len(model.variables[name].states) for name in names)
