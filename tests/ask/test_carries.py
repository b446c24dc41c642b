"""What carries an answer: against sums written out by hand, conjugate cases, and the same model in other words."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from causal.ask.answer import PANEL
from causal.ask.carries import carries
from causal.ask.headline import Headline, headline
from causal.ask.next_case import next_case
from causal.ask.next_judgement import gain, next_judgements, precisions
from causal.ask.panel import Panel
from causal.ask.schools import without_each_school
from causal.ask.tipping import tipping
from causal.ask.tornado import along, quantile, tornado
from causal.ask.variance import WHICH, variance_shares
from causal.errors import QueryError, UsageError
from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.learn.gate import REFUSE, Finding, Gate
from causal.learn.reading import elicit
from causal.learn.sample import sample
from causal.spec.grammar import parse_event
from causal.spec.modelfile import parse_model
from causal.spec.priorfile import parse_priors

MODEL = """
model: coin
variables:
  x: {states: [no, yes]}
  y: {states: [no, yes], parents: [x]}
outcome: y = yes
profile: [x]
interventions:
  push: {do: {x: no}}
"""
PRIORS = """
priors: coin
model: coin
experts: {a: {name: A, school: one, weight: 3}, b: {name: B, school: two}, c: {name: C, school: two, pool: false}}
judgements:
  - {about: P(x = yes), by: a, says: {quantiles: {5: 0.3, 50: 0.5, 95: 0.7}}}
  - {about: P(y = yes | x = yes), by: a, says: {quantiles: {5: 0.7, 50: 0.8, 95: 0.9}}}
  - {about: P(y = yes | x = no), by: a, says: {exactly: 0.2}}
  - {about: P(x = yes), by: b, says: {quantiles: {5: 0.1, 50: 0.2, 95: 0.4}}}
  - {about: P(y = yes | x = yes), by: b, says: {quantiles: {5: 0.5, 50: 0.6, 95: 0.7}}}
  - {about: P(y = yes | x = no), by: b, says: {quantiles: {5: 0.05, 50: 0.1, 95: 0.2}}}
"""
WET = parse_event("y = yes")


def panel_of(model: str = MODEL, priors: str = PRIORS, draws: int = 1000) -> Panel:
    structure = parse_model(model)
    elicited = elicit(Writer(Network.of(structure)), parse_priors(priors, "p.yaml", structure))
    return Panel(elicited, sample(elicited, seed=3, draws=draws))


@pytest.fixture(scope="module")
def panel() -> Panel:
    return panel_of()


@pytest.fixture(scope="module")
def head(panel: Panel) -> Headline:
    return headline(panel, WET)


def numbers(panel: Panel, expert: str) -> dict[str, np.ndarray]:
    """Return an expert's draws by the question they answer."""
    theta = panel.draws.flat(panel.draws.experts.index(expert))
    return dict(zip(panel.draws.parameters, theta, strict=True))


def total(panel: Panel, expert: str, **moved: float) -> np.ndarray:
    """Return P(y = yes) by hand; parameters are stated for the lower state."""
    of = numbers(panel, expert)
    x = 1.0 - of["P(x = no)"] if "x" not in moved else moved["x"]
    high = 1.0 - of["P(y = no | x = yes)"] if "high" not in moved else moved["high"]
    return x * high + (1.0 - x) * (1.0 - of["P(y = no | x = no)"])


def test_the_headline_is_the_answer(panel: Panel, head: Headline) -> None:
    for name in ("a", "b", "c"):
        assert head.means[name] == pytest.approx(total(panel, name).mean())
        assert head.variances[name] == pytest.approx(total(panel, name).var())
    mixed = np.concatenate([np.repeat(total(panel, "a"), 3), total(panel, "b")])
    assert head.mean == pytest.approx(mixed.mean())
    assert head.variance == pytest.approx(mixed.var())
    assert head.mean == pytest.approx(head.answer.panel.mean)


