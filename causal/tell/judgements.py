"""Facts about who judged what: what set the parameters, what is derived from them, what nobody judged.

    Prior of an expert, judged     -> Direct      stated beside implied, on the scale that was stated
    Prior taken from the defaults  -> Direct      once, with all for whom it stands, and whom it is another number for
    Judged, Checked (ask)          -> Said, Check
    Abstain, weak                  -> Abstention, unjudged
    Phrase                         -> Worded      once, with all who used it
    Parts, Circle (ask)            -> Split, Loop
    Seed, Performance (elicit)     -> Known, Scored

A judgement of ``P(y = no | ...)`` is fitted as one of ``P(y = yes | ...)``; here it is turned back, so that what stands
beside a question answers that question.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from causal.ask.answer import VISIBLE, Estimate
from causal.ask.coherence import circles, partitions
from causal.ask.judged import Checked, Judged
from causal.ask.panel import Panel
from causal.ask.signs import check_signs
from causal.elicit import LogOdds, Performance, Scale, Share, performance
from causal.learn.coded import said_by_all
from causal.learn.elicited import Elicited, Prior
from causal.learn.gate import Gate
from causal.spec.model import frozen
from causal.spec.priors import Cite, DirichletSays, Exactly, Judgement, Phrase, Sign
from causal.spec.scales import SCALES, plain_phrase
from causal.tell.claims import (
    Abstention,
    Against,
    Check,
    Direct,
    Known,
    Loop,
    Point,
    Reason,
    Said,
    Scored,
    Split,
    Who,
    Worded,
)
from causal.tell.number import Number

LEVELS = (0.05, 0.5, 0.95)
_AGAINST: Mapping[str, Callable[[float], Scale]] = frozen(
    {"offset": LogOdds, "ratio": lambda all_met: Share(0.0, all_met), "compound": lambda leak: Share(leak, 1.0)}
)


def experts(panel: Panel) -> tuple[Who, ...]:
    """Return who judged: those in the panel first, then those shown apart, each in file order."""
    elicited, draws, weights = panel.elicited, panel.draws, panel.shares
    evidence = Counter(each.expert for each in elicited.evidence)
    used = Counter(each.expert for each in elicited.compared if each.use == "evidence")
    shaping = Counter(each.expert for each in elicited.shaping)
    every = Counter([each.expert for each in elicited.derived] + [each.expert for each in elicited.compared])
    abstained = Counter(each.by for each in elicited.abstained)
    found = []
    for name, method in zip(draws.experts, draws.method, strict=True):
        if name not in panel.experts:
            continue
        expert = elicited.priors.experts[name]
        origins = Counter(prior.origin for prior in elicited.held[name].priors)
        found.append(
            Who(
                name=name,
                title=expert.title,
                school=expert.school,
                about=expert.about,
                source=source(elicited, expert.source),
                pooled=name in weights,
                share=weights.get(name, 0.0),
                method=method,
                judged=origins["judged"],
                defaults=origins["default"],
                unjudged=origins["weak"],
                evidence=evidence[name] + used[name],
                reshaping=shaping[name],
                checks=every[name] - evidence[name] - used[name] - shaping[name],
                abstained=abstained[name],
            )
        )
    return tuple(sorted(found, key=lambda who: not who.pooled))


def direct(elicited: Elicited) -> tuple[Direct, ...]:
    """Return every expert's own judgements that set a parameter, by expert, in file order."""
    found = []
    for name, held in elicited.held.items():
        own = [(prior, prior.judgement) for prior in held.priors if prior.origin == "judged" and prior.judgement]
        found += [_direct(elicited, name, prior, said) for prior, said in sorted(own, key=lambda each: each[1].line)]
    return tuple(found)


def defaults(elicited: Elicited) -> tuple[Direct, ...]:
    """Return the defaults that stand in for somebody, in file order, with all for whom they do."""
    priors: dict[str, tuple[Prior, Judgement]] = {}
    users: dict[str, list[str]] = {}
    for name, held in elicited.held.items():
        for prior in held.priors:
            if prior.origin == "default" and prior.judgement:
                priors.setdefault(prior.parameter.name, (prior, prior.judgement))
                users.setdefault(prior.parameter.name, []).append(name)
    ordered = sorted(priors.items(), key=lambda each: each[1][1].line)
    return tuple(
        replace(_direct(elicited, "", prior, said, tuple(users[name])), shifted=shifted(elicited, name))
        for name, (prior, said) in ordered
    )


