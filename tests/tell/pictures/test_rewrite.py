"""A numbered mark per change at its plausibility and effect, a list that names them, and no numbers that overlap."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.figure import Figure

from causal import load
from causal.ask.panel import Panel
from causal.ask.rewrite import Rewrite, rewrite
from causal.learn.gate import REFUSE, Finding, Gate
from causal.spec.grammar import parse_event
from causal.tell.pictures.figure import png, svg
from causal.tell.pictures.rewrite import described, rewrite_figure

SVG = "{http://www.w3.org/2000/svg}"


def words(figure: Figure) -> list[str]:
    return [each.text or "" for each in ElementTree.fromstring(svg(figure, "t", "d")).iter(f"{SVG}text")]


def marks(figure: Figure, marker: str) -> list[tuple[float, float]]:
    return [
        (float(np.asarray(line.get_xdata())[0]), float(np.asarray(line.get_ydata())[0]))
        for line in figure.axes[0].lines
        if line.get_marker() == marker
    ]


@pytest.fixture(scope="module")
def found(panel: Panel) -> Rewrite:
    return rewrite(panel, parse_event("grass = wet"), everything=True)


@pytest.fixture(scope="module")
def ussr_rewrite() -> Rewrite:
    return rewrite(load("ussr").at_medians().panel, parse_event("stalinist_outcome = yes"))


def test_each_mark_is_at_its_numbers(found: Rewrite) -> None:
    made = rewrite_figure(found)
    assert marks(made, "o") == [each.at for each in found.front.rows]
    best = found.cheapest.panel
    chosen = set() if best is None else {change.candidate.name for change in best.changes}
    assert len(marks(made, "^")) == len(chosen)


def test_the_list_names_every_change(found: Rewrite) -> None:
    shown = " ".join(words(rewrite_figure(found)))
    for number, each in enumerate(found.front.rows, start=1):
        assert str(number) in words(rewrite_figure(found))
        assert each.candidate.title.split()[-1] in shown


def test_no_number_lies_on_another_or_on_a_mark(ussr_rewrite: Rewrite) -> None:
    made = rewrite_figure(ussr_rewrite)
    axes, scale = made.axes[0], 72 / made.dpi
    at = []
    for each in axes.texts:
        if each.get_text().isdigit():
            x, y = axes.transData.transform(each.xy) * scale  # type: ignore[attr-defined]
            at.append((x + each.xyann[0], y + each.xyann[1]))  # type: ignore[attr-defined]
    assert len(at) == len(ussr_rewrite.front.rows)
    points = [tuple(axes.transData.transform(place) * scale) for place in marks(made, "o")]
    for number, (x, y) in enumerate(at):
        for other in [*at[:number], *points]:
            assert np.hypot(x - other[0], y - other[1]) > 5.0


def test_labels_are_used(found: Rewrite) -> None:
    assert "The lawn = wet" in " ".join(words(rewrite_figure(found, {"grass": "The lawn"})))
    assert described(found, {"grass": "The lawn"}).startswith("Effect on The lawn = wet against plausibility")


def test_what_is_refused_is_withheld(found: Rewrite) -> None:
    gate = Gate((Finding("the run", "divergences", 99.0, REFUSE),))
    refused = replace(found, front=replace(found.front, run=gate))
    for text in (" ".join(words(rewrite_figure(refused))), described(refused)):
        assert "withheld" in text
        assert "0." not in text


def test_nothing_to_draw_says_why(found: Rewrite) -> None:
    bare = replace(found, front=replace(found.front, rows=()))
    assert "There is no change to weigh" in " ".join(words(rewrite_figure(bare)))


def test_where_no_set_suffices_the_key_says_so(found: Rewrite) -> None:
    none = replace(found, cheapest=replace(found.cheapest, panel=None, schools=None))
    assert any(text.startswith("no set of up to 3 brings it") for text in words(rewrite_figure(none)))


def test_the_same_rewrite_gives_the_same_bytes(found: Rewrite) -> None:
    assert svg(rewrite_figure(found), "t", "d") == svg(rewrite_figure(found), "t", "d")
    assert png(rewrite_figure(found), 40).startswith(b"\x89PNG")


def test_the_description_has_a_line_for_each_change(found: Rewrite) -> None:
    lines = described(found).splitlines()
    assert len(lines) == 1 + len(found.front.rows)
    assert "on the front" in lines[1]
