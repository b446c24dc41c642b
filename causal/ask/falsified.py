"""What cases say against a graph, and what they cannot say, in words.

    Falsification ── tests: Implied         an independence that the graph implies, by a permutation test
      ├─ shuffled: Shuffled, None           whether the graph fits better than itself with its labels shuffled (DoWhy)
      └─ refuted: Refuted                   an effect estimated from the cases, and what becomes of it (DoWhy)

Each carries a sentence on what it means and on what it cannot mean with so few cases.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from causal.ask.brief import Brief
from causal.ask.saying import counted, listed
from causal.learn.gate import Gate
from causal.spec.question import Event

if TYPE_CHECKING:
    import pandas as pd

LEVEL = 0.05
NAMED = 3
MANY = 100  # cases from which on a test that finds nothing says something
COLUMNS = ("kind", "about", "given", "cases", "value", "p", "p_holm", "rejected", "words")
PLACEBO, RANDOM, SUBSET = "placebo", "random common cause", "subset"
MEANS: Mapping[str, tuple[str, str]] = {
    PLACEBO: (
        "where it is shuffled over the cases, nothing of its effect should be left",
        "that nothing is left does not show the estimate to be right",
    ),
    RANDOM: (
        "a made-up common cause should not move it",
        "that it does not says nothing about the common causes that are real and unseen",
    ),
    SUBSET: (
        "it should be much the same in any 80 % of the cases",
        "how far it moves is how little the cases hold it fast, and no error of the graph",
    ),
}


@dataclass(frozen=True)
class Implied:
    """One independence: two variables, what is given, how many cases show all of these, p, and p by Holm's method.

    ``informative`` is false where no two cases alike in what is given could have shown anything.
    """

    early: str
    late: str
    given: tuple[str, ...]
    cases: int
    p: float
    adjusted: float
    informative: bool
    words: str

    @property
    def rejected(self) -> bool:
        """Whether the cases contradict it, all that were tested taken together."""
        return self.informative and self.adjusted <= LEVEL


@dataclass(frozen=True)
class Shuffled:
    """DoWhy's test: how many local independences are violated, and the shares of shuffled graphs.

    ``as_good`` is the share of graphs with shuffled labels that violate no larger part; ``alike`` the share that
    implies the same independences, so that nothing could tell them from this one. ``least`` and ``most`` are the
    violations of shuffled graphs.
    """

    violations: int
    tests: int
    as_good: float
    alike: float
    least: int
    most: int
    shuffles: int
    cases: int

    @property
    def verdict(self) -> str:
        """``rejected``, ``stands``, or ``open``: the cases, or the graph, leave nothing to be told apart."""
        if self.most == 0 or self.alike > LEVEL or not self.tests:
            return "open"
        if self.as_good <= LEVEL:
            return "stands"
        return "rejected" if self.violations else "open"

    @property
    def text(self) -> str:
        """What it means, and what it cannot."""
        what = f"{self.violations} of {counted(self.tests, 'local independence')} violated"
        against = f"Against itself with its labels shuffled {self.shuffles} times (falsify_graph)"
        what = f"{against}: {what} in {self.cases} complete cases"
        better = f"{100 * self.as_good:.0f} % of the shuffled graphs do as well"
        if self.verdict == "stands":
            return (
                f"{what}, and {better}: the graph tells something about these cases. That does not make it the right "
                "one; graphs that imply the same independences do as well."
            )
        if self.verdict == "rejected":
            return f"{what}, and {better}: it fits no better than chance would, and is rejected as a whole."
        if self.alike > LEVEL:
            return (
                f"{what}, but {100 * self.alike:.0f} % of the shuffled graphs imply the same independences: no number "
                "of cases could tell this graph from them."
            )
        return f"{what}, and {better}: these cases contradict hardly any graph, so they say nothing on this one."

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-ready facts."""
        names = ("violations", "tests", "as_good", "alike", "least", "most", "shuffles", "cases", "verdict", "text")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True)
class Refuted:
    """An effect estimated from the cases, and what one refuter makes of it."""

    intervention: str
    title: str
    variables: tuple[str, ...]
    estimate: float
    refuter: str
    found: float
    p: float | None

    @property
    def words(self) -> str:
        """What the refuter should find, and what it did."""
        means, cannot = MEANS[self.refuter]
        p = "" if self.p is None else f" (p {self.p:.2f})"
        return f"{means}: {self.estimate:+.2f} becomes {self.found:+.2f}{p}; {cannot}"


