"""Arguments and options that several commands share, each with its help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ModelName = Annotated[
    str, typer.Argument(metavar="MODEL", help="A model file, a network file (.bif), or a shipped name (rain, ussr).")
]
PriorsFile = Annotated[
    Path | None,
    typer.Option("--priors", metavar="FILE", help="The prior file; if left out, the one named after the model."),
]
Seed = Annotated[int, typer.Option("--seed", metavar="N", min=0, help="The same seed gives the same numbers.")]
DrawCount = Annotated[
    int | None, typer.Option("--draws", metavar="N", min=1, help="Draws in each of four chains; 1000 if left out.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No messages and no progress on stderr.")]
Medians = Annotated[
    bool, typer.Option("--medians", help="Do not sample: put every parameter at its median as stated.")
]
Ungated = Annotated[
    bool,
    typer.Option(
        "--allow-ungated", help="Show what the gate flags or refuses, and exit with 0; the override is recorded."
    ),
]
