"""Could a table of comparable cases settle it: identification with DoWhy, and the graph for DoWhy itself.

    a set to adjust for    P(y | do(x)) = sum_z P(y | x, z) P(z)                      van der Zander et al. (2014)
    front-door             P(y | do(x)) = sum_m P(m | x) sum_x' P(y | x', m) P(x')    Pearl (2009), section 3.3.2
    an instrument          bounds alone, or the effect under more assumptions         Angrist, Imbens & Rubin (1996)

    here                    there
    a variable              a node, observed where the data have a column of its name
    confounded: [[x, y]]    a node of its own with an arrow to each, never observed
    a state                 its number, from 0 in the order of the model
    no data                 a frame with a column for every variable that is observed, and no row

DoWhy (Sharma & Kiciman 2020) is imported here, when it is asked for, and nowhere else. What it is good for beside this
toolkit is what needs no judgement: identification (back-door, front-door, instruments), and estimation, refutation and
falsification on a data set of comparable cases. The search for front-doors is exponential, so identification runs in a
process of its own that is stopped when its time is up. Only the outcome, its causes and what is set matter to it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from causal.ask.identified import (
    ADJUSTMENT,
    DEFINED,
    FRONT_DOOR,
    INSTRUMENT,
    NO_PATH,
    NOTHING,
    STEPWISE,
    UNDECIDED,
    UNSEEN,
    Identification,
    Identified,
)
from causal.ask.missing import missing
from causal.ask.panel import Panel
from causal.ask.profile import named_state
from causal.errors import QueryError, UnknownName, UsageError, nearest
from causal.exact.coupling import assumed
from causal.graph import Digraph, Graph, digraph, with_hidden
from causal.learn.cases import at_home
from causal.spec.model import Intervention, Model, Types, Variable
from causal.spec.question import Event

SECONDS = 30.0  # for all effects together, from when DoWhy is imported
IMPORT = 240.0  # seconds that a busy machine may take for that
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
    return causal_model(frame, names, outcome, with_hidden(model))


def causal_model(frame: Frame, treatment: Sequence[str], outcome: str, graph: Digraph) -> Any:
    """Return a ``dowhy.CausalModel`` of numbers on a graph."""
    with warnings.catch_warnings():
        # DoWhy's sources have escapes that Python warns of wherever they are not compiled yet
        warnings.filterwarnings("ignore", "invalid escape sequence", SyntaxWarning)
        # what is not observed is what was said, or stands for a confounded pair
        warnings.filterwarnings("ignore", r"\d+ variables are assumed unobserved", UserWarning)
        import dowhy

        return dowhy.CausalModel(data=frame, treatment=list(treatment), outcome=outcome, graph=graph)


def falsified(
    graph: Digraph, frame: Frame, test: Callable[[Any, Any, Any], float], permutations: int
) -> dict[str, dict[str, Any]]:
    """Return what DoWhy's ``falsify_graph`` finds of a graph all of whose nodes are columns (Eulig et al. 2023).

    Its two tests are under ``VALIDATE_LMC`` (local independences) and ``VALIDATE_TPA`` (what other graphs imply).
    ``test`` gives the p-value of two columns being independent given others, of which there may be none.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "invalid escape sequence", SyntaxWarning)
        from dowhy.gcm.falsify import falsify_graph

        found = falsify_graph(
            graph, frame, independence_test=lambda x, y: test(x, y, None), conditional_independence_test=test,
            n_permutations=permutations, show_progress_bar=False, n_jobs=1,
        )  # fmt: skip
    tests = {key.name: each for key, each in found.summary.items() if isinstance(each, dict)}
    return {name: {key.name: value for key, value in each.items()} for name, each in tests.items()}


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


def identification(
    panel: Panel,
    event: Event,
    names: Iterable[str] | None = None,
    observed: Iterable[str] | None = None,
    seconds: float = SECONDS,
) -> Identification:
    """Ask of every named intervention (default: all) whether cases could identify its effect on an event.

    ``observed`` are the variables that a case would show: if left out, the columns of the prior file's cases, and every
    variable where there are none. What is not decided within ``seconds`` of search is said to be undecided.
    Raises QueryError for names that are not the model's.

    >>> from causal import load
    >>> from causal.spec.grammar import parse_event
    >>> found = identification(load("rain").at_medians().panel, parse_event("grass = wet"), ["drought_law"])
    >>> found.rows[0].how, found.rows[0].variables
    ('adjustment', ('season',))
    """
    model, cases = panel.elicited.network.model, panel.elicited.priors.cases
    named_state(event, model)
    chosen = list(model.interventions) if names is None else list(names)
    for name in chosen:
        if name not in model.interventions:
            raise QueryError(f"no intervention {name!r}{nearest(name, model.interventions)}")
    columns = {name for file in at_home(panel.elicited.priors) for name in file.columns.values()}
    wanted = observed if observed is not None else columns or model.variables
    seen = tuple(dict.fromkeys(wanted))
    for name in seen:
        if name not in model.variables:
            raise UnknownName(f"no variable {name!r}{nearest(name, model.variables)}")
    asked = {name: model.interventions[name] for name in chosen}
    found = {name: _at_once(model, event, each, seen) for name, each in asked.items()}
    left = [name for name, row in found.items() if row is None]
    answers = _identified(model, event, [asked[name] for name in left], seen, seconds) if left else {}
    rows = []
    for name, each in asked.items():
        how, variables = answers.get(name, (UNDECIDED, ()))
        rows.append(found[name] or _row(model, event, each, how, variables))
    selected = any(file.selected is not None for file in at_home(panel.elicited.priors))
    title = model.variables[event.variable].title
    return Identification(event, title, tuple(rows), seen, len(cases), missing(model), selected=selected)


