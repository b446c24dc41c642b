"""A pooled panel's posterior against its definition: densities against densities, draws against quadrature."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.special import expit, logit
from scipy.stats import beta, norm, truncnorm

import causal
from causal.ask.panel import Panel, ask
from causal.elicit import Belief, Beta, Cuts, LogitNormal, Normal, Point, TruncatedNormal
from causal.errors import SpecError
from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.learn.elicited import Alike, Elicited
from causal.learn.layout import lay_out
from causal.learn.model import build
from causal.learn.reading import elicit
from causal.learn.sample import Draws, aim, sample
from causal.spec.grammar import parse_question
from causal.spec.modelfile import parse_model
from causal.spec.priorfile import parse_priors
from causal.spec.priors import POOLED

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
pooling: POOLING
experts:
  e: {name: E, school: one, weight: 2}
  f: {name: F, school: one}
  g: {name: G, school: two}
  apart: {name: Apart, pool: false}
judgements:
  - {about: P(a = no), by: e, says: {quantiles: {50: 0.25}}}
  - {about: P(a = no), by: f, says: {cases: {x: 3, of: 7}}}
  - {about: P(a = no), by: apart, says: {exactly: 0.9}}
  - {about: P(b), by: e, says: {dirichlet: {low: 2, mid: 3, high: 5}}}
  - {about: P(s = much | baseline but b = high), by: e, says: {quantiles: {5: 0.3, 50: 0.45, 95: 0.6}}}
  - {about: P(s = much | baseline but b = high), by: g, says: {quantiles: {5: 0.1, 50: 0.3, 95: 0.5}}}
  - {about: P(s = much | baseline), by: f, says: {quantiles: {5: 0.4, 50: 0.6, 95: 0.8}}}
  - {about: P(s >= more | baseline), by: f, says: {quantiles: {5: 0.6, 50: 0.75, 95: 0.85}}}
  - {about: P(s >= some | baseline), by: f, says: {quantiles: {5: 0.8, 50: 0.9, 95: 0.97}}}
  - {about: P(s = much | do(a = no)), by: e, says: {quantiles: {5: 0.1, 50: 0.3, 95: 0.5}}}
  - {about: P(s = much | do(a = no)), by: f, says: {quantiles: {5: 0.2, 50: 0.4, 95: 0.7}}, weight: 0.5}
  - {about: P(s = much | do(a = no)), by: apart, says: {quantiles: {5: 0.8, 50: 0.9, 95: 0.95}}}
  - about: P(s = much | n = yes) / P(s = much)
    by: e
    says: {ratio: {quantiles: {5: 0.5, 50: 1.5, 95: 3}}}
    weight: 0.4
  - {about: P(n = yes) - P(o = yes), by: g, says: {quantiles: {5: -0.1, 50: 0.1, 95: 0.3}}}
  - {about: P(o = yes | none), by: g, says: {exactly: 0.1}}
defaults:
  - {about: P(s >= some | baseline), says: {quantiles: {5: 0.7, 50: 0.85, 95: 0.95}}}
  - {about: P(s >= more | baseline), says: {quantiles: {5: 0.4, 50: 0.65, 95: 0.85}}}
  - {about: P(s = much | baseline), says: {quantiles: {5: 0.3, 50: 0.5, 95: 0.7}}}
  - {about: P(s = much | baseline but a = no), says: {quantiles: {5: 0.1, 50: 0.2, 95: 0.4}}}
  - {about: P(n = yes | all), says: {quantiles: {5: 0.7, 50: 0.8, 95: 0.9}}}
  - {about: P(n = yes | all but a = no), says: {quantiles: {5: 0.2, 50: 0.4, 95: 0.6}}}
"""


def small(pooling: str, priors: str = PRIORS, text: str = MODEL) -> Elicited:
    model = parse_model(text, "models/small.yaml")
    read = parse_priors(priors.replace("POOLING", pooling), "priors/p.yaml", model)
    return elicit(Writer(Network.of(model)), read)


