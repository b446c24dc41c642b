"""Ranked nodes against tables that AgenaRisk published, against a referee of their definition, and inside a model.

The tables are those of two example files whose every ranked node agrees to 6e-8 (they print eight or nine digits). A
third, SWProjectRiskCont, carries tables of an older rule with one point per part, and is left out.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import truncnorm

from causal.errors import TooLarge
from causal.exact.mechanisms.ranked import VARIANCE, RankedKind, masses
from causal.exact.network import Network
from causal.spec.model import Edge, Gate, Model, Ranked, Variable, frozen
from causal.spec.priors import ANYONE, Expert, Priors
from causal.study import Study

PUBLISHED = json.loads(Path(__file__).with_name("agenarisk.json").read_text(encoding="utf-8"))["tables"]
RNG = np.random.default_rng(7)


def states(count: int) -> tuple[str, ...]:
    return tuple(f"s{number}" for number in range(count))


def model(cards: list[int], child: int, ranked: Ranked, *gates: Gate) -> Model:
    """Return parents p0, p1, ... of so many states each, and their child y."""
    variables = {f"p{number}": Variable(f"p{number}", states(card)) for number, card in enumerate(cards)}
    edges = tuple(Edge(name) for name in variables)
    y = Variable("y", states(child), edges=edges, mechanism=ranked, gates=gates)
    return Model("ranked", frozen({**variables, "y": y}))


def ranked(function: str, weights: list[float], variance: float | None, **mix: tuple[float, float]) -> Ranked:
    return Ranked(function, frozen({f"p{number}": weight for number, weight in enumerate(weights)}), variance, **mix)


def table(cards: list[int], child: int, mechanism: Ranked) -> np.ndarray:
    made = model(cards, child, mechanism)
    return RankedKind().shares(made, made.variables["y"])


@pytest.mark.parametrize("case", PUBLISHED, ids=lambda case: case["node"])
def test_agenarisk_publishes_these_tables(case: dict) -> None:
    published = np.array(case["table"])
    mechanism = ranked(case["function"], case["weights"], case["variance"])
    found = table(case["parents"], len(published), mechanism)
    assert np.abs(found.reshape(-1, len(published)).T - published).max() < 1e-7


FUNCTIONS: dict[str, Callable[[tuple[float, ...], list[float]], float]] = {
    "wmean": lambda x, w: float(np.average(x, weights=w)),
    "wmin": lambda x, w: min((w[i] * x[i] + sum(x) - x[i]) / (w[i] + len(x) - 1) for i in range(len(x))),
    "wmax": lambda x, w: max((w[i] * x[i] + sum(x) - x[i]) / (w[i] + len(x) - 1) for i in range(len(x))),
    "mixminmax": lambda x, w: (3.0 * min(x) + 0.5 * max(x)) / 3.5,
}


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("cards", [[2], [3, 2], [2, 4, 3]], ids=str)
def test_the_definition_point_by_point(function: str, cards: list[int]) -> None:
    weights, variance, child = RNG.uniform(0.5, 4.0, len(cards)).tolist(), 0.02, 4
    found = table(cards, child, ranked(function, weights, variance, mix=(3.0, 0.5)))
    edges, spread = np.linspace(0, 1, child + 1), np.sqrt(variance)
    for at in product(*(range(card) for card in cards)):
        points = [np.linspace(i / card, (i + 1) / card, 5) for i, card in zip(at, cards, strict=True)]
        means = [FUNCTIONS[function](x, weights) for x in product(*points)]
        rows = [np.diff(truncnorm.cdf(edges, -m / spread, (1 - m) / spread, m, spread)) for m in means]
        np.testing.assert_allclose(found[at], np.mean(rows, axis=0), atol=1e-12)


@pytest.mark.parametrize("variance", [1e-9, 1e-4, 0.1, 1e4, 1e12])
def test_rows_add_up_and_tails_are_not_lost(variance: float) -> None:
    found = masses(np.linspace(0, 1, 41), variance, 7)
    np.testing.assert_allclose(found.sum(axis=1), 1.0, atol=1e-12)
    assert (found >= 0).all()
    np.testing.assert_allclose(found, found[::-1, ::-1], rtol=1e-9)


def test_a_tail_keeps_its_digits() -> None:
    (row,) = masses(np.array([0.0]), 0.001, 5)
    exact = truncnorm.sf(0.8 / np.sqrt(0.001), 0, 1 / np.sqrt(0.001)) - truncnorm.sf(1e9, 0, 1e9)
    assert row[-1] == pytest.approx(exact, rel=1e-6)
    assert 0 < row[-1] < 1e-100


def test_a_variance_left_out_is_the_documented_one() -> None:
    np.testing.assert_array_equal(
        table([3, 3], 3, ranked("wmean", [1, 1], None)), table([3, 3], 3, ranked("wmean", [1, 1], VARIANCE))
    )


def test_a_gate_overrules_and_its_parent_does_not_count() -> None:
    gate = Gate(frozen({"p1": ("s1",)}), "s0")
    made = model([3, 2], 3, Ranked("wmean", frozen({"p0": 1.0}), 0.05), gate)
    network = Network.of(made)
    tape = network.recorder.tape(network.table("y").ravel().tolist())
    found = tape.values(np.full((len(network.parameters), 1), 0.5)).reshape(3, 2, 3)
    np.testing.assert_allclose(found[:, 0], table([3], 3, ranked("wmean", [1], 0.05)), atol=1e-15)
    np.testing.assert_array_equal(found[:, 1], [[1, 0, 0]] * 3)


def test_it_leaves_nothing_open_and_answers_questions() -> None:
    made = model([3, 3], 3, ranked("wmean", [2, 1], 0.01))
    study = Study(made, Priors("nobody", "ranked", {ANYONE: Expert(ANYONE)}))
    assert not [p for p in study.elicited.network.parameters if p.variable == "y"]
    posterior = study.at_medians()
    assert posterior.ask("P(y = s2 | p0 = s2, p1 = s1)").mean == pytest.approx(0.6566733, abs=1e-7)
    assert posterior.ask("P(y = s0 | do(p0 = s0, p1 = s2))").mean == pytest.approx(0.34204516, abs=1e-7)


def test_too_many_points_are_refused_with_what_to_do() -> None:
    with pytest.raises(TooLarge, match=r"y is ranked by 5 parents with 4,084,101 combinations .* fewer parents"):
        table([5] * 5, 5, ranked("wmin", [1] * 5, 0.1))
