"""A scene as pixels, drawn in process by Matplotlib's Agg; nothing is installed or started for it.

Scene (points, y down)  ->  Figure of the same size, one unit of data to the point  ->  PNG
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from causal.tell.pictures.figure import figure, png
from causal.tell.pictures.letters import clean
from causal.tell.pictures.scene import Box, Curve, Disc, Group, Item, Scene, Shape, Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST = 16_000  # pixels on a side; a larger picture is drawn coarser
ALIGN = {"start": "left", "middle": "center", "end": "right"}


def draw(scene: Scene, dpi: float) -> bytes:
    """Return a scene as a PNG of ``dpi`` pixels to the inch."""
    dpi = min(dpi, MOST * 72 / max(scene.width, scene.height))
    made = figure(scene.width / 72, scene.height / 72)
    axes = made.add_axes((0.0, 0.0, 1.0, 1.0), xlim=(0.0, scene.width), ylim=(scene.height, 0.0))
    axes.set_axis_off()
    for order, item in enumerate(_flat(scene.items)):
        _add(axes, item, float(order))
    return png(made, dpi)


def _flat(items: tuple[Item, ...]) -> list[Item]:
    found: list[Item] = []
    for item in items:
        found += _flat(item.items) if isinstance(item, Group) else [item]
    return found


def _add(axes: Axes, item: Item, order: float) -> None:
    from matplotlib.patches import Circle, FancyBboxPatch, PathPatch, Polygon
    from matplotlib.path import Path

    match item:
        case Box(radius=radius):
            style = f"round,pad=0,rounding_size={radius}" if radius else "square,pad=0"
            axes.add_patch(
                FancyBboxPatch(
                    (item.x, item.y), item.width, item.height, boxstyle=style, facecolor=item.fill,
                    edgecolor=item.stroke if item.thick else "none", linewidth=item.thick, zorder=order,
                )
            )  # fmt: skip
        case Curve(points=points):
            codes = [Path.MOVETO, *([Path.CURVE4] * (len(points) - 1))]
            # dashes are counted in widths of the line here, and in points in a scene
            dashes = tuple(length / item.thick for length in item.dashes)
            axes.add_patch(
                PathPatch(
                    Path(points, codes), fill=False, edgecolor=item.stroke, linewidth=item.thick,
                    linestyle=(0, dashes) if dashes else "solid", zorder=order,
                )
            )  # fmt: skip
        case Shape(points=points):
            axes.add_patch(Polygon(points, closed=True, facecolor=item.fill, edgecolor="none", zorder=order))
        case Disc(radius=radius):
            axes.add_patch(
                Circle(
                    (item.x, item.y), radius, facecolor=item.fill, edgecolor=item.stroke if item.thick else "none",
                    linewidth=item.thick, zorder=order,
                )
            )  # fmt: skip
        case Words():
            axes.text(
                item.x, item.y, clean(item.text), fontsize=item.size, color=item.fill, ha=ALIGN[item.anchor],
                va="baseline", weight="bold" if item.bold else "normal", parse_math=False, zorder=order,
            )  # fmt: skip
        case Group():
            raise AssertionError("groups are flat by now")
