"""Whose and which uncertainty the headline's variance is: Sobol indices over each variable's parameters.

    within one expert, groups i of parameters, A and B independent draws, AB_i = A with group i from B
    first    S_i = mean f(B) (f(AB_i) - f(A)) / V          Saltelli et al. (2010), table 2 (b)
    total    T_i = mean (f(A) - f(AB_i))^2 / (2 V)         Jansen (1999)

    in the panel, weights w_e                              V = sum w_e (m_e - m)^2 + sum w_e V_e
    which expert, first                                    sum w_e (m_e - m)^2 / V
    which expert, total                                    (sum w_e E f_e^2 - m^2 - sum w_e^2 V_e) / V
    a group, first and total                               sum w_e V_e S_ei / V,   sum w_e V_e T_ei / V

    as drawn                 D_i = Var E(f | theta_i) / V, by regression on the draws themselves, evidence and all

S is what would go, on average, if the group were known; T what would be left if all else were; in the panel both are
said of a group once it is known which expert to follow. Groups are drawn independently of each other, which is what S
and T are defined for. Judgements of totals tie the groups, so ``tied`` says what that misses: the variance with
independent groups over the variance of the draws. D takes the draws as they are: cross-fitted least squares on squares
and products of the group's normal scores. Where groups are tied, D counts what a variable shares with others too, and
all D together may be more than the whole. Errors are from ``BATCHES`` batches of the estimates.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from causal.ask.answer import PANEL
from causal.ask.headline import Headline
from causal.exact.kernel import Floats

LANES = 2000  # pairs of draws per expert
BATCHES = 20
FOLDS = 5
RIDGE = 1e-8
MOST_PRODUCTS = 12  # parameters of a group up to which their products enter the regression, not their squares alone
WHICH = ""  # stands for 'which expert' where variables are named


@dataclass(frozen=True)
class Share:
    """The part of the headline's variance that a variable's parameters carry; ``variable`` is empty for which expert.

    ``first`` and ``total`` are shares of the variance, each with its Monte Carlo error; a share that is really 0 comes
    out a little above or below it.
    """

    variable: str
    words: str
    expert: str
    first: float
    first_error: float
    total: float
    total_error: float
    drawn: float
    drawn_error: float

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-ready facts."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


@dataclass(frozen=True)
class Shares:
    """Shares of the headline's variance, the panel's first, the largest as drawn first; ``tied`` is by expert."""

    rows: tuple[Share, ...]
    variance: float
    between: float
    tied: dict[str, float]

    def of(self, expert: str = PANEL) -> tuple[Share, ...]:
        """Return the shares of one expert, or of the panel."""
        return tuple(row for row in self.rows if row.expert == expert)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-ready facts."""
        return {
            "rows": [row.to_dict() for row in self.rows],
            "variance": self.variance,
            "between_experts": self.between,
            "variance_if_independent": dict(self.tied),
        }


def variance_shares(head: Headline, seed: int = 1) -> Shares:
    """Share out the headline's variance over variables, for the panel and for each expert.

    There are no shares where nothing varies, as with a single draw.
    """
    experts, weights = head.panel.draws.experts, head.panel.weights
    names = _groups(head)
    per_expert: dict[str, tuple[Floats, float, float]] = {}
    for row, name in enumerate(experts):
        if head.panel.draws.total >= 2 * BATCHES and head.variances[name] > 0 and names:
            per_expert[name] = _indices(head, row, list(names.values()), np.random.default_rng([seed, row]))
    rows = []
    for place, variable in enumerate(names):
        title = head.network.model.variables[variable].title
        for name, (found, _, _) in per_expert.items():
            if name in head.panel.experts:
                rows.append(Share(variable, title, name, *found[:, place].tolist()))
        scale = {n: w * per_expert[n][1] for n, w in weights.items() if n in per_expert}
        if scale and head.variance > 0:
            values = np.array([per_expert[n][0][:, place] for n in scale])
            parts = np.array(list(scale.values()))[:, None] / head.variance
            sums = (parts * values).sum(axis=0).tolist()
            errors = np.sqrt((parts**2 * values**2).sum(axis=0)).tolist()
            rows.append(Share(variable, title, PANEL, sums[0], errors[1], sums[2], errors[3], sums[4], errors[5]))
    if head.variance > 0 and len(weights) > 1:
        rows.append(_which(head))
    order = (PANEL, *head.panel.experts)
    rows.sort(key=lambda each: (order.index(each.expert), -each.drawn))
    tied = {head.panel.speaker(name): found[2] for name, found in per_expert.items()}
    return Shares(tuple(rows), head.variance, head.between, tied)


