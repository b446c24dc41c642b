"""From judgements to the parts of a posterior.

    a judgement about            becomes
    a mechanism's parameter      its prior, for the expert who made it
    anything else, on any rung    evidence on all parameters at once, a check, or a shape of the prior (melding.py):
                                  normal on a scale given by its form
    a comparison or an effect    a check, or a reweighting of draws
    comparable cases             evidence for every expert (cases.py), through links where they have a model of their
                                 own (beside.py)

What is no parameter is evidence on the scale of its form (forms.py).

Where an expert is silent the file's default speaks, and where there is none, a weak one that is listed: holding.py
makes priors of what was said.
"""

from __future__ import annotations

from collections.abc import Mapping

from causal.elicit import (
    DIFFERENCE,
    PROBABILITY,
    QUOTIENT,
    Stated,
    concentrations,
    exact_sticks,
    fit_log,
    fit_log_odds,
    fit_normal,
    flat,
    rescaled,
    stated,
    sticks,
    weights,
)
from causal.errors import CausalError, ElicitationError, Problem, QueryError, SpecError
from causal.exact.answer import Writer
from causal.exact.mechanisms.wording import right_words
from causal.exact.parameter import inputs
from causal.exact.readings import Reading, RowReading, TypesReading, readings
from causal.learn.beside import join
from causal.learn.cases import itself, told, write_cases
from causal.learn.coded import enter, settle
from causal.learn.elicited import Compared, Derived, Elicited, Said
from causal.learn.forms import on_scale, scale_of
from causal.learn.holding import Holding
from causal.learn.melding import reshape
from causal.learn.pooled import pool
from causal.spec.model import Table, frozen
from causal.spec.priors import LINEAR, SHAPING, Abstain, DirichletSays, Exactly, Judgement, Order, Priors, Sign
from causal.spec.question import (
    Comparison,
    Effect,
    Event,
    Probability,
    Question,
    TypesOf,
)

CHECK = "check"  # compared and moves nothing, also where it is about a parameter
NOBODYS = "a default is for a parameter of a mechanism; judge this as an expert, or leave it out"


def elicit(writer: Writer, priors: Priors) -> Elicited:
    """Read a prior file against a network.

    Raises SpecError with every judgement that cannot be used, at its line.
    """
    return _Reader(writer, priors).read()


