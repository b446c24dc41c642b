"""The referee of what would have been, held to enumeration, to the laws of counterfactuals and to published answers."""

from __future__ import annotations

from itertools import product
from math import prod

import enumeration
import imagining
import numpy as np
import pytest
import structural

from causal.spec.dates import Span
from causal.spec.grammar import parse_question
from causal.spec.model import (
    Case,
    Count,
    Edge,
    Gate,
    Holds,
    Intervention,
    Model,
    NoisyAnd,
    NoisyOr,
    Rule,
    Table,
    Types,
    Variable,
    frozen,
)
from causal.spec.question import Do, Event, Probability

BINARY = ("0", "1")
FLAT = dict.fromkeys(("00", "10", "01", "11"), 1 / 4)
RISING = dict.fromkeys(("00", "01", "11"), 1 / 3)


def node(name: str, parents: str = "", mechanism=None, states=BINARY, **more) -> Variable:
    edges = tuple(Edge(parent) for parent in parents.split())
    return Variable(name, states, edges=edges, mechanism=mechanism or Table(), **more)


def made(*variables: Variable, **more) -> Model:
    return Model("made", frozen({variable.name: variable for variable in variables}), **more)


def ask(model: Model, numbers, text: str) -> float:
    question = parse_question(text)
    assert isinstance(question, Probability)
    return structural.answer(model, numbers, question)[0]


# Against other ways to the same number


@pytest.mark.parametrize("block", range(4))
def test_one_world_is_what_enumeration_says(block: int) -> None:
    asked = 0
    for seed in range(block, 160, 4):
        rng = np.random.default_rng(seed)
        model = imagining.random_counterfactual_model(rng, int(rng.integers(3, 6)), types=False)
        numbers = imagining.random_numbers(rng, model)
        question = imagining.random_question(rng, model)
        given = tuple(c for c in question.given if getattr(c, "world", None) is None)
        name = str(rng.choice(list(model.variables)))
        question = Probability((Event(name, "=", model.variables[name].states[:1]),), given)
        reading = structural.Reading(model, question)
        do = dict(reading.done)

        def weight(here, given=reading.given) -> float:
            return prod(likelihood[here[variable]] for (_, variable), likelihood in given.items())

        seen = sum(chance * weight(here) for here, chance in enumeration.joint(model, numbers, do))
        found = structural.answer(model, numbers, question)
        assert found[1] == pytest.approx(seen, abs=1e-12)
        if seen:
            top = model.variables[name].states[0]
            wanted = enumeration.conditional(model, numbers, lambda h, n=name, s=top: h[n] == s, weight, do)
            assert found[0] == pytest.approx(wanted, abs=1e-12), question
            asked += 1
    assert asked > 30


@pytest.mark.parametrize("block", range(4))
def test_taking_luck_as_it_is_needed_is_the_same_as_the_product_of_all_luck(block: int) -> None:
    compared = 0
    for seed in range(block, 200, 4):
        rng = np.random.default_rng(3000 + seed)
        model = imagining.random_counterfactual_model(rng, 3)
        numbers = imagining.random_numbers(rng, model)
        question = imagining.random_question(rng, model)
        wanted = structural.whole_product(model, numbers, question, limit=3000)
        if wanted:
            found = structural.answer(model, numbers, question)
            assert found == pytest.approx(wanted, abs=1e-12, nan_ok=True), question
            compared += 1
    assert compared > 20


def test_no_world_but_the_one_that_is_done_is_what_do_says() -> None:
    for seed in range(60):
        rng = np.random.default_rng(4000 + seed)
        model = imagining.random_counterfactual_model(rng, 4)
        numbers = imagining.random_numbers(rng, model)
        x, y = (str(name) for name in rng.choice(list(model.variables), 2, replace=False))
        setting = structural.Setting((structural.Assign(x, model.variables[x].states[-1]),))
        state = model.variables[y].states[:1]
        imagined = structural.answer(model, numbers, Probability((Event(y, "=", state, setting),)))
        done = structural.answer(model, numbers, Probability((Event(y, "=", state),), (Do(setting),)))
        assert imagined == pytest.approx(done, abs=1e-15)


