"""One question under other priors: how far the answer hangs on how much anything was made to count.

    weight       a power on the likelihood of every judgement that is evidence (on the file's own weight)
    relevance    a power on every comparable case (on the file's own relevance)
    without      an expert who is set apart, so that the panel is made of the others

A grid is every weight with every relevance, each a fit of its own, and the panel without each of its experts in turn.
Scaling a likelihood by a power is how sensitivity to it is told from sensitivity to the prior (Kallioinen et al. 2024);
0 leaves out, 1 is the file as it stands. Each fit is a job (learn/jobs.py): kept once it is there, and run anywhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from causal.ask.answer import CI_PROB
from causal.ask.brief import Brief
from causal.ask.panel import Panel, ask
from causal.ask.saying import counted
from causal.errors import UsageError
from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.learn import store
from causal.learn.gate import Finding, Gate
from causal.learn.jobs import Job, run
from causal.learn.nuts import Length
from causal.learn.reading import elicit
from causal.learn.sample import Draws, aim
from causal.spec.grammar import parse_question
from causal.spec.model import Model, frozen
from causal.spec.priors import Priors

COLUMNS = "weight relevance without mean median lower upper mcse verdict".split()


@dataclass(frozen=True)
class Setting:
    """What is changed of a prior file."""

    weight: float = 1.0
    relevance: float = 1.0
    without: str = ""

    def __str__(self) -> str:
        if self == Setting():
            return "as it stands"
        said = [f"{name} x {value:g}" for name, value in (("weight", self.weight), ("relevance", self.relevance))
                if value != 1]  # fmt: skip
        return ", ".join([*said, f"without {self.without}"] if self.without else said)


@dataclass(frozen=True)
class Point:
    """The panel's answer under one setting, and the gate over it; what that refuses has no numbers."""

    setting: Setting
    mean: float | None
    median: float | None
    lower: float | None
    upper: float | None
    mcse: float | None
    gate: Gate

    @property
    def verdict(self) -> str:
        """The verdict of its gate."""
        return self.gate.verdict

    @property
    def row(self) -> dict[str, Any]:
        """The point as a row of the table."""
        at = self.setting
        changed = {"weight": at.weight, "relevance": at.relevance, "without": at.without}
        return changed | {name: getattr(self, name) for name in COLUMNS[3:]}


