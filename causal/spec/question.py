"""Questions as values: what can be asked, judged and printed.

    value          written
    Event          y = t        y in {a, b}        y >= s        y[x = s] = t        y   (its whole distribution)
    Do             do(x = s, @intervention)
    History        history      history before 1922-04
    Record, Chance record       chance
    Baseline, NoCause, Only, All, Row     baseline but x = s     none     only x = s     all but x = s     row back
    Soft           x ~ {a: 0.8, b: 0.2}
    Probability    P(event, event | condition, condition)
    Causes         P(x = s causes y = t)
    Quantity       PN(x = s -> y = t | condition)      also PS PNS ATE ETT NDE NIE CDE, increases decreases
                   complements(a = s, b = u -> y = t)  also substitutes interacts
    Arithmetic     sum of terms: + - * / ( ), numbers
    Comparison     left > right, left < right
    Effect         effect(x = s -> y = t | condition)
    TypesOf        types(y), the response types of a variable (prior files only)

``str(question)`` is its canonical text, and parsing that text gives an equal value (grammar.py).
All values are frozen; names are kept as text and are not checked against a model here.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from causal.spec.dates import Span

RESERVED = frozenset(
    "P PN PS PNS ATE ETT NDE NIE CDE do effect types causes history before record chance row baseline but none only "
    "all in".split()
)
PAIRS = ("complements", "substitutes", "interacts")  # of two causes
PROBABILITIES = ("PN", "PS", "PNS", "increases", "decreases", *PAIRS)
DIFFERENCES = ("ATE", "ETT", "NDE", "NIE", "CDE")
QUANTITIES = (*PROBABILITIES, *DIFFERENCES)
OPERATORS = ("=", "!=", "<", "<=", ">", ">=", "in")
PLAIN = re.compile(r"[^\W\d]\w*|\d+")  # a name that needs no quotes


def name_text(name: str) -> str:
    """Return a name as it is written in a question: plain where it may be, else in double quotes."""
    if PLAIN.fullmatch(name) and name not in RESERVED:
        return name
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def number_text(value: float) -> str:
    """Return the shortest text that reads back as the same number."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))


@dataclass(frozen=True, slots=True)
class Assign:
    """``variable = state``."""

    variable: str
    state: str

    def __str__(self) -> str:
        return f"{name_text(self.variable)} = {name_text(self.state)}"


@dataclass(frozen=True, slots=True)
class Follow:
    """``variable = source[world]``: the value that ``source`` would take in that world (nested counterfactual)."""

    variable: str
    source: str
    world: Setting

    def __str__(self) -> str:
        return f"{name_text(self.variable)} = {name_text(self.source)}[{self.world}]"


@dataclass(frozen=True, slots=True)
class Named:
    """``@intervention``: all that the named intervention sets."""

    intervention: str

    def __str__(self) -> str:
        return f"@{name_text(self.intervention)}"


@dataclass(frozen=True, slots=True)
class Setting:
    """A set of assignments, as in ``do(...)`` and in brackets; never empty."""

    items: tuple[Assign | Follow | Named, ...]

    def __post_init__(self) -> None:
        if not self.items:
            raise ValueError("a setting sets at least one variable")

    def __str__(self) -> str:
        return ", ".join(str(item) for item in self.items)


@dataclass(frozen=True, slots=True)
class Event:
    """A variable, in the actual world or in that of ``world``, compared with states by ``op``; no ``op``: all of it.

    ``op`` is one of ``= != < <= > >= in`` or None; ``states`` holds one state, several for ``in``, none without op.
    """

    variable: str
    op: str | None = None
    states: tuple[str, ...] = ()
    world: Setting | None = None

    def __post_init__(self) -> None:
        if self.op is None and self.states or self.op is not None and not self.states:
            raise ValueError("an event has states if and only if it has an operator")
        if self.op not in (None, "in") and len(self.states) != 1:
            raise ValueError(f"{self.op!r} compares with one state")

    def __str__(self) -> str:
        world = f"[{self.world}]" if self.world else ""
        head = f"{name_text(self.variable)}{world}"
        if self.op is None:
            return head
        if self.op == "in":
            return f"{head} in {{{', '.join(name_text(state) for state in self.states)}}}"
        return f"{head} {self.op} {name_text(self.states[0])}"


@dataclass(frozen=True, slots=True)
class Do:
    """``do(setting)``."""

    setting: Setting

    def __str__(self) -> str:
        return f"do({self.setting})"


@dataclass(frozen=True, slots=True)
class History:
    """The actual value of all that was decided before a date; without one, before the interventions of the question."""

    before: Span | None = None

    def __str__(self) -> str:
        return f"history before {self.before}" if self.before else "history"


@dataclass(frozen=True, slots=True)
class Record:
    """Every actual value there is."""

    def __str__(self) -> str:
        return "record"


@dataclass(frozen=True, slots=True)
class Chance:
    """Every matter of luck keeps its actual value, unless it is set or downstream of what is set."""

    def __str__(self) -> str:
        return "chance"


@dataclass(frozen=True, slots=True)
class Row:
    """A named row of a table mechanism."""

    name: str

    def __str__(self) -> str:
        return f"row {name_text(self.name)}"


def _but(word: str, but: tuple[Assign, ...]) -> str:
    if not but:
        return word
    inside = ", ".join(str(assign) for assign in but)
    return f"{word} but {inside}" if len(but) == 1 else f"{word} but ({inside})"


