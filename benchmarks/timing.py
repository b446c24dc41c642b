"""Minima of repeats, taken in turn, in CPU time: on a shared machine what others take is no part of it.

All that is timed here runs on one thread, so on a quiet machine CPU time is time.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):  # read when numpy is first imported
    os.environ.setdefault(name, "1")

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
    print(f"\n{text}")
    print(f"  (CPU time, minima of repeats in turn, one thread; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores)")


def shown(seconds: float) -> str:
    """Return a time in the unit that suits it."""
    for unit, size in (("s ", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size or size == 1e-6:
            return f"{seconds / size:7.2f} {unit}"
    raise AssertionError


def verdict(ratio: float, goal: float, faster: bool = True) -> str:
    """Return a ratio beside what it should be: at most ``goal``, or at least where ``faster`` is false."""
    met = ratio <= goal if faster else ratio >= goal
    return f"{ratio:9.3g} x  (goal {'<=' if faster else '>='} {goal:g}: {'met' if met else 'MISSED'})"
