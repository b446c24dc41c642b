"""Which judgements set a parameter: those whose question equals one of its forms for all parameter values.

Equality is decided by value: both sides are run at random interior points, and rational or logistic functions that
agree at several of these agree everywhere (Schwartz 1980). So ``P(y = no | parents)``, ``P(y = yes | do(parents))``,
and a condition on anything that makes no difference are all recognised, without a list of spellings.

    Reading       a question states one parameter, or one minus it
    RowReading    a question about a whole distribution states a row of a table
    TypesReading  types(y) states the distribution of response types, in every context of a confounded y
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from causal.exact.answer import Writer
from causal.exact.kernel import Floats
from causal.exact.mechanisms.types import Space
from causal.exact.network import Network
from causal.exact.parameter import Form, Parameter
from causal.spec.model import Table
from causal.spec.question import Causes, Probability, Question, TypesOf

POINTS = 4  # random points at which both sides must agree
CLOSE = 1e-9


@dataclass(frozen=True, slots=True)
class Reading:
    """The question states ``form``, or one minus it where ``flipped``."""

    form: Form
    flipped: bool


@dataclass(frozen=True, slots=True)
class RowReading:
    """The question states the whole row of a table whose sticks are ``parameters``, broken in ``order`` of states."""

    parameters: tuple[str, ...]
    order: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TypesReading:
    """The question states every distribution of a variable's response types, a row of sticks each."""

    rows: tuple[RowReading, ...]


def interior(parameters: Sequence[Parameter], seed: int, points: int) -> Floats:
    """Return random parameter values, shape (parameters, points), away from the edges and with cuts in order."""
    rng = np.random.default_rng(seed)
    found = np.empty((len(parameters), points))
    for row, parameter in enumerate(parameters):
        if parameter.scale == "cut":
            found[row] = rng.uniform(-0.4, 0.4, points) - parameter.rank
        elif parameter.scale == "offset":
            found[row] = rng.normal(0.0, 1.0, points)
        else:
            found[row] = rng.uniform(0.15, 0.85, points)
    return found


def readings(writer: Writer, questions: Sequence[Question]) -> list[Reading | RowReading | TypesReading | None]:
    """Return, for each question, what it states directly; None where it is derived."""
    network = writer.network
    forms = network.forms()
    rows = _rows(writer)
    written = [writer.write(q) if isinstance(q, Probability | Causes) else None for q in questions]
    wanted = [slot for page in written if page for slot in page.slots]
    stated = [form.slot for form in forms]
    whole = [slot for _, slots in rows for slot in slots]
    values = network.recorder.tape([*wanted, *stated, *whole]).values(interior(network.parameters, 20, POINTS))
    at = 0
    direct = values[len(wanted) : len(wanted) + len(stated)]
    row_values = np.split(values[len(wanted) + len(stated) :], np.cumsum([len(slots) for _, slots in rows])[:-1])
    found: list[Reading | RowReading | TypesReading | None] = []
    for question, page in zip(questions, written, strict=True):
        if page is None:
            found.append(_types(network, question.variable) if isinstance(question, TypesOf) else None)
            continue
        mine = values[at : at + len(page.slots)]
        at += len(page.slots)
        found.append(_row_of(mine, rows, row_values) if page.states else _form_of(mine[0], forms, direct))
    return found


def _types(network: Network, name: str) -> TypesReading:
    """Return the sticks of a variable's response types."""
    space = Space.of(network.model, network.model.variables[name])
    mine = [parameter.name for parameter in network.parameters if parameter.variable == name]
    size = len(space.types) - 1
    rows = [RowReading(tuple(mine[at : at + size]), space.types) for at in range(0, len(mine), size)] if size else []
    return TypesReading(tuple(rows))


def _form_of(value: Floats, forms: Sequence[Form], direct: Floats) -> Reading | None:
    for flipped, target in ((False, value), (True, 1.0 - value)):
        same = np.flatnonzero((np.abs(direct - target) < CLOSE).all(axis=1))
        if same.size:
            return Reading(forms[int(same[0])], flipped)
    return None


def _rows(writer: Writer) -> list[tuple[RowReading, tuple[int, ...]]]:
    """Return each row of each table with its slots in state order."""
    network = writer.network
    found = []
    for name, variable in network.model.variables.items():
        mechanism = variable.mechanism
        if not isinstance(mechanism, Table):
            continue
        sticks: dict[str, list[str]] = {}
        for parameter in network.parameters:
            if parameter.variable == name:
                sticks.setdefault(parameter.group, []).append(parameter.name)
        order = mechanism.order or variable.states
        lines = network.open_table(name).reshape(-1, len(variable.states)).tolist()
        for names in sticks.values():
            first = network.index[names[0]]
            line = next((line for line in lines if line[variable.states.index(order[0])] == first), None)
            if line is not None:  # a named row may be hidden behind those before it
                found.append((RowReading(tuple(names), tuple(order)), tuple(line)))
    return found


def _row_of(
    mine: Floats, rows: Sequence[tuple[RowReading, tuple[int, ...]]], values: Sequence[Floats]
) -> RowReading | None:
    for (reading, _), theirs in zip(rows, values, strict=True):
        if mine.shape == theirs.shape and bool((np.abs(mine - theirs) < CLOSE).all()):
            return reading
    return None
