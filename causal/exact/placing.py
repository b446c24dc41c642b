"""A table of a variable put in the place of one of its nodes.

parent of the node     its axis
a state                is taken at that state
a node                 stays, on the states that are open
the same node twice    is one axis: the diagonal
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from causal.exact.eliminate import Factor
from causal.exact.parameter import Ids
from causal.exact.worlds import Node


def placed(table: Ids, node: Node, domain: Mapping[str, tuple[int, ...]]) -> Factor:
    """Return P(node | its parents) over nodes: states that are set are taken, the parents' open states chosen."""
    ids: Ids = table[tuple([slice(None) if isinstance(each, str) else each for each in node.parents])]
    names = [each for each in (*node.parents, node.key) if isinstance(each, str)]
    for axis, name in enumerate(names[:-1]):
        if name in domain:
            ids = ids.take(domain[name], axis=axis)
    return _diagonal(names, ids)


def spread(factor: Factor, scope: Sequence[str], shape: tuple[int, ...]) -> Ids:
    """Return a factor's slots broadcast over a scope that holds its names."""
    place = [scope.index(name) for name in factor.names]
    order = sorted(range(len(place)), key=place.__getitem__)
    inner = [1] * len(scope)
    for axis in order:
        inner[place[axis]] = factor.ids.shape[axis]
    return np.broadcast_to(factor.ids.transpose(order).reshape(inner), shape)


def _diagonal(names: list[str], ids: Ids) -> Factor:
    """Return a factor in which every name stands once: a node that stands for two parents is in one state."""
    for name in [name for name in dict.fromkeys(names) if names.count(name) > 1]:
        while names.count(name) > 1:
            first = names.index(name)
            second = names.index(name, first + 1)
            ids = np.moveaxis(np.diagonal(ids, axis1=first, axis2=second), -1, first)
            del names[second]
    return Factor(tuple(names), ids)
