"""What melds with a prior, or takes the place of what it implies, against quadrature and raking on a grid.

The model has three parameters that matter: pi = P(u), t1 = P(s | u, g) and t0 = P(s | not u, g), under Beta(4, 6),
Beta(3, 7) and Beta(2, 8). What is said is about q = pi t1 + (1 - pi) t0: log-odds Normal(logit .1, .6).
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy.integrate import simpson
from scipy.special import expit, logit
from scipy.stats import beta, norm

from causal.errors import SpecError
from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.learn.elicited import Elicited
from causal.learn.melding import reshape
from causal.learn.reading import elicit
from causal.learn.sample import Draws, aim, sample
from causal.spec.grammar import parse_question
from causal.spec.modelfile import parse_model
from causal.spec.priorfile import parse_priors

MODEL = """
model: virtual
variables:
  u: {states: [no, yes]}
  g: {states: [no, yes]}
  s: {states: [no, yes], parents: [u, g]}
"""
ASKED = "P(s = yes | do(g = yes))"
CAUSE = "P(u = yes | s = yes, do(g = yes))"
PARAMETERS = ("P(u = yes)", "P(s = yes | u = yes, g = yes)", "P(s = yes | u = no, g = yes)")
Z = np.array([-1.6448536269514722, 0.0, 1.6448536269514722])


def says(middle: float, sd: float) -> str:
    """Return 5/50/95 per cent quantiles of a logit-normal."""
    low, median, high = (float(each) for each in expit(logit(middle) + sd * Z))
    return f"{{quantiles: {{5: {low!r}, 50: {median!r}, 95: {high!r}}}}}"


@cache
def virtual(*judgements: str, experts: str = "e: {name: E}") -> Elicited:
    model = parse_model(MODEL, "virtual.yaml")
    lines = "".join(f"  - {{{each}}}\n" for each in judgements)
    text = f"""
priors: virtual
model: virtual
experts: {{{experts}}}
judgements:
{lines}
defaults:
  - {{about: P(u = yes), says: {{cases: {{x: 3.5, of: 9}}}}}}
  - {{about: "P(s = yes | u = yes, g = yes)", says: {{cases: {{x: 2.5, of: 9}}}}}}
  - {{about: "P(s = yes | u = no, g = yes)", says: {{cases: {{x: 1.5, of: 9}}}}}}
"""
    return elicit(Writer(Network.of(model)), parse_priors(text, "virtual-priors.yaml", model))


def said(use: str, about: str = ASKED, middle: float = 0.1, sd: float = 0.6, by: str = "e") -> str:
    return f'about: "{about}", by: {by}, use: {use}, says: {says(middle, sd)}'


def values(elicited: Elicited, draws: Draws, *texts: str) -> np.ndarray:
    slots = [elicited.writer.write(parse_question(text)).slots[0] for text in texts]
    return elicited.network.recorder.tape(slots).values(draws.flat(0))


@pytest.fixture(scope="module")
def implied() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return phi = logit q on a grid, its density under the priors alone, and E(pi, t1, t0 | phi), by double integrals.

    For every q and every pi and t0, t1 = (q - (1 - pi) t0) / pi, with 1 / pi the stretch from t1 to q.
    """
    phi = np.linspace(-8.0, 4.0, 241)
    x = np.linspace(1e-4, 1 - 1e-4, 301)
    pi, t0 = np.meshgrid(x, x, indexing="ij")
    both = beta(4, 6).pdf(pi) * beta(2, 8).pdf(t0) / pi
    found = []
    for q in expit(phi):
        t1 = (q - (1 - pi) * t0) / pi
        density = both * beta(3, 7).pdf(t1)  # zero outside [0, 1]
        found.append([simpson(simpson(density * each, x=x), x=x) for each in (np.ones_like(pi), pi, t1, t0)])
    mass, *rest = np.array(found).T
    q = expit(phi)
    return phi, mass * q * (1 - q), np.array(rest) / np.maximum(mass, 1e-300)


def test_the_double_integral_is_the_prior(implied) -> None:
    phi, density, given = implied
    assert simpson(density, x=phi) == pytest.approx(1.0, abs=1e-5)
    assert simpson(density * expit(phi), x=phi) == pytest.approx(0.24, abs=1e-5)
    assert simpson(density * given, x=phi) == pytest.approx([0.4, 0.3, 0.2], abs=1e-4)


