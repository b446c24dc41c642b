"""Each expert's draws as a ridge of their own, the panel as their mixture, and what can be shown without draws."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from causal.ask.answer import PANEL, Answer
from causal.ask.panel import Panel, ask
from causal.learn.gate import FLAG, REFUSE, Finding, Gate
from causal.spec.grammar import parse_question
from causal.tell.pictures.densities import densities, described
from causal.tell.pictures.figure import png, svg

SVG = "{http://www.w3.org/2000/svg}"


def answer(panel: Panel, question: str) -> Answer:
    (found,) = ask(panel, [panel.elicited.writer.write(parse_question(question))])
    return found


@pytest.fixture(scope="module")
def wet(panel: Panel) -> Answer:
    return answer(panel, "P(grass = wet)")


def across(line: Line2D) -> list[float]:
    return [float(x) for x in np.asarray(line.get_xdata())]


def words(figure: Figure) -> list[str]:
    return [each.text or "" for each in ElementTree.fromstring(svg(figure, "t", "d")).iter(f"{SVG}text")]


def ridges(figure: Figure) -> list[np.ndarray]:
    """Return the lines of the ridges as (x, height above the base), from the top row down."""
    lines = [line for line in figure.axes[0].lines if len(across(line)) > 100]
    found = [np.array([line.get_xdata(), line.get_ydata()], dtype=float) for line in lines]
    return [np.array([x, y.max() - y]) for x, y in found]


def test_a_ridge_lies_where_the_draws_are(wet: Answer) -> None:
    mixed, anna, boris = ridges(densities(wet))
    for name, (x, height) in (("anna", anna), ("boris", boris)):
        estimate = wet.estimates[(name, "")]
        assert (x * height).sum() / height.sum() == pytest.approx(estimate.mean, abs=0.01)
    x, height = mixed
    assert (x * height).sum() / height.sum() == pytest.approx(wet.panel.mean, abs=0.01)


def test_the_panel_is_mixed_by_weight(wet: Answer) -> None:
    alone, anna, _ = ridges(densities(wet, weights={"anna": 2.0, "boris": 0.0}))
    assert alone[1] == pytest.approx(anna[1])


def test_intervals_and_means_are_marked(wet: Answer) -> None:
    axes = densities(wet).axes[0]
    spans = [tuple(across(line)) for line in axes.lines if len(across(line)) == 2]
    points = [across(line)[0] for line in axes.lines if len(across(line)) == 1]
    rows = [wet.estimates[(name, "")] for name in (PANEL, "anna", "boris")]
    assert spans == [(each.lower, each.upper) for each in rows]
    assert points == [each.mean for each in rows]
    assert axes.get_xlim() == pytest.approx((0.0, 1.0), abs=0.02)


def test_rows_are_labelled(wet: Answer) -> None:
    found = words(densities(wet, {"anna": "Anna the gardener"}))
    assert {"The panel", "Anna the gardener", "boris", "P(grass = wet)", "probability"} <= set(found)
    apart = words(densities(replace(wet, pooled=("anna",))))
    assert apart.count("not in the panel") == 1


def test_without_draws_the_intervals_are_left(wet: Answer) -> None:
    bare = densities(replace(wet, samples={}))
    assert not ridges(bare)
    spans = [tuple(across(line)) for line in bare.axes[0].lines if len(across(line)) == 2]
    assert len(spans) == 3


def test_constant_draws_make_no_ridge(wet: Answer) -> None:
    samples = {**wet.samples, ("boris", ""): np.full(2000, 0.4)}
    assert len(ridges(densities(replace(wet, samples=samples)))) == 1  # anna's; a mixture would hide boris's spike


def test_a_single_draw_has_no_interval(wet: Answer) -> None:
    estimates = {key: replace(each, lower=0.1, upper=0.9) for key, each in wet.estimates.items()}
    single = replace(wet, draws=1, samples={}, estimates=estimates)
    assert not [line for line in densities(single).axes[0].lines if len(across(line)) == 2]


def test_one_expert_is_no_panel(wet: Answer) -> None:
    estimates = {key: each for key, each in wet.estimates.items() if key[0] != "boris"}
    alone = replace(wet, experts=("anna",), pooled=("anna",), estimates=estimates)
    assert len(ridges(densities(alone))) == 1
    assert "The panel" not in words(densities(alone))


def test_a_number_gets_an_axis_of_its_own_and_a_line_at_zero(panel: Panel) -> None:
    effect = answer(panel, "effect(sprinkler = off -> grass = wet)")
    made = densities(effect)
    low, high = made.axes[0].get_xlim()
    lower, upper = effect.panel.lower, effect.panel.upper
    assert lower is not None
    assert upper is not None
    assert low < lower < upper < high
    assert high < 0.5
    assert [line for line in made.axes[0].lines if across(line) == [0.0, 0.0]]
    assert len(ridges(made)) == 3
    assert "change in probability" in words(made)


def test_draws_that_are_no_numbers_are_left_out(wet: Answer) -> None:
    dirty = np.concatenate([wet.samples[("anna", "")], [np.nan, np.inf]])
    made = densities(replace(wet, samples={**wet.samples, ("anna", ""): dirty}))
    assert ridges(made)[1] == pytest.approx(ridges(densities(wet))[1])


def test_a_share_of_draws_is_a_mark(panel: Panel) -> None:
    compared = answer(panel, "P(grass = wet | rain = heavy) > P(grass = wet | rain = clear)")
    made = densities(compared)
    assert not ridges(made)
    means = [compared.estimates[(name, "")].mean for name in (PANEL, "anna", "boris")]
    assert [across(line)[0] for line in made.axes[0].lines] == means
    assert "share of draws in which it holds" in words(made)


def test_a_whole_distribution_is_stacked(panel: Panel) -> None:
    whole = answer(panel, "P(rain | season = dry)")
    made = densities(whole)
    widths = np.array([bar.get_width() for bar in made.axes[0].patches if isinstance(bar, Rectangle)]).reshape(3, 3)
    assert widths.sum(axis=1) == pytest.approx([1.0, 1.0, 1.0])
    wanted = [[whole.estimates[(name, state)].mean for state in whole.states] for name in (PANEL, "anna", "boris")]
    assert widths == pytest.approx(np.array(wanted))
    assert {"clear", "some", "heavy"} <= set(words(made))
    assert [text for text in words(made) if text.endswith("%")]


def test_a_state_that_is_certain_is_drawn(panel: Panel) -> None:
    whole = answer(panel, "P(rain | rain = heavy)")
    assert words(densities(whole)).count("100 %") == 3


def test_a_refused_answer_is_not_drawn(wet: Answer) -> None:
    gate = Gate((Finding("it", "R-hat", 2.0, REFUSE),))
    made = densities(replace(wet, gate=gate))
    assert not made.axes[0].lines
    assert "Not reported: it: R-hat 2 (refuse)." in words(made)
    assert f"{wet.mean:.3f}" not in described(replace(wet, gate=gate))
    assert ridges(densities(replace(wet, gate=replace(gate, override=True))))


def test_a_flagged_answer_is_marked(wet: Answer) -> None:
    flagged = replace(wet, gate=Gate((Finding("it", "bulk ESS", 300.0, FLAG),)))
    assert "! flagged by the gate, see the diagnostics" in words(densities(flagged))


def test_hostile_labels_stay_words(wet: Answer) -> None:
    hostile = "<i>$y$</i>\n" + "w" * 200
    made = densities(wet, {"anna": hostile})
    assert "<i>$y$</i>" in words(made)
    assert png(made, 40).startswith(b"\x89PNG")


def test_the_same_answer_gives_the_same_bytes(wet: Answer) -> None:
    assert svg(densities(wet), "t", "d") == svg(densities(wet), "t", "d")


def test_the_description_has_every_expert(wet: Answer) -> None:
    text = described(wet, {"anna": "Anna"})
    assert text.startswith(wet.text)
    assert f"Anna {wet.estimates[('anna', '')].mean:.2f} [" in text
    assert f"boris {wet.estimates[('boris', '')].mean:.2f} [" in text
