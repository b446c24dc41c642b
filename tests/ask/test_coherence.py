"""Parts against their whole, and circles of orders, on judgements whose sums can be done by hand."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from causal.ask.coherence import Circle, circles, partitions
from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.learn.elicited import Elicited
from causal.learn.reading import elicit
from causal.spec.model import Model
from causal.spec.modelfile import parse_model
from causal.spec.priorfile import parse_priors

MODEL = """
model: sky
variables:
  season: {states: [dry, rainy]}
  rain: {states: [clear, some, heavy], parents: [season]}
outcome: rain = heavy
"""


def test_parts_that_leave_no_state_are_added_up_and_left_as_they_are() -> None:
    found = partitions(_read(("a", "clear", "0.4"), ("a", "some", "0.5"), ("a", "heavy", "0.3")))
    assert len(found) == 1
    assert found[0].complete
    assert found[0].total == pytest.approx(1.2)
    assert found[0].excess == pytest.approx(0.2)
    assert found[0].at_odds


def test_two_experts_who_share_the_states_between_them_make_no_partition() -> None:
    assert partitions(_read(("a", "clear", "0.4"), ("a", "some", "0.5"), ("b", "heavy", "0.3"))) == ()


def test_parts_that_add_up_are_told_and_not_at_odds() -> None:
    found = partitions(_read(("a", "clear", "0.4"), ("a", "some", "0.4"), ("a", "heavy", "0.2")))
    assert [each.at_odds for each in found] == [False]


def test_parts_beside_what_was_said_of_all_of_them_together() -> None:
    found = partitions(_read(("a", "!=clear", "0.5"), ("a", "some", "0.3"), ("a", "heavy", "0.35")))
    unpacked = next(each for each in found if each.whole.question)
    assert unpacked.whole.median == pytest.approx(0.5)
    assert unpacked.excess == pytest.approx(0.15)
    assert unpacked.at_odds


def test_some_parts_are_told_only_above_one() -> None:
    assert partitions(_read(("a", "clear", "0.4"), ("a", "some", "0.5"))) == ()
    assert [each.excess for each in partitions(_read(("a", "clear", "0.7"), ("a", "some", "0.6")))] == pytest.approx(
        [0.3]
    )


def _read(*rows: tuple[str, str, str]) -> Elicited:
    model = parse_model(MODEL, "sky.yaml")
    lines = []
    for by, event, says in rows:
        op, state = ("!=", event[2:]) if event.startswith("!=") else ("=", event)
        lines.append(f'  - {{about: "P(rain {op} {state} | season = rainy)", by: {by}, says: {says}}}')
    return _parsed(model, lines)


def _orders(*rows: tuple[str, str, float]) -> Elicited:
    model = parse_model(MODEL, "sky.yaml")
    lines = [f'  - {{about: "P(rain = {a}) > P(rain = {b})", by: a, says: {{order: {p}}}}}' for a, b, p in rows]
    return _parsed(model, lines)


def _parsed(model: Model, lines: list[str]) -> Elicited:
    text = "priors: p\nmodel: sky\nexperts: {a: {}, b: {}}\njudgements:\n" + "\n".join(lines) + "\n"
    return elicit(Writer(Network.of(model)), parse_priors(text, "p.yaml", model))


def test_a_circle_of_orders_held_too_surely_is_found_once() -> None:
    found = circles(_orders(("clear", "some", 0.9), ("some", "heavy", 0.9), ("heavy", "clear", 0.9)))
    assert len(found) == 1
    assert found[0].excess == pytest.approx(0.7)


def test_a_circle_that_can_be_is_none() -> None:
    assert circles(_orders(("clear", "some", 0.6), ("some", "heavy", 0.6), ("heavy", "clear", 0.6))) == ()


def test_what_denies_an_order_closes_a_circle_too() -> None:
    """Certain that a > b and b > c, somebody cannot doubt that a > c."""
    found = circles(_orders(("clear", "some", 0.95), ("some", "heavy", 0.95), ("clear", "heavy", 0.3)))
    assert [each.excess for each in found] == pytest.approx([0.6])


@given(st.lists(st.floats(0.01, 1.0), min_size=6, max_size=6))
def test_no_distribution_over_the_orders_of_three_breaks_the_bound(weights: list[float]) -> None:
    """Independent of the code: weigh the six rankings of three numbers, and read the probabilities off them."""
    rankings = list(permutations("abc"))
    shares = np.array(weights) / sum(weights)
    sure = {
        (x, y): sum(w for w, order in zip(shares, rankings, strict=True) if order.index(x) < order.index(y))
        for x, y in product("abc", repeat=2)
        if x != y
    }
    circle = Circle("e", (("", sure[("a", "b")]), ("", sure[("b", "c")]), ("", sure[("c", "a")])))
    assert circle.excess <= 1e-12
    assert not circle.at_odds
