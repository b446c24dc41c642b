"""Many fits: on real processes and a real scheduler, killed half way, each job counted as it begins and ends."""

from __future__ import annotations

import os
import pickle
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path

import pytest

from causal import load
from causal.errors import JobsFailed, QueryError, UsageError
from causal.learn import entries, jobs
from causal.learn.jobs import Job, Shelf, run

ROOT = Path(__file__).resolve().parent.parent.parent
distributed = pytest.mark.skipif(find_spec("distributed") is None, reason="dask.distributed is not installed")

NOTES = """
import os, time
def note(what, number):
    with open("log", "a") as file:
        file.write(f"{what} {number} {os.getpid()}\\n")
"""
CHORES = """
import time
from notes import note
def square(number, seconds):
    note("begins", number)
    time.sleep(seconds)
    note("ends", number)
    return number * number
"""
KILLER = """
import os, signal, sys, threading, time
from pathlib import Path

def log():
    lines = Path("log").read_text().splitlines() if Path("log").exists() else []
    return [line.split() for line in lines]

def kill(count, whom):
    # when so many are over and kept, kill a worker that is in the middle of one, or this process
    while True:
        lines, kept = log(), len(list(Path("store/jobs").glob("[!.]*/result.json")))
        over = {number for what, number, _ in lines if what == "ends"}
        within = [pid for what, number, pid in lines if what == "begins" and number not in over]
        if len(over) == kept >= count and within:
            os.kill(os.getpid() if whom == "self" else int(within[-1]), signal.SIGKILL)
            return
        time.sleep(0.01)

def watched(count, whom):
    if whom != "nobody":
        threading.Thread(target=kill, args=(count, whom), daemon=True).start()
"""
RUN = f"""{KILLER}
from chores import square
from causal.learn.jobs import Job, run

def main(cluster, count, whom):
    watched(count, whom)
    chores = [Job(f"square of {{n}}", square, (n, 0.4)) for n in range(12)]
    if cluster == "tcp":  # a scheduler with two worker processes
        from distributed import LocalCluster
        with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as there:
            found = run(chores, cluster=there.scheduler_address)
    else:
        found = run(chores, cluster=cluster if cluster != "none" else None)
    assert found == {{f"square of {{n}}": n * n for n in range(12)}}, found
    print("all", len(found))

if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
"""


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CAUSAL_CACHE", str(tmp_path / "store"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.py").write_text(NOTES)
    (tmp_path / "chores.py").write_text(CHORES)
    (tmp_path / "run.py").write_text(RUN)
    return tmp_path


def start(cluster: str, count: int, whom: str) -> tuple[int, str]:
    """Run the chores, and return how that ended and what it said; what it starts may outlive it."""
    paths = os.pathsep.join(filter(None, (str(Path.cwd()), str(ROOT), os.environ.get("PYTHONPATH", ""))))
    command = [sys.executable, "run.py", cluster, str(count), whom]
    environment = os.environ | {"PYTHONPATH": paths}
    with Path("said").open("w") as said:
        run = subprocess.Popen(command, env=environment, stdout=said, stderr=said, start_new_session=True)
        try:
            code = run.wait(timeout=180)
        finally:
            if whom == "self":
                time.sleep(1.0)  # what joblib's processes have in their queue runs to its end
            with suppress(ProcessLookupError):
                os.killpg(run.pid, signal.SIGKILL)
    return code, Path("said").read_text()


def counted() -> tuple[Counter[str], Counter[str]]:
    """Return how often each job began, and ended."""
    lines = [line.split() for line in Path("log").read_text().splitlines()]
    begun = Counter(number for what, number, _ in lines if what == "begins")
    return begun, Counter(number for what, number, _ in lines if what == "ends")


def once(within: int) -> None:
    """Hold every job to one end, and all but those that were killed within to one beginning."""
    begun, ended = counted()
    assert dict(ended) == {str(number): 1 for number in range(12)}
    assert begun.total() == 12 + within, begun
    assert max(begun.values()) <= 2


