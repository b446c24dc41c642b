"""The front door from a shell: results on stdout, messages on stderr, and an exit code that says what happened.

    exit    what happened
    0       it worked
    1       an error of the program itself: one line says so, --debug or CAUSAL_DEBUG=1 shows the traceback
    2       a command that makes no sense
    3       a file that cannot be read as what it should be
    4       a posterior that does not deserve to be reported, or only with a banner
    5       a question that is unsupported, unidentified or impossible
    130     interrupted

Every CausalError carries its code. What computes is imported by the command that needs it, so help costs nothing.
"""

from __future__ import annotations

import errno
import io
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from causal.errors import CausalError, UsageError

__all__ = ["main"]

INTERRUPTED = 130
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # no room: on the disk, for this user, for one file


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command, of ``sys.argv`` if not given, and exit with its code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given or bool(os.environ.get("CAUSAL_DEBUG"))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a label in Greek must not end a command on an old terminal
            stream.reconfigure(errors="backslashreplace")
    try:
        from causal.cli.many import app

        app([word for word in given if word != "--debug"], prog_name="causal")
    except KeyboardInterrupt as stop:  # before the commands were there to see it
        _stopped(stop, given)
        raise SystemExit(INTERRUPTED) from None
    except SystemExit as end:
        if end.code == INTERRUPTED:
            _stopped(end, given)
        raise
    except CausalError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(error.exit_code) from None
    except Exception as error:  # noqa: BLE001 - whatever it is, the reader is told whose fault it is
        if isinstance(error, OSError) and _elsewhere(error):
            full = "; nothing is half written: free some room and try again" if error.errno in FULL else ""
            sys.stderr.write(f"{error.filename}: {error.strerror}{full}\n")
            raise SystemExit(UsageError.exit_code) from None
        if debug:
            traceback.print_exc()
        sys.stderr.write(_fault(error))
        raise SystemExit(1) from None
    raise SystemExit(0)


def _stopped(end: BaseException, given: Sequence[str]) -> None:
    """Say after an interrupt what is kept: whoever was stopped has noted that on the interrupt, somewhere up there."""
    stop: BaseException | None = end
    while stop is not None and not isinstance(stop, KeyboardInterrupt):
        stop = stop.__cause__ or stop.__context__
    if not {"-q", "--quiet"} & set(given):
        sys.stderr.write(f"interrupted; {'; '.join(getattr(stop, '__notes__', ['nothing was stored']))}\n")


def _elsewhere(error: OSError) -> bool:
    """Return whether a file that cannot be read or written is the reader's: named, and no part of this package."""
    package = Path(__file__).resolve().parent.parent
    return error.filename is not None and not Path(os.fsdecode(error.filename)).resolve().is_relative_to(package)


def _fault(error: Exception) -> str:
    """Return the line for an error that should not have happened."""
    what = " ".join(f"{type(error).__name__}: {error}".split())
    return (
        f"This is an error of the program, not yours ({what}). Please report it, with the command and what it prints "
        "when you run it again with --debug.\n"
    )
