"""Numbers as words: digits, intervals and words that say no more than the number does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from causal.ask.answer import Estimate
from causal.spec.scales import TERMS
from causal.tell.document import plain
from causal.tell.number import FINE, Number
from causal.tell.wording import difference, interval, likelihood, news, probability, quantity, said, shown


def number(mean: float, lower: float, upper: float, mcse: float = 0.002) -> Number:
    return Number.of(Estimate(mean, mean, lower, upper, mcse, 1000.0))


@pytest.mark.parametrize(
    ("value", "decimals", "wanted"),
    [
        (0.0, 2, "0"),
        (1.0 + 2e-16, 2, "1"),
        (-1e-17, 2, "0"),
        (0.0049, 2, "<0.01"),
        (0.0051, 2, "0.01"),
        (0.0049, 3, "0.005"),
        (0.9951, 2, ">0.99"),
        (0.9949, 2, "0.99"),
        (0.5, 3, "0.500"),
    ],
)
def test_a_probability_is_never_said_to_be_sure_by_rounding(value: float, decimals: int, wanted: str) -> None:
    assert probability(value, decimals) == wanted


@given(st.floats(0.0, 1.0), st.sampled_from([2, 3]))
def test_a_probability_is_printed_within_half_a_digit(value: float, decimals: int) -> None:
    text = probability(value, decimals)
    edge = float(text.lstrip("<>"))
    if text.startswith("<"):
        assert 0.0 < value < edge
    elif text.startswith(">"):
        assert edge < value < 1.0
    else:
        assert abs(edge - value) <= 0.5 * 10**-decimals + 1e-9


@pytest.mark.parametrize(("value", "wanted"), [(0.0, "0.00"), (-0.004, "0.00"), (-0.006, "−0.01"), (0.2449, "+0.24")])
def test_a_difference_carries_its_sign_unless_it_vanishes(value: float, wanted: str) -> None:
    assert difference(value) == wanted


def test_what_was_stated_keeps_three_decimals() -> None:
    assert [quantity(value) for value in (0.0, 0.5, 0.125, 0.9999, 12.5)] == [
        "0.00",
        "0.50",
        "0.125",
        ">0.999",
        "12.50",
    ]


def test_a_third_decimal_needs_a_small_monte_carlo_error() -> None:
    assert number(0.5, 0.4, 0.6, FINE).decimals == 2
    assert number(0.5, 0.4, 0.6, 0.9 * FINE).decimals == 3


def test_number_interval_and_word_stand_in_the_running_text() -> None:
    assert plain(said(number(0.83, 0.65, 0.93))) == "0.83 [0.65, 0.93], very likely"


def test_near_the_ends_a_sentence_says_per_cent_and_no_word() -> None:
    assert plain(said(number(0.004, 0.0, 0.02))) == "below 1 % [0, 0.02]"
    assert plain(said(number(0.994, 0.97, 0.9999))) == "above 99 % [0.97, >0.99]"


def test_the_word_is_that_of_the_number_as_printed() -> None:
    assert likelihood(number(0.7996, 0.7, 0.9)) == "very likely"
    assert likelihood(number(0.7996, 0.79, 0.81, 0.0001)) == "very likely"
    assert likelihood(number(0.7994, 0.79, 0.81, 0.0001)) == "likely"


@given(st.floats(0.0, 1.0))
def test_every_probability_has_a_word(value: float) -> None:
    known = {term.words[0] for term in TERMS["icd203"]} | {"less than 1 in 100", "more than 99 in 100"}
    assert likelihood(number(value, 0.0, 1.0)) in known


def test_no_width_is_no_interval() -> None:
    assert interval(number(0.5, 0.5, 0.5)) == ""
    assert shown(number(0.5, 0.5, 0.5))[1] == shown(Number(0.5))[1]


def test_what_is_withheld_says_so() -> None:
    assert plain(shown(Number())[0]) == "withheld"
    assert plain(said(Number())) == "withheld"
    assert likelihood(Number()) == ""
    assert plain(shown(None)[0]) == "–"


def test_case_level_is_said_where_there_is_one() -> None:
    assert news(Number(0.5, news=0.61)) == "as news 0.61"
    assert news(Number(0.5)) == ""


def test_what_is_no_number_becomes_none() -> None:
    found = Number.of(Estimate(float("nan"), None, None, float("inf"), float("nan"), 1.0))
    assert (found.mean, found.upper, found.mcse) == (None, None, None)
