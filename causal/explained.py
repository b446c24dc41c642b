"""What made the difference: the questions that a debate asks, each a method of the posterior.

    posterior.sweep(pairs=True)      posterior.rewrite(below=0.3)   posterior.inevitability()
    posterior.responsibility()       posterior.paths()              posterior.contrast()
    posterior.avoidance()            posterior.stories()            posterior.carries()
    posterior.identification()       posterior.explain("sweep")     by name

Each gives an ``Explained``: the frozen result of the asking floor, which knows no pictures, with a picture and a
display. ``causal/ask/analyses.py`` has what each asks.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

from causal.ask.analyses import ANALYSES, Options, Result, analyse
from causal.ask.answer import PANEL
from causal.ask.interventions import MINIMAL
from causal.errors import CausalError
from causal.learn.gate import Gate
from causal.spec.model import frozen

if TYPE_CHECKING:
    import pandas as pd

    from causal.ask.panel import Panel
    from causal.spec.question import Event
    from causal.tell.displays import Picture
    from causal.tell.facts import Told

PICTURES: Mapping[str, tuple[str, str]] = frozen(  # the module under tell/pictures that draws it, and its function
    {
        "sweep": ("sweep", "sweep_figure"),
        "rewrite": ("rewrite", "rewrite_figure"),
        "inevitability": ("inevitability", "inevitability_figure"),
        "responsibility": ("responsibility", "responsibility_figure"),
        "paths": ("paths", "paths_figure"),
        "contrast": ("contrast", "contrast_figure"),
        "avoidance": ("avoidance", "avoidance_figure"),
        "stories": ("told", "stories_figure"),
        "carries": ("carried", "tornado_figure"),
    }
)

SHOWN = 12  # rows of a table that a display shows

# Columns of a table that stand in it for machines; a reader has them in the sentences or not at all.
HIDDEN = frozenset(
    "candidate variable name sets voice expert ci_prob gate median mcse effect_lower effect_upper when kind question "
    "latex variables plausibility_lower plausibility_upper reduction_lower reduction_upper outcome_lower outcome_upper"
    .split()
)


@dataclass(frozen=True)
class Explained:
    """One analysis with its picture; ``result`` is what the asking floor found, frozen."""

    name: str
    result: Result
    labels: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    graph: Callable[[], Picture] | None = field(default=None, compare=False, repr=False)

    @property
    def title(self) -> str:
        """What was asked, in a line."""
        return self.result.title

    @property
    def text(self) -> str:
        """The answer in a few sentences."""
        return self.result.text

    @property
    def table(self) -> pd.DataFrame:
        """A tidy frame, the panel first."""
        return self.result.table

    @property
    def gate(self) -> Gate:
        """The gate over every number in it."""
        return self.result.gate

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-ready facts."""
        return {"analysis": self.name, "title": self.title, "text": self.text, **self.result.to_dict()}

    def rows(self, most: int) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
        """Return heads and up to so many rows of the table as a reader sees it: the panel's, in few columns."""
        table = self._panels()
        kept = [name for name in table.columns if name not in HIDDEN and not table[name].isna().all()]
        heads = tuple(name.replace("_", " ") for name in kept)
        return heads, list(table[kept].head(most).itertuples(index=False, name=None))

    def more(self, most: int) -> int:
        """Return how many of the panel's rows ``rows`` leaves out."""
        return max(0, len(self._panels()) - most)

    def _panels(self) -> pd.DataFrame:
        table = self.table
        return table[table["expert"] == PANEL] if "expert" in table.columns else table

    def plot(self) -> Picture:
        """Draw it; the picture's ``figure`` is Matplotlib's. What is about the graph itself is drawn as the graph."""
        from causal.tell.displays import chart

        if self.name not in PICTURES and self.graph is not None:
            return self.graph()
        module, function = PICTURES[self.name]
        drawn = import_module(f"causal.tell.pictures.{module}")
        figure = getattr(drawn, function)(self.result, self.labels)
        return chart(figure, self.title, drawn.described(self.result, self.labels))

    def __repr__(self) -> str:
        return _safely(lambda: f"<{self.title}: gate {self.gate.verdict}>", "<Explained>")

    def _repr_html_(self) -> str:
        from causal.tell.displays import explained_html, safely

        return safely(
            lambda: explained_html(self.title, self.text, self.gate, *self.rows(SHOWN)), "&lt;Explained&gt;"
        )


