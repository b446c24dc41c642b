"""The interview sheet: what a model still needs to be told, to talk through and to fill in.

    .text    Markdown, to print: how to answer, then every question with what a reader needs beside it
    .yaml    the same questions as entries of a prior file whose `says` is empty (sheet.py)
    .table   a row per question

What stands in for an answer so far is mentioned and not shown: a number that was seen first pulls towards itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from causal.ask.needed import MINUTES, Needed, Open, needed
from causal.ask.saying import counted
from causal.ask.worded import Frame, all_else
from causal.errors import UsageError
from causal.learn.elicited import Elicited
from causal.spec.priors import Quantiles, Scale
from causal.spec.scales import ONE_SIDED, SCALES
from causal.spec.whole import write_files
from causal.tell.sheet import sheet
from causal.tell.text import code, escape

if TYPE_CHECKING:
    from causal.ask.identification import Frame as Rows

LINE = "." * 12
SITTING = 60  # minutes that one can judge well for
MOST = 12  # words of a scale

BIASES = (
    "Four things mislead us all. We are too sure: ranges meant to hold the truth nine times in ten hold it far less "
    "often, so when yours is done, think of a way to be outside it, and widen it. The first number that comes to mind "
    "holds us fast, so begin with the ends and not with the best guess. What is vivid seems likely. And what happened "
    "seems to have been bound to happen: where a question goes back to a time when it was open, judge by what could "
    "be known then. Answer alone first; talk afterwards."
)


@dataclass(frozen=True, repr=False)
class Questionnaire:
    """The sheet for ``needed``: one expert's, or everybody's."""

    needed: Needed

    @property
    def text(self) -> str:
        """The sheet as Markdown."""
        return "\n".join(_lines(self.needed)).rstrip() + "\n"

    @property
    def yaml(self) -> str:
        """The sheet as a file to fill in, entries of a prior file."""
        return sheet(self.needed)

    @property
    def table(self) -> Rows:
        """A tidy frame: a row per question."""
        return self.needed.table

    def __repr__(self) -> str:
        return f"<Questionnaire on {self.needed.model.name}: {_count(self.needed)}>"

    def _repr_markdown_(self) -> str:
        return self.text

    def save(self, folder: str | Path) -> tuple[Path, Path]:
        """Write both sheets into a folder, made if need be, and return where they are.

        Raises UsageError where another sheet of answers is there already: somebody may have filled it in.
        """
        place, name = Path(folder), self.needed.model.name
        printed, filled = place / f"{name}-questionnaire.md", place / f"{name}-answers.yaml"
        content = self.yaml
        if filled.exists() and filled.read_bytes() != content.encode("utf-8"):
            raise UsageError(f"{filled} is there already and may hold answers; move it away, or name another folder")
        place.mkdir(parents=True, exist_ok=True)
        sheets = {printed.name: self.text.encode("utf-8"), filled.name: content.encode("utf-8")}
        first, second = write_files(place, sheets)
        return first, second


def questionnaire(elicited: Elicited, by: str | None = None) -> Questionnaire:
    """Return every question that nobody answered, or that one expert did not; a new expert is asked all of them.

    Raises UsageError where the model has every number.
    """
    if not elicited.network.parameters:
        raise UsageError(f"{elicited.network.model.name} has every number in the model, so there is nothing to ask")
    return Questionnaire(needed(elicited, by))


def _count(found: Needed) -> str:
    return counted(len(found.questions), "question") + (f", {len(found.optional)} optional" if found.optional else "")


def _lines(found: Needed) -> Iterator[str]:
    model = found.model
    yield f"# Questions: {escape(model.title or model.name)}"
    yield ""
    who = found.priors.experts.get(found.by or "")
    yield from (f"For {escape(who.title if who else found.by)}.", "") if found.by else ()
    yield from (escape(" ".join(model.about.split())), "") if model.about else ()
    yield _extent(found)
    yield ""
    yield from _how(found)
    for section in found.sections:
        count = counted(len(section.questions), "question")
        yield from _framed(section.frame, f"{section.frame.title}: {count}")
        for each in section.questions:
            yield from _question(each)
    if found.optional and found.outcome:
        yield from _framed(replace(found.outcome, points=()), f"Optional: {found.outcome.title} after a change")
        yield "The model draws its own answers to these from the others. Where you have a view of your own, it counts."
        yield ""
        for each in found.optional:
            yield from _question(each)
    if found.abstained:
        yield from ("## Asked already, and no view", "")
        yield from (f"- {code(each)}" for each in found.abstained)


def _extent(found: Needed) -> str:
    """Return how many questions there are and how long they may take."""
    total = len(found.questions)
    whose = "you have" if found.by else "anybody has"
    if not total:
        return f"Nothing is open: of all {counted(found.judged, 'number')} that the model needs, none is missing."
    variables = counted(len(found.sections), "subject")
    told = f"{counted(total, 'question')} on {variables}, about {_time(found.minutes)} at {MINUTES} minutes each"
    told += f", and {counted(len(found.optional), 'optional one', 'optional ones')} at the end" * bool(found.optional)
    judged = f" {counted(found.judged, 'number')} that the model needs {whose} judged already." if found.judged else ""
    sittings = " Take them in several sittings." if found.minutes > SITTING else ""
    stands = sum(each.default for each in found.questions)
    which = "all" if stands == total else str(stands)
    default = f" For {which} of them a default stands in so far; it is not shown, so that it does not sway you."
    return f"{told}. The subjects with the fewest questions come first.{sittings}{judged}{default * bool(stands)}"


def _time(minutes: int) -> str:
    """Return how long that is, no finer than it can be told.

    >>> _time(22), _time(60), _time(176)
    ('20 minutes', '1 hour', '3 hours')
    """
    if minutes < 45:
        return counted(max(MINUTES, minutes if minutes < 10 else 5 * round(minutes / 5)), "minute")
    halves = max(2, round(minutes / 30))
    return counted(halves // 2, "hour") if halves % 2 == 0 else f"{halves // 2} and a half hours"


def _how(found: Needed) -> Iterator[str]:
    yield from ("## How to answer", "")
    yield (
        "Most questions ask you to suppose something and to picture 100 worlds in which it is so, all else being "
        f"{all_else(found.model)} and the rest left to run its course. In how many of them would we find what is "
        "asked? Give four numbers, in this order: the **lowest** number of worlds that you find plausible, the "
        "**highest**, your **best** guess, and **how sure** you are that the truth lies between lowest and highest, "
        "in per cent (50 to 100)."
    )
    yield ""
    yield _words_of(found)
    yield ""
    yield (
        "Or tick **no view**: that is an answer, and a better one than a number made up. Say **why** in a sentence, "
        "and where it is written, if it is. A question that you do not understand is a fault of the sheet: leave it "
        "empty."
    )
    yield from ("", BIASES, "")


def _range(values: Quantiles) -> str:
    """Return the range that a phrase is read as, open where it was published as one-sided."""
    low, high = (_worlds(values.values[at]) for at in (0, -1))
    if values in ONE_SIDED:
        return f"up to {high}" if values.values[1] < 0.5 else f"{low} or more"
    return f"{low} to {high}"


def _words_of(found: Needed) -> str:
    """Return which words of likelihood may stand for numbers."""
    first: dict[Quantiles, str] = {}
    for phrase, values in scale_of(found).phrases.items():
        first.setdefault(values, phrase)  # what else means the same is left out
    each = [f"{escape(phrase)} ({_range(values)})" for values, phrase in list(first.items())[:MOST]]
    return f"Or answer **in words**. Here they mean, in worlds of 100: {'; '.join(each)}."


def _worlds(share: float) -> str:
    return f"{100 * share:.3g}"


def scale_of(found: Needed) -> Scale:
    """Return the scale on which words are read: the file's, or the one that the sheet brings along."""
    name = found.priors.scale or "icd203"
    return found.priors.scales[name] if name in found.priors.scales else SCALES[name]


