"""Named quantities against textbook numbers; bounds against closed forms and against every coupling."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from scipy.optimize import linprog

from causal.errors import QueryError
from causal.exact.answer import Writer
from causal.exact.bounds import program, tian_pearl
from causal.exact.coupling import COUPLINGS
from causal.exact.network import Network
from causal.exact.quantities import contrasts
from causal.exact.readings import interior
from causal.graph import Graph
from causal.spec.grammar import parse_question
from causal.spec.model import Case, Count, Edge, Holds, Model, Rule, Table, Variable, frozen
from causal.spec.question import Probability

STATES = ("0", "1")


def binary(arrows: dict[str, list[str]], **mechanisms) -> Model:
    variables = {
        name: Variable(name, STATES, edges=tuple(map(Edge, parents)), mechanism=mechanisms.get(name, Table()))
        for name, parents in arrows.items()
    }
    return Model("binary", frozen(variables))


def ask(model: Model, numbers: dict[str, float], *texts: str) -> list[float]:
    network = Network.of(model)
    writer = Writer(network)
    theta = np.array([[numbers[p.name.replace("= 0", "= 1", 1)]] for p in network.parameters])
    theta = 1 - theta  # the first stick of a binary row is its first state
    slots = [writer.write(parse_question(text)).slots[0] for text in texts]
    return network.recorder.tape(slots).values(theta)[:, 0].tolist()


def truth(test: dict[str, str], otherwise: str = "0") -> Rule:
    return Rule(cases=(Case(frozen({k: (v,) for k, v in test.items()}), frozen({"1": 1.0})),
                       Case(frozen({}), frozen({otherwise: 1.0}))))  # fmt: skip


def either(*causes: str) -> Rule:
    return Rule(test=Count(1, tuple(Holds(cause, ("1",)) for cause in causes)))


def test_direct_and_indirect_effects_are_the_primers() -> None:
    """Pearl, Glymour & Jewell 2016, section 4.5: TE .46, NDE .32, NIE .035; TE - NDE is the reverse NIE, .14."""
    numbers = {"P(T = 1)": 0.5, "P(M = 1 | T = 0)": 0.4, "P(M = 1 | T = 1)": 0.75}
    for (t, m), p in {(1, 1): 0.8, (1, 0): 0.4, (0, 1): 0.3, (0, 0): 0.2}.items():
        numbers[f"P(Y = 1 | T = {t}, M = {m})"] = p
    model = binary({"T": [], "M": ["T"], "Y": ["T", "M"]})
    names = ("ATE", "NDE", "NIE", "ETT")
    total, direct, indirect, treated = ask(model, numbers, *(f"{name}(T = 1 -> Y = 1)" for name in names))
    assert (total, direct, indirect) == pytest.approx((0.46, 0.32, 0.035), abs=1e-12)
    assert total - direct == pytest.approx(0.14)
    assert treated == pytest.approx(0.46)  # nothing confounds T
    held = ask(model, numbers, "CDE(T = 1 -> Y = 1 | do(M = 1))", "CDE(T = 1 -> Y = 1 | do(M = 0))")
    assert held == pytest.approx([0.5, 0.2])


def test_simpsons_drug() -> None:
    """Pearl, Glymour & Jewell 2016, table 1.1: .8325, .7789 by doing, .78, .8257 by seeing; ETT 20497/28000."""
    men, women = (81 + 234, 87 + 270), (192 + 55, 263 + 80)
    total = men[1] + women[1]
    numbers = {"P(G = 1)": men[1] / total, "P(X = 1 | G = 1)": 87 / 357, "P(X = 1 | G = 0)": 263 / 343}
    rates = {(1, 1): 81 / 87, (1, 0): 234 / 270, (0, 1): 192 / 263, (0, 0): 55 / 80}
    numbers |= {f"P(Y = 1 | G = {g}, X = {x})": rate for (g, x), rate in rates.items()}
    model = binary({"G": [], "X": ["G"], "Y": ["G", "X"]})
    found = ask(model, numbers, "P(Y = 1 | do(X = 1))", "P(Y = 1 | do(X = 0))", "P(Y = 1 | X = 1)", "P(Y = 1 | X = 0)",
                "P(Y[X = 0] = 1 | X = 1)")  # fmt: skip
    wanted = [634983 / 762700, 6231 / 8000, 0.78, 0.8257142857142857, 20497 / 28000]
    assert found == pytest.approx(wanted, abs=1e-12)


def test_the_firing_squad_and_the_consistent_xor() -> None:
    """Pearl 2009, section 7.1.2, with p = .3 and q = .1: 7/37; and 1, where a peer has .862 and .5."""
    model = binary(
        {"U": [], "W": [], "C": ["U"], "A": ["C", "W"], "B": ["C"], "D": ["A", "B"]},
        C=truth({"U": "1"}), B=truth({"C": "1"}),
        A=either("C", "W"), D=either("A", "B"),
    )  # fmt: skip
    numbers = {"P(U = 1)": 0.3, "P(W = 1)": 0.1}
    alive, dead = ask(model, numbers, "P(D[A = 0] = 0 | D = 1)", "P(D[B = 0] = 1 | D = 1)")
    assert alive == pytest.approx(7 / 37, abs=1e-12)
    assert dead == pytest.approx(1.0, abs=1e-12)
    odd = Rule(cases=(*(Case(frozen({"X": ("1",), "U": (a,), "V": (b,)}), frozen({"1": 1.0}))
                        for a, b in (("0", "1"), ("1", "0"))), Case(frozen({}), frozen({"0": 1.0}))))  # fmt: skip
    xor = binary({"U": [], "V": [], "X": [], "Y": ["X", "U", "V"]}, Y=odd)
    half = {"P(U = 1)": 0.5, "P(V = 1)": 0.5, "P(X = 1)": 0.5}
    assert ask(xor, half, "P(Y[X = 1] = 1 | X = 1, Y = 1)")[0] == pytest.approx(1.0, abs=1e-12)


def test_pairs_of_causes_count_their_patterns() -> None:
    """Of a or b: substitutes only; of a and b: complements only; of a alone: neither."""
    both = binary({"a": [], "b": [], "y": ["a", "b"]}, y=truth({"a": "1", "b": "1"}))
    half = {"P(a = 1)": 0.5, "P(b = 1)": 0.5}
    texts = [f"{name}(a = 1, b = 1 -> y = 1)" for name in ("complements", "substitutes", "interacts")]
    assert ask(both, half, *texts) == [1.0, 0.0, 1.0]
    one = binary({"a": [], "b": [], "y": ["a", "b"]}, y=truth({"a": "1"}))
    assert ask(one, half, *texts) == [0.0, 0.0, 0.0]
    assert ask(one, half, "increases(a = 1 -> y = 1)", "decreases(a = 1 -> y = 1)") == [1.0, 0.0]


def test_the_drug_case_is_bounded_as_published() -> None:
    """Pearl 2009, section 9.3.4 (Tian & Pearl 2000): PNS [.002, .016], PN [1, 1], PS [.00206, .03086].

    A hidden cause that X follows stands for what confounds: P(y | x) and P(y | do(x)) are then those of the table.
    """
    model = binary({"U": [], "X": ["U"], "Y": ["X", "U"]}, X=truth({"U": "1"}))
    numbers = {"P(U = 1)": 0.5, "P(Y = 1 | X = 1, U = 1)": 0.002, "P(Y = 1 | X = 1, U = 0)": 0.030,
               "P(Y = 1 | X = 0, U = 0)": 0.028, "P(Y = 1 | X = 0, U = 1)": 0.0}  # fmt: skip
    network = Network.of(model)
    writer = Writer(network)
    theta = 1 - np.array([[numbers[p.name.replace("= 0", "= 1", 1)]] for p in network.parameters])
    for name, wanted in {"PNS": (0.002, 0.016), "PN": (1.0, 1.0), "PS": (0.00205761316872, 0.03086419753086)}.items():
        asked = writer.write(parse_question(f"{name}(X = 1 -> Y = 1)")).reckoned
        assert isinstance(asked, Probability)
        pair = tian_pearl(writer, asked)
        assert pair is not None
        assert network.recorder.tape(pair).values(theta)[:, 0] == pytest.approx(wanted, abs=1e-9), name


def sharp(writer: Writer, question: Probability, theta: np.ndarray) -> tuple[float, float] | str:
    made = program(writer, question)
    if isinstance(made, str):
        return made
    run = lambda slots: writer.network.recorder.tape(np.ravel(slots).tolist()).values(theta)[:, 0]  # noqa: E731
    reach = made.makes @ run(made.weights) / run([made.given])[0]
    sides = run(made.sides).reshape(made.sides.shape).prod(axis=1)
    low, high = (s * linprog(s * reach, A_eq=made.fixes, b_eq=sides, bounds=(0, 1)).fun for s in (1.0, -1.0))
    return low, high


GRAPHS = ({"x": [], "y": ["x"]}, {"x": [], "m": ["x"], "y": ["m", "x"]}, {"z": [], "x": ["z"], "y": ["x", "z"]},
          {"x": [], "a": ["x"], "b": ["x"], "y": ["a", "b"]})  # fmt: skip
ASKED = ("PN(x = 1 -> y = 1)", "PS(x = 1 -> y = 1)", "PNS(x = 1 -> y = 1)", "P(y[x = 0] = 1 | y = 1)",
         "P(y[x = 0] = 1 | y[x = 1] = 1)")  # fmt: skip


@pytest.mark.parametrize(("graph", "text"), list(product(range(len(GRAPHS)), ASKED)))
def test_sharp_bounds_contain_every_coupling_and_lie_within_tian_and_pearls(graph: int, text: str) -> None:
    model = binary(GRAPHS[graph])
    network = Network.of(model)
    writer = Writer(network)
    for seed in range(3):
        theta = interior(network.parameters, seed, 1)
        page = writer.write(parse_question(text))
        assert isinstance(page.reckoned, Probability)
        found = sharp(writer, page.reckoned, theta)
        if isinstance(found, str):
            assert "more than" in found
            return
        low, high = found
        couplings = [writer.write(page.question, name).slots[0] for name in COUPLINGS]
        for value in network.recorder.tape(couplings).values(theta)[:, 0]:
            assert low - 1e-7 <= value <= high + 1e-7
        pair = tian_pearl(writer, page.reckoned)
        if pair is not None:
            outer = network.recorder.tape(pair).values(theta)[:, 0]
            assert outer[0] - 1e-7 <= low <= high <= outer[1] + 1e-7
            if len(page.coupled) == 1 and graph < 2:  # nothing else is known of x and y
                assert outer == pytest.approx(found, abs=1e-6)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("ATE(x = 1 -> y = 1)", ("x = 1 is contrasted with x = 0.",)),
        ("PN(x = 0 -> y = 1)", ("x = 0 is contrasted with x = 1.",)),
        ("NIE(x = 1 -> y = 1)", ("x = 1 is contrasted with x = 0; between it and y lie m.",)),
        ("interacts(x = 1, m = 0 -> y = 1)", ("x = 1 is contrasted with x = 0 and m = 0 is contrasted with m = 1.",)),
        ("ATE(x = 1 -> y = 1) - ATE(x = 1 -> m = 1) > 0", ("x = 1 is contrasted with x = 0.",)),
        ("effect(x = 1 -> y = 1)", ("x = 1 is contrasted with nothing being set.",)),
        ("P(y = 1 | do(x = 1))", ()),
    ],
)
def test_what_a_quantity_is_contrasted_with_is_said(text: str, says: tuple[str, ...]) -> None:
    assert contrasts(parse_question(text), Graph.of(binary({"x": [], "m": ["x"], "y": ["x", "m"]}))) == says


def test_one_state_of_several_is_contrasted_with_the_baseline() -> None:
    model = replace(binary({"x": [], "y": ["x"]}), baseline="actual")
    x = replace(model.variables["x"], states=("a", "b", "c"), actual="b")
    graph = Graph.of(replace(model, variables=frozen({**model.variables, "x": x})))
    assert contrasts(parse_question("ATE(x = c -> y = 1)"), graph) == ("x = c is contrasted with x = b.",)
    with pytest.raises(QueryError, match="its own baseline"):
        contrasts(parse_question("ATE(x = b -> y = 1)"), graph)


def test_a_quantity_that_does_not_fit_says_what_would() -> None:
    writer = Writer(Network.of(binary({"x": [], "m": ["x"], "y": ["m"]})))
    for text, says in {
        "NDE(m = 1 -> y = 1)": "nothing lies between m and y",
        "CDE(x = 1 -> y = 1)": "do(m = v)",
        "PN(x = 1 -> y in {0, 1})": "always holds",
        "complements(x = 1 -> y = 1)": "two causes",
        "PN(x = m[x = 0] -> y = 1)": "plain states",
    }.items():
        with pytest.raises(QueryError, match=says.replace("(", r"\(").replace(")", r"\)")):
            writer.write(parse_question(text))
