"""Ranks of truths among draws: how far the distribution of each quantity's ranks is from uniform, inside its band.

a panel       a posterior
a line        a quantity: blue a parameter or a question, vermillion and thicker what looks at the data
grey          the simultaneous band (Säilynoja et al. 2022): uniform ranks keep to it
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from causal.ask.calibrated import Calibrated, Ranked
from causal.learn.calibrating import DRAWS, JOINT, LIKELIHOOD
from causal.learn.uniformity import band
from causal.tell.pictures.figure import figure
from causal.tell.pictures.ink import BLACK, BLUE, FAINT, VERMILLION
from causal.tell.pictures.letters import clean

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDE, HIGH = 4.5, 2.2  # inches of a panel
SMALL = 9
PARAMETER: Mapping[str, Any] = {"color": BLUE, "linewidth": 0.6, "alpha": 0.7}
SEEING: Mapping[str, Any] = {"color": VERMILLION, "linewidth": 1.2}


def calibrated_figure(result: Calibrated, labels: Mapping[str, str] | None = None) -> Figure:
    """Draw every posterior whose simulations did not all fail; ``labels`` are what experts are called."""
    panels = [each for each in result.posteriors if each.rows]
    across = min(2, max(1, len(panels)))
    down = -(-len(panels) // across) or 1
    found = figure(WIDE * across, HIGH * down + 0.4)
    found.set_layout_engine("constrained")
    axes = found.subplots(down, across, sharex=True, sharey=True, squeeze=False).ravel()
    for axis, each in zip(axes, panels, strict=False):
        name = (labels or {}).get(each.expert, each.expert)
        axis.set_title(clean(f"{each.model}: {name}, {each.simulations:,} simulations"), fontsize=SMALL)
        _panel(axis, each, result.limit)
    for axis in axes[len(panels) :]:
        axis.set_visible(False)
    found.supxlabel("rank of the truth, as a share", fontsize=SMALL)
    found.supylabel("distribution minus uniform", fontsize=SMALL)
    return found


def _panel(axis: Axes, each: Ranked, limit: float) -> None:
    z = np.arange(1, DRAWS + 1) / (DRAWS + 1)
    total = each.rows[0].total
    low, high = (np.array(edge) / total - z for edge in band(total, DRAWS, limit))
    axis.fill_between(z, low, high, color=FAINT, alpha=0.5, linewidth=0.0)
    for row in each.rows:
        style = SEEING if row.quantity in (LIKELIHOOD, JOINT) else PARAMETER
        axis.plot(z, np.cumsum(row.counts)[:-1] / total - z, **style)
    axis.axhline(0.0, color=BLACK, linewidth=0.5)


def described(result: Calibrated, labels: Mapping[str, str] | None = None) -> str:
    """Say in words what the picture shows, a line per posterior."""
    lines = [result.title]
    for each in result.posteriors:
        off = sum(row.p < result.limit for row in each.rows)
        name = (labels or {}).get(each.expert, each.expert)
        lines.append(f"{each.model}, {name}: ranks of {off} of {len(each.rows)} quantities are outside the band.")
    return "\n".join(lines)
