"""An expert's draws without some of the pieces that moved them (terms.py).

    weights 1 / exp(power * log density), Pareto-smoothed (Vehtari, Gelman & Gabry 2017)
    drawn anew where Pareto k or the effective size says that they will not do

What is drawn anew is drawn with the seed and the length of the panel's own draws and kept in the store of fits, each
posterior as a job of its own: on this machine, or on the panel's cluster.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from causal.ask.panel import Panel
from causal.ask.terms import CASE, JUDGEMENT, Seen, Term, base, chances
from causal.errors import CausalError
from causal.exact.kernel import Floats
from causal.learn import store
from causal.learn.elicited import Alike, Elicited
from causal.learn.gate import PASS, Gate, diagnose, judge_run
from causal.learn.nuts import Length
from causal.learn.sample import CHAINS, TUNE, Draws, aim
from causal.learn.weights import Weights, smooth
from causal.spec.model import frozen

TRACE = 1e-9  # what the only case of a model keeps, so that the draws without it still know the model


@dataclass(frozen=True)
class LeftOut:
    """An expert's draws without some pieces, and their weights ``share``, shape (draws,).

    ``k`` is Pareto k of the weights, also
    where ``refitted`` says that these are draws of their own.
    """

    draws: Draws
    expert: str
    share: Floats
    k: float
    refitted: bool
    gate: Gate

    @property
    def theta(self) -> Floats:
        """The parameters, shape (parameters, draws)."""
        return self.draws.flat(self.draws.experts.index(self.expert))

    def chance(self, panel: Panel, seen: Seen) -> Floats:
        """Return the probability of a row of cases at every draw; ``panel`` is the one with all pieces."""
        without = replace(panel, draws=self.draws)
        return np.asarray(chances(without, [seen])[0, self.draws.experts.index(self.expert)])

    def diagnosed(self, values: Floats, name: str) -> Gate:
        """Judge a number over draws of their own; numbers over weighted draws are judged by the weights."""
        if not self.refitted or np.ptp(values) == 0.0:
            return self.gate
        rows = values.reshape(1, self.draws.theta.shape[0], -1)
        return self.gate & diagnose(rows, "nuts", np.array([False])).gate(0, name)


@dataclass(frozen=True)
class Omission:
    """Pieces of one expert's posterior that are to be left out: of cases one alike, or with ``whole`` all of them."""

    pieces: tuple[Term, ...]
    whole: bool = False

    @property
    def expert(self) -> str:
        """Whose posterior it is."""
        return self.pieces[0].expert

    @property
    def words(self) -> str:
        """What is left out, in words."""
        return f"'{self.pieces[0].words}'" if len(self.pieces) == 1 else "the cases"

    def weights(self, share: Floats) -> Weights:
        """Return the weights that leave the pieces out; ``share`` is what each draw weighs already."""
        times = ((each, each.count if self.whole else 1.0) for each in self.pieces)
        against = -sum((each.power * count * each.logs for each, count in times), np.zeros(share.size))
        against = np.where(np.isfinite(against) & (share > 0), against, -np.inf)
        return smooth(share * np.exp(against - against.max()))

    def of(self, elicited: Elicited) -> Elicited:
        """Return what was elicited of the expert without the pieces."""
        gone = {each.place for each in self.pieces if each.kind == JUDGEMENT}
        beside, first = [], len(elicited.cases)
        for each in elicited.beside:
            beside.append(replace(each, cases=self._fewer(each.cases, first, 0.0 if self.whole else TRACE)))
            first += len(each.cases)
        return replace(
            elicited,
            held=frozen({self.expert: elicited.held[self.expert]}),
            derived=tuple(each for place, each in enumerate(elicited.derived) if place not in gone),
            cases=self._fewer(elicited.cases, 0, 0.0),
            beside=tuple(beside),
        )

    def _fewer(self, cases: Sequence[Alike], first: int, least: float) -> tuple[Alike, ...]:
        """Return what is left of rows, whose numbers begin at ``first``; what is left out keeps ``least``."""
        gone = {each.place: 1.0 if self.whole else 1.0 / each.count for each in self.pieces if each.kind == CASE}
        found = []
        for place, each in enumerate(cases, start=first):
            left = each.of(self.expert) * (1.0 - gone.get(place, 0.0))
            left = max(left, least) if place in gone else left
            if left > 0:
                found.append(replace(each, own=frozen({self.expert: left})))
        return tuple(found)


def leave_out(panel: Panel, omissions: Sequence[Omission]) -> list[LeftOut]:
    """Return the draws that leave out each of some omissions; what has to be drawn anew is drawn together."""
    given = base(panel)
    found: list[LeftOut] = []
    again: list[int] = []
    for place, each in enumerate(omissions):
        row = panel.draws.experts.index(each.expert)
        weights = each.weights(given[row])
        gate = weights.gate(f"weights of {panel.called(each.expert)} without {each.words}")
        found.append(LeftOut(panel.draws, each.expert, weights.values, weights.k, False, gate))
        if gate.verdict != PASS and panel.refit is not None and panel.draws.total > 1:
            again += [] if _ordered(panel, each.expert) else [place]
    made = redrawn(panel, [omissions[place].of(panel.elicited) for place in again])
    for place, draws in zip(again, made, strict=True):
        if isinstance(draws, CausalError):  # then the weights have to do, and their gate says so
            continue
        expert = omissions[place].expert
        share = _share(replace(panel, draws=draws), expert)
        found[place] = LeftOut(draws, expert, share, found[place].k, True, judge_run(draws))
    return found


def redrawn(panel: Panel, reduced: Sequence[Elicited]) -> list[Draws | CausalError]:
    """Return draws of what was elicited of one expert each, as the panel's own were drawn; or why there are none."""
    chains, draws = panel.draws.theta.shape[:2]
    seed, length = panel.draws.seed, Length(draws, TUNE, max(chains, CHAINS))
    targets = [target for each in reduced for target in aim(each)]
    made = zip(targets, store.obtain_each(targets, seed, length, panel.cluster), strict=True)
    return [each if isinstance(each, CausalError) else Draws.of({target.expert: each}, seed) for target, each in made]


def _ordered(panel: Panel, expert: str) -> bool:
    """Whether an expert is a pool whose draws are weighed by what its members' draws say of orders."""
    pool = panel.elicited.pool
    used = (each for each in panel.elicited.compared if each.use == "evidence")
    return pool is not None and expert == pool.name and any(each.expert in pool.members for each in used)


def _share(panel: Panel, expert: str) -> Floats:
    """Return the weights of draws of one expert alone, where an order that they judged is evidence."""
    mine = tuple(each for each in panel.elicited.compared if each.expert == expert)
    alone = replace(panel, elicited=replace(panel.elicited, compared=mine, pool=None))
    return np.asarray(base(alone)[0])


def without_orders(panel: Panel) -> Mapping[int, Panel]:
    """Return, by its place among the comparisons, the panel without each order or sign that is evidence."""
    compared = panel.elicited.compared
    found = {}
    for place, each in enumerate(compared):
        if each.use == "evidence":
            rest = (*compared[:place], *compared[place + 1 :])
            found[place] = replace(panel, elicited=replace(panel.elicited, compared=rest))
    return found
