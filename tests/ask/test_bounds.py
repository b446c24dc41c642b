"""What an answer on rung 3 says of what it rests on."""

from __future__ import annotations

from pathlib import Path

import pytest

import causal
from causal.ask.bounds import Sharp

MODEL = """model: m
variables:
  x: {states: [no, yes]}
  y: {states: [no, yes], parents: [x]COUPLING}
  z: {states: [no, yes], parents: [y], mechanism: {rule: {any of: [y]}}}
outcome: y = yes
"""
PRIORS = """priors: p
model: m
experts: {a: {name: A, weight: 3}, b: {name: B}}
judgements:
  - {about: P(x = yes), by: a, says: {exactly: 0.5}}
  - {about: P(y = yes | x = yes), by: a, says: {quantiles: {5: 0.6, 50: 0.7, 95: 0.8}}}
  - {about: P(y = yes | x = no), by: a, says: {quantiles: {5: 0.2, 50: 0.3, 95: 0.4}}}
"""
NEEDS = """model: m
variables:
  a: {states: [no, yes]}
  b: {states: [no, yes]}
  y: {states: [no, yes], parents: [a, b], mechanism: noisy-and}
outcome: y = yes
"""
RATIOS = """priors: p
model: m
judgements:
  - {about: P(a = yes), says: {exactly: 0.5}}
  - {about: P(b = yes), says: {exactly: 0.5}}
  - {about: P(y = yes | all), says: {exactly: 0.8}}
  - {about: P(y = yes | all but a = no), says: {exactly: 0.4}}
  - {about: P(y = yes | all but b = no), says: {exactly: 0.2}}
"""
PNS = "PNS(x = yes -> y = yes)"


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("CAUSAL_CACHE", str(tmp_path / "fits"))


def posterior(folder: Path, coupling: str = ""):
    (folder / "m.yaml").write_text(MODEL.replace("COUPLING", f", coupling: {coupling}" if coupling else ""))
    (folder / "p.yaml").write_text(PRIORS)
    return causal.load(folder / "m.yaml", folder / "p.yaml").sample(seed=3)


def test_both_couplings_stand_beside_the_answer(tmp_path: Path) -> None:
    answer = posterior(tmp_path).ask(PNS)
    bounds = answer.bounds
    assert bounds is not None
    assert bounds.coupled == {"y": "comonotone"}
    assert bounds.couplings["comonotone"].mean == pytest.approx(answer.mean, abs=1e-12)
    assert bounds.couplings["independent"].mean != pytest.approx(answer.mean, abs=0.01)
    assert set(bounds.couplings["independent"].by_expert) == {"a", "b"}
    assert "one luck for every situation of the parents (comonotone) for y." in answer.text
    assert "two assumptions, not bounds" in answer.text


@pytest.mark.parametrize("coupling", ["comonotone", "independent"])
def test_the_answer_is_that_of_the_models_own_coupling(tmp_path: Path, coupling: str) -> None:
    answer = posterior(tmp_path, coupling).ask(PNS)
    assert answer.bounds is not None
    assert answer.bounds.couplings[coupling].mean == pytest.approx(answer.mean, abs=1e-12)


def test_bounds_contain_both_couplings(tmp_path: Path) -> None:
    """With one coupled variable, and nothing else known of it, the sharp bounds are Tian and Pearl's."""
    answer = posterior(tmp_path).ask(PNS)
    assert answer.bounds is not None
    sharp, pair = answer.bounds.sharp, answer.bounds.tian_pearl
    assert isinstance(sharp, Sharp)
    assert pair is not None
    assert (sharp.functions, sharp.draws) == (4, 200)
    assert (sharp.lower, sharp.upper) == pytest.approx(pair, abs=1e-6)
    for each in answer.bounds.couplings.values():
        assert sharp.lower - 1e-9 <= each.mean <= sharp.upper + 1e-9
    assert "Any coupling gives between" in answer.text
    assert "(Tian and Pearl)" in answer.text


def test_the_panels_bounds_are_its_experts_weighted(tmp_path: Path) -> None:
    answer = posterior(tmp_path).ask(PNS)
    assert answer.bounds is not None
    each = answer.bounds.couplings["independent"]
    assert each.mean == pytest.approx(0.75 * each.by_expert["a"] + 0.25 * each.by_expert["b"], abs=1e-12)


def test_a_question_that_no_coupling_moves_says_so(tmp_path: Path) -> None:
    answer = posterior(tmp_path).ask("P(z[y = no] = no | x = yes)")
    assert answer.rung == 3
    assert answer.bounds is not None
    assert (answer.bounds.coupled, answer.bounds.couplings, answer.bounds.told) == ({}, {}, ())
    assert "needs no assumption about what stays the same" in answer.text


