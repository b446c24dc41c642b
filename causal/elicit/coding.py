"""Several coders who read one passage: their readings become one judgement, and their disagreement a spread.

    y_j, t_j                mean and sd of what coder j read, on the log-odds
    between^2               sum over questions and coders of (y_qj - mean_q)^2  /  sum over questions of (n_q - 1)
    the expert's belief     Normal(mean of y_j, mean of t_j^2 + between^2 / n)

The spread between coders is pooled within questions, a component of variance (Searle, Casella & McCulloch 1992, by
analysis of variance). What was read once has it as well, with n = 1: another coder might have read it otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from causal.elicit.belief import Normal
from causal.elicit.fit import Fit, fit_log_odds
from causal.elicit.scale import LogOdds
from causal.elicit.stated import THREE, Stated


@dataclass(frozen=True, slots=True)
class Coding:
    """How a file was coded: by whom, how many judgements twice or more, how many once by a named coder.

    ``sd`` is the standard deviation between coders, on the log-odds.
    """

    coders: tuple[str, ...]
    twice: int
    once: int
    sd: float

    @property
    def told(self) -> str:
        """What that means, in a sentence."""
        several = "1 judgement was" if self.twice == 1 else f"{self.twice} judgements were"
        names = f"{', '.join(self.coders[:-1])} and {self.coders[-1]}"
        added = f"; it is added to the {self.once} that were coded once" if self.once and self.sd > 0 else ""
        apart = f"their readings lie apart by an sd of {self.sd:.2f} on the log-odds"
        return f"{several} coded by more than one of {names}: {apart}{added}"


def between(questions: Sequence[Sequence[float]]) -> float:
    """Return the sd between coders, pooled within questions, from the means of what each read.

    >>> round(between([[0.0, 1.0], [2.0, 2.0, 2.0]]), 4)
    0.4082
    """
    freedom = sum(len(each) - 1 for each in questions)
    squares = sum(sum((y - sum(each) / len(each)) ** 2 for y in each) for each in questions)
    return math.sqrt(squares / freedom)


def line(stated: Stated) -> tuple[float, float]:
    """Return mean and sd of a stated probability on the log-odds.

    Raises ElicitationError where it is exactly 0 or 1.
    """
    belief = fit_log_odds(stated).belief
    return belief.mean, belief.sd


def averaged(readings: Sequence[tuple[float, float]], spread: float) -> tuple[float, float]:
    """Return mean and sd of a belief that was read several times, or once, as (mean, sd) each."""
    count = len(readings)
    mean = sum(y for y, _ in readings) / count
    return mean, math.sqrt(sum(t**2 for _, t in readings) / count + spread**2 / count)


def restated(readings: Sequence[Stated], spread: float, note: str) -> Stated:
    """Return what was read several times, or once, as one statement about a probability.

    Raises ElicitationError where one of them is exactly 0 or 1.

    >>> once = Stated((0.05, 0.5, 0.95), (0.4, 0.6, 0.8))
    >>> [round(value, 2) for value in restated([once, once.complement()], 0.0, "").values]
    [0.29, 0.5, 0.71]
    """
    mean, sd = averaged([line(each) for each in readings], spread)
    notes = tuple(dict.fromkeys((*(each for reading in readings for each in reading.notes), note)))
    if sd == 0:
        return Stated(exact=float(LogOdds().state(mean)), notes=notes)
    values = tuple(float(value) for value in LogOdds().state(Normal(mean, sd).quantile(THREE)))
    return Stated(THREE, values, notes=notes)


def refitted(readings: Sequence[Fit], spread: float, note: str) -> Fit:
    """Return fits of one derived judgement as one, on their own scale."""
    mean, sd = averaged([(fit.belief.mean, fit.belief.sd) for fit in readings], spread)
    belief, scale = Normal(mean, sd), readings[0].scale
    low, middle, high = (float(value) for value in scale.state(belief.quantile(THREE)))
    values = (low, middle, high)
    notes = tuple(dict.fromkeys((*(each for fit in readings for each in fit.notes), note)))
    made = Fit(belief, scale, THREE, values, values, values)
    return replace(made, notes=notes)
