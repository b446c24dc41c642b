"""Importance weights that can be trusted: Pareto-smoothed, with the k that says how far (Vehtari et al. 2024)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from causal.exact.kernel import Floats
from causal.learn.gate import ESS, PARETO_K, PASS, Finding, Gate, graded


@dataclass(frozen=True)
class Weights:
    """Normalised weights of draws, their effective size 1 / sum w^2 and Pareto k (-inf where they are all alike)."""

    values: Floats
    size: float
    k: float

    def gate(self, name: str) -> Gate:
        """Judge the weights: Pareto k and effective size."""
        found = []
        for diagnostic, value, limits in (("Pareto k", self.k, PARETO_K), ("effective size", self.size, ESS)):
            verdict = graded(value, *limits)
            if verdict != PASS:
                found.append(Finding(name, diagnostic, value, verdict))
        return Gate(tuple(found), judged=1)


def smooth(probabilities: Floats) -> Weights:
    """Return weights proportional to ``probabilities`` (one per draw, not all zero), the largest smoothed."""
    draws = probabilities.size
    if np.ptp(probabilities) <= 1e-12 * probabilities.max():
        return Weights(np.full(draws, 1.0 / draws), float(draws), -np.inf)
    from arviz_stats.base import array_stats

    with np.errstate(divide="ignore"):
        logs = np.log(probabilities)
    finite = np.isfinite(logs)
    try:
        smoothed, k = array_stats.psislw(-logs[finite])  # it takes log-likelihoods to leave out, and turns them
    except ValueError:  # the largest weights are all the same: there is no tail to smooth
        smoothed, k = logs[finite] - logs[finite].max(), -np.inf
    values = np.zeros(draws)
    values[finite] = np.exp(np.asarray(smoothed))
    values /= values.sum()
    return Weights(values, float(1.0 / (values**2).sum()), float(k))
