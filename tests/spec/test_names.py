"""A question beside a model: each kind of name that is not there, and the nearest that is."""

from __future__ import annotations

import pytest

from causal.errors import QueryError, UnknownName
from causal.spec.grammar import parse_about, parse_event
from causal.spec.model import Edge, Intervention, Model, Table, Variable, frozen
from causal.spec.names import check_names

ROWS = frozen({"soaked": frozen({"rain": ("heavy",)}), "otherwise": frozen({})})
VARIABLES = [
    Variable("season", ("dry", "rainy")),
    Variable("rain", ("clear", "some", "heavy"), edges=(Edge("season"),)),
    Variable("grass", ("dry", "wet"), ordered=False, edges=(Edge("rain"),), mechanism=Table(rows=ROWS)),
    Variable("colour", ("red", "green", "deep blue"), ordered=False),
]
DROUGHT = Intervention("drought_law", frozen({"season": "dry"}))
RAIN = Model("rain", {each.name: each for each in VARIABLES}, interventions={DROUGHT.name: DROUGHT})
BARE = Model("bare", {"rain": VARIABLES[1]})


@pytest.mark.parametrize(
    "text",
    [
        "P(grass = wet | season = dry)",
        "P(rain | rain ~ {clear: 1, heavy: 0.5})",
        "P(rain[season = dry, @drought_law] in {some, heavy} | record)",
        "P(grass[rain = rain[season = dry]] = wet)",
        "P(grass = wet | row soaked) / P(grass = wet | row otherwise)",
        "P(rain = some, grass = wet | row soaked)",
        "P(grass = dry | only (season = dry, rain = some))",
        "P(rain = heavy causes grass = wet)",
        "PN(rain = heavy -> grass = wet | season = dry)",
        "effect(@drought_law -> rain >= some | history) ",
        "P(rain < heavy) > 1 - P(grass > dry)",  # of two states any has an order
        "types(grass)",
        "1",
    ],
)
def test_lets_known_names_pass(text: str) -> None:
    check_names(parse_about(text), RAIN)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("P(gras = wet)", "no variable 'gras' (did you mean 'grass'?)"),
        ("P(zzz)", "no variable 'zzz'"),
        ("types(gras)", "no variable 'gras' (did you mean 'grass'?)"),
        (
            "P(rain = hevy)",
            "variable 'rain' has no state 'hevy' (did you mean 'heavy'?); it has: clear, some, heavy",
        ),
        ("P(colour = x)", "variable 'colour' has no state 'x'; it has: red, green, \"deep blue\""),
        ("P(rain in {some, dry})", "variable 'rain' has no state 'dry'; it has: clear, some, heavy"),
        ("P(rain | season ~ {dry: 1, wett: 1})", "variable 'season' has no state 'wett'; it has: dry, rainy"),
        ("P(rain | do(seson = dry))", "no variable 'seson' (did you mean 'season'?)"),
        (
            "P(rain[season = dri] = some)",
            "variable 'season' has no state 'dri' (did you mean 'dry'?); it has: dry, rainy",
        ),
        ("P(grass[rain = rein[season = dry]] = wet)", "no variable 'rein' (did you mean 'rain'?)"),
        ("P(grass[rein = rain[season = dry]] = wet)", "no variable 'rein' (did you mean 'rain'?)"),
        ("P(grass[rain = rain[season = x]] = wet)", "variable 'season' has no state 'x'; it has: dry, rainy"),
        ("P(grass = wet | only rain = x)", "variable 'rain' has no state 'x'; it has: clear, some, heavy"),
        ("P(grass = wet | all but rain = x)", "variable 'rain' has no state 'x'; it has: clear, some, heavy"),
        ("P(grass = wet | baseline but rain = x)", "variable 'rain' has no state 'x'; it has: clear, some, heavy"),
        ("P(rain = x causes grass = wet)", "variable 'rain' has no state 'x'; it has: clear, some, heavy"),
        ("ATE(rain = some -> grass = x)", "variable 'grass' has no state 'x'; it has: dry, wet"),
        ("P(rain = some) > 1 - P(rain = x)", "variable 'rain' has no state 'x'; it has: clear, some, heavy"),
        ("P(rain | do(@drougth_law))", "no intervention 'drougth_law' (did you mean 'drought_law'?)"),
        ("P(rain | do(@season))", "'season' is a variable, no intervention; write season = state"),
        (
            "P(rain = some | drought_law = on)",
            "'drought_law' is an intervention, no variable; write @drought_law, as in do(@drought_law)",
        ),
        ("P(gras = wet | do(@x))", "no variable 'gras' (did you mean 'grass'?)"),  # the first in the question
        (
            "P(grass = wet | row sokaed)",
            "'grass' has no row 'sokaed' (did you mean 'soaked'?); there are: soaked, otherwise",
        ),
        ("P(rain = some | row soaked)", "'rain' has no row 'soaked': it has no named rows"),
        ("effect(season = dry -> rain = some | row r)", "'rain' has no row 'r': it has no named rows"),
        ("P(gras = wet | row soaked)", "no variable 'gras' (did you mean 'grass'?)"),
    ],
)
def test_names_what_is_not_there(text: str, message: str) -> None:
    with pytest.raises(UnknownName) as caught:
        check_names(parse_about(text), RAIN)
    assert str(caught.value) == message


def test_says_that_a_model_names_no_interventions() -> None:
    with pytest.raises(UnknownName, match=r"^no intervention 'drought_law'; the model names none$"):
        check_names(parse_about("P(rain | do(@drought_law))"), BARE)


@pytest.mark.parametrize("op", ["<", "<=", ">", ">="])
def test_refuses_an_order_where_there_is_none(op: str) -> None:
    with pytest.raises(QueryError, match="the states of 'colour' have no order") as caught:
        check_names(parse_about(f"P(colour {op} green)"), RAIN)
    assert not isinstance(caught.value, UnknownName)
    check_names(parse_about("P(colour != green)"), RAIN)


def test_checks_an_outcome() -> None:
    check_names(parse_event("grass = wet"), RAIN)
    with pytest.raises(UnknownName, match="no state 'wed'"):
        check_names(parse_event("grass = wed"), RAIN)
