"""From a panel and its ranking to the facts of a report.

    ranking                      -> without, interventions, skipped      divergences.py
    marginals, worlds, levels, dissent                               asking.py
    what the headline stands on                                     footing.py
    what was elicited, judged    -> direct, defaults, derived, ...       judgements.py
    rival graphs                 -> rivals                               comparing.py
    graph, draws, versions       -> assumptions, computation             here

Every number passes the gate on its way: what the gate refuses is left empty, whatever is rendered later.
"""

from __future__ import annotations

import math
import platform
import shlex
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import reduce
from importlib.metadata import PackageNotFoundError, version
from itertools import combinations
from operator import and_
from pathlib import Path

from causal.ask.answer import Answer
from causal.ask.interventions import Ranking
from causal.ask.judged import checked, judged
from causal.ask.panel import Panel, ask
from causal.ask.tense import tense
from causal.graph import Graph, definition
from causal.learn.elicited import Elicited
from causal.learn.entries import versions
from causal.learn.gate import PASS, Gate
from causal.learn.sample import CHAINS, DRAWS, Draws
from causal.spec.model import Model, frozen
from causal.spec.question import Event, Probability
from causal.tell import comparing, judgements, luck
from causal.tell.asking import dissent, headline_answer, levels, marginals, worlds
from causal.tell.displays import Picture
from causal.tell.divergences import defined, headline, rows, without
from causal.tell.drawings import Drawings
from causal.tell.facts import (
    Asked,
    Assumptions,
    Computation,
    Level,
    Marginal,
    Report,
    Row,
    Told,
    Verdict,
    Without,
    World,
)
from causal.tell.footing import footing
from causal.tell.rivalfacts import Beside

PACKAGE = Path(__file__).resolve().parent.parent
SHIPPED = (PACKAGE / "shipped" / "models", PACKAGE.parent / "models")  # where cases are found by name
DISTRIBUTION = "causal-onecase"  # what is installed, see pyproject.toml


def gather(
    panel: Panel,
    ranking: Ranking,
    command: str = "",
    override: bool = False,
    explained: Sequence[tuple[Told, tuple[Picture, ...]]] = (),
    rivals: Sequence[Panel] = (),
    beside: Sequence[str] = (),
) -> Report:
    """Gather all facts of a report from a panel, the ranking of its interventions and what has been explained.

    ``command`` is what repeats the report, made from the names of the files if left out. ``override`` prints what the
    gate refuses, and records that. ``rivals`` are panels of rival graphs, ``beside`` the names of those that there are.
    The same panels give the same facts.

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
    dated, interventions = without(elicited.network.graph, nothing, ranking, override), rows(model, ranking, override)
    first = tense(model).first
    row = headline(interventions, first)
    reading = row.reading if row else first[0]
    every, open_gate = marginals(panel, override)
    profiled, profile_gate = worlds(panel, ranking.event, interventions, reading, override)
    moved, levels_gate = levels(panel, ranking.event, interventions, reading, override)
    gates = [ranking.gate, nothing.gate, *(each.gate for each in laid), *(each.gate for each in orders)]
    gate = reduce(and_, [*gates, open_gate, profile_gate, levels_gate])
    direct, derived = judgements.direct(elicited), judgements.derived(panel, laid, override)
    checks = judgements.checks(panel, orders, override)
    rivalled, rivalries = comparing.rivals(panel, rivals, ranking, row, override)
    asked_all = bool(rivals) and {each.elicited.network.model.name for each in rivals} == set(beside)
    unasked = Beside()
    if beside and not rivals:
        unasked = Beside(tuple(beside), _command(model, priors.path, panel.draws, True))
    command = command or _command(model, priors.path, panel.draws, asked_all)
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
        derived=derived,
        checks=checks,
        against=judgements.against(elicited),
        abstentions=judgements.abstentions(elicited),
        worded=judgements.worded(elicited),
        splits=judgements.splits(elicited),
        loops=judgements.loops(elicited),
        direct=direct,
        defaults=judgements.defaults(elicited),
        unjudged=judgements.unjudged(elicited),
        notes=judgements.notes(elicited),
        assumptions=assumptions(elicited, ranking.event.variable),
        sources=judgements.sources(elicited),
        computation=computation(panel, _errors(dated, interventions, every, profiled, moved), command),
        ci_prob=_ci_prob(nothing, ranking),
        marginals=every,
        worlds=profiled,
        worlds_reading=reading,
        levels=moved,
        dissent=dissent(panel, ranking, row, override),
        footing=footing(panel, ranking, row, direct, derived, checks),
        explained=tuple(told for told, _ in explained),
        known=judgements.known(elicited),
        scored=judgements.scored(elicited),
        ahead=ranking.ahead,
        repeated=ranking.repeated,
        rivals=rivalled,
        beside=unasked,
        drawings=replace(
            _drawings(panel, ranking, row, every, override),
            explained={told.name: drawn for told, drawn in explained if drawn},
            rivals=rivalries,
        ),
    )


def _drawings(panel: Panel, ranking: Ranking, row: Row | None, every: Iterable[Marginal], override: bool) -> Drawings:
    shares = {each.variable.name: found for each in every if (found := _means(each))}
    labels = {name: expert.title for name, expert in panel.elicited.priors.experts.items()}
    first = headline_answer(panel, ranking, row)
    return Drawings.of(panel.elicited.network.model, shares, ranking, first, labels, panel.weights, override)


def _means(marginal: Marginal) -> dict[str, float]:
    """Return the probabilities of a variable's states, none where the gate withholds them."""
    return {state: number.mean for state, number in marginal.states.items() if number.mean is not None}


