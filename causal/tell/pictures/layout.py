"""Lay out a graph by Graphviz where it can be had, and by our own means where it cannot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from causal.tell.pictures.dot import dot
from causal.tell.pictures.layered import layered
from causal.tell.pictures.places import Arrow, Places, Size

OWN = "laid out in layers by our own means"


def place(rows: Sequence[Sequence[str]], arrows: Sequence[Arrow], sizes: Mapping[str, Size]) -> Places:
    """Lay out a graph whose nodes, of given sizes, stand in ``rows``; every arrow points to a lower row."""
    try:
        return dot(rows, arrows, sizes)
    except ImportError:
        return layered(rows, arrows, sizes, f"{OWN}: pygraphviz is not installed")
    except (ValueError, KeyError, OSError, RuntimeError) as error:
        # its kind and not its words, which may name a place on this machine
        return layered(rows, arrows, sizes, f"{OWN}: Graphviz failed ({type(error).__name__})")
