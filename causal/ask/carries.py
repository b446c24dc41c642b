"""What carries the answer: which judgements, whose, and what would change it.

part        asks                                                     module
swings      how far does it move with each judgement                 tornado.py
tips        at which value of one does it cross a level              tipping.py
schools     what is the panel without each school                    schools.py
shares      whose and which uncertainty is it                        variance.py
gains       which one answer, from whom, would narrow it most        next_judgement.py
case        and one comparable case                                  next_case.py
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from causal.ask.answer import PANEL, Estimate
from causal.ask.brief import Brief, banded, percent
from causal.ask.headline import headline
from causal.ask.interventions import MINIMAL
from causal.ask.next_case import RELEVANCE, NextCase, next_case
from causal.ask.next_judgement import Gain, next_judgements
from causal.ask.panel import Panel
from causal.ask.profile import NOTHING
from causal.ask.saying import counted
from causal.ask.schools import Without, without_each_school
from causal.ask.tipping import LEVEL, PLAUSIBLE, Tip, tipping
from causal.ask.tornado import PARAMETER, TOTAL, Swing, tornado
from causal.ask.variance import Shares, variance_shares
from causal.learn.gate import Gate
from causal.spec.question import Event

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("question", "words", "variable", "expert", "origin", "kind", "at_low", "at_high", "low", "high", "error",
           "swing", "alone_low", "alone_high")  # fmt: skip


@dataclass(frozen=True)
class Carries:
    """All that is known about what carries one number; ``words`` is the number in the words of the model.

    ``names`` are what experts and schools are called. Where the gate withholds, nothing is in it.
    """

    question: str
    words: str
    reading: str
    panel: Estimate
    level: float
    swings: tuple[Swing, ...]
    tips: tuple[Tip, ...]
    schools: tuple[Without, ...]
    shares: Shares
    gains: tuple[Gain, ...]
    case: NextCase
    gate: Gate
    names: dict[str, str]

    @property
    def title(self) -> str:
        """What the analysis is called."""
        return f"What carries {self.words}"

    @property
    def table(self) -> pd.DataFrame:
        """A tidy frame of the swings: a row per judgement and expert, the panel first; the largest swing first."""
        import pandas as pd

        return pd.DataFrame([each.to_dict() for each in self.swings], columns=list(COLUMNS))

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Every part as a tidy frame, by its name."""
        import pandas as pd

        schools = [
            {"school": each.school, "weight": each.weight, "shift": each.shift, "alone": each.alone.mean,
             **(each.panel.to_dict() if each.panel is not None else {})}
            for each in self.schools
        ]  # fmt: skip
        return {
            "swings": self.table,
            "tips": pd.DataFrame([each.to_dict() for each in self.tips]),
            "schools": pd.DataFrame(schools),
            "shares": pd.DataFrame([each.to_dict() for each in self.shares.rows]),
            "gains": pd.DataFrame([each.to_dict() for each in self.gains]),
            "case": pd.DataFrame(self.case.to_dict()["gains"]),
        }

    @property
    def text(self) -> str:
        """What carries the number, in a few sentences."""
        if self.gate.withholds:
            return f"{self.title} is not reported: {self.gate.findings[0]}."
        parts = [self._number(), *self._moves(), self._flips(), self._whose(), self._next()]
        return "\n".join(part for part in parts if part)

    @property
    def brief(self) -> Brief:
        """A row per judgement, the panel's widest swing first: over which range it goes, and the number with it."""
        heads = ("judgement", "by", "at its 5th to 95th percentile", "the number there", "swing")
        rows = tuple(
            (each.words, "total, judged" if each.kind == TOTAL else each.origin, _span(each.at_low, each.at_high),
             _span(each.low, each.high), each.swing)
            for each in self.swings if each.expert == PANEL
        )  # fmt: skip
        return Brief(heads, () if self.gate.withholds else rows)

    @property
    def _first(self) -> str:
        """The judgement on a mechanism that moves it most, in words; empty where there is none."""
        return next((each.words for each in self.swings if each.expert == PANEL and each.kind == PARAMETER), "")

    def _number(self) -> str:
        draws = 1 if self.panel.lower == self.panel.upper else 2
        said = banded(self.panel.mean, self.panel.lower, self.panel.upper, draws)
        line = f"{self.words[0].upper()}{self.words[1:]}, is {said}"
        if not self.schools:
            return f"{line}; there is a single school, so none can be left out."
        known = [(each, each.panel.mean) for each in self.schools if each.panel is not None]
        if not known:
            alone = ", ".join(f"{self._name(each.school)} {banded(each.alone.mean)}" for each in self.schools)
            return (
                f"{line}. The panel is one posterior, so leaving a school out takes another fit, 'pool: false' for its "
                f"experts; by themselves the schools say: {alone}."
            )
        least, most = (pick(known, key=lambda each: each[1]) for pick in (min, max))
        ends = (f"{banded(mean)} without {self._school(e.school)} (by itself {banded(e.alone.mean)})"
                for e, mean in (least, most))  # fmt: skip
        return f"{line}; {' and '.join(ends)}."

    def _moves(self) -> list[str]:
        pooled = [each for each in self.swings if each.expert == PANEL]
        if not pooled:
            return ["Nothing that was judged is uncertain here and moves it."]
        lines = []
        for kind, what in ((PARAMETER, "judgements on mechanisms"), (TOTAL, "judged totals")):
            each = next((each for each in pooled if each.kind == kind), None)
            if each is not None:
                goes = f"{_span(each.low, each.high)} as that goes {_span(each.at_low, each.at_high)}"
                lines.append(f"Of {what} it moves most with '{each.words}': {goes}.")
        return lines

    def _flips(self) -> str:
        tips = [each for each in self.tips if each.expert == PANEL and each.at is not None]
        if not tips:
            return f"No single judgement on a mechanism would take the panel across {self.level:g}."
        tip = max(tips, key=lambda each: each.beyond)
        assert tip.at is not None
        likely = f", as in {percent(tip.beyond)} of the draws" if self.swings else ""
        near = sum(each.beyond >= PLAUSIBLE for each in tips)
        others = f"; {near} of {counted(len(tips), 'judgement')} could, at values of probability {PLAUSIBLE:g} or more"
        side = "below" if tip.below else "above"
        return (
            f"It would cross {self.level:g} if {self._said(tip.words)} were {side} {tip.at:.2f} (stated {tip.now:.2f})"
            f"{likely}{others if self.swings else ''}."
        )

    def _said(self, words: str) -> str:
        """Return a judgement in quotes; the one that was named first is not repeated."""
        return "the first judgement" if words == self._first else f"'{words}'"

    def _whose(self) -> str:
        rows = self.shares.of()
        which = next((each for each in rows if not each.variable), None)
        inside = next((each for each in rows if each.variable), None)
        parts = [] if which is None else [f"whom one follows makes {percent(which.first)} of its variance"]
        if inside is not None:
            parts.append(f"within the experts most comes from '{inside.words}', {percent(inside.drawn)}")
        said = "; ".join(parts)
        return f"{said[0].upper()}{said[1:]}." if said else ""

    def _next(self) -> str:
        best = next((each for each in self.gains if each.expert != PANEL), None)
        if best is None:
            return ""
        case = next((each for each in self.case.gains if each.expert == PANEL), None)
        as_it_comes = ", taken whatever happens in it," if self.case.selected else ""
        learned = "" if case is None else (
            f"; one comparable case{as_it_comes} (relevance {self.case.relevance:g}) {_little(case.own)}"
        )  # fmt: skip
        return (
            f"Next, ask {self._name(best.expert)} about {self._said(best.words)}: {_little(best.panel)} off the panel's"
            f" variance, {percent(best.own)} off their own{learned}."
        )

    def _school(self, name: str) -> str:
        """Return a school as such; an expert who names none is a school under their own name."""
        return self.names.get(name, f"the school {name}")

    def _name(self, name: str) -> str:
        return self.names.get(name, name)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-ready facts; nothing but the gate where it withholds."""
        facts: dict[str, Any] = {
            "question": self.question, "reading": self.reading, "title": self.title, "text": self.text,
            "gate": self.gate.to_dict(), "level": self.level,
        }  # fmt: skip
        if self.gate.withholds:
            return facts
        return facts | {
            "panel": self.panel.to_dict(),
            "swings": [each.to_dict() for each in self.swings],
            "tips": [each.to_dict() for each in self.tips],
            "schools": [each.to_dict() for each in self.schools],
            "shares": self.shares.to_dict(),
            "gains": [each.to_dict() for each in self.gains],
            "case": self.case.to_dict(),
        }


def _span(low: float, high: float) -> str:
    return f"{banded(low)} to {banded(high)}"


def _little(share: float) -> str:
    """Return a share in per cent, to two digits however small."""
    return f"{100 * share:.2g} %"


def carries(
    panel: Panel,
    event: Event,
    name: str = NOTHING,
    reading: str = MINIMAL,
    level: float = LEVEL,
    relevance: float = RELEVANCE,
    seed: int = 1,
) -> Carries:
    """Take the probability of an event apart: with nothing done, or after a named intervention under a reading.

    Raises QueryError for names that are not the model's, UsageError for no such reading, ImpossibleEvidence where what
    is given is impossible for an expert.

    >>> from causal import load
    >>> from causal.spec.grammar import parse_event
    >>> found = carries(load("rain").at_medians().panel, parse_event("grass = wet"))
    >>> next(tip for tip in found.tips if tip.at is not None).text
    "flips if the probability of 'Season: dry' is above 0.82 (stated 0.50)"
    """
    head = headline(panel, event, name, reading)
    priors = panel.elicited.priors.experts
    names = {expert: priors[expert].title for expert in panel.experts}
    withheld = head.answer.gate.withholds
    return Carries(
        question=str(head.question),
        words=head.words,
        reading=head.reading,
        panel=head.answer.panel,
        level=level,
        swings=() if withheld else tornado(head),
        tips=() if withheld else tipping(head, level),
        schools=() if withheld else without_each_school(head),
        shares=Shares((), 0.0, 0.0, {}) if withheld else variance_shares(head, seed),
        gains=() if withheld else next_judgements(head),
        case=NextCase(relevance, (), (), "withheld") if withheld else next_case(head, relevance, seed),
        gate=head.answer.gate,
        names=names,
    )
