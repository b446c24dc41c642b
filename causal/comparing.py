"""Rival graphs at the front door: one question, several studies.

    causal.compare(["a.yaml", "b.yaml"], ask="P(y = s)")           any models with the same experts
    causal.compare(causal.rivals("ussr"), ask="P(...)")            a model, and each of its rivals
    causal.rivals("ussr", together=True)                           and all of them together that exclude no other

The result has ``.text``, ``.table``, ``.plot()`` and ``to_dict()``, as every analysis has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from pathlib import Path

from causal.ask import comparing
from causal.errors import SpecError, UsageError
from causal.explained import Explained
from causal.learn.nuts import Length
from causal.learn.sample import CHAINS, DRAWS, TUNE
from causal.spec.files import base_of, find_model, read_rivals, rivals_of
from causal.spec.grammar import parse_question
from causal.spec.question import Event, Probability, Question
from causal.spec.rivalfile import is_rival
from causal.study import Posterior, Study, load

type Sampler = Callable[[Study], Posterior]
COMPARE = "compare"


def compare(
    graphs: Iterable[str | Path | Study | Posterior],
    ask: str | Question | None = None,
    priors: str | Path | None = None,
    seed: int = 1,
    draws: int = DRAWS,
) -> Explained:
    """Ask one question under several graphs: answers side by side, predictive scores, and what the answer hangs on.

    Graphs are files, shipped names, studies or posteriors; ``priors`` are those of all that are read here. Left out,
    ``ask`` is the probability of the first model's outcome. Fits are taken from the store where they are there.
    Raises UsageError where there are not two graphs, or they have different experts.

    >>> rain = load("rain")
    >>> found = compare([rain.at_medians(), rain.at_medians()], ask="P(grass = wet)")
    >>> [round(side.answer.mean, 2) for side in found.result.sides]
    [0.69, 0.69]
    """

    def sampler(study: Study) -> Posterior:
        return study.sample(seed=seed, draws=draws)

    Length.of(seed, draws, TUNE, CHAINS)
    opened = [each if isinstance(each, Study | Posterior) else load(each, priors) for each in graphs]
    return lay_out(opened, ask, sampler)


def lay_out(graphs: Sequence[Study | Posterior], ask: str | Question | None, sampler: Sampler) -> Explained:
    """Compare what is opened already; ``sampler`` draws from what is no posterior yet."""
    if not graphs:
        raise UsageError("compare at least two graphs")
    question = _question(graphs[0].study if isinstance(graphs[0], Posterior) else graphs[0], ask)
    posteriors = [each if isinstance(each, Posterior) else sampler(each) for each in graphs]
    panels = {}
    for each in posteriors:
        name, number = each.study.model.name, 2
        while name in panels:  # the same model with other priors
            name, number = f"{each.study.model.name} ({number})", number + 1
        panels[name] = each.panel
    found = comparing.compare(panels, question)
    labels = {name: expert.title for name, expert in posteriors[0].study.priors.experts.items()}
    return Explained(COMPARE, found, labels)


def rivals(model: str | Path, priors: str | Path | None = None, together: bool = False) -> list[Study]:
    """Return a model and the rivals that lie beside it, as studies; the model itself first.

    ``together`` adds every set of rivals whose arrows run in no circle. Raises UsageError where it has no rival.
    """
    path = find_model(model)
    path = base_of(path) if is_rival(path) else path
    beside = rivals_of(path)
    if not beside:
        what = f"a file that says 'like: {path.stem}' and what it changes"
        raise UsageError(f"{path.stem} has no rival beside it: {what}")
    found = [load(path, priors)]
    for size in range(1, len(beside) + 1 if together else 2):
        for some in combinations(beside.values(), size):
            try:
                found.append(Study(*read_rivals(some, priors)))
            except SpecError:
                if size == 1:
                    raise  # alone it has a mistake; with others it excludes them
    return found


def _question(study: Study, ask: str | Question | None) -> Question:
    if isinstance(ask, str):
        return parse_question(ask)
    if ask is not None:
        return ask
    outcome = study.model.outcome
    if outcome is None:
        raise UsageError(f"{study.model.name} names no outcome; say what to ask: ask='P(y = s)'")
    return Probability((Event(outcome.variable, outcome.op, outcome.states),))
