"""Changes that no file has to name, as a point of divergence: what is set, from when, under each reading.

    reading            P(y), ``do`` set
    forecast           P(y | do(do), history before D)               D: the day on which the earliest of the variables
    minimal rewrite    P(y | do(do), history before D, chance)          concerned was decided
    retrospective      P(y[do] | record)

``circumstances`` are what a cause leaves alone, as plain evidence: what stands there is no descendant of the cause, so
that the worlds of the cause's states are compared like with like (Pearl 2009, section 11.3.5).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from causal.ask.interventions import MINIMAL, READINGS, RETROSPECTIVE, Situation
from causal.ask.saying import on
from causal.errors import QueryError, UsageError, nearest
from causal.graph import Graph
from causal.spec.dates import Span
from causal.spec.model import Model
from causal.spec.names import check_names
from causal.spec.question import (
    Assign,
    Chance,
    Do,
    Event,
    History,
    Probability,
    Record,
    Setting,
)


def reading_of(reading: str) -> str:
    """Return a reading that there is; raises UsageError, with the nearest, where there is none."""
    if reading not in READINGS:
        raise UsageError(f"no reading {reading!r}{nearest(reading, READINGS)}; there are {', '.join(READINGS)}")
    return reading


def after(event: Event, do: Mapping[str, str], reading: str, before: Span | None) -> Probability:
    """Return the question for an event with changes made, under a reading; ``before`` ends the history.

    >>> from causal.ask.interventions import FORECAST
    >>> grass = Event("grass", "=", ("wet",))
    >>> str(after(grass, {"rain": "clear"}, FORECAST, Span.parse("1919-08-01")))
    'P(grass = wet | do(rain = clear), history before 1919-08-01)'
    >>> str(after(grass, {"rain": "clear"}, RETROSPECTIVE, None))
    'P(grass[rain = clear] = wet | record)'
    """
    setting = setting_of(do)
    if reading == RETROSPECTIVE:
        return Situation((Record(),), setting).asks(event)
    done = () if setting is None else (Do(setting),)
    past = () if before is None else (History(before),)
    luck = (Chance(),) if reading == MINIMAL else ()
    return Situation((*done, *past, *luck)).asks(event)


def setting_of(do: Mapping[str, str]) -> Setting | None:
    """Return changes as a setting, None where there are none."""
    return Setting(tuple(Assign(name, state) for name, state in do.items())) if do else None


def earliest_of(model: Model, names: Iterable[str]) -> Span | None:
    """Return the day on which the earliest of some variables was decided, None where none has a date."""
    days = [decided.last for name in names if (decided := model.variables[name].decided) is not None]
    return on(min(days)) if days else None


def alternative_to(model: Model, name: str, actual: str) -> str:
    """Return the state that what happened is compared with.

    The model's own alternative among its factors where it states one; else the other of two states, else the baseline,
    else the first state that is another.

    >>> from causal import load
    >>> model = load("rain").model
    >>> alternative_to(model, "rain", "heavy"), alternative_to(model, "season", "dry")
    ('clear', 'rainy')
    """
    stated = model.factors.get(name)
    if stated is not None and stated != actual:
        return stated
    base = model.baseline_state(name)
    others = [state for state in model.variables[name].states if state != actual]
    return base if base in others else others[0]


def circumstances(graph: Graph, cause: str, reading: str) -> dict[str, str]:
    """Return what happened and is no descendant of a cause: before it, with luck, or all of it, by reading."""
    below = graph.downstream([cause]) | {cause}
    before = earliest_of(graph.model, [cause])
    if reading == RETROSPECTIVE:
        found = graph.record()
    else:
        found = {} if before is None else graph.history(before.first)
        if reading == MINIMAL:
            found |= graph.chance([cause])
    return {name: state for name, state in found.items() if name not in below}


def seen(values: Mapping[str, str]) -> tuple[Event, ...]:
    """Return values as what is seen in the actual world."""
    return tuple(Event(name, "=", (state,)) for name, state in values.items())


def checked(model: Model, changes: Mapping[str, str], event: Event) -> dict[str, str]:
    """Return changes whose names are the model's and that leave the event's own variable alone.

    Raises QueryError where they do not.
    """
    for name, state in changes.items():
        check_names(Event(name, "=", (state,)), model)
    if event.variable in changes:
        raise QueryError(f"{event.variable} is what is asked, so it cannot be among what is changed")
    return dict(changes)
