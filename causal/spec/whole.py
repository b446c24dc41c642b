"""What is written to disk, whole or not at all: a file, or a folder of files.

    write_file     beside its place, synced, renamed over what stands there
    write_files    the same for files that belong together: all are on disk before the first is renamed
    room           whether a folder can be written to, before what goes there is computed
    write_folder   the same; a sound folder that stands there stays, for its name says what is in it
    sweep          removes what writers left who were killed

Beside its place is ``.<name>.<random>.part``. Its writer holds a lock on it (flock), which the system releases when
the writer dies, however it dies: so a sweep tells what is abandoned from what is being written, in other containers
too. An error names the place, not the part: a full disk says what could not be written.
"""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from glob import escape
from pathlib import Path

from causal.errors import UsageError

PART = ".part"
YOUNG = 60.0  # seconds within which a part is left alone: its writer may not have locked it yet
OLD = 86_400.0  # seconds after which it goes where no lock can tell
TAKEN = (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR)  # what a rename says where something stands


def write_file(target: Path, data: bytes) -> Path:
    """Write a file, so that a reader sees the old one or the new one, and return where; OSError names the target."""
    (written,) = write_files(target.parent, {target.name: data})
    return written


def write_files(folder: Path, files: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Write files of one folder that belong together, and return where; OSError names the one that it is about.

    Where one does not fit on the disk, none is written; old and new ones stand beside each other for the moment of the
    renames alone.
    """
    with ExitStack() as left:
        ready = []
        for name, data in files.items():
            target = folder / name
            sweep(folder, f".{escape(name)}.*{PART}")
            with _naming(target):
                part = left.enter_context(_part(target))
                handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
                left.callback(os.close, handle)  # ours until it has its place
                _claim(handle)
                rest = memoryview(data)
                while rest:
                    rest = rest[os.write(handle, rest) :]
                os.fsync(handle)
                if target.exists():
                    part.chmod(target.stat().st_mode & 0o777)
                ready.append((part, target))
        for part, target in ready:
            with _naming(target):
                part.replace(target)
    _sync(folder)
    return tuple(target for _, target in ready)


def room(folder: Path) -> None:
    """Raise UsageError where no file can be made in a folder, itself made if need be; leave nothing of the trial."""
    new = [each for each in (folder, *folder.parents) if not each.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _part(folder / "room") as part:
            part.touch(exist_ok=False)
    except OSError as error:
        why = error.strerror or error
        raise UsageError(f"nothing can be written to {folder.as_posix()!r} ({why}); name another place") from None
    finally:
        for each in new:
            with suppress(OSError):
                each.rmdir()


def write_folder(target: Path, files: Mapping[str, bytes], sound: Callable[[Path], bool]) -> Path:
    """Write a folder of files, and return where; OSError names the target.

    Where a folder stands that is ``sound``, it stays: two that write the same thing do not disturb each other. One that
    is not is replaced.
    """
    sweep(target.parent, f"*{PART}")
    with _naming(target), _part(target) as part:
        part.mkdir()
        handle = os.open(part, os.O_RDONLY)
        try:
            _claim(handle)
            for name, data in files.items():
                with (part / name).open("wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
            os.fsync(handle)
            while not _settled(part, target):
                if sound(target):
                    break
                _cleared(target)
        finally:
            os.close(handle)
        _sync(target.parent)
    return target


def sweep(folder: Path, pattern: str, young: float = YOUNG) -> list[Path]:
    """Remove the parts in a folder that nobody writes any more and that are older than ``young``; return them."""
    gone = []
    for part in folder.glob(pattern):
        with suppress(OSError):  # another sweep was faster, or it is not ours to remove
            age = time.time() - part.lstat().st_mtime
            if age >= young and _abandoned(part, age):
                _remove(part)
                gone.append(part)
    return gone


def _abandoned(part: Path, age: float) -> bool:
    """Return whether the writer of a part is dead; where no lock can tell, whether it is old."""
    handle = os.open(part, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return age >= OLD
    else:
        return True
    finally:
        os.close(handle)


def _claim(handle: int) -> None:
    """Say that somebody who lives writes this, where the file system knows locks."""
    with suppress(OSError):
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def _part(target: Path) -> Iterator[Path]:
    """Hand out a place beside the target, and leave nothing there."""
    part = target.parent / f".{target.name}.{secrets.token_hex(8)}{PART}"
    try:
        yield part
    finally:
        with suppress(OSError):
            _remove(part)


@contextmanager
def _naming(target: Path) -> Iterator[None]:
    """Name the target in an error, which otherwise names its part or nothing."""
    try:
        yield
    except OSError as error:
        if error.errno is None:
            raise
        raise OSError(error.errno, error.strerror or os.strerror(error.errno), str(target)) from error


def _settled(part: Path, target: Path) -> bool:
    """Return whether the part got its place; not so where something stands there."""
    try:
        part.rename(target)
    except OSError as error:
        if error.errno not in TAKEN:
            raise
        return False
    return True


def _cleared(target: Path) -> None:
    """Take away what stands in a place: aside first, so that nobody sees half of it."""
    with _part(target) as aside, suppress(FileNotFoundError):
        target.rename(aside)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    """Have the names in a folder on disk as well, where the file system does that."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
