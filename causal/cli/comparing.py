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

from causal.cli.opening import asking, leave, the_posterior
from causal.cli.options import DrawCount, Json, Medians, Quiet, Seed, Ungated

if TYPE_CHECKING:
    from causal.study import Posterior, Study

Models = Annotated[list[str], typer.Argument(metavar="MODEL...", help="Model files, rivals, or shipped names.")]
Asked = Annotated[
    str | None, typer.Option("--ask", metavar="QUESTION", help="The question; the first model's outcome if left out.")
]
Files = Annotated[
    list[Path] | None,
    typer.Option("--priors", metavar="FILE", help="The prior file of all the models, or one for each in their order."),
]
Beside = Annotated[
    bool, typer.Option("--rivals", help="The model and every rival beside it: files that say they are like it.")
]
Together = Annotated[bool, typer.Option("--together", help="With --rivals: sets of rivals that can hold together too.")]
Out = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write its picture, .svg or .png.")]


def compare(
    models: Models,
    ask: Asked = None,
    priors: Files = None,
    rivals: Beside = False,
    together: Together = False,
    out: Out = None,
    seed: Seed = 1,
    draws: DrawCount = None,
    medians: Medians = False,
    as_json: Json = False,
    quiet: Quiet = False,
    allow_ungated: Ungated = False,
) -> None:
    """Ask one question under rival graphs.

    Lays the answers side by side, scores each graph by the comparable cases and by the judgements that all share, each
    left out in turn, and says where these cannot tell the graphs apart. For a model and its rivals the answers are
    averaged with each school's own probabilities of the changes, and the change that moves them most is named.
    """
    from causal.cli import explaining, showing
    from causal.comparing import lay_out
    from causal.spec.grammar import parse_question

    target = showing.target(out)
    question = None if ask is None else parse_question(ask)
    studies = _studies(models, priors or [], rivals, together)

    def sampler(study: Study) -> Posterior:
        return study.at_medians() if medians else the_posterior(study, seed, draws, quiet)[0]

    posteriors = [sampler(study) for study in studies]
    with asking("comparing the graphs", posteriors[0], quiet):
        found = lay_out(posteriors, question, sampler)
    leave(explaining.show_explained(found, None if target is None else (target, ""), as_json, allow_ungated))


def _studies(models: list[str], priors: list[Path], rivals: bool, together: bool) -> list[Study]:
    """Open what is to be compared.

    Raises UsageError where there are not two graphs, or not as many prior files as models.
    """
    from causal import comparing
    from causal.errors import UsageError
    from causal.study import load

    if len(priors) > 1 and len(priors) != len(models):
        raise UsageError(f"{len(priors)} prior files for {len(models)} models; give one for all, or one for each")
    if together and not rivals:
        raise UsageError("--together is for --rivals; write both, or leave it out")
    if rivals:
        if len(models) > 1:
            raise UsageError("--rivals finds the rivals of one model; name that one alone, or leave --rivals out")
        return comparing.rivals(models[0], priors[0] if priors else None, together)
    if len(models) < 2:
        raise UsageError(f"name at least two models, or: causal compare {models[0]} --rivals")
    one = priors[0] if priors else None
    return [load(model, priors[at] if len(priors) > 1 else one) for at, model in enumerate(models)]
