"""The tape as a PyTensor operation: the same numbers as the tape, and its gradient."""

from __future__ import annotations

import numpy as np
import pytensor
import pytensor.tensor as pt
import pytest

from causal.exact.tape import Recorder, Tape
from causal.learn.op import PullBack, RunTape, packed


@pytest.fixture(scope="module")
def tape() -> Tape:
    """(x y + z) / expit(1 - x y), and log x, over x, y, z."""
    recorder = Recorder(3)
    product = recorder.product(0, 1)
    above = recorder.add([product, 2])
    return recorder.tape([recorder.quotient(above, recorder.expit(recorder.flip(product))), recorder.log(0)])


@pytest.fixture(params=["NUMBA", "FAST_COMPILE"])
def run(request: pytest.FixtureRequest, tape: Tape):
    theta = pt.dmatrix("theta")
    program, fixed = packed(tape)
    buffer = RunTape()(theta, program, fixed)
    answers = buffer[tape.outputs]
    weights = pt.dmatrix("weights")
    gradient = pytensor.grad((answers * weights).sum(), theta)
    return pytensor.function([theta, weights], [answers, gradient], mode=request.param)


def test_values_and_gradient_are_those_of_the_tape(run, tape: Tape) -> None:
    rng = np.random.default_rng(1)
    theta, weights = rng.uniform(0.1, 0.9, (3, 4)), rng.normal(size=(2, 4))
    answers, gradient = run(theta, weights)
    wanted, pulled = tape.pullback(theta, weights)
    np.testing.assert_allclose(answers, wanted, atol=1e-14)
    np.testing.assert_allclose(gradient, pulled, atol=1e-14)


def test_another_tape_runs_through_the_same_function(tape: Tape) -> None:
    theta, program, fixed = pt.dmatrix(), pt.lmatrix(), pt.dmatrix()
    function = pytensor.function([theta, program, fixed], RunTape()(theta, program, fixed)[-1], mode="FAST_COMPILE")
    recorder = Recorder(2)
    other = recorder.tape([recorder.product(0, 1)])
    values = np.array([[0.5, 0.25], [0.5, 4.0]])
    np.testing.assert_allclose(function(values, *packed(other)), [0.25, 1.0])
    assert function(np.full((3, 1), 0.5), *packed(tape)).shape == (1,)


def test_the_operations_are_equal_by_value_so_that_graphs_merge() -> None:
    assert RunTape() == RunTape()
    assert PullBack() == PullBack()
