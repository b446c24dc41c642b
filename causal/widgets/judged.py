"""What a widget asks, who is asked, and how the answer is fitted.

    causal.roulette("P(x = yes)")          the question alone: a probability is fitted as a parameter is
    study.roulette("P(x = yes)", by="e")   held to the model: names, plain words, definitions, the file's own fit

Everything that can be wrong with the question is said here, before anything is drawn.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from causal.ask.phrases import phrase, spoken
from causal.errors import UsageError, nearest
from causal.learn.elicited import Elicited
from causal.learn.stating import Fitter, fitter, numeric
from causal.spec.grammar import parse_question
from causal.spec.model import Model
from causal.spec.names import check_names
from causal.spec.priors import ANYONE
from causal.spec.question import Causes, Event, Probability, Question, Sum
from causal.spec.reach import Ends, ends_of, kind_of


@dataclass(frozen=True)
class Judged:
    """A question that is judged by hand. ``words`` and ``meaning`` are empty where there is no model to say them."""

    about: Sum
    fitter: Fitter
    by: str = ""
    because: str = ""
    words: str = ""
    meaning: tuple[str, ...] = ()

    @classmethod
    def alone(cls, about: str | Question, by: str = "", because: str = "") -> Judged:
        """Take a question without a model.

        Raises QuestionSyntaxError, and UsageError where it is not judged by numbers.
        """
        question = numeric(parse_question(about) if isinstance(about, str) else about)
        return cls(question, fitter(question), by, because)

    @classmethod
    def of(cls, elicited: Elicited, about: str | Question, by: str = "", because: str = "") -> Judged:
        """Hold a question to a model, and the expert to its prior file.

        Raises QueryError and its kinds, and UsageError where the question is not judged by numbers or nobody of that
        name is among the experts.
        """
        question = numeric(parse_question(about) if isinstance(about, str) else about)
        model, experts = elicited.network.model, elicited.priors.experts
        check_names(question, model)
        known = [name for name in experts if name != ANYONE]
        if known and by not in known:
            said = f"there is no expert {by!r}{nearest(by, known)}" if by else "the prior file has experts"
            raise UsageError(f"{said}; say who judges: by={known[0]!r} (there is {', '.join(known)})")
        if by and not known:
            raise UsageError(f"the prior file has no experts; leave by={by!r} out, or list {by} under 'experts' first")
        made = fitter(question, elicited, by or ANYONE)
        words = phrase(question, model)
        return cls(question, made, by, because, "" if words == str(question) else words, _meaning(question, model))

    @property
    def title(self) -> str:
        """The question in plain words, or as it is written where there is no model to say it."""
        return self.words or str(self.about)

    @property
    def axis(self) -> str:
        """What kind of number is judged."""
        return kind_of(self.about).removeprefix("a ")

    @property
    def ends(self) -> Ends:
        """The lowest and highest value that is possible."""
        return ends_of(self.about)

    def span(self, low: float | None, high: float | None) -> Ends:
        """Return the range over which to judge: as told, else from end to end of what is possible.

        Raises UsageError where it is empty, not told although there is no end, or beyond what is possible.
        """
        least, most = self.ends
        low = least if low is None else float(low)
        high = most if high is None else float(high)
        if not (math.isfinite(low) and math.isfinite(high)):
            raise UsageError(f"{self.about} has no end of its own; say how far to judge, as in low=0, high=4")
        if not low < high:
            raise UsageError(f"low has to be below high, and {low:g} is not below {high:g}")
        if low < least or high > most:
            raise UsageError(f"{self.about} lies between {least:g} and {most:g}, not between {low:g} and {high:g}")
        return low, high


def _meaning(about: Sum, model: Model) -> tuple[str, ...]:
    """Return what the states asked about are defined as, one line each; nothing where they have no definition."""
    events: tuple[Event, ...] = ()
    if isinstance(about, Probability):
        events = about.events
    elif isinstance(about, Causes):
        events = (about.effect,)
    lines = []
    for event in events:
        variable = model.variables[event.variable]
        lines += [
            f"{variable.title}: {spoken(state)} means: {variable.definitions[state]}"
            for state in event.states
            if variable.definitions.get(state)
        ]
    return tuple(dict.fromkeys(lines))
