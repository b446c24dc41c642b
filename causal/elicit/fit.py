"""From what was stated to a distribution, with what it implies laid beside what was said.

    fit_probability(stated)              a share                    beta or logit-normal, whichever is nearer
    fit_ratio(stated, reference)         stated / reference         the same, on the ratio
    fit_net(stated, leak)                (stated - leak)/(1 - leak) the same, on the net share
    fit_log_odds(stated)                 logit stated               normal
    fit_offset(stated, reference)        logit stated - logit ref.  normal
    fit_log(stated)                      log stated                 normal
    fit_normal(stated)                   stated                     normal

A reference is one number, the median of another judgement. What is implied is therefore on the scale that was
stated, with the reference at its median, and compares with it line by line. What was said exactly becomes a point;
counts stay the beta they are, or take its moments on the log-odds, the log or as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from causal.elicit.belief import Array, Belief, Beta, LogitNormal, Normal, Point
from causal.elicit.scale import Linear, Log, LogOdds, Scale, Share
from causal.elicit.squares import nearest_beta, nearest_logit_normal, nearest_normal, ssq
from causal.elicit.stated import THREE, Stated, within
from causal.errors import ElicitationError

MISFIT = 0.05  # from here on the distance between said and implied is worth a note
LOST = 0.2  # so is a tail of which less than this share is left: a 95 % quantile missed altogether is only 0.05 off
TIE = 1e-9  # a beta has to be nearer by more than this: between equals the logit-normal is kept


@dataclass(frozen=True, slots=True)
class Fit:
    """A belief about a parameter and how well it says what was said.

    ``values`` were stated at ``levels``, ``implied`` is what the belief says there, ``band`` what it says at 5, 50
    and 95 per cent: all on the stated scale. ``ssq`` is the least sum of squares over the quantiles that were used;
    ``misfit`` the largest difference in probability over all that were stated, those ``left_out`` included.
    """

    belief: Belief
    scale: Scale
    levels: tuple[float, ...]
    values: tuple[float, ...]
    implied: tuple[float, ...]
    band: tuple[float, float, float]
    ssq: float = 0.0
    misfit: float = 0.0
    left_out: tuple[tuple[float, float], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def median(self) -> float:
        """The implied median, on the stated scale."""
        return self.band[1]

    def quantile(self, q: ArrayLike) -> Array:
        """Return implied quantiles on the stated scale."""
        return self.scale.state(self.belief.quantile(q))


def fit_probability(stated: Stated) -> Fit:
    """Fit a belief about a probability: beta or logit-normal, whichever is nearer.

    >>> wet = fit_probability(Stated((0.05, 0.5, 0.95), (0.05, 0.15, 0.4)))
    >>> wet.belief.family, [round(value, 3) for value in wet.band]
    ('logit-normal', [0.048, 0.151, 0.386])
    """
    return _fit(stated, Share())


def fit_ratio(stated: Stated, reference: float, of: str = "") -> Fit:
    """Fit the ratio, in [0, 1], of a probability to a reference in (0, 1].

    A quantile at or beyond the reference cannot be met: it is left out of the fit and counts as misfit. ``of`` is the
    question that the reference is the median of.

    Raises:
        ElicitationError: the median lies above the reference, or nothing below it was stated.
    """
    median = _median(stated)
    if median > reference:
        raise ElicitationError(
            f"the median {median:.3g} is above {reference:.3g}, of which it should be a share: "
            f"state a median up to {reference:.3g}, or raise the other judgement"
        )
    return _fit(stated, Share(0.0, reference), of)


def fit_net(stated: Stated, leak: float, of: str = "") -> Fit:
    """Fit the net share, in [0, 1], that a probability adds to a leak in [0, 1): (stated - leak) / (1 - leak).

    A quantile at or below the leak cannot be met: it is left out of the fit and counts as misfit. ``of`` is the
    question that the leak is the median of.

    Raises:
        ElicitationError: the median lies below the leak, or nothing above it was stated.
    """
    median = _median(stated)
    if median < leak:
        raise ElicitationError(
            f"the median {median:.3g} is below {leak:.3g}, the probability without the cause: "
            f"state a median from {leak:.3g} on, or lower the other judgement"
        )
    return _fit(stated, Share(leak, 1.0), of)


def fit_log_odds(stated: Stated) -> Fit:
    """Fit a normal on the log-odds of a probability."""
    return _fit(stated, LogOdds())


def fit_offset(stated: Stated, reference: float) -> Fit:
    """Fit a normal on the log-odds that a probability has over a reference in (0, 1)."""
    return _fit(stated, LogOdds(reference))


def fit_log(stated: Stated) -> Fit:
    """Fit a normal on the natural logarithm of a positive number."""
    return _fit(stated, Log())


def fit_normal(stated: Stated) -> Fit:
    """Fit a normal on a number as it is."""
    return _fit(stated, Linear())


def _fit(stated: Stated, scale: Scale, of: str = "") -> Fit:
    if stated.exact is not None:
        return _point(stated.exact, stated, scale)
    if stated.counts is not None:
        counted = _counted(Beta(*stated.counts), scale)
        if counted is not None:
            return feedback(counted, stated, scale)
    levels, values = quantiles(stated)
    used, left_out, notes = _usable(levels, values, scale, of)
    if len({value for _, value in used}) == 1:
        notes += (f"one value and no spread: given an sd of {scale.lone_sd:g}, {scale.lone_unit}",)
    x, p = scale.read([value for _, value in used]), np.array([level for level, _ in used])
    belief = _nearest(x, p, scale)
    return feedback(belief, stated, scale, ssq(belief, x, p), left_out, notes)


def _nearest(x: Array, levels: Array, scale: Scale) -> Belief:
    if not isinstance(scale, Share):
        return nearest_normal(x, levels, scale.lone_sd)
    logit_normal: LogitNormal = nearest_logit_normal(x, levels, scale.lone_sd)
    if len(x) < 3 or ssq(logit_normal, x, levels) <= TIE:
        return logit_normal
    beta = nearest_beta(x, levels, logit_normal)
    return beta if ssq(beta, x, levels) < ssq(logit_normal, x, levels) - TIE else logit_normal


def _point(value: float, stated: Stated, scale: Scale) -> Fit:
    low, high = scale.bounds
    if not low <= value <= high:
        raise ElicitationError(f"exactly {value:g} is not within {low:.3g} to {high:.3g}, where it has to lie here")
    parameter = float(scale.read(value))
    if not np.isfinite(parameter):
        near = "0.999" if value > 0 else "0.001"
        raise ElicitationError(f"exactly {value:g} has no finite logarithm or log-odds; write a number such as {near}")
    return Fit(Point(parameter), scale, (), (), (), (value, value, value), notes=stated.notes)


def _counted(beta: Beta, scale: Scale) -> Belief | None:
    # None where the beta has to be squeezed into a part of [0, 1]: then its quantiles are fitted like any others
    match scale:
        case Share(low=0.0, high=1.0):
            return beta
        case LogOdds():
            log_odds = beta.log_odds()
            return Normal(log_odds.mu - scale.origin, log_odds.sigma)
        case Log():
            return beta.log()
        case Linear():
            return Normal(beta.mean, beta.sd)
    return None


def quantiles(stated: Stated) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the levels and values that were stated; for counts, the 5, 50 and 95 per cent quantiles of their beta."""
    if stated.counts is None:
        return stated.levels, stated.values
    return THREE, tuple(float(value) for value in Beta(*stated.counts).quantile(THREE))


