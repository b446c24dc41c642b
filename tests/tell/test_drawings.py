"""Drawings: the gate holds for them too, and an override opens them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from causal.ask.interventions import MINIMAL, Ranking
from causal.ask.panel import Panel
from causal.learn.gate import REFUSE, Finding, Gate
from causal.tell.asking import headline_answer
from causal.tell.divergences import headline
from causal.tell.drawings import Drawings
from causal.tell.facts import Report
from causal.tell.page import html

REFUSED = Gate((Finding("P(y)", "R-hat", 1.2, REFUSE),), 1.2, 50.0, 1)


@pytest.mark.parametrize("override", [False, True])
def test_what_is_refused_is_drawn_only_when_overridden(
    override: bool, panel: Panel, ranking: Ranking, report: Report
) -> None:
    model = panel.elicited.network.model
    divergences = tuple(replace(each, outcome=replace(each.outcome, gate=REFUSED)) for each in ranking.divergences)
    answer = headline_answer(panel, ranking, headline(report.interventions))
    assert answer is not None
    refused = replace(answer, gate=REFUSED)
    drawings = Drawings.of(model, {}, replace(ranking, divergences=divergences), refused, {}, {}, override)
    forest = drawings.forest(MINIMAL, "title", "description")
    assert ("withheld" in forest) != override
    mean = report.of(MINIMAL)[0].panel.outcome.mean
    assert (f"{mean:.2f} [" in forest) == override
    assert (drawings.headline is not None) == override
    assert not drawings.shares
    assert "%" not in drawings.dag()


def test_no_headline_no_densities(report: Report) -> None:
    assert report.drawings is not None
    with pytest.raises(ValueError, match="no headline"):
        replace(report.drawings, headline=None).densities("title", "description")


def test_pictures_say_what_they_show(report: Report) -> None:
    page = html(report)
    assert page.count('role="img"') == page.count("<figcaption>") == 5
    assert page.count("</desc>") == 5


def test_the_facts_are_whole_without_their_drawings(report: Report) -> None:
    assert "drawings" not in report.to_dict()
    assert html(replace(report, drawings=None)).count("<svg") == 0
