"""Where every number comes from: the parameters of all experts as a few vectors, one per family.

    vector        prior of an entry                                          gives theta[parameter, expert]
    log_odds      Normal(mu, sigma)                                          as is (cuts, offsets), or as a share
    share         Beta(a, b)                                                 as is
    forced        TruncatedNormal(mu, sigma, low, high)                      as is
    log_gap       Normal(mean + slope (top cut - its mu), sigma)             cut = top cut + the gaps between, exp
    point         a value, never sampled                                     as is

``assemble`` turns draws of the vectors into theta. The same layout is drawn from directly (``draw``) and written as a
PyMC model (model.py); entries are labelled by expert and question.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from causal.elicit import Beta, LogitNormal, LogOdds, Normal, Point, TruncatedNormal
from causal.exact.kernel import Floats
from causal.exact.parameter import Ids
from causal.learn.elicited import Beside, Elicited, Held

SAMPLED = ("log_odds", "share", "forced", "log_gap")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "log_odds": ("mu", "sigma"),
    "share": ("a", "b"),
    "forced": ("mu", "sigma", "low", "high"),
    "log_gap": ("mean", "slope", "sigma", "top_mu"),
    "point": ("value",),
}


@dataclass(frozen=True)
class Layout:
    """The vectors of a panel.

    ``numbers[family]`` has a row per name in ``COLUMNS`` and a column per entry; ``labels[family]`` names the entries,
    and ``places[family]`` has their places in flat theta (parameter * experts + expert). ``as_share`` marks the
    log-odds that enter theta as shares. Of a gap, ``top`` is the entry of its top cut among the log-odds, ``upper``
    the gap of the cut above, or -1 where that is the top cut.
    """

    parameters: tuple[str, ...]
    experts: tuple[str, ...]
    numbers: Mapping[str, Floats]
    labels: Mapping[str, tuple[str, ...]]
    places: Mapping[str, Ids]
    as_share: NDArray[np.bool_]
    top: Ids
    upper: Ids

    @property
    def free(self) -> int:
        """The number of free entries."""
        return sum(len(self.labels[family]) for family in SAMPLED)

    @property
    def order(self) -> Ids:
        """Where in flat theta each place's entry is, all entries being in a row, families in the order of COLUMNS."""
        return np.argsort(np.concatenate([self.places[family] for family in COLUMNS]))

    @property
    def stack(self) -> Floats:
        """What adds each gap to its own cut and to all below, shape (gaps, gaps)."""
        stack = np.eye(len(self.upper))
        for gap, upper in enumerate(self.upper):
            if upper >= 0:
                stack[gap] += stack[upper]
        return stack

    def assemble(self, vectors: Mapping[str, Floats]) -> Floats:
        """Return theta, shape (draws, parameters, experts), from draws of the vectors, shape (draws, entries) each."""
        line = vectors["log_odds"]
        draws = len(line)
        cuts = line[:, self.top] + np.exp(vectors["log_gap"]) @ self.stack.T
        point = np.broadcast_to(self.numbers["point"], (draws, len(self.labels["point"])))
        shares = np.where(self.as_share, LogOdds().state(line), line)
        flat = np.concatenate([shares, vectors["share"], vectors["forced"], cuts, point], axis=1)
        return flat[:, self.order].reshape(draws, len(self.parameters), len(self.experts))

    def draw(self, rng: np.random.Generator, size: int) -> Floats:
        """Draw theta from the priors, shape (size, parameters, experts)."""
        mu, sigma = self.numbers["log_odds"]
        line = rng.normal(mu, sigma, size=(size, mu.size))
        a, b = self.numbers["share"]
        forced = [TruncatedNormal(*entry).sample(rng, size) for entry in self.numbers["forced"].T]
        mean, slope, spread, top_mu = self.numbers["log_gap"]
        vectors = {
            "log_odds": line,
            "share": rng.beta(a, b, size=(size, a.size)),
            "forced": np.stack(forced, axis=1) if forced else np.empty((size, 0)),
            "log_gap": rng.normal(mean + slope * (line[:, self.top] - top_mu), spread),
        }
        return self.assemble(vectors)


def medians(elicited: Elicited) -> Floats:
    """Return theta with every parameter at its median as stated, shape (parameters, experts)."""
    return np.array([[prior.median for prior in held.priors] for held in elicited.held.values()]).T


