"""Variable elimination over slots (Zhang & Poole 1996): sums of products written once, run for every draw.

    factor      a table of slots over some variables; a zero slot is a combination that cannot be
    narrow      keep the allowed states, drop axes with one state left, and axes that make no difference
    components  parts that share no variable: those without a target cancel in a conditional probability
    contract    sum out all but some variables, cheapest first

What would be too large is refused from the plan, before a slot is written.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from causal.errors import TooLarge
from causal.exact.parameter import Ids
from causal.exact.tape import Recorder

LARGEST_PLAN = 3_000_000  # multiplications of one question; writing that many takes seconds and a gigabyte


@dataclass(frozen=True, eq=False)
class Factor:
    """Slots over ``names``, one axis each, in this order."""

    names: tuple[str, ...]
    ids: Ids

    def narrow(self, domain: Mapping[str, tuple[int, ...]], own: str | None = None) -> Factor:
        """Return the factor on the states left open; axes but ``own`` along which nothing changes are dropped."""
        ids = self.ids
        for axis, name in enumerate(self.names):
            if name in domain:
                ids = ids.take(domain[name], axis=axis)
        names = list(self.names)
        for axis in range(len(names) - 1, -1, -1):
            first = ids.take([0], axis=axis)
            if ids.shape[axis] == 1 or (names[axis] != own and bool((ids == first).all())):
                ids = first.squeeze(axis)
                del names[axis]
        return Factor(tuple(names), ids)


def spread(factor: Factor, scope: Sequence[str], shape: tuple[int, ...]) -> Ids:
    """Return a factor's slots broadcast over a scope that holds its names."""
    order = sorted(range(len(factor.names)), key=lambda axis: scope.index(factor.names[axis]))
    here = [factor.names[axis] for axis in order]
    index = tuple(slice(None) if name in here else np.newaxis for name in scope)
    return np.broadcast_to(factor.ids.transpose(order)[index], shape)


def multiply(recorder: Recorder, factors: Sequence[Factor], sizes: Mapping[str, int]) -> Factor:
    """Return the product of factors, smallest first."""
    factors = sorted(factors, key=lambda factor: (factor.ids.size, factor.names))
    whole = factors[0]
    for factor in factors[1:]:
        scope = list(dict.fromkeys((*whole.names, *factor.names)))
        shape = tuple(sizes[name] for name in scope)
        a, b = spread(whole, scope, shape).ravel().tolist(), spread(factor, scope, shape).ravel().tolist()
        ids = np.fromiter(map(recorder.product, a, b), dtype=np.int64, count=len(a))
        whole = Factor(tuple(scope), ids.reshape(shape))
    return whole


def sum_out(recorder: Recorder, factors: Sequence[Factor], name: str, sizes: Mapping[str, int]) -> Factor:
    """Return the product of factors summed over one variable; the last product is made while summing."""
    factors = sorted(factors, key=lambda factor: (factor.ids.size, factor.names))
    last = factors[-1]
    rest = multiply(recorder, factors[:-1], sizes) if len(factors) > 1 else Factor((), np.array(recorder.one))
    outer = [n for n in dict.fromkeys((*rest.names, *last.names)) if n != name]
    scope = [*outer, name]
    shape = tuple(sizes[n] for n in scope)
    a = spread(rest, scope, shape).reshape(-1, sizes[name]).tolist()
    b = spread(last, scope, shape).reshape(-1, sizes[name]).tolist()
    total = recorder.total
    ids = np.fromiter((total(zip(x, y, strict=True)) for x, y in zip(a, b, strict=True)), dtype=np.int64, count=len(a))
    return Factor(tuple(outer), ids.reshape(shape[:-1]))


def plan(factors: Sequence[Factor], keep: Collection[str], sizes: Mapping[str, int]) -> list[str]:
    """Return the order in which to sum out all variables but ``keep``: the smallest table next.

    Raises TooLarge, with the number of multiplications, the widest clique and what to do.
    """
    scopes = [frozenset(factor.names) for factor in factors]
    waiting = sorted(frozenset().union(*scopes) - frozenset(keep)) if scopes else []
    order: list[str] = []
    work = 0
    widest: frozenset[str] = frozenset()
    while waiting:
        unions = {name: frozenset().union(*(scope for scope in scopes if name in scope)) for name in waiting}
        name = min(waiting, key=lambda n: (prod(sizes[m] for m in unions[n]), n))
        union = unions[name]
        touching = [scope for scope in scopes if name in scope]
        work += prod(sizes[m] for m in union) * len(touching)
        widest = max(widest, union, key=lambda scope: (prod(sizes[m] for m in scope), sorted(scope)))
        scopes = [scope for scope in scopes if name not in scope] + [union - {name}]
        waiting.remove(name)
        order.append(name)
    if work > LARGEST_PLAN:
        raise TooLarge(
            f"this needs {work:,} multiplications, more than {LARGEST_PLAN:,}; the widest clique is "
            f"{{{', '.join(sorted(widest))}}}. Give the state of one of these, or put a variable between them"
        )
    return order


def contract(recorder: Recorder, factors: Sequence[Factor], keep: Sequence[str], sizes: Mapping[str, int]) -> Ids:
    """Return the product of all factors summed over all variables but ``keep``, axes in the order of ``keep``."""
    left = list(factors)
    for name in plan(factors, keep, sizes):
        touching = [factor for factor in left if name in factor.names]
        left = [factor for factor in left if name not in factor.names]
        left.append(sum_out(recorder, touching, name, sizes))
    shape = tuple(sizes[name] for name in keep)
    if not left:
        return np.full(shape, recorder.one)
    return np.array(spread(multiply(recorder, left, sizes), list(keep), shape))


def components(factors: Sequence[Factor]) -> list[list[Factor]]:
    """Return the factors in groups that share no variable."""
    groups: list[tuple[set[str], list[Factor]]] = []
    for factor in factors:
        names, members = set(factor.names), [factor]
        apart = []
        for group in groups:
            if names & group[0]:
                names |= group[0]
                members = group[1] + members
            else:
                apart.append(group)
        groups = [*apart, (names, members)]
    return [members for _, members in groups]
