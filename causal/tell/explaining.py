"""What made the difference, in the report: a section to each analysis, from the same facts as its method gives.

section     what it asks
first       its sentences
then        its picture, where there is one, and the panel's rows of its table
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Protocol

from causal.ask.brief import WITHHELD
from causal.ask.brief import Cell as Value
from causal.ask.saying import counted
from causal.learn.gate import Gate
from causal.tell.displays import Picture as Drawn
from causal.tell.document import Block, Cell, Column, Picture, Quiet, Section, Table, cell, paragraph
from causal.tell.facts import Report, Told
from causal.tell.wording import NONE

FIGURE = re.compile(r"[+\N{MINUS SIGN}<]?\d[\d.]*( %| \[[^\]]*\]| to [\d.]+)?")  # 0.2 [0.1, 0.3], 40 %, 0.2 to 0.3
ROWS = 15  # rows of each table; the rest is had from the method and from the command line


class Analysed(Protocol):
    """An analysis as the front door has it."""

    @property
    def name(self) -> str:
        """Which analysis it is."""
        ...

    @property
    def title(self) -> str:
        """What was asked, in a line."""
        ...

    @property
    def text(self) -> str:
        """The answer in sentences."""
        ...

    @property
    def gate(self) -> Gate:
        """The gate over every number in it."""
        ...

    def rows(self, most: int) -> tuple[tuple[str, ...], list[tuple[Value, ...]]]:
        """Return heads and the panel's rows."""
        ...

    def more(self, most: int) -> int:
        """Return how many rows are left out."""
        ...

    @property
    def pictures(self) -> tuple[str, ...]:
        """The names of its pictures, none where it has none of its own."""
        ...

    def plot(self, which: str = "") -> Drawn:
        """Draw it."""
        ...


def refused(name: str, asks: str, why: str) -> tuple[Told, tuple[()]]:
    """Return the facts of an analysis that this model or these draws do not allow, with why."""
    return Told(name, asks, asks, (f"Not answered: {why}",)), ()


def tell(found: Analysed, asks: str) -> tuple[Told, tuple[Drawn, ...]]:
    """Return the facts of an analysis, and its pictures where it has any of its own."""
    header, rows = found.rows(ROWS)
    drawn = tuple(found.plot(which) for which in found.pictures)  # without one: the graph stands in the report already
    withheld = found.gate.withholds
    words = [each.text for each in drawn]
    return Told(
        name=found.name,
        asks=asks,
        title=found.title,
        text=tuple(found.text.splitlines()),
        header=header,
        rows=() if withheld else tuple(rows),
        more=0 if withheld else found.more(ROWS),
        picture=words[0] if words else "",
        further=tuple(words[1:]),
        caption=found.title.rstrip("?"),
        gate=found.gate.verdict,
    ), drawn


def sections(report: Report) -> tuple[Section, ...]:
    """Return a section per analysis."""
    pictures: Mapping[str, tuple[Drawn, ...]] = report.drawings.explained if report.drawings is not None else {}
    return tuple(_section(each, pictures.get(each.name, ())) for each in report.explained)


def _section(told: Told, drawn: Sequence[Drawn]) -> Section:
    blocks: list[Block] = [paragraph(line) for line in told.text if line]
    words = [told.picture, *told.further] if told.rows else []
    for each, shows in zip(drawn, words, strict=False):
        first = shows.splitlines()[0]
        blocks.append(Picture(told.title, (first,), partial(_svg, each)))
    if told.rows:
        columns = tuple(
            Column(head[:1].upper() + head[1:], numeric=all(_number(row[place]) for row in told.rows))
            for place, head in enumerate(told.header)
        )
        blocks.append(Table(told.caption, columns, tuple(_cells(row) for row in told.rows)))
    if told.more:
        more = counted(told.more, "more row is", "more rows are")
        blocks.append(paragraph(Quiet(f"{more} had from causal explain, and every expert's with --json.")))
    return Section(told.name, told.asks, tuple(blocks))


def _svg(drawn: Drawn) -> str:
    return drawn.svg


def _number(value: object) -> bool:
    """Return whether a cell is a number, with its interval or without, or stays empty."""
    if value is None or isinstance(value, float | int):
        return True
    return value == WITHHELD or FIGURE.fullmatch(str(value)) is not None


def _cells(row: Sequence[object]) -> tuple[Cell, ...]:
    return tuple(cell(_word(value)) for value in row)


def _word(value: object) -> str:
    if value is None:
        return NONE
    return f"{value:.2f}" if isinstance(value, float) else str(value)
