"""The report from its judgements to its seed: what a reader goes through who wants to disagree.

derived        what was said about totals, beside what the same expert's parameters say
parameters     what set each parameter: stated, implied, misfit, why, where it is written
orders         orders and signs, and the share of draws in which they hold; who had no view
assumptions    missing arrows and all else that is taken for granted, in words
sources, computation
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from causal.ask.interventions import RETROSPECTIVE
from causal.ask.judged import CONFLICT
from causal.ask.saying import counted
from causal.elicit.fit import MISFIT
from causal.spec.priors import MELD, PANELS, POOLED, SHAPING
from causal.tell import luck
from causal.tell.claims import Check, Direct, Reason, Said
from causal.tell.document import (
    Assumed,
    Block,
    Bullets,
    Cell,
    Code,
    Column,
    Fact,
    Judged,
    Quiet,
    Section,
    Strong,
    Table,
    Terms,
    Text,
    cell,
    paragraph,
)
from causal.tell.facts import Report
from causal.tell.number import Number
from causal.tell.wording import NONE, decimal, interval, probability, quantity, shown

KINDS: Mapping[str, str] = {
    "table": "a table: a probability for each situation of the parents, none presumed from another",
    "noisy-or": "noisy-or: each cause brings it about on its own, independently of the others",
    "noisy-and": "noisy-and: each missing need multiplies the probability by a ratio of its own",
    "logistic": "logistic: each departure from the baseline adds its own log-odds, whatever the others are",
    "ranked": "ranked: a weighted mean, minimum or maximum of the parents, spread by one variance",
    "rule": "a rule: settled by definition once the parents are",
    luck.LUCKY: "a rule with luck: each case has fixed probabilities, as an observation of stated reliability has them",
    "given": "a table of fixed numbers, from a network file",
    "types": "response types: every way of answering to the parents, weighted",
}

USES: Mapping[str, str] = {
    "evidence": "evidence",
    "check": "check: moves nothing",
    "meld": "melded with what the parameters imply",
    "replace": "in place of what the parameters imply",
}

SIGNS: Mapping[str, str] = {"+": "raises", "-": "lowers"}


def title_of(report: Report) -> Mapping[str, str]:
    """Return the title of each expert by name."""
    return {who.name: who.title for who in report.experts}


def derived(report: Report) -> Section:
    """Lay stated beside implied, before and after, for what follows from several parameters."""
    if not report.derived:
        return Section("derived", "Judgements on totals", (paragraph("None: every judgement sets a parameter."),))
    odd = [each for each in report.derived if each.at_odds]
    lead = (
        "What experts said about quantities that follow from several parameters. “Before” is what the expert's own "
        "judgements on parameters, and the defaults, imply by themselves; “after” is the posterior, in which evidence "
        "has moved the parameters and checks have not. z is the distance from stated to before, in standard deviations "
        f"of both together; above {CONFLICT:.0f} the expert is at odds with themselves, or a default with the expert."
    )
    if any(each.use in SHAPING for each in report.derived):
        lead += (
            " What is melded, or stands in place of what the parameters imply, has reshaped the prior; evidence and "
            "comparable cases have moved that."
        )
    verdict = f"{len(odd)} of {counted(len(report.derived), 'judgement')} at odds."
    title = title_of(report)
    blocks: list[Block] = [paragraph(lead), paragraph(Strong(verdict))]
    if odd:
        worst = sorted(odd, key=lambda each: -(each.z or 0.0))
        blocks.append(Bullets(tuple((Code(each.question), f" by {title[each.by]}: z {each.z:.1f}") for each in worst)))
    columns = (
        Column("Question"),
        Column("Stated", True),
        Column("Before", True),
        Column("After", True),
        Column("z", True),
    )
    for name, theirs in _by(report.derived).items():
        blocks.append(Table(f"{title[name]}: on totals", columns, tuple(_said(each) for each in theirs)))
    return Section("derived", "Judgements on totals", tuple(blocks))


def _said(each: Said) -> tuple[Cell, ...]:
    kind = USES[each.use]
    if each.use == MELD or (each.use != "check" and each.weight != 1):
        kind = f"{kind}, weight {each.weight:g}"
    z = (NONE if each.z is None else f"{each.z:.1f}",)
    return (
        cell(
            (Code(each.question),),
            (Judged(each.reason.because),),
            (Quiet(cited(each.reason)),),
            (Quiet(_worded(each.said)),),
            (Quiet(kind),),
        ),
        cell(*_quantiles((float(level), value) for level, value in each.stated.items())),
        _middle(each.before, each.scale),
        _middle(each.after, each.scale),
        cell((Strong(z[0]),), "at odds", flagged=True) if each.at_odds else cell(z),
    )


def _middle(number: Number, scale: str) -> Cell:
    """Return a median over its 5 and 95 per cent quantiles, as the judgement beside it is stated."""
    if number.median is None or number.lower is None or number.upper is None:
        return cell(*shown(number))
    if scale == "log-odds":
        return cell((Strong(probability(number.median, number.decimals)),), (Quiet(interval(number)),))
    low, middle, high = (decimal(each, number.decimals) for each in (number.lower, number.median, number.upper))
    return cell((Strong(middle),), (Quiet(f"[{low}, {high}]"),))


def _quantiles(pairs: Iterable[tuple[float, float]]) -> tuple[Text, ...]:
    """Return quantiles as median over interval where they are 5, 50 and 95 per cent, else one by one."""
    found = tuple(pairs)
    if [level for level, _ in found] == [5.0, 50.0, 95.0]:
        low, middle, high = (quantity(value) for _, value in found)
        return ((Strong(middle),), (Quiet(f"[{low}, {high}]"),))
    return tuple((f"{level:g} %: ", Strong(quantity(value))) for level, value in found)


def parameters(report: Report) -> Section:
    """Lay out every judgement that sets a parameter."""
    lead = (
        "Each of these is the answer to a plain question that a mechanism leaves open. Stated and implied are medians "
        "with 5 and 95 per cent quantiles; implied is what the distribution says that was fitted to the judgement, "
        "with references at their medians. Misfit is the largest distance between the two, in probability."
    )
    title = title_of(report)
    tables = [
        Table(f"{title[name]}: on parameters", COLUMNS, tuple(row_of(each) for each in theirs))
        for name, theirs in _by(report.direct).items()
    ]
    blocks: list[Block] = [paragraph(lead), *tables] if tables else [paragraph("No expert judged any.")]
    if report.notes:
        blocks += [paragraph("While they were read:"), Bullets(tuple((note,) for note in report.notes))]
    return Section("parameters", "Judgements that set a parameter", tuple(blocks))


COLUMNS = (Column("Question"), Column("Stated", True), Column("Implied", True), Column("Misfit", True))


def row_of(each: Direct, who: str = "") -> tuple[Cell, ...]:
    """Return a row: the question with why and where, what was stated, what is implied, how far they are apart."""
    notes = tuple((Quiet(note),) for note in each.notes)
    head = cell(
        (Code(each.question),),
        (Judged(each.reason.because) if each.by else Assumed(each.reason.because),),
        (Quiet(cited(each.reason)),),
        (Quiet(_worded(each.said)),),
        (Quiet(who),),
        *notes,
    )
    if each.exactly is not None:
        value = quantity(each.exactly)
        return head, cell((Strong(value),), (Quiet("exactly"),)), cell((Strong(value),)), cell(NONE)
    if not each.quantiles:
        return head, cell(each.said or NONE), cell(NONE), cell(NONE)
    levels = [(100 * round(point.level, 6), point) for point in each.quantiles]
    return (
        head,
        cell(*_quantiles((level, point.stated) for level, point in levels)),
        cell(*_quantiles((level, point.implied) for level, point in levels)),
        cell(f"{each.misfit:.2f}", flagged=each.misfit > MISFIT),
    )


def names_of(names: Iterable[str], title: Mapping[str, str]) -> str:
    """Return the titles of some experts, or that they are all."""
    found = list(names)
    return "everyone" if set(found) == set(title) else ", ".join(title[name] for name in found)


def orders(report: Report) -> Section:
    """Lay out orders and signs with the share of draws in which they hold, and who had no view."""
    title = title_of(report)
    columns = (Column("Judgement"), Column("How sure", True), Column("Holds before", True), Column("Holds after", True))
    blocks: list[Block] = [
        paragraph("Shares of draws in which it holds, beside how sure the expert was. A check moves nothing.")
        if report.checks
        else paragraph("No order and no sign was judged.")
    ]
    for name, theirs in _by(report.checks).items():
        blocks.append(Table(f"{title[name]}: orders and signs", columns, tuple(_check(each) for each in theirs)))
    blocks.append(_against(report))
    if report.abstentions:
        blocks.append(paragraph("Without a view:"))
        blocks.append(
            Bullets(
                tuple(
                    (f"{title[each.by]} on ", Code(each.question), " ", Judged(each.reason.because))
                    for each in report.abstentions
                )
            )
        )
    else:
        blocks.append(paragraph("Nobody said to have no view on a question."))
    return Section("orders", "Orders, signs and abstentions", tuple(blocks))


def _against(report: Report) -> Block:
    if not report.against:
        return paragraph("Every sign that the model claims for an arrow holds at every expert's medians.")
    title = title_of(report)
    columns = (
        Column("Claim of the model"),
        Column("Contradicted by"),
        Column("At the baseline", True),
        Column("Departed", True),
    )
    rows = tuple(
        (
            cell(
                (Code(f"{each.parent} = {each.state}"), f" {SIGNS[each.sign]} ", Code(each.child)),
                (Quiet("seen in "), Code(f"P({each.event})")),
            ),
            cell(title[each.by]),
            cell(quantity(each.baseline)),
            cell(quantity(each.departed)),
        )
        for each in report.against
    )
    return Table("Signs of arrows that an expert's medians contradict", columns, rows)


def _check(each: Check) -> tuple[Cell, ...]:
    sign = f"{SIGNS[each.sign]} it" if each.sign else ""
    use = "check" if each.use == "check" else "evidence: draws are weighted so that it holds as stated"
    head = cell(
        (Code(each.question), f" {sign}".rstrip()),
        (Judged(each.reason.because),),
        (Quiet(cited(each.reason)),),
        (Quiet(use),),
    )
    return head, cell(quantity(each.stated)), cell(*shown(each.before)), cell(*shown(each.after))


def assumptions(report: Report) -> Section:
    """Say in words what the model takes for granted; each is a claim that a reader may dispute."""
    known = report.assumptions
    mechanisms = tuple((f"{counted(count, 'variable')}, {KINDS[kind]}.",) for kind, count in known.mechanisms.items())
    confounded = (
        "Pairs said to share a cause outside the model: " + "; ".join(f"{a} and {b}" for a, b in known.confounded) + "."
        if known.confounded
        else "No two variables are said to share a cause outside the model."
    )
    actual = "what really happened" if known.baseline == "actual" else "the first state of each variable"
    missing = (
        f"{counted(known.variables, 'variable')} and {counted(known.arrows, 'arrow')}. Of the pairs that an arrow "
        f"could join, each taken in the order of the graph, {counted(known.missing, 'has', 'have')} none: the "
        "earlier is claimed to make no difference to the later but through those between."
    )
    items: list[Text] = [
        (missing,),
        (f"{counted(known.roots, 'variable')} without parents: independent of each other, matters of chance.",),
        (confounded,),
        *mechanisms,
    ]
    if known.gates:
        items.append((f"{counted(known.gates, 'gate')}: a state of parents that settles the child, whatever else.",))
    items += [
        (f"Judgements of departures start from the baseline: {actual}.",),
        (f"An intervention sets its variables and touches nothing else; {report.tense.go_on}.",),
        *([(luck.assumption(known.couplings, report.tense),)] if report.of(RETROSPECTIVE) else []),
        (f"What is given locates the case and does not teach the parameters: {report.tense.knew}.",),
        (f"Experts do not learn from each other; the panel pools their posteriors ({known.pooling}).",),
        *((f"{each[:1].upper()}{each[1:]}.",) for each in known.pool[:1]),
    ]
    if known.undated:
        items.append((f"Never taken as history, because undated: {', '.join(known.undated)}.",))
    assumed = tuple(tuple(Assumed(part) if isinstance(part, str) else part for part in item) for item in items)
    return Section("assumptions", "Assumptions", (Bullets(assumed), *_unjoined(report)))


def _unjoined(report: Report) -> tuple[Block, ...]:
    """Say each missing arrow among the factors and the outcome, and what was left to a weak belief."""
    found: list[Block] = []
    if report.assumptions.unjoined:
        items: tuple[Text, ...] = tuple(
            (Assumed(f"{a} makes no difference to {b} but through what stands between them."),)
            for a, b in report.assumptions.unjoined
        )
        found += [paragraph("Among the factors and the outcome no arrow joins these:"), Bullets(items)]
    if report.unjudged:
        title = title_of(report)
        items = tuple(
            (Assumed("Taken to be nearly unknown: "), Code(name), Quiet(f" for {names_of(whom, title)}"))
            for name, whom in report.unjudged.items()
        )
        found += [paragraph("Parameters that neither an expert nor a default judged:"), Bullets(items)]
    return tuple(found)


def sources(report: Report) -> Section:
    """List the sources of both files."""
    items: tuple[Text, ...] = tuple((Fact(source),) for source in report.sources)
    return Section("sources", "Sources", (Bullets(items) if items else paragraph("None are named."),))


def computation(report: Report) -> Section:
    """Say how the numbers were made, how far they can be trusted, and how to make them again."""
    made, gate, title = report.computation, report.gate, title_of(report)
    spoken = {"iid": "independent draws from the priors", "nuts": "NUTS"}
    who = {POOLED: PANELS[report.assumptions.pooling], **title}
    methods = "; ".join(f"{who[name]}: {spoken.get(method, method)}" for name, method in made.methods.items())
    judged = counted(gate.quantities, "quantity", "quantities")
    verdict = f"{gate.verdict}{', overridden' if gate.override else ''}, {judged}"
    if gate.quantities == 0 and not gate.findings:
        verdict = "none: nothing was drawn that it could judge"
    mcse = "none" if made.largest_mcse is None else f"{made.largest_mcse:.4f}"
    nuts = "nuts" in made.methods.values()
    pairs: list[tuple[str, Text]] = [
        ("Answers", ("exact for every draw, by variable elimination",)),
        ("Draws", (f"{counted(made.chains, 'chain')} of {made.draws:,}, {made.total:,} for each expert",)),
        ("Method", (methods,)),
        ("Gate", (verdict,)),
        ("Largest Monte Carlo error", (mcse,)),
    ]
    if nuts:
        pairs += [
            ("Worst R-hat", (NONE if gate.worst_rhat is None else f"{gate.worst_rhat:.3f}",)),
            ("Least effective sample size", (NONE if gate.least_ess is None else f"{gate.least_ess:,.0f}",)),
            ("Divergences", (str(made.divergences),)),
            ("Least E-BFMI", (NONE if made.least_bfmi is None else f"{made.least_bfmi:.2f}",)),
        ]
    pairs += [
        ("Seed", (str(made.seed),)),
        *((f"Digest of the {what}", (Code(value),)) for what, value in made.digests.items() if value),
        ("Versions", (", ".join(f"{name} {version}" for name, version in made.versions.items()),)),
        ("To repeat it", (Code(made.command),)),
    ]
    blocks: list[Block] = [Terms(tuple(pairs))]
    if gate.findings:
        blocks += [paragraph("What the gate found:"), Bullets(tuple((finding,) for finding in gate.findings))]
    return Section("computation", "Computation", tuple(blocks))


def cited(reason: Reason) -> str:
    """Return where a reason is written: source, page, quotation, who coded it."""
    page = f"p. {reason.page}" if reason.page[:1].isdigit() else reason.page
    parts = [reason.source, page, f"“{reason.quote}”" if reason.quote else ""]
    parts.append(f"coded by {reason.coder}" if reason.coder else "")
    return ", ".join(part for part in parts if part)


def _worded(said: str) -> str:
    """Return what was written where it was anything but quantiles, which stand beside it."""
    return "" if not said or said.startswith("quantiles") else f"said: {said}"


def _by[T: (Said, Direct, Check)](found: Iterable[T]) -> dict[str, list[T]]:
    """Return judgements by expert, each in file order."""
    sorted_out: dict[str, list[T]] = {}
    for each in found:
        sorted_out.setdefault(each.by, []).append(each)
    return sorted_out
