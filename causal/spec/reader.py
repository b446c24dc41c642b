"""Text to a tree whose every node knows its place.

    node        holds                            its place is that of
    Scalar      text, and whether it was quoted  its first character
    Sequence    items                            its bracket or first dash
    Mapping     entries: key -> value            its brace or first key

A scalar stays literal text: `yes`, `off`, `TRUE`, `1` and `null` are words, and only a reader who expects a number or a
truth value looks for one. Refused here, whatever the file is about: more than a megabyte, more than fifty levels, more
than one document, anchors, aliases, tags, keys that are no words, a key written twice, bytes that are no UTF-8.

The tree is built from ruamel.yaml's events by a loop with its own stack: nothing recurses, and an alias is refused
where it stands, so there is nothing for a bomb to expand. The parser is ruamel's plain one; the round-trip parser
reports the same places but leaves marks of its own (U+0007) in folded text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Never

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

from causal.errors import Problem, SpecError

MAX_BYTES = 1_000_000
MAX_DEPTH = 50

# What ruamel.yaml says, and what a writer of YAML should hear.
SYNTAX = {
    "could not find expected ':'": "there is no ':' after this key",
    "mapping values are not allowed": "a ':' where no key can end; put a text with ': ' in it in quotes",
    "sequence entries are not allowed": "a list cannot begin here; put '-' on a new line, or a minus sign in quotes",
    "mapping keys are not allowed": "'?' cannot stand here; put the text in quotes",
    "'\\t' that cannot start": "a tab; indent with spaces",
    "cannot start any token": "a text cannot begin with this character; put it in quotes",
    "found duplicate YAML directive": "a second %YAML line",
    "expected <block end>": "this does not line up with what stands above it; check the indentation",
    "expected ',' or '}'": "a ',' or the closing '}' is missing before this; quote a text that has brackets in it",
    "expected ',' or ']'": "a ',' or the closing ']' is missing before this; quote a text that has brackets in it",
    "unexpected end of stream": "the closing quotation mark is missing",
    "unknown escape character": "no such escape in double quotes; write \\\\ for a backslash, or use single quotes",
    "expected the node content": "a value is missing before this",
    "<document start>": "the text ended before this; check the indentation",
}


class Scalar(str):
    """A word, number or text as written, with its place.

    ``where`` is the dotted path of keys to it; ``plain`` is false for what stood in quotes or in a block; ``inset`` is
    the number of columns from its place to its first character, or None where columns cannot be counted (escapes,
    several lines).
    """

    __slots__ = ("column", "inset", "line", "plain", "where")
    line: int
    column: int
    where: str
    plain: bool
    inset: int | None

    def __new__(  # noqa: D102
        cls, text: str, line: int = 1, column: int = 1, where: str = "", *, plain: bool = True, inset: int | None = None
    ) -> Scalar:
        scalar = super().__new__(cls, text)
        for name, value in (("line", line), ("column", column), ("where", where), ("plain", plain), ("inset", inset)):
            object.__setattr__(scalar, name, value)
        return scalar

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a scalar does not change; {name!r} cannot be set")

    def column_of(self, offset: int) -> int:
        """Return the file's column of the character ``offset`` (from 0), or of the whole where it cannot be told."""
        return self.column if self.inset is None else self.column + self.inset + offset


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list, in block or flow style."""

    items: tuple[Node, ...]
    line: int
    column: int
    where: str = ""


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and values in the order written; ``flow`` where it stood in braces."""

    entries: MappingProxyType[str, tuple[Scalar, Node]]
    line: int
    column: int
    where: str = ""
    flow: bool = False

    def get(self, key: str) -> Node | None:
        """Return the value of a key, or None."""
        entry = self.entries.get(key)
        return entry[1] if entry else None

    def key(self, key: str) -> Scalar | None:
        """Return the key itself, with its place, or None."""
        entry = self.entries.get(key)
        return entry[0] if entry else None

    @property
    def names(self) -> tuple[Scalar, ...]:
        """The keys, in order."""
        return tuple(key for key, _ in self.entries.values())


Node = Scalar | Sequence | Mapping


