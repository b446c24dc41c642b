"""Where the files of a case are.

    told                            is
    a file                          that file
    the name of a shipped model     models/<name>.yaml, in a checkout or in an installed package
    nothing, for priors             <model's name>.yaml in ../priors or priors, or <model's name>.priors.yaml beside it
"""

from __future__ import annotations

from pathlib import Path

from causal.errors import UsageError, nearest
from causal.spec.model import Model


def shipped() -> dict[str, Path]:
    """Return the model files that come with the toolkit, by name."""
    here = Path(__file__).resolve().parent.parent
    for models in (here / "shipped" / "models", here.parent / "models"):
        if models.is_dir():
            return {path.stem: path for path in sorted(models.glob("*.yaml"))}
    return {}


def find_model(model: str | Path) -> Path:
    """Return the path of a model given as a file or as a shipped name."""
    path = Path(model)
    if path.is_file():
        return path
    known = shipped()
    if str(model) in known:
        return known[str(model)]
    raise UsageError(
        f"no model file {str(model)!r}, and no shipped model of that name{nearest(str(model), known)}; "
        f"shipped are {', '.join(known) or 'none'}"
    )


def find_priors(path: Path, model: Model) -> Path | None:
    """Return the prior file that goes with a model: ``<model name>.yaml`` in ../priors or priors, or none."""
    for place in (path.parent.parent / "priors", path.parent / "priors"):
        candidate = place / f"{model.name}.yaml"
        if candidate.is_file():
            return candidate
    candidate = path.parent / f"{model.name}.priors.yaml"
    return candidate if candidate.is_file() else None
