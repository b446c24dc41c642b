"""Published and independently reckoned cases of elicitation, by number: what other programs and papers print.

    case                                  from
    consensus of quartiles, roulette      SHELF 1.13 (its fitdist, run in R), and PreliZ 0.24
    two experts pooled                    SHELF's plinearpool and qlinearpool, run in R
    a Dirichlet from its marginals        a test of SHELF
    beta or logit-normal                  SHELF for the beta
    quartiles                             tests of PreliZ
    median and interval, exactly          a root solved to 1e-15; PreliZ's maxent misses both and warns
    an interval brought to 80, 90, 100    elicitr's rescaling (Hemming et al. 2018)
    means of three probabilities          aggreCAT
    leaky noisy-or, compound              aGrUM's table of 32 rows
    net and compound                      Henrion (1989), Diez (1993)
    the log-odds of a beta                digamma and trigamma
    comparable cases                      the power prior, by scipy
    phrases                               see tests/spec/test_scales.py

Not here, since the feature is not there: noisy-max, extremised and beta-transformed pools. Scores of seed questions are
in test_cooke.py and test_scores.py, pools in test_pooling.py, evidence on totals in tests/learn, orders in tests/ask,
ranked nodes in tests/exact.
"""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from scipy import optimize, stats

from causal.elicit import Beta, LogitNormal, Stated, dirichlet, fit_net, fit_probability, stated
from causal.elicit.squares import nearest_beta, nearest_logit_normal, ssq
from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.learn.reading import elicit
from causal.spec.modelfile import parse_model
from causal.spec.priorfile import parse_priors
from causal.spec.priors import Chips, Counted, Interval

QUARTILES = np.array([0.25, 0.5, 0.75])
THREE = np.array([0.05, 0.5, 0.95])


def beta_of(values: np.ndarray, levels: np.ndarray) -> Beta:
    return nearest_beta(values, levels, nearest_logit_normal(values, levels, 1.0))


def test_a_consensus_of_quartiles() -> None:
    fitted = beta_of(np.array([0.25, 0.30, 0.40]), QUARTILES)
    assert (fitted.a, fitted.b) == pytest.approx((5.45213, 11.60558), rel=1e-4)
    assert ssq(fitted, np.array([0.25, 0.30, 0.40]), QUARTILES) == pytest.approx(0.00343105669, rel=1e-4)
    assert float(fitted.cdf(0.25)) == pytest.approx(0.283, abs=5e-4)
    assert fitted.quantile([0.05, 0.95]) == pytest.approx(np.array([0.152, 0.5122]), abs=5e-4)


def test_two_experts_in_a_linear_pool() -> None:
    """The quartiles of SHELF's guide, 25, 30, 35 and 30, 35, 50 of 100, fitted and pooled half and half."""
    first, second = (beta_of(np.array(each), QUARTILES) for each in ((0.25, 0.30, 0.35), (0.30, 0.35, 0.50)))

    def below(x: float) -> float:
        return 0.5 * float(first.cdf(x)) + 0.5 * float(second.cdf(x))

    assert [below(0.30), below(0.50)] == pytest.approx([0.40590118, 0.88376553], abs=1e-4)
    quantiles = [optimize.brentq(lambda x, q=q: below(x) - q, 1e-6, 1 - 1e-6) for q in THREE]
    assert quantiles == pytest.approx([0.1739554, 0.3247143, 0.5867452], abs=2e-3)


def test_a_dirichlet_comes_back_from_its_marginals() -> None:
    alpha = {"a": 20.0, "b": 10.0, "c": 5.0}
    total = sum(alpha.values())
    fitted = {
        state: beta_of(np.asarray(stats.beta.ppf(QUARTILES, each, total - each)), QUARTILES)
        for state, each in alpha.items()
    }
    found = dirichlet(fitted)
    assert list(found.values()) == pytest.approx([20.0, 10.0, 5.0], abs=1e-3)
    tenths = [float(Beta(each, total - each).quantile(0.1)) for each in found.values()]
    assert tenths == pytest.approx([0.46386, 0.19142, 0.073298], abs=1e-3)


