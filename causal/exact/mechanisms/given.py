"""Given: a table whose numbers stand in the file, as a network file has them. Nothing is left open."""

from __future__ import annotations

import numpy as np

from causal.exact.kernel import Floats
from causal.exact.mechanisms.fixed import FixedKind
from causal.exact.parameter import cards, inputs
from causal.spec.model import Given, Model, Variable


class GivenKind(FixedKind):
    """The numbers as they are."""

    def shares(self, model: Model, variable: Variable) -> Floats:
        """Return the table of the file."""
        given = variable.mechanism
        assert isinstance(given, Given)
        return np.array(given.shares).reshape(*cards(model, inputs(variable)), len(variable.states))
