"""Noisy-or and noisy-and without their tables: a factor per parent, in one world or in several.

    P(all y_w = held, w in S) = base * prod_i min_{w in S} keep_i(x_i^w)        S any set of worlds

Noisy-or: held is "no effect", base 1 - leak, keep 1 - power; noisy-and: held is "effect", base ``all``, keep the ratio.
One uniform inhibitor per parent, shared by all worlds, makes the minimum: in state s it leaves y held if U <= keep(s).
An auxiliary switch per world says whether w is in S (0) or free (1); the joint probability follows by inclusion and
exclusion, world by world (Díez & Galán 2003, for one world):

    delta(y, switch)      switch 0    switch 1
    y = held                  1           0
    y = other                -1           1

With a gate firing the switch is free and y is what the gate says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from causal.exact.eliminate import Factor
from causal.exact.parameter import Ids, cards

if TYPE_CHECKING:
    from causal.exact.network import Network
    from causal.exact.tape import Recorder
    from causal.exact.worlds import Node
    from causal.spec.model import Model, Variable

SMALL = 16  # rows up to which the table of a single node is the shorter way
MARK = "\x1f"  # ends the name of a switch, as no variable's name does


def inhibited(
    network: Network, variable: Variable, nodes: Sequence[Node], base: int, keeps: Mapping[str, Ids], held: int
) -> list[Factor]:
    """Return the factors of all nodes of a noisy-or or noisy-and; none where the table of a single one is shorter.

    ``keeps`` has, for each parent that can inhibit, the slot of ``keep`` per state.
    """
    free = [cards(network.model, (p,))[0] for p, r in zip(variable.parents, nodes[0].parents, strict=True)
            if isinstance(r, str)]  # fmt: skip
    if len(nodes) == 1 and prod(free) <= SMALL:
        return []
    recorder = network.recorder
    switches = [node.key + MARK for node in nodes]
    found = [_delta(network, variable, node, switch, held) for node, switch in zip(nodes, switches, strict=True)]
    free_everywhere = (1,) * len(nodes)
    ids = np.full((2,) * len(nodes), base)
    ids[free_everywhere] = recorder.one
    found.append(Factor(tuple(switches), ids))
    for parent, keep in keeps.items():
        axis = variable.parents.index(parent)
        found.append(_inhibitor(recorder, [node.parents[axis] for node in nodes], switches, keep))
    return found


def _inhibitor(recorder: Recorder, references: Sequence[str | int], switches: Sequence[str], keep: Ids) -> Factor:
    """Return the factor of one parent's inhibitor over the switches and this parent's nodes."""
    states = list(dict.fromkeys(reference for reference in references if isinstance(reference, str)))
    worlds, k = len(references), len(keep)
    shape = (*(2,) * worlds, *(k,) * len(states))
    ids = np.full(shape, recorder.one)
    for world, reference in enumerate(references):
        inner = [1] * len(shape)
        if isinstance(reference, str):
            inner[worlds + states.index(reference)] = k
        here = np.broadcast_to(keep.reshape(inner) if isinstance(reference, str) else keep[reference], shape)
        inside = [slice(None)] * len(shape)
        inside[world] = slice(0, 1)
        at = tuple(inside)
        ids[at] = recorder.lowest(ids[at], here[at])
    return Factor((*switches, *states), ids)


def _delta(network: Network, variable: Variable, node: Node, switch: str, held: int) -> Factor:
    """Return the factor that ties a node to its switch, gates included."""
    recorder, model = network.recorder, network.model
    zero, one = recorder.zero, recorder.one
    plain = np.empty((2, 2), dtype=np.int64)
    plain[:, held] = one, zero
    plain[:, 1 - held] = recorder.minus, one
    gating = list(dict.fromkeys(parent for gate in variable.gates for parent in gate.when))
    names, sizes = [], []
    for parent in gating:
        reference = node.parents[variable.parents.index(parent)]
        if isinstance(reference, str) and reference not in names:
            names.append(reference)
            sizes.append(len(model.variables[parent].states))
    ids = np.empty((*sizes, 2, 2), dtype=np.int64)
    for at in np.ndindex(*sizes):
        state = dict(zip(names, at, strict=True))
        ids[at] = plain
        fired = _fired(model, variable, node, state)
        if fired is not None:
            ids[at] = zero
            ids[(*at, 1, fired)] = one
    return Factor((*names, switch, node.key), ids)


def _fired(model: Model, variable: Variable, node: Node, state: Mapping[str, int]) -> int | None:
    """Return the state of the first gate that fires, None where none does."""
    for gate in variable.gates:
        for parent, states in gate.when.items():
            reference = node.parents[variable.parents.index(parent)]
            place = reference if isinstance(reference, int) else state[reference]
            if model.variables[parent].states[place] not in states:
                break
        else:
            return variable.states.index(gate.then)
    return None
