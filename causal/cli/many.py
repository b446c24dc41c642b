"""Commands of many fits, on this machine or on a cluster: `causal grid`, `causal calibrate`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from causal.cli.commands import app
from causal.cli.options import Cluster, DrawCount, Drawing, Json, ModelName, PriorsFile, Quiet, Seed, Ungated

__all__ = ["app"]  # the one app, with these commands on it

Powers = Annotated[
    str, typer.Option("--weight", metavar="LIST", help="Powers on every judgement that is evidence: 0,0.5,1,2")
]
Relevances = Annotated[
    str, typer.Option("--relevance", metavar="LIST", help="Powers on every comparable case: 0,0.5,1,2")
]


@app.command(epilog='Example: causal grid rain "P(grass = wet)" --weight 0,0.5,2 --draws 500')
def grid(
    model: ModelName,
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="As for causal ask.")],
    weight: Powers = "",
    relevance: Relevances = "",
    leave_out: Annotated[bool, typer.Option("--leave-out", help="The panel without each expert in turn.")] = False,
    priors: PriorsFile = None,
    seed: Seed = 1,
    draws: DrawCount = None,
    cluster: Cluster = None,
    out: Drawing = None,
    as_json: Json = False,
    quiet: Quiet = False,
    allow_ungated: Ungated = False,
) -> None:
    """Answer one question under many priors.

    Every weight with every relevance is a fit of its own, beside the file as it stands. Each is kept once it is there:
    an interrupted command goes on where it was. They run on all cores of this machine, or on a cluster.
    """
    from causal.cli import explaining, screen, showing
    from causal.cli.opening import leave, the_study, unkept

    target = showing.target(out)
    study = the_study(model, priors, quiet)
    doing = f"fitting {study.model.name} under many priors"
    with _stoppable(quiet), unkept(quiet), screen.counting(doing, "fits", quiet) as told:
        found = study.grid(
            question, _powers("--weight", weight), _powers("--relevance", relevance), leave_out, seed,
            **({} if draws is None else {"draws": draws}), cluster=cluster, told=told,
        )  # fmt: skip
    leave(explaining.show_explained(found, None if target is None else (target, ""), as_json, allow_ungated))


@app.command(epilog='Example: causal calibrate rain --simulations 20 --ask "P(grass = wet)"')
def calibrate(
    model: ModelName,
    priors: PriorsFile = None,
    simulations: Annotated[
        int, typer.Option("--simulations", metavar="N", min=1, help="Of each posterior; more see smaller faults.")
    ] = 200,
    ask: Annotated[
        list[str] | None,
        typer.Option("--ask", metavar="QUESTION", help="Rank this beside all parameters; the outcome if left out."),
    ] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="EXPERT", help="The posterior of one expert only.")] = None,
    out: Drawing = None,
    seed: Seed = 1,
    cluster: Cluster = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Ask whether the posterior is calibrated.

    Makes up a truth from the priors and data at that truth, draws from the posterior given them, and looks where the
    truth lies among the draws, many times. Simulations are kept as they are made: an interrupted command goes on where
    it was. They run on all cores of this machine, or on a cluster. Exit code 4 says that it is not calibrated.
    """
    from causal.cli import explaining, screen, showing
    from causal.cli.opening import leave, the_study, unkept

    target = showing.target(out)
    study = the_study(model, priors, quiet)
    with _stoppable(quiet), unkept(quiet), screen.counting(f"calibrating {study.model.name}", "batches", quiet) as told:
        found = study.calibrate(simulations, ask, by, seed, cluster, told)
    leave(explaining.show_explained(found, None if target is None else (target, ""), as_json, allowed=False))


@contextmanager
def _stoppable(quiet: bool) -> Iterator[None]:
    """Say after an interrupt how much is kept."""
    from causal.cli import screen

    try:
        yield
    except KeyboardInterrupt as stop:
        screen.tell(f"interrupted; {'; '.join(getattr(stop, '__notes__', ['nothing was stored']))}", quiet)
        raise


def _powers(option: str, text: str) -> list[float]:
    from causal.errors import UsageError

    try:
        return [float(each) for each in text.split(",")] if text else []
    except ValueError:
        raise UsageError(f"{option} is a list of numbers, 0,0.5,2, not {text!r}") from None
