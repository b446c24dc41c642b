"""What takes many fits of one study, each a job (learn/jobs.py): on all cores of this machine, or on a cluster.

    study.grid(question, weights=...)    the same question under many priors
    study.calibrate()                    does the posterior deserve its name? by simulation

What was finished is kept, so that the next call goes on where this one was stopped.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from causal.errors import UsageError
from causal.explained import Explained
from causal.learn.nuts import Length
from causal.learn.sample import CHAINS, DRAWS, TUNE
from causal.spec.grammar import parse_question
from causal.spec.question import Probability

if TYPE_CHECKING:
    from causal.learn.elicited import Elicited


class ManyFits(ABC):
    """Something that can be fitted many times: it has a model and judgements."""

    @property
    @abstractmethod
    def elicited(self) -> Elicited:
        """What was judged."""

    @property
    @abstractmethod
    def exact(self) -> bool:
        """Whether every number is in the model."""

    def grid(
        self, question: str, weights: Sequence[float] = (), relevances: Sequence[float] = (), leave_out: bool = False,
        seed: int = 1, draws: int = DRAWS, tune: int = TUNE, chains: int = CHAINS, cluster: str | None = None,
        told: Callable[[int, int], object] = lambda *_: None,
    ) -> Explained:  # fmt: skip
        """Answer one question under many priors: powers on all evidence and all cases, experts left out in turn.

        ``cluster`` is a scheduler of dask.distributed, ``tcp://host:port`` or ``local``; left out, the cores here.
        ``told`` is called with how many fits there are, and of how many.
        Raises UsageError where there is nothing to vary, JobsFailed where a setting cannot be answered.
        """
        from causal.ask.grid import grid, settings

        length = Length.of(seed, draws, tune, chains)
        model, priors = self.elicited.network.model, self.elicited.priors
        parsed = parse_question(question)
        self.elicited.writer.write(parsed)  # what cannot be asked is said before anything is fitted
        at = settings(priors, weights, relevances, leave_out)
        found = grid(model, priors, str(parsed), at, seed, length, cluster, told)
        return Explained("grid", found, {name: each.title for name, each in priors.experts.items()})

    def calibrate(
        self, simulations: int = 200, ask: Sequence[str] | None = None, expert: str | None = None, seed: int = 1,
        cluster: str | None = None, told: Callable[[int, int], object] = lambda *_: None,
    ) -> Explained:  # fmt: skip
        """Ask whether the posterior is calibrated, by simulation: of one expert, or of all who have one.

        Data are made up at a truth drawn from the priors, and the posterior given them is drawn from, so many times;
        the ranks of the truth are to be uniform for every parameter, what is asked (left out: the outcome) and what
        looks at the data. Batches of simulations are kept as they are made, so that what was stopped goes on; they run
        on all cores here or on a ``cluster``, and ``told`` is called with how many of them there are.
        Raises UsageError where there is nothing that can be calibrated, QueryError where something cannot be asked.
        """
        from causal.ask.calibrated import calibrate

        Length.of(seed, DRAWS, TUNE, CHAINS)
        model, priors = self.elicited.network.model, self.elicited.priors
        if self.exact:
            raise UsageError(f"{model.name} has every number in the model, so there is no posterior to calibrate")
        outcome = () if model.outcome is None else (Probability((model.outcome,)),)
        asked = outcome if ask is None else tuple(map(parse_question, ask))
        found = calibrate(model, priors, asked, simulations, expert, seed, cluster, told)
        return Explained("calibrate", found, {name: each.title for name, each in priors.experts.items()})
