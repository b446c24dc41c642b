"""What `causal check` finds: facts first, then the same facts for a reader.

facts          holds
model, priors  what was read, counted
cases          what each file of comparable cases teaches
experts        per expert: judgements by role; defaults used; what nobody judged
judgements     every judgement with its role: parameter, evidence, meld, replace, check or abstained
misfits        what was said and what comes out of it, where they differ
signs          edges whose numbers contradict their sign
notes          what was changed on the way
refused        what the engine does not compute
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from causal.cli.screen import show, show_table
from causal.spec.priors import SHAPING

if TYPE_CHECKING:
    from causal.elicit import Fit
    from causal.learn.elicited import Elicited
    from causal.spec.model import Model
    from causal.spec.priors import Judgement, Priors
    from causal.study import Study

PARAMETER, EVIDENCE, CHECK, ABSTAINED = "parameter", "evidence", "check", "abstained"
ROLES: Mapping[str, str] = {
    PARAMETER: "sets",
    EVIDENCE: "evidence",
    **{use: use for use in SHAPING},
    CHECK: "check",
    ABSTAINED: "abstains",
}


def facts(study: Study) -> dict[str, Any]:
    """Return all that a check finds about a study, JSON-ready.

    Raises SpecError with every judgement that cannot be used.
    """
    from causal.learn.limits import refusals
    from causal.spec.files import looked

    refused = refusals(study.model, study.priors)
    found: dict[str, Any] = {
        "model": _model(study.model),
        "priors": _priors(study.priors) | {"looked": looked(Path(study.model.path), study.model)},
        "cases": [],
        "experts": [],
        "judgements": [],
        "misfits": [],
        "signs": [],
        "notes": list(study.notes),
        "refused": list(refused),
    }
    found["model"]["exact"] = study.exact
    if study.exact:
        found["model"]["parameters"] = 0
    elif not refused:
        found |= _judged(study.elicited)
        found["model"]["parameters"] = len(study.elicited.network.parameters)
    return found


def _model(model: Model) -> dict[str, Any]:
    return {
        "name": model.name,
        "title": model.title,
        "path": model.path,
        "digest": model.digest,
        "variables": len(model.variables),
        "edges": sum(len(variable.edges) for variable in model.variables.values()),
        "parameters": None,
        "interventions": len(model.interventions),
        "outcome": None if model.outcome is None else str(model.outcome),
    }


def _priors(priors: Priors) -> dict[str, Any]:
    return {
        "name": priors.name,
        "path": priors.path or None,
        "digest": priors.digest,
        "pooling": priors.pooling,
        "weights": priors.weights.rule,
        "seeds": len(priors.seeds),
        "experts": len(priors.experts),
        "judgements": len(priors.judgements),
        "defaults": len(priors.defaults),
        "cases": [each.file for each in priors.cases],
    }


def _judged(elicited: Elicited) -> dict[str, Any]:
    from causal.ask.signs import check_signs
    from causal.learn.cases import told

    sets = _sets(elicited)
    roles = {id(judgement): PARAMETER for judgement in elicited.priors.judgements if id(judgement) in sets}
    roles |= {id(each): derived.use for derived in elicited.derived for each in (derived.judgement, *derived.readings)}
    roles |= {id(compared.judgement): compared.use for compared in elicited.compared}
    roles |= {id(judgement): ABSTAINED for judgement in elicited.abstained}
    judgements = [
        {
            "by": judgement.by,
            "line": judgement.line,
            "about": str(judgement.about),
            "said": judgement.said,
            "role": roles[id(judgement)],
            "sets": sets.get(id(judgement), []),
            "weight": judgement.weight,
        }
        for judgement in elicited.priors.judgements
    ]
    misfits, notes = _fits(elicited)
    return {
        "cases": [told(file) for file in elicited.priors.cases],
        "experts": [_expert(elicited, name, judgements) for name in elicited.experts],
        "judgements": judgements,
        "misfits": misfits,
        "signs": [
            {
                "expert": failure.expert,
                "parent": failure.parent,
                "state": failure.state,
                "child": failure.child,
                "event": failure.event,
                "sign": failure.sign,
                "baseline": failure.baseline,
                "departed": failure.departed,
                "text": str(failure),
            }
            for failure in check_signs(elicited)
        ],
        "notes": [*elicited.notes, *notes],
    }


def _sets(elicited: Elicited) -> dict[int, list[str]]:
    """Return the parameters that each judgement sets; a default's are those of the experts who use it."""
    found: dict[int, list[str]] = {}
    for held in elicited.held.values():
        for prior in held.priors:
            for judgement in prior.readings or ((prior.judgement,) if prior.judgement is not None else ()):
                names = found.setdefault(id(judgement), [])
                if prior.parameter.name not in names:
                    names.append(prior.parameter.name)
    return found


def _expert(elicited: Elicited, name: str, judgements: list[dict[str, Any]]) -> dict[str, Any]:
    expert = elicited.priors.experts[name]
    origins = [prior.origin for prior in elicited.held[name].priors]
    mine = [judgement["role"] for judgement in judgements if judgement["by"] == name]
    return {
        "name": name,
        "title": expert.title,
        "school": expert.school,
        "weight": expert.weight,
        "pool": expert.pool,
        "share": elicited.weights[name] / sum(elicited.weights.values()),
        "judgements": {role: mine.count(role) for role in ROLES},
        "parameters": {origin: origins.count(origin) for origin in ("judged", "default", "weak")},
        "weak": list(elicited.weak[name]),
    }


