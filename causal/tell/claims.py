"""The facts about who claimed what: experts, what they stated, what is implied, why, and where it is written.

Who                        an expert
Direct, Point              a judgement that sets a parameter: stated beside implied
Said                       a judgement on what several parameters imply: before, after, z
Check, Against             an order or a sign, and whether it holds
Worded                     a phrase, and the numbers it was read as
Split, Loop                parts that do not make their whole, orders that run in a circle
Known, Scored              a question whose answer is known, and how an expert did on all of them
Abstention, Reason
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from causal.tell.number import Number


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
    reshaping: int
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
    whom it stands for, and ``shifted`` has those of them for whom it comes to another number, 5, 50 and 95 per cent:
    a departure from a reference of their own.
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
    shifted: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)


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
    at_odds: bool
    reason: Reason


@dataclass(frozen=True)
class Worded:
    """A phrase that somebody used, the 5, 50 and 95 per cent it was read as, and on whose authority.

    ``published`` is false where the prior file itself says what the phrase means. ``times`` counts the judgements.
    """

    phrase: str
    scale: str
    source: str
    published: bool
    read: tuple[float, float, float]
    times: int
    by: tuple[str, ...]


@dataclass(frozen=True)
class Split:
    """Probabilities of one expert that exclude each other, as question and median, and the whole they are parts of.

    ``of`` is the question of the whole, empty where that is everything that can be.
    """

    by: str
    parts: tuple[tuple[str, float], ...]
    of: str
    whole: float
    total: float
    excess: float
    complete: bool
    at_odds: bool


@dataclass(frozen=True)
class Loop:
    """Orders of one expert that cannot all hold as surely as they were said to; ``excess`` is by how much."""

    by: str
    orders: tuple[tuple[str, float], ...]
    excess: float


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
class Known:
    """A question whose answer is known: what was asked, the truth (a number, or True for yes), where it is written."""

    ask: str
    truth: float | bool
    source: str


@dataclass(frozen=True)
class Scored:
    """How an expert did on questions whose answers are known; scores are None where they answered none of that kind.

    ``numbers`` they gave quantiles of, with ``inside`` truths in their ranges where ``expected`` should be; ``counted``
    of them sharpen the test of calibration. ``weight`` is calibration times information, 0 below the file's alpha.
    ``events`` they gave probabilities of; ``ruled_out`` were held impossible and happened, or certain and did not, and
    then there is no log score. ``share`` is theirs of the panel, whatever its rule.
    """

    by: str
    share: float
    numbers: int
    counted: int
    inside: int
    expected: float
    calibration: float | None
    information: float | None
    weight: float | None
    events: int
    brier: float | None
    reliability: float | None
    resolution: float | None
    uncertainty: float | None
    log_score: float | None
    ruled_out: int
