"""From facts to words: the order in which a report is told.

Report -> banners, key, then
          question, findings                          what is asked, what is answered
          interventions, without                      every point of divergence; nothing set, date by date
          by expert, disagreement, experts            the same before any pooling; why they differ; who they are
          graph, rivals                               the model; the headline under other graphs
          profile, thresholds                         what avoids the outcome; what its definition decides
          explained                                   what made the difference, a section per analysis
          derived, parameters, defaults, orders       every judgement
          parts, words                                parts beside their whole; phrases and their numbers
          seeds                                       how well its experts did on what is known
          assumptions, unquantified, confidence       how far it can be trusted
          sources, computation
       -> Document
"""

from __future__ import annotations

from collections.abc import Callable

from causal.tell import coherence, dissent, explaining, ledger, limits, rivals, scenes, sections, seeds, silence
from causal.tell.document import Assumed, Document, Fact, Judged, Quiet, Section, Text
from causal.tell.facts import Report
from causal.tell.findings import banners

ORDER: tuple[Callable[[Report], Section | None], ...] = (
    sections.question,
    sections.findings,
    sections.interventions,
    sections.without,
    dissent.by_expert,
    dissent.disagreement,
    sections.experts,
    scenes.graph,
    rivals.rivals,
    scenes.profile,
    scenes.thresholds,
    ledger.derived,
    ledger.parameters,
    silence.defaults,
    ledger.orders,
    coherence.parts,
    coherence.words,
    seeds.seeds,
    ledger.assumptions,
    limits.unquantified,
    limits.confidence,
    ledger.sources,
    ledger.computation,
)

# what a reader goes through who wants to disagree; the analyses stand before the first of these
LEDGER = ("derived", "parameters", "defaults", "orders", "parts", "words", "assumptions")

KEY: Text = (
    "How it is set: ",
    Fact("a fact"),
    Quiet(" (what happened, where it is written)"),
    "; ",
    Assumed("an assumption"),
    Quiet(" (of the model, or of nobody in particular)"),
    "; ",
    Judged("a judgement"),
    Quiet(" (of an expert)"),
    ". All other numbers are reckoned from these.",
)


def compose(report: Report) -> Document:
    """Put a report into words; the same facts give the same words. A section of nothing is left out."""
    subtitle = f"Model {report.model}, judgements {report.priors}"
    told = [found for section in ORDER if (found := section(report)) is not None]
    place = next((at for at, each in enumerate(told) if each.name in LEDGER), len(told))
    told[place:place] = explaining.sections(report)
    return Document(report.title, subtitle, banners(report), KEY, tuple(told))
