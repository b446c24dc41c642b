"""What is laid and placed by hand, without a browser: the state, the fit of it, and the judgement that a file takes."""

from __future__ import annotations

import base64
import warnings
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from traitlets import TraitError

import causal
from causal.elicit import fit_log, fit_normal, fit_probability, stated
from causal.errors import CausalError, ElicitationError, QuestionSyntaxError, UnknownName, UsageError
from causal.spec.priorfile import parse_priors
from causal.spec.priors import Chips, Interval, Judgement, Quantiles
from causal.study import Study

HEAVY = "P(grass = wet | only rain = heavy)"
DIFFERENCE = "P(grass = wet | do(rain = heavy)) - P(grass = wet)"
QUOTIENT = "P(grass = wet | do(rain = heavy)) / P(grass = wet)"
LAID = [0, 0, 0, 0, 1, 3, 8, 6, 2, 0]


@pytest.fixture(scope="module")
def rain() -> Study:
    return causal.load("rain")


def read(entry: str) -> Judgement:
    """Read an entry as it stands in a prior file of the shipped form."""
    head = "priors: p\nmodel: rain\nexperts: {anna: {}}\njudgements:\n"
    other = "  - {about: P(season = dry), by: anna, says: 60%}\n"
    _, judgement = parse_priors(head + other + entry, "p.yaml", causal.load("rain").model).judgements
    return judgement


def test_chips_become_the_fit_of_the_same_chips() -> None:
    widget = causal.roulette(HEAVY, bins=10, low=0, high=1, chips=20, by="anna")
    widget.counts = LAID
    assert widget.says == Chips(tuple(at / 10 for at in range(11)), tuple(map(float, LAID)))
    assert widget.fit == fit_probability(stated(widget.says))
    assert widget.progress() == "20 of 20 chips laid."
    found = read(widget.judgement)
    assert (str(found.about), found.by, found.says) == (HEAVY, "anna", widget.says)


def test_marks_become_the_fit_of_the_same_quantiles() -> None:
    widget = causal.quantiles(HEAVY, by="anna", because="The lime tree: one corner stays dry.")
    widget.values = [0.5, 0.7, 0.9]
    widget.placed = [True, True, True]
    assert widget.says == Quantiles((0.05, 0.5, 0.95), (0.5, 0.7, 0.9))
    assert widget.fit == fit_probability(stated(widget.says))
    found = read(widget.judgement)
    assert (found.says, found.because) == (widget.says, "The lime tree: one corner stays dry.")


def test_low_best_and_high_are_an_interval_at_its_confidence() -> None:
    widget = causal.quantiles(HEAVY, by="anna", confidence=0.8, values=[0.0, 0.3, 0.5])
    assert widget.names == ["low", "best", "high"]
    assert widget.says == Interval(0.0, 0.3, 0.5, 0.8)
    assert read(widget.judgement).says == widget.says


def test_five_quantiles() -> None:
    widget = causal.quantiles(HEAVY, levels=(5, 25, 50, 75, 95), by="anna", values=[0.4, 0.6, 0.7, 0.8, 0.9])
    assert read(widget.judgement).says == Quantiles((0.05, 0.25, 0.5, 0.75, 0.95), (0.4, 0.6, 0.7, 0.8, 0.9))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=40)
@given(st.integers(2, 20).flatmap(lambda bins: st.lists(st.integers(0, 9), min_size=bins, max_size=bins)))
def test_what_has_a_judgement_is_read_back_and_what_has_none_says_why(counts: list[int]) -> None:
    widget = causal.roulette(HEAVY, bins=len(counts), chips=max(1, sum(counts)), by="anna", counts=counts)
    if sum(count > 0 for count in counts) < 2:  # nothing, or all in one bin
        with pytest.raises(ElicitationError):
            _ = widget.judgement
        assert widget.yaml == ""
        assert widget.curve["x"] == []
        assert len(widget.said) == 2
    else:
        assert read(widget.judgement).says == widget.says
        assert widget.yaml == widget.judgement


