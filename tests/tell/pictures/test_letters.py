"""Widths err to the wide side, and every line that is broken fits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import font_manager, ft2font

from causal.tell.pictures.letters import ELLIPSIS, UNREADABLE, clean, shorten, width, wrap

SAMPLES = [
    "Isolation of the revolution at the end of 1924",
    "Запрет фракций и здоровье Ленина",
    "Straße, façade & <script>alert(1)</script>",
    "0.27 [<0.01, 0.61]",
]


@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize("text", SAMPLES)
def test_width_is_that_of_a_wide_font_or_a_little_more(text: str, bold: bool) -> None:
    face = font_manager.FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal")
    font = ft2font.FT2Font(font_manager.findfont(face))
    font.set_size(1000, 72)
    exact = sum(font.load_char(ord(letter)).linearHoriAdvance / 65536 for letter in text) / 1000 * 9.0
    assert exact <= width(text, 9.0, bold=bold) <= 1.15 * exact


def test_marks_take_no_room_and_full_width_letters_take_more() -> None:
    assert width("e\N{COMBINING ACUTE ACCENT}", 10) == width("e", 10)
    assert width("\N{CJK UNIFIED IDEOGRAPH-6F22}", 10) > width("m", 10)


@given(st.text(max_size=120), st.floats(20, 300), st.integers(1, 4), st.booleans())
def test_wrapped_lines_fit(text: str, room: float, lines: int, bold: bool) -> None:
    found = wrap(text, room, 10, lines, bold=bold)
    assert len(found) <= lines
    assert all(width(line, 10, bold=bold) <= room for line in found)
    if not found or not found[-1].endswith(ELLIPSIS):
        assert "".join(found).replace(" ", "") == clean(text).replace(" ", "")


def test_lines_break_at_spaces_and_after_hyphens_but_not_between_digits() -> None:
    assert wrap("Bureaucratic-apparatus dictatorship", 120, 10, 4, bold=True) == (
        "Bureaucratic-",
        "apparatus",
        "dictatorship",
    )
    assert wrap("leadership in 1924-27", 100, 10, 3) == ("leadership in", "1924-27")


def test_a_short_text_is_not_shortened_and_a_long_one_says_so() -> None:
    assert shorten("dry", 100, 10) == "dry"
    assert shorten("d" * 200, 100, 10).endswith("d" + ELLIPSIS)


@pytest.mark.parametrize("letter", ["\x00", "\x1b", "\ud800", "\ufffe", "\uffff"])
def test_what_xml_forbids_is_replaced(letter: str) -> None:
    assert clean(f"a{letter}b") == f"a{UNREADABLE}b"


def test_clean_words_stand_on_one_line() -> None:
    assert clean(" a\n\tb\r\nc  ") == "a b c"
