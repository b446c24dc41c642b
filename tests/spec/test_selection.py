"""What made cases known, in pieces: held to every joint state, one by one."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from causal.errors import TooLarge
from causal.spec.selection import MOST, Box, Selection, parted


def holds(box: Box, case: dict[str, str]) -> bool:
    return all(case[name] in states for name, states in box.items())


@pytest.mark.parametrize("seed", range(12))
def test_every_case_is_in_one_piece_or_in_one_of_the_rest(seed: int) -> None:
    rng = np.random.default_rng(seed)
    states = {name: tuple("abcd"[:count]) for name, count in zip("xyzw", (2, 3, 4, 2), strict=True)}
    boxes = []
    for _ in range(rng.integers(1, 6)):
        names = rng.permutation(list(states))[: rng.integers(1, 5)]
        boxes.append(
            {str(n): tuple(rng.permutation(states[n])[: rng.integers(1, len(states[n]) + 1)].tolist()) for n in names}
        )
    inside, outside = parted(boxes, states)
    for values in product(*states.values()):
        case = dict(zip(states, values, strict=True))
        wanted = any(holds(box, case) for box in boxes)
        assert sum(holds(piece, case) for piece in inside) == wanted
        assert sum(holds(piece, case) for piece in outside) == (not wanted)


def test_states_that_leave_the_same_of_the_others_stand_together() -> None:
    states = {"x": ("a", "b", "c"), "y": ("0", "1")}
    inside, outside = parted([{"x": ("a",), "y": ("0",)}, {"x": ("c",), "y": ("0", "1")}, {"x": ("b",), "y": ("0",)}],
                             states)  # fmt: skip
    assert [dict(each) for each in inside] == [{"x": ("a", "b"), "y": ("0",)}, {"x": ("c",)}]
    assert [dict(each) for each in outside] == [{"x": ("a", "b"), "y": ("1",)}]


def test_what_is_left_of_the_pieces_where_some_states_are_known() -> None:
    states = dict.fromkeys("xy", ("0", "1"))
    boxes = ({"x": ("0",), "y": ("0",)}, {"x": ("1",), "y": ("1",)})
    selection = Selection(boxes, *parted(boxes, states))
    assert [dict(each) for each in selection.within({"x": ("0",)})] == [{"x": ("0",), "y": ("0",)}]
    assert selection.within({"x": ("0",), "y": ("1",)}) == ()
    assert len(selection.within({"z": ("1",)})) == 2


def test_too_many_pieces_are_refused_before_they_are_made() -> None:
    """Of n pairs one has to agree: 2^n joint states of the first of each, all different."""
    names = [f"{letter}{number}" for letter in "ab" for number in range(30)]
    states = dict.fromkeys(names, ("0", "1"))
    boxes = [{f"a{number}": ("1",), f"b{number}": ("1",)} for number in range(30)]
    start = [dict.fromkeys(names[:30], ("1",))]  # names them first, so that no pair stands together
    with pytest.raises(TooLarge, match=f"more than {MOST} pieces"):
        parted(start + boxes, states)
