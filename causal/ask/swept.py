"""A sweep as it was found, and what is said of it.

    Sweep ── rows: Swept       one candidate under one reading: by panel, school and expert; how often it ranks where
          ├─ skipped: Skipped  what could not be asked, and why
          └─ run: Gate         the run as a whole

What is named is told first, then the best pair and the best single setting; what sets a part of the outcome's
definition is told apart. sweep.py makes these.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from causal.ask.answer import PANEL
from causal.ask.asking import Skipped
from causal.ask.brief import WITHHELD, Brief, Cell, banded, percent, signed
from causal.ask.candidates import BY_DEFINITION, NAMED, PAIR, SINGLE, Candidate
from causal.ask.interventions import READINGS
from causal.ask.mixture import EQUAL, EXPERT, SCHOOL, Spread
from causal.ask.saying import counted, listed
from causal.ask.tense import AHEAD, OVER, Tense
from causal.learn.gate import REFUSE, Gate
from causal.spec.question import Event

if TYPE_CHECKING:
    import pandas as pd

type Speaker = tuple[str, str]  # a kind of voice and its name
WHOLE: Speaker = (PANEL, PANEL)


@dataclass(frozen=True)
class Swept:
    """One candidate under one reading, for the panel, every school and every expert.

    ``best`` is its share of first places among all candidates of the reading; ``ranks`` are the panel's shares of
    each place among those of its kind, the first place first. ``missing`` are the experts, shown apart, for whom it is
    impossible.
    """

    candidate: Candidate
    reading: str
    question: str
    outcome: Mapping[Speaker, Spread]
    without: Mapping[Speaker, Spread]
    effect: Mapping[Speaker, Spread]
    best: Mapping[Speaker, float]
    ranks: tuple[float, ...]
    gate: Gate
    judged: bool
    missing: tuple[str, ...] = ()

    @property
    def mean(self) -> float:
        """The panel's mean probability of the outcome."""
        found = self.outcome[WHOLE].mean
        assert found is not None  # a candidate that is impossible for the panel is skipped
        return found


