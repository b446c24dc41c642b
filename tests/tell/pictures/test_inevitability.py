"""The curve along the record as a picture: words do not overlap, steps are where their numbers are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import causal
from causal.ask.inevitability import inevitability
from causal.ask.window import Inevitability
from causal.learn.gate import REFUSE, Finding, Gate
from causal.tell.pictures.figure import svg
from causal.tell.pictures.inevitability import apart, described, inevitability_figure


@pytest.fixture(scope="module", params=["rain", "ussr"])
def result(request: pytest.FixtureRequest) -> Inevitability:
    posterior = causal.load(request.param).at_medians()
    assert posterior.study.model.outcome is not None
    return inevitability(posterior.panel, posterior.study.model.outcome)


def test_words_stand_apart_and_in_the_room() -> None:
    rng = np.random.default_rng(4)
    for _ in range(200):
        sizes = rng.uniform(5, 30, size=8)
        room = float(sizes.sum()) * rng.uniform(1.0, 2.0)
        wanted = np.sort(rng.uniform(0, room, size=8))
        tops = apart(wanted.tolist(), sizes.tolist(), room)
        assert tops[0] >= -1e-9
        assert tops[-1] + sizes[-1] <= room + 1e-9
        assert all(b - a >= size - 1e-9 for a, b, size in zip(tops, tops[1:], sizes, strict=False))


def test_the_curve_goes_through_its_numbers(result: Inevitability) -> None:
    made = inevitability_figure(result)
    thick = next(line for line in made.axes[0].lines if line.get_linewidth() == 1.9)
    drawn = [float(x) for x in np.asarray(thick.get_xdata())[::2]]
    assert drawn == [step.outcome.panel.mean for step in result.steps][: len(drawn)]
    assert svg(made, "t", "d").startswith("<svg")


def test_it_is_said_in_words(result: Inevitability) -> None:
    text = described(result)
    for each in result.chances:
        assert (each.intervention.title or each.intervention.name) in text


def test_what_the_gate_withholds_is_not_drawn(result: Inevitability) -> None:
    gate = Gate((Finding("it", "R-hat", 2.0, REFUSE),))
    steps = tuple(replace(step, outcome=replace(step.outcome, gate=gate)) for step in result.steps)
    hidden = replace(result, steps=steps)
    made = inevitability_figure(hidden)
    thick = [line for line in made.axes[0].lines if line.get_linewidth() == 1.9]
    assert not any(np.asarray(line.get_xdata()).size for line in thick)
    assert "withheld" in described(hidden)
