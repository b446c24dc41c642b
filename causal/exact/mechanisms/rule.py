"""Rules: what a variable is by definition, or a fixed distribution by cases. A rule has no parameters.

test       at least n of some items, all of, any of, or a score that reaches a threshold: the last state if true
cases      the first whose conditions hold gives the distribution
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import numpy as np

from causal.exact.kernel import Floats
from causal.exact.mechanisms.fixed import FixedKind
from causal.exact.parameter import cards, inputs
from causal.spec.model import Count, Holds, Item, Model, Rule, Score, Variable


def holds(item: Item, here: Mapping[str, str]) -> bool:
    """Return whether an item of a rule is true for these states of the parents."""
    match item:
        case Holds(variable=variable, states=states):
            return here[variable] in states
        case Count(least=least, of=items):
            return sum(holds(each, here) for each in items) >= least
        case Score(points=points, least=least):
            # a tolerance, so that ten tenths reach one
            return sum(points[name].get(here[name], 0.0) for name in points) >= least - 1e-9


def outcome(rule: Rule, states: tuple[str, ...], here: Mapping[str, str]) -> list[float]:
    """Return the child's distribution over ``states`` for these states of the parents."""
    if rule.test is not None:
        true = holds(rule.test, here)
        return [0.0] * (len(states) - 2) + [0.0 if true else 1.0, 1.0 if true else 0.0]
    for case in rule.cases:
        if all(here[parent] in allowed for parent, allowed in case.when.items()):
            return [case.then.get(state, 0.0) for state in states]
    raise ValueError("a rule's list ends with a case that always holds")


class RuleKind(FixedKind):
    """What a definition says for every combination of the parents."""

    def shares(self, model: Model, variable: Variable) -> Floats:
        """Return the table of a rule."""
        rule = variable.mechanism
        assert isinstance(rule, Rule)
        parents = inputs(variable)
        found = np.empty((*cards(model, parents), len(variable.states)))
        for at in product(*(range(card) for card in cards(model, parents))):
            here = {p: model.variables[p].states[i] for p, i in zip(parents, at, strict=True)}
            found[at] = outcome(rule, variable.states, here)
        return found
