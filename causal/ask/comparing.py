"""The same question under rival graphs, side by side: answers, how well each predicts, and which arrow it hangs on.

    Rivalry ── sides: Side              a graph: its answer, what it changes, what nobody judged or has no place in it
      ├─ scores: Scored                 comparable cases; judgements on totals that all graphs take as evidence
      │    └─ elpd, differences to the best, stacking and pseudo-BMA+ weights
      └─ averaged: Averaged, None       each school's own probabilities of the changes (averaging.py)

Where the scores cannot tell the graphs apart, the text says so with the difference and its standard error, and shows no
ranking. A score on judgements is about coherence: whether a graph lets an expert's totals follow from the expert's own
parameters. It is no evidence of how the world is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from causal.ask.answer import PANEL, Answer
from causal.ask.averaging import Averaged, Changes, average
from causal.ask.brief import Brief, Cell
from causal.ask.leaving import Left, cases_left_out, judgements_left_out
from causal.ask.panel import Panel, ask
from causal.ask.saying import counted
from causal.ask.stacking import Difference, difference, pseudo_bma_plus, stacking
from causal.errors import UsageError
from causal.learn.adapting import LEFT_OUT
from causal.learn.gate import Gate
from causal.spec.question import Question

if TYPE_CHECKING:
    import pandas as pd

CASES, JUDGEMENTS = "comparable cases", "judgements on totals"
MANY = 6  # graphs up to which each is told
COLUMNS = (
    "graph", "title", "expert", "mean", "median", "lower", "upper", "elpd_cases", "elpd_judgements", "stacking_cases",
    "pseudo_bma_cases", "school_weight",
)  # fmt: skip
AVERAGE = "average"


@dataclass(frozen=True)
class Side:
    """One graph. ``nobodys`` are parameters that no expert judged and no default of the model fills, ``left_out`` notes
    on judgements that have no place in it.
    """

    name: str
    title: str
    answer: Answer
    changes: Changes
    nobodys: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scored:
    """How well each graph predicts things of one kind that were left out one at a time.

    ``elpd[graph][voice]`` is the sum of log predictive densities; ``best`` the graph with the panel's highest, the
    ``differences`` of the others from it (never above 0), by graph. ``unsure`` counts what is not scored because the
    weights that leave it out do not hold, ``refitted`` what was left out by drawing again instead.
    """

    what: str
    count: float
    elpd: Mapping[str, Mapping[str, float]]
    best: str
    differences: Mapping[str, Difference]
    stacking: Mapping[str, float]
    pseudo_bma: Mapping[str, float]
    unsure: int = 0
    refitted: int = 0

    @property
    def told_apart(self) -> bool:
        """Whether any graph predicts visibly worse than the best."""
        return any(each.told_apart for each in self.differences.values())

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-ready facts."""
        return {
            "what": self.what,
            "count": self.count,
            "elpd": {graph: {v: _finite(value) for v, value in each.items()} for graph, each in self.elpd.items()},
            "best": self.best,
            "told_apart": self.told_apart,
            "differences": {
                graph: {"value": each.value, "error": _finite(each.error), "told_apart": each.told_apart}
                for graph, each in self.differences.items()
            },
            "stacking": dict(self.stacking),
            "pseudo_bma_plus": dict(self.pseudo_bma),
            "unsure": self.unsure,
            "refitted": self.refitted,
        }


