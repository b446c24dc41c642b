"""Facts about judgements: what stands beside a question answers that question."""

from __future__ import annotations

import re

import pytest

from causal.spec.modelfile import parse_model
from causal.spec.priorfile import parse_priors
from causal.study import Study
from causal.tell.claims import Direct
from causal.tell.facts import Report
from causal.tell.judgements import against, defaults, direct, notes, unjudged

MODEL = """
model: small
variables:
  x: {states: [a, b, c]}
  y: {states: ["no", "yes"], parents: {x: {sign: {b: "+"}}}}
  w: {states: [low, middle, high], parents: [x], mechanism: logistic}
outcome: y = yes
"""


def elicited(*lines: str, rest: str = "") -> Study:
    model = parse_model(MODEL)
    judgements = "judgements:\n" + "".join(f"  - {line}\n" for line in lines) if lines else ""
    return Study(model, parse_priors(f"priors: p\nmodel: small\n{rest}{judgements}", "p", model))


def stated_in(said: str) -> dict[float, float]:
    return {float(a): float(b) for a, b in re.findall(r"([\d.]+)%?: ([\d.]+)", said.partition("{")[2])}


def test_what_is_stated_is_what_the_file_says(report: Report, ussr: Report) -> None:
    checked = 0
    for each in (*report.direct, *report.defaults, *ussr.direct, *ussr.defaults):
        if each.said.startswith("quantiles"):
            found = {100 * point.level: point.stated for point in each.quantiles}
            assert found == pytest.approx(stated_in(each.said)), each.question
            checked += 1
    assert checked > 300


def test_implied_is_near_to_stated_on_the_same_side(ussr: Report) -> None:
    for each in (*ussr.direct, *ussr.defaults):
        assert [point.level for point in each.quantiles] == sorted(point.level for point in each.quantiles)
        for point in each.quantiles:
            if each.misfit < 0.01:
                assert point.implied == pytest.approx(point.stated, abs=0.03), each.question


def test_a_judgement_of_the_other_state_is_turned_back() -> None:
    says = "says: {quantiles: {5: 0.1, 50: 0.2, 95: 0.4}}"
    (found,) = direct(elicited(f"{{about: P(y = yes | x = a), {says}}}").elicited)
    assert found.parameter == "P(y = no | x = a)"
    assert found.question == "P(y = yes | x = a)"
    assert [point.stated for point in found.quantiles] == pytest.approx([0.1, 0.2, 0.4])
    assert found.quantiles[1].implied == pytest.approx(0.2, abs=0.02)


@pytest.mark.parametrize("state", ["no", "yes"])
def test_what_is_exact_is_exact_from_either_side(state: str) -> None:
    (found,) = direct(elicited(f"{{about: P(y = {state} | x = a), says: {{exactly: 0.3}}}}").elicited)
    assert found.exactly == pytest.approx(0.3)
    assert found.quantiles == ()


def test_counts_are_turned_back_too() -> None:
    (found,) = direct(elicited("{about: P(y = yes | x = a), says: {cases: {x: 1, of: 9}}}").elicited)
    assert found.quantiles[1].stated == pytest.approx(1.5 / 10, abs=0.03)
    assert found.misfit == pytest.approx(0.0, abs=1e-9)


def test_a_whole_row_is_told_stick_by_stick() -> None:
    found = direct(elicited("{about: P(x), says: {dirichlet: {a: 2, b: 3, c: 5}}}").elicited)
    assert [each.question for each in found] == ["P(x = a)", "P(x = b | x != a)"]
    assert [each.quantiles[1].stated for each in found] == pytest.approx([0.2, 0.375], abs=0.03)


def test_cuts_are_told_on_the_probability() -> None:
    study = elicited(
        "{about: P(w = low | baseline), says: {quantiles: {5: 0.1, 50: 0.2, 95: 0.35}}}",
        "{about: P(w = high | baseline), says: {quantiles: {5: 0.2, 50: 0.3, 95: 0.45}}}",
    )
    low, high = direct(study.elicited)
    assert [point.stated for point in low.quantiles] == pytest.approx([0.1, 0.2, 0.35])
    assert [point.stated for point in high.quantiles] == pytest.approx([0.2, 0.3, 0.45])


