"""Cases with holes: the probability of a row by enumeration of all complete ones, and what it teaches by weighting.

row          probability by force
missing      the sum over every state of what was not seen
graded       the sum over states, each with its likelihood
censored     the same as missing: a cell that nobody could see is no zero
"""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest

import causal
from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.exact.readings import interior
from causal.learn.cases import write_rows
from causal.learn.sample import aim
from causal.spec.modelfile import parse_model
from causal.spec.priors import CaseFile, CaseRow

MODELS = {
    "tables": "a: {states: [u, v, w]}\n  b: {states: [n, y], parents: [a]}\n  c: {states: [n, y], parents: [a, b]}\n",
    "causes": "a: {states: [u, v, w]}\n  b: {states: [n, y]}\n"
    "  c: {states: [n, y], parents: [a, b], mechanism: noisy-or}\n",
    "ordered": "a: {states: [u, v, w]}\n  b: {states: [n, y], parents: [a], mechanism: logistic}\n"
    "  c: {states: [lo, mid, hi], parents: [b], mechanism: logistic}\n",
    "defined": "a: {states: [u, v, w]}\n  b: {states: [n, y], parents: [a]}\n"
    "  c: {states: [n, y], parents: [a, b], mechanism: {rule: {any of: [{a: w}, b]}}}\n",
}


@pytest.mark.parametrize("kind", MODELS)
def test_a_row_is_the_sum_of_all_complete_rows_that_it_could_be(kind: str) -> None:
    model = parse_model(f"model: m\nbaseline: first\nvariables:\n  {MODELS[kind]}", "m.yaml")
    network = Network.of(model)
    rng = np.random.default_rng(7)
    states = {name: variable.states for name, variable in model.variables.items()}
    theta = interior(network.parameters, 3, 5)
    tables = {name: network.table(name) for name in states}
    values = {
        name: network.recorder.tape(ids.ravel().tolist()).values(theta).reshape(*ids.shape, 5)
        for name, ids in tables.items()
    }
    rows = [a_row(states, rng, line) for line in range(1, 31)]
    file = CaseFile("t.csv", 1.0, {}, rows=tuple(row for row in rows if row.seen))
    found = write_rows(Writer(network), file)
    got = network.recorder.tape([each.slot for each in found]).values(theta)
    for row, slot_values in zip(file.rows or (), got, strict=True):
        wanted = np.zeros(5)
        for world in product(*(range(len(each)) for each in states.values())):
            at = dict(zip(states, world, strict=True))
            chance = np.ones(5)
            for name, variable in model.variables.items():
                chance = chance * values[name][(*(at[parent] for parent in variable.parents), at[name])]
            for name, likelihoods in row.seen:
                chance = chance * dict(likelihoods).get(states[name][at[name]], 0.0)
            wanted += chance
        np.testing.assert_allclose(slot_values, wanted, atol=1e-12)


def a_row(states, rng: np.random.Generator, line: int) -> CaseRow:
    """Return a row in which each variable is seen, seen in doubt, or not seen."""
    seen = []
    for name, known in states.items():
        how, state = rng.choice(["certain", "graded", "missing"]), str(rng.choice(known))
        if how == "certain":
            seen.append((name, ((state, 1.0),)))
        elif how == "graded":
            error = float(rng.choice([0.03, 0.1, 0.25]))
            seen.append((name, tuple((s, 1 - error if s == state else error / (len(known) - 1)) for s in known)))
    return CaseRow(tuple(seen), float(rng.integers(1, 5)), line)


def study(folder: Path, model: str, priors: str, table: str) -> causal.study.Study:
    (folder / "m.yaml").write_text(model, encoding="utf-8")
    (folder / "p.yaml").write_text(priors, encoding="utf-8")
    (folder / "t.csv").write_text(table, encoding="utf-8")
    return causal.load(folder / "m.yaml", folder / "p.yaml")


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("CAUSAL_CACHE", str(tmp_path / "fits"))


