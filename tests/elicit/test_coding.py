"""Readings made one, against analysis of variance and against the formula by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import expit, logit

from causal.elicit import Coding, Normal, Stated, between, fit_log_odds, fit_normal, line, refitted, restated
from causal.errors import ElicitationError

LEVELS = (0.05, 0.5, 0.95)
Z = 1.6448536269514722


def said(mu: float, sd: float) -> Stated:
    return Stated(LEVELS, tuple(float(expit(mu + z * sd)) for z in (-Z, 0.0, Z)))


def test_spread_is_the_mean_square_within_questions() -> None:
    """As in a one-way analysis of variance, whose residual mean square least squares finds as well."""
    questions = [[0.1, 0.7], [1.0, 1.2, 2.0], [-1.0, -1.0]]
    y = np.concatenate(questions)
    design = np.repeat(np.eye(3), [2, 3, 2], axis=0)
    _, residual, *_ = np.linalg.lstsq(design, y, rcond=None)
    assert between(questions) == pytest.approx(math.sqrt(float(residual[0]) / (7 - 3)))


def test_spread_is_found_again_in_what_was_made_with_it() -> None:
    rng = np.random.default_rng(2)
    made = (rng.normal(size=(3000, 1)) + rng.normal(0.0, 0.6, (3000, 2))).tolist()
    assert between(made) == pytest.approx(0.6, abs=0.02)


def test_readings_become_their_mean_with_the_spread_between_coders() -> None:
    one, two = said(0.0, 0.4), said(1.0, 0.8)
    made = restated([one, two], 0.5, "told")
    belief = fit_log_odds(made).belief
    assert belief.mean == pytest.approx(0.5, abs=1e-6)
    assert belief.sd == pytest.approx(math.sqrt((0.4**2 + 0.8**2) / 2 + 0.5**2 / 2), abs=1e-6)
    assert made.notes == ("told",)
    alone = fit_log_odds(restated([one], 0.5, "")).belief
    assert (alone.mean, alone.sd) == (pytest.approx(0.0, abs=1e-6), pytest.approx(math.hypot(0.4, 0.5), abs=1e-6))


def test_turned_readings_turn_with_the_question() -> None:
    one, two = said(0.3, 0.4), said(1.0, 0.8)
    there = restated([one, two], 0.5, "").complement()
    back = restated([one.complement(), two.complement()], 0.5, "")
    assert there.values == pytest.approx(back.values, abs=1e-6)


def test_what_was_said_exactly_is_a_reading_without_doubt() -> None:
    assert line(Stated(exact=0.2)) == (pytest.approx(float(logit(0.2))), 0.0)
    assert restated([Stated(exact=0.2), Stated(exact=0.2)], 0.0, "").exact == pytest.approx(0.2)
    widened = fit_log_odds(restated([Stated(exact=0.2)], 0.5, "")).belief
    assert widened.sd == pytest.approx(0.5, abs=1e-6)
    with pytest.raises(ElicitationError, match="no finite"):
        line(Stated(exact=0.0))


def test_a_derived_judgement_keeps_its_scale() -> None:
    support = (-1.0, 1.0)
    fits = [fit_normal(Stated(LEVELS, values, support=support)) for values in ((-0.1, 0.1, 0.3), (0.1, 0.2, 0.3))]
    made = refitted(fits, 0.2, "told")
    first, second = (fit.belief.sd for fit in fits)
    assert isinstance(made.belief, Normal)
    assert made.belief.mean == pytest.approx(0.15, abs=1e-6)
    assert made.belief.sd == pytest.approx(math.sqrt((first**2 + second**2) / 2 + 0.2**2 / 2))
    assert made.band == pytest.approx(made.quantile(LEVELS))


def test_coding_in_a_sentence() -> None:
    assert Coding(("A", "B"), 1, 0, 0.0).told == (
        "1 judgement was coded by more than one of A and B: their readings lie apart by an sd of 0.00 on the log-odds"
    )
    assert Coding(("A", "B", "C"), 3, 5, 0.4).told.endswith(
        "3 judgements were coded by more than one of A, B and C: their readings lie apart by an sd of 0.40 on the "
        "log-odds; it is added to the 5 that were coded once"
    )
