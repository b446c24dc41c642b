"""The sheet to fill in: entries of a prior file, each below its question in a comment.

    priors, model     which files it belongs to
    scale, experts    where the prior file has none, or not this expert
    judgements        about, by; says, because and cite are empty

An entry whose `says` stays empty is not answered, and is counted when the sheet is merged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from shlex import quote
from textwrap import wrap

from causal.ask.needed import Needed, Open
from causal.ask.worded import Frame
from causal.spec.files import shipped
from causal.spec.model import Model
from causal.spec.priors import ANYONE
from causal.spec.writing import scalar_text

WIDTH = 110

HELP = """\
Fill in `says` where you have a view and leave the others empty; then: causal elicit {given} --merge FILE
What each subject depends on, and how to answer, is in {model}-questionnaire.md.

says:     {{low: 10%, best: 30%, high: 50%, confidence: 80%}}   of 100 worlds 10 to 50, best 30, and 80 % sure
          30%                  the best guess alone             likely    a word, on the scale {scale}
          10% to 50%           a range, 90 % sure               abstain   asked, and no view
because:  Why, in a sentence; a text with ": " or " #" in it goes in quotes.
cite:     {{source: NAME, page: 12}}   {sources}"""


def sheet(found: Needed) -> str:
    """Return the sheet as YAML."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Needed) -> Iterator[str]:
    priors, model = found.priors, found.model
    yield from _comment(f"Answers to the questions on: {model.title or model.name}", "")
    yield "#"
    known = ", ".join(priors.sources)
    told = HELP.format(
        given=_given(model),
        model=scalar_text(model.name),
        scale=priors.scale or "icd203",
        sources=f"known are {known}; others are named under sources" if known else "it is named under sources",
    )
    for line in told.splitlines():
        yield from _comment(line, "", keep=True)
    yield ""
    yield f"priors: {scalar_text(priors.name if priors.path else model.name)}"
    yield f"model: {scalar_text(model.name)}"
    if not priors.scale:
        yield "scale: icd203                        # what words of likelihood mean"
    if found.new and found.by:
        yield from ("experts:", f"  {scalar_text(found.by)}: {{name: , school: , source: }}")
    elif list(priors.experts) == [ANYONE]:
        yield '# experts: {NAME: {name: "In full", school: WORD, source: NAME}}   # and `by: NAME` with every answer'
    yield '# sources: {NAME: "Author (year), Title"}'
    yield ""
    yield "judgements:" if found.questions or found.optional else "judgements: []"
    for section in found.sections:
        yield from _framed(section.frame, section.frame.title)
        for each in section.questions:
            yield from _entry(found, each)
    if found.optional and found.outcome:
        yield from _framed(replace(found.outcome, points=()), f"Optional: {found.outcome.title} after a change")
        for each in found.optional:
            yield from _entry(found, each)


def _given(model: Model) -> str:
    """Return what a command takes a model by: its file, unless that is a shipped one."""
    known = shipped().get(model.name)
    return model.name if known is not None and str(known) == model.path else quote(model.path or model.name)


def _framed(frame: Frame, title: str) -> Iterator[str]:
    head = f"# ── {_printable(title)} "
    yield from ("", f"  {head:─<{WIDTH}}")
    for name, meaning in frame.states:
        yield from _comment(f"{name}: {meaning}" if meaning else name)
    if frame.points:
        yield from ("  #", *_comment(frame.start), *(line for each in frame.points for line in _comment(f"- {each}")))
    if frame.aside:
        yield from ("  #", *_comment(" ".join(frame.aside)))


def _entry(found: Needed, each: Open) -> Iterator[str]:
    yield ""
    yield from _comment(f"{each.number}. {each.words.suppose} {each.words.ask}")
    for line in each.words.below:
        yield from _comment(f"   {line}", keep=True)
    yield f"  - about: {scalar_text(str(each.question))}"
    if found.by is not None:
        yield f"    by: {scalar_text(found.by)}"
    elif list(found.priors.experts) != [ANYONE]:
        yield "    by:"
    yield from ("    says:", "    because:", "    cite:")


def _comment(text: str, pad: str = "  ", *, keep: bool = False) -> Iterator[str]:
    """Yield a text as lines of a comment; ``keep`` its blanks where it fits on one."""
    clean = _printable(text)
    if keep and len(clean) < WIDTH + 20:
        yield f"{pad}# {clean}".rstrip()
        return
    for line in wrap(clean, WIDTH, break_long_words=False, break_on_hyphens=False):
        yield f"{pad}# {line}"


def _printable(text: str) -> str:
    """Return a text without what may not stand in a comment: line breaks, and characters that do not print."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
