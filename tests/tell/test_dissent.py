"""Why experts differ: the two who are furthest apart, and the parameters that make the difference."""

from __future__ import annotations

from dataclasses import replace

from causal.learn.gate import REFUSE
from causal.tell import dissent
from causal.tell.divergences import headline
from causal.tell.document import Paragraph, Picture, Section, Table, plain
from causal.tell.facts import Report, Verdict
from causal.tell.wording import difference, probability, said


def words(section: Section) -> str:
    return " ".join(plain(block.words) for block in section.blocks if isinstance(block, Paragraph))


def test_the_furthest_apart_are_named_with_their_answers(ussr: Report) -> None:
    found, row = ussr.dissent, headline(ussr.interventions)
    assert found is not None
    assert row is not None
    title = {who.name: who.title for who in ussr.experts}
    means = {who.name: row.by_expert[who.name].outcome.mean or 0.0 for who in ussr.experts if who.pooled}
    assert (found.low, found.high) == (min(means, key=means.__getitem__), max(means, key=means.__getitem__))
    told = words(dissent.disagreement(ussr))
    for name in (found.low, found.high):
        assert f"{title[name]}, at {plain(said(row.by_expert[name].outcome))}" in told
    assert f"take away {100 * (found.explained or 0.0):.0f} % of the gap" in told


def test_each_parameter_stands_with_both_values_and_both_reasons(ussr: Report) -> None:
    found = ussr.dissent
    assert found is not None
    (table,) = [block for block in dissent.disagreement(ussr).blocks if isinstance(block, Table)]
    title = {who.name: who.title for who in ussr.experts}
    heads = ["Parameter", title[found.low], title[found.high], "Shift"]
    assert [column.title for column in table.columns] == heads
    assert len(table.rows) == len(found.drivers) == 5
    for each, cells in zip(found.drivers, table.rows, strict=True):
        question, low, high = (plain(line) for line in cells[0].lines)
        assert question == each.question
        assert each.low.because in low
        assert each.high.because in high
        assert [plain(cell.lines[0]) for cell in cells[1:3]] == [
            probability(each.value_low),
            probability(each.value_high),
        ]
        assert plain(cells[3].lines[0]) == difference(each.shift)


def test_a_default_is_not_said_to_be_an_experts(report: Report) -> None:
    assert report.dissent is not None
    by_default = next(each for each in report.dissent.drivers if each.by_low == "default")
    (table,) = [block for block in dissent.disagreement(report).blocks if isinstance(block, Table)]
    (cells,) = [cells for cells in table.rows if plain(cells[0].lines[0]) == by_default.question]
    assert plain(cells[0].lines[1]).startswith("Anna: a default.")


def test_without_two_experts_or_a_headline_it_says_so(report: Report) -> None:
    refused = replace(report, gate=Verdict(REFUSE, False, 9, 1.2, 50.0, ("P(y): R-hat 1.2",)))
    for changed in (replace(report, dissent=None), refused):
        section = dissent.disagreement(changed)
        assert "No two experts" in words(section)
        assert len(section.blocks) == 1


def test_the_headline_is_drawn_by_expert(report: Report) -> None:
    (picture,) = [block for block in dissent.by_expert(report).blocks if isinstance(block, Picture)]
    source = picture.draw()
    assert "Anna" in source
    assert "Boris" in source
    drawings = report.drawings
    assert drawings is not None
    bare = replace(report, drawings=replace(drawings, headline=None))
    assert not [block for block in dissent.by_expert(bare).blocks if isinstance(block, Picture)]
