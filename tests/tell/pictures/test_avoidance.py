"""Ways out as a picture: marks at their numbers, the sum past 1, nothing where it is withheld."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import causal
from causal.ask.avoidance import avoidance
from causal.ask.escape import Avoidance
from causal.learn.gate import REFUSE, Finding, Gate
from causal.spec.grammar import parse_event
from causal.tell.pictures.avoidance import EDGE, avoidance_figure, described
from causal.tell.pictures.figure import svg


@pytest.fixture(scope="module")
def result() -> Avoidance:
    return avoidance(causal.load("rain").at_medians().panel, parse_event("grass = wet"))


def test_marks_are_at_their_numbers_and_the_sum_has_room(result: Avoidance) -> None:
    made = avoidance_figure(result)
    drawn = [float(np.asarray(line.get_xdata())[0]) for line in made.axes[0].lines]
    for union in result.unions:
        assert min(union.total.panel.mean, EDGE) in drawn
        assert union.union.panel.mean in drawn
    assert "at least one of them" in svg(made, "t", "d")


def test_it_is_said_in_words(result: Avoidance) -> None:
    text = described(result)
    assert "Sprinklers are forbidden: 0." in text
    assert "added up 1.19" in text


def test_what_the_gate_withholds_has_no_mark(result: Avoidance) -> None:
    gate = Gate((Finding("it", "R-hat", 2.0, REFUSE),))
    first = result.unions[0]
    hidden = replace(first, ways=(), union=replace(first.union, gate=gate), total=replace(first.total, gate=gate))
    lines = avoidance_figure(replace(result, unions=(hidden,))).axes[0].lines
    assert not [line for line in lines if line.get_marker() in ("o", "x", ">")]
    assert "withheld" in described(replace(result, unions=(hidden,)))


def test_without_ways_there_is_a_notice(result: Avoidance) -> None:
    assert "no way out is named" in svg(avoidance_figure(replace(result, unions=())), "t", "d")
