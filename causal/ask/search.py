"""Sets of changes, the cheapest first, until one succeeds.

Order the changes by cost, c_1 <= c_2 <= ... A set {i < ... < j} has two successors: {i < ... < j, j + 1}, and
{i < ..., j + 1} with j replaced. Every set is reached from {1} in one way only, and neither successor costs less,
since costs are not negative and rising. So sets leave a heap in the order of their cost (after Lawler 1972), and the
first that succeeds is the cheapest of all. A set is never evaluated where

- it contradicts itself, or one of its changes sets nothing new and moves no date: without it the question is the
  same and costs no more. Both hold of whatever is added to such a set, so none of its supersets is looked at;
- its draws above the limit weigh more than 1 - confidence on a part of the draws: the rest cannot mend that.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from causal.ask.asking import Bools
from causal.ask.candidates import Candidate, compatible, together
from causal.ask.mixture import EXPERT, SCHOOL, Voice
from causal.ask.panel import Panel
from causal.ask.swept import WHOLE
from causal.errors import QueryError
from causal.exact.answer import Written
from causal.spec.question import Event

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


@dataclass
class Search:
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
        found: list[tuple[int, ...] | None] = [None, None]  # the panel's and the schools'
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

        A school's draws are a part of the panel's, so what succeeds for every school succeeds for the panel (and has
        to, where the panel is pooled into one posterior); what fails for the panel on a part of the draws, by more than
        it may, need not be looked at any further.
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
        """Return where the outcome is below the limit, (pages, experts, lanes), and what is possible for all pooled."""
        slots = list(dict.fromkeys(slot for page in pages for slot in (page.slots[0], page.leaves[0].evidence)))
        place = {slot: row for row, slot in enumerate(slots)}
        tape = self.panel.elicited.network.recorder.tape(slots)
        outcome = [place[page.slots[0]] for page in pages]
        evidence = [place[page.leaves[0].evidence] for page in pages]
        draws = self.panel.draws
        under = np.zeros((len(pages), len(draws.experts), len(lanes)), dtype=bool)
        possible = np.ones(len(pages), dtype=bool)
        # experts shown apart have no say
        for row in dict.fromkeys(row for voice in self.speakers if voice.kind != EXPERT for row in voice.rows):
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
