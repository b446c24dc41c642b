"""Where the nodes of a graph stand and how its arrows run: what a layout gives and takes.

    Places ── centres: name -> point       routes: (parent, child) -> Route, from border to border
           ── width, height, made          in points, y down; ``made`` says how

layout.py chooses who lays out: Graphviz (dot.py) or we ourselves (layered.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from causal.tell.pictures.scene import Point

type Size = tuple[float, float]
type Arrow = tuple[str, str]

APART = 9.0  # between nodes of a row
BETWEEN = 30.0  # between rows


@dataclass(frozen=True)
class Route:
    """How an arrow runs: the points of a curve up to the base of its head, and the head's tip."""

    points: tuple[Point, ...]
    tip: Point


@dataclass(frozen=True)
class Places:
    """A finished layout, its upper left corner at (0, 0) until it is shifted."""

    width: float
    height: float
    centres: Mapping[str, Point]
    routes: Mapping[Arrow, Route]
    made: str

    def shifted(self, x: float, y: float) -> Places:
        """Return the layout moved to the right and down."""

        def moved(point: Point) -> Point:
            return point[0] + x, point[1] + y

        centres = {name: moved(point) for name, point in self.centres.items()}
        routes = {
            arrow: Route(tuple(moved(point) for point in route.points), moved(route.tip))
            for arrow, route in self.routes.items()
        }
        return replace(self, centres=centres, routes=routes)
