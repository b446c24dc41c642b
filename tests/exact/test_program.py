from __future__ import annotations

import numpy as np
import pytest

from causal.exact import program
from causal.exact.kernel import Floats
from causal.exact.tape import Recorder, Tape

PARAMETERS = 6


def random_tape(seed: int, outputs: int = 7) -> Tape:
    """Return a tape of random operations, some of whose outputs are parameters, constants or the same."""
    rng = np.random.default_rng(seed)
    recorder = Recorder(PARAMETERS)
    slots = [*range(PARAMETERS), recorder.one, recorder.constant(0.3)]
    for _ in range(60):
        a, b, *more = rng.choice(slots, 8).tolist()
        slots.append(
            [
                lambda a=a, b=b: recorder.product(a, b),
                lambda a=a: recorder.flip(a),
                lambda more=more: recorder.total(zip(more[::2], more[1::2], strict=True)),
                lambda a=a: recorder.expit(a),
                lambda a=a, b=b: recorder.minimum([a, b]),
                lambda a=a, b=b: recorder.maximum([a, b]),
            ][rng.integers(6)]()
        )
    return recorder.tape([*rng.choice(slots, outputs).tolist(), 2, recorder.one, 2])


def by_slots(tape: Tape, theta: Floats) -> Floats:
    """Run a tape on one row per slot, which is what its gradient needs."""
    return tape.pullback(theta, np.zeros((tape.outputs.size, theta.shape[1])))[0]


@pytest.mark.parametrize("seed", range(12))
def test_packed_is_the_same(seed: int) -> None:
    tape = random_tape(seed)
    for draws in (1, 5, program.LANES, 2 * program.LANES + 3):
        theta = np.random.default_rng(seed).uniform(0.1, 0.9, (PARAMETERS, draws))
        np.testing.assert_allclose(tape.values(theta), by_slots(tape, theta), rtol=1e-13)


@pytest.mark.parametrize("threads", [None, 1, 3])
def test_threads_share_the_draws(threads: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "SHARED", 1)
    tape = random_tape(99)
    theta = np.random.default_rng(1).uniform(0.1, 0.9, (PARAMETERS, 7 * program.LANES + 1))
    np.testing.assert_allclose(tape.values(theta, threads), by_slots(tape, theta), rtol=1e-13)


def test_rows_are_used_again() -> None:
    recorder = Recorder(2)
    slot = 0
    for _ in range(100):
        slot = recorder.flip(recorder.product(slot, 1))
    packed = recorder.tape([slot])._program
    assert packed.rows <= 4
    assert packed.code.size == 202  # two are loaded


def test_a_large_tape_runs_with_fewer_draws_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "MOST", 1)
    tape = random_tape(5)
    theta = np.random.default_rng(2).uniform(0.1, 0.9, (PARAMETERS, 20))
    np.testing.assert_allclose(tape.values(theta), by_slots(tape, theta), rtol=1e-13)


def test_nothing_asked_or_nothing_drawn() -> None:
    assert Recorder(3).tape([]).values(np.zeros((3, 4))).shape == (0, 4)
    assert random_tape(3).values(np.zeros((PARAMETERS, 0))).shape == (10, 0)
