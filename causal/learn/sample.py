"""Draws from the posterior, expert by expert: direct where nothing conditions, NUTS where something does.

    an expert with               is drawn by
    no evidence                  independent draws from their priors
    evidence, cases, or a prior  NUTS on their compiled density (density.py, nuts.py), a run of their own
      that a judgement reshapes
    nothing uncertain at all     one draw suffices, repeated

The panel is a mixture, so no expert's posterior depends on another's. Each has a stream of random numbers of their
own, made of the seed and their name: what is drawn for one stays the same whatever the others say.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from causal.errors import ElicitationError
from causal.exact.kernel import Floats
from causal.learn.density import Density, judged, pack, seen, tabled
from causal.learn.elicited import Elicited
from causal.learn.layout import Layout, lay_out
from causal.learn.nuts import Length, Watch, finished

CHAINS = 4
DRAWS = 1000
TUNE = 1000
IID, NUTS = "iid", "nuts"
STARTS = 20  # points at which a density is tried before chains are started on it


@dataclass(frozen=True)
class Target:
    """What one expert's draws are to come from; ``method`` is ``nuts`` or ``iid``.

    Of the layout's parameters the last ``late`` are those of models of cases, the others this model's.
    """

    expert: str
    layout: Layout
    density: Density
    method: str
    late: int


@dataclass(frozen=True)
class Drawn:
    """One expert's draws, theta of shape (chains, draws, parameters), and how they were made.

    The last ``late`` of the parameters are those of models of cases that the expert learns from. ``divergences`` and
    ``bfmi`` (per chain) are those of the NUTS run, if there was one.
    """

    theta: Floats
    parameters: tuple[str, ...]
    method: str = IID
    divergences: int = 0
    bfmi: tuple[float, ...] = ()
    seconds: float = 0.0
    late: int = 0


@dataclass(frozen=True)
class Draws:
    """Posterior draws of every parameter for every expert.

    ``theta`` has shape (chains, draws, parameters, experts); ``method`` says per expert how they were drawn
    (``iid`` or ``nuts``). ``divergences`` adds up the NUTS runs, ``bfmi`` has their chains, run by run. ``aside`` has,
    by expert, the parameters of the models of cases that they learn from, shape (parameters, chains * draws); it is
    empty where nobody learns from one.
    """

    theta: Floats
    parameters: tuple[str, ...]
    experts: tuple[str, ...]
    method: tuple[str, ...]
    seed: int
    divergences: int = 0
    bfmi: tuple[float, ...] = ()
    seconds: float = 0.0
    aside: tuple[Floats, ...] = ()

    @classmethod
    def of(cls, drawn: Mapping[str, Drawn], seed: int) -> Draws:
        """Lay the draws of experts, who have the same parameters, side by side."""
        every = list(drawn.values())
        own = len(every[0].parameters) - every[0].late
        aside = tuple(_flattened(each.theta[..., own:]) for each in every) if any(each.late for each in every) else ()
        return cls(
            np.stack([each.theta[..., :own] for each in every], axis=-1),
            every[0].parameters[:own],
            tuple(drawn),
            tuple(each.method for each in every),
            seed,
            sum(each.divergences for each in every),
            tuple(bfmi for each in every for bfmi in each.bfmi),
            sum(each.seconds for each in every),
            aside,
        )

    @property
    def total(self) -> int:
        """The number of draws of each expert."""
        return int(self.theta.shape[0] * self.theta.shape[1])

    def flat(self, expert: int) -> Floats:
        """Return one expert's draws, shape (parameters, chains * draws)."""
        return self._flat[expert]

    @cached_property
    def _flat(self) -> tuple[Floats, ...]:
        """Every expert's draws as the tape takes them: laid out anew once, and not for each of hundreds of runs."""
        return tuple(_flattened(self.theta[..., expert]) for expert in range(len(self.experts)))

    def whole(self, expert: int) -> Floats:
        """Return one expert's draws of this model and, behind it, of the models of cases that they learn from."""
        return np.concatenate([self.flat(expert), self.aside[expert]]) if self.aside else self.flat(expert)


def _flattened(theta: Floats) -> Floats:
    """Return draws, shape (chains, draws, parameters), as a tape takes them: (parameters, chains * draws)."""
    return np.ascontiguousarray(theta.reshape(theta.shape[0] * theta.shape[1], theta.shape[-1]).T)


