"""The facts of a report, before anything is worded: what every rendering says, and nothing that only one does.

    Report ── asked            the question: outcome, its states as defined, its window, what really happened
      ├─ gate                  may the numbers be reported, and what was found
      ├─ without               the outcome with nothing set, date by date
      ├─ interventions         with it, without it, effect, plausibility: by reading, by expert; skipped: which, why
      ├─ experts               who judged, how often, pooled or apart
      ├─ derived               judgements on what several parameters imply: stated, before, after, z
      ├─ checks, against, abstentions  orders and signs, signs of arrows that fail, who had no view
      ├─ direct, defaults, unjudged    what set the parameters: stated, implied, misfit; by nobody; not at all
      ├─ notes                 what was changed or left aside while the judgements were read
      ├─ assumptions, sources
      └─ computation           draws, diagnostics, seed, versions, digests, the command

A Number is None in every field where the gate withholds it. JSON is these facts as they are; Markdown and HTML round
them to the digits that the Monte Carlo error supports.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from causal.ask.answer import CI_KIND, CI_PROB, Estimate
from causal.learn.gate import PASS, REFUSE

FINE = 0.0005  # a Monte Carlo error below this supports a third decimal
FORMAT = 1  # of the JSON; raise it when a key changes its meaning or goes


@dataclass(frozen=True)
class Number:
    """A number over draws and how many decimals it deserves; ``news`` is the case-level mean where it differs visibly.

    All are None where the gate withholds the number; ``median``, ``lower`` and ``upper`` also for a share of draws.
    """

    mean: float | None = None
    median: float | None = None
    lower: float | None = None
    upper: float | None = None
    mcse: float | None = None
    decimals: int = 2
    news: float | None = None

    @classmethod
    def of(cls, estimate: Estimate, news: float | None = None) -> Number:
        """Take an estimate over."""
        numbers = {name: _finite(getattr(estimate, name)) for name in ("mean", "median", "lower", "upper", "mcse")}
        return cls(**numbers, decimals=3 if estimate.mcse < FINE else 2, news=_finite(news))


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


@dataclass(frozen=True)
class Defined:
    """A variable with the definitions of its states (empty where the model gives none), when it is, what it was."""

    name: str
    title: str
    about: str
    states: Mapping[str, str]
    window: str
    actual: str | None


@dataclass(frozen=True)
class Asked:
    """The outcome that the report is about; ``parts`` are the variables that a rule makes its own of."""

    event: str
    label: str
    variable: Defined
    parts: tuple[Defined, ...]


@dataclass(frozen=True)
class Verdict:
    """What the gate said about everything in the report."""

    verdict: str = PASS
    override: bool = False
    quantities: int = 0
    worst_rhat: float | None = None
    least_ess: float | None = None
    findings: tuple[str, ...] = ()

    @property
    def withholds(self) -> bool:
        """Whether headline numbers must not be printed."""
        return self.verdict == REFUSE and not self.override


@dataclass(frozen=True)
class Without:
    """The outcome with nothing set, given what was decided before a date; the first has no date and nothing given."""

    before: str | None
    reading: str
    question: str
    number: Number
    by_expert: Mapping[str, Number]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Four:
    """The numbers of one intervention under one reading, of the panel or of one expert."""

    outcome: Number
    without: Number
    effect: Number
    plausibility: Number | None


@dataclass(frozen=True)
class Row:
    """One intervention under one reading; ``defines`` names what it sets that is part of the outcome's definition."""

    intervention: str
    title: str
    about: str
    when: str
    before: str | None
    sets: Mapping[str, str]
    defines: tuple[str, ...]
    reading: str
    rung: int
    question: str
    question_without: str
    question_plausibility: str
    panel: Four
    by_expert: Mapping[str, Four]
    sources: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Who:
    """An expert: who they are, what share of the panel is theirs, how they were drawn, and how much they judged."""

    name: str
    title: str
    school: str
    about: str
    source: str
    pooled: bool
    share: float
    method: str
    judged: int
    defaults: int
    unjudged: int
    evidence: int
    checks: int
    abstained: int