SHAPES = {
    "check": lambda q1, q2: q1,
    "evidence": lambda q1, q2: q1 * q2,
    "meld": lambda q1, q2: np.sqrt(q1 * q2),
    "meld, weight: 0.2": lambda q1, q2: q1**0.8 * q2**0.2,
    "meld, weight: 1": lambda q1, q2: q2,
    "replace": lambda q1, q2: q2,
}


@pytest.mark.parametrize("use", SHAPES)
def test_each_use_is_what_quadrature_makes_of_it(implied, use: str) -> None:
    phi, q1, given = implied
    density = SHAPES[use](q1, norm(logit(0.1), 0.6).pdf(phi))
    density = density / simpson(density, x=phi)
    if use == "evidence":  # from elsewhere: Gauss-Jacobi quadrature, importance sampling and NUTS
        assert simpson(density * expit(phi), x=phi) == pytest.approx(0.1645564, abs=1e-5)
    elicited = virtual(said(use))
    draws = sample(elicited, seed=3, draws=4000)
    q, *parameters = values(elicited, draws, ASKED, *PARAMETERS)
    for found, integral in zip((q, *parameters), (expit(phi), *given), strict=True):
        error = 4 * found.std() / np.sqrt(4000)  # a cautious effective size
        assert found.mean() == pytest.approx(simpson(density * integral, x=phi), abs=error + 0.0015)
    reached = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2 * np.diff(phi))])
    marks = np.interp([0.05, 0.5, 0.95], reached, phi)
    assert [float((logit(q) <= mark).mean()) for mark in marks] == pytest.approx([0.05, 0.5, 0.95], abs=0.02)


def table_of(elicited: Elicited):
    (derived,) = elicited.shaping
    assert derived.table is not None
    return derived.table


@pytest.mark.parametrize(("middle", "sd"), [(0.1, 0.6), (0.3, 0.3), (0.25, 0.8), (0.2, 0.7)])
def test_the_table_alone_gives_phi_what_was_said(implied, middle: float, sd: float) -> None:
    """Without a sampler between: the implied density times the table has the stated quantiles, within 0.01."""
    phi, q1, _ = implied
    made = q1 * np.exp(table_of(virtual(said("replace", middle=middle, sd=sd)))(phi))
    reached = np.concatenate([[0.0], np.cumsum((made[1:] + made[:-1]) / 2 * np.diff(phi))])
    stated = np.interp(logit(middle) + sd * Z, phi, reached / reached[-1])
    assert stated == pytest.approx([0.05, 0.5, 0.95], abs=0.01)


def test_evidence_multiplies_what_a_prior_has_become(implied) -> None:
    """Evidence on a replaced prior is q2 times its likelihood; the prior's own shape is gone."""
    phi, *_ = implied
    elicited = virtual(said("replace"), said("evidence", middle=0.2, sd=0.5))
    density = norm(logit(0.1), 0.6).pdf(phi) * norm(logit(0.2), 0.5).pdf(phi)
    density /= simpson(density, x=phi)
    q = values(elicited, sample(elicited, seed=4, draws=4000), ASKED)[0]
    assert q.mean() == pytest.approx(simpson(density * expit(phi), x=phi), abs=4 * q.std() / np.sqrt(4000) + 0.001)


BOTH = (said("replace", middle=0.15, sd=0.5), said("replace", CAUSE, 0.4, 0.5))


def raked(goals: list[tuple[float, float]]) -> np.ndarray:
    """Return E(pi, t1, t0) after raking a grid of theta until logit q and logit pi t1 / q have their normals."""
    x = (np.arange(120) + 0.5) / 120
    pi, t1, t0 = (each.ravel() for each in np.meshgrid(x, x, x, indexing="ij"))
    q = pi * t1 + (1 - pi) * t0
    weight = beta(4, 6).pdf(pi) * beta(3, 7).pdf(t1) * beta(2, 8).pdf(t0)
    margins = []
    for value, (middle, sd) in zip((q, pi * t1 / q), goals, strict=True):
        law = norm(logit(middle), sd)
        edges = np.concatenate([[-np.inf], law.ppf(np.linspace(0.002, 0.998, 60)), [np.inf]])
        margins.append((np.searchsorted(edges, logit(value)) - 1, np.diff(law.cdf(edges))))
    for _ in range(60):
        for bins, wanted in margins:
            weight = weight * (wanted / np.bincount(bins, weight, wanted.size))[bins]
    return np.array([weight @ each for each in (pi, t1, t0)]) / weight.sum()


