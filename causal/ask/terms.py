"""What moved an expert's draws, piece by piece, and the draws without each piece.

piece                       its log density at every draw
a judgement on a total      ln N(m | phi, sd / sqrt(weight)), phi on the scale of its form
a comparable case           ln P(what was seen of it); it counts by its relevance

without a piece             weights 1 / exp(power * log density), Pareto-smoothed (Vehtari, Gelman & Gabry 2017)
                            drawn anew where Pareto k or the effective size says that they will not do

A panel that is pooled into one posterior has pieces of its own: what its experts judged of totals, pooled, and what its
priors have beside their families.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from causal.ask.panel import Panel
from causal.ask.phrases import phrase, spoken
from causal.exact.kernel import Floats
from causal.learn import store
from causal.learn.cases import at_home
from causal.learn.elicited import Alike, Derived
from causal.learn.gate import PASS, Gate, diagnose, judge_run
from causal.learn.nuts import Length
from causal.learn.sample import CHAINS, TUNE, Draws, aim
from causal.learn.weights import smooth
from causal.spec.model import Model, frozen
from causal.spec.priors import CaseFile, CaseRow

JUDGEMENT, CASE, POOLED, PRIOR = "judgement", "case", "pooled", "prior"
LOG_ROOT = 0.5 * float(np.log(2.0 * np.pi))


@dataclass(frozen=True)
class Term:
    """One piece: ``logs`` is its log density at every draw of ``expert``, shape (draws,).

    It is in the posterior to the power ``power``; ``count`` is of how many alike it is one. ``place`` says which of the
    derived judgements, or of the rows of cases, it is.
    """

    expert: str
    kind: str
    place: int
    text: str
    words: str
    logs: Floats
    power: float = 1.0
    count: float = 1.0


@dataclass(frozen=True)
class LeftOut:
    """Draws of an expert without a piece, shape (parameters, draws), with their weights ``share``.

    ``k`` is Pareto k of the weights, also where ``refitted`` says that these are draws of their own.
    """

    theta: Floats
    share: Floats
    k: float
    refitted: bool
    gate: Gate
    chains: int = 1

    def diagnosed(self, values: Floats, name: str) -> Gate:
        """Judge a number over draws of their own; numbers over weighted draws are judged by the weights."""
        if not self.refitted or np.ptp(values) == 0.0:
            return self.gate
        rows = values.reshape(1, self.chains, -1)
        return self.gate & diagnose(rows, "nuts", np.array([False])).gate(0, name)


@dataclass(frozen=True)
class Seen:
    """A distinct row of comparable cases; ``alike`` has its slot and what it counts, ``place`` is its number."""

    file: CaseFile
    row: CaseRow
    alike: Alike
    place: int

    @property
    def certain(self) -> bool:
        """Whether what was seen is an event."""
        return all(len(likelihoods) == 1 for _, likelihoods in self.row.seen)

    def words(self, model: Model) -> str:
        """Return what was seen, in words."""
        parts = []
        for name, likelihoods in self.row.seen:
            state, doubt = max(likelihoods, key=lambda each: each[1])
            unsure = "" if len(likelihoods) == 1 else f" ({100 * doubt:.0f} % sure)"
            parts.append(f"{model.variables[name].title}: {spoken(state)}{unsure}")
        return ", ".join(parts)


def rows(panel: Panel) -> tuple[Seen, ...]:
    """Return the distinct rows of comparable cases that are of the model itself, in the order of their slots."""
    pairs = [(file, row) for file in at_home(panel.elicited.priors) for row in file.rows or ()]
    every = zip(pairs, panel.elicited.cases, strict=True)
    return tuple(Seen(file, row, alike, place) for place, ((file, row), alike) in enumerate(every))


def on_scale(panel: Panel, derived: Sequence[Derived]) -> list[Floats]:
    """Return what each judgement's expert implies about it, draw by draw, on the scale of its form."""
    if not derived:
        return []
    values = panel.values([each.slot for each in derived])
    at = {name: row for row, name in enumerate(panel.draws.experts)}
    return [values[row, at[each.expert]].ravel() for row, each in enumerate(derived)]


def density(derived: Derived, phi: Floats) -> Floats:
    """Return the log density of what was stated where its expert implies ``phi``; a weight widens it."""
    belief = derived.fit.belief
    return normal(belief.mean, belief.sd / float(np.sqrt(derived.judgement.weight)), phi)


def normal(mean: float, sd: float, phi: Floats) -> Floats:
    """Return the log density of a normal at ``phi``."""
    return np.asarray(-0.5 * ((mean - phi) / sd) ** 2 - np.log(sd) - LOG_ROOT)


