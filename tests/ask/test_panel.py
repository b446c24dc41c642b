"""Answers over draws: population and case, panels, orders as evidence, what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import causal
from causal.ask.answer import PANEL
from causal.ask.panel import settled
from causal.errors import ImpossibleEvidence, QueryError, Unsupported, UsageError
from causal.learn.gate import PASS, REFUSE, Finding, Gate
from causal.learn.sample import Draws

MODEL = """
model: coin
variables:
  x: {states: [no, yes]}
  y: {states: [no, yes], parents: [x]}
  z: {states: [low, mid, high], parents: [y]}
outcome: y = yes
interventions:
  push: {when: 1920, do: {x: yes}}
"""
PRIORS = """
priors: coin
model: coin
experts: {a: {name: A, weight: 3}, b: {name: B}, c: {name: C, pool: false}}
judgements:
  - {about: P(x = yes), by: b, says: {exactly: 0.5}}
  - {about: P(y = yes | x = yes), by: b, says: {exactly: 0.9}}
  - {about: P(y = yes | x = no), by: b, says: {exactly: 0.2}}
defaults:
  - {about: P(x = yes), says: {cases: {x: 1.5, of: 3}}}
  - {about: P(y = yes | x = yes), says: {cases: {x: 2.5, of: 9}}}
  - {about: P(y = yes | x = no), says: {cases: {x: 1.5, of: 9}}}
