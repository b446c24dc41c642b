"""How much is prior: stages against the conjugate closed form, and what is said about them."""

from __future__ import annotations

from pathlib import Path

import pytest
from scipy.stats import beta

import causal
from causal.ask.answer import PANEL
from causal.ask.learned import Moved, Spread
from causal.ask.stages import CASES, PRIORS, TOTALS, stages
from causal.learn.gate import Gate
from causal.study import Posterior

MODEL = """
model: pair
variables:
  x: {label: The cause, states: [a, b], actual: b}
  y: {label: The end, states: [no, yes], parents: [x], actual: yes}
outcome: y = yes
factors: {x: a}
interventions: {undo: {title: Without the cause, do: {x: a}}}
"""
PRIORS_FILE = """
priors: p
model: pair
experts: {e: {name: Emma}, f: {name: Fritz}}
judgements:
  - {about: P(x = b), by: e, says: {cases: {x: 3.5, of: 9}}}
  - {about: P(y = yes | x = a), by: e, says: {cases: {x: 0.5, of: 5}}}
  - {about: P(y = yes | x = b), by: e, says: {cases: {x: 6.5, of: 8}}}
"""
CASES_ENTRY = "cases:\n  - {file: t.csv, relevance: 0.5, count: n, columns: {x: x, y: y}}\n"
TABLE = "x,y,n\na,yes,20\na,no,4\nb,yes,9\nb,no,15\n"  # the cause does the opposite here


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("CAUSAL_CACHE", str(tmp_path / "fits"))


def sampled(folder: Path, more: str) -> Posterior:
    (folder / "pair.yaml").write_text(MODEL, encoding="utf-8")
    (folder / "p.yaml").write_text(PRIORS_FILE + more, encoding="utf-8")
    (folder / "t.csv").write_text(TABLE, encoding="utf-8")
    return causal.load(folder / "pair.yaml", folder / "p.yaml").sample(seed=1)


def test_stages_are_the_beta_before_and_after_the_cases(tmp_path: Path) -> None:
    found = sampled(tmp_path, CASES_ENTRY).learned().result
    assert found.names == (PRIORS, CASES)
    by = {each.kind: each for each in found.headlines}
    a, b = {PRIORS: beta(1, 5), CASES: beta(11, 7)}, {PRIORS: beta(7, 2), CASES: beta(11.5, 9.5)}
    for stage in (PRIORS, CASES):
        after = by["best"].stages[stage]["e"]
        assert after.mean == pytest.approx(a[stage].mean(), abs=4 * after.error)
        assert after.sd == pytest.approx(a[stage].std(), rel=0.05)
        effect = by["factor"].stages[stage]["e"]
        assert effect.mean == pytest.approx(b[stage].mean() - a[stage].mean(), abs=4 * effect.error)
        assert effect.sd == pytest.approx((a[stage].var() + b[stage].var()) ** 0.5, rel=0.05)
    moved = by["best"].moved(CASES, "e")
    assert moved == pytest.approx((a[CASES].mean() - a[PRIORS].mean()) / a[PRIORS].std(), rel=0.06)
    assert by["best"].left(CASES, "e") == pytest.approx(a[CASES].std() / a[PRIORS].std(), rel=0.06)
    assert by["best"].restates("e") == CASES


def test_cases_that_speak_against_a_factor_are_named_with_numbers(tmp_path: Path) -> None:
    posterior = sampled(tmp_path, CASES_ENTRY)
    found = posterior.learned()
    wanted = "speak against The cause, whose effect is reversed, +0.31 to \N{MINUS SIGN}0.23 (most for Emma, 0.61 to "
    assert wanted in found.text
    assert "mostly restate the comparable cases" in found.text
    heads, rows = found.rows(10)
    assert len(heads) == len(rows[0]) == 6
    assert {row["expert"] for row in found.table.to_dict("records")} == {PANEL, "e", "f"}
    assert found.gate.verdict == "pass"


