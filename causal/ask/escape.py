"""Ways out as they were found, and what is said of them; judgements that clash, by framing.

    Avoidance ── unions: Union      one kind of ways: each way, at least one, the sum
              ├─ clashes: Clash     a judgement against what it should equal
              └─ framings: Framing  how many judgements were framed so, and how many of them are at odds

avoidance.py makes these values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from causal.ask.brief import Brief
from causal.ask.measure import Measure, together
from causal.ask.saying import Voice, counted, dated, framed, listed
from causal.learn.gate import Gate
from causal.spec.question import Event

if TYPE_CHECKING:
    import pandas as pd

NAMED = 3


@dataclass(frozen=True)
class Way:
    """A way out: how probable it is, and that it is taken and the outcome fails; ``counted`` unless part of another."""

    name: str
    title: str
    probability: Measure
    saved: Measure
    counted: bool


@dataclass(frozen=True)
class Union:
    """Ways of one kind: at least one of them (``union``) beside the sum (``total``), the same with the outcome avoided.

    ``avoided`` is the probability that the outcome fails by whatever way.
    """

    kind: str
    ways: tuple[Way, ...]
    union: Measure
    total: Measure
    saved: Measure
    saved_total: Measure
    avoided: Measure

    @property
    def measures(self) -> tuple[Measure, ...]:
        """All numbers."""
        each = [measure for way in self.ways for measure in (way.probability, way.saved)]
        return (*each, self.union, self.total, self.saved, self.saved_total, self.avoided)


@dataclass(frozen=True)
class Clash:
    """A judgement of one expert (``question``) against another one, or against the expert's own parameters (empty).

    ``stated`` is the judgement, ``other`` what the other one makes of it; ``z`` their distance in standard deviations.
    """

    expert: str
    framing: str
    question: str
    against: str
    stated: float
    other: float
    z: float


@dataclass(frozen=True)
class Framing:
    """How many judgements were framed in one way, and how many are at odds with their expert's parameters."""

    name: str
    judgements: int
    at_odds: int


@dataclass(frozen=True)
class Avoidance:
    """Ways out counted once, and judgements that clash; ``skipped`` says what and why."""

    event: Event
    before: str | None
    unions: tuple[Union, ...]
    clashes: tuple[Clash, ...]
    framings: tuple[Framing, ...]
    voice: Voice
    skipped: tuple[tuple[str, str], ...] = ()

    @property
    def title(self) -> str:
        """What the analysis answers."""
        return f"{self.voice.tense.ways}: {self.voice.event(self.event)}"

    @property
    def reading(self) -> str:
        """What is given: a forecast from a date, or with nothing given."""
        return "forecast, nothing given" if self.before is None else f"forecast, history before {dated(self.before)}"

    @property
    def gate(self) -> Gate:
        """The gate over every number."""
        return together([measure for union in self.unions for measure in union.measures])

    @property
    def table(self) -> pd.DataFrame:
        """A tidy frame: a row per way, union or sum, and expert, the panel first."""
        import pandas as pd

        rows = []
        for union in self.unions:
            named = [(way.name, way.counted, way.probability, way.saved) for way in union.ways]
            named += [("at least one", True, union.union, union.saved)]
            named += [("the sum", False, union.total, union.saved_total)]
            for name, alone, measure, saved in named:
                mine = measure.rows(kind=union.kind, way=name, counted=alone, reading=self.reading)
                rows += [{**row, **saved.numbers(row["expert"], "saved_")} for row in mine]
        return pd.DataFrame(rows)

    @property
    def brief(self) -> Brief:
        """A row per way out, the likeliest of its kind first, below at least one of them and their sum."""
        rows = []
        for union in self.unions:
            rows.append((f"at least one: {union.kind}", union.union.said, union.saved.said))
            rows.append(("the sum of these", union.total.said, union.saved_total.said))
            for way in sorted(union.ways, key=lambda way: -way.probability.panel.mean):
                part = "" if way.counted else " (part of another)"
                rows.append((f"{way.title}{part}", way.probability.said, way.saved.said))
        return Brief(("way out", "taken", "taken, and the outcome fails"), tuple(rows))

    @property
    def text(self) -> str:
        """The answer in a few sentences."""
        parts = [_counted(self, union) for union in self.unions]
        if not parts:
            parts = ["The model names neither parts of the outcome nor points of divergence, so no way out is named."]
        return "\n".join([*parts, *_framed(self)])

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-ready facts."""
        return framed(
            self,
            unions=[
                {"kind": u.kind, "at_least_one": u.union.to_dict(), "sum": u.total.to_dict(),
                 "saved": u.saved.to_dict(), "sum_saved": u.saved_total.to_dict(), "avoided": u.avoided.to_dict(),
                 "ways": [{"name": w.name, "title": w.title, "counted": w.counted,
                           "probability": w.probability.to_dict(), "saved": w.saved.to_dict()} for w in u.ways]}
                for u in self.unions
            ],
            clashes=[
                {"expert": c.expert, "framing": c.framing, "question": c.question, "against": c.against or None,
                 "stated": c.stated, "other": c.other, "z": c.z} for c in self.clashes
            ],
            framings=[
                {"framing": f.name, "judgements": f.judgements, "at_odds": f.at_odds} for f in self.framings
            ],
        )  # fmt: skip


# The sentences


def _counted(found: Avoidance, union: Union) -> str:
    voice = found.voice
    if union.union.gate.withholds or union.total.gate.withholds:
        return f"That {union.kind} is withheld."
    likely = sorted((way for way in union.ways if way.counted), key=lambda way: -way.probability.panel.mean)
    named = [f"{way.title} {way.probability.said}" for way in likely[:NAMED]]
    total, at_least = union.total.panel.mean, union.union.panel.mean
    absurd = ", which is no probability" if total > 1.0 else ""
    times = f", {total / at_least:.1f} times as much" if at_least > 0 else ""
    return (
        f"That at least one of {counted(len(likely), 'way')} is taken ({union.kind}; {found.reading}) has probability "
        f"{union.union.said}{voice.schools(union.union)}; adding them up gives {total:.2f}{absurd}{times}. "
        f"The likeliest are {listed(named)}. That one is taken and the outcome fails has {union.saved.said} (added up: "
        f"{union.saved_total.panel.mean:.2f}), of {union.avoided.said} that it fails at all."
    )


def _framed(found: Avoidance) -> list[str]:
    if not found.framings:
        return []
    counts = "; ".join(f"{f.name}: {f.at_odds} of {f.judgements}" for f in found.framings)
    parts = [f"Judgements at odds with their expert's own parameters (z above 2), by framing: {counts}."]
    for clash in sorted(found.clashes, key=lambda c: -c.z)[:NAMED]:
        who = found.voice.titles[clash.expert]
        against = f"'{clash.against}' makes it" if clash.against else "their parameters imply"
        parts.append(f"{who}: '{clash.question}' was judged {clash.stated:.2f}, {against} {clash.other:.2f} "
                     f"(z {clash.z:.1f}).")  # fmt: skip
    return parts
