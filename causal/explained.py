"""What made the difference: the questions that a debate asks, each a method of the posterior.

    posterior.interventions(pairs=True)    posterior.rewrite(below=0.3)   posterior.inevitability()
    posterior.responsibility()             posterior.paths()              posterior.contrast()
    posterior.avoidance()                  posterior.stories()            posterior.carries()
    posterior.checks()                     posterior.learned()            posterior.identification()
    posterior.falsification()              posterior.explain("paths")     by name

The first gives a ``Ranking``, with every change ranked draw by draw in its ``sweep``; the others an ``Explained``: the
frozen result of the asking floor, which knows no pictures, with a picture and a display. ``causal/ask/analyses.py`` has
what each asks.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from importlib import import_module
from typing import TYPE_CHECKING, Any

from causal.ask import interventions as ranked
from causal.ask.analyses import ANALYSES, Options, Result, analyse
from causal.ask.brief import Cell
from causal.ask.change import reading_of
from causal.ask.interventions import READINGS
from causal.ask.saying import counted
from causal.ask.tense import AHEAD, OVER, tense
from causal.errors import CausalError, UsageError, nearest
from causal.learn.gate import Gate
from causal.spec.model import frozen

if TYPE_CHECKING:
    import pandas as pd

    from causal.ask.panel import Panel
    from causal.spec.question import Event
    from causal.tell.displays import Picture
    from causal.tell.facts import Told

PICTURES: Mapping[str, Mapping[str, tuple[str, str, str]]] = frozen(
    # each analysis' pictures by name, the first without one: the module under tell/pictures that draws it, the function
    # that does, and the one that says in words what it shows
    {
        "sweep": {"": ("sweep", "sweep_figure", "described")},
        "rewrite": {"": ("rewrite", "rewrite_figure", "described")},
        "inevitability": {"": ("inevitability", "inevitability_figure", "described")},
        "responsibility": {"": ("responsibility", "responsibility_figure", "described")},
        "paths": {"": ("paths", "paths_figure", "described")},
        "contrast": {"": ("contrast", "contrast_figure", "described")},
        "avoidance": {"": ("avoidance", "avoidance_figure", "described")},
        "stories": {
            "": ("told", "stories_figure", "described"), "avoided": ("told", "avoided_figure", "avoided_described")
        },
        "learned": {"": ("learned", "learned_figure", "described")},
        "carries": {
            "": ("carried", "tornado_figure", "described"), "next": ("carried", "next_figure", "next_described")
        },
        "checks": {
            "": ("checked", "predicted_figure", "described"),
            "without": ("checked", "without_figure", "without_described"),
            "sensitive": ("sensed", "sensitive_figure", "described"),
        },
        "grid": {"": ("gridded", "grid_figure", "described")},
        "compare": {"": ("compared", "compared_figure", "described")},
        "calibrate": {"": ("calibrated", "calibrated_figure", "described")},
    }
)  # fmt: skip

SHOWN = 12  # rows of a table that a display shows


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

    def rows(self, most: int) -> tuple[tuple[str, ...], list[tuple[Cell, ...]]]:
        """Return heads and up to so many rows as a reader is shown them: the panel's, in few columns, with labels."""
        brief = self.result.brief
        return brief.heads, list(brief.rows[:most])

    def more(self, most: int) -> int:
        """Return how many rows ``rows`` leaves out."""
        return max(0, len(self.result.brief.rows) - most)

    @property
    def pictures(self) -> tuple[str, ...]:
        """The names that ``plot`` takes, the empty one first; none where the picture is that of the graph."""
        return tuple(PICTURES.get(self.name, ()))

    def plot(self, which: str = "") -> Picture:
        """Draw it; the picture's ``figure`` is Matplotlib's. What is about the graph itself is drawn as the graph.

        ``carries`` has a second picture, ``next``, ``stories`` one of the worlds that are ``avoided``, and ``checks``
        two, ``without`` and ``sensitive``.
        Raises UsageError where there is no such picture.
        """
        from causal.tell.displays import chart

        if self.name not in PICTURES and self.graph is not None and not which:
            return self.graph()
        known = PICTURES.get(self.name, {})
        if which not in known:
            others = ", ".join(repr(name) for name in known if name) or "only the one without a name"
            raise UsageError(f"{self.name} has no picture {which!r}{nearest(which, known)}; there is {others}")
        module, draw, describe = known[which]
        drawn = import_module(f"causal.tell.pictures.{module}")
        figure = getattr(drawn, draw)(self.result, self.labels)
        return chart(figure, self.title, getattr(drawn, describe)(self.result, self.labels))

    def __repr__(self) -> str:
        return _safely(lambda: f"<{self.title}: gate {self.gate.verdict}>", "<Explained>")

    def _repr_html_(self) -> str:
        from causal.tell.displays import explained_html, safely

        return safely(lambda: explained_html(self.title, self.text, self.gate, *self.rows(SHOWN)), "&lt;Explained&gt;")


