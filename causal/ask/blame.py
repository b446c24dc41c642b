"""Responsibility as it was found, and what is said of it.

    Responsibility ── causes: Cause       an event on record: necessity, sufficiency, both; with couplings and bounds
                   ├─ factors: Factor     its share; what removing it alone does, and what it alone does
                   └─ pairs: Together     the interaction of two factors, and what removing both does beside the sum

An interaction above zero: together they do more than apart (complements), so that removing one already undoes part of
what removing the other would, and removing both is worth less than the sum. Below zero: each can stand in for the other
(substitutes), and removing both is worth more than the sum. Where the interval leaves the sign open they are called
neither. responsibility.py makes these values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from causal.ask.answer import PANEL, Answer
from causal.ask.brief import Brief, Cell, banded, percent
from causal.ask.interventions import RETROSPECTIVE
from causal.ask.measure import Measure, as_measure, together
from causal.ask.saying import Voice, counted, framed, listed
from causal.learn.gate import Gate
from causal.spec.question import Event

if TYPE_CHECKING:
    import pandas as pd

LITTLE = 0.01  # an interaction smaller than this is none to speak of
NAMED = 3  # how many are named in a sentence


@dataclass(frozen=True)
class Cause:
    """An event that happened, against its alternative: the answers, None where what is given is impossible."""

    name: str
    actual: str
    alternative: str
    necessity: Answer | None
    sufficiency: Answer | None
    both: Answer | None

    @property
    def answers(self) -> dict[str, Answer]:
        """The answers that there are, by what they are called."""
        found = {"necessity": self.necessity, "sufficiency": self.sufficiency, "both": self.both}
        return {kind: answer for kind, answer in found.items() if answer is not None}


@dataclass(frozen=True)
class Factor:
    """A factor's Shapley share; ``removed``: v(all) - v(all but it); ``alone``: v(it) - v(none).

    ``couplings`` has the share with all luck coupled in one way, by the name of the way: empty where that changes
    nothing, as under every reading but the retrospective one.
    """

    name: str
    actual: str
    alternative: str
    share: Measure
    removed: Measure
    alone: Measure
    couplings: Mapping[str, Measure] = field(default_factory=dict)


@dataclass(frozen=True)
class Together:
    """Two factors: their interaction index, what removing both does, and the sum of what removing each does."""

    first: str
    second: str
    index: Measure
    both: Measure
    sum: Measure

    @property
    def words(self) -> str:
        """Whether they are complements or substitutes, and whether removing both is worth more than the sum."""
        mean = self.index.mean
        if mean is None:
            return "withheld"
        if abs(mean) < LITTLE:
            return "they hardly interact"
        more = self.both.panel.mean - self.sum.panel.mean
        worth = "as much as" if abs(more) < LITTLE else "more than" if more > 0 else "less than"
        if self.open:
            return f"neither, within its interval: on average removing both is worth {worth} the sum"
        kind = "complements" if mean > 0 else "substitutes"
        return f"{kind}: removing both is worth {worth} the sum"

    @property
    def open(self) -> bool:
        """Whether the interval of the index leaves its sign open; a single draw has no interval."""
        lower, upper = self.index.panel.lower, self.index.panel.upper
        return self.index.draws > 1 and lower is not None and upper is not None and lower <= 0.0 <= upper


@dataclass(frozen=True)
class Responsibility:
    """Necessity and sufficiency of events, and shares of factors under a reading; ``skipped`` says what and why.

    ``whole`` is v(all), ``none`` v(none), ``total`` their difference, which the shares sum to. ``coupled`` names the
    variables whose luck is assumed to be shared by the worlds that v compares.
    """

    event: Event
    reading: str
    held: bool
    causes: tuple[Cause, ...]
    factors: tuple[Factor, ...]
    pairs: tuple[Together, ...]
    whole: Measure
    none: Measure
    total: Measure
    coupled: tuple[str, ...]
    voice: Voice
    skipped: tuple[tuple[str, str], ...] = ()

    @property
    def title(self) -> str:
        """What the analysis answers."""
        return f"Responsibility for {self.voice.event(self.event)}"

    @property
    def gate(self) -> Gate:
        """The gate over every number."""
        whole = together([self.whole, self.none, self.total])
        whole = whole & together([m for f in self.factors for m in (f.share, f.removed, f.alone)])
        whole = whole & together([m for p in self.pairs for m in (p.index, p.both, p.sum)])
        for cause in self.causes:
            for answer in cause.answers.values():
                whole = whole & answer.gate
        return whole

    def portion(self, factor: Factor, expert: str = PANEL) -> float | None:
        """Return a factor's part of what all do, of an expert's means; None where that is nothing or withheld."""
        share, total = factor.share.of(expert), self.total.of(expert)
        return None if share is None or total is None or abs(total) < LITTLE else share / total

    @property
    def table(self) -> pd.DataFrame:
        """A tidy frame: a row per quantity of an event, factor or pair, and expert, the panel first."""
        import pandas as pd

        rows = []
        for cause in self.causes:
            for kind, answer in cause.answers.items():
                about = {"quantity": kind, "of": cause.name, "against": cause.alternative, "reading": RETROSPECTIVE}
                mine = as_measure(answer).rows(**about)
                rows += [{**row, **_bounds(answer, row["expert"])} for row in mine]
        for f in self.factors:
            about = {"of": f.name, "against": f.alternative, "reading": self.reading}
            for row in f.share.rows(quantity="share", **about):
                rows.append(row | {how: each.of(row["expert"]) for how, each in f.couplings.items()})
            rows += f.removed.rows(quantity="removed", **about) + f.alone.rows(quantity="alone", **about)
        for p in self.pairs:
            about = {"of": f"{p.first} and {p.second}", "against": "", "reading": self.reading}
            for kind, measure in (("interaction", p.index), ("removed", p.both), ("sum", p.sum)):
                rows += measure.rows(quantity=kind, **about)
        about = {"of": "", "against": "", "reading": self.reading}
        rows += self.whole.rows(quantity="all as they were", **about)
        rows += self.none.rows(quantity="none as they were", **about)
        return pd.DataFrame(rows)

    @property
    def couplings(self) -> tuple[str, ...]:
        """The couplings under which the shares are told besides."""
        return tuple(self.factors[0].couplings) if self.factors else ()

    @property
    def brief(self) -> Brief:
        """A row per event: the factors with their shares, the largest first, then what else was needed most."""
        heads = ("what happened", f"Shapley share ({self.reading})", "of the whole",
                 *(f"share with {how} luck" for how in self.couplings),
                 *(f"{kind} ({RETROSPECTIVE})" for kind in ("necessary", "sufficient", "both")),
                 "bounds of both")  # fmt: skip
        causes = {cause.name: cause for cause in self.causes}
        order = sorted(self.factors, key=lambda f: -f.share.panel.mean)
        rows: list[tuple[Cell, ...]] = []
        for f in order:
            mine = (f.share.said, percent(share) if (share := self.portion(f)) is not None else None)
            coupled = (banded(each.mean) for each in f.couplings.values())
            told = _chances(causes.pop(f.name, None))
            rows.append((self.voice.state(f.name, f.actual), *mine, *coupled, *told))
        blank = (None,) * (2 + len(self.couplings))
        rest = sorted(causes.values(), key=lambda c: -_mean(c.necessity))
        rows += [(self.voice.state(c.name, c.actual), *blank, *_chances(c)) for c in rest]
        kept = [0, *(at for at in range(1, len(heads)) if any(row[at] is not None for row in rows))]
        return Brief(tuple(heads[at] for at in kept), tuple(tuple(row[at] for at in kept) for row in rows))

    @property
    def text(self) -> str:
        """The answer in a few sentences."""
        return "\n".join([*_needed(self), *_shared(self), *_interacting(self)])

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-ready facts."""
        return framed(
            self,
            held=self.held,
            events=[
                {"variable": c.name, "actual": c.actual, "alternative": c.alternative,
                 **{kind: answer.to_dict() for kind, answer in c.answers.items()}} for c in self.causes
            ],
            all=self.whole.to_dict(),
            none=self.none.to_dict(),
            total=self.total.to_dict(),
            factors=[
                {"variable": f.name, "actual": f.actual, "alternative": f.alternative, "portion": self.portion(f),
                 "share": f.share.to_dict(), "removed": f.removed.to_dict(), "alone": f.alone.to_dict(),
                 "couplings": {how: each.to_dict() for how, each in f.couplings.items()}}
                for f in self.factors
            ],
            pairs=[
                {"first": p.first, "second": p.second, "words": p.words, "interaction": p.index.to_dict(),
                 "both": p.both.to_dict(), "sum": p.sum.to_dict()} for p in self.pairs
            ],
            coupled=list(self.coupled),
        )  # fmt: skip


