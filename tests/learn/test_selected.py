"""Cases that are known only for what happened in them: each row by its probability among those, in every place.

row in a table of selected cases       P(what was seen, selected) / P(selected), by enumeration of joint states
what they teach                        by quadrature, and as published for types
left out, expected, made up            among those selected as well
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import kstest

import causal
from causal.ask.identification import identification
from causal.ask.leaving import cases_left_out
from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.exact.readings import interior
from causal.learn import cases
from causal.learn.calibrating import Calibration
from causal.learn.cases import write_rows
from causal.learn.model import build
from causal.learn.sample import aim
from causal.spec.grammar import parse_event
from causal.spec.modelfile import parse_model
from causal.spec.priors import CaseFile, CaseRow
from causal.spec.selection import Selection, parted
from tests.learn.test_incomplete import a_row

MODELS = {
    "tables": "a: {states: [u, v, w]}\n  b: {states: [n, y], parents: [a]}\n  c: {states: [n, y], parents: [a, b]}\n",
    "causes": "a: {states: [u, v, w]}\n  b: {states: [n, y]}\n"
    "  c: {states: [n, y], parents: [a, b], mechanism: noisy-or}\n",
    "ordered": "a: {states: [u, v, w]}\n  b: {states: [n, y], parents: [a], mechanism: logistic}\n"
    "  c: {states: [lo, mid, hi], parents: [b], mechanism: logistic}\n",
    "defined": "a: {states: [u, v, w]}\n  b: {states: [n, y], parents: [a]}\n"
    "  c: {states: [n, y], parents: [a, b], mechanism: {rule: {any of: [{a: w}, b]}}}\n",
}


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("CAUSAL_CACHE", str(tmp_path / "fits"))


# A row by itself


def boxes(states, rng: np.random.Generator) -> list[dict[str, tuple[str, ...]]]:
    """Return alternatives that may overlap, each of one to all variables and of some of their states."""
    found = []
    for _ in range(rng.integers(1, 4)):
        names = rng.permutation(list(states))[: rng.integers(1, len(states) + 1)]
        found.append(
            {str(n): tuple(rng.permutation(states[n])[: rng.integers(1, len(states[n]))].tolist()) for n in names}
        )
    return found


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("kind", MODELS)
def test_a_row_counts_by_its_probability_among_those_selected(kind: str, seed: int) -> None:
    model = parse_model(f"model: m\nbaseline: first\nvariables:\n  {MODELS[kind]}", "m.yaml")
    network = Network.of(model)
    rng = np.random.default_rng([seed, len(kind)])
    states = {name: variable.states for name, variable in model.variables.items()}
    theta = interior(network.parameters, 3, 5)
    chances = {}
    tables = {name: network.table(name) for name in states}
    values = {n: network.recorder.tape(ids.ravel().tolist()).values(theta).reshape(*ids.shape, 5)
              for n, ids in tables.items()}  # fmt: skip
    for world in product(*states.values()):
        at = {name: states[name].index(state) for name, state in zip(states, world, strict=True)}
        chances[world] = np.prod(
            [values[n][(*(at[p] for p in v.parents), at[n])] for n, v in model.variables.items()], axis=0
        )
    chosen = boxes(states, rng)
    known = {
        world: any(all(dict(zip(states, world, strict=True))[n] in each for n, each in box.items()) for box in chosen)
        for world in chances
    }
    whole = sum(chance for world, chance in chances.items() if known[world])

    def joint(row: CaseRow) -> np.ndarray:
        total = np.zeros(5)
        for world, chance in chances.items():
            at = dict(zip(states, world, strict=True))
            total += known[world] * chance * np.prod([dict(each).get(at[name], 0.0) for name, each in row.seen])
        return total

    rows = [row for line in range(1, 61) if (row := a_row(states, rng, line)).seen and joint(row).any()]
    file = CaseFile("t.csv", 1.0, {}, rows=tuple(rows), selected=Selection(tuple(chosen), *parted(chosen, states)))
    found = write_rows(Writer(network), file)
    tape = network.recorder.tape([each.slot for each in found])
    got = tape.values(theta)
    assert len(rows) > 15
    for row, each in zip(rows, got, strict=True):
        np.testing.assert_allclose(each, joint(row) / whole, atol=1e-12)
    adjoints = rng.normal(size=got.shape)
    slopes = tape.pullback(theta, adjoints)[1]
    for place in range(len(theta)):
        step = 1e-6 * np.eye(len(theta))[place][:, None]
        wanted = ((tape.values(theta + step) - tape.values(theta - step)) * adjoints).sum(axis=0) / 2e-6
        np.testing.assert_allclose(slopes[place], wanted, rtol=1e-6, atol=1e-7)


# What they teach


def study(folder: Path, model: str, priors: str, table: str, **more: str) -> causal.study.Study:
    for name, text in {"m.yaml": model, "p.yaml": priors, "t.csv": table, **more}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return causal.load(folder / "m.yaml", folder / "p.yaml")


TYPES = "model: m\nvariables:\n  X: {states: ['0', '1'], mechanism: types}\n"
TYPES += "  Y: {states: ['0', '1'], parents: [X], mechanism: types}\n"
FLAT = "priors: p\nmodel: m\njudgements:\n" + "".join(
    f"  - {{about: types({name}), says: {{dirichlet: flat}}}}\n" for name in "XY"
)
ENTRY = "cases:\n  - {file: t.csv, relevance: 1, count: n, columns: {X: X, Y: Y}%s}\n"
CENSORED = ', selected: [{X: "0", Y: "0"}, {X: "1", Y: "1"}]'


def test_an_effect_of_which_rows_that_differ_were_censored(tmp_path: Path) -> None:
    """X -> Y, five rows 0, 0 and five 1, 1, all others censored: the effect is .015, sd .318, as published.

    Source: Tietz et al., Journal of Statistical Software 117(1), 2026, on incomplete and censored data; CausalQueries
    1.4.4 gave .007 and .288. Of the four types of Y only u = P(Y = 0 if X = 0) and v = P(Y = 1 if X = 1) are in the
    likelihood, and the effect is u + v - 1. Under the flat Dirichlet their density is 6 times the length of what is
    left to the share of the type 01, min(u, v) - max(0, u + v - 1). So the posterior is an integral over three numbers.
    """
    at, weight = np.polynomial.legendre.leggauss(120)
    at, weight = (at + 1) / 2, weight / 2
    p, u, v = np.meshgrid(at, at, at, indexing="ij", sparse=True)
    mass = weight[:, None, None] * weight[:, None] * weight
    none, both = (1 - p) * u, p * v
    mass = mass * 6 * (np.minimum(u, v) - np.maximum(0, u + v - 1)) * (none * both / (none + both) ** 2) ** 5
    mass /= mass.sum()
    mean = float((mass * (u + v - 1)).sum())
    sd = float(np.sqrt((mass * (u + v - 1 - mean) ** 2).sum()))
    assert mean == pytest.approx(0.0149, abs=0.001)
    assert sd == pytest.approx(0.3194, abs=0.001)
    one = study(tmp_path, TYPES, FLAT + ENTRY % CENSORED, "X,Y,n\n0,0,5\n1,1,5\n")
    answer = one.sample(seed=1, draws=6000).ask("P(Y[X = 1] = 1) - P(Y[X = 0] = 1)")
    assert answer.panel.mean == pytest.approx(mean, abs=4 * answer.panel.mcse)
    assert answer.panel.mcse < 0.0025
    assert next(iter(answer.samples.values())).std() == pytest.approx(sd, abs=0.01)


PAIR = "model: m\nvariables:\n  x: {states: [n, y]}\n  z: {states: [n, y], parents: [x]}\noutcome: z = y\n"
PAIR += "interventions: {act: {do: {x: y}}}\n"
EXPERTS = "priors: p\nmodel: m\nexperts: {e: {name: E, school: s}, f: {name: F}}\n"
KNOWN = "cases:\n  - {file: t.csv, relevance: {default: 0.4, s: 0.1}, count: n, columns: {x: x, z: z}, %s\n"
KNOWN += "    confidence: {suffix: _conf, M: 0.1}}\n"
TABLE = "x,x_conf,z,n\nn,,n,3\n,,y,4\ny,M,n,5\ny,,,2\nn,,,1\n"


def test_selected_rows_enter_the_density_and_the_pymc_model_as_they_should(tmp_path: Path) -> None:
    """The same by hand: known are cases with z, and those without x; so x = y, z = n has been lost."""
    text = EXPERTS + KNOWN % "selected: [{x: n}, {z: y}],"
    one = study(tmp_path, PAIR, text, TABLE)
    assert "only a case with x = n, or z = y could be among them" in one.elicited.notes[0]
    logp = build(one.elicited).compile_logp(mode="FAST_COMPILE")
    own = {each.expert: each.density for each in aim(one.elicited)}
    bare = aim(study(tmp_path, PAIR, EXPERTS, TABLE).elicited)[0].density
    rng = np.random.default_rng(3)
    gaps = []
    for expert, worth in (("e", 0.1), ("f", 0.4)):
        for _ in range(3):
            at = rng.normal(size=3)
            p, q0, q1 = 1 - own[expert].theta(at)  # of y, of y given n, of y given y
            known = 1 - p * (1 - q1)
            chances = [(1 - p) * (1 - q0), (1 - p) * q0 + p * q1, 0.1 * (1 - p) * (1 - q0), p * q1, 1 - p]
            wanted = worth * sum(n * np.log(each / known) for n, each in zip((3, 4, 5, 2, 1), chances, strict=True))
            assert own[expert](at)[0] - bare(at)[0] == pytest.approx(wanted, abs=1e-10)
            logits = np.log((1 - np.array([p, q0, q1])) / np.array([p, q0, q1]))
            sides = [logits, np.zeros(3)] if expert == "e" else [np.zeros(3), logits]
            gaps.append(own[expert](at)[0] - float(logp({"share_logodds__": np.concatenate(sides)})))
    np.testing.assert_allclose(gaps[:3], gaps[0], atol=1e-9)
    np.testing.assert_allclose(gaps[3:], gaps[3], atol=1e-9)


def test_cases_of_a_model_of_their_own_may_be_selected(tmp_path: Path) -> None:
    here = "model: m\nvariables:\n  x: {states: [n, y]}\n"
    there = PAIR.replace("model: m", "model: there")
    entry = (
        "priors: p\nmodel: m\ncases:\n  - {file: t.csv, model: there, relevance: 0.5, count: n, columns: {x: x, z: z}"
        "%s,\n     links: [{there: P(z = y), here: P(x = y), within: 0.5}]}\n"
    )
    table = "x,z,n\nn,n,3\n,y,4\n"
    some, every = (
        aim(study(tmp_path, here, entry % more, table, **{"there.yaml": there}).elicited)[0].density
        for more in (", selected: [{x: n}, {z: y}]", "")
    )
    rng = np.random.default_rng(4)
    for _ in range(3):
        at = rng.normal(size=4)
        _, *others = 1 - some.theta(at)
        assert len(others) == 3
        p, _, q1 = others
        known = 1 - p * (1 - q1)
        assert some(at)[0] - every(at)[0] == pytest.approx(-0.5 * 7 * np.log(known), abs=1e-10)


def test_rows_that_are_kept_by_what_happened_are_told_to_have_been_selected(tmp_path: Path) -> None:
    """A row that `where` drops is no less lost than one that never reached the table."""
    entry = KNOWN % "where: {z: y}, %s"
    for more, told in (
        ("", "rows were kept by z, as if others"),
        ("selected: {z: y},", "only a case with z = y could"),
    ):
        (note,) = study(tmp_path, PAIR, EXPERTS + entry % more, "x,x_conf,z,n\nn,,n,3\ny,,y,4\n").elicited.notes
        assert told in note
        assert ("as if others" in note) == (not more)


# What is asked of them


@pytest.fixture
def sampled(tmp_path: Path) -> causal.study.Posterior:
    text = EXPERTS + KNOWN.replace("{default: 0.4, s: 0.1}", "1") % "selected: [{x: n}, {z: y}],"
    return study(tmp_path, PAIR, text, "x,x_conf,z,n\nn,,n,4\ny,,y,3\nn,,y,2\n").sample(seed=1)


def test_each_is_left_out_and_expected_among_those_selected(sampled: causal.study.Posterior) -> None:
    """The three rows are all that could be known, so they are expected to be all; each alone by the harmonic mean."""
    theta = sampled.panel.draws.flat(0)
    p, q0, q1 = 1 - theta
    known = 1 - p * (1 - q1)
    chances = np.array([(1 - p) * (1 - q0), p * q1, (1 - p) * q0]) / known
    left = cases_left_out(sampled.panel)
    assert left.logs["e"] == pytest.approx(-np.log((1 / chances).mean(axis=1)), abs=0.02)
    checks = sampled.checks("z = y")
    rows = [row for row in checks.result.rows if row.expert == "e"]
    assert sum(row.posterior for row in rows) == pytest.approx(1.0, abs=1e-9)
    assert sum(row.expected for row in rows) == pytest.approx(9, abs=1e-6)
    assert [row.posterior for row in rows] == pytest.approx(chances.mean(axis=1), abs=1e-9)
    assert all(row.to_dict()["selected"] for row in rows)
    assert "are expected among cases so selected" in checks.text


def test_what_is_biased_by_selection_says_so(sampled: causal.study.Posterior) -> None:
    found = sampled.falsification("z = y")
    assert found.result.selected == 9
    assert "9 cases are in the table only because of what happened in them" in found.text
    settled = identification(sampled.panel, parse_event("z = y"), observed=["z"])
    assert "some at hand were selected by what happened" in settled.text
    assert "one comparable case, taken whatever happens in it, (relevance 0.3)" in sampled.carries("z = y").text


# Made up


MADE = "priors: p\nmodel: m\njudgements:\n" + "".join(
    f"  - {{about: {about}, says: {{cases: {{x: 1, of: 2}}}}}}\n"
    for about in ("P(x = y)", "P(z = y | x = n)", "P(z = y | x = y)")
)


def calibration(folder: Path, more: str) -> Calibration:
    entry = KNOWN.replace("{default: 0.4, s: 0.1}", "0.5") % more
    one = study(folder, PAIR, MADE + entry, "x,x_conf,z,n\nn,,n,6\ny,M,y,4\n,,y,2\nn,,,2\n")
    return Calibration(one.model, one.priors, "everyone", ())


def test_cases_are_made_up_among_those_selected_and_read_as_such(tmp_path: Path) -> None:
    one = calibration(tmp_path, "selected: [{x: n}, {z: y}],")
    rng = np.random.default_rng(5)
    theta = one.layout.draw(rng, 1)[:, :, 0].T
    p, q0, q1 = 1 - theta[:, 0]
    known = 1 - p * (1 - q1)
    probabilities = one.tape.values(theta)[-len(one.cases.slots) :]
    draws = [one.cases.draw(rng, probabilities[:, 0]) for _ in range(3000)]
    first = next(at for at, cell in enumerate(one.cases.cells) if cell.seen == (("x", 0.0), ("z", 0.0)))
    made = [tuple(state for _, state in each[first]) for each in draws]
    wanted = {("n", "n"): (1 - p) * (1 - q0), ("n", "y"): (1 - p) * q0, ("y", "y"): p * q1, ("y", "n"): 0.0}
    for case, chance in wanted.items():
        assert np.mean([each == case for each in made]) == pytest.approx(chance / known, abs=0.035)
    assert ("y", "n") not in made
    coded = draws[0]
    elicited = replace(one.priors, cases=one.cases.written(coded))
    found = one._file([], coded)
    assert found.priors.cases == elicited.cases
    slots = {each.slot: 0.0 for each in found.cases}
    for each in found.cases:
        slots[each.slot] += each.weight
    read = np.array(list(slots.values())) @ np.log(found.network.recorder.tape(list(slots)).values(theta)[:, 0])
    assert float(read) == pytest.approx(one.cases.log_likelihood(probabilities, coded)[0], abs=1e-9)


def test_calibration_sees_selected_cases_that_are_not_weighed_as_such(tmp_path: Path, monkeypatch) -> None:
    right = calibration(tmp_path, "selected: [{x: n}, {z: y}],")
    assert min(uniform(right)) > 0.001
    monkeypatch.setattr(cases, "_selected", lambda writer, selected: writer.network.recorder.one)
    assert min(uniform(Calibration(right.model, right.priors, right.expert, ()))) < 1e-4


def uniform(one: Calibration, simulations: int = 60) -> list[float]:
    """Return how well uniform ranks would go with those of every quantity."""
    ranks = np.array([one.simulate([seed, 9]).ranks for seed in range(simulations)])
    luck = np.random.default_rng(1).random(ranks.shape)
    return [float(kstest(column, "uniform").pvalue) for column in ((ranks + luck) / 100).T]


def test_where_none_was_selected_cases_are_made_up_as_ever(tmp_path: Path) -> None:
    ever = calibration(tmp_path, "").cases
    probabilities = np.array([0.1, 0.2, 0.3, 0.4])
    made = [tuple(state for _, state in each) for each in ever.draw(np.random.default_rng(7), probabilities)]
    wanted = np.random.default_rng(7).choice(4, size=len(ever.cells), p=probabilities)
    exact = [at for at, cell in enumerate(ever.cells) if not any(error for _, error in cell.seen)]
    whole = [at for at in exact if len(ever.cells[at].seen) == 2]
    assert whole[:3] == [0, 1, 2]
    assert [made[at] for at in whole] == [ever.states[wanted[at]] for at in whole]
