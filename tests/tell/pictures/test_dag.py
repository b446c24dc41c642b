"""The picture of a graph: all that is in the model, nothing active, the same bytes, whatever a label says."""

from __future__ import annotations

import math
import os
import re
import struct
import subprocess
import sys
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import numpy as np
import pytest

from causal.spec.model import Model
from causal.spec.modelfile import parse_model
from causal.tell.pictures import layout
from causal.tell.pictures.dag import dag_png, dag_svg
from causal.tell.pictures.ink import MIDDLE, PALE
from causal.tell.pictures.letters import clean
from causal.tell.pictures.nodes import MARGIN, SHARE, WIDE
from causal.tell.pictures.vector import inline

SVG = "{http://www.w3.org/2000/svg}"
SHARES = {
    "season": {"dry": 0.55, "rainy": 0.45},
    "sprinkler": {"off": 0.6, "on": 0.4},
    "rain": {"clear": 0.5, "some": 0.3, "heavy": 0.2},
    "grass": {"dry": 0.3, "wet": 0.7},
}
ALLOWED = {"svg", "title", "desc", "g", "rect", "path", "polygon", "circle", "text"}
HARMLESS = {
    "width", "height", "viewBox", "role", "aria-labelledby", "aria-describedby", "id", "font-family", "font-size",
    "font-weight", "text-anchor", "stroke-linejoin", "stroke", "stroke-width", "stroke-dasharray", "fill", "d",
    "points", "x", "y", "rx", "cx", "cy", "r",
}  # fmt: skip


def read(svg: str) -> Element:
    return ElementTree.fromstring(svg)


def words(svg: str) -> list[str]:
    return [element.text or "" for element in read(svg).iter(f"{SVG}text")]


def bars(svg: str, fill: str) -> list[float]:
    return [float(each.attrib["width"]) for each in read(svg).iter(f"{SVG}rect") if each.attrib["fill"] == fill]


@pytest.fixture(scope="module")
def drawn(rain: Model) -> str:
    return dag_svg(rain, SHARES)


def test_it_says_what_it_is(drawn: str) -> None:
    root = read(drawn)
    assert root.attrib["role"] == "img"
    title, desc = root[0], root[1]
    assert (title.tag, title.text) == (f"{SVG}title", "Why is the grass wet?")
    assert title.attrib["id"] == root.attrib["aria-labelledby"]
    assert desc.attrib["id"] == root.attrib["aria-describedby"]
    assert "Grass (1919-08-31, the outcome): dry 30 %, wet 70 % (what happened)" in (desc.text or "")


def test_a_title_can_be_given(rain: Model) -> None:
    assert read(dag_svg(rain, title="Another"))[0].text == "Another"
    assert "Another" in words(dag_svg(rain, title="Another"))


def test_every_label_date_state_and_share_is_there(drawn: str) -> None:
    found = words(drawn)
    for text in ("Season", "Sprinkler", "Rain", "Grass", "1919-03 to 1919-08", "1919-08-31", "rainy", "55 %", "20 %"):
        assert text in found


def test_a_bar_is_as_long_as_its_state_is_probable(drawn: str) -> None:
    whole = WIDE - 2 * MARGIN - SHARE
    actual = [SHARES[name][state] for name, state in (("season", "dry"), ("sprinkler", "on"), ("rain", "clear"))]
    sample = [0.6 * 30.0]  # in the legend
    assert bars(drawn, MIDDLE) == pytest.approx([share * whole for share in [*actual, 0.7]] + sample, abs=0.01)
    assert len(bars(drawn, PALE)) == 9 - 4 + 1


def test_what_happened_has_a_sign_beside_its_shade(drawn: str, rain: Model) -> None:
    bold = [e.text for e in read(drawn).iter(f"{SVG}text") if e.attrib.get("font-weight") == "bold"]
    assert {"dry", "on", "clear", "wet"} <= set(bold)
    assert not {"rainy", "off", "some", "heavy"} & set(bold)
    triangles = len(re.findall("<polygon", drawn)) - len(re.findall("<path", drawn))  # an arrow has a line and a head
    assert triangles == 4 + 1


