"""How wide words are, and where they break.

    clean(text)                    one line, and nothing in it that XML forbids
    width(text, size)              how wide it is, in the unit of ``size``
    wrap(text, room, size, lines)  lines no wider than ``room``; what does not fit ends in an ellipsis

A vector picture is set in the reader's own sans-serif font, so widths are those of a wide one (DejaVu Sans): in any
other the words have room to spare.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

# Advance widths of DejaVu Sans in hundredths of an em, rounded up to 5; letters that are not listed by their kind.
_ADVANCES = {
    30: "'IJijl",
    35: " ,./:;\\|",
    40: "!()-[]frt",
    50: "\"*_`",
    55: "?csz",
    60: "FLkvxy",
    65: "$0123456789EPSTYabdeghnopqu{}",
    70: "ABCKRVXZ",
    75: "NU",
    80: "&DGHOQ",
    85: "#+<=>^w~",
    90: "M",
    100: "%@Wm",
}  # fmt: skip
_ADVANCE = {letter: hundredths / 100 for hundredths, letters in _ADVANCES.items() for letter in letters}
_UPPER, _LOWER, _OTHER, _FULL = 0.78, 0.66, 0.75, 1.05
BOLD = 1.14  # how much wider the same words are in bold
ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
HYPHEN = re.compile(r"(?<=[^\W\d][-/])(?=[^\W\d])")
UNREADABLE = "\N{REPLACEMENT CHARACTER}"


def clean(text: str) -> str:
    r"""Return words on one line: white space as single spaces, and a mark for each character that XML forbids.

    >>> clean("a\n  b"), clean("bell\x07") == "bell\ufffd"
    ('a b', True)
    """
    words = " ".join(text.split())
    return "".join(UNREADABLE if _forbidden(letter) else letter for letter in words)


def _forbidden(letter: str) -> bool:
    return unicodedata.category(letter) in ("Cc", "Cs") or ord(letter) & 0xFFFE == 0xFFFE


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a text is in a wide sans-serif font of ``size``.

    >>> round(width("grass", 10), 1), width("grass", 10) < width("grass", 10, bold=True)
    (28.0, True)
    """
    return size * sum(map(_advance, text)) * (BOLD if bold else 1.0)


def _advance(letter: str) -> float:
    known = _ADVANCE.get(letter)
    if known is not None:
        return known
    category = unicodedata.category(letter)
    if category in ("Mn", "Me", "Cf"):
        return 0.0
    if unicodedata.east_asian_width(letter) in "WF":
        return _FULL
    return {"Lu": _UPPER, "Ll": _LOWER}.get(category, _OTHER)


def shorten(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """Return a text that fits into ``room``, with an ellipsis in place of what does not."""
    if width(text, size, bold=bold) <= room:
        return text
    left = room - width(ELLIPSIS, size, bold=bold)
    kept = ""
    for letter in text:
        left -= width(letter, size, bold=bold)
        if left < 0:
            break
        kept += letter
    return kept.rstrip() + ELLIPSIS


def wrap(text: str, room: float, size: float, lines: int, *, bold: bool = False) -> tuple[str, ...]:
    """Return a text as up to ``lines`` lines that fit into ``room``; a word that is too long is broken.

    >>> wrap("Control of appointments", 60, 10, 2)
    ('Control of', 'appointm…')
    """
    found: list[str] = []
    line = ""
    for gap, piece in _pieces(clean(text), room, size, bold):
        longer = f"{line}{gap}{piece}" if line else piece
        if width(longer, size, bold=bold) <= room or not line:
            line = longer
        else:
            found.append(line)
            line = piece
    if line:
        found.append(line)
    if len(found) > lines:
        rest = " ".join(found[lines - 1 :])
        found[lines - 1 :] = [shorten(rest, room, size, bold=bold)]
    return tuple(found)


def _pieces(text: str, room: float, size: float, bold: bool) -> Iterator[tuple[str, str]]:
    """Yield what may not be broken, each with what joins it to the piece before if both stand on one line.

    A line may break at a space and after a hyphen; a piece that is wider than ``room`` is cut.
    """
    for word in text.split(" "):
        gap = " "
        for part in HYPHEN.split(word):
            piece = ""
            for letter in part:
                if piece and width(piece + letter, size, bold=bold) > room:
                    yield gap, piece
                    piece, gap = letter, ""
                else:
                    piece += letter
            if piece:
                yield gap, piece
                gap = ""
