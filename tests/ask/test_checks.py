"""Checks of the model against closed forms: logits that add up (all normal), counts of tables (all beta); ArviZ."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import trapezoid
from scipy.stats import betabinom, norm

import causal
from causal.ask.answer import PANEL
from causal.ask.checks import Checks, checks
from causal.ask.interventions import FORECAST
from causal.ask.omitted import CASES, EXPERT, ORDER, PARAMETER
from causal.ask.panel import Panel
from causal.ask.sensitive import CONFLICT, LED, STILL, STRONG, UNKNOWN, Sensitive, sensitive
from causal.ask.terms import JUDGEMENT, terms
from causal.elicit import LogitNormal
from causal.learn.gate import PASS
from causal.learn.sample import Draws, sample
from causal.learn.scaled import ALPHAS
from causal.spec.grammar import parse_event
from causal.spec.modelfile import parse_model
from causal.spec.priorfile import parse_priors
from causal.study import Study

# Logits: P(y | do(...)) is the logistic of a sum of normals, and so is what is judged of it

MODEL = """
model: sums
variables:
  a: {states: [off, on]}
  b: {states: [off, on]}
  c: {states: [off, on]}
  y: {states: ["no", "yes"], parents: [a, b, c], mechanism: logistic}
outcome: y = yes
interventions:
  all: {when: 1919, do: {a: on, b: on, c: on}}
"""
PRIORS = """
priors: said
model: sums
judgements:
  - {about: P(a = on), says: {exactly: 0.5}}
  - {about: P(b = on), says: {exactly: 0.5}}
  - {about: P(c = on), says: {exactly: 0.5}}
  - {about: P(y = yes | baseline), says: {quantiles: {5: 0.25, 95: 0.4}}}
  - {about: P(y = yes | baseline but a = on), says: {quantiles: {5: 0.3, 95: 0.55}}}
  - {about: P(y = yes | baseline but b = on), says: {quantiles: {5: 0.4, 95: 0.7}}}
  - {about: P(y = yes | baseline but c = on), says: {quantiles: {5: 0.35, 95: 0.6}}}
