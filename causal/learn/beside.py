"""Cases that have a model of their own, beside this one: both posteriors at once, held together by links.

    parameters      this model's, and behind them those of every model of cases, with their own priors
    rows            relevance n ln P(row), by the model of cases (cases.py)
    a link          scale(here) - scale(there) ~ Normal(0, within^2)

All of it stands on one tape, so a draw is of both models and nothing is approximated. Who sees no link, or gives the
cases no relevance, learns nothing from them, and the model of cases is left out of their posterior. The parameters of a
model of cases are nobody's answer: they are summed out by being dropped from the draws.

What the prior file of a model of cases says is read for each expert by name, or for everybody where it names nobody;
an expert whom it does not name has its defaults. It may state parameters only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from causal.errors import Problem, QueryError, SpecError
from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.exact.tape import Recorder
from causal.learn.cases import write_rows
from causal.learn.elicited import Beside, Elicited, Held, Linked
from causal.learn.forms import on_scale, scale_of
from causal.spec.priors import ANYONE, Elsewhere, Expert, Link, Priors

type Elicits = Callable[[Writer, Priors], Elicited]


@dataclass(frozen=True)
class _At:
    """Where an entry stands, for what is wrong with it."""

    path: str
    where: str

    def problem(self, link: Link, message: str) -> Problem:
        return Problem(self.path, max(link.line, 1), max(link.column, 1), self.where, message)


def join(writer: Writer, priors: Priors, elicits: Elicits) -> tuple[Beside, ...]:
    """Put every model of cases beside this one, on its recorder.

    Raises SpecError with what is wrong with its priors, its rows or its links.
    """
    found: list[Beside] = []
    problems: list[Problem] = []
    for place, file in enumerate(priors.cases):
        if file.elsewhere is None:
            continue
        at = _At(priors.path, f"cases.{place + 1}.links")
        try:
            network = writer.network.beside(file.elsewhere.model, place)
            links = _links(writer, Writer(network), file.elsewhere, at)
            rows = write_rows(Writer(network), file)
            held = _held(file.elsewhere, priors, elicits)
        except SpecError as error:
            problems += error.problems
        else:
            found.append(Beside(network, held, rows, links))
    if problems:
        raise SpecError(problems)
    return tuple(found)


def _held(elsewhere: Elsewhere, priors: Priors, elicits: Elicits) -> Mapping[str, Held]:
    """Return what every expert holds about the model of cases."""
    theirs = elsewhere.priors
    nobody = not theirs.experts or set(theirs.experts) == {ANYONE}
    known = {ANYONE: Expert(ANYONE)} if nobody else {**theirs.experts, **_missing(theirs, priors)}
    own = elicits(Writer(Network.of(elsewhere.model)), replace(theirs, experts=known))
    told = [derived.judgement for derived in own.derived if derived.use != "check"]
    told += [compared.judgement for compared in own.compared if compared.use != "check"]
    if told:
        message = "a model of cases takes judgements of its parameters only; leave this out, or write 'use: check'"
        raise SpecError([Problem(theirs.path, j.line, j.column, "judgements", message) for j in told])
    return {name: own.held[ANYONE if nobody else name] for name in priors.experts}


def _missing(theirs: Priors, priors: Priors) -> dict[str, Expert]:
    return {name: expert for name, expert in priors.experts.items() if name not in theirs.experts}


def _links(writer: Writer, there: Writer, elsewhere: Elsewhere, at: _At) -> tuple[Linked, ...]:
    """Write the difference of each pair of questions on their common scale."""
    found: list[Linked] = []
    problems: list[Problem] = []
    recorder: Recorder = writer.network.recorder
    for link in elsewhere.links:
        scale, turned = scale_of(link.there)
        other = scale_of(link.here)
        if other != (scale, turned):
            message = f"one is on the scale '{scale}' and the other on '{other[0]}'; link questions of one form"
            problems.append(at.problem(link, message))
            continue
        try:
            slots = [each.write(question).slots[0] for each, question in ((there, link.there), (writer, link.here))]
        except QueryError as error:
            problems.append(at.problem(link, str(error).splitlines()[0]))
            continue
        fixed = [q for slot, q in zip(slots, (link.there, link.here), strict=True) if recorder.fixed(slot) is not None]
        if fixed:
            message = f"'{fixed[0]}' is certain by the model alone, so nothing can be learned of it; link another"
            problems.append(at.problem(link, message))
            continue
        away, home = (on_scale(recorder, slot, scale, turned) for slot in slots)
        found.append(Linked(link, recorder.minus_of(home, away)))
    if problems:
        raise SpecError(problems)
    return tuple(found)
