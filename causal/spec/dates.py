"""Dates as historians write them: a year, a month, a day, or an interval of two of these.

    written              first day      last day
    1919                 1919-01-01     1919-12-31
    1919-03              1919-03-01     1919-03-31
    1919-03-16           1919-03-16     1919-03-16
    1918-11/1921-03      1918-11-01     1921-03-31

A partial date is an interval. A variable is history before a cut if its ``decided`` ended before the cut began.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

_PART = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


@dataclass(frozen=True, slots=True)
class Span:
    """A time from the first to the last day, both included; ``text`` is how it was written."""

    first: dt.date
    last: dt.date
    text: str

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise ValueError(f"{self.text!r} ends before it begins")

    def __str__(self) -> str:
        return self.text

    @classmethod
    def parse(cls, text: str) -> Span:
        """Read ``1919``, ``1919-03``, ``1919-03-16`` or two of these joined by ``/``.

        Raises ValueError that says what a date looks like.
        """
        halves = text.strip().split("/")
        if len(halves) > 2:
            raise ValueError(f"{text!r} has more than one '/'")
        spans = [_part(half) for half in halves]
        return cls(spans[0][0], spans[-1][1], text.strip())


def _part(text: str) -> tuple[dt.date, dt.date]:
    match = _PART.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is no date; write 1919, 1919-03, 1919-03-16 or two of these joined by '/'")
    year, month, day = (int(group) if group else None for group in match.groups())
    assert year is not None
    try:
        if month is None:
            return dt.date(year, 1, 1), dt.date(year, 12, 31)
        if day is None:
            return dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1])
        return dt.date(year, month, day), dt.date(year, month, day)
    except (ValueError, IndexError) as error:
        raise ValueError(f"{text!r} is no date of the calendar") from error
