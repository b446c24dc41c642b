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


# Plain loops, and no more functions than there must be: numba compiles a slice that is assigned, or a sum, for seconds.
@nb.njit(nogil=True, cache=True)
def plan(scopes: Marks, sizes: Floats, kept: Marks, criterion: int, order: Longs, widest: Marks) -> float:
    """Fill ``order`` with all nodes but those kept, and ``widest`` with the largest clique; return multiplications."""
    rows, nodes = scopes.shape
    inside = np.zeros((rows, nodes), dtype=np.bool_)
    tied = np.zeros((nodes, nodes), dtype=np.bool_)
    waiting, fresh = np.zeros(nodes, dtype=np.bool_), np.zeros(nodes, dtype=np.bool_)
    for a in range(nodes):
        waiting[a] = fresh[a] = not kept[a]
    for row in range(rows):
        for a in range(nodes):
            if scopes[row, a]:
                inside[row, a] = True
                for b in range(nodes):
                    if scopes[row, b]:
                        tied[a, b] = True  # each with itself, too
    cost, clique = np.empty(nodes), np.empty(nodes)
    work = largest = 0.0
    step = 0
    while True:
        best = -1
        for node in range(nodes):
            if fresh[node]:
                cost[node], clique[node] = _price(tied, sizes, node, criterion)
                fresh[node] = False
            if waiting[node] and (
                best < 0 or cost[node] < cost[best] or (cost[node] == cost[best] and clique[node] < clique[best])
            ):
                best = node
        if best < 0:
            return work
        order[step], waiting[best] = best, False
        step += 1
        made = -1
        for row in range(rows):
            if inside[row, best]:
                work += clique[best]
                made = row
                for node in range(nodes):
                    inside[row, node] = False
        for a in range(nodes):
            if clique[best] > largest:
                widest[a] = tied[best, a]
            if a != best and tied[best, a]:
                fresh[a] = waiting[a]
                if made >= 0:
                    inside[made, a] = True
                for b in range(nodes):
                    if tied[best, b]:
                        tied[a, b] = True
                tied[a, best] = False
        largest = max(largest, clique[best])


@nb.njit(nogil=True, cache=True)
def _price(tied: Marks, sizes: Floats, node: int, criterion: int) -> tuple[float, float]:
    """Return what it costs to sum a node out now, and the size of its clique, which decides between equals."""
    size, fill = 1.0, 0.0
    for a in range(sizes.size):
        if tied[node, a]:
            size *= sizes[a]
            if criterion == FILLING:
                for b in range(a + 1, sizes.size):
                    if tied[node, b] and not tied[a, b]:
                        fill += sizes[a] * sizes[b]
    return (fill if criterion == FILLING else size), size
