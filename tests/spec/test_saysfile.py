"""What an expert may say, kind by kind, and about what."""

from __future__ import annotations

import pytest

from causal.errors import SpecError
from causal.spec.modelfile import parse_model
from causal.spec.priorfile import parse_priors
from causal.spec.priors import (
    Abstain,
    Chips,
    Counted,
    DirichletSays,
    Exactly,
    Interval,
    Odds,
    Order,
    Phrase,
    Quantiles,
    Ratio,
    Says,
    Sign,
)
from causal.spec.scales import SCALES

MODEL = parse_model(
    "model: m\nvariables:\n  x: {states: [no, yes]}\n  y: {states: [low, mid, high], parents: [x]}\n"
    "  z: {states: [no, yes], parents: [x], mechanism: types}\ninterventions: {i: {do: {x: no}}}\n",
    "m.yaml",
)
P = "P(x = yes)"
DIFFERENCE = "P(y = low | x = yes) - P(y = low | x = no)"
QUOTIENT = "P(y = low | x = yes) / P(y = low | x = no)"
SHARE = "1 - P(y = low | do(x = no)) / P(y = low)"
WHOLE = "P(y | x = yes)"
COMPARISON = "P(y = low) > P(x = yes)"
EFFECT = "effect(@i -> y = low)"
TYPES = "types(z)"


def said(written: str, about: str = P, scale: str = "scale: icd203") -> Says:
    text = f"priors: p\nmodel: m\n{scale}\njudgements:\n  - about: {about}\n    says: {written}\n"
    return parse_priors(text, "p.yaml", MODEL).judgements[0].says


def complaint(written: str, about: str = P, scale: str = "scale: icd203") -> str:
    with pytest.raises(SpecError) as caught:
        said(written, about, scale)
    return str(caught.value)


def phrase(words: str, scale: str = "icd203") -> Phrase:
    return Phrase(words, scale, SCALES[scale].phrases[words])


THREE = (0.05, 0.5, 0.95)


