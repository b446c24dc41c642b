"""Variable elimination over slots (Zhang & Poole 1996): sums of products written once, run for every draw.

    factor      a table of slots over some nodes; a zero slot is a combination that cannot be
    narrow      keep the allowed states, drop axes with one state left, and axes that make no difference
    parts       what hangs together with some nodes, and what does not: that cancels in a conditional probability
    Eliminator  sums out on one recorder; a step that was taken before is found again, so that questions share them

The order is planned (planning.py) and the steps are taken (contracting.py) in compiled code. What would be too large is
refused from the plan, before a slot is written.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from causal.errors import TooLarge
from causal.exact import contracting
from causal.exact.consing import Longs, Store, grown
from causal.exact.contracting import AXES, CELLS, LARGE, OPERANDS, SLOTS, TABLES, Shelf
from causal.exact.parameter import Ids
from causal.exact.tape import Recorder

LARGEST_PLAN = 20_000_000  # multiplications of one question; writing that many takes seconds and a gigabyte
LARGEST_FIXED = 100_000_000  # where no parameter is open and all that is written are numbers
ROOM = 1024  # tables to start with


@dataclass(frozen=True, eq=False)
class Factor:
    """Slots over ``names``, one axis each, in this order; equal only to itself, so that steps can be remembered."""

    names: tuple[str, ...]
    ids: Ids

    def narrow(self, domain: Mapping[str, tuple[int, ...]], own: Collection[str] = ()) -> Factor:
        """Return the factor on the states left open; axes but ``own`` along which nothing changes are dropped."""
        ids: Ids = self.ids
        names = list(self.names)
        for axis in range(len(names) - 1, -1, -1):
            if names[axis] in domain:
                ids = ids.take(domain[names[axis]], axis=axis)
            if ids.shape[axis] == 1 or (names[axis] not in own and _still(ids, axis)):
                ids = ids.take([0], axis=axis).squeeze(axis)
                del names[axis]
        return Factor(tuple(names), ids)


def _still(ids: Ids, axis: int) -> bool:
    """Return whether nothing changes along an axis."""
    if ids.item(0) != ids.item(prod(ids.shape[axis + 1 :])):  # a glance is enough for most
        return False
    return bool((ids == ids.take([0], axis=axis)).all())


class Eliminator:
    """Sums out on one recorder; see ``contracting.Shelf`` for what it remembers.

    ``holes`` has the factors seen so far that rule a state of their one node out: the places that they leave.
    """

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.holes: dict[Factor, tuple[int, ...]] = {}
        self._nodes: dict[str, int] = {}
        self._places: dict[Factor, int] = {}
        self._shelf = Shelf(
            cells=np.empty(8 * ROOM, dtype=np.int64),
            begin=np.zeros(ROOM + 1, dtype=np.int64),
            axes=np.empty(4 * ROOM, dtype=np.int64),
            sizes=np.empty(4 * ROOM, dtype=np.int64),
            scope=np.zeros(ROOM + 1, dtype=np.int64),
            made=np.empty((ROOM, 3), dtype=np.int64),
            finder=np.full(4 * ROOM, -1, dtype=np.int64),
            counts=np.zeros(3, dtype=np.int64),
        )
        self._place(Factor((), np.array(recorder.one)))

    def parts(self, factors: Sequence[Factor], names: Collection[str]) -> tuple[list[Factor], list[list[Factor]]]:
        """Return the factors that hang together with some nodes, and the others in groups that share no node."""
        tables = self._shelved(factors)
        nodes = np.array([self._nodes[name] for name in names if name in self._nodes], dtype=np.int64)
        near: list[Factor] = []
        others: dict[int, list[Factor]] = {}
        found = contracting.parts(self._shelf, tables, nodes, len(self._nodes)).tolist()
        for factor, part in zip(factors, found, strict=True):
            if part < 0:
                near.append(factor)
            else:
                others.setdefault(part, []).append(factor)
        return near, list(others.values())

    def total(self, factors: Sequence[Factor]) -> int:
        """Return the slot of the product of all factors, summed over everything."""
        return int(self.over(factors, ()).ids)

    def along(self, factors: Sequence[Factor], name: str) -> Ids:
        """Return the slots of the product of all factors, summed over everything but a node that is in one of them."""
        return self.over(factors, (name,)).ids

    def over(self, factors: Sequence[Factor], keep: Sequence[str]) -> Factor:
        """Return the product of all factors, summed over everything but some nodes; those in no factor are left out.

        Raises TooLarge, with the number of multiplications, the widest clique and what to do.
        """
        if not factors:
            return Factor((), np.array(self.recorder.one))
        tables = self._shelved(factors)
        kept = np.array([self._nodes[name] for name in keep if name in self._nodes], dtype=np.int64)
        return self._taken(
            self._made(lambda store, shelf, *rest: contracting.contract(store, shelf, tables, kept, *rest))
        )

    def conclude(
        self, factors: Sequence[Factor], known: Sequence[bool], name: str, group: Sequence[int], outputs: int
    ) -> tuple[tuple[int, ...], tuple[int, ...], int] | None:
        """Return the shares of a node's states, added up by group: given what is known, and together with it.

        ``known`` says which factors know something, ``group`` which output each state belongs to (-1: none). The last
        is the slot of the probability of what is known. None where there is something to settle first: no outputs, or
        states that are ruled out by what is known. Raises TooLarge.
        """
        tables = self._shelved(factors)
        if not outputs or (any(known) and not self.holes.keys().isdisjoint(factors)):
            return None
        knows, target = np.array(known, dtype=np.bool_), np.array([self._nodes[name]], dtype=np.int64)
        groups = np.array(group, dtype=np.int64)
        values, joints = np.empty(outputs, dtype=np.int64), np.empty(outputs, dtype=np.int64)
        given = self._made(
            lambda store, shelf, *rest: contracting.conclude(
                store, shelf, tables, knows, target, groups, values, joints, *rest
            )
        )
        return tuple(values.tolist()), tuple(joints.tolist()), given

    def _made(self, make: Callable[[Store, Shelf, float, Longs, Longs], int]) -> int:
        """Return what is made by compiled code, again and again until there is room for it."""
        largest = LARGEST_PLAN if self.recorder.parameters else LARGEST_FIXED
        order, need = np.empty(len(self._nodes), dtype=np.int64), np.zeros(5, dtype=np.int64)
        store = self.recorder.room(0, 0)
        while (made := make(store, self._shelf, largest, order, need)) < 0:
            if made == LARGE:
                work, wide = need[:2].tolist()
                names = list(self._nodes)
                widest = ", ".join(sorted(names[node] for node in order[:wide]))
                raise TooLarge(
                    f"this needs {work:,} multiplications, more than {largest:,}; the widest clique is {{{widest}}}. "
                    "Give the state of one of these, or put a variable between them"
                )
            store = self.recorder.room(int(need[SLOTS]), int(need[OPERANDS]))
            self._room(int(need[TABLES]), int(need[CELLS]), int(need[AXES]))
        return made

    def _taken(self, table: int) -> Factor:
        """Return a table from the shelf."""
        shelf = self._shelf
        first, last = shelf.scope[table : table + 2].tolist()
        ids = shelf.cells[shelf.begin[table] : shelf.begin[table + 1]]
        if first == last:
            return Factor((), ids.reshape(()))
        names = list(self._nodes)
        return Factor(tuple([names[node] for node in shelf.axes[first:last]]), ids.reshape(shelf.sizes[first:last]))

    def _shelved(self, factors: Sequence[Factor]) -> Longs:
        """Return where factors stand on the shelf."""
        return np.array([self._places.get(factor) or self._place(factor) for factor in factors], dtype=np.int64)

    def _place(self, factor: Factor) -> int:
        """Put a factor on the shelf."""
        ids, nodes = factor.ids, self._nodes
        self._room(1, ids.size, ids.ndim)
        axes = np.array([nodes.setdefault(name, len(nodes)) for name in factor.names], dtype=np.int64)
        cells, sizes = np.array(ids, order="C").ravel(), np.array(ids.shape, dtype=np.int64)
        table = self._places[factor] = contracting.put(self._shelf, cells, axes, sizes)
        if ids.ndim == 1 and (left := np.flatnonzero(ids != self.recorder.zero)).size < ids.size:
            self.holes[factor] = tuple(left.tolist())
        return table

    def _room(self, tables: int, cells: int, axes: int) -> None:
        """Make room for so many more tables, with so many cells and axes between them."""
        shelf = self._shelf
        used = shelf.counts.tolist()
        tables, cells, axes = used[0] + tables, used[1] + cells, used[2] + axes
        if tables > len(shelf.made):
            begin, scope = grown(shelf.begin, 2 * tables + 1), grown(shelf.scope, 2 * tables + 1)
            shelf = shelf._replace(made=grown(shelf.made, 2 * tables), begin=begin, scope=scope)
        if cells > shelf.cells.size:
            shelf = shelf._replace(cells=grown(shelf.cells, 2 * cells))
        if axes > shelf.axes.size:
            shelf = shelf._replace(axes=grown(shelf.axes, 2 * axes), sizes=grown(shelf.sizes, 2 * axes))
        if 2 * tables > shelf.finder.size:
            shelf = shelf._replace(finder=np.full(1 << (4 * tables).bit_length(), -1, dtype=np.int64))
            contracting.refind(shelf)
        self._shelf = shelf
