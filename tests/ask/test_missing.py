"""Missing arrows: every independence is held to the joint distribution, and to a count by hand."""

from __future__ import annotations

import json
from itertools import combinations, product

import numpy as np
import pytest

import causal
from causal.ask.missing import missing
from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.learn.reading import elicit
from causal.spec.grammar import parse_question
from causal.spec.modelfile import parse_model
from causal.spec.priorfile import parse_priors

MODEL = """
model: small
variables:
  a: {states: [no, yes]}
  b: {states: [no, yes]}
  c: {states: [no, yes], parents: [a, b]}
  d: {states: [no, yes], parents: [c]}
  e: {states: [no, yes], parents: [d, b]}
  f: {states: [no, yes], parents: [d, e], mechanism: {rule: {all of: [d, e]}}}
"""
CONFOUNDED = """
model: tied
variables:
  x: {states: [no, yes], mechanism: types}
  m: {states: [no, yes], parents: [x], mechanism: types}
  y: {states: [no, yes], parents: [m], mechanism: types}
confounded: [[x, y]]
"""


def test_every_independence_holds_in_the_numbers_and_no_smaller_set_does() -> None:
    model = parse_model(MODEL)
    writer = Writer(Network.of(model))
    elicit(writer, parse_priors("priors: p\nmodel: small\nexperts: {a: {name: A}}\n", "p.yaml", model))
    theta = np.random.default_rng(2).uniform(0.1, 0.9, (len(writer.network.parameters), 3))

    def value(question: str) -> np.ndarray:
        return writer.network.recorder.tape(writer.write(parse_question(question)).slots).values(theta)[0]

    def gap(early: str, late: str, given: tuple[str, ...]) -> float:
        worst = 0.0
        for states in product(("no", "yes"), repeat=len(given)):
            z = ", ".join(f"{n} = {s}" for n, s in zip(given, states, strict=True))
            joined = [value(f"P({late} = yes | {early} = {s}{', ' if z else ''}{z})") for s in ("no", "yes")]
            if np.isfinite(joined).all():
                worst = max(worst, float(np.abs(joined[0] - joined[1]).max()))
        return worst

    found = missing(model)
    for each in found.pairs:
        if "f" in (each.early, each.late):
            continue  # a rule may rule out what is given
        assert each.given is not None
        assert gap(each.early, each.late, each.given) == pytest.approx(0.0, abs=1e-12)
        for fewer in combinations(each.given, len(each.given) - 1) if each.given else ():
            assert gap(each.early, each.late, fewer) > 1e-6


def test_they_are_grouped_by_what_would_have_been_acted_on() -> None:
    found = {each.variable: each for each in missing(parse_model(MODEL)).assumed}
    assert found["b"].without == ("a",)
    assert found["e"].without == ("a", "c")
    assert found["e"].words == "Given d and b, e does not depend on a and c."
    assert found["f"].by_definition
    assert found["f"].words == "f is defined by d and e."
    assert found["c"].words == "c may depend on everything before it."


def test_hidden_causes_leave_pairs_that_nothing_separates() -> None:
    found = missing(parse_model(CONFOUNDED))
    assert [(each.early, each.late, each.given) for each in found.pairs] == [("x", "y", None)]
    last = found.assumed[-1]
    assert (last.variable, last.without, last.untested) == ("y", ("x",), ("x",))
    assert "hidden causes" in found.text


def test_it_counts_and_tells() -> None:
    found = missing(causal.load("rain").model)
    assert "leaves out 2 arrows into 2 variables" in found.text
    assert len(found.table) == 2
    json.dumps(found.to_dict(), allow_nan=False)
    full = parse_model("model: m\nvariables:\n  a: {states: [n, y]}\n  b: {states: [n, y], parents: [a]}\n")
    assert "assumes no independence" in missing(full).text


def test_other_names_change_nothing() -> None:
    ours = missing(parse_model(MODEL))
    renamed = MODEL
    for name in "abcdef":
        renamed = renamed.replace(f"  {name}: ", f"  v_{name}: ")
    for old, new in (("[a, b]", "[v_a, v_b]"), ("[c]", "[v_c]"), ("[d, b]", "[v_d, v_b]"), ("[d, e]", "[v_d, v_e]")):
        renamed = renamed.replace(old, new)
    theirs = missing(parse_model(renamed))
    assert [(f"v_{e.early}", f"v_{e.late}") for e in ours.pairs] == [(e.early, e.late) for e in theirs.pairs]
