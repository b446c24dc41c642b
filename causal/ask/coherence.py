"""Where one expert's own judgements cannot all be true: parts that do not make their whole, orders that run in circles.

    parts       probabilities of states of one variable, given the same, that exclude each other
                their medians add up to the whole: to 1 where no state is left, to what was said of all of them together
                excess = sum - whole; where no whole was said, only a sum above 1 is one
    circle      A > B, B > C, C > A, each said to hold with a probability: p1 + ... + pn is at most n - 1
                excess = sum - (n - 1)

Nothing is brought to a sum of 1 behind an expert's back. Described in more detail, an event is judged more probable
(support theory: Tversky & Koehler 1994), also where the past is taken apart (Tetlock & Lebow 2001), so the excess is
told. The bound on a circle is the union bound of what denies it: in no state of the world do all n orders hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from causal.elicit import PROBABILITY, fit_probability, stated
from causal.errors import ElicitationError
from causal.exact.asked import chosen
from causal.learn.elicited import Compared, Elicited
from causal.spec.model import Model
from causal.spec.priors import Judgement
from causal.spec.question import Comparison, Condition, Event, Probability

SLACK = 0.005  # half a per cent: what rounding to whole per cents leaves
LONGEST = 4  # orders in a circle: a longer one can hardly be at odds with the bound
WHOLE = 1.0
type Orders = list[tuple[str, float]]


@dataclass(frozen=True)
class Part:
    """One judged probability: its question, and the median as stated."""

    question: str
    median: float
    line: int


@dataclass(frozen=True)
class Parts:
    """Probabilities of one expert that exclude each other; ``whole`` is what they are parts of.

    ``complete`` where every state of ``variable`` is in one of them. ``whole`` has no question where it is 1.
    """

    expert: str
    variable: str
    parts: tuple[Part, ...]
    whole: Part
    complete: bool

    @property
    def total(self) -> float:
        """The sum of the medians."""
        return sum(part.median for part in self.parts)

    @property
    def excess(self) -> float:
        """By how much the sum is above the whole; below 0 where it falls short of it."""
        return self.total - self.whole.median

    @property
    def at_odds(self) -> bool:
        """Whether the sum is another than the whole, or more than 1, by more than rounding."""
        short = self.excess < -SLACK and (self.complete or bool(self.whole.question))
        return self.excess > SLACK or short


@dataclass(frozen=True)
class Circle:
    """Orders of one expert of which not all can hold, with the probability that each was said to have."""

    expert: str
    orders: tuple[tuple[str, float], ...]

    @property
    def excess(self) -> float:
        """By how much the probabilities add up to more than they can."""
        return sum(sure for _, sure in self.orders) - (len(self.orders) - 1)

    @property
    def at_odds(self) -> bool:
        """Whether no distribution has all of these probabilities."""
        return self.excess > SLACK


def partitions(elicited: Elicited) -> tuple[Parts, ...]:
    """Return, expert by expert in file order, what was judged in parts.

    That is every set of judgements that exclude each other given the same, where they leave no state, where the same
    expert judged all of them together, or where they add up to more than 1.
    """
    model = elicited.network.model
    groups: dict[tuple[str, str, frozenset[str]], list[tuple[frozenset[int], Part]]] = {}
    for judgement in elicited.priors.judgements:
        read = _single(judgement)
        if read is None or (median := _median(judgement)) is None:
            continue
        event, given = read
        states = frozenset(chosen(event, model.variables[event.variable]))
        key = (judgement.by or "", event.variable, frozenset(map(str, given)))
        groups.setdefault(key, []).append((states, Part(str(judgement.about), median, judgement.line)))
    found = [each for (expert, name, _), said in groups.items() for each in _parts(expert, name, said, model)]
    return tuple(found)


def _single(judgement: Judgement) -> tuple[Event, tuple[Condition, ...]] | None:
    """Return the event and what is given, where a judgement is about the probability of one event of this world."""
    match judgement.about:
        case Probability(events=(Event(world=None) as event,), given=given) if event.op:
            return event, given
    return None


def _median(judgement: Judgement) -> float | None:
    """Return the median as stated, that of the fitted belief where none was; None where no number was said."""
    try:
        said = stated(judgement.says, PROBABILITY)
        return said.median if said.median is not None else fit_probability(said).median
    except ElicitationError:
        return None


def _parts(expert: str, name: str, said: Sequence[tuple[frozenset[int], Part]], model: Model) -> Iterator[Parts]:
    """Yield the largest sets of parts: of everything, and of each judgement that has parts."""
    every = frozenset(range(len(model.variables[name].states)))
    whole = Part("", WHOLE, 0)
    for states, of in [(every, whole), *((states, part) for states, part in said if states < every)]:
        inside = [(each, part) for each, part in said if each < states and part is not of]
        apart = _apart(inside)
        if len(apart) < 2:
            continue
        covered = frozenset().union(*(each for each, _ in apart))
        mine = Parts(expert, name, tuple(part for _, part in apart), of, covered == every)
        if covered == states or mine.total > WHOLE + SLACK:
            yield mine


def _apart(said: Iterable[tuple[frozenset[int], Part]]) -> list[tuple[frozenset[int], Part]]:
    """Return judgements that exclude each other, the smallest events first: they say most of the parts."""
    kept: list[tuple[frozenset[int], Part]] = []
    for states, part in sorted(said, key=lambda each: (len(each[0]), each[1].line)):
        if all(states.isdisjoint(other) for other, _ in kept):
            kept.append((states, part))
    return sorted(kept, key=lambda each: each[1].line)


def circles(elicited: Elicited) -> tuple[Circle, ...]:
    """Return, expert by expert, the circles of orders that are held too surely to be all true."""
    found: list[Circle] = []
    for expert in elicited.held:
        above: dict[str, dict[str, tuple[str, float]]] = {}
        for compared in (each for each in elicited.compared if each.expert == expert):
            for high, low, order in _sides(compared):
                above.setdefault(high, {}).setdefault(low, order)
        found += [circle for path in _walks(above) if (circle := Circle(expert, tuple(path))).at_odds]
    return tuple(found)


def _sides(compared: Compared) -> Iterator[tuple[str, str, tuple[str, float]]]:
    """Yield an order, the larger side first, and its denial: how sure somebody is of the one says it of the other."""
    about, sure = compared.judgement.about, compared.probability
    if not isinstance(about, Comparison):
        return
    left, right = str(about.left), str(about.right)
    high, low = (left, right) if about.op == ">" else (right, left)
    yield high, low, (str(about), sure)
    yield low, high, (f"not: {about}", 1.0 - sure)


def _walks(above: Mapping[str, Mapping[str, tuple[str, float]]]) -> Iterator[Orders]:
    """Yield every circle of 2 to ``LONGEST`` orders once, from its first member in alphabetical order."""

    def walk(start: str, at: str, seen: tuple[str, ...], path: Orders) -> Iterator[Orders]:
        for low, order in above.get(at, {}).items():
            if low == start and len(path) > 1:
                yield [*path, order]
            elif low > start and low not in seen and len(path) + 1 < LONGEST:
                yield from walk(start, low, (*seen, low), [*path, order])

    for start in above:
        yield from walk(start, start, (start,), [])
