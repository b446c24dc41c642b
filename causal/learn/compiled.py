"""The compiled half of a density: two C functions, compiled once on a machine and kept, for every model.

    logp(entries, x, gradient, value, block)         to a code    log density and its gradient
    expand(entries, parameters, x, theta, block)     to a code    the parameters that a point stands for

    block     head: stamp, words in all, entries, parameters, slots, fixed, terms, instructions, words of tables
              places: of an entry, kind, its parameter, the parameter of the cut above, the entry of the top cut
              numbers: of an entry, centre, spread, and up to four of its family's own
              fixed: slot, value
              terms: slot, kind, two numbers; of a tabled one, where its table starts and how many points it has
              tables: of each, low, step, values, slopes (table.py)
              tape: all codes, all into, all left, all right

What kinds there are, and their formulas, is said in density.py, which packs blocks. The functions touch no Python
object, and each call has a buffer of its own, one lane of the kernel's, so chains run side by side. The tape's numbers
are unsigned: an index that cannot be below 0 is not looked at twice.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import numba as nb
import numpy as np

from causal.exact import kernel
from causal.exact.kernel import Floats, backward, forward

LINE, ODDS, GAP, SHARE, ABOVE, BELOW, BETWEEN = range(7)
JUDGED, SEEN, TABLED = range(3)
HEAD, PLACES, NUMBERS, PAIR, TERM = 9, 4, 6, 2, 4  # words of the head, an entry twice, what is fixed, a term
OK, MISFIT, BAD_GRADIENT, BAD_VALUE = 0, -1, 3, 4  # to nutpie, what is above 0 is a divergence and below 0 an error

_carray: Any = nb.carray  # type: ignore[attr-defined]
_njit = nb.njit(nogil=True, error_model="numpy")  # not kept one by one: they are part of the two that are


@cache
def stamp() -> int:
    """Return a number that changes with the source of what is compiled here, so that no block meets older code.

    numba keeps compiled code by the date of this file alone, although the kernel's code is part of it.
    """
    sources = b"".join(Path(str(name)).read_bytes() for name in (__file__, kernel.__file__))
    return int.from_bytes(hashlib.sha256(sources).digest()[:7])


@_njit
def _expit(u: Any) -> Any:
    return 1.0 / (1.0 + np.exp(-u))


@_njit
def _unpack(head: Any, block: Any) -> Any:
    """Return the parts of a block: places, numbers, fixed, terms, tables, program."""
    entries, n = head[2], head[7]
    a = HEAD + entries * PLACES
    b = a + entries * NUMBERS
    c = b + head[5] * PAIR
    d = c + head[6] * TERM
    e = d + head[8]
    words = block[e:].view(np.uint32)
    return (
        block[HEAD:a].view(np.int64).reshape(entries, PLACES),
        block[a:b].reshape(entries, NUMBERS),
        block[b:c].reshape(head[5], PAIR),
        block[c:d].reshape(head[6], TERM),
        block[d:e],
        (words[:n], words[n : 2 * n], words[2 * n : 3 * n], words[3 * n : 4 * n]),
    )


@_njit
def _assemble(x: Floats, places: Any, numbers: Floats, fixed: Floats, u: Floats, w: Floats) -> None:
    """Put the parameters of a point, and what is fixed, into the buffer."""
    for i in range(fixed.shape[0]):
        w[int(fixed[i, 0])] = fixed[i, 1]
    for i in range(x.size):
        kind, place = places[i, 0], places[i, 1]
        u[i] = numbers[i, 0] + numbers[i, 1] * x[i]
        if kind == LINE:
            w[place] = u[i]
        elif kind <= SHARE and kind != GAP:
            w[place] = _expit(u[i])
        elif kind == GAP:
            u[i] += numbers[i, 2] * (u[places[i, 3]] - numbers[i, 3])
            w[place] = w[places[i, 2]] + np.exp(u[i])
        elif kind == ABOVE:
            w[place] = numbers[i, 4] + np.exp(u[i])
        elif kind == BELOW:
            w[place] = numbers[i, 5] - np.exp(u[i])
        else:
            w[place] = numbers[i, 4] + (numbers[i, 5] - numbers[i, 4]) * _expit(u[i])


@_njit
def _look_up(table: Floats, points: int, x: float) -> Any:
    """Return a table's value and slope at ``x``: cubic Hermite between its points, straight lines beyond."""
    low, step, last = table[0], table[1], points - 1
    at = (x - low) / step
    if not at > 0.0:
        return table[2] + table[2 + points] * (x - low), table[2 + points]
    if at >= last:
        slope = table[2 + points + last]
        return table[2 + last] + slope * (x - low - step * last), slope
    k = int(at)
    t = at - k
    y, z = table[2 + k], table[3 + k]
    dy, dz = step * table[2 + points + k], step * table[3 + points + k]
    value = (1.0 + 2.0 * t) * (1.0 - t) ** 2 * y + t * t * (3.0 - 2.0 * t) * z
    value += t * (1.0 - t) * ((1.0 - t) * dy - t * dz)
    slope = 6.0 * t * (1.0 - t) * (z - y) + (1.0 - t) * (1.0 - 3.0 * t) * dy + t * (3.0 * t - 2.0) * dz
    return value, slope / step


