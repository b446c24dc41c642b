"""Cases with a model of their own: the joint posterior of both models against quadrature over their parameters."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import simpson
from scipy.stats import beta, norm

import causal
from causal.ask.answer import PANEL
from causal.ask.leaving import cases_left_out
from causal.errors import SpecError
from causal.learn.model import build
from causal.learn.sample import IID, NUTS, aim
from causal.spec.priors import POOLED
from causal.study import Study

HERE = """
model: here
variables:
  cause: {states: [no, yes]}
  result: {states: [no, yes], parents: [cause]}
"""
THERE = """
model: there
variables:
  x: {states: [no, yes]}
  y: {states: [no, yes], parents: [x]}
"""
PRIORS = """
priors: p
model: here
experts: {e: {name: E, school: s}, f: {name: F, school: s}, g: {name: G, school: t}, h: {name: H, school: u}}
judgements:
  - {about: P(cause = yes), by: e, says: {cases: {x: 3.5, of: 9}}}
  - {about: P(result = yes | cause = no), by: e, says: {cases: {x: 1.5, of: 4}}}
  - {about: P(result = yes | cause = yes), by: e, says: {cases: {x: 2.5, of: 5}}}
cases:
  - file: table.csv
    model: there
    relevance: {default: 0.5, f: 1, u: 0}
    count: n
    columns: {x: x, y: y}
    links:
      - {there: P(y = yes | x = yes), here: P(result = yes | cause = yes), within: 0.4, schools: {t: none}}
      - there: P(y = yes | x = no) / P(y = yes | x = yes)
        here: P(result = yes | cause = no) / P(result = yes | cause = yes)
        within: 0.3
        schools: {s: 0.6, t: none}
        experts: {f: 0.2}