class _Reader:
    def __init__(self, writer: Writer, priors: Priors) -> None:
        self.writer, self.priors = writer, priors
        self.network, self.model = writer.network, writer.network.model
        self.by_name = {parameter.name: parameter for parameter in self.network.parameters}
        self.problems: list[Problem] = []
        self.notes: list[str] = []

    def _of_cases(self) -> list[str]:
        files = self.priors.cases
        return [*map(told, files), *(each for file in files for each in itself(self.model, file))]

    def read(self) -> Elicited:
        everything = (*self.priors.judgements, *self.priors.defaults)
        readable = [judgement for judgement in everything if self._writable(judgement)]
        questions = list(dict.fromkeys(judgement.about for judgement in readable))
        what = dict(zip(questions, readings(self.writer, questions), strict=True))
        defaults: dict[str, list[Said]] = {}
        said: dict[str, dict[str, list[Said]]] = {name: {} for name in self.priors.experts}
        derived: list[Derived] = []
        compared: list[Compared] = []
        abstained: list[Judgement] = []
        for judgement in readable:
            try:
                if isinstance(judgement.says, Abstain):
                    abstained.append(judgement)
                elif isinstance(judgement.about, Comparison | Effect):
                    compared.append(self._compared(judgement))
                elif (reading := what[judgement.about]) is not None and judgement.use != CHECK:
                    self._direct(judgement, reading, defaults if judgement.by is None else said[judgement.by])
                else:
                    derived.append(self._derived(judgement))
            except CausalError as error:
                self._problem(judgement, error)
        default = {name: readings[0] for name, readings in defaults.items()}
        own, settled, coding = settle(said, derived, self._problem)
        holding = Holding(self.network, self._problem)
        held = {name: holding.held(own[name], default) for name in self.priors.experts}
        weighed = self._weights()
        if self.problems:
            raise SpecError(self.problems)
        found = Elicited(
            self.writer,
            self.priors,
            held,
            weighed,
            settled,
            tuple(compared),
            tuple(abstained),
            frozenset(question for question, reading in what.items() if reading is not None),
            (*self._of_cases(), *([coding.told] if coding else []), *self.notes),
            write_cases(self.writer, self.priors),
            join(self.writer, self.priors, elicit),
            coding=coding,
            said=frozen({name: frozen(each) for name, each in own.items()}),
            defaults=frozen(default),
        )
        found = reshape(found, self._problem)
        if self.problems:
            raise SpecError(self.problems)
        return found if self.priors.pooling == LINEAR else pool(found)

    def _weights(self) -> Mapping[str, float]:
        try:
            return weights(self.priors)
        except ElicitationError as error:
            line, column = max(self.priors.weights.line, 1), max(self.priors.weights.column, 1)
            self.problems.append(Problem(self.priors.where_judged, line, column, "weights", str(error)))
            return {}

    def _problem(self, judgement: Judgement, error: CausalError) -> None:
        self.problems.append(self.priors.problem(judgement, str(error).splitlines()[0]))

    def _writable(self, judgement: Judgement) -> bool:
        try:
            if not isinstance(judgement.about, TypesOf):
                self.writer.write(judgement.about)
        except QueryError as error:
            self._problem(judgement, error)
            return False
        return True

    def _direct(
        self, judgement: Judgement, reading: Reading | RowReading | TypesReading, into: dict[str, list[Said]]
    ) -> None:
        """Enter a judgement that states one parameter, or a whole row of sticks."""
        if judgement.weight != 1:
            self.notes.append(
                f"line {judgement.line}, {judgement.about}: it sets a parameter, so its weight of {judgement.weight:g} "
                "does not count; what is held less surely is said with wider quantiles"
            )
        if judgement.use in SHAPING:
            raise ElicitationError(
                f"it sets a parameter, so there is nothing else to {judgement.use}; leave 'use' out, or keep the "
                "parameter as it is and judge a total that follows from several"
            )
        if isinstance(reading, Reading):
            said = stated(judgement.says, PROBABILITY)
            said = said.complement() if reading.flipped else said
            form, turned = reading.form, reading.flipped
            entries = {form.parameter: Said(judgement, said, form.reading, form.reference, turned)}
        else:
            rows = reading.rows if isinstance(reading, TypesReading) else (reading,)
            entries = {
                name: Said(judgement, each, "probability", None)
                for row in rows
                for name, each in zip(row.parameters, self._sticks(judgement, row), strict=True)
            }
        for name, entry in entries.items():
            enter(entry, name, into)

    def _sticks(self, judgement: Judgement, reading: RowReading) -> list[Stated]:
        """Return the sticks of a row said as a Dirichlet or exactly per state."""
        says = judgement.says
        if isinstance(says, DirichletSays):
            if isinstance(judgement.about, TypesOf) and says.named is None:  # types left out have 1
                says = DirichletSays(frozen({**flat(reading.order), **says.alpha}))
            alpha = concentrations(says, reading.order)
            notes = (rescaled(says, reading.order, alpha),) if says.marginals else ()
            return [Stated(counts=(beta.a, beta.b), notes=notes) for beta in sticks(alpha, reading.order)]
        if isinstance(says, Exactly) and says.by_state:
            shares = {state: says.by_state.get(state, 0.0) for state in reading.order}
            return [Stated(exact=point.value) for point in exact_sticks(shares, reading.order)]
        raise ElicitationError("a whole row is said by 'exactly' per state or by 'dirichlet'")

    def _derived(self, judgement: Judgement) -> Derived:
        """Read evidence on something that is no parameter, on the scale of its form."""
        about, says = judgement.about, judgement.says
        if judgement.by is None:
            raise ElicitationError(NOBODYS + self._hint(about))
        if isinstance(says, Exactly):
            raise ElicitationError("'exactly' is for parameters only; give quantiles" + self._hint(about))
        if isinstance(says, DirichletSays):
            raise ElicitationError("a whole distribution can be judged for a row of a table only; judge single events")
        recorder, slot = self.network.recorder, self.writer.write(about).slots[0]
        use = "check" if judgement.weight == 0 else judgement.use or "evidence"
        if use != "check" and (certain := recorder.fixed(slot)) is not None:
            raise ElicitationError(
                f"this is {certain:g} by the model alone, whatever its numbers are, so it moves none of them; "
                "leave it out, or write 'use: check'"
            )
        scale, turned = scale_of(about)
        if scale == "log-odds":
            fit = fit_log_odds(stated(says, PROBABILITY))
        elif scale == "log":
            said = stated(says, (-float("inf"), 1.0)).complement() if turned else stated(says, QUOTIENT)
            fit = fit_log(said)
        else:
            fit = fit_normal(stated(says, DIFFERENCE))
        value = on_scale(recorder, slot, scale, turned)
        return Derived(judgement.by, judgement, scale, value, fit, use)

    def _hint(self, about: Question) -> str:
        """Return how to address the mechanism of a question that looks as if it was meant to, or nothing."""
        if not isinstance(about, Probability) or len({event.variable for event in about.events}) > 1:
            return ""
        variable = self.model.variables[about.events[0].variable]
        named = {c.variable for c in about.given if isinstance(c, Event)}
        if len(named) < len(about.given) or not named <= {*variable.parents, variable.name}:
            return ""
        missing = [parent for parent in inputs(variable) if parent not in named]
        if isinstance(variable.mechanism, Table) and variable.mechanism.rows is None and missing:
            return f"; for the table of {variable.name} name the state of every parent: {', '.join(missing)} is missing"
        return f"; {variable.name} is addressed with {right_words(variable)}"

    def _compared(self, judgement: Judgement) -> Compared:
        if judgement.by is None:
            raise ElicitationError(NOBODYS)
        says, slot = judgement.says, self.writer.write(judgement.about).slots[0]
        if isinstance(says, Order) and isinstance(judgement.about, Comparison):
            probability = says.probability
        elif isinstance(says, Sign) and isinstance(judgement.about, Effect):
            probability = says.confidence
            if says.sign == "-":
                slot = self.network.recorder.minus_of(self.network.recorder.zero, slot)
        else:
            raise ElicitationError("a comparison is judged by 'order', an effect by 'sign'")
        return Compared(judgement.by, judgement, slot, probability, judgement.use or "check")
