"""From what an expert said about parameters, and the file's defaults, to all that they hold; and had they been silent.

    a parameter       is held as
    they judged       they said, a departure read against their own reference, else the default's
    they left out     the default, which departs from the default reference, whatever they hold about the reference
    nobody judged     a weak prior
    a cut             one of a joint fit of its variable's baseline, of their own cuts and the defaults of the others

``unsaid`` reads nothing again: what was said is kept in ``Elicited.said``, and an expert who had not made a judgement
has the default in its place, also as the reference of their other judgements. What several coders read is one
judgement; the spread between coders stays what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from contextlib import suppress

from causal.elicit import (
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
    fit_cuts,
    fit_net,
    fit_offset,
    fit_probability,
    fit_ratio,
    weak_cuts,
)
from causal.errors import CausalError, ElicitationError
from causal.exact.network import Network
from causal.exact.parameter import Parameter
from causal.learn.elicited import Elicited, Held, Prior, Said
from causal.spec.model import Logistic
from causal.spec.priors import Judgement
from causal.spec.question import Assign

HALF = 0.5  # the reference of a departure whose reference nobody judged
type Note = Callable[[Judgement, CausalError], None]


class Holding:
    """Makes priors of what was said; what cannot be is told to ``note``, at the judgement that makes it so."""

    def __init__(self, network: Network, note: Note) -> None:
        self.network, self.note = network, note
        self.fitted: dict[tuple[str, Stated, float, str | None], Fit] = {}

    def held(self, own: Mapping[str, Said], default: Mapping[str, Said]) -> Held:
        """Return all priors of one expert."""
        cuts = {group: self._cuts(group, own, default) for group in self._groups()}
        return Held(tuple(self._made(each, own, default, cuts) for each in self.network.parameters), cuts)

    def less(self, held: Held, own: Mapping[str, Said], default: Mapping[str, Said], gone: Set[str]) -> Held:
        """Return priors anew where they rest on what is ``gone`` from what was said, and the others as they are."""
        again = {p.group for p in self.network.parameters if p.scale == "cut" and p.name in gone}
        cuts = {group: self._cuts(group, own, default) if group in again else was for group, was in held.cuts.items()}

        def rests(parameter: Parameter) -> bool:
            if parameter.scale == "cut":
                return parameter.group in again
            said = own.get(parameter.name)
            return parameter.name in gone or (said is not None and said.reference in gone)

        priors = ((each.parameter, each) for each in held.priors)
        return Held(tuple(self._made(p, own, default, cuts) if rests(p) else was for p, was in priors), cuts)

    def _groups(self) -> dict[str, None]:
        return dict.fromkeys(each.group for each in self.network.parameters if each.scale == "cut")

    def _made(
        self, parameter: Parameter, own: Mapping[str, Said], default: Mapping[str, Said], cuts: Mapping[str, Cuts]
    ) -> Prior:
        """Return a prior, a weak one where none can be made."""
        try:
            return self._prior(parameter, own, default, cuts)
        except CausalError as error:
            self.note((own.get(parameter.name) or default[parameter.name]).judgement, error)
            return _weak(parameter)

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
        asked = (said.reading, said.stated, reference, said.reference)
        if asked not in self.fitted:
            self.fitted[asked] = _FITS[said.reading](said.stated, reference, said.reference or "")
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
            self.note(next(said for said in chosen if said).judgement, error)
            return weak_cuts(len(ranked))

    def _forced(self, parameter: Parameter, belief: Belief) -> Belief:
        """Truncate an offset to the sign that its edge claims with ``force``."""
        variable = self.network.model.variables[parameter.variable]
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


_FITS: Mapping[str, Callable[[Stated, float, str], Fit]] = {
    "probability": lambda said, *_: fit_probability(said),
    "offset": lambda said, reference, _: fit_offset(said, reference),
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


def unsaid(elicited: Elicited, expert: str, judgement: Judgement) -> Held:
    """Return what an expert would hold had they not made a judgement, which sets parameters.

    Raises ElicitationError where what else they said cannot be fitted without it.
    """
    said = elicited.said[expert]
    own = {name: each for name, each in said.items() if each.judgement is not judgement}
    wrong: list[str] = []
    holding = Holding(elicited.network, lambda of, error: wrong.append(f"'{of.about}' does not go without it: {error}"))
    held = holding.less(elicited.held[expert], own, elicited.defaults, said.keys() - own.keys())
    if wrong:
        raise ElicitationError(wrong[0])
    return held
