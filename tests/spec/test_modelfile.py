"""Model files: what they say becomes values, checked, and nothing else comes of them but a SpecError."""

from __future__ import annotations

import datetime as dt
import hashlib
import random
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from causal.errors import SpecError
from causal.spec.model import Edge, Intervention, Model, NoisyOr, Table
from causal.spec.modelfile import load_model, parse_model
from causal.spec.question import Event

ROOT = Path(__file__).parents[2]
RAIN = ROOT / "models" / "rain.yaml"


def model(variables: str, more: str = "") -> Model:
    return parse_model(f"model: m\nvariables:\n{variables}\n{more}", "m.yaml")


def complaint(variables: str, more: str = "") -> str:
    with pytest.raises(SpecError) as caught:
        model(variables, more)
    return str(caught.value)


def test_the_teaching_model_is_read_in_full() -> None:
    rain = load_model(RAIN)
    grass = rain.variables["grass"]
    assert (rain.name, list(rain.variables)) == ("rain", ["season", "sprinkler", "rain", "grass"])
    assert grass.mechanism == NoisyOr({"sprinkler": ("on",), "rain": ("some", "heavy")})
    assert grass.edges[1].sign == {"some": "+", "heavy": "+"}
    assert rain.outcome == Event("grass", "=", ("wet",))
    assert rain.variables["rain"].definitions["heavy"] == "More than 10 mm"
    assert rain.interventions["drought_law"].do == {"sprinkler": "off"}
    assert not rain.about.endswith("\n")


def test_the_digest_is_that_of_the_bytes_and_the_path_is_kept() -> None:
    rain = load_model(str(RAIN))
    assert rain.digest == hashlib.sha256(RAIN.read_bytes()).hexdigest()
    assert rain.path == str(RAIN)
    assert parse_model(RAIN.read_text(encoding="utf-8"), "elsewhere").digest == rain.digest


def test_a_file_on_the_history_of_the_teaching_model_makes_sense() -> None:
    rain = load_model(RAIN)
    season, law = rain.variables["season"], rain.interventions["drought_law"]
    assert season.decided is not None
    assert law.when is not None
    assert season.decided.last < law.when.first  # so the season is history for the law, and the rest is not
    assert all(
        each.decided is not None and each.decided.last > law.when.first
        for name, each in rain.variables.items()
        if name != "season"
    )


def test_names_are_literal_text_and_numbers_and_truth_values_are_read_only_where_expected() -> None:
    read = model("  off: {states: [no, yes, null, 1.0, TRUE], chance: TRUE, ordered: false, actual: null, label: 1}")
    off = read.variables["off"]
    assert off.states == ("no", "yes", "null", "1.0", "TRUE")
    assert (off.chance, off.ordered, off.actual, off.label) == (True, False, "null", "1")


def test_values_are_plain_text_and_cannot_be_changed() -> None:
    read = model("  a: {states: [x, y]}\n  b: {states: [x, y], parents: [a]}")
    name, variable = next(iter(read.variables.items()))
    assert type(name) is str
    assert {type(state) for state in variable.states} == {str}
    with pytest.raises(TypeError):
        read.variables["c"] = variable  # type: ignore[index]


def test_parents_are_a_list_or_say_why_and_may_say_nothing() -> None:
    read = model(
        "  a: {states: [x, y]}\n  b: {states: [x, y]}\n"
        "  c: {states: [x, y], parents: [b, a]}\n"
        "  d:\n    states: [x, y]\n    parents:\n      b: {why: so, force: true, sign: '-', sources: [s]}\n      a:\n",
        "sources: {s: a book}",
    )
    assert read.variables["c"].edges == (Edge("b"), Edge("a"))
    assert read.variables["d"].edges == (Edge("b", "so", {"y": "-"}, True, ("s",)), Edge("a"))


@pytest.mark.parametrize(
    ("baseline", "actual", "sign", "expected"),
    [
        ("first", "high", '"+"', {"mid": "+", "high": "+"}),
        ("first", "high", '"-"', {"mid": "-", "high": "-"}),
        ("actual", "mid", '"+"', {"low": "-", "high": "+"}),
        ("actual", "high", '"-"', {"low": "+", "mid": "+"}),
        ("actual", None, '"+"', {"mid": "+", "high": "+"}),
        ("actual", "mid", '{high: "-"}', {"high": "-"}),
        ("first", None, '{mid: "+", high: "-"}', {"mid": "+", "high": "-"}),
    ],
)
def test_a_sign_is_kept_per_departure_from_the_baseline(
    baseline: str, actual: str | None, sign: str, expected: dict[str, str]
) -> None:
    said = f", actual: {actual}" if actual else ""
    read = model(
        f"  a: {{states: [low, mid, high]{said}}}\n  b: {{states: [x, y], parents: {{a: {{sign: {sign}}}}}}}",
        f"baseline: {baseline}",
    )
    assert read.variables["b"].edges[0].sign == expected


