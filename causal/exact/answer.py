"""Questions to slots: what the engine writes on the tape for each question.

    P(y | given)      numerator and probability of what is given, variable elimination on the relevant part
    P(x causes y)     the parameter itself
    A + B * 2 ...     arithmetic on slots
    A > B             both sides, compared when run

Relevant are the ancestors of what is asked and given, in the graph with arrows into what is set cut and with parents
that make no difference here left out. Parts that share no open variable with what is asked cancel.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from causal.errors import ImpossibleEvidence, QueryError, Unsupported
from causal.exact.asked import Address, Asked, chosen, earliest, resolve
from causal.exact.eliminate import Factor, components, contract
from causal.exact.mechanisms import kind_of
from causal.exact.mechanisms.wording import wrong_word
from causal.exact.network import Network
from causal.spec.model import NoisyOr
from causal.spec.names import check_names
from causal.spec.question import (
    Arithmetic,
    Causes,
    Comparison,
    Do,
    Effect,
    Event,
    Named,
    Number,
    Only,
    Probability,
    Quantity,
    Question,
    Sum,
    TypesOf,
)
from causal.spec.walk import walk


@dataclass(frozen=True)
class Leaf:
    """One probability of a question: its slots per state asked (one slot for an event), and that of what is given."""

    text: str
    values: tuple[int, ...]
    evidence: int


@dataclass(frozen=True)
class Written:
    """A question on the tape.

    ``slots`` is one slot, or one per state of ``states`` for a whole distribution; a comparison has ``left`` minus
    ``right`` in its one slot. ``leaves`` are the probabilities that the answer is made of; ``notes`` warnings.
    """

    question: Question
    slots: tuple[int, ...]
    leaves: tuple[Leaf, ...] = ()
    states: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass
class Writer:
    """Writes questions on the recorder of one network."""

    network: Network
    _done: dict[Question, Written] = field(default_factory=dict)

    def write(self, question: Question) -> Written:
        """Write a question; the same question is written once.

        Raises QueryError and its kinds: unknown names, impossible evidence, what the engine does not answer, too large.
        """
        if question not in self._done:
            check_names(question, self.network.model)
            page = _Page(self.network, self.cut(question))
            match question:
                case Probability():
                    slots = page.probability(question)
                case Comparison(op=op, left=left, right=right):
                    sides = (page.sum(left), page.sum(right))
                    slots = (self.network.recorder.minus_of(*(sides if op == ">" else reversed(sides))),)
                case TypesOf():
                    raise Unsupported(f"'{question}' is judged, not asked")
                case _:
                    slots = (page.sum(question),)
            states: tuple[str, ...] = ()
            if isinstance(question, Probability) and question.events[0].op is None:
                states = self.network.model.variables[question.events[0].variable].states
            notes = tuple(dict.fromkeys(page.notes))
            self._done[question] = Written(question, slots, tuple(page.leaves), states, notes)
        return self._done[question]

    def cut(self, question: Question) -> dt.date | None:
        """Return the day before which a bare ``history`` ends: the earliest of the interventions named."""
        named = [part.intervention for part in walk(question) if isinstance(part, Named)]
        return earliest(self.network.model, named)


class _Page:
    """One question being written: gathers leaves and notes."""

    def __init__(self, network: Network, cut: dt.date | None) -> None:
        self.network, self.model, self.recorder, self.cut = network, network.model, network.recorder, cut
        self.leaves: list[Leaf] = []
        self.notes: list[str] = []

    def sum(self, part: Sum | Effect | Question) -> int:
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
            case Effect(setting=setting, event=event, given=given):
                done = Probability((event,), (Do(setting), *given))
                return self.recorder.minus_of(self.sum(done), self.sum(Probability((event,), given)))
            case Quantity(name=name):
                raise Unsupported(f"{name} speaks of more than one world (rung 3); the engine answers rungs 1 and 2")
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
        self.leaves.append(Leaf(str(part), (slot,), self.recorder.one))
        return slot

    def probability(self, question: Probability) -> tuple[int, ...]:
        asked = resolve(self.network.graph, question, self.cut)
        if isinstance(asked, Address):
            values, evidence = self.address(asked)
        else:
            self.notes.extend(asked.notes)
            values, evidence = Conditional(self.network, asked).write()
        if evidence == self.recorder.zero:
            raise ImpossibleEvidence(f"what '{question}' gives has probability zero")
        self.leaves.append(Leaf(str(question), values, evidence))
        return values

    def address(self, asked: Address) -> tuple[tuple[int, ...], int]:
        """Write a mechanism's own row, with no gate firing."""
        variable = self.model.variables[asked.variable]
        here = kind_of(variable).configuration(self.model, variable, asked.word)
        at = tuple(self.model.variables[parent].states.index(state) for parent, state in here.items())
        row = self.network.open_table(asked.variable)[at].tolist()
        left = self.recorder.add(row[i] for i in asked.domain)
        if len(asked.domain) == len(row):
            left = self.recorder.one
        if asked.target is None:
            shares = [row[i] if i in asked.domain else self.recorder.zero for i in range(len(row))]
            return tuple(self.recorder.quotient(share, left) for share in shares), left
        return (self.recorder.quotient(self.recorder.add(row[i] for i in asked.target), left),), left


