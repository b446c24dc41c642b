"""Means that need no draws: where an expert's parameters are independent and a question is linear in each of them.

    E[P(asked, given)] / E[P(given)]      with both at the parameters' means

That is what the case level asks for (what is given is news about the case), and it holds for every question that looks
at each mechanism's numbers once: a variable's response types, its row of a table, its causes in one world. Evidence
ties parameters to each other, and a minimum, a logistic or a second look at the same numbers bends the question: there
the draws are weighted instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from causal.elicit import Point
from causal.exact.answer import Leaf

if TYPE_CHECKING:
    from causal.ask.panel import Panel


def exact_mean(panel: Panel, leaf: Leaf, row: int) -> float | None:
    """Return the case-level mean of one probability for one expert, or None where it takes draws."""
    held = panel.elicited.held[panel.draws.experts[row]]
    if panel.draws.method[row] != "iid" or panel.draws.total == 1 or len(leaf.joints) != 1:
        return None
    if panel.elicited.compared and panel.share() is not None:
        return None
    tape = panel.elicited.network.recorder.tape([leaf.joints[0], leaf.evidence])
    free = np.array([not isinstance(prior.belief, Point) for prior in held.priors], dtype=bool)
    cuts = np.array([prior.parameter.scale == "cut" for prior in held.priors], dtype=bool)  # they lean on each other
    if tape.moved_by(cuts).any() or not tape.multilinear(free).all():
        return None
    means = np.array([[prior.belief.mean] for prior in held.priors])
    joint, given = tape.values(means)[:, 0]
    return float(joint / given) if given > 0 else None