def log_prior(belief: Belief, x: float) -> float:
    """Return the log density of a belief at a parameter, from scipy's."""
    match belief:
        case Beta(a=a, b=b):
            return float(beta(a, b).logpdf(x))
        case LogitNormal(mu=mu, sigma=sigma):
            return float(norm(mu, sigma).logpdf(logit(x)) - np.log(x * (1 - x)))
        case Normal(mu=mu, sigma=sigma):
            return float(norm(mu, sigma).logpdf(x))
        case TruncatedNormal(mu=mu, sigma=sigma, low=low, high=high):
            return float(truncnorm((low - mu) / sigma, (high - mu) / sigma, mu, sigma).logpdf(x))
        case Point():
            return 0.0
    raise TypeError(belief)


def log_cuts(cuts: Cuts, theta: list[float]) -> float:
    """Return the log density of cuts, low to high, with the Jacobian of the log gaps."""
    m, s = cuts.anchor
    total = float(norm(m, s).logpdf(theta[-1]))
    for gap, lower, upper in zip(cuts.gaps, theta[:-1], theta[1:], strict=True):
        log_gap = np.log(lower - upper)
        total += float(norm(gap.mean + gap.slope * (theta[-1] - m), gap.sigma).logpdf(log_gap)) - log_gap
    return total


def log_posterior(elicited: Elicited, who: str, theta: np.ndarray) -> float:
    """Return the log density of somebody's posterior at parameters, written out from what was elicited."""
    held = elicited.held[who]
    total = 0.0
    for prior, x in zip(held.priors, theta.tolist(), strict=True):
        if prior.parameter.scale != "cut":
            total += log_prior(prior.belief, x)
    for group, cuts in held.cuts.items():
        total += log_cuts(cuts, [x for prior, x in zip(held.priors, theta.tolist(), strict=True)
                                 if prior.parameter.scale == "cut" and prior.parameter.group == group])  # fmt: skip
    evidence = [each for each in elicited.evidence if each.expert == who]
    slots = [each.slot for each in evidence] + [each.slot for each in elicited.cases]
    values = elicited.network.recorder.tape(slots).values(theta[:, None])[:, 0] if slots else np.empty(0)
    total += sum(float(norm(each.mean, each.sd).logpdf(v)) for each, v in zip(evidence, values, strict=False))
    seen = zip(elicited.cases, values[len(evidence) :], strict=True)
    return total + sum(each.weight * float(np.log(v)) for each, v in seen)


def points(elicited: Elicited, count: int) -> np.ndarray:
    """Return parameters that all experts of the panel hold possible, shape (count, parameters)."""
    theta = lay_out(elicited, POOLED).draw(np.random.default_rng(5), count)
    return np.asarray(theta[..., 0])


def test_log_pool_is_the_product_of_the_posteriors_to_their_weights() -> None:
    """Priors of every family, cuts, derived judgements on three scales, comparable cases: all but a constant."""
    elicited = small("log")
    seen = elicited.writer.write(parse_question("P(o = yes | n = yes)")).leaves[0].evidence
    elicited = replace(elicited, cases=(Alike(seen, 2.5),))  # what all have seen alike counts once in the pool
    weights = {"e": 0.5, "f": 0.25, "g": 0.25}
    assert elicited.pool is not None
    assert dict(elicited.pool.members) == pytest.approx(weights)
    off = [
        log_posterior(elicited, POOLED, theta) - sum(w * log_posterior(elicited, e, theta) for e, w in weights.items())
        for theta in points(elicited, 12)
    ]
    assert np.ptp(off) < 1e-8
    kinds = {type(prior.belief) for prior in elicited.held[POOLED].priors if prior.parameter.scale != "cut"}
    assert kinds == {Beta, LogitNormal, Normal, TruncatedNormal, Point}
    assert any(each.about == "P(a = no)" for each in elicited.evidence if each.expert == POOLED)  # a beta, tilted


@pytest.mark.parametrize("pooling", ["log", "hierarchical"])
def test_density_is_that_of_the_pymc_model(pooling: str) -> None:
    """The compiled posterior of the pool, and its twin in PyMC, differ by a constant."""
    elicited = small(pooling)
    only = replace(elicited, held={POOLED: elicited.held[POOLED]}, derived=())
    (target,) = aim(only)
    layout = target.layout
    model = build(only, layout)
    logp = model.compile_logp(mode="FAST_COMPILE")
    rng = np.random.default_rng(2)
    offsets = []
    for _ in range(5):
        x = rng.normal(size=target.density.entries)
        theta = target.density.theta(x)
        line, share, forced, cut = (theta[layout.places[name]] for name in ("log_odds", "share", "forced", "log_gap"))
        line = np.where(layout.as_share, logit(np.where(layout.as_share, line, 0.5)), line)
        above = np.where(layout.upper >= 0, cut[layout.upper], line[layout.top])
        at = {"log_odds": line, "log_gap": np.log(cut - above), "forced_interval__": np.log(-forced)}
        if share.size:
            at["share_logodds__"] = logit(share)
        offsets.append(target.density(x)[0] - float(logp(at)))
    assert np.ptp(offsets) < 1e-8


