"""Variable elimination over slots (Zhang & Poole 1996): sums of products written once, run for every draw.

    factor      a table of slots over some nodes; a zero slot is a combination that cannot be
    narrow      keep the allowed states, drop axes with one state left, and axes that make no difference
    components  parts that share no node: those without a target cancel in a conditional probability
    plan        the order in which to sum out, from scopes and sizes alone
    Eliminator  sums out on one recorder, and remembers every step it took: questions share them

What would be too large is refused from the plan, before a slot is written.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod

import numpy as np

from causal.errors import TooLarge
from causal.exact.parameter import Ids
from causal.exact.tape import Recorder

LARGEST_PLAN = 20_000_000  # multiplications of one question; writing that many takes seconds and a gigabyte
LARGEST_FIXED = 100_000_000  # where no parameter is open and all that is written are numbers
EASY = 20_000  # multiplications up to which one order is as good as another

Sizes = Mapping[str, int]


@dataclass(frozen=True, eq=False)
class Factor:
    """Slots over ``names``, one axis each, in this order; equal only to itself, so that steps can be remembered."""

    names: tuple[str, ...]
    ids: Ids

    def narrow(self, domain: Mapping[str, tuple[int, ...]], own: Collection[str] = ()) -> Factor:
        """Return the factor on the states left open; axes but ``own`` along which nothing changes are dropped."""
        ids: Ids = self.ids
        for axis, name in enumerate(self.names):
            if name in domain:
                ids = ids.take(domain[name], axis=axis)
        names = list(self.names)
        for axis in range(len(names) - 1, -1, -1):
            if ids.shape[axis] == 1 or (names[axis] not in own and _still(ids, axis)):
                ids = ids.squeeze(axis) if ids.shape[axis] == 1 else ids.take([0], axis=axis).squeeze(axis)
                del names[axis]
        return Factor(tuple(names), ids)


def _still(ids: Ids, axis: int) -> bool:
    """Return whether nothing changes along an axis."""
    return bool((ids == ids.take([0], axis=axis)).all())


def spread(factor: Factor, scope: Sequence[str], shape: tuple[int, ...]) -> Ids:
    """Return a factor's slots broadcast over a scope that holds its names."""
    place = [scope.index(name) for name in factor.names]
    order = sorted(range(len(place)), key=place.__getitem__)
    inner = [1] * len(scope)
    for axis in order:
        inner[place[axis]] = factor.ids.shape[axis]
    return np.broadcast_to(factor.ids.transpose(order).reshape(inner), shape)


def components(factors: Sequence[Factor]) -> list[list[Factor]]:
    """Return the factors in groups that share no node."""
    groups: list[tuple[set[str], list[Factor]]] = []
    for factor in factors:
        names, members = set(factor.names), [factor]
        apart = []
        for group in groups:
            if names.isdisjoint(group[0]):
                apart.append(group)
            else:
                names |= group[0]
                members = group[1] + members
        groups = [*apart, (names, members)]
    return [members for _, members in groups]


def plan(
    scopes: Sequence[tuple[str, ...]], keep: Collection[str], sizes: Sizes, largest: int = LARGEST_PLAN
) -> list[str]:
    """Return the order in which to sum out all nodes but ``keep``.

    The smallest table next, or the one that grows least beyond those it is made from: whichever multiplies less.
    Raises TooLarge, with the number of multiplications, the widest clique and what to do.
    """
    best: tuple[int, list[str], tuple[str, ...]] | None = None
    for greed in (_smallest, _least_growth):
        found = _greedy(scopes, keep, sizes, greed)
        if best is None or found[0] < best[0]:
            best = found
        if best[0] <= EASY:
            break
    assert best is not None
    work, order, widest = best
    if work > largest:
        raise TooLarge(
            f"this needs {work:,} multiplications, more than {largest:,}; the widest clique is "
            f"{{{', '.join(widest)}}}. Give the state of one of these, or put a variable between them"
        )
    return order


Greed = Callable[[int, list[int], "Callable[[int], int]"], tuple[int, ...]]


def _smallest(union: int, touching: list[int], size: Callable[[int], int]) -> tuple[int, ...]:
    return (size(union),)


def _least_growth(union: int, touching: list[int], size: Callable[[int], int]) -> tuple[int, ...]:
    return (size(union) - sum(size(scope) for scope in touching), size(union))


