"""What stays the same across worlds: the joint kernel of one variable's nodes.

    coupling       one luck                          P(all v_w | all pa_w)
    comonotone     U ~ Uniform(0, 1) per variable    max(0, min_w F(v_w | pa_w) - max_w F(v_w - 1 | pa_w))
    independent    one per configuration of parents  product over the different configurations; equal ones agree
    by mechanism   inhibitors, response types        the factors that the mechanism itself writes (``SHARED``)

F is the cumulative probability in the order of the states. Comonotone, the value is the smallest state s with
U <= F(s | parents) (the quantile transform; Rüschendorf 2009). A single node needs no coupling: it has its table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod

import numpy as np
from numpy.typing import NDArray

from causal.errors import TooLarge
from causal.exact.eliminate import Factor
from causal.exact.mechanisms import SHARED
from causal.exact.network import LARGEST_TABLE, Network
from causal.exact.parameter import Ids
from causal.exact.placing import placed, spread
from causal.exact.tape import Recorder
from causal.exact.worlds import Node
from causal.spec.model import Given, Rule, Types, Variable

COMONOTONE, INDEPENDENT = "comonotone", "independent"
COUPLINGS = (COMONOTONE, INDEPENDENT)
INHIBITORS = "inhibitors"  # a noisy-or's or noisy-and's own, where it is told no other

Domain = Mapping[str, tuple[int, ...]]


def coupling_of(variable: Variable) -> str:
    """Return how a variable's worlds are coupled: as it is told, by its mechanism (``""``), or by default."""
    if variable.coupling is not None:
        return variable.coupling
    if type(variable.mechanism) in SHARED:
        return ""
    return COMONOTONE if variable.ordered else INDEPENDENT


def assumed(variable: Variable) -> bool:
    """Return whether a variable's coupling is an assumption that another could replace.

    Response types say by themselves what would have been; a rule without a distribution has no luck.
    """
    match variable.mechanism:
        case Types():
            return False
        case Rule() as rule:
            return rule.luck
        case Given(shares=shares):
            return any(0.0 < share < 1.0 for share in shares)
    return True


def factors_of(
    network: Network, variable: Variable, nodes: Sequence[Node], domain: Domain, coupling: str | None
) -> list[Factor]:
    """Return the factors of all nodes of one variable, on the states that ``domain`` leaves open.

    ``coupling`` takes the place of the variable's own where that is an assumption. Raises TooLarge.
    """
    own = [node.key for node in nodes]
    chosen = coupling if coupling is not None and assumed(variable) else coupling_of(variable)
    shared = SHARED.get(type(variable.mechanism))
    if shared is not None and (chosen == "" or isinstance(variable.mechanism, Types)):
        found = shared(network, variable, nodes)
        if found:
            return [factor.narrow(domain, own) for factor in found]
    places = [placed(network.table(variable.name), node, domain) for node in nodes]
    if len(places) == 1:
        return [places[0].narrow({own[0]: domain[own[0]]} if own[0] in domain else {}, own)]
    if not assumed(variable):  # no luck, nothing to couple
        return [place.narrow(domain_of(place, domain, own), own) for place in places]
    kernel = _Kernel(network.recorder, places, own)
    whole = kernel.comonotone() if chosen == COMONOTONE else kernel.independent(nodes, domain)
    return [whole.narrow(domain_of(whole, domain, own), own)]


def domain_of(factor: Factor, domain: Domain, own: Sequence[str]) -> Domain:
    """Return what is left open of a variable's own nodes; their parents' states have been chosen already."""
    return {name: domain[name] for name in factor.names if name in own and name in domain}


class _Kernel:
    """The joint table of nodes over all their parents, then themselves."""

    def __init__(self, recorder: Recorder, places: Sequence[Factor], own: Sequence[str]) -> None:
        self.recorder, self.places, self.own = recorder, places, own
        parents = dict.fromkeys(name for place in places for name in place.names if name not in own)
        self.scope = (*parents, *own)
        sizes = {name: n for place in places for name, n in zip(place.names, place.ids.shape, strict=True)}
        self.shape = tuple(sizes[name] for name in self.scope)
        if prod(self.shape) > LARGEST_TABLE:
            raise TooLarge(
                f"{own[0]} is looked at in {len(own)} worlds with {len(parents)} parents between them: a table of "
                f"{prod(self.shape):,} entries, more than {LARGEST_TABLE:,}; ask about fewer worlds at once"
            )

    def over(self, place: Factor, ids: Ids) -> Ids:
        """Return slots with the axes of a place, broadcast over the whole scope."""
        return spread(Factor(place.names, ids), self.scope, self.shape)

    def comonotone(self) -> Factor:
        """Return max(0, min F(v) - max F(v - 1)), written as a row's own entry wherever it is just that."""
        recorder = self.recorder
        rows, tops, floors = [], [], []
        for place in self.places:
            top = cumulative(recorder, place.ids)
            floor = np.concatenate([np.full_like(top[..., :1], recorder.zero), top[..., :-1]], axis=-1)
            rows.append(self.over(place, place.ids))
            tops.append(self.over(place, top))
            floors.append(self.over(place, floor))
        high, low = tops[0], floors[0]
        for top, floor in zip(tops[1:], floors[1:], strict=True):
            high, low = recorder.lowest(high, top), recorder.highest(low, floor)
        ids = np.full(self.shape, -1, dtype=np.int64)
        ids[(high == low) | (high == recorder.zero) | (low == recorder.one)] = recorder.zero
        for row, top, floor in zip(rows, tops, floors, strict=True):
            plain = (ids < 0) & (high == top) & (low == floor)
            ids[plain] = row[plain]
        rest = ids < 0
        if rest.any():
            ids[rest] = recorder.maxima(recorder.differences(high[rest], low[rest]), recorder.zero)
        return Factor(self.scope, ids)

    def independent(self, nodes: Sequence[Node], domain: Domain) -> Factor:
        """Return the product over worlds, in which equal configurations of parents have equal values."""
        recorder = self.recorder
        values = [self._values(node, domain) for node in nodes]
        state = [self._state(name) for name in self.own]
        ids = np.full(self.shape, recorder.one)
        for w, place in enumerate(self.places):
            entry = np.array(self.over(place, place.ids))
            for before in reversed(range(w)):
                same = np.ones(self.shape, dtype=bool)
                for mine, theirs in zip(values[w], values[before], strict=True):
                    same &= mine == theirs
                agree = np.broadcast_to(state[w] == state[before], self.shape)
                entry[same] = np.where(agree, recorder.one, recorder.zero)[same]
            ids = recorder.products(ids, entry)
        return Factor(self.scope, ids)

    def _state(self, name: str) -> Ids:
        axis = self.scope.index(name)
        inner = [1] * len(self.scope)
        inner[axis] = self.shape[axis]
        return np.arange(self.shape[axis]).reshape(inner)

    def _values(self, node: Node, domain: Domain) -> list[NDArray[np.int64]]:
        """Return the number of the state of each parent, ready to broadcast over the scope."""
        found = []
        for reference in node.parents:
            if isinstance(reference, int):
                found.append(np.array(reference))
            else:
                place = self._state(reference)
                found.append(np.array(domain[reference])[place] if reference in domain else place)
        return found


def cumulative(recorder: Recorder, ids: Ids) -> Ids:
    """Return slots of P(v <= s) along the last axis; the last is one."""
    found = np.array(ids)
    for state in range(1, ids.shape[-1] - 1):
        found[..., state] = recorder.sums(ids[..., : state + 1])
    found[..., -1] = recorder.one
    return found
