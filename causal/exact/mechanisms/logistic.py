"""Logistic, binary or ordered: log-odds at the baseline plus an offset for each departure.

    logit P(y >= s | parents) = cut_s + sum offset_{x = s'}        one offset for all cuts, so cuts never cross

``cut_s`` is logit P(y >= s | baseline). States that ``same`` groups with each other share one offset (none at all
where the group holds the baseline).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from causal.exact.mechanisms.wording import depart, wrong_word
from causal.exact.parameter import Form, Ids, Parameter, cards, inputs
from causal.spec.model import Logistic, Model, Variable
from causal.spec.question import Assign, Baseline, Condition, Event, Probability

if TYPE_CHECKING:
    from causal.exact.tape import Recorder


def _representative(model: Model, variable: Variable, parent: str, state: str) -> str:
    """Return the state that stands for a group: the baseline where the group holds it, else its first."""
    mechanism = variable.mechanism
    assert isinstance(mechanism, Logistic)
    for group in mechanism.same.get(parent, ()):
        if state in group:
            base = model.baseline_state(parent)
            return base if base in group else group[0]
    return state


def _departures(model: Model, variable: Variable) -> list[tuple[str, str]]:
    return [
        (parent, state)
        for parent in inputs(variable)
        for state in model.variables[parent].states
        if state != model.baseline_state(parent) and _representative(model, variable, parent, state) == state
    ]


def _at_least(variable: Variable, rank: int) -> Event:
    """Return the event y >= its rank-th state, written as y = s where that is the top."""
    top = rank == len(variable.states) - 1
    return Event(variable.name, "=" if top else ">=", (variable.states[rank],))


def _name(variable: Variable, rank: int, *but: tuple[str, str]) -> str:
    words = Baseline(tuple(Assign(parent, state) for parent, state in but))
    return str(Probability((_at_least(variable, rank),), (words,)))


class LogisticKind:
    """Cuts and offsets on the log-odds."""

    def parameters(self, model: Model, variable: Variable) -> tuple[Parameter, ...]:
        """Return the cuts from low to high, then an offset per departure (named by the top cut)."""
        top = len(variable.states) - 1
        cuts = [
            Parameter(_name(variable, rank), variable.name, "cut", group=variable.name, rank=rank)
            for rank in range(1, top + 1)
        ]
        offsets = [
            Parameter(_name(variable, top, departure), variable.name, "offset", reference=cuts[-1].name)
            for departure in _departures(model, variable)
        ]
        return (*cuts, *offsets)

    def table(self, model: Model, variable: Variable, recorder: Recorder, slots: Mapping[str, int]) -> Ids:
        """Return the table, axes: parents in order, then the child."""
        parents, shape = inputs(variable), cards(model, inputs(variable))
        top = len(variable.states) - 1
        shift = np.full((1,) * len(shape), recorder.zero)
        for axis, parent in enumerate(parents):
            offsets = np.array(self._offsets(model, variable, recorder, slots, parent))
            along = offsets.reshape(-1, *(1,) * (len(shape) - axis - 1))
            shift = recorder.sums(np.stack(np.broadcast_arrays(shift, along), axis=-1))
        above = [np.full(shape, recorder.one)]
        for rank in range(1, top + 1):
            cut = np.full(shape, slots[_name(variable, rank)])
            above.append(recorder.expits(recorder.sums(np.stack([cut, shift], axis=-1))))
        rows = [recorder.flips(above[1])]
        rows += [recorder.differences(above[rank], above[rank + 1]) for rank in range(1, top)]
        return np.stack([*rows, above[top]], axis=-1)

    def _offsets(
        self, model: Model, variable: Variable, recorder: Recorder, slots: Mapping[str, int], parent: str
    ) -> list[int]:
        """Return the slot of what each state of a parent adds to the log-odds."""
        found: list[int] = []
        for each in model.variables[parent].states:
            state = _representative(model, variable, parent, each)
            at_base = state == model.baseline_state(parent)
            name = _name(variable, len(variable.states) - 1, (parent, state))
            found.append(recorder.zero if at_base else slots[name])
        return found

    def forms(self, model: Model, variable: Variable, recorder: Recorder, slots: Mapping[str, int]) -> list[Form]:
        """Return each cut, and each offset stated through any of the cuts."""
        top = len(variable.states) - 1
        found = []
        for rank in range(1, top + 1):
            cut = _name(variable, rank)
            found.append(Form(recorder.expit(slots[cut]), cut, "cut"))
            for departure in _departures(model, variable):
                offset = _name(variable, top, departure)
                stated = recorder.expit(recorder.add([slots[cut], slots[offset]]))
                found.append(Form(stated, offset, "offset", cut))
        return found

    def configuration(self, model: Model, variable: Variable, word: Condition) -> dict[str, str]:
        """Return the parents' states for ``baseline`` and ``baseline but``."""
        if not isinstance(word, Baseline):
            raise wrong_word(variable, word)
        base = {parent: model.baseline_state(parent) for parent in inputs(variable)}
        return depart(model, variable, base, word.but)
