"""The smallest rewrite of history that would have averted the outcome.

    front      each change's effect against its plausibility: those that no other beats on both        front.py
    cheapest   the most plausible set of changes that brings the outcome below a limit, with confidence  cheapest.py

Both are of one reading. A plausibility is P(what is set | history before it), so a change that history made likely
anyway costs little: undoing an accident is cheap.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from causal.ask.answer import CI_PROB
from causal.ask.brief import WITHHELD, Brief, banded, percent, signed
from causal.ask.candidates import spoken, worded
from causal.ask.cheapest import SIZE, Cheapest, Found, cheapest
from causal.ask.front import Front, Tried, front
from causal.ask.interventions import MINIMAL
from causal.ask.mixture import SCHOOL, voices
from causal.ask.panel import Panel
from causal.ask.saying import counted
from causal.ask.swept import WHOLE
from causal.ask.tense import OVER, Tense, tense
from causal.learn.gate import REFUSE, Gate
from causal.spec.question import Event

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Rewrite:
    """What each change does against how plausible it was, and the cheapest set that suffices, under one reading."""

    event: Event
    outcome: str
    front: Front
    cheapest: Cheapest
    schools: Mapping[str, tuple[str, ...]]
    draws: int
    ci_prob: float
    tense: Tense = OVER

    @property
    def reading(self) -> str:
        """The reading of every number."""
        return self.front.reading

    @property
    def title(self) -> str:
        """What was asked."""
        return self.tense.smallest.format(self.outcome)

    @cached_property
    def gate(self) -> Gate:
        """The gate over every number of both parts."""
        return self.front.gate & self.cheapest.gate

    @property
    def table(self) -> pd.DataFrame:
        """A tidy frame: a row per change and voice (the panel first), the most plausible change first."""
        import pandas as pd

        return pd.DataFrame(self.front.lines())

    @property
    def brief(self) -> Brief:
        """A row per change, the most plausible first: what it does, and how often no other beats it on both."""
        heads = ("change", "plausibility", "lowers it by", "leaves", "beaten by none in")
        rows = []
        for each in self.front.rows:
            hidden = self.front.withheld(each)
            numbers = (each.plausibility[WHOLE], each.reduction[WHOLE], each.outcome[WHOLE])
            said = (WITHHELD if hidden else banded(n.mean, n.lower, n.upper, self.draws) for n in numbers)
            rows.append((each.candidate.marked, *said, percent(None if hidden else each.often[WHOLE])))
        return Brief(heads, tuple(rows))

    @property
    def sets(self) -> pd.DataFrame:
        """A tidy frame of the cheapest sets: a row per criterion and voice."""
        import pandas as pd

        return pd.DataFrame(
            [
                {"for": criterion, "set": found.whole.name, "title": found.whole.title, "cost": found.cost,
                 "plausibility": found.plausibility, "joint": found.joint, "reading": self.reading,
                 "voice": kind, "expert": name, "share_below": share, "outcome": found.outcome[(kind, name)].mean,
                 "outcome_lower": found.outcome[(kind, name)].lower, "outcome_upper": found.outcome[(kind, name)].upper}
                for criterion, found in (("panel", self.cheapest.panel), ("every school", self.cheapest.schools))
                if found is not None and not self.cheapest.gate.withholds
                for (kind, name), share in found.shares.items()
            ]
        )  # fmt: skip

    @property
    def text(self) -> str:
        """The answer in a few sentences."""
        if self.gate.withholds:
            return f"Not reported: {next(str(f) for f in self.gate.findings if f.verdict == REFUSE)}."
        if not self.front.rows:
            why = "; ".join(f"{each.title}: {each.why}" for each in self.front.skipped[:3])
            return f"There is no change to weigh under the reading '{self.reading}'. {why}".strip()
        parts = [self._front(), *self._cheapest()]
        if any(each.candidate.when is None for each in self.front.rows):
            parts.append("A change without a date has no history before it: its plausibility is that of nothing given.")
        return "\n".join(parts)

    def _front(self) -> str:
        named = "; ".join(f"'{each.candidate.title}' ({self._point(each)})" for each in self.front.best)
        count = counted(len(self.front.rows), "change")
        few = len(self.front.best)
        verb = "is" if few == 1 else "are"
        said = f"Of {count} {few} {verb} beaten by no other on both plausibility and effect ({self.reading})"
        return f"{said}, from the most plausible on: {named}."

    def _point(self, each: Tried) -> str:
        plausibility, reduction = each.at
        mark = ", sets a part of the outcome's definition" if each.candidate.parts else ""
        return f"{_small(plausibility)}, {signed(-reduction)}{mark}"

    def _cheapest(self) -> list[str]:
        found, limits = self.cheapest, self.cheapest
        share = f"in at least {100 * limits.confidence:g} % of"
        whose = (("the panel's draws", found.panel), ("each school's draws", found.schools))
        parts = []
        for draws, best in whose if len(self.schools) > 1 else whose[:1]:
            goal = f"brings it below {limits.below:g} {share} {draws}"
            parts.append(self._failed(goal) if best is None else f"The cheapest set that {goal} is {self._set(best)}.")
        return parts

    def _failed(self, goal: str) -> str:
        found = self.cheapest
        if found.exhausted:
            return f"No set of up to {found.size} of the {counted(len(found.changes), 'change')} {goal}."
        return f"None of the {found.evaluated:,} cheapest sets, all up to cost {found.reached:.2f}, {goal}."

    def _set(self, best: Found) -> str:
        titles = " with ".join(f"'{change.candidate.title}'" for change in best.changes)
        spread = best.outcome[WHOLE]
        number = f"{spread.mean:.2f}" + (
            f" [{spread.lower:.2f}, {spread.upper:.2f}]" if self.draws > 1 and spread.lower is not None else ""
        )
        said = f"{titles} (plausibility {_small(best.plausibility)}"
        if len(best.changes) > 1 and best.joint is not None:
            said += f" were they independent, {_small(best.joint)} together"
        said += f"): {number}"
        if self.draws > 1:
            shares = ", ".join(f"{spoken(s)} {100 * best.shares[(SCHOOL, s)]:.0f} %" for s in self.schools)
            said += f", below the limit in {100 * best.shares[WHOLE]:.0f} % of the panel's draws"
            said += f" (by school {shares})" if len(self.schools) > 1 else ""
        return said + (", though it sets a part of the outcome's definition" if best.whole.parts else "")

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-ready facts; what the gate withholds is None."""
        return {
            "title": self.title,
            "event": str(self.event),
            "outcome": self.outcome,
            "reading": self.reading,
            "takes_as_given": self.tense.given[self.reading],
            "ci_prob": self.ci_prob,
            "draws": self.draws,
            "schools": {school: list(members) for school, members in self.schools.items()},
            "changes": self.front.lines(),
            "cheapest": self.cheapest.to_dict(),
            "skipped": [each.to_dict() for each in self.front.skipped],
            "gate": self.gate.to_dict(),
            "text": self.text,
        }


