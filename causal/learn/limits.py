"""What the two files may say and the engine does not compute: refused by name, never approximated.

said                          computed
mechanism: types              table, noisy-or, noisy-and, logistic, ranked, rule
cases of priors in a text     cases of priors in a file
"""

from __future__ import annotations

from causal.errors import Unsupported
from causal.exact.mechanisms import kind_of
from causal.spec.model import Model
from causal.spec.priors import Priors


def refusals(model: Model, priors: Priors) -> tuple[str, ...]:
    """Return all that the engine does not compute of a model and its priors, a sentence each; usually nothing.

    >>> from causal import load
    >>> study = load("rain")
    >>> refusals(study.model, study.priors)
    ()
    """
    found = []
    for variable in model.variables.values():
        try:
            kind_of(variable)
        except Unsupported as error:
            found.append(str(error))
    unread = [repr(each.file) for each in priors.cases if each.rows is None]
    if unread:
        found.append(
            f"the priors {priors.name!r} were read from text, and their cases ({', '.join(unread)}) not at all; "
            "load them from a file, whose folder the files of cases are looked for in"
        )
    return tuple(found)
