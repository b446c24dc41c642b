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

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from causal.ask.answer import CI_PROB, PANEL
from causal.ask.asking import Asked, Skipped, judge, put, unmoved
from causal.ask.candidates import BY_DEFINITION, NAMED, PAIR, SINGLE, Candidate, Candidates, candidates, spoken, worded
from causal.ask.interventions import READINGS
from causal.ask.mixture import EQUAL, EXPERT, SCHOOL, Places, Spread, Voice, lowest, told, voices
from causal.ask.panel import Panel
from causal.ask.profile import named_state
from causal.exact.kernel import Floats
from causal.learn.gate import REFUSE, Gate, judge_run
from causal.spec.question import Event

if TYPE_CHECKING:
    import pandas as pd

JUDGED = 10  # the best of each kind and reading that the gate judges: what text and picture show
type Speaker = tuple[str, str]  # a kind of voice and its name
WHOLE: Speaker = (PANEL, PANEL)


@dataclass(frozen=True)
class Swept:
    """One candidate under one reading, for the panel, every school and every expert.

    ``best`` is its share of first places among all candidates of the reading; ``ranks`` are the panel's shares of
    each place among those of its kind, the first place first. ``missing`` are the experts, shown apart, for whom it is
    impossible.
    """

    candidate: Candidate
    reading: str
    question: str
    outcome: Mapping[Speaker, Spread]
    without: Mapping[Speaker, Spread]
    effect: Mapping[Speaker, Spread]
    best: Mapping[Speaker, float]
    ranks: tuple[float, ...]
    gate: Gate
    judged: bool
    missing: tuple[str, ...] = ()

    @property
    def mean(self) -> float:
        """The panel's mean probability of the outcome."""
        found = self.outcome[WHOLE].mean
        assert found is not None  # a candidate that is impossible for the panel is skipped
        return found