@distributed
def test_a_worker_killed_half_way_loses_nothing_on_a_scheduler() -> None:
    code, said = start("tcp", 5, "a worker")
    assert (code, said.splitlines()[-1]) == (0, "all 12"), said
    once(within=1)
    assert start("none", 0, "nobody") == (0, "all 12\n")  # all from the store
    once(within=1)


def test_this_process_killed_half_way_goes_on_where_it_was() -> None:
    """What was over is not run again; what joblib's processes were in the middle of, is."""
    assert start("none", 5, "self")[0] == -signal.SIGKILL
    kept = {path.parent.name for path in Path("store/jobs").glob("[!.]*/result.json")}
    assert 5 <= len(kept) < 12
    before = counted()[0].total()
    assert start("none", 0, "nobody") == (0, "all 12\n")
    assert counted()[0].total() - before == 12 - len(kept)


def test_a_process_of_joblib_killed_half_way_loses_nothing() -> None:
    """With it joblib ends the others, so that what they were in the middle of is run again as well."""
    code, said = start("none", 5, "a worker")
    assert (code, said.splitlines()[-1]) == (0, "all 12"), said
    begun, ended = counted()
    assert len(ended) == 12
    assert 13 <= begun.total() <= 12 + 2 * 2


# ── in this process ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(autouse=True)
def one_core(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "process_cpu_count", lambda: 1)


calls: list[int] = []


def half(number: int) -> float:
    calls.append(number)
    if number == 13:
        raise QueryError("13 has no half")
    if number == 14:
        raise ZeroDivisionError("14")
    return number / 2


def pair(number: int) -> tuple[int, dict[str, float]]:
    return number, {"half": half(number)}


def halves(*numbers: int) -> list[Job]:
    return [Job(f"half of {number}", half, (number,)) for number in numbers]


def test_what_is_kept_is_not_run_again_and_comes_back_in_order() -> None:
    calls.clear()
    seen: list[tuple[int, int]] = []
    assert run(halves(2, 1)) == {"half of 2": 1.0, "half of 1": 0.5}
    assert run(halves(1, 3, 2), told=lambda *now: seen.append(now)) == {
        "half of 1": 0.5, "half of 3": 1.5, "half of 2": 1.0,
    }  # fmt: skip
    assert calls == [2, 1, 3]
    assert seen == [(2, 3), (3, 3)]


def test_a_result_is_what_json_has_the_first_time_too() -> None:
    job = Job("a pair", pair, (3,))
    assert run([job]) == run([job]) == {"a pair": [3, {"half": 1.5}]}


def test_failures_are_told_together_after_the_rest_is_kept() -> None:
    calls.clear()
    with pytest.raises(JobsFailed) as caught:
        run(halves(13, 1, 14))
    assert str(caught.value) == (
        "2 of 3 jobs failed; the results of the others are kept\n"
        "half of 13: 13 has no half\nhalf of 14: ZeroDivisionError: 14"
    )
    assert caught.value.exit_code == 1
    with pytest.raises(JobsFailed) as caught:
        run(halves(13, 1))
    assert caught.value.exit_code == QueryError.exit_code
    assert calls == [13, 1, 14, 13]


def test_a_result_that_json_has_not_is_a_failure() -> None:
    with pytest.raises(JobsFailed, match="a third: TypeError: Object of type Fraction is not JSON serializable"):
        run([Job("a third", Fraction, (1, 3))])


def test_a_broken_result_counts_as_none() -> None:
    calls.clear()
    run(halves(4))
    path = entries.place(jobs.JOBS, halves(4)[0].digest) / jobs.RESULT
    path.write_text("99")
    assert run(halves(4)) == {"half of 4": 2.0}
    assert calls == [4, 4]


@pytest.mark.parametrize("name", ["rain", "ussr"])
def test_a_study_that_was_sent_is_the_study(name: str) -> None:
    """Read-only mappings are no matter of pickle's."""
    study = load(name)
    job = pickle.loads(jobs._sent(Job("it", pair, (study.model, study.priors))))
    assert job.arguments == (study.model, study.priors)


