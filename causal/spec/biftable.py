"""The body of a probability block: rows of shares, each divided by its own sum.

    (yes, no) 0.1, 0.9;              a row: the parents' states, then a share for each state of the child
    default 0.5, 0.5;                every row that is not written
    table 0.1, 0.2, ..., 0.9, 0.8;   all rows at once: the child's state slowest, the last parent's fastest

The sum is that of the numbers as they stand; a Row whose sum is further from 1 than ``TOLERANCE`` is told. Rows are
matched and converted as a whole, and looked at number by number only to say where one is wrong: the largest networks
have half a million.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf, prod
from typing import Never

from causal.spec.biftext import WORD, Named, Text, Wrong, taken
from causal.spec.known import near

TOLERANCE = 1e-6  # how far a row's sum may be from 1 before it is told
LISTED = 8  # states that are named where one is unknown

_NUMBER = re.compile(r"[^\s,]+")
_DECIMAL = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_NUMBERS = re.compile(r"([\s\d.,eE+-]*);", re.ASCII)
_ROW = re.compile(
    r'\s*\(([^(){}\[\];"]*(?:"[^"\n]*"[^(){}\[\];"]*)*)\)([\s\d.,eE+-]*);', re.ASCII
)  # no other letters outside of quotes than those of words and between them


@dataclass(frozen=True)
class Header:
    """Whose probabilities, given what: names with their places, and the number of each state of each of them."""

    child: Named
    parents: tuple[Named, ...]
    places: Mapping[str, Mapping[str, int]]

    @property
    def width(self) -> int:
        """The number of shares in a row."""
        return len(self.places[self.child.word])

    @property
    def rows(self) -> int:
        """The number of rows."""
        return prod(len(self.places[parent.word]) for parent in self.parents)

    def combination(self, row: int) -> str:
        """Return the states of the parents of a row, the last parent's fastest, in words."""
        words = []
        for parent in reversed(self.parents):
            states = tuple(self.places[parent.word])
            row, place = divmod(row, len(states))
            words.append(f"{parent.word} = {states[place]}")
        return ", ".join(reversed(words)) or self.child.word


@dataclass(frozen=True)
class Off:
    """A row that does not add up to 1: by how much, to what, and where."""

    by: float
    total: float
    at: int
    child: str


@dataclass
class Body:
    """What is read of a block: ``rows`` in order, and those whose sum is told."""

    header: Header
    rows: list[list[float] | None] = field(init=False)
    off: list[Off] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rows = [None] * self.header.rows

    @property
    def shares(self) -> tuple[float, ...]:
        """All rows in one, the last parent's state and then the child's fastest."""
        return tuple(share for row in self.rows if row is not None for share in row)

    def row(self, numbers: Sequence[float], at: int) -> list[float]:
        """Return numbers divided by their sum."""
        total = sum(numbers)
        if not 0.0 < total < inf:
            raise Wrong(at, f"the numbers of a row add up to 1, these to {total:g}")
        if abs(total - 1.0) > TOLERANCE:
            self.off.append(Off(abs(total - 1.0), total, at, self.header.child.word))
        return [number / total for number in numbers]


def read_body(text: Text, header: Header) -> Body:
    """Read a block from its opening brace to its closing one; Wrong says what cannot be read."""
    text.expect("{")
    body = Body(header)
    default: list[float] | None = None
    while True:
        row = _ROW.match(text.text, text.at)
        if row is not None:
            index = _index(row, header)
            if body.rows[index] is not None:
                raise Wrong(row.start(1) - 1, f"the row ({row[1].strip()}) stands here twice")
            body.rows[index] = body.row(_listed(row, 2, header.width), row.start(2))
            text.at = row.end()
        elif text.found("}"):
            break
        elif (word := text.peek()) == "table":
            _read_table(text, body)
        elif word == "default":
            at = text.word("'default'").at
            if default is not None:
                raise Wrong(at, "a second default")
            default = body.row(_listed(_run(text), 1, header.width), at)
        elif word == "property":
            text.property()
        else:
            _no_row(text)
    for index, have in enumerate(body.rows):
        if have is None:
            if default is None:
                raise Wrong(header.child.at, f"no row for {header.combination(index)}; write it, or a default")
            body.rows[index] = default
    return body