def test_chips_in_bins() -> None:
    edges = tuple(round(0.1 * k, 1) for k in range(11))
    said = stated(Chips(edges, (0, 2, 5, 6, 4, 2, 1, 0, 0, 0)))
    fitted = beta_of(np.array(said.values), np.array(said.levels))
    assert (fitted.a, fitted.b) == pytest.approx((4.631632, 8.2981), rel=2e-4)
    assert ssq(fitted, np.array(said.values), np.array(said.levels)) == pytest.approx(0.00033656813, rel=2e-4)
    assert fitted.quantile(THREE) == pytest.approx(np.array([0.15987822, 0.35069997, 0.58239971]), rel=2e-4)


def test_the_nearer_of_beta_and_logit_normal_is_kept() -> None:
    values = np.array([0.05, 0.15, 0.40])
    beta, normal = beta_of(values, THREE), nearest_logit_normal(values, THREE, 1.0)
    assert (beta.a, beta.b) == pytest.approx((2.61261, 13.0948), rel=3e-4)
    assert (normal.mu, normal.sigma) == pytest.approx((-1.727752, 0.767857), rel=3e-4)
    assert ssq(beta, values, THREE) == pytest.approx(0.0014148, rel=3e-4)
    assert ssq(normal, values, THREE) == pytest.approx(0.000111195, rel=3e-4)
    assert isinstance(fit_probability(Stated(tuple(THREE), tuple(values))).belief, LogitNormal)


def test_quartiles_as_preliz_fits_them() -> None:
    beta = beta_of(np.array([0.3, 0.5, 0.7]), QUARTILES)
    assert (beta.a, beta.b) == pytest.approx((1.528419, 1.528419), abs=1e-3)
    normal = nearest_logit_normal(np.array([0.3, 0.45, 0.6]), QUARTILES, 1.0)
    assert (normal.mu, normal.sigma) == pytest.approx((-0.211996, 0.928974), abs=1e-3)


def test_a_median_and_an_interval_are_met_as_nearly_as_a_beta_can() -> None:
    """The beta with median .2 and nine tenths in (.1, .4): three quantiles would ask for more than it has."""

    def gaps(theta: np.ndarray) -> list[float]:
        a, b = np.exp(theta)
        share = stats.beta.cdf(0.4, a, b) - stats.beta.cdf(0.1, a, b)
        return [float(stats.beta.cdf(0.2, a, b)) - 0.5, float(share) - 0.9]

    a, b = np.exp(optimize.fsolve(gaps, [1.5, 2.9]))
    assert (a, b) == pytest.approx((4.762461, 18.067943), rel=1e-5)
    exact = Beta(float(a), float(b))
    again = beta_of(exact.quantile(THREE), THREE)
    assert (again.a, again.b) == pytest.approx((a, b), rel=1e-5)


def test_an_interval_is_brought_to_ninety_per_cent() -> None:
    """To 80 and to 100 by the same rule, from what comes out at 90: 1/6 of the way per unit of S/C."""
    values = stated(Interval(0.1, 0.3, 0.55, 0.6)).values
    assert values == pytest.approx((0.001, 0.3, 0.675), abs=1e-6)  # 0 is where the rule puts it, and no quantile
    eighty = stated(Interval(0.1, 0.3, 0.55, 0.6 * 0.9 / 0.8)).values  # what 80 % of it would be called at 90
    assert eighty == pytest.approx((0.0333333, 0.3, 0.6333333), abs=1e-6)
    hundred = stated(Interval(0.1, 0.3, 0.55, 0.54))
    assert hundred.values[2] == pytest.approx(0.7166667, abs=1e-6)
    assert "-0.0333" in hundred.notes[0]
    assert "cut to" in hundred.notes[0]


def test_means_of_three_probabilities() -> None:
    """A linear pool of points, and a log pool, which averages the log-odds."""
    p = np.array([0.6, 0.7, 0.9])
    assert p.mean() == pytest.approx(0.7333333, abs=1e-6)
    odds = np.log(p / (1 - p)).mean()
    assert 1 / (1 + math.exp(-odds)) == pytest.approx(0.7595102, abs=1e-6)


LEAK = 1e-4
COMPOUND = {"lazy": 0.1, "degree": 0.3, "motivation": 0.5, "requirement": 0.7, "competition": 0.9}
WANTED = {
    (): 0.0001,
    ("lazy",): 0.1,
    ("lazy", "degree"): 0.369937,
    ("competition", "requirement"): 0.969997,
    tuple(COMPOUND): 0.990546,
}


def net(compound: float, leak: float) -> float:
    said = Stated((0.5,), (compound,))
    return float(fit_net(said, leak).belief.quantile(0.5))


