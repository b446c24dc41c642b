"""What could be changed: named interventions, pairs of them, and single settings of single variables.

    kind              sets                              its date, before which history is fixed
    named change      what the intervention sets        the intervention's
    pair              what both set, if they agree      the earlier of the two
    single setting    one variable, one state           when the variable is settled

A single setting is of a variable before the outcome, and never the state that really happened. What sets a part of the
outcome's definition (a parent of an outcome that is a rule) is marked, and ranked apart: there words do the work.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from causal.ask.interventions import plausibility, questions
from causal.errors import QueryError, nearest
from causal.graph import Graph, definition
from causal.spec.dates import Span
from causal.spec.model import Intervention, Model
from causal.spec.question import (
    Arithmetic,
    Assign,
    Condition,
    Do,
    Event,
    Named,
    Probability,
    Question,
    Setting,
)

NAMED, PAIR, SINGLE, SET = "named change", "pair", "single setting", "set"
BY_DEFINITION = "by definition"


@dataclass(frozen=True)
class Candidate:
    """Something that could be changed; ``items`` are how a question writes it, ``do`` is what they set.

    ``parts`` are the variables it sets that define the outcome.
    """

    name: str
    titles: tuple[str, ...]
    kind: str
    items: tuple[Assign | Named, ...]
    do: Mapping[str, str]
    when: Span | None
    parts: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What it is called: the titles of all that it is made of."""
        return " + ".join(self.titles)

    @property
    def marked(self) -> str:
        """Its title, with a mark where it sets a part of the outcome's definition."""
        return f"{self.title} ({BY_DEFINITION})" if self.parts else self.title

    @property
    def group(self) -> str:
        """What it is ranked among: its kind, but for what sets a part of the outcome's definition."""
        return f"{self.kind}, {BY_DEFINITION}" if self.parts else self.kind

    @property
    def sets(self) -> str:
        """What it sets, in words."""
        return ", ".join(str(Assign(name, state)) for name, state in self.do.items())

    def asks(self, event: Event, reading: str) -> tuple[Question, Question, Question]:
        """Return the outcome with the change, without it, and the difference, as questions of a reading.

        Raises QueryError where the change sets what is asked.
        """
        if event.variable in self.do:
            raise QueryError(f"it sets {event.variable}, which is what is asked")
        with_it, without, effect = questions(event, self._stand_in, reading)
        return self._spelled(with_it), self._spelled(without), self._spelled(effect)

    def plausibility(self, graph: Graph) -> Probability:
        """Return the question how probable all that it sets was, given the history before it."""
        return plausibility(graph, self._stand_in)

    @property
    def _stand_in(self) -> Intervention:
        return Intervention(self.name, self.do, when=self.when)

    def _spelled[Asked: Question](self, asked: Asked) -> Asked:
        """Return a question about the stand-in with what the candidate is made of in its place."""
        match asked:
            case Arithmetic(op=op, left=left, right=right):
                return Arithmetic(op, self._spelled(left), self._spelled(right))  # type: ignore[return-value]
            case Probability(events=events, given=given):
                there = tuple(self._event(event) for event in events)
                return Probability(there, tuple(self._condition(each) for each in given))  # type: ignore[return-value]
        return asked

    def _condition(self, condition: Condition) -> Condition:
        match condition:
            case Do(setting=setting):
                return Do(self._setting(setting))
            case Event():
                return self._event(condition)
        return condition

    def _event(self, event: Event) -> Event:
        return event if event.world is None else replace(event, world=self._setting(event.world))

    def _setting(self, setting: Setting) -> Setting:
        own = Named(self.name)
        return Setting(tuple(made for item in setting.items for made in (self.items if item == own else (item,))))


@dataclass(frozen=True)
class Candidates:
    """What is to be asked, and the pairs that were left out because they contradict each other or add nothing."""

    chosen: tuple[Candidate, ...]
    contradictory: int = 0
    redundant: int = 0


