"""On which scale a judgement about several parameters at once is evidence: the form of its question says it.

P, 1 - P, PN, PS, ...        log-odds
A * B, A / B                 log
1 - A / B                    log of A / B
other sums                   as they are
"""

from __future__ import annotations

from causal.exact.tape import Recorder
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


def on_scale(recorder: Recorder, slot: int, scale: str, turned: bool) -> int:
    """Return the slot of what ``slot`` is on its scale, as ``scale_of`` has it."""
    if scale == "log-odds":
        return recorder.minus_of(recorder.log(slot), recorder.log(recorder.flip(slot)))
    if scale == "log":
        return recorder.log(recorder.flip(slot) if turned else slot)
    return slot
