"""The facts of a report, before anything is worded: what every rendering says, and nothing that only one does.

    Report ── asked            the question: outcome, its states as defined, its window, what really happened
      ├─ gate                  may the numbers be reported, and what was found
      ├─ without               the outcome with nothing set, date by date
      ├─ interventions         with it, without it, effect, plausibility: by reading, by expert; skipped: which, why
      ├─ marginals             every variable with nothing set
      ├─ worlds                what else holds where the outcome is avoided
      ├─ levels                the outcome with its score's threshold moved
      ├─ dissent               which parameters make the difference between the experts furthest apart
      ├─ footing               what the headline stands on, how far its experts agree
      ├─ experts               who judged, how often, pooled or apart
      ├─ derived               judgements on what several parameters imply: stated, before, after, z
      ├─ checks, against, abstentions  orders and signs, signs of arrows that fail, who had no view
      ├─ direct, defaults, unjudged    what set the parameters: stated, implied, misfit; by nobody; not at all
      ├─ rivals, beside        the headline under rival graphs; rivals that were not asked
      ├─ known, scored        questions whose answers are known, how each expert did on them
      ├─ notes                 what was changed or left aside while the judgements were read
      ├─ assumptions, sources
      └─ computation           draws, diagnostics, seed, versions, digests, the command

A Number is None in every field where the gate withholds it. JSON is these facts as they are; Markdown and HTML round
them to the digits that the Monte Carlo error supports.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

from causal.ask.answer import CI_KIND, CI_PROB
from causal.ask.tense import AHEAD, OVER, Tense
from causal.learn.gate import PASS, REFUSE
from causal.tell.claims import Abstention, Against, Check, Direct, Known, Loop, Reason, Said, Scored, Split, Who, Worded
from causal.tell.drawings import Drawings
from causal.tell.number import Number
from causal.tell.rivalfacts import Beside, Rivals

FORMAT = 1  # of the JSON; raise it when a key changes its meaning or goes


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
    """The outcome with nothing set, given what was decided before a date; the first has no date and nothing given.

    ``known`` is the day on which the last of it was decided, None where nothing was.
    """

    before: str | None
    reading: str
    question: str
    number: Number
    by_expert: Mapping[str, Number]
    notes: tuple[str, ...] = ()
    known: str | None = None


@dataclass(frozen=True)
class Four:
    """The numbers of one intervention under one reading, of the panel or of one expert."""

    outcome: Number
    without: Number
    effect: Number
    plausibility: Number | None


@dataclass(frozen=True)
class Row:
    """One intervention under one reading; ``defines`` names what it sets that is part of the outcome's definition.

    ``coupled`` names the variables whose luck the outcome assumes to be the same in two worlds; ``couplings`` is the
    panel's mean under each assumption about it, empty where the gate withholds the outcome.
    """

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
    coupled: tuple[str, ...] = ()
    couplings: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Marginal:
    """A variable, and how probable each of its states is with nothing set and nothing given."""

    variable: Defined
    states: Mapping[str, Number]


@dataclass(frozen=True)
class World:
    """How a variable's states share the worlds of an intervention (empty: nothing set).

    ``avoided``: only the worlds without the outcome.
    ``by_expert`` has each expert's means; it is empty where the gate withholds them.
    """

    variable: str
    title: str
    intervention: str
    given: str
    avoided: bool
    states: Mapping[str, Number]
    by_expert: Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Level:
    """The outcome with its score's threshold moved to ``level``; ``own`` is where the model has it."""

    level: float
    own: bool
    intervention: str
    given: str
    number: Number
    by_expert: Mapping[str, float]


@dataclass(frozen=True)
class Driver:
    """A parameter on which two experts differ: their values, what that does to the answer, and why each holds theirs.

    ``by_low`` and ``by_high`` are ``expert``, ``default`` or ``nobody``.
    """

    question: str
    value_low: float
    value_high: float
    shift: float
    by_low: str
    by_high: str
    low: Reason
    high: Reason


@dataclass(frozen=True)
class Dissent:
    """Who of the panel is furthest apart on the headline, and what makes most of it.

    ``gap`` is the difference at mean parameters; ``explained`` is the share of it that goes with all drivers together.
    """

    question: str
    low: str
    high: str
    low_mean: float
    high_mean: float
    gap: float
    explained: float | None
    drivers: tuple[Driver, ...]


