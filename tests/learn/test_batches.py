"""Batches of simulations: the same ranks wherever they run and whatever stops them, and none is run twice in vain."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from causal import load
from causal.errors import JobsFailed, UsageError
from causal.learn import batches
from causal.learn.batches import batch, posteriors, simulate, sources
from causal.learn.calibrating import Calibration, Simulation
from causal.learn.jobs import Job, run
from causal.spec.grammar import parse_question
from tests.learn.test_jobs import KILLER, NOTES, counted, distributed, start

MODEL = """
model: coin
variables:
  coin: {states: [tails, heads]}
  bet: {states: [lost, won], parents: [coin]}
outcome: bet = won
"""
PRIORS = """
priors: coin
model: coin
experts: {ann: {name: Ann}, bob: {name: Bob}, eve: {name: Eve}}
judgements:
  - {about: P(coin = heads), by: ann, says: {quantiles: {5: 0.4, 50: 0.5, 95: 0.6}}}
  - {about: P(bet = won), by: ann, says: {quantiles: {5: 0.3, 50: 0.5, 95: 0.7}}}
  - {about: P(bet = won), by: bob, says: {quantiles: {5: 0.5, 50: 0.6, 95: 0.7}}}
  - {about: P(coin = heads), by: eve, says: 50%}
defaults:
  - {about: P(coin = heads), says: 50%}
  - {about: P(bet = won | coin = tails), says: {quantiles: {5: 0.3, 50: 0.4, 95: 0.5}}}
  - {about: P(bet = won | coin = heads), says: {quantiles: {5: 0.6, 50: 0.8, 95: 0.9}}}
"""
COUNTED = """
import time
from causal.learn import batches
from notes import note
honest = batches.batch
def batch(*arguments):
    name = f"{arguments[2]}-{arguments[4][1]}"
    note("begins", name)
    time.sleep(0.3)  # time enough to be killed within
    found = honest(*arguments)
    note("ends", name)
    return found
"""
RUN = f"""{KILLER}
import json
import counted
from causal import load
from causal.learn import batches

def main(_, count, whom):
    from distributed import LocalCluster
    batches.BATCH, batches.batch = 2, counted.batch
    study = load("coin.yaml")
    several, _ = batches.posteriors(study.model, study.priors)
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as there:
        watched(count, whom)
        found = batches.simulate(several, 7, 5, there.scheduler_address)
    Path("ranks.json").write_text(json.dumps([[each["simulations"] for each in every] for every in found]))
    print("all")

