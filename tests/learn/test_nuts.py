"""The sampler behind nutpie's front door: the same draws as through it, progress, and an end when told to."""

from __future__ import annotations

import os
import signal
import threading
import time
from itertools import pairwise

import numpy as np
import pytest

import causal
from causal.learn import compiled
from causal.learn.density import Density
from causal.learn.nuts import TARGET, Length, Progress, run
from causal.learn.sample import aim


@pytest.fixture(scope="module")
def density() -> Density:
    return aim(causal.load("rain").elicited)[0].density


def through_the_door(density: Density, seed: int, length: Length):
    """Draw with ``nutpie.sample``, from what ``nutpie.compile_pymc_model`` would make of the same C functions."""
    import nutpie
    from nutpie.compile_pymc import CompiledPyMCModel

    logp, expand = compiled.functions()
    names, shape = ["theta"], (density.parameters,)
    model = CompiledPyMCModel(
        dims={"theta": ("parameter",)},
        compiled_logp_func=logp,
        compiled_expand_func=expand,
        initial_point_func=lambda chain: np.random.default_rng(chain).uniform(-1, 1, density.entries),
        shared_data={},
        shared_var_keys={},
        user_data=density.block,
        n_expanded=density.parameters,
        shape_info=(names, [slice(0, density.parameters)], [shape]),
        logp_func=None,
        expand_func=None,
        _n_dim=density.entries,
        _shapes={"theta": shape},
        _coords={"parameter": np.arange(density.parameters)},
    )
    settings = {"draws": length.draws, "tune": length.tune, "chains": length.chains, "cores": length.chains}
    return nutpie.sample(model, **settings, seed=seed, target_accept=TARGET, progress_bar=False)


def test_the_same_draws_as_through_the_front_door(density: Density) -> None:
    from arviz_stats.base import array_stats

    length = Length(draws=150, tune=100, chains=2)
    (found,) = run([density], [11], length)
    tree = through_the_door(density, 11, length)
    np.testing.assert_array_equal(found.theta, tree.posterior["theta"].to_numpy())
    np.testing.assert_array_equal(found.energy, tree.sample_stats["energy"].to_numpy())
    assert found.divergences == int(tree.sample_stats["diverging"].sum())
    np.testing.assert_allclose(found.bfmi, array_stats.bfmi(found.energy), atol=1e-14)


def test_runs_are_told_apart_by_their_seeds_alone(density: Density) -> None:
    length = Length(draws=20, tune=50, chains=1)
    together = run([density, density, density], [1, 2, 1], length)
    np.testing.assert_array_equal(together[0].theta, together[2].theta)
    assert not np.array_equal(together[0].theta, together[1].theta)
    np.testing.assert_array_equal(run([density], [2], length)[0].theta, together[1].theta)


def test_progress_adds_up_over_runs_and_ends_at_the_total(density: Density) -> None:
    told: list[Progress] = []
    run([density] * 3, [1, 2, 3], Length(draws=2000, tune=500, chains=4), watch=told.append)
    assert told
    assert told[-1].total == 30_000
    assert max(each.done for each in told) == 30_000
    assert all(a.done <= b.done for a, b in pairwise(told))


def test_an_interrupt_ends_it_at_once(density: Density) -> None:
    # where this process was started in the background, a shell has it ignore the interrupt
    inherited = signal.signal(signal.SIGINT, signal.default_int_handler)
    before, started = threading.active_count(), time.perf_counter()
    timer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        run([density], [1], Length(draws=10_000_000, tune=100, chains=4))
    assert time.perf_counter() - started < 10
    timer.join()
    signal.signal(signal.SIGINT, inherited)
    assert threading.active_count() <= before


def test_no_place_to_start_is_an_error(density: Density) -> None:
    block = density.block.copy()
    block.view(np.int64)[0] += 1
    with pytest.raises(RuntimeError):
        run([Density(block, density.entries, density.parameters)], [1], Length(draws=10, tune=10, chains=2))
