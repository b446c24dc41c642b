"""Whatever ends a run, nothing that it leaves is taken for what it is not: kills, interrupts, two at a time, cores.

The kills are in killing.py: ten here, and a hundred of processes started as a shell starts them by

    python -m pytest -m long tests/learn/test_killed.py
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
MODEL = """
model: small
variables:
  coin: {states: [tails, heads]}
  bet: {states: [lost, won], parents: [coin]}
outcome: bet = won
"""
PRIORS = """
priors: small
model: small
experts: {ann: {name: Ann}, bob: {name: Bob}}
judgements:
  - {about: P(coin = heads), by: ann, says: {quantiles: {5: 0.4, 50: 0.5, 95: 0.6}}}
  - {about: P(bet = won), by: ann, says: {quantiles: {5: 0.6, 50: 0.8, 95: 0.9}}}
  - {about: P(bet = won), by: bob, says: {quantiles: {5: 0.1, 50: 0.2, 95: 0.3}}}
"""


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "small.yaml").write_text(MODEL)
    (tmp_path / "small.priors.yaml").write_text(PRIORS)
    return tmp_path


def start(desk: Path, source: str, *arguments: str) -> subprocess.Popen[str]:
    paths = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH", ""))))
    environment = os.environ | {"CAUSAL_CACHE": str(desk / "store"), "PYTHONPATH": paths, "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-c", source, *arguments],
        cwd=desk, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def killed(desk: Path, kills: int, how: str) -> dict[str, float]:
    source = "import runpy, sys; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
    run = start(desk, source, str(HERE / "killing.py"), str(desk), str(kills), "1", how)
    said, complaint = run.communicate()
    assert run.returncode == 0, complaint
    told: dict[str, float] = json.loads(said.splitlines()[-1])
    assert told["killed"] == kills, told
    return told


def test_ten_kills_lose_nothing_and_pass_nothing_off(desk: Path) -> None:
    killed(desk, 10, "fork")


@pytest.mark.long
def test_a_hundred_kills_lose_nothing_and_pass_nothing_off(desk: Path) -> None:
    told = killed(desk, 100, "exec")
    assert told["stored"] > 0, told  # some came after the first draws were there


RUN = """
import os, signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has what runs in the background ignore it
from causal.cli import main
import causal.learn.store as store
draw, pause = store.draw, float(sys.argv.pop(1))
def watched(targets, *rest):
    with open("drawn", "a") as file:
        file.write("".join(target.expert + "\\n" for target in targets))
    time.sleep(pause)
    return draw(targets, *rest)
store.draw = watched
import causal.cli.commands, causal.study, causal.learn.nuts
print("ready", flush=True)
main()
"""
SAMPLE = ("sample", "small.yaml", "--draws", "300", "--json", "--quiet")


def entries(desk: Path) -> dict[str, bytes]:
    names = ("fit.json", "draws.nc")
    return {str(path.relative_to(desk)): path.read_bytes() for path in desk.rglob("*") if path.name in names}


def test_two_processes_on_one_fit(desk: Path) -> None:
    """The second waits for the first, and takes what it drew; nothing is drawn twice."""
    both = [start(desk, RUN, "2.0", *SAMPLE) for _ in range(2)]
    said = [run.communicate() for run in both]
    assert [run.returncode for run in both] == [0, 0], said
    facts = [json.loads(out.partition("\n")[2]) for out, _ in said]
    assert facts[0] == facts[1]
    assert sorted((desk / "drawn").read_text().split()) == ["ann", "bob"]
    assert len(entries(desk)) == 3
    assert not list((desk / "store" / "locks").iterdir())


def test_an_owner_who_is_killed_holds_nobody_up(desk: Path) -> None:
    first = start(desk, RUN, "600", *SAMPLE)
    while not (desk / "drawn").exists():
        time.sleep(0.05)
        assert first.poll() is None, first.communicate()
    second = start(desk, RUN, "0", *SAMPLE)
    assert second.stdout is not None
    assert second.stdout.readline() == "ready\n"
    time.sleep(0.5)
    assert second.poll() is None  # it waits
    first.kill()
    first.communicate()
    said = second.communicate(timeout=60)
    assert second.returncode == 0, said
    assert len(entries(desk)) == 3


def test_ctrl_c_ends_with_130(desk: Path) -> None:
    run = start(desk, RUN, "600", *SAMPLE[:-1])
    while not (desk / "drawn").exists():
        time.sleep(0.05)
        assert run.poll() is None, run.communicate()
    run.send_signal(signal.SIGINT)
    _, complaint = run.communicate(timeout=60)
    assert run.returncode == 130
    assert complaint.splitlines()[-1] == "interrupted; 0 of 2 experts are drawn and kept"


ON_CORES = """
import os, sys
os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[: int(sys.argv[1])]))
from causal import load
posterior = load("small.yaml").sample(seed=3, draws=300)
posterior.report("out")
"""


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="only Linux says on which cores a process runs")
def test_one_core_or_two_give_the_same_bytes(desk: Path) -> None:
    if len(os.sched_getaffinity(0)) < 2:
        pytest.skip("there is one core here")
    found = []
    for cores in ("1", "2"):
        place = desk / cores
        place.mkdir()
        for name in ("small.yaml", "small.priors.yaml"):
            (place / name).write_text((desk / name).read_text())
        run = start(place, ON_CORES, cores)
        assert run.communicate()[0] == ""
        assert run.returncode == 0
        found.append(entries(place) | {path.name: path.read_bytes() for path in (place / "out").iterdir()})
    assert len(found[0]) >= 6  # a fit, draws of two experts, three files; and what analyses draw anew
    assert found[0] == found[1]