@dataclass(frozen=True)
class Footing:
    """What the headline stands on, and how far its experts agree.

    ``bearing`` parameters can move the headline; ``judged``, ``defaults`` and ``unjudged`` count them over the pooled
    experts. ``spread`` is the distance between the pooled experts' furthest means.
    """

    judgements: int
    cited: int
    located: int
    sources: int
    coders: tuple[str, ...]
    experts: int
    schools: int
    bearing: int
    judged: int
    defaults: int
    unjudged: int
    compared: int
    at_odds: int
    spread: float | None
    lowering: int
    raising: int
    evidence: str
    agreement: str
    confidence: str
    rule: str


@dataclass(frozen=True)
class Assumptions:
    """What the graph and its mechanisms take for granted, as counts.

    ``unjoined`` are the pairs, of the factors and the outcome, that no arrow joins. ``couplings`` counts the variables
    with parents by how they share their luck across worlds (luck.py), which only retrospective numbers assume.
    ``weights`` is the rule of the panel's weights; ``alpha`` the calibration below which Cooke's gives none.
    """

    variables: int
    arrows: int
    missing: int
    roots: int
    mechanisms: Mapping[str, int]
    gates: int
    confounded: tuple[tuple[str, str], ...]
    baseline: str
    pooling: str
    pool: tuple[str, ...]
    undated: tuple[str, ...]
    unjoined: tuple[tuple[str, str], ...] = ()
    couplings: Mapping[str, int] = field(default_factory=dict)
    weights: str = "stated"
    alpha: float = 0.0


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
    exact: bool = False  # every number is in the model


def by_outcome(rows: Iterable[Row], reading: str) -> tuple[Row, ...]:
    """Return one reading's rows, the lowest probability of the outcome first, the withheld last."""
    found = (row for row in rows if row.reading == reading)
    return tuple(sorted(found, key=lambda row: math.inf if (p := row.panel.outcome.mean) is None else p))


@dataclass(frozen=True)
class Told:
    """One analysis as the report tells it: what it asks, its sentences, the panel's rows, what its picture shows.

    ``rows`` are empty where the gate withholds the numbers; ``more`` says how many there are besides. ``further`` are
    what its other pictures show.
    """

    name: str
    asks: str
    title: str
    text: tuple[str, ...]
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str | float | int | bool | None, ...], ...] = ()
    more: int = 0
    picture: str = ""
    further: tuple[str, ...] = ()
    caption: str = ""
    gate: str = ""


@dataclass(frozen=True)
class Report:
    """Everything there is to tell about one posterior, as facts.

    ``ahead``: of a case still to come, of which the readings ``repeated`` have no number that the forecast has not.
    """

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
    worded: tuple[Worded, ...]
    splits: tuple[Split, ...]
    loops: tuple[Loop, ...]
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
    marginals: tuple[Marginal, ...] = ()
    worlds: tuple[World, ...] = ()
    worlds_reading: str = ""
    levels: tuple[Level, ...] = ()
    dissent: Dissent | None = None
    footing: Footing | None = None
    explained: tuple[Told, ...] = ()
    known: tuple[Known, ...] = ()
    scored: tuple[Scored, ...] = ()
    ahead: bool = False
    repeated: tuple[str, ...] = ()
    rivals: Rivals | None = None
    beside: Beside = field(default_factory=Beside)
    drawings: Drawings | None = field(default=None, repr=False, compare=False)  # of the same facts, for the eye alone

    @property
    def actual(self) -> Mapping[str, str]:
        """What really happened, by variable, where that is known."""
        found = (each.variable for each in self.marginals)
        return {each.name: each.actual for each in found if each.actual is not None}

    @property
    def tense(self) -> Tense:
        """The words for a case that is over, or for one still to come."""
        return AHEAD if self.ahead else OVER

    def of(self, reading: str) -> tuple[Row, ...]:
        """Return one reading's interventions, the lowest probability of the outcome first, the withheld last."""
        return by_outcome(self.interventions, reading)

    def to_dict(self) -> dict[str, Any]:
        """Return the facts as plain lists, mappings, texts and numbers."""
        plain: dict[str, Any] = _plain(self)
        return plain


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        found = {each.name: getattr(value, each.name) for each in fields(value)}
        return {name: _plain(each) for name, each in found.items() if not isinstance(each, Drawings)}
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, tuple) else value
