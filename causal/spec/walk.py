"""Every value inside a question, in the order in which it is written.

P(y[x = s] = t | do(@i))         walk                        names
  Probability
  ├─ Event y = t                 the question,               ("y", ("t",))
  │  └─ Setting                  then this tree,
  │     └─ Assign x = s          top down, left to right     ("x", ("s",))
  └─ Do
     └─ Setting
        └─ Named i
"""

from __future__ import annotations

from collections.abc import Iterator

from causal.spec.question import (
    All,
    Arithmetic,
    Assign,
    Baseline,
    Causes,
    Comparison,
    Condition,
    Do,
    Effect,
    Event,
    Follow,
    Named,
    Only,
    Probability,
    Quantity,
    Question,
    Setting,
    Soft,
    TypesOf,
)

Node = Question | Condition | Setting | Assign | Follow | Named


def walk(node: Node) -> Iterator[Node]:
    """Yield a value of the language and everything inside it, each before its parts, in the order written.

    >>> from causal.spec.grammar import parse_question
    >>> [type(node).__name__ for node in walk(parse_question("P(grass = wet | do(rain = heavy))"))]
    ['Probability', 'Event', 'Do', 'Setting', 'Assign']
    """
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(_parts(node)))


def names(node: Node) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each mention of a variable with the states named beside it; none for a whole distribution.

    >>> from causal.spec.grammar import parse_question
    >>> list(names(parse_question("P(grass | do(rain = heavy))")))
    [('grass', ()), ('rain', ('heavy',))]
    """
    for each in walk(node):
        yield from mentions(each)


def mentions(node: Node) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the variables that this one value names itself, leaving out its parts, each with the states beside it."""
    match node:
        case Event(variable=variable, states=states):
            return ((variable, states),)
        case Assign(variable=variable, state=state):
            return ((variable, (state,)),)
        case Follow(variable=variable, source=source):
            return ((variable, ()), (source, ()))
        case Soft(variable=variable, weights=weights):
            return ((variable, tuple(state for state, _ in weights)),)
        case TypesOf(variable=variable):
            return ((variable, ()),)
    return ()


def _parts(node: Node) -> tuple[Node, ...]:
    match node:
        case Assign() | Event(world=None):
            return ()
        case Probability(events=events, given=given):
            return (*events, *given)
        case Quantity(setting=setting, event=event, given=given) | Effect(setting=setting, event=event, given=given):
            return (setting, event, *given)
        case Causes(cause=cause, effect=effect):
            return (cause, effect)
        case Arithmetic(left=left, right=right) | Comparison(left=left, right=right):
            return (left, right)
        case Event(world=Setting() as world) | Follow(world=world) | Do(setting=world):
            return (world,)
        case Setting(items=items):
            return items
        case Only(causes=assigns) | Baseline(but=assigns) | All(but=assigns):
            return assigns
    return ()
