"""An independent referee: the whole joint distribution, cell by cell, from the definitions of the mechanisms.

It shares nothing with the engine but the model values: no slots, no tables, no elimination. Parameters come as a
mapping from the text of the question each one answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from math import exp

import numpy as np

from causal.spec.model import (
    Case,
    Count,
    Edge,
    Gate,
    Holds,
    Logistic,
    Model,
    NoisyAnd,
    NoisyOr,
    Rule,
    Score,
    Table,
    Variable,
    frozen,
)

Numbers = Mapping[str, float]


def probability(model: Model, numbers: Numbers, name: str, state: str, here: Mapping[str, str]) -> float:
    """Return P(name = state | the states in ``here``)."""
    variable = model.variables[name]
    for gate in variable.gates:
        if all(here[parent] in states for parent, states in gate.when.items()):
            return 1.0 if state == gate.then else 0.0
    gated = {parent for gate in variable.gates for parent in gate.when}
    mine = [edge.parent for edge in variable.edges if edge.parent not in gated]
    top = variable.states[-1]
    match variable.mechanism:
        case Table(rows=rows, order=order):
            order = order or variable.states
            if rows is None:
                context = "".join(f", {parent} = {here[parent]}" for parent in mine)
                for gate in variable.gates:  # random models have one gate on one parent at most
                    ((parent, states),) = gate.when.items()
                    calm = next(s for s in model.variables[parent].states if s not in states)
                    context += f", {parent} = {calm}"
            else:
                row = next(r for r, when in rows.items() if all(here[p] in allowed for p, allowed in when.items()))
                context = f", row {row}"
            left = 1.0
            for place, candidate in enumerate(order[:-1]):
                before = "".join(f", {name} != {earlier}" for earlier in order[:place])
                conditions = (before + context)[2:]
                text = f"P({name} = {candidate} | {conditions})" if conditions else f"P({name} = {candidate})"
                if state == candidate:
                    return left * numbers[text]
                left *= 1.0 - numbers[text]
            return left
        case NoisyOr(on=on):
            spared = 1.0 - numbers[f"P({name} = {top} | none)"]
            for parent, states in on.items():
                if here[parent] in states:
                    spared *= 1.0 - numbers[f"P({parent} = {here[parent]} causes {name} = {top})"]
            return 1.0 - spared if state == top else spared
        case NoisyAnd(needs=needs):
            works = numbers[f"P({name} = {top} | all)"]
            for parent, met in needs.items():
                if here[parent] not in met:
                    works *= numbers[f"P({name} = {top} | all but {parent} = {here[parent]})"]
            return works if state == top else 1.0 - works
        case Logistic(same=same):
            shift = 0.0
            for parent in mine:
                base = model.baseline_state(parent)
                seen = here[parent]
                for group in same.get(parent, ()):
                    if seen in group:
                        seen = base if base in group else group[0]
                if seen != base:
                    shift += numbers[f"P({name} = {top} | baseline but {parent} = {seen})"]
            above = [1.0]
            for rank in range(1, len(variable.states)):
                op = "=" if rank == len(variable.states) - 1 else ">="
                cut = numbers[f"P({name} {op} {variable.states[rank]} | baseline)"]
                above.append(1.0 / (1.0 + exp(-cut - shift)))
            above.append(0.0)
            place = variable.states.index(state)
            return above[place] - above[place + 1]
        case Rule(test=test, cases=cases):
            if test is not None:
                return 1.0 if (state == top) == truth(test, here) and state in (top, variable.states[0]) else 0.0
            for case in cases:
                if all(here[parent] in allowed for parent, allowed in case.when.items()):
                    return case.then.get(state, 0.0)
    raise AssertionError(variable)


def truth(item, here) -> bool:
    """Return whether an item of a rule holds."""
    if isinstance(item, Holds):
        return here[item.variable] in item.states
    if isinstance(item, Score):
        return sum(points.get(here[v], 0.0) for v, points in item.points.items()) >= item.least - 1e-9
    assert isinstance(item, Count)
    return len([1 for each in item.of if truth(each, here)]) >= item.least


def joint(model: Model, numbers: Numbers, do: Mapping[str, str] | None = None):
    """Yield (states, probability) for every cell of the joint with the arrows into ``do`` cut."""
    do = do or {}
    names = list(model.variables)
    for states in product(*(model.variables[name].states for name in names)):
        here = dict(zip(names, states, strict=True))
        chance = 1.0
        for name in names:
            if name in do:
                chance *= 1.0 if here[name] == do[name] else 0.0
            else:
                chance *= probability(model, numbers, name, here[name], here)
            if chance == 0.0:
                break
        if chance:
            yield here, chance


def conditional(model: Model, numbers: Numbers, asked, given=lambda here: 1.0, do=None) -> float:
    """Return P(asked | given) after ``do``; ``asked`` and ``given`` map a cell to a truth value or a likelihood."""
    above = below = 0.0
    for here, chance in joint(model, numbers, do):
        weight = chance * given(here)
        below += weight
        above += weight * asked(here)
    return above / below


def random_model(rng: np.random.Generator, size: int = 6) -> Model:
    """Return a random model with mixed numbers of states, all five mechanisms and gates."""
    names = [f"v{i}" for i in range(size)]
    variables: dict[str, Variable] = {}
    for place, name in enumerate(names):
        count = int(rng.integers(0, min(place, 3) + 1))
        parents = [str(p) for p in rng.choice(names[:place], size=count, replace=False)] if count else []
        variables[name] = _variable(rng, name, parents, variables)
    return Model("random", frozen(variables), baseline=str(rng.choice(["first", "actual"])))


def _variable(rng: np.random.Generator, name: str, parents: list[str], earlier: Mapping[str, Variable]) -> Variable:
    states = ("a", "b", "c", "d")[: int(rng.choice([2, 2, 2, 3, 4]))]
    kinds = ["table", "rows", "noisy-or", "noisy-and", "logistic", "rule", "cases"]
    kind = str(rng.choice(kinds)) if parents else "table"
    if kind in ("noisy-or", "noisy-and", "rule"):
        states = states[:2]
    gates: tuple[Gate, ...] = ()
    free = list(parents)
    if len(parents) > 1 and kind in ("table", "noisy-or", "noisy-and", "logistic") and rng.random() < 0.3:
        gate = free.pop()
        gates = (Gate(frozen({gate: (str(rng.choice(earlier[gate].states)),)}), str(rng.choice(states))),)

    def some(parent: str) -> tuple[str, ...]:
        states = earlier[parent].states
        return tuple(str(s) for s in rng.choice(states, size=int(rng.integers(1, len(states))), replace=False))

    match kind:
        case "table":
            mechanism = Table(order=tuple(str(s) for s in rng.permutation(states))) if rng.random() < 0.5 else Table()
        case "rows":
            mechanism = Table(rows=frozen({"back": frozen({free[0]: some(free[0])}), "otherwise": frozen({})}))
        case "noisy-or":
            mechanism = NoisyOr(frozen({parent: some(parent) for parent in free}))
        case "noisy-and":
            mechanism = NoisyAnd(frozen({parent: some(parent) for parent in free}))
        case "logistic":
            large = [p for p in free if len(earlier[p].states) > 2 and rng.random() < 0.5]
            groups = {p: (tuple(earlier[p].states[1:]),) for p in large}
            mechanism = Logistic(frozen(groups))
        case "rule":
            if rng.random() < 0.5:
                points = {p: frozen({s: float(rng.integers(0, 4)) / 2 for s in earlier[p].states}) for p in parents}
                mechanism = Rule(test=Score(frozen(points), float(rng.integers(1, 3))))
            else:
                items = tuple(Holds(parent, some(parent)) for parent in parents)
                mechanism = Rule(test=Count(int(rng.integers(1, len(items) + 1)), items))
        case _:
            share = rng.dirichlet(np.ones(len(states)))
            cases = (
                Case(frozen({parents[0]: some(parents[0])}), frozen({states[0]: 1.0})),
                Case(frozen({}), frozen(dict(zip(states, share.tolist(), strict=True)))),
            )
            mechanism = Rule(cases=cases)
    actual = str(rng.choice(states))
    return Variable(
        name, states, edges=tuple(Edge(parent) for parent in parents), mechanism=mechanism, gates=gates, actual=actual
    )
