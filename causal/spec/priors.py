"""A prior file as values: numbers without structure.

    Priors ── experts: name -> Expert
      ├─ judgements: Judgement (about a Question, by an expert or nobody, says one Says, because, cite, use, weight)
      ├─ defaults: Judgement (of nobody; used where an expert is silent)
      ├─ scales: name -> Scale (phrase -> three quantiles)
      ├─ pooling: linear, log or hierarchical, the last with Factors
      ├─ weights: Weighting, seeds: NumberSeed or EventSeed (questions whose answers are known)
      └─ cases: CaseFile ── elsewhere: Elsewhere (a model of its own), links: Link

    what is said          value
    exactly: 0.3          Exactly        a number, or a number per state
    quantiles: {5: ...}   Quantiles      per cent -> value; also low/best/high/confidence, which is normalised first
    very likely           Phrase         resolved on a scale to quantiles, or to a one-sided or two-sided range
    chips: ...            Chips          edges and counts
    cases: {x, of, ...}   Counted
    odds: 3:1             Odds           for : against, with an optional factor of uncertainty
    ratio: ...            Ratio          of A / B, as quantiles of the quotient
    order: 0.8            Order          how sure that the comparison holds
    sign: "-"             Sign           of an effect, with a confidence
    dirichlet: {...}      DirichletSays  per state or type, quantiles per state; or flat, jeffreys
    abstain               Abstain

All is frozen and checked against the model it names; priorfile.py makes it from text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from causal.errors import Problem
from causal.spec.model import Model, frozen
from causal.spec.question import Question
from causal.spec.selection import Selection


@dataclass(frozen=True, slots=True)
class Exactly:
    """A point: one probability, or one per state for a whole distribution (``by_state``)."""

    value: float | None = None
    by_state: Mapping[str, float] = field(default_factory=lambda: frozen({}))


@dataclass(frozen=True, slots=True)
class Quantiles:
    """Levels in (0, 1) and the values at them, both strictly increasing."""

    levels: tuple[float, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Interval:
    """Lowest, best and highest plausible value, with the confidence that the truth is within (IDEA 4-step)."""

    low: float
    best: float
    high: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase and its scale, which gives the 5, 50 and 95 % ``quantiles``: ``published``, or the prior file's own."""

    phrase: str
    scale: str
    quantiles: Quantiles
    published: bool = True


@dataclass(frozen=True, slots=True)
class Chips:
    """Trial roulette: bin edges (one more than counts) and chips per bin."""

    edges: tuple[float, ...]
    counts: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """``x`` of ``of`` comparable cases, each worth ``relevance`` of a case of this kind."""

    x: float
    of: float
    relevance: float = 1.0


@dataclass(frozen=True, slots=True)
class Odds:
    """Odds for the event, as low, best and high (all three equal to 5, 50 and 95 per cent quantiles of the odds)."""

    low: float
    best: float
    high: float


@dataclass(frozen=True, slots=True)
class Ratio:
    """Quantiles of the quotient that the question asks for."""

    quantiles: Quantiles


@dataclass(frozen=True, slots=True)
class Order:
    """How probable it is that the comparison holds."""

    probability: float


@dataclass(frozen=True, slots=True)
class Sign:
    """The sign of an effect and how probable it is."""

    sign: str
    confidence: float


@dataclass(frozen=True, slots=True)
class DirichletSays:
    """Concentrations per state (or type), ``flat`` (all 1), ``jeffreys`` (all 1/2), or quantiles state by state."""

    alpha: Mapping[str, float] = field(default_factory=lambda: frozen({}))
    named: str | None = None
    marginals: Mapping[str, Quantiles] = field(default_factory=lambda: frozen({}))


@dataclass(frozen=True, slots=True)
class Abstain:
    """No view: recorded, and nothing follows from it."""


Says = Exactly | Quantiles | Interval | Phrase | Chips | Counted | Odds | Ratio | Order | Sign | DirichletSays | Abstain


@dataclass(frozen=True, slots=True)
class Cite:
    """Where a judgement was read."""

    source: str
    page: str = ""
    quote: str = ""
    coder: str = ""


