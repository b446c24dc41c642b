"""Seed questions of a prior file: questions whose answers are known, and what each expert said to them.

    truth        answers                          becomes
    37.6         {anna: {5: 30, 50: 40, 95: 55}}  NumberSeed   quantiles, at the same levels for all on one seed
    yes, no      {anna: 80%, boris: 0.6}          EventSeed    probabilities that it happened

Who is not among the answers has not answered. ``weights`` says what the answers are for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from causal.spec import priorshape as shapes
from causal.spec.asked import in_order, read_levels
from causal.spec.known import Known, choices
from causal.spec.model import frozen
from causal.spec.priors import EventSeed, NumberSeed, Quantiles, Seed, Weighting
from causal.spec.question import number_text
from causal.spec.reader import Mapping as Tree
from causal.spec.reader import Node, Problems, Scalar
from causal.spec.shape import found, share, tidy

EVENT = {"yes": True, "no": False}
EXAMPLE = "{5: 30, 50: 40, 95: 55}"
QUANTILES = f"quantiles like {EXAMPLE}"


def read_weights(written: shapes.PriorsShape, problems: Problems) -> Weighting:
    """Return where the panel's weights come from; note a problem where there is nothing for them to come from."""
    place = written.at("weights")
    if isinstance(written.weights, str):
        rule, alpha = str(written.weights), 0.0
    else:
        rule, alpha = "cooke", written.weights.cooke.alpha
    if rule == "cooke" and written.node.get("seeds") is None:
        message = "cooke weighs experts by how well they did on what is known; list such questions under 'seeds'"
        problems.add(place, message)
    return Weighting(rule, alpha, place.line, place.column)


def read_seed(written: shapes.SeedShape, experts: Sequence[str], known: Known, problems: Problems) -> Seed | None:
    """Return a seed question with its answers, or None where it could not be read."""
    before = len(problems)
    sources = known.sources([written.source]) if written.source is not None else ()
    reading = _Answers(written, experts, problems)
    seed: Seed
    if written.truth in EVENT:
        if written.background is not None:
            problems.add(written.at("background"), "a background is for numbers, and this is answered by yes or no")
        seed = EventSeed(tidy(written.ask), EVENT[written.truth], frozen(reading.chances()), "".join(sources))
    else:
        truth = share(written.truth)
        if truth is None:
            message = f"{found(written.truth)} is no truth of a seed; write a number, or yes or no"
            problems.add(written.truth, message)
            return None
        log = written.background == "log"
        if log and truth <= 0:
            problems.add(written.truth, f"on a log background numbers lie above 0, not at {number_text(truth)}")
        seed = NumberSeed(tidy(written.ask), truth, frozen(reading.quantiles(log)), log, "".join(sources))
    return seed if len(problems) == before else None


@dataclass(frozen=True)
class _Answers:
    """The answers to one seed on their way to values."""

    written: shapes.SeedShape
    experts: Sequence[str]
    problems: Problems

    def chances(self) -> dict[str, float]:
        """Return each expert's probability that it happened."""
        answers = {}
        for name, said in self._known():
            if not isinstance(said, Scalar):
                message = "a question of yes or no is answered by the probability of yes, like 80% or 0.8"
                self.problems.add(self._place(name), message)
                continue
            chance = share(said)
            if chance is None or not 0 <= chance <= 1:
                hint = f"; write {said}%" if chance is not None and 2 <= chance <= 100 else ""
                message = f"{found(said)} is no probability, which is from 0 to 1 or per cent, like 80%{hint}"
                self.problems.add(said, message)
                continue
            answers[str(name)] = chance
        return answers

    def quantiles(self, log: bool) -> dict[str, Quantiles]:
        """Return each expert's quantiles; the levels must be those of the first who answered."""
        answers: dict[str, Quantiles] = {}
        for name, said in self._known():
            place = self._place(name)
            if isinstance(said, Scalar):
                self.problems.add(place, f"{found(said)} says nothing of how sure they were; write {QUANTILES}")
                continue
            before = len(self.problems)
            points = read_levels(said, place, self.problems)
            if len(points) == 1:
                self.problems.add(place, f"one quantile leaves no range to score; write {QUANTILES}")
            if log and points and (least := min(value for _, value in points)) <= 0:
                message = f"on a log background quantiles lie above 0, not at {number_text(least)}"
                self.problems.add(place, message)
            read = in_order(points, place, self.problems)
            if read is None or len(self.problems) > before:
                continue
            first = next(iter(answers.items()), (str(name), read))
            if read.levels != first[1].levels:
                message = f"levels {_per_cent(read)}, and {first[0]} has {_per_cent(first[1])}; all answer at the same"
                self.problems.add(place, message)
                continue
            answers[str(name)] = read
        return answers

    def _known(self) -> list[tuple[Scalar, Scalar | dict[Scalar, float]]]:
        """Return the answers of those who are experts of the file; note who is not."""
        if not self.written.answers:
            self.problems.add(self.written.at("answers"), f"nobody answers; name an expert, like {{anna: {EXAMPLE}}}")
        kept = []
        for name, said in self.written.answers.items():
            if name in self.experts:
                kept.append((name, said))
            elif not self.experts:
                self.problems.add(name, "this file has no experts to answer; list them under 'experts'")
            else:
                self.problems.add(name, f"no expert {str(name)!r}{choices(name, self.experts)}")
        return kept

    def _place(self, name: Scalar) -> Node:
        answers = self.written.at("answers")
        place = answers.get(str(name)) if isinstance(answers, Tree) else None
        return name if place is None else place


def _per_cent(quantiles: Quantiles) -> str:
    return ", ".join(number_text(float(f"{100 * level:.10g}")) for level in quantiles.levels)
