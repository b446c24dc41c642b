"""The posterior against quadrature, the model against its own layout, and draws that repeat."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from arviz_stats.base import array_stats
from scipy.integrate import simpson
from scipy.special import expit, logit
from scipy.stats import beta, norm

import causal
from causal.errors import ElicitationError
from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.learn.elicited import Elicited
from causal.learn.layout import lay_out, medians
from causal.learn.model import build
from causal.learn.reading import elicit
from causal.learn.sample import sample
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
HALF_WIDTH = 1.6448536269514722 * 0.6
STATED = [float(expit(logit(0.1) + shift)) for shift in (-HALF_WIDTH, 0.0, HALF_WIDTH)]
PRIORS = f"""
priors: virtual
model: virtual
experts: {{said: {{name: Said}}, silent: {{name: Silent}}}}
judgements:
  - about: P(s = yes | do(g = yes))
    by: said
    says: {{quantiles: {{5: {STATED[0]!r}, 50: {STATED[1]!r}, 95: {STATED[2]!r}}}}}
defaults:
  - {{about: P(u = yes), says: {{cases: {{x: 3.5, of: 9}}}}}}
  - {{about: "P(s = yes | u = yes, g = yes)", says: {{cases: {{x: 2.5, of: 9}}}}}}
  - {{about: "P(s = yes | u = no, g = yes)", says: {{cases: {{x: 1.5, of: 9}}}}}}
