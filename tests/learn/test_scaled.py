"""Power-scaling of a normal prior and a normal likelihood: closed forms, and the numbers that ArviZ has."""

from __future__ import annotations

import numpy as np
import pytest
from arviz_stats.base import array_stats
from scipy.integrate import trapezoid
from scipy.stats import beta, norm, truncnorm

from causal.learn.layout import lay_out
from causal.learn.scaled import ALPHAS, distances, log_prior, scaled, sensitivity
from causal.spec.modelfile import parse_model
from causal.spec.priorfile import parse_priors
from causal.study import Study

SIZE = 100_000
PRIOR, SAID = (0.0, 1.0), (1.5, 0.8)  # mean and sd


def product(first: tuple[float, float], second: tuple[float, float], a: float = 1.0, b: float = 1.0):
    """Return the normal that is the product of two, each to a power."""
    precision = a / first[1] ** 2 + b / second[1] ** 2
    mean = (a * first[0] / first[1] ** 2 + b * second[0] / second[1] ** 2) / precision
    return norm(mean, precision**-0.5)


@pytest.fixture(scope="module")
def draws() -> np.ndarray:
    whole = product(PRIOR, SAID)
    return whole.ppf((np.arange(SIZE) + 0.5) / SIZE)  # as even as draws can be


def logs(of: tuple[float, float], x: np.ndarray) -> np.ndarray:
    return norm(*of).logpdf(x)


@pytest.mark.parametrize("alpha", ALPHAS)
@pytest.mark.parametrize("part", ["prior", "evidence"])
def test_weights_give_the_scaled_normal(draws: np.ndarray, alpha: float, part: str) -> None:
    powers = (alpha, 1.0) if part == "prior" else (1.0, alpha)
    wanted = product(PRIOR, SAID, *powers)
    found = scaled(logs(PRIOR if part == "prior" else SAID, draws), alpha, np.full(SIZE, 1 / SIZE))
    mean = found.values @ draws
    assert mean == pytest.approx(wanted.mean(), abs=1e-3)
    assert np.sqrt(found.values @ (draws - mean) ** 2) == pytest.approx(wanted.std(), rel=2e-3)
    assert found.k < 0.7


def exactly(first, second) -> float:
    """Return the distance of two distributions from their functions, by quadrature where the first has draws."""
    at = np.linspace(*first.ppf([0.5 / SIZE, 1 - 0.5 / SIZE]), 20_001)
    found = []
    for p, q in ((first.cdf(at), second.cdf(at)), (first.sf(at), second.sf(at))):
        middle = np.log2((p + q) / 2)
        both = trapezoid(p * (np.log2(p) - middle) + q * (np.log2(q) - middle), at)
        found.append(np.sqrt(both / trapezoid(p + q, at)))
    return max(found)


@pytest.mark.parametrize("part", ["prior", "evidence"])
def test_distances_and_sensitivity_are_those_of_the_normals(draws: np.ndarray, part: str) -> None:
    base, whole = np.full(SIZE, 1 / SIZE), product(PRIOR, SAID)
    density = logs(PRIOR if part == "prior" else SAID, draws)
    made = [scaled(density, alpha, base).values for alpha in ALPHAS]
    powers = [(alpha, 1.0) if part == "prior" else (1.0, alpha) for alpha in ALPHAS]
    wanted = [exactly(whole, product(PRIOR, SAID, *each)) for each in powers]
    np.testing.assert_allclose(distances(draws, base, made), wanted, rtol=0.01)
    steps = np.abs(np.log2(ALPHAS))
    assert sensitivity(draws, base, *made) == pytest.approx(np.mean(wanted / steps), rel=0.01)


def test_distances_of_what_is_the_same_or_still_are_none(draws: np.ndarray) -> None:
    base = np.full(SIZE, 1 / SIZE)
    assert distances(draws, base, [base]) == [0.0]
    assert distances(np.ones(SIZE), base, [np.arange(SIZE) / SIZE]) == [0.0]


def test_the_same_sensitivity_as_arviz() -> None:
    rng = np.random.default_rng(2)
    values, density = rng.normal(size=4000), rng.normal(size=4000)
    base = np.full(4000, 1 / 4000)
    lower, upper = (scaled(density, alpha, base).values for alpha in ALPHAS)
    one_chain = (each[None] for each in (values, lower, upper))
    wanted = array_stats.power_scale_sense(*one_chain, lower_alpha=ALPHAS[0], upper_alpha=ALPHAS[1])
    assert sensitivity(values, base, lower, upper) == pytest.approx(float(wanted), abs=1e-8)


MODEL = """
model: m
variables:
  x: {states: ["no", "yes"]}
  y: {states: [low, mid, high], parents: {x: {sign: "+", force: true}}, mechanism: logistic}
  z: {states: ["no", "yes"], parents: [y]}
"""
SAYS = """
priors: p
model: m
judgements:
  - {about: P(x = yes), says: {cases: {x: 3, of: 9}}}
  - {about: P(y >= mid | baseline), says: {quantiles: {5: 0.4, 50: 0.6, 95: 0.8}}}
  - {about: P(y = high | baseline), says: {quantiles: {5: 0.1, 50: 0.2, 95: 0.4}}}
  - {about: P(y = high | baseline but x = yes), says: {quantiles: {5: 0.2, 50: 0.4, 95: 0.7}}}
  - {about: P(z = yes | y = low), says: {quantiles: {5: 0.1, 50: 0.3, 95: 0.6}}}
"""


def test_the_log_prior_is_the_sum_of_its_families() -> None:
    """A beta, a logit-normal, two cuts and a forced offset: each as its own family has it, up to a constant."""
    model = parse_model(MODEL)
    elicited = Study(model, parse_priors(SAYS, "p", model)).elicited
    layout = lay_out(elicited)
    theta = layout.draw(np.random.default_rng(4), 50)[:, :, 0].T
    at = {p.name: row for row, p in enumerate(elicited.network.parameters)}
    (held,) = elicited.held.values()
    wanted = np.zeros(50)
    for prior, x in zip(held.priors, theta, strict=True):
        match prior.belief.family:
            case "beta":
                wanted += beta(prior.belief.a, prior.belief.b).logpdf(x)
            case "logit-normal":
                wanted += norm(prior.belief.mu, prior.belief.sigma).logpdf(np.log(x / (1 - x)))
            case "truncated normal":
                low = -prior.belief.mu / prior.belief.sigma
                wanted += truncnorm(low, np.inf, prior.belief.mu, prior.belief.sigma).logpdf(x)
    cuts = held.cuts["y"]
    top, below = theta[at["P(y = high | baseline)"]], theta[at["P(y >= mid | baseline)"]]
    wanted += norm(*cuts.anchor).logpdf(top)
    mean, slope, sd = cuts.gaps[0]
    wanted += norm(mean + slope * (top - cuts.anchor[0]), sd).logpdf(np.log(below - top))
    gap = log_prior(elicited, next(iter(elicited.held)), theta) - wanted
    assert np.ptp(gap) < 1e-9
    assert np.ptp(wanted) > 1.0
