"""The smallest rewrite of history: the cheapest set of changes that brings the outcome below a chosen probability.

    cost of a change   c = -log P(what it sets | history before it)       the panel's mean plausibility
    cost of a set      the sum of its changes'; so exp(-cost) is its plausibility, were the changes independent
    it succeeds        P(y) after all of them < below   in at least ``confidence`` of the panel's draws (mixture)
    for every school   the same in at least ``confidence`` of each school's own draws; then it succeeds for the panel too

The search is exact: best first over cost, where every set comes out before every costlier one.

    Order the changes by cost, c_1 <= c_2 <= ... A set {i < ... < j} has two successors: {i < ... < j, j + 1}, and
    {i < ..., j + 1} with j replaced. Every set is reached from {1} in one way only, and neither successor costs less,
    since costs are not negative and rising. So sets leave a heap in the order of their cost (Lawler 1972), and the
    first that succeeds is the cheapest of all. A set is never evaluated where

    - it contradicts itself, or one of its changes sets nothing new and moves no date: without it the question is the
      same and costs no more. Both hold of whatever is added to such a set, so none of its supersets is looked at;
    - its draws above the limit weigh more than 1 - confidence on a part of the draws: the rest cannot mend that.
"""

from __future__ import annotations

import heapq
import math
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from causal.ask.answer import CI_PROB
from causal.ask.asking import Bools, Skipped, judge, put, unmoved
from causal.ask.candidates import SINGLE, Candidate, candidates, compatible, together
from causal.ask.interventions import MINIMAL, PLAUSIBILITY, READINGS
from causal.ask.mixture import EQUAL, EXPERT, SCHOOL, Spread, Voice, spreads, told, voices
from causal.ask.panel import Panel
from causal.ask.profile import named_state
from causal.ask.sweep import WHOLE, Speaker
from causal.errors import QueryError, UsageError, nearest
from causal.exact.answer import Written
from causal.learn.gate import Gate, judge_run
from causal.spec.question import Event

SIZE = 3
MOST = 20_000  # sets evaluated, at most
BATCH = (8, 256)  # sets evaluated in one run of the tape: the first time, and at most
SLACK = 1e-9  # shares of draws are sums of weights
FIRST = 1.25  # the part of the draws looked at first, in units of what must fail


