"""Priors and evidence raised to a power, by weighing draws: what a little more or less of either would change.

    p(theta)^alpha L          weights p(theta)^(alpha - 1), Pareto-smoothed
    p(theta) L^alpha          weights L^(alpha - 1)
    distance                  cumulative Jensen-Shannon distance of two weighted samples of one number, 0 to 1
    sensitivity               mean of distance / |log2 alpha| at alpha = 1 / 1.25 and 1.25

Source: Kallioinen, Paananen, Buerkner & Vehtari (2024), *Detecting and diagnosing prior and likelihood sensitivity with
power-scaling*, Statistics and Computing 34; the distance from Nguyen & Vreeken (2015). The power of a density depends
on what it is a density of: here, of each entry of the layout, as its family has it (log-odds, shares, logs of gaps).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from causal.elicit import LogOdds
from causal.exact.kernel import Floats
from causal.learn.elicited import Elicited
from causal.learn.layout import lay_out
from causal.learn.weights import Weights, smooth

ALPHAS = (0.8, 1.25)
TINY = 1e-300  # stands for 0 where its logarithm is taken, times 0
EDGE = 1e-12  # nearest to 0 and 1 that a share is looked at


def log_prior(elicited: Elicited, expert: str, theta: Floats) -> Floats:
    """Return the log density of an expert's priors at draws of shape (parameters, draws), up to a constant.

    What a judgement melds with, or takes the place of, is part of the prior.
    """
    layout = lay_out(elicited, expert)
    numbers = layout.numbers
    line = theta[layout.places["log_odds"]]
    odds = np.asarray(LogOdds().read(np.clip(theta, EDGE, 1.0 - EDGE)))[layout.places["log_odds"]]
    line = np.where(layout.as_share[:, None], odds, line)
    total = _normal(line, *numbers["log_odds"])
    share, (a, b) = np.clip(theta[layout.places["share"]], EDGE, 1.0 - EDGE), numbers["share"]
    total = total + (a - 1.0) @ np.log(share) + (b - 1.0) @ np.log1p(-share)
    mu, sigma = numbers["forced"][:2]
    total = total + _normal(theta[layout.places["forced"]], mu, sigma)
    cuts, top = theta[layout.places["log_gap"]], line[layout.top]
    above = np.where((layout.upper >= 0)[:, None], cuts[layout.upper], top) if len(cuts) else cuts
    mean, slope, sigma, top_mu = numbers["log_gap"]
    centre = mean[:, None] + slope[:, None] * (top - top_mu[:, None])
    total = total + _normal(np.log(np.maximum(cuts - above, EDGE)) - centre, np.zeros_like(sigma), sigma)
    return np.asarray(total + _shaped(elicited, expert, theta))


def _normal(x: Floats, mu: Floats, sigma: Floats) -> Floats:
    return np.asarray(-0.5 * (((x - mu[:, None]) / sigma[:, None]) ** 2).sum(axis=0))


def _shaped(elicited: Elicited, expert: str, theta: Floats) -> Floats | float:
    shaping = [each for each in elicited.shaping if each.expert == expert and each.table is not None]
    if not shaping:
        return 0.0
    values = elicited.network.recorder.tape([each.slot for each in shaping]).values(theta)
    return sum(each.table(row) for each, row in zip(shaping, values, strict=True) if each.table is not None)


def scaled(logs: Floats, alpha: float, base: Floats) -> Weights:
    """Return the weights of draws under which a part of the posterior counts ``alpha`` times.

    ``logs`` is the part's log density at every draw, ``base`` the weights the draws have already, summing to one.
    """
    with np.errstate(invalid="ignore"):
        moved = np.where(base > 0, (alpha - 1.0) * logs, -np.inf)
    return smooth(base * np.exp(moved - moved.max()))


def distances(values: Floats, base: Floats, others: Sequence[Floats]) -> list[float]:
    """Return the cumulative Jensen-Shannon distance of each weighting from ``base``, of the same values, 0 to 1.

    The greater of those of the values and of their negatives, as in priorsense.
    """
    order = np.argsort(values, kind="stable")
    width = np.diff(values[order])
    p = np.cumsum(base[order] / base.sum())[:-1]
    found = []
    for other in others:
        q = np.cumsum(other[order] / other.sum())[:-1]
        found.append(max(_distance(width, p, q), _distance(width, 1.0 - p, 1.0 - q)))
    return found


def _distance(width: Floats, p: Floats, q: Floats) -> float:
    """Return the square root of what two distribution functions, held over steps of a width, do not share."""
    bound = float(width @ (p + q))
    if bound <= 0.0:
        return 0.0
    middle = np.log2(np.maximum((p + q) / 2.0, TINY))
    both = width @ (p * (np.log2(np.maximum(p, TINY)) - middle) + q * (np.log2(np.maximum(q, TINY)) - middle))
    return float(np.sqrt(max(float(both), 0.0) / bound))


def sensitivity(values: Floats, base: Floats, lower: Floats, upper: Floats) -> float:
    """Return the sensitivity of a number to a part that ``lower`` and ``upper`` scale by ``ALPHAS``."""
    down, up = distances(values, base, (lower, upper))
    return (down / -float(np.log2(ALPHAS[0])) + up / float(np.log2(ALPHAS[1]))) / 2.0
