"""Least squares on the cdf: of a family's members, the one nearest to what was said.

    theta = argmin  sum_j (F(x_j; theta) - p_j)^2          x_j stated at level p_j          (SHELF; O'Hagan et al. 2006)

What is compared are probabilities, so a stretched tail counts no more than a shifted middle. Two quantiles determine
a normal, and one leaves its width open; only three and more are fitted.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy

from causal.elicit.belief import Array, Belief, Beta, LogitNormal, Normal

SAME = 1e-9  # closer than this, two stated values are one
MOST = 500  # evaluations at most
LOG_LIMIT = 20.0  # parameters stay within e^-20 and e^20: beyond, a beta is a point or two


def ssq(belief: Belief, x: Array, levels: Array) -> float:
    """Return the sum of squared differences between the belief's cdf at ``x`` and the stated levels."""
    return float(np.sum((belief.cdf(x) - levels) ** 2))


def nearest_normal(x: Array, levels: Array, lone_sd: float) -> Normal:
    """Fit a normal; with fewer than two different quantiles, one of sd ``lone_sd`` through their middle.

    >>> nearest_normal(np.array([-1.0, 1.0]), np.array([0.16, 0.84]), lone_sd=1.0).mu
    0.0
    """
    z = scipy.special.ndtri(levels)
    if np.ptp(x) < SAME or np.ptp(z) < SAME:
        return Normal(float(x.mean() - lone_sd * z.mean()), lone_sd)
    if len(x) == 2:
        return _line(x, z)
    # Strongly skewed quantiles have two valleys: near the line through all, and near two neighbours, the rest missed.
    neighbours = [slice(i, i + 2) for i in range(len(x) - 1) if x[i + 1] - x[i] > SAME and z[i + 1] - z[i] > SAME]
    starts = [_line(x, z), *(_line(x[pair], z[pair]) for pair in neighbours)]
    start = min(starts, key=lambda normal: ssq(normal, x, levels))
    unit = (x - start.mu) / start.sigma
    shift, stretch = descend(lambda theta: scipy.special.ndtr((unit - theta[0]) / _exp(theta[1])) - levels, (0.0, 0.0))
    return Normal(start.mu + start.sigma * float(shift), start.sigma * float(_exp(stretch)))


def _line(x: Array, z: Array) -> Normal:
    # x = mu + sigma z by least squares: exact for two points
    sigma = float(np.sum((z - z.mean()) * (x - x.mean())) / np.sum((z - z.mean()) ** 2))
    return Normal(float(x.mean() - sigma * z.mean()), sigma)


def nearest_logit_normal(x: Array, levels: Array, lone_sd: float) -> LogitNormal:
    """Fit a logit-normal to shares strictly within (0, 1)."""
    normal = nearest_normal(np.asarray(scipy.special.logit(x)), levels, lone_sd)
    return LogitNormal(normal.mu, normal.sigma)


def nearest_beta(x: Array, levels: Array, start: Belief) -> Beta:
    """Fit a beta to two or more shares, from the beta that has the mean and sd of ``start``.

    >>> beta = nearest_beta(np.array([0.3, 0.5, 0.7]), np.array([0.25, 0.5, 0.75]), LogitNormal(0.0, 1.0))
    >>> round(beta.a, 4), round(beta.b, 4)
    (1.5284, 1.5284)
    """
    mean, variance = start.mean, max(start.sd**2, 1e-12)
    size = max(mean * (1.0 - mean) / variance - 1.0, 1e-2)
    log_a, log_b = descend(
        lambda theta: scipy.special.betainc(_exp(theta[0]), _exp(theta[1]), x) - levels,
        (float(np.log(mean * size)), float(np.log((1.0 - mean) * size))),
    )
    return Beta(float(_exp(log_a)), float(_exp(log_b)))


def descend(
    residuals: Callable[[Array], Array],
    start: tuple[float, ...],
    slopes: Callable[[Array], Array] | None = None,
) -> Array:
    """Return the parameters with the least sum of squared residuals near ``start`` (Levenberg and Marquardt).

    ``slopes`` gives the derivatives of the residuals, a row per residual; without it they are taken numerically.
    Where the search stops early the best point so far is returned: how good it is shows in the misfit.
    """
    found = scipy.optimize.leastsq(
        residuals, np.array(start), Dfun=slopes, ftol=1e-14, xtol=1e-8, full_output=True, maxfev=MOST
    )
    return np.asarray(found[0], dtype=float)


def _exp(logarithm: Array | float) -> Array:
    return np.asarray(np.exp(np.clip(logarithm, -LOG_LIMIT, LOG_LIMIT)))
