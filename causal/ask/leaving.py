"""How probable each case, or each judgement on a total, is to a posterior that has not seen it.

    p_k              probability of what is left out at draw k: a case's own (what was not seen summed out), or the
                     Normal density of what was said at the total that the draw implies
    without it       draw k weighs p_k^-r, r being how much it counted in the posterior: the relevance of a case, 1; or
                     draws of their own, where the weights will not do (without.py)
    log predictive   ln sum_k w_k p_k                                   Vehtari, Gelman & Gabry (2017), eq. 10
    the panel        ln sum_e weight_e exp(that of e): its weights do not learn from cases; or that of its one posterior

One case of a row that stands for several is left out, and counts as often as the row does; a row of cases that have a
model of their own is scored by those who learn from it. A judgement is left out for who made it, and is scored by them
alone. All are natural logarithms: of a case, of a probability; of a judgement, of a density on the scale on which it is
evidence, so that only differences between graphs have a meaning.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from causal.ask.answer import PANEL
from causal.ask.panel import Panel
from causal.ask.predicted import expected
from causal.ask.terms import CASE, JUDGEMENT, Term, density, rows, terms
from causal.ask.without import LeftOut, Omission, leave_out
from causal.errors import ImpossibleEvidence
from causal.exact.kernel import Floats
from causal.learn.gate import PASS

type Key = tuple[str, ...]  # what is left out, in words that are the same whatever the graph


@dataclass(frozen=True)
class Left:
    """Log predictive densities of what was left out one at a time.

    ``logs`` has them by voice (``panel`` and every expert), NaN where a voice has none; ``counts`` how often each
    counts. ``unsure`` are those that cannot be left out well for somebody; ``refitted`` counts the draws made anew.
    """

    keys: tuple[Key, ...]
    counts: Floats
    logs: Mapping[str, Floats]
    unsure: frozenset[Key] = frozenset()
    refitted: int = 0

    def only(self, keys: tuple[Key, ...]) -> Left:
        """Return those of some keys, in their order; all are known."""
        place = {key: at for at, key in enumerate(self.keys)}
        at = [place[key] for key in keys]
        return replace(
            self, keys=keys, counts=self.counts[at], logs={name: logs[at] for name, logs in self.logs.items()}
        )


def cases_left_out(panel: Panel) -> Left:
    """Leave out every comparable case in turn.

    Raises ImpossibleEvidence where one has probability zero for an expert.
    """
    seen, pieces = rows(panel), _pieces(panel, CASE)
    for term in pieces:
        if not np.isfinite(term.logs).any():
            each, whom = seen[term.place], panel.called(term.expert)
            raise ImpossibleEvidence(f"{each.file.file}, line {each.row.line}: this case is impossible for {whom}")
    keys = tuple((each.file.file, str(each.row.seen)) for each in seen)
    logs = {name: np.full(len(seen), np.nan) for name in panel.draws.experts}  # a pooled panel's posterior is one more
    unsure, refitted = set(), 0
    for term, out in zip(pieces, _each_left_out(panel, pieces), strict=True):
        with np.errstate(divide="ignore"):
            own = np.log(out.chance(panel, seen[term.place])) if out.refitted else term.logs
        logs[term.expert][term.place] = expected(own, out.share)
        refitted += out.refitted
        if out.gate.verdict != PASS:
            unsure.add(keys[term.place])
    found = {PANEL: _pooled(panel, logs), **{name: logs[name] for name in panel.experts}}
    return Left(keys, np.array([each.row.count for each in seen]), found, frozenset(unsure), refitted)


def judgements_left_out(panel: Panel) -> Left:
    """Leave out every judgement on a total that is evidence, in turn, for the expert who made it."""
    pieces = [term for term in _pieces(panel, JUDGEMENT) if term.expert in panel.experts]
    logs = {name: np.full(len(pieces), np.nan) for name in (PANEL, *panel.experts)}
    keys, unsure, refitted = [], set(), 0
    for at, (term, out) in enumerate(zip(pieces, _each_left_out(panel, pieces), strict=True)):
        derived, own = panel.elicited.derived[term.place], term.logs
        if out.refitted:
            own = density(derived, panel.elicited.network.recorder.tape([derived.slot]).values(out.theta)[0])
        said = derived.evidence
        keys.append((term.expert, said.about, f"{said.mean:.12g}", f"{said.sd:.12g}"))
        logs[term.expert][at] = expected(own, out.share)
        if term.expert in panel.pooled:
            logs[PANEL][at] = logs[term.expert][at]
        refitted += out.refitted
        if out.gate.verdict != PASS:
            unsure.add(keys[-1])
    return Left(tuple(keys), np.ones(len(pieces)), logs, frozenset(unsure), refitted)


def _pieces(panel: Panel, kind: str) -> list[Term]:
    return [term for own in terms(panel).values() for term in own if term.kind == kind]


def _each_left_out(panel: Panel, pieces: Sequence[Term]) -> list[LeftOut]:
    return leave_out(panel, [Omission((term,)) for term in pieces])


def _pooled(panel: Panel, logs: Mapping[str, Floats]) -> Floats:
    """Return the panel's log predictive density, that of the mixture of those of its experts who have one."""
    weights = np.array(list(panel.weights.values()))[:, None]
    own = np.stack([logs[name] for name in panel.weights])
    known = ~np.isnan(own)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.log(np.where(known, weights, 0.0) / (weights * known).sum(axis=0))
        mixed = np.logaddexp.reduce(np.where(known, own, 0.0) + shares, axis=0)
    return np.where(known.any(axis=0), mixed, np.nan)
