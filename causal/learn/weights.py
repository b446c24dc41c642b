"""Importance weights that can be trusted: Pareto-smoothed, with the k that says how far (Vehtari et al. 2024).

    tail        the largest M of S weights, M = 3 sqrt(S) (a fifth of them where there are few), above the next one
    fit         generalised Pareto(k, sigma): posterior mean over a grid of b = -k / sigma (Zhang & Stephens 2009)
    k           drawn towards 1/2 as by ten more weights
    smoothed    the tail's weights become the quantiles of the fit at (i - 1/2) / M, at most the largest of them

The same numbers as ArviZ has, which takes seconds to be imported.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from causal.exact.kernel import Floats
from causal.learn.gate import ESS, PARETO_K, PASS, Finding, Gate, graded

MANY = 225  # draws from which on the tail is no fifth of them
SHORTEST = 5  # weights that a tail must have
NEGLIGIBLE = 10 * np.finfo(float).eps


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
    with np.errstate(divide="ignore"):
        logs = np.log(probabilities)
    finite = np.isfinite(logs)
    smoothed, k = _smoothed(logs[finite] - logs[finite].max())
    values = np.zeros(draws)
    values[finite] = np.exp(smoothed)
    values /= values.sum()
    return Weights(values, float(1.0 / (values**2).sum()), float(k))


def _smoothed(logs: Floats) -> tuple[Floats, float]:
    """Return log weights (the largest 0) with their upper tail smoothed, and k; -inf where there is no tail."""
    draws = logs.size
    size = int(3 * np.sqrt(draws)) if draws > MANY else draws // 5
    order = np.argsort(logs)
    tail = order[draws - size :]
    if size < SHORTEST or np.ptp(logs[tail]) == 0:  # too few, or all the largest alike
        return logs, -np.inf
    cutoff = np.exp(logs[order[draws - size - 1]])
    k, sigma = _pareto(np.exp(logs[tail]) - cutoff)
    found = np.array(logs)
    if np.isfinite(k):
        levels = np.log1p(-(np.arange(size) + 0.5) / size)
        above = -levels if k == 0 else np.expm1(-k * levels) / k
        found[tail] = np.minimum(np.log(cutoff + sigma * above), logs[tail].max())
    return found, k


def _pareto(excess: Floats) -> tuple[float, float]:
    """Return k and sigma of the generalised Pareto distribution that rising ``excess`` come from."""
    n = excess.size
    points = 30 + int(np.sqrt(n))
    quartile = excess[int(n / 4 + 0.5) - 1]
    if quartile <= excess[0]:  # nothing like a Pareto
        return np.nan, np.nan
    b = 1 / excess[-1] + (1 - np.sqrt(points / (np.arange(1, points + 1) - 0.5))) / (3 * quartile)
    k = np.log1p(-b[:, None] * excess).mean(axis=1)
    profile = n * (np.log(-b / k) - k - 1)
    weight = np.exp(profile - profile.max())
    weight /= weight.sum()
    weight[weight < NEGLIGIBLE] = 0.0
    b = float(weight @ b / weight.sum())
    k = float(np.log1p(-b * excess).mean())
    return (np.inf if np.isnan(k) else (n * k + 5.0) / (n + 10.0)), -k / b