@dataclass(frozen=True)
class Change:
    """One change that may be made: its panel mean plausibility and what it costs."""

    candidate: Candidate
    plausibility: float

    @property
    def cost(self) -> float:
        """Minus the logarithm of its plausibility."""
        return -math.log(self.plausibility) if self.plausibility < 1.0 else 0.0


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
    >>> [change.candidate.name for change in found.panel.changes], round(found.panel.plausibility, 3), found.evaluated
    (['drought_law'], 0.305, 1)
    """
    _check(below, confidence, reading, size, most)
    network = panel.elicited.network
    named_state(event, network.model)
    chosen = [
        each
        for each in candidates(network.graph, event, everything=everything, names=names).chosen
        if event.variable not in each.do and (parts or each.kind != SINGLE or not each.parts)
    ]
    changes, skipped = priced(panel, chosen)
    search = _Search(panel, event, reading, below, confidence, tuple(voices(panel)))
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


@dataclass
class _Search:
    """One search under way, and what it has counted so far."""

    panel: Panel
    event: Event
    reading: str
    below: float
    confidence: float
    speakers: tuple[Voice, ...]
    evaluated: int = 0
    repeated: int = 0
    impossible: int = 0
    reached: float = 0.0
    exhausted: bool = False

    def run(self, changes: Sequence[Change], size: int, most: int) -> list[tuple[int, ...] | None]:
        """Return the cheapest set for the panel and that for every school, as places among ``changes``."""
        costs = sorted(change.cost for change in changes)  # sorted already, but for rounding
        several = [change.candidate for change in changes]
        sets = rising(costs, size, lambda chosen: _worth([several[place] for place in chosen]))
        found: list[tuple[int, ...] | None] = [None, None]
        known: set[object] = set()
        batch = BATCH[0]
        while found[1] is None and self.evaluated < most:
            taken = list(islice(sets, min(batch, most - self.evaluated)))
            if not taken:
                self.exhausted = True
                break
            news: list[tuple[tuple[int, ...], Written]] = []
            for _, chosen in taken:
                whole = together([several[place] for place in chosen])
                key = (frozenset(whole.do.items()), None if whole.when is None else whole.when.first)
                if key in known:  # the same question as that of a set that costs no more
                    self.repeated += 1
                    continue
                known.add(key)
                page = self._written(whole)
                if page is not None:
                    news.append((chosen, page))
            self.evaluated += len(news)
            for (chosen, _), (panel, schools) in zip(news, self.verdicts([page for _, page in news]), strict=True):
                found[0] = chosen if found[0] is None and panel else found[0]
                found[1] = chosen if found[1] is None and schools else found[1]
            self.reached, batch = taken[-1][0], min(2 * batch, BATCH[1])
        return found

    def _written(self, whole: Candidate) -> Written | None:
        try:
            return self.panel.elicited.writer.write(whole.asks(self.event, self.reading)[0])
        except QueryError:
            self.impossible += 1
            return None

    def verdicts(self, pages: Sequence[Written]) -> list[tuple[bool, bool]]:
        """Return of each page whether it succeeds for the panel and whether for every school.

        A school's draws are a part of the panel's, so what succeeds for every school succeeds for the panel; what
        fails for the panel on a part of the draws, by more than it may, need not be looked at any further.
        """
        verdicts = [(False, False)] * len(pages)
        total = self.panel.draws.total
        some = max(1, min(total, round(total * FIRST * (1.0 - self.confidence))))
        spread = np.linspace(0, total - 1, some).astype(int)
        whole = self.speakers[0]
        left = list(range(len(pages)))
        if some < total / 2 and left:
            under, _ = self._under(pages, spread)
            weights = whole.weights.reshape(len(whole.rows), total)[:, spread].ravel()
            failed = whole.of(~under) @ weights
            left = np.flatnonzero(failed <= 1.0 - self.confidence + SLACK).tolist()
        if left:
            under, possible = self._under([pages[place] for place in left], np.arange(total))
            shares = {(v.kind, v.name): v.of(under) @ v.weights for v in self.speakers if v.kind != EXPERT}
            enough = {name: share >= self.confidence - SLACK for name, share in shares.items()}
            schools = [name for name in enough if name[0] == SCHOOL] or [WHOLE]
            for at, place in enumerate(left):
                panel = bool(enough[WHOLE][at] and possible[at])
                verdicts[place] = (panel, panel and all(bool(enough[name][at]) for name in schools))
        return verdicts

    def _under(self, pages: Sequence[Written], lanes: NDArray[np.intp]) -> tuple[Bools, Bools]:
        """Return where the outcome is below the limit, (pages, experts, lanes), and which pages all in the pool allow."""
        slots = list(dict.fromkeys(slot for page in pages for slot in (page.slots[0], page.leaves[0].evidence)))
        place = {slot: row for row, slot in enumerate(slots)}
        tape = self.panel.elicited.network.recorder.tape(slots)
        outcome = [place[page.slots[0]] for page in pages]
        evidence = [place[page.leaves[0].evidence] for page in pages]
        draws = self.panel.draws
        under = np.zeros((len(pages), len(draws.experts), len(lanes)), dtype=bool)
        possible = np.ones(len(pages), dtype=bool)
        for row in self.speakers[0].rows:  # experts shown apart have no say
            values = tape.values(np.ascontiguousarray(draws.flat(row)[:, lanes]))
            given = values[evidence] > 0
            under[:, row] = (values[outcome] < self.below) & given
            possible &= given.any(axis=1)
        return under, possible


def _worth(chosen: Sequence[Candidate]) -> bool:
    """Return whether a set neither contradicts itself nor has a change that sets nothing new and moves no date."""
    if not compatible(chosen):
        return False
    if len(chosen) == 1:
        return True
    when = together(chosen).when
    for each in chosen:
        rest = [other for other in chosen if other is not each]
        if each.do.items() <= together(rest).do.items() and together(rest).when == when:
            return False
    return True


def _found(search: _Search, changes: Sequence[Change], chosen: tuple[int, ...], ci_prob: float) -> Found:
    """Report a set that succeeds: what it does for everybody, and how plausible it is as a whole."""
    panel, made = search.panel, tuple(changes[place] for place in chosen)
    whole, graph = together([change.candidate for change in made]), panel.elicited.network.graph
    asked = put(panel, [whole], search.reading, lambda each: each.asks(search.event, search.reading)[:2])
    outcome, without = asked.values
    keys = [0]
    said = [told(values, keys, search.speakers, ci_prob)[0] for values in (outcome, without)]
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
        outcome=said[0],
        without=said[1],
        joint=spreads(mixed.of(joint.values[0]), mixed.weights, ci_prob)[0].mean if joint.chosen else None,
        gate=reduce(operator.and_, gates, Gate()),
    )


def rising(
    costs: Sequence[float], size: int, allowed: Callable[[tuple[int, ...]], bool] = lambda chosen: True
) -> Iterator[tuple[float, tuple[int, ...]]]:
    """Yield sets of up to ``size`` of the places of ``costs``, which rise and are not negative, the cheapest first.

    Where ``allowed`` says no to a set, neither the set nor anything that contains it may be wanted.

    >>> [chosen for _, chosen in rising([1.0, 2.0, 4.0], 2)]
    [(0,), (1,), (0, 1), (2,), (0, 2), (1, 2)]
    """
    heap: list[tuple[float, tuple[int, ...]]] = [(costs[0], (0,))] if costs and size > 0 else []
    while heap:
        cost, chosen = heapq.heappop(heap)
        last, rest = chosen[-1], chosen[:-1]
        good = allowed(chosen)
        if good:
            yield cost, chosen
        if last + 1 < len(costs):
            # what replaces the last one keeps the others, which are allowed: each prefix was tested when it came out
            heapq.heappush(heap, (math.fsum(costs[i] for i in (*rest, last + 1)), (*rest, last + 1)))
            if good and len(chosen) < size:
                heapq.heappush(heap, (math.fsum((*(costs[i] for i in chosen), costs[last + 1])), (*chosen, last + 1)))
