r"""A report as Markdown: tables as pipes, questions as code, everything else escaped.

    what            written as
    Strong          **0.83**
    Quiet           [0.65, 0.93], escaped, as the other words
    Fact, Judged    ▪ dry, ◇ six of ten springs were
    Assumed         *in italics*
    Picture         what it shows, in words: it is drawn on the page
    Code            `P(y = s | x = t)`, with \| in a table
    lines of a cell joined by <br>

Whatever a file calls its variables stays text: no word of it can open a tag, a link, a table or a heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from causal.tell.compose import compose
from causal.tell.document import (
    Assumed,
    Block,
    Bullets,
    Cell,
    Code,
    Column,
    Document,
    Fact,
    Judged,
    Paragraph,
    Picture,
    Strong,
    Table,
    Terms,
    Text,
    Word,
)
from causal.tell.facts import Report

SPECIAL = re.compile(r"([\\`*_\[\]|~])")
OPENS_A_BLOCK = re.compile(r"^(\s*)([#+>-]|\d+[.)])")
MARK = {"flag": "Flag", "refuse": "Refused", "note": "Note"}


def markdown(report: Report) -> str:
    """Return a report as Markdown (GitHub's tables)."""
    return "\n".join(_lines(compose(report))).rstrip() + "\n"


def _lines(document: Document) -> Iterator[str]:
    yield from (f"# {escape(document.title)}", "", escape(document.subtitle), "")
    for banner in document.banners:
        yield from (f"> **{MARK[banner.tone]}:** {inline(banner.words)}", "")
    yield from (inline(document.key), "")
    for section in document.sections:
        yield from (f"## {escape(section.title)}", "")
        for block in section.blocks:
            yield from _block(block)
            yield ""


def _block(block: Block) -> Iterator[str]:
    match block:
        case Paragraph(words=words):
            yield _start(inline(words))
        case Bullets(items=items):
            yield from (f"- {_start(inline(item))}" for item in items)
        case Terms(pairs=pairs):
            yield from (f"- **{escape(term)}**: {inline(words)}" for term, words in pairs)
        case Picture(caption=caption):
            yield f"*Picture, in report.html.* {inline(caption)}"
        case Table():
            yield from _table(block)


def _table(table: Table) -> Iterator[str]:
    yield from (f"**{escape(table.caption)}**", "")
    yield _row(escape(column.title) for column in table.columns)
    yield _row(_rule(column) for column in table.columns)
    for row in table.rows:
        yield _row(_cell(cell) for cell in row)


def _rule(column: Column) -> str:
    return "---:" if column.numeric else "---"


def _row(cells: Iterator[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(cell: Cell) -> str:
    words = "<br>".join(inline(line, table=True).strip() for line in cell.lines)
    return f"{words} (!)" if cell.flagged else words


def inline(text: Text, *, table: bool = False) -> str:
    """Return words with their marks."""
    return "".join(_marked(part, table) for part in text)


def _marked(part: Word, table: bool) -> str:
    if isinstance(part, str):
        return escape(part)
    words = part.words.strip()
    if isinstance(part, Code):
        return code(part.words, table=table)
    if not words:
        return part.words
    marks = {Strong: ("**", "**"), Assumed: ("*", "*"), Fact: ("▪ ", ""), Judged: ("◇ ", "")}
    before, after = marks.get(type(part), ("", ""))
    lead, trail = part.words[: part.words.index(words)], part.words[part.words.index(words) + len(words) :]
    return f"{lead}{before}{escape(words)}{after}{trail}"


def escape(words: str) -> str:
    r"""Return words with every mark of Markdown or HTML made harmless.

    >>> print(escape("<b>a_b</b> | *c*"))
    &lt;b&gt;a\_b&lt;/b&gt; \| \*c\*
    """
    flat = " ".join(words.split("\n")).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return SPECIAL.sub(r"\\\1", flat)


def code(words: str, *, table: bool = False) -> str:
    """Return words as code, in more backticks than they hold in a row."""
    words = " ".join(words.split("\n"))
    words = words.replace("|", r"\|") if table else words
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", words)), default=0))
    pad = " " if words.startswith("`") or words.endswith("`") else ""
    return f"{fence}{pad}{words}{pad}{fence}"


def _start(line: str) -> str:
    """Return a line that opens no block of another kind."""
    return OPENS_A_BLOCK.sub(r"\1\\\2", line)
