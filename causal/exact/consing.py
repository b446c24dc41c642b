"""Hash-consing in compiled code: many operations written at once, each stored once.

    code    operands                  value                      written as
    SET     a, b                      a * b                      itself, 0, a constant or one of the two
    ADD     a1, b1, a2, b2, ...       a1 * b1 + a2 * b2 + ...    terms sorted, zeros dropped, constants folded
    FLIP    a                         1 - a                      flipping twice gives the same slot back
    MIN     a, b                      the smaller
    MAX     a, b                      the larger
    EXPIT, LOG, DIVIDE                as in kernel.py
    FIXED                             a constant                 equal constants are one slot

The store of a recorder is a handful of flat arrays (``Store``). An operation is looked up by a hash of its code and
operands in an open-addressing table (linear probing); the table holds slot numbers, -1 where it is empty. Room is made
before these functions are called (``tape.Recorder``), so that nothing here grows an array.
"""

from __future__ import annotations

from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from causal.exact.kernel import ADD, DIVIDE, EXPIT, FLIP, LOG, MAX, MIN, SET, Codes, Floats

FREE, FIXED = -2, -1  # codes of slots that no operation fills: parameters and constants
ZERO, ONE, MINUS = 0, 1, 2  # places in Store.landmarks

Longs = NDArray[np.int64]


class Store(NamedTuple):
    """Flat arrays of everything written; ``counts`` is (slots, operands) used, ``landmarks`` the slots of 0, 1, -1."""

    code: Codes
    start: Longs
    operands: Longs
    value: Floats
    table: Longs
    counts: Longs
    landmarks: Longs


def grown[Numbers: np.generic](array: NDArray[Numbers], size: int) -> NDArray[Numbers]:
    """Return a longer array that begins with what an array holds; the rest is not touched, so costs nothing yet."""
    found = np.empty((size, *array.shape[1:]), dtype=array.dtype)
    found[: len(array)] = array
    return found


@nb.njit(nogil=True, cache=True, inline="always")
def mixed(h: np.uint64, x: np.uint64) -> np.uint64:
    """Return a hash with one more word mixed in (the finaliser of MurmurHash3)."""
    h = (h ^ x) * np.uint64(0xFF51AFD7ED558CCD)
    return h ^ (h >> np.uint64(32))


@nb.njit(nogil=True, cache=True)
def _constant(store: Store, value: float) -> int:
    """Return the slot of a fixed number."""
    if value == 0.0:
        value = 0.0  # minus zero is zero
    h = mixed(mixed(np.uint64(0x9E3779B97F4A7C15), np.uint64(FIXED + 256)), np.float64(value).view(np.uint64))
    mask = store.table.size - 1
    at = np.int64(h & np.uint64(mask))
    while store.table[at] >= 0:
        slot = store.table[at]
        if store.code[slot] == FIXED and store.value[slot] == value:
            return int(slot)
        at = (at + 1) & mask
    slot = int(store.counts[0])
    store.code[slot] = FIXED
    store.value[slot] = value
    store.start[slot + 1] = store.start[slot]
    store.table[at] = slot
    store.counts[0] = slot + 1
    return slot


@nb.njit(nogil=True, cache=True)
def _record(store: Store, code: int, size: int) -> int:
    """Return the slot of an operation whose ``size`` operands wait behind the last stored one."""
    first = store.counts[1]
    h = mixed(np.uint64(0x9E3779B97F4A7C15), np.uint64(code + 256))
    for i in range(first, first + size):
        h = mixed(h, np.uint64(store.operands[i]))
    mask = store.table.size - 1
    at = np.int64(h & np.uint64(mask))
    while store.table[at] >= 0:
        slot = store.table[at]
        if store.code[slot] == code and store.start[slot + 1] - store.start[slot] == size:
            begin = store.start[slot]
            same = True
            for i in range(size):
                if store.operands[begin + i] != store.operands[first + i]:
                    same = False
                    break
            if same:
                return int(slot)
        at = (at + 1) & mask
    slot = int(store.counts[0])
    store.code[slot] = code
    store.start[slot] = first
    store.start[slot + 1] = first + size
    store.table[at] = slot
    store.counts[0] = slot + 1
    store.counts[1] = first + size
    return slot


@nb.njit(nogil=True, cache=True)
def _two(store: Store, code: int, a: int, b: int) -> int:
    first = store.counts[1]
    store.operands[first] = a
    store.operands[first + 1] = b
    return _record(store, code, 2)