def _groups(head: Headline) -> dict[str, list[int]]:
    """Return the places of each variable's parameters, where they can move the headline."""
    found: dict[str, list[int]] = {}
    for place, parameter in enumerate(head.network.parameters):
        if head.relevant[place]:
            found.setdefault(parameter.variable, []).append(place)
    return found


def _which(head: Headline) -> Share:
    """Return the share of 'which expert': the whole of it is exact, but for the draws' own error."""
    weights, v = head.panel.weights, head.variance
    squares = sum(w * (head.variances[n] + head.means[n] ** 2) for n, w in weights.items())
    total = (squares - head.mean**2 - sum(w**2 * head.variances[n] for n, w in weights.items())) / v
    errors = [w * (head.means[n] - head.mean) * head.answer.estimates[(n, "")].mcse for n, w in weights.items()]
    error = 2 * float(np.hypot.reduce(errors)) / v
    first = head.between / v
    return Share(WHICH, "which expert is followed", PANEL, first, error, total, error, first, error)


def _indices(
    head: Headline, row: int, groups: list[list[int]], rng: np.random.Generator
) -> tuple[Floats, float, float]:
    """Return first, total and drawn, each with its error (shape (6, groups)), the variance, and how tied groups are."""
    theta, share = head.panel.draws.flat(row), head.share[row]
    lanes = min(LANES, theta.shape[1] // 2) // BATCHES * BATCHES
    a, b = (np.ascontiguousarray(theta[:, :lanes]) for _ in range(2))
    for group in groups:
        at = rng.choice(theta.shape[1], 2 * lanes, replace=bool(np.ptp(share) > 0), p=share)
        a[group], b[group] = theta[np.ix_(group, at[:lanes])], theta[np.ix_(group, at[lanes:])]
    fa, fb = head.run(a), head.run(b)
    middle = float(np.nanmean([fa, fb]))
    first, total = np.empty((2, len(groups), lanes))
    for place, group in enumerate(groups):
        mixed = a.copy()
        mixed[group] = b[group]
        fm = head.run(mixed)
        first[place] = (fb - middle) * (fm - fa)
        total[place] = (fa - fm) ** 2 / 2
    variance = float(np.nanvar(np.concatenate([fa, fb])))
    means, errors = [], []
    for each in (first, total):
        batches = np.nanmean(each.reshape(len(groups), BATCHES, -1), axis=2) / variance
        means.append(batches.mean(axis=1))
        errors.append(batches.std(axis=1, ddof=1) / np.sqrt(BATCHES))
    own = head.variances[head.panel.draws.experts[row]]
    drawn = np.array([_explained(theta[group], head.values[row], share, own) for group in groups])
    found = np.stack([means[0], errors[0], means[1], errors[1], drawn[:, 0], drawn[:, 1]])
    return found, own, variance / own


def _explained(theta: Floats, f: Floats, share: Floats, variance: float) -> tuple[float, float]:
    """Return the share of f's variance that a group of parameters explains in the draws, and its error."""
    known = (share > 0) & np.isfinite(f)
    size = int(known.sum()) // BATCHES * BATCHES
    theta, f, share = theta[:, known][:, :size], f[known][:size], share[known][:size] / share[known][:size].sum()
    scores = np.stack([_scores(row) for row in theta if np.ptp(row) > 0] or [np.zeros(size)])
    count = len(scores)
    pairs = [scores[i] * scores[j] for i in range(count) for j in range(i, count)] if count <= MOST_PRODUCTS else []
    basis = np.stack([np.ones(size), *scores, *(pairs or scores**2)], axis=1)
    folds = np.array_split(np.arange(size), FOLDS)
    squares = [basis[fold].T @ (basis[fold] * share[fold, None]) for fold in folds]
    products = [basis[fold].T @ (f[fold] * share[fold]) for fold in folds]
    ridge = RIDGE * np.eye(basis.shape[1])
    fitted = np.empty(size)
    for fold, square, product in zip(folds, squares, products, strict=True):
        fitted[fold] = basis[fold] @ np.linalg.solve(sum(squares) - square + ridge, sum(products) - product)
    mean = float(share @ f)
    parts = share * ((f - mean) ** 2 - (f - fitted) ** 2) / variance
    batches = parts.reshape(BATCHES, -1).sum(axis=1) * BATCHES
    return float(parts.sum()), float(batches.std(ddof=1) / np.sqrt(BATCHES))


def _scores(x: Floats) -> Floats:
    """Return normal scores of draws."""
    from scipy.special import ndtri

    ranks = np.empty(x.size)
    ranks[np.argsort(x, kind="stable")] = (np.arange(x.size) + 0.5) / x.size
    return np.asarray(ndtri(ranks))
