"""The same questions put to other packages, each used as its documentation would have it be used at its best.

    Einsum      opt_einsum over numpy, the draws as the last axis of every table, the path planned once
    agrum       pyAgrum, lazy propagation per draw: a new engine, or one whose evidence is set again
    pgmpy_ve    pgmpy, variable elimination per draw

All three are spared what cannot matter: the network is cut by hand where something is done, and variables that are no
ancestors of what is asked or seen are left out for einsum.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from typing import Any

import numpy as np
import opt_einsum
import pyagrum
from networks import Array, Draws, Net, Query

LARGEST = 1 << 20  # bytes of the largest intermediate of a chunk of draws


class Einsum:
    """One query as a contraction; operands are in the order of the network, so that the path is always the same."""

    def __init__(self, net: Net, query: Query, optimize: str = "auto", draws: int = 1000) -> None:
        self.net = net
        fixed = {**query.seen, **query.done}
        terms, names = [], []
        relevant = _ancestors(net, [query.target, *query.seen], query.done)
        letters = {name: opt_einsum.get_symbol(place + 1) for place, name in enumerate(net.states)}
        sizes = {letters[name]: len(states) for name, states in net.states.items()}
        draw = opt_einsum.get_symbol(0)
        for name in net.states:
            if name not in relevant or name in query.done:
                continue
            terms.append("".join(letters[axis] for axis in (*net.parents[name], name) if axis not in fixed) + draw)
            names.append(name)
        self.operands = self._sliced(names, query)
        self.equation = f"{','.join(terms)}->{letters[query.target]}{draw}"
        shapes = [tuple(sizes.get(letter, draws) for letter in term) for term in terms]
        self.path, info = opt_einsum.contract_path(self.equation, *shapes, shapes=True, optimize=optimize)
        per_draw = 8 * int(info.largest_intermediate) // draws
        self.chunk = max(8, min(draws, LARGEST // max(per_draw, 1)))
        self.cost = float(info.opt_cost) / draws
        self._shapes = [shape[:-1] for shape in shapes]
        self._made: dict[int, Callable[..., Array]] = {}

    def _sliced(self, names: Sequence[str], query: Query) -> list[tuple[str, tuple[Any, ...]]]:
        """Return each table's name and which part of it is looked at."""
        fixed, states = {**query.seen, **query.done}, self.net.states
        axes = [(*self.net.parents[name], name) for name in names]
        parts = [tuple(states[axis].index(fixed[axis]) if axis in fixed else slice(None) for axis in a) for a in axes]
        return list(zip(names, parts, strict=True))

    def at(self, query: Query) -> Einsum:
        """Return the same plan for a query about the same variables in other states."""
        found = copy(self)
        found.operands = self._sliced([name for name, _ in self.operands], query)
        return found

    def contraction(self, draws: int) -> Callable[..., Array]:
        """Return the planned contraction for so many draws."""
        if draws not in self._made:
            shapes = [(*shape, draws) for shape in self._shapes]
            self._made[draws] = opt_einsum.contract_expression(self.equation, *shapes, optimize=self.path)
        return self._made[draws]

    def run(self, tables: Draws, chunk: int | None = None) -> Array:
        """Return the posterior, shape (states, draws)."""
        count = next(iter(tables.values())).shape[-1]
        size = chunk or self.chunk
        found = []
        for start in range(0, count, size):
            stop = min(start + size, count)
            arrays = [tables[name][(*at, slice(start, stop))] for name, at in self.operands]
            found.append(self.contraction(stop - start)(*arrays))
        joint = np.concatenate(found, axis=-1) if len(found) > 1 else found[0]
        return joint / joint.sum(axis=0)


def _ancestors(net: Net, names: Sequence[str], done: Mapping[str, str]) -> set[str]:
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += () if name in done else net.parents[name]
    return found


def agrum(net: Net, query: Query, tables: Draws, draws: int, reuse: bool) -> Array:
    """Return the posterior by lazy propagation, one draw after another; arrows into what is done are cut."""
    bn = pyagrum.BayesNet()
    for name, states in net.states.items():
        bn.add(pyagrum.LabelizedVariable(name, name, list(states)))
    for name, parents in net.parents.items():
        for parent in () if name in query.done else parents:
            bn.addArc(parent, name)
    fixed = {**query.seen, **query.done}
    orders = {name: (*reversed(range(len(net.parents[name]))), len(net.parents[name]), -1) for name in net.states}
    filled = [name for name in net.states if name not in query.done]
    for name in query.done:
        bn.cpt(name).fillWith(1.0 / len(net.states[name]))
    # each draw's numbers in the order that fillWith takes them, made beforehand: the child is the fastest, then parents
    lists = {n: np.moveaxis(tables[n].transpose(orders[n]), -1, 0).reshape(tables[n].shape[-1], -1) for n in filled}
    found = np.empty((len(net.states[query.target]), draws))
    engine = None
    for k in range(draws):
        for name in filled:
            bn.cpt(name).fillWith(lists[name][k].tolist())
        if engine is None or not reuse:
            engine = pyagrum.LazyPropagation(bn)
            engine.addTarget(query.target)
        engine.setEvidence(fixed)  # again for each draw: without it the answer would be the last draw's
        engine.makeInference()
        found[:, k] = engine.posterior(query.target).toarray()
    return found


def pgmpy_ve(net: Net, query: Query, tables: Draws, draws: int) -> Array:
    """Return the posterior by pgmpy's variable elimination, one draw after another (nothing done)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging.disable(logging.WARNING)  # it warns of every table that takes another's place
        from pgmpy.factors.discrete import TabularCPD
        from pgmpy.inference import VariableElimination
        from pgmpy.models import DiscreteBayesianNetwork

        bn = DiscreteBayesianNetwork()
        bn.add_nodes_from(net.states)
        bn.add_edges_from((parent, name) for name, parents in net.parents.items() for parent in parents)
        found = np.empty((len(net.states[query.target]), draws))
        for k in range(draws):
            cpds = []
            for name, states in net.states.items():
                parents, size = net.parents[name], len(states)
                columns = np.ascontiguousarray(tables[name][..., k].reshape(-1, size).T)
                cpds.append(
                    TabularCPD(
                        name, size, columns, list(parents), [len(net.states[p]) for p in parents],
                        {each: list(net.states[each]) for each in (name, *parents)},
                    )
                )  # fmt: skip
            bn.cpds = cpds
            engine = VariableElimination(bn)
            found[:, k] = engine.query([query.target], dict(query.seen), show_progress=False).values
        logging.disable(logging.NOTSET)
    return found
