"""Signs that fail: an edge says it raises its child, and the numbers lower it.

    every parameter at its median as stated, every other parent at its baseline state, for each cut s of the child

        sign of x = s'     holds where
        +                  P(y >= s | x = s')  >=  P(y >= s | x at its baseline)
        -                  P(y >= s | x = s')  <=  P(y >= s | x at its baseline)

A mechanism is read with no gate firing, as in ``baseline``, ``all`` and ``none``; a parent that gates is read with the
gates. A child of several states without an order has no cuts, and so no sign that could fail.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from causal.exact.network import Network
from causal.exact.parameter import Ids, inputs
from causal.learn.elicited import Elicited
from causal.learn.layout import medians
from causal.spec.model import Edge, Variable
from causal.spec.question import Event

CLOSE = 1e-9  # two medians that are meant to be equal may differ by rounding


@dataclass(frozen=True, slots=True)
class SignFailure:
    """An edge whose numbers contradict its sign, for one expert at one cut of the child.

    ``baseline`` and ``departed`` are P(event) with the parent at its baseline state and at ``state``.
    """

    parent: str
    state: str
    child: str
    event: str
    sign: str
    baseline: float
    departed: float
    expert: str

    def __str__(self) -> str:
        verb = "raises" if self.sign == "+" else "lowers"
        return (
            f"{self.parent} = {self.state} {verb} {self.child} by the model, but for {self.expert} "
            f"P({self.event}) goes from {self.baseline:.3g} to {self.departed:.3g}"
        )


@dataclass(frozen=True, slots=True)
class _Claim:
    """One sign at one cut, with the slots to compare; ``event`` is the cut in words."""

    edge: Edge
    state: str
    child: str
    event: str
    baseline: int
    departed: int


def check_signs(elicited: Elicited) -> tuple[SignFailure, ...]:
    """Return every sign that an expert's medians contradict, in the order of the model, then of the experts.

    >>> from causal import load
    >>> check_signs(load("rain").elicited)
    ()
    """
    claims = [claim for v in elicited.network.model.variables.values() for claim in _claims(elicited.network, v)]
    if not claims:
        return ()
    tape = elicited.network.recorder.tape([slot for claim in claims for slot in (claim.baseline, claim.departed)])
    values = tape.values(medians(elicited))
    found = []
    for row, claim in enumerate(claims):
        sign = claim.edge.sign[claim.state]
        for column, expert in enumerate(elicited.held):
            if expert not in elicited.experts:  # a panel pooled into one posterior has no judgements of its own
                continue
            baseline, departed = float(values[2 * row, column]), float(values[2 * row + 1, column])
            against = baseline - departed if sign == "+" else departed - baseline
            if against > CLOSE:
                found.append(
                    SignFailure(
                        claim.edge.parent, claim.state, claim.child, claim.event, sign, baseline, departed, expert
                    )
                )
    return tuple(found)


def _claims(network: Network, variable: Variable) -> Iterator[_Claim]:
    """Yield each sign of a variable's edges at each of its cuts."""
    if not variable.ordered and len(variable.states) > 2:
        return
    gating = {parent for gate in variable.gates for parent in gate.when}
    for edge in variable.edges:
        if not edge.sign:
            continue
        gated = edge.parent in gating
        table = network.table(variable.name) if gated else network.open_table(variable.name)
        parents = variable.parents if gated else inputs(variable)
        for state in edge.sign:
            low = _row(network, table, parents, edge.parent, network.model.baseline_state(edge.parent))
            high = _row(network, table, parents, edge.parent, state)
            for cut in range(1, len(variable.states)):
                top = cut == len(variable.states) - 1
                event = str(Event(variable.name, "=" if top else ">=", (variable.states[cut],)))
                slots = (network.recorder.add(low[cut:]), network.recorder.add(high[cut:]))
                yield _Claim(edge, state, variable.name, event, *slots)


def _row(network: Network, table: Ids, parents: tuple[str, ...], parent: str, state: str) -> list[int]:
    """Return the slots of the child's states with one parent in ``state`` and the others at their baseline."""
    model = network.model
    here = {other: model.baseline_state(other) for other in parents} | {parent: state}
    at = tuple(model.variables[name].states.index(here[name]) for name in parents)
    return [int(slot) for slot in table[at]]