def test_judged_totals_are_a_stage_of_their_own_and_taken_back_exactly(tmp_path: Path) -> None:
    total = "  - {about: P(y = yes), by: e, says: {quantiles: {5: 0.8, 50: 0.9, 95: 0.95}}}\n"
    posterior = sampled(tmp_path, total + CASES_ENTRY)
    found = stages(posterior.panel)
    assert list(found) == [PRIORS, TOTALS, CASES]
    assert found[CASES] is posterior.panel
    assert found[PRIORS].draws.method == ("iid", "iid")
    assert found[TOTALS].draws.method == ("nuts", "iid")
    plain = tmp_path / "plain"
    plain.mkdir()
    without = sampled(plain, total)
    assert (without.draws.theta == found[TOTALS].draws.theta).all()  # the fit without the cases, draw for draw
    assert list(stages(without.panel)) == [PRIORS, TOTALS]


def test_without_evidence_and_cases_all_is_prior(tmp_path: Path) -> None:
    posterior = sampled(tmp_path, "")
    assert list(stages(posterior.panel)) == [PRIORS]
    assert "every answer restates them" in posterior.learned().text
    assert "a single draw" in posterior.study.at_medians().learned().text


@pytest.mark.parametrize(
    ("stages_", "wanted"),
    [
        ({PRIORS: (0.5, 0.1), CASES: (0.54, 0.09)}, PRIORS),  # still, and as wide
        ({PRIORS: (0.5, 0.1), CASES: (0.56, 0.09)}, CASES),  # moved by more than half a deviation
        ({PRIORS: (0.5, 0.1), CASES: (0.5, 0.07)}, CASES),  # narrowed
        ({PRIORS: (0.5, 0.1), TOTALS: (0.7, 0.06), CASES: (0.71, 0.055)}, TOTALS),
        ({PRIORS: (0.5, 0.1), TOTALS: (0.52, 0.09), CASES: (0.7, 0.04)}, CASES),
        ({PRIORS: (0.5, 0.0), CASES: (0.5, 0.0)}, ""),
    ],
)
def test_what_a_headline_mostly_restates(stages_, wanted: str) -> None:
    spreads = {name: {PANEL: Spread(mean, None, None, sd, 0.001)} for name, (mean, sd) in stages_.items()}
    assert Moved("outcome", "", "It", "P(y)", spreads, Gate()).restates() == wanted


def test_the_divergence_is_that_of_two_normals() -> None:
    spreads = {PRIORS: {PANEL: Spread(0.0, None, None, 2.0, 0.0)}, CASES: {PANEL: Spread(1.0, None, None, 1.0, 0.0)}}
    # ln(2 / 1) + (1 + 1) / (2 * 4) - 1/2
    assert Moved("outcome", "", "It", "P(y)", spreads, Gate()).kl(CASES) == pytest.approx(0.6931472 - 0.25)


@pytest.mark.parametrize("pooling", ["log", "hierarchical"])
def test_a_panel_of_one_posterior_has_its_stages_too(tmp_path: Path, pooling: str) -> None:
    total = "  - {about: P(y = yes), by: e, says: {quantiles: {5: 0.5, 50: 0.6, 95: 0.7}}}\n"
    found = sampled(tmp_path, f"{total}{CASES_ENTRY}pooling: {pooling}\n").learned().result
    assert found.names == (PRIORS, TOTALS, CASES)
    after = next(each for each in found.headlines if each.kind == "best")
    assert list(after.stages[CASES]) == [PANEL, "e", "f"]
    prior = after.stages[PRIORS][PANEL]
    if pooling == "log":  # Beta(1, 5) of Emma's and a flat one, to the power of one half each
        assert prior.mean == pytest.approx(beta(1, 3).mean(), abs=4 * prior.error)
        assert prior.sd == pytest.approx(beta(1, 3).std(), rel=0.05)
    assert after.stages[CASES][PANEL].sd < prior.sd
    assert after.gate.verdict == "pass"
