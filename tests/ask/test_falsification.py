"""The graph against cases whose truth is known: a wrong one is contradicted by 500, not by 15; what DoWhy is asked."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

import causal
from causal.ask import falsification
from causal.ask.falsified import RANDOM, Shuffled
from causal.graph import projected, separated
from causal.spec.modelfile import parse_model

RIGHT = """model: chain
variables:
  w: {label: Wind, states: [no, yes]}
  x: {states: [no, yes], parents: [w]}
  y: {states: [no, mid, yes], parents: [x]}
  u: {states: [no, yes], parents: [w]}
  z: {label: End, states: [no, yes], parents: [y, u]}
outcome: z = yes
interventions: {push: {title: A push, do: {x: yes}}, both: {do: {x: yes, u: yes}}}
"""
WRONG = RIGHT.replace("y: {states: [no, mid, yes], parents: [x]}", "y: {states: [no, mid, yes], parents: [w]}")
PRIORS = """priors: chain
model: chain
cases: [{file: c.csv, relevance: 1, columns: {w: w, x: x, y: y, u: u, z: z}, confidence: {suffix: "?", L: 0.2}}]
"""


def drawn(cases: int) -> list[list[str]]:
    rng = np.random.default_rng(8)
    rows = []
    for _ in range(cases):
        w = rng.uniform() < 0.5
        x = rng.uniform() < (0.85 if w else 0.25)
        y = int(rng.choice(3, p=[0.1, 0.2, 0.7] if x else [0.6, 0.25, 0.15]))
        u = rng.uniform() < (0.8 if w else 0.3)
        z = rng.uniform() < 0.1 + 0.3 * y + 0.15 * u
        rows.append([*("yes" if each else "no" for each in (w, x)), ("no", "mid", "yes")[y],
                     *("yes" if each else "no" for each in (u, z)), ""])  # fmt: skip
    return rows


def posterior(folder: Path, model: str, rows: list[list[str]]):
    (folder / "chain.yaml").write_text(model, encoding="utf-8")
    (folder / "p.yaml").write_text(PRIORS, encoding="utf-8")
    lines = [",".join(row) for row in rows]
    (folder / "c.csv").write_text("\n".join(["w,x,y,u,z,x?", *lines]) + "\n", encoding="utf-8")
    return causal.load(folder / "chain.yaml", folder / "p.yaml").at_medians()


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> list[dict]:
    """Leave DoWhy out, and keep what it would have been asked."""
    asked: list[dict] = []

    def served(request, seconds):
        asked.append(json.loads(json.dumps(request)))
        return [{"end": True}]

    monkeypatch.setattr(falsification, "_served", served)
    return asked


def test_a_wrong_graph_is_contradicted_by_many_cases_and_not_by_few(tmp_path: Path, alone) -> None:
    many = posterior(tmp_path, WRONG, drawn(500)).falsification()
    assert ("x", "y") in [(each.early, each.late) for each in many.result.rejected]
    assert "contradicted: x and y, given Wind" in many.text
    few = posterior(tmp_path, WRONG, drawn(15)).falsification()
    assert not few.result.rejected
    assert "none is contradicted. So few cases show gross errors only" in few.text


def test_the_right_graph_is_not(tmp_path: Path, alone) -> None:
    found = posterior(tmp_path, RIGHT, drawn(500)).falsification()
    assert not found.result.rejected
    assert all(each.informative for each in found.result.tests)
    assert len(found.table) == len(found.result.tests) == 5
    assert "others imply the same independences" in found.text
    (request,) = alone
    assert request["graph"] == [["u", "z"], ["w", "u"], ["w", "x"], ["x", "y"], ["y", "z"]]
    assert [each["name"] for each in request["effects"]] == ["push"]  # the other sets two variables


def test_gaps_and_doubts_are_told(tmp_path: Path, alone) -> None:
    rows = drawn(30)
    for row in rows[:12]:
        row[3] = ""
    rows[20][5] = "L"
    found = posterior(tmp_path, RIGHT, rows).falsification()
    assert (found.result.rows, found.result.complete, found.result.doubtful) == (30, 18, 1)
    counts = {(each.early, each.late): each.cases for each in found.result.tests}
    assert counts["w", "y"] == 30  # given x; u is not needed
    assert counts["y", "u"] == 18
    assert "30 cases show some of 5 variables, and 18 of them all" in found.text
    assert "1 code in doubt was taken as coded" in found.text


def test_below_a_minimum_dowhy_is_not_asked(tmp_path: Path, alone) -> None:
    found = posterior(tmp_path, RIGHT, drawn(9)).falsification()
    assert not alone
    assert "9 cases show every variable, fewer than the 10 from which on" in found.text


def test_an_unseen_common_cause_is_no_graph_for_dowhy(tmp_path: Path, alone) -> None:
    hidden = [[*row[:3], "", *row[4:]] for row in drawn(40)]
    hidden = [["", *row[1:]] for row in hidden]
    found = posterior(tmp_path, RIGHT.replace("parents: [w]}\n  z", "parents: [w, x]}\n  z"), hidden).falsification()
    assert found.result.seen == ("x", "y", "z")
    assert "the cases do not show Wind, a common cause" in found.text
    assert all(each["graph"] is None for each in alone)


def test_without_cases_nothing_is_asked(alone) -> None:
    found = causal.load("rain").at_medians().falsification()
    assert not alone
    assert "no comparable cases" in found.text
    assert found.gate.verdict == "pass"


def test_what_was_answered_when_time_was_up_stands(tmp_path: Path, monkeypatch) -> None:
    said = {"shuffled": {"violations": 1, "tests": 6, "as_good": 0.01, "alike": 0.0, "least": 1, "most": 6,
                         "shuffles": 100, "cases": 500}}  # fmt: skip

    def late(*arguments, **options):
        raise subprocess.TimeoutExpired("python", 1.0, output=(json.dumps(said) + "\nhalf a li").encode())

    monkeypatch.setattr(subprocess, "run", late)
    found = posterior(tmp_path, RIGHT, drawn(100)).falsification()
    assert found.result.shuffled.verdict == "stands"
    assert "was stopped after 60 seconds" in found.text


@pytest.mark.parametrize(
    ("changes", "verdict", "words"),
    [
        ({}, "stands", "does not make it the right one"),
        ({"as_good": 0.4}, "rejected", "no better than chance"),
        # DoWhy would call this one rejected
        ({"as_good": 1.0, "violations": 0, "most": 0}, "open", "say nothing on this one"),
        ({"as_good": 0.3, "violations": 0}, "open", "say nothing on this one"),
        ({"alike": 0.5, "as_good": 0.5}, "open", "no number of cases"),
    ],
)
def test_a_verdict_needs_something_that_was_violated(changes: dict, verdict: str, words: str) -> None:
    of = {"violations": 1, "tests": 6, "as_good": 0.02, "alike": 0.01, "least": 0, "most": 5, "shuffles": 100}
    found = Shuffled(**{**of, "cases": 40, **changes})
    assert found.verdict == verdict
    assert words in found.text


@pytest.fixture
def seeded() -> Iterator[None]:
    """Seed NumPy's global state, by which DoWhy shuffles labels, and put it back."""
    state = np.random.get_state()  # noqa: NPY002
    np.random.seed(0)  # noqa: NPY002
    yield
    np.random.set_state(state)  # noqa: NPY002


