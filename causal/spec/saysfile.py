"""What an expert says, as a prior file writes it: one kind, and one that fits the question.

    written                                                  value          about
    exactly: 0.3, {exactly: {a: 0.3, b: 0.7}}                Exactly        a probability; a whole distribution
    quantiles: {5: 0.4, 50: 0.6, 95: 0.8}                    Quantiles      a number
    low: 0.1, best: 0.3, high: 0.5, confidence: 0.8          Interval       a number; confidence 90% if left out
    very likely, {phrase: very likely, scale: kent}          Phrase         a probability
    chips: {0-0.1: 3, 0.1-0.3: 5}, {edges, counts}           Chips          a number
    cases: {x: 3, of: 11, relevance: 0.3}                    Counted        a probability
    odds: 3:1, {low: 1:1, best: 2:1, high: 4:1}              Odds           a probability
    ratio: 2, {5: 1, 50: 2, 95: 4}, {low, best, high, ...}   Ratio          a quotient
    order: 0.8, a phrase or quantiles (their median counts)  Order          a comparison
    sign: "-", confidence: likely                            Sign           an effect
    dirichlet: flat, jeffreys, {a: 2, b: 1}                  DirichletSays  a whole distribution; response types
               {a: {5: 0.1, 95: 0.3}, b: {...}}                             a whole distribution, state by state
    abstain                                                  Abstain        anything
    60%, 0.6                                                 Quantiles      the median alone
    3:1                                                      Odds           the best odds alone
    0.4 to 0.7                                               Interval       90% sure; best is midway on the log-odds

A percentage may stand for a number everywhere. Low, best and high of a ratio are its quantiles at that confidence;
those of any other number are an interval in the sense of the IDEA protocol, which the elicitation floor brings to 90%.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from causal.spec import priorshape as shapes
from causal.spec.asked import CONFIDENCE, Asked, read_phrase, rising
from causal.spec.model import frozen
from causal.spec.priors import Abstain, Interval, Odds, Ratio, Says
from causal.spec.question import number_text
from causal.spec.reach import kind_of
from causal.spec.reader import Mapping as Tree
from causal.spec.reader import Node, Scalar
from causal.spec.sayskinds import ODDS, SAYS, read_odds, read_pair
from causal.spec.scales import midway
from causal.spec.shape import share

MAX_SHORT = 100  # characters: a longer text is no number, odds or range
_RANGE = re.compile(r"(\S+?)\s*(%?)\s+to\s+(\S+?)\s*(%?)")

NUMBERS = frozenset({"exactly", "quantiles", "low, best and high", "a phrase", "chips", "cases", "odds"})
FITS: Mapping[str, frozenset[str]] = frozen(
    {
        "a probability": NUMBERS,
        "a difference": frozenset({"quantiles", "low, best and high", "chips"}),
        "a share": frozenset({"quantiles", "low, best and high", "chips", "a phrase"}),
        "a quotient": frozenset({"ratio", "quantiles", "low, best and high", "chips"}),
        "a whole distribution": frozenset({"exactly", "dirichlet"}),
        "response types": frozenset({"dirichlet"}),
        "a comparison": frozenset({"order"}),
        "an effect": frozenset({"sign"}),
        "a fixed number": frozenset(),
    }
)
EXAMPLES: Mapping[str, str] = frozen(
    {
        "a probability": "{quantiles: {5: 0.2, 50: 0.4, 95: 0.7}}",
        "a share": "{quantiles: {5: 0.2, 50: 0.4, 95: 0.7}}",
        "a difference": "{quantiles: {5: -0.1, 50: 0.1, 95: 0.3}}",
        "a quotient": "{ratio: {5: 0.5, 50: 1, 95: 2}}",
        "a whole distribution": "{dirichlet: flat} or {exactly: {state: probability, ...}}",
        "response types": "{dirichlet: flat}",
        "a comparison": "{order: 0.8}",
        "an effect": '{sign: "-", confidence: 0.8}',
        "a fixed number": "nothing at all",
    }
)


KEYS: Mapping[str, str] = frozen(
    {
        "exactly": "exactly",
        "quantiles": "quantiles",
        "low": "low, best and high",
        "best": "low, best and high",
        "high": "low, best and high",
        "confidence": "",
        "phrase": "a phrase",
        "scale": "",
        "chips": "chips",
        "cases": "cases",
        "odds": "odds",
        "ratio": "ratio",
        "order": "order",
        "sign": "sign",
        "dirichlet": "dirichlet",
        "abstain": "abstain",
    }
)  # what each key belongs to; two are companions
COMPANIONS: Mapping[str, tuple[str, ...]] = frozen(
    {"confidence": ("low, best and high", "sign"), "scale": ("a phrase",)}
)


ALONE: Mapping[str, str] = frozen({"quantiles": "a number alone", "low, best and high": "a range alone"})


def said_text(node: Node) -> str:
    """Return what was said as it was written, on one line."""
    match node:
        case Scalar():
            return " ".join(node.split())
        case Tree():
            return ", ".join(f"{key}: {_inner(value)}" for key, value in node.entries.values())
    return f"[{', '.join(said_text(item) for item in node.items)}]"


def _inner(node: Node) -> str:
    return f"{{{said_text(node)}}}" if isinstance(node, Tree) else said_text(node)


def read_says(written: Scalar | shapes.SaysShape, asked: Asked) -> Says | None:
    """Return what is said, or None where it could not be read; the reason is then among the problems."""
    before = len(asked.problems)
    if isinstance(written, Scalar):
        kind = _short_kind(written, asked)
        says = _short(kind, written, asked) if _fits(kind, written, asked) else None
    else:
        kind = _kind(written, asked)
        readable = kind and _fits(kind, written.node, asked) and _is_there(kind, written)
        says = SAYS[kind](written, asked) if readable else None
    return says if len(asked.problems) == before else None


def _fits(kind: str, place: Node, asked: Asked) -> bool:
    """Tell whether this kind answers the question; note a problem if not."""
    form = kind_of(asked.about)
    if kind == "abstain" or kind in FITS[form]:
        return True
    if isinstance(place, Scalar):
        kind = ALONE.get(kind, kind)
    plural = "are" if form == "response types" else "is"
    asked.problems.add(place, f"{form} {plural} judged as {EXAMPLES[form]}, not by {kind}")
    return False


def _kind(written: shapes.SaysShape, asked: Asked) -> str:
    """Return the one kind among the keys, or an empty text if there is not one."""
    given = [str(key) for key in written.node.names if key in KEYS]
    kinds = list(dict.fromkeys(KEYS[key] for key in given if KEYS[key]))
    if len(kinds) > 1:
        asked.problems.add(written.node, f"says two things: {' and '.join(kinds)}; keep one")
        return ""
    if not kinds:
        if len(given) == len(written.node.names):  # else an unknown key was reported, which may be all there is to it
            asked.problems.add(written.node, f"says nothing; write {EXAMPLES[kind_of(asked.about)]}")
        return ""
    for key, partners in COMPANIONS.items():
        if key in given and kinds[0] not in partners:
            asked.problems.add(
                next(name for name in written.node.names if name == key), f"{key!r} has no meaning beside {kinds[0]}"
            )
    return kinds[0]


def _is_there(kind: str, written: shapes.SaysShape) -> bool:
    """Tell whether the kind's own value could be read at all."""
    return any(getattr(written, key) is not None for key, owner in KEYS.items() if owner == kind)


