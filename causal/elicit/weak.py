"""What is believed about a parameter that nobody judged; every report says which ones these are.

    a probability, a leak, a net share, a ratio     Beta(1, 1): any value as likely as any other
    an offset of log-odds                           Normal(0, 1): the odds times 1/5 to 5 at 5 to 95 per cent
    a cumulative cut                                weak_cuts(count), in cuts.py
    a row of several states                         flat(states), in simplex.py

They say little about one parameter, but not nothing about what follows from many: an unjudged model is no neutral one.
"""

from __future__ import annotations

from collections.abc import Mapping

from causal.elicit.belief import Belief, Beta, Normal
from causal.spec.model import frozen

WEAK: Mapping[str, Belief] = frozen(
    {
        "probability": Beta(1.0, 1.0),
        "leak": Beta(1.0, 1.0),
        "net": Beta(1.0, 1.0),
        "ratio": Beta(1.0, 1.0),
        "offset": Normal(0.0, 1.0),
    }
)
