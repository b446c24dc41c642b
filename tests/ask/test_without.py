"""What is left out and drawn anew: the same draws here and on a cluster of two processes, of which one is killed."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

import causal
from causal.ask.panel import Panel
from causal.ask.terms import CASE, JUDGEMENT, terms
from causal.ask.without import Omission, leave_out
from causal.learn import entries, jobs, weights

MODEL = """model: pair
variables:
  x: {states: [no, yes]}
  y: {states: [no, yes], parents: [x]}
outcome: y = yes
"""
PRIORS = """priors: pair
model: pair
experts: {e: {}, f: {}}
judgements:
  - {about: P(x = no), by: e, says: {cases: {x: 3.5, of: 9}}}
  - {about: P(y = yes), by: e, says: {quantiles: {5: 0.4, 50: 0.6, 95: 0.8}}}
  - {about: P(x = yes | y = yes), by: e, says: {quantiles: {5: 0.3, 50: 0.7, 95: 0.9}}}
  - {about: P(y = yes), by: f, says: {quantiles: {5: 0.2, 50: 0.3, 95: 0.8}}}
cases: [{file: pairs.csv, relevance: 0.5, count: n, columns: {x: x, y: y}}]
"""
TABLE = "x,y,n\nno,no,4\nyes,yes,6\n"


@pytest.fixture
def panel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Panel:
    """Return a panel of which every weight is distrusted, so that all is drawn anew."""
    monkeypatch.setenv("CAUSAL_CACHE", str(tmp_path / "here"))
    (tmp_path / "pair.yaml").write_text(MODEL)
    (tmp_path / "p.yaml").write_text(PRIORS)
    (tmp_path / "pairs.csv").write_text(TABLE)
    made = causal.load(tmp_path / "pair.yaml", tmp_path / "p.yaml").sample(seed=3, draws=150, tune=150).panel
    monkeypatch.setattr(weights, "PARETO_K", (-np.inf, -np.inf))
    return made


def omissions(panel: Panel) -> list[Omission]:
    """Every judgement and every case by itself, and for each expert all cases: 3 + 4 + 2."""
    found = []
    for pieces in terms(panel).values():
        single = [each for each in pieces if each.kind in (JUDGEMENT, CASE)]
        found += [Omission((each,)) for each in single]
        found.append(Omission(tuple(each for each in single if each.kind == CASE), whole=True))
    return found


def test_what_was_drawn_anew_is_not_drawn_again(panel: Panel, monkeypatch: pytest.MonkeyPatch) -> None:
    once = leave_out(panel, omissions(panel))
    assert all(each.refitted for each in once)
    monkeypatch.setattr(jobs, "_attempted", lambda job: pytest.fail("it is in the store"))
    again = leave_out(panel, omissions(panel))
    for first, second in zip(once, again, strict=True):
        np.testing.assert_array_equal(first.theta, second.theta)


@pytest.mark.skipif(find_spec("distributed") is None, reason="dask.distributed is not installed")
def test_on_a_cluster_of_which_a_worker_is_killed(
    panel: Panel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from distributed import LocalCluster

    here = leave_out(panel, omissions(panel))
    monkeypatch.setenv("CAUSAL_CACHE", str(tmp_path / "there"))
    kept: list[str] = []
    put = entries.put

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster:

        def counted(kind: str, name: str, files: dict[str, bytes]) -> Path:
            kept.append(name)
            if len(kept) == 3:
                os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)
            return put(kind, name, files)

        monkeypatch.setattr(entries, "put", counted)
        there = leave_out(replace(panel, cluster=cluster.scheduler_address), omissions(panel))
    assert len(kept) == len(set(kept)) == 9
    for one, other in zip(here, there, strict=True):
        np.testing.assert_array_equal(one.theta, other.theta)
