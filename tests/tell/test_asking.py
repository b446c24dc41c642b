"""What the report asks beyond the ranking: the same numbers as asked one by one, and nothing that the gate refuses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from causal.ask import disagreement, profile
from causal.ask.answer import Answer
from causal.ask.interventions import MINIMAL, Ranking
from causal.ask.panel import Panel, ask
from causal.learn.gate import REFUSE, Finding, Gate
from causal.spec.grammar import parse_question
from causal.tell import asking
from causal.tell.divergences import headline
from causal.tell.facts import Report

REFUSED = Gate((Finding("P(y)", "R-hat", 1.2, REFUSE),), 1.2, 50.0, 1)


def one(panel: Panel, question: str) -> Answer:
    return ask(panel, [panel.elicited.writer.write(parse_question(question))])[0]


def test_marginals_are_what_asking_gives(panel: Panel, report: Report) -> None:
    assert [each.variable.name for each in report.marginals] == list(panel.elicited.network.model.variables)
    for each in report.marginals:
        for state, number in each.states.items():
            wanted = one(panel, f"P({each.variable.name} = {state})").panel
            assert (number.mean, number.lower) == pytest.approx((wanted.mean, wanted.lower))


def test_worlds_are_what_asking_gives(panel: Panel, report: Report) -> None:
    (found,) = [
        each for each in report.worlds
        if (each.variable, each.intervention, each.avoided) == ("rain", "drought_law", True)
    ]  # fmt: skip
    wanted = one(panel, "P(rain = heavy | do(@drought_law), history, chance, grass != wet)")
    assert found.states["heavy"].mean == pytest.approx(wanted.panel.mean)
    assert found.by_expert["anna"]["heavy"] == pytest.approx(wanted.estimates["anna", ""].mean)
    assert found.given == "Sprinklers are forbidden"


def test_interventions_on_the_definition_lead_only_alone(ussr: Report) -> None:
    least, *others = ussr.of(MINIMAL)
    assert least.defines
    chosen = asking.leading(ussr.interventions, MINIMAL, 3)
    assert chosen == tuple(row.intervention for row in others[:3])
    assert asking.leading((least,), MINIMAL, 3) == (least.intervention,)


def test_the_headlines_answer_has_its_draws(panel: Panel, ranking: Ranking, report: Report) -> None:
    row = headline(report.interventions)
    assert row is not None
    answer = asking.headline_answer(panel, ranking, row)
    assert answer is not None
    assert answer.panel.mean == row.panel.outcome.mean
    assert answer.samples["anna", ""].shape == (2000,)
    assert asking.headline_answer(panel, ranking, None) is None


def test_what_the_gate_refuses_is_empty(
    panel: Panel, ranking: Ranking, report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused_ask(*args: object) -> list[Answer]:
        return [replace(each, gate=REFUSED) for each in ask(*args)]  # type: ignore[arg-type]

    def refused_profile(*args: object) -> tuple[profile.Profile, ...]:
        return tuple(replace(each, gate=REFUSED) for each in profile.profile(*args))  # type: ignore[arg-type]

    def refused_disagreement(*args: object) -> disagreement.Disagreement:
        return replace(disagreement.disagreement(*args), gate=REFUSED)  # type: ignore[arg-type]

    monkeypatch.setattr(asking, "ask", refused_ask)
    monkeypatch.setattr(asking, "profile", refused_profile)
    monkeypatch.setattr(asking, "disagreement", refused_disagreement)
    row = headline(report.interventions)
    for override in (False, True):
        marginals, gate = asking.marginals(panel, override)
        worlds, _ = asking.worlds(panel, ranking.event, report.interventions, MINIMAL, override)
        known = {number.mean is not None for each in (*marginals, *worlds) for number in each.states.values()}
        assert known == {override}
        assert {bool(each.by_expert) for each in worlds} == {override}
        assert gate.verdict == REFUSE
        assert (asking.dissent(panel, ranking, row, override) is not None) == override
