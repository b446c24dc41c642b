"""Colours, shapes and line patterns that say the same to every eye and in grey print.

Nothing is said by colour alone: each expert has a shape and a label beside the colour, each sign of an arrow a pattern
and a mark. The colours are those of Okabe and Ito (2008), *Color universal design*; yellow is left out, being too
faint on white.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

BLACK = "#000000"
ORANGE = "#e69f00"
SKY = "#56b4e9"
GREEN = "#009e73"
BLUE = "#0072b2"
VERMILLION = "#d55e00"
PURPLE = "#cc79a7"
GREY = "#6b6b6b"
FAINT = "#b8b8b8"
PALE = "#cfe3f1"  # a tint of BLUE that black letters can stand on
MIDDLE = "#86bbdc"  # a darker one, for what really happened

COLOURS = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY, GREY)
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "p", "h")  # of another number than COLOURS: they pair anew
LIGHTEST, DARKEST = (227, 239, 247), (10, 61, 99)  # of the shades that stand for states from low to high
LUMINANCE = (0.2126, 0.7152, 0.0722)  # of red, green and blue; with the curve below, from WCAG 2
TURN = 0.179  # the luminance on which black and white are read equally well
BAND = "#f4f4f4"  # behind every second row


@dataclass(frozen=True, slots=True)
class Pen:
    """How one expert is drawn: a colour and Matplotlib's name of a shape."""

    colour: str
    marker: str


# What Matplotlib's Line2D takes for the panel's mean, and for the same history without an intervention.
WITH: Mapping[str, Any] = {"marker": "o", "markersize": 5.5, "color": BLACK, "linestyle": "none"}
WITHOUT: Mapping[str, Any] = {
    "marker": "D", "markersize": 5.0, "markerfacecolor": "white", "markeredgecolor": BLACK, "markeredgewidth": 0.9,
    "linestyle": "none",
}  # fmt: skip


def marked(pen: Pen, inside: bool) -> dict[str, Any]:
    """Return what Line2D takes for an expert: filled, with a white rim, or hollow where they are not in the panel."""
    face, rim = (pen.colour, "white") if inside else ("white", pen.colour)
    return {
        "marker": pen.marker, "markersize": 5.6 if inside else 4.8, "markerfacecolor": face, "markeredgecolor": rim,
        "markeredgewidth": 0.5 if inside else 0.9, "linestyle": "none",
    }  # fmt: skip


def pens(names: Sequence[str]) -> dict[str, Pen]:
    """Return a pen for each name, by its place; the first 77 are all different."""
    return {name: Pen(COLOURS[i % len(COLOURS)], MARKERS[i % len(MARKERS)]) for i, name in enumerate(names)}


def shade(place: int, of: int) -> tuple[str, str]:
    """Return a fill from pale to dark blue for the state at a place, and the ink that can be read on it.

    >>> shade(0, 3), shade(2, 3)
    (('#e3eff7', '#000000'), ('#0a3d63', '#ffffff'))
    """
    along = place / max(1, of - 1)
    rgb = [round(a + (b - a) * along) for a, b in zip(LIGHTEST, DARKEST, strict=True)]
    linear = [c / 3294.6 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in rgb]
    light = sum(weight * c for weight, c in zip(LUMINANCE, linear, strict=True))
    return "#{:02x}{:02x}{:02x}".format(*rgb), BLACK if light > TURN else "#ffffff"
