"""From a panel and its ranking to the facts of a report.

    ranking                      -> without, interventions, skipped      divergences.py
    what was elicited, judged    -> direct, defaults, derived, ...       judgements.py
    graph, draws, versions       -> assumptions, computation             here

Every number passes the gate on its way: what the gate refuses is left empty, whatever is rendered later.
"""

from __future__ import annotations

import math
import platform
import shlex
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from causal.ask.answer import Answer
from causal.ask.interventions import Ranking
from causal.ask.judged import checked, judged
from causal.ask.panel import Panel, ask
from causal.learn.elicited import Elicited
from causal.learn.gate import PASS, Gate
from causal.learn.sample import CHAINS, DRAWS, Draws
from causal.learn.store import versions
from causal.spec.model import KINDS, Model, Variable, frozen
from causal.spec.question import Event, Probability
from causal.tell import judgements
from causal.tell.divergences import definition, rows, without
from causal.tell.facts import Asked, Assumptions, Computation, Defined, Report, Row, Verdict, Without

PACKAGE = Path(__file__).resolve().parent.parent
SHIPPED = (PACKAGE / "shipped" / "models", PACKAGE.parent / "models")  # where cases are found by name
DISTRIBUTION = "causal-onecase"  # what is installed, see pyproject.toml


def gather(panel: Panel, ranking: Ranking, command: str = "", override: bool = False) -> Report:
    """Gather all facts of a report from a panel and the ranking of its interventions.

    ``command`` is what repeats the report, made from the names of the files if left out. ``override`` prints what the
    gate refuses, and records that. The same panel gives the same facts.

    >>> from causal import load
    >>> posterior = load("rain").at_medians()
    >>> report = gather(posterior.panel, posterior.interventions())
    >>> report.asked.event, [row.intervention for row in report.of("forecast")]
    ('grass = wet', ['drought_law', 'cloudburst'])
    """
    elicited = panel.elicited
    model, priors = elicited.network.model, elicited.priors
    nothing = ask(panel, [elicited.writer.write(Probability((ranking.event,)))])[0]
    laid, orders = judged(panel), checked(panel)
    gate = ranking.gate & nothing.gate
    for each in [each.gate for each in laid] + [each.gate for each in orders]:
        gate = gate & each
    dated, interventions = without(nothing, ranking, override), rows(model, ranking, override)
    return Report(
        model=model.name,
        title=model.title or model.name,
        about=model.about,
        priors=priors.name,
        priors_about=priors.about,
        asked=asked(model, ranking.event),
        gate=verdict(gate, override),
        without=dated,
        interventions=interventions,
        skipped=ranking.skipped,
        experts=judgements.experts(panel),
        derived=judgements.derived(panel, laid, override),
        checks=judgements.checks(panel, orders, override),
        against=judgements.against(elicited),
        abstentions=judgements.abstentions(elicited),
        direct=judgements.direct(elicited),
        defaults=judgements.defaults(elicited),
        unjudged=judgements.unjudged(elicited),
        notes=judgements.notes(elicited),
        assumptions=assumptions(elicited),
        sources=judgements.sources(elicited),
        computation=computation(panel, _errors(dated, interventions), command),
        ci_prob=_ci_prob(nothing, ranking),
    )


def asked(model: Model, event: Event) -> Asked:
    """Return the outcome with the definitions of its states, and of what it is made of."""
    variable = model.variables[event.variable]
    says = f"in {{{', '.join(event.states)}}}" if event.op == "in" else " ".join([event.op or "", *event.states])
    return Asked(
        event=str(event),
        label=f"{variable.title} {says}".strip(),
        variable=_defined(variable),
        parts=tuple(
            _defined(part) for name, part in model.variables.items() if name in definition(model, event.variable)
        ),
    )


def _defined(variable: Variable) -> Defined:
    return Defined(
        name=variable.name,
        title=variable.title,
        about=variable.about,
        states=frozen({state: variable.definitions.get(state, "") for state in variable.states}),
        window=str(variable.when or ""),
        actual=variable.actual,
    )


