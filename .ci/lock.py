"""Write requirements.lock: name==version of what the project needs, as installed here.

    roots     pyproject.toml: dependencies + the extra `test` + build requirements
    closure   every requirement of a root whose marker holds here, and theirs in turn
    lock      the closure, sorted; versions only, so that any index may serve it

What happens to be installed beside it is left out. It is written on Linux. To upgrade one package, install the version
wanted into .venv, run `make lock`, and then the tests.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
HEAD = "# Exact versions for Python 3.13, written by `make lock`; what is needed and why stands in pyproject.toml.\n"


def roots() -> list[Requirement]:
    """Return what pyproject.toml asks for: to run, to test and to build."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    run, test = project["project"]["dependencies"], project["project"]["optional-dependencies"]["test"]
    return [Requirement(text) for text in [*run, *test, *project["build-system"]["requires"]]]


def closure(wanted: Iterable[Requirement]) -> dict[str, str]:
    """Return name -> installed version of all that is wanted and of what that requires in turn."""
    todo = list(wanted)
    seen: set[tuple[str, str]] = set()
    pins: dict[str, str] = {}
    while todo:
        requirement = todo.pop()
        found = distribution(requirement.name)
        if not requirement.specifier.contains(found.version, prereleases=True):
            raise SystemExit(f"{requirement} is wanted, but {found.version} is installed")
        pins[canonicalize_name(requirement.name)] = found.version
        for extra in requirement.extras | {""}:
            if (requirement.name, extra) not in seen:
                seen.add((requirement.name, extra))
                inner = (Requirement(text) for text in found.requires or ())
                todo += [each for each in inner if each.marker is None or each.marker.evaluate({"extra": extra})]
    return pins


def lock() -> str:
    """Return the text of requirements.lock for what is installed here."""
    return HEAD + "".join(f"{name}=={version}\n" for name, version in sorted(closure(roots()).items()))


if __name__ == "__main__":
    (ROOT / "requirements.lock").write_text(lock(), encoding="utf-8")
