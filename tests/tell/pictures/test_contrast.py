"""Two sets of changes as a picture: marks at their numbers, labels as words, nothing where it is withheld."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import causal
from causal.ask.contrast import CELLS, Contrast, contrast
from causal.learn.gate import REFUSE, Finding, Gate
from causal.spec.grammar import parse_event
from causal.tell.pictures.contrast import contrast_figure, described
from causal.tell.pictures.figure import svg


@pytest.fixture(scope="module")
def result() -> Contrast:
    panel = causal.load("rain").at_medians().panel
    return contrast(panel, parse_event("grass = wet"), {"sprinkler": "off"}, {"season": "rainy"})


def test_marks_are_at_their_numbers(result: Contrast) -> None:
    made = contrast_figure(result, {"grass": "The lawn"})
    drawn = [float(np.asarray(line.get_xdata())[0]) for line in made.axes[0].lines]
    for each in result.components:
        for name in CELLS:
            assert each.cells[name].panel.mean in drawn
    assert "The lawn" in svg(made, "t", "d")


def test_it_is_said_in_words(result: Contrast) -> None:
    assert "Grass: neither 0." in described(result)


def test_what_the_gate_withholds_has_no_mark(result: Contrast) -> None:
    gate = Gate((Finding("it", "R-hat", 2.0, REFUSE),))
    cells = {name: replace(cell, gate=gate) for name, cell in result.outcome.cells.items()}
    hidden = replace(result, components=(replace(result.outcome, cells=cells),))
    assert not contrast_figure(hidden).axes[0].lines
    assert "first withheld" in described(hidden)
