"""What was predicted, what is left out, and what is made stronger or weaker: as pictures and in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from causal.ask.answer import PANEL
from causal.ask.checks import Checks, checks
from causal.ask.panel import Panel
from causal.ask.recognised import Recognised
from causal.learn.gate import REFUSE, Finding, Gate
from causal.spec.grammar import parse_event
from causal.tell.pictures import sensed
from causal.tell.pictures.checked import (
    described,
    lines,
    pieces,
    predicted_figure,
    without_described,
    without_figure,
)
from causal.tell.pictures.figure import svg
from causal.tell.pictures.sensed import sensitive_figure, shown


@pytest.fixture(scope="module")
def found(panel: Panel) -> Checks:
    """Return checks whose gate is set aside: draws of the priors are poor ones to leave evidence out of."""
    return replace(checks(panel, parse_event("grass = wet")), gate=Gate())


def at(figure, marker: str, face: str | None = None) -> list[float]:
    chosen = (line for line in figure.axes[0].lines if line.get_marker() == marker)
    return [float(x) for line in chosen if face in (None, line.get_markerfacecolor()) for x in line.get_xdata()]


def test_marks_stand_where_the_numbers_are(found: Checks) -> None:
    rows = lines(found)
    assert [each.seen for each in rows] == [each.stated for each in found.surprising]
    assert at(predicted_figure(found), "o", "white") == [each.middle for each in rows]
    assert at(without_figure(found), "o") == [each.panel for each in pieces(found)]
    assert at(sensitive_figure(found), "o") == [each.prior for each in shown(found)]
    assert at(sensitive_figure(found), "s") == [each.evidence for each in shown(found)]
    assert {each.expert for each in shown(found)} == {PANEL}


def test_rows_say_what_and_how_far_out(found: Checks) -> None:
    text = svg(predicted_figure(found), "t", "d")
    assert f"tail {found.surprising[0].fairest.tail:.2f}" in text
    assert "by Anna" in text
    assert f"{pieces(found)[0].panel:.2f}" in svg(without_figure(found), "t", "d")
    assert shown(found)[0].diagnosis in svg(sensitive_figure(found), "t", "d")


def test_cases_are_drawn_as_shares(found: Checks) -> None:
    row = Recognised("c.csv", 2, "Rain: heavy", PANEL, 3, 12, 0.1, 0.2, 2.4, 0.6, -1.6, -1.5, 0.3, False, Gate())
    seen = replace(found, rows=(row,))
    assert lines(seen)[-1].seen == pytest.approx(0.25)
    assert "3 of 12 cases" in svg(predicted_figure(seen), "t", "d")
    assert "Rain: heavy" in described(seen)


def test_what_is_withheld_or_empty_is_a_notice(found: Checks) -> None:
    refused = replace(found, gate=Gate((Finding("f", "R-hat", 2.0, REFUSE),)))
    empty = replace(found, judgements=(), rows=(), omitted=(), sensitive=())
    pairs = ((predicted_figure, described), (without_figure, without_described), (sensitive_figure, sensed.described))
    for draw, words in pairs:
        assert "Not reported" in svg(draw(refused), "t", "d")
        assert "Nothing to draw" in svg(draw(empty), "t", "d")
        assert "withheld" in words(refused)
        assert len(words(empty).splitlines()) == 1
        assert len(words(found).splitlines()) > 2
