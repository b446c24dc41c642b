"""Ways out counted once: the probability that at least one is taken, beside the sum of their probabilities.

    way           by parts            a part that defines the outcome fails:  NOT (x in the states that give it most)
                  by direct causes    where it is no rule, a parent is in another state than it was
                  by divergence       what a named intervention sets comes about by itself:  x = s, and z = t, ...
    at least one  1 - P(no way)       one event; ways of several variables by inclusion and exclusion over these alone
    the sum       P(way 1) + P(way 2) + ...          counts twice the worlds in which two ways are taken
    saved         P(way, and the outcome fails);  of at least one:  P(outcome fails) - P(no way, and it fails)

The sum is right only if no two ways can be taken together (Boole's inequality; Bonferroni 1936). A way that is part of
another one (both routes of Germany, beside each) adds nothing to the union and is left out of it, and of the sum. What
is given is the history before a date, nothing by default: a way is a chance that there was, not a change that is made.

Framings: what an expert judges about the outcome and what the same expert judges about its avoidance are one number
said twice. Where the two are put on one scale and differ by more than two of their standard deviations, they clash; so
does a judgement with what its expert's own parameters imply (judged.py). Factual questions (what is seen), those about
doing and counterfactual ones are counted apart: Tversky and Koehler (1994) and Teigen (1998) on how framing moves them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from causal.ask.contrast import parts
from causal.ask.escape import Avoidance, Clash, Framing, Union, Way
from causal.ask.judged import CONFLICT, judged
from causal.ask.measure import Made, measured
from causal.ask.panel import Panel
from causal.ask.phrases import event_phrase
from causal.ask.profile import complement, named_state
from causal.ask.saying import Voice
from causal.ask.sorts import rung
from causal.errors import ImpossibleEvidence, TooLarge
from causal.exact.asked import chosen
from causal.exact.readings import interior
from causal.learn.elicited import Derived
from causal.spec.dates import Span
from causal.spec.model import Model, Rule
from causal.spec.question import Condition, Event, History, Probability

MOST = 12  # ways of several variables: 4,096 terms
COMPONENTS, DIVERGENCES = "parts of the outcome fail", "a point of divergence comes about"
CAUSES = "a direct cause of the outcome is otherwise"  # where the outcome is no rule, whose parts could fail
FRAMES = {1: "factual", 2: "what if it were done", 3: "counterfactual"}
SAME = 1e-9  # two questions whose values differ by less, at random interior points, are one question
POINTS = 4
Box = dict[str, frozenset[int]]  # a way: the states that it leaves each of its variables


def avoidance(panel: Panel, event: Event, before: str | None = None) -> Avoidance:
    """Ask for each way out, for at least one of them, and for the outcome avoided by them; list clashing judgements.

    ``before`` is the date before which the record is given.
    Raises QueryError for an event that is not the model's, TooLarge where too many ways are of several variables.

    >>> from causal import load
    >>> from causal.spec.grammar import parse_event
    >>> found = avoidance(load("rain").at_medians().panel, parse_event("grass = wet"))
    >>> for union in found.unions:
    ...     print(union.kind, round(union.union.panel.mean, 3), round(union.total.panel.mean, 3))
    a direct cause of the outcome is otherwise 0.78 1.191
    a point of divergence comes about 0.689 0.931
    """
    model = panel.elicited.network.model
    named_state(event, model)
    given: tuple[Condition, ...] = () if before is None else (History(Span.parse(before)),)
    skipped: list[tuple[str, str]] = []
    unions = []
    for kind, boxes in (_failing(model, event), (DIVERGENCES, _triggered(model, event))):
        if not boxes:
            skipped.append((kind, "the model has none"))
            continue
        try:
            unions.append(_union(panel, event, kind, boxes, given))
        except ImpossibleEvidence as error:
            skipped.append((kind, str(error)))
    return Avoidance(event, before, tuple(unions), clashes(panel), _framings(panel), Voice.of(panel), tuple(skipped))


# Ways out


def _failing(model: Model, event: Event) -> tuple[str, dict[str, tuple[str, Box]]]:
    """Return for each part of the outcome its failing; where it is no rule, for each direct cause its other states."""
    mechanism = model.variables[event.variable].mechanism
    counts = isinstance(mechanism, Rule) and mechanism.test is not None
    found: dict[str, tuple[str, Box]] = {}
    for part in parts(model, event):
        variable = model.variables[part.variable]
        left = frozenset(range(len(variable.states))) - frozenset(chosen(part, variable))
        if left:
            others = tuple(variable.states[at] for at in sorted(left))
            title = f"{variable.title} fails" if counts else event_phrase(Event(variable.name, "in", others), model)
            found[part.variable] = (title, {part.variable: left})
    return (COMPONENTS if counts else CAUSES), found


def _triggered(model: Model, event: Event) -> dict[str, tuple[str, Box]]:
    """Return for each intervention that what it sets comes about; those that set the outcome are none."""
    return {
        name: (each.title or name,
               {v: frozenset({model.variables[v].states.index(state)}) for v, state in each.do.items()})
        for name, each in model.interventions.items() if event.variable not in each.do
    }  # fmt: skip


def _within(box: Box, other: Box) -> bool:
    """Return whether every world of a way is one of another's."""
    return all(name in box and box[name] <= states for name, states in other.items())