def _framed(frame: Frame, title: str) -> Iterator[str]:
    yield from (f"## {escape(title)}", "")
    if frame.about or frame.happened:
        yield from (escape(" ".join(each for each in (frame.about, frame.happened) if each)), "")
    yield from _bullets("What its states mean:", (_pair(*each) for each in frame.states))
    yield from _bullets("What it depends on:", (_pair(*each) for each in frame.parents))
    if frame.points:
        yield from _bullets(frame.start, (escape(each) for each in frame.points))
    yield from (line for each in frame.aside for line in (escape(each), ""))


def _bullets(head: str, items: Iterable[str]) -> Iterator[str]:
    told = list(items)
    if told:
        yield from (escape(head), "", *(f"- {each}" for each in told), "")


def _pair(name: str, meaning: str) -> str:
    return f"**{escape(name)}**: {escape(meaning)}" if meaning else f"**{escape(name)}**"


def _question(each: Open) -> Iterator[str]:
    yield f"**{each.number}.** {escape(each.words.suppose)} **{escape(each.words.ask)}**"
    yield ""
    if each.words.below:
        yield from (*(f"- {escape(line)}" for line in each.words.below), "")
    if each.words.numbers:
        yield f"lowest {LINE} highest {LINE} best {LINE} how sure {LINE} %, or words {LINE * 2}, or no view \\[ \\]"
        yield ""
    yield f"why {LINE * 6} read in {LINE * 3}"
    yield ""
