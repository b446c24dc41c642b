"""Rival graphs in the report: what each changes, the headline under each, averages by school, the gate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import causal
from causal.ask.comparing import compare, named
from causal.ask.interventions import MINIMAL, Ranking, rank
from causal.ask.panel import Panel
from causal.errors import SpecError, UsageError
from causal.learn.sample import NUTS
from causal.spec.grammar import parse_question
from causal.tell.disputed import sentences
from causal.tell.document import Section, Table, plain
from causal.tell.facts import Report
from causal.tell.findings import sentences as findings
from causal.tell.gather import gather
from causal.tell.limits import unquantified
from causal.tell.page import html
from causal.tell.rivalfacts import ALONE, EFFECT, WITH, WITHOUT
from causal.tell.rivals import NOBODY, rivals
from causal.tell.text import markdown

type Desk = Callable[[Path], Path]  # writes a model with two rivals into a folder, and returns its file


def ranked(panel: Panel) -> Ranking:
    outcome = panel.elicited.network.model.outcome
    assert outcome is not None
    return rank(panel, outcome)


def stuck(panel: Panel) -> Panel:
    """Return a panel whose chains never met, which the gate refuses."""
    theta = panel.draws.theta.copy()
    theta *= np.linspace(0.2, 1.0, len(theta))[:, None, None, None]
    return replace(panel, draws=replace(panel.draws, theta=theta, method=(NUTS,) * len(panel.draws.method)))


def section(report: Report) -> Section:
    found = rivals(report)
    assert found is not None
    return found


def tables(report: Report) -> dict[str, Table]:
    return {
        block.caption.split(":")[0].split(" (")[0]: block
        for block in section(report).blocks
        if isinstance(block, Table)
    }


def cells(table: Table) -> list[list[str]]:
    return [["|".join(plain(line) for line in cell.lines) for cell in row] for row in table.rows]


def test_each_question_is_the_one_that_compare_asks(office: list[Panel], contested: Report) -> None:
    found = contested.rivals
    assert found is not None
    assert [each.what for each in found.asked] == [ALONE, WITH, WITHOUT, EFFECT]
    assert (found.title, found.reading) == ("The party is dissolved", MINIMAL)
    for each in found.asked:
        rivalry = compare(named(office), parse_question(each.question))
        assert rivalry.averaged is not None
        for side in rivalry.sides:
            assert each.panel[side.name].mean == pytest.approx(side.answer.mean)
            assert each.by_expert[side.name]["bob"].upper == side.answer.estimates[("bob", "")].upper
        assert each.averaged is not None
        assert each.averaged.mean == pytest.approx(rivalry.averaged.estimates["panel"].mean)
        assert [move.rival for move in each.moves] == [hinge.rival for hinge in rivalry.averaged.hinges]


def test_the_average_is_by_each_schools_own_probabilities(contested: Report) -> None:
    """Of three graphs: as it stands (1-p)(1-q), with one change p(1-q) or q(1-p), made to add up to 1."""
    found = contested.rivals
    assert found is not None
    raw = np.array([0.1 * 0.1, 0.9 * 0.1, 0.1 * 0.9])
    assert list(found.weights["ann"].values()) == pytest.approx(raw / raw.sum())
    assert list(found.weights["bob"].values()) == pytest.approx([1 / 3] * 3)
    assert found.unsaid == (("direct", "bob"), ("loose", "bob"))
    for asked in found.asked:
        for who, weights in found.weights.items():
            means = [asked.by_expert[name][who].mean or 0.0 for name in weights]
            wanted = float(np.dot(list(weights.values()), means))
            assert asked.averaged_by_expert[who].mean == pytest.approx(wanted)
        alone = {each.name: asked.panel[each.name].mean or 0.0 for each in found.graphs}
        for move in asked.moves:
            assert move.panel == pytest.approx(alone[move.rival] - alone["office"])


def test_a_change_is_told_with_its_arrows_and_whose_it_is(contested: Report) -> None:
    laid = tables(contested)
    direct, loose = cells(laid["What each rival changes"])
    assert direct[0] == "The office rules|direct"
    assert "It is Ann's reading." in direct[1]
    assert "|with The office → The rule: Whoever has it rules. A book (1901).|" in direct[1]
    assert "without The party → The rule: The party only follows." in direct[1]
    assert "no expert judged" in direct[2]
    assert loose[2].startswith("1 new parameter that no expert judged")
    found = contested.rivals
    assert found is not None
    new = [each.nobodys for each in found.graphs]
    assert new == [(), ("P(rule = no | office = no)", "P(rule = no | office = yes)"), ("P(party = no)",)]
    base, changed, other = found.graphs
    fewer = replace(found, graphs=(base, replace(changed, left_out=("one", "two")), other))
    (row, _) = cells(tables(replace(contested, rivals=fewer))["What each rival changes"])
    assert row[2].endswith("|2 judgements and defaults left out, being about an arrow that is gone")
    held = cells(laid["How probable each school finds each change"])
    assert [row[1:] for row in held] == [["0.90", NOBODY]] * 2
    (answers,) = (table for name, table in laid.items() if name.startswith("Probability of"))
    assert "minimal rewrite" in answers.caption
    assert [column.title for column in answers.columns] == ["Graph", "Nothing set", "With it", "Without it", "Effect"]
    assert [row[0].split("|")[0] for row in cells(answers)] == [
        "As it stands", "The office rules", "The party makes itself", "Averaged by school"
    ]  # fmt: skip


def test_the_finding_names_the_ends_the_average_and_the_arrow(contested: Report) -> None:
    (said,) = map(plain, sentences(contested))
    assert said in [plain(each) for each in findings(contested)]
    assert said.startswith(
        "The graph is disputed: on it and 2 rivals, the probability of The rule = yes with The party"
    )
    found = contested.rivals
    assert found is not None
    for what in (WITH, ALONE):
        asked = found.of(what)
        assert asked is not None
        for end in (min, max):
            assert f"{end(number.mean or 0.0 for number in asked.panel.values()):.2f}" in said
    assert "It hangs most on “The office rules” (The office → The rule instead of The party → The rule)" in said
    assert "On every graph" in markdown(contested) or "On some graphs" in markdown(contested)


def test_a_refused_rival_is_withheld_and_all_that_takes_it(office: list[Panel]) -> None:
    first, direct, loose = office
    report = gather(first, ranked(first), rivals=[stuck(direct), loose])
    found = report.rivals
    assert found is not None
    assert found.withheld == ("direct",)
    assert not report.gate.withholds
    for asked in found.asked:
        if asked.what == ALONE:  # what no parameter can move is sound whatever the draws
            assert asked.panel["direct"].mean is None
            assert {number.mean for number in asked.by_expert["direct"].values()} == {None}
        assert asked.panel["loose"].mean is not None
        assert asked.averaged is None
        assert not asked.moves
    assert not found.scores
    assert not found.weights
    assert found.graphs[1].least.mean is None
    (said,) = map(plain, sentences(report))
    assert said.endswith("Withheld, because the gate refuses the draws: “The office rules”.")
    source = markdown(report)
    assert "Nothing is averaged and no graph is scored" in source
    assert html(report)
    shown = gather(first, ranked(first), rivals=[stuck(direct), loose], override=True).rivals
    assert shown is not None
    assert not shown.withheld
    assert shown.asked[0].panel["direct"].mean is not None
    assert shown.asked[0].averaged is not None


def test_without_rivals_there_is_a_line_that_they_exist(office: list[Panel], contested: Report) -> None:
    first = office[0]
    plainly = gather(first, ranked(first), beside=["direct", "loose"])
    assert rivals(plainly) is None
    assert not sentences(plainly)
    source = markdown(plainly)
    assert "**This graph is disputed.** 2 rival graphs lie beside it (direct and loose)" in source
    assert "`causal report office.yaml --rivals --seed 7 --draws 500`" in source
    assert "no rival graph was asked, though 2 lie beside it" in source
    assert "--rivals" not in plainly.computation.command
    assert contested.computation.command == "causal report office.yaml --rivals --seed 7 --draws 500"
    assert "This graph is disputed" not in markdown(contested)
    assert "The 2 rivals asked there are not all" in str(unquantified(contested))
    undisputed = gather(first, ranked(first))
    assert "disputed" not in markdown(undisputed)


def test_what_lies_beside_a_model_is_found(desk: Desk, tmp_path: Path) -> None:
    file = desk(tmp_path)
    base, direct, _ = (study.at_medians() for study in causal.rivals(file))
    assert base.facts().beside.names == ("direct", "loose")
    assert direct.facts().beside.names == ("office", "loose")
    asked = direct.facts(rivals=[base])
    assert asked.rivals is not None
    assert [each.name for each in asked.rivals.graphs] == ["direct", "office"]
    assert "At the medians there is no posterior" in asked.rivals.unscored
    (file.parent / "broken.yaml").write_text("model: broken\nlike: office\nadd: [\n", encoding="utf-8")
    assert base.facts().beside.names == ("broken", "direct", "loose")  # what is wrong with it is said where it is asked
    with pytest.raises(SpecError, match="broken"):
        causal.rivals(file)


def test_the_one_that_is_named_comes_first(desk: Desk, tmp_path: Path) -> None:
    desk(tmp_path)
    found = causal.rivals(tmp_path / "models" / "loose.yaml")
    assert [each.model.name for each in found] == ["loose", "office", "direct"]


def test_other_experts_are_no_rivals(office: list[Panel], panel: Panel) -> None:
    with pytest.raises(UsageError, match="different experts"):
        gather(office[0], ranked(office[0]), rivals=[panel])
