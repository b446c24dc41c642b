"""Merge answers into the text of a prior file, and touch nothing else of it.

    the list or mapping     what is added goes
    in a block              on lines of its own after the last one of its content, indented as there
    in brackets or braces   behind the last item, on lines of its own where the items have their own
    not there yet           at the end of the file; scale, sources and experts after the model's name

Text is only ever inserted, and the result is read again: if its tree were not that of the file with the answers added,
nothing would be merged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Names
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.events import (
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

from causal.errors import Problem, SpecError
from causal.spec.answers import NEW_KEYS, Answers, plain
from causal.spec.reader import Mapping, Node, Problems, read_tree
from causal.spec.writing import flow_text, pair_lines, scalar_text

STEP = 2  # columns by which a new block is indented
BOM = "\N{BYTE ORDER MARK}"


def begin(answers: Answers, model: str) -> str:
    """Return the text of an empty prior file that answers can be merged into."""
    return f"priors: {scalar_text(answers.priors)}\nmodel: {scalar_text(model)}\n"


def merge(text: str, answers: Answers, path: str = "") -> str:
    """Return the text of a prior file with the answers added; ``path`` is the name that errors carry.

    Raises SpecError where the file is written in a way that cannot be added to.
    """
    mark, body = (BOM, text[1:]) if text.startswith(BOM) else ("", text)
    outline = _outline(body)
    added = {key: [_named(name, node) for name, node in answers.new.get(key, {}).items()] for key in NEW_KEYS}
    added["judgements"] = [_judgement(entry) for entry in answers.entries]
    inserts = _inserts(outline, {key: entries for key, entries in added.items() if entries}, answers.scale)
    for at, _, piece in sorted(((at, n, piece) for n, (at, piece) in enumerate(inserts)), reverse=True):
        body = body[:at] + piece + body[at:]
    if plain(read_tree(body, Problems(path))) != _expected(text, answers, path):
        message = "the answers cannot be added to this file as it is written; add them by hand"
        raise SpecError([Problem(path, 1, 1, "", message)])
    return mark + body


@dataclass(frozen=True)
class _Entry:
    """What is added: as lines of a block indented by 0, and on one line within brackets."""

    lines: tuple[str, ...]
    inline: str


def _judgement(entry: Mapping) -> _Entry:
    return _Entry(tuple(line for key, node in entry.entries.values() for line in pair_lines(key, node, 0)),
                  flow_text(entry))  # fmt: skip


def _named(name: str, node: Node) -> _Entry:
    return _Entry(tuple(pair_lines(name, node, 0)), f"{scalar_text(name, flow=True)}: {flow_text(node)}")


def _expected(text: str, answers: Answers, path: str) -> object:
    """Return the tree of the file, as texts, with the answers added."""
    found = plain(read_tree(text, Problems(path)))
    assert isinstance(found, dict)
    if answers.scale:
        found["scale"] = answers.scale
    for key in NEW_KEYS:
        if answers.new.get(key):
            there = found.get(key)
            found[key] = (there if isinstance(there, dict) else {}) | {
                name: plain(node) for name, node in answers.new[key].items()
            }
    if answers.entries:
        found["judgements"] = [*found.get("judgements", []), *map(plain, answers.entries)]
    return found


# ── where things end ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class _Place:
    """The value of a key: offsets into the text, columns from 0.

    ``end`` is where its last content ends, brackets left out; ``last`` where its last item begins; ``close`` is the
    closing bracket's, where there is one.
    """

    start: int
    column: int
    flow: bool
    is_list: bool
    end: int
    last: int = -1
    close: int = -1
    inset: int = STEP


@dataclass
class _Outline:
    """The top-level keys of a text and where their values stand; ``root`` is the whole mapping."""

    text: str
    root: _Place
    places: dict[str, _Place]
    stop: int

    @property
    def newline(self) -> str:
        found = re.search(r"\r\n|\n|\r", self.text)
        return found[0] if found else "\n"

    def after_line(self, at: int) -> int:
        """Return the offset after the line on which content ends at ``at``."""
        if at and self.text[at - 1] in "\r\n":  # a block text ends with its line
            return at
        found = re.compile(r"\r\n|\n|\r").search(self.text, at)
        return found.end() if found else len(self.text)

    def after_comments(self, place: _Place) -> int:
        """Return the offset after a block's last line, and after the comments right below it that are indented more."""
        at = self.after_line(place.end)
        deeper = re.compile(rf" {{{place.column + 1},}}#[^\r\n]*(\r\n|\n|\r|\Z)")
        while found := deeper.match(self.text, at):
            at = found.end()
            if at == len(self.text):
                break
        return at

    def is_first(self, at: int) -> bool:
        """Tell whether a line begins at ``at``."""
        return at == 0 or self.text[at - 1] in "\r\n"


