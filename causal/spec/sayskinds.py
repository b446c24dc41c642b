"""The kinds of saying, one function each: keys of a says to a value.

Each is called for a question that its kind fits, with its own keys readable; it checks the numbers and notes what is
wrong with them. ``SAYS`` at the end lists them all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from math import prod

from causal.errors import nearest
from causal.spec import priorshape as shapes
from causal.spec.asked import CONFIDENCE, Asked, Points, read_chance, read_levels, read_phrase, rising
from causal.spec.model import frozen
from causal.spec.priors import (
    Abstain,
    Chips,
    Counted,
    DirichletSays,
    Exactly,
    Interval,
    Odds,
    Order,
    Phrase,
    Quantiles,
    Ratio,
    Says,
    Sign,
)
from causal.spec.question import Probability, TypesOf, number_text
from causal.spec.reach import kind_of
from causal.spec.reader import Node, Scalar
from causal.spec.shape import found, number, share
from causal.spec.typetext import read_type

MAX_BIN = 50  # characters of a bin of chips
ODDS = re.compile(r"([^\s:]+)\s*:\s*([^\s:]+)")
_BIN = re.compile(r"([^\s%-]+)\s*(%?)\s*(?:-|–|to)\s*([^\s%-]+)\s*(%?)")


def _exactly(says: shapes.SaysShape, asked: Asked) -> Exactly | None:
    place, form = says.at("exactly"), kind_of(asked.about)
    if not isinstance(says.exactly, dict):
        if form == "a whole distribution":
            asked.problems.add(place, f"a whole distribution needs a probability per state: {_states_example(asked)}")
        return Exactly(value=says.exactly)
    if form != "a whole distribution":
        asked.problems.add(place, "one number is asked for; a probability per state answers P(y | ...) without a state")
        return None
    complete = _check_states(says.exactly, place, asked)
    total = sum(says.exactly.values())
    if complete and abs(total - 1) > 1e-6:
        asked.problems.add(place, f"the probabilities must add up to 1, these to {total:.6g}")
    return Exactly(by_state=frozen({str(state): value for state, value in says.exactly.items()}))


def _states(asked: Asked) -> tuple[str, ...]:
    assert isinstance(asked.about, Probability)
    return asked.model.variables[asked.about.events[0].variable].states


def _states_example(asked: Asked) -> str:
    return f"{{{', '.join(f'{state}: ..' for state in _states(asked))}}}"


def _check_states(given: Mapping[Scalar, float], place: Node, asked: Asked) -> bool:
    """Tell whether the states of the variable stand here, all of them and no others; note what is wrong if not."""
    states = _states(asked)
    for word in given:
        if word not in states:
            asked.problems.add(word, f"no state {str(word)!r}{nearest(word, states)}; there is {', '.join(states)}")
    missing = [state for state in states if state not in given]
    if missing and all(word in states for word in given):
        asked.problems.add(place, f"every state needs its number; {', '.join(missing)} is missing")
    return set(given) == set(states)


def _quantiles(says: shapes.SaysShape, asked: Asked) -> Quantiles | None:
    return rising(read_levels(says.quantiles or {}, says.at("quantiles"), asked.problems), says.at("quantiles"), asked)


def _interval(says: shapes.SaysShape, asked: Asked) -> Interval | None:
    missing = [key for key in ("low", "best", "high") if getattr(says, key) is None]
    if missing:
        if all(says.node.get(key) is None for key in missing):
            asked.problems.add(says.node, f"low, best and high belong together; {' and '.join(missing)} is missing")
        return None
    assert says.low is not None
    assert says.best is not None
    assert says.high is not None
    low, high = asked.ends
    if not (says.low <= says.best <= says.high and says.low < says.high):
        three = ", ".join(number_text(value) for value in (says.low, says.best, says.high))
        asked.problems.add(says.node, f"low, best and high must rise: {three}")
    elif not low <= says.low or not says.high <= high:
        asked.problems.add(says.node, f"low and high must lie between {low:g} and {high:g}")
    confidence = CONFIDENCE
    if says.confidence is not None:
        place = says.at("confidence")
        sure = share(place) if isinstance(place, Scalar) else None
        if sure is None or not 0.5 < sure <= 1:
            hint = f"; write {place}%" if sure is not None and 50 < sure <= 100 else ""
            asked.problems.add(place, f"a confidence is a number above 0.5 and up to 1, like 0.8 or 80%{hint}")
            return None
        confidence = sure
    return Interval(says.low, says.best, says.high, confidence)


def _phrase(says: shapes.SaysShape, asked: Asked) -> Phrase | None:
    assert says.phrase is not None
    return read_phrase(says.phrase, says.scale, asked)


def read_pair(match: re.Match[str]) -> tuple[float | None, float | None]:
    """Return both numbers of a range; a per cent sign behind the second alone is meant for both."""
    sign = match[2] or match[4]
    return share(match[1] + sign), share(match[3] + match[4])


def _chips(says: shapes.SaysShape, asked: Asked) -> Chips | None:
    place = says.at("chips")
    if isinstance(says.chips, shapes.ChipsShape):
        edges, counts = tuple(says.chips.edges), tuple(says.chips.counts)
    else:
        assert says.chips is not None
        bins = _bins(says.chips, asked)
        if bins is None:
            return None
        edges, counts = bins, tuple(says.chips.values())
    low, high = asked.ends
    if len(edges) != len(counts) + 1 or len(counts) < 2:
        message = f"two bins or more need one edge more than bins; here are {len(edges)} edges, {len(counts)} counts"
        asked.problems.add(place, message)
    elif not all(a < b for a, b in pairwise(edges)) or not low <= edges[0] or not edges[-1] <= high:
        asked.problems.add(place, f"the edges of the bins must rise from {low:g} at least to {high:g} at most")
    elif any(count < 0 for count in counts) or not any(counts):
        asked.problems.add(place, "no bin holds fewer than 0 chips, and one at least holds some")
    return Chips(edges, counts)


def _bins(written: Mapping[Scalar, float], asked: Asked) -> tuple[float, ...] | None:
    """Return the edges of bins written as `0-0.1`, `10%-20%`: each begins where the one before ends."""
    edges: list[float] = []
    for word in written:
        match = _BIN.fullmatch(word) if len(word) <= MAX_BIN else None
        low, high = read_pair(match) if match else (None, None)
        if low is None or high is None:
            asked.problems.add(word, f"{found(word)} is no bin; write its ends, like 0.1-0.2 or 10%-20%")
            return None
        if edges and abs(edges[-1] - low) > 1e-12:
            asked.problems.add(word, f"this bin must begin where the one before ends, at {number_text(edges[-1])}")
            return None
        edges = [*edges, high] if edges else [low, high]
    return tuple(edges)


def _cases(says: shapes.SaysShape, asked: Asked) -> Counted | None:
    assert says.cases is not None
    x, of, relevance = says.cases.x, says.cases.of, says.cases.relevance
    if not 0 <= x <= of or of == 0:
        asked.problems.add(says.at("cases"), f"x of n cases needs 0 <= x <= n and n above 0; here are {x:g} of {of:g}")
    if relevance == 0:
        asked.problems.add(says.cases.at("relevance"), "cases without relevance say nothing; write abstain")
    return Counted(x, of, relevance)


def _odds(says: shapes.SaysShape, asked: Asked) -> Odds | None:
    assert says.odds is not None
    if isinstance(says.odds, Scalar):
        best = read_odds(says.odds, asked)
        return None if best is None else Odds(best, best, best)
    three = [read_odds(each, asked) for each in (says.odds.low, says.odds.best, says.odds.high)]
    low, middle, high = three
    if low is None or middle is None or high is None:
        return None
    if not low < middle < high:
        asked.problems.add(says.at("odds"), "low, best and high odds must rise")
    return Odds(low, middle, high)


def read_odds(word: Scalar, asked: Asked) -> float | None:
    """Read `3:1`, three for and one against; a number alone is against one."""
    match = ODDS.fullmatch(word)
    sides = [number(side) for side in match.groups()] if match else [number(word), 1.0]
    if any(side is None or side <= 0 for side in sides):
        asked.problems.add(word, f"{found(word)} are no odds; write for and against, like 3:1, both above 0")
        return None
    return (sides[0] or 0) / (sides[1] or 1)


def _ratio(says: shapes.SaysShape, asked: Asked) -> Ratio | None:
    place, written = says.at("ratio"), says.ratio
    if isinstance(written, shapes.RatioShape):
        if written.quantiles is not None:
            extra = [key for key in ("low", "best", "high", "confidence") if getattr(written, key) is not None]
            if extra:
                asked.problems.add(place, f"says two things: quantiles and {', '.join(extra)}; keep one")
            return _ratio_of(read_levels(written.quantiles, written.at("quantiles"), asked.problems), place, asked)
        if written.low is None or written.best is None or written.high is None:
            asked.problems.add(place, "low, best and high belong together")
            return None
        confidence = CONFIDENCE if written.confidence is None else written.confidence
        if not 0.5 < confidence < 1:
            message = "the confidence of a ratio lies between 0.5 and 1, like 0.8 or 80%"
            asked.problems.add(written.at("confidence"), message)
            return None
        tail = float(f"{(1 - confidence) / 2:.15g}")
        return _ratio_of(((tail, written.low), (0.5, written.best), (1 - tail, written.high)), place, asked)
    if isinstance(written, dict):
        return _ratio_of(read_levels(written, place, asked.problems), place, asked)
    assert written is not None
    return _ratio_of(((0.5, written),), place, asked)


def _ratio_of(points: Points, place: Node, asked: Asked) -> Ratio | None:
    quantiles = rising(points, place, asked)
    return None if quantiles is None else Ratio(quantiles)


def _order(says: shapes.SaysShape, asked: Asked) -> Order | None:
    assert says.order is not None
    sure = read_chance(says.order, says.at("order"), asked)
    return None if sure is None else Order(sure)


def _sign(says: shapes.SaysShape, asked: Asked) -> Sign | None:
    assert says.sign is not None
    if says.confidence is None:
        if says.node.get("confidence") is None:
            asked.problems.add(says.node, 'say how sure: {sign: "-", confidence: 0.8}')
        return None
    sure = read_chance(says.confidence, says.at("confidence"), asked)
    if sure is not None and sure < 0.5:
        asked.problems.add(says.at("confidence"), "less than even odds for a sign is a judgement for the other sign")
    return None if sure is None else Sign(says.sign, sure)


def _dirichlet(says: shapes.SaysShape, asked: Asked) -> DirichletSays | None:
    written, place = says.dirichlet, says.at("dirichlet")
    if isinstance(written, str):
        return DirichletSays(named=written)
    assert written is not None
    numbers = {word: value for word, value in written.items() if not isinstance(value, dict)}
    if len(numbers) < len(written):
        return _marginals(written, numbers, place, asked)
    for word, value in numbers.items():
        if value <= 0:
            asked.problems.add(word, f"a Dirichlet distribution needs numbers above 0, not {number_text(value)}")
    if isinstance(asked.about, TypesOf):
        return DirichletSays(_by_type(numbers, asked.about.variable, asked))
    if isinstance(asked.about, Probability) and asked.about.events[0].op is None:
        _check_states(numbers, place, asked)
    return DirichletSays(frozen({str(word): value for word, value in numbers.items()}))


def _marginals(
    written: Mapping[Scalar, float | Mapping[Scalar, float]], numbers: Mapping[Scalar, float], place: Node, asked: Asked
) -> DirichletSays | None:
    """Read quantiles of every state's probability, judged one by one."""
    if isinstance(asked.about, TypesOf):
        asked.problems.add(place, "response types take numbers; quantiles are judged of the states of a row")
        return None
    for word in numbers:
        asked.problems.add(word, "quantiles for every state, or a number for every state, not some of each")
    _check_states(dict.fromkeys(written, 0.0), place, asked)
    found: dict[str, Quantiles] = {}
    for word, levels in written.items():
        if isinstance(levels, dict):
            points = read_levels(levels, word, asked.problems)
            if len(points) == 1:
                asked.problems.add(word, "two quantiles at least say how wide it is, like {5: 0.2, 95: 0.6}")
            quantiles = rising(points, word, asked)
            if quantiles is not None:
                found[str(word)] = quantiles
    return DirichletSays(marginals=frozen(found))


