"""The profile of the worlds in which the outcome is avoided: what else holds in them.

    given          all worlds                           those in which the outcome is avoided
    nothing        P(v)                                 P(v | not y)
    @i, forecast   P(v | do(@i), history)               P(v | do(@i), history, not y)
    @i, minimal    P(v | do(@i), history, chance)       P(v | do(@i), history, chance, not y)
    @i, retro      P(v[@i] | record)                    P(v[@i] | record, not y[@i])

for every ``v`` of the model's ``profile``, a share per state. What is avoided is seen in the world after doing, or in
the one imagined, so the profile says which of its ways out that world takes, draw by draw. An intervention without a
date has no history.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from causal.ask.answer import PANEL, Answer, Estimate
from causal.ask.interventions import MINIMAL, READINGS, Situation, situation
from causal.ask.panel import Panel, attempt
from causal.errors import ImpossibleEvidence, QueryError, UsageError, nearest
from causal.exact.answer import Written
from causal.learn.gate import Gate
from causal.spec.model import Model, Variable
from causal.spec.names import check_names
from causal.spec.question import Event, name_text

OPPOSITE: Mapping[str, str] = {"=": "!=", "!=": "=", ">=": "<", "<": ">=", "<=": ">", ">": "<="}
NOTHING = ""  # stands for no intervention where interventions are named


@dataclass(frozen=True)
class Profile:
    """How a variable's states share the worlds of one intervention; ``avoided``: only those without the outcome.

    ``given`` is the intervention's name, or empty where nothing is done and nothing given. ``shares`` are the panel's,
    by state; ``by_expert`` has each expert's means.
    """

    variable: str
    states: tuple[str, ...]
    given: str
    avoided: bool
    shares: Mapping[str, Estimate]
    by_expert: Mapping[str, Mapping[str, float]]
    gate: Gate


def profile(panel: Panel, event: Event, names: Sequence[str], reading: str = MINIMAL) -> tuple[Profile, ...]:
    """Describe the worlds of no intervention and of each one named, all of them and those that avoid the event.

    The order is that of the model's profile, then no intervention before the named ones, then all worlds before the
    avoiding ones. There is no entry where what is given is impossible for an expert (an outcome that cannot be avoided
    has no avoiding worlds), nor for a variable that the intervention itself sets.
    Raises QueryError for names that are not the model's, UsageError for no such reading.

    >>> from causal import load
    >>> from causal.spec.grammar import parse_event
    >>> found = profile(load("rain").at_medians().panel, parse_event("grass = wet"), ["drought_law"])
    >>> rain = [each for each in found if each.variable == "rain" and each.given == "drought_law"]
    >>> for each in rain:
    ...     print(each.avoided, {state: round(share.mean, 3) for state, share in each.shares.items()})
    False {'clear': 0.665, 'some': 0.235, 'heavy': 0.101}
    True {'clear': 0.89, 'some': 0.097, 'heavy': 0.013}
    """
    model = panel.elicited.network.model
    named_state(event, model)
    situations = {name: situated(model, name, reading) for name in dict.fromkeys((NOTHING, *names))}
    plan: list[tuple[Variable, str, bool]] = []
    pages: list[Written] = []
    for variable in (model.variables[name] for name in model.profile):
        for name, there in situations.items():
            if name and variable.name in model.interventions[name].do:
                continue
            for avoided, page in _pages(panel, variable, there, event):
                plan.append((variable, name, avoided))
                pages.append(page)
    answers = attempt(panel, pages) if pages else []
    return tuple(
        _profile(answer, *what) for what, answer in zip(plan, answers, strict=True) if isinstance(answer, Answer)
    )


def named_state(event: Event, model: Model) -> None:
    """Raise QueryError where an event is none of the model's, or names no state."""
    check_names(event, model)
    if event.op is None:
        top = model.variables[event.variable].states[-1]
        raise QueryError(
            f"'{event}' is a whole distribution; say which state is the outcome: {event} = {name_text(top)}"
        )


def situated(model: Model, name: str, reading: str) -> Situation:
    """Return where a reading looks at a named intervention; where the name is empty nothing is done or given."""
    if reading not in READINGS:
        raise UsageError(f"no reading {reading!r}{nearest(reading, READINGS)}; there are {', '.join(READINGS)}")
    if name == NOTHING:
        return Situation()
    if name not in model.interventions:
        raise QueryError(f"no intervention {name!r}{nearest(name, model.interventions)}")
    return situation(model.interventions[name], reading)


def complement(event: Event, model: Model) -> Event:
    """Return the event that holds exactly where ``event`` does not.

    Raises ImpossibleEvidence where an event in a set of states always holds.

    >>> from causal import load
    >>> from causal.spec.grammar import parse_event
    >>> str(complement(parse_event("rain >= some"), load("rain").model))
    'rain < some'
    """
    if event.op != "in":
        return Event(event.variable, OPPOSITE[event.op or "="], event.states, event.world)
    rest = tuple(state for state in model.variables[event.variable].states if state not in event.states)
    if not rest:
        raise ImpossibleEvidence(f"'{event}' always holds: no world avoids it")
    return Event(event.variable, "in", rest, event.world)


def _pages(panel: Panel, variable: Variable, there: Situation, event: Event) -> Iterator[tuple[bool, Written]]:
    """Yield the variable's distribution in all worlds and in the avoiding ones, where there are such worlds."""
    whole = Event(variable.name)
    for avoided in (False, True):
        try:
            without = (complement(event, panel.elicited.network.model),) if avoided else ()
            page = panel.elicited.writer.write(there.asks(whole, *without))
        except ImpossibleEvidence:
            continue
        yield avoided, page


def _profile(answer: Answer, variable: Variable, name: str, avoided: bool) -> Profile:
    states = variable.states
    shares = {state: answer.estimates[(PANEL, state)] for state in states}
    by_expert = {
        expert: {state: answer.estimates[(expert, state)].mean for state in states} for expert in answer.experts
    }
    return Profile(variable.name, states, name, avoided, shares, by_expert, answer.gate)
