"""Questions put to all draws of all experts: exact per draw, then the panel as a weighted mixture.

    per expert e and draw k      value v_ek (the tape), probability of what is given w_ek
    population level             mean over draws of v_ek; panel: sum_e weight_e mean_e
    case level                   sum_k w_ek v_ek / sum_k w_ek within each expert, then the panel weights
    a comparison                 the share of draws in which it holds

The panel's interval is that of the mixture of all pooled draws, so a split panel shows as a wide or two-humped one.
Where the panel is pooled into one posterior (``pooling: log`` or ``hierarchical``) it has draws of its own, which are
all of that mixture.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from causal.ask.answer import CI_PROB, PANEL, Answer, CaseMean, Estimate
from causal.ask.bounds import Alternatives, Bounds, Coupled, Sharp, alternatives, sharpest
from causal.ask.means import exact_mean
from causal.ask.orders import reweighted
from causal.ask.sorts import combine, kind, rung
from causal.errors import ImpossibleEvidence, Unsupported
from causal.exact.answer import Leaf, Written
from causal.exact.coupling import INHIBITORS, coupling_of
from causal.exact.kernel import Floats
from causal.exact.quantities import contrasts
from causal.learn.elicited import Elicited
from causal.learn.gate import PASS, Diagnostics, Gate, diagnose, judge_run
from causal.learn.sample import Draws
from causal.learn.weights import Weights, smooth
from causal.spec.priors import LINEAR
from causal.spec.question import Comparison

FEW = 4  # questions asked together up to which sharp bounds are worked out
KEPT = 24  # questions (or states) asked together up to which the answers keep their draws
ROUNDING = 1e-12  # this far from a whole number is that number, reckoned with floating point
Refit = Callable[[tuple[int, ...]], Draws]


@dataclass(frozen=True)
class Panel:
    """Draws of a panel and what was elicited from it, ready to be asked.

    ``refit`` draws anew with what is given as evidence, for case-level answers whose weights will not do. ``cluster``
    is where what is left out is drawn anew, None for this machine.
    """

    elicited: Elicited
    draws: Draws
    refit: Refit | None = None
    digest: str = ""
    cluster: str | None = None

    @property
    def experts(self) -> tuple[str, ...]:
        """Those who judge; a panel that is pooled into one posterior has draws beside theirs, and is none of them."""
        pool = self.elicited.pool
        return tuple(name for name in self.draws.experts if pool is None or name != pool.name)

    @property
    def pooled(self) -> tuple[str, ...]:
        """The experts in the panel."""
        inside = tuple(name for name in self.experts if self.elicited.weights[name] > 0)
        return inside or self.experts

    @property
    def shares(self) -> Mapping[str, float]:
        """The pooled experts' weights, summing to one."""
        given = {name: self.elicited.weights[name] or 1.0 for name in self.pooled}
        total = sum(given.values())
        return {name: weight / total for name, weight in given.items()}

    @property
    def weights(self) -> Mapping[str, float]:
        """Whose draws the panel's are, with their weights: its experts', or those of its own posterior alone."""
        pool = self.elicited.pool
        return self.shares if pool is None or pool.name not in self.draws.experts else {pool.name: 1.0}

    @property
    def pooling(self) -> str:
        """How the panel is pooled: ``linear`` is the mixture of its experts."""
        return LINEAR if self.elicited.pool is None else self.elicited.pool.kind

    def speaker(self, name: str) -> str:
        """Return whose draws a name of ``draws.experts`` stands for: an expert's own, or the panel's."""
        return name if name in self.experts else PANEL

    def called(self, name: str) -> str:
        """Return an expert's name, and what a panel is called that is pooled into one posterior."""
        return name if name in self.experts else self.elicited.priors.experts[name].title.lower()

    def values(self, slots: Sequence[int]) -> Floats:
        """Return slots run for every draw, shape (slots, experts, chains, draws)."""
        tape = self.elicited.network.recorder.tape(slots)
        chains, draws = self.draws.theta.shape[:2]
        found = [tape.values(self.draws.flat(expert)) for expert in range(len(self.draws.experts))]
        return np.stack(found, axis=1).reshape(len(slots), len(self.draws.experts), chains, draws)

    def fixed(self, slots: Sequence[int]) -> NDArray[np.bool_]:
        """Return which slots no sampled number of an expert can move, shape (slots, experts)."""
        from causal.elicit import Point

        tape = self.elicited.network.recorder.tape(slots)
        columns = []
        for name in self.draws.experts:
            held = self.elicited.held[name]
            free = np.array([not isinstance(prior.belief, Point) for prior in held.priors], dtype=bool)
            columns.append(~tape.moved_by(free))
        return np.stack(columns, axis=1)

    def share(self) -> Floats | None:
        """Return each draw's weight within its expert, shape (experts, draws), where an order is used as evidence.

        Raises ImpossibleEvidence where one side of an order has no draw (orders.py).
        """
        used = [compared for compared in self.elicited.compared if compared.use == "evidence"]
        if not used or self.draws.total == 1:  # one draw, at the medians, has no other to be weighed against
            return None
        holds = self.values([compared.slot for compared in used]) > 0
        return reweighted(holds.reshape(*holds.shape[:2], -1), used, self.draws.experts, self.elicited.pool)