MELD, REPLACE = SHAPING = ("meld", "replace")  # how a judgement reshapes a prior
MELDED = 0.5  # the weight of a meld that states none


@dataclass(frozen=True, slots=True)
class Judgement:
    """One answer of one expert (``by`` is None for a default) to one question.

    ``use`` is ``evidence``, ``check``, ``meld`` or ``replace``, None where the file left it out. ``weight`` is a power
    on the likelihood; of ``meld``, the share of what is said in the compromise, ``MELDED`` where the file left it out.
    ``path`` is its file where that is not the prior file's own: the one for what is new in a rival graph.
    """

    about: Question
    says: Says
    by: str | None = None
    because: str = ""
    cite: Cite | None = None
    use: str | None = None
    weight: float = 1.0
    said: str = ""
    line: int = 0
    column: int = 0
    path: str = ""


@dataclass(frozen=True, slots=True)
class Expert:
    """Who judges. ``pool`` false: shown apart and left out of the panel."""

    name: str
    label: str = ""
    school: str = ""
    source: str = ""
    about: str = ""
    weight: float = 1.0
    pool: bool = True

    @property
    def title(self) -> str:
        """The label, or the name where there is none."""
        return self.label or self.name


@dataclass(frozen=True, slots=True)
class Scale:
    """Phrases and what they mean: 5, 50 and 95 per cent quantiles each. ``source`` says where from.

    ``own`` are the phrases that a prior file defines; the others are a published scale's.
    """

    name: str
    phrases: Mapping[str, Quantiles]
    source: str = ""
    nested: bool = False
    own: frozenset[str] = frozenset()


Seen = tuple[str, tuple[tuple[str, float], ...]]  # a variable, and the likelihood of what was seen of it under states


@dataclass(frozen=True, slots=True)
class CaseRow:
    """What was seen of ``count`` cases alike: of each variable one state for certain, or several with likelihoods.

    ``line`` is that of the first of them.
    """

    seen: tuple[Seen, ...]
    count: float
    line: int


