"""A panel pooled into one posterior of its own, held beside those of its experts.

    part                    pooling: log                              pooling: hierarchical
    prior of a parameter    everyone's, defaults included             of those who judged it; else its default, once
    derived judgements      each to the power of its expert's weight  those on one question pooled into one, each
                                                                      widened by the factors
    orders, signs           the same power on how they reweigh draws  refused as evidence
    comparable cases        once                                      once
    weights of experts      powers                                    0 leaves out, others do not count: factors do

The log pool of whole posteriors is the pool of their priors times every piece of evidence to the power of its expert's
weight, since weights sum to one; that is what is built here. Where betas and logit-normals meet, the pool of one
parameter is a beta prior with a normal piece of evidence on the log-odds beside it.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from typing import final, override

from causal.elicit import (
    Belief,
    Beta,
    Cuts,
    LogitNormal,
    LogOdds,
    Normal,
    Point,
    Spread,
    TruncatedNormal,
    effective,
    hierarchical,
    hierarchical_cuts,
    log_pool,
    log_pool_cuts,
    spread,
)
from causal.errors import ElicitationError, Problem, SpecError
from causal.exact.parameter import Parameter
from causal.learn.coded import coder
from causal.learn.elicited import UNITS, Derived, Elicited, Evidence, Held, Pool, Prior
from causal.spec.model import frozen
from causal.spec.priors import HIERARCHICAL, LOG, PANELS, POOLED, Expert, Judgement

MIDDLE = 0.5  # an sd on the log-odds, for a panel that stated none


def pool(elicited: Elicited) -> Elicited:
    """Return what was elicited with the panel's own posterior beside its experts'.

    Raises SpecError, at their lines, with all judgements that cannot be pooled.
    """
    made = _Log(elicited) if elicited.priors.pooling == LOG else _Hierarchical(elicited)
    made.refuse()
    held, found = made.held(), made.pool()
    if made.problems:
        raise SpecError(made.problems)
    experts = {**elicited.priors.experts, POOLED: Expert(POOLED, PANELS[found.kind], pool=False)}
    return replace(
        elicited,
        priors=replace(elicited.priors, experts=frozen(experts)),
        held={**elicited.held, POOLED: held},
        weights=frozen({**elicited.weights, POOLED: 0.0}),
        notes=(*elicited.notes, *found.told),
        pool=found,
    )


class _Pooling(ABC):
    """What both kinds share: who is in the panel, and where problems go."""

    def __init__(self, elicited: Elicited) -> None:
        self.elicited, self.priors = elicited, elicited.priors
        inside = {name: weight for name, weight in elicited.weights.items() if weight > 0}
        total = sum(inside.values())
        self.weights: Mapping[str, float] = frozen({name: weight / total for name, weight in inside.items()})
        self.members = {name: elicited.held[name] for name in self.weights}
        self.problems: list[Problem] = []
        self.evidence: list[Evidence] = []
        self.exact: list[str] = []  # parameters that one says exactly and another does not

    @abstractmethod
    def belief(self, parameter: Parameter, each: Mapping[str, Prior]) -> tuple[Belief, float]:
        """Return the panel's belief about a parameter, and its median."""

    @abstractmethod
    def cuts(self, group: str) -> Cuts:
        """Return the panel's belief about the cuts of a variable."""

    @abstractmethod
    def pool(self) -> Pool:
        """Return the panel's evidence and what there is to say of it, once its priors are made."""

    def refuse(self) -> None:
        """Note the judgements that move a posterior in a way that has no such pool: the one place that says which."""
        for derived in self.elicited.derived:
            if derived.expert in self.members and derived.use not in ("evidence", "check"):
                self._refused(derived.judgement, f"'use: {derived.use}' reshapes one expert's posterior")
        for compared in self.elicited.compared:
            if compared.expert in self.members and compared.use == "evidence" and self.priors.pooling != LOG:
                self._refused(compared.judgement, "an order used as evidence has no scale for factors to be added on")

    def _refused(self, judgement: Judgement, why: str) -> None:
        advice = f"it cannot be pooled by '{self.priors.pooling}'; leave 'use' out, or write 'pooling: linear'"
        self.problems.append(self.priors.problem(judgement, f"{why}: {advice}"))

    def held(self) -> Held:
        """Return the panel's priors; problems are noted at the judgement that makes them."""
        cuts: dict[str, Cuts] = {}
        priors = []
        for place, parameter in enumerate(self.elicited.network.parameters):
            each = {name: held.priors[place] for name, held in self.members.items()}
            try:
                if parameter.scale == "cut":
                    if parameter.group not in cuts:
                        cuts[parameter.group] = self.cuts(parameter.group)
                    belief, median = _of_cut(cuts[parameter.group], parameter.rank - 1)
                else:
                    belief, median = self.belief(parameter, each)
            except ElicitationError as error:
                self._clash(each, error)
                first = next(iter(each.values()))
                belief, median = first.belief, first.median
                if parameter.scale == "cut":
                    cuts[parameter.group] = next(iter(self.members.values())).cuts[parameter.group]
            priors.append(Prior(parameter, belief, median, _origin(list(each.values()))))
        return Held(tuple(priors), cuts)

    def _clash(self, each: Mapping[str, Prior], error: ElicitationError) -> None:
        """Note that judgements have no pool, at the last of them, with the others by name and line."""
        said = [prior for prior in each.values() if prior.judgement is not None]
        exact = [prior for prior in said if isinstance(prior.belief, Point)]
        *others, last = sorted(exact if len(exact) > 1 else said, key=_line)
        assert last.judgement is not None
        beside = "".join(f", {_words(other)} (line {_line(other)})" for other in others)
        advice = "give one of them a width, or write 'pooling: linear', which keeps them all"
        self.problems.append(self.priors.problem(last.judgement, f"{_words(last)}{beside}: {error}; {advice}"))

    def used(self) -> list[Derived]:
        """Return the derived judgements of the panel's experts that are evidence."""
        return [d for d in self.elicited.derived if d.use == "evidence" and d.expert in self.members]


