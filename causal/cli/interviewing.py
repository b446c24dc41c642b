"""What `causal elicit` writes for an interview, and how the answers come back.

    --questionnaire     <model>-questionnaire.md to print, <model>-answers.yaml to fill in
    --merge FILE        the filled sheet, checked and added to the prior file; all of it, or nothing
    --dry-run           the same, but for the writing: what would change is shown

The prior file is read once, and what is written is that text with pieces inserted.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from causal.cli.screen import emit, show, tell

if TYPE_CHECKING:
    from causal.spec.answers import Answers
    from causal.spec.model import Model
    from causal.study import Study


def interview(
    model: str, priors: Path | None, by: str | None, out: Path | None, filled: Path | None,
    dry_run: bool, as_json: bool, quiet: bool,
) -> None:  # fmt: skip
    """Write a questionnaire into the folder ``out``, or merge a filled sheet.

    Raises UsageError where that makes no sense, SpecError with every problem of a sheet.
    """
    from causal.errors import UsageError
    from causal.study import load

    if filled is None:
        if dry_run or out is None:
            raise UsageError("--dry-run goes with --merge")
        _write(load(model, priors), by, out, as_json, quiet)
        return
    if out is not None:
        raise UsageError("--questionnaire and --merge are two steps; run one, then the other")
    if by is not None:
        raise UsageError("--by does not go with --merge: every answer says whose it is")
    _merge(model, priors, filled, dry_run, as_json, quiet)


def _write(study: Study, by: str | None, out: Path, as_json: bool, quiet: bool) -> None:
    from causal.errors import nearest

    sheets = study.questionnaire(by)
    found = sheets.needed
    if found.new:
        close = nearest(by or "", study.priors.experts)
        tell(f"{by} is nobody in {study.priors.path or 'the priors'} yet{close}: the sheet adds them", quiet)
    printed, filled = sheets.save(out)
    if as_json:
        emit({
            "written": [printed.as_posix(), filled.as_posix()],
            "by": by,
            "questions": [{"about": str(each.question), "default": each.default} for each in found.questions],
            "optional": [str(each.question) for each in found.optional],
            "minutes": found.minutes,
        })  # fmt: skip
        return
    for path, what in ((printed, "to print and talk through"), (filled, "to fill in")):
        show(f"{path.as_posix()}  {what}")
    show(f"{len(found.questions)} questions, about {found.minutes} minutes; {len(found.optional)} more are optional")


@dataclass(frozen=True)
class _Target:
    """The prior file: where it is or will be, and its text, None where there is none yet."""

    path: Path
    text: str | None


def _merge(model: str, priors: Path | None, filled: Path, dry_run: bool, as_json: bool, quiet: bool) -> None:
    from causal.spec.answers import load_answers
    from causal.spec.merging import begin, merge
    from causal.tell.files import whole

    structure, target = _target(model, priors)
    answers = load_answers(filled, structure, target.text, str(target.path))
    for line in answers.reasons:
        tell(f"{answers.path}:{line}: there is a reason and no answer; it is not merged", quiet)
    if not answers.judgements:
        _report(answers, target, "", dry_run, as_json)
        return
    _check(structure, target, answers)
    old = target.text if target.text is not None else begin(answers, structure.name)
    new = merge(old, answers, str(target.path))
    if not dry_run:
        target.path.parent.mkdir(parents=True, exist_ok=True)
        whole(target.path.resolve(), new)  # a link stays one
    _report(answers, target, new, dry_run, as_json)


def _target(model: str, priors: Path | None) -> tuple[Model, _Target]:
    """Return the model and the prior file that goes with it."""
    from causal.errors import UsageError
    from causal.spec.bif import is_bif
    from causal.spec.files import find_model, find_priors, new_priors
    from causal.spec.modelfile import load_model
    from causal.spec.reader import read_bytes

    path = find_model(model)
    if is_bif(path):
        raise UsageError(f"{path.name} has its numbers in it, so there is nothing to merge answers into")
    structure = load_model(path)
    where = priors or find_priors(path, structure) or new_priors(path, structure)
    if not where.exists():
        return structure, _Target(where, None)
    # the mark that some editors begin a file with is part of what is kept
    return structure, _Target(where, _text(read_bytes(where), str(where)))


def _text(data: bytes, path: str) -> str:
    from causal.spec.merging import BOM
    from causal.spec.reader import decode

    mark = BOM if data.startswith(BOM.encode("utf-8")) else ""
    return mark + decode(data, path)


def _check(model: Model, target: _Target, answers: Answers) -> None:
    """Hold the answers beside what is in the prior file, as every command that reads both will."""
    from causal.exact.answer import Writer
    from causal.exact.network import Network
    from causal.learn.adding import added
    from causal.spec.files import nobody
    from causal.spec.priorfile import load_priors

    before = nobody(model) if target.text is None else load_priors(target.path, model)
    added(Writer(Network.of(model)), before, answers)


def _report(answers: Answers, target: _Target, new: str, dry_run: bool, as_json: bool) -> None:
    path = target.path.as_posix()
    diff = list(_diff(target.text or "", new, path)) if new else []
    if as_json:
        emit(_facts(answers, path, diff, bool(new) and not dry_run))
        return
    if not answers.judgements:
        show(f"nothing to merge: {_unanswered(answers)}")
        return
    if dry_run:
        for line in diff:
            show(line)
    count = len(answers.judgements)
    did = "would be added to" if dry_run else "added to"
    show(f"{count} {'judgement' if count == 1 else 'judgements'} {did} {path}; {_unanswered(answers)}")
    for judgement in answers.judgements:
        show(f"  {judgement.by or 'everyone'}: {judgement.about}  {judgement.said}")


def _facts(answers: Answers, path: str, diff: list[str], written: bool) -> dict[str, Any]:
    return {
        "priors": path,
        "written": written,
        "added": [{"by": each.by, "about": str(each.about), "said": each.said} for each in answers.judgements],
        "experts": list(answers.experts),
        "sources": list(answers.sources),
        "unanswered": answers.unanswered,
        "diff": diff,
    }


def _unanswered(answers: Answers) -> str:
    return f"{answers.unanswered} left unanswered" if answers.unanswered else "none left unanswered"


def _diff(old: str, new: str, path: str) -> list[str]:
    return [line.rstrip("\r\n") for line in difflib.unified_diff(
        old.splitlines(), new.splitlines(), path, path, lineterm=""
    )]  # fmt: skip
