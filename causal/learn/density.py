"""One expert's posterior as a log density that is compiled once on a machine, whatever the model and its numbers.

    x  ->  u = centre + spread x  ->  v, a parameter in theta  ->  w, the buffer of the tape

    kind       v                               log density in x, up to a constant          made from
    LINE       u                               -x^2 / 2                                    log_odds, as is
    ODDS       expit u                         -x^2 / 2                                    log_odds, as a share
    GAP        the cut above + e^u             -x^2 / 2; u + slope (top cut - its mu)      log_gap
    SHARE      expit u                         a ln v + b ln (1 - v)                       share
    ABOVE      low + e^u                       u - ((v - mu) / sigma)^2 / 2                forced, no upper end
    BELOW      high - e^u                      the same                                    forced, no lower end
    BETWEEN    low + (high - low) expit u      ln (v - low) + ln (high - v) - the same     forced, both ends

    + sum over judged of -((w - mean) / sd)^2 / 2  +  sum over seen of weight ln w  +  sum over tabled of table(w)

Everything that differs between two models is data in one packed block, so an edit compiles nothing: compiled.py has
the code and the block's layout. x is standard normal a priori, or close to it, so that a sampler starts well scaled.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from causal.elicit import Beta, TruncatedNormal
from causal.exact.kernel import Floats
from causal.exact.tape import Tape
from causal.learn import compiled
from causal.learn.compiled import ABOVE, BELOW, BETWEEN, GAP, JUDGED, LINE, NUMBERS, ODDS, OK, SEEN, SHARE, TABLED
from causal.learn.layout import Layout
from causal.learn.table import Table


@dataclass(frozen=True)
class Term:
    """A slot that the posterior leans on: a Normal log density at ``mean`` with ``sd``, ``weight`` ln w, or a table."""

    slot: int
    kind: int
    numbers: tuple[float, float] = (0.0, 0.0)
    table: Table | None = None


def judged(slot: int, mean: float, sd: float) -> Term:
    """Return what was said about a slot: Normal, on the slot's own scale."""
    return Term(slot, JUDGED, (mean, sd**-2))


def seen(slot: int, weight: float = 1.0) -> Term:
    """Return what was seen: ``slot`` is its probability, ``weight`` how often it counts."""
    return Term(slot, SEEN, (weight, 0.0))


def tabled(slot: int, table: Table) -> Term:
    """Return what a prior is multiplied by: ``table`` holds its logarithm as a function of the slot."""
    return Term(slot, TABLED, table=table)


@dataclass(frozen=True)
class Density:
    """A log density over ``entries`` free numbers that makes ``parameters`` of them, as one packed block.

    >>> from causal import load
    >>> from causal.learn.layout import lay_out
    >>> elicited = load("rain").elicited
    >>> prior = pack(lay_out(elicited, "anna"), elicited.network.recorder.tape([]), [])
    >>> value, gradient = prior(np.zeros(prior.entries))
    >>> prior.theta(np.zeros(prior.entries)).shape == (prior.parameters,)
    True
    """

    block: Floats
    entries: int
    parameters: int

    @property
    def digest(self) -> str:
        """The digest of all that this posterior depends on; the same numbers, the same posterior."""
        return hashlib.sha256(self.block[1:].tobytes()).hexdigest()

    def __call__(self, x: Floats) -> tuple[float, Floats]:
        """Return the log density at ``x``, up to a constant, and its gradient; ValueError where it has none."""
        at = np.ascontiguousarray(x, dtype=np.float64)
        gradient, value = np.empty(self.entries), np.empty(1)
        code = compiled.functions()[0].ctypes(at.size, *map(_pointer, (at, gradient, value, self.block)))
        if code != OK:
            raise ValueError(f"no log density here (code {code})")
        return float(value[0]), gradient

    def theta(self, x: Floats) -> Floats:
        """Return the parameters at ``x``."""
        at, found = np.ascontiguousarray(x, dtype=np.float64), np.empty(self.parameters)
        code = compiled.functions()[1].ctypes(at.size, found.size, *map(_pointer, (at, found, self.block)))
        if code != OK:
            raise ValueError(f"these are not {self.entries} numbers")
        return found


def _pointer(values: Floats) -> Any:
    return values.ctypes.data_as(compiled.functions()[0].ctypes.argtypes[1])


