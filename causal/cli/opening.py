"""How every command opens what it is given, and how it ends."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from causal.errors import NotStored, UsageError

if TYPE_CHECKING:
    from causal.learn.gate import Gate
    from causal.study import Posterior, Study
    from causal.tell.facts import Verdict


def the_study(model: str, priors: Path | None, quiet: bool) -> Study:
    """Read a study, and say what was changed on the way."""
    from causal.study import load

    return _told(load(model, priors), quiet)


def the_rivals(model: str, priors: Path | None, quiet: bool, together: bool = False) -> list[Study]:
    """Read a study and its rivals, the one that was named first, and say what was changed on the way.

    Raises UsageError where there is no rival beside it.
    """
    from causal.comparing import rivals

    return [_told(study, quiet) for study in rivals(model, priors, together)]


def _told(study: Study, quiet: bool) -> Study:
    from causal.cli import screen

    for note in study.notes:
        screen.tell(f"{study.model.path}: {note}", quiet)
    return study


def the_posteriors(
    studies: Iterable[Study],
    seed: int,
    draws: int | None,
    quiet: bool,
    medians: bool = False,
    cluster: str | None = None,
) -> list[Posterior]:
    """Return the posteriors of several studies, from the store or drawn; what is wrong with any is said first."""
    every = list(studies)
    for study in every:
        _ = study.elicited
    if medians:
        return [each.at_medians() for each in every]
    return [the_posterior(each, seed, draws, quiet, cluster=cluster)[0] for each in every]


def the_posterior(
    study: Study, seed: int, draws: int | None, quiet: bool, keep: bool = False, cluster: str | None = None
) -> tuple[Posterior, bool]:
    """Return the posterior, and whether it was stored already.

    Draws that cannot be kept are a message, and a UsageError where to ``keep`` them is what the command is for.
    """
    from causal.cli import screen

    settings: dict[str, Any] = {"seed": seed} if draws is None else {"seed": seed, "draws": draws}
    posterior = study.stored(**settings)
    if posterior is not None:
        return posterior, True
    _ = study.elicited  # what is wrong with the files is said before the sampling is
    try:
        with _lost() as lost, screen.sampling(f"sampling {study.model.name}", quiet) as watch:
            posterior = study.sample(**settings, watch=watch, cluster=cluster)
    except KeyboardInterrupt as stop:
        found = getattr(stop, "__notes__", ["nothing was stored"])
        screen.tell(f"interrupted; {'; '.join(found)}", quiet)
        raise
    for each in lost:
        if keep:
            raise UsageError(f"{each}\nfree some room there, or name another folder in CAUSAL_CACHE")
        screen.tell(each, quiet)
    return posterior, False


@contextmanager
def unkept(quiet: bool) -> Iterator[None]:
    """Tell what could not be kept of what was made meanwhile."""
    from causal.cli import screen

    with _lost() as lost:
        yield
    for each in lost:
        screen.tell(each, quiet)


@contextmanager
def _lost() -> Iterator[list[str]]:
    """Collect what could not be kept; other warnings go their way."""
    found: list[str] = []
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always", NotStored)
        yield found
    for each in said:
        if issubclass(each.category, NotStored):
            found.append(str(each.message))
        else:
            warnings.warn_explicit(each.message, each.category, each.filename, each.lineno)


def leave(gate: Gate | Verdict) -> None:
    """Exit with 4 where the gate did not pass and nobody overrode it."""
    from causal.learn.gate import PASS

    if gate.verdict != PASS and not gate.override:
        raise typer.Exit(4)