@dataclass(frozen=True)
class Sweep:
    """Every candidate under every reading, the lowest mean of the outcome first within a reading."""

    event: Event
    outcome: str
    rows: tuple[Swept, ...]
    skipped: tuple[Skipped, ...]
    contradictory: int
    redundant: int
    schools: Mapping[str, tuple[str, ...]]
    draws: int
    ci_prob: float
    run: Gate

    @property
    def title(self) -> str:
        """What was asked."""
        return f"Which change does most against {self.outcome}?"

    @cached_property
    def gate(self) -> Gate:
        """The gate over the run and the few best of each kind and reading."""
        whole = self.run
        for each in self.rows:
            if each.judged:
                whole = whole & each.gate
        return whole

    @property
    def readings(self) -> tuple[str, ...]:
        """The readings under which anything was answered."""
        return tuple(dict.fromkeys(each.reading for each in self.rows))

    def of(self, reading: str, group: str = "") -> tuple[Swept, ...]:
        """Return a reading's rows, all or those of one kind, the lowest probability of the outcome first."""
        return tuple(
            each for each in self.rows if each.reading == reading and (not group or each.candidate.group == group)
        )

    def withheld(self, each: Swept) -> bool:
        """Return whether the gate lets no number of a row be shown."""
        return self.run.withholds or each.gate.withholds

    @property
    def groups(self) -> tuple[str, ...]:
        """The kinds that are ranked among themselves."""
        found = {each.candidate.group for each in self.rows}
        every = [group for kind in (NAMED, PAIR, SINGLE) for group in (kind, f"{kind}, {BY_DEFINITION}")]
        return tuple(group for group in every if group in found)

    @property
    def table(self) -> pd.DataFrame:
        """A tidy frame: a row per reading, candidate and voice (the panel first); what the gate withholds is empty."""
        import pandas as pd

        return pd.DataFrame([line for each in self.rows for line in self._lines(each)])

    @property
    def ranks(self) -> pd.DataFrame:
        """A tidy frame of the panel's shares of places: a row per reading, candidate and place among its kind."""
        import pandas as pd

        return pd.DataFrame(
            [
                {"reading": each.reading, "kind": each.candidate.group, "candidate": each.candidate.name,
                 "title": each.candidate.title, "place": place, "share": None if self.gate.withholds else share}
                for each in self.rows for place, share in enumerate(each.ranks, start=1)
            ]
        )  # fmt: skip

    def _lines(self, each: Swept) -> Iterator[dict[str, Any]]:
        hidden, unranked = self.withheld(each), self.gate.withholds
        for speaker in each.outcome:
            outcome, effect = each.outcome[speaker], each.effect[speaker]
            numbers = {
                "mean": outcome.mean, "median": outcome.median, "lower": outcome.lower, "upper": outcome.upper,
                "without": each.without[speaker].mean, "effect": effect.mean, "effect_lower": effect.lower,
                "effect_upper": effect.upper,
            }  # fmt: skip
            yield {
                "candidate": each.candidate.name, "title": each.candidate.title, "kind": each.candidate.group,
                "sets": each.candidate.sets, "when": str(each.candidate.when or ""), "reading": each.reading,
                "voice": speaker[0], "expert": speaker[1],
                **{key: None if hidden else value for key, value in numbers.items()},
                "best": None if hidden or unranked else each.best[speaker],
                "first_of_kind": None if hidden or unranked or speaker != WHOLE else each.ranks[0],
                "ci_prob": self.ci_prob, "gate": each.gate.verdict if each.judged else "not judged",
            }  # fmt: skip

    @property
    def text(self) -> str:
        """The answer in a few sentences, one or two per reading."""
        if self.gate.withholds:
            return f"Not reported: {next(str(f) for f in self.gate.findings if f.verdict == REFUSE)}."
        if not self.rows:
            return f"No change could be asked about {self.outcome}: {self._skips()}"
        lines = [self._sentence(reading) for reading in self.readings]
        if any(each.candidate.when is None for each in self.rows):
            lines.append("What has no date has no history: it is compared with nothing given.")
        if self.skipped:
            lines.append(self._skips())
        return " ".join(lines)

    def _sentence(self, reading: str) -> str:
        """Return what comes first under a reading: among named changes, then pairs, then single settings."""
        plain = [group for group in self.groups if BY_DEFINITION not in group] or list(self.groups)
        tables = [found for group in plain if (found := self.of(reading, group))]
        parts = [self._leader(found, opening=number == 0) for number, found in enumerate(tables)]
        top, shown = self.of(reading)[0], {found[0].candidate.name for found in tables}
        if top.candidate.parts and top.candidate.name not in shown:
            parts.append(f"'{top.candidate.title}' ({_two(top.mean)}) sets a part of the outcome's definition")
        return f"Reading '{reading}', {self.outcome}: {'; '.join(parts)}."

    def _leader(self, group: tuple[Swept, ...], opening: bool) -> str:
        first = group[0]
        said = f"the lowest of {len(group)} {first.candidate.kind}{'s' if len(group) > 1 else ''} on average is "
        said += f"'{first.candidate.title}', {self._number(first.outcome[WHOLE])}"
        said += f", {_signed(first.effect[WHOLE].mean)} against the same history without it"
        if opening and len(self.schools) > 1:
            said += f" ({self._by_school(first)})"
        if self.draws > 1:
            winner = max(group, key=lambda each: round(each.ranks[0], EQUAL))
            whose = "it" if winner is first else f"'{winner.candidate.title}'"
            said += f", and {whose} ranks first in {_percent(winner.ranks[0])} of the panel's draws"
        return said

    def _number(self, spread: Spread) -> str:
        if self.draws == 1:
            return f"{_two(spread.mean)} with every parameter at its median"
        return f"{_two(spread.mean)} ({100 * self.ci_prob:.0f} % interval {_two(spread.lower)} to {_two(spread.upper)})"

    def _by_school(self, each: Swept) -> str:
        said = (f"{spoken(school)} {_two(each.outcome[(SCHOOL, school)].mean)}" for school in self.schools)
        return f"by school {', '.join(said)}"

    def _skips(self) -> str:
        names = "; ".join(f"{each.title} ({each.reading}): {each.why}" for each in self.skipped[:3])
        more = f", and {len(self.skipped) - 3} more" if len(self.skipped) > 3 else ""
        return f"Left out as impossible: {names}{more}." if self.skipped else "the model names none."

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-ready facts; what the gate withholds is None."""
        return {
            "title": self.title,
            "event": str(self.event),
            "outcome": self.outcome,
            "readings": {reading: READINGS[reading] for reading in self.readings},
            "ci_prob": self.ci_prob,
            "draws": self.draws,
            "schools": {school: list(members) for school, members in self.schools.items()},
            "rows": [self._facts(each) for each in self.rows],
            "skipped": [each.to_dict() for each in self.skipped],
            "pairs_left_out": {"contradictory": self.contradictory, "nothing added": self.redundant},
            "gate": self.gate.to_dict(),
            "text": self.text,
        }

    def _facts(self, each: Swept) -> dict[str, Any]:
        hidden, unranked = self.withheld(each), self.gate.withholds
        kinds: dict[str, dict[str, Any]] = {PANEL: {}, SCHOOL: {}, EXPERT: {}}
        for speaker in each.outcome if not hidden else ():
            numbers = {name: getattr(each, name)[speaker].to_dict() for name in ("outcome", "without", "effect")}
            kinds[speaker[0]][speaker[1]] = {**numbers, "best": None if unranked else each.best[speaker]}
        return {
            "candidate": each.candidate.name,
            "title": each.candidate.title,
            "kind": each.candidate.group,
            "do": dict(each.candidate.do),
            "when": str(each.candidate.when or ""),
            "reading": each.reading,
            "question": each.question,
            "panel": kinds[PANEL].get(PANEL),
            "by_school": kinds[SCHOOL],
            "by_expert": kinds[EXPERT],
            "ranks": [] if hidden or unranked else list(each.ranks),
            "impossible_for": list(each.missing),
            "gate": each.gate.verdict if each.judged else "not judged",
        }


def _two(value: float | None) -> str:
    return "none" if value is None else f"{value:.2f}"


def _signed(value: float | None) -> str:
    return "none" if value is None else f"{value:+.2f}".replace("-", "\N{MINUS SIGN}")


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def sweep(
    panel: Panel,
    event: Event,
    pairs: bool = False,
    everything: bool = False,
    names: Iterable[str] | None = None,
    ci_prob: float = CI_PROB,
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
    for reading in READINGS:
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
