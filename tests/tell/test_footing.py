"""What the headline stands on: counted over what can move it, and put in a word by the stated rule."""

from __future__ import annotations

from dataclasses import replace

import pytest

from causal.ask.interventions import Ranking
from causal.ask.panel import Panel
from causal.tell.divergences import headline
from causal.tell.facts import Report, Row
from causal.tell.footing import Footing, footing
from causal.tell.number import Number


def again(panel: Panel, ranking: Ranking, report: Report, row: Row | None, sourced: bool = True) -> Footing | None:
    direct = report.direct
    if sourced:
        direct = tuple(replace(each, reason=replace(each.reason, source="s")) for each in direct)
    return footing(panel, ranking, row, direct, report.derived, report.checks)


def test_only_what_can_move_the_headline_bears_on_it(report: Report) -> None:
    # with the sprinkler off in a dry season: two of the rain and three of the grass
    assert report.footing is not None
    assert report.footing.bearing == 5
    slots = report.footing.judged + report.footing.defaults + report.footing.unjudged
    assert slots == 5 * report.footing.experts == 10


def test_sources_and_places_are_counted(report: Report) -> None:
    found = report.footing
    assert found is not None
    reasons = [each.reason for each in (*report.direct,)] + [each.reason for each in report.derived]
    reasons += [each.reason for each in report.checks]
    assert found.judgements == len(reasons) == 16
    assert found.cited == sum(bool(each.source) for each in reasons)
    assert found.located == sum(bool(each.page) for each in reasons)
    assert found.sources == len({each.source for each in reasons if each.source}) == 2


@pytest.mark.parametrize(
    ("means", "effects", "agreement"),
    [
        ((0.30, 0.35), (-0.2, -0.1), "high"),
        ((0.30, 0.50), (-0.2, -0.1), "medium"),
        ((0.30, 0.70), (-0.2, -0.1), "low"),
        ((0.30, 0.35), (-0.2, +0.1), "low"),
    ],
)
def test_agreement_by_rule(
    means: tuple[float, float],
    effects: tuple[float, float],
    agreement: str,
    panel: Panel,
    ranking: Ranking,
    report: Report,
) -> None:
    row = headline(report.interventions)
    assert row is not None
    numbers = zip(means, effects, strict=True)
    by_expert = {
        name: replace(four, outcome=Number(mean), effect=Number(effect))
        for (name, four), (mean, effect) in zip(row.by_expert.items(), numbers, strict=True)
    }
    found = again(panel, ranking, report, replace(row, by_expert=by_expert))
    assert found is not None
    assert found.agreement == agreement
    assert found.spread == pytest.approx(means[1] - means[0])
    assert found.confidence == "low"  # four of ten judged is limited evidence, whoever agrees


def test_evidence_is_as_good_as_its_weaker_side(ussr: Report) -> None:
    found = ussr.footing
    assert found is not None
    judged = found.judged / (found.judged + found.defaults + found.unjudged)
    assert 0.5 <= judged < 0.8
    assert found.cited == found.judgements
    assert (found.evidence, found.agreement, found.confidence) == ("medium", "low", "low")


def test_no_headline_no_footing(panel: Panel, ranking: Ranking, report: Report) -> None:
    assert again(panel, ranking, report, None) is None