def _fits(elicited: Elicited) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the misfits, and the notes on all other fits; a default that several experts use is named once."""
    from causal.elicit.fit import MISFIT

    misfits: list[dict[str, Any]] = []
    notes: list[str] = []
    for judgement, fit in _every_fit(elicited):
        place = f"line {judgement.line}, {judgement.by or 'default'}, {judgement.about}"
        if fit.misfit <= MISFIT:
            notes += [f"{place}: {note}" for note in fit.notes]
            continue
        misfits.append(
            {
                "by": judgement.by,
                "line": judgement.line,
                "about": str(judgement.about),
                "misfit": fit.misfit,
                "levels": list(fit.levels),
                "stated": list(fit.values),
                "implied": list(fit.implied),
                "text": f"{place}: misfit {fit.misfit:.2f}; {'; '.join(fit.notes)}".removesuffix("; "),
            }
        )
    return list({each["text"]: each for each in misfits}.values()), list(dict.fromkeys(notes))


def _every_fit(elicited: Elicited) -> Iterator[tuple[Judgement, Fit]]:
    for held in elicited.held.values():
        for prior in held.priors:
            if prior.judgement is not None and prior.fit is not None:
                yield prior.judgement, prior.fit
    for derived in elicited.derived:
        yield derived.judgement, derived.fit


def render(found: Mapping[str, Any]) -> None:
    """Print what a check found; what needs attention comes last, next to the prompt."""
    model, priors = found["model"], found["priors"]
    counted = "" if model["parameters"] is None else f", {_many(model['parameters'], 'parameter')}"
    show(f"{model['title'] or model['name']}", style="bold")
    show(
        f"model   {model['path']}: {_many(model['variables'], 'variable')}, {_many(model['edges'], 'edge')}{counted}, "
        f"{_many(model['interventions'], 'intervention')}; outcome {model['outcome'] or 'not named'}"
    )
    read = f"{_many(priors['experts'], 'expert')}, {_many(priors['judgements'], 'judgement')}"
    if priors["path"]:
        show(f"priors  {priors['path']}: {read}, {_many(priors['defaults'], 'default')}")
    elif model["exact"]:
        show("priors  none: every number is in the model")
    else:
        show(f"priors  none found: every parameter gets a weak default. Looked for {priors['looked']}")
    for each in found["cases"]:
        show(f"cases   {each}")
    if found["judgements"]:
        _render_judgements(found["judgements"])
    if found["experts"]:
        _render_experts(found["experts"])
    for title, lines in _concerns(found):
        show(f"\n{title}", style="bold")
        for line in lines:
            show(f"  {line}")
    if not found["refused"]:
        show("\nBoth files can be used." if priors["path"] else "\nThe file can be used.", style="green")


def _render_judgements(judgements: list[dict[str, Any]]) -> None:
    rows = []
    for each in judgements:
        role = ROLES[each["role"]] + (f" x {each['weight']:g}" if each["weight"] != 1 else "")
        about = each["about"] + (f"  ({len(each['sets'])} parameters)" if len(each["sets"]) > 1 else "")
        rows.append((str(each["line"]), each["by"] or "", role, about, each["said"]))
    show()
    reshapes = any(each["role"] in SHAPING for each in judgements)
    title = "Judgements: what sets a parameter, what is evidence (x its weight), "
    title += f"{'what reshapes a prior, ' if reshapes else ''}and what is only checked"
    show_table(("line", "by", "use", "about", "says"), rows, left=5, title=title)


def _render_experts(experts: list[dict[str, Any]]) -> None:
    shaped = [role for role in SHAPING if any(each["judgements"][role] for each in experts)]
    roles = (EVIDENCE, *shaped, CHECK, ABSTAINED)
    rows = [
        (
            each["name"],
            each["school"],
            "yes" if each["share"] > 0 else "apart",
            *(str(each["judgements"][role]) for role in roles),
            *(str(each["parameters"][origin]) for origin in ("judged", "default", "weak")),
        )
        for each in experts
    ]
    header = ("expert", "school", "in panel", EVIDENCE, *shaped, "checks", ABSTAINED, "own", "default", "nobody's")
    show()
    show_table(header, rows, left=3, title="Experts: judgements by use, and where each parameter comes from")


def _concerns(found: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Yield a title and lines for everything that a reader should look at."""
    every = [each["weak"] for each in found["experts"]]
    all_of = set.intersection(*map(set, every)) if len(every) > 1 else set()
    silent = [f"for everyone: {name}" for name in (every[0] if every else ()) if name in all_of]
    silent += [f"{each['name']}: {name}" for each in found["experts"] for name in each["weak"] if name not in all_of]
    notes = [each for each in found["notes"] if each not in found["cases"]]
    for title, lines in (
        ("Parameters that nobody judged (a weak default stands in)", silent),
        ("Notes", notes),
        ("Misfits: what was said and what comes out differ", [each["text"] for each in found["misfits"]]),
        ("Signs that the medians contradict", [each["text"] for each in found["signs"]]),
        ("The engine does not compute", found["refused"]),
    ):
        if lines:
            yield title, lines


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
