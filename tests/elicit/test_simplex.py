"""Rows of several states: the sticks of a Dirichlet, and a Dirichlet from marginals."""

from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from causal.elicit.belief import Beta
from causal.elicit.simplex import concentrations, dirichlet, exact_sticks, flat, jeffreys, least, sticks
from causal.elicit.squares import nearest_beta
from causal.errors import ElicitationError
from causal.spec.priors import DirichletSays

STATES = ("clear", "some", "heavy")


def test_shelfs_dirichlet_comes_back_from_its_own_quartiles() -> None:
    """Dirichlet(20, 10, 5) from the quartiles of its marginals: SHELF 1.13, its own test; and the 10 % quantiles."""
    levels = np.array([0.25, 0.5, 0.75])
    alpha = dict(zip(STATES, (20.0, 10.0, 5.0), strict=True))
    marginals = {}
    for state, a in alpha.items():
        truth = Beta(a, 35.0 - a)
        marginals[state] = nearest_beta(truth.quantile(levels), levels, Beta(1.0, 1.0))
    found = dirichlet(marginals)
    assert dict(found) == pytest.approx(alpha, rel=1e-3)
    tenth = [float(Beta(a, sum(found.values()) - a).quantile(0.1)) for a in found.values()]
    assert tenth == pytest.approx([0.46386, 0.19142, 0.073298], abs=1e-3)


def test_incoherent_marginals_are_brought_to_a_sum_of_one() -> None:
    marginals = {"clear": Beta(6.0, 4.0), "some": Beta(3.0, 7.0), "heavy": Beta(8.0, 32.0)}
    found = dirichlet(marginals)
    total = sum(found.values())
    assert [alpha / total for alpha in found.values()] == pytest.approx([0.6 / 1.1, 0.3 / 1.1, 0.2 / 1.1])
    assert least(marginals) == 10.0 < total < 40.0
    assert sum(dirichlet(marginals, least(marginals)).values()) == pytest.approx(10.0)


def test_the_concentration_reproduces_the_standard_deviations_best() -> None:
    marginals = {"clear": Beta(6.0, 4.0), "some": Beta(3.0, 17.0), "heavy": Beta(10.0, 30.0)}

    def distance(size: float) -> float:
        return sum((beta.sd - np.sqrt(beta.mean * (1 - beta.mean) / (size + 1))) ** 2 for beta in marginals.values())

    best = sum(dirichlet(marginals).values())
    assert distance(best) < min(distance(best * 0.98), distance(best * 1.02))


@given(st.permutations(STATES), st.tuples(*[st.floats(0.3, 20)] * 3))
@settings(deadline=None, max_examples=30)
def test_sticks_rebuild_the_moments_of_the_dirichlet(order: list[str], alpha: tuple[float, ...]) -> None:
    given_alpha = dict(zip(STATES, alpha, strict=True))
    left, left_square = 1.0, 1.0
    for state, stick in zip(order, sticks(given_alpha, order), strict=False):
        marginal = Beta(given_alpha[state], sum(alpha) - given_alpha[state])
        square = stick.sd**2 + stick.mean**2
        assert left * stick.mean == pytest.approx(marginal.mean)
        assert left_square * square == pytest.approx(marginal.sd**2 + marginal.mean**2)
        rest = stick.complement()
        left, left_square = left * rest.mean, left_square * (rest.sd**2 + rest.mean**2)


def test_two_states_break_one_stick() -> None:
    assert sticks({"dry": 2.0, "wet": 3.0}, ["wet", "dry"]) == (Beta(3.0, 2.0),)


def test_named_dirichlets_have_equal_concentrations() -> None:
    assert dict(flat(STATES)) == dict.fromkeys(STATES, 1.0) == dict(concentrations(DirichletSays(named="flat"), STATES))
    assert dict(jeffreys(STATES)) == dict.fromkeys(STATES, 0.5)
    assert dict(concentrations(DirichletSays(named="jeffreys"), STATES)) == dict.fromkeys(STATES, 0.5)


def test_concentrations_come_in_state_order() -> None:
    says = DirichletSays(MappingProxyType({"heavy": 1.0, "clear": 7.0, "some": 2.0}))
    assert list(concentrations(says, STATES).items()) == [("clear", 7.0), ("some", 2.0), ("heavy", 1.0)]


def test_an_exact_row_breaks_into_points() -> None:
    row = {"clear": 0.7, "some": 0.2, "heavy": 0.1}
    assert [stick.value for stick in exact_sticks(row, ["heavy", "clear", "some"])] == pytest.approx([0.1, 7 / 9])
    certain = exact_sticks({"clear": 1.0, "some": 0.0, "heavy": 0.0}, STATES)
    assert [stick.value for stick in certain] == [1.0, 0.0]


@pytest.mark.parametrize(
    ("says", "message"),
    [
        (DirichletSays(named="flatt"), r"no Dirichlet is called 'flatt' \(did you mean 'flat'\?\)"),
        (DirichletSays(MappingProxyType({"cleer": 1.0})), r"no state 'cleer' \(did you mean 'clear'\?\)"),
        (DirichletSays(MappingProxyType({"clear": 1.0, "some": 1.0})), "missing: heavy"),
        (DirichletSays(MappingProxyType({"clear": 1.0, "some": 0.0, "heavy": 1.0})), "concentration of some is 0"),
    ],
)
def test_impossible_concentrations_are_refused(says: DirichletSays, message: str) -> None:
    with pytest.raises(ElicitationError, match=message):
        concentrations(says, STATES)


@pytest.mark.parametrize("row", [(0.7, 0.2, 0.2), (1.1, -0.2, 0.1), (float("nan"), 0.5, 0.5)])
def test_an_exact_row_sums_to_one(row: tuple[float, ...]) -> None:
    with pytest.raises(ElicitationError, match="have to be at or above 0 and sum to 1"):
        exact_sticks(dict(zip(STATES, row, strict=True)), STATES)


def test_one_marginal_is_no_dirichlet() -> None:
    with pytest.raises(ElicitationError, match="two states at least"):
        dirichlet({"clear": Beta(1.0, 1.0)})