def test_decided_is_the_last_day_of_when_unless_it_is_said() -> None:
    read = model(
        "  a: {states: [x, y], when: 1918-11/1923-10}\n"
        "  b: {states: [x, y], when: 1918-11/1923-10, decided: 1919-03}\n"
        "  c: {states: [x, y]}"
    )
    a, b, c = read.variables.values()
    assert a.decided is not None
    assert b.decided is not None
    assert (a.decided.first, a.decided.last, a.decided.text) == (dt.date(1923, 10, 31),) * 2 + ("1923-10-31",)
    assert (b.decided.last, b.decided.text, c.decided) == (dt.date(1919, 3, 31), "1919-03", None)


def test_an_edge_is_wrong_only_if_the_parent_begins_after_the_child_has_ended() -> None:
    overlapping = "  a: {states: [x, y], when: 1920/1923}\n  b: {states: [x, y], when: 1919/1920, parents: [a]}"
    assert model(overlapping).variables["b"].parents == ("a",)
    assert "begins in 1921" in complaint(overlapping.replace("1920/1923", "1921"))


def test_a_circle_is_named_along_its_arrows_and_what_hangs_on_it_is_not_blamed() -> None:
    text = (
        "  a: {states: [x, y], parents: [c]}\n  b: {states: [x, y], parents: [a]}\n"
        "  c: {states: [x, y], parents: [b, d]}\n  d: {states: [x, y]}\n"
        "  e: {states: [x, y], parents: [c, f]}\n  f: {states: [x, y], parents: [e]}"
    )
    assert complaint(text).splitlines() == [
        "m.yaml:3:33: variables.a.parents: the arrows run in a circle: a -> b -> c -> a",
        "m.yaml:7:36: variables.e.parents: the arrows run in a circle: e -> f -> e",
    ]


def test_a_long_chain_is_no_circle_and_no_trouble() -> None:
    chain = "\n".join(f"  v{i}: {{states: [x, y], parents: [v{i - 1}]}}" for i in range(1, 1500))
    assert len(model("  v0: {states: [x, y]}\n" + chain).variables) == 1500


def test_interventions_factors_profile_and_outcome() -> None:
    read = model(
        "  a: {states: [x, y]}\n  b: {states: [lo, mid, hi]}",
        "interventions: {i: {title: T, when: 1919, do: {a: y, b: mid}, about: why}}\n"
        "factors: {a: y}\nprofile: [b, a]\noutcome: b >= mid",
    )
    done = read.interventions["i"]
    assert done == Intervention("i", {"a": "y", "b": "mid"}, "T", done.when, "why")
    assert (read.factors, read.profile) == ({"a": "y"}, ("b", "a"))
    assert str(read.outcome) == "b >= mid"


def test_confounding_is_between_variables_of_response_types() -> None:
    types = "  a: {states: [x, y], mechanism: types}\n  b: {states: [x, y], parents: [a], mechanism: types}"
    assert model(types, "confounded: [[a, b]]").confounded == (("a", "b"),)
    assert "no variable of mechanism 'types'" in complaint(
        types.replace("parents: [a], mechanism: types", "parents: [a]"), "confounded: [[a, b]]"
    )


def test_the_outcome_points_at_the_column_of_what_is_wrong() -> None:
    assert complaint("  a: {states: [x, y]}", "outcome: a == x").startswith("m.yaml:4:12: outcome: ")
    assert complaint("  a: {states: [x, y]}", "outcome: 'a == x'").startswith("m.yaml:4:13: outcome: ")


def test_an_order_is_not_asked_of_a_variable_without_one() -> None:
    assert "have no order" in complaint("  a: {states: [x, y, z], ordered: false}", "outcome: a > x")


def test_one_mistake_does_not_hide_the_others_and_makes_no_second() -> None:
    said = complaint(
        "  a: {states: 7, when: soon}\n"
        "  b: {states: [x, y], parents: [a, c], actual: z, mechanism: {noisy-or: {on: {a: q}}}}\n"
        "  c: {states: [x, y], parents: {a: {sing: '+'}}, mechanism: noisy-and}\n",
        "outcome: a = q",
    )
    assert [line.split(": ", 2)[:2] for line in said.splitlines()] == [
        ["m.yaml:3:15", "variables.a.states"],
        ["m.yaml:3:24", "variables.a.when"],
        ["m.yaml:4:48", "variables.b.actual"],
        ["m.yaml:5:37", "variables.c.parents.a"],
    ]


