"""The headline without each expert, each judgement, each order that is evidence, and without the cases.

    an expert       taken out of the panel's mixture: no one's posterior depends on another's (schools.py has schools)
    a judgement     the expert's draws weighted by 1 / its likelihood, or drawn anew (terms.py); the panel follows
    a parameter     one that sets a mechanism's: the default in its place, by weights or drawn anew (unsaid.py)
    an order        the draws weighted as they are without it
    the cases       as a judgement, for every expert; nearly always drawn anew

Out of a panel that is pooled into one posterior no expert and no judgement can be taken, only orders and cases: what
else is left out moves the expert's own number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from causal.ask.answer import PANEL
from causal.ask.headline import Headline
from causal.ask.schools import mixture
from causal.ask.terms import CASE, JUDGEMENT, Term, base
from causal.ask.unsaid import Silence
from causal.ask.without import LeftOut, Omission, leave_out, without_orders
from causal.errors import ImpossibleEvidence
from causal.exact.kernel import Floats
from causal.learn.gate import Gate

EXPERT, ORDER, CASES, PARAMETER = "expert", "order", "cases", "parameter"
SEEN = "the comparable cases"


@dataclass(frozen=True)
class Omitted:
    """The headline without one thing that ``expert`` said: their own mean and the panel's, and how far each moves.

    ``own`` is None where a whole expert is left out, ``k`` where nothing is weighted. ``panel`` and ``shift`` are None
    where the panel is pooled into one posterior. Of a judgement that sets a mechanism's parameters, ``instead`` says
    what stands in its place (``default`` or ``weak``, or both), ``error`` is the Monte Carlo error of ``own_shift``.
    """

    kind: str
    expert: str
    question: str
    words: str
    own: float | None
    own_shift: float | None
    panel: float | None
    shift: float | None
    k: float | None
    refitted: bool
    gate: Gate
    instead: tuple[str, ...] = ()
    error: float | None = None

    @property
    def moved(self) -> float:
        """How far the panel moves, whichever way; the expert alone, where the panel has no such number."""
        shift = self.own_shift if self.shift is None else self.shift
        return abs(shift or 0.0)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-ready facts."""
        names = ("kind", "expert", "question", "words", "own", "own_shift", "panel", "shift")
        k = self.k if self.k is not None and np.isfinite(self.k) else None
        facts: dict[str, Any] = {name: getattr(self, name) for name in names}
        instead = " and ".join(self.instead) or None
        return facts | {"pareto_k": k, "refitted": self.refitted, "instead": instead, "error": self.error}


def omitted(
    head: Headline,
    pieces: Mapping[str, Sequence[Term]],
    without: Mapping[tuple[str, int], tuple[Term, LeftOut]],
    silent: Sequence[Silence] = (),
) -> tuple[Omitted, ...]:
    """Return everything that can be left out, that which moves the panel most first.

    ``without`` has the draws that leave each judgement on a total out, by its place, ``silent`` what each on a
    mechanism moves. Nothing where nothing was drawn.
    """
    if head.panel.draws.total == 1:
        return ()
    found = [
        *_experts(head),
        *_judgements(head, without),
        *_orders(head),
        *_cases(head, pieces),
        *_mechanisms(head, silent),
    ]
    return tuple(sorted(found, key=lambda each: (-each.moved, each.kind, each.expert, each.question)))


def _experts(head: Headline) -> list[Omitted]:
    weights, found = head.panel.shares, []
    experts = head.panel.elicited.priors.experts
    for name in weights if len(weights) > 1 and head.panel.elicited.pool is None else ():
        rest = {other: weight for other, weight in weights.items() if other != name}
        mean = mixture(head, rest).mean
        title = experts[name].title
        found.append(Omitted(EXPERT, name, "", title, None, None, mean, mean - head.mean, None, False, Gate()))
    return found


