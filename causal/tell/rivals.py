"""The headline under rival graphs, for a reader who would draw other arrows.

    what each changes       arrows with their reasons, what is new in it and on whose word
    under each graph        nothing set; with the headline's intervention, without it, the difference; the picture
    by school               how probable each finds each change, and its answers averaged accordingly
    can they be told apart  by the comparable cases and the judged totals, each left out in turn

No section where no rival was asked. What the gate refuses of one graph is withheld, and with it all that takes every
graph.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from causal.ask.saying import counted, listed
from causal.learn.gate import PASS
from causal.tell import luck
from causal.tell.disputed import STANDS, TO, called, quoted, sentences, situation
from causal.tell.dissent import column
from causal.tell.document import (
    Assumed,
    Block,
    Bullets,
    Cell,
    Code,
    Column,
    Judged,
    Paragraph,
    Picture,
    Quiet,
    Section,
    Strong,
    Table,
    Text,
    cell,
    paragraph,
    plain,
)
from causal.tell.facts import Report
from causal.tell.rivalfacts import ALONE, EFFECT, WITH, WITHOUT, Arrow, Contender, Contested, Rivals
from causal.tell.sections import TITLE as READING
from causal.tell.sections import likely
from causal.tell.wording import NONE, difference, quantity, shown

TITLE = "Rival graphs"
HEADS = {ALONE: "Nothing set", WITH: "With it", WITHOUT: "Without it", EFFECT: "Effect"}
AVERAGED = (ALONE, WITH, EFFECT)  # what is laid out by school
NOBODY = "not said: one half"


def rivals(report: Report) -> Section | None:
    """Lay the headline under the report's graph and its rivals side by side."""
    found = report.rivals
    if found is None:
        return None
    asked = counted(len(found.graphs) - 1, "other graph")
    lead = (
        f"All other sections hold on one graph. Here the headline is asked under {asked} as well. The difference is in "
        "the arrows named below and in nothing else: states, dates, interventions and whatever was judged that still "
        "has a place are the same. Each graph has a posterior of its own."
    )
    blocks: list[Block] = [Paragraph(text, lead=True) for text in sentences(report)]
    blocks += [paragraph(lead), *_changes(found), *_answers(report, found), *_by_school(report, found)]
    return Section("rivals", TITLE, (*blocks, *_scores(found), *_unasked(found)))


def _changes(found: Rivals) -> Iterator[Block]:
    """Yield what each rival changes, where it is one change; several together are made of these."""
    rows = [each for each in found.graphs if len(each.changes) == 1]
    if rows:
        columns = (Column("Rival"), Column("Its arrows, and why"), Column("What it rests on"))
        yield Table("What each rival changes", columns, tuple(_change(each) for each in rows))


def _change(each: Contender) -> tuple[Cell, ...]:
    new = f"new in it: {listed(each.variables)}" if each.variables else ""
    return (
        cell((Strong(each.title),), (Code(each.name),), (Quiet(new),)),
        cell((each.about,), *(_arrow(arrow) for arrow in each.arrows)),
        _rests(each),
    )


def _arrow(each: Arrow) -> Text:
    sources = f" {'; '.join(each.sources)}." if each.sources else ""
    words = Strong(f"{each.parent} {TO} {each.child}")
    return ("with " if each.added else "without ", words, ": ", Assumed(each.why), Quiet(sources))


def _rests(each: Contender) -> Cell:
    lines: list[Text] = []
    if each.nobodys:
        count = counted(len(each.nobodys), "new parameter")
        lines.append((Assumed(f"{count} that no expert judged: a default or a weak belief stands in"),))
    if each.left_out:
        count = counted(len(each.left_out), "judgement or default", "judgements and defaults")
        lines.append((Quiet(f"{count} left out, being about an arrow that is gone"),))
    return cell(*lines) if lines else cell("all that was judged")


def _answers(report: Report, found: Rivals) -> Iterator[Block]:
    """Yield every question under every graph, the picture of the main one, and what is best in each."""
    columns = [each for each in found.asked if each.what in HEADS]
    if not columns:
        return
    caption = f"Probability of {report.asked.label} under each graph"
    if found.title:
        reading = luck.titled(READING[found.reading].lower(), found.reading)
        caption = f"{caption}; “it” is: {found.title} ({reading})"
    heads = (Column("Graph"), *(Column(HEADS[each.what], True) for each in columns))
    rows = [(_graph(found, each), *(_number(asked, each) for asked in columns)) for each in found.graphs]
    if any(asked.averaged is not None for asked in columns):
        head = cell((Strong("Averaged by school"),), (Quiet("see below"),))
        rows.append((head, *(_averaged(asked) for asked in columns)))
    yield Table(caption, heads, tuple(rows))
    yield from _pictures(report, found)
    if best := _best(found):
        yield paragraph(best)


