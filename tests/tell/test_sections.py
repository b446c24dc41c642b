"""The front of the report: each number under the head that names it."""

from __future__ import annotations

import pytest

from causal.ask.interventions import FORECAST, MINIMAL
from causal.tell import dissent, ledger, sections
from causal.tell.compose import compose
from causal.tell.document import Cell, Section, Table, plain
from causal.tell.facts import Report
from causal.tell.wording import shown


def table(section: Section, caption: str) -> Table:
    (found,) = [block for block in section.blocks if isinstance(block, Table) and block.caption.startswith(caption)]
    return found


def first_lines(cell: Cell, count: int) -> list[str]:
    return [plain(line) for line in cell.lines[:count]]


def printed(cell: Cell) -> list[str]:
    return first_lines(cell, 2)


@pytest.mark.parametrize(("reading", "caption"), [(FORECAST, "Forecast"), (MINIMAL, "Minimal rewrite")])
def test_an_intervention_stands_under_its_heads(report: Report, reading: str, caption: str) -> None:
    found = table(sections.interventions(report), caption)
    heads = ["Intervention", "With it", "Without it", "Effect", "Plausibility"]
    assert [column.title for column in found.columns] == heads
    for row, cells in zip(report.of(reading), found.rows, strict=True):
        assert plain(cells[0].lines[0]) == row.title
        numbers = ((row.panel.outcome, "probability"), (row.panel.without, "probability"),
                   (row.panel.effect, "difference"), (row.panel.plausibility, "probability"))  # fmt: skip
        for cell, (number, of) in zip(cells[1:], numbers, strict=True):
            assert printed(cell) == [plain(line) for line in shown(number, of)]


def test_each_expert_has_a_column_of_their_own(ussr: Report) -> None:
    found = table(dissent.by_expert(ussr), "Minimal rewrite, by expert")
    assert [column.title.removesuffix(" (apart)") for column in found.columns[1:]] == [
        who.title for who in ussr.experts
    ]
    for row, cells in zip(ussr.of(MINIMAL), found.rows, strict=True):
        for who, cell in zip(ussr.experts, cells[1:], strict=True):
            outcome = row.by_expert[who.name].outcome
            assert plain(cell.lines[0]) == plain(shown(outcome)[0])


def test_dates_stand_beside_both_readings(report: Report) -> None:
    found = table(sections.without(report), "Probability of Grass = wet")
    assert [plain(cells[0].lines[0]) for cells in found.rows] == ["nothing taken as given", "1919-04-01", "1919-08-01"]
    asked = {(each.before, each.reading): each.number for each in report.without}
    for cells in found.rows[1:]:
        before = plain(cells[0].lines[0])
        for cell, reading in zip(cells[1:], (FORECAST, MINIMAL), strict=True):
            assert printed(cell) == [plain(line) for line in shown(asked[before, reading])]


def test_stated_before_and_after_stand_in_this_order(report: Report) -> None:
    found = table(ledger.derived(report), "Anna")
    assert [column.title for column in found.columns] == ["Question", "Stated", "Before", "After", "z"]
    for each, cells in zip(report.derived, found.rows, strict=True):
        assert each.before.median is not None
        assert each.after.median is not None
        assert each.z is not None
        wanted = [f"{each.before.median:.2f}", f"{each.after.median:.2f}", f"{each.z:.1f}"]
        assert [plain(cell.lines[0]) for cell in cells[2:]] == wanted
        assert float(plain(cells[1].lines[0])) == pytest.approx(each.stated["50"])


def test_the_states_asked_about_are_defined_and_what_happened_is_marked(report: Report) -> None:
    found = table(sections.question(report), "What the states of Grass mean")
    assert [[plain(line) for cell in cells for line in cell.lines] for cells in found.rows] == [
        ["Grass = dry", "A shoe stays dry on the lawn"],
        ["Grass = wet", "what happened", "A shoe gets wet"],
    ]


def test_a_report_is_told_in_one_order(report: Report) -> None:
    assert [section.name for section in compose(report).sections] == [
        "question",
        "findings",
        "interventions",
        "without",
        "experts-apart",
        "disagreement",
        "experts",
        "graph",
        "profile",
        "derived",
        "parameters",
        "defaults",
        "orders",
        "assumptions",
        "unquantified",
        "confidence",
        "sources",
        "computation",
    ]
