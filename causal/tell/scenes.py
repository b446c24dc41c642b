"""The report's worlds: how likely each state of everything is, what avoids the outcome, and what a definition decides.

graph        the picture of the model with every variable's probabilities, nothing set; the same as a table
profile      what else holds where the outcome is avoided
thresholds   the outcome with its score's threshold moved
"""

from __future__ import annotations

from collections.abc import Mapping

from causal.ask.saying import counted, dated, listed
from causal.tell.document import (
    Block,
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
    Text,
    cell,
    paragraph,
)
from causal.tell.facts import Level, Marginal, Report, World
from causal.tell.rivalfacts import Beside
from causal.tell.sections import TITLE
from causal.tell.wording import NONE, probability, shown

NOTHING_SET = "nothing set"


def graph(report: Report) -> Section:
    """Draw the model, and lay out how probable each state of each variable is with nothing set."""
    lead = (
        "Every arrow is a claim that the one acts on the other directly. Every pair without an arrow is a claim as "
        "well: see the assumptions. The bars are the panel's probabilities with nothing set and nothing given."
    )
    blocks: list[Block] = [paragraph(lead)]
    if report.beside.names:
        blocks.append(_disputed(report.beside))
    if report.drawings is not None and not report.gate.withholds:
        told = (
            "The model: causes above effects, a bar for the probability of each state, what really happened marked, "
            "luck and what a named intervention sets marked as well; the key stands below it."
        )
        blocks.append(Picture("The causal graph", (told,), report.drawings.dag))
    columns = (Column("Variable"), Column("States and their probabilities"))
    rows = tuple((_variable(each), _states(each)) for each in report.marginals)
    if rows:
        blocks.append(Table("Every variable, with nothing set", columns, rows))
    return Section("graph", "The model", tuple(blocks))


def _disputed(beside: Beside) -> Paragraph:
    """Say that the graph is disputed, where others lie beside it that were not asked."""
    names = listed(beside.names)
    one = len(beside.names) == 1
    return paragraph(
        Strong("This graph is disputed. "),
        f"{counted(len(beside.names), 'rival graph lies', 'rival graphs lie')} beside it ({names}), with other arrows; "
        f"this report did not ask {'it' if one else 'them'}. What the headline comes to under each is in that of: ",
        Code(beside.command),
        ".",
    )


def _variable(each: Marginal) -> Cell:
    return cell((Strong(each.variable.title),), (Quiet(dated(each.variable.window)),))


def _states(each: Marginal) -> Cell:
    """Return each state with its probability, whether it is what happened and what it means; then what is known."""
    lines: list[Text] = []
    for state, number in each.states.items():
        share = shown(number)
        known: Text = (" ", Fact("what happened")) if each.variable.actual == state else ()
        band: Text = (" ", *share[1]) if len(share) > 1 else ()
        lines += [(f"{state} ", *share[0], *band, *known), (Quiet(each.variable.states[state]),)]
    return cell(*lines, (Quiet(each.variable.about),))


def profile(report: Report) -> Section:
    """Lay out what else holds in the worlds in which the outcome is avoided, beside all worlds of the same kind."""
    title = "Worlds in which it is avoided"
    if not report.worlds:
        return Section("profile", title, (paragraph("The model names nothing else to describe in them."),))
    lead = (
        f"What else holds where it is not so that {report.asked.label}: with nothing set and nothing given, and under "
        f"the {TITLE[report.worlds_reading].lower()} of the interventions that leave it least probable. Below each "
        "share stands that among all worlds of the same kind. A state far more frequent where the outcome is avoided "
        "is a part of the way out, or a sign of it: being seen together does not say which."
    )
    titles = {each.intervention: each.given or NOTHING_SET.capitalize() for each in report.worlds}
    order = [name for name in ("", *(row.intervention for row in report.of(report.worlds_reading))) if name in titles]
    columns = (Column("It is so that"), *(Column(titles[name], True) for name in order))
    found = {(each.variable, each.intervention, each.avoided): each for each in report.worlds}
    rows = []
    for variable, world in {each.variable: each for each in report.worlds}.items():
        for state in world.states:
            cells = (_share(found, variable, name, state) for name in order)
            rows.append((_state(report, world, state), *cells))
    table = Table(f"Worlds without {report.asked.label}: how often each state holds", columns, tuple(rows))
    return Section("profile", title, (paragraph(lead), table))


def _state(report: Report, world: World, state: str) -> Cell:
    happened = "what happened" if report.actual.get(world.variable) == state else ""
    return cell((Strong(f"{world.title} = {state}"),), (Fact(happened),))


def _share(found: Mapping[tuple[str, str, bool], World], variable: str, name: str, state: str) -> Cell:
    """Return the share among the avoiding worlds, and below it that among all of their kind."""
    avoided, every = (found.get((variable, name, kind)) for kind in (True, False))
    lines: tuple[Text, ...] = ((NONE,),) if avoided is None else shown(avoided.states[state])
    mean = None if every is None else every.states[state].mean
    of_all = "" if every is None or mean is None else f"all: {probability(mean, every.states[state].decimals)}"
    return cell(*lines, (Quiet(of_all),))


def thresholds(report: Report) -> Section | None:
    """Lay out the outcome at every threshold of its score; None where its definition has none."""
    if not report.levels:
        return None
    steps = sorted({each.level for each in report.levels})
    own = next(each.level for each in report.levels if each.own)
    lead = (
        f"{report.asked.label} is a matter of definition: a score that must reach {own:g}. Here the same draws answer "
        f"with the threshold from {steps[0]:g} to {steps[-1]:g}. What changes along a row is a matter of words; what "
        "holds along all of it is not."
    )
    columns = (Column("Worlds"), *(Column(_step(level, own), True) for level in steps))
    by_row: dict[str, dict[float, Level]] = {}
    for each in report.levels:
        by_row.setdefault(each.given or NOTHING_SET, {})[each.level] = each
    rows = tuple(
        (cell((Strong(given),)), *(_level(found.get(level)) for level in steps)) for given, found in by_row.items()
    )
    reading = TITLE[report.worlds_reading].lower()
    panel = Table(f"Probability of {report.asked.label} by threshold, {reading}", columns, rows)
    title = {who.name: who.title for who in report.experts}
    experts = tuple(
        (cell((Strong(title[name]),)), *(_mean(by_row[NOTHING_SET].get(level), name) for level in steps))
        for name in title
    )
    nothing = Table("The same by expert, nothing set", (Column("Expert"), *columns[1:]), experts)
    blocks: tuple[Block, ...] = (paragraph(lead), panel, nothing)
    return Section("thresholds", "The threshold moved", blocks)


def _step(level: float, own: float) -> str:
    return f"{level:g} (the model's)" if level == own else f"{level:g}"


def _level(each: Level | None) -> Cell:
    return cell(NONE) if each is None else cell(*shown(each.number))


def _mean(each: Level | None, expert: str) -> Cell:
    return cell(NONE) if each is None or expert not in each.by_expert else cell(probability(each.by_expert[expert]))
