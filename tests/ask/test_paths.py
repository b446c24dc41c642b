"""Effects by ways: against all luck enumerated, arrow by arrow; recanting witnesses; what may change nothing."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from causal.ask.answer import PANEL
from causal.ask.interventions import FORECAST, MINIMAL, READINGS, RETROSPECTIVE
from causal.ask.paths import paths, witness
from causal.errors import QueryError, UsageError
from causal.spec.grammar import parse_event, parse_question

sys.path.insert(0, str(Path(__file__).parent))
from case import MODEL, ROWS, RULE, TABLE, numbers, panel_of, priors, referee, renamed

Y = parse_event("y = yes")
CHAIN = """
model: small
variables:
  x: {states: [no, yes], actual: yes}
  a: {states: [no, yes], parents: [x], actual: yes}
  b: {states: [no, yes], parents: [x, a], actual: yes}
  c: {states: [no, yes], parents: [b], actual: yes}
  y: {states: [no, yes], parents: [c, x], actual: yes, MECHANISM}
outcome: y = yes
factors: {x: no}
"""
LINKS = {
    "P(x = no)": 0.4,
    **{f"P(a = no | x = {x})": p for x, p in (("no", 0.7), ("yes", 0.2))},
    **{f"P(b = no | x = {x}, a = {a})": 0.9 - 0.3 * (x == "yes") - 0.4 * (a == "yes")
       for x in ("no", "yes") for a in ("no", "yes")},
    **{f"P(c = no | b = {b})": p for b, p in (("no", 0.75), ("yes", 0.15))},
    **{f"P(y = no | c = {c}, x = {x})": 0.8 - 0.5 * (c == "yes") - 0.2 * (x == "yes")
       for c in ("no", "yes") for x in ("no", "yes")},
}  # fmt: skip
GIVEN = {FORECAST: "w = yes", MINIMAL: "w = yes", RETROSPECTIVE: "record"}


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("mechanism", [RULE, TABLE])
def test_direct_and_indirect_effects_are_those_of_the_structural_equations(reading: str, mechanism: str) -> None:
    panel = panel_of(mechanism)
    (effect,) = paths(panel, Y, "x", ["m"], reading=reading).effects

    def p(world: str) -> float:
        return referee(panel, parse_question(f"P(y[{world}] = yes | {GIVEN[reading]})"), mechanism)

    without = p("x = no")
    assert effect.total.panel.mean == pytest.approx(p("x = yes") - without)
    assert effect.direct is not None
    assert effect.held is not None
    for part in (*effect.each, effect.held):
        assert part.mediators == ("m",)
        assert part.without.panel.mean == pytest.approx(p("x = yes, m = m[x = no]") - without)
        assert part.through.panel.mean == pytest.approx(p("x = no, m = m[x = yes]") - without)
    # the arrow alone is what goes past the only mediator
    assert effect.direct.panel.mean == pytest.approx(effect.held.without.panel.mean)


def chain(model: str = CHAIN, values=LINKS):
    return panel_of("mechanism: table", model, values)


def wanted(panel, world: str) -> float:
    import structural

    model = panel.elicited.network.model
    asked, without = (parse_question(f"P(y[{each}] = yes)") for each in (world, "x = no"))
    return structural.answer(model, LINKS, asked)[0] - structural.answer(model, LINKS, without)[0]


def test_along_a_path_only_its_arrows_see_the_change() -> None:
    panel = chain()
    found = {}
    for along in (("a",), ("b",), ("a", "b", "c", "y"), ("b", "c"), ("y",)):
        (effect,) = paths(panel, Y, "x", along=along).effects
        assert effect.along is not None
        assert effect.along.effect is not None
        found[along] = effect.along.effect.panel.mean
    by_a = "c = c[b = b[x = no, a = a[x = yes]]]"
    by_b = "c = c[b = b[x = yes, a = a[x = no]]]"
    assert found[("a",)] == found[("a", "b", "c", "y")] == pytest.approx(wanted(panel, f"x = no, {by_a}"))
    assert found[("b",)] == found[("b", "c")] == pytest.approx(wanted(panel, f"x = no, {by_b}"))
    assert found[("y",)] == pytest.approx(wanted(panel, "x = yes, c = c[x = no]"))


def test_a_variable_with_another_way_on_recants_and_is_named() -> None:
    values = {about: value for about, value in LINKS.items() if not about.startswith("P(c")}
    values |= {f"P(c = no | b = {b}, a = {a})": 0.5 for b in ("no", "yes") for a in ("no", "yes")}
    panel = chain(CHAIN.replace("parents: [b]", "parents: [b, a]"), values)
    graph = panel.elicited.network.graph
    assert witness(graph, ("x", "a", "b"), "y") == "a"
    assert witness(graph, ("x", "a"), "y") is None  # all that starts along the arrow goes on together
    assert witness(graph, ("x", "b", "c"), "y") is None
    result = paths(panel, Y, "x", along=("a", "b"))
    (effect,) = result.effects
    assert effect.along is not None
    assert (effect.along.effect, effect.along.witness) == (None, "a")
    assert "recanting witness" in result.text


def test_names_and_order_of_states_change_nothing_and_an_idle_variable_neither() -> None:
    (before,) = paths(panel_of(TABLE), Y, "x", ["m"]).effects
    names = {"x": "cause", "m": "means", "high": "top"}
    text = renamed(MODEL.replace("MECHANISM", TABLE), names).replace(
        "outcome:", "  idle: {states: [no, yes], parents: [cause], actual: yes}\noutcome:"
    )
    values = {renamed(about, names): value for about, value in numbers(TABLE).items()}
    values |= {"P(idle = no | cause = no)": 0.3, "P(idle = no | cause = yes)": 0.6}
    (after,) = paths(panel_of(TABLE, text, values), Y, "cause", ["means"]).effects
    assert after.total.panel.mean == pytest.approx(before.total.panel.mean)
    assert [part.through.panel.mean for part in after.parts] == pytest.approx(
        [part.through.panel.mean for part in before.parts]
    )
    turned = MODEL.replace("[no, yes]", "[yes, no]").replace("[low, mid, high]", "[high, mid, low]")
    (other,) = paths(panel_of(TABLE, turned, _all_rows()), Y, "x", ["m"]).effects
    assert other.total.panel.mean == pytest.approx(before.total.panel.mean)
    assert other.parts[0].through.panel.mean == pytest.approx(before.parts[0].through.panel.mean)


def _all_rows() -> dict[str, float]:
    """Return the rows of m said from its other end."""
    found = {about: value for about, value in numbers(TABLE).items() if not about.startswith("P(m")}
    for x in ("no", "yes"):
        for w in ("no", "yes"):
            low = ROWS[f"P(m = low | x = {x}, w = {w})"]
            mid = (1 - low) * ROWS[f"P(m = mid | m != low, x = {x}, w = {w})"]
            found[f"P(m = high | x = {x}, w = {w})"] = 1 - low - mid
            found[f"P(m = mid | m != high, x = {x}, w = {w})"] = mid / (low + mid)
    return found


def test_it_says_what_it_found_with_readings_and_facts() -> None:
    result = paths(panel_of(), Y)
    assert [effect.cause for effect in result.effects] == ["x", "m"]
    assert "(minimal rewrite)" in result.text
    assert "Means" in result.text
    assert list(result.table["expert"][:3]) == [PANEL, "a", "b"]
    facts = json.loads(json.dumps(result.to_dict()))
    assert facts["effects"][0]["mediators"][0]["mediators"] == ["m"]
    assert priors(ROWS).startswith("priors: small")


def test_what_is_no_way_is_refused() -> None:
    panel = panel_of()
    for asked in ({"cause": "z"}, {"cause": "x", "through": ["w"]}, {"cause": "w", "along": ["x"]}):
        with pytest.raises(QueryError):
            paths(panel, Y, **asked)
    with pytest.raises(UsageError, match="starts at a cause"):
        paths(panel, Y, along=["m"])
    with pytest.raises(UsageError, match="no reading"):
        paths(panel, Y, reading="hindsight")
    assert "no way to follow" in paths(panel, parse_event("w = yes"), "x").text