def test_a_parameter_is_moved_alone(panel: Panel, head: Headline) -> None:
    rows = {(each.question, each.expert): each for each in tornado(head)}
    chosen = head.thinned(500)
    found = rows["P(x = no)", "a"]
    low, high = np.quantile(numbers(panel, "a")["P(x = no)"], [0.05, 0.95], method="inverted_cdf")
    assert (found.at_low, found.at_high) == (pytest.approx(low), pytest.approx(high))
    base = total(panel, "a")
    for side, at in zip(found.alone, (low, high), strict=True):
        moved = total(panel, "a", x=1.0 - at)
        assert side == pytest.approx(base.mean() + (moved - base)[chosen].mean())
    # a and b are independent draws: what goes with the parameter is what it does alone
    assert found.low == pytest.approx(found.alone[0], abs=4 * found.error + 0.005)
    pooled = rows["P(x = no)", PANEL]
    assert pooled.low == pytest.approx(0.75 * found.low + 0.25 * rows["P(x = no)", "b"].low)
    assert ("P(y = no | x = no)", "a") not in rows  # said exactly


def test_swings_come_with_the_largest_first(head: Headline) -> None:
    pooled = [each for each in tornado(head) if each.expert == PANEL]
    assert [each.swing for each in pooled] == sorted((each.swing for each in pooled), reverse=True)


def test_the_regression_finds_a_line_and_weighs_draws() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=4000)
    at_low, at_high, low, high, error = along(x, 3 * x + 1, np.full(4000, 1 / 4000))
    assert (low, high) == (pytest.approx(3 * at_low + 1, abs=0.1), pytest.approx(3 * at_high + 1, abs=0.1))
    assert along(np.ones(100), rng.normal(size=100), np.full(100, 0.01)) is None
    share = np.where(x > 0, 1.0, 0.0)
    assert quantile(x, share / share.sum(), (0.5,))[0] == pytest.approx(np.median(x[x > 0]), abs=0.01)
    _, _, low, high, error = along(x, rng.normal(size=4000), np.full(4000, 1 / 4000))
    assert abs(high - low) < 4 * error


def test_tipping_points_solve_the_equation(panel: Panel, head: Headline) -> None:
    tips = {(each.question, each.expert): each for each in tipping(head, 0.5)}
    middle = {q: float(np.quantile(v, 0.5, method="inverted_cdf")) for q, v in numbers(panel, "a").items()}
    high, low = 1 - middle["P(y = no | x = yes)"], 1 - middle["P(y = no | x = no)"]
    found = tips["P(x = no)", "a"]
    assert found.headline == pytest.approx(high * (1 - middle["P(x = no)"]) + low * middle["P(x = no)"])
    assert found.at == pytest.approx((high - 0.5) / (high - low))
    below = numbers(panel, "a")["P(x = no)"] < found.at
    assert found.beyond == pytest.approx(below.mean() if found.below else (~below).mean())
    # at x = no the most that b's y can add is not enough
    assert tips["P(y = no | x = yes)", "b"].at is None
    assert "does not flip" in tips["P(y = no | x = yes)", "b"].text


def test_tipping_of_departures_is_on_what_is_stated() -> None:
    model = MODEL.replace("parents: [x]}", "parents: [x], mechanism: logistic}")
    priors = """
priors: coin
model: coin
experts: {a: {name: A}}
judgements:
  - {about: P(x = yes), by: a, says: {exactly: 0.9}}
  - {about: P(y = yes | baseline), by: a, says: {quantiles: {5: 0.2, 50: 0.3, 95: 0.4}}}
  - {about: P(y = yes | baseline but x = yes), by: a, says: {quantiles: {5: 0.2, 50: 0.4, 95: 0.6}}}
"""
    head = headline(panel_of(model, priors), WET)
    tips = {each.question: each for each in tipping(head) if each.expert == "a"}
    found = tips["P(y = yes | baseline but x = yes)"]
    base = 1 / (1 + np.exp(-np.quantile(numbers(head.panel, "a")["P(y = yes | baseline)"], 0.5)))
    assert found.at == pytest.approx((0.5 - 0.1 * base) / 0.9, abs=1e-3)
    assert found.now == pytest.approx(0.4, abs=0.02)


def test_without_a_school_the_rest_is_the_panel(head: Headline) -> None:
    one, two = without_each_school(head)
    assert (one.school, one.experts, one.weight) == ("one", ("a",), 0.75)
    assert one.panel.mean == pytest.approx(head.means["b"])
    assert two.alone.mean == pytest.approx(head.means["b"])  # c is shown apart
    assert two.shift == pytest.approx(head.means["a"] - head.mean)
    alone = PRIORS.replace("school: two}", "school: one}")
    assert without_each_school(headline(panel_of(priors=alone, draws=50), WET)) == ()


