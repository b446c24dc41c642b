"""Text to question: one function for each line of the grammar, no backtracking, no eval.

    judgement = sum [ (">" | "<") sum ]  |  "effect(" set "->" event [ "|" condition { "," condition } ] ")"
    sum       = product { ("+" | "-") product }             product = factor { ("*" | "/") factor }
    factor    = number | "(" sum ")" | "P(" event { "," event } [ "|" condition { "," condition } ] ")"
              | "P(" assign "causes" event ")"
              | name "(" set "->" event [ "|" condition { "," condition } ] ")"      name: PN PS PNS ATE ETT NDE NIE CDE

Inside P( ) the signs < and > compare a variable with a state, outside they compare two numbers: which of the two is
plain from the nesting. A number is digits, perhaps a fraction and an exponent, perhaps a per cent sign; a minus sign
is an operator only. What is wrong in every model is refused here (a whole distribution where one number is needed);
what is wrong in one model is names.py's, what no mechanism answers is the engine's. conditions.py has events, sets and
conditions; tokens.py the words, the limits and the wording of errors.
"""

from __future__ import annotations

from causal.errors import QuestionSyntaxError, nearest
from causal.spec.conditions import (
    CONDITIONS,
    read_event,
    read_given,
    read_setting,
    read_stated_event,
    refuse_clashes,
)
from causal.spec.question import (
    PAIRS,
    QUANTITIES,
    Arithmetic,
    Assign,
    Causes,
    Comparison,
    Condition,
    Effect,
    Event,
    Number,
    Probability,
    Quantity,
    Question,
    Setting,
    Sum,
    TypesOf,
    name_text,
)
from causal.spec.tokens import Cursor, Token

MUDDLED = (":", ",", "->", "|", ")")  # where the parts of a named quantity are muddled, one of these stands
MAX_OPERATORS = 100  # + - * / in one question: a chain of them is a tree as deep as it is long


def parse_question(text: str) -> Question:
    """Read a question.

    Raises QuestionSyntaxError, and nothing else, whatever the text; its ``column`` counts from 1.

    >>> question = parse_question("P(grass=wet|do(rain=heavy),history before 1919)")
    >>> print(question)
    P(grass = wet | do(rain = heavy), history before 1919)
    >>> parse_question(str(question)) == question
    True
    """
    at = Cursor(text)
    if at.sees("types") and at.followed_by("("):
        raise at.error("types( ) is judged in prior files, it cannot be asked; ask P( )")
    return _judgement(at)


def parse_about(text: str) -> Question:
    """Read what a judgement is about: a question, or the response types of a variable.

    >>> parse_about("types(grass)")
    TypesOf(variable='grass')
    """
    at = Cursor(text)
    if not at.accept("types"):
        return _judgement(at)
    at.expect("(")
    variable = at.name("a variable")
    at.expect(")")
    return _ended(at, TypesOf(variable))


def parse_event(text: str) -> Event:
    """Read one event that says a state, as a model's ``outcome`` does.

    >>> parse_event("grass = wet")
    Event(variable='grass', op='=', states=('wet',), world=None)
    """
    at = Cursor(text)
    return _ended(at, read_stated_event(at))


def _ended[T](at: Cursor, value: T) -> T:
    if at.token.kind == "end":
        return value
    if at.token.lexeme in (")", "]", "}"):
        raise at.error(f"this {at.token} closes nothing")
    raise at.unexpected("the end")


def _judgement(at: Cursor) -> Question:
    if at.token.kind == "end":
        raise at.error("nothing is asked; write P(variable = state | conditions)")
    if at.sees("effect"):
        return _effect(at)
    first = at.token
    left = _sum(at)
    sign = at.accept(">", "<")
    if sign is None:
        return _ended(at, left)
    second = at.token
    question = Comparison(sign.name, _one_number(at, left, first), _one_number(at, _sum(at), second))
    if at.sees(">", "<"):
        raise at.error("a question compares two numbers, once; judge the second comparison by itself")
    return _ended(at, question)


def _effect(at: Cursor) -> Effect:
    effect = Effect(*_setting_and_event(at))
    if at.sees("+", "-", "*", "/", "<", ">"):
        raise at.error("effect( ) stands alone; to reckon with it write P(event | do(set)) - P(event)")
    return _ended(at, effect)


def _sum(at: Cursor) -> Sum:
    first = at.token
    left = _product(at)
    while sign := at.accept("+", "-", shown="an operator (+ - * /)"):
        second = at.token
        left = _joined(at, sign, (left, first), (_product(at), second))
    return left


