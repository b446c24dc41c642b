"""Hold every import to the drawn layout.

    floor     knows
    errors
    spec      ruamel.yaml, pydantic
    graph     networkx
    elicit    scipy                         numpy from here on
    exact     numba
    learn     pymc, arviz, nutpie and what they are made of; numba, scipy; joblib, distributed
    ask       pandas, scipy, dowhy, joblib  dowhy in one module
    tell      jinja2, matplotlib, pygraphviz
    explained pandas, for its types
    manyfits
    widgets   anywidget, traitlets, IPython
    study
    comparing
    causal    (the package's own door)
    cli       typer, rich

A module imports from its own floor and from those above it, never from one below; what a third party is for is said
by the one floor that knows it. Imports inside functions and under TYPE_CHECKING count like all others.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path, PurePath

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "causal"
MODULES = sorted(PACKAGE.rglob("*.py"))

FLOORS = (
    *"errors spec graph elicit exact learn ask tell explained manyfits widgets study comparing".split(),
    *"causal cli __main__".split(),
)

KNOWS = {
    "spec": "ruamel pydantic pydantic_core",
    "graph": "networkx",
    "elicit": "scipy",
    "exact": "numba",
    "learn": "pymc pytensor nutpie arro3 numba scipy xarray h5netcdf h5py arviz arviz_base arviz_stats arviz_plots "
    "joblib distributed",
    "ask": "pandas scipy dowhy joblib",
    "tell": "jinja2 markupsafe matplotlib pygraphviz IPython",
    "explained": "pandas",
    "widgets": "anywidget traitlets IPython",
    "cli": "typer rich",
}
WITHOUT_NUMPY = frozenset({"errors", "spec", "graph"})

DRAWERS = frozenset({"util", "utils", "helper", "helpers", "misc", "common", "core", "manager"})

LONGEST = 400
LONG: dict[str, str] = {}  # a longer module, by its path, and why it is better in one piece

HEAVY = ("pymc", "dowhy", "matplotlib", "anywidget", "ipywidgets")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def floor_of(place: PurePath) -> str:
    """Return the floor of a module by its place in the package; the package's own door is ``causal``."""
    first = place.parts[0].removesuffix(".py")
    return "causal" if first == "__init__" else first


def imports(place: PurePath, source: str) -> Iterator[tuple[int, str]]:
    """Yield line and absolute dotted name of all that a module imports; ``from a import b`` is ``a.b``."""
    package = ["causal", *place.parts[:-1]]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            named = node.module.split(".") if node.module else []
            yield from ((node.lineno, ".".join([*base, *named, alias.name])) for alias in node.names)


def misplaced(place: PurePath, source: str) -> list[str]:
    """Return what a module imports that its floor may not see, each with its line."""
    floor = floor_of(place)
    found = []
    for line, name in imports(place, source):
        top, *below = name.split(".")
        if top == "causal":
            other = below[0] if below and below[0] in FLOORS else "causal"
            if FLOORS.index(other) > FLOORS.index(floor):
                found.append(f"causal/{place}:{line}: {floor} imports {name}, which is on a floor below ({other})")
        elif top == "numpy":
            if floor in WITHOUT_NUMPY:
                found.append(f"causal/{place}:{line}: {floor} does without numpy")
        elif top not in sys.stdlib_module_names and top not in KNOWS.get(floor, "").split():
            owner = " and ".join(each for each, known in KNOWS.items() if top in known.split())
            found.append(f"causal/{place}:{line}: {floor} imports {top}, known to {owner or 'no floor'}")
    return found


def read(path: Path) -> tuple[PurePath, str]:
    return path.relative_to(PACKAGE), path.read_text(encoding="utf-8")


def test_there_are_modules_to_hold() -> None:
    assert PACKAGE / "errors.py" in MODULES


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_module_is_on_a_floor_and_looks_up_only(path: Path) -> None:
    place, source = read(path)
    assert floor_of(place) in FLOORS, f"{name_of(path)} is on no floor of the drawn layout"
    found = misplaced(place, source)
    assert not found, "\n".join(found)


def test_dowhy_is_imported_in_one_module() -> None:
    users = {name_of(path) for path in MODULES for _, name in imports(*read(path)) if name.split(".")[0] == "dowhy"}
    assert len(users) <= 1, users


def test_every_folder_is_a_package() -> None:
    assert not [name_of(path) for path in MODULES if not (path.parent / "__init__.py").is_file()]


def test_no_drawers() -> None:
    names = [*MODULES, *(path for path in PACKAGE.rglob("*") if path.is_dir()), *(ROOT / "tests").rglob("*.py")]
    assert not [name_of(path) for path in names if path.stem.removeprefix("test_") in DRAWERS]


def test_long_modules_have_a_reason() -> None:
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    long = {name: length for name, length in lengths.items() if length > LONGEST}
    assert long.keys() == LONG.keys(), f"over {LONGEST} lines: {long}; with a reason: {sorted(LONG)}"
    assert all(LONG.values())


def test_modules_open_with_their_idea() -> None:
    trees = {name_of(path): ast.parse(path.read_text(encoding="utf-8")) for path in MODULES}
    assert not [name for name, tree in trees.items() if tree.body and not ast.get_docstring(tree)]


@pytest.mark.parametrize(
    ("source", "place", "wanted"),
    [
        ("from causal.ask import answer", "exact/probe.py", "on a floor below (ask)"),
        ("def late():\n    from causal import load", "tell/probe.py", "on a floor below (causal)"),
        ("from ..learn import gate", "elicit/probe.py", "on a floor below (learn)"),
        ("from .. import cli", "ask/probe.py", "on a floor below (cli)"),
        ("import pymc as pm", "ask/probe.py", "known to learn"),
        ("import yaml", "spec/probe.py", "known to no floor"),
        ("import numpy as np", "spec/probe.py", "does without numpy"),
        ("from causal.spec.model import Model\nimport numpy, networkx.algorithms", "exact/probe.py", "known to graph"),
        ("import ast, numpy, numba\nfrom ..spec import model\nfrom . import tape", "exact/probe.py", ""),
    ],
)
def test_the_guard_sees(source: str, place: str, wanted: str) -> None:
    found = misplaced(PurePath(place), source)
    assert (len(found) == 1 and found[0].endswith(wanted)) if wanted else not found


@pytest.mark.parametrize(
    "start",
    [
        "import causal",
        "from causal.cli import main; sys.argv[1:] = ['--help']; main()",
        "from causal.cli import main; sys.argv[1:] = ['check', 'rain']; main()",
    ],
    ids=["import", "help", "check"],
)
def test_starting_is_light(start: str) -> None:
    source = f"""
import json, sys
try:
    {start}
except SystemExit as end:
    assert end.code in (0, None), end.code
print()
print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))
"""
    done = subprocess.run([sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == []
