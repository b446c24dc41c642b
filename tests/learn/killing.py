"""Kill `causal sample` and `causal report` at random moments, and hold what the next run gives to an undisturbed one.

    python killing.py FOLDER KILLS SEED fork     each run is a fork of this process, which has imported everything
    python killing.py FOLDER KILLS SEED exec     each run is a process of its own, started as a shell starts it

FOLDER has small.yaml and its priors. After each kill: every entry of the store that is there is whole, every file of
the report is the undisturbed one, and the next run succeeds with the same draws, list of the fit, and report, byte for
byte. Now and then the store is kept for the next kill, so that what is left behind piles up. Prints one JSON object.
"""

from __future__ import annotations

import importlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

COMMANDS = {
    "sample": "sample small.yaml --draws 300 --quiet".split(),
    "report": "report small.yaml --draws 300 --quiet --allow-ungated --out out".split(),
}
START = "from causal.cli import main; main()"
MODULES = "modules.json"


def begin(arguments: list[str], how: str) -> int:
    """Start a command in a process group of its own, and return its number."""
    if how == "exec":
        sink = Path("exec.log").open("ab")  # noqa: SIM115 - the child has it
        return subprocess.Popen(
            [sys.executable, "-c", START, *arguments], stdout=sink, stderr=sink, start_new_session=True
        ).pid
    child = os.fork()
    if child == 0:
        os.setsid()
        sink = os.open("fork.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
        os.dup2(sink, 1)
        os.dup2(sink, 2)
        from causal.cli import main

        code = 1
        try:
            main(arguments)
        except SystemExit as end:
            code = int(end.code or 0)
            Path(MODULES).write_text(json.dumps([name for name in sys.modules if not name.startswith("_")]))
        finally:
            os._exit(code)
    return child


def end(child: int) -> int:
    """Wait for a process, and return what it ended with."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def warm() -> None:
    """Import what the run before has imported, so that the next are over sooner."""
    for name in json.loads(Path(MODULES).read_text()):
        if name.startswith("nutpie"):  # it samples on threads, which a fork would lose; those of others are idle
            continue
        try:
            importlib.import_module(name)
        except ImportError:
            continue
    from causal.learn.compiled import functions

    functions()


def made() -> dict[str, bytes]:
    """Return every file that is a function of what was asked for: not how long it took, nor the sums of that."""
    files = {}
    for path in sorted([*Path("store").rglob("*"), *Path("out").rglob("*")]):
        apart = path.name in ("run.json", "sums.json") or path.parent.name == "locks"
        if path.is_file() and not apart and ".part" not in str(path):
            files[str(path)] = path.read_bytes()
    return files


def broken() -> list[str]:
    """Return the entries of the store that stand in their place and are not what was stored."""
    from causal.learn import entries

    found = [each for kind in ("fits", "draws") for each in (Path("store") / kind).glob("*") if each.name[0] != "."]
    return [str(each) for each in found if entries.get(each.parent.name, each.name) is None]


def fresh() -> None:
    shutil.rmtree("store", ignore_errors=True)
    shutil.rmtree("out", ignore_errors=True)


def undisturbed(how: str) -> tuple[dict[str, dict[str, bytes]], dict[str, float]]:
    """Return what each command makes where nothing disturbs it, and how long that takes."""
    files, seconds = {}, {}
    for name, arguments in COMMANDS.items():
        for turn in range(2 if how == "fork" else 1):
            fresh()
            started = time.monotonic()
            assert end(begin(arguments, how)) == 0, name
            seconds[name] = time.monotonic() - started
            if how == "fork" and turn == 0:
                warm()
        files[name] = made()
    return files, seconds


def main(folder: str, kills: int, seed: int, how: str) -> dict[str, Any]:
    os.chdir(folder)
    os.environ["CAUSAL_CACHE"] = str(Path("store").resolve())
    wanted, seconds = undisturbed(how)
    rng = random.Random(seed)
    told: dict[str, Any] = {"killed": 0, "over": 0, "stored": 0, "parts": 0, "seconds": seconds}
    while told["killed"] < kills and told["over"] < 2 * kills:  # what was over before its moment came does not count
        turn = told["killed"]
        name = list(COMMANDS)[turn % 2]
        if turn % 3 == 0:
            fresh()
        else:  # the store keeps a part of what it had
            shutil.rmtree("out", ignore_errors=True)
            for each in [*Path("store/fits").glob("*"), *Path("store/draws").glob("*")]:
                if each.name[0] != "." and rng.random() < 0.7:
                    shutil.rmtree(each)
        child = begin(COMMANDS[name], how)
        time.sleep(rng.uniform(0.0, seconds[name]))
        os.killpg(child, signal.SIGKILL) if how == "exec" else os.kill(child, signal.SIGKILL)
        status = end(child)
        assert status in (0, -signal.SIGKILL), status
        told["killed" if status else "over"] += 1
        assert not broken(), broken()
        left = made()
        assert all(wanted["report"][path] == data for path, data in left.items()), sorted(left)
        told["stored"] += bool(left)
        told["parts"] += len(list(Path("store").rglob("*.part")))
        started = time.monotonic()
        assert end(begin(COMMANDS[name], how)) == 0, name
        seconds[name] = time.monotonic() - started  # how fast the machine is just now
        again = made()
        assert {path: again.get(path) for path in wanted[name]} == wanted[name], sorted(again)
    return told


if __name__ == "__main__":
    found = main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
    sys.stdout.write(json.dumps(found) + "\n")
