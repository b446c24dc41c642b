"""How much is prior: each headline by the priors alone, with the judged totals, and with the comparable cases.

    headline    the outcome with nothing done; after the named change that leaves it least probable (minimal rewrite,
                forecast of a case still to come; none that sets a part of its definition); and what each factor adds,
                P(y | do(as it was), history, chance) - P(y | do(its alternative), history, chance)
    moved       (mean of a stage - mean of the one before) / the priors' sd
    left        the stage's sd / the priors' sd                                 1: nothing was learned
    KL          of a stage from the one before, both taken as normal, in nats

The panel's sd is that within its experts (root of their mean variance): no evidence narrows what they disagree on.
A headline *mostly restates the priors* where it moved by less than ``STILL`` of their sd in all and kept more than
``KEPT`` of it; else the stage with the largest KL. The cases *speak against* a factor where they take ``SEEN`` or more
off its effect, beyond the error of the draws.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import hypot, log
from typing import TYPE_CHECKING, Any

import numpy as np

from causal.ask.answer import PANEL, Answer
from causal.ask.brief import Brief, Cell, banded, signed
from causal.ask.change import after, earliest_of
from causal.ask.panel import Panel, attempt
from causal.ask.phrases import spoken
from causal.ask.profile import named_state, situated
from causal.ask.saying import Voice
from causal.ask.stages import CASES, PRIORS, TOTALS, stages
from causal.ask.tense import tense
from causal.exact.answer import Written
from causal.exact.kernel import Floats
from causal.graph import definition
from causal.learn.gate import Gate
from causal.spec.question import Arithmetic, Event, Probability, Question

if TYPE_CHECKING:
    import pandas as pd

OUTCOME, BEST, FACTOR = "outcome", "best", "factor"
STILL, KEPT = 0.5, 0.8
SURE = 2.0  # standard errors beyond which a difference of means is more than chance of the draws
SEEN = 0.005  # a change of an effect that a reader would see
SAID: Mapping[str, str] = {
    PRIORS: "the priors on mechanisms", TOTALS: "the judged totals", CASES: "the comparable cases",
}  # fmt: skip
COLUMNS = ("headline", "kind", "question", "expert", "stage", "mean", "lower", "upper", "sd", "moved", "left", "kl")


@dataclass(frozen=True)
class Spread:
    """A headline at one stage by one expert or the panel; ``error`` is the Monte Carlo error of the mean."""

    mean: float
    lower: float | None
    upper: float | None
    sd: float
    error: float


@dataclass(frozen=True)
class Moved:
    """One headline at every stage: ``stages[stage][expert]``, the panel first."""

    kind: str
    name: str
    words: str
    question: str
    stages: Mapping[str, Mapping[str, Spread]]
    gate: Gate

    def step(self, stage: str, expert: str = PANEL) -> float:
        """Return how far the mean moved from the stage before."""
        names = list(self.stages)
        before = names[max(names.index(stage) - 1, 0)]
        return self.stages[stage][expert].mean - self.stages[before][expert].mean

    def moved(self, stage: str, expert: str = PANEL) -> float | None:
        """Return how far the mean moved from the stage before in the priors' sd, None where that is 0."""
        sd = self.stages[PRIORS][expert].sd
        return self.step(stage, expert) / sd if sd > 0 else None

    def left(self, stage: str, expert: str = PANEL) -> float | None:
        """Return the sd of a stage over that of the priors, None where that is 0."""
        sd = self.stages[PRIORS][expert].sd
        return self.stages[stage][expert].sd / sd if sd > 0 else None

    def kl(self, stage: str, expert: str = PANEL) -> float | None:
        """Return the divergence of a stage from the one before, in nats, both taken as normal; None without spread."""
        names = list(self.stages)
        before, now = self.stages[names[max(names.index(stage) - 1, 0)]][expert], self.stages[stage][expert]
        if min(before.sd, now.sd) <= 0:
            return None
        return log(before.sd / now.sd) + (now.sd**2 + (now.mean - before.mean) ** 2) / (2 * before.sd**2) - 0.5

    def sure(self, stage: str, expert: str = PANEL) -> bool:
        """Tell whether a step is more than the error of the draws."""
        names = list(self.stages)
        both = (self.stages[names[max(names.index(stage) - 1, 0)]][expert], self.stages[stage][expert])
        return abs(self.step(stage, expert)) > SURE * hypot(*(each.error for each in both))

    def restates(self, expert: str = PANEL) -> str:
        """Return the stage that the headline mostly restates; empty where there is nothing uncertain."""
        names = list(self.stages)
        first, last = self.stages[names[0]][expert], self.stages[names[-1]][expert]
        if first.sd <= 0:
            return ""
        if abs(last.mean - first.mean) < STILL * first.sd and last.sd > KEPT * first.sd:
            return PRIORS
        return max(names[1:], key=lambda stage: self.kl(stage, expert) or 0.0)

    def rows(self) -> list[dict[str, Any]]:
        """Return a row per expert and stage; no numbers where the gate withholds them."""
        found = []
        for expert in next(iter(self.stages.values())):
            for stage, by in self.stages.items():
                each = by[expert]
                numbers = (each.mean, each.lower, each.upper, each.sd, self.moved(stage, expert),
                           self.left(stage, expert), self.kl(stage, expert))  # fmt: skip
                shown = (None,) * len(numbers) if self.gate.withholds else numbers
                about = (self.name, self.kind, self.question, expert, stage)
                found.append(dict(zip(COLUMNS, (*about, *shown), strict=True)))
        return found


