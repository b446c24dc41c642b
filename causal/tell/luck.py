"""What a report says of luck that worlds share, in one place: retrospective numbers rest on it, and no other does.

    variable -> kind         how its luck is shared, counted in the assumptions
    row      -> kept         beside each retrospective number: how many variables it assumes this of
    report   -> untested     among what is not quantified

The one assumption behind all of it is the coupling (``exact/coupling.py``): each variable keeps its luck.
"""

from __future__ import annotations

from collections.abc import Mapping

from causal.ask.interventions import RETROSPECTIVE
from causal.ask.saying import counted
from causal.ask.tense import Tense
from causal.exact.coupling import COMONOTONE, INDEPENDENT, INHIBITORS, assumed, coupling_of
from causal.spec.model import KINDS as MECHANISMS
from causal.spec.model import Rule, Types, Variable
from causal.tell.document import Assumed, Quiet, Text
from causal.tell.facts import Report, Row

TYPED, SETTLED = "response types", "settled"
LUCKY = "rule with luck"  # among the mechanisms, beside the rules that settle their child
KINDS: Mapping[str, str] = {
    COMONOTONE: "one luck for every situation of the parents (comonotone)",
    INDEPENDENT: "a luck of its own for every situation of the parents (independent)",
    INHIBITORS: "an inhibitor for each cause (noisy-or, noisy-and)",
    TYPED: "a response type, which says what it would have been",
    SETTLED: "no luck, being settled by the parents",
}
KEEPING = "each variable keeping its luck (an assumption)"
WHAT_HAPPENED = "what happened"


def kind(variable: Variable) -> str:
    """Return how a variable with parents shares its luck across worlds: a key of ``KINDS``."""
    if assumed(variable):
        return coupling_of(variable) or INHIBITORS
    return TYPED if isinstance(variable.mechanism, Types) else SETTLED


def mechanism(variable: Variable) -> str:
    """Return the kind of a variable's mechanism; a rule that leaves something open is told from one that settles."""
    rule = variable.mechanism
    return LUCKY if isinstance(rule, Rule) and rule.luck else MECHANISMS[type(rule)]


def titled(title: str, reading: str) -> str:
    """Return the title of a reading, and what it assumes where it compares worlds."""
    return f"{title}, {KEEPING}" if reading == RETROSPECTIVE else title


def kept(row: Row) -> Text:
    """Say beside a number of how many variables it assumes that luck is kept; nothing where it compares no worlds."""
    if row.reading != RETROSPECTIVE:
        return ()
    if not row.coupled:
        return (Quiet("needs no assumption on luck"),)
    words = f"if {counted(len(row.coupled), 'variable keeps its', 'variables keep their')} luck"
    each = ", ".join(f"{name} {mean:.2f}" for name, mean in row.couplings.items())
    return (Assumed(f"{words} ({each})" if each else words),)


def happened(row: Row) -> bool:
    """Whether the outcome without the intervention is what really happened, and no probability."""
    return row.reading == RETROSPECTIVE and row.panel.without.mean in (0.0, 1.0)


def assumption(kinds: Mapping[str, int], tense: Tense) -> str:
    """Say what stays the same across worlds, and of how many variables."""
    known = [(kinds[each], words) for each, words in KINDS.items() if each in kinds]
    found = "; ".join(f"{counted(count, 'has', 'have')} {words}" for count, words in known)
    return (
        f"For retrospective numbers alone: in the world that is imagined each variable keeps the luck {tense.luck}. "
        f"Of the variables with parents, {found}. Nothing that is observed can test this, and with another coupling "
        "the numbers are others."
    )


def untested(report: Report) -> str:
    """Say what no interval covers where worlds are compared, or that none are."""
    if not report.of(RETROSPECTIVE):
        return (
            f"No question here compares what {report.tense.would} in one case across worlds (rung 3), so how luck is "
            "shared between worlds has no part in any number, and is not tested by any."
        )
    return (
        f"{report.tense.compared}: here each variable keeps its luck. That is an assumption which no observation can "
        "test and no interval covers; the assumptions say of which variables. Forecasts and minimal rewrites do not "
        "need it."
    )
