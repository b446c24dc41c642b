"""The curve along the record: against the joint distribution, and against what may not change it."""

from __future__ import annotations

import datetime as dt
import json
import re
import sys
from itertools import pairwise
from pathlib import Path

import pytest

import causal
from causal.ask.answer import PANEL
from causal.ask.inevitability import inevitability
from causal.ask.interventions import FORECAST, MINIMAL
from causal.ask.panel import Panel
from causal.ask.window import Inevitability
from causal.errors import QueryError, UsageError
from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.learn.reading import elicit
from causal.learn.sample import sample
from causal.spec.modelfile import parse_model
from causal.spec.priorfile import parse_priors
from causal.spec.question import Event

sys.path.insert(0, str(Path(__file__).parents[1] / "exact"))
from enumeration import conditional

MODEL = """
model: coin
variables:
  x: {states: [no, yes], when: 1920, actual: yes}
  w: {states: [low, high], when: 1921, parents: [x], actual: high}
  v: {states: [no, yes], parents: [x], actual: yes}
  y: {states: [no, yes], when: 1922, parents: [x, w], actual: yes}
outcome: y = yes
interventions:
  early: {when: 1919, do: {x: no}}
  late: {when: 1921, do: {w: low}}
  hand: {when: 1922, do: {y: no}}
  undated: {do: {w: low}}
"""
PRIORS = """
priors: coin
model: coin
experts: {a: {name: A, weight: 3}, b: {name: B}}
judgements:
  - {about: P(x = yes), by: a, says: {exactly: 0.6}}
  - {about: P(x = yes), by: b, says: {exactly: 0.5}}
"""
TABLE = {("no", "low"): 0.1, ("yes", "low"): 0.4, ("no", "high"): 0.5, ("yes", "high"): 0.9}
ROWS = "".join(
    f"  - {{about: 'P(y = yes | x = {x}, w = {w})', says: {{exactly: {p}}}}}\n" for (x, w), p in TABLE.items()
) + "".join(f"  - {{about: P(w = high | x = {x}), says: {{exactly: {p}}}}}\n" for x, p in (("no", 0.3), ("yes", 0.8)))
NUMBERS = {
    "P(x = no)": 0.4,
    "P(w = low | x = no)": 0.7,
    "P(w = low | x = yes)": 0.2,
    "P(v = no | x = no)": 0.5,
    "P(v = no | x = yes)": 0.5,
    **{f"P(y = no | x = {x}, w = {w})": 1 - p for (x, w), p in TABLE.items()},
}


def panel_of(model: str = MODEL, priors: str = PRIORS + "defaults:\n" + ROWS) -> Panel:
    structure = parse_model(model)
    elicited = elicit(Writer(Network.of(structure)), parse_priors(priors, "p.yaml", structure))
    return Panel(elicited, sample(elicited, seed=3, draws=20))


def found(model: str = MODEL, priors: str = PRIORS + "defaults:\n" + ROWS, **asked: str) -> Inevitability:
    structure = parse_model(model)
    assert structure.outcome is not None
    return inevitability(panel_of(model, priors), structure.outcome, **asked)


def test_the_curve_is_that_of_the_joint_distribution() -> None:
    structure = parse_model(MODEL)
    steps = found().steps
    assert [step.date for step in steps] == [None, *(dt.date(year, 12, 31) for year in (1920, 1921, 1922))]
    assert [step.decided for step in steps] == [(), ("x",), ("w",), ("y",)]
    known: dict[str, str] = {}
    for step in steps:
        known.update({name: structure.variables[name].actual or "" for name in step.decided})
        wanted = conditional(
            structure, NUMBERS, lambda h: h["y"] == "yes", lambda h: float(all(h[n] == s for n, s in known.items()))
        )
        assert step.outcome.of("a") == pytest.approx(wanted)


@pytest.mark.parametrize("reading", [FORECAST, MINIMAL])
def test_the_last_way_out_is_the_last_below_one_half(reading: str) -> None:
    result = found(reading=reading)
    outcomes = {each.intervention.name: each.outcome.of("a") for each in result.chances}
    assert outcomes["late"] == pytest.approx(0.4)
    assert outcomes["early"] == pytest.approx(0.3 * 0.5 + 0.7 * 0.1)
    assert result.closed == dt.date(1921, 1, 2)
    assert [(each.date.year, each.best.intervention.name) for each in result.left] == [(1919, "early"), (1921, "late")]
    assert [each.under_half.mean for each in result.left] == [1.0, 1.0]
    assert "hand" not in outcomes  # a question about what is set is none
    assert {name for name, _ in result.skipped} == {"hand", "undated"}


