"""Arguments and options that several commands share, each with its help."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Literal

import typer


def print_version(wanted: bool) -> None:
    """Print the version and stop, where told."""
    if wanted:
        try:
            number = version("causal-onecase")
        except PackageNotFoundError:  # run from a checkout that was never installed
            number = "(not installed)"
        typer.echo(f"causal {number}")
        raise typer.Exit


def answering(cluster: str | None) -> str | None:
    """Return the address of a scheduler; raise UsageError, before anything is read, where none answers there."""
    if cluster is not None:
        from causal.learn.jobs import check_cluster

        check_cluster(cluster)
    return cluster


ModelName = Annotated[
    str,
    typer.Argument(metavar="MODEL", help="A model file, a network file (.bif), or a shipped name (rain, amoc, ussr)."),
]
PriorsFile = Annotated[
    Path | None,
    typer.Option(
        "--priors",
        metavar="FILE",
        help="The prior file, or a shipped one's name; else the model's own: "
        "its name in ../priors or priors, NAME.priors.yaml beside it, or a file there that says 'model: NAME'.",
    ),
]
Seed = Annotated[int, typer.Option("--seed", metavar="N", min=0, help="The same seed gives the same numbers.")]
DrawCount = Annotated[
    int | None, typer.Option("--draws", metavar="N", min=1, help="Draws in each of four chains; 1000 if left out.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No messages and no progress on stderr.")]
Cluster = Annotated[
    str | None,
    typer.Option(
        "--cluster",
        metavar="ADDRESS",
        help="A scheduler of dask.distributed: tcp://host:port, or local.",
        callback=answering,
    ),
]
Medians = Annotated[bool, typer.Option("--medians", help="Do not sample: put every parameter at its median as stated.")]
Ungated = Annotated[
    bool,
    typer.Option(
        "--allow-ungated", help="Show what the gate flags or refuses, and exit with 0; the override is recorded."
    ),
]
Beside = Annotated[
    bool, typer.Option("--rivals", help="The model and every rival beside it: files that say they are like it.")
]
Expert = Annotated[str | None, typer.Option("--by", metavar="EXPERT", help="One expert only.")]
Questions = Annotated[
    bool,
    typer.Option("--questionnaire", help="Write what is not judged yet as an interview sheet, and one to fill in."),
]
Sheets = Annotated[Path | None, typer.Option("--out", metavar="FOLDER", help="Where the sheets go; here if left out.")]
Page = Annotated[
    Path | None, typer.Option("--html", metavar="FILE", help="Write a page with the curve of each judgement.")
]
Filled = Annotated[
    Path | None, typer.Option("--merge", metavar="FILE", help="Check a filled sheet and add it to the prior file.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what --merge would change, and change nothing.")]
Drawing = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write its picture, .svg or .png.")]
Outcome = Annotated[
    str | None, typer.Option("--outcome", metavar="EVENT", help="Instead of the outcome that the model names.")
]
OneReading = Annotated[
    Literal["forecast", "minimal", "retrospective"] | None,
    typer.Option(
        "--reading",
        help="One reading only: later luck open (forecast), as it was (minimal rewrite), or all that happened "
        "given and each variable keeping its luck (retrospective).",
    ),
]