def candidates(
    graph: Graph,
    event: Event,
    pairs: bool = False,
    everything: bool = False,
    names: Iterable[str] | None = None,
) -> Candidates:
    """Return every named intervention (or those of ``names``), and on request their pairs and every single setting.

    Raises QueryError for a name that is no intervention's.
    """
    single = tuple(named(graph.model, event, names))
    found, contradictory, redundant = list(single), 0, 0
    for both in combinations(single, 2) if pairs else ():
        if not compatible(both):
            contradictory += 1
        elif repeats(both):
            redundant += 1
        else:
            found.append(together(both, PAIR))
    if everything:
        found += settings(graph, event)
    return Candidates(tuple(found), contradictory, redundant)


def named(model: Model, event: Event, names: Iterable[str] | None = None) -> Iterator[Candidate]:
    """Yield the named interventions, in the order of the model or of ``names``."""
    defining = definition(model, event.variable)
    for name in model.interventions if names is None else dict.fromkeys(names):
        if name not in model.interventions:
            raise QueryError(f"no intervention {name!r}{nearest(name, model.interventions)}")
        each = model.interventions[name]
        parts = tuple(variable for variable in each.do if variable in defining)
        yield Candidate(name, (each.title or name,), NAMED, (Named(name),), each.do, each.when, parts)


def settings(graph: Graph, event: Event) -> Iterator[Candidate]:
    """Yield every state of every variable before the outcome but for what really happened, causes first.

    >>> from causal import load
    >>> from causal.spec.grammar import parse_event
    >>> [each.name for each in settings(Graph.of(load("rain").model), parse_event("grass = wet"))]
    ['season = rainy', 'sprinkler = off', 'rain = some', 'rain = heavy']
    """
    before = graph.ancestors([event.variable]) - {event.variable}
    defining = definition(graph.model, event.variable)
    for variable in (graph.model.variables[name] for name in graph.order if name in before):
        parts = (variable.name,) if variable.name in defining else ()
        for state in variable.states:
            if state != variable.actual:
                item = Assign(variable.name, state)
                title = f"{variable.title}: {spoken(state)}"
                when = variable.when or variable.decided
                yield Candidate(str(item), (title,), SINGLE, (item,), {variable.name: state}, when, parts)


def compatible(several: Sequence[Candidate]) -> bool:
    """Return whether no two of several candidates set a variable to different states."""
    done: dict[str, str] = {}
    return all(done.setdefault(name, state) == state for each in several for name, state in each.do.items())


def repeats(several: Sequence[Candidate]) -> bool:
    """Return whether one of several candidates could be left out without setting less: it adds nothing but its date."""
    return any(
        each.do.items() <= {pair for other in several if other is not each for pair in other.do.items()}
        for each in several
    )


def together(several: Sequence[Candidate], kind: str = SET) -> Candidate:
    """Return compatible candidates as one: what all of them set, from the earliest date of any."""
    if len(several) == 1:
        return several[0]
    items = tuple(dict.fromkeys(item for each in several for item in each.items))
    do = {name: state for each in several for name, state in each.do.items()}
    dates = [each.when for each in several if each.when is not None]
    when = min(dates, key=lambda span: span.first, default=None)
    parts = tuple(dict.fromkeys(part for each in several for part in each.parts))
    titles = tuple(title for each in several for title in each.titles)
    return Candidate(" + ".join(each.name for each in several), titles, kind, items, do, when, parts)


def worded(event: Event, model: Model) -> str:
    """Return an event with the label of its variable.

    >>> from causal import load
    >>> from causal.spec.grammar import parse_event
    >>> worded(parse_event("grass = wet"), load("rain").model)
    'Grass = wet'
    """
    states = ", ".join(map(spoken, event.states))
    value = states if len(event.states) == 1 else f"{{{states}}}"
    return f"{model.variables[event.variable].title} {event.op or '='} {value}"


def spoken(name: str) -> str:
    """Return a name as it is read."""
    return name.replace("_", " ")
