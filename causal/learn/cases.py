"""Comparable cases as evidence: of each distinct row, the probability of what was seen, on the tape.

    row                                       term of every expert's log density
    y = s, x = t seen in n cases              relevance n ln P(y = s, x = t)
    y coded s, wrongly with chance e          relevance n ln sum over y of likelihood(y) P(y)
    nothing seen of z                         the same: z is summed out, so what is missing costs no case
    a case was known only if S                relevance n ln P(what was seen, S) / P(S)

The last is the likelihood of cases that were selected, or cut off, or censored, by what happened in them: of those that
never reached the table nothing is known, not even how many there were. What was seen and S is a sum over pieces of S
that do not overlap (spec/selection.py), so a row with gaps and doubts is exact there as well.

The relevance is a power prior (Ibrahim & Chen 2000): 0.3 lets a case teach three tenths of what one's own would. The
sum over what is missing is exact, by the engine that answers questions.
"""

from __future__ import annotations

from collections.abc import Sequence

from causal.errors import ImpossibleEvidence, Problem, QueryError, SpecError
from causal.exact.answer import Writer
from causal.learn.elicited import Alike
from causal.spec.model import Model, frozen
from causal.spec.priors import CaseFile, CaseRow, Priors
from causal.spec.question import Condition, Event, Probability, Soft
from causal.spec.selection import Box, Selection

ANYWHERE: Box = frozen({})  # a piece that leaves every state open


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
    recorder, selected = writer.network.recorder, file.selected
    whole = recorder.one if selected is None else _selected(writer, selected)
    found, problems = [], []
    for row in file.rows or ():
        try:
            slot = recorder.quotient(_any(writer, _asked(row, selected)), whole)
        except QueryError as error:
            message = f"the model has no place for this case: {str(error).splitlines()[0]}"
            problems.append(Problem(file.path, row.line, 1, "", message))
        else:
            own = frozen({expert: relevance * row.count for expert, relevance in file.own.items()})
            found.append(Alike(slot, file.relevance * row.count, own))
    if problems:
        raise SpecError(problems)
    return tuple(found)


def asked(row: CaseRow, piece: Box = ANYWHERE) -> Probability:
    """Return a question that gives all that was seen in a row, in one piece of what was selected.

    The probability of what is given is the row's own, there.

    >>> row = CaseRow((("grass", (("wet", 1.0),)), ("rain", (("some", 0.9), ("clear", 0.1)))), 1, 2)
    >>> print(asked(row))
    P(grass | grass = wet, rain ~ {some: 0.9, clear: 0.1})
    >>> print(asked(row, {"rain": ("heavy", "some"), "season": ("dry",)}))
    P(grass | grass = wet, rain ~ {some: 0.9}, season = dry)
    """
    given: list[Condition] = []
    for variable, likelihoods in row.seen:
        left = tuple(each for each in likelihoods if each[0] in piece.get(variable, (each[0],)))
        certain = len(likelihoods) == 1
        given.append(Event(variable, "=", (left[0][0],)) if certain else Soft(variable, left))
    seen = {variable for variable, _ in row.seen}
    given += [_event(variable, states) for variable, states in piece.items() if variable not in seen]
    return Probability((Event(row.seen[0][0]),), tuple(given))


def _asked(row: CaseRow, selected: Selection | None) -> list[Probability]:
    """Return questions of which the probabilities of what is given add up to that of a row that was selected."""
    if selected is None:
        return [asked(row)]
    possible = {name: [state for state, likelihood in each if likelihood > 0] for name, each in row.seen}
    return [asked(row, piece) for piece in selected.within(possible)]


def _event(variable: str, states: tuple[str, ...]) -> Event:
    return Event(variable, "=" if len(states) == 1 else "in", states)


def _given(piece: Box) -> Probability:
    given = tuple(_event(*each) for each in piece.items())
    return Probability((Event(given[0].variable),), given)


def _any(writer: Writer, questions: Sequence[Probability]) -> int:
    """Return the sum of the probabilities of what is given; raise ImpossibleEvidence where the model rules out all."""
    slots, impossible = [], ImpossibleEvidence("no such case is among those that were selected")
    for question in questions:
        try:
            slots.append(writer.write(question).leaves[0].evidence)
        except ImpossibleEvidence as error:
            impossible = error
    if not slots:
        raise impossible
    return writer.network.recorder.add(slots)


def _selected(writer: Writer, selected: Selection) -> int:
    """Return the probability that a case was selected.

    Raises SpecError, at its place in the prior file, where the model alone makes that impossible or certain.
    """
    try:
        whole = _any(writer, [_given(piece) for piece in selected.pieces])
    except ImpossibleEvidence:
        message = f"the model has no place for any case with {selected}, so none can have been selected"
    except QueryError as error:
        message = str(error).splitlines()[0]
    else:
        if any(_possible(writer, piece) for piece in selected.rest):
            return whole
        message = f"by the model alone every case has {selected}, so nothing was selected; leave this out"
    raise SpecError([Problem(selected.path, selected.line, selected.column, selected.where, message)])


def _possible(writer: Writer, piece: Box) -> bool:
    try:
        writer.write(_given(piece))
    except ImpossibleEvidence:
        return False
    return True


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
        f"each worth {file.relevance:g}{others} of a case of this kind{through}{_told_selection(file)}"
    )


def itself(model: Model, file: CaseFile) -> list[str]:
    """Return a sentence about each row that shows just what the record of the case itself does, in two columns or more.

    It is no error: another case may have gone the same way.
    """
    if file.elsewhere is not None:
        return []
    record = {name: model.variables[name].actual for name in file.columns.values()}
    known = {name: ((state, 1.0),) for name, state in record.items() if state is not None}
    if len(known) < 2:
        return []
    return [
        f"{file.file}, line {row.line}: this row is just what happened in the case itself; if it is that case, its "
        "evidence counts twice: leave it out"
        for row in file.rows or ()
        if dict(row.seen) == known
    ]


def _told_selection(file: CaseFile) -> str:
    """Return among which cases they count, and by which variables their rows were chosen without saying so."""
    told, named = "", set[str]()
    if file.selected is not None:
        named.update(file.selected.variables)
        told = f"; only a case with {file.selected} could be among them, so each counts by its probability among those"
    silent = [variable for column, variable in file.columns.items() if column in file.where and variable not in named]
    if silent:
        told += f"; rows were kept by {', '.join(silent)}, as if others had never been: name that under 'selected' too"
    return told


def _others(file: CaseFile) -> dict[float, list[str]]:
    """Return the experts to whom a case is worth something else, by what it is worth."""
    found: dict[float, list[str]] = {}
    for expert, worth in file.own.items():
        if worth != file.relevance:
            found.setdefault(worth, []).append(expert)
    return found
