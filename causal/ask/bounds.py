"""What a counterfactual rests on, beside its answer: both couplings, and what holds whatever the coupling.

    comonotone, independent     the same question under either assumption about what stays the same across worlds;
                                two assumptions, and not bounds
    tian_pearl                  what doing and seeing alone imply, where the question is of that kind
    sharp                       the least and the most that any coupling with the same margins gives, by linear program

Tian-Pearl bounds are computed for every draw, and the sharp ones for ``PROGRAMS`` of them; what is shown is the mean
over the panel. The sharp ones are anchored: what is averaged over the few draws is their distance from Tian and Pearl's
bounds, or from the answer where there are none, and it is taken from the mean of these over all draws.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import linprog

from causal.errors import TooLarge
from causal.exact.answer import Writer, Written
from causal.exact.bounds import Program, program, tian_pearl
from causal.exact.coupling import COMONOTONE, COUPLINGS, INDEPENDENT, INHIBITORS
from causal.exact.kernel import Floats
from causal.spec.question import Probability

if TYPE_CHECKING:
    from causal.ask.panel import Panel

PROGRAMS = 200  # draws, over the whole panel, for which the linear programs are solved
OWN: Mapping[str, str] = {
    COMONOTONE: "one luck for every situation of the parents (comonotone)",
    INHIBITORS: "a luck of its own for each cause or need (its inhibitor)",
    INDEPENDENT: "a luck of its own for every situation of the parents (independent)",
}
SLACK = 1e-6  # by how much a solver's answer may miss what it has to contain

Pair = tuple[float, float]


@dataclass(frozen=True)
class Coupled:
    """A question's answer under one coupling of all variables for which it is an assumption.

    ``mean`` is of the quantity that was answered: of a comparison the share of draws in which it holds, which has no
    interval (None).
    """

    mean: float
    lower: float | None
    upper: float | None
    by_expert: Mapping[str, float]


@dataclass(frozen=True)
class Sharp:
    """Mean bounds over all couplings, from so many ``draws`` and a program of so many response ``functions``."""

    lower: float
    upper: float
    functions: int
    draws: int


@dataclass(frozen=True)
class Bounds:
    """What an answer on rung 3 rests on; ``coupled`` maps the variables whose coupling is assumed to that coupling.

    A coupling is ``comonotone``, ``independent`` or ``inhibitors`` (a luck of its own for each cause). ``couplings`` is
    empty where nothing is assumed; ``told`` names the variables whose mechanism says by itself what stays the same;
    ``without`` says why there is no ``sharp``; ``share``: what was asked is a comparison, answered by a share of draws.
    """

    coupled: Mapping[str, str]
    couplings: Mapping[str, Coupled]
    tian_pearl: Pair | None = None
    sharp: Sharp | None = None
    without: str = ""
    told: tuple[str, ...] = ()
    share: bool = False

    @property
    def text(self) -> str:
        """What the number assumes, in a few sentences."""
        if not self.coupled and self.told:
            return (
                f"What stays the same across worlds is said by the mechanisms themselves for {', '.join(self.told)} "
                "(response types, rules), so there is no other coupling to compare it with."
            )
        if not self.coupled:
            return (
                "It needs no assumption about what stays the same across worlds: no variable that it depends on is "
                "looked at in two of them at once."
            )
        own = [(how, [name for name, each in self.coupled.items() if each == how]) for how in OWN]
        assumed = "; ".join(f"{OWN[how]} for {', '.join(names)}" for how, names in own if names)
        parts = [f"The number assumes what stays the same across worlds: {assumed}."]
        if self.couplings:
            parts.append(f"{self._otherwise()}: two assumptions, not bounds.")
        if self.sharp is not None:
            parts.append(f"Any coupling gives between {self.sharp.lower:.3f} and {self.sharp.upper:.3f}.")
        if self.tian_pearl is not None:
            low, high = self.tian_pearl
            parts.append(f"Seeing and doing alone bound it between {low:.3f} and {high:.3f} (Tian and Pearl).")
        return " ".join(parts)

    def _otherwise(self) -> str:
        """Return what the answer would be with the luck of all these variables coupled in one way."""
        number = (lambda mean: f"{100 * mean:.1f} % of the draws") if self.share else "{:.3f}".format
        both = " and ".join(f"{number(each.mean)} with {name} luck for all" for name, each in self.couplings.items())
        return f"It would {'hold in' if self.share else 'be'} {both}"

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-ready facts."""
        sharp = self.sharp
        return {
            "text": self.text,
            "coupled": list(self.coupled),
            "own": dict(self.coupled),
            "told": list(self.told),
            "couplings": {
                name: {"mean": e.mean, "lower": e.lower, "upper": e.upper, "by_expert": dict(e.by_expert)}
                for name, e in self.couplings.items()
            },
            "tian_pearl": None if self.tian_pearl is None else list(self.tian_pearl),
            "sharp": None
            if sharp is None
            else {"lower": sharp.lower, "upper": sharp.upper, "functions": sharp.functions, "draws": sharp.draws},
            "without": self.without,
        }


