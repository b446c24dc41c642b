"""Fits on disk: what was drawn for each expert, and a list per fit of which draws are its own.

    fits/<digest>/fit.json      a fit: sha256(model file, prior file, seed, draws, tune, chains, versions) -> its
                                experts' keys
    draws/<key>/draws.nc        one expert's draws: sha256(their packed posterior, name, seed, draws, tune, chains,
                                versions); the same key, the same bytes; the parameters of models of cases last
                run.json        how long that took

A fit is found by its files alone, before anything is computed from them. Where a judgement was edited that is another
fit, but every expert whose posterior is the same number for number has the same key, and is not drawn again. Draws
are written once, however many fits have them, and as soon as they are made, so that an interrupt loses one expert at
most; the list comes last. How entries come onto the disk is said in entries.py. Any reader of netCDF opens the draws;
they are written by h5netcdf itself, because xarray takes longer to be imported than a question to be answered.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from causal.errors import CausalError, ElicitationError
from causal.learn import entries
from causal.learn.entries import FORMAT, versions
from causal.learn.jobs import Job, Shelf, attempt
from causal.learn.nuts import Length, Watch
from causal.learn.sample import Drawn, Target, draw

AXES = ("chain", "draw", "parameter")
FITS, DRAWS = "fits", "draws"
LIST, THETA, RUN = "fit.json", "draws.nc", "run.json"


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
    files = entries.get(FITS, name)
    try:
        keys: dict[str, str] = json.loads(files[LIST])["experts"] if files else {}
    except (ValueError, KeyError, TypeError):
        return None
    found = {expert: drawn for expert, each in keys.items() if (drawn := recall(each)) is not None}
    return found if found and found.keys() == keys.keys() else None


def save(name: str, drawn: Mapping[str, Drawn], keys: Mapping[str, str]) -> Path:
    """Store a fit: the draws that are not there already, then the list of their keys; return where that is."""
    for expert, each in drawn.items():
        if recall(keys[expert]) is None:
            keep(keys[expert], each)
    text = json.dumps({"format": FORMAT, "experts": {expert: keys[expert] for expert in drawn}}, indent=1)
    return entries.put(FITS, name, {LIST: text.encode()}) / LIST


def obtain(
    targets: Sequence[Target],
    seed: int,
    length: Length,
    quiet: bool = True,
    watch: Watch | None = None,
    cluster: str | None = None,
) -> tuple[dict[str, Drawn], dict[str, str]]:
    """Return the draws of every target, those of the store where it has them, and the keys they have there.

    What is drawn is stored expert by expert; an interrupt has a note that says how many are kept. Another process that
    draws the same is waited for. On a ``cluster`` each expert is a job.
    """
    keys = {target.expert: key(target, seed, length) for target in targets}
    kept = _kept(keys)
    if kept.keys() != keys.keys():
        with entries.held(_digest(keys=sorted(keys.values()))):
            kept = _kept(keys)
            missing = [target for target in targets if target.expert not in kept]
            if cluster is not None:
                for target, made in zip(missing, obtain_each(missing, seed, length, cluster), strict=True):
                    if isinstance(made, CausalError):
                        raise made
                    kept[target.expert] = made
            elif missing:
                kept |= _drawn_here(missing, keys, seed, length, quiet, watch)
    return {expert: kept[expert] for expert in keys}, keys


def _drawn_here(
    missing: Sequence[Target], keys: Mapping[str, str], seed: int, length: Length, quiet: bool, watch: Watch | None
) -> dict[str, Drawn]:
    """Draw on this machine, and store each expert's draws as soon as they are there."""
    try:
        return draw(missing, seed, length, quiet, watch, lambda expert, made: _try(keys[expert], made))
    except KeyboardInterrupt as stop:
        stop.add_note(f"{len(_kept(keys))} of {len(keys)} experts are drawn and kept")
        raise


def obtain_each(
    targets: Sequence[Target], seed: int, length: Length, cluster: str | None = None
) -> list[Drawn | CausalError]:
    """Return the draws of targets that have nothing to do with each other, in their order; each is a job of its own.

    Two may be of one expert. What cannot be drawn from has the error in its place.
    """
    names = [key(target, seed, length) for target in targets]
    jobs = {
        name: Job(name, drawn, (target, seed, length), SHELF, name, wide=True)
        for name, target in zip(names, targets, strict=True)
    }
    found, failed = attempt(list(jobs.values()), cluster)
    wrong = {} if failed is None else {name: ElicitationError(why) for name, why in failed.failures.items()}
    return [found[name] if name in found else wrong[name] for name in names]


def drawn(target: Target, seed: int, length: Length) -> Drawn:
    """Return the draws of one target. This is what a job runs."""
    return draw([target], seed, length)[target.expert]


def _kept(keys: Mapping[str, str]) -> dict[str, Drawn]:
    return {expert: drawn for expert, each in keys.items() if (drawn := recall(each)) is not None}


def _try(name: str, drawn: Drawn) -> None:
    """Store draws as soon as they are there; where that fails, the fit as a whole says so in the end."""
    with suppress(OSError):
        keep(name, drawn)


def recall(name: str) -> Drawn | None:
    """Return one expert's stored draws, None where there are none; what cannot be read counts as none."""
    files = entries.get(DRAWS, name)
    with suppress(ValueError):
        return None if files is None else _read(files)
    return None


def keep(name: str, drawn: Drawn) -> Path:
    """Store one expert's draws, and return where."""
    return entries.put(DRAWS, name, _files(drawn)) / THETA


def _read(files: Mapping[str, bytes]) -> Drawn:
    """Read one expert's draws; raises ValueError where these are none."""
    import h5netcdf

    try:
        with h5netcdf.File(io.BytesIO(files[THETA]), "r") as data:
            return Drawn(
                theta=np.asarray(data.variables["theta"][...]),
                parameters=tuple(each.decode() for each in data.variables["parameter"][...]),
                method=str(data.attrs["method"]),
                divergences=int(data.attrs["divergences"]),
                bfmi=tuple(json.loads(data.attrs["bfmi"])),
                seconds=float(json.loads(files[RUN])["seconds"]),
                late=int(data.attrs["late"]),
            )
    except (OSError, KeyError) as error:
        raise ValueError("no draws") from error


def _files(drawn: Drawn) -> dict[str, bytes]:
    return {THETA: _netcdf(drawn), RUN: json.dumps({"seconds": drawn.seconds}).encode()}


SHELF = Shelf(DRAWS, _files, _read)


def _netcdf(drawn: Drawn) -> bytes:
    """Return the file of one expert's draws: the same draws, the same bytes."""
    import h5netcdf
    import h5py

    file = io.BytesIO()  # written from memory at one go, so that a full disk is an error of ours and not of HDF5's
    with h5netcdf.File(file, "w") as data:
        data.dimensions = dict(zip(AXES, drawn.theta.shape, strict=True))
        data.create_variable("theta", AXES, data=drawn.theta)
        names = data.create_variable("parameter", AXES[-1:], dtype=h5py.string_dtype())
        names[...] = np.array(drawn.parameters, dtype=object)
        facts = {"method": drawn.method, "divergences": drawn.divergences, "bfmi": json.dumps(drawn.bfmi)}
        data.attrs.update({**facts, "late": drawn.late})
    return file.getvalue()
