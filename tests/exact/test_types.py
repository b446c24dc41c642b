"""Response types against CausalQueries' published answers and exact values; numbers and sources as in each row.

Digits of a type: the first-named parent varies fastest. Rows that learn from data are in tests/learn.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import causal
from causal.errors import TooLarge
from causal.exact.answer import Writer
from causal.exact.mechanisms.types import Space
from causal.exact.network import Network
from causal.spec.grammar import parse_question
from causal.spec.model import Edge, Model, Types, Variable, frozen

STATES = ("0", "1")


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("CAUSAL_CACHE", str(tmp_path / "fits"))


def typed(arrows: dict[str, list[str]], confounded: list[tuple[str, str]] = (), **options: Types) -> Model:
    """Return a binary model of response types; ``arrows`` has each variable's parents."""
    variables = {
        name: Variable(name, STATES, edges=tuple(map(Edge, parents)), mechanism=options.get(name, Types()))
        for name, parents in arrows.items()
    }
    return Model("typed", frozen(variables), confounded=tuple(confounded))


def at(model: Model, shares: dict[str, list[float]], *texts: str) -> list[float]:
    """Return answers at given shares of every variable's types, in the order of its space."""
    network = Network.of(model)
    writer = Writer(network)
    theta = np.zeros((len(network.parameters), 1))
    for name, each in shares.items():
        mine = [p.name for p in network.parameters if p.variable == name]
        left = 1.0
        for parameter, share in zip(mine, np.array(each) / np.sum(each), strict=False):
            theta[network.index[parameter]] = share / left if left > 1e-15 else 0.0
            left -= share
    slots = [writer.write(parse_question(text)).slots[0] for text in texts]
    return network.recorder.tape(slots).values(theta)[:, 0].tolist()


CHAIN = {"X": [], "M": ["X"], "Y": ["M"]}
THETA = {"X": [1, 1], "M": [2, 4, 2, 2], "Y": [2, 4, 2, 2]}  # types 00, 01, 10, 11


def test_the_types_come_with_the_first_parent_fastest() -> None:
    model = typed({"a": [], "b": [], "y": ["a", "b"]})
    space = Space.of(model, model.variables["y"])
    assert space.types[1:6] == ("0001", "0010", "0011", "0100", "0101")
    assert space.grid[1, 0, space.types.index("0101")] == 1  # 0101 follows a
    assert space.grid[0, 1, space.types.index("0101")] == 0


def test_published_values_at_given_parameters() -> None:
    """CausalQueries 1.4.3 tests (A01, A05), 1.5 vignette g (D01); Humphreys & Jacobs 2023, chapter 7 (A10, A11)."""
    xy = typed({"X": [], "Y": ["X"]})
    increase, decrease = "increases(X = 1 -> Y = 1)", "decreases(X = 1 -> Y = 1)"
    (ate,) = at(xy, {"X": [1, 2], "Y": [3, 5, 4, 6]}, "ATE(X = 1 -> Y = 1)")
    assert ate == pytest.approx(1 / 18, abs=1e-9)
    flat = {"X": [1, 1], "Y": [1, 1, 1, 1]}
    assert at(xy, flat, f"{increase} / (1 - {decrease})")[0] == pytest.approx(1 / 3, abs=1e-12)
    types = "P(M[X = 0] = 0, M[X = 1] = 0, Y[M = 0] = 0, Y[M = 1] = 1 | X = 1, M = 0, Y = 0)"
    assert at(typed(CHAIN), THETA, types)[0] == pytest.approx(1 / 3, abs=1e-9)
    assert at(typed(CHAIN), THETA, "PN(X = 1 -> Y = 1 | M = 1)")[0] == pytest.approx(4 / 9, abs=1e-9)
    chain = typed({"A": [], "B": ["A"], "C": ["B"], "D": ["C"]})
    shares = {"A": [1, 1]} | {
        name: [(1 - p) / 3, p, (1 - p) / 3, (1 - p) / 3] for name, p in (("B", 0.8), ("C", 0.7), ("D", 0.9))
    }
    assert at(chain, shares, "ATE(A = 1 -> D = 1)")[0] == pytest.approx(0.3813333333, abs=1e-9)