def _safely(words: Callable[[], str], otherwise: str) -> str:
    try:
        return words()
    except Exception:  # noqa: BLE001 - a repr never raises, whatever state the object is in
        return otherwise


class Explains(ABC):
    """Something that can be asked what made the difference: it has a panel, an outcome and labels."""

    @property
    @abstractmethod
    def panel(self) -> Panel:
        """The draws as the asking floor takes them."""

    @abstractmethod
    def _outcome(self, outcome: str | Event | None) -> Event:
        """Return the event meant, the model's outcome where none is said."""

    @abstractmethod
    def show(self) -> Picture:
        """Draw the graph."""

    @property
    @abstractmethod
    def _labels(self) -> dict[str, str]:
        """What experts and variables are called."""

    def explain(self, name: str, outcome: str | Event | None = None, **options: Any) -> Explained:
        """Answer one analysis by name; ``options`` are those of ``causal.ask.analyses.Options``.

        Raises UsageError where there is no such analysis.
        """
        found = analyse(self.panel, self._outcome(outcome), name, Options(**options))
        return Explained(name, found, self._labels, self.show)

    def identification(self, outcome: str | Event | None = None, *, of: str = "") -> Explained:
        """Ask whether a table of comparable cases could settle an effect, and list what the graph takes for granted."""
        return self.explain("identification", outcome, of=of)

    def told(self) -> list[tuple[Told, Picture | None]]:
        """Return every analysis of the outcome as a report tells it; what cannot be answered says why in its place."""
        from causal.tell import explaining

        found: list[tuple[Told, Picture | None]] = []
        for name, analysis in ANALYSES.items():
            try:
                found.append(explaining.tell(self.explain(name), analysis.asks))
            except CausalError as error:
                found.append(explaining.refused(name, analysis.asks, str(error).splitlines()[0]))
        return found

    def sweep(self, outcome: str | Event | None = None, *, pairs: bool = False, everything: bool = False) -> Explained:
        """Compare every named change, with ``pairs`` every pair, with ``everything`` every single setting."""
        return self.explain("sweep", outcome, pairs=pairs, everything=everything)

    def rewrite(
        self,
        outcome: str | Event | None = None,
        *,
        below: float = 0.5,
        confidence: float = 0.8,
        reading: str = MINIMAL,
        everything: bool = False,
    ) -> Explained:
        """Weigh what changes do against how plausible they were; find the cheapest set that brings it ``below``."""
        options = {"below": below, "confidence": confidence, "reading": reading, "everything": everything}
        return self.explain("rewrite", outcome, **options)

    def inevitability(
        self, outcome: str | Event | None = None, *, at: str = "", reading: str = MINIMAL
    ) -> Explained:
        """Follow the outcome along the record; ``at`` asks whether a date, an event or a change comes too late."""
        return self.explain("inevitability", outcome, of=at, reading=reading)

    def responsibility(self, outcome: str | Event | None = None, *, reading: str = MINIMAL) -> Explained:
        """Ask what was necessary and sufficient, and share the outcome out among the factors."""
        return self.explain("responsibility", outcome, reading=reading)

    def paths(
        self, outcome: str | Event | None = None, *, cause: str = "", through: str = "", reading: str = MINIMAL
    ) -> Explained:
        """Split the effect of a cause by what it runs through; ``through`` names mediators, with commas between."""
        return self.explain("paths", outcome, of=cause, against=through, reading=reading)

    def contrast(
        self, outcome: str | Event | None = None, *, first: str = "", second: str = "", reading: str = MINIMAL
    ) -> Explained:
        """Lay two sets of changes against each other: names of interventions or ``x = s``, with commas between."""
        return self.explain("contrast", outcome, of=first, against=second, reading=reading)

    def avoidance(self, outcome: str | Event | None = None, *, before: str = "") -> Explained:
        """Count the ways out once: at least one of them, not their sum; ``before`` is a date up to which is given."""
        return self.explain("avoidance", outcome, of=before)

    def stories(
        self, outcome: str | Event | None = None, *, after: str = "", reading: str = MINIMAL
    ) -> Explained:
        """Tell the most probable whole stories after an intervention, and those in which the outcome is avoided."""
        return self.explain("stories", outcome, of=after, reading=reading)

    def carries(
        self, outcome: str | Event | None = None, *, after: str = "", reading: str = MINIMAL
    ) -> Explained:
        """Ask which judgements carry the outcome's probability; ``after`` names an intervention."""
        return self.explain("carries", outcome, of=after, reading=reading)
