"""Questions as values: what cannot be built, and how names and numbers are written."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from causal.spec.question import (
    RESERVED,
    Assign,
    Event,
    Number,
    Only,
    Probability,
    Quantity,
    Setting,
    Soft,
    name_text,
    number_text,
)


@pytest.mark.parametrize(
    ("build", "says"),
    [
        (lambda: Setting(()), "sets at least one variable"),
        (lambda: Event("y", "="), "states if and only if"),
        (lambda: Event("y", None, ("a",)), "states if and only if"),
        (lambda: Event("y", "<", ("a", "b")), "compares with one state"),
        (lambda: Only(()), "at least one cause"),
        (lambda: Soft("y", ()), "likelihoods"),
        (lambda: Soft("y", (("a", 0.0),)), "likelihoods"),
        (lambda: Soft("y", (("a", 1.0), ("b", -0.1))), "likelihoods"),
        (lambda: Soft("y", (("a", math.nan),)), "likelihoods"),
        (lambda: Probability(()), "at least one event"),
        (lambda: Probability((Event("y"), Event("z"))), "asked alone"),
        (lambda: Quantity("PNX", Setting((Assign("x", "s"),)), Event("y", "=", ("t",))), "no quantity 'PNX'"),
        (lambda: Number(-0.1), "finite and not negative"),
        (lambda: Number(math.inf), "finite and not negative"),
        (lambda: Number(math.nan), "finite and not negative"),
    ],
)
def test_refuses_values_that_say_nothing(build: Callable[[], object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        build()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("rain", "rain"),
        ("1919", "1919"),
        ("год_2", "год_2"),
        ("2nd", '"2nd"'),
        ("a b", '"a b"'),
        ("", '""'),
        ('a"b', '"a\\"b"'),
        ("a\\", '"a\\\\"'),
        ("None", "None"),
    ],
)
def test_quotes_names_only_where_it_must(name: str, text: str) -> None:
    assert name_text(name) == text


@pytest.mark.parametrize("word", sorted(RESERVED))
def test_quotes_words_of_the_language(word: str) -> None:
    assert name_text(word) == f'"{word}"'


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (0.25, "0.25"),
        (1e-7, "1e-07"),
        (1e15, "1000000000000000.0"),
        (1e20, "1e+20"),
    ],
)
def test_writes_numbers_that_read_back(value: float, text: str) -> None:
    assert number_text(value) == text
    assert float(text) == value
