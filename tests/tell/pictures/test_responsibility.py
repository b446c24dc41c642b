"""Shares and necessity as a picture: marks are at their numbers, and what is withheld is not there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import causal
from causal.ask.blame import Responsibility
from causal.ask.responsibility import responsibility
from causal.learn.gate import REFUSE, Finding, Gate
from causal.tell.pictures.figure import svg
from causal.tell.pictures.responsibility import described, responsibility_figure


@pytest.fixture(scope="module")
def result() -> Responsibility:
    posterior = causal.load("rain").at_medians()
    assert posterior.study.model.outcome is not None
    return responsibility(posterior.panel, posterior.study.model.outcome)


def test_marks_are_at_their_numbers(result: Responsibility) -> None:
    made = responsibility_figure(result, {"anna": "Anna the gardener"})
    dots = [float(np.asarray(line.get_xdata())[0]) for line in made.axes[0].lines if line.get_marker() == "o"]
    for factor in result.factors:
        assert factor.share.panel.mean in dots
    drawn = svg(made, "t", "d")
    assert "Anna the gardener" in drawn
    assert "Sprinkler" in drawn


def test_it_is_said_in_words(result: Responsibility) -> None:
    text = described(result)
    assert "Sprinkler: share +0." in text
    assert "necessity" in text


def test_what_the_gate_withholds_has_no_mark(result: Responsibility) -> None:
    gate = Gate((Finding("it", "R-hat", 2.0, REFUSE),))
    hidden = tuple(replace(each, share=replace(each.share, gate=gate)) for each in result.factors)
    made = replace(result, factors=hidden, causes=())
    assert not [line for line in responsibility_figure(made).axes[0].lines if line.get_marker() == "o"]
    assert "withheld" in described(made)
