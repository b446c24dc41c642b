"""Questions to slots: what the engine writes on the tape for each question.

P(y | given)      numerator and probability of what is given (conditional.py)
P(x causes y)     the parameter itself
A + B * 2 ...     arithmetic on slots
A > B             both sides, compared when run
PN( ), effect( )  the probabilities that they abbreviate (quantities.py)
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from causal.errors import ImpossibleEvidence, QueryError, Unsupported
from causal.exact.asked import Address, chosen, earliest, resolve
from causal.exact.conditional import Conditional, Fraction
from causal.exact.mechanisms import kind_of
from causal.exact.mechanisms.wording import wrong_word
from causal.exact.network import Network
from causal.exact.quantities import reckoned
from causal.spec.model import NoisyOr
from causal.spec.names import check_names
from causal.spec.question import (
    Arithmetic,
    Causes,
    Comparison,
    Event,
    History,
    Named,
    Number,
    Only,
    Probability,
    Question,
    Sum,
    TypesOf,
)
from causal.spec.walk import walk


@dataclass(frozen=True)
class Leaf:
    """One probability of a question: a slot per state asked (one for an event), and that of what is given.

    ``joints`` are the probabilities of what is asked and given together, of which ``values`` are the quotients.
    """

    asked: Probability | Causes
    values: tuple[int, ...]
    evidence: int
    joints: tuple[int, ...]

    @property
    def text(self) -> str:
        """The probability as it is written."""
        return str(self.asked)


@dataclass(frozen=True)
class Written:
    """A question on the tape.

    ``slots`` is one slot, or one per state of ``states`` for a whole distribution; a comparison has ``left`` minus
    ``right`` in its one slot. ``leaves`` are the probabilities that the answer is made of; ``notes`` warnings.
    ``reckoned`` is the question with what it abbreviates written out; ``coupled`` the variables whose coupling across
    worlds is an assumption that the answer rests on, ``told`` those whose own mechanism says it.
    """

    question: Question
    reckoned: Question
    slots: tuple[int, ...]
    leaves: tuple[Leaf, ...] = ()
    states: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    coupled: tuple[str, ...] = ()
    told: tuple[str, ...] = ()


@dataclass
class Writer:
    """Writes questions on the recorder of one network."""

    network: Network
    _done: dict[tuple[Question, str | None], Written] = field(default_factory=dict)

    def write(self, question: Question, coupling: str | None = None) -> Written:
        """Write a question; the same question is written once.

        ``coupling`` (comonotone or independent) takes the place of that of every variable for which it is an
        assumption. Raises QueryError and its kinds: unknown names, impossible evidence, what the engine does not
        answer, too large.
        """
        written = self._done.get((question, coupling))
        if written is None:
            check_names(question, self.network.model)
            page = _Page(self, question, coupling)
            asked = reckoned(question, self.network.graph)
            match asked:
                case Probability():
                    slots = page.probability(asked)
                case Comparison(op=op, left=left, right=right):
                    sides = (page.sum(left), page.sum(right))
                    slots = (self.network.recorder.minus_of(*(sides if op == ">" else reversed(sides))),)
                case TypesOf():
                    raise Unsupported(f"'{question}' is judged, not asked")
                case _:
                    slots = (page.sum(asked),)
            states: tuple[str, ...] = ()
            if isinstance(asked, Probability) and asked.events[0].op is None:
                states = self.network.model.variables[asked.events[0].variable].states
            notes, coupled, told = (tuple(dict.fromkeys(found)) for found in (page.notes, page.coupled, page.told))
            written = Written(question, asked, slots, tuple(page.leaves), states, notes, coupled, told)
            self._done[(question, coupling)] = written
        return written

    def cut(self, question: Question) -> dt.date | None:
        """Return the day before which a bare ``history`` ends: the earliest of the interventions named."""
        named = [part.intervention for part in walk(question) if isinstance(part, Named)]
        return earliest(self.network.model, named)


class _Page:
    """One question being written: gathers leaves and notes."""

    def __init__(self, writer: Writer, question: Question, coupling: str | None) -> None:
        self.writer, self.question, self.coupling, network = writer, question, coupling, writer.network
        self.network, self.model, self.recorder = network, network.model, network.recorder
        self.leaves: list[Leaf] = []
        self.notes: list[str] = []
        self.coupled: list[str] = []
        self.told: list[str] = []

    def sum(self, part: Sum | Question) -> int:
        match part:
            case Number(value=value):
                return self.recorder.constant(value)
            case Arithmetic(op=op, left=left, right=right):
                a, b = self.sum(left), self.sum(right)
                return {
                    "+": lambda: self.recorder.add([a, b]),
                    "-": lambda: self.recorder.minus_of(a, b),
                    "*": lambda: self.recorder.product(a, b),
                    "/": lambda: self.recorder.quotient(a, b),
                }[op]()
            case Probability():
                if part.events[0].op is None:
                    raise QueryError(f"'{part}' is a whole distribution; say which states to calculate with it")
                return self.probability(part)[0]
            case Causes():
                return self.causes(part)
            case _:
                raise Unsupported(f"the engine does not answer '{part}'")

    def causes(self, part: Causes) -> int:
        variable = self.model.variables[part.effect.variable]
        cause = part.cause
        if not isinstance(variable.mechanism, NoisyOr):
            raise wrong_word(variable, Only((cause,)))
        if part.effect.op is None or chosen(part.effect, variable) != (len(variable.states) - 1,):
            raise QueryError(f"a cause of {variable.name} brings about {variable.name} = {variable.states[-1]}")
        kind_of(variable).configuration(self.model, variable, Only((cause,)))  # raises where it is no cause
        slot = self.network.index[str(Causes(cause, Event(variable.name, "=", (variable.states[-1],))))]
        self.leaves.append(Leaf(part, (slot,), self.recorder.one, (slot,)))
        return slot

    def probability(self, question: Probability) -> tuple[int, ...]:
        cut = self.writer.cut(self.question) if History() in question.given else None
        asked = resolve(self.network, question, cut)
        if isinstance(asked, Address):
            found = self.address(asked)
        else:
            self.notes.extend(asked.notes)
            conditional = Conditional(self.network, asked, self.coupling)
            found = conditional.write()
            self.coupled += conditional.coupled
            self.told += conditional.told
        if found.given == self.recorder.zero:
            raise ImpossibleEvidence(f"what '{question}' gives has probability zero")
        self.leaves.append(Leaf(question, found.values, found.given, found.joints))
        return found.values

    def address(self, asked: Address) -> Fraction:
        """Write a mechanism's own row, with no gate firing."""
        variable = self.model.variables[asked.variable]
        here = kind_of(variable).configuration(self.model, variable, asked.word)
        at = tuple(self.model.variables[parent].states.index(state) for parent, state in here.items())
        row = self.network.open_table(asked.variable)[at].tolist()
        left = self.recorder.add(row[i] for i in asked.domain)
        if len(asked.domain) == len(row):
            left = self.recorder.one
        if asked.target is None:
            joints = tuple(row[i] if i in asked.domain else self.recorder.zero for i in range(len(row)))
        else:
            joints = (self.recorder.add(row[i] for i in asked.target),)
        return Fraction(tuple(self.recorder.quotient(share, left) for share in joints), joints, left)
