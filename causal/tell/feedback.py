"""What an expert is shown of their own judgements: the curve of each, what goes with what, and what is still open.

    again        what deserves a second look: misfits, conflicts, orders, parts, circles; nothing where there is none
    one each     an expert's judgements, a picture each; orders and signs; without a view; nobody judged
    parts, words as in the report

Nothing is sampled: what parameters imply comes from independent draws of their priors, so the page is ready while the
expert is still in the room.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from causal.ask.judged import CONFLICT, Checked, Judged, checked, judged
from causal.ask.panel import Panel
from causal.ask.saying import counted
from causal.elicit import Point
from causal.elicit.fit import MISFIT
from causal.errors import UsageError, nearest
from causal.learn.elicited import Derived, Elicited, Prior
from causal.tell import coherence, judgements
from causal.tell.claims import Direct, Loop, Split, Worded
from causal.tell.document import (
    Block,
    Bullets,
    Code,
    Column,
    Document,
    Picture,
    Quiet,
    Section,
    Strong,
    Table,
    Text,
    Word,
    cell,
    paragraph,
)
from causal.tell.document import (
    Judged as Voiced,
)
from causal.tell.wording import quantity

CURVE = (
    "The shaded curve is the belief that came out. Triangles are what was stated, bars what the belief says at the "
    "same levels; where the line between the two slants, the belief does not say quite what was said."
)


def feedback(panel: Panel, by: str | None = None) -> Document:
    """Return what one expert, or each, is shown of what they said.

    Raises UsageError where there is no such expert.

    >>> from causal import load
    >>> [section.name for section in feedback(load("rain").at_medians().panel, "anna").sections]
    ['again', 'anna', 'words']
    """
    elicited = panel.elicited
    known = elicited.priors.experts
    if by is not None and by not in known:
        raise UsageError(f"no expert {by!r}{nearest(by, known)}; they are {', '.join(known)}")
    names = (by,) if by else elicited.experts
    direct = [each for each in judgements.direct(elicited) if each.by in names]
    derived = [each for each in judged(panel) if each.derived.expert in names]
    orders = [each for each in checked(panel) if each.compared.expert in names]
    splits = [each for each in judgements.splits(elicited) if each.by in names]
    loops = [each for each in judgements.loops(elicited) if each.by in names]
    words = [mine for each in judgements.worded(elicited) if (mine := _of(each, names))]
    title = {name: known[name].title for name in names}
    again = _again(title, direct, derived, orders, splits, loops)
    sections: list[Section | None] = [Section("again", "What deserves a second look", tuple(again))]
    for name in names:
        own = [each for each in direct if each.by == name]
        totals = [each for each in derived if each.derived.expert == name]
        compared = [each for each in orders if each.compared.expert == name]
        sections.append(Section(name, title[name], tuple(_expert(elicited, name, own, totals, compared))))
    sections += [coherence.told_parts(splits, loops, title), coherence.told_words(words)]
    model = elicited.network.model
    return Document(
        f"What was said: {model.title or model.name}",
        f"Model {model.name}, judgements {elicited.priors.name}",
        (),
        (CURVE,),
        tuple(each for each in sections if each is not None),
    )


def _of(each: Worded, names: Sequence[str]) -> Worded | None:
    """Return a phrase where one of these experts used it."""
    by = tuple(name for name in each.by if name in names)
    return replace(each, by=by) if by else None


def _again(
    title: Mapping[str, str],
    direct: Sequence[Direct],
    derived: Sequence[Judged],
    orders: Sequence[Checked],
    splits: Sequence[Split],
    loops: Sequence[Loop],
) -> Iterator[Block]:
    """Yield what does not come out as it was said, or does not go with the rest."""
    found: list[Text] = [
        (f"{title[each.by]}: ", Code(each.question), f" misfit {each.misfit:.2f}; {_stated(each)}")
        for each in sorted(direct, key=lambda each: -each.misfit)
        if each.misfit >= MISFIT
    ]
    for each in sorted((each for each in derived if each.at_odds), key=lambda each: -(each.z or 0.0)):
        before = each.before.median if each.before.median is not None else each.before.mean
        found.append(
            (
                f"{title[each.derived.expert]}: ",
                Code(str(each.derived.judgement.about)),
                f" conflict z {each.z:.1f}: stated {quantity(each.read[1])}, ",
                f"and what they said of the parts implies {quantity(before)}",
            )
        )
    for order in (each for each in orders if each.at_odds):
        said = order.compared
        found.append(
            (
                f"{title[said.expert]}: ",
                Code(str(said.judgement.about)),
                f" held with {quantity(said.probability)}, and true in {quantity(order.before.mean)} of their draws",
            )
        )
    found += [
        (f"{title[each.by]}: parts of ", Code(each.of) if each.of else "a whole", f" add up to {quantity(each.total)}")
        for each in splits
        if each.at_odds
    ]
    found += [
        (f"{title[each.by]}: {len(each.orders)} orders run in a circle, and are held too surely to be all true",)
        for each in loops
    ]
    if not found:
        yield paragraph("Nothing: what was said comes out, and goes with the rest.")
        return
    yield paragraph(
        f"{counted(len(found), 'judgement')} to look at again. A misfit from {MISFIT:g}, or a conflict above "
        f"{CONFLICT:g}, is no error: it may be the more interesting half of what somebody thinks."
    )
    yield Bullets(tuple(found))


def _stated(each: Direct) -> str:
    """Return what was stated beside what is implied, level by level."""
    pairs = (
        f"{100 * point.level:.3g} %: said {quantity(point.stated)}, came out {quantity(point.implied)}"
        for point in each.quantiles
    )
    return "; ".join(pairs)


def _expert(
    elicited: Elicited, name: str, direct: Sequence[Direct], derived: Sequence[Judged], orders: Sequence[Checked]
) -> Iterator[Block]:
    """Yield what one expert said, a picture to a judgement."""
    held = {prior.parameter.name: prior for prior in elicited.held[name].priors}
    silent = [each for each in held.values() if each.origin == "default"]
    yield paragraph(
        f"{counted(len(direct), 'parameter')} judged, {counted(len(derived), 'judgement')} on totals, "
        f"{counted(len(orders), 'order or sign', 'orders and signs')}. "
        f"{counted(len(silent), 'parameter comes', 'parameters come')} from defaults."
    )
    for each in direct:
        yield _parameter(each, held[each.parameter])
    for total in derived:
        yield _total(total)
    if orders:
        columns = (Column("Order or sign"), Column("How sure", True), Column("Holds in", True))
        rows = tuple(
            (
                cell((Code(str(each.compared.judgement.about)),), (Voiced(each.compared.judgement.because),)),
                cell(quantity(each.compared.probability)),
                cell(quantity(each.before.mean), flagged=each.at_odds),
            )
            for each in orders
        )
        yield Table("Orders and signs, and the share of draws from their parameters where they hold", columns, rows)
    abstained = [each for each in elicited.abstained if each.by == name]
    for lead, open_ones in (
        ("Asked, and no view:", [str(each.about) for each in abstained]),
        ("Judged by nobody, so that a weak belief stands in:", list(elicited.weak[name])),
    ):
        if open_ones:
            yield paragraph(lead)
            yield Bullets(tuple((Code(each),) for each in open_ones))


def _parameter(each: Direct, prior: Prior) -> Block:
    """Return the picture of a judgement that sets a parameter, or a sentence where there is no curve to draw."""
    said: list[Word] = [f"Said {each.said}"] if each.said else []
    if prior.fit is None or isinstance(prior.belief, Point):
        exact = "left aside" if each.exactly is None else f"exactly {quantity(each.exactly)}"
        return paragraph(Code(each.question), f": {exact}. ", Voiced(each.reason.because))
    own = prior.judgement is not None and each.question == str(prior.judgement.about)  # else a row in one judgement
    turned = own and prior.turned
    notes = (word for note in each.notes for word in (" ", Quiet(note)))
    caption = (*said, f". Misfit {each.misfit:.2f}. ", Voiced(each.reason.because), *notes)
    return _drawn(each.question, caption, prior, turned)


def _total(each: Judged) -> Block:
    """Return the picture of a judgement on what several parameters imply."""
    said, before = each.derived.judgement, each.before
    z = "no conflict can be told" if each.z is None else f"conflict z {each.z:.1f}"
    implied = "no number" if before.median is None else quantity(before.median)
    if before.lower is not None and before.upper is not None:
        implied += f" [{quantity(before.lower)}, {quantity(before.upper)}]"
    caption = (
        f"On a total, {each.derived.use}: said {said.said}. What they said of the parts implies {implied}: ",
        Strong(z) if each.at_odds else z,
        ". ",
        Voiced(said.because),
    )
    return _drawn(str(said.about), caption, each.derived)


def _drawn(question: str, caption: Text, of: Prior | Derived, turned: bool = False) -> Picture:
    def draw() -> str:
        from causal.tell.pictures.figure import svg
        from causal.tell.pictures.fits import described, fit_picture

        return svg(fit_picture(of, question, turned), question, described(of, turned))

    return Picture(question, caption, draw)