def aim(elicited: Elicited, news: Sequence[int] = ()) -> tuple[Target, ...]:
    """Return what to draw from, an expert each.

    ``news`` are slots of probabilities of what has been seen (case level): every expert is then conditioned on them.
    """
    return tuple(_target(elicited, expert, news) for expert in elicited.held)


def _target(elicited: Elicited, expert: str, news: Sequence[int]) -> Target:
    evidence = [each for each in elicited.evidence if each.expert == expert]
    shaping = [derived for derived in elicited.shaping if derived.expert == expert]
    beside = elicited.taught(expert)
    sight = [each for each in elicited.seen(news) if each.of(expert) > 0]
    sight += [each for model in beside for each in model.cases if each.of(expert) > 0]
    linked = [(each.slot, within) for model in beside for each in model.links if (within := each.link.of(expert))]
    asked = [each.slot for every in (evidence, sight, shaping) for each in every]
    late = elicited.late(expert)
    tape = elicited.network.recorder.tape([*asked, *(slot for slot, _ in linked)], late)
    slots = tape.outputs.tolist()
    terms = [judged(slot, each.mean, each.sd) for each, slot in zip(evidence, slots, strict=False)]
    terms += [seen(slot, each.of(expert)) for slot, each in zip(slots[len(evidence) :], sight, strict=False)]
    last = slots[len(evidence) + len(sight) : len(asked)]
    terms += [tabled(slot, each.table) for slot, each in zip(last, shaping, strict=True) if each.table]
    terms += [judged(slot, 0.0, within) for slot, (_, within) in zip(slots[len(asked) :], linked, strict=True)]
    layout = lay_out(elicited, expert, beside=beside)
    method = NUTS if terms and layout.free else IID
    return Target(expert, layout, pack(layout, tape, terms), method, len(late))


def sample(
    elicited: Elicited,
    seed: int = 1,
    draws: int = DRAWS,
    tune: int = TUNE,
    chains: int = CHAINS,
    news: Sequence[int] = (),
    quiet: bool = True,
    watch: Watch | None = None,
) -> Draws:
    """Draw from the posterior of every expert; the same seed gives the same draws.

    ``news`` are slots of probabilities of what has been seen (case level): every expert is then conditioned on them.
    ``watch`` is told how far NUTS is; without it, and where ``quiet`` is false, nutpie draws a bar of its own.
    """
    return Draws.of(draw(aim(elicited, news), seed, Length(draws, tune, chains), quiet, watch), seed)


def draw(
    targets: Sequence[Target], seed: int, length: Length, quiet: bool = True, watch: Watch | None = None,
    done: Callable[[str, Drawn], object] = lambda *_: None,
) -> dict[str, Drawn]:  # fmt: skip
    """Draw from each target, in their order; what is drawn for one does not depend on the others.

    ``done`` is called with each expert and their draws as soon as they are made.
    """
    streams = {target.expert: np.random.default_rng([seed, *target.expert.encode()]) for target in targets}
    found: dict[str, Drawn] = {}
    for target in targets:
        if target.method == IID:
            started = time.perf_counter()
            theta = target.layout.draw(streams[target.expert], length.chains * length.draws)
            theta = theta.reshape(length.chains, length.draws, -1)
            seconds = time.perf_counter() - started
            found[target.expert] = Drawn(theta, target.layout.parameters, seconds=seconds, late=target.late)
            done(target.expert, found[target.expert])
    conditioned = [target for target in targets if target.method == NUTS]
    for target in conditioned:
        _check_start(target)
    if conditioned:
        seeds = [int(streams[target.expert].integers(2**63)) for target in conditioned]
        bar = not quiet and watch is None and sys.stderr.isatty()
        for place, made in finished([target.density for target in conditioned], seeds, length, bar, watch):
            target = conditioned[place]
            run = (NUTS, made.divergences, made.bfmi, made.seconds, target.late)
            found[target.expert] = Drawn(made.theta, target.layout.parameters, *run)
            done(target.expert, found[target.expert])
    return {target.expert: found[target.expert] for target in targets}


def _check_start(target: Target) -> None:
    """Raise ElicitationError where no point near the middle of the priors has a density: chains could not start."""
    rng = np.random.default_rng(0)
    for _ in range(STARTS):
        with suppress(ValueError):
            target.density(rng.uniform(-1.0, 1.0, target.density.entries))
            return
    raise ElicitationError(
        f"what {target.expert} judges, or what was seen, has probability zero wherever their numbers are looked at: "
        "a judgement that is evidence is of something certain or impossible; leave it out, or write 'use: check'"
    )