class Conditional:
    """The relevant part of the network for one conditional probability, ready to be written."""

    def __init__(self, network: Network, asked: Asked) -> None:
        self.network, self.asked, self.recorder = network, asked, network.recorder
        variables = network.model.variables
        self.domain = {**asked.domain, **{name: (state,) for name, state in asked.do.items()}}
        self.sizes = {name: len(self.domain.get(name, variable.states)) for name, variable in variables.items()}

    def factors(self, domain: dict[str, tuple[int, ...]]) -> Iterator[tuple[str, Factor]]:
        """Yield the factor of each relevant variable, and soft evidence, on the states of ``domain``."""
        waiting = [*self.asked.targets, *self.asked.domain, *self.asked.soft]
        seen = set(self.asked.do)
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            variable = self.network.model.variables[name]
            factor = Factor((*variable.parents, name), self.network.table(name)).narrow(domain, own=name)
            yield name, factor
            waiting.extend(parent for parent in factor.names if parent != name)
        for name, weights in self.asked.soft.items():
            ids = np.array([self.recorder.constant(weight) for weight in weights], dtype=np.int64)
            yield name, Factor((name,), ids).narrow(domain)

    def write(self) -> tuple[tuple[int, ...], int]:
        """Return the slots of what is asked (one per state, or one) and that of the probability of what is given."""
        targets, recorder = self.asked.targets, self.recorder
        named = list(self.factors(self.domain))
        informative = {id(factor) for name, factor in named if name in self.asked.domain or name in self.asked.soft}
        evidence = recorder.one
        near: list[Factor] = []
        for group in components([factor for _, factor in named]):
            if any(name in targets for factor in group for name in factor.names):
                near += group
            elif any(id(factor) in informative for factor in group):
                evidence = recorder.product(evidence, int(contract(recorder, group, (), self.sizes)))
        news = any(id(factor) in informative for factor in near)
        if len(targets) == 1:
            ((name, states),) = targets.items()
            return self._single(name, states, near, news, evidence)
        below = int(contract(recorder, near, (), self.sizes)) if news else recorder.one
        narrowed = dict(self.domain)
        for name, states in targets.items():
            assert states is not None  # a whole distribution is asked alone
            narrowed[name] = tuple(i for i in self._open(name) if i in states)
            if not narrowed[name]:
                return (recorder.zero,), recorder.product(evidence, below)
        above = self._joint(near, narrowed)
        return (recorder.quotient(above, below),), recorder.product(evidence, below)

    def _open(self, name: str) -> tuple[int, ...]:
        return self.domain.get(name, tuple(range(len(self.network.model.variables[name].states))))

    def _joint(self, near: list[Factor], narrowed: dict[str, tuple[int, ...]]) -> int:
        """Return the probability that all targets and what is given hold together, over the near part."""
        position = {
            name: tuple(self._open(name).index(i) for i in narrowed[name]) for name in self.asked.targets
        }
        sizes = {**self.sizes, **{name: len(states) for name, states in position.items()}}
        cut = [factor.narrow({n: position[n] for n in factor.names if n in position}) for factor in near]
        lost = {n for factor in near for n in factor.names} - {n for factor in cut for n in factor.names}
        for name in lost:  # an axis dropped although it has several states must still be summed over
            if sizes[name] > 1:
                cut.append(Factor((name,), np.full(sizes[name], self.recorder.one)))
        return int(contract(self.recorder, cut, (), sizes))

    def _single(
        self, name: str, states: tuple[int, ...] | None, near: list[Factor], news: bool, evidence: int
    ) -> tuple[tuple[int, ...], int]:
        recorder = self.recorder
        if self.sizes[name] == 1:  # what is asked is given
            below = int(contract(recorder, near, (), self.sizes)) if news else recorder.one
            share = {self._open(name)[0]: below}
        else:
            shares = contract(recorder, near, (name,), self.sizes).tolist()
            below = recorder.add(shares) if news else recorder.one
            share = dict(zip(self._open(name), shares, strict=True))
        total = recorder.product(evidence, below)
        if states is None:
            whole = range(len(self.network.model.variables[name].states))
            return tuple(recorder.quotient(share.get(i, recorder.zero), below) for i in whole), total
        if set(states) >= set(share):
            return (recorder.one,), total
        return (recorder.quotient(recorder.add(share[i] for i in states if i in share), below),), total
