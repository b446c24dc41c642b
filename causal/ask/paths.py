"""How an effect comes about: how much of it runs through a mediator, through several, or along one path.

    total            P(y[x = s] | c)                       -  P(y[x = r] | c)            s: what happened, r: the other
    without them     P(y[x = s, m = m[x = r]] | c)         -  P(y[x = r] | c)            NDE: m as it would be under r
    through them     P(y[x = r, m = m[x = s]] | c)         -  P(y[x = r] | c)            NIE: m as it would be under s
    along a - b - c  P(y[x = r, c = c'] | c)               -  P(y[x = r] | c)
                     b' = b[x = s, others as under r],  c' = c[b = b', others as under r], ...

The two shares of the total answer two questions (Pearl 2014): through them / total, what they do by themselves; 1 -
without them / total, what is lost without them. They agree where nothing interacts. c is what the cause leaves alone:
history before it was decided (forecast), with luck besides (minimal rewrite), or all on record (retrospective).

A path stands for all its continuations to the outcome: *isolation - apparatus* is all that starts along that arrow;
along it the changed value is seen, along every other arrow the unchanged one (Avin, Shpitser & Pearl 2005). Where a
variable inside the path has another way on to the outcome, it would have to take both values at once for its children:
a recanting witness. No data could tell that effect, so it is not reported, and the witness is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from causal.ask.answer import Answer
from causal.ask.change import alternative_to, circumstances, reading_of, seen, setting_of
from causal.ask.interventions import MINIMAL, RETROSPECTIVE
from causal.ask.measure import Made, Measure, as_measure, measured
from causal.ask.panel import Panel, attempt
from causal.ask.profile import named_state
from causal.ask.routes import Along, Effect, Paths, Through
from causal.ask.saying import Voice
from causal.errors import ImpossibleEvidence, QueryError, UsageError, nearest
from causal.exact.answer import Written
from causal.graph import Graph
from causal.spec.question import Arithmetic, Assign, Condition, Event, Follow, Probability, Record, Setting


def paths(
    panel: Panel,
    event: Event,
    cause: str | None = None,
    through: Sequence[str] = (),
    along: Sequence[str] = (),
    reading: str = MINIMAL,
) -> Paths:
    """Split the effect of a cause (default: of each of the model's factors) by what it runs through.

    ``through`` names mediators that are held together; ``along`` a path from the cause, which may end before the
    outcome. Every child of the cause on a way to the outcome is asked for by itself as well.
    Raises QueryError for names that are not the model's or not on a way, UsageError for no such reading.

    >>> from causal import load
    >>> from causal.spec.grammar import parse_event
    >>> found = paths(load("rain").at_medians().panel, parse_event("grass = wet"), "season")
    >>> (effect,) = found.effects
    >>> [(each.mediators, round(each.through.panel.mean, 3)) for each in effect.each]
    [(('sprinkler',), 0.132), (('rain',), -0.387)]
    """
    model, graph = panel.elicited.network.model, panel.elicited.network.graph
    named_state(event, model)
    reading_of(reading)
    causes = [cause] if cause is not None else [name for name in model.factors if name != event.variable]
    for name in (*causes, *through, *along):
        if name not in model.variables:
            raise QueryError(f"no variable {name!r}{nearest(name, model.variables)}")
    skipped: list[tuple[str, str]] = []
    effects = []
    for name in causes:
        actual = model.variables[name].actual or model.variables[name].states[-1]
        between = _between(graph, name, event.variable)
        if name == event.variable or event.variable not in graph.downstream([name]):
            skipped.append((name, f"it does not act on {event.variable}"))
            continue
        held = tuple(each for each in through if each in between)
        missing = [each for each in through if each not in between]
        if missing and cause is not None:
            raise QueryError(f"{missing[0]} is on no way from {name} to {event.variable}; there are: {_names(between)}")
        if missing:
            skipped.append((f"through {', '.join(missing)}", f"on no way from {name}"))
        try:
            steps = _path(graph, name, along, event.variable) if along and cause is not None else ()
            effects.append(_Split(panel, event, name, actual, reading).effect(held, steps))
        except ImpossibleEvidence as error:
            skipped.append((name, str(error)))
    if along and cause is None:
        raise UsageError("a path starts at a cause: name it, as in cause='x'")
    return Paths(event, reading, tuple(effects), Voice.of(panel), tuple(skipped))


def _between(graph: Graph, cause: str, outcome: str) -> tuple[str, ...]:
    """Return what lies on a way from a cause to the outcome, in the order of the graph."""
    found = graph.downstream([cause]) & graph.ancestors([outcome])
    return tuple(name for name in graph.order if name in found and name != outcome)


def _names(names: Sequence[str]) -> str:
    return ", ".join(names) or "none"


def _path(graph: Graph, cause: str, along: Sequence[str], outcome: str) -> tuple[str, ...]:
    """Return a path from the cause; raises QueryError where an arrow is missing or it leads nowhere."""
    steps = tuple(along) if along[0] == cause else (cause, *along)
    if len(steps) < 2:
        raise QueryError(f"a path from {cause} has at least one arrow; name what it leads to")
    for parent, child in pairwise(steps):
        if child not in graph.children[parent]:
            others = _names(graph.children[parent])
            raise QueryError(f"there is no arrow from {parent} to {child}; {parent} acts on {others}")
    if steps[-1] != outcome and outcome not in graph.downstream([steps[-1]]):
        raise QueryError(f"{steps[-1]} does not act on {outcome}")
    return steps


def witness(graph: Graph, steps: Sequence[str], outcome: str) -> str | None:
    """Return the first recanting witness of a path: a variable inside it with another way on to the outcome.

    >>> from causal import load
    >>> graph = load("rain").elicited.network.graph
    >>> witness(graph, ("season", "rain", "grass"), "grass") is None
    True
    """
    ways = graph.ancestors([outcome])
    for place, name in enumerate(steps[1:-1], start=1):
        if any(child in ways and child != steps[place + 1] for child in graph.children[name]):
            return name
    return None


class _Split:
    """The effect of one cause, written as worlds."""

    def __init__(self, panel: Panel, event: Event, cause: str, actual: str, reading: str) -> None:
        self.panel, self.event, self.cause, self.actual, self.reading = panel, event, cause, actual, reading
        self.graph, self.model = panel.elicited.network.graph, panel.elicited.network.model
        self.other = alternative_to(self.model, cause, actual)
        self.given: tuple[Condition, ...] = (
            (Record(),) if reading == RETROSPECTIVE else seen(circumstances(self.graph, cause, reading))
        )

    def world(self, state: str, *follow: Follow) -> Probability:
        """Return the outcome where the cause is in a state and some variables follow another world."""
        setting = Setting((Assign(self.cause, state), *follow))
        return Probability((replace(self.event, world=setting),), self.given)

    def as_in(self, name: str, state: str) -> Follow:
        """Return a variable as it would be with the cause in a state."""
        there = setting_of({self.cause: state})
        assert there is not None
        return Follow(name, name, there)

    def difference(self, with_it: Probability) -> Arithmetic:
        return Arithmetic("-", with_it, self.world(self.other))

    def along(self, steps: Sequence[str]) -> Probability:
        """Return the outcome where the changed value is seen along a path alone."""
        changed: Assign | Follow = Assign(self.cause, self.actual)
        for name in steps[1:-1] if steps[-1] == self.event.variable else steps[1:]:
            rest = self._others(name, changed.variable)
            changed = Follow(name, name, Setting((changed, *rest)))
        if steps[-1] == self.event.variable:
            world = Setting((changed, *self._others(self.event.variable, changed.variable)))
            return Probability((replace(self.event, world=world),), self.given)
        assert isinstance(changed, Follow)
        return self.world(self.other, changed)

    def _others(self, name: str, seen_changed: str) -> tuple[Assign | Follow, ...]:
        """Return a variable's other parents as they are under the alternative."""
        found: list[Assign | Follow] = []
        for parent in self.model.variables[name].parents:
            if parent == self.cause and parent != seen_changed:
                found.append(Assign(parent, self.other))
            elif parent != seen_changed:
                found.append(self.as_in(parent, self.other))
        return tuple(found)

    def effect(self, held: tuple[str, ...], steps: tuple[str, ...]) -> Effect:
        """Ask for the total effect, for each mediator, for those held together, and along a path."""
        outcome = self.event.variable
        children = [c for c in self.graph.children[self.cause] if c in self.graph.ancestors([outcome])]
        groups = [(child,) for child in children if child != outcome] + ([held] if held else [])
        write = self.panel.elicited.writer.write
        pages = [write(self.world(self.actual)), write(self.world(self.other)),
                 write(self.difference(self.world(self.actual)))]  # fmt: skip
        for group in groups:
            for here, there in ((self.actual, self.other), (self.other, self.actual)):
                follow = tuple(self.as_in(name, there) for name in group)
                pages.append(write(self.difference(self.world(here, *follow))))
        direct = outcome in children
        if direct:
            rest = self._others(outcome, self.cause)
            world = Setting((Assign(self.cause, self.actual), *rest))
            pages.append(write(self.difference(Probability((replace(self.event, world=world),), self.given))))
        recanting = witness(self.graph, steps, outcome) if steps else None
        if steps and recanting is None:
            pages.append(write(self.difference(self.along(steps))))
        answers = self._answered(pages)
        measures = [as_measure(answer) for answer in answers]
        shares = self._shares(pages, len(groups))
        each = tuple(
            Through(group, measures[3 + 2 * at], measures[4 + 2 * at], shares[2 * at], shares[2 * at + 1],
                    answers[4 + 2 * at])
            for at, group in enumerate(groups)
        )  # fmt: skip
        past = 3 + 2 * len(groups)
        found = Along(steps, measures[-1] if recanting is None else None, recanting or "") if steps else None
        coupled = tuple(dict.fromkeys(name for page in pages for name in page.coupled))
        return Effect(self.cause, self.actual, self.other, measures[0], measures[1], measures[2],
                      each[: len(groups) - 1] if held else each, each[-1] if held else None,
                      measures[past] if direct else None, found, coupled)  # fmt: skip

    def _answered(self, pages: Sequence[Written]) -> list[Answer]:
        found = []
        for answer in attempt(self.panel, pages):
            if isinstance(answer, ImpossibleEvidence):
                raise answer
            found.append(answer)
        return found

    def _shares(self, pages: Sequence[Written], groups: int) -> tuple[Measure, ...]:
        """Return per group how surely it carries most of the effect: of its own, and by what is lost without it.

        A ratio of draws has no mean where the total may be nothing; so the shares of draws are told in which more than
        half of the total goes that way.
        """
        slots = [page.slots[0] for page in pages[2 : 3 + 2 * groups]]
        values, fixed = self.panel.values(slots), self.panel.fixed(slots).all(axis=0)
        total = values[0]
        rows, names = [], []
        for at in range(groups):
            without, through = values[1 + 2 * at], values[2 + 2 * at]
            rows += [np.abs(through) > np.abs(total) / 2, np.abs(total - without) > np.abs(total) / 2]
            names += ["most by itself", "most is lost without it"]
        if not rows:
            return ()
        made = Made(names, np.stack(rows).astype(float), np.tile(fixed, (len(rows), 1)), shares=True)
        return measured(self.panel, made)
