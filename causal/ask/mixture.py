"""Whose draws are mixed, and what is said of many numbers at once.

    voice                   its draws                               weight of draw k of expert e
    panel                   all pooled experts'                     weight_e * share_ek
    school, one each        those of its pooled experts             the same, made to sum to one
    expert, one each        their own, also where shown apart       share_ek

share_ek is 1 / draws but where orders are evidence (``Panel.share``). An expert without a school is one alone. Means,
quantiles and places are those of ``Panel.ask``, worked out for whole arrays: values have shape (quantities, experts,
draws). A panel that is pooled into one posterior has draws of its own; its schools are still mixtures of their experts.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from causal.ask.answer import PANEL
from causal.ask.panel import Panel, summary
from causal.exact.kernel import Floats

SCHOOL, EXPERT = "school", "expert"
EQUAL = 12  # decimals beyond which two probabilities are equal: the same number by another route differs by rounding


@dataclass(frozen=True)
class Voice:
    """The panel, a school or an expert: which experts' draws it mixes (``rows``), and their weights, summing to one."""

    kind: str
    name: str
    rows: tuple[int, ...]
    weights: Floats

    def of[Kind: np.generic](self, values: NDArray[Kind]) -> NDArray[Kind]:
        """Return its draws of every quantity, shape (quantities, draws of all its experts)."""
        return values[:, list(self.rows)].reshape(len(values), -1)


@dataclass(frozen=True)
class Spread:
    """A number over draws: mean, median, and the ends of the equal-tailed interval; None where no draw has it."""

    mean: float | None
    median: float | None
    lower: float | None
    upper: float | None

    def to_dict(self) -> dict[str, float | None]:
        """Return the numbers by name."""
        return {"mean": self.mean, "median": self.median, "lower": self.lower, "upper": self.upper}


NOTHING = Spread(None, None, None, None)


def voices(panel: Panel) -> tuple[Voice, ...]:
    """Return the panel, its schools and its experts; the panel alone where a model has every number."""
    experts = panel.draws.experts
    share = panel.share()
    own = np.full((len(experts), panel.draws.total), 1.0 / panel.draws.total) if share is None else share
    row = {name: place for place, name in enumerate(experts)}
    schools: dict[str, dict[str, float]] = {}
    for name, weight in panel.shares.items():
        schools.setdefault(panel.elicited.priors.experts[name].school or name, {})[name] = weight
    groups = [(PANEL, PANEL, dict(panel.weights))]
    if panel.draws.parameters:
        groups += [(SCHOOL, school, members) for school, members in schools.items()]
        groups += [(EXPERT, name, {name: 1.0}) for name in panel.experts]
    found = []
    for kind, name, members in groups:
        total = sum(members.values())
        weights = np.concatenate([own[row[each]] * (weight / total) for each, weight in members.items()])
        found.append(Voice(kind, name, tuple(row[each] for each in members), weights))
    return tuple(found)


def told(
    values: Floats, keys: Sequence[Hashable], speakers: Sequence[Voice], ci_prob: float
) -> list[dict[tuple[str, str], Spread]]:
    """Summarise every quantity, shape (quantities, experts, draws), for every voice, by the voice's kind and name.

    Quantities of the same key are the same numbers, and voices of the same draws say the same: each is reckoned once.
    """
    row: dict[Hashable, int] = {}
    for place, key in enumerate(keys):
        row.setdefault(key, place)
    at = {key: number for number, key in enumerate(row)}
    once = values[list(row.values())]
    known: dict[tuple[tuple[int, ...], bytes], list[Spread]] = {}
    found: list[dict[tuple[str, str], Spread]] = [{} for _ in keys]
    for voice in speakers:
        same = (voice.rows, voice.weights.tobytes())
        if same not in known:
            known[same] = spreads(voice.of(once), voice.weights, ci_prob)
        for each, key in zip(found, keys, strict=True):
            each[(voice.kind, voice.name)] = known[same][at[key]]
    return found


