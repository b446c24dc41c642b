"""A scene as text: lengths short and plain, words escaped, comments closed once."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from causal.tell.pictures.scene import Box, Curve, Disc, Group, Scene, Shape, Words, straight
from causal.tell.pictures.vector import draw, inline

SCENE = Scene(100.0, 50.0, "t", "one\ntwo", (Words(1.0, 2.0, "a < b & c", 9.0),), "made -- by > us --")


def first(*items: Box | Curve | Disc | Group | Shape | Words) -> ElementTree.Element:
    root = ElementTree.fromstring(draw(replace(SCENE, items=items)))
    return root[2][0]


def test_a_comment_cannot_end_early() -> None:
    assert "<!-- made - - by > us - - -->" in draw(SCENE)
    assert ElementTree.fromstring(draw(SCENE))[2][0].text == "a < b & c"


def test_a_description_keeps_its_lines() -> None:
    assert ElementTree.fromstring(draw(SCENE))[1].text == "one\ntwo"


@pytest.mark.parametrize(
    ("length", "text"), [(1.0, "1"), (1.23456, "1.23"), (-0.001, "0"), (1234.5678, "1234.57"), (123456.7, "123457")]
)
def test_lengths_are_plain(length: float, text: str) -> None:
    assert first(Disc(length, 0.0, 1.0)).attrib["cx"] == text


def test_a_line_without_width_is_not_drawn() -> None:
    assert "stroke" not in first(Box(0, 0, 1, 1, thick=0.0)).attrib
    assert first(Box(0, 0, 1, 1)).attrib["stroke-width"] == "0.8"


def test_curves_polygons_and_groups() -> None:
    assert first(Curve(straight((0, 0), (3, 3)), dashes=(2.0, 1.0))).attrib["d"] == "M0,0 C1,1 2,2 3,3"
    assert first(Shape(((0, 0), (1, 0), (0, 1)))).attrib["points"] == "0,0 1,0 0,1"
    group = first(Group("a <b>", (Disc(0, 0, 1),)))
    assert (group[0].text, group[1].tag.rpartition("}")[2]) == ("a <b>", "circle")


def test_only_the_first_namespace_is_taken_off() -> None:
    words = replace(SCENE, items=(Words(0, 0, ' xmlns="http://www.w3.org/2000/svg"', 9.0),))
    assert inline(draw(words)).count("xmlns") == 1
