"""Confidence and what is not quantified: said by rule, and never in one sentence with a likelihood."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from causal.ask.interventions import MINIMAL
from causal.spec.scales import TERMS
from causal.tell.compose import compose
from causal.tell.document import Bullets, Paragraph, Section, Terms, Text, plain
from causal.tell.facts import Report
from causal.tell.footing import RULE
from causal.tell.limits import confidence, unquantified
from causal.tell.text import markdown


def texts(section: Section) -> list[Text]:
    found: list[Text] = []
    for block in section.blocks:
        if isinstance(block, Paragraph):
            found.append(block.words)
        elif isinstance(block, Bullets):
            found += block.items
        elif isinstance(block, Terms):
            found += [words for _, words in block.pairs]
    return found


def test_evidence_is_counted(report: Report) -> None:
    footing = report.footing
    assert footing is not None
    words = " ".join(plain(text) for text in texts(confidence(report)))
    assert f"{footing.judgements} judgements, {footing.cited} with a source" in words
    slots = footing.judged + footing.defaults + footing.unjudged
    assert f"{footing.judged} of these {slots} were judged" in words
    assert f"Confidence in the headline is {footing.confidence}." in words
    assert RULE in words


@pytest.mark.parametrize("which", ["report", "ussr", "amoc", "contested"])
def test_confidence_and_likelihood_never_share_a_sentence(which: str, request: pytest.FixtureRequest) -> None:
    report: Report = request.getfixturevalue(which)
    likely = re.compile(rf"\b({'|'.join(word for term in TERMS['icd203'] for word in term.words)})\b")
    sentences = [
        sentence
        for section in compose(report).sections
        for text in texts(section)
        for sentence in re.split(r"(?<=[.!?])\s", plain(text))
    ]
    sure = [each for each in sentences if re.search(r"\b(confidence|confident|agreement)\b", each, re.IGNORECASE)]
    assert len(sure) > 2
    assert not [each for each in sure if likely.search(each)]
    assert [each for each in sentences if likely.search(each)]


def test_one_expert_agrees_with_nobody(report: Report) -> None:
    assert report.footing is not None
    alone = replace(report, footing=replace(report.footing, spread=None, agreement=""))
    assert "the panel is one expert" in " ".join(plain(text) for text in texts(confidence(alone)))


def test_without_a_headline_there_is_nothing_to_be_confident_of(report: Report) -> None:
    (only,) = texts(confidence(replace(report, footing=None)))
    assert plain(only) == "There is no headline to be confident of."


def test_what_has_no_number_is_said_in_words(report: Report, ussr: Report) -> None:
    (terms,) = [block for block in unquantified(ussr).blocks if isinstance(block, Terms)]
    told = dict(terms.pairs)
    assert f"{ussr.assumptions.missing} missing arrows" in plain(told["The graph"])
    assert "as the section on the threshold shows" in plain(told["Definitions"])
    luck = plain(told["The same luck in two worlds"])
    assert luck.startswith("Retrospective numbers compare this case with a world that was not (rung 3)")
    dated = replace(ussr, interventions=tuple(row for row in ussr.interventions if row.reading == MINIMAL))
    (terms,) = [block for block in unquantified(dated).blocks if isinstance(block, Terms)]
    assert "has no part in any number" in plain(dict(terms.pairs)["The same luck in two worlds"])
    (terms,) = [block for block in unquantified(report).blocks if isinstance(block, Terms)]
    assert "none was moved here" in plain(dict(terms.pairs)["Definitions"])


def test_coders_are_named_where_they_are_known(report: Report) -> None:
    assert report.footing is not None
    coded = replace(report, footing=replace(report.footing, coders=("Clara",)))
    assert "turned them into numbers (Clara)" in markdown(coded)
    assert "no coder is named" in markdown(report)
