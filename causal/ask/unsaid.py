"""The headline had an expert not made one of their judgements on mechanisms: the default, or a weak prior, instead.

    without it      held is what the file without that line makes of it (holding.py); priors of G are others
    weighed         the expert's draws with G drawn anew (redrawn.py), in a second attempt more of them
    drawn anew      where the weights will not do (without.py)
    kept            what cannot be left out, with the reason

An order that is evidence is held to anew. A judgement that reshapes the prior (melding.py) has its table made anew
where G moves it. A judgement that nothing connects with the headline cannot move it, and is not listed. A panel pooled
into one posterior stays as it is: what moves is the expert's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from causal.ask.headline import Headline
from causal.ask.orders import weighed
from causal.ask.phrases import phrase
from causal.ask.redrawn import Side, mean, pieces, redraw
from causal.ask.stating import moved_together
from causal.ask.without import LeftOut, redrawn
from causal.elicit import Cuts
from causal.errors import CausalError, ElicitationError, ImpossibleEvidence
from causal.learn.elicited import Elicited, Held
from causal.learn.gate import PASS, Gate, diagnose, judge_run
from causal.learn.holding import unsaid
from causal.learn.melding import reshape
from causal.learn.sample import NUTS, Draws
from causal.learn.table import Table
from causal.spec.model import frozen
from causal.spec.priors import Judgement

EFFORTS = ((1_000, 4), (4_000, 16))  # draws at most, and M: the second where weights from the first will not do
POOR = "weights will not do, and these draws cannot be made anew"


@dataclass(frozen=True)
class Silence:
    """What an expert's own headline moves by without one judgement on a mechanism.

    ``instead`` says what stands in its place: ``default`` or ``weak`` or both. ``error`` is the Monte Carlo error of
    the shift; ``k`` is Pareto k of the weights, also where all was drawn anew.
    """

    expert: str
    judgement: Judgement
    words: str
    instead: tuple[str, ...]
    own_shift: float
    error: float
    k: float
    refitted: bool
    gate: Gate


@dataclass(frozen=True)
class Kept:
    """A judgement on a mechanism that could not be left out, and why."""

    expert: str
    question: str
    words: str
    why: str

    def to_dict(self) -> dict[str, str]:
        """Return everything as JSON-ready facts."""
        return {"expert": self.expert, "question": self.question, "words": self.words, "why": self.why}


def silences(head: Headline) -> tuple[tuple[Silence, ...], tuple[Kept, ...]]:
    """Return the headline without each judgement on a mechanism that can move it, and those that cannot be left out."""
    found: list[Silence] = []
    kept: list[Kept] = []
    poor: list[tuple[_Without, float]] = []
    for without in _each(head, kept):
        try:
            silence, k = without.weighed()
        except ImpossibleEvidence as error:
            kept.append(without.kept(str(error)))
            continue
        if silence is not None:
            found.append(silence)
        elif head.panel.refit is None:
            kept.append(without.kept(POOR))
        else:
            poor.append((without, k))
    made = redrawn(head.panel, [without.less for without, _ in poor])
    for (without, k), draws in zip(poor, made, strict=True):
        try:
            silence = without.refitted(draws, k)
        except CausalError as error:
            kept.append(without.kept(str(error)))
            continue
        if silence.gate.withholds:
            kept.append(without.kept(str(silence.gate.findings[0])))
        else:
            found.append(silence)
    return tuple(found), tuple(kept)


def _each(head: Headline, kept: list[Kept]) -> Iterator[_Without]:
    """Yield every judgement on a mechanism that can move the headline; ``kept`` is told of what cannot be left out."""
    elicited = head.panel.elicited
    for name in head.panel.experts:
        expert = _Expert(head, name)
        said = {id(each.judgement): each.judgement for each in elicited.said[name].values()}
        for judgement in sorted(said.values(), key=lambda each: each.line):
            if not (expert.connected & expert.touched(judgement)).any():
                continue
            words = phrase(judgement.about, elicited.network.model)
            try:
                yield _Without(expert, judgement, words, reduced(elicited, name, judgement))
            except ElicitationError as error:
                kept.append(Kept(name, str(judgement.about), words, str(error)))


def reduced(elicited: Elicited, expert: str, judgement: Judgement) -> Elicited:
    """Return what one expert alone would have been read as had they not made a judgement, which sets parameters.

    Raises ElicitationError where what else they said does not go without it.
    """
    held = unsaid(elicited, expert, judgement)
    derived = tuple(each for each in elicited.derived if each.expert == expert)
    compared = tuple(each for each in elicited.compared if each.expert == expert)
    less = replace(elicited, held=frozen({expert: held}), derived=derived, compared=compared, pool=None)
    shaped = [each.slot for each in less.shaping]
    moved = changed(elicited.held[expert], held)
    if not shaped or not elicited.network.recorder.tape(shaped).moved_by(moved).any():
        return less
    wrong: list[CausalError] = []
    less = reshape(less, lambda _, error: wrong.append(error))
    if wrong:
        raise ElicitationError(str(wrong[0]))
    return less


def changed(before: Held, after: Held) -> NDArray[np.bool_]:
    """Return which parameters have another prior, shape (parameters,); of an ordered variable's cuts all or none."""
    cuts = {group for group, was in before.cuts.items() if _numbers(was) != _numbers(after.cuts[group])}
    pairs = zip(before.priors, after.priors, strict=True)
    return np.array(
        [p.parameter.group in cuts if p.parameter.scale == "cut" else p.belief != q.belief for p, q in pairs],
        dtype=bool,
    )