def terms(panel: Panel) -> dict[str, tuple[Term, ...]]:
    """Return, by expert, every piece that their posterior leans on: judgements in the order of the file, then cases."""
    model = panel.elicited.network.model
    evidence = [(place, each) for place, each in enumerate(panel.elicited.derived) if each.use == "evidence"]
    found: dict[str, list[Term]] = {name: [] for name in panel.draws.experts}
    _pooled(panel, found)
    implied = on_scale(panel, [each for _, each in evidence])
    for (place, each), phi in zip(evidence, implied, strict=True):
        about = each.judgement.about
        words = phrase(about, model)
        found[each.expert].append(Term(each.expert, JUDGEMENT, place, str(about), words, density(each, phi)))
    seen = rows(panel)
    if seen:
        with np.errstate(divide="ignore"):
            chances = np.log(panel.values([each.alike.slot for each in seen]))
        for column, name in enumerate(panel.draws.experts):
            for number, row in enumerate(seen):
                logs, words = chances[number, column].ravel(), row.words(model)
                power = row.alike.of(name) / row.row.count
                found[name].append(Term(name, CASE, row.place, words, words, logs, power, row.row.count))
    return {name: tuple(each) for name, each in found.items()}


def _pooled(panel: Panel, found: dict[str, list[Term]]) -> None:
    """Add what a pool has of its own."""
    pool = panel.elicited.pool
    if pool is None or pool.name not in found or not pool.evidence:
        return
    values = panel.values([each.slot for each in pool.evidence])[:, panel.draws.experts.index(pool.name)]
    for each, phi in zip(pool.evidence, values, strict=True):
        kind = PRIOR if each.about in panel.elicited.network.index else POOLED
        logs = normal(each.mean, each.sd, phi.ravel())
        found[pool.name].append(Term(pool.name, kind, -1, each.about, each.about, logs))


def base(panel: Panel) -> Floats:
    """Return the weights of all draws, shape (experts, draws), each expert's summing to one."""
    share = panel.share()
    if share is None:
        return np.full((len(panel.draws.experts), panel.draws.total), 1.0 / panel.draws.total)
    return np.asarray(share / share.sum(axis=1, keepdims=True))


def left_out(panel: Panel, out: Sequence[Term], share: Floats, whole: bool = False) -> LeftOut:
    """Return an expert's draws without some pieces; of cases without one alike, or with ``whole`` without any.

    ``share`` is the weight that each draw has already.
    """
    expert, draws = out[0].expert, panel.draws
    against = -sum((each.power * (each.count if whole else 1.0) * each.logs for each in out), np.zeros(draws.total))
    against = np.where(np.isfinite(against) & (share > 0), against, -np.inf)
    weights = smooth(share * np.exp(against - against.max()))
    what = f"'{out[0].words}'" if len(out) == 1 else "the cases"
    gate = weights.gate(f"weights of {panel.called(expert)} without {what}")
    if gate.verdict == PASS or panel.refit is None or draws.total == 1 or _ordered(panel, expert):
        return LeftOut(draws.flat(draws.experts.index(expert)), weights.values, weights.k, False, gate)
    made = _again(panel, expert, out, whole)
    without = replace(panel, draws=made)
    return LeftOut(made.flat(0), _share(without, expert), weights.k, True, judge_run(made), made.theta.shape[0])


def _ordered(panel: Panel, expert: str) -> bool:
    """Whether an expert is a pool whose draws are weighed by what its members' draws say of orders."""
    pool = panel.elicited.pool
    used = (each for each in panel.elicited.compared if each.use == "evidence")
    return pool is not None and expert == pool.name and any(each.expert in pool.members for each in used)


def _again(panel: Panel, expert: str, out: Sequence[Term], whole: bool) -> Draws:
    """Draw one expert anew without some pieces."""
    elicited, (chains, length) = panel.elicited, panel.draws.theta.shape[:2]
    gone = {each.place for each in out if each.kind == JUDGEMENT}
    fewer = {each.place: (each.count if whole else 1.0) / each.count for each in out if each.kind == CASE}
    cases = (
        Alike(each.slot, each.of(expert) * (1.0 - fewer.get(place, 0.0))) for place, each in enumerate(elicited.cases)
    )
    rest = replace(
        elicited,
        held=frozen({expert: elicited.held[expert]}),
        derived=tuple(each for place, each in enumerate(elicited.derived) if place not in gone),
        cases=tuple(each for each in cases if each.weight > 0),
    )
    made, _ = store.obtain(aim(rest), panel.draws.seed, Length(length, TUNE, max(chains, CHAINS)))
    return Draws.of(made, panel.draws.seed)


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
