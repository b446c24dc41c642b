"""Markdown: marks where they are meant, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from causal.tell.compose import compose
from causal.tell.document import Code, Quiet, Strong
from causal.tell.facts import Report
from causal.tell.text import code, escape, inline, markdown


def test_sections_stand_in_the_order_of_the_report(report: Report) -> None:
    found = [line.removeprefix("## ") for line in markdown(report).splitlines() if line.startswith("## ")]
    assert found == [section.title for section in compose(report).sections]
    assert found[:4] == ["The question", "Main findings", "Points of divergence", "With nothing set"]
    assert found[-2:] == ["Sources", "Computation"]


def test_one_title(report: Report) -> None:
    lines = markdown(report).splitlines()
    assert lines[0] == "# Why is the grass wet?"
    assert sum(line.startswith("# ") for line in lines) == 1


def test_words_get_their_marks() -> None:
    assert (
        inline((Strong("0.83"), " ", Quiet("[0.65, 0.93]"), " of ", Code("P(y)")))
        == r"**0.83** \[0.65, 0.93\] of `P(y)`"
    )


def test_code_in_a_table_hides_its_bars() -> None:
    assert code("P(y | x)", table=True) == r"`P(y \| x)`"
    assert code("P(y | x)") == "`P(y | x)`"


@pytest.mark.parametrize(("words", "wanted"), [("a`b", "``a`b``"), ("`a", "`` `a ``"), ("a``b", "```a``b```")])
def test_code_is_fenced_by_more_ticks_than_it_holds(words: str, wanted: str) -> None:
    assert code(words) == wanted


@given(st.text())
def test_no_words_open_a_tag_a_link_or_a_line(words: str) -> None:
    found = escape(words)
    assert "<" not in found
    assert "\n" not in found
    bare = found.replace("\\\\", "")
    for mark in "`*_[]|~":
        assert bare.count(mark) == bare.count(f"\\{mark}")