@dataclass(frozen=True)
class Sweep:
    """Every candidate under every reading, the lowest mean of the outcome first within a reading."""

    event: Event
    outcome: str
    rows: tuple[Swept, ...]
    skipped: tuple[Skipped, ...]
    contradictory: int
    redundant: int
    schools: Mapping[str, tuple[str, ...]]
    draws: int
    ci_prob: float
    run: Gate
    tense: Tense = OVER

    @property
    def title(self) -> str:
        """What was asked."""
        return f"Which change does most against {self.outcome}?"

    @cached_property
    def gate(self) -> Gate:
        """The gate over the run and the few best of each kind and reading."""
        whole = self.run
        for each in self.rows:
            if each.judged:
                whole = whole & each.gate
        return whole

    @property
    def readings(self) -> tuple[str, ...]:
        """The readings under which anything was answered."""
        return tuple(dict.fromkeys(each.reading for each in self.rows))

    @property
    def apart(self) -> tuple[str, ...]:
        """The readings that are told: of a case still to come none whose every number is that of the main one."""
        return tuple(each for each in self.readings if each == self.main or not self._repeats(each))

    def _repeats(self, reading: str) -> bool:
        mine, main = ({each.candidate.name: each for each in self.of(which)} for which in (reading, self.main))
        return (
            self.tense is AHEAD
            and mine.keys() == main.keys()
            and all(
                round(getattr(mine[name], what)[WHOLE].mean - getattr(main[name], what)[WHOLE].mean, EQUAL) == 0.0
                for name in mine
                for what in ("outcome", "without")
            )
        )

    def of(self, reading: str, group: str = "") -> tuple[Swept, ...]:
        """Return a reading's rows, all or those of one kind, the lowest probability of the outcome first."""
        return tuple(
            each for each in self.rows if each.reading == reading and (not group or each.candidate.group == group)
        )

    def withheld(self, each: Swept) -> bool:
        """Return whether the gate lets no number of a row be shown."""
        return self.run.withholds or each.gate.withholds

    @property
    def groups(self) -> tuple[str, ...]:
        """The kinds that are ranked among themselves."""
        found = {each.candidate.group for each in self.rows}
        every = [group for kind in (NAMED, PAIR, SINGLE) for group in (kind, f"{kind}, {BY_DEFINITION}")]
        return tuple(group for group in every if group in found)

    @property
    def table(self) -> pd.DataFrame:
        """A tidy frame: a row per reading, candidate and voice (the panel first); what the gate withholds is empty."""
        import pandas as pd

        return pd.DataFrame([line for each in self.rows for line in self._lines(each)])

    @property
    def ranks(self) -> pd.DataFrame:
        """A tidy frame of the panel's shares of places: a row per reading, candidate and place among its kind."""
        import pandas as pd

        return pd.DataFrame(
            [
                {"reading": each.reading, "kind": each.candidate.group, "candidate": each.candidate.name,
                 "title": each.candidate.title, "place": place, "share": None if self.gate.withholds else share}
                for each in self.rows for place, share in enumerate(each.ranks, start=1)
            ]
        )  # fmt: skip

    def _lines(self, each: Swept) -> Iterator[dict[str, Any]]:
        hidden, unranked = self.withheld(each), self.gate.withholds
        for speaker in each.outcome:
            outcome, effect = each.outcome[speaker], each.effect[speaker]
            numbers = {
                "mean": outcome.mean, "median": outcome.median, "lower": outcome.lower, "upper": outcome.upper,
                "without": each.without[speaker].mean, "effect": effect.mean, "effect_lower": effect.lower,
                "effect_upper": effect.upper,
            }  # fmt: skip
            yield {
                "candidate": each.candidate.name, "title": each.candidate.title, "kind": each.candidate.group,
                "sets": each.candidate.sets, "when": str(each.candidate.when or ""), "reading": each.reading,
                "voice": speaker[0], "expert": speaker[1],
                **{key: None if hidden else value for key, value in numbers.items()},
                "best": None if hidden or unranked else each.best[speaker],
                "first_of_kind": None if hidden or unranked or speaker != WHOLE else each.ranks[0],
                "ci_prob": self.ci_prob, "gate": each.gate.verdict if each.judged else "not judged",
            }  # fmt: skip

    @property
    def main(self) -> str:
        """The reading that the brief is sorted by: the one to be told first where it was asked for, else the last."""
        return self.tense.main if self.tense.main in self.readings else self.readings[-1]

    @property
    def brief(self) -> Brief:
        """A row per candidate and a column per reading, the lowest under the main reading first within its kind."""
        if not self.rows:
            return Brief(("change", "effect"))
        main = self.main
        found: dict[str, dict[str, Swept]] = {}
        for reading in (main, *self.apart):  # what the main reading cannot ask comes last
            for group in self.groups:
                for each in self.of(reading, group):
                    found.setdefault(each.candidate.name, {})[reading] = each
        rows = []
        for by in found.values():
            first = next(iter(by.values()))
            leading = by.get(main)
            tail: tuple[Cell, ...] = (None, None)
            if leading is not None and not self.withheld(leading):
                place = None if self.gate.withholds or self.draws == 1 else percent(leading.ranks[0])
                tail = (signed(leading.effect[WHOLE].mean), place)
            cells = (self._cell(by[reading]) if reading in by else None for reading in self.apart)
            rows.append((first.candidate.marked, first.candidate.kind, *cells, *tail))
        heads = ("change", "kind", *self.apart, f"effect ({main})", f"first of its kind ({main})")
        kept = [at for at in range(len(heads)) if not (at == 1 and len({row[1] for row in rows}) == 1)]
        if self.draws == 1:
            kept = kept[:-1]
        return Brief(tuple(heads[at] for at in kept), tuple(tuple(row[at] for at in kept) for row in rows))

    def _cell(self, each: Swept) -> str:
        spread = each.outcome[WHOLE]
        return WITHHELD if self.withheld(each) else banded(spread.mean, spread.lower, spread.upper, self.draws)

    @property
    def text(self) -> str:
        """The answer in a few lines: one per reading, then one per further kind, then what was left out."""
        if self.gate.withholds:
            return f"Not reported: {next(str(f) for f in self.gate.findings if f.verdict == REFUSE)}."
        if not self.rows:
            return f"No change could be asked about {self.outcome}: {self._skips()}"
        plain = [group for group in self.groups if BY_DEFINITION not in group] or list(self.groups)
        single = ", with every parameter at its median" if self.draws == 1 else ""
        lines = [f"What {self.outcome} comes to, and the effect, with the {plain[0]} that lowers it most{single}:"]
        lines += [self._leader(reading, self.of(reading, plain[0])) for reading in self.apart]
        if same := [reading for reading in self.readings if reading not in self.apart]:
            lines.append(f"Read as {listed(same)}, every number is the same.")
        lines += [self._other(group) for group in plain[1:]]
        shown = next((each for each in self.of(self.main) if each.candidate.parts), None)
        if shown is not None and BY_DEFINITION not in plain[0]:
            lines.append(f"Apart, since it sets a part of the definition: '{shown.candidate.title}'.")
        if any(each.candidate.when is None for each in self.rows):
            lines.append("What has no date has no history: it is compared with nothing given.")
        if self.skipped:
            lines.append(self._skips())
        return "\n".join(lines)

    def _leader(self, reading: str, group: tuple[Swept, ...]) -> str:
        """Return what comes first among the named changes under a reading."""
        if not group:
            return f"{reading.capitalize()}: none could be asked."
        first = group[0]
        effect = signed(first.effect[WHOLE].mean)
        said = f"{reading.capitalize()}: '{first.candidate.title}', {self._cell(first)}, {effect}"
        if len(self.schools) > 1:
            means = [mean for school in self.schools if (mean := first.outcome[(SCHOOL, school)].mean) is not None]
            said += f" (by school {banded(min(means))} to {banded(max(means))})"
        if self.draws > 1:
            winner = max(group, key=lambda each: round(each.ranks[0], EQUAL))
            whose = "it" if winner is first else f"'{winner.candidate.title}'"
            said += f"; {whose} ranks first of {len(group)} in {percent(winner.ranks[0])} of the draws"
        return f"{said}."

    def _other(self, group: str) -> str:
        """Return what comes first of a further kind, under the main reading."""
        found = self.of(self.main, group)
        if not found:
            return f"Of a {group} none could be asked."
        each = found[0]
        kinds = counted(len(found), each.candidate.kind)
        return f"Of {kinds}: '{each.candidate.title}', {self._cell(each)} ({self.main})."

    def _skips(self) -> str:
        names = "; ".join(f"{each.title} ({each.reading}): {each.why}" for each in self.skipped[:3])
        more = f", and {len(self.skipped) - 3} more" if len(self.skipped) > 3 else ""
        return f"Left out as impossible: {names}{more}." if self.skipped else "the model names none."

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-ready facts; what the gate withholds is None."""
        return {
            "title": self.title,
            "event": str(self.event),
            "outcome": self.outcome,
            "readings": {reading: READINGS[reading] for reading in self.readings},
            "ci_prob": self.ci_prob,
            "draws": self.draws,
            "schools": {school: list(members) for school, members in self.schools.items()},
            "rows": [self._facts(each) for each in self.rows],
            "skipped": [each.to_dict() for each in self.skipped],
            "pairs_left_out": {"contradictory": self.contradictory, "nothing added": self.redundant},
            "gate": self.gate.to_dict(),
            "text": self.text,
        }

    def _facts(self, each: Swept) -> dict[str, Any]:
        hidden, unranked = self.withheld(each), self.gate.withholds
        kinds: dict[str, dict[str, Any]] = {PANEL: {}, SCHOOL: {}, EXPERT: {}}
        for speaker in each.outcome if not hidden else ():
            numbers = {name: getattr(each, name)[speaker].to_dict() for name in ("outcome", "without", "effect")}
            kinds[speaker[0]][speaker[1]] = {**numbers, "best": None if unranked else each.best[speaker]}
        return {
            "candidate": each.candidate.name,
            "title": each.candidate.title,
            "kind": each.candidate.group,
            "do": dict(each.candidate.do),
            "when": str(each.candidate.when or ""),
            "reading": each.reading,
            "question": each.question,
            "panel": kinds[PANEL].get(PANEL),
            "by_school": kinds[SCHOOL],
            "by_expert": kinds[EXPERT],
            "ranks": [] if hidden or unranked else list(each.ranks),
            "impossible_for": list(each.missing),
            "gate": each.gate.verdict if each.judged else "not judged",
        }
