"""Hold a question beside a model: everything that it names has to be there.

    named                        must be
    x, and s in x = s            a variable, and one of its states
    @i                           an intervention
    row r, in P(y = a | row r)   a row of y's table
    x < s, x >= s ...            a variable with an order (of two states any has one: as listed)

Nothing is expanded or answered here. The first name that is not there is the error, with the nearest that is.
"""

from __future__ import annotations

from causal.errors import QueryError, UnknownName, nearest
from causal.spec.model import Model, Table, Variable
from causal.spec.question import Effect, Event, Named, Probability, Quantity, Question, Row, name_text
from causal.spec.walk import mentions, walk

ORDERINGS = ("<", "<=", ">", ">=")


def check_names(question: Question | Event, model: Model) -> None:
    """Check that a model has every variable, state, intervention and row of a question.

    Raises UnknownName, with the nearest name, or QueryError where an order is asked of a variable without one.

    >>> from causal.spec.grammar import parse_question
    >>> rain = Model("rain", {"rain": Variable("rain", ("clear", "some", "heavy"))})
    >>> check_names(parse_question("P(rain >= some)"), rain)
    >>> check_names(parse_question("P(rain = hevy)"), rain)
    Traceback (most recent call last):
    ...
    causal.errors.UnknownName: variable 'rain' has no state 'hevy' (did you mean 'heavy'?); it has: clear, some, heavy
    """
    named = []  # may name rows, and wait until their variables are known
    for node in walk(question):
        for name, states in mentions(node):
            _check_states(_variable(name, model), states)
        if isinstance(node, Named):
            _check_intervention(node.intervention, model)
        if isinstance(node, Event) and node.op in ORDERINGS:
            _check_order(node, model.variables[node.variable])
        if isinstance(node, Probability | Quantity | Effect) and any(isinstance(each, Row) for each in node.given):
            named.append(node)
    for each in named:
        events = each.events if isinstance(each, Probability) else (each.event,)
        _check_rows(tuple(event.variable for event in events), each.given, model)


def _variable(name: str, model: Model) -> Variable:
    if name in model.variables:
        return model.variables[name]
    if name in model.interventions:
        raise UnknownName(
            f"{name!r} is an intervention, no variable; write @{name_text(name)}, as in do(@{name_text(name)})"
        )
    raise UnknownName(f"no variable {name!r}{nearest(name, model.variables)}")


def _check_states(variable: Variable, states: tuple[str, ...]) -> None:
    for state in states:
        if state not in variable.states:
            close = nearest(state, variable.states)
            known = ", ".join(name_text(each) for each in variable.states)
            raise UnknownName(f"variable {variable.name!r} has no state {state!r}{close}; it has: {known}")


def _check_intervention(name: str, model: Model) -> None:
    if name in model.interventions:
        return
    if name in model.variables:
        raise UnknownName(f"{name!r} is a variable, no intervention; write {name_text(name)} = state")
    if not model.interventions:
        raise UnknownName(f"no intervention {name!r}; the model names none")
    raise UnknownName(f"no intervention {name!r}{nearest(name, model.interventions)}")


def _check_order(event: Event, variable: Variable) -> None:
    if not variable.ordered and len(variable.states) > 2:
        instead = f"{name_text(variable.name)} in {{...}}"
        raise QueryError(
            f"the states of {variable.name!r} have no order for {event.op!r}; write {instead} and list them"
        )


def _check_rows(asked: tuple[str, ...], given: tuple[object, ...], model: Model) -> None:
    """Check ``row r``: one of the variables asked about has a row of that name."""
    rows: dict[str, None] = {}
    for name in asked:
        mechanism = model.variables[name].mechanism
        rows.update(dict.fromkeys(mechanism.rows or () if isinstance(mechanism, Table) else ()))
    for condition in given:
        if isinstance(condition, Row) and condition.name not in rows:
            of = ", ".join(repr(name) for name in asked)
            listed = f"; there are: {', '.join(name_text(row) for row in rows)}" if rows else ": it has no named rows"
            raise UnknownName(f"{of} has no row {condition.name!r}{nearest(condition.name, rows)}{listed}")
