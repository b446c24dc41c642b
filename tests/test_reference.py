"""What docs/questions.md and docs/files.md show is run: nothing there is only read.

a table with a column `example`      every question in it is asked of `rain`; its rung is the row's, if it has one
                                     and `short for` has the same answer
a table with a column `counts as`    each saying is read, and is these numbers
```yaml model: / like: / priors:     a file, written to models/ or priors/ under its own name
```csv                               the table of cases that the prior file above it names
```console                           run beside these files; what is shown below a command must be printed
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from causal import load
from causal.cli import main
from causal.elicit.stated import DIFFERENCE, PROBABILITY, QUOTIENT, stated
from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.learn.reading import elicit
from causal.spec.files import read_case
from causal.spec.model import KINDS, Given
from causal.spec.modelfile import load_model
from causal.spec.modelshape import (
    OPTIONS,
    EdgeShape,
    GateShape,
    InterventionShape,
    MechanismShape,
    ModelShape,
    VariableShape,
)
from causal.spec.priorfile import parse_priors
from causal.spec.priorshape import (
    KEYS_OF_KINDS,
    CaseFileShape,
    CiteShape,
    CookeShape,
    CountedShape,
    ExpertShape,
    FactorsShape,
    JudgementShape,
    LinkShape,
    PriorsShape,
    SaysShape,
    ScaleShape,
    SeedShape,
)
from causal.spec.question import QUANTITIES
from causal.spec.rivalshape import RivalShape
from causal.spec.shape import Shape

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGES = {name: (DOCS / f"{name}.md").read_text(encoding="utf-8") for name in ("questions", "files")}
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`]+)`")


def blocks(page: str, language: str) -> list[str]:
    return [body for word, body in BLOCK.findall(PAGES[page]) if word == language]


def tables(page: str, column: str) -> list[dict[str, str]]:
    """Return each row, by column, of the tables that have this column."""
    found: list[dict[str, str]] = []
    head: list[str] = []
    for line in PAGES[page].splitlines():
        cells = [cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if not cells:
            head = []
        elif not head:
            head = cells
        elif column in head and not set(line) <= set("|- :"):
            found.append(dict(zip(head, cells, strict=True)))
    return found


def commands(page: str) -> list[tuple[str, str]]:
    shown = re.split(r"^\$ ", "".join(blocks(page, "console")), flags=re.MULTILINE)
    parts = [part.partition("\n") for part in shown]
    return [(command, output) for command, _, output in parts if command]


def files(folder: Path) -> None:
    """Write every file that docs/files.md shows to its place."""
    for language, body in BLOCK.findall(PAGES["files"]):
        named = re.search(r"^(model|priors): (\S+)", body, flags=re.MULTILINE)
        if language == "csv":
            (folder / "priors" / "towns.csv").write_text(body)
        elif language == "yaml" and named and body.startswith(("model:", "priors:")):
            place = folder / ("priors" if body.startswith("priors:") else "models")
            place.mkdir(exist_ok=True)
            (place / f"{named[2]}.yaml").write_text(body)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("desk")
    files(folder)
    return folder


# Questions


@pytest.fixture(scope="module")
def rain():
    return load("rain").at_medians()


@pytest.mark.parametrize("row", tables("questions", "example"), ids=lambda row: row["example"])
def test_question_is_answered(row: dict[str, str], rain) -> None:
    for text in CODE.findall(row["example"]):
        answer = rain.ask(text)
        if "rung" in row:
            assert answer.rung == int(row["rung"])
        for same in CODE.findall(row.get("short for", "")):
            assert answer.mean == pytest.approx(rain.ask(same).mean, abs=1e-12)


def test_questions_in_prose_are_answered(rain) -> None:
    prose = " ".join(line for line in BLOCK.sub("", PAGES["questions"]).splitlines() if not line.startswith("|"))
    asked = [text for text in CODE.findall(prose) if re.match(r"[A-Z]+\(.*->.*grass", text)]
    assert len(asked) == 2
    for text in asked:
        assert rain.ask(text).mean != 0


def test_every_named_quantity_is_in_the_table() -> None:
    assert [CODE.findall(row["example"])[0].partition("(")[0] for row in tables("questions", "short for")] == [
        name for group in (QUANTITIES[:4], ("decreases",), ("ATE", "ETT", "CDE", "NDE", "NIE"), QUANTITIES[5:8])
        for name in group
    ]  # fmt: skip


@pytest.mark.parametrize(("command", "output"), commands("questions"), ids=[c for c, _ in commands("questions")])
def test_question_command_works(command: str, output: str, tmp_path: Path, monkeypatch, capsys) -> None:
    _run(command, output, tmp_path, monkeypatch, capsys)


def _run(command: str, output: str, folder: Path, monkeypatch, capsys) -> None:
    program, *arguments = shlex.split(command)
    assert program == "causal"
    monkeypatch.chdir(folder)
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert not end.value.code
    assert output.strip() in capsys.readouterr().out


# Files


@pytest.mark.parametrize(("command", "output"), commands("files"), ids=[c for c, _ in commands("files")])
def test_command_beside_the_files_works(command: str, output: str, desk: Path, monkeypatch, capsys) -> None:
    _run(command, output, desk, monkeypatch, capsys)


def test_one_of_each_mechanism_is_all_that_its_priors_judge(desk: Path) -> None:
    model, priors = read_case(desk / "models" / "kinds.yaml")
    elicited = elicit(Writer(Network.of(model)), priors)
    assert not elicited.derived
    assert not elicited.compared
    used = {type(variable.mechanism) for variable in model.variables.values()}
    assert used == set(KINDS) - {Given}
    whole = {f"`{name}`" for name in (*MechanismShape.known_keys(),)}
    assert {row["kind"] for row in tables("files", "formula")} == whole


def test_a_default_departs_from_the_default_reference(desk: Path) -> None:
    posterior = load(desk / "models" / "flood.yaml").at_medians()
    text = "P(breach = yes | baseline but dike = sound)"
    assert posterior.ask(text).to_dict()["by_expert"]["warden"]["mean"] == pytest.approx(0.6, abs=1e-9)


@pytest.mark.parametrize("row", tables("files", "counts as"), ids=lambda row: row["`says:`"])
def test_saying_counts_as_what_the_table_says(row: dict[str, str], desk: Path) -> None:
    (says,), (about,) = CODE.findall(row["`says:`"]), CODE.findall(row["about"])
    text = f"priors: one\nmodel: flood\nscale: icd203\njudgements:\n  - about: {about}\n    says: {says}\n"
    (judgement,) = parse_priors(text, "one.yaml", load_model(desk / "models" / "flood.yaml")).judgements
    if not row["counts as"]:
        return
    found = stated(judgement.says, DIFFERENCE if " - P" in about else QUOTIENT if "/" in about else PROBABILITY)
    numbers = [float(number) for number in re.findall(r"-?[\d.]+", row["counts as"])]
    if row["counts as"].startswith("Beta"):
        assert found.counts == tuple(numbers)
    elif ":" not in row["counts as"]:
        assert found.exact == numbers[0]
    else:
        assert [100 * level for level in found.levels] == pytest.approx(numbers[::2])
        assert list(found.values) == pytest.approx(numbers[1::2], abs=1e-6)


def test_every_kind_of_saying_is_in_the_table() -> None:
    said = " ".join(row["`says:`"] for row in tables("files", "counts as"))
    assert all(re.search(rf"\b{kind}\b", said) for kind in {*KEYS_OF_KINDS} - {"phrase"})


def test_table_of_cases_is_read_as_told(desk: Path) -> None:
    _, priors = read_case(desk / "models" / "flood.yaml")
    (cases,) = priors.cases
    assert cases.rows is not None
    seen = [dict(row.seen) for row in cases.rows]
    assert [row.count for row in cases.rows] == [3, 1, 1]
    assert [set(each) for each in seen] == [{"storm", "dike", "breach"}, {"dike", "breach"}, {"storm", "breach"}]
    assert [dict(each["breach"])["yes"] for each in seen] == pytest.approx([0.98, 0.75, 1.0])
    assert dict(seen[1]["breach"])["no"] == pytest.approx(0.25)
    assert [cases.relevance_of(name) for name in priors.experts] == [0.5, 0.3, 0.3]


SHAPES: list[type[Shape]] = [
    ModelShape, VariableShape, EdgeShape, GateShape, InterventionShape, RivalShape, *OPTIONS.values(), MechanismShape,
    PriorsShape, JudgementShape, ExpertShape, ScaleShape, CiteShape, SaysShape, CountedShape, SeedShape, FactorsShape,
    CookeShape, CaseFileShape, LinkShape,
]  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_every_key_of_a_file_stands_on_the_page(shape: type[Shape]) -> None:
    missing = [key for key in shape.known_keys() if not re.search(rf"\b{key}(:|`)", PAGES["files"])]
    assert not missing
