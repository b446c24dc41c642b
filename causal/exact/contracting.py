"""Variable elimination in compiled code: tables of slots on a shelf, multiplied and summed out.

    shelf                all tables ever made, flat: a table is a number, its axes are nodes (numbers, too)
    (node, a, b)         how a table was made: a * b summed over node; node -1, nothing summed. Made once, found again
    table 0              the one slot 1, without axes

What is written goes into the recorder's store (consing.py). Nothing here grows an array: ``contract`` stops where room
is short, and finds what it has made when it is called again.
"""

from __future__ import annotations

from typing import NamedTuple

import numba as nb
import numpy as np

from causal.exact.consing import ONE, Longs, Store, added, conditioned, mixed, product, wait
from causal.exact.planning import FILLING, SMALLEST, Marks, plan

SEED = 0x9E3779B97F4A7C15
SLOTS, OPERANDS, TABLES, CELLS, AXES = range(5)  # kinds of room that a step needs
SHORT, LARGE = -1, -2  # instead of a table: there is too little room, the plan is too large
EASY = 2_000.0  # multiplications up to which one order is as good as another


class Shelf(NamedTuple):
    """Flat arrays of all tables: ``cells[begin[t]:begin[t + 1]]`` are the slots of table t, its last axis fastest.

    ``axes`` and ``sizes`` from ``scope[t]`` to ``scope[t + 1]`` are its nodes and how many states each has.
    ``made`` has (node, a, b) per table, ``finder`` finds a table by these; ``counts`` is (tables, cells, axes) used.
    """

    cells: Longs
    begin: Longs
    axes: Longs
    sizes: Longs
    scope: Longs
    made: Longs
    finder: Longs
    counts: Longs


@nb.njit(nogil=True, cache=True)
def _home(shelf: Shelf, node: int, a: int, b: int) -> int:
    """Return where a table made so is in the finder, or where it belongs."""
    h = mixed(mixed(mixed(np.uint64(SEED), np.uint64(node + 1)), np.uint64(a)), np.uint64(b))
    mask = shelf.finder.size - 1
    at = int(np.int64(h & np.uint64(mask)))
    while shelf.finder[at] >= 0:
        table = shelf.finder[at]
        if shelf.made[table, 0] == node and shelf.made[table, 1] == a and shelf.made[table, 2] == b:
            break
        at = (at + 1) & mask
    return at


@nb.njit(nogil=True, cache=True)
def refind(shelf: Shelf) -> None:
    """Fill an empty finder anew."""
    for table in range(shelf.counts[0]):
        if shelf.made[table, 1] >= 0:
            shelf.finder[_home(shelf, shelf.made[table, 0], shelf.made[table, 1], shelf.made[table, 2])] = table


@nb.njit(nogil=True, cache=True)
def put(shelf: Shelf, cells: Longs, axes: Longs, sizes: Longs) -> int:
    """Put a table that was made elsewhere on the shelf."""
    table, end, last = int(shelf.counts[0]), int(shelf.counts[1]), int(shelf.counts[2])
    for cell in cells:
        shelf.cells[end] = cell
        end += 1
    for i in range(axes.size):
        shelf.axes[last], shelf.sizes[last] = axes[i], sizes[i]
        last += 1
    shelf.made[table, 0] = shelf.made[table, 1] = shelf.made[table, 2] = -1
    _close(shelf, table, end, last)
    return table


@nb.njit(nogil=True, cache=True)
def _close(shelf: Shelf, table: int, cells: int, axes: int) -> None:
    """Note where a table ends."""
    shelf.begin[table + 1], shelf.scope[table + 1] = cells, axes
    shelf.counts[0], shelf.counts[1], shelf.counts[2] = table + 1, cells, axes


@nb.njit(nogil=True, cache=True)
def has(shelf: Shelf, table: int, node: int) -> bool:
    """Return whether a node is an axis of a table."""
    found = False
    for i in range(shelf.scope[table], shelf.scope[table + 1]):
        found = found or shelf.axes[i] == node
    return found