def _median(stated: Stated) -> float:
    if stated.median is not None:
        return stated.median
    return fit_probability(stated).median


type Pairs = tuple[tuple[float, float], ...]


def _usable(
    levels: tuple[float, ...], values: tuple[float, ...], scale: Scale, of: str = ""
) -> tuple[Pairs, Pairs, tuple[str, ...]]:
    """Split quantiles into those to fit and those left out, and say what was done to either.

    A value at 0 or 1 is impossible to be sure of, and moves just inside; one at or beyond a reference is left out.
    """
    low, high = scale.bounds
    moved = values
    if np.isfinite(low):
        moved = within(values, (0.0, 1.0 if high <= 1.0 else np.inf))
    notes = [
        f"the {100 * level:.3g} % quantile {value:g} is taken as {inside:.3g}: what is impossible is said 'exactly'"
        for level, value, inside in zip(levels, values, moved, strict=True)
        if value != inside
    ]
    used = tuple((level, value) for level, value in zip(levels, moved, strict=True) if low < value < high)
    left_out = tuple(
        (level, value)
        for level, value, inside in zip(levels, values, moved, strict=True)
        if not low < inside < high
    )  # fmt: skip
    if not used:
        raise ElicitationError(f"no quantile lies between {low:.3g} and {high:.3g}, where all have to lie here")
    notes += [
        f"the {100 * level:.3g} % quantile {value:.3g} is not within {low:.3g} to {high:.3g}: left out of the fit"
        + (
            f"; '{of}' has the median {high if value >= high else low:.3g}, and what is judged here cannot lie "
            f"{'above' if value >= high else 'below'} that"
            if of
            else ""
        )
        for level, value in left_out
    ]
    return used, left_out, tuple(notes)


def feedback(
    belief: Belief,
    stated: Stated,
    scale: Scale,
    least: float = 0.0,
    left_out: Pairs = (),
    notes: tuple[str, ...] = (),
) -> Fit:
    """Lay what a belief implies beside what was stated."""
    levels, values = quantiles(stated)
    reached = belief.cdf(scale.read(values))
    gaps = np.abs(reached - np.array(levels))
    low, middle, high, *implied = scale.state(belief.quantile((*THREE, *levels))).tolist()
    missed = tuple(
        f"the {100 * level:.3g} % quantile was stated as {value:.3g} and comes out as {met:.3g} (misfit {gap:.2f})"
        for level, value, met, up_to, gap in zip(levels, values, implied, reached, gaps, strict=True)
        if gap > MISFIT + TIE
        or ((level, value) not in left_out and min(up_to / level, (1.0 - up_to) / (1.0 - level)) < LOST)
    )
    return Fit(
        belief=belief,
        scale=scale,
        levels=levels,
        values=values,
        implied=tuple(implied),
        band=(low, middle, high),
        ssq=least,
        misfit=float(gaps.max()),
        left_out=left_out,
        notes=(*stated.notes, *notes, *missed),
    )