def test_the_number_of_free_parameters_is_the_published_one() -> None:
    """Tietz et al. 2026, table of degrees of freedom."""
    fork, line = {"X": [], "W": [], "Y": ["X", "W"]}, {"X": [], "W": ["X"], "Y": ["W", "X"]}
    xw, xy, wy = ("X", "W"), ("X", "Y"), ("W", "Y")
    for arrows, pairs, count in (
        (fork, [], 17), (fork, [xw], 18), (fork, [xy, wy], 62), (fork, [xy, wy, xw], 63),
        (line, [], 19), (line, [wy], 64), (line, [xw, wy], 67), (line, [xw, wy, xy], 127),
    ):  # fmt: skip
        assert len(Network.of(typed(arrows, pairs)).parameters) == count, (arrows, pairs)


def loaded(folder: Path, variables: str, priors: str = "", confounded: str = ""):
    """Return the posterior of a model of types, its Dirichlets flat unless ``priors`` say otherwise."""
    (folder / "m.yaml").write_text(f"model: m\nvariables:\n{variables}{confounded}")
    where = None
    if priors:
        (folder / "p.yaml").write_text(f"priors: p\nmodel: m\njudgements:\n{priors}")
        where = folder / "p.yaml"
    return causal.load(folder / "m.yaml", where).sample(seed=1, draws=25_000)


XY = """  X: {states: ["0", "1"], mechanism: types}
  Y: {states: ["0", "1"], parents: [X], mechanism: types}
"""
MONOTONE = """  X: {states: ["0", "1"], mechanism: types}
  M: {states: ["0", "1"], parents: [X], mechanism: {types: {monotone: [X]}}}
  Y: {states: ["0", "1"], parents: [M], mechanism: {types: {monotone: [M]}}}
"""
RIVALS = """  X1: {states: ["0", "1"], mechanism: types}
  X2: {states: ["0", "1"], mechanism: types}
  Y: {states: ["0", "1"], parents: [X1, X2], mechanism: {types: {allow: ["0001", "0101", "0011", "0111"]}}}
"""


def test_flat_priors_at_population_level(tmp_path: Path) -> None:
    """A02 (sd .3162), A03 and A04 (Beta(1, 1)): CausalQueries vignette a; exact by the laws of the Dirichlet."""
    posterior = loaded(tmp_path, XY)
    ate = posterior.ask("ATE(X = 1 -> Y = 1)")
    assert ate.mean == pytest.approx(0.0, abs=0.01)
    draws = next(iter(ate.samples.values()))
    assert draws.std() == pytest.approx(0.316228, abs=0.01)
    assert (ate.panel.lower, ate.panel.upper) == pytest.approx((-0.535, 0.535), abs=0.02)  # 5 and 95 per cent
    caused = posterior.ask("PN(X = 1 -> Y = 1)")
    assert caused.mean == pytest.approx(0.5, abs=0.01)
    assert next(iter(caused.samples.values())).std() == pytest.approx(0.288675, abs=0.01)
    up, down = "increases(X = 1 -> Y = 1)", "decreases(X = 1 -> Y = 1)"
    assert posterior.ask(f"{up} / ({up} + {down})").mean == pytest.approx(0.5, abs=0.01)


def test_monotone_effects_at_population_level(tmp_path: Path) -> None:
    """A06: ATE ~ Beta(1, 2), mean 1/3 and sd .2357 (Tietz et al. 2026)."""
    posterior = loaded(tmp_path, XY.replace("parents: [X], mechanism: types", "parents: [X], mechanism: {types: "
                                            "{monotone: [X]}}"))  # fmt: skip
    ate = posterior.ask("ATE(X = 1 -> Y = 1)")
    assert ate.mean == pytest.approx(1 / 3, abs=0.01)
    assert next(iter(ate.samples.values())).std() == pytest.approx(0.235702, abs=0.01)