def asked(model: Model, event: Event) -> Asked:
    """Return the outcome with the definitions of its states, and of what it is made of."""
    variable = model.variables[event.variable]
    says = f"in {{{', '.join(event.states)}}}" if event.op == "in" else " ".join([event.op or "", *event.states])
    return Asked(
        event=str(event),
        label=f"{variable.title} {says}".strip(),
        variable=defined(variable),
        parts=tuple(
            defined(part) for name, part in model.variables.items() if name in definition(model, event.variable)
        ),
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


def assumptions(elicited: Elicited, outcome: str) -> Assumptions:
    """Count what the graph and its mechanisms take for granted.

    Of all pairs of variables, put in an order that the arrows follow, those without an arrow are the missing ones.
    """
    model = elicited.network.model
    variables = model.variables.values()
    arrows = sum(len(variable.edges) for variable in variables)
    roots = sum(1 for variable in variables if not variable.edges)
    kinds = Counter(luck.mechanism(variable) for variable in variables if variable.edges)
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
        pool=elicited.pool.told if elicited.pool else (),
        undated=tuple(variable.title for variable in variables if variable.decided is None),
        unjoined=unjoined(model, elicited.network.graph, outcome),
        couplings=frozen(dict(Counter(luck.kind(variable) for variable in variables if variable.edges))),
        weights=elicited.priors.weights.rule,
        alpha=elicited.priors.weights.alpha,
    )


def unjoined(model: Model, graph: Graph, outcome: str) -> tuple[tuple[str, str], ...]:
    """Return the pairs among the factors and the outcome that no arrow joins, causes first, as titles."""
    looked_at = [name for name in graph.order if name in model.factors or name == outcome]
    return tuple(
        (model.variables[a].title, model.variables[b].title)
        for a, b in combinations(looked_at, 2)
        if a not in model.variables[b].parents
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
        command=command,
        exact=not draws.parameters,
    )


def _errors(
    dated: Iterable[Without],
    interventions: Iterable[Row],
    every: Iterable[Marginal],
    profiled: Iterable[World],
    moved: Iterable[Level],
) -> list[float]:
    """Return the Monte Carlo errors of the panel's numbers that are reported."""
    numbers = [each.number for each in dated] + [each.number for each in moved]
    numbers += [number for each in every for number in each.states.values()]
    numbers += [number for each in profiled for number in each.states.values()]
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


def _command(model: Model, priors: str, draws: Draws, rivals: bool) -> str:
    """Return the command that repeats the report: a shipped case by its name, files without any machine's folders.

    ``rivals`` asks every graph that lies beside the model as well.
    """
    path = Path(model.path or model.name)
    case = path.stem if path.parent in SHIPPED else _file(path)
    by = _file(Path(priors)) if priors else ""
    own = model.rival.like if model.rival else model.name
    if not priors or Path(priors) == path.parent.parent / "priors" / f"{own}.yaml":
        by = ""  # where it is looked for anyway
    both = ["--rivals"] if rivals else []
    if not draws.parameters:
        return shlex.join(["causal", "report", case, *both])
    if draws.total == 1:  # at the medians, which no command draws
        files = ", ".join(repr(each) for each in (case, by) if each)
        if rivals:
            every = f"first, *others = (each.at_medians() for each in causal.rivals({files}))"
            return f"{every}; first.report('out', rivals=others)"
        return f"causal.load({files}).at_medians().report('out')"
    parts = ["causal", "report", case, *both, *(["--priors", by] if by else []), "--seed", str(draws.seed)]
    parts += ["--draws", str(draws.theta.shape[1])] if draws.theta.shape[:2] != (CHAINS, DRAWS) else []
    return shlex.join(parts)


def _file(path: Path) -> str:
    return path.name if path.is_absolute() else path.as_posix()
