"""What it would look like: the most probable whole stories, all variables at once, beside what happened.

    story                 a joint state s of chosen variables v1..vn, in the order of causes
    P(s | there)          sum w_e mean_k P_ek(s, there) / P_ek(there)       the panel's mean, exact for every draw
    there                 an intervention under a reading, and the same with the outcome avoided

The search (likeliest.py) looks at beginnings of stories and samples nothing: k most probable explanations, Nilsson
(1998); Dechter, Flerova and Marinescu (2012). What is set, or the same in every world looked at, is told as given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from causal.ask.brief import Brief
from causal.ask.interventions import MINIMAL
from causal.ask.likeliest import Search
from causal.ask.panel import Panel, ask
from causal.ask.phrases import event_phrase, spoken
from causal.ask.profile import NOTHING, complement, named_state, situated
from causal.ask.saying import counted, dated
from causal.ask.tense import OVER, Tense, tense
from causal.errors import ImpossibleEvidence, TooLarge, UnknownName, UsageError, nearest
from causal.learn.gate import Gate
from causal.spec.model import Model
from causal.spec.question import Event

if TYPE_CHECKING:
    import pandas as pd

COUNT = 3
WORLDS = "all worlds"
AVOIDING = "worlds that avoid it"


@dataclass(frozen=True)
class Story:
    """A joint state of the chosen variables after an intervention; ``avoided``: in the worlds that avoid the event.

    ``states`` has what is given in all of them as well, in the order of time. ``probability`` is the panel's mean,
    ``by_expert`` each expert's. ``differs`` lists the variables whose state is not the actual one.
    """

    avoided: bool
    rank: int
    states: Mapping[str, str]
    probability: float
    by_expert: Mapping[str, float]
    differs: tuple[str, ...]


@dataclass(frozen=True)
class Stories:
    """The most probable stories after one intervention (empty: none) under a reading, the most probable first.

    ``variables`` are those the stories are about, in the order of time; ``fixed`` those of them that are the same in
    every world, by whether the event is avoided. ``dates``, ``labels`` and ``actual`` are the model's. ``without``
    says, by the same key, why there are no stories.
    """

    event: Event
    intervention: str
    reading: str
    titles: tuple[str, str]
    variables: tuple[str, ...]
    fixed: Mapping[bool, tuple[str, ...]]
    labels: Mapping[str, str]
    dates: Mapping[str, str]
    actual: Mapping[str, str]
    stories: tuple[Story, ...]
    gate: Gate
    without: Mapping[bool, str]
    tense: Tense = OVER

    @property
    def title(self) -> str:
        """What the analysis is called."""
        return f"What it would look like after {self.titles[0]}" if self.intervention else "What it would look like"

    def of(self, avoided: bool) -> tuple[Story, ...]:
        """Return the stories of all worlds, or of those that avoid the event."""
        return tuple(each for each in self.stories if each.avoided is avoided)

    @property
    def table(self) -> pd.DataFrame:
        """A tidy frame: a row per story and variable, with the panel's probability of the whole story."""
        import pandas as pd

        rows = [
            {
                "worlds": AVOIDING if each.avoided else WORLDS, "rank": each.rank, "probability": each.probability,
                "variable": name, "label": self.labels[name], "when": self.dates.get(name, ""), "state": state,
                "actual": self.actual.get(name), "differs": name in each.differs,
                "given": name in self.fixed[each.avoided], "reading": self.reading,
            }
            for each in self.stories
            for name, state in each.states.items()
        ]  # fmt: skip
        return pd.DataFrame(rows)

    @property
    def brief(self) -> Brief:
        """A row per variable that one of the best two stories tells otherwise than it was, in the order of time."""
        best = {avoided: found[0] for avoided in (False, True) if (found := self.of(avoided))}
        heads = {False: "the most probable story", True: "the most probable that avoids it"}
        named = [name for name in self.variables if any(self._news(story, name) for story in best.values())]
        rows = [
            (self.labels[name], dated(self.dates.get(name, "")), spoken(self.actual.get(name, "not known")),
             *(spoken(story.states[name]) for story in best.values()))
            for name in named
        ]  # fmt: skip
        if best:
            odds = (f"{each.probability:.3f}" for each in best.values())
            rows.append(("probability of the whole story", "", "", *odds))
        brief = Brief(("what", "when", self.tense.recorded, *(heads[avoided] for avoided in best)), tuple(rows))
        return brief if any(name in self.actual for name in named) else brief.less(2)

    def _news(self, story: Story, name: str) -> bool:
        """Return whether a story tells a variable otherwise than it was, or nothing is known to compare it with."""
        return name in story.states and (name in story.differs or name not in self.actual)

    @property
    def text(self) -> str:
        """The best story of all worlds and of the avoiding ones, told in the order of time, and how far it is off."""
        if self.gate.withholds:
            return f"{self.title} is not reported: {self.gate.findings[0]}."
        reading = f" ({self.reading})" if self.reading else ""
        parts = []
        for avoided in (False, True):
            where = f"Among the worlds that avoid '{self.titles[1]}'" if avoided else self._where(reading)
            found = self.of(avoided)
            if not found:
                parts.append(f"{where}: no story, {self.without[avoided]}.")
                continue
            odds = ", ".join(f"{each.probability:.3f}" for each in found)
            parts.append(
                f"{where} the most probable whole story has probability {found[0].probability:.3f}"
                f"{f' (the best {len(found)}: {odds})' if len(found) > 1 else ''}: {self.changed(found[0])}."
            )
            parts.append(self._off(found[0]))
        if not self.dates:
            parts.append("The model has no dates, so the order is that of causes.")
        return "\n".join(part for part in parts if part)

    def _where(self, reading: str) -> str:
        return f"After {self.titles[0]}{reading}" if self.intervention else "With nothing done"

    def changed(self, story: Story) -> str:
        """Return what is not as it really was, as clauses in the order of time."""
        names = [name for name in story.states if name in story.differs or name not in self.actual]
        rest = len(story.states) - len(names)
        told = self._clauses(story, names)
        if not told:
            return self.tense.unchanged
        return f"{told}; {self.tense.rest.format(rest)}" if rest else told

    def told(self, story: Story) -> str:
        """Return a story as clauses in the order of time: what is open in it; what is given goes without saying."""
        names = [name for name in story.states if name not in self.fixed[story.avoided]]
        return self._clauses(story, names) or "everything is given"

    def _clauses(self, story: Story, names: Sequence[str]) -> str:
        clauses = []
        for name in names:
            state = story.states[name]
            date = f"{dated(self.dates[name])}, " if name in self.dates else ""
            known = self.actual.get(name)
            as_it_was = (
                "" if known is None else f" {self.tense.recorded}" if known == state else f" instead of {spoken(known)}"
            )
            clauses.append(f"{date}{self.labels[name]}: {spoken(state)}{as_it_was}")
        return "; ".join(clauses)

    def _off(self, story: Story) -> str:
        known = [name for name in story.states if name in self.actual]
        if not known:
            return self.tense.uncompared
        if not story.differs:
            return ""
        return f"It differs from {self.tense.happened} in {len(story.differs)} of {counted(len(known), 'variable')}."

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-ready facts; nothing but the gate where it withholds."""
        facts: dict[str, Any] = {
            "event": str(self.event), "intervention": self.intervention, "reading": self.reading, "title": self.title,
            "text": self.text, "gate": self.gate.to_dict(),
        }  # fmt: skip
        if self.gate.withholds:
            return facts
        return facts | {
            "variables": [
                {"name": one, "label": self.labels[one], "when": self.dates.get(one), "actual": self.actual.get(one)}
                for one in self.variables
            ],
            "stories": [
                {
                    "worlds": AVOIDING if each.avoided else WORLDS, "rank": each.rank, "probability": each.probability,
                    "by_expert": dict(each.by_expert), "states": dict(each.states), "differs": list(each.differs),
                    "given": list(self.fixed[each.avoided]),
                }
                for each in self.stories
            ],
            "without": {AVOIDING if avoided else WORLDS: why for avoided, why in self.without.items()},
        }  # fmt: skip


def stories(
    panel: Panel,
    event: Event,
    name: str = NOTHING,
    reading: str = MINIMAL,
    variables: Iterable[str] | None = None,
    count: int = COUNT,
) -> Stories:
    """Find the ``count`` most probable stories after a named intervention (or none), and where the event is avoided.

    Without ``variables`` they are about the model's profile, what the event is made of, and every dated variable.
    Raises QueryError for names that are not the model's, UsageError for no such reading or a count below 1,
    ImpossibleEvidence where what is given is impossible for an expert.

    >>> from causal import load
    >>> from causal.spec.grammar import parse_event
    >>> found = stories(load("rain").at_medians().panel, parse_event("grass = wet"), "drought_law", count=1)
    >>> [(each.avoided, each.states["rain"], each.states["grass"]) for each in found.stories]
    [(False, 'clear', 'dry'), (True, 'clear', 'dry')]
    """
    model = panel.elicited.network.model
    named_state(event, model)
    if count < 1:
        raise UsageError(f"count is at least 1, not {count}")
    there = situated(model, name, reading)
    chosen = in_time(model, defaults(model, event) if variables is None else _known(model, variables))
    (answer,) = ask(panel, [panel.elicited.writer.write(there.asks(event))])
    found: list[Story] = []
    fixed: dict[bool, tuple[str, ...]] = {}
    without: dict[bool, str] = {}
    actual = {each: state for each in chosen if (state := model.variables[each].actual) is not None}
    for avoided in (False, True):
        fixed[avoided] = ()
        try:
            seen = (complement(event, model),) if avoided else ()
            search = Search(panel, there, seen, name, chosen)
            fixed[avoided] = tuple(search.fixed)
            for rank, (states, odds) in enumerate(search.best(count), start=1):
                told = {each: states[each] for each in chosen}
                differs = tuple(each for each in chosen if each in actual and actual[each] != told[each])
                found.append(Story(avoided, rank, told, search.pool(odds), search.by_expert(odds), differs))
        except (ImpossibleEvidence, TooLarge) as error:
            without[avoided] = str(error)
    intervention = model.interventions.get(name)
    after = f"'{intervention.title or intervention.name}'" if intervention else ""
    spans = {each: model.variables[each].when for each in chosen}
    dates = {each: str(span) for each, span in spans.items() if span is not None}
    return Stories(
        event=event,
        intervention=name,
        reading=reading if name else "",
        titles=(after, event_phrase(event, model)),
        variables=chosen,
        fixed=fixed,
        labels={each: model.variables[each].title for each in chosen},
        dates=dates,
        actual=actual,
        stories=tuple(found),
        gate=answer.gate,
        without=without,
        tense=tense(model),
    )


def defaults(model: Model, event: Event) -> tuple[str, ...]:
    """Return the profile, the event's variable and what it is made of, and every dated variable that leads to them."""
    made_of = (event.variable, *model.variables[event.variable].parents)
    dated = [name for name, each in model.variables.items() if each.when is not None and not _defined(model, name)]
    return tuple(dict.fromkeys((*model.profile, *made_of, *dated)))


