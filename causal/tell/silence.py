"""The section of a report on silence: what stood in for experts who did not judge, and what nobody judged at all.

default     stated, implied, for whom it stands
shifted     what it comes to for an expert who holds another reference than the default one
unjudged    what was left to a weak belief, and for whom
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from causal.tell.claims import Direct
from causal.tell.document import Block, Bullets, Cell, Code, Quiet, Section, Strong, Table, Terms, paragraph
from causal.tell.facts import Report
from causal.tell.ledger import COLUMNS, names_of, row_of, title_of
from causal.tell.wording import quantity

SHIFTED = (
    "A default of a departure says how far to go from the default of its reference (on the log-odds; for noisy-and a "
    "ratio, for noisy-or what the cause adds), and goes as far from what an expert holds of that reference. Where it "
    "thus comes to another number for somebody, that stands below the implied one, and is what counts for them."
)


def defaults(report: Report) -> Section:
    """Lay out what stood in for silence, and what nobody judged at all."""
    title = title_of(report)
    counts = tuple(
        (who.title, (f"{who.judged} parameters judged, {who.defaults} by default, {who.unjudged} by nobody",))
        for who in report.experts
    )
    blocks: list[Block] = [
        paragraph("Defaults are judgements of nobody. They stand in where an expert is silent."),
        Terms(counts),
    ]
    if report.unjudged:
        blocks += [
            paragraph("Nobody judged these, and no default does; a weak belief stands in, near to knowing nothing:"),
            Bullets(tuple((Code(name), f" for {names_of(whom, title)}") for name, whom in report.unjudged.items())),
        ]
    else:
        blocks.append(paragraph("No parameter is left that neither an expert nor a default judged."))
    if report.defaults:
        rows = tuple(_default(each, title) for each in report.defaults)
        if any(each.shifted for each in report.defaults):
            blocks.append(paragraph(SHIFTED))
        blocks.append(Table("Defaults, and for whom they stand", COLUMNS, rows))
    return Section("defaults", "Defaults, and what nobody judged", tuple(blocks))


def _default(each: Direct, title: Mapping[str, str]) -> tuple[Cell, ...]:
    """Return the row of a default: below what it implies, what it comes to for those with another reference."""
    head, said, implied, misfit = row_of(each, f"for {names_of(each.used_by, title)}")
    lines = tuple(
        (f"{title[name]}: ", Strong(quantity(middle)), Quiet(f" [{quantity(low)}, {quantity(high)}]"))
        for name, (low, middle, high) in each.shifted.items()
    )
    return head, said, replace(implied, lines=(*implied.lines, *lines)), misfit
