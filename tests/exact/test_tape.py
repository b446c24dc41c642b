"""A recorder that is given more parameters after it has written: tapes that read them, and tapes that do not."""

from __future__ import annotations

import numpy as np
import pytest

from causal.exact.tape import Recorder


def test_late_parameters_come_behind_the_others_and_only_where_they_are_asked_for() -> None:
    recorder = Recorder(2)
    half = recorder.product(recorder.constant(0.5), recorder.add([0, 1]))  # (a + b) / 2
    first = recorder.more(2)
    late = recorder.log(recorder.quotient(recorder.product(half, first[1]), recorder.flip(first[0])))
    again = recorder.more(1)
    both = recorder.minus_of(late, recorder.product(again[0], half))
    theta = np.array([[0.2, 0.7], [0.4, 0.1]])
    plain = recorder.tape([half])
    assert plain.parameters == 2
    np.testing.assert_allclose(plain.values(theta), [[0.3, 0.4]])
    every = np.vstack([theta, [[0.5, 0.9], [0.6, 0.3], [2.0, 4.0]]])
    tape = recorder.tape([both, half], [*first, *again])
    wanted = np.log(np.array([0.3, 0.4]) * every[3] / (1 - every[2])) - every[4] * np.array([0.3, 0.4])
    assert tape.parameters == 5
    np.testing.assert_allclose(tape.values(every), [wanted, [0.3, 0.4]])
    other = recorder.tape([late], [*reversed(first)])  # in the order in which they are named
    np.testing.assert_allclose(other.values(every[[0, 1, 3, 2]])[0], wanted + every[4] * np.array([0.3, 0.4]))
    step = 1e-6
    _, gradient = tape.pullback(every, np.array([[1.0, 1.0], [0.0, 0.0]]))
    for row in range(5):
        moved = every.copy()
        moved[row] += step
        np.testing.assert_allclose(gradient[row], (tape.values(moved)[0] - wanted) / step, rtol=1e-4)
    np.testing.assert_array_equal(tape.moved_by(np.array([False, False, False, False, True])), [True, False])


def test_a_late_parameter_is_never_read_unasked() -> None:
    recorder = Recorder(1)
    (late,) = recorder.more(1)
    slot = recorder.product(0, late)
    with pytest.raises(ValueError, match="a late parameter is read that the tape was not told of"):
        recorder.tape([slot])
    assert recorder.tape([slot], [late]).parameters == 2
    assert recorder.tape([0], [late]).parameters == 2  # a density has all of them, whether they matter or not
    for number in range(3000):  # the store grows, and knows them still
        recorder.constant(float(number))
    np.testing.assert_allclose(recorder.tape([slot], [late]).values(np.array([[3.0], [4.0]])), [[12.0]])
