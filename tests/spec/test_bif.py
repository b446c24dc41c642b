"""Network files: every form that the format allows, every place that an error names, and what is never unpacked.

tests/bad/network-*.bif are the files that are refused, with their messages.
"""

from __future__ import annotations

import gzip
import random
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from causal.errors import SpecError
from causal.spec import bif
from causal.spec.bif import is_bif, load_bif, parse_bif
from causal.spec.model import Given, Model

# The example of the format's own page: every name in quotes, no commas or bars, comments, properties, tables at once.
DOG = """// Bayesian network
network "Dog-Problem" { //5 variables and 5 probability distributions
    property "credal-set constant-density-bounded 1.1" ;
}
variable  "light-on" { //2 values
    type discrete[2] {  "true"  "false" };
    property "position = (218, 195)" ;
}
variable  "bowel-problem" { type discrete[2] {  "true"  "false" }; }
variable  "dog-out" { type discrete[2] {  "true"  "false" }; }
variable  "family-out" { type discrete[2] {  "true"  "false" }; }
probability (  "light-on"  "family-out" ) { //2 variable(s) and 4 values
    table 0.6 0.05 0.4 0.95 ;
}
probability (  "bowel-problem" ) { table 0.01 0.99 ; }
/* the child is named first;
   its states are the slowest */
probability (  "dog-out"  "bowel-problem"  "family-out" ) {
    table 0.99 0.97 0.9 0.3 0.01 0.03 0.1 0.7 ;
}
probability (  "family-out" ) { table 0.15 0.85 ; }
"""

ODD = """network x { property source http://example.com/x; }
variable age { type discrete [ 4 ] { <5, 5-12, 12+, - }; property a "b; c"; }
variable a/b.c { type discrete [ 2 ] { Asy/Patch, "no thing" }; }
probability ( a/b.c | age ) {
  property anything;
  (12+) 0.25, 0.75;
  default 1, 3;
  ("<5") 1e-3, .999;
  ( - ) 0, 1.0E0;
}
probability ( age ) { table 2, 1, 1, 0; }
"""


def shares(model: Model, name: str) -> tuple[float, ...]:
    mechanism = model.variables[name].mechanism
    assert isinstance(mechanism, Given)
    return mechanism.shares


def test_the_example_of_the_format() -> None:
    model = parse_bif(DOG, "dog.bif")
    assert (model.name, model.notes) == ("Dog-Problem", ())
    assert list(model.variables) == ["light-on", "bowel-problem", "dog-out", "family-out"]
    assert model.variables["dog-out"].parents == ("bowel-problem", "family-out")
    assert model.variables["dog-out"].states == ("true", "false")
    assert shares(model, "light-on") == (0.6, 0.4, 0.05, 0.95)
    assert shares(model, "dog-out") == (0.99, 0.01, 0.97, 0.03, 0.9, 0.1, 0.3, 0.7)


def test_odd_names_defaults_properties_and_rows_that_do_not_add_up() -> None:
    model = parse_bif(ODD, "odd.bif")
    assert model.variables["age"].states == ("<5", "5-12", "12+", "-")
    assert model.variables["a/b.c"].states == ("Asy/Patch", "no thing")
    assert shares(model, "a/b.c") == (0.001, 0.999, 0.25, 0.75, 0.25, 0.75, 0.0, 1.0)
    assert shares(model, "age") == (0.5, 0.25, 0.25, 0.0)
    assert model.notes == (
        "2 rows do not add up to 1 and were divided by their sums (the furthest: 4, a/b.c at line 7)",
    )


def test_what_is_off_by_rounding_is_divided_without_a_note() -> None:
    text = "variable x {{ type discrete [3] {{ a, b, c }}; }} probability ( x ) {{ table {0}, {0}, {0}; }}"
    model = parse_bif(text.format("0.3333333"))
    assert model.notes == ()
    assert shares(model, "x") == pytest.approx((1 / 3, 1 / 3, 1 / 3), abs=1e-16)
    assert (
        "1 row does not add up to 1 and was divided by its sum (0.99999, x at line 1)"
        in parse_bif(text.format("0.33333")).notes
    )


def test_a_network_that_nobody_named_has_the_name_of_its_file(tmp_path: Path) -> None:
    text = "network unknown { }" + DOG[DOG.index("}") + 1 :]
    assert parse_bif(text, "a/dog.problem.BIF").name == "dog.problem"
    path = tmp_path / "dog.bif.gz"
    path.write_bytes(gzip.compress(text.encode()))
    model = load_bif(path)
    assert (model.name, model.path) == ("dog", str(path))
    assert model.variables == parse_bif(text).variables
    path.with_suffix("").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    again = load_bif(path.with_suffix(""))
    assert again.variables == model.variables
    assert again.digest != model.digest


def test_blocks_may_come_in_any_order() -> None:
    blocks = re.split(r"^(?=variable|probability)", DOG[DOG.index('variable  "light') :], flags=re.MULTILINE)
    turned = parse_bif("".join(reversed(blocks)))
    assert {name: turned.variables[name] for name in turned.variables} == dict(parse_bif(DOG).variables)


def test_a_file_is_known_by_its_ending() -> None:
    assert [is_bif(name) for name in ("a.bif", "a.BIF.gz", "bif", "a.bif.yaml", "a.bif/b.yaml")] == [
        True, True, False, False, False,
    ]  # fmt: skip


