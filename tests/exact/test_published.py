"""The engine on a published network, against pyAgrum and against numbers computed elsewhere.

Asia is the chest-clinic network of Lauritzen & Spiegelhalter (1988). pyAgrum answers do() on a network whose arrows
were cut by hand; its tables are filled directly, because its file readers round to float32.
"""

from __future__ import annotations

from itertools import product

import numpy as np
import pyagrum as gum
import pytest

from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.spec.grammar import parse_question
from causal.spec.model import Edge, Model, Variable, frozen

PARENTS = {
    "asia": [],
    "tub": ["asia"],
    "smoke": [],
    "lung": ["smoke"],
    "bronc": ["smoke"],
    "either": ["lung", "tub"],
    "xray": ["either"],
    "dysp": ["bronc", "either"],
}
YES = {  # P(yes | parents), each "y" or "n", in the order of PARENTS
    "asia": {"": 0.01},
    "tub": {"y": 0.05, "n": 0.01},
    "smoke": {"": 0.5},
    "lung": {"y": 0.1, "n": 0.01},
    "bronc": {"y": 0.6, "n": 0.3},
    "either": {"yy": 1.0, "yn": 1.0, "ny": 1.0, "nn": 0.0},
    "xray": {"y": 0.98, "n": 0.05},
    "dysp": {"yy": 0.9, "yn": 0.8, "ny": 0.7, "nn": 0.1},
}
STATES = ("yes", "no")


@pytest.fixture(scope="module")
def asia() -> tuple[Writer, np.ndarray]:
    variables = {n: Variable(n, STATES, edges=tuple(Edge(p) for p in parents)) for n, parents in PARENTS.items()}
    network = Network.of(Model("asia", frozen(variables)))
    theta = np.empty((len(network.parameters), 1))
    for name, parents in PARENTS.items():
        for states in product(STATES, repeat=len(parents)):
            given = ", ".join(f"{p} = {s}" for p, s in zip(parents, states, strict=True))
            text = f"P({name} = yes | {given})" if given else f"P({name} = yes)"
            theta[network.index[text]] = YES[name]["".join(s[0] for s in states)]
    return Writer(network), theta


def answer(asia: tuple[Writer, np.ndarray], text: str) -> np.ndarray:
    writer, theta = asia
    return writer.network.recorder.tape(writer.write(parse_question(text)).slots).values(theta)[:, 0]


def oracle(target: str, evidence: dict[str, str], do: dict[str, str]) -> np.ndarray:
    bn = gum.BayesNet()
    for name in PARENTS:
        bn.add(gum.LabelizedVariable(name, name, list(STATES)))
    for name, parents in PARENTS.items():
        if name not in do:
            for parent in parents:
                bn.addArc(parent, name)
    for name, parents in PARENTS.items():
        table = bn.cpt(name)
        if name in do:
            table.fillWith([1.0 if state == do[name] else 0.0 for state in STATES])
            continue
        for states in product(STATES, repeat=len(parents)):
            p = YES[name]["".join(s[0] for s in states)]
            table[dict(zip(parents, states, strict=True))] = [p, 1 - p]
    engine = gum.LazyPropagation(bn)
    engine.setEvidence(evidence)
    engine.makeInference()
    return np.array(engine.posterior(target).tolist())


QUERIES = [
    ("lung", {"xray": "yes", "dysp": "yes"}, {}),
    ("bronc", {"smoke": "yes", "dysp": "yes", "xray": "no"}, {}),
    ("dysp", {"xray": "yes"}, {"smoke": "no"}),
    ("dysp", {"smoke": "yes"}, {"either": "yes"}),
    ("asia", {"dysp": "yes"}, {"lung": "no"}),
    ("smoke", {}, {"bronc": "yes"}),
    ("xray", {"asia": "yes", "dysp": "no"}, {"smoke": "yes"}),
]


@pytest.mark.parametrize(("target", "evidence", "do"), QUERIES)
def test_agrees_with_pyagrum(asia: tuple[Writer, np.ndarray], target: str, evidence: dict, do: dict) -> None:
    given = [f"{name} = {state}" for name, state in evidence.items()]
    given += [f"do({', '.join(f'{name} = {state}' for name, state in do.items())})"] if do else []
    text = f"P({target} | {', '.join(given)})" if given else f"P({target})"
    np.testing.assert_allclose(answer(asia, text), oracle(target, evidence, do), atol=1e-12)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("P(lung | xray = yes, dysp = yes)", [0.6212527966776288, 0.3787472033223713]),
        ("P(bronc | smoke = yes, dysp = yes, xray = no)", [0.9220029377119023, 0.07799706228809773]),
        ("P(lung | dysp = yes, xray ~ {yes: 0.7, no: 0.2})", [0.2522827784190318, 0.7477172215809682]),
        ("P(dysp | do(smoke = no), xray = yes)", [0.43995280745138177, 0.5600471925486183]),
        # a peer that drops evidence outside the adjustment set answers 0.791 here
        ("P(dysp | do(either = yes), smoke = yes)", [0.82, 0.18]),
    ],
)
def test_agrees_with_numbers_from_elsewhere(asia: tuple[Writer, np.ndarray], text: str, wanted: list) -> None:
    np.testing.assert_allclose(answer(asia, text), wanted, atol=1e-12)


def test_the_sensitivity_function_has_its_published_form(asia: tuple[Writer, np.ndarray]) -> None:
    """P(lung | xray, dysp) as (a x + b) / (c x + d) of x = P(smoke), and its derivative at 0.5."""
    writer, theta = asia
    place = writer.network.index["P(smoke = yes)"]
    tape = writer.network.recorder.tape(writer.write(parse_question("P(lung = yes | xray = yes, dysp = yes)")).slots)
    for x in (0.1, 0.5, 0.93):
        moved = theta.copy()
        moved[place] = x
        value, gradient = tape.pullback(moved, np.ones((1, 1)))
        a, b, c, d = 0.072912, 0.007448, 0.08073646320000001, 0.0303018728
        assert value[0, 0] == pytest.approx((a * x + b) / (c * x + d), abs=1e-12)
        assert gradient[place, 0] == pytest.approx((a * d - b * c) / (c * x + d) ** 2, abs=1e-10)
