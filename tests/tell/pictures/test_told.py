"""The table of stories: what is filled, what is left out, and its words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from causal.ask.panel import Panel
from causal.ask.stories import Stories, stories
from causal.learn.gate import REFUSE, Finding, Gate
from causal.spec.grammar import parse_event
from causal.tell.pictures.figure import svg
from causal.tell.pictures.told import changing, described, stories_figure


@pytest.fixture(scope="module")
def found(panel: Panel) -> Stories:
    return stories(panel, parse_event("grass = wet"), "drought_law")


def test_every_difference_is_filled(found: Stories) -> None:
    for avoided in (False, True):
        shown = found.of(avoided)
        axes = stories_figure(found, avoided=avoided).axes[0]
        assert len(axes.collections) == sum(len(each.differs) for each in shown)
        assert all(any(n in each.differs for each in shown) for n in changing(found, shown))


def test_the_columns_are_named_and_the_rows_labelled(found: Stories) -> None:
    text = svg(stories_figure(found, {"grass": "The lawn"}), "t", "d")
    assert "story 1" in text
    assert "The lawn" in text
    assert "minimal rewrite" in text


def test_without_stories_there_is_a_notice(found: Stories) -> None:
    refused = replace(found, gate=Gate((Finding("f", "R-hat", 2.0, REFUSE),)))
    assert "Not reported" in svg(stories_figure(refused), "t", "d")
    assert "withheld" in described(refused)
    none = replace(found, stories=(), without={False: "none is possible"})
    assert "none is possible" in svg(stories_figure(none), "t", "d")
    assert "none is possible" in described(none)
    assert "Story 1" in described(found)
