"""What the headline f does when one thing about an expert moves from its 5th to its 95th percentile.

    low, high           E[f | x at its 5th, 95th percentile], x a parameter as stated or a total that was judged:
                        cubic regression of f on the normal scores of x, over the draws
    alone               mean over draws of f with the parameter moved there and the others left where they are
                        (the cuts of an ordered variable together, each to its own quantile); a total has none

The two agree where parameters are independent. Judgements of totals tie them: the others then give way when one is
moved, and what a parameter does by itself is more than what a better knowledge of it would. The panel's row has all
pooled experts there at once, each at their own percentiles. Source: Howard (1988), *Decision analysis: practice and
promise*.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from causal.ask.answer import PANEL
from causal.ask.headline import Headline
from causal.ask.phrases import phrase
from causal.ask.stating import moved_together, stated_slots
from causal.exact.kernel import Floats
from causal.exact.parameter import Ids
from causal.spec.grammar import parse_question

LOW, HIGH = 0.05, 0.95
LANES = 500  # draws of each expert on which a parameter is moved
DEGREE = 3
PARAMETER, TOTAL = "parameter", "total"


@dataclass(frozen=True)
class Swing:
    """The headline's mean with one thing at its 5th and 95th percentile, for one expert or the panel.

    ``at_low`` and ``at_high`` are the stated probabilities there (the panel's: the pooled experts' weighted mean);
    ``kind`` is ``parameter`` or ``total``; ``origin`` is ``judged``, ``default``, ``weak`` or, of a panel, ``judged by
    some``. ``error`` is the Monte Carlo error of the difference between low and high. ``alone`` has the means with the
    parameter moved by itself, None for a total.
    """

    question: str
    words: str
    variable: str
    expert: str
    origin: str
    kind: str
    at_low: float
    at_high: float
    low: float
    high: float
    error: float
    alone: tuple[float, float] | None = None

    @property
    def swing(self) -> float:
        """How far the headline moves, whichever way."""
        return abs(self.high - self.low)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-ready facts."""
        facts = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "alone"}
        alone = self.alone or (None, None)
        return {**facts, "swing": self.swing, "alone_low": alone[0], "alone_high": alone[1]}


def tornado(head: Headline) -> tuple[Swing, ...]:
    """Return every swing, the largest of the panel first, each followed by those of its experts.

    What cannot move the headline, or is not uncertain, is left out.
    """
    found = [*_parameters(head), *_totals(head)]
    whole: list[tuple[Swing, list[Swing]]] = []
    for rows in found:
        if rows:
            whole.append((_pooled(head, rows), [row for row in rows if row.expert in head.panel.experts]))
    whole.sort(key=lambda pair: -pair[0].swing)
    return tuple(each for panel, rows in whole for each in (panel, *rows))


def quantile(values: Floats, share: Floats, levels: Sequence[float]) -> Floats:
    """Return weighted quantiles along the last axis, shape (levels, ...)."""
    order = np.argsort(values, axis=-1, kind="stable")
    rising = np.cumsum(np.take_along_axis(np.broadcast_to(share, values.shape), order, axis=-1), axis=-1)
    at = [np.minimum((rising < level * rising[..., -1:]).sum(axis=-1), values.shape[-1] - 1) for level in levels]
    ordered = np.take_along_axis(values, order, axis=-1)
    return np.stack([np.take_along_axis(ordered, place[..., None], axis=-1)[..., 0] for place in at])


def _parameters(head: Headline) -> Iterator[list[Swing]]:
    network, draws = head.network, head.panel.draws
    slots = stated_slots(network)
    told = network.recorder.tape(slots)
    chosen = head.thinned(LANES)
    per_expert = []
    for row in range(len(draws.experts)):
        theta, share = draws.flat(row), head.share[row]
        some, weight = np.ascontiguousarray(theta[:, chosen]), share[chosen] / share[chosen].sum()
        per_expert.append((some, weight, quantile(theta, share, (LOW, HIGH)), told.values(theta), head.run(some)))
    for members in moved_together(network.parameters):
        rows = np.flatnonzero(members & head.relevant)
        if not rows.size:
            continue
        made = [_moved(head, row, rows, *per_expert[row]) for row in range(len(draws.experts))]
        yield [each for each in made if each is not None]


