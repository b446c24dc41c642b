"""What a report says of rival graphs in sentences: how far the headline runs, what it comes to, and what it hangs on.

sentences(report)       among the findings, and first in the section; nothing where no rival was asked
arrows(graph)           what a rival does to the arrows, in a few words
called(found, name)     a graph as a sentence names it: a rival by its title
"""

from __future__ import annotations

from collections.abc import Sequence

from causal.ask.compared import STILL
from causal.ask.saying import counted, listed
from causal.tell import luck
from causal.tell.document import Strong, Text
from causal.tell.facts import Report
from causal.tell.rivalfacts import ALONE, WITH, Contender, Contested, Rivals
from causal.tell.wording import difference, probability, said

STANDS = "as it stands"
TO = "\N{RIGHTWARDS ARROW}"
FEW = 2  # arrows up to which a sentence names each
FAR = 0.05  # a move of the panel from which a headline is said to hang on a change


def sentences(report: Report) -> list[Text]:
    """Return what rival graphs make of the headline and of the outcome with nothing set, and what these hang on."""
    found = report.rivals
    if found is None:
        return []
    asked = [each for each in (found.of(WITH), found.of(ALONE)) if each is not None and _known(each)]
    on = f"The graph is disputed: on it and {counted(len(found.graphs) - 1, 'rival')}"
    if not asked:
        return [(f"{on} nothing can be told, because the gate refuses the draws or the question has no answer.",)]
    head: Text = (f"{on}, the probability of ", Strong(report.asked.label), " ")
    for at, each in enumerate(asked):
        head = (*head, "; " if at else "", *_range(found, each, " it runs from " if at else " runs from "))
    if found.withheld:
        names = listed([called(found, name) for name in found.withheld])
        return [(*head, f". Withheld, because the gate refuses the draws: {names}.")]
    return [(*head, ".", *_hinge(report, found, asked))]


def situation(found: Rivals, asked: Contested) -> Text:
    """Return where an answer is looked at: with nothing set, or with the headline's intervention and how it is read."""
    if asked.what == ALONE:
        return ("with nothing set",)
    return ("with ", Strong(found.title), f" ({luck.titled(found.reading, found.reading)})")


def _known(asked: Contested) -> dict[str, float]:
    return {name: number.mean for name, number in asked.panel.items() if number.mean is not None}


def _range(found: Rivals, asked: Contested, runs: str) -> Text:
    """Say from where to where an answer runs over the graphs that the gate lets through, and what it averages to."""
    known = _known(asked)
    low, high = min(known, key=known.__getitem__), max(known, key=known.__getitem__)
    least, most = (probability(known[name], asked.panel[name].decimals) for name in (low, high))
    ends: Text = (
        *situation(found, asked), runs, Strong(least), f" ({called(found, low)}) to ", Strong(most),
        f" ({called(found, high)})",
    )  # fmt: skip
    return ends if asked.averaged is None else (*ends, ", averaged by school ", *said(asked.averaged))


def _hinge(report: Report, found: Rivals, asked: Sequence[Contested]) -> Text:
    """Name the change on which most hangs, where any does; nothing where none was made alone."""
    moved = [each for each in asked if each.moves]
    if not moved:
        return ()
    most = max(moved, key=lambda each: abs(each.moves[0].panel))
    first = most.moves[0]
    who, furthest = max(first.by_expert.items(), key=lambda each: abs(each[1]), default=("", 0.0))
    if max(abs(first.panel), abs(furthest)) < STILL:
        return (" No change moves any of it visibly.",)
    title = next((each.title for each in report.experts if each.name == who), who)
    graph = next((each for each in found.graphs if each.changes == (first.rival,)), None)
    return (
        " It hangs most on " if abs(first.panel) >= FAR else " It hangs on no change much, most on ",
        Strong(quoted(first.title)), f" ({arrows(graph)})" if graph else "", ", which moves the answer ",
        *situation(found, most), " by ", Strong(difference(first.panel)), " for the panel",
        f" and {difference(furthest)} for {title}." if len(first.by_expert) > 1 else ".",
    )  # fmt: skip


def arrows(graph: Contender) -> str:
    """Return what a rival does to the arrows, in a few words.

    >>> from causal.tell.rivalfacts import Arrow
    >>> made = (Arrow("A", "B", True, ""), Arrow("C", "B", False, ""))
    >>> arrows(Contender("r", "R", "", ("r",), made, (), {}, (), (), "pass", (), {}))
    'A → B instead of C → B'
    """
    added = [f"{each.parent} {TO} {each.child}" for each in graph.arrows if each.added]
    dropped = [f"{each.parent} {TO} {each.child}" for each in graph.arrows if not each.added]
    new, gone = (_few(each) for each in (added, dropped))
    if added and dropped:
        return f"{new} instead of {gone}"
    return new if added else f"without {gone}"


def _few(each: Sequence[str]) -> str:
    return listed(each) if len(each) <= FEW else counted(len(each), "arrow")


def called(found: Rivals, name: str) -> str:
    """Return what a sentence calls a graph: a rival by its title, several changes together by their names."""
    graph = next(each for each in found.graphs if each.name == name)
    if graph.stands and sum(each.stands for each in found.graphs) == 1:
        return STANDS
    return name if len(graph.changes) > 1 else quoted(graph.title)


def quoted(title: str) -> str:
    """Return a title in quotation marks."""
    return f"\N{LEFT DOUBLE QUOTATION MARK}{title}\N{RIGHT DOUBLE QUOTATION MARK}"
