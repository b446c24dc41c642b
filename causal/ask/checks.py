"""How well the model stands up to what was said and seen, and what it would say without each piece.

    part          asks                                                          module
    judgements    what would have been predicted for each judged total          predicted.py
    rows          how probable is each comparable case                          recognised.py
    omitted       what is the number without each expert, judgement, the cases  omitted.py, unsaid.py
    sensitive     what does a little more of the priors, or the evidence, do    sensitive.py

The first two leave each piece out when they judge it (PSIS-LOO), so nothing is compared with itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from causal.ask.answer import PANEL, Estimate
from causal.ask.brief import Brief, Cell, banded, percent, signed
from causal.ask.headline import headline
from causal.ask.interventions import MINIMAL
from causal.ask.omitted import CASES, EXPERT, PARAMETER, Omitted, omitted
from causal.ask.panel import Panel
from causal.ask.predicted import OUT, Predicted, predicted
from causal.ask.profile import NOTHING
from causal.ask.recognised import Recognised, recognised
from causal.ask.saying import counted, listed
from causal.ask.sensitive import CONFLICT, SAID, Sensitive, sensitive
from causal.ask.terms import CASE, JUDGEMENT, Term, terms
from causal.ask.unsaid import Kept, silences
from causal.ask.without import LeftOut, Omission, leave_out
from causal.learn.gate import Gate
from causal.spec.model import frozen
from causal.spec.question import Event

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "question", "words", "expert", "use", "stated", "prior_low", "prior_median", "prior_high", "prior_tail",
    "posterior_low", "posterior_median", "posterior_high", "posterior_tail", "rest_low", "rest_median", "rest_high",
    "rest_tail", "elpd", "lppd", "pareto_k", "refitted",
)  # fmt: skip
MOST = 3  # judgements on mechanisms that are told of; the others are in the table
TWICE = 2.0  # Monte Carlo errors that one has to move the number by
SEEN = 0.005  # and how far, for a second one to be told of
INSTEAD: Mapping[tuple[str, ...], str] = frozen(
    {
        ("default",): "the file's default", ("weak",): "a weak prior",
        ("default", "weak"): "the file's defaults and weak priors",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Checks:
    """All checks around one number; ``names`` are what experts are called. Where the gate withholds, it is empty.

    ``drawn`` is whether there are draws; at the medians there is only what the priors predict. ``kept`` are the
    judgements on mechanisms that could not be left out.
    """

    question: str
    words: str
    reading: str
    panel: Estimate
    drawn: bool
    judgements: tuple[Predicted, ...]
    rows: tuple[Recognised, ...]
    omitted: tuple[Omitted, ...]
    sensitive: tuple[Sensitive, ...]
    gate: Gate
    names: dict[str, str]
    kept: tuple[Kept, ...] = ()

    @property
    def title(self) -> str:
        """What the analysis is called."""
        return f"How {self.words} stands up to checks"

    @property
    def table(self) -> pd.DataFrame:
        """A tidy frame of the judgements on totals, in file order."""
        import pandas as pd

        return pd.DataFrame([each.to_dict() for each in self.judgements], columns=list(COLUMNS))

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Every part as a tidy frame, by its name."""
        import pandas as pd

        return {
            "judgements": self.table,
            "rows": pd.DataFrame([each.to_dict() for each in self.rows]),
            "omitted": pd.DataFrame([each.to_dict() for each in self.omitted]),
            "kept": pd.DataFrame([each.to_dict() for each in self.kept]),
            "sensitive": pd.DataFrame([each.to_dict() for each in self.sensitive]),
        }

    @property
    def surprising(self) -> tuple[Predicted, ...]:
        """The judgements by how far out they lie of what is predicted without them, the furthest first."""
        return tuple(sorted(self.judgements, key=lambda each: each.fairest.tail))

    @property
    def strange(self) -> tuple[Recognised, ...]:
        """The panel's rows of cases by how far out their number lies, the furthest first, then by their probability."""
        pooled = (each for each in self.rows if each.expert == PANEL)
        return tuple(sorted(pooled, key=lambda each: (1.0 if each.tail is None else each.tail, each.elpd)))

    @property
    def brief(self) -> Brief:
        """A row per judgement on a total, then per kind of case, the most surprising first."""
        heads = ("what was said or seen", "by", "as stated", "priors predict", "all else predicts", "tail", "Pareto k")
        rows: list[tuple[Cell, ...]] = []
        for each in self.surprising:
            rest = each.rest
            alone = banded(each.prior.median, each.prior.low, each.prior.high)
            other = None if rest is None else banded(rest.median, rest.low, rest.high)
            by, k = self._name(each.expert), _k(each.k)
            rows.append((each.words, by, each.stated, alone, other, each.fairest.tail, k))
        for row in self.strange:
            seen = f"{row.count:g} of {row.alike:g}"
            alone, other = f"{row.prior * row.alike:.2g}", f"{row.expected:.2g}"
            rows.append((row.words, "cases", seen, alone, other, row.tail, _k(row.k)))
        return Brief(heads, () if self.gate.withholds else tuple(rows))

    @property
    def text(self) -> str:
        """What the checks say, in a few sentences."""
        if self.gate.withholds:
            return f"{self.title} is not reported: {self.gate.findings[0]}."
        said = (self._judged(), self._scored(), self._seen(), self._without(), self._unsaid())
        return "\n".join(part for part in (*said, self._experts(), self._scaled()) if part)

    def _judged(self) -> str:
        if not self.judgements:
            return "Nobody judged a total, so there is no judgement that the rest could predict."
        out = sum(each.fairest.tail < OUT for each in self.judgements)
        worst = self.surprising[0]
        by = "all else that its expert says" if worst.rest is not None else "the priors alone"
        said = banded(worst.fairest.median, worst.fairest.low, worst.fairest.high)
        of = counted(len(self.judgements), "judgement on a total", "judgements on totals")
        return (
            f"Of {of}, {counted(out, 'lies', 'lie')} where fewer than {percent(OUT)} of predicted answers would; the "
            f"furthest out is '{worst.words}' by {self._name(worst.expert)}: stated {worst.stated:.2f}, where {by} "
            f"predicts {said} (tail {worst.fairest.tail:.2f})."
        )

    def _scored(self) -> str:
        """Return the sum of the log densities by the rest, and what had to be drawn anew."""
        scored = [each for each in self.judgements if each.elpd is not None]
        if not scored:
            return ""
        elpd, lppd = (sum(float(getattr(each, name)) for each in scored) for name in ("elpd", "lppd"))
        one = len(scored) == 1
        who = (
            "the one judgement that moves the draws has"
            if one
            else f"{len(scored)} judgements that move the draws have"
        )
        alone, they = ("itself", "it carries itself") if one else ("themselves", "they carry themselves")
        return (
            f"Predicted by the rest, {who} a log density of {banded(elpd)} in all (PSIS-LOO), and {banded(lppd)} with "
            f"{alone}: the wider the gap, the more {they}.{self._anew()}"
        )

    def _anew(self) -> str:
        again = sum(each.refitted for each in self.judgements)
        if not again:
            return ""
        what = counted(again, "of them was", "of them were")
        return f" {what[0].upper()}{what[1:]} drawn anew without it, because weights would not do."

    def _seen(self) -> str:
        if not self.rows:
            return ""
        out = sum(each.tail is not None and each.tail < OUT for each in self.strange)
        first = self.strange[0]
        said = f"line {first.line} of {first.file} ('{first.words}')"
        among = " among cases so selected" if first.selected else ""
        if first.tail is None:
            chance = f"a probability of {np.exp(first.elpd):.2g}{among}"
            strange = f"the least expected is {said}, to which all else gives {chance}"
        else:
            seen = f"{first.count:g} of {first.alike:g}, where {first.expected:.1f} are expected{among}"
            strange = f"the strangest is {said}: {seen} (tail {first.tail:.2f})"
        return (
            f"Of {counted(len(self.strange), 'kind')} of comparable case, {counted(out, 'is', 'are')} seen more or "
            f"less often than the panel would lead one to expect; {strange}."
        )

    def _without(self) -> str:
        whole = (each for each in self.omitted if each.kind == CASES and (each.expert == PANEL or len(self.names) == 1))
        cases = next(whole, None)
        seen = "" if cases is None else f"Without the comparable cases it would be {banded(cases.panel)}."
        said = [each for each in self.omitted if each.kind not in (EXPERT, CASES, PARAMETER)]
        if not said:
            return seen
        first = said[0]
        what = f"Without '{first.words}' by {self._name(first.expert)}"
        if first.panel is None:  # the panel is one posterior, from which none is taken
            line = f"{what}, their own number moves by {signed(first.own_shift)}; nobody's moves more."
            return f"{line} {seen}".rstrip()
        own = f"their own by {signed(first.own_shift)}" if first.own is not None and len(self.names) > 1 else ""
        if first.moved < SEEN:
            line = f"No judgement on a total moves the panel by {SEEN:g} or more when it is left out; "
            line += f"the most is that on '{first.words}' by {self._name(first.expert)}{f' ({own})' if own else ''}"
        else:
            line = f"{what}, {self.words} goes from {banded(self.panel.mean)} to {banded(first.panel)} "
            line += f"({signed(first.shift)}{f', {own}' if own else ''})"
            line += "; no other judgement on a total moves the panel more" if len(said) > 1 else ""
        return f"{line}. {seen}".rstrip()

    def _unsaid(self) -> str:
        """Return what the judgements on mechanisms move that move most, and which could not be left out."""
        silent = [each for each in self.omitted if each.kind == PARAMETER]
        what = counted(len(silent), "judgement on a mechanism", "judgements on mechanisms")
        moving = [each for each in silent if each.moved > TWICE * self._error(each)]
        lines = []
        if moving and (moving[0].moved >= SEEN or moving[0].panel is None):
            told = [moving[0], *(each for each in moving[1:MOST] if each.moved >= SEEN)]
            moves = "; ".join(self._moves(each) for each in told)
            lines.append(f"Of {what}, left out one at a time, {self.words} moves most without {moves}.")
        elif moving:
            first = f"'{moving[0].words}' by {self._name(moving[0].expert)}, {INSTEAD[moving[0].instead]} in its place"
            own = f" (their own by {signed(moving[0].own_shift)})" if len(self.names) > 1 else ""
            lines.append(
                f"Of {what}, left out one at a time, none moves the panel by {SEEN:g}; the most is {first}{own}."
            )
        elif silent:
            lines.append(
                f"Of {what}, left out one at a time, none moves {self.words} by more than its Monte Carlo error."
            )
        again = sum(each.refitted for each in silent)
        if again:
            was = counted(again, "of these was", "of these were")
            lines.append(f"{was[0].upper()}{was[1:]} drawn anew.")
        for each in self.kept[:MOST]:
            lines.append(f"'{each.words}' by {self._name(each.expert)} is not left out: {each.why}.")
        if more := len(self.kept[MOST:]):
            lines.append(f"{counted(more, 'other is', 'others are')} not left out either, as the table 'kept' says.")
        return " ".join(lines)

    def _moves(self, each: Omitted) -> str:
        by = f" by {self._name(each.expert)}" if len(self.names) > 1 else ""
        stands = f"'{each.words}'{by} ({INSTEAD[each.instead]} in its place)"
        if each.panel is None:  # the panel is one posterior, from which none is taken
            return f"{stands}: their own by {signed(each.own_shift)}"
        own = f", their own by {signed(each.own_shift)}" if len(self.names) > 1 else ""
        return f"{stands}: {banded(each.panel)} ({signed(each.shift)}{own})"

    def _error(self, each: Omitted) -> float:
        """Return the Monte Carlo error of what a judgement on a mechanism moves."""
        own = each.own_shift or 0.0
        return (each.error or 0.0) * (1.0 if each.shift is None or not own else each.shift / own)

    def _experts(self) -> str:
        experts = sorted((e for e in self.omitted if e.kind == EXPERT), key=lambda each: each.panel or 0.0)
        if not experts:
            return ""
        ends = {each.expert: each for each in (experts[0], experts[-1])}.values()
        said = listed([f"{banded(each.panel)} without {each.words}" for each in ends])
        return f"With one expert left out it lies between: {said}."

    def _scaled(self) -> str:
        pooled = [each for each in self.sensitive if each.expert == PANEL]
        if not pooled:
            return ""
        first = pooled[0]
        numbers = "" if first.prior is None or first.evidence is None else (
            f": sensitivity {first.prior:.2f} to the priors, {first.evidence:.2f} to the evidence"
        )  # fmt: skip
        line = f"Power-scaling: {SAID[first.diagnosis]} ({first.diagnosis}){numbers}."
        torn = [self._name(each.expert) for each in self.sensitive
                if each.expert != PANEL and not each.intervention and each.diagnosis == CONFLICT]  # fmt: skip
        if torn:
            line += f" By expert, {CONFLICT} within {listed(torn)}."
        conflicts = sum(each.diagnosis == CONFLICT for each in pooled[1:])
        if len(pooled) > 1:
            line += f" After interventions, the panel shows a {CONFLICT} in {conflicts} of {len(pooled) - 1} numbers."
        return line

    def _name(self, name: str) -> str:
        return self.names.get(name, name)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-ready facts; nothing but the gate where it withholds."""
        facts: dict[str, Any] = {
            "question": self.question, "reading": self.reading, "title": self.title, "text": self.text,
            "gate": self.gate.to_dict(),
        }  # fmt: skip
        if self.gate.withholds:
            return facts
        return facts | {
            "panel": self.panel.to_dict(),
            "judgements": [each.to_dict() for each in self.judgements],
            "rows": [each.to_dict() for each in self.rows],
            "omitted": [each.to_dict() for each in self.omitted],
            "kept": [each.to_dict() for each in self.kept],
            "sensitive": [each.to_dict() for each in self.sensitive],
        }


def _k(k: float | None) -> str | None:
    return None if k is None or not np.isfinite(k) else f"{k:.2f}"


def checks(panel: Panel, event: Event, name: str = NOTHING, reading: str = MINIMAL) -> Checks:
    """Check the probability of an event: with nothing done, or after a named intervention under a reading.

    Raises QueryError for names that are not the model's, UsageError for no such reading, ImpossibleEvidence where what
    is given is impossible for an expert.

    >>> from causal import load
    >>> from causal.spec.grammar import parse_event
    >>> found = checks(load("rain").at_medians().panel, parse_event("grass = wet"))
    >>> [round(each.prior.median, 1) for each in found.judgements]
    [0.5, 0.4]
    """
    head = headline(panel, event, name, reading)
    experts = panel.elicited.priors.experts
    names = {expert: experts[expert].title for expert in panel.experts}
    drawn = panel.draws.total > 1
    what = (str(head.question), head.words, head.reading, head.answer.panel, drawn)
    if head.answer.gate.withholds:
        return Checks(*what, (), (), (), (), head.answer.gate, names)
    pieces = terms(panel) if drawn else {}
    judgements, cases = _without(panel, pieces)
    silent, kept = silences(head) if drawn else ((), ())
    parts = (
        predicted(panel, judgements),
        recognised(panel, cases),
        omitted(head, pieces, judgements, silent),
        sensitive(panel, event, pieces, reading),
    )
    gate = head.answer.gate
    for part in parts[:3]:
        for each in part:
            gate = gate & each.gate
    return Checks(*what, *parts, gate, names, kept)


def _without(
    panel: Panel, pieces: dict[str, tuple[Term, ...]]
) -> tuple[dict[tuple[str, int], tuple[Term, LeftOut]], dict[tuple[str, int], tuple[Term, LeftOut]]]:
    """Return the draws that leave out each judgement, by (kind, place), and each case, by (expert, place)."""
    single = [term for name in panel.draws.experts for term in pieces.get(name, ()) if term.kind in (JUDGEMENT, CASE)]
    judgements: dict[tuple[str, int], tuple[Term, LeftOut]] = {}
    cases: dict[tuple[str, int], tuple[Term, LeftOut]] = {}
    for term, out in zip(single, leave_out(panel, [Omission((term,)) for term in single]), strict=True):
        if term.kind == CASE:
            cases[term.expert, term.place] = (term, out)
        else:
            judgements[JUDGEMENT, term.place] = (term, out)
    return judgements, cases
