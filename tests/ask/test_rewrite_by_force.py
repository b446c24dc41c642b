"""The smallest rewrite against every subset of changes, each asked of the whole joint distribution or of all luck.

    forecast, minimal rewrite    the joint of every variable, cell by cell, after what is done (enumeration.py)
    retrospective                structural equations with all luck enumerated (structural.py)

Nothing is shared with the engine but the model's values. Limits lie between two values that occur, so that rounding
decides nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, combinations

import enumeration
import imagining
import numpy as np
import pytest
import structural
from anywhere import MEMBERS, mixed, panel_at, points, with_changes

from causal.ask.cheapest import Found, cheapest
from causal.ask.front import front
from causal.ask.interventions import FORECAST, MINIMAL, READINGS, RETROSPECTIVE
from causal.ask.panel import Panel
from causal.ask.sweep import WHOLE
from causal.spec.model import Model
from causal.spec.question import Assign, Event, Probability, Record, Setting

DRAWS, CHANGES = 3, 5  # three: enough for the search to look at a part of the draws first
POOLED = [0, 1, 2]
type Values = np.ndarray  # (experts, draws)


@dataclass
class Referee:
    """A case and what comes of every set of its changes; nan where what is given is impossible."""

    panel: Panel
    event: Event
    known: dict[object, Values] = field(default_factory=dict)

    @property
    def model(self) -> Model:
        return self.panel.elicited.network.model

    def given(self, day: date | None, do: Mapping[str, str], luck: bool) -> dict[str, str]:
        """Return what was decided before a day, and chance that what is done does not move."""
        moved = set(do)
        for name in structural.in_order(self.model, [((), each) for each in self.model.variables]):
            moved |= {name[1]} if moved & set(self.model.variables[name[1]].parents) else set()
        found = {}
        for name, variable in self.model.variables.items():
            past = day is not None and variable.decided is not None and variable.decided.last < day
            chance = luck and (variable.chance or not variable.parents) and name not in moved
            if variable.actual is not None and name not in do and (past or chance):
                found[name] = variable.actual
        return found

    def summed(self, asked: Mapping[str, str] | None, given: Mapping[str, str], do: Mapping[str, str]) -> Values:
        """Return P(asked | given) after do, from the whole joint; None asks for the outcome."""
        key = (*((tuple(sorted(each.items())) if each is not None else None) for each in (asked, given, do)),)
        if key not in self.known:
            self.known[key] = np.empty((4, self.panel.draws.total))
            for expert, draw, numbers in points(self.panel):
                above = below = 0.0
                for here, chance in enumeration.joint(self.model, numbers, do):
                    if all(here[name] == state for name, state in given.items()):
                        below += chance
                        happens = (
                            here[self.event.variable] in self.event.states
                            if asked is None else all(here[name] == state for name, state in asked.items())
                        )  # fmt: skip
                        above += chance * happens
                self.known[key][expert, draw] = above / below if below else math.nan
        return self.known[key]

    def imagined(self, do: Mapping[str, str]) -> Values:
        """Return P(outcome had these been set | record), from all luck."""
        world = Setting(tuple(Assign(name, state) for name, state in do.items())) if do else None
        question = Probability((Event(self.event.variable, self.event.op, self.event.states, world),), (Record(),))
        found = np.empty((4, self.panel.draws.total))
        for expert, draw, numbers in points(self.panel):
            found[expert, draw] = structural.answer(self.model, numbers, question)[0]
        return found

    def outcome(self, names: Sequence[str], reading: str, *, done: bool = True) -> Values | None:
        """Return the outcome after all of some interventions (or before any is made), None where they disagree."""
        do: dict[str, str] = {}
        for name in names:
            for variable, state in self.model.interventions[name].do.items():
                if do.setdefault(variable, state) != state:
                    return None
        if reading == RETROSPECTIVE:
            return self.imagined(do if done else {})
        day = min(self.model.interventions[name].when.first for name in names)
        made = do if done else {}
        return self.summed(None, self.given(day, made, reading == MINIMAL), made)

    def plausibility(self, name: str) -> Values:
        """Return P(what an intervention sets | history before it, but for what it undoes)."""
        each = self.model.interventions[name]
        return self.summed(dict(each.do), self.given(each.when.first, each.do, luck=False), {})


def cases(block: int, blocks: int, count: int) -> Iterator[tuple[int, Referee]]:
    """Yield random cases whose outcome has causes; every second one has an outcome that no intervention sets."""
    for seed in range(block, count, blocks):
        rng = np.random.default_rng(31_000 + seed)
        model = imagining.random_counterfactual_model(rng, int(rng.integers(3, 5)), types=False)
        name = next((n for n in reversed(model.variables) if model.variables[n].parents), None)
        if name is not None:
            states = model.variables[name].states[1:]
            model = with_changes(rng, model, CHANGES, name, most=1 + seed % 2)
            yield seed, Referee(panel_at(model, seed, DRAWS), Event(name, "in" if len(states) > 1 else "=", states))


def possible(values: Values) -> bool:
    """Return whether every pooled expert has a draw in which what is given is possible."""
    return not np.isnan(values[POOLED]).all(axis=1).any()


def priced(case: Referee) -> dict[str, float]:
    """Return what each intervention costs: minus the logarithm of the panel's mean plausibility."""
    found = {}
    for name, each in case.model.interventions.items():
        values = case.plausibility(name)
        if case.event.variable not in each.do and possible(values):
            drawn, weights = mixed(values, WHOLE)
            mean = float(weights @ drawn)
            if mean > 0:
                found[name] = -math.log(mean)
    return found


