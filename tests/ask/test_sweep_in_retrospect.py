"""What would have been, of every change at once: each draw against the structural equations with all luck enumerated.

Two draws an expert: the ends of an expert's interval are then the draws themselves.
"""

from __future__ import annotations

from itertools import combinations

import imagining
import numpy as np
import pytest
import structural
from anywhere import MEMBERS, mixed, panel_at, points, with_changes

from causal.ask.candidates import NAMED, PAIR, SINGLE
from causal.ask.interventions import RETROSPECTIVE
from causal.ask.panel import Panel
from causal.ask.sweep import WHOLE, Sweep, sweep
from causal.graph import definition
from causal.spec.model import Model
from causal.spec.question import Assign, Event, Probability, Record, Setting

MODELS, BLOCKS = 45, 3
DRAWS = 2
NOTHING = 1e-13


def ancestors(model: Model, name: str) -> set[str]:
    found = set(model.variables[name].parents)
    return found.union(*(ancestors(model, parent) for parent in found))


def changes(model: Model, event: Event) -> dict[str, tuple[str, dict[str, str]]]:
    """Return every change there is, by name: its kind and what it sets. Written out once more, from the definitions."""
    named = {name: dict(each.do) for name, each in model.interventions.items()}
    found = {name: (NAMED, do) for name, do in named.items()}
    for (first, one), (second, other) in combinations(named.items(), 2):
        agree = all(other.get(name, state) == state for name, state in one.items())
        if agree and not one.items() <= other.items() and not other.items() <= one.items():
            found[f"{first} + {second}"] = (PAIR, one | other)
    for name in ancestors(model, event.variable):
        for state in model.variables[name].states:
            if state != model.variables[name].actual:
                found[f"{name} = {state}"] = (SINGLE, {name: state})
    return {key: (kind, do) for key, (kind, do) in found.items() if event.variable not in do}


def told(panel: Panel, event: Event, do: dict[str, str]) -> tuple[np.ndarray, np.ndarray]:
    """Return P(event with do | record) and P(record), shape (experts, draws)."""
    world = Setting(tuple(Assign(name, state) for name, state in do.items())) if do else None
    question = Probability((Event(event.variable, event.op, event.states, world),), (Record(),))
    values = np.empty((2, len(panel.draws.experts), panel.draws.total))
    for expert, draw, numbers in points(panel):
        values[:, expert, draw] = structural.answer(panel.elicited.network.model, numbers, question)
    return values[0], values[1]


def case(seed: int) -> tuple[Panel, Event]:
    rng = np.random.default_rng(21_000 + seed)
    model = imagining.random_counterfactual_model(rng, int(rng.integers(3, 5)), types=bool(seed % 2))
    caused = [name for name, variable in model.variables.items() if variable.parents]
    name = str(rng.choice(caused or list(model.variables)))
    states = imagining.some_states(rng, model.variables[name].states)
    panel = panel_at(with_changes(rng, model, 4, name), seed, DRAWS)
    return panel, Event(name, "in", states) if len(states) > 1 else Event(name, "=", states)


@pytest.mark.parametrize("block", range(BLOCKS))
def test_every_draw_is_that_of_the_structural_equations(block: int) -> None:
    """Odd models have response types, some of them confounded."""
    kinds: dict[str, int] = {}
    between = 0
    for seed in range(block, MODELS, BLOCKS):
        panel, event = case(seed)
        model = panel.elicited.network.model
        found = sweep(panel, event, pairs=True, everything=True, ci_prob=0.9)
        rows = {each.candidate.name: each for each in found.of(RETROSPECTIVE)}
        without, record = told(panel, event, {})
        if record.min() < NOTHING or not panel.elicited.network.graph.record():
            assert not rows
            continue
        wanted = changes(model, event)
        assert rows.keys() == wanted.keys()
        values = {}
        for name, (kind, do) in wanted.items():
            values[name], _ = told(panel, event, do)
            assert (rows[name].candidate.kind, dict(rows[name].candidate.do)) == (kind, do)
            assert bool(rows[name].candidate.parts) is bool(definition(model, event.variable) & do.keys())
            hold(rows[name], values[name], without)
            kinds[kind] = kinds.get(kind, 0) + 1
            between += int(((values[name] > 1e-9) & (values[name] < 1 - 1e-9)).any())
        if values:
            placed(found, values)
    assert min(kinds[kind] for kind in (NAMED, PAIR, SINGLE)) >= 5, kinds
    assert between > 0.3 * sum(kinds.values())


def hold(row, values: np.ndarray, without: np.ndarray) -> None:
    """Hold what is said of a change to everybody's draws."""
    for expert, name in enumerate(("anna", "boris", "vera", "zoe")):
        for said, drawn in ((row.outcome, values), (row.without, without), (row.effect, values - without)):
            spread = said["expert", name]
            assert (spread.lower, spread.upper) == pytest.approx(tuple(sorted(drawn[expert])), abs=1e-10)
    for voice in MEMBERS:
        drawn, weights = mixed(values, voice)
        base, _ = mixed(without, voice)
        assert row.outcome[voice].mean == pytest.approx(weights @ drawn, abs=1e-10)
        assert row.effect[voice].mean == pytest.approx(weights @ (drawn - base), abs=1e-10)


def placed(found: Sweep, values: dict[str, np.ndarray]) -> None:
    """Count the places of all kinds, and who is best, draw by draw."""
    for voice in MEMBERS:
        best = dict.fromkeys(values, 0.0)
        for here, weight in draws(values, voice):
            least = min(here.values())
            tied = [name for name, value in here.items() if value == least]
            for name in tied:
                best[name] += weight / len(tied)
        for each in found.of(RETROSPECTIVE):
            assert each.best[voice] == pytest.approx(best[each.candidate.name], abs=1e-12)
    for group in found.groups:
        rows = found.of(RETROSPECTIVE, group)
        places = {each.candidate.name: [0.0] * len(rows) for each in rows}
        for here, weight in draws({name: values[name] for name in places}, WHOLE):
            for name, value in here.items():
                lower = sum(other < value for other in here.values())
                equal = sum(other == value for other in here.values())
                for place in range(lower, lower + equal):
                    places[name][place] += weight / equal
        for each in rows:
            assert each.ranks == pytest.approx(places[each.candidate.name], abs=1e-12)


def draws(values: dict[str, np.ndarray], voice: tuple[str, str]):
    """Yield every draw of a voice, all changes' values in it, and what it weighs; values are told apart at 1e-10."""
    told = {name: mixed(each, voice) for name, each in values.items()}
    _, weights = next(iter(told.values()))
    for at, weight in enumerate(weights):
        yield {name: round(float(each[at]), 10) + 0.0 for name, (each, _) in told.items()}, weight