@final
class _Log(_Pooling):
    """The logarithmic pool."""

    @override
    def belief(self, parameter: Parameter, each: Mapping[str, Prior]) -> tuple[Belief, float]:
        found = log_pool([prior.belief for prior in each.values()], [self.weights[name] for name in each])
        if found.tilt is not None:
            recorder, slot = self.elicited.network.recorder, self.elicited.network.index[parameter.name]
            odds = recorder.minus_of(recorder.log(slot), recorder.log(recorder.flip(slot)))
            self.evidence.append(Evidence(POOLED, parameter.name, odds, found.tilt.mu, found.tilt.sigma))
        sure = [name for name, prior in each.items() if isinstance(prior.belief, Point)]
        if 0 < len(sure) < len(each):
            self.exact.append(f"{parameter.name} by {' and '.join(sure)}")
        first, *others = each.values()
        if all(other.belief == first.belief and other.median == first.median for other in others):
            return first.belief, first.median  # a default that all take keeps its median as stated
        return found.belief, found.median

    @override
    def cuts(self, group: str) -> Cuts:
        return log_pool_cuts([held.cuts[group] for held in self.members.values()], list(self.weights.values()))

    @override
    def pool(self) -> Pool:
        for derived in self.used():
            own = derived.evidence
            self.evidence.append(replace(own, expert=POOLED, sd=own.sd / math.sqrt(self.weights[derived.expert])))
        told = (
            f"the panel is a logarithmic pool: one posterior, the product of those of {_experts(len(self.members))}, "
            "each to the power of its weight; where they disagree it lies between them and keeps no two camps apart"
        )
        exact = (f"what one expert says exactly is exact to the panel, whatever others say: {'; '.join(self.exact)}",)
        return Pool(LOG, self.weights, tuple(self.evidence), told=(told, *(exact if self.exact else ())))


