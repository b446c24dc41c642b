"""Commands of many fits, on this machine or on a cluster: `causal grid`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from causal.cli.commands import app
from causal.cli.options import Cluster, DrawCount, Json, ModelName, PriorsFile, Quiet, Seed, Ungated

if TYPE_CHECKING:
    from causal.ask.grid import Grid

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
    as_json: Json = False,
    quiet: Quiet = False,
    allow_ungated: Ungated = False,
) -> None:
    """Answer one question under many priors.

    Every weight with every relevance is a fit of its own, beside the file as it stands. Each is kept once it is there:
    an interrupted command goes on where it was. They run on all cores of this machine, or on a cluster.
    """
    from causal.cli import screen
    from causal.cli.opening import the_study, unkept

    study = the_study(model, priors, quiet)
    try:
        with unkept(quiet), screen.step(f"fitting {study.model.name} under many priors", quiet):
            found = study.grid(
                question, _powers("--weight", weight), _powers("--relevance", relevance), leave_out, seed,
                **({} if draws is None else {"draws": draws}), cluster=cluster,
            )  # fmt: skip
    except KeyboardInterrupt as stop:
        screen.tell(f"interrupted; {'; '.join(getattr(stop, '__notes__', ['nothing was stored']))}", quiet)
        raise
    _show(found, as_json)
    if found.verdict != "pass" and not allow_ungated:
        raise typer.Exit(4)


def _powers(option: str, text: str) -> list[float]:
    from causal.errors import UsageError

    try:
        return [float(each) for each in text.split(",")] if text else []
    except ValueError:
        raise UsageError(f"{option} is a list of numbers, 0,0.5,2, not {text!r}") from None


def _show(found: Grid, as_json: bool) -> None:
    from causal.cli.screen import emit, interval, number, show, show_table

    if as_json:
        emit(found.to_dict())
        return
    show(found.text)
    show()
    rows = [
        (f"{each.setting}", number(each.mean), interval(each.lower, each.upper), each.verdict) for each in found.points
    ]
    show_table(("priors", "mean", f"{found.ci_prob:.0%} interval", "gate"), rows)
