"""Answers: a question, its number, how sure, by whom.

    Answer.table     tidy frame, a row for the panel and one per expert (times states): question rung expert state
                     mean median lower upper ci_prob ci_kind mcse ess
    Answer.text      one sentence with the number, the interval and a word
    Answer.to_dict   JSON-ready facts

An interval is the equal-tailed one over draws, of the panel's mixture or of one expert. At population level it says
how sure the panel is of the probability; a probability itself is the mean.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from causal.exact.kernel import Floats
from causal.learn.gate import ESS, PARETO_K, Gate
from causal.spec.priors import LINEAR
from causal.spec.scales import word

if TYPE_CHECKING:
    import pandas as pd

    from causal.ask.bounds import Bounds

CI_PROB = 0.9
CI_KIND = "eti"
PANEL = "panel"
COLUMNS = (
    "question", "rung", "expert", "state", "mean", "median", "lower", "upper", "ci_prob", "ci_kind", "mcse", "ess",
)  # fmt: skip
VISIBLE = 0.005  # a difference between two levels that a reader would see


@dataclass(frozen=True)
class Estimate:
    """A number over draws: mean, median, equal-tailed interval, Monte Carlo error of the mean, effective draws.

    A share of draws (the answer to a comparison) has no interval: median, lower and upper are None.
    """

    mean: float
    median: float | None
    lower: float | None
    upper: float | None
    mcse: float
    ess: float

    def to_dict(self) -> dict[str, float | None]:
        """Return the numbers by name."""
        return {name: getattr(self, name) for name in ("mean", "median", "lower", "upper", "mcse", "ess")}


@dataclass(frozen=True)
class CaseMean:
    """The case-level answer: draws weighted by how probable they make what is given.

    ``size`` is the least effective size of the weights and ``k`` the greatest Pareto k, where nothing was refitted.
    """

    mean: float
    by_expert: Mapping[str, float]
    size: float
    k: float
    refitted: bool = False

    @property
    def sound(self) -> bool:
        """Whether the weights can be trusted."""
        return self.size >= ESS[0] and self.k <= PARETO_K[0]


@dataclass(frozen=True)
class Answer:
    """The answer to one question; ``states`` is empty but for a whole distribution.

    ``contrasts`` are sentences on what a named quantity or an effect is contrasted with.
    ``exact`` where the model has every number: there is no expert then, nothing was drawn, and a number is just that.
    ``estimates[(expert, state)]`` with expert ``panel`` or a name, and state ``""`` for a single event. ``samples`` has
    each expert's draws under the same keys, and the panel's where it is pooled into one posterior (``pooling`` is not
    ``linear``); it is empty where many questions were asked at once.
    """

    question: str
    rung: int
    estimates: Mapping[tuple[str, str], Estimate]
    experts: tuple[str, ...]
    pooled: tuple[str, ...]
    gate: Gate
    draws: int
    kind: str = "probability"
    states: tuple[str, ...] = ()
    level: str = "population"
    case: CaseMean | None = None
    given: float | None = None
    notes: tuple[str, ...] = ()
    contrasts: tuple[str, ...] = ()
    ci_prob: float = CI_PROB
    bounds: Bounds | None = None
    digest: str = field(default="", repr=False)
    samples: Mapping[tuple[str, str], Floats] = field(default_factory=dict, repr=False, compare=False)
    exact: bool = False
    pooling: str = LINEAR

    @property
    def panel(self) -> Estimate:
        """The panel's estimate; of a whole distribution, that of its last state."""
        return self.estimates[(PANEL, self.states[-1] if self.states else "")]

    @property
    def mean(self) -> float:
        """The panel's mean, at the level asked for."""
        return self.case.mean if self.level == "case" and self.case is not None else self.panel.mean

    @property
    def table(self) -> pd.DataFrame:
        """A tidy frame, a row per expert (and state) and the panel first."""
        import pandas as pd

        rows = [
            (self.question, self.rung, expert, state, e.mean, e.median, e.lower, e.upper, self.ci_prob, CI_KIND, e.mcse,
             e.ess)
            for (expert, state), e in self.estimates.items()
            if expert == PANEL or not self.exact
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=list(COLUMNS))

    @property
    def text(self) -> str:
        """The answer in a sentence or two."""
        if self.gate.withholds:
            return f"{self.question} is not reported: {self.gate.findings[0]}."
        parts = [self._sentence(), *self.contrasts]
        case = None if self.exact else self.case  # where nothing is uncertain there is no news
        if case is not None and (self.level == "case" or abs(case.mean - self.panel.mean) >= VISIBLE):
            parts.append(
                f"Taking what is given as news about the case (case level) gives {case.mean:.3f}; "
                f"as its place among cases like it (population level), {self.panel.mean:.3f}."
                if case.sound or self.level == "case"
                else "What is given is too great a surprise to be weighed as news about the case by these draws "
                f"(effective size {case.size:.0f}, Pareto k {case.k:.2f}); the case level draws anew."
            )
        if self.bounds is not None:
            parts.append(self.bounds.text)
        if self.gate.findings:
            parts.append(f"Gate: {self.gate.verdict} ({self.gate.findings[0]}).")
        return " ".join(parts)

    def _sentence(self) -> str:
        if self.exact:
            return self._exactly()
        share = f"{100 * self.ci_prob:.0f} % interval"
        if self.states:
            each = ", ".join(
                f"{state} {e.mean:.3f} [{e.lower:.3f}, {e.upper:.3f}]"
                for state in self.states
                if (e := self.estimates[(PANEL, state)])
            )
            return f"{self.question}: {each} ({share})."
        e = self.panel
        if e.lower is None or e.upper is None:
            return f"{self.question} holds in {100 * e.mean:.1f} % of the draws."
        sure = f", {word(e.mean)}" if self.kind == "probability" else ""
        if self.draws == 1:  # one draw has no interval
            return f"{self.question} is {e.mean:.3f}{sure}, with every parameter at its median."
        return f"{self.question} is {e.mean:.3f}{sure} ({share} {e.lower:.3f} to {e.upper:.3f})."

    def _exactly(self) -> str:
        """Return the sentence where every number is known: no interval, and more digits."""
        if self.states:
            each = ", ".join(f"{state} {self.estimates[(PANEL, state)].mean:.6g}" for state in self.states)
            return f"{self.question}: {each}."
        e = self.panel
        if e.lower is None:
            return f"{self.question} {'holds' if e.mean else 'does not hold'}."
        sure = f", {word(e.mean)}" if self.kind == "probability" else ""
        return f"{self.question} is {e.mean:.6g}{sure}."

    def __repr__(self) -> str:
        try:
            withheld = self.gate.withholds
            return f"<Answer {self.question}: {'' if withheld else f'{self.mean:.3f}, '}gate {self.gate.verdict}>"
        except Exception:  # noqa: BLE001 - a repr never raises, whatever state the object is in
            return "<Answer>"

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-ready facts; a refused answer has no numbers."""
        withheld = self.gate.withholds
        facts: dict[str, Any] = {
            "question": self.question,
            "rung": self.rung,
            "kind": self.kind,
            "level": self.level,
            "mean": None if withheld else self.mean,
            "median": None if withheld else self.panel.median,
            "lower": None if withheld else self.panel.lower,
            "upper": None if withheld else self.panel.upper,
            "ci_prob": self.ci_prob,
            "ci_kind": CI_KIND,
            "mcse": None if withheld else self.panel.mcse,
            "draws": self.draws,
            "exact": self.exact,
            "by_expert": {},
            "pooled": [] if self.exact else list(self.pooled),
            "pooling": self.pooling,
            "states": {},
            "case": None,
            "given": self.given,
            "bounds": None if withheld or self.bounds is None else self.bounds.to_dict(),
            "gate": self.gate.to_dict(),
            "notes": list(self.notes),
            "text": self.text,
            "digest": self.digest,
        }
        if withheld:
            return facts
        last = self.states[-1] if self.states else ""
        experts = () if self.exact else self.experts
        facts["by_expert"] = {name: self.estimates[(name, last)].to_dict() for name in experts}
        facts["states"] = {state: self.estimates[(PANEL, state)].to_dict() for state in self.states}
        if self.states:
            facts["by_expert_states"] = {
                name: {state: self.estimates[(name, state)].to_dict() for state in self.states} for name in experts
            }
        if self.case is not None:
            facts["case"] = {
                "mean": self.case.mean,
                "by_expert": dict(self.case.by_expert),
                "effective_size": self.case.size,
                "pareto_k": self.case.k if math.isfinite(self.case.k) else None,
                "sound": self.case.sound,
                "refitted": self.case.refitted,
            }
        return facts
