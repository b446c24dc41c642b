"""Which questions state a parameter, and how; words that address mechanisms."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from causal.errors import ImpossibleEvidence, QueryError, TooLarge, UnknownName
from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.exact.readings import Reading, RowReading, interior, readings
from causal.spec.grammar import parse_question
from causal.spec.model import (
    Edge,
    Gate,
    Logistic,
    Model,
    NoisyAnd,
    NoisyOr,
    Table,
    Variable,
    frozen,
)

STATES = ("no", "yes")


def root(name: str, states: tuple[str, ...] = STATES) -> Variable:
    return Variable(name, states)


@pytest.fixture(scope="module")
def writer() -> Writer:
    edges = (Edge("a"), Edge("b"))
    variables = [
        root("a"),
        root("b", ("low", "mid", "high")),
        Variable("t", STATES, edges=edges, mechanism=Table()),
        Variable("o", STATES, edges=edges, mechanism=NoisyOr(frozen({"a": ("yes",), "b": ("mid", "high")}))),
        Variable("n", STATES, edges=edges, mechanism=NoisyAnd(frozen({"a": ("yes",), "b": ("mid", "high")}))),
        Variable("g", ("nil", "some", "much"), edges=edges, mechanism=Logistic()),
        Variable(
            "r", STATES, edges=(*edges, Edge("o")), gates=(Gate(frozen({"o": ("yes",)}), "no"),),
            mechanism=Table(rows=frozen({"back": frozen({"a": ("yes",)}), "otherwise": frozen({})})),
        ),
    ]  # fmt: skip
    return Writer(Network.of(Model("words", frozen({v.name: v for v in variables}))))


@pytest.mark.parametrize(
    ("text", "parameter", "reading", "flipped"),
    [
        ("P(a = yes)", "P(a = no)", "probability", True),
        ("P(a != yes)", "P(a = no)", "probability", False),
        ("P(a = no | do(t = yes))", "P(a = no)", "probability", False),
        ("P(b = mid | b != low)", "P(b = mid | b != low)", "probability", False),
        ("P(b >= mid)", "P(b = low)", "probability", True),
        ("P(t = yes | a = no, b = mid)", "P(t = no | a = no, b = mid)", "probability", True),
        ("P(t = no | do(a = no), b = mid)", "P(t = no | a = no, b = mid)", "probability", False),
        ("P(t = no | a = no, b = mid, o = yes)", "P(t = no | a = no, b = mid)", "probability", False),
        ("P(o = yes | none)", "P(o = yes | none)", "probability", False),
        ("P(o = no | a = no, b = low)", "P(o = yes | none)", "probability", True),
        ("P(a = yes causes o = yes)", "P(a = yes causes o = yes)", "probability", False),
        ("P(o = yes | only b = high)", "P(b = high causes o = yes)", "compound", False),
        ("P(n = yes | all)", "P(n = yes | all)", "probability", False),
        ("P(n = yes | all but b = low)", "P(n = yes | all but b = low)", "ratio", False),
        ("P(n = no | a = no, b = high)", "P(n = yes | all but a = no)", "ratio", True),
        ("P(g >= some | baseline)", "P(g >= some | baseline)", "cut", False),
        ("P(g = nil | baseline)", "P(g >= some | baseline)", "cut", True),
        ("P(g = much | baseline but b = mid)", "P(g = much | baseline but b = mid)", "offset", False),
        ("P(g >= some | baseline but b = mid)", "P(g = much | baseline but b = mid)", "offset", False),
        ("P(r = no | row back)", "P(r = no | row back)", "probability", False),
        ("P(r = yes | a = yes, b = low, o = no)", "P(r = no | row back)", "probability", True),
        ("P(r = yes | a = yes, o = no)", "P(r = no | row back)", "probability", True),
    ],
)
def test_a_question_that_equals_a_form_states_its_parameter(
    writer: Writer, text: str, parameter: str, reading: str, flipped: bool
) -> None:
    (found,) = readings(writer, [parse_question(text)])
    assert isinstance(found, Reading), text
    assert (found.form.parameter, found.form.reading, found.flipped) == (parameter, reading, flipped)


@pytest.mark.parametrize(
    "text",
    [
        "P(t = yes)",
        "P(t = yes | a = no)",
        "P(t = yes | do(a = no))",
        "P(a = yes | t = yes)",
        "P(b = high)",
        "P(o = yes | only (a = yes, b = high))",
        "P(g = some | baseline)",
        "P(g = much | baseline but (a = yes, b = mid))",
        "P(r = yes | b = low)",
        "P(a = yes) * P(b = low)",
    ],
)
def test_any_other_question_is_derived(writer: Writer, text: str) -> None:
    assert readings(writer, [parse_question(text)]) == [None]


def test_a_whole_row_states_its_sticks(writer: Writer) -> None:
    root_row, table_row, logistic = readings(
        writer, [parse_question(text) for text in ("P(b)", "P(t | a = yes, b = mid)", "P(g | baseline)")]
    )
    assert root_row == RowReading(("P(b = low)", "P(b = mid | b != low)"), ("low", "mid", "high"))
    assert table_row == RowReading(("P(t = no | a = yes, b = mid)",), ("no", "yes"))
    assert logistic is None


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("P(t = yes | baseline)", QueryError, "the state of every parent"),
        ("P(o = yes | all)", QueryError, "'none', 'only x = s'"),
        ("P(n = yes | none)", QueryError, "'all' or 'all but"),
        ("P(g = much | only a = yes)", QueryError, "'baseline'"),
        ("P(r = yes | all)", QueryError, "'row back' or 'row otherwise'"),
        ("P(a = yes causes n = yes)", QueryError, "'all' or 'all but"),
        ("P(b = low causes o = yes)", QueryError, "is no cause of o"),
        ("P(a = yes causes o = no)", QueryError, "o = yes"),
        ("P(g = much | baseline but b = low)", QueryError, "is no departure"),
        ("P(g = much | baseline but o = yes)", QueryError, "is no parent of g"),
        ("P(n = yes | all but b = high)", QueryError, "meets the need"),
        ("P(g = much | baseline, a = yes)", QueryError, "already says what every parent"),
        ("P(x = yes)", UnknownName, "no variable 'x'"),
        ("P(a = maybe)", UnknownName, "no state 'maybe'"),
        ("P(a = yes | do(a = yes))", QueryError, "do() sets a"),
        ("P(t = yes | do(a = yes), a = no)", ImpossibleEvidence, "impossible"),
        ("P(t = yes | a = no, a != no)", ImpossibleEvidence, "contradicts"),
        ("P(a = yes | r = yes, o = yes)", ImpossibleEvidence, "probability zero"),
        ("P(t = yes | history)", QueryError, "needs a date"),
        ("P(a = yes | t[b = low] in {no}, t[b = low] in {yes})", ImpossibleEvidence, "contradicts"),
        ("PN(b = low -> t = yes)", QueryError, "compared with which?"),
        ("CDE(a = yes -> t = yes)", QueryError, "holds something fixed"),
        ("complements(a = yes -> t = yes)", QueryError, "two causes"),
    ],
)
def test_what_cannot_be_answered_says_why(writer: Writer, text: str, error: type[Exception], says: str) -> None:
    with pytest.raises(error) as caught:
        writer.write(parse_question(text))
    assert says in str(caught.value)


def test_a_gate_overrides_the_mechanism_but_not_its_words(writer: Writer) -> None:
    network = writer.network
    theta = interior(network.parameters, 3, 1)
    texts = ["P(r = yes | a = yes, b = low, o = yes)", "P(r = yes | row back)"]
    slots = [writer.write(parse_question(text)).slots[0] for text in texts]
    gated, own = network.recorder.tape(slots).values(theta)[:, 0]
    assert gated == 0.0
    assert own == pytest.approx(1 - theta[network.index["P(r = no | row back)"], 0])


def test_noisy_or_numbers_are_those_of_the_textbook() -> None:
    """Leak .05, net .8 and .3 (Díez); read as compounds they are .7895 and .2632 (Henrion)."""
    edges = (Edge("a"), Edge("b"))
    either = NoisyOr(frozen({"a": ("yes",), "b": ("yes",)}))
    variables = [root("a"), root("b"), Variable("y", STATES, edges=edges, mechanism=either)]
    writer = Writer(Network.of(Model("or", frozen({v.name: v for v in variables}))))
    index = writer.network.index
    theta = np.full((len(index), 1), 0.5)
    theta[index["P(y = yes | none)"]] = 0.05
    theta[index["P(a = yes causes y = yes)"]], theta[index["P(b = yes causes y = yes)"]] = 0.8, 0.3
    texts = [f"P(y = yes | a = {a}, b = {b})" for a in STATES for b in STATES]
    slots = [writer.write(parse_question(text)).slots[0] for text in texts]
    np.testing.assert_allclose(writer.network.recorder.tape(slots).values(theta)[:, 0], [0.05, 0.335, 0.81, 0.867])


def test_a_question_too_large_is_refused_with_its_widest_clique() -> None:
    """Every pair of 24 roots meets in a child that is seen, so nothing can be summed out cheaply."""
    roots = [root(f"x{i}") for i in range(24)]
    seen = [
        Variable(f"y{i}_{j}", STATES, edges=(Edge(f"x{i}"), Edge(f"x{j}")))
        for i in range(24)
        for j in range(i)
    ]  # fmt: skip
    writer = Writer(Network.of(Model("big", frozen({v.name: v for v in (*roots, *seen)}))))
    given = ", ".join(f"{v.name} = yes" for v in seen)
    with pytest.raises(TooLarge, match=r"widest clique is .*x0"):
        writer.write(parse_question(f"P(x0 = yes | {given})"))


def test_the_rain_model_is_wholly_addressed_by_its_parameters_names() -> None:
    from causal.spec.modelfile import load_model

    writer = Writer(Network.of(load_model(Path(__file__).parents[2] / "models" / "rain.yaml")))
    names = [parameter.name for parameter in writer.network.parameters]
    for name, found in zip(names, readings(writer, [parse_question(name) for name in names]), strict=True):
        assert isinstance(found, Reading)
        assert found.form.parameter == name
        assert not found.flipped
