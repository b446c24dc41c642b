"""How far the report can be trusted, and what no number in it covers.

unquantified    what stands outside every interval, in words
confidence      evidence and agreement, apart from any likelihood
"""

from __future__ import annotations

from causal.ask.saying import counted
from causal.tell import luck, seeds
from causal.tell.document import Paragraph, Section, Strong, Terms, Text, paragraph
from causal.tell.facts import Footing, Report
from causal.tell.rivals import TITLE as RIVALS
from causal.tell.wording import decimal


def unquantified(report: Report) -> Section:
    """Say what no interval of this report covers; each is a reason to be less sure than the numbers look."""
    footing = report.footing
    coders = footing.coders if footing is not None else ()
    coded = "who read the sources and turned them into numbers"
    coded = f"{coded} ({', '.join(coders)})" if coders else f"{coded}: no coder is named"
    line = (
        ", as the section on the threshold shows; the other definitions were not moved"
        if report.levels
        else "; none was moved here"
    )
    pairs = {
        "The graph": _graph(report),
        "What was left out": (
            "Causes without a variable here are carried by leaks, baselines and luck, as if they were the same in "
            "every world."
        ),
        "The choice of experts": (
            f"Who speaks for a school, which schools there are, and with what weight; and {coded}."
        ),
        "Definitions": f"Where the line of a state is drawn decides some of the answer{line}.",
        "Ties between judgements": (
            "What one expert says about one parameter is taken to be independent of what they say about another, but "
            "for what they said about totals."
        ),
        "How an intervention comes about": f"It is set as if by hand. {report.tense.brought}",
        "The same luck in two worlds": luck.untested(report),
        "Judgement itself": seeds.untested(report),
    }
    lead = paragraph("No interval in this report covers any of these.")
    terms = Terms(tuple((term, (words,)) for term, words in pairs.items()))
    return Section("unquantified", "What is not quantified", (lead, terms))


def _graph(report: Report) -> str:
    """Say on how many graphs the numbers hold, and what stands for their being the wrong ones."""
    missing = counted(report.assumptions.missing, "missing arrow")
    if report.rivals is not None:
        others = counted(len(report.rivals.graphs) - 1, "rival")
        return (
            f"Every number outside “{RIVALS}” holds on this one, with its {missing}. The {others} asked there "
            f"{'is' if others.startswith('1 ') else 'are'} not all that could be drawn, and nothing stands for all of "
            "them being wrong."
        )
    beside = report.beside.names
    known = f", though {counted(len(beside), 'lies', 'lie')} beside it" if beside else ""
    return (
        f"Every number holds on this one, with its {missing}; no rival graph was asked{known}, and no probability "
        "stands for its being the wrong one."
    )


def confidence(report: Report) -> Section:
    """Say how good the evidence is and how far the experts agree; how probable the outcome is, is said elsewhere."""
    found = report.footing
    if found is None:
        return Section("confidence", "Confidence", (paragraph("There is no headline to be confident of."),))
    lead = Paragraph(("Confidence in the headline is ", Strong(found.confidence), "."), lead=True)
    pairs: tuple[tuple[str, Text], ...] = (("Evidence", _evidence(found)), ("Agreement", _agreement(found)))
    return Section("confidence", "Confidence", (lead, Terms(pairs), paragraph(found.rule)))


def _evidence(found: Footing) -> Text:
    slots = found.judged + found.defaults + found.unjudged
    share = 100 * found.judged / max(1, slots)
    odds = "is at odds" if found.at_odds == 1 else "are at odds"
    words = (
        f": {counted(found.judgements, 'judgement')}, {found.cited:,} with a source ({found.sources:,} in all) and "
        f"{found.located:,} with a page or a quotation. {counted(found.bearing, 'parameter')} can move the headline, "
        f"for each of {counted(found.experts, 'expert')}: {found.judged:,} of these {slots:,} were judged by their "
        f"expert ({share:.0f} %), {found.defaults:,} stand on a default, {found.unjudged:,} on a weak belief. Of "
        f"{counted(found.compared, 'judgement')} on totals, {found.at_odds:,} {odds} with its expert's own parameters."
    )
    return Strong(found.evidence.capitalize()), words


def _agreement(found: Footing) -> Text:
    if found.spread is None:
        return ("Not to be told: the panel is one expert.",)
    words = (
        f": the means of {counted(found.experts, 'expert')} from {counted(found.schools, 'school')} lie "
        f"{decimal(found.spread)} apart at most; {found.lowering:,} of them see an effect below zero, "
        f"{found.raising:,} above it. What they differ on stands under “What explains the disagreement”."
    )
    return Strong(found.agreement.capitalize()), words
