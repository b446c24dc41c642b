"""A variable as a box: its label, when it happened, and a bar for each state as long as the state is probable.

┌──────────[die]──[do]─┐    die    luck: no cause in the model, or marked so
│ Label, in up to three│    do     some named intervention sets it
│ lines                │    double border and the word: the outcome
│ 1918-11 to 1921-03   │
│▶ what happened   83 %│    the actual state: a triangle, bold, and a darker bar
│  what did not    17 %│
└──────────────────────┘
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from causal.spec.model import Model, Variable
from causal.tell.pictures.ink import FAINT, GREY, MIDDLE, PALE
from causal.tell.pictures.letters import clean, shorten, width, wrap
from causal.tell.pictures.scene import INK, WHITE, Box, Disc, Group, Item, Shape, Words

WIDE = 146.0
MARGIN = 6.0
LABEL, STATE, DATE, TAG = 10.5, 9.0, 8.0, 7.0  # sizes of letters
LINE, ROW, DATED = 12.5, 13.0, 10.0  # heights of lines
LINES = 4
SIGN = 10.0  # room before a state for the sign that it is the actual one
SECOND = 3.0  # how far the outcome's second border is from its first
SHARE = 36.0  # room after a bar for its number
EXACT = 1e-9


@dataclass(frozen=True, slots=True)
class Node:
    """All that a box says, and how tall that makes it; ``wide`` is the same for all."""

    variable: Variable
    label: tuple[str, ...]
    when: str
    shares: Mapping[str, float] | None
    outcome: bool
    set_by: tuple[str, ...]

    @property
    def height(self) -> float:
        """How tall the box is, in points."""
        dated = DATED if self.when else 0.0
        return MARGIN + LINE * len(self.label) + dated + 2.0 + ROW * len(self.variable.states) + 3.0

    @property
    def size(self) -> tuple[float, float]:
        """Width and height, with the second border of the outcome."""
        more = 2 * SECOND if self.outcome else 0.0
        return WIDE + more, self.height + more


def nodes(model: Model, shares: Mapping[str, Mapping[str, float]] | None) -> dict[str, Node]:
    """Return a box per variable; ``shares`` are probabilities of its states, left out where none are given."""
    set_by: dict[str, list[str]] = {}
    for name, intervention in model.interventions.items():
        for target in intervention.do:
            set_by.setdefault(target, []).append(intervention.title or name)
    found = {}
    for name, variable in model.variables.items():
        outcome = model.outcome is not None and model.outcome.variable == name
        when = str(variable.when).replace("/", " to ") if variable.when else ""
        found[name] = Node(
            variable, wrap(variable.title, WIDE - 2 * MARGIN, LABEL, LINES, bold=True) or (name,), when,
            None if shares is None else shares.get(name), outcome, tuple(set_by.get(name, ())),
        )  # fmt: skip
    return found


def spoken(name: str) -> str:
    """Return a state's name as it is read."""
    return clean(name.replace("_", " ")) or clean(name) or name


def percent(share: float) -> str:
    """Return a probability as whole per cent, never 0 or 100 where it is not.

    >>> percent(0.834), percent(0.001), percent(0.999), percent(1.0)
    ('83 %', '<1 %', '>99 %', '100 %')
    """
    if not math.isfinite(share):
        return "\N{EN DASH}"
    if EXACT < share < 0.005:
        return "<1 %"
    return ">99 %" if 0.995 <= share < 1.0 - EXACT else f"{100 * share:.0f} %"


def draw(node: Node, x: float, y: float) -> Group:
    """Draw a box around its centre; its badges come later, over the arrows."""
    left, top = x - WIDE / 2, y - node.height / 2
    items: list[Item] = []
    if node.outcome:
        items.append(Box(left - SECOND, top - SECOND, *node.size, WHITE, INK, 1.4))
    items.append(Box(left, top, WIDE, node.height, WHITE, INK, 1.2 if node.outcome else 0.8, radius(node)))
    at = top + MARGIN + LABEL - 2.0
    for line in node.label:
        items.append(Words(left + MARGIN, at, line, LABEL, bold=True))
        at += LINE
    if node.when:
        items.append(Words(left + MARGIN, at - 1.5, node.when, DATE, GREY))
        at += DATED
    at += 2.0 - LABEL + 2.0
    for state in node.variable.states:
        items += _state(node, state, left, at)
        at += ROW
    return Group(_told(node), tuple(items))