@pytest.mark.parametrize(
    ("about", "low", "high", "fit"),
    [(DIFFERENCE, -0.5, 0.5, fit_normal), (QUOTIENT, 0.0, 4.0, fit_log)],
)
def test_other_numbers_are_fitted_on_their_scale(about: str, low: float, high: float, fit: Any) -> None:
    widget = causal.roulette(about, bins=8, low=low, high=high, by="anna", counts=[0, 0, 1, 3, 5, 2, 1, 0])
    assert widget.fit == fit(stated(widget.says, (low - 1, high + 1)))
    assert read(widget.judgement).says == widget.says


def test_the_curve_is_the_density_of_the_fit() -> None:
    widget = causal.roulette(HEAVY, counts=LAID)
    x, density = np.array(widget.curve["x"]), np.array(widget.curve["density"])
    assert widget.curve["of"] == LAID
    slice_ = 1 / len(x)
    assert (density * slice_).sum() == pytest.approx(1.0, abs=1e-3)
    for level, value in zip((0.05, 0.5, 0.95), widget.fit.band, strict=True):
        assert (density[x < value] * slice_).sum() == pytest.approx(level, abs=0.03)
    assert [pair[0] for pair in widget.curve["implied"]] == list(widget.fit.levels)


def test_a_study_says_the_question_in_words_and_knows_its_experts(rain: Study) -> None:
    widget = rain.roulette(HEAVY, by="anna")
    assert widget.words == "Grass: wet, with Rain: heavy as the only cause"
    assert widget.meaning == ["Grass: wet means: A shoe gets wet"]
    for by, message in (("", "the prior file has experts; say who judges"), ("ana", "did you mean 'anna'")):
        with pytest.raises(UsageError, match=message):
            rain.roulette(HEAVY, by=by)
    with pytest.raises(UnknownName, match="did you mean 'heavy'"):
        rain.quantiles("P(grass = wet | only rain = hevy)", by="anna")


def test_a_study_fits_as_its_file_will_be(rain: Study) -> None:
    # a compound of a noisy-or is read at anna's leak of 0.01, which she said exactly
    widget = rain.quantiles(HEAVY, by="anna", values=[0.3, 0.5, 0.8])
    assert widget.fit.scale.bounds == (0.01, 1.0)
    derived = rain.quantiles("P(grass = wet | do(sprinkler = off))", by="anna", values=[0.3, 0.5, 0.8])
    assert derived.fit.belief.family == "normal"


def test_marks_left_alone_are_no_judgement() -> None:
    widget = causal.quantiles(HEAVY)
    assert widget.yaml == ""
    assert "still to be placed: 5 %, 50 %, 95 %" in widget.said[-1].lower()
    widget.placed = [True, False, True]
    with pytest.raises(ElicitationError, match="still to be placed: 50 %"):
        _ = widget.judgement
    widget.placed = [True, True, True]
    assert widget.says == Quantiles((0.05, 0.5, 0.95), (0.05, 0.5, 0.95))


