"""Every point of divergence, under each reading that the engine answers, beside the same history without it.

    reading             with the intervention                without it
    forecast            P(y | do(@i), history)               P(y | history before its date)
    minimal rewrite     P(y | do(@i), history, chance)       P(y | history before its date, chance)
    retrospective       P(y[@i] | record)                    P(y | record): what really happened, where that is known

    plausibility        P(what it sets | history before its date, but for what it undoes): how far history must bend

The effect is the difference, draw by draw. An intervention without a date has no history: it is compared with no
evidence at all. What is impossible is skipped and listed. In retrospect worlds are compared, so the number rests on
what stays the same in both (``exact/coupling.py``); where the model knows nothing of what happened there is no record
to look back on, and the reading is skipped as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from causal.ask.answer import PANEL, Answer
from causal.ask.panel import Panel, attempt
from causal.errors import ImpossibleEvidence, QueryError, nearest
from causal.exact.answer import Written
from causal.graph import Graph, ahead
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
    Record,
    Setting,
    name_text,
)

if TYPE_CHECKING:
    import pandas as pd

FORECAST, MINIMAL, RETROSPECTIVE, PLAUSIBILITY = "forecast", "minimal rewrite", "retrospective", "plausibility"
READINGS: Mapping[str, str] = {  # and what each takes as given
    FORECAST: "history before the date is fixed, everything after it is open",
    MINIMAL: "history before the date is fixed, and later luck stays as it was",
    RETROSPECTIVE: "all that happened is given, and each variable keeps its luck, which is an assumption",
}
SAME = 1e-12  # two means nearer than this are one, reckoned by another road
NO_RECORD = "of no variable does the model say what really happened (actual), so there is no record to look back on"


@dataclass(frozen=True)
class Situation:
    """Where things are looked at: what is done and given, and the bracket of a world imagined on top of that."""

    given: tuple[Condition, ...] = ()
    bracket: Setting | None = None

    def asks(self, event: Event, *also: Event) -> Probability:
        """Return the question for an event there, where the others are seen there as well."""
        return Probability((self._there(event),), (*self.given, *(self._there(each) for each in also)))

    def _there(self, event: Event) -> Event:
        if self.bracket is None:
            return event
        within = () if event.world is None else event.world.items
        return replace(event, world=Setting((*self.bracket.items, *within)))


@dataclass(frozen=True)
class Divergence:
    """One intervention under one reading: the outcome with it, without it, and the difference.

    ``coupled`` names the variables whose luck is assumed to be shared by two worlds, where the outcome rests on that.
    """

    intervention: Intervention
    reading: str
    outcome: Answer
    without: Answer
    effect: Answer
    plausibility: Answer | None
    coupled: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ranking:
    """All interventions under all readings, in the order of the model; ``skipped`` says which and why.

    ``ahead``: of a case still to come (``graph.ahead``).
    """

    event: Event
    divergences: tuple[Divergence, ...]
    skipped: tuple[tuple[str, str], ...] = ()
    ahead: bool = False

    def of(self, reading: str) -> tuple[Divergence, ...]:
        """Return one reading's divergences, the lowest probability of the outcome first."""
        found = (each for each in self.divergences if each.reading == reading)
        return tuple(sorted(found, key=lambda each: each.outcome.mean))

    def same(self, reading: str, other: str) -> tuple[str, ...]:
        """Return the interventions for which two readings have one number, with them and without, whoever is asked.

        They do by right where nothing that one takes as given and the other does not bears on it.
        """
        others = {each.intervention.name: each for each in self.of(other)}
        pairs = ((each, others.get(each.intervention.name)) for each in self.of(reading))
        return tuple(one.intervention.name for one, two in pairs if two is not None and _alike(one, two))

    @property
    def repeated(self) -> tuple[str, ...]:
        """The readings of a case still to come that add nothing to the forecast: no number of theirs is another."""
        known = {each.intervention.name for each in self.of(FORECAST)}
        others = [reading for reading in READINGS if reading != FORECAST] if self.ahead and known else []
        return tuple(
            reading
            for reading in others
            if {each.intervention.name for each in self.of(reading)} == known == set(self.same(reading, FORECAST))
        )

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


