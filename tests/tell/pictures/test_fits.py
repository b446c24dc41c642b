"""Stated beside implied: marks are where the numbers are, and the curve is the belief's own."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from causal import load
from causal.elicit import (
    Fit,
    Point,
    fit_log,
    fit_log_odds,
    fit_net,
    fit_normal,
    fit_offset,
    fit_probability,
    fit_ratio,
)
from causal.elicit.stated import DIFFERENCE, QUOTIENT, Stated
from causal.learn.elicited import Prior
from causal.spec.modelfile import parse_model
from causal.spec.priorfile import parse_priors
from causal.study import Study
from causal.tell.pictures.figure import svg
from causal.tell.pictures.fits import described, drawn, fit_picture

SVG = "{http://www.w3.org/2000/svg}"
THREE = (0.05, 0.5, 0.95)
PROBABILITY = Stated(THREE, (0.1, 0.3, 0.6))

FITS = {
    "probability": fit_probability(PROBABILITY),
    "ratio": fit_ratio(Stated(THREE, (0.2, 0.4, 0.6)), 0.8),
    "net": fit_net(PROBABILITY, 0.05),
    "log odds": fit_log_odds(PROBABILITY),
    "offset": fit_offset(PROBABILITY, 0.5),
    "log": fit_log(Stated(THREE, (0.5, 2.0, 9.0), support=QUOTIENT)),
    "difference": fit_normal(Stated(THREE, (-0.2, 0.1, 0.3), support=DIFFERENCE)),
    "counts": fit_probability(Stated(counts=(0.5, 0.5))),
    "lone": fit_probability(Stated((0.5,), (0.3,))),
}


def across(line: Line2D) -> list[float]:
    return [float(x) for x in np.asarray(line.get_xdata())]


def words(figure: Figure) -> list[str]:
    return [each.text or "" for each in ElementTree.fromstring(svg(figure, "t", "d")).iter(f"{SVG}text")]


def marks(figure: Figure, marker: str) -> list[float]:
    return [across(line)[0] for line in figure.axes[0].lines if line.get_marker() == marker]


@pytest.mark.parametrize("name", FITS)
def test_stated_and_implied_are_marked(name: str) -> None:
    fit = FITS[name]
    made = fit_picture(fit, name)
    assert marks(made, "v") == list(fit.values)
    assert marks(made, "|") == list(fit.implied)
    assert [text for text in words(made) if text.endswith("%")] == [f"{100 * level:.3g} %" for level in fit.levels]
    low, high = made.axes[0].get_xlim()
    assert all(low < value < high for value in (*fit.values, *fit.implied))


@pytest.mark.parametrize("name", FITS)
def test_the_curve_is_the_belief(name: str) -> None:
    fit = FITS[name]
    found = drawn(fit)
    assert np.isfinite(found.height).all()
    assert found.height.max() == pytest.approx(1.0)
    assert found.height.min() >= 0.0
    if name != "counts":  # U-shaped: a sum on a grid says little about its ends
        share = np.cumsum(found.height) / found.height.sum()
        reached = np.interp(fit.implied, found.x, share)
        assert reached == pytest.approx(np.array(fit.levels), abs=0.02)


def test_what_was_left_out_is_crossed() -> None:
    fit = fit_ratio(Stated(THREE, (0.3, 0.5, 0.9)), 0.8)
    made = fit_picture(fit, "left out")
    assert marks(made, "x") == [0.9]
    assert marks(made, "v") == [0.3, 0.5]
    assert "stated, but left out of the fit" in words(made)


def test_what_was_said_exactly_is_a_line() -> None:
    made = fit_picture(fit_probability(Stated(exact=0.3)), "exact")
    (line,) = made.axes[0].lines
    assert across(line) == [0.3, 0.3]
    assert "the judged number, said exactly: 0.3" in words(made)


def test_priors_and_derived_judgements_show_their_fit() -> None:
    elicited = load("rain").elicited
    prior, fit = next((p, p.fit) for p in elicited.held["anna"].priors if p.fit is not None and p.fit.values)
    assert marks(fit_picture(prior, "prior"), "v") == list(fit.values)
    derived = elicited.derived[0]
    assert marks(fit_picture(derived, "derived"), "v") == list(derived.fit.values)


def unjudged() -> Prior:
    model = parse_model("model: m\nvariables: {x: {states: [a, b]}, y: {states: [a, b], parents: [x]}}")
    judged = "priors: p\nmodel: m\njudgements:\n  - {about: P(x = b), says: {exactly: 0.3}}\n"
    held = Study(model, parse_priors(judged, "p", model)).elicited.held
    return next(prior for each in held.values() for prior in each.priors if prior.origin == "weak")


def test_what_nobody_judged_shows_what_it_implies() -> None:
    prior = unjudged()
    made = fit_picture(prior, "weak")
    assert not marks(made, "v")
    assert marks(made, "|") == pytest.approx(prior.belief.quantile(THREE).tolist())
    assert any("which nobody judged" in text for text in words(made))
    assert "stated" not in words(made)


def test_a_prior_without_a_spread_is_a_line() -> None:
    prior = unjudged()
    made = fit_picture(Prior(prior.parameter, Point(0.2), 0.2, "default"), "point")
    assert [across(line) for line in made.axes[0].lines] == [[0.2, 0.2]]


def test_a_hostile_title_stays_words() -> None:
    made = fit_picture(FITS["probability"], "<b>$x$</b>\n" + "w" * 300)
    assert "<b>$x$</b>" in words(made)


def test_the_same_fit_gives_the_same_bytes() -> None:
    one, two = (svg(fit_picture(FITS["probability"], "t"), "t", "d") for _ in range(2))
    assert one == two


def test_the_description_has_every_level() -> None:
    fit: Fit = FITS["probability"]
    text = described(fit)
    assert "5 %: stated 0.10" in text
    assert "95 %: stated 0.60" in text
    assert text.count("implied") == 3
