"""What becomes of each judgement: prior, evidence, check, or an error at its line."""

from __future__ import annotations

import numpy as np
import pytest
import scipy

from causal.elicit import Beta, LogitNormal, Normal, Point, TruncatedNormal
from causal.errors import SpecError
from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.learn.elicited import Elicited
from causal.learn.reading import elicit
from causal.spec.modelfile import parse_model
from causal.spec.priorfile import parse_priors

MODEL = """
model: small
baseline: actual
variables:
  a: {states: [no, yes], actual: yes}
  b: {states: [low, mid, high], actual: low}
  s:
    states: [none_at_all, some, much]
    parents: {a: {sign: "+"}, b: {sign: {mid: "-", high: "-"}, force: true}}
    mechanism: logistic
  n: {states: [no, yes], parents: [a, b], mechanism: {noisy-and: {needs: {a: [yes], b: [mid, high]}}}}
  o: {states: [no, yes], parents: [a], mechanism: noisy-or}
  t: {states: [no, yes], parents: [a, b]}
  r: {states: [no, yes], parents: [a], mechanism: {rule: {any of: [a]}}}
"""

BASE = [
    "{about: P(s >= some | baseline), says: {quantiles: {5: 0.7, 50: 0.85, 95: 0.95}}}",
    "{about: P(s = much | baseline), says: {quantiles: {5: 0.3, 50: 0.5, 95: 0.7}}}",
    "{about: P(s = much | baseline but a = no), says: {quantiles: {5: 0.1, 50: 0.2, 95: 0.4}}}",
    "{about: P(n = yes | all), says: {quantiles: {5: 0.7, 50: 0.8, 95: 0.9}}}",
    "{about: P(n = yes | all but a = no), says: {quantiles: {5: 0.2, 50: 0.4, 95: 0.6}}}",
    "{about: P(o = yes | none), says: {quantiles: {5: 0.05, 50: 0.1, 95: 0.2}}}",
    "{about: P(o = yes | only a = yes), says: {quantiles: {5: 0.4, 50: 0.55, 95: 0.7}}}",
]


def read(judgements: list[str], defaults: list[str] = BASE) -> Elicited:
    model = parse_model(MODEL, "models/small.yaml")
    text = "priors: p\nmodel: small\nscale: icd203\nexperts: {e: {name: E}, f: {name: F}}\n"
    text += "judgements:\n" + "".join(f"  - {each}\n" for each in judgements) if judgements else ""
    text += "defaults:\n" + "".join(f"  - {each}\n" for each in defaults) if defaults else ""
    return elicit(Writer(Network.of(model)), parse_priors(text, "priors/p.yaml", model))


def prior(elicited: Elicited, expert: str, name: str):
    return next(p for p in elicited.held[expert].priors if p.parameter.name == name)


def test_an_offset_is_read_against_the_experts_own_baseline() -> None:
    mine = [
        "{about: P(s = much | baseline), by: e, says: {quantiles: {5: 0.6, 50: 0.8, 95: 0.9}}}",
        "{about: P(s = much | baseline but a = no), by: e, says: {quantiles: {5: 0.3, 50: 0.5, 95: 0.7}}}",
    ]
    found = prior(read(mine), "e", "P(s = much | baseline but a = no)")
    assert found.origin == "judged"
    assert isinstance(found.belief, Normal)
    assert found.median == pytest.approx(-np.log(4))  # logit 0.5 - logit 0.8
    assert found.belief.mu == pytest.approx(-np.log(4), abs=0.02)


@pytest.mark.parametrize("about", ["P(s = much | baseline but a = no)", "P(s = much | baseline)"])
def test_the_stated_median_of_counts_is_that_of_their_beta(about: str) -> None:
    """3 of 9 with relevance 0.5 are Beta(2, 3.5), of median 0.346; on the log-odds its mean stands at 0.336."""
    elicited = read([f"{{about: {about}, by: e, says: {{cases: {{x: 3, of: 9, relevance: 0.5}}}}}}"])
    found, middle = prior(elicited, "e", about), scipy.stats.beta(2, 3.5).ppf(0.5)
    assert found.fit is not None
    assert dict(zip(found.fit.levels, found.fit.values, strict=True))[0.5] == pytest.approx(middle)
    offset = 0.0 if about.endswith("baseline)") else scipy.special.logit(0.5)  # of the default baseline
    assert found.median == pytest.approx(scipy.special.logit(middle) - offset)


def test_a_default_departure_is_an_offset_from_the_default_baseline_whatever_the_experts_own() -> None:
    mine = ["{about: P(s = much | baseline), by: e, says: {quantiles: {5: 0.05, 50: 0.1, 95: 0.2}}}"]
    elicited = read(mine)
    for expert in ("e", "f"):
        found = prior(elicited, expert, "P(s = much | baseline but a = no)")
        assert found.origin == "default"
        assert found.median == pytest.approx(
            -np.log(4)
        )  # logit 0.2 - logit 0.5: an absolute default would raise e's 0.1


