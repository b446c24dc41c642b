"""Averages over graphs by each school's own probabilities, by enumeration."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from causal.ask.answer import PANEL, Answer, Estimate
from causal.ask.averaging import average, graph_weights
from causal.learn.gate import Gate

A, B, C = "abc"
MADE = {"m": frozenset(), "m+a": frozenset(A), "m+b": frozenset(B), "m+c": frozenset(C), "m+ac": frozenset(A + C),
        "m+bc": frozenset(B + C)}  # fmt: skip  # a and b exclude each other
HELD = {A: {"e": 0.7, "f": 0.1}, B: {"e": 0.2, "f": 0.9}, C: {"e": 0.5}}
VALUES = {"m": (0.1, 0.5), "m+a": (0.3, 0.6), "m+b": (0.2, 0.4), "m+c": (0.15, 0.5), "m+ac": (0.45, 0.7),
          "m+bc": (0.2, 0.3)}  # fmt: skip


def answer(e: float, f: float) -> Answer:
    samples = {("e", ""): np.full(100, e), ("f", ""): np.full(100, f)}
    estimates = {(name, ""): Estimate(v, v, v, v, 0.01, 100.0) for name, v in (("e", e), ("f", f), (PANEL, e))}
    return Answer("P(y)", 1, estimates, ("e", "f"), ("e", "f"), Gate(), 100, samples=samples)


def test_the_weight_of_a_graph_is_the_product_of_its_changes_over_those_that_can_be() -> None:
    p = {A: 0.7, B: 0.2, C: 0.5}
    raw = {}
    for a, b, c in product((0, 1), repeat=3):
        if a and b:
            continue
        name = "".join(letter for letter, inside in ((A, a), (B, b), (C, c)) if inside)
        raw[frozenset(name)] = (p[A] if a else 0.3) * (p[B] if b else 0.8) * 0.5
    found = graph_weights(MADE, p)
    assert found == pytest.approx({graph: raw[made] / sum(raw.values()) for graph, made in MADE.items()})
    assert graph_weights({"a": frozenset(A), "b": frozenset(B)}, {A: 1.0, B: 1.0}) == {"a": 0.5, "b": 0.5}


def test_answers_are_averaged_by_school_and_then_by_the_panel() -> None:
    found = average({g: answer(*v) for g, v in VALUES.items()}, MADE, HELD, {A: "The first"}, {"e": 0.75, "f": 0.25})
    means = {}
    for at, name in enumerate("ef"):
        weights = graph_weights(MADE, {r: HELD[r].get(name, 0.5) for r in HELD})
        means[name] = sum(weights[g] * VALUES[g][at] for g in MADE)
        assert found.estimates[name].mean == pytest.approx(means[name])
        assert found.weights[name] == pytest.approx(weights)
    assert found.estimates[PANEL].mean == pytest.approx(0.75 * means["e"] + 0.25 * means["f"])
    assert found.estimates[PANEL].lower == 0.1
    assert found.unsaid == ((C, "f"),)
    assert found.together


def test_a_panel_of_one_posterior_has_the_mean_weights_of_its_schools() -> None:
    answers = {g: answer(*v) for g, v in VALUES.items()}
    for at, each in enumerate(answers.values()):
        each.samples[(PANEL, "")] = np.full(100, 0.05 * at)
        each.estimates[(PANEL, "")] = Estimate(0.05 * at, None, None, None, 0.01, 100.0)
    found = average(answers, MADE, HELD, {}, {"e": 0.75, "f": 0.25})
    weights = {g: 0.75 * found.weights["e"][g] + 0.25 * found.weights["f"][g] for g in MADE}
    assert found.estimates[PANEL].mean == pytest.approx(sum(0.05 * at * weights[g] for at, g in enumerate(MADE)))
    (first,) = [each for each in found.hinges if each.rival == A]
    a, b = weights["m"] + weights["m+a"], weights["m+c"] + weights["m+ac"]
    assert first.moves[PANEL] == pytest.approx((a * 0.05 + b * 0.05) / (a + b))


def test_what_it_hangs_on_is_the_difference_with_all_else_alike() -> None:
    found = average({g: answer(*v) for g, v in VALUES.items()}, MADE, HELD, {A: "The first"}, {"e": 0.75, "f": 0.25})
    hinges = {each.rival: each for each in found.hinges}
    w = found.weights["e"]
    first, second = w["m"] + w["m+a"], w["m+c"] + w["m+ac"]  # a with and without, c alike
    wanted = (first * 0.2 + second * 0.3) / (first + second)
    assert hinges[A].moves["e"] == pytest.approx(wanted)
    assert (hinges[A].pairs, hinges[A].title, hinges[B].title) == (2, "The first", B)
    assert hinges[A].moves[PANEL] == pytest.approx(0.75 * hinges[A].moves["e"] + 0.25 * hinges[A].moves["f"])
    moves = [abs(each.moves[PANEL]) for each in found.hinges]
    assert moves == sorted(moves, reverse=True)
    alone = {g: MADE[g] for g in ("m", "m+a", "m+b")}
    few = average({g: answer(*VALUES[g]) for g in alone}, alone, HELD, {}, {"e": 1.0})
    assert {each.rival: each.moves["e"] for each in few.hinges} == pytest.approx({A: 0.2, B: 0.1})
    assert not few.together
