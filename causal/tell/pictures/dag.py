"""The causal graph as a picture: boxes with bars of probability, signed arrows, and always a legend.

    dag_svg(model, shares)   text of an SVG file
    dag_png(model, shares)   the same drawing as pixels
    dag_text(model, shares)  the same graph for a terminal (words.py)

Time runs down the page. What the picture shows is also said in words, in its description.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from causal.spec.model import Model
from causal.tell.pictures import arrows, legend, nodes, raster, vector
from causal.tell.pictures.layout import place
from causal.tell.pictures.letters import clean, wrap
from causal.tell.pictures.nodes import Node
from causal.tell.pictures.places import Places, Size
from causal.tell.pictures.rows import rows
from causal.tell.pictures.scene import Box, Group, Item, Point, Scene, Words
from causal.tell.pictures.words import dag_text, described

__all__ = ["dag_png", "dag_svg", "dag_text", "scene"]

type Shares = Mapping[str, Mapping[str, float]]

BORDER = 14.0
HEADING = 16.0
SIZE = 13.0  # of the letters of the heading
LEAST = 420.0  # a picture is no narrower, so that heading and legend have room
DPI = 200.0


def dag_svg(model: Model, shares: Shares | None = None, title: str = "") -> str:
    """Draw a model's graph as SVG, with a bar per state where ``shares`` gives probabilities by variable and state.

    >>> from causal import load
    >>> dag_svg(load("rain").model)[:4]
    '<svg'
    """
    return vector.draw(scene(model, shares, title))


def dag_png(model: Model, shares: Shares | None = None, title: str = "", dpi: float = DPI) -> bytes:
    """Draw a model's graph as a PNG of ``dpi`` pixels to the inch."""
    return raster.draw(scene(model, shares, title), dpi)


def scene(model: Model, shares: Shares | None = None, title: str = "") -> Scene:
    """Compose the picture of a graph: heading, boxes, arrows over the space between them, legend."""
    boxes = nodes.nodes(model, shares)
    edges = [(edge.parent, name) for name, variable in model.variables.items() for edge in variable.edges]
    places = place(rows(model), edges, {name: node.size for name, node in boxes.items()})
    heading = clean(title or model.title or model.name)
    looks = {arrows.look(model, name, edge) for name, variable in model.variables.items() for edge in variable.edges}
    keys = legend.entries(boxes.values(), looks, bool(model.confounded))
    width = max(places.width, LEAST)
    above = wrap(heading, width, SIZE, 3, bold=True)
    below = legend.lines(keys, width)
    top = BORDER + len(above) * HEADING + 16.0
    foot = top + places.height + 20.0
    items: list[Item] = [
        Words(BORDER, BORDER + HEADING * (number + 0.7), line, SIZE, bold=True) for number, line in enumerate(above)
    ]
    left = BORDER + (width - places.width) / 2
    items += _graph(model, places.shifted(left, top), boxes)
    items.append(Group("", legend.draw(below, BORDER, foot)))
    height = foot + legend.LINE * len(below) + BORDER / 2
    return Scene(width + 2 * BORDER, height, heading, described(model, shares), tuple(items), places.made)


def _graph(model: Model, places: Places, boxes: Mapping[str, Node]) -> list[Item]:
    drawn = [nodes.draw(node, *places.centres[name]) for name, node in boxes.items()]
    badges = [item for name, node in boxes.items() for item in nodes.badges(node, *places.centres[name])]
    kept = [(x - w / 2, y - h / 2, x + w / 2, y + h / 2) for (x, y), (w, h) in _stand(places, boxes)]
    kept += [(item.x, item.y, item.x + item.width, item.y + item.height) for item in badges if isinstance(item, Box)]
    shared = [arrows.shared(places.centres[a], places.centres[b], model, (a, b)) for a, b in model.confounded]
    return [*shared, *drawn, *arrows.draw(model, places, kept), Group("", tuple(badges))]


def _stand(places: Places, boxes: Mapping[str, Node]) -> Iterator[tuple[Point, Size]]:
    return ((places.centres[name], node.size) for name, node in boxes.items())
