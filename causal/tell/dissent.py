"""The report expert by expert: the same numbers before any pooling, and what makes the difference.

by_expert      dates and interventions, a column per expert; the headline's densities
disagreement   who is furthest apart, and the few parameters on which that rests
"""

from __future__ import annotations

from functools import partial

from causal.ask.interventions import FORECAST, READINGS
from causal.spec.priors import LINEAR
from causal.tell import luck
from causal.tell.claims import Reason, Who
from causal.tell.divergences import NOTHING, headline
from causal.tell.document import (
    Assumed,
    Block,
    Cell,
    Code,
    Column,
    Judged,
    Picture,
    Quiet,
    Section,
    Strong,
    Table,
    Text,
    cell,
    paragraph,
)
from causal.tell.facts import Dissent, Driver, Four, Report, Without
from causal.tell.findings import effect
from causal.tell.ledger import cited, title_of
from causal.tell.sections import TITLE, stage
from causal.tell.wording import decimal, difference, probability, said, shown


def by_expert(report: Report) -> Section:
    """Lay out the same by expert, before any pooling, those outside the panel last."""
    if len(report.experts) < 2:
        only = report.experts[0].title if report.experts else "Nobody"
        return Section("experts-apart", "By expert", (paragraph(f"{only} alone judged: the panel is one expert."),))
    panel = (
        "The panel is their weighted mixture, so that a wide interval above may be a disagreement here."
        if report.assumptions.pooling == LINEAR
        else f"The panel ({report.assumptions.pooling} pooling) is one more posterior, made of theirs, which keeps no "
        "two camps apart: how far they disagree is seen here."
    )
    lead = (
        f"Each expert has a whole coherent posterior of their own. {panel} Experts marked “apart” are not in the panel."
    )
    columns = tuple(Column(column(who), True) for who in report.experts)
    blocks: list[Block] = [paragraph(lead), *_densities(report), _dates(report, columns)]
    blocks += [
        _matrix(report, reading, columns)
        for reading in READINGS
        if report.of(reading) and reading not in report.repeated
    ]
    return Section("experts-apart", "By expert, before any pooling", tuple(blocks))


def _densities(report: Report) -> list[Block]:
    """Return the headline's picture by expert, none where the gate withholds it."""
    drawings, row = report.drawings, headline(report.interventions, report.tense.first)
    if drawings is None or drawings.headline is None or row is None or report.gate.withholds:
        return []
    title = f"{row.title} ({row.reading}), by expert"
    told = (
        f"{title}: where each expert's draws of the probability of {report.asked.label} lie, the panel on "
        "top. Means and intervals stand in the table of this reading below."
    )
    return [Picture(title, (told,), partial(drawings.densities, title, told))]


def column(who: Who) -> str:
    """Return the head of an expert's column, marked where the expert is not in the panel."""
    return who.title if who.pooled else f"{who.title} (apart)"


def _dates(report: Report, columns: tuple[Column, ...]) -> Table:
    found: dict[str, Without] = {}
    for each in report.without:
        if each.reading in (FORECAST, NOTHING):
            found.setdefault(stage(report, each), each)
    rows = tuple(
        (cell(head), *(cell(*shown(each.by_expert[who.name])) for who in report.experts))
        for head, each in found.items()
    )
    caption = f"Probability of {report.asked.label}, nothing set, later luck open"
    return Table(caption, (Column(report.tense.decided), *columns), rows)


def _matrix(report: Report, reading: str, columns: tuple[Column, ...]) -> Table:
    rows = tuple(
        (cell((Strong(row.title),)), *(_four(row.by_expert[who.name]) for who in report.experts))
        for row in report.of(reading)
    )
    caption = f"{TITLE[reading]}, by expert: probability of {report.asked.label} with the intervention, and its effect"
    caption = luck.titled(caption, reading)
    return Table(caption, (Column("Intervention"), *columns), rows)


def _four(four: Four) -> Cell:
    return cell(*shown(four.outcome), (Quiet(effect(four.effect)),))


def disagreement(report: Report) -> Section:
    """Say who of the panel is furthest apart on the headline, and which few parameters make most of it."""
    found, title = report.dissent, "What explains the disagreement"
    if found is None or report.gate.withholds:
        why = "No two experts of the panel can be set against each other on a headline that is reported."
        return Section("disagreement", title, (paragraph(why),))
    name = title_of(report)
    low, high = name[found.low], name[found.high]
    lead: Text = (
        f"Furthest apart on the headline are {low}, at ",
        *_mean(report, found.low, found.low_mean),
        f", and {high}, at ",
        *_mean(report, found.high, found.high_mean),
        ". The question is ",
        Code(found.question),
        ".",
    )
    blocks: list[Block] = [paragraph(*lead)]
    if not found.drivers:
        return Section("disagreement", title, (*blocks, paragraph("No parameter of theirs makes a difference to it.")))
    how = (
        "Every parameter of one is put in place of the other's, by itself and both ways, with all others at their "
        "means. Its shift is the change that this makes, on average; a negative one narrows the gap. "
    )
    columns = (Column("Parameter"), Column(low, True), Column(high, True), Column("Shift", True))
    rows = tuple(_driver(each, low, high) for each in found.drivers)
    caption = f"The {len(rows)} parameters that do most, of a gap of {difference(found.gap)} at mean parameters"
    return Section("disagreement", title, (*blocks, paragraph(how, *_explained(found)), Table(caption, columns, rows)))


def _mean(report: Report, expert: str, mean: float) -> Text:
    """Return an expert's answer on the headline, with interval and word where the headline's own row has them."""
    row = headline(report.interventions, report.tense.first)
    return (Strong(probability(mean)),) if row is None else said(row.by_expert[expert].outcome)


def _explained(found: Dissent) -> Text:
    """Say how much goes with all that are listed, in words where it is all of it or more."""
    if found.explained is None:
        return ()
    return (
        "Those listed, swapped together, take away ",
        Strong(f"{decimal(100 * found.explained, 0)} %"),
        " of the gap.",
    )


def _driver(each: Driver, low: str, high: str) -> tuple[Cell, ...]:
    lines = (_why(low, each.by_low, each.low), _why(high, each.by_high, each.high))
    head = cell((Code(each.question),), *lines)
    values = (cell((Strong(probability(value)),)) for value in (each.value_low, each.value_high))
    return head, *values, cell((Strong(difference(each.shift, 3 if abs(each.shift) < SMALL else 2)),))


SMALL = 0.01  # a shift below it is shown with a third decimal: it carries no Monte Carlo error to speak of


def _why(who: str, by: str, reason: Reason) -> Text:
    if by == "nobody":
        return (Quiet(f"{who}: "), Assumed("judged by nobody, a weak belief"))
    words = Judged(reason.because) if by == "expert" else Assumed(f"a default. {reason.because}".rstrip())
    source = cited(reason)
    return (Quiet(f"{who}: "), words, Quiet(f" {source}" if source else ""))
