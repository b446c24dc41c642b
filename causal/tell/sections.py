"""The report from its question to its experts: what is read first.

question        what exactly is asked, how its states are defined, when
findings        the sentences
without         the outcome with nothing set, date by date
interventions   each under each reading, beside the same history without it
experts         who they are
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from causal.ask.interventions import FORECAST, MINIMAL, READINGS, RETROSPECTIVE
from causal.ask.saying import counted, dated, listed
from causal.spec.grammar import parse_event
from causal.spec.priors import HIERARCHICAL
from causal.spec.question import Named, Setting
from causal.tell import luck, seeds
from causal.tell.claims import Who
from causal.tell.divergences import NOTHING
from causal.tell.document import (
    Assumed,
    Block,
    Bullets,
    Cell,
    Code,
    Column,
    Fact,
    Paragraph,
    Picture,
    Quiet,
    Section,
    Strong,
    Table,
    Terms,
    Text,
    cell,
    paragraph,
)
from causal.tell.facts import Defined, Report, Row, Without
from causal.tell.findings import told
from causal.tell.number import Number
from causal.tell.wording import NONE, likelihood, news, shown

TITLE = {FORECAST: "Forecast", MINIMAL: "Minimal rewrite", RETROSPECTIVE: "Retrospective"}


def question(report: Report) -> Section:
    """Say what is asked, so exactly that two readers could not disagree about whether it came true."""
    asked, variable = report.asked, report.asked.variable
    pairs: tuple[tuple[str, Text], ...] = (
        ("Asked for", (Code(f"P({asked.event})"), f": {asked.label}")),
        ("When", (dated(variable.window) or "undated",)),
        ("What happened", (Fact(variable.actual) if variable.actual is not None else report.tense.unknown,)),
    )
    blocks: list[Block] = [paragraph(text) for text in (report.about, variable.about) if text]
    blocks += [Terms(pairs), _states(f"What the states of {variable.title} mean", (variable,))]
    if asked.parts:
        blocks.append(_states(f"What {variable.title} is made of, by definition", asked.parts))
    if report.priors_about:
        blocks.append(paragraph(Strong("The judgements. "), report.priors_about))
    return Section("question", "The question", tuple(blocks))


def _states(caption: str, variables: tuple[Defined, ...]) -> Table:
    rows = tuple(
        (
            cell((Strong(f"{each.title} = {state}"),), (Fact("what happened" if state == each.actual else ""),)),
            cell(said or "not defined"),
        )
        for each in variables
        for state, said in each.states.items()
    )
    return Table(caption, (Column("State"), Column("Definition")), rows)


def findings(report: Report) -> Section:
    """Say the main thing first."""
    interval = f"{100 * report.ci_prob:.0f} %"
    how = (
        f"Numbers are means over draws of the panel; in brackets the {interval} interval: how sure the panel is of the "
        "probability, disagreement included. Words are those of ICD 203. "
        f"{report.tense.accuracy}"
    )
    main, *others = told(report)
    blocks: list[Block] = [Paragraph(main, lead=True)]
    if others:
        blocks += [paragraph(Strong("Key judgements")), Bullets(tuple(others))]
    blocks.append(paragraph(Quiet(how)))
    return Section("findings", "Main findings", tuple(blocks))


def without(report: Report) -> Section:
    """Lay out the outcome with nothing set, date by date."""
    stages: dict[str, dict[str, Without]] = {}
    for each in report.without:
        stages.setdefault(stage(report, each), {}).setdefault(each.reading, each)
    readings = [reading for reading in (FORECAST, MINIMAL) if reading not in report.repeated]
    rows = []
    for head, found in stages.items():
        numbers = [found.get(reading) or (found.get(NOTHING) if reading == FORECAST else None) for reading in readings]
        rows.append((cell(head), *(likely(each.number) if each else cell(NONE) for each in numbers)))
    columns = (Column(report.tense.decided), *(Column(TITLE[reading], True) for reading in readings))
    caption = f"Probability of {report.asked.label}, nothing set"
    lead = report.tense.opened + (report.tense.counted if MINIMAL in readings else "")
    blocks: list[Block] = [paragraph(lead), Table(caption, columns, tuple(rows))]
    if any(each.number.news is not None for each in report.without):
        blocks.append(paragraph(Quiet(NEWS)))
    return Section("without", "With nothing set", tuple(blocks))


def stage(report: Report, each: Without) -> str:
    """Say what is given with nothing set: of what is over all before a date, of what is to come all known by then."""
    if report.ahead:
        return f"known up to {dated(each.known)}" if each.known else NOTHING
    return dated(each.before) if each.before else NOTHING


NEWS = (
    "“As news”: the same with what is given taken as news about how likely such a case is (case level), where that "
    "differs visibly; the number above it takes what is given only to place the case (population level)."
)


def likely(number: Number) -> Cell:
    """Return a probability over its interval and its word, and what it is as news where that differs visibly."""
    return cell(*shown(number), (Quiet(likelihood(number)),), (Quiet(news(number)),))


def interventions(report: Report) -> Section:
    """Lay out every intervention under every reading, with the words that tell the columns apart."""
    same = report.repeated
    told_apart = [reading for reading in READINGS if report.of(reading) and reading not in same]
    tables = [block for reading in told_apart for block in _reading(report, reading)]
    blocks: list[Block] = [_glossary(report), *tables] if tables else [paragraph("None that can be answered.")]
    if same:
        named = listed([TITLE[reading].lower() for reading in same])
        blocks.append(paragraph(f"Read as {named}, every number is the same: nothing later is known that could count."))
    if any(row.panel.outcome.news is not None for row in report.interventions):
        blocks.append(paragraph(Quiet(NEWS)))
    meanings = _meanings(report)
    if meanings.pairs:
        blocks += [paragraph("What each of them means:"), meanings]
    notes = [(row.title, note) for row in report.interventions for note in row.notes]
    if notes:
        blocks.append(paragraph("Notes:"))
        blocks.append(Bullets(tuple((Strong(title), f": {note}") for title, note in dict.fromkeys(notes))))
    if report.skipped:
        blocks.append(paragraph("Left out, because the question has no answer:"))
        blocks.append(Bullets(tuple((Strong(name), f": {why}") for name, why in report.skipped)))
    return Section("interventions", "Points of divergence", tuple(blocks))


def _glossary(report: Report) -> Terms:
    """Return what each reading and each column is, in a line."""
    event, tense = report.asked.event, report.tense
    imagined = replace(parse_event(event), world=Setting((Named("name"),)))
    keeps = "It assumes what no observation can test, that each variable keeps its luck in the world imagined."
    return Terms(
        (
            (TITLE[FORECAST], (tense.glossary[FORECAST], Code(f"P({event} | do(@name), history)"), ", rung 2.")),
            (TITLE[MINIMAL], (tense.glossary[MINIMAL], Code(f"P({event} | do(@name), history, chance)"), ", rung 2.")),
            (
                TITLE[RETROSPECTIVE],
                (tense.glossary[RETROSPECTIVE], Code(f"P({imagined} | record)"), ", rung 3. ", Assumed(keeps)),
            ),
            ("Without it", (tense.without,)),
            ("Effect", ("With it less without it, reckoned draw by draw.",)),
            ("Plausibility", (tense.plausibility,)),
            ("Not to be added", ("Each row is a world of its own; effects of different rows do not add up.",)),
        )
    )


def _reading(report: Report, reading: str) -> Iterator[Block]:
    """Yield the picture of one reading, where there is one to be drawn, and its table."""
    drawings = report.drawings
    if drawings is not None and not report.gate.withholds:
        title = luck.titled(f"{TITLE[reading]}: every point of divergence", reading)
        without = luck.WHAT_HAPPENED if all(map(luck.happened, report.of(reading))) else report.tense.same[FORECAST]
        words = (
            f"{title}. The lowest probability of {report.asked.label} is on top. A row has the panel's mean and "
            f"interval, {without} as a hollow mark, and below them the mean of every expert. "
        )
        told = f"{words}Every number stands in the table that follows."
        yield Picture(title, (told,), partial(drawings.forest, reading, title, told))
    yield _table(report, reading)


def _table(report: Report, reading: str) -> Table:
    columns = (
        Column("Intervention"),
        Column("With it", True),
        Column("Without it", True),
        Column("Effect", True),
        Column("Plausibility", True),
    )
    rows = tuple(
        (
            _named(row),
            cell(*likely(row.panel.outcome).lines, luck.kept(row)),
            cell(*shown(row.panel.without), (Fact(luck.WHAT_HAPPENED if luck.happened(row) else ""),)),
            cell(*shown(row.panel.effect, "difference")),
            cell(*shown(row.panel.plausibility)),
        )
        for row in report.of(reading)
    )
    return Table(luck.titled(f"{TITLE[reading]}: probability of {report.asked.label}", reading), columns, rows)


def _meanings(report: Report) -> Terms:
    """Return what each intervention stands for, in the order of the model, where anything is said of it."""
    first = {row.intervention: row for row in reversed(report.interventions)}
    pairs = []
    for name in dict.fromkeys(row.intervention for row in report.interventions):
        row = first[name]
        sources = f" {'; '.join(row.sources)}." if row.sources else ""
        if not row.about and not sources:
            continue
        pairs.append((row.title, (Code(f"@{name}"), " ", Assumed(row.about), Quiet(sources))))
    return Terms(tuple(pairs))


def _named(row: Row) -> Cell:
    sets = ", ".join(f"{name} = {state}" for name, state in row.sets.items())
    defines = "sets part of the outcome's definition" if row.defines else ""
    return cell((Strong(row.title),), (Quiet(dated(row.when)),), (Code(f"do({sets})"),), (Quiet(defines),))


def experts(report: Report) -> Section:
    """Say who judged, how much of it, and with what weight."""
    shaped = any(who.reshaping for who in report.experts)
    columns = (
        Column("Expert"),
        Column("Share of the panel", True),
        Column("Parameters judged", True),
        Column("By default", True),
        Column("By nobody", True),
        Column("Evidence", True),
        *((Column("Reshape the prior", True),) if shaped else ()),
        Column("Checks", True),
        Column("No view", True),
    )
    rows = tuple(
        (
            cell((Strong(who.title),), (Quiet(_school(who)),)),
            cell(_share(report, who)),
            *(cell(str(count)) for count in (who.judged, who.defaults, who.unjudged, who.evidence)),
            *((cell(str(who.reshaping)),) if shaped else ()),
            *(cell(str(count)) for count in (who.checks, who.abstained)),
        )
        for who in report.experts
    )
    about = tuple((who.title, _who(who)) for who in report.experts)
    pooled = counted(sum(who.pooled for who in report.experts), "expert")
    known = report.assumptions
    weighed = "" if known.pooling == HIERARCHICAL else f", {seeds.weighed(known.weights, known.alpha)}"
    rule = f"Pooling: {known.pooling}, {pooled}{weighed}."
    told = (f"{each[:1].upper()}{each[1:]}." for each in known.pool)
    table = Table("Who judged, and how much", columns, rows)
    return Section("experts", "The experts", (paragraph(" ".join((rule, *told))), table, Terms(about)))


def _share(report: Report, who: Who) -> str:
    """Return an expert's share of the panel; in a hierarchical pool it differs from question to question."""
    if not who.pooled:
        return "apart"
    return "in it" if report.assumptions.pooling == HIERARCHICAL else f"{who.share:.2f}"


def _who(who: Who) -> Text:
    if not who.about and not who.source:
        return ("Nothing is said about this expert.",)
    return (f"{who.about} ".lstrip(), Quiet(who.source))


def _school(who: Who) -> str:
    return f"school: {who.school}" if who.school and who.school.casefold() != who.title.casefold() else ""