def test_a_point_of_divergence_is_asked_about_by_date_variable_or_intervention() -> None:
    by_date = found(at="1921-01-01").asked
    by_intervention = found(at="late").asked
    by_variable = found(at="x").asked
    assert by_date is not None
    assert by_intervention is not None
    assert by_variable is not None
    assert by_date.then.of("a") == by_intervention.then.of("a") == pytest.approx(0.8 * 0.9 + 0.2 * 0.4)
    assert by_variable.then.of("a") == pytest.approx(0.6 * 0.8 + 0.4 * (0.3 * 0.5 + 0.7 * 0.1))
    assert by_date.left is not None
    assert by_date.earlier is not None
    assert (by_date.left.best.intervention.name, by_date.earlier.intervention.name) == ("late", "early")
    text = found(at="late").text
    assert "Is late (1 January 1921) too late a point of divergence?" in text
    assert "No: 1 named intervention is dated then or later" in text
    assert "Yes, by this measure" not in text


def test_what_defines_the_outcome_through_rules_of_rules_is_no_way_out() -> None:
    """The outcome is a rule of a rule of w: what sets w changes it by definition, what sets x does not."""
    rules = """  both: {states: [no, yes], parents: [w, v], mechanism: {rule: {at least: 2, of: [{w: high}, {v: yes}]}}}
  end: {states: [no, yes], when: 1922, parents: [both], mechanism: {rule: {both: yes}}}
outcome: end = yes"""
    result = found(MODEL.replace("outcome: y = yes", rules))
    by_definition = {each.intervention.name: each.by_definition for each in result.chances}
    assert by_definition == {"early": False, "late": True, "hand": False}
    assert "late" not in {each.best.intervention.name for each in result.left}
    assert "Not counted, since it sets a part of the definition by hand: late." in result.text


def test_without_dates_it_says_so() -> None:
    result = found("""
model: coin
variables: {x: {states: [no, yes], actual: yes}, y: {states: [no, yes], parents: [x], actual: yes}}
outcome: y = yes
interventions: {push: {do: {x: no}}}
""", "priors: p\nmodel: coin\nexperts: {a: {}}\n")  # fmt: skip
    assert not result.dated
    assert "dates nothing that is on record" in result.text
    assert (len(result.steps), result.chances, result.closed) == (1, (), None)
    json.dumps(result.to_dict())


def test_other_names_and_what_has_no_part_in_it_change_nothing() -> None:
    before = found()
    renamed = {"x": "cause", "w": "way", "high": "top", "low": "bottom"}
    model, priors = MODEL, PRIORS + "defaults:\n" + ROWS
    for old, new in renamed.items():
        model, priors = (_renamed(text, old, new) for text in (model, priors))
    model = model.replace("outcome:", "  z: {states: [no, yes], when: 1920-05, actual: yes}\noutcome:")
    after = found(model, priors)
    steps = [step for step in after.steps if step.decided != ("z",)]
    for one, other in zip(before.steps, steps, strict=True):
        assert one.outcome.panel.mean == pytest.approx(other.outcome.panel.mean)
    assert after.closed == before.closed


def test_states_in_another_order_change_nothing() -> None:
    turned = MODEL.replace("[no, yes]", "[yes, no]").replace("[low, high]", "[high, low]")
    for one, other in zip(found().steps, found(turned).steps, strict=True):
        assert one.outcome.panel.mean == pytest.approx(other.outcome.panel.mean)


def test_an_intervention_told_twice_has_the_same_numbers_twice() -> None:
    result = found(MODEL + "  again: {when: 1921, do: {w: low}}\n")
    late, again = (each for each in result.chances if each.intervention.name in ("late", "again"))
    assert late.outcome.estimates == again.outcome.estimates


def test_everything_is_in_the_table_and_in_json() -> None:
    result = found(at="late")
    table = result.table
    assert list(table["expert"][:3]) == [PANEL, "a", "b"]
    assert set(table["kind"]) == {"history", "intervention"}
    facts = json.loads(json.dumps(result.to_dict()))
    assert facts["closed"] == "1921-01-02"
    assert facts["steps"][0]["outcome"]["by_expert"]["a"]["mean"] == pytest.approx(result.steps[0].outcome.of("a"))


def test_names_that_are_not_the_models_are_errors() -> None:
    with pytest.raises(QueryError, match="did you mean 'late'"):
        found(at="latte")
    with pytest.raises(QueryError, match="no date"):
        found(at="undated")
    with pytest.raises(UsageError, match="no reading"):
        found(reading="hindsight")
    with pytest.raises(QueryError, match="whole distribution"):
        inevitability(panel_of(), Event("y"))


def test_the_case_closes_along_the_record() -> None:
    posterior = causal.load("ussr").at_medians()
    assert posterior.study.model.outcome is not None
    result = inevitability(posterior.panel, posterior.study.model.outcome, "1924-01-21")
    curve = [step.outcome.panel.mean for step in result.steps]
    assert all(later >= earlier - 0.01 for earlier, later in pairwise(curve))
    assert curve[-1] == 1.0
    assert result.closed is not None
    assert result.closed.year == 1924


def _renamed(text: str, old: str, new: str) -> str:
    return re.sub(rf"\b{old}\b", new, text)