def test_several_at_once_each_get_what_was_said_and_theta_is_that_of_raking() -> None:
    elicited = virtual(*BOTH)
    draws = sample(elicited, seed=5, draws=4000)
    first, second, *parameters = values(elicited, draws, ASKED, CAUSE, *PARAMETERS)
    for found, middle in ((first, 0.15), (second, 0.4)):
        marks = logit(middle) + 0.5 * Z
        assert [float((logit(found) <= mark).mean()) for mark in marks] == pytest.approx([0.05, 0.5, 0.95], abs=0.02)
    for found, mean in zip(parameters, raked([(0.15, 0.5), (0.4, 0.5)]), strict=True):
        assert found.mean() == pytest.approx(mean, abs=4 * found.std() / np.sqrt(4000) + 0.002)


def test_the_order_of_judgements_changes_no_shape() -> None:
    def logs(elicited: Elicited) -> np.ndarray:
        rng = np.random.default_rng(8)
        slots = [elicited.writer.write(parse_question(text)).slots[0] for text in (ASKED, CAUSE)]
        theta = np.array([rng.beta(4, 6, 500), *rng.uniform(0.05, 0.6, (len(elicited.network.parameters) - 1, 500))])
        phi = logit(elicited.network.recorder.tape(slots).values(theta))
        by = {str(each.judgement.about): each.table for each in elicited.shaping}
        total = sum(by[text](each) for text, each in zip(sorted(by, key=lambda t: t != ASKED), phi, strict=True))
        return total - total.mean()

    np.testing.assert_allclose(logs(virtual(*BOTH)), logs(virtual(*reversed(BOTH))), atol=0.05)


def test_the_table_is_the_same_whatever_the_seed_and_moves_no_other_expert() -> None:
    experts = "e: {name: E}, other: {name: Other}"
    first, second = (virtual.__wrapped__(said("meld"), experts=experts) for _ in range(2))
    assert table_of(first) == table_of(second)
    assert [target.method for target in aim(first)] == ["nuts", "iid"]
    alone = virtual(said("check"), experts=experts)
    assert aim(first)[1].density.digest == aim(alone)[1].density.digest
    changed = virtual(said("meld, weight: 0.6"), experts=experts)
    assert aim(first)[0].density.digest != aim(changed)[0].density.digest


def test_half_is_the_weight_of_a_meld_that_states_none() -> None:
    assert table_of(virtual(said("meld"))) == table_of(virtual(said("meld, weight: 0.5")))
    assert table_of(virtual(said("meld, weight: 1"))) == table_of(virtual(said("replace")))
    assert virtual(said("check")).shaping == ()


def test_what_the_priors_hardly_reach_is_noted_and_what_they_do_not_is_refused() -> None:
    (note,) = virtual(said("replace", middle=0.08, sd=0.8)).notes
    share = int(re.search(r": (\d+) % of what it is to be", note)[1])
    assert 2 <= share <= 15
    assert virtual(said("replace", middle=0.2, sd=0.4)).notes == ()
    with pytest.raises(SpecError, match=r"100 % of what it is to be lies where the priors"):
        virtual(said("replace", middle=0.97, sd=0.3))


def test_what_cannot_go_together_is_named() -> None:
    with pytest.raises(SpecError) as caught:
        virtual(said("replace", middle=0.2, sd=0.3), said("replace", "P(s = no | do(g = yes))", 0.6, 0.3))
    assert "'P(s = yes | do(g = yes))' (line 6) and 'P(s = no | do(g = yes))' (line 7)" in str(caught.value)


def test_what_leaves_no_doubt_cannot_be_reshaped() -> None:
    exactly = [f'about: "{text}", by: e, says: {{exactly: 0.3}}' for text in PARAMETERS]
    with pytest.raises(SpecError, match="leave no doubt about it"):
        virtual(*exactly, said("meld"))


def test_draws_that_are_few_are_not_enough() -> None:
    elicited = virtual(said("meld"))
    (derived,) = elicited.derived
    refused = []
    never = elicited.network.recorder.log(elicited.network.recorder.constant(-1.0))
    reshape(replace(elicited, derived=(replace(derived, slot=never),)), lambda _, error: refused.append(str(error)))
    assert refused == ["it is a number in 0 draws of the priors: too few to reshape"]