def test_a_school_that_is_left_out_is_called_one(panel: Panel) -> None:
    assert " without the school one (by itself " in carries(panel, WET).text
    unnamed = PRIORS.replace("school: one, ", "")  # a school under the expert's own name
    text = carries(panel_of(priors=unnamed, draws=50), WET).text
    assert "without the school two (" in text
    assert "without A (" in text


def test_shares_are_those_of_a_product_of_independent_numbers(panel: Panel, head: Headline) -> None:
    shares = variance_shares(head)
    rows = {(each.variable, each.expert): each for each in shares.rows}
    x, high = 1 - numbers(panel, "a")["P(x = no)"], 1 - numbers(panel, "a")["P(y = no | x = yes)"]
    low = 0.2
    v_x, v_h = x.var(), high.var()  # f = low + x (high - low)
    whole = v_x * (high.mean() - low) ** 2 + v_h * x.mean() ** 2 + v_x * v_h
    for row, first, all_of_it in (
        (rows["x", "a"], v_x * (high.mean() - low) ** 2, v_x * ((high - low) ** 2).mean()),
        (rows["y", "a"], v_h * x.mean() ** 2, v_h * (x**2).mean()),
    ):
        assert row.first == pytest.approx(first / whole, abs=5 * row.first_error)
        assert row.total == pytest.approx(all_of_it / whole, abs=5 * row.total_error)
        assert row.drawn == pytest.approx(first / whole, abs=5 * row.drawn_error)
    assert shares.tied["a"] == pytest.approx(1.0, abs=0.1)
    which = rows[WHICH, PANEL]
    gap = head.means["a"] - head.means["b"]
    assert which.first == pytest.approx(0.75 * 0.25 * gap**2 / head.variance)
    assert which.first + sum(rows[v, PANEL].first for v in "xy") == pytest.approx(1.0, abs=0.1)
    assert which.total >= which.first


def test_a_normal_answer_wins_what_the_formula_says() -> None:
    rng = np.random.default_rng(4)
    z, rest, s = rng.normal(0.2, 0.6, 4000), rng.normal(0, 0.5, 4000), 0.8
    f = 0.7 * z + rest
    won, error = gain(1 / (1 + np.exp(-z)), f, np.full(4000, 1 / 4000), s)
    assert won == pytest.approx(0.49 * 0.6**4 / (0.6**2 + s**2), abs=4 * error)
    nothing, error = gain(1 / (1 + np.exp(-z)), rng.normal(size=4000), np.full(4000, 1 / 4000), s)
    assert abs(nothing) < 4 * error + 1e-4
    assert gain(np.full(100, 0.3), f[:100], np.full(100, 0.01), s) is None


def test_the_next_judgement_counts_by_the_square_of_the_weight(panel: Panel, head: Headline) -> None:
    rows = {(each.question, each.expert): each for each in next_judgements(head)}
    a, b, both = (rows["P(x = no)", name] for name in ("a", "b", PANEL))
    assert a.panel == pytest.approx(a.own * 0.75**2 * head.variances["a"] / head.variance)
    assert both.panel == pytest.approx(a.panel + b.panel)
    assert rows["P(x = no)", "c"].panel == 0.0
    assert a.asked
    assert not rows["P(x = no)", "c"].asked
    sds = precisions(head)
    assert sds["c"] == pytest.approx(np.median(_stated_sds()), rel=0.05)


def _stated_sds() -> list[float]:
    """Return half the stated 5 to 95 per cent ranges, in standard deviations of the log-odds."""
    logit = lambda p: np.log(p / (1 - p))  # noqa: E731
    pairs = [(0.3, 0.7), (0.7, 0.9), (0.1, 0.4), (0.5, 0.7), (0.05, 0.2)]
    return [(logit(high) - logit(low)) / (2 * 1.6449) for low, high in pairs]


def test_the_next_case_is_worth_what_enumeration_says(panel: Panel, head: Headline) -> None:
    found = next_case(head, relevance=1.0)
    rows = {each.expert: each for each in found.gains}
    assert found.columns == ("x", "y")
    of = numbers(panel, "b")
    x, high, low = 1 - of["P(x = no)"], 1 - of["P(y = no | x = yes)"], 1 - of["P(y = no | x = no)"]
    f, after = x * high + (1 - x) * low, 0.0
    for weight in (x * high, x * (1 - high), (1 - x) * low, (1 - x) * (1 - low)):
        mean = (weight * f).sum() / weight.sum()
        after += weight.mean() * ((weight * (f - mean) ** 2).sum() / weight.sum())
    assert rows["b"].own == pytest.approx(1 - after / f.var(), abs=4 * rows["b"].error + 0.02)


