"""A judgement as a prior file writes it: what is said in numbers, as an entry of its list ``judgements:``.

    says        written
    Chips       {chips: {0-0.1: 3, 0.1-0.2: 5}}, or {chips: {edges: [...], counts: [...]}} where a bin has no such name
    Quantiles   {quantiles: {5: 0.2, 50: 0.4, 95: 0.7}}
    Interval    {low: 0.1, best: 0.3, high: 0.5, confidence: 0.8}

An entry is indented by two, as in the shipped files. Reading it back gives an equal judgement.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from causal.spec.priors import Chips, Interval, Quantiles
from causal.spec.question import Question, number_text
from causal.spec.writing import scalar_text

InNumbers = Chips | Quantiles | Interval


def judgement_text(about: Question, says: InNumbers, by: str = "", because: str = "") -> str:
    """Return an entry for the ``judgements:`` of a prior file, each key on a line of its own.

    >>> from causal.spec.grammar import parse_question
    >>> wet = parse_question("P(grass = wet | none)")
    >>> print(judgement_text(wet, Chips((0.0, 0.1, 0.2), (3, 1)), by="anna"), end="")
      - about: P(grass = wet | none)
        by: anna
        says: {chips: {0-0.1: 3, 0.1-0.2: 1}}
    """
    lines = [f"about: {scalar_text(str(about))}"]
    lines += [f"by: {scalar_text(by)}"] if by else []
    lines += [f"says: {says_text(says)}"]
    lines += [f"because: {scalar_text(because)}"] if because else []
    return "".join(f"{'  - ' if not at else '    '}{line}\n" for at, line in enumerate(lines))


def says_text(says: InNumbers) -> str:
    """Return what is said, in braces on one line."""
    match says:
        case Chips(edges=edges, counts=counts):
            ends = [number_text(edge) for edge in edges]
            if any("-" in end for end in ends):  # a minus sign, or that of a power of ten
                return f"{{chips: {{edges: [{', '.join(ends)}], counts: [{_listed(counts)}]}}}}"
            bins = [f"{low}-{high}" for low, high in pairwise(ends)]
            return f"{{chips: {_braced(zip(bins, counts, strict=True))}}}"
        case Quantiles(levels=levels, values=values):
            percents = [number_text(float(f"{100 * level:.12g}")) for level in levels]
            return f"{{quantiles: {_braced(zip(percents, values, strict=True))}}}"
        case Interval(low=low, best=best, high=high, confidence=confidence):
            names = ("low", "best", "high", "confidence")
            return _braced(zip(names, (low, best, high, confidence), strict=True))


def _braced(pairs: Iterable[tuple[str, float]]) -> str:
    return f"{{{', '.join(f'{key}: {number_text(value)}' for key, value in pairs)}}}"


def _listed(values: Iterable[float]) -> str:
    return ", ".join(map(number_text, values))