def as_text(number: float) -> dict[str, bytes]:
    return {"half.txt": str(number).encode()}


def of_text(files: Mapping[str, bytes]) -> float:
    return float(files["half.txt"].decode())


def test_a_shelf_of_its_own() -> None:
    calls.clear()
    shelf = Shelf("halves", as_text, of_text)
    job = Job("half of 4", half, (4,), shelf, "four", wide=True)
    assert run([job]) == run([job]) == {"half of 4": 2.0}
    assert calls == [4]
    path = entries.place("halves", "four")
    assert (path / "half.txt").read_text() == "2.0"
    shutil.rmtree(path)
    entries.put("halves", "four", {"half.txt": b"broken"})  # sound, and not to be read
    with pytest.raises(JobsFailed):
        run([Job("half of 4", half, (13,), shelf, "four")])


def test_wide_jobs_run_one_after_another_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "process_cpu_count", lambda: 2)
    calls.clear()
    run([Job(f"half of {number}", half, (number,), wide=True) for number in (21, 22)])
    assert calls == [21, 22]


def test_a_worker_without_the_code_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = jobs._sent(halves(1)[0])
    monkeypatch.delattr(sys.modules[__name__], "half")
    assert jobs._received(sent).failure.startswith("it cannot be read by the worker (AttributeError")


def test_a_digest_changes_with_key_function_and_source(monkeypatch: pytest.MonkeyPatch) -> None:
    job = Job("it", half, (1,))
    assert job.digest == Job("it", half, (2,)).digest  # the key alone says what the result depends on
    others = {job.digest, Job("other", half, (1,)).digest, Job("it", pair, (1,)).digest}
    source = jobs.inspect.getsource
    monkeypatch.setattr(jobs.inspect, "getsource", lambda module: source(module) + "# edited")
    assert len(others | {job.digest}) == 4


def test_an_interrupt_says_how_much_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    each = jobs._each

    def interrupted(todo, cluster):
        yield next(each(todo, cluster))
        raise KeyboardInterrupt

    monkeypatch.setattr(jobs, "_each", interrupted)
    with pytest.raises(KeyboardInterrupt) as stop:
        run(halves(5, 6, 7))
    assert stop.value.__notes__ == ["1 of 3 results are kept"]


def test_what_makes_no_sense_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="two jobs have the same key"):
        run([*halves(1), *halves(1)])
    with pytest.raises(ValueError, match="is no function that a worker finds in a module"):
        Job("it", lambda: 1)
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match=r"pip install 'causal-onecase\[cluster\]'"):
        run(halves(8), cluster="local")


def test_a_scheduler_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)  # it is never loaded
    monkeypatch.setattr(jobs, "KNOCK", 0.5)
    with pytest.raises(UsageError, match=r"no scheduler answers at 'tcp://127.0.0.1:9' .*; write tcp://host:port, or"):
        run(halves(9), cluster="tcp://127.0.0.1:9")
    silent = socket.create_server(("127.0.0.1", 0))
    said = r"no scheduler answers at .* \(timed out\); write tcp://host:port"
    with silent, pytest.raises(UsageError, match=said):
        run(halves(9), cluster=f"tcp://127.0.0.1:{silent.getsockname()[1]}")


@pytest.mark.parametrize("cluster", ["foo", "127.0.0.1:8786", "tcp://here", "tcp://here:x", "http://here:80", ""])
def test_what_is_no_address_is_refused_at_once(cluster: str) -> None:
    with pytest.raises(UsageError, match="is no address of a scheduler; write tcp://host:port, or local"):
        run(halves(9), cluster=cluster)


@distributed
def test_a_worker_of_other_code_does_not_count() -> None:
    from concurrent.futures import Future

    future: Future[jobs._Outcome] = Future()
    future.set_result(jobs._Outcome("another digest", jobs._as_json(1.0)))
    assert jobs._told(halves(1)[0], future).failure.startswith("the worker has other versions")
