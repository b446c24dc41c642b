"""The smallest rewrite of history: the cheapest set of changes that brings the outcome below a chosen probability.

    cost of a change   c = -log P(what it sets | history before it)       the panel's mean plausibility
    cost of a set      the sum of its changes'; so exp(-cost) is its plausibility, were the changes independent
    it succeeds        P(y) after all of them < below   in at least ``confidence`` of the panel's draws (mixture)
    for every school   the same in at least ``confidence`` of each school's own draws

The search is exact (search.py): best first over cost. Changes are priced at the panel's mean, so that all draws agree
on the order; what a draw decides is whether a set succeeds in it.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Any

import numpy as np

from causal.ask.answer import CI_PROB
from causal.ask.asking import Skipped, answerable, judge, put, unanswerable, unmoved
from causal.ask.candidates import SINGLE, Candidate, candidates, together
from causal.ask.interventions import MINIMAL, PLAUSIBILITY, READINGS
from causal.ask.mixture import EQUAL, NOTHING, Spread, spreads, told, voices
from causal.ask.panel import Panel
from causal.ask.profile import named_state
from causal.ask.search import Change, Search
from causal.ask.swept import Speaker
from causal.errors import UsageError, nearest
from causal.learn.gate import Gate, judge_run
from causal.spec.question import Event

SIZE = 3
MOST = 20_000  # sets evaluated, at most


@dataclass(frozen=True)
class Found:
    """A set of changes that succeeds, with what it does for the panel, every school and every expert.

    ``shares`` are the shares of draws below the limit; ``joint`` is the plausibility of all together, given the history
    before the first, which needs no independence (None where that cannot be asked).
    """

    changes: tuple[Change, ...]
    whole: Candidate
    question: str
    shares: Mapping[Speaker, float]
    outcome: Mapping[Speaker, Spread]
    without: Mapping[Speaker, Spread]
    joint: float | None
    gate: Gate

    @property
    def cost(self) -> float:
        """The sum of its changes' costs."""
        return math.fsum(change.cost for change in self.changes)

    @property
    def plausibility(self) -> float:
        """The product of its changes' plausibilities: that of the set, were they independent."""
        return math.exp(-self.cost)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON-ready facts."""
        return {
            "changes": [
                {"candidate": each.candidate.name, "title": each.candidate.title, "do": dict(each.candidate.do),
                 "plausibility": each.plausibility, "cost": each.cost}
                for each in self.changes
            ],
            "title": self.whole.title, "do": dict(self.whole.do), "when": str(self.whole.when or ""),
            "question": self.question, "cost": self.cost, "plausibility": self.plausibility, "joint": self.joint,
            "sets_part_of_definition": list(self.whole.parts),
            "voices": [
                {"voice": kind, "expert": name, "share_below": self.shares[(kind, name)],
                 "outcome": self.outcome[(kind, name)].to_dict(), "without": self.without[(kind, name)].to_dict()}
                for kind, name in self.shares
            ],
            "gate": self.gate.verdict,
        }  # fmt: skip


@dataclass(frozen=True)
class Cheapest:
    """The cheapest sets: ``panel`` succeeds for the panel's mixture, ``schools`` for every school by itself.

    None stands where no set of up to ``size`` changes does, or (``exhausted`` is False) none of the cheapest
    ``evaluated`` ones. ``reached`` is the cost up to which every set was looked at: all cheaper ones fail.
    """

    reading: str
    below: float
    confidence: float
    size: int
    panel: Found | None
    schools: Found | None
    changes: tuple[Change, ...]
    evaluated: int
    repeated: int
    impossible: int
    reached: float
    exhausted: bool
    skipped: tuple[Skipped, ...]
    run: Gate

    @cached_property
    def gate(self) -> Gate:
        """The gate over the run and the sets that were found."""
        whole = self.run
        for each in (self.panel, self.schools):
            if each is not None:
                whole = whole & each.gate
        return whole

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-ready facts; what the gate withholds is None."""
        hidden = self.gate.withholds
        return {
            "reading": self.reading, "below": self.below, "confidence": self.confidence, "size": self.size,
            "panel": None if hidden or self.panel is None else self.panel.to_dict(),
            "schools": None if hidden or self.schools is None else self.schools.to_dict(),
            "candidates": len(self.changes), "evaluated": self.evaluated, "repeated": self.repeated,
            "impossible": self.impossible, "exhausted": self.exhausted,
            "reached": None if hidden or not math.isfinite(self.reached) else self.reached,
            "skipped": [each.to_dict() for each in self.skipped],
            "gate": self.gate.to_dict(),
        }  # fmt: skip


