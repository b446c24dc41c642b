"""The section on what is known: there where seeds are, each number under its head, and never a claim of more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from causal import load
from causal.elicit.scores import UNSCORED
from causal.learn.reading import elicit
from causal.spec.priors import EventSeed, NumberSeed, Priors, Quantiles, Weighting
from causal.tell import limits, sections, seeds
from causal.tell.claims import Known, Scored
from causal.tell.compose import compose
from causal.tell.document import Section, Table, plain
from causal.tell.facts import Report
from causal.tell.judgements import known, scored
from causal.tell.text import markdown

LEVELS = (0.05, 0.5, 0.95)
ANNA = Scored("anna", 0.75, 9, 8, 8, 8.1, 0.743, 0.5, 0.37, 2, 0.065, 0.065, 0.25, 0.25, 0.29, 0)
BORIS = Scored("boris", 0.25, 8, 8, 4, 7.2, 0.00004, 1.9, 0.00008, 1, 1.0, 1.0, 0.0, 0.0, None, 1)
KNOWN = (Known("Did it rain on Monday?", True, "Almanac"), Known("Rain of May, in mm", 37.5, ""))


@pytest.fixture
def told(report: Report) -> Report:
    return replace(report, known=KNOWN, scored=(ANNA, BORIS))


def tables(section: Section) -> dict[str, Table]:
    return {block.caption: block for block in section.blocks if isinstance(block, Table)}


def lines(table: Table) -> list[list[list[str]]]:
    return [[[plain(line) for line in cell.lines if plain(line)] for cell in row] for row in table.rows]


def test_there_is_none_without_seeds(report: Report) -> None:
    assert report.scored == report.known == ()
    assert seeds.seeds(report) is None
    assert "seeds" not in [section.name for section in compose(report).sections]


def test_each_number_stands_under_its_head(told: Report) -> None:
    section = seeds.seeds(told)
    assert section is not None
    numbers, events = tables(section).values()
    heads = ["Expert", "Inside their range", "Calibration", "Information", "Product", "Share of the panel"]
    assert [column.title for column in numbers.columns] == heads
    anna, boris = lines(numbers)
    assert anna == [["Anna", "9 questions answered"], ["8 of 9", "stated: 8.1"], ["0.743", "as of 8 seeds"], ["0.500"],
                    ["0.370"], ["0.75"]]  # fmt: skip
    assert [cell[0] for cell in boris[2:]] == ["4.0e-05", "1.900", "8.0e-05", "0.25"]
    assert [column.title for column in events.columns][1:] == [
        "Brier score", "Reliability", "Resolution", "Uncertainty", "Log score"]  # fmt: skip
    anna, boris = lines(events)
    assert [cell[0] for cell in anna[1:]] == ["0.065", "0.065", "0.250", "0.250", "0.290"]
    assert boris[-1] == ["–", "1 of what was ruled out happened"]


def test_who_answered_one_kind_only_has_one_row(told: Report) -> None:
    section = seeds.seeds(replace(told, scored=(ANNA, replace(BORIS, events=0), replace(ANNA, by="boris", numbers=0))))
    assert section is not None
    assert [len(table.rows) for table in tables(section).values()] == [2, 2]


def test_it_stands_among_the_judgements_and_says_what_cannot_be_scored(told: Report) -> None:
    names = [section.name for section in compose(told).sections]
    assert names.index("orders") < names.index("seeds") < names.index("assumptions")
    page = markdown(told)
    facts = [line.replace("▪ ", "") for line in page.splitlines() if "▪" in line]
    assert UNSCORED in page
    assert "- Did it rain on Monday?: yes Almanac" in facts
    assert "- Rain of May, in mm: 37.5" in facts


def test_what_is_not_quantified_follows_from_whether_seeds_were_asked(report: Report, told: Report) -> None:
    def said(of: Report) -> str:
        return str(limits.unquantified(of))

    assert "no seed questions were asked" in said(report)
    assert "no seed questions were asked" not in said(told)
    assert UNSCORED in said(told)


def test_the_experts_section_says_where_weights_come_from(told: Report) -> None:
    by_cooke = replace(told, assumptions=replace(told.assumptions, weights="cooke", alpha=0.05))
    first = str(sections.experts(by_cooke).blocks[0])
    assert "weights by Cooke's classical model from the seed questions, none below a calibration of 0.05" in first


def seeded() -> Priors:
    """Return the rain priors with ten seeds: Anna's ranges hold the truth as they should, Boris gives one answer."""
    wide = Quantiles(LEVELS, (0.0, 5.0, 10.0))
    numbers = [NumberSeed(f"week {at}", truth, {"anna": wide}, source="diary") for at, truth in enumerate(range(1, 10))]
    event = EventSeed("rain", True, {"anna": 0.5, "boris": 0.0})
    return replace(load("rain").priors, seeds=(*numbers, event), weights=Weighting("equal"))


def test_facts_are_those_of_the_elicited() -> None:
    study = load("rain")
    elicited = elicit(study.elicited.writer, seeded())
    anna, boris = scored(elicited)
    assert (anna.by, anna.share, anna.numbers, anna.counted, anna.inside) == ("anna", 0.5, 9, 9, 9)
    assert anna.weight == pytest.approx((anna.calibration or 0) * (anna.information or 0))
    assert (boris.numbers, boris.calibration, boris.weight) == (0, None, None)
    assert (boris.events, boris.brier, boris.log_score, boris.ruled_out) == (1, 1.0, None, 1)
    assert anna.log_score == pytest.approx(0.6931471805599453)
    assert known(elicited)[0] == Known("week 0", 1, "Anna (1918), Diary of a garden")
    assert known(elicited)[-1].truth is True
