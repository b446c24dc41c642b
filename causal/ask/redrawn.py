"""A number over draws of a posterior, some of whose parameters get another prior: the draws kept, these drawn anew.

    pi(G) pi(rest) L(G, rest)      the posterior that the draws are of; G is what gets another prior
    pi'(G) pi(rest) L(G, rest)     the posterior that is asked for

    draw by draw, ``rest`` stays, and G is drawn M times from pi', G'_m, and M - 1 times from pi, G_2 .. G_M
    weight     mean_m L(G'_m, rest) / mean_m L(G_m, rest), G_1 being the draw's own, Pareto-smoothed
    within     L(G'_m, rest): where the number is looked at

What ``rest`` is to be weighed by is Z' / Z, with Z'(rest) = int pi'(G) L(G, rest) dG and Z the same of pi. The upper
mean has the expectation Z'. The lower has one point from the posterior, so its inverse has the expectation 1 / Z
exactly: symmetrise over m, as for the conditional sum of particle MCMC (Andrieu, Doucet & Holenstein 2010). M = 1 is
right too, but 1 / L is the harmonic mean of a likelihood, whose variance nothing bounds. Of L only what G moves is
looked at; where it moves none of it, the weights are all alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from causal.ask.headline import Headline
from causal.ask.orders import weighed
from causal.ask.terms import normal
from causal.errors import ImpossibleEvidence
from causal.exact.kernel import Floats
from causal.exact.parameter import Ids
from causal.exact.tape import Tape
from causal.learn.elicited import Compared, Elicited, Held
from causal.learn.layout import block
from causal.learn.weights import Weights, smooth


@dataclass(frozen=True)
class Piece:
    """What a posterior leans on: its log density as a function of the number in ``slot``, up to a constant."""

    slot: int
    logs: Callable[[Floats], Floats]


def pieces(elicited: Elicited, expert: str) -> tuple[Piece, ...]:
    """Return what an expert's posterior leans on beside priors.

    Of models of cases these are the links: what else speaks of their parameters stays as it is.
    """
    mine = [each for each in elicited.evidence if each.expert == expert]
    seen = [each for each in elicited.cases if each.of(expert) > 0]
    shaped = [each for each in elicited.shaping if each.expert == expert]
    links = [each for beside in elicited.taught(expert) for each in beside.links]
    wide = [(each.slot, within) for each in links if (within := each.link.of(expert)) is not None]
    return (
        *(Piece(each.slot, partial(normal, each.mean, each.sd)) for each in mine),
        *(Piece(each.slot, partial(_powered, each.of(expert))) for each in seen),
        *(Piece(each.slot, each.table) for each in shaped if each.table is not None),
        *(Piece(slot, partial(normal, 0.0, within)) for slot, within in wide),
    )


def _powered(power: float, x: Floats) -> Floats:
    return np.asarray(power * np.log(x))


@dataclass(frozen=True)
class Side:
    """One of the two posteriors: what is held about parameters, and what it leans on that the moved ones move."""

    held: Held
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Redrawn:
    """How far the mean of a number moves, its Monte Carlo error, and the weights; None where they are all alike."""

    shift: float
    error: float
    weights: Weights | None


def redraw(
    head: Headline,
    theta: Floats,
    moved: NDArray[np.bool_],
    old: Side,
    new: Side,
    orders: Sequence[Compared],
    times: int,
    rng: np.random.Generator,
    late: Sequence[int] = (),
) -> Redrawn:
    """Return how far the headline moves from ``theta``, draws of shape (parameters, draws), to the ``new`` posterior.

    Behind the model's own parameters stand the ``late`` ones, of models of cases. ``moved`` are those whose prior is
    another, ``orders`` the evidence that draws are weighed by, ``times`` is M. Raises ImpossibleEvidence where no draw
    is left that could be weighed, or an order holds in none or in all.
    """
    rows = np.flatnonzero(moved)
    was, will = (_Look(head, each, tuple(orders), theta, rows, tuple(late)) for each in (old, new))
    now, fresh = was.at(theta), [will.at(each) for each in will.candidates(times, rng)]
    logs, weights = np.stack([each.logs for each in fresh]), None
    share = np.full(logs.shape, 1.0 / logs.size)
    if old.pieces:
        others = (was.logs(each) for each in was.candidates(times - 1, rng))
        top, ratio = _total(logs), _total(logs) - _total(np.stack([now.logs, *others]))
        if not np.isfinite(ratio).any():
            raise ImpossibleEvidence("what else they judge, or what was seen, is impossible without it")
        weights = smooth(np.exp(ratio - ratio.max()))
        share = weights.values * np.exp(logs - np.where(np.isfinite(top), top, 0.0)) / times
    holds = np.stack([each.holds for each in fresh], axis=1).reshape(len(orders), logs.size)
    share = weighed(share.ravel(), holds, orders).reshape(logs.shape)
    base = weighed(np.full(now.logs.size, 1.0 / now.logs.size), now.holds, orders)
    shift, error = _shift(np.stack([each.values for each in fresh]), share, now.values, base)
    return Redrawn(shift, error, weights)


@dataclass(frozen=True)
class _Seen:
    """The number at some parameters, the log density of what they move, and whether each order holds."""

    values: Floats
    logs: Floats
    holds: NDArray[np.bool_]


@dataclass(frozen=True)
class _Look:
    """What is looked at under one posterior: at draws ``theta`` with the parameters of ``rows`` drawn anew."""

    head: Headline
    side: Side
    orders: tuple[Compared, ...]
    theta: Floats
    rows: Ids
    late: tuple[int, ...]

    @cached_property
    def tape(self) -> Tape | None:
        """What runs all that is looked at but the headline, pieces first; None where that is nothing."""
        slots = [*(each.slot for each in self.side.pieces), *(each.slot for each in self.orders)]
        return self.head.network.recorder.tape(slots, self.late) if slots else None

    def candidates(self, times: int, rng: np.random.Generator) -> Iterator[Floats]:
        """Yield the draws with the rows drawn from their priors, so many times."""
        held = self.side.held
        mine = tuple(held.priors[row] for row in self.rows)
        groups = {prior.parameter.group for prior in mine if prior.parameter.scale == "cut"}
        part = block("", Held(mine, {group: cuts for group, cuts in held.cuts.items() if group in groups}))
        for _ in range(times):
            theta = self.theta.copy()
            theta[self.rows] = part.draw(rng, theta.shape[1])[:, :, 0].T
            yield theta

    def at(self, theta: Floats) -> _Seen:
        """Return all there is to see at parameters of shape (parameters, draws)."""
        logs, orders = self._run(theta)
        return _Seen(self.head.run(theta[: len(theta) - len(self.late)]), logs, orders > 0)

    def logs(self, theta: Floats) -> Floats:
        """Return the log density of the pieces, -inf where there is none."""
        return self._run(theta)[0]

    def _run(self, theta: Floats) -> tuple[Floats, Floats]:
        pieces = self.side.pieces
        found = self.tape.values(theta) if self.tape else np.empty((0, theta.shape[1]))
        logs = np.zeros(theta.shape[1])
        with np.errstate(divide="ignore"):
            for each, x in zip(pieces, found, strict=False):
                logs = logs + each.logs(x)
        return np.where(np.isfinite(logs), logs, -np.inf), found[len(pieces) :]


def _total(logs: Floats) -> Floats:
    """Return the logarithm of the mean of densities along the first axis."""
    return np.asarray(np.logaddexp.reduce(logs, axis=0) - np.log(len(logs)))


def mean(values: Floats, share: Floats) -> float:
    """Return the weighted mean where there is a number; raises ImpossibleEvidence where there is none."""
    known = np.isfinite(values) & (share > 0)
    if not known.any():
        raise ImpossibleEvidence("without it, what is given is impossible in every draw")
    return float((share[known] * values[known]).sum() / share[known].sum())


def _shift(values: Floats, share: Floats, now: Floats, base: Floats) -> tuple[float, float]:
    """Return how far the mean moves from draws ``now`` to candidates ``values`` (candidates, draws), and its error.

    The same draws are on both sides, so the error is that of their differences.
    """
    after, before = mean(values, share), mean(now, base)
    known, was = np.where(np.isfinite(values), share, 0.0), np.where(np.isfinite(now), base, 0.0)
    moved = (known * np.nan_to_num(values - after)).sum(axis=0) / known.sum()
    stayed = was * np.nan_to_num(now - before) / was.sum()
    return after - before, float(np.sqrt(((moved - stayed) ** 2).sum()))
