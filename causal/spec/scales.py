"""What words of likelihood mean, as published.

    scale    published by                                   ranges
    icd203   US intelligence community, directive 203       touch each other, from 1 to 99 per cent
    kent     Sherman Kent, Words of estimative probability  gaps between some of them
    ipcc     IPCC guidance note on uncertainty, AR5 and AR6 nested: "likely" is 66 to 100, "very likely" 90 to 100
    phia     UK professional heads of intelligence          gaps between them
    efsa     European Food Safety Authority, 2018           touch each other, from 0 to 100 per cent

A range is read as the central 90 per cent of a belief: its ends are the 5 and 95 per cent quantiles, and the median is
midway between them on the log-odds. A range that ends at 0 or 1 has only one end that says something, and is read from
that side: the end is the 95 (or 5) per cent quantile, the median lies half as far from the bound, and the third
quantile mirrors the end on the log-odds. So "almost certain" of phia, 95 to 100 per cent, says .950 / .975 / .988, and
a nested "likely" of ipcc, 66 to 100, says .66 / .83 / .92: whoever thinks of 95 per cent has a stronger word to use.

The same word differs between scales ("unlikely" is 20 to 45 per cent in icd203 and 0 to 33 in ipcc), so none of them
is a default for what experts say.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from causal.spec.model import frozen
from causal.spec.priors import Quantiles, Scale

LEVELS = (0.05, 0.5, 0.95)


@dataclass(frozen=True, slots=True)
class Term:
    """A published range and the words for it; the first is the one that reports use."""

    low: float
    high: float
    words: tuple[str, ...]


TERMS: Mapping[str, tuple[Term, ...]] = frozen(
    {
        "icd203": (
            Term(0.01, 0.05, ("almost no chance", "remote", "remote chance")),
            Term(0.05, 0.20, ("very unlikely", "highly improbable")),
            Term(0.20, 0.45, ("unlikely", "improbable")),
            Term(0.45, 0.55, ("roughly even chance", "roughly even odds", "even chance", "even odds", "about even")),
            Term(0.55, 0.80, ("likely", "probable", "probably")),
            Term(0.80, 0.95, ("very likely", "highly probable")),
            Term(0.95, 0.99, ("almost certain", "almost certainly", "nearly certain")),
        ),
        "kent": (
            Term(0.02, 0.12, ("almost certainly not", "virtually impossible", "almost impossible", "highly doubtful")),
            Term(0.20, 0.40, ("probably not", "unlikely", "improbable", "we doubt")),
            Term(0.40, 0.60, ("chances about even", "about even", "even chance")),
            Term(0.63, 0.87, ("probable", "probably", "likely", "we believe", "we estimate")),
            Term(0.87, 0.99, ("almost certain", "almost certainly", "virtually certain", "all but certain",
                              "highly probable", "highly likely")),
        ),
        "ipcc": (
            Term(0.00, 0.01, ("exceptionally unlikely",)),
            Term(0.00, 0.05, ("extremely unlikely",)),
            Term(0.00, 0.10, ("very unlikely",)),
            Term(0.00, 0.33, ("unlikely",)),
            Term(0.33, 0.66, ("about as likely as not", "as likely as not")),
            Term(0.50, 1.00, ("more likely than not",)),
            Term(0.66, 1.00, ("likely",)),
            Term(0.90, 1.00, ("very likely",)),
            Term(0.95, 1.00, ("extremely likely",)),
            Term(0.99, 1.00, ("virtually certain",)),
        ),
        "phia": (
            Term(0.00, 0.05, ("remote chance", "remote")),
            Term(0.10, 0.20, ("highly unlikely",)),
            Term(0.25, 0.35, ("unlikely",)),
            Term(0.40, 0.50, ("realistic possibility", "a realistic possibility")),
            Term(0.55, 0.75, ("likely", "probable", "probably", "likely or probable")),
            Term(0.80, 0.90, ("highly likely",)),
            Term(0.95, 1.00, ("almost certain", "almost certainly")),
        ),
        "efsa": (
            Term(0.00, 0.01, ("almost impossible",)),
            Term(0.01, 0.05, ("extremely unlikely",)),
            Term(0.05, 0.10, ("very unlikely",)),
            Term(0.10, 0.33, ("unlikely",)),
            Term(0.33, 0.66, ("about as likely as not", "as likely as not")),
            Term(0.66, 0.90, ("likely",)),
            Term(0.90, 0.95, ("very likely",)),
            Term(0.95, 0.99, ("extremely likely",)),
            Term(0.99, 1.00, ("almost certain", "almost certainly")),
        ),
    }
)  # fmt: skip

SOURCES: Mapping[str, str] = frozen(
    {
        "icd203": "Office of the Director of National Intelligence, Intelligence Community Directive 203 (2015)",
        "kent": "Kent (1964), Words of estimative probability, Studies in Intelligence",
        "ipcc": "Mastrandrea et al. (2010), Guidance note on consistent treatment of uncertainties, IPCC",
        "phia": "Professional Head of Intelligence Assessment (UK), Probability yardstick (bands as others quote them, "
        "some from memory: not checked against the page itself)",
        "efsa": "EFSA Scientific Committee (2018), Guidance on uncertainty analysis, EFSA Journal 16(1)",
    }
)

SURE: Mapping[str, str] = frozen({"certain": "exactly: 1", "impossible": "exactly: 0"})  # no belief: a point
BELOW, ABOVE = "less than 1 in 100", "more than 99 in 100"


def log_odds(probability: float) -> float:
    """Return log(p / (1 - p)) of a probability strictly between 0 and 1."""
    return math.log(probability) - math.log1p(-probability)


def from_log_odds(value: float) -> float:
    """Return the probability whose log-odds this is."""
    return 1 / (1 + math.exp(-value)) if value >= 0 else math.exp(value) / (1 + math.exp(value))


def midway(low: float, high: float) -> float:
    """Return the probability midway between two others on the log-odds.

    >>> round(midway(0.05, 0.20), 6)
    0.102904
    """
    return from_log_odds((log_odds(low) + log_odds(high)) / 2)


def read_range(low: float, high: float) -> Quantiles:
    """Return the 5, 50 and 95 per cent quantiles that a range of probability stands for.

    A range from 0 or to 1 is read from its other end; see the head of this module. Raises ValueError for the range
    from 0 to 1, which says nothing, and for one that ends before it begins.

    >>> [round(value, 3) for value in read_range(0.95, 1).values]
    [0.95, 0.975, 0.988]
    """
    if not 0 <= low < high <= 1 or (low == 0 and high == 1):
        raise ValueError(f"no range of probability: {low} to {high}")
    if low == 0:
        middle = high / 2
        return Quantiles(LEVELS, (from_log_odds(2 * log_odds(middle) - log_odds(high)), middle, high))
    if high == 1:
        middle = (1 + low) / 2
        return Quantiles(LEVELS, (low, middle, from_log_odds(2 * log_odds(middle) - log_odds(low))))
    return Quantiles(LEVELS, (low, midway(low, high), high))


def plain_phrase(text: str) -> str:
    """Return a phrase in lower case with single spaces, as phrases are compared."""
    return " ".join(text.lower().split())


SCALES: Mapping[str, Scale] = frozen(
    {
        name: Scale(
            name=name,
            phrases=frozen({word: read_range(term.low, term.high) for term in terms for word in term.words}),
            source=SOURCES[name],
            nested=name == "ipcc",
        )
        for name, terms in TERMS.items()
    }
)


ONE_SIDED = frozenset(
    read_range(term.low, term.high) for terms in TERMS.values() for term in terms if term.low == 0 or term.high == 1
)  # readings of published ranges that have only one end which says something


def word(probability: float, scale: str = "icd203") -> str:
    """Return the word of a scale for a probability, for use beside the number.

    A term holds from its lower end up to, but without, its upper end (a scale's last term with it), so every number has
    one word. In a nested scale the narrowest term is taken, in a gap the nearest on the log-odds. Below 1 and above 99
    per cent, where a scale has no term, the odds are said instead. Raises ValueError for what is no probability.

    >>> word(0.05), word(0.0499), word(0.003)
    ('very unlikely', 'almost no chance', 'less than 1 in 100')
    """
    if not 0 <= probability <= 1:
        raise ValueError(f"{probability} is no probability")
    terms = TERMS[scale]
    top = max(term.high for term in terms)
    holding = [t for t in terms if t.low <= probability < t.high or probability == t.high == top]
    if holding:
        return min(holding, key=lambda term: term.high - term.low).words[0]
    if probability < 0.01:
        return BELOW
    if probability > 0.99:
        return ABOVE
    return min(terms, key=lambda term: _distance(probability, term)).words[0]


def _distance(probability: float, term: Term) -> float:
    """Return how far a probability strictly between 0 and 1 is outside a range, on the log-odds."""
    below = log_odds(term.low) - log_odds(probability) if term.low > 0 else -math.inf
    above = log_odds(probability) - log_odds(term.high) if term.high < 1 else -math.inf
    return max(below, above)
