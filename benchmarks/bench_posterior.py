"""One question, 1,000 sets of numbers: the tape beside opt_einsum, pyAgrum and pgmpy on published networks.

The tape is written and the path is planned beforehand; what is timed is running them. einsum has the draws as the last
axis, the better of two plans (greedy, random-greedy) and its best chunk of draws. pyAgrum (the better of a new engine
per draw and one reused) and pgmpy run on a part of the draws, and their times are scaled.
"""

from __future__ import annotations

from timing import heading, minima, once, shown, verdict  # first: it sets the number of threads

import numpy as np
from networks import POSTERIORS, load
from peers import Einsum, agrum, pgmpy_ve

from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.spec.grammar import parse_question

DRAWS = 1000
AGRUM, PGMPY = 200, 40  # draws that the slow ones are timed on
CHUNKS = (32, 64, 125, 250, 500, 1000)
GOALS = {"insurance": 300.0}  # times faster than the faster of pyAgrum and pgmpy; 1,000 for the others


def main() -> None:
    heading(f"one question, {DRAWS} sets of numbers, running only; answers equal to 1e-8")
    for name, query in POSTERIORS.items():
        net = load(name)
        tables = net.draws(DRAWS, seed=1)
        theta = net.theta(tables)
        network = Network.of(net.model())
        tape = network.recorder.tape(Writer(network).write(parse_question(query.text())).slots)
        mine = tape.values(theta, threads=1)
        plans = [Einsum(net, query, optimize) for optimize in ("greedy", "random-greedy")]
        ways = {
            f"{chunk}:{place}": (lambda plan=plan, chunk=chunk: plan.run(tables, chunk))
            for place, plan in enumerate(plans)
            for chunk in sorted({*CHUNKS, plan.chunk})
        }
        for way in ways.values():
            np.testing.assert_allclose(way(), mine, atol=1e-8)
        tried = minima(ways, 5)
        best = min(tried, key=tried.__getitem__)
        times = minima({"tape": lambda: tape.values(theta, threads=1), "einsum": ways[best]}, 30)
        slow = {}
        for label, reuse in (("new", False), ("reused", True)):
            np.testing.assert_allclose(agrum(net, query, tables, 3, reuse), mine[:, :3], atol=1e-8)
            slow[f"pyAgrum, engine {label}"] = once(lambda: agrum(net, query, tables, AGRUM, reuse)) * DRAWS / AGRUM  # noqa: B023
        np.testing.assert_allclose(pgmpy_ve(net, query, tables, 3), mine[:, :3], atol=1e-8)
        slow["pgmpy"] = once(lambda: pgmpy_ve(net, query, tables, PGMPY)) * DRAWS / PGMPY  # noqa: B023
        peer = min(slow, key=slow.__getitem__)
        print(f"{name}: {query.text()}")
        print(f"  tape            {shown(times['tape'])}   {len(tape):,} instructions")
        chunk, plan = best.split(":")
        print(
            f"  einsum          {shown(times['einsum'])}   chunks of {chunk}, {plans[int(plan)].cost:,.0f} flops a draw"
        )
        print("  scaled          " + "; ".join(f"{label} {shown(value).strip()}" for label, value in slow.items()))
        print(f"  tape / einsum         {verdict(times['tape'] / times['einsum'], 1.0)}")
        print(f"  {peer} / tape".ljust(24) + verdict(slow[peer] / times["tape"], GOALS.get(name, 1000.0), faster=False))


if __name__ == "__main__":
    main()
