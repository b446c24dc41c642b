"""An edge as an arrow: its sign as a pattern of the line, a colour and a mark in a small disc.

    sign  a higher state of the cause...    line
    +     raises the effect                 solid, blue
    −     lowers it                         dashed, vermillion
    ±     raises or lowers it, by state     dash and dot, black
          no claim                          thin, grey
          by definition (the effect is a rule without luck) thin, dotted, grey

A model states a sign per departure from a baseline state; here it is turned to read from low to high. States without
an order keep the sign of their departure.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from causal.spec.model import Edge, Model, Rule
from causal.tell.pictures.ink import BLUE, GREY, VERMILLION
from causal.tell.pictures.letters import clean
from causal.tell.pictures.places import Places, Route
from causal.tell.pictures.scene import INK, WHITE, Curve, Disc, Group, Item, Point, Shape, Words

MINUS = "\N{MINUS SIGN}"
BOTH = "\N{PLUS-MINUS SIGN}"
DISC = 4.4  # radius of the disc of a sign
BEHIND = 6.0  # how far behind the base of the head it stands at least
STEPS = 16  # places looked at in each piece of a route
SHARED = (4.0, 2.0)  # the dashes of common causes
HALF = 2.6  # half the width of an arrow's head


type Border = tuple[float, float, float, float]  # left, top, right, low


@dataclass(frozen=True, slots=True)
class Look:
    """How arrows of one kind are drawn; ``words`` explain it in the legend."""

    words: str
    sign: str
    colour: str
    thick: float
    dashes: tuple[float, ...] = ()


RAISES = Look("a higher state raises the effect", "+", BLUE, 1.1)
LOWERS = Look("a higher state lowers it", MINUS, VERMILLION, 1.1, (5.0, 2.5))
EITHER = Look("raises or lowers it, depending on the state", BOTH, INK, 1.1, (6.0, 2.0, 1.2, 2.0))
UNSIGNED = Look("acts on it, no sign claimed", "", GREY, 0.9)
DEFINES = Look("part of its definition", "", GREY, 0.8, (1.2, 2.0))
LOOKS = (RAISES, LOWERS, EITHER, UNSIGNED, DEFINES)


def look(model: Model, child: str, edge: Edge) -> Look:
    """Return how an edge is drawn.

    >>> from causal import load
    >>> model = load("rain").model
    >>> [look(model, "grass", edge).sign for edge in model.variables["grass"].edges]
    ['+', '+']
    """
    if not edge.sign:
        rule = model.variables[child].mechanism
        return DEFINES if isinstance(rule, Rule) and not rule.luck else UNSIGNED
    parent = model.variables[edge.parent]
    at = parent.states.index(model.baseline_state(edge.parent))
    found = {
        sign if not parent.ordered or parent.states.index(state) > at else {"+": "-", "-": "+"}[sign]
        for state, sign in edge.sign.items()
    }
    if len(found) > 1:
        return EITHER
    return RAISES if found == {"+"} else LOWERS


def draw(model: Model, places: Places, boxes: Sequence[Border]) -> Iterator[Group]:
    """Draw all arrows, each sign where it hides none of ``boxes`` and no other sign."""
    taken: list[Point] = []
    looks = {(e.parent, name): (look(model, name, e), e) for name, v in model.variables.items() for e in v.edges}
    lines, signs = [], []
    for (parent, child), (how, edge) in looks.items():
        route = places.routes[(parent, child)]
        lines.append(Group(_told(model, child, edge, how), arrow(route, how)))
        if how.sign:
            at = _free(route, taken, boxes)
            taken.append(at)
            signs.append(Group("", sign(how, *at)))
    yield from lines
    yield from signs  # over all lines


def arrow(route: Route, how: Look) -> tuple[Item, ...]:
    """Draw a line and its head."""
    (x0, y0), (x1, y1) = route.points[-1], route.tip
    length = math.hypot(x1 - x0, y1 - y0) or 1.0
    across = (-(y1 - y0) / length * HALF, (x1 - x0) / length * HALF)
    head = (route.tip, (x0 + across[0], y0 + across[1]), (x0 - across[0], y0 - across[1]))
    return Curve(route.points, how.colour, how.thick, how.dashes), Shape(head, how.colour)


def sign(how: Look, x: float, y: float) -> tuple[Item, ...]:
    """Draw the mark of a sign."""
    return (
        Disc(x, y, DISC, WHITE, how.colour, 0.8),
        Words(x, y + 2.9, how.sign, 8.5, how.colour, "middle", bold=True),
    )


def _free(route: Route, taken: Sequence[Point], boxes: Sequence[Border]) -> Point:
    """Return the first place along a route that is free, or the one farthest from other signs."""
    line = _walked(route)
    best, farthest = line[len(line) // 2], -1.0
    for x, y in line:
        if any(left - DISC < x < right + DISC and top - DISC < y < low + DISC for left, top, right, low in boxes):
            continue
        nearest = min((math.hypot(x - a, y - b) for a, b in taken), default=math.inf)
        if nearest > 2 * DISC + 1.0:
            return x, y
        if nearest > farthest:
            best, farthest = (x, y), nearest
    return best


def _walked(route: Route) -> list[Point]:
    """Return points of a route from ``BEHIND`` its base on, back to its start."""
    found: list[Point] = []
    pieces = (len(route.points) - 1) // 3
    for piece in reversed(range(pieces)):
        a, b, c, d = route.points[3 * piece : 3 * piece + 4]
        for step in range(STEPS, 0, -1):
            t = step / STEPS
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
            x, y = (sum(w * p[axis] for w, p in zip(weights, (a, b, c, d), strict=True)) for axis in (0, 1))
            found.append((x, y))
    base = route.points[-1]
    far = [point for point in found if math.dist(point, base) > BEHIND]
    return far or found


def shared(first: Point, second: Point, model: Model, pair: tuple[str, str]) -> Group:
    """Draw a dashed arc between two boxes whose common causes are not shown; the boxes cover its ends."""
    (x0, y0), (x1, y1) = first, second
    aside = max(40.0, abs(x1 - x0) / 4) if abs(y1 - y0) < 1.0 else 0.0
    points = (first, (x0 + (x1 - x0) / 3, y0 + aside), (x0 + (x1 - x0) * 2 / 3, y1 + aside), second)
    titles = " and ".join(model.variables[name].title for name in pair)
    return Group(clean(f"{titles} share causes that are not shown"), (Curve(points, INK, 0.9, SHARED),))


def _told(model: Model, child: str, edge: Edge, how: Look) -> str:
    parent, effect = model.variables[edge.parent].title, model.variables[child].title
    says = f" ({how.sign})" if how.sign else ""
    return "\n".join(clean(line) for line in (f"{parent} \N{RIGHTWARDS ARROW} {effect}{says}", edge.why) if line)