@nb.njit(nogil=True, cache=True)
def _combine(store: Store, shelf: Shelf, node: int, a: int, b: int) -> int:
    """Return the table a * b summed over a node."""
    home = _home(shelf, node, a, b)
    if shelf.finder[home] >= 0:
        return int(shelf.finder[home])
    table, cells, first = int(shelf.counts[0]), int(shelf.counts[1]), int(shelf.counts[2])
    most = shelf.scope[a + 1] - shelf.scope[a] + shelf.scope[b + 1] - shelf.scope[b]
    step = np.zeros((2, most), dtype=np.int64)  # how far a step along each axis goes in a and in b
    inner = np.zeros(2, dtype=np.int64)  # and a step along the node
    rank, states, size = 0, 1, 1
    for side in range(2):
        source = a if side == 0 else b
        stride = shelf.begin[source + 1] - shelf.begin[source]
        for i in range(shelf.scope[source], shelf.scope[source + 1]):
            axis, length = shelf.axes[i], shelf.sizes[i]
            stride //= length
            if axis == node:
                states, inner[side] = length, stride
                continue
            place = 0
            while place < rank and shelf.axes[first + place] != axis:
                place += 1
            if place == rank:
                shelf.axes[first + rank], shelf.sizes[first + rank] = axis, length
                size *= length
                rank += 1
            step[side, place] = stride
    at = np.zeros(most, dtype=np.int64)
    left, right = shelf.begin[a], shelf.begin[b]
    for cell in range(cells, cells + size):
        if node < 0:
            shelf.cells[cell] = product(store, shelf.cells[left], shelf.cells[right])
        else:
            count, fixed = 0, 0.0
            for state in range(states):
                x, y = shelf.cells[left + state * inner[0]], shelf.cells[right + state * inner[1]]
                count, constant = wait(store, count, x, y)
                fixed += constant
            shelf.cells[cell] = added(store, count, fixed)
        for axis in range(rank - 1, -1, -1):
            at[axis] += 1
            left += step[0, axis]
            right += step[1, axis]
            if at[axis] < shelf.sizes[first + axis]:
                break
            left -= at[axis] * step[0, axis]
            right -= at[axis] * step[1, axis]
            at[axis] = 0
    shelf.made[table, 0], shelf.made[table, 1], shelf.made[table, 2] = node, a, b
    shelf.finder[home] = table
    _close(shelf, table, cells + size, first + rank)
    return table


@nb.njit(nogil=True, cache=True)
def _short(store: Store, shelf: Shelf, tables: Longs, count: int, need: Longs) -> bool:
    """Set what room the product of some tables needs at most; return whether there is less."""
    size, axes = 1.0, 0
    for t in range(count):
        first, last = shelf.scope[tables[t]], shelf.scope[tables[t] + 1]
        axes += last - first
        for i in range(first, last):
            seen = False
            for before in range(t):
                seen = seen or has(shelf, tables[before], shelf.axes[i])
            if not seen:
                size *= shelf.sizes[i]
    cells = int(size) * max(count, 1)
    need[SLOTS], need[OPERANDS] = 2 * cells + 2, 4 * cells + 4
    need[TABLES], need[CELLS], need[AXES] = count + 1, cells + 1, axes * max(count, 1) + 1
    return _lacking(store, shelf, need)


@nb.njit(nogil=True, cache=True)
def _lacking(store: Store, shelf: Shelf, need: Longs) -> bool:
    """Return whether there is less room than is needed."""
    return bool(
        2 * (store.counts[0] + need[SLOTS]) > store.table.size
        or store.counts[0] + need[SLOTS] > store.code.size
        or store.counts[1] + need[OPERANDS] > store.operands.size
        or shelf.counts[0] + need[TABLES] > shelf.made.shape[0]
        or 2 * (shelf.counts[0] + need[TABLES]) > shelf.finder.size
        or shelf.counts[1] + need[CELLS] > shelf.cells.size
        or shelf.counts[2] + need[AXES] > shelf.axes.size
    )


@nb.njit(nogil=True, cache=True)
def contract(store: Store, shelf: Shelf, tables: Longs, keep: Longs, largest: float, order: Longs, need: Longs) -> int:
    """Return the product of some tables summed over all nodes but those kept.

    ``order`` is as long as there are nodes. SHORT: ``need`` says of what there is too little room. LARGE: it has the
    multiplications and how many nodes the widest clique has; these stand first in ``order``.
    """
    steps, work, wide = _ordered(shelf, tables, keep, largest, order)
    if work > largest:
        need[0], need[1] = int(work), wide
        return LARGE
    left, touching = np.empty(tables.size, dtype=np.int64), np.empty(tables.size, dtype=np.int64)
    count = tables.size
    for t in range(count):
        left[t] = tables[t]
    for step in range(steps + 1):  # the last multiplies what is left
        node = order[step] if step < steps else -1
        found = others = 0
        for t in range(count):  # those that the step touches, the smallest first
            table = left[t]
            if node >= 0 and not has(shelf, table, node):
                left[others] = table
                others += 1
                continue
            size = shelf.begin[table + 1] - shelf.begin[table]
            place = found
            while place > 0:
                before = touching[place - 1]
                less = shelf.begin[before + 1] - shelf.begin[before] - size
                if less < 0 or (less == 0 and before < table):
                    break
                touching[place] = before
                place -= 1
            touching[place] = table
            found += 1
        if _short(store, shelf, touching, found, need):
            return SHORT
        made = touching[0] if found > 1 or node < 0 else 0
        for t in range(1, found - 1 if node >= 0 else found):
            made = _combine(store, shelf, -1, made, touching[t])
        if node >= 0:
            made = _combine(store, shelf, node, made, touching[found - 1])
        left[others] = made
        count = others + 1
    return int(left[0])


