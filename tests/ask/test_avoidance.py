"""Ways out counted once: against the joint distribution, cell by cell; judgements that say one thing twice."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from causal.ask.answer import PANEL
from causal.ask.avoidance import avoidance, needed
from causal.errors import TooLarge
from causal.spec.grammar import parse_event

sys.path.insert(0, str(Path(__file__).parent))
from case import MODEL, RULE, TABLE, numbers, panel_of, renamed
from enumeration import conditional

Y = parse_event("y = yes")
WIDE = MODEL + "  odd: {do: {w: no, x: yes}}\n  none: {do: {w: no, m: mid}}\n"
WAYS = {
    "early": {"x": "no"},
    "late": {"m": "low"},
    "both": {"x": "no", "m": "low"},
    "odd": {"w": "no", "x": "yes"},
    "none": {"w": "no", "m": "mid"},
}


def joint(panel, asked, given=lambda here: 1.0) -> float:
    return conditional(panel.elicited.network.model, numbers(TABLE), asked, given)


def taken(here, way: str) -> bool:
    return all(here[name] == state for name, state in WAYS[way].items())


@pytest.mark.parametrize("before", [None, "1920"])
def test_at_least_one_is_one_event(before: str | None) -> None:
    panel = panel_of(TABLE, WIDE)
    divergences = avoidance(panel, Y, before).unions[1]

    def given(here) -> float:
        return float(before is None or here["w"] == "yes")

    single = {name: joint(panel, lambda h, n=name: taken(h, n), given) for name in WAYS}
    assert {way.name: way.probability.panel.mean for way in divergences.ways} == pytest.approx(single)
    union = joint(panel, lambda h: any(taken(h, name) for name in WAYS), given)
    saved = joint(panel, lambda h: h["y"] == "no" and any(taken(h, name) for name in WAYS), given)
    assert divergences.union.panel.mean == pytest.approx(union)
    assert divergences.saved.panel.mean == pytest.approx(saved)
    assert divergences.total.panel.mean == pytest.approx(sum(single.values()) - single["both"])
    assert divergences.avoided.panel.mean == pytest.approx(joint(panel, lambda h: h["y"] == "no", given))
    assert divergences.total.panel.mean >= divergences.union.panel.mean
    assert {way.name: way.counted for way in divergences.ways} == {**dict.fromkeys(WAYS, True), "both": False}


@pytest.mark.parametrize("mechanism", [RULE, TABLE])
def test_the_parts_of_the_outcome_fail(mechanism: str) -> None:
    panel = panel_of(mechanism)
    parts = avoidance(panel, Y).unions[0]
    model, values = panel.elicited.network.model, numbers(mechanism)

    def fails(here) -> bool:
        return here["x"] == "no" or here["m"] != "high" or here["w"] == "no"

    assert parts.union.panel.mean == pytest.approx(conditional(model, values, fails))
    saved = conditional(model, values, lambda here: here["y"] == "no" and fails(here))
    assert parts.saved.panel.mean == pytest.approx(saved)
    if mechanism == RULE:  # two of three: it cannot fail with all parts there
        assert parts.saved.panel.mean == pytest.approx(parts.avoided.panel.mean)


def test_what_is_part_of_another_way_adds_nothing_and_a_twin_is_counted_once() -> None:
    boxes = {
        "a": ("a", {"x": frozenset({0})}),
        "b": ("b", {"x": frozenset({0}), "y": frozenset({1})}),
        "c": ("c", {"x": frozenset({0})}),
    }
    assert list(needed(boxes)) == ["a"]
    one = avoidance(panel_of(TABLE), Y).unions[1]
    two = avoidance(panel_of(TABLE, MODEL + "  again: {do: {m: low}}\n"), Y).unions[1]
    assert one.union.panel.mean == pytest.approx(two.union.panel.mean)
    assert one.total.panel.mean == pytest.approx(two.total.panel.mean)


def test_names_and_order_of_states_and_an_idle_variable_change_nothing() -> None:
    names = {"x": "cause", "w": "world", "mid": "middle"}
    text = renamed(MODEL.replace("MECHANISM", TABLE), names).replace(
        "outcome:", "  idle: {states: [no, yes]}\noutcome:"
    )
    values = {renamed(about, names): value for about, value in numbers(TABLE).items()}
    for one, other in zip(avoidance(panel_of(TABLE), Y).unions, avoidance(panel_of(TABLE, text, values), Y).unions,
                          strict=True):  # fmt: skip
        assert one.union.panel.mean == pytest.approx(other.union.panel.mean)
        assert one.saved.panel.mean == pytest.approx(other.saved.panel.mean)


SAID = """judgements:
  - {about: 'P(y = yes | do(x = no))', by: a, says: {quantiles: {5: 0.1, 50: 0.2, 95: 0.35}}, use: check}
  - {about: 'P(y = no | do(x = no))', by: a, says: {quantiles: {5: 0.2, 50: 0.3, 95: 0.4}}, use: check}
  - {about: 'P(y = no | do(x = no))', by: b, says: {quantiles: {5: 0.2, 50: 0.3, 95: 0.4}}, use: check}
  - {about: 'P(y[x = no] = no | y = yes)', by: b, says: {quantiles: {5: 0.1, 50: 0.5, 95: 0.9}}, use: check}
"""


def test_one_question_framed_twice_clashes_where_the_numbers_do() -> None:
    found = avoidance(panel_of(TABLE, more=SAID), Y)
    pairs = [clash for clash in found.clashes if clash.against]
    assert [(clash.expert, clash.stated, clash.other) for clash in pairs] == [
        ("a", pytest.approx(0.2, abs=0.02), pytest.approx(0.7, abs=0.02))
    ]
    assert pairs[0].z > 2
    assert {framing.name: framing.judgements for framing in found.framings} == {
        "what if it were done": 3,
        "counterfactual": 1,
    }
    assert "by framing" in found.text


def test_it_says_what_it_found_with_readings_and_facts() -> None:
    found = avoidance(panel_of(), Y)
    assert "forecast, nothing given" in found.text
    assert "adding them up gives" in found.text
    assert list(found.table["expert"][:3]) == [PANEL, "a", "b"]
    facts = json.loads(json.dumps(found.to_dict()))
    assert facts["unions"][0]["at_least_one"]["mean"] == found.unions[0].union.panel.mean


def test_without_ways_it_says_so_and_too_many_are_refused() -> None:
    bare = """
model: small
variables: {y: {states: [no, yes], MECHANISM}}
outcome: y = yes
"""
    found = avoidance(panel_of(TABLE, bare, {"P(y = no)": 0.3}), Y)
    assert not found.unions
    assert "no way out is named" in found.text
    many = "".join(f"  f{i}: {{states: [no, yes]}}\n" for i in range(14))
    pairs = "".join(f"  i{i}: {{do: {{f{i}: yes, f{(i + 1) % 14}: no}}}}\n" for i in range(14))
    with pytest.raises(TooLarge, match="16,384 terms"):
        avoidance(panel_of(TABLE, MODEL.replace("outcome:", many + "outcome:") + pairs), Y)
