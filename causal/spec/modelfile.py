"""A model file: text to Model.

    text -> tree (reader.py) -> ModelShape (modelshape.py) -> names looked up (known.py) -> Model

    here               the model, its variables, edges, interventions
    mechanismfile.py   mechanisms and gates
    rulefile.py        rules

Checked here: states, dates, actual values, parents and their signs, circles, arrows back in time, interventions,
outcome, profile, factors, confounding. Every problem of a file is reported at once, each with line, column and what to
write instead.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from causal.errors import QueryError, QuestionSyntaxError
from causal.spec import modelshape as shapes
from causal.spec.circles import circles
from causal.spec.dates import Span
from causal.spec.grammar import parse_event
from causal.spec.known import Child, Known
from causal.spec.mechanismfile import read_gates, read_mechanism
from causal.spec.model import Edge, Intervention, Model, Types, Variable, frozen
from causal.spec.names import check_names
from causal.spec.question import Event
from causal.spec.reader import Mapping as Tree
from causal.spec.reader import Node, Problems, Scalar, Sequence, decode, read_bytes, read_tree
from causal.spec.shape import read_shape, tidy


def load_model(path: Path | str) -> Model:
    """Read a model file.

    Raises SpecError with every problem of the file.

    >>> model = load_model("models/rain.yaml")
    >>> model.name, list(model.variables)
    ('rain', ['season', 'sprinkler', 'rain', 'grass'])
    """
    data = read_bytes(path)
    return _model(decode(data, str(path)), str(path), hashlib.sha256(data).hexdigest())


def parse_model(text: str, path: str = "model") -> Model:
    """Read a model from text; ``path`` is the name that its errors carry.

    Raises SpecError with every problem of the text.
    """
    return _model(text, path, hashlib.sha256(text.encode("utf-8", "replace")).hexdigest())


def _model(text: str, path: str, digest: str) -> Model:
    problems = Problems(path)
    tree = read_tree(text, problems)
    name = tree.key("priors")
    if name is not None and tree.get("variables") is None:
        problems.add(name, "this is a prior file; give it with --priors, and a model file as the model")
        problems.stop()
    shape = read_shape(shapes.ModelShape, tree, problems)
    model = assembled(shape, problems, digest)
    problems.check()
    return model


def assembled(shape: shapes.ModelShape, problems: Problems, digest: str) -> Model:
    """Return the model that a shape describes; what is wrong with it is noted among ``problems``.

    ``shape`` may be no file's own: rivalfile.py changes one and asks for the model of that.
    """
    known = _known(shape, problems)
    variables = {str(name): _variable(name, each, shape, known) for name, each in shape.variables.items()}
    if not shape.variables and shape.at("variables") is not shape.node and not problems:
        problems.add(shape.at("variables"), "a model has at least one variable")
    _check_circles(variables, shape, problems)
    _check_dates(variables, shape, problems)
    model = Model(
        name=str(shape.model),
        variables=frozen(variables),
        title=tidy(shape.title),
        about=tidy(shape.about),
        baseline=shape.baseline,
        sources=frozen({str(key): tidy(value) for key, value in shape.sources.items()}),
        profile=_profile(shape, known),
        factors=_settings(shape.factors, known),
        interventions=_interventions(shape, known),
        confounded=_confounded(shape, variables, known),
        path=problems.path,
        digest=digest,
    )
    return replace(model, outcome=_outcome(shape, model, known))


def _known(shape: shapes.ModelShape, problems: Problems) -> Known:
    """Collect the names. Variables that could not be read count as known, by name."""
    written = shape.node.get("variables")
    unread = (str(key) for key in written.names) if isinstance(written, Tree) else ()
    names = frozenset([*unread, *(str(name) for name in shape.variables)])
    states = {}
    unordered = {str(name) for name, each in shape.variables.items() if not each.ordered and len(each.states) > 2}
    for name, variable in shape.variables.items():
        if len(set(variable.states)) < 2:
            message = f"a variable has at least two states, {str(name)!r} has {len(variable.states)}"
            problems.add(variable.at("states"), message)
        states[str(name)] = tuple(dict.fromkeys(str(state) for state in variable.states))
    return Known(problems, names, states, tuple(str(key) for key in shape.sources), frozenset(unordered))


def _variable(name: Scalar, shape: shapes.VariableShape, model: shapes.ModelShape, known: Known) -> Variable:
    known.states(name, list(shape.states))  # notes a state written twice
    states = known.state_lists[name]
    edges = _edges(shape, model, known)
    child = Child(
        name=str(name),
        states=states,
        ordered=shape.ordered,
        parents=tuple(edge.parent for edge in edges),
        gated=_gated(shape),
        place=name if shape.mechanism is None else shape.at("mechanism"),
    )
    unread = not shape.parents and isinstance(shape.node.get("parents"), Tree)  # then nothing can be held against them
    mechanism = None if unread else read_mechanism(shape.mechanism, child, known)
    if shape.coupling is not None and isinstance(mechanism, Types):
        known.problems.add(
            shape.at("coupling"), "response types say by themselves what stays the same across worlds; leave this out"
        )
    variable = Variable(
        name=str(name),
        states=states,
        label=tidy(shape.label),
        about=tidy(shape.about),
        definitions=frozen({str(state): tidy(said) for state, said in shape.states.items()})
        if isinstance(shape.states, dict)
        else frozen({}),
        ordered=shape.ordered,
        when=shape.when,
        decided=shape.decided or _end(shape.when),
        actual=known.state(name, shape.actual) if shape.actual is not None else None,
        chance=shape.chance,
        sources=known.sources(shape.sources),
        edges=edges,
        gates=read_gates(shape.gates, child, known),
        coupling=shape.coupling,
    )
    return variable if mechanism is None else replace(variable, mechanism=mechanism)


def _end(when: Span | None) -> Span | None:
    return Span(when.last, when.last, when.last.isoformat()) if when else None


def _gated(shape: shapes.VariableShape) -> frozenset[str]:
    """Return the parents that gates look at, from the tree: a gate with a mistake in it is still a gate."""
    gates = shape.node.get("gates")
    items = gates.items if isinstance(gates, Sequence) else ()
    whens = [item.get("when") for item in items if isinstance(item, Tree)]
    return frozenset(str(key) for when in whens if isinstance(when, Tree) for key in when.names)


def _edges(shape: shapes.VariableShape, model: shapes.ModelShape, known: Known) -> tuple[Edge, ...]:
    edges: dict[str, Edge] = {}
    for parent in shape.parents:
        if not known.has(parent):
            continue
        if parent in edges:
            known.problems.add(parent, f"the parent {str(parent)!r} stands here twice")
            continue
        edge = Edge(str(parent))
        if isinstance(shape.parents, dict):
            written = shape.parents[parent]
            sign = _sign(parent, written, model, known)
            edge = Edge(str(parent), tidy(written.why), sign, written.force, known.sources(written.sources))
        edges[str(parent)] = edge
    return tuple(edges.values())


def _sign(parent: Scalar, edge: shapes.EdgeShape, model: shapes.ModelShape, known: Known) -> Mapping[str, str]:
    """Return a sign per departure state of the parent, read against its baseline state."""
    if edge.sign is None:
        if edge.force and edge.node.get("sign") is None:
            known.problems.add(edge.at("force"), "there is no sign to force; write 'sign' beside it")
        return frozen({})
    if parent not in model.variables or parent not in known.state_lists:
        return frozen({})
    variable, states = model.variables[parent], known.state_lists[parent]
    baseline = states[0]
    if model.baseline == "actual" and variable.actual in states:
        baseline = str(variable.actual)
    if isinstance(edge.sign, dict):
        for state in edge.sign:
            if state == baseline:
                message = (
                    f"{str(state)!r} is the baseline state of {str(parent)!r}, against which the others have signs"
                )
                known.problems.add(state, message)
        states = known.states(parent, edge.sign)
        return frozen({str(state): sign for state, sign in edge.sign.items() if state in states})
    if not variable.ordered and len(states) > 2:
        known.problems.add(edge.at("sign"), f"{str(parent)!r} has no order; give a sign per state: {{state: '+'}}")
    opposite = {"+": "-", "-": "+"}[edge.sign]
    at = states.index(baseline)
    signs = {state: edge.sign if index > at else opposite for index, state in enumerate(states) if index != at}
    return frozen(signs)


def _parent_place(child: str, parent: str, shape: shapes.ModelShape) -> Node:
    """Return where a variable names its parent."""
    variable = shape.variables[Scalar(child)]
    return next((each for each in variable.parents if each == parent), variable.node)


def _check_circles(variables: Mapping[str, Variable], shape: shapes.ModelShape, problems: Problems) -> None:
    for circle in circles({name: variable.parents for name, variable in variables.items()}):
        text = " -> ".join([*circle, circle[0]])
        problems.add(_parent_place(circle[0], circle[-1], shape), f"the arrows run in a circle: {text}")


def _check_dates(variables: Mapping[str, Variable], shape: shapes.ModelShape, problems: Problems) -> None:
    for child in variables.values():
        for name in child.parents:
            parent = variables.get(name)
            if parent is None or parent.when is None or child.when is None or parent.when.first <= child.when.last:
                continue
            message = f"the parent {name!r} begins in {parent.when}, after {child.name!r} has ended ({child.when})"
            problems.add(_parent_place(child.name, name, shape), message)


def _settings(written: Mapping[Scalar, Scalar], known: Known) -> Mapping[str, str]:
    found = {}
    for variable, word in written.items():
        if known.has(variable) and (state := known.state(variable, word)) is not None:
            found[str(variable)] = state
    return frozen(found)


def _interventions(shape: shapes.ModelShape, known: Known) -> Mapping[str, Intervention]:
    found = {}
    for name, each in shape.interventions.items():
        if not each.do:
            known.problems.add(each.at("do"), "an intervention sets at least one variable")
        found[str(name)] = Intervention(
            name=str(name),
            do=_settings(each.do, known),
            title=tidy(each.title),
            when=each.when,
            about=tidy(each.about),
            sources=known.sources(each.sources),
        )
    return frozen(found)


def _profile(shape: shapes.ModelShape, known: Known) -> tuple[str, ...]:
    return _unique((name for name in shape.profile if known.has(name)), known)


def _unique(words: Iterable[Scalar], known: Known) -> tuple[str, ...]:
    found: list[str] = []
    for word in words:
        if word in found:
            known.problems.add(word, f"{str(word)!r} stands here twice")
        else:
            found.append(str(word))
    return tuple(found)


def _confounded(
    shape: shapes.ModelShape, variables: Mapping[str, Variable], known: Known
) -> tuple[tuple[str, str], ...]:
    place = shape.at("confounded")
    pairs = []
    for number, words in enumerate(shape.confounded):
        names = [word for word in words if known.has(word)]
        if len(words) != 2 or len(set(words)) != 2:
            item = place.items[number] if isinstance(place, Sequence) else place
            known.problems.add(item, "a pair of two different variables is confounded: [x, y]")
        elif len(names) == 2:
            for name in names:
                if name in variables and not isinstance(variables[name].mechanism, Types):
                    known.problems.add(
                        name, f"{str(name)!r} is no variable of mechanism 'types'; write the common cause as a variable"
                    )
            pairs.append((str(names[0]), str(names[1])))
    return tuple(pairs)


def _outcome(shape: shapes.ModelShape, model: Model, known: Known) -> Event | None:
    if shape.outcome is None:
        return None
    place = shape.at("outcome")
    assert isinstance(place, Scalar)
    try:
        event = parse_event(str(place))
    except QuestionSyntaxError as error:
        known.problems.add(place, error.reason, column=place.column_of(error.column - 1))
        return None
    if event.world is not None:
        known.problems.add(place, "the outcome is an event of the actual world, without [ ]")
    elif event.variable in model.variables or event.variable not in known.variables:
        try:
            check_names(event, model)
        except QueryError as error:
            known.problems.add(place, str(error))
    return event