@dataclass(frozen=True, slots=True)
class Baseline:
    """``baseline [but ...]``: every parent of a logistic variable at its baseline state, but for these."""

    but: tuple[Assign, ...] = ()

    def __str__(self) -> str:
        return _but("baseline", self.but)


@dataclass(frozen=True, slots=True)
class NoCause:
    """``none``: no cause of a noisy-or is on."""

    def __str__(self) -> str:
        return "none"


@dataclass(frozen=True, slots=True)
class Only:
    """``only x = s``: just these causes of a noisy-or are on (the leak acts too)."""

    causes: tuple[Assign, ...]

    def __post_init__(self) -> None:
        if not self.causes:
            raise ValueError("only what? at least one cause")

    def __str__(self) -> str:
        inside = ", ".join(str(assign) for assign in self.causes)
        return f"only {inside}" if len(self.causes) == 1 else f"only ({inside})"


@dataclass(frozen=True, slots=True)
class All:
    """``all [but ...]``: every need of a noisy-and is met, but for these."""

    but: tuple[Assign, ...] = ()

    def __str__(self) -> str:
        return _but("all", self.but)


@dataclass(frozen=True, slots=True)
class Soft:
    """``x ~ {a: 0.8, b: 0.2}``: soft evidence, the likelihood of each state named (others 0)."""

    variable: str
    weights: tuple[tuple[str, float], ...]

    def __post_init__(self) -> None:
        weights = [weight for _, weight in self.weights]
        if not all(0 <= weight < math.inf for weight in weights) or not any(weights):
            raise ValueError("soft evidence gives likelihoods: finite, none below 0 and at least one above it")

    def __str__(self) -> str:
        inside = ", ".join(f"{name_text(state)}: {number_text(weight)}" for state, weight in self.weights)
        return f"{name_text(self.variable)} ~ {{{inside}}}"


Condition = Event | Do | History | Record | Chance | Row | Baseline | NoCause | Only | All | Soft


def _given(conditions: tuple[Condition, ...]) -> str:
    return f" | {', '.join(str(condition) for condition in conditions)}" if conditions else ""


@dataclass(frozen=True, slots=True)
class Probability:
    """``P(events | given)``."""

    events: tuple[Event, ...]
    given: tuple[Condition, ...] = ()

    def __post_init__(self) -> None:
        if not self.events:
            raise ValueError("P( ) asks for at least one event")
        if len(self.events) > 1 and any(event.op is None for event in self.events):
            raise ValueError("a whole distribution is asked alone")

    def __str__(self) -> str:
        return f"P({', '.join(str(event) for event in self.events)}{_given(self.given)})"


@dataclass(frozen=True, slots=True)
class Causes:
    """``P(x = s causes y = t)``: the net power of one cause of a noisy-or (Díez)."""

    cause: Assign
    effect: Event

    def __str__(self) -> str:
        return f"P({self.cause} causes {self.effect})"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A named causal quantity of ``setting`` for ``event``: one of ``QUANTITIES``; quantities.py has what each asks."""

    name: str
    setting: Setting
    event: Event
    given: tuple[Condition, ...] = ()

    def __post_init__(self) -> None:
        if self.name not in QUANTITIES:
            raise ValueError(f"no quantity {self.name!r}")

    def __str__(self) -> str:
        return f"{self.name}({self.setting} -> {self.event}{_given(self.given)})"


@dataclass(frozen=True, slots=True)
class Number:
    """A constant, never negative as a value (a minus sign is an operator)."""

    value: float

    def __post_init__(self) -> None:
        if not 0 <= self.value < math.inf:
            raise ValueError(f"{self.value} is no number of the language: finite and not negative")

    def __str__(self) -> str:
        return number_text(self.value)


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """``left op right`` with op one of ``+ - * /``; parentheses are printed where precedence needs them."""

    op: str
    left: Sum
    right: Sum

    def __str__(self) -> str:
        left, right = str(self.left), str(self.right)
        if self.op in "*/" and isinstance(self.left, Arithmetic) and self.left.op in "+-":
            left = f"({left})"
        if isinstance(self.right, Arithmetic) and (self.op in "*/" or self.right.op in "+-"):
            right = f"({right})"
        return f"{left} {self.op} {right}"


Sum = Probability | Causes | Quantity | Number | Arithmetic


@dataclass(frozen=True, slots=True)
class Comparison:
    """``left > right`` or ``left < right``; its answer is the share of draws where it holds."""

    op: str
    left: Sum
    right: Sum

    def __str__(self) -> str:
        return f"{self.left} {self.op} {self.right}"


@dataclass(frozen=True, slots=True)
class Effect:
    """``effect(setting -> event | given)``: P(event | do(setting), given) - P(event | given)."""

    setting: Setting
    event: Event
    given: tuple[Condition, ...] = ()

    def __str__(self) -> str:
        return f"effect({self.setting} -> {self.event}{_given(self.given)})"


@dataclass(frozen=True, slots=True)
class TypesOf:
    """``types(y)``: the response types of a variable with mechanism types; judged in prior files, not asked."""

    variable: str

    def __str__(self) -> str:
        return f"types({name_text(self.variable)})"


Question = Probability | Causes | Quantity | Number | Arithmetic | Comparison | Effect | TypesOf
