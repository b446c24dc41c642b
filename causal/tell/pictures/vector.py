"""A scene as SVG that stands alone: every word escaped, nothing active, nothing fetched.

    <svg role="img" aria-labelledby>  <title> <desc>  then the items in their order

The same scene gives the same bytes. Names of elements inside are made from the content, so that several pictures can
stand on one page; ``inline`` takes off the address of the namespace, which HTML does not need.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from html import escape

from causal.tell.pictures.letters import clean
from causal.tell.pictures.scene import Box, Curve, Disc, Group, Item, Point, Scene, Shape, Words

FONTS = "Helvetica Neue, Helvetica, Arial, Liberation Sans, DejaVu Sans, sans-serif"
NAMESPACE = ' xmlns="http://www.w3.org/2000/svg"'


def draw(scene: Scene) -> str:
    """Return a scene as the text of an SVG file."""
    body = "\n".join(line for item in scene.items for line in _item(item))
    comment = f"\n<!-- {clean(scene.made).replace('--', '- -')} -->" if scene.made else ""
    size = f'width="{_n(scene.width)}pt" height="{_n(scene.height)}pt"'
    opening = opened(scene.title, scene.description, body, f'{size} viewBox="0 0 {_n(scene.width)} {_n(scene.height)}"')
    return f'{opening}{comment}\n<g font-family="{FONTS}" stroke-linejoin="round">\n{body}\n</g>\n</svg>\n'


def opened(title: str, description: str, body: str, attributes: str) -> str:
    """Return the start of an SVG picture: its root and what it says to who does not see it."""
    key = digest(title, description, body)
    return (
        f'<svg{NAMESPACE} {attributes} role="img" aria-labelledby="{key}-title" aria-describedby="{key}-desc">\n'
        f'<title id="{key}-title">{_text(title)}</title>\n<desc id="{key}-desc">{_text(description)}</desc>'
    )


def digest(*parts: str) -> str:
    """Return a short name made of content: the same for the same, another for another."""
    return "p" + hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:10]


def inline(svg: str) -> str:
    """Return a picture for the inside of an HTML page, where SVG needs no address of its namespace.

    >>> inline('<svg xmlns="http://www.w3.org/2000/svg" role="img"></svg>')
    '<svg role="img"></svg>'
    """
    return svg.replace(NAMESPACE, "", 1)


def _item(item: Item) -> Iterator[str]:
    match item:
        case Group(name=name, items=items):
            yield "<g>"
            if name:
                yield f"<title>{_text(name)}</title>"
            for each in items:
                yield from _item(each)
            yield "</g>"
        case Box(x=x, y=y, width=width, height=height, fill=fill, stroke=stroke, thick=thick, radius=radius):
            corner = f' rx="{_n(radius)}"' if radius else ""
            where = f'x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}"{corner}'
            yield f'<rect {where} fill="{fill}"{_outline(stroke, thick)}/>'
        case Curve(points=points, stroke=stroke, thick=thick, dashes=dashes):
            dashed = f' stroke-dasharray="{" ".join(map(_n, dashes))}"' if dashes else ""
            yield f'<path d="{_bezier(points)}" fill="none"{_outline(stroke, thick)}{dashed}/>'
        case Shape(points=points, fill=fill):
            yield f'<polygon points="{" ".join(map(_pair, points))}" fill="{fill}"/>'
        case Disc(x=x, y=y, radius=radius, fill=fill, stroke=stroke, thick=thick):
            yield f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}" fill="{fill}"{_outline(stroke, thick)}/>'
        case Words():
            yield _words(item)


def _words(words: Words) -> str:
    weight = ' font-weight="bold"' if words.bold else ""
    anchor = f' text-anchor="{words.anchor}"' if words.anchor != "start" else ""
    where = f'x="{_n(words.x)}" y="{_n(words.y)}" font-size="{_n(words.size)}"'
    return f'<text {where} fill="{words.fill}"{anchor}{weight}>{_text(words.text)}</text>'


def _outline(stroke: str, thick: float) -> str:
    return f' stroke="{stroke}" stroke-width="{_n(thick)}"' if thick else ""


def _bezier(points: tuple[Point, ...]) -> str:
    return f"M{_pair(points[0])} C{' '.join(map(_pair, points[1:]))}"


def _pair(point: Point) -> str:
    return f"{_n(point[0])},{_n(point[1])}"


def _n(value: float) -> str:
    """Return a length with up to two decimals, and never ``-0``."""
    return f"{round(value, 2) + 0.0:g}" if abs(value) < 1e5 else f"{value:.0f}"


def _text(words: str) -> str:
    # line breaks in a tooltip or description are kept, as white space that readers fold
    return "\n".join(escape(clean(line), quote=False) for line in words.splitlines())