@final
class _Hierarchical(_Pooling):
    """One truth, and factors that everyone, a school, or an expert alone err by."""

    def __init__(self, elicited: Elicited) -> None:
        super().__init__(elicited)
        factors = self.priors.factors
        self.sds = (factors.all, factors.school, factors.expert)
        self.school = {name: self.priors.experts[name].school or None for name in self.members}
        self.asked: list[tuple[list[float], list[float], list[Hashable]]] = []  # y, t, schools, on the log-odds

    @override
    def belief(self, parameter: Parameter, each: Mapping[str, Prior]) -> tuple[Belief, float]:
        judged = {name: prior for name, prior in each.items() if prior.origin == "judged"}
        if not judged:  # a default counts once
            first = next(iter(each.values()))
            return first.belief, first.median
        beliefs = [prior.belief for prior in judged.values()]
        ends = [each for each in beliefs if isinstance(each, Point) and parameter.scale != "offset"
                and each.value in (0.0, 1.0)]  # fmt: skip
        if ends:
            if any(other != ends[0] for other in beliefs):
                raise ElicitationError("what is impossible, or certain, has no log-odds to be pooled with")
            return ends[0], ends[0].value
        line = [_on_line(belief, parameter.scale) for belief in beliefs]
        y = [mean for mean, _ in line]
        t = [self._coded(sd, prior.judgement) for (_, sd), prior in zip(line, judged.values(), strict=True)]
        schools: list[Hashable] = [self.school[name] for name in judged]
        found = hierarchical(y, t, schools, self.sds)
        self.asked.append((y, t, schools))
        if parameter.scale == "offset":
            low = max((b.low for b in beliefs if isinstance(b, TruncatedNormal)), default=-math.inf)
            high = min((b.high for b in beliefs if isinstance(b, TruncatedNormal)), default=math.inf)
            forced = math.isfinite(low) or math.isfinite(high)
            belief: Belief = Point(found.mean) if found.sd == 0 else Normal(found.mean, found.sd)
            belief = TruncatedNormal(found.mean, found.sd, low, high) if forced and found.sd > 0 else belief
            return belief, float(belief.quantile(0.5))
        median = float(LogOdds().state(found.mean))
        return (LogitNormal(found.mean, found.sd) if found.sd > 0 else Point(median)), median

    @override
    def cuts(self, group: str) -> Cuts:
        judged = [
            name
            for name, held in self.members.items()
            if any(prior.origin == "judged" and prior.parameter.group == group and prior.parameter.scale == "cut"
                   for prior in held.priors)
        ]  # fmt: skip
        if not judged:
            return next(iter(self.members.values())).cuts[group]
        held, schools = [self._read(name, group) for name in judged], [self.school[name] for name in judged]
        self.asked.append(([each.anchor[0] for each in held], [each.anchor[1] for each in held], list(schools)))
        return hierarchical_cuts(held, schools, self.sds)

    def _read(self, name: str, group: str) -> Cuts:
        """Return an expert's cuts, all moved alike by an error of whoever read them out of a book."""
        held = self.members[name]
        judgements = [prior.judgement for prior in held.priors if prior.parameter.group == group]
        (mean, sd), cuts = held.cuts[group].anchor, held.cuts[group]
        return replace(cuts, anchor=(mean, max(self._coded(sd, each) for each in judgements)))

    def _coded(self, sd: float, judgement: Judgement | None) -> float:
        """Return an expert's own sd with that of whoever read it out of a book."""
        read = judgement is not None and coder(judgement)  # a file with double coding has widened it already
        return math.hypot(sd, self.priors.factors.coder) if read and self.elicited.coding is None else sd

    @override
    def pool(self) -> Pool:
        by_question: dict[tuple[str, int], list[Derived]] = {}
        for derived in self.used():
            by_question.setdefault((derived.scale, derived.slot), []).append(derived)
        for (scale, slot), several in by_question.items():
            unit = UNITS[scale]
            y = [each.evidence.mean for each in several]
            t = [self._coded(each.evidence.sd / unit, each.judgement) * unit for each in several]
            schools = [self.school[each.expert] for each in several]
            sds = (self.sds[0] * unit, self.sds[1] * unit, self.sds[2] * unit)
            found = hierarchical(y, t, schools, sds)
            self.evidence.append(Evidence(POOLED, str(several[0].judgement.about), slot, found.mean, found.sd))
            if scale == "log-odds":
                self.asked.append((y, t, list(schools)))
        sizes: Counter[Hashable] = Counter(school or ("alone", name) for name, school in self.school.items())
        doubts = sorted(sd for _, t, _ in self.asked for sd in t)
        n_eff = effective(doubts[len(doubts) // 2] if doubts else MIDDLE, sizes, self.sds)
        shown = spread(self.asked)
        told = (self._counted(n_eff, len(sizes)), self._shown(shown), *self._unused())
        return Pool(HIERARCHICAL, self.weights, tuple(self.evidence), n_eff, shown, told, self.sds)

    def _counted(self, n_eff: float, schools: int) -> str:
        everyone, school, own = self.sds
        many = "" if len(self.members) == 1 else f" of {schools} school{'' if schools == 1 else 's'}"
        return (
            f"the panel is a hierarchical pool: one truth, which {_experts(len(self.members))}{many} see with errors "
            f"that all share, a school shares, or each has alone (sd {everyone:g}, {school:g} and {own:g} on the "
            f"log-odds); so they count for about {n_eff:.1f} independent ones"
        )

    def _shown(self, shown: Spread) -> str:
        """Say what spread the file itself shows, beside what is assumed."""
        _, school, own = self.sds
        either = math.hypot(school, own)  # where no school has two, what a school and an expert add are not told apart
        pairs = (
            (shown.within, "between experts of a school", own),
            (shown.across, "between schools", either if shown.within is None else school),
        )
        found = [(f"{sd:.2f} {where}", f"{assumed:.2g}") for sd, where, assumed in pairs if sd is not None]
        if not found:
            return "how far experts lie apart cannot be seen here: no two of the panel judged the same question"
        many = "1 question" if shown.questions == 1 else f"{shown.questions} questions"
        return (
            "as a check: beyond their own uncertainty, those who judged the same lie apart by an sd of "
            f"{' and '.join(sd for sd, _ in found)} ({many} judged by two or more), where "
            f"{' and '.join(assumed for _, assumed in found)} is assumed"
        )

    def _unused(self) -> tuple[str, ...]:
        """Say what stands in the file and does not count."""
        found = []
        if len({self.priors.experts[name].weight for name in self.members}) > 1:
            found.append("weights of experts do not count in a hierarchical pool: factors and widths do the weighing")
        if self.priors.factors.coder > 0 and self.elicited.coding is not None:
            found.append("the sd of coders is what the doubly coded judgements show, not the one that was stated")
        return tuple(found)


def _on_line(belief: Belief, scale: str) -> tuple[float, float]:
    """Return mean and sd of a belief where factors are added: log-odds of shares, offsets as they are."""
    match belief:
        case Point(value=value):
            return (value if scale == "offset" else float(LogOdds().read(value))), 0.0
        case Beta():
            odds = belief.log_odds()
            return odds.mu, odds.sigma
        case LogitNormal(mu=mu, sigma=sigma) | Normal(mu=mu, sigma=sigma) | TruncatedNormal(mu=mu, sigma=sigma):
            return mu, sigma
    raise TypeError(f"no line for {belief!r}")


def _of_cut(joint: Cuts, at: int) -> tuple[Belief, float]:
    median = joint.medians[at]
    return (joint.marginal(at) if joint.anchor[1] > 0 else Point(median)), median


def _origin(priors: Sequence[Prior]) -> str:
    origins = {prior.origin for prior in priors}
    return next(word for word in ("judged", "default", "weak") if word in origins)


def _line(prior: Prior) -> int:
    return prior.judgement.line if prior.judgement is not None else 0


def _words(prior: Prior) -> str:
    assert prior.judgement is not None
    return f"{prior.judgement.by or 'the default'} says '{prior.judgement.said}'"


def _experts(count: int) -> str:
    return "1 expert" if count == 1 else f"{count} experts"