def _outline(text: str) -> _Outline:
    """Walk the parser's events of a text that is known to be readable."""
    stack: list[_Place] = []
    places: dict[str, _Place] = {}
    root = _Place(0, 0, False, False, 0)
    key: str | None = None
    reached, stop = 0, len(text)
    for event in YAML(typ="safe", pure=True).parse(text):
        if isinstance(event, NodeEvent):
            key = _begin(event, stack, places, key)
        if isinstance(event, CollectionStartEvent):
            is_list = not isinstance(event, MappingStartEvent)
            mark = event.start_mark
            stack.append(_Place(mark.index, mark.column, bool(event.flow_style), is_list, event.end_mark.index))
            if len(stack) == 1:
                root = stack[0]
        elif isinstance(event, ScalarEvent):
            if event.end_mark.index > event.start_mark.index:
                reached = _end(text, event)
        elif isinstance(event, CollectionEndEvent):
            place = stack.pop()
            place.end = max(reached, place.end)
            if place.flow:
                place.close = event.end_mark.index - 1
                reached = event.end_mark.index
            if len(stack) == 1 and key is not None:
                places[key], key = place, None
        elif isinstance(event, DocumentEndEvent) and event.explicit:
            stop = event.start_mark.index
    return _Outline(text, root, places, stop)


def _begin(event: Any, stack: list[_Place], places: dict[str, _Place], key: str | None) -> str | None:
    """Note what begins: a key of the root, its value, or an item of a value; return the key whose value is open."""
    mark = event.start_mark
    if len(stack) == 1:
        stack[0].last = mark.index
        if key is None and isinstance(event, ScalarEvent):
            return str(event.value)
        if isinstance(event, ScalarEvent) and key is not None:
            places[key] = _Place(mark.index, mark.column, False, False, event.end_mark.index)
            return None
    elif len(stack) == 2:
        top = stack[1]
        top.last = mark.index
        if top.is_list and not top.flow and mark.column > top.column:
            top.inset = mark.column - top.column
    return key


def _end(text: str, event: ScalarEvent) -> int:
    """Return where a scalar's content ends; blank lines after a block are its own only where it keeps them (`+`)."""
    start, end = int(event.start_mark.index), int(event.end_mark.index)
    if event.style not in ("|", ">") or "+" in text[start : start + 3]:
        return end
    body = text[start:end].rstrip(" \r\n")
    found = re.compile(r"\r\n|\n|\r").search(text, start + len(body))
    return min(found.end() if found else end, end)


# ── what is inserted where ───────────────────────────────────────────────────────────────────────────────────────────

_Insert = tuple[int, str]


