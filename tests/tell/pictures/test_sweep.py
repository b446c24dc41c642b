"""A row per change and a cell per place, where the shares are."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest
from matplotlib.figure import Figure

from causal import load
from causal.ask.candidates import PAIR
from causal.ask.interventions import FORECAST, MINIMAL
from causal.ask.panel import Panel
from causal.ask.sweep import sweep
from causal.ask.swept import Sweep
from causal.learn.gate import REFUSE, Finding, Gate
from causal.spec.grammar import parse_event
from causal.tell.pictures.figure import png, svg
from causal.tell.pictures.sweep import described, sweep_figure

SVG = "{http://www.w3.org/2000/svg}"


def words(figure: Figure) -> list[str]:
    return [each.text or "" for each in ElementTree.fromstring(svg(figure, "t", "d")).iter(f"{SVG}text")]


@pytest.fixture(scope="module")
def found(panel: Panel) -> Sweep:
    return sweep(panel, parse_event("grass = wet"), pairs=True, everything=True)


def test_cells_hold_the_shares_in_per_cent(found: Sweep) -> None:
    shown = words(sweep_figure(found))
    assert "Sprinklers are forbidden" in shown
    for each in found.of(MINIMAL, "named change"):
        for share in each.ranks:
            if share >= 0.005:
                assert f"{100 * share:.0f}" in shown
    assert "place among 2 of its kind (1: the outcome is least probable), share of the panel's draws" in shown


def test_what_is_made_of_several_has_a_line_for_each(found: Sweep) -> None:
    shown = words(sweep_figure(found, reading=FORECAST, kind=PAIR))
    assert "Sprinklers are forbidden" in shown
    assert any(text.startswith("+ A cloudburst") for text in shown)


def test_labels_are_used(found: Sweep) -> None:
    shown = " ".join(words(sweep_figure(found, {"grass": "The lawn"})))
    assert "The lawn = wet" in shown
    assert "The lawn = wet" in described(found, {"grass": "The lawn"})


def test_what_is_refused_is_withheld(found: Sweep) -> None:
    refused = replace(found, run=Gate((Finding("the run", "divergences", 99.0, REFUSE),)))
    for text in (" ".join(words(sweep_figure(refused))), described(refused)):
        assert "withheld" in text
        assert "0." not in text


def test_nothing_to_draw_says_why(found: Sweep) -> None:
    assert "there is no named change" in " ".join(words(sweep_figure(replace(found, rows=()))))
    assert "there is no named change" in described(replace(found, rows=()))


def test_the_same_sweep_gives_the_same_bytes(found: Sweep) -> None:
    assert svg(sweep_figure(found), "t", "d") == svg(sweep_figure(found), "t", "d")
    assert png(sweep_figure(found), 40).startswith(b"\x89PNG")


def test_the_description_has_a_line_for_each_row(found: Sweep) -> None:
    lines = described(found).splitlines()
    assert len(lines) == 1 + len(found.of(MINIMAL, "named change"))
    assert lines[1].startswith("Sprinklers are forbidden: mean 0.")
    assert "place 1 in" in lines[1]


def test_later_places_are_gathered_on_the_shipped_case() -> None:
    posterior = load("ussr").at_medians()
    result = sweep(posterior.panel, parse_event("stalinist_outcome = yes"))
    assert "later" in words(sweep_figure(result))
    assert "left out: what sets a part of the definition" in words(sweep_figure(result))
