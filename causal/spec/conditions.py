"""Text to what stands inside the brackets of a question: events, sets and conditions.

    event     = variable [ "[" set "]" ] [ op states ]      op: = != < <= > >= (state order)  in {a, b}
    set       = item { "," item }       item = assign | "@" intervention
    assign    = variable "=" ( state | variable "[" set "]" )
    condition = event | "do(" set ")" | "history" [ "before" date ] | "record" | "chance" | "row" rowname
              | "baseline" [ but ] | "none" | "only" one | "all" [ but ] | variable "~" "{" state ":" number, ... "}"
    but       = "but" one         one = assign | "(" set ")"

The lower half of the grammar; grammar.py is the upper one. What contradicts itself in every model is refused here: one
variable in two states of one world, an item that stands twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from causal.errors import QuestionSyntaxError, nearest
from causal.spec.question import (
    All,
    Assign,
    Baseline,
    Chance,
    Condition,
    Do,
    Event,
    Follow,
    History,
    Named,
    NoCause,
    Only,
    Record,
    Row,
    Setting,
    Soft,
    name_text,
)
from causal.spec.tokens import Cursor, Token

SetItem = Assign | Follow | Named
Scope = tuple[str, frozenset[SetItem]]  # a variable and the world that it is looked at in


# Events and settings


def read_stated_event(at: Cursor) -> Event:
    """Read an event that says a state."""
    start = at.token
    event = read_event(at)
    if event.op is None:
        raise _no_state(at, event, start)
    return event


def _no_state(at: Cursor, event: Event, start: Token, instead: Iterable[str] = ()) -> QuestionSyntaxError:
    """Say that an event lacks its state; ``instead`` are words that its variable may have been meant for."""
    close = nearest(event.variable.lower(), instead)
    if close or at.token.kind == "end" or at.token.lexeme in (",", "|", ")", "->"):
        variable = name_text(event.variable)
        return at.error(f"which state of {event.variable!r}? write {variable} = state{close}", start)
    return at.unexpected()


def read_event(at: Cursor) -> Event:
    """Read an event, with or without a state."""
    if at.token.lexeme in CONDITIONS:
        word = at.token.name
        raise at.error(f"{word!r} is a condition and stands behind '|'; as a name it goes in quotes: \"{word}\"")
    return _event_of(at, at.name("a variable"))


def _event_of(at: Cursor, variable: str) -> Event:
    """Read the rest of an event behind its variable."""
    world = _world(at) if at.sees("[") else None
    comparison = "a comparison (= != < <= > >= in)"
    if at.accept("in", shown=comparison):
        return Event(variable, "in", _states(at), world)
    op = at.accept("=", "!=", "<", "<=", ">", ">=", shown=comparison)
    if op is None:
        return Event(variable, world=world)
    state = at.name("a state")
    if at.token.lexeme == "[":
        raise at.error("a world stands behind the variable: y[x = s] = t")
    return Event(variable, op.name, (state,), world)


def _world(at: Cursor) -> Setting:
    at.expect("[")
    world = read_setting(at)
    at.expect("]")
    return world


def _states(at: Cursor) -> tuple[str, ...]:
    at.expect("{")
    states: dict[str, None] = {}
    while True:
        token = at.token
        state = at.name("a state")
        if state in states:
            raise at.error(f"{state!r} stands twice in one list", token)
        states[state] = None
        if not at.accept(","):
            break
    at.expect("}")
    return tuple(states)


def read_setting(at: Cursor) -> Setting:
    """Read assignments and interventions up to where no comma follows."""
    return Setting(tuple(item for _, item in _items(at)))


def _items(at: Cursor) -> list[tuple[Token, SetItem]]:
    found = [(at.token, _item(at))]
    while at.accept(","):
        found.append((at.token, _item(at)))
    earlier: dict[tuple[bool, str], SetItem] = {}
    for token, item in found:
        name = item.intervention if isinstance(item, Named) else item.variable
        other = earlier.setdefault((isinstance(item, Named), name), item)
        if other == item and other is not item:
            raise at.error(f"'{item}' stands twice", token)
        if other != item:
            raise at.error(f"a set gives a variable one value, not two: '{other}' and '{item}'", token)
    return found


def _item(at: Cursor) -> SetItem:
    if at.accept("@"):
        return Named(at.name("an intervention"))
    variable = at.name("a variable")
    if not at.accept("="):
        raise at.error(f"a set says which value: write {name_text(variable)} = state, or @name for an intervention")
    state = at.name("a state")
    return Follow(variable, state, _world(at)) if at.sees("[") else Assign(variable, state)


# Conditions


def read_given(at: Cursor) -> tuple[Condition, ...]:
    """Read ``| condition, condition``; nothing where no bar stands."""
    if not at.accept("|"):
        return ()
    found = [(at.token, _condition(at))]
    while at.accept(","):
        found.append((at.token, _condition(at)))
    refuse_clashes(at, found)
    return tuple(condition for _, condition in found)


def _condition(at: Cursor) -> Condition:
    if at.token.lexeme in CONDITIONS:
        return CONDITIONS[at.advance().name](at)
    start = at.token
    variable = at.name("a condition")
    if at.accept("~"):
        return _soft(at, variable)
    event = _event_of(at, variable)
    if event.op is None:
        raise _no_state(at, event, start, CONDITIONS)
    return event


def _do(at: Cursor) -> Do:
    if not at.sees("("):
        raise at.error("write do(x = state), with brackets")
    at.advance()
    setting = read_setting(at)
    at.expect(")")
    return Do(setting)


def _history(at: Cursor) -> History:
    return History(at.date()) if at.sees("before") else History()


def _but(at: Cursor) -> tuple[Assign, ...]:
    return _one(at, "but") if at.accept("but") else ()


def _one(at: Cursor, word: str) -> tuple[Assign, ...]:
    """Read one assignment, or several in brackets."""
    if at.accept("("):
        found = _items(at)
        at.expect(")")
    else:
        found = [(at.token, _item(at))]
    assigns: list[Assign] = []
    for token, item in found:
        if not isinstance(item, Assign):
            raise at.error(f"'{word}' takes plain states: x = s, or (x = s, z = t)", token)
        assigns.append(item)
    return tuple(assigns)


def _soft(at: Cursor, variable: str) -> Soft:
    start = at.expect("{")
    weights: dict[str, float] = {}
    while True:
        token = at.token
        state = at.name("a state")
        if state in weights:
            raise at.error(f"{state!r} has two likelihoods", token)
        at.expect(":")
        weights[state] = at.number()
        if not at.accept(","):
            break
    at.expect("}")
    if not any(weights.values()):
        raise at.error("at least one likelihood is above 0", start)
    return Soft(variable, tuple(weights.items()))


CONDITIONS: Mapping[str, Callable[[Cursor], Condition]] = MappingProxyType(
    {
        "do": _do,
        "history": _history,
        "record": lambda at: Record(),
        "chance": lambda at: Chance(),
        "row": lambda at: Row(at.name("the name of a row")),
        "baseline": lambda at: Baseline(_but(at)),
        "none": lambda at: NoCause(),
        "only": lambda at: Only(_one(at, "only")),
        "all": lambda at: All(_but(at)),
    }
)


# What contradicts itself


def refuse_clashes(at: Cursor, found: list[tuple[Token, Event]] | list[tuple[Token, Condition]]) -> None:
    """Refuse an item that stands twice, and a variable that is two things at once in one world."""
    seen: set[object] = set()
    equal: dict[Scope, str] = {}
    for token, item in found:
        if isinstance(item, Event):
            scope: Scope = (item.variable, frozenset(item.world.items if item.world else ()))
            mark: object = (scope, item.op, frozenset(item.states))
            state = equal.setdefault(scope, item.states[0]) if item.op == "=" else ""
            if item.op == "=" and state != item.states[0]:
                either = f"{name_text(item.variable)} in {{{name_text(state)}, {name_text(item.states[0])}}}"
                both = f"{item.variable!r} cannot be both {state!r} and {item.states[0]!r}"
                raise at.error(f"{both}; for one of the two write {either}", token)
        else:
            mark = item if isinstance(item, Soft) else type(item)
        if mark in seen:
            raise at.error(_twice(item, token), token)
        seen.add(mark)


def _twice(item: Condition, token: Token) -> str:
    match item:
        case Event() | Soft():
            return f"'{item}' stands twice"
        case Do():
            return "write one do(...) that sets all of it: do(x = s, z = t)"
    return f"{token} stands twice; write it once, with all that it says"