def between(values: Sequence[float], rng: np.random.Generator) -> float:
    """Return a limit between two neighbours of some values, or just above the only one."""
    rising = np.unique(np.round(values, 9))
    at = int(rng.integers(max(len(rising) - 1, 1)))
    above = rising[at + 1] if at + 1 < len(rising) else rising[at] + 0.02
    return float(min((rising[at] + above) / 2, 1.0))


def tight(sets: Mapping[tuple[str, ...], Values], confidence: float, rng: np.random.Generator) -> list[float]:
    """Return limits that sets just reach; where several changes reach lower than any alone, one such and the next."""
    reach: dict[tuple[str, ...], float] = {}
    for names, values in sets.items():
        drawn = sorted(float(value) for value in values[POOLED].ravel() if not math.isnan(value))
        limits = [value for value in drawn if shares(values, value + 1e-9)["panel", "panel"] >= confidence]
        if limits:
            reach[names] = limits[0]
    alone = min((value for names, value in reach.items() if len(names) == 1), default=1.0)
    lower = [value for names, value in reach.items() if len(names) > 1 and value < alone - 1e-6]
    return [float(rng.choice(lower)), alone] if lower else [*reach.values()] or [0.5]


def shares(values: Values, below: float) -> dict[tuple[str, str], float]:
    """Return every voice's share of draws in which the outcome lies below a limit."""
    found = {}
    for voice in MEMBERS:
        drawn, weights = mixed(values, voice)
        found[voice] = float(weights @ (drawn < below))
    return found


def best(case: Referee, cost: Mapping[str, float], sets: Mapping[tuple[str, ...], Values], below: float,
         confidence: float) -> dict[str, float]:  # fmt: skip
    """Return the least cost of a set that succeeds, for the panel and for every school, by looking at all."""
    found: dict[str, float] = {}
    for names, values in sets.items():
        if not possible(values):
            continue
        total, share = math.fsum(cost[name] for name in names), shares(values, below)
        schools = min(share["school", "north"], share["school", "south"])
        for criterion, reached in (("panel", share[WHOLE]), ("schools", min(schools, share[WHOLE]))):
            if reached >= confidence - 1e-9:
                found[criterion] = min(found.get(criterion, math.inf), total)
    return found


@pytest.mark.parametrize("block", range(3))
def test_the_cheapest_set_is_the_cheapest_of_all_sets(block: int) -> None:
    found_one = found_none = joined = 0
    for seed, case in cases(block, 3, 42):
        rng = np.random.default_rng(seed)
        cost = priced(case)
        for reading in READINGS:
            if reading == RETROSPECTIVE and not case.panel.elicited.network.graph.record():
                continue
            every = chain.from_iterable(combinations(cost, size) for size in (1, 2, 3))
            asked = ((names, case.outcome(names, reading)) for names in every)
            sets = {names: values for names, values in asked if values is not None}
            drawn = [float(v) for values in sets.values() for v in values[POOLED].ravel() if not math.isnan(v)]
            if not drawn:
                continue
            for number, confidence in enumerate((0.85, 0.6, 0.4)):
                below = between(tight(sets, confidence, rng)[:2] if number else drawn, rng)
                size = int(rng.choice([2, 3]))
                few = {names: values for names, values in sets.items() if len(names) <= size}
                wanted = best(case, cost, few, below, confidence)
                got = cheapest(case.panel, case.event, below, confidence, reading, size)
                for criterion, mine in (("panel", got.panel), ("schools", got.schools)):
                    assert (mine is None) is (criterion not in wanted), (seed, reading, criterion)
                    if mine is None:
                        found_none += 1
                        continue
                    found_one += 1
                    joined += len(mine.changes) > 1
                    assert mine.cost == pytest.approx(wanted[criterion], abs=1e-9), (seed, reading, criterion)
                    hold(case, mine, sets, below, reading)
    assert found_one > 30
    assert found_none > 10
    assert joined > 1