"""
TOTALS = (
    ("P(y = yes | do(a = on, b = on, c = off))", 0.3, 0.9, 1.0, (1, 1, 1, 0)),
    ("P(y = yes | do(a = off, b = on, c = on))", 0.4, 0.95, 0.5, (1, 0, 1, 1)),
    ("P(y = yes | do(a = on, b = off, c = on))", 0.01, 0.2, 1.0, (1, 1, 0, 1)),
)
HEADLINE = np.array((1, 1, 1, 1))


def study(totals=TOTALS, more: str = "") -> Study:
    model = parse_model(MODEL)
    said = "".join(
        f"  - {{about: '{about}', use: evidence, weight: {weight}, says: {{quantiles: {{5: {low}, 95: {high}}}}}}}\n"
        for about, low, high, weight, _ in totals
    )
    return Study(model, parse_priors(PRIORS + said + more, "said", model))


class Normals:
    """The posterior in closed form: ``rows`` are the sums that were judged, ``y`` and ``sd`` what was said of them."""

    def __init__(self, of: Study, totals=TOTALS) -> None:
        (held,) = of.elicited.held.values()
        self.names = [p.name for p in of.elicited.network.parameters]
        cut, *offsets = (prior for prior in held.priors if prior.parameter.variable == "y")
        self.first = held.priors.index(cut)
        self.mean = np.array([held.cuts["y"].anchor[0], *(each.belief.mu for each in offsets)])
        self.sd0 = np.array([held.cuts["y"].anchor[1], *(each.belief.sigma for each in offsets)])
        self.rows = np.array([each[-1] for each in totals], dtype=float).reshape(-1, 4)
        beliefs = [each.fit.belief for each in of.elicited.derived]
        self.y = np.array([each.mean for each in beliefs])
        self.sd = np.array([each.sd for each in beliefs])
        self.weight = np.array([each[3] for each in totals])

    def posterior(self, without: int | None = None, prior: float = 1.0, evidence: float = 1.0):
        """Return mean and covariance, with one judgement left out or a part raised to a power."""
        worth = evidence * self.weight / self.sd**2
        if without is not None:
            worth[without] = 0.0
        precision = np.diag(prior / self.sd0**2) + (self.rows.T * worth) @ self.rows
        covariance = np.linalg.inv(precision)
        return covariance @ (prior * self.mean / self.sd0**2 + self.rows.T @ (worth * self.y)), covariance

    def along(self, row, **how):
        """Return the normal of a sum."""
        mean, covariance = self.posterior(**how)
        return norm(row @ mean, np.sqrt(row @ covariance @ row))

    def panel(self, of: Study, draws: int = 10_000, seed: int = 1, **more) -> Panel:
        """Return a panel with independent draws of the posterior."""
        mean, covariance = self.posterior()
        theta = np.full((4, draws, len(self.names), 1), 0.5)
        made = np.random.default_rng(seed).multivariate_normal(mean, covariance, (4, draws))
        theta[..., self.first : self.first + 4, 0] = made
        return Panel(of.elicited, Draws(theta, tuple(self.names), tuple(of.elicited.held), ("nuts",), seed), **more)


@pytest.fixture(scope="module")
def of() -> Study:
    return study()


@pytest.fixture(scope="module")
def normals(of: Study) -> Normals:
    return Normals(of)


@pytest.fixture(scope="module")
def found(of: Study, normals: Normals) -> Checks:
    return checks(normals.panel(of), parse_event("y = yes"), "all", FORECAST)


def test_predictions_before_after_and_without_are_those_of_the_normals(found: Checks, normals: Normals) -> None:
    for place, each in enumerate(found.judgements):
        row, sd, said = normals.rows[place], normals.sd[place], normals.y[place]
        before = norm(row @ normals.mean, np.sqrt(row**2 @ normals.sd0**2))
        for band, phi in (
            (each.prior, before),
            (each.posterior, normals.along(row)),
            (each.rest, normals.along(row, without=place)),
        ):
            answer = norm(phi.mean(), np.hypot(phi.std(), sd))
            wanted = 1 / (1 + np.exp(-answer.ppf([0.05, 0.5, 0.95])))
            assert band is not None
            assert (band.low, band.median, band.high) == pytest.approx(wanted, abs=0.025)
            assert band.tail == pytest.approx(2 * min(answer.cdf(said), answer.sf(said)), abs=0.025)


def test_the_density_by_the_rest_is_that_of_the_normals(found: Checks, normals: Normals) -> None:
    for place, each in enumerate(found.judgements):
        noise = normals.sd[place] / np.sqrt(normals.weight[place])
        for score, how in ((each.elpd, {"without": place}), (each.lppd, {})):
            phi = normals.along(normals.rows[place], **how)
            assert score == pytest.approx(
                norm(phi.mean(), np.hypot(phi.std(), noise)).logpdf(normals.y[place]), abs=0.03
            )
        assert each.elpd < each.lppd
        assert not each.refitted


def test_the_surprising_one_comes_first(found: Checks) -> None:
    assert found.surprising[0].question == TOTALS[2][0]
    assert found.surprising[0].fairest.tail < 0.05
    assert TOTALS[2][0].split(" |")[0] in found.surprising[0].question
    assert "1 lies where fewer than 5 %" in found.text
    assert found.gate.verdict == PASS


def test_the_headline_without_each_judgement_is_that_of_the_normals(found: Checks, normals: Normals) -> None:
    by_question = {each.question: each for each in found.omitted}
    whole = normals.along(HEADLINE)
    assert found.panel.mean == pytest.approx(LogitNormal(whole.mean(), whole.std()).mean, abs=0.003)
    for place, (about, *_) in enumerate(TOTALS):
        rest = normals.along(HEADLINE, without=place)
        wanted = LogitNormal(rest.mean(), rest.std()).mean
        each = by_question[about]
        assert each.own == pytest.approx(wanted, abs=0.006)
        assert each.panel == each.own  # there is a single expert
        assert each.shift == pytest.approx(wanted - found.panel.mean, abs=0.006)
    shifts = [abs(each.shift) for each in found.omitted]
    assert shifts == sorted(shifts, reverse=True)


def apart(first, second) -> float:
    """Return the distance of two logit-normals from their distribution functions, over a wide range."""
    at = np.linspace(*first.ppf([1e-5, 1 - 1e-5]), 8001)
    x = 1 / (1 + np.exp(-at))
    found = []
    for p, q in ((first.cdf(at), second.cdf(at)), (first.sf(at), second.sf(at))):
        middle = np.log2((p + q) / 2)
        both = trapezoid(p * (np.log2(p) - middle) + q * (np.log2(q) - middle), x)
        found.append(np.sqrt(both / trapezoid(p + q, x)))
    return max(found)


def test_sensitivities_are_those_of_the_normals(of: Study, normals: Normals) -> None:
    panel = normals.panel(of)
    every = sensitive(panel, parse_event("y = yes"), terms(panel), FORECAST)
    (each,) = (each for each in every if each.intervention == "all")
    whole = normals.along(HEADLINE)
    for part, value in (("prior", each.prior), ("evidence", each.evidence)):
        wanted = np.mean([apart(whole, normals.along(HEADLINE, **{part: a})) / abs(np.log2(a)) for a in ALPHAS])
        assert value == pytest.approx(wanted, rel=0.08)
    assert each.diagnosis == CONFLICT  # what was said of the sums contradicts what was said of the parts


def test_each_judgement_has_the_numbers_that_arviz_has(of: Study, normals: Normals) -> None:
    """PSIS-LOO over the log likelihoods of the PyMC model, at the same draws."""
    import arviz as az
    import pymc as pm

    panel = normals.panel(of, draws=1000)
    theta = panel.draws.theta[..., 0]
    model = of.pymc_model()
    free = {each.name: each for each in model.free_RVs}
    assert set(free) == {"log_odds"}
    columns = [panel.draws.parameters.index(str(each).split(": ", 1)[1]) for each in model.coords["log_odds_of"]]
    traced = az.from_dict({"posterior": {"log_odds": theta[..., columns]}})
    with model:
        pm.compute_log_likelihood(traced, progressbar=False)
    wanted = az.loo(traced, var_name="judgement", pointwise=True, reff=1.0)
    mine = checks(panel, parse_event("y = yes"), "all", FORECAST)
    np.testing.assert_allclose([each.elpd for each in mine.judgements], wanted.elpd_i.values, atol=1e-8)
    np.testing.assert_allclose([each.k for each in mine.judgements], wanted.pareto_k.values, atol=1e-8)
    assert sum(each.elpd for each in mine.judgements) == pytest.approx(float(wanted.elpd), abs=1e-8)


STRONG_TOTAL = ((TOTALS[0][0], 0.84, 0.88, 1.0, (1, 1, 1, 0)), TOTALS[1])  # far off, and sure of it


def test_what_weights_cannot_leave_out_is_drawn_anew() -> None:
    of = study(STRONG_TOTAL)
    normals = Normals(of, STRONG_TOTAL)
    rest = normals.along(HEADLINE, without=0)
    wanted = LogitNormal(rest.mean(), rest.std()).mean
    outcome = parse_event("y = yes")
    weighted = checks(normals.panel(of, draws=1000), outcome, "all", FORECAST)
    (first,) = (each for each in weighted.omitted if each.question == STRONG_TOTAL[0][0])
    assert first.k > 0.7
    assert not first.refitted
    assert weighted.gate.verdict != PASS
    again = checks(
        normals.panel(of, draws=1000, refit=lambda news: pytest.fail("not for this")), outcome, "all", FORECAST
    )
    (first,) = (each for each in again.omitted if each.question == STRONG_TOTAL[0][0])
    assert first.refitted
    assert first.own == pytest.approx(wanted, abs=0.01)
    judgement = again.judgements[0]
    phi = normals.along(normals.rows[0], without=0)
    assert judgement.refitted
    answer = norm(phi.mean(), np.hypot(phi.std(), normals.sd[0]))
    assert judgement.elpd == pytest.approx(answer.logpdf(normals.y[0]), abs=0.3)  # a tail of 4,000 draws
    assert "drawn anew without it" in again.text
    assert {each.diagnostic for each in again.gate.findings} <= {"bulk ESS", "tail ESS"}


# Who judges, and orders


PANELS = """
priors: said
model: sums
experts: {e: {name: E, weight: 1}, f: {name: F, weight: 3}}
judgements:
  - {about: "P(y = yes | do(a = on, b = on))", by: e, use: evidence, says: {quantiles: {5: 0.5, 95: 0.9}}}
  - {about: P(y = yes | do(b = on)), by: e, use: check, says: {quantiles: {5: 0.5, 95: 0.9}}}
  - {about: P(y = yes | do(a = on)) > P(y = yes | do(b = on)), by: f, use: evidence, says: {order: 0.9}}
