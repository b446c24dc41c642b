"""The causal graph in words: for a terminal, and for who does not see the picture.

season                                                        1919-03 to 1919-08
  Season (luck)
  ▶ dry | rainy                       ▶ what really happened
sprinkler                                                                1919-08
  Sprinkler (set by drought_law)
  off | ▶ on
  from − season                       a higher state of the cause: + raises, − lowers, ± either; · no sign claimed
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping

from causal.ask.saying import counted
from causal.spec.model import Model, Variable
from causal.tell.pictures.arrows import EITHER, LOWERS, RAISES, look
from causal.tell.pictures.letters import clean
from causal.tell.pictures.nodes import percent, spoken
from causal.tell.pictures.rows import rows

COLUMNS = 80
INDENT = "  "
HERE = "\N{BLACK RIGHT-POINTING TRIANGLE}"
NO_SIGN = "\N{MIDDLE DOT}"
VERBS = {RAISES: "raised by", LOWERS: "lowered by", EITHER: "moved either way by"}
ACTED = "acted on by"

type Shares = Mapping[str, Mapping[str, float]]


def dag_text(model: Model, shares: Shares | None = None) -> str:
    r"""Write a model's graph for a terminal of 80 columns: causes before effects, early before late.

    >>> from causal import load
    >>> print(dag_text(load("rain").model).split("\n\n")[2])
    sprinkler                                                                1919-08
      Sprinkler (set by drought_law)
      off | ▶ on
      from − season
    """
    edges = sum(len(variable.edges) for variable in model.variables.values())
    head = [f"{clean(model.title)} ({clean(model.name)})" if model.title else clean(model.name)]
    head.append(f"{counted(len(model.variables), 'variable')}, {counted(edges, 'arrow')}; {HERE} is what happened.")
    head.append(f"A higher state of a cause: + raises, {LOWERS.sign} lowers, {EITHER.sign} either; {NO_SIGN} no sign.")
    blocks = ["\n".join(line for words in head for line in textwrap.wrap(words, COLUMNS))]
    for name in (name for row in rows(model) for name in row):
        blocks.append("\n".join(_entry(model, model.variables[name], shares)))
    for pair in model.confounded:
        words = f"{clean(pair[0])} and {clean(pair[1])} share causes that are not shown"
        blocks.append("\n".join(textwrap.wrap(words, COLUMNS)))
    return "\n\n".join(blocks) + "\n"


def _entry(model: Model, variable: Variable, shares: Shares | None) -> Iterator[str]:
    name, when = clean(variable.name), _when(variable)
    if len(name) + 2 + len(when) <= COLUMNS:
        yield f"{name}{when:>{COLUMNS - len(name)}}".rstrip()
    else:
        yield from textwrap.wrap(name, COLUMNS)
        yield from _wrapped(when)
    roles = _roles(model, variable)
    yield from _wrapped(f"{clean(variable.title)} ({', '.join(roles)})" if roles else clean(variable.title))
    given = None if shares is None else shares.get(variable.name)
    yield from _wrapped(" | ".join(_state(variable, state, given) for state in variable.states))
    if variable.edges:
        signs = [look(model, variable.name, edge).sign or NO_SIGN for edge in variable.edges]
        causes = [f"{sign} {clean(edge.parent)}" for sign, edge in zip(signs, variable.edges, strict=True)]
        yield from _wrapped(f"from {', '.join(causes)}", hanging="     ")


def _wrapped(words: str, hanging: str = "") -> list[str]:
    return textwrap.wrap(words, COLUMNS, initial_indent=INDENT, subsequent_indent=INDENT + hanging)


def _when(variable: Variable) -> str:
    return clean(str(variable.when).replace("/", " to ")) if variable.when else ""


def _roles(model: Model, variable: Variable) -> list[str]:
    roles = ["luck"] if variable.is_chance else []
    if model.outcome is not None and model.outcome.variable == variable.name:
        roles.append("outcome")
    setters = [clean(name) for name, intervention in model.interventions.items() if variable.name in intervention.do]
    return [*roles, f"set by {', '.join(setters)}"] if setters else roles


def _state(variable: Variable, state: str, shares: Mapping[str, float] | None) -> str:
    share = "" if shares is None else f" {percent(shares.get(state, 0.0))}"
    return f"{HERE} {clean(state)}{share}" if state == variable.actual else f"{clean(state)}{share}"


def described(model: Model, shares: Shares | None = None) -> str:
    """Say in sentences what the picture of a graph shows, a line per variable, in the order of the picture."""
    edges = sum(len(variable.edges) for variable in model.variables.values())
    counts = f"{counted(len(model.variables), 'variable')} and {counted(edges, 'arrow')}"
    lines = [f"A causal graph of {counts}, causes above effects."]
    for name in (name for row in rows(model) for name in row):
        lines.append(_sentence(model, model.variables[name], shares))
    lines += [f"{a} and {b} share causes that are not shown." for a, b in model.confounded]
    return "\n".join(clean(line) for line in lines)


def _sentence(model: Model, variable: Variable, shares: Shares | None) -> str:
    about = [_when(variable)] if variable.when else []
    about += ["luck"] if variable.is_chance else []
    if model.outcome is not None and model.outcome.variable == variable.name:
        about.append("the outcome")
    given = None if shares is None else shares.get(variable.name)
    states = []
    for state in variable.states:
        share = "" if given is None else f" {percent(given.get(state, 0.0))}"
        states.append(f"{spoken(state)}{share}{' (what happened)' if state == variable.actual else ''}")
    causes: dict[str, list[str]] = {}
    for edge in variable.edges:
        verb = VERBS.get(look(model, variable.name, edge), ACTED)
        causes.setdefault(verb, []).append(model.variables[edge.parent].title)
    acted = "".join(f"; {verb} {', '.join(titles)}" for verb, titles in causes.items())
    return f"{variable.title}{f' ({", ".join(about)})' if about else ''}: {', '.join(states)}{acted}."
