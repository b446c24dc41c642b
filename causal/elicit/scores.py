"""Scores of what was said about questions whose answers are known.

    Brier score      mean (f - o)^2 of probabilities f and what happened, o = 1 or 0
      reliability    sum n_k (f_k - o_k)^2 / N    k: the probabilities that were given, o_k: how often it then happened
      resolution     sum n_k (o_k - o)^2 / N      o: how often it happened at all
      uncertainty    o (1 - o)                    Brier = reliability - resolution + uncertainty
    log score        mean -ln of the probability given to what happened, in nats; infinite if that was 0
    inside           how many truths lay within the outermost quantiles, beside how many should

For the first two, less is better. They say how somebody judges what can be known. A past that did not happen has no
answer to be compared with, so no score is one of what is said about it.

Brier, G. W. (1950), Monthly Weather Review 78; Murphy, A. H. (1973), Journal of Applied Meteorology 12, 595-600;
Good, I. J. (1952), Journal of the Royal Statistical Society B 14.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from causal.elicit.cooke import bin_of
from causal.spec.priors import EventSeed, NumberSeed

UNSCORED = (
    "A score of seeds says how somebody judges what can be known; what would have been has no answer to score, so it "
    "says nothing of how well they judge that."
)


@dataclass(frozen=True)
class Events:
    """Scores of probabilities; ``ruled_out`` counts what was held impossible and happened, or certain and did not."""

    answered: int
    brier: float
    reliability: float
    resolution: float
    uncertainty: float
    log_score: float
    ruled_out: int


@dataclass(frozen=True)
class Inside:
    """How many truths lay between an expert's lowest and highest quantile, of how many, and how many should have."""

    inside: int
    answered: int
    expected: float

    @property
    def share(self) -> float:
        """The share of truths inside."""
        return self.inside / self.answered


def score_events(said: Sequence[float], happened: Sequence[bool]) -> Events:
    """Score probabilities against what happened.

    >>> score_events([1.0, 0.5], [True, False]).brier
    0.125
    """
    total = len(said)
    base = sum(happened) / total
    groups: dict[float, list[bool]] = {}
    for chance, came in zip(said, happened, strict=True):
        groups.setdefault(chance, []).append(came)
    often = {chance: sum(found) / len(found) for chance, found in groups.items()}
    right = [chance if came else 1.0 - chance for chance, came in zip(said, happened, strict=True)]
    return Events(
        answered=total,
        brier=sum((1.0 - each) ** 2 for each in right) / total,
        reliability=sum(len(groups[chance]) * (chance - often[chance]) ** 2 for chance in groups) / total,
        resolution=sum(len(groups[chance]) * (often[chance] - base) ** 2 for chance in groups) / total,
        uncertainty=base * (1.0 - base),
        log_score=sum(-math.log(each) if each > 0 else math.inf for each in right) / total,
        ruled_out=sum(each <= 0 for each in right),
    )


def events(seeds: Iterable[EventSeed], expert: str) -> Events | None:
    """Return one expert's scores on questions of yes or no, None where they answered none."""
    own = [(seed.answers[expert], seed.truth) for seed in seeds if expert in seed.answers]
    return score_events([chance for chance, _ in own], [came for _, came in own]) if own else None


def inside(seeds: Iterable[NumberSeed], expert: str) -> Inside | None:
    """Return how many truths an expert's ranges held, None where they gave none; an end is as in Cooke's bins."""
    own = [(seed.answers[expert], seed.truth) for seed in seeds if expert in seed.answers]
    if not own:
        return None
    held = sum(0 < bin_of(said, truth) < len(said.levels) for said, truth in own)
    return Inside(held, len(own), sum(said.levels[-1] - said.levels[0] for said, _ in own))
