"""Hold the graph against the comparable cases: what it implies, by exact tests here; the graph as a whole and effects
estimated from the cases, by DoWhy.

    here     every independence that the graph implies among what the cases show: permutation tests (independence.py)
             on the cases that show the variables of the test, corrected for their number
    DoWhy    falsify_graph (Eulig et al. 2023) with the same test, where no common cause is unseen
             placebo, random common cause and subset refuters of effects that can be had by adjustment (Sharma & Kiciman
             2020), estimated by linear regression of states as numbers
             both on complete cases, LEAST of them at least, in a process of its own that is stopped when its time is up

Cases that were selected by what happened in them are tested as they are, with a sentence that this is biased. Without a
case nothing is asked and DoWhy is not loaded.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from causal.ask.falsified import PLACEBO, RANDOM, SUBSET, Falsification, Implied, Refuted, Shuffled
from causal.ask.identification import IMPORT, causal_model, falsified
from causal.ask.independence import Codes, holm, independent
from causal.ask.missing import titles
from causal.ask.panel import Panel
from causal.ask.profile import named_state
from causal.ask.saying import counted
from causal.exact.asked import chosen
from causal.graph import Graph, digraph, projected, separated, with_hidden
from causal.learn.cases import at_home
from causal.spec.model import Model
from causal.spec.priors import Priors
from causal.spec.question import Event

SECONDS = 60.0  # for DoWhy, from when it is imported
LEAST = 10  # complete cases below which DoWhy is not asked
MOST = 5000  # cases: more make no test clearer
SHUFFLES = 100  # of the graph's labels
WITHIN = 199  # shuffles of a test inside falsify_graph, which makes thousands
EFFECTS = 3  # interventions whose effect is estimated
SIMULATIONS = 50
VARY = 3  # cases on either side of a treatment, and of an outcome
REFUTERS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    PLACEBO: ("placebo_treatment_refuter", {"placebo_type": "permute"}),
    RANDOM: ("random_common_cause", {}),
    SUBSET: ("data_subset_refuter", {"subset_fraction": 0.8}),
}
UNKNOWN = -1


def falsification(panel: Panel, event: Event, seconds: float = SECONDS) -> Falsification:
    """Ask what the prior file's comparable cases say against the graph, and against effects estimated from them.

    DoWhy has ``seconds`` for its part, from when it is imported. Raises QueryError for an event that is none of the
    model's.

    >>> from causal import load
    >>> from causal.spec.grammar import parse_event
    >>> falsification(load("rain").at_medians().panel, parse_event("grass = wet")).rows
    0
    """
    model = panel.elicited.network.model
    named_state(event, model)
    frame, doubtful = table(model, panel.elicited.priors)
    if frame.empty:
        cases = panel.elicited.priors.cases
        elsewhere = tuple(dict.fromkeys(file.elsewhere.model.name for file in cases if file.elsewhere is not None))
        return Falsification(event, 0, 0, 0, (), (), elsewhere=elsewhere)
    seen = tuple(frame.columns)
    tests = tuple(_tested(model, frame))
    complete = frame[(frame != UNKNOWN).all(axis=1)]
    shuffled, refuted, without = _by_dowhy(model, event, complete, seconds)
    files = [file for file in at_home(panel.elicited.priors) if file.selected is not None]
    selected = min(sum(round(row.count) for file in files for row in file.rows or ()), len(frame))
    return Falsification(
        event, len(frame), len(complete), doubtful, seen, tests, shuffled, refuted, without, selected=selected
    )


def table(model: Model, priors: Priors) -> tuple[pd.DataFrame, int]:
    """Return the cases, a row each and a column per variable that any shows, as numbers of states; -1 where not seen.

    Also how many codes are in doubt: each counts as the state that it most probably is.
    """
    rows, doubtful = [], 0
    for file in at_home(priors):
        for row in file.rows or ():
            codes = {}
            for name, likelihoods in row.seen:
                state = max(likelihoods, key=lambda each: each[1])[0]
                codes[name] = model.variables[name].states.index(state)
            count = round(row.count)
            doubtful += count * sum(len(likelihoods) > 1 for _, likelihoods in row.seen)
            rows += [codes] * count
    order = [name for name in Graph.of(model).order if any(name in row for row in rows)]
    return pd.DataFrame([[row.get(name, UNKNOWN) for name in order] for row in rows[:MOST]], columns=order), doubtful


def _tested(model: Model, frame: pd.DataFrame) -> Iterator[Implied]:
    """Test every independence that the graph implies among the columns."""
    place = {name: at for at, name in enumerate(frame.columns)}
    found = []
    for (early, late), between in separated(model, tuple(frame.columns)).items():
        given = tuple(sorted(between, key=place.__getitem__))
        codes = frame[[early, late, *given]].to_numpy(dtype=np.int64)
        codes = codes[(codes != UNKNOWN).all(axis=1)]
        result = independent(codes[:, 0], codes[:, 1], codes[:, 2:], seed=zlib.crc32(f"{early} {late}".encode()))
        found.append((early, late, given, len(codes), result))
    told = [each for each in found if each[-1].informative]
    adjusted = dict(zip((each[:2] for each in told), holm(np.array([each[-1].p for each in told])), strict=True))
    for early, late, given, count, result in found:
        words = f"{titles(model, [early])} and {titles(model, [late])}"
        words += f", given {titles(model, given)}" if given else ""
        p = float(adjusted.get((early, late), 1.0))
        yield Implied(early, late, given, count, result.p, p, result.informative, words)


def _by_dowhy(
    model: Model, event: Event, complete: pd.DataFrame, seconds: float
) -> tuple[Shuffled | None, tuple[Refuted, ...], tuple[str, ...]]:
    """Ask DoWhy what it can be asked; the last are sentences on what it cannot be, and why."""
    if len(complete) < LEAST:
        count = counted(len(complete), "case shows", "cases show")
        from_when = f"the {LEAST} from which on the graph as a whole, and effects, are tested"
        return None, (), (f"{count} every variable, fewer than {from_when}.",)
    graph, hidden = projected(model, tuple(complete.columns))
    without = []
    if hidden:
        names = [model.variables[each].title if each in model.variables else each for each in sorted(hidden)]
        without.append(f"The graph as a whole is not tested: the cases do not show {', '.join(names)}, a common cause.")
    effects = _effects(model, event, complete)
    told = with_hidden(model)
    request = {
        "columns": list(complete.columns), "codes": complete.to_numpy().tolist(),
        "graph": None if hidden or not graph.number_of_edges() else sorted(graph.edges), "effects": effects,
        "nodes": sorted(told.nodes), "edges": sorted(told.edges),
    }  # fmt: skip
    if request["graph"] is None and not effects:
        return None, (), tuple(without)
    answers = _served(request, seconds)
    found = next((Shuffled(**each["shuffled"]) for each in answers if "shuffled" in each), None)
    refuted = tuple(
        Refuted(e["name"], model.interventions[e["name"]].title or e["name"],
                tuple(model.variables[v].title for v in e["variables"]),
                e["estimate"], e["refuter"], e["found"], e["p"])
        for each in answers if (e := each.get("refuted"))
    )  # fmt: skip
    ended = any("end" in each for each in answers)
    if not ended:
        without.append(f"DoWhy was stopped after {seconds:g} seconds; what it had answered by then stands here.")
    without += [each["without"] for each in answers if "without" in each]
    return found, refuted, tuple(without)


def _effects(model: Model, event: Event, complete: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the effects that cases could show: of interventions on one variable, which varies as the outcome does."""
    if event.variable not in complete:
        return []
    wanted = chosen(event, model.variables[event.variable])
    below, found = Graph.of(model).downstream, []
    if not _varies(complete[event.variable].isin(wanted)):
        return []
    for name, each in model.interventions.items():
        (variable, state), *others = each.do.items()
        if others or variable not in complete or event.variable not in below([variable]):
            continue
        code = model.variables[variable].states.index(state)
        if _varies(complete[variable] == code):
            found.append({"name": name, "title": each.title or name, "treatment": variable, "code": code,
                          "outcome": event.variable, "wanted": list(wanted)})  # fmt: skip
    return found[:EFFECTS]