@pytest.mark.parametrize(
    ("about", "written", "expected"),
    [
        (P, "{exactly: 0.3}", Exactly(0.3)),
        (P, "{exactly: 30%}", Exactly(0.3)),
        (P, "{exactly: 0}", Exactly(0.0)),
        (P, "{quantiles: {95: 0.8, 5: 0.4, 50: 60 %}}", Quantiles(THREE, (0.4, 0.6, 0.8))),
        (P, "{quantiles: {'2.5%': 0.1, 97.5: 0.2}}", Quantiles((0.025, 0.975), (0.1, 0.2))),
        (P, "{low: 10%, best: 0.3, high: 0.5, confidence: 80%}", Interval(0.1, 0.3, 0.5, 0.8)),
        (P, "{low: 0, best: 0.3, high: 1}", Interval(0.0, 0.3, 1.0, 0.9)),
        (P, "{low: 0.3, best: 0.3, high: 0.5, confidence: 1}", Interval(0.3, 0.3, 0.5, 1.0)),
        (P, "very likely", phrase("very likely")),
        (P, "{phrase: very likely}", phrase("very likely")),
        (P, "{phrase: probable, scale: kent}", phrase("probable", "kent")),
        (P, "{chips: {edges: [0, 0.5, 1], counts: [3, 5]}}", Chips((0.0, 0.5, 1.0), (3.0, 5.0))),
        (P, "{chips: {0-0.1: 3, 0.1 - 0.2: 5, 20%-30%: 0}}", Chips((0, 0.1, 0.2, 0.3), (3, 5, 0))),
        (P, "{chips: {0 to 10%: 3, 10-20%: 5}}", Chips((0, 0.1, 0.2), (3, 5))),
        (P, "{cases: {x: 3, of: 11, relevance: 0.3}}", Counted(3.0, 11.0, 0.3)),
        (P, "{cases: {x: 0, of: 4}}", Counted(0.0, 4.0, 1.0)),
        (P, "{odds: 3:1}", Odds(3.0, 3.0, 3.0)),
        (P, "{odds: '3 : 2'}", Odds(1.5, 1.5, 1.5)),
        (P, "{odds: {low: 1:2, best: 1, high: 3:1}}", Odds(0.5, 1.0, 3.0)),
        (P, "abstain", Abstain()),
        (P, "{abstain: true}", Abstain()),
        (P, "60%", Quantiles((0.5,), (0.6,))),
        (P, "0.6", Quantiles((0.5,), (0.6,))),
        (P, "3:1", Odds(3.0, 3.0, 3.0)),
        (DIFFERENCE, "{quantiles: {5: -0.2, 50: 0, 95: 0.3}}", Quantiles(THREE, (-0.2, 0.0, 0.3))),
        (DIFFERENCE, "{low: -1, best: 0, high: 1}", Interval(-1.0, 0.0, 1.0, 0.9)),
        (DIFFERENCE, "{chips: {edges: [-1, 0, 1], counts: [1, 2]}}", Chips((-1.0, 0.0, 1.0), (1.0, 2.0))),
        (DIFFERENCE, "10%", Quantiles((0.5,), (0.1,))),
        (QUOTIENT, "{ratio: 2}", Ratio(Quantiles((0.5,), (2.0,)))),
        (QUOTIENT, "{ratio: {5: 1, 50: 2, 95: 4}}", Ratio(Quantiles(THREE, (1.0, 2.0, 4.0)))),
        (QUOTIENT, "{ratio: {quantiles: {5: 1, 50: 2, 95: 4}}}", Ratio(Quantiles(THREE, (1.0, 2.0, 4.0)))),
        (
            QUOTIENT,
            "{ratio: {low: 1, best: 2, high: 4, confidence: 80%}}",
            Ratio(Quantiles((0.1, 0.5, 0.9), (1, 2, 4))),
        ),
        (QUOTIENT, "{ratio: {low: 1, best: 2, high: 4}}", Ratio(Quantiles(THREE, (1.0, 2.0, 4.0)))),
        (QUOTIENT, "2", Ratio(Quantiles((0.5,), (2.0,)))),
        (QUOTIENT, "{quantiles: {5: 1, 50: 2}}", Quantiles((0.05, 0.5), (1.0, 2.0))),
        (SHARE, "likely", phrase("likely")),
        (SHARE, "{quantiles: {5: -0.5, 50: 0.2}}", Quantiles((0.05, 0.5), (-0.5, 0.2))),
        (WHOLE, "{exactly: {low: 0.7, mid: 20%, high: 0.1}}", Exactly(None, {"low": 0.7, "mid": 0.2, "high": 0.1})),
        (WHOLE, "{dirichlet: flat}", DirichletSays(named="flat")),
        (WHOLE, "{dirichlet: {low: 7, mid: 2, high: 0.5}}", DirichletSays({"low": 7.0, "mid": 2.0, "high": 0.5})),
        (TYPES, "{dirichlet: jeffreys}", DirichletSays(named="jeffreys")),
        (TYPES, "{dirichlet: {'no, yes': 3, no no: 1}}", DirichletSays({"no yes": 3.0, "no no": 1.0})),
        (TYPES, "abstain", Abstain()),
        (COMPARISON, "{order: 0.8}", Order(0.8)),
        (COMPARISON, "{order: 80%}", Order(0.8)),
        (COMPARISON, "{order: likely}", Order(SCALES["icd203"].phrases["likely"].values[1])),
        (COMPARISON, "{order: {phrase: probable, scale: kent}}", Order(SCALES["kent"].phrases["probable"].values[1])),
        (COMPARISON, "{order: {quantiles: {5: 0.5, 50: 0.7, 95: 0.9}}}", Order(0.7)),
        (COMPARISON, "{order: {50: 0.7}}", Order(0.7)),
        (EFFECT, '{sign: "-", confidence: 0.8}', Sign("-", 0.8)),
        (EFFECT, "{sign: '+', confidence: likely}", Sign("+", SCALES["icd203"].phrases["likely"].values[1])),
        (EFFECT, "{sign: '+', confidence: {50: 0.7}}", Sign("+", 0.7)),
    ],
)  # fmt: skip
def test_each_kind_of_saying_becomes_its_value(about: str, written: str, expected: Says) -> None:
    assert said(written, about) == expected


