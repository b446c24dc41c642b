"""Run what README.md shows, from top to bottom, in an empty directory that holds the shipped cases.

    ```python     every block, all in one namespace
    ```console    every line `$ causal ...`; it must exit with 0, and what the block shows below it must be printed
    ```sh         every line `make x`; x must be a target (the command itself is not run: this is one of its tests)

Give a block that is only to be looked at the language `text`.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[str]:
    return [body for word, body in BLOCK.findall(README) if word == language]


def commands() -> list[tuple[str, str]]:
    """Return every shown command and the output shown below it."""
    shown = [part.partition("\n") for body in blocks("console") for part in re.split(r"^\$ ", body, flags=re.MULTILINE)]
    return [(command, output) for command, _, output in shown if command]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("desk")
    for name in ("models", "priors"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


def test_python_blocks_run(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert blocks("python")
    monkeypatch.chdir(desk)
    namespace: dict[str, object] = {"__name__": "readme"}
    for body in blocks("python"):
        exec(compile(body, "README.md", "exec"), namespace)


@pytest.mark.parametrize(("command", "output"), commands(), ids=[command for command, _ in commands()])
def test_console_command_works(command: str, output: str, desk: Path) -> None:
    program, *arguments = shlex.split(command)
    assert program == "causal", "only causal is run from a console block"
    script = Path(sys.executable).with_name("causal")
    done = subprocess.run([script, *arguments], cwd=desk, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert output.strip() in done.stdout


def test_make_commands_are_targets() -> None:
    named = {target for body in blocks("sh") for target in re.findall(r"^make (\w+)", body, flags=re.MULTILINE)}
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert {"report", "test"} <= named <= targets
