"""What was judged of a model, made to fit a rival of it: what has no place there is left out, and listed.

    of the model                                            in the rival
    a judgement that asks along an arrow that is gone       left out
    a default that states no parameter there                left out
    a judgement on what was a parameter and is a total      stays, as evidence on that total
    an exact value of such                                  left out: no total is known exactly
    a default of what the rival's own file has a default of left out

What the rival's own file says is never left out: there it is an error, as in any prior file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from causal.errors import QueryError
from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.exact.readings import Reading, RowReading, TypesReading, readings
from causal.learn.elicited import Elicited
from causal.learn.reading import elicit
from causal.spec.model import Model
from causal.spec.priors import Exactly, Judgement, Priors
from causal.spec.question import Comparison, Effect, TypesOf

LEFT_OUT = " is left out in this graph: "  # in every note on what has no place

type Read = Reading | RowReading | TypesReading | None


def elicit_of(model: Model, priors: Priors) -> Elicited:
    """Read priors against a model; of a rival graph, what has no place in it is left out first, and noted.

    Raises SpecError with every judgement that cannot be used, at its line.
    """
    writer = Writer(Network.of(model))
    fitting, notes = adapted(writer, priors)
    found = elicit(writer, fitting)
    return replace(found, notes=(*found.notes, *notes)) if notes else found


def adapted(writer: Writer, priors: Priors) -> tuple[Priors, tuple[str, ...]]:
    """Return the priors without what has no place in a rival graph, and a note on each that was left out.

    Of a model that is no rival they are what they were.
    """
    if writer.network.model.rival is None:
        return priors, ()
    reasons: dict[int, str] = {}
    asked: list[Judgement] = []
    for each in (*priors.judgements, *priors.defaults):
        try:
            if not isinstance(each.about, TypesOf):
                writer.write(each.about)
            asked.append(each)
        except QueryError as error:
            reasons[id(each)] = f"cannot be asked ({str(error).splitlines()[0]})"
    questions = list(dict.fromkeys(each.about for each in asked))
    read = dict(zip(questions, readings(writer, questions), strict=True))
    own = {name for each in asked if each.path and each.by is None for name in _sets(read[each.about])}
    for each in asked:
        if why := _misfit(each, read[each.about], own):
            reasons[id(each)] = why
    left = [each for each in (*priors.judgements, *priors.defaults) if not each.path and id(each) in reasons]
    gone = {id(each) for each in left}
    notes = tuple(
        f"{'a default' if each.by is None else f'a judgement of {each.by}'}{LEFT_OUT}{each.about} {reasons[id(each)]}"
        for each in left
    )
    judgements = tuple(each for each in priors.judgements if id(each) not in gone)
    defaults = tuple(each for each in priors.defaults if id(each) not in gone)
    return replace(priors, judgements=judgements, defaults=defaults), notes


def _misfit(judgement: Judgement, read: Read, own: set[str]) -> str:
    """Return why a judgement that can be asked has no place; nothing where it has one."""
    if isinstance(judgement.about, Comparison | Effect):
        return ""
    if read is None and judgement.by is None:
        return "is no parameter of it"
    if read is None and isinstance(judgement.says, Exactly):
        return "is a total there, which nobody knows exactly"
    if judgement.by is None and not judgement.path and own.intersection(_sets(read)):
        return "has a default of the rival's own"
    return ""


def _sets(read: Read) -> Iterator[str]:
    match read:
        case Reading(form=form):
            yield form.parameter
        case RowReading(parameters=parameters):
            yield from parameters
        case TypesReading(rows=rows):
            for row in rows:
                yield from row.parameters
