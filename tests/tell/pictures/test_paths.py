"""The ways of effects as a picture: a row per way, marks at their numbers, nothing where it is withheld."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import causal
from causal.ask.paths import paths
from causal.ask.routes import Paths
from causal.learn.gate import REFUSE, Finding, Gate
from causal.spec.grammar import parse_event
from causal.tell.pictures.figure import svg
from causal.tell.pictures.paths import described, paths_figure


@pytest.fixture(scope="module")
def result() -> Paths:
    return paths(causal.load("rain").at_medians().panel, parse_event("grass = wet"), "season", along=["rain"])


def test_marks_are_at_their_numbers(result: Paths) -> None:
    made = paths_figure(result)
    dots = [float(np.asarray(line.get_xdata())[0]) for line in made.axes[0].lines if line.get_marker() == "o"]
    (effect,) = result.effects
    for measure in (effect.total, *(part.through for part in effect.each)):
        assert measure.panel.mean in dots
    assert "through it alone" in svg(made, "t", "d")


def test_it_is_said_in_words(result: Paths) -> None:
    text = described(result)
    assert "Sprinkler (through it alone): +0." in text
    assert "along this path alone" in text


def test_without_a_way_there_is_a_notice(result: Paths) -> None:
    empty = replace(result, effects=())
    assert "no way to follow" in svg(paths_figure(empty), "t", "d")


def test_what_the_gate_withholds_has_no_mark(result: Paths) -> None:
    gate = Gate((Finding("it", "R-hat", 2.0, REFUSE),))
    (effect,) = result.effects
    hidden = replace(effect, total=replace(effect.total, gate=gate), each=(), along=None)
    made = paths_figure(replace(result, effects=(hidden,)))
    assert not [line for line in made.axes[0].lines if line.get_marker() == "o"]
