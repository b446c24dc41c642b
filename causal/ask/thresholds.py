"""The threshold of a composite outcome, moved: how much of a finding is a matter of definition.

    y  =  points of its parents  >=  level          level: 3   3.5   4   4.5   5       (the model's own is among them)

    P(y)                             no intervention, nothing given
    P(y | do(@i), history, chance)   an intervention under a reading, minimal rewrite here

A score has no parameters. So the same draws answer every level, and the events nest: what reaches a level reaches all
below, in every draw.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from causal.ask.answer import PANEL, Answer, Estimate
from causal.ask.interventions import MINIMAL
from causal.ask.panel import Panel, attempt
from causal.ask.profile import NOTHING, named_state, situated
from causal.errors import ImpossibleEvidence
from causal.exact.answer import Writer, Written
from causal.exact.network import Network
from causal.learn.gate import Gate
from causal.spec.model import Model, Rule, Score, frozen
from causal.spec.question import Event

AROUND = 1.0  # how far the levels reach below and above the model's own
STEP = 0.5


@dataclass(frozen=True)
class Threshold:
    """The probability of the event with the score's threshold at ``level``, after an intervention (empty: after none).

    ``own`` marks the model's own threshold. ``by_expert`` has each expert's mean.
    """

    level: float
    intervention: str
    estimate: Estimate
    by_expert: Mapping[str, float]
    gate: Gate
    own: bool = False


def thresholds(
    panel: Panel,
    event: Event,
    names: Sequence[str],
    levels: Sequence[float] | None = None,
    reading: str = MINIMAL,
) -> tuple[Threshold, ...]:
    """Ask for a composite event at each threshold, without intervention and after each one named, on the same draws.

    Nothing is returned for an event whose variable is not a score by definition. Without ``levels`` they are those of
    ``steps``. The order is no intervention first, then the named ones, levels as they come. An intervention that sets
    the event's variable is left out, and so is one whose history is impossible for an expert. The record of a
    retrospective stays as it was written, so a level that it contradicts is left out.
    Raises QueryError for names that are not the model's, UsageError for no such reading.

    >>> from causal import load
    >>> from causal.spec.grammar import parse_event
    >>> thresholds(load("rain").at_medians().panel, parse_event("grass = wet"), [])  # a noisy-or, no score
    ()
    """
    network = panel.elicited.network
    named_state(event, network.model)
    situations = {name: situated(network.model, name, reading) for name in dict.fromkeys((NOTHING, *names))}
    score = score_of(network.model, event.variable)
    if score is None:
        return ()
    chosen = tuple(levels) if levels is not None else steps(score)
    writers = {level: Writer(at_level(network, event.variable, level)) for level in chosen}
    plan: list[tuple[float, str]] = []
    pages: list[Written] = []
    for name, there in situations.items():
        if name and event.variable in network.model.interventions[name].do:
            continue
        for level, writer in writers.items():
            try:
                pages.append(writer.write(there.asks(event)))
            except ImpossibleEvidence:
                continue
            plan.append((level, name))
    answers = attempt(panel, pages) if pages else []
    return tuple(
        Threshold(
            level,
            name,
            answer.estimates[(PANEL, "")],
            {expert: answer.estimates[(expert, "")].mean for expert in answer.experts},
            answer.gate,
            level == score.least,
        )
        for (level, name), answer in zip(plan, answers, strict=True)
        if isinstance(answer, Answer)
    )


def score_of(model: Model, name: str) -> Score | None:
    """Return the score that defines a variable, or None where it is not defined by one."""
    mechanism = model.variables[name].mechanism
    test = mechanism.test if isinstance(mechanism, Rule) else None
    return test if isinstance(test, Score) else None


def steps(score: Score) -> tuple[float, ...]:
    """Return the levels around a score's own, ``STEP`` apart, but for those that are always or never reached.

    >>> steps(Score({"a": {"yes": 1.0}, "b": {"some": 0.5, "much": 1.0}}, 1.0))
    (0.5, 1.0, 1.5, 2.0)
    """
    most = sum(max(0.0, *points.values()) for points in score.points.values())
    least = sum(min(0.0, *points.values()) for points in score.points.values())
    reach = round(AROUND / STEP)
    around = (score.least + STEP * each for each in range(-reach, reach + 1))
    return tuple(level for level in around if level == score.least or least < level <= most)


def at_level(network: Network, name: str, level: float) -> Network:
    """Return a network of the same parameters, on the same recorder, in which a score has another threshold.

    Slots of all that does not look at the score stay the same slots, so one tape serves every level.
    """
    model = network.model
    score = score_of(model, name)
    assert score is not None
    moved = replace(model.variables[name], mechanism=Rule(test=replace(score, least=level)))
    other = replace(model, variables=frozen({**model.variables, name: moved}))
    return network.with_model(other)