def ask(panel: Panel, pages: Sequence[Written], level: str = "population", ci_prob: float = CI_PROB) -> list[Answer]:
    """Answer written questions for every draw; many at once share one run of the tape and of the diagnostics.

    Raises ImpossibleEvidence where what one of them gives has probability zero for an expert.
    """
    answers = []
    for answer in attempt(panel, pages, level, ci_prob):
        if isinstance(answer, ImpossibleEvidence):
            raise answer
        answers.append(answer)
    return answers


def attempt(
    panel: Panel, pages: Sequence[Written], level: str = "population", ci_prob: float = CI_PROB
) -> list[Answer | ImpossibleEvidence]:
    """Answer as ``ask`` does, with the error in the place of an answer that cannot be had."""
    slots: list[int] = []
    others = [alternatives(panel.elicited.writer, page) for page in pages]
    for page, other in zip(pages, others, strict=True):
        slots += [*page.slots, *other.slots, *(slot for leaf in page.leaves for slot in (*leaf.values, leaf.evidence))]
    unique = list(dict.fromkeys(slots))
    place = {slot: row for row, slot in enumerate(unique)}
    values, fixed = panel.values(unique), panel.fixed(unique)
    asked = np.array([place[slot] for page in pages for slot in page.slots])
    holds = np.array([isinstance(page.question, Comparison) for page in pages for _ in page.slots])
    reported = values[asked]
    reported[holds] = reported[holds] > 0
    imagined = np.array([rung(page.reckoned) == 3 for page in pages for _ in page.slots])
    # constants by right: a comparison that holds in all draws, or in none; what would have been for certain, or not
    still = fixed[asked] | (holds[:, None] & (np.ptp(reported, axis=(2, 3)) == 0))
    still = still | (imagined[:, None] & settled(reported))
    diagnosed = [
        diagnose(reported[:, row], method, still[:, row]) for row, method in enumerate(panel.draws.method)
    ]  # fmt: skip
    run = _Run(panel, values, place, reported, diagnosed, panel.share(), ci_prob)
    answers: list[Answer | ImpossibleEvidence] = []
    at = 0
    for page, other in zip(pages, others, strict=True):
        try:
            answer = run.answer(page, at, level)
            answers.append(replace(answer, bounds=run.bounds(page, other, answer, len(pages) <= FEW)))
        except ImpossibleEvidence as error:
            answers.append(error)
        at += len(page.slots)
    return answers


def settled(values: Floats) -> NDArray[np.bool_]:
    """Return which numbers are the same 0, 1 or -1 in all draws, up to rounding; values are (numbers, experts, ...).

    Where luck is shared, what happened settles much of what would have been, whatever the parameters: had more
    caused it, it would have happened as well.
    """
    whole = np.round(values[..., :1, :1])
    found: NDArray[np.bool_] = (np.abs(values - whole) <= ROUNDING).all(axis=(2, 3))
    return found


