"""Cooke's classical model: how well experts' quantiles did on questions whose answers are known.

    bin k            (q_{k-1}, q_k]; a truth equal to a quantile falls in the lower bin
    s_k, p_k         share of the truths in bin k, and its probability as stated
    I(s, p)          sum s_k ln(s_k / p_k)
    calibration      P(chi-square with K - 1 degrees of freedom > 2 N I(s, p))
    intrinsic range  [L, U] of all quantiles and the truth of a seed, and a tenth of U - L beyond either end
    information      ln(U* - L*) + sum p_k ln(p_k / (q_k - q_{k-1})), mean over an expert's seeds, in nats
    weight           calibration x information, 0 where the calibration is below alpha

On a log background, quantiles and truth are taken as logarithms. s is that of the seeds an expert answered; N is the
number of seeds that the expert who answered fewest did answer, the same for all, so that nobody's test is sharper than
another's. Seeds with other levels have bins of their own: then N, the statistic 2 N I and the degrees of freedom are
sums over the sets of levels, which is a sum of independent tests; with one set of levels it is Cooke's score.

Cooke, R. M. (1991), Experts in Uncertainty, Oxford University Press, chapters 9 and 12.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from causal.spec.priors import NumberSeed, Quantiles

OVERSHOOT = 0.1  # of the intrinsic range, beyond either end: Cooke's 10 per cent
LEAST = 8  # seeds below which nobody is weighed

Levels = tuple[float, ...]


@dataclass(frozen=True)
class Classical:
    """One expert's scores. ``answered`` of the seeds, of which ``counted`` (N) sharpen the test of calibration."""

    answered: int
    counted: int
    calibration: float
    information: float

    def weight(self, alpha: float = 0.0) -> float:
        """Return calibration times information, or 0 where the calibration is below ``alpha``."""
        return self.calibration * self.information if self.calibration >= alpha else 0.0


def bin_of(quantiles: Quantiles, truth: float) -> int:
    """Return the bin that a truth fell into, from 0; one equal to a quantile falls in the lower bin."""
    return int(np.searchsorted(quantiles.values, truth, side="left"))


def calibration(samples: Iterable[tuple[Sequence[float], Levels, float]]) -> float:
    """Return the chance that truths drawn as stated fall at least as unlike what was stated.

    A sample is how many truths fell into each bin, the levels between the bins, and how many seeds count (N). Where
    none does, nothing speaks against what was stated, and it is 1.

    >>> round(calibration([((1, 3, 3, 1), (0.05, 0.5, 0.95), 8)]), 4)
    0.6875
    """
    statistic, freedom = 0.0, 0
    for counts, levels, counted in samples:
        if not counted:
            continue
        found = np.asarray(counts, dtype=float) / sum(counts)
        relative = scipy.special.rel_entr(found, _shares(levels)).sum()
        statistic += 2.0 * counted * float(relative)
        freedom += len(levels)
    return float(scipy.special.chdtrc(freedom, statistic)) if freedom else 1.0


def _shares(levels: Levels) -> np.ndarray:
    """Return the probability of each bin."""
    return np.diff([0.0, *levels, 1.0])


def intrinsic_range(seed: NumberSeed, experts: Iterable[str]) -> tuple[float, float]:
    """Return the range that information is measured on, the overshoot included, on the scale of the background."""
    values = [value for name in experts if name in seed.answers for value in seed.answers[name].values]
    every = _scaled([*values, seed.truth], seed.log)
    low, high = float(every.min()), float(every.max())
    return low - OVERSHOOT * (high - low), high + OVERSHOOT * (high - low)


def information(quantiles: Quantiles, ends: tuple[float, float], log: bool = False) -> float:
    """Return how much more concentrated than the background the least informative law with these quantiles is, in nats.

    ``ends`` are those of the intrinsic range; the background is uniform on it.
    """
    shares = _shares(quantiles.levels)
    widths = np.diff([ends[0], *_scaled(quantiles.values, log), ends[1]])
    return float(np.log(ends[1] - ends[0]) + np.sum(shares * np.log(shares / widths)))


def _scaled(values: Sequence[float], log: bool) -> np.ndarray:
    return np.log(values) if log else np.asarray(values, dtype=float)


def classical(seeds: Sequence[NumberSeed], experts: Sequence[str]) -> Mapping[str, Classical]:
    """Score experts beside each other: those of them who answered a seed at least."""
    answered = {name: [seed for seed in seeds if name in seed.answers] for name in experts}
    answered = {name: own for name, own in answered.items() if own}
    samples = {name: _samples(name, own) for name, own in answered.items()}
    counted = _counted(samples.values())
    found = {}
    for name, own in answered.items():
        tested = [(counts, levels, counted[levels]) for levels, counts in samples[name].items()]
        pieces = [information(seed.answers[name], intrinsic_range(seed, answered), seed.log) for seed in own]
        found[name] = Classical(len(own), sum(counted.values()), calibration(tested), float(np.mean(pieces)))
    return found


def _samples(name: str, seeds: Iterable[NumberSeed]) -> Mapping[Levels, Sequence[int]]:
    """Return, per set of levels, how many truths fell into each bin of an expert."""
    found: dict[Levels, list[int]] = {}
    for seed in seeds:
        said = seed.answers[name]
        found.setdefault(said.levels, [0] * (len(said.levels) + 1))[bin_of(said, seed.truth)] += 1
    return found


def _counted(samples: Iterable[Mapping[Levels, Sequence[int]]]) -> Mapping[Levels, int]:
    """Return, per set of levels, the seeds that the expert who answered fewest of them answered."""
    every = list(samples)
    levels = {each: None for own in every for each in own}
    return {each: min(sum(own.get(each, ())) for own in every) for each in levels}