# Laws


@pytest.mark.parametrize("block", range(4))
def test_consistency_composition_and_effectiveness(block: int) -> None:
    for seed in range(block, 200, 4):
        rng = np.random.default_rng(5000 + seed)
        model = imagining.random_counterfactual_model(rng, int(rng.integers(3, 6)))
        numbers = imagining.random_numbers(rng, model)
        for question, wanted in imagining.laws(rng, model):
            assert structural.answer(model, numbers, question)[0] == pytest.approx(wanted, abs=1e-12), question


@pytest.mark.parametrize("coupling", [None, "comonotone", "independent"])
def test_tian_pearl_bounds_hold(coupling: str | None) -> None:
    held = 0
    for seed in range(150):
        rng = np.random.default_rng(6000 + seed)
        model = imagining.random_counterfactual_model(rng, 4, types=coupling is None)
        model = imagining.coupled(model, coupling) if coupling else model
        numbers = imagining.random_numbers(rng, model)
        for x, y in imagining.binary_causes(model):
            for low, value, high in imagining.tian_pearl(lambda text: ask(model, numbers, text), x, y):  # noqa: B023
                assert low - 1e-12 <= value <= high + 1e-12, (seed, x, y)
                held += 1
    assert held > 150


# Couplings, in closed form


@pytest.mark.parametrize("seed", range(5))
def test_comonotone_and_independent_worlds_in_closed_form(seed: int) -> None:
    rng = np.random.default_rng(seed)
    states = ("a", "b", "c")
    for coupling in ("comonotone", "independent"):
        model = made(node("x", states=states), node("y", "x", states=states, coupling=coupling))
        numbers = imagining.random_numbers(rng, model)
        row = {s: [ask(model, numbers, f"P(y = {t} | do(x = {s}))") for t in states] for s in states}
        for wanted in product(range(3), repeat=3):
            events = ", ".join(f"y[x = {s}] = {states[t]}" for s, t in zip(states, wanted, strict=True))
            upper = min(sum(row[s][: t + 1]) for s, t in zip(states, wanted, strict=True))
            lower = max(sum(row[s][:t]) for s, t in zip(states, wanted, strict=True))
            together = prod(row[s][t] for s, t in zip(states, wanted, strict=True))
            closed = together if coupling == "independent" else max(0.0, upper - lower)
            assert ask(model, numbers, f"P({events})") == pytest.approx(closed, abs=1e-12)


def test_what_is_not_said_is_comonotone_with_an_order_and_independent_without_one() -> None:
    for ordered, wanted in ((True, 0.4), (False, 0.7 * 0.7)):
        model = made(node("x"), node("y", "x", ordered=ordered))
        numbers = {"P(x = 0)": 0.5, "P(y = 0 | x = 0)": 0.7, "P(y = 0 | x = 1)": 0.3}
        assert ask(model, numbers, "P(y[x = 1] = 1, y[x = 0] = 0)") == pytest.approx(wanted)


def test_independent_luck_belongs_to_all_parents_even_one_that_only_gates() -> None:
    gate = Gate(frozen({"g": ("shut",)}), "0")
    model = made(node("g", states=("open", "ajar", "shut")), node("y", "g", gates=(gate,), ordered=False))
    numbers = {"P(g = open)": 0.5, "P(g = ajar | g != open)": 0.5, "P(y = 0 | g = open)": 0.3}
    assert ask(model, numbers, "P(y[g = ajar] = 1 | y[g = open] = 1)") == pytest.approx(0.7)
    assert ask(model, numbers, "P(y[g = shut] = 1 | y[g = open] = 1)") == 0.0