def test_a_parent_stands_once() -> None:
    assert "the parent 'a' stands here twice" in complaint(
        "  a: {states: [x, y]}\n  b: {states: [x, y], parents: [a, a]}"
    )


def test_a_file_that_lacks_what_it_must_have_still_says_all_that_is_wrong() -> None:
    with pytest.raises(SpecError) as caught:
        parse_model("title: [a]\nmodel: {}\n", "m.yaml")
    assert [str(problem) for problem in caught.value.problems] == [
        "m.yaml:1:1: the key 'variables' is missing",
        "m.yaml:1:8: title: expected one word or text, found a list",
        "m.yaml:2:8: model: expected one word or text, found an empty mapping",
    ]


def test_a_variable_without_more_is_a_table_of_its_own() -> None:
    read = model("  a: {states: [x, y]}")
    assert read.variables["a"].mechanism == Table()
    assert read.variables["a"].coupling is None


TOKENS = ["x", "y", "a", "{}", "[]", "[a]", "{a: x}", "''", "null", "1e999", "-1", "nan", ":", "- ", "1919-13", '"\\0"',
          "9999-99/1", "&x ", "*x", "!t ", "[[]]", "٣", "x" * 200, "|\n", "'", "  ", "\n", "states", "of", "at least",
          "all of", "score", "if", "then", "rows", "on", "needs", "sign", "mechanism", "parents"]  # fmt: skip
EVERYTHING = """model: f
baseline: actual
variables:
  a: {states: [x, y], actual: y}
  b: {states: [x, y, z], ordered: false, parents: [a], mechanism: {table: {order: [y, x, z], rows: {p: {a: x}, q: {}}}}}
  c:
    states: [x, y]
    parents: {a: {sign: "+", force: true}, b: {sign: {y: "-"}}}
    mechanism: {noisy-and: {needs: {b: [z]}}}
  d:
    states: [x, y]
    parents: [a, c]
    mechanism: {rule: {at least: 1, of: [a, {c: [y]}, {all of: [a, c]}, {score: {a: {y: 2}}, at least: 1}]}}
    gates: [{when: {a: x}, then: y}]
  e: {states: [x, y], parents: [a], mechanism: {rule: [{if: {a: x}, then: x}, {then: {x: 0.5, y: 0.5}}]}}
  f: {states: [x, y, z], parents: [a], mechanism: {logistic: {same: {a: [[x, y]]}}}, when: 1919, coupling: independent}
  g: {states: [x, y], parents: [a], mechanism: {types: {monotone: [a], forbid: [xy]}}}
  h: {states: [x, y], parents: [a], mechanism: types}
  i: {states: [x, y, z], parents: [a, f], mechanism: {ranked: {weights: {a: 2}, variance: 0.1}}}
outcome: i in {y, z}
confounded: [[g, h]]
"""


def garbled(seed: int) -> str:
    """Return the file above with a few of its words dropped, moved, or replaced."""
    chance = random.Random(seed)
    words = re.split(r"(\s+|[\[\]{},:])", EVERYTHING)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(words))
        match chance.randrange(4):
            case 0:
                words[at] = chance.choice(TOKENS)
            case 1:
                words[at] = ""
            case 2:
                other = chance.randrange(len(words))
                words[at], words[other] = words[other], words[at]
            case 3:
                words.insert(at, chance.choice(TOKENS))
    return "".join(words)


def read_or_refuse(seed: int) -> None:
    text = garbled(seed)
    try:
        parse_model(text, "f.yaml")
    except SpecError as error:
        problems = error.problems
    else:
        return
    assert all(str(problem).startswith("f.yaml:") for problem in problems)
    said = " ".join(problem.message for problem in problems)
    assert not [word for word in ("Input should", "None", "<list>") if word in said and word not in text]


def test_the_file_that_is_garbled_is_good() -> None:
    assert len(parse_model(EVERYTHING, "f.yaml").variables) == 9


@given(st.integers(0, 2**32))
def test_a_garbled_file_is_a_model_or_a_spec_error(seed: int) -> None:
    read_or_refuse(seed)


@pytest.mark.long
def test_ten_thousand_garbled_files_are_models_or_spec_errors() -> None:
    for seed in range(10_000):
        read_or_refuse(seed)
