"""What each kind of saying comes to, and what is refused with words that help."""

from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from causal.elicit.stated import DIFFERENCE, EDGE, PROBABILITY, QUOTIENT, SAYS, THREE, Stated, stated, within
from causal.errors import ElicitationError
from causal.spec.priors import (
    Abstain,
    Chips,
    Counted,
    DirichletSays,
    Exactly,
    Interval,
    Odds,
    Order,
    Phrase,
    Quantiles,
    Ratio,
    Sign,
)

CHIPS = Chips(tuple(i / 10 for i in range(11)), (0, 2, 5, 6, 4, 2, 1, 0, 0, 0))


def test_every_kind_that_states_a_value_is_read() -> None:
    assert set(SAYS) == {Exactly, Quantiles, Interval, Phrase, Chips, Counted, Odds, Ratio}


def test_an_exact_value_stays_exact() -> None:
    said = stated(Exactly(0.3))
    assert said == Stated(exact=0.3)
    assert said.median == 0.3


def test_quantiles_a_phrase_and_a_ratio_are_taken_as_they_are() -> None:
    quantiles = Quantiles((0.25, 0.5, 0.75), (0.2, 0.3, 0.4))
    for said in (stated(quantiles), stated(Phrase("a long shot", "ours", quantiles))):
        assert (said.levels, said.values) == ((0.25, 0.5, 0.75), (0.2, 0.3, 0.4))
    twice = Ratio(Quantiles(THREE, (1.5, 2.0, 4.0)))
    assert stated(twice, QUOTIENT).median == 2.0


@pytest.mark.parametrize(
    ("to", "ends"), [(0.8, (0.0333333, 0.6333333)), (0.9, (0.0, 0.675)), (1.0, (-0.0333333, 0.7166667))]
)
def test_an_interval_is_stretched_as_in_the_idea_protocol(to: float, ends: tuple[float, float]) -> None:
    """Lower .1, best .3, upper .55 at 60 %: Hemming et al. (2018), as elicitr rescales it.

    We always stretch to 90 %; a stretch to C is had by stating a confidence of .9 * .6 / C.
    """
    said = stated(Interval(0.1, 0.3, 0.55, 0.6 * 0.9 / to), DIFFERENCE)
    assert said.levels == THREE
    assert said.values == pytest.approx((ends[0], 0.3, ends[1]), abs=1e-6)
    assert said.notes == ()


def test_an_interval_past_what_is_possible_is_cut_and_says_so() -> None:
    said = stated(Interval(0.1, 0.3, 0.55, 0.6))
    assert said.values == pytest.approx((EDGE, 0.3, 0.675))
    (note,) = said.notes
    assert note.startswith("from 60% to 90% confidence the interval becomes 0 to 0.675")
    assert note.endswith("cut to 0.001 to 0.675")


def test_an_interval_of_a_difference_may_be_negative() -> None:
    assert stated(Interval(-0.2, 0.1, 0.4, 0.9), DIFFERENCE).values == pytest.approx((-0.2, 0.1, 0.4))


def test_a_cut_never_passes_a_value_inside() -> None:
    assert within((-0.1, 0.0004, 0.5), PROBABILITY) == (0.0002, 0.0004, 0.5)
    assert within((-0.1, 0.5, 7.0), QUOTIENT) == (EDGE, 0.5, 7.0)


def test_chips_are_summed_up_to_the_inner_edges() -> None:
    said = stated(CHIPS)
    assert said.levels == pytest.approx((0.1, 0.35, 0.65, 0.85, 0.95))
    assert said.values == (0.2, 0.3, 0.4, 0.5, 0.6)


@pytest.mark.parametrize(("relevance", "counts"), [(1.0, (3.5, 8.5)), (0.3, (1.4, 2.9))])
def test_cases_are_counted_on_a_jeffreys_start(relevance: float, counts: tuple[float, float]) -> None:
    """3 of 11 cases: the power prior Beta(1/2 + d x, 1/2 + d (n - x))."""
    assert stated(Counted(3, 11, relevance)).counts == pytest.approx(counts)


def test_odds_become_probabilities() -> None:
    said = stated(Odds(2.0, 3.0, 5.0))
    assert said.values == pytest.approx((2 / 3, 3 / 4, 5 / 6))
    assert stated(Odds(3.0, 3.0, 3.0)) == Stated((0.5,), (0.75,))


@pytest.mark.parametrize(
    ("says", "kind"),
    [
        (Order(0.8), "order"),
        (Sign("-", 0.8), "sign"),
        (DirichletSays(named="flat"), "dirichlet"),
        (Abstain(), "abstain"),
    ],
)
def test_what_states_no_value_is_refused_by_its_name(says: Order | Sign | DirichletSays | Abstain, kind: str) -> None:
    with pytest.raises(ElicitationError, match=f"'{kind}' states no value; write one of: exactly, quantiles"):
        stated(says)


