"""Comparable cases: conjugate where nothing is missing, by quadrature where something is, as published for types."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import simpson
from scipy.stats import beta

import causal
from causal.errors import SpecError, Unsupported
from causal.learn.cases import asked
from causal.learn.model import build
from causal.learn.sample import aim
from causal.spec.modelfile import parse_model
from causal.spec.priorfile import parse_priors
from causal.study import Study

MODEL = """
model: pair
variables:
  x: {states: [no, yes]}
  y: {states: [no, yes], parents: [x]}
"""
PRIORS = """
priors: pair
model: pair
experts: {e: {name: E}, f: {name: F}}
judgements:
  - {about: P(x = no), by: e, says: {cases: {x: 3.5, of: 9}}}
  - {about: P(y = no | x = no), by: e, says: {cases: {x: 1.5, of: 4}}}
  - {about: P(y = no | x = yes), by: e, says: {cases: {x: 2.5, of: 5}}}
cases:
  - {file: pairs.csv, relevance: 0.5, count: n, columns: {cause: x, effect: y}, states: {y: {"0": no, "1": yes}}%s}
"""
COMPLETE = "cause,effect,n\nno,0,12\nno,1,6\nyes,0,3\nyes,1,20\nno,0,2\n"
X, Y0, Y1 = "P(x = no)", "P(y = no | x = no)", "P(y = no | x = yes)"


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("CAUSAL_CACHE", str(tmp_path / "fits"))


def study(folder: Path, table: str, priors: str = PRIORS, more: str = "", model: str = MODEL) -> Study:
    (folder / "pair.yaml").write_text(model, encoding="utf-8")
    (folder / "priors.yaml").write_text(priors % more if "%s" in priors else priors, encoding="utf-8")
    (folder / "pairs.csv").write_text(table, encoding="utf-8")
    return causal.load(folder / "pair.yaml", folder / "priors.yaml")


def near(answer, mean: float, sd: float | None = None, expert: str = "e") -> None:
    estimate = answer.estimates[(expert, "")]
    assert estimate.mean == pytest.approx(mean, abs=4 * estimate.mcse)
    if sd is not None:
        assert answer.samples[(expert, "")].std() == pytest.approx(sd, rel=0.08)


def test_complete_cases_add_to_the_counts_of_a_beta(tmp_path: Path) -> None:
    """Each case counts a half: Beta(a + n / 2, b + m / 2), and each parameter on its own."""
    posterior = study(tmp_path, COMPLETE).sample(seed=1)
    assert posterior.draws.method == ("nuts", "nuts")  # a case teaches every expert
    for question, a, b in ((X, 4 + 10, 6 + 11.5), (Y0, 2 + 7, 3 + 3), (Y1, 3 + 1.5, 3 + 10)):
        wanted = beta(a, b)
        near(posterior.ask(question), wanted.mean(), wanted.std())
    for question, a, b in ((X, 1 + 10, 1 + 11.5), (Y0, 1 + 7, 1 + 3), (Y1, 1 + 1.5, 1 + 10)):
        wanted = beta(a, b)
        near(posterior.ask(question), wanted.mean(), wanted.std(), expert="f")


def likelihood(p: float, q0: float, q1: float, rows) -> float:
    """Return the log likelihood of rows (weight of x = no and yes, of y = no and yes, count), each half a case."""
    total = 0.0
    for x, y, n in rows:
        total = total + n / 2 * np.log(
            x[0] * p * (y[0] * q0 + y[1] * (1 - q0)) + x[1] * (1 - p) * (y[0] * q1 + y[1] * (1 - q1))
        )
    return total


ANY, NO, YES = (1, 1), (1, 0), (0, 1)
MISSING = "cause,effect,n\nno,,4\n,1,9\n,NA,100\nyes,0,2\nNA,0,7\n"
MISSED = [(NO, ANY, 4), (ANY, YES, 9), (YES, NO, 2), (ANY, NO, 7)]
DOUBTED = "cause,effect,n,cause?\nno,1,8,L\nyes,1,3,H\n,0,5,\nyes,0,4,\n"
DOUBTS = [((0.75, 0.25), YES, 8), ((0.03, 0.97), YES, 3), (ANY, NO, 5), (YES, NO, 4)]
GRADES = ', confidence: {suffix: "?", H: 0.03, M: 10%, L: 0.25}'


@pytest.mark.parametrize(
    ("table", "more", "rows"), [(MISSING, "", MISSED), (DOUBTED, GRADES, DOUBTS)], ids=["missing", "doubtful"]
)
def test_what_is_missing_or_doubtful_is_summed_over(tmp_path: Path, table: str, more: str, rows) -> None:
    one = study(tmp_path, table, more=more)
    posterior = one.sample(seed=2)
    at = np.linspace(1e-4, 1 - 1e-4, 161)
    p, q0, q1 = np.meshgrid(at, at, at, indexing="ij", sparse=True)
    density = beta(4, 6).pdf(p) * beta(2, 3).pdf(q0) * beta(3, 3).pdf(q1) * np.exp(likelihood(p, q0, q1, rows))

    def integral(values: np.ndarray) -> float:
        return float(simpson(simpson(simpson(values, x=at), x=at), x=at))

    mass = integral(density)
    for question, value in ((X, p), (Y0, q0), (Y1, q1), ("P(y = no)", p * q0 + (1 - p) * q1)):
        mean = integral(value * density) / mass
        sd = np.sqrt(integral(value**2 * density) / mass - mean**2)
        near(posterior.ask(question), mean, sd)


def test_the_density_is_that_of_the_rows_and_of_the_pymc_model(tmp_path: Path) -> None:
    one = study(tmp_path, DOUBTED, more=GRADES)
    bare = study(tmp_path, "cause,effect,n,cause?\n,,1,\n", more=GRADES)
    with_cases, without = (aim(each.elicited)[0].density for each in (one, bare))
    model = build(one.elicited)
    logp = model.compile_logp(mode="FAST_COMPILE")
    rng = np.random.default_rng(1)
    gaps = []
    for _ in range(3):
        x = rng.normal(size=3)
        p, q0, q1 = with_cases.theta(x)
        seen = likelihood(p, q0, q1, DOUBTS)
        assert with_cases(x)[0] - without(x)[0] == pytest.approx(seen, abs=1e-10)
        logits = np.log(np.array([p, q0, q1]) / (1 - np.array([p, q0, q1])))
        at_f = np.zeros(3)  # the other expert stays where they are
        gaps.append(with_cases(x)[0] - float(logp({"share_logodds__": np.concatenate([logits, at_f])})))
    np.testing.assert_allclose(gaps, gaps[0], atol=1e-9)


def test_rows_alike_are_asked_once_and_rows_of_another_use_not_at_all(tmp_path: Path) -> None:
    table = COMPLETE.replace("n\n", "n,use\n", 1).replace("\n", ",learn\n").replace("use,learn", "use")
    table += "yes,1,50,hold out\n"
    found = study(tmp_path, table, more=", where: {use: learn}").elicited
    assert sorted(each.weight for each in found.cases) == [1.5, 3.0, 7.0, 10.0]
    assert len({each.slot for each in found.cases}) == 4
    assert found.notes == (
        "pairs.csv: 43 comparable cases in 4 distinct rows teach every expert, each worth 0.5 of a case of this kind",
    )


def test_another_table_is_another_fit(tmp_path: Path) -> None:
    first = study(tmp_path, COMPLETE)
    digest = first.priors.digest
    target = aim(first.elicited)[0].density.digest
    second = study(tmp_path, COMPLETE.replace("20", "21"))
    assert second.priors.digest != digest
    assert aim(second.elicited)[0].density.digest != target
    reordered = study(tmp_path, "cause,effect,n\nno,0,14\nno,1,6\nyes,0,3\nyes,1,20\n")
    assert reordered.priors.digest not in (digest, second.priors.digest)
    assert aim(reordered.elicited)[0].density.digest == target  # the same cases: nothing is drawn again


def test_a_case_that_the_model_rules_out_is_an_error_at_its_row(tmp_path: Path) -> None:
    model = "model: pair\nvariables:\n  x: {states: [no, yes]}\n  y: {states: [no, yes], parents: [x], mechanism: "
    model += "{rule: {any of: [x]}}}\n"
    priors = "priors: pair\nmodel: pair\ncases:\n  - {file: pairs.csv, relevance: 1, columns: {x: x, y: y}}\n"
    with pytest.raises(SpecError) as caught:
        _ = study(tmp_path, "x,y\nyes,yes\nyes,no\n", priors, model=model).elicited
    (problem,) = caught.value.problems
    assert (Path(problem.path).name, problem.line) == ("pairs.csv", 3)
    assert "the model has no place for this case" in problem.message


def test_cases_of_priors_that_are_only_text_are_refused_not_forgotten() -> None:
    model = parse_model(MODEL, "pair.yaml")
    with pytest.raises(Unsupported, match="read from text"):
        _ = Study(model, parse_priors(PRIORS % "", "priors.yaml", model)).elicited


def test_what_is_asked_of_a_row_stays_short(tmp_path: Path) -> None:
    (file,) = study(tmp_path, DOUBTED, more=GRADES).priors.cases
    assert [str(asked(row)) for row in file.rows or ()] == [
        "P(x | x ~ {no: 0.75, yes: 0.25}, y = yes)",
        "P(x | x ~ {no: 0.03, yes: 0.97}, y = yes)",
        "P(y | y = no)",
        "P(x | x = yes, y = no)",
    ]


# CausalQueries' models: flat Dirichlets on response types, and data. Sources: as named in each row.
ATE = "P(Y[X = 1] = 1) - P(Y[X = 0] = 1)"
LIPIDS = [("000", 158), ("100", 52), ("110", 23), ("001", 14), ("101", 12), ("111", 78)]  # Z X Y
LATE = "X[Z = 1] = 1, X[Z = 0] = 0"


def typed(folder: Path, arrows: dict[str, str], data: list[tuple[str, int]], shape: str, confounded: bool) -> Study:
    variables = "".join(
        f"  {name}: {{states: ['0', '1'], parents: [{parent}], mechanism: types}}\n" for name, parent in arrows.items()
    )
    model = f"model: pair\nvariables:\n{variables}" + "confounded: [[X, Y]]\n" * confounded
    priors = "priors: pair\nmodel: pair\njudgements:\n"
    priors += "".join(f"  - {{about: types({name}), says: {{dirichlet: {shape}}}}}\n" for name in arrows)
    columns = ", ".join(f"{name}: {name}" for name in arrows)
    priors += f"cases:\n  - {{file: pairs.csv, relevance: 1, count: n, columns: {{{columns}}}}}\n"
    table = ",".join([*arrows, "n"]) + "\n" + "".join(f"{','.join(codes)},{n}\n" for codes, n in data)
    return study(folder, table, priors, model=model)


XY, ZXY = {"X": "", "Y": "X"}, {"Z": "", "X": "Z", "Y": "X"}


@pytest.mark.parametrize(
    ("arrows", "data", "question", "mean", "sd", "tolerance", "options"),
    [
        # exact binomial expansions; the first is printed in CausalQueries' tests/testthat/test_update_model.R
        pytest.param(XY, [("00", 50), ("11", 50)], ATE, 0.94268, 0.03236, 0, {}, id="C01"),
        pytest.param(XY, [("00", 10), ("11", 10)], ATE, 0.75695, 0.1272, 0, {}, id="C02"),
        pytest.param(XY, [("00", 5), ("11", 5)], ATE, 0.59263, 0.19742, 0, {}, id="C03"),
        pytest.param(XY, [("00", 1)], ATE, 0.1, 0.3, 0, {}, id="C04"),
        pytest.param(XY, [("11", 1)], ATE, 0.1, 0.3, 0, {}, id="C05"),
        pytest.param(XY, [("11", 1)], ATE, 1 / 6, 0.37268, 0, {"shape": "jeffreys"}, id="C06"),
        # the lipids trial with non-compliance (Chickering & Pearl 1996): X and Y confounded, Z as if randomised
        pytest.param(ZXY, LIPIDS, ATE, 0.5557, 0.0994, 0.005, {"confounded": True}, id="C10"),
        pytest.param(
            ZXY, LIPIDS, "P(Y[X = 1] = 1 | X = 0, Y = 0) - P(Y[X = 0] = 1 | X = 0, Y = 0)", 0.6399, 0.1523, 0.0064,
            {"confounded": True}, id="C11",
        ),
        pytest.param(
            ZXY, LIPIDS, f"P(Y[X = 1] = 1 | {LATE}) - P(Y[X = 0] = 1 | {LATE})", 0.7037, 0.0539, 0.005,
            {"confounded": True}, id="C12",
        ),
    ],
)  # fmt: skip
def test_types_learn_as_published(
    tmp_path: Path, arrows, data, question: str, mean: float, sd: float, tolerance: float, options
) -> None:
    settings = {"shape": "flat", "confounded": False} | options
    answer = typed(tmp_path, arrows, data, **settings).sample(seed=1).ask(question)
    (estimate,) = (each for (name, _), each in answer.estimates.items() if name == "everyone")
    assert estimate.mean == pytest.approx(mean, abs=4 * estimate.mcse + tolerance)
    assert answer.samples[("everyone", "")].std() == pytest.approx(sd, rel=0.1)