def test_a_default_counts_once_and_silence_not_at_all() -> None:
    elicited = small("hierarchical")
    place = {prior.parameter.name: at for at, prior in enumerate(elicited.held[POOLED].priors)}
    for name in ("P(n = yes | all)", "P(n = yes | all but a = no)"):
        assert elicited.held[POOLED].priors[place[name]].belief == elicited.held["e"].priors[place[name]].belief
    narrow = elicited.held["g"].priors[place["P(a = no)"]]  # weak, for nobody's default
    assert narrow.origin == "weak"
    # y, t of the two who judged, in one school: the formula by hand
    first, second = (elicited.held[name].priors[place["P(a = no)"]].belief for name in ("e", "f"))
    assert isinstance(first, LogitNormal)
    assert isinstance(second, Beta)
    y1, t1 = first.mu, first.sigma
    y2, t2 = second.log_odds().mu, second.log_odds().sigma
    v1, v2 = t1**2 + 0.25, t2**2 + 0.25
    pooled = elicited.held[POOLED].priors[place["P(a = no)"]].belief
    assert isinstance(pooled, LogitNormal)
    assert pooled.mu == pytest.approx((y1 / v1 + y2 / v2) / (1 / v1 + 1 / v2))
    assert pooled.sigma == pytest.approx(np.sqrt(1 / (1 / v1 + 1 / v2) + 0.25 + 0.09))


def test_derived_judgements_on_one_question_are_one_piece_of_evidence() -> None:
    """Widened by the factors, a quarter of them for a difference of probabilities; a weight divides the variance."""
    elicited = small("hierarchical")
    evidence = {each.about: each for each in elicited.evidence if each.expert == POOLED}
    assert list(evidence) == ["P(s = much | do(a = no))", "P(s = much | n = yes) / P(s = much)",
                              "P(n = yes) - P(o = yes)"]  # fmt: skip
    own = {(each.expert, str(each.judgement.about)): each for each in elicited.derived}
    e, f = (own[name, "P(s = much | do(a = no))"].fit.belief for name in ("e", "f"))
    v1, v2 = e.sd**2 + 0.25, f.sd**2 / 0.5 + 0.25
    both = evidence["P(s = much | do(a = no))"]
    assert both.mean == pytest.approx((e.mean / v1 + f.mean / v2) / (1 / v1 + 1 / v2))
    assert both.sd == pytest.approx(np.sqrt(1 / (1 / v1 + 1 / v2) + 0.25 + 0.09))
    ratio, difference = own["e", "P(s = much | n = yes) / P(s = much)"], own["g", "P(n = yes) - P(o = yes)"]
    assert evidence["P(s = much | n = yes) / P(s = much)"].sd == pytest.approx(
        np.sqrt(ratio.fit.belief.sd**2 / 0.4 + 0.59)
    )
    assert evidence["P(n = yes) - P(o = yes)"].sd == pytest.approx(np.sqrt(difference.fit.belief.sd**2 + 0.59 / 16))