def test_counts_grades_holes_and_worth_enter_the_density_as_they_should(tmp_path: Path) -> None:
    """The same cases by hand: rows written out singly, and each power worked out, for each expert."""
    model = "model: m\nvariables:\n  x: {states: [n, y]}\n  z: {states: [n, y], parents: [x]}\n"
    priors = "priors: p\nmodel: m\nexperts: {e: {name: E, school: s}, f: {name: F}}\n"
    entry = (
        "cases:\n  - {file: t.csv, relevance: {default: 0.4, s: 0.1}, count: n, columns: {x: x, z: z}, "
        "where: {use: [a, b]}, confidence: {suffix: _conf, M: 0.1}, unseen: {z: {use: b}}}\n"
    )
    table = "x,x_conf,z,n,use\ny,M,y,3,a\ny,,n,2,b\n,,y,4,a\ny,,,1,a\nn,,n,5,other\n"
    own = {each.expert: each.density for each in aim(study(tmp_path, model, priors + entry, table).elicited)}
    bare = aim(study(tmp_path, model, priors, table).elicited)[0].density
    rng = np.random.default_rng(3)
    for expert, worth in (("e", 0.1), ("f", 0.4)):
        for _ in range(3):
            at = rng.normal(size=3)
            p, q0, q1 = 1 - own[expert].theta(at)  # of y, of y given n, of y given y
            rows = [(0.1 * (1 - p) * q0 + 0.9 * p * q1, 3), (p, 2 + 1), ((1 - p) * q0 + p * q1, 4)]
            wanted = sum(worth * count * np.log(chance) for chance, count in rows)
            assert own[expert](at)[0] - bare(at)[0] == pytest.approx(wanted, abs=1e-10)


FLAT = "priors: p\nmodel: m\njudgements:\n"


def typed(arrows: dict[str, str]) -> tuple[str, str]:
    model = "model: m\nvariables:\n" + "".join(
        f"  {name}: {{states: ['0', '1'], parents: [{parent}], mechanism: types}}\n" for name, parent in arrows.items()
    )
    return model, FLAT + "".join(f"  - {{about: types({name}), says: {{dirichlet: flat}}}}\n" for name in arrows)


def test_a_chain_whose_middle_nobody_saw(tmp_path: Path) -> None:
    """X -> M -> Y with X and Y only: CausalQueries 1.4.4 gave an effect of .003, and .59 from X to M; right: .17 and 0.

    Source: comparison with CausalQueries 1.4.3 and a sampler of the comparer's own. Here: two million draws of the flat
    Dirichlets, weighted by the likelihood of the ten rows.
    """
    rng = np.random.default_rng(1)
    m, y = (rng.dirichlet([1, 1, 1, 1], 2_000_000).T for _ in range(2))  # types 00, 10, 01, 11
    m0, m1, y0, y1 = m[1] + m[3], m[2] + m[3], y[1] + y[3], y[2] + y[3]
    none, both = m0 * (1 - y1) + (1 - m0) * (1 - y0), m1 * y1 + (1 - m1) * y0
    weight = (none * both) ** 5
    weight /= weight.sum()
    effect, first = float(weight @ ((m1 - m0) * (y1 - y0))), float(weight @ (m1 - m0))
    assert effect == pytest.approx(0.17, abs=0.005)
    assert first == pytest.approx(0.0, abs=0.005)
    model, priors = typed({"X": "", "M": "X", "Y": "M"})
    priors += "cases:\n  - {file: t.csv, relevance: 1, count: n, columns: {X: X, M: M, Y: Y}}\n"
    posterior = study(tmp_path, model, priors, "X,M,Y,n\n0,,0,5\n1,,1,5\n").sample(seed=1)
    for question, wanted in (
        ("P(Y[X = 1] = 1) - P(Y[X = 0] = 1)", effect),
        ("P(M[X = 1] = 1) - P(M[X = 0] = 1)", first),
    ):
        estimate = posterior.ask(question).panel
        assert estimate.mean == pytest.approx(wanted, abs=4 * estimate.mcse + 0.004)


def test_an_effect_of_which_only_the_end_was_seen(tmp_path: Path) -> None:
    """X -> Y with twenty Y = 1 and no X: CausalQueries 1.4.4 gave P(Y = 1) = .44; .886 is right."""
    rng = np.random.default_rng(2)
    p, y = rng.beta(1, 1, 2_000_000), rng.dirichlet([1, 1, 1, 1], 2_000_000).T
    chance = (1 - p) * (y[1] + y[3]) + p * (y[2] + y[3])
    weight = chance**20
    wanted = float(weight @ chance / weight.sum())
    assert wanted == pytest.approx(0.886, abs=0.002)
    model, priors = typed({"X": "", "Y": "X"})
    priors += "cases:\n  - {file: t.csv, relevance: 1, count: n, columns: {X: X, Y: Y}}\n"
    estimate = study(tmp_path, model, priors, "X,Y,n\n,1,20\n").sample(seed=1).ask("P(Y = 1)").panel
    assert estimate.mean == pytest.approx(wanted, abs=4 * estimate.mcse + 0.001)
