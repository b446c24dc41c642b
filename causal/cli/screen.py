"""What a terminal gets, and what a pipe gets.

    show(...)       text and tables               stdout    plain and unwrapped where there is no terminal
    emit(facts)     exactly one JSON object       stdout    what is not a number is null
    tell(text)      a message                     stderr
    sampling        a bar, with divergences       stderr    a line every ten seconds where nothing can move
    counting        a bar of how many are done    stderr    the same
    step            a spinner                     stderr    the same, but nothing before the first ten

Colour follows NO_COLOR and the terminal; nothing depends on it.
"""

from __future__ import annotations

import json
import math
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.table import Table

if TYPE_CHECKING:
    from causal.learn.nuts import Progress, Watch

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
def sampling(what: str, quiet: bool = False) -> Iterator[Watch | None]:
    """Say what is drawn and how far it is: a bar on a terminal, elsewhere a line now and then; quiet, nothing."""
    if quiet:
        yield None
        return
    if not animated():
        with heartbeat(what) as beat:
            yield beat
        return
    # before the first draw, while the model is compiled, there is no total: the bar then shows that something goes on
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=None),
        TextColumn("{task.fields[draws]}", markup=False),
        TimeElapsedColumn(),
    )
    with Bar(*columns, console=messages(), transient=True, expand=True) as bar:
        task = bar.add_task(what, total=None, draws="compiling")

        def watch(seen: Progress) -> None:
            bar.update(task, total=seen.total, completed=seen.done, draws=_drawn(seen))

        yield watch


@contextmanager
def heartbeat(what: str, every: float = BEAT) -> Iterator[Watch]:
    """Say what goes on at once, and while it does, every so often how long it has."""
    tell(f"{what} ...")
    with _beating(what, every) as far:
        yield lambda seen: far(_drawn(seen))


@contextmanager
def counting(what: str, units: str, quiet: bool = False, every: float = BEAT) -> Iterator[Callable[[int, int], None]]:
    """Say what goes on and how many ``units`` of it are done: a bar on a terminal, elsewhere a line now and then."""
    if quiet:
        yield lambda *_: None
    elif animated():
        columns = (TextColumn("{task.description}", markup=False), BarColumn(bar_width=None), TextColumn(
            "{task.completed} of {task.total} " + units, markup=False), TimeElapsedColumn())  # fmt: skip
        with Bar(*columns, console=messages(), transient=True, expand=True) as bar:
            task = bar.add_task(what, total=None)
            yield lambda done, total: bar.update(task, total=total, completed=done)
    else:
        tell(f"{what} ...")
        with _beating(what, every) as far:
            yield lambda done, total: far(f"{done} of {total} {units}")


@contextmanager
def step(what: str, quiet: bool = False, every: float = BEAT) -> Iterator[None]:
    """Show a spinner while something goes on; where there is no terminal, a line only if it takes long."""
    if quiet:
        yield
    elif animated():
        with messages().status(f"{what} ..."):
            yield
    else:
        with _beating(what, every):
            yield


@contextmanager
def _beating(what: str, every: float) -> Iterator[Callable[[str], None]]:
    """Print a line every so often, with how far it is where what is handed out was told."""
    started, over = time.monotonic(), threading.Event()
    latest: list[str] = []

    def beat() -> None:
        while not over.wait(every):
            far = f", {latest[-1]}" if latest else ""
            tell(f"{what} ... {time.monotonic() - started:.0f} s{far}")

    def told(far: str) -> None:
        latest[:] = [far]

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        over.set()
        thread.join()


def _drawn(seen: Progress) -> str:
    diverged = f"{seen.divergences} divergence{'' if seen.divergences == 1 else 's'}"
    return f"{seen.done} of {seen.total} draws, {diverged}"


def animated() -> bool:
    """Return whether stderr is a terminal on which something can move."""
    return sys.stderr.isatty() and not messages().is_dumb_terminal


def messages() -> Console:
    """Return the console on stderr."""
    return Console(file=sys.stderr, markup=False, highlight=False, emoji=False)


def number(value: float | None, digits: int = 3) -> str:
    """Return a number for a table, and a dash where there is none."""
    return "–" if value is None or math.isnan(value) else f"{value:.{digits}f}"


def interval(lower: float | None, upper: float | None, digits: int = 3) -> str:
    """Return an interval for a table, and a dash where there is none."""
    return "–" if lower is None or upper is None else f"[{lower:.{digits}f}, {upper:.{digits}f}]"