def test_roles_are_marked_and_explained(drawn: str) -> None:
    found = words(drawn)
    assert found.count("do") == 2 + 1
    assert found.count("outcome") == 1
    assert drawn.count("<circle") == 5 * (1 + 1) + 4 + 2  # a die in a box and one in the key, the signs of arrows
    for key in ("probability of a state", "what actually happened", "set by a named intervention", "the outcome"):
        assert key in found


def test_without_shares_there_are_no_bars(rain: Model) -> None:
    plain = dag_svg(rain)
    assert not bars(plain, PALE) + bars(plain, MIDDLE)
    assert "probability of a state" not in words(plain)
    assert "what actually happened" in words(plain)
    assert not [text for text in words(plain) if "%" in text]


def test_the_legend_explains_only_what_is_drawn() -> None:
    plain = dag_svg(parse_model("model: m\nvariables: {x: {states: [a, b]}, y: {states: [a, b], parents: [x]}}"))
    assert words(plain)[-2:] == ["luck: no cause in the model settles it", "acts on it, no sign claimed"]


def test_a_pointer_is_told_definitions_and_reasons(drawn: str) -> None:
    told = [element.text or "" for element in read(drawn).iter(f"{SVG}title")]
    assert any("dry: Less than 60 mm of rain" in text for text in told)
    assert any(text.startswith("Season \N{RIGHTWARDS ARROW} Sprinkler") and "Nobody waters" in text for text in told)


def test_the_shipped_case_is_whole(ussr_model: Model) -> None:
    svg = dag_svg(ussr_model)
    assert "<!-- laid out by Graphviz dot -->" in svg
    joined = " ".join(words(svg))
    for variable in ussr_model.variables.values():
        assert re.split("[ -]", variable.label)[0] in joined
    edges = [edge for variable in ussr_model.variables.values() for edge in variable.edges]
    keys = 5  # the looks of arrows that the legend shows
    assert svg.count("<path") == len(edges) + keys
    assert words(svg).count("\N{PLUS-MINUS SIGN}") == 1 + 1


@pytest.mark.parametrize("shares", [False, True])
def test_hostile_words_stay_words(hostile: Model, shares: bool) -> None:
    given = {name: dict.fromkeys(variable.states, 0.5) for name, variable in hostile.variables.items()}
    svg = dag_svg(hostile, given if shares else None)
    root = read(svg)
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= ALLOWED
    assert {key for element in root.iter() for key in element.attrib} <= HARMLESS
    assert (root[0].text or "") == clean(hostile.title)
    assert any(text.startswith("<script>alert(") for text in words(svg))
    assert any("Коммунистическая" in text for text in words(svg))
    width = float(root.attrib["viewBox"].split()[2])
    assert width < 700


def test_nothing_is_fetched_and_nothing_runs(drawn: str) -> None:
    for sign in ("href", "url(", "<style", "<script", "<image", "<use", "@import", "https:"):
        assert sign not in drawn
    assert drawn.count("http:") == 1
    assert "http:" not in inline(drawn)


def test_two_pictures_share_no_id(rain: Model, drawn: str) -> None:
    first, second = (set(re.findall(r' id="([^"]+)"', svg)) for svg in (drawn, dag_svg(rain)))
    assert len(first) == len(second) == 2
    assert not first & second


def test_another_process_draws_the_same_bytes(ussr_model: Model) -> None:
    source = (
        "import sys; from causal.spec.modelfile import load_model; from causal.spec.files import find_model;"
        "from causal.tell.pictures.dag import dag_svg;"
        "svg = dag_svg(load_model(find_model('ussr')));"
        "assert 'matplotlib' not in sys.modules;"
        "sys.stdout.buffer.write(svg.encode())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "77"}
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, check=True, env=environment)
    assert done.stdout.decode() == dag_svg(ussr_model)


