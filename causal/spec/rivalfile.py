"""A rival graph: a small file that says what it changes in a model, and why.

    model: ussr-d2                       its own name
    like: ussr                           the model it changes: a file beside this one, or a shipped name
    add:
      apparatus_dictatorship:            the child
        stalin_rule: {sign: "+", why: He built it.}
    drop:
      stalin_rule: {orgburo_head: The office followed the man.}

Everything that it does not name stays: states, dates, definitions, interventions. Several rivals may change one model
together, as far as their arrows run in no circle. A rival takes no variable away, so every question that can be asked
of the model can be asked of it.

The changes are made on the shape that the model's file was read as, so the same checks hold. What they find is told at
its place in the rival's file; where that is a line of the other file, at the child whose arrows were changed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from causal.errors import nearest
from causal.spec.known import choices
from causal.spec.model import Model, Rival, frozen
from causal.spec.modelfile import assembled
from causal.spec.modelshape import EdgeShape, MechanismShape, ModelShape, VariableShape
from causal.spec.reader import Node, Problems, Scalar, decode, read_bytes, read_tree
from causal.spec.rivalshape import AddedShape, RivalShape
from causal.spec.shape import Shape, read_shape, tidy

LIKE = re.compile(rb"(?m)^like[ \t]*:(.*)$")
PER_PARENT = {"noisy_or": "on", "noisy_and": "needs", "logistic": "same", "ranked": "weights"}


def is_rival(path: Path) -> bool:
    """Tell whether a file says what it is ``like``, and so is no model of its own."""
    return like_of(path) is not None


def like_of(path: Path) -> str | None:
    """Return what a file says it is ``like``, whatever else is wrong with it; None where it is no rival."""
    found = LIKE.search(read_bytes(path)) if path.suffix in (".yaml", ".yml") else None
    return None if found is None else found[1].decode("utf-8", "replace").split(" #")[0].strip().strip("\"'")


def liked(path: Path) -> tuple[Scalar, Problems]:
    """Return the name of the model that a rival's file changes, and where problems with it are to be noted.

    Raises SpecError with every problem of the file's form.
    """
    shape, problems = _shape(path)
    problems.check()
    return shape.like, problems


def load_rival(base: Path, paths: Sequence[Path]) -> Model:
    """Read a model and return it with the changes of one rival, or of several together.

    Raises SpecError with every problem of the model, or else of the first rival that has any.
    """
    data = read_bytes(base)
    own = Problems(str(base))
    shape = read_shape(ModelShape, read_tree(decode(data, str(base)), own), own)
    assembled(shape, own, "")
    own.check()
    titles, changes, digests = [], [], [hashlib.sha256(data).hexdigest()]
    model = None
    for path in paths:
        rival, problems = _shape(path)
        changed = _Change(rival, shape, problems)
        shape = changed.shape()
        problems.check()  # against another graph every complaint below would be a second one
        digests.append(hashlib.sha256(read_bytes(path)).hexdigest())
        titles.append(tidy(rival.title) or str(rival.model))
        found = Problems(str(path))
        model = assembled(shape, found, "")
        changed.place(found)
        changes.append(changed.rival())
    if model is None:
        raise ValueError("at least one rival changes a model")
    digest, made = hashlib.sha256(" ".join(digests).encode()).hexdigest(), _together(changes)
    return replace(model, name="+".join(made.names), title="; ".join(titles), digest=digest, rival=made)


def _shape(path: Path) -> tuple[RivalShape, Problems]:
    problems = Problems(str(path))
    return read_shape(RivalShape, read_tree(decode(read_bytes(path), str(path)), problems), problems), problems


def _together(changes: Sequence[Rival]) -> Rival:
    added = {edge: why for each in changes for edge, why in each.added.items()}
    dropped = {edge: why for each in changes for edge, why in each.dropped.items()}
    new = tuple(name for each in changes for name in each.variables)
    names = tuple(name for each in changes for name in each.names)
    about = " ".join(each.about for each in changes)
    return Rival(changes[0].like, names, frozen(added), frozen(dropped), new, about)


class _Change:
    """One rival's changes of a shape."""

    def __init__(self, rival: RivalShape, base: ModelShape, problems: Problems) -> None:
        self.written, self.base, self.problems = rival, base, problems

    def rival(self) -> Rival:
        """Return what is changed, as values."""
        return Rival(
            str(self.written.like),
            (str(self.written.model),),
            frozen({(str(p), str(c)): tidy(e.why) for c, each in self.written.add.items() for p, e in each.items()}),
            frozen({(str(p), str(c)): tidy(why) for c, each in self.written.drop.items() for p, why in each.items()}),
            tuple(str(name) for name in self.written.variables),
            tidy(self.written.about),
        )

    def shape(self) -> ModelShape:
        """Return the model's shape with the changes made; what cannot be changed is noted as a problem."""
        rival, variables = self.written, dict(self.base.variables)
        if not (rival.add or rival.drop or rival.mechanisms) and not self.problems:
            self.problems.add(rival.node, "a rival changes something; write 'add' or 'drop': {child: {parent: why}}")
        for name, each in rival.variables.items():
            if name in variables:
                self.problems.add(name, f"the model {str(rival.like)!r} has a variable {str(name)!r}; name another")
            variables[name] = each
        for child, parents in rival.drop.items():
            if self._known(child, variables):
                variables[child] = self._without(child, parents, variables[child])
        for child, added in rival.add.items():
            if self._known(child, variables):
                variables[child] = self._with(child, added, variables[child], variables)
        for child, mechanism in rival.mechanisms.items():
            if self._known(child, variables):
                variables[child] = variables[child].model_copy(update={"mechanism": mechanism})
        texts = {key: getattr(rival, key) for key in ("title", "about") if getattr(rival, key)}
        sources = {**self.base.sources, **rival.sources}
        return self.base.model_copy(update={"model": rival.model, "variables": variables, "sources": sources, **texts})

    def _known(self, child: Scalar, variables: Mapping[Scalar, VariableShape]) -> bool:
        if child in variables:
            return True
        self.problems.add(child, f"no variable {str(child)!r}{nearest(child, variables)}")
        return False

    def _without(self, child: Scalar, parents: Mapping[Scalar, str], shape: VariableShape) -> VariableShape:
        """Return a variable without some of its parents."""
        edges = _edges(shape)
        gone = {str(parent) for parent in parents}
        for parent in parents:
            if parent not in edges:
                message = f"{str(parent)!r} is no parent of {str(child)!r}{choices(parent, edges) or '; it has none'}"
                self.problems.add(parent, message)
        if str(child) not in self.written.mechanisms and (held := _holds(shape, gone)):
            message = f"it is looked at by {held} of {str(child)!r}; write 'mechanisms: {{{child}: ...}}' without it"
            self.problems.add(next(iter(parents)), message)
        kept = {parent: edge for parent, edge in edges.items() if parent not in gone}
        mechanism: Any = shape.mechanism
        for kind, key in PER_PARENT.items():
            options = getattr(mechanism, kind, None)
            if options is not None:
                left = {parent: said for parent, said in getattr(options, key).items() if parent not in gone}
                mechanism = _copy(mechanism, kind, _copy(options, key, left))
        return shape.model_copy(update={"parents": kept, "mechanism": mechanism if kept else None})

    def _with(
        self, child: Scalar, added: Mapping[Scalar, AddedShape], shape: VariableShape,
        variables: Mapping[Scalar, VariableShape],
    ) -> VariableShape:  # fmt: skip
        """Return a variable with more parents."""
        edges: dict[Scalar, EdgeShape] = dict(_edges(shape))
        mechanism = shape.mechanism
        for parent, edge in added.items():
            if not self._known(parent, variables):
                continue
            if parent in edges:
                self.problems.add(parent, f"{str(parent)!r} is a parent of {str(child)!r} already")
            elif str(parent) == str(child) or str(parent) in _below(str(child), variables):
                message = f"{str(child)!r} leads to {str(parent)!r}, so the arrows would run in a circle"
                self.problems.add(parent, message)
            edges[parent] = edge
            mechanism = self._acting(parent, edge, child, mechanism)
        return shape.model_copy(update={"parents": edges, "mechanism": mechanism})

    def _acting(self, parent: Scalar, edge: AddedShape, child: Scalar, mechanism: Any) -> Any:
        """Return the mechanism with the states in which a new parent acts, where it has such."""
        for kind, key in (("noisy_or", "on"), ("noisy_and", "needs")):
            said: list[Scalar] = getattr(edge, key)
            if not said:
                continue
            options, word = getattr(mechanism, kind, None), kind.replace("_", "-")
            if options is None:
                message = f"{key!r} is for a {word}, and {str(child)!r} is none; leave it out"
                if mechanism == word:  # by its word alone, so there are no options to add to
                    message = f"there are no options to add to; write 'mechanisms: {{{child}: {{{word}: ...}}}}'"
                self.problems.add(edge.at(key), message)
            else:
                mechanism = _copy(mechanism, kind, _copy(options, key, {**getattr(options, key), parent: said}))
        return mechanism

    def place(self, found: Problems) -> None:
        """Raise what was found in the changed model, each at its place in the rival's file."""
        ours = Problems(self.problems.path)
        for problem in found:
            first, _, rest = problem.where.partition(".")
            name = rest.split(".")[0]
            if first in ("add", "drop", "mechanisms") or name in self.written.variables:
                ours.at(problem.line, problem.column, problem.where, problem.message)
            else:
                node = self._changed(name)
                ours.at(node.line, node.column, node.where, f"with this change, {name}: {problem.message}")
        ours.check()

    def _changed(self, name: str) -> Node:
        """Return where a variable's arrows are changed, the file as a whole where they are not."""
        for part in (self.written.mechanisms, self.written.add, self.written.drop):
            for child in part:
                if child == name:
                    return child
        return self.written.node


