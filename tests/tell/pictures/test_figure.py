"""Matplotlib without its global state: what is written is accessible, inert and the same every time."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from xml.etree import ElementTree

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure

from causal.tell.pictures.figure import figure, png, svg
from causal.tell.pictures.vector import inline

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>alert(1)</script> & \"q\" 'a' $x$ ]]>"


def chart(label: str = "grass") -> Figure:
    made = figure(3, 2)
    axes = made.add_subplot()
    axes.plot([0, 1], [0, 1], marker="o")
    axes.set_xlabel(label)
    return made


def test_the_same_chart_gives_the_same_bytes() -> None:
    assert svg(chart(), "t", "d") == svg(chart(), "t", "d")
    assert png(chart()) == png(chart())


def test_writing_twice_changes_nothing() -> None:
    made = chart()
    assert svg(made, "t", "d") == svg(made, "t", "d")
    assert png(made) == png(made)


def test_title_and_description_are_tied_to_the_picture() -> None:
    root = ElementTree.fromstring(svg(chart(), "A title", HOSTILE))
    assert root.attrib["role"] == "img"
    assert (root[0].text, root[1].text) == ("A title", HOSTILE)
    assert [root[0].attrib["id"], root[1].attrib["id"]] == [
        root.attrib["aria-labelledby"],
        root.attrib["aria-describedby"],
    ]


def test_words_are_words_in_a_generic_font() -> None:
    root = ElementTree.fromstring(svg(chart(HOSTILE), "t", "d"))
    texts = {text.text: text for text in root.iter(f"{SVG}text")}
    assert HOSTILE in texts
    assert "sans-serif" in texts[HOSTILE].attrib["style"]
    assert "script" not in {element.tag.removeprefix(SVG) for element in root.iter()}


def test_nothing_reaches_out_of_the_picture() -> None:
    found = svg(chart(), "t", "d")
    for sign in ("<style", "<metadata", "<script", "url(", "<!DOCTYPE", "<?xml", "matplotlib", "http:"):
        assert sign not in inline(found)
    names = set(re.findall(r' id="([^"]+)"', found))
    assert set(re.findall(r'href="#([^"]+)"', found)) <= names
    assert names


def test_two_charts_share_no_id() -> None:
    first, second = (set(re.findall(r' id="([^"]+)"', svg(chart(each), "t", "d"))) for each in ("grass", "rain"))
    assert not first & second


def test_settings_are_put_back() -> None:
    before = dict(mpl.rcParams)
    svg(chart(), "t", "d")
    png(chart())
    assert dict(mpl.rcParams) == before


def test_pyplot_and_the_backend_are_left_alone() -> None:
    source = """
import json, sys
import matplotlib
from causal.spec.modelfile import load_model
from causal.spec.files import find_model
from causal.tell.pictures.dag import dag_png
from causal.tell.pictures.sheet import notice
from causal.tell.pictures.figure import svg
before = matplotlib.rcParams._get("backend")
dag_png(load_model(find_model("rain")), dpi=30)
svg(notice("t", "w"), "t", "d")
same = matplotlib.rcParams._get("backend") is before
print(json.dumps([same, "matplotlib.pyplot" in sys.modules]))
"""
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, check=True, text=True)
    assert json.loads(done.stdout) == [True, False]


def test_a_letter_that_the_font_lacks_is_no_warning() -> None:
    assert "漢字" in svg(chart("漢字"), "t", "d")
    assert png(chart("漢字")).startswith(b"\x89PNG")


@pytest.mark.parametrize("label", ["$x$", "_hidden", "a\\N b"])
def test_a_label_is_not_read_as_anything_else(label: str) -> None:
    assert label in [text.text for text in ElementTree.fromstring(svg(chart(label), "t", "d")).iter(f"{SVG}text")]
