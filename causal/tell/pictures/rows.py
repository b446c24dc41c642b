"""Which variable stands in which row: causes above effects, and earlier above later where that can be.

    row(v) >= row(parent) + 1               always
    row(v) >= row(u)                        where u ended before v began
    a row of more than WIDEST is broken     by date; nothing in a row acts on anything else in it

Two dated variables can be such that both rules together go in a circle (a long span that overlaps its own effects'
effects). Then dates give way. What has no cause and no date stands just above its first effect.
"""

from __future__ import annotations

import datetime as dt

from causal.graph import Graph
from causal.spec.model import Model, Variable

WIDEST = 6


def rows(model: Model) -> tuple[tuple[str, ...], ...]:
    """Return the variables of a model in rows, from cause to effect and from early to late.

    >>> from causal import load
    >>> rows(load("rain").model)
    (('season',), ('sprinkler', 'rain'), ('grass',))
    """
    graph = Graph.of(model)
    least = {(parent, name): 1 for name, variable in model.variables.items() for parent in variable.parents}
    earlier = {
        (a, b): 0 for a, first in model.variables.items() for b, second in model.variables.items()
        if _before(first, second)
    }  # fmt: skip
    row = _longest(graph.order, {**earlier, **least}) or _longest(graph.order, least) or {}
    row = _lowered(graph, row)
    found: list[tuple[str, ...]] = []
    for level in sorted(set(row.values())):
        names = sorted((name for name in graph.order if row[name] == level), key=lambda name: _date(model, name))
        parts = -(-len(names) // WIDEST)
        size = -(-len(names) // parts)
        found += [tuple(names[start : start + size]) for start in range(0, len(names), size)]
    return tuple(found)


def _date(model: Model, name: str) -> dt.date:
    when = model.variables[name].when
    return dt.date.max if when is None else when.first


def _before(first: Variable, second: Variable) -> bool:
    return first.when is not None and second.when is not None and first.when.last < second.when.first


def _longest(order: tuple[str, ...], least: dict[tuple[str, str], int]) -> dict[str, int] | None:
    """Return the lowest row of each name with ``row[b] >= row[a] + least[a, b]``, None where that goes in a circle."""
    row = dict.fromkeys(order, 0)
    for _ in order:  # a longest path visits each name once
        moved = False
        for (a, b), step in least.items():
            if row[b] < row[a] + step:
                row[b] = row[a] + step
                moved = True
        if not moved:
            return row
    return None


def _lowered(graph: Graph, row: dict[str, int]) -> dict[str, int]:
    """Move roots without a date down to just above their first effect."""
    found = dict(row)
    for name in graph.order:
        variable, children = graph.model.variables[name], graph.children[name]
        if not variable.parents and variable.when is None and children:
            found[name] = min(row[child] for child in children) - 1
    return found