def _by_type(written: Mapping[Scalar, float], name: str, asked: Asked) -> Mapping[str, float]:
    """Return a concentration per response type, under its canonical text; types left out have 1."""
    variable = asked.model.variables[name]
    contexts = prod(len(asked.model.variables[p].states) for p in variable.parents if p not in variable.gate_only)
    found_types: dict[str, float] = {}
    for word, value in written.items():
        try:
            text = read_type(word, variable.states, contexts)
        except ValueError as error:
            asked.problems.add(word, str(error))
            continue
        if text in found_types:
            asked.problems.add(word, f"the type {text!r} stands here twice")
        found_types[text] = value
    return frozen(found_types)


def _abstain(says: shapes.SaysShape, asked: Asked) -> Abstain | None:
    if not says.abstain:
        asked.problems.add(says.at("abstain"), "write 'abstain: true', or say something")
    return Abstain()


SAYS: Mapping[str, Callable[[shapes.SaysShape, Asked], Says | None]] = frozen(
    {
        "exactly": _exactly,
        "quantiles": _quantiles,
        "low, best and high": _interval,
        "a phrase": _phrase,
        "chips": _chips,
        "cases": _cases,
        "odds": _odds,
        "ratio": _ratio,
        "order": _order,
        "sign": _sign,
        "dirichlet": _dirichlet,
        "abstain": _abstain,
    }
)