if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
"""
JOBS = {f"{expert}-{at}" for expert in ("ann", "bob") for at in range(4)}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CAUSAL_CACHE", str(tmp_path / "store"))
    monkeypatch.setattr(os, "process_cpu_count", lambda: 1)  # jobs run in this process
    monkeypatch.setattr(batches, "BATCH", 2)
    monkeypatch.chdir(tmp_path)
    for name, text in {
        "coin.yaml": MODEL, "coin.priors.yaml": PRIORS, "run.py": RUN, "notes.py": NOTES, "counted.py": COUNTED,
    }.items():  # fmt: skip
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.fixture
def several() -> list[Calibration]:
    study = load("coin.yaml")
    return posteriors(study.model, study.priors)[0]


def simulations(found: Sequence[Sequence[batches.Batch]]) -> list[list[list[dict[str, object]]]]:
    """Return all that a run found but the seconds it took."""
    return [[each["simulations"] for each in every] for every in found]


def test_those_who_can_be_calibrated_are_and_the_others_are_told() -> None:
    study = load("coin.yaml")
    asked = (parse_question("P(bet = won)"),)
    found, left = posteriors(study.model, study.priors, asked)
    assert [one.expert for one in found] == ["ann", "bob"]
    assert all("P(bet = won)" in one.quantities for one in found)
    assert left == ["eve: nothing conditions these numbers, so draws are those of the priors"]
    assert [one.expert for one in posteriors(study.model, study.priors, expert="bob")[0]] == ["bob"]
    with pytest.raises(UsageError, match=r"no posterior of coin to calibrate\neve: nothing conditions"):
        posteriors(study.model, study.priors, expert="eve")
    with pytest.raises(UsageError, match=r"coin has no expert 'anna' \(did you mean 'ann'"):
        posteriors(study.model, study.priors, expert="anna")
    with pytest.raises(UsageError, match=r"'P\(bet\)' has a number for each state"):
        posteriors(study.model, study.priors, (parse_question("P(bet)"),))


def test_ranks_do_not_depend_on_how_they_were_run(
    several: list[Calibration], here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = simulations(simulate(several, 5, 5))
    assert [[len(each) for each in every] for every in one] == [[2, 2, 1]] * 2
    assert one[0][1][0] == vars(several[0].simulate([5, 1, 0])) | {"ranks": list(several[0].simulate([5, 1, 0]).ranks)}
    monkeypatch.setattr(os, "process_cpu_count", lambda: 2)
    monkeypatch.setenv("CAUSAL_CACHE", str(here / "another"))
    assert simulations(simulate(several, 5, 5)) == one  # by two processes of joblib


@distributed
def test_a_worker_killed_half_way_loses_nothing_and_changes_nothing(several: list[Calibration], here: Path) -> None:
    code, said = start("tcp", 3, "a worker")
    assert (code, said.splitlines()[-1]) == (0, "all"), said
    begun, ended = counted()
    assert dict(ended) == dict.fromkeys(JOBS, 1)
    assert begun.total() == len(JOBS) + 1  # what the worker was in the middle of
    assert json.loads((here / "ranks.json").read_text()) == simulations(simulate(several, 7, 5))


def test_what_was_stopped_goes_on_as_if_it_had_not_been(
    several: list[Calibration], here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = simulations(simulate(several[:1], 6, 5))
    monkeypatch.setenv("CAUSAL_CACHE", str(here / "another"))
    done: list[list[int]] = []
    honest = Calibration.simulate

    def stopped(self: Calibration, seed: list[int]) -> Simulation:
        done.append(seed)
        if len(done) == 4:
            raise KeyboardInterrupt
        return honest(self, seed)

    monkeypatch.setattr(Calibration, "simulate", stopped)
    with pytest.raises(KeyboardInterrupt) as stop:
        simulate(several[:1], 6, 5)
    assert stop.value.__notes__ == ["1 of 3 results are kept"]
    assert simulations(simulate(several[:1], 6, 5)) == whole
    assert [seed[1:] for seed in done] == [[0, 0], [0, 1], [1, 0], [1, 1], [1, 0], [1, 1], [2, 0], [2, 1]]
    assert simulations(simulate(several[:1], 8, 5))[0][:3] == whole[0]  # more of them need only the new ones
    assert len(done) == 10


def keys(one: Calibration, seed: int = 5) -> list[str]:
    return [job.key for job in batches._jobs(one, 4, seed)]


def test_a_key_says_all_that_a_result_depends_on(
    several: list[Calibration], here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = several[0]
    found = [keys(first), keys(several[1]), keys(first, seed=6)]
    found.append(keys(Calibration(first.model, first.priors, "ann", (parse_question("P(bet = won)"),))))
    (here / "coin.priors.yaml").write_text(PRIORS.replace("0.95", "0.9").replace("5: 0.4", "5: 0.45"))
    found.append(keys(Calibration(first.model, load("coin.yaml").priors, "ann")))
    monkeypatch.setattr(batches, "sources", lambda: "others")
    found.append(keys(first))
    assert len({key for each in found for key in each}) == 2 * len(found)


def test_a_worker_with_other_sources_is_refused(several: list[Calibration]) -> None:
    one = several[0]
    with pytest.raises(UsageError, match="the worker has other sources"):
        batch(one.model, one.priors, one.expert, (), (5, 0), 1, "others")
    with pytest.raises(JobsFailed, match="the worker has other sources"):
        run([Job("it", batch, (one.model, one.priors, one.expert, (), (5, 0), 1, "others"))])


def test_sources_are_those_that_make_a_posterior(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def digest(**files: str) -> str:
        for name, text in files.items():
            path = tmp_path / name.replace("__", "/").replace("_py", ".py")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        monkeypatch.setattr(batches, "__file__", str(tmp_path / "learn" / "batches.py"))
        return sources.__wrapped__()

    first = digest(errors_py="a", learn__nuts_py="b", exact__deep__tape_py="c")
    assert digest(ask__grid_py="d", README="e") == first
    assert digest(exact__deep__tape_py="d") != first