@dataclass(frozen=True)
class _Run:
    """One run: all slots' values, and what is reported (rows in the order of the pages' slots) with its diagnostics."""

    panel: Panel
    values: Floats
    place: Mapping[int, int]
    reported: Floats
    diagnosed: Sequence[Diagnostics]
    share: Floats | None
    ci_prob: float

    def answer(self, page: Written, at: int, level: str) -> Answer:
        question, panel = page.question, self.panel
        estimates: dict[tuple[str, str], Estimate] = {}
        gate = judge_run(panel.draws)
        given = self._given(page)
        for row, state in enumerate(page.states or ("",), start=at):
            by_expert = self._by_expert(row, isinstance(question, Comparison))
            estimates[(PANEL, state)] = self._pool(row, by_expert, isinstance(question, Comparison))
            estimates.update({(name, state): by_expert[name] for name in panel.experts})
            for name, diagnosed in zip(panel.draws.experts, self.diagnosed, strict=True):
                gate = gate & diagnosed.gate(row, f"{question} by {panel.called(name)}")
        samples = {
            (panel.speaker(name), state): self.reported[row, column].ravel()
            for row, state in enumerate(page.states or ("",), start=at)
            for column, name in enumerate(panel.draws.experts)
            if len(self.reported) <= KEPT
        }
        case = None
        if not isinstance(question, Comparison) and not page.states:
            case, weighed = self._case(page, level)
            gate = gate & weighed if level == "case" else gate
        elif level == "case":
            raise Unsupported(f"'{question}' has no case level; ask for the probability of single events")
        return Answer(
            question=str(question),
            rung=rung(page.reckoned),
            estimates=estimates,
            experts=panel.experts,
            pooled=panel.pooled,
            pooling=panel.pooling,
            gate=gate,
            draws=panel.draws.total,
            kind=kind(page.reckoned),
            states=page.states,
            level=level,
            case=case,
            given=given,
            notes=page.notes,
            contrasts=contrasts(question, panel.elicited.network.graph),
            ci_prob=self.ci_prob,
            digest=panel.digest,
            samples=samples,
            exact=not panel.draws.parameters,
        )

    def bounds(self, page: Written, other: Alternatives, answer: Answer, sharply: bool) -> Bounds | None:
        """Return what an answer on rung 3 rests on."""
        if answer.rung < 3 or page.states:
            return None
        if not page.coupled:
            return Bounds({}, {}, told=page.told)
        share = isinstance(page.question, Comparison)
        couplings = {name: self._coupled(slot, share) for name, slot in other.couplings.items()}
        pair = None
        if other.tian_pearl is not None:
            low, high = (self._coupled(slot, share).mean for slot in other.tian_pearl)
            pair = (low, high)
        found: Sharp | str = "many questions were asked at once"
        if sharply:
            anchors, means = (other.tian_pearl, pair) if pair else (page.slots * 2, (answer.panel.mean,) * 2)
            found = sharpest(self.panel, page, anchors or (), means)
        sharp, without = (found, "") if isinstance(found, Sharp) else (None, found)
        variables = self.panel.elicited.network.model.variables
        own = {name: coupling_of(variables[name]) or INHIBITORS for name in page.coupled}
        return Bounds(own, couplings, pair, sharp, without, page.told, share)

    def _coupled(self, slot: int, comparison: bool) -> Coupled:
        """Summarise a slot over the panel as the answer is, without diagnostics of its own."""
        values = self.values[self.place[slot]]
        values = values > 0 if comparison else values
        by_expert = {
            name: summary(values[row].ravel(), self._own(row), self.ci_prob, 1.0, comparison).mean
            for row, name in enumerate(self.panel.draws.experts)
            if name in self.panel.experts
        }
        whole = summary(*self._mixed(values), self.ci_prob, 1.0, comparison)
        return Coupled(whole.mean, whole.lower, whole.upper, by_expert)

    def _own(self, row: int) -> Floats | None:
        return None if self.share is None else self.share[row]

    def _mixed(self, values: Floats) -> tuple[Floats, Floats]:
        """Return the pooled experts' draws side by side, and their weights."""
        weights, total = self.panel.weights, self.panel.draws.total
        at = {name: row for row, name in enumerate(self.panel.draws.experts)}
        own = np.full((len(at), total), 1 / total) if self.share is None else self.share
        mixed = np.concatenate([values[at[name]].ravel() for name in weights])
        return mixed, np.concatenate([weight * own[at[name]] for name, weight in weights.items()])

    def _given(self, page: Written) -> float | None:
        """Return the panel's probability of what is given, where the question is a single probability."""
        for leaf in page.leaves:
            evidence = self.values[self.place[leaf.evidence]]
            for expert, name in enumerate(self.panel.draws.experts):
                if not (evidence[expert] > 0).any():
                    whom = self.panel.called(name)
                    raise ImpossibleEvidence(f"what '{leaf.text}' gives has probability zero for {whom}")
        if len(page.leaves) != 1:
            return None
        evidence = self.values[self.place[page.leaves[0].evidence]]
        weights = self.panel.weights
        at = {name: row for row, name in enumerate(self.panel.draws.experts)}
        return float(sum(w * evidence[at[name]].mean() for name, w in weights.items()))

    def _by_expert(self, row: int, comparison: bool) -> dict[str, Estimate]:
        found = {}
        for column, expert in enumerate(self.panel.draws.experts):
            share = self._own(column)
            size = float(self.diagnosed[column].mean[row])
            found[expert] = summary(self.reported[row, column].ravel(), share, self.ci_prob, size, comparison)
        return found

    def _pool(self, row: int, by_expert: Mapping[str, Estimate], comparison: bool) -> Estimate:
        """Mix the pooled experts' draws with their weights."""
        weights = self.panel.weights
        mixed, share = self._mixed(self.reported[row])
        found = summary(mixed, share, self.ci_prob, 1.0, comparison)
        mcse = float(np.sqrt(sum((weight * by_expert[name].mcse) ** 2 for name, weight in weights.items())))
        return replace(found, mcse=mcse, ess=float(sum(by_expert[name].ess for name in weights)))

    def _case(self, page: Written, level: str) -> tuple[CaseMean | None, Gate]:
        """Return the case-level mean: every leaf weighted by its own evidence, then the arithmetic on means."""
        moving = [leaf for leaf in page.leaves if np.ptp(self.values[self.place[leaf.evidence]]) > 0]
        if not moving and level != "case":
            return None, Gate()
        means: dict[str, dict[str, float]] = {name: {} for name in self.panel.draws.experts}
        gate, size, k, refitted = Gate(), float(self.panel.draws.total), -np.inf, False
        for leaf in page.leaves:
            for row, name in enumerate(self.panel.draws.experts):
                exact = exact_mean(self.panel, leaf, row)
                if exact is not None:
                    means[name][leaf.text] = exact
                    continue
                weights = self._news(leaf, row)
                v = self.values[self.place[leaf.values[0]], row].ravel()
                mean = float(np.nansum(weights.values * v))
                judged = weights.gate(f"weights of {leaf.text} by {self.panel.called(name)}")
                if level == "case" and judged.verdict != PASS and self.panel.refit is not None:
                    (mean, judged), refitted = self._refitted(leaf, row), True
                else:  # a k that is not a number stays one, and is not trusted
                    size, k = min(size, weights.size), float(np.maximum(k, weights.k))
                gate = gate & judged
                means[name][leaf.text] = mean
        by_expert = {name: combine(page.reckoned, found) for name, found in means.items()}
        mean = sum(w * by_expert[name] for name, w in self.panel.weights.items())
        return CaseMean(mean, {name: by_expert[name] for name in self.panel.experts}, size, k, refitted), gate

    def _news(self, leaf: Leaf, row: int) -> Weights:
        evidence = self.values[self.place[leaf.evidence], row].ravel()
        return smooth(evidence if self.share is None else evidence * self.share[row] * evidence.size)

    def _refitted(self, leaf: Leaf, row: int) -> tuple[float, Gate]:
        """Return one expert's case mean of a leaf, and its gate, from draws conditioned on what is given."""
        assert self.panel.refit is not None
        again, slots = replace(self.panel, draws=self.panel.refit((leaf.evidence,))), [leaf.values[0]]
        values, still = again.values(slots)[:, row], again.fixed(slots)[:, row]
        diagnosed = diagnose(values, again.draws.method[row], still | settled(values[:, None])[:, 0])
        name = f"{leaf.text} as news, by {again.called(again.draws.experts[row])}"
        return float(values.mean()), judge_run(again.draws) & diagnosed.gate(0, name)


