"""A case still to come is not told as if it were over; one that is over is."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest
from case import MODEL, RULE, TABLE, panel_of

from causal import load
from causal.ask.analyses import analyse
from causal.ask.avoidance import CAUSES, COMPONENTS, avoidance
from causal.ask.interventions import FORECAST, MINIMAL
from causal.ask.phrases import phrase
from causal.ask.tense import AHEAD, OVER, tense
from causal.ask.worded import worded
from causal.graph import ahead
from causal.spec.grammar import parse_event, parse_question
from causal.spec.modelfile import parse_model

Y = parse_event("y = yes")
OPEN = re.sub(r"(  [xmy]: .*?), actual: \w+", r"\1", MODEL)  # of w alone is it known what it was
PAST = re.compile(r"\b(was|were|had|did|happened|history|real|really|could|past)\b")


def model_of(text: str, mechanism: str = TABLE):
    return parse_model(text.replace("MECHANISM", mechanism))


def test_what_is_ahead() -> None:
    assert ahead(model_of(OPEN))
    assert not ahead(model_of(MODEL))
    assert not ahead(model_of(MODEL.replace("actual: yes, MECHANISM", "MECHANISM"), RULE))  # all it is made of is known
    assert ahead(model_of(MODEL.replace("actual: yes, MECHANISM", "MECHANISM")))  # the last is what is asked
    apart = OPEN.replace("[x, w]", "[x]").replace("[x, m, w]", "[x, m]")
    assert ahead(model_of(apart))
    assert not ahead(model_of(apart.replace("when: 1919, actual", "when: 1923, actual")))  # something later is known
    assert not ahead(model_of(OPEN.replace("when: 1922, ", "")))
    assert not ahead(model_of(OPEN.replace("outcome: y = yes\n", "")))
    assert [ahead(load(name).model) for name in ("rain", "ussr", "amoc")] == [False, False, True]


def test_no_word_of_a_case_to_come_is_about_the_past() -> None:
    said = []
    for each in fields(AHEAD):
        found = getattr(AHEAD, each.name)
        said += found.values() if hasattr(found, "values") else [found] if isinstance(found, str) else found
    assert [words for words in said if PAST.search(words)] == []
    assert PAST.search(OVER.kept)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [(MODEL, "Outcome: yes, after 'Late', with history and luck as it was"),
     (OPEN, "Outcome: yes, after 'Late', with what is known by then")],
)  # fmt: skip
def test_a_question_in_words(text: str, wanted: str) -> None:
    asked = parse_question("P(y = yes | do(@late), history, chance)")
    assert phrase(asked, model_of(text)) == wanted


def test_a_question_to_an_expert_says_how_all_else_is() -> None:
    asked = parse_question("P(m = low | x = no, w = yes)")

    def supposed(text: str) -> str:
        model = model_of(text)
        return worded(model, model.variables["m"], asked).suppose

    assert supposed(MODEL).endswith("and all else as it was.")
    assert supposed(OPEN).endswith("and all else as it may be.")
    assert supposed(MODEL.replace("baseline: actual", "baseline: first")).endswith("and all else as it may be.")


def test_analyses_read_what_is_to_come_as_a_forecast() -> None:
    over, open_ = panel_of(TABLE), panel_of(TABLE, OPEN)
    assert tense(open_.elicited.network.model) is AHEAD
    assert analyse(over, Y, "rewrite").to_dict()["reading"] == MINIMAL
    found = analyse(open_, Y, "rewrite")
    assert (found.to_dict()["reading"], found.title) == (FORECAST, "What is the smallest change without Outcome = yes?")


def test_stories_have_no_column_of_what_is_not_known() -> None:
    over, open_ = (analyse(panel_of(TABLE, text), Y, "stories") for text in (MODEL, OPEN))
    assert "as it was" in over.brief.heads
    assert open_.brief.heads == ("what", "when", "the most probable story", "the most probable that avoids it")
    assert not PAST.search(open_.text)


def test_a_direct_cause_that_is_no_part_names_its_other_states() -> None:
    parts, causes = (avoidance(panel_of(mechanism), Y).unions[0] for mechanism in (RULE, TABLE))
    assert (parts.kind, [way.title for way in parts.ways]) == (COMPONENTS, ["Cause fails", "Means fails", "w fails"])
    assert (causes.kind, [way.title for way in causes.ways]) == (CAUSES, ["Cause: no", "Means: low or mid", "w: no"])
