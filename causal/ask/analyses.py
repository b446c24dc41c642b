"""The questions that a debate asks, by name: each an analysis of one outcome, with what it takes.

    name             asks
    sweep            which change does most?                    every named one, pairs, single settings
    rewrite          what is the smallest rewrite of history?   effect against plausibility; the cheapest set, exactly
    inevitability    when did it become hard to avoid?          along the record
    responsibility   but for what?                              necessity, sufficiency, Shapley shares
    paths            through what?                              direct, indirect and path effects
    contrast         persons or structures?                     one set of changes against another
    avoidance        in how many ways was it avoidable?         the union of the ways out, not their sum
    stories          what would it have looked like?            the most probable whole stories
    carries          what carries the answer?                   tornado, tipping points, the next judgement
    checks           does it stand up to checks?                predictions, leaving one out, power-scaling
    learned          how much of it is prior?                   priors, judged totals, comparable cases
    identification   could cases settle it?                     adjustment sets, assumptions in words
    falsification    do cases contradict the graph?             independences, refuters

Every analysis is a function of a panel and an event on this floor; its result is frozen and has ``title``, ``text``,
``table``, ``brief``, ``gate`` and ``to_dict()``. Nothing is imported before it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from causal.ask.brief import Brief
from causal.ask.interventions import READINGS
from causal.ask.tense import tense
from causal.errors import UsageError, nearest
from causal.learn.gate import Gate
from causal.spec.model import frozen
from causal.spec.question import Event

if TYPE_CHECKING:
    import pandas as pd

    from causal.ask.panel import Panel


class Result(Protocol):
    """What every analysis comes to."""

    @property
    def title(self) -> str:
        """What was asked, in a line."""
        ...

    @property
    def text(self) -> str:
        """The answer in a few sentences."""
        ...

    @property
    def table(self) -> pd.DataFrame:
        """A tidy frame, the panel first."""
        ...

    @property
    def brief(self) -> Brief:
        """What a reader is shown of the table."""
        ...

    @property
    def gate(self) -> Gate:
        """The gate over every number in it."""
        ...

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-ready facts."""
        ...


@dataclass(frozen=True)
class Options:
    """What an analysis may be told; each takes what concerns it.

    ``reading`` is the first one of the case where it is empty: minimal rewrite, or forecast of what is still to come.
    ``of`` names what it is about (a cause, an intervention, a date), ``against`` what that is compared with.
    ``names`` are the interventions that are ranked, all where it is None, and ``only`` the one reading to rank under.
    ``cluster`` is where what has to be drawn anew is drawn (learn/jobs.py), None for this machine.
    """

    reading: str = ""
    pairs: bool = False
    everything: bool = False
    below: float = 0.5
    confidence: float = 0.8
    of: str = ""
    against: str = ""
    names: tuple[str, ...] | None = None
    only: str = ""
    cluster: str | None = None


@dataclass(frozen=True)
class Analysis:
    """One analysis: what it asks in words, the module and function that answer it, and how options become arguments."""

    asks: str
    module: str
    takes: Callable[[Options], Mapping[str, Any]] = field(default=lambda options: {})

    def run(self, panel: Panel, event: Event, options: Options) -> Result:
        """Answer it."""
        function = getattr(import_module(f"causal.ask.{self.module}"), self.module)
        if not options.reading:
            options = replace(options, reading=tense(panel.elicited.network.model).main)
        panel = panel if options.cluster is None else replace(panel, cluster=options.cluster)
        found: Result = function(panel, event, **self.takes(options))
        return found


def _named(key: str) -> Callable[[Options], Mapping[str, Any]]:
    """Return a function that passes the reading, and ``of`` under a name of its own where it is said."""
    return lambda options: {"reading": options.reading, **({key: options.of} if options.of else {})}


def _changes(text: str) -> Mapping[str, str] | tuple[str, ...] | None:
    """Return named interventions, or settings ``x = s``, with commas between; None where nothing is said."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        return None
    if all("=" in part for part in parts):
        pairs = (part.split("=", 1) for part in parts)
        return {name.strip(): state.strip() for name, state in pairs}
    return tuple(part.removeprefix("@") for part in parts)


ANALYSES: Mapping[str, Analysis] = frozen(
    {
        "sweep": Analysis(
            "Which change does most?",
            "sweep",
            lambda o: {
                "pairs": o.pairs, "everything": o.everything, "names": o.names,
                "readings": (o.only,) if o.only else tuple(READINGS),
            },
        ),
        "rewrite": Analysis(
            "What is the smallest rewrite of history?",
            "rewrite",
            lambda o: {
                "reading": o.reading, "everything": o.everything, "below": o.below, "confidence": o.confidence
            },
        ),
        "inevitability": Analysis("When did it become hard to avoid?", "inevitability", _named("at")),
        "responsibility": Analysis("But for what?", "responsibility", lambda o: {"reading": o.reading}),
        "paths": Analysis(
            "Through what?",
            "paths",
            lambda o: {
                "reading": o.reading,
                "cause": o.of or None,
                "through": tuple(filter(None, (name.strip() for name in o.against.split(",")))),
            },
        ),
        "contrast": Analysis(
            "Persons or structures?",
            "contrast",
            lambda o: {"reading": o.reading, "first": _changes(o.of), "second": _changes(o.against)},
        ),
        "avoidance": Analysis(
            "In how many ways was it avoidable?", "avoidance", lambda o: {"before": o.of} if o.of else {}
        ),
        "stories": Analysis("What would it have looked like?", "stories", _named("name")),
        "carries": Analysis("What carries the answer?", "carries", _named("name")),
        "checks": Analysis("Does it stand up to checks?", "checks", _named("name")),
        "learned": Analysis("How much of it is prior?", "learned"),
        "identification": Analysis(
            "Could comparable cases settle it?",
            "identification",
            lambda o: {"names": [o.of.removeprefix("@")]} if o.of else {},
        ),
        "falsification": Analysis("Do the comparable cases contradict the graph?", "falsification"),
    }
)  # fmt: skip


def analyse(panel: Panel, event: Event, name: str, options: Options | None = None) -> Result:
    """Answer one of ``ANALYSES`` about an event.

    Raises UsageError where there is no such analysis.

    >>> from causal import load
    >>> from causal.spec.grammar import parse_event
    >>> analyse(load("rain").at_medians().panel, parse_event("grass = wet"), "responsibility").title
    'Responsibility for Grass: wet'
    """
    if name not in ANALYSES:
        raise UsageError(f"no analysis {name!r}{nearest(name, ANALYSES)}; there are {', '.join(ANALYSES)}")
    return ANALYSES[name].run(panel, event, options or Options())