def _edges(shape: VariableShape) -> dict[Scalar, EdgeShape]:
    if isinstance(shape.parents, dict):
        return dict(shape.parents)
    return {parent: EdgeShape.bare() for parent in shape.parents}


def _copy(shape: Any, key: str, value: object) -> Shape:
    made: Shape = shape.model_copy(update={key: value})
    return made


def _holds(shape: VariableShape, gone: set[str]) -> str:
    """Return what of a variable looks at a parent in a way that is lost without it; nothing where nothing does."""
    found = []
    if any(str(parent) in gone for gate in shape.gates for parent in gate.when):
        found.append("a gate")
    mechanism = shape.mechanism
    if isinstance(mechanism, MechanismShape):
        rows = mechanism.table.rows if mechanism.table else None
        if rows and any(str(parent) in gone for row in rows.values() for parent in row):
            found.append("a row of the table")
        if mechanism.rule is not None or mechanism.types is not None or mechanism.observation is not None:
            found.append("the mechanism")
    return " and ".join(found)


def _below(name: str, variables: Mapping[Scalar, VariableShape]) -> set[str]:
    """Return every variable that one leads to."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        at = waiting.pop()
        for child, shape in variables.items():
            if str(child) not in found and any(str(parent) == at for parent in shape.parents):
                found.add(str(child))
                waiting.append(str(child))
    return found
