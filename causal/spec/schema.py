"""JSON Schemas of each kind of file, for editors: made from the shapes that read the files, never written by hand.

    models/causal-model.schema.json     from ModelShape
    models/causal-rival.schema.json     from RivalShape
    priors/causal-priors.schema.json    from PriorsShape

An editor resolves YAML before it looks at the schema, so a name may reach it as a truth value, a number or nothing
(`yes`, `1`, `null`): wherever a name or text stands the schema allows all of these. It knows keys and forms, not names;
those are what `causal check` is for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from causal.spec.modelshape import ModelShape
from causal.spec.priorshape import PriorsShape
from causal.spec.rivalshape import RivalShape
from causal.spec.shape import Shape
from causal.spec.whole import write_file

DIALECT = "http://json-schema.org/draft-07/schema#"  # the newest that the YAML language server reads in full
FILES: Mapping[str, type[Shape]] = MappingProxyType(
    {
        "models/causal-model.schema.json": ModelShape,
        "models/causal-rival.schema.json": RivalShape,
        "priors/causal-priors.schema.json": PriorsShape,
    }
)


def model_schema() -> dict[str, Any]:
    """Return the JSON Schema of model files.

    >>> model_schema()["required"]
    ['model', 'variables']
    """
    return _schema(ModelShape)


def rival_schema() -> dict[str, Any]:
    """Return the JSON Schema of the files of rival graphs."""
    return _schema(RivalShape)


def priors_schema() -> dict[str, Any]:
    """Return the JSON Schema of prior files."""
    return _schema(PriorsShape)


def schema_text(schema: dict[str, Any]) -> str:
    """Return a schema as the text of its file."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def write_schemas(root: Path) -> None:
    """Write the schemas below a directory that has ``models`` and ``priors``."""
    for name, shape in FILES.items():
        write_file(root / name, schema_text(_schema(shape)).encode("utf-8"))


def _schema(shape: type[Shape]) -> dict[str, Any]:
    made = _tidied(shape.model_json_schema())
    return {"$schema": DIALECT, "title": f"causal {shape.__name__.removesuffix('Shape').lower()}", **made}


def _tidied(node: Any, *, named: bool = False) -> Any:
    """Drop what only pydantic needs (titles, defaults), and let alternatives overlap: `{a: b}` may be two of them.

    ``named`` says that the keys of this mapping are names of the file, not words of the schema.
    """
    if isinstance(node, list):
        return [_tidied(item) for item in node]
    if not isinstance(node, dict):
        return node
    if named:
        return {key: _tidied(value) for key, value in node.items()}
    kept = {key: value for key, value in node.items() if key not in ("title", "default", "discriminator")}
    if "oneOf" in kept and "properties" not in kept:
        kept["anyOf"] = kept.pop("oneOf")
    return {key: _tidied(value, named=key in ("properties", "$defs")) for key, value in kept.items()}