@dataclass(frozen=True, slots=True)
class Link:
    """What a question of a model of cases has to do with one of this model.

    On the scale of their form (log-odds, logarithm, or as they are) they differ by Normal(0, ``within``^2). ``own`` has
    the experts for whom that is another number, or None: they see no link.
    """

    there: Question
    here: Question
    within: float
    own: Mapping[str, float | None] = field(default_factory=lambda: frozen({}))
    because: str = ""
    line: int = 0
    column: int = 0

    def of(self, expert: str) -> float | None:
        """Return how far apart the two lie for an expert, None where they see no link."""
        return self.own.get(expert, self.within)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A model of the cases' own, what is known of its parameters beforehand, and its links to this model."""

    model: Model
    priors: Priors
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A CSV of comparable cases and how its columns map to a model; ``rows`` is None where it was not read.

    ``file`` is as written, ``path`` where it was found. ``own`` has the experts for whom the relevance is another.
    ``where`` has per column the values of rows that are kept; ``unseen`` per column where its cells count as empty. The
    columns are those of the model itself, or of one ``elsewhere``. ``selected`` is what made a case known at all.
    """

    file: str
    relevance: float
    columns: Mapping[str, str]
    states: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: frozen({}))
    count: str | None = None
    where: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: frozen({}))
    confidence: Mapping[str, float] = field(default_factory=lambda: frozen({}))
    suffix: str = ""
    rows: tuple[CaseRow, ...] | None = None
    path: str = ""
    own: Mapping[str, float] = field(default_factory=lambda: frozen({}))
    unseen: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=lambda: frozen({}))
    elsewhere: Elsewhere | None = None
    selected: Selection | None = None
    line: int = 0
    column: int = 0

    @property
    def total(self) -> float:
        """The number of cases."""
        return sum(row.count for row in self.rows or ())

    def relevance_of(self, expert: str) -> float:
        """Return what a case is worth to an expert, 0 where they learn nothing from it."""
        return self.own.get(expert, self.relevance)


@dataclass(frozen=True, slots=True)
class NumberSeed:
    """A number that is known, and what experts said before they knew it: quantiles, at the same levels for all.

    ``log`` says that the background measure of information is uniform on the logarithm.
    """

    ask: str
    truth: float
    answers: Mapping[str, Quantiles]
    log: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True)
class EventSeed:
    """Something of which it is known whether it happened, and how probable each expert held it."""

    ask: str
    truth: bool
    answers: Mapping[str, float]
    source: str = ""


Seed = NumberSeed | EventSeed


@dataclass(frozen=True, slots=True)
class Weighting:
    """Where the weights in the panel come from: ``stated``, ``equal`` or ``cooke``.

    ``alpha`` is the calibration below which Cooke's model gives no weight.
    """

    rule: str = "stated"
    alpha: float = 0.0
    line: int = 0
    column: int = 0


ANYONE = "everyone"  # the single expert of a file that names none
POOLED = "panel-pool"  # who holds what a panel believes that is pooled into one posterior
RESERVED = ("panel", POOLED)  # what no expert of a file may be called
LINEAR, LOG, HIERARCHICAL = "linear", "log", "hierarchical"
PANELS: Mapping[str, str] = frozen(
    {LINEAR: "The panel", LOG: "The panel (logarithmic pool)", HIERARCHICAL: "The panel (hierarchical pool)"}
)  # what a panel is called, by its pooling


@dataclass(frozen=True, slots=True)
class Factors:
    """Standard deviations, on the log-odds, of what experts share and what each has alone (pooling: hierarchical).

    ``all`` is an error that everyone shares (the sources, the age they write in), ``school`` one that a school does,
    ``expert`` one of each alone, ``coder`` one of whoever read a judgement out of a book.
    The numbers where a file gives none are a choice, not an estimate: with them a probability of one half that an
    expert is sure of is 0.22 to 0.78 to the panel (90 %), two experts of a school agree as if correlated by 0.58, two
    of different schools by 0.15. A report says beside them what spread the file itself shows.
    """

    all: float = 0.3
    school: float = 0.5
    expert: float = 0.5
    coder: float = 0.0


@dataclass(frozen=True, slots=True)
class Priors:
    """All that was judged about one model. ``experts`` is never empty: a file without any has the one ``ANYONE``.

    ``judged_in`` is the file in which the judgements stand, where ``like`` names it and it is another than ``path``.
    ``held`` says, of a rival graph, how probable experts find each of the changes that it is made of, by rival.
    """

    name: str
    model: str
    experts: Mapping[str, Expert]
    judgements: tuple[Judgement, ...] = ()
    defaults: tuple[Judgement, ...] = ()
    scale: str = ""
    scales: Mapping[str, Scale] = field(default_factory=lambda: frozen({}))
    sources: Mapping[str, str] = field(default_factory=lambda: frozen({}))
    pooling: str = LINEAR
    factors: Factors = field(default_factory=Factors)
    weights: Weighting = Weighting()
    seeds: tuple[Seed, ...] = ()
    cases: tuple[CaseFile, ...] = ()
    held: Mapping[str, Mapping[str, float]] = field(default_factory=lambda: frozen({}))
    title: str = ""
    about: str = ""
    path: str = ""
    digest: str = ""
    judged_in: str = ""

    @property
    def where_judged(self) -> str:
        """The path of the file in which the judgements stand."""
        return self.judged_in or self.path

    def problem(self, judgement: Judgement, message: str) -> Problem:
        """Return what is wrong with one of the file's judgements or defaults, at its place in the file."""
        section, name = (self.defaults, "defaults") if judgement.by is None else (self.judgements, "judgements")
        listed = [each for each in section if each.path == judgement.path]
        place = next(number for number, each in enumerate(listed, start=1) if each is judgement)
        line, column = max(judgement.line, 1), max(judgement.column, 1)
        path = judgement.path or self.where_judged
        return Problem(path, line, column, f"{name}.{place}", f"{judgement.about}: {message}")

    def of(self, expert: str) -> tuple[Judgement, ...]:
        """Return the judgements of one expert, in file order."""
        return tuple(judgement for judgement in self.judgements if judgement.by == expert)
