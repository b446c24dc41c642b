"""Matplotlib figures without its global state, and out of them accessible SVG and PNG with the same bytes every time.

    figure(width, height)           an empty figure; no pyplot, no window, no change of backend
    svg(figure, title, description) inline SVG: text as text, ids of its own, no date, no script, no style sheet
    png(figure)                     pixels

Matplotlib reads three settings while it writes SVG. They are set for that moment and put back.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from causal.tell.pictures.vector import FONTS, digest, opened

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DPI = 200.0
SETTINGS: dict[Any, Any] = {"svg.fonttype": "none", "svg.hashsalt": "causal", "text.parse_math": False}
UNWANTED = {"metadata", "style"}  # who made it and when; rules that would reach the whole page
KEPT = re.compile(r"(font-family:)[^;]+")


def figure(width: float, height: float) -> Figure:
    """Return an empty figure of ``width`` by ``height`` inches that belongs to nobody."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    made = Figure(figsize=(width, height), facecolor="white")
    FigureCanvasAgg(made)
    return made


def svg(figure: Figure, title: str, description: str) -> str:
    """Return a figure as SVG to stand in a page or alone, with what it shows as its title and description."""
    buffer = io.StringIO()
    with _ready(figure):
        metadata = {"Date": None, "Creator": None, "Format": None, "Type": None}
        figure.savefig(buffer, format="svg", metadata=metadata)
    root = ElementTree.fromstring(buffer.getvalue())
    names = _names(root, digest(title, description, buffer.getvalue()))
    body = "".join(_written(child, names) for child in root)
    size = " ".join(f'{key}="{root.attrib[key]}"' for key in ("width", "height", "viewBox"))
    return f'{opened(title, description, body, size)}\n<g stroke-linejoin="round">{body}</g>\n</svg>\n'


def png(figure: Figure, dpi: float = DPI) -> bytes:
    """Return a figure as a PNG of ``dpi`` pixels to the inch."""
    buffer = io.BytesIO()
    with _ready(figure):
        figure.savefig(buffer, format="png", dpi=dpi, metadata={"Software": None})
    return buffer.getvalue()


@contextmanager
def _ready(figure: Figure) -> Iterator[None]:
    """Make words plain text, and leave nothing clipped, for as long as a figure is written."""
    import matplotlib as mpl
    from matplotlib.text import Text

    for artist in figure.findobj():
        artist.set_clip_on(False)  # a clip is an id and a reference more; what is drawn here stays inside its axes
        if isinstance(artist, Text):
            artist.set_parse_math(False)  # a dollar is a dollar
    with mpl.rc_context(SETTINGS), warnings.catch_warnings():
        # a letter that the font in this process lacks is drawn by the reader's in SVG, and as a box in pixels
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield


def _names(root: ElementTree.Element, prefix: str) -> dict[str, str]:
    """Return a new name, of this picture alone, for every element that another refers to."""
    used = [value[1:] for each in root.iter() for key, value in each.attrib.items() if key.endswith("href")]
    return {name: f"{prefix}-{number}" for number, name in enumerate(dict.fromkeys(used))}


def _written(element: ElementTree.Element, names: dict[str, str]) -> str:
    """Write an element without namespaces, unused ids and unwanted parts."""
    tag = element.tag.rpartition("}")[2]
    if tag in UNWANTED:
        return ""
    attributes = []
    for key, value in element.attrib.items():
        name = key.rpartition("}")[2]
        if name == "id":
            if value not in names:
                continue
            value = names[value]
        elif name == "href":
            value = f"#{names[value[1:]]}"
        elif name == "style":
            value = KEPT.sub(rf"\1 {FONTS}", value)
        attributes.append(f' {name}="{escape(" ".join(value.split()))}"')
    inside = "".join(_written(child, names) for child in element)
    text = escape(element.text, quote=False) if tag == "text" and element.text else ""
    opening = f"<{tag}{''.join(attributes)}"
    return f"{opening}>{text}{inside}</{tag}>\n" if text or inside else f"{opening}/>\n"
