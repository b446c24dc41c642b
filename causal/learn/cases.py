"""Comparable cases as evidence: of each distinct row, the probability of what was seen, on the tape.

    row                                       term of every expert's log density
    y = s, x = t seen in n cases              relevance n ln P(y = s, x = t)
    y coded s, wrongly with chance e          relevance n ln sum over y of likelihood(y) P(y)
    nothing seen of z                         the same: z is summed out, so what is missing costs no case

The relevance is a power prior (Ibrahim & Chen 2000): 0.3 lets a case teach three tenths of what one's own would. The
sum over what is missing is exact, by the engine that answers questions.
"""

from __future__ import annotations

from causal.errors import Problem, QueryError, SpecError
from causal.exact.answer import Writer
from causal.learn.elicited import Alike
from causal.spec.model import frozen
from causal.spec.priors import CaseFile, CaseRow, Priors
from causal.spec.question import Condition, Event, Probability, Soft


def write_cases(writer: Writer, priors: Priors) -> tuple[Alike, ...]:
    """Write the rows of all files of cases that are of the model itself.

    Raises SpecError, at their lines, with all rows that the model has no place for.
    """
    found: list[Alike] = []
    problems: list[Problem] = []
    for file in at_home(priors):
        try:
            found += write_rows(writer, file)
        except SpecError as error:
            problems += error.problems
    if problems:
        raise SpecError(problems)
    return tuple(found)


def at_home(priors: Priors) -> tuple[CaseFile, ...]:
    """Return the files whose rows are of the model itself; the others have a model of their own."""
    return tuple(file for file in priors.cases if file.elsewhere is None)


def write_rows(writer: Writer, file: CaseFile) -> tuple[Alike, ...]:
    """Write the rows of one file with the writer of the model that they are of.

    Raises SpecError, at their lines, with all rows that the model has no place for.
    """
    found, problems = [], []
    for row in file.rows or ():
        try:
            slot = writer.write(asked(row)).leaves[0].evidence
        except QueryError as error:
            message = f"the model has no place for this case: {str(error).splitlines()[0]}"
            problems.append(Problem(file.path, row.line, 1, "", message))
        else:
            own = frozen({expert: relevance * row.count for expert, relevance in file.own.items()})
            found.append(Alike(slot, file.relevance * row.count, own))
    if problems:
        raise SpecError(problems)
    return tuple(found)


def asked(row: CaseRow) -> Probability:
    """Return a question that gives all that was seen in a row; the probability of what is given is the row's own.

    >>> print(asked(CaseRow((("grass", (("wet", 1.0),)), ("rain", (("some", 0.9), ("clear", 0.1)))), 1, 2)))
    P(grass | grass = wet, rain ~ {some: 0.9, clear: 0.1})
    """
    given: list[Condition] = []
    for variable, likelihoods in row.seen:
        certain = len(likelihoods) == 1
        given.append(Event(variable, "=", (likelihoods[0][0],)) if certain else Soft(variable, likelihoods))
    return Probability((Event(row.seen[0][0]),), tuple(given))


def told(file: CaseFile) -> str:
    """Return a sentence about what a file teaches."""
    rows = file.rows or ()
    others = "; ".join(f"{worth:g} to {', '.join(names)}" for worth, names in _others(file).items())
    others = f" ({others})" if others else ""
    some = not all(file.own.values()) or file.elsewhere is not None
    through = ""
    if file.elsewhere is not None:
        count = len(file.elsewhere.links)
        links = f"{count} link{'s' * (count != 1)}"
        through = f", through the model {file.elsewhere.model.name} and {links} to this one"
    who = "the experts" if some else "every expert"
    return (
        f"{file.file}: {file.total:g} comparable cases in {len(rows)} distinct rows teach {who}, "
        f"each worth {file.relevance:g}{others} of a case of this kind{through}"
    )


def _others(file: CaseFile) -> dict[float, list[str]]:
    """Return the experts to whom a case is worth something else, by what it is worth."""
    found: dict[float, list[str]] = {}
    for expert, worth in file.own.items():
        if worth != file.relevance:
            found.setdefault(worth, []).append(expert)
    return found
