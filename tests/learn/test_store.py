"""Fits on disk: whole or not at all, and found again only for the same inputs."""

from __future__ import annotations

import numpy as np
import pytest

from causal.learn.sample import Draws
from causal.learn.store import digest, folder, load, save

KEY = digest("model", "priors", seed=1)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("CAUSAL_CACHE", str(tmp_path / "fits"))


def draws() -> Draws:
    theta = np.random.default_rng(1).uniform(size=(4, 10, 3, 2))
    return Draws(theta, ("P(a = yes)", "b", "ü"), ("e", "f"), ("nuts", "iid"), 7, 2, (0.9, 1.1), 1.5)


def test_what_is_saved_is_loaded() -> None:
    assert load(KEY) is None
    save(KEY, draws())
    found = load(KEY)
    assert found is not None
    np.testing.assert_array_equal(found.theta, draws().theta)
    assert (found.parameters, found.experts, found.method) == (draws().parameters, ("e", "f"), ("nuts", "iid"))
    assert (found.seed, found.divergences, found.bfmi, found.seconds) == (7, 2, (0.9, 1.1), 1.5)
    assert [path.name for path in folder().iterdir()] == [f"{KEY}.nc"]


def test_a_broken_file_counts_as_none_and_is_replaced() -> None:
    save(KEY, draws())
    path = folder() / f"{KEY}.nc"
    path.write_bytes(path.read_bytes()[:100])
    assert load(KEY) is None
    save(KEY, draws())
    assert load(KEY) is not None


def test_a_save_that_fails_leaves_nothing_behind(monkeypatch) -> None:
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        save(KEY, draws())
    assert list(folder().iterdir()) == []


def test_any_input_that_can_change_the_draws_changes_the_digest() -> None:
    keys = {
        digest("model", "priors", seed=1, draws=10),
        digest("other", "priors", seed=1, draws=10),
        digest("model", "other", seed=1, draws=10),
        digest("model", "priors", seed=2, draws=10),
        digest("model", "priors", seed=1, draws=11),
    }
    assert len(keys) == 5
    assert digest("m", "p", seed=1, draws=2) == digest("m", "p", draws=2, seed=1)