class Problems:
    """The problems of one file, collected while it is read.

    A place that was once marked as spoilt is not complained of again: what follows from a mistake is no second one.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._found: list[Problem] = []
        self._spoilt: set[tuple[int, int]] = set()

    def add(self, node: Node, message: str, where: str | None = None, *, column: int | None = None) -> None:
        """Note a problem at a node's place."""
        if (node.line, node.column) not in self._spoilt:
            self.at(node.line, column or node.column, node.where if where is None else where, message)

    def at(self, line: int, column: int, where: str, message: str) -> None:
        """Note a problem at a line and column, both from 1."""
        self._found.append(Problem(self.path, line, column, where, message))

    def spoil(self, line: int, column: int) -> None:
        """Mark a place, so that nothing else is said about it."""
        self._spoilt.add((line, column))

    def __len__(self) -> int:
        return len(self._found)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self._found)

    def include(self, other: Problems) -> None:
        """Take over what was found in a file that this one names."""
        self._found += other._found

    def take(self, error: SpecError) -> None:
        """Take over what made a file that this one names unreadable."""
        self._found += error.problems

    def check(self) -> None:
        """Raise SpecError with all that was found, if anything was."""
        if self._found:
            self.stop()

    def stop(self) -> Never:
        """Raise SpecError with all that was found, where nothing more can be read."""
        raise SpecError(self._found)