"""


@pytest.fixture(scope="module")
def two() -> tuple[Panel, Checks]:
    model = parse_model(MODEL)
    elicited = Study(model, parse_priors(PANELS, "said", model)).elicited
    panel = Panel(elicited, sample(elicited, seed=3))
    return panel, checks(panel, parse_event("y = yes"))


def test_without_an_expert_is_what_the_others_say(two: tuple[Panel, Checks]) -> None:
    panel, found = two
    alone = {each.expert: each for each in found.omitted if each.kind == EXPERT}
    (values,) = panel.values([panel.elicited.writer.write(causal.spec.grammar.parse_question("P(y = yes)")).slots[0]])
    share = panel.share()
    assert alone["f"].panel == pytest.approx(values[0].mean())
    assert alone["e"].panel == pytest.approx(share[1] @ values[1].ravel())
    assert alone["e"].shift == pytest.approx(alone["e"].panel - found.panel.mean)


def test_an_order_is_left_out_by_the_weights_that_it_gave(two: tuple[Panel, Checks]) -> None:
    panel, found = two
    (order,) = (each for each in found.omitted if each.kind == ORDER)
    slot = panel.elicited.writer.write(causal.spec.grammar.parse_question("P(y = yes)")).slots[0]
    own = panel.values([slot])[0, 1].mean()
    assert order.own == pytest.approx(own)
    assert order.shift == pytest.approx(0.75 * order.own_shift)  # three quarters of the panel


def test_a_check_moves_nothing_so_all_else_is_everything(two: tuple[Panel, Checks]) -> None:
    _, found = two
    check = next(each for each in found.judgements if each.use == "check")
    assert check.rest == check.posterior
    assert check.elpd is None
    assert check.question not in {each.question for each in found.omitted}


POOL = """
priors: said
model: sums
pooling: log
experts: {e: {name: E}, f: {name: F}}
judgements:
"""
ALIKE = """  - {about: P(y = yes | baseline), by: WHO, says: {quantiles: {5: 0.25, 95: 0.4}}}
  - {about: P(y = yes | baseline but a = on), by: WHO, says: {quantiles: {5: 0.3, 95: 0.55}}}
  - {about: "P(y = yes | do(a = on, b = on))", by: WHO, use: evidence, says: {quantiles: {5: 0.6, 95: 0.95}}}