@dataclass(frozen=True, repr=False)
class Ranking(ranked.Ranking):
    """All interventions under all readings, with their picture, and with all that was ranked beside them.

    ``sweep`` ranks draw by draw: the named interventions, and pairs and single settings where they were asked for.
    """

    labels: Mapping[str, str] = field(default_factory=dict, compare=False)
    sweep: Explained = field(kw_only=True, compare=False)

    def __repr__(self) -> str:
        def words() -> str:
            return f"<Ranking of {self.event}: {counted(len(self.divergences), 'row')}, gate {self.gate.verdict}>"

        return _safely(words, "<Ranking>")

    @property
    def text(self) -> str:
        """Which change does most, in a few lines."""
        return self.sweep.text

    def plot(self, reading: str = "") -> Picture:
        """Draw every point of divergence under one reading, the lowest probability of the outcome first.

        Without ``reading`` it is the one to be told first: minimal rewrite, or forecast of what is still to come.
        Raises UsageError where there is no such reading.
        """
        from causal.tell.displays import chart
        from causal.tell.pictures.forest import forest

        reading = reading or (AHEAD if self.ahead else OVER).main
        figure = forest(self, reading, self.labels)
        named = [each.intervention.title or each.intervention.name for each in self.of(reading)]
        order = f"the lowest first: {'; '.join(named) or 'none'}"
        return chart(figure, f"{self.event}: {reading}", f"{self.event} after each point of divergence, {order}.")

    def _repr_html_(self) -> str:
        from causal.tell.displays import ranking_html, safely

        return safely(lambda: ranking_html(self), "&lt;Ranking&gt;")