@pytest.mark.parametrize("on", WANTED, ids=lambda on: "+".join(on) or "none")
def test_compound_powers_make_the_published_rows(on: tuple[str, ...]) -> None:
    missed = math.prod(1.0 - net(COMPOUND[cause], LEAK) for cause in on)
    assert 1.0 - (1.0 - LEAK) * missed == pytest.approx(WANTED[on], abs=1e-6)


def test_a_compound_power_is_no_net_one() -> None:
    leak, compound = 0.05, (0.3, 0.6)
    nets = [net(each, leak) for each in compound]
    assert nets == pytest.approx([0.2631578947, 0.5789473684], abs=1e-9)
    rows = {
        len(on): 1.0 - (1.0 - leak) * math.prod(1.0 - each for each in on)
        for size in (0, 2)
        for on in combinations(nets, size)
    }
    assert rows == pytest.approx({0: 0.05, 2: 0.7052631579}, abs=1e-9)
    wrong = 1.0 - (1.0 - leak) * math.prod(1.0 - each for each in compound)
    assert wrong == pytest.approx(0.734, abs=1e-9)


def test_the_log_odds_of_a_beta() -> None:
    odds = Beta(5.45205, 11.60535).log_odds()
    assert (odds.mu, odds.sigma) == pytest.approx((-0.8062755, 0.539672), abs=1e-6)


@pytest.mark.parametrize(
    ("relevance", "counts", "quantiles"),
    [
        (1.0, (3.5, 8.5), (0.1058075, 0.2797821, 0.5184149)),
        (0.3, (1.4, 2.9), (0.0461805, 0.2966577, 0.7038136)),
    ],
)
def test_comparable_cases_count_by_their_relevance(
    relevance: float, counts: tuple[float, float], quantiles: tuple[float, float, float]
) -> None:
    said = stated(Counted(3, 11, relevance))
    assert said.counts == pytest.approx(counts, abs=1e-9)
    assert fit_probability(said).belief.quantile(THREE) == pytest.approx(np.array(quantiles), abs=1e-6)


def test_a_row_judged_state_by_state_becomes_the_dirichlet_that_shelf_finds() -> None:
    """The same roundtrip as above, from a prior file: quantiles of each state, and the sticks that come out."""
    alpha = {"clear": 20.0, "some": 10.0, "heavy": 5.0}
    total = sum(alpha.values())
    written = ", ".join(
        f"{state}: {{{', '.join(f'{100 * q:g}: {stats.beta.ppf(q, a, total - a):.12f}' for q in QUARTILES)}}}"
        for state, a in alpha.items()
    )
    model = parse_model("model: sky\nvariables:\n  rain: {states: [clear, some, heavy]}\n", "sky.yaml")
    text = f"priors: p\nmodel: sky\njudgements:\n  - {{about: P(rain), says: {{dirichlet: {{{written}}}}}}}\n"
    elicited = elicit(Writer(Network.of(model)), parse_priors(text, "p.yaml", model))
    beliefs = [prior.belief for prior in elicited.held["everyone"].priors]
    assert [(b.a, b.b) for b in beliefs if isinstance(b, Beta)] == [
        pytest.approx((20.0, 15.0), abs=2e-3),
        pytest.approx((10.0, 5.0), abs=2e-3),
    ]
    fit = elicited.held["everyone"].priors[0].fit
    assert fit is not None
    assert any("add up to 1.00 and are divided by it" in note for note in fit.notes)


def test_parts_that_add_up_to_more_than_one_are_divided_aloud() -> None:
    model = parse_model("model: sky\nvariables:\n  rain: {states: [clear, some, heavy]}\n", "sky.yaml")
    said = "clear: {5: 0.4, 50: 0.5, 95: 0.6}, some: {5: 0.3, 50: 0.4, 95: 0.5}, heavy: {5: 0.2, 50: 0.3, 95: 0.4}"
    text = f"priors: p\nmodel: sky\njudgements:\n  - {{about: P(rain), says: {{dirichlet: {{{said}}}}}}}\n"
    elicited = elicit(Writer(Network.of(model)), parse_priors(text, "p.yaml", model))
    fit = elicited.held["everyone"].priors[0].fit
    assert fit is not None
    assert any("add up to 1.20 and are divided by it" in note for note in fit.notes)
