r"""The words of a question, one at a time: what stands here, and what could have stood here instead.

    kind     written                     may be
    word     season   год   does_it      a name, or a word of the language
    digits   1919   1                    a name or a number
    number   0.5   1e-7                  a number (a name only in quotes)
    quoted   "<5"   'a "b"'   "a\\b"     a name, whatever it holds; ``\\ \" \'`` are the escapes
    sign     ( ) [ ] { } , | : ~ @ + - * / % -> = != < <= > >=
    end      nothing

A ``Cursor`` stands on one token and reads the next only when it is asked to, so that the first thing wrong in a text
is what the error is about. It remembers every lexeme it was asked for in vain: that list is the error message.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import NamedTuple

from causal.errors import QuestionSyntaxError, nearest
from causal.spec.dates import Span
from causal.spec.question import PLAIN, RESERVED, name_text

MAX_LENGTH = 10_000  # characters; a question is a line, not a file
MAX_DEPTH = 50  # open brackets, so that no text can exhaust the stack

# The words that a name may not be without quotes. P, PN ... are known by the "(" behind them, so as names they may.
KEYWORDS = frozenset(word for word in RESERVED if word.islower())

_OR = "one event with in {a, b}, or a rule variable in the model (the language has no 'or')"
_POINT = "a number with digits on both sides of the point, as 0.5, and a name that holds a point in quotes"

# What other notations write, and what to write here.
FOREIGN_SIGNS = {
    "==": "=", ":=": "=", "<>": "!=", "≠": "!=", "!": "!=", "¬": "!=", "=<": "<=", "≤": "<=", "≥": ">=",
    "=>": "-> (or >=)", "→": "->", "⇒": "->", "⟶": "->",
    "&": "a comma", "&&": "a comma", "∧": "a comma", ";": "a comma", "||": _OR, "∨": _OR,
    ":|:": "|", "∣": "|", "｜": "|", "∈": "in { }", "**": "a product", "^": "a product",
    "−": "-", "–": "-", "—": "-", "×": "*", "·": "*", "÷": "/", ".": _POINT,
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'",
}  # fmt: skip
FOREIGN_WORDS = {
    "and": "a comma", "given": "|", "if": "|", "is": "=", "equals": "=", "or": _OR, "not": "!=", "to": "->",
    "over": "/", "times": "*", "minus": "-", "plus": "+", "than": "nothing there",
}  # fmt: skip

# Possessive quantifiers (``++``): none of these can backtrack, whatever the text.
_SPACE = re.compile(r"\s*+")
_RUN = re.compile(r"\w++")
_NUMBER = re.compile(r"[0-9]++(?:\.[0-9]++)?+(?:[eE][+-]?[0-9]++)?+")
_MORE = re.compile(r"\.?\w")  # behind a number: it is none
_MIXED = re.compile(r"\w++(?:\.\w++)*+")
_QUOTED = re.compile(r'"(?:[^"\\]++|\\.)*+"' + r"|'(?:[^'\\]++|\\.)*+'", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_SIGN = re.compile(r"->|!=|<=|>=|[][(){}=<>,|:~@+*/%-]")
_FOREIGN = re.compile("|".join(re.escape(sign) for sign in sorted(FOREIGN_SIGNS, key=len, reverse=True)))
# What nearly all tokens are, in one match: whatever this does not match is looked at closely.
_COMMON = re.compile(
    r"""\s*+(?:(?P<word>[^\W\d]\w*+)|(?P<sign>[](){},@+]|=(?![=<>])|\|(?!\|))|"(?P<quoted>[^"\\]*+)")"""
)
_BRACKETS = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}
_DATE = re.compile(r"\d[\w.:-]*+(?:\s*+/\s*+\d[\w.:-]*+)?+")


class Token(NamedTuple):
    """One word of a text: ``text[start:end]`` is how it was written, ``name`` what it says without its quotes."""

    kind: str
    name: str
    start: int
    end: int

    @property
    def lexeme(self) -> str:
        """The word or sign of the language that this may be; empty for a name in quotes, a number or the end."""
        return self.name if self.kind in ("word", "sign") else ""

    def __str__(self) -> str:
        return "the end" if self.kind == "end" else repr(self.name if len(self.name) <= 40 else f"{self.name[:39]}…")


