"""What the marks of a graph mean, in as many lines as the picture's width asks for; only what the picture shows.

▶ [bar] what happened    [bar] probability    [die] luck    [do] set by an intervention    [box] the outcome
──+──▶ a higher state raises the effect    ─ ─−─ ─▶ lowers it    ...
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from causal.tell.pictures import arrows, nodes
from causal.tell.pictures.arrows import LOOKS, Look
from causal.tell.pictures.ink import FAINT, MIDDLE, PALE
from causal.tell.pictures.letters import width
from causal.tell.pictures.nodes import Node
from causal.tell.pictures.places import Route
from causal.tell.pictures.scene import INK, WHITE, Box, Curve, Item, Words, straight

SIZE = 9.5
LINE = 17.0
SAMPLE = 30.0  # room for a sample
GAP, AFTER = 5.0, 18.0  # between a sample and its words; after them


@dataclass(frozen=True, slots=True)
class Entry:
    """A sample, drawn from a point on the middle of its line, and what it means; ``breaks``: on a line of its own."""

    words: str
    sample: Callable[[float, float], tuple[Item, ...]]
    breaks: bool = False

    @property
    def room(self) -> float:
        """How much of a line it takes."""
        return SAMPLE + GAP + width(self.words, SIZE) + AFTER


def entries(boxes: Collection[Node], looks: Collection[Look], shared: bool) -> list[Entry]:
    """Return what there is to explain in a picture of these boxes and arrows."""
    shares = any(node.shares is not None for node in boxes)
    found = []
    if shares:
        found.append(Entry("probability of a state", lambda x, y: _bar(x, y, PALE)))
    if any(node.variable.actual is not None for node in boxes):
        found.append(Entry("what actually happened", lambda x, y: _actual(x, y, shares)))
    if any(node.variable.is_chance for node in boxes):
        found.append(Entry("luck: no cause in the model settles it", _luck))
    if any(node.set_by for node in boxes):
        found.append(Entry("set by a named intervention", lambda x, y: nodes.done(x + 8, y)))
    if any(node.outcome for node in boxes):
        found.append(Entry("the outcome", _outcome))
    lines = [how for how in LOOKS if how in looks]
    found += [Entry(how.words, _line(how), breaks=how is lines[0]) for how in lines]
    if shared:
        found.append(Entry("common causes that are not shown", _shared))
    return found or [Entry("a variable and its states", lambda x, y: (Box(x, y - 5, SAMPLE, 10),))]


def lines(found: Sequence[Entry], room: float) -> list[list[Entry]]:
    """Break entries into lines no wider than ``room``, but for a single one that is."""
    broken: list[list[Entry]] = [[]]
    left = room
    for entry in found:
        if broken[-1] and (entry.room - AFTER > left or entry.breaks):
            broken.append([])
            left = room
        broken[-1].append(entry)
        left -= entry.room
    return broken


def draw(broken: Sequence[Sequence[Entry]], x: float, y: float) -> tuple[Item, ...]:
    """Draw lines of entries from their upper left corner."""
    items: list[Item] = []
    for number, line in enumerate(broken):
        at, middle = x, y + LINE * (number + 0.5)
        for entry in line:
            items += entry.sample(at, middle)
            items.append(Words(at + SAMPLE + GAP, middle + 3.0, entry.words, SIZE))
            at += entry.room
    return tuple(items)


def _bar(x: float, y: float, fill: str) -> tuple[Item, ...]:
    return Box(x, y - 5, SAMPLE, 10, WHITE, FAINT, 0.4), Box(x, y - 5, SAMPLE * 0.6, 10, fill, thick=0.0)


def _actual(x: float, y: float, shares: bool) -> tuple[Item, ...]:
    if not shares:
        return nodes.here(x + SAMPLE - 6, y)
    return *_bar(x, y, MIDDLE), *nodes.here(x + 3, y)


def _luck(x: float, y: float) -> tuple[Item, ...]:
    return Box(x + 2, y - 4.5, SAMPLE - 6, 11, WHITE, INK, 0.8, 4.0), *nodes.die(x + 12, y - 3)


def _outcome(x: float, y: float) -> tuple[Item, ...]:
    return Box(x + 2, y - 6, SAMPLE - 4, 12, WHITE, INK, 1.2), Box(x + 4.5, y - 3.5, SAMPLE - 9, 7, WHITE, INK, 1.0)


def _line(how: Look) -> Callable[[float, float], tuple[Item, ...]]:
    def sample(x: float, y: float) -> tuple[Item, ...]:
        route = Route(straight((x, y), (x + SAMPLE - 6, y)), (x + SAMPLE, y))
        mark = arrows.sign(how, x + 10.0, y) if how.sign else ()
        return *arrows.arrow(route, how), *mark

    return sample


def _shared(x: float, y: float) -> tuple[Item, ...]:
    return (Curve(straight((x, y), (x + SAMPLE, y)), INK, 0.9, arrows.SHARED),)
