"""Parameters of the engine as the referees take them: by the text of the question that each one answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import structural

from causal.exact.kernel import Floats
from causal.exact.mechanisms.types import Space
from causal.exact.network import Network
from causal.spec.model import Types


def numbers_at(network: Network, column: Floats) -> structural.Numbers:
    """Return what the referees need, at one point."""
    by_name = {parameter.name: float(value) for parameter, value in zip(network.parameters, column, strict=True)}
    return {**by_name, "types": type_numbers(network, column)}


def type_numbers(network: Network, column: Floats) -> Mapping[str, Mapping[Any, Any]]:
    """Return the chance of each response type at one point, variable by variable.

    A variable has {type: chance}; one that is confounded with earlier ones (in topological order, ties as in the
    file) has {(type of the first, ...): {type: chance}}. Types are written as in typetext.py, over all parents.
    """
    index = network.index
    found: dict[str, dict[Any, Any]] = {}
    for name, variable in network.model.variables.items():
        if not isinstance(variable.mechanism, Types):
            continue
        space = Space.of(network.model, variable)
        sticks = [column[index[p.name]] for p in network.parameters if p.variable == name]
        rows = np.reshape(sticks, (len(space.contexts), len(space.types) - 1))
        by_context = {}
        for context, row in zip(space.contexts, rows, strict=True):
            left = np.concatenate([[1.0], np.cumprod(1 - row)])
            shares = left * np.concatenate([row, [1.0]])
            by_context[context] = dict(zip(space.types, shares.tolist(), strict=True))
        found[name] = by_context if space.partners else by_context[()]
    return found