def values(made: Any) -> dict[str, Any]:
    """Return the fields of a value of the asking floor, to make the front door's of."""
    return {each.name: getattr(made, each.name) for each in fields(made)}


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

    def learned(self, outcome: str | Event | None = None, *, cluster: str | None = None) -> Explained:
        """Ask how far judged totals and comparable cases moved each headline, and what it mostly restates.

        Earlier stages of the posterior are drawn anew, on a ``cluster`` (``tcp://host:port`` or ``local``) where given.
        """
        return self.explain("learned", outcome, cluster=cluster)

    def identification(self, outcome: str | Event | None = None, *, of: str = "") -> Explained:
        """Ask whether a table of comparable cases could settle an effect, and list what the graph takes for granted."""
        return self.explain("identification", outcome, of=of)

    def falsification(self, outcome: str | Event | None = None) -> Explained:
        """Ask whether comparable cases contradict what the graph implies, and refute effects estimated from them."""
        return self.explain("falsification", outcome)

    def told(self, sweep: Explained) -> list[tuple[Told, tuple[Picture, ...]]]:
        """Return every analysis of the outcome as a report tells it; what cannot be answered says why in its place.

        ``sweep`` is that of the ranking, which a report has made already.
        """
        from causal.tell import explaining

        found: list[tuple[Told, tuple[Picture, ...]]] = []
        asked = tense(self.panel.elicited.network.model).asks
        for name, analysis in ANALYSES.items():
            asks = asked.get(name, analysis.asks)
            try:
                found.append(explaining.tell(sweep if name == "sweep" else self.explain(name), asks))
            except CausalError as error:
                found.append(explaining.refused(name, asks, str(error).splitlines()[0]))
        return found

    def interventions(
        self,
        outcome: str | Event | None = None,
        names: Iterable[str] | None = None,
        *,
        pairs: bool = False,
        everything: bool = False,
        reading: str = "",
    ) -> Ranking:
        """Rank the named interventions under each reading, or under one: outcome, effect and plausibility of each.

        The ranking's ``sweep`` says how often each is the best and takes which place, and has with ``pairs`` every
        pair of them, with ``everything`` every single setting of a variable before the outcome.
        Raises UsageError where there is no such reading.
        """
        event, labels = self._outcome(outcome), self._labels
        chosen = None if names is None else tuple(names)
        found = ranked.rank(self.panel, event, chosen, (reading_of(reading),) if reading else tuple(READINGS))
        options = Options(pairs=pairs, everything=everything, names=chosen, only=reading)
        swept = Explained("sweep", analyse(self.panel, event, "sweep", options), labels, self.show)
        return Ranking(**values(found), labels=labels, sweep=swept)

    def plot_interventions(self, reading: str = "", outcome: str | Event | None = None) -> Picture:
        """Draw the outcome's probability after every named intervention, under one reading."""
        return self.interventions(outcome, reading=reading).plot(reading)

    def rewrite(
        self,
        outcome: str | Event | None = None,
        *,
        below: float = 0.5,
        confidence: float = 0.8,
        reading: str = "",
        everything: bool = False,
    ) -> Explained:
        """Weigh what changes do against how plausible they were; find the cheapest set that brings it ``below``."""
        options = {"below": below, "confidence": confidence, "reading": reading, "everything": everything}
        return self.explain("rewrite", outcome, **options)

    def inevitability(self, outcome: str | Event | None = None, *, at: str = "", reading: str = "") -> Explained:
        """Follow the outcome along the record; ``at`` asks whether a date, an event or a change comes too late."""
        return self.explain("inevitability", outcome, of=at, reading=reading)

    def responsibility(self, outcome: str | Event | None = None, *, reading: str = "") -> Explained:
        """Ask what was necessary and sufficient, and share the outcome out among the factors."""
        return self.explain("responsibility", outcome, reading=reading)

    def paths(
        self, outcome: str | Event | None = None, *, cause: str = "", through: str = "", reading: str = ""
    ) -> Explained:
        """Split the effect of a cause by what it runs through; ``through`` names mediators, with commas between."""
        return self.explain("paths", outcome, of=cause, against=through, reading=reading)

    def contrast(
        self, outcome: str | Event | None = None, *, first: str = "", second: str = "", reading: str = ""
    ) -> Explained:
        """Lay two sets of changes against each other: names of interventions or ``x = s``, with commas between."""
        return self.explain("contrast", outcome, of=first, against=second, reading=reading)

    def avoidance(self, outcome: str | Event | None = None, *, before: str = "") -> Explained:
        """Count the ways out once: at least one of them, not their sum; ``before`` is a date up to which is given."""
        return self.explain("avoidance", outcome, of=before)

    def stories(self, outcome: str | Event | None = None, *, after: str = "", reading: str = "") -> Explained:
        """Tell the most probable whole stories after an intervention, and those in which the outcome is avoided."""
        return self.explain("stories", outcome, of=after, reading=reading)

    def carries(self, outcome: str | Event | None = None, *, after: str = "", reading: str = "") -> Explained:
        """Ask which judgements carry the outcome's probability; ``after`` names an intervention."""
        return self.explain("carries", outcome, of=after, reading=reading)

    def checks(
        self,
        outcome: str | Event | None = None,
        *,
        after: str = "",
        reading: str = "",
        cluster: str | None = None,
    ) -> Explained:
        """Ask how it stands up to checks: predictions of each judgement and case, leaving each out, power-scaling.

        What weights cannot leave out is drawn anew, on a ``cluster`` (``tcp://host:port`` or ``local``) where given.
        """
        return self.explain("checks", outcome, of=after, reading=reading, cluster=cluster)