def _inserts(outline: _Outline, added: Names[str, Sequence[_Entry]], scale: str) -> list[_Insert]:
    """Return what goes where; pieces for the same place come in the order in which they are to stand."""
    found: list[_Insert] = []
    new = {key: entries for key, entries in added.items() if key not in outline.places}
    if outline.root.flow:
        items = [f"scale: {scalar_text(scale, flow=True)}"] if scale else []
        items += [_inline(key, entries) for key, entries in new.items()]
        found += _in_brackets(outline, outline.root, items) if items else []
    else:
        if scale:
            found.append(_under_model(outline, [f"scale: {scalar_text(scale)}"]))
        for key, entries in new.items():
            found.append(_new_key(outline, key, entries))
    for key, entries in added.items():
        if key not in new:
            place = outline.places[key]
            if place.flow:
                found += _in_brackets(outline, place, [entry.inline for entry in entries])
            else:
                lines = _lines(entries, place.column, place.inset, place.is_list)
                found.append(_block(outline, outline.after_comments(place), lines))
    return found


def _inline(key: str, entries: Iterable[_Entry]) -> str:
    inside = ", ".join(entry.inline for entry in entries)
    return f"{key}: [{inside}]" if key == "judgements" else f"{key}: {{{inside}}}"


def _lines(entries: Iterable[_Entry], column: int, inset: int, is_list: bool) -> list[str]:
    """Return entries as lines of a block at a column; those of a list begin with a dash."""
    dash = "-".ljust(inset) if is_list else ""
    found = []
    for entry in entries:
        for number, line in enumerate(entry.lines):
            lead = dash if number == 0 else " " * len(dash)
            found.append(" " * column + lead + line if line else "")
    return found


def _block(outline: _Outline, at: int, lines: Iterable[str]) -> _Insert:
    before = "" if outline.is_first(at) else outline.newline
    return at, before + "".join(line + outline.newline for line in lines)


def _new_key(outline: _Outline, key: str, entries: Sequence[_Entry]) -> _Insert:
    """Return a key of a block that is not there yet, with what is in it."""
    column = outline.root.column
    if key != "judgements":
        return _under_model(outline, [f"{key}:", *_lines(entries, STEP, STEP, is_list=False)])
    at = outline.stop
    return _block(outline, at, ["", " " * column + f"{key}:", *_lines(entries, column + STEP, STEP, is_list=True)])


def _under_model(outline: _Outline, lines: Iterable[str]) -> _Insert:
    pad = " " * outline.root.column
    return _block(outline, outline.after_line(outline.places["model"].end), [pad + line for line in lines])


def _in_brackets(outline: _Outline, place: _Place, items: Sequence[str]) -> list[_Insert]:
    """Add items to a list in brackets or a mapping in braces."""
    text, newline, close = outline.text, outline.newline, place.close
    if place.last < 0:  # nothing in it yet
        pad = " " * (_indent(text, place.start) + STEP)
        tail = newline + " " * _indent(text, place.start)
        return [(close, newline + f",{newline}".join(pad + item for item in items) + tail)]
    comma = _comma(text, place.end, close)
    at = place.end if comma < 0 else comma + 1
    line = outline.after_line(at)
    if line > close or line == len(text) or not _breaks(text[place.start : place.last]):  # all on one line
        return [(at, (", " if comma < 0 else " ") + ", ".join(items))]
    pad = " " * (place.last - _line_start(text, place.last))
    pad = pad if not text[place.last - len(pad) : place.last].strip() else " " * (_indent(text, place.last))
    tail = "," if comma >= 0 else ""
    lines = [pad + item for item in items]
    return [*([(at, ",")] if comma < 0 else []), (line, f",{newline}".join(lines) + tail + newline)]


def _comma(text: str, start: int, close: int) -> int:
    """Return the offset of a comma behind the last item, or -1; one in a comment is none."""
    rest = re.sub(r"(?<!\S)#[^\r\n]*", lambda comment: " " * len(comment[0]), text[start:close])
    found = rest.find(",")
    return -1 if found < 0 else start + found


def _breaks(text: str) -> bool:
    return "\n" in text or "\r" in text


def _line_start(text: str, at: int) -> int:
    return max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1


def _indent(text: str, at: int) -> int:
    """Return the number of blanks that the line of an offset begins with."""
    start = _line_start(text, at)
    return len(text[start:]) - len(text[start:].lstrip(" "))
