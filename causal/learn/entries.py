"""The entries of the store: a folder to a digest, whole or not at all, and held against its sums when it is read.

    <store>/<kind>/<digest>/<file>       what was stored: fits, draws, jobs
                            sums.json    the sha256 of each file
    <store>/locks/<digest>               who computes that just now

A digest says what an entry holds, so an entry is never changed, and it does not matter which of two that compute the
same comes first. ``held`` spares the second the work: it waits, and finds the entry. Such a lock dies with its owner,
and where the file system knows none, both compute. The store is ``$CAUSAL_CACHE`` or ``causal`` under the user's
cache folder.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from causal.spec.whole import write_folder

FORMAT = 4  # of the files; raise it when what is stored, or how draws are made, changes
PACKAGES = ("nutpie", "numpy", "scipy", "numba")
SUMS = "sums.json"
LOCKS = "locks"


def folder() -> Path:
    """Return where the store is; it need not exist yet."""
    chosen = os.environ.get("CAUSAL_CACHE")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "causal"


def versions() -> dict[str, str]:
    """Return the versions that what is stored depends on."""
    found = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "absent"
    return found


def place(kind: str, digest: str) -> Path:
    """Return where an entry is, or would be."""
    return folder() / kind / digest


def put(kind: str, digest: str, files: Mapping[str, bytes]) -> Path:
    """Store an entry, unless it is there already, and return where; OSError names the place."""
    target = place(kind, digest)
    target.parent.mkdir(parents=True, exist_ok=True)
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    every = {**files, SUMS: json.dumps(sums, indent=1, sort_keys=True).encode()}
    return write_folder(target, every, sound=lambda there: _read(there) is not None)


def get(kind: str, digest: str) -> dict[str, bytes] | None:
    """Return the files of an entry, None where there is none; one that is not what was stored counts as none."""
    return _read(place(kind, digest))


def _read(there: Path) -> dict[str, bytes] | None:
    try:
        sums: dict[str, str] = json.loads((there / SUMS).read_bytes())
        files = {name: (there / name).read_bytes() for name in sums}
    except (OSError, ValueError, AttributeError, TypeError):
        return None
    good = all(hashlib.sha256(files[name]).hexdigest() == each for name, each in sums.items())
    return files if good else None


@contextmanager
def held(digest: str) -> Iterator[None]:
    """Let nobody else on this machine compute what the digest names meanwhile; wait for whoever does already."""
    path = folder() / LOCKS / digest
    handle = _locked(path)
    try:
        yield
    finally:
        if handle is not None:
            with suppress(OSError):
                path.unlink()  # still under the lock: whoever waits for this one sees that it is gone
            os.close(handle)


def _locked(path: Path) -> int | None:
    """Return a file of that path with our lock on it, None where there can be no such lock."""
    while True:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError:  # a store that cannot be written to needs no lock
            return None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if os.path.samestat(path.stat(), os.fstat(handle)):
                return handle
        except FileNotFoundError:  # its last owner took it away: ask again
            pass
        except OSError:
            os.close(handle)
            return None
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)
