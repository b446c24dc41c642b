"""Simulation-based calibration: what is drawn from a posterior, held to a truth that is known since it was made up.

    theta    drawn from the priors of one expert, or of a panel pooled hierarchically
    data     what a judge who errs as much as theirs do says of every derived question at theta; and as many cases as
             the file has, drawn from the model at theta, with the file's holes, and miscoded as often as its grades say
    draws    from the posterior given these data, by the road of every file: judgements and a CSV are read, then NUTS
    rank     how many of L nearly independent draws lie below the truth, for every quantity

If all is right, every rank is uniform on 0, ..., L: of each parameter, of any question, and of quantities that look at
the data. Those see what the others cannot: draws from the prior alone have uniform ranks of every parameter. Here they
are the log likelihood of the data and the log joint density, both written anew, from the made-up data themselves.

Cook, Gelman & Rubin (2006), J. Comput. Graph. Stat. 15:675; Talts, Betancourt, Simpson, Vehtari & Gelman (2018),
arXiv:1804.06788; Modrák, Moon, Kim, Bürkner, Huurre, Faltejsková, Gelman & Vehtari (2023), Bayesian Analysis
20:461, who also say what becomes of draws that equal the truth: the rank is drawn among the places they leave open. A
simulation that cannot be sampled is counted as a failure with its reason; none is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from causal.errors import CausalError, UsageError
from causal.exact.answer import Writer
from causal.exact.kernel import Floats
from causal.exact.network import Network
from causal.exact.tape import Tape
from causal.learn.convergence import convergence
from causal.learn.elicited import Elicited
from causal.learn.layout import Layout, lay_out
from causal.learn.nuts import Length
from causal.learn.reading import elicit
from causal.learn.sample import Drawn, aim, draw
from causal.learn.simulating import Cases, Coded, Said, prepare
from causal.spec.model import Model
from causal.spec.priors import Priors
from causal.spec.question import Question

DRAWS = 99  # L: a multiple of the chains, and 100 ranks have a central 90 % interval
CHAINS, TUNE, THIN = 3, 500, 10
EFFECTIVE = 300.0  # of all draws before thinning: three to each that is kept
LONGER, TIMES = 4, 3  # chains that fall short are drawn anew, so many times as long, at most so often
SAME = 1e-12  # of their size: numbers this near are the same one, summed in another order
LIKELIHOOD, JOINT = "log likelihood", "log joint density"


@dataclass(frozen=True)
class Simulation:
    """What came of one simulation: a rank for each quantity of the study, or why there is none.

    ``longer`` says how often the chains had to be drawn anew; ``divergences`` are those of the chains that were kept.
    """

    ranks: tuple[int, ...] = ()
    divergences: int = 0
    longer: int = 0
    failure: str = ""


@dataclass(frozen=True)
class Calibration:
    """A model and priors whose posterior of ``expert`` is to be calibrated, and questions to look at beside parameters.

    Every derived judgement that is evidence is made up anew; so are all cases, of which every row has to be worth a
    whole number of one's own: 0.25 times a count of 8 stands for two cases.
    """

    model: Model
    priors: Priors
    expert: str
    asked: tuple[Question, ...] = ()

    @cached_property
    def writer(self) -> Writer:
        """Where all questions are written, so that what two simulations share is written once."""
        return Writer(Network.of(self.model))

    @cached_property
    def full(self) -> Elicited:
        """What the file itself says."""
        return elicit(self.writer, self.priors)

    @cached_property
    def elicited(self) -> Elicited:
        """What the truth is drawn from: the file, without what all but the first of several judges of a number say."""
        further = {id(each) for said in self.said if said.known is not None for each in said.judgements[1:]}
        if not further:
            return self.full
        first = tuple(each for each in self.priors.judgements if id(each) not in further)
        return elicit(self.writer, replace(self.priors, judgements=first))

    @cached_property
    def layout(self) -> Layout:
        """Where the truth is drawn from."""
        return lay_out(self.elicited, self.expert)

    @cached_property
    def said(self) -> tuple[Said, ...]:
        """The judgements that are made up."""
        return prepare(self.full, self.expert)

    @cached_property
    def cases(self) -> Cases:
        """The cases that are made up."""
        return Cases.of(self.writer, self.priors)

    @cached_property
    def free(self) -> tuple[str, ...]:
        """The parameters in doubt."""
        fixed = set(self.layout.places["point"].tolist())
        return tuple(name for place, name in enumerate(self.layout.parameters) if place not in fixed)

    @property
    def quantities(self) -> tuple[str, ...]:
        """The names of what is ranked."""
        data = (LIKELIHOOD, JOINT) if self.said or self.cases.cells else ()
        return (*self.free, *map(str, self.asked), *data)

    @cached_property
    def tape(self) -> Tape:
        """The questions, then what is judged, then the probabilities of all that a case may look like."""
        asked: list[int] = []
        for question in self.asked:
            written = self.writer.write(question)
            if len(written.slots) > 1:
                raise UsageError(f"'{question}' has a number for each state, and one is ranked: ask for a state of it")
            asked += written.slots
        slots = [*asked, *(each.slot for each in self.said), *self.cases.slots]
        return self.elicited.network.recorder.tape(slots)

    def simulate(self, seed: Sequence[int]) -> Simulation:
        """Return one simulation; the same seed, the same ranks."""
        rng = np.random.default_rng([*seed, *self.expert.encode()])
        truth = self.layout.draw(rng, 1)[:, :, 0].T
        _, judged, probabilities = self._split(self.tape.values(truth))
        answers = [said.answers(rng, float(value)) for said, value in zip(self.said, judged[:, 0], strict=True)]
        seen = self.cases.draw(rng, probabilities[:, 0]) if self.cases.cells else ()
        try:
            drawn, longer = self._draws(self._file(answers, seen), int(rng.integers(2**63)))
        except CausalError as error:
            return Simulation(failure=str(error).splitlines()[0])
        if drawn is None:
            return Simulation(longer=longer, failure=f"the chains did not mix, {longer} times longer ones neither")
        every = self._values(drawn.theta.reshape(-1, len(self.layout.parameters)).T, answers, seen)
        for name, values in zip(self.quantities, every, strict=True):
            if not np.isfinite(values).all():
                return Simulation(longer=longer, failure=f"{name} has no number in some draws")
        ranks = self._ranks(rng, every[:, :: every.shape[1] // DRAWS], self._values(truth, answers, seen))
        return Simulation(ranks, drawn.divergences, longer)

    @staticmethod
    def _ranks(rng: np.random.Generator, kept: Floats, truth: Floats) -> tuple[int, ...]:
        """Return the rank of each truth, shape (quantities, 1), among the draws that are kept."""
        same = SAME * np.maximum(1.0, np.abs(truth))
        below, level = (kept < truth - same).sum(axis=1), (np.abs(kept - truth) <= same).sum(axis=1)
        return tuple((below + rng.integers(level + 1)).tolist())

    def _file(self, answers: Sequence[Floats], seen: Sequence[Coded]) -> Elicited:
        """Return what is elicited from a file that says what was made up."""
        written = [pair for said, each in zip(self.said, answers, strict=True) for pair in said.written(each)]
        new = {id(old): judgement for old, judgement in written}
        judgements = tuple(new.get(id(each), each) for each in self.priors.judgements)
        cases = self.cases.written(seen) if seen else self.priors.cases
        return elicit(self.writer, replace(self.priors, judgements=judgements, cases=cases))

    def _draws(self, elicited: Elicited, seed: int) -> tuple[Drawn | None, int]:
        """Return draws of which every quantity is worth enough, or None, and how often they were drawn anew."""
        target = next(each for each in aim(elicited) if each.expert == self.expert)
        for longer in range(TIMES + 1):
            each = DRAWS // CHAINS * THIN * LONGER**longer
            drawn = draw([target], seed, Length(each, TUNE, CHAINS))[self.expert]
            shown = self._split(self.tape.values(drawn.theta.reshape(-1, len(self.layout.parameters)).T))[0]
            free = drawn.theta[:, :, [self.layout.parameters.index(name) for name in self.free]]
            of_questions = shown.reshape(len(shown), CHAINS, each)
            moving = of_questions[np.ptp(of_questions, axis=(1, 2)) > SAME]  # what is settled has nothing to mix
            if convergence(np.concatenate([np.moveaxis(free, 2, 0), moving])).bulk.min() >= EFFECTIVE:
                return drawn, longer
        return None, TIMES

    def _split(self, values: Floats) -> tuple[Floats, Floats, Floats]:
        """Part what the tape gives into questions, judged and probabilities of joint states."""
        first, second = len(self.asked), len(self.asked) + len(self.said)
        return values[:first], values[first:second], values[second:]

    def _values(self, theta: Floats, answers: Sequence[Floats], seen: Sequence[Coded]) -> Floats:
        """Return every quantity at each column of theta, shape (quantities, columns)."""
        asked, judged, probabilities = self._split(self.tape.values(np.ascontiguousarray(theta)))
        free = theta[[self.layout.parameters.index(name) for name in self.free]]
        if not (self.said or seen):
            return np.concatenate([free, asked])
        likelihood = np.zeros(theta.shape[1])
        for said, values, each in zip(self.said, judged, answers, strict=True):
            likelihood += said.log_likelihood(values, each)
        if seen:
            likelihood += self.cases.log_likelihood(probabilities, seen)
        joint = likelihood + log_prior(self.layout, theta)
        return np.concatenate([free, asked, [likelihood, joint]])


def log_prior(layout: Layout, theta: Floats) -> Floats:
    """Return the log density of one expert's vectors behind theta, shape (parameters, draws), up to a constant."""
    at = {family: theta[places] for family, places in layout.places.items()}
    mu, sigma = layout.numbers["log_odds"][:, :, None]
    line = np.where(layout.as_share[:, None], _log_odds(at["log_odds"], layout.as_share), at["log_odds"])
    total = -0.5 * (((line - mu) / sigma) ** 2).sum(axis=0)
    a, b = layout.numbers["share"][:, :, None]
    total += ((a - 1.0) * np.log(at["share"]) + (b - 1.0) * np.log1p(-at["share"])).sum(axis=0)
    middle, spread = layout.numbers["forced"][:2, :, None]
    total += -0.5 * (((at["forced"] - middle) / spread) ** 2).sum(axis=0)
    mean, slope, sd, top_mu = layout.numbers["log_gap"][:, :, None]
    top = line[layout.top]
    above = np.where(layout.upper[:, None] >= 0, at["log_gap"][layout.upper], top)
    gap = np.log(at["log_gap"] - above) if len(top) else top
    total += -0.5 * (((gap - mean - slope * (top - top_mu)) / sd) ** 2).sum(axis=0)
    return np.asarray(total)


def _log_odds(values: Floats, share: np.ndarray) -> Floats:
    inside = np.where(share[:, None], values, 0.5)
    return np.asarray(np.log(inside) - np.log1p(-inside))
