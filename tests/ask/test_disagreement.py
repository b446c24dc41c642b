"""What drives two experts apart: one parameter of each scale, products by hand, who is compared, what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest

from causal.ask.disagreement import Disagreement, disagreement, mean_parameters
from causal.ask.panel import Panel
from causal.errors import ImpossibleEvidence, QueryError, UsageError
from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.learn.reading import elicit
from causal.learn.sample import sample
from causal.spec.grammar import parse_question
from causal.spec.modelfile import parse_model
from causal.spec.priorfile import parse_priors

MODEL = """
model: m
variables:
  x: {states: [no, yes]}
  z: {states: [no, yes]}
  rank: {states: [low, mid, high], parents: [x]}
  either: {states: [no, yes], parents: [x, z], mechanism: noisy-or}
  both: {states: [no, yes], parents: [x, z], mechanism: noisy-and}
  odds: {states: [low, mid, high], parents: [x, z], mechanism: logistic}
"""
DEFAULTS = {
    "P(x = no)": 0.4,
    "P(z = no)": 0.7,
    "P(rank = low | x = no)": 0.5,
    "P(rank = mid | rank != low, x = no)": 0.2,
    "P(rank = low | x = yes)": 0.3,
    "P(rank = mid | rank != low, x = yes)": 0.6,
    "P(either = yes | none)": 0.1,
    "P(x = yes causes either = yes)": 0.5,
    "P(z = yes causes either = yes)": 0.2,
    "P(both = yes | all)": 0.9,
    "P(both = yes | all but x = no)": 0.3,
    "P(both = yes | all but z = no)": 0.6,
    "P(odds >= mid | baseline)": 0.4,
    "P(odds = high | baseline)": 0.2,
    "P(odds = high | baseline but x = yes)": 0.5,
    "P(odds = high | baseline but z = yes)": 0.1,
}


def panel_of(
    said: dict[tuple[str, str], str | float],
    experts: str = "{a: {name: A}, b: {name: B}}",
    draws: int = 20,
    model: str = MODEL,
    defaults: dict[str, float] = DEFAULTS,
) -> Panel:
    """Return a panel of what (expert, question) says, a number meaning exactly; the rest are shared defaults."""
    lines = ["priors: p", "model: m", f"experts: {experts}", *(["judgements:"] if said else [])]
    for (by, about), says in said.items():
        value = says if isinstance(says, str) else f"{{exactly: {says}}}"
        lines.append(f'  - {{about: "{about}", by: {by}, says: {value}}}')
    lines += ["defaults:", *(f'  - {{about: "{about}", says: {{exactly: {v}}}}}' for about, v in defaults.items())]
    structure = parse_model(model)
    elicited = elicit(Writer(Network.of(structure)), parse_priors("\n".join(lines), "p.yaml", structure))
    return Panel(elicited, sample(elicited, seed=3, draws=draws))


def explain(panel: Panel, question: str, top: int = 5) -> Disagreement:
    return disagreement(panel, parse_question(question), top)


@pytest.mark.parametrize(
    ("parameter", "question", "low", "high"),
    [
        ("P(x = no)", "P(either = yes)", 0.9, 0.1),
        ("P(rank = mid | rank != low, x = yes)", "P(rank = mid)", 0.2, 0.9),
        ("P(either = yes | none)", "P(either = yes)", 0.05, 0.5),
        ("P(x = yes causes either = yes)", "P(either = yes)", 0.1, 0.8),
        ("P(both = yes | all but x = no)", "P(both = yes)", 0.1, 0.8),
        ("P(odds = high | baseline but x = yes)", "P(odds >= mid)", 0.1, 0.8),
    ],
)
def test_the_one_parameter_that_differs_explains_everything(
    parameter: str, question: str, low: float, high: float
) -> None:
    found = explain(panel_of({("a", parameter): low, ("b", parameter): high}), question)
    assert (found.low, found.high) == ("a", "b")
    assert found.high_mean - found.low_mean == pytest.approx(found.gap)
    (driver,) = found.drivers
    assert driver.question == parameter
    assert (driver.value_low, driver.value_high) == pytest.approx((low, high))
    assert driver.shift == pytest.approx(found.gap)
    assert found.gap > 0.01
    assert found.explained == pytest.approx(1.0)
    assert driver.judgement_low is not None
    assert driver.judgement_high is not None
    assert (driver.judgement_low.by, driver.judgement_high.by) == ("a", "b")
    assert str(driver.judgement_low.about) == parameter


def test_the_cuts_of_a_variable_are_swapped_together() -> None:
    """Both of b's cuts lie above the lower one of a: one at a time they would cross."""
    cuts = {("a", "P(odds >= mid | baseline)"): 0.3, ("a", "P(odds = high | baseline)"): 0.1,
            ("b", "P(odds >= mid | baseline)"): 0.8, ("b", "P(odds = high | baseline)"): 0.5}  # fmt: skip
    found = explain(panel_of(cuts), "P(odds = mid | x = no, z = no) + 2 * P(odds = high | x = no, z = no)")
    (driver,) = found.drivers
    assert driver.question == "P(odds >= mid | baseline)"  # .3 and .8 are further apart than .1 and .5
    assert (driver.value_low, driver.value_high) == pytest.approx((0.3, 0.8))
    assert driver.shift == pytest.approx(found.gap) == pytest.approx((0.8 + 0.5) - (0.3 + 0.1))
    assert found.explained == pytest.approx(1.0)


