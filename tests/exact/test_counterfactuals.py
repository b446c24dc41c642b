"""The engine against the referee of what would have been, on random models, and against the laws that hold in all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import fields, is_dataclass, replace
from typing import Any

import imagining
import numpy as np
import pytest
import structural
from points import numbers_at

from causal.errors import ImpossibleEvidence
from causal.exact.answer import Writer
from causal.exact.kernel import Floats
from causal.exact.network import Network
from causal.exact.readings import interior
from causal.spec.grammar import parse_question
from causal.spec.model import Edge, Gate, Model, Table, Variable, frozen
from causal.spec.question import Event, Probability, Question

MODELS, BLOCKS, QUESTIONS = 1000, 10, 2
NOTHING = 1e-13  # a probability below this is none: differences of levels of luck are rounded


class Engine:
    """A model's engine at a few random points; ``values`` gives parameters by name, where they are not drawn."""

    def __init__(self, model: Model, seed: int, points: int = 2, values: Mapping[str, Floats] | None = None) -> None:
        self.network = Network.of(model)
        self.writer = Writer(self.network)
        self.theta = interior(self.network.parameters, seed, points)
        for place, parameter in enumerate(self.network.parameters):
            if values is not None:
                self.theta[place] = values[parameter.name]

    @property
    def values(self) -> dict[str, Floats]:
        return {parameter.name: self.theta[place] for place, parameter in enumerate(self.network.parameters)}

    @property
    def numbers(self) -> list[structural.Numbers]:
        """Return what the referee needs, for each point."""
        return [numbers_at(self.network, self.theta[:, k]) for k in range(self.theta.shape[1])]

    def ask(self, question: Question) -> Floats:
        """Return answer and probability of what is given, shape (2, points)."""
        page = self.writer.write(question)
        return self.network.recorder.tape([page.slots[0], page.leaves[0].evidence]).values(self.theta)


# Against the referee


@pytest.mark.parametrize("block", range(BLOCKS))
def test_every_answer_is_that_of_the_structural_equations(block: int) -> None:
    """Even blocks have no response types."""
    asked = open_answers = 0
    for seed in range(block, MODELS, BLOCKS):
        rng = np.random.default_rng(10_000 + seed)
        model = imagining.random_counterfactual_model(rng, int(rng.integers(3, 6)), types=block % 2 == 1)
        engine = Engine(model, seed)
        for _ in range(QUESTIONS):
            question = imagining.random_question(rng, model)
            wanted = [structural.answer(model, numbers, question) for numbers in engine.numbers]
            try:
                found = engine.ask(question)
            except ImpossibleEvidence:
                assert max(evidence for _, evidence in wanted) < NOTHING, question
                continue
            for (value, evidence), (answer, seen) in zip(wanted, found.T, strict=True):
                assert seen == pytest.approx(evidence, abs=1e-12), question
                if evidence > NOTHING:
                    assert answer == pytest.approx(value, abs=1e-10 + 1e-15 / evidence), question
                    open_answers += 1e-9 < value < 1 - 1e-9
            asked += 1
    assert asked > 0.7 * QUESTIONS * MODELS / BLOCKS
    assert open_answers > 0.7 * asked  # of two answers to each question: a good part is neither 0 nor 1


@pytest.mark.parametrize("block", range(2))
def test_what_contradicts_what_happened_is_impossible(block: int) -> None:
    """By consistency y[x = s] is y where x = s; by effectiveness x[x = s] is s."""
    for seed in range(block, 60, 2):
        rng = np.random.default_rng(15_000 + seed)
        model = imagining.random_counterfactual_model(rng, 4, types=bool(block))
        engine = Engine(model, seed)
        against, wanted = next(imagining.laws(rng, model))
        assert wanted == 0.0
        try:
            found = engine.ask(Probability(against.events[:1], against.events))
        except ImpossibleEvidence:
            continue
        assert found[1].max() < NOTHING, against


