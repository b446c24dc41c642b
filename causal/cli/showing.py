"""The graph on a terminal or in a file, with the probabilities that are to be had without sampling.

the priors                      a state's probability
judged, draws are kept          posterior mean
judged, none kept or --medians  with every parameter at its median as stated
nobody's, or not computable     none
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from causal.cli.screen import emit, show, step, tell
from causal.errors import UsageError

if TYPE_CHECKING:
    from causal.study import Study
    from causal.tell.displays import Picture


def target(out: Path | None) -> Path | None:
    """Return where a picture goes, if it goes into a file.

    Raises UsageError where the file is no picture by its name, or nothing can be written there.
    """
    if out is None:
        return None
    from causal.tell.displays import picture_path

    return place(picture_path(out))


def place(file: Path) -> Path:
    """Return where a file goes; raise UsageError where nothing can be written there."""
    from causal.spec.whole import room

    if file.is_dir():
        raise UsageError(f"{file.as_posix()!r} is a folder; name a file in it")
    room(file.parent)
    return file


def show_graph(study: Study, out: Path | None, seed: int | None, as_json: bool, quiet: bool) -> None:
    """Draw the graph, with the draws of a seed if they are kept; None: at the medians."""
    with step("drawing the graph", quiet):
        picture = _picture(study, seed, quiet)
        if out is not None:
            picture.save(out)
    if as_json:
        written = None if out is None else out.as_posix()
        emit({"model": study.model.name, "written": written, "shares": picture.shares, "text": picture.text})
    elif out is not None:
        show(out.as_posix())
    else:
        show(picture.text.rstrip("\n"))


def _picture(study: Study, seed: int | None, quiet: bool) -> Picture:
    from causal.learn.limits import refusals

    refused = refusals(study.model, study.priors)
    for line in refused:
        tell(f"no probabilities: {line}", quiet)
    posterior = None if seed is None or refused else study.stored(seed=seed)
    return study.show() if posterior is None else posterior.show()
