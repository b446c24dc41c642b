"""Circles among arrows: what no graph of causes may have.

    a -> b -> c -> a      ["a", "b", "c"], in the direction of the arrows, from the one that is named first

What is left after taking away, again and again, all that has no cause left is circles and what they lead to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence


def circles(parents: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    """Yield circles one by one, each as if an arrow of those before were gone, so that a second one is seen too.

    >>> list(circles({"a": ["c"], "b": ["a"], "c": ["b"], "d": ["d"]}))
    [['a', 'b', 'c'], ['d']]
    """
    causes = {name: {p for p in mine if p in parents} for name, mine in parents.items()}
    effects: dict[str, list[str]] = {name: [] for name in parents}
    for name, mine in causes.items():
        for parent in mine:
            effects[parent].append(name)
    ready = [name for name, mine in causes.items() if not mine]
    while causes:
        while ready:
            done = ready.pop()
            del causes[done]
            for name in effects[done]:
                if name in causes:
                    causes[name].discard(done)
                    if not causes[name]:
                        ready.append(name)
        if causes:
            circle = _circle(causes, parents)
            yield circle
            causes[circle[0]].discard(circle[-1])
            ready = [circle[0]] if not causes[circle[0]] else []


def _circle(left: Mapping[str, set[str]], parents: Mapping[str, Sequence[str]]) -> list[str]:
    """Return a circle among names that all have a cause among them."""
    path = {next(iter(left)): None}
    while True:
        last = next(reversed(path))
        parent = next(parent for parent in parents[last] if parent in left[last])
        if parent in path:
            names = list(path)
            circle = names[names.index(parent) :][::-1]
            order = {name: place for place, name in enumerate(left)}
            first = min(range(len(circle)), key=lambda i: order[circle[i]])
            return circle[first:] + circle[:first]
        path[parent] = None