@nb.njit(nogil=True, cache=True)
def product(store: Store, a: int, b: int) -> int:
    """Return the slot of a * b."""
    zero, one = int(store.landmarks[ZERO]), int(store.landmarks[ONE])
    if a == zero or b == zero:
        return zero
    if a == one:
        return b
    if b == one:
        return a
    if store.code[a] == FIXED and store.code[b] == FIXED:
        return _constant(store, store.value[a] * store.value[b])
    return _two(store, SET, min(a, b), max(a, b))


@nb.njit(nogil=True, cache=True)
def _flip(store: Store, a: int) -> int:
    if store.code[a] == FIXED:
        return _constant(store, 1.0 - store.value[a])
    if store.code[a] == FLIP:
        return int(store.operands[store.start[a]])
    store.operands[store.counts[1]] = a
    return _record(store, FLIP, 1)


@nb.njit(nogil=True, cache=True)
def _quotient(store: Store, a: int, b: int) -> int:
    zero, one = int(store.landmarks[ZERO]), int(store.landmarks[ONE])
    if b == one or a == zero:
        return a
    if a == b:
        return one
    if store.code[a] == FIXED and store.code[b] == FIXED and store.value[b] != 0.0:
        return _constant(store, store.value[a] / store.value[b])
    return _two(store, DIVIDE, a, b)


@nb.njit(nogil=True, cache=True)
def _extreme(store: Store, code: int, a: int, b: int) -> int:
    if a == b:
        return a
    if store.code[a] == FIXED and store.code[b] == FIXED:
        x, y = store.value[a], store.value[b]
        return _constant(store, min(x, y) if code == MIN else max(x, y))
    return _two(store, code, min(a, b), max(a, b))


@nb.njit(nogil=True, cache=True)
def _single(store: Store, code: int, a: int) -> int:
    if store.code[a] == FIXED:
        x = store.value[a]
        if code == EXPIT:
            return _constant(store, 1.0 / (1.0 + np.exp(-x)))
        if x > 0.0:
            return _constant(store, np.log(x))
    store.operands[store.counts[1]] = a
    return _record(store, code, 1)


@nb.njit(nogil=True, cache=True)
def each(store: Store, code: int, a: Longs, b: Longs, found: Longs) -> None:
    """Write one operation per entry of ``a`` (and ``b``), into ``found``; all of the same length."""
    for i in range(a.size):
        if code == SET:
            found[i] = product(store, a[i], b[i])
        elif code == FLIP:
            found[i] = _flip(store, a[i])
        elif code == DIVIDE:
            found[i] = _quotient(store, a[i], b[i])
        elif code in (MIN, MAX):
            found[i] = _extreme(store, code, a[i], b[i])
        else:
            found[i] = _single(store, code, a[i])


@nb.njit(nogil=True, cache=True)
def constants(store: Store, values: Floats, found: Longs) -> None:
    """Write fixed numbers."""
    for i in range(values.size):
        found[i] = _constant(store, values[i])


@nb.njit(nogil=True, cache=True)
def wait(store: Store, count: int, x: int, y: int) -> tuple[int, float]:
    """Let x * y wait behind the last operation, with ``count`` others; return how many wait, and what is a constant."""
    zero = store.landmarks[ZERO]
    if x == zero or y == zero:
        return count, 0.0
    if store.code[x] == FIXED and store.code[y] == FIXED:
        return count, store.value[x] * store.value[y]
    _insert(store, count, x, y)
    return count + 1, 0.0


@nb.njit(nogil=True, cache=True)
def _insert(store: Store, count: int, x: int, y: int) -> None:
    """Put x * y in its place among those that wait: a sum in another order is the same slot, and sums are short."""
    if x > y:
        x, y = y, x
    first = store.counts[1]
    place = first + 2 * count
    while place > first and (
        store.operands[place - 2] > x or (store.operands[place - 2] == x and store.operands[place - 1] > y)
    ):
        store.operands[place] = store.operands[place - 2]
        store.operands[place + 1] = store.operands[place - 1]
        place -= 2
    store.operands[place] = x
    store.operands[place + 1] = y


@nb.njit(nogil=True, cache=True)
def added(store: Store, count: int, fixed: float) -> int:
    """Return the slot of what waits, added up, and a constant."""
    if fixed != 0.0:
        constant = _constant(store, fixed)
        if count == 0:
            return constant
        _insert(store, count, store.landmarks[ONE], constant)
        count += 1
    if count == 0:
        return int(store.landmarks[ZERO])
    if count == 1:
        first = store.counts[1]
        return product(store, store.operands[first], store.operands[first + 1])
    return _record(store, ADD, 2 * count)