def cheapest(
    panel: Panel,
    event: Event,
    below: float = 0.5,
    confidence: float = 0.8,
    reading: str = MINIMAL,
    size: int = SIZE,
    everything: bool = False,
    parts: bool = False,
    names: Iterable[str] | None = None,
    most: int = MOST,
    ci_prob: float = CI_PROB,
) -> Cheapest:
    """Find the cheapest sets of up to ``size`` changes after which P(event) < ``below`` with ``confidence``.

    For the panel: in at least ``confidence`` of its pooled draws, each expert's weighing as much as the expert. For the
    schools: in at least ``confidence`` of the draws of each school by itself. A draw in which the history is impossible
    counts against a set, and a set that is impossible for a pooled expert does not succeed. Changes are the named
    interventions (or those of ``names``); ``everything`` adds single settings, ``parts`` also those that set a part of
    the outcome's definition. At most ``most`` sets are evaluated.
    Raises QueryError where the event is none of the model's or names no state, UsageError for limits out of range.

    >>> from causal import load
    >>> from causal.spec.grammar import parse_event
    >>> found = cheapest(load("rain").at_medians().panel, parse_event("grass = wet"))
    >>> [change.candidate.name for change in found.panel.changes], round(found.panel.plausibility, 3)
    (['drought_law'], 0.433)
    """
    _check(below, confidence, reading, size, most)
    network = panel.elicited.network
    named_state(event, network.model)
    chosen = [
        each
        for each in candidates(network.graph, event, everything=everything, names=names).chosen
        if event.variable not in each.do and (parts or each.kind != SINGLE or not each.parts)
    ]
    changes, skipped = priced(panel, chosen) if answerable(panel, reading) else ((), (unanswerable(reading),))
    search = Search(panel, event, reading, below, confidence, tuple(voices(panel)))
    successes = search.run(changes, size, most)
    reported = [None if each is None else _found(search, changes, each, ci_prob) for each in successes]
    return Cheapest(
        reading=reading,
        below=below,
        confidence=confidence,
        size=size,
        panel=reported[0],
        schools=reported[1],
        changes=changes,
        evaluated=search.evaluated,
        repeated=search.repeated,
        impossible=search.impossible,
        reached=search.reached,
        exhausted=search.exhausted,
        skipped=skipped,
        run=judge_run(panel.draws),
    )


def _check(below: float, confidence: float, reading: str, size: int, most: int) -> None:
    if not 0.0 < below <= 1.0:
        raise UsageError(f"below lies above 0 and not above 1, and not at {below}")
    if not 0.0 < confidence <= 1.0:
        raise UsageError(f"confidence lies above 0 and not above 1, and not at {confidence}")
    if size < 1 or most < 1:
        raise UsageError(f"size and most are at least 1, not {size} and {most}")
    if reading not in READINGS:
        raise UsageError(f"no reading {reading!r}{nearest(reading, READINGS)}; there are {', '.join(READINGS)}")


def priced(panel: Panel, chosen: Sequence[Candidate]) -> tuple[tuple[Change, ...], tuple[Skipped, ...]]:
    """Return candidates with their plausibility, the most plausible first, and those that were impossible."""
    graph = panel.elicited.network.graph
    asked = put(panel, chosen, PLAUSIBILITY, lambda each: (each.plausibility(graph),))
    if not asked.chosen:
        return (), asked.skipped
    whole = voices(panel)[0]
    means = [each.mean or 0.0 for each in spreads(whole.of(asked.values[0]), whole.weights, CI_PROB)]
    never = [
        Skipped(each.name, each.title, PLAUSIBILITY, "what it sets has probability zero")
        for each, mean in zip(asked.chosen, means, strict=True) if mean <= 0.0
    ]  # fmt: skip
    found = [Change(each, mean) for each, mean in zip(asked.chosen, means, strict=True) if mean > 0.0]
    found.sort(key=lambda change: round(change.cost, EQUAL))  # stable: of equal ones the first of the model
    return tuple(found), (*asked.skipped, *never)


def _found(search: Search, changes: Sequence[Change], chosen: tuple[int, ...], ci_prob: float) -> Found:
    """Report a set that succeeds: what it does for everybody, and how plausible it is as a whole."""
    panel, made = search.panel, tuple(changes[place] for place in chosen)
    whole, graph = together([change.candidate for change in made]), panel.elicited.network.graph
    asked = put(panel, [whole], search.reading, lambda each: each.asks(search.event, search.reading)[:1])
    before = put(panel, [whole], search.reading, lambda each: each.asks(search.event, search.reading)[1:2])
    outcome = asked.values[0]
    nothing = {(voice.kind, voice.name): NOTHING for voice in search.speakers}
    under = outcome < search.below
    singles = put(panel, [change.candidate for change in made], PLAUSIBILITY, lambda each: (each.plausibility(graph),))
    joint = put(panel, [whole], PLAUSIBILITY, lambda each: (each.plausibility(graph),))
    values = np.concatenate([outcome, *([singles.values[0]] if singles.chosen else [])])
    pages = [asked.pages[0][:1], *singles.pages]
    gates = judge(panel, values, [str(page[0].question) for page in pages], unmoved(panel, pages, values))
    mixed = search.speakers[0]
    return Found(
        changes=made,
        whole=whole,
        question=str(asked.pages[0][0].question),
        shares={(voice.kind, voice.name): float((voice.of(under) @ voice.weights)[0]) for voice in search.speakers},
        outcome=told(outcome, [0], search.speakers, ci_prob)[0],
        without=told(before.values[0], [0], search.speakers, ci_prob)[0] if before.chosen else nothing,
        joint=spreads(mixed.of(joint.values[0]), mixed.weights, ci_prob)[0].mean if joint.chosen else None,
        gate=reduce(operator.and_, gates, Gate()),
    )
