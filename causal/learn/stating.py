"""How one judgement will be fitted, before there is one: the same fit, to the same scale, as reading.py makes of it.

    the question                      fitted as                          read against
    a parameter, stated as it is      a share                            -
    a cut of an ordered baseline      a normal on the log-odds           -            (the file fits all cuts jointly)
    a departure of a logistic         an offset on the log-odds          the baseline's median
    a departure of a noisy-and        a ratio                            the median of `all`
    a compound of a noisy-or          a net share                        the leak's median
    anything else                     a normal on the scale of its form  -

A question that states one minus a parameter is fitted as the mirror image, on its own scale: a ratio is then net of
what the reference leaves, and the other way round. Without a model a probability is taken for a parameter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import scipy

from causal.elicit import (
    DIFFERENCE,
    PROBABILITY,
    QUOTIENT,
    Fit,
    Stated,
    Support,
    fit_log,
    fit_log_odds,
    fit_net,
    fit_normal,
    fit_offset,
    fit_probability,
    fit_ratio,
    stated,
)
from causal.errors import UsageError
from causal.exact.readings import Reading, readings
from causal.learn.elicited import Elicited
from causal.learn.forms import scale_of
from causal.learn.holding import HALF
from causal.spec.model import frozen
from causal.spec.priors import Says
from causal.spec.question import Question, Sum
from causal.spec.reach import kind_of
from causal.spec.saysfile import EXAMPLES, FITS

type Fitter = Callable[[Says], Fit]

_SUPPORTS: Mapping[str, Support] = frozen({"log-odds": PROBABILITY, "log": QUOTIENT, "identity": DIFFERENCE})
_DERIVED: Mapping[str, Callable[[Stated], Fit]] = frozen(
    {"log-odds": fit_log_odds, "log": fit_log, "identity": fit_normal}
)
_AGAINST: Mapping[tuple[str, bool], Callable[[Stated, float], Fit]] = frozen(
    {
        ("offset", False): fit_offset,
        ("offset", True): lambda said, reference: fit_offset(said, 1.0 - reference),
        ("ratio", False): fit_ratio,
        ("ratio", True): lambda said, reference: fit_net(said, 1.0 - reference),
        ("compound", False): fit_net,
        ("compound", True): lambda said, reference: fit_ratio(said, 1.0 - reference),
    }
)


def numeric(about: Question) -> Sum:
    """Return a question that is judged by quantiles or chips.

    Raises UsageError that says how another is judged instead.
    """
    kind = kind_of(about)
    if "chips" not in FITS[kind] or not isinstance(about, Sum):
        raise UsageError(f"{about} is {kind}, which is judged as {EXAMPLES[kind]}, not by chips or quantiles")
    if scale_of(about)[1]:
        raise UsageError(f"{about} is fitted as the quotient in it; judge the quotient itself")
    return about


def fitter(about: Question, elicited: Elicited | None = None, by: str = "") -> Fitter:
    """Return the fit that a judgement of ``by`` about ``about`` will get, as a function of what is said.

    The function raises ElicitationError where no distribution can be made of it. References are taken as the file
    has them now.

    Raises:
        UsageError: the question is not judged by numbers.
        QueryError: the model has no such names, or cannot answer the question.
    """
    about = numeric(about)
    if elicited is None:
        return _plain(about)
    elicited.writer.write(about)
    reading = readings(elicited.writer, [about])[0]
    if not isinstance(reading, Reading):
        return _derived(about)
    form, flipped = reading.form, reading.flipped
    network = elicited.network
    if network.parameters[network.index[form.parameter]].scale == "cut":
        return lambda says: fit_log_odds(stated(says, PROBABILITY))
    if form.reference is None:
        return lambda says: fit_probability(stated(says, PROBABILITY))
    fit, reference = _AGAINST[form.reading, flipped], _median(elicited, by, form.reference)
    return lambda says: fit(stated(says, PROBABILITY), reference)


def _plain(about: Sum) -> Fitter:
    if kind_of(about) == "a probability":
        return lambda says: fit_probability(stated(says, PROBABILITY))
    return _derived(about)


def _derived(about: Sum) -> Fitter:
    scale, _ = scale_of(about)
    fit, support = _DERIVED[scale], _SUPPORTS[scale]
    return lambda says: fit(stated(says, support))


def _median(elicited: Elicited, by: str, name: str) -> float:
    """Return an expert's median of a reference, as a probability; a half where nobody judged it."""
    prior = elicited.held[by].priors[elicited.network.index[name]]
    if prior.origin == "weak":
        return HALF
    return float(scipy.special.expit(prior.median)) if prior.parameter.scale == "cut" else prior.median
