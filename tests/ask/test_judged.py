"""Judgements on totals: before is what the priors imply, after what the draws say, z the distance between the two."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from causal import load
from causal.ask.judged import CONFLICT, PRIOR_DRAWS, Judged, checked, conflict, judged, prior_of
from causal.ask.panel import Panel, ask
from causal.errors import ImpossibleEvidence
from causal.learn.layout import lay_out
from causal.learn.sample import Draws, sample
from causal.spec.modelfile import parse_model
from causal.spec.priorfile import parse_priors
from causal.study import Study

MODEL = """
model: coin
variables:
  x: {states: [a, b]}
  y: {states: ["no", "yes"], parents: [x]}
  z: {states: ["no", "yes"], parents: [y], mechanism: {rule: {all of: [{y: "yes"}]}}}
outcome: y = yes
"""

PARAMETERS = """
priors: coin
model: coin
judgements:
  - {about: P(x = b), says: {quantiles: {5: 0.4, 50: 0.5, 95: 0.6}}}
  - {about: P(y = yes | x = a), says: {quantiles: {5: 0.15, 50: 0.2, 95: 0.27}}}
  - {about: P(y = yes | x = b), says: {quantiles: {5: 0.5, 50: 0.6, 95: 0.7}}}
"""


def study(*lines: str) -> Study:
    model = parse_model(MODEL)
    return Study(model, parse_priors(PARAMETERS + "".join(f"  - {line}\n" for line in lines), "coin", model))


def panel(of: Study, draws: int = 500) -> Panel:
    layout = lay_out(of.elicited)
    theta = layout.draw(np.random.default_rng(1), 4 * draws).reshape(4, draws, len(layout.parameters), -1)
    return Panel(of.elicited, Draws(theta, layout.parameters, layout.experts, ("iid",) * len(layout.experts), seed=1))


def one(*lines: str) -> Judged:
    (found,) = judged(panel(study(*lines)))
    return found


def test_nothing_derived_is_nothing_to_lay_out() -> None:
    assert judged(panel(study())) == ()
    assert checked(panel(study())) == ()


def test_before_is_what_the_parameters_imply() -> None:
    of = study("{about: P(y = yes), says: {quantiles: {5: 0.3, 50: 0.4, 95: 0.5}}}")
    (found,) = judged(panel(of))
    theta = lay_out(of.elicited).draw(np.random.default_rng(1), PRIOR_DRAWS)[:, :, 0]
    at = {parameter.name: theta[:, row] for row, parameter in enumerate(of.elicited.network.parameters)}
    x, low, high = at["P(x = a)"], 1 - at["P(y = no | x = a)"], 1 - at["P(y = no | x = b)"]
    total = x * low + (1 - x) * high
    assert found.before.mean == pytest.approx(total.mean(), rel=1e-12)
    assert found.before.lower == pytest.approx(np.quantile(total, 0.05), abs=0.002)
    said, logits = found.derived.fit.belief, np.log(total / (1 - total))
    z = abs(said.mean - logits.mean()) / math.hypot(said.sd, logits.std())
    assert found.z == pytest.approx(z, rel=1e-9)


def test_after_is_the_answer_of_the_expert_who_judged() -> None:
    of = load("rain")
    drawn = panel(of)
    found = judged(drawn)
    answers = ask(drawn, [of.elicited.writer.write(each.derived.judgement.about) for each in found])
    for each, answer in zip(found, answers, strict=True):
        assert each.after == answer.estimates[(each.derived.expert, "")]


def test_what_agrees_is_not_at_odds_and_what_contradicts_is() -> None:
    agrees = one("{about: P(y = yes), says: {quantiles: {5: 0.33, 50: 0.4, 95: 0.47}}}")
    against = one("{about: P(y = yes), says: {quantiles: {5: 0.90, 50: 0.95, 95: 0.98}}}")
    assert agrees.z is not None
    assert against.z is not None
    assert agrees.z < 0.5 < CONFLICT < against.z
    assert not agrees.at_odds
    assert against.at_odds


def test_a_weight_does_not_make_it_agree() -> None:
    says = "says: {quantiles: {5: 0.90, 50: 0.95, 95: 0.98}}"
    assert one(f"{{about: P(y = yes), {says}, weight: 0.25}}").z == one(f"{{about: P(y = yes), {says}}}").z


SAID = "{about: P(y = yes), says: {quantiles: {5: 0.42, 50: 0.48, 95: 0.54}}"


def test_a_replacement_comes_out_as_stated_and_a_meld_between_and_before_is_the_priors_alone() -> None:
    found = {}
    for use in ("check", "meld", "replace"):
        of = study(f"{SAID}, use: {use}}}")
        (found[use],) = judged(Panel(of.elicited, sample(of.elicited, seed=2)))
        assert found[use].derived.use == use
    # by hand, at the medians: .5 x .2 + .5 x .6
    for each in found.values():
        assert each.before.median == pytest.approx(0.4, abs=0.01)
        assert each.z == pytest.approx(found["check"].z, abs=0.05)
    after = found["replace"].after
    assert (after.lower, after.median, after.upper) == pytest.approx((0.42, 0.48, 0.54), abs=0.01)
    assert found["check"].after.median + 0.02 < found["meld"].after.median < after.median - 0.02


def test_a_meld_far_off_is_at_odds() -> None:
    far = "{about: P(y = yes), use: meld, weight: 0.1, says: {quantiles: {5: 0.55, 50: 0.6, 95: 0.65}}}"
    assert one(far).at_odds
    assert not one(f"{SAID}, use: meld}}").at_odds


def test_one_minus_a_quotient_is_turned_back() -> None:
    about = "1 - P(y = yes | do(x = a)) / P(y = yes | do(x = b))"
    found = one(f"{{about: '{about}', says: {{quantiles: {{5: 0.5, 50: 0.65, 95: 0.8}}}}}}")
    assert found.derived.scale == "log"
    assert found.stated == ((0.05, 0.5), (0.5, 0.65), (0.95, 0.8))
    assert found.read[0] < found.read[1] < found.read[2]
    assert found.read[1] == pytest.approx(0.65, abs=0.03)
    assert found.before.median == pytest.approx(1 - 0.2 / 0.6, abs=0.02)
    assert found.z is not None
    assert found.z < 0.5


def test_what_is_never_finite_has_no_z() -> None:
    (derived,) = study("{about: P(y = yes), says: {quantiles: {5: 0.3, 50: 0.4, 95: 0.5}}}").elicited.derived
    assert conflict(derived, np.array([-np.inf, np.inf, np.nan])) is None
    assert conflict(derived, np.array([-np.inf, derived.fit.belief.mean])) == pytest.approx(0.0, abs=1e-12)


def test_evidence_that_cannot_be_is_named() -> None:
    of = study(
        "{about: 'P(x = a | z = yes)', says: {quantiles: {5: 0.1, 50: 0.2, 95: 0.3}}}",
    )
    drawn = panel(of)
    never = drawn.draws.theta.copy()
    for row, parameter in enumerate(of.elicited.network.parameters):
        if parameter.variable == "y":
            never[:, :, row] = 1.0  # y = no, always
    with (
        np.errstate(invalid="ignore", divide="ignore"),
        pytest.raises(ImpossibleEvidence, match=r"P\(x = a \| z = yes\)"),
    ):
        judged(replace(drawn, draws=replace(drawn.draws, theta=never)))


def test_an_order_is_the_share_of_draws_in_which_it_holds() -> None:
    drawn = panel(study("{about: P(y = yes | do(x = b)) > 0.6, says: {order: 0.7}}"))
    (found,) = checked(drawn)
    row = [parameter.name for parameter in drawn.elicited.network.parameters].index("P(y = no | x = b)")
    assert found.after.mean == pytest.approx((drawn.draws.theta[..., row, 0] < 0.4).mean(), abs=1e-12)
    assert found.after.lower is None
    assert 0.3 < found.before.mean < 0.7


def test_an_order_used_as_evidence_holds_as_stated_after() -> None:
    (found,) = checked(panel(study("{about: P(y = yes | do(x = b)) > 0.6, says: {order: 0.9}, use: evidence}")))
    assert found.after.mean == pytest.approx(0.9, abs=1e-9)
    assert found.before.mean < 0.7


def test_a_sampler_that_stood_still_is_refused() -> None:
    drawn = panel(study("{about: P(y = yes), says: {quantiles: {5: 0.3, 50: 0.4, 95: 0.5}}}"))
    theta = np.repeat(drawn.draws.theta[:, :1], 500, axis=1)  # every chain stuck at its first draw
    (found,) = judged(replace(drawn, draws=replace(drawn.draws, theta=theta, method=("nuts",))))
    assert found.gate.verdict == "refuse"


def test_prior_draws_forget_the_run() -> None:
    drawn = panel(study())
    ran = replace(drawn, draws=replace(drawn.draws, method=("nuts",), divergences=9, bfmi=(0.1,)))
    assert prior_of(ran).draws.method == ("iid",)
    assert prior_of(ran).draws.divergences == 0
    assert prior_of(ran).draws.total == PRIOR_DRAWS
