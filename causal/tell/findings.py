"""What a report says first: its sentences, and the banners above them.

    sentences(report)    with nothing set; the best intervention under each reading; how many lower it; who disagrees
                         what rival graphs make of it, where they were asked
                         a retrospective says in its sentence that it rests on an assumption
    banners(report)      refused, flagged, printed although refused, or reckoned without any spread

How probable and how sure are never said in one breath: the word beside a number speaks of the outcome alone.
"""

from __future__ import annotations

from causal.ask.interventions import FORECAST, MINIMAL, RETROSPECTIVE
from causal.ask.saying import counted, dated
from causal.learn.gate import PASS, REFUSE
from causal.tell import disputed, luck
from causal.tell.divergences import best, headline
from causal.tell.document import Banner, Code, Strong, Text, plain
from causal.tell.facts import Report, Row, Without
from causal.tell.number import Number
from causal.tell.wording import difference, said

UNDER = {MINIMAL: "Under minimal rewrite", FORECAST: "As a forecast", RETROSPECTIVE: "In retrospect"}
SHOWN = 3  # findings that a banner names; all stand under the computation


def banners(report: Report) -> tuple[Banner, ...]:
    """Return what has to be known before any number is read."""
    gate, found = report.gate, []
    worst = "; ".join(gate.findings[:SHOWN])
    more = f"; and {len(gate.findings) - SHOWN} more" if len(gate.findings) > SHOWN else ""
    if gate.withholds:
        words = f"The gate refuses these draws: {worst}{more}. What it refuses is withheld. Draw more, or longer."
        found.append(Banner("refuse", (Strong("No headline. "), words)))
    elif gate.verdict == REFUSE:
        words = f"The gate refuses these draws, and was overridden: {worst}{more}. The numbers may be wrong."
        found.append(Banner("refuse", (Strong("Printed although refused. "), words)))
    elif gate.verdict != PASS:
        words = f"The gate let these draws through with a warning: {worst}{more}. Draw more, or longer."
        found.append(Banner("flag", (Strong("Flagged. "), words)))
    if report.computation.exact:
        words = "Every number is in the model: nothing was judged and nothing drawn, so no bracket says anything."
        found.append(Banner("note", (Strong("Exact. "), words)))
    elif report.computation.total == 1:
        words = (
            "All parameters stand at their medians as stated: brackets show how experts differ, not how sure they are."
        )
        found.append(Banner("note", (Strong("One draw only. "), words)))
    return tuple(found)


def sentences(report: Report) -> tuple[Text, ...]:
    """Return the report in a few sentences; where the gate withholds the headline, one that says so.

    >>> from causal import load
    >>> from causal.tell.gather import gather
    >>> posterior = load("rain").at_medians()
    >>> first, *_ = sentences(gather(posterior.panel, posterior.interventions()))
    >>> plain(first).startswith("With nothing set, the probability of Grass = wet is ")
    True
    """
    if report.gate.withholds:
        return (("The headline numbers are withheld: the gate refused the draws that they come from.",),)
    found, known = [_nothing_set(report)], report.repeated
    for reading in report.tense.first:
        row = best(report.interventions, reading)
        if row is not None and reading not in known:
            found.append(_least(report, row) if len(found) == 1 else _again(report, row, found[1]))
    row = headline(report.interventions, report.tense.first)
    if row is not None:
        found += [*_lowering(report, row), *_spread(report, row)]
    return (*found, *disputed.sentences(report), *_contradictions(report))


def told(report: Report) -> tuple[Text, ...]:
    """Return the sentences with the main message first, and what it starts from next."""
    found = sentences(report)
    return (found[1], found[0], *found[2:]) if len(found) > 1 else found


def main_sentence(report: Report) -> str:
    """Return the one sentence to say where there is room for one: about the best intervention, else about none."""
    return plain(told(report)[0])


def _nothing_set(report: Report) -> Text:
    """Say how probable the outcome is without any intervention, on the shortest and on the longest history."""
    steps = [each for each in report.without if each.reading == FORECAST and each.before]
    head: Text = ("With nothing set, the probability of ", Strong(report.asked.label), " is ")
    if not steps:
        return (*head, *said(report.without[0].number), ".")
    first, last = steps[0], steps[-1]
    found = (*head, *said(first.number), _so_far(report, first))
    if first is not last and (first.known != last.known or not report.ahead):
        found = (*found, ", and ", *said(last.number), _so_far(report, last))
    return (*found, ".")