def _index(row: re.Match[str], header: Header) -> int:
    """Return the number of a row."""
    parents = header.parents
    plain = '"' not in row[1] and "|" not in row[1]
    words = row[1].replace(",", " ").split() if plain else [taken(word) for word in WORD.finditer(row[1])]
    if len(words) != len(parents):
        of = f"a state of each parent ({', '.join(parent.word for parent in parents)})" if parents else "no state"
        raise Wrong(row.start(1) - 1, f"a row names {of}; here stand {len(words)}")
    index = 0
    for number, (parent, word) in enumerate(zip(parents, words, strict=True)):
        states = header.places[parent.word]
        place = states.get(word)
        if place is None:
            at = [match.start() for match in WORD.finditer(row.string, *row.span(1))][number]
            there = near(word, states) or f"; there is {', '.join(list(states)[:LISTED])}"
            raise Wrong(at, f"variable {parent.word!r} has no state {word!r}{there}")
        index = index * len(states) + place
    return index


def _read_table(text: Text, body: Body) -> None:
    """Read all rows at once."""
    at = text.word("'table'").at
    if any(row is not None for row in body.rows):
        raise Wrong(at, "there are rows above already; write either them or the table")
    rows, width = len(body.rows), body.header.width
    run = _run(text)
    numbers = _listed(run, 1, width * rows)
    written = [numbers[row::rows] for row in range(rows)]
    turned = [numbers[first : first + width] for first in range(0, len(numbers), width)]
    if rows > 1 and not _add_up(written) and _add_up(turned):
        said = "these numbers add up row by row; a table lists the child's first state for all rows, then its second"
        raise Wrong(at, f"{said}. Write a line per row: (states of the parents) numbers;")
    body.rows[:] = [body.row(each, run.start(1)) for each in written]


def _add_up(rows: Iterable[Sequence[float]]) -> bool:
    return all(abs(sum(row) - 1.0) <= TOLERANCE for row in rows)


def _run(text: Text) -> re.Match[str]:
    """Take the run of numbers that ends with the next semicolon."""
    run = _NUMBERS.match(text.text, text.at)
    if run is None:
        _no_number(text.text, text.at)
    text.at = run.end()
    return run


def _listed(run: re.Match[str], group: int, wanted: int) -> list[float]:
    """Return the numbers of a run, of which so many are wanted, none below 0."""
    try:
        numbers = list(map(float, run[group].replace(",", " ").split()))
    except ValueError:
        _no_number(run.string, run.start(group))
    if len(numbers) != wanted:
        raise Wrong(run.start(group), f"expected {wanted} numbers, found {len(numbers)}")
    if min(numbers) < 0:
        low = next(each for each in _NUMBER.finditer(run.string, *run.span(group)) if float(each[0]) < 0)
        raise Wrong(low.start(), f"a probability cannot be below 0, found {low[0]}")
    return numbers


def _no_number(text: str, at: int) -> Never:
    """Raise for the first word from here on that is no number."""
    for each in _NUMBER.finditer(text, at):
        word = re.split(r"[;{}()]", each[0])[0]
        if not _DECIMAL.fullmatch(word):
            raise Wrong(each.start(), f"expected a number or ';', found {word or each[0][0]!r}")
        if word != each[0]:
            raise Wrong(each.start() + len(word), f"expected a number or ';', found {each[0][len(word)]!r}")
    raise Wrong(at, "the ';' behind these numbers is missing")


def _no_row(text: Text) -> Never:
    """Raise for what stands where a row, a table, a default or a property should."""
    at = text.skip()
    if not text.text.startswith("(", at):
        raise Wrong(at, f"expected a row '(states) numbers;', 'table', 'default' or '}}', found {text.here()}")
    close = text.text.find(")", at)
    if close < 0 or ";" in text.text[at:close]:
        raise Wrong(at, "this '(' is never closed")
    _no_number(text.text, close + 1)
