"""A layered layout of our own, for where Graphviz cannot be had (Sugiyama, Tagawa and Toda 1981).

1  an arrow that skips rows gets a narrow bend in each, so that it runs between nodes and not behind them
2  each row is ordered by the mean place of its neighbours, down and up in turn, and the best order is kept
3  each row is moved towards its neighbours, as far as the widths in it allow
4  arrows leave and come in side by side, run straight down through their bends, and swing over between rows
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from causal.tell.pictures.places import APART, BETWEEN, Arrow, Places, Route, Size
from causal.tell.pictures.scene import Point

SWEEPS = 12
BEND = 7.0  # the width of a bend
HEAD = 6.0  # the length of an arrow's head
PORT, SPREAD = 13.0, 100.0  # between arrows at a border at most; all of them together

# A node is its name; a bend is its arrow and row.
type Stop = str | tuple[str, str, int]


def layered(rows: Sequence[Sequence[str]], arrows: Sequence[Arrow], sizes: Mapping[str, Size], made: str) -> Places:
    """Lay out a graph whose nodes stand in ``rows``, every arrow pointing to a lower one."""
    chains = {arrow: _chain(arrow, rows) for arrow in arrows}
    steps = [step for chain in chains.values() for step in pairwise(chain)]
    stops: list[list[Stop]] = [list(row) for row in rows]
    for chain in chains.values():
        for stop in chain[1:-1]:
            assert isinstance(stop, tuple)
            stops[stop[2]].append(stop)
    stops = _ordered(stops, steps)
    widths = {stop: sizes[stop][0] if isinstance(stop, str) else BEND for row in stops for stop in row}
    across = _moved(stops, steps, widths)
    heights = [max((sizes[name][1] for name in row), default=0.0) for row in rows]
    tops = [sum(heights[:index]) + BETWEEN * index for index in range(len(rows))]
    level = {stop: index for index, row in enumerate(stops) for stop in row}
    centres = {name: (across[name], tops[level[name]] + heights[level[name]] / 2) for row in rows for name in row}
    spread = _spread(chains, across)
    routes = {}
    for arrow, chain in chains.items():
        ports = []
        for stop in chain:
            row = level[stop]
            x = across[stop] + spread.get((arrow, stop), 0.0)
            ports.append((x, *_ends(stop, centres, sizes, tops[row], heights[row])))
        routes[arrow] = _swung(ports)
    width = max(across[stop] + widths[stop] / 2 for stop in across)
    return Places(width, tops[-1] + heights[-1], centres, routes, made)


def _chain(arrow: Arrow, rows: Sequence[Sequence[str]]) -> list[Stop]:
    level = {name: index for index, row in enumerate(rows) for name in row}
    parent, child = arrow
    return [parent, *((parent, child, index) for index in range(level[parent] + 1, level[child])), child]


def _spread(chains: Mapping[Arrow, Sequence[Stop]], across: Mapping[Stop, float]) -> dict[tuple[Arrow, Stop], float]:
    """Return how far from a node's middle each arrow leaves or comes in: side by side, in the order they come from."""
    found: dict[tuple[Arrow, Stop], float] = {}
    for end, near in ((0, 1), (-1, -2)):
        at: dict[Stop, list[tuple[float, Arrow]]] = {}
        for arrow, chain in chains.items():
            at.setdefault(chain[end], []).append((across[chain[near]], arrow))
        for stop, arrivals in at.items():
            for place, (_, arrow) in enumerate(sorted(arrivals)):
                found[(arrow, stop)] = (place - (len(arrivals) - 1) / 2) * min(PORT, SPREAD / len(arrivals))
    return found


def _ends(
    stop: Stop, centres: Mapping[str, Point], sizes: Mapping[str, Size], top: float, height: float
) -> tuple[float, float]:
    """Return where an arrow enters and leaves a stop: a node at its borders, a row's whole height at a bend."""
    if isinstance(stop, str):
        half = sizes[stop][1] / 2
        return centres[stop][1] - half, centres[stop][1] + half
    return top, top + height


