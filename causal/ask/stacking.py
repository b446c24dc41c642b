"""Weights of rival posteriors by how well each predicts what it has not seen, and what a difference is worth.

    elpd_g          sum over things left out of ln p_g(thing | the others)
    difference      sum_i d_i, its standard error sqrt(n var d)             Vehtari, Gelman & Gabry (2017), eq. 24
    stacking        max over the simplex of sum_i ln sum_g w_g p_gi         Yao, Vehtari, Simpson & Gelman (2018), eq. 5
    pseudo-BMA+     mean over Bayesian bootstraps of softmax of elpd        there, section 3.4

A difference counts where it is at least 4 and at least twice its standard error: below either, the normal
approximation says nothing (Sivula, Magnusson, Matamoros & Vehtari 2020), and with few things even more is doubtful.
Stacking finds the mixture that predicts best; its weights are no probabilities that a graph is true. Where graphs
predict alike they are arbitrary: any mixture predicts alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from causal.ask.brief import MINUS
from causal.exact.kernel import Floats

LEAST = 4.0  # nats
ERRORS = 2.0
FEW = 100  # things below which a standard error is itself too small, by up to a factor of two (Sivula et al. 2020)
GAP = 1e-9  # of the mean log score to its maximum, at most
ROUNDS = 50_000
BOOTSTRAPS = 4000


@dataclass(frozen=True)
class Difference:
    """The log score of one posterior minus that of another over ``count`` things, with its standard error."""

    value: float
    error: float
    count: float

    def __str__(self) -> str:
        error = f" ± {self.error:.1f}" if np.isfinite(self.error) else ", of one thing alone"
        return f"{self.value:.1f}{error}".replace("-", MINUS)

    @property
    def told_apart(self) -> bool:
        """Whether the two predict visibly differently."""
        return bool(abs(self.value) >= LEAST and abs(self.value) >= ERRORS * self.error)


def difference(first: Floats, second: Floats, counts: Floats) -> Difference:
    """Compare two posteriors by what they say of each thing, shape (things,); ``counts`` says how often each counts.

    >>> round(difference(np.log([0.5, 0.5]), np.log([0.25, 0.5]), np.ones(2)).value, 3)
    0.693
    """
    each, n = first - second, float(counts.sum())
    total = float(counts @ each)
    if n <= 1:
        return Difference(total, np.inf, n)
    variance = float(counts @ (each - total / n) ** 2) / (n - 1)
    return Difference(total, float(np.sqrt(n * variance)), n)


def stacking(logs: Floats, counts: Floats) -> Floats:
    """Return the weights of the mixture that predicts best; ``logs`` has shape (things, posteriors).

    The score is concave, and each round of expectation and maximisation raises it; the largest gradient bounds what is
    left to gain.
    """
    share = counts / counts.sum()
    p = np.exp(logs - logs.max(axis=1, keepdims=True))
    weights = np.full(logs.shape[1], 1.0 / logs.shape[1])
    for _ in range(ROUNDS):
        gradient = share @ (p / (p @ weights)[:, None])
        if gradient.max() - 1.0 < GAP:
            break
        weights = weights * gradient
    return np.asarray(weights / weights.sum())


def pseudo_bma_plus(logs: Floats, counts: Floats, seed: int = 0) -> Floats:
    """Return weights by elpd, averaged over Bayesian bootstraps of the things; shape of ``logs`` as in stacking."""
    n = float(counts.sum())
    rng = np.random.default_rng(seed)
    shares = rng.gamma(np.broadcast_to(counts, (BOOTSTRAPS, counts.size)))  # a row of n cases has n flat shares
    shares /= shares.sum(axis=1, keepdims=True)
    scores = n * shares @ logs
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray((weights / weights.sum(axis=1, keepdims=True)).mean(axis=0))
