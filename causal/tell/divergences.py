"""Facts about the outcome: with nothing set, date by date, and under every intervention.

answer -> Number        of the panel or of one expert; empty where the gate refuses the answer
ranking -> Row          a row per intervention and reading; headline: the one to be told first
ranking -> Without      a row per date at which an intervention begins, and one with nothing given
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from causal.ask.answer import PANEL, VISIBLE, Answer
from causal.ask.interventions import READINGS, RETROSPECTIVE, Divergence, Ranking
from causal.ask.tense import OVER
from causal.graph import Graph, definition
from causal.spec.model import Intervention, Model, Variable, frozen
from causal.tell.facts import Defined, Four, Row, Without, by_outcome
from causal.tell.number import Number

NOTHING = "nothing taken as given"  # the reading of an outcome on which no history bears


def number(answer: Answer, expert: str, override: bool) -> Number:
    """Return the number of the panel or of one expert; without its values where the gate refuses the answer."""
    if answer.gate.withholds and not override:
        return Number()
    return Number.of(answer.estimates[(expert, "")], _news(answer, expert))


def _news(answer: Answer, expert: str) -> float | None:
    """Return the case-level mean where it differs visibly from the population's and its weights can be trusted."""
    case, mean = answer.case, answer.estimates[(expert, "")].mean
    if case is None or not case.sound:
        return None
    found = case.mean if expert == PANEL else case.by_expert[expert]
    return found if abs(found - mean) >= VISIBLE else None


def rows(model: Model, ranking: Ranking, override: bool) -> tuple[Row, ...]:
    """Return a row per intervention and reading, in the order of the ranking."""
    parts = definition(model, ranking.event.variable)
    return tuple(_row(model, each, parts, override) for each in ranking.divergences)


def defined(variable: Variable) -> Defined:
    """Return a variable as facts: what its states mean, when it is, what it really was."""
    return Defined(
        name=variable.name,
        title=variable.title,
        about=variable.about,
        states=frozen({state: variable.definitions.get(state, "") for state in variable.states}),
        window=str(variable.when or ""),
        actual=variable.actual,
    )


def _row(model: Model, divergence: Divergence, parts: frozenset[str], override: bool) -> Row:
    intervention, outcome = divergence.intervention, divergence.outcome
    plausibility = divergence.plausibility
    notes = (*outcome.notes, *divergence.without.notes, *(plausibility.notes if plausibility else ()))
    return Row(
        intervention=intervention.name,
        title=intervention.title or intervention.name,
        about=intervention.about,
        when=str(intervention.when or ""),
        before=_before(intervention),
        sets=frozen(intervention.do),
        defines=tuple(name for name in intervention.do if name in parts),
        reading=divergence.reading,
        rung=outcome.rung,
        question=outcome.question,
        question_without=divergence.without.question,
        question_plausibility=plausibility.question if plausibility else "",
        panel=_four(divergence, PANEL, override),
        by_expert=frozen({name: _four(divergence, name, override) for name in outcome.experts}),
        sources=tuple(model.sources.get(key, key) for key in intervention.sources),
        notes=tuple(dict.fromkeys(notes)),
        coupled=divergence.coupled,
        couplings=_couplings(outcome, override),
    )


def _couplings(outcome: Answer, override: bool) -> Mapping[str, float]:
    """Return the panel's mean under each coupling, where the outcome rests on one and may be shown."""
    if outcome.bounds is None or (outcome.gate.withholds and not override):
        return frozen({})
    return frozen({name: each.mean for name, each in outcome.bounds.couplings.items()})


def _four(divergence: Divergence, expert: str, override: bool) -> Four:
    plausibility = divergence.plausibility
    return Four(
        outcome=number(divergence.outcome, expert, override),
        without=number(divergence.without, expert, override),
        effect=number(divergence.effect, expert, override),
        plausibility=number(plausibility, expert, override) if plausibility else None,
    )


def _before(intervention: Intervention) -> str | None:
    return intervention.when.first.isoformat() if intervention.when else None


def headline(rows: Iterable[Row], first: Iterable[str] = OVER.first) -> Row | None:
    """Return the intervention that leaves the outcome least probable, by the ``first`` reading under which one does.

    One that sets part of the outcome's definition by hand comes first only where there is no other.
    """
    found = tuple(rows)
    return next((row for reading in first if (row := best(found, reading)) is not None), None)


def best(rows: Iterable[Row], reading: str) -> Row | None:
    """Return the headline of one reading, None where the gate withholds all of it."""
    known = [row for row in by_outcome(rows, reading) if row.panel.outcome.mean is not None]
    return next((row for row in known if not row.defines), known[0] if known else None)


def without(graph: Graph, nothing: Answer, ranking: Ranking, override: bool) -> tuple[Without, ...]:
    """Return the outcome with nothing set: first with nothing given, then by date, then by reading.

    The dates are those at which an intervention begins; each is asked once, however many begin there. A retrospective
    has no date: without the intervention it is what really happened.
    """
    found = [_without(None, NOTHING, nothing, override, None)]
    dated: dict[tuple[str, int], Without] = {}
    for each in ranking.divergences:
        before = _before(each.intervention)
        if before is not None and each.reading != RETROSPECTIVE:
            place = (before, list(READINGS).index(each.reading))
            dated.setdefault(place, _without(before, each.reading, each.without, override, _known(graph, before)))
    return (*found, *(dated[place] for place in sorted(dated)))


def _known(graph: Graph, before: str) -> str | None:
    """Return the day on which the last of the history before a day was decided, None where there is none."""
    spans = (graph.model.variables[name].decided for name in graph.history(dt.date.fromisoformat(before)))
    return max((each.last.isoformat() for each in spans if each is not None), default=None)


def _without(before: str | None, reading: str, answer: Answer, override: bool, known: str | None) -> Without:
    by_expert = frozen({name: number(answer, name, override) for name in answer.experts})
    return Without(before, reading, answer.question, number(answer, PANEL, override), by_expert, answer.notes, known)
