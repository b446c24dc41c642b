"""Fits on disk: one netCDF file per digest of everything that can change the draws.

    digest = sha256(model file, prior file, seed, draws, tune, chains, versions)

A file is written beside its place, synced and renamed, so a reader sees a whole fit or none. The folder is
``$CAUSAL_CACHE`` or ``causal`` under the user's cache folder.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

from causal.learn.sample import Draws

FORMAT = 1  # of the file; raise it when what is stored, or how draws are made, changes
PACKAGES = ("pymc", "pytensor", "nutpie", "numpy", "scipy", "numba")


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
    facts = {"format": FORMAT, "model": model, "priors": priors, "versions": versions(), **settings}
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def load(key: str) -> Draws | None:
    """Return a stored fit, or None where there is none; a file that cannot be read counts as none."""
    path = folder() / f"{key}.nc"
    if not path.exists():
        return None
    import xarray as xr

    try:
        with xr.open_dataset(path, engine="h5netcdf") as data:
            return Draws(
                theta=data["parameters"].to_numpy(),
                parameters=tuple(str(name) for name in data["parameter"].to_numpy()),
                experts=tuple(str(name) for name in data["expert"].to_numpy()),
                method=tuple(json.loads(data.attrs["method"])),
                seed=int(data.attrs["seed"]),
                divergences=int(data.attrs["divergences"]),
                bfmi=tuple(json.loads(data.attrs["bfmi"])),
                seconds=float(data.attrs["seconds"]),
            )
    except (OSError, KeyError, ValueError):  # half a file from a full disk, say: sample again and replace it
        return None


def save(key: str, draws: Draws) -> Path:
    """Store a fit whole, and return where."""
    import xarray as xr

    place = folder()
    place.mkdir(parents=True, exist_ok=True)
    data = xr.Dataset(
        {"parameters": (("chain", "draw", "parameter", "expert"), draws.theta)},
        coords={"parameter": list(draws.parameters), "expert": list(draws.experts)},
        attrs={
            "method": json.dumps(draws.method),
            "seed": draws.seed,
            "divergences": draws.divergences,
            "bfmi": json.dumps([float(each) for each in np.asarray(draws.bfmi)]),
            "seconds": draws.seconds,
        },
    )
    handle, name = tempfile.mkstemp(dir=place, suffix=".part")
    os.close(handle)
    part = Path(name)
    try:
        data.to_netcdf(part, engine="h5netcdf")
        with part.open("rb+") as written:
            os.fsync(written.fileno())
        return part.replace(place / f"{key}.nc")
    except BaseException:
        part.unlink(missing_ok=True)
        raise
