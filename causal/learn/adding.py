"""Answers beside what was judged before: what may be added to a prior file, and what not.

    an answer                                            is
    on a parameter that its expert judged already        refused, with the line of the judgement
    on a question that its expert answered already       refused, with the line; also where the answer was to abstain
    that cannot be used, by itself or with the rest      refused, with the reason of the reader of priors
    any other                                            added

Two questions that state the same parameter are the same question, however they are spelled (exact/readings.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from causal.errors import Problem, QueryError, SpecError
from causal.exact.answer import Writer
from causal.exact.readings import Reading, RowReading, TypesReading, readings
from causal.learn.elicited import Elicited
from causal.learn.reading import elicit
from causal.spec.answers import Answers, plus
from causal.spec.priors import Abstain, Judgement, Priors
from causal.spec.question import Question, TypesOf

type Stated = Reading | RowReading | TypesReading | None


def added(writer: Writer, priors: Priors, answers: Answers) -> Elicited:
    """Return what is elicited from a prior file with the answers added.

    Raises SpecError with every answer that cannot be, at its place in the sheet.
    """
    again = _again(writer, priors, answers)
    refused = {number for number, _ in again}
    fresh = [number for number in range(len(answers.judgements)) if number not in refused]
    kept = replace(answers, judgements=tuple(answers.judgements[number] for number in fresh))
    problems = [problem for _, problem in again]
    found: Elicited | None = None
    try:
        found = elicit(writer, plus(priors, kept))
    except SpecError as error:
        problems += [_placed(problem, priors, answers, fresh) for problem in error.problems]
    if found is None or problems:
        raise SpecError(problems)
    return found


def parameters_of(writer: Writer, judgements: Sequence[Judgement]) -> list[tuple[str, ...]]:
    """Return the names of the parameters that each judgement states; none where it is derived or cannot be written."""
    questions = list(dict.fromkeys(each.about for each in judgements if _writable(writer, each.about)))
    what: dict[Question, Stated] = dict(zip(questions, readings(writer, questions), strict=True))
    return [_parameters(what.get(each.about)) for each in judgements]


def _writable(writer: Writer, question: Question) -> bool:
    try:
        if not isinstance(question, TypesOf):
            writer.write(question)
    except QueryError:
        return False
    return True


def _parameters(stated: Stated) -> tuple[str, ...]:
    match stated:
        case Reading(form=form):
            return (form.parameter,)
        case RowReading(parameters=parameters):
            return parameters
        case TypesReading(rows=rows):
            return tuple(name for row in rows for name in row.parameters)
    return ()


def _again(writer: Writer, priors: Priors, answers: Answers) -> list[tuple[int, Problem]]:
    """Return the answers that were given before, each with what is said about it."""
    everything = (*priors.judgements, *answers.judgements)
    stated = parameters_of(writer, everything)
    seen: dict[tuple[str | None, str], tuple[str, Judgement]] = {}
    found = []
    for number, (judgement, parameters) in enumerate(zip(everything, stated, strict=True), -len(priors.judgements)):
        keys = [(judgement.by, name) for name in parameters] or [(judgement.by, str(judgement.about))]
        path = priors.path if number < 0 else answers.path
        earlier = next((seen[key] for key in keys if key in seen), None)
        if number >= 0 and earlier is not None:
            found.append((number, _told(answers, number, *earlier)))
        else:
            seen.update(dict.fromkeys(keys, (path, judgement)))
    return found


def _told(answers: Answers, number: int, path: str, earlier: Judgement) -> Problem:
    mine = answers.judgements[number]
    who = "this expert" if mine.by is None else mine.by
    did = "was asked this and abstained" if isinstance(earlier.says, Abstain) else "judged this already"
    as_there = f" ('{earlier.about}')" if earlier.about != mine.about else ""
    there = f"{path}:{earlier.line}"
    message = f"{mine.about}: {who} {did}, at {there}{as_there}; change it there, and leave this one empty"
    return Problem(answers.path, mine.line, mine.column, answers.entries[number].where, message)


def _placed(problem: Problem, priors: Priors, answers: Answers, fresh: Sequence[int]) -> Problem:
    """Return a problem at its place: one of an answer is one of the sheet."""
    section, _, place = problem.where.partition(".")
    number = int(place) - 1 - len(priors.judgements) if section == "judgements" and place.isdigit() else -1
    if number < 0:
        return problem
    return replace(problem, path=answers.path, where=answers.entries[fresh[number]].where)
