"""Data that are made up against formulas of their own; calibration of what is right, and of what was broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import beta, norm, truncnorm

import causal
from causal.elicit import Normal
from causal.errors import UsageError
from causal.learn import calibrating
from causal.learn.calibrating import Calibration, log_prior
from causal.learn.elicited import Elicited
from causal.learn.layout import Layout, lay_out
from causal.learn.sample import aim
from causal.learn.uniformity import covered, p_value
from causal.spec.grammar import parse_question
from causal.spec.model import frozen
from causal.spec.modelfile import parse_model
from causal.spec.priorfile import parse_priors
from causal.spec.priors import POOLED, Elsewhere

FAMILIES = Path(__file__).resolve().parents[2] / "docs" / "calibration"
EXPERTS = {"derived": "engineer", "cases": "historian", "types": "trialist", "linear": "early", "hierarchical": POOLED}


def calibration(family: str, *asked: str) -> Calibration:
    study = causal.load(FAMILIES / f"{family}.yaml", FAMILIES / f"{family}-priors.yaml")
    return Calibration(study.model, study.priors, EXPERTS[family], tuple(map(parse_question, asked)))


def ranks(one: Calibration, simulations: int) -> np.ndarray:
    found = [one.simulate([3, i]) for i in range(simulations)]
    assert not [each.failure for each in found if each.failure]
    return np.array([each.ranks for each in found])


def least_p(found: np.ndarray) -> dict[int, float]:
    return {at: p_value(np.bincount(column, minlength=100)) for at, column in enumerate(found.T)}


@pytest.mark.parametrize(("family", "simulations"), [("derived", 60), ("hierarchical", 40)])
def test_posteriors_are_calibrated(family: str, simulations: int) -> None:
    one = calibration(family)
    found = ranks(one, simulations)
    limit = 0.01 / found.shape[1]
    assert min(least_p(found).values()) > limit
    for column in found.T:
        assert covered(np.bincount(column, minlength=100))[1] > limit


def overconfident(elicited: Elicited) -> Elicited:
    """Take each judgement for three times as precise as it is."""
    sharp = [replace(d.fit, belief=Normal(d.fit.belief.mean, d.fit.belief.sd / 3)) for d in elicited.derived]
    derived = tuple(replace(each, fit=fit) for each, fit in zip(elicited.derived, sharp, strict=True))
    return replace(elicited, derived=derived)


def forgetful(elicited: Elicited) -> Elicited:
    return replace(elicited, derived=(), cases=())


def twice(elicited: Elicited) -> Elicited:
    return replace(elicited, cases=tuple(replace(each, weight=2 * each.weight) for each in elicited.cases))


@pytest.mark.parametrize(
    ("family", "fault", "simulations"),
    [("derived", overconfident, 25), ("derived", forgetful, 40), ("cases", twice, 50)],
)
def test_calibration_sees(
    family: str, fault: Callable[[Elicited], Elicited], simulations: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calibrating, "aim", lambda elicited: aim(fault(elicited)))
    one = calibration(family)
    ps = least_p(ranks(one, simulations))
    assert min(ps.values()) < 0.01 / len(ps)
    if fault is forgetful:  # draws from the prior: every parameter is uniform, and only what looks at the data is not
        assert min(ps[at] for at in range(len(one.free))) > 0.01 / len(ps)
        assert ps[one.quantities.index(calibrating.LIKELIHOOD)] < 1e-9


def test_a_simulation_repeats_and_another_seed_is_another() -> None:
    one = calibration("derived")
    assert one.simulate([1, 2]) == calibration("derived").simulate([1, 2])
    assert one.simulate([1, 2]).ranks != one.simulate([1, 3]).ranks


def test_what_cannot_be_sampled_is_a_failure_with_its_reason() -> None:
    one = calibration("derived")
    far = tuple(
        replace(each, covariance=each.covariance * 1e6) if each.scale == "identity" else each for each in one.said
    )
    one.__dict__["said"] = far  # a difference of probabilities that no judge can state
    found = one.simulate([1, 1])
    assert found.ranks == ()
    assert "is not within -1 to 1" in found.failure


def strikes(theta: dict[str, float]) -> np.ndarray:
    """P(slump, union, fund, success) of docs/calibration/cases.yaml, written out."""
    found = np.zeros((2, 3, 2, 2))
    for s, slump in enumerate(("no", "yes")):
        p = theta["P(slump = no)"] if s == 0 else 1 - theta["P(slump = no)"]
        weak = theta[f"P(union = weak | slump = {slump})"]
        middling = theta[f"P(union = middling | union != weak, slump = {slump})"] * (1 - weak)
        for u, (union, share) in enumerate(
            zip(("weak", "middling", "strong"), (weak, middling, 1 - weak - middling), strict=True)
        ):
            empty = theta[f"P(fund = empty | union = {union})"]
            for f in (0, 1):
                fails = 1 - theta["P(success = yes | none)"]
                fails *= 1 - theta[f"P(union = {union} causes success = yes)"] if u else 1
                fails *= 1 - theta["P(fund = full causes success = yes)"] if f else 1
                found[s, u, f] = p * share * (1 - empty if f else empty) * np.array([fails, 1 - fails])
    return found


def test_cases_are_made_up_and_weighed_as_the_model_says() -> None:
    one = calibration("cases")
    theta = one.layout.draw(np.random.default_rng(4), 1)[:, :, 0].T
    wanted = strikes(dict(zip(one.layout.parameters, theta[:, 0], strict=True)))
    probabilities = one.tape.values(theta)[-len(one.cases.slots) :]
    np.testing.assert_allclose(probabilities[:, 0], wanted.ravel(), atol=1e-12)
    cells = {cell.seen: at for at, cell in enumerate(one.cases.cells)}
    at = cells[(("slump", 0.25), ("union", 0.03), ("fund", 0.25))]
    rng = np.random.default_rng(5)
    draws = [dict(one.cases.draw(rng, probabilities[:, 0])[at]) for _ in range(4000)]
    error = np.full((2, 2), 0.25) + 0.5 * np.eye(2)
    coded = np.einsum("suf,sa,ub,fc->abc", wanted.sum(axis=3), error, np.full((3, 3), 0.015) + 0.955 * np.eye(3), error)
    seen = np.mean([each == {"slump": "no", "union": "weak", "fund": "empty"} for each in draws])
    assert seen == pytest.approx(coded[0, 0, 0], abs=4 * np.sqrt(coded[0, 0, 0] / 4000))
    case = (("slump", "no"), ("union", "weak"), ("fund", "empty"))
    alone = replace(one.cases, cells=(one.cases.cells[at],))
    assert alone.log_likelihood(probabilities, [case])[0] == pytest.approx(np.log(coded[0, 0, 0]), abs=1e-12)


def test_what_is_written_is_read_as_one_case_each() -> None:
    one = calibration("cases")
    rng = np.random.default_rng(6)
    theta = one.layout.draw(rng, 1)[:, :, 0].T
    coded = one.cases.draw(rng, one.tape.values(theta)[-len(one.cases.slots) :, 0])
    files = one.cases.written(coded)
    assert sum(file.relevance * file.total for file in files) == pytest.approx(len(one.cases.cells))
    slots = {each.slot: each.weight for each in elicited_with(one, files).cases}
    tape = one.elicited.network.recorder.tape(list(slots))
    read = float(np.array(list(slots.values())) @ np.log(tape.values(theta)[:, 0]))
    probabilities = one.tape.values(theta)[-len(one.cases.slots) :]
    assert read == pytest.approx(one.cases.log_likelihood(probabilities, coded)[0], abs=1e-9)


def elicited_with(one: Calibration, files: tuple) -> Elicited:
    return calibrating.elicit(one.writer, replace(one.priors, cases=files))


def logs(layout: Layout, vectors: dict[str, np.ndarray]) -> np.ndarray:
    total = norm.logpdf(vectors["log_odds"], *layout.numbers["log_odds"]).sum(axis=1)
    total += beta.logpdf(vectors["share"], *layout.numbers["share"]).sum(axis=1)
    mu, sd, low, high = layout.numbers["forced"]
    total += truncnorm.logpdf(vectors["forced"], (low - mu) / sd, (high - mu) / sd, mu, sd).sum(axis=1)
    mean, slope, sigma, top = layout.numbers["log_gap"]
    centre = mean + slope * (vectors["log_odds"][:, layout.top] - top)
    return np.asarray(total + norm.logpdf(vectors["log_gap"], centre, sigma).sum(axis=1))


def test_the_log_prior_is_that_of_every_vector() -> None:
    layout = calibration("linear").layout
    assert all(layout.labels[family] for family in ("log_odds", "share", "forced", "log_gap"))
    rng = np.random.default_rng(7)
    signs = np.where(np.isinf(layout.numbers["forced"][3]), 1.0, -1.0)
    vectors = {
        "log_odds": rng.normal(size=(6, len(layout.labels["log_odds"]))),
        "share": expit(rng.normal(size=(6, len(layout.labels["share"])))),
        "forced": signs * np.exp(rng.normal(size=(6, len(layout.labels["forced"])))),
        "log_gap": rng.normal(size=(6, len(layout.labels["log_gap"]))),
    }
    gaps = log_prior(layout, layout.assemble(vectors)[:, :, 0].T) - logs(layout, vectors)
    np.testing.assert_allclose(gaps, gaps[0], atol=1e-9)


def test_a_pooled_truth_is_drawn_given_the_first_judge_alone() -> None:
    one = calibration("hierarchical")
    (drought,) = (said for said in one.said if str(said.judgements[0].about) == "P(drought = yes)")
    assert drought.known == pytest.approx(0.8473, abs=1e-3)
    at = one.layout.parameters.index("P(drought = no)")
    belief = one.elicited.held[POOLED].priors[at].belief
    assert belief.sigma**2 == pytest.approx(drought.covariance[0, 0])  # one judge: own doubt and all factors
    everyone, school, alone = 0.2, 0.3, 0.25
    assert drought.covariance[0, 1] == pytest.approx(everyone**2 + school**2)  # of the same school
    assert drought.covariance[0, 2] == pytest.approx(everyone**2)
    assert drought.covariance[2, 2] == pytest.approx(drought.sds[2] ** 2 + everyone**2 + school**2 + alone**2)
    rng = np.random.default_rng(8)
    truths = rng.normal(drought.known, np.sqrt(drought.covariance[0, 0]), 20_000)
    errors = np.array([drought.answers(rng, truth) - truth for truth in truths])
    np.testing.assert_allclose(np.cov(errors.T), drought.covariance, atol=0.03)


@pytest.mark.parametrize(
    ("pooling", "more", "message"),
    [
        ("log", "", "a logarithmic pool is no posterior of one truth"),
        ("linear", ", use: replace}", "reshape their prior"),
        (
            "linear",
            "}\n  - {about: P(y = b) > P(x = b), by: e, says: {order: 0.8}, use: evidence}",
            "orders that reweight draws",
        ),
        ("{hierarchical: {coder: 0.2}}", ", cite: {source: s, coder: c}}", "errors widen them and are not made up"),
        ("{hierarchical: {coder: 0}}", ", cite: {source: s, coder: c}}", ""),
        ("linear", ", cite: {source: s, coder: c}}", ""),
        (
            "linear",
            ", cite: {source: s, coder: c}}\n  - {about: P(y = b), by: e, says: 30%, cite: {source: s, coder: d}}",
            "errors widen them and are not made up",
        ),
    ],
)
def test_what_no_data_make_is_refused(pooling: str, more: str, message: str) -> None:
    model = parse_model("model: m\nvariables:\n  x: {states: [a, b]}\n  y: {states: [a, b], parents: [x]}\n", "m.yaml")
    text = f"priors: p\nmodel: m\npooling: {pooling}\nsources: {{s: A book}}\n"
    text += "experts: {e: {name: E}, f: {name: F}}\njudgements:\n"
    text += f"  - {{about: P(y = b), by: e, says: {{quantiles: {{5: 0.2, 50: 0.4, 95: 0.6}}}}{more or '}'}\n"
    priors = parse_priors(text, "p.yaml", model)
    one = Calibration(model, priors, "e" if pooling == "linear" else POOLED)
    if message:
        with pytest.raises(UsageError, match=message):
            _ = one.said
    else:
        assert len(one.said) == 1


def test_cases_that_are_not_ones_own_are_refused() -> None:
    one = calibration("cases")
    files = tuple(replace(file, own=frozen({"historian": 0.5})) for file in one.priors.cases)
    with pytest.raises(UsageError, match="where their relevance is the same for every expert"):
        _ = replace(one, priors=replace(one.priors, cases=files)).cases
    files = tuple(replace(file, elsewhere=Elsewhere(one.model, one.priors, ())) for file in one.priors.cases)
    with pytest.raises(UsageError, match="cases that have a model of their own are not made up"):
        _ = replace(one, priors=replace(one.priors, cases=files)).cases


def test_a_question_without_a_number_in_some_draws_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    one = calibration("derived", "P(bridge = falls)")
    honest = Calibration._values

    def broken(*arguments: object) -> np.ndarray:
        found = honest(*arguments)  # type: ignore[arg-type]
        found[one.quantities.index("P(bridge = falls)"), -1] = np.nan
        return found

    monkeypatch.setattr(Calibration, "_values", broken)
    assert one.simulate([1, 1]).failure == "P(bridge = falls) has no number in some draws"


def test_a_row_that_is_no_whole_number_of_cases_is_refused() -> None:
    one = calibration("cases")
    files = tuple(replace(file, relevance=0.3) for file in one.priors.cases)
    with pytest.raises(UsageError, match="has to be a whole number"):
        _ = replace(one, priors=replace(one.priors, cases=files)).cases


def test_layouts_of_all_families_are_drawn() -> None:
    for family, expert in EXPERTS.items():
        one = calibration(family)
        assert lay_out(one.elicited, expert).free == len(one.free) > 5
