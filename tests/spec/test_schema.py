"""The JSON Schemas beside the files: equal to the code's, and true of the files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from causal.spec.rivalfile import is_rival
from causal.spec.schema import FILES, model_schema, priors_schema, rival_schema, schema_text, write_schemas

jsonschema = pytest.importorskip("jsonschema")

ROOT = Path(__file__).parents[2]
BAD = ROOT / "tests" / "bad"


def as_an_editor_sees_it(path: Path) -> Any:
    """Return a file with its YAML resolved: dates and keys as text, `yes` as text, `1` as a number."""
    return json.loads(json.dumps(YAML(typ="safe", pure=True).load(path), default=str))


def errors(path: Path) -> list[str]:
    kind = "priors" if "priors" in (path.parent.name, path.name.split("-")[0]) else "model"
    schema = priors_schema() if kind == "priors" else rival_schema() if is_rival(path) else model_schema()
    checker = jsonschema.validators.validator_for(schema)
    checker.check_schema(schema)
    return [error.message for error in checker(schema).iter_errors(as_an_editor_sees_it(path))]


@pytest.mark.parametrize(("name", "schema"), list(zip(FILES, (model_schema, rival_schema, priors_schema), strict=True)))
def test_the_committed_schema_is_the_one_of_the_code(name: str, schema: Any) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == schema_text(schema()), "run write_schemas (causal schema)"


def test_schemas_are_written_where_the_files_look_for_them(tmp_path: Path) -> None:
    for folder in ("models", "priors"):
        (tmp_path / folder).mkdir()
    write_schemas(tmp_path)
    assert {name: json.loads((tmp_path / name).read_text(encoding="utf-8")) for name in FILES} == {
        "models/causal-model.schema.json": model_schema(),
        "models/causal-rival.schema.json": rival_schema(),
        "priors/causal-priors.schema.json": priors_schema(),
    }


@pytest.mark.parametrize(
    "path", sorted((*ROOT.glob("models/*.yaml"), *ROOT.glob("priors/*.yaml"))), ids=lambda path: path.stem
)
def test_every_shipped_file_names_its_schema_and_keeps_to_it(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("# yaml-language-server: $schema=")
    assert (path.parent / first.split("=")[1]).is_file()
    assert errors(path) == []


def test_words_that_an_editor_takes_for_values_are_allowed_as_names() -> None:
    assert errors(BAD / "good.yaml") == []


@pytest.mark.parametrize(
    "name",
    ["model-unknown-key", "model-no-states", "model-no-variables", "model-baseline", "model-coupling",
     "model-two-mechanisms", "model-a-list",
     "priors-pooling", "priors-two-kinds", "priors-unknown-kind", "priors-exactly-above-one",
     "priors-default", "priors-a-list"],
)  # fmt: skip
def test_an_editor_marks_what_has_the_wrong_shape(name: str) -> None:
    assert errors(BAD / f"{name}.yaml")
