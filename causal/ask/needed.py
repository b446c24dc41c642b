"""What a model still needs to be told: the parameters that nobody judged, or that one expert did not.

    judged by                      for one expert               for all
    this expert                    not asked                    not asked
    another expert                 asked                        not asked
    nobody, and there is a default asked, and marked            asked, and marked
    this expert, who abstained     not asked again              asked
    the outcome after a change     optional                     optional

Variables with the fewest open questions come first, and within one the order is that of its parameters. A cause of a
noisy-or is asked about as the file asks about it: with the leak acting (`only`) where it does so, else alone
(`causes`), which is the parameter itself (Díez 1993; Zagorecki & Druzdzel 2004 find the latter easier to judge).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from causal.ask.interventions import questions
from causal.ask.tense import tense
from causal.ask.worded import Frame, Worded, change_in_words, frame, worded
from causal.errors import QueryError
from causal.exact.parameter import Parameter
from causal.learn.adding import parameters_of
from causal.learn.elicited import Elicited
from causal.spec.grammar import parse_about
from causal.spec.model import Model, Table, Types, Variable
from causal.spec.priors import Priors
from causal.spec.question import Assign, Causes, Event, Only, Probability, Question, TypesOf

if TYPE_CHECKING:
    import pandas as pd

MINUTES = 2  # that a question takes, reasons included: a rule of thumb
COLUMNS = ("number", "variable", "question", "suppose", "ask", "default", "optional")


@dataclass(frozen=True)
class Open:
    """One question that is still open; ``default`` tells whether a default stands in for the answer."""

    number: int
    variable: str
    question: Question
    words: Worded
    default: bool = False
    optional: bool = False


@dataclass(frozen=True)
class Section:
    """The open questions about one variable, and what they share."""

    variable: str
    frame: Frame
    questions: tuple[Open, ...]


@dataclass(frozen=True)
class Needed:
    """All open questions, for one expert (``by``) or for all. ``new`` tells that the expert is not in the file yet.

    ``optional`` are those about the ``outcome`` after a change. ``abstained`` are the questions on which the expert has
    no view; ``judged`` counts the parameters that need no more.
    """

    model: Model
    priors: Priors
    by: str | None
    new: bool
    sections: tuple[Section, ...]
    optional: tuple[Open, ...]
    outcome: Frame | None
    abstained: tuple[str, ...]
    judged: int

    @property
    def questions(self) -> tuple[Open, ...]:
        """The questions about parameters, in the order in which they are asked."""
        return tuple(each for section in self.sections for each in section.questions)

    @property
    def minutes(self) -> int:
        """How long the questions about parameters may take."""
        return MINUTES * len(self.questions)

    @property
    def table(self) -> pd.DataFrame:
        """A tidy frame: a row per question, the optional ones last."""
        import pandas as pd

        rows = [
            (each.number, each.variable, str(each.question), each.words.suppose, each.words.ask, *_marks(each))
            for each in (*self.questions, *self.optional)
        ]
        return pd.DataFrame(rows, columns=list(COLUMNS))


def _marks(each: Open) -> tuple[bool, bool]:
    return each.default, each.optional


def needed(elicited: Elicited, by: str | None = None) -> Needed:
    """Return the questions that nobody answered, or that one expert did not; a new expert is asked all of them."""
    priors, model = elicited.priors, elicited.network.model
    open_ = _open(elicited, by)
    defaults = {name for each in parameters_of(elicited.writer, priors.defaults) for name in each}
    sections: list[Section] = []
    number = 0
    for name in sorted(open_, key=lambda name: len(_questions(model, open_[name]))):  # stable: then the model's order
        variable = model.variables[name]
        asked = []
        for parameter in _questions(model, open_[name]):
            number += 1
            question = _question(elicited, variable, parameter)
            words = worded(model, variable, question)
            asked.append(Open(number, name, question, words, parameter.name in defaults))
        sections.append(Section(name, frame(model, variable), tuple(asked)))
    return Needed(
        model=model,
        priors=priors,
        by=by,
        new=by is not None and by not in priors.experts,
        sections=tuple(sections),
        optional=tuple(_optional(elicited, by, number)),
        outcome=frame(model, model.variables[model.outcome.variable]) if model.outcome else None,
        abstained=tuple(str(each.about) for each in elicited.abstained if each.by == by),
        judged=len(elicited.network.parameters) - sum(map(len, open_.values())),
    )


def _open(elicited: Elicited, by: str | None) -> dict[str, list[Parameter]]:
    """Return the open parameters by variable, in the network's order."""
    experts = list(elicited.experts) if by is None else [by] if by in elicited.held else []
    priors = [elicited.held[name].priors for name in experts]
    mine = [each for each in elicited.abstained if each.by == by]
    silent = {name for each in parameters_of(elicited.writer, mine) for name in each}
    found: dict[str, list[Parameter]] = {}
    for place, parameter in enumerate(elicited.network.parameters):
        judged = any(theirs[place].origin == "judged" for theirs in priors)
        if not judged and parameter.name not in silent:
            found.setdefault(parameter.variable, []).append(parameter)
    return found