def test_draws_of_a_beta_and_a_logit_normal_pooled_are_those_of_the_integral() -> None:
    """NUTS on the beta with its piece of evidence, against the normalised product on a grid."""
    model = "model: m\nvariables:\n  a: {states: [no, yes]}\n"
    priors = """
priors: p
model: m
pooling: log
experts: {b: {name: B}, l: {name: L, weight: 3}}
judgements:
  - {about: P(a = yes), by: b, says: {cases: {x: 7, of: 9}}}
  - {about: P(a = yes), by: l, says: {quantiles: {50: 0.3}}}
"""
    elicited = small("log", priors, model)
    draws = sample(elicited, seed=1, draws=2000, tune=500)
    assert draws.method == ("iid", "iid", "nuts")
    x = draws.theta[:, :, 0, 2].ravel()
    grid = np.linspace(1e-5, 1 - 1e-5, 100_001)
    held = [elicited.held[name].priors[0].belief for name in ("b", "l")]
    assert [type(each) for each in held] == [Beta, LogitNormal]
    assert isinstance(held[1], LogitNormal)
    log = 0.25 * beta(held[0].a, held[0].b).logpdf(grid)
    log += 0.75 * (norm(held[1].mu, held[1].sigma).logpdf(logit(grid)) - np.log(grid * (1 - grid)))
    density = np.exp(log - log.max())
    density /= density.sum()
    mean = float(density @ grid)
    sd = float(np.sqrt(density @ (grid - mean) ** 2))
    assert x.mean() == pytest.approx(mean, abs=4 * sd / np.sqrt(2000))
    assert x.std() == pytest.approx(sd, rel=0.05)
    reached = np.interp(elicited.held[POOLED].priors[0].median, grid, np.cumsum(density))
    assert reached == pytest.approx(0.5, abs=1e-3)


def test_an_order_used_as_evidence_enters_a_log_pool_to_the_power_of_the_weight() -> None:
    """Two coins, one expert sure that the first is likelier: the pool's weights against the definition."""
    model = "model: m\nvariables:\n  a: {states: [no, yes]}\n  b: {states: [no, yes]}\n"
    priors = """
priors: p
model: m
pooling: log
experts: {b: {name: B}, l: {name: L, weight: 3}}
judgements:
  - {about: P(a = yes) > P(b = yes), by: b, says: {order: 0.9}, use: evidence}
"""
    elicited = small("log", priors, model)
    layout = lay_out(elicited)
    theta = layout.draw(np.random.default_rng(1), 4000).reshape(4, 1000, 2, 3)
    panel = Panel(elicited, Draws(theta, layout.parameters, layout.experts, ("iid",) * 3, seed=1))
    share = panel.share()
    assert share is not None
    holds = (theta[..., 0, :] < theta[..., 1, :]).reshape(-1, 3)  # the parameters are those of 'no'
    assert share[0, holds[:, 0]].sum() == pytest.approx(0.9)
    assert np.ptp(share[1]) == 0
    # before, half of B's and half of the pool's draws hold: odds of 9 : 1 for B are 9^(1/4) : 1 for the pool
    odds = share[2, holds[:, 2]].mean() / share[2, ~holds[:, 2]].mean()
    mass = holds[:, 0].mean()
    assert odds == pytest.approx((9 * (1 - mass) / mass) ** 0.25)
    (answer,) = ask(panel, [elicited.writer.write(parse_question("P(a = yes) > P(b = yes)"))])
    assert answer.mean == pytest.approx(share[2, holds[:, 2]].sum())


@pytest.mark.parametrize("pooling", ["log", "hierarchical"])
def test_experts_keep_their_posteriors_and_the_panel_is_one_more(pooling: str) -> None:
    """What experts hold is what they hold in a linear panel; the order of the file changes nothing of the pool."""
    linear, pooled = small("linear"), small(pooling)
    for name in linear.held:
        assert pooled.held[name] == linear.held[name]
    assert pooled.experts == tuple(linear.held)
    assert tuple(pooled.held) == (*linear.held, POOLED)
    targets = {each.expert: each for each in aim(linear)}
    for each in aim(pooled):
        if each.expert != POOLED:
            assert each.density.parameters == targets[each.expert].density.parameters
    turned = PRIORS.replace("  e: {name: E, school: one, weight: 2}\n", "").replace(
        "  apart:", "  e: {name: E, school: one, weight: 2}\n  apart:"
    )
    again = small(pooling, turned)
    for one, two in zip(pooled.held[POOLED].priors, again.held[POOLED].priors, strict=True):
        assert two.median == pytest.approx(one.median, abs=1e-12)
        if one.parameter.scale != "cut":
            assert two.belief.quantile([0.1, 0.9]) == pytest.approx(one.belief.quantile([0.1, 0.9]), abs=1e-12)


