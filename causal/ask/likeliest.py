"""The k most probable joint states of some variables, found exactly: best-first search over beginnings.

    P(v1 = s1, ..., vm = sm | there)  >=  P(v1 = s1, ..., vn = sn | there)        for every m <= n

The exact probability of a beginning, a mean over all draws of the panel, bounds that of every state that begins so.
Whatever is taken from the heap whole is therefore better than all that is left. What is set, or the same in every
world that is looked at, is no part of the search.
"""

from __future__ import annotations

import heapq

import numpy as np

from causal.ask.interventions import Situation
from causal.ask.panel import Panel
from causal.errors import ImpossibleEvidence, TooLarge
from causal.exact.kernel import Floats
from causal.spec.question import Event, Probability

BATCH = 24  # beginnings that are continued in one run of the tape
MOST = 6000  # beginnings looked at before the search is given up
SURE = 1e-12  # what is at least this near to certain is given


class Search:
    """Best-first search over the beginnings of stories in one situation."""

    def __init__(
        self, panel: Panel, there: Situation, seen: tuple[Event, ...], name: str, chosen: tuple[str, ...]
    ) -> None:
        self.panel, self.there, self.seen = panel, there, seen
        self.model, self.write = panel.elicited.network.model, panel.elicited.writer.write
        done = self.model.interventions[name].do if name else {}
        self.base = self._evidence(next(each for each in (*chosen, *self.model.variables) if each not in done))
        self.fixed: dict[str, str] = {each: done[each] for each in chosen if each in done}
        self._settle([each for each in chosen if each not in done])
        order = {each: place for place, each in enumerate(panel.elicited.network.graph.order)}
        self.free = sorted((each for each in chosen if each not in self.fixed), key=order.__getitem__)
        self.looked = 0

    def _evidence(self, name: str) -> Floats:
        """Return the probability of what is given, shape (experts, draws)."""
        leaf = self.write(self._asks(Event(name), *self.seen)).leaves[0]
        values = self.panel.values([leaf.evidence])[0]
        flat = values.reshape(values.shape[0], -1)
        for row, expert in enumerate(self.panel.draws.experts):
            if not (flat[row] > 0).any():
                raise ImpossibleEvidence(f"what is given has probability zero for {self.panel.called(expert)}")
        return np.asarray(flat)

    def _states(self, name: str) -> tuple[str, ...]:
        return self.model.variables[name].states

    def _asks(self, event: Event, *also: Event) -> Probability:
        return self.there.asks(event, *also)

    def _settle(self, names: list[str]) -> None:
        """Enter what is the same in every world of every expert as given."""
        if not names:
            return
        pages = [self.write(self._asks(Event(each), *self.seen)) for each in names]
        values = self._share([slot for page in pages for slot in page.leaves[0].joints])
        at = 0
        for each, page in zip(names, pages, strict=True):
            size = len(page.leaves[0].joints)
            least = values[at : at + size].min(axis=(1, 2))
            if least.max() >= 1.0 - SURE:
                self.fixed[each] = self._states(each)[int(np.argmax(least))]
            at += size

    def _share(self, slots: list[int]) -> Floats:
        """Return joints over what is given, shape (slots, experts, draws); 0 in draws where that is impossible."""
        values = self.panel.values(slots)
        flat = values.reshape(*values.shape[:2], -1)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(self.base > 0, flat / self.base, 0.0)

    def pool(self, odds: Floats) -> float:
        """Return the panel's mean of a story's probability by expert."""
        rows = {name: row for row, name in enumerate(self.panel.draws.experts)}
        return float(sum(weight * odds[rows[name]] for name, weight in self.panel.weights.items()))

    def by_expert(self, odds: Floats) -> dict[str, float]:
        """Return each expert's mean by name."""
        found = dict(zip(self.panel.draws.experts, odds.tolist(), strict=True))
        return {name: found[name] for name in self.panel.experts}

    def _means(self, values: Floats) -> Floats:
        """Return means over draws, shape (slots, experts), of draws that can have what is given."""
        given_share = self.panel.share()
        share = np.where(self.base > 0, 1.0 if given_share is None else given_share, 0.0)
        return np.asarray((values * (share / share.sum(axis=1, keepdims=True))).sum(axis=2))

    def best(self, count: int) -> list[tuple[dict[str, str], Floats]]:
        """Return the most probable stories, each with its probability by expert; the first found of equals first."""
        start = np.ones(len(self.panel.draws.experts))
        heap: list[tuple[float, int, tuple[str, ...], Floats]] = [(-1.0, 0, (), start)]
        found: list[tuple[dict[str, str], Floats]] = []
        made = 0
        while heap and len(found) < count:
            batch: list[tuple[str, ...]] = []
            while heap and len(batch) < BATCH:
                _, _, states, odds = heap[0]
                if len(states) == len(self.free):
                    if batch:
                        break  # a whole story waits until nothing before it can do better
                    heapq.heappop(heap)
                    found.append((self.fixed | dict(zip(self.free, states, strict=True)), odds))
                    if len(found) == count:
                        break
                    continue
                heapq.heappop(heap)
                batch.append(states)
            if len(found) == count or not batch:
                continue
            for states, odds in self._continued(batch):
                made += 1
                if (chance := self.pool(odds)) > 0.0:
                    heapq.heappush(heap, (-chance, made, states, odds))
            if made > MOST:
                raise TooLarge(
                    f"more than {MOST:,} beginnings of stories are nearly as probable as the best: name fewer "
                    f"variables than these {len(self.free)}"
                )
        self.looked = made
        return found

    def _continued(self, batch: list[tuple[str, ...]]) -> list[tuple[tuple[str, ...], Floats]]:
        """Return every beginning with one more state, and its probability by expert."""
        plan: list[tuple[str, ...]] = []
        slots: list[int] = []
        for states in batch:
            name = self.free[len(states)]
            before = [Event(each, "=", (state,)) for each, state in zip(self.free, states, strict=False)]
            try:
                leaf = self.write(self._asks(Event(name), *before, *self.seen)).leaves[0]
            except ImpossibleEvidence:  # a beginning that only floating point made possible
                continue
            plan += [(*states, state) for state in self._states(name)]
            slots += leaf.joints
        if not slots:
            return []
        return list(zip(plan, self._means(self._share(slots)), strict=True))
