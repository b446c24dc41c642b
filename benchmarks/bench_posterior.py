"""One question, 1,000 sets of numbers: the tape beside opt_einsum, pyAgrum and pgmpy on published networks.

The tape is written and the path is planned beforehand; what is timed is running them. einsum has the draws as the last
axis, the better of two plans (greedy, random-greedy) and its best chunk of draws. pyAgrum (the better of a new engine
per draw and one reused) and pgmpy run on a part of the draws, and their times are scaled.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from networks import POSTERIORS, Array, Draws, Net, Query, load
from peers import Einsum, agrum, pgmpy_ve
from timing import heading, minima, once, shown, verdict

from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.spec.grammar import parse_question

DRAWS = 1000
AGRUM, PGMPY = 200, 40  # draws that the slow ones are timed on
CHUNKS = (32, 64, 125, 250, 500, 1000)
GOALS = {"insurance": 300.0}  # times faster than the faster of pyAgrum and pgmpy; 1,000 for the others


def best_plan(net: Net, query: Query, tables: Draws, wanted: Array) -> tuple[str, Callable[[], Array]]:
    """Return the best way to run einsum, with its name; every way has given the wanted answers."""
    ways: dict[str, Callable[[], Array]] = {}
    for optimize in ("greedy", "random-greedy"):
        plan = Einsum(net, query, optimize)
        for chunk in sorted({*CHUNKS, plan.chunk}):
            name = f"{optimize}, {plan.cost:,.0f} flops a draw, chunks of {chunk}"
            ways[name] = lambda plan=plan, chunk=chunk: plan.run(tables, chunk)  # type: ignore[misc]
            np.testing.assert_allclose(ways[name](), wanted, atol=1e-8)
    tried = minima(ways, 5)
    best = min(tried, key=tried.__getitem__)
    return best, ways[best]


def slow_peers(net: Net, query: Query, tables: Draws, wanted: Array) -> dict[str, float]:
    """Return the seconds that pyAgrum and pgmpy would take for all draws."""
    tasks: dict[str, tuple[int, Callable[[int], Array]]] = {
        "pyAgrum, new engine": (AGRUM, lambda draws: agrum(net, query, tables, draws, False)),
        "pyAgrum, reused": (AGRUM, lambda draws: agrum(net, query, tables, draws, True)),
        "pgmpy": (PGMPY, lambda draws: pgmpy_ve(net, query, tables, draws)),
    }
    found = {}
    for name, (draws, task) in tasks.items():
        np.testing.assert_allclose(task(3), wanted[:, :3], atol=1e-8)
        found[name] = min(once(lambda: task(draws)) for _ in range(2)) * DRAWS / draws  # noqa: B023
    return found


def compare(net: Net, query: Query) -> None:
    tables = net.draws(DRAWS, seed=1)
    theta = net.theta(tables)
    network = Network.of(net.model())
    tape = network.recorder.tape(Writer(network).write(parse_question(query.text())).slots)
    mine = tape.values(theta, threads=1)
    name, einsum = best_plan(net, query, tables, mine)
    times = minima({"tape": lambda: tape.values(theta, threads=1), "einsum": einsum}, 40)
    slow = slow_peers(net, query, tables, mine)
    peer = min(slow, key=slow.__getitem__)
    print(f"{net.name}: {query.text()}")
    print(f"  tape      {shown(times['tape'])}   {len(tape):,} instructions")
    print(f"  einsum    {shown(times['einsum'])}   {name}")
    print("  scaled       " + "; ".join(f"{label} {shown(value).strip()}" for label, value in slow.items()))
    print(f"  tape / einsum    {verdict(times['tape'] / times['einsum'], 1.0)}")
    print(f"  {peer} / tape  {verdict(slow[peer] / times['tape'], GOALS.get(net.name, 1000.0), least=True)}")


def main() -> None:
    heading(f"one question, {DRAWS} sets of numbers, running only; answers equal to 1e-8")
    for name, query in POSTERIORS.items():
        compare(load(name), query)


if __name__ == "__main__":
    main()
