"""What kind of number a question asks for."""

from __future__ import annotations

import math

import pytest

from causal.spec.grammar import parse_about
from causal.spec.question import Comparison, Effect, TypesOf
from causal.spec.reach import ends_of, kind_of


@pytest.mark.parametrize(
    ("text", "kind", "ends"),
    [
        ("P(y = a)", "a probability", (0, 1)),
        ("P(x = b causes y = a)", "a probability", (0, 1)),
        ("PN(x = b -> y = a)", "a probability", (0, 1)),
        ("1 - P(y = a)", "a probability", (0, 1)),
        ("P(y = a) * P(x = b)", "a probability", (0, 1)),
        ("ATE(x = b -> y = a)", "a difference", (-1, 1)),
        ("P(y = a) - P(x = b)", "a difference", (-1, 1)),
        ("P(y = a) - 0.25", "a difference", (-0.25, 0.75)),
        ("2 * P(y = a)", "a difference", (0, 2)),
        ("P(y = a) / P(x = b)", "a quotient", (0, math.inf)),
        ("P(y = a) / (P(x = b) - P(x = c))", "a quotient", (-math.inf, math.inf)),
        ("1 - P(y = a) / P(x = b)", "a share", (-math.inf, 1)),
        ("0.25 + 0.5", "a fixed number", (0.75, 0.75)),
        ("P(y)", "a whole distribution", (0, 1)),
    ],
)
def test_kinds_and_ends_of_sums(text: str, kind: str, ends: tuple[float, float]) -> None:
    question = parse_about(text)
    assert not isinstance(question, Comparison | Effect | TypesOf)
    assert (kind_of(question), ends_of(question)) == (kind, ends)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("P(y = a) > P(x = b)", "a comparison"),
        ("effect(x = b -> y = a)", "an effect"),
        ("types(y)", "response types"),
        ("P(y | x = b)", "a whole distribution"),
    ],
)
def test_kinds_of_what_is_no_sum(text: str, kind: str) -> None:
    assert kind_of(parse_about(text)) == kind
