"""The fit shown while somebody judges is the fit that the file's reader makes of the same judgement."""

from __future__ import annotations

import pytest

import causal
from causal.errors import QueryError, UsageError
from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.learn.elicited import Elicited
from causal.learn.reading import elicit
from causal.learn.stating import fitter
from causal.spec.grammar import parse_question
from causal.spec.modelfile import parse_model
from causal.spec.priorfile import parse_priors
from causal.spec.priors import Quantiles
from causal.spec.question import Question

THREE = (0.05, 0.5, 0.95)
MODEL = """
model: small
variables:
  a: {states: [no, yes]}
  s: {states: [few, some, many], parents: [a], mechanism: logistic}
  n: {states: [no, yes], parents: [a], mechanism: {noisy-and: {needs: {a: [yes]}}}}
  o: {states: [no, yes], parents: [a], mechanism: noisy-or}
"""
DEFAULTS = """priors: p
model: small
experts: {e: {}}
defaults:
  - {about: P(s >= some | baseline), says: {quantiles: {5: 0.7, 50: 0.85, 95: 0.95}}}
  - {about: P(s = many | baseline), says: {quantiles: {5: 0.3, 50: 0.5, 95: 0.7}}}
  - {about: P(n = yes | all), says: {quantiles: {5: 0.7, 50: 0.8, 95: 0.9}}}
  - {about: P(o = yes | none), says: {quantiles: {5: 0.05, 50: 0.1, 95: 0.2}}}
"""


def small(judgements: str = "") -> Elicited:
    model = parse_model(MODEL, "m.yaml")
    text = DEFAULTS + (f"judgements:\n{judgements}" if judgements else "")
    return elicit(Writer(Network.of(model)), parse_priors(text, "p.yaml", model))


def made(elicited: Elicited, about: str) -> tuple[float, ...]:
    """Return 5, 50 and 95 per cent of what the reader of the file made of the one judgement."""
    question = parse_question(about)
    for prior in elicited.held["e"].priors:
        if prior.judgement is not None and prior.judgement.by and prior.judgement.about == question:
            assert prior.fit is not None
            return prior.fit.band
    return next(each.fit.band for each in elicited.derived if each.judgement.about == question)


@pytest.mark.parametrize("name", ["rain", "ussr"])
def test_every_shipped_judgement_gets_its_own_fit(name: str) -> None:
    elicited = causal.load(name).elicited
    joint = {parameter.name for parameter in elicited.network.parameters if parameter.scale == "cut"}
    found = [
        (prior.judgement, prior.fit)
        for held in elicited.held.values()
        for prior in held.priors
        if prior.judgement and prior.judgement.by and prior.fit and prior.parameter.name not in joint
        and len(prior.fit.levels) > 1
    ] + [(each.judgement, each.fit) for each in elicited.derived]  # fmt: skip
    seen = 0
    for judgement, fit in found[:: max(1, len(found) // 25)]:
        try:
            mine = fitter(judgement.about, elicited, judgement.by or "")(judgement.says)
        except UsageError:  # a share is fitted as its quotient
            assert str(judgement.about).startswith("1 - ")
            continue
        band = mine.band
        if mine.values != fit.values:  # it states one minus the parameter
            assert mine.values == pytest.approx([1.0 - value for value in reversed(fit.values)])
            band = (1.0 - band[2], 1.0 - band[1], 1.0 - band[0])
        assert band == pytest.approx(fit.band, abs=1e-4), judgement.about
        seen += 1
    assert seen > 5


@pytest.mark.parametrize(
    ("about", "values"),
    [
        ("P(s >= some | baseline but a = yes)", (0.2, 0.4, 0.6)),
        ("P(n = yes | all but a = no)", (0.2, 0.4, 0.6)),
        ("P(o = yes | only a = yes)", (0.4, 0.6, 0.8)),
        ("P(a = no)", (0.4, 0.6, 0.8)),
        ("P(o = yes)", (0.4, 0.6, 0.8)),
    ],
)
def test_one_minus_a_parameter_is_the_mirror_image(about: str, values: tuple[float, ...]) -> None:
    says = ", ".join(f"{level}: {value}" for level, value in zip((5, 50, 95), values, strict=True))
    read = made(small(f"  - {{about: {about}, by: e, says: {{quantiles: {{{says}}}}}}}\n"), about)
    elicited = small()
    assert fitter(parse_question(about), elicited, "e")(Quantiles(THREE, values)).band == pytest.approx(read)
    end = " |" if "|" in about else ")"
    swapped = {"s >= some": "s < some", f"yes{end}": f"no{end}", f"no{end}": f"yes{end}"}
    old = next(each for each in swapped if each in about)
    other = about.replace(old, swapped[old])
    mirrored = tuple(1.0 - value for value in reversed(values))
    fit = fitter(parse_question(other), elicited, "e")(Quantiles(THREE, mirrored))
    assert [1.0 - value for value in reversed(fit.band)] == pytest.approx(list(read), abs=1e-5)


def test_a_departure_follows_the_experts_own_reference() -> None:
    about, says = parse_question("P(n = yes | all but a = no)"), Quantiles(THREE, (0.2, 0.4, 0.6))
    own = small("  - {about: P(n = yes | all), by: e, says: {quantiles: {5: 0.45, 50: 0.65, 95: 0.8}}}\n")
    assert fitter(about, own, "e")(says).scale.bounds == (0.0, 0.65)
    assert fitter(about, small(), "e")(says).scale.bounds == (0.0, 0.8)


@pytest.mark.parametrize(
    ("about", "message"),
    [
        ("P(s | a = yes)", "a whole distribution, which is judged as"),
        ("P(a = yes) > P(o = yes)", "a comparison, which is judged as {order: 0.8}"),
        ("effect(a = yes -> o = yes)", "an effect, which is judged as"),
        ("1 - P(o = yes | do(a = no)) / P(o = yes)", "judge the quotient itself"),
    ],
)
def test_what_is_no_number_is_refused(about: str, message: str) -> None:
    question: Question = parse_question(about)
    with pytest.raises(UsageError, match=message.replace("{", r"\{")):
        fitter(question)


def test_a_question_that_the_engine_refuses_is_refused_at_once() -> None:
    with pytest.raises(QueryError):
        fitter(parse_question("P(o = yes | baseline)"), small(), "e")
