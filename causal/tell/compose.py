"""From facts to words: the order in which a report is told.

Report -> banners, then question, findings, without, interventions, by expert, experts,
          derived, parameters, defaults, orders, assumptions, sources, computation -> Document
"""

from __future__ import annotations

from causal.tell import ledger, sections
from causal.tell.document import Document
from causal.tell.facts import Report
from causal.tell.findings import banners

ORDER = (
    sections.question,
    sections.findings,
    sections.without,
    sections.interventions,
    sections.by_expert,
    sections.experts,
    ledger.derived,
    ledger.parameters,
    ledger.defaults,
    ledger.orders,
    ledger.assumptions,
    ledger.sources,
    ledger.computation,
)


def compose(report: Report) -> Document:
    """Put a report into words; the same facts give the same words."""
    subtitle = f"Model {report.model}, judgements {report.priors}"
    return Document(report.title, subtitle, banners(report), tuple(section(report) for section in ORDER))
