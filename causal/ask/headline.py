"""One number of the panel, to be taken apart: a question, its tape, and every expert's draws of it.

    nothing done                 P(y)
    an intervention, a reading   the reading's own question with the intervention (interventions.py)

Whatever is asked about the headline runs the same tape on other parameters.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from causal.ask.answer import Answer
from causal.ask.interventions import MINIMAL
from causal.ask.panel import Panel, ask
from causal.ask.phrases import event_phrase
from causal.ask.profile import NOTHING, named_state, situated
from causal.exact.kernel import Floats
from causal.exact.network import Network
from causal.exact.tape import Tape
from causal.spec.question import Event, Question

NO_READING = ""


@dataclass(frozen=True)
class Headline:
    """A question with one number, its answer, and the tape that gives it.

    ``intervention`` and ``reading`` are empty where nothing is done.
    """

    panel: Panel
    event: Event
    question: Question
    intervention: str
    reading: str
    answer: Answer
    tape: Tape

    @property
    def network(self) -> Network:
        """The network that the question is about."""
        return self.panel.elicited.network

    @property
    def words(self) -> str:
        """The headline in the words of the model, with its reading."""
        said = f"the probability of {event_phrase(self.event, self.network.model)}"
        if not self.intervention:
            return f"{said}, nothing being done and nothing given"
        title = self.network.model.interventions[self.intervention].title or self.intervention
        return f"{said} after '{title}' ({self.reading})"

    @cached_property
    def values(self) -> Floats:
        """Every draw, shape (experts, draws)."""
        draws = self.panel.draws
        return np.stack([self.run(draws.flat(row)) for row in range(len(draws.experts))])

    @cached_property
    def share(self) -> Floats:
        """Each draw's weight within its expert, shape (experts, draws); a draw that has no number has none."""
        given = self.panel.share()
        known = np.isfinite(self.values)
        share = np.where(known, 1.0 if given is None else given, 0.0)
        return np.asarray(share / share.sum(axis=1, keepdims=True))

    @cached_property
    def means(self) -> dict[str, float]:
        """Each expert's mean."""
        sums = (np.nan_to_num(self.values) * self.share).sum(axis=1)
        return dict(zip(self.panel.draws.experts, sums.tolist(), strict=True))

    @cached_property
    def variances(self) -> dict[str, float]:
        """Each expert's variance over draws."""
        means = np.array(list(self.means.values()))[:, None]
        sums = (np.nan_to_num(self.values - means) ** 2 * self.share).sum(axis=1)
        return dict(zip(self.panel.draws.experts, sums.tolist(), strict=True))

    @property
    def mean(self) -> float:
        """The panel's mean."""
        return sum(weight * self.means[name] for name, weight in self.panel.weights.items())

    @property
    def between(self) -> float:
        """How far the pooled experts' means lie apart: the part of the panel's variance that is disagreement."""
        weights = self.panel.weights
        return sum(weight * (self.means[name] - self.mean) ** 2 for name, weight in weights.items())

    @property
    def variance(self) -> float:
        """The panel's variance: between the experts, and within them."""
        return self.between + sum(weight * self.variances[name] for name, weight in self.panel.weights.items())

    @cached_property
    def relevant(self) -> NDArray[np.bool_]:
        """Which parameters can move the headline, shape (parameters,)."""
        count = len(self.network.parameters)
        each = np.eye(count, dtype=bool)
        return np.array([self.tape.moved_by(row)[0] for row in each], dtype=bool)

    def run(self, theta: Floats) -> Floats:
        """Return the headline at parameters of shape (parameters, lanes)."""
        return np.asarray(self.tape.values(theta)[0])

    def thinned(self, most: int) -> NDArray[np.int64]:
        """Return at most so many draws, evenly spaced."""
        total = self.panel.draws.total
        return np.unique(np.linspace(0, total - 1, min(most, total)).round().astype(np.int64))


def headline(panel: Panel, event: Event, name: str = NOTHING, reading: str = MINIMAL) -> Headline:
    """Ask for an event with nothing done, or after a named intervention under a reading.

    Raises QueryError for names that are not the model's, UsageError for no such reading, ImpossibleEvidence where what
    is given is impossible for an expert.

    >>> from causal import load
    >>> from causal.spec.grammar import parse_event
    >>> round(headline(load("rain").at_medians().panel, parse_event("grass = wet"), "drought_law").mean, 3)
    0.28
    """
    model = panel.elicited.network.model
    named_state(event, model)
    question = situated(model, name, reading).asks(event)
    page = panel.elicited.writer.write(question)
    (answer,) = ask(panel, [page])
    tape = panel.elicited.network.recorder.tape([page.slots[0]])
    return Headline(panel, event, question, name, reading if name else NO_READING, answer, tape)