def test_a_set_that_just_succeeds_is_not_given_up_on_a_part_of_the_draws() -> None:
    """With as much confidence as it has it succeeds, with more it does not; the first look is at a part alone."""
    looked = 0
    for seed, small in cases(0, 1, 10):
        case = Referee(panel_at(small.model, seed, 24), small.event)
        for name, each in list(case.model.interventions.items())[:3]:
            values = case.outcome([name], FORECAST) if case.event.variable not in each.do else None
            if values is None or not possible(values) or np.ptp(values[POOLED]) < 1e-3:
                continue
            drawn = np.sort(values[POOLED].ravel())
            at = int(0.75 * drawn.size)
            below = float(drawn[at] + drawn[at + 1]) / 2
            share = shares(values, below)[WHOLE]
            for confidence, succeeds in ((share, True), (share + 1e-6, False)):
                found = cheapest(case.panel, case.event, below, confidence, FORECAST, 1, names=[name])
                if name in {change.candidate.name for change in found.changes}:
                    assert (found.panel is not None) is succeeds, (seed, name)
                    looked += succeeds
    assert looked > 8


def hold(case: Referee, mine: Found, sets: Mapping[tuple[str, ...], Values], below: float, reading: str) -> None:
    """Hold what is said of a set to the set's own values."""
    names = {change.candidate.name for change in mine.changes}
    values = next(values for several, values in sets.items() if set(several) == names)
    for voice, share in shares(values, below).items():
        assert mine.shares[voice] == pytest.approx(share)
        drawn, weights = mixed(values, voice)
        if not np.isnan(drawn).any():
            assert mine.outcome[voice].mean == pytest.approx(weights @ drawn, abs=1e-10)
    for change in mine.changes:
        drawn, weights = mixed(case.plausibility(change.candidate.name), WHOLE)
        assert change.plausibility == pytest.approx(weights @ drawn, abs=1e-10)


@pytest.mark.parametrize("block", range(2))
def test_the_front_is_that_of_all_changes_enumerated(block: int) -> None:
    """On the means, and draw by draw: beaten is who has no more of either than another, and less of one."""
    on = off = 0
    for _, case in cases(block, 2, 20):
        for reading in READINGS:
            if reading == RETROSPECTIVE and not case.panel.elicited.network.graph.record():
                continue
            points_ = {}
            for name, each in case.model.interventions.items():
                if case.event.variable in each.do:
                    continue
                after, bare = case.outcome([name], reading), case.outcome([name], reading, done=False)
                likely = case.plausibility(name)
                assert after is not None
                if all(possible(values) for values in (after, bare, likely)):
                    points_[name] = np.stack([likely, bare - after])
            rows = {each.candidate.name: each for each in front(case.panel, case.event, reading).rows}
            assert rows.keys() == points_.keys()
            if any(np.isnan(values).any() for values in points_.values()):
                continue  # some expert holds impossible what is given: no front of that expert's draws
            means = {}
            for name, (likely, less) in points_.items():
                means[name] = tuple(float(w @ v) for v, w in (mixed(likely, WHOLE), mixed(less, WHOLE)))
                assert rows[name].at == pytest.approx(means[name], abs=1e-10)
            for name in points_:
                assert rows[name].front is unbeaten(means, name)
                on, off = on + rows[name].front, off + (not rows[name].front)
            for voice in MEMBERS:
                often = dict.fromkeys(points_, 0.0)
                pairs = {n: (mixed(likely, voice), mixed(less, voice)[0]) for n, (likely, less) in points_.items()}
                for at, weight in enumerate(next(iter(pairs.values()))[0][1] if pairs else ()):
                    here = {n: (float(likely[at]), float(less[at])) for n, ((likely, _), less) in pairs.items()}
                    for name in often:
                        often[name] += weight * unbeaten(here, name)
                for name, share in often.items():
                    assert rows[name].often[voice] == pytest.approx(share)
    assert on > 20
    assert off > 20


def unbeaten(at: Mapping[str, tuple[float, float]], name: str) -> bool:
    """Return whether no other has at least as much of both and more of one; what differs by rounding is equal."""
    mine = [round(value, 10) for value in at[name]]
    for other in at.values():
        theirs = [round(value, 10) for value in other]
        if theirs[0] >= mine[0] and theirs[1] >= mine[1] and theirs != mine:
            return False
    return True


def test_readings_differ_where_they_should() -> None:
    """Were the three the same, one referee would have tested all of them."""
    differ = 0
    for _, case in cases(0, 1, 12):
        for name, each in case.model.interventions.items():
            if case.event.variable not in each.do and case.panel.elicited.network.graph.record():
                found = [case.outcome([name], reading) for reading in (FORECAST, MINIMAL, RETROSPECTIVE)]
                differ += not (np.allclose(found[0], found[1]) or np.allclose(found[1], found[2]))
    assert differ > 3