def test_what_nobody_judged_is_listed_with_whom() -> None:
    rest = "experts: {e: {name: E}, f: {name: F}}\n"
    study = elicited("{about: P(y = yes | x = a), by: e, says: {exactly: 0.3}}", rest=rest)
    found = unjudged(study.elicited)
    assert found["P(y = no | x = a)"] == ("f",)
    assert found["P(x = a)"] == ("e", "f")
    assert len(found) == len(study.elicited.network.parameters)


def test_a_default_is_told_once_with_all_for_whom_it_stands() -> None:
    default = "defaults:\n  - {about: P(y = yes | x = a), says: {quantiles: {5: 0.1, 50: 0.2, 95: 0.3}}}\n"
    rest = f"experts: {{e: {{name: E}}, f: {{name: F}}, g: {{name: G}}}}\n{default}"
    study = elicited("{about: P(y = yes | x = a), by: e, says: {exactly: 0.3}}", rest=rest)
    (found,) = defaults(study.elicited)
    assert (found.by, found.used_by) == ("", ("f", "g"))


def test_a_default_that_stands_for_nobody_is_not_told() -> None:
    default = "defaults:\n  - {about: P(y = yes | x = a), says: {quantiles: {5: 0.1, 50: 0.2, 95: 0.3}}}\n"
    study = elicited("{about: P(y = yes | x = a), says: {exactly: 0.3}}", rest=default)
    assert defaults(study.elicited) == ()


def test_a_default_departure_is_told_for_whom_it_comes_to_another_number() -> None:
    """As the engine has it at the medians: e holds odds of 3/2 where the default has 3/7, so all goes up by 7/2."""
    defaulted = {"P(w >= middle | baseline)": 0.6, "P(w = high | baseline)": 0.3,
                 "P(w = high | baseline but x = b)": 0.5, "P(w != high | baseline but x = c)": 0.5}  # fmt: skip
    lines = "".join(f"  - {{about: {about}, says: {{exactly: {value}}}}}\n" for about, value in defaulted.items())
    study = elicited(
        "{about: P(w >= middle | baseline), by: e, says: {exactly: 0.8}}",
        "{about: P(w = high | baseline), by: e, says: {exactly: 0.6}}",
        rest=f"experts: {{e: {{name: E}}, f: {{name: F}}}}\ndefaults:\n{lines}",
    )
    found = {each.question: each for each in defaults(study.elicited)}
    up, down = (found[about] for about in list(defaulted)[2:])
    assert (up.used_by, set(up.shifted)) == (("e", "f"), {"e"})
    assert up.shifted["e"] == pytest.approx((3.5 / 4.5,) * 3)
    assert down.shifted["e"] == pytest.approx((1.0 / 4.5,) * 3)
    for each in (up, down):
        answer = study.at_medians().ask(each.question)
        assert each.shifted["e"][1] == pytest.approx(answer.estimates[("e", "")].mean)
        assert answer.estimates[("f", "")].mean == pytest.approx(0.5)


def test_signs_that_medians_contradict_are_told() -> None:
    study = elicited(
        "{about: P(y = yes | x = a), says: {exactly: 0.6}}", "{about: P(y = yes | x = b), says: {exactly: 0.2}}"
    )
    (found,) = against(study.elicited)
    assert (found.parent, found.state, found.child, found.sign) == ("x", "b", "y", "+")
    assert (found.baseline, found.departed) == pytest.approx((0.6, 0.2))


def test_notes_of_a_joint_fit_name_whose_it_is() -> None:
    study = elicited(
        "{about: P(w >= middle | baseline), says: {exactly: 0.8}}",
        "{about: P(w = high | baseline), says: {quantiles: {5: 0.2, 50: 0.3, 95: 0.45}}}",
    )
    (found,) = notes(study.elicited)
    assert found.startswith("everyone, w: ")
    exact = next(each for each in direct(study.elicited) if each.question == "P(w >= middle | baseline)")
    assert isinstance(exact, Direct)
    assert exact.quantiles == () or exact.quantiles[len(exact.quantiles) // 2].stated == pytest.approx(0.8)


def test_reasons_carry_the_source_in_full(report: Report) -> None:
    first = report.direct[0]
    assert (first.reason.source, first.reason.page) == ("Anna (1918), Diary of a garden", "3")
    assert {who.source for who in report.experts} == {
        "Anna (1918), Diary of a garden",
        "Boris (1918), Bulletin of the district weather station",
    }
    assert report.sources == tuple(sorted(report.sources, key=str.casefold))
    assert len(report.sources) == 4
