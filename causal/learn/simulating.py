"""Data made up at a truth: judgements with the errors their judges have, cases with the holes and miscodings of a file.

    derived judgement     y = phi(theta) + Normal(0, sd^2 / weight), and said is Normal(y, sd) at 5, 50 and 95 per cent
    several, pooled       y = phi(theta) + errors that all share, a school shares, or each has alone, and own sd
      hierarchically
    a row of cases        a joint state drawn at theta; of each column seen, another state instead with its grade's
                          chance; a line of a CSV, worth one case
    a row of a file whose joint state drawn among those that were selected, and weighed by its probability there
      cases were selected
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

from causal.elicit import LogitNormal, LogOdds
from causal.errors import UsageError
from causal.exact.answer import Writer
from causal.exact.kernel import Floats
from causal.learn.elicited import UNITS, Derived, Elicited, Pool
from causal.learn.forms import scale_of
from causal.spec.casefile import read_rows
from causal.spec.model import Model, Table
from causal.spec.priors import HIERARCHICAL, CaseFile, CaseRow, Judgement, Priors, Quantiles
from causal.spec.question import Event, Probability

LEVELS = (0.05, 0.5, 0.95)
FARTHEST = 1.6448536269514722  # sds from the middle to those levels
LARGEST = 512  # joint states of what is seen in cases


@dataclass(frozen=True)
class Said:
    """Judgements of one question: ``slot`` has the truth on ``scale``, ``sds`` are as said, one for each.

    ``turned`` where a judge says 1 minus what the scale reads. ``covariance`` is that of the judges' errors. The first
    answer is ``known`` where the truth was drawn given it.
    """

    judgements: tuple[Judgement, ...]
    slot: int
    scale: str
    turned: tuple[bool, ...]
    sds: tuple[float, ...]
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
        """Return the log density of the answers where the truth is each of ``values``, up to a constant.

        Of an answer that was known it is that of the others given it.
        """
        off = answers[:, None] - values[None, :]
        total = -0.5 * (off * np.linalg.solve(self.covariance, off)).sum(axis=0)
        return np.asarray(total if self.known is None else total + 0.5 * off[0] ** 2 / self.covariance[0, 0])

    def written(self, answers: Floats) -> list[tuple[Judgement, Judgement]]:
        """Return each judgement with what is put in its place."""
        every = list(zip(self.judgements, answers.tolist(), self.sds, self.turned, strict=True))
        return [
            (judgement, replace(judgement, says=self._says(answer, sd, turned)))
            for judgement, answer, sd, turned in (every if self.known is None else every[1:])
        ]

    def _says(self, answer: float, sd: float, turned: bool) -> Quantiles:
        line = answer + sd * np.array([-FARTHEST, 0.0, FARTHEST])
        match self.scale:
            case "log-odds":
                values = LogOdds().state(-line if turned else line)
            case "log":
                values = 1.0 - np.exp(line) if turned else np.exp(line)
            case _:
                values = line
        return Quantiles(LEVELS, tuple(sorted(values.tolist())))


def prepare(elicited: Elicited, expert: str) -> tuple[Said, ...]:
    """Return what is to be made up of an expert's judgements, or of a panel's that is pooled hierarchically.

    Those are the derived judgements that are evidence, and of a panel, what further judges say of a row of a table.
    Raises UsageError where a posterior has no such data: judgements that reshape a prior, orders used as evidence, what
    coders read where that widens it, and logarithmic pools.
    """
    if any(derived.expert == expert for derived in elicited.shaping):
        raise UsageError(f"{expert} has judgements that reshape their prior, which no data do: calibrate without them")
    if any(compared.expert == expert and compared.use == "evidence" for compared in elicited.compared):
        raise UsageError(f"{expert} has orders that reweight draws, which no data do: calibrate without them")
    pool = elicited.pool
    whose = pool.members if pool is not None and expert == pool.name else (expert,)
    read = any(each.by in whose and each.cite is not None and each.cite.coder for each in elicited.priors.judgements)
    pooled = pool is not None and expert == pool.name and elicited.priors.factors.coder > 0
    if read and (pooled or elicited.coding is not None):
        raise UsageError(
            f"judgements of {expert} were read out of their source by coders, whose errors widen them and are not made "
            "up; calibrate without naming coders"
        )
    if pool is None or expert != pool.name:
        return tuple(_alone(derived) for derived in _used(elicited) if derived.expert == expert)
    if pool.kind != HIERARCHICAL:
        raise UsageError("a logarithmic pool is no posterior of one truth given data; calibrate its experts one by one")
    groups: dict[tuple[str, int], list[Derived]] = {}
    for derived in _used(elicited):
        if derived.expert in pool.members:
            groups.setdefault((derived.scale, derived.slot), []).append(derived)
    return (*(_together(elicited, pool, group) for group in groups.values()), *_rows(elicited, pool))


def _used(elicited: Elicited) -> list[Derived]:
    return [derived for derived in elicited.derived if derived.use == "evidence"]


def _alone(derived: Derived) -> Said:
    sd, turned = derived.fit.belief.sd, _turned(derived)
    covariance = np.array([[sd**2 / derived.judgement.weight]])  # a weight is a power on the likelihood
    return Said((derived.judgement,), derived.slot, derived.scale, (turned,), (sd,), covariance)


def _turned(derived: Derived) -> bool:
    """Return whether 1 minus the slot's quotient was judged; on the log-odds the slot is the question's own."""
    return derived.scale == "log" and scale_of(derived.judgement.about)[1]


def _together(elicited: Elicited, pool: Pool, group: Sequence[Derived]) -> Said:
    sds = tuple(derived.fit.belief.sd for derived in group)
    own = [sd**2 / derived.judgement.weight for sd, derived in zip(sds, group, strict=True)]
    covariance = _errors(elicited, pool, [derived.expert for derived in group], own, UNITS[group[0].scale])
    judgements = tuple(derived.judgement for derived in group)
    return Said(judgements, group[0].slot, group[0].scale, tuple(map(_turned, group)), sds, covariance)


def _rows(elicited: Elicited, pool: Pool) -> list[Said]:
    """Return what several judges say of one row of a table; the first one's answer is what the truth is drawn from."""
    recorder, network, found = elicited.network.recorder, elicited.network, []
    for place, parameter in enumerate(network.parameters):
        judges = [name for name in pool.members if elicited.held[name].priors[place].origin == "judged"]
        if len(judges) < 2 or not isinstance(network.model.variables[parameter.variable].mechanism, Table):
            continue
        priors = [elicited.held[name].priors[place] for name in judges]
        if not all(isinstance(prior.belief, LogitNormal) and prior.judgement for prior in priors):
            raise UsageError(f"{parameter.name} is judged by several, and not all by quantiles on the log-odds")
        line = [(prior.belief.mu, prior.belief.sigma) for prior in priors if isinstance(prior.belief, LogitNormal)]
        slot = network.index[parameter.name]
        odds = recorder.minus_of(recorder.log(slot), recorder.log(recorder.flip(slot)))
        covariance = _errors(elicited, pool, judges, [sd**2 for _, sd in line], 1.0)
        judgements = tuple(prior.judgement for prior in priors if prior.judgement)
        turned, sds = tuple(prior.turned for prior in priors), tuple(sd for _, sd in line)
        found.append(Said(judgements, odds, "log-odds", turned, sds, covariance, known=line[0][0]))
    return found


