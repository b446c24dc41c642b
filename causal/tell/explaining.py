"""What made the difference, in the report: a section to each analysis, from the same facts as its method gives.

    section     what it asks
    first       its sentences
    then        its picture, where there is one, and the panel's rows of its table
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from causal.learn.gate import Gate
from causal.tell.displays import Picture as Drawn
from causal.tell.document import Block, Cell, Column, Picture, Quiet, Section, Table, cell, paragraph
from causal.tell.facts import Report, Told
from causal.tell.wording import NONE

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

    def rows(self, most: int) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
        """Return heads and the panel's rows."""
        ...

    def more(self, most: int) -> int:
        """Return how many rows are left out."""
        ...

    def plot(self) -> Drawn:
        """Draw it."""
        ...


def refused(name: str, asks: str, why: str) -> tuple[Told, None]:
    """Return the facts of an analysis that this model or these draws do not allow, with why."""
    return Told(name, asks, asks, (f"Not answered: {why}",)), None


def tell(found: Analysed, asks: str) -> tuple[Told, Drawn | None]:
    """Return the facts of an analysis, and its picture where it has one of its own."""
    header, rows = found.rows(ROWS)
    drawn = found.plot() if found.name != "identification" else None  # the graph stands in the report already
    withheld = found.gate.withholds
    return Told(
        name=found.name,
        asks=asks,
        title=found.title,
        text=tuple(found.text.splitlines()),
        header=header,
        rows=() if withheld else tuple(tuple(_plain(each) for each in row) for row in rows),
        more=0 if withheld else found.more(ROWS),
        picture=drawn.text if drawn is not None else "",
        gate=found.gate.verdict,
    ), drawn


def _plain(value: object) -> str | float | int | bool | None:
    """Return a cell of a table as a fact: a number that is none stays empty."""
    if isinstance(value, float):
        return None if value != value else float(value)
    return value if isinstance(value, bool | int) or value is None else str(value)


def sections(report: Report) -> tuple[Section, ...]:
    """Return a section per analysis."""
    pictures: Mapping[str, Any] = report.drawings.explained if report.drawings is not None else {}
    return tuple(_section(each, pictures.get(each.name)) for each in report.explained)


def _section(told: Told, drawn: Drawn | None) -> Section:
    blocks: list[Block] = [paragraph(line) for line in told.text if line]
    if drawn is not None and told.rows:
        blocks.append(Picture(told.title, (told.title,), lambda: drawn.svg))
    if told.rows:
        columns = tuple(
            Column(head.capitalize(), numeric=all(isinstance(row[place], float | int) or row[place] is None
                                                  for row in told.rows))
            for place, head in enumerate(told.header)
        )  # fmt: skip
        blocks.append(Table(told.title, columns, tuple(_cells(row) for row in told.rows)))
    if told.more:
        blocks.append(paragraph(Quiet(f"{told.more} more rows, and every expert's, are had from causal explain.")))
    return Section(told.name, told.asks, tuple(blocks))


def _cells(row: Sequence[object]) -> tuple[Cell, ...]:
    return tuple(cell(_word(value)) for value in row)


def _word(value: object) -> str:
    if value is None:
        return NONE
    return f"{value:.2f}" if isinstance(value, float) else str(value)
