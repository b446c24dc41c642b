"""What the report says of judgements beside each other: what words were read as, parts and wholes, circles.

words        every phrase with the numbers it was read as, and whose numbers these are
parts        parts of a whole that one expert judged, their sum beside the whole; orders that run in a circle
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from causal.ask.saying import counted
from causal.tell.claims import Loop, Split, Worded
from causal.tell.document import (
    Block,
    Bullets,
    Cell,
    Code,
    Column,
    Quiet,
    Section,
    Strong,
    Table,
    Text,
    cell,
    paragraph,
)
from causal.tell.facts import Report
from causal.tell.wording import quantity

OWN = "on no published scale: the prior file says what it means"


def words(report: Report) -> Section | None:
    """Lay out what each phrase was read as; nothing where nobody used one."""
    return told_words(report.worded)


def told_words(worded: Sequence[Worded]) -> Section | None:
    """Return the section about phrases."""
    if not worded:
        return None
    own = [each for each in worded if not each.published]
    lead = (
        "Words of likelihood are read on a stated scale, as 5, 50 and 95 per cent of a belief. The same word means "
        "something else on another scale."
    )
    blocks: list[Block] = [paragraph(lead)]
    if own:
        blocks.append(
            paragraph(
                Strong(f"{counted(len(own), 'phrase is', 'phrases are')} on no published scale."),
                " Their numbers are the prior file's own, and a reader may want others.",
            )
        )
    columns = (Column("Phrase"), Column("Read as", True), Column("Judgements", True))
    blocks.append(Table("Phrases and their numbers", columns, tuple(_phrase(each) for each in worded)))
    return Section("words", "Words, and the numbers they were read as", tuple(blocks))


def _phrase(each: Worded) -> tuple[Cell, ...]:
    low, middle, high = map(quantity, each.read)
    known: Text = (Quiet(f"scale {each.scale}" if each.published else f"scale {each.scale}, {OWN}"),)
    return (
        cell((f"“{each.phrase}”",), known, (Quiet(each.source),)),
        cell((Strong(middle),), (Quiet(f"[{low}, {high}]"),)),
        cell(str(each.times)),
    )


def parts(report: Report) -> Section | None:
    """Lay out parts beside their whole, and circles of orders; nothing where nobody judged either."""
    return told_parts(report.splits, report.loops, {who.name: who.title for who in report.experts})


def told_parts(splits: Sequence[Split], loops: Sequence[Loop], title: Mapping[str, str]) -> Section | None:
    """Return the section about parts and circles; ``title`` names the experts."""
    if not splits and not loops:
        return None
    blocks: list[Block] = []
    if splits:
        odd = [each for each in splits if each.at_odds]
        many = f"{counted(len(odd), 'set')} of {len(splits)} {'does' if len(odd) == 1 else 'do'} not make the whole."
        told = many if odd else "All of them make the whole."
        blocks += [
            paragraph(
                "Where one expert judged the parts of something one by one, the medians as stated are added up here. "
                "Nothing was brought to a sum of 1. Described part by part, things are judged more probable than as "
                "a whole (Tversky & Koehler 1994; Tetlock & Lebow 2001). "
            ),
            paragraph(Strong(told)),
            Table(
                "Parts beside their whole",
                (Column("Parts"), Column("Their sum", True), Column("The whole", True), Column("Excess", True)),
                tuple(_split(each, title) for each in splits),
            ),
        ]
    if loops:
        blocks += [
            paragraph("Orders that cannot all hold as surely as they were said to:"),
            Bullets(tuple(_loop(each, title) for each in loops)),
        ]
    return Section("parts", "Parts and wholes", tuple(blocks))


def _split(each: Split, title: Mapping[str, str]) -> tuple[Cell, ...]:
    lines: list[Text] = [(Code(question), f" {quantity(median)}") for question, median in each.parts]
    whole: Text = (Code(each.of),) if each.of else (Quiet("all that can be" if each.complete else "at most all"),)
    return (
        cell((Strong(title[each.by]),), *lines),
        cell(quantity(each.total)),
        cell((quantity(each.whole),), whole),
        cell(f"{each.excess:+.3f}", flagged=each.at_odds),
    )


def _loop(each: Loop, title: Mapping[str, str]) -> Text:
    told: list[str | Code] = [f"{title[each.by]}: "]
    for at, (order, sure) in enumerate(each.orders):
        told += ["; " if at else "", Code(order), f" {sure:.2f}"]
    most = len(each.orders) - 1
    return (*told, f". Together at most {most:d}, and {quantity(most + each.excess)} was said.")
