"""Value and gradient of 50 questions for one parameter vector, beside the bare multiplications and additions.

The model is random: 25 binary variables, each with 1 to 3 parents (and once more, each with 3). 40 questions are
P(y | do(x)), 10 are the probability of a case of which 15 variables are known. A product that is added costs one
multiplication and addition forwards and two backwards; "bare" does just these, on arrays of the same size and in the
same order, with nothing to decide.
"""

from __future__ import annotations

import numba as nb
import numpy as np
from networks import Array, Net, random_net
from timing import heading, minima, shown, verdict

from causal.exact import kernel
from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.exact.tape import Tape
from causal.spec.grammar import parse_question

VARIABLES, DOING, CASES, KNOWN = 25, 40, 10, 15
MOST, TIMES = 60e-6, 3.0  # the goal: at most so many seconds, or so many times the bare work
REPEATS = 50  # calls per measurement: one is too short for the clock


@nb.njit
def bare(into: Array, left: Array, right: Array, w: Array, g: Array) -> None:
    for i in range(into.size):
        w[into[i]] += w[left[i]] * w[right[i]]
    for i in range(into.size - 1, -1, -1):
        adjoint = g[into[i]]
        g[left[i]] += adjoint * w[right[i]]
        g[right[i]] += adjoint * w[left[i]]


@nb.njit
def both(code: Array, into: Array, left: Array, right: Array, w: Array, g: Array) -> None:
    kernel.forward(code, into, left, right, w)
    kernel.backward(code, into, left, right, w, g)


def questions(net: Net, seed: int) -> list[str]:
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(DOING):
        x, y = sorted(rng.choice(VARIABLES, 2, replace=False))
        found.append(f"P(v{y} = yes | do(v{x} = {rng.choice(['no', 'yes'])}))")
    for _ in range(CASES):
        known = sorted(rng.choice(VARIABLES, KNOWN, replace=False))
        found.append(f"P({', '.join(f'v{i} = {rng.choice(["no", "yes"])}' for i in known)})")
    return found


def check(tape: Tape, theta: Array) -> None:
    """Hold the gradient to differences of the values, along a random direction."""
    weights = np.random.default_rng(3).normal(size=(tape.outputs.size, 1))
    step = 1e-6 * np.random.default_rng(4).normal(size=theta.shape)
    _, gradient = tape.pullback(theta, weights)
    ahead, behind = ((weights * tape.values(theta + sign * step)).sum() for sign in (1, -1))
    np.testing.assert_allclose((gradient * step).sum(), (ahead - behind) / 2, rtol=1e-5)


def many(task: object, *arguments: object) -> None:
    for _ in range(REPEATS):
        task(*arguments)  # type: ignore[operator]


def main() -> None:
    heading(f"value and gradient of {DOING + CASES} questions on {VARIABLES} variables, one parameter vector")
    for fewest in (1, 3):
        net = random_net(VARIABLES, fewest, 3, seed=1)
        network = Network.of(net.model())
        writer = Writer(network)
        tape = network.recorder.tape([writer.write(parse_question(text)).slots[0] for text in questions(net, 2)])
        theta = np.random.default_rng(5).uniform(0.1, 0.9, (tape.parameters, 1))
        check(tape, theta)
        w = tape.buffer(1)
        w[: tape.parameters] = theta
        program = (tape.code, tape.into, tape.left, tape.right)
        adjoints, g, flat = np.ones((tape.outputs.size, 1)), np.zeros_like(w), np.zeros((2, len(w)))
        times = minima(
            {
                "kernels": lambda w=w, g=g, p=program: many(both, *p, w, g),
                "whole": lambda t=tape, theta=theta, a=adjoints: many(t.pullback, theta, a),
                "bare": lambda p=program, f=flat: many(bare, *p[1:], *f),
            },
            40,
        )
        bare_time, kernels, whole = (times[name] / REPEATS for name in ("bare", "kernels", "whole"))
        print(f"{fewest} to 3 parents: {tape.parameters} parameters, {len(tape):,} instructions, {tape.slots:,} slots")
        print(f"  bare multiply-adds      {shown(bare_time)}")
        print(f"  kernels                 {shown(kernels)}   {verdict(kernels / bare_time, TIMES)}")
        print(f"  Tape.pullback           {shown(whole)}   {verdict(whole / bare_time, TIMES)}")
        print(f"  in microseconds         {verdict(kernels * 1e6, MOST * 1e6, unit='µs')}")


if __name__ == "__main__":
    main()