def _row(model: Model, event: Event, intervention: Intervention, how: str, variables: Sequence[str]) -> Identified:
    order = {name: place for place, name in enumerate(Graph.of(model).order)}
    inside = tuple(sorted(variables, key=order.__getitem__))
    title, labels = intervention.title or intervention.name, tuple(model.variables[name].title for name in inside)
    return Identified(intervention.name, title, dict(intervention.do), event, how, inside, labels)


def _at_once(model: Model, event: Event, intervention: Intervention, seen: Sequence[str]) -> Identified | None:
    """Return what needs no search: nothing leads to the outcome, or what is asked about is not seen."""
    if not any(event.variable in Graph.of(model).downstream([name]) for name in intervention.do):
        return _row(model, event, intervention, NO_PATH, ())
    ruled = [each for name in intervention.do if _by_definition(each := model.variables[name])]
    if ruled:
        return _row(model, event, intervention, DEFINED, [parent for each in ruled for parent in each.parents])
    hidden = [name for name in (*intervention.do, event.variable) if name not in seen]
    return _row(model, event, intervention, UNSEEN, hidden) if hidden else None


def _by_definition(variable: Variable) -> bool:
    """Tell whether nothing but its parents makes a variable what it is."""
    return bool(variable.parents) and not isinstance(variable.mechanism, Types) and not assumed(variable)


def _identified(
    model: Model, event: Event, interventions: Sequence[Intervention], seen: Sequence[str], seconds: float
) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Identify in a process of its own; what it had answered when its time was up is what there is."""
    graph, requests = with_hidden(model), []
    for each in interventions:
        near = Graph.of(model).ancestors([event.variable]) | set(each.do)
        hidden = [node for node in graph if node not in model.variables]
        part = graph.subgraph([*sorted(near), *(h for h in hidden if set(graph.successors(h)) <= near)])
        whole = near <= set(seen) and part.number_of_nodes() == len(near)
        requests.append({
            "whole": whole, "order": [name for name in Graph.of(model).order if name in near],
            "name": each.name, "edges": sorted(part.edges), "nodes": sorted(part.nodes), "treatment": sorted(each.do),
            "outcome": event.variable, "observed": sorted(near & set(seen)),
        })  # fmt: skip
    root = str(Path(__file__).resolve().parents[2])
    paths = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))
    command = [sys.executable, "-W", "ignore", "-c", f"from causal.ask.identification import serve; serve({seconds})"]
    try:
        done = subprocess.run(
            command, input=json.dumps(requests), capture_output=True, text=True, timeout=seconds + IMPORT, check=True,
            env={**os.environ, "PYTHONPATH": paths, "PYTHONIOENCODING": "utf-8"}, encoding="utf-8",
        )  # fmt: skip
        told = done.stdout
    except subprocess.TimeoutExpired as late:
        told = late.stdout.decode("utf-8") if isinstance(late.stdout, bytes) else late.stdout or ""
    found = {}
    for line in told.splitlines():
        if line.startswith("{") and line.endswith("}"):
            answer = json.loads(line)
            found[answer["name"]] = (answer["how"], tuple(answer["variables"]))
    return found


def serve(seconds: float) -> None:
    """Read requests as JSON from standard input and write an answer a line; stop after so many seconds of search."""
    import dowhy.causal_identifier.auto_identifier  # noqa: F401  # what it takes to load is no time of search

    requests = json.load(sys.stdin)
    if seconds <= 0.0:
        return
    watch = threading.Timer(seconds, os._exit, (0,))  # what is written is flushed already
    watch.daemon = True
    watch.start()
    for rounds in (_adjustments, _others):  # what is quick first, so that it is there when time is up
        for request in list(requests):
            answer = rounds(request)
            if answer is not None:
                requests.remove(request)
                sys.stdout.write(json.dumps({"name": request["name"], **answer}) + "\n")
                sys.stdout.flush()


def _adjustments(request: Mapping[str, Any]) -> dict[str, Any] | None:
    from dowhy.causal_identifier.auto_identifier import identify_generalized_adjustment_set

    graph, *about = _posed(request)
    for found in identify_generalized_adjustment_set(graph, *about):
        return {"how": ADJUSTMENT, "variables": sorted(found.get_adjustment_variables())}
    return None


def _others(request: Mapping[str, Any]) -> dict[str, Any]:
    if request["whole"]:  # nothing hidden: no search is needed
        return {"how": STEPWISE, "variables": [v for v in request["order"] if v not in request["treatment"]]}

    from dowhy.causal_identifier.auto_identifier import identify_frontdoor
    from dowhy.graph import get_instruments

    graph, treatment, outcome, seen = _posed(request)
    if found := identify_frontdoor(graph, treatment, outcome, seen):
        return {"how": FRONT_DOOR, "variables": sorted(found)}
    instruments = sorted(set(get_instruments(graph, treatment, outcome)) & set(seen))
    return {"how": INSTRUMENT if instruments else NOTHING, "variables": instruments}


def _posed(request: Mapping[str, Any]) -> Iterator[Any]:
    """Return graph, treatment, outcome and observed of a request as DoWhy takes them."""
    graph = digraph(request["nodes"], request["edges"])
    return iter((graph, request["treatment"], [request["outcome"]], request["observed"]))