def test_a_departure_is_told_at_each_experts_own_reference() -> None:
    """The parameter is the ratio to ``all``; what it comes to depends on the ``all`` beside it."""
    said = {("a", "P(both = yes | all)"): 0.5, ("b", "P(both = yes | all)"): 0.8,
            ("a", "P(both = yes | all but x = no)"): 0.1, ("b", "P(both = yes | all but x = no)"): 0.4}  # fmt: skip
    found = explain(panel_of(said), "P(both = yes | x = no, z = yes)")
    values = {each.question: (each.value_low, each.value_high) for each in found.drivers}
    assert values["P(both = yes | all but x = no)"] == pytest.approx((0.1, 0.4))
    # all * ratio: 0.5 * 0.2 against 0.8 * 0.5
    shifts = {each.question: each.shift for each in found.drivers}
    assert shifts["P(both = yes | all)"] == pytest.approx(0.3 * (0.2 + 0.5) / 2)
    assert shifts["P(both = yes | all but x = no)"] == pytest.approx(0.3 * (0.5 + 0.8) / 2)
    assert found.drivers[0].question == "P(both = yes | all but x = no)"
    assert sum(shifts.values()) == pytest.approx(found.gap) == pytest.approx(0.3)


def test_shifts_of_a_product_are_those_by_hand_and_top_cuts_the_list() -> None:
    """P(rank = mid, x = yes) is p (1 - l) m; the half-sums over the two directions, one parameter at a time."""
    names = {"p": "P(x = no)", "l": "P(rank = low | x = yes)", "m": "P(rank = mid | rank != low, x = yes)"}
    a, b = {"p": 0.7, "l": 0.5, "m": 0.4}, {"p": 0.2, "l": 0.1, "m": 0.5}
    panel = panel_of({(by, names[key]): value for by, own in (("a", a), ("b", b)) for key, value in own.items()})

    def f(p: float, l: float, m: float) -> float:  # noqa: E741
        return (1 - p) * (1 - l) * m

    gap = f(**b) - f(**a)

    def shift(*keys: str) -> float:
        take = {key: b[key] for key in keys}
        give = {key: a[key] for key in keys}
        return (f(**{**a, **take}) - f(**a) + f(**b) - f(**{**b, **give})) / 2

    expected = sorted(names, key=lambda key: -abs(shift(key)))
    whole = explain(panel, "P(rank = mid, x = yes)")
    assert whole.gap == pytest.approx(gap)
    assert [each.question for each in whole.drivers] == [names[key] for key in expected]
    assert [each.shift for each in whole.drivers] == pytest.approx([shift(key) for key in expected])
    assert whole.explained == pytest.approx(1.0)
    two = explain(panel, "P(rank = mid, x = yes)", top=2)
    assert two.drivers == whole.drivers[:2]
    assert two.explained == pytest.approx(shift(*expected[:2]) / gap)
    assert two.explained != pytest.approx(1.0)


