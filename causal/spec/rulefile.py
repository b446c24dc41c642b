"""Rules as a model file writes them, looked up and checked.

    written                                         value
    a                                               Holds(a, its top state)
    {a: s}, {a: [s, t]}                             Holds(a, these states)
    {at least: 2, of: [...]}                        Count(2, items)
    {all of: [...]}, {any of: [...]}                Count(as many as there are, items), Count(1, items)
    {score: {a: {s: 1}, b: {t: 0.5}}, at least: 1}  Score(points, 1)
    - {if: {a: s}, then: t} ... - {then: u}         Case per line; then is a state or a distribution
    {observation: {reliability: r}}                 Case per state of the parent: it with r, the others alike

Every variable of a rule is a parent, and every parent is used by the rule or by a gate: an arrow that does nothing is
a mistake in one of the two places.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from causal.spec import modelshape as shapes
from causal.spec.known import Child, Known, check_binary, is_parent, read_when
from causal.spec.model import Case, Count, Holds, Item, Rule, Score, frozen, named_parents
from causal.spec.question import number_text
from causal.spec.reader import Scalar


def read_rule(written: shapes.Item | list[shapes.LineShape], child: Child, known: Known) -> Rule | None:
    """Return a rule, or None where it could not be read."""
    before = len(known.problems)
    if isinstance(written, list):
        rule = Rule(cases=_cases(written, child, known))
    else:
        check_binary("a rule without 'if' and 'then'", child, known)
        test = _item(written, child, known)
        rule = Rule(test=test)
    if len(known.problems) > before:
        return None
    unused = set(child.free) - named_parents(rule)
    for parent in (each for each in child.free if each in unused and each in known.state_lists):
        known.problems.add(child.place, f"the rule never looks at the parent {parent!r}; use it, or take the arrow out")
    return rule


def _item(written: shapes.Item, child: Child, known: Known) -> Item | None:
    match written:
        case Scalar():
            if not is_parent(written, child, known) or written not in known.state_lists:
                return None
            return Holds(str(written), known.state_lists[written][-1:])
        case dict():
            return _holds(written, child, known)
        case shapes.CountShape():
            return _count(written, child, known)
        case shapes.AllShape() | shapes.AnyShape():
            items = _items(written.items, child, known)
            if not written.items:
                known.problems.add(written.node, "name at least one item")
            return Count(len(items) if isinstance(written, shapes.AllShape) else 1, items)
        case _:
            return _score(written, child, known)


def _items(written: Iterable[shapes.Item], child: Child, known: Known) -> tuple[Item, ...]:
    items = (_item(each, child, known) for each in written)
    return tuple(item for item in items if item is not None)


def _holds(written: dict[Scalar, list[Scalar]], child: Child, known: Known) -> Item | None:
    names = list(written)
    if len(names) != 1:
        message = "an item is one variable with its states; write two as two items"
        known.problems.add(names[1] if names else child.place, message)
        return None
    if names[0] not in known.variables and names[0].endswith(" of"):
        known.problems.add(names[0], f"no rule {str(names[0])!r}; write 'all of', 'any of', or 'at least' with 'of'")
        return None
    when = read_when(written, child, known)
    return Holds(str(names[0]), when[names[0]]) if when else None


def _count(written: shapes.CountShape, child: Child, known: Known) -> Count:
    least, place = written.least, written.at("at least")
    if least != int(least) or not 1 <= least <= len(written.of):
        known.problems.add(place, f"must be a whole number from 1 to {len(written.of)}, the number of items")
    return Count(int(least), _items(written.of, child, known))


def _score(written: shapes.ScoreShape, child: Child, known: Known) -> Score:
    points = {}
    lowest = highest = 0.0
    for variable, by_state in written.score.items():
        if not is_parent(variable, child, known):
            continue
        if not by_state:
            known.problems.add(variable, f"say which states of {str(variable)!r} give points")
        states = known.states(variable, by_state)
        worth = {str(state): by_state[state] for state in by_state if state in states}
        points[str(variable)] = frozen(worth)
        others = [0.0] if len(worth) < len(known.state_lists.get(variable, ())) else []
        lowest += min([*worth.values(), *others], default=0.0)
        highest += max([*worth.values(), *others], default=0.0)
    if len(points) == len(written.score) and not lowest < written.least <= highest:
        never = f"never reached: the points add up to {number_text(highest)} at most"
        always = f"always reached: the points add up to {number_text(lowest)} at least"
        known.problems.add(written.at("at least"), never if written.least > highest else always)
    return Score(frozen(points), written.least)


def _cases(written: list[shapes.LineShape], child: Child, known: Known) -> tuple[Case, ...]:
    for line in written[:-1]:
        if not line.when:
            known.problems.add(line.node, "a line without 'if' ends the rule; what follows it is never reached")
    if not written or written[-1].when:
        place = written[-1].node if written else child.place
        known.problems.add(place, "the list must end with a line for all other cases: {then: ...}")
    return tuple(Case(read_when(line.when, child, known), _then(line, child, known)) for line in written)


def _then(line: shapes.LineShape, child: Child, known: Known) -> Mapping[str, float]:
    if isinstance(line.then, Scalar):
        state = known.state(child.name, line.then)
        return frozen({state: 1.0}) if state is not None else frozen({})
    known.states(child.name, line.then)
    if any(value < 0 for value in line.then.values()):
        known.problems.add(line.at("then"), "a probability cannot be below 0")
    total = sum(line.then.values())
    if abs(total - 1) > 1e-6:
        known.problems.add(line.at("then"), f"the probabilities must add up to 1, these to {total:.6g}")
    return frozen({str(state): value for state, value in line.then.items()})


def read_observation(written: shapes.ObservationShape, child: Child, known: Known) -> Rule | None:
    """Return the rule of a variable that shows the state of its one parent, right or wrong."""
    before = len(known.problems)
    if len(child.free) != 1:
        named = f"{len(child.free)}: {', '.join(child.free)}" if child.free else "none"
        message = f"an observation has one parent that does not gate, what it observes; {child.name!r} has {named}"
        known.problems.add(child.place, message)
        return None
    (parent,) = child.free
    if parent not in known.state_lists:
        return None
    states = known.state_lists[parent]
    if set(states) != set(child.states):
        message = f"an observation has the states of what it observes; those of {parent!r} are {', '.join(states)}"
        known.problems.add(child.place, message)
        return None
    if isinstance(written.reliability, dict):
        said = known.states(parent, written.reliability)
        if missing := [state for state in states if state not in said]:
            message = f"say how reliable it is in every state of {parent!r}; {', '.join(missing)} is missing"
            known.problems.add(written.at("reliability"), message)
        reliability = {str(state): share for state, share in written.reliability.items()}
    else:
        reliability = dict.fromkeys(states, written.reliability)
    if len(known.problems) > before:
        return None
    others = len(states) - 1
    cases = [
        Case(
            frozen({parent: (true,)} if true != states[-1] else {}),  # the last line of a rule is for all other cases
            frozen({s: reliability[true] if s == true else (1.0 - reliability[true]) / others for s in child.states}),
        )
        for true in states
    ]
    return Rule(cases=tuple(cases))