def test_noisy_or_in_closed_form() -> None:
    states = ("off", "some", "much")
    on = frozen({"x": ("some", "much"), "z": ("1",)})
    model = made(node("x", states=states), node("z"), node("y", "x z", NoisyOr(on)))
    leak, some, much, other = 0.1, 0.5, 0.8, 0.3
    numbers = {
        "P(x = off)": 0.2, "P(x = some | x != off)": 0.5, "P(z = 0)": 0.4, "P(y = 1 | none)": leak,
        "P(x = some causes y = 1)": some, "P(x = much causes y = 1)": much, "P(z = 1 causes y = 1)": other,
    }  # fmt: skip
    quiet = 1 - leak
    assert ask(model, numbers, "P(y[x = much] = 1, y[x = some] = 0 | do(z = 0))") == pytest.approx(
        quiet * (much - some)
    )
    assert ask(model, numbers, "P(y[x = some] = 1, y[x = much] = 0)") == 0.0  # monotone across the states of a cause
    assert ask(model, numbers, "P(y[x = off] = 0 | x = much, z = 0, y = 1)") == pytest.approx(
        quiet * much / (1 - quiet * (1 - much))
    )
    # two causes have one inhibitor each: what x did says nothing about what z would do
    assert ask(model, numbers, "P(y[x = off, z = 1] = 1 | x = much, z = 0, y = 0)") == pytest.approx(other)
    assert ask(model, numbers, "P(y[x = off] = 0 | x = much, z = 1, y = 1)") == pytest.approx(
        quiet * (1 - other) * much / (1 - quiet * (1 - other) * (1 - much))
    )
    told = made(*model.variables.values(), node("y", "x z", NoisyOr(on), coupling="comonotone"))
    assert ask(told, numbers, "P(y[x = off, z = 1] = 1 | x = much, z = 0, y = 0)") == 0.0


def test_noisy_and_in_closed_form() -> None:
    needs = frozen({"x": ("1",), "z": ("1",)})
    model = made(node("x"), node("z"), node("y", "x z", NoisyAnd(needs)))
    numbers = {
        "P(x = 0)": 0.2, "P(z = 0)": 0.4, "P(y = 1 | all)": 0.9,
        "P(y = 1 | all but x = 0)": 0.6, "P(y = 1 | all but z = 0)": 0.7,
    }  # fmt: skip
    assert ask(model, numbers, "P(y[x = 0, z = 1] = 0, y[x = 1, z = 1] = 1)") == pytest.approx(0.9 * 0.4)
    assert ask(model, numbers, "P(y[x = 0] = 1 | x = 1, z = 0, y = 1)") == pytest.approx(0.6)
    assert ask(model, numbers, "P(y[x = 0, z = 1] = 1, y[x = 1, z = 0] = 0)") == pytest.approx(0.9 * 0.6 * 0.3)


def test_a_gate_that_fires_leaves_luck_as_it_was() -> None:
    gate = Gate(frozen({"g": ("shut",)}), "0")
    model = made(node("g", states=("open", "shut")), node("x"), node("y", "x g", gates=(gate,)))
    numbers = {
        "P(g = open)": 0.5, "P(x = 0)": 0.5,
        "P(y = 0 | x = 0, g = open)": 0.7, "P(y = 0 | x = 1, g = open)": 0.4,
    }  # fmt: skip
    assert ask(model, numbers, "P(y[g = open] = 1 | g = shut, x = 1, y = 0)") == pytest.approx(0.6)
    assert ask(model, numbers, "P(y[g = shut] = 1 | y = 1)") == 0.0
    assert ask(model, numbers, "P(y[x = 0] = 1 | g = open, x = 1, y = 1)") == pytest.approx(0.3 / 0.6)


# Published answers


