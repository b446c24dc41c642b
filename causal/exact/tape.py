"""A tape: arithmetic recorded once, shared wherever it repeats, run for every draw.

    Recorder      writes: parameter(i), constant(v), product, total, flip, expit, log, quotient -> slot numbers
    Tape          runs:   values(parameters) and pullback(parameters, adjoints)

Slots are hash-consed: the same operation on the same slots is the same slot, so questions share their common parts
and two expressions written alike are equal by number. Zeros and ones vanish while writing, which is how deterministic
rules and cut arrows cost nothing. The first slots of the buffer are the parameters.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from causal.exact import kernel
from causal.exact.kernel import Floats, Slots

LANES = 64  # draws per block: wide enough for SIMD, small enough for the buffer to stay in cache
BUFFER = 1 << 20  # bytes of buffer to aim at; larger tapes run with fewer lanes

Operation = tuple[int, tuple[int, ...]]


@dataclass
class Recorder:
    """Writes a tape over ``parameters`` free numbers. Slots: parameters first, then constants and results as needed."""

    parameters: int
    operations: list[Operation | None] = field(default_factory=list)
    constants: dict[int, float] = field(default_factory=dict)
    seen: dict[Operation, int] = field(default_factory=dict)
    known: dict[float, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.operations = [None] * self.parameters
        self.zero = self.constant(0.0)
        self.one = self.constant(1.0)
        self.minus = self.constant(-1.0)

    def constant(self, value: float) -> int:
        """Return the slot that holds a fixed number."""
        slot = self.known.get(value)
        if slot is None:
            slot = self.known[value] = len(self.operations)
            self.operations.append(None)
            self.constants[slot] = value
        return slot

    def _record(self, operation: Operation) -> int:
        slot = self.seen.get(operation)
        if slot is None:
            slot = self.seen[operation] = len(self.operations)
            self.operations.append(operation)
        return slot

    def product(self, a: int, b: int) -> int:
        """Return a * b."""
        if a == self.zero or b == self.zero:
            return self.zero
        if a == self.one:
            return b
        if b == self.one:
            return a
        if a in self.constants and b in self.constants:
            return self.constant(self.constants[a] * self.constants[b])
        return self._record((kernel.SET, (a, b) if a < b else (b, a)))

    def total(self, pairs: Iterable[tuple[int, int]]) -> int:
        """Return the sum of a * b over pairs; the same pairs in another order are the same slot."""
        zero, constants = self.zero, self.constants
        fixed = 0.0
        terms: list[tuple[int, int]] = []
        for a, b in pairs:
            if a == zero or b == zero:
                continue
            if a in constants and b in constants:
                fixed += constants[a] * constants[b]
            else:
                terms.append((a, b) if a < b else (b, a))
        if fixed:
            terms.append((self.one, self.constant(fixed)))
        if len(terms) > 1:
            terms.sort()
            return self._record((kernel.ADD, tuple(slot for pair in terms for slot in pair)))
        return self.product(*terms[0]) if terms else zero

    def add(self, slots: Iterable[int]) -> int:
        """Return the sum of slots."""
        return self.total((slot, self.one) for slot in slots)

    def minus_of(self, a: int, b: int) -> int:
        """Return a - b; what is taken from itself leaves 0."""
        if a == b:
            return self.zero
        return self.total([(a, self.one), (b, self.minus)])

    def flip(self, a: int) -> int:
        """Return 1 - a; flipping twice gives the same slot back."""
        if a in self.constants:
            return self.constant(1.0 - self.constants[a])
        operation = self.operations[a]
        if operation is not None and operation[0] == kernel.FLIP:
            return operation[1][0]
        return self._record((kernel.FLIP, (a,)))

    def expit(self, a: int) -> int:
        """Return 1 / (1 + exp(-a))."""
        return self._record((kernel.EXPIT, (a,)))

    def log(self, a: int) -> int:
        """Return the natural logarithm of a."""
        return self._record((kernel.LOG, (a,)))

    def quotient(self, a: int, b: int) -> int:
        """Return a / b; what is divided by itself is 1, and 0 divided is 0."""
        if b == self.one or a == self.zero:
            return a
        if a == b:
            return self.one
        return self._record((kernel.DIVIDE, (a, b)))

    def tape(self, outputs: Sequence[int]) -> Tape:
        """Return a tape that computes just these slots, with everything else left out."""
        needed = np.zeros(len(self.operations), dtype=bool)
        needed[list(outputs)] = True
        for slot in range(len(self.operations) - 1, -1, -1):
            operation = self.operations[slot]
            if needed[slot] and operation is not None:
                needed[list(operation[1])] = True
        needed[: self.parameters] = True
        place = np.cumsum(needed) - 1
        rows: list[tuple[int, int, int, int]] = []
        for slot in np.flatnonzero(needed).tolist():
            operation = self.operations[slot]
            if operation is None:
                continue
            code, args = operation
            into = int(place[slot])
            if code == kernel.ADD:
                first = kernel.SET
                for a, b in zip(args[::2], args[1::2], strict=True):
                    rows.append((first, into, int(place[a]), int(place[b])))
                    first = kernel.ADD
            else:
                rows.append((code, into, int(place[args[0]]), int(place[args[-1]])))
        table = np.array(rows, dtype=np.int32).reshape(-1, 4)
        fixed = [(int(place[slot]), value) for slot, value in self.constants.items() if needed[slot]]
        return Tape(
            parameters=self.parameters,
            slots=int(needed.sum()),
            code=np.ascontiguousarray(table[:, 0], dtype=np.int8),
            into=np.ascontiguousarray(table[:, 1]),
            left=np.ascontiguousarray(table[:, 2]),
            right=np.ascontiguousarray(table[:, 3]),
            constant_slots=np.array([slot for slot, _ in fixed], dtype=np.int32),
            constant_values=np.array([value for _, value in fixed], dtype=np.float64),
            outputs=np.array([int(place[slot]) for slot in outputs], dtype=np.int32),
        )


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
        draws = theta.shape[1]
        lanes = max(8, min(LANES, BUFFER // (8 * max(self.slots, 1))))
        found = np.empty((self.outputs.size, draws))

        def run(start: int) -> None:
            stop = min(start + lanes, draws)
            w = self.buffer(stop - start)
            w[: self.parameters] = theta[:, start:stop]
            kernel.forward(self.code, self.into, self.left, self.right, w)
            found[:, start:stop] = w[self.outputs]

        starts = range(0, draws, lanes)
        if threads == 1 or len(starts) == 1 or draws * len(self) < 1_000_000:
            for start in starts:
                run(start)
        else:
            with ThreadPoolExecutor(threads) as pool:
                list(pool.map(run, starts))
        return found

    def moved_by(self, parameters: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return which outputs any of the marked parameters can move."""
        moved = np.zeros(self.slots, dtype=bool)
        moved[: self.parameters] = parameters
        kernel.reach(self.into, self.left, self.right, moved)
        return moved[self.outputs]

    def pullback(self, parameters: Floats, adjoints: Floats) -> tuple[Floats, Floats]:
        """Return the outputs and, for adjoints of the same shape, the parameters' adjoints; all lanes at once."""
        lanes = parameters.shape[1]
        w = self.buffer(lanes)
        w[: self.parameters] = parameters
        kernel.forward(self.code, self.into, self.left, self.right, w)
        g = np.zeros_like(w)
        for row, slot in enumerate(self.outputs):
            g[slot] += adjoints[row]
        kernel.backward(self.code, self.into, self.left, self.right, w, g)
        return w[self.outputs].copy(), g[: self.parameters].copy()
