"""Convergence of many quantities at once: rank-normalised R-hat and effective sizes (Vehtari et al. 2021).

    split        each chain into halves, h of n draws each
    ranks        z = Phi^-1((rank - 3/8) / (draws + 1/4)), ties sharing their mean rank
    R-hat        sqrt((n - 1) / n + B / (n W)) of the ranks, and of those of |x - median|; the greater
    tau          -1 + 2 sum_k min_(j <= k) P_j + rho_2K, with P_k = rho_2k + rho_2k+1 up to the first K with P_K <= 0
    size         draws / tau, of the ranks (bulk), of x <= its 5 % and 95 % quantile (tail, the lesser), of x (mean)

rho_t is 1 - (W - mean autocovariance at lag t) / V, Geyer's truncation; the same numbers as ArviZ has, which takes
one quantity at a time, and seconds to be imported.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from causal.elicit import Normal
from causal.exact.kernel import Floats

TAILS = (0.05, 0.95)
BLOCK = 1 << 18  # numbers worked on at a time, so that they stay in cache
FEWEST = 4  # draws of a chain below which nothing can be said
STILL = 1e-15  # a range below which nothing moves: the size is then the number of draws


@dataclass(frozen=True)
class Convergence:
    """R-hat and effective sizes, an entry per quantity; NaN where there is none."""

    rhat: Floats
    bulk: Floats
    tail: Floats
    mean: Floats


def convergence(values: Floats) -> Convergence:
    """Return the diagnostics of finite ``values`` of shape (quantities, chains, draws).

    >>> draws = np.random.default_rng(1).normal(size=(3, 4, 1000))
    >>> bool((convergence(draws).rhat < 1.01).all())
    True
    """
    count, chains, draws = values.shape
    found = np.full((4, count), np.nan)
    if draws >= FEWEST:
        for rows in _blocks(count, chains * draws):
            found[:, rows] = _of(values[rows])
    if chains < 2:
        found[0] = np.nan
    return Convergence(*found)


def _blocks(count: int, size: int) -> Iterator[slice]:
    step = max(1, BLOCK // size)
    for start in range(0, count, step):
        yield slice(start, start + step)


def _of(values: Floats) -> Floats:
    """Return R-hat, bulk, tail and mean size of a block, shape (4, quantities)."""
    half = values.shape[2] // 2
    split = np.concatenate([values[:, :, :half], values[:, :, -half:]], axis=1)
    z = ranks(split)
    middle = np.median(split, axis=(1, 2), keepdims=True)
    bulk, folded = _rhat(z), _rhat(ranks(np.abs(split - middle)))
    low, high = np.quantile(values, TAILS, axis=(1, 2), keepdims=True)
    tail = np.minimum(_size((split <= low).astype(float)), _size((split <= high).astype(float)))
    # where the folded draws do not vary, the others speak alone
    return np.stack([np.where(folded > bulk, folded, bulk), _size(z), tail, _size(split)])


def ranks(values: Floats) -> Floats:
    """Return the normal scores of the ranks of all draws of each quantity, in the shape of ``values``."""
    flat = values.reshape(len(values), -1)
    order = np.argsort(flat, axis=1)
    rising = np.take_along_axis(flat, order, axis=1)
    at = np.arange(flat.shape[1])
    starts, ends = np.ones(flat.shape, dtype=bool), np.ones(flat.shape, dtype=bool)
    starts[:, 1:] = ends[:, :-1] = rising[:, 1:] != rising[:, :-1]
    first = np.maximum.accumulate(np.where(starts, at, 0), axis=1)
    last = np.minimum.accumulate(np.where(ends, at, at[-1])[:, ::-1], axis=1)[:, ::-1]
    found = np.empty_like(flat)
    np.put_along_axis(found, order, (first + last) / 2 + 1, axis=1)
    return Normal(0.0, 1.0).quantile((found - 0.375) / (flat.shape[1] + 0.25)).reshape(values.shape)


def _rhat(halves: Floats) -> Floats:
    n = halves.shape[2]
    between, within = halves.mean(axis=2).var(axis=1, ddof=1), halves.var(axis=2, ddof=1).mean(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Floats = np.sqrt((n - 1) / n + between / within)
    return found


def _size(halves: Floats) -> Floats:
    """Return the effective size of each quantity, shape (quantities, half chains, draws)."""
    _, chains, n = halves.shape
    covariance = _autocovariance(halves).mean(axis=1)
    within = covariance[:, :1] * n / (n - 1.0)
    total = within * (n - 1.0) / n
    if chains > 1:
        total = total + halves.mean(axis=2).var(axis=1, ddof=1)[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        rho = 1.0 - (within - covariance) / total
    rho[:, 0] = 1.0
    pairs = rho[:, 0 : n - n % 2 : 2] + rho[:, 1::2]
    last = _last(pairs, n)
    row = np.arange(len(rho))
    summed = np.where(np.arange(pairs.shape[1]) < last[:, None], np.minimum.accumulate(pairs, axis=1), 0.0).sum(axis=1)
    left = rho[row, 2 * last]
    tau = -1.0 + 2.0 * summed + np.where((pairs[row, last] >= 0) | (left > 0), left, 0.0)
    draws = chains * n
    still = np.ptp(halves, axis=(1, 2)) < STILL
    found: Floats = np.where(still, draws, draws / np.maximum(tau, 1.0 / np.log10(draws)))
    return found


def _last(pairs: Floats, n: int) -> NDArray[np.int64]:
    """Return K, the pair at which Geyer's initial positive sequence ends, at the latest where the lags do."""
    end = max((n - 3) // 2, 0)
    over = pairs[:, : end + 1] <= 0
    over[:, end] = True
    return np.argmax(over, axis=1)


def _autocovariance(halves: Floats) -> Floats:
    n = halves.shape[2]
    length = 1 << (2 * n - 1).bit_length()
    spectrum = np.fft.rfft(halves - halves.mean(axis=2, keepdims=True), length, axis=2)
    power = spectrum.real**2 + spectrum.imag**2
    found: Floats = np.fft.irfft(power, length, axis=2)[:, :, :n] / n
    return found
