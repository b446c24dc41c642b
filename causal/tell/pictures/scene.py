"""A drawing as values, before it is ink: what stands where, for any renderer.

    Scene ── items: Box        a rectangle, its corners rounded by ``radius``
      │             Curve      joined cubic Bezier pieces: a start, then three points for each
      │             Shape      a filled polygon
      │             Disc       a filled circle
      │             Words      one line of text, its base line at ``y``
      │             Group      items that belong together; ``name`` is what a pointer is told about them
      └─ title, description: what the picture shows, for who does not see it

``x`` runs to the right and ``y`` down, in points of 1/72 inch. vector.py makes SVG of a scene and raster.py pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

INK = "#1a1a1a"
WHITE = "#ffffff"

type Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle by its upper left corner."""

    x: float
    y: float
    width: float
    height: float
    fill: str = WHITE
    stroke: str = INK
    thick: float = 0.8
    radius: float = 0.0


@dataclass(frozen=True, slots=True)
class Curve:
    """A line; ``points`` are 1 + 3 n, and ``dashes`` lengths drawn and left out in turn."""

    points: tuple[Point, ...]
    stroke: str = INK
    thick: float = 1.0
    dashes: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """A filled polygon."""

    points: tuple[Point, ...]
    fill: str = INK


@dataclass(frozen=True, slots=True)
class Disc:
    """A filled circle."""

    x: float
    y: float
    radius: float
    fill: str = INK
    stroke: str = INK
    thick: float = 0.0


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text. ``anchor`` says which part of it stands at ``x``: start, middle or end."""

    x: float
    y: float
    text: str
    size: float
    fill: str = INK
    anchor: str = "start"
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Items that belong together."""

    name: str
    items: tuple[Item, ...]


Item = Box | Curve | Shape | Disc | Words | Group


@dataclass(frozen=True, slots=True)
class Scene:
    """A drawing of a size, with what it shows in words; ``made`` says how it was laid out."""

    width: float
    height: float
    title: str
    description: str
    items: tuple[Item, ...]
    made: str = ""


def straight(*corners: Point) -> tuple[Point, ...]:
    """Return the points of a curve that runs straight from corner to corner.

    >>> straight((0, 0), (3, 0))
    ((0, 0), (1.0, 0.0), (2.0, 0.0), (3, 0))
    """
    points = [corners[0]]
    for (x0, y0), (x1, y1) in pairwise(corners):
        points += [(x0 + (x1 - x0) / 3, y0 + (y1 - y0) / 3), (x0 + (x1 - x0) * 2 / 3, y0 + (y1 - y0) * 2 / 3)]
        points.append((x1, y1))
    return tuple(points)