def test_no_place_on_this_machine_is_named(ussr_model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise OSError("no such file: /somewhere/private")

    monkeypatch.setattr(layout, "dot", fails)
    svg = dag_svg(ussr_model)
    assert "<!-- laid out in layers by our own means: Graphviz failed (OSError) -->" in svg
    assert "/somewhere" not in svg
    assert ussr_model.path not in svg


@pytest.mark.parametrize(
    ("share", "shown", "length"),
    [
        (1.0, "100 %", 1.0),
        (0.0, "0 %", None),
        (0.001, "<1 %", 0.001),
        (1.0 + 1e-12, "100 %", 1.0),
        (math.nan, "\N{EN DASH}", None),
    ],
)
def test_shares_at_their_ends(share: float, shown: str, length: float | None) -> None:
    svg = dag_svg(parse_model("model: m\nvariables: {x: {states: [a, b]}}"), {"x": {"b": share, "a": 0.5}})
    assert shown in words(svg)
    half, *rest = bars(svg, PALE)
    whole = 2 * half
    assert rest[:-1] == ([] if length is None else [pytest.approx(length * whole, abs=0.01)])


def test_a_variable_without_shares_has_no_bars(rain: Model) -> None:
    svg = dag_svg(rain, {"season": SHARES["season"]})
    assert len(bars(svg, PALE)) == 1 + 1
    assert len([text for text in words(svg) if text.endswith("%")]) == 2


def test_common_causes_are_dashed_and_explained() -> None:
    svg = dag_svg(
        parse_model("""
model: m
variables:
  x: {states: [a, b], mechanism: types}
  y: {states: [a, b], mechanism: types}
confounded: [[x, y]]
""")
    )
    assert svg.count("stroke-dasharray") == 2
    assert words(svg)[-1] == "common causes that are not shown"


def test_many_variables_are_drawn() -> None:
    parents = [", ".join(f"v{j}" for j in range(max(0, i - 3), i)) for i in range(60)]
    lines = [f"  v{i}: {{states: [a, b], parents: [{names}]}}" for i, names in enumerate(parents)]
    svg = dag_svg(parse_model("model: m\nvariables:\n" + "\n".join(lines)))
    assert all(f"v{i}" in words(svg) for i in range(60))


def pixels(png: bytes) -> np.ndarray:
    import io

    from matplotlib.image import imread

    return np.asarray(imread(io.BytesIO(png)))


def test_pixels_show_the_same_drawing(rain: Model, drawn: str) -> None:
    png = dag_png(rain, SHARES, dpi=100)
    assert png == dag_png(rain, SHARES, dpi=100)
    _, _, width, height = map(float, read(drawn).attrib["viewBox"].split())
    size = struct.unpack(">II", png[16:24])
    assert size == pytest.approx((width * 100 / 72, height * 100 / 72), abs=1.0)
    image = pixels(png)
    fill = np.array([int(MIDDLE[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    near = np.abs(image[..., :3] - fill).max(axis=-1) < 0.02
    wanted = sum(bars(drawn, MIDDLE)) * 11 * (100 / 72) ** 2  # their area, less what letters and triangles cover
    assert 0.6 * wanted < near.sum() < 1.1 * wanted


def test_hostile_words_survive_as_pixels(hostile: Model) -> None:
    assert dag_png(hostile, dpi=40).startswith(b"\x89PNG")


def test_letters_that_a_font_lacks_do_not_stop_a_picture() -> None:
    model = parse_model("model: m\nvariables: {x: {label: 漢字 \U0001f9e9 ᠮᠣᠩ, states: [a, b]}}")
    assert "漢字 \U0001f9e9 ᠮᠣᠩ" in words(dag_svg(model))
    assert dag_png(model, dpi=40).startswith(b"\x89PNG")
