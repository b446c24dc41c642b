"""Both layouts keep boxes apart and lead each arrow from its cause to its effect; without Graphviz nothing is lost."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from itertools import combinations, pairwise

import pytest

from causal.spec.files import find_model
from causal.spec.modelfile import load_model
from causal.tell.pictures import layout
from causal.tell.pictures.dot import dot
from causal.tell.pictures.layered import layered
from causal.tell.pictures.layout import OWN, place
from causal.tell.pictures.places import Arrow, Places, Size
from causal.tell.pictures.rows import rows

type Rows = tuple[tuple[str, ...], ...]
type Case = tuple[Rows, list[Arrow], dict[str, Size]]


@cache
def case(name: str) -> Case:
    model = load_model(find_model(name))
    arrows = [(edge.parent, child) for child, variable in model.variables.items() for edge in variable.edges]
    sizes = {each: (140.0, 50.0 + 7.0 * (number % 5)) for number, each in enumerate(model.variables)}
    return rows(model), arrows, sizes


def own(found: Rows, arrows: list[Arrow], sizes: dict[str, Size]) -> Places:
    return layered(found, arrows, sizes, "own")


LAYOUTS = [dot, own]


@pytest.mark.parametrize("name", ["rain", "ussr"])
@pytest.mark.parametrize("lay_out", LAYOUTS)
def test_boxes_are_apart_and_inside(lay_out: Callable[..., Places], name: str) -> None:
    found, arrows, sizes = case(name)
    places = lay_out(found, arrows, sizes)
    boxes = {
        each: (x - sizes[each][0] / 2, y - sizes[each][1] / 2, x + sizes[each][0] / 2, y + sizes[each][1] / 2)
        for each, (x, y) in places.centres.items()
    }
    assert boxes.keys() == sizes.keys()
    for (_, a), (_, b) in combinations(boxes.items(), 2):
        assert a[2] < b[0] or b[2] < a[0] or a[3] < b[1] or b[3] < a[1]
    for left, top, right, low in boxes.values():
        assert left >= -0.5
        assert top >= -0.5
        assert right <= places.width + 0.5
        assert low <= places.height + 0.5


@pytest.mark.parametrize("name", ["rain", "ussr"])
@pytest.mark.parametrize("lay_out", LAYOUTS)
def test_rows_go_down_the_page(lay_out: Callable[..., Places], name: str) -> None:
    found, arrows, sizes = case(name)
    places = lay_out(found, arrows, sizes)
    heights = [{round(places.centres[each][1]) for each in row} for row in found]
    assert all(max(upper) < min(lower) for upper, lower in pairwise(heights))


@pytest.mark.parametrize("name", ["rain", "ussr"])
@pytest.mark.parametrize("lay_out", LAYOUTS)
def test_arrows_run_from_border_to_border(lay_out: Callable[..., Places], name: str) -> None:
    found, arrows, sizes = case(name)
    places = lay_out(found, arrows, sizes)
    assert list(places.routes) == arrows
    for (parent, child), route in places.routes.items():
        assert len(route.points) % 3 == 1
        for end, point in ((parent, route.points[0]), (child, route.tip)):
            (x, y), (wide, high) = places.centres[end], sizes[end]
            beyond = max(abs(point[0] - x) - wide / 2, abs(point[1] - y) - high / 2)
            assert beyond == pytest.approx(0.0, abs=1.5)


@pytest.mark.parametrize("lay_out", LAYOUTS)
def test_a_graph_may_have_one_node_and_no_arrow(lay_out: Callable[..., Places]) -> None:
    places = lay_out((("x",),), [], {"x": (100.0, 40.0)})
    assert places.centres["x"] == pytest.approx((50.0, 20.0), abs=0.5)
    assert not places.routes


def test_names_never_reach_graphviz(capfd: pytest.CaptureFixture[str]) -> None:
    a, b = "<b>x</b>", 'q"; \\N {<script>alert(1)</script>}'
    places = place(((a,), (b,)), [(a, b)], {a: (100.0, 40.0), b: (100.0, 40.0)})
    assert places.made == "laid out by Graphviz dot"
    assert set(places.centres) == {a, b}
    assert capfd.readouterr() == ("", "")


def test_the_same_graph_is_laid_out_alike() -> None:
    assert place(*case("ussr")) == place(*case("ussr"))


def test_without_pygraphviz_we_lay_out_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    places = place(*case("rain"))
    assert places.made == f"{OWN}: pygraphviz is not installed"
    assert places.centres == own(*case("rain")).centres


def test_a_failure_of_graphviz_is_named_without_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> Places:
        raise OSError("no plugin in /somewhere/private")

    monkeypatch.setattr(layout, "dot", fails)
    assert place(*case("rain")).made == f"{OWN}: Graphviz failed (OSError)"


def test_a_route_that_dot_does_not_give_is_no_layout(monkeypatch: pytest.MonkeyPatch) -> None:
    import pygraphviz

    monkeypatch.setattr(pygraphviz.AGraph, "layout", lambda *_, **__: None)
    assert place(*case("rain")).made.startswith(f"{OWN}: Graphviz failed")
