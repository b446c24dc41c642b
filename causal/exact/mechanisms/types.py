"""Response types: a variable's luck is the whole function from its parents to its state (Balke & Pearl 1994).

    P(y = a | parents, type) = 1 where type says a for these parents, else 0

A type is written as the child's states over all combinations of the parents, the first-named parent varying fastest
(typetext.py). The distribution over the types that are allowed is broken like a stick, in their order:

    p1,  (1 - p1) p2,  (1 - p1) (1 - p2) p3,  ...        a Dirichlet makes each stick a beta (Connor & Mosimann 1969)

Where variables are confounded, the later one has such a distribution for every combination of types of the earlier
ones that it is confounded with (CausalQueries' model class, Tietz et al. 2026). Types are nodes of their own, one per
variable whatever the worlds, so counterfactuals need no coupling.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from causal.errors import TooLarge, Unsupported
from causal.exact.eliminate import Factor
from causal.exact.mechanisms.gating import gated
from causal.exact.mechanisms.wording import wrong_word
from causal.exact.parameter import Form, Ids, Parameter, cards, inputs
from causal.exact.placing import placed
from causal.exact.worlds import Node
from causal.graph import Graph
from causal.spec.model import Model, Types, Variable
from causal.spec.question import Condition, name_text
from causal.spec.typetext import type_text, type_values

if TYPE_CHECKING:
    from causal.exact.network import Network
    from causal.exact.tape import Recorder

LARGEST = 1 << 17  # types looked through, and numbers of one variable's distributions
MARK = "\x1ftypes"  # ends the name of a node of types, as no variable's name does


@dataclass(frozen=True)
class Space:
    """The response types that a variable may have, and the earlier variables that it is confounded with.

    ``types`` are texts; ``grid`` has the number of the child's state, axes: the mechanism's parents, then the type.
    ``contexts`` are all combinations of the partners' types.
    """

    types: tuple[str, ...]
    grid: Ids
    partners: tuple[str, ...]
    contexts: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, model: Model, variable: Variable) -> Space:
        """Work the types of a variable out; TooLarge where there are too many."""
        types, grid = _types(model, variable)
        order = {name: place for place, name in enumerate(Graph.of(model).order)} if model.confounded else {}
        paired = {name for pair in model.confounded if variable.name in pair for name in pair} - {variable.name}
        earlier = sorted((name for name in paired if order[name] < order[variable.name]), key=order.__getitem__)
        theirs = [_types(model, model.variables[name])[0] for name in earlier]
        if prod(map(len, theirs)) * len(types) > LARGEST:
            raise TooLarge(
                f"{variable.name} has {len(types):,} response types for each of {prod(map(len, theirs)):,} "
                f"combinations of types that it is confounded with: more than {LARGEST:,} numbers; allow fewer types"
            )
        return cls(types, grid, tuple(earlier), tuple(product(*theirs)))


def _types(model: Model, variable: Variable) -> tuple[tuple[str, ...], Ids]:
    """Return the texts of the allowed types and their states, axes: parents, then the type."""
    mechanism = variable.mechanism
    assert isinstance(mechanism, Types)
    shape = cards(model, inputs(variable))
    contexts = prod(shape)
    if mechanism.allow:
        found = [type_values(text, variable.states, contexts) for text in mechanism.allow]
        flat = np.array([[variable.states.index(value) for value in each] for each in found], dtype=np.int64)
    else:
        count = len(variable.states) ** contexts
        if count > LARGEST:
            raise TooLarge(
                f"{variable.name} has {len(variable.states)} states and {contexts} combinations of its parents: "
                f"{count:,} response types, more than {LARGEST:,}; name those to 'allow', or give it fewer parents"
            )
        flat = np.indices((len(variable.states),) * contexts).reshape(contexts, -1).T
    grid = flat.reshape(len(flat), *reversed(shape)).transpose(*range(len(shape), 0, -1), 0)  # first parent fastest
    fits = np.ones(len(flat), dtype=bool)
    for parent in mechanism.monotone:
        rises = np.diff(grid, axis=inputs(variable).index(parent)) >= 0
        fits &= rises.reshape(-1, len(flat)).all(axis=0)
    texts = [type_text([variable.states[i] for i in row]) for row in flat[fits].tolist()]
    kept = [place for place, text in enumerate(texts) if text not in mechanism.forbid]
    return tuple(texts[place] for place in kept), grid[..., fits][..., kept]


class TypesKind:
    """Sticks over response types."""

    def parameters(self, model: Model, variable: Variable) -> tuple[Parameter, ...]:
        """Return the sticks of every distribution: types - 1 per combination of the partners' types."""
        space, mine = Space.of(model, variable), f"types({name_text(variable.name)})"
        found = []
        for context in space.contexts:
            pairs = zip(space.partners, context, strict=True)
            given = ", ".join(f"types({name_text(name)}) = {text}" for name, text in pairs)
            for rank, text in enumerate(space.types[:-1]):
                of = "" if rank == 0 else " of what is left"
                name = f"P({mine} = {text}{of}{' | ' if given else ''}{given})"
                group = f"{variable.name}|{given}"
                after = len(space.types) - 1 - rank
                found.append(Parameter(name, variable.name, "probability", group=group, rank=rank, after=after))
        return tuple(found)

    def table(self, model: Model, variable: Variable, recorder: Recorder, slots: Mapping[str, int]) -> Ids:
        """Return P(child | its parents), axes: parents in order, then the child; a confounded variable has none."""
        space = Space.of(model, variable)
        if space.partners:
            raise Unsupported(f"{variable.name} is confounded: no table over its parents alone makes it")
        shares = recorder.broken([slots[p.name] for p in self.parameters(model, variable)])
        states = np.arange(len(variable.states))
        says = np.where(space.grid[..., None, :] == states[:, None], shares, recorder.zero)
        return recorder.sums(says)

    def forms(self, model: Model, variable: Variable, recorder: Recorder, slots: Mapping[str, int]) -> list[Form]:
        """Return one form per stick."""
        return [Form(slots[p.name], p.name, "probability") for p in self.parameters(model, variable)]

    def configuration(self, model: Model, variable: Variable, word: Condition) -> dict[str, str]:
        """Raise: no word addresses response types."""
        raise wrong_word(variable, word)


