"""Chips laid over bins, and the belief made of them: a trial roulette as it was left (Gore 1987).

       ╭──╮          the fitted curve, in chips: what the belief would lay in a bin of this width
      ▐█▌ ▐█▌        a stack of chips to each bin
    0 ───────── 1

Curve and stacks have one scale, so that a stack above the curve is one that the fit could not follow.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from causal.ask.saying import counted
from causal.elicit import Fit
from causal.tell.pictures.ink import BLACK, BLUE, MIDDLE, VERMILLION
from causal.tell.pictures.sheet import Key, named, sheet
from causal.tell.pictures.smooth import Floats

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TALL, LEFT = 150.0, 12.0
POINTS = 240
ROOM = 1.15  # of the tallest stack: where a curve that runs to infinity at an end is cut


def density(fit: Fit, low: float, high: float, points: int = POINTS) -> tuple[Floats, Floats]:
    """Return the middles of ``points`` slices of the stated scale, and the density of the belief in each.

    It is the mass of the slice by its width, so that it is finite where the density itself is not.
    """
    edges = np.linspace(low, high, points + 1)
    mass = np.diff(fit.belief.cdf(fit.scale.read(edges)))
    return (edges[:-1] + edges[1:]) / 2, np.asarray(mass * points / (high - low))


def chips_picture(edges: Sequence[float], counts: Sequence[float], fit: Fit | None, title: str) -> Figure:
    """Draw chips in bins, ``edges`` one more than ``counts``, and the curve fitted to them where there is one."""
    keys = [Key("chips laid", {"marker": "s", "markersize": 7.0, "color": MIDDLE, "markeredgecolor": BLUE})]
    if fit is not None:
        keys.append(Key("the belief, in chips", {"linestyle": "-", "color": VERMILLION, "linewidth": 1.4}))
    on = sheet(title, TALL, keys, LEFT)
    top = max(1.0, *counts) * ROOM
    on.axes.set_ylim(0.0, top)
    on.axes.set_xlim(edges[0], edges[-1])
    for (low, high), count in zip(pairwise(edges), counts, strict=True):
        for below in range(int(np.ceil(count))):
            on.axes.bar(
                (low + high) / 2, min(1.0, count - below), 0.9 * (high - low), below, color=MIDDLE, edgecolor=BLUE,
                linewidth=0.6, zorder=2,
            )  # fmt: skip
    if fit is not None:
        x, height = density(fit, edges[0], edges[-1])
        width = (edges[-1] - edges[0]) / len(counts)
        on.axes.plot(x, np.minimum(height * sum(counts) * width, top), color=VERMILLION, linewidth=1.4, zorder=3)
    on.axes.axhline(0.0, color=BLACK, linewidth=0.8, zorder=4)
    named(on.axes, f"the judged number: {counted(round(sum(counts)), 'chip')} over {counted(len(counts), 'bin')}")
    return on.figure
