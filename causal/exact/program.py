"""A tape packed for running forwards only: a small buffer, filled as it is needed.

    tape                              program
    a row of the buffer per slot      a row is given to another slot once its own has been read for the last time
    all parameters in first rows      LOAD, just before a parameter is first read; others never
    constants                         rows of their own

The buffer of a block of draws then stays in the processor's cache, and nothing is copied that no answer needs.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numba as nb
import numpy as np

from causal.exact import kernel
from causal.exact.kernel import ADD, Codes, Floats, Slots

LOAD = 8  # c = parameter a
LINE = 64  # bytes of a line of the cache
LANES = 128  # draws per block: enough for the loop around them to cost little, and for SIMD
MANY, MOST = 1 << 22, 1 << 28  # bytes of buffer from which half as many draws are faster, and never to go beyond
SHARED = 5_000_000  # instructions times draws from which several threads are worth starting


@dataclass(frozen=True)
class Program:
    """Instructions over ``rows`` rows; ``fixed`` are the rows of ``constants``, ``outputs`` those of the answers."""

    code: Codes
    into: Slots
    left: Slots
    right: Slots
    rows: int
    fixed: Slots
    constants: Floats
    outputs: Slots

    @classmethod
    def pack(
        cls, parameters: int, slots: int, code: Codes, into: Slots, left: Slots, right: Slots, fixed: Slots,
        constants: Floats, outputs: Slots,
    ) -> Program:  # fmt: skip
        """Pack a tape's instructions over so many slots, of which the first are the parameters."""
        room = code.size + min(parameters, 2 * code.size + outputs.size)
        packed = np.empty((4, room), dtype=np.int32)
        place = np.full(slots, -1, dtype=np.int32)
        length, rows = _pack(code, into, left, right, parameters, fixed, outputs, place, packed)
        return cls(packed[0, :length].astype(np.int8), packed[1, :length], packed[2, :length], packed[3, :length],
                   rows, place[fixed], constants, place[outputs])  # fmt: skip

    def run(self, theta: Floats, threads: int | None) -> Floats:
        """Return the outputs, shape (outputs, draws), for parameters of shape (parameters, draws)."""
        draws = theta.shape[1]
        found = np.empty((self.outputs.size, draws))
        lanes = LANES if 8 * LANES * self.rows <= MANY else LANES // 2
        lanes = max(1, min(draws, lanes, MOST // (8 * max(self.rows, 1))))

        def part(start: int, stop: int) -> None:
            buffer = _aligned(self.rows, lanes)
            buffer[self.fixed] = self.constants[:, None]
            _blocks(self.code, self.into, self.left, self.right, self.outputs, theta, start, stop, buffer, found)

        if threads == 1 or draws * self.code.size < SHARED:
            part(0, draws)
            return found
        workers = threads or os.process_cpu_count() or 1
        starts = range(0, draws, -(-draws // (lanes * workers)) * lanes)
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(part, starts, [min(start + starts.step, draws) for start in starts]))
        return found


def _aligned(rows: int, lanes: int) -> Floats:
    """Return an empty buffer that begins with a line of the cache: vectors across two lines are read half as fast."""
    room = np.empty(rows * lanes + LINE // 8)
    first = -room.ctypes.data % LINE // 8
    return room[first : first + rows * lanes].reshape(rows, lanes)


@nb.njit(nogil=True, cache=True)
def _pack(
    code: Codes, into: Slots, left: Slots, right: Slots, parameters: int, fixed: Slots, outputs: Slots,
    place: Slots, packed: Slots,
) -> tuple[int, int]:  # fmt: skip
    """Fill ``packed`` (code, into, left, right) and the row of each slot; return how many instructions and rows."""
    last = np.full(place.size, -1, dtype=np.int64)  # the instruction that reads a slot last
    for i in range(code.size):
        last[left[i]] = last[right[i]] = i
    free = np.empty(place.size, dtype=np.int32)
    idle = rows = at = 0
    for slot in fixed:
        place[slot], last[slot] = rows, code.size
        rows += 1
    last[outputs] = code.size
    for i in range(code.size + 1):
        if i < code.size and code[i] == ADD:
            continue
        stop = i + 1  # all terms of a sum together: its row is none of theirs, and what they load stands before it
        while stop < code.size and code[stop] == ADD:
            stop += 1
        reads = outputs.size if i == code.size else 2 * (stop - i)
        for t in range(reads):
            slot = outputs[t] if i == code.size else left[i + t // 2] if t % 2 == 0 else right[i + t // 2]
            if slot < parameters and place[slot] < 0:
                idle, rows, place[slot] = _row(free, idle, rows)
                packed[0, at], packed[1, at], packed[2, at], packed[3, at] = LOAD, place[slot], slot, slot
                at += 1
        if i == code.size:
            break
        idle, rows, place[into[i]] = _row(free, idle, rows)
        for t in range(i, stop):
            packed[0, at], packed[1, at] = code[t], place[into[i]]
            packed[2, at], packed[3, at] = place[left[t]], place[right[t]]
            at += 1
        for t in range(i, stop):
            for slot in (left[t], right[t]):
                if last[slot] == t:
                    last[slot] = -1
                    free[idle] = place[slot]
                    idle += 1
    return at, rows


@nb.njit(nogil=True, cache=True)
def _row(free: Slots, idle: int, rows: int) -> tuple[int, int, int]:
    """Return how many rows are idle and how many there are, and a row: the one that fell idle last, or a new one."""
    if idle > 0:
        return idle - 1, rows, free[idle - 1]
    return idle, rows + 1, rows


@nb.njit(nogil=True, cache=True, error_model="numpy")
def _blocks(
    code: Codes, into: Slots, left: Slots, right: Slots, outputs: Slots, theta: Floats, start: int, stop: int,
    buffer: Floats, found: Floats,
) -> None:  # fmt: skip
    """Run the draws from ``start`` to ``stop``, a block of lanes at a time."""
    lanes = buffer.shape[1]
    first = start
    while first + lanes <= stop:
        _block(code, into, left, right, outputs, theta, first, buffer, found)
        first += lanes
    if first < stop:
        _block(code, into, left, right, outputs, theta, first, buffer[:, : stop - first].copy(), found)


# Apart from _blocks, which makes arrays: where arrays are made, references are counted in every instruction.
@nb.njit(nogil=True, cache=True, error_model="numpy")
def _block(
    code: Codes, into: Slots, left: Slots, right: Slots, outputs: Slots, theta: Floats, first: int, w: Floats,
    found: Floats,
) -> None:  # fmt: skip
    """Run one block of draws, as many as ``w`` has lanes."""
    lanes = w.shape[1]
    i = 0
    while i < code.size:
        op, after = code[i], i + 1
        if op <= ADD:
            while after < code.size and code[after] == ADD:
                after += 1
            kernel.add_up(i, after, into[i], left, right, w)
        elif op == LOAD:
            c, a = into[i], left[i]
            for k in range(lanes):
                w[c, k] = theta[a, first + k]
        else:
            kernel.apply(op, into[i], left[i], right[i], w)
        i = after
    for row in range(outputs.size):
        c = outputs[row]
        for k in range(lanes):
            found[row, first + k] = w[c, k]
