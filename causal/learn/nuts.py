"""NUTS on a compiled density: the Rust half of nutpie, without its Python half.

    nutpie         PyMC models to C functions, draws to ArviZ       imports ArviZ, and with it Matplotlib: seconds
    nutpie._lib    the sampler, its threads and its progress        imports nothing

The density is a C function already and its draws go into an array, so only the second is loaded. What it takes and
gives is held by tests against nutpie's front door; the pins name its version.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.machinery import PathFinder
from itertools import batched
from numbers import Integral
from typing import Any

import numpy as np

from causal.errors import UsageError
from causal.exact.kernel import Floats
from causal.learn import compiled
from causal.learn.density import Density

TARGET = 0.9  # acceptance NUTS aims at: judgements that contradict each other bend the posterior
REACH = 1.0  # chains start within this many prior sd of the middle
RATE = 100  # milliseconds between two looks at the progress
TURN = 0.05  # seconds to wait for one of several samplers
ENTRY, THETA = "entry", "theta"


@dataclass(frozen=True)
class Progress:
    """How far the NUTS runs are, over all of their chains; draws that tune count as draws."""

    done: int
    total: int
    divergences: int


type Watch = Callable[[Progress], None]  # called a few times a second, on a thread of the sampler's own


@dataclass(frozen=True)
class Length:
    """How long each of how many chains is."""

    draws: int
    tune: int
    chains: int

    @property
    def total(self) -> int:
        """The draws of all chains, those that tune among them."""
        return self.chains * (self.tune + self.draws)

    @classmethod
    def of(cls, seed: int, draws: int, tune: int, chains: int) -> Length:
        """Return how long a run is that somebody asked for; raise UsageError where that, or the seed, makes no sense.

        >>> Length.of(seed=1, draws=500, tune=1000, chains=4).total
        6000
        """
        for name, value, least in (("seed", seed, 0), ("draws", draws, 1), ("tune", tune, 1), ("chains", chains, 1)):
            if not isinstance(value, Integral) or isinstance(value, bool) or value < least:
                raise UsageError(f"{name} is a whole number from {least} on, not {value!r}")
        return cls(draws, tune, chains)


@dataclass(frozen=True)
class Chains:
    """What a run gave: theta (chains, draws, parameters), divergences, energies (chains, draws), seconds."""

    theta: Floats
    divergences: int
    energy: Floats
    seconds: float

    @property
    def bfmi(self) -> tuple[float, ...]:
        """The estimated Bayesian fraction of missing information of each chain (Betancourt 2016)."""
        with np.errstate(invalid="ignore", divide="ignore"):
            found = np.square(np.diff(self.energy)).mean(axis=1) / self.energy.var(axis=1, ddof=1)
        return tuple(float(each) for each in found)


def run(
    densities: Sequence[Density], seeds: Sequence[int], length: Length, bar: bool = False, watch: Watch | None = None
) -> list[Chains]:
    """Draw from each density, as many at a time as there are cores for their chains.

    The draws of one depend on its own seed alone. ``watch`` is told how far all are; ``bar`` has nutpie draw its own.
    """
    found = dict(finished(densities, seeds, length, bar, watch))
    return [found[place] for place in range(len(densities))]


def finished(
    densities: Sequence[Density], seeds: Sequence[int], length: Length, bar: bool = False, watch: Watch | None = None
) -> Iterator[tuple[int, Chains]]:
    """Yield the place of each density and its draws as soon as they are made, as ``run`` makes them."""
    at_once = max(1, (os.process_cpu_count() or 1) // length.chains)
    board = _Board(len(densities) * length.total, watch)
    for batch in batched(enumerate(zip(densities, seeds, strict=True)), at_once, strict=False):
        yield from _together(batch, length, bar, board)


def _together(
    batch: Sequence[tuple[int, tuple[Density, int]]], length: Length, bar: bool, board: _Board
) -> Iterator[tuple[int, Chains]]:
    started = time.perf_counter()
    running: dict[int, Any] = {}
    try:
        for place, (density, seed) in batch:
            running[place] = _start(density, seed, length, bar, board.place())
        while running:
            for place, sampler in list(running.items()):
                if _done(sampler, TURN if len(running) > 1 else None):
                    del running[place]
                    yield place, _taken(sampler.take_results(), length, time.perf_counter() - started)
    except BaseException:  # left to itself, the sampler goes on behind an interrupt
        for sampler in running.values():
            sampler.abort()
        raise


def _done(sampler: Any, seconds: float | None) -> bool:
    """Wait for a sampler, at most so long, and return whether it is finished; raise what went wrong in it."""
    with suppress(TimeoutError):
        sampler.wait(seconds)
        return bool(seconds is None or sampler.is_finished())
    return False


class _Board:
    """Adds up how far the runs are."""

    def __init__(self, total: int, watch: Watch | None) -> None:
        self.total, self.watch = total, watch
        self.seen: list[tuple[int, int]] = []

    def place(self) -> Callable[[Sequence[Any]], None] | None:
        """Return what the next run is to call."""
        if self.watch is None:
            return None
        at, watch = len(self.seen), self.watch
        self.seen.append((0, 0))

        def told(chains: Sequence[Any]) -> None:
            self.seen[at] = (sum(each.finished_draws for each in chains), sum(each.divergences for each in chains))
            watch(Progress(sum(done for done, _ in self.seen), self.total, sum(bad for _, bad in self.seen)))

        return told


def _start(density: Density, seed: int, length: Length, bar: bool, told: Any) -> Any:
    """Start the chains of one density, each on a thread, and return the sampler."""
    rust = _rust()
    logp, expand = compiled.functions()
    sizes = {ENTRY: density.entries, THETA: density.parameters}
    where = density.block.ctypes.data
    variables = rust.PyVariable.new_variables([THETA], ["float64"], [(density.parameters,)], sizes, {THETA: [THETA]})
    model = rust.PyMcModel(
        # the last argument is kept alive as long as the function is
        rust.LogpFunc(logp.address, where, density),
        rust.ExpandFunc(density.entries, density.parameters, expand.address, where, density),
        variables,
        density.entries,
        sizes,
        {},
        lambda chain: np.random.default_rng(chain).uniform(-REACH, REACH, density.entries),
        None,
    )
    settings = rust.PyNutsSettings.Diag(seed)
    settings.update(
        {
            "num_draws": length.draws,
            "num_tune": length.tune,
            "num_chains": length.chains,
            "target_accept": TARGET,
        }
    )
    kind = rust.ProgressType.indicatif(RATE) if bar else rust.ProgressType.none()
    return rust.PySampler.from_pymc(settings, length.chains, model, kind, told, RATE, rust.PyStorage.arrow())


def _taken(results: Any, length: Length, seconds: float) -> Chains:
    """Return the draws after tuning, from the tables that the sampler filled."""
    import arro3.core

    theta, energy, divergences = [], [], 0
    for drawn, stats in zip(*results.get_arrow_trace(), strict=True):
        flat = np.asarray(arro3.core.list_flatten(drawn.column(THETA)))
        theta.append(flat.reshape(length.tune + length.draws, -1)[length.tune :])
        energy.append(np.asarray(stats.column("energy"))[length.tune :])
        divergences += int(np.asarray(stats.column("diverging"))[length.tune :].sum())
    return Chains(np.stack(theta), divergences, np.stack(energy), seconds)


def _rust() -> Any:
    """Return nutpie's Rust half, loaded past the front door of its package."""
    name = "nutpie._lib"
    if name not in sys.modules:
        package = importlib.util.find_spec("nutpie")
        if package is None or (spec := PathFinder.find_spec(name, package.submodule_search_locations)) is None:
            raise ImportError("nutpie is not installed")
        module = importlib.util.module_from_spec(spec)
        assert spec.loader is not None
        spec.loader.exec_module(module)
        sys.modules[name] = module
    return sys.modules[name]