@dataclass(frozen=True)
class Alternatives:
    """The slots that the bounds of one question are made from: one per coupling, and Tian and Pearl's two."""

    couplings: Mapping[str, int]
    tian_pearl: tuple[int, int] | None

    @property
    def slots(self) -> tuple[int, ...]:
        """All slots to be run."""
        return (*self.couplings.values(), *(self.tian_pearl or ()))


def alternatives(writer: Writer, page: Written) -> Alternatives:
    """Write the same question under both couplings, and Tian and Pearl's bounds where they hold."""
    if page.states or not page.coupled:
        return Alternatives({}, None)
    asked = page.reckoned
    pair = tian_pearl(writer, asked) if isinstance(asked, Probability) else None
    try:
        return Alternatives({name: writer.write(page.question, name).slots[0] for name in COUPLINGS}, pair)
    except TooLarge:  # a mechanism that factorises may have no table that could be coupled otherwise
        return Alternatives({}, pair)


def sharpest(panel: Panel, page: Written, anchors: Sequence[int], means: Pair) -> Sharp | str:
    """Return the mean bounds of a question over a few draws of the panel, or why there are none.

    ``anchors`` are the slots that the bounds' distance is taken from, below and above; ``means`` their panel means.
    """
    if not isinstance(page.reckoned, Probability):
        return "it is made of several probabilities"
    made = program(panel.elicited.writer, page.reckoned)
    if isinstance(made, str):
        return made
    recorder, weights = panel.elicited.network.recorder, panel.weights
    sides = made.sides.ravel().tolist()
    tape = recorder.tape([*made.weights.tolist(), *sides, made.given, page.slots[0], *anchors])
    gaps = np.zeros(2)
    solved = 0
    for name, weight in weights.items():
        theta = panel.draws.flat(panel.draws.experts.index(name))
        count = min(theta.shape[1], max(1, round(PROGRAMS * weight)))
        chosen = np.unique(np.linspace(0, theta.shape[1] - 1, count).astype(int))
        values = tape.values(np.ascontiguousarray(theta[:, chosen]))
        gaps += weight * np.mean([_gap(made, column) for column in values.T], axis=0)
        solved += len(chosen)
    low, high = np.clip(np.array(means) + gaps, 0.0, 1.0)
    return Sharp(float(low), float(high), made.size, solved)


def _gap(made: Program, column: Floats) -> Pair:
    """Return how far the bounds lie above their anchors at one draw."""
    ends = np.cumsum([made.weights.size, made.sides.size])
    weights, sides = column[: ends[0]], column[ends[0] : ends[1]].reshape(made.sides.shape).prod(axis=1)
    given, answer, *anchors = column[ends[1] :]
    reach = made.makes @ weights / given
    low, high = (sign * _least(sign * reach, made, sides) for sign in (1.0, -1.0))
    if not low - SLACK <= answer <= high + SLACK:
        raise ArithmeticError(f"bounds from {low} to {high} do not contain {answer}")
    return float(min(low, answer) - anchors[0]), float(max(high, answer) - anchors[1])


def _least(reach: Floats, made: Program, sides: Floats) -> float:
    """Return the least that a program reaches."""
    found = linprog(reach, A_eq=made.fixes.astype(float), b_eq=sides, bounds=(0.0, 1.0), method="highs")
    if found.fun is None or not found.success:
        raise ArithmeticError(f"the linear program was not solved: {found.message}")
    return float(found.fun)