def test_what_is_not_gzip_or_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.bif.gz"
    for data in (b"network x { }", gzip.compress(DOG.encode())[:-20], b""):
        path.write_bytes(data)
        with pytest.raises(SpecError, match=r"x\.bif\.gz:1:1: (not readable as gzip|there is no variable)"):
            load_bif(path)
    path.write_bytes(gzip.compress(b" " * 50_000_000))
    with pytest.raises(SpecError, match="larger than 10 MB when unpacked"):
        load_bif(path)
    path.write_bytes(gzip.compress("variable ä".encode("latin-1")))
    with pytest.raises(SpecError, match=r"x\.bif\.gz:1:10: byte 0xe4 is no UTF-8"):
        load_bif(path)
    monkeypatch.setattr(bif, "MAX_BYTES", 10)
    with pytest.raises(SpecError, match="the most that is read"):
        load_bif(path)
    with pytest.raises(SpecError, match="cannot be read: no such file"):
        load_bif(tmp_path / "none.bif")


def test_the_numbers_of_all_tables_together_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bif, "MAX_NUMBERS", 15)
    with pytest.raises(SpecError, match=r"x\.bif:21:16: probability family-out: more than 15 numbers in all"):
        parse_bif(DOG, "x.bif")


def test_every_mistake_in_a_half_written_file_is_told_at_its_place() -> None:
    text = DOG.replace("0.05", "0.o5").replace('"false" }; }', '"true" }; }', 1).replace("0.85", "-0.85")
    with pytest.raises(SpecError) as caught:
        parse_bif(text, "dog.bif")
    assert str(caught.value).splitlines() == [
        "dog.bif:9:57: variable bowel-problem: the state 'true' stands here twice",
        "dog.bif:13:15: probability light-on: expected a number or ';', found '0.o5'",
        "dog.bif:21:44: probability family-out: a probability cannot be below 0, found -0.85",
    ]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("table 0.01 0.99", "table 1e999 1", "the numbers of a row add up to 1, these to inf"),
        ("table 0.01 0.99", "table 0.01 nan", "expected a number or ';', found 'nan'"),
        ("table 0.01 0.99", "table 0_1 0.99", "expected a number or ';', found '0_1'"),
        ("table 0.01 0.99", "0.01 0.99", "expected a row '(states) numbers;', 'table', 'default' or '}', found '0.01'"),
        ("table 0.01 0.99 ;", "table 0.01 0.99", "expected a number or ';', found '}'"),
        ("table 0.01 0.99", "default 0.5", "expected 2 numbers, found 1"),
        ("table 0.01 0.99", "() 0.5 0.5", ""),
        ("table 0.01 0.99", '("true") 0.5 0.5', "a row names no state; here stand 1"),
        ("discrete[2] {", "discrete(2) {", "expected '[', found '('"),
        ("discrete[2] {", "discrete[two] {", "the number of states is 2, not two: true, false"),
        ('network "Dog', 'network "', ""),
        ("*/", "", "this '/*' is never closed"),
        ("5 probability", "/* 5 probability", ""),
    ],
)
def test_one_mistake_has_its_words(old: str, new: str, words: str) -> None:
    text = DOG.replace(old, new, 1)
    assert text != DOG
    if not words:
        assert parse_bif(text).variables
        return
    with pytest.raises(SpecError) as caught:
        parse_bif(text, "dog.bif")
    assert words in str(caught.value)
    assert len(caught.value.problems) == 1


def written(model: Model) -> str:
    """Write a network in the plainest form: a row per combination."""
    lines = []
    for name, variable in model.variables.items():
        states = ", ".join(f'"{state}"' for state in variable.states)
        lines.append(f'variable "{name}" {{ type discrete [{len(variable.states)}] {{ {states} }}; }}')
    for name, variable in model.variables.items():
        rows = [()]
        for parent in variable.parents:
            rows = [(*row, state) for row in rows for state in model.variables[parent].states]
        width, numbers = len(variable.states), shares(model, name)
        given_ = " | " + ", ".join(f'"{parent}"' for parent in variable.parents) if variable.parents else ""
        lines.append(f'probability ( "{name}"{given_} ) {{')
        for at, row in enumerate(rows):
            of = "(" + ", ".join(f'"{state}"' for state in row) + ")"
            lines.append(f"  {of} {', '.join(map(repr, numbers[at * width : (at + 1) * width]))};")
        lines.append("}")
    return "\n".join(lines)


@pytest.mark.parametrize("text", [DOG, ODD])
def test_what_is_written_is_read_again(text: str) -> None:
    model = parse_bif(text)
    assert parse_bif(written(model)).variables == model.variables


TOKENS = ["{", "}", "(", ")", "[", "]", ";", ",", "|", '"', "//", "/*", "*/", "-1", "nan", "1e999", "0", "\n", "\0",
          "٣", "x", "table", "default", "property", "variable", "probability", "network", "type"]  # fmt: skip


@given(st.integers(0, 2**32), st.sampled_from([DOG, ODD]))
def test_a_garbled_file_is_a_network_or_a_spec_error(seed: int, text: str) -> None:
    chance = random.Random(seed)
    words = re.split(r"(\s+|[\[\]{}(),;|])", text)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(words))
        words[at] = chance.choice([*TOKENS, "", words[chance.randrange(len(words))]])
    garbled = "".join(words)
    try:
        model = parse_bif(garbled, "f.bif")
    except SpecError as error:
        lines = garbled.split("\n")
        for problem in error.problems:
            assert 1 <= problem.line <= len(lines)
            assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
            assert problem.message
    else:
        assert all(len(shares(model, name)) for name in model.variables)
