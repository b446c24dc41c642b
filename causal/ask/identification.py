"""The graph of a study for DoWhy: which data would settle an effect, and what they say if there are any.

    here                    there
    a variable              a node, observed where the data have a column of its name
    confounded: [[x, y]]    a node of its own with an arrow to each, never observed
    a state                 its number, from 0 in the order of the model
    no data                 a frame with a column for every variable that is observed, and no row

DoWhy (Sharma & Kiciman 2020) is imported here, when it is asked for, and nowhere else. What it is good for beside this
toolkit is what needs no judgement: identification (back-door, front-door, instruments), and estimation, refutation and
falsification on a data set of comparable cases.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from causal.errors import UnknownName, UsageError, nearest
from causal.graph import Digraph, to_networkx
from causal.spec.model import Model

HIDDEN = "common cause of {} and {}"  # a node that stands for a confounded pair
LISTED = 8  # states that are named where a column holds something else

type Frame = pd.DataFrame


def to_dowhy(
    model: Model,
    treatment: str | Sequence[str],
    outcome: str,
    data: Frame | None = None,
    observed: Iterable[str] | None = None,
) -> Any:
    """Return a ``dowhy.CausalModel`` of one effect on the graph of a model.

    ``data`` has a row per case and a column per variable that was observed, states by name or as numbers; without it,
    ``observed`` names the variables that could be, all if left out. Raises UnknownName for a variable that is none, and
    UsageError where what is asked about is not observed or a column holds no states of its variable.

    >>> from causal.spec.modelfile import load_model
    >>> rain = to_dowhy(load_model("models/rain.yaml"), "sprinkler", "grass")
    >>> rain.identify_effect().get_backdoor_variables() in (["season"], ["rain"])  # either will do
    True
    """
    names = [treatment] if isinstance(treatment, str) else list(treatment)
    if data is None:
        seen = list(model.variables) if observed is None else list(dict.fromkeys(observed))
        frame = pd.DataFrame({name: pd.Series(dtype=float) for name in seen})
    elif observed is not None:
        raise UsageError("the columns of the data are what is observed; leave 'observed' out")
    else:
        frame = _numbered(model, data)
        seen = [name for name in frame.columns if name in model.variables]
    for name in (*names, outcome, *(seen if data is None else ())):
        if name not in model.variables:
            raise UnknownName(f"no variable {name!r}{nearest(name, model.variables)}")
    if not names or outcome in names:
        raise UsageError("name at least one treatment, and an outcome that is none of them")
    missing = [name for name in (*names, outcome) if name not in seen]
    if missing:
        where = "the data have no column" if data is not None else "'observed' leaves out"
        raise UsageError(f"{where} {', '.join(missing)}, which the question is about")
    with warnings.catch_warnings():
        # DoWhy's sources have escapes that Python warns of wherever they are not compiled yet
        warnings.filterwarnings("ignore", "invalid escape sequence", SyntaxWarning)
        # what is not observed is what was said, or stands for a confounded pair
        warnings.filterwarnings("ignore", r"\d+ variables are assumed unobserved", UserWarning)
        import dowhy

        return dowhy.CausalModel(data=frame, treatment=names, outcome=outcome, graph=_with_hidden(model))


def _with_hidden(model: Model) -> Digraph:
    """Return the graph with a node for what confounds a pair."""
    digraph = to_networkx(model)
    for x, y in model.confounded:
        hidden = HIDDEN.format(x, y)
        digraph.add_edge(hidden, x)
        digraph.add_edge(hidden, y)
    return digraph


def _numbered(model: Model, data: Frame) -> Frame:
    """Return the data with states as numbers; a column of numbers, or of no variable, stays as it is."""
    frame = data.copy()
    for name in frame.columns:
        if name not in model.variables or pd.api.types.is_numeric_dtype(frame[name]):
            continue
        states = model.variables[name].states
        places = {state: place for place, state in enumerate(states)}
        words = frame[name].astype(object)
        numbers = words.map(lambda word, places=places: places.get(word) if isinstance(word, str) else None)
        wrong = [str(word) for word in words[numbers.isna() & words.notna()].unique()]
        if wrong:
            there = nearest(wrong[0], states) or f"; there is {', '.join(states[:LISTED])}"
            raise UsageError(f"the column {name!r} holds {wrong[0]!r}, which is no state of it{there}")
        frame[name] = numbers.astype(float if numbers.isna().any() else int)
    return frame
