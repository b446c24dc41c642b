"""Every point of divergence, under each reading that the engine answers, beside the same history without it.

    reading             with the intervention                without it
    forecast            P(y | do(@i), history)               P(y | history before its date)
    minimal rewrite     P(y | do(@i), history, chance)       P(y | history before its date, chance)

    plausibility        P(what it sets | history before its date, but for what it undoes): how far history must bend

The effect is the difference, draw by draw. An intervention without a date has no history: it is compared with no
evidence at all. What is impossible is skipped and listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from causal.ask.answer import PANEL, Answer
from causal.ask.panel import Panel, attempt
from causal.errors import ImpossibleEvidence, QueryError, nearest
from causal.exact.answer import Written
from causal.graph import Graph
from causal.learn.gate import Gate
from causal.spec.model import Intervention, Model
from causal.spec.names import check_names
from causal.spec.question import (
    Arithmetic,
    Chance,
    Condition,
    Do,
    Event,
    History,
    Named,
    Probability,
    Question,
    Setting,
    name_text,
)

if TYPE_CHECKING:
    import pandas as pd

FORECAST, MINIMAL, PLAUSIBILITY = "forecast", "minimal rewrite", "plausibility"
READINGS: Mapping[str, tuple[Condition, ...]] = {FORECAST: (), MINIMAL: (Chance(),)}


@dataclass(frozen=True)
class Divergence:
    """One intervention under one reading: the outcome with it, without it, and the difference."""

    intervention: Intervention
    reading: str
    outcome: Answer
    without: Answer
    effect: Answer
    plausibility: Answer | None


@dataclass(frozen=True)
class Ranking:
    """All interventions under all readings, in the order of the model; ``skipped`` says which and why."""

    event: Event
    divergences: tuple[Divergence, ...]
    skipped: tuple[tuple[str, str], ...] = ()

    def of(self, reading: str) -> tuple[Divergence, ...]:
        """Return one reading's divergences, the lowest probability of the outcome first."""
        found = (each for each in self.divergences if each.reading == reading)
        return tuple(sorted(found, key=lambda each: each.outcome.mean))

    @property
    def gate(self) -> Gate:
        """The gate over every number in the ranking."""
        whole = Gate()
        for each in self.divergences:
            for answer in (each.outcome, each.without, each.effect, each.plausibility):
                if answer is not None:
                    whole = whole & answer.gate
        return whole

    @property
    def table(self) -> pd.DataFrame:
        """A tidy frame: a row per intervention, reading and expert (the panel first)."""
        import pandas as pd

        rows = []
        for each in sorted(self.divergences, key=lambda d: (d.reading, d.outcome.mean)):
            for expert in (PANEL, *each.outcome.experts):
                outcome, effect = each.outcome.estimates[(expert, "")], each.effect.estimates[(expert, "")]
                plausible = each.plausibility.estimates[(expert, "")].mean if each.plausibility else None
                rows.append({
                    "intervention": each.intervention.name,
                    "title": each.intervention.title or each.intervention.name,
                    "when": str(each.intervention.when or ""),
                    "reading": each.reading,
                    "expert": expert,
                    "mean": outcome.mean,
                    "median": outcome.median,
                    "lower": outcome.lower,
                    "upper": outcome.upper,
                    "without": each.without.estimates[(expert, "")].mean,
                    "effect": effect.mean,
                    "effect_lower": effect.lower,
                    "effect_upper": effect.upper,
                    "plausibility": plausible,
                    "ci_prob": each.outcome.ci_prob,
                    "mcse": outcome.mcse,
                    "gate": each.outcome.gate.verdict,
                })  # fmt: skip
        return pd.DataFrame(rows)


def questions(event: Event, intervention: Intervention, reading: str) -> tuple[Question, Question, Question]:
    """Return the outcome with the intervention, without it, and the difference, as questions."""
    done = Do(Setting((Named(intervention.name),)))
    luck = READINGS[reading]
    if intervention.when is None:
        with_it, without = Probability((event,), (done, *luck)), Probability((event,), luck)
    else:
        past = History(intervention.when)
        with_it = Probability((event,), (done, past, *luck))
        without = Probability((event,), (past, *luck))
    return with_it, without, Arithmetic("-", with_it, without)


def plausibility(graph: Graph, intervention: Intervention) -> Probability:
    """Return the question how probable what the intervention sets was, given the history before it.

    What it undoes, having been decided before, is left out of that history: the question then lists the rest.
    """
    events = tuple(Event(name, "=", (state,)) for name, state in intervention.do.items())
    if intervention.when is None:
        return Probability(events)
    past = graph.history(intervention.when.first)
    if not past.keys() & intervention.do.keys():
        return Probability(events, (History(intervention.when),))
    rest = {name: state for name, state in past.items() if name not in intervention.do}
    return Probability(events, tuple(Event(name, "=", (state,)) for name, state in rest.items()))


def rank(panel: Panel, event: Event, names: Iterable[str] | None = None) -> Ranking:
    """Ask for every named intervention (default: all) under every reading, in one run of the tape.

    Raises QueryError where the event is none of the model's, or names no state.
    """
    model = panel.elicited.network.model
    check_names(event, model)
    if event.op is None:
        top = model.variables[event.variable].states[-1]
        raise QueryError(f"'{event}' is a whole distribution; say which state to compare: {event} = {name_text(top)}")
    chosen = [_named(model, name) for name in names] if names is not None else list(model.interventions.values())
    graph, write = panel.elicited.network.graph, panel.elicited.writer.write
    pages: list[Written] = []
    plan: list[tuple[Intervention, str]] = []
    skipped: list[tuple[str, str]] = []
    for intervention in chosen:
        wanted = {reading: questions(event, intervention, reading) for reading in READINGS}
        for reading, asked in {PLAUSIBILITY: (plausibility(graph, intervention),), **wanted}.items():
            try:
                written = [write(question) for question in asked]
            except QueryError as error:
                skipped.append((f"{intervention.name}, {reading}", str(error)))
                continue
            plan.append((intervention, reading))
            pages += written
    answers = iter(attempt(panel, pages) if pages else [])
    plausible: dict[str, Answer] = {}
    found: list[Divergence] = []
    for intervention, reading in plan:
        got = [next(answers) for _ in range(1 if reading == PLAUSIBILITY else 3)]
        known = [answer for answer in got if isinstance(answer, Answer)]
        if len(known) < len(got):
            why = next(answer for answer in got if isinstance(answer, ImpossibleEvidence))
            skipped.append((f"{intervention.name}, {reading}", str(why)))
        elif reading == PLAUSIBILITY:
            plausible[intervention.name] = known[0]
        else:
            outcome, without, effect = known
            found.append(Divergence(intervention, reading, outcome, without, effect, plausible.get(intervention.name)))
    return Ranking(event, tuple(found), tuple(skipped))


def _named(model: Model, name: str) -> Intervention:
    if name not in model.interventions:
        raise QueryError(f"no intervention {name!r}{nearest(name, model.interventions)}")
    return model.interventions[name]


