"""What a terminal gets, and what a pipe gets.

    show(...)       text and tables               stdout    plain and unwrapped where there is no terminal
    emit(facts)     exactly one JSON object       stdout    what is not a number is null
    tell(text)      a message                     stderr
    heartbeat       a line every ten seconds      stderr    only where there is no terminal to draw on

Colour follows NO_COLOR and the terminal; nothing depends on it.
"""

from __future__ import annotations

import json
import math
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

BEAT = 10.0  # seconds between two signs of life
WIDE = 200  # columns of a table that goes into a file or a pipe


def console() -> Console:
    """Return the console on stdout; brackets and colons are literal text."""
    width = None if sys.stdout.isatty() else WIDE
    return Console(file=sys.stdout, width=width, markup=False, highlight=False, emoji=False)


def show(text: str = "", style: str | None = None) -> None:
    """Print a paragraph on stdout; a line is broken only to fit a terminal."""
    console().print(text, style=style, soft_wrap=not sys.stdout.isatty())


def show_table(header: Sequence[str], rows: Iterable[Sequence[str]], left: int = 1, title: str | None = None) -> None:
    """Print a table on stdout, the first ``left`` columns flush left and the numbers after them flush right."""
    if title:
        show(title, style="bold")
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for at, name in enumerate(header):
        table.add_column(name, justify="left" if at < left else "right", overflow="fold")
    for row in rows:
        table.add_row(*row)
    console().print(table)


def emit(facts: Mapping[str, Any]) -> None:
    """Print one JSON object on stdout."""
    sys.stdout.write(json.dumps(jsonable(facts), indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def jsonable(value: Any) -> Any:
    """Return a value as JSON has it: mappings, lists, words, numbers; not-a-number and infinities become None.

    >>> jsonable({"a": (1, float("nan"))})
    {'a': [1, None]}
    """
    match value:
        case Mapping():
            return {str(key): jsonable(each) for key, each in value.items()}
        case str() | bool() | int() | None:
            return value
        case float():
            return float(value) if math.isfinite(value) else None
        case Iterable():
            return [jsonable(each) for each in value]
    raise TypeError(f"{value!r} is nothing that JSON has")


def tell(text: str, quiet: bool = False) -> None:
    """Print a message on stderr."""
    if not quiet:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()


@contextmanager
def heartbeat(what: str, quiet: bool = False, every: float = BEAT) -> Iterator[None]:
    """Say what goes on, and while it does, how long it has: a terminal gets the sampler's own bar instead."""
    tell(f"{what} ...", quiet)
    if quiet or sys.stderr.isatty():
        yield
        return
    started, over = time.monotonic(), threading.Event()

    def beat() -> None:
        while not over.wait(every):
            tell(f"{what} ... {time.monotonic() - started:.0f} s")

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def number(value: float | None, digits: int = 3) -> str:
    """Return a number for a table, and a dash where there is none."""
    return "–" if value is None or math.isnan(value) else f"{value:.{digits}f}"


def interval(lower: float | None, upper: float | None, digits: int = 3) -> str:
    """Return an interval for a table, and a dash where there is none."""
    return "–" if lower is None or upper is None else f"[{lower:.{digits}f}, {upper:.{digits}f}]"