def _short_kind(text: Scalar, asked: Asked) -> str:
    """Return the kind of a saying in one word or text."""
    if text == "abstain":
        return "abstain"
    if len(text) <= MAX_SHORT:
        if share(text) is not None:
            return "ratio" if kind_of(asked.about) == "a quotient" else "quantiles"
        if ODDS.fullmatch(text):
            return "odds"
        match = _RANGE.fullmatch(text)
        if match and None not in read_pair(match):
            return "low, best and high"
    return "a phrase"


def _short(kind: str, text: Scalar, asked: Asked) -> Says | None:
    match kind:
        case "abstain":
            return Abstain()
        case "quantiles" | "ratio":
            quantiles = rising(((0.5, share(text) or 0.0),), text, asked)
            return Ratio(quantiles) if quantiles and kind == "ratio" else quantiles
        case "odds":
            odds = read_odds(text, asked)
            return Odds(odds, odds, odds) if odds else None
        case "a phrase":
            return read_phrase(text, None, asked)
    match = _RANGE.fullmatch(text)
    low, high = read_pair(match) if match else (None, None)
    assert low is not None
    assert high is not None
    return _range(low, high, text, asked)


def _range(low: float, high: float, place: Scalar, asked: Asked) -> Interval | None:
    said = f"{number_text(low)} to {number_text(high)}"
    if kind_of(asked.about) != "a probability":
        asked.problems.add(place, f"{said} needs a best guess: {{low: .., best: .., high: ..}}")
    elif not 0 < low < high < 1:
        asked.problems.add(place, f"{said} is no range between 0 and 1; to reach an end, say low, best and high")
    else:
        return Interval(low, midway(low, high), high, CONFIDENCE)
    return None