def test_dowhy_finds_more_against_the_wrong_graph(tmp_path: Path, seeded) -> None:
    """400 cases of the right graph: an arrow that is not where it should be is local independences violated.

    It still does better than most graphs with shuffled labels, which is why that makes no graph the right one.
    """
    found = {}
    for text in (RIGHT, WRONG):
        study = posterior(tmp_path, text, drawn(400)).study
        frame, _ = falsification.table(study.model, study.priors)
        edges = [(parent, name) for name, each in study.model.variables.items() for parent in each.parents]
        found[text] = Shuffled(**falsification._shuffled(frame, edges))
    assert found[RIGHT].violations == 0
    assert found[WRONG].violations >= 2
    assert found[RIGHT].verdict == "stands"
    assert found[RIGHT].shuffles == falsification.SHUFFLES
    assert found[RIGHT].most > found[WRONG].violations


def test_dowhy_refutes_an_effect(tmp_path: Path) -> None:
    """The real thing, in its own process: the effect of a push, by 400 cases."""
    right = posterior(tmp_path, RIGHT, drawn(400)).falsification()
    assert not right.result.without, right.text
    assert right.result.shuffled is not None
    refuted = {each.refuter: each for each in right.result.refuted}
    assert set(refuted) == set(falsification.REFUTERS)
    placebo, common, subset = refuted.values()
    assert abs(placebo.found) < 0.05 < placebo.estimate
    assert common.found == pytest.approx(common.estimate, abs=0.02)
    assert subset.found == pytest.approx(subset.estimate, abs=0.05)
    assert "real and unseen" in refuted[RANDOM].words
    assert "the effect of 'A push' on z = yes is estimated at" in right.text


def test_what_is_implied_among_what_is_seen() -> None:
    """Against every set of what is seen, by d-separation in the whole graph."""
    model = parse_model(RIGHT)
    seen = ("w", "y", "u", "z")
    found = separated(model, seen)
    whole = nx.DiGraph([("w", "x"), ("x", "y"), ("w", "u"), ("y", "z"), ("u", "z")])
    for early, late in [("w", "y"), ("w", "u"), ("y", "u"), ("w", "z"), ("y", "z"), ("u", "z")]:
        rest = [name for name in seen if name not in (early, late)]
        sets = [set(), *({a} for a in rest), set(rest)]
        apart = [each for each in sets if nx.is_d_separator(whole, {early}, {late}, each)]
        key = (early, late) if (early, late) in found else (late, early)
        assert (key in found) == bool(apart)
        if apart:
            assert set(found[key]) in apart
    graph, hidden = projected(model, seen)
    assert set(graph.edges) == {("w", "y"), ("w", "u"), ("y", "z"), ("u", "z")}
    assert not hidden
    assert projected(model, ("x", "u"))[1] == {"w"}
