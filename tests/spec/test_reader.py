"""Text to a tree: literal scalars, exact places, and nothing that could hurt."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from causal.errors import SpecError
from causal.spec.reader import MAX_BYTES, MAX_DEPTH, Mapping, Problems, Scalar, Sequence, decode, read_bytes, read_tree


def tree(text: str) -> Mapping:
    problems = Problems("x.yaml")
    read = read_tree(text, problems)
    problems.check()
    return read


def complaint(text: str) -> str:
    with pytest.raises(SpecError) as caught:
        tree(text)
    return str(caught.value)


def test_scalars_are_the_text_that_was_written() -> None:
    written = ["yes", "off", "TRUE", "1", "null", "~", "0x1F", "1_000", "3:1", "60%", "1919-03", "+", ".inf", "<<"]
    items = tree("words: [" + ", ".join(written) + "]").get("words")
    assert isinstance(items, Sequence)
    assert list(items.items) == written


def test_quoted_and_plain_are_told_apart() -> None:
    items = tree("words: [none, 'none', \"none\"]").get("words")
    assert isinstance(items, Sequence)
    assert [isinstance(item, Scalar) and item.plain for item in items.items] == [True, False, False]


def test_every_node_knows_its_place_and_its_path_of_keys() -> None:
    root = tree("a: one\nb:\n  - c: {d: [two]}\n")
    inner = root.get("b")
    assert isinstance(inner, Sequence)
    item = inner.items[0]
    assert isinstance(item, Mapping)
    mapping = item.get("c")
    assert isinstance(mapping, Mapping)
    words = mapping.get("d")
    assert isinstance(words, Sequence)
    word, key = words.items[0], mapping.key("d")
    assert isinstance(word, Scalar)
    assert key is not None
    assert (word.line, word.column, word.where) == (3, 13, "b.1.c.d")
    assert (key.line, key.column, key.where) == (3, 9, "b.1.c")
    assert (item.where, mapping.flow, item.flow) == ("b.1", True, False)


@pytest.mark.parametrize(
    ("text", "column"),
    [("q: abc", 6), ("q: 'abc'", 7), ('q: "abc"', 7), ('q: "a\\x62c"', 4), ("q: >\n  abc", 4), ("q: 'a''c'", 4)],
)
def test_a_column_inside_a_scalar_is_counted_where_it_can_be(text: str, column: int) -> None:
    scalar = tree(text).get("q")
    assert isinstance(scalar, Scalar)
    assert scalar.column_of(2) == column


def test_lines_are_counted_with_carriage_returns_and_a_byte_order_mark() -> None:
    key = tree(decode(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n", "x.yaml")).key("b")
    assert key is not None
    assert (key.line, key.column) == (2, 1)


def test_folded_text_carries_no_marks_of_the_parser() -> None:
    assert tree("about: >\n  one\n  two\n\n  three\n").get("about") == "one two\nthree\n"


def test_a_scalar_does_not_change() -> None:
    scalar = Scalar("word", 3, 4)
    with pytest.raises(AttributeError, match="does not change"):
        scalar.line = 7
    assert scalar.line == 3


def test_all_that_is_wrong_with_the_form_is_said_at_once() -> None:
    text = "a: &x 1\nb: *x\nc: !t 2\na: 3\n"
    assert complaint(text).splitlines() == [
        "x.yaml:1:4: a: the anchor &x is not allowed; write each value out",
        "x.yaml:2:4: b: the alias *x is not allowed; write the value out",
        "x.yaml:3:4: c: the tag !t is not allowed; put a text that begins with '!' in quotes",
        "x.yaml:4:1: the key 'a' stands here twice; first at 1:1",
    ]


def test_a_duplicate_is_found_however_it_is_quoted_and_in_every_mapping() -> None:
    assert complaint('a: {b: 1, "b": 2}') == "x.yaml:1:11: a: the key 'b' stands here twice; first at 1:5"


@pytest.mark.parametrize("opening", ["[", "{a: "])
def test_fifty_levels_are_read_and_one_more_is_not(opening: str) -> None:
    closing = "]" if opening == "[" else "}"
    inside = MAX_DEPTH - 1  # the file itself is the first level
    assert tree("a: " + opening * inside + closing * inside)
    assert f"nested deeper than {MAX_DEPTH} levels" in complaint(
        "a: " + opening * (inside + 1) + closing * (inside + 1)
    )


def test_a_bomb_of_brackets_is_refused_where_it_gets_too_deep() -> None:
    assert "x.yaml:1:53" in complaint("a: " + "[" * 500_000)


def test_a_megabyte_is_read_and_no_more(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"a: 1\n" + b"#" * (MAX_BYTES - 5))
    assert len(read_bytes(path)) == MAX_BYTES
    path.write_bytes(b"#" * 2_000_000)
    with pytest.raises(SpecError, match="larger than 1 MB"):
        read_bytes(path)
    assert "larger than 1 MB" in complaint("é" * 600_000)


def test_no_more_than_the_limit_is_read_of_a_file_without_end() -> None:
    endless = Path("/dev/zero")
    if not endless.exists():
        pytest.skip("no /dev/zero here")
    with pytest.raises(SpecError, match="larger than 1 MB"):
        read_bytes(endless)


def test_a_file_that_is_not_there_is_a_bad_file(tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path, "a\0b"):
        with pytest.raises(SpecError, match=r":1:1: cannot be read: "):
            read_bytes(path)


def test_bytes_that_are_no_utf8_are_pointed_at() -> None:
    with pytest.raises(SpecError, match=r"^x\.yaml:2:4: byte 0xfc is no UTF-8"):
        decode("a: 1\nb: \u00fc".encode("latin-1"), "x.yaml")
    with pytest.raises(SpecError, match=r"^x\.yaml:1:1: byte 0xff"):
        decode("a: 1".encode("utf-16"), "x.yaml")


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("a: b: c", "1:5", "': ' in it in quotes"),
        ("\ta: 1", "1:1", "a tab; indent with spaces"),
        ("a: @b", "1:4", "put it in quotes"),
        ("a: 'b", "1:4", "closing quotation mark"),
        ('a: "\\q"', "1:6", "no such escape"),
        ("a: [b\nc: d", "2:2", "closing ']' is missing"),
        ("a: {b: c", "1:9", "closing '}' is missing"),
        ("a: 1\nb", "2:1", "no ':' after this key"),
        ("a:\n  - b\n c: d", "3:2", "check the indentation"),
        ("a: -", "1:4", "cannot begin here"),
        ("a: \x00", "1:4", "U+0000"),
        ("a: \ud800", "1:4", "U+D800"),
        ("%TAG ! x\n---\na: 1", "2:1", "%TAG is not allowed"),
        ("? [a]\n: b", "1:3", "a key must be a word"),
    ],
)
def test_what_is_no_yaml_is_said_in_plain_words(text: str, place: str, words: str) -> None:
    said = complaint(text)
    assert f"x.yaml:{place}: " in said
    assert words in said


PIECES = st.sampled_from(
    ["a", ": ", "- ", "? ", "\n", "  ", "\t", "{", "}", "[", "]", ",", "#", "|", ">-\n", "'", '"', "\\", "%", "---",
     "\n---\n", "...", "!", "!!str ", "&a ", "*a", "@", "`", "\x85", "\u2028", "\ufeff", "\r", "<<", "\x07", "\ud800"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=20).map("".join))
def test_any_text_is_a_tree_or_a_spec_error(text: str) -> None:
    try:
        tree(text)
    except SpecError as error:
        problems = error.problems
    else:
        return
    assert all(problem.line >= 1 and problem.column >= 1 for problem in problems)


@given(st.binary(max_size=60))
def test_any_bytes_are_text_or_a_spec_error(data: bytes) -> None:
    try:
        read = decode(data, "x.yaml").encode("utf-8")
    except SpecError as error:
        read = str(error).encode("utf-8")
    assert read in (data, data.removeprefix(b"\xef\xbb\xbf")) or b"is no UTF-8" in read