"""


def test_a_pool_of_two_who_say_the_same_answers_as_each_of_them() -> None:
    """Their logarithmic pool is the posterior of either, so it is as sensitive; no expert can be taken out of it."""
    model = parse_model(MODEL)
    text = POOL + ALIKE.replace("WHO", "e") + ALIKE.replace("WHO", "f")
    elicited = Study(model, parse_priors(text, "said", model)).elicited
    panel = Panel(elicited, sample(elicited, seed=3))
    found = checks(panel, parse_event("y = yes"))
    first = {each.expert: each for each in found.sensitive if not each.intervention}
    assert set(first) == {PANEL, "e", "f"}
    for part in ("prior", "evidence"):
        one, other, pooled = (getattr(first[name], part) for name in ("e", "f", PANEL))
        assert pooled == pytest.approx((one + other) / 2, abs=0.02)
    assert first[PANEL].evidence > 0.02
    assert {each.kind for each in found.omitted} == {JUDGEMENT, PARAMETER}
    assert all(each.panel is None and each.shift is None for each in found.omitted)
    assert "their own number moves" in found.text


# Cases: counts of tables


PAIR = """
model: pair
variables:
  x: {states: [no, yes]}
  y: {states: [no, yes], parents: [x]}
outcome: y = yes
"""
COUNTED = """
priors: pair
model: pair
judgements:
  - {about: P(x = no), says: {cases: {x: 3.5, of: 9}}}
  - {about: P(y = no | x = no), says: {cases: {x: 1.5, of: 4}}}
  - {about: P(y = no | x = yes), says: {cases: {x: 2.5, of: 5}}}
