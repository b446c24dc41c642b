"""The graph in words: 80 columns, causes first, everything named, nothing that moves a cursor."""

from __future__ import annotations

import pytest

from causal.spec.model import Model
from causal.spec.modelfile import parse_model
from causal.tell.pictures.words import COLUMNS, dag_text, described


def entries(text: str) -> dict[str, str]:
    return {block.split()[0]: block for block in text.split("\n\n")[1:]}


def test_causes_come_before_effects(ussr_model: Model) -> None:
    order = list(entries(dag_text(ussr_model)))
    assert sorted(order) == sorted(ussr_model.variables)
    for child, variable in ussr_model.variables.items():
        assert all(order.index(parent) < order.index(child) for parent in variable.parents)


def test_an_entry_says_what_there_is_to_say(ussr_model: Model) -> None:
    found = entries(dag_text(ussr_model))["middle_cadres"]
    assert found == (
        "middle_cadres                                           1922-12-16 to 1924-01-21\n"
        "  Alignment of the middle cadres\n"
        "  contested | \N{BLACK RIGHT-POINTING TRIANGLE} aligned\n"
        "  from + orgburo_control, \N{PLUS-MINUS SIGN} lenin_course, \N{MINUS SIGN} lenin_attack, \N{MINUS SIGN}\n"
        "       trotsky_courts_cadres"
    )


def test_roles_are_named(ussr_model: Model) -> None:
    found = entries(dag_text(ussr_model))
    assert "(outcome)" in found["stalinist_outcome"]
    assert "(luck, set by sverdlov_lives)" in found["sverdlov"]
    assert "(luck, set by germany_1923,\n  germany_lasting)" in found["germany_1923"]


def test_shares_stand_beside_their_states(rain: Model) -> None:
    text = dag_text(rain, {"season": {"dry": 0.554, "rainy": 0.446}, "rain": {"clear": 1.0}})
    assert "dry 55 % | rainy 45 %" in text
    assert "clear 100 % | some 0 % | heavy 0 %" in text
    assert "off | " in text


@pytest.mark.parametrize("name", ["rain", "ussr_model", "hostile"])
def test_no_line_is_longer_than_a_terminal(name: str, request: pytest.FixtureRequest) -> None:
    text = dag_text(request.getfixturevalue(name))
    assert max(map(len, text.splitlines())) <= COLUMNS
    assert text.endswith("\n")


def test_nothing_moves_a_cursor() -> None:
    model = parse_model('model: m\ntitle: "\\e[31mred\\e[0m"\nvariables: {x: {label: "a\\rb\\x07", states: [a, b]}}')
    text = dag_text(model)
    assert "red" in text
    assert "a b" in text
    assert all(letter.isprintable() or letter == "\n" for letter in text)


def test_common_causes_are_said() -> None:
    model = parse_model("""
model: m
variables:
  x: {states: [a, b], mechanism: types}
  y: {states: [a, b], mechanism: types}
confounded: [[x, y]]
""")
    assert "x and y share causes that are not shown" in dag_text(model)
    assert "x and y share causes that are not shown." in described(model)


def test_the_description_names_every_variable_state_and_cause(rain: Model) -> None:
    text = described(rain, {"season": {"dry": 0.5, "rainy": 0.5}})
    assert text.splitlines() == [
        "A causal graph of 4 variables and 4 arrows, causes above effects.",
        "Season (1919-03 to 1919-08, luck): dry 50 % (what happened), rainy 50 %.",
        "Sprinkler (1919-08): off, on (what happened); lowered by Season.",
        "Rain (1919-08): clear (what happened), some, heavy; raised by Season.",
        "Grass (1919-08-31, the outcome): dry, wet (what happened); raised by Sprinkler, Rain.",
    ]