def test_a_parameter_that_narrows_the_gap_has_a_negative_shift() -> None:
    said = {("a", "P(x = no)"): 0.5, ("b", "P(x = no)"): 0.1,
            ("a", "P(rank = low | x = yes)"): 0.3, ("b", "P(rank = low | x = yes)"): 0.4}  # fmt: skip
    found = explain(panel_of(said), "P(rank != low, x = yes)")
    assert {each.question: math.copysign(1, each.shift) for each in found.drivers} == {
        "P(x = no)": 1.0,
        "P(rank = low | x = yes)": -1.0,
    }


def test_the_two_furthest_apart_of_the_pool_are_compared() -> None:
    experts = "{a: {name: A}, b: {name: B}, c: {name: C}, out: {name: O, pool: false}}"
    said = {(by, "P(x = no)"): value for by, value in (("a", 0.5), ("b", 0.2), ("c", 0.7), ("out", 0.99))}
    found = explain(panel_of(said, experts), "P(x = yes)")
    assert (found.low, found.high) == ("c", "b")
    assert (found.low_mean, found.high_mean) == pytest.approx((0.3, 0.8))


def test_whoever_was_silent_stands_on_a_default_or_on_nothing() -> None:
    defaults = {about: v for about, v in DEFAULTS.items() if about != "P(z = no)"}
    said = {("a", "P(x = no)"): 0.9, ("b", "P(z = no)"): 0.05}
    found = explain(panel_of(said, defaults=defaults, draws=2000), "P(x = yes) * P(z = yes)")
    by = {each.question: each for each in found.drivers}
    assert by["P(x = no)"].judgement_low.by == "a"
    assert by["P(x = no)"].judgement_high.by is None  # a default is of nobody
    assert by["P(z = no)"].judgement_low is None
    assert by["P(z = no)"].judgement_high.by == "b"


def test_experts_who_agree_have_no_drivers() -> None:
    found = explain(panel_of({}), "P(either = yes)")
    assert (found.low, found.high) == ("a", "b")
    assert found.gap == 0.0
    assert found.drivers == ()
    assert found.explained is None


def test_the_mean_parameters_are_those_of_the_draws_as_they_are_weighted() -> None:
    free = {("a", "P(x = no)"): "{cases: {x: 1.5, of: 9}}", ("a", "P(z = no)"): "{cases: {x: 2.5, of: 9}}"}
    order = {("a", "P(x = no) > P(z = no)"): "{order: 1}, use: evidence"}
    plain, weighed = panel_of(free, draws=5000), panel_of({**free, **order}, draws=5000)
    place = list(plain.draws.parameters).index("P(x = no)")
    assert mean_parameters(plain, "a")[place] == pytest.approx(plain.draws.theta[..., place, 0].mean())
    theta = weighed.draws.flat(0)
    holds = theta[place] > theta[list(weighed.draws.parameters).index("P(z = no)")]
    assert mean_parameters(weighed, "a") == pytest.approx(theta[:, holds].mean(axis=1))
    assert mean_parameters(weighed, "a")[place] > mean_parameters(plain, "a")[place] + 0.05


def test_a_swap_that_makes_the_evidence_impossible_is_left_out() -> None:
    """P(z = no | x = yes or z = yes) when a excludes the one and b the other: either alone leaves nothing."""
    model = MODEL + "  any: {states: [no, yes], parents: [x, z], mechanism: {rule: {any of: [x, z]}}}\n"
    said = {("a", "P(x = no)"): 1.0, ("a", "P(z = no)"): 0.5, ("b", "P(x = no)"): 0.5, ("b", "P(z = no)"): 1.0}
    found = explain(panel_of(said, model=model), "P(z = no | any = yes)")
    assert (found.low_mean, found.high_mean) == (0.0, 1.0)
    assert found.drivers == ()
    assert np.isfinite(found.gap)


def test_what_is_no_disagreement_is_refused() -> None:
    panel = panel_of({})
    with pytest.raises(UsageError, match="two pooled experts, and here is a alone"):
        explain(panel_of({}, "{a: {name: A}, b: {name: B, pool: false}}"), "P(x = yes)")
    with pytest.raises(UsageError, match="at least 1"):
        explain(panel, "P(x = yes)", top=0)
    for question in ("P(rank)", "P(x = yes) > P(z = yes)"):
        with pytest.raises(QueryError, match="no single number"):
            explain(panel, question)
    with pytest.raises(ImpossibleEvidence):
        explain(panel_of({("a", "P(x = no)"): 1.0}), "P(rank = mid | x = yes)")
