"""Documents: tables have as many cells as columns, cells no empty lines."""

from __future__ import annotations

import pytest

from causal.tell.document import Code, Column, Quiet, Table, cell, paragraph, plain


def test_a_row_of_another_length_is_an_error() -> None:
    with pytest.raises(ValueError, match="'t' has 2 columns"):
        Table("t", (Column("a"), Column("b")), ((cell("1"),),))


def test_empty_lines_are_left_out() -> None:
    assert cell("a", "", (Quiet(""),), (Code("b"), "")).lines == (("a",), (Code("b"), ""))


def test_words_alone() -> None:
    assert plain(paragraph("say ", Code("P(y)"), lead=True).words) == "say P(y)"
