"""Up to 24 do-questions, 1,000 sets of numbers, from their text to their answers: the engine beside opt_einsum.

Nothing is kept between runs but code. Ours is: open the model, read the questions, resolve them, write them on one
tape, run it. Theirs: plan a contraction for each question (opt_einsum's own default, auto, or greedy, which plans
faster) and run it. The harder match, printed as well, plans once for all questions about the same variables.
"""

from __future__ import annotations

import time

import numpy as np
from networks import DOING, Array, Draws, Net, Query, interventions, load
from peers import Einsum
from timing import heading, minima, shown, verdict

from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.spec.grammar import parse_question
from causal.spec.model import Model

DRAWS, QUESTIONS = 1000, 24
GOAL = 0.2
STAGES = ("open", "read", "write", "tape", "run")


class Ours:
    """From a model and texts to answers; ``spent`` has the least that each stage took."""

    def __init__(self, model: Model, texts: list[str], theta: Array) -> None:
        self.model, self.texts, self.theta = model, texts, theta
        self.spent = dict.fromkeys(STAGES, float("inf"))
        self.length = 0

    def run(self) -> Array:
        at = [time.process_time()]
        network = Network.of(self.model)
        writer = Writer(network)
        at.append(time.process_time())
        questions = [parse_question(text) for text in self.texts]
        at.append(time.process_time())
        slots = [slot for question in questions for slot in writer.write(question).slots]
        at.append(time.process_time())
        tape = network.recorder.tape(slots)
        at.append(time.process_time())
        found = tape.values(self.theta, threads=1)
        at.append(time.process_time())
        self.length = len(tape)
        for stage, before, after in zip(STAGES, at, at[1:], strict=False):
            self.spent[stage] = min(self.spent[stage], after - before)
        return found


def planned_once(net: Net, queries: list[Query], tables: Draws) -> Array:
    plans: dict[tuple[str, ...], Einsum] = {}
    found = []
    for query in queries:
        key = tuple(query.done)
        plans[key] = plans[key].at(query) if key in plans else Einsum(net, query, "greedy")
        found.append(plans[key].run(tables))
    return np.concatenate(found)


def compare(net: Net, queries: list[Query]) -> None:
    tables = net.draws(DRAWS, seed=1)
    texts = [query.text() for query in queries]
    ours = Ours(net.model(), texts, net.theta(tables))
    ways = {
        "auto": lambda: np.concatenate([Einsum(net, query, "auto").run(tables) for query in queries]),
        "greedy": lambda: np.concatenate([Einsum(net, query, "greedy").run(tables) for query in queries]),
        "once": lambda: planned_once(net, queries, tables),
        "ours": ours.run,
    }
    wanted = ours.run()
    for way in ways.values():
        np.testing.assert_allclose(way(), wanted, atol=1e-8)
    times = minima(ways, 9)
    print(f"{net.name}: {len(queries)} questions like {texts[0]}")
    parts = ", ".join(f"{stage} {shown(value).strip()}" for stage, value in ours.spent.items())
    print(f"  ours     {shown(times['ours'])}   {ours.length:,} instructions; {parts}")
    spent = "; ".join(f"{name} {shown(times[name]).strip()}" for name in ("auto", "greedy", "once"))
    print(f"  einsum      {spent}")
    print(f"  ours / einsum auto    {verdict(times['ours'] / times['auto'], GOAL)}")
    print(f"  ours / einsum greedy  {verdict(times['ours'] / times['greedy'], GOAL)}")
    print(f"  ours / planned once   {times['ours'] / times['once']:9.3g} x")


def main() -> None:
    heading(f"do-questions from text to answers, {DRAWS} sets of numbers; answers equal to 1e-8")
    for name, (target, seen) in DOING.items():
        net = load(name)
        compare(net, interventions(net, target, seen, QUESTIONS))


if __name__ == "__main__":
    main()