def typed(network: Network, variable: Variable, nodes: Sequence[Node]) -> list[Factor]:
    """Return the factors of all nodes of a variable, each over its parents, the variable's type and itself."""
    recorder, space = network.recorder, Space.of(network.model, variable)
    states = np.arange(len(variable.states))
    own = np.where(space.grid[..., None] == states, recorder.one, recorder.zero)
    table = gated(network.model, variable, own, recorder, inner=2)
    mark = variable.name + MARK
    return [placed(table, Node(node.key, variable.name, (*node.parents, mark)), {}) for node in nodes]


def type_factors(network: Network, names: Iterable[str]) -> list[Factor]:
    """Return P(type | types of the partners), for some variables and for all that their types depend on."""
    found: dict[str, Factor] = {}
    waiting = sorted(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = network.remembered(("types", name), partial(_type_factor, network, name))
            waiting += [other.removesuffix(MARK) for other in found[name].names]
    return list(found.values())


def _type_factor(network: Network, name: str) -> Factor:
    variable = network.model.variables[name]
    space = Space.of(network.model, variable)
    parameters = [p for p in network.parameters if p.variable == variable.name]
    sticks = np.array([network.index[p.name] for p in parameters], dtype=np.int64)
    ids = network.recorder.broken(sticks.reshape(len(space.contexts), len(space.types) - 1))
    shape = [len(_types(network.model, network.model.variables[each])[0]) for each in space.partners]
    names = [each + MARK for each in (*space.partners, name)]
    return Factor(tuple(names), ids.reshape(*shape, len(space.types)))
