"""Merging answers into a prior file: load(merge(file, answers)) is load(file) + answers, and no line is lost.

The property is tried on files made of parts that are written in every style: block and flow, comments anywhere, texts
folded and kept, either line ending, with and without the last one.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from causal.errors import SpecError
from causal.spec.answers import Answers, parse_answers, plain, plus
from causal.spec.merging import begin, merge
from causal.spec.model import Model
from causal.spec.modelfile import load_model
from causal.spec.priorfile import parse_priors
from causal.spec.priors import Priors
from causal.spec.reader import Problems, read_tree
from causal.spec.writing import flow_text, pair_lines, scalar_text

ROOT = Path(__file__).resolve().parent.parent.parent
RAIN: Model = load_model(ROOT / "models/rain.yaml")

HEAD = "priors: p\nmodel: rain\n"
ANSWERS = """
priors: p
model: rain
judgements:
  - about: P(rain = some | rain != clear, season = dry)
    by: anna
    says: {low: 20%, best: 40%, high: 60%, confidence: 0.8}
    because: "Both: some, and not # heavy."
    cite: {source: diary, page: "3, 4"}
  - about: P(grass = wet | none)
    by: clara
    says: likely
  - {about: P(season = dry), by: clara, says: , because: , cite: }
"""


def same(priors: Priors) -> Priors:
    """Return priors without what depends on places in a file."""
    bare = tuple(replace(each, line=0, column=0) for each in priors.judgements)
    return replace(priors, judgements=bare, defaults=tuple(replace(d, line=0, column=0) for d in priors.defaults),
                   digest="")  # fmt: skip


def read(text: str) -> Priors:
    return parse_priors(text, "p.yaml", RAIN)


def sheet(text: str, onto: str | None) -> Answers:
    return parse_answers(text, "a.yaml", RAIN, onto, "p.yaml")


def lines_in_order(old: str, new: str) -> bool:
    found = iter(new.splitlines())
    return all(any(line == other for other in found) for line in old.splitlines())


def characters_in_order(old: str, new: str) -> bool:
    found = iter(new)
    return all(letter in found for letter in old)


# ── the property ─────────────────────────────────────────────────────────────────────────────────────────────────────

QUESTIONS = (
    "P(season = dry)", "P(sprinkler = on | season = dry)", "P(rain = some | rain != clear, season = dry)",
    "P(grass = wet | none)", "P(grass = wet | only rain = heavy)", "P(grass = wet | do(sprinkler = off))",
)  # fmt: skip
SAYS = (
    "60%",
    "likely",
    "3:1",
    "abstain",
    "{quantiles: {5: 0.1, 50: 0.4, 95: 0.7}}",
    "{odds: {low: 1:2, best: 1:1, high: 2:1}}",
)
WORDS = st.text(st.characters(codec="utf-8"), max_size=40)
NAMES = ("anna", "boris", "clara", "o'neill", "#1", "a: b")


@st.composite
def judgement_lines(draw: st.DrawFn, experts: list[str]) -> str:
    """Return one judgement of a file or a sheet, in one of the styles that people write."""
    about, says = draw(st.sampled_from(QUESTIONS)), draw(st.sampled_from(SAYS))
    by = f", by: {scalar_text(draw(st.sampled_from(experts)), flow=True)}" if experts else ""
    style = draw(st.sampled_from(("flow", "block", "folded", "kept", "tail", "deep", "empty")))
    if style == "flow":
        return f"  - {{about: {scalar_text(about, flow=True)}{by}, says: {says}}} # {{a comment}}\n"
    block = f"  -   about: {about}\n      says: {says}\n" + by.replace(", ", "      ", 1) + ("\n" if by else "")
    return {
        "block": block,
        "folded": block + "      because: >-\n        one\n        two\n\n",
        "kept": block + "      because: |+\n        kept\n\n\n",
        "tail": block + "      # of this one\n\n  # of the next\n",
        "deep": block + "      because: 'a\n        b'   # and on\n",
        "empty": block + "      because:\n",
    }[style]


@st.composite
def files(draw: st.DrawFn) -> tuple[str, list[str]]:
    """Return a prior file and its experts."""
    experts = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=2))
    parts = ["# a head\n" if draw(st.booleans()) else "", "priors: p\nmodel: rain # the model\n"]
    if draw(st.booleans()):
        parts.append("scale: icd203\n")
    if experts:
        names = [scalar_text(each, flow=True) for each in experts]
        flow = "experts: {" + ", ".join(f"{each}: {{name: X}}" for each in names) + "}\n"
        parts.append(draw(st.sampled_from((flow, "experts:\n" + "".join(f"    {n}: {{}}\n" for n in names) + "# c\n"))))
    made = draw(st.lists(judgement_lines(experts), max_size=3))
    if "scale: icd203\n" not in parts:
        parts.append("scale: icd203\n" if any("likely" in each for each in made) else "")
    style = draw(st.sampled_from(("block", "block", "flow", "brackets", "comma", "none")))
    by = f", by: {scalar_text(experts[0], flow=True)}" if experts else ""
    few = QUESTIONS[: draw(st.integers(0, 2))]
    simple = [f"{{about: {scalar_text(question, flow=True)}, says: 60%{by}}}" for question in few]
    if style == "block" and made:
        parts.append("judgements:\n" + "".join(made))
    elif style == "flow":
        parts.append(f"judgements: [{', '.join(simple)}] # here\n")
    elif style == "brackets":
        parts.append("judgements: [ # here\n" + ",\n".join(f"    {each}" for each in simple) + " # last, one\n]\n")
    elif style == "comma" and simple:
        parts.append("judgements: [\n" + "".join(f"  {each}, # x\n" for each in simple) + "]\n")
    if draw(st.booleans()):
        parts.append("\n# at the end\ndefaults:\n  - {about: P(grass = wet | none), says: 10%}\n")
    text = "".join(parts)
    text = text.rstrip("\n") if draw(st.booleans()) and not text.rstrip("\n").endswith("kept") else text
    text = text.replace("\n", "\r\n") if draw(st.booleans()) else text
    return ("\ufeff" + text if draw(st.booleans()) else text), experts


@st.composite
def sheets(draw: st.DrawFn, experts: list[str], judged: bool) -> str:
    """Return a filled sheet for a file."""
    new = [] if judged and not experts else draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=2))
    new = [each for each in new if each not in experts]
    everyone = [*experts, *new]
    parts = ["priors: p\nmodel: rain\nscale: icd203\n"]
    if new:
        lines = [
            pair_lines("about", read_tree(f"x: {scalar_text(draw(WORDS))}", Problems("")).entries["x"][1], 4)
            for _ in new
        ]
        parts.append(
            "experts:\n"
            + "".join(f"  {scalar_text(n)}:\n" + "\n".join(line) + "\n" for n, line in zip(new, lines, strict=True))
        )
    source = draw(st.booleans())
    if source:
        parts.append("sources: {new one: " + scalar_text(draw(WORDS), flow=True) + "}\n")
    parts.append("judgements:\n")
    for _ in range(draw(st.integers(1, 3))):
        parts.append(draw(judgement_lines(everyone)))
        if draw(st.booleans()):
            parts.append(f"  - about: P(season = dry)\n    says: 3:2\n    because: {scalar_text(draw(WORDS))}\n")
            parts.append(f"    by: {scalar_text(draw(st.sampled_from(everyone)))}\n" if everyone else "")
            parts.append("    cite: {source: new one, page: 3-5}\n" if source else "")
        parts.append("  - {about: P(season = dry), says: }\n" if draw(st.booleans()) else "")
    return "".join(parts)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data())
def test_merge_then_load_is_load_with_the_answers_added(data: st.DataObject) -> None:
    text, experts = data.draw(files())
    priors = read(text)
    answers = sheet(data.draw(sheets(experts, bool(priors.judgements))), text)
    merged = merge(text, answers)
    assert same(read(merged)) == same(plus(priors, answers))
    assert characters_in_order(text, merged)
    brackets = "judgements: [" in text or "experts: {" in text  # a line in brackets has to take what is added
    assert brackets or lines_in_order(text, merged)
    assert ("\r\n" in text) == ("\r\n" in merged)
    assert merged.count("\ufeff") == text.count("\ufeff")
    if "\r\n" in text:
        assert merged.count("\n") == merged.count("\r\n")


@settings(max_examples=120, deadline=None)
@given(WORDS, st.booleans())
def test_a_text_is_written_so_that_it_reads_back(text: str, flow: bool) -> None:
    written = scalar_text(text, flow=flow)
    tree = read_tree(f"a: [{written}, b]" if flow else f"a: {written}", Problems(""))
    assert plain(tree) == {"a": [text, "b"] if flow else text}
    assert plain(read_tree(flow_text(tree), Problems(""))) == plain(tree)


@settings(max_examples=120, deadline=None)
@given(
    st.lists(st.sampled_from(("word", "#", "- x", "a: b", "'", "ä" * 30, "", " ", "\n", "\n\n", "\t")), max_size=60),
    st.sampled_from((" ", "\n")),
)
def test_a_long_text_is_folded_so_that_it_reads_back(words: list[str], between: str) -> None:
    text = between.join(words)
    node = read_tree(f"a: {scalar_text(text)}", Problems("")).get("a")
    assert node is not None
    lines = pair_lines("because", node, 4)
    read_back = read_tree("x:\n" + "\n".join(lines) + "\nb: c\n", Problems(""))
    assert plain(read_back) == {"x": {"because": text}, "b": "c"}


# ── styles, one by one ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("old", "wanted"),
    [
        (HEAD, HEAD + "\njudgements:\n  - about: P(season = dry)\n    says: 60%\n"),
        (
            HEAD + "judgements:\n- {about: P(season = dry), says: 3:1} # a\n  # of it\n# of what comes\npooling: log",
            HEAD + "judgements:\n- {about: P(season = dry), says: 3:1} # a\n  # of it\n"
            "- about: P(season = dry)\n  says: 60%\n# of what comes\npooling: log",
        ),
        (
            HEAD + "judgements:\n   -  about: P(season = dry)\n      says: 3:1",
            HEAD + "judgements:\n   -  about: P(season = dry)\n      says: 3:1\n"
            "   -  about: P(season = dry)\n      says: 60%\n",
        ),
        (
            HEAD + "judgements: []\npooling: log\n",
            HEAD + "judgements: [\n  {about: P(season = dry), says: 60%}\n]\npooling: log\n",
        ),
        (
            HEAD + "judgements: [{about: P(season = dry), says: '3:1'}] # a\n",
            HEAD + "judgements: [{about: P(season = dry), says: '3:1'}, {about: P(season = dry), says: 60%}] # a\n",
        ),
        (
            HEAD + "judgements: [\n  {about: P(season = dry), says: '3:1'}, # a, b\n]\n",
            HEAD + "judgements: [\n  {about: P(season = dry), says: '3:1'}, # a, b\n"
            "  {about: P(season = dry), says: 60%},\n]\n",
        ),
        (
            '{priors: p, model: rain, "judgements": [{"about": "P(season = dry)", "says": "60%"}]}',
            '{priors: p, model: rain, "judgements": [{"about": "P(season = dry)", "says": "60%"}, <>]}'.replace(
                "<>", "{about: P(season = dry), says: 60%}"
            ),
        ),
        (
            '{"priors": p, model: rain}\n',
            '{"priors": p, model: rain, judgements: [{about: P(season = dry), says: 60%}]}\n',
        ),
        (
            f"---\n{HEAD}defaults: []\n...\n",
            f"---\n{HEAD}defaults: []\n\njudgements:\n  - about: P(season = dry)\n    says: 60%\n...\n",
        ),
    ],
    ids="new dash-at-the-edge deep empty-list one-line comma json braces document-end".split(),
)  # fmt: skip
def test_answers_are_written_as_the_list_is(old: str, wanted: str) -> None:
    read(old)
    assert merge(old, sheet("judgements: [{about: P(season = dry), says: 60%, because: }]\n", old)) == wanted


def test_a_new_expert_and_a_new_source_come_with_their_answers() -> None:
    old = "# mine\n" + HEAD + "experts:\n  anna: {}\njudgements: []\n"
    new = sheet(
        "scale: kent\nexperts: {clara: {name: Clara}}\nsources: {a book: Somebody}\njudgements:\n"
        "  - {about: P(season = dry), by: clara, says: likely, cite: {source: a book, page: 3}}\n",
        old,
    )
    assert merge(old, new) == (
        "# mine\npriors: p\nmodel: rain\nscale: kent\nsources:\n  a book: Somebody\n"
        "experts:\n  anna: {}\n  clara: {name: Clara}\njudgements: [\n"
        "  {about: P(season = dry), by: clara, says: likely, cite: {source: a book, page: '3'}}\n]\n"
    ).replace("'3'", "3")


def test_without_a_prior_file_one_is_begun() -> None:
    answers = sheet(ANSWERS.replace("model: rain", "model: rain\nscale: icd203\nexperts: {anna: , clara: }\n"
                                    "sources: {diary: A diary}"), None)  # fmt: skip
    text = merge(begin(answers, "rain"), answers)
    priors = read(text)
    assert (priors.name, list(priors.experts), priors.scale) == ("p", ["anna", "clara"], "icd203")
    assert [judgement.by for judgement in priors.judgements] == ["anna", "clara"]
    assert priors.judgements[0].because == "Both: some, and not # heavy."
    assert answers.unanswered == 1


def test_a_scale_comes_along_where_an_answer_is_in_words() -> None:
    said = "scale: kent\njudgements:\n  - {about: P(season = dry), says: %s}\n"
    assert "scale: kent" not in merge(HEAD, sheet(said % "60%", HEAD))
    assert "scale: kent\n" in merge(HEAD, sheet(said % "likely", HEAD))


def test_a_reason_without_an_answer_is_told() -> None:
    assert sheet("judgements:\n  - {about: P(season = dry), because: Well}\n", HEAD).reasons == (2,)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("defaults: []\n", "a.yaml:1:1: a sheet of answers has no key 'defaults'"),
        ("model: ussr\n", "a.yaml:1:8: these answers are about model 'ussr', not 'rain'"),
        ("priors: q\n", "a.yaml:1:9: these answers are for the priors 'q'; p.yaml is 'p'"),
        ("scale: kent\n", "a.yaml:1:8: p.yaml reads words on the scale 'icd203'; change it there"),
        ("experts: {anna: {name: Annie}}\n", "a.yaml:1:11: 'anna' is in p.yaml already; change it there"),
        ("judgements: {about: P(season = dry)}\n", "a.yaml:1:13: expected a list of answers"),
        ("judgements: [P(season = dry)]\n", "a.yaml:1:14: expected keys and values: about, by, says"),
        ("judgements: [{about: P(season = dry), says: 60%}]\n", "a.yaml:1:14: judgements.1: the key 'by' is missing"),
        ("judgements: [{about: P(season = dr), by: anna, says: 60%}]\n", "a.yaml:1:22: judgements.1.about: variable"),
        ("judgements: [{about: P(season = dry), by: ana, says: 60%}]\n", "a.yaml:1:43: judgements.1.by: no expert"),
        ("judgements: [{about: P(season = dry), by: anna, says: so}]\n", "a.yaml:1:55: judgements.1.says: no phrase"),
    ],
)
def test_what_is_wrong_with_a_sheet_is_said_at_its_place(text: str, said: str) -> None:
    onto = HEAD + "scale: icd203\nexperts: {anna: {name: Anna}}\n"
    with pytest.raises(SpecError) as caught:
        sheet(text, onto)
    assert len(caught.value.problems) == 1
    assert str(caught.value).replace("where: ", "").startswith(said) or said.split(": ", 1)[1] in str(caught.value)


def test_every_problem_of_a_sheet_is_said_at_once() -> None:
    with pytest.raises(SpecError) as caught:
        sheet(
            "scales: {}\njudgements:\n  - {about: P(seson = dry), says: 60%}\n  - {about: P(season = dry), says: 2}\n",
            HEAD,
        )
    assert [(each.line, each.path) for each in caught.value.problems] == [(1, "a.yaml"), (3, "a.yaml"), (4, "a.yaml")]


def test_everyones_file_takes_no_experts() -> None:
    onto = HEAD + "judgements: [{about: P(season = dry), says: 60%}]\n"
    with pytest.raises(SpecError, match="they are everyone's"):
        sheet("experts: {anna: {}}\njudgements: [{about: P(grass = wet | none), by: anna, says: 60%}]\n", onto)