def shifted(elicited: Elicited, parameter: str) -> Mapping[str, tuple[float, float, float]]:
    """Return what a default comes to, at 5, 50 and 95 per cent, for each expert who departs from another reference.

    A default of a departure (or a compound) is fitted against the default reference and applied to the expert's own,
    which is at its median here, as in what is implied. Experts for whom that makes no visible difference are left out.
    """
    said, found = elicited.defaults.get(parameter), dict[str, tuple[float, float, float]]()
    if said is None or said.reference is None:
        return frozen(found)
    place, at = elicited.network.index[parameter], elicited.network.index[said.reference]
    for name in elicited.experts:
        prior, reference = elicited.held[name].priors[place], elicited.held[name].priors[at]
        if prior.origin != "default" or prior.fit is None:
            continue
        own = float(LogOdds().state(reference.median)) if reference.parameter.scale == "cut" else reference.median
        low, middle, high = _AGAINST[said.reading](own).state(prior.fit.belief.quantile(LEVELS)).tolist()
        if abs(middle - prior.fit.median) >= VISIBLE:
            ends = (_one_minus(high), _one_minus(middle), _one_minus(low)) if prior.turned else (low, middle, high)
            found[name] = ends
    return frozen(found)


def unjudged(elicited: Elicited) -> Mapping[str, tuple[str, ...]]:
    """Return the parameters that somebody and the defaults both left open, with whom they are open for."""
    found: dict[str, tuple[str, ...]] = {}
    for name, parameters in elicited.weak.items():
        for parameter in parameters:
            found[parameter] = (*found.get(parameter, ()), name)
    return frozen(found)


def _direct(elicited: Elicited, by: str, prior: Prior, judgement: Judgement, used_by: tuple[str, ...] = ()) -> Direct:
    fit, question, turned = prior.fit, str(judgement.about), False
    if isinstance(judgement.says, DirichletSays) or isinstance(judgement.says, Exactly) and judgement.says.by_state:
        question = prior.parameter.name  # one judgement for the whole row: its numbers are those of the stick
    elif fit is not None:
        turned = prior.turned
    notes: tuple[str, ...] = ("left aside: it does not go with what was judged beside it",)
    points: tuple[Point, ...] = ()
    exactly = None
    if fit is not None:
        notes = tuple(f"as one minus it: {note}" if turned else note for note in fit.notes)
        points = tuple(Point(*each) for each in zip(fit.levels, fit.values, fit.implied, strict=True))
        points = tuple(_minus(point) for point in reversed(points)) if turned else points
        exactly = None if points else _one_minus(fit.median) if turned else fit.median
    return Direct(
        by=by,
        question=question,
        parameter=prior.parameter.name,
        said=said_by_all(judgement, prior.readings),
        quantiles=points,
        exactly=exactly,
        misfit=fit.misfit if fit is not None else 0.0,
        reason=reason(elicited, judgement),
        notes=notes,
        used_by=used_by,
    )


def _minus(point: Point) -> Point:
    return Point(_one_minus(point.level), _one_minus(point.stated), _one_minus(point.implied))


def _one_minus(value: float) -> float:
    # rounded where a decimal was meant
    return round(1.0 - value, 12)


def derived(panel: Panel, found: Iterable[Judged], override: bool) -> tuple[Said, ...]:
    """Return the judgements on what several parameters imply."""
    return tuple(
        Said(
            by=each.derived.expert,
            question=str(each.derived.judgement.about),
            said=said_by_all(each.derived.judgement, each.derived.readings),
            use=each.derived.use,
            weight=each.derived.judgement.weight,
            scale=each.derived.scale,
            stated=frozen({f"{100 * level:.4g}": value for level, value in each.stated}),
            read=each.read,
            before=Number.of(each.before),
            after=_let_through(each.after, each.gate, override),
            z=each.z,
            at_odds=each.at_odds,
            reason=reason(panel.elicited, each.derived.judgement),
        )
        for each in found
    )


def checks(panel: Panel, found: Iterable[Checked], override: bool) -> tuple[Check, ...]:
    """Return the orders and signs, with the share of draws in which each holds."""
    return tuple(
        Check(
            by=each.compared.expert,
            question=str(each.compared.judgement.about),
            sign=each.compared.judgement.says.sign if isinstance(each.compared.judgement.says, Sign) else "",
            use=each.compared.use,
            stated=each.compared.probability,
            before=Number.of(each.before),
            after=_let_through(each.after, each.gate, override),
            at_odds=each.at_odds,
            reason=reason(panel.elicited, each.compared.judgement),
        )
        for each in found
    )


def against(elicited: Elicited) -> tuple[Against, ...]:
    """Return the signs of arrows that somebody's medians contradict."""
    return tuple(
        Against(
            by=each.expert,
            parent=each.parent,
            state=each.state,
            child=each.child,
            sign=each.sign,
            event=each.event,
            baseline=each.baseline,
            departed=each.departed,
        )
        for each in check_signs(elicited)
    )


