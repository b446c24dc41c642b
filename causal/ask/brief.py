"""The table of an analysis as a reader is shown it: few columns, headed in words, labels where a file has names.

result.table    for machines: a row per number and voice, names as they are in the files
result.brief    for readers: a row per thing, the panel's numbers, an interval in the cell of its mean
"""

from __future__ import annotations

from dataclasses import dataclass

MINUS = "\N{MINUS SIGN}"
WITHHELD = "withheld"
type Cell = str | float | int | None  # None: there is no such number


@dataclass(frozen=True)
class Brief:
    """Heads and rows, all of one length; the most important row first."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...] = ()

    def __post_init__(self) -> None:
        if any(len(row) != len(self.heads) for row in self.rows):
            raise ValueError(f"a row of a brief has {len(self.heads)} cells, one for each of {self.heads}")

    def less(self, column: int) -> Brief:
        """Return the same without a column."""
        rows = tuple(row[:column] + row[column + 1 :] for row in self.rows)
        return Brief(self.heads[:column] + self.heads[column + 1 :], rows)


def banded(mean: float | None, lower: float | None = None, upper: float | None = None, draws: int = 2) -> str:
    """Return a number with its interval; without one where there is a single draw, or none.

    >>> banded(0.25, 0.1, 0.4), banded(-0.25), banded(0.25, 0.25, 0.25, draws=1)
    ('0.25 [0.10, 0.40]', '−0.25', '0.25')
    """
    if mean is None:
        return WITHHELD
    if draws < 2 or lower is None or upper is None:
        return _two(mean)
    return f"{_two(mean)} [{_two(lower)}, {_two(upper)}]"


def signed(value: float | None) -> str:
    """Return a difference with its sign.

    >>> signed(0.2), signed(-0.004)
    ('+0.20', '0.00')
    """
    if value is None:
        return WITHHELD
    return f"+{_two(value)}" if float(f"{value:.2f}") > 0 else _two(value)


def percent(share: float | None) -> str:
    """Return a share in per cent.

    >>> percent(0.666), percent(0.0004)
    ('67 %', '<1 %')
    """
    if share is None:
        return WITHHELD
    if 0.0 < share < 0.005:
        return "<1 %"
    return f"{100 * share:.0f} %".replace("-", MINUS)


def _two(value: float) -> str:
    shown = f"{abs(value):.2f}"
    return f"{MINUS}{shown}" if value < 0 and float(shown) else shown
