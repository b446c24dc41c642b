"""Who is to blame: was each event necessary, was it sufficient, and how is the outcome shared out among the factors.

    necessity      PN    P(y[x = r] fails | record, x = s, y)             but for it, would the outcome have failed?
    sufficiency    PS    P(y[x = s] | x = r, y failed, circumstances)     had it been the only thing missing?
    both           PNS   P(y[x = s], y[x = r] fails | circumstances)

s is what happened, r the alternative (the model's own among its factors). ``record`` is all that happened, what came
after x included. Sufficiency speaks of worlds where neither x nor y happened, which contradicts the record: what is
given there are the *circumstances*, all that happened and is no descendant of x. Sources: Pearl 2009, section 9.2;
bounds: Tian and Pearl 2000.

    v(S)           the outcome's probability with the factors of S as they were, all others at their alternatives
    forecast       P(y | do(S as they were, others at r), history before D)
    minimal        P(y | do(S as they were, others at r), history before D, chance)
    retrospective  P(y[S as they were, others at r] | record)

    share of i     sum over S without i of  |S|! (n - |S| - 1)! / n!  *  (v(S and i) - v(S))            Shapley 1953
    interaction    sum over S without i, j of  |S|! (n - |S| - 2)! / (n - 1)!  *                 Grabisch & Roubens 1999
                       (v(S and i and j) - v(S and i) - v(S and j) + v(S))

D is the day on which the earliest factor was decided: one history for all S, so that the v(S) differ by the factors
alone. A factor that *stays as it was* is held there by do() (or by the bracket), so that the others' change cannot move
it: what an upstream factor does through another is then the other's. With ``held=False`` only the changed ones are set,
and those that stay come about as the reading has them. Shares sum to v(all) - v(none) either way, in every draw.

In retrospect v compares worlds, and rests on what luck they share: the shares are told under both couplings as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from math import factorial

import numpy as np

from causal.ask.answer import Answer
from causal.ask.blame import Cause, Factor, Responsibility, Together
from causal.ask.change import after, alternative_to, checked, circumstances, earliest_of, reading_of, seen, setting_of
from causal.ask.interventions import MINIMAL, RETROSPECTIVE
from causal.ask.measure import Made, Measure, measured
from causal.ask.panel import Panel, attempt
from causal.ask.profile import complement, named_state
from causal.ask.saying import Voice
from causal.errors import ImpossibleEvidence, QueryError, TooLarge
from causal.exact.answer import Written
from causal.exact.coupling import COUPLINGS
from causal.exact.kernel import Floats
from causal.spec.question import Event, Probability, Record

MOST = 12  # factors: 4,096 sets
NECESSITY, SUFFICIENCY, BOTH = "necessity", "sufficiency", "both"


def responsibility(
    panel: Panel,
    event: Event,
    reading: str = MINIMAL,
    factors: Mapping[str, str] | None = None,
    *,
    held: bool = True,
    events: Sequence[str] | None = None,
) -> Responsibility:
    """Ask what was necessary and sufficient, and share the outcome out among the factors, exactly over all their sets.

    ``factors`` maps each to its alternative (default: the model's own). ``events`` names the variables whose necessity
    and sufficiency are asked for (default: every one on record that acts on the outcome).
    Raises QueryError for names that are not the model's, TooLarge above ``MOST`` factors, UsageError for no such
    reading.

    >>> from causal import load
    >>> from causal.spec.grammar import parse_event
    >>> found = responsibility(load("rain").at_medians().panel, parse_event("grass = wet"))
    >>> {each.name: round(each.share.panel.mean, 3) for each in found.factors}
    {'sprinkler': 0.798, 'rain': 0.0}
    >>> round(found.total.panel.mean, 3) == round(sum(each.share.panel.mean for each in found.factors), 3)
    True
    """
    model, graph = panel.elicited.network.model, panel.elicited.network.graph
    named_state(event, model)
    reading_of(reading)
    chosen = checked(model, model.factors if factors is None else factors, event)
    unknown = [name for name in chosen if model.variables[name].actual is None]
    if unknown:
        raise QueryError(f"of {unknown[0]} the model does not say what happened, so its share cannot be told")
    if len(chosen) > MOST:
        raise TooLarge(f"{len(chosen)} factors have {2 ** len(chosen):,} sets; name at most {MOST}")
    skipped: list[tuple[str, str]] = []
    named = (
        [name for name in graph.order if name in graph.ancestors([event.variable]) and name != event.variable]
        if events is None
        else list(events)
    )
    causes = _causes(panel, event, named, skipped)
    shares = _shares(panel, event, chosen, reading, held)
    return Responsibility(event, reading, held, causes, *shares, Voice.of(panel), tuple(skipped))


# Necessity and sufficiency


def necessity_questions(panel: Panel, event: Event, name: str, other: str) -> dict[str, Probability]:
    """Return the three questions about one event that happened, against its alternative."""
    model, graph = panel.elicited.network.model, panel.elicited.network.graph
    actual = model.variables[name].actual
    assert actual is not None
    fails = complement(event, model)
    around = seen(circumstances(graph, name, RETROSPECTIVE))

    def at(what: Event, state: str) -> Event:
        return Event(what.variable, what.op, what.states, setting_of({name: state}))

    (happened,), (otherwise,) = seen({name: actual}), seen({name: other})
    return {
        NECESSITY: Probability((at(fails, other),), (Record(), happened, event)),
        SUFFICIENCY: Probability((at(event, actual),), (otherwise, fails, *around)),
        BOTH: Probability((at(event, actual), at(fails, other)), around),
    }


def _causes(panel: Panel, event: Event, names: Sequence[str], skipped: list[tuple[str, str]]) -> tuple[Cause, ...]:
    model = panel.elicited.network.model
    plan, pages = [], []
    for name in names:
        actual = model.variables[name].actual
        if actual is None:
            continue
        other = alternative_to(model, name, actual)
        for kind, question in necessity_questions(panel, event, name, other).items():
            try:
                pages.append(panel.elicited.writer.write(question))
            except QueryError as error:
                skipped.append((f"{kind} of {name}", str(error)))
                continue
            plan.append((name, actual, other, kind))
    found: dict[tuple[str, str, str], dict[str, Answer]] = {}
    for (name, actual, other, kind), answer in zip(plan, attempt(panel, pages) if pages else [], strict=True):
        if isinstance(answer, ImpossibleEvidence):
            skipped.append((f"{kind} of {name}", str(answer)))
        else:
            found.setdefault((name, actual, other), {})[kind] = answer
    return tuple(
        Cause(*what, each.get(NECESSITY), each.get(SUFFICIENCY), each.get(BOTH)) for what, each in found.items()
    )


# Shapley


def _shares(
    panel: Panel, event: Event, factors: Mapping[str, str], reading: str, held: bool
) -> tuple[tuple[Factor, ...], tuple[Together, ...], Measure, Measure, Measure, tuple[str, ...]]:
    """Return factors, pairs, v(all), v(none), their difference, and the variables whose coupling it rests on."""
    model, names = panel.elicited.network.model, tuple(factors)
    pages = [panel.elicited.writer.write(asked) for asked in _coalitions(panel, event, factors, reading, held)]
    slots = [page.slots[0] for page in pages]
    v, fixed = panel.values(slots), panel.fixed(slots).all(axis=0)
    if not np.isfinite(v).any(axis=(2, 3)).all():
        raise ImpossibleEvidence(f"what is given under the reading '{reading}' has probability zero for an expert")
    coupled = tuple(dict.fromkeys(name for page in pages for name in page.coupled))
    whole, labels, rows = len(v) - 1, [], []
    for place, name in enumerate(names):
        labels += [f"share of {name}", f"without {name}", f"{name} alone"]
        rows += [shapley(v, place), v[whole] - v[whole ^ 1 << place], v[1 << place] - v[0]]
    pairs = list(combinations(range(len(names)), 2))
    for i, j in pairs:
        both = v[whole] - v[whole ^ 1 << i ^ 1 << j]
        sum_ = 2 * v[whole] - v[whole ^ 1 << i] - v[whole ^ 1 << j]
        labels += [f"{what} of {names[i]} and {names[j]}" for what in ("interaction", "removing both", "the sum")]
        rows += [interaction(v, i, j), both, sum_]
    ends = ["with all as they were", "with none as they were", "what all do"]
    made = Made([*labels, *ends], np.stack([*rows, v[whole], v[0], v[whole] - v[0]]),
                np.tile(fixed, (len(labels) + 3, 1)), settled=True)  # fmt: skip
    found = measured(panel, made)
    of = 3 * len(names)
    single = [found[at : at + 3] for at in range(0, of, 3)]
    double = [found[at : at + 3] for at in range(of, of + 3 * len(pairs), 3)]
    otherwise_coupled = _couplings(panel, pages, names) if coupled else {}
    told = tuple(
        Factor(name, model.variables[name].actual or "", factors[name], share, removed, alone,
               {how: shares[place] for how, shares in otherwise_coupled.items()})
        for place, (name, (share, removed, alone)) in enumerate(zip(names, single, strict=True))
    )  # fmt: skip
    doubles = tuple(Together(names[i], names[j], *each) for (i, j), each in zip(pairs, double, strict=True))
    as_was, otherwise, total = found[-3:]
    return told, doubles, as_was, otherwise, total, coupled


def _coalitions(
    panel: Panel, event: Event, factors: Mapping[str, str], reading: str, held: bool
) -> Iterator[Probability]:
    """Yield the question v(S) for every set S of factors, numbered by the bits of who stays as it was."""
    model, names = panel.elicited.network.model, tuple(factors)
    before = earliest_of(model, names)
    for mask in range(1 << len(names)):
        do = {
            name: model.variables[name].actual or "" if mask >> place & 1 else factors[name]
            for place, name in enumerate(names)
            if held or not mask >> place & 1
        }
        yield after(event, do, reading, before)


def _couplings(panel: Panel, pages: Sequence[Written], names: Sequence[str]) -> dict[str, tuple[Measure, ...]]:
    """Return every factor's share with all luck coupled in one way, by the name of the way.

    Nothing is returned where a mechanism's table would be too large to be coupled otherwise.
    """
    found = {}
    for how in COUPLINGS:
        try:
            slots = [panel.elicited.writer.write(page.question, how).slots[0] for page in pages]
        except TooLarge:
            return {}
        v, fixed = panel.values(slots), panel.fixed(slots).all(axis=0)
        rows = np.stack([shapley(v, place) for place in range(len(names))])
        labels = [f"share of {name}, {how}" for name in names]
        found[how] = measured(panel, Made(labels, rows, np.tile(fixed, (len(names), 1)), settled=True))
    return found


def shapley(v: Floats, place: int) -> Floats:
    """Return the Shapley value of one player; ``v`` has a row per set, numbered by the bits of who is in it.

    >>> shapley(np.array([0.0, 1.0, 2.0, 5.0]), 0).item()
    2.0
    """
    n = len(v).bit_length() - 1
    bit = 1 << place
    total = np.zeros(v.shape[1:])
    for mask in range(len(v)):
        if not mask & bit:
            size = mask.bit_count()
            total += factorial(size) * factorial(n - size - 1) / factorial(n) * (v[mask | bit] - v[mask])
    return total


def interaction(v: Floats, i: int, j: int) -> Floats:
    """Return the Shapley interaction index of two players (Grabisch and Roubens 1999, equation 8).

    >>> interaction(np.array([0.0, 1.0, 2.0, 5.0]), 0, 1).item()
    2.0
    """
    n = len(v).bit_length() - 1
    a, b = 1 << i, 1 << j
    total = np.zeros(v.shape[1:])
    for mask in range(len(v)):
        if not mask & (a | b):
            size = mask.bit_count()
            weight = factorial(size) * factorial(n - size - 2) / factorial(n - 1)
            total += weight * (v[mask | a | b] - v[mask | a] - v[mask | b] + v[mask])
    return total