cases:
  - {file: pairs.csv, relevance: 0.5, count: n, columns: {cause: x, effect: y}}
"""
TABLE = "cause,effect,n\nno,no,12\nno,yes,6\nyes,no,3\nyes,yes,20\n"
BETAS = {"P(x = no)": (4 + 9, 6 + 11.5), "P(y = no | x = no)": (2 + 6, 3 + 3), "P(y = no | x = yes)": (3 + 1.5, 3 + 10)}
BEFORE = {"P(x = no)": (4, 6), "P(y = no | x = no)": (2, 3), "P(y = no | x = yes)": (3, 3)}


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Panel, Checks]:
    folder = tmp_path_factory.mktemp("pair")
    for name, text in {"pair.yaml": PAIR, "p.yaml": COUNTED, "pairs.csv": TABLE}.items():
        (folder / name).write_text(text, encoding="utf-8")
    of = causal.load(folder / "pair.yaml", folder / "p.yaml")
    rng = np.random.default_rng(1)
    names = tuple(p.name for p in of.elicited.network.parameters)
    theta = np.stack([rng.beta(*BETAS[name], (4, 10_000)) for name in names], axis=-1)[..., None]
    panel = Panel(
        of.elicited, Draws(theta, names, ("everyone",), ("nuts",), 1), lambda news: pytest.fail("not for this")
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CAUSAL_CACHE", str(folder / "fits"))
        return panel, checks(panel, parse_event("y = yes"))


def cell(of, x: str, y: str, less: float = 0.0) -> float:
    """Return E P(x, y), with ``less`` of such a case taken out of the counts."""
    a, b = of["P(x = no)"]
    c, d = of[f"P(y = no | x = {x})"]
    first = (a - less * (x == "no")) / (a + b - less)
    second = (c - less * (y == "no")) / (c + d - less)
    return (first if x == "no" else 1 - first) * (second if y == "no" else 1 - second)


def test_cases_are_as_probable_as_the_betas_have_it(counted: tuple[Panel, Checks]) -> None:
    _, found = counted
    rows = [each for each in found.rows if each.expert == PANEL]
    assert [(each.line, each.count, each.alike) for each in rows] == [(2, 12, 41), (3, 6, 41), (4, 3, 41), (5, 20, 41)]
    for each, (x, y) in zip(rows, (("no", "no"), ("no", "yes"), ("yes", "no"), ("yes", "yes")), strict=True):
        assert each.posterior == pytest.approx(cell(BETAS, x, y), abs=0.003)
        assert each.prior == pytest.approx(cell(BEFORE, x, y), abs=0.01)
        assert each.expected == pytest.approx(41 * cell(BETAS, x, y), abs=0.15)
        assert each.elpd == pytest.approx(np.log(cell(BETAS, x, y, less=0.5)), abs=0.01)
        assert each.elpd < each.lppd == pytest.approx(np.log(cell(BETAS, x, y)), abs=0.01)


def test_the_tail_of_a_count_is_that_of_the_beta_binomial(tmp_path: Path) -> None:
    """Where only x is seen the number of such cases is beta-binomial."""
    (tmp_path / "m.yaml").write_text("model: m\nvariables: {x: {states: [no, yes]}}\noutcome: x = yes\n")
    text = "priors: p\nmodel: m\njudgements:\n  - {about: P(x = yes), says: {cases: {x: 29.5, of: 39}}}\n"
    (tmp_path / "p.yaml").write_text(text + "cases:\n  - {file: c.csv, relevance: 0.1, count: n, columns: {x: x}}\n")
    (tmp_path / "c.csv").write_text("x,n\nyes,6\nno,14\n")
    of = causal.load(tmp_path / "m.yaml", tmp_path / "p.yaml")
    theta = 1 - np.random.default_rng(1).beta(30.6, 11.4, (4, 10_000, 1, 1))
    assert [p.name for p in of.elicited.network.parameters] == ["P(x = no)"]
    panel = Panel(of.elicited, Draws(theta, ("P(x = no)",), ("everyone",), ("nuts",), 1))
    rows = [each for each in checks(panel, parse_event("x = yes")).rows if each.expert == PANEL]
    number = betabinom(20, 30.6, 11.4)
    wanted = 2 * number.cdf(6)
    assert wanted < 0.01
    assert rows[0].tail == pytest.approx(wanted, rel=0.1)
    assert rows[1].tail == pytest.approx(wanted, rel=0.1)  # one is the other's complement


def test_without_the_cases_the_number_is_that_of_the_priors(counted: tuple[Panel, Checks]) -> None:
    _, found = counted
    (cases,) = (each for each in found.omitted if each.kind == CASES)
    wanted = cell(BEFORE, "no", "yes") + cell(BEFORE, "yes", "yes")
    assert cases.own == pytest.approx(wanted, abs=0.012)
    assert f"Without the comparable cases it would be {cases.panel:.2f}" in found.text
    assert "comparable case" in found.text


# What is told


@pytest.mark.parametrize(
    ("prior", "evidence", "wanted"),
    [(0.1, 0.2, CONFLICT), (0.1, 0.01, STRONG), (0.01, 0.2, LED), (0.0, 0.0, STILL), (None, 0.2, UNKNOWN)],
)
def test_what_two_sensitivities_say(prior: float | None, evidence: float, wanted: str) -> None:
    assert Sensitive("q", "q", "", PANEL, prior, evidence, 0.1).diagnosis == wanted


def test_at_the_medians_there_is_what_priors_predict_and_no_more() -> None:
    found = causal.load("rain").at_medians().checks().result
    assert not found.omitted
    assert not found.sensitive
    assert all(each.posterior is None and each.rest is None for each in found.judgements)
    assert "the priors alone" in found.text


def test_what_is_withheld_is_not_told(of: Study, normals: Normals) -> None:
    panel = normals.panel(of, draws=200)
    stuck = panel.draws.theta.copy()
    stuck[1] = stuck[1, :1]
    found = checks(replace(panel, draws=replace(panel.draws, theta=stuck)), parse_event("y = yes"), "all", FORECAST)
    assert "is not reported" in found.text
    assert found.judgements == ()
    assert "judgements" not in found.to_dict()


def test_terms_are_the_density_that_was_sampled(of: Study, normals: Normals) -> None:
    """Prior and terms together are the log density of the posterior, up to a constant."""
    from causal.learn.scaled import log_prior

    panel = normals.panel(of, draws=100)
    (pieces,) = terms(panel).values()
    assert {each.kind for each in pieces} == {JUDGEMENT}
    mean, covariance = normals.posterior()
    theta = panel.draws.flat(0)
    x = theta[normals.first : normals.first + 4].T - mean
    wanted = -0.5 * np.einsum("ki,ij,kj->k", x, np.linalg.inv(covariance), x)
    found = log_prior(of.elicited, "everyone", theta) + sum(each.logs for each in pieces)
    assert np.ptp(found - wanted) < 1e-8
