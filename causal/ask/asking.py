"""Many candidates asked at once under one reading: one run of the tape, everything else in arrays.

    outcome[q, e, k]     P(y) with candidate q, for expert e, at draw k        without    the same history without it
    impossible           what is given has probability zero in every draw of an expert

Values have shape (candidates, experts, draws). The gate looks at the few that are reported in words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from causal.ask.candidates import Candidate
from causal.ask.interventions import NO_RECORD, RETROSPECTIVE
from causal.ask.panel import Panel
from causal.errors import QueryError
from causal.exact.answer import Written
from causal.exact.kernel import Floats
from causal.learn.gate import Gate, diagnose
from causal.spec.question import Question

type Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Skipped:
    """A candidate that has no number under a reading, and why."""

    name: str
    title: str
    reading: str
    why: str

    def to_dict(self) -> dict[str, str]:
        """Return it by name."""
        return {"candidate": self.name, "title": self.title, "reading": self.reading, "why": self.why}


@dataclass(frozen=True)
class Asked:
    """Candidates that have an answer, with each one's questions (``pages``) and their values.

    ``values`` has shape (pages of each, candidates, experts, draws). ``missing`` names for each candidate the experts
    shown apart for whom it is impossible.
    """

    chosen: tuple[Candidate, ...]
    pages: tuple[tuple[Written, ...], ...]
    values: Floats
    missing: tuple[tuple[str, ...], ...]
    skipped: tuple[Skipped, ...]


def put(
    panel: Panel,
    chosen: Iterable[Candidate],
    reading: str,
    questions: Callable[[Candidate], Sequence[Question]],
) -> Asked:
    """Ask every candidate the questions that ``questions`` makes of it; what cannot be answered is skipped.

    A candidate is skipped where it is impossible for a pooled expert. Experts shown apart just have no number.
    """
    if not answerable(panel, reading):
        nothing = np.empty((0, 0, len(panel.draws.experts), panel.draws.total))
        return Asked((), (), nothing, (), (unanswerable(reading),))
    writer = panel.elicited.writer
    written: list[tuple[Candidate, tuple[Written, ...]]] = []
    skipped: list[Skipped] = []
    for each in chosen:
        try:
            written.append((each, tuple(writer.write(question) for question in questions(each))))
        except QueryError as error:
            skipped.append(Skipped(each.name, each.title, reading, str(error)))
    slots = [(page.slots[0], *(leaf.evidence for leaf in page.leaves)) for _, pages in written for page in pages]
    unique = list(dict.fromkeys(slot for each in slots for slot in each))
    place = {slot: row for row, slot in enumerate(unique)}
    experts, total = len(panel.draws.experts), panel.draws.total
    values = panel.values(unique).reshape(len(unique), experts, total) if unique else np.empty((0, experts, total))
    gone = ~(values > 0).any(axis=2)
    kept: list[tuple[Candidate, tuple[Written, ...]]] = []
    missing: list[tuple[str, ...]] = []
    for each, pages in written:
        evidence = {place[leaf.evidence] for page in pages for leaf in page.leaves}
        never = [name for row, name in enumerate(panel.draws.experts) if any(gone[at, row] for at in evidence)]
        if set(never) & set(panel.weights):
            whom = "every expert" if len(never) == experts else ", ".join(panel.called(name) for name in never)
            skipped.append(Skipped(each.name, each.title, reading, f"what it gives has probability zero for {whom}"))
        else:
            kept.append((each, pages))
            missing.append(tuple(never))
    count = max((len(pages) for _, pages in kept), default=0)
    rows = np.array([[place[pages[number].slots[0]] for _, pages in kept] for number in range(count)], dtype=int)
    got = values[rows] if kept else np.empty((count, 0, experts, total))
    for number, (_, pages) in enumerate(kept):  # what is settled apart from what is given is no number where it is not
        for step, page in enumerate(pages):
            for leaf in page.leaves:
                zero = values[place[leaf.evidence]] <= 0
                if zero.any():
                    got[step, number][zero] = np.nan
    return Asked(
        tuple(each for each, _ in kept), tuple(pages for _, pages in kept), got, tuple(missing), tuple(skipped)
    )


def answerable(panel: Panel, reading: str) -> bool:
    """Return whether a reading can be had at all: to look back takes a record of what happened."""
    return reading != RETROSPECTIVE or bool(panel.elicited.network.graph.record())


def unanswerable(reading: str) -> Skipped:
    """Return why every candidate is skipped where a reading cannot be had."""
    return Skipped("", "every change", reading, NO_RECORD)


def judge(panel: Panel, values: Floats, names: Sequence[str], still: Bools) -> tuple[Gate, ...]:
    """Judge quantities, shape (quantities, experts, draws), that are reported under ``names``, for all in the panel.

    ``still`` has shape (quantities, experts): what no sampled number can move, or a coupling holds where it is.
    """
    chains, draws = panel.draws.theta.shape[:2]
    gates = [Gate() for _ in names]
    for row, (expert, method) in enumerate(zip(panel.draws.experts, panel.draws.method, strict=True)):
        if expert in panel.weights:
            found = diagnose(values[:, row].reshape(-1, chains, draws), method, still[:, row])
            own = [found.gate(at, f"{name} by {panel.called(expert)}") for at, name in enumerate(names)]
            gates = [gate & each for gate, each in zip(gates, own, strict=True)]
    return tuple(gates)


def unmoved(panel: Panel, pages: Sequence[Sequence[Written]], values: Floats) -> Bools:
    """Return which quantities, each made of several pages, stand still by right, shape (quantities, experts)."""
    slots = list(dict.fromkeys(page.slots[0] for several in pages for page in several))
    if not slots:
        return np.empty((0, len(panel.draws.experts)), dtype=bool)
    fixed = dict(zip(slots, panel.fixed(slots), strict=True))
    by_right = np.stack([np.all([fixed[page.slots[0]] for page in several], axis=0) for several in pages])
    coupled = np.array([any(page.coupled for page in several) for several in pages])
    return np.asarray(by_right | (coupled[:, None] & (np.ptp(values, axis=2) == 0)))
