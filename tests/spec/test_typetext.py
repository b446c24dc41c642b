"""How a response type is written and read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from causal.spec.typetext import read_type, type_text, type_values


@pytest.mark.parametrize("text", ["0101", "0 1 0 1", "0, 1, 0, 1", '"0" "1" 0 1'])
def test_a_type_may_be_written_closely_or_spaced(text: str) -> None:
    assert read_type(text, ("0", "1"), 4) == "0101"


@pytest.mark.parametrize("text", ["no yes", '"no", yes'])
def test_longer_states_are_spaced(text: str) -> None:
    assert read_type(text, ("no", "yes"), 2) == "no yes"


def test_without_parents_each_state_is_a_type() -> None:
    assert type_values("yes", ("no", "yes"), 1) == ("yes",)


def test_what_is_no_type_is_refused() -> None:
    with pytest.raises(ValueError, match="has the state 'ye', which there is not \\(did you mean 'yes'"):
        read_type("no ye", ("no", "yes"), 2)
    with pytest.raises(ValueError, match="says 3 of the child's states; it needs one for each of the 2"):
        read_type("no yes no", ("no", "yes"), 2)


LETTERS = st.text("ab01 ,\"'\\\nä", min_size=1, max_size=3) | st.text(min_size=1, max_size=6)
NAMES = st.lists(LETTERS, min_size=2, max_size=4, unique=True)


@given(
    NAMES.flatmap(lambda states: st.tuples(st.just(states), st.lists(st.sampled_from(states), min_size=2, max_size=8)))
)
def test_the_canonical_text_reads_back(case: tuple[list[str], list[str]]) -> None:
    states, values = case
    assert type_values(type_text(values), states, len(values)) == tuple(values)