def _judgements(head: Headline, without: Mapping[tuple[str, int], tuple[Term, LeftOut]]) -> list[Omitted]:
    found = []
    for (kind, _), (term, out) in without.items():
        if kind == JUDGEMENT:
            own, gate = _own(head, out, f"{head.question} by {term.expert} without '{term.text}'")
            found.append(_moved(head, JUDGEMENT, term.expert, term.text, term.words, own, out.k, out.refitted, gate))
    return found


def _orders(head: Headline) -> list[Omitted]:
    found = []
    experts = head.panel.draws.experts
    for place, panel in without_orders(head.panel).items():
        each = head.panel.elicited.compared[place]
        share = base(panel)
        means = {name: _mean(head.values[row], share[row]) for row, name in enumerate(experts)}
        own, whole = means[each.expert], sum(weight * means[name] for name, weight in head.panel.weights.items())
        about = str(each.judgement.about)
        found.append(
            Omitted(
                ORDER, each.expert, about, about, own, own - head.means[each.expert], whole, whole - head.mean, None,
                False, Gate(),
            )
        )  # fmt: skip
    return found


def _cases(head: Headline, pieces: Mapping[str, Sequence[Term]]) -> list[Omitted]:
    experts = head.panel.draws.experts
    own = {name: tuple(term for term in pieces[name] if term.kind == CASE) for name in experts}
    taught = [name for name in experts if own[name]]
    if not taught:
        return []
    found, whole = [], 0.0
    gate, refitted, worst = Gate(), False, -np.inf
    made = dict(zip(taught, leave_out(head.panel, [Omission(own[name], whole=True) for name in taught]), strict=True))
    for name in experts:
        if name not in made:  # learns nothing from them
            whole += head.panel.weights.get(name, 0.0) * head.means[name]
            continue
        out = made[name]
        mean, judged = _own(head, out, f"{head.question} by {head.panel.called(name)} without the cases")
        if name in head.panel.experts:
            found.append(_moved(head, CASES, name, "", SEEN, mean, out.k, out.refitted, judged))
        if name in head.panel.weights:
            whole += head.panel.weights[name] * mean
            gate, refitted, worst = gate & judged, refitted or out.refitted, float(np.maximum(worst, out.k))
    if len(head.panel.draws.experts) > 1:
        panel = Omitted(CASES, PANEL, "", SEEN, None, None, whole, whole - head.mean, worst, refitted, gate)
        found.insert(0, panel)
    return found


def _mechanisms(head: Headline, silent: Sequence[Silence]) -> list[Omitted]:
    found = []
    for each in silent:
        own = head.means[each.expert] + each.own_shift
        about = str(each.judgement.about)
        made = _moved(head, PARAMETER, each.expert, about, each.words, own, each.k, each.refitted, each.gate)
        found.append(replace(made, instead=each.instead, error=each.error))
    return found


def _own(head: Headline, out: LeftOut, name: str) -> tuple[float, Gate]:
    """Return an expert's mean of the headline over draws without something, and its gate."""
    values = head.run(out.theta)
    if not np.isfinite(values[out.share > 0]).any():
        raise ImpossibleEvidence(f"{name} is impossible in every draw")
    return _mean(values, out.share), out.diagnosed(values, name)


def _mean(values: Floats, share: Floats) -> float:
    known = np.isfinite(values)
    return float(share[known] @ values[known] / share[known].sum())


def _moved(
    head: Headline,
    kind: str,
    expert: str,
    question: str,
    words: str,
    own: float,
    k: float | None,
    refitted: bool,
    gate: Gate,
) -> Omitted:
    own_shift = own - head.means[expert]
    if head.panel.elicited.pool is not None:
        return Omitted(kind, expert, question, words, own, own_shift, None, None, k, refitted, gate)
    shift = head.panel.weights.get(expert, 0.0) * own_shift
    return Omitted(kind, expert, question, words, own, own_shift, head.mean + shift, shift, k, refitted, gate)
