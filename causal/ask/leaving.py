"""How probable each case, or each judgement on a total, is to a posterior that has not seen it.

    p_k              probability of what is left out at draw k: a case's own (what was not seen summed out), or the
                     Normal density of what was said at the total that the draw implies
    without it       draw k weighs p_k^-r, r being how much it counted in the posterior: the relevance of a case, 1
    log predictive   ln sum_k w_k p_k, weights Pareto-smoothed          Vehtari, Gelman & Gabry (2017), eq. 10
    the panel        ln sum_e weight_e exp(that of e): its weights do not learn from cases; or that of its one posterior

One case of a row that stands for several is left out, and counts as often as the row does. A judgement is left out for
who made it, and is scored by them alone. All are natural logarithms: of a case, of a probability; of a judgement, of a
density on the scale on which it is evidence, so that only differences between graphs have a meaning.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from causal.ask.answer import PANEL
from causal.ask.panel import Panel
from causal.errors import ImpossibleEvidence
from causal.exact.kernel import Floats
from causal.learn.cases import at_home
from causal.learn.elicited import Alike
from causal.learn.gate import PARETO_K
from causal.learn.nuts import Length
from causal.learn.sample import CHAINS, TUNE, aim, draw
from causal.learn.weights import smooth

REFITS = 12  # cases and experts at most that are drawn again; the others are not scored
LEAST = 1e-300  # a probability below this counts as this, so that its weight is a number

type Key = tuple[str, ...]  # what is left out, in words that are the same whatever the graph


@dataclass(frozen=True)
class Left:
    """Log predictive densities of what was left out one at a time.

    ``logs`` has them by voice (``panel`` and every expert), NaN where a voice has none; ``counts`` how often each
    counts. ``unsure`` are those whose weights do not hold for somebody; ``refitted`` counts those drawn again instead.
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
    """Leave out every comparable case in turn; where the weights do not hold, the expert's draws are made again.

    Raises ImpossibleEvidence where one has probability zero for an expert.
    """
    rows = [(file, row) for file in at_home(panel.elicited.priors) for row in file.rows or ()]
    if not rows:
        return Left((), np.zeros(0), {PANEL: np.zeros(0)})
    keys = tuple((file.file, str(row.seen)) for file, row in rows)
    slots = [each.slot for each in panel.elicited.cases]
    values = panel.values(slots).reshape(len(slots), len(panel.draws.experts), panel.draws.total)
    given = panel.share()
    logs = {name: np.empty(len(rows)) for name in panel.draws.experts}  # a panel pooled into one posterior is one more
    unsure, refitted = set(), 0
    for at, (file, row) in enumerate(rows):
        for expert, name in enumerate(panel.draws.experts):
            p = values[at, expert]
            if not p.max() > 0:
                whom = panel.called(name)
                raise ImpossibleEvidence(f"{file.file}, line {row.line}: this case is impossible for {whom}")
            relevance = file.own.get(name, file.relevance)
            logs[name][at], k = _predictive(p, relevance, None if given is None else given[expert])
            if k <= PARETO_K[0]:
                continue
            if given is None and refitted < REFITS:
                logs[name][at], refitted = _again(panel, name, slots[at], relevance), refitted + 1
            else:
                unsure.add(keys[at])
    found = {PANEL: _pooled(panel, logs), **{name: logs[name] for name in panel.experts}}
    return Left(keys, np.array([row.count for _, row in rows]), found, frozenset(unsure), refitted)


def judgements_left_out(panel: Panel) -> Left:
    """Leave out every judgement on a total that is evidence, in turn, for the expert who made it."""
    evidence = [each for each in panel.elicited.evidence if each.expert in panel.experts]
    logs = {name: np.full(len(evidence), np.nan) for name in (PANEL, *panel.experts)}
    if not evidence:
        return Left((), np.zeros(0), logs)
    tape = panel.elicited.network.recorder.tape([each.slot for each in evidence])
    values = [tape.values(panel.draws.flat(row)) for row in range(len(panel.draws.experts))]
    given, keys, unsure = panel.share(), [], set()
    for at, each in enumerate(evidence):
        expert = panel.draws.experts.index(each.expert)
        z = (each.mean - values[expert][at]) / each.sd
        density = np.exp(-(z**2) / 2) / (each.sd * np.sqrt(2 * np.pi))
        value, k = _predictive(density, 1.0, None if given is None else given[expert])
        keys.append((each.expert, each.about, f"{each.mean:.12g}", f"{each.sd:.12g}"))
        logs[each.expert][at] = value
        if each.expert in panel.pooled:
            logs[PANEL][at] = value
        if k > PARETO_K[0]:
            unsure.add(keys[-1])
    return Left(tuple(keys), np.ones(len(evidence)), logs, frozenset(unsure))


def _predictive(p: Floats, counted: float, share: Floats | None) -> tuple[float, float]:
    """Return the log predictive density of what has densities ``p`` and counted so often, and the weights' k."""
    logs = np.log(np.maximum(p, LEAST))
    raw = -counted * logs + (0.0 if share is None else np.log(np.maximum(share, LEAST)))
    weights = smooth(np.exp(raw - raw.max()))
    top = logs.max()
    return float(top + np.log(weights.values @ np.exp(logs - top))), weights.k


def _again(panel: Panel, name: str, slot: int, relevance: float) -> float:
    """Return the log predictive probability of a case by draws of one expert that were made without it."""
    less = [Alike(each.slot, each.of(name) - relevance if each.slot == slot else each.of(name))
            for each in panel.elicited.cases]  # fmt: skip
    without = replace(panel.elicited, cases=tuple(each for each in less if each.weight > 0))
    target = next(each for each in aim(without) if each.expert == name)
    chains, draws = panel.draws.theta.shape[:2]
    made = draw([target], panel.draws.seed, Length(draws, TUNE, max(chains, CHAINS)))[name]
    theta = np.ascontiguousarray(made.theta.reshape(-1, made.theta.shape[-1]).T)
    return float(np.log(panel.elicited.network.recorder.tape([slot]).values(theta)[0].mean()))


def _pooled(panel: Panel, logs: Mapping[str, Floats]) -> Floats:
    """Return the panel's log predictive density, that of the mixture of its experts."""
    stacked = np.stack([logs[name] + np.log(weight) for name, weight in panel.weights.items()])
    return np.asarray(np.logaddexp.reduce(stacked, axis=0))
