"""Numbers made of answers, draw by draw: a share, an index, a least of several; summarised and judged like answers.

    values      (quantities, experts, chains, draws)     reckoned from slots, the same arithmetic in every draw
    Measure     per expert and for the panel             mean, median, interval; and the gate of this quantity

A quantity that no sampled number can move is constant by right, and so is one that cancels in every draw although its
parts move, or that a coupling's max(0, ...) holds at an end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from causal.ask.answer import CI_PROB, PANEL, Answer, Estimate
from causal.ask.brief import banded
from causal.ask.panel import summary
from causal.exact.kernel import Floats
from causal.learn.gate import Gate, diagnose, judge_run

if TYPE_CHECKING:
    from causal.ask.panel import Panel

STILL = 1e-12  # what moves less than this is rounding
NUMBERS = ("mean", "median", "lower", "upper")


@dataclass(frozen=True)
class Measure:
    """A number over draws: ``estimates`` has the panel's and each expert's; ``draws`` of 1 means no interval."""

    name: str
    estimates: Mapping[str, Estimate]
    gate: Gate
    draws: int = 1

    @property
    def panel(self) -> Estimate:
        """The panel's estimate."""
        return self.estimates[PANEL]

    @property
    def mean(self) -> float | None:
        """The panel's mean, None where the gate withholds it."""
        return None if self.gate.withholds else self.panel.mean

    def of(self, expert: str) -> float | None:
        """Return an expert's mean (or the panel's), None where the gate withholds it."""
        return None if self.gate.withholds else self.estimates[expert].mean

    def numbers(self, expert: str, prefix: str = "") -> dict[str, float | None]:
        """Return mean, median, lower and upper of an expert for a row of a table, None where withheld."""
        found = self.estimates[expert]
        return {prefix + name: None if self.gate.withholds else getattr(found, name) for name in NUMBERS}

    @property
    def said(self) -> str:
        """The panel's number and interval for a sentence.

        >>> Measure("it", {PANEL: Estimate(0.25, 0.2, 0.1, 0.4, 0.0, 1.0)}, Gate(), draws=4).said
        '0.25 [0.10, 0.40]'
        """
        found = self.panel
        return banded(self.mean, found.lower, found.upper, self.draws)

    def rows(self, **about: object) -> list[dict[str, Any]]:
        """Return rows of a table, a row per expert and the panel first: what it is about, the numbers, the gate."""
        return [
            {**about, "expert": expert, **self.numbers(expert), "gate": self.gate.verdict} for expert in self.estimates
        ]

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers by name, per expert too; None where the gate withholds them."""
        experts = [name for name in self.estimates if name != PANEL]
        return {
            **self.numbers(PANEL),
            "by_expert": {name: self.numbers(name) for name in experts},
            "gate": self.gate.verdict,
        }


@dataclass(frozen=True)
class Made:
    """Quantities to be summarised: their names, values (quantities, experts, chains, draws), and which are fixed.

    ``fixed`` (quantities, experts) marks those that nothing sampled can move; ``settled`` those that may stand still by
    right. ``shares`` says that values are truths, whose mean is a share of draws without an interval.
    """

    names: Sequence[str]
    values: Floats
    fixed: NDArray[np.bool_]
    settled: bool = False
    shares: bool = False


def measured(panel: Panel, made: Made, ci_prob: float = CI_PROB) -> tuple[Measure, ...]:
    """Summarise quantities over draws: each expert's own, and the panel as the weighted mixture of the pooled ones.

    >>> from causal import load
    >>> panel = load("rain").at_medians().panel
    >>> values = np.full((1, 2, 1, 1), 0.5)
    >>> (only,) = measured(panel, Made(["half"], values, np.ones((1, 2), dtype=bool)))
    >>> only.mean, only.said
    (0.5, '0.50')
    """
    experts, share, weights = panel.draws.experts, panel.share(), panel.weights
    total = panel.draws.total
    own = np.full((len(experts), total), 1.0 / total) if share is None else share
    at = {name: row for row, name in enumerate(experts)}
    run = judge_run(panel.draws)
    moves = np.ptp(made.values, axis=(2, 3)) >= STILL
    still = made.fixed | (~moves & (made.settled or made.shares))
    judged = [diagnose(made.values[:, row], how, still[:, row]) for row, how in enumerate(panel.draws.method)]
    found = []
    for row, name in enumerate(made.names):
        mine = made.values[row].reshape(len(experts), total)
        estimates = {}
        gate = run
        for column, expert in enumerate(experts):
            estimates[expert] = _summary(mine[column], own[column], ci_prob, float(judged[column].mean[row]), made)
            gate = gate & judged[column].gate(row, f"{name} by {panel.called(expert)}")
        mixed = np.concatenate([mine[at[each]] for each in weights])
        whole = np.concatenate([weight * own[at[each]] for each, weight in weights.items()])
        pooled = _summary(mixed, whole, ci_prob, 1.0, made)
        error = float(np.sqrt(sum((w * estimates[each].mcse) ** 2 for each, w in weights.items())))
        size = float(sum(estimates[each].ess for each in weights))
        own_numbers = {expert: estimates[expert] for expert in panel.experts}
        found.append(Measure(name, {PANEL: replace(pooled, mcse=error, ess=size), **own_numbers}, gate, total))
    return tuple(found)


def _summary(values: Floats, share: Floats, ci_prob: float, size: float, made: Made) -> Estimate:
    if not np.isfinite(values).any():
        nan = float("nan")
        return Estimate(nan, nan, nan, nan, nan, size)
    return summary(values, share, ci_prob, size, made.shares)


def as_measure(answer: Answer, state: str = "") -> Measure:
    """Return an answer's numbers (of one state) as a measure."""
    estimates = {expert: answer.estimates[(expert, state)] for expert in (PANEL, *answer.experts)}
    return Measure(answer.question, estimates, answer.gate, answer.draws)


def together(measures: Sequence[Measure]) -> Gate:
    """Return the gate over several measures."""
    whole = Gate()
    for each in measures:
        whole = whole & each.gate
    return whole
