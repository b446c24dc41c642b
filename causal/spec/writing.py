r"""A tree back to text that reads as the same tree: the other direction of reader.py.

    a scalar      plain where it may be, else in single quotes, else in double quotes with escapes
    a long text   folded over several lines (`>-`); one of several lines as a block (`|`)
    a collection  in flow style, `{low: 0.1, best: 0.3}`, on one line

What a scalar was quoted with is not kept: the reader takes every scalar for literal text.
"""

from __future__ import annotations

import re
from textwrap import wrap

from causal.spec.reader import Mapping, Node, Scalar

WIDTH = 120
_OPENS = frozenset("-?:,[]{}#&*!|>'\"%@`=")  # what a plain scalar does not begin with here, though some might
_BREAKS_PLAIN = re.compile(r":(\s|$)|\s#")
_BREAKS_FLOW = re.compile(r"[,\[\]{}]|:")


def scalar_text(text: str, *, flow: bool = False) -> str:
    r"""Return a text as a YAML scalar on one line; ``flow`` where it stands within brackets or braces.

    >>> print(scalar_text("P(rain = some | rain != clear, season = dry)"))
    P(rain = some | rain != clear, season = dry)
    >>> print(scalar_text("P(rain = some | rain != clear, season = dry)", flow=True))
    'P(rain = some | rain != clear, season = dry)'
    """
    if not all(map(_printable, text)):
        return '"' + "".join(map(_escaped, text)) + '"'
    plain = text == text.strip() and text[:1] not in {"", *_OPENS} and not _BREAKS_PLAIN.search(text)
    if plain and not (flow and _BREAKS_FLOW.search(text)):
        return text
    return "'" + text.replace("'", "''") + "'"


def _printable(letter: str) -> bool:
    return letter.isprintable() or letter == "\N{NO-BREAK SPACE}"


def _escaped(letter: str) -> str:
    if letter in '"\\':
        return f"\\{letter}"
    if _printable(letter):
        return letter
    code = ord(letter)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def flow_text(node: Node) -> str:
    r"""Return a tree on one line.

    >>> from causal.spec.reader import Problems, read_tree
    >>> flow_text(read_tree("says:\n  low: 0.1\n  best: 30%", Problems("")))
    '{says: {low: 0.1, best: 30%}}'
    """
    match node:
        case Scalar():
            return "" if node.plain and not node else scalar_text(node, flow=True)
        case Mapping():
            pairs = (f"{scalar_text(key, flow=True)}: {flow_text(value)}" for key, value in node.entries.values())
            return f"{{{', '.join(pairs)}}}"
    return f"[{', '.join(map(flow_text, node.items))}]"


def pair_lines(key: str, node: Node, indent: int) -> list[str]:
    """Return ``key: value`` as lines that stand in a block at a column ``indent`` (from 0), without line breaks."""
    head = " " * indent + scalar_text(key) + ":"
    if not isinstance(node, Scalar):
        return [f"{head} {flow_text(node)}"]
    if node.plain and not node:  # nothing stays nothing: quotes would make it a text
        return [head]
    line = f"{head} {scalar_text(node)}"
    inner = " " * (indent + 2)
    if len(line) > WIDTH and _folds(node):
        # words stay whole, so that what is folded reads back with the same single blanks
        return [
            f"{head} >-",
            *(inner + part for part in wrap(node, WIDTH - len(inner), break_long_words=False, break_on_hyphens=False)),
        ]
    if "\n" in node and _stands(node):
        text = node.removesuffix("\n")
        chomp = "" if node.endswith("\n") else "-"
        return [f"{head} |{chomp}", *((inner + part) if part else "" for part in text.split("\n"))]
    return [line]


def _folds(text: str) -> bool:
    """Tell whether a text may be broken at its blanks: they are single, and it has no other white space."""
    return " ".join(text.split()) == text and all(map(_printable, text)) and "\N{NO-BREAK SPACE}" not in text


def _stands(text: str) -> bool:
    """Tell whether a text of several lines may stand as a block."""
    lines = text.removesuffix("\n").split("\n")
    whole = bool(lines[0]) and not lines[0].startswith(" ") and bool(lines[-1].strip())
    return whole and all(_printable(letter) for line in lines for letter in line)