def needed(boxes: dict[str, tuple[str, Box]]) -> dict[str, Box]:
    """Return the ways that are no part of another; of equal ones the first."""
    kept: dict[str, Box] = {}
    for name, (_, box) in boxes.items():
        earlier = any(_within(box, other) for other in kept.values())
        later = any(_within(box, other) and not _within(other, box) for _, other in boxes.values())
        if not earlier and not later:
            kept[name] = box
    return kept


def _union(
    panel: Panel, event: Event, kind: str, boxes: dict[str, tuple[str, Box]], given: tuple[Condition, ...]
) -> Union:
    """Ask for each way and for none of them, with and without the outcome, in one run of the tape."""
    model, recorder = panel.elicited.network.model, panel.elicited.network.recorder
    fails = complement(event, model)
    kept = needed(boxes)
    slots: list[int] = []
    for _, box in boxes.values():
        slots += [_slot(panel, [box], given), _slot(panel, [box], given, fails)]
    none = [recorder.add(_terms(panel, model, kept, given, also)) for also in (None, fails)]
    slots += [*none, panel.elicited.writer.write(Probability((fails,), given)).slots[0]]
    values, fixed = panel.values(slots), panel.fixed(slots)
    if not np.isfinite(values).any(axis=(2, 3)).all():
        raise ImpossibleEvidence("what is given has probability zero for an expert")
    count = len(boxes)
    single, saved = values[0 : 2 * count : 2], values[1 : 2 * count : 2]
    never, never_fails, avoided = values[2 * count :]
    counted = [at for at, name in enumerate(boxes) if name in kept]
    rows = [row for pair in zip(single, saved, strict=True) for row in pair]
    rows += [np.clip(1.0 - never, 0.0, 1.0), single[counted].sum(axis=0)]
    rows += [np.clip(avoided - never_fails, 0.0, 1.0), saved[counted].sum(axis=0), avoided]
    names = [f"{what} {name}" for name in boxes for what in ("way", "saved by")]
    names += ["at least one", "the sum", "saved by at least one", "the sum of what is saved", "avoided"]
    still = [*fixed[: 2 * count], *np.tile(fixed.all(axis=0), (5, 1))]
    found = measured(panel, Made(names, np.stack(rows), np.stack(still), settled=True))
    ways = tuple(
        Way(name, title, found[2 * at], found[2 * at + 1], name in kept)
        for at, (name, (title, _)) in enumerate(boxes.items())
    )
    union, total, by, sum_by, whole = found[2 * count :]
    return Union(kind, ways, union, total, by, sum_by, whole)


