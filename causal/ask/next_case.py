"""What one more comparable case would win: a row in which every cause of the outcome, and the outcome, is seen.

    v                 a row of the outcome and all its ancestors, drawn from an expert's own draws
    weight of draw j  P(v | theta_j)^relevance, the power prior under which cases are learned (Ibrahim and Chen 2000)
    E Var(f | v)      mean over rows of the weighted variance of the headline's draws

The rows for the panel come from its mixture, and every pooled expert learns from each. The expected variance is over
``ROWS`` rows an expert and at most ``DRAWS`` draws; errors are over rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from causal.ask.answer import PANEL
from causal.ask.headline import Headline
from causal.exact.kernel import Floats
from causal.exact.parameter import Ids

RELEVANCE = 0.3
ROWS = 80
DRAWS = 1000
LARGEST = 50_000_000  # numbers of all tables over all draws and experts


@dataclass(frozen=True)
class CaseGain:
    """What one case is expected to win of an expert's own variance (the panel's: of the panel's), and its error."""

    expert: str
    own: float
    error: float


@dataclass(frozen=True)
class NextCase:
    """What one comparable case with ``columns`` observed would win; ``without`` says why that was not computed.

    It is a case as it comes, taken whatever happens in it; ``selected`` says that some of those at hand are not.
    """

    relevance: float
    columns: tuple[str, ...]
    gains: tuple[CaseGain, ...]
    without: str = ""
    selected: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-ready facts."""
        gains = [{"expert": each.expert, "own": each.own, "error": each.error} for each in self.gains]
        return {
            "relevance": self.relevance, "columns": list(self.columns), "gains": gains, "without": self.without,
            "selected": self.selected,
        }  # fmt: skip


@dataclass(frozen=True)
class _Tables:
    """One expert's tables over some draws: per variable the parents' places and P(state | parents), draws last."""

    order: tuple[str, ...]
    parents: tuple[tuple[int, ...], ...]
    tables: tuple[Floats, ...]
    f: Floats
    share: Floats

    def rows(self, count: int, rng: np.random.Generator) -> Ids:
        """Draw rows, shape (rows, variables), each from a draw of its own."""
        at = rng.choice(self.share.size, count, p=self.share)
        found = np.zeros((count, len(self.order)), dtype=np.int64)
        for place, (parents, table) in enumerate(zip(self.parents, self.tables, strict=True)):
            chances = table[(*found[:, list(parents)].T, slice(None), at)] if parents else table[:, at].T
            luck = rng.random(count)[:, None]
            found[:, place] = np.minimum((np.cumsum(chances, axis=1) < luck).sum(axis=1), table.shape[-2] - 1)
        return found

    def moments(self, rows: Ids, relevance: float) -> tuple[Floats, Floats]:
        """Return the headline's mean and mean square after each row is learned."""
        log = np.zeros((len(rows), self.share.size))
        with np.errstate(divide="ignore", invalid="ignore"):
            for place, (parents, table) in enumerate(zip(self.parents, self.tables, strict=True)):
                at = np.ravel_multi_index((*rows[:, list(parents)].T, rows[:, place]), table.shape[:-1])
                log += np.log(table).reshape(-1, self.share.size)[at]
        top = log.max(axis=1, keepdims=True)
        weight = np.where(np.isfinite(top), np.exp(relevance * (log - np.where(np.isfinite(top), top, 0.0))), 1.0)
        weight *= self.share  # a row that an expert holds impossible teaches them nothing
        weight /= weight.sum(axis=1, keepdims=True)
        return weight @ self.f, weight @ self.f**2


def next_case(head: Headline, relevance: float = RELEVANCE, seed: int = 1) -> NextCase:
    """Return what learning one comparable case is expected to win of the headline's variance."""
    graph = head.network.graph
    above = graph.ancestors([head.event.variable])
    columns = tuple(name for name in graph.order if name in above)
    why = _refused(head, columns)
    if why:
        return NextCase(relevance, columns, (), why)
    experts, weights = head.panel.draws.experts, head.panel.weights
    chosen = head.thinned(DRAWS)
    made = {name: _tables(head, columns, row, chosen) for row, name in enumerate(experts)}
    rows = {name: made[name].rows(ROWS, np.random.default_rng([seed, row])) for row, name in enumerate(experts)}
    gains = []
    pairs = {(name, source) for name in weights for source in weights} | {(name, name) for name in experts}
    learned = {(name, source): made[name].moments(rows[source], relevance) for name, source in pairs}
    for name in made:
        mean, square = learned[name, name]
        gains.append(CaseGain(head.panel.speaker(name), *_won(_variance({name: 1.0}, made), [(1.0, square - mean**2)])))
    parts = []
    for source, weight in weights.items():
        first, second = np.zeros((2, ROWS))
        for name, share in weights.items():
            mean, square = learned[name, source]
            first, second = first + share * mean, second + share * square
        parts.append((weight, second - first**2))
    if len(weights) > 1:
        gains.insert(0, CaseGain(PANEL, *_won(_variance(weights, made), parts)))
    gains.sort(key=lambda each: each.expert != PANEL)
    selected = any(file.selected is not None for file in head.panel.elicited.priors.cases)
    return NextCase(relevance, columns, tuple(gains), selected=selected)


def _refused(head: Headline, columns: tuple[str, ...]) -> str:
    """Return why it is not computed, or nothing."""
    if head.panel.draws.total == 1 or head.variance <= 0:
        return "nothing is uncertain here, so no case could narrow it"
    if head.network.model.confounded:
        return "not computed: a row's probability takes the hidden common causes of the confounded pairs"
    size = sum(head.network.table(name).size for name in columns)
    if size * min(DRAWS, head.panel.draws.total) * len(head.panel.draws.experts) > LARGEST:
        return f"not computed: the tables of {len(columns)} variables are too large to be held for every draw"
    return ""


def _tables(head: Headline, columns: tuple[str, ...], row: int, chosen: Ids) -> _Tables:
    network = head.network
    ids = [network.table(name) for name in columns]
    unique, places = np.unique(np.concatenate([each.ravel() for each in ids]), return_inverse=True)
    theta = np.ascontiguousarray(head.panel.draws.flat(row)[:, chosen])
    values = network.recorder.tape(unique.tolist()).values(theta)
    ends = np.cumsum([0, *(each.size for each in ids)])
    tables = tuple(
        values[places[start:stop]].reshape(*each.shape, chosen.size)
        for each, start, stop in zip(ids, ends, ends[1:], strict=False)
    )
    at = {name: place for place, name in enumerate(columns)}
    parents = tuple(tuple(at[parent] for parent in network.model.variables[name].parents) for name in columns)
    share = head.share[row, chosen]
    return _Tables(columns, parents, tables, np.nan_to_num(head.values[row, chosen]), share / share.sum())


def _variance(weights: Any, made: dict[str, _Tables]) -> float:
    first = sum(weight * float(made[name].share @ made[name].f) for name, weight in weights.items())
    second = sum(weight * float(made[name].share @ made[name].f ** 2) for name, weight in weights.items())
    return float(second - first**2)


def _won(before: float, parts: list[tuple[float, Floats]]) -> tuple[float, float]:
    """Return the expected share of the variance that goes, and its error over rows."""
    after = sum(weight * float(each.mean()) for weight, each in parts)
    errors = [weight * float(each.std(ddof=1)) / np.sqrt(each.size) for weight, each in parts]
    return 1.0 - after / before, float(np.hypot.reduce(errors)) / before
