"""The machine under the tape: a flat buffer, a flat list of instructions, forwards and backwards.

    code    meaning            adjoint
    SET     c = a * b          a' += c' b,  b' += c' a
    ADD     c += a * b         the same
    FLIP    c = 1 - a          a' -= c'
    EXPIT   c = 1/(1+e^-a)     a' += c' c (1 - c)
    LOG     c = ln a           a' += c' / a
    DIVIDE  c = a / b          a' += c' / b,  b' -= c' c / b
    MIN     c = min(a, b)      a' += c' where a <= b, else b' += c'
    MAX     c = max(a, b)      a' += c' where a >= b, else b' += c'

The buffer has a row per slot and a column per draw (lane); the inner loop runs over lanes, so that one instruction
works on many draws at once. Backward expects the buffer as forward left it.
"""

from __future__ import annotations

import numba as nb
import numpy as np
from numpy.typing import NDArray

SET, ADD, FLIP, EXPIT, LOG, DIVIDE, MIN, MAX = range(8)

Floats = NDArray[np.float64]
Codes = NDArray[np.int8]
Slots = NDArray[np.int32]


# Entries are written w[c, k], not through a view of row c: a view costs a reference count in every instruction.
@nb.njit(nogil=True, cache=True, error_model="numpy")
def forward(code: Codes, into: Slots, left: Slots, right: Slots, w: Floats) -> None:
    """Run all instructions on the buffer ``w``, shape (slots, lanes), its parameter and constant rows being filled."""
    if w.shape[1] == 1:
        for i in range(code.size):
            if code[i] <= ADD:  # a sum that goes on takes what is there: no branch to guess
                before = w[into[i], 0]
                w[into[i], 0] = (before if code[i] == ADD else 0.0) + w[left[i], 0] * w[right[i], 0]
            else:
                apply(code[i], into[i], left[i], right[i], w)
        return
    i = 0
    while i < code.size:
        stop = i + 1
        if code[i] <= ADD:
            while stop < code.size and code[stop] == ADD:
                stop += 1
            add_up(i, stop, into[i], left, right, w)
        else:
            apply(code[i], into[i], left[i], right[i], w)
        i = stop


@nb.njit(nogil=True, cache=True, error_model="numpy", inline="always")
def add_up(start: int, stop: int, c: int, left: Slots, right: Slots, w: Floats) -> None:
    """Fill row ``c`` with the products start to stop added up; two at a time, so that the row is touched less often."""
    lanes = w.shape[1]
    a, b = left[start], right[start]
    i = start + 2 - (stop - start) % 2
    if i == start + 1:
        for k in range(lanes):
            w[c, k] = w[a, k] * w[b, k]
    else:
        a2, b2 = left[start + 1], right[start + 1]
        for k in range(lanes):
            w[c, k] = w[a, k] * w[b, k] + w[a2, k] * w[b2, k]
    while i < stop:
        a, b, a2, b2 = left[i], right[i], left[i + 1], right[i + 1]
        for k in range(lanes):
            w[c, k] += w[a, k] * w[b, k] + w[a2, k] * w[b2, k]
        i += 2


@nb.njit(nogil=True, cache=True, error_model="numpy")
def apply(op: int, c: int, a: int, b: int, w: Floats) -> None:
    """Fill row ``c`` by an operation that is no sum of products."""
    lanes = w.shape[1]
    if op == FLIP:
        for k in range(lanes):
            w[c, k] = 1.0 - w[a, k]
    elif op == EXPIT:
        for k in range(lanes):
            w[c, k] = 1.0 / (1.0 + np.exp(-w[a, k]))
    elif op == LOG:
        for k in range(lanes):
            w[c, k] = np.log(w[a, k])
    elif op == DIVIDE:
        for k in range(lanes):
            w[c, k] = w[a, k] / w[b, k]
    elif op == MIN:
        for k in range(lanes):
            w[c, k] = min(w[a, k], w[b, k])
    else:
        for k in range(lanes):
            w[c, k] = max(w[a, k], w[b, k])


@nb.njit(nogil=True, cache=True, error_model="numpy")
def backward(code: Codes, into: Slots, left: Slots, right: Slots, w: Floats, g: Floats) -> None:
    """Carry the adjoints ``g`` (same shape as ``w``, outputs' rows filled, others zero) back to the parameters."""
    lanes = w.shape[1]
    for i in range(code.size - 1, -1, -1):
        op = code[i]
        c, a, b = into[i], left[i], right[i]
        if op <= ADD and lanes == 1:
            g[a, 0] += g[c, 0] * w[b, 0]
            g[b, 0] += g[c, 0] * w[a, 0]
        elif op <= ADD:
            for k in range(lanes):
                g[a, k] += g[c, k] * w[b, k]
            for k in range(lanes):
                g[b, k] += g[c, k] * w[a, k]
        elif op == FLIP:
            for k in range(lanes):
                g[a, k] -= g[c, k]
        elif op == EXPIT:
            for k in range(lanes):
                g[a, k] += g[c, k] * w[c, k] * (1.0 - w[c, k])
        elif op == LOG:
            for k in range(lanes):
                g[a, k] += g[c, k] / w[a, k]
        elif op == DIVIDE:
            for k in range(lanes):
                g[a, k] += g[c, k] / w[b, k]
            for k in range(lanes):
                g[b, k] -= g[c, k] * w[c, k] / w[b, k]
        else:  # the one that was taken; the first of two that are equal
            for k in range(lanes):
                if (w[a, k] <= w[b, k]) == (op == MIN) or w[a, k] == w[b, k]:
                    g[a, k] += g[c, k]
                else:
                    g[b, k] += g[c, k]


@nb.njit(nogil=True, cache=True)
def multilinear(
    code: Codes, into: Slots, left: Slots, right: Slots, within: NDArray[np.bool_], bent: NDArray[np.bool_]
) -> None:
    """Mark, in ``bent`` (slots), what is not known to be linear in every free parameter.

    ``within`` (slots, free parameters) starts with the parameters' own rows and becomes what every slot is made from.
    A product is linear where its factors share no parameter, so a slot may be marked although its terms cancel.
    """
    for i in range(code.size):
        op = code[i]
        c, a, b = into[i], left[i], right[i]
        if op == SET:
            bent[c] = False
        bent[c] |= bent[a] | bent[b]
        for p in range(within.shape[1]):
            if op <= ADD and within[a, p] and within[b, p]:
                bent[c] = True
            if (op > FLIP and op != DIVIDE and (within[a, p] or within[b, p])) or (op == DIVIDE and within[b, p]):
                bent[c] = True
            within[c, p] |= within[a, p] | within[b, p]


@nb.njit(nogil=True, cache=True)
def reach(into: Slots, left: Slots, right: Slots, moved: NDArray[np.bool_]) -> None:
    """Mark, in ``moved`` (slots), every slot that a marked one can move; a constant 0 or 1 never was written."""
    for i in range(into.size):
        if moved[left[i]] or moved[right[i]]:
            moved[into[i]] = True
