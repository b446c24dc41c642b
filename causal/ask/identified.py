"""What could be learned from cases, in words and in formulas.

how            the effect could be read off a table of comparable cases by
adjustment     comparing cases that are alike in some variables
front-door     following it through what it acts by
step by step   every cause of the outcome is seen: the truncated factorisation (Robins 1986; Pearl 2009, 3.2.3)
instrument     no more than bounds, or under further assumptions
nothing        none of these; other ways (do-calculus) are not searched
undecided      (the search was stopped)
unseen         (what the question is about is not among the columns)
no path        (nothing it sets leads to the outcome: the effect is nothing)
by definition  (what it sets follows from its parents by a rule: no case shows it otherwise, so positivity fails)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from causal.ask.brief import Brief
from causal.ask.missing import Missing
from causal.ask.saying import counted
from causal.learn.gate import Gate
from causal.spec.question import Event

if TYPE_CHECKING:
    import pandas as pd

ADJUSTMENT, FRONT_DOOR, INSTRUMENT, NOTHING = "adjustment", "front-door", "instrument", "nothing"
STEPWISE = "step by step"
UNDECIDED, UNSEEN, NO_PATH, DEFINED = "undecided", "unseen", "no path", "by definition"
SETTLED = (ADJUSTMENT, FRONT_DOOR, STEPWISE, NO_PATH)
NAMED = 3  # things of a kind that the text names
FEW = 6  # variables that an estimand in words names
COLUMNS = ("intervention", "title", "how", "identified", "variables", "words", "latex")


@dataclass(frozen=True)
class Identified:
    """Whether cases could identify one intervention's effect, ``how``, and by which ``variables``."""

    intervention: str
    title: str
    do: Mapping[str, str]
    event: Event
    how: str
    variables: tuple[str, ...]
    labels: tuple[str, ...]

    @property
    def identified(self) -> bool:
        """Whether enough cases would give the effect without further assumptions."""
        return self.how in SETTLED

    @property
    def words(self) -> str:
        """The estimand in words."""
        rest = len(self.labels) - FEW
        inside = ", ".join(self.labels if rest < 2 else (*self.labels[:FEW], f"{rest} more"))
        match self.how:
            case "adjustment" if not self.variables:
                return "compare cases in which it was so with the others as they are"
            case "adjustment":
                return f"compare cases that are alike in {inside}, and average over how often these occur"
            case "front-door":
                return f"see how it moves {inside}, and how these move the outcome with it held, and chain the two"
            case "step by step":
                return f"learn how each of {inside} follows from its causes, and reckon on with what is set held"
            case "instrument":
                return f"{inside} would be an instrument: bounds, or the effect if it is linear or goes one way only"
            case "unseen":
                return f"a case would have to show {inside}"
            case "by definition":
                return f"no case shows it otherwise than {inside} make it, by definition"
            case "no path":
                return "what it sets does not lead to the outcome, so its effect is nothing"
            case "undecided":
                return "no set to adjust for was found in time, and front-doors were not searched to the end"
            case _:
                return "there is no set to adjust for, no front-door and no instrument among what a case shows"

    @property
    def latex(self) -> str:
        """The estimand in LaTeX, without delimiters; empty where there is none."""
        y = _tex(str(self.event))
        x = ", ".join(f"{_tex(name)} = {_tex(state)}" for name, state in self.do.items())
        z = ", ".join(_tex(name) for name in self.variables)
        left = rf"P({y} \mid do({x}))"
        if self.how == ADJUSTMENT:
            return rf"{left} = \sum_{{{z}}} P({y} \mid {x}, {z})\, P({z})" if z else rf"{left} = P({y} \mid {x})"
        if self.how == FRONT_DOOR:
            other = ", ".join(f"{_tex(name)}'" for name in self.do)
            inner = rf"\sum_{{{other}}} P({y} \mid {other}, {z})\, P({other})"
            return rf"{left} = \sum_{{{z}}} P({z} \mid {x})\, {inner}"
        if self.how == STEPWISE:  # the other variables of the outcome's past, each given its own causes
            rest = ", ".join(_tex(name) for name in self.variables if name != self.event.variable)
            return rf"{left} = \sum_{{{rest}}} P({y} \mid \mathrm{{pa}}_y) \prod_{{v}} P(v \mid \mathrm{{pa}}_v)"
        return rf"{left} = P({y})" if self.how == NO_PATH else ""

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-ready facts."""
        return {
            "intervention": self.intervention, "title": self.title, "do": dict(self.do), "how": self.how,
            "identified": self.identified, "variables": list(self.variables), "words": self.words, "latex": self.latex,
        }  # fmt: skip


@dataclass(frozen=True)
class Identification:
    """Whether a table of cases that shows ``observed`` could settle each effect, and what the graph assumes.

    ``cases`` is how many files of comparable cases the priors have; ``selected`` whether some hold only cases that were
    selected by what happened in them.
    """

    event: Event
    outcome: str
    rows: tuple[Identified, ...]
    observed: tuple[str, ...]
    cases: int
    missing: Missing
    gate: Gate = field(default_factory=Gate)
    selected: bool = False

    @property
    def title(self) -> str:
        """What the analysis is called."""
        return f"Could comparable cases settle what would change {self.outcome}?"

    @property
    def table(self) -> pd.DataFrame:
        """A tidy frame, a row per intervention."""
        import pandas as pd

        rows = [{**each.to_dict(), "variables": ", ".join(each.variables)} for each in self.rows]
        return pd.DataFrame(rows, columns=list(COLUMNS))

    @property
    def brief(self) -> Brief:
        """A row per intervention: by what its effect could be identified, and the estimand in words."""
        return Brief(("change", "by", "how"), tuple((each.title, each.how, each.words) for each in self.rows))

    @property
    def text(self) -> str:
        """What cases could settle, what they could not, and what the numbers rest on."""
        if not self.rows:
            return "The model names no intervention, so there is no effect to identify."
        yes = [each for each in self.rows if each.identified]
        many, some = counted(len(self.observed), "column"), f"{len(yes)} of {counted(len(self.rows), 'effect')}"
        parts = [f"If the graph is right, enough comparable cases with {many} could identify {some}."]
        for how in (ADJUSTMENT, FRONT_DOOR, STEPWISE):
            first = next((each for each in yes if each.how == how), None)
            if first is not None:
                parts.append(f"For '{first.title}': {first.words}.")
        unseen = [each for each in self.rows if each.how == UNSEEN]
        other = [each for each in self.rows if not each.identified and each.how != UNSEEN]
        if unseen:
            lacking = dict.fromkeys(label for each in unseen for label in each.labels)
            parts.append(
                f"{counted(len(unseen), 'rests', 'rest')} on judgement alone because a case does not show what is set "
                f"or the outcome ({', '.join([*lacking][:NAMED])}{', ...' if len(lacking) > NAMED else ''})."
            )
        for each in other[:NAMED]:
            parts.append(f"'{each.title}' rests on judgement alone: {each.words}.")
        if len(other) > NAMED:
            parts.append(
                f"{counted(len(other) - NAMED, 'more rests', 'more rest')} on judgement alone for such reasons."
            )
        if self.selected:
            parts.append(
                "That is true of cases taken whatever happens in them; some at hand were selected by what happened, "
                "and to compare those would be biased."
            )
        if not self.cases:
            parts.append(
                "The prior file has no comparable cases, so every number here rests on judgement alone; the table says "
                "what cases would have to show."
            )
        return "\n".join(parts)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-ready facts."""
        return {
            "event": str(self.event), "title": self.title, "text": self.text, "observed": list(self.observed),
            "cases": self.cases, "rows": [each.to_dict() for each in self.rows], "missing": self.missing.to_dict(),
            "gate": self.gate.to_dict(), "selected": self.selected,
        }  # fmt: skip


def _tex(name: str) -> str:
    """Return a name as upright text in a formula."""
    plain = name.translate(str.maketrans("\\{}~^", "/()--"))
    return rf"\text{{{''.join(rf'\{c}' if c in '_%&#$' else c for c in plain)}}}"