def notes(elicited: Elicited) -> tuple[str, ...]:
    """Return what was changed or left aside while judgements were read, beyond what stands beside each."""
    titles = {name: expert.title for name, expert in elicited.priors.experts.items()}
    joint = [
        f"{titles[name]}, {variable}: {note}"
        for name, held in elicited.held.items()
        for variable, cuts in held.cuts.items()
        for note in cuts.notes
    ]
    return tuple(dict.fromkeys((*elicited.notes, *joint)))


def worded(elicited: Elicited) -> tuple[Worded, ...]:
    """Return every phrase once, in file order, with the numbers it was read as; the prior file's own phrases first."""
    used: dict[tuple[str, str], list[Judgement]] = {}
    for judgement in (*elicited.priors.judgements, *elicited.priors.defaults):
        if isinstance(judgement.says, Phrase):
            used.setdefault((judgement.says.scale, plain_phrase(judgement.says.phrase)), []).append(judgement)
    scales = {**SCALES, **elicited.priors.scales}
    found = []
    for (scale, _), every in used.items():
        says = every[0].says
        assert isinstance(says, Phrase)
        low, middle, high = says.quantiles.values
        by = tuple(dict.fromkeys(each.by or "" for each in every))
        known = scales[scale].source
        found.append(Worded(says.phrase, scale, known, says.published, (low, middle, high), len(every), by))
    return tuple(sorted(found, key=lambda each: each.published))


def splits(elicited: Elicited) -> tuple[Split, ...]:
    """Return what was judged in parts, those that do not make their whole first."""
    found = [
        Split(
            by=each.expert,
            parts=tuple((part.question, part.median) for part in each.parts),
            of=each.whole.question,
            whole=each.whole.median,
            total=each.total,
            excess=each.excess,
            complete=each.complete,
            at_odds=each.at_odds,
        )
        for each in partitions(elicited)
    ]
    return tuple(sorted(found, key=lambda each: not each.at_odds))


def loops(elicited: Elicited) -> tuple[Loop, ...]:
    """Return the circles of orders that are held too surely to be all true."""
    return tuple(Loop(each.expert, each.orders, each.excess) for each in circles(elicited))


def abstentions(elicited: Elicited) -> tuple[Abstention, ...]:
    """Return the questions on which somebody said to have no view."""
    return tuple(Abstention(each.by or "", str(each.about), reason(elicited, each)) for each in elicited.abstained)


def known(elicited: Elicited) -> tuple[Known, ...]:
    """Return the questions whose answers are known, in file order."""
    return tuple(Known(seed.ask, seed.truth, source(elicited, seed.source)) for seed in elicited.priors.seeds)


def scored(elicited: Elicited) -> tuple[Scored, ...]:
    """Return how each expert did on what is known, in file order; nothing where no seed questions were asked."""
    total = sum(elicited.weights.values())
    return tuple(
        _scored(each, elicited.weights[each.expert] / total, elicited.priors.weights.alpha)
        for each in performance(elicited.priors)
    )


def _scored(found: Performance, share: float, alpha: float) -> Scored:
    numbers, inside, events = found.numbers, found.inside, found.events
    return Scored(
        by=found.expert,
        share=share,
        numbers=numbers.answered if numbers else 0,
        counted=numbers.counted if numbers else 0,
        inside=inside.inside if inside else 0,
        expected=inside.expected if inside else 0.0,
        calibration=numbers.calibration if numbers else None,
        information=numbers.information if numbers else None,
        weight=numbers.weight(alpha) if numbers else None,
        events=events.answered if events else 0,
        brier=events.brier if events else None,
        reliability=events.reliability if events else None,
        resolution=events.resolution if events else None,
        uncertainty=events.uncertainty if events else None,
        log_score=events.log_score if events and not events.ruled_out else None,
        ruled_out=events.ruled_out if events else 0,
    )


def _let_through(estimate: Estimate, gate: Gate, override: bool) -> Number:
    return Number() if gate.withholds and not override else Number.of(estimate)


def reason(elicited: Elicited, judgement: Judgement) -> Reason:
    """Return why somebody judged so, with the source in full where the file describes it."""
    cite = judgement.cite or Cite("")
    return Reason(judgement.because, source(elicited, cite.source), cite.page, cite.quote, cite.coder)


def source(elicited: Elicited, key: str) -> str:
    """Return what a key of a source stands for, or the key itself where neither file says."""
    return elicited.priors.sources.get(key) or elicited.network.model.sources.get(key) or key


def sources(elicited: Elicited) -> tuple[str, ...]:
    """Return every source of both files once, in alphabetical order."""
    found: Sequence[str] = [*elicited.network.model.sources.values(), *elicited.priors.sources.values()]
    return tuple(sorted(set(found), key=str.casefold))
