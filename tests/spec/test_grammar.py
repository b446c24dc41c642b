"""The question language: every construct, every way to get it wrong, and text to value to text as properties."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from causal.errors import QuestionSyntaxError
from causal.spec.dates import Span
from causal.spec.grammar import MAX_OPERATORS, parse_about, parse_event, parse_question
from causal.spec.question import (
    OPERATORS,
    QUANTITIES,
    All,
    Arithmetic,
    Assign,
    Baseline,
    Causes,
    Chance,
    Comparison,
    Condition,
    Do,
    Effect,
    Event,
    Follow,
    History,
    Named,
    NoCause,
    Number,
    Only,
    Probability,
    Quantity,
    Question,
    Record,
    Row,
    Setting,
    Soft,
    TypesOf,
)
from causal.spec.tokens import MAX_DEPTH, MAX_LENGTH
from causal.spec.walk import walk

WET = Event("grass", "=", ("wet",))
HEAVY = Assign("rain", "heavy")
DO_HEAVY = Do(Setting((HEAVY,)))


def one(condition: Condition) -> Probability:
    """Return P(grass = wet | condition)."""
    return Probability((WET,), (condition,))


# Every construct

CONSTRUCTS: list[tuple[str, Question]] = [
    ("P(grass = wet)", Probability((WET,))),
    ("P(grass=wet)", Probability((WET,))),
    (" P\n(\tgrass =\u00a0wet ) ", Probability((WET,))),
    ("P(rain | season = dry)", Probability((Event("rain"),), (Event("season", "=", ("dry",)),))),
    ("P(rain != clear)", Probability((Event("rain", "!=", ("clear",)),))),
    ("P(rain<some)", Probability((Event("rain", "<", ("some",)),))),
    ("P(rain <= some)", Probability((Event("rain", "<=", ("some",)),))),
    ("P(rain > some)", Probability((Event("rain", ">", ("some",)),))),
    ("P(rain >= some)", Probability((Event("rain", ">=", ("some",)),))),
    ("P(rain in {some, heavy})", Probability((Event("rain", "in", ("some", "heavy")),))),
    ("P(grass = wet, rain >= some)", Probability((WET, Event("rain", ">=", ("some",))))),
    ("P(y = b | y != a)", Probability((Event("y", "=", ("b",)),), (Event("y", "!=", ("a",)),))),
    ("P(grass = wet | do(rain = heavy))", one(DO_HEAVY)),
    ("P(grass = wet | do(a = b, @law))", one(Do(Setting((Assign("a", "b"), Named("law")))))),
    ("P(grass = wet | do(m = m[rain = heavy]))", one(Do(Setting((Follow("m", "m", Setting((HEAVY,))),))))),
    ("P(grass = wet | history)", one(History())),
    ("P(grass = wet | history before 1922)", one(History(Span.parse("1922")))),
    ("P(grass = wet | history before 1922-04)", one(History(Span.parse("1922-04")))),
    ("P(grass = wet | history before 1922-04-03)", one(History(Span.parse("1922-04-03")))),
    ("P(grass = wet | history before 1918-11/1921-03)", one(History(Span.parse("1918-11/1921-03")))),
    ("P(grass = wet | record)", one(Record())),
    ("P(grass = wet | chance)", one(Chance())),
    ("P(grass = wet | row back)", one(Row("back"))),
    ("P(grass = wet | none)", one(NoCause())),
    ("P(grass = wet | only rain = heavy)", one(Only((HEAVY,)))),
    ("P(grass = wet | only (rain = heavy, a = b))", one(Only((HEAVY, Assign("a", "b"))))),
    ("P(grass = wet | all)", one(All())),
    ("P(grass = wet | all but rain = heavy)", one(All((HEAVY,)))),
    ("P(grass = wet | baseline)", one(Baseline())),
    ("P(grass = wet | baseline but rain = heavy)", one(Baseline((HEAVY,)))),
    ("P(grass = wet | baseline but (rain = heavy))", one(Baseline((HEAVY,)))),
    ("P(grass = wet | baseline but (x = s, z = t))", one(Baseline((Assign("x", "s"), Assign("z", "t"))))),
    ("P(grass = wet | rain ~ {some: 0.8, heavy: 20%})", one(Soft("rain", (("some", 0.8), ("heavy", 0.2))))),
    (
        "P(grass = wet | do(@x), history, chance)",
        Probability((WET,), (Do(Setting((Named("x"),))), History(), Chance())),
    ),
    (
        "P(grass[rain = heavy] = wet | record)",
        Probability((Event("grass", "=", ("wet",), Setting((HEAVY,))),), (Record(),)),
    ),
    ("P(grass[@law])", Probability((Event("grass", world=Setting((Named("law"),))),))),
    (
        "P(y[m = m[x = s], x = t] = a)",
        Probability(
            (Event("y", "=", ("a",), Setting((Follow("m", "m", Setting((Assign("x", "s"),))), Assign("x", "t")))),)
        ),
    ),
    ("P(rain = heavy causes grass = wet)", Causes(HEAVY, WET)),
    ("effect(rain = heavy -> grass = wet)", Effect(Setting((HEAVY,)), WET)),
    ("effect(@law -> grass = wet | history)", Effect(Setting((Named("law"),)), WET, (History(),))),
    ("0.5", Number(0.5)),
    ("1 - P(grass = wet)", Arithmetic("-", Number(1), Probability((WET,)))),
    ("P(grass = wet) > 60%", Comparison(">", Probability((WET,)), Number(0.6))),
    ("P(grass<wet)<0.5", Comparison("<", Probability((Event("grass", "<", ("wet",)),)), Number(0.5))),
    ("P(\"a b\" = 'it\\'s')", Probability((Event("a b", "=", ("it's",)),))),
    ('P("none" = "<5")', Probability((Event("none", "=", ("<5",)),))),
    ('P("a\\"b\\\\" = "")', Probability((Event('a"b\\', "=", ("",)),))),
    ("P(1919 = 1)", Probability((Event("1919", "=", ("1",)),))),
    ("P(007 = ١٩)", Probability((Event("007", "=", ("١٩",)),))),
    ("P(год = été_2)", Probability((Event("год", "=", ("été_2",)),))),
    ("P(P = PN)", Probability((Event("P", "=", ("PN",)),))),
    ("P(Record = History)", Probability((Event("Record", "=", ("History",)),))),
    ("P(and = or)", Probability((Event("and", "=", ("or",)),))),
]


@pytest.mark.parametrize(("text", "question"), CONSTRUCTS, ids=[text for text, _ in CONSTRUCTS])
def test_reads(text: str, question: Question) -> None:
    assert parse_question(text) == question
    assert parse_about(text) == question
    assert parse_question(str(question)) == question


@pytest.mark.parametrize("name", QUANTITIES)
def test_reads_each_quantity(name: str) -> None:
    expected = Quantity(name, Setting((HEAVY,)), WET, (Event("season", "=", ("dry",)),))
    assert parse_question(f"{name}(rain = heavy -> grass = wet | season = dry)") == expected


@pytest.mark.parametrize(
    ("text", "grouped"),
    [
        ("1 - 2 - 3", "(1 - 2) - 3"),
        ("1 / 2 / 3", "(1 / 2) / 3"),
        ("1 / 2 * 3", "(1 / 2) * 3"),
        ("1 + 2 * 3", "1 + (2 * 3)"),
        ("1 * 2 + 3", "(1 * 2) + 3"),
        ("1 - 2 / 3 > 4 + 5", "(1 - (2 / 3)) > (4 + 5)"),
    ],
)
def test_binds_as_in_arithmetic(text: str, grouped: str) -> None:
    assert parse_question(text) == parse_question(grouped)
    assert str(parse_question(grouped)) == text


@pytest.mark.parametrize("text", ["1 - (2 - 3)", "1 / (2 * 3)", "1 + (2 + 3)", "(1 + 2) * 3", "1 - (2 + 3) / 4"])
def test_keeps_the_parentheses_that_matter(text: str) -> None:
    assert str(parse_question(text)) == text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0.0),
        ("007", 7.0),
        ("0.25", 0.25),
        ("1e-7", 1e-7),
        ("1E+20", 1e20),
        ("2.5e3", 2500.0),
        ("60%", 0.6),
        ("2.2 %", 0.022),
        ("0%", 0.0),
        ("1e2%", 1.0),
        ("0.07e2 %", 0.07),
    ],
)
def test_reads_numbers(text: str, value: float) -> None:
    assert parse_question(text) == Number(value)


def test_an_outcome_is_one_event() -> None:
    assert parse_event("grass = wet") == WET
    assert parse_event(' "a b" in {1, 2} ') == Event("a b", "in", ("1", "2"))


def test_only_prior_files_speak_of_types() -> None:
    assert parse_about("types(grass)") == TypesOf("grass")
    assert str(parse_about('types("none")')) == 'types("none")'
    with pytest.raises(QuestionSyntaxError, match="judged in prior files"):
        parse_question("types(grass)")


def test_one_variable_may_differ_between_worlds_and_sides() -> None:
    for text in (
        "P(y = a, y[x = s] = b)",
        "P(y = a | y = b)",
        "P(y[x = s] = a, y[x = t] = b)",
        "P(z = w | y != a, y != b)",
        "P(z = w | y = a, y ~ {a: 1})",
        "P(z = w | y ~ {a: 1}, y ~ {a: 0.5})",
        "P(z = w | do(y = a, @y))",
    ):
        assert str(parse_question(text)) == text


# Every way to get it wrong: the text, the column (from 1), and what the message has to say

MISTAKES = [
    # What is no question at all
    ("", 1, "nothing is asked; write P(variable = state"),
    ("   ", 4, "nothing is asked"),
    ("grass = wet", 1, "a probability is written P(variable = state)"),
    ("'grass' = wet", 1, "a probability is written P("),
    ("history", 1, "is a condition; it stands behind the '|'"),
    ("do(x = 1)", 1, "is a condition"),
    ("Pr(y = a)", 1, "no function 'Pr' (did you mean 'P'?)"),
    ("p(y = a)", 1, "(did you mean 'P'?)"),
    ("ate(x = a -> y = b)", 1, "(did you mean 'ATE'?)"),
    ("Efect(x = a -> y = b)", 1, "(did you mean 'effect'?)"),
    ("foo(y = a)", 1, "no function 'foo'; there are P, PN"),
    ("types y", 1, "expected a number or P( )"),
    # What stands where something else should
    ("P y = a", 3, "expected '('"),
    ("P(y = a", 8, "but the text ends"),
    ("P(y = a))", 9, "this ')' closes nothing"),
    ("P()", 3, "expected a variable, not ')'"),
    ("P(y =)", 6, "expected a state, not ')'"),
    ("P(y = a | )", 11, "expected a condition, not ')'"),
    ("P(y = a | x = 1,)", 17, "expected a condition, not ')'"),
    ("P(y = a | x = 1 | z = 2)", 17, "there is one '|', and the conditions behind it are joined by commas"),
    ("P(y = a | x)", 11, "which state of 'x'? write x = state"),
    ("P(y = a | recrod)", 11, "(did you mean 'record'?)"),
    ("P(y = a | histroy before 1919)", 11, "(did you mean 'history'?)"),
    ("P(y = a | history befor 1919)", 19, "(did you mean 'before'?)"),
    ("P(y = a | baseline butt x = 1)", 20, "(did you mean 'but'?)"),
    ("P(x = s cause y = t)", 9, "(did you mean 'causes'?)"),
    ("P(y = a | do x = 1)", 14, "write do(x = state)"),
    ("P(y | do x = 1)", 10, "write do(x = state)"),
    ("P(do(x = 1))", 3, "is a condition and stands behind '|'"),
    ("P(y = a | row)", 14, "expected the name of a row"),
    ("P(y = a[x = 1])", 8, "a world stands behind the variable"),
    ("P(y[x = 1 = t)", 11, "expected '[', ',' or ']', not '='"),
    ("P(y in a)", 8, "expected '{'"),
    ("P(y in {})", 9, "expected a state, not '}'"),
    ("PN(x = s, y = t)", 16, "or '->', not ')'"),
    ("ATE(x: no -> yes, y = t)", 6, "write x = state, or @name for an intervention; the form is ATE(x = s -> y = t |"),
    ("ATE(x = s, y = t)", 17, "the form is ATE(x = s -> y = t | conditions), contrasted with the other state"),
    ("ATE(y = t | do(x = s))", 11, "the form is ATE(x = s -> y = t | conditions)"),
    ("NDE(x = no -> x = yes, y = t)", 22, "the form is NDE(x = s -> y = t | conditions)"),
    ("CDE(x = s -> y = t, m = v)", 19, "the form is CDE(x = s -> y = t | do(m = v))"),
    ("complements(a = s -> b = u -> y = t)", 28, "the form is complements(a = s, b = u -> y = t | conditions)"),
    ("effect(x = no -> yes)", 18, "the form is effect(x = s -> y = t | conditions), contrasted with nothing done"),
    ("PN(x = s -> y)", 13, "which state of 'y'?"),
    ("effect(x = s -> y)", 17, "which state of 'y'?"),
    ("P(x = s causes y)", 16, "which state of 'y'?"),
    ("P(x != s causes y = t)", 3, "a cause is one variable in one state"),
    ("P(x[z = 1] = s causes y = t)", 3, "a cause is one variable in one state"),
    ("P(y = a | do(x))", 15, "write x = state, or @name for an intervention"),
    ("P(y = a | do(x != 1))", 16, "write x = state"),
    ("P(y = a | only @x)", 16, "'only' takes plain states"),
    ("P(y = a | all but (z = 1, x = m[z = 1]))", 27, "'but' takes plain states"),
    # Signs and words of other notations
    ("P(y == a)", 5, "'==' is no sign of the language; write ="),
    ("P(y = a & z = b)", 9, "write a comma"),
    ("P(y = a && z = b)", 9, "write a comma"),
    ("P(y = a and z = b)", 9, "write a comma"),
    ("P(y = a | do(x = 1) and z = 2)", 21, "write a comma"),
    ("P(y = a or y = b)", 9, "in {a, b}"),
    ("P(y = a || y = b)", 9, "in {a, b}"),
    ("P(y = a :|: z = b)", 9, "write |"),
    ("P(y = a given z = b)", 9, "write |"),
    ("P(y is a)", 5, "write ="),
    ("P(y = a | x is b)", 13, "write ="),
    ("P(not y = a)", 7, "for 'not' write !="),
    ("P(y ≥ a)", 5, "write >="),
    ("P(y =< a)", 5, "write <="),
    ("P(y <> a)", 5, "write !="),
    ("PN(x = s → y = t)", 10, "write ->"),
    ("PN(x = s => y = t)", 10, "write ->"),
    ("P(y = “a”)", 7, 'write "'),
    ("1 − 0.5", 3, "write -"),
    ("2 ** 3", 3, "write a product"),
    ("P(y = #)", 7, "means nothing in a question"),
    ("P(y = a\u200b)", 8, "means nothing in a question"),
    # Names that need quotes
    ("P(y = none)", 7, 'as a name it goes in quotes: "none"'),
    ("P(in = a)", 3, 'as a name it goes in quotes: "in"'),
    ("P(record = yes)", 3, 'as a name it goes in quotes: "record"'),
    ("P(y = a | record = yes)", 18, 'goes in quotes: "record"'),
    ("P(y = very high)", 12, 'goes in quotes: "very high"'),
    ("P(y = pre-war)", 10, 'goes in quotes: "pre-war"'),
    ("P(y = <5)", 7, "a name that begins with a sign goes in quotes"),
    ("P(y = -1)", 7, "a name that begins with a sign goes in quotes"),
    ("P(y = 0.5)", 7, 'as a name it goes in quotes: "0.5"'),
    ("P(y = 2nd)", 7, 'as a name it goes in quotes: "2nd"'),
    ("P(y = 1.2.3)", 7, 'as a name it goes in quotes: "1.2.3"'),
    ("P(y = a.b)", 8, "a name that holds a point in quotes"),
    ('P(y = "a)', 7, 'the quote " is not closed'),
    ("P(y = 'a\\')", 7, "the quote ' is not closed"),
    ('P(y = "a\\n")', 9, "a backslash before 'n' means nothing"),
    # Numbers
    (".5", 1, "digits on both sides of the point"),
    ("5.", 2, "digits on both sides of the point"),
    ("-0.5", 1, "a number below 0 is written (0 - 0.1)"),
    ("P(y = a) < -0.5", 12, "a number below 0 is written"),
    ("1e999", 1, "too large"),
    ("1e5x", 1, "neither a number nor a plain word"),
    ("1_000", 1, "neither a number nor a plain word"),
    ("1 2", 3, "expected an operator (+ - * /), '>', '<' or the end"),
    ("()", 2, "expected '(', 'P' or a number"),
    ("(1 > 2)", 4, "not '>'"),
    ("1 +", 4, "but the text ends"),
    # Comparisons and effects
    ("P(y = a) = 0.5", 10, "two numbers are compared with > or <"),
    ("P(y = a) >= 0.5", 10, "two numbers are compared with > or <"),
    ("P(y = a) > 0.5 > 0.2", 16, "once"),
    ("effect(x = s -> y = t) > 0", 24, "effect( ) stands alone"),
    ("1 + effect(x = s -> y = t)", 5, "effect( ) stands alone"),
    # Whole distributions
    ("P(y, z)", 3, "a whole distribution is asked alone"),
    ("P(y = a, z)", 10, "a whole distribution is asked alone"),
    ("P(y) + 1", 1, "P(y) is a whole distribution, no number"),
    ("2 * (P(y))", 5, "P(y) is a whole distribution"),
    ("P(y) > 0.5", 1, "P(y) is a whole distribution"),
    ("0.5 < P(y)", 7, "P(y) is a whole distribution"),
    # Contradictions and repetitions
    ("P(y = a | do(x = 1, x = 2))", 21, "one value, not two: 'x = 1' and 'x = 2'"),
    ("P(y = a | do(x = 1, x = x[z = 1]))", 21, "one value, not two"),
    ("P(y = a | do(x = 1, x = 1))", 21, "'x = 1' stands twice"),
    ("P(y = a | do(@i, @i))", 18, "'@i' stands twice"),
    ("P(y[x = 1, x = 2] = a)", 12, "one value, not two"),
    ("P(y = a | all but (x = 1, x = 2))", 27, "one value, not two"),
    ("P(y = a, y = b)", 10, "for one of the two write y in {a, b}"),
    ("P(y = a, y = a)", 10, "'y = a' stands twice"),
    ("P(y = a | x = 1, x = 2)", 18, "'x' cannot be both '1' and '2'"),
    ("P(y = a | x != 1, x != 1)", 19, "'x != 1' stands twice"),
    ("P(y = a | x in {1, 2}, x in {2, 1})", 24, "stands twice"),
    ("P(y = a | x[u = 1, v = 1] = 1, x[v = 1, u = 1] = 2)", 32, "cannot be both"),
    ("P(y = a | do(x = 1), do(z = 1))", 22, "write one do(...)"),
    ("P(y = a | history, history before 1919)", 20, "'history' stands twice"),
    ("P(y = a | record, record)", 19, "'record' stands twice"),
    ("P(y = a | chance, x = 1, chance)", 26, "'chance' stands twice"),
    ("P(y = a | only x = 1, only z = 1)", 23, "'only' stands twice"),
    ("P(y in {a, a})", 12, "'a' stands twice in one list"),
    ("P(y = a | x ~ {a: 1, a: 2})", 22, "'a' has two likelihoods"),
    ("P(y = a | x ~ {a: 1}, x ~ {a: 1})", 23, "'x ~ {a: 1}' stands twice"),
    # Soft evidence
    ("P(y = a | x ~ {a: 0, b: 0})", 15, "at least one likelihood is above 0"),
    ("P(y = a | x ~ {a: -1})", 19, "expected a number, not '-'"),
    ("P(y = a | x ~ {a 1})", 18, "expected ':', not '1'"),
    ("P(y = a | x ~ {})", 16, "expected a state"),
    ("P(x ~ {a: 1})", 5, "not '~'"),
    # Dates
    ("P(y = a | history before spring)", 26, "expected a date such as 1922"),
    ("P(y = a | history before)", 25, "expected a date such as 1922"),
    ("P(y = a | history before 1922-13)", 26, "no date of the calendar"),
    ("P(y = a | history before 22.4.1922)", 26, "is no date; write 1919"),
    ("P(y = a | history before 1922/1921)", 26, "ends before it begins"),
    ("P(y = a | history before 1922–04)", 30, "write -"),
    ("P(y = a | history before 1922, , x = 1)", 32, "expected a condition, not ','"),
]


@pytest.mark.parametrize(("text", "column", "says"), MISTAKES, ids=[repr(text) for text, _, _ in MISTAKES])
def test_says_what_is_wrong_and_where(text: str, column: int, says: str) -> None:
    with pytest.raises(QuestionSyntaxError) as caught:
        parse_question(text)
    assert says in caught.value.reason
    assert caught.value.column == column
    assert caught.value.text == text
    with pytest.raises(QuestionSyntaxError):
        parse_about(text)


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        ("", 1, "expected a variable"),
        ("grass", 1, "which state of 'grass'?"),
        ("grass == wet", 7, "write ="),
        ("grass is wet", 7, "write ="),
        ("P(grass = wet)", 2, "expected '[' or a comparison"),
        ("grass = wet, rain = heavy", 12, "expected the end"),
        ("grass = wet)", 12, "closes nothing"),
    ],
)
def test_refuses_what_is_no_outcome(text: str, column: int, says: str) -> None:
    with pytest.raises(QuestionSyntaxError) as caught:
        parse_event(text)
    assert says in caught.value.reason
    assert caught.value.column == column


def test_the_caret_stands_below_the_column() -> None:
    with pytest.raises(QuestionSyntaxError) as caught:
        parse_question("P(y == a)")
    assert str(caught.value) == "'==' is no sign of the language; write =\n  P(y == a)\n      ^"


def test_the_caret_stays_in_place_in_a_long_text_of_several_lines() -> None:
    text = "P(y = a,\n" + "x = b, " * 3 + "\x1b[31m" + " " * 300 + ")"
    with pytest.raises(QuestionSyntaxError) as caught:
        parse_question(text)
    lines = str(caught.value).split("\n")
    assert len(lines) == 3
    assert all(line.isprintable() and len(line) <= 120 for line in lines)
    far = "P(" + "x" * 300 + " == a)"
    with pytest.raises(QuestionSyntaxError) as caught:
        parse_question(far)
    _, line, caret = str(caught.value).split("\n")
    assert line[caret.index("^") :].startswith("== a)")


# Limits


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000,
        "(" * 3000 + "1" + ")" * 3000,
        "P(y[a = " * 1000,
        "P(y[a = " + "b[a = " * 1500,
        "{" * 5000,
        "effect(" * 1000,
    ],
    ids=["open", "parentheses", "worlds", "follows", "braces", "effects"],
)
def test_depth_is_an_error_of_the_text(text: str) -> None:
    with pytest.raises(QuestionSyntaxError):
        parse_question(text)


def test_depth_up_to_the_limit_is_read_printed_and_walked() -> None:
    assert parse_question("(" * MAX_DEPTH + "1" + ")" * MAX_DEPTH) == Number(1)
    with pytest.raises(QuestionSyntaxError, match=f"more than {MAX_DEPTH} brackets"):
        parse_question("(" * (MAX_DEPTH + 1) + "1" + ")" * (MAX_DEPTH + 1))
    inner = MAX_DEPTH - 2
    deep = parse_question("P(y[a = " + "b[a = " * inner + "c" + "]" * inner + "] = t)")
    assert parse_question(str(deep)) == deep
    assert sum(isinstance(node, Follow) for node in walk(deep)) == inner


def test_a_chain_up_to_the_limit_is_read_printed_hashed_and_walked() -> None:
    chain = parse_question("1" + " + 1" * MAX_OPERATORS)
    assert parse_question(str(chain)) == chain
    assert hash(chain) == hash(parse_question(str(chain)))
    assert len(list(walk(chain))) == 2 * MAX_OPERATORS + 1
    with pytest.raises(QuestionSyntaxError, match=f"more than {MAX_OPERATORS} operators") as caught:
        parse_question("1" + " + 1" * (MAX_OPERATORS + 1))
    assert caught.value.column == 3 + 4 * MAX_OPERATORS


def test_length_up_to_the_limit_is_read() -> None:
    text = "P(y = a)"
    assert parse_question(text + " " * (MAX_LENGTH - len(text))) == parse_question(text)
    with pytest.raises(QuestionSyntaxError, match=f"{MAX_LENGTH + 1} characters; at most {MAX_LENGTH}"):
        parse_question(text + " " * (MAX_LENGTH + 1 - len(text)))


@pytest.mark.parametrize(
    "text",
    [
        '"' + "\\" * 9_999,
        "'" + "a\\'" * 3_333,
        "1" * 9_999 + "x",
        "1." * 4_999,
        "P(y = a | history before " + "1922-" * 1_990,
        "P(y = a | history before 1922" + " " * 9_900,
        "x" * 10_000,
        "P(" + "x = a, " * 1_400,
        "P(y in {" + "".join(f"s{number}, " for number in range(1_400)),
    ],
    ids=range(9),
)
def test_nothing_takes_long_to_refuse(text: str) -> None:
    """A search that backtracks would not come back from these."""
    with pytest.raises(QuestionSyntaxError):
        parse_question(text)


# Properties: whatever can be built is printed as text that reads back as the same value

ODD = [
    *"none P PN in history before and <5 a\"b it's \\ \\\\ a\\ 1 007 1e5 0.5 2nd ١٩ 1٣ ² год e\u0301 ” a|b @i".split(),
    *("_", "%", "", " ", "a b", "a\nb", "x = s", "\U0001d54f"),
]
NAMES = st.sampled_from(ODD) | st.sampled_from(["x", "y", "z", "s", "t"]) | st.text(max_size=6)
NUMBERS = st.sampled_from([0.0, 1.0, 0.1, 1e-7, 1e20, 1e15, 5e-324, 1.7976931348623157e308]) | st.floats(
    min_value=0, allow_nan=False, allow_infinity=False
)
DAYS = st.dates().flatmap(lambda day: st.sampled_from([f"{day:%Y}".zfill(4), day.isoformat()[:7], day.isoformat()]))
SPANS = (DAYS | st.just("1918-11/1921-03") | st.just("1918 /\t1921-03-01")).map(Span.parse)
ASSIGNS = st.builds(Assign, NAMES, NAMES)


def item_key(item: Assign | Follow | Named) -> tuple[bool, str]:
    """Return what may stand once in a set."""
    return (True, item.intervention) if isinstance(item, Named) else (False, item.variable)


def condition_key(condition: Condition) -> object:
    """Return what may stand once among conditions (a little stricter than the grammar)."""
    return (type(condition), condition.variable) if isinstance(condition, Event | Soft) else type(condition)


# Composites rather than one expression, since a strategy is warned about when its text grows long.


@st.composite
def sets(draw: st.DrawFn, depth: int = 2) -> Setting:
    """Draw a set whose worlds are nested at most so deep."""
    items: st.SearchStrategy[Assign | Follow | Named] = ASSIGNS | st.builds(Named, NAMES)
    if depth:
        items |= st.builds(Follow, NAMES, NAMES, sets(depth - 1))
    return Setting(tuple(draw(st.lists(items, min_size=1, max_size=3, unique_by=item_key))))


@st.composite
def stated(draw: st.DrawFn) -> Event:
    """Draw an event that says a state."""
    op = draw(st.sampled_from(OPERATORS))
    states = draw(st.lists(NAMES, min_size=1, max_size=3 if op == "in" else 1, unique=True))
    return Event(draw(NAMES), op, tuple(states), draw(st.none() | sets()))


@st.composite
def assigns(draw: st.DrawFn, least: int = 0) -> tuple[Assign, ...]:
    """Draw what ``but`` and ``only`` take."""
    return tuple(draw(st.lists(ASSIGNS, min_size=least, max_size=3, unique_by=item_key)))


@st.composite
def soft(draw: st.DrawFn) -> Soft:
    """Draw soft evidence, some likelihood of which is above 0."""
    weights = draw(st.dictionaries(NAMES, NUMBERS, min_size=1, max_size=3).filter(lambda found: any(found.values())))
    return Soft(draw(NAMES), tuple(weights.items()))


@st.composite
def conditions(draw: st.DrawFn) -> tuple[Condition, ...]:
    """Draw what stands behind the bar, which may be nothing."""
    condition = st.one_of(
        stated(),
        soft(),
        st.builds(Do, sets()),
        st.builds(History, st.none() | SPANS),
        st.sampled_from([Record(), Chance(), NoCause()]),
        st.builds(Row, NAMES),
        st.builds(Baseline, assigns()),
        st.builds(All, assigns()),
        st.builds(Only, assigns(1)),
    )
    return tuple(draw(st.lists(condition, max_size=3, unique_by=condition_key)))


@st.composite
def probabilities(draw: st.DrawFn) -> Probability:
    """Draw a probability that is one number."""
    events = draw(st.lists(stated(), min_size=1, max_size=3, unique_by=condition_key))
    return Probability(tuple(events), draw(conditions()))


@st.composite
def distributions(draw: st.DrawFn) -> Probability:
    """Draw a question for a whole distribution."""
    return Probability((Event(draw(NAMES), world=draw(st.none() | sets())),), draw(conditions()))


SUMS = st.recursive(
    st.builds(Number, NUMBERS)
    | probabilities()
    | st.builds(Causes, ASSIGNS, stated())
    | st.builds(Quantity, st.sampled_from(QUANTITIES), sets(), stated(), conditions()),
    lambda inner: st.builds(Arithmetic, st.sampled_from("+-*/"), inner, inner),
    max_leaves=4,
)
ABOUT = st.one_of(
    SUMS,
    distributions(),
    st.builds(Comparison, st.sampled_from("<>"), SUMS, SUMS),
    st.builds(Effect, sets(), stated(), conditions()),
    st.builds(TypesOf, NAMES),
)

FEW = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
MANY = settings(FEW, max_examples=10_000)


def check_round_trip(question: Question) -> None:
    """Assert that the text of a question reads back as an equal question, with the same text."""
    text = str(question)
    again = parse_about(text)
    assert again == question
    assert str(again) == text


@FEW
@given(ABOUT)
def test_text_reads_back(question: Question) -> None:
    check_round_trip(question)


@pytest.mark.long
@MANY
@given(ABOUT)
def test_text_reads_back_many_times(question: Question) -> None:
    check_round_trip(question)


@FEW
@given(stated())
def test_the_text_of_an_event_reads_back(event: Event) -> None:
    assert parse_event(str(event)) == event


@FEW
@given(st.dates(min_value=dt.date(1000, 1, 1)))
def test_a_day_reads_back(day: dt.date) -> None:
    question = parse_question(f"P(y = a | history before {day.isoformat()}, x = 1)")
    assert isinstance(question, Probability)
    assert question.given[0] == History(Span(day, day, day.isoformat()))


# Fuzz: nothing but a question or a QuestionSyntaxError comes out

LEXEMES = st.sampled_from(
    "P PN ( ) ( ) [ ] { } , | : ~ @ + - * / % -> = != < <= > >= in do effect types causes history before record chance "
    "row baseline but none only all x y s 1 0.5 1919-03 and == :|: . \" ' \\ “ 1e 9e999 ² \u0301 # \n".split(" ")
)
SOUP = st.lists(LEXEMES, max_size=30).map(" ".join) | st.lists(LEXEMES, max_size=30).map("".join)
TEXTS = [text for text, _ in CONSTRUCTS]


@st.composite
def spoiled(draw: st.DrawFn) -> str:
    """Draw a right question with a piece cut out and another put in."""
    text = draw(st.sampled_from(TEXTS))
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, min(len(text), start + 4)))
    return text[:start] + draw(LEXEMES | st.text(max_size=3)) + text[end:]


ANY_TEXT = st.text(max_size=60) | st.text(st.characters(codec=None), max_size=20) | SOUP | spoiled()


def check_reads_or_refuses(text: str) -> None:
    """Assert that a text is read as a question that prints, or refused with a place inside the text."""
    refused: QuestionSyntaxError | None = None
    try:
        check_round_trip(parse_about(text))
    except QuestionSyntaxError as error:
        refused = error
    if refused:
        assert refused.text == text  # not the printed question, which has to read back
        assert 1 <= refused.column <= len(text) + 1
        assert refused.reason


@FEW
@given(ANY_TEXT)
def test_any_text_is_read_or_refused(text: str) -> None:
    check_reads_or_refuses(text)


@pytest.mark.long
@MANY
@given(ANY_TEXT)
def test_any_text_is_read_or_refused_many_times(text: str) -> None:
    check_reads_or_refuses(text)
