"""Ranked nodes: ordered states as equal parts of [0, 1], and a child that lies around a function of its parents.

    y ~ Normal(f(x), variance) truncated to [0, 1]     P(y = s) is what falls into the part of s

    wmean        sum_i w_i x_i / sum_i w_i
    wmin         min_i (w_i x_i + sum_{j != i} x_j) / (w_i + n - 1)      pulled to the lowest parent
    wmax         max_i (w_i x_i + sum_{j != i} x_j) / (w_i + n - 1)      pulled to the highest
    mixminmax    (w_min min_i x_i + w_max max_i x_i) / (w_min + w_max)

A parent in state s may be anywhere in the part of s: five points of it, both ends included, stand for it, and the child
is the mean over all combinations of the parents' points. Weights and variance are the model's, so nothing is left open.

Sources: Fenton, Neil & Caballero (2007), Using ranked nodes to model qualitative judgments in Bayesian networks, IEEE
TKDE 19(10), for wmean, wmin, wmax; Laitila & Virtanen (2016), same journal 28(7), for all four; AgenaRisk's own tables
for the five points, and its api's MixMinMaxSemanticsProbe for mixminmax.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from math import prod
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from causal.errors import TooLarge
from causal.exact.kernel import Floats
from causal.exact.mechanisms.fixed import FixedKind
from causal.exact.parameter import cards, inputs
from causal.spec.model import Model, Ranked, Variable, frozen

POINTS = 5  # of a parent's part, as AgenaRisk has it; neighbours share an end
VARIANCE = 0.01  # where the model states none: a spread of a tenth of the scale, as in AgenaRisk's CarCosts
LARGEST_GRID = 1_000_000  # combinations of points; as many take about a second
NEAR = 0.5  # from here on a tail is told by erfc: as a difference of erf it would be lost in rounding

_erf: Callable[[Any], Any] = np.frompyfunc(math.erf, 1, 1)
_erfc: Callable[[Any], Any] = np.frompyfunc(math.erfc, 1, 1)


class RankedKind(FixedKind):
    """A table computed from weights and a variance."""

    def shares(self, model: Model, variable: Variable) -> Floats:
        """Return the table; raise TooLarge where the parents have too many combinations of points."""
        ranked = variable.mechanism
        assert isinstance(ranked, Ranked)
        parents = inputs(variable)
        parts = cards(model, parents)
        grid = [(POINTS - 1) * part + 1 for part in parts]
        if prod(grid) > LARGEST_GRID:
            raise TooLarge(
                f"{variable.name} is ranked by {len(parents)} parents with {prod(grid):,} combinations of points, more "
                f"than {LARGEST_GRID:,}; give it fewer parents, or put a ranked variable between them"
            )
        points = list(np.meshgrid(*(np.linspace(0.0, 1.0, size) for size in grid), indexing="ij", sparse=True))
        weights = [ranked.weights[parent] for parent in parents]
        middle = np.broadcast_to(_FUNCTIONS[ranked.function](points, weights, ranked.mix), grid)
        found = masses(middle, VARIANCE if ranked.variance is None else ranked.variance, len(variable.states))
        for axis in range(len(parents)):
            windows = sliding_window_view(found, POINTS, axis=axis)
            found = np.take(windows, range(0, windows.shape[axis], POINTS - 1), axis=axis).mean(axis=-1)
        return found


def masses(middle: Floats, variance: float, parts: int) -> Floats:
    """Return what a Normal truncated to [0, 1] puts into each of its equal parts: a further, last axis.

    >>> masses(np.array([0.5]), 0.1, 3).round(4).tolist()
    [[0.2733, 0.4535, 0.2733]]
    """
    edges = np.linspace(0.0, 1.0, parts + 1)
    z = (edges - middle[..., np.newaxis]) / math.sqrt(2.0 * variance)
    low, high = z[..., :-1], z[..., 1:]
    inner = _erf(z).astype(np.float64)
    found = np.diff(inner, axis=-1)
    above, below = low > NEAR, high < -NEAR
    found[above] = (_erfc(low[above]) - _erfc(high[above])).astype(np.float64)
    found[below] = (_erfc(-high[below]) - _erfc(-low[below])).astype(np.float64)
    return np.asarray(found / found.sum(axis=-1, keepdims=True))


def _wmean(x: list[Floats], weights: list[float], _: tuple[float, float]) -> Floats:
    return np.asarray(sum(w * each for w, each in zip(weights, x, strict=True)) / sum(weights))


def _pulled(x: list[Floats], weights: list[float]) -> list[Floats]:
    """Return, for every parent, the mean in which it alone has its weight and each other parent has 1."""
    total = sum(x)
    return [(total + (w - 1.0) * each) / (w + len(x) - 1) for w, each in zip(weights, x, strict=True)]


def _wmin(x: list[Floats], weights: list[float], _: tuple[float, float]) -> Floats:
    return _over(np.minimum, _pulled(x, weights))


def _wmax(x: list[Floats], weights: list[float], _: tuple[float, float]) -> Floats:
    return _over(np.maximum, _pulled(x, weights))


def _mixminmax(x: list[Floats], _: list[float], mix: tuple[float, float]) -> Floats:
    low, high = mix
    return np.asarray((low * _over(np.minimum, x) + high * _over(np.maximum, x)) / (low + high))


def _over(least: Callable[[Floats, Floats], Floats], x: list[Floats]) -> Floats:
    found = x[0]
    for each in x[1:]:
        found = least(found, each)
    return found


_FUNCTIONS: Mapping[str, Callable[[list[Floats], list[float], tuple[float, float]], Floats]] = frozen(
    {"wmean": _wmean, "wmin": _wmin, "wmax": _wmax, "mixminmax": _mixminmax}
)