def test_a_single_draw_has_nothing_to_share_out() -> None:
    panel = panel_of()
    one = replace(panel, draws=replace(panel.draws, theta=panel.draws.theta[:1, :1]))
    found = carries(one, WET)
    assert found.swings == ()
    assert found.gains == ()
    assert found.case.without
    assert "Nothing that was judged is uncertain" in found.text
    json.dumps(found.to_dict(), allow_nan=False)


def test_it_is_told_with_labels_and_numbers(panel: Panel) -> None:
    found = carries(panel, WET, "push")
    assert found.reading == "minimal rewrite"
    assert "minimal rewrite" in found.text
    assert set(found.tables) == {"swings", "tips", "schools", "shares", "gains", "case"}
    assert list(found.table["expert"][:1]) == [PANEL]
    json.dumps(found.to_dict(), allow_nan=False)
    with pytest.raises(QueryError, match="push"):
        carries(panel, WET, "pusj")
    with pytest.raises(UsageError, match="minimal"):
        carries(panel, WET, "push", "minimum")


def test_what_the_gate_refuses_shows_no_number(panel: Panel) -> None:
    found = replace(carries(panel, WET), gate=Gate((Finding("f", "R-hat", 2.0, REFUSE),)))
    assert "not reported" in found.text
    assert "swings" not in found.to_dict()


def test_other_names_and_an_idle_variable_change_nothing(panel: Panel) -> None:
    renamed_model = MODEL.replace("x", "c1").replace("y:", "e1:").replace("y =", "e1 =")
    renamed_priors = PRIORS.replace("P(x", "P(c1").replace("P(y", "P(e1").replace("| x", "| c1")
    idle_model = MODEL.replace("  y: {", "  idle: {states: [no, yes], parents: [y]}\n  y: {")
    ours = carries(panel, WET)
    for model, priors, event in ((renamed_model, renamed_priors, "e1 = yes"), (idle_model, PRIORS, "y = yes")):
        other = panel_of(model, priors)
        columns = [other.draws.parameters.index(name) for name in other.draws.parameters if "idle" not in name]
        theta = other.draws.theta.copy()
        theta[..., columns, :] = panel.draws.theta
        found = carries(replace(other, draws=replace(other.draws, theta=theta)), parse_event(event))
        assert [each.swing for each in found.swings] == pytest.approx([each.swing for each in ours.swings])
        assert [each.at for each in found.tips] == [each.at for each in ours.tips]
        assert [each.first for each in found.shares.rows] == pytest.approx([each.first for each in ours.shares.rows])
        mine = [each.panel for each in ours.gains]
        assert [each.panel for each in found.gains if "idle" not in each.question] == pytest.approx(mine)


def test_states_in_another_order_change_nothing(panel: Panel) -> None:
    other = panel_of(MODEL.replace("[no, yes]", "[yes, no]"))
    theta = np.empty_like(other.draws.theta)
    for column, name in enumerate(other.draws.parameters):
        context = name.partition(" | ")[2].rstrip(")")
        ours = f"P({name[2]} = no{' | ' if context else ''}{context})"
        theta[:, :, column] = 1.0 - panel.draws.theta[:, :, panel.draws.parameters.index(ours)]
    turned = replace(other, draws=replace(other.draws, theta=theta))
    ours, theirs = carries(panel, WET), carries(turned, WET)
    assert theirs.panel.mean == pytest.approx(ours.panel.mean)
    swings = [each.swing for each in ours.swings]
    assert [each.swing for each in theirs.swings] == pytest.approx(swings, abs=2e-3)  # quantiles are draws
    # c holds next to nothing about y, so that the crossing hangs on which of two middle draws is the median
    tips = {e.expert: 1.0 - e.at for e in ours.tips if e.variable == "x" and e.at is not None and e.expert != "c"}
    theirs_at = {e.expert: e.at for e in theirs.tips if e.variable == "x" and e.expert in tips}
    assert theirs_at == pytest.approx(tips, abs=1e-3)
