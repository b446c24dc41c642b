"""Signs read from low to high, whatever state they were judged against; their marks stay clear of boxes."""

from __future__ import annotations

import math

import pytest

from causal.graph import definition
from causal.spec.model import Model
from causal.spec.modelfile import parse_model
from causal.tell.pictures.arrows import (
    BEHIND,
    DEFINES,
    DISC,
    EITHER,
    LOWERS,
    RAISES,
    UNSIGNED,
    Look,
    _free,
    arrow,
    look,
)
from causal.tell.pictures.places import Route
from causal.tell.pictures.scene import Shape, straight

MODEL = """
model: m
baseline: actual
variables:
  x: {{states: [low, mid, high], actual: {actual}, ordered: {ordered}}}
  y: {{states: ["no", "yes"], parents: {{x: {{sign: {sign}}}}}, mechanism: {mechanism}}}
"""


@pytest.mark.parametrize(
    ("sign", "actual", "ordered", "wanted"),
    [
        ('"+"', "low", "true", RAISES),
        ('"+"', "high", "true", RAISES),
        ('"-"', "mid", "true", LOWERS),
        ('{low: "-", high: "+"}', "mid", "true", RAISES),
        ('{low: "-", high: "-"}', "mid", "true", EITHER),
        ('{high: "-"}', "mid", "true", LOWERS),
        ('{low: "+", mid: "-"}', "high", "true", EITHER),
        ('{low: "-", mid: "-"}', "high", "true", RAISES),
        ('{low: "-", mid: "-"}', "high", "false", LOWERS),
    ],
)
def test_a_sign_reads_from_low_to_high(sign: str, actual: str, ordered: str, wanted: Look) -> None:
    model = parse_model(MODEL.format(sign=sign, actual=actual, ordered=ordered, mechanism="logistic"))
    (edge,) = model.variables["y"].edges
    assert look(model, "y", edge) == wanted


def test_an_arrow_without_a_sign_is_of_a_definition_or_claims_none(ussr_model: Model) -> None:
    whole = ussr_model.variables["stalinist_outcome"]
    assert {look(ussr_model, whole.name, edge) for edge in whole.edges} == {DEFINES}
    plain = parse_model("model: m\nvariables: {x: {states: [a, b]}, y: {states: [a, b], parents: [x]}}")
    assert look(plain, "y", plain.variables["y"].edges[0]) == UNSIGNED
    report = "mechanism: {observation: {reliability: 0.9}}"  # a rule that has luck defines nothing
    seen = parse_model(f"model: m\nvariables: {{x: {{states: [a, b]}}, y: {{states: [a, b], parents: [x], {report}}}}}")
    assert look(seen, "y", seen.variables["y"].edges[0]) == UNSIGNED
    assert definition(seen, "y") == frozenset()


def test_signs_of_the_shipped_case(ussr_model: Model) -> None:
    edges = {(edge.parent, name): edge for name, v in ussr_model.variables.items() for edge in v.edges}
    wanted = {
        ("isolation_1924", "stalin_rule"): RAISES,
        ("sverdlov", "orgburo_head"): LOWERS,
        ("lenin_course", "middle_cadres"): EITHER,
        ("lenin_course", "stalin_rule"): LOWERS,
    }
    assert {pair: look(ussr_model, pair[1], edges[pair]) for pair in wanted} == wanted


def test_looks_differ_in_more_than_colour() -> None:
    assert len({(how.dashes, how.sign) for how in (RAISES, LOWERS, EITHER, UNSIGNED, DEFINES)}) == 5


ROUTE = Route(straight((0.0, 0.0), (0.0, 100.0)), (0.0, 106.0))


def test_a_sign_stands_behind_the_head() -> None:
    x, y = _free(ROUTE, [], [])
    assert x == pytest.approx(0.0)
    assert 100.0 - 3 * BEHIND < y < 100.0 - BEHIND


def test_a_sign_moves_away_from_other_signs_and_out_of_boxes() -> None:
    first = _free(ROUTE, [], [])
    second = _free(ROUTE, [first], [])
    assert math.dist(first, second) > 2 * DISC
    _, y = _free(ROUTE, [], [(-20.0, 60.0, 20.0, 100.0)])
    assert y <= 60.0 - DISC


def test_a_sign_that_is_free_nowhere_still_stands_on_its_line() -> None:
    x, y = _free(ROUTE, [], [(-20.0, -20.0, 20.0, 120.0)])
    assert x == pytest.approx(0.0)
    assert 0.0 <= y <= 100.0


def test_the_head_points_at_the_tip() -> None:
    head = arrow(ROUTE, RAISES)[1]
    assert isinstance(head, Shape)
    assert head.points[0] == ROUTE.tip
    assert {y for _, y in head.points[1:]} == {100.0}
