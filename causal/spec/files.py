"""The files of a case: found, and read.

told                            is
a file                          that file
the name of a shipped model     models/<name>.yaml, in a checkout or in an installed package
the name of priors              <name>.yaml where the model's own priors are looked for
nothing, for priors             <model's name>.yaml in ../priors or priors, or <model's name>.priors.yaml beside it
a network file                  that file, and nobody's priors: it has its numbers
a rival of a model              the model with its changes; the model's priors, and the rival's for what is new
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from causal.errors import UsageError, nearest
from causal.spec.bif import is_bif, load_bif
from causal.spec.model import Model
from causal.spec.modelfile import load_model
from causal.spec.priorfile import load_priors
from causal.spec.priors import ANYONE, Expert, Priors
from causal.spec.rivalfile import is_rival, like_of, liked, load_rival
from causal.spec.rivalpriors import beside


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
    found = _among_priors(path, model.name)
    if found is not None:
        return found
    candidate = path.parent / f"{model.name}.priors.yaml"
    return candidate if candidate.is_file() else None


def _among_priors(path: Path, name: str) -> Path | None:
    """Return the prior file of a name in the folders of priors that go with a model file."""
    places = (path.parent.parent / "priors", path.parent / "priors")
    return next((each for place in places if (each := place / f"{name}.yaml").is_file()), None)


def new_priors(path: Path, model: Model) -> Path:
    """Return where the prior file of a model goes that has none: where ``find_priors`` looks for it."""
    folder = next((each for each in (path.parent.parent / "priors", path.parent / "priors") if each.is_dir()), None)
    return path.parent / f"{model.name}.priors.yaml" if folder is None else folder / f"{model.name}.yaml"


def nobody(model: Model) -> Priors:
    """Return the priors of a model about which nobody has said anything."""
    return Priors("nobody", model.name, {ANYONE: Expert(ANYONE)})


def read_case(model: str | Path, priors: str | Path | None = None) -> tuple[Model, Priors]:
    """Read a model, given as a file or as a shipped name, and its priors, and check both.

    Raises SpecError with every problem of a file, UsageError where there is no such file.
    """
    path = find_model(model)
    if is_bif(path):
        if priors is not None:
            raise UsageError(f"{path.name} has its numbers in it, so no priors go with it; leave '{priors}' out")
        network = load_bif(path)
        return network, nobody(network)
    if is_rival(path):
        return read_rivals([path], priors)
    structure = load_model(path)
    where = find_priors(path, structure) if priors is None else Path(priors)
    if where is None:
        return structure, nobody(structure)
    if not where.is_file():
        named = _among_priors(path, str(priors)) if where.name == str(priors) else None
        if named is None:
            raise UsageError(f"no prior file {str(where)!r}")
        where = named
    return structure, load_priors(where, structure)


def read_rivals(paths: Sequence[Path], priors: str | Path | None = None) -> tuple[Model, Priors]:
    """Read a rival of a model, or several that change it together, with what was judged of the model and is new.

    ``priors`` are those of the model. Raises SpecError as ``read_case`` does, UsageError where the rivals are not all
    like one model.
    """
    bases = [base_of(path) for path in paths]
    if len(set(bases)) > 1:
        raise UsageError(f"{' and '.join(path.stem for path in paths)} do not change the same model")
    structure = load_rival(bases[0], paths)
    judged = read_case(bases[0], priors)[1]
    own = []
    for path in paths:
        alone = structure if len(paths) == 1 else load_rival(bases[0], [path])
        where = find_priors(path, alone)
        if where is not None:
            own.append(load_priors(where, alone, judged))
    return structure, beside(judged, own, structure)


def base_of(path: Path) -> Path:
    """Return the model file that a rival changes: beside it, or shipped.

    Raises SpecError, at the name, where there is none or it is a rival as well.
    """
    like, problems = liked(path)
    near, known = path.parent / f"{like}.yaml", shipped()
    found = near if near.is_file() else known.get(str(like))
    if found is None:
        problems.add(like, f"no model {str(like)!r} beside this file, and none shipped{nearest(like, known)}")
    elif is_rival(found):
        problems.add(like, f"{str(like)!r} is a rival as well; name the model that both change, and compare them")
    problems.check()
    assert found is not None
    return found.resolve()


def rivals_of(path: Path) -> dict[str, Path]:
    """Return the rivals that lie beside a model, by name; what is wrong with them is said where they are read."""
    others = (each for each in sorted(path.parent.glob("*.yaml")) if each != path)
    return {each.stem: each for each in others if like_of(each) == path.stem}


def graphs_beside(model: Model) -> tuple[str, ...]:
    """Return the names of the graphs that lie beside a model: its rivals; of a rival the model, and its other rivals.

    There are none beside a model that was read from no file.
    """
    path = Path(model.path)
    if not path.is_file():
        return ()
    base = base_of(path) if model.rival else path
    own = model.rival.names if model.rival else (path.stem,)
    return tuple(name for name in (base.stem, *rivals_of(base)) if name not in own)