@nb.njit(nogil=True, cache=True)
def totals(store: Store, a: Longs, b: Longs, found: Longs) -> None:
    """Write, for every row of ``a`` and ``b`` of shape (rows, terms), the sum of products along it."""
    rows, terms = a.shape
    for row in range(rows):
        count, fixed = 0, 0.0
        for term in range(terms):
            count, constant = wait(store, count, a[row, term], b[row, term])
            fixed += constant
        found[row] = added(store, count, fixed)


@nb.njit(nogil=True, cache=True)
def broken(store: Store, sticks: Longs, found: Longs) -> None:
    """Write the shares that rows of sticks leave, one more than there are sticks: p1, (1 - p1) p2, ... and the rest."""
    rows, count = sticks.shape
    for row in range(rows):
        left = int(store.landmarks[ONE])
        for i in range(count):
            found[row, i] = product(store, left, sticks[row, i])
            left = product(store, left, _flip(store, sticks[row, i]))
        found[row, count] = left


@nb.njit(nogil=True, cache=True)
def conditioned(
    store: Store, shares: Longs, group: Longs, news: bool, evidence: int, values: Longs, joints: Longs
) -> int:
    """Write shares, added up by group, over their whole (over 1 without news), and times what is known beside them.

    Return the slot of the whole, times that as well.
    """
    below = int(store.landmarks[ONE])
    for output in range(-1 if news else 0, values.size):
        count, fixed = 0, 0.0
        for i in range(shares.size):
            if output < 0 or group[i] == output:
                count, constant = wait(store, count, shares[i], store.landmarks[ONE])
                fixed += constant
        slot = added(store, count, fixed)
        if output < 0:
            below = slot
        else:
            values[output], joints[output] = _quotient(store, slot, below), product(store, evidence, slot)
    return product(store, evidence, below)


@nb.njit(nogil=True, cache=True)
def rehash(store: Store) -> None:
    """Fill an empty table anew from what is stored."""
    mask = store.table.size - 1
    for slot in range(store.counts[0]):
        code = store.code[slot]
        if code == FREE:
            continue
        h = mixed(np.uint64(0x9E3779B97F4A7C15), np.uint64(code + 256))
        if code == FIXED:
            h = mixed(h, np.float64(store.value[slot]).view(np.uint64))
        else:
            for i in range(store.start[slot], store.start[slot + 1]):
                h = mixed(h, np.uint64(store.operands[i]))
        at = np.int64(h & np.uint64(mask))
        while store.table[at] >= 0:
            at = (at + 1) & mask
        store.table[at] = slot


@nb.njit(nogil=True, cache=True)
def mark(store: Store, needed: NDArray[np.bool_]) -> int:
    """Mark every slot that a marked one is made from; return how many instructions fill them."""
    rows = 0
    for slot in range(needed.size - 1, -1, -1):
        if needed[slot] and store.code[slot] >= 0:
            first, last = store.start[slot], store.start[slot + 1]
            for i in range(first, last):
                needed[store.operands[i]] = True
            rows += (last - first) // 2 if store.code[slot] == ADD else 1
    return rows


@nb.njit(nogil=True, cache=True)
def emit(store: Store, needed: NDArray[np.bool_], place: Longs, rows: NDArray[np.int32]) -> None:
    """Write the instructions of all marked slots, shape (instructions, 4): code, into, left, right."""
    at = 0
    for slot in range(needed.size):
        code = store.code[slot]
        if not needed[slot] or code < 0:
            continue
        first, last = store.start[slot], store.start[slot + 1]
        if code == ADD:
            for i in range(first, last, 2):
                rows[at, 0] = SET if i == first else ADD
                rows[at, 1] = place[slot]
                rows[at, 2] = place[store.operands[i]]
                rows[at, 3] = place[store.operands[i + 1]]
                at += 1
        else:
            rows[at, 0] = code
            rows[at, 1] = place[slot]
            rows[at, 2] = place[store.operands[first]]
            rows[at, 3] = place[store.operands[last - 1]]
            at += 1


__all__ = [
    "FIXED", "FREE", "LOG", "MINUS", "ONE", "ZERO", "Longs", "Store", "added", "broken", "conditioned", "constants",
    "each", "emit", "grown", "mark", "mixed", "product", "rehash", "totals", "wait",
]  # fmt: skip
