"""Minima of repeats, taken in turn, in CPU time: on a shared machine what others take is no part of it.

All that is timed here runs on one thread, so on a quiet machine CPU time is time.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path

OUT = Path(__file__).parent / "out"


def minima(tasks: Mapping[str, Callable[[], object]], repeats: int = 7) -> dict[str, float]:
    """Return the shortest time of each task in seconds; every round runs all of them, one after another."""
    found = dict.fromkeys(tasks, float("inf"))
    for _ in range(repeats):
        for name, task in tasks.items():
            found[name] = min(found[name], once(task))
    return found


def once(task: Callable[[], object]) -> float:
    """Return how long a task takes, in seconds of CPU time."""
    started = time.process_time()
    task()
    return time.process_time() - started


def heading(text: str) -> None:
    """Print what follows is about, and how busy the machine is."""
    if os.environ.get("OMP_NUM_THREADS") != "1":  # read when numpy is first imported, so too late here
        print("set OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1, as make bench does: numpy may take several threads")
    print(f"\n{text}")
    print(
        f"  (CPU time, minima of repeats in turn, one thread; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores)"
    )


def shown(seconds: float) -> str:
    """Return a time in the unit that suits it."""
    for unit, size in (("s ", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size or size == 1e-6:
            return f"{seconds / size:7.2f} {unit}"
    raise AssertionError


def verdict(figure: float, goal: float, least: bool = False, unit: str = "x") -> str:
    """Return a figure beside what it should be: at most ``goal``, or at least that."""
    met = figure >= goal if least else figure <= goal
    return f"{figure:9.3g} {unit}  (goal {'>=' if least else '<='} {goal:g}: {'met' if met else 'MISSED'})"