@dataclass(frozen=True)
class Falsification:
    """What cases say about a graph.

    ``rows`` is how many cases there are, ``complete`` how many show all ``seen`` variables, ``doubtful`` how many codes
    that are in doubt were taken as coded, ``selected`` how many cases are known only for what happened in them.
    ``elsewhere`` names the models of other cases, which cannot test this graph. ``without`` says why DoWhy was not
    asked, or what it could not be asked.
    """

    event: Event
    rows: int
    complete: int
    doubtful: int
    seen: tuple[str, ...]
    tests: tuple[Implied, ...]
    shuffled: Shuffled | None = None
    refuted: tuple[Refuted, ...] = ()
    without: tuple[str, ...] = ()
    gate: Gate = field(default_factory=Gate)
    selected: int = 0
    elsewhere: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What the analysis is called."""
        return "Do the comparable cases contradict the graph?"

    @property
    def rejected(self) -> tuple[Implied, ...]:
        """The independences that the cases contradict."""
        return tuple(each for each in self.tests if each.rejected)

    @property
    def table(self) -> pd.DataFrame:
        """A tidy frame: a row per independence tested, then one per refuter of an effect."""
        import pandas as pd

        rows: list[tuple[object, ...]] = [
            ("independence", f"{e.early}, {e.late}", ", ".join(e.given), e.cases, None, e.p, e.adjusted, e.rejected,
             e.words)
            for e in self.tests
        ]  # fmt: skip
        for e in self.refuted:
            about = f"{e.intervention}: {e.refuter}"
            rows.append(("refuter", about, ", ".join(e.variables), self.complete, e.found, e.p, None, None, e.words))
        return pd.DataFrame(rows, columns=list(COLUMNS))

    @property
    def brief(self) -> Brief:
        """A row per test, the most contradicted independence first, then the refuters."""
        order = sorted(self.tests, key=lambda each: (not each.informative, each.adjusted, each.p))
        rows: list[tuple[Any, ...]] = [
            (e.words, str(e.cases), e.p if e.informative else None, "contradicted" if e.rejected else
             "not contradicted" if e.informative else "cannot be tested") for e in order
        ]  # fmt: skip
        rows += [(f"{e.title}, {e.refuter}: {e.estimate:+.2f} becomes {e.found:+.2f}", str(self.complete), e.p, "")
                 for e in self.refuted]  # fmt: skip
        return Brief(("what", "cases", "p", "result"), tuple(rows))

    @property
    def text(self) -> str:
        """What was tested, with what result, and what that cannot mean."""
        if not self.rows and self.elsewhere:
            return (
                f"The comparable cases are of a model of their own ({', '.join(self.elsewhere)}), so they cannot test "
                "this graph: what they teach here runs through the links, and every arrow, and every missing one, "
                "rests on judgement."
            )
        if not self.rows:
            return (
                "The prior file has no comparable cases, so nothing that the graph says about the world can be tested: "
                "every arrow, and every missing one, rests on judgement."
            )
        parts = [self._data(), self._independences()]
        if self.shuffled is not None:
            parts.append(self.shuffled.text)
        parts += self.without
        parts += [self._effect(title) for title in dict.fromkeys(each.title for each in self.refuted)]
        return "\n".join(parts)

    def _data(self) -> str:
        text = f"{counted(self.rows, 'case shows', 'cases show')} some of {counted(len(self.seen), 'variable')}, "
        text += f"and {self.complete} of them all; a test of some variables takes the cases that show those."
        if self.doubtful:
            text += f" {counted(self.doubtful, 'code in doubt was', 'codes in doubt were')} taken as coded."
        if self.selected:
            text += (
                f" {counted(self.selected, 'case is', 'cases are')} in the table only because of what happened in "
                "them, which alone makes independent variables dependent there: these tests and estimates are biased, "
                "and a contradiction may be no fault of the graph."
            )
        return text + " Cases with gaps are taken to be like those without."

    def _independences(self) -> str:
        informative = [each for each in self.tests if each.informative]
        if not self.tests:
            return "The graph implies no independence among what the cases show, so they can contradict nothing."
        text = f"The graph implies {counted(len(self.tests), 'independence')} among them"
        if not informative:
            return f"{text}, and the cases can test none: no two alike in what is given differ in the rest."
        rest = len(self.tests) - len(informative)
        text += f"; {counted(rest, 'cannot be tested', 'cannot be tested')}" if rest else ""
        text += f". Of {len(informative)} tested (permutations within cases alike, Holm's method, 5 % in all) "
        if self.rejected:
            named = listed([f"{each.words} (p {each.adjusted:.3f})" for each in self.rejected[:NAMED]])
            more = f" and {len(self.rejected) - NAMED} more" if len(self.rejected) > NAMED else ""
            return (
                f"{text}{counted(len(self.rejected), 'is', 'are')} contradicted: {named}{more}. An arrow or a common "
                "cause is missing there, or the cases are not of one kind."
            )
        few = "So few cases show gross errors only, so that is no proof of the graph."
        many = "That is no proof of the graph: others imply the same independences."
        return f"{text}none is contradicted. {few if max(each.cases for each in informative) < MANY else many}"

    def _effect(self, title: str) -> str:
        found = [each for each in self.refuted if each.title == title]
        alike = ", ".join(found[0].variables) or "nothing"
        said = "; ".join(f"{each.refuter}: {each.words}" for each in found)
        return (
            f"From {self.complete} complete cases the effect of '{title}' on {self.event} is estimated at "
            f"{found[0].estimate:+.2f}, {alike} held (linear regression). {said[:1].upper()}{said[1:]}."
        )

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-ready facts."""
        return {
            "event": str(self.event), "title": self.title, "text": self.text, "rows": self.rows,
            "complete": self.complete, "doubtful": self.doubtful, "selected": self.selected, "seen": list(self.seen),
            "tests": [
                {"early": e.early, "late": e.late, "given": list(e.given), "cases": e.cases, "p": e.p,
                 "p_holm": e.adjusted, "informative": e.informative, "rejected": e.rejected, "words": e.words}
                for e in self.tests
            ],
            "shuffled": None if self.shuffled is None else self.shuffled.to_dict(),
            "refuted": [
                {"intervention": e.intervention, "variables": list(e.variables), "estimate": e.estimate,
                 "refuter": e.refuter, "found": e.found, "p": e.p, "words": e.words} for e in self.refuted
            ],
            "without": list(self.without), "gate": self.gate.to_dict(),
        }  # fmt: skip
