"""Hold every text file of the checkout to naming nothing of the machine it was written on.

a home directory     /home/<name>, /Users/<name>, root's
this checkout        its own absolute path
a package index      its host, its option, its address, or the lock format of a tool that writes one down
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# A bracket around one letter keeps a pattern from matching the line that holds it.
FORBIDDEN = {
    "a home directory": re.compile(r"/(?:[h]ome|[U]sers)/[A-Za-z][\w.-]*|/[r]oot/"),
    "a package index": re.compile(
        r"py[p]i\.org|python[h]osted\.org|npm[j]s\.(?:org|com)|--(?:extra-)?[i]ndex-url|https?://[^ \")]*/[s]imple\b",
        re.IGNORECASE,
    ),
    "this checkout": re.compile(re.escape(str(ROOT)) + r"\b"),
}


def texts() -> dict[str, str]:
    """Return path -> text of every file that is tracked, or would be by ``git add``; binary files are left out."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout: which files belong to the project is not known")
    found = {}
    for name in sorted(set(filter(None, listed))):
        if (ROOT / name).is_file() and b"\0" not in (content := (ROOT / name).read_bytes()):
            found[name] = content.decode("utf-8", errors="replace")
    return found


def named(text: str, what: re.Pattern[str]) -> list[str]:
    """Return ``line: what stood there`` for every match."""
    return [f"{text.count(chr(10), 0, match.start()) + 1}: {match.group()}" for match in what.finditer(text)]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_names(what: str) -> None:
    files = texts()
    assert "pyproject.toml" in files
    found = [f"{name}:{place}" for name, text in files.items() for place in named(text, FORBIDDEN[what])]
    assert not found, f"{what} is named in\n" + "\n".join(found)


@pytest.mark.parametrize("lock", ["uv.lock", "pylock.toml", "poetry.lock"])
def test_no_lock_that_names_an_index(lock: str) -> None:
    assert lock not in texts(), f"{lock} writes down addresses; pins live in requirements.lock"


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("a home directory", "read from /ho" + "me/ada/case.yaml"),
        ("a home directory", "cd /Us" + "ers/ada"),
        ("a home directory", "/ro" + "ot/.cache"),
        ("a package index", "https://py" + "pi.org/project/x"),
        ("a package index", "pip install --ind" + "ex-url https://example.org x"),
        ("a package index", "https://mirror.example.org/sim" + "ple/numpy"),
        ("this checkout", f"{ROOT}/models"),
    ],
)
def test_the_guard_sees(what: str, text: str) -> None:
    assert named(f"first line\n{text}\n", FORBIDDEN[what])[0].startswith("2: ")
