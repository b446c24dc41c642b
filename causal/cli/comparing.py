"""``causal compare``: one question under rival graphs.

    causal compare a.yaml b.yaml --ask Q         any models with the same experts
    causal compare ussr --rivals                 a model and each of its rivals
    causal compare ussr --rivals --together      and every set of rivals that can hold together

Each graph has a fit of its own, taken from the store where it is there and drawn where it is not.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from causal.cli.opening import leave, the_posteriors, the_rivals, the_study, unkept
from causal.cli.options import Beside, Cluster, DrawCount, Drawing, Json, Medians, Quiet, Seed, Ungated

if TYPE_CHECKING:
    from causal.study import Study

Models = Annotated[list[str], typer.Argument(metavar="MODEL...", help="Model files, rivals, or shipped names.")]
Asked = Annotated[
    str | None, typer.Option("--ask", metavar="QUESTION", help="The question; the first model's outcome if left out.")
]
Files = Annotated[
    list[Path] | None,
    typer.Option("--priors", metavar="FILE", help="The prior file of all the models, or one for each in their order."),
]
Together = Annotated[bool, typer.Option("--together", help="With --rivals: sets of rivals that can hold together too.")]


def compare(
    models: Models,
    ask: Asked = None,
    priors: Files = None,
    rivals: Beside = False,
    together: Together = False,
    out: Drawing = None,
    seed: Seed = 1,
    draws: DrawCount = None,
    medians: Medians = False,
    cluster: Cluster = None,
    as_json: Json = False,
    quiet: Quiet = False,
    allow_ungated: Ungated = False,
) -> None:
    """Ask one question under rival graphs.

    Lays the answers side by side, scores each graph by the comparable cases and by the judgements that all share, each
    left out in turn, and says where these cannot tell the graphs apart. For a model and its rivals the answers are
    averaged with each school's own probabilities of the changes, and the change that moves them most is named.
    """
    from causal.cli import explaining, screen, showing
    from causal.comparing import asked_of, lay_out
    from causal.spec.grammar import parse_question

    target = showing.target(out)
    question = None if ask is None else parse_question(ask)  # before anything is read
    studies = _studies(models, priors or [], rivals, together, quiet)
    question = asked_of(studies, question)
    posteriors = the_posteriors(studies, seed, draws, quiet, medians, cluster)
    with unkept(quiet), screen.step("comparing the graphs", quiet):
        found = lay_out(posteriors, question, cluster)
    leave(explaining.show_explained(found, None if target is None else (target, ""), as_json, allow_ungated))


def _studies(models: list[str], priors: list[Path], rivals: bool, together: bool, quiet: bool) -> list[Study]:
    """Open what is to be compared.

    Raises UsageError where there are not two graphs, or not as many prior files as models.
    """
    from causal.errors import UsageError

    if len(priors) > 1 and len(priors) != len(models):
        raise UsageError(f"{len(priors)} prior files for {len(models)} models; give one for all, or one for each")
    if together and not rivals:
        raise UsageError("--together is for --rivals; write both, or leave it out")
    if rivals:
        if len(models) > 1:
            raise UsageError("--rivals finds the rivals of one model; name that one alone, or leave --rivals out")
        return the_rivals(models[0], priors[0] if priors else None, quiet, together)
    if len(models) < 2:
        raise UsageError(f"name at least two models, or: causal compare {models[0]} --rivals")
    one = priors[0] if priors else None
    return [the_study(model, priors[at] if len(priors) > 1 else one, quiet) for at, model in enumerate(models)]
