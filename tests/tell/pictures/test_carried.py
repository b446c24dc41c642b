"""The tornado and the next answer, as pictures and in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from causal.ask.answer import PANEL
from causal.ask.carries import Carries, carries
from causal.ask.panel import Panel
from causal.learn.gate import REFUSE, Finding, Gate
from causal.spec.grammar import parse_event
from causal.tell.pictures.carried import best, described, next_described, next_figure, shown, tornado_figure
from causal.tell.pictures.figure import svg


@pytest.fixture(scope="module")
def found(panel: Panel) -> Carries:
    return carries(panel, parse_event("grass = wet"))


def test_the_ends_are_where_the_swings_are(found: Carries) -> None:
    axes = tornado_figure(found).axes[0]
    rows = shown(found)
    points = [line.get_xdata()[0] for line in axes.lines if line.get_marker() == "o"]
    assert points == [end for each in rows for end in (each.low, each.high)]
    assert all(each.expert == PANEL for each in rows)


def test_rows_say_what_moves_and_how_far(found: Carries) -> None:
    text = svg(tornado_figure(found), "t", "d")
    first = shown(found)[0]
    assert f"{first.low:.2f} to {first.high:.2f}" in text
    assert "Sprinkler" in text


def test_the_next_answer_says_who_is_asked(found: Carries) -> None:
    text = svg(next_figure(found, {"boris": "Boris the meteorologist"}), "t", "d")
    assert "asked of Boris the meteorologist" in text
    points = [line.get_xdata()[0] for line in next_figure(found).axes[0].lines if line.get_marker() == "o"]
    assert points == [each.panel for each in best(found)]


def test_what_is_withheld_or_certain_is_a_notice(found: Carries, panel: Panel) -> None:
    refused = replace(found, gate=Gate((Finding("f", "R-hat", 2.0, REFUSE),)))
    for draw in (tornado_figure, next_figure):
        assert "Not reported" in svg(draw(refused), "t", "d")
        assert "Nothing to draw" in svg(draw(replace(found, swings=(), gains=())), "t", "d")
    assert "withheld" in described(refused)
    assert "withheld" in next_described(refused)
    assert "Asking" in next_described(found)