def spreads(values: Floats, weights: Floats, ci_prob: float) -> list[Spread]:
    """Summarise every row of ``values``, shape (quantities, draws); draws that are not numbers are left out."""
    known = np.isfinite(values)
    whole = known.all(axis=1)
    found = [NOTHING] * len(values)
    if whole.any():
        rows = values[whole]
        tail = (1.0 - ci_prob) / 2
        low, high = rows.min(axis=1), rows.max(axis=1)
        means = np.clip(rows @ weights, low, high)  # a constant stays what it is
        ends = _quantiles(rows, weights, (0.5, tail, 1.0 - tail))
        for place, mean, three in zip(np.flatnonzero(whole).tolist(), means.tolist(), ends.tolist(), strict=True):
            found[place] = Spread(mean, *three)
    for place in np.flatnonzero(known.any(axis=1) & ~whole).tolist():
        if weights[known[place]].sum() > 0:
            each = summary(values[place], weights, ci_prob, 1.0, comparison=False)
            found[place] = Spread(each.mean, each.median, each.lower, each.upper)
    return found


def _quantiles(rows: Floats, weights: Floats, levels: Sequence[float]) -> Floats:
    """Return every row's weighted quantiles, shape (quantities, levels): the first draw that reaches each level."""
    last = rows.shape[1] - 1
    if np.ptp(weights) == 0:
        at = np.searchsorted(np.cumsum(weights), levels).clip(0, last)
        return np.partition(rows, np.unique(at), axis=1)[:, at]
    order = np.argsort(rows, axis=1, kind="stable")
    rising = np.cumsum(weights[order], axis=1)
    at = np.stack([(rising < level).sum(axis=1) for level in levels], axis=1).clip(0, last)
    return np.take_along_axis(rows, np.take_along_axis(order, at, axis=1), axis=1)


def lowest(values: Floats) -> Floats:
    """Return each quantity's part of the lowest place in each draw, in the shape of the values; ties share it."""
    rounded = np.where(np.isfinite(values), np.round(values, EQUAL), np.inf)
    first = (rounded == rounded.min(axis=0)).astype(np.float64)
    return np.asarray(first / first.sum(axis=0))


@dataclass(frozen=True)
class Places:
    """In which place each quantity stands in each draw, the lowest first; ``tied`` share the places from ``first`` on.

    Both have the shape of the values: how many are lower in that draw, and how many are equal, itself included. What
    is no number in a draw stands last.
    """

    first: NDArray[np.int32]
    tied: NDArray[np.int32]

    @classmethod
    def of(cls, values: Floats) -> Places:
        """Rank the quantities, shape (quantities, experts, draws), within each draw."""
        count = len(values)
        across = np.ascontiguousarray(values.reshape(count, -1).T)  # a row per draw: rows are sorted fastest
        across = np.where(np.isfinite(across), np.round(across, EQUAL), np.inf)
        order = np.argsort(across, axis=1, kind="stable")
        rising = np.take_along_axis(across, order, axis=1)
        news = np.ones(rising.shape, dtype=bool)
        news[:, 1:] = rising[:, 1:] != rising[:, :-1]
        number = np.arange(count, dtype=np.int32)
        start = np.maximum.accumulate(np.where(news, number, 0), axis=1)
        ends = np.ones(rising.shape, dtype=bool)
        ends[:, :-1] = news[:, 1:]
        end = np.minimum.accumulate(np.where(ends, number, count)[:, ::-1], axis=1)[:, ::-1]
        first, tied = np.empty((2, *rising.shape), dtype=np.int32)
        np.put_along_axis(first, order, start, axis=1)
        np.put_along_axis(tied, order, end - start + 1, axis=1)
        return cls(first.T.reshape(values.shape), tied.T.reshape(values.shape))

    def shares(self, voice: Voice) -> Floats:
        """Return the share of draws in which each quantity stands in each place, shape (quantities, places).

        Rows and columns sum to one: a tie gives each of its members the same part of each of its places.
        """
        first, tied = voice.of(self.first), voice.of(self.tied)
        count = len(first)
        part = voice.weights / tied
        row = np.arange(count)[:, None] * (count + 1)
        size = count * (count + 1)
        steps = np.bincount((row + first).ravel(), part.ravel(), size)
        steps -= np.bincount((row + first + tied).ravel(), part.ravel(), size)
        return np.clip(np.cumsum(steps.reshape(count, count + 1), axis=1)[:, :count], 0.0, 1.0)