@dataclass(frozen=True)
class Reason:
    """Why somebody holds what they hold, and where it is written."""

    because: str = ""
    source: str = ""
    page: str = ""
    quote: str = ""
    coder: str = ""


@dataclass(frozen=True)
class Point:
    """A quantile: what was stated at a level, and what the fitted belief says there."""

    level: float
    stated: float
    implied: float


@dataclass(frozen=True)
class Direct:
    """A judgement that sets a parameter.

    ``question`` is what the numbers answer: the question judged or, where one judgement sets a whole row, the
    parameter. ``exactly`` is the value where no belief was fitted. ``by`` is empty for a default; ``used_by`` are those
    whom it stands for.
    """

    by: str
    question: str
    parameter: str
    said: str
    quantiles: tuple[Point, ...]
    exactly: float | None
    misfit: float
    reason: Reason
    notes: tuple[str, ...] = ()
    used_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Said:
    """A judgement on what several parameters imply: as stated, as implied before, as it came out; z above 2 is odd."""

    by: str
    question: str
    said: str
    use: str
    weight: float
    scale: str
    stated: Mapping[str, float]
    read: tuple[float, float, float]
    before: Number
    after: Number
    z: float | None
    at_odds: bool
    reason: Reason


@dataclass(frozen=True)
class Check:
    """An order, or the sign of an effect: how sure its expert is, and the share of draws in which it holds."""

    by: str
    question: str
    sign: str
    use: str
    stated: float
    before: Number
    after: Number
    reason: Reason


@dataclass(frozen=True)
class Against:
    """A sign that the model claims for an arrow, and an expert's medians contradict.

    ``baseline`` and ``departed`` are P(event) with the parent at its baseline and in ``state``.
    """

    by: str
    parent: str
    state: str
    child: str
    sign: str
    event: str
    baseline: float
    departed: float


@dataclass(frozen=True)
class Abstention:
    """A question on which an expert has no view."""

    by: str
    question: str
    reason: Reason


@dataclass(frozen=True)
class Assumptions:
    """What the graph and its mechanisms take for granted, as counts."""

    variables: int
    arrows: int
    missing: int
    roots: int
    mechanisms: Mapping[str, int]
    gates: int
    confounded: tuple[tuple[str, str], ...]
    baseline: str
    pooling: str
    undated: tuple[str, ...]


@dataclass(frozen=True)
class Computation:
    """All that it takes to judge the computation and to repeat it."""

    chains: int
    draws: int
    total: int
    methods: Mapping[str, str]
    divergences: int
    least_bfmi: float | None
    largest_mcse: float | None
    seed: int
    digests: Mapping[str, str]
    versions: Mapping[str, str]
    command: str


@dataclass(frozen=True)
class Report:
    """Everything there is to tell about one posterior, as facts."""

    model: str
    title: str
    about: str
    priors: str
    priors_about: str
    asked: Asked
    gate: Verdict
    without: tuple[Without, ...]
    interventions: tuple[Row, ...]
    skipped: tuple[tuple[str, str], ...]
    experts: tuple[Who, ...]
    derived: tuple[Said, ...]
    checks: tuple[Check, ...]
    against: tuple[Against, ...]
    abstentions: tuple[Abstention, ...]
    direct: tuple[Direct, ...]
    defaults: tuple[Direct, ...]
    unjudged: Mapping[str, tuple[str, ...]]
    notes: tuple[str, ...]
    assumptions: Assumptions
    sources: tuple[str, ...]
    computation: Computation
    ci_prob: float = CI_PROB
    ci_kind: str = CI_KIND
    format: int = FORMAT

    def of(self, reading: str) -> tuple[Row, ...]:
        """Return one reading's interventions, the lowest probability of the outcome first, the withheld last."""
        found = [row for row in self.interventions if row.reading == reading]
        return tuple(sorted(found, key=lambda row: math.inf if (p := row.panel.outcome.mean) is None else p))

    def to_dict(self) -> dict[str, Any]:
        """Return the facts as plain lists, mappings, texts and numbers."""
        plain: dict[str, Any] = _plain(self)
        return plain


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, tuple) else value
