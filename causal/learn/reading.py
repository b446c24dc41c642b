"""From judgements to the parts of a posterior.

    a judgement about            becomes
    a mechanism's parameter      its prior, for the expert who made it
    anything else, on any rung    evidence on all parameters at once, a check, or a shape of the prior (melding.py):
                                  normal on a scale given by its form
    a comparison or an effect    a check, or a reweighting of draws
    comparable cases             evidence for every expert (cases.py), through links where they have a model of their
                                 own (beside.py)

What is no parameter is evidence on the scale of its form (forms.py).

Where an expert is silent the file's default speaks, and where there is none, a weak one that is listed. Defaults of
departures are offsets or ratios to the default reference, so they follow an expert's own reference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress

from causal.elicit import (
    DIFFERENCE,
    PROBABILITY,
    QUOTIENT,
    WEAK,
    Belief,
    Beta,
    Cuts,
    Fit,
    LogOdds,
    Normal,
    Point,
    Stated,
    TruncatedNormal,
    concentrations,
    exact_sticks,
    fit_cuts,
    fit_log,
    fit_log_odds,
    fit_net,
    fit_normal,
    fit_offset,
    fit_probability,
    fit_ratio,
    flat,
    rescaled,
    stated,
    sticks,
    weak_cuts,
    weights,
)
from causal.errors import CausalError, ElicitationError, Problem, QueryError, SpecError
from causal.exact.answer import Writer
from causal.exact.mechanisms.wording import right_words
from causal.exact.parameter import Parameter, inputs
from causal.exact.readings import Reading, RowReading, TypesReading, readings
from causal.learn.beside import join
from causal.learn.cases import told, write_cases
from causal.learn.coded import Said, enter, settle
from causal.learn.elicited import Compared, Derived, Elicited, Held, Prior
from causal.learn.forms import on_scale, scale_of
from causal.learn.melding import reshape
from causal.learn.pooled import pool
from causal.spec.model import Logistic, Table, frozen
from causal.spec.priors import LINEAR, SHAPING, Abstain, DirichletSays, Exactly, Judgement, Order, Priors, Sign
from causal.spec.question import (
    Assign,
    Comparison,
    Effect,
    Event,
    Probability,
    Question,
    TypesOf,
)

CHECK = "check"  # compared and moves nothing, also where it is about a parameter
NOBODYS = "a default is for a parameter of a mechanism; judge this as an expert, or leave it out"
HALF = 0.5  # the reference of a departure whose reference nobody judged


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
        self.fitted: dict[tuple[str, Stated, float], Fit] = {}

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
        held = {}
        for name in self.priors.experts:
            held[name] = self._held(own[name], default)
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
            (*(told(file) for file in self.priors.cases), *([coding.told] if coding else []), *self.notes),
            write_cases(self.writer, self.priors),
            join(self.writer, self.priors, elicit),
            coding=coding,
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

    def _held(self, own: Mapping[str, Said], default: Mapping[str, Said]) -> Held:
        """Return all priors of one expert; problems are noted at the judgement that makes them."""
        priors: list[Prior] = []
        cuts: dict[str, Cuts] = {}
        for parameter in self.network.parameters:
            if parameter.scale == "cut" and parameter.group not in cuts:
                cuts[parameter.group] = self._cuts(parameter.group, own, default)
            try:
                priors.append(self._prior(parameter, own, default, cuts))
            except CausalError as error:
                said = own.get(parameter.name) or default[parameter.name]
                self._problem(said.judgement, error)
                priors.append(_weak(parameter))
        return Held(tuple(priors), cuts)

    def _prior(
        self, parameter: Parameter, own: Mapping[str, Said], default: Mapping[str, Said], cuts: Mapping[str, Cuts]
    ) -> Prior:
        name = parameter.name
        said, origin = own.get(name), "judged"
        around: tuple[Mapping[str, Said], ...] = (own, default)
        if said is None:
            # a default departs from the default reference, whatever the expert holds about the reference
            said, origin, around = default.get(name), "default", (default,)
        if parameter.scale == "cut":
            joint, at = cuts[parameter.group], parameter.rank - 1
            middle = said.stated.median if said else None
            value = float(LogOdds().read(middle)) if middle is not None else joint.medians[at]
            belief: Belief = joint.marginal(at) if joint.anchor[1] > 0 else Point(value)
            if said is None:
                return Prior(parameter, belief, value, "weak", None, joint.fits[at])
            return Prior(parameter, belief, value, origin, said.judgement, joint.fits[at], said.turned, said.readings)
        if said is None:
            return _weak(parameter)
        reference = _middle(said.reference, around) if said.reference else HALF
        try:
            fit = self._fit(said, reference)
        except ElicitationError as error:
            if said.reference and not any(said.reference in each for each in around):
                silent = f"nobody judged '{said.reference}', which this departs from, so that is taken as {HALF:g}"
                raise ElicitationError(f"{silent}: {error}. Judge that one as well") from error
            raise
        belief = self._forced(parameter, fit.belief)
        middle = said.stated.median
        value = _VALUE[said.reading](middle, reference) if middle is not None else float(belief.quantile(0.5))
        return Prior(parameter, belief, value, origin, said.judgement, fit, said.turned, said.readings)

    def _fit(self, said: Said, reference: float) -> Fit:
        """Fit what was said; a default is fitted once for all who are silent."""
        asked = (said.reading, said.stated, reference)
        if asked not in self.fitted:
            self.fitted[asked] = _FITS[said.reading](said.stated, reference)
        return self.fitted[asked]

    def _cuts(self, variable: str, own: Mapping[str, Said], default: Mapping[str, Said]) -> Cuts:
        """Fit an ordered variable's baseline jointly; a silent cut keeps its default where that goes with the rest."""
        ranked = [p for p in self.network.parameters if p.scale == "cut" and p.group == variable]
        chosen = [own.get(p.name) or default.get(p.name) for p in ranked]
        if not any(chosen):
            return weak_cuts(len(ranked))
        mine = [own.get(p.name) for p in ranked]
        try:
            return fit_cuts([said.stated if said else None for said in chosen])
        except ElicitationError as error:
            if any(mine) and not all(mine):  # the default of a cut they left out does not go with their own
                chosen = mine
                with suppress(ElicitationError):
                    return fit_cuts([said.stated if said else None for said in mine])
            self._problem(next(said for said in chosen if said).judgement, error)
            return weak_cuts(len(ranked))

    def _forced(self, parameter: Parameter, belief: Belief) -> Belief:
        """Truncate an offset to the sign that its edge claims with ``force``."""
        variable = self.model.variables[parameter.variable]
        if parameter.scale != "offset" or not isinstance(variable.mechanism, Logistic):
            return belief
        forced = {
            f"but {Assign(edge.parent, state)})": sign
            for edge in variable.edges
            if edge.force
            for state, sign in edge.sign.items()
        }
        for ending, sign in forced.items():
            if parameter.name.endswith(ending) and isinstance(belief, Normal):
                low, high = (0.0, float("inf")) if sign == "+" else (-float("inf"), 0.0)
                return TruncatedNormal(belief.mu, belief.sigma, low, high)
        return belief


_FITS: Mapping[str, Callable[[Stated, float], Fit]] = {
    "probability": lambda said, _: fit_probability(said),
    "offset": fit_offset,
    "ratio": fit_ratio,
    "compound": fit_net,
}

_VALUE: Mapping[str, Callable[[float, float], float]] = {
    "probability": lambda v, _: v,
    "offset": lambda v, r: float(LogOdds(r).read(v)),
    "ratio": lambda v, r: v / r,
    "compound": lambda v, r: (v - r) / (1.0 - r),
}


def _middle(name: str, around: Iterable[Mapping[str, Said]]) -> float:
    """Return the median of a reference as stated by the first who judged it, as a probability."""
    for said in around:
        if name in said:
            entry = said[name].stated
            if entry.median is not None:
                return entry.median
            return fit_probability(entry).median
    return HALF


def _weak(parameter: Parameter) -> Prior:
    belief = WEAK[parameter.scale] if parameter.after == 1 else Beta(1.0, parameter.after)  # a flat Dirichlet's stick
    return Prior(parameter, belief, float(belief.quantile(0.5)), "weak")
