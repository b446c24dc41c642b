"""Log predictive densities of what is left out: conjugate for cases, and against draws made without it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.special import betaln

import causal
from causal.ask.answer import PANEL
from causal.ask.leaving import cases_left_out, judgements_left_out
from causal.learn import weights
from causal.study import Posterior

MODEL = """model: pair
variables:
  x: {states: [no, yes]}
  y: {states: [no, yes], parents: [x]}
"""
PRIORS = """priors: pair
model: pair
experts: {e: {weight: 3}, f: {}}
judgements:
  - {about: P(x = no), by: e, says: {cases: {x: 3.5, of: 9}}}
  - {about: P(y = no | x = no), by: e, says: {cases: {x: 1.5, of: 4}}}
  - {about: P(y = no | x = yes), by: e, says: {cases: {x: 2.5, of: 5}}}
"""
CASES = "cases: [{file: pairs.csv, relevance: %s, count: n, columns: {x: x, y: y}}]\n"
TABLE = "x,y,n\nno,no,4\nno,yes,3\nyes,no,2\nyes,yes,6\nyes,,5\n"
COUNTS = {("no", "no"): 4, ("no", "yes"): 3, ("yes", "no"): 2, ("yes", "yes"): 6, ("yes", ""): 5}
BETAS = {"e": ((4, 6), (2, 3), (3, 3)), "f": ((1, 1), (1, 1), (1, 1))}


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("CAUSAL_CACHE", str(tmp_path / "fits"))


def drawn(folder: Path, relevance: float = 1.0, more: str = "") -> Posterior:
    (folder / "pair.yaml").write_text(MODEL, encoding="utf-8")
    (folder / "p.yaml").write_text(PRIORS + more + CASES % relevance, encoding="utf-8")
    (folder / "pairs.csv").write_text(TABLE, encoding="utf-8")
    return causal.load(folder / "pair.yaml", folder / "p.yaml").sample(seed=3)


def exact(expert: str, left: tuple[str, str], relevance: float) -> float:
    """Return ln P(the case left out | the others), from the counts of three Beta distributions."""
    (a, b), *rows = ([float(n) for n in each] for each in BETAS[expert])
    ys = dict(zip(("no", "yes"), rows, strict=True))
    for (x, y), n in COUNTS.items():
        weight = relevance * (n - ((x, y) == left))
        a, b = a + weight * (x == "no"), b + weight * (x == "yes")
        if y:
            ys[x][y == "yes"] += weight
    x, y = left
    p = (a if x == "no" else b) / (a + b)
    return float(np.log(p * (ys[x][y == "yes"] / sum(ys[x]) if y else 1.0)))


@pytest.mark.parametrize("relevance", [1.0, 0.4])
def test_each_case_is_predicted_from_the_others(tmp_path: Path, relevance: float) -> None:
    left = cases_left_out(drawn(tmp_path, relevance).panel)
    assert left.counts.tolist() == [4, 3, 2, 6, 5]
    for expert in ("e", "f"):
        wanted = [exact(expert, case, relevance) for case in COUNTS]
        np.testing.assert_allclose(left.logs[expert], wanted, atol=0.05)
    mixed = np.log(0.75 * np.exp(left.logs["e"]) + 0.25 * np.exp(left.logs["f"]))
    np.testing.assert_allclose(left.logs[PANEL], mixed)
    assert not left.unsure


def test_the_exact_scores_add_up_along_the_chain_rule() -> None:
    """The referee itself: leaving out the last of some cases is their ratio of marginal likelihoods."""
    (a, b), (c, d), (e, f) = BETAS["e"]
    whole = betaln(a + 7, b + 13) + betaln(c + 4, d + 3) + betaln(e + 2, f + 6)
    less = betaln(a + 6, b + 13) + betaln(c + 3, d + 3) + betaln(e + 2, f + 6)
    assert exact("e", ("no", "no"), 1.0) == pytest.approx(whole - less)


def test_where_the_weights_do_not_hold_draws_are_made_again(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(weights, "PARETO_K", (-np.inf, -np.inf))  # distrust all
    panel = drawn(tmp_path).panel
    left = cases_left_out(panel)
    assert left.refitted == 10
    assert not left.unsure
    np.testing.assert_allclose(left.logs["e"], [exact("e", case, 1.0) for case in COUNTS], atol=0.05)
    assert cases_left_out(replace(panel, refit=None)).unsure == frozenset(left.keys)


def test_a_judgement_is_predicted_from_what_its_expert_says_otherwise(tmp_path: Path) -> None:
    said = "  - {about: P(y = yes), by: e, says: {quantiles: {5: 0.4, 50: 0.6, 95: 0.8}}, weight: 0.5}\n"
    other = "  - {about: P(x = yes | y = yes), by: e, says: {quantiles: {5: 0.3, 50: 0.7, 95: 0.9}}}\n"
    panel = drawn(tmp_path, more=said + other).panel
    left = judgements_left_out(panel)
    assert [key[:2] for key in left.keys] == [("e", "P(y = yes)"), ("e", "P(x = yes | y = yes)")]
    assert np.isnan(left.logs["f"]).all()
    np.testing.assert_array_equal(left.logs[PANEL], left.logs["e"])
    first = panel.elicited.evidence[0]
    without = drawn(tmp_path, more=other).ask("P(y = yes)").samples[("e", "")]
    assert first.sd == pytest.approx(panel.elicited.derived[0].fit.belief.sd * np.sqrt(2))  # its weight is a half
    z = (np.log(without / (1 - without)) - first.mean) / first.sd
    density = np.exp(-(z**2) / 2) / (first.sd * np.sqrt(2 * np.pi))
    assert left.logs["e"][0] == pytest.approx(np.log(density.mean()), abs=0.03)