def test_what_is_told_of_a_hierarchical_pool() -> None:
    elicited = small("{hierarchical: {all: 0, school: 0, expert: 0}}")
    assert elicited.pool is not None
    assert elicited.pool.n_eff == pytest.approx(3.0)
    told = small("hierarchical").pool
    assert told is not None
    assert told.n_eff is not None
    assert 1.0 < told.n_eff < 3.0
    assert any("3 experts of 2 schools" in each and "independent ones" in each for each in told.told)
    assert any("weights of experts do not count" in each for each in told.told)
    assert told.spread is not None
    assert told.spread.questions == 3
    assert any("of a school and" in each and "where 0.5 and 0.5 is assumed" in each for each in told.told)
    apart = small("hierarchical", PRIORS.replace("f: {name: F, school: one}", "f: {name: F}")).pool
    assert apart is not None
    assert any("(3 questions judged by two or more), where 0.71 is assumed" in each for each in apart.told)
    log = small("log").pool
    assert log is not None
    assert any("P(o = yes | none) by g" in each for each in log.told)


def test_what_has_no_pool_is_refused_at_its_line() -> None:
    exact = PRIORS.replace("{quantiles: {50: 0.25}}", "{exactly: 0.2}").replace(
        "{cases: {x: 3, of: 7}}", "{exactly: 0.3}"
    )
    with pytest.raises(SpecError) as caught:
        small("log", exact)
    (problem,) = caught.value.problems
    assert (problem.line, problem.where) == (13, "judgements.2")
    assert problem.message == (
        "P(a = no): f says 'exactly: 0.3', e says 'exactly: 0.2' (line 12): exactly 0.2 and exactly 0.3 have no "
        "logarithmic pool; give one of them a width, or write 'pooling: linear', which keeps them all"
    )
    assert small("hierarchical", exact).held[POOLED].priors[0].belief.sd > 0
    never = PRIORS.replace("{quantiles: {50: 0.25}}", "{exactly: 0}")
    with pytest.raises(SpecError, match="what is impossible, or certain, has no log-odds to be pooled with"):
        small("hierarchical", never)
    order = PRIORS.replace("defaults:", "  - {about: P(a = yes) > P(n = yes), by: e, says: {order: 0.8}, "
                           "use: evidence}\ndefaults:")  # fmt: skip
    with pytest.raises(SpecError, match="an order used as evidence has no scale for factors to be added on"):
        small("hierarchical", order)
    assert small("log", order).pool is not None


@pytest.mark.long
def test_hierarchical_is_what_nuts_finds_with_the_factors_written_out() -> None:
    """One question, four experts of two schools, in PyMC with a variable for each factor."""
    import pymc as pm

    y, t, school = np.array([-1.0, 0.2, 0.8, 1.5]), np.array([0.4, 0.3, 0.8, 0.5]), np.array([0, 0, 1, 1])
    with pm.Model():
        theta = pm.Normal("theta", 0.0, 100.0)
        everyone = pm.Normal("all", 0.0, 0.3)
        schools = pm.Normal("school", 0.0, 0.5, shape=2)
        own = pm.Normal("own", 0.0, 0.5, shape=4)
        pm.Normal("said", theta + everyone + schools[school] + own, t, observed=y)
        found = pm.sample(4000, tune=2000, chains=4, random_seed=1, progressbar=False, target_accept=0.95)
    draws = found["posterior"]["theta"].to_numpy().ravel()
    from causal.elicit import hierarchical

    pooled = hierarchical(y.tolist(), t.tolist(), ["one", "one", "two", "two"], (0.3, 0.5, 0.5))
    assert draws.mean() == pytest.approx(pooled.mean, abs=0.03)
    assert draws.std() == pytest.approx(pooled.sd, rel=0.03)


@pytest.mark.parametrize("pooling", ["log", "hierarchical"])
def test_the_shipped_case_can_be_pooled(pooling: str, tmp_path: Path) -> None:
    """No judgement of the debate stands in the way; answers by expert are those of the linear panel."""
    text = Path("priors/ussr.yaml").read_text(encoding="utf-8")
    assert "pooling: linear" in text
    (tmp_path / "ussr.yaml").write_text(text.replace("pooling: linear", f"pooling: {pooling}"), encoding="utf-8")
    study = causal.load("models/ussr.yaml", tmp_path / "ussr.yaml")
    answer = study.at_medians().ask("P(stalinist_outcome = yes)")
    means = [answer.estimates[(name, "")].mean for name in answer.pooled]
    assert POOLED not in answer.experts
    assert expit(min(logit(means)) - 1) < answer.mean < expit(max(logit(means)) + 1)
