"""The baseline of an ordered variable: cumulative log-odds that never cross.

    c_K ~ Normal(m, s)                                        the top cut, logit P(y >= s_K)
    c_k = c_{k+1} + exp(g_k)                                  each cut below lies higher by a positive gap
    g_k | c_K ~ Normal(mean_k + slope_k (c_K - m), sigma_k)

Whatever the numbers, c_1 > c_2 > ... > c_K. The three numbers of a gap are fitted to what was stated about its lower
cut, by least squares on the cdf of that cut's marginal. With equal widths the gap comes out nearly constant; the
slope lets a lower cut be wider or narrower than the top one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

import numpy as np

from causal.elicit.belief import Array, Normal
from causal.elicit.fit import Fit, feedback, fit_log_odds, quantiles
from causal.elicit.marginal import EXP_LIMIT, CutMarginal, Gap
from causal.elicit.scale import LogOdds
from causal.elicit.squares import descend
from causal.elicit.stated import THREE, Stated
from causal.errors import ElicitationError

SIGMA_FLOOR = 0.02  # a gap keeps this much spread on the log, so that a sampler can move it
SIGMA_START = 0.1
LOG_SIGMA_TOP = 1.0
PULL = 1e-3  # on log sigma, towards its start: decides only where the quantiles leave width to slope or sigma alike
GAP_FLOOR = 0.02  # the least gap on the log-odds that is started from
STEEPEST = 1.5  # the most by which an sd of the top cut may change a log gap
NEARLY = 0.05  # sd on the log-odds of a cut said exactly beside cuts that are not
WEAK_SD = math.pi / math.sqrt(3)  # of the log-odds of a probability of which nothing is known (uniform)
WEAK_GAP_SD = 0.5


@dataclass(frozen=True, slots=True)
class Cuts:
    """Cumulative log-odds of an ordered variable, from P(y >= second state) down to P(y >= last state).

    ``anchor`` is (m, s) of the top cut; ``gaps[k]`` lies between cut k and cut k + 1. ``fits`` lays what the marginal
    of each cut implies beside what was stated, None where nothing was. An sd of 0 stands for what was said exactly.
    """

    anchor: tuple[float, float]
    gaps: tuple[Gap, ...]
    fits: tuple[Fit | None, ...]
    notes: tuple[str, ...] = ()

    @property
    def medians(self) -> tuple[float, ...]:
        """The cumulative log-odds with every normal at its median, falling."""
        cuts = [self.anchor[0]]
        for gap in reversed(self.gaps):
            cuts.append(cuts[-1] + math.exp(gap.mean))
        return tuple(reversed(cuts))

    def marginal(self, cut: int) -> CutMarginal:
        """Return the distribution of one cut's log-odds, counted from 0 for the lowest; not for an sd of 0."""
        return CutMarginal(*self.anchor, self.gaps[cut:])

    def sample(self, rng: np.random.Generator, size: int) -> Array:
        """Draw cumulative log-odds, falling along each row: shape (size, number of cuts)."""
        m, s = self.anchor
        cuts = [m + s * rng.standard_normal(size)]
        for gap in reversed(self.gaps):
            log_gap = gap.mean + gap.slope * (cuts[0] - m) + gap.sigma * rng.standard_normal(size)
            cuts.append(cuts[-1] + np.exp(np.minimum(log_gap, EXP_LIMIT)))
        return np.stack(cuts[::-1], axis=1)


def fit_cuts(said: Sequence[Stated | None]) -> Cuts:
    """Fit the cuts of one ordered variable jointly.

    Args:
        said: what was stated about P(y >= s) for each state but the first, low to high; None where nothing was.
            A missing cut between two is placed halfway, one above or below all others a weak gap away.

    Raises:
        ElicitationError: nothing was stated to fit, or the medians do not fall.

    >>> cuts = fit_cuts([Stated((0.05, 0.5, 0.95), (0.91, 0.97, 0.99)), Stated((0.05, 0.5, 0.95), (0.56, 0.8, 0.93))])
    >>> [round(fit.median, 2) for fit in cuts.fits]
    [0.97, 0.8]
    >>> bool((np.diff(cuts.sample(np.random.default_rng(1), 1000)) < 0).all())
    True
    """
    if not said:
        raise ElicitationError("a variable of one state has no cuts to fit")
    if all(each is None for each in said):
        return weak_cuts(len(said))
    _check_order(said)
    if all(each is None or each.exact is not None for each in said) and None not in said:
        return _exact(said)
    notes: list[str] = []
    known = [None if each is None else _uncertain(each, notes) for each in said]
    targets = _targets(known, notes)
    anchor = targets[-1]
    gaps: tuple[Gap, ...] = ()
    for k in range(len(targets) - 2, -1, -1):
        lower, upper = targets[k], targets[k + 1]
        start = max(lower.mu - upper.mu, GAP_FLOOR)
        slope = (lower.sigma - upper.sigma) / anchor.sigma / start
        gaps = (_fit_gap(known[k], lower, anchor, gaps, Gap(math.log(start), slope, SIGMA_START)), *gaps)
    bare = Cuts((anchor.mu, anchor.sigma), gaps, (None,) * len(said), tuple(notes))
    fits = tuple(None if each is None else _laid_beside(bare.marginal(k), each) for k, each in enumerate(known))
    return replace(bare, fits=fits)


