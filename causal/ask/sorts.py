"""What sort of question it is, and what it makes of the probabilities in it."""

from __future__ import annotations

from collections.abc import Mapping

from causal.spec.question import Arithmetic, Comparison, Do, Number, Probability, Question
from causal.spec.walk import walk


def combine(question: Question, means: Mapping[str, float]) -> float:
    """Return the arithmetic of a question on the means of its probabilities."""
    match question:
        case Number(value=value):
            return value
        case Arithmetic(op=op, left=left, right=right):
            a, b = combine(left, means), combine(right, means)
            return {"+": a + b, "-": a - b, "*": a * b, "/": a / b if b else float("nan")}[op]
        case _:
            return means[str(question)]


def kind(question: Question) -> str:
    """Return what an answer is: a probability, a share of draws, or a number made from probabilities."""
    if isinstance(question, Comparison):
        return "share"
    return "probability" if isinstance(question, Probability) else "number"


def rung(question: Question) -> int:
    """Return the rung of a question: 1 seeing, 2 doing, 3 imagining (Pearl 2009)."""
    parts = list(walk(question))
    if any(getattr(part, "world", None) is not None for part in parts):  # of an event, or of a value that is followed
        return 3
    return 2 if any(isinstance(part, Do) for part in parts) else 1
