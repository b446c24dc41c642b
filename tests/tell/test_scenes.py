"""The model, the avoiding worlds and the moved threshold: each number under the head that names it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from causal.tell import scenes
from causal.tell.document import Picture, Section, Table, plain
from causal.tell.facts import Report
from causal.tell.wording import probability, shown


def table(section: Section, number: int = 0) -> Table:
    return [block for block in section.blocks if isinstance(block, Table)][number]


def test_every_variable_has_its_states_with_their_probabilities(report: Report) -> None:
    found = table(scenes.graph(report))
    assert [plain(cells[0].lines[0]) for cells in found.rows] == ["Season", "Sprinkler", "Rain", "Grass"]
    rain = report.marginals[2]
    assert sum(number.mean or 0.0 for number in rain.states.values()) == pytest.approx(1.0)
    first = rain.states["clear"]
    mean, band = (plain(line) for line in shown(first))
    assert plain(found.rows[2][1].lines[0]) == f"clear {mean} {band} what happened"
    assert [plain(line) for line in found.rows[2][1].lines[1:2]] == ["No rain in that week"]


def test_the_model_is_drawn_with_these_probabilities(report: Report) -> None:
    (picture,) = [block for block in scenes.graph(report).blocks if isinstance(block, Picture)]
    source = picture.draw()
    mean = report.marginals[2].states["clear"].mean
    assert source.startswith("<svg")
    assert f"{100 * (mean or 0.0):.0f} %" in source


def test_avoiding_worlds_stand_beside_all_of_their_kind(report: Report) -> None:
    found = table(scenes.profile(report))
    assert [column.title for column in found.columns] == [
        "It is so that",
        "Nothing set",
        "Sprinklers are forbidden",
        "A cloudburst in the week of the harvest",
    ]
    world = {(each.variable, each.intervention, each.avoided): each.states for each in report.worlds}
    rows = {plain(cells[0].lines[0]): cells for cells in found.rows}
    assert list(rows) == ["Sprinkler = off", "Sprinkler = on", "Rain = clear", "Rain = some", "Rain = heavy"]
    for column, name in enumerate(("", "drought_law"), start=1):
        avoided, every = world["rain", name, True]["clear"], world["rain", name, False]["clear"]
        assert every.mean is not None
        lines = [plain(line) for line in rows["Rain = clear"][column].lines]
        assert lines == [*(plain(line) for line in shown(avoided)), f"all: {probability(every.mean, every.decimals)}"]
    # what an intervention sets has no share to speak of
    assert plain(rows["Rain = clear"][3].lines[0]) == "–"


def test_without_a_profile_the_section_says_so(report: Report) -> None:
    (only,) = scenes.profile(replace(report, worlds=())).blocks
    assert "nothing else to describe" in plain(only.words)  # type: ignore[union-attr]


def test_a_score_is_asked_at_every_threshold(ussr: Report) -> None:
    section = scenes.thresholds(ussr)
    assert section is not None
    found = table(section)
    assert [column.title for column in found.columns] == ["Worlds", "3", "3.5", "4 (the model's)", "4.5", "5"]
    assert plain(found.rows[0][0].lines[0]) == "nothing set"
    at = {(each.intervention, each.level): each.number.mean or 0.0 for each in ussr.levels}
    for name in {name for name, _ in at}:
        means = [at[name, level] for level in (3, 3.5, 4, 4.5, 5)]
        assert means == sorted(means, reverse=True)
    assert at["", 4] == ussr.without[0].number.mean
    by = table(section, 1)
    assert [plain(cells[0].lines[0]) for cells in by.rows] == [who.title for who in ussr.experts]
    first = ussr.levels[0].by_expert[ussr.experts[0].name]
    assert plain(by.rows[0][1].lines[0]) == probability(first)


def test_what_is_no_score_has_no_threshold(report: Report) -> None:
    assert scenes.thresholds(report) is None
