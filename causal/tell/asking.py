"""What a report asks beyond the ranking.

marginals          P(v) for all variables with nothing set
worlds             what else holds where the outcome is avoided: nothing set, and after the leading interventions
levels             the outcome with its score's threshold moved
headline_answer    the headline's own draws, which a run of many questions does not keep
dissent            who of the panel is furthest apart on the headline, and on which parameters
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from causal.ask.answer import PANEL, Answer, Estimate
from causal.ask.disagreement import Driver as Swapped
from causal.ask.disagreement import disagreement
from causal.ask.interventions import Ranking, questions
from causal.ask.panel import Panel, ask
from causal.ask.profile import profile
from causal.ask.thresholds import thresholds
from causal.errors import ImpossibleEvidence
from causal.learn.elicited import Elicited
from causal.learn.gate import Gate
from causal.spec.model import Intervention, frozen
from causal.spec.priors import Judgement
from causal.spec.question import Event, Probability
from causal.tell.claims import Reason
from causal.tell.divergences import defined
from causal.tell.facts import Dissent, Driver, Level, Marginal, Row, World, by_outcome
from causal.tell.judgements import reason
from causal.tell.number import Number

DESCRIBED = 3  # interventions whose worlds are described
MOVED = 5  # interventions under which the threshold is moved


def marginals(panel: Panel, override: bool) -> tuple[tuple[Marginal, ...], Gate]:
    """Return how probable each state of each variable is with nothing set, and what the gate says about it."""
    variables = panel.elicited.network.model.variables
    pages = [panel.elicited.writer.write(Probability((Event(name),))) for name in variables]
    found, gate = [], Gate()
    for variable, answer in zip(variables.values(), ask(panel, pages), strict=True):
        gate = gate & answer.gate
        shares = {state: answer.estimates[(PANEL, state)] for state in variable.states}
        numbers = {state: _through(share, answer.gate, override) for state, share in shares.items()}
        found.append(Marginal(defined(variable), frozen(numbers)))
    return tuple(found), gate


def worlds(
    panel: Panel, event: Event, rows: Sequence[Row], reading: str, override: bool
) -> tuple[tuple[World, ...], Gate]:
    """Return the profile of all worlds and of those without the outcome, with nothing set and after the leading rows.

    A row that sets part of the outcome's definition leads only where there is no other.
    """
    model = panel.elicited.network.model
    found, gate = [], Gate()
    for each in profile(panel, event, leading(rows, reading, DESCRIBED), reading):
        gate = gate & each.gate
        withheld = each.gate.withholds and not override
        found.append(
            World(
                variable=each.variable,
                title=model.variables[each.variable].title,
                intervention=each.given,
                given=_title(model.interventions, each.given),
                avoided=each.avoided,
                states=frozen({state: _through(share, each.gate, override) for state, share in each.shares.items()}),
                by_expert=frozen({} if withheld else {name: frozen(dict(own)) for name, own in each.by_expert.items()}),
            )
        )
    return tuple(found), gate


def leading(rows: Sequence[Row], reading: str, count: int) -> tuple[str, ...]:
    """Return the interventions that leave the outcome least probable, those that set its definition only alone."""
    known = [row for row in by_outcome(rows, reading) if row.panel.outcome.mean is not None]
    chosen = [row for row in known if not row.defines] or known
    return tuple(row.intervention for row in chosen[:count])


def levels(
    panel: Panel, event: Event, rows: Sequence[Row], reading: str, override: bool
) -> tuple[tuple[Level, ...], Gate]:
    """Return the outcome at every threshold of its score: nothing set, and after the leading rows."""
    names = leading(rows, reading, MOVED)
    interventions = panel.elicited.network.model.interventions
    found, gate = [], Gate()
    for each in thresholds(panel, event, names, reading=reading):
        gate = gate & each.gate
        number = _through(each.estimate, each.gate, override)
        by_expert = {} if each.gate.withholds and not override else dict(each.by_expert)
        title = _title(interventions, each.intervention)
        found.append(Level(each.level, each.own, each.intervention, title, number, frozen(by_expert)))
    return tuple(found), gate


def headline_answer(panel: Panel, ranking: Ranking, row: Row | None) -> Answer | None:
    """Return the headline's answer with the draws of every expert."""
    if row is None:
        return None
    intervention = panel.elicited.network.model.interventions[row.intervention]
    with_it, *_ = questions(ranking.event, intervention, row.reading)
    return ask(panel, [panel.elicited.writer.write(with_it)])[0]


def dissent(panel: Panel, ranking: Ranking, row: Row | None, override: bool) -> Dissent | None:
    """Return what parts the two pooled experts who are furthest apart on the headline, None where there are no two.

    Where what is given is impossible at an expert's mean parameters there is nothing to swap either.
    """
    if row is None or len(panel.pooled) < 2:
        return None
    intervention = panel.elicited.network.model.interventions[row.intervention]
    with_it, *_ = questions(ranking.event, intervention, row.reading)
    try:
        found = disagreement(panel, with_it)
    except ImpossibleEvidence:
        return None
    if found.gate.withholds and not override:
        return None
    drivers = tuple(_driver(panel.elicited, each) for each in found.drivers)
    return Dissent(
        question=found.question,
        low=found.low,
        high=found.high,
        low_mean=found.low_mean,
        high_mean=found.high_mean,
        gap=found.gap,
        explained=found.explained,
        drivers=drivers,
    )


def _driver(elicited: Elicited, each: Swapped) -> Driver:
    return Driver(
        question=each.question,
        value_low=each.value_low,
        value_high=each.value_high,
        shift=each.shift,
        by_low=_origin(each.judgement_low),
        by_high=_origin(each.judgement_high),
        low=reason(elicited, each.judgement_low) if each.judgement_low else Reason(),
        high=reason(elicited, each.judgement_high) if each.judgement_high else Reason(),
    )


def _origin(judgement: Judgement | None) -> str:
    if judgement is None:
        return "nobody"
    return "expert" if judgement.by else "default"


def _title(interventions: Mapping[str, Intervention], name: str) -> str:
    return (interventions[name].title or name) if name else ""


def _through(estimate: Estimate, gate: Gate, override: bool) -> Number:
    return Number() if gate.withholds and not override else Number.of(estimate)