def _numbers(cuts: Cuts) -> tuple[object, ...]:
    return cuts.anchor, cuts.gaps, cuts.medians


class _Expert:
    """One expert's draws of the headline, and what moves what; looked at once for all of their judgements."""

    def __init__(self, head: Headline, name: str) -> None:
        self.head, self.name = head, name
        self.elicited, self.row = head.panel.elicited, head.panel.draws.experts.index(name)
        self.orders = tuple(
            each for each in self.elicited.compared if each.use == "evidence" and each.expert == name
        )  # fmt: skip
        self.pieces, self.late = pieces(self.elicited, name), self.elicited.late(name)

    def touched(self, judgement: Judgement) -> NDArray[np.bool_]:
        """Return which parameters a judgement sets, or is the reference of."""
        said = self.elicited.said[self.name]
        mine = {name for name, each in said.items() if each.judgement is judgement}
        of = ((p.name, said.get(p.name)) for p in self.elicited.network.parameters)
        return np.array([name in mine or (each is not None and each.reference in mine) for name, each in of])

    @cached_property
    def ties(self) -> NDArray[np.bool_]:
        """Which parameters each piece, and then each order, looks at, shape (pieces and orders, parameters)."""
        slots = [*(each.slot for each in self.pieces), *(each.slot for each in self.orders)]
        tape, count = self.elicited.network.recorder.tape(slots, self.late), len(self.elicited.network.parameters)
        every = np.eye(count, count + len(self.late), dtype=bool)
        return np.array([tape.moved_by(each) for each in every], dtype=bool).reshape(count, len(slots)).T

    @property
    def linked(self) -> NDArray[np.bool_]:
        """Which parameters have links to models of cases, which tie them to each other."""
        links = {link.slot for beside in self.elicited.taught(self.name) for link in beside.links}
        return np.asarray(self.ties[[at for at, each in enumerate(self.pieces) if each.slot in links]].any(axis=0))

    @cached_property
    def connected(self) -> NDArray[np.bool_]:
        """Which parameters can move the headline, by themselves or through what ties them to others."""
        together = moved_together(self.elicited.network.parameters)
        ties = np.concatenate([self.ties, self.linked[None], together])
        found = self.head.relevant
        while True:
            more = found | ties[(ties & found).any(axis=1)].any(axis=0)
            if (more == found).all():
                return more
            found = more


