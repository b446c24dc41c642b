"""Whether ranks are uniform, by simultaneous bands of their empirical distribution, and what intervals cover.

    ranks of N simulations among L draws each       uniform on 0, ..., L where the posterior is right
    C_i, how many are at most i                     Binomial(N, z_i) with z_i = (i + 1) / (L + 1), for i < L
    gamma, the least 2 min(P(C <= C_i), P(C >= C_i))   how far out the farthest point of the path is
    P(some point of a uniform path is as far out)   exact: the path of C_i is a Markov chain

Säilynoja, Bürkner & Vehtari (2022), Statistics and Computing 32:32, algorithm 2 and section 3.1. A rank lies in the
central 90 % interval of 99 draws with probability 0.9 exactly: 5 <= rank <= 94.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln
from scipy.stats import binom, binomtest

from causal.exact.kernel import Floats

Counts = NDArray[np.int64]
STEPS = 40  # bisections of gamma: to 1 part in 10^9 on the logarithm
SLACK = 1e-9  # tail probabilities this near to each other, relatively, are the same one


def distance(counts: Counts) -> float:
    """Return gamma of ``counts``, how often each rank 0, ..., L came up: near 0 is far out.

    >>> distance(np.array([10, 10, 10, 10])) > 0.5 > distance(np.array([40, 0, 0, 0]))
    True
    """
    total, path = int(counts.sum()), np.cumsum(counts)[:-1]
    below, above = _tails(total, counts.size - 1, path)
    return float(2.0 * np.minimum(below, above).min())


def p_value(counts: Counts) -> float:
    """Return the probability that uniform ranks lie as far out as these at some point.

    >>> p_value(np.array([40, 0, 0, 0])) < 1e-6
    True
    """
    return escape(int(counts.sum()), counts.size - 1, distance(counts))


def escape(total: int, draws: int, gamma: float) -> float:
    """Return the probability that the path of ``total`` uniform ranks is anywhere as far out as ``gamma``."""
    low, high = _within(total, draws, gamma)
    if np.any(low > high):
        return 1.0
    logs = gammaln(np.arange(total + 2) + 1.0)
    at, mass = np.zeros(1, dtype=np.int64), np.ones(1)
    for i in range(draws):
        share = 1.0 / (draws + 1 - i)  # of those that are left, at rank i
        to = np.arange(low[i], high[i] + 1)
        step, left = to[None, :] - at[:, None], total - at[:, None]
        inside = (step >= 0) & (step <= left)
        k = np.where(inside, step, 0)
        log_pmf = logs[left] - logs[k] - logs[left - k] + k * np.log(share) + (left - k) * np.log1p(-share)
        mass = mass @ np.where(inside, np.exp(log_pmf), 0.0)
        at = to
    return float(max(0.0, 1.0 - mass.sum()))


@cache
def band(total: int, draws: int, alpha: float) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return least and greatest C_0, ..., C_(L-1) that uniform ranks all keep to with probability 1 - ``alpha``."""
    outer, inner = np.log(alpha / (2.0 * draws)), np.log(min(1.0, 2.0 * alpha))
    for _ in range(STEPS):
        middle = 0.5 * (outer + inner)
        if escape(total, draws, float(np.exp(middle))) <= alpha:
            outer = middle
        else:
            inner = middle
    low, high = _within(total, draws, float(np.exp(outer)))
    return tuple(low.tolist()), tuple(high.tolist())


def covered(counts: Counts, level: float = 0.9) -> tuple[int, float]:
    """Return how many central intervals of ``level`` hold the truth, and how probable as odd a number is.

    Raises ValueError where no whole number of ranks has that share.
    """
    ranks = counts.size
    out = round(ranks * (1.0 - level) / 2.0)
    if abs(out - ranks * (1.0 - level) / 2.0) > 1e-9:
        raise ValueError(f"{ranks} ranks have no central interval of {level:g}")
    inside = int(counts[out : ranks - out].sum())
    return inside, float(binomtest(inside, int(counts.sum()), level).pvalue)


def _tails(total: int, draws: int, path: Counts) -> tuple[Floats, Floats]:
    z = (np.arange(draws) + 1.0) / (draws + 1.0)
    return np.asarray(binom.cdf(path, total, z)), np.asarray(binom.sf(path - 1, total, z))


def _within(total: int, draws: int, gamma: float) -> tuple[Counts, Counts]:
    """Return least and greatest C_i that are less far out than ``gamma``."""
    z = (np.arange(draws) + 1.0) / (draws + 1.0)
    numbers = np.arange(total + 1)[:, None]
    limit = gamma * (1.0 + SLACK)
    least = np.minimum(binom.cdf(numbers, total, z), binom.sf(numbers - 1, total, z))
    keeps = np.asarray(2.0 * least > limit)
    any_ = keeps.any(axis=0)
    return np.where(any_, keeps.argmax(axis=0), 1), np.where(any_, total - keeps[::-1].argmax(axis=0), 0)