def test_a_range_is_read_around_its_middle_on_the_log_odds() -> None:
    for written in ("0.2 to 0.5", "20% to 50%", "20 to 50%"):
        says = said(written)
        assert isinstance(says, Interval)
        assert (says.low, says.high, says.confidence) == (0.2, 0.5, 0.9)
        assert says.best == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("about", "written", "words"),
    [
        (P, "{exactly: 1.2}", "'1.2' is no probability, it must be from 0 to 1"),
        (P, "{exactly: {no: 0.5, yes: 0.5}}", "one number is asked for"),
        (P, "{quantiles: {}}", "name at least one level"),
        (P, "{quantiles: {5: 0.4, 50: 0.4}}", "0.4 at 5 per cent, 0.4 at 50"),
        (P, "{quantiles: {5: 0.4, 50: 1}}", "1 is not between 0 and 1; what is certain is said with 'exactly'"),
        (P, "{quantiles: {5: 0.4, '5%': 0.5}}", "the level '5%' stands here twice"),
        (P, "{quantiles: {0: 0.4}}", "'0' is no level"),
        (P, "60", "60 is not between 0 and 1"),
        (P, "{low: 0.1, best: 0.1, high: 0.1}", "must rise"),
        (P, "{low: -0.1, best: 0.1, high: 0.2}", "must lie between 0 and 1"),
        (P, "{low: 0.1, best: 0.1, high: 0.2, confidence: 0.5}", "above 0.5"),
        (P, "{low: 0.1, best: 0.1, high: 0.2, confidence: likely}", "above 0.5"),
        (P, "{low: 0.1, best: 0.1, high: 0.2, confidence: {50: 0.8}}", "above 0.5"),
        (P, "{low: 0.1}", "best and high is missing"),
        (P, "0.3 to 0.2", "0.3 to 0.2 is no range"),
        (P, "{odds: -3:1}", "no odds"),
        (P, "{odds: {low: 1:1, best: 1:1, high: 2:1}}", "must rise"),
        (P, "{odds: {low: 1:1, best: x, high: 2:1}}", "'x' are no odds"),
        (P, "a:b", "'a:b' are no odds"),
        (P, "{chips: {0-1: 4}}", "two bins or more"),
        (P, "{chips: {0-0.5: 4, 0.5-1.5: 1}}", "must rise from 0 at least to 1 at most"),
        (P, "{chips: {0-0.5: -4, 0.5-1: 9}}", "no bin holds fewer than 0"),
        (P, "{cases: {x: 1, of: 0}}", "n above 0"),
        (P, "{cases: {x: 1, of: 4, relevance: 0}}", "cases without relevance say nothing"),
        (P, "{ratio: 2}", "a probability is judged as"),
        (P, "{order: 0.5}", "not by order"),
        (P, "{sign: '+', confidence: 0.8}", "not by sign"),
        (P, "{dirichlet: flat}", "not by dirichlet"),
        (P, "{abstain: false}", "write 'abstain: true'"),
        (P, "{phrase: likely, exactly: 0.3}", "says two things: a phrase and exactly"),
        (P, "{scale: kent}", "says nothing"),
        (P, "likly", "no phrase 'likly' on the scale 'icd203' (did you mean 'likely'?)"),
        (P, "impossible", "what is sure is said as {exactly: 0}"),
        (DIFFERENCE, "{quantiles: {50: 1}}", "1 is not between -1 and 1"),
        (DIFFERENCE, "{exactly: 0.1}", "a difference is judged as"),
        (DIFFERENCE, "0.1 to 0.2", "needs a best guess"),
        (DIFFERENCE, "3:1", "not by odds"),
        (QUOTIENT, "{ratio: 0}", "0 is not above 0"),
        (QUOTIENT, "{ratio: {low: 1, high: 2}}", "low, best and high belong together"),
        (QUOTIENT, "{ratio: {low: 1, best: 2, high: 3, confidence: 1}}", "between 0.5 and 1"),
        (QUOTIENT, "{ratio: {quantiles: {50: 1}, best: 2}}", "says two things"),
        (SHARE, "{quantiles: {50: 1.5}}", "1.5 is not below 1"),
        (WHOLE, "{exactly: {low: 0.7, mid: 0.2, high: 0.2}}", "must add up to 1, these to 1.1"),
        (WHOLE, "60%", "a whole distribution is judged as"),
        (WHOLE, "likely", "a whole distribution is judged as"),
        (WHOLE, "{dirichlet: {low: 1, mid: 1}}", "high is missing"),
        (TYPES, "{exactly: 0.5}", "response types are judged as"),
        (TYPES, "{dirichlet: {no no: 1, 'no, no': 2}}", "the type 'no no' stands here twice"),
        (COMPARISON, "0.8", "a comparison is judged as {order: 0.8}"),
        (COMPARISON, "{order: 1.5}", "no probability"),
        (COMPARISON, "{order: {5: 0.5}}", "only the median counts"),
        (COMPARISON, "{order: {50: 1.5}}", "must lie between 0 and 1"),
        (COMPARISON, "{order: {phrase: likely, quantiles: {50: 0.7}}}", "say one: a phrase"),
        (EFFECT, "{sign: '-', confidence: 0.3}", "a judgement for the other sign"),
        (EFFECT, "{quantiles: {50: -0.3}}", "an effect is judged as"),
    ],
)
def test_each_kind_is_checked(about: str, written: str, words: str) -> None:
    assert words in complaint(written, about)


def test_a_phrase_needs_a_scale() -> None:
    assert "no scale says what it means" in complaint("likely", scale="")
    assert said("{phrase: likely, scale: efsa}", scale="") == phrase("likely", "efsa")


def test_a_long_text_is_no_trouble() -> None:
    assert "no phrase" in complaint("'0" + " " * 50_000 + "x'")
