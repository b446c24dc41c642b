"""Facts: each is what the floors above say, none is lost, and what the gate refuses is empty."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from causal import load
from causal.ask.answer import PANEL, Answer, CaseMean
from causal.ask.interventions import FORECAST, MINIMAL, READINGS, RETROSPECTIVE, Divergence, Ranking
from causal.ask.panel import Panel
from causal.graph import definition
from causal.learn.gate import FLAG, REFUSE, Finding, Gate
from causal.tell.facts import Report
from causal.tell.files import to_json
from causal.tell.gather import gather

ROOT = Path(__file__).resolve().parents[2]


def judged_by(ranking: Ranking, verdict: str, which: Callable[[Divergence], bool] = lambda _: True) -> Ranking:
    """Return the ranking with one finding on the outcome of the divergences chosen."""
    gate = Gate((Finding("P(y)", "R-hat", 1.2, verdict),), 1.2, 50.0, 1)

    def found(each: Divergence) -> Divergence:
        return replace(each, outcome=replace(each.outcome, gate=gate)) if which(each) else each

    return replace(ranking, divergences=tuple(found(each) for each in ranking.divergences))


def test_a_row_is_the_divergence(ranking: Ranking, report: Report) -> None:
    assert len(report.interventions) == len(ranking.divergences) == 6
    for row, each in zip(report.interventions, ranking.divergences, strict=True):
        assert (row.intervention, row.reading) == (each.intervention.name, each.reading)
        assert (row.rung, row.coupled) == (3 if row.reading == RETROSPECTIVE else 2, each.coupled)
        for expert, four in ((PANEL, row.panel), *row.by_expert.items()):
            for number, answer in (
                (four.outcome, each.outcome),
                (four.without, each.without),
                (four.effect, each.effect),
                (four.plausibility, each.plausibility),
            ):
                assert number is not None
                assert answer is not None
                estimate = answer.estimates[(expert, "")]
                assert (number.mean, number.lower, number.upper) == (estimate.mean, estimate.lower, estimate.upper)


def test_without_is_asked_once_per_date_and_reading(report: Report) -> None:
    assert [(each.before, each.reading) for each in report.without] == [
        (None, "nothing taken as given"),
        ("1919-04-01", FORECAST),
        ("1919-04-01", MINIMAL),
        ("1919-08-01", FORECAST),
        ("1919-08-01", MINIMAL),
    ]
    assert report.without[0].question == "P(grass = wet)"


def test_rows_are_sorted_by_the_outcome(report: Report) -> None:
    for reading in READINGS:
        means = [row.panel.outcome.mean for row in report.of(reading)]
        assert None not in means
        assert means == sorted(means, key=lambda mean: mean or 0.0)


def test_the_question_is_defined_in_full(report: Report, ussr: Report) -> None:
    assert report.asked.variable.states == {"dry": "A shoe stays dry on the lawn", "wet": "A shoe gets wet"}
    assert report.asked.parts == ()
    assert {part.name for part in ussr.asked.parts} == {
        "apparatus_dictatorship",
        "russian_chauvinism",
        "socialism_one_country",
        "comintern_subordinated",
        "terror",
        "stalin_rule",
    }
    assert all(said for part in ussr.asked.parts for said in part.states.values())


def test_what_sets_part_of_the_definition_is_marked(ussr: Report) -> None:
    marked = {row.intervention: row.defines for row in ussr.interventions if row.defines}
    assert marked == {"stalin_and_base_removed": ("apparatus_dictatorship",)}


def test_a_definition_is_followed_through_rules(panel: Panel) -> None:
    model = panel.elicited.network.model
    assert definition(model, "grass") == frozenset()
    ussr = load("ussr").model
    assert "stalin_rule" in definition(ussr, "stalinism_as_known")
    assert "orgburo_control" not in definition(ussr, "stalinism_as_known")


def test_the_gate_is_over_everything_reported(report: Report, panel: Panel, ranking: Ranking) -> None:
    answers = 4 * len(ranking.divergences) + 1
    experts, judgements = len(panel.draws.experts), len(report.derived) + len(report.checks)
    states = sum(len(each.states) for each in (*report.marginals, *report.worlds))
    assert report.gate.quantities == (answers + states + len(report.levels)) * experts + judgements
    assert report.gate.verdict == "pass"


def test_a_flag_prints_every_number(panel: Panel, ranking: Ranking) -> None:
    report = gather(panel, judged_by(ranking, FLAG))
    assert report.gate.verdict == FLAG
    assert report.gate.findings == ("P(y): R-hat 1.2 (flag)",)
    assert not report.gate.withholds
    assert all(row.panel.outcome.mean is not None for row in report.interventions)


def test_a_refusal_empties_what_it_refuses_and_nothing_else(panel: Panel, ranking: Ranking) -> None:
    report = gather(panel, judged_by(ranking, REFUSE, lambda each: each.intervention.name == "cloudburst"))
    assert report.gate.withholds
    for row in report.interventions:
        refused = row.intervention == "cloudburst"
        numbers = (row.panel.outcome, *(four.outcome for four in row.by_expert.values()))
        for number in numbers:
            every = (number.mean, number.median, number.lower, number.upper, number.mcse)
            assert all((value is None) == refused for value in every)
        assert row.panel.without.mean is not None
    assert [row.intervention for row in report.of(FORECAST)] == ["drought_law", "cloudburst"]


def test_an_override_prints_and_is_recorded(panel: Panel, ranking: Ranking) -> None:
    report = gather(panel, judged_by(ranking, REFUSE), override=True)
    assert (report.gate.verdict, report.gate.override, report.gate.withholds) == (REFUSE, True, False)
    assert all(row.panel.outcome.mean is not None for row in report.interventions)


def test_there_is_nothing_to_override_where_all_passes(panel: Panel, ranking: Ranking) -> None:
    assert not gather(panel, ranking, override=True).gate.override


def with_case(answer: Answer, shift: float, size: float, k: float) -> Answer:
    means = {name: answer.estimates[(name, "")].mean for name in answer.experts}
    return replace(answer, case=CaseMean(answer.panel.mean + shift, means, size, k))


@pytest.mark.parametrize(
    ("shift", "size", "k", "is_told"),
    [(0.05, 800.0, 0.2, True), (0.004, 800.0, 0.2, False), (0.05, 300.0, 0.2, False), (0.05, 800.0, 0.8, False)],
)
def test_case_level_is_told_where_it_differs_and_can_be_trusted(
    panel: Panel, ranking: Ranking, shift: float, size: float, k: float, is_told: bool
) -> None:
    first = ranking.divergences[0]
    changed = replace(first, outcome=with_case(first.outcome, shift, size, k))
    row = gather(panel, replace(ranking, divergences=(changed, *ranking.divergences[1:]))).interventions[0]
    told = row.panel.outcome.news
    assert (told is not None) == is_told
    if told is not None:
        assert told == pytest.approx(first.outcome.mean + shift)
        assert row.by_expert["anna"].outcome.news is None


def test_assumptions_are_counted(report: Report) -> None:
    known = report.assumptions
    assert (known.variables, known.arrows, known.missing, known.roots) == (4, 4, 2, 1)
    assert known.mechanisms == {"table": 2, "noisy-or": 1}
    assert known.couplings == {"comonotone": 2, "inhibitors": 1}


def test_experts_are_counted(report: Report, ussr: Report) -> None:
    anna, boris = report.experts
    assert (anna.judged, anna.defaults, anna.evidence, anna.checks, anna.abstained) == (7, 4, 2, 0, 0)
    assert (boris.judged, boris.defaults, boris.evidence, boris.checks, boris.abstained) == (5, 6, 0, 2, 1)
    assert [who.name for who in ussr.experts if not who.pooled] == ["debate"]
    assert ussr.experts[-1].name == "debate"
    assert math.isclose(sum(who.share for who in ussr.experts), 1.0)
    for who in ussr.experts:
        own = [each for each in (*ussr.derived, *ussr.checks) if each.by == who.name]
        assert len(own) == who.evidence + who.checks
        assert sum(each.by == who.name for each in ussr.direct) == who.judged


def test_the_same_panel_gives_the_same_facts(panel: Panel, ranking: Ranking, report: Report) -> None:
    assert to_json(gather(panel, ranking)) == to_json(report)


def test_facts_are_json_without_nan(report: Report) -> None:
    facts = json.loads(to_json(report), parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert facts["asked"]["event"] == "grass = wet"
    assert facts["computation"]["seed"] == 7
    assert len(facts["interventions"]) == 6


def test_two_kinds_of_interval_are_refused(panel: Panel, ranking: Ranking) -> None:
    first = ranking.divergences[0]
    narrow = replace(first, outcome=replace(first.outcome, ci_prob=0.5))
    with pytest.raises(ValueError, match="one kind of interval"):
        gather(panel, replace(ranking, divergences=(narrow,)))


@pytest.mark.parametrize(
    ("model", "priors", "wanted"),
    [
        ("rain", None, "causal report rain --seed 1"),
        ("models/rain.yaml", None, "causal report models/rain.yaml --seed 1"),
        ("models/rain.yaml", "priors/rain.yaml", "causal report models/rain.yaml --seed 1"),
    ],
)
def test_the_command_repeats_it(
    model: str, priors: str | None, wanted: str, panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    study = load(model, priors)
    theta = panel.draws.theta[:, :1].repeat(1000, axis=1)
    again = Panel(study.elicited, replace(panel.draws, theta=theta, seed=1))
    assert gather(again, Ranking(study.model.outcome or pytest.fail("no outcome"), ())).computation.command == wanted


def test_files_elsewhere_are_named_without_their_folders(panel: Panel, tmp_path: Path) -> None:
    shutil.copy(ROOT / "models" / "rain.yaml", tmp_path / "my rain.yaml")
    shutil.copy(ROOT / "priors" / "rain.yaml", tmp_path / "ours.yaml")
    study = load(tmp_path / "my rain.yaml", tmp_path / "ours.yaml")
    report = gather(Panel(study.elicited, panel.draws), Ranking(study.model.outcome or pytest.fail("no outcome"), ()))
    assert report.computation.command == "causal report 'my rain.yaml' --priors ours.yaml --seed 7 --draws 500"


def test_a_command_may_be_given(panel: Panel, ranking: Ranking) -> None:
    assert gather(panel, ranking, command="make report").computation.command == "make report"


def test_the_largest_error_is_that_of_any_number_reported(report: Report) -> None:
    numbers = [number for each in (*report.marginals, *report.worlds) for number in each.states.values()]
    errors = [number.mcse for number in numbers if number.mcse is not None]
    assert len(errors) == len(numbers) > 20
    largest = report.computation.largest_mcse
    assert largest is not None
    assert largest >= max(errors)