def _graph(found: Rivals, each: Contender) -> Cell:
    said = called(found, each.name)
    name = f"{STANDS[:1].upper()}{STANDS[1:]}" if said == STANDS else each.title if len(each.changes) <= 1 else ""
    gate = "" if each.gate == PASS else f"gate: {each.findings[0]}"
    lines: list[Text] = [(Strong(name),), (Code(each.name),), (Quiet(gate),)]
    return cell(*(line for line in lines if line != (Strong(""),)), flagged=bool(gate))


def _number(asked: Contested, each: Contender) -> Cell:
    number = asked.panel[each.name]
    return cell(*shown(number, "difference")) if asked.what == EFFECT else likely(number)


def _averaged(asked: Contested) -> Cell:
    if asked.averaged is None:
        return cell(NONE)
    return cell(*shown(asked.averaged, "difference")) if asked.what == EFFECT else likely(asked.averaged)


def _pictures(report: Report, found: Rivals) -> Iterator[Block]:
    drawings = report.drawings
    drawn = [each for each in (found.of(WITH), found.of(ALONE)) if each is not None]
    for at, asked in enumerate(drawn if drawings is not None else ()):
        assert drawings is not None
        title = f"{report.asked.label} {plain(situation(found, asked))}, under each graph"
        told = (
            f"{title}: the panel's mean and interval, and below them the mean of every expert. Every number of the "
            "panel stands in the table above."
        )
        yield Picture(title, (told,), partial(drawings.rivalry, at, title, told))


def _best(found: Rivals) -> str:
    """Say whether another intervention would make the headline on another graph."""
    known = {each.name: each.best for each in found.graphs if each.best}
    if not known:
        return ""
    other = {name: title for name, title in known.items() if title != found.title}
    if not other:
        return f"On every graph it is {quoted(found.title)} that leaves the outcome least probable."
    changed = "; ".join(f"{called(found, name)}: {quoted(title)}" for name, title in other.items())
    return f"On some graphs another intervention leaves the outcome least probable. {changed}."


def _by_school(report: Report, found: Rivals) -> Iterator[Block]:
    """Yield how probable each school finds each change, its averages, and how far each change moves the answer."""
    asked = [each for what in AVERAGED if (each := found.of(what)) is not None and each.averaged_by_expert]
    if not asked:
        if found.withheld:
            yield paragraph("Nothing is averaged and no graph is scored: that takes all of them.")
        return
    changes = [each for each in found.graphs if len(each.changes) == 1]
    how = (
        "A school's weight of a graph is its probability of each change that the graph makes, times that of not making "
        f"each of the others; the weights over these {len(found.graphs)} graphs add up to 1. The probabilities of the "
        "changes are prior ones: no case has moved them."
    )
    if len(changes) > 1 and not any(len(each.changes) > 1 for each in found.graphs):
        how += " Graphs that make several changes at once were not asked."
    yield paragraph(how)
    yield Table(
        "How probable each school finds each change",
        (Column("Change"), *(Column(column(who), True) for who in report.experts)),
        tuple(
            (cell((Strong(each.title),), (Code(each.name),)), *(_held(each, who.name) for who in report.experts))
            for each in changes
        ),
    )
    yield Table(
        f"Averaged over the graphs by each school: probability of {report.asked.label}; “it” as above",
        (Column("School"), *(Column(HEADS[each.what], True) for each in asked)),
        (
            *(
                (
                    cell((Strong(column(who)),)),
                    *(cell(*shown(each.averaged_by_expert[who.name], _kind(each))) for each in asked),
                )
                for who in report.experts
            ),
            (cell((Strong("The panel"),)), *(_averaged(each) for each in asked)),
        ),
    )
    moved = [(f"{HEADS[each.what]}: ", *_moves(each)) for each in asked]
    yield paragraph("How far each change moves the panel, the other changes alike, the furthest first:")
    yield Bullets(tuple(moved))


def _kind(asked: Contested) -> str:
    return "difference" if asked.what == EFFECT else "probability"


def _held(each: Contender, who: str) -> Cell:
    return cell((Judged(quantity(each.held[who])),)) if who in each.held else cell((Assumed(NOBODY),))


def _moves(asked: Contested) -> Text:
    """Return how far each change moves an answer, the furthest first."""
    return (f"{'; '.join(f'{quoted(each.title)} {difference(each.panel)}' for each in asked.moves)}.",)


def _scores(found: Rivals) -> Iterator[Block]:
    lines = [*([found.unscored] if found.unscored else []), *(each.text for each in found.scores)]
    if lines:
        yield paragraph(Strong("Can the graphs be told apart? "), lines[0])
        yield from (paragraph(line) for line in lines[1:])


def _unasked(found: Rivals) -> Iterator[Block]:
    if found.unasked:
        yield paragraph("Left out, because the question has no answer on some graph:")
        yield Bullets(tuple((Code(question), f": {why}") for question, why in found.unasked))