def test_a_departure_judged_without_its_baseline_is_read_against_the_default_one() -> None:
    mine = ["{about: P(n = yes | all but b = low), by: e, says: {quantiles: {5: 0.1, 50: 0.2, 95: 0.4}}}"]
    assert prior(read(mine), "e", "P(n = yes | all but b = low)").median == pytest.approx(0.2 / 0.8)


def test_a_compound_is_read_at_the_median_leak() -> None:
    """Henrion: net = (p - leak) / (1 - leak)."""
    assert prior(read([]), "e", "P(a = yes causes o = yes)").median == pytest.approx((0.55 - 0.1) / 0.9)


def test_one_minus_a_parameter_sets_it_too() -> None:
    mine = ["{about: P(o = no | none), by: e, says: {quantiles: {5: 0.6, 50: 0.7, 95: 0.9}}}"]
    found = prior(read(mine), "e", "P(o = yes | none)")
    assert found.median == pytest.approx(0.3)
    assert found.origin == "judged"


def test_cuts_are_fitted_together_and_never_cross() -> None:
    elicited = read([])
    cuts = elicited.held["e"].cuts["s"]
    draws = cuts.sample(np.random.default_rng(1), 5000)
    assert (np.diff(draws, axis=1) < 0).all()
    first, second = (prior(elicited, "e", f"P(s {op} | baseline)") for op in (">= some", "= much"))
    assert first.fit
    assert second.fit
    assert (first.fit.misfit, second.fit.misfit) < (0.03, 0.03)


def test_a_forced_sign_truncates_the_offset() -> None:
    mine = ["{about: P(s = much | baseline but b = high), by: e, says: {quantiles: {5: 0.3, 50: 0.45, 95: 0.6}}}"]
    found = prior(read(mine), "e", "P(s = much | baseline but b = high)")
    assert isinstance(found.belief, TruncatedNormal)
    assert (found.belief.low, found.belief.high) == (-np.inf, 0.0)


def test_what_nobody_judged_gets_a_weak_default_and_is_listed() -> None:
    elicited = read([], defaults=[])
    assert len(elicited.weak["e"]) == len(elicited.network.parameters)
    assert isinstance(prior(elicited, "e", "P(a = no)").belief, Beta)
    assert "P(b = mid | b != low)" in read([]).weak["f"]


def test_families_follow_what_was_said() -> None:
    mine = [
        "{about: P(a = no), by: e, says: {exactly: 0.25}}",
        "{about: P(b), by: e, says: {dirichlet: {low: 2, mid: 3, high: 5}}}",
        "{about: P(a = no), by: f, says: {cases: {x: 3, of: 11}}}",
        "{about: P(b), by: f, says: {exactly: {low: 0.5, mid: 0.25, high: 0.25}}}",
    ]
    elicited = read(mine)
    assert prior(elicited, "e", "P(a = no)").belief == Point(0.25)
    assert prior(elicited, "e", "P(b = low)").belief == Beta(2, 8)
    assert prior(elicited, "e", "P(b = mid | b != low)").belief == Beta(3, 5)
    assert prior(elicited, "f", "P(a = no)").belief == Beta(3.5, 8.5)
    assert prior(elicited, "f", "P(b = mid | b != low)").belief == Point(0.5)
    assert isinstance(prior(elicited, "f", "P(o = yes | none)").belief, LogitNormal | Beta)


@pytest.mark.parametrize(
    ("about", "says", "scale"),
    [
        ("P(s = much | do(a = no))", "{quantiles: {5: 0.1, 50: 0.3, 95: 0.5}}", "log-odds"),
        ("1 - P(s = much | do(a = no))", "{quantiles: {5: 0.1, 50: 0.3, 95: 0.5}}", "log-odds"),
        ("P(s = much | do(a = no)) / P(s = much)", "{ratio: {quantiles: {5: 0.5, 50: 1.5, 95: 3}}}", "log"),
        ("1 - P(s = much | do(a = no)) / P(s = much)", "{quantiles: {5: 0.1, 50: 0.3, 95: 0.5}}", "log"),
        ("P(s = much | do(a = yes)) - P(s = much)", "{quantiles: {5: -0.1, 50: 0.1, 95: 0.3}}", "identity"),
    ],
)
def test_the_form_of_a_question_gives_the_scale_of_its_evidence(about: str, says: str, scale: str) -> None:
    (derived,) = read([f"{{about: '{about}', by: e, says: {says}}}"]).derived
    assert (derived.scale, derived.use, derived.expert) == (scale, "evidence", "e")
    network = read([]).network
    theta = np.array([[0.3 if p.scale != "cut" else 1.0 - p.rank] for p in network.parameters])
    elicited = read([f"{{about: '{about}', by: e, says: {says}}}"])
    value = elicited.writer.write(elicited.derived[0].judgement.about).slots[0]
    read_as, asked = elicited.network.recorder.tape([elicited.derived[0].slot, value]).values(theta)[:, 0]
    if scale == "log-odds":
        assert read_as == pytest.approx(np.log(asked / (1 - asked)))
    elif about.startswith("1 -"):
        assert read_as == pytest.approx(np.log(1 - asked))
    elif scale == "log":
        assert read_as == pytest.approx(np.log(asked))
    else:
        assert read_as == pytest.approx(asked)


