r"""How a response type is written: the child's states over all combinations of its parents.

    parents x, then z (two states each), child y in {0, 1}:

    x  z   y            the first-named parent varies fastest
    0  0   0    \
    1  0   1     \__   written 0101, or 0 1 0 1:  y follows x
    0  1   0     /
    1  1   1    /

States of one character may be written without spaces; others are separated by spaces, and quoted where they are no
plain words. A child without parents has one combination, and each of its states is a type.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from causal.errors import nearest
from causal.spec.question import name_text

_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|([^\s,"]+)')


def type_text(values: Sequence[str]) -> str:
    """Return the canonical text of a response type.

    >>> type_text(["0", "1", "0", "1"])
    '0101'
    >>> type_text(["dry", "wet"])
    'dry wet'
    """
    if all(len(value) == 1 and name_text(value) == value for value in values):
        return "".join(values)
    return " ".join(name_text(value) for value in values)


def type_values(text: str, states: Sequence[str], contexts: int) -> tuple[str, ...]:
    """Return the state per combination of parents that a type's text says.

    Raises ValueError for a state that there is not, and for too few or too many of them.

    >>> type_values("dry wet", ["dry", "wet"], contexts=2)
    ('dry', 'wet')
    """
    values = [re.sub(r"\\(.)", r"\1", match[1]) if match[1] is not None else match[2] for match in _WORD.finditer(text)]
    if len(values) == 1 and values[0] not in states:
        values = list(values[0])
    for value in values:
        if value not in states:
            raise ValueError(f"the type {text!r} has the state {value!r}, which there is not{nearest(value, states)}")
    if len(values) != contexts:
        raise ValueError(
            f"the type {text!r} says {len(values)} of the child's states; it needs one for each of the {contexts} "
            "combinations of the parents"
        )
    return tuple(values)


def read_type(text: str, states: Sequence[str], contexts: int) -> str:
    """Return the canonical text of a type, however it was written."""
    return type_text(type_values(text, states, contexts))
