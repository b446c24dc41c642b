"""Fits on disk: what was drawn for each expert, and a list per fit of which draws are its own.

    <digest>.json    a fit: sha256(model file, prior file, seed, draws, tune, chains, versions) -> its experts' keys
    <key>.nc         one expert's draws: sha256(their packed posterior, name, seed, draws, tune, chains, versions)

A fit is found by its files alone, before anything is computed from them. Where a judgement was edited that is another
fit, but every expert whose posterior is the same number for number has the same key, and is not drawn again. Draws
are written once, however many fits have them; the list comes last. Each file is written beside its place, synced and
renamed, so a reader sees a whole fit or none. The folder is ``$CAUSAL_CACHE`` or ``causal`` under the user's cache
folder. Any reader of netCDF opens the draws; they are written by h5netcdf itself, because xarray takes longer to be
imported than a question to be answered.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from causal.learn.nuts import Length, Watch
from causal.learn.sample import Drawn, Target, draw

FORMAT = 2  # of the files; raise it when what is stored, or how draws are made, changes
PACKAGES = ("nutpie", "numpy", "scipy", "numba")
AXES = ("chain", "draw", "parameter")


def folder() -> Path:
    """Return where fits are kept; it need not exist yet."""
    chosen = os.environ.get("CAUSAL_CACHE")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "causal"


def versions() -> dict[str, str]:
    """Return the versions that a fit depends on."""
    found = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "absent"
    return found


def digest(model: str, priors: str, **settings: object) -> str:
    """Return the digest of a fit, from the digests of both files and the settings of the run."""
    return _digest(model=model, priors=priors, **settings)


def key(target: Target, seed: int, length: Length) -> str:
    """Return the digest of one expert's draws, from all that they depend on."""
    return _digest(
        expert=target.expert,  # part of the seed
        method=target.method,
        parameters=target.layout.parameters,
        posterior=target.density.digest,
        seed=seed,
        length=(length.draws, length.tune, length.chains),
    )


def _digest(**facts: object) -> str:
    every = {"format": FORMAT, "versions": versions(), **facts}
    return hashlib.sha256(json.dumps(every, sort_keys=True).encode()).hexdigest()


def load(name: str) -> dict[str, Drawn] | None:
    """Return a stored fit, None where there is none; one that cannot be read whole counts as none."""
    try:
        keys: dict[str, str] = json.loads(_list(name).read_text(encoding="utf-8"))["experts"]
    except (OSError, ValueError, KeyError):
        return None
    found = {expert: drawn for expert, each in keys.items() if (drawn := recall(each)) is not None}
    return found if found.keys() == keys.keys() else None


def save(name: str, drawn: Mapping[str, Drawn], keys: Mapping[str, str]) -> Path:
    """Store a fit: the draws that are not there already, then the list of their keys; return where that is."""
    for expert, each in drawn.items():
        if recall(keys[expert]) is None:
            keep(keys[expert], each)
    text = json.dumps({"format": FORMAT, "experts": {expert: keys[expert] for expert in drawn}}, indent=1)
    return _written(_list(name), lambda part: part.write_text(text, encoding="utf-8"))


def obtain(
    targets: Sequence[Target], seed: int, length: Length, quiet: bool = True, watch: Watch | None = None
) -> tuple[dict[str, Drawn], dict[str, str]]:
    """Return the draws of every target, those of the store where it has them, and the keys they have there."""
    keys = {target.expert: key(target, seed, length) for target in targets}
    kept = {expert: drawn for expert, each in keys.items() if (drawn := recall(each)) is not None}
    made = draw([target for target in targets if target.expert not in kept], seed, length, quiet, watch)
    return {expert: kept[expert] if expert in kept else made[expert] for expert in keys}, keys


def recall(name: str) -> Drawn | None:
    """Return one expert's stored draws, None where there are none; a file that cannot be read counts as none."""
    path = _place(name)
    if not path.exists():
        return None
    import h5netcdf

    try:
        with h5netcdf.File(path, "r") as data:
            return Drawn(
                theta=np.asarray(data.variables["theta"][...]),
                parameters=tuple(each.decode() for each in data.variables["parameter"][...]),
                method=str(data.attrs["method"]),
                divergences=int(data.attrs["divergences"]),
                bfmi=tuple(json.loads(data.attrs["bfmi"])),
                seconds=float(data.attrs["seconds"]),
            )
    except (OSError, KeyError, ValueError):  # half a file from a full disk, say: draw again and replace it
        return None


def keep(name: str, drawn: Drawn) -> Path:
    """Store one expert's draws, and return where."""
    import h5netcdf
    import h5py

    def write(part: Path) -> None:
        with h5netcdf.File(part, "w") as data:
            data.dimensions = dict(zip(AXES, drawn.theta.shape, strict=True))
            data.create_variable("theta", AXES, data=drawn.theta)
            names = data.create_variable("parameter", AXES[-1:], dtype=h5py.string_dtype())
            names[...] = np.array(drawn.parameters, dtype=object)
            data.attrs.update(
                {
                    "method": drawn.method,
                    "divergences": drawn.divergences,
                    "bfmi": json.dumps(drawn.bfmi),
                    "seconds": drawn.seconds,
                }
            )

    return _written(_place(name), write)


def _place(name: str) -> Path:
    return folder() / f"{name}.nc"


def _list(name: str) -> Path:
    return folder() / f"{name}.json"


def _written(place: Path, write: Callable[[Path], Any]) -> Path:
    """Write a file beside its place, sync it and rename it."""
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=place.parent, suffix=".part")
    os.close(handle)
    part = Path(name)
    try:
        write(part)
        with part.open("rb+") as written:
            os.fsync(written.fileno())
        return part.replace(place)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
