"""How well the experts did on questions whose answers are known, and what their weights in the panel come from.

numbers        their quantiles, by Cooke's classical model: calibration, information, weight; truths inside
yes or no      their probabilities: Brier score with Murphy's parts, log score

A table to each kind of question, and no section where no seed questions were asked.
"""

from __future__ import annotations

from collections.abc import Mapping

from causal.ask.saying import counted
from causal.elicit.scores import UNSCORED
from causal.spec.question import number_text
from causal.tell.claims import Known, Scored
from causal.tell.document import (
    Block,
    Bullets,
    Cell,
    Column,
    Fact,
    Quiet,
    Section,
    Strong,
    Table,
    Text,
    cell,
    paragraph,
)
from causal.tell.facts import Report
from causal.tell.wording import NONE

TITLE = "How well they did on what is known"
NUMBERS = (
    "Calibration is the chance that truths drawn as an expert stated would fall at least as unlike what was stated "
    "(1: nothing speaks against them; near 0: they do not know how sure to be). Information is how much narrower than "
    "an even spread over the range of all answers they are, in nats. Their product is the weight of Cooke's classical "
    "model (1991)."
)
EVENTS = (
    "The Brier score is the mean squared distance of the probability from what happened, less is better: "
    "reliability less resolution plus uncertainty (Murphy 1973). The log score is the mean of minus the logarithm of "
    "the probability given to what happened, in nats; less is better."
)
RULES: Mapping[str, str] = {
    "stated": "weights as stated",
    "equal": "equal weights",
    "cooke": "weights by Cooke's classical model from the seed questions",
}


def weighed(rule: str, alpha: float = 0.0) -> str:
    """Return what the panel's weights come from.

    >>> weighed("stated")
    'weights as stated'
    """
    return f"{RULES[rule]}{f', none below a calibration of {alpha:g}' if alpha else ''}"


def untested(report: Report) -> str:
    """Return what no score says about the judgements."""
    if not report.scored:
        return "That experts know their own uncertainty: no seed questions were asked, so nothing here was calibrated."
    return f"That experts know their own uncertainty where nothing can be known. {UNSCORED}"


def seeds(report: Report) -> Section | None:
    """Lay out each expert's scores, None where nobody was asked what is known."""
    if not report.scored:
        return None
    title = {who.name: who.title for who in report.experts}
    rule = weighed(report.assumptions.weights, report.assumptions.alpha)
    blocks: list[Block] = [paragraph(Strong(UNSCORED)), paragraph(f"The panel has {rule}.")]
    if numbers := [each for each in report.scored if each.numbers]:
        columns = ("Inside their range", "Calibration", "Information", "Product", "Share of the panel")
        rows = tuple((_who(title[each.by], each.numbers), *_numbers(each)) for each in numbers)
        heads = (Column("Expert"), *(Column(name, True) for name in columns))
        blocks += [paragraph(NUMBERS), Table("Numbers that are known", heads, rows)]
    if events := [each for each in report.scored if each.events]:
        columns = ("Brier score", "Reliability", "Resolution", "Uncertainty", "Log score")
        rows = tuple((_who(title[each.by], each.events), *_events(each)) for each in events)
        heads = (Column("Expert"), *(Column(name, True) for name in columns))
        blocks += [paragraph(EVENTS), Table("Questions of yes or no", heads, rows)]
    asked: tuple[Text, ...] = tuple((f"{each.ask}: ", Fact(_truth(each)), Quiet(each.source)) for each in report.known)
    blocks += [paragraph("What was asked, and what is known:"), Bullets(asked)]
    return Section("seeds", TITLE, tuple(blocks))


def _truth(each: Known) -> str:
    said = ("yes" if each.truth else "no") if isinstance(each.truth, bool) else number_text(each.truth)
    return f"{said} " if each.source else said


def _who(title: str, answered: int) -> Cell:
    return cell((Strong(title),), (Quiet(f"{counted(answered, 'question')} answered"),))


def _numbers(each: Scored) -> tuple[Cell, ...]:
    share = f"{each.share:.2f}" if each.share else "none"
    return (
        cell(f"{each.inside} of {each.numbers}", (Quiet(f"stated: {each.expected:.1f}"),)),
        cell(small(each.calibration), (Quiet(f"as of {counted(each.counted, 'seed')}"),)),
        cell(small(each.information)),
        cell(small(each.weight)),
        cell(share),
    )


def _events(each: Scored) -> tuple[Cell, ...]:
    ruled = f"{each.ruled_out} of what was ruled out happened" if each.ruled_out else ""
    parts = (each.brier, each.reliability, each.resolution, each.uncertainty)
    return *(cell(small(part)) for part in parts), cell(small(each.log_score), (Quiet(ruled),))


def small(value: float | None) -> str:
    """Return a score to three decimals, or to two digits where that would be nothing.

    >>> small(0.6637), small(0.0000511), small(0.0), small(None)
    ('0.664', '5.1e-05', '0', '–')
    """
    if value is None:
        return NONE
    return "0" if value == 0 else f"{value:.3f}" if value >= 0.0005 else f"{value:.1e}"
