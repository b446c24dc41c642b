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
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from causal.errors import ElicitationError
from causal.exact.kernel import Floats
from causal.learn.density import Density, judged, pack, seen, tabled
from causal.learn.elicited import Elicited
from causal.learn.layout import Layout, lay_out
from causal.learn.nuts import Length, Watch, run

CHAINS = 4
DRAWS = 1000
TUNE = 1000
IID, NUTS = "iid", "nuts"
STARTS = 20  # points at which a density is tried before chains are started on it


@dataclass(frozen=True)
class Target:
    """What one expert's draws are to come from; ``method`` is ``nuts`` or ``iid``."""

    expert: str
    layout: Layout
    density: Density
    method: str


@dataclass(frozen=True)
class Drawn:
    """One expert's draws, theta of shape (chains, draws, parameters), and how they were made.

    ``divergences`` and ``bfmi`` (per chain) are those of the NUTS run, if there was one.
    """

    theta: Floats
    parameters: tuple[str, ...]
    method: str = IID
    divergences: int = 0
    bfmi: tuple[float, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True)
class Draws:
    """Posterior draws of every parameter for every expert.

    ``theta`` has shape (chains, draws, parameters, experts); ``method`` says per expert how they were drawn
    (``iid`` or ``nuts``). ``divergences`` adds up the NUTS runs, ``bfmi`` has their chains, run by run.
    """

    theta: Floats
    parameters: tuple[str, ...]
    experts: tuple[str, ...]
    method: tuple[str, ...]
    seed: int
    divergences: int = 0
    bfmi: tuple[float, ...] = ()
    seconds: float = 0.0

    @classmethod
    def of(cls, drawn: Mapping[str, Drawn], seed: int) -> Draws:
        """Lay the draws of experts, who have the same parameters, side by side."""
        every = list(drawn.values())
        return cls(
            np.stack([each.theta for each in every], axis=-1),
            every[0].parameters,
            tuple(drawn),
            tuple(each.method for each in every),
            seed,
            sum(each.divergences for each in every),
            tuple(bfmi for each in every for bfmi in each.bfmi),
            sum(each.seconds for each in every),
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
        chains, draws, parameters, experts = self.theta.shape
        every = (self.theta[..., expert].reshape(chains * draws, parameters).T for expert in range(experts))
        return tuple(np.ascontiguousarray(each) for each in every)


def aim(elicited: Elicited, news: Sequence[int] = ()) -> tuple[Target, ...]:
    """Return what to draw from, an expert each.

    ``news`` are slots of probabilities of what has been seen (case level): every expert is then conditioned on them.
    """
    return tuple(_target(elicited, expert, news) for expert in elicited.held)


def _target(elicited: Elicited, expert: str, news: Sequence[int]) -> Target:
    evidence = [each for each in elicited.evidence if each.expert == expert]
    shaping = [derived for derived in elicited.shaping if derived.expert == expert]
    sight = elicited.seen(news)
    asked = [*(each.slot for each in evidence), *(each.slot for each in sight), *(each.slot for each in shaping)]
    tape = elicited.network.recorder.tape(asked)
    slots = tape.outputs.tolist()
    terms = [judged(slot, each.mean, each.sd) for each, slot in zip(evidence, slots, strict=False)]
    terms += [seen(slot, each.weight) for slot, each in zip(slots[len(evidence) :], sight, strict=False)]
    last = slots[len(evidence) + len(sight) :]
    terms += [tabled(slot, each.table) for slot, each in zip(last, shaping, strict=True) if each.table]
    layout = lay_out(elicited, expert)
    return Target(expert, layout, pack(layout, tape, terms), NUTS if terms and layout.free else IID)


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
    targets: Sequence[Target], seed: int, length: Length, quiet: bool = True, watch: Watch | None = None
) -> dict[str, Drawn]:
    """Draw from each target, in their order; what is drawn for one does not depend on the others."""
    streams = {target.expert: np.random.default_rng([seed, *target.expert.encode()]) for target in targets}
    found: dict[str, Drawn] = {}
    for target in targets:
        if target.method == IID:
            started = time.perf_counter()
            theta = target.layout.draw(streams[target.expert], length.chains * length.draws)
            theta = theta.reshape(length.chains, length.draws, -1)
            names = target.layout.parameters
            found[target.expert] = Drawn(theta, names, seconds=time.perf_counter() - started)
    conditioned = [target for target in targets if target.method == NUTS]
    for target in conditioned:
        _check_start(target)
    if conditioned:
        seeds = [int(streams[target.expert].integers(2**63)) for target in conditioned]
        bar = not quiet and watch is None and sys.stderr.isatty()
        runs = run([target.density for target in conditioned], seeds, length, bar, watch)
        for target, made in zip(conditioned, runs, strict=True):
            names = target.layout.parameters
            found[target.expert] = Drawn(made.theta, names, NUTS, made.divergences, made.bfmi, made.seconds)
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