def _questions(model: Model, parameters: list[Parameter]) -> list[Parameter]:
    """Return the parameters of one variable that have a question each: response types have one for all."""
    typed = isinstance(model.variables[parameters[0].variable].mechanism, Types)
    return parameters[:1] if typed else parameters


def _question(elicited: Elicited, variable: Variable, parameter: Parameter) -> Question:
    """Return the question that is asked for a parameter."""
    if isinstance(variable.mechanism, Types):
        return TypesOf(variable.name)
    question = parse_about(parameter.name)
    if isinstance(question, Causes) and _asked_with_the_leak(elicited, variable, question.cause):
        return Probability((question.effect,), (Only((question.cause,)),))
    if isinstance(question, Probability) and isinstance(variable.mechanism, Table) and len(variable.states) == 2:
        return replace(question, events=(_of_two(elicited, variable, question),))
    return question


def _of_two(elicited: Elicited, variable: Variable, question: Probability) -> Event:
    """Return the state of two that is asked about: that of the file, else the second, of which labels mostly speak."""
    for each in (*elicited.priors.judgements, *elicited.priors.defaults):
        match each.about:
            case Probability(events=(Event(variable=name, op="=", world=None) as event,), given=given) if (
                name == variable.name and given == question.given
            ):
                return event
    return Event(variable.name, "=", variable.states[-1:])


def _asked_with_the_leak(elicited: Elicited, variable: Variable, cause: Assign) -> bool:
    """Tell how the file asks about a cause, or else about the others of its variable."""
    everything = (*elicited.priors.judgements, *elicited.priors.defaults)
    forms: dict[Assign, bool] = {}
    for about in (each.about for each in everything):
        match about:
            case Causes(cause=other, effect=Event(variable=name)) if name == variable.name:
                forms.setdefault(other, False)
            case Probability(events=(Event(variable=name),), given=(Only(causes=(other,)),)) if name == variable.name:
                forms.setdefault(other, True)
    return forms[cause] if cause in forms else any(forms.values())


def _optional(elicited: Elicited, by: str | None, number: int) -> Iterator[Open]:
    """Yield the outcome after each named intervention, where it can be asked and was not answered."""
    model, event = elicited.network.model, elicited.network.model.outcome
    if event is None:
        return
    answered = {str(each.about) for each in elicited.priors.judgements if by is None or each.by == by}
    for intervention in model.interventions.values():
        question, *_ = questions(event, intervention, tense(model).main)
        if str(question) not in answered and _moves(elicited, question):
            number += 1
            words = change_in_words(model, intervention, event)
            yield Open(number, event.variable, question, words, optional=True)


def _moves(elicited: Elicited, question: Question) -> bool:
    """Tell whether a question can be asked and no model alone answers it."""
    try:
        slot = elicited.writer.write(question).slots[0]
    except QueryError:
        return False
    return elicited.network.recorder.fixed(slot) is None