@_njit
def _weigh(terms: Floats, tables: Floats, w: Floats, g: Floats) -> float:
    """Return the log density of what was judged, seen and tabled, and leave its adjoints in ``g``."""
    total = 0.0
    for i in range(terms.shape[0]):
        slot = int(terms[i, 0])
        if terms[i, 1] == JUDGED:
            off = w[slot] - terms[i, 2]
            total -= 0.5 * off * off * terms[i, 3]
            g[slot] -= off * terms[i, 3]
        elif terms[i, 1] == TABLED:
            value, slope = _look_up(tables[int(terms[i, 2]) :], int(terms[i, 3]), w[slot])
            total += value
            g[slot] += slope
        else:
            total += terms[i, 2] * np.log(w[slot])
            g[slot] += terms[i, 2] / w[slot]
    return total


@_njit
def _prior(x: Floats, places: Any, numbers: Floats, u: Floats, w: Floats, g: Floats, gradient: Floats) -> float:
    """Return the log density of the priors; turn the adjoints of theta into the gradient in x."""
    total = 0.0
    for i in range(x.size):
        gradient[i] = 0.0
    for i in range(x.size - 1, -1, -1):  # a gap hands on to the cut above and to its top, which come before it
        kind, place = places[i, 0], places[i, 1]
        a, b = numbers[i, 2], numbers[i, 3]
        v, adjoint, pulled = w[place], g[place], gradient[i]
        if kind <= GAP:
            total -= 0.5 * x[i] * x[i]
            if kind == LINE:
                pulled += adjoint
            elif kind == ODDS:
                pulled += adjoint * v * (1.0 - v)
            else:
                g[places[i, 2]] += adjoint
                pulled += adjoint * np.exp(u[i])
                gradient[places[i, 3]] += pulled * a
            gradient[i] = pulled * numbers[i, 1] - x[i]
            continue
        if kind == SHARE:
            total -= a * np.log1p(np.exp(-u[i])) + b * np.log1p(np.exp(u[i]))
            pulled += adjoint * v * (1.0 - v) + a * _expit(-u[i]) - b * v
        else:
            off = (v - a) / b
            adjoint -= off / b
            total -= 0.5 * off * off
            if kind == BETWEEN:
                total -= np.log1p(np.exp(-u[i])) + np.log1p(np.exp(u[i]))
                share = _expit(u[i])
                pulled += adjoint * (numbers[i, 5] - numbers[i, 4]) * share * (1.0 - share) + 1.0 - 2.0 * share
            else:
                total += u[i]
                pulled += (adjoint if kind == ABOVE else -adjoint) * np.exp(u[i]) + 1.0
        gradient[i] = pulled * numbers[i, 1]
    return total


@cache
def functions() -> tuple[Any, Any]:
    """Return the two C functions: log density with gradient, and the parameters at a point.

    logp(entries, x, gradient, value, block) and expand(entries, parameters, x, theta, block), both to a code.
    """
    known = stamp()  # a constant of the code, so that what is kept of another source is not taken
    word, number, numbers = nb.types.int64, nb.types.uint64, nb.types.CPointer(nb.types.float64)  # type: ignore[no-untyped-call]

    @nb.cfunc(word(number, numbers, numbers, numbers, numbers), cache=True, error_model="numpy")
    def logp(entries: int, x_: Any, gradient_: Any, value_: Any, block_: Any) -> int:
        head = _carray(block_, HEAD).view(np.int64)
        if head[0] != known or head[2] != entries:
            return MISFIT
        x, gradient, value = _carray(x_, entries), _carray(gradient_, entries), _carray(value_, 1)
        places, numbers, fixed, terms, tables, program = _unpack(head, _carray(block_, head[1]))
        u, w, g = np.empty(entries), np.empty(head[4]), np.zeros(head[4])
        _assemble(x, places, numbers, fixed, u, w)
        code, into, left, right = program
        forward(code, into, left, right, w.reshape(w.size, 1))
        value[0] = _weigh(terms, tables, w, g)
        backward(code, into, left, right, w.reshape(w.size, 1), g.reshape(g.size, 1))
        value[0] += _prior(x, places, numbers, u, w, g, gradient)
        for i in range(entries):
            if not np.isfinite(gradient[i]):
                return BAD_GRADIENT
        return OK if np.isfinite(value[0]) else BAD_VALUE

    @nb.cfunc(word(number, number, numbers, numbers, numbers), cache=True, error_model="numpy")
    def expand(entries: int, parameters: int, x_: Any, theta_: Any, block_: Any) -> int:
        head = _carray(block_, HEAD).view(np.int64)
        if head[0] != known or head[2] != entries or head[3] != parameters:
            return MISFIT
        places, numbers, fixed, _, _, _ = _unpack(head, _carray(block_, head[1]))
        u, w = np.empty(entries), np.empty(head[4])
        _assemble(_carray(x_, entries), places, numbers, fixed, u, w)
        for i in range(parameters):
            theta_[i] = w[i]
        return OK

    return logp, expand