def _moved(
    head: Headline, expert: int, rows: Ids, some: Floats, weight: Floats, edges: Floats, stated: Floats, base: Floats
) -> Swing | None:
    """Move some parameters of one expert to their outer quantiles, the others keeping their draws."""
    name, speaks = head.panel.draws.experts[expert], int(rows[-1])  # of several cuts the highest speaks
    found = along(stated[speaks], head.values[expert], head.share[expert])
    if found is None:
        return None
    at = []
    for edge in edges:
        moved = some.copy()
        moved[rows] = edge[rows, None]
        at.append(head.run(moved))
    known = np.isfinite(at[0]) & np.isfinite(at[1]) & np.isfinite(base)
    weight = np.where(known, weight, 0.0) / max(weight[known].sum(), 1e-300)
    low, high = (float(weight @ np.where(known, each - base, 0.0)) + head.means[name] for each in at)
    parameter = head.network.parameters[speaks]
    prior = head.panel.elicited.held[name].priors[speaks]
    words = phrase(parse_question(parameter.name), head.network.model)
    what = (parameter.name, words, parameter.variable)
    return Swing(*what, name, prior.origin, PARAMETER, *found, alone=(low, high))


def _totals(head: Headline) -> Iterator[list[Swing]]:
    """Yield the swings with each total that somebody judged, by those who judged it."""
    elicited, draws = head.panel.elicited, head.panel.draws
    if draws.total == 1:
        return
    by_question: dict[str, list[str]] = {}
    for derived in elicited.derived:
        by_question.setdefault(str(derived.judgement.about), []).append(derived.expert)
    for text, experts in by_question.items():
        question = parse_question(text)
        slot = elicited.writer.write(question).slots[0]
        values = head.panel.values([slot])[0].reshape(len(draws.experts), -1)
        rows = []
        for name in dict.fromkeys((*experts, *(set(head.panel.weights) - set(head.panel.experts)))):
            row = draws.experts.index(name)
            found = along(values[row], head.values[row], head.share[row])
            if found is not None:
                words = phrase(question, head.network.model)
                rows.append(Swing(text, words, "", name, "judged", TOTAL, *found))
        yield rows


def along(x: Floats, f: Floats, share: Floats) -> tuple[float, float, float, float, float] | None:
    """Return the 5th and 95th percentile of x, the mean of f where x is there, and the error of the difference.

    A cubic in the normal scores of x, by least squares. None where x does not vary.
    """
    from scipy.special import ndtri

    known = (share > 0) & np.isfinite(x) & np.isfinite(f)
    x, f, share = x[known], f[known], share[known] / share[known].sum()
    if x.size <= DEGREE + 1 or np.ptp(x) <= 0:
        return None
    order = np.argsort(x, kind="stable")
    ranks = np.empty(x.size)
    ranks[order] = np.cumsum(share[order]) - share[order] / 2
    scores = ndtri(ranks)
    basis = np.vander(scores, DEGREE + 1)
    root = np.sqrt(share)
    fitted, *_ = np.linalg.lstsq(basis * root[:, None], f * root, rcond=None)
    left = float(share @ (f - basis @ fitted) ** 2)
    ends = np.vander(ndtri(np.array([LOW, HIGH])), DEGREE + 1)
    low, high = (ends @ fitted).tolist()
    gap = ends[1] - ends[0]
    inner = np.linalg.inv(basis.T @ (basis * share[:, None]))
    error = float(np.sqrt(max(left * float(gap @ inner @ gap) * float((share**2).sum()), 0.0)))
    at_low, at_high = quantile(x, share, (LOW, HIGH)).tolist()
    return float(at_low), float(at_high), float(low), float(high), error


def _pooled(head: Headline, rows: Sequence[Swing]) -> Swing:
    """Return the panel's swing: every pooled expert who has one moves, the others stay where they are."""
    weights = head.panel.weights
    own = {row.expert: row for row in rows}
    inside = {name: weight for name, weight in weights.items() if name in own}
    low, high = (
        sum(w * (getattr(own[n], side) if n in own else head.means[n]) for n, w in weights.items())
        for side in ("low", "high")
    )
    error = float(np.sqrt(sum((w * own[n].error) ** 2 for n, w in inside.items())))
    spoken = inside or {row.expert: 1.0 / len(rows) for row in rows}
    total = sum(spoken.values())
    at_low, at_high = (
        sum(w * float(getattr(own[n], side)) for n, w in spoken.items()) / total for side in ("at_low", "at_high")
    )
    first, origins = rows[0], {own[n].origin for n in spoken}
    origin = origins.pop() if len(origins) == 1 else "judged by some"
    alone = None
    if first.alone is not None:
        lows, highs = (
            sum(w * ((own[n].alone or (0.0, 0.0))[side] if n in own else head.means[n]) for n, w in weights.items())
            for side in (0, 1)
        )
        alone = (lows, highs)
    what = (first.question, first.words, first.variable)
    return Swing(*what, PANEL, origin, first.kind, at_low, at_high, low, high, error, alone)
