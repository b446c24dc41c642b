"""Are two variables independent given others, by cases with few states: a permutation test within cases alike.

    statistic     G^2 = 2 sum over groups of sum_xy n_xy ln(n_xy n / (n_x n_y)), groups being alike in what is given
    permuted      x is shuffled within every group, SHUFFLES times: all orders are alike if the two are independent
    p             (1 + shuffles at least as far) / (1 + SHUFFLES)          Phipson & Smyth (2010)

Its level is right however few the cases are, which no test by chi-squared can say of twenty. Its power is another
matter: where no group has two cases that differ in x and two that differ in y, every shuffle is alike, p is 1, and the
cases can say nothing. Of cases that were selected by what happened in them the test is right about those selected, and
biased about the graph: two causes of what selects are dependent there, independent as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from causal.exact.kernel import Floats

SHUFFLES = 999
AT_ONCE = 2_000_000  # cases times shuffles that are counted in one go
ROUNDING = 1e-9

type Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Independent:
    """A p-value; ``informative`` is false where no shuffle could have differed."""

    p: float
    informative: bool


def independent(x: Codes, y: Codes, given: Codes, seed: int = 0, shuffles: int = SHUFFLES) -> Independent:
    """Test whether x and y are independent given others; ``given`` has shape (cases, variables), perhaps none of them.

    >>> x = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    >>> independent(x, x, np.empty((8, 0), dtype=np.int64)).p < 0.05
    True
    >>> independent(x, x, x[:, None])
    Independent(p=1.0, informative=False)
    """
    if not x.size:
        return Independent(1.0, False)
    group = np.unique(given, axis=0, return_inverse=True)[1].ravel() if given.shape[1] else np.zeros(x.size, np.int64)
    xs, ys = (np.unique(each, return_inverse=True)[1] for each in (x, y))
    if not any(len(set(xs[group == g])) > 1 and len(set(ys[group == g])) > 1 for g in np.unique(group)):
        return Independent(1.0, False)
    order = np.argsort(group, kind="stable")
    xs, ys, group = xs[order], ys[order], group[order]
    rng = np.random.default_rng(seed)
    observed = _statistic(xs[None, :], ys, group)[0]
    far, done, step = 0, 0, max(1, AT_ONCE // x.size)
    while done < shuffles:
        count = min(step, shuffles - done)
        keys = rng.random((count, x.size)) + group  # sorted by group first, so that nothing leaves its group
        shuffled = xs[np.argsort(keys, axis=1)]
        far += int((_statistic(shuffled, ys, group) >= observed - ROUNDING).sum())
        done += count
    return Independent((1 + far) / (1 + shuffles), True)


def _statistic(xs: Codes, ys: Codes, group: Codes) -> Floats:
    """Return sum n_xy ln n_xy over groups, shape (shuffles,): all of G^2 that a shuffle can move, halved."""
    cells = int(ys.max()) + 1
    size = (int(group.max()) + 1) * (int(xs.max()) + 1) * cells
    at = (group * (int(xs.max()) + 1) + xs) * cells + ys + size * np.arange(len(xs))[:, None]
    n = np.bincount(at.ravel(), minlength=size * len(xs)).reshape(len(xs), size)
    return np.asarray((n * np.log(np.maximum(n, 1))).sum(axis=1))


def holm(p: Floats) -> Floats:
    """Return p-values adjusted so that the chance of any false rejection stays that of one test (Holm 1979).

    >>> holm(np.array([0.01, 0.04, 0.03])).round(3).tolist()
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(p, kind="stable")
    raised = np.maximum.accumulate(p[order] * np.arange(p.size, 0, -1)) if p.size else p
    found = np.empty(p.size)
    found[order] = np.minimum(raised, 1.0)
    return found
