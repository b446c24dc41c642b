"""Rules in all their forms."""

from __future__ import annotations

import pytest

from causal.errors import SpecError
from causal.spec.model import Case, Count, Holds, Item, Rule, Score
from causal.spec.modelfile import parse_model

TEXT = """model: m
variables:
  a: {{states: [no, yes]}}
  b: {{states: [low, mid, high]}}
  c: {{states: [no, yes]}}
  y: {{states: {states}, parents: [{parents}], mechanism: {{rule: {rule}}}{more}}}
"""
A, B, C = Holds("a", ("yes",)), Holds("b", ("high",)), Holds("c", ("yes",))


def rule(written: str, parents: str, states: str = "[no, yes]", more: str = "") -> Rule:
    text = TEXT.format(rule=written, parents=parents, states=states, more=more)
    read = parse_model(text, "m.yaml").variables["y"].mechanism
    assert isinstance(read, Rule)
    return read


def complaint(written: str, parents: str, states: str = "[no, yes]") -> str:
    with pytest.raises(SpecError) as caught:
        rule(written, parents, states)
    return str(caught.value)


@pytest.mark.parametrize(
    ("written", "parents", "expected"),
    [
        ("a", "a", A),
        ("{b: mid}", "b", Holds("b", ("mid",))),
        ("{b: [low, mid]}", "b", Holds("b", ("low", "mid"))),
        ("{at least: 2, of: [a, b, {c: no}]}", "a, b, c", Count(2, (A, B, Holds("c", ("no",))))),
        ("{all of: [a, b, c]}", "a, b, c", Count(3, (A, B, C))),
        ("{any of: [a, b, c]}", "a, b, c", Count(1, (A, B, C))),
        ("{all of: [a, {any of: [b, {all of: [c]}]}]}", "a, b, c", Count(2, (A, Count(1, (B, Count(1, (C,))))))),
        (
            "{score: {a: {yes: 1}, b: {mid: 0.5, high: 1}}, at least: 1.5}",
            "a, b",
            Score({"a": {"yes": 1.0}, "b": {"mid": 0.5, "high": 1.0}}, 1.5),
        ),
        ("{any of: [a, {score: {b: {high: 2}}, at least: 2}]}", "a, b", Count(1, (A, Score({"b": {"high": 2}}, 2)))),
    ],
)  # fmt: skip
def test_a_rule_that_is_true_or_not(written: str, parents: str, expected: Item) -> None:
    assert rule(written, parents) == Rule(test=expected)


def test_a_list_of_lines_for_any_child_with_states_or_distributions() -> None:
    read = rule(
        "[{if: {a: yes, b: [mid, high]}, then: r}, {if: {a: no}, then: {p: 0.25, q: 75e-2}}, {then: q}]",
        "a, b",
        "[p, q, r]",
    )
    assert read.test is None
    assert read.cases == (
        Case({"a": ("yes",), "b": ("mid", "high")}, {"r": 1.0}),
        Case({"a": ("no",)}, {"p": 0.25, "q": 0.75}),
        Case({}, {"q": 1.0}),
    )


def test_a_parent_that_only_gates_need_not_stand_in_the_rule() -> None:
    assert rule("a", "a, b", more=", gates: [{when: {b: high}, then: no}]") == Rule(test=A)


@pytest.mark.parametrize(
    ("written", "parents", "words"),
    [
        ("{all of: [a]}", "a, b", "the rule never looks at the parent 'b'"),
        ("[{if: {a: yes}, then: yes}, {then: no}]", "a, b", "the rule never looks at the parent 'b'"),
        ("{all of: [a, c]}", "a", "'c' is no parent of 'y'; there is a"),
        ("{all of: [a, d]}", "a", "no variable 'd'"),
        ("{all of: []}", "a", "name at least one item"),
        ("{all of: a}", "a", "expected a list like [a, b], found 'a'"),
        ("{at least: 3, of: [a, b]}", "a, b", "a whole number from 1 to 2"),
        ("{at least: 1.5, of: [a, b]}", "a, b", "a whole number from 1 to 2"),
        ("{at least: 0, of: [a, b]}", "a, b", "a whole number from 1 to 2"),
        ("{at least: 1}", "a", "the key 'of' is missing"),
        ("{of: [a]}", "a", "the key 'at least' is missing"),
        ("{all of: [a], any of: [a]}", "a", "unknown key 'any of'"),
        ("{all of: [{a: yes, b: low}]}", "a, b", "an item is one variable with its states"),
        ("{}", "a", "an item is one variable with its states"),
        ("{alll of: [a]}", "a", "no rule 'alll of'"),
        ("{score: {a: {yes: 1}}, at least: 2}", "a", "never reached: the points add up to 1 at most"),
        ("{score: {a: {yes: 1}}, at least: 0}", "a", "always reached: the points add up to 0 at least"),
        ("{score: {a: {}}, at least: 1}", "a", "say which states of 'a' give points"),
        ("[]", "a", "must end with a line for all other cases"),
        ("[{if: {a: yes}, then: yes}]", "a", "must end with a line for all other cases"),
        ("[{then: yes}, {then: no}]", "a", "what follows it is never reached"),
        ("[{then: maybe}]", "a", "variable 'y' has no state 'maybe'"),
        ("[{then: {no: 0.5}}]", "a", "must add up to 1, these to 0.5"),
        ("[{then: {no: -0.5, yes: 1.5}}]", "a", "a probability cannot be below 0"),
    ],
)
def test_a_rule_is_checked(written: str, parents: str, words: str) -> None:
    assert words in complaint(written, parents)


def test_a_rule_without_lines_is_for_two_states() -> None:
    assert "a rule without 'if' and 'then' is for two states" in complaint("a", "a", "[p, q, r]")


def test_points_may_be_negative_and_states_without_points_count_as_zero() -> None:
    assert rule("{score: {b: {low: -2, mid: 1}}, at least: 0}", "b") == Rule(
        test=Score({"b": {"low": -2, "mid": 1}}, 0)
    )


def test_an_observation_is_a_rule_with_a_line_per_state() -> None:
    text = """model: m
variables:
  b: {{states: [low, mid, high]}}
  y: {{states: [high, mid, low], parents: [b], mechanism: {{observation: {{reliability: {said}}}}}}}
"""
    read = parse_model(text.format(said="{low: 80%, mid: 0.5, high: 1}"), "m.yaml").variables["y"].mechanism
    assert read == Rule(
        cases=(
            Case({"b": ("low",)}, {"high": pytest.approx(0.1), "mid": pytest.approx(0.1), "low": 0.8}),
            Case({"b": ("mid",)}, {"high": 0.25, "mid": 0.5, "low": 0.25}),
            Case({}, {"high": 1.0, "mid": 0.0, "low": 0.0}),
        )
    )
    same = parse_model(text.format(said="0.4"), "m.yaml").variables["y"].mechanism
    assert isinstance(same, Rule)
    assert [max(case.then.values()) for case in same.cases] == [0.4, 0.4, 0.4]
