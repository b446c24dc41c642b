"""How a number answers to a little more or less of the priors, and of the evidence: power-scaling, and what it means.

    prior >= 0.05   evidence >= 0.05    what is said
    yes             yes                 they pull in different directions (prior-data conflict)
    yes             no                  the priors carry it: strong, or with little evidence to weigh against them
    no              yes                 the evidence carries it
    no              no                  neither moves it

``prior`` are the parameters' priors, melds and replacements with them; ``evidence`` are judgements on totals and
comparable cases. Orders stay as they are. All experts are scaled at once for the panel. Threshold and diagnosis from
Kallioinen et al. (2024), section 3; the numbers from learn/scaled.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from causal.ask.answer import PANEL
from causal.ask.interventions import MINIMAL
from causal.ask.panel import Panel
from causal.ask.phrases import event_phrase
from causal.ask.profile import NOTHING, situated
from causal.ask.terms import PRIOR, Term, base
from causal.errors import QueryError
from causal.exact.kernel import Floats
from causal.learn.gate import PARETO_K
from causal.learn.scaled import ALPHAS, log_prior, scaled, sensitivity
from causal.learn.weights import Weights
from causal.spec.question import Event

THRESHOLD = 0.05
CONFLICT, STRONG, LED, STILL, UNKNOWN = "prior-data conflict", "strong prior", "evidence", "insensitive", "not told"
SAID: Mapping[str, str] = {
    CONFLICT: "priors and evidence pull in different directions",
    STRONG: "the priors carry it, with little evidence to weigh against them",
    LED: "the evidence carries it",
    STILL: "a little more or less of either moves next to nothing",
    UNKNOWN: "the draws cannot tell: the weights are carried by too few of them",
}


@dataclass(frozen=True)
class Sensitive:
    """The sensitivities of one number for an expert or the panel; None, and ``UNKNOWN``, where k is too high."""

    question: str
    words: str
    intervention: str
    expert: str
    prior: float | None
    evidence: float | None
    k: float

    @property
    def diagnosis(self) -> str:
        """What the two say together."""
        if self.prior is None or self.evidence is None:
            return UNKNOWN
        strong, led = self.prior >= THRESHOLD, self.evidence >= THRESHOLD
        return CONFLICT if strong and led else STRONG if strong else LED if led else STILL

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-ready facts."""
        names = ("question", "words", "intervention", "expert", "prior", "evidence", "diagnosis")
        k = self.k if np.isfinite(self.k) else None
        return {name: getattr(self, name) for name in names} | {"pareto_k": k}


@dataclass(frozen=True)
class _Scaling:
    """Weights of every expert's draws, shape (experts, draws) for each of ``ALPHAS``, and Pareto k of each expert."""

    lower: Floats
    upper: Floats
    k: Floats


def sensitive(
    panel: Panel, event: Event, pieces: Mapping[str, Sequence[Term]], reading: str = MINIMAL
) -> tuple[Sensitive, ...]:
    """Return the sensitivities of an event with nothing done and after every named intervention, panel first.

    What cannot be asked after an intervention is left out. Nothing is returned where nothing was drawn.
    """
    if panel.draws.total == 1:
        return ()
    share = base(panel)
    prior, evidence = [], []
    for row, name in enumerate(panel.draws.experts):
        theta = panel.draws.flat(row)
        own, told = log_prior(panel.elicited, name, theta), np.zeros(panel.draws.total)
        for each in pieces[name]:
            moved = each.power * each.count * each.logs
            own, told = (own + moved, told) if each.kind == PRIOR else (own, told + moved)
        prior.append(own)
        evidence.append(told)
    both = _scalings(prior, share), _scalings(evidence, share)
    found: list[Sensitive] = []
    for name, question, slot in _headlines(panel, event, reading):
        values = panel.values([slot])[0].reshape(share.shape)
        if np.isfinite(values).all():
            words = _words(panel, event, name)
            found += [_of(panel, voice, (question, words, name), values, share, *both) for voice in _voices(panel)]
    return tuple(found)


def _scalings(logs: Sequence[Floats], share: Floats) -> _Scaling:
    made: list[list[Weights]] = [[scaled(own, alpha, share[row]) for row, own in enumerate(logs)] for alpha in ALPHAS]
    lower, upper = (np.stack([each.values for each in rows]) for rows in made)
    worst = np.array([[each.k for each in rows] for rows in made]).max(axis=0)
    return _Scaling(lower, upper, np.asarray(worst, dtype=np.float64))


def _headlines(panel: Panel, event: Event, reading: str) -> Iterator[tuple[str, str, int]]:
    model = panel.elicited.network.model
    for name in (NOTHING, *model.interventions):
        question = situated(model, name, reading).asks(event)
        try:
            yield name, str(question), panel.elicited.writer.write(question).slots[0]
        except QueryError:  # it sets what is asked about, or what is given is impossible
            continue


def _words(panel: Panel, event: Event, name: str) -> str:
    model = panel.elicited.network.model
    said = event_phrase(event, model)
    return f"{said} after '{model.interventions[name].title or name}'" if name else f"{said}, nothing being done"


def _voices(panel: Panel) -> Iterator[str]:
    yield PANEL
    if len(panel.draws.experts) > 1:
        yield from panel.experts


def _of(
    panel: Panel,
    voice: str,
    what: tuple[str, str, str],
    values: Floats,
    share: Floats,
    prior: _Scaling,
    evidence: _Scaling,
) -> Sensitive:
    own = panel.weights if voice == PANEL else {voice: 1.0}
    at = {panel.draws.experts.index(name): weight for name, weight in own.items()}
    flat = np.concatenate([values[row] for row in at])
    worst, found = -np.inf, []
    for each in (prior, evidence):
        k = float(np.max(each.k[list(at)]))
        worst = float(np.maximum(worst, k))
        mixed = [np.concatenate([at[row] * given[row] for row in at]) for given in (share, each.lower, each.upper)]
        found.append(sensitivity(flat, *mixed) if k <= PARETO_K[0] else None)
    return Sensitive(*what, voice, found[0], found[1], worst)