def _varies(holds: pd.Series[bool]) -> bool:
    return bool(VARY <= int(holds.sum()) <= len(holds) - VARY)


def _served(request: Mapping[str, Any], seconds: float) -> list[dict[str, Any]]:
    """Ask in a process of its own; what it had answered when its time was up is what there is."""
    root = str(Path(__file__).resolve().parents[2])
    paths = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))
    command = [sys.executable, "-W", "ignore", "-c", f"from causal.ask.falsification import serve; serve({seconds})"]
    try:
        done = subprocess.run(
            command, input=json.dumps(request), capture_output=True, text=True, timeout=seconds + IMPORT, check=False,
            env={**os.environ, "PYTHONPATH": paths, "PYTHONIOENCODING": "utf-8", "PYTHONHASHSEED": "0"},
            encoding="utf-8",
        )  # fmt: skip  # the seed: of several sets to adjust for, DoWhy takes the first that a Python set yields
        told = done.stdout
        if done.returncode:  # what it had answered stands, and what ended it is said beside that
            why = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            told += json.dumps({"end": True, "without": f"DoWhy ended with an error: {why}."}) + "\n"
    except subprocess.TimeoutExpired as late:
        told = late.stdout.decode("utf-8") if isinstance(late.stdout, bytes) else late.stdout or ""
    return [json.loads(line) for line in told.splitlines() if line.startswith("{") and line.endswith("}")]


