"""What every rendering is made of: a report as words and tables, with nothing of Markdown or HTML in it.

    Document ── banner: Banner                       what has to be known before any number is read
      ├─ key: Text                                   how facts, assumptions and judgements are told apart
      └─ Section ── Paragraph | Bullets | Terms | Table | Picture
           └─ Text = plain words, Code("P(y = s)"), Strong("0.83"), Quiet("[0.65, 0.93]"),
                     Fact("yes"), Assumed("no common cause"), Judged("six of ten springs were dry")

Words are plain text: each rendering escapes what it has to. What is neither fact nor assumption nor judgement is
either a heading or reckoned from them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """A question, a name or a command, as it is typed."""

    words: str


@dataclass(frozen=True, slots=True)
class Strong:
    """What the eye should find first."""

    words: str


@dataclass(frozen=True, slots=True)
class Quiet:
    """What stands back: an interval, a source, a unit."""

    words: str


@dataclass(frozen=True, slots=True)
class Fact:
    """What really happened, or where something is written."""

    words: str


@dataclass(frozen=True, slots=True)
class Assumed:
    """What the model or its author takes for granted."""

    words: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What an expert said, and why."""

    words: str


Word = str | Code | Strong | Quiet | Fact | Assumed | Judged
Text = tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Banner:
    """A notice above everything; ``tone`` is ``flag``, ``refuse`` or ``note``."""

    tone: str
    words: Text


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; ``lead`` for the sentences that the report is read for."""

    words: Text
    lead: bool = False


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of texts."""

    items: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms and what each means or holds."""

    pairs: tuple[tuple[str, Text], ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """Lines of one cell; ``flagged`` where the reader should stop."""

    lines: tuple[Text, ...]
    flagged: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """The head of a column; numbers are set to the right."""

    title: str
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under heads; the first cell of each row is its head."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"the table {self.caption!r} has {len(self.columns)} columns, and rows of other lengths")


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing with what it shows in a sentence; ``draw`` returns SVG, and is called where a picture can be seen."""

    title: str
    caption: Text
    draw: Callable[[], str]


Block = Paragraph | Bullets | Terms | Table | Picture


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, a name for links, and what stands below."""

    name: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report in words."""

    title: str
    subtitle: str
    banners: tuple[Banner, ...]
    key: Text
    sections: tuple[Section, ...]


def paragraph(*parts: Word, lead: bool = False) -> Paragraph:
    """Return a paragraph of these words."""
    return Paragraph(parts, lead)


def cell(*lines: Text | str, flagged: bool = False) -> Cell:
    """Return a cell of lines, empty ones left out."""
    texts = [(line,) if isinstance(line, str) else line for line in lines]
    return Cell(tuple(text for text in texts if any(_words(text))), flagged)


def _words(text: Text) -> Iterator[str]:
    yield from (part if isinstance(part, str) else part.words for part in text)


def plain(text: Text) -> str:
    """Return the words alone.

    >>> plain(("It is ", Strong("0.83"), " ", Quiet("[0.65, 0.93]"), "."))
    'It is 0.83 [0.65, 0.93].'
    """
    return "".join(_words(text))