def token_at(text: str, position: int) -> Token:
    """Return the first token at or after a position; raise QuestionSyntaxError where there can be none."""
    common = _COMMON.match(text, position)
    if common is not None:
        kind = common.lastgroup or ""
        start, end = common.span(kind)
        return Token(kind, common[kind], *((start - 1, end + 1) if kind == "quoted" else (start, end)))
    space = _SPACE.match(text, position)
    start = space.end() if space else position
    if start == len(text):
        return Token("end", "", start, start)
    if text[start] in "\"'":
        return _quoted(text, start)
    if _RUN.match(text, start):
        return _word(text, start)
    foreign, sign = _FOREIGN.match(text, start), _SIGN.match(text, start)
    if foreign and not (sign and sign.end() >= foreign.end()):
        message = f"{foreign.group()!r} is no sign of the language; write {FOREIGN_SIGNS[foreign.group()]}"
        raise QuestionSyntaxError(message, text, start + 1)
    if sign:
        return Token("sign", sign.group(), start, sign.end())
    message = f"{text[start]!r} means nothing in a question; a name that holds it goes in quotes"
    raise QuestionSyntaxError(message, text, start + 1)


def _quoted(text: str, start: int) -> Token:
    match = _QUOTED.match(text, start)
    if match is None:
        raise QuestionSyntaxError(f"the quote {text[start]} is not closed", text, start + 1)
    inside = match.group()[1:-1]
    for escape in _ESCAPE.finditer(inside):
        if escape[1] not in "\\\"'":
            message = (
                f"a backslash before {escape[1]!r} means nothing; a backslash is written \\\\, a quote \\{text[start]}"
            )
            raise QuestionSyntaxError(message, text, start + 2 + escape.start())
    return Token("quoted", _ESCAPE.sub(r"\1", inside), start, match.end())


def _word(text: str, start: int) -> Token:
    run, number = _RUN.match(text, start), _NUMBER.match(text, start)
    assert run is not None
    if number and number.end() >= run.end():
        if not _MORE.match(text, number.end()):
            kind = "digits" if number.group().isdigit() else "number"
            return Token(kind, number.group(), start, number.end())
    elif PLAIN.fullmatch(run.group()):
        return Token("word", run.group(), start, run.end())
    mixed = _MIXED.match(text, start)
    assert mixed is not None
    message = f'{mixed.group()!r} is neither a number nor a plain word; as a name it goes in quotes: "{mixed.group()}"'
    raise QuestionSyntaxError(message, text, start + 1)