def test_the_firing_squad() -> None:
    squad = made(
        node("U"),
        node("W"),
        node("C", "U", Rule(test=Holds("U", ("1",)))),
        node("A", "C W", Rule(test=Count(1, (Holds("C", ("1",)), Holds("W", ("1",)))))),
        node("B", "C", Rule(test=Holds("C", ("1",)))),
        node("D", "A B", Rule(test=Count(1, (Holds("A", ("1",)), Holds("B", ("1",)))))),
    )
    numbers = {"P(U = 0)": 0.7, "P(W = 0)": 0.9}
    assert ask(squad, numbers, "P(D[A = 0] = 0 | D = 1)") == pytest.approx(7 / 37, abs=1e-12)
    assert ask(squad, numbers, "P(D[B = 0] = 1 | D = 1)") == pytest.approx(1.0, abs=1e-12)


def test_what_happened_would_have_happened_with_exclusive_or() -> None:
    differ = (
        Case(frozen({"X": ("1",), "U1": ("1",), "U2": ("0",)}), frozen({"1": 1.0})),
        Case(frozen({"X": ("1",), "U1": ("0",), "U2": ("1",)}), frozen({"1": 1.0})),
        Case(frozen({}), frozen({"0": 1.0})),
    )
    model = made(node("U1"), node("U2"), node("X"), node("Y", "X U1 U2", Rule(cases=differ)))
    numbers = {f"P({name} = 0)": 0.5 for name in ("U1", "U2", "X")}
    assert ask(model, numbers, "P(Y[X = 1] = 1 | X = 1, Y = 1)") == 1.0
    assert ask(model, numbers, "P(Y[U1 = 0] = 1 | X = 1, Y = 1)") == pytest.approx(0.5)


@pytest.mark.parametrize("coupling", ["comonotone", "independent"])
def test_mediation(coupling: str) -> None:
    model = made(node("T"), node("M", "T", coupling=coupling), node("Y", "T M", coupling=coupling))
    numbers = {
        "P(T = 0)": 0.5, "P(M = 0 | T = 0)": 0.6, "P(M = 0 | T = 1)": 0.25,
        "P(Y = 0 | T = 0, M = 0)": 0.8, "P(Y = 0 | T = 0, M = 1)": 0.7,
        "P(Y = 0 | T = 1, M = 0)": 0.6, "P(Y = 0 | T = 1, M = 1)": 0.2,
    }  # fmt: skip
    yes, no = (ask(model, numbers, f"P(Y[T = {t}] = 1)") for t in (1, 0))
    direct = ask(model, numbers, "P(Y[T = 1, M = M[T = 0]] = 1)") - no
    indirect = ask(model, numbers, "P(Y[T = 0, M = M[T = 1]] = 1)") - no
    assert (yes - no, direct, indirect) == pytest.approx((0.46, 0.32, 0.035), abs=1e-12)


def typed(*shares: tuple[str, str, dict[str, float]]) -> tuple[Model, dict]:
    variables = (node(name, parents, Types()) for name, parents, _ in shares)
    return made(*variables), {"types": {name: types for name, _, types in shares}}


EVEN = ("X", "", {"0": 0.5, "1": 0.5})


def test_process_tracing() -> None:
    chain = typed(EVEN, ("M", "X", RISING), ("Y", "M", RISING))
    assert ask(*chain, "P(Y[X = 0] = 0 | X = 1, Y = 1)") == pytest.approx(1 / 5)
    assert ask(*chain, "P(Y[X = 0] = 0 | X = 1, M = 1, Y = 1)") == pytest.approx(1 / 4)
    assert ask(*chain, "P(Y[X = 0] = 0 | X = 1, M = 0, Y = 1)") == 0.0


