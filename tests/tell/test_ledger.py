"""The back of the report: who is at odds, what was left out, what nobody judged; each said where it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from causal.ask.interventions import RETROSPECTIVE
from causal.tell import dissent, ledger, sections, silence
from causal.tell.claims import Abstention, Against, Reason
from causal.tell.document import Bullets, Cell, Paragraph, Section, Table, Terms, plain
from causal.tell.facts import Report


def words(section: Section) -> str:
    """Return all words of a section."""
    return "\n".join(_words(section))


def _words(section: Section) -> Iterator[str]:
    for block in section.blocks:
        match block:
            case Paragraph(words=text):
                yield plain(text)
            case Bullets(items=items):
                yield from (plain(item) for item in items)
            case Terms(pairs=pairs):
                yield from (f"{term}: {plain(text)}" for term, text in pairs)
            case Table(caption=caption, rows=rows):
                yield caption
                yield from (plain(line) for row in rows for cell in row for line in cell.lines)


def flagged(section: Section) -> list[Cell]:
    tables = [block for block in section.blocks if isinstance(block, Table)]
    return [cell for table in tables for row in table.rows for cell in row if cell.flagged]


def test_who_is_at_odds_is_said_first_and_marked(report: Report) -> None:
    assert not flagged(ledger.derived(report))
    first, *rest = report.derived
    odd = replace(report, derived=(replace(first, z=3.14, at_odds=True), *rest))
    section = ledger.derived(odd)
    assert "1 of 2 judgements at odds." in words(section)
    assert f"{first.question} by Anna: z 3.1" in words(section)
    (marked,) = flagged(section)
    assert [plain(line) for line in marked.lines] == ["3.1", "at odds"]


def test_a_check_and_a_weight_are_told_beside_the_judgement(report: Report) -> None:
    assert "evidence, weight 0.5" in words(ledger.derived(report))
    first, *rest = report.derived
    check = replace(report, derived=(replace(first, use="check"), *rest))
    assert "check: moves nothing" in words(ledger.derived(check))


def test_what_reshapes_the_prior_is_told_beside_the_judgement_and_explained(report: Report) -> None:
    assert "reshaped the prior" not in words(ledger.derived(report))
    first, *rest = report.derived
    for use, weight, wanted in (
        ("meld", 0.5, "melded with what the parameters imply, weight 0.5"),
        ("replace", 1.0, "in place of what the parameters imply"),
    ):
        told = words(ledger.derived(replace(report, derived=(replace(first, use=use, weight=weight), *rest))))
        assert wanted in told
        assert "has reshaped the prior" in told


def test_nothing_derived_is_said(report: Report) -> None:
    assert "every judgement sets a parameter" in words(ledger.derived(replace(report, derived=())))


def test_misfit_above_the_limit_is_marked(report: Report) -> None:
    assert not flagged(ledger.parameters(report))
    first, *rest = report.direct
    section = ledger.parameters(replace(report, direct=(replace(first, misfit=0.2, notes=("left out",)), *rest)))
    (marked,) = flagged(section)
    assert plain(marked.lines[0]) == "0.20"
    assert "left out" in words(section)


def test_every_judgement_is_there_with_why_and_where(report: Report) -> None:
    told = words(ledger.parameters(report)) + words(ledger.derived(report)) + words(ledger.orders(report))
    for each in (*report.direct, *report.derived, *report.checks):
        assert each.question in told
        assert each.reason.because in told
        assert each.reason.source in told
    assert "Anna (1918), Diary of a garden, p. 12" in told


def test_what_was_said_in_words_is_quoted(report: Report) -> None:
    assert "said: almost certain" in words(ledger.parameters(report))
    assert "said: quantiles" not in words(ledger.parameters(report))


def test_what_nobody_judged_is_listed(report: Report) -> None:
    assert "No parameter is left" in words(silence.defaults(report))
    left = replace(report, unjudged={"P(season = dry)": ("anna", "boris"), "P(grass = wet | none)": ("boris",)})
    told = words(silence.defaults(left))
    assert "P(season = dry) for everyone" in told
    assert "P(grass = wet | none) for Boris" in told


def test_defaults_are_counted_and_shown(report: Report) -> None:
    told = words(silence.defaults(report))
    assert "Anna: 7 parameters judged, 4 by default, 0 by nobody" in told
    assert all(each.question in told for each in report.defaults)


def test_a_default_that_comes_to_another_number_says_for_whom(report: Report) -> None:
    first, *rest = (replace(each, shifted={}) for each in report.defaults)
    assert silence.SHIFTED not in words(silence.defaults(replace(report, defaults=(first, *rest))))
    told = words(
        silence.defaults(replace(report, defaults=(replace(first, shifted={"anna": (0.8, 0.91, 0.97)}), *rest)))
    )
    assert silence.SHIFTED in told
    assert "Anna: 0.91 [0.80, 0.97]" in told


def test_orders_signs_and_silence(report: Report) -> None:
    told = words(ledger.orders(report))
    assert "effect(@drought_law -> grass = wet | history) lowers it" in told
    assert "Boris on P(rain | season = rainy)" in told
    assert "Every sign that the model claims for an arrow holds" in told
    failed = Against("boris", "rain", "some", "grass", "+", "grass = wet", 0.4, 0.2)
    told = words(ledger.orders(replace(report, against=(failed,))))
    assert "rain = some raises grass" in told
    assert "seen in P(grass = wet)" in told


def test_nobody_silent_and_nothing_compared(report: Report) -> None:
    told = words(ledger.orders(replace(report, checks=(), abstentions=())))
    assert "No order and no sign was judged." in told
    assert "Nobody said to have no view" in told
    silent = (Abstention("anna", "P(rain)", Reason("She looked away.")),)
    assert "Anna on P(rain) She looked away." in words(ledger.orders(replace(report, abstentions=silent)))


def test_assumptions_in_words(report: Report) -> None:
    told = words(ledger.assumptions(report))
    assert "4 variables and 4 arrows. " in told
    assert "2 have none" in told
    assert "No two variables are said to share a cause" in told
    known = replace(report.assumptions, missing=1, confounded=(("rain", "sprinkler"),), undated=("Grass",), gates=1)
    told = words(ledger.assumptions(replace(report, assumptions=known)))
    assert "1 has none" in told
    assert "rain and sprinkler" in told
    assert "undated: Grass" in told
    assert "1 gate:" in told


def test_what_stays_the_same_across_worlds_is_an_assumption(report: Report, ussr: Report) -> None:
    told = words(ledger.assumptions(report))
    assert "each variable keeps the luck that it really had" in told
    assert "2 have one luck for every situation of the parents (comonotone); 1 has an inhibitor for each cause" in told
    assert "settled by the parents" not in told
    assert "settled by the parents" in words(ledger.assumptions(ussr))
    dated = tuple(row for row in report.interventions if row.reading != RETROSPECTIVE)
    assert "luck that it really had" not in words(ledger.assumptions(replace(report, interventions=dated)))


def test_computation_says_how_and_how_again(report: Report) -> None:
    told = words(ledger.computation(report))
    assert "4 chains of 500, 2,000 for each expert" in told
    assert "R-hat" not in told  # independent draws have none
    assert f"To repeat it: {report.computation.command}" in told
    assert report.computation.digests["model"] in told
    made = replace(report.computation, methods={"anna": "nuts", "boris": "iid"}, divergences=3, least_bfmi=0.71)
    gate = replace(report.gate, worst_rhat=1.0042, least_ess=812.4, findings=("the run: divergences 3 (flag)",))
    told = words(ledger.computation(replace(report, computation=made, gate=gate)))
    for each in ("Worst R-hat: 1.004", "size: 812", "Divergences: 3", "E-BFMI: 0.71", "the run: divergences 3 (flag)"):
        assert each in told


def test_skipped_interventions_are_listed_with_the_reason(report: Report) -> None:
    skipped = replace(report, skipped=(("cloudburst, forecast", "it has probability zero"),))
    assert "cloudburst, forecast: it has probability zero" in words(sections.interventions(skipped))
    none = replace(report, interventions=(), skipped=())
    assert "None that can be answered." in words(sections.interventions(none))


def test_notes_name_the_intervention(ussr: Report) -> None:
    (row,) = [row for row in ussr.interventions if row.intervention == "stalin_and_base_removed"][:1]
    assert row.notes
    assert f"{row.title}: {row.notes[0]}" in words(sections.interventions(ussr))


def test_experts_apart_are_marked(ussr: Report) -> None:
    tables = [block for block in dissent.by_expert(ussr).blocks if isinstance(block, Table)]
    assert all(table.columns[-1].title == "The debate (apart)" for table in tables)
    assert len(tables) == 4
    told = words(sections.experts(ussr))
    assert "Illustrative coding, not a statement by any author." in told


def test_one_expert_is_no_panel(report: Report) -> None:
    assert "Anna alone judged" in words(dissent.by_expert(replace(report, experts=report.experts[:1])))


def test_news_are_explained_where_there_are_any(report: Report) -> None:
    assert "“As news”" not in words(sections.without(report))
    first, *rest = report.without
    changed = replace(report, without=(replace(first, number=replace(first.number, news=0.9)), *rest))
    assert "as news 0.90" in words(sections.without(changed))
    assert "“As news”" in words(sections.without(changed))
