"""How every command opens what it is given, and how it ends."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from causal.learn.gate import Gate
    from causal.study import Posterior, Study
    from causal.tell.facts import Verdict


def the_study(model: str, priors: Path | None, quiet: bool) -> Study:
    """Read a study, and say what was changed on the way."""
    from causal.cli import screen
    from causal.study import load

    study = load(model, priors)
    for note in study.notes:
        screen.tell(f"{study.model.path}: {note}", quiet)
    return study


def the_posterior(study: Study, seed: int, draws: int | None, quiet: bool) -> tuple[Posterior, bool]:
    """Return the posterior, and whether it was stored already."""
    from causal.cli import screen

    settings: dict[str, Any] = {"seed": seed} if draws is None else {"seed": seed, "draws": draws}
    posterior = study.stored(**settings)
    if posterior is not None:
        return posterior, True
    _ = study.elicited  # what is wrong with the files is said before the sampling is
    try:
        with screen.sampling(f"sampling {study.model.name}", quiet) as watch:
            return study.sample(**settings, watch=watch), False
    except KeyboardInterrupt:
        screen.tell("interrupted; nothing was stored", quiet)
        raise


def leave(gate: Gate | Verdict) -> None:
    """Exit with 4 where the gate did not pass and nobody overrode it."""
    from causal.learn.gate import PASS

    if gate.verdict != PASS and not gate.override:
        raise typer.Exit(4)
