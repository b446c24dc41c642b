"""Named quantities as the questions they abbreviate.

    name                              asks                                                          of x = s -> y = t
    PN(x = s -> y = t | c)            was it necessary?     P(y[x = r] != t | x = s, y = t, c)
    PS(x = s -> y = t | c)            would it suffice?     P(y[x = s] = t | x = r, y != t, c)
    PNS, increases                    both?                 P(y[x = s] = t, y[x = r] != t | c)
    decreases                         the opposite?         P(y[x = s] != t, y[x = r] = t | c)
    ATE                               what does it change?  P(y = t | do(x = s), c) - P(y = t | do(x = r), c)
    ETT                               and where it was so?  P(y = t | x = s, c) - P(y[x = r] = t | x = s, c)
    CDE(... | do(m = v), c)           holding m?            the same with m = v done as well
    NDE                               past the mediators?   P(y[x = s, m = m[x = r]] = t | c) - P(y[x = r] = t | c)
    NIE                               through them?         P(y[x = r, m = m[x = s]] = t | c) - P(y[x = r] = t | c)
    complements(a = s, b = u -> y = t)    is a's effect larger with b?       Y11 - Y01 > Y10 - Y00
    substitutes(...)                      smaller?                           Y11 - Y01 < Y10 - Y00
    interacts(...)                        different?                         Y11 - Y01 != Y10 - Y00

r is the alternative to s: the other state of a binary variable, else the variable's baseline. m are the parents of y
that x acts on. Yab is whether y = t with a as said (1) or at its alternative (0), b likewise; the last three are sums
over all patterns of four worlds. Sources: Pearl 2009, chapters 4 and 9 (PN 9.2.1, PS 9.2.2, PNS 9.2.3, direct and
indirect effects 4.5); Pearl 2001; Tietz et al. 2026 (complements, substitutes, interacts, increases).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from itertools import product

from causal.errors import QueryError
from causal.exact.asked import chosen
from causal.exact.worlds import settings
from causal.graph import Graph
from causal.spec.model import Model, Variable
from causal.spec.question import (
    Arithmetic,
    Assign,
    Comparison,
    Condition,
    Do,
    Effect,
    Event,
    Follow,
    Probability,
    Quantity,
    Question,
    Setting,
    Sum,
    name_text,
)


def reckoned(question: Question, graph: Graph) -> Question:
    """Return a question in which named quantities and effects are written as probabilities.

    Raises QueryError where a quantity does not fit what it is asked of.
    """
    match question:
        case Quantity():
            return _QUANTITIES[question.name](_Terms(question, graph))
        case Effect(setting=setting, event=event, given=given):
            done = Probability((event,), (Do(setting), *given))
            return Arithmetic("-", done, Probability((event,), given))
        case Arithmetic(op=op, left=left, right=right):
            return Arithmetic(op, _sum(left, graph), _sum(right, graph))
        case Comparison(op=op, left=left, right=right):
            return Comparison(op, _sum(left, graph), _sum(right, graph))
    return question


def contrasts(question: Question, graph: Graph) -> tuple[str, ...]:
    """Return what each named quantity and effect of a question is contrasted with, a sentence each, once.

    Raises QueryError where a quantity does not fit what it is asked of.
    """
    match question:
        case Quantity():
            return (_Terms(question, graph).contrast(),)
        case Effect(setting=setting):
            return (f"{setting} is contrasted with nothing being set.",)
        case Arithmetic(left=left, right=right) | Comparison(left=left, right=right):
            return tuple(dict.fromkeys((*contrasts(left, graph), *contrasts(right, graph))))
    return ()


def _sum(part: Sum, graph: Graph) -> Sum:
    found = reckoned(part, graph)
    assert not isinstance(found, Comparison | Effect)
    return found  # type: ignore[return-value]


def alternative(model: Model, variable: str, state: str) -> str:
    """Return the state that ``state`` is compared with: the other of two, or the baseline of several."""
    states = model.variables[variable].states
    if len(states) == 2:
        return states[1 - states.index(state)]
    base = model.baseline_state(variable)
    if base == state:
        raise QueryError(
            f"{variable} = {name_text(state)} is its own baseline, and {variable} has {len(states)} states: compared "
            f"with which? Write the worlds out, as in P(y[{variable} = {name_text(states[-1])}] = ...)"
        )
    return base


class _Terms:
    """The parts of one quantity: what is set, its alternative, the event and its opposite, what is given."""

    def __init__(self, question: Quantity, graph: Graph) -> None:
        self.question, self.graph, self.model = question, graph, graph.model
        if question.event.world is not None:
            raise QueryError(f"{question.name} makes its own worlds; write the event without a bracket")
        self.set: dict[str, str] = {}
        for name, value in settings(self.model, question.setting).items():
            if isinstance(value, Follow):
                raise QueryError(f"{question.name} compares plain states; '{value}' follows another world")
            self.set[name] = value
        self.other = {name: alternative(self.model, name, state) for name, state in self.set.items()}
        self.given = question.given

    @property
    def event(self) -> Event:
        return self.question.event

    def at(self, setting: Mapping[str, str], happens: bool = True, follow: tuple[Follow, ...] = ()) -> Event:
        """Return the event, or its opposite, in the world of a setting."""
        event, variable = self.event, self.model.variables[self.event.variable]
        world = Setting((*_assigns(setting), *follow))
        if happens:
            return Event(event.variable, event.op, event.states, world)
        return Event(event.variable, "in", _opposite(event, variable), world)

    def seen(self, happens: bool) -> Event:
        """Return the event, or its opposite, in the actual world."""
        event = self.event
        if happens:
            return event
        return Event(event.variable, "in", _opposite(event, self.model.variables[event.variable]))

    def facts(self, setting: Mapping[str, str]) -> tuple[Condition, ...]:
        """Return a setting as what is seen in the actual world."""
        return tuple(Event(name, "=", (state,)) for name, state in setting.items())

    def done(self, setting: Mapping[str, str]) -> Probability:
        """Return the event's probability after doing ``setting`` and whatever the question does besides."""
        rest = tuple(condition for condition in self.given if not isinstance(condition, Do))
        also = [item for condition in self.given if isinstance(condition, Do) for item in condition.setting.items]
        return Probability((self.event,), (Do(Setting((*_assigns(setting), *also))), *rest))

    def mediators(self, world: Mapping[str, str]) -> tuple[Follow, ...]:
        """Return the parents of the event that the setting acts on, each as it would be in ``world``."""
        target = self.event.variable
        moved = self.graph.downstream(self.set) - frozenset(self.set)
        names = [name for name in self.model.variables[target].parents if name in moved]
        if not names:
            raise QueryError(f"nothing lies between {', '.join(self.set)} and {target}; ask for the ATE")
        return tuple(Follow(name, name, Setting(_assigns(world))) for name in names)

    def contrast(self) -> str:
        """Return what is contrasted with what, and for NDE and NIE which parents of the event lie between."""
        pairs = [f"{Assign(x, s)} is contrasted with {Assign(x, self.other[x])}" for x, s in self.set.items()]
        between = ""
        if self.question.name in ("NDE", "NIE"):
            between = f"; between it and {name_text(self.event.variable)} lie "
            between += ", ".join(name_text(each.variable) for each in self.mediators(self.set))
        return f"{' and '.join(pairs)}{between}."

    def pair(self) -> tuple[str, str]:
        """Return the two variables that act together."""
        if len(self.set) != 2:
            raise QueryError(f"{self.question.name} is about two causes: {self.question.name}(a = s, b = u -> y = t)")
        a, b = self.set
        return a, b