def _errors(elicited: Elicited, pool: Pool, judges: Sequence[str], own: Sequence[float], unit: float) -> Floats:
    """Return the covariance of errors: everyone's, those of a school, and what each has alone."""
    everyone, school, alone = (unit * sd for sd in pool.sds)
    schools = [elicited.priors.experts[name].school or name for name in judges]
    same = np.array([[one == other for other in schools] for one in schools])
    return everyone**2 + school**2 * same + np.diag([variance + alone**2 for variance in own])


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
    """Cases to be made up: ``slots`` are the probabilities of the joint ``states`` of ``variables``.

    ``known`` says of each file, and of each joint state, whether such a case could be in it; shape (files, states).
    """

    model: Model
    files: tuple[CaseFile, ...]
    cells: tuple[Cell, ...]
    variables: tuple[str, ...]
    states: tuple[tuple[str, ...], ...]
    slots: tuple[int, ...]
    known: Floats

    @classmethod
    def of(cls, writer: Writer, priors: Priors) -> Cases:
        """Return the cases that the files of priors have.

        Raises UsageError where a row is not worth a whole number of cases, or too many variables are seen; where cases
        have a model of their own, or are worth one thing to one expert and another to another.
        """
        for file in priors.cases:
            if file.elsewhere is not None:
                raise UsageError(f"{file.file}: cases that have a model of their own are not made up; leave them out")
            if any(worth != file.relevance for worth in file.own.values()):
                raise UsageError(f"{file.file}: cases are made up where their relevance is the same for every expert")
        cells = tuple(
            cell
            for place, file in enumerate(priors.cases)
            for row in file.rows or ()
            for cell in _cells(place, file, row)
        )
        model = writer.network.model
        told = {name for cell in cells for name, _ in cell.seen}
        told |= {name for file in priors.cases if file.selected and file.rows for name in file.selected.variables}
        variables = tuple(name for name in model.variables if name in told)
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
        known = np.array([[_known(file, variables, joint) for joint in states] for file in priors.cases], dtype=float)
        return cls(model, priors.cases, cells, variables, states, tuple(slots), known)

    def draw(self, rng: np.random.Generator, probabilities: Floats) -> tuple[Coded, ...]:
        """Return what is coded of each case, ``probabilities`` being those of the joint states."""
        below = np.cumsum(self.known * probabilities, axis=1)
        found = []
        for cell, luck in zip(self.cells, rng.random(len(self.cells)), strict=True):
            joint = int(np.searchsorted(below[cell.file] / below[cell.file, -1], luck, side="right"))
            true = dict(zip(self.variables, self.states[joint], strict=True))
            found.append(tuple((name, self._coded(rng, name, true[name], error)) for name, error in cell.seen))
        return tuple(found)

    def _coded(self, rng: np.random.Generator, name: str, state: str, error: float) -> str:
        others = [each for each in self.model.variables[name].states if each != state]
        return others[rng.integers(len(others))] if rng.random() < error else state

    def log_likelihood(self, probabilities: Floats, coded: Sequence[Coded]) -> Floats:
        """Return the log probability of what was coded, of ``probabilities`` of shape (joint states, draws)."""
        weights = self.known[[cell.file for cell in self.cells]]
        whole = weights @ probabilities  # 1 but for rounding where nothing was selected
        for row, cell, case in zip(weights, self.cells, coded, strict=True):
            for (name, error), (_, code) in zip(cell.seen, case, strict=True):
                at, others = self.variables.index(name), len(self.model.variables[name].states) - 1
                row *= [1.0 - error if joint[at] == code else error / others for joint in self.states]
        return np.asarray((np.log(weights @ probabilities) - np.log(whole)).sum(axis=0))

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
    seen = tuple((name, round(1.0 - max(share for _, share in codes), 12)) for name, codes in row.seen)
    return [Cell(place, seen)] * round(worth)


def _known(file: CaseFile, variables: tuple[str, ...], joint: tuple[str, ...]) -> bool:
    """Tell whether a case in a joint state could be in a file: by the alternatives themselves, as they are written."""
    case = dict(zip(variables, joint, strict=True))
    boxes = file.selected.alternatives if file.selected is not None and file.rows else ({},)
    return any(all(case[name] in states for name, states in box.items()) for box in boxes)


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
        [*cells, *(grades if file.suffix else []), *counted, *(use + values[0] for values in file.where.values())]
    )
