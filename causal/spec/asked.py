"""A question that somebody answers, and the readings that several kinds of answer share.

reading    of                                gives
levels     {5: 0.4, 50: 0.6, 95: 0.8}        points (level from 0 to 1, value), sorted
rising     points                            Quantiles, between the ends of what is asked
phrase     very likely                       Phrase, on the scale named or the file's
chance     0.8, a phrase or quantiles        one probability: how sure somebody is
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import pairwise

from causal.spec import priorshape as shapes
from causal.spec.known import choices
from causal.spec.model import Model
from causal.spec.priors import Phrase, Quantiles, Scale
from causal.spec.question import Question, Sum, number_text
from causal.spec.reach import Ends, ends_of
from causal.spec.reader import Node, Problems, Scalar
from causal.spec.scales import SCALES, SURE, plain_phrase
from causal.spec.shape import found, number, share

CONFIDENCE = 0.9  # of an interval that says none: its ends are then read like those of a range
Points = tuple[tuple[float, float], ...]  # (level, value)


@dataclass(frozen=True)
class Asked:
    """The question that a saying answers, and what is needed to read the answer."""

    about: Question
    model: Model
    scales: Mapping[str, Scale]
    scale: str  # of the file, for phrases that name none; may be empty
    problems: Problems

    @property
    def ends(self) -> Ends:
        """The lowest and highest possible value of what is asked."""
        return ends_of(self.about) if isinstance(self.about, Sum) else (0.0, 1.0)


def read_levels(written: Mapping[Scalar, float], place: Node, problems: Problems) -> Points:
    """Return levels from 0 to 1, in rising order, with their values."""
    points: list[tuple[float, float]] = []
    for word, value in written.items():
        level = number(word.removesuffix("%").strip())
        if level is None or not 0 < level < 100:
            problems.add(word, f"{found(word)} is no level; levels are per cent, like 5, 50 and 95")
            continue
        level = float(f"{level / 100:.15g}")
        if level in (known for known, _ in points):
            problems.add(word, f"the level {found(word)} stands here twice")
        points.append((level, value))
    if points and all(level < 0.01 for level, _ in points):
        problems.add(place, "levels are per cent: write 5, 50 and 95, not 0.05, 0.5 and 0.95")
    if not written:
        problems.add(place, "name at least one level, like {50: 0.4}")
    return tuple(sorted(points))


def rising(points: Points, place: Node, asked: Asked) -> Quantiles | None:
    """Return quantiles whose values rise and lie between the ends of what is asked."""
    if not points or not _inside([value for _, value in points], place, asked):
        return None
    return in_order(points, place, asked.problems)


def in_order(points: Points, place: Node, problems: Problems) -> Quantiles | None:
    """Return quantiles whose values rise; note a problem where they do not."""
    for (low_level, low), (high_level, high) in pairwise(points):
        if not low < high:
            pair = f"{low:g} at {100 * low_level:g} per cent, {high:g} at {100 * high_level:g}"
            problems.add(place, f"quantiles must rise with their level: {pair}")
            return None
    return Quantiles(tuple(level for level, _ in points), tuple(value for _, value in points))


def _inside(values: list[float], place: Node, asked: Asked) -> bool:
    """Tell whether all values lie between the ends, without them; note a problem if not."""
    low, high = asked.ends
    outside = next((value for value in values if not low < value < high), None)
    if outside is None:
        return True
    within = f"between {low:g} and {high:g}" if high < math.inf else f"above {low:g}"
    within = f"below {high:g}" if low == -math.inf else within
    hint = "; what is certain is said with 'exactly'" if outside in (0, 1) and (low, high) == (0, 1) else ""
    asked.problems.add(place, f"{number_text(outside)} is not {within}{hint}")
    return False


def read_phrase(phrase: Scalar, scale: Scalar | None, asked: Asked) -> Phrase | None:
    """Look a phrase up on the scale that is named, or else on the file's."""
    name = str(scale) if scale is not None else asked.scale
    if not name:
        hint = "write 'scale: icd203' at the top of the file, or another scale"
        asked.problems.add(phrase, f"{found(phrase)} is read as a phrase, and no scale says what it means; {hint}")
        return None
    if name not in asked.scales:
        if scale is not None:
            asked.problems.add(scale, f"no scale {name!r}{choices(name, asked.scales)}")
        return None  # a scale of the file that there is not is told at its own place
    scaled = asked.scales[name]
    known, text = scaled.phrases, plain_phrase(phrase)
    if text not in known:
        words = known if scale is not None else [*known, "abstain"]
        typo = get_close_matches(text, words, n=1, cutoff=0.85)  # nothing looser: "improbable" resembles "probable"
        hint = f" (did you mean {typo[0]!r}?)" if typo else f"; it has {', '.join(known)}"
        if not typo:
            hint += f". A phrase of your own needs its 5, 50 and 95 per cent under {_home(name, scaled)}"
        if text in SURE:
            hint = f"; what is sure is said as {{{SURE[text]}}}"
        asked.problems.add(phrase, f"no phrase {found(phrase)} on the scale {name!r}{hint}")
        return None
    return Phrase(str(phrase), name, known[text], text not in scaled.own)


def _home(name: str, scale: Scale) -> str:
    """Return where in the file a phrase that a scale does not have is given its numbers."""
    if name in SCALES:
        return f"'scales: {{ours: {{like: {name}, phrases: ..}}}}'"
    return f"the phrases of {scale.name!r}"


def read_chance(
    written: Scalar | shapes.ChanceShape | Mapping[Scalar, float], place: Node, asked: Asked
) -> float | None:
    """Return how sure somebody is: a number, or the median of a phrase or of quantiles."""
    if isinstance(written, Scalar):
        value = share(written)
        if value is None:
            phrase = read_phrase(written, None, asked)
            return None if phrase is None else phrase.quantiles.values[1]
        if not 0 <= value <= 1:
            asked.problems.add(written, f"{found(written)} is no probability; it is from 0 to 1, or per cent like 60%")
            return None
        return value
    if isinstance(written, shapes.ChanceShape):
        if (written.phrase is None) == (written.quantiles is None):
            asked.problems.add(place, "say one: a phrase (with its scale), or quantiles")
            return None
        if written.phrase is not None:
            phrase = read_phrase(written.phrase, written.scale, asked)
            return None if phrase is None else phrase.quantiles.values[1]
        return _median(written.quantiles or {}, written.at("quantiles"), asked)
    return _median(written, place, asked)


def _median(written: Mapping[Scalar, float], place: Node, asked: Asked) -> float | None:
    points = read_levels(written, place, asked.problems)
    median = next((value for level, value in points if level == 0.5), None)
    if points and median is None:
        asked.problems.add(place, "only the median counts here; name it: {50: 0.7}")
    if median is not None and not all(0 < value < 1 for _, value in points):
        asked.problems.add(place, "these quantiles must lie between 0 and 1")
    return median
