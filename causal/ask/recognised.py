"""How probable the model makes each comparable case, and which of them surprise it.

    row                 cases in which the same was seen; n cases have the same columns filled
    probability         E P(what was seen), by the priors, the posterior, and the posterior without one such case
    expected            n E P
    tail                2 min(P(N <= count), P(N >= count)) at most 1, N binomial in every draw: E over draws
    elpd                ln E P without the case, for each of them (PSIS-LOO), panel: of the mixture

Of a file whose cases were selected by what happened in them, all of it is among those selected. The tail is that of
cases by themselves, of which every one has been used; a row with doubtful codes is no event, and has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from causal.ask.answer import PANEL
from causal.ask.judged import prior_of
from causal.ask.panel import Panel
from causal.ask.predicted import expected
from causal.ask.terms import Seen, Term, base, chances, rows
from causal.ask.without import LeftOut
from causal.exact.kernel import Floats
from causal.learn.gate import Gate


@dataclass(frozen=True)
class Recognised:
    """One distinct row, for one expert or the panel; ``alike`` is the number of cases with the same columns filled.

    The panel's is that of those who know the model that the row is of. ``k`` is Pareto k of the weights that leave one
    such case out (the panel's: the greatest). Where the file's cases were ``selected`` by what happened in them, every
    probability is that among those.
    """

    file: str
    line: int
    words: str
    expert: str
    count: float
    alike: float
    prior: float
    posterior: float
    expected: float
    tail: float | None
    elpd: float
    lppd: float
    k: float
    refitted: bool
    gate: Gate
    selected: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-ready facts."""
        names = ("file", "line", "words", "expert", "count", "alike", "prior", "posterior", "expected", "tail")
        facts = {name: getattr(self, name) for name in names}
        scores = {name: getattr(self, name) if np.isfinite(getattr(self, name)) else None for name in ("elpd", "lppd")}
        return facts | scores | {"pareto_k": self.k if np.isfinite(self.k) else None, "refitted": self.refitted,
                                 "selected": self.selected}  # fmt: skip


def recognised(panel: Panel, without: Mapping[tuple[str, int], tuple[Term, LeftOut]]) -> tuple[Recognised, ...]:
    """Return every row for the panel and each expert; ``without`` has draws without one such case, by expert and row.

    Nothing is returned where there are no cases, or nothing was drawn.
    """
    seen = rows(panel)
    if not seen or panel.draws.total == 1:
        return ()
    prior, now, share = chances(prior_of(panel), seen), chances(panel, seen), base(panel)
    alike: dict[tuple[int, tuple[str, ...]], float] = {}
    for each in seen:
        alike[_kind(each)] = alike.get(_kind(each), 0.0) + each.row.count
    weights, found = panel.weights, []
    for number, each in enumerate(seen):
        own = []
        for column, name in enumerate(panel.draws.experts):
            if not each.teaches(name):
                continue
            term, out = without[name, each.place]
            rest, p, n = out.chance(panel, each), now[number, column], alike[_kind(each)]
            mean = float(share[column] @ p)
            with np.errstate(divide="ignore"):
                scores = {"elpd": expected(np.log(rest), out.share), "lppd": expected(np.log(p), share[column])}
            own.append(
                Recognised(
                    file=each.file.file, line=each.row.line, words=term.words, expert=name, count=each.row.count,
                    alike=n, prior=float(prior[number, column].mean()), posterior=mean, expected=n * mean,
                    tail=tail(each, n, p, share[column]), **scores, k=out.k, refitted=out.refitted,
                    gate=out.diagnosed(rest, f"{term.words} by {panel.called(name)}"),
                    selected=each.file.selected is not None,
                )
            )  # fmt: skip
        inside = {row.expert: weights[row.expert] for row in own if row.expert in weights}
        if inside:
            total = sum(inside.values())
            shares = {name: weight / total for name, weight in inside.items()}
            found.append(_pooled([row for row in own if row.expert in inside], shares))
        found += [row for row in own if row.expert in panel.experts]
    return tuple(found)


def _kind(each: Seen) -> tuple[int, tuple[str, ...]]:
    return id(each.file), tuple(name for name, _ in each.row.seen)


def tail(seen: Seen, alike: float, chances: Floats, share: Floats) -> float | None:
    """Return how far out the number of such cases lies among ``alike``, binomial in every draw; None for no event."""
    if not seen.certain or seen.row.count % 1 or alike % 1:
        return None
    from scipy.special import bdtr

    count, inside = int(seen.row.count), np.clip(chances, 0.0, 1.0)
    below = float(share @ bdtr(count, int(alike), inside))
    above = 1.0 - float(share @ bdtr(count - 1, int(alike), inside)) if count else 1.0
    return min(1.0, 2.0 * min(below, above))


def _pooled(own: list[Recognised], weights: Mapping[str, float]) -> Recognised:
    """Return the panel's row: the mixture of the experts'."""

    def mixed(name: str) -> float:
        return sum(weights[each.expert] * float(getattr(each, name)) for each in own)

    def score(name: str) -> float:
        with np.errstate(divide="ignore"):
            return float(np.log(sum(weights[each.expert] * np.exp(getattr(each, name)) for each in own)))

    first = own[0]
    gate = Gate()
    for each in own:
        gate = gate & each.gate
    return Recognised(
        first.file, first.line, first.words, PANEL, first.count, first.alike, mixed("prior"), mixed("posterior"),
        mixed("expected"), None if first.tail is None else mixed("tail"), score("elpd"), score("lppd"),
        float(np.max([each.k for each in own])), any(each.refitted for each in own), gate,
        first.selected,
    )  # fmt: skip
