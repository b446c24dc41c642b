"""Tables: a row of probabilities for every context.

A row over K states is broken like a stick, in state order or in ``order``:

    p1 = P(y = a | row),  p2 = P(y = b | y != a, row),  ...      P(y = b | row) = (1 - p1) p2

A context is a combination of all parents, or the first of the named rows that matches it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from causal.errors import Problem, QueryError, SpecError, nearest
from causal.exact.mechanisms.wording import wrong_word
from causal.exact.parameter import Form, Ids, Parameter, cards, inputs, resting
from causal.spec.model import Model, Table, Variable
from causal.spec.question import Condition, Row, name_text

if TYPE_CHECKING:
    from causal.exact.tape import Recorder


def _order(variable: Variable) -> tuple[str, ...]:
    mechanism = variable.mechanism
    assert isinstance(mechanism, Table)
    return mechanism.order or variable.states


def _contexts(model: Model, variable: Variable) -> Iterator[tuple[str, str]]:
    """Yield each row's key and the conditions that a question names it by, as text."""
    mechanism = variable.mechanism
    assert isinstance(mechanism, Table)
    if mechanism.rows is not None:
        for name in mechanism.rows:
            yield name, str(Row(name))
        return
    said = [_events(p, "=", model.variables[p].states) for p in inputs(variable)]
    # a question has to say of parents that only gate that they do not, or it asks for something else
    open_gates = [event for p, s in resting(model, variable).items() for event in _events(p, "=", (s,))]
    for conditions in product(*said):
        key = ", ".join(conditions)
        yield key, ", ".join((*conditions, *open_gates)) if open_gates else key


def _events(variable: str, op: str, states: Iterable[str]) -> list[str]:
    """Return events about one state each, written as ``str(Event(...))`` writes them."""
    start = f"{name_text(variable)} {op} "
    return [start + name_text(state) for state in states]


def _matching(model: Model, variable: Variable) -> dict[tuple[str, ...], str]:
    """Return which named row serves each combination of the parents' states."""
    mechanism = variable.mechanism
    assert isinstance(mechanism, Table)
    parents = inputs(variable)
    found: dict[tuple[str, ...], str] = {}
    for states in product(*(model.variables[parent].states for parent in parents)):
        here = dict(zip(parents, states, strict=True))
        for name, when in (mechanism.rows or {}).items():
            if all(here[parent] in allowed for parent, allowed in when.items()):
                found[states] = name
                break
        else:
            at = ", ".join(f"{p} = {s}" for p, s in here.items())
            message = f"no row serves {at}; end the rows with 'otherwise: {{}}'"
            raise SpecError([Problem(model.path, 1, 1, f"variables.{variable.name}.mechanism.table.rows", message)])
    return found


def _sticks(model: Model, variable: Variable) -> Iterator[Parameter]:
    """Yield the parameters: names are put together from their parts, as ``str(Probability(...))`` would write them."""
    order, name = _order(variable), variable.name
    asked, before = _events(name, "=", order[:-1]), _events(name, "!=", order[:-1])
    heads = [", ".join(before[:rank]) for rank in range(len(asked))]
    for key, given in _contexts(model, variable):
        group = f"{name}|{key}"
        for rank, event in enumerate(asked):
            conditions = f"{heads[rank]}, {given}" if rank and given else heads[rank] or given
            text = f"P({event} | {conditions})" if conditions else f"P({event})"
            yield Parameter(text, name, "probability", None, group, rank, len(asked) - rank)


class TableKind:
    """Rows of broken sticks."""

    def parameters(self, model: Model, variable: Variable) -> tuple[Parameter, ...]:
        """Return the sticks of every row: K - 1 per context."""
        return tuple(_sticks(model, variable))

    def table(self, model: Model, variable: Variable, recorder: Recorder, slots: Mapping[str, int]) -> Ids:
        """Return the table, axes: parents in order, then the child."""
        order, parents = _order(variable), inputs(variable)
        mechanism = variable.mechanism
        assert isinstance(mechanism, Table)
        contexts = prod(cards(model, parents)) if mechanism.rows is None else len(mechanism.rows)
        first = slots[next(_sticks(model, variable)).name]  # a variable's parameters stand together, in order
        sticks = np.arange(first, first + contexts * (len(order) - 1))
        rows = recorder.broken(sticks.reshape(contexts, -1))
        if order != variable.states:
            rows = rows[:, [order.index(state) for state in variable.states]]
        shape = (*cards(model, parents), len(order))
        if mechanism.rows is None:  # a row per combination, in the order of the parameters
            return rows.reshape(shape)
        place = {row: number for number, row in enumerate(mechanism.rows)}
        served = [place[row] for row in _matching(model, variable).values()]
        return rows[served].reshape(shape)

    def forms(self, model: Model, variable: Variable, recorder: Recorder, slots: Mapping[str, int]) -> list[Form]:
        """Return one form per stick: its own probability."""
        return [Form(slots[p.name], p.name, "probability") for p in self.parameters(model, variable)]

    def configuration(self, model: Model, variable: Variable, word: Condition) -> dict[str, str]:
        """Return one combination of parents that the named row serves."""
        mechanism = variable.mechanism
        assert isinstance(mechanism, Table)
        if not isinstance(word, Row) or mechanism.rows is None:
            raise wrong_word(variable, word)
        if word.name not in mechanism.rows:
            raise QueryError(f"{variable.name} has no row {word.name!r}{nearest(word.name, mechanism.rows)}")
        parents = inputs(variable)
        for states, key in _matching(model, variable).items():
            if key == word.name:
                return dict(zip(parents, states, strict=True))
        raise QueryError(f"row {word.name!r} of {variable.name} serves no combination of its parents")