def _mean(answer: Answer | None) -> float:
    return answer.panel.mean if answer is not None else 0.0


def _chances(cause: Cause | None) -> tuple[str | None, ...]:
    """Return necessity, sufficiency, both and Tian and Pearl's bounds of both of an event, None where there is none."""
    if cause is None:
        return (None,) * 4
    answers = (cause.necessity, cause.sufficiency, cause.both)
    said = (None if answer is None else as_measure(answer).said for answer in answers)
    ends = (None, None) if cause.both is None else tuple(_bounds(cause.both, PANEL).values())[-2:]
    return (*said, None if ends[0] is None else f"{banded(ends[0])} to {banded(ends[1])}")


def _bounds(answer: Answer, expert: str) -> dict[str, float | None]:
    """Return what other couplings make of a number, and Tian and Pearl's bounds of the panel's."""
    bounds = answer.bounds
    found: dict[str, float | None] = {}
    for name in ("comonotone", "independent"):
        coupled = None if bounds is None or answer.gate.withholds else bounds.couplings.get(name)
        found[name] = None if coupled is None else coupled.mean if expert == PANEL else coupled.by_expert[expert]
    pair = bounds.tian_pearl if bounds is not None and expert == PANEL and not answer.gate.withholds else None
    return {**found, "bound_low": pair[0] if pair else None, "bound_high": pair[1] if pair else None}


