"""Data made up at a truth: judgements with the errors their judges have, cases with the holes and miscodings of a file.

    derived judgement     y = phi(theta) + Normal(0, sd^2 / weight), and said is Normal(y, sd) at 5, 50 and 95 per cent
    several, pooled       y = phi(theta) + errors that all share, a school shares, or each has alone, and own sd
      hierarchically
    a row of cases        a joint state drawn at theta; of each column seen, another state instead with its grade's
                          chance; a line of a CSV, worth one case
    a row of another use  a line that must not count, where the file says which rows do

Nothing here is taken from what reads, weighs or samples: the likelihoods are sums over joint states and coded states,
and covariances written out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from causal.elicit import LogOdds
from causal.errors import UsageError
from causal.exact.answer import Writer
from causal.exact.kernel import Floats
from causal.learn.elicited import Elicited
from causal.learn.reading import scale_of
from causal.spec.casefile import read_rows
from causal.spec.model import Model
from causal.spec.priors import CaseFile, CaseRow, Judgement, Priors, Quantiles
from causal.spec.question import Event, Probability

LEVELS = (0.05, 0.5, 0.95)
FARTHEST = 1.6448536269514722  # sds from the middle to those levels
LARGEST = 512  # joint states of what is seen in cases


@dataclass(frozen=True)
class Said:
    """Judgements of one question: ``slot`` has the truth on ``scale``, ``sds`` are as said, one for each.

    ``covariance`` is that of the judges' errors. The first answer is ``known`` where the truth was drawn given it.
    """

    judgements: tuple[Judgement, ...]
    slot: int
    scale: str
    turned: bool
    sds: Floats
    covariance: Floats
    known: float | None = None

    def answers(self, rng: np.random.Generator, truth: float) -> Floats:
        """Return what each judge says, on the scale."""
        own = self.covariance
        if self.known is None:
            return np.asarray(rng.multivariate_normal(np.full(len(own), truth), own))
        first = self.known - truth  # the first one's error; the others' given it
        mean = truth + own[1:, 0] / own[0, 0] * first
        rest = own[1:, 1:] - np.outer(own[1:, 0], own[0, 1:]) / own[0, 0]
        return np.concatenate([[self.known], rng.multivariate_normal(mean, rest)])

    def log_likelihood(self, values: Floats, answers: Floats) -> Floats:
        """Return the log density of the answers where the truth is each of ``values``, up to a constant."""
        off = answers[:, None] - values[None, :]
        return np.asarray(-0.5 * (off * np.linalg.solve(self.covariance, off)).sum(axis=0))

    def written(self, answers: Floats) -> list[tuple[Judgement, Judgement]]:
        """Return each judgement with what is put in its place."""
        found = []
        for judgement, answer, sd in zip(self.judgements, answers, self.sds, strict=True):
            if self.known is None or judgement is not self.judgements[0]:
                found.append((judgement, replace(judgement, says=self._says(float(answer), float(sd)))))
        return found

    def _says(self, answer: float, sd: float) -> Quantiles:
        line = answer + sd * np.array([-FARTHEST, 0.0, FARTHEST])
        match self.scale:
            case "log-odds":
                values = LogOdds().state(-line if self.turned else line)
            case "log":
                values = 1.0 - np.exp(line) if self.turned else np.exp(line)
            case _:
                values = line
        return Quantiles(LEVELS, tuple(sorted(values.tolist())))


def prepare(elicited: Elicited, expert: str) -> tuple[Said, ...]:
    """Return the derived judgements of an expert that are evidence, as what is to be made up."""
    if any(derived.expert == expert for derived in elicited.shaping):
        raise UsageError(f"{expert} has judgements that reshape their prior, which no data do: calibrate without them")
    found = []
    for derived in elicited.evidence:
        if derived.expert == expert:
            scale, turned = scale_of(derived.judgement.about)
            sd, weight = derived.fit.belief.sd, derived.judgement.weight
            turned = turned and scale == "log"  # on the log-odds the slot is already that of the question
            covariance = np.array([[sd**2 / weight]])
            found.append(Said((derived.judgement,), derived.slot, scale, turned, np.array([sd]), covariance))
    return tuple(found)


Coded = tuple[
    tuple[str, str], ...
]  # of a case, the columns' variables that were seen and the states they were coded as


@dataclass(frozen=True)
class Cell:
    """What will be seen of one case: its file, and of each variable the chance that it is miscoded."""

    file: int
    seen: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Cases:
    """Cases to be made up: ``slots`` are the probabilities of the joint ``states`` of ``variables``."""

    model: Model
    files: tuple[CaseFile, ...]
    cells: tuple[Cell, ...]
    variables: tuple[str, ...]
    states: tuple[tuple[str, ...], ...]
    slots: tuple[int, ...]

    @classmethod
    def of(cls, writer: Writer, priors: Priors) -> Cases:
        """Return the cases that the files of priors have.

        Raises UsageError where a row is not worth a whole number of cases, or too many variables are seen.
        """
        cells = tuple(
            cell
            for place, file in enumerate(priors.cases)
            for row in file.rows or ()
            for cell in _cells(place, file, row)
        )
        model = writer.network.model
        variables = tuple(name for name in model.variables if any(name == seen for c in cells for seen, _ in c.seen))
        size = math.prod(len(model.variables[name].states) for name in variables)
        if size > LARGEST:
            raise UsageError(f"{size} joint states of what is seen in cases are too many to make up cases of")
        states = tuple(product(*(model.variables[name].states for name in variables))) if variables else ()
        slots = [
            writer.write(
                Probability(tuple(Event(name, "=", (state,)) for name, state in zip(variables, joint, strict=True)))
            ).slots[0]
            for joint in states
        ]
        return cls(model, priors.cases, cells, variables, states, tuple(slots))

    def draw(self, rng: np.random.Generator, probabilities: Floats) -> tuple[Coded, ...]:
        """Return what is coded of each case, ``probabilities`` being those of the joint states."""
        shares = probabilities / probabilities.sum()
        found = []
        for cell, joint in zip(self.cells, rng.choice(len(shares), size=len(self.cells), p=shares), strict=True):
            true = dict(zip(self.variables, self.states[joint], strict=True))
            found.append(tuple((name, self._coded(rng, name, true[name], error)) for name, error in cell.seen))
        return tuple(found)

    def _coded(self, rng: np.random.Generator, name: str, state: str, error: float) -> str:
        others = [each for each in self.model.variables[name].states if each != state]
        return others[rng.integers(len(others))] if rng.random() < error else state

    def log_likelihood(self, probabilities: Floats, coded: Sequence[Coded]) -> Floats:
        """Return the log probability of what was coded, of ``probabilities`` of shape (joint states, draws)."""
        weights = np.ones((len(self.cells), len(self.states)))
        for row, cell, case in zip(weights, self.cells, coded, strict=True):
            for (name, error), (_, code) in zip(cell.seen, case, strict=True):
                at, others = self.variables.index(name), len(self.model.variables[name].states) - 1
                row *= [1.0 - error if joint[at] == code else error / others for joint in self.states]
        return np.asarray(np.log(weights @ probabilities).sum(axis=0))

    def written(self, coded: Sequence[Coded]) -> tuple[CaseFile, ...]:
        """Return the files with what was coded in place of their rows, each read from a CSV."""
        found = []
        for place, file in enumerate(self.files):
            lines = [_header(file)]
            for cell, case in zip(self.cells, coded, strict=True):
                if cell.file == place:
                    lines.append(_line(file, cell, dict(case), count=1.0 / file.relevance))
                    if file.where:  # the same again, of a use that does not count
                        lines.append(_line(file, cell, dict(case), count=1.0, use="another "))
            found.append(read_rows(file, "\n".join(lines) + "\n", self.model))
        return tuple(found)


def _cells(place: int, file: CaseFile, row: CaseRow) -> list[Cell]:
    worth = file.relevance * row.count
    if abs(worth - round(worth)) > 1e-9:
        raise UsageError(
            f"{file.file}: a row that is worth {worth:g} of one's own cases cannot be made up; "
            "its count times the file's relevance has to be a whole number"
        )
    seen = tuple((name, 1.0 - max(share for _, share in likelihoods)) for name, likelihoods in row.seen)
    return [Cell(place, seen)] * round(worth)


def _header(file: CaseFile) -> str:
    graded = [f"{column}{file.suffix}" for column in file.columns] if file.suffix else []
    return ",".join([*file.columns, *graded, *([file.count] if file.count else []), *file.where])


def _line(file: CaseFile, cell: Cell, case: Mapping[str, str], count: float, use: str = "") -> str:
    errors = dict(cell.seen)
    cells, grades = [], []
    for variable in file.columns.values():
        state, error = case.get(variable, ""), errors.get(variable, 0.0)
        codes = {named: code for code, named in file.states.get(variable, {}).items()}
        cells.append(codes.get(state, state))
        grades.append(next((grade for grade, e in file.confidence.items() if abs(e - error) < 1e-9), ""))
    counted = [repr(count)] if file.count else []
    return ",".join(
        [*cells, *(grades if file.suffix else []), *counted, *(use + value for value in file.where.values())]
    )
