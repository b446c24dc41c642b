"""The compiled density against PyMC's, against formulas, against finite differences."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy.special import logit
from scipy.stats import truncnorm

import causal
from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.exact.tape import Recorder
from causal.learn.density import Density, judged, pack, seen
from causal.learn.elicited import Elicited
from causal.learn.layout import COLUMNS, Layout, lay_out
from causal.learn.model import build
from causal.learn.reading import elicit
from causal.learn.sample import aim
from causal.spec.grammar import parse_question
from causal.spec.modelfile import parse_model
from causal.spec.priorfile import parse_priors

MODEL = """
model: small
baseline: actual
variables:
  a: {states: [no, yes], actual: yes}
  b: {states: [low, mid, high], actual: low}
  s:
    states: [none_at_all, some, more, much]
    parents: {a: {sign: "+"}, b: {sign: {mid: "-", high: "-"}, force: true}}
    mechanism: logistic
  n: {states: [no, yes], parents: [a, b], mechanism: {noisy-and: {needs: {a: [yes], b: [mid, high]}}}}
  o: {states: [no, yes], parents: [a], mechanism: noisy-or}
"""
PRIORS = """
priors: p
model: small
scale: icd203
experts: {other: {name: Other}, e: {name: E}}
judgements:
  - {about: P(a = no), by: e, says: {exactly: 0.25}}
  - {about: P(b), by: e, says: {dirichlet: {low: 2, mid: 3, high: 5}}}
  - {about: P(s = much | baseline but b = high), by: e, says: {quantiles: {5: 0.3, 50: 0.45, 95: 0.6}}}
  - {about: P(s = much | do(a = no)), by: e, says: {quantiles: {5: 0.1, 50: 0.3, 95: 0.5}}}
  - about: P(s = much | n = yes) / P(s = much)
    by: e
    says: {ratio: {quantiles: {5: 0.5, 50: 1.5, 95: 3}}}
    weight: 0.4
  - {about: P(n = yes) - P(o = yes), by: e, says: {quantiles: {5: -0.1, 50: 0.1, 95: 0.3}}}
  - {about: P(n = yes), by: other, says: likely}
  - {about: P(s = much), by: e, use: meld, says: {quantiles: {5: 0.2, 50: 0.4, 95: 0.6}}}
  - {about: P(o = yes), by: other, use: replace, says: {quantiles: {5: 0.3, 50: 0.5, 95: 0.7}}}
  - about: P(n = yes) - P(o = yes)
    by: other
    use: meld
    weight: 0.3
    says: {quantiles: {5: -0.1, 50: 0.1, 95: 0.3}}
defaults:
  - {about: P(s >= some | baseline), says: {quantiles: {5: 0.7, 50: 0.85, 95: 0.95}}}
  - {about: P(s >= more | baseline), says: {quantiles: {5: 0.4, 50: 0.65, 95: 0.85}}}
  - {about: P(s = much | baseline), says: {quantiles: {5: 0.3, 50: 0.5, 95: 0.7}}}
  - {about: P(s = much | baseline but a = no), says: {quantiles: {5: 0.1, 50: 0.2, 95: 0.4}}}
  - {about: P(n = yes | all), says: {quantiles: {5: 0.7, 50: 0.8, 95: 0.9}}}
  - {about: P(n = yes | all but a = no), says: {quantiles: {5: 0.2, 50: 0.4, 95: 0.6}}}
  - {about: P(o = yes | none), says: {quantiles: {5: 0.05, 50: 0.1, 95: 0.2}}}
