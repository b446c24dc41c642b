"""The headline under rival graphs, as facts and as what is drawn.

panels, ranking, headline     -> rivals      asked of every graph: nothing set; with the headline's intervention,
                                             without it, the difference; and which intervention is best in each
Rivalry (ask)                 -> Contested   what the gate refuses is empty, and then nothing is averaged
scores (ask)                  -> Predicted
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from causal.ask.answer import PANEL, Answer
from causal.ask.compared import scored, unscored
from causal.ask.comparing import Rivalry, named, scores, under
from causal.ask.interventions import Ranking, questions, rank
from causal.ask.panel import Panel
from causal.errors import QueryError
from causal.learn.gate import Gate
from causal.spec.model import Model, frozen
from causal.spec.question import Event, Probability, Question
from causal.tell.divergences import best, number, rows
from causal.tell.drawings import opened
from causal.tell.facts import Row
from causal.tell.number import Number
from causal.tell.rivalfacts import ALONE, EFFECT, WITH, WITHOUT, Arrow, Contender, Contested, Move, Predicted, Rivals


def rivals(
    panel: Panel, others: Sequence[Panel], ranking: Ranking, row: Row | None, override: bool
) -> tuple[Rivals | None, tuple[Rivalry, ...]]:
    """Return the headline under a panel's graph and the others', and what there is to draw of it; None without others.

    Raises UsageError where they have different experts.
    """
    if not others:
        return None, ()
    panels = named([panel, *others])
    found, unasked = _asked(panels, ranking.event, row, override)
    gates = {name: _gate(found, at) for at, name in enumerate(panels)}
    withheld = tuple(name for name, gate in gates.items() if gate.withholds)
    if withheld:  # what takes every graph has no number
        found = {what: replace(each, averaged=None, scores=()) for what, each in found.items()}
    first = next(iter(found.values()), None)
    averaged = first.averaged if first else None
    weights = averaged.weights if averaged else {}
    best = {name: _best(each, ranking.event, row, override) for name, each in panels.items()}
    return Rivals(
        title=row.title if row else "",
        reading=row.reading if row else "",
        graphs=tuple(_contender(name, each, gates[name], first, best[name]) for name, each in panels.items()),
        asked=tuple(_contested(what, each, override) for what, each in found.items()),
        scores=tuple(Predicted(each.what, scored(first, each), frozen(each.to_dict())) for each in first.scores)
        if first
        else (),
        weights=frozen({name: frozen(dict(own)) for name, own in weights.items() if name != PANEL}),
        unsaid=averaged.unsaid if averaged else (),
        withheld=withheld,
        unasked=unasked,
        unscored=unscored(first) if first and not withheld else "",
    ), tuple(found[what] for what in (WITH, ALONE) if what in found)


def _asked(
    panels: Mapping[str, Panel], event: Event, row: Row | None, override: bool
) -> tuple[dict[str, Rivalry], tuple[tuple[str, str], ...]]:
    """Return every question under every graph, and the questions that have no answer on one of them, with why."""
    scored_once = scores(panels)
    found: dict[str, Rivalry] = {}
    unasked: list[tuple[str, str]] = []
    for what, question in _questions(next(iter(panels.values())).elicited.network.model, event, row):
        try:
            asked = under(panels, question, scored_once)
        except QueryError as error:
            unasked.append((str(question), str(error).splitlines()[0]))
        else:
            found[what] = _opened(asked) if override else asked
    return found, tuple(unasked)


def _questions(model: Model, event: Event, row: Row | None) -> Iterator[tuple[str, Question]]:
    """Yield what is asked of every graph: the outcome, and all that the headline says of its intervention."""
    yield ALONE, Probability((event,))
    if row is not None:
        asked = questions(event, model.interventions[row.intervention], row.reading)
        yield from zip((WITH, WITHOUT, EFFECT), asked, strict=True)


def _gate(found: Mapping[str, Rivalry], at: int) -> Gate:
    gate = Gate()
    for each in found.values():
        gate = gate & each.sides[at].answer.gate
    return gate


def _opened(found: Rivalry) -> Rivalry:
    return replace(found, sides=tuple(replace(side, answer=opened(side.answer)) for side in found.sides))


def _best(panel: Panel, event: Event, row: Row | None, override: bool) -> tuple[str, Number]:
    """Return the title of the intervention that leaves the outcome least probable in a graph, and how probable."""
    if row is None:
        return "", Number()
    ranking = rank(panel, event, readings=(row.reading,))
    least = best(rows(panel.elicited.network.model, ranking, override), row.reading)
    return ("", Number()) if least is None else (least.title, least.panel.outcome)


def _contender(name: str, panel: Panel, gate: Gate, found: Rivalry | None, least: tuple[str, Number]) -> Contender:
    elicited, model = panel.elicited, panel.elicited.network.model
    side = next((each for each in found.sides if each.name == name and each.changes), None) if found else None
    rival = model.rival
    changes = rival.names if rival else ()
    return Contender(
        name=name,
        title=model.title or name,
        about=rival.about if rival else model.about,
        changes=changes,
        arrows=_arrows(model),
        variables=tuple(model.variables[each].title for each in rival.variables) if rival else (),
        held=frozen(dict(elicited.priors.held.get(changes[0], {}))) if len(changes) == 1 else frozen({}),
        nobodys=found.brings(side) if found and side else (),
        left_out=side.left_out if side else (),
        gate=gate.verdict,
        findings=tuple(str(each) for each in gate.findings),
        digests=frozen({"model": model.digest, "priors": elicited.priors.digest, "fit": panel.digest}),
        best=least[0],
        least=least[1],
    )


def _arrows(model: Model) -> tuple[Arrow, ...]:
    """Return the arrows that a rival adds, then those that it drops."""
    if model.rival is None:
        return ()
    title = {name: variable.title for name, variable in model.variables.items()}
    sources = {(edge.parent, name): edge.sources for name, each in model.variables.items() for edge in each.edges}
    added = [
        Arrow(title[a], title[b], True, why, tuple(model.sources.get(key, key) for key in sources.get((a, b), ())))
        for (a, b), why in model.rival.added.items()
    ]
    return (*added, *(Arrow(title[a], title[b], False, why) for (a, b), why in model.rival.dropped.items()))


def _contested(what: str, found: Rivalry, override: bool) -> Contested:
    averaged, experts = found.averaged, found.sides[0].answer.experts
    known = averaged.estimates if averaged else {}
    hinges = averaged.hinges if averaged else ()
    return Contested(
        what=what,
        question=found.question,
        panel=frozen({side.name: number(side.answer, PANEL, override) for side in found.sides}),
        by_expert=frozen({side.name: _apart(side.answer, override) for side in found.sides}),
        averaged=Number.of(known[PANEL]) if known else None,
        averaged_by_expert=frozen({name: Number.of(known[name]) for name in experts if known}),
        moves=tuple(
            Move(each.rival, each.title, each.moves[PANEL], frozen({name: each.moves[name] for name in experts}))
            for each in hinges
            if each.pairs
        ),
    )


def _apart(answer: Answer, override: bool) -> Mapping[str, Number]:
    return frozen({name: number(answer, name, override) for name in answer.experts})
