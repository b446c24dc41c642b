"""The sweep of the shipped case: every intervention and every pair of them, 4,000 draws, beside einsum and pyAgrum.

Each question is P(outcome | do(@a, @b)). The peers are given the tables that the engine makes of the same parameters,
and are not charged for making them. einsum plans each question (greedy) and runs it; pyAgrum runs a few of them on a
part of the draws, and its time is scaled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
from networks import Array, Draws, Net, Query
from peers import Einsum, agrum
from timing import heading, minima, once, shown

import causal
from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.exact.readings import interior
from causal.exact.tape import Tape
from causal.spec.grammar import parse_question
from causal.spec.model import Model
from causal.spec.modelfile import load_model

DRAWS = 4000
AGRUM_DRAWS, AGRUM_EVERY = 50, 23  # what pyAgrum is timed on: so many draws of every so many questions
MODEL = Path(causal.__file__).parent.parent / "models" / "ussr.yaml"
OUTCOME = "stalinist_outcome"


@dataclass(frozen=True)
class Asked:
    text: str
    query: Query


def questions(model: Model) -> list[Asked]:
    """Return a question per intervention and per pair that does not contradict itself."""
    found = []
    for names in (*((name,) for name in model.interventions), *combinations(model.interventions, 2)):
        done: dict[str, str] = {}
        sets = [pair for name in names for pair in model.interventions[name].do.items()]
        if all(done.setdefault(variable, state) == state for variable, state in sets) and OUTCOME not in done:
            text = f"P({OUTCOME} = yes | do({', '.join('@' + name for name in names)}))"
            found.append(Asked(text, Query(OUTCOME, {}, done)))
    return found


def tables(network: Network, theta: Array) -> tuple[Net, Draws]:
    """Return the model as plain tables, with the numbers that the parameters make of them."""
    model = network.model
    slots = {name: network.table(name) for name in model.variables}
    values = network.recorder.tape(np.concatenate([each.ravel() for each in slots.values()]).tolist()).values(theta)
    ends = np.cumsum([each.size for each in slots.values()])[:-1]
    draws = {
        name: part.reshape(*each.shape, -1)
        for (name, each), part in zip(slots.items(), np.split(values, ends), strict=True)
    }
    states = {name: variable.states for name, variable in model.variables.items()}
    parents = {name: variable.parents for name, variable in model.variables.items()}
    return Net(model.name, states, parents, {name: each[..., 0] for name, each in draws.items()}), draws


def ours(model: Model, asked: Sequence[Asked]) -> Tape:
    network = Network.of(model)
    writer = Writer(network)
    return network.recorder.tape([writer.write(parse_question(each.text)).slots[0] for each in asked])


def main() -> None:
    model = load_model(MODEL)
    asked = questions(model)
    theta = interior(Network.of(model).parameters, 1, DRAWS)
    heading(f"{model.name}: {len(asked)} interventions and pairs, {DRAWS} draws; answers equal to 1e-8")
    tape = ours(model, asked)
    mine = tape.values(theta, threads=1)
    net, draws = tables(Network.of(model), theta)
    yes = model.variables[OUTCOME].states.index("yes")

    def einsum() -> Array:
        return np.array([Einsum(net, each.query, "greedy", DRAWS).run(draws)[yes] for each in asked])

    np.testing.assert_allclose(einsum(), mine, atol=1e-8)
    times = minima(
        {"write": lambda: ours(model, asked), "run": lambda: tape.values(theta, threads=1), "einsum": einsum}, 3
    )
    part = range(0, len(asked), AGRUM_EVERY)
    for i in part:
        found = agrum(net, asked[i].query, draws, 3, reuse=False)[yes]
        np.testing.assert_allclose(found, mine[i, :3], atol=1e-8)
    spent = once(lambda: [agrum(net, asked[i].query, draws, AGRUM_DRAWS, reuse=False) for i in part])
    scaled = spent * len(asked) / len(part) * DRAWS / AGRUM_DRAWS
    whole = times["write"] + times["run"]
    print(
        f"  engine       {shown(whole)}   {len(tape):,} instructions: written in {shown(times['write']).strip()}",
        end="",
    )
    print(f", run in {shown(times['run']).strip()}")
    print(f"  einsum       {shown(times['einsum'])}   planned and run: {times['einsum'] / whole:,.0f} times the engine")
    print(f"  pyAgrum      {shown(scaled)}   scaled: {scaled / whole:,.0f} times the engine")


if __name__ == "__main__":
    main()
