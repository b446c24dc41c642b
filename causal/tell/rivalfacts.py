"""Rival graphs as facts: what each changes and who holds it, and the headline under each.

    Rivals ── graphs: Contender    the graph of the report, then each rival: its arrows, who holds it, what is best
      ├─ asked: Contested          one question under every graph, averaged by school, and how far each change moves it
      └─ scores: Predicted         how well each graph predicts what was left out, in words and numbers

A rival whose fit the gate refuses has empty numbers, and then nothing is averaged, scored or said to hang on a change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from causal.tell.number import Number

ALONE, WITH, WITHOUT, EFFECT = "nothing set", "with it", "without it", "effect"  # what is asked of every graph


@dataclass(frozen=True)
class Arrow:
    """An arrow that a rival adds or drops (``added``), by labels, with the reason and its sources."""

    parent: str
    child: str
    added: bool
    why: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Contender:
    """One graph. ``changes`` names the rivals whose changes it has: none where it is the model as it stands.

    ``held`` is how probable experts said they find that change, where it is one; ``nobodys`` are parameters that it
    brings and no expert judged, ``left_out`` notes on what was judged and has no place in it. ``best`` is
    the intervention that leaves the outcome least probable in it, and ``least`` that probability.
    """

    name: str
    title: str
    about: str
    changes: tuple[str, ...]
    arrows: tuple[Arrow, ...]
    variables: tuple[str, ...]
    held: Mapping[str, float]
    nobodys: tuple[str, ...]
    left_out: tuple[str, ...]
    gate: str
    findings: tuple[str, ...]
    digests: Mapping[str, str]
    best: str = ""
    least: Number = field(default_factory=Number)

    @property
    def stands(self) -> bool:
        """Whether it is the model as it stands."""
        return not self.changes


@dataclass(frozen=True)
class Move:
    """How far an answer moves with one change, the others alike, by the panel and by expert."""

    rival: str
    title: str
    panel: float
    by_expert: Mapping[str, float]


@dataclass(frozen=True)
class Contested:
    """One question under every graph: ``panel[graph]`` and ``by_expert[graph][expert]``.

    ``averaged`` is the panel's over all graphs with each school's own probabilities of the changes, None where the
    graphs are not one model and rivals of it. ``moves`` are largest first.
    """

    what: str
    question: str
    panel: Mapping[str, Number]
    by_expert: Mapping[str, Mapping[str, Number]]
    averaged: Number | None
    averaged_by_expert: Mapping[str, Number]
    moves: tuple[Move, ...]


@dataclass(frozen=True)
class Predicted:
    """How well the graphs predict things of one kind: what that says, and the numbers behind it."""

    what: str
    text: str
    numbers: Mapping[str, Any]


@dataclass(frozen=True)
class Rivals:
    """The headline under rival graphs. ``asked`` has the outcome with nothing set first, then that of the headline.

    ``title`` and ``reading`` are those of the headline's intervention, empty where there is none; ``weights`` is how
    much each graph counts to each expert, and ``unsaid`` who said nothing of which change (one half stands in).
    ``unscored`` says why no case is scored, where none is.
    ``withheld`` names the graphs that the gate refuses; ``unasked`` has questions without an answer, and why.
    """

    title: str
    reading: str
    graphs: tuple[Contender, ...]
    asked: tuple[Contested, ...]
    scores: tuple[Predicted, ...]
    weights: Mapping[str, Mapping[str, float]]
    unsaid: tuple[tuple[str, str], ...]
    withheld: tuple[str, ...]
    unasked: tuple[tuple[str, str], ...]
    unscored: str = ""

    def of(self, what: str) -> Contested | None:
        """Return what was found on one of the questions, None where it has no answer."""
        return next((each for each in self.asked if each.what == what), None)


@dataclass(frozen=True)
class Beside:
    """The graphs that lie beside the model and were not asked, and what asks them; both empty where there are none."""

    names: tuple[str, ...] = ()
    command: str = ""