@dataclass(frozen=True)
class _Without:
    """One judgement left out: ``less`` is what its expert alone is read as without it."""

    expert: _Expert
    judgement: Judgement
    words: str
    less: Elicited

    @cached_property
    def moved(self) -> NDArray[np.bool_]:
        """Which parameters have another prior."""
        return changed(self.expert.elicited.held[self.expert.name], self.less.held[self.expert.name])

    @property
    def title(self) -> str:
        """The headline without it."""
        whose = self.expert.head.panel.called(self.expert.name)
        return f"{self.expert.head.question} by {whose} without '{self.judgement.about}'"

    def kept(self, why: str) -> Kept:
        """Return it as one that could not be left out."""
        return Kept(self.expert.name, str(self.judgement.about), self.words, why)

    def silence(self, shift: float, error: float, k: float, refitted: bool, gate: Gate) -> Silence:
        """Return what came of it."""
        own = self.expert.elicited.said[self.expert.name]
        priors = self.less.held[self.expert.name].priors
        instead = {p.origin for p in priors if (said := own.get(p.parameter.name)) and said.judgement is self.judgement}
        what = (self.expert.name, self.judgement, self.words, tuple(sorted(instead)))
        return Silence(*what, shift, error, k, refitted, gate)

    def weighed(self) -> tuple[Silence | None, float]:
        """Return what weights make of it, and Pareto k; no silence where they will not do.

        Raises ImpossibleEvidence where no draw is left that could be weighed.
        """
        if not self.moved.any():
            return self.silence(0.0, 0.0, -np.inf, False, Gate()), -np.inf
        expert, k = self.expert, np.inf
        for most, times in EFFORTS:
            draws, about = expert.head.panel.draws, str(self.judgement.about)
            theta = np.ascontiguousarray(draws.whole(expert.row)[:, expert.head.thinned(most)])
            rng = np.random.default_rng([draws.seed, *expert.name.encode(), *about.encode()])
            found = redraw(expert.head, theta, self.moved, *self._sides(), expert.orders, times, rng, expert.late)
            weights = found.weights
            gate = weights.gate(f"weights of {self.title}") if weights else Gate()
            k = weights.k if weights else -np.inf
            if gate.verdict == PASS:
                return self.silence(found.shift, found.error, k, False, gate), k
        return None, k

    def _sides(self) -> tuple[Side, Side]:
        """Return the posteriors with the judgement and without: of pieces those that are moved, or whose table is."""
        expert, name = self.expert, self.expert.name
        ties = (expert.ties[: len(expert.pieces)] & self.moved).any(axis=1)
        others = pieces(self.less, name) if self.less.shaping else expert.pieces
        pairs = [
            (was, now)
            for was, now, tie in zip(expert.pieces, others, ties, strict=True)
            if tie or (isinstance(was.logs, Table) and was.logs != now.logs)
        ]
        old, new = (tuple(pair[side] for pair in pairs) for side in (0, 1))
        return Side(expert.elicited.held[name], old), Side(self.less.held[name], new)

    def refitted(self, draws: Draws | CausalError, k: float) -> Silence:
        """Return what draws of their own make of it; raises what went wrong with them."""
        if isinstance(draws, CausalError):
            raise draws
        head, name = self.expert.head, self.expert.name
        theta = draws.flat(0)
        values, share = head.run(theta), np.full(draws.total, 1.0 / draws.total)
        if self.expert.orders:
            tape = head.network.recorder.tape([each.slot for each in self.expert.orders])
            share = weighed(share, tape.values(theta) > 0, self.expert.orders)
        out = LeftOut(draws, name, share, k, True, judge_run(draws))
        own = mean(values, share)
        spread = float(np.sqrt(mean((values - own) ** 2, share)))
        size = diagnose(values.reshape(1, draws.theta.shape[0], -1), NUTS, np.array([False])).mean[0]
        error = float(np.hypot(spread / np.sqrt(size), head.answer.estimates[name, ""].mcse))
        return self.silence(own - head.means[name], error, k, True, out.diagnosed(values, self.title))
