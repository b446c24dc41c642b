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
from causal.ask.headline import headline
from causal.ask.interventions import MINIMAL
from causal.ask.next_case import RELEVANCE, NextCase, next_case
from causal.ask.next_judgement import Gain, next_judgements
from causal.ask.panel import Panel
from causal.ask.profile import NOTHING
from causal.ask.schools import Without, without_each_school
from causal.ask.tipping import LEVEL, PLAUSIBLE, Tip, tipping
from causal.ask.tornado import PARAMETER, TOTAL, Swing, tornado
from causal.ask.variance import Shares, variance_shares
from causal.learn.gate import Gate
from causal.spec.question import Event

if TYPE_CHECKING:
    import pandas as pd

TIED = 1.2  # the variance with independent parameters over that of the draws, from which it is worth telling
TOLD = 3  # things of a kind that the text names
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
        parts = [self._number(), self._moves(), self._flips(), self._schools(), self._whose(), self._next()]
        return " ".join(part for part in parts if part)

    def _number(self) -> str:
        band = "" if self.panel.lower == self.panel.upper else (
            f" (90 % interval {self.panel.lower:.2f} to {self.panel.upper:.2f})"
        )  # fmt: skip
        return f"{self.words[0].upper()}{self.words[1:]}, is {self.panel.mean:.2f}{band}."

    def _moves(self) -> str:
        swings = [each for each in self.swings if each.expert == PANEL]
        if not swings:
            return "Nothing that was judged is uncertain here and moves it."
        told = _listed([each for each in swings if each.kind == PARAMETER][:TOLD])
        text = f"Of the judgements on mechanisms, knowing one better would move it most with {told}." if told else ""
        totals = _listed([each for each in swings if each.kind == TOTAL][:1])
        return f"{text} Of the totals that were judged it goes most with {totals}.".strip() if totals else text

    def _flips(self) -> str:
        tips = [each for each in self.tips if each.expert == PANEL and each.at is not None]
        tips.sort(key=lambda each: -each.beyond)
        if not tips:
            return f"No single judgement on a mechanism would take the panel across {self.level:g}."
        if not self.swings:  # nothing is uncertain, so no value is more of a wonder than another
            return f"With all else at its median {'; '.join(f'it {each.text}' for each in tips[:TOLD])}."
        told = "; ".join(f"it {each.text}, as in {100 * each.beyond:.0f} % of the draws" for each in tips[:TOLD])
        near = sum(each.beyond >= PLAUSIBLE for each in tips)
        return (
            f"With all else at its median {told}; {len(tips)} in all would take the panel across {self.level:g}, "
            f"{near} of them at values with a probability of {PLAUSIBLE:g} or more."
        )

    def _schools(self) -> str:
        if not self.schools:
            return "There is a single school, so none can be left out."
        known = [(each, each.panel.mean, each.shift or 0.0) for each in self.schools if each.panel is not None]
        if not known:
            alone = ", ".join(f"{self._name(each.school)} {each.alone.mean:.2f}" for each in self.schools)
            return (
                "The panel is pooled into one posterior, so what it would be without a school takes another fit, "
                f"'pool: false' for its experts; by themselves the schools say: {alone}."
            )
        far, _, _ = max(known, key=lambda each: abs(each[2]))
        means = [mean for _, mean, _ in known]
        assert far.panel is not None
        return (
            f"Without one of its schools the panel says {min(means):.2f} to {max(means):.2f}; the one that counts "
            f"most is {self._name(far.school)}, which says {far.alone.mean:.2f} and without which it is "
            f"{far.panel.mean:.2f}."
        )

    def _whose(self) -> str:
        rows = self.shares.of()
        if not rows:
            return ""
        which = next((each for each in rows if not each.variable), None)
        inside = [each for each in rows if each.variable][:TOLD]
        told = ", ".join(f"{each.words} {100 * each.drawn:.1f} %" for each in inside)
        first = "" if which is None else f"Whom one follows makes {100 * which.first:.0f} % of the variance"
        if not inside:
            return f"{first}." if first else ""
        first = f"{first}; " if first else ""
        tied = max(self.shares.tied.values(), default=1.0)
        if tied < TIED:
            return f"{first}within the experts most comes from what is held about {told}."
        return (
            f"{first}within the experts most comes from what is held about {told} (as drawn: judgements of totals tie "
            f"the parameters, which by themselves would make up to {tied:.1f} times an expert's variance)."
        )

    def _next(self) -> str:
        best = next((each for each in self.gains if each.expert != PANEL), None)
        if best is None:
            return ""
        case = next((each for each in self.case.gains if each.expert == PANEL), None)
        learned = self.case.without if case is None else (
            f"one comparable case (relevance {self.case.relevance:g}) {100 * case.own:.1f} %"
        )  # fmt: skip
        return (
            f"The one answer that would narrow it most is that of {self._name(best.expert)} about '{best.words}': it "
            f"is expected to take {100 * best.panel:.2g} % off the panel's variance and {100 * best.own:.0f} % off "
            f"their own; {learned}."
        )

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


def _listed(swings: list[Swing]) -> str:
    return "; ".join(
        f"'{each.words}' ({each.low:.2f} to {each.high:.2f} as that goes {each.at_low:.2f} to {each.at_high:.2f})"
        for each in swings
    )


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