def test_causal_types_at_given_parameters() -> None:
    shares = {"00": 3 / 18, "10": 4 / 18, "01": 5 / 18, "11": 6 / 18}
    pair = typed(("X", "", {"0": 1 / 3, "1": 2 / 3}), ("Y", "X", shares))
    assert ask(*pair, "P(Y[X = 1] = 1)") - ask(*pair, "P(Y[X = 0] = 1)") == pytest.approx(1 / 18, abs=1e-12)
    flat = typed(EVEN, ("Y", "X", FLAT))
    rises = ask(*flat, "P(Y[X = 0] = 0, Y[X = 1] = 1)")
    falls = ask(*flat, "P(Y[X = 0] = 1, Y[X = 1] = 0)")
    assert rises / (1 - falls) == pytest.approx(1 / 3)
    links = [(child, parent, share) for child, parent, share in (("B", "A", 0.8), ("C", "B", 0.7), ("D", "C", 0.9))]
    others = {share: dict.fromkeys(("00", "10", "11"), (1 - share) / 3) | {"01": share} for _, _, share in links}
    chain = typed(("A", "", EVEN[2]), *((child, parent, others[share]) for child, parent, share in links))
    total = ask(*chain, "P(D[A = 1] = 1)") - ask(*chain, "P(D[A = 0] = 1)")
    assert total == pytest.approx(0.38133333333333336, abs=1e-12)


def test_causal_types_at_mean_parameters() -> None:
    mostly = {"00": 0.2, "10": 0.2, "01": 0.4, "11": 0.2}
    chain = typed(EVEN, ("M", "X", mostly), ("Y", "M", mostly))
    assert ask(*chain, "P(M[X = 0] = 0, Y[M = 1] = 1 | X = 1, M = 0, Y = 0)") == pytest.approx(1 / 3)
    assert ask(*chain, "P(Y[X = 0] = 0 | X = 1, M = 1, Y = 1)") == pytest.approx(4 / 9)
    rivals = typed(
        ("X1", "", EVEN[2]), ("X2", "", EVEN[2]), ("Y", "X1 X2", dict.fromkeys(("0001", "0101", "0011", "0111"), 1 / 4))
    )
    assert ask(*rivals, "P(Y[X1 = 1] = 1, Y[X1 = 0] = 0)") == pytest.approx(1 / 2)
    assert ask(*rivals, "P(Y[X1 = 0] = 0 | X1 = 1, Y = 1)") == pytest.approx(2 / 3)
    assert ask(*rivals, "P(Y[X1 = 0] = 0 | X1 = 1, X2 = 1, Y = 1)") == pytest.approx(1 / 2)


def test_in_a_type_the_first_named_parent_varies_fastest() -> None:
    only = typed(EVEN, ("Z", "", EVEN[2]), ("Y", "X Z", {"0010": 1.0}))
    assert ask(*only, "P(Y[X = 0, Z = 1] = 1)") == 1.0
    assert ask(*only, "P(Y[X = 1, Z = 0] = 1)") == 0.0


def test_confounded_types_stay_together_when_one_is_set() -> None:
    rows = {("0",): {"00": 0.6, "10": 0.1, "01": 0.2, "11": 0.1}, ("1",): {"00": 0.1, "10": 0.3, "01": 0.2, "11": 0.4}}
    for pair in (("X", "Y"), ("Y", "X")):
        model = made(node("X", "", Types()), node("Y", "X", Types()), confounded=(pair,))
        numbers = {"types": {"X": {"0": 0.7, "1": 0.3}, "Y": rows}}
        assert ask(model, numbers, "P(Y = 1 | X = 1)") == pytest.approx(0.6)
        assert ask(model, numbers, "P(Y = 1 | do(X = 1))") == pytest.approx(0.7 * 0.3 + 0.3 * 0.6)
        assert ask(model, numbers, "P(Y[X = 1] = 1 | X = 0)") == pytest.approx(0.3)
        assert ask(model, numbers, "P(Y[X = 0] = 0 | X = 1, Y = 1)") == pytest.approx(0.2 / 0.6)