def test_a_mechanism_that_says_what_stays_the_same_is_named(tmp_path: Path) -> None:
    answer = posterior(tmp_path).ask("P(z[y = no] = no | z = yes)")
    assert answer.bounds is not None
    assert (answer.bounds.coupled, answer.bounds.told) == ({}, ("z",))
    assert "said by the mechanisms themselves for z (" in answer.text


@pytest.mark.parametrize(("partners", "told"), [("", ()), ("confounded: [[x, y]]\n", ("x", "y"))])
def test_confounded_types_tell_of_each_other(tmp_path: Path, partners: str, told: tuple[str, ...]) -> None:
    """The effect on the treated looks at each variable once: types matter only where those of x tell of those of y."""
    typed = MODEL.replace("states: [no, yes]}", "states: [no, yes], mechanism: types}", 1)
    (tmp_path / "m.yaml").write_text(typed.replace("COUPLING", ", mechanism: types") + partners)
    (tmp_path / "p.yaml").write_text("priors: p\nmodel: m\njudgements: []\n")
    answer = causal.load(tmp_path / "m.yaml", tmp_path / "p.yaml").at_medians().ask("ETT(x = yes -> y = yes)")
    assert answer.bounds is not None
    assert (answer.bounds.coupled, answer.bounds.told) == ({}, told)


@pytest.mark.parametrize("coupling", ["comonotone", "independent"])
def test_a_comparison_says_in_which_share_it_would_hold(tmp_path: Path, coupling: str) -> None:
    """The shares are those that the same model gives when it is told that coupling."""
    asked = f"{PNS} > 0.42"
    found = posterior(tmp_path).ask(asked)
    assert found.bounds is not None
    each, wanted = found.bounds.couplings[coupling], posterior(tmp_path, coupling).ask(asked)
    assert 0 < wanted.mean < 1
    assert each.mean == pytest.approx(wanted.mean, abs=1e-12)
    assert each.by_expert == pytest.approx({name: wanted.estimates[(name, "")].mean for name in "ab"}, abs=1e-12)
    assert (each.lower, each.upper) == (None, None)
    assert f"{100 * each.mean:.1f} % of the draws with {coupling} luck" in found.text


def test_the_number_says_which_assumption_is_its_own(tmp_path: Path) -> None:
    """A noisy-and has an inhibitor for each need: its number is neither of the two that stand beside it."""
    (tmp_path / "m.yaml").write_text(NEEDS)
    (tmp_path / "p.yaml").write_text(RATIOS)
    answer = (
        causal.load(tmp_path / "m.yaml", tmp_path / "p.yaml")
        .at_medians()
        .ask("P(y[a = no, b = yes] = yes | a = yes, b = no, y = yes)")
    )
    bounds = answer.bounds
    assert bounds is not None
    assert bounds.coupled == {"y": "inhibitors"}
    assert "a luck of its own for each cause or need (its inhibitor) for y." in answer.text
    # y seen with b unmet: the common luck and b's inhibitor let it pass; b is met now, and a's inhibitor is fresh
    assert answer.mean == pytest.approx(0.5)
    assert bounds.couplings["comonotone"].mean == pytest.approx(min(1.0, 0.4 / 0.2))
    assert bounds.couplings["independent"].mean == pytest.approx(0.4)


def test_on_rungs_one_and_two_there_are_none(tmp_path: Path) -> None:
    asked = posterior(tmp_path)
    assert asked.ask("P(y = yes | do(x = yes))").bounds is None
    assert asked.ask("P(y = yes | x = yes)").to_dict()["bounds"] is None


def test_json_has_everything_by_name(tmp_path: Path) -> None:
    facts = posterior(tmp_path).ask("P(y[x = no] = yes | x = yes, y = yes)").to_dict()["bounds"]
    assert set(facts) == {"text", "coupled", "own", "told", "couplings", "tian_pearl", "sharp", "without"}
    assert (facts["coupled"], facts["own"]) == (["y"], {"y": "comonotone"})
    assert set(facts["couplings"]) == {"comonotone", "independent"}
    low, high = facts["tian_pearl"]
    assert low <= facts["couplings"]["comonotone"]["mean"] <= high
    assert set(facts["sharp"]) == {"lower", "upper", "functions", "draws"}


def test_arithmetic_has_couplings_and_says_why_it_has_no_program(tmp_path: Path) -> None:
    answer = posterior(tmp_path).ask("PN(x = yes -> y = yes) - PS(x = yes -> y = yes)")
    assert answer.bounds is not None
    assert answer.bounds.couplings
    assert answer.bounds.sharp is None
    assert answer.bounds.without == "it is made of several probabilities"
