"""What made the difference, on a screen: the answer in sentences, the panel's rows of the table, a picture in a file.

text    title, sentences, the first rows of the table with the panel's numbers, the gate
json    everything that the analysis found
"""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from causal.ask.analyses import ANALYSES
from causal.ask.saying import counted
from causal.cli.answers import overridden
from causal.cli.screen import emit, number, show, show_table
from causal.learn.gate import NO_GATE, Gate

if TYPE_CHECKING:
    from causal.explained import Explained

WIDTH = 100
ROWS = 12  # rows of the table that are shown; the rest is in --json


def list_analyses(as_json: bool) -> None:
    """Show what can be asked."""
    if as_json:
        emit({"analyses": {name: each.asks for name, each in ANALYSES.items()}})
        return
    show_table(("analysis", "asks"), [(name, each.asks) for name, each in ANALYSES.items()], left=2)


def show_explained(found: Explained, out: tuple[Path, str] | None, as_json: bool, allowed: bool) -> Gate:
    """Show an analysis and return its gate; ``out`` is where which of its pictures goes."""
    gate = overridden(found.gate, allowed)
    written = None if out is None else found.plot(out[1]).save(out[0]).as_posix()
    if as_json:
        emit({**found.to_dict(), "gate": gate.to_dict(), "written": written})
        return gate
    show(found.title)
    show()
    for paragraph in found.text.splitlines():
        show(textwrap.fill(paragraph, WIDTH, break_on_hyphens=False))
    header, rows = found.rows(ROWS)
    if rows and not gate.withholds:
        show()
        show_table(header, [[_cell(each) for each in row] for row in rows], left=len(header))
        if found.more(ROWS):
            show(f"({counted(found.more(ROWS), 'more row')}, and every expert's, with --json)")
    if written is not None:
        show()
        show(f"Picture: {written}")
    show()
    show(NO_GATE if gate.empty else f"Gate: {gate.verdict}{'' if not gate.findings else f' ({gate.findings[0]})'}.")
    return gate


def _cell(value: object) -> str:
    return "" if value is None else number(value, 2) if isinstance(value, float) else str(value)
