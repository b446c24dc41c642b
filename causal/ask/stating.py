"""Parameters as those who state them see them: the answer to each one's own question, and what moves as one.

    scale          stated as v, given the reference r     v is possible for
    probability    v                                      0 to 1
    net            v                                      0 to 1
    cut            expit theta                            between the neighbouring cuts
    offset         expit(r + theta)                       0 to 1
    ratio          r theta                                0 to r

A compound (the answer to ``P(y | only x = s)``) is another question than the net power, which is the parameter.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from causal.exact.kernel import Floats
from causal.exact.network import Network
from causal.exact.parameter import Parameter

EDGE = 1e-6  # nearest to 0 and 1 that log-odds are taken of


def stated_slots(network: Network) -> list[int]:
    """Return the slot of the answer to each parameter's own question, in the network's order."""
    slot = {p.name: place for place, p in enumerate(network.parameters)}
    for form in network.forms():
        parameter = network.parameters[network.index[form.parameter]]
        # a compound is another question than the net power, and a lower cut another than the one that names an offset
        if form.reading != "compound" and form.reference == (parameter.reference if form.reference else None):
            slot[parameter.name] = form.slot
    return [slot[p.name] for p in network.parameters]


def moved_together(parameters: Sequence[Parameter]) -> NDArray[np.bool_]:
    """Return which parameters move as one, shape (groups, parameters): the cuts of a variable, else each by itself."""
    keys = [p.group if p.scale == "cut" else p.name for p in parameters]
    return np.array([[key == each for each in keys] for key in dict.fromkeys(keys)], dtype=bool)


def possible(network: Network, row: int, theta: Floats) -> tuple[float, float]:
    """Return the least and the most that can be stated of one parameter, the others being as in ``theta``."""
    parameter = network.parameters[row]
    if parameter.scale == "ratio" and parameter.reference is not None:
        return 0.0, float(theta[network.index[parameter.reference]])
    low, high = 0.0, 1.0
    if parameter.scale == "cut":
        for place, other in enumerate(network.parameters):
            if other.scale == "cut" and other.group == parameter.group:
                at = float(_expit(theta[place]))
                if other.rank == parameter.rank - 1:
                    high = at
                elif other.rank == parameter.rank + 1:
                    low = at
    return low, high


def unstated(network: Network, row: int, stated: Floats, theta: Floats) -> Floats:
    """Return the parameter's own value for each stated one, the others being as in ``theta`` (shape (parameters,))."""
    parameter = network.parameters[row]
    reference = 0.0 if parameter.reference is None else float(theta[network.index[parameter.reference]])
    match parameter.scale:
        case "cut":
            return _logit(stated)
        case "offset":
            return _logit(stated) - reference
        case "ratio":
            return stated / reference if reference > 0 else np.zeros_like(stated)
        case _:
            return stated


def _logit(p: Floats) -> Floats:
    inside = np.clip(p, EDGE, 1.0 - EDGE)
    return np.log(inside) - np.log1p(-inside)


def _expit(x: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-x)))