class Cursor:
    """A place in a text: the token there, the one before it, and what was looked for here in vain."""

    def __init__(self, text: str) -> None:
        if len(text) > MAX_LENGTH:
            message = f"a question of {len(text)} characters; at most {MAX_LENGTH} can be read"
            raise QuestionSyntaxError(message, text, MAX_LENGTH + 1)
        self.text = text
        self.open = 0  # brackets not yet closed
        self.operators = 0  # + - * / so far, counted by the grammar
        self.previous = Token("end", "", 0, 0)
        self.token = token_at(text, 0)
        self._missed: list[tuple[tuple[str, ...], str]] = []

    def error(self, message: str, token: Token | None = None) -> QuestionSyntaxError:
        """Return an error that points at a token, the present one if none is given."""
        return QuestionSyntaxError(message, self.text, (token or self.token).start + 1)

    def advance(self) -> Token:
        """Step over the present token and return it."""
        passed = self.token
        if passed.kind == "sign" and passed.name in _BRACKETS:
            self.open += _BRACKETS[passed.name]
            if self.open > MAX_DEPTH:
                raise self.error(f"more than {MAX_DEPTH} brackets within each other; split the question")
        self._stand_at(passed.end)
        return passed

    def _stand_at(self, position: int) -> None:
        self.previous = self.token
        self.token = token_at(self.text, position)
        self._missed = []

    def sees(self, *lexemes: str, shown: str = "") -> bool:
        """Tell whether one of these words or signs stands here; if not, remember them (as ``shown``) as expected."""
        if self.token.lexeme in lexemes:
            return True
        self._missed.append((lexemes, shown))
        return False

    def _expected(self) -> list[str]:
        """Return what was looked for here in vain, each once."""
        found = (shown or repr(lexeme) for lexemes, shown in self._missed for lexeme in lexemes)
        return list(dict.fromkeys(found))

    def accept(self, *lexemes: str, shown: str = "") -> Token | None:
        """Step over one of these words or signs and return it, or stay and return None."""
        return self.advance() if self.sees(*lexemes, shown=shown) else None

    def expect(self, lexeme: str) -> Token:
        """Step over this word or sign; it is an error if anything else stands here."""
        if not self.sees(lexeme):
            raise self.unexpected()
        return self.advance()

    def followed_by(self, sign: str) -> bool:
        """Tell whether the token after the present one begins with a sign."""
        space = _SPACE.match(self.text, self.token.end)
        return space is not None and self.text.startswith(sign, space.end())

    def name(self, what: str) -> str:
        """Read a name; ``what`` says of what, for the error."""
        token = self.token
        if token.kind in ("quoted", "digits") or token.kind == "word" and token.name not in KEYWORDS:
            return self.advance().name
        if token.kind in ("word", "number"):
            known = "reserved word" if token.kind == "word" else "number"
            quoted = f'as a name it goes in quotes: "{token.name}"'
            raise self.error(f"expected {what}, not the {known} {token.name!r}; {quoted}")
        error = self.unexpected(what)
        if token.lexeme in ("<", "<=", ">", ">=", "+", "-", "*", "/", "%", "~"):
            raise self.error(f"{error.reason}; a name that begins with a sign goes in quotes")
        raise error

    def number(self) -> float:
        """Read a number: digits, perhaps a fraction and an exponent, perhaps a per cent sign."""
        token = self.token
        if token.kind not in ("digits", "number"):
            raise self.unexpected("a number")
        self.advance()
        value = float(token.name)
        if not math.isfinite(value):
            raise self.error("this number is too large", token)
        if self.token.lexeme != "%":
            return value
        self.advance()
        # Decimal shifts the point exactly: 2.2 % is the double nearest to 0.022, which 2.2 / 100 is not.
        return float(Decimal(token.name).scaleb(-2)) if value else value

    def date(self) -> Span:
        """Read the date behind the present token, which is the word ``before``."""
        space = _SPACE.match(self.text, self.token.end)
        match = _DATE.match(self.text, space.end() if space else self.token.end)
        if match is None:
            self.advance()
            raise self.unexpected("a date such as 1922, 1922-04 or 1922-04-03")
        try:
            span = Span.parse(match.group())
        except ValueError as error:
            raise QuestionSyntaxError(str(error), self.text, match.start() + 1) from error
        self._stand_at(match.end())
        return span

    def unexpected(self, *instead: str) -> QuestionSyntaxError:
        """Return the error that what stands here is none of what was looked for, nor one of ``instead``."""
        expected = [*self._expected(), *instead]
        listed = " or ".join(part for part in (", ".join(expected[:-1]), expected[-1]) if part)
        found = "but the text ends" if self.token.kind == "end" else f"not {self.token}"
        return self.error(f"expected {listed}, {found}{self._advice()}")

    def _advice(self) -> str:
        """Return what to write instead, as far as that can be guessed from the two tokens here."""
        token, previous = self.token, self.previous
        if token.lexeme in FOREIGN_WORDS:
            return f"; write {FOREIGN_WORDS[token.lexeme]}"
        if token.kind == "word":
            close = nearest(token.name.lower(), [miss.strip("'") for miss in self._expected()])
            if close:
                return close
        if previous.lexeme == "not" and token.kind == "word":
            return f"; for 'not' write !=, and a name of more than one word goes in quotes: {name_text(self._phrase())}"
        if previous.lexeme in FOREIGN_WORDS:
            return f"; for {previous} write {FOREIGN_WORDS[previous.lexeme]}"
        if previous.lexeme in KEYWORDS and token.lexeme in ("=", "!=", "[", "~"):
            return f'; a name like {previous.name!r} goes in quotes: "{previous.name}"'
        if self.open == 0 and token.lexeme in ("=", "!=", "<=", ">="):
            return "; two numbers are compared with > or <"
        if token.lexeme == "|" and "','" in self._expected():
            return "; there is one '|', and the conditions behind it are joined by commas"
        named = previous.kind in ("word", "digits") and previous.lexeme not in KEYWORDS
        if self.open and named and "':'" not in self._expected() and self._goes_on():
            return f"; a name that is no plain word goes in quotes: {name_text(self._phrase())}"
        return ""

    def _goes_on(self) -> bool:
        """Tell whether the present token looks like the rest of an unquoted name (``very high``, ``pre-war``)."""
        return self.token.kind in ("word", "digits", "number") or self.token.lexeme in ("-", "+", "/", "*", "%", ":")

    def _phrase(self) -> str:
        """Return the previous token and what follows it up to the next sign that ends a name, at most 40 characters."""
        rest = self.text[self.previous.start : self.previous.start + 40]
        return re.split(r"""[][(){},|=<>~@"'\\]""", rest, maxsplit=1)[0].strip()
