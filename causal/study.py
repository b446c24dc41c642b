"""The front door.

    study = causal.load("rain")            a model and its priors, read and checked
    study.show()             -> Picture    the graph, with what the stated medians make of it
    study.questionnaire()    -> Questionnaire  what nobody judged, as an interview sheet: .text .yaml .table
    study.grid(question, weights=...)  -> Explained  the same question under many priors, each a fit
    study.calibrate()        -> Explained  whether the posterior of this file is calibrated, by simulation
    study.sample(seed=1)     -> Posterior  drawn, or taken from the store of fits
    posterior.ask(question)  -> Answer     .table .text .plot()
    posterior.interventions() -> Ranking   every named intervention under every reading: .table .plot()
    posterior.responsibility() -> Explained        one of many that say what made the difference
    posterior.report("out/")               report.html, report.md, report.json
    study.roulette(question), study.quantiles(question)    a judgement made by hand, in a notebook
    study.to_networkx(), study.to_dowhy()  the graph, for others

Nothing here computes: each method hands on to the floor whose work it is, and adds a plot and a display.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from causal.ask import answer as asked
from causal.ask.answer import CI_PROB, PANEL
from causal.ask.panel import Panel, ask
from causal.ask.saying import counted
from causal.errors import CausalError, GateError, NotStored, TooLarge, Unsupported, UsageError
from causal.exact.mechanisms import is_fixed
from causal.explained import Explains, values
from causal.graph import Digraph, to_networkx
from causal.learn import store
from causal.learn.adapting import elicit_of
from causal.learn.elicited import Elicited
from causal.learn.gate import REFUSE
from causal.learn.layout import medians
from causal.learn.limits import refusals
from causal.learn.nuts import Length, Watch
from causal.learn.sample import CHAINS, DRAWS, TUNE, Draws, aim, sample
from causal.manyfits import ManyFits
from causal.spec.files import graphs_beside, read_case
from causal.spec.grammar import parse_event, parse_question
from causal.spec.model import Model
from causal.spec.priors import Priors
from causal.spec.question import Event, Probability, Question
from causal.widgets.by_hand import ByHand

if TYPE_CHECKING:
    from causal.ask.identification import Frame
    from causal.learn.model import PymcModel
    from causal.tell import Report
    from causal.tell.displays import Picture
    from causal.tell.questionnaire import Questionnaire

AT_MEDIANS = "with every parameter at its median as stated"
AT_DRAWS = "posterior means, with no intervention"
AT_NUMBERS = "exact, with no intervention"


def load(model: str | Path, priors: str | Path | None = None) -> Study:
    """Read a model (a file or a shipped name) and its priors, and check both; a ``.bif`` file has its own numbers.

    Raises SpecError with every problem of a file, UsageError where there is no such file.

    >>> load("rain")
    <Study rain: 4 variables, 2 experts>
    """
    return Study(*read_case(model, priors))


@dataclass(frozen=True)
class Study(ByHand, ManyFits):
    """A model and what was judged about it."""

    model: Model
    priors: Priors

    @cached_property
    def elicited(self) -> Elicited:
        """What was judged, sorted into priors, evidence and checks.

        Raises SpecError where a judgement cannot be used, Unsupported where the engine does not compute what they say.
        """
        refused = refusals(self.model, self.priors)
        if refused:
            raise Unsupported("\n".join(refused))
        return elicit_of(self.model, self.priors)

    @property
    def exact(self) -> bool:
        """Whether every number is in the model, so that there is nothing to judge and nothing to draw."""
        return all(is_fixed(variable) for variable in self.model.variables.values())

    @property
    def notes(self) -> tuple[str, ...]:
        """What was changed while the model was read."""
        return self.model.notes

    def __repr__(self) -> str:
        def words() -> str:
            known = "exact numbers" if self.exact else counted(len(self.priors.experts), "expert")
            return f"{self.model.name}: {counted(len(self.model.variables), 'variable')}, {known}"

        return _shown("Study", words)

    def _repr_html_(self) -> str:
        from causal.tell.displays import safely, study_html

        return safely(lambda: study_html(self.model, self.priors, self._usable(), self.exact), "&lt;Study&gt;")

    def _usable(self) -> Elicited | None:
        """Return what was elicited, None where the judgements cannot be used."""
        try:
            return self.elicited
        except CausalError:
            return None

    def show(self) -> Picture:
        """Draw the graph; where anybody judged anything, with bars of probability at the medians as stated.

        >>> print(str(load("rain").show()).splitlines()[0])
        Why is the grass wet? (rain)
        """
        from causal.tell.displays import graph

        said = self.exact or self.priors.judgements or self.priors.defaults
        if not said or refusals(self.model, self.priors):
            return graph(self.model)
        return self.at_medians().show()

    def questionnaire(self, by: str | None = None) -> Questionnaire:
        """Return the questions that nobody answered, or that one expert (perhaps a new one) did not, in plain words."""
        from causal.tell.questionnaire import questionnaire

        return questionnaire(self.elicited, by)

    def to_networkx(self) -> Digraph:
        """Return the graph alone: labels and states on the nodes, reasons and signs on the edges, and no numbers."""
        return to_networkx(self.model)

    def to_dowhy(
        self,
        treatment: str | Sequence[str],
        outcome: str,
        data: Frame | None = None,
        observed: Iterable[str] | None = None,
    ) -> Any:
        """Return a ``dowhy.CausalModel`` of the effect of ``treatment`` on ``outcome``, to identify or estimate it.

        ``data`` are comparable cases, states by name; without them, ``observed`` says which variables could be seen
        (all, if left out). Raises UnknownName and UsageError.
        """
        from causal.ask.identification import to_dowhy

        return to_dowhy(self.model, treatment, outcome, data, observed)

    def pymc_model(self) -> PymcModel:
        """Return the posterior as an ordinary PyMC model.

        Raises UsageError where the model has every number, so that there is nothing to infer.
        """
        from causal.learn.model import build

        if self.exact:
            raise UsageError(f"{self.model.name} has every number in the model, so PyMC has nothing to infer")
        return build(self.elicited)

    def sample(
        self,
        seed: int = 1,
        draws: int = DRAWS,
        tune: int = TUNE,
        chains: int = CHAINS,
        quiet: bool = True,
        watch: Watch | None = None,
        cluster: str | None = None,
    ) -> Posterior:
        """Draw from the posterior, or take the same draws from the store; the same seed gives the same draws.

        Where the model has every number there is one draw, and it is exact. After an edit, or an interrupt, only the
        experts are drawn whose posterior has no draws yet. Warns (NotStored) where the draws cannot be kept.
        ``watch`` is told how far the sampler is (done, total, divergences); ``quiet=False`` has it draw its own bar.
        On a ``cluster`` (``tcp://host:port`` or ``local``) every expert is a job.
        """
        stored = self.stored(seed, draws, tune, chains)
        if stored is not None:
            return stored
        drawn, keys = store.obtain(aim(self.elicited), seed, Length(draws, tune, chains), quiet, watch, cluster)
        name = self._fit(seed, draws, tune, chains)
        try:
            store.save(name, drawn, keys)
        except OSError as error:  # the draws are good although they cannot be kept
            why = f"{error.filename}: {error.strerror}" if error.filename else str(error)
            lost = f"the draws are not kept, so the next question makes them again: {why}"
            warnings.warn(lost, NotStored, stacklevel=2)
        return Posterior(self, Draws.of(drawn, seed), name)

    def stored(self, seed: int = 1, draws: int = DRAWS, tune: int = TUNE, chains: int = CHAINS) -> Posterior | None:
        """Return the posterior whose draws are in the store of fits, or None where some are still to be made."""
        if self.exact:
            return self.at_medians()
        name = self._fit(seed, draws, tune, chains)
        found = store.load(name)
        return None if found is None else Posterior(self, Draws.of(found, seed), name)

    def _fit(self, seed: int, draws: int, tune: int, chains: int) -> str:
        """Return the name of a fit in the store."""
        return store.digest(self.model.digest, self.priors.digest, seed=seed, draws=draws, tune=tune, chains=chains)

    def at_medians(self) -> Posterior:
        """Return the posterior that has every parameter at its median as stated: a single draw, no uncertainty."""
        names = tuple(parameter.name for parameter in self.elicited.network.parameters)
        experts = tuple(self.elicited.held)
        draws = Draws(medians(self.elicited)[None, None], names, experts, ("iid",) * len(experts), seed=0)
        return Posterior(self, draws, "")


@dataclass(frozen=True, repr=False)
class Answer(asked.Answer):
    """The answer to one question, with its picture: ``labels`` name the experts, ``weights`` are their shares."""

    labels: Mapping[str, str] = field(default_factory=dict, compare=False)
    weights: Mapping[str, float] = field(default_factory=dict, compare=False)

    def plot(self) -> Picture:
        """Draw the answer by expert and for the panel; the picture's ``figure`` is Matplotlib's."""
        from causal.tell.displays import chart
        from causal.tell.pictures.densities import densities

        return chart(densities(self, self.labels, self.weights or None), self.question, self.text)

    def _repr_html_(self) -> str:
        from causal.tell.displays import answer_html, safely

        return safely(lambda: answer_html(self, self.labels), "&lt;Answer&gt;")


def _shown(kind: str, words: Callable[[], str]) -> str:
    """Return a repr, and the mere kind of what is broken: a repr never raises."""
    try:
        return f"<{kind} {words()}>"
    except Exception:  # noqa: BLE001 - whatever state the object is in
        return f"<{kind}>"


@dataclass(frozen=True)
class Posterior(Explains):
    """Draws of a study, to be asked. ``digest`` is the name of the fit in the store, empty if it is not kept."""

    study: Study
    draws: Draws = field(repr=False)
    digest: str = ""

    def __repr__(self) -> str:
        def words() -> str:
            drawn = f"{counted(self.draws.total, 'draw')} of {counted(len(self.panel.experts), 'expert')}"
            return f"of {self.study.model.name}: {'exact numbers' if self.study.exact else drawn}"

        return _shown("Posterior", words)

    def _repr_html_(self) -> str:
        from causal.tell.displays import posterior_html, safely

        return safely(lambda: posterior_html(self.study.model, self.study.priors, self.draws), "&lt;Posterior&gt;")

    @cached_property
    def panel(self) -> Panel:
        """The draws as the asking floor takes them."""
        return Panel(self.study.elicited, self.draws, self._refit, self.digest)

    def _refit(self, news: tuple[int, ...]) -> Draws:
        chains, draws = self.draws.theta.shape[:2]
        return sample(self.study.elicited, self.draws.seed, draws, TUNE, max(chains, CHAINS), news)

    def ask(self, question: str | Question, level: str = "population", ci_prob: float = CI_PROB) -> Answer:
        """Answer one question, exactly for every draw.

        ``level`` is ``population`` (what is given locates the case) or ``case`` (what is given is news about it).
        Raises QueryError and its kinds.

        >>> round(load("rain").at_medians().ask("P(grass = wet | none)").mean, 3)
        0.035
        """
        return self.ask_all([question], level, ci_prob)[0]

    def ask_all(
        self, questions: Iterable[str | Question], level: str = "population", ci_prob: float = CI_PROB
    ) -> list[Answer]:
        """Answer many questions in one run of the tape."""
        if level not in ("population", "case"):
            raise UsageError(f"level is 'population' or 'case', not {level!r}")
        if not 0.0 < ci_prob < 1.0:
            raise UsageError(f"ci_prob lies between 0 and 1, not at {ci_prob}")
        parsed = [parse_question(question) if isinstance(question, str) else question for question in questions]
        pages = [self.study.elicited.writer.write(question) for question in parsed]
        labels, weights = self._labels, self.panel.shares
        return [
            Answer(**values(answer), labels=labels, weights=weights)
            for answer in ask(self.panel, pages, level, ci_prob)
        ]

    @property
    def _labels(self) -> dict[str, str]:
        """What experts and variables are called."""
        experts = {name: expert.title for name, expert in self.study.priors.experts.items()}
        return {name: variable.title for name, variable in self.study.model.variables.items()} | experts

    def shares(self) -> dict[str, dict[str, float]]:
        """Return the panel's mean probability of every state of every variable, with no intervention.

        Raises GateError where the draws do not deserve to be shown.

        >>> round(load("rain").at_medians().shares()["season"]["dry"], 2)
        0.55
        """
        names = list(self.study.model.variables)
        answers = self.ask_all(Probability((Event(name),)) for name in names)
        for answer in answers:
            if answer.gate.verdict == REFUSE:
                raise GateError(f"{answer.question} is not shown: {answer.gate.findings[0]}")
        return {
            name: {state: answer.estimates[(PANEL, state)].mean for state in answer.states}
            for name, answer in zip(names, answers, strict=True)
        }

    def show(self) -> Picture:
        """Draw the graph with the probability of every state; without, where the gate refuses or one is too large."""
        from causal.tell.displays import graph

        try:
            shares = self.shares()
        except GateError:
            return graph(self.study.model, shown="no probabilities: the gate refuses the draws")
        except TooLarge:
            return graph(self.study.model, shown="no probabilities: some are too large to be computed")
        shown = AT_NUMBERS if self.study.exact else AT_MEDIANS if self.draws.total == 1 else AT_DRAWS
        return graph(self.study.model, shares, shown)

    def facts(self, override: bool = False, rivals: Sequence[Posterior] = ()) -> Report:
        """Return the facts of the report: all that its renderings say, before any rendering.

        ``override`` tells what the gate refuses as well, and records that it did. ``rivals`` are posteriors of rival
        graphs, under which the headline is asked too. Raises UsageError where they have other experts.
        """
        from causal.tell import gather

        ranking = self.interventions()
        return gather(
            self.panel, ranking, override=override, explained=self.told(ranking.sweep),
            rivals=[each.panel for each in rivals], beside=graphs_beside(self.study.model),
        )  # fmt: skip

    def report(self, folder: str | Path, override: bool = False, rivals: Sequence[Posterior] = ()) -> tuple[Path, ...]:
        """Write report.html, report.md and report.json into a folder, and return where they are.

        With ``rivals`` the report has a section on them:

            first, *others = [each.sample() for each in causal.rivals("ussr")]
            first.report("out", rivals=others)
        """
        from causal.tell import write

        return write(self.facts(override, rivals), Path(folder))

    def _outcome(self, outcome: str | Event | None) -> Event:
        if isinstance(outcome, str):
            return parse_event(outcome)
        event = outcome or self.study.model.outcome
        if event is None:
            raise UsageError(f"{self.study.model.name} names no outcome; say which: interventions(outcome='y = s')")
        return event

    @property
    def theta(self) -> np.ndarray:
        """The parameters' draws, shape (chains, draws, parameters, experts)."""
        return self.draws.theta
