"""Walking a question: every value inside it is met once, in the order written."""

from __future__ import annotations

import pytest

from causal.spec.grammar import parse_about
from causal.spec.walk import names, walk


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("types(y)", "TypesOf"),
        ("P(a = b causes y = t)", "Causes Assign Event"),
        ("1 - P(y = t) > 2", "Comparison Arithmetic Number Probability Event Number"),
        ("PN(@i, x = s -> y = t | record)", "Quantity Setting Named Assign Event Record"),
        ("effect(x = s -> y = t | chance, none)", "Effect Setting Assign Event Chance NoCause"),
        ("P(y[m = m[x = s], x = t] = a)", "Probability Event Setting Follow Setting Assign Assign"),
        ("P(y | history, row r, x ~ {a: 1}, do(@i))", "Probability Event History Row Soft Do Setting Named"),
        ("P(y | only a = b)", "Probability Event Only Assign"),
        ("P(y | all but (a = b, c = d))", "Probability Event All Assign Assign"),
        ("P(y | baseline but a = b)", "Probability Event Baseline Assign"),
    ],
)
def test_meets_everything_in_order(text: str, met: str) -> None:
    assert " ".join(type(node).__name__ for node in walk(parse_about(text))) == met


def test_names_variables_with_their_states_in_order() -> None:
    text = "P(y[m = n[x = s], @i] in {a, b} | w ~ {c: 1, d: 2}, row r, do(v = e)) - P(y != a)"
    assert list(names(parse_about(text))) == [
        ("y", ("a", "b")),
        ("m", ()),
        ("n", ()),
        ("x", ("s",)),
        ("w", ("c", "d")),
        ("v", ("e",)),
        ("y", ("a",)),
    ]
    assert list(names(parse_about("types(y)"))) == [("y", ())]
    assert list(names(parse_about("P(y)"))) == [("y", ())]
