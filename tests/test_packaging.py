"""Hold what is installed to what is declared.

requirements.lock    exactly the closure of pyproject.toml, in the versions that the tests run with
the wheel            the package with what is no Python in it (templates, the widgets' view), and the shipped cases,
                     causal/shipped/{models,priors}, byte for byte
Makefile             every target explains itself
"""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = sorted(path for folder in ("models", "priors") for path in (ROOT / folder).rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.mark.skipif(sys.platform != "linux", reason="the lock is written on Linux; elsewhere a few markers differ")
def test_lock_is_the_closure_of_what_is_declared() -> None:
    lock = runpy.run_path(str(ROOT / ".ci" / "lock.py"))["lock"]
    assert (ROOT / "requirements.lock").read_text(encoding="utf-8") == lock(), "run `make env`, or `make lock`"


def test_wheel_carries_the_shipped_cases(wheel: Path) -> None:
    assert SHIPPED
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if name.startswith("causal/shipped/")}
        assert inside == {f"causal/shipped/{path.relative_to(ROOT).as_posix()}" for path in SHIPPED}
        for path in SHIPPED:
            assert archive.read(f"causal/shipped/{path.relative_to(ROOT).as_posix()}") == path.read_bytes()


def test_wheel_carries_what_is_no_python(wheel: Path) -> None:
    beside = [
        path
        for path in sorted((ROOT / "causal").rglob("*"))
        if path.is_file() and path.suffix != ".py" and "__pycache__" not in path.parts
    ]
    assert {"judging.js", "judging.css", "report.html.j2"} <= {path.name for path in beside}
    with zipfile.ZipFile(wheel) as archive:
        for path in beside:
            assert archive.read(path.relative_to(ROOT).as_posix()) == path.read_bytes()


def test_wheel_carries_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}
    assert tops == {"causal", wheel.name.removesuffix("-py3-none-any.whl") + ".dist-info"}


def test_wheel_works_without_the_checkout(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    source = (
        "import causal, sys; from causal.cli import main; "
        "assert causal.__file__.startswith(sys.argv.pop(1)), causal.__file__; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", source, str(tmp_path / "site"), "check", "rain"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_every_target_explains_itself() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.*)$", makefile, flags=re.MULTILINE)
    helped = subprocess.run(["make", "-C", str(ROOT)], capture_output=True, text=True, check=True).stdout
    assert re.findall(r"^make (\w+) +\S", helped, flags=re.MULTILINE) == phony.split()