def test_a_chain_and_the_front_door(tmp_path: Path) -> None:
    """A07: 1/8 for a flat chain; A08: Jeffreys, sd .1442 of the ATE (CausalQueries vignette d)."""
    chain = """  X: {states: ["0", "1"], mechanism: types}
  M: {states: ["0", "1"], parents: [X], mechanism: types}
  Y: {states: ["0", "1"], parents: [M], mechanism: types}
"""
    positive = loaded(tmp_path, chain).ask("increases(X = 1 -> Y = 1)", level="case")
    assert positive.mean == pytest.approx(1 / 8, abs=1e-9)
    jeffreys = "".join(f"  - {{about: types({name}), says: {{dirichlet: jeffreys}}}}\n" for name in "XMY")
    ate = loaded(tmp_path, chain, jeffreys, "confounded: [[X, Y]]\n").ask("ATE(X = 1 -> Y = 1)")
    assert ate.mean == pytest.approx(0.0, abs=0.005)
    assert next(iter(ate.samples.values())).std() == pytest.approx(0.1442, abs=0.005)


@pytest.mark.parametrize(
    ("variables", "question", "wanted"),
    [
        (MONOTONE, "PN(X = 1 -> Y = 1)", 1 / 5),  # A09, Humphreys & Jacobs 2023: hoop tests
        (MONOTONE, "PN(X = 1 -> Y = 1 | M = 0)", 0.0),
        (MONOTONE, "PN(X = 1 -> Y = 1 | M = 1)", 1 / 4),
        (RIVALS, "increases(X1 = 1 -> Y = 1)", 1 / 2),  # A12: a rival cause
        (RIVALS, "P(Y[X1 = 1] = 1, Y[X1 = 0] = 0 | X2 = 1)", 1 / 2),
        (RIVALS, "PN(X1 = 1 -> Y = 1)", 2 / 3),
        (RIVALS, "PN(X1 = 1 -> Y = 1 | X2 = 1)", 1 / 2),
    ],
)
def test_at_case_level_answers_are_exact(tmp_path: Path, variables: str, question: str, wanted: float) -> None:
    answer = loaded(tmp_path, variables).ask(question, level="case")
    assert answer.mean == pytest.approx(wanted, abs=1e-9)


def test_the_case_is_not_the_population(tmp_path: Path) -> None:
    """The mean over draws of P_k(Y | e), by a one-dimensional integral: .2096467."""
    answer = loaded(tmp_path, MONOTONE).ask("PN(X = 1 -> Y = 1)")
    assert answer.mean == pytest.approx(0.2096467235, abs=4 * answer.panel.mcse)
    assert answer.case is not None
    assert answer.case.mean == pytest.approx(0.2, abs=1e-9)


def test_a_dirichlet_by_type_leaves_the_others_at_one(tmp_path: Path) -> None:
    priors = '  - {about: types(Y), says: {dirichlet: {"01": 7}}}\n'
    answer = loaded(tmp_path, XY, priors).ask("increases(X = 1 -> Y = 1)", level="case")
    assert answer.mean == pytest.approx(7 / 10, abs=1e-9)


def test_simplified_causes_of_four_parents() -> None:
    """Monotone in four parents there are 168 types (the Dedekind number M(4)); free, 65,536, and of five, too many."""
    four = {"a": [], "b": [], "c": [], "d": [], "y": ["a", "b", "c", "d"]}
    model = typed(four, y=Types(monotone=("a", "b", "c", "d")))
    assert len(Space.of(model, model.variables["y"]).types) == 168
    with pytest.raises(TooLarge, match="4,294,967,296 response types"):
        Network.of(typed({**four, "e": [], "y": ["a", "b", "c", "d", "e"]}))
