"""Prior files: experts, judgements, scales and cases, beside the model that they are about."""

from __future__ import annotations

import hashlib
import random
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from causal.errors import SpecError
from causal.spec.model import Model
from causal.spec.modelfile import load_model, parse_model
from causal.spec.priorfile import load_priors, parse_priors
from causal.spec.priors import ANYONE, Cite, Expert, Phrase, Priors, Quantiles
from causal.spec.question import Probability

ROOT = Path(__file__).parents[2]
RAIN = load_model(ROOT / "models" / "rain.yaml")
FILE = ROOT / "priors" / "rain.yaml"


def priors(body: str, model: Model = RAIN) -> Priors:
    return parse_priors(f"priors: p\nmodel: {model.name}\n{body}", "p.yaml", model)


def complaint(body: str) -> str:
    with pytest.raises(SpecError) as caught:
        priors(body)
    return str(caught.value)


def test_the_teaching_priors_are_read_in_full() -> None:
    read = load_priors(FILE, RAIN)
    assert (read.name, read.model, read.scale, read.pooling) == ("rain-gardeners", "rain", "icd203", "linear")
    assert read.experts["anna"] == Expert("anna", "Anna", "gardeners", "diary")
    assert {judgement.by for judgement in read.judgements} == {"anna", "boris"}
    assert all(judgement.by is None for judgement in read.defaults)
    assert read.digest == hashlib.sha256(FILE.read_bytes()).hexdigest()
    assert all(judgement.because for judgement in read.judgements if judgement.said != "abstain")


PARAMETERS = """P(season = dry)
P(sprinkler = on | season = dry)
P(sprinkler = on | season = rainy)
P(rain = clear | season = dry)
P(rain = clear | season = rainy)
P(rain = some | rain != clear, season = dry)
P(rain = some | rain != clear, season = rainy)
P(grass = wet | none)
P(grass = wet | only sprinkler = on)
P(grass = wet | only rain = some)
P(grass = wet | only rain = heavy)""".splitlines()


@pytest.mark.parametrize("expert", ["anna", "boris"])
def test_every_parameter_of_the_teaching_model_is_judged_or_has_a_default(expert: str) -> None:
    read = load_priors(FILE, RAIN)
    said = {str(judgement.about) for judgement in (*read.of(expert), *read.defaults)}
    assert said.issuperset(PARAMETERS)


def test_the_experts_of_the_teaching_priors_disagree() -> None:
    read = load_priors(FILE, RAIN)
    about = {name: {str(judgement.about) for judgement in read.of(name)} for name in read.experts}
    assert "P(sprinkler = on | season = dry)" in about["anna"] & about["boris"]


def test_a_judgement_keeps_its_words_its_line_and_its_citation() -> None:
    read = priors(
        "sources: {s: A book}\nexperts: {e: {}}\njudgements:\n"
        "  - about: P(season=dry)\n    by: e\n    says: {quantiles: {5: 0.1, 50: 30%}}\n"
        "    because: >\n      Two\n      lines.\n    cite: {source: s, page: 12, quote: so, coder: me}\n"
        "    use: check\n    weight: 0.5\n"
    )
    (judgement,) = read.judgements
    assert (judgement.said, judgement.line) == ("quantiles: {5: 0.1, 50: 30%}", 6)
    assert (judgement.because, judgement.use, judgement.weight) == ("Two lines.", "check", 0.5)
    assert judgement.cite == Cite("s", "12", "so", "me")
    assert isinstance(judgement.about, Probability)
    assert str(judgement.about) == "P(season = dry)"


def test_a_file_without_experts_is_said_by_everyone() -> None:
    read = priors("judgements:\n  - {about: P(season = dry), says: 60%}")
    assert read.experts == {ANYONE: Expert(ANYONE)}
    assert [judgement.by for judgement in read.of(ANYONE)] == [ANYONE]
    assert (read.judgements[0].use, read.judgements[0].weight, read.judgements[0].cite) == (None, 1.0, None)


def test_experts_may_be_told_apart_from_the_panel() -> None:
    read = priors("experts: {a: {weight: 2, about: a stance}, b: {pool: false, weight: 0}, c: }")
    assert [(expert.weight, expert.pool, expert.title) for expert in read.experts.values()] == [
        (2.0, True, "a"),
        (0.0, False, "b"),
        (1.0, True, "c"),
    ]


