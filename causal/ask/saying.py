"""What analyses say in sentences: variables, states and experts by their labels, and numbers by school.

event       stalinist_outcome = yes        Stalinist outcome
            terror < mass                  Scale of terror below mass
changes     {isolation: not_isolated}      "Isolation: not isolated"
by school   0.86 by the panel              (Structuralists 0.85, Intentionalists 0.91; apart: The debate 0.95)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from causal.ask.measure import Measure
from causal.ask.panel import Panel
from causal.ask.tense import Tense, tense
from causal.learn.gate import Gate
from causal.spec.dates import Span
from causal.spec.model import Model
from causal.spec.question import Event

YES, NO = frozenset({"yes", "true", "1"}), frozenset({"no", "false", "0"})
RELATIONS: Mapping[str, str] = {"=": ":", "!=": " other than", "<": " below", "<=": " at most", ">": " above",
                                ">=": " at least", "in": ":"}  # fmt: skip
MONTHS = ("January February March April May June July August September October November December").split()
MOST = 8  # experts whose numbers one sentence names


@dataclass(frozen=True)
class Voice:
    """The labels of a model and its experts, for sentences."""

    model: Model
    titles: Mapping[str, str]
    pooled: tuple[str, ...]

    @classmethod
    def of(cls, panel: Panel) -> Voice:
        """Take the labels from what the panel was elicited from."""
        experts = panel.elicited.priors.experts
        titles = {name: experts[name].title for name in panel.experts}
        return cls(panel.elicited.network.model, titles, panel.pooled)

    @property
    def tense(self) -> Tense:
        """The words for a case that is over, or for one still to come."""
        return tense(self.model)

    def variable(self, name: str) -> str:
        """Return a variable's label."""
        return self.model.variables[name].title

    def state(self, name: str, state: str) -> str:
        """Return a variable in a state, in words.

        >>> from causal import load
        >>> Voice.of(load("rain").at_medians().panel).state("rain", "heavy")
        'Rain: heavy'
        """
        if state.casefold() in YES:
            return self.variable(name)
        if state.casefold() in NO:
            return f"no {self.variable(name)}"
        return f"{self.variable(name)}: {plain(state)}"

    def event(self, event: Event) -> str:
        """Return an event in words."""
        if event.op in ("=", None):
            return self.state(event.variable, event.states[0]) if event.states else self.variable(event.variable)
        states = " or ".join(plain(state) for state in event.states)
        return f"{self.variable(event.variable)}{RELATIONS[event.op or '=']} {states}"

    def changes(self, do: Mapping[str, str]) -> str:
        """Return what is set, in words."""
        return " and ".join(self.state(name, state) for name, state in do.items())

    def schools(self, measure: Measure) -> str:
        """Return each expert's mean in brackets; nothing where there is one expert, or the number is withheld."""
        if measure.gate.withholds or len(self.titles) < 2:
            return ""
        inside = [name for name in self.titles if name in self.pooled]
        apart = [name for name in self.titles if name not in self.pooled]
        if len(self.titles) > MOST:
            means = sorted(measure.estimates[name].mean for name in self.titles)
            return f" (by expert from {means[0]:.2f} to {means[-1]:.2f})"
        parts = [", ".join(self._each(measure, name) for name in inside)]
        if apart:
            parts.append("apart: " + ", ".join(self._each(measure, name) for name in apart))
        return f" ({'; '.join(part for part in parts if part)})"

    def _each(self, measure: Measure, name: str) -> str:
        return f"{self.titles[name]} {measure.estimates[name].mean:.2f}"


class Found(Protocol):
    """What an analysis of an event under a reading has found."""

    @property
    def title(self) -> str:
        """What was asked, in a line."""
        ...

    @property
    def event(self) -> Event:
        """What it is about."""
        ...

    @property
    def reading(self) -> str:
        """How changes are read."""
        ...

    @property
    def text(self) -> str:
        """The answer in a few sentences."""
        ...

    @property
    def skipped(self) -> tuple[tuple[str, str], ...]:
        """What could not be asked, and why."""
        ...

    @property
    def gate(self) -> Gate:
        """The gate over every number in it."""
        ...


def framed(found: Found, **inside: Any) -> dict[str, Any]:
    """Return an analysis as JSON-ready facts: what was asked, the answer, what is ``inside``, what was skipped."""
    return {
        "title": found.title,
        "event": str(found.event),
        "reading": found.reading,
        "text": found.text,
        **inside,
        "skipped": [list(each) for each in found.skipped],
        "gate": found.gate.to_dict(),
    }


def plain(name: str) -> str:
    """Return a name of a file as it is read: underscores as spaces."""
    return name.replace("_", " ")


def day(date: dt.date) -> str:
    """Return a day as it is read.

    >>> day(dt.date(1924, 1, 21))
    '21 January 1924'
    """
    return f"{date.day} {MONTHS[date.month - 1]} {date.year}"


def since(written: str) -> str:
    """Return when a date begins, as finely as it was written.

    >>> since("1918-11"), since("1924-01-21/1924-02")
    ('November 1918', '21 January 1924')
    """
    year, *rest = written.split("/")[0].strip().split("-")
    month = [MONTHS[int(rest[0]) - 1]] if rest else []
    return " ".join([*(str(int(day)) for day in rest[1:]), *month, year])


def dated(written: str) -> str:
    """Return a date or an interval of two as it is read.

    >>> dated("1918-11/1921-03"), dated("1919"), dated("")
    ('November 1918 to March 1921', '1919', '')
    """
    return " to ".join(since(end) for end in written.split("/")) if written else ""


def on(date: dt.date) -> Span:
    """Return one day as a span, to be written into a question.

    >>> str(on(dt.date(1924, 1, 21)))
    '1924-01-21'
    """
    return Span.parse(f"{date.year:04d}-{date.month:02d}-{date.day:02d}")


def counted(count: int, one: str, many: str = "") -> str:
    """Return a count with its noun.

    >>> counted(1, "arrow"), counted(3, "arrow"), counted(2, "has", "have")
    ('1 arrow', '3 arrows', '2 have')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def listed(words: Sequence[str]) -> str:
    """Return words as a list in a sentence.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    return " and ".join(each for each in (", ".join(words[:-1]), words[-1]) if each) if words else "none"