def _so_far(report: Report, each: Without) -> str:
    """Say what is given: of what is over the history before a date, of what is to come all that is known by then."""
    if not report.ahead:
        return f", on the history before {dated(each.before or '')}"
    return f", on what is known up to {dated(each.known)}" if each.known else ", with nothing taken as given"


def _least(report: Report, row: Row) -> Text:
    among = report.of(row.reading)
    when = f" ({dated(row.when)})" if row.when else ""
    choice = f"of {counted(len(among), 'intervention')}, " if len(among) > 1 else ""
    aside = " (leaving out what sets part of the outcome's definition)" if any(each.defines for each in among) else ""
    if row.defines:
        aside = " (it sets part of the outcome's definition)"
    return (
        f"{report.tense.read_as[row.reading]}, {choice}",
        Strong(row.title),
        f"{when} leaves ",
        Strong(report.asked.label),
        f" least probable{aside}: ",
        *said(row.panel.outcome),
        *_against(report, row),
    )


def _against(report: Report, row: Row) -> Text:
    """Say what the outcome is without the intervention: a probability, or what really happened."""
    if luck.happened(row):
        return (", where it did happen." if row.panel.without.mean else ", where it did not happen.",)
    return (", against ", *said(row.panel.without), report.tense.against[row.reading])


def _again(report: Report, row: Row, before: Text) -> Text:
    """Say the same of a second reading, in few words where the same words come out."""
    whole = _least(report, row)
    same = whole[1:] == before[1:]
    return (f"{report.tense.read_as[row.reading]}, the same holds to every digit shown.",) if same else whole


def _lowering(report: Report, row: Row) -> list[Text]:
    """Say how many interventions move the outcome for sure, and which way; one draw is never sure."""
    if report.computation.total == 1:
        return []
    effects = [each.panel.effect for each in report.of(row.reading)]
    lower, higher = sum(1 for each in effects if _below(each)), sum(1 for each in effects if _above(each))
    words = (
        f"{UNDER[row.reading]}, the {100 * report.ci_prob:.0f} % interval of the effect lies wholly below zero for "
        f"{lower} and wholly above it for {higher} of {counted(len(effects), 'intervention')}."
    )
    return [(words,)]


def _spread(report: Report, row: Row) -> list[Text]:
    """Say between whom the pooled experts spread, and what those say who are shown apart."""
    found: list[Text] = []
    known = {who: number for who in report.experts if (number := row.by_expert[who.name].outcome).mean is not None}
    pooled = sorted((who for who in known if who.pooled), key=lambda who: known[who].mean or 0.0)
    if len(pooled) > 1:
        low, high = pooled[0], pooled[-1]
        head = f"Before any pooling, the {len(pooled)} experts of the panel put the outcome under "
        found.append((
            head, Strong(row.title), f" ({row.reading}) between ", *said(known[low]), f" ({low.title}), and ",
            *said(known[high]), f" ({high.title}).",
        ))  # fmt: skip
    apart = [who for who in known if not who.pooled]
    found += [(f"Shown apart from the panel, {who.title} puts it at ", *said(known[who]), ".") for who in apart]
    return found


def _contradictions(report: Report) -> list[Text]:
    """Say which judgements contradict what the same expert said otherwise; nothing where none does."""
    odd = sorted((each for each in report.derived if each.at_odds), key=lambda each: -(each.z or 0.0))
    others = (
        (sum(each.at_odds for each in report.checks), "order or sign", "orders and signs"),
        (sum(each.at_odds for each in report.splits), "set of parts", "sets of parts"),
        (len(report.loops), "circle of orders", "circles of orders"),
    )
    told = [counted(len(odd), "judgement on a total", "judgements on totals")] if odd else []
    told += [counted(count, one, many) for count, one, many in others if count]
    if not told:
        return []
    head: Text = (f"At odds with what the same expert said otherwise: {', '.join(told)}",)
    if not odd:
        return [(*head, ".")]
    title = {who.name: who.title for who in report.experts}
    worst = odd[0]
    return [(*head, "; the furthest is ", Code(worst.question), f" by {title[worst.by]} (z {worst.z:.1f}).")]


def _below(number: Number) -> bool:
    return number.upper is not None and number.upper < 0


def _above(number: Number) -> bool:
    return number.lower is not None and number.lower > 0


def effect(number: Number) -> str:
    """Return an effect in one word and number: ``effect −0.24``."""
    return "" if number.mean is None else f"effect {difference(number.mean, number.decimals)}"
