"""The order in which to sum out, from scopes and sizes alone, in compiled code.

    smallest   next the node that shares factors with the fewest combinations of states
    filling    next the node that ties the fewest combinations together that were not tied before (min-fill, weighted)

Both are greedy (Kjaerulff 1990; Koller & Friedman 2009, section 9.4.3); whichever multiplies less is taken. Nodes are
numbered from 0 here, scopes are rows of a table with a column per node.
"""

from __future__ import annotations

import numba as nb
import numpy as np
from numpy.typing import NDArray

from causal.exact.consing import Longs
from causal.exact.kernel import Floats

SMALLEST, FILLING = 0, 1

Marks = NDArray[np.bool_]


@nb.njit(nogil=True, cache=True)
def plan(scopes: Marks, sizes: Floats, kept: Marks, criterion: int, order: Longs, widest: Marks) -> float:
    """Fill ``order`` with all nodes but those kept, and ``widest`` with the largest clique; return multiplications."""
    nodes = sizes.size
    inside = scopes.copy()
    tied = np.zeros((nodes, nodes), dtype=np.bool_)
    for row in range(inside.shape[0]):
        _tie(tied, inside[row])
    cost = np.empty((nodes, 2))
    waiting = np.empty(nodes, dtype=np.bool_)
    for node in range(nodes):
        waiting[node] = not kept[node]
        if waiting[node]:
            _price(tied, sizes, node, criterion, cost)
    work = largest = 0.0
    for step in range(order.size):
        best = -1
        for node in range(nodes):
            if waiting[node] and (
                best < 0
                or cost[node, 0] < cost[best, 0]
                or (cost[node, 0] == cost[best, 0] and cost[node, 1] < cost[best, 1])
            ):
                best = node
        order[step], waiting[best] = best, False
        clique = tied[best].copy()
        clique[best] = True
        size = _size(clique, sizes)
        if size > largest:
            largest = size
            widest[:] = clique
        made = -1
        for row in range(inside.shape[0]):
            if inside[row, best]:
                work += size
                inside[row, :] = False
                made = row
        clique[best] = False
        if made >= 0:
            inside[made] = clique
        _tie(tied, clique)
        for node in range(nodes):
            tied[node, best] = tied[best, node] = False
        for node in range(nodes):
            if waiting[node] and clique[node]:
                _price(tied, sizes, node, criterion, cost)
    return work


@nb.njit(nogil=True, cache=True)
def _tie(tied: Marks, scope: Marks) -> None:
    """Tie all nodes of a scope to each other."""
    for a in range(scope.size):
        if scope[a]:
            for b in range(scope.size):
                tied[a, b] |= scope[b] and a != b


@nb.njit(nogil=True, cache=True)
def _size(scope: Marks, sizes: Floats) -> float:
    """Return the combinations of states of the nodes in a scope."""
    size = 1.0
    for node in range(sizes.size):
        if scope[node]:
            size *= sizes[node]
    return size


@nb.njit(nogil=True, cache=True)
def _price(tied: Marks, sizes: Floats, node: int, criterion: int, cost: Floats) -> None:
    """Set what it costs to sum a node out now, and what decides between equals."""
    size = _size(tied[node], sizes) * sizes[node]
    cost[node, 1] = size
    if criterion == SMALLEST:
        cost[node, 0] = size
        return
    fill = 0.0
    for a in range(sizes.size):
        if tied[node, a]:
            for b in range(a + 1, sizes.size):
                if tied[node, b] and not tied[a, b]:
                    fill += sizes[a] * sizes[b]
    cost[node, 0] = fill
