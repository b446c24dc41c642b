"""60 variables with up to 6 parents: what a noisy-or saves that is written as inhibitors, not as a table.

The same graph by noisy-or and by logistic; parents are among the 9 variables before. A logistic has a row for each
combination of its parents; a noisy-or has a factor for each parent.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from timing import heading, minima, once, shown

from causal.exact.answer import Writer
from causal.exact.asked import Asked, resolve
from causal.exact.conditional import Conditional
from causal.exact.network import Network
from causal.exact.readings import interior
from causal.spec.grammar import parse_question
from causal.spec.model import Edge, Logistic, Model, NoisyOr, Variable, frozen

VARIABLES, PARENTS, BACK, DRAWS = 60, 6, 9, 1000
STATES = ("no", "yes")


def model(seed: int, noisy: bool) -> Model:
    rng = np.random.default_rng(seed)
    variables = {}
    for place in range(VARIABLES):
        before = np.arange(max(0, place - BACK), place)
        count = min(len(before), PARENTS if place >= BACK else 1)
        edges = tuple(Edge(f"v{i}") for i in sorted(rng.choice(before, count, replace=False))) if count else ()
        own = NoisyOr({edge.parent: ("yes",) for edge in edges}) if noisy else Logistic()
        name = f"v{place}"
        variables[name] = Variable(name, STATES, edges=edges, mechanism=own)
    return Model("noisy-or" if noisy else "logistic", frozen(variables))


def cells(network: Network) -> tuple[int, int]:
    """Return how many slots the factors of the last variable have, and of its table."""
    last = f"v{VARIABLES - 1}"
    asked = resolve(network, parse_question(f"P({last} = yes)"), None)  # type: ignore[arg-type]
    assert isinstance(asked, Asked)
    mine = [factor.ids.size for name, _, factor in Conditional(network, asked).factors() if name == last]
    return sum(mine), network.table(last).size


def main() -> None:
    heading(f"{VARIABLES} variables, {PARENTS} parents each")
    question = parse_question(f"P(v{VARIABLES - 1} = yes | v0 = yes, v{VARIABLES // 2} = no)")
    for noisy in (True, False):
        made = model(3, noisy)
        network = Network.of(made)
        slots: tuple[int, ...] = ()

        def write(network: Network = network) -> None:
            nonlocal slots
            slots = Writer(network).write(question).slots

        writing = once(write)
        tape = network.recorder.tape(slots)
        theta = interior(network.parameters, 1, DRAWS)
        run = minima({"run": lambda tape=tape, theta=theta: tape.values(theta, threads=1)}, 5)["run"]
        few, full = cells(network)
        print(f"{made.name}: {tape.parameters} parameters, {len(tape):,} instructions")
        print(f"  written in {shown(writing).strip()}, {DRAWS} draws run in {shown(run).strip()}")
        print(f"  one variable with {PARENTS} parents: {few} slots in its factors, {full} in a table")
    check()


def check() -> None:
    """Hold the factors to the table on a smaller graph: the same noisy-or with every parent looked at by a gate."""
    made = model(3, noisy=True)
    few = {name: made.variables[name] for name in list(made.variables)[: BACK + 4]}
    small = replace(made, variables=frozen(few))
    network = Network.of(small)
    theta = interior(network.parameters, 2, 8)
    last = list(few)[-1]
    given = ", ".join(f"{edge.parent} = yes" for edge in few[last].edges)
    slots = Writer(network).write(parse_question(f"P({last} = yes | {given})")).slots
    by_table = network.table(last)[(*(1,) * len(few[last].edges), 1)]
    found = network.recorder.tape([slots[0], int(by_table)]).values(theta)
    np.testing.assert_allclose(found[0], found[1], atol=1e-12)


if __name__ == "__main__":
    main()
