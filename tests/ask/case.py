"""A small case for analyses: two experts, three states, a rule, luck; every number exact, so that it can be enumerated.

x ──> m ──> y <── w        y: at least two of x = yes, m = high, w = yes
└───────────^
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path

from causal.ask.panel import Panel
from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.learn.reading import elicit
from causal.learn.sample import sample
from causal.spec.modelfile import parse_model
from causal.spec.priorfile import parse_priors

sys.path.insert(0, str(Path(__file__).parents[1] / "exact"))
import structural  # the referee of what would have been

MODEL = """
model: small
baseline: actual
variables:
  w: {states: [no, yes], when: 1919, actual: yes}
  x: {label: Cause, states: [no, yes], when: 1920, actual: yes}
  m: {label: Means, states: [low, mid, high], when: 1921, parents: [x, w], actual: high}
  y: {label: Outcome, states: [no, yes], when: 1922, parents: [x, m, w], actual: yes, MECHANISM}
outcome: y = yes
factors: {x: no, m: low}
interventions:
  early: {title: Early, when: 1919, do: {x: no}}
  late: {title: Late, when: 1921, do: {m: low}}
  both: {title: Both, when: 1920, do: {x: no, m: low}}
"""
RULE = "mechanism: {rule: {at least: 2, of: [x, {m: high}, w]}}"
TABLE = "mechanism: table"
ROWS = {
    **{f"P(m = low | x = {x}, w = {w})": p for (x, w), p in
       zip((("no", "no"), ("no", "yes"), ("yes", "no"), ("yes", "yes")), (0.6, 0.5, 0.3, 0.1), strict=True)},
    **{f"P(m = mid | m != low, x = {x}, w = {w})": p for (x, w), p in
       zip((("no", "no"), ("no", "yes"), ("yes", "no"), ("yes", "yes")), (0.5, 0.6, 0.4, 0.2), strict=True)},
    "P(w = no)": 0.35,
    "P(x = no)": 0.45,
}  # fmt: skip
FREE = {
    f"P(y = no | x = {x}, m = {m}, w = {w})": 0.95 - 0.25 * (x == "yes") - 0.2 * ("low", "mid", "high").index(m)
    - 0.15 * (w == "yes")
    for x in ("no", "yes") for m in ("low", "mid", "high") for w in ("no", "yes")
}  # fmt: skip


def numbers(mechanism: str = RULE) -> dict[str, float]:
    """Return every parameter by its question."""
    return dict(ROWS) if mechanism == RULE else {**ROWS, **FREE}


def priors(values: Mapping[str, float], more: str = "") -> str:
    """Return a prior file of two experts who agree on everything."""
    lines = "".join(f"  - {{about: '{about}', says: {{exactly: {value!r}}}}}\n" for about, value in values.items())
    return f"priors: small\nmodel: small\nexperts: {{a: {{weight: 2}}, b: {{}}}}\n{more}defaults:\n{lines}"


def panel_of(mechanism: str = RULE, model: str = MODEL, values: Mapping[str, float] | None = None,
             more: str = "") -> Panel:  # fmt: skip
    """Return the case as a panel of a few equal draws."""
    structure = parse_model(model.replace("MECHANISM", mechanism))
    said = parse_priors(priors(numbers(mechanism) if values is None else values, more), "p.yaml", structure)
    elicited = elicit(Writer(Network.of(structure)), said)
    return Panel(elicited, sample(elicited, seed=3, draws=8))


def referee(panel: Panel, question, mechanism: str = RULE) -> float:
    """Answer by enumerating all luck."""
    return structural.answer(panel.elicited.network.model, numbers(mechanism), question)[0]


def renamed(text: str, names: Mapping[str, str]) -> str:
    """Return a text with words replaced."""
    return re.sub(rf"\b({'|'.join(names)})\b", lambda found: names[found.group()], text)
