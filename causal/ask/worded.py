"""What a model needs to know, asked in plain words: labels and definitions, no names of the file.

    parameter                        suppose ...                                       out of 100 such worlds ...
    P(y = s | x = a)                 X: a (what that means), and all else as it was    in how many would we find Y: s?
    P(y = t | y != s, x = a)         the same, without those in which we find Y: s     of the others
    P(y = s | row r)                 what the row stands for
    P(y = s | none)                  no known cause at work
    P(y = s | only x = a)            one cause at work, and whatever is not listed     in how many would we find Y: s?
    P(x = a causes y = s)            one cause and nothing else                        in how many would it bring Y: s?
    P(y = s | all [but x = a])       all that it needs [but one thing]
    P(y >= s | baseline [but ...])   the starting world [with one thing changed]
    types(y)                         100 cases                                         how many respond in which way?
    P(y = s | do(@i), history, ...)  the change, what was before it, and luck as it was

What a reader has to have before the eyes for all questions of a variable (its states, what it depends on, the starting
world) is in its Frame, so that a question can stay short.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from causal.ask.interventions import MINIMAL
from causal.ask.phrases import spoken
from causal.ask.saying import dated, listed, since
from causal.ask.tense import OVER, tense
from causal.exact.mechanisms.types import Space
from causal.exact.parameter import inputs, resting
from causal.graph import Graph
from causal.spec.model import Intervention, Logistic, Model, NoisyAnd, NoisyOr, Table, Types, Variable, frozen
from causal.spec.question import All, Assign, Baseline, Causes, Event, NoCause, Only, Probability, Question, Row
from causal.spec.typetext import type_values

TYPES_LISTED = 16


@dataclass(frozen=True)
class Worded:
    """One question in plain words: what to suppose, what to tell, and choices or remarks below it.

    ``numbers`` tells that the answer is a number of worlds, not a share for each of the choices.
    """

    suppose: str
    ask: str
    below: tuple[str, ...] = ()
    numbers: bool = True


@dataclass(frozen=True)
class Frame:
    """What all questions about one variable share, in words.

    ``states`` and ``parents`` are pairs of a heading and its explanation; ``start`` is a sentence and ``points`` the
    list that belongs to it: the starting world, the causes or the needs.
    """

    title: str
    about: str
    happened: str
    states: tuple[tuple[str, str], ...]
    parents: tuple[tuple[str, str], ...]
    start: str = ""
    points: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()


def worded(model: Model, variable: Variable, question: Question) -> Worded:
    """Return one question about a variable's mechanism in plain words.

    >>> from causal import load
    >>> from causal.spec.grammar import parse_question
    >>> model = load("rain").model
    >>> found = worded(model, model.variables["grass"], parse_question("P(grass = wet | none)"))
    >>> print(found.ask)
    Out of 100 such worlds, in how many would we find Grass: wet (A shoe gets wet)?
    """
    if isinstance(variable.mechanism, Types):
        return _types(model, variable)
    if isinstance(question, Causes):
        alone = in_words(model, question.cause.variable, question.cause.state)
        effect = event_in_words(model, question.effect)
        return Worded(
            f"Suppose {alone}, and think away all else that could bring it about: no other cause, listed or not.",
            f"Out of 100 such worlds, in how many would this cause alone bring about {effect}?",
        )
    assert isinstance(question, Probability)
    (event,) = question.events
    ask = f"in how many would we find {event_in_words(model, event)}?"
    seen = [each for each in question.given if isinstance(each, Event)]
    gone = [each for each in seen if each.variable == variable.name]
    word = next((each for each in question.given if not isinstance(each, Event)), None)
    if word is not None:
        suppose = _SUPPOSE[type(word)](model, variable, word)
    else:
        suppose = _combination(model, variable, [each for each in seen if each.variable != variable.name])
    if not gone:
        return Worded(suppose, f"Out of 100 such worlds, {ask}", _alike(model, variable, word))
    left = " or ".join(named(model, variable.name, each.states[0]) for each in gone)
    left_over = [state for state in variable.states if state not in {event.states[0], *(e.states[0] for e in gone)}]
    rest = f"(In the others it is {_or(map(spoken, left_over))}.)" if left_over else ""
    aside = f"Leave aside the worlds in which we find {left}."
    return Worded(f"{suppose} {aside}", f"Out of 100 of the worlds that remain, {ask}", (rest,) if rest else ())


def change_in_words(model: Model, intervention: Intervention, event: Event) -> Worded:
    """Return the question for an event after a named intervention, read as the case is told first, in plain words."""
    title = intervention.title or spoken(intervention.name)
    told = [f"Suppose this change: {_stop(title)}", _stop(intervention.about)]
    told.append(f"It sets {listed([in_words(model, name, state) for name, state in intervention.do.items()])}.")
    graph = Graph.of(model)
    past = graph.history(intervention.when.first) if intervention.when else {}
    if intervention.when is not None:
        told.append(tense(model).settled.format(since(intervention.when.text)))
    luck = [named(model, name, at) for name, at in graph.chance(intervention.do).items() if name not in past]
    if luck and tense(model).main == MINIMAL:
        told.append(f"Luck that the change does not touch falls as it fell ({'; '.join(luck)}).")
    ask = f"Out of 100 such worlds, in how many would we find {event_in_words(model, event)}?"
    return Worded(" ".join(each for each in told if each), ask)


def frame(model: Model, variable: Variable) -> Frame:
    """Return what a reader has to know for all questions about a variable."""
    start, points = _FRAMES.get(type(variable.mechanism), _no_start)(model, variable)
    when = f" ({dated(variable.when.text)})" if variable.when else ""
    return Frame(
        title=f"{variable.title}{when}",
        about=_tidy(variable.about),
        happened=f"What happened: {spoken(variable.actual)}." if variable.actual is not None else "",
        states=tuple((spoken(state), _tidy(variable.definitions.get(state, ""))) for state in variable.states),
        parents=tuple(_parent(model, edge.parent, edge.why) for edge in variable.edges),
        start=start,
        points=points,
        aside=_gates(model, variable),
    )


# ── names, states and dates ──────────────────────────────────────────────────────────────────────────────────────────


def named(model: Model, name: str, state: str) -> str:
    """Return a variable in a state: label and state."""
    return f"{model.variables[name].title}: {spoken(state)}"


def in_words(model: Model, name: str, state: str) -> str:
    """Return a variable in a state, with what that means where the model says it."""
    meaning = _tidy(model.variables[name].definitions.get(state, "")).rstrip(".")
    return f"{named(model, name, state)} ({meaning})" if meaning else named(model, name, state)


def event_in_words(model: Model, event: Event) -> str:
    """Return an event with what it means; of several states, each."""
    variable = model.variables[event.variable]
    at = variable.states.index(event.states[0]) if event.states else 0
    among: Mapping[str, Sequence[str]] = {
        "=": event.states,
        "in": event.states,
        "!=": [state for state in variable.states if state != event.states[0]],
        ">=": variable.states[at:],
        ">": variable.states[at + 1 :],
        "<=": variable.states[: at + 1],
        "<": variable.states[:at],
    }
    states = among[event.op or "="]
    if len(states) == 1:
        return in_words(model, event.variable, states[0])
    meanings = [in_words(model, event.variable, state).removeprefix(f"{variable.title}: ") for state in states]
    return f"{variable.title}: {_or(meanings)}"


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _stop(text: str) -> str:
    """Return a text as a sentence that ends."""
    text = _tidy(text)
    return text if not text or text[-1] in ".!?" else f"{text}."


def _or(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last


# ── what to suppose ──────────────────────────────────────────────────────────────────────────────────────────────────


def _combination(model: Model, variable: Variable, seen: Sequence[Event]) -> str:
    """Return the state of every parent; of a variable without parents, that nothing is known yet."""
    if seen:
        there = "; and ".join(event_in_words(model, each) for each in seen)
        return f"Suppose {there}; and all else {all_else(model)}."
    if variable.when is None:
        return "Suppose that nothing is known about the case yet."
    if variable.actual is None:
        return "Suppose nothing: take the world as it is known today."
    return f"Go back to {since(variable.when.text)}, when this was still open, and forget how it came out."


def all_else(model: Model) -> str:
    """Say how it is with what a question leaves open: as it was, where one starts from what happened, and it has."""
    return "as it was" if model.baseline == "actual" and tense(model) is OVER else "as it may be"


def _row(model: Model, variable: Variable, word: object) -> str:
    """Return what a named row stands for; the first that fits serves, so earlier ones are ruled out if they overlap."""
    assert isinstance(word, Row)
    mechanism = variable.mechanism
    assert isinstance(mechanism, Table)
    rows = mechanism.rows or {}
    mine = rows[word.name]
    earlier = [when for name, when in rows.items() if list(rows).index(name) < list(rows).index(word.name)]
    over = [_when(model, when) for when in earlier if all(set(mine.get(p, s)) & set(s) for p, s in when.items())]
    told = _when(model, mine, meaning=True) if mine else ""
    if not over:
        return f"Suppose {told}; and all else {all_else(model)}."
    ruled = "; nor ".join(over)
    if told:
        return f"Suppose {told}, but not {ruled}."
    return f"Suppose neither {ruled}." if len(over) > 1 else f"Suppose it is not so that {ruled}."


def _when(model: Model, when: Mapping[str, tuple[str, ...]], *, meaning: bool = False) -> str:
    if meaning:
        return "; and ".join(event_in_words(model, Event(name, "in", states)) for name, states in when.items())
    return " and ".join(f"{model.variables[name].title}: {_or(map(spoken, s))}" for name, s in when.items())


def _rest(model: Model, variable: Variable, but: Iterable[str] = ()) -> list[str]:
    """Return the causes of a noisy-or at rest, each as a state that is no cause."""
    mechanism = variable.mechanism
    assert isinstance(mechanism, NoisyOr)
    off = {
        name: [state for state in model.variables[name].states if state not in mechanism.on.get(name, ())]
        for name in inputs(variable)
        if name not in but
    }
    return [f"{model.variables[name].title}: {_or(map(spoken, states))}" for name, states in off.items() if states]


def _no_cause(model: Model, variable: Variable, word: object) -> str:
    return f"Suppose none of these causes is at work ({'; '.join(_rest(model, variable))})."


def _only(model: Model, variable: Variable, word: object) -> str:
    assert isinstance(word, Only)
    at_work = "; and ".join(in_words(model, each.variable, each.state) for each in word.causes)
    rest = _rest(model, variable, [each.variable for each in word.causes])
    others = f" The others are at rest ({'; '.join(rest)})." if rest else ""
    return f"Suppose only one of these causes is at work: {at_work}.{others} What is not listed acts as it always does."


def _all(model: Model, variable: Variable, word: object) -> str:
    assert isinstance(word, All)
    if not word.but:
        return "Suppose all that it needs is there."
    return f"Suppose all that it needs is there but for one thing: {_changed(model, word.but)}."


def _baseline(model: Model, variable: Variable, word: object) -> str:
    assert isinstance(word, Baseline)
    if not word.but:
        known = model.baseline == "actual" and variable.actual is not None
        return f"Take the starting world as it stands{', and forget how this came out' if known else ''}."
    was = _or(spoken(model.baseline_state(each.variable)) for each in word.but)
    return f"Take the starting world and change one thing: {_changed(model, word.but)}, instead of {was}."


def _changed(model: Model, but: Iterable[Assign]) -> str:
    return "; and ".join(in_words(model, each.variable, each.state) for each in but)


_SUPPOSE: Mapping[type, Callable[[Model, Variable, object], str]] = frozen(
    {Row: _row, NoCause: _no_cause, Only: _only, All: _all, Baseline: _baseline}
)


def _alike(model: Model, variable: Variable, word: object) -> tuple[str, ...]:
    """Return for which other states of a parent the same answer stands."""
    mechanism = variable.mechanism
    if not isinstance(mechanism, Logistic) or not isinstance(word, Baseline):
        return ()
    found = []
    for each in word.but:
        for group in mechanism.same.get(each.variable, ()):
            if each.state in group:
                others = [spoken(state) for state in group if state != each.state]
                found.append(f"(The same answer will stand for {model.variables[each.variable].title}: {_or(others)}.)")
    return tuple(found)


def _types(model: Model, variable: Variable) -> Worded:
    """Return the question for the shares of all response types, each told as what it does where."""
    parents = inputs(variable)
    space = Space.of(model, variable)
    lists = [model.variables[name].states for name in reversed(parents)]  # the first-named parent varies fastest
    contexts = [dict(zip(parents, reversed(states), strict=True)) for states in product(*lists)]
    told = []
    for text in space.types[:TYPES_LISTED]:
        values = type_values(text, variable.states, len(contexts))
        told.append(f"{text}: {_responds(model, values, contexts)}")
    if len(space.types) > TYPES_LISTED:
        told.append(f"and {len(space.types) - TYPES_LISTED} more, written alike")
    causes = listed([model.variables[name].title for name in parents]) if parents else "nothing else"
    return Worded(
        f"Think of 100 cases like this one. Each responds to {causes} in a way of its own.",
        "How many of them respond in each of these ways?",
        tuple(told),
        numbers=False,
    )


def _responds(model: Model, values: Sequence[str], contexts: Sequence[Mapping[str, str]]) -> str:
    if len(set(values)) == 1:
        return f"{spoken(values[0])}, whatever the rest"
    return "; ".join(
        f"{spoken(value)} where {' and '.join(named(model, name, state) for name, state in context.items())}"
        for value, context in zip(values, contexts, strict=True)
    )


# ── what all questions of a variable share ───────────────────────────────────────────────────────────────────────────


def _parent(model: Model, name: str, why: str) -> tuple[str, str]:
    variable = model.variables[name]
    states = []
    for state in variable.states:
        meaning = _tidy(variable.definitions.get(state, "")).rstrip(".")
        states.append(f"{spoken(state)} ({meaning})" if meaning else spoken(state))
    return variable.title, " ".join(each for each in (f"{_or(states)}.", _stop(why)) if each)


def _no_start(model: Model, variable: Variable) -> tuple[str, tuple[str, ...]]:
    return "", ()


def _start_of_causes(model: Model, variable: Variable) -> tuple[str, tuple[str, ...]]:
    mechanism = variable.mechanism
    assert isinstance(mechanism, NoisyOr)
    effect = named(model, variable.name, variable.states[-1])
    causes = [in_words(model, name, state) for name, states in mechanism.on.items() for state in states]
    return f"Each of these causes can bring about {effect} by itself, or fail to:", tuple(causes)


def _start_of_needs(model: Model, variable: Variable) -> tuple[str, tuple[str, ...]]:
    mechanism = variable.mechanism
    assert isinstance(mechanism, NoisyAnd)
    effect = named(model, variable.name, variable.states[-1])
    needs = [event_in_words(model, Event(name, "in", states)) for name, states in mechanism.needs.items()]
    return f"{effect} needs all of this; what is missing makes it rarer:", tuple(needs)


def _start_of_departures(model: Model, variable: Variable) -> tuple[str, tuple[str, ...]]:
    points = []
    for name in inputs(variable):
        state, actual = model.baseline_state(name), model.variables[name].actual
        known = model.baseline != "actual" or actual is not None
        points.append(in_words(model, name, state) + ("" if known else ", taken so because it is not known"))
    what = "what happened" if model.baseline == "actual" else "the reference case"
    return f"All questions start from one world, {what}:" if points else "", tuple(points)


_FRAMES: Mapping[type, Callable[[Model, Variable], tuple[str, tuple[str, ...]]]] = frozen(
    {NoisyOr: _start_of_causes, NoisyAnd: _start_of_needs, Logistic: _start_of_departures}
)


def _gates(model: Model, variable: Variable) -> tuple[str, ...]:
    """Return what is certain by a gate, and that the questions leave it aside."""
    found = [
        f"Where we find {_when(model, gate.when)}, it is {spoken(gate.then)} for certain." for gate in variable.gates
    ]
    rest = [named(model, name, state) for name, state in resting(model, variable).items()]
    if rest:
        found.append(f"Leave that aside: in every question we find {listed(rest)}.")
    return tuple(found)
