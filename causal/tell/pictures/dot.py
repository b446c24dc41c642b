"""A layout by Graphviz's ``dot``, inside this process: pygraphviz's wheels carry it, and no program is started.

told     numbers for names, widths and heights, rows        never a label, so that none is read as its language
gives    ``pos`` of a node: x,y      ``pos`` of an arrow: e,x,y (its tip) and the points of its curve, y up
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from causal.tell.pictures.places import APART, BETWEEN, Arrow, Places, Route, Size
from causal.tell.pictures.scene import Point

INCH = 72.0
MOST, AT_ONCE = 12, 1200  # layouts that are tried, and arrows in all of them together


def dot(rows: Sequence[Sequence[str]], arrows: Sequence[Arrow], sizes: Mapping[str, Size]) -> Places:
    """Lay out a graph whose nodes stand in ``rows``: the most compact of some layouts that start from other orders.

    Raises ImportError where pygraphviz is missing, ValueError or KeyError where what it gives is no layout.
    """
    shuffle = random.Random(0)  # always the same orders, so always the same picture
    tries = max(1, min(MOST, AT_ONCE // (len(arrows) + 1)))
    orders = [rows, *([shuffle.sample(row, len(row)) for row in rows] for _ in range(tries - 1))]
    return min((_laid_out(order, arrows, sizes) for order in orders), key=_cost)


def _cost(places: Places) -> float:
    """Return how wide a layout is, times how far its arrows run."""
    ends = [(*route.points, route.tip) for route in places.routes.values()]
    return places.width * (1.0 + sum(math.dist(a, b) for points in ends for a, b in pairwise(points)))


def _laid_out(rows: Sequence[Sequence[str]], arrows: Sequence[Arrow], sizes: Mapping[str, Size]) -> Places:
    import pygraphviz

    graph = pygraphviz.AGraph(directed=True, strict=True)
    numbers = {name: str(number) for number, name in enumerate(name for row in rows for name in row)}
    graph.graph_attr.update(rankdir="TB", nodesep=str(APART / INCH), ranksep=str(BETWEEN / INCH), splines="spline")
    graph.node_attr.update(shape="box", fixedsize="true", label="", margin="0")
    graph.edge_attr.update(arrowsize="0.6")
    for name, number in numbers.items():
        width, height = sizes[name]
        graph.add_node(number, width=f"{width / INCH:.4f}", height=f"{height / INCH:.4f}")
    spine = [f"s{index}" for index in range(len(rows))]
    for index, row in enumerate(rows):
        # a row is held together by a point of no size, and the points by a chain
        graph.add_node(spine[index], shape="point", width="0", height="0", style="invis")
        graph.add_subgraph([spine[index], *(numbers[name] for name in row)], rank="same")
        if index:
            graph.add_edge(spine[index - 1], spine[index], style="invis", weight="0")
    for parent, child in arrows:
        graph.add_edge(numbers[parent], numbers[child])
    graph.layout(prog="dot")
    left, bottom, right, top = map(float, graph.graph_attr["bb"].split(","))

    def flipped(text: str) -> Point:
        x, y = map(float, text.split(","))
        return x - left, top - y

    centres = {name: flipped(graph.get_node(number).attr["pos"]) for name, number in numbers.items()}
    routes = {
        (parent, child): _route(graph.get_edge(numbers[parent], numbers[child]).attr["pos"], flipped)
        for parent, child in arrows
    }
    return Places(right - left, top - bottom, centres, routes, "laid out by Graphviz dot")


def _route(text: str, flipped: Callable[[str], Point]) -> Route:
    """Read a route as dot writes it: ``e,x,y`` is the tip, then come the points of a curve."""
    tip, *points = text.split()
    if not tip.startswith("e,") or len(points) % 3 != 1:
        raise ValueError("no route of an arrow with a head")
    return Route(tuple(flipped(point) for point in points), flipped(tip.removeprefix("e,")))