def _product(at: Cursor) -> Sum:
    first = at.token
    left = _factor(at)
    while sign := at.accept("*", "/", shown="an operator (+ - * /)"):
        second = at.token
        left = _joined(at, sign, (left, first), (_factor(at), second))
    return left


def _joined(at: Cursor, sign: Token, left: tuple[Sum, Token], right: tuple[Sum, Token]) -> Arithmetic:
    at.operators += 1
    if at.operators > MAX_OPERATORS:
        raise at.error(f"more than {MAX_OPERATORS} operators; split the question", sign)
    return Arithmetic(sign.name, _one_number(at, *left), _one_number(at, *right))


def _one_number(at: Cursor, value: Sum, start: Token) -> Sum:
    if isinstance(value, Probability) and value.events[0].op is None:
        whole = name_text(value.events[0].variable)
        raise at.error(f"P({whole}) is a whole distribution, no number; say which state: P({whole} = state)", start)
    return value


def _factor(at: Cursor) -> Sum:
    if at.token.kind in ("digits", "number"):
        return Number(at.number())
    if at.accept("("):
        inner = _sum(at)
        at.expect(")")
        return inner
    if at.sees("P"):
        return _probability(at)
    if at.token.lexeme in QUANTITIES:
        name = at.token.name
        return Quantity(name, *_setting_and_event(at))
    raise _no_factor(at)


def _no_factor(at: Cursor) -> QuestionSyntaxError:
    """Say what should stand where a number should, but does not."""
    token = at.token
    if token.lexeme in ("-", "+"):
        return at.error(f"a {token} stands between two numbers only; a number below 0 is written (0 - 0.1)")
    if token.lexeme == "effect":
        return at.error("effect( ) stands alone; to reckon with it write P(event | do(set)) - P(event)")
    if token.lexeme in CONDITIONS:
        return at.error(f"{token} is a condition; it stands behind the '|' of P(variable = state | ...)")
    if token.kind == "word" and at.followed_by("("):
        functions = ["P", *QUANTITIES]
        meant = "P" if token.name.lower().startswith("pr") else token.name.upper()
        close = nearest(meant, functions) or nearest(token.name.lower(), ["effect"])
        return at.error(f"no function {token}{close}; there are {', '.join(functions)} and, alone, effect")
    if token.kind in ("word", "quoted"):
        return at.error(f"expected a number or P( ), not {token}; a probability is written P(variable = state)")
    return at.unexpected("a number")


def _probability(at: Cursor) -> Probability | Causes:
    at.expect("P")
    at.expect("(")
    found = [(at.token, read_event(at))]
    if at.accept("causes"):
        return _causes(at, *found[0])
    while at.accept(","):
        found.append((at.token, read_event(at)))
    for token, event in found:
        if event.op is None and len(found) > 1:
            whole = name_text(event.variable)
            message = f"a whole distribution is asked alone; say a state, {whole} = state, or ask P({whole})"
            raise at.error(message, token)
    refuse_clashes(at, found)
    given = read_given(at)
    at.expect(")")
    return Probability(tuple(event for _, event in found), given)


def _causes(at: Cursor, start: Token, cause: Event) -> Causes:
    if cause.op != "=" or cause.world:
        raise at.error(f"a cause is one variable in one state: {name_text(cause.variable)} = state", start)
    effect = read_stated_event(at)
    at.expect(")")
    return Causes(Assign(cause.variable, cause.states[0]), effect)


def _setting_and_event(at: Cursor) -> tuple[Setting, Event, tuple[Condition, ...]]:
    """Read ``name(set -> event | conditions)``, standing on the name; where its parts are muddled, show them."""
    name = at.advance().name
    try:
        at.expect("(")
        setting = read_setting(at)
        at.expect("->")
        event = read_stated_event(at)
        given = read_given(at)
        at.expect(")")
    except QuestionSyntaxError as error:
        if at.token.lexeme not in MUDDLED:
            raise
        raise QuestionSyntaxError(f"{error.reason}; {_form(name)}", error.text, error.column) from None
    return setting, event, given


def _form(name: str) -> str:
    """Return how a named quantity is written, and that what it is contrasted with is not written at all."""
    causes = "a = s, b = u" if name in PAIRS else "x = s"
    held = "do(m = v)" if name == "CDE" else "conditions"
    other = "nothing done" if name == "effect" else "the other state, or the baseline, by itself"
    return f"the form is {name}({causes} -> y = t | {held}), contrasted with {other}"
