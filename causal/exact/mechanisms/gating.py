"""Gates over a table: where one fires, the child is what it says, whatever else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from causal.exact.parameter import Ids, cards, inputs
from causal.spec.model import Model, Variable

if TYPE_CHECKING:
    from causal.exact.tape import Recorder


def gated(model: Model, variable: Variable, own: Ids, recorder: Recorder, inner: int = 1) -> Ids:
    """Return a table over all parents from one over the mechanism's own; the last ``inner`` axes are kept.

    The last axis is the child's. The first gate that fires wins.
    """
    if not variable.gates:
        return own
    shape = (*cards(model, variable.parents), *own.shape[own.ndim - inner :])
    own_axes = inputs(variable)
    spread = [slice(None) if parent in own_axes else np.newaxis for parent in variable.parents]
    table = np.array(np.broadcast_to(own[(*spread, ...)], shape))
    for gate in reversed(variable.gates):  # the first is written last
        chosen = [
            [model.variables[p].states.index(s) for s in gate.when[p]] if p in gate.when else range(card)
            for p, card in zip(variable.parents, shape, strict=False)
        ]
        sure = np.full(len(variable.states), recorder.zero)
        sure[variable.states.index(gate.then)] = recorder.one
        table[np.ix_(*chosen)] = sure
    return table
