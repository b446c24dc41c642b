"""Weights of a panel by each rule, what is refused, and that who is apart changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

import causal
from causal.ask.answer import PANEL
from causal.elicit import performance, weights
from causal.elicit.cooke import classical
from causal.errors import ElicitationError, SpecError
from causal.spec.modelfile import parse_model
from causal.spec.priorfile import parse_priors
from causal.spec.priors import Priors

MODEL = """
model: coin
variables:
  x: {states: [no, yes]}
outcome: x = yes
"""
EXPERTS = "{a: {name: A, weight: 3}, b: {name: B}, c: {name: C, pool: false}, d: {name: D, weight: 0}}"
TAIL = """
judgements:
  - {about: P(x = yes), by: a, says: {exactly: 0.2}}
  - {about: P(x = yes), by: b, says: {exactly: 0.6}}
  - {about: P(x = yes), by: c, says: {exactly: 0.9}}
  - {about: P(x = yes), by: d, says: {exactly: 0.9}}
"""


def text_of(rule: str, count: int = 8, answers: str = "{a: %s, b: %s, c: %s}", tail: str = TAIL) -> str:
    """Return a prior file with seeds: a is nearly right about how sure to be, b far too sure, c has no idea."""
    seeds = []
    for at in range(count):
        truth = 10 + 7 * (at % 4) - (30 if at == 5 else 0)
        wide, narrow, off = "{5: 1, 50: 20, 95: 40}", "{5: 18, 50: 19, 95: 20}", "{5: 100, 50: 200, 95: 300}"
        said = answers % (wide, narrow, off)[: answers.count("%s")]
        seeds.append(f"  - {{ask: 'number {at}', truth: {truth}, answers: {said}}}")
    events = "  - {ask: rain, truth: yes, answers: {a: 80%, b: 0.6}}\n  - {ask: snow, truth: no, answers: {a: 0}}"
    return f"priors: coin\nmodel: coin\nexperts: {EXPERTS}\nweights: {rule}\nseeds:\n" + "\n".join(
        [*seeds, events, tail]
    )


def read(*said, **named) -> Priors:
    return parse_priors(text_of(*said, **named), "priors.yaml", parse_model(MODEL, "coin.yaml"))


def test_stated_and_equal() -> None:
    assert weights(read("stated")) == {"a": 3.0, "b": 1.0, "c": 0.0, "d": 0.0}
    assert weights(read("equal")) == {"a": 1.0, "b": 1.0, "c": 0.0, "d": 0.0}


def test_cooke_is_calibration_times_information_within_the_panel() -> None:
    priors = read("cooke")
    scored = classical([seed for seed in priors.seeds if not isinstance(seed.truth, bool)], ["a", "b"])
    found = weights(priors)
    assert found == {
        "a": scored["a"].calibration * scored["a"].information,
        "b": scored["b"].calibration * scored["b"].information,
        "c": 0.0,
        "d": 0.0,
    }
    assert found["a"] > 10 * found["b"] > 0  # b is the more informative by far, and wrong


def test_who_is_apart_is_scored_and_changes_no_score_of_the_panel() -> None:
    by_name = {each.expert: each for each in performance(read("stated"))}
    without = {each.expert: each for each in performance(read("stated", answers="{a: %s, b: %s}"))}
    assert by_name["a"] == without["a"]
    assert by_name["b"] == without["b"]
    assert without["c"].numbers is None
    assert by_name["c"].numbers is not None
    assert by_name["c"].numbers.calibration < 1e-6
    assert by_name["d"].numbers is by_name["d"].inside is by_name["d"].events is None
    assert by_name["a"].events is not None
    assert by_name["a"].events.brier == pytest.approx(0.02)


def test_without_seeds_there_is_no_performance() -> None:
    assert performance(parse_priors("priors: coin\nmodel: coin\n", "p", parse_model(MODEL, "m"))) == ()


def test_too_few_seeds_are_refused_with_the_reason() -> None:
    with pytest.raises(ElicitationError, match=r"need 8 seeds .* here are 7 \(a answered 7 of 7\).* has no power"):
        weights(read("cooke", 7))
    with pytest.raises(ElicitationError, match=r"here are 0 \(b answered 0 of 9\)"):
        weights(read("cooke", 9, answers="{a: %s}"))


def test_nobody_left_is_refused() -> None:
    best = {each.expert: each.numbers for each in performance(read("stated"))}["a"]
    assert best is not None
    with pytest.raises(ElicitationError, match=r"all 0: the best calibration is .* by a, and alpha is 1"):
        weights(read("{cooke: {alpha: 1}}"))
    between = f"{{cooke: {{alpha: {best.calibration / 2}}}}}"
    assert weights(read(between))["b"] == 0 < weights(read(between))["a"]


def test_the_refusal_stands_at_its_line() -> None:
    study = causal.Study(parse_model(MODEL, "coin.yaml"), read("cooke", 3))
    with pytest.raises(SpecError, match=r"priors.yaml:4:10: weights: Cooke's weights need 8 seeds"):
        _ = study.elicited


@pytest.mark.parametrize("rule", ["stated", "equal", "cooke", "{cooke: {alpha: 1%}}"])
def test_the_panel_is_the_mixture_by_these_weights(rule: str, tmp_path: Path) -> None:
    (tmp_path / "coin.yaml").write_text(MODEL)
    (tmp_path / "priors.yaml").write_text(text_of(rule))
    study = causal.load(tmp_path / "coin.yaml", tmp_path / "priors.yaml")
    raw = weights(study.priors)
    share = raw["a"] / (raw["a"] + raw["b"])
    posterior = study.at_medians()
    answer = posterior.ask("P(x = yes)")
    assert answer.estimates[(PANEL, "")].mean == pytest.approx(0.2 * share + 0.6 * (1 - share), abs=1e-12)
    assert answer.pooled == tuple(name for name in ("a", "b") if raw[name] > 0)
    assert dict(posterior.panel.weights) == pytest.approx({n: raw[n] / sum(raw.values()) for n in answer.pooled})
