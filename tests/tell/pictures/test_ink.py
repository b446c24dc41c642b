"""Nothing is told apart by colour alone."""

from __future__ import annotations

import pytest

from causal.tell.pictures.ink import COLOURS, MIDDLE, PALE, marked, pens, shade


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    dark, light = sorted((luminance(a), luminance(b)))
    return (light + 0.05) / (dark + 0.05)


def test_shapes_differ_among_as_many_experts_as_there_are_shapes() -> None:
    found = pens([str(number) for number in range(77)])
    assert len(set(found.values())) == 77
    assert len({pen.marker for pen in list(found.values())[:11]}) == 11
    assert len({pen.colour for pen in list(found.values())[:7]}) == 7


def test_who_is_outside_the_panel_is_hollow() -> None:
    (pen,) = pens(["anna"]).values()
    assert marked(pen, True)["markerfacecolor"] == COLOURS[0]
    assert marked(pen, False)["markerfacecolor"] == "white"
    assert marked(pen, False)["markeredgecolor"] == COLOURS[0]


@pytest.mark.parametrize("of", range(1, 10))
def test_words_on_a_shade_can_be_read(of: int) -> None:
    shades = [shade(place, of) for place in range(of)]
    assert all(contrast(fill, ink) >= 4.5 for fill, ink in shades)
    lights = [luminance(fill) for fill, _ in shades]
    assert lights == sorted(lights, reverse=True)
    assert len(set(lights)) == of


def test_bars_differ_in_grey_print_and_black_letters_stand_on_them() -> None:
    assert contrast(PALE, MIDDLE) > 1.5
    assert contrast(MIDDLE, "#1a1a1a") > 7.0