@dataclass(frozen=True)
class Grid:
    """The answers to one question under every setting, the file as it stands first."""

    question: str
    points: tuple[Point, ...]
    ci_prob: float

    @property
    def table(self) -> pd.DataFrame:
        """A row per setting."""
        return pd.DataFrame([point.row for point in self.points], columns=COLUMNS)

    @property
    def gate(self) -> Gate:
        """The gate over all settings."""
        found = Gate()
        for point in self.points:
            found = found & point.gate
        return found

    @property
    def title(self) -> str:
        """What was asked, in a line."""
        return f"{self.question} under {counted(len(self.points), 'setting')} of the priors"

    @property
    def brief(self) -> Brief:
        """A row per setting: mean, interval and verdict."""
        rows = [(str(each.setting), each.mean, each.lower, each.upper, each.verdict) for each in self.points]
        return Brief(("priors", "mean", "from", "to", "gate"), tuple(rows))

    @property
    def text(self) -> str:
        """What the grid says, in a sentence or two."""
        shown = [(point.mean, point.setting) for point in self.points if point.mean is not None]
        here = self.points[0].mean
        if here is None or len(shown) < 2:
            return f"{self.question}: the gate refuses the draws, so there is nothing to compare."
        (low, least), (high, most) = min(shown, key=lambda each: each[0]), max(shown, key=lambda each: each[0])
        said = f"{self.question} is {here:.3f} with the priors as they stand; over {counted(len(shown), 'setting')} "
        said += f"it lies between {low:.3f} ({least}) and {high:.3f} ({most})."
        hidden = len(self.points) - len(shown)
        return said + (f" {counted(hidden, 'setting')} left out: the gate refuses the draws." if hidden else "")

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-ready facts."""
        return {
            "question": self.question,
            "ci_prob": self.ci_prob,
            "settings": [point.row for point in self.points],
            "text": self.text,
            "gate": self.gate.to_dict(),
        }


def settings(priors: Priors, weights: Sequence[float], relevances: Sequence[float], leave_out: bool) -> list[Setting]:
    """Return the settings of a grid, the file as it stands first.

    Raises UsageError where there is nothing to vary, or a number is below 0.
    """
    if any(each < 0 for each in (*weights, *relevances)):
        raise UsageError("a weight or a relevance is a power: 0 leaves out, 1 is as it stands; it is never below 0")
    if relevances and not priors.cases:
        raise UsageError(f"{priors.name} has no comparable cases, so there is no relevance to vary")
    inside = [name for name, expert in priors.experts.items() if expert.pool and expert.weight > 0]
    if leave_out and len(inside) < 2:
        raise UsageError(f"{priors.name} has one expert in the panel, so nobody can be left out")
    found = [Setting(), *(Setting(*pair) for pair in product(weights or (1.0,), relevances or (1.0,)))]
    found += [Setting(without=name) for name in inside] if leave_out else []
    if len(found := list(dict.fromkeys(found))) < 2:
        raise UsageError("nothing varies; give weights, relevances, or leave experts out one at a time")
    return found


def varied(priors: Priors, setting: Setting) -> Priors:
    """Return priors changed as a setting says; their digest says so too, so that no fit of others is taken for theirs.

    >>> from causal import load
    >>> rain = load("rain").priors
    >>> varied(rain, Setting()) is rain, varied(rain, Setting(weight=0.5)).digest == rain.digest
    (True, False)
    """
    if setting == Setting():
        return priors
    judgements = tuple(
        replace(each, weight=each.weight * setting.weight) if each.use in (None, "evidence") else each
        for each in priors.judgements
    )
    cases = tuple(replace(each, relevance=each.relevance * setting.relevance) for each in priors.cases)
    experts = {
        name: replace(expert, pool=False) if name == setting.without else expert
        for name, expert in priors.experts.items()
    }
    changed = json.dumps([priors.digest, setting.weight, setting.relevance, setting.without])
    return replace(
        priors, judgements=judgements, cases=cases if setting.relevance else (), experts=frozen(experts),
        digest=hashlib.sha256(changed.encode()).hexdigest(),
    )  # fmt: skip


def grid(
    model: Model, priors: Priors, question: str, at: Sequence[Setting], seed: int, length: Length,
    cluster: str | None = None, told: Callable[[int, int], object] = lambda *_: None, ci_prob: float = CI_PROB,
) -> Grid:  # fmt: skip
    """Answer a question under every setting, as many at a time as there is room for.

    Raises JobsFailed where a setting cannot be answered, after the others are; UsageError where there is no cluster.
    """
    jobs = list(_jobs(model, priors, question, at, seed, length, ci_prob))
    found = run(jobs, cluster, told)
    points = (_point(setting, found[job.key]) for setting, job in zip(at, jobs, strict=True))
    return Grid(question, tuple(points), ci_prob)


def _point(setting: Setting, found: Mapping[str, Any]) -> Point:
    """Read what a job returned."""
    rhat, ess = (float("nan") if found[name] is None else found[name] for name in ("rhat", "ess"))
    gate = Gate(tuple(Finding(*each) for each in found["findings"]), rhat, ess, found["judged"])
    return Point(setting, **{name: found[name] for name in COLUMNS[3:-1]}, gate=gate)


def _jobs(
    model: Model, priors: Priors, question: str, at: Sequence[Setting], seed: int, length: Length, ci_prob: float
) -> Iterator[Job]:
    for setting in at:
        changed = varied(priors, setting)
        run_of = f"seed {seed}, {length.chains} chains of {length.tune} + {length.draws}, {ci_prob:g}"
        key = f"{question} {setting} [{model.digest}, {changed.digest}, {run_of}]"
        yield Job(key, answered, (model, changed, question, seed, length, ci_prob))


def answered(model: Model, priors: Priors, question: str, seed: int, length: Length, ci_prob: float) -> dict[str, Any]:
    """Fit a case and answer one question: the numbers of a ``Point``. This is what a job runs."""
    elicited = elicit(Writer(Network.of(model)), priors)
    page = elicited.writer.write(parse_question(question))
    drawn, _ = store.obtain(aim(elicited), seed, length)
    answer = ask(Panel(elicited, Draws.of(drawn, seed)), [page], ci_prob=ci_prob)[0]
    facts, gate = answer.to_dict(), answer.gate
    rhat, ess = (float(each) if np.isfinite(each) else None for each in (gate.rhat, gate.ess))
    judged = {"findings": [astuple(each) for each in gate.findings], "rhat": rhat, "ess": ess, "judged": gate.judged}
    return {name: facts[name] for name in COLUMNS[3:-1]} | judged
