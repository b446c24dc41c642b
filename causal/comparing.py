"""Rival graphs at the front door: one question, several studies.

    causal.compare(["a.yaml", "b.yaml"], ask="P(y = s)")           any models with the same experts
    causal.compare(causal.rivals("ussr"), ask="P(...)")            a model, and each of its rivals
    causal.rivals("ussr", together=True)                           and all of them together that exclude no other

The result has ``.text``, ``.table``, ``.plot()`` and ``to_dict()``, as every analysis has.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path

from causal.ask import comparing
from causal.errors import SpecError, UsageError
from causal.explained import Explained
from causal.learn.sample import DRAWS
from causal.spec.files import base_of, find_model, read_rivals, rivals_of
from causal.spec.grammar import parse_question
from causal.spec.question import Event, Probability, Question
from causal.spec.rivalfile import is_rival
from causal.study import Posterior, Study, load

COMPARE = "compare"


def compare(
    graphs: Iterable[str | Path | Study | Posterior],
    ask: str | Question | None = None,
    priors: str | Path | None = None,
    seed: int = 1,
    draws: int = DRAWS,
    cluster: str | None = None,
) -> Explained:
    """Ask one question under several graphs: answers side by side, predictive scores, and what the answer hangs on.

    Graphs are files, shipped names, studies or posteriors; ``priors`` are those of all that are read here. Left out,
    ``ask`` is the probability of the first model's outcome. Fits are taken from the store where they are there, and
    else are made here or on a ``cluster`` (``tcp://host:port`` or ``local``).
    Raises UsageError where there are not two graphs, or they have different experts.

    >>> rain = load("rain")
    >>> found = compare([rain.at_medians(), rain.at_medians()], ask="P(grass = wet)")
    >>> [round(side.answer.mean, 2) for side in found.result.sides]
    [0.69, 0.69]
    """
    opened = [each if isinstance(each, Study | Posterior) else load(each, priors) for each in graphs]
    question = asked_of([each.study if isinstance(each, Posterior) else each for each in opened], ask)
    drawn = [
        each if isinstance(each, Posterior) else each.sample(seed=seed, draws=draws, cluster=cluster) for each in opened
    ]
    return lay_out(drawn, question, cluster)


def asked_of(studies: Sequence[Study], ask: str | Question | None = None) -> Question:
    """Return what is asked of several studies: a question, or the probability of the first one's outcome.

    Raises UsageError where there is nothing to ask of or to ask; QueryError and its kinds where a study cannot be asked
    it, before anything is drawn.
    """
    names = comparing.distinct(each.model.name for each in studies)
    comparing.comparable({name: each.elicited.experts for name, each in zip(names, studies, strict=True)})
    question = parse_question(ask) if isinstance(ask, str) else ask or _outcome(studies[0])
    for study in studies:
        study.elicited.writer.write(question)
    return question


def lay_out(posteriors: Sequence[Posterior], question: Question, cluster: str | None = None) -> Explained:
    """Compare what is drawn already; what has to be drawn anew is drawn on a ``cluster``, or here."""
    panels = (replace(each.panel, cluster=cluster) for each in posteriors)
    found = comparing.compare(comparing.named(panels), question)
    labels = {name: expert.title for name, expert in posteriors[0].study.priors.experts.items()}
    return Explained(COMPARE, found, labels)


def rivals(model: str | Path, priors: str | Path | None = None, together: bool = False) -> list[Study]:
    """Return a model and the rivals that lie beside it, as studies; the one that was named first.

    ``together`` adds every set of rivals whose arrows run in no circle. Raises UsageError where it has no rival.
    """
    asked = find_model(model)
    path = base_of(asked) if is_rival(asked) else asked
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
    first = next((each for each in found if each.model.path and asked.samefile(each.model.path)), found[0])
    return [first, *(each for each in found if each is not first)]


def _outcome(study: Study) -> Question:
    outcome = study.model.outcome
    if outcome is None:
        raise UsageError(f"{study.model.name} names no outcome; say what to ask: ask='P(y = s)'")
    return Probability((Event(outcome.variable, outcome.op, outcome.states),))
