"""The words of a network file, with their places.

    word        letters but blanks, quotes and `{ } ( ) [ ] ; , |`, or anything in double quotes
    between     blanks, commas, bars: they only separate
    comments    `//` to the end of the line, `/* */`; blank from the beginning, so that every place stays what it was
    property    read over, to its semicolon

Text is a cursor: ``word``, ``found`` and ``expect`` take what comes next, and raise Wrong where it is something else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from causal.errors import nearest

_COMMENT = re.compile(r'"[^"\n]*"|\bproperty\b(?:"[^"]*"|[^";])*;|//[^\n]*|/\*.*?(?:\*/|\Z)', re.DOTALL)
_BLANK = re.compile(r"[\s,|]*")
_PROPERTY = re.compile(r'(?:"[^"]*"|[^";{}])*;')
WORD = re.compile(r'"([^"\n]*)"|([^\s{}()\[\];,|"]+)')


class Wrong(Exception):
    """What is wrong at a place of the text."""

    def __init__(self, at: int, message: str) -> None:
        self.at, self.message = at, message
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Named:
    """A word of the file and where it begins."""

    word: str
    at: int


def taken(match: re.Match[str]) -> str:
    """Return the word that ``WORD`` matched, without its quotes."""
    return match[2] if match[1] is None else match[1]


def line_of(text: str, at: int) -> tuple[int, int]:
    """Return line and column of a place, both from 1."""
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


class Text:
    """A text and how far it has been read; Wrong where a comment never ends."""

    def __init__(self, text: str) -> None:
        self.text = _without_comments(text)
        self.at = 0

    def skip(self) -> int:
        """Go to the next letter that only separates nothing, and return where it is."""
        blank = _BLANK.match(self.text, self.at)
        assert blank is not None
        self.at = blank.end()
        return self.at

    def peek(self) -> str:
        """Return the next word as it stands without taking it; empty where something else comes."""
        word = WORD.match(self.text, self.skip())
        return "" if word is None else word[0]

    def here(self) -> str:
        """Return what comes next, in words for a message."""
        if self.skip() >= len(self.text):
            return "the end of the file"
        return repr(self.peek() or self.text[self.at])

    def word(self, expected: str) -> Named:
        """Take the next word; ``expected`` is what it is called where there is none."""
        at = self.skip()
        word = WORD.match(self.text, at)
        if word is None:
            raise Wrong(at, f"expected {expected}, found {self.here()}")
        if not taken(word):
            raise Wrong(at, "a name cannot be empty")
        self.at = word.end()
        return Named(taken(word), at)

    def found(self, sign: str) -> bool:
        """Take a sign if it comes next, and return whether it did."""
        if self.text.startswith(sign, self.skip()):
            self.at += len(sign)
            return True
        return False

    def expect(self, sign: str) -> None:
        """Take a sign that has to come next."""
        if not self.found(sign):
            raise Wrong(self.at, f"expected {sign!r}, found {self.here()}")

    def property(self) -> None:
        """Read over a property."""
        at, word = self.skip(), self.word("'property' or '}'").word
        if word != "property":
            hint = nearest(word, ("property", "type"))
            raise Wrong(at, f"expected 'property' or '}}', found {word!r}{hint}")
        rest = _PROPERTY.match(self.text, self.at)
        if rest is None:
            raise Wrong(at, "the ';' behind this property is missing")
        self.at = rest.end()


def _without_comments(text: str) -> str:
    """Return a text with blanks in place of comments."""
    if "//" not in text and "/*" not in text:
        return text

    def blank(match: re.Match[str]) -> str:
        said = match[0]
        if not said.startswith("/"):
            return said
        if said.startswith("/*") and (len(said) < 4 or not said.endswith("*/")):
            raise Wrong(match.start(), "this '/*' is never closed; write '*/' behind the comment")
        return re.sub(r"[^\n]", " ", said)

    return _COMMENT.sub(blank, text)
