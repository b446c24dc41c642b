"""How much each change does against how plausible it was: the changes that no other beats on both.

    reduction      P(y) of the same history without it  -  P(y) with it          draw by draw
    plausibility   P(what it sets | history before it)                           draw by draw
    on the front   no other candidate has more of one and no less of the other (Pareto)

The front is that of the panel's means; beside it stands the share of the panel's draws in which each candidate is on
the front of that draw. What does the same as another, and was as plausible, is on the front if the other is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from causal.ask.answer import CI_PROB
from causal.ask.asking import Skipped, judge, put, unmoved
from causal.ask.candidates import Candidate, candidates
from causal.ask.interventions import MINIMAL
from causal.ask.mixture import EQUAL, Spread, told, voices
from causal.ask.panel import Panel
from causal.ask.profile import named_state
from causal.ask.swept import WHOLE, Speaker
from causal.exact.kernel import Floats
from causal.learn.gate import Gate, judge_run
from causal.spec.question import Event


@dataclass(frozen=True)
class Tried:
    """One candidate: what it does, how plausible it was, and whether another beats it on both.

    ``front`` says so of the panel's means; ``often`` is each voice's share of draws in which it is on the front.
    """

    candidate: Candidate
    plausibility: Mapping[Speaker, Spread]
    reduction: Mapping[Speaker, Spread]
    outcome: Mapping[Speaker, Spread]
    front: bool
    often: Mapping[Speaker, float]
    gate: Gate
    questions: tuple[str, str]

    @property
    def at(self) -> tuple[float, float]:
        """The panel's mean plausibility and reduction."""
        plausibility, reduction = self.plausibility[WHOLE].mean, self.reduction[WHOLE].mean
        assert plausibility is not None
        assert reduction is not None  # what is impossible for the panel is skipped
        return plausibility, reduction


@dataclass(frozen=True)
class Front:
    """Every candidate under one reading, the most plausible first."""

    reading: str
    rows: tuple[Tried, ...]
    skipped: tuple[Skipped, ...]
    run: Gate

    @property
    def best(self) -> tuple[Tried, ...]:
        """The candidates on the front, the most plausible first."""
        return tuple(each for each in self.rows if each.front)

    @cached_property
    def gate(self) -> Gate:
        """The gate over the run and every number."""
        whole = self.run
        for each in self.rows:
            whole = whole & each.gate
        return whole

    def lines(self) -> list[dict[str, Any]]:
        """Return a line per candidate and voice, without what the gate withholds."""
        return [
            {
                "candidate": each.candidate.name, "title": each.candidate.title, "kind": each.candidate.group,
                "sets": each.candidate.sets, "when": str(each.candidate.when or ""), "reading": self.reading,
                "voice": speaker[0], "expert": speaker[1],
                **{
                    f"{name}{end}": None if self.withheld(each) else getattr(spread[speaker], key)
                    for name, spread in (("plausibility", each.plausibility), ("reduction", each.reduction),
                                         ("outcome", each.outcome))
                    for end, key in (("", "mean"), ("_lower", "lower"), ("_upper", "upper"))
                },
                "front": None if self.gate.withholds or speaker != WHOLE else each.front,
                "share_on_front": None if self.gate.withholds else each.often[speaker],
                "gate": each.gate.verdict,
            }
            for each in self.rows
            for speaker in each.reduction
        ]  # fmt: skip

    def withheld(self, each: Tried) -> bool:
        """Return whether the gate lets no number of a candidate be shown."""
        return self.run.withholds or each.gate.withholds


def front(
    panel: Panel,
    event: Event,
    reading: str = MINIMAL,
    everything: bool = False,
    names: Iterable[str] | None = None,
    ci_prob: float = CI_PROB,
) -> Front:
    """Lay what each named intervention does beside how plausible it was; ``everything`` adds single settings.

    Raises QueryError where the event is none of the model's or names no state, and for no intervention's name.

    >>> from causal import load
    >>> from causal.spec.grammar import parse_event
    >>> found = front(load("rain").at_medians().panel, parse_event("grass = wet"))
    >>> [(each.candidate.name, each.front) for each in found.rows]
    [('drought_law', True), ('cloudburst', False)]
    """
    graph = panel.elicited.network.graph
    named_state(event, graph.model)
    chosen = candidates(graph, event, everything=everything, names=names).chosen
    asked = put(
        panel, chosen, reading, lambda each: (*each.asks(event, reading)[:2], each.plausibility(graph))
    )  # fmt: skip
    if not asked.chosen:
        return Front(reading, (), asked.skipped, judge_run(panel.draws))
    outcome, without, plausibility = asked.values
    reduction = without - outcome
    speakers = voices(panel)
    slots = [tuple(page.slots[0] for page in pages) for pages in asked.pages]
    keys = list(zip(slots, asked.missing, strict=True))
    said = {
        name: told(values, keys, speakers, ci_prob)
        for name, values in {"outcome": outcome, "reduction": reduction, "plausibility": plausibility}.items()
    }
    means = np.array([[each[WHOLE].mean for each in said[name]] for name in ("plausibility", "reduction")])
    best = unbeaten(*means[:, :, None])[:, 0]
    every = unbeaten(plausibility, reduction).astype(np.float64)
    often = {(voice.kind, voice.name): voice.of(every) @ voice.weights for voice in speakers}
    values = np.concatenate([plausibility, reduction])
    pages = [*((pages[2],) for pages in asked.pages), *(pages[:2] for pages in asked.pages)]
    texts = [str(pages[2].question) for pages in asked.pages]
    texts += [f"effect in {pages[0].question}" for pages in asked.pages]
    gates = judge(panel, values, texts, unmoved(panel, pages, values))
    rows = [
        Tried(
            candidate=each,
            plausibility=said["plausibility"][row],
            reduction=said["reduction"][row],
            outcome=said["outcome"][row],
            front=bool(best[row]),
            often={speaker: float(shares[row]) for speaker, shares in often.items()},
            gate=gates[row] & gates[row + len(asked.chosen)],
            questions=(str(asked.pages[row][0].question), str(asked.pages[row][2].question)),
        )
        for row, each in enumerate(asked.chosen)
    ]
    order = np.argsort(-np.round(means[0], EQUAL), kind="stable").tolist()
    return Front(reading, tuple(rows[row] for row in order), asked.skipped, judge_run(panel.draws))


def unbeaten(first: Floats, second: Floats) -> NDArray[np.bool_]:
    """Return where no other candidate has more of one and no less of the other, shape (candidates, ...).

    What is no number is on no front and beats nothing.

    >>> unbeaten(np.array([[0.1], [0.5], [0.4]]), np.array([[0.9], [0.2], [0.1]])).ravel().tolist()
    [True, True, False]
    """
    known = np.isfinite(first) & np.isfinite(second)
    a, b = (np.where(known, np.round(each, EQUAL), -np.inf) for each in (first, second))
    found = known.copy()
    for row in range(len(a)):
        more = (a >= a[row]) & (b >= b[row]) & ((a > a[row]) | (b > b[row]))
        found[row] &= ~more.any(axis=0)
    return found
