"""The kinds of mechanism that the engine computes: one file each, one line each in ``MECHANISMS``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from causal.errors import Unsupported
from causal.exact.mechanisms import noisy_and, noisy_or
from causal.exact.mechanisms.fixed import FixedKind
from causal.exact.mechanisms.given import GivenKind
from causal.exact.mechanisms.logistic import LogisticKind
from causal.exact.mechanisms.noisy_and import NoisyAndKind
from causal.exact.mechanisms.noisy_or import NoisyOrKind
from causal.exact.mechanisms.ranked import RankedKind
from causal.exact.mechanisms.rule import RuleKind
from causal.exact.mechanisms.table import TableKind
from causal.exact.mechanisms.types import TypesKind, typed
from causal.exact.parameter import Kind
from causal.spec.model import KINDS, Given, Logistic, NoisyAnd, NoisyOr, Ranked, Rule, Table, Types, Variable, frozen

if TYPE_CHECKING:
    from causal.exact.eliminate import Factor
    from causal.exact.network import Network
    from causal.exact.worlds import Node

MECHANISMS: Mapping[type, Kind] = frozen(
    {
        Table: TableKind(),
        NoisyOr: NoisyOrKind(),
        NoisyAnd: NoisyAndKind(),
        Logistic: LogisticKind(),
        Ranked: RankedKind(),
        Rule: RuleKind(),
        Types: TypesKind(),
        Given: GivenKind(),
    }
)

# Mechanisms that say themselves what stays the same across worlds: the factors of all nodes of one variable.
SHARED: Mapping[type, Callable[[Network, Variable, Sequence[Node]], list[Factor]]] = frozen(
    {NoisyOr: noisy_or.shared, NoisyAnd: noisy_and.shared, Types: typed}
)


def kind_of(variable: Variable) -> Kind:
    """Return the kind that computes a variable; Unsupported names one that the engine does not have."""
    kind = MECHANISMS.get(type(variable.mechanism))
    if kind is None:
        name = KINDS[type(variable.mechanism)]
        raise Unsupported(
            f"{variable.name} has the mechanism {name!r}, which the engine does not compute; "
            f"it computes {', '.join(KINDS[each] for each in MECHANISMS if each is not Given)}"
        )
    return kind


def is_fixed(variable: Variable) -> bool:
    """Return whether a variable's mechanism leaves no number open, by its kind."""
    return isinstance(MECHANISMS.get(type(variable.mechanism)), FixedKind)