def summary(values: Floats, share: Floats | None, ci_prob: float, size: float, comparison: bool) -> Estimate:
    """Summarise draws with weights ``share`` (None: equal); draws that are not numbers are left out."""
    known = np.isfinite(values)
    values = values[known]
    share = np.full(values.size, 1.0 / values.size) if share is None else share[known] / share[known].sum()
    mean = float(np.clip(share @ values, values.min(), values.max()))  # a constant stays what it is
    mcse = float(np.sqrt(share @ (values - mean) ** 2) / np.sqrt(size))
    if comparison:
        return Estimate(mean, None, None, None, mcse, size)
    if share[0] == share.min() == share.max():  # equal weights: the places are known before the values are ordered
        at = _places(values.size, float(share[0]), ci_prob)
        lower, median, upper = (float(each) for each in np.partition(values, at)[list(at)])
    else:
        order = np.argsort(values, kind="stable")
        lower, median, upper = (float(each) for each in values[order][list(_ends(np.cumsum(share[order]), ci_prob))])
    return Estimate(mean, median, lower, upper, mcse, size)


def _ends(rising: Floats, ci_prob: float) -> tuple[int, int, int]:
    """Return where an interval begins, its middle and its end, of weights summed in the order of the values."""
    tail = (1.0 - ci_prob) / 2
    low, middle, high = np.searchsorted(rising, [tail, 0.5, 1.0 - tail]).clip(0, rising.size - 1).tolist()
    return low, middle, high


@lru_cache(maxsize=64)
def _places(count: int, share: float, ci_prob: float) -> tuple[int, int, int]:
    return _ends(np.cumsum(np.full(count, share)), ci_prob)