def situation(intervention: Intervention, reading: str) -> Situation:
    """Return where a reading looks at an intervention; without a date there is no history."""
    named = Setting((Named(intervention.name),))
    if reading == RETROSPECTIVE:
        return Situation((Record(),), named)
    past = () if intervention.when is None else (History(intervention.when),)
    luck = (Chance(),) if reading == MINIMAL else ()
    return Situation((Do(named), *past, *luck))


def questions(event: Event, intervention: Intervention, reading: str) -> tuple[Question, Question, Question]:
    """Return the outcome with the intervention, without it, and the difference, as questions."""
    there = situation(intervention, reading)
    with_it = there.asks(event)
    without = Probability((event,), tuple(each for each in there.given if not isinstance(each, Do)))
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


@dataclass
class _Plan:
    """What is to be asked in one run: a list of pages for each intervention and reading, and what cannot be asked."""

    panel: Panel
    event: Event
    steps: list[tuple[Intervention, str, list[Written]]] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)

    def add(self, intervention: Intervention, readings: Iterable[str]) -> None:
        """Write an intervention's plausibility, then its questions under each reading."""
        graph = self.panel.elicited.network.graph
        self._write(intervention, PLAUSIBILITY, (plausibility(graph, intervention),))
        for reading in readings:
            self._write(intervention, reading, questions(self.event, intervention, reading))

    def _write(self, intervention: Intervention, reading: str, asked: Iterable[Question]) -> None:
        writer = self.panel.elicited.writer
        try:
            if reading == RETROSPECTIVE and self.event.variable in intervention.do:
                raise QueryError(f"@{intervention.name} sets {self.event.variable}, which is what is asked")
            self.steps.append((intervention, reading, [writer.write(question) for question in asked]))
        except QueryError as error:
            self.skipped.append((f"{intervention.name}, {reading}", str(error)))


def rank(
    panel: Panel,
    event: Event,
    names: Iterable[str] | None = None,
    readings: Sequence[str] = tuple(READINGS),
) -> Ranking:
    """Ask for every named intervention (default: all) under every reading, in one run of the tape.

    Raises QueryError where the event is none of the model's, or names no state.
    """
    model = panel.elicited.network.model
    check_names(event, model)
    if event.op is None:
        top = model.variables[event.variable].states[-1]
        raise QueryError(f"'{event}' is a whole distribution; say which state to compare: {event} = {name_text(top)}")
    chosen = [_named(model, name) for name in names] if names is not None else list(model.interventions.values())
    unknown = RETROSPECTIVE in readings and not panel.elicited.network.graph.record()
    plan = _Plan(panel, event)
    for intervention in chosen:
        plan.add(intervention, (reading for reading in readings if not (unknown and reading == RETROSPECTIVE)))
    skipped = [*plan.skipped, *([(RETROSPECTIVE, NO_RECORD)] if chosen and unknown else [])]
    pages = list({id(page): page for *_, written in plan.steps for page in written}.values())  # many share a history
    answers = dict(zip(map(id, pages), attempt(panel, pages) if pages else [], strict=True))
    plausible: dict[str, Answer] = {}
    found: list[Divergence] = []
    for intervention, reading, written in plan.steps:
        got = [answers[id(page)] for page in written]
        had = [answer for answer in got if isinstance(answer, Answer)]
        if len(had) < len(got):
            why = next(answer for answer in got if isinstance(answer, ImpossibleEvidence))
            skipped.append((f"{intervention.name}, {reading}", str(why)))
        elif reading == PLAUSIBILITY:
            plausible[intervention.name] = had[0]
        else:
            (outcome, without, effect), likely = had, plausible.get(intervention.name)
            coupled = written[0].coupled
            found.append(Divergence(intervention, reading, outcome, without, effect, likely, coupled))
    return Ranking(event, tuple(found), tuple(skipped), ahead(panel.elicited.network.model))


def _alike(one: Divergence, two: Divergence) -> bool:
    pairs = ((one.outcome, two.outcome), (one.without, two.without))
    return all(abs(e.mean - b.estimates[who].mean) < SAME for a, b in pairs for who, e in a.estimates.items())


def _named(model: Model, name: str) -> Intervention:
    if name not in model.interventions:
        raise QueryError(f"no intervention {name!r}{nearest(name, model.interventions)}")
    return model.interventions[name]