def test_independent_luck_belongs_to_all_parents_even_one_that_only_gates() -> None:
    gate = Gate(frozen({"g": ("shut",)}), "a")
    above = Variable("g", ("open", "ajar", "shut"))
    below = Variable("y", ("a", "b", "c"), edges=(Edge("g"),), gates=(gate,), coupling="independent")
    engine = Engine(Model("gated", frozen({"g": above, "y": below})), 1)
    for state in ("ajar", "shut"):
        question = parse_question(f"P(y[g = {state}] = b | y[g = open] = b)")
        wanted = [structural.answer(engine.network.model, numbers, question)[0] for numbers in engine.numbers]
        np.testing.assert_allclose(engine.ask(question)[0], wanted, atol=1e-12)


@pytest.mark.parametrize("seed", range(30))
def test_gradients_of_what_would_have_been_agree_with_finite_differences(seed: int) -> None:
    """Through minima and maxima too; the random points are not where two of them tie."""
    rng = np.random.default_rng(40_000 + seed)
    model = imagining.random_counterfactual_model(rng, 4, types=seed % 3 == 0)
    engine = Engine(model, seed)
    if not len(engine.theta):
        pytest.skip("a model of rules alone has no parameter")
    slots = []
    for _ in range(6):
        with suppress(ImpossibleEvidence):
            slots.append(engine.writer.write(imagining.random_question(rng, model)).slots[0])
    tape = engine.network.recorder.tape(slots)
    values, _ = tape.pullback(engine.theta, np.zeros((len(slots), 2)))
    adjoints = np.where(np.isfinite(values), rng.normal(size=values.shape), 0.0)
    rows = np.flatnonzero(np.isfinite(values).all(axis=1))
    tape = engine.network.recorder.tape([slots[row] for row in rows])
    _, gradient = tape.pullback(engine.theta, adjoints[rows])
    step = 1e-7
    for i in range(len(engine.theta)):
        up, down = engine.theta.copy(), engine.theta.copy()
        up[i] += step
        down[i] -= step
        slope = ((tape.values(up) - tape.values(down)) / (2 * step) * adjoints[rows]).sum(axis=0)
        np.testing.assert_allclose(gradient[i], slope, rtol=1e-4, atol=1e-5)


# Laws of counterfactuals


@pytest.mark.parametrize("types", [False, True])
def test_consistency_composition_and_effectiveness(types: bool) -> None:
    for seed in range(100):
        rng = np.random.default_rng(20_000 + seed)
        model = imagining.random_counterfactual_model(rng, int(rng.integers(3, 6)), types)
        engine = Engine(model, seed)
        for question, wanted in imagining.laws(rng, model):
            np.testing.assert_allclose(engine.ask(question)[0], wanted, atol=1e-12, err_msg=str(question))


@pytest.mark.parametrize("coupling", ["comonotone", "independent"])
def test_tian_pearl_bounds_hold(coupling: str) -> None:
    held = 0
    for seed in range(60):
        rng = np.random.default_rng(30_000 + seed)
        model = imagining.coupled(imagining.random_counterfactual_model(rng, 4, types=False), coupling)
        engine = Engine(model, seed, points=1)
        for x, y in imagining.binary_causes(model):
            bounds = imagining.tian_pearl(lambda text: _probability(engine, text), x, y)  # noqa: B023
            for low, value, high in bounds:
                assert low - 1e-10 <= value <= high + 1e-10, (seed, x, y)
                held += 1
    assert held > 60


def _probability(engine: Engine, text: str) -> float:
    try:
        return float(engine.ask(parse_question(text))[0, 0])
    except ImpossibleEvidence:
        return 0.0


# Ways of writing the same model


@pytest.mark.parametrize("block", range(4))
def test_names_and_orders_of_variables_and_parents_make_no_difference(block: int) -> None:
    for seed in range(block, 80, 4):
        rng = np.random.default_rng(40_000 + seed)
        model = imagining.random_counterfactual_model(rng, 4, types=False)
        old = list(model.variables)
        names = dict(zip(old, (str(name) for name in rng.permutation(["v0", "v1", "v2", "other"])), strict=True))
        variables = (shuffled(rng, renamed(model.variables[str(name)], names)) for name in rng.permutation(old))
        other = replace(renamed(model, names), variables=frozen({v.name: v for v in variables}))
        engine = Engine(model, seed)
        values = {as_meant(renamed(parse_question(name), names)): value for name, value in engine.values.items()}
        same = Engine(other, seed, values=ByMeaning(values))
        for question in (imagining.random_question(rng, model) for _ in range(3)):
            assert_alike(engine, question, same, renamed(question, names))