@pytest.mark.parametrize(
    ("levels", "step"), [((5, 50, 95), None), ((1, 2, 3), 0.01), ((95, 96, 97, 98, 99), 0.05), ((0.1, 99.9), 0.1)]
)
def test_marks_lie_apart_at_first(levels: tuple[float, ...], step: float | None) -> None:
    widget = causal.quantiles(HEAVY, levels=levels, step=step)
    assert all(high - low > widget.step - 1e-9 for low, high in pairwise(widget.values))
    assert widget.least - 1e-9 <= widget.values[0]
    assert widget.values[-1] <= widget.most + 1e-9


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: causal.roulette(HEAVY, bins=1), "bins is a whole number from 2 to 40, not 1"),
        (lambda: causal.roulette(HEAVY, chips=0), "chips is a whole number from 1 to 1000, not 0"),
        (lambda: causal.roulette(HEAVY, low=0.5, high=0.5), "low has to be below high, and 0.5 is not below 0.5"),
        (lambda: causal.roulette(HEAVY, high=2), "lies between 0 and 1, not between 0 and 2"),
        (lambda: causal.roulette(QUOTIENT), "has no end of its own; say how far to judge, as in low=0, high=4"),
        (lambda: causal.roulette(HEAVY, bins=3, counts=[1, 2]), "counts are the chips in each of 3 bins"),
        (lambda: causal.roulette(HEAVY, bins=2, chips=2, counts=[1, 2]), "up to 2 together"),
        (lambda: causal.roulette("P(rain)"), "a whole distribution, which is judged as"),
        (lambda: causal.quantiles(HEAVY, levels=(50, 5)), "rising between 0 and 100"),
        (lambda: causal.quantiles(HEAVY, levels=(0.05, 0.5, 0.95)), r"levels are per cent: write \(5, 50, 95\)"),
        (lambda: causal.quantiles(HEAVY, confidence=0.4), "a confidence is above 0.5 and up to 1"),
        (lambda: causal.quantiles(HEAVY, step=0.4), "leaves no room for 3 marks"),
        (lambda: causal.quantiles(HEAVY, values=[0.1, 0.3]), "one number for each of 3 marks, not 2"),
        (lambda: causal.quantiles(HEAVY, values=[0.3, 0.1, 0.5]), "values have to rise"),
        (lambda: causal.quantiles(HEAVY, values=[0.0, 0.1, 0.5]), "values lie between 0.005 and 0.995"),
    ],
)
def test_what_makes_no_widget_is_said(call: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        call()


def test_no_question_no_widget() -> None:
    with pytest.raises(QuestionSyntaxError):
        causal.roulette("P(grass = wet")


@pytest.mark.parametrize("counts", [[1, 2, 3], [30, *[0] * 9], [-1, *[0] * 9], ["x"] * 10])
def test_a_view_cannot_send_what_is_no_state(counts: list[Any]) -> None:
    widget = causal.roulette(HEAVY, counts=LAID)
    with pytest.raises(TraitError):
        widget.counts = counts
    assert widget.counts == LAID


def test_a_view_cannot_cross_marks() -> None:
    widget = causal.quantiles(HEAVY, values=[0.3, 0.5, 0.8])
    for values in ([0.5, 0.3, 0.8], [0.3, 0.5], [0.0, 0.5, 0.8]):
        with pytest.raises(TraitError):
            widget.values = values
    with pytest.raises(TraitError):
        widget.placed = [True]
    assert widget.values == [0.3, 0.5, 0.8]


@pytest.mark.parametrize(
    "made",
    [
        lambda: causal.roulette(HEAVY, counts=LAID),
        lambda: causal.roulette(HEAVY),
        lambda: causal.quantiles(HEAVY, values=[0.3, 0.5, 0.8]),
        lambda: causal.quantiles(HEAVY),
    ],
    ids=["laid", "empty", "placed", "waiting"],
)
def test_a_notebook_without_a_kernel_has_a_picture_and_words(made: Any) -> None:
    widget = made()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        bundle, _ = widget._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    root = ElementTree.fromstring(bundle["image/svg+xml"])
    assert root[0].text == HEAVY
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")
    assert bundle["text/plain"].startswith(f"<{type(widget).__name__} {HEAVY}: ")
    try:
        assert widget.judgement in bundle["text/plain"] + "\n"
    except CausalError:
        assert bundle["text/plain"] == repr(widget)
    assert widget.picture.text.startswith(HEAVY)


def test_the_picture_tells_chips_and_fit() -> None:
    text = causal.roulette(HEAVY, counts=LAID).picture.text
    assert "0.6 to 0.7: 8 chips" in text
    assert "0.4 to 0.5: 1 chip\n" in text
    assert "It implies 0.511 at 5 %" in text