def _terms(
    panel: Panel, model: Model, kept: dict[str, Box], given: tuple[Condition, ...], also: Event | None
) -> list[int]:
    """Return the terms of P(no way): conjunction for ways of one variable, inclusion and exclusion for the others."""
    recorder = panel.elicited.network.recorder
    open_: Box = {}
    several = [box for box in kept.values() if len(box) > 1]
    if len(several) > MOST:
        terms = f"{2 ** len(several):,} terms"
        raise TooLarge(f"{len(several)} ways are of several variables, with {terms}; at most {MOST} are summed")
    for box in kept.values():
        if len(box) == 1:
            ((name, states),) = box.items()
            rest = open_.get(name, frozenset(range(len(model.variables[name].states))))
            open_[name] = rest - states
    found = []
    for size in range(len(several) + 1):
        for some in combinations(several, size):
            slot = _slot(panel, [open_, *some], given, also)
            found.append(slot if size % 2 == 0 else recorder.minus_of(recorder.zero, slot))
    return found


def _slot(panel: Panel, boxes: Sequence[Box], given: tuple[Condition, ...], also: Event | None = None) -> int:
    """Return the slot of the probability that all these hold, and the further event."""
    model, recorder = panel.elicited.network.model, panel.elicited.network.recorder
    meet: Box = {}
    for box in boxes:
        for name, states in box.items():
            meet[name] = meet.get(name, states) & states
    if any(not states for states in meet.values()):
        return int(recorder.zero)
    events = tuple(
        Event(name, "in", tuple(model.variables[name].states[at] for at in sorted(states)))
        for name, states in meet.items()
    )
    events = (*events, *((also,) if also is not None else ()))
    if not events:
        return int(recorder.one)
    return panel.elicited.writer.write(Probability(events, given)).slots[0]


# Framings


def frame(derived: Derived, panel: Panel) -> str:
    """Return how a judgement is framed: seeing, doing or imagining (Pearl 2009)."""
    return FRAMES[rung(panel.elicited.writer.write(derived.judgement.about).reckoned)]


def _framings(panel: Panel) -> tuple[Framing, ...]:
    """Count, per framing, the judgements and those at odds with what their expert's own parameters imply."""
    found: dict[str, list[int]] = {}
    for each in judged(panel):
        count = found.setdefault(frame(each.derived, panel), [0, 0])
        count[0] += 1
        count[1] += each.at_odds
    return tuple(Framing(name, *found[name]) for name in FRAMES.values() if name in found)


def clashes(panel: Panel) -> tuple[Clash, ...]:
    """List judgements at odds with their expert's parameters, then pairs that are one question and differ."""
    found = [
        Clash(each.derived.expert, frame(each.derived, panel), str(each.derived.judgement.about), "",
              each.read[1], each.before.mean, each.z or 0.0)
        for each in judged(panel) if each.at_odds
    ]  # fmt: skip
    return (*found, *_pairs(panel))


def _pairs(panel: Panel) -> list[Clash]:
    """Return pairs of one expert's judgements that ask the same, or what adds up to one, and answer otherwise."""
    derived = [each for each in panel.elicited.derived if each.scale == "log-odds"]
    if len(derived) < 2:
        return []
    slots = [panel.elicited.writer.write(each.judgement.about).slots[0] for each in derived]
    network = panel.elicited.network
    values = network.recorder.tape(slots).values(interior(network.parameters, panel.draws.seed, POINTS))
    found = []
    for i, j in combinations(range(len(derived)), 2):
        one, other = derived[i], derived[j]
        if one.expert != other.expert:
            continue
        a, b = values[i], values[j]
        same, opposite = np.abs(a - b).max() < SAME, np.abs(a + b - 1.0).max() < SAME
        if not same and not opposite:
            continue
        first, second = one.fit.belief, other.fit.belief
        sign = 1.0 if same else -1.0
        z = abs(first.mean - sign * second.mean) / float(np.hypot(first.sd, second.sd))
        if z > CONFLICT:
            stated = float(other.fit.band[1])
            names = (f"{frame(one, panel)} and {frame(other, panel)}", str(one.judgement.about))
            told = stated if same else 1.0 - stated
            found.append(Clash(one.expert, *names, str(other.judgement.about), float(one.fit.band[1]), told, float(z)))
    return found