"""


@cache
def small() -> Elicited:
    model = parse_model(MODEL, "models/small.yaml")
    return elicit(Writer(Network.of(model)), parse_priors(PRIORS, "priors/p.yaml", model))


def alone(elicited: Elicited, expert: str) -> Elicited:
    mine = tuple(derived for derived in elicited.derived if derived.expert == expert)
    return replace(elicited, held={expert: elicited.held[expert]}, derived=mine)


def steps(function, x: np.ndarray, step: float = 1e-5) -> np.ndarray:
    """Return the central differences of a function, a row per entry of ``x``."""
    moves = step * np.eye(x.size)
    return np.array([(function(x + move) - function(x - move)) / (2 * step) for move in moves])


def on_the_line(layout: Layout, theta: np.ndarray) -> dict[str, np.ndarray]:
    """Return what PyMC samples, entry by entry, where the parameters are ``theta``: the inverse of its transforms."""
    line, share, forced, cut = (theta[layout.places[family]] for family in ("log_odds", "share", "forced", "log_gap"))
    line = np.where(layout.as_share, logit(np.where(layout.as_share, line, 0.5)), line)
    above = np.where(layout.upper >= 0, cut[layout.upper], line[layout.top]) if cut.size else cut
    _, _, low, high = layout.numbers["forced"]
    with np.errstate(invalid="ignore"):
        forced = np.where(np.isinf(low), np.log(high - forced), np.log(forced - low))
    gap = np.log(cut - above)
    return {"log_odds": line, "share_logodds__": logit(share), "forced_interval__": forced, "log_gap": gap}


@pytest.mark.parametrize(
    ("elicited", "expert", "given"),
    [
        (small(), "e", "P(o = yes | n = yes)"),
        (small(), "other", "P(o = yes | n = yes)"),
        (causal.load("rain").elicited, "anna", "P(rain = some | grass = wet)"),
    ],
    ids=["all families", "defaults", "rain"],
)
def test_density_and_gradient_are_those_of_the_pymc_model(elicited: Elicited, expert: str, given: str) -> None:
    news = (elicited.writer.write(parse_question(given)).leaves[0].evidence,)
    elicited = alone(elicited, expert)
    (target,) = aim(elicited, news)
    layout, density = target.layout, target.density
    model = build(elicited, layout, news)
    logp, dlogp = model.compile_logp(mode="FAST_COMPILE"), model.compile_dlogp(mode="FAST_COMPILE")
    names = [variable.name for variable in model.value_vars]
    rng = np.random.default_rng(1)
    offsets = []
    for _ in range(5):
        x = rng.normal(size=density.entries)
        value, gradient = density(x)
        point = {name: each for name, each in on_the_line(layout, density.theta(x)).items() if name in names}
        offsets.append(value - float(logp(point)))

        def line(x: np.ndarray) -> np.ndarray:
            found = on_the_line(layout, density.theta(x))
            return np.concatenate([found[name] for name in names])

        np.testing.assert_allclose(gradient, steps(line, x) @ dlogp(point), rtol=1e-6, atol=1e-6)
        np.testing.assert_allclose(gradient, steps(lambda x: density(x)[0], x), rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(offsets, offsets[0], rtol=0, atol=1e-9)


def test_every_family_is_among_what_is_tested() -> None:
    layout = lay_out(small(), "e")
    assert all(layout.labels[family] for family in COLUMNS)
    assert (layout.upper >= 0).any()  # a gap above a gap


def test_parameters_are_those_that_the_layout_assembles() -> None:
    elicited = small()
    (target,) = aim(alone(elicited, "e"))
    layout, density = target.layout, target.density
    theta = density.theta(np.random.default_rng(2).normal(size=density.entries))
    found = on_the_line(layout, theta)
    vectors = {
        "log_odds": found["log_odds"][None],
        "share": theta[layout.places["share"]][None],
        "forced": theta[layout.places["forced"]][None],
        "log_gap": found["log_gap"][None],
    }
    np.testing.assert_allclose(layout.assemble(vectors)[0, :, 0], theta, atol=1e-12)


def forced(*entries: tuple[float, float, float, float]) -> Layout:
    """Return the layout of parameters that are all truncated normals."""
    none = np.empty(0, dtype=np.int64)
    numbers = {name: np.empty((len(columns), 0)) for name, columns in COLUMNS.items()}
    places = dict.fromkeys(COLUMNS, none) | {"forced": np.arange(len(entries))}
    names = tuple("abcd"[: len(entries)])
    labels = dict.fromkeys(COLUMNS, ()) | {"forced": names}
    numbers["forced"] = np.array(entries).T
    return Layout(names, ("e",), numbers, labels, places, none.astype(bool), none, none)


def test_truncated_normals_on_every_side() -> None:
    inf = np.inf
    entries = ((0.3, 1.2, 0.0, inf), (0.3, 0.7, -inf, -0.5), (0.2, 2.0, -1.0, 1.5), (0.4, 1.1, -inf, inf))
    density = pack(forced(*entries), Recorder(4).tape([]), [])
    rng = np.random.default_rng(3)
    offsets = []
    for _ in range(3):
        x = rng.normal(size=4)
        value, gradient = density(x)
        theta = density.theta(x)
        prior = sum(
            truncnorm((low - mu) / sd, (high - mu) / sd, mu, sd).logpdf(v)
            for v, (mu, sd, low, high) in zip(theta, entries, strict=True)
        )
        stretch = np.log(np.abs(np.diag(steps(density.theta, x)))).sum()
        offsets.append(value - prior - stretch)
        np.testing.assert_allclose(gradient, steps(lambda x: density(x)[0], x), rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(offsets, offsets[0], atol=1e-7)


def every_operation() -> Density:
    """All that a recorder writes, over three forced numbers."""
    recorder = Recorder(3)
    product = recorder.product(0, 1)
    total = recorder.total([(product, 2), (0, 0), (recorder.constant(0.3), 1)])
    share = recorder.expit(recorder.minus_of(total, product))
    outputs = [recorder.quotient(share, recorder.add([total, 0])), recorder.log(total), recorder.flip(share)]
    tape = recorder.tape(outputs)
    slots = tape.outputs.tolist()
    layout = forced(*[(1.0, 0.5, 0.0, np.inf)] * 3)
    return pack(layout, tape, [judged(slots[0], 0.1, 0.2), judged(slots[1], 0.0, 1.0), seen(slots[2], 2.5)])


def test_every_operation_of_the_tape_has_its_gradient() -> None:
    density = every_operation()
    x = np.array([0.3, -0.4, 0.8])
    _, gradient = density(x)
    np.testing.assert_allclose(gradient, steps(lambda x: density(x)[0], x), rtol=1e-6)
    a, b, c = density.theta(x)
    total = a * b * c + a * a + 0.3 * b
    share = 1 / (1 + np.exp(-(total - a * b)))
    terms = -0.5 * ((share / (total + a) - 0.1) / 0.2) ** 2 - 0.5 * np.log(total) ** 2 + 2.5 * np.log(1 - share)
    bare = pack(forced(*[(1.0, 0.5, 0.0, np.inf)] * 3), Recorder(3).tape([]), [])
    assert density(x)[0] - bare(x)[0] == pytest.approx(terms, abs=1e-12)


def test_where_there_is_no_density_it_says_so() -> None:
    density = every_operation()
    with pytest.raises(ValueError, match="code 3"):
        density(np.full(3, np.nan))
    with pytest.raises(ValueError, match="code -1"):
        density(np.zeros(2))
    with pytest.raises(ValueError, match="not 3 numbers"):
        density.theta(np.zeros(2))


def test_a_block_packed_for_other_code_is_refused() -> None:
    density = every_operation()
    block = density.block.copy()
    block.view(np.int64)[0] += 1
    with pytest.raises(ValueError, match="code -1"):
        replace(density, block=block)(np.zeros(3))


def test_the_digest_is_that_of_the_numbers() -> None:
    (beside, first), (_, second) = ([each.density for each in aim(small.__wrapped__())] for _ in range(2))
    assert first.digest == second.digest
    edited = PRIORS.replace("{5: 0.1, 50: 0.3, 95: 0.5}", "{5: 0.1, 50: 0.3, 95: 0.6}")
    model = parse_model(MODEL, "models/small.yaml")
    other, mine = aim(elicit(Writer(Network.of(model)), parse_priors(edited, "priors/p.yaml", model)))
    assert mine.density.digest != first.digest
    assert other.density.digest == beside.digest
