"""Mechanisms and gates as a model file writes them, looked up and checked.

    written                                              value
    table            {table: {rows, order}}              Table
    noisy-or         {noisy-or: {on}}                    NoisyOr    binary child; default: every state but the first
    noisy-and        {noisy-and: {needs}}                NoisyAnd   binary child; default: the top state
    logistic         {logistic: {same}}                  Logistic   binary or ordered child
    ranked           {ranked: {function, weights, ..}}   Ranked     in order, parents too; default: wmean, equal weights
    {observation: {reliability}}                         Rule       of the states of its one parent
    {rule: ...}                                          Rule
    types            {types: {monotone, allow, forbid}}  Types

A parent that appears in gates and nowhere else has no parameters, so the defaults of `on`, `needs` and `weights` pass
it over; a parent that does both is named in them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import product
from math import prod
from typing import Any

from causal.spec import modelshape as shapes
from causal.spec.known import Child, Known, check_binary, choices, is_parent, read_when
from causal.spec.model import Gate, Logistic, Mechanism, NoisyAnd, NoisyOr, Ranked, Table, Types, frozen
from causal.spec.reader import Scalar
from causal.spec.rulefile import read_observation, read_rule
from causal.spec.typetext import read_type

MAX_CONTEXTS = 100_000  # combinations of parents that are looked through for a row that is missing or never reached


def read_gates(written: Iterable[shapes.GateShape], child: Child, known: Known) -> tuple[Gate, ...]:
    """Return the gates of a variable."""
    gates = []
    for gate in written:
        then = known.state(child.name, gate.then)
        if not gate.when:
            known.problems.add(gate.at("when"), "a gate names at least one parent and its state")
        when = read_when(gate.when, child, known)
        if when and then is not None:
            gates.append(Gate(when, then))
    return tuple(gates)


def read_mechanism(written: Scalar | shapes.MechanismShape | None, child: Child, known: Known) -> Mechanism | None:
    """Return the mechanism of a variable, a table where nothing was said; None where it could not be read."""
    if written is None:
        return Table()
    if isinstance(written, Scalar):
        return _by_word(written, child, known)
    kinds = [key for key in written.known_keys() if written.node.get(key) is not None]
    if len(kinds) != 1:
        if kinds:
            known.problems.add(written.node, f"one mechanism, not {' and '.join(kinds)}")
        elif not written.node.names:  # else what stood there has been reported
            known.problems.add(written.node, f"name a mechanism: {', '.join([*READERS, *UNSAID])}")
        return None
    if written.rule is not None:
        return read_rule(written.rule, child, known)
    if written.observation is not None:
        return read_observation(written.observation, child, known)
    options = getattr(written, kinds[0].replace("-", "_"))
    return None if options is None else READERS[kinds[0]](options, child, known)


def _by_word(word: Scalar, child: Child, known: Known) -> Mechanism | None:
    if word in UNSAID:
        known.problems.add(word, UNSAID[word])
    elif word in READERS:
        return READERS[word](shapes.OPTIONS[word].bare(), child, known)
    else:
        known.problems.add(word, f"no mechanism {str(word)!r}{choices(word, [*READERS, *UNSAID])}")
    return None


def _table(options: shapes.TableShape, child: Child, known: Known) -> Table:
    order = known.states(child.name, options.order)
    if order and len(order) == len(options.order) < len(child.states):
        missing = [state for state in child.states if state not in order]
        known.problems.add(options.at("order"), f"the order must name every state; {', '.join(missing)} is missing")
    if options.rows is None:
        return Table(None, order)
    before = len(known.problems)
    rows = {str(name): read_when(row, child, known) for name, row in options.rows.items()}
    if not rows:
        known.problems.add(options.at("rows"), "name at least one row, or leave 'rows' out")
    elif len(known.problems) == before:
        _check_rows(options, rows, child, known)
    return Table(frozen(rows), order)


def _check_rows(
    options: shapes.TableShape, rows: Mapping[str, Mapping[str, tuple[str, ...]]], child: Child, known: Known
) -> None:
    """Check that every combination of parents has a row, every row a combination, and every parent a row."""
    if any(parent not in known.state_lists for parent in child.parents):
        return
    named = [parent for parent in child.parents if any(parent in row for row in rows.values())]
    for parent in child.free:
        if parent not in named:
            known.problems.add(options.at("rows"), f"no row looks at the parent {parent!r}; take the arrow out")
    spaces = [known.state_lists.get(parent, ()) for parent in named]
    if prod(len(space) for space in spaces) > MAX_CONTEXTS:
        if any(rows[list(rows)[-1]]):
            known.problems.add(options.at("rows"), "so many combinations need a last row for the rest: 'otherwise: {}'")
        return
    reached = set()
    for combination in product(*spaces):
        context = dict(zip(named, combination, strict=True))
        row = next((name for name, when in rows.items() if all(context[p] in when[p] for p in when)), None)
        if row is None:
            said = ", ".join(f"{parent} = {state}" for parent, state in context.items())
            known.problems.add(options.at("rows"), f"no row for {said}; end with a row for the rest: 'otherwise: {{}}'")
            return
        reached.add(row)
    for name in options.rows or {}:
        if name not in reached:
            known.problems.add(name, f"the row {str(name)!r} is never reached; the first row that fits is taken")


def _noisy_or(options: shapes.NoisyOrShape, child: Child, known: Known) -> NoisyOr:
    return NoisyOr(_per_parent("noisy-or", "on", options.on, lambda states: states[1:], child, known))


def _noisy_and(options: shapes.NoisyAndShape, child: Child, known: Known) -> NoisyAnd:
    return NoisyAnd(_per_parent("noisy-and", "needs", options.needs, lambda states: states[-1:], child, known))


def _per_parent(
    kind: str,
    key: str,
    written: Mapping[Scalar, list[Scalar]],
    default: Callable[[tuple[str, ...]], tuple[str, ...]],
    child: Child,
    known: Known,
) -> Mapping[str, tuple[str, ...]]:
    check_binary(kind, child, known)
    _check_has_parents(kind, child, known)
    said = read_when(written, child, known)
    for parent in written:
        if parent in said and set(said[parent]) == set(known.state_lists[parent]):
            message = f"every state of {str(parent)!r} stands here; leave out those in which it is no cause"
            if kind == "noisy-and":
                message = f"every state of {str(parent)!r} stands here, so nothing is needed of it"
            known.problems.add(parent, message)
    states = {
        parent: said.get(parent) or default(known.state_lists.get(parent, ()))
        for parent in child.parents
        if parent in said or parent in child.free
    }
    return frozen(states)


def _logistic(options: shapes.LogisticShape, child: Child, known: Known) -> Logistic:
    _check_ordered("logistic", child, known)
    _check_has_parents("logistic", child, known)
    same = {}
    for parent, groups in options.same.items():
        if not is_parent(parent, child, known):
            continue
        known.states(parent, [word for group in groups for word in group])
        for group in groups:
            if len(group) == 1:
                known.problems.add(group[0], f"{str(group[0])!r} stands alone; a group has two states or more")
        same[str(parent)] = tuple(tuple(str(word) for word in group) for group in groups)
    return Logistic(frozen(same))


def _ranked(options: shapes.RankedShape, child: Child, known: Known) -> Ranked:
    _check_has_parents("ranked", child, known)
    _check_ordered("ranked", child, known)
    _check_mix(options, known)
    said = {str(p): weight for p, weight in options.weights.items() if is_parent(p, child, known)}
    for parent in options.weights:
        if said.get(parent, 1) <= 0:
            known.problems.add(parent, "a weight must be above 0")
    if options.variance is not None and options.variance <= 0:
        known.problems.add(options.at("variance"), "the variance must be above 0")
    weights = {p: said.get(p, 1.0) for p in child.parents if p in said or p in child.free}
    for name in known.unordered.intersection(weights):
        known.problems.add(child.place, f"ranked needs parents in order, and {name!r} is 'ordered: false'")
    mix = (1.0 if options.lowest is None else options.lowest, 1.0 if options.highest is None else options.highest)
    return Ranked(options.function, frozen(weights), options.variance, mix)


def _check_mix(options: shapes.RankedShape, known: Known) -> None:
    """Check that `min` and `max` stand beside mixminmax only, and weights beside the others only."""
    for key, weight in (("min", options.lowest), ("max", options.highest)):
        if weight is None:
            continue
        if options.function != "mixminmax":
            message = f"{options.function} weighs each parent; write 'weights', or 'function: mixminmax'"
            known.problems.add(options.at(key), message)
        elif weight <= 0:
            known.problems.add(options.at(key), "a weight must be above 0")
    if options.function == "mixminmax" and options.weights:
        message = "mixminmax weighs the lowest and the highest parent, whichever they are; write 'min' and 'max'"
        known.problems.add(options.at("weights"), message)


def _types(options: shapes.TypesShape, child: Child, known: Known) -> Types:
    if options.monotone:
        _check_ordered("monotone", child, known)
    monotone = tuple(str(word) for word in options.monotone if is_parent(word, child, known))
    mine = [parent for parent in child.parents if parent in monotone or parent in child.free]
    spaces = [known.state_lists.get(parent, ()) for parent in mine]

    def types(words: Iterable[Scalar]) -> tuple[str, ...]:
        found = []
        for word in words:
            try:
                found.append(read_type(word, child.states, prod(len(space) for space in spaces)))
            except ValueError as error:
                known.problems.add(word, str(error))
        return tuple(found)

    if options.allow is not None and options.forbid:
        known.problems.add(options.at("forbid"), "'allow' names all types there are; 'forbid' has no place beside it")
    if options.allow is not None and not options.allow:
        known.problems.add(options.at("allow"), "allow at least one type, or leave 'allow' out")
    return Types(monotone, types(options.allow or ()), types(options.forbid))


def _check_ordered(kind: str, child: Child, known: Known) -> None:
    if not child.ordered and len(child.states) > 2:
        known.problems.add(child.place, f"{kind} needs states in order, and 'ordered: false' says there is none")


def _check_has_parents(kind: str, child: Child, known: Known) -> None:
    if not child.parents:
        known.problems.add(child.place, f"{kind} needs parents, and {child.name!r} has none")


READERS: Mapping[str, Callable[[Any, Child, Known], Mechanism]] = {
    "table": _table,
    "noisy-or": _noisy_or,
    "noisy-and": _noisy_and,
    "logistic": _logistic,
    "ranked": _ranked,
    "types": _types,
}

UNSAID: Mapping[str, str] = {
    "observation": "say how reliable it is: {observation: {reliability: 0.9}}",
    "rule": "say which: {rule: {at least: 2, of: [...]}}, {rule: {all of: [...]}}, or if and then",
}  # the mechanisms that say nothing by their word alone, and what is to be said