@dataclass(frozen=True)
class Rivalry:
    """One question under several graphs; ``voices`` are what experts are called."""

    question: str
    sides: tuple[Side, ...]
    scores: tuple[Scored, ...]
    averaged: Averaged | None
    voices: Mapping[str, str]
    gate: Gate

    @property
    def title(self) -> str:
        """What was asked, in a line."""
        return f"{self.question} under {counted(len(self.sides), 'graph')}"

    def brings(self, side: Side) -> tuple[str, ...]:
        """Return the parameters of a graph that nobody judged, without those that the model as it stands has too."""
        known = {name for each in self.sides if not each.changes for name in each.nobodys}
        return tuple(name for name in side.nobodys if name not in known)

    @property
    def withheld(self) -> bool:
        """Whether the gate withholds an answer."""
        return any(side.answer.gate.withholds for side in self.sides)

    @property
    def text(self) -> str:
        """The answers, what the scores say, and what the answer hangs on."""
        from causal.ask.compared import told

        return told(self)

    @property
    def table(self) -> pd.DataFrame:
        """A tidy frame, a row per graph and voice, the panel first; of the average, last."""
        import pandas as pd

        by = {score.what: score for score in self.scores}
        rows = []
        for side in self.sides:
            for name in (PANEL, *side.answer.experts):
                e = side.answer.estimates[(name, "")]
                elpd = [by[what].elpd[side.name][name] if what in by else np.nan for what in (CASES, JUDGEMENTS)]
                weights = [getattr(by[CASES], each)[side.name] if CASES in by and name == PANEL else np.nan
                           for each in ("stacking", "pseudo_bma")]  # fmt: skip
                school = self.averaged.weights[name][side.name] if self.averaged else np.nan
                ends = (e.mean, e.median, e.lower, e.upper)
                rows.append((side.name, side.title, name, *ends, *elpd, *weights, school))
        if self.averaged is not None:
            for name, e in self.averaged.estimates.items():
                ends = (e.mean, e.median, e.lower, e.upper)
                rows.append((AVERAGE, "averaged by school", name, *ends, *(np.nan,) * 5))
        return pd.DataFrame(rows, columns=list(COLUMNS))

    @cached_property
    def brief(self) -> Brief:
        """A row per graph: the panel's mean and interval, and how much worse it predicts than the best.

        Where the graphs are averaged the average comes first, and each graph has its weight: the schools' mean. Of many
        graphs those that weigh most come first.
        """
        weights = self.averaged.weights[PANEL] if self.averaged is not None else {}
        heads = ("graph", *(("weight",) if weights else ()), "panel", "from", "to",
                 *(f"score, {score.what}" for score in self.scores))  # fmt: skip
        rows: list[tuple[Cell, ...]] = []
        if self.averaged is not None:
            e = self.averaged.estimates[PANEL]
            rows.append(("averaged by school", 1.0, e.mean, e.lower, e.upper, *("" for _ in self.scores)))
        sides = sorted(self.sides, key=lambda side: -weights[side.name]) if weights and self.many else self.sides
        for side in sides:
            e = side.answer.panel
            scored = [_worse(score, side.name) for score in self.scores]
            weight = (weights[side.name],) if weights else ()
            rows.append((_label(side), *weight, e.mean, e.lower, e.upper, *scored))
        return Brief(heads, tuple(rows))

    @property
    def many(self) -> bool:
        """Whether there are more graphs than a reader takes in at once."""
        return len(self.sides) > MANY

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-ready facts; a refused answer has no numbers."""
        return {
            "question": self.question,
            "title": self.title,
            "text": self.text,
            "graphs": [
                {
                    "name": side.name, "title": side.title, "changes": sorted(side.changes),
                    "answer": side.answer.to_dict(), "nobodys": list(side.nobodys), "left_out": list(side.left_out),
                }
                for side in self.sides
            ],
            "scores": [] if self.withheld else [score.to_dict() for score in self.scores],
            "averaged": None if self.averaged is None or self.withheld else self.averaged.to_dict(),
            "gate": self.gate.to_dict(),
        }  # fmt: skip


def compare(panels: Mapping[str, Panel], question: Question, seed: int = 0) -> Rivalry:
    """Ask one question under several graphs, given as panels by name.

    Experts must be the same in all. ``seed`` is that of the bootstraps of pseudo-BMA+.
    Raises UsageError where there are not two graphs, or the question has no single number; QueryError and its kinds.
    """
    comparable({name: panel.experts for name, panel in panels.items()})
    asked = under(panels, question)  # what cannot be asked is said before anything is left out
    return replace(asked, scores=scores(panels, seed))


def under(panels: Mapping[str, Panel], question: Question, scored: tuple[Scored, ...] = ()) -> Rivalry:
    """Ask one question of several graphs that are scored elsewhere: no score depends on what is asked."""
    sides = []
    for name, panel in panels.items():
        page = panel.elicited.writer.write(question)
        if page.states:
            raise UsageError("rival graphs are compared by one number; name a state, as in P(y = s | ...)")
        (answer,) = ask(panel, [page])
        sides.append(_side(name, panel, answer))
    gate = Gate()
    for side in sides:
        gate = gate & side.answer.gate
    first = next(iter(panels.values()))
    judges = first.elicited.priors.experts
    called = {each: judges[each].title for each in first.experts}
    return Rivalry(str(question), tuple(sides), scored, _averaged(panels, sides), called, gate)


def scores(panels: Mapping[str, Panel], seed: int = 0) -> tuple[Scored, ...]:
    """Score graphs by the cases, and by the judgements, that all of them have; nothing at the medians.

    Raises UsageError where there are not two graphs, or they have different experts.
    """
    comparable({name: panel.experts for name, panel in panels.items()})
    if any(panel.draws.total == 1 for panel in panels.values()):  # at the medians there is no posterior
        return ()
    left = {CASES: {name: cases_left_out(panel) for name, panel in panels.items()},
            JUDGEMENTS: {name: judgements_left_out(panel) for name, panel in panels.items()}}  # fmt: skip
    return tuple(found for what, each in left.items() if (found := score(what, each, seed)) is not None)


def named(panels: Iterable[Panel]) -> dict[str, Panel]:
    """Return panels by the name of their graph; the same graph with other priors gets a number."""
    every = list(panels)
    return dict(zip(distinct(each.elicited.network.model.name for each in every), every, strict=True))


def distinct(names: Iterable[str]) -> list[str]:
    """Return names with a number where one comes again.

    >>> distinct(["a", "b", "a"])
    ['a', 'b', 'a (2)']
    """
    found: list[str] = []
    for own in names:
        name, number = own, 2
        while name in found:
            name, number = f"{own} ({number})", number + 1
        found.append(name)
    return found


def comparable(experts: Mapping[str, Sequence[str]]) -> None:
    """Raise UsageError where graphs, by name with who judged each, are not two or were judged by different experts."""
    if len(experts) < 2:
        raise UsageError("compare at least two graphs")
    first = next(iter(experts))
    for name, each in experts.items():
        if tuple(each) != tuple(experts[first]):
            raise UsageError(f"{name} and {first} are judged by different experts, so they cannot be laid side by side")


def _side(name: str, panel: Panel, answer: Answer) -> Side:
    elicited, model = panel.elicited, panel.elicited.network.model
    silent = [
        {
            prior.parameter.name
            for prior in elicited.held[name].priors
            if prior.origin == "weak" or (prior.origin == "default" and prior.judgement and prior.judgement.path)
        }
        for name in elicited.experts
    ]
    nobodys = set.intersection(*silent) if silent else set()
    order = [parameter.name for parameter in elicited.network.parameters if parameter.name in nobodys]
    left_out = tuple(note for note in elicited.notes if LEFT_OUT in note)
    changes = frozenset(model.rival.names) if model.rival else frozenset()
    return Side(name, model.title or name, answer, changes, tuple(order), left_out)


def score(what: str, left: Mapping[str, Left], seed: int = 0) -> Scored | None:
    """Score graphs by what each says of things left out that all of them have; None where there are none."""
    first = next(iter(left.values()))
    common = [key for key in first.keys if all(key in each.keys for each in left.values())]
    keys = tuple(key for key in common if not any(key in each.unsure for each in left.values()))
    if not keys:
        return None
    every = {name: each.only(keys) for name, each in left.items()}
    counts = first.only(keys).counts
    elpd = {
        name: {v: float(counts[known] @ logs[known]) if (known := ~np.isnan(logs)).any() else float("nan")
               for v, logs in each.logs.items()}
        for name, each in every.items()
    }  # fmt: skip
    logs = np.stack([each.logs[PANEL] for each in every.values()], axis=1)
    known = ~np.isnan(logs).any(axis=1)
    if not known.any():
        return None
    logs, counts = logs[known], counts[known]
    names = list(every)
    at = int(np.argmax(counts @ logs))
    differences = {name: difference(logs[:, row], logs[:, at], counts) for row, name in enumerate(names) if row != at}
    stacked = dict(zip(names, stacking(logs, counts).tolist(), strict=True))
    pseudo = dict(zip(names, pseudo_bma_plus(logs, counts, seed).tolist(), strict=True))
    return Scored(
        what, float(counts.sum()), elpd, names[at], differences, stacked, pseudo, len(common) - len(keys),
        sum(each.refitted for each in every.values()),
    )  # fmt: skip


def _averaged(panels: Mapping[str, Panel], sides: list[Side]) -> Averaged | None:
    """Average where the sides are one model and rivals of it."""
    models = {side.name: panels[side.name].elicited.network.model for side in sides}
    own = [model for model in models.values() if model.rival is None]
    if len(own) != 1 or any(model.rival.like != own[0].name for model in models.values() if model.rival is not None):
        return None
    changes = {side.name: side.changes for side in sides}
    if len(set(changes.values())) < len(changes):
        return None
    held: dict[str, Mapping[str, float]] = {}
    for panel in panels.values():
        held.update(panel.elicited.priors.held)
    answers = {side.name: side.answer for side in sides}
    shares = next(iter(panels.values())).shares
    return average(answers, changes, held, _titles(sides), shares)


def _titles(sides: list[Side]) -> dict[str, str]:
    return {side.name: side.title for side in sides}


def _label(side: Side) -> str:
    if len(side.changes) > 1:  # the titles of several together stand where each is alone
        return side.name
    return f"{side.name}: {side.title}" if side.changes else f"{side.name}: as it stands"


def _worse(scored: Scored, name: str) -> str:
    if name == scored.best:
        return "highest"
    each = scored.differences[name]
    return str(each)


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