def pack(layout: Layout, tape: Tape, terms: Sequence[Term]) -> Density:
    """Pack the posterior of the one expert of a layout; ``terms`` speak of the tape's own slots."""
    places, numbers = _entries(layout)
    points = layout.places["point"]
    fixed = [
        *zip(points.tolist(), layout.numbers["point"][0].tolist(), strict=True),
        *zip(tape.constant_slots.tolist(), tape.constant_values.tolist(), strict=True),
    ]
    entered, tables = _terms(terms)
    head = [compiled.stamp(), 0, len(places), tape.parameters, tape.slots]
    head += [len(fixed), len(terms), len(tape), len(tables)]
    program = np.array([tape.code, tape.into, tape.left, tape.right], dtype=np.uint32)
    parts = [
        np.array(head, dtype=np.int64).view(np.float64),
        np.array(places, dtype=np.int64).reshape(-1).view(np.float64),
        np.array(numbers, dtype=np.float64).reshape(-1),
        np.array(fixed, dtype=np.float64).reshape(-1),
        np.array(entered, dtype=np.float64).reshape(-1),
        np.array(tables, dtype=np.float64),
        program.reshape(-1).view(np.float64),
    ]
    block = np.concatenate(parts)
    block.view(np.int64)[1] = block.size
    block.flags.writeable = False
    return Density(block, len(places), tape.parameters)


def _terms(terms: Sequence[Term]) -> tuple[list[tuple[float, ...]], list[float]]:
    """Return the words of every term, and all tables in a row."""
    entered: list[tuple[float, ...]] = []
    tables: list[float] = []
    for term in terms:
        numbers = term.numbers
        if term.table is not None:
            numbers = (len(tables), len(term.table.values))
            tables += term.table.packed
        entered.append((term.slot, term.kind, *numbers))
    return entered, tables


def _entries(layout: Layout) -> tuple[list[tuple[int, ...]], list[tuple[float, ...]]]:
    """Return the places and the numbers of every entry, families in the order in which x has them."""
    places: list[tuple[int, ...]] = []
    numbers: list[tuple[float, ...]] = []

    def enter(kind: int, place: int, *own: float, above: int = 0, top: int = 0) -> None:
        places.append((kind, place, above, top))
        numbers.append((*own, *[0.0] * (NUMBERS - len(own))))

    line, gaps = layout.places["log_odds"].tolist(), layout.places["log_gap"].tolist()
    for place, share, (mu, sigma) in zip(line, layout.as_share, layout.numbers["log_odds"].T.tolist(), strict=True):
        enter(ODDS if share else LINE, place, mu, sigma)
    for place, (a, b) in zip(layout.places["share"].tolist(), layout.numbers["share"].T.tolist(), strict=True):
        odds = Beta(a, b).log_odds()
        enter(SHARE, place, odds.mu, odds.sigma, a, b)
    for place, entry in zip(layout.places["forced"].tolist(), layout.numbers["forced"].T.tolist(), strict=True):
        kind, centre, spread = _forced(TruncatedNormal(*entry))
        enter(kind, place, centre, spread, *entry)
    for at, (place, (mean, slope, sigma, top_mu)) in enumerate(
        zip(gaps, layout.numbers["log_gap"].T.tolist(), strict=True)
    ):
        top, upper = int(layout.top[at]), int(layout.upper[at])
        above = gaps[upper] if upper >= 0 else line[top]
        enter(GAP, place, mean, sigma, slope, top_mu, above=above, top=top)
    return places, numbers


def _forced(belief: TruncatedNormal) -> tuple[int, float, float]:
    """Return the kind of a truncated Normal, and the centre and spread of its u."""
    low, middle, high = belief.quantile([0.159, 0.5, 0.841])
    with np.errstate(divide="ignore"):
        if np.isinf(belief.low) and np.isinf(belief.high):
            return LINE, belief.mu, belief.sigma
        if np.isinf(belief.high):
            kind, at = ABOVE, np.log(np.array([low, middle, high]) - belief.low)
        elif np.isinf(belief.low):
            kind, at = BELOW, np.log(belief.high - np.array([high, middle, low]))
        else:
            share = (np.array([low, middle, high]) - belief.low) / (belief.high - belief.low)
            kind, at = BETWEEN, np.log(share) - np.log1p(-share)
    return kind, float(at[1]), float(at[2] - at[0]) / 2