def _greedy(
    scopes: Sequence[tuple[str, ...]], keep: Collection[str], sizes: Sizes, greed: Greed
) -> tuple[int, list[str], tuple[str, ...]]:
    """Return multiplications, order and widest clique; scopes are bit masks, and costs are kept until they change."""
    names = sorted({name for scope in scopes for name in scope})
    bit = {name: 1 << place for place, name in enumerate(names)}
    card = {1 << place: sizes[name] for place, name in enumerate(names)}
    known: dict[int, int] = {}

    def size(mask: int) -> int:
        if mask not in known:
            total, rest = 1, mask
            while rest:
                low = rest & -rest
                total *= card[low]
                rest ^= low
            known[mask] = total
        return known[mask]

    masks = [sum(bit[name] for name in scope) for scope in scopes]
    kept = sum(bit[name] for name in keep if name in bit)
    waiting = [bit[name] for name in names if not bit[name] & kept]
    cost: dict[int, tuple[tuple[int, ...], int]] = {}

    def price(low: int) -> None:
        touching = [mask for mask in masks if mask & low]
        union = 0
        for mask in touching:
            union |= mask
        cost[low] = (greed(union, touching, size), union)

    for low in waiting:
        price(low)
    order: list[str] = []
    work = widest = 0
    while waiting:
        low = min(waiting, key=lambda each: (cost[each][0], each))
        union = cost[low][1]
        work += size(union) * sum(1 for mask in masks if mask & low)
        if not widest or size(union) > size(widest):
            widest = union
        masks = [mask for mask in masks if not mask & low] + [union & ~low]
        waiting.remove(low)
        order.append(names[low.bit_length() - 1])
        for other in waiting:
            if union & other:
                price(other)
    return work, order, tuple(name for name in names if bit[name] & widest)


@dataclass
class Eliminator:
    """Sums out on one recorder. A step on the same factors, and a plan for the same scopes, is taken once."""

    recorder: Recorder
    _steps: dict[tuple[object, ...], Factor] = field(default_factory=dict)
    _plans: dict[tuple[object, ...], list[str]] = field(default_factory=dict)

    def contract(self, factors: Sequence[Factor], keep: Sequence[str], sizes: Sizes) -> Ids:
        """Return the product of all factors summed over all nodes but ``keep``, axes in the order of ``keep``."""
        left = list(factors)
        for name in self._plan(factors, keep, sizes):
            touching = [factor for factor in left if name in factor.names]
            left = [factor for factor in left if name not in factor.names]
            left.append(self._sum_out(touching, name, sizes))
        shape = tuple(sizes[name] for name in keep)
        if not left:
            return np.full(shape, self.recorder.one)
        return np.array(spread(self.multiply(left, sizes), keep, shape))

    def _plan(self, factors: Sequence[Factor], keep: Sequence[str], sizes: Sizes) -> list[str]:
        scopes = sorted({factor.names for factor in factors})
        key = (tuple(scopes), tuple(keep), tuple(sizes[name] for scope in scopes for name in scope))
        if key not in self._plans:
            largest = LARGEST_PLAN if self.recorder.parameters else LARGEST_FIXED
            self._plans[key] = plan([factor.names for factor in factors], keep, sizes, largest)
        return self._plans[key]

    def multiply(self, factors: Sequence[Factor], sizes: Sizes) -> Factor:
        """Return the product of factors, smallest first."""
        factors = sorted(factors, key=lambda factor: (factor.ids.size, factor.names))
        whole = factors[0]
        for factor in factors[1:]:
            step = (whole, factor)
            if step not in self._steps:
                scope = tuple(dict.fromkeys((*whole.names, *factor.names)))
                shape = tuple(sizes[name] for name in scope)
                ids = self.recorder.products(spread(whole, scope, shape), spread(factor, scope, shape))
                self._steps[step] = Factor(scope, ids)
            whole = self._steps[step]
        return whole

    def _sum_out(self, factors: Sequence[Factor], name: str, sizes: Sizes) -> Factor:
        """Return the product of factors summed over one node; the last product is made while summing."""
        factors = sorted(factors, key=lambda factor: (factor.ids.size, factor.names))
        step = (name, *factors)
        if step not in self._steps:
            last = factors[-1]
            rest = self.multiply(factors[:-1], sizes) if len(factors) > 1 else Factor((), np.array(self.recorder.one))
            outer = [n for n in dict.fromkeys((*rest.names, *last.names)) if n != name]
            shape = tuple(sizes[n] for n in (*outer, name))
            ids = self.recorder.totals(spread(rest, [*outer, name], shape), spread(last, [*outer, name], shape))
            self._steps[step] = Factor(tuple(outer), ids)
        return self._steps[step]


def table_size(names: Sequence[str], sizes: Sizes) -> int:
    """Return the number of entries of a table over some nodes."""
    return prod(sizes[name] for name in names)