"""


def virtual(priors: str = PRIORS) -> Elicited:
    model = parse_model(MODEL, "virtual.yaml")
    return elicit(Writer(Network.of(model)), parse_priors(priors, "virtual-priors.yaml", model))


def quadrature() -> tuple[float, float]:
    """Mean and sd of q = pi t1 + (1 - pi) t0 under Beta(4,6), Beta(3,7), Beta(2,8) times N(logit q; logit .1, .6)."""
    x = np.linspace(1e-4, 1 - 1e-4, 241)
    pi, t1, t0 = np.meshgrid(x, x, x, indexing="ij", sparse=True)
    q = pi * t1 + (1 - pi) * t0
    density = beta(4, 6).pdf(pi) * beta(3, 7).pdf(t1) * beta(2, 8).pdf(t0) * norm(logit(0.1), 0.6).pdf(logit(q))

    def integral(values: np.ndarray) -> float:
        return float(simpson(simpson(simpson(values, x=x), x=x), x=x))

    mass = integral(density)
    mean = integral(q * density) / mass
    return mean, float(np.sqrt(integral(q**2 * density) / mass - mean**2))


@pytest.fixture(scope="module")
def sampled():
    elicited = virtual()
    return elicited, sample(elicited, seed=3, draws=3000)


def values(elicited: Elicited, draws, expert: int, text: str) -> np.ndarray:
    slots = elicited.writer.write(parse_question(text)).slots
    return elicited.network.recorder.tape(slots).values(draws.flat(expert))[0]


def test_evidence_on_a_total_agrees_with_quadrature_and_with_numbers_from_elsewhere(sampled) -> None:
    """Multiplying .24 and .10 gives .1646, not .10 (quadrature, importance sampling and NUTS elsewhere agree)."""
    elicited, draws = sampled
    q = values(elicited, draws, 0, "P(s = yes | do(g = yes))")
    mean, sd = quadrature()
    assert mean == pytest.approx(0.1645564, abs=1e-5)
    assert sd == pytest.approx(0.0583497, abs=1e-5)
    error = q.std() / np.sqrt(2000)  # a cautious effective size
    assert q.mean() == pytest.approx(mean, abs=4 * error)
    assert q.std() == pytest.approx(sd, rel=0.06)


def test_an_expert_without_evidence_keeps_independent_draws_of_the_prior(sampled) -> None:
    elicited, draws = sampled
    assert draws.method == ("nuts", "iid")
    q = values(elicited, draws, 1, "P(s = yes | do(g = yes))")
    assert q.mean() == pytest.approx(0.24, abs=4 * q.std() / np.sqrt(q.size))
    assert abs(np.corrcoef(q[:-1], q[1:])[0, 1]) < 0.05


def through_pymc(elicited: Elicited):
    import pymc as pm

    with build(elicited):
        tree = pm.sample(800, tune=500, chains=2, cores=1, random_seed=4, progressbar=False, nuts_sampler="pymc")
    return tree.posterior["parameters"]


def through_nutpie(elicited: Elicited):
    import nutpie

    model = nutpie.compile_pymc_model(build(elicited), freeze_model=True)
    tree = nutpie.sample(model, draws=1000, tune=500, chains=2, seed=4, progress_bar=False)
    return tree.posterior["parameters"]


@pytest.mark.parametrize("other", [through_pymc, through_nutpie])
def test_the_other_samplers_agree(sampled, other) -> None:
    """The PyMC model is a second writing of the posterior, and these sample it with gradients of their own."""
    elicited, draws = sampled
    theta = other(elicited).sel(expert="said")
    p, t1, t0 = (
        theta.sel(parameter=name).to_numpy()
        for name in ("P(u = no)", "P(s = no | u = yes, g = yes)", "P(s = no | u = no, g = yes)")
    )
    theirs = (1 - p) * (1 - t1) + p * (1 - t0)
    ours = values(elicited, draws, 0, "P(s = yes | do(g = yes))").reshape(draws.theta.shape[:2])
    error = np.hypot(array_stats.mcse(ours, method="mean"), array_stats.mcse(theirs, method="mean"))
    assert theirs.mean() == pytest.approx(ours.mean(), abs=4 * error)
    assert theirs.std() == pytest.approx(ours.std(), rel=0.1)


def test_the_same_seed_gives_the_same_draws_and_another_seed_others() -> None:
    elicited = virtual()
    first, again, other = (sample(elicited, seed=seed, draws=50, tune=50) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.theta, again.theta)
    assert not np.array_equal(first.theta, other.theta)


def test_what_one_expert_says_moves_no_draw_of_another() -> None:
    before = sample(virtual(), seed=1, draws=50, tune=50)
    silent = sample(virtual(PRIORS.replace("x: 1.5", "x: 2.5", 1)), seed=1, draws=50, tune=50)
    assert not np.array_equal(silent.theta, before.theta)  # a default is everybody's
    edited = sample(virtual(PRIORS.replace(repr(STATED[1]), "0.12")), seed=1, draws=50, tune=50)
    assert not np.array_equal(edited.theta[..., 0], before.theta[..., 0])
    np.testing.assert_array_equal(edited.theta[..., 1], before.theta[..., 1])
    alone = sample(virtual(PRIORS.replace(", silent: {name: Silent}", "")), seed=1, draws=50, tune=50)
    np.testing.assert_array_equal(alone.theta[..., 0], before.theta[..., 0])


def test_experts_who_agree_have_draws_of_their_own() -> None:
    twins = virtual(PRIORS.replace("silent: {name: Silent}", "silent: {name: Silent}, mute: {name: Mute}"))
    theta = sample(twins, seed=1, draws=500, tune=50).theta
    assert abs(np.corrcoef(theta[..., 0, 1].ravel(), theta[..., 0, 2].ravel())[0, 1]) < 0.1


def test_the_pymc_model_and_the_layout_make_the_same_parameters() -> None:
    """The graph that PyMC differentiates and the arrays that the engine is run on are two writings of one map."""
    import pytensor

    study = causal.load(Path(__file__).parents[2] / "models" / "ussr.yaml")
    layout = lay_out(study.elicited)
    model = study.pymc_model()
    point = model.initial_point(random_seed=1)
    rng = np.random.default_rng(1)
    free = {variable.name: model.rvs_to_values[variable] for variable in model.free_RVs}
    line = rng.normal(0, 1, point["log_odds"].shape)
    share = rng.normal(0, 1, point["share_logodds__"].shape)
    gap = rng.normal(-1, 0.3, point["log_gap"].shape)
    (theta,) = model.replace_rvs_by_values([model["parameters"]])
    run = pytensor.function([free["log_odds"], free["share"], free["log_gap"]], theta, mode="FAST_COMPILE")
    vectors = {"log_odds": line[None], "share": expit(share)[None], "forced": np.empty((1, 0)), "log_gap": gap[None]}
    np.testing.assert_allclose(run(line, share, gap), layout.assemble(vectors)[0], atol=1e-12)


def test_prior_draws_have_the_stated_medians() -> None:
    study = causal.load(Path(__file__).parents[2] / "models" / "ussr.yaml")
    layout = lay_out(study.elicited)
    theta = layout.draw(np.random.default_rng(7), 4000)
    middle, said = np.median(theta, axis=0), medians(study.elicited)
    spread = theta.std(axis=0)
    # medians as fitted, not as stated: a fit to three quantiles may move its middle a little
    assert (np.abs(middle - said) <= 0.2 * spread + 1e-12).all()


def test_coords_name_the_questions() -> None:
    model = build(virtual())
    assert model.coords["parameter"][0] == "P(u = no)"
    assert model.coords["judged"] == ("said: P(s = yes | do(g = yes))",)
    assert "said: P(u = no)" in model.coords["share_of"]


def test_what_cannot_be_is_an_error_that_names_who_judges_it() -> None:
    elicited = virtual()
    with pytest.raises(ElicitationError, match="what said judges, or what was seen, has probability zero"):
        sample(elicited, draws=5, tune=5, news=(elicited.network.recorder.zero,))


def test_case_level_news_is_added_to_the_posterior() -> None:
    """Seeing s = yes after g = yes multiplies the density by q: E[q^2] / E[q] under the prior, by Monte Carlo."""
    elicited = virtual()
    page = elicited.writer.write(parse_question("P(u = yes | s = yes, do(g = yes))"))
    draws = sample(elicited, seed=5, draws=2000, news=(page.leaves[0].evidence,))
    q = values(elicited, draws, 1, "P(s = yes | do(g = yes))")
    rng = np.random.default_rng(9)
    pi, t1, t0 = rng.beta(4, 6, 10**6), rng.beta(3, 7, 10**6), rng.beta(2, 8, 10**6)
    prior = pi * t1 + (1 - pi) * t0
    assert q.mean() == pytest.approx((prior**2).mean() / prior.mean(), abs=4 * q.std() / np.sqrt(1500))
