"""Brier and log scores against their definitions, and how often ranges hold the truth."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from causal.elicit.scores import events, inside, score_events
from causal.spec.priors import EventSeed, NumberSeed, Quantiles

F = (0.9, 0.9, 0.8, 0.8, 0.3, 0.3, 0.1, 0.1, 0.6, 0.6)
O = (1, 1, 1, 0, 0, 1, 0, 0, 1, 0)  # noqa: E741


def test_murphys_parts() -> None:
    found = score_events(F, [bool(each) for each in O])
    parts = (found.brier, found.reliability, found.resolution, found.uncertainty, found.log_score)
    assert parts == pytest.approx((0.182, 0.032, 0.1, 0.25, 0.5241788), abs=1e-6)
    assert (found.answered, found.ruled_out) == (10, 0)


@given(st.lists(st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0]), st.booleans()), min_size=1, max_size=40))
def test_the_parts_make_the_whole(said: list[tuple[float, bool]]) -> None:
    f, o = [chance for chance, _ in said], [came for _, came in said]
    found = score_events(f, o)
    assert found.brier == pytest.approx(float(np.mean((np.array(f) - np.array(o)) ** 2)), abs=1e-12)
    assert found.reliability - found.resolution + found.uncertainty == pytest.approx(found.brier, abs=1e-12)
    assert (found.log_score == math.inf) == (found.ruled_out > 0) == any(abs(a - b) == 1 for a, b in said)


def test_an_expert_who_answered_nothing_has_no_score() -> None:
    seeds = [EventSeed("rain", True, {"a": 0.8}), EventSeed("snow", False, {"a": 0.5, "b": 0.25})]
    found = events(seeds, "a")
    assert found is not None
    assert found.brier == pytest.approx((0.2**2 + 0.5**2) / 2)
    assert found.log_score == pytest.approx(-(math.log(0.8) + math.log(0.5)) / 2)
    assert events(seeds, "c") is None
    assert inside([], "a") is None


def test_ranges_are_held_to_their_own_levels() -> None:
    nine, half = Quantiles((0.05, 0.5, 0.95), (1, 2, 3)), Quantiles((0.25, 0.75), (1, 3))
    seeds = [NumberSeed("", truth, {"a": nine}) for truth in (1.0, 1.5, 3.0, 4.0)]
    seeds.append(NumberSeed("", 2.0, {"a": half}))
    found = inside(seeds, "a")
    assert found is not None
    assert (found.inside, found.answered, found.share) == (3, 5, 0.6)  # the 1.0 is in the lower bin, outside
    assert found.expected == pytest.approx(4 * 0.9 + 0.5)
