"""Luck, written out: every mechanism as an equation of its parents and of something that chance decides once.

    luck            a finite list of (value, probability), the same in all worlds
    Comonotone      one U ~ Uniform(0, 1), cut wherever F(s | parents) lies
    Independent     a state for every combination of the parents' states
    Inhibited       noisy-or and noisy-and: a coin, and one U ~ Uniform(0, 1) per parent
    Typed           a response type, drawn together with those that it is confounded with

A part of the referee structural.py. What a mechanism does in one world is read off enumeration.py.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from itertools import accumulate, pairwise, product
from math import prod
from typing import Any, Protocol

import enumeration

from causal.spec.model import Model, NoisyAnd, NoisyOr, Types, Variable
from causal.spec.typetext import type_values

Numbers = Mapping[str, Any]  # a float per parameter's question; under "types", type text -> probability per variable
Here = Mapping[str, str]
Cells = Sequence[tuple[Any, float]]  # values of a luck with their probabilities

NARROW = 1e-13  # intervals of luck not wider than this are rounding


def intervals(levels: Iterable[float]) -> list[tuple[float, float]]:
    """Return a point inside and the width of every interval into which the levels cut [0, 1]."""
    ends = [0.0]
    for level in sorted({*levels, 1.0}):
        if level - ends[-1] > NARROW:
            ends.append(level)
    return [((low + high) / 2, high - low) for low, high in pairwise(ends)]


def coin(chance: float) -> list[tuple[bool, float]]:
    return [(side, p) for side, p in ((True, chance), (False, 1.0 - chance)) if p > 0.0]


def independent_product(*lucks: Cells) -> list[tuple[tuple[Any, ...], float]]:
    return [(tuple(v for v, _ in cells), prod(p for _, p in cells)) for cells in product(*lucks)]


def typed_parents(variable: Variable) -> list[str]:
    """Return the parents that a response type answers to: all but those that only gate."""
    gated = {parent for gate in variable.gates for parent in gate.when}
    named = variable.mechanism.monotone if isinstance(variable.mechanism, Types) else ()
    return [parent for parent in variable.parents if parent not in gated or parent in named]


def typed_contexts(model: Model, variable: Variable) -> list[tuple[str, ...]]:
    """Return all combinations of these parents' states, the first-named varying fastest."""
    backwards = (model.variables[parent].states for parent in reversed(typed_parents(variable)))
    return [states[::-1] for states in product(*backwards)]


def contexts(model: Model, variable: Variable) -> list[tuple[str, ...]]:
    """Return all combinations of the parents' states, the first-named parent varying fastest."""
    backwards = (model.variables[parent].states for parent in reversed(variable.parents))
    return [states[::-1] for states in product(*backwards)]


# Equations


class Equation(Protocol):
    """How one variable comes about."""

    def luck(self, here: Here) -> Hashable:
        """Return the luck that decides, given the parents' states."""
        ...

    def cells(self, luck: Hashable) -> Cells:
        """Return the values of that luck."""
        ...

    def state(self, value: Any, here: Here) -> str:
        """Return the state that a value of it makes."""
        ...


class Comonotone:
    """One U ~ Uniform(0, 1): the smallest state s with U <= F(s | parents)."""

    def __init__(self, model: Model, variable: Variable, numbers: Numbers) -> None:
        self.variable = variable
        self.below: dict[tuple[str, ...], list[float]] = {}
        for states in contexts(model, variable):
            rising = list(accumulate(row(model, numbers, variable, states)))
            self.below[states] = [*rising[:-1], 1.0]
        self.values = intervals(level for levels in self.below.values() for level in levels)

    def luck(self, here: Here) -> Hashable:
        return self.variable.name

    def cells(self, luck: Hashable) -> Cells:
        return self.values

    def state(self, value: Any, here: Here) -> str:
        below = self.below[tuple(here[parent] for parent in self.variable.parents)]
        return next(state for state, level in zip(self.variable.states, below, strict=True) if value <= level)


class Independent:
    """A luck of its own for every combination of the parents' states: the state itself."""

    def __init__(self, model: Model, variable: Variable, numbers: Numbers) -> None:
        self.model, self.variable, self.numbers = model, variable, numbers

    def luck(self, here: Here) -> Hashable:
        return (self.variable.name, *(here[parent] for parent in self.variable.parents))

    def cells(self, luck: Hashable) -> Cells:
        assert isinstance(luck, tuple)
        chances = row(self.model, self.numbers, self.variable, luck[1:])
        return [(state, p) for state, p in zip(self.variable.states, chances, strict=True) if p > 0.0]

    def state(self, value: Any, here: Here) -> str:
        return value


