"""Panels of any model at random points: two schools and one who is shown apart, a few draws each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
from points import numbers_at
from structural import Numbers

from causal.ask.panel import Panel
from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.exact.readings import interior
from causal.learn.reading import elicit
from causal.learn.sample import Draws
from causal.spec.dates import Span
from causal.spec.model import Intervention, Model, frozen
from causal.spec.priorfile import parse_priors

PRIORS = """
priors: anywhere
model: MODEL
experts:
  anna: {school: north, weight: 2}
  boris: {school: south}
  vera: {school: south}
  zoe: {school: west, pool: false}
"""
MEMBERS: Mapping[tuple[str, str], Mapping[int, float]] = {  # a voice, and its experts with their weights
    ("panel", "panel"): {0: 0.5, 1: 0.25, 2: 0.25},
    ("school", "north"): {0: 1.0},
    ("school", "south"): {1: 0.5, 2: 0.5},
    ("expert", "anna"): {0: 1.0},
    ("expert", "boris"): {1: 1.0},
    ("expert", "vera"): {2: 1.0},
    ("expert", "zoe"): {3: 1.0},
}


def with_changes(rng: np.random.Generator, model: Model, count: int, asked: str, most: int = 2) -> Model:
    """Return a model with other interventions, of up to ``most`` settings each, dated anywhere among its facts.

    One in six may set what is asked as well.
    """
    found = {}
    others = [name for name in model.variables if name != asked]
    for name in (f"i{number}" for number in range(count)):
        free = others if rng.random() < 5 / 6 else list(model.variables)
        touched = rng.choice(free, size=int(rng.integers(1, most + 1)), replace=False)
        do = {str(each): str(rng.choice(model.variables[str(each)].states)) for each in touched}
        found[name] = Intervention(name, frozen(do), when=Span.parse(str(int(rng.integers(1900, 1905)))))
    return replace(model, interventions=frozen(found))


def panel_at(model: Model, seed: int, draws: int) -> Panel:
    """Return a panel whose experts hold random interior values, whatever the mechanisms."""
    network = Network.of(model)
    elicited = elicit(Writer(network), parse_priors(PRIORS.replace("MODEL", model.name), "p.yaml", model))
    experts = ("anna", "boris", "vera", "zoe")
    theta = interior(network.parameters, seed, len(experts) * draws)
    theta = theta.T.reshape(len(experts), 1, draws, -1).transpose(1, 2, 3, 0)
    names = tuple(parameter.name for parameter in network.parameters)
    return Panel(elicited, Draws(np.ascontiguousarray(theta), names, experts, ("iid",) * len(experts), seed))


def points(panel: Panel) -> Iterator[tuple[int, int, Numbers]]:
    """Yield expert, draw, and the numbers there as the referees take them."""
    for expert in range(len(panel.draws.experts)):
        theta = panel.draws.flat(expert)
        for draw in range(panel.draws.total):
            yield expert, draw, numbers_at(panel.elicited.network, theta[:, draw])


def mixed(values: np.ndarray, voice: tuple[str, str]) -> tuple[np.ndarray, np.ndarray]:
    """Return a voice's draws of a quantity, shape (experts, draws), and their weights."""
    members = MEMBERS[voice]
    return values[list(members)].ravel(), np.repeat(list(members.values()), values.shape[1]) / values.shape[1]