def test_a_type_depends_on_those_of_all_its_earlier_partners() -> None:
    coin = {"0": 0.5, "1": 0.5}
    rows = {
        (x, z): {"0": p, "1": 1 - p} for (x, z), p in zip(product("01", repeat=2), (0.1, 0.2, 0.3, 0.4), strict=True)
    }
    model = made(*(node(name, "", Types()) for name in ("X", "Z", "Y")), confounded=(("Y", "Z"), ("X", "Y")))
    numbers = {"types": {"X": coin, "Z": coin, "Y": rows}}
    assert ask(model, numbers, "P(Y = 0)") == pytest.approx(0.25)
    assert ask(model, numbers, "P(Y = 0 | X = 0, Z = 1)") == pytest.approx(0.2)
    assert ask(model, numbers, "P(X = 0 | Z = 1)") == pytest.approx(0.5)
    assert ask(model, numbers, "P(Y = 0 | X = 1, do(Z = 0))") == pytest.approx(0.35)


# Worlds


def test_brackets_are_imagined_on_top_of_do_and_nested_worlds_too() -> None:
    model = made(node("A"), node("B", "A"), node("C", "A B"))
    numbers = imagining.random_numbers(np.random.default_rng(1), model)
    pairs = {
        "P(C[B = 1] = 1 | do(A = 1))": "P(C[A = 1, B = 1] = 1)",
        "P(C[A = 0] = 1 | do(A = 1))": "P(C[A = 0] = 1)",
        "P(C[A = 0, B = B[B = B[A = 1]]] = 1)": "P(C[A = 0, B = B[A = 1]] = 1)",
        "P(C[B = B[A = 0]] = 1 | do(A = 1))": "P(C[A = 1, B = B[A = 0]] = 1)",
        "P(C = 1, C[A = 0] = 1 | do(A = 1), B = 1)": "P(C[A = 1] = 1, C[A = 0] = 1 | B[A = 1] = 1)",
    }
    for left, right in pairs.items():
        assert ask(model, numbers, left) == pytest.approx(ask(model, numbers, right), abs=1e-15), left


def test_a_variable_may_follow_one_that_it_acts_on_in_another_world() -> None:
    model = made(node("A"), node("B", "A", Rule(test=Holds("A", ("1",)))), node("C", "A B"))
    numbers = imagining.random_numbers(np.random.default_rng(2), model)
    for state in BINARY:
        followed = ask(model, numbers, f"P(C[A = B[A = {state}]] = 1 | C = 1)")
        assert followed == pytest.approx(ask(model, numbers, f"P(C[A = {state}] = 1 | C = 1)"), abs=1e-15)


def test_record_history_and_chance_are_evidence_in_the_world_that_is_done() -> None:
    dated = {name: Span.parse(year) for name, year in (("A", "1900"), ("B", "1901"), ("C", "1902"))}
    strike = Intervention("strike", frozen({"B": "0"}), when=Span.parse("1902"))
    model = made(
        *(node(n, p, actual="1", decided=dated[n]) for n, p in (("A", ""), ("B", "A"), ("C", "A B"))),
        interventions=frozen({"strike": strike}),
    )
    numbers = imagining.random_numbers(np.random.default_rng(3), model)
    pairs = {
        "P(C[@strike] = 0 | record)": "P(C[B = 0] = 0 | A = 1, B = 1, C = 1)",
        "P(C[@strike] = 0 | history)": "P(C[B = 0] = 0 | A = 1, B = 1)",
        "P(C[@strike] = 0 | history before 1901)": "P(C[B = 0] = 0 | A = 1)",
        "P(C[@strike] = 0 | chance)": "P(C[B = 0] = 0 | A = 1)",
        "P(C = 0 | do(@strike), record)": "P(C[B = 0] = 0 | A = 1, C[B = 0] = 1)",
        "P(C = 0, C[B = 1] = 0 | do(@strike), history)": "P(C[B = 0] = 0, C[B = 1] = 0 | A = 1)",
    }
    for left, right in pairs.items():
        assert ask(model, numbers, left) == pytest.approx(ask(model, numbers, right), abs=1e-12), left