# The sentences


def _needed(found: Responsibility) -> list[str]:
    known = [c for c in found.causes if c.necessity is not None and not c.necessity.gate.withholds]
    if not known:
        return ["Of no event on record can it be asked whether it was necessary."]
    order = sorted(known, key=lambda c: -(c.necessity.panel.mean if c.necessity else 0.0))
    most = [f"{_cause(found, c)} {as_measure(c.necessity).said}" for c in order[:NAMED] if c.necessity]
    first = order[0].necessity
    assert first is not None
    rest = f", then {listed(most[1:])}" if most[1:] else ""
    start = f"Given all that happened, the event that {found.voice.event(found.event)} most needed was {most[0]}"
    parts = [f"{start}{found.voice.schools(as_measure(first))}{rest} (necessity, retrospective)."]
    enough = [c for c in found.causes if c.sufficiency is not None and not c.sufficiency.gate.withholds]
    if enough:
        best = max(enough, key=lambda c: c.sufficiency.panel.mean if c.sufficiency else 0.0)
        assert best.sufficiency is not None
        parts.append(
            f"The most sufficient in its circumstances was {_cause(found, best)} "
            f"{as_measure(best.sufficiency).said}{found.voice.schools(as_measure(best.sufficiency))}."
        )
    return parts


def _cause(found: Responsibility, cause: Cause) -> str:
    return f"'{found.voice.state(cause.name, cause.actual)}'"


def _shared(found: Responsibility) -> list[str]:
    if not found.factors:
        return ["The model names no factors, so there is nothing to share the outcome out among."]
    if found.total.gate.withholds:
        return ["What the factors do together is withheld."]
    total = found.total
    ends = f"With all factors as they were the outcome has probability {found.whole.said}, with all at their "
    ends += f"alternatives {found.none.said} ({found.reading}): together they account for {total.said}"
    parts = [f"{ends}{found.voice.schools(total)}."]
    order = sorted(found.factors, key=lambda f: -f.share.panel.mean)
    each = []
    for factor in order:
        portion = found.portion(factor)
        percent = "" if portion is None else f", {100 * portion:.0f} % of it"
        each.append(f"{found.voice.state(factor.name, factor.actual)} {factor.share.said}{percent}")
    parts.append(f"Shared out (Shapley): {'; '.join(each)}.")
    if found.coupled:
        parts.append(_coupled(found, order))
    return parts


def _coupled(found: Responsibility, order: Sequence[Factor]) -> str:
    """Return what the shares rest on, and the largest of them under either coupling."""
    rests = f"That rests on what stays the same across worlds for {counted(len(found.coupled), 'variable')}"
    how = [f"{banded(each.mean)} with {name} luck" for name, each in order[0].couplings.items()]
    first = found.voice.variable(order[0].name)
    return f"{rests}: the share of {first} would be {listed(how)}." if how else f"{rests}."


def _interacting(found: Responsibility) -> list[str]:
    known = [p for p in found.pairs if not p.index.gate.withholds]
    if not known:
        return []
    most = max(known, key=lambda p: abs(p.index.panel.mean))
    pair = listed([found.voice.variable(most.first), found.voice.variable(most.second)])
    worth = f"{most.words} ({most.both.said} against {most.sum.said})"
    return [f"The strongest interaction is between {pair} ({most.index.said}): {worth}."]