def serve(seconds: float) -> None:
    """Read a request as JSON from standard input and write an answer a line; stop after so many seconds of work."""
    import pandas as pd

    request = json.load(sys.stdin)
    frame = pd.DataFrame(request["codes"], columns=request["columns"])
    columns = request["columns"]
    causal_model(frame.iloc[:1], columns[:1], columns[-1], digraph(columns, []))  # what it takes to load is no work
    if seconds <= 0.0:
        return
    watch = threading.Timer(seconds, os._exit, (0,))  # what is written is flushed already
    watch.daemon = True
    watch.start()
    np.random.seed(0)  # noqa: NPY002 - DoWhy shuffles by NumPy's global state, and this process is its own
    if request["graph"] is not None:
        _tell({"shuffled": _shuffled(frame, request["graph"])})
    for effect in request["effects"]:
        for answer in _refuted(frame, effect, request):
            _tell(answer)
    _tell({"end": True})
    watch.cancel()


def _tell(answer: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _shuffled(frame: pd.DataFrame, edges: Sequence[Sequence[str]]) -> dict[str, Any]:
    graph = digraph(frame.columns, [(a, b) for a, b in edges])
    found = falsified(graph, frame, _test(), SHUFFLES)
    local, alike = found["VALIDATE_LMC"], found["VALIDATE_TPA"]
    many = local["PERM_VIOLATIONS"]
    return {
        "violations": int(local["GIVEN_VIOLATIONS"]), "tests": int(local["N_TESTS"]),
        "as_good": float(local["P_VALUE"]), "alike": float(alike["P_VALUE"]),
        "least": int(min(many, default=0)), "most": int(max(many, default=0)),
        "shuffles": len(many), "cases": len(frame),
    }  # fmt: skip


def _test() -> Callable[[Any, Any, Any], float]:
    def test(x: Any, y: Any, given: Any) -> float:
        first, second = (np.asarray(each, dtype=np.int64).ravel() for each in (x, y))
        held: Codes = np.empty((first.size, 0), dtype=np.int64)
        if given is not None:
            held = np.asarray(given, dtype=np.int64).reshape(first.size, -1)
        return independent(first, second, held, shuffles=WITHIN).p

    return test


def _refuted(frame: pd.DataFrame, effect: Mapping[str, Any], request: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Estimate one effect and refute it; where it cannot be had by adjustment, say so."""
    treatment, outcome = effect["treatment"], effect["outcome"]
    data = frame.copy()
    data[treatment] = (frame[treatment] == effect["code"]).astype(int)
    data[outcome] = frame[outcome].isin(effect["wanted"]).astype(int)
    graph = digraph(request["nodes"], [(a, b) for a, b in request["edges"]])
    model = causal_model(data, [treatment], outcome, graph)
    estimand = model.identify_effect(proceed_when_unidentifiable=True)
    if not estimand.estimands.get("backdoor"):
        why = "nothing that the cases show is a set to adjust for"
        yield {"without": f"The effect of '{effect['title']}' is not estimated: {why}."}
        return
    estimate = model.estimate_effect(estimand, method_name="backdoor.linear_regression")
    for refuter, (method, options) in REFUTERS.items():
        state = np.random.RandomState(0)  # of a mere number DoWhy makes the same shuffle each time
        found = model.refute_estimate(
            estimand, estimate, method_name=method, num_simulations=SIMULATIONS, random_state=state, **options
        )
        result = found.refutation_result or {}
        p = result.get("p_value")
        yield {"refuted": {
            "name": effect["name"], "variables": list(estimand.get_backdoor_variables() or ()), "refuter": refuter,
            "estimate": float(estimate.value), "found": float(found.new_effect),
            "p": None if p is None else float(np.asarray(p).ravel()[0]),
        }}  # fmt: skip
