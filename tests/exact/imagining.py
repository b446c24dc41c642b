"""Random models, numbers and questions of what would have been, and laws that hold in all of them.

random_counterfactual_model    all mechanisms, gates, couplings, types and their confounding, dates, interventions
random_numbers                 a number for whatever parameter is looked up
random_question                up to three imagined worlds, evidence, do, nested worlds
laws                           consistency, composition, effectiveness (Pearl 2009, section 7.3.1)
tian_pearl                     bounds on PN, PS and PNS (Tian and Pearl 2000, theorems 2 and 3)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import pairwise, product
from math import prod
from typing import Any

import enumeration
import numpy as np
from luck import confounded_group, partners_before, topological, typed_contexts, typed_parents

from causal.graph import Graph
from causal.spec.dates import Span
from causal.spec.model import (
    Gate,
    Intervention,
    Logistic,
    Model,
    NoisyAnd,
    NoisyOr,
    Rule,
    Table,
    Types,
    Variable,
    frozen,
    named_parents,
)
from causal.spec.question import (
    Assign,
    Chance,
    Condition,
    Do,
    Event,
    Follow,
    History,
    Named,
    Probability,
    Record,
    Setting,
    Soft,
)
from causal.spec.typetext import type_text, type_values

MOST_TYPES = 16  # of one variable
MOST_TOGETHER = 300  # combinations of types of what is confounded

Random = np.random.Generator


# Numbers


class RandomNumbers(dict[str, Any]):
    """A number for every parameter that is looked up, the same each time; the shares of types are there at once."""

    def __init__(self, rng: Random, model: Model) -> None:
        super().__init__(types={})
        self.rng, self.model = rng, model
        for name, variable in model.variables.items():
            if isinstance(variable.mechanism, Types):
                self["types"][name] = self.types(name)

    def __missing__(self, text: str) -> float:
        cut = re.fullmatch(r"P\((\w+) >?= (\w+) \| baseline\)", text)
        if cut:  # on the log-odds, falling with the state
            value = self.rng.uniform(-0.4, 0.4) - self.model.variables[cut[1]].states.index(cut[2])
        else:
            value = self.rng.normal() if "| baseline but" in text else self.rng.uniform(0.15, 0.85)
        self[text] = float(value)
        return self[text]

    def types(self, name: str) -> dict[Any, Any]:
        group = confounded_group(self.model, name)
        partners = [group[at] for at in partners_before(self.model, group, name)]
        rows = product(*(allowed_types(self.model, partner) for partner in partners))
        found = {given: self.shares(allowed_types(self.model, name)) for given in rows}
        return found if partners else found[()]

    def shares(self, types: list[str]) -> dict[str, float]:
        return dict(zip(types, self.rng.dirichlet(np.ones(len(types))).tolist(), strict=True))


def random_numbers(rng: Random, model: Model) -> RandomNumbers:
    return RandomNumbers(rng, model)


def allowed_types(model: Model, name: str) -> list[str]:
    """Return the response types that a variable may have."""
    variable = model.variables[name]
    mechanism = variable.mechanism
    assert isinstance(mechanism, Types)
    at = typed_contexts(model, variable)
    if mechanism.allow:
        return list(mechanism.allow)
    found = []
    for values in product(variable.states, repeat=len(at)):
        made = dict(zip(at, (variable.states.index(value) for value in values), strict=True))
        rising = all(_rises(model, variable, parent, made) for parent in mechanism.monotone)
        if rising and type_text(values) not in mechanism.forbid:
            found.append(type_text(values))
    return found


def _rises(model: Model, variable: Variable, parent: str, made: Mapping[tuple[str, ...], int]) -> bool:
    """Return whether the child never falls as one parent rises and the others stay."""
    place = typed_parents(variable).index(parent)
    return all(
        level <= made[*here[:place], higher, *here[place + 1 :]]
        for here, level in made.items()
        for lower, higher in pairwise(model.variables[parent].states)
        if here[place] == lower
    )


# Models


def random_counterfactual_model(rng: Random, size: int, types: bool = True) -> Model:
    """Return a random model; ``types`` says whether mechanisms may be response types."""
    model = enumeration.random_model(rng, size)
    for name in model.variables:
        variable = _with_types(rng, model, model.variables[name]) if types else model.variables[name]
        model = _put(model, _with_gate(rng, model, _with_coupling(rng, variable)))
    model = replace(model, confounded=_confounded(rng, model))
    for name, state in _what_happened(rng, model).items():
        year = int(rng.integers(1900, 1904))
        model = _put(model, replace(
            model.variables[name],
            actual=state if rng.random() < 0.9 else None,
            decided=Span.parse(str(year)) if rng.random() < 0.7 else None,
            chance=bool(rng.random() < 0.2),
        ))  # fmt: skip
    interventions = {}
    for name in ("strike", "flood"):
        touched = rng.choice(list(model.variables), size=int(rng.integers(1, 3)), replace=False)
        do = {str(each): str(rng.choice(model.variables[str(each)].states)) for each in touched}
        interventions[name] = Intervention(name, frozen(do), when=Span.parse(str(int(rng.integers(1900, 1905)))))
    return replace(model, interventions=frozen(interventions))


def _put(model: Model, variable: Variable) -> Model:
    return replace(model, variables=frozen({**model.variables, variable.name: variable}))


def _with_types(rng: Random, model: Model, variable: Variable) -> Variable:
    count = len(variable.states) ** len(typed_contexts(model, variable))
    if count > MOST_TYPES or rng.random() < 0.6:
        return variable
    free = replace(variable, mechanism=Types())
    everything = allowed_types(_put(model, free), variable.name)
    some = tuple(str(t) for t in rng.choice(everything, size=int(rng.integers(1, len(everything))), replace=False))
    match int(rng.integers(0, 4)):
        case 0 if variable.parents:
            return replace(free, mechanism=Types(monotone=(str(rng.choice(variable.parents)),)))
        case 1:
            return replace(free, mechanism=Types(allow=some))
        case 2:
            return replace(free, mechanism=Types(forbid=some))
    return free


def _with_coupling(rng: Random, variable: Variable) -> Variable:
    if isinstance(variable.mechanism, Types):
        return variable
    ordered = isinstance(variable.mechanism, Logistic) or rng.random() < 0.75
    coupling = str(rng.choice(["comonotone", "independent"])) if rng.random() < 0.25 else None
    return replace(variable, ordered=ordered, coupling=coupling)


def _with_gate(rng: Random, model: Model, variable: Variable) -> Variable:
    """Sometimes let parents that the mechanism names gate as well, before or after other gates."""
    named = sorted(named_parents(variable.mechanism))
    kinds = (NoisyOr, NoisyAnd, Rule, Types, Table)
    if not named or not isinstance(variable.mechanism, kinds) or rng.random() < 0.75:
        return variable
    parents = [str(p) for p in rng.choice(named, size=int(rng.integers(1, len(named) + 1)), replace=False)]
    when = {p: some_states(rng, model.variables[p].states) for p in parents}
    gate = Gate(frozen(when), str(rng.choice(variable.states)))
    return replace(variable, gates=(gate, *variable.gates) if rng.random() < 0.5 else (*variable.gates, gate))


def _confounded(rng: Random, model: Model) -> tuple[tuple[str, str], ...]:
    typed = [name for name, variable in model.variables.items() if isinstance(variable.mechanism, Types)]
    pairs: tuple[tuple[str, str], ...] = ()
    for place, first in enumerate(typed):
        for second in typed[place + 1 :]:
            tried = (*pairs, (first, second) if rng.random() < 0.5 else (second, first))
            group = confounded_group(replace(model, confounded=tried), first)
            together = prod(len(allowed_types(model, name)) for name in group)
            if together <= MOST_TOGETHER and rng.random() < 0.4:
                pairs = tried
    return pairs


def _what_happened(rng: Random, model: Model) -> dict[str, str]:
    """Return a state of every variable that can all be true together."""
    numbers = RandomNumbers(rng, model)
    here: dict[str, str] = {}
    for name in topological(model):
        variable = model.variables[name]
        if isinstance(variable.mechanism, Types):
            at = typed_contexts(model, variable)
            values = type_values(str(rng.choice(allowed_types(model, name))), variable.states, len(at))
            fired = (g.then for g in variable.gates if all(here[p] in states for p, states in g.when.items()))
            here[name] = next(fired, values[at.index(tuple(here[p] for p in typed_parents(variable)))])
        else:
            chances = [enumeration.probability(model, numbers, name, state, here) for state in variable.states]
            here[name] = str(rng.choice([s for s, p in zip(variable.states, chances, strict=True) if p > 0]))
    return here


def some_states(rng: Random, states: tuple[str, ...]) -> tuple[str, ...]:
    size = int(rng.integers(1, max(len(states), 2)))
    return tuple(str(s) for s in rng.choice(states, size=size, replace=False))


# Questions


def random_question(rng: Random, model: Model) -> Probability:
    """Return a question about one to three imagined worlds, and sometimes the actual one."""
    return _Asking(rng, model).question()


class _Asking:
    def __init__(self, rng: Random, model: Model) -> None:
        self.rng, self.model, self.graph = rng, model, Graph.of(model)
        self.names = list(model.variables)

    def often(self, chance: float) -> bool:
        return bool(self.rng.random() < chance)

    def pick(self, names: list[str], least: int = 1, most: int = 1) -> list[str]:
        size = min(int(self.rng.integers(least, most + 1)), len(names))
        return [str(name) for name in self.rng.choice(names, size=size, replace=False)] if size else []

    def question(self) -> Probability:
        done = self.setting(nested=0) if self.often(0.25) else None
        fixed = self.touched(done)
        given: list[Condition] = [Do(done)] if done else []
        asked: list[Event] = []
        worlds = {str(world): world for world in (self.setting() for _ in range(int(self.rng.choice([1, 1, 2, 2, 3]))))}
        for world in worlds.values():
            for name in self.targets(fixed | self.touched(world), self.touched(world)):
                event = self.event(name, world)
                (given if asked and self.often(0.25) else asked).append(event)
        free = [name for name in self.names if name not in fixed]
        if free and (not asked or self.often(0.3)):
            asked.append(self.event(self.pick(free)[0], None))
        given += self.evidence(free, bool(done))
        return Probability(tuple(asked), tuple(given))

    def touched(self, setting: Setting | None) -> set[str]:
        found: set[str] = set()
        for item in setting.items if setting else ():
            found |= set(self.model.interventions[item.intervention].do) if isinstance(item, Named) else {item.variable}
        return found

    def targets(self, fixed: set[str], moved: set[str]) -> list[str]:
        """Return variables to ask about, mostly of those that what is set acts on."""
        free = [name for name in self.names if name not in fixed]
        below = [name for name in free if name in self.graph.downstream(moved)]
        return self.pick(below if below and self.often(0.85) else free, 1, 2 if self.often(0.3) else 1)

    def setting(self, nested: int = 2) -> Setting:
        if self.often(0.15):
            return Setting((Named(str(self.rng.choice(list(self.model.interventions)))),))
        above = [name for name in self.names if self.graph.children[name]]
        names = self.pick(above if above and self.often(0.85) else self.names, 1, 2)
        items: list[Assign | Follow | Named] = []
        for place, name in enumerate(names):
            follows = place > 0 and nested > 0 and self.often(0.5)
            items.append(self.follow(name, nested - 1) if follows else self.assign(name))
        return Setting(tuple(items))

    def assign(self, name: str) -> Assign:
        return Assign(name, str(self.rng.choice(self.model.variables[name].states)))

    def follow(self, name: str, nested: int) -> Follow:
        """Return a nested world for a variable: its own value there, or that of one before it."""
        states = self.model.variables[name].states
        before = self.graph.order[: self.graph.order.index(name) + 1]
        others = [other for other in before if self.model.variables[other].states == states]
        return Follow(name, self.pick(others)[0] if self.often(0.2) else name, self.setting(nested))

    def event(self, name: str, world: Setting | None) -> Event:
        variable = self.model.variables[name]
        ordered = variable.ordered or len(variable.states) == 2
        op = str(self.rng.choice(["=", "=", "!=", "in", "<=", ">"] if ordered else ["=", "=", "!=", "in"]))
        states = some_states(self.rng, variable.states[:-1] if op in ("<=", ">") else variable.states)
        return Event(name, op, states if op == "in" else states[:1], world)

    def evidence(self, free: list[str], done: bool) -> Iterator[Condition]:
        for name in self.pick(free, 0, 2):
            actual = self.model.variables[name].actual
            happened = actual is not None and not done and self.often(0.8)
            yield Event(name, "=", (str(actual),)) if happened else self.event(name, None)
        if free and self.often(0.25):
            name = self.pick(free)[0]
            states = self.model.variables[name].states
            yield Soft(name, tuple((state, float(self.rng.uniform(0.1, 1))) for state in states))
        if self.often(0.25):
            cut = History(Span.parse(str(int(self.rng.integers(1901, 1905)))))
            yield (Record(), Chance(), cut)[int(self.rng.integers(0, 3))]


# Laws


def laws(rng: Random, model: Model) -> Iterator[tuple[Probability, float]]:
    """Yield questions whose answer is the same in every model."""
    x, w, y = (str(name) for name in rng.choice(list(model.variables), size=3, replace=False))
    setting = {name: Assign(name, str(rng.choice(model.variables[name].states))) for name in (x, w)}
    do_x, do_both = Setting((setting[x],)), Setting((setting[x], setting[w]))
    t, u = (str(state) for state in rng.choice(model.variables[y].states, size=2, replace=False))
    would = Event(y, "=", (u,), do_x)
    happened = Event(x, "=", (setting[x].state,))
    yield Probability((would, happened, Event(y, "=", (t,)))), 0.0  # consistency
    same = Event(w, "=", (setting[w].state,), do_x)
    yield Probability((same, would, Event(y, "=", (t,), do_both))), 0.0  # composition
    nested = Setting((setting[x], Follow(w, w, do_x)))
    yield Probability((would, Event(y, "=", (t,), nested))), 0.0  # composition, nested
    yield Probability((Event(x, "=", (setting[x].state,), do_both),)), 1.0  # effectiveness


def tian_pearl(ask: Callable[[str], float], x: str, y: str) -> Iterator[tuple[float, float, float]]:
    """Yield low, value and high of PNS, PN and PS of two binary variables with states a and b."""
    yes, no = ask(f"P({y} = b | do({x} = b))"), ask(f"P({y} = b | do({x} = a))")
    both, neither = ask(f"P({x} = b, {y} = b)"), ask(f"P({x} = a, {y} = a)")
    alone, spared = ask(f"P({x} = b, {y} = a)"), ask(f"P({x} = a, {y} = b)")
    seen = both + spared
    pns = ask(f"P({y}[{x} = b] = b, {y}[{x} = a] = a)")
    high = min(yes, 1 - no, both + neither, yes - no + alone + spared)
    yield max(0.0, yes - no, seen - no, yes - seen), pns, high
    if both > 1e-9:
        pn = ask(f"P({y}[{x} = a] = a | {x} = b, {y} = b)")
        yield max(0.0, (seen - no) / both), pn, min(1.0, (1 - no - neither) / both)
    if neither > 1e-9:
        ps = ask(f"P({y}[{x} = b] = b | {x} = a, {y} = a)")
        yield max(0.0, (yes - seen) / neither), ps, min(1.0, (yes - both) / neither)


def binary_causes(model: Model) -> Iterator[tuple[str, str]]:
    """Yield each pair of binary variables of which the first acts on the second."""
    binary = [name for name, variable in model.variables.items() if len(variable.states) == 2]
    below = {name: Graph.of(model).downstream([name]) for name in binary}
    yield from ((x, y) for x in binary for y in binary if y in below[x])


def coupled(model: Model, coupling: str) -> Model:
    """Return a model with every variable told how its luck is coupled."""
    return replace(model, variables=frozen({n: replace(v, coupling=coupling) for n, v in model.variables.items()}))
