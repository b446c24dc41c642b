"""Up to 24 do-questions, 1,000 sets of numbers, from their text to their answers: the engine beside opt_einsum.

Nothing is kept between runs but code. Ours is: open the model, read the questions, resolve them, write them on one tape,
run it. Theirs: plan a contraction for each question and run it. Planned once per set of variables done and seen is the
harder match; it is printed as well.
"""

from __future__ import annotations

import time

from timing import heading, minima, shown, verdict  # first: it sets the number of threads

import numpy as np
from networks import DOING, Array, Net, Query, interventions, load
from peers import Einsum

from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.spec.grammar import parse_question

DRAWS, QUESTIONS = 1000, 24
GOAL = 0.2


def main() -> None:
    heading(f"do-questions from text to answers, {DRAWS} sets of numbers; answers equal to 1e-8")
    for name, (target, seen) in DOING.items():
        net = load(name)
        compare(net, interventions(net, target, seen, QUESTIONS))


def compare(net: Net, queries: list[Query]) -> None:
    tables = net.draws(DRAWS, seed=1)
    theta, model = net.theta(tables), net.model()
    texts = [query.text() for query in queries]
    stages = ("open", "read", "write", "tape", "run")
    spent = dict.fromkeys(stages, float("inf"))
    length = 0

    def ours() -> Array:
        nonlocal length
        at = [time.process_time()]
        network = Network.of(model)
        writer = Writer(network)
        at.append(time.process_time())
        questions = [parse_question(text) for text in texts]
        at.append(time.process_time())
        slots = [slot for question in questions for slot in writer.write(question).slots]
        at.append(time.process_time())
        tape = network.recorder.tape(slots)
        at.append(time.process_time())
        found = tape.values(theta, threads=1)
        at.append(time.process_time())
        length = len(tape)
        spent.update((s, min(spent[s], b - a)) for s, a, b in zip(stages, at, at[1:], strict=False))
        return found

    def theirs(optimize: str) -> Array:
        return np.concatenate([Einsum(net, query, optimize).run(tables) for query in queries])

    def planned_once() -> Array:
        plans: dict[tuple[str, ...], Einsum] = {}
        found = []
        for query in queries:
            key = tuple(query.done)
            plans[key] = plans[key].at(query) if key in plans else Einsum(net, query, "greedy")
            found.append(plans[key].run(tables))
        return np.concatenate(found)

    mine = ours()
    for each in (theirs("auto"), theirs("greedy"), planned_once()):
        np.testing.assert_allclose(each, mine, atol=1e-8)
    ways = {"auto": lambda: theirs("auto"), "greedy": lambda: theirs("greedy"), "once": planned_once, "ours": ours}
    times = minima(ways, 7)
    parts = ", ".join(f"{stage} {shown(value).strip()}" for stage, value in spent.items())
    print(f"{net.name}: {len(queries)} questions like {texts[0]}")
    print(f"  ours            {shown(times['ours'])}   {length:,} instructions; {parts}")
    print(
        f"  einsum          {shown(times['auto'])} auto, {shown(times['greedy'])} greedy, {shown(times['once'])} once"
    )
    print(f"  ours / einsum, auto   {verdict(times['ours'] / times['auto'], GOAL)}")
    print(f"  ours / einsum, greedy {verdict(times['ours'] / times['greedy'], GOAL)}")
    print(f"  ours / planned once   {times['ours'] / times['once']:9.3g} x")


if __name__ == "__main__":
    main()