def weak_cuts(count: int) -> Cuts:
    """Return cuts of which nobody said anything, evenly spaced on the log-odds and symmetric.

    Their outermost states have probability 1 / (count + 1) at the medians, as if all states were equally likely.

    >>> [round(cut, 3) for cut in weak_cuts(3).medians]
    [1.099, 0.0, -1.099]
    """
    if count < 1:
        raise ElicitationError("a variable of one state has no cuts")
    gap = 2 * math.log(count) / (count - 1) if count > 1 else 0.0
    top = -math.log(count)
    gaps = (Gap(math.log(gap), 0.0, WEAK_GAP_SD),) * (count - 1) if count > 1 else ()
    return Cuts((top, WEAK_SD), gaps, (None,) * count, ("nobody judged these cuts: weak default",))


def _check_order(said: Sequence[Stated | None]) -> None:
    medians = [(k, fit_log_odds(each).median if each.median is None else each.median) for k, each in _spoken(said)]
    for (low, first), (high, second) in pairwise(medians):
        if not first > second:
            raise ElicitationError(
                f"the median {first:.3g} of cut {low + 1} has to be above the median {second:.3g} of cut {high + 1}: "
                "to reach a higher state is less probable than to reach a lower one"
            )


def _spoken(said: Sequence[Stated | None]) -> list[tuple[int, Stated]]:
    return [(k, each) for k, each in enumerate(said) if each is not None]


def _exact(said: Sequence[Stated | None]) -> Cuts:
    fits = [fit_log_odds(each) for _, each in _spoken(said)]
    cuts = [fit.belief.mean for fit in fits]
    gaps = tuple(Gap(math.log(lower - upper), 0.0, 0.0) for lower, upper in pairwise(cuts))
    return Cuts((cuts[-1], 0.0), gaps, tuple(fits))


def _uncertain(stated: Stated, notes: list[str]) -> Stated:
    """Give a cut said exactly, beside others that were not, nearly no width."""
    if stated.exact is None:
        return stated
    belief = Normal(fit_log_odds(stated).belief.mean, NEARLY)
    note = f"exactly {stated.exact:g} beside cuts that are uncertain: held with an sd of {NEARLY} on the log-odds"
    notes.append(note)
    values = tuple(float(value) for value in LogOdds().state(belief.quantile(THREE)))
    return Stated(THREE, values, notes=(*stated.notes, note))


def _targets(known: Sequence[Stated | None], notes: list[str]) -> list[Normal]:
    """Return a normal on the log-odds for every cut: what was stated of it alone, or a place between its neighbours."""
    found = {k: _alone(each) for k, each in _spoken(known)}
    spoken = sorted(found)
    weak = math.exp(weak_cuts(max(len(known), 2)).gaps[0].mean)
    for k in range(len(known)):
        if k in found:
            continue
        below, above = [j for j in spoken if j < k], [j for j in spoken if j > k]
        notes.append(f"nothing was stated about cut {k + 1}: placed by its neighbours")
        if below and above:
            low, high = below[-1], above[0]
            share = (k - low) / (high - low)
            first, second = found[low], found[high]
            mu = first.mu + share * (second.mu - first.mu)
            found[k] = Normal(mu, first.sigma + share * (second.sigma - first.sigma))
        else:
            end = below[-1] if below else above[0]
            found[k] = Normal(found[end].mu + weak * (end - k), found[end].sigma)
    return [found[k] for k in range(len(known))]


def _alone(stated: Stated) -> Normal:
    belief = fit_log_odds(stated).belief
    return Normal(belief.mean, belief.sd)


def _laid_beside(marginal: CutMarginal, stated: Stated) -> Fit:
    if not marginal.gaps:
        return fit_log_odds(stated)
    levels, values = quantiles(stated)
    least = float(np.sum((marginal.cdf(LogOdds().read(values)) - np.array(levels)) ** 2))
    return feedback(marginal, stated, LogOdds(), least)


def _fit_gap(stated: Stated | None, target: Normal, anchor: Normal, above: tuple[Gap, ...], start: Gap) -> Gap:
    """Fit the gap that puts the next lower cut where it was stated, the gaps above it being known."""
    steepest = STEEPEST / anchor.sigma
    start = start._replace(slope=min(max(start.slope, -steepest), steepest))
    if stated is None:
        return start
    levels, values = quantiles(stated)
    if len(levels) < 3:  # two quantiles are a normal, and three of it hold all three numbers of the gap
        x, p = target.quantile(THREE), np.array(THREE)
    else:
        x, p = np.clip(LogOdds().read(values), target.quantile(1e-6), target.quantile(1 - 1e-6)), np.array(levels)

    def gap(mean: float, slope: float, log_sigma: float) -> Gap:
        bounded = steepest * math.tanh(slope / steepest)
        return Gap(float(np.clip(mean, -20, 20)), bounded, SIGMA_FLOOR + math.exp(min(log_sigma, LOG_SIGMA_TOP)))

    @cache
    def at(mean: float, slope: float, log_sigma: float) -> tuple[Array, Array]:
        here = gap(mean, slope, log_sigma)
        cdf, by_gap = CutMarginal(anchor.mu, anchor.sigma, (here, *above)).cdf_slopes(x)
        chain = np.array([1.0, 1.0 - (here.slope / steepest) ** 2, here.sigma - SIGMA_FLOOR])
        pull = PULL * (log_sigma - math.log(SIGMA_START))
        return np.append(cdf - p, pull), np.vstack([by_gap.T * chain, [0.0, 0.0, PULL]])

    slope = steepest * math.atanh(min(max(start.slope / steepest, -0.99), 0.99))
    found = descend(
        lambda theta: at(*theta.tolist())[0],
        (start.mean, slope, math.log(SIGMA_START)),
        lambda theta: at(*theta.tolist())[1],
    )
    return gap(*found.tolist())