def test_a_scale_of_the_file_adds_to_the_one_that_it_is_like() -> None:
    read = priors(
        "scale: ours\nsources: {s: A diary}\n"
        "scales:\n"
        "  ours: {like: theirs, source: s, phrases: {a Long  shot: [3%, 0.10, 0.22], likely: [0.5, 0.6, 0.7]}}\n"
        "  theirs: {like: kent, phrases: {sure: [0.9, 0.95, 0.99]}}\n"
        "judgements:\n  - {about: P(season = dry), says: A long shot}\n"
        "  - {about: P(season = rainy), says: likely}\n  - {about: P(season = rainy), says: probably not}\n"
        "  - {about: P(season = rainy), says: {phrase: likely, scale: efsa}}\n"
    )
    said = [judgement.says for judgement in read.judgements]
    assert said[0] == Phrase("A long shot", "ours", Quantiles((0.05, 0.5, 0.95), (0.03, 0.10, 0.22)), published=False)
    assert isinstance(said[1], Phrase)
    assert said[1].quantiles.values == (0.5, 0.6, 0.7)
    assert isinstance(said[2], Phrase)
    assert said[2].quantiles.values[0] == 0.2
    assert isinstance(said[3], Phrase)
    assert (said[3].scale, said[3].quantiles.values[0]) == ("efsa", 0.66)
    assert [isinstance(each, Phrase) and each.published for each in said] == [False, False, True, True]
    assert (read.scales["ours"].source, "sure" in read.scales["ours"].phrases) == ("A diary", True)


def test_a_scale_must_be_like_one_that_there_is() -> None:
    said = complaint("scales:\n  ours: {like: kemt, phrases: {low: [0.1, 0.2, 0.3]}}\n  bad: 7\n  more: {like: bad}")
    assert said.splitlines() == [
        "p.yaml:4:16: scales.ours.like: no scale 'kemt' (did you mean 'kent'?)",
        "p.yaml:5:8: scales.bad: expected keys and values, found '7'",
    ]


def test_comparable_cases_are_mapped_onto_the_model() -> None:
    read = priors(
        "cases:\n  - {file: gardens.csv, relevance: 30%, count: n, where: {use: comparison}, columns: {wet: grass},\n"
        '     states: {grass: {"0": dry, 1: wet}}, confidence: {suffix: _conf, H: 0.03, M: 10%}}\n'
    )
    (case,) = read.cases
    assert (case.file, case.relevance, case.count, case.suffix) == ("gardens.csv", 0.3, "n", "_conf")
    assert (case.columns, case.states) == ({"wet": "grass"}, {"grass": {"0": "dry", "1": "wet"}})
    assert (case.where, case.confidence) == ({"use": ("comparison",)}, {"H": 0.03, "M": 0.1})


def test_priors_of_another_model_are_told_once() -> None:
    text = "priors: p\nmodel: snow\njudgements:\n  - {about: P(flake = big), says: 60%}\n"
    with pytest.raises(SpecError) as caught:
        parse_priors(text, "p.yaml", RAIN)
    assert str(caught.value) == "p.yaml:2:8: model: this file is for model 'snow', not 'rain'"


@pytest.mark.parametrize(
    ("about", "column"),
    [
        ("P(season == dry)", 21),
        ("'P(season == dry)'", 22),
        ('"P(season == dry)"', 22),
        (">\n      P(season == dry)", 12),
    ],
)
def test_a_question_that_cannot_be_read_is_pointed_into(about: str, column: int) -> None:
    said = complaint(f"judgements:\n  - about: {about}\n    says: 60%")
    assert said == f"p.yaml:4:{column}: judgements.1.about: '==' is no sign of the language; write ="


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("judgements:\n  - {about: P(gras = wet), says: 60%}", "no variable 'gras' (did you mean 'grass'?)"),
        ("judgements:\n  - {about: P(grass = wett), says: 60%}", "no state 'wett' (did you mean 'wet'?)"),
        ("judgements:\n  - {about: P(grass = wet | do(@law)), says: 60%}", "no intervention 'law'"),
        ("judgements:\n  - {about: P(grass = wet | row 1), says: 60%}", "no row '1'"),
        ("judgements:\n  - {about: '', says: 60%}", "judgements.1.about: "),
        ("judgements:\n  - {about: 0.5 * 2, says: 60%}", "a number is no question"),
        ("judgements:\n  - {about: types(grass), says: {dirichlet: flat}}", "its mechanism is 'noisy-or'"),
        ("judgements:\n  - {says: 60%}", "the key 'about' is missing"),
        ("judgements:\n  - {about: P(grass = wet)}", "the key 'says' is missing"),
        ("judgements: {about: P(grass = wet), says: 60%}", "expected a list like [a, b]"),
        ("experts: {a: {weight: 0}}", "nobody is in the panel"),
        ("judgements:\n  - {about: P(grass = wet), says: {low: some, best: 1, high: [1]}}", "found 'some'"),
        ("experts: {a: {weight: many}}", "expected a number, found 'many'"),
        ("cases: [{file: x.csv, relevance: 0, columns: {a: grass}}]", "cases without relevance teach nothing"),
        ("cases: [{file: x.csv, relevance: 1, columns: {}}]", "name at least one column"),
        ("pooling: linaer", "did you mean 'linear'?"),
    ],
)
def test_what_is_wrong_is_said(body: str, words: str) -> None:
    assert words in complaint(body)


