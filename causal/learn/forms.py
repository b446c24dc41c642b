"""On which scale a judgement about several parameters at once is evidence: the form of its question says it."""

from __future__ import annotations

from causal.spec.question import PROBABILITIES, Arithmetic, Causes, Number, Probability, Quantity, Question


def scale_of(question: Question) -> tuple[str, bool]:
    """Return the scale on which a derived judgement is evidence, and whether it is 1 minus what the scale reads."""
    match question:
        case Probability() | Causes():
            return "log-odds", False
        case Quantity(name=name) if name in PROBABILITIES:
            return "log-odds", False
        case Arithmetic(op="-", left=Number(value=1.0), right=Probability() | Causes()):
            return "log-odds", False
        case Arithmetic(op="-", left=Number(value=1.0), right=Arithmetic(op="/")):
            return "log", True
        case Arithmetic(op="*") | Arithmetic(op="/"):
            return "log", False
    return "identity", False
