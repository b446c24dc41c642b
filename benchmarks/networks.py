"""Published networks as models whose every row is open, and random numbers for them.

networks.load("alarm")          the network that pgmpy ships with itself (the bnlearn repository's, as BIF)
Net.model()                     a Model of plain tables: each row is broken sticks, so that nothing is fixed
Net.draws(1000, seed=1)         its numbers drawn anew: Dirichlet around each row, zeros kept; draws are the last axis
Net.theta(draws)                the same numbers as the sticks of the model, shape (parameters, draws)
"""

from __future__ import annotations

import gzip
import importlib.util
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from causal.spec.model import Edge, Model, Variable, frozen

CONCENTRATION = 50.0  # of the Dirichlet around each row
FOLDER = "utils/example_models"  # in pgmpy's package

Array = NDArray[np.float64]
Draws = Mapping[str, Array]  # name -> (parents ..., states, draws)


@dataclass(frozen=True)
class Net:
    """States, parents and tables by name; a table has an axis per parent, then the variable's own."""

    name: str
    states: Mapping[str, tuple[str, ...]]
    parents: Mapping[str, tuple[str, ...]]
    tables: Mapping[str, Array]

    def model(self) -> Model:
        """Return the structure, with every row left open."""
        variables = {
            name: Variable(name, states, edges=tuple(Edge(parent) for parent in self.parents[name]))
            for name, states in self.states.items()
        }
        return Model(self.name, frozen(variables))

    def draws(self, count: int, seed: int) -> Draws:
        """Return the tables drawn anew around themselves."""
        rng = np.random.default_rng(seed)
        found = {}
        for name, table in self.tables.items():
            weights = rng.standard_gamma(CONCENTRATION * table[..., np.newaxis], (*table.shape, count))
            weights = np.maximum(weights, 1e-12 * (table[..., np.newaxis] > 0))  # only what is impossible stays at zero
            found[name] = weights / weights.sum(axis=-2, keepdims=True)
        return found

    def theta(self, draws: Draws) -> Array:
        """Return the share that each stick takes of what is left, in the order of the model's parameters."""
        rows = []
        for name in self.states:
            table = draws[name]
            left = np.cumsum(table[..., ::-1, :], axis=-2)[..., ::-1, :]
            shares = np.divide(table, left, out=np.full_like(table, 0.5), where=left > 0)[..., :-1, :]
            rows.append(shares.reshape(-1, table.shape[-1]))
        return np.concatenate(rows)


def load(name: str) -> Net:
    """Read one of pgmpy's example networks, without importing pgmpy."""
    spec = importlib.util.find_spec("pgmpy")
    if spec is None or spec.origin is None:
        raise SystemExit("the benchmarks read networks that pgmpy ships: pip install -e '.[test]'")
    text = gzip.decompress((Path(spec.origin).parent / FOLDER / f"{name}.bif.gz").read_bytes()).decode()
    states = {
        variable: tuple(re.split(r"\s*,\s*", inside.strip()))
        for variable, inside in re.findall(r"variable (\S+) \{\s*type discrete \[ \d+ \] \{(.*?)\}", text)
    }
    parents: dict[str, tuple[str, ...]] = {}
    tables: dict[str, Array] = {}
    for head, body in re.findall(r"probability \((.*?)\) \{(.*?)\n\}", text, re.DOTALL):
        child, *above = re.split(r"\s*[|,]\s*", head.strip())
        table = np.empty([*(len(states[p]) for p in above), len(states[child])])
        for given, numbers in re.findall(r"(?:table|\((.*?)\)) ([^;(]+);", body):
            here = re.split(r"\s*,\s*", given) if given else []
            row = np.array([float(number) for number in numbers.split(",")])
            table[tuple(states[p].index(s) for p, s in zip(above, here, strict=True))] = row / row.sum()
        parents[child], tables[child] = tuple(above), table
    return Net(name, states, {name: parents[name] for name in states}, tables)


def random_net(variables: int, most_parents: int, seed: int) -> Net:
    """Return a random binary network; each variable has up to so many of those before it as parents."""
    rng = np.random.default_rng(seed)
    names = [f"v{place}" for place in range(variables)]
    parents = {}
    for place, name in enumerate(names):
        count = min(place, int(rng.integers(1, most_parents + 1)))
        parents[name] = tuple(names[i] for i in sorted(rng.choice(place, count, replace=False))) if count else ()
    tables = {name: np.full([2] * (len(parents[name]) + 1), 0.5) for name in names}
    return Net(f"random{variables}", dict.fromkeys(names, ("no", "yes")), parents, tables)


@dataclass(frozen=True)
class Query:
    """P(target | do(...), seen ...), the whole distribution of the target."""

    target: str
    seen: Mapping[str, str]
    done: Mapping[str, str]

    def text(self) -> str:
        """Return the question in the language of questions."""
        given = [f'"{name}" = "{state}"' for name, state in self.seen.items()]
        doing = ", ".join(f'"{name}" = "{state}"' for name, state in self.done.items())
        given = [f"do({doing})", *given] if doing else given
        return f'P("{self.target}" | {", ".join(given)})'


# A posterior for each network: the classical use of it where there is one.
POSTERIORS = {
    "asia": Query("lung", {"xray": "yes", "dysp": "yes"}, {}),
    "sachs": Query("Akt", {"P38": "LOW", "Raf": "HIGH", "PIP2": "AVG"}, {}),
    "child": Query("Disease", {"LowerBodyO2": "<5", "CO2Report": ">=7.5", "XrayReport": "Asy/Patchy"}, {}),
    "insurance": Query("PropCost", {"Age": "Adolescent", "DrivHist": "Many", "MakeModel": "SportsCar"}, {}),
    "alarm": Query("BP", {"HRBP": "HIGH", "EXPCO2": "LOW", "SAO2": "LOW"}, {}),
}
# What is asked after doing, and what is seen then.
DOING = {
    "asia": ("dysp", {"xray": "yes"}),
    "sachs": ("Akt", {"P38": "LOW"}),
    "child": ("XrayReport", {"LowerBodyO2": "<5"}),
    "insurance": ("PropCost", {"Age": "Adolescent"}),
    "alarm": ("BP", {"HRBP": "HIGH", "EXPCO2": "LOW", "SAO2": "LOW"}),
}


def interventions(net: Net, target: str, seen: Mapping[str, str], most: int) -> list[Query]:
    """Return P(target | do(x = s), seen) for the ancestors of the target, then of what is seen, each in all states."""
    above: list[str] = []
    waiting = [target, *seen]
    while waiting:
        for parent in net.parents[waiting.pop(0)]:
            if parent not in above:
                above.append(parent)
                waiting.append(parent)
    pairs = [(x, s) for x in above if x not in seen and x != target for s in net.states[x]]
    return [Query(target, seen, {x: s}) for x, s in pairs[:most]]
