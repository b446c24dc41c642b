"""Which one answer, from whom, would narrow the headline most.

    z = logit q          an expert's draws of what a question asks for, f their draws of the headline
    y = z + s e          what they would answer, e standard normal; s is how precise they are: the median standard
                         deviation, on the log-odds, of what they stated
    E Var(f | y)  =  Var f - Var E(f | y)          what is expected to be left; the last term is what is won

    the panel, one expert asked       w^2 Var E(f | y)
    the panel, all pooled asked       sum w_e^2 Var_e E(f_e | y_e)
    a panel pooled into one           Var E(f | y) of its own draws, the answer entering as its pooling has it

    E(f | y)  =  sum f_j phi((y - z_j) / s) / sum phi((y - z_j) / s)        over the draws j, exact weights

The outer expectation is over a grid of y. What the weights' own noise adds is taken off; errors are from ``BATCHES``
consecutive batches of draws. Expected value of sample information for a quadratic loss (Raiffa and Schlaifer 1961);
nested over the same draws as in Strong, Oakley and Brennan (2014). A small number is no fault of the question: where
the experts disagree, no single answer closes the gap between them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from causal.ask.answer import PANEL
from causal.ask.headline import Headline
from causal.ask.phrases import phrase
from causal.ask.stating import stated_slots
from causal.elicit import PROBABILITY, Point, fit_log_odds, stated
from causal.errors import CausalError
from causal.exact.kernel import Floats
from causal.spec.grammar import parse_question

GRID = 40  # values of an answer at which the headline is looked at
REACH = 4.0  # how many standard deviations of noise the grid goes beyond the draws
BATCHES = 8
EDGE = 1e-9
MEDIUM = 0.7  # the standard deviation of an answer where nobody has stated anything with a width
PARAMETER, TOTAL = "parameter", "total"


@dataclass(frozen=True)
class Gain:
    """What one more answer is expected to do; ``expert`` is ``panel`` where all pooled experts are asked the same.

    ``own`` is the share of the expert's own variance that is won (the panel's: of the panel's), ``panel`` the share of
    the panel's variance. ``noise`` is the answer's standard deviation on the log-odds. ``asked`` says whether the
    expert has judged this already.
    """

    question: str
    words: str
    kind: str
    expert: str
    own: float
    panel: float
    error: float
    noise: float
    asked: bool

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-ready facts."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


def next_judgements(head: Headline) -> tuple[Gain, ...]:
    """Return what every question of the prior file and of the mechanisms would win, the best for the panel first.

    Nothing is returned where nothing varies, as with a single draw.
    """
    draws, weights = head.panel.draws, head.panel.weights
    if draws.total < 2 * BATCHES or head.variance <= 0:
        return ()
    noises = precisions(head)
    asked = _asked(head)
    pool = head.panel.elicited.pool
    found: list[Gain] = []
    for text, kind, slot in _candidates(head):
        values = head.panel.values([slot])[0].reshape(len(draws.experts), -1)
        won: dict[str, tuple[float, float]] = {}
        words = phrase(parse_question(text), head.network.model)
        for name in head.panel.experts:
            row = draws.experts.index(name)
            pair = gain(values[row], head.values[row], head.share[row], noises[name])
            if pair is None or head.variances[name] <= 0:
                continue
            won[name] = pair
            own, error = pair[0] / head.variances[name], pair[1] / head.variances[name]
            scale = weights.get(name, 0.0) ** 2 * head.variances[name] / head.variance
            whole, error = own * scale, error * scale
            if pool is not None and name in pool.members:  # the panel's own posterior hears the answer in its own way
                at = draws.experts.index(pool.name)
                heard = gain(values[at], head.values[at], head.share[at], pool.heard(name, noises[name])) or (0.0, 0.0)
                whole, error = heard[0] / head.variance, heard[1] / head.variance
            judged = (name, text) in asked
            found.append(Gain(text, words, kind, name, own, whole, error, noises[name], judged))
        together = {name: pair for name, pair in won.items() if name in weights}
        if len(together) > 1:
            sum_won = sum(weights[n] ** 2 * pair[0] for n, pair in together.items()) / head.variance
            error = float(np.hypot.reduce([weights[n] ** 2 * pair[1] for n, pair in together.items()])) / head.variance
            noise = float(np.median([noises[n] for n in together]))
            judged = all((n, text) in asked for n in together)
            found.append(Gain(text, words, kind, PANEL, sum_won, sum_won, error, noise, judged))
    return tuple(sorted(found, key=lambda each: (-each.panel, -each.own)))


def precisions(head: Headline) -> dict[str, float]:
    """Return each expert's median standard deviation, on the log-odds, of the probabilities that they stated.

    An expert who stated none with a width has the median of the others, and ``MEDIUM`` where there are none.
    """
    found: dict[str, list[float]] = {name: [] for name in head.panel.draws.experts}
    for judgement in head.panel.elicited.priors.judgements:
        if judgement.by not in found:
            continue
        try:
            belief = fit_log_odds(stated(judgement.says, PROBABILITY)).belief
        except CausalError:  # an order, a sign, a whole distribution, a quotient: no probability with a width
            continue
        if not isinstance(belief, Point) and np.isfinite(belief.sd):
            found[judgement.by].append(belief.sd)
    every = [sd for sds in found.values() for sd in sds]
    middle = float(np.median(every)) if every else MEDIUM
    return {name: float(np.median(sds)) if sds else middle for name, sds in found.items()}


def gain(q: Floats, f: Floats, share: Floats, noise: float) -> tuple[float, float] | None:
    """Return Var E(f | y) and its Monte Carlo error for an answer y = logit q + noise, None where q does not vary."""
    known = (share > 0) & np.isfinite(q) & np.isfinite(f)
    size = int(known.sum()) // BATCHES * BATCHES
    if size < 2 * BATCHES or np.ptp(q[known]) <= 0:
        return None
    q, f, share = (each[known][:size] for each in (q, f, share))
    inside = np.clip(q, EDGE, 1.0 - EDGE)
    z = np.log(inside) - np.log1p(-inside)
    y = np.linspace(z.min() - REACH * noise, z.max() + REACH * noise, GRID)
    kernel = np.exp(-0.5 * ((y[:, None] - z) / noise) ** 2) * (share / share.sum())
    powers = np.stack([np.ones(size), f, f**2], axis=1)
    parts = [slice(start, start + size // BATCHES) for start in range(0, size, size // BATCHES)]
    sums = np.stack([kernel[:, part] @ powers[part] for part in parts])  # (batches, grid, powers)
    squares = np.stack([np.einsum("gj,gj->g", kernel[:, part], kernel[:, part]) for part in parts])
    whole = _won(sums.sum(axis=0), squares.sum(axis=0), size)
    apart = [_won(each, square, size // BATCHES) for each, square in zip(sums, squares, strict=True)]
    return whole, float(np.std(apart, ddof=1) / np.sqrt(BATCHES))


def _won(sums: Floats, square: Floats, size: int) -> float:
    """Return the variance of the conditional mean over the grid, less what noise in the weights adds to it."""
    mass, first, second = sums.T
    heavy = mass > mass.max() * 1e-12
    mass, first, second, square = (each[heavy] for each in (mass, first, second, square))
    p = mass / mass.sum()
    mean = first / mass
    centre = float(p @ mean)
    spread = np.maximum(second / mass - mean**2, 0.0)
    noise = float(p @ (spread * square / mass**2)) - float(p @ spread) / size
    return float(p @ (mean - centre) ** 2) - max(noise, 0.0)


def _candidates(head: Headline) -> Iterator[tuple[str, str, int]]:
    """Yield every parameter's own question and every total of the prior file that is a probability."""
    slots = stated_slots(head.network)
    for parameter, slot in zip(head.network.parameters, slots, strict=True):
        yield parameter.name, PARAMETER, slot
    elicited = head.panel.elicited
    totals = {str(d.judgement.about): d.judgement.about for d in elicited.derived if d.scale == "log-odds"}
    for text, question in totals.items():
        yield text, TOTAL, elicited.writer.write(question).slots[0]


def _asked(head: Headline) -> set[tuple[str, str]]:
    """Return which expert has judged which question."""
    elicited = head.panel.elicited
    own = {
        (name, prior.parameter.name)
        for name in elicited.experts
        for prior in elicited.held[name].priors
        if prior.origin == "judged"
    }
    return own | {(derived.expert, str(derived.judgement.about)) for derived in elicited.derived}
