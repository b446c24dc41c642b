"""What kind of number a question asks for, and between which ends it lies.

question                           kind                    ends
P( ), P( causes ), PN PS PNS ...   a probability           0, 1
ATE ETT NDE NIE CDE                a difference            -1, 1
A / B                              a quotient              0, infinity
1 - A / B                          a share (due to what A is without)   -infinity, 1
other sums and products            by interval arithmetic: 1 - P( ) is a probability again
P(y), without a state              a whole distribution
types(y)                           response types
A > B                              a comparison
effect( )                          an effect
"""

from __future__ import annotations

import math

from causal.spec.question import (
    PROBABILITIES,
    Arithmetic,
    Causes,
    Comparison,
    Effect,
    Number,
    Probability,
    Quantity,
    Question,
    Sum,
    TypesOf,
)

Ends = tuple[float, float]


def kind_of(question: Question) -> str:
    """Return what a question asks for, in words.

    >>> from causal.spec.grammar import parse_question
    >>> kind_of(parse_question("P(grass = wet)")), kind_of(parse_question("P(grass = wet) > 0.5"))
    ('a probability', 'a comparison')
    """
    match question:
        case Comparison():
            return "a comparison"
        case Effect():
            return "an effect"
        case TypesOf():
            return "response types"
        case Probability(events=events) if events[0].op is None:
            return "a whole distribution"
        case Arithmetic(op="/"):
            return "a quotient"
        case Arithmetic(op="-", left=Number(value=1.0), right=Arithmetic(op="/")):
            return "a share"
    ends = ends_of(question)
    if ends[0] == ends[1]:
        return "a fixed number"
    return "a probability" if ends == (0.0, 1.0) else "a difference"


def ends_of(question: Sum) -> Ends:
    """Return the lowest and highest value that a sum can have, whatever the model.

    >>> from causal.spec.grammar import parse_question
    >>> ends_of(parse_question("1 - P(grass = wet | do(rain = heavy)) / P(grass = wet)"))
    (-inf, 1.0)
    """
    match question:
        case Number(value=value):
            return (value, value)
        case Quantity(name=name):
            return (0.0, 1.0) if name in PROBABILITIES else (-1.0, 1.0)
        case Arithmetic(op=op, left=left, right=right):
            return _combined(op, ends_of(left), ends_of(right))
        case Probability() | Causes():
            return (0.0, 1.0)


def _combined(op: str, left: Ends, right: Ends) -> Ends:
    match op:
        case "+":
            return (left[0] + right[0], left[1] + right[1])
        case "-":
            return (left[0] - right[1], left[1] - right[0])
        case "/":
            right = _inverted(right)
    corners = [_times(a, b) for a in left for b in right]
    return (min(corners), max(corners))


def _times(a: float, b: float) -> float:
    return 0.0 if a == 0 or b == 0 else a * b


def _inverted(ends: Ends) -> Ends:
    low, high = ends
    if low < 0 < high or low == high == 0:
        return (-math.inf, math.inf)
    return (1 / high if high else -math.inf, 1 / low if low else math.inf)
