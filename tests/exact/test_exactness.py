"""The engine against enumeration of the whole joint, on random models with all mechanisms, gates and mixed states."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from causal.errors import ImpossibleEvidence
from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.exact.readings import interior
from causal.spec.grammar import parse_question
from causal.spec.question import Assign, Do, Event, Probability, Setting, Soft

spec = importlib.util.spec_from_file_location("enumeration", Path(__file__).with_name("enumeration.py"))
assert spec
assert spec.loader
enumeration = importlib.util.module_from_spec(spec)
sys.modules["enumeration"] = enumeration
spec.loader.exec_module(enumeration)

MODELS = 240
OPERATORS = {
    "=": lambda i, j: i == j,
    "!=": lambda i, j: i != j,
    ">=": lambda i, j: i >= j,
    ">": lambda i, j: i > j,
    "<": lambda i, j: i < j,
    "<=": lambda i, j: i <= j,
}


def some(rng: np.random.Generator, states: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(str(s) for s in rng.choice(states, size=int(rng.integers(1, len(states))), replace=False))


class Case:
    """A random question together with what it means, cell by cell."""

    def __init__(self, rng: np.random.Generator, model) -> None:
        self.model = model
        names = [str(name) for name in rng.permutation(list(model.variables))]
        target, others = names[0], names[1:]
        self.do = {name: str(rng.choice(self.states(name))) for name in others[: int(rng.integers(0, 2))]}
        rest = others[len(self.do) :]
        self.given = {name: some(rng, self.states(name)) for name in rest[: int(rng.integers(0, 3))]}
        self.events = [(target, str(rng.choice(list(OPERATORS))), str(rng.choice(self.states(target))))]
        if rest and rng.random() < 0.4:
            self.events.append((rest[-1], "=", str(rng.choice(self.states(rest[-1])))))
        self.soft: dict[str, dict[str, float]] = {}
        if rest and rng.random() < 0.3:
            self.soft[rest[0]] = {state: float(rng.uniform(0.1, 1)) for state in self.states(rest[0])}

    def states(self, name: str) -> tuple[str, ...]:
        return self.model.variables[name].states

    @property
    def question(self) -> Probability:
        events = tuple(Event(name, op, (state,)) for name, op, state in self.events)
        given = [Event(name, "in", states) for name, states in self.given.items()]
        given += [Soft(name, tuple(weights.items())) for name, weights in self.soft.items()]
        if self.do:
            given.append(Do(Setting(tuple(Assign(name, state) for name, state in self.do.items()))))
        return Probability(events, tuple(given))

    def asked(self, here: Mapping[str, str]) -> float:
        place = lambda name, state: self.states(name).index(state)  # noqa: E731
        return float(all(OPERATORS[op](place(n, here[n]), place(n, s)) for n, op, s in self.events))

    def weight(self, here: Mapping[str, str]) -> float:
        if any(here[name] not in states for name, states in self.given.items()):
            return 0.0
        return float(np.prod([weights[here[name]] for name, weights in self.soft.items()]))


@pytest.mark.parametrize("block", range(8))
def test_every_answer_and_every_probability_of_evidence_is_exact(block: int) -> None:
    asked = 0
    for seed in range(block, MODELS, 8):
        rng = np.random.default_rng(seed)
        model = enumeration.random_model(rng, int(rng.integers(3, 7)))
        network = Network.of(model)
        writer = Writer(network)
        theta = interior(network.parameters, seed, 2)
        numbers = [{p.name: float(theta[i, k]) for i, p in enumerate(network.parameters)} for k in range(2)]
        for _ in range(4):
            case = Case(rng, model)
            seen = [sum(c * case.weight(h) for h, c in enumeration.joint(model, n, case.do)) for n in numbers]
            if seen[0] == 0.0:
                with pytest.raises(ImpossibleEvidence):
                    writer.write(case.question)
                continue
            page = writer.write(case.question)
            found = network.recorder.tape([page.slots[0], page.leaves[0].evidence]).values(theta)
            for k, number in enumerate(numbers):
                wanted = enumeration.conditional(model, number, case.asked, case.weight, case.do)
                assert found[0, k] == pytest.approx(wanted, abs=1e-12), case.question
                assert found[1, k] == pytest.approx(seen[k], abs=1e-12), case.question
            asked += 1
    assert asked > 80


@pytest.mark.parametrize("seed", range(12))
def test_the_whole_distribution_sums_to_one_and_agrees_with_its_events(seed: int) -> None:
    rng = np.random.default_rng(1000 + seed)
    model = enumeration.random_model(rng, 5)
    network = Network.of(model)
    writer = Writer(network)
    theta = interior(network.parameters, seed, 3)
    for name, variable in model.variables.items():
        whole = writer.write(Probability((Event(name),)))
        single = [writer.write(Probability((Event(name, "=", (state,)),))).slots[0] for state in variable.states]
        found = network.recorder.tape([*whole.slots, *single]).values(theta)
        k = len(variable.states)
        np.testing.assert_allclose(found[:k].sum(axis=0), 1.0, atol=1e-12)
        np.testing.assert_allclose(found[:k], found[k:], atol=1e-14)


@pytest.mark.parametrize("seed", range(20))
def test_gradients_agree_with_finite_differences(seed: int) -> None:
    rng = np.random.default_rng(2000 + seed)
    model = enumeration.random_model(rng, 6)
    network = Network.of(model)
    if not network.parameters:
        pytest.skip("a model of rules alone has no parameter")
    writer = Writer(network)
    slots = []
    for _ in range(6):
        try:
            slots.append(writer.write(Case(rng, model).question).slots[0])
        except ImpossibleEvidence:
            continue
    tape = network.recorder.tape(slots)
    theta = interior(network.parameters, seed, 3)
    adjoints = rng.normal(size=(len(slots), 3))
    values, gradient = tape.pullback(theta, adjoints)
    np.testing.assert_allclose(values, tape.values(theta), atol=1e-14)
    step = 1e-6
    for i in range(len(theta)):
        up, down = theta.copy(), theta.copy()
        up[i] += step
        down[i] -= step
        slope = ((tape.values(up) - tape.values(down)) / (2 * step) * adjoints).sum(axis=0)
        np.testing.assert_allclose(gradient[i], slope, rtol=1e-5, atol=1e-7)


def test_draws_in_blocks_and_threads_are_the_same_numbers() -> None:
    rng = np.random.default_rng(5)
    model = enumeration.random_model(rng, 6)
    network = Network.of(model)
    writer = Writer(network)
    events = [Event(name, "=", (variable.states[0],)) for name, variable in model.variables.items()]
    slots = [writer.write(Probability((event,))).slots[0] for event in events]
    tape = network.recorder.tape(slots)
    theta = interior(network.parameters, 5, 20_000)
    whole = tape.values(theta)
    np.testing.assert_array_equal(whole, tape.values(theta, threads=1))
    np.testing.assert_array_equal(whole[:, 777], tape.values(theta[:, 777:778])[:, 0])


def test_arithmetic_is_done_per_draw() -> None:
    rng = np.random.default_rng(6)
    model = enumeration.random_model(rng, 5)
    network = Network.of(model)
    writer = Writer(network)
    p, q = "P(v4 = a | do(v1 = a))", "P(v4 = a | v1 = a)"
    texts = [p, q, f"{p} - {q}", f"{p} * {q} / ({p} + {q})", f"1 - {p} / {q}", f"{p} > {q}"]
    theta = interior(network.parameters, 6, 4)
    slots = [writer.write(parse_question(text)).slots[0] for text in texts]
    a, b, difference, mixed, share, larger = network.recorder.tape(slots).values(theta)
    np.testing.assert_allclose(difference, a - b, atol=1e-15)
    np.testing.assert_allclose(mixed, a * b / (a + b), atol=1e-15)
    np.testing.assert_allclose(share, 1 - a / b, atol=1e-14)
    np.testing.assert_allclose(larger, a - b, atol=1e-15)
