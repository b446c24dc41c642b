"""Answers and rankings as the front door gives them: those of the asking floor, which knows no pictures, with one each.

    value      .plot()                                       in a notebook
    Answer     the answer by expert, and the panel's         the sentence and a row per expert
    Ranking    every point of divergence, one reading        a table per reading

What draws is loaded when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from causal.ask import answer as asked
from causal.ask import interventions as ranked
from causal.ask.interventions import MINIMAL

if TYPE_CHECKING:
    from causal.tell.displays import Picture


@dataclass(frozen=True, repr=False)
class Answer(asked.Answer):
    """The answer to one question, with its picture: ``labels`` name the experts, ``weights`` are their shares."""

    labels: Mapping[str, str] = field(default_factory=dict, compare=False)
    weights: Mapping[str, float] = field(default_factory=dict, compare=False)

    def plot(self) -> Picture:
        """Draw the answer by expert and for the panel; the picture's ``figure`` is Matplotlib's."""
        from causal.tell.displays import chart
        from causal.tell.pictures.densities import densities

        return chart(densities(self, self.labels, self.weights or None), self.question, self.text)

    def _repr_html_(self) -> str:
        from causal.tell.displays import answer_html, safely

        return safely(lambda: answer_html(self, self.labels), "&lt;Answer&gt;")


@dataclass(frozen=True, repr=False)
class Ranking(ranked.Ranking):
    """All interventions under all readings, with their picture."""

    labels: Mapping[str, str] = field(default_factory=dict, compare=False)

    def __repr__(self) -> str:
        return shown("Ranking", lambda: f"of {self.event}: {len(self.divergences)} rows, gate {self.gate.verdict}")

    def plot(self, reading: str = MINIMAL) -> Picture:
        """Draw every point of divergence under one reading, the lowest probability of the outcome first.

        Raises UsageError where there is no such reading.
        """
        from causal.tell.displays import chart
        from causal.tell.pictures.forest import forest

        figure = forest(self, reading, self.labels)
        named = [each.intervention.title or each.intervention.name for each in self.of(reading)]
        order = f"the lowest first: {'; '.join(named) or 'none'}"
        return chart(figure, f"{self.event}: {reading}", f"{self.event} after each point of divergence, {order}.")

    def _repr_html_(self) -> str:
        from causal.tell.displays import ranking_html, safely

        return safely(lambda: ranking_html(self), "&lt;Ranking&gt;")


def shown(kind: str, words: Callable[[], str]) -> str:
    """Return a repr, and the mere kind of what is broken: a repr never raises."""
    try:
        return f"<{kind} {words()}>"
    except Exception:  # noqa: BLE001 - whatever state the object is in
        return f"<{kind}>"


def values_of(made: Any) -> dict[str, Any]:
    """Return the fields of a value of the asking floor, to make the front door's of."""
    return {each.name: getattr(made, each.name) for each in fields(made)}
