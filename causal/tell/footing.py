"""What the headline stands on, and how far its experts agree; each in a word by a rule that the report states.

    evidence      robust      at least WELL of what bears on the headline judged by an expert, and as much of that cited
                  limited     less than HALF of either
                  medium      between
    agreement     high        the pooled experts' means at most NEAR apart, and all their effects of one direction
                  low         more than FAR apart, or effects of both directions
                  medium      between; none where one expert is the panel
    confidence    the lower of the two: low, moderate, high

It says how much the number is to be trusted. It says nothing of how probable the outcome is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from causal.ask.interventions import Ranking, questions
from causal.ask.panel import Panel
from causal.tell.claims import Check, Direct, Reason, Said
from causal.tell.facts import Footing, Row

WELL, HALF = 0.8, 0.5
NEAR, FAR = 0.1, 0.3
CONFIDENCE = ("low", "moderate", "high")
RULE = (
    f"By rule: evidence is robust where at least {100 * WELL:.0f} % of what bears on the headline was judged by an "
    f"expert and as much of what was judged is cited, limited where less than {100 * HALF:.0f} % of either is. "
    f"Agreement is high where the experts' means lie at most {NEAR:g} apart, low where more than {FAR:g}, or where "
    "they see effects of opposite direction. Confidence is the lower of the two. It says how far to trust the "
    "reckoning, and nothing on what the reckoning says."
)
EVIDENCE = ("limited", "medium", "robust")
AGREEMENT = ("low", "medium", "high")


def footing(
    panel: Panel,
    ranking: Ranking,
    row: Row | None,
    direct: Sequence[Direct],
    derived: Sequence[Said],
    checks: Sequence[Check],
) -> Footing | None:
    """Return what the headline stands on, None where there is no headline."""
    if row is None:
        return None
    elicited = panel.elicited
    reasons = [each.reason for each in direct] + [each.reason for each in derived] + [each.reason for each in checks]
    bearing = _bearing(panel, ranking, row)
    origins = Counter(elicited.held[name].priors[place].origin for name in panel.pooled for place in bearing)
    means = {name: row.by_expert[name].outcome.mean for name in panel.pooled}
    known = [mean for mean in means.values() if mean is not None]
    effects = [row.by_expert[name].effect.mean or 0.0 for name in panel.pooled]
    spread = max(known) - min(known) if len(known) > 1 else None
    lowering, raising = sum(each < 0 for each in effects), sum(each > 0 for each in effects)
    cited = sum(bool(each.source) for each in reasons)
    evidence = _evidence(origins["judged"] / max(1, origins.total()), cited / max(1, len(reasons)))
    agreement = None if spread is None else _agreement(spread, lowering > 0 and raising > 0)
    return Footing(
        judgements=len(reasons),
        cited=cited,
        located=sum(_located(each) for each in reasons),
        sources=len({each.source for each in reasons if each.source}),
        coders=tuple(sorted({each.coder for each in reasons if each.coder})),
        experts=len(panel.pooled),
        schools=len({elicited.priors.experts[name].school or name for name in panel.pooled}),
        bearing=len(bearing),
        judged=origins["judged"],
        defaults=origins["default"],
        unjudged=origins["weak"],
        compared=len(derived),
        at_odds=sum(each.at_odds for each in derived),
        spread=spread,
        lowering=lowering,
        raising=raising,
        evidence=EVIDENCE[evidence],
        agreement="" if agreement is None else AGREEMENT[agreement],
        rule=RULE,
        confidence=CONFIDENCE[evidence if agreement is None else min(evidence, agreement)],
    )


def _bearing(panel: Panel, ranking: Ranking, row: Row) -> list[int]:
    """Return the places of the parameters that can move the headline."""
    network = panel.elicited.network
    with_it, *_ = questions(ranking.event, network.model.interventions[row.intervention], row.reading)
    tape = network.recorder.tape(panel.elicited.writer.write(with_it).slots)
    each = np.eye(len(network.parameters), dtype=bool)
    return [place for place, one in enumerate(each) if tape.moved_by(one).any()]


def _located(reason: Reason) -> bool:
    return bool(reason.source and (reason.page or reason.quote))


def _evidence(judged: float, cited: float) -> int:
    least = min(judged, cited)
    return 2 if least >= WELL else 1 if least >= HALF else 0


def _agreement(spread: float, divided: bool) -> int:
    if divided or spread > FAR:
        return 0
    return 2 if spread <= NEAR else 1