def radius(node: Node) -> float:
    """Return how round the corners of a box are: luck has round ones."""
    return 7.0 if node.variable.is_chance else 0.0


def _state(node: Node, state: str, left: float, at: float) -> Iterator[Item]:
    actual = state == node.variable.actual
    x, room = left + MARGIN, WIDE - 2 * MARGIN
    free = room - SIGN
    if node.shares is not None:
        share = node.shares.get(state, 0.0)
        room, free = room - SHARE, free - SHARE
        shown = percent(share)
        yield Box(x, at + 0.5, room, ROW - 1.5, WHITE, FAINT, 0.4)
        if share > EXACT:  # no bar for what is no number
            yield Box(x, at + 0.5, room * min(1.0, share), ROW - 1.5, MIDDLE if actual else PALE, thick=0.0)
        yield Words(left + WIDE - MARGIN, at + ROW - 3.2, shown, STATE, anchor="end", bold=actual)
        free += SHARE - width(shown, STATE, bold=actual) - 3.0
    if actual:
        yield from here(x + 2.5, at + ROW / 2 - 0.3)
    name = shorten(spoken(state), free, STATE, bold=actual)
    yield Words(x + SIGN, at + ROW - 3.2, name, STATE, bold=actual)


def here(x: float, y: float) -> tuple[Item, ...]:
    """Draw the triangle that points at what really happened."""
    return (Shape(((x, y - 3.2), (x + 5.0, y), (x, y + 3.2))),)


def badges(node: Node, x: float, y: float) -> tuple[Item, ...]:
    """Draw what a box is: on its upper border, at the ends, for arrows come in at the middle."""
    left, top = x - WIDE / 2, y - node.height / 2
    right = left + WIDE - 5.0
    items: list[Item] = []
    if node.set_by:
        right -= 18.0
        items += done(right, top)
    if node.variable.is_chance:
        right -= 12.0
        items += die(right, top)
    if node.outcome:
        items += tag("outcome", left + 4.0, top - SECOND)
    return tuple(items)


def done(x: float, y: float) -> tuple[Item, ...]:
    """Draw the mark of what a named intervention sets, from ``x`` to the right, on the height ``y``."""
    return tag("do", x, y)


def tag(text: str, x: float, y: float) -> tuple[Item, ...]:
    """Draw a word in white on black."""
    room = width(text, TAG, bold=True) + 6.0
    return (
        Box(x, y - 5.0, room, 10.0, INK, INK, 0.0, 2.0),
        Words(x + room / 2, y + 2.4, text, TAG, WHITE, "middle", bold=True),
    )


def die(x: float, y: float) -> tuple[Item, ...]:
    """Draw the mark of luck, from ``x`` to the right, on the height ``y``."""
    pips = [(dx, dy) for dx in (-2.3, 2.3) for dy in (-2.3, 2.3)] + [(0.0, 0.0)]
    return (
        Box(x, y - 4.8, 9.6, 9.6, WHITE, INK, 0.8, 2.0),
        *(Disc(x + 4.8 + dx, y + dy, 0.9) for dx, dy in pips),
    )


def _told(node: Node) -> str:
    """Return what a pointer over a box is told: what its states mean, and which interventions set it."""
    variable = node.variable
    lines = [variable.title, variable.about]
    lines += [f"{state}: {variable.definitions.get(state, '')}".removesuffix(": ") for state in variable.states]
    lines += [f"Set by: {title}" for title in node.set_by]
    return "\n".join(clean(line) for line in lines if line)
