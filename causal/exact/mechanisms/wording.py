"""Which words address which mechanism, so that using another's is an error that names the right one.

word                   belongs to
baseline [but ...]     logistic
none, only ...         noisy-or
all [but ...]          noisy-and
row ...                table with named rows
x causes y             noisy-or
"""

from __future__ import annotations

from causal.errors import QueryError
from causal.spec.model import KINDS, Logistic, Model, NoisyAnd, NoisyOr, Table, Variable
from causal.spec.question import All, Assign, Baseline, Condition, NoCause, Only, Row

ADDRESSES = (Baseline, NoCause, Only, All, Row)

RIGHT_WORDS = {
    Logistic: "'baseline' or 'baseline but x = s'",
    NoisyOr: "'none', 'only x = s' or 'P(x = s causes y = t)'",
    NoisyAnd: "'all' or 'all but x = s'",
    Table: "the state of every parent",
}


def wrong_word(variable: Variable, word: Condition) -> QueryError:
    """Return the error for a word of another mechanism."""
    kind = KINDS[type(variable.mechanism)]
    return QueryError(f"{word!s} does not address {variable.name}, a {kind}; ask it with {right_words(variable)}")


def right_words(variable: Variable) -> str:
    """Return the words that address a variable's mechanism."""
    if isinstance(variable.mechanism, Table) and variable.mechanism.rows:
        return " or ".join(f"'row {name}'" for name in variable.mechanism.rows)
    return RIGHT_WORDS.get(type(variable.mechanism), "conditions on its parents")


def depart(model: Model, variable: Variable, base: dict[str, str], but: tuple[Assign, ...]) -> dict[str, str]:
    """Return ``base`` with the departures put in; each must be a parent that has parameters, in another state."""
    changed = dict(base)
    for assign in but:
        if assign.variable not in base:
            known = ", ".join(base)
            raise QueryError(f"{assign.variable} is no parent of {variable.name} with parameters; these are {known}")
        if assign.state == base[assign.variable]:
            raise QueryError(f"{assign.variable} = {assign.state} is no departure for {variable.name}: it is the base")
        changed[assign.variable] = assign.state
    return changed
