"""What is said first: the right intervention, the right banner, and nothing where the gate refuses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from causal.ask.interventions import FORECAST, MINIMAL, RETROSPECTIVE
from causal.learn.gate import FLAG, PASS, REFUSE
from causal.tell.divergences import headline
from causal.tell.document import plain
from causal.tell.facts import Report, Row, Verdict
from causal.tell.findings import banners, main_sentence, sentences
from causal.tell.number import Number
from causal.tell.page import html
from causal.tell.text import markdown

FINDINGS = tuple(f"P({name}): R-hat 1.2 (flag)" for name in "abcde")


def under(report: Report, verdict: str, *, override: bool = False) -> Report:
    return replace(report, gate=Verdict(verdict, override, 9, 1.2, 50.0, FINDINGS))


def test_a_clean_report_has_no_banner(report: Report) -> None:
    assert report.gate.verdict == PASS
    assert banners(report) == ()
    assert 'class="banner' not in html(report)


def test_a_flag_is_on_top_with_the_numbers_below(report: Report) -> None:
    flagged = under(report, FLAG)
    (banner,) = banners(flagged)
    assert banner.tone == "flag"
    assert plain(banner.words).startswith("Flagged. ")
    assert "; and 2 more" in plain(banner.words)
    assert sentences(flagged) == sentences(report)
    page = html(flagged)
    assert page.index('class="banner flag"') < page.index("Main findings</h2>")
    assert all(finding in page for finding in FINDINGS)
    assert "**Flag:**" in markdown(flagged)


def test_a_refusal_withholds_the_headline(report: Report) -> None:
    refused = under(report, REFUSE)
    (banner,) = banners(refused)
    assert banner.tone == "refuse"
    (only,) = sentences(refused)
    assert plain(only) == "The headline numbers are withheld: the gate refused the draws that they come from."
    assert main_sentence(refused) == plain(only)
    assert 'class="banner refuse"' in html(refused)


def test_an_override_prints_the_headline_and_says_so(report: Report) -> None:
    overridden = under(report, REFUSE, override=True)
    (banner,) = banners(overridden)
    assert plain(banner.words).startswith("Printed although refused. ")
    assert sentences(overridden) == sentences(report)


def test_one_draw_is_said_to_be_one(ussr: Report) -> None:
    (banner,) = banners(ussr)
    assert banner.tone == "note"
    assert "medians" in plain(banner.words)


def test_the_headline_is_the_least_outcome_by_minimal_rewrite(report: Report) -> None:
    row = headline(report.interventions)
    assert row is not None
    assert (row.intervention, row.reading) == ("drought_law", MINIMAL)
    assert main_sentence(report).startswith("Under minimal rewrite")
    mean, interval = row.panel.outcome.mean, (row.panel.outcome.lower, row.panel.outcome.upper)
    assert f"{mean:.2f} [{interval[0]:.2f}, {interval[1]:.2f}], unlikely" in main_sentence(report)


def test_what_sets_the_definition_comes_first_only_alone(ussr: Report) -> None:
    least = ussr.of(MINIMAL)[0]
    assert least.defines
    row = headline(ussr.interventions)
    assert row is not None
    assert not row.defines
    assert "leaving out what sets part of the outcome's definition" in main_sentence(ussr)
    alone = replace(ussr, interventions=(least,))
    assert headline(alone.interventions) == least
    assert "(it sets part of the outcome's definition)" in main_sentence(alone)


def test_without_interventions_the_outcome_itself_is_told(report: Report) -> None:
    bare = replace(report, interventions=(), without=report.without[:1])
    (only,) = sentences(bare)
    mean = bare.without[0].number.mean
    assert plain(only).startswith(f"With nothing set, the probability of Grass = wet is {mean:.2f} [")
    assert main_sentence(bare) == plain(only)


def test_the_second_reading_is_not_told_twice(report: Report) -> None:
    both = [plain(text) for text in sentences(report)[1:3]]
    assert both[1] == "As a forecast (what came later is open), the same holds to every digit shown."

    def moved(row: Row) -> Row:
        if row.reading != FORECAST:
            return row
        return replace(row, panel=replace(row.panel, outcome=Number(0.111, 0.1, 0.05, 0.2, 0.001)))

    changed = replace(report, interventions=tuple(moved(row) for row in report.interventions))
    assert "0.11 [0.05, 0.20], very unlikely" in plain(sentences(changed)[2])


def test_a_retrospective_says_that_it_rests_on_an_assumption(report: Report, ussr: Report) -> None:
    for each in (report, ussr):
        (told,) = (text for text in map(plain, sentences(each)) if text.startswith("In retrospect"))
        assert "each variable is assumed to keep its luck" in told
        assert told.endswith(", where it did happen.")
    (row,) = (row for row in report.of(RETROSPECTIVE) if row.intervention == "drought_law")
    assert f"{row.panel.outcome.mean:.2f} [" in next(t for t in map(plain, sentences(report)) if "retrospect" in t)


@pytest.mark.parametrize(
    ("without", "wanted"),
    [
        (Number(0.0, 0.0, 0.0, 0.0, 0.0), ", where it did not happen."),
        (Number(0.4, 0.4, 0.3, 0.5, 0.001), ", against 0.40 [0.30, 0.50], unlikely, on the same record without it."),
    ],
)
def test_without_it_is_what_happened_or_what_the_record_says(report: Report, without: Number, wanted: str) -> None:
    rows = tuple(replace(row, panel=replace(row.panel, without=without)) for row in report.of(RETROSPECTIVE))
    told = plain(sentences(replace(report, interventions=rows))[1])
    assert told.startswith("In retrospect")
    assert told.endswith(wanted)
    assert headline(rows) == rows[0]


def test_experts_are_named_before_they_are_pooled(report: Report, ussr: Report) -> None:
    words = " ".join(plain(text) for text in sentences(report))
    assert "(Anna)" in words
    assert "(Boris)" in words
    assert "Shown apart from the panel, The debate puts it at" in plain(sentences(ussr)[-1])


@pytest.mark.parametrize(
    ("lower", "upper", "wanted"),
    [
        (-0.3, -0.1, "below zero for 2 and wholly above it for 0"),
        (0.1, 0.3, "below zero for 0 and wholly above it for 2"),
        (-0.1, 0.1, "below zero for 0 and wholly above it for 0"),
    ],
)
def test_sure_effects_are_counted(report: Report, lower: float, upper: float, wanted: str) -> None:
    effect = Number((lower + upper) / 2, 0.0, lower, upper, 0.001)
    rows = tuple(replace(row, panel=replace(row.panel, effect=effect)) for row in report.interventions)
    words = [plain(text) for text in sentences(replace(report, interventions=rows))]
    assert any(wanted in text for text in words)
