"""The panel without each of its schools, and each school by itself.

without s      the panel's mixture with the weight of the experts of s taken out and the rest scaled up
alone          the mixture of the experts of s only
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from causal.ask.answer import CI_PROB, Estimate
from causal.ask.headline import Headline
from causal.ask.panel import summary


@dataclass(frozen=True)
class Without:
    """The headline without one school; ``alone`` is what that school says by itself, ``weight`` its share.

    ``panel`` and ``shift`` are None where the panel is pooled into one posterior, out of which no school can be taken.
    """

    school: str
    experts: tuple[str, ...]
    weight: float
    panel: Estimate | None
    alone: Estimate
    shift: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-ready facts."""
        return {
            "school": self.school,
            "experts": list(self.experts),
            "weight": self.weight,
            "panel": None if self.panel is None else self.panel.to_dict(),
            "alone": self.alone.to_dict(),
            "shift": self.shift,
        }


def without_each_school(head: Headline, ci_prob: float = CI_PROB) -> tuple[Without, ...]:
    """Return the panel without each pooled school, in the order of the file; nothing where there is a single school.

    An expert who names no school is a school of their own.
    """
    schools = schools_of(head)
    if len(schools) < 2:
        return ()
    weights = head.panel.shares
    found = []
    for school, members in schools.items():
        rest = {name: weight for name, weight in weights.items() if name not in members}
        alone = mixture(head, {name: weights[name] for name in members}, ci_prob)
        share = sum(weights[name] for name in members)
        panel = mixture(head, rest, ci_prob) if head.panel.elicited.pool is None else None
        shift = None if panel is None else panel.mean - head.mean
        found.append(Without(school, members, share, panel, alone, shift))
    return tuple(found)


def schools_of(head: Headline) -> dict[str, tuple[str, ...]]:
    """Return the pooled experts by school."""
    experts = head.panel.elicited.priors.experts
    found: dict[str, list[str]] = {}
    for name in head.panel.pooled:
        found.setdefault(experts[name].school or name, []).append(name)
    return {school: tuple(members) for school, members in found.items()}


def mixture(head: Headline, weights: Mapping[str, float], ci_prob: float = CI_PROB) -> Estimate:
    """Return the mixture of some experts' draws of the headline; weights are scaled to sum to one."""
    total = sum(weights.values())
    rows = [(head.panel.draws.experts.index(name), weight / total) for name, weight in weights.items()]
    values = np.concatenate([head.values[row] for row, _ in rows])
    share = np.concatenate([weight * head.share[row] for row, weight in rows])
    errors = [weight * head.answer.estimates[(name, "")].mcse for name, (_, weight) in zip(weights, rows, strict=True)]
    found = summary(values, share, ci_prob, 1.0, False)
    size = sum(head.answer.estimates[(name, "")].ess for name in weights)
    return Estimate(found.mean, found.median, found.lower, found.upper, float(np.hypot.reduce(errors)), size)