def _swung(ports: Sequence[tuple[float, float, float]]) -> Route:
    """Return a route through ports (x, enters, leaves), vertical at each of them."""
    x, _, y = ports[0]
    points = [(x, y)]
    for number, (to, enters, leaves) in enumerate(ports[1:], start=2):
        end = enters - HEAD if number == len(ports) else enters
        middle = (y + end) / 2
        points += [(x, middle), (to, middle), (to, end)]
        if number < len(ports):
            points += [(to, end), (to, leaves), (to, leaves)]
        x, y = to, leaves
    return Route(tuple(points), (ports[-1][0], ports[-1][1]))


def _ordered(stops: list[list[Stop]], steps: Sequence[tuple[Stop, Stop]]) -> list[list[Stop]]:
    above, below = _neighbours(steps)
    best, fewest = stops, _crossings(stops, below)
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        place = {stop: index / max(1, len(row) - 1) for row in stops for index, stop in enumerate(row)}
        turned: list[list[Stop]] = []
        for row in stops if down else reversed(stops):
            near = above if down else below
            mean = {stop: _mean([place[other] for other in near.get(stop, ())], place[stop]) for stop in row}
            turned.append(sorted(row, key=mean.__getitem__))
            place.update({stop: index / max(1, len(row) - 1) for index, stop in enumerate(turned[-1])})
        stops = turned if down else turned[::-1]
        crossings = _crossings(stops, below)
        if crossings < fewest:
            best, fewest = stops, crossings
    return best


def _neighbours(steps: Sequence[tuple[Stop, Stop]]) -> tuple[dict[Stop, list[Stop]], dict[Stop, list[Stop]]]:
    above: dict[Stop, list[Stop]] = {}
    below: dict[Stop, list[Stop]] = {}
    for upper, lower in steps:
        above.setdefault(lower, []).append(upper)
        below.setdefault(upper, []).append(lower)
    return above, below


def _crossings(stops: Sequence[Sequence[Stop]], below: Mapping[Stop, Sequence[Stop]]) -> int:
    total = 0
    for upper, lower in pairwise(stops):
        place = {stop: index for index, stop in enumerate(lower)}
        ends = [sorted(place[other] for other in below.get(stop, ()) if other in place) for stop in upper]
        flat = [end for each in ends for end in each]
        total += sum(a > b for index, a in enumerate(flat) for b in flat[index + 1 :])
    return total


def _moved(
    stops: Sequence[Sequence[Stop]], steps: Sequence[tuple[Stop, Stop]], widths: Mapping[Stop, float]
) -> dict[Stop, float]:
    """Return where each stop stands across, the leftmost border at 0."""
    above, below = _neighbours(steps)
    across: dict[Stop, float] = {}
    for row in stops:
        at = -sum(widths[stop] + APART for stop in row) / 2
        for stop in row:
            across[stop] = at + widths[stop] / 2
            at += widths[stop] + APART
    for sweep in range(SWEEPS):
        near = above if sweep % 2 == 0 else below
        for row in stops if sweep % 2 == 0 else reversed(stops):
            wanted = [_mean([across[other] for other in near.get(stop, ())], across[stop]) for stop in row]
            across.update(zip(row, _spaced(wanted, [widths[stop] for stop in row]), strict=True))
    left = min((across[stop] - widths[stop] / 2 for stop in across), default=0.0)
    return {stop: x - left for stop, x in across.items()}


def _spaced(wanted: Sequence[float], widths: Sequence[float]) -> list[float]:
    """Return places in the same order, near ``wanted`` and far enough apart.

    Halfway between pushing all to the right from the left end and all to the left from the right end.
    """
    need = [(a + b) / 2 + APART for a, b in pairwise(widths)]
    right, left = list(wanted), list(wanted)
    for index, gap in enumerate(need, start=1):
        right[index] = max(right[index], right[index - 1] + gap)
    for index, gap in reversed(list(enumerate(need))):
        left[index] = min(left[index], left[index + 1] - gap)
    return [(a + b) / 2 for a, b in zip(right, left, strict=True)]


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