def lay_out(elicited: Elicited, *experts: str, beside: Sequence[Beside] = ()) -> Layout:
    """Sort the priors of all experts, or of those named, into vectors.

    ``beside`` are models of cases whose parameters come behind this model's.
    """
    entries = _Entries(experts or tuple(elicited.held))
    for column, expert in enumerate(entries.experts):
        first = entries.expert(column, elicited.held[expert])
        for each in beside:
            first = entries.expert(column, each.held[expert], first, f"{each.network.model.name}: ")
    names = tuple(parameter.name for parameter in elicited.network.parameters)
    return entries.layout((*names, *(name for each in beside for name in each.names)))


def block(expert: str, held: Held) -> Layout:
    """Sort a part of what one expert holds into vectors: any of the priors, the cuts of a variable all or none."""
    entries = _Entries((expert,))
    entries.expert(0, held)
    return entries.layout(tuple(prior.parameter.name for prior in held.priors))


class _Entries:
    """Gathers entries family by family, expert by expert."""

    def __init__(self, experts: tuple[str, ...]) -> None:
        self.experts = experts
        self.rows: dict[str, list[tuple[float, ...]]] = {family: [] for family in COLUMNS}
        self.labels: dict[str, list[str]] = {family: [] for family in COLUMNS}
        self.places: dict[str, list[int]] = {family: [] for family in COLUMNS}
        self.as_share: list[bool] = []
        self.top: list[int] = []
        self.upper: list[int] = []  # of each gap, the gap of the cut above, or -1 where that is the top cut

    def enter(self, family: str, row: tuple[float, ...], question: str, column: int, place: int) -> None:
        self.rows[family].append(row)
        self.labels[family].append(f"{self.experts[column]}: {question}")
        self.places[family].append(place * len(self.experts) + column)

    def expert(self, column: int, held: Held, first: int = 0, prefix: str = "") -> int:
        """Enter what an expert holds of one model, whose parameters begin at ``first``; return where they end."""
        place = {prior.parameter.name: row for row, prior in enumerate(held.priors, start=first)}
        for prior in held.priors:
            if prior.parameter.scale == "cut":
                continue
            family, row, share = _family(prior.belief)
            self.enter(family, row, prefix + prior.parameter.name, column, place[prior.parameter.name])
            if family == "log_odds":
                self.as_share.append(share)
        for variable, cuts in held.cuts.items():
            mine = (p.parameter for p in held.priors if p.parameter.scale == "cut")
            ranked = [parameter.name for parameter in mine if parameter.group == variable]
            if cuts.anchor[1] == 0:
                for name, value in zip(ranked, cuts.medians, strict=True):
                    self.enter("point", (value,), prefix + name, column, place[name])
                continue
            self.enter("log_odds", cuts.anchor, prefix + ranked[-1], column, place[ranked[-1]])
            self.as_share.append(False)
            top, upper = len(self.as_share) - 1, -1
            for name, gap in reversed(list(zip(ranked[:-1], cuts.gaps, strict=True))):
                self.enter("log_gap", (*gap, cuts.anchor[0]), prefix + name, column, place[name])
                self.top.append(top)
                self.upper.append(upper)
                upper = len(self.upper) - 1
        return first + len(held.priors)

    def layout(self, parameters: tuple[str, ...]) -> Layout:
        numbers = {
            family: np.array(self.rows[family], dtype=float).reshape(-1, len(columns)).T
            for family, columns in COLUMNS.items()
        }
        return Layout(
            parameters,
            self.experts,
            numbers,
            {family: tuple(labels) for family, labels in self.labels.items()},
            {family: np.array(places, dtype=np.int64) for family, places in self.places.items()},
            np.array(self.as_share, dtype=bool),
            np.array(self.top, dtype=np.int64),
            np.array(self.upper, dtype=np.int64),
        )


def _family(belief: object) -> tuple[str, tuple[float, ...], bool]:
    """Return the vector, the numbers and whether the entry enters theta as a share."""
    match belief:
        case LogitNormal(mu=mu, sigma=sigma):
            return "log_odds", (mu, sigma), True
        case Normal(mu=mu, sigma=sigma):
            return "log_odds", (mu, sigma), False
        case Beta(a=a, b=b):
            return "share", (a, b), False
        case TruncatedNormal(mu=mu, sigma=sigma, low=low, high=high):
            return "forced", (mu, sigma, low, high), False
        case Point(value=value):
            return "point", (value,), False
    raise TypeError(f"no vector for {belief!r}")
