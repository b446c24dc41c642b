"""A row per point of divergence, where its numbers are, in the order of its numbers."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from causal import load
from causal.ask.answer import PANEL
from causal.ask.interventions import FORECAST, MINIMAL, READINGS, RETROSPECTIVE, Ranking
from causal.errors import UsageError
from causal.learn.gate import FLAG, REFUSE, Finding, Gate
from causal.tell.pictures.figure import png, svg
from causal.tell.pictures.forest import LANES, described, forest, lanes

SVG = "{http://www.w3.org/2000/svg}"


def across(line: Line2D) -> list[float]:
    return [float(x) for x in np.asarray(line.get_xdata())]


def words(figure: Figure) -> list[str]:
    return [each.text or "" for each in ElementTree.fromstring(svg(figure, "t", "d")).iter(f"{SVG}text")]


def marks(figure: Figure, marker: str) -> list[tuple[float, float]]:
    found = []
    for line in figure.axes[0].lines:
        if line.get_marker() == marker:
            found.append((across(line)[0], float(np.asarray(line.get_ydata())[0])))
    return found


def judged(ranking: Ranking, verdict: str) -> Ranking:
    """Return a ranking whose first outcome has a finding."""
    first, *rest = ranking.of(MINIMAL)
    gate = Gate((Finding("it", "R-hat", 2.0, verdict),))
    return replace(ranking, divergences=(replace(first, outcome=replace(first.outcome, gate=gate)), *rest))


@pytest.mark.parametrize("reading", READINGS)
def test_each_mark_is_at_its_number(ranking: Ranking, reading: str) -> None:
    found = ranking.of(reading)
    made = forest(ranking, reading)
    means = [x for x, y in marks(made, "o") if y % 1 > 0.5]  # above the middle of a row; anna stands below
    assert means == [each.outcome.estimates[(PANEL, "")].mean for each in found]
    assert means == sorted(means)
    assert [x for x, _ in marks(made, "D")] == [each.without.estimates[(PANEL, "")].mean for each in found]
    assert [x for x, _ in marks(made, "s")] == [each.outcome.estimates[("boris", "")].mean for each in found]
    spans = [tuple(across(line)) for line in made.axes[0].lines if len(across(line)) == 2]
    panels = [each.outcome.estimates[(PANEL, "")] for each in found]
    wide = [(panel.lower, panel.upper) for panel in panels if panel.lower != panel.upper]
    assert [each for each in spans if each[0] != each[1]] == wide


def test_labels_are_words_and_the_axis_goes_from_0_to_1(ranking: Ranking) -> None:
    made = forest(ranking, labels={"anna": "Anna the gardener", "grass": "The lawn"})
    found = words(made)
    for text in ("Sprinklers are forbidden", "Anna the gardener", "boris", "the same history without it", "April 1919"):
        assert text in found
    assert "probability of The lawn = wet" in found
    assert made.axes[0].get_xlim() == pytest.approx((0.0, 1.0), abs=0.02)


def test_in_retrospect_the_hollow_mark_is_what_happened_and_the_title_says_what_is_assumed(ranking: Ranking) -> None:
    made = forest(ranking, RETROSPECTIVE)
    found = words(made)
    assert "what really happened" in found
    assert [x for x, _ in marks(made, "D")] == [1.0, 1.0]
    assert "each variable keeping its luck (an assumption)" in " ".join(found)
    assert "keeping its luck" in described(ranking, RETROSPECTIVE)
    assert "luck" not in " ".join(words(forest(ranking))) + described(ranking)
    unknown = tuple(replace(d, without=d.outcome) for d in ranking.divergences)
    assert "the same record without it" in words(forest(replace(ranking, divergences=unknown), RETROSPECTIVE))


def test_without_other_names_those_of_the_file_are_used(ranking: Ranking) -> None:
    assert "probability of grass = wet" in words(forest(ranking))
    assert "anna" in words(forest(ranking))


def test_an_expert_outside_the_panel_is_hollow_and_said_to_be(ranking: Ranking) -> None:
    apart = replace(
        ranking,
        divergences=tuple(replace(d, outcome=replace(d.outcome, pooled=("anna",))) for d in ranking.divergences),
    )
    assert "boris (not in the panel)" in words(forest(apart))
    faces = {line.get_markerfacecolor() for line in forest(apart).axes[0].lines if line.get_marker() == "s"}
    assert faces == {"white"}


def test_at_the_medians_there_is_no_interval() -> None:
    made = forest(load("rain").at_medians().interventions())
    assert not [line for line in made.axes[0].lines if len(across(line)) == 2 and line.get_linewidth() == 1.6]
    assert "the panel, every parameter at its median" in words(made)
    assert not [text for text in words(made) if "[" in text]


def test_a_refused_number_is_withheld(ranking: Ranking) -> None:
    refused = judged(ranking, REFUSE)
    made = forest(refused)
    first = ranking.of(MINIMAL)[0].outcome.estimates[(PANEL, "")].mean
    assert "withheld" in words(made)
    assert first not in [x for line in made.axes[0].lines for x in across(line)]
    assert "withheld" in described(refused)


def test_a_flagged_number_is_marked(ranking: Ranking) -> None:
    found = words(forest(judged(ranking, FLAG)))
    assert len([text for text in found if text.endswith(" !")]) == 1
    assert "! flagged by the gate, see the diagnostics" in found
    assert not [text for text in words(forest(ranking)) if "!" in text]


def test_an_empty_ranking_says_why(ranking: Ranking) -> None:
    bare = replace(ranking, divergences=())
    assert "Nothing to draw: the model names no point of divergence." in words(forest(bare))
    skipped = replace(bare, skipped=(("cloudburst, forecast", "what it gives has probability zero"),))
    assert "cloudburst, forecast" in " ".join(words(forest(skipped)))
    assert "probability zero" in described(skipped)


def test_an_unknown_reading_is_an_error(ranking: Ranking) -> None:
    with pytest.raises(UsageError, match=r"no reading 'forcast' \(did you mean 'forecast'\?\)"):
        forest(ranking, "forcast")


def test_hostile_titles_stay_words(ranking: Ranking) -> None:
    hostile = "<b>$x$</b>\n" + "w" * 200
    renamed = tuple(
        replace(each, intervention=replace(each.intervention, title=hostile)) for each in ranking.divergences
    )
    made = forest(replace(ranking, divergences=renamed), labels={"anna": hostile, "grass": hostile})
    found = words(made)
    assert any(text.startswith("<b>$x$</b> www") for text in found)
    assert max(map(len, found)) < 100
    assert png(made, 40).startswith(b"\x89PNG")


def test_marks_that_would_hide_each_other_stand_in_lanes() -> None:
    means = {"a": 0.50, "b": 0.505, "c": 0.51, "d": 0.515, "e": 0.60}
    found = lanes(means)
    assert len({found[name] for name in "abc"}) == 3
    assert found["d"] == found["a"]  # there is no fourth: it covers the one that is farthest off
    assert found["e"] == LANES[0]


def test_the_same_ranking_gives_the_same_bytes(ranking: Ranking) -> None:
    assert svg(forest(ranking), "t", "d") == svg(forest(ranking), "t", "d")


def test_the_description_has_a_line_for_each_row(ranking: Ranking) -> None:
    lines = described(ranking, FORECAST).splitlines()
    assert lines[0] == "Probability of grass = wet after each point of divergence: forecast."
    assert len(lines) == 1 + len(ranking.of(FORECAST))
    assert lines[1].startswith("Sprinklers are forbidden: 0.")
    assert "; without it 0." in lines[1]
