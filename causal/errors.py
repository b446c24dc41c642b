"""Every way this toolkit can fail, as one tree.

    CausalError                  exit  what happened
    ├── SpecError                  3   a model or prior file says something that cannot be read; all problems at once
    ├── QueryError                 5   a question that cannot be answered as asked
    │   ├── QuestionSyntaxError    5   the text is no question; points at the column
    │   ├── UnknownName            5   no such variable, state, intervention or row
    │   ├── Unsupported            5   a right question that the engine does not answer (yet); never approximated
    │   ├── ImpossibleEvidence     5   what is given has probability zero
    │   └── TooLarge               5   the answer would need more room than allowed; refused before it is built
    ├── ElicitationError           3   a judgement that is no distribution
    ├── GateError                  4   the posterior does not deserve to be reported
    ├── JobsFailed               1-5   some of many jobs; the code that all have in common
    └── UsageError                 2   a call or command that makes no sense

    NotStored                  a warning: draws that are good, and could not be kept

Every error carries its ``exit_code``, so the command line needs no table of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import ClassVar


def nearest(name: str, known: Iterable[str]) -> str:
    """Return `` (did you mean 'x'?)`` for the known name closest to ``name``, or nothing."""
    close = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f" (did you mean {close[0]!r}?)" if close else ""


class CausalError(Exception):
    """The root of every error that this toolkit raises on purpose."""

    exit_code: ClassVar[int] = 1


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong at one place of a file.

    ``line`` and ``column`` count from 1; ``where`` is the dotted path of keys, empty for the whole file.
    """

    path: str
    line: int
    column: int
    where: str
    message: str

    def __str__(self) -> str:
        where = f"{self.where}: " if self.where else ""
        return f"{self.path}:{self.line}:{self.column}: {where}{self.message}"


class SpecError(CausalError):
    """A file that cannot be read as what it should be; ``problems`` holds every one found, in file order."""

    exit_code = 3

    def __init__(self, problems: Sequence[Problem]) -> None:
        if not problems:
            raise ValueError("a SpecError needs at least one problem")
        self.problems: tuple[Problem, ...] = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class QueryError(CausalError):
    """A question that cannot be answered as it was asked."""

    exit_code = 5


def _pointed_at(text: str, column: int) -> str:
    """Return the part of a text around a column on one line, and below it a caret.

    Line breaks and characters that do not print become spaces, one for one, so that the caret stays in its place.
    """
    width = 100
    start = 0 if len(text) <= width else max(0, min(column - 1 - width // 2, len(text) - width))
    line = "".join(letter if letter.isprintable() else " " for letter in text[start : start + width])
    return f"  {line}\n  {' ' * (column - 1 - start)}^"


class QuestionSyntaxError(QueryError):
    """A text that is no question: what stood there, at which column (from 1), and what to write instead."""

    def __init__(self, message: str, text: str, column: int) -> None:
        self.text = text
        self.column = column
        self.reason = message
        super().__init__(f"{message}\n{_pointed_at(text, column)}")


class UnknownName(QueryError):
    """A variable, state, intervention or row that the model does not have."""


class Unsupported(QueryError):
    """A question of the language that the engine does not answer; it is refused by name, never approximated."""


class ImpossibleEvidence(QueryError):
    """What the question takes as given has probability zero in the world it speaks of."""


class TooLarge(QueryError):
    """An answer refused before it is built, with its size, the widest clique and what to do."""


class ElicitationError(CausalError):
    """A judgement from which no distribution can be made."""

    exit_code = 3


class GateError(CausalError):
    """A posterior that must not be reported; the message names the quantity and the diagnostic that failed."""

    exit_code = 4


class JobsFailed(CausalError):
    """Some of many jobs failed; ``failures`` says by name what each met. The results of the others are kept."""

    def __init__(self, failures: Mapping[str, str], jobs: int, code: int = 1) -> None:
        self.failures = dict(failures)
        self.exit_code = code  # type: ignore[misc]
        head = f"{len(failures)} of {jobs} jobs failed; the results of the others are kept"
        super().__init__("\n".join([head, *(f"{name}: {what}" for name, what in failures.items())]))


class UsageError(CausalError):
    """A call or command that makes no sense as it stands."""

    exit_code = 2


class NotStored(UserWarning):
    """Draws, or results of jobs, that could not be kept, and why: they are made again when they are next needed."""