"""


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("CAUSAL_CACHE", str(tmp_path / "fits"))


def posterior(folder: Path, priors: str = PRIORS, draws: int = 5000):
    (folder / "coin.yaml").write_text(MODEL)
    (folder / "priors.yaml").write_text(priors)
    return causal.load(folder / "coin.yaml", folder / "priors.yaml").sample(seed=2, draws=draws)


def beta(a: float, b: float, n: int = 10**6, seed: int = 0) -> np.ndarray:
    return np.random.default_rng([seed, int(10 * a), int(10 * b)]).beta(a, b, n)


def test_population_and_case_level_are_different_numbers_and_both_are_right(tmp_path: Path) -> None:
    """Population: the mean of P_k(x | y). Case: the mean of P_k(x, y) over that of P_k(y)."""
    p, t1, t0 = beta(2, 2), beta(3, 7), beta(2, 8)
    joint, seen = p * t1, p * t1 + (1 - p) * t0
    after = posterior(tmp_path)
    population = after.ask("P(x = yes | y = yes)")
    mine = population.estimates[("a", "")]
    assert mine.mean == pytest.approx((joint / seen).mean(), abs=4 * mine.mcse + 0.001)
    case = after.ask("P(x = yes | y = yes)", level="case")
    assert case.case is not None
    assert case.case.by_expert["a"] == pytest.approx(joint.mean() / seen.mean(), abs=0.006)
    assert case.case.by_expert["b"] == pytest.approx(0.45 / 0.55)
    assert case.mean == pytest.approx(0.75 * case.case.by_expert["a"] + 0.25 * 0.45 / 0.55)
    assert case.level == "case"
    assert abs(population.case.mean - population.mean) > 0.005
    assert "case level" in population.text


def test_the_panel_is_the_weighted_mixture_of_those_in_the_pool(tmp_path: Path) -> None:
    answer = posterior(tmp_path).ask("P(y = yes | do(x = yes))")
    a, b, c = (answer.estimates[(name, "")] for name in "abc")
    assert answer.pooled == ("a", "b")
    assert answer.panel.mean == pytest.approx(0.75 * a.mean + 0.25 * b.mean, abs=1e-12)
    assert b.mean == b.lower == b.upper == 0.9
    assert b.mcse == 0.0
    assert c.mean == pytest.approx(a.mean, abs=4 * np.hypot(a.mcse, c.mcse))
    assert answer.panel.upper == 0.9  # a quarter of the mixture sits there
    assert answer.panel.mcse == pytest.approx(0.75 * a.mcse)
    table = answer.table
    assert list(table["expert"]) == [PANEL, "a", "b", "c"]
    assert list(table.columns)[:4] == ["question", "rung", "expert", "state"]
    assert set(table["ci_kind"]) == {"eti"}


def test_intervals_are_quantiles_of_the_draws(tmp_path: Path) -> None:
    answer = posterior(tmp_path).ask("P(y = yes | x = yes)", ci_prob=0.5)
    lower, median, upper = np.quantile(beta(3, 7), [0.25, 0.5, 0.75])
    mine = answer.estimates[("a", "")]
    assert (mine.lower, mine.median, mine.upper) == pytest.approx((lower, median, upper), abs=0.01)
    assert answer.ci_prob == 0.5


def test_a_comparison_is_the_share_of_draws_in_which_it_holds(tmp_path: Path) -> None:
    answer = posterior(tmp_path).ask("P(y = yes | x = yes) > P(y = yes | x = no)")
    share = answer.estimates[("a", "")]
    assert share.mean == pytest.approx(0.711764706, abs=4 * share.mcse)  # P(Beta(3,7) > Beta(2,8)), by quadrature
    assert share.lower is None
    assert answer.estimates[("b", "")].mean == 1.0
    assert "of the draws" in answer.text
    assert answer.gate.verdict == "pass"


def test_an_order_used_as_evidence_reweights_the_draws(tmp_path: Path) -> None:
    """Of Beta(3,7) and Beta(2,8), given that the first is larger: means .3438 and .1562, by quadrature."""
    order = (
        "\n  - {about: P(y = yes | x = yes) > P(y = yes | x = no), by: a, says: {order: 1}, use: evidence}\ndefaults:"
    )
    after = posterior(tmp_path, PRIORS.replace("\ndefaults:", order), draws=20_000)
    first, second = (after.ask(f"P(y = yes | x = {x})").estimates[("a", "")].mean for x in ("yes", "no"))
    assert (first, second) == pytest.approx((0.34384515, 0.15615485), abs=0.004)
    untouched = after.ask("P(y = yes | x = yes)").estimates[("c", "")].mean
    assert untouched == pytest.approx(0.3, abs=0.004)


@pytest.mark.parametrize("sure", [0.02, 0.35, 0.8, 0.99])
def test_an_order_used_as_evidence_holds_as_surely_as_was_said(tmp_path: Path, sure: float) -> None:
    about = "P(y = yes | x = yes) > P(y = yes | x = no)"
    order = f"\n  - {{about: {about}, by: a, says: {{order: {sure}}}, use: evidence}}\ndefaults:"
    after = posterior(tmp_path, PRIORS.replace("\ndefaults:", order))
    assert after.ask(about).estimates[("a", "")].mean == pytest.approx(sure, abs=1e-9)


def test_an_order_that_never_holds_cannot_be_evidence(tmp_path: Path) -> None:
    order = (
        "\n  - {about: P(y = yes | x = no) > P(y = yes | x = yes), by: b, says: {order: 0.8}, use: evidence}\ndefaults:"
    )
    after = posterior(tmp_path, PRIORS.replace("\ndefaults:", order), draws=50)
    with pytest.raises(ImpossibleEvidence, match="holds in no draw"):
        after.ask("P(y = yes)")


def test_a_whole_distribution_has_a_row_per_state(tmp_path: Path) -> None:
    answer = posterior(tmp_path).ask("P(z | y = yes)")
    assert answer.states == ("low", "mid", "high")
    means = [answer.estimates[("a", state)].mean for state in answer.states]
    assert sum(means) == pytest.approx(1.0)
    assert set(answer.to_dict()["states"]) == {"low", "mid", "high"}
    with pytest.raises(Unsupported, match="no case level"):
        posterior(tmp_path).ask("P(z | y = yes)", level="case")


def test_arithmetic_combines_case_means(tmp_path: Path) -> None:
    after = posterior(tmp_path)
    parts = [after.ask(f"P(x = yes | y = {y})", level="case").mean for y in ("yes", "no")]
    whole = after.ask("P(x = yes | y = yes) - P(x = yes | y = no)", level="case")
    weights = {"a": 0.75, "b": 0.25}
    assert whole.mean == pytest.approx(parts[0] - parts[1])
    assert sum(weights.values()) == 1.0


def test_everything_is_json_without_nan(tmp_path: Path) -> None:
    after = posterior(tmp_path, draws=200)
    for question in ("P(y = yes)", "P(z)", "P(y = yes) > P(x = yes)", "P(x = yes | y = yes)"):
        facts = json.loads(json.dumps(after.ask(question).to_dict(), allow_nan=False))
        wanted = {
            "question",
            "rung",
            "mean",
            "median",
            "lower",
            "upper",
            "ci_prob",
            "draws",
            "by_expert",
            "bounds",
            "gate",
        }
        assert wanted <= set(facts)
        assert set(facts["by_expert"]) == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("question", "rung"),
    [
        ("P(y = yes)", 1),
        ("P(y = yes | x = yes)", 1),
        ("P(y = yes | do(x = yes))", 2),
        ("effect(x = yes -> y = yes)", 2),
    ],
)
def test_the_rung_is_named(tmp_path: Path, question: str, rung: int) -> None:
    assert posterior(tmp_path, draws=50).ask(question).rung == rung


def test_what_is_refused_says_so(tmp_path: Path) -> None:
    after = posterior(tmp_path, draws=50)
    with pytest.raises(ImpossibleEvidence, match="probability zero for b"):
        posterior(tmp_path, PRIORS.replace("exactly: 0.9", "exactly: 0"), draws=50).ask("P(z = low | x = yes, y = yes)")
    with pytest.raises(QueryError, match="did you mean"):
        after.ask("P(yy = yes)")
    with pytest.raises(UsageError, match="level"):
        after.ask("P(y = yes)", level="sample")
    with pytest.raises(UsageError, match="ci_prob"):
        after.ask("P(y = yes)", ci_prob=1.5)


def test_a_refused_answer_withholds_its_numbers_unless_overridden(tmp_path: Path) -> None:
    answer = posterior(tmp_path, draws=50).ask("P(y = yes)")
    gate = Gate((Finding("q", "R-hat", 1.4, REFUSE),))
    refused = replace(answer, gate=gate)
    assert refused.to_dict()["mean"] is None
    assert refused.to_dict()["by_expert"] == {}
    assert "not reported" in refused.text
    allowed = replace(answer, gate=replace(gate, override=True))
    assert allowed.to_dict()["mean"] == answer.mean
    assert allowed.to_dict()["gate"]["override"] is True


def test_a_second_ask_does_not_sample(tmp_path: Path, monkeypatch) -> None:
    first = posterior(tmp_path, draws=100)
    monkeypatch.setattr("causal.study.sample", lambda *_, **__: pytest.fail("sampled again"))
    again = causal.load(tmp_path / "coin.yaml", tmp_path / "priors.yaml").sample(seed=2, draws=100)
    assert isinstance(again.draws, Draws)
    assert again.digest == first.digest
    assert again.ask("P(y = yes)").to_dict() == first.ask("P(y = yes)").to_dict()


def test_a_repr_is_one_line_and_never_raises(tmp_path: Path) -> None:
    after = posterior(tmp_path, draws=50)
    answer = after.ask("P(y = yes)")
    for thing in (after, after.study, answer):
        assert "\n" not in repr(thing)
    broken = object.__new__(type(answer))
    assert repr(broken) == "<Answer>"


def test_what_would_have_been_may_be_settled_whatever_was_sampled(tmp_path: Path) -> None:
    """By consistency 1 in every draw, although what was sampled is on its tape: no sign of a stuck sampler."""
    found = posterior(tmp_path, draws=250)
    chains = replace(found.draws, theta=found.draws.theta.reshape(4, -1, *found.draws.theta.shape[2:]))
    sampled = replace(found, draws=replace(chains, method=("nuts",) * 3))
    same, failed = sampled.ask_all(["P(y[x = yes] = yes | x = yes, y = yes)", "P(y[x = yes] = no | x = yes, y = yes)"])
    assert (same.gate.verdict, same.mean) == (PASS, 1.0)
    assert (failed.gate.verdict, failed.mean) == (PASS, 0.0)
    first = np.broadcast_to(chains.theta[:1, :1], chains.theta.shape)
    stuck = replace(sampled, draws=replace(sampled.draws, theta=first))
    assert stuck.ask("P(y[x = yes] = yes | x = no, y = no)").gate.verdict == REFUSE
    assert stuck.ask("P(y = yes | x = yes)").gate.verdict == REFUSE


def test_settled_is_a_whole_number_in_all_draws() -> None:
    rows = np.array([[1.0, 1.0], [1.0, 1.0 - 1e-15], [0.0, 0.0], [-1.0, -1.0], [0.3, 0.3], [1.0, 0.9], [np.nan, 1.0]])
    assert settled(rows.reshape(7, 1, 1, 2)).ravel().tolist() == [True, True, True, True, False, False, False]