class Inhibited:
    """Noisy-or and noisy-and: one coin, and one U ~ Uniform(0, 1) per parent, set against a level per state of it.

    noisy-or    the coin is the leak; a cause is effective where U <= its power; any of these is enough
    noisy-and   the coin is the base; a need that is not met is survived where U <= its ratio; all must be
    """

    def __init__(self, model: Model, variable: Variable, numbers: Numbers) -> None:
        self.variable = variable
        name, top = variable.name, variable.states[-1]
        mechanism = variable.mechanism
        if isinstance(mechanism, NoisyOr):
            self.join: Callable[[Iterable[bool]], bool] = any
            base = numbers[f"P({name} = {top} | none)"]
            self.levels = {
                parent: {
                    state: numbers[f"P({parent} = {state} causes {name} = {top})"] if state in on else 0.0
                    for state in model.variables[parent].states
                }
                for parent, on in mechanism.on.items()
            }
        else:
            assert isinstance(mechanism, NoisyAnd)
            self.join = all
            base = numbers[f"P({name} = {top} | all)"]
            self.levels = {
                parent: {
                    state: 1.0 if state in met else numbers[f"P({name} = {top} | all but {parent} = {state})"]
                    for state in model.variables[parent].states
                }
                for parent, met in mechanism.needs.items()
            }
        self.values = independent_product(coin(base), *(intervals(level.values()) for level in self.levels.values()))

    def luck(self, here: Here) -> Hashable:
        return self.variable.name

    def cells(self, luck: Hashable) -> Cells:
        return self.values

    def state(self, value: Any, here: Here) -> str:
        base, *us = value
        passed = (u <= levels[here[parent]] for u, (parent, levels) in zip(us, self.levels.items(), strict=True))
        return self.variable.states[-1 if self.join((base, *passed)) else 0]


class Typed:
    """The luck is the response type, drawn together with those of all that it is confounded with, directly or not."""

    def __init__(self, model: Model, variable: Variable, numbers: Numbers) -> None:
        self.variable = variable
        self.group = confounded_group(model, variable.name)
        self.place = {states: index for index, states in enumerate(typed_contexts(model, variable))}
        drawn: list[tuple[tuple[str, ...], float]] = [((), 1.0)]
        for name in self.group:
            partners = partners_before(model, self.group, name)
            drawn = [
                ((*types, text), chance * share)
                for types, chance in drawn
                for text, share in type_shares(numbers, name, tuple(types[at] for at in partners)).items()
            ]
        self.values = [(types, chance) for types, chance in drawn if chance > 0.0]
        self.mine = self.group.index(variable.name)
        texts = {types[self.mine] for types, _ in drawn}
        self.read = {text: type_values(text, variable.states, len(self.place)) for text in texts}

    def luck(self, here: Here) -> Hashable:
        return self.group

    def cells(self, luck: Hashable) -> Cells:
        return self.values

    def state(self, value: Any, here: Here) -> str:
        return self.read[value[self.mine]][self.place[tuple(here[parent] for parent in typed_parents(self.variable))]]


def type_shares(numbers: Numbers, name: str, given: tuple[str, ...]) -> Mapping[str, float]:
    """Return the chance of each type, given those of its earlier confounded partners where it has any."""
    return numbers["types"][name][given] if given else numbers["types"][name]


def confounded_group(model: Model, name: str) -> tuple[str, ...]:
    """Return all that hangs together with a variable through confounded pairs, in topological order."""
    found = {name}
    while more := {one for pair in model.confounded if found & set(pair) for one in pair} - found:
        found |= more
    return tuple(each for each in topological(model) if each in found)


def partners_before(model: Model, group: tuple[str, ...], name: str) -> list[int]:
    """Return the places in the group of the earlier variables that a variable is paired with."""
    pairs = [set(pair) for pair in model.confounded]
    return [at for at, other in enumerate(group[: group.index(name)]) if {other, name} in pairs]


def topological(model: Model) -> list[str]:
    """Return the variables, parents first, ties as in the file."""
    found: list[str] = []
    while len(found) < len(model.variables):
        found.append(next(n for n, v in model.variables.items() if n not in found and set(v.parents) <= set(found)))
    return found


def row(model: Model, numbers: Numbers, variable: Variable, states: Sequence[str]) -> list[float]:
    """Return P(each state | the parents' states) in one world."""
    here = dict(zip(variable.parents, states, strict=True))
    if isinstance(variable.mechanism, Types):
        assert confounded_group(model, variable.name) == (variable.name,), "confounded types with a coupling"
        typed = Typed(model, variable, numbers)
        return [sum(p for value, p in typed.values if typed.state(value, here) == s) for s in variable.states]
    return [enumeration.probability(model, numbers, variable.name, state, here) for state in variable.states]


COUPLINGS: Mapping[str, type[Comonotone] | type[Independent]] = {"comonotone": Comonotone, "independent": Independent}


class Structure:
    """A model with numbers, as equations."""

    def __init__(self, model: Model, numbers: Numbers) -> None:
        self.model, self.numbers = model, numbers
        self._equations: dict[str, Equation] = {}

    def equation(self, name: str) -> Equation:
        if name not in self._equations:
            variable = self.model.variables[name]
            if variable.coupling is not None:
                kind: Callable[[Model, Variable, Numbers], Equation] = COUPLINGS[variable.coupling]
            elif isinstance(variable.mechanism, Types):
                kind = Typed
            elif isinstance(variable.mechanism, NoisyOr | NoisyAnd):
                kind = Inhibited
            else:
                kind = Comonotone if variable.ordered else Independent
            self._equations[name] = kind(self.model, variable, self.numbers)
        return self._equations[name]

    def gated(self, name: str, here: Here) -> str | None:
        """Return what the first gate that fires makes of a variable."""
        for gate in self.model.variables[name].gates:
            if all(here[parent] in states for parent, states in gate.when.items()):
                return gate.then
        return None