def _assigns(setting: Mapping[str, str]) -> tuple[Assign, ...]:
    return tuple(Assign(name, state) for name, state in setting.items())


def _opposite(event: Event, variable: Variable) -> tuple[str, ...]:
    """Return the states for which an event is false."""
    true = chosen(event, variable)
    left = tuple(state for place, state in enumerate(variable.states) if place not in true)
    if not left:
        raise QueryError(f"'{event}' always holds; ask about an event that may fail")
    return left


def _minus(left: Sum, right: Sum) -> Sum:
    return Arithmetic("-", left, right)


def _pn(terms: _Terms) -> Sum:
    given = (*terms.facts(terms.set), terms.seen(True), *terms.given)
    return Probability((terms.at(terms.other, False),), given)


def _ps(terms: _Terms) -> Sum:
    given = (*terms.facts(terms.other), terms.seen(False), *terms.given)
    return Probability((terms.at(terms.set),), given)


def _pns(terms: _Terms) -> Sum:
    return Probability((terms.at(terms.set), terms.at(terms.other, False)), terms.given)


def _decreases(terms: _Terms) -> Sum:
    return Probability((terms.at(terms.set, False), terms.at(terms.other)), terms.given)


def _ate(terms: _Terms) -> Sum:
    return _minus(terms.done(terms.set), terms.done(terms.other))


def _cde(terms: _Terms) -> Sum:
    if not any(isinstance(condition, Do) for condition in terms.given):
        raise QueryError("CDE holds something fixed: say what, as in CDE(x = s -> y = t | do(m = v))")
    return _ate(terms)


def _ett(terms: _Terms) -> Sum:
    given = (*terms.facts(terms.set), *terms.given)
    return _minus(Probability((terms.event,), given), Probability((terms.at(terms.other),), given))


def _nde(terms: _Terms) -> Sum:
    with_it = Probability((terms.at(terms.set, follow=terms.mediators(terms.other)),), terms.given)
    return _minus(with_it, Probability((terms.at(terms.other),), terms.given))


def _nie(terms: _Terms) -> Sum:
    with_it = Probability((terms.at(terms.other, follow=terms.mediators(terms.set)),), terms.given)
    return _minus(with_it, Probability((terms.at(terms.other),), terms.given))


def _together(terms: _Terms, wanted: Mapping[str, bool]) -> Sum:
    """Return the probability that a's effect with b differs from that without it, in the directions wanted."""
    a, b = terms.pair()
    worlds = [
        {a: (terms.set if x else terms.other)[a], b: (terms.set if z else terms.other)[b]}
        for x, z in ((1, 1), (0, 1), (1, 0), (0, 0))
    ]
    found: list[Sum] = []
    for pattern in product((True, False), repeat=4):
        y11, y01, y10, y00 = map(int, pattern)
        more = (y11 - y01) - (y10 - y00)
        if more > 0 and wanted["more"] or more < 0 and wanted["less"]:
            events = tuple(terms.at(world, happens) for world, happens in zip(worlds, pattern, strict=True))
            found.append(Probability(events, terms.given))
    return reduce(lambda left, right: Arithmetic("+", left, right), found)


_QUANTITIES: Mapping[str, Callable[[_Terms], Sum]] = {
    "PN": _pn,
    "PS": _ps,
    "PNS": _pns,
    "ATE": _ate,
    "ETT": _ett,
    "NDE": _nde,
    "NIE": _nie,
    "CDE": _cde,
    "increases": _pns,
    "decreases": _decreases,
    "complements": lambda terms: _together(terms, {"more": True, "less": False}),
    "substitutes": lambda terms: _together(terms, {"more": False, "less": True}),
    "interacts": lambda terms: _together(terms, {"more": True, "less": True}),
}