def read_bytes(path: Path | str, most: int = MAX_BYTES) -> bytes:
    """Read a file of at most ``most`` bytes, a megabyte if not told.

    Raises SpecError for a larger one, of which no more than the limit is read, and for one that cannot be opened.
    """
    problems = Problems(str(path))
    try:
        with Path(path).open("rb") as file:
            data = file.read(most + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "no such file"
        problems.at(1, 1, "", f"cannot be read: {reason.lower()}")
        problems.stop()
    if len(data) > most:
        problems.at(1, 1, "", f"larger than {most // 1_000_000} MB, the most that is read")
        problems.stop()
    return data


def decode(data: bytes, path: str) -> str:
    """Return the text of a file's bytes; raise SpecError with the line and column of the first that is no UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        start = data.rfind(b"\n", 0, error.start) + 1
        line = data.count(b"\n", 0, error.start) + 1
        column = len(data[start : error.start].decode("utf-8", "replace")) + 1
        message = f"byte 0x{data[error.start]:02x} is no UTF-8; save the file as UTF-8"
        raise SpecError([Problem(path, line, column, "", message)]) from None


def read_tree(text: str, problems: Problems) -> Mapping:
    r"""Read the one mapping that a file consists of, noting duplicate keys, anchors, aliases and tags as problems.

    Raises SpecError at once where no tree can be made: bad syntax, no mapping, too deep, too large.

    >>> tree = read_tree("model: rain\nvariables: {}", Problems("rain.yaml"))
    >>> tree.get("model"), tree.key("variables").line
    ('rain', 2)
    """
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "replace")) > MAX_BYTES:
        problems.at(1, 1, "", f"larger than {MAX_BYTES // 1_000_000} MB, the most that is read")
        problems.stop()
    root = _Builder(problems).build(_events(text.removeprefix("\ufeff"), problems))
    if not isinstance(root, Mapping):
        if root is None or root == "":
            problems.at(1, 1, "", "the file is empty")
        else:
            problems.add(root, "the file must consist of keys and values, like 'model: rain'")
        problems.stop()
    return root


def _events(text: str, problems: Problems) -> Iterator[Any]:
    """Yield the parser's events; what it refuses becomes a SpecError in plain words."""
    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except MarkedYAMLError as error:
        said = str(error.problem or error.context)
        mark = error.problem_mark or error.context_mark
        if error.context_mark and said.startswith(("could not find", "found unexpected end")):
            mark = error.context_mark  # what was never closed is found at its beginning
        reason = next((plain for found, plain in SYNTAX.items() if found in said), said)
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        problems.at(line, column, "", f"not readable as YAML: {reason}")
        problems.stop()
    except YAMLError as error:  # the only one without a mark: a character that YAML does not allow
        position = getattr(error, "position", 0)
        line = text.count("\n", 0, position) + 1
        column = position - text.rfind("\n", 0, position)
        code = ord(text[position]) if position < len(text) else 0
        problems.at(line, column, "", f"not readable as YAML: the control character U+{code:04X} is not allowed")
        problems.stop()


@dataclass(slots=True)
class _Open:
    """A collection that has begun and not yet ended."""

    start: Any
    where: str
    flow: bool
    is_mapping: bool
    items: list[Node] = field(default_factory=list)
    entries: dict[str, tuple[Scalar, Node]] = field(default_factory=dict)
    key: Scalar | None = None

    def close(self) -> Node:
        line, column = self.start.line + 1, self.start.column + 1
        if self.is_mapping:
            return Mapping(MappingProxyType(self.entries), line, column, self.where, self.flow)
        return Sequence(tuple(self.items), line, column, self.where)

    def place_of_next(self) -> str:
        """Return the dotted path of what comes next: a key belongs to its mapping, a value to its key."""
        if self.key is None:
            return self.where
        return f"{self.where}.{self.key}" if self.where else str(self.key)


class _Builder:
    """Turns events into nodes."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.stack: list[_Open] = []
        self.root: Node | None = None
        self.documents = 0
        self.aliases: set[str] = set()

    def build(self, events: Iterator[Any]) -> Node | None:
        for event in events:
            if isinstance(event, DocumentStartEvent):
                self._document(event)
            elif isinstance(event, NodeEvent):
                self._node(event)
            elif isinstance(event, CollectionEndEvent):
                self._put(self.stack.pop().close())
        return self.root

    def _document(self, event: Any) -> None:
        self.documents += 1
        place = event.start_mark.line + 1, event.start_mark.column + 1, ""
        if self.documents > 1:
            self.problems.at(*place, "a second document begins here; one file holds one, without '---' between")
            self.problems.stop()
        if event.version not in (None, (1, 2)):
            self.problems.at(*place, "these files are YAML 1.2; leave the %YAML line out")
        if event.tags:
            self.problems.at(*place, "%TAG is not allowed; every value is plain text, a list or a mapping")

    def _node(self, event: Any) -> None:
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        where = self._where(event)
        if isinstance(event, AliasEvent):
            if event.anchor not in self.aliases:  # once per name, or a bomb would fill the screen
                self.problems.at(line, column, where, f"the alias *{event.anchor} is not allowed; write the value out")
            self.aliases.add(event.anchor)
            self.problems.spoil(line, column)
            self._put(Scalar(f"*{event.anchor}", line, column, where))
            return
        if event.anchor is not None:
            self.problems.at(line, column, where, f"the anchor &{event.anchor} is not allowed; write each value out")
        if event.ctag is not None:
            hint = "put a text that begins with '!' in quotes"
            tag = f"{event.ctag.handle or ''}{event.ctag.suffix or ''}"
            self.problems.at(line, column, where, f"the tag {tag} is not allowed; {hint}")
            self.problems.spoil(line, column)
        if isinstance(event, ScalarEvent):
            self._put(_scalar(event, line, column, where))
        elif isinstance(event, CollectionStartEvent):
            if len(self.stack) == MAX_DEPTH:
                self.problems.at(line, column, _shortened(where), f"nested deeper than {MAX_DEPTH} levels")
                self.problems.stop()
            is_mapping = isinstance(event, MappingStartEvent)
            self.stack.append(_Open(event.start_mark, where, bool(event.flow_style), is_mapping))

    def _where(self, event: Any) -> str:
        if not self.stack:
            return ""
        top = self.stack[-1]
        if top.is_mapping or isinstance(event, ScalarEvent):
            return top.place_of_next()
        number = str(len(top.items) + 1)  # a list or mapping in a list is told by its number, from 1
        return f"{top.where}.{number}" if top.where else number

    def _put(self, node: Node) -> None:
        if not self.stack:
            self.root = node
            return
        top = self.stack[-1]
        if not top.is_mapping:
            top.items.append(node)
        elif top.key is not None:
            if top.key not in top.entries:
                top.entries[str(top.key)] = (top.key, node)
            top.key = None
        else:
            top.key = self._key(node, top)

    def _key(self, node: Node, top: _Open) -> Scalar:
        if not isinstance(node, Scalar):
            self.problems.add(node, "a key must be a word, not a list or mapping; quote a text that begins with [ or {")
            return Scalar(f"key {len(top.entries) + 1}", node.line, node.column, node.where)
        if node in top.entries:
            first = top.entries[node][0]
            self.problems.add(node, f"the key {str(node)!r} stands here twice; first at {first.line}:{first.column}")
        return node


def _scalar(event: Any, line: int, column: int, where: str) -> Scalar:
    start, end, text = event.start_mark, event.end_mark, event.value
    plain = event.style is None or event.style == ""
    inset = None
    if start.line == end.line:
        width = end.column - start.column
        if plain and width == len(text):
            inset = 0
        elif not plain and width == len(text) + 2:  # a quotation mark at each end, and no escape between them
            inset = 1
    return Scalar(text, line, column, where, plain=plain, inset=inset)


def _shortened(where: str) -> str:
    return where if len(where) <= 60 else where[:57] + "..."
