"""Draws as a smooth curve: a Gaussian kernel on a fine grid, folded back at the ends of what is possible.

bandwidth   0.9 min(sd, iqr / 1.349) n^(-1/5)        Silverman (1986), equation 3.31
at an end   what the kernel would put beyond it is folded back, so that the curve keeps its area
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

type Floats = NDArray[np.float64]

POINTS = 512
REACH = 4.0  # a kernel ends after so many of its bandwidths
NARROWEST = 1.5  # in steps of the grid


def curve(draws: Floats, low: float, high: float, *, closed: bool) -> tuple[Floats, Floats]:
    """Return a grid from ``low`` to ``high`` and the density of draws on it.

    ``closed`` says that nothing can lie beyond the ends. Draws outside, or that are no numbers, are left out.

    >>> x, y = curve(np.linspace(0.0, 1.0, 1000), 0.0, 1.0, closed=True)
    >>> round(float(y.sum() * (x[1] - x[0])), 2)
    1.0
    """
    inside = draws[np.isfinite(draws) & (draws >= low) & (draws <= high)]
    edges = np.linspace(low, high, POINTS + 1)
    step = (high - low) / POINTS
    middles = edges[:-1] + step / 2
    if not inside.size:
        return middles, np.zeros(POINTS)
    height = np.histogram(inside, edges)[0] / (inside.size * step)
    spread = float(inside.std())
    quarters = np.subtract(*np.quantile(inside, [0.75, 0.25])) / 1.349
    narrow = min(spread, float(quarters)) if quarters > 0 else spread
    width = max(0.9 * narrow * inside.size**-0.2, NARROWEST * step)
    reach = min(POINTS, int(np.ceil(REACH * width / step)))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) * step / width) ** 2)
    padded = np.pad(height, reach, mode="symmetric") if closed else np.pad(height, reach)
    return middles, np.convolve(padded, kernel / kernel.sum(), mode="valid")
