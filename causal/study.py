"""The front door.

    study = causal.load("rain")            a model and its priors, read and checked
    study.sample(seed=1)  -> Posterior     drawn, or taken from the store of fits
    posterior.ask(question) -> Answer      .table .text
    posterior.interventions() -> Ranking   every named intervention under every reading
    posterior.report("out/")               report.html, report.md, report.json

Nothing here computes: each method hands on to the floor whose work it is.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from causal.ask.answer import CI_PROB, Answer
from causal.ask.interventions import Ranking, rank
from causal.ask.panel import Panel, ask
from causal.errors import Unsupported, UsageError, nearest
from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.learn.elicited import Elicited
from causal.learn.layout import medians
from causal.learn.limits import refusals
from causal.learn.reading import elicit
from causal.learn.sample import CHAINS, DRAWS, TUNE, Draws, sample
from causal.learn.store import digest, save
from causal.learn.store import load as load_fit
from causal.spec.grammar import parse_question
from causal.spec.model import Model
from causal.spec.modelfile import load_model
from causal.spec.priorfile import load_priors
from causal.spec.priors import ANYONE, Expert, Priors
from causal.spec.question import Event, Question

if TYPE_CHECKING:
    from causal.learn.model import PymcModel
    from causal.tell import Report


def shipped() -> dict[str, Path]:
    """Return the model files that come with the toolkit, by name."""
    here = Path(__file__).resolve().parent
    for models in (here / "shipped" / "models", here.parent / "models"):
        if models.is_dir():
            return {path.stem: path for path in sorted(models.glob("*.yaml"))}
    return {}


def find_model(model: str | Path) -> Path:
    """Return the path of a model given as a file or as a shipped name."""
    path = Path(model)
    if path.is_file():
        return path
    known = shipped()
    if str(model) in known:
        return known[str(model)]
    raise UsageError(
        f"no model file {str(model)!r}, and no shipped model of that name{nearest(str(model), known)}; "
        f"shipped are {', '.join(known) or 'none'}"
    )


def find_priors(path: Path, model: Model) -> Path | None:
    """Return the prior file that goes with a model: ``<model name>.yaml`` in ../priors or priors, or none."""
    for place in (path.parent.parent / "priors", path.parent / "priors"):
        candidate = place / f"{model.name}.yaml"
        if candidate.is_file():
            return candidate
    candidate = path.parent / f"{model.name}.priors.yaml"
    return candidate if candidate.is_file() else None


def load(model: str | Path, priors: str | Path | None = None) -> Study:
    """Read a model (a file or a shipped name) and its priors, and check both.

    Raises SpecError with every problem of a file, UsageError where there is no such file.

    >>> load("rain")
    <Study rain: 4 variables, 2 experts>
    """
    path = find_model(model)
    structure = load_model(path)
    where = Path(priors) if priors is not None else find_priors(path, structure)
    if where is None:
        nobody = Priors("nobody", structure.name, {ANYONE: Expert(ANYONE)})
        return Study(structure, nobody)
    if not where.is_file():
        raise UsageError(f"no prior file {str(where)!r}")
    return Study(structure, load_priors(where, structure))


@dataclass(frozen=True)
class Study:
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
        return elicit(Writer(Network.of(self.model)), self.priors)

    def __repr__(self) -> str:
        return f"<Study {self.model.name}: {len(self.model.variables)} variables, {len(self.priors.experts)} experts>"

    def pymc_model(self) -> PymcModel:
        """Return the posterior as an ordinary PyMC model."""
        from causal.learn.model import build

        return build(self.elicited)

    def sample(
        self, seed: int = 1, draws: int = DRAWS, tune: int = TUNE, chains: int = CHAINS, quiet: bool = True
    ) -> Posterior:
        """Draw from the posterior, or take the same draws from the store; the same seed gives the same draws."""
        settings: dict[str, Any] = {"seed": seed, "draws": draws, "tune": tune, "chains": chains}
        stored = self.stored(**settings)
        if stored is not None:
            return stored
        found = sample(self.elicited, **settings, quiet=quiet)
        key = digest(self.model.digest, self.priors.digest, **settings)
        try:
            save(key, found)
        except OSError as error:  # the draws are good although they cannot be kept
            warnings.warn(f"the fit is not stored, so the next question samples again: {error}", stacklevel=2)
        return Posterior(self, found, key)

    def stored(
        self, seed: int = 1, draws: int = DRAWS, tune: int = TUNE, chains: int = CHAINS
    ) -> Posterior | None:
        """Return the posterior whose draws are in the store of fits, or None where they are still to be made."""
        key = digest(self.model.digest, self.priors.digest, seed=seed, draws=draws, tune=tune, chains=chains)
        found = load_fit(key)
        return None if found is None else Posterior(self, found, key)

    def at_medians(self) -> Posterior:
        """Return the posterior that has every parameter at its median as stated: a single draw, no uncertainty."""
        names = tuple(parameter.name for parameter in self.elicited.network.parameters)
        experts = tuple(self.elicited.held)
        draws = Draws(medians(self.elicited)[None, None], names, experts, ("iid",) * len(experts), seed=0)
        return Posterior(self, draws, "")


@dataclass(frozen=True)
class Posterior:
    """Draws of a study, to be asked. ``digest`` is the name of the fit in the store, empty if it is not kept."""

    study: Study
    draws: Draws = field(repr=False)
    digest: str = ""

    def __repr__(self) -> str:
        return f"<Posterior of {self.study.model.name}: {self.draws.total} draws of {len(self.draws.experts)} experts>"

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
        return ask(self.panel, pages, level, ci_prob)

    def interventions(self, outcome: str | Event | None = None, names: Iterable[str] | None = None) -> Ranking:
        """Return every named intervention's probability of the outcome, effect and plausibility, under each reading."""
        return rank(self.panel, self._outcome(outcome), names)

    def facts(self, override: bool = False) -> Report:
        """Return the facts of the report: all that its renderings say, before any rendering.

        ``override`` tells what the gate refuses as well, and records that it did.
        """
        from causal.tell import gather

        return gather(self.panel, self.interventions(), override=override)

    def report(self, folder: str | Path, override: bool = False) -> tuple[Path, ...]:
        """Write report.html, report.md and report.json into a folder, and return where they are."""
        from causal.tell import write

        return write(self.facts(override), Path(folder))

    def _outcome(self, outcome: str | Event | None) -> Event:
        if isinstance(outcome, str):
            from causal.spec.grammar import parse_event

            return parse_event(outcome)
        event = outcome or self.study.model.outcome
        if event is None:
            raise UsageError(f"{self.study.model.name} names no outcome; say which: interventions(outcome='y = s')")
        return event

    @property
    def theta(self) -> np.ndarray:
        """The parameters' draws, shape (chains, draws, parameters, experts)."""
        return self.draws.theta
