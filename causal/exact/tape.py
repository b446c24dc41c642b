"""A tape: arithmetic recorded once, shared wherever it repeats, run for every draw.

    Recorder      writes: constant(v), product, total, flip, expit, log, quotient, minimum, maximum -> slot numbers,
                  and the same on whole arrays: constants, products, totals, flips, ... -> arrays of slot numbers
    Tape          runs:   values(parameters) and pullback(parameters, adjoints)

Slots are hash-consed: the same operation on the same slots is the same slot, so questions share their common parts
and two expressions written alike are equal by number. Zeros and ones vanish while writing, which is how deterministic
rules and cut arrows cost nothing. The first slots of the buffer are the parameters.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np
from numpy.typing import ArrayLike, NDArray

from causal.exact import consing, kernel
from causal.exact.consing import Longs, Store
from causal.exact.kernel import Floats, Slots
from causal.exact.program import Program

ROOM = 1024  # slots to start with


class Recorder:
    """Writes a tape over ``parameters`` free numbers. Slots: parameters first, then constants and results as needed."""

    def __init__(self, parameters: int) -> None:
        self.parameters = parameters
        room = max(ROOM, 2 * parameters)
        self._store = Store(
            code=np.full(room, consing.FREE, dtype=np.int8),
            start=np.zeros(room + 1, dtype=np.int64),
            operands=np.empty(4 * room, dtype=np.int64),
            value=np.zeros(room),
            table=np.full(4 * ROOM, -1, dtype=np.int64),
            counts=np.array([parameters, 0], dtype=np.int64),
            landmarks=np.zeros(3, dtype=np.int64),
        )
        self.zero, self.one, self.minus = self.constants([0.0, 1.0, -1.0]).tolist()
        self._store.landmarks[:] = self.zero, self.one, self.minus

    def __len__(self) -> int:
        """Return the number of slots written, parameters included."""
        return int(self._store.counts[0])

    def room(self, slots: int, operands: int) -> Store:
        """Return the store with room for so many more slots and operands."""
        store = self._store
        used, filled = store.counts.tolist()
        if used + slots > store.code.size:
            size = 2 * (used + slots)
            code, value = consing.grown(store.code, size), consing.grown(store.value, size)
            store = store._replace(code=code, start=consing.grown(store.start, size + 1), value=value)
        if filled + operands > store.operands.size:
            store = store._replace(operands=consing.grown(store.operands, 2 * (filled + operands)))
        if 2 * (used + slots) > store.table.size:
            size = 1 << (4 * (used + slots)).bit_length()
            store = store._replace(table=np.full(size, -1, dtype=np.int64))
            consing.rehash(store)
        self._store = store
        return store

    # Arrays of slots: any shapes that broadcast; one operation per entry

    def constants(self, values: ArrayLike) -> Longs:
        """Return the slots that hold fixed numbers."""
        numbers = np.asarray(values, dtype=np.float64)
        found = np.empty(numbers.size, dtype=np.int64)
        consing.constants(self.room(numbers.size, 0), np.ascontiguousarray(numbers).ravel(), found)
        return found.reshape(numbers.shape)

    def _each(self, code: int, a: ArrayLike, b: ArrayLike | None = None) -> Longs:
        left, right = _alike(a, a if b is None else b)
        found = np.empty(left.size, dtype=np.int64)
        consing.each(self.room(found.size, 2 * found.size), code, left.ravel(), right.ravel(), found)
        return found.reshape(left.shape)

    def products(self, a: ArrayLike, b: ArrayLike) -> Longs:
        """Return a * b."""
        return self._each(kernel.SET, a, b)

    def flips(self, a: ArrayLike) -> Longs:
        """Return 1 - a; flipping twice gives the same slot back."""
        return self._each(kernel.FLIP, a)

    def quotients(self, a: ArrayLike, b: ArrayLike) -> Longs:
        """Return a / b; what is divided by itself is 1, and 0 divided is 0."""
        return self._each(kernel.DIVIDE, a, b)

    def minima(self, a: ArrayLike, b: ArrayLike) -> Longs:
        """Return the smaller of a and b."""
        return self._each(kernel.MIN, a, b)

    def maxima(self, a: ArrayLike, b: ArrayLike) -> Longs:
        """Return the larger of a and b."""
        return self._each(kernel.MAX, a, b)

    def lowest(self, a: ArrayLike, b: ArrayLike) -> Longs:
        """Return the smaller of two numbers between 0 and 1: a zero or a one decides without being compared."""
        return self._decided(kernel.MIN, a, b, self.zero, self.one)

    def highest(self, a: ArrayLike, b: ArrayLike) -> Longs:
        """Return the larger of two numbers between 0 and 1."""
        return self._decided(kernel.MAX, a, b, self.one, self.zero)

    def _decided(self, code: int, a: ArrayLike, b: ArrayLike, wins: int, yields: int) -> Longs:
        left, right = _alike(a, b)
        found = np.where(left == yields, right, np.where(right == yields, left, -1))
        found[(left == wins) | (right == wins)] = wins
        rest = found < 0
        if rest.any():
            found[rest] = self._each(code, left[rest], right[rest])
        return found

    def expits(self, a: ArrayLike) -> Longs:
        """Return 1 / (1 + exp(-a))."""
        return self._each(kernel.EXPIT, a)

    def logs(self, a: ArrayLike) -> Longs:
        """Return the natural logarithm of a."""
        return self._each(kernel.LOG, a)

    def totals(self, a: ArrayLike, b: ArrayLike) -> Longs:
        """Return the sum of a * b along the last axis; the same pairs in another order are the same slot."""
        left, right = _alike(a, b)
        *outer, terms = left.shape
        found = np.empty(left.size // terms if terms else int(np.prod(outer)), dtype=np.int64)
        store = self.room(2 * found.size, 2 * left.size + 2 * found.size + 2 * terms + 2)
        consing.totals(store, left.reshape(-1, terms), right.reshape(-1, terms), found)
        return found.reshape(outer)

    def sums(self, a: ArrayLike) -> Longs:
        """Return the sum of a along the last axis."""
        return self.totals(a, self.one)

    def differences(self, a: ArrayLike, b: ArrayLike) -> Longs:
        """Return a - b; what is taken from itself leaves 0."""
        left, right = _alike(a, b)
        pairs = self.totals(np.stack([left, right], axis=-1), np.array([self.one, self.minus]))
        return np.where(left == right, self.zero, pairs)

    def broken(self, sticks: ArrayLike) -> Longs:
        """Return the shares that sticks leave along the last axis, one more than there are sticks."""
        all_sticks = np.array(sticks, dtype=np.int64)
        *outer, count = all_sticks.shape
        found = np.empty((prod(outer), count + 1), dtype=np.int64)
        room = self.room(3 * all_sticks.size, 5 * all_sticks.size)
        consing.broken(room, all_sticks.reshape(len(found), count), found)
        return found.reshape(*outer, count + 1)

    def conditioned(
        self, shares: ArrayLike, group: ArrayLike, outputs: int, news: bool, evidence: int
    ) -> tuple[Longs, Longs, int]:
        """Return shares, added up by group, over their whole; the same times ``evidence``; and so the whole.

        Where there is no news, the whole is 1.
        """
        slots, groups = _alike(shares, group)
        values, joints = np.empty(outputs, dtype=np.int64), np.empty(outputs, dtype=np.int64)
        room = self.room(3 * outputs + 3, 2 * (slots.size + 1) * (outputs + 1) + 4 * outputs + 2)
        return values, joints, consing.conditioned(room, slots, groups, news, evidence, values, joints)

    # One slot at a time

    def constant(self, value: float) -> int:
        """Return the slot that holds a fixed number."""
        return int(self.constants(value))

    def product(self, a: int, b: int) -> int:
        """Return a * b."""
        if a == self.one or b == self.one:
            return b if a == self.one else a
        return int(self.products(a, b))

    def total(self, pairs: Iterable[tuple[int, int]]) -> int:
        """Return the sum of a * b over pairs."""
        both = np.array(list(pairs), dtype=np.int64).reshape(-1, 2)
        return int(self.totals(both[:, 0], both[:, 1])) if len(both) else self.zero

    def add(self, slots: Iterable[int]) -> int:
        """Return the sum of slots."""
        return self.total((slot, self.one) for slot in slots)

    def minus_of(self, a: int, b: int) -> int:
        """Return a - b."""
        return int(self.differences(a, b))

    def flip(self, a: int) -> int:
        """Return 1 - a."""
        return int(self.flips(a))

    def expit(self, a: int) -> int:
        """Return 1 / (1 + exp(-a))."""
        return int(self.expits(a))

    def log(self, a: int) -> int:
        """Return the natural logarithm of a."""
        return int(self.logs(a))

    def quotient(self, a: int, b: int) -> int:
        """Return a / b."""
        return a if b == self.one else int(self.quotients(a, b))

    def minimum(self, slots: Sequence[int]) -> int:
        """Return the smallest of slots."""
        found = slots[0]
        for slot in slots[1:]:
            found = int(self.minima(found, slot))
        return found

    def maximum(self, slots: Sequence[int]) -> int:
        """Return the largest of slots."""
        found = slots[0]
        for slot in slots[1:]:
            found = int(self.maxima(found, slot))
        return found

    def more(self, count: int) -> range:
        """Return the slots of so many parameters more: late ones, that only a tape which is told of them takes."""
        store = self.room(count, 0)
        first = int(store.counts[0])
        store.code[first : first + count] = consing.FREE
        store.start[first + 1 : first + count + 1] = store.start[first]
        store.counts[0] += count
        return range(first, first + count)

    def fixed(self, slot: int) -> float | None:
        """Return the number in a slot that holds a constant, None for any other."""
        return float(self._store.value[slot]) if self._store.code[slot] == consing.FIXED else None

    def tape(self, outputs: Sequence[int], late: Sequence[int] = ()) -> Tape:
        """Return a tape that computes just these slots, with everything else left out.

        ``late`` are parameters of ``more``; the tape takes them after the others, in this order.
        """
        store, wanted, behind = self._store, np.asarray(outputs, dtype=np.int64), np.asarray(late, dtype=np.int64)
        needed = np.zeros(max(int(each.max(initial=self.parameters)) for each in (wanted, behind)) + 1, dtype=bool)
        needed[wanted] = True
        rows = np.empty((consing.mark(store, needed), 4), dtype=np.int32)
        needed[: self.parameters] = True
        needed[behind] = False
        if (store.code[: needed.size][self.parameters :][needed[self.parameters :]] == consing.FREE).any():
            raise ValueError("a late parameter is read that the tape was not told of")
        place = np.cumsum(needed) - 1
        place[self.parameters :] += behind.size
        place[behind] = self.parameters + np.arange(behind.size)
        needed[behind] = True
        consing.emit(store, needed, place, rows)
        fixed = np.flatnonzero(needed & (store.code[: needed.size] == consing.FIXED))
        return Tape(
            parameters=self.parameters + behind.size,
            slots=int(needed.sum()),
            code=np.ascontiguousarray(rows[:, 0], dtype=np.int8),
            into=np.ascontiguousarray(rows[:, 1]),
            left=np.ascontiguousarray(rows[:, 2]),
            right=np.ascontiguousarray(rows[:, 3]),
            constant_slots=place[fixed].astype(np.int32),
            constant_values=store.value[fixed].copy(),
            outputs=place[wanted].astype(np.int32),
        )


def _alike(a: ArrayLike, b: ArrayLike) -> tuple[Longs, Longs]:
    """Return two arrays of slots of one shape, contiguous and writeable: compiled code is made for this kind alone."""
    left = np.array(a, dtype=np.int64, order="C")
    if isinstance(b, int):
        return left, np.full(left.shape, b)
    right = np.array(b, dtype=np.int64, order="C")
    if left.shape != right.shape:
        shape = np.broadcast_shapes(left.shape, right.shape)
        left, right = (np.array(np.broadcast_to(each, shape), order="C") for each in (left, right))
    return left, right


@dataclass(frozen=True)
class Tape:
    """A recorded computation of ``len(outputs)`` numbers from ``parameters`` numbers, for any number of draws."""

    parameters: int
    slots: int
    code: kernel.Codes
    into: Slots
    left: Slots
    right: Slots
    constant_slots: Slots
    constant_values: Floats
    outputs: Slots

    def __len__(self) -> int:
        return int(self.code.size)

    def buffer(self, lanes: int) -> Floats:
        """Return a working buffer of shape (slots, lanes) with the constants filled in."""
        w = np.empty((self.slots, lanes))
        w[self.constant_slots] = self.constant_values[:, None]
        return w

    def values(self, parameters: Floats, threads: int | None = None) -> Floats:
        """Return the outputs, shape (outputs, draws), for ``parameters`` of shape (parameters, draws)."""
        theta = np.ascontiguousarray(parameters, dtype=np.float64)
        if theta.ndim != 2 or theta.shape[0] != self.parameters:
            raise ValueError(f"parameters have shape {theta.shape}, not ({self.parameters}, draws)")
        return self._program.run(theta, threads)

    @cached_property
    def _program(self) -> Program:
        return Program.pack(
            self.parameters, self.slots, self.code, self.into, self.left, self.right, self.constant_slots,
            self.constant_values, self.outputs,
        )  # fmt: skip

    def moved_by(self, parameters: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return which outputs any of the marked parameters can move."""
        moved = np.zeros(self.slots, dtype=bool)
        moved[: self.parameters] = parameters
        kernel.reach(self.into, self.left, self.right, moved)
        return moved[self.outputs]

    def multilinear(self, free: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return which outputs are linear in every parameter marked ``free``: their mean is their value at the means.

        That is so where the parameters are independent of each other. An output may be linear and not be found to be.
        """
        within = np.zeros((self.slots, int(free.sum())), dtype=bool)
        within[np.flatnonzero(free), np.arange(within.shape[1])] = True
        bent = np.zeros(self.slots, dtype=bool)
        kernel.multilinear(self.code, self.into, self.left, self.right, within, bent)
        return ~bent[self.outputs]

    def pullback(self, parameters: Floats, adjoints: Floats) -> tuple[Floats, Floats]:
        """Return the outputs and, for adjoints of the same shape, the parameters' adjoints; all lanes at once."""
        lanes = parameters.shape[1]
        w = self.buffer(lanes)
        w[: self.parameters] = parameters
        kernel.forward(self.code, self.into, self.left, self.right, w)
        g = np.zeros_like(w)
        np.add.at(g, self.outputs, adjoints)
        kernel.backward(self.code, self.into, self.left, self.right, w, g)
        return w[self.outputs], g[: self.parameters].copy()