BAD = {
    "exactly 1.2": (Exactly(1.2), "1.2 is not within 0 to 1"),
    "a whole distribution": (Exactly(by_state=MappingProxyType({"dry": 0.4, "wet": 0.6})), "whole distribution"),
    "quantiles out of order": (Quantiles(THREE, (0.3, 0.2, 0.4)), "values of quantiles have to rise: 0.3, 0.2, 0.4"),
    "levels out of order": (Quantiles((0.5, 0.05), (0.3, 0.4)), "levels of quantiles have to rise"),
    "level of 100 %": (Quantiles((0.5, 1.0), (0.3, 0.4)), "between 0 and 100 %, not at 50 %, 100 %"),
    "not a number": (Quantiles((0.5,), (float("nan"),)), "not within 0 to 1"),
    "no quantile": (Quantiles((), ()), "a judgement is quantiles, one exact value or counts"),
    "best above high": (Interval(0.1, 0.6, 0.5, 0.8), "low, best and high have to rise: 0.1, 0.6, 0.5"),
    "no width": (Interval(0.3, 0.3, 0.3, 0.8), "without doubt is 'exactly'"),
    "confidence of a coin": (Interval(0.1, 0.3, 0.5, 0.5), "confidence 0.5"),
    "an edge too few": (Chips((0.0, 1.0), (1, 2)), "one edge more than bins"),
    "no chip": (Chips((0.0, 0.5, 1.0), (0, 0)), "at least one chip"),
    "edges out of order": (Chips((0.0, 0.5, 0.4), (1, 2)), "edges of the bins have to rise"),
    "one bin": (Chips((0.0, 0.5, 1.0), (5, 0)), "make the bins finer"),
    "more than all cases": (Counted(4, 3), "x lies between 0 and the number of cases"),
    "negative relevance": (Counted(1, 3, -1.0), "relevance at or above 0"),
    "odds out of order": (Odds(3.0, 2.0, 5.0), "odds have to rise from 0: 3, 2, 5"),
}


@pytest.mark.parametrize("sin", BAD)
def test_impossible_sayings_are_refused(sin: str) -> None:
    says, message = BAD[sin]
    with pytest.raises(ElicitationError, match=message):
        stated(says)


@pytest.mark.parametrize("says", [Counted(1, 3), Odds(1.0, 2.0, 3.0)], ids=["cases", "odds"])
def test_cases_and_odds_are_about_probabilities(says: Counted | Odds) -> None:
    with pytest.raises(ElicitationError, match="tell about one probability"):
        stated(says, QUOTIENT)


def test_counts_have_to_be_positive() -> None:
    with pytest.raises(ElicitationError, match="both counts have to be above 0"):
        Stated(counts=(1.0, 0.0))


def test_one_thing_is_stated_at_a_time() -> None:
    with pytest.raises(ElicitationError, match="a judgement is quantiles, one exact value or counts"):
        Stated(levels=(0.5,), values=(0.3,), exact=0.3)


@given(st.lists(st.decimals(0, 1, places=3), min_size=1, max_size=5, unique=True))
@settings(deadline=None)
def test_the_complement_of_the_complement_is_the_judgement(values: list[object]) -> None:
    numbers = tuple(sorted(float(str(value)) for value in values))
    said = Stated(tuple((i + 1) / 10 for i in range(len(numbers))), numbers, notes=("as read",))
    turned = said.complement()
    assert turned.complement() == said
    assert turned.values == pytest.approx(tuple(1 - value for value in reversed(numbers)))
    assert turned.levels == pytest.approx(tuple(1 - level for level in reversed(said.levels)))


def test_exact_values_counts_and_supports_are_turned_round_too() -> None:
    assert Stated(exact=0.3).complement().exact == 0.7
    assert Stated(counts=(3.5, 8.5)).complement().counts == (8.5, 3.5)
    drop = Stated((0.5,), (0.25,), support=(-float("inf"), 1.0)).complement()
    assert (drop.values, drop.support) == ((0.75,), QUOTIENT)


def test_without_a_middle_there_is_no_median() -> None:
    assert Stated((0.1, 0.9), (0.2, 0.3)).median is None


def test_the_median_of_counts_is_that_of_their_beta() -> None:
    assert Stated(counts=(1.0, 1.0)).median == pytest.approx(0.5)
    assert Stated(counts=(1.0, 3.0)).median == pytest.approx(1 - 0.5 ** (1 / 3))  # its cdf is 1 - (1 - x)^3
