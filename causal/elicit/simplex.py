"""A row of several states: a Dirichlet, and the sticks it breaks into.

    p_a           ~ Beta(alpha_a, alpha_b + alpha_c + ...)              P(y = a | row)
    p_b/(1 - p_a) ~ Beta(alpha_b, alpha_c + ...)                        P(y = b | y != a, row)
    ...                                                                 independent of each other

The sticks of a Dirichlet are independent betas in whatever order they are broken, and the last state takes the rest.
From marginal betas, a Dirichlet is found as in SHELF (Zapata-Vazquez, O'Hagan & Bastos 2014): their means brought to
a sum of 1, and one concentration n = (sum_i v_i (n_i + 1) / sum_i v_i sqrt(n_i + 1))^2 - 1 between their own n_i, the
v_i being their variances: of all concentrations it reproduces their standard deviations best.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from causal.elicit.belief import Beta, Point
from causal.elicit.squares import nearest_beta, nearest_logit_normal
from causal.errors import ElicitationError, nearest
from causal.spec.model import frozen
from causal.spec.priors import DirichletSays

FLAT = 1.0
JEFFREYS = 0.5
NAMED: Mapping[str, float] = frozen({"flat": FLAT, "jeffreys": JEFFREYS})
ROUNDING = 1e-6  # by how much the sum of exact probabilities may miss 1


def flat(states: Sequence[str]) -> Mapping[str, float]:
    """Return the concentrations under which every row is as likely as any other: 1 each.

    >>> dict(flat(["clear", "some", "heavy"]))
    {'clear': 1.0, 'some': 1.0, 'heavy': 1.0}
    """
    return frozen(dict.fromkeys(states, FLAT))


def jeffreys(states: Sequence[str]) -> Mapping[str, float]:
    """Return the concentrations that do not depend on how a row is parametrised: 1/2 each."""
    return frozen(dict.fromkeys(states, JEFFREYS))


def concentrations(says: DirichletSays, states: Sequence[str]) -> Mapping[str, float]:
    """Return one concentration per state, in state order.

    Raises:
        ElicitationError: an unknown name, a state too many or too few, a concentration that is not above 0.
    """
    if says.named is not None:
        if says.named not in NAMED:
            raise ElicitationError(
                f"no Dirichlet is called {says.named!r}{nearest(says.named, NAMED)}: "
                f"write {' or '.join(NAMED)}, or a number per state"
            )
        return frozen(dict.fromkeys(states, NAMED[says.named]))
    if says.marginals:
        return dirichlet(marginal_betas(says, states))
    _same_states(says.alpha, states)
    return frozen({state: _positive(state, says.alpha[state]) for state in states})


def marginal_betas(says: DirichletSays, states: Sequence[str]) -> Mapping[str, Beta]:
    """Return the beta nearest to the quantiles of each state, in state order; their means need not sum to 1.

    Raises:
        ElicitationError: a state too many or too few.
    """
    _same_states(dict.fromkeys(says.marginals, 1.0), states)
    found = {}
    for state in states:
        said = says.marginals[state]
        values, levels = np.array(said.values), np.array(said.levels)
        found[state] = nearest_beta(values, levels, nearest_logit_normal(values, levels, 1.0))
    return frozen(found)


def rescaled(says: DirichletSays, states: Sequence[str], alpha: Mapping[str, float]) -> str:
    """Say what a Dirichlet made of marginals does to what was said: nothing is brought to a sum of 1 in silence."""
    total = math.fsum(beta.mean for beta in marginal_betas(says, states).values())
    size = math.fsum(alpha.values())
    return (
        f"judged state by state: the means add up to {total:.2f} and are divided by it, in a Dirichlet distribution "
        f"of concentration {size:.3g}"
    )


def sticks(alpha: Mapping[str, float], order: Sequence[str]) -> tuple[Beta, ...]:
    """Break a Dirichlet into independent betas, one per state of ``order`` but the last.

    >>> sticks({"clear": 7.0, "some": 2.0, "heavy": 1.0}, ["heavy", "clear", "some"])
    (Beta(a=1.0, b=9.0), Beta(a=7.0, b=2.0))
    """
    _same_states(alpha, order)
    values = [_positive(state, alpha[state]) for state in order]
    return tuple(Beta(value, math.fsum(values[i + 1 :])) for i, value in enumerate(values[:-1]))


def exact_sticks(probabilities: Mapping[str, float], order: Sequence[str]) -> tuple[Point, ...]:
    """Break an exact distribution into points, one per state of ``order`` but the last.

    A stick broken off nothing (all probability is gone already) is 0: whatever it is, it makes no difference.

    >>> rain = {"clear": 0.7, "some": 0.2, "heavy": 0.1}
    >>> [round(stick.value, 3) for stick in exact_sticks(rain, list(rain))]
    [0.7, 0.667]
    """
    _same_states(probabilities, order)
    total = math.fsum(probabilities.values())
    if abs(total - 1.0) > ROUNDING or any(not value >= 0.0 for value in probabilities.values()):
        raise ElicitationError(
            f"the probabilities {', '.join(f'{value:g}' for value in probabilities.values())} sum to {total:g}: "
            "they have to be at or above 0 and sum to 1"
        )
    broken = []
    for i, state in enumerate(order[:-1]):
        left = math.fsum(probabilities[later] for later in order[i:])
        broken.append(Point(probabilities[state] / left if left > 0.0 else 0.0))
    return tuple(broken)


def dirichlet(marginals: Mapping[str, Beta], concentration: float | None = None) -> Mapping[str, float]:
    """Return the Dirichlet whose marginals are nearest to betas judged one by one.

    Args:
        marginals: a beta per state.
        concentration: the sum of all alphas; the best one where it is left out. ``least(marginals)`` is cautious.

    >>> judged = {"clear": Beta(20, 15), "some": Beta(10, 25), "heavy": Beta(5, 30)}
    >>> {state: round(alpha, 6) for state, alpha in dirichlet(judged).items()}
    {'clear': 20.0, 'some': 10.0, 'heavy': 5.0}
    """
    if len(marginals) < 2:
        raise ElicitationError("a Dirichlet needs the marginals of two states at least")
    total = math.fsum(beta.mean for beta in marginals.values())
    size = _best(marginals) if concentration is None else _positive("the sum", concentration)
    return frozen({state: size * beta.mean / total for state, beta in marginals.items()})


def least(marginals: Mapping[str, Beta]) -> float:
    """Return the smallest concentration of any marginal: no state is then surer than it was judged."""
    return min(beta.a + beta.b for beta in marginals.values())


def _best(marginals: Mapping[str, Beta]) -> float:
    variances = [(beta.sd**2, beta.a + beta.b + 1.0) for beta in marginals.values()]
    root = math.fsum(v * n for v, n in variances) / math.fsum(v * math.sqrt(n) for v, n in variances)
    return root**2 - 1.0


def _same_states(given: Mapping[str, float], states: Sequence[str]) -> None:
    for state in given:
        if state not in states:
            raise ElicitationError(f"no state {state!r}{nearest(state, states)}; the states are {', '.join(states)}")
    missing = [state for state in states if state not in given]
    if missing or len(set(states)) != len(states):
        raise ElicitationError(f"one number per state is needed, each once; missing: {', '.join(missing) or 'none'}")


def _positive(state: str, value: float) -> float:
    if not 0.0 < value < math.inf:
        raise ElicitationError(f"the concentration of {state} is {value:g}; it has to be above 0")
    return value
