"""Every mechanism, as a model file may write it."""

from __future__ import annotations

import pytest

from causal.errors import SpecError
from causal.spec.model import Gate, Logistic, Mechanism, NoisyAnd, NoisyOr, Ranked, Table, Types, Variable
from causal.spec.modelfile import parse_model

PARENTS = """model: m
variables:
  a: {states: [no, yes]}
  b: {states: [low, mid, high]}
  c: {states: [no, yes]}
"""


def child(options: str, states: str = "[no, yes]", parents: str = "[a, b]") -> Variable:
    text = f"{PARENTS}  y: {{states: {states}, parents: {parents}, {options}}}\n"
    return parse_model(text, "m.yaml").variables["y"]


def mechanism(written: str, states: str = "[no, yes]", parents: str = "[a, b]") -> Mechanism:
    return child(f"mechanism: {written}", states, parents).mechanism


def complaint(written: str, states: str = "[no, yes]", parents: str = "[a, b]") -> str:
    with pytest.raises(SpecError) as caught:
        mechanism(written, states, parents)
    return str(caught.value)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("table", Table()),
        ("{table: {}}", Table()),
        ("{table: }", Table()),
        ("noisy-or", NoisyOr({"a": ("yes",), "b": ("mid", "high")})),
        ("{noisy-or: {on: {b: high}}}", NoisyOr({"a": ("yes",), "b": ("high",)})),
        ("{noisy-or: {on: {b: [low, high], a: no}}}", NoisyOr({"a": ("no",), "b": ("low", "high")})),
        ("noisy-and", NoisyAnd({"a": ("yes",), "b": ("high",)})),
        ("{noisy-and: {needs: {b: [mid, high]}}}", NoisyAnd({"a": ("yes",), "b": ("mid", "high")})),
        ("logistic", Logistic()),
        ("{logistic: {same: {b: [[mid, high]]}}}", Logistic({"b": (("mid", "high"),)})),
        ("ranked", Ranked("wmean", {"a": 1.0, "b": 1.0})),
        ("{ranked: {function: wmin, weights: {b: 3}, variance: 0.01}}", Ranked("wmin", {"a": 1.0, "b": 3.0}, 0.01)),
        (
            "{ranked: {function: mixminmax, min: 3, max: 0.5}}",
            Ranked("mixminmax", {"a": 1.0, "b": 1.0}, None, (3.0, 0.5)),
        ),
        ("{ranked: {function: mixminmax, max: 2}}", Ranked("mixminmax", {"a": 1.0, "b": 1.0}, None, (1.0, 2.0))),
        ("types", Types()),
        ("{types: {monotone: [a], forbid: [no no no no no yes]}}", Types(("a",), (), ("no no no no no yes",))),
        (
            "{types: {allow: ['no yes no yes no yes', no yes no yes no no]}}",
            Types((), ("no yes no yes no yes", "no yes no yes no no")),
        ),
    ],
)
def test_a_mechanism_is_a_word_or_a_mapping_with_options(written: str, expected: Mechanism) -> None:
    assert mechanism(written) == expected


def test_defaults_pass_over_a_parent_that_only_gates_and_keep_one_that_does_both() -> None:
    gates = "gates: [{when: {a: yes}, then: no}]"
    assert child(f"mechanism: noisy-or, {gates}").mechanism == NoisyOr({"b": ("mid", "high")})
    assert child(f"mechanism: {{noisy-and: {{needs: {{a: no}}}}}}, {gates}").mechanism == NoisyAnd(
        {"a": ("no",), "b": ("high",)}
    )
    gated = child(f"mechanism: ranked, {gates}")
    assert gated.mechanism == Ranked("wmean", {"b": 1.0})
    assert gated.gates == (Gate({"a": ("yes",)}, "no"),)
    assert gated.gate_only == {"a"}


def test_a_parent_may_gate_and_have_an_offset_of_its_own() -> None:
    both = child("mechanism: {logistic: {same: {a: []}}}, gates: [{when: {a: yes, b: [low, mid]}, then: no}]")
    assert both.gate_only == {"b"}
    assert both.gates == (Gate({"a": ("yes",), "b": ("low", "mid")}, "no"),)


def test_rows_are_read_in_order_and_an_order_of_sticks_is_kept() -> None:
    rows = "{table: {rows: {top: {b: high}, some: {a: yes, b: [low, mid]}, otherwise: {}}, order: [z, x, y]}}"
    read = mechanism(rows, states="[x, y, z]")
    assert read == Table(
        {"top": {"b": ("high",)}, "some": {"a": ("yes",), "b": ("low", "mid")}, "otherwise": {}}, ("z", "x", "y")
    )
    assert isinstance(read, Table)
    assert list(read.rows or ()) == ["top", "some", "otherwise"]


def test_every_combination_needs_a_row_and_every_row_a_combination() -> None:
    assert "no row for a = no, b = low" in complaint("{table: {rows: {r: {a: yes}, s: {b: [mid, high]}}}}")
    assert "'s' is never reached" in complaint("{table: {rows: {r: {a: yes}, s: {a: yes, b: low}, t: {}}}}")
    assert "no row looks at the parent 'b'" in complaint("{table: {rows: {r: {a: yes}, s: {a: no}}}}")


