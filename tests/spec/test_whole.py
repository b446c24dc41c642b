"""What is written, whole or not at all: killed at every step, on a full disk, by two at a time."""

from __future__ import annotations

import errno
import fcntl
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from causal.errors import UsageError
from causal.spec import whole
from causal.spec.whole import OLD, YOUNG, room, sweep, write_file, write_files, write_folder

FILES = {"a": b"x" * 5000, "b": b"y"}
KILLED = """
import os, signal, sys
from pathlib import Path
from causal.spec.whole import sweep, write_file, write_folder

root, what = Path(sys.argv[1]), sys.argv[2]
FILES = {"a": b"x" * 5000, "b": b"y"}
EVENTS = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.chmod"}

def read(at):
    return {each.name: each.read_bytes() for each in sorted(at.iterdir())}

def sound(at):
    return at.is_dir() and read(at) == FILES

def before():
    if what == "file":
        (root / "it").write_bytes(b"old")
    elif what == "unsound":
        (root / "it").mkdir()
        (root / "it" / "a").write_bytes(b"half")

def act():
    if what == "file":
        write_file(root / "it", b"new" * 5000)
    else:
        write_folder(root / "it", FILES, sound)

def good(done):
    at = root / "it"
    if what == "file":
        assert at.read_bytes() in ((b"new" * 5000,) if done else (b"old", b"new" * 5000)), at.read_bytes()[:20]
    elif done:
        assert sound(at), read(at)
    else:  # there, or not there, or what stood there: never half of the new
        assert not at.exists() or sound(at) or read(at) == {"a": b"half"}, read(at)

def arm(steps):
    left = [steps]
    def step(event, arguments):
        if event in EVENTS:
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(step)
    fsync = os.fsync
    os.fsync = lambda handle: (step("open", ()), fsync(handle))[1]

steps, left_behind = 0, 0
while True:
    before()
    child = os.fork()
    if child == 0:
        arm(steps)
        act()
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    good(done=status == 0)
    left_behind += len(list(root.glob(".*.part")))
    act()
    good(done=True)
    sweep(root, "*.part", young=0.0)
    assert [each.name for each in root.iterdir()] == ["it"], list(root.iterdir())
    for each in ([root / "it"] if what == "file" else (root / "it").iterdir()):
        each.unlink()
    if what != "file":
        (root / "it").rmdir()
    if status == 0:
        break
    assert os.WTERMSIG(status) == signal.SIGKILL, status
    steps += 1
print(steps, left_behind)
"""
FULL = """
import resource, sys
from pathlib import Path
from causal.spec.whole import write_file, write_folder

root = Path(sys.argv[1])
(root / "it").write_bytes(b"old")
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
for act in (lambda: write_file(root / "it", b"x" * 5000),
            lambda: write_folder(root / "folder", {"b": b"y", "a": b"x" * 5000}, Path.is_dir)):
    try:
        act()
    except OSError as error:
        print(error.errno, error.filename)
"""


def script(source: str, *arguments: str) -> str:
    command = [sys.executable, "-c", source, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("what", ["file", "folder", "unsound"])
def test_killed_at_every_step(tmp_path: Path, what: str) -> None:
    steps, left_behind = map(int, script(KILLED, str(tmp_path), what).split())
    assert steps > 5
    assert left_behind > 0  # or the sweep was not tried


def test_a_file_that_does_not_fit(tmp_path: Path) -> None:
    said = script(FULL, str(tmp_path)).split("\n")
    assert said == [f"{errno.EFBIG} {tmp_path / 'it'}", f"{errno.EFBIG} {tmp_path / 'folder'}", ""]
    assert (tmp_path / "it").read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["it"]


@pytest.mark.parametrize("call", ["open", "fsync", "replace"])
def test_an_error_names_the_file_and_leaves_what_was_there(tmp_path: Path, monkeypatch, call: str) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    (tmp_path / "it").write_bytes(b"old")
    monkeypatch.setattr(Path if call == "replace" else os, call, full)
    with pytest.raises(OSError, match=r"No space left on device: '.*/it'"):
        write_file(tmp_path / "it", b"new")
    monkeypatch.undo()
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("it", b"old")]


def test_of_files_that_belong_together_none_is_written_where_one_does_not_fit(tmp_path: Path, monkeypatch) -> None:
    files = {"one": b"new", "two": b"new", "three": b"new"}
    for name in ("one", "two"):
        (tmp_path / name).write_bytes(b"old")
    sync, calls = os.fsync, []

    def full(handle: int) -> None:
        calls.append(handle)
        if len(calls) == 3:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        sync(handle)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match=r"No space left on device: '.*/three'"):
        write_files(tmp_path, files)
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == {"one": b"old", "two": b"old"}
    monkeypatch.undo()
    assert write_files(tmp_path, files) == tuple(tmp_path / name for name in files)
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == files


def test_a_sound_folder_stays_and_another_is_replaced(tmp_path: Path) -> None:
    target = tmp_path / "it"
    write_folder(target, FILES, sound=lambda _: True)
    first = target.stat().st_ino
    write_folder(target, FILES, sound=lambda _: True)
    assert target.stat().st_ino == first
    write_folder(target, {"c": b"z"}, sound=lambda there: (there / "c").exists())
    assert [each.name for each in target.iterdir()] == ["c"]
    (tmp_path / "file").write_bytes(b"in the way")
    write_folder(tmp_path / "file", FILES, sound=Path.is_dir)
    assert {each.name: each.read_bytes() for each in (tmp_path / "file").iterdir()} == FILES
    assert not list(tmp_path.glob(".*"))


def aged(part: Path, seconds: float) -> Path:
    part.write_bytes(b"")
    os.utime(part, (time.time() - seconds,) * 2)
    return part


def test_a_sweep_takes_what_is_old_and_nobody_holds(tmp_path: Path) -> None:
    young, old = aged(tmp_path / ".a.part", 0.5 * YOUNG), aged(tmp_path / ".b.part", 2 * YOUNG)
    with aged(tmp_path / ".c.part", 2 * YOUNG).open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert sweep(tmp_path, "*.part") == [old]
    assert sweep(tmp_path, "*.part") == [tmp_path / ".c.part"]
    assert list(tmp_path.iterdir()) == [young]


def test_where_no_lock_can_tell_only_what_is_a_day_old_is_swept(tmp_path: Path, monkeypatch) -> None:
    def unknown(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(whole.fcntl, "flock", unknown)
    aged(tmp_path / ".a.part", 0.5 * OLD)
    old = aged(tmp_path / ".b.part", 2 * OLD)
    assert sweep(tmp_path, "*.part") == [old]
    write_file(tmp_path / "it", b"new")
    write_folder(tmp_path / "folder", FILES, Path.is_dir)
    assert sorted(each.name for each in tmp_path.iterdir()) == [".a.part", "folder", "it"]


def test_a_file_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "it").write_bytes(b"old")
    (tmp_path / "it").chmod(0o640)
    write_file(tmp_path / "it", b"new")
    assert (tmp_path / "it").stat().st_mode & 0o777 == 0o640


def test_a_place_is_tried_and_nothing_is_left_of_the_trial(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.mkdir()
    room(old)
    room(tmp_path / "new" / "newer")
    assert list(tmp_path.rglob("*")) == [old]
    (old / "file").touch()
    with pytest.raises(
        UsageError, match=r"nothing can be written to '.*/old/file/x' \(Not a directory\); name another"
    ):
        room(old / "file" / "x")
    assert [each.name for each in tmp_path.rglob("*")] == ["old", "file"]
