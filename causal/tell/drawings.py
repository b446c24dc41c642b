"""What a report draws, made only when a page asks for it.

    Drawings ── model, shares     the graph, with a bar for every state
      ├─ ranking                  every point of divergence: a forest per reading
      ├─ headline                 one answer, by expert: densities
      ├─ rivals                   the headline under rival graphs, and the outcome with nothing set
      └─ explained                what made the difference: the pictures of each analysis

A drawing shows the facts that the tables say; what the gate refuses is in none of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from causal.ask.answer import Answer
from causal.ask.comparing import Rivalry
from causal.ask.interventions import Divergence, Ranking
from causal.spec.model import Model

if TYPE_CHECKING:
    from causal.tell.displays import Picture


@dataclass(frozen=True)
class Drawings:
    """The material of all pictures of one report, in which nothing is left that the gate refuses."""

    model: Model
    shares: Mapping[str, Mapping[str, float]]
    ranking: Ranking
    headline: Answer | None
    labels: Mapping[str, str]
    weights: Mapping[str, float]
    explained: Mapping[str, tuple[Picture, ...]] = field(default_factory=dict)
    rivals: tuple[Rivalry, ...] = ()

    @classmethod
    def of(
        cls, model: Model, shares: Mapping[str, Mapping[str, float]], ranking: Ranking, headline: Answer | None,
        labels: Mapping[str, str], weights: Mapping[str, float], override: bool,
    ) -> Drawings:  # fmt: skip
        """Return the drawings of what the gate lets through, or of everything where it was overridden."""
        if override:
            ranking = replace(ranking, divergences=tuple(_overridden(each) for each in ranking.divergences))
            headline = opened(headline) if headline is not None else None
        refused = headline is not None and headline.gate.withholds
        return cls(model, shares, ranking, None if refused else headline, labels, weights)

    def dag(self) -> str:
        """Draw the graph as SVG."""
        from causal.tell.pictures.dag import dag_svg

        return dag_svg(self.model, self.shares or None)

    def forest(self, reading: str, title: str, description: str) -> str:
        """Draw every point of divergence under one reading as SVG."""
        from causal.tell.pictures.figure import svg
        from causal.tell.pictures.forest import forest

        return svg(forest(self.ranking, reading, self.labels), title, description)

    def densities(self, title: str, description: str) -> str:
        """Draw the headline by expert as SVG; there must be one."""
        from causal.tell.pictures.densities import densities
        from causal.tell.pictures.figure import svg

        if self.headline is None:
            raise ValueError("there is no headline to draw")
        return svg(densities(self.headline, self.labels, self.weights), title, description)

    def rivalry(self, at: int, title: str, description: str) -> str:
        """Draw one of the answers under every graph as SVG."""
        from causal.tell.pictures.compared import compared_figure
        from causal.tell.pictures.figure import svg

        return svg(compared_figure(self.rivals[at], self.labels, title), title, description)


def _overridden(each: Divergence) -> Divergence:
    return replace(each, outcome=opened(each.outcome), without=opened(each.without), effect=opened(each.effect))


def opened(answer: Answer) -> Answer:
    """Return an answer as it is shown where its gate was overridden."""
    return replace(answer, gate=replace(answer.gate, override=True))