def _small(value: float) -> str:
    """Return a plausibility: two decimals, or two significant digits below a tenth."""
    return f"{value:.2f}" if value >= 0.1 else f"{value:.2g}"


def rewrite(
    panel: Panel,
    event: Event,
    reading: str = MINIMAL,
    below: float = 0.5,
    confidence: float = 0.8,
    size: int = SIZE,
    everything: bool = False,
    names: Iterable[str] | None = None,
    ci_prob: float = CI_PROB,
) -> Rewrite:
    """Weigh what each change does against how plausible it was, and find the cheapest set that suffices.

    ``below``, ``confidence``, ``size`` are those of ``cheapest``; ``everything`` adds every single setting.
    Raises QueryError where the event is none of the model's or names no state, UsageError for limits out of range.

    >>> from causal import load
    >>> from causal.spec.grammar import parse_event
    >>> print(rewrite(load("rain").at_medians().panel, parse_event("grass = wet")).text[:60])
    Of 2 changes 1 is beaten by no other on both plausibility an
    """
    chosen = None if names is None else tuple(names)
    best = cheapest(panel, event, below, confidence, reading, size, everything, names=chosen, ci_prob=ci_prob)
    return Rewrite(
        event=event,
        outcome=worded(event, panel.elicited.network.model),
        front=front(panel, event, reading, everything, chosen, ci_prob),
        cheapest=best,
        schools={
            voice.name: tuple(panel.draws.experts[row] for row in voice.rows)
            for voice in voices(panel)
            if voice.kind == SCHOOL
        },
        draws=panel.draws.total,
        ci_prob=ci_prob,
        tense=tense(panel.elicited.network.model),
    )
