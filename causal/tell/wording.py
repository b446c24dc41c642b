"""Numbers as words: as many digits as the Monte Carlo error supports, and the word of a declared scale beside them.

    in a table          0.83 over [0.65, 0.93]         <0.01 over [0, 0.02]        −0.24 over [−0.41, −0.08]
    in a sentence       0.83 [0.65, 0.93], very likely                             below 1 % [<0.01, 0.02]

The interval and the word stand in the running text, because readers take them in only there (Wintle et al. 2019).
A number that rounds to 0 or 1 without being it is said to lie below or above the last digit shown.
"""

from __future__ import annotations

from causal.spec.scales import word
from causal.tell.document import Quiet, Strong, Text
from causal.tell.number import Number

MINUS = "\N{MINUS SIGN}"
WITHHELD = "withheld"
NONE = "\N{EN DASH}"
ROUNDING = 1e-12  # this far from 0 or 1 is 0 or 1, reckoned with floating point
SAME = 1e-9  # an interval narrower than this has no width to speak of
LEAST = 0.001  # what was stated is not shown finer
FEW, MANY = 0.01, 0.99  # beyond these a sentence says "below 1 %" or "above 99 %"


def probability(value: float, decimals: int = 2) -> str:
    """Return a probability as it is printed.

    >>> probability(0.8349), probability(0.0012), probability(0.9999, 3), probability(0.0)
    ('0.83', '<0.01', '>0.999', '0')
    """
    if min(abs(value), abs(1.0 - value)) < ROUNDING:
        return str(round(value))
    shown = f"{value:.{decimals}f}"
    if float(shown) == 0.0:
        return f"<{10**-decimals:.{decimals}f}"
    return f">{1 - 10**-decimals:.{decimals}f}" if float(shown) == 1.0 else shown


def difference(value: float, decimals: int = 2) -> str:
    """Return a difference as it is printed, with its sign.

    >>> difference(-0.2412), difference(0.2), difference(-0.001)
    ('−0.24', '+0.20', '0.00')
    """
    shown = f"{abs(value):.{decimals}f}"
    return shown if float(shown) == 0.0 else f"{MINUS if value < 0 else '+'}{shown}"


def decimal(value: float, decimals: int = 2) -> str:
    """Return a number that is neither a probability nor a change of one, with a sign where it is below zero.

    >>> decimal(-1.204), decimal(2.5), decimal(-0.001)
    ('−1.20', '2.50', '0.00')
    """
    shown = f"{abs(value):.{decimals}f}"
    return f"{MINUS}{shown}" if value < 0 and float(shown) else shown


def quantity(value: float) -> str:
    """Return a number as somebody stated it: three decimals, or two where the third is 0.

    >>> quantity(0.857), quantity(0.3), quantity(-1.25), quantity(0.0002)
    ('0.857', '0.30', '−1.25', '<0.001')
    """
    size = abs(value)
    if 0.0 < size < LEAST:
        shown = f"<{LEAST}"
    elif 1.0 - LEAST < size < 1.0:
        shown = f">{1.0 - LEAST}"
    else:
        shown = f"{size:.3f}".removesuffix("0")
    return f"{MINUS}{shown}" if value < 0 else shown


def interval(number: Number, of: str = "probability") -> str:
    """Return a number's interval in brackets; nothing where it has none or no width."""
    if number.lower is None or number.upper is None or number.upper - number.lower < SAME:
        return ""
    show = probability if of == "probability" else difference
    return f"[{show(number.lower, number.decimals)}, {show(number.upper, number.decimals)}]"


def shown(number: Number | None, of: str = "probability") -> tuple[Text, ...]:
    """Return a number over its interval, as the lines of a cell; ``of`` is ``probability`` or ``difference``."""
    if number is None:
        return ((NONE,),)
    if number.mean is None:
        return ((WITHHELD,),)
    mean = (probability if of == "probability" else difference)(number.mean, number.decimals)
    return ((Strong(mean),), (Quiet(interval(number, of)),))


def likelihood(number: Number) -> str:
    """Return the ICD 203 word for a probability, empty where it is withheld.

    The word is that of the number as printed, so that 0.80 never stands beside the word for 0.7996.
    """
    return "" if number.mean is None else word(round(number.mean, number.decimals))


def said(number: Number) -> Text:
    """Return a probability for a sentence: number, interval, word."""
    if number.mean is None:
        return (WITHHELD,)
    band = interval(number)
    tail: Text = (" ", Quiet(band)) if band else ()
    if number.mean < FEW:
        return (Strong("below 1 %"), *tail)
    if number.mean > MANY:
        return (Strong("above 99 %"), *tail)
    return (Strong(probability(number.mean, number.decimals)), *tail, f", {likelihood(number)}")


def news(number: Number) -> str:
    """Return what a number is when what is given is taken as news about the case, where that is visibly different."""
    return "" if number.news is None else f"as news {probability(number.news, number.decimals)}"