def verdict(gate: Gate, override: bool) -> Verdict:
    """Return the gate as facts; what is not a number is None."""
    facts = replace(gate, override=gate.override or (override and gate.verdict != PASS)).to_dict()
    return Verdict(
        verdict=facts["verdict"],
        override=facts["override"],
        quantities=facts["quantities"],
        worst_rhat=facts["worst_rhat"],
        least_ess=facts["least_ess"],
        findings=tuple(facts["findings"]),
    )


def assumptions(elicited: Elicited) -> Assumptions:
    """Count what the graph and its mechanisms take for granted.

    Of all pairs of variables, put in an order that the arrows follow, those without an arrow are the missing ones.
    """
    model = elicited.network.model
    variables = model.variables.values()
    arrows = sum(len(variable.edges) for variable in variables)
    roots = sum(1 for variable in variables if not variable.edges)
    kinds = Counter(KINDS[type(variable.mechanism)] for variable in variables if variable.edges)
    return Assumptions(
        variables=len(variables),
        arrows=arrows,
        missing=math.comb(len(variables), 2) - arrows,
        roots=roots,
        mechanisms=frozen(dict(kinds.most_common())),
        gates=sum(len(variable.gates) for variable in variables),
        confounded=model.confounded,
        baseline=model.baseline,
        pooling=elicited.priors.pooling,
        undated=tuple(variable.title for variable in variables if variable.decided is None),
    )


def computation(panel: Panel, errors: Iterable[float], command: str) -> Computation:
    """Return how the draws were made, how far they can be trusted, and how to make them again."""
    draws, model, priors = panel.draws, panel.elicited.network.model, panel.elicited.priors
    chains, length = draws.theta.shape[:2]
    return Computation(
        chains=chains,
        draws=length,
        total=draws.total,
        methods=frozen(dict(zip(draws.experts, draws.method, strict=True))),
        divergences=draws.divergences,
        least_bfmi=min((each for each in draws.bfmi if math.isfinite(each)), default=None),
        largest_mcse=max(errors, default=None),
        seed=draws.seed,
        digests=frozen({"model": model.digest, "priors": priors.digest, "fit": panel.digest}),
        versions=frozen({"causal": _version(), "python": platform.python_version(), **versions()}),
        command=command or _command(model, priors.path, draws),
    )


def _errors(dated: Iterable[Without], interventions: Iterable[Row]) -> list[float]:
    """Return the Monte Carlo errors of the panel's numbers that are reported."""
    numbers = [each.number for each in dated]
    for row in interventions:
        numbers += [row.panel.outcome, row.panel.effect, *([row.panel.plausibility] if row.panel.plausibility else [])]
    return [number.mcse for number in numbers if number.mcse is not None]


def _ci_prob(nothing: Answer, ranking: Ranking) -> float:
    found = {nothing.ci_prob, *(each.outcome.ci_prob for each in ranking.divergences)}
    if len(found) > 1:
        raise ValueError(f"one report has one kind of interval, not those of {sorted(found)}")
    return nothing.ci_prob


def _version() -> str:
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:  # run from a checkout that was not installed
        return "not installed"


def _command(model: Model, priors: str, draws: Draws) -> str:
    """Return the command that repeats the report: a shipped case by its name, files without any machine's folders."""
    path = Path(model.path or model.name)
    case = path.stem if path.parent in SHIPPED else _file(path)
    by = _file(Path(priors)) if priors else ""
    if not priors or Path(priors) == path.parent.parent / "priors" / f"{model.name}.yaml":
        by = ""  # where it is looked for anyway
    if draws.total == 1:  # at the medians, which no command draws
        both = ", ".join(repr(each) for each in (case, by) if each)
        return f"causal.load({both}).at_medians().report('out')"
    parts = ["causal", "report", case, *(["--priors", by] if by else []), "--seed", str(draws.seed)]
    parts += ["--draws", str(draws.theta.shape[1])] if draws.theta.shape[:2] != (CHAINS, DRAWS) else []
    return shlex.join(parts)


def _file(path: Path) -> str:
    return path.name if path.is_absolute() else path.as_posix()
