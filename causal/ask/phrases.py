"""Questions in the words of the model: labels for variables, spoken states, no syntax.

    P(grass = wet | only rain = heavy)             Grass: wet, with Rain: heavy as the only cause
    P(sprinkler = on | season = dry)               Sprinkler: on, where Season: dry
    P(x >= s | baseline but y = t)                 X: s or more, as it happened but for Y: t
    P(y | do(@i), history, chance)                 Y, after "what i is called", with history and luck as it was
                                                   (a case still to come: with what is known by then)

A question that is no probability of events is left as it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from causal.ask.tense import tense
from causal.spec.model import Model
from causal.spec.question import (
    All,
    Assign,
    Baseline,
    Causes,
    Chance,
    Condition,
    Do,
    Event,
    Follow,
    History,
    Named,
    NoCause,
    Only,
    Probability,
    Question,
    Record,
    Row,
    Setting,
)

KEPT: Mapping[type, str] = {History: "history", Chance: "luck"}
BASELINE = {"actual": "as it happened", "first": "in the reference case"}


def spoken(name: str) -> str:
    """Return a name of a state as it is read."""
    return " ".join(name.replace("_", " ").split()) or name


def phrase(question: Question, model: Model) -> str:
    """Return a question in the words of a model.

    >>> from causal import load
    >>> from causal.spec.grammar import parse_question
    >>> phrase(parse_question("P(grass = wet | only rain = heavy)"), load("rain").model)
    'Grass: wet, with Rain: heavy as the only cause'
    """
    match question:
        case Causes(cause=cause, effect=effect):
            return f"{_assigned((cause,), model)} by itself brings about {event_phrase(effect, model)}"
        case Probability(events=events, given=given):
            told = _and([event_phrase(event, model) for event in events])
            seen = [each for each in given if isinstance(each, Event)]
            if seen:
                told += f", where {_and([event_phrase(each, model) for each in seen])}"
            rest = [condition_phrase(each, model) for each in given if not isinstance(each, Event | History | Chance)]
            kept = [word for kind, word in KEPT.items() if any(isinstance(each, kind) for each in given)]
            return ", ".join([told, *rest, *([tense(model).kept.format(_and(kept))] if kept else [])])
        case _:
            return str(question)


def event_phrase(event: Event, model: Model) -> str:
    """Return an event as label and state."""
    title = model.variables[event.variable].title
    states = " or ".join(spoken(state) for state in event.states)
    words = {
        None: title,
        "=": f"{title}: {states}",
        "in": f"{title}: {states}",
        "!=": f"{title}: not {states}",
        ">=": f"{title}: {states} or more",
        ">": f"{title}: more than {states}",
        "<=": f"{title}: {states} or less",
        "<": f"{title}: less than {states}",
    }[event.op]
    return words if event.world is None else f"{words} had there been {_set(event.world, model)}"


def condition_phrase(condition: Condition, model: Model) -> str:
    """Return what is given, in words."""
    match condition:
        case Event():
            return f"where {event_phrase(condition, model)}"
        case Do(setting=setting):
            return f"after {_set(setting, model)}"
        case History() | Chance():
            return tense(model).kept.format(KEPT[type(condition)])
        case Record():
            return tense(model).record
        case Row(name=name):
            return f"in the case '{spoken(name)}'"
        case Baseline(but=but):
            base = BASELINE.get(model.baseline, model.baseline)
            return f"{base} but for {_assigned(but, model)}" if but else base
        case NoCause():
            return "with no cause at work"
        case Only(causes=causes):
            return f"with {_assigned(causes, model)} as the only cause"
        case All(but=but):
            return f"with all that it needs but for {_assigned(but, model)}" if but else "with all that it needs"
        case _:
            return str(condition)


def _set(setting: Setting, model: Model) -> str:
    parts = []
    for item in setting.items:
        match item:
            case Named(intervention=name):
                intervention = model.interventions.get(name)
                parts.append(f"'{(intervention.title if intervention else '') or spoken(name)}'")
            case Follow(variable=name):
                parts.append(f"{model.variables[name].title} as it would be in another world")
            case Assign():
                parts.append(_assigned((item,), model))
    return _and(parts)


def _assigned(items: Iterable[Assign], model: Model) -> str:
    return _and([f"{model.variables[each.variable].title}: {spoken(each.state)}" for each in items])


def _and(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""
