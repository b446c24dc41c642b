"""The tape as a PyTensor operation, with its gradient, for any backend.

    run:         (theta, program, fixed) -> w          the whole buffer, shape (slots, lanes); an answer is a row of it
    pull back:   (w, dL/dw, theta, program) -> dL/dtheta

    program      (instructions + 1, 4) integers: a first row with the number of slots, then code, into, left, right
    fixed        (constants, 2): slot and value

The tape is an input, not a constant: another tape, or the same after an edit, needs no new compilation, and compiled
code is kept on disk between processes. Under numba (so for nutpie and for ``pm.sample`` alike) both operations are
the kernels of ``causal.exact.kernel`` themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytensor.tensor as pt
from pytensor.gradient import DisconnectedType
from pytensor.graph.basic import Apply
from pytensor.graph.op import Op
from pytensor.link.numba.dispatch.basic import numba_njit, register_funcify_default_op_cache_key

from causal.exact.kernel import Floats, backward, forward
from causal.exact.parameter import Ids
from causal.exact.tape import Tape


def packed(tape: Tape) -> tuple[Ids, Floats]:
    """Return a tape as ``program`` and ``fixed``."""
    program = np.zeros((len(tape) + 1, 4), dtype=np.int64)
    program[0, 0] = tape.slots
    program[1:] = np.column_stack([tape.code, tape.into, tape.left, tape.right])
    return program, np.column_stack([tape.constant_slots.astype(float), tape.constant_values])


class RunTape(Op):  # type: ignore[misc]
    """Run a tape: theta (parameters, lanes), program and fixed to the buffer (slots, lanes)."""

    __props__ = ()

    def make_node(self, theta: Any, program: Any, fixed: Any) -> Any:
        """Make the graph node."""
        inputs = [pt.as_tensor_variable(each) for each in (theta, program, fixed)]
        return Apply(self, inputs, [pt.dmatrix()])

    def perform(self, node: Any, inputs: Sequence[Any], output_storage: Any) -> None:
        """Run in Python."""
        output_storage[0][0] = _run(*inputs)

    def infer_shape(self, node: Any, input_shapes: Any) -> list[tuple[Any, Any]]:
        """Return (slots, lanes)."""
        return [(node.inputs[1][0, 0], input_shapes[0][1])]

    def connection_pattern(self, node: Any) -> list[list[bool]]:
        """Only theta has a gradient."""
        return [[True], [False], [False]]

    def pullback(self, inputs: Any, outputs: Any, cotangents: Any) -> list[Any]:
        """Return dL/dtheta; the tape itself is disconnected."""
        theta, program, _ = inputs
        gradient = PullBack()(outputs[0], cotangents[0], theta, program)
        return [gradient, DisconnectedType()(), DisconnectedType()()]


class PullBack(Op):  # type: ignore[misc]
    """Carry dL/dw back to dL/dtheta, given the buffer that RunTape left."""

    __props__ = ()

    def make_node(self, w: Any, adjoints: Any, theta: Any, program: Any) -> Any:
        """Make the graph node; ``theta`` only lends its shape."""
        inputs = [pt.as_tensor_variable(each) for each in (w, adjoints, theta, program)]
        return Apply(self, inputs, [pt.dmatrix()])

    def perform(self, node: Any, inputs: Sequence[Any], output_storage: Any) -> None:
        """Run in Python."""
        output_storage[0][0] = _pull_back(*inputs)

    def infer_shape(self, node: Any, input_shapes: Any) -> list[Any]:
        """Return the shape of theta."""
        return [input_shapes[2]]


def _run(theta: Any, program: Any, fixed: Any) -> Any:
    parameters, lanes = theta.shape
    w = np.zeros((program[0, 0], lanes))
    w[:parameters] = theta
    for i in range(fixed.shape[0]):
        w[int(fixed[i, 0])] = fixed[i, 1]
    forward(program[1:, 0], program[1:, 1], program[1:, 2], program[1:, 3], w)
    return w


def _pull_back(w: Any, adjoints: Any, theta: Any, program: Any) -> Any:
    g = adjoints.copy()
    backward(program[1:, 0], program[1:, 1], program[1:, 2], program[1:, 3], w, g)
    return g[: theta.shape[0]].copy()


@register_funcify_default_op_cache_key(RunTape)  # type: ignore[untyped-decorator]
def _funcify_run(op: RunTape, **kwargs: Any) -> Any:
    return numba_njit(_run)


@register_funcify_default_op_cache_key(PullBack)  # type: ignore[untyped-decorator]
def _funcify_pull_back(op: PullBack, **kwargs: Any) -> Any:
    return numba_njit(_pull_back)