@nb.njit(nogil=True, cache=True)
def _ordered(shelf: Shelf, tables: Longs, keep: Longs, largest: float, order: Longs) -> tuple[int, float, int]:
    """Fill ``order`` with the nodes to sum out; return how many, the cost, and how many nodes the widest clique has.

    Where the cost is too large, ``order`` has the widest clique instead.
    """
    number = np.zeros(order.size, dtype=np.int64)  # from 1, by first mention
    mentioned = np.empty(order.size, dtype=np.int64)
    count = 0
    for table in tables:
        for i in range(shelf.scope[table], shelf.scope[table + 1]):
            if number[shelf.axes[i]] == 0:
                mentioned[count] = shelf.axes[i]
                count += 1
                number[shelf.axes[i]] = count
    scopes, sizes = np.zeros((tables.size, count), dtype=np.bool_), np.empty(count)
    for t in range(tables.size):
        for i in range(shelf.scope[tables[t]], shelf.scope[tables[t] + 1]):
            scopes[t, number[shelf.axes[i]] - 1] = True
            sizes[number[shelf.axes[i]] - 1] = shelf.sizes[i]
    kept = np.zeros(count, dtype=np.bool_)
    steps = count
    for node in keep:
        if number[node] > 0:
            kept[number[node] - 1] = True
            steps -= 1
    best, work = 0, 0.0
    places, widest = np.empty((2, count), dtype=np.int64), np.empty((2, count), dtype=np.bool_)
    for criterion in (SMALLEST, FILLING):
        cost = plan(scopes, sizes, kept, criterion, places[criterion], widest[criterion])
        if criterion == SMALLEST or cost < work:
            best, work = criterion, cost
        if work <= EASY:
            break
    wide = 0
    for place in range(count):
        if work > largest and widest[best, place]:
            order[wide] = mentioned[place]
            wide += 1
    if work <= largest:
        for step in range(steps):
            order[step] = mentioned[places[best, step]]
    return steps, work, wide


@nb.njit(nogil=True, cache=True)
def parts(shelf: Shelf, tables: Longs, targets: Longs, nodes: int) -> Longs:
    """Return -1 for each table that hangs together with a target, else a number that its part has to itself."""
    above = np.empty(nodes, dtype=np.int64)  # towards the root of each node's part
    for node in range(nodes):
        above[node] = node
    for table in tables:
        first = shelf.scope[table]
        for i in range(first + 1, shelf.scope[table + 1]):
            above[_root(above, shelf.axes[i])] = _root(above, shelf.axes[first])
    found = np.empty(tables.size, dtype=np.int64)
    for t in range(tables.size):
        first, last = shelf.scope[tables[t]], shelf.scope[tables[t] + 1]
        root = _root(above, shelf.axes[first]) if last > first else nodes + t
        found[t] = root
        for target in targets:
            if last > first and _root(above, target) == root:
                found[t] = -1
    return found


@nb.njit(nogil=True, cache=True)
def conclude(
    store: Store, shelf: Shelf, tables: Longs, known: Marks, target: Longs, group: Longs, values: Longs, joints: Longs,
    largest: float, order: Longs, need: Longs,
) -> int:  # fmt: skip
    """Write the probability of a node's states, added up by group, given what is known; see ``consing.conditioned``.

    What hangs together with the node is summed along it; any other part in which a table is ``known`` to know something
    is beside it. Return the slot of the probability of all that is known, or SHORT or LARGE.
    """
    part = parts(shelf, tables, target, order.size)
    mine, nothing = np.empty(tables.size, dtype=np.int64), np.empty(0, dtype=np.int64)
    evidence = int(store.landmarks[ONE])
    for first in range(tables.size):
        label, count, news = part[first], 0, False
        for t in range(first, tables.size if label >= 0 else first):
            if part[t] == label:
                mine[count] = tables[t]
                count, news, part[t] = count + 1, news or known[t], -2
        if news:
            made = contract(store, shelf, mine[:count], nothing, largest, order, need)
            if made < 0:
                return made
            evidence = product(store, evidence, shelf.cells[shelf.begin[made]])
    count, news = 0, False
    for t in range(tables.size):
        if part[t] == -1:
            mine[count] = tables[t]
            count, news = count + 1, news or known[t]
    made = contract(store, shelf, mine[:count], target, largest, order, need)
    if made < 0:
        return made
    shares = shelf.cells[shelf.begin[made] : shelf.begin[made + 1]]
    need[SLOTS], need[OPERANDS] = 3 * values.size + 4, 2 * (values.size + 1) * (shares.size + 3)
    need[TABLES] = need[CELLS] = need[AXES] = 0
    if _lacking(store, shelf, need):
        return SHORT
    return conditioned(store, shares, group, news, evidence, values, joints)


@nb.njit(nogil=True, cache=True)
def _root(above: Longs, node: int) -> int:
    """Return the root of a node's part, and let all on the way point closer to it."""
    while above[node] != node:
        above[node] = above[above[node]]
        node = above[node]
    return node
