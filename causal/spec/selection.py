"""What made cases known: what has to hold of a case for it to be in a table at all.

    selected: [{x: "0"}, {y: "1"}]     alternatives   a case was known if x was 0, or if y was 1; they may overlap
    x = 0; x = 1 and y = 1             pieces         the same, and no case is in two
    x = 1 and y = 0                    rest           the cases that never reached the table

One variable after another is split into groups of states that leave the same to be asked of the others, so there are as
few pieces as the order of the variables allows. A piece names only the variables that matter in it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from causal.errors import TooLarge
from causal.spec.model import frozen

MOST = 256  # pieces of a selection, or of its rest: each a probability on the tape, for every row that leaves it open

type Box = Mapping[str, tuple[str, ...]]  # states of some variables; the others may be anything


@dataclass(frozen=True, slots=True)
class Selection:
    """Alternatives as written, and as pieces of which no two overlap; ``path``, ``line``, ``column``: where it stands.

    ``where`` is its place within the file.
    """

    alternatives: tuple[Box, ...]
    pieces: tuple[Box, ...]
    rest: tuple[Box, ...]
    path: str = ""
    line: int = 0
    column: int = 0
    where: str = ""

    def __str__(self) -> str:
        """Return the alternatives in words.

        >>> states = {"x": ("0", "1"), "y": ("0", "1", "2")}
        >>> boxes = ({"x": ("0",), "y": ("0",)}, {"x": ("1",), "y": ("1", "2")})
        >>> print(Selection(boxes, *parted(boxes, states)))
        x = 0 and y = 0, or x = 1 and y in {1, 2}
        """
        return ", or ".join(" and ".join(_event(*each) for each in box.items()) for box in self.alternatives)

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables that it names."""
        return tuple(dict.fromkeys(name for box in self.alternatives for name in box))

    def within(self, possible: Mapping[str, Collection[str]]) -> tuple[Box, ...]:
        """Return what the pieces leave of cases whose variables have only certain ``possible`` states."""
        found = []
        for piece in self.pieces:
            left = {
                name: tuple(state for state in states if name not in possible or state in possible[name])
                for name, states in piece.items()
            }
            if all(left.values()):
                found.append(frozen(left))
        return tuple(found)


def parted(
    alternatives: Sequence[Box], states: Mapping[str, tuple[str, ...]]
) -> tuple[tuple[Box, ...], tuple[Box, ...]]:
    """Return pieces of which no two overlap: of what is in any alternative, and of what is in none.

    ``states`` are all states of each variable. Raises TooLarge beyond ``MOST``.

    >>> inside, outside = parted([{"x": ("0",)}, {"y": ("1",)}], {"x": ("0", "1"), "y": ("0", "1")})
    >>> [dict(each) for each in inside], [dict(each) for each in outside]
    ([{'x': ('0',)}, {'x': ('1',), 'y': ('1',)}], [{'x': ('1',), 'y': ('0',)}])
    """
    names = tuple(dict.fromkeys(name for box in alternatives for name in box))
    halves = _Parting(alternatives, states, names).halves(0, frozenset(range(len(alternatives))))
    return tuple(map(frozen, halves[0])), tuple(map(frozen, halves[1]))


type _Halves = tuple[list[dict[str, tuple[str, ...]]], list[dict[str, tuple[str, ...]]]]


class _Parting:
    """One selection being parted; what some alternatives come to, from a variable on, is reckoned once."""

    def __init__(self, boxes: Sequence[Box], states: Mapping[str, tuple[str, ...]], names: tuple[str, ...]) -> None:
        self.boxes, self.states, self.names = boxes, states, names
        self.done: dict[tuple[int, frozenset[int]], _Halves] = {}

    def halves(self, depth: int, alive: frozenset[int]) -> _Halves:
        """Return pieces, by the variables from ``depth`` on, in any of the alternatives ``alive``, and in none."""
        if not alive:
            return [], [{}]
        if any(self.boxes[at].keys().isdisjoint(self.names[depth:]) for at in alive):
            return [{}], []
        if (depth, alive) not in self.done:
            self.done[depth, alive] = found = self._split(depth, alive)
            if max(len(self.done), len(found[0]), len(found[1])) > MOST:
                raise TooLarge(f"these alternatives fall into more than {MOST} pieces that do not overlap")
        return self.done[depth, alive]

    def _split(self, depth: int, alive: frozenset[int]) -> _Halves:
        """Split by the variable at ``depth``: states are together where they leave the same of the others."""
        name = self.names[depth]
        every, groups = self.states[name], list[tuple[list[str], _Halves]]()
        for state in every:
            open_ = frozenset(at for at in alive if state in self.boxes[at].get(name, every))
            after = self.halves(depth + 1, open_)
            together = next((states for states, other in groups if other == after), None)
            if together is None:
                groups.append(([state], after))
            else:
                together.append(state)
        if len(groups) == 1:
            return groups[0][1]
        inside, outside = (
            [{name: tuple(states), **piece} for states, after in groups for piece in after[half]] for half in (0, 1)
        )
        return inside, outside


def _event(name: str, states: tuple[str, ...]) -> str:
    return f"{name} = {states[0]}" if len(states) == 1 else f"{name} in {{{', '.join(states)}}}"
