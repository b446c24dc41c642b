"""Many beliefs about one number to one belief, in closed form.

    logarithmic (log_pool)      f  proportional to  prod f_e^w_e, weights summing to one        Genest & Zidek (1986)
        logit-normal, normal    precisions w / sigma^2 add, means weighted by them
        beta                    Beta(sum w a, sum w b)
        both of these           a beta of the weighted counts times a normal on the log-odds (``tilt``)
        truncated normal        the same as for normals, on what all hold possible
        point                   the point, for all who name one; two that differ have no pool
        cuts                    the quadratic forms add: again a top cut, and gaps that lean on it

    hierarchical                y_i = theta + c + g_school(i) + b_i + e_i                       Winkler (1981)
        c ~ N(0, all^2), g ~ N(0, school^2), b ~ N(0, expert^2), e ~ N(0, t_i^2)
        1 / v_s = sum over i in s of 1 / (t_i^2 + expert^2)                    within each school
        1 / v = sum over s of 1 / (v_s + school^2)                             across schools
        theta ~ N(sum of w_i y_i, v + all^2)                                   prior on theta: flat

A logarithmic pool is the same in every parametrisation and externally Bayesian: to learn and then to pool is to pool
and then to learn. Additive factors never give an expert a negative weight, which one correlation on unequal variances
does. Further on hierarchical pools: Albert et al. (2012), *Bayesian Analysis* 7; Hartley & French (2021).
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from causal.elicit.belief import Belief, Beta, LogitNormal, Normal, Point, TruncatedNormal
from causal.elicit.cuts import Cuts
from causal.elicit.marginal import Gap
from causal.elicit.scale import LogOdds
from causal.errors import ElicitationError

SAME = 1e-9  # two values said exactly are the same up to this
NODES = 4001  # of the grid on which the median of a beta with a normal beside it is found
REACH = 12.0  # how many sd of the normal the grid spans each way


@dataclass(frozen=True, slots=True)
class LogPool:
    """A pooled belief; where ``tilt`` is there, the belief is ``belief`` times it, a normal on the log-odds."""

    belief: Belief
    tilt: Normal | None = None

    @property
    def median(self) -> float:
        """The median, by the trapezoid rule on the log-odds where there is a tilt."""
        if self.tilt is None or not isinstance(self.belief, Beta):
            return float(self.belief.quantile(0.5))
        u = self.tilt.mu + self.tilt.sigma * np.linspace(-REACH, REACH, NODES)
        log = -self.belief.a * np.logaddexp(0.0, -u) - self.belief.b * np.logaddexp(0.0, u)
        log -= 0.5 * ((u - self.tilt.mu) / self.tilt.sigma) ** 2
        density = np.exp(log - log.max())
        reached = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2)])
        return float(LogOdds().state(np.interp(reached[-1] / 2, reached, u)))


def log_pool(beliefs: Sequence[Belief], weights: Sequence[float]) -> LogPool:
    """Pool beliefs about one number logarithmically.

    Args:
        beliefs: all about the same number, on the same scale.
        weights: at or above 0, summing to one; a weight of 0 leaves a belief out.

    Raises:
        ElicitationError: two points differ, nothing is possible for all, or the beliefs are of different scales.

    >>> log_pool([Beta(2, 8), Beta(8, 2)], [0.5, 0.5]).belief
    Beta(a=5.0, b=5.0)
    """
    _check_weights(weights)
    held = [(belief, weight) for belief, weight in zip(beliefs, weights, strict=True) if weight > 0]
    points = [belief for belief, _ in held if isinstance(belief, Point)]
    if points:
        return LogPool(_agreed(points, [belief for belief, _ in held]))
    betas = [(belief, weight) for belief, weight in held if isinstance(belief, Beta)]
    normals = [(b.mu, b.sigma, weight) for b, weight in held if isinstance(b, LogitNormal)]
    lines = [(b.mu, b.sigma, weight) for b, weight in held if isinstance(b, Normal | TruncatedNormal)]
    if len(lines) == len(held):
        low = max((b.low for b, _ in held if isinstance(b, TruncatedNormal)), default=-math.inf)
        high = min((b.high for b, _ in held if isinstance(b, TruncatedNormal)), default=math.inf)
        mu, sigma = _added(lines)
        bounded = math.isfinite(low) or math.isfinite(high)
        return LogPool(TruncatedNormal(mu, sigma, low, high) if bounded else Normal(mu, sigma))
    if len(betas) + len(normals) != len(held):
        families = ", ".join(dict.fromkeys(belief.family for belief, _ in held))
        raise ElicitationError(f"beliefs about numbers on different scales cannot be pooled: {families}")
    if not betas:
        return LogPool(LogitNormal(*_added(normals)))
    pooled = Beta(sum(weight * b.a for b, weight in betas), sum(weight * b.b for b, weight in betas))
    return LogPool(pooled, Normal(*_added(normals)) if normals else None)


def log_pool_cuts(held: Sequence[Cuts], weights: Sequence[float]) -> Cuts:
    """Pool the joint beliefs about the cuts of one ordered variable logarithmically.

    In the coordinates c (top cut) and g_k (log gaps) each belief is Gaussian, so the pool's log density is a weighted
    sum of quadratics: given c, each g_k is normal around a line in c, and what the lines differ by stays with c.

    Raises ElicitationError where two say exactly what differs.
    """
    _check_weights(weights)
    kept = [(cuts, weight) for cuts, weight in zip(held, weights, strict=True) if weight > 0]
    exact = [cuts for cuts, _ in kept if cuts.anchor[1] == 0]
    if exact:
        for other in exact[1:]:
            for one, two in zip(exact[0].medians, other.medians, strict=True):
                _agreed([Point(one), Point(two)], [])
        return exact[0]
    w = np.array([weight for _, weight in kept])
    m, s = np.array([cuts.anchor for cuts, _ in kept]).T
    precision, shift = float(np.sum(w / s**2)), float(np.sum(w * m / s**2))  # of c, growing with each gap
    lines = []
    for k in range(len(kept[0][0].gaps)):
        mean, slope, sigma = np.array([cuts.gaps[k] for cuts, _ in kept]).T
        start, share = mean - slope * m, w / sigma**2
        whole = float(share.sum())
        level, lean = float(share @ start) / whole, float(share @ slope) / whole  # of the pool's line, at c = 0
        precision += float(share @ (slope - lean) ** 2)
        shift -= float(share @ ((slope - lean) * (start - level)))
        lines.append((level, lean, whole**-0.5))
    centre = shift / precision
    gaps = tuple(Gap(level + lean * centre, lean, spread) for level, lean, spread in lines)
    return Cuts((centre, precision**-0.5), gaps, (None,) * len(kept[0][0].fits))


def _check_weights(weights: Sequence[float]) -> None:
    if any(weight < 0 for weight in weights) or not math.isclose(sum(weights), 1.0, abs_tol=1e-9):
        raise ElicitationError(f"the weights of a pool are at least 0 and sum to one, not {list(weights)}")


def _added(normals: Sequence[tuple[float, float, float]]) -> tuple[float, float]:
    """Return mean and sd of the product of normals (mean, sd), each to the power of its weight."""
    precision = sum(weight / sigma**2 for _, sigma, weight in normals)
    return sum(weight * mu / sigma**2 for mu, sigma, weight in normals) / precision, precision**-0.5


def _agreed(points: Sequence[Point], beside: Sequence[Belief]) -> Point:
    """Return the one value that was said exactly, which every other belief has to hold possible."""
    first = points[0]
    for each in points[1:]:
        if abs(each.value - first.value) > SAME:
            raise ElicitationError(f"exactly {first.value:g} and exactly {each.value:g} have no logarithmic pool")
    for belief in beside:
        if isinstance(belief, TruncatedNormal) and not belief.low <= first.value <= belief.high:
            raise ElicitationError(f"exactly {first.value:g} is impossible to one who holds {belief}")
    return first


@dataclass(frozen=True, slots=True)
class Consensus:
    """What a hierarchical pool believes of one number: Normal(mean, sd), ``sd`` 0 where nothing is uncertain.

    ``weights`` are what each of those who judged counts in the mean: none below 0, summing to one. ``n_eff`` is how
    many independent experts of the same precision would say as much.
    """

    mean: float
    sd: float
    weights: tuple[float, ...]
    n_eff: float


def hierarchical(
    y: Sequence[float],
    t: Sequence[float],
    schools: Sequence[Hashable],
    sds: tuple[float, float, float],
) -> Consensus:
    """Pool what experts say about one number by additive factors.

    Args:
        y, t: mean and sd of what each says, on the scale of the factors.
        schools: whose school each is; None where an expert is one alone.
        sds: of what everyone shares, of what a school shares, of what each has alone.

    Raises:
        ElicitationError: two leave no doubt, have no factor of their own, and differ.

    >>> pooled = hierarchical([0.0, 1.0], [1.0, 1.0], ["a", "b"], (0.0, 0.0, 0.0))
    >>> pooled.mean, round(pooled.sd, 3), round(pooled.n_eff, 3)
    (0.5, 0.707, 2.0)
    """
    everyone, school, own = sds
    if not y:
        raise ElicitationError("nobody judged it, so there is nothing to pool")
    alone = [each**2 + own**2 for each in t]
    members: dict[Hashable, list[int]] = {}
    for place, name in enumerate(schools):
        members.setdefault(("school", name) if name is not None else place, []).append(place)
    inner = {name: _precise([y[i] for i in at], [alone[i] for i in at]) for name, at in members.items()}
    mean, variance, across = _precise(
        [found[0] for found in inner.values()], [found[1] + school**2 for found in inner.values()]
    )
    weights = [0.0] * len(y)
    for (name, at), outer in zip(members.items(), across, strict=True):
        for place, share in zip(at, inner[name][2], strict=True):
            weights[place] = outer * share
    total = variance + everyone**2
    single = [each + school**2 + everyone**2 for each in alone]
    n_eff = float(len(single)) / (total * sum(1.0 / each for each in single)) if total > 0 and min(single) > 0 else 1.0
    return Consensus(mean, math.sqrt(total), tuple(weights), n_eff)


def _precise(y: Sequence[float], variances: Sequence[float]) -> tuple[float, float, list[float]]:
    """Return the precision-weighted mean, its variance and the weights; those without variance outweigh all others."""
    sure = [variance == 0 for variance in variances]
    if any(sure):
        known = [value for value, certain in zip(y, sure, strict=True) if certain]
        if max(known) - min(known) > SAME:
            raise ElicitationError(
                f"{known[0]:g} and {next(v for v in known if abs(v - known[0]) > SAME):g} were both said exactly, and "
                "no factor leaves either room to be wrong; give experts a factor of their own"
            )
        shares = [certain / len(known) for certain in sure]
    else:
        whole = sum(1.0 / variance for variance in variances)
        shares = [1.0 / variance / whole for variance in variances]
    mean = sum(share * value for share, value in zip(shares, y, strict=True))
    return mean, 0.0 if any(sure) else 1.0 / whole, shares


def hierarchical_cuts(held: Sequence[Cuts], schools: Sequence[Hashable], sds: tuple[float, float, float]) -> Cuts:
    """Pool the joint beliefs about the cuts of one ordered variable by additive factors.

    The top cut and each log gap are pooled by themselves. They lean on each other in the pool as they do in those it is
    made of: cov(c, g_k) = sum of a_i b_ik slope_ik s_i^2, a and b being the weights of the top cut and of the gap. The
    factors' sds are divided by a gap that is above 1, so that a lower cut is moved by as much as any other log-odds.
    """
    top = hierarchical([c.anchor[0] for c in held], [c.anchor[1] for c in held], schools, sds)
    gaps = []
    for k in range(len(held[0].gaps)):
        own = [cuts.gaps[k] for cuts in held]
        sd = [math.hypot(gap.slope * cuts.anchor[1], gap.sigma) for gap, cuts in zip(own, held, strict=True)]
        size = max(1.0, math.exp(sum(gap.mean for gap in own) / len(own)))
        found = hierarchical([gap.mean for gap in own], sd, schools, (sds[0] / size, sds[1] / size, sds[2] / size))
        tied = sum(
            a * b * gap.slope * cuts.anchor[1] ** 2
            for a, b, gap, cuts in zip(top.weights, found.weights, own, held, strict=True)
        )
        slope = tied / top.sd**2 if top.sd > 0 else 0.0
        gaps.append(Gap(found.mean, slope, math.sqrt(max(found.sd**2 - (slope * top.sd) ** 2, 0.0))))
    return Cuts((top.mean, top.sd), tuple(gaps), (None,) * len(held[0].fits))


@dataclass(frozen=True, slots=True)
class Spread:
    """How far experts lie apart, as sds on the log-odds; None where the questions cannot tell.

    ``within`` is between experts of a school, ``across`` between schools, both beyond what the experts' own stated
    uncertainty accounts for; ``questions`` counts what two or more judged. Where no school has two who judged the same,
    ``across`` has both in it.
    """

    within: float | None
    across: float | None
    questions: int


def spread(judged: Sequence[tuple[Sequence[float], Sequence[float], Sequence[Hashable]]]) -> Spread:
    """Estimate the spread between experts and between schools from questions, each (y, t, schools), by moments.

    Within a school the sample variance of y has expectation expert^2 + mean t^2. The means of schools have a sample
    variance of expectation school^2 + mean over schools of (expert^2 + mean t^2) / n. Both are added up over questions
    by their degrees of freedom, as in a random-effects analysis by moments (Cochran 1954). What comes out below 0 is 0.
    """
    squares = expected = between = apart = 0.0
    freedom = outer = several = 0
    pending: list[tuple[float, list[int], list[float]]] = []
    for y, t, schools in judged:
        several += len(y) > 1
        groups: dict[Hashable, list[int]] = {}
        for place, name in enumerate(schools):
            groups.setdefault(("school", name) if name is not None else place, []).append(place)
        middles, noise, sizes = [], [], []
        for at in groups.values():
            own, doubt = np.array([y[i] for i in at]), float(np.mean([t[i] ** 2 for i in at]))
            squares += float(np.sum((own - own.mean()) ** 2))
            expected += doubt * (len(at) - 1)
            freedom += len(at) - 1
            middles.append(float(own.mean()))
            noise.append(doubt / len(at))
            sizes.append(len(at))
        if len(groups) > 1:
            pending.append((float(np.sum((np.array(middles) - np.mean(middles)) ** 2)), sizes, noise))
    inside = max((squares - expected) / freedom, 0.0) if freedom else None
    for square, sizes, noise in pending:
        count = len(sizes) - 1
        between += square
        apart += count * float(np.mean([(inside or 0.0) / n + each for n, each in zip(sizes, noise, strict=True)]))
        outer += count
    across = max((between - apart) / outer, 0.0) if outer else None
    return Spread(None if inside is None else math.sqrt(inside), None if across is None else math.sqrt(across), several)


def effective(t: float, schools: Mapping[Hashable, int], sds: tuple[float, float, float]) -> float:
    """Return the number of independent experts that a panel counts for, all stating the same uncertainty ``t``.

    ``schools`` says how many experts each has. With one school it is n / (1 + (n - 1) rho), rho = (all^2 + school^2) /
    (all^2 + school^2 + expert^2 + t^2).

    >>> round(effective(0.6**0.5, {"a": 5}, (0.0, 0.4**0.5, 0.0)), 4)
    1.9231
    """
    names = [name for name, count in schools.items() for _ in range(count)]
    return hierarchical([0.0] * len(names), [t] * len(names), names, sds).n_eff
