"""Causes above effects, always; early above late, where that can be."""

from __future__ import annotations

import pytest

from causal.spec.model import Model
from causal.spec.modelfile import parse_model
from causal.tell.pictures.rows import WIDEST, rows


def levels(model: Model) -> dict[str, int]:
    return {name: level for level, row in enumerate(rows(model)) for name in row}


@pytest.mark.parametrize("name", ["rain", "ussr_model"])
def test_every_variable_stands_once_and_below_its_causes(name: str, request: pytest.FixtureRequest) -> None:
    model: Model = request.getfixturevalue(name)
    level = levels(model)
    assert sorted(name for row in rows(model) for name in row) == sorted(model.variables)
    for child, variable in model.variables.items():
        assert all(level[parent] < level[child] for parent in variable.parents)


def test_time_runs_down(ussr_model: Model) -> None:
    level = levels(ussr_model)
    dated = {name: variable.when for name, variable in ussr_model.variables.items() if variable.when is not None}
    assert len(dated) > 30
    late = [(a, b) for a, first in dated.items() for b, second in dated.items() if first.last < second.first]
    assert late
    assert not [(a, b) for a, b in late if level[a] > level[b]]


def test_a_wide_row_is_broken_evenly() -> None:
    many = "\n".join(f"  y{i}: {{states: [a, b], parents: [x]}}" for i in range(13))
    model = parse_model(f"model: m\nvariables:\n  x: {{states: [a, b]}}\n{many}\n")
    assert [len(row) for row in rows(model)] == [1, 5, 5, 3]
    assert max(map(len, rows(model))) <= WIDEST


def test_dates_give_way_where_they_would_go_in_a_circle() -> None:
    model = parse_model("""
model: m
variables:
  war: {states: [a, b], when: 1900/1950, parents: [late]}
  early: {states: [a, b], when: 1910/1920, parents: [war]}
  late: {states: [a, b], when: 1930}
""")
    assert rows(model) == (("late",), ("war",), ("early",))


def test_a_root_without_a_date_stands_above_its_first_effect() -> None:
    model = parse_model("""
model: m
variables:
  a: {states: [x, y]}
  b: {states: [x, y], parents: [a]}
  luck: {states: [x, y]}
  c: {states: [x, y], parents: [b, luck]}
""")
    assert rows(model) == (("a",), ("b", "luck"), ("c",))
