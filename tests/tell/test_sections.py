"""The front of the report: each number under the head that names it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from causal.ask.interventions import FORECAST, MINIMAL, RETROSPECTIVE
from causal.tell import dissent, ledger, sections
from causal.tell.compose import compose
from causal.tell.document import Cell, Section, Table, Terms, plain
from causal.tell.facts import Report
from causal.tell.wording import shown


def table(section: Section, caption: str) -> Table:
    (found,) = [block for block in section.blocks if isinstance(block, Table) and block.caption.startswith(caption)]
    return found


def first_lines(cell: Cell, count: int) -> list[str]:
    return [plain(line) for line in cell.lines[:count]]


def printed(cell: Cell) -> list[str]:
    return first_lines(cell, 2)


@pytest.mark.parametrize(
    ("reading", "caption"),
    [
        (FORECAST, "Forecast: probability of Grass = wet"),
        (MINIMAL, "Minimal rewrite: probability of Grass = wet"),
        (RETROSPECTIVE, "Retrospective: probability of Grass = wet, each variable keeping its luck (an assumption)"),
    ],
)
def test_an_intervention_stands_under_its_heads(report: Report, reading: str, caption: str) -> None:
    found = table(sections.interventions(report), caption)
    assert found.caption == caption
    heads = ["Intervention", "With it", "Without it", "Effect", "Plausibility"]
    assert [column.title for column in found.columns] == heads
    for row, cells in zip(report.of(reading), found.rows, strict=True):
        assert plain(cells[0].lines[0]) == row.title
        numbers = ((row.panel.outcome, "probability"), (row.panel.without, "probability"),
                   (row.panel.effect, "difference"), (row.panel.plausibility, "probability"))  # fmt: skip
        for each, (number, of) in zip(cells[1:], numbers, strict=True):
            lines = [text for line in shown(number, of) if (text := plain(line))]  # a number that is certain has one
            assert first_lines(each, len(lines)) == lines


def test_every_retrospective_number_says_what_it_assumes(report: Report, ussr: Report) -> None:
    for each, assumed in ((report, "if 1 variable keeps its luck"), (ussr, "variables keep their luck")):
        section = sections.interventions(each)
        for cells in table(section, "Retrospective").rows:
            assert plain(cells[1].lines[-1]).startswith("if ")
            assert assumed in plain(cells[1].lines[-1])
            assert re.search(r" \(comonotone [01]\.\d\d, independent [01]\.\d\d\)$", plain(cells[1].lines[-1]))
            assert printed(cells[2])[0] == "1"
            assert plain(cells[2].lines[-1]) == "what happened"
        for reading in ("Forecast", "Minimal rewrite"):
            for cells in table(section, reading).rows:
                assert "luck" not in " ".join(plain(line) for cell in cells for line in cell.lines)
        assert table(dissent.by_expert(each), "Retrospective").caption.endswith("keeping its luck (an assumption)")
    (row,) = (row for row in ussr.of(RETROSPECTIVE) if row.intervention == "stalin_dies")
    assert {"stalin_rule", "russian_chauvinism", "nep_course", "terror"} <= set(row.coupled)
    bare = replace(ussr, interventions=(replace(row, coupled=()),))
    ((_, cell, *_),) = table(sections.interventions(bare), "Retrospective").rows
    assert plain(cell.lines[-1]) == "needs no assumption on luck"


def test_the_glossary_has_a_line_for_each_reading(report: Report) -> None:
    (glossary, _) = (block for block in sections.interventions(report).blocks if isinstance(block, Terms))
    said = {term: plain(text) for term, text in glossary.pairs}
    assert "P(grass = wet | do(@name), history, chance), rung 2." in said["Minimal rewrite"]
    assert "P(grass[@name] = wet | record), rung 3. It assumes" in said["Retrospective"]
    assert "in retrospect, what really happened" in said["Without it"]


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
    heads = ["nothing taken as given", "1 April 1919", "1 August 1919"]
    assert [plain(cells[0].lines[0]) for cells in found.rows] == heads
    asked = {(each.before, each.reading): each.number for each in report.without}
    for cells, before in zip(found.rows[1:], ("1919-04-01", "1919-08-01"), strict=True):
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
        "words",
        "assumptions",
        "unquantified",
        "confidence",
        "sources",
        "computation",
    ]
