"""An answer averaged over rival graphs, by each school with its own probabilities of the changes.

    of school e      weight of graph g  =  prod of p_e(r) over changes r in g  x  prod of 1 - p_e(r) over the others,
                                           normalised over the graphs that are compared
                     answer             =  sum over graphs of weight x e's own answer in that graph
    the panel        the schools' averages with the panel's weights; where it is pooled into one posterior, that one's
                     answers, a graph's weight being the mean of the schools'
    hangs on r       the answer with r minus without, the other changes alike: averaged over the pairs of graphs that
                     differ in r alone, by the weight of both

Changes that exclude each other have no graph together, and what probability that leaves over is spread over the rest.
Probabilities are each school's prior ones: nothing here is learned from cases.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from causal.ask.answer import PANEL, Answer, Estimate
from causal.ask.panel import summary
from causal.exact.kernel import Floats

UNSAID = 0.5  # how probable a change is to a school that says nothing of it

type Changes = frozenset[str]


@dataclass(frozen=True)
class Hinge:
    """How far an answer moves with one change, by voice; ``pairs`` is how many pairs of graphs show it."""

    rival: str
    title: str
    pairs: int
    moves: Mapping[str, float]


@dataclass(frozen=True)
class Averaged:
    """An answer averaged over graphs: by voice (``panel`` and experts), each one's ``weights`` of the graphs.

    ``unsaid`` lists who says nothing of which change; ``together`` whether changes are also made together.
    """

    estimates: Mapping[str, Estimate]
    weights: Mapping[str, Mapping[str, float]]
    hinges: tuple[Hinge, ...]
    unsaid: tuple[tuple[str, str], ...]
    together: bool

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-ready facts."""
        return {
            "by_expert": {name: e.to_dict() for name, e in self.estimates.items() if name != PANEL},
            **self.estimates[PANEL].to_dict(),
            "weights": {name: dict(each) for name, each in self.weights.items()},
            "hinges": [
                {"rival": h.rival, "title": h.title, "pairs": h.pairs, "moves": dict(h.moves)} for h in self.hinges
            ],
            "unsaid": [list(each) for each in self.unsaid],
            "together": self.together,
        }


def average(
    answers: Mapping[str, Answer],
    changes: Mapping[str, Changes],
    held: Mapping[str, Mapping[str, float]],
    titles: Mapping[str, str],
    shares: Mapping[str, float],
) -> Averaged:
    """Average answers by graph; ``changes`` says which rivals' changes a graph has, ``held`` how probable each is.

    ``shares`` are the weights of the pooled experts in the panel.
    """
    experts = next(iter(answers.values())).experts
    rivals = tuple(dict.fromkeys(name for each in changes.values() for name in sorted(each)))
    unsaid = tuple((r, name) for r in rivals for name in experts if name not in held.get(r, {}))
    weights = {name: graph_weights(changes, {r: held.get(r, {}).get(name, UNSAID) for r in rivals}) for name in experts}
    ci_prob = next(iter(answers.values())).ci_prob
    estimates = {name: _mixed(answers, {name: 1.0}, weights, ci_prob) for name in experts}
    mean = {graph: sum(share * weights[name][graph] for name, share in shares.items()) for graph in changes}
    alone = all((PANEL, "") in answer.samples for answer in answers.values())  # has a posterior of its own
    voices: Mapping[str, float] = {PANEL: 1.0} if alone else shares
    whole = {**weights, PANEL: mean}
    estimates = {PANEL: _mixed(answers, voices, whole, ci_prob), **estimates}
    hinges = [_hinge(r, titles.get(r, r), answers, changes, whole, voices) for r in rivals]
    hinges.sort(key=lambda each: -abs(each.moves[PANEL]))
    together = any(len(each) > 1 for each in changes.values())
    return Averaged(estimates, whole, tuple(hinges), unsaid, together)


def graph_weights(changes: Mapping[str, Changes], probable: Mapping[str, float]) -> dict[str, float]:
    """Return the weight of every graph to one school; equal ones where its probabilities leave none.

    >>> graph_weights({"main": frozenset(), "a": frozenset("a")}, {"a": 0.25})
    {'main': 0.75, 'a': 0.25}
    """
    raw = {
        graph: prod(p if rival in made else 1.0 - p for rival, p in probable.items()) for graph, made in changes.items()
    }
    total = sum(raw.values())
    return {graph: value / total if total else 1.0 / len(raw) for graph, value in raw.items()}


def _mixed(
    answers: Mapping[str, Answer], voices: Mapping[str, float], weights: Mapping[str, Mapping[str, float]], ci: float
) -> Estimate:
    """Return the estimate of a mixture over voices and graphs."""
    parts: list[tuple[float, Floats, Estimate]] = [
        (weight * weights[name][graph], answer.samples[(name, "")], answer.estimates[(name, "")])
        for name, weight in voices.items()
        for graph, answer in answers.items()
        if weights[name][graph] > 0
    ]
    values = np.concatenate([samples for _, samples, _ in parts])
    share = np.concatenate([np.full(samples.size, weight / samples.size) for weight, samples, _ in parts])
    found = summary(values, share, ci, 1.0, False)
    mcse = float(np.sqrt(sum((weight * e.mcse) ** 2 for weight, _, e in parts)))
    return Estimate(
        sum(weight * e.mean for weight, _, e in parts), found.median, found.lower, found.upper, mcse,
        sum(e.ess for _, _, e in parts),
    )  # fmt: skip


def _hinge(
    rival: str, title: str, answers: Mapping[str, Answer], changes: Mapping[str, Changes],
    weights: Mapping[str, Mapping[str, float]], voices: Mapping[str, float],
) -> Hinge:  # fmt: skip
    graph_of = {made: graph for graph, made in changes.items()}
    pairs = [
        (graph_of[made - {rival}], graph)
        for graph, made in changes.items()
        if rival in made and made - {rival} in graph_of
    ]
    moves = {name: _moved(name, pairs, answers, weights[name]) for name in weights}
    moves[PANEL] = sum(weight * moves[name] for name, weight in voices.items())
    return Hinge(rival, title, len(pairs), moves)


def _moved(
    name: str, pairs: Sequence[tuple[str, str]], answers: Mapping[str, Answer], weights: Mapping[str, float]
) -> float:
    shares = np.array([weights[without] + weights[having] for without, having in pairs])
    shares = shares / shares.sum() if shares.sum() > 0 else np.full(len(pairs), 1.0 / max(len(pairs), 1))
    gains = [answers[having].estimates[(name, "")].mean - answers[without].estimates[(name, "")].mean
             for without, having in pairs]  # fmt: skip
    return float(shares @ np.array(gains)) if pairs else float("nan")