def shuffled(rng: np.random.Generator, variable: Variable) -> Variable:
    return replace(variable, edges=tuple(variable.edges[i] for i in rng.permutation(len(variable.edges))))


def renamed(value: Any, names: Mapping[str, str]) -> Any:
    """Return a model, a question or a part of one with other names of variables."""
    match value:
        case str():
            return names.get(value, value)
        case tuple():
            return tuple(renamed(each, names) for each in value)
        case Mapping():
            return frozen({renamed(key, names): renamed(each, names) for key, each in value.items()})
    if is_dataclass(value) and not isinstance(value, type):
        return type(value)(**{field.name: renamed(getattr(value, field.name), names) for field in fields(value)})
    return value


def as_meant(question: Question) -> object:
    """Return what is the same for two parameters that differ in the order of their conditions alone."""
    if isinstance(question, Probability):
        return frozenset(question.events), frozenset(question.given)
    return question


class ByMeaning(dict[object, Floats]):
    """Values of parameters, found by name whatever the order of the conditions in it."""

    def __getitem__(self, name: Any) -> Floats:
        return super().__getitem__(as_meant(parse_question(name)))


@pytest.mark.parametrize("block", range(4))
def test_a_comonotone_variable_may_count_its_states_from_either_end(block: int) -> None:
    tried = 0
    for seed in range(block, 80, 4):
        rng = np.random.default_rng(50_000 + seed)
        model = imagining.random_counterfactual_model(rng, 4, types=False)
        model = replace(model, baseline="actual", variables=frozen({
            name: replace(v, actual=v.actual or v.states[0]) for name, v in model.variables.items()
        }))  # fmt: skip
        engine = Engine(model, seed)
        for name in turnable(model):
            turned = backwards(model.variables[name])
            other = replace(model, variables=frozen({**model.variables, name: turned}))
            same = Engine(other, seed, values=engine.values)
            for _ in range(2):
                question = spelled_out(model, imagining.random_question(rng, model))
                assert_alike(engine, question, same, question)
                tried += 1
    assert tried > 20


def turnable(model: Model) -> Iterator[str]:
    """Yield comonotone tables that gate nothing: what a gate leaves open is named by the first such state."""
    gating = {parent for v in model.variables.values() for gate in v.gates for parent in gate.when}
    for name, variable in model.variables.items():
        coupling = variable.coupling or ("comonotone" if variable.ordered else "independent")
        if isinstance(variable.mechanism, Table) and coupling == "comonotone" and name not in gating:
            yield name


def backwards(variable: Variable) -> Variable:
    mechanism = variable.mechanism
    assert isinstance(mechanism, Table)
    order = mechanism.order or variable.states  # the sticks stay as they are
    return replace(variable, states=variable.states[::-1], mechanism=replace(mechanism, order=order))


def spelled_out(model: Model, question: Probability) -> Probability:
    """Return a question with the states of every event listed, so that none looks at their order."""

    def listed(parts: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(
            replace(part, op="in", states=tuple(sorted(structural.chosen(model, part))))
            if isinstance(part, Event)
            else part
            for part in parts
        )

    return Probability(listed(question.events), listed(question.given))


def assert_alike(one: Engine, question: Probability, other: Engine, same: Probability) -> None:
    try:
        expected = one.ask(question)
    except ImpossibleEvidence:
        expected = np.zeros((2, one.theta.shape[1]))
    try:
        found = other.ask(same)
    except ImpossibleEvidence:
        found = np.zeros_like(expected)
    np.testing.assert_allclose(found[1], expected[1], atol=1e-12, err_msg=str(question))
    open_points = expected[1] > 1e-10
    np.testing.assert_allclose(found[0, open_points], expected[0, open_points], atol=1e-9, err_msg=str(question))