"""
TABLE = "x,y,n\nyes,yes,12\nyes,no,3\nno,yes,4\nno,no,9\n,yes,6\nyes,,5\n"
ROWS = [("yes", "yes", 12), ("yes", "no", 3), ("no", "yes", 4), ("no", "no", 9), (None, "yes", 6), ("yes", None, 5)]


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("CAUSAL_CACHE", str(tmp_path / "fits"))


def study(folder: Path, table: str = TABLE, priors: str = PRIORS, there: str = THERE) -> Study:
    (folder / "models").mkdir(exist_ok=True)
    (folder / "models" / "there.yaml").write_text(there, encoding="utf-8")
    (folder / "here.yaml").write_text(HERE, encoding="utf-8")
    (folder / "p.yaml").write_text(priors, encoding="utf-8")
    (folder / "table.csv").write_text(table, encoding="utf-8")
    return causal.load(folder / "here.yaml", folder / "p.yaml")


def chance(x: str | None, y: str | None, s, r0, r1):
    """Return the probability of a row; ``s``, ``r0`` and ``r1`` are the parameters of its model, broadcast."""
    no = (1 - s) * np.where(y is None, 1.0, r0 if y == "yes" else 1 - r0) * (x != "yes")
    yes = s * np.where(y is None, 1.0, r1 if y == "yes" else 1 - r1) * (x != "no")
    return no + yes


def learned(theta, relevance: float, widths: tuple[float, float], rows=ROWS) -> np.ndarray:
    """Return the log likelihood of rows and links; ``theta`` is p, q0, q1 here and s, r0, r1 there, broadcast."""
    _, q0, q1, s, r0, r1 = theta
    total = sum(relevance * n * np.log(chance(x, y, s, r0, r1)) for x, y, n in rows)
    first = np.log(q1 / (1 - q1)) - np.log(r1 / (1 - r1))
    second = np.log(q0 / q1) - np.log(r0 / r1)
    return total + norm(0, widths[0]).logpdf(first) + norm(0, widths[1]).logpdf(second)


def quadrature(
    relevance: float, widths: tuple[float, float], priors: tuple, of, rows=ROWS
) -> list[tuple[float, float]]:
    """Return mean and sd of what ``of`` makes of q0, q1, s, r0 and r1.

    Integrates over the log-odds of s, r0 and r1, and over both differences.
    """
    grids = [np.linspace(-2, 2, 13), np.linspace(-4.5, 3, 25), np.linspace(-2.5, 5, 25)]
    grids += [np.linspace(-4.5, 4.5, 23) * width for width in widths]
    at = np.meshgrid(*grids, indexing="ij", sparse=True)
    s, r0, r1 = (1 / (1 + np.exp(-each)) for each in at[:3])
    q1 = 1 / (1 + np.exp(-(at[2] + at[3])))
    q0 = q1 * r0 / r1 * np.exp(at[4])
    possible = q0 < 1
    q0 = np.where(possible, q0, 0.5)
    log = learned((None, q0, q1, s, r0, r1), relevance, widths, rows) + np.log(
        s * (1 - s) * r0 * (1 - r0) * r1 * (1 - r1)
    )
    log = log + priors[0].logpdf(q0) + priors[1].logpdf(q1) + np.log(q1 * (1 - q1) * q0)  # dq1 = q1 (1 - q1) d first
    log = np.where(possible, log, -np.inf)
    density = np.exp(log - log.max())

    def integral(values: np.ndarray) -> float:
        for grid in reversed(grids):
            values = simpson(values, x=grid)
        return float(values)

    mass, found = integral(density), []
    for value in of(q0, q1, s, r0, r1):
        mean = integral(value * density) / mass
        found.append((mean, float(np.sqrt(integral(value**2 * density) / mass - mean**2))))
    return found


@pytest.mark.parametrize(
    ("expert", "relevance", "widths", "priors"),
    [("e", 0.5, (0.4, 0.6), (beta(2, 3), beta(3, 3))), ("f", 1.0, (0.4, 0.2), (beta(1, 1), beta(1, 1)))],
)
def test_both_models_are_learned_at_once(tmp_path: Path, expert: str, relevance: float, widths, priors) -> None:
    posterior = study(tmp_path).sample(seed=3)
    assert posterior.draws.method == (NUTS, NUTS, IID, IID)
    wanted = quadrature(relevance, widths, priors, lambda q0, q1, *_: (q0, q1))
    for question, (mean, sd) in zip(("no", "yes"), wanted, strict=True):
        answer = posterior.ask(f"P(result = yes | cause = {question})")
        estimate = answer.estimates[(expert, "")]
        assert estimate.mean == pytest.approx(mean, abs=4 * estimate.mcse)
        assert answer.samples[(expert, "")].std() == pytest.approx(sd, rel=0.08)
    assert answer.gate.verdict == "pass"


def test_its_cases_are_left_out_by_who_learns_from_them(tmp_path: Path) -> None:
    posterior = study(tmp_path).sample(seed=3)
    left = cases_left_out(posterior.panel)
    assert left.counts.tolist() == [12, 3, 4, 9, 6, 5]
    assert not left.unsure
    assert np.isnan(left.logs["g"]).all()
    assert np.isnan(left.logs["h"]).all()
    for number in (1, 4):
        x, y, _ = ROWS[number]
        rest = [(*row[:2], row[2] - (at == number)) for at, row in enumerate(ROWS)]
        ((mean, _),) = quadrature(
            0.5, (0.4, 0.6), (beta(2, 3), beta(3, 3)), lambda *theta, x=x, y=y: (chance(x, y, *theta[2:]),), rest
        )
        assert left.logs["e"][number] == pytest.approx(np.log(mean), abs=0.02)
    both = np.logaddexp(left.logs["e"], left.logs["f"]) - np.log(2)
    np.testing.assert_allclose(left.logs[PANEL], both)  # of those in the panel who have one
    found = posterior.checks("result = yes").result
    assert {(row.expert, row.line) for row in found.rows} == {
        (who, line) for who in ("panel", "e", "f") for line in range(2, 8)
    }
    (prior,) = (row.prior for row in found.rows if (row.expert, row.line) == ("e", 2))
    assert prior == pytest.approx(0.25, abs=0.02)  # its own parameters have flat priors
    without = {row.expert: row.own for row in found.omitted if row.kind == "cases"}
    assert set(without) == {"panel", "e", "f"}
    assert without["e"] == pytest.approx(0.6 * 0.4 + 0.4 * 0.5, abs=0.02)  # its own betas, of 4 and 6, 2 and 3, 3 and 3


def test_who_sees_no_link_or_grants_no_relevance_learns_nothing(tmp_path: Path) -> None:
    one = study(tmp_path)
    assert [len(one.elicited.taught(name)) for name in "efgh"] == [1, 1, 0, 0]
    targets = {target.expert: target for target in aim(one.elicited)}
    assert [targets[name].method for name in "efgh"] == [NUTS, NUTS, IID, IID]
    assert [len(targets[name].layout.parameters) for name in "efgh"] == [6, 6, 3, 3]
    (note,) = one.elicited.notes
    assert note.startswith("table.csv: 39 comparable cases in 6 distinct rows teach the experts, each worth 0.5 (0 to")
    assert note.endswith("; 1 to f) of a case of this kind, through the model there and 2 links to this one")


def test_the_density_is_that_of_rows_and_links_and_of_the_pymc_model(tmp_path: Path) -> None:
    elicited = study(tmp_path).elicited
    density = {target.expert: target.density for target in aim(elicited)}
    layout = aim(elicited)[0].layout
    model = build(elicited)
    logp = model.compile_logp(mode="FAST_COMPILE")
    rng = np.random.default_rng(1)
    names = list(model.coords["share_of"])
    gaps, own = [], []
    for _ in range(3):
        x = rng.normal(size=6)
        theta = density["e"].theta(x)
        stated = 1 - theta  # parameters are of the first state
        prior = sum(
            each.logpdf(value) + np.log(value * (1 - value))
            for each, value in zip((beta(4, 6), beta(2, 3), beta(3, 3), *[beta(1, 1)] * 3), stated, strict=True)
        )
        own.append(density["e"](x)[0] - prior - learned(stated, 0.5, (0.4, 0.6)))
        known = dict(zip(layout.parameters, np.log(theta / stated), strict=True))
        line = np.array([known[name[3:]] if name.startswith("e: ") else 0.0 for name in names])
        gaps.append(density["e"](x)[0] - float(logp({"share_logodds__": line})))
    np.testing.assert_allclose(own, own[0], atol=1e-9)
    np.testing.assert_allclose(gaps, gaps[0], atol=1e-9)


def test_the_model_of_cases_is_in_no_list_of_the_models_own(tmp_path: Path) -> None:
    posterior = study(tmp_path).sample(seed=3)
    assert posterior.draws.parameters == tuple(p.name for p in posterior.study.elicited.network.parameters)
    assert posterior.theta.shape[2] == 3
    assert set(posterior.study.model.variables) == {"cause", "result"}
    assert posterior.explain("carries", "result = yes").table.shape[0] > 0  # masks of parameters are as long as theirs


def test_priors_of_the_model_of_cases_are_read_by_name_or_for_all(tmp_path: Path) -> None:
    named = PRIORS.replace("    relevance:", "    priors: there.yaml\n    relevance:", 1)
    (tmp_path / "there.yaml").write_text(
        "priors: t\nmodel: there\njudgements:\n  - {about: P(x = yes), says: {exactly: 0.4}}\n", encoding="utf-8"
    )
    (beside,) = study(tmp_path, priors=named).elicited.beside
    assert [beside.held[name].priors[0].median for name in "efgh"] == [0.6] * 4
    (tmp_path / "there.yaml").write_text(
        "priors: t\nmodel: there\nexperts: {f: {name: F}}\njudgements:\n"
        "  - {about: P(x = yes), by: f, says: {exactly: 0.4}}\n"
        "defaults:\n  - {about: P(x = yes), says: {exactly: 0.1}}\n",
        encoding="utf-8",
    )
    (beside,) = study(tmp_path, priors=named).elicited.beside
    assert [beside.held[name].priors[0].median for name in "efgh"] == [0.9, 0.6, 0.9, 0.9]


@pytest.mark.parametrize(
    ("there", "words"),
    [
        ("P(y = yes) * P(x = no)", "one is on the scale 'log' and the other on 'log-odds'; link questions of one form"),
        ("P(y = yes | y = yes)", "'P(y = yes | y = yes)' is certain by the model alone"),
    ],
)
def test_what_cannot_be_linked_is_an_error_at_its_link(tmp_path: Path, there: str, words: str) -> None:
    priors = PRIORS.replace("there: P(y = yes | x = yes),", f"there: {there},")
    with pytest.raises(SpecError, match=re.escape(words)) as caught:
        _ = study(tmp_path, priors=priors).elicited
    assert [(problem.line, problem.where) for problem in caught.value.problems] == [(16, "cases.1.links")]


def test_evidence_about_the_model_of_cases_is_refused(tmp_path: Path) -> None:
    (tmp_path / "there.yaml").write_text(
        "priors: t\nmodel: there\njudgements:\n  - {about: P(y = yes), says: {quantiles: {5: 0.1, 50: 0.2}}}\n",
        encoding="utf-8",
    )
    named = PRIORS.replace("    relevance:", "    priors: there.yaml\n    relevance:", 1)
    with pytest.raises(SpecError, match=r"there\.yaml:4:5: judgements: a model of cases takes judgements of its param"):
        _ = study(tmp_path, priors=named).elicited


def test_another_model_of_cases_or_link_is_another_fit(tmp_path: Path) -> None:
    first = study(tmp_path)
    wider = study(tmp_path, priors=PRIORS.replace("within: 0.4", "within: 0.5"))
    other = study(tmp_path, there=THERE.replace("model: there", "title: Another\nmodel: there"))
    assert len({each.priors.digest for each in (first, wider, other)}) == 3
    keys = [[target.density.digest for target in aim(each.elicited)] for each in (first, wider, other)]
    assert keys[0] == keys[2]  # a title moves no number
    assert [a == b for a, b in zip(keys[0], keys[1], strict=True)] == [False, False, True, True]


def test_a_pooled_panel_learns_as_its_experts_do_on_average(tmp_path: Path) -> None:
    """The log pool: powers of likelihoods add up, and so do those of a link's normal, whose precision they are."""
    pooled = PRIORS + "pooling: log\n"
    elicited = study(tmp_path, priors=pooled).elicited
    (beside,) = elicited.beside
    weights = [alike.of(POOLED) for alike in beside.cases]
    counts = [n for *_, n in ROWS]
    # e and f learn with a quarter of the weight each, g sees no link, h grants nothing
    np.testing.assert_allclose(weights, [0.25 * (0.5 + 1.0) * n for n in counts])
    first, second = (linked.link.of(POOLED) for linked in beside.links)
    assert first == pytest.approx((0.25 * (1 / 0.4**2 + 1 / 0.4**2)) ** -0.5)
    assert second == pytest.approx((0.25 * (1 / 0.6**2 + 1 / 0.2**2)) ** -0.5)
    targets = {target.expert: target for target in aim(elicited)}
    assert len(targets[POOLED].layout.parameters) == 6
    own = PRIORS.replace("    relevance:", "    priors: there.yaml\n    relevance:", 1) + "pooling: log\n"
    (tmp_path / "there.yaml").write_text(
        "priors: t\nmodel: there\nexperts: {f: {name: F}}\njudgements:\n"
        "  - {about: P(x = yes), by: f, says: {exactly: 0.4}}\n",
        encoding="utf-8",
    )
    with pytest.raises(SpecError, match=r"p\.yaml:10:5: cases: its priors differ by expert"):
        _ = study(tmp_path, priors=own).elicited
