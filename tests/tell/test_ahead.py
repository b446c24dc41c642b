"""The report of a case still to come: the forecast first, no past in it, and no reading printed twice."""

from __future__ import annotations

import re

from causal.ask.interventions import FORECAST, MINIMAL, RETROSPECTIVE
from causal.tell.facts import Report
from causal.tell.findings import main_sentence
from causal.tell.text import markdown

SAID = (
    "as it was", "as they were", "the real course", "same history", "what really happened;", "In retrospect",
    "rewrite of history", "on the history before", "past that did not happen", "knew what happened",
    "beside what happened",
    "have been avoided", "it avoidable", "have looked like", "would have brought",
)  # fmt: skip


def test_the_forecast_is_told_first(amoc: Report, ussr: Report) -> None:
    assert main_sentence(amoc).startswith("As a forecast (what is still to come is open), ")
    assert main_sentence(amoc).endswith(", without it.")
    assert main_sentence(ussr).startswith("Under minimal rewrite ")
    assert amoc.worlds_reading == FORECAST


def test_nothing_is_told_as_past(amoc: Report, ussr: Report) -> None:
    words, over = markdown(amoc), markdown(ussr)
    assert [each for each in SAID if each in words] == []
    assert len([each for each in SAID if each in over]) > 7
    assert "on what is known up to 31 December 2023" in words
    assert "can be scored once it is known how it came out" in words


def test_a_reading_that_adds_nothing_is_printed_once(amoc: Report, ussr: Report) -> None:
    assert amoc.repeated == (MINIMAL, RETROSPECTIVE)
    assert ussr.repeated == ()
    words = markdown(amoc)
    assert re.findall(r"\*\*(\w[\w ]*): probability of", words) == ["Forecast"]
    assert "Read as minimal rewrite and retrospective, every number is the same" in words
    assert {row.reading for row in amoc.interventions} == {FORECAST, MINIMAL, RETROSPECTIVE}  # the facts have them all


def test_an_intervention_of_which_nothing_is_said_has_no_line(ussr: Report) -> None:
    assert "What each of them means:" in markdown(ussr)
    assert not re.search(r"^- \*\*[^*]+\*\*: `@\w+` *$", markdown(ussr), re.MULTILINE)