def _defined(model: Model, name: str) -> bool:
    """Return whether a variable is but a definition made of others."""
    from causal.exact.mechanisms import is_fixed

    return bool(model.variables[name].parents) and is_fixed(model.variables[name])


def _known(model: Model, names: Iterable[str]) -> tuple[str, ...]:
    chosen = tuple(dict.fromkeys(names))
    for name in chosen:
        if name not in model.variables:
            raise UnknownName(f"no variable {name!r}{nearest(name, model.variables)}")
    return chosen


def in_time(model: Model, names: Iterable[str]) -> tuple[str, ...]:
    """Return variables by when they end, those without a date by their causes; never an effect before its cause."""
    from causal.graph import Graph

    graph, wanted = Graph.of(model), set(names)
    left = list(graph.order)
    found: list[str] = []
    while left:
        ready = [name for name in left if not any(parent in left for parent in model.variables[name].parents)]
        dated = [name for name in ready if model.variables[name].when is not None]
        soonest = min(dated, key=lambda name: _end(model, name)) if dated and len(dated) == len(ready) else ready[0]
        left.remove(soonest)
        found.append(soonest)
    return tuple(name for name in found if name in wanted)


def _end(model: Model, name: str) -> Any:
    when = model.variables[name].when
    assert when is not None
    return when.last
