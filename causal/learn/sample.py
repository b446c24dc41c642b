"""Draws from the posterior: direct where nothing conditions, NUTS where something does.

    an expert with               is drawn by
    no evidence                  independent draws from their priors
    evidence                     nutpie's NUTS on the PyMC model, all such experts in one run (they do not interact)
    nothing uncertain at all     one draw suffices, repeated
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from causal.exact.kernel import Floats
from causal.learn.elicited import Elicited
from causal.learn.layout import SAMPLED, Layout, lay_out

CHAINS = 4
DRAWS = 1000
TUNE = 1000
TARGET = 0.9  # acceptance NUTS aims at: judgements that contradict each other bend the posterior


@dataclass(frozen=True)
class Progress:
    """How far a NUTS run is, over all of its chains; draws that tune count as draws."""

    done: int
    total: int
    divergences: int


type Watch = Callable[[Progress], None]  # called a few times a second, on a thread of the sampler's own


@dataclass(frozen=True)
class Draws:
    """Posterior draws of every parameter for every expert.

    ``theta`` has shape (chains, draws, parameters, experts); ``method`` says per expert how they were drawn
    (``iid`` or ``nuts``); ``divergences`` and ``bfmi`` (per chain) are those of the NUTS run, if there was one.
    """

    theta: Floats
    parameters: tuple[str, ...]
    experts: tuple[str, ...]
    method: tuple[str, ...]
    seed: int
    divergences: int = 0
    bfmi: tuple[float, ...] = ()
    seconds: float = 0.0

    @property
    def total(self) -> int:
        """The number of draws of each expert."""
        return int(self.theta.shape[0] * self.theta.shape[1])

    def flat(self, expert: int) -> Floats:
        """Return one expert's draws, shape (parameters, chains * draws)."""
        chains, draws, parameters, _ = self.theta.shape
        return np.ascontiguousarray(self.theta[..., expert].reshape(chains * draws, parameters).T)


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
    started = time.perf_counter()
    rng = np.random.default_rng(seed)
    experts = tuple(elicited.held)
    conditioned = [name for name in experts if news or any(d.expert == name for d in elicited.evidence)]
    everyone = lay_out(elicited)
    theta = everyone.draw(rng, chains * draws).reshape(chains, draws, len(everyone.parameters), len(experts))
    found = Draws(theta, everyone.parameters, experts, ("iid",) * len(experts), seed)
    if conditioned:
        part = replace(elicited, held={name: elicited.held[name] for name in conditioned})
        layout = lay_out(part)
        if layout.free:
            columns = [experts.index(name) for name in conditioned]
            inferred, divergences, bfmi = _nuts(part, layout, seed, draws, tune, chains, news, quiet, watch)
            theta[..., columns] = inferred
            method = tuple("nuts" if name in conditioned else "iid" for name in experts)
            found = replace(found, method=method, divergences=divergences, bfmi=bfmi)
    return replace(found, seconds=time.perf_counter() - started)


def _nuts(
    elicited: Elicited,
    layout: Layout,
    seed: int,
    draws: int,
    tune: int,
    chains: int,
    news: Sequence[int],
    quiet: bool,
    watch: Watch | None,
) -> tuple[Floats, int, tuple[float, ...]]:
    """Return theta of shape (chains, draws, parameters, experts), the divergences and E-BFMI per chain."""
    import nutpie
    from arviz_stats.base import array_stats

    from causal.learn.model import build

    model = build(elicited, layout, news)
    free = [variable.name for variable in model.free_RVs]
    # frozen: static shapes compile in half the time
    compiled = nutpie.compile_pymc_model(model, var_names=free, freeze_model=True)
    settings: dict[str, Any] = {"draws": draws, "tune": tune, "chains": chains, "target_accept": TARGET}
    settings["progress_bar"] = not quiet and watch is None and sys.stderr.isatty()
    settings["progress_callback"] = None if watch is None else lambda chains: watch(_progress(chains))
    run = nutpie.sample(compiled, **settings, seed=seed, cores=chains, store_divergences=False, blocking=False)
    try:
        tree = run.wait()
    except BaseException:  # left to itself, nutpie answers Ctrl-C with the draws it has, as if they were all
        run.cancel()
        raise
    drawn = {name: tree.posterior[name].to_numpy().reshape(chains * draws, -1) for name in free}
    none = np.empty((chains * draws, 0))
    theta = layout.assemble({name: drawn.get(name, none) for name in SAMPLED})
    theta = theta.reshape(chains, draws, *theta.shape[1:])
    stats = tree.sample_stats
    bfmi = np.atleast_1d(array_stats.bfmi(stats["energy"].to_numpy()))
    return theta, int(stats["diverging"].sum()), tuple(float(each) for each in bfmi)


def _progress(chains: Sequence[Any]) -> Progress:
    """Add up what nutpie tells of each chain."""
    return Progress(
        done=sum(chain.finished_draws for chain in chains),
        total=sum(chain.total_draws for chain in chains),
        divergences=sum(chain.divergences for chain in chains),
    )