@dataclass(frozen=True)
class Learned:
    """How far each headline was moved by what: the outcome first, then the best change, then the factors."""

    event: Event
    headlines: tuple[Moved, ...]
    voice: Voice
    draws: int

    @property
    def title(self) -> str:
        """What the analysis is called."""
        return f"How much of the answer about {self.voice.event(self.event)} is prior"

    @property
    def gate(self) -> Gate:
        """The gate over every number in it."""
        found = Gate()
        for each in self.headlines:
            found = found & each.gate
        return found

    @property
    def names(self) -> tuple[str, ...]:
        """The stages that there are."""
        return tuple(self.headlines[0].stages)

    @property
    def table(self) -> pd.DataFrame:
        """A tidy frame, a row per headline, expert and stage, the panel first."""
        import pandas as pd

        return pd.DataFrame([row for each in self.headlines for row in each.rows()], columns=list(COLUMNS))

    @property
    def brief(self) -> Brief:
        """A row per headline, then the outcome by expert: the number at each stage, what moved it, the sd left."""
        heads = ("headline", *(SAID[name] for name in self.names), *(f"moved by {name}" for name in self.names[1:]),
                 "sd left", "mostly restates")  # fmt: skip
        rows = [self._row(each, PANEL, each.words) for each in self.headlines]
        if len(self.voice.titles) > 1:
            outcome, titles = self.headlines[0], self.voice.titles
            rows += [self._row(outcome, name, f"the outcome, by {title}") for name, title in titles.items()]
        return Brief(heads, () if self.gate.withholds else tuple(rows))

    def _row(self, each: Moved, expert: str, words: str) -> tuple[Cell, ...]:
        cells = [self._number(each, name, expert) for name in self.names]
        steps = [signed(each.step(name, expert)) for name in self.names[1:]]
        restates = SAID[each.restates(expert)] if each.restates(expert) else "nothing uncertain"
        return (words, *cells, *steps, each.left(self.names[-1], expert), restates)

    def _number(self, each: Moved, stage: str, expert: str = PANEL) -> str:
        found = each.stages[stage][expert]
        return banded(found.mean, found.lower, found.upper, self.draws)

    @property
    def text(self) -> str:
        """How much is prior, and what the cases did, in a few sentences."""
        if self.gate.withholds:
            return f"{self.title} is not reported: {self.gate.findings[0]}."
        outcome = self.headlines[0]
        first = f"{outcome.words}: {self._number(outcome, PRIORS)} by the priors on mechanisms alone"
        for name in self.names[1:]:
            first += f", {self._number(outcome, name)} with {SAID[name]}"
        lines = [f"{first}.", self._restated()]
        if CASES in self.names:
            lines += self._taught()
        return "\n".join(line for line in lines if line)

    def _restated(self) -> str:
        """Say what the answers mostly restate."""
        if self.draws == 1:
            return "There is a single draw, so nothing has been learned from anything."
        if len(self.names) == 1:
            return "Nothing but priors went in, no judged total and no case: every answer restates them."
        by: dict[str, list[Moved]] = {}
        for each in self.headlines:
            by.setdefault(each.restates(), []).append(each)
        parts = []
        for name in (*self.names, ""):
            if not by.get(name):
                continue
            owes = f"mostly restate{'s' * (len(by[name]) == 1)} {SAID[name]}" if name else "was never uncertain"
            parts.append(f"{_listed([_short(each, self.voice) for each in by[name]])} {owes}")
        said = "; ".join(parts)
        rests = self.headlines[0].left(self.names[-1])
        kept = "" if rests is None else f" Of the outcome's standard deviation within an expert {rests:.0%} is left."
        return f"{said[0].upper()}{said[1:]}.{kept}".replace("%", " %")

    def _taught(self) -> list[str]:
        """Say what the cases did to each factor's effect, also where they speak against it."""
        factors = [each for each in self.headlines if each.kind == FACTOR]
        lines = []
        for against in (True, False):
            chosen = [each for each in factors if _visible(each) and self._weaker(each) == against]
            if chosen:
                verb = "against" if against else "for"
                said = "; ".join(self._effect(each) for each in chosen)
                lines.append(f"The cases speak {verb} {said}.")
        unmoved = [each for each in factors if not _visible(each)]
        if unmoved:
            names = _listed([self.voice.variable(each.name) for each in unmoved])
            lines.append(f"They move the effect of {names} by less than {SEEN:g}, or than the draws can tell.")
        most = max(self.headlines, key=lambda each: abs(each.moved(CASES) or 0.0))
        moved = most.moved(CASES)
        if moved is not None:
            lines.append(
                f"The headline they move most is {_short(most, self.voice)}: by {abs(moved):.2f} of the priors' "
                f"standard deviation{self._by_expert(most)}."
            )
        return lines

    def _weaker(self, each: Moved) -> bool:
        before = each.stages[CASES][PANEL].mean - each.step(CASES)
        return before * each.step(CASES) < 0

    def _effect(self, each: Moved) -> str:
        after_ = each.stages[CASES][PANEL].mean
        before = after_ - each.step(CASES)
        word = "reversed" if before * after_ < 0 else "weaker" if self._weaker(each) else "stronger"
        return f"{self.voice.variable(each.name)}, whose effect is {word}, {signed(before)} to {signed(after_)}" + (
            self._by_expert(each)
        )

    def _by_expert(self, each: Moved) -> str:
        """Return whom the cases move most and least, with the numbers before and after, in brackets."""
        titles = self.voice.titles
        if len(titles) < 2:
            return ""
        order = sorted(titles, key=lambda name: -abs(each.step(CASES, name)))
        said = []
        for word, name in (("most", order[0]), ("least", order[-1])):
            now = each.stages[CASES][name].mean
            said.append(f"{word} for {titles[name]}, {banded(now - each.step(CASES, name))} to {banded(now)}")
        return f" ({'; '.join(said)})"

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-ready facts."""
        return {
            "event": str(self.event), "title": self.title, "text": self.text, "gate": self.gate.to_dict(),
            "stages": list(self.names),
            "headlines": [
                {"kind": each.kind, "name": each.name, "words": each.words, "question": each.question,
                 "restates": {expert: each.restates(expert) for expert in next(iter(each.stages.values()))},
                 "rows": each.rows()}
                for each in self.headlines
            ],
        }  # fmt: skip


def _visible(each: Moved) -> bool:
    return each.sure(CASES) and abs(each.step(CASES)) >= SEEN


def _short(each: Moved, voice: Voice) -> str:
    """Return a headline in few words."""
    if each.kind == FACTOR:
        return f"the effect of {voice.variable(each.name)}"
    return "the outcome" if each.kind == OUTCOME else "the outcome after the best change"


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def learned(panel: Panel, event: Event) -> Learned:
    """Ask how far each headline about an event was moved by what, from the priors to the posterior.

    Draws the posterior's earlier stages where the store of fits does not have them.
    Raises QueryError for names that are not the model's.

    >>> from causal import load
    >>> from causal.spec.grammar import parse_event
    >>> [each.kind for each in learned(load("rain").at_medians().panel, parse_event("grass = wet")).headlines]
    ['outcome', 'best', 'factor']
    """
    named_state(event, panel.elicited.network.model)
    voice = Voice.of(panel)
    writer = panel.elicited.writer
    plan = [(*each, writer.write(each[-1])) for each in _questions(panel, event, voice)]
    found = {name: _spreads(stage, [page for *_, page in plan]) for name, stage in stages(panel).items()}
    headlines = []
    for place, (kind, name, words, question, _) in enumerate(plan):
        answered = {stage: pair for stage, each in found.items() if (pair := each[place]) is not None}
        if len(answered) < len(found):
            continue  # what is given is impossible for somebody
        gate = Gate()
        for _, own in answered.values():
            gate = gate & own
        spreads = {stage: spread for stage, (spread, _) in answered.items()}
        headlines.append(Moved(kind, name, words, str(question), spreads, gate))
    return Learned(event, tuple(headlines), voice, panel.draws.total)


def _questions(panel: Panel, event: Event, voice: Voice) -> list[tuple[str, str, str, Question]]:
    """Return kind, name, words and question of every headline."""
    model = panel.elicited.network.model
    found: list[tuple[str, str, str, Question]] = [(OUTCOME, "", voice.event(event), Probability((event,)))]
    best = _best(panel, event)
    if best:
        title = model.interventions[best].title or best
        words = f"{voice.event(event)} after '{title}'"
        found.append((BEST, best, words, situated(model, best, tense(model).main).asks(event)))
    for name, other in model.factors.items():
        actual = model.variables[name].actual
        if actual is None or actual == other or name == event.variable:
            continue
        before = earliest_of(model, [name])
        sides = [after(event, {name: state}, tense(model).main, before) for state in (actual, other)]
        words = f"{voice.variable(name)}: what '{spoken(actual)}' adds to '{spoken(other)}'"
        found.append((FACTOR, name, words, Arithmetic("-", sides[0], sides[1])))
    return found


def _best(panel: Panel, event: Event) -> str:
    """Return the named change that leaves the event least probable under the first reading; empty for none."""
    model, writer = panel.elicited.network.model, panel.elicited.writer
    words = {event.variable, *definition(model, event.variable)}
    names = [name for name, each in model.interventions.items() if words.isdisjoint(each.do)]
    if not names:
        return ""
    reading = tense(model).main
    answers = attempt(panel, [writer.write(situated(model, name, reading).asks(event)) for name in names])
    means = {name: each.panel.mean for name, each in zip(names, answers, strict=True) if isinstance(each, Answer)}
    return min(means, key=lambda name: means[name]) if means else ""


def _spreads(panel: Panel, pages: Sequence[Written]) -> list[tuple[dict[str, Spread], Gate] | None]:
    """Return each question's spread by the panel and every expert, with its gate; None where it has no answer."""
    values, share = panel.values([page.slots[0] for page in pages]), panel.share()
    found: list[tuple[dict[str, Spread], Gate] | None] = []
    for row, answer in enumerate(attempt(panel, pages)):
        if not isinstance(answer, Answer):
            found.append(None)
            continue
        own = {name: _sd(values[row, at].ravel(), None if share is None else share[at])
               for at, name in enumerate(panel.draws.experts)}  # fmt: skip
        within = float(np.sqrt(sum(weight * own[name] ** 2 for name, weight in panel.weights.items())))
        spreads = {}
        for name, sd in ((PANEL, within), *((name, own[name]) for name in panel.experts)):
            each = answer.estimates[(name, "")]
            spreads[name] = Spread(each.mean, each.lower, each.upper, sd, each.mcse)
        found.append((spreads, answer.gate))
    return found


def _sd(values: Floats, share: Floats | None) -> float:
    """Return the standard deviation of weighted draws; those that are no number are left out."""
    known = np.isfinite(values)
    weight = np.ones(values.size) if share is None else share
    weight = weight[known] / weight[known].sum()
    mean = float(weight @ values[known])
    return float(np.sqrt(weight @ (values[known] - mean) ** 2))
