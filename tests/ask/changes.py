"""Small models with dates for the tests of sweeps and rewrites, and a referee that sums over every world."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import numpy as np

from causal.ask.panel import Panel
from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.learn.layout import lay_out
from causal.learn.reading import elicit
from causal.learn.sample import Draws
from causal.spec.modelfile import parse_model
from causal.spec.priorfile import parse_priors

MODEL = """
model: votes
variables:
  a: {label: First, states: [no, yes], when: 1920, actual: yes}
  b: {label: Second, states: [no, some, much], when: 1922, parents: [a], actual: some}
  c: {label: Third, states: [no, yes], when: 1923, actual: no}
  y: {label: The end, states: [no, yes], when: 1925, parents: [b, c], actual: yes}
  w: {label: Beside it, states: [no, yes], when: 1921, parents: [a]}
outcome: y = yes
interventions:
  push: {title: A push, when: 1919, do: {a: no}}
  lift: {title: A lift, when: 1922, do: {b: much}}
  calm: {title: A calm, when: 1923, do: {c: yes}}
  both: {title: Two at once, when: 1922, do: {b: no, c: yes}}
"""
PRIORS = """
priors: votes
model: votes
experts:
  anna: {name: Anna, school: north, weight: 2}
  boris: {name: Boris, school: south}
  vera: {name: Vera, school: south}
  zoe: {name: Zoe, school: west, pool: false}
"""


def panel_of(model: str = MODEL, priors: str = PRIORS, seed: int = 3, draws: int = 50) -> Panel:
    """Return a panel with independent draws from the priors, whose numbers depend on parameters' names alone."""
    structure = parse_model(model)
    elicited = elicit(Writer(Network.of(structure)), parse_priors(priors, "p.yaml", structure))
    layout = lay_out(elicited)
    theta = layout.draw(np.random.default_rng(seed), 4 * draws)
    theta = theta.reshape(4, draws, *theta.shape[1:])
    return Panel(elicited, Draws(theta, layout.parameters, layout.experts, ("iid",) * len(layout.experts), seed))


def like(panel: Panel, other: Panel, rename: Mapping[str, str] | None = None) -> Panel:
    """Return ``panel`` with the draws of ``other``, each parameter's by its name; ``rename`` says of another name."""
    given = other.draws
    place = {name: row for row, name in enumerate(given.parameters)}
    rows = [place[(rename or {}).get(name, name)] for name in panel.draws.parameters]
    theta = given.theta[:, :, rows, :]
    return Panel(panel.elicited, Draws(theta, panel.draws.parameters, given.experts, given.method, given.seed))


def row(numbers: Mapping[str, float], model, name: str, here: Mapping[str, str]) -> float:
    """Return P(name = here[name] | its parents in ``here``) of a plain table, from its sticks."""
    variable = model.variables[name]
    left = 1.0
    for place, state in enumerate(variable.states[:-1]):
        given = [f"{name} != {earlier}" for earlier in variable.states[:place]]
        given += [f"{parent} = {here[parent]}" for parent in variable.parents]
        chance = numbers[f"P({name} = {state}" + (f" | {', '.join(given)})" if given else ")")]
        if here[name] == state:
            return left * chance
        left *= 1.0 - chance
    return left


def summed(panel: Panel, expert: int, draw: int, asked: Mapping[str, str], given: Mapping[str, str], do=()) -> float:
    """Return P(asked | given) after ``do`` at one draw, summed over every world."""
    model, do = panel.elicited.network.model, dict(do)
    numbers = dict(zip(panel.draws.parameters, panel.draws.flat(expert)[:, draw].tolist(), strict=True))
    above = below = 0.0
    for states in product(*(variable.states for variable in model.variables.values())):
        here = dict(zip(model.variables, states, strict=True))
        if any(here[name] != state for name, state in {**given, **do}.items()):
            continue
        chance = np.prod([row(numbers, model, name, here) for name in here if name not in do])
        below += chance
        above += chance * all(here[name] == state for name, state in asked.items())
    return above / below


def history(panel: Panel, before: int, do: Mapping[str, str], luck: bool) -> dict[str, str]:
    """Return what a reading gives: what was decided before a year, and luck that is not downstream of what is done."""
    model = panel.elicited.network.model
    moved = set(do)
    for name, variable in model.variables.items():  # causes stand first
        if moved & set(variable.parents):
            moved.add(name)
    known = {name: v for name, v in model.variables.items() if v.actual is not None and name not in do}
    past = {name for name, v in known.items() if v.when is not None and v.when.last.year < before}
    chance = {name for name, v in known.items() if luck and not v.parents and name not in moved}
    return {name: known[name].actual for name in known if name in past | chance}  # type: ignore[misc]
