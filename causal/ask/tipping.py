"""Where the headline tips: the value of one stated probability at which it crosses a level, all else at its median.

    f(x) - level = 0        x: the answer to a parameter's own question; the others at their posterior medians

With one probability of a table moved, f is a quotient of two linear functions of it, and one exact evaluation per side
would do (Coupé and van der Gaag 2002); a departure on the log-odds, or a question of several worlds, bends it. So the
tape is run on a grid, and every change of sign is halved until it is found; of several the nearest to the median
counts. In the panel's row all pooled experts hold the same x, each on their own reference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from causal.ask.answer import PANEL
from causal.ask.headline import Headline
from causal.ask.phrases import phrase
from causal.ask.stating import possible, stated_slots, unstated
from causal.ask.tornado import quantile
from causal.exact.kernel import Floats
from causal.spec.grammar import parse_question

LEVEL = 0.5
GRID = 65  # points at which a headline is looked at before its crossings are halved
HALVINGS = 40
PLAUSIBLE = 0.05  # the share of draws beyond the crossing from which it is worth telling


@dataclass(frozen=True)
class Tip:
    """Where one stated probability makes the headline cross the level, for one expert or the panel.

    ``now`` is what is stated at the median and ``headline`` the headline with everything there (the panel's: weighted
    means). ``at`` is the crossing, None where there is none; ``below`` whether it lies under ``now``. ``beyond`` is the
    share of the expert's draws in which the stated probability lies on the far side: how much of a wonder it would be.
    """

    question: str
    words: str
    variable: str
    expert: str
    level: float
    now: float
    headline: float
    at: float | None
    beyond: float

    @property
    def below(self) -> bool:
        """Whether the crossing lies below what is stated."""
        return self.at is not None and self.at < self.now

    @property
    def text(self) -> str:
        """Where it flips, in a sentence without a stop."""
        if self.at is None:
            return f"does not flip, whatever the probability of '{self.words}'"
        side = "below" if self.below else "above"
        return f"flips if the probability of '{self.words}' is {side} {self.at:.2f} (stated {self.now:.2f})"

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-ready facts."""
        names = ("question", "words", "variable", "expert", "level", "now", "headline", "at", "below", "beyond", "text")
        return {name: getattr(self, name) for name in names}


def tipping(head: Headline, level: float = LEVEL) -> tuple[Tip, ...]:
    """Return where each parameter's own question tips the headline over a level, the panel before its experts.

    The order is the network's. What cannot move the headline is left out.
    """
    experts = head.panel.draws.experts
    slots = stated_slots(head.network)
    told = head.network.recorder.tape(slots)
    middles, stated, base = [], [], []
    for row in range(len(experts)):
        theta = head.panel.draws.flat(row)
        middles.append(quantile(theta, head.share[row], (0.5,))[0])
        stated.append(told.values(theta))
        base.append(float(head.run(middles[row][:, None])[0]))
    now = [told.values(middle[:, None])[:, 0] for middle in middles]
    pooled = [(experts.index(name), weight) for name, weight in head.panel.weights.items()]
    found = []
    for row in np.flatnonzero(head.relevant).tolist():
        who = [(PANEL, pooled), *((name, [(experts.index(name), 1.0)]) for name in head.panel.experts)]
        for name, group in who:
            curve = _Curve(head, row, [(middles[place], weight) for place, weight in group], level)
            at_now = sum(weight * float(now[place][row]) for place, weight in group)
            crossing = curve.nearest(at_now)
            beyond = 0.0
            if crossing is not None:
                for place, weight in group:
                    draws, share = stated[place][row], head.share[place]
                    beyond += weight * float(share[(draws < crossing) == (crossing < at_now)].sum())
            parameter = head.network.parameters[row]
            words = phrase(parse_question(parameter.name), head.network.model)
            height = sum(weight * base[place] for place, weight in group)
            found.append(Tip(parameter.name, words, parameter.variable, name, level, at_now, height, crossing, beyond))
    return tuple(found)


@dataclass(frozen=True)
class _Curve:
    """The headline, less the level, as one stated probability moves; experts mixed by weight."""

    head: Headline
    row: int
    group: Sequence[tuple[Floats, float]]
    level: float

    def __call__(self, x: Floats) -> Floats:
        total = np.full(x.shape, -self.level)
        for theta, weight in self.group:
            lanes = np.repeat(theta[:, None], x.size, axis=1)
            lanes[self.row] = unstated(self.head.network, self.row, x, theta)
            total += weight * self.head.run(lanes)
        return total

    def nearest(self, now: float) -> float | None:
        """Return the crossing nearest to ``now``, None where there is none."""
        ends = [possible(self.head.network, self.row, theta) for theta, _ in self.group]
        low, high = max(end[0] for end in ends), min(end[1] for end in ends)
        if not low < high:
            return None
        x = low + (high - low) * (1.0 - np.cos(np.linspace(0.0, np.pi, GRID))) / 2  # denser towards the ends
        f = self(x)
        good = np.isfinite(f)
        x, f = x[good], f[good]
        at = np.flatnonzero(np.signbit(f[:-1]) != np.signbit(f[1:]))
        if not at.size:
            return None
        left, right = x[at].copy(), x[at + 1].copy()
        rising = np.signbit(f[at])
        for _ in range(HALVINGS):
            middle = (left + right) / 2
            under = np.signbit(self(middle)) == rising
            left, right = np.where(under, middle, left), np.where(under, right, middle)
        roots = (left + right) / 2
        return float(roots[np.argmin(np.abs(roots - now))])
