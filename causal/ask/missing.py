"""The arrows that are not there, as assumptions in words: what each missing arrow says, and what it implies.

    local Markov     given its parents, a variable is independent of all that is none of its effects
    pairwise         two variables without an arrow between them are independent given a minimal separating set

An arrow asserts little, for its strength may be nothing; a missing one asserts that it is nothing (Pearl 2009, section
1.4). They are grouped by the variable that would have been acted on. What a definition leaves out is no assumption.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from causal.ask.saying import counted
from causal.graph import Graph, aloof, separators
from causal.learn.gate import Gate
from causal.spec.model import Model, Rule

if TYPE_CHECKING:
    import pandas as pd

TOLD = 3  # assumptions that the text names


@dataclass(frozen=True)
class Assumed:
    """What one variable is said not to depend on: earlier ``without`` given ``parents``; ``untested`` are those of them
    that a hidden common cause still ties to it. ``by_definition``: a rule defines it, so nothing is assumed.
    """

    variable: str
    parents: tuple[str, ...]
    without: tuple[str, ...]
    untested: tuple[str, ...]
    by_definition: bool
    label: str
    through: str
    words: str


@dataclass(frozen=True)
class Independence:
    """Two variables that the graph holds independent given ``given``; None where nothing in it separates them."""

    early: str
    late: str
    given: tuple[str, ...] | None
    words: str


@dataclass(frozen=True)
class Missing:
    """Every missing arrow, by the variable it would point at, and every independence that two variables have."""

    name: str
    assumed: tuple[Assumed, ...]
    pairs: tuple[Independence, ...]
    gate: Gate = field(default_factory=Gate)

    @property
    def title(self) -> str:
        """What it is called."""
        return "The arrows that are not there"

    @property
    def table(self) -> pd.DataFrame:
        """A tidy frame, a row per two variables without an arrow."""
        import pandas as pd

        columns = ["early", "late", "given", "words"]
        return pd.DataFrame(
            [(e.early, e.late, None if e.given is None else ", ".join(e.given), e.words) for e in self.pairs],
            columns=columns,
        )

    @property
    def text(self) -> str:
        """How much the graph assumes, and the strongest of it."""
        held = [each for each in self.assumed if each.without and not each.by_definition]
        defined = [each for each in self.assumed if each.by_definition]
        if not held:
            return "The graph leaves out no arrow from an earlier to a later variable, so it assumes no independence."
        count = sum(len(each.without) for each in held)
        free = sum(each.given == () for each in self.pairs)
        open_ = sum(each.given is None for each in self.pairs)
        arrows = counted(count, "arrow")
        says = "the earlier one does not act on the later one but through what is drawn"
        parts = [f"The graph leaves out {arrows} into {counted(len(held), 'variable')}; each says that {says}."]
        if defined:
            are = counted(len(defined), "variable is", "variables are")
            parts.append(f"Another {are} defined by rules, where nothing is assumed.")
        parts.append(
            f"They make {counted(len(self.pairs), 'pair')} independent, {free} of them with nothing given"
            f"{f'; {open_} more are tied by hidden causes and cannot be told apart' if open_ else ''}."
        )
        strongest = sorted(held, key=lambda each: -len(each.without))[:TOLD]
        told = "; ".join(
            f"{each.label} depends on {counted(len(each.without), 'earlier variable')} through {each.through} alone"
            if each.parents
            else f"{each.label} depends on none of {counted(len(each.without), 'earlier variable')}"
            for each in strongest
        )
        parts.append(f"The most is assumed here: {told}.")
        return " ".join(parts)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-ready facts."""
        return {
            "title": self.title,
            "text": self.text,
            "gate": self.gate.to_dict(),
            "assumed": [
                {
                    "variable": each.variable, "parents": list(each.parents), "without": list(each.without),
                    "untested": list(each.untested), "by_definition": each.by_definition, "words": each.words,
                }
                for each in self.assumed
            ],
            "pairs": [
                {"early": early, "late": late, "given": given if given is None else list(given), "words": words}
                for early, late, given, words in ((e.early, e.late, e.given, e.words) for e in self.pairs)
            ],
        }  # fmt: skip


def missing(model: Model) -> Missing:
    """List the arrows that a model leaves out, cause before effect, and the independences that they imply.

    >>> from causal import load
    >>> found = missing(load("rain").model)
    >>> for each in found.pairs:
    ...     print(each.early, each.late, each.given)
    sprinkler rain ('season',)
    season grass ('sprinkler', 'rain')
    """
    order = Graph.of(model).order
    place = {name: at for at, name in enumerate(order)}
    apart = aloof(model)
    assumed = []
    for name in order:
        variable = model.variables[name]
        without = tuple(each for each in order[: place[name]] if each not in variable.parents)
        untested = tuple(each for each in without if each not in apart[name])
        by_definition = isinstance(variable.mechanism, Rule) and not variable.mechanism.luck
        words = _says(model, name, without, by_definition)
        through = titles(model, variable.parents)
        found = Assumed(name, variable.parents, without, untested, by_definition, variable.title, through, words)
        assumed.append(found)
    pairs = []
    for (early, late), between in separators(model).items():
        given = None if between is None else tuple(sorted(between, key=place.__getitem__))
        pairs.append(Independence(early, late, given, _independent(model, early, late, given)))
    return Missing(model.name, tuple(assumed), tuple(pairs))


def titles(model: Model, names: Sequence[str]) -> str:
    """Return variables as a list in words."""
    told = [model.variables[name].title for name in names]
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}" if told else "nothing"


def _says(model: Model, name: str, without: tuple[str, ...], by_definition: bool) -> str:
    variable = model.variables[name]
    if not without:
        return f"{variable.title} may depend on everything before it."
    if by_definition:
        return f"{variable.title} is defined by {titles(model, variable.parents)}."
    given = f"given {titles(model, variable.parents)}, " if variable.parents else ""
    say = f"{given}{variable.title} does not depend on {titles(model, without)}."
    return say[0].upper() + say[1:]


def _independent(model: Model, early: str, late: str, given: tuple[str, ...] | None) -> str:
    pair = f"{model.variables[early].title} and {model.variables[late].title}"
    if given is None:
        return f"{pair} are tied by hidden causes whatever is known."
    return f"{pair} tell nothing of each other{f' once {titles(model, given)} are known' if given else ''}."