def test_a_parent_that_could_not_be_read_is_blamed_for_nothing_else() -> None:
    text = PARENTS.replace("[low, mid, high]", "low") + (
        "  y: {states: [no, yes], parents: [a, b], mechanism: {table: {rows: {r: {a: yes, b: low}}}}}\n"
        "  z: {states: [no, yes], parents: {a: , b: {sign: '+'}}, mechanism: {rule: {all of: [a, b]}}}\n"
    )
    with pytest.raises(SpecError) as caught:
        parse_model(text, "m.yaml")
    assert [problem.where for problem in caught.value.problems] == ["variables.b.states"]


def test_many_combinations_are_not_looked_through() -> None:
    names = [f"v{i}" for i in range(20)]
    variables = "".join(f"  {name}: {{states: [x, y]}}\n" for name in names)
    rows = ", ".join(f"r{i}: {{{name}: y}}" for i, name in enumerate(names))
    text = "model: m\nvariables:\n{}  y: {{states: [x, y], parents: [{}], mechanism: {{table: {{rows: {{{}}}}}}}}}\n"
    good = text.format(variables, ", ".join(names), rows + ", rest: {}")
    assert len(parse_model(good, "m").variables) == 21
    with pytest.raises(SpecError, match="so many combinations need a last row"):
        parse_model(text.format(variables, ", ".join(names), rows), "m")


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("{noisy-or: {on: {c: yes}}}", "'c' is no parent of 'y'; there is a, b"),
        ("{noisy-or: {on: {b: [low, mid, high]}}}", "leave out those in which it is no cause"),
        ("{noisy-and: {needs: {b: []}}}", "name at least one state of 'b'"),
        ("{logistic: {same: {b: [[mid]]}}}", "a group has two states or more"),
        ("{logistic: {same: {b: [[mid, high], [high, low]]}}}", "the state 'high' stands here twice"),
        ("{ranked: {function: wmax, weights: {a: -1}}}", "a weight must be above 0"),
        ("{ranked: {function: mean}}", "'mean' is none of wmean, wmin, wmax, mixminmax"),
        ("{ranked: {max: 2}}", "wmean weighs each parent; write 'weights', or 'function: mixminmax'"),
        ("{ranked: {function: mixminmax, min: 0}}", "a weight must be above 0"),
        ("{ranked: {function: mixminmax, weights: {a: 2}}}", "whichever they are; write 'min' and 'max'"),
        ("{types: {allow: [], monotone: [b]}}", "allow at least one type"),
        ("{types: {allow: [no no no no no no], forbid: [no no no no no no]}}", "has no place beside it"),
        ("{types: {forbid: [no no]}}", "one for each of the 6 combinations"),
        ("{ranked: {variance: 0}}", "the variance must be above 0"),
        ("{table: {rows: {}}}", "name at least one row"),
        ("{noisy-and: {needs: {a: [no, yes]}}}", "so nothing is needed of it"),
        ("{logistic: {same: {c: [[no, yes]]}}}", "'c' is no parent of 'y'"),
        ("{}", "name a mechanism: table, noisy-or"),
        ("[table]", "expected a mechanism"),
    ],
)
def test_options_are_checked(written: str, words: str) -> None:
    assert words in complaint(written)


@pytest.mark.parametrize("kind", ["noisy-or", "noisy-and"])
def test_some_mechanisms_are_for_two_states(kind: str) -> None:
    assert f"{kind} is for two states, and 'y' has 3: p, q, r" in complaint(kind, states="[p, q, r]")


@pytest.mark.parametrize("kind", ["noisy-or", "noisy-and", "logistic", "ranked"])
def test_some_mechanisms_need_parents(kind: str) -> None:
    assert f"{kind} needs parents, and 'y' has none" in complaint(kind, parents="[]")


@pytest.mark.parametrize("kind", ["logistic", "ranked", "{types: {monotone: [a]}}"])
def test_some_mechanisms_need_an_order_of_three_states_but_not_of_two(kind: str) -> None:
    with pytest.raises(SpecError, match="'ordered: false' says there is none"):
        child(f"ordered: false, mechanism: {kind}", states="[p, q, r]")
    assert not child(f"ordered: false, mechanism: {kind}").ordered


def test_ranked_needs_parents_in_order() -> None:
    text = PARENTS + "  d: {states: [x, y, z], ordered: false}\n  e: {states: [x, y], ordered: false}\n"
    with pytest.raises(SpecError, match="ranked needs parents in order, and 'd' is 'ordered: false'") as caught:
        parse_model(f"{text}  y: {{states: [p, q, r], parents: [b, d, e], mechanism: ranked}}\n", "m.yaml")
    assert len(caught.value.problems) == 1
    assert parse_model(f"{text}  y: {{states: [p, q, r], parents: [b, e], mechanism: ranked}}\n", "m.yaml")