def test_checks_and_orders_move_nothing_unless_told() -> None:
    mine = [
        "{about: P(s = much), by: e, says: likely, use: check}",
        "{about: P(s = much | a = yes) > P(s = much | a = no), by: e, says: {order: 0.9}}",
        "{about: effect(a = no -> s = much), by: f, says: {sign: '-', confidence: 0.8}, use: evidence}",
        "{about: P(n = yes), by: f, says: abstain}",
    ]
    elicited = read(mine)
    assert elicited.evidence == ()
    assert [(c.expert, c.probability, c.use) for c in elicited.compared] == [
        ("e", 0.9, "check"),
        ("f", 0.8, "evidence"),
    ]
    assert len(elicited.abstained) == 1


@pytest.mark.parametrize(
    ("judgements", "defaults", "says"),
    [
        (
            ["{about: P(a = no), by: e, says: 30%}", "{about: P(a = yes), by: e, says: 60%}"],
            [],
            "this is judged already, at line 6",
        ),
        (
            ["{about: P(a = no), by: e, says: 30%}", "{about: P(a = yes | do(o = yes)), by: e, says: 60%}"],
            [],
            "both set 'P(a = no)'",
        ),
        (["{about: P(s = much), by: e, says: {exactly: 0.3}}"], BASE, "'exactly' is for parameters only"),
        ([], ["{about: P(s = much), says: likely}"], "a default is for a parameter"),
        ([], ["{about: P(o = yes), says: likely}"], "o is addressed with 'none', 'only x = s'"),
        ([], ["{about: P(t = yes | a = no), says: likely}"], "name the state of every parent: b is missing"),
        (["{about: P(t = yes | b = low), by: e, says: {exactly: 0.5}}"], [], "every parent: a is missing"),
        (["{about: P(s), by: e, says: {dirichlet: flat}}"], BASE, "a row of a table only"),
        (
            ["{about: P(n = yes | all but a = no), by: e, says: {quantiles: {5: 0.5, 50: 0.9, 95: 0.95}}}"],
            BASE,
            "is above 0.8",
        ),
        (
            ["{about: P(o = yes | only a = yes), by: e, says: {quantiles: {5: 0.01, 50: 0.05, 95: 0.5}}}"],
            BASE,
            "is below",
        ),
        (
            ["{about: P(s = much | baseline), by: e, says: 90%}", "{about: P(s >= some | baseline), by: e, says: 50%}"],
            [],
            "has to be above the median",
        ),
        (["{about: P(o = yes | baseline), by: e, says: likely}"], BASE, "does not address o, a noisy-or"),
        (["{about: 'P(r = yes | do(a = yes))', by: e, says: likely}"], BASE, "this is 1 by the model alone"),
        (["{about: 'P(o = yes | do(a = no), a = yes)', by: e, says: likely}"], BASE, "impossible"),
        (["{about: 'PN(a = yes -> o in {yes, no})', by: e, says: likely}"], BASE, "always holds"),
    ],
)
def test_what_cannot_be_used_is_an_error_at_its_line(judgements: list[str], defaults: list[str], says: str) -> None:
    with pytest.raises(SpecError) as caught:
        read(judgements, defaults)
    message = str(caught.value)
    assert says in message
    assert message.startswith("priors/p.yaml:")
    assert caught.value.problems[0].line >= 5


def test_a_check_of_a_parameter_moves_nothing() -> None:
    said = "{about: P(o = yes | none), by: e, says: 0.5, use: check}"
    read_ = read([said])
    assert [(each.use, str(each.judgement.about)) for each in read_.derived] == [("check", "P(o = yes | none)")]
    assert prior(read_, "e", "P(o = yes | none)").origin == "default"


def test_the_weight_of_what_sets_a_parameter_is_said_not_to_count() -> None:
    read_ = read(["{about: P(a = yes), by: e, says: 0.5, weight: 0.5}"])
    assert [note for note in read_.notes if "weight of 0.5 does not count" in note]
    assert read_.notes[0].startswith("line 6, P(a = yes): ")


def test_a_departure_from_what_nobody_judged_says_so() -> None:
    with pytest.raises(SpecError, match=r"nobody judged 'P\(o = yes \| none\)'.* taken as 0.5: .* Judge that one"):
        read(["{about: P(o = yes | only a = yes), by: e, says: {quantiles: {5: 0.1, 50: 0.2, 95: 0.3}}}"], [])
