"""Every change that could be made, under each reading: which of them does most against the outcome, and how surely.

    for every candidate q (candidates.py), reading r, draw k of expert e

    outcome    p = P(y) with q                  interventions.py says how each reading asks
    effect     p - P(y) of the same history without q
    best       share of draws in which no other candidate of the reading has a lower p
    ranks      share of draws in which it has the lowest, the second lowest, ... p of its kind

A tie shares the places it takes. Shares of the panel are those of the weighted mixture of its experts' draws. What is
named is ranked among what is named, pairs among pairs; what sets a part of the outcome's definition by itself. Source
of ranking draw by draw: Salanti, Ades and Ioannidis (2011), who call the matrix of shares a rankogram.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from causal.ask.answer import CI_PROB
from causal.ask.asking import Asked, Skipped, judge, put, unmoved
from causal.ask.candidates import Candidates, candidates, worded
from causal.ask.interventions import READINGS
from causal.ask.mixture import EQUAL, SCHOOL, Places, Voice, lowest, told, voices
from causal.ask.panel import Panel
from causal.ask.profile import named_state
from causal.ask.swept import WHOLE, Sweep, Swept
from causal.ask.tense import tense
from causal.exact.kernel import Floats
from causal.learn.gate import Gate, judge_run
from causal.spec.question import Event

JUDGED = 10  # the best of each kind and reading that the gate judges: what text and picture show


def sweep(
    panel: Panel,
    event: Event,
    pairs: bool = False,
    everything: bool = False,
    names: Iterable[str] | None = None,
    ci_prob: float = CI_PROB,
    readings: Sequence[str] = tuple(READINGS),
) -> Sweep:
    """Ask for the outcome after every named intervention (or those of ``names``) under every reading.

    ``pairs`` adds every pair that does not contradict itself and sets more than either; ``everything`` every state of
    every variable before the outcome, but for what really happened. What is impossible for a pooled expert is skipped.
    Raises QueryError where the event is none of the model's or names no state, and for no intervention's name.

    >>> from causal import load
    >>> from causal.spec.grammar import parse_event
    >>> found = sweep(load("rain").at_medians().panel, parse_event("grass = wet"), pairs=True)
    >>> for each in found.of("forecast"):
    ...     print(each.candidate.name, round(each.mean, 3), each.best[("panel", "panel")])
    drought_law 0.28 1.0
    drought_law + cloudburst 0.91 0.0
    cloudburst 0.959 0.0
    """
    network = panel.elicited.network
    named_state(event, network.model)
    chosen = candidates(network.graph, event, pairs, everything, names)
    speakers = voices(panel)
    rows: list[Swept] = []
    skipped: list[Skipped] = []
    for reading in readings:
        asked = put(panel, chosen.chosen, reading, lambda each, reading=reading: each.asks(event, reading)[:2])  # type: ignore[misc]
        skipped += asked.skipped
        if asked.chosen:
            rows += _swept(panel, asked, reading, speakers, ci_prob)
    return _sweep(panel, event, chosen, rows, skipped, speakers, ci_prob)


def _sweep(
    panel: Panel,
    event: Event,
    chosen: Candidates,
    rows: list[Swept],
    skipped: list[Skipped],
    speakers: tuple[Voice, ...],
    ci_prob: float,
) -> Sweep:
    schools = {
        voice.name: tuple(panel.draws.experts[row] for row in voice.rows) for voice in speakers if voice.kind == SCHOOL
    }
    return Sweep(
        event=event,
        outcome=worded(event, panel.elicited.network.model),
        rows=tuple(rows),
        skipped=tuple(skipped),
        contradictory=chosen.contradictory,
        redundant=chosen.redundant,
        schools=schools,
        draws=panel.draws.total,
        ci_prob=ci_prob,
        run=judge_run(panel.draws),
        tense=tense(panel.elicited.network.model),
    )


def _swept(panel: Panel, asked: Asked, reading: str, speakers: tuple[Voice, ...], ci_prob: float) -> list[Swept]:
    """Return one reading's rows, the lowest mean first."""
    outcome, without = asked.values
    effect = outcome - without
    slots = [(pages[0].slots[0], pages[1].slots[0]) for pages in asked.pages]
    apart = asked.missing  # experts without a number: the same slot may be one for another candidate
    said = {
        "outcome": told(outcome, [(each[0], out) for each, out in zip(slots, apart, strict=True)], speakers, ci_prob),
        "without": told(without, [(each[1], out) for each, out in zip(slots, apart, strict=True)], speakers, ci_prob),
        "effect": told(effect, list(zip(slots, apart, strict=True)), speakers, ci_prob),
    }
    first = lowest(outcome)
    best = {(voice.kind, voice.name): (voice.of(first) @ voice.weights).tolist() for voice in speakers}
    means = np.array([each[WHOLE].mean for each in said["outcome"]], dtype=float)
    order = np.argsort(np.round(means, EQUAL), kind="stable").tolist()
    ranks = _ranks(asked, outcome, speakers[0])
    gates = _gates(panel, asked, outcome, effect, order)
    return [
        Swept(
            candidate=asked.chosen[row],
            reading=reading,
            question=str(asked.pages[row][0].question),
            outcome=said["outcome"][row],
            without=said["without"][row],
            effect=said["effect"][row],
            best={speaker: shares[row] for speaker, shares in best.items()},
            ranks=ranks[row],
            gate=gates.get(row, Gate()),
            judged=row in gates,
            missing=asked.missing[row],
        )
        for row in order
    ]


def _members(asked: Asked) -> dict[str, list[int]]:
    """Return the rows of each kind."""
    found: dict[str, list[int]] = {}
    for row, each in enumerate(asked.chosen):
        found.setdefault(each.group, []).append(row)
    return found


def _ranks(asked: Asked, outcome: Floats, voice: Voice) -> dict[int, tuple[float, ...]]:
    """Return the panel's shares of each place, each candidate among its kind."""
    found: dict[int, tuple[float, ...]] = {}
    for rows in _members(asked).values():
        shares = Places.of(outcome[rows]).shares(voice)
        found.update((row, tuple(each)) for row, each in zip(rows, shares.tolist(), strict=True))
    return found


def _gates(panel: Panel, asked: Asked, outcome: Floats, effect: Floats, order: list[int]) -> dict[int, Gate]:
    """Judge outcome and effect of the few best of each kind."""
    place = {row: at for at, row in enumerate(order)}
    rows = [row for members in _members(asked).values() for row in sorted(members, key=place.__getitem__)[:JUDGED]]
    values = np.concatenate([outcome[rows], effect[rows]])
    pages = [*((asked.pages[row][0],) for row in rows), *(asked.pages[row] for row in rows)]
    texts = [str(asked.pages[row][0].question) for row in rows]
    names = [*texts, *(f"effect in {text}" for text in texts)]
    gates = judge(panel, values, names, unmoved(panel, pages, values))
    return {row: gates[at] & gates[at + len(rows)] for at, row in enumerate(rows)}
