"""A CSV of comparable cases, read against a model: each row to what was seen of one case, or of several alike.

    cell                             becomes
    a code that ``states`` names     that state
    a state's own name               that state
    empty, NA                        nothing: the variable was not seen in this case
    a code, and a grade beside it    likelihood 1 - error for the coded state, the rest shared by the others
    a code, and no grade             the coded state for certain

A grade stands in the column of the same name with the suffix that ``confidence`` gives. Rows are kept where every
column of ``where`` has a value that it names; ``count`` says how many cases a row is. Rows alike are one row.

A cell that ``unseen`` speaks of counts as empty: what was coded 0 because nobody could see it is missing, and no 0. A
row that cannot have been among those that ``selected`` speaks of is refused, whatever its gaps and doubts hide. A row
whose ``use`` begins with ``target`` is the case that is asked about, and is refused where it is kept: it would be
evidence for itself.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from causal.spec.known import choices
from causal.spec.model import Model
from causal.spec.priors import CaseFile, CaseRow, Seen
from causal.spec.priorshape import CaseFileShape
from causal.spec.reader import Problems, Scalar, decode, read_bytes

MISSING = frozenset({"", "NA"})
USE, TARGET = "use", "target"  # the column that says what a row is for, and how that of the case itself begins
OTHERS = {";": "semicolons", "\t": "tabs", "|": "bars"}  # what else is put between cells
# one cell and what ends it; a cell in quotes may hold commas, line ends, and quotes written twice
CELL = re.compile(r'(?:"((?:[^"]|"")*)"|([^,"\r\n]*))(,|\r?\n|\r|\Z)')

type Conditions = list[tuple[int, tuple[str, ...]]]  # a column's place, and the values that fit


@dataclass(frozen=True)
class Table:
    """A CSV: its header, and its rows as long as the header; every cell knows its line and column."""

    header: tuple[Scalar, ...]
    rows: tuple[tuple[Scalar, ...], ...]

    def column(self, name: str) -> int | None:
        """Return the place of a column, None where there is none."""
        return next((place for place, each in enumerate(self.header) if each == name), None)


def parse_table(text: str, problems: Problems) -> Table:
    r"""Read a CSV with a header; rows of another length are noted as problems and left out.

    >>> parse_table('wet,n\n1,"2"', Problems("gardens.csv")).rows[0]
    ('1', '2')
    """
    lines = list(_lines(text, problems))
    if not lines:
        problems.at(1, 1, "", "a CSV opens with a header that names its columns; this file is empty")
        return Table((), ())
    header, *rows = lines
    for sign, called in OTHERS.items():
        if len(header) == 1 and sign in header[0]:
            problems.add(header[0], f"the cells are separated by {called}; write commas")
            return Table((), ())
    for place, name in enumerate(header):
        if name and name in header[:place]:
            problems.add(name, f"two columns are called {str(name)!r}")
    for row in rows:
        if len(row) != len(header):
            problems.add(row[0], f"this row has {len(row)} cells, and the header {len(header)}")
    return Table(tuple(header), tuple(tuple(row) for row in rows if len(row) == len(header)))


def _lines(text: str, problems: Problems) -> Iterator[list[Scalar]]:
    """Yield the cells of each line that is not empty."""
    at, line, start = 0, 1, 0
    cells: list[Scalar] = []
    while at < len(text) or cells:
        found = CELL.match(text, at)
        if found is None:
            message = "a quote inside a cell, or one that never ends; put the whole cell in quotes, and its own twice"
            problems.at(line, at - start + 1, "", message)
            return
        quoted, plain, end = found.groups()
        word = plain.strip() if quoted is None else quoted.replace('""', '"')
        cells.append(Scalar(word, line, at - start + 1))
        for inside in re.finditer(r"\r?\n|\r", quoted or ""):  # the place of what follows is on a line of its own
            line, start = line + 1, found.start(1) + inside.end()
        at = found.end()
        if end == ",":
            continue
        if len(cells) > 1 or cells[0]:
            yield cells
        cells, line, start = [], line + 1, at
        if end == "":
            return


def read_cases(
    file: CaseFile, written: CaseFileShape, folder: Path, model: Model, problems: Problems
) -> tuple[CaseFile, bytes]:
    """Return the file with its rows read, and its content.

    A column that the prior file names and the CSV does not have is noted where it is ``written``; what is wrong in the
    CSV itself, at its own line.
    """
    path = folder / file.file
    if not path.is_file():
        problems.add(written.file, f"no file {path.as_posix()!r}; its path starts from the folder of this file")
        return file, b""
    content = read_bytes(path)
    own = Problems(path.as_posix())
    table = parse_table(decode(content, own.path), own)
    problems.include(own)
    if len(own):
        return file, content
    named = (
        *written.columns,
        *written.where,
        *(column for where in written.unseen.values() for column in where),
        *([written.count] if written.count is not None else ()),
    )
    missing = [name for name in named if table.column(name) is None]
    for name in missing:
        problems.add(name, f"{file.file} has no column {str(name)!r}{choices(name, table.header)}")
    graded = [column for column in file.columns if table.column(f"{column}{file.suffix}") is not None]
    if file.suffix and not graded and not missing:
        wanted = ", ".join(f"{column}{file.suffix}" for column in file.columns)
        problems.add(written.at("confidence"), f"{file.file} has no column of grades; looked for {wanted}")
    if missing:
        return file, content
    rows = _Rows(file, table, model, own).rows()
    problems.include(own)
    return replace(file, rows=rows, path=own.path), content


def read_rows(file: CaseFile, text: str, model: Model) -> CaseFile:
    """Return the file with the rows of a CSV given as text, which has every column that the file names.

    Raises SpecError with all that is wrong in the text.
    """
    own = Problems(file.path or file.file)
    table = parse_table(text, own)
    rows = _Rows(file, table, model, own).rows() if not len(own) else ()
    own.check()
    return replace(file, rows=rows)


class _Rows:
    """The rows of one table on their way to what was seen."""

    def __init__(self, file: CaseFile, table: Table, model: Model, problems: Problems) -> None:
        self.file, self.table, self.model, self.problems = file, table, model, problems
        self.kept = self._places(file.where)
        self.use = table.column(USE)
        self.seen = [self._reader(column, variable) for column, variable in file.columns.items()]
        self.count = None if file.count is None else table.column(file.count)
        self.unknown: dict[str, list[Scalar]] = {}  # cells of a column that are no state and no code

    def rows(self) -> tuple[CaseRow, ...]:
        """Return the distinct rows that are kept, each with the number of its cases and the line of its first."""
        found: dict[tuple[Seen, ...], CaseRow] = {}
        for row in self.table.rows:
            if not _fits(row, self.kept) or self._is_target(row):
                continue
            count = self._cases(row)
            seen = tuple(each for reader in self.seen if (each := reader(row)) is not None)
            if not seen or not count or not self._was_selected(row, seen):
                continue
            first = found.get(seen, CaseRow(seen, 0.0, row[0].line))
            found[seen] = replace(first, count=first.count + count)
        for column, cells in self.unknown.items():
            self._report(column, cells)
        return tuple(found.values())

    def _report(self, column: str, cells: Sequence[Scalar]) -> None:
        """Note the cells of a column that are no state and no code, one problem for all: a map may be missing."""
        variable = self.file.columns[column]
        known = [*self.file.states.get(variable, {}), *self.model.variables[variable].states]
        codes = list(dict.fromkeys(map(str, cells)))
        what = f"variable {variable!r} has no state or code {' or '.join(map(repr, codes))}"
        if len(cells) == 1:
            hint = choices(cells[0], known)
        else:
            hint = f", in {len(cells)} rows; there is {', '.join(known)}"
            if variable not in self.file.states:
                hint += f". Say what they mean: 'states: {{{variable}: {{{codes[0]!r}: {known[0]}, ...}}}}'"
        self.problems.add(cells[0], what + hint, column)

    def _places(self, where: Mapping[str, tuple[str, ...]]) -> Conditions:
        return [(at, values) for column, values in where.items() if (at := self.table.column(column)) is not None]

    def _is_target(self, row: Sequence[Scalar]) -> bool:
        """Tell whether a row is the case itself; note a problem if so."""
        found = self.use is not None and row[self.use].lower().startswith(TARGET)
        if found and self.use is not None:
            name = f"{str(row[0])!r} " if row[0] else ""
            message = f"the row {name}is the case that is asked about; leave it out: 'where: {{{USE}: ...}}'"
            self.problems.add(row[self.use], message, USE)
        return found

    def _was_selected(self, row: Sequence[Scalar], seen: tuple[Seen, ...]) -> bool:
        """Tell whether a row may have been among the cases that were selected; note a problem if not."""
        selected = self.file.selected
        if selected is None:
            return True
        possible = {name: [state for state, likelihood in each if likelihood > 0] for name, each in seen}
        if selected.within(possible):
            return True
        columns = {name: column for column, name in self.file.columns.items()}
        named = [name for name in selected.variables if name in possible]
        what = " and ".join(f"{name} = {possible[name][0]}" for name in named if len(possible[name]) == 1)
        at = self.table.column(columns[named[0]])
        assert at is not None  # looked up before
        message = f"a case with {what} is none of those that were selected: {selected}; mend the row or 'selected'"
        self.problems.add(row[at], message, columns[named[0]])
        return False

    def _cases(self, row: Sequence[Scalar]) -> float:
        if self.count is None:
            return 1.0
        cell = row[self.count]
        try:
            number = float(cell)
        except ValueError:
            number = math.nan
        if not 0 <= number < math.inf:
            self.problems.add(cell, f"{str(cell)!r} is no number of cases; write one like 0, 1 or 12")
            return 0.0
        return number

    def _reader(self, column: str, variable: str) -> Callable[[Sequence[Scalar]], Seen | None]:
        """Return what reads one column's cell of a row."""
        at, graded = self.table.column(column), self.table.column(f"{column}{self.file.suffix}")
        codes = self.file.states.get(variable, {})
        states = self.model.variables[variable].states
        hidden = self._places(self.file.unseen.get(column, {}))
        assert at is not None  # looked up before

        def read(row: Sequence[Scalar]) -> Seen | None:
            if hidden and _fits(row, hidden):
                return None
            cell = row[at]
            state = codes.get(cell, str(cell))
            if cell not in codes and state not in states:
                if cell not in MISSING:
                    self.unknown.setdefault(column, []).append(cell)
                return None
            error = 0.0
            if self.file.suffix and graded is not None and row[graded]:
                grade = row[graded]
                if grade not in self.file.confidence:
                    hint = choices(grade, self.file.confidence)
                    self.problems.add(grade, f"no grade {str(grade)!r}{hint}", f"{column}{self.file.suffix}")
                error = self.file.confidence.get(grade, 0.0)
            return variable, _likelihoods(state, states, error)

        return read


def _fits(row: Sequence[Scalar], conditions: Conditions) -> bool:
    return all(row[at] in values for at, values in conditions)


def _likelihoods(state: str, states: Sequence[str], error: float) -> tuple[tuple[str, float], ...]:
    """Return the likelihood of the code under each state that could have been coded so."""
    if error == 0:
        return ((state, 1.0),)
    other = error / (len(states) - 1)
    return tuple((each, 1.0 - error if each == state else other) for each in states)
