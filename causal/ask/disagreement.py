"""The few judgements that explain a disagreement: swap them, and see how much of the gap goes.

    low, high         the two pooled experts whose answers f lie furthest apart
    a, b              their parameters at the posterior mean
    gap               f(b) - f(a)
    shift of k        half of  [f(a with k from b) - f(a)]  +  [f(b) - f(b with k from a)]
    explained         the same half-sum with the top ones swapped together, as a share of the gap

A parameter is swapped on its own scale (an offset, a ratio), the cuts of one variable together. Each swap is a lane of
one run of one tape.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from causal.ask.panel import Panel, ask
from causal.ask.stating import moved_together, stated_slots
from causal.errors import ImpossibleEvidence, QueryError, UsageError
from causal.exact.kernel import Floats
from causal.exact.network import Network
from causal.exact.tape import Tape
from causal.learn.gate import Gate
from causal.spec.priors import Judgement
from causal.spec.question import Comparison, Question

NOISE = 1e-12  # a shift below this is rounding


@dataclass(frozen=True)
class Driver:
    """A parameter that two experts hold differently, and what that does to the answer.

    ``question`` is the question it answers, ``value_low`` and ``value_high`` the answers of the two experts: each at
    their own reference where it is a departure. ``shift`` is what it adds to the answer of ``high`` over that of
    ``low``; negative where it narrows the gap. A judgement of nobody is a default (``by`` is None); None stands where
    nobody judged. Of several cuts swapped together the one that differs most speaks.
    """

    question: str
    variable: str
    value_low: float
    value_high: float
    shift: float
    judgement_low: Judgement | None
    judgement_high: Judgement | None


@dataclass(frozen=True)
class Disagreement:
    """Who is furthest apart on a question, and the parameters that make most of it, the largest shift first.

    ``low_mean`` and ``high_mean`` are means over draws. ``gap`` is the difference at the mean parameters, which is
    what the shifts divide up; it is another number than that of the means as far as the answer bends between them.
    ``explained`` is the share of ``gap`` that goes with all ``drivers`` together (above 1 where the others pull back),
    None where there is no gap.
    """

    question: str
    low: str
    high: str
    low_mean: float
    high_mean: float
    gap: float
    drivers: tuple[Driver, ...]
    explained: float | None
    gate: Gate


def disagreement(panel: Panel, question: Question, top: int = 5) -> Disagreement:
    """Find the parameters that drive the two pooled experts furthest apart on a question, ``top`` at most.

    A swap that makes what the question gives impossible is left out. Raises QueryError for a comparison or a whole
    distribution, ImpossibleEvidence where what is given is impossible, UsageError where fewer than two experts are
    pooled or ``top`` is below 1.

    >>> from causal import load
    >>> from causal.spec.grammar import parse_question
    >>> found = disagreement(load("rain").at_medians().panel, parse_question("P(sprinkler = on | season = dry)"))
    >>> found.low, found.high, [each.question for each in found.drivers], round(found.explained, 6)
    ('boris', 'anna', ['P(sprinkler = off | season = dry)'], 1.0)
    """
    if top < 1:
        raise UsageError(f"top is at least 1, not {top}")
    if len(panel.pooled) < 2:
        raise UsageError(f"a disagreement takes two pooled experts, and here is {', '.join(panel.pooled)} alone")
    page = panel.elicited.writer.write(question)
    if page.states or isinstance(question, Comparison):
        raise QueryError(f"'{question}' is no single number; ask for the probability of one event, or for a difference")
    (answer,) = ask(panel, [page])
    means = {name: answer.estimates[(name, "")].mean for name in panel.pooled}
    ranked = sorted(means, key=means.__getitem__)
    low, high = ranked[0], ranked[-1]
    swaps = _Swaps.of(panel, low, high, page.slots[0])
    shifts = swaps.shifts(swaps.groups)
    known = np.flatnonzero(np.abs(np.where(np.isfinite(shifts), shifts, 0.0)) > NOISE)
    chosen = sorted(known.tolist(), key=lambda row: -abs(shifts[row]))[:top]
    together = swaps.groups[chosen].any(axis=0)
    share = float(swaps.shifts(together[None])[0]) / swaps.gap if abs(swaps.gap) > NOISE else None
    stated = _stated(panel.elicited.network, swaps.a, swaps.b)
    return Disagreement(
        question=str(question),
        low=low,
        high=high,
        low_mean=means[low],
        high_mean=means[high],
        gap=swaps.gap,
        drivers=tuple(_driver(panel, low, high, swaps.groups[row], stated, float(shifts[row])) for row in chosen),
        explained=share if share is None or np.isfinite(share) else None,
        gate=answer.gate,
    )


@dataclass(frozen=True)
class _Swaps:
    """Two experts' mean parameters ``a`` and ``b``, the tape of the question, and what is swapped as one.

    ``groups`` has shape (groups, parameters); ``gap`` is f(b) - f(a).
    """

    tape: Tape
    a: Floats
    b: Floats
    groups: NDArray[np.bool_]
    gap: float

    @classmethod
    def of(cls, panel: Panel, low: str, high: str, slot: int) -> _Swaps:
        tape = panel.elicited.network.recorder.tape([slot])
        a, b = mean_parameters(panel, low), mean_parameters(panel, high)
        at_a, at_b = tape.values(np.column_stack([a, b]))[0]
        if not np.isfinite([at_a, at_b]).all():
            raise ImpossibleEvidence("what the question gives has probability zero at an expert's mean parameters")
        return cls(tape, a, b, moved_together(panel.elicited.network.parameters), float(at_b - at_a))

    def shifts(self, members: NDArray[np.bool_]) -> Floats:
        """Return the shift of each row of ``members``, shape (swaps, parameters), in one run of the tape."""
        a, b, swapped = self.a[:, None], self.b[:, None], members.T
        lanes = np.concatenate([np.where(swapped, b, a), np.where(swapped, a, b), a, b], axis=1)
        found = self.tape.values(lanes)[0]
        count = len(members)
        shifts: Floats = (found[:count] - found[-2] + found[-1] - found[count:-2]) / 2.0
        return shifts


def mean_parameters(panel: Panel, expert: str) -> Floats:
    """Return an expert's posterior mean of every parameter, each on its own scale."""
    column = panel.draws.experts.index(expert)
    share = panel.share()
    draws = panel.draws.flat(column)
    return np.asarray(draws.mean(axis=1) if share is None else draws @ share[column], dtype=np.float64)


def _stated(network: Network, a: Floats, b: Floats) -> Floats:
    """Return the answers to the parameters' own questions, shape (parameters, 2)."""
    return network.recorder.tape(stated_slots(network)).values(np.column_stack([a, b]))


def _driver(panel: Panel, low: str, high: str, members: NDArray[np.bool_], stated: Floats, shift: float) -> Driver:
    speaks = max(np.flatnonzero(members).tolist(), key=lambda row: abs(stated[row, 1] - stated[row, 0]))
    parameter = panel.elicited.network.parameters[speaks]
    held = panel.elicited.held
    return Driver(
        question=parameter.name,
        variable=parameter.variable,
        value_low=float(stated[speaks, 0]),
        value_high=float(stated[speaks, 1]),
        shift=shift,
        judgement_low=held[low].priors[speaks].judgement,
        judgement_high=held[high].priors[speaks].judgement,
    )