def test_problems_of_all_parts_come_together_in_the_order_of_the_file() -> None:
    said = complaint(
        "scale: icd\nexperts: {e: {source: s}}\njudgements:\n"
        "  - {about: P(x = 1), by: f, says: maybe, weight: -1}\n"
        "  - {about: P(grass = wet), by: e, says: {exactly: 3}}\n"
    ).splitlines()
    assert [line.split(" ", 2)[1] for line in said] == [
        "scale:", "experts.e.source:", "judgements.1.about:", "judgements.1.by:", "judgements.1.weight:",
        "judgements.2.says.exactly:",
    ]  # fmt: skip


MODEL = """model: f
variables:
  a: {states: [x, y]}
  b: {states: [x, y, z], parents: [a]}
  c: {states: [x, y], parents: [a, b]}
  g: {states: [x, y], parents: [a], mechanism: types}
"""
EVERYTHING = """priors: p
model: f
scale: ours
scales: {ours: {like: kent, phrases: {meh: [0.1, 0.2, 0.3]}}}
judgements:
  - {about: types(g), says: {dirichlet: {xx: 1, yy: 2}}}
  - {about: P(a = y), says: {chips: {0-0.5: 3, 0.5-1: 2}}}
  - {about: P(a = y), says: {chips: {edges: [0, 0.5, 1], counts: [1, 2]}}}
  - {about: P(a = y), says: {odds: {low: 1:2, best: 1:1, high: 2}}}
  - {about: P(a = y) / P(c = y), says: {ratio: {low: 0.5, best: 1, high: 2, confidence: 0.8}}}
  - {about: P(a = y) > P(c = y), says: {order: {50: 0.3}}}
  - {about: effect(a = y -> c = y), says: {sign: "-", confidence: likely}}
  - {about: P(b | a = x), says: {exactly: {x: 0.5, y: 0.25, z: 0.25}}}
  - {about: P(a = y), says: {phrase: meh, scale: ours}, use: check, weight: 0.5, cite: {source: s, page: 1}}
  - {about: P(a = y), says: 0.4 to 0.7}
sources: {s: t}
cases: [{file: x.csv, relevance: 0.3, columns: {q: a}, states: {a: {1: x}}, confidence: {suffix: _c, H: 0.1}}]
"""
TOKENS = ["x", "y", "a", "{}", "[]", "{a: x}", "''", "null", "1e999", "-1", "0", "60%", "3:1", "0 to 1", "types(g)",
          "P(", "~", "&x ", "*x", "٣", "x" * 200, "|\n", "exactly", "quantiles", "low", "best", "phrase", "scale",
          "confidence",
          "dirichlet", "order", "sign", "by", "says", "about", "ratio", "chips", "cases"]  # fmt: skip


def read_or_refuse(seed: int, model: Model) -> None:
    chance = random.Random(seed)
    words = re.split(r"(\s+|[\[\]{},:])", EVERYTHING)
    for _ in range(chance.randint(1, 4)):
        at, other = chance.randrange(len(words)), chance.randrange(len(words))
        match chance.randrange(3):
            case 0:
                words[at] = chance.choice(["", *TOKENS])
            case 1:
                words[at], words[other] = words[other], words[at]
            case 2:
                words.insert(at, chance.choice(TOKENS))
    text = "".join(words)
    try:
        parse_priors(text, "p.yaml", model)
    except SpecError as error:
        problems = error.problems
    else:
        return
    assert all(str(problem).startswith("p.yaml:") for problem in problems)
    said = " ".join(problem.message for problem in problems)
    assert not [word for word in ("Input should", "None", "<list>") if word in said and word not in text]


def test_the_file_that_is_garbled_is_good() -> None:
    assert len(parse_priors(EVERYTHING, "p.yaml", parse_model(MODEL, "f.yaml")).judgements) == 10


@given(st.integers(0, 2**32))
def test_a_garbled_file_is_priors_or_a_spec_error(seed: int) -> None:
    read_or_refuse(seed, parse_model(MODEL, "f.yaml"))


@pytest.mark.long
def test_ten_thousand_garbled_files_are_priors_or_spec_errors() -> None:
    model = parse_model(MODEL, "f.yaml")
    for seed in range(10_000):
        read_or_refuse(seed, model)
