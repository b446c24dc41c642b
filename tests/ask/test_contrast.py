"""Two sets of changes: against all luck enumerated, cell by cell, and against what may change nothing."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from causal.ask.answer import PANEL
from causal.ask.contrast import contrast, parts
from causal.ask.interventions import FORECAST, MINIMAL, READINGS, RETROSPECTIVE
from causal.errors import QueryError, UsageError
from causal.spec.grammar import parse_event, parse_question

sys.path.insert(0, str(Path(__file__).parent))
from case import MODEL, RULE, TABLE, numbers, panel_of, referee, renamed

Y = parse_event("y = yes")
CUT = "1920-12-31"  # the earlier of x, decided in 1920, and m
ASKED = {
    FORECAST: f"P({{event}} | do({{do}}), history before {CUT})",
    MINIMAL: f"P({{event}} | do({{do}}), history before {CUT}, chance)",
    RETROSPECTIVE: "P(y[{do}] = yes | record)",
}


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("mechanism", [RULE, TABLE])
def test_the_four_cells_are_those_of_the_structural_equations(reading: str, mechanism: str) -> None:
    panel = panel_of(mechanism)
    found = contrast(panel, Y, {"x": "no"}, {"m": "mid"}, reading).outcome
    do = {"neither": ("yes", "high"), "first": ("no", "high"), "second": ("yes", "mid"), "both": ("no", "mid")}
    cells = {}
    for name, (x, m) in do.items():
        text = ASKED[reading].format(event="y = yes", do=f"x = {x}, m = {m}")
        cells[name] = referee(panel, parse_question(text), mechanism)
        assert found.cells[name].panel.mean == pytest.approx(cells[name])
    assert found.first.panel.mean == pytest.approx(cells["first"] - cells["neither"])
    assert found.gap.panel.mean == pytest.approx(cells["first"] - cells["second"])
    assert found.more.panel.mean == pytest.approx(cells["both"] - cells["first"] - cells["second"] + cells["neither"])
    assert found.stronger.panel.mean == float(cells["first"] < cells["second"] - 1e-12)


def test_the_parts_of_a_definition_are_compared_but_for_those_set_by_hand() -> None:
    panel = panel_of()
    assert [str(part) for part in parts(panel.elicited.network.model, Y)] == ["x = yes", "m = high", "w = yes"]
    found = contrast(panel, Y, ["early"], {"w": "no"})
    assert [str(each.event) for each in found.components] == ["y = yes", "m = high"]
    assert [name for name, _ in found.skipped] == ["x = yes", "w = yes"]
    part = found.components[1]
    for name, (x, w) in {"neither": ("yes", "yes"), "first": ("no", "yes"), "second": ("yes", "no")}.items():
        wanted = referee(panel, parse_question(f"P(m = high | do(x = {x}, w = {w}), history before 1919)"))
        assert part.cells[name].panel.mean == pytest.approx(wanted)


def test_an_intervention_in_two_pieces_is_the_same_set() -> None:
    panel = panel_of(TABLE)
    whole = contrast(panel, Y, ["both"], {"w": "no"}).outcome
    split = contrast(panel, Y, ["late", "both"], {"w": "no"}).outcome
    assert {name: cell.panel for name, cell in whole.cells.items()} == {
        name: cell.panel for name, cell in split.cells.items()
    }


def test_the_sets_may_change_places_and_names() -> None:
    one = contrast(panel_of(TABLE), Y, {"x": "no"}, {"m": "low"}).outcome
    other = contrast(panel_of(TABLE), Y, {"m": "low"}, {"x": "no"}).outcome
    assert one.gap.panel.mean == pytest.approx(-other.gap.panel.mean)
    assert one.more.panel.mean == pytest.approx(other.more.panel.mean)
    names = {"x": "cause", "m": "means", "low": "least"}
    text = renamed(MODEL.replace("MECHANISM", TABLE), names).replace(
        "outcome:", "  idle: {states: [no, yes], actual: yes}\noutcome:"
    )
    values = {renamed(about, names): value for about, value in numbers(TABLE).items()}
    after = contrast(panel_of(TABLE, text, values), Y, {"cause": "no"}, {"means": "least"}).outcome
    assert {n: c.panel.mean for n, c in after.cells.items()} == pytest.approx(
        {n: c.panel.mean for n, c in one.cells.items()}
    )


def test_the_default_lays_luck_against_what_has_causes() -> None:
    found = contrast(panel_of(), Y)
    assert (found.first.do, found.second.do) == ({"x": "no"}, {"m": "low"})


def test_it_says_what_it_found_with_readings_and_facts() -> None:
    found = contrast(panel_of(), Y)
    for words in ("minimal rewrite", "no Cause", "Means: low", "of the draws"):
        assert words in found.text
    assert list(found.table["expert"][:3]) == [PANEL, "a", "b"]
    facts = json.loads(json.dumps(found.to_dict()))
    assert facts["components"][0]["cells"]["first"]["mean"] == found.outcome.cells["first"].panel.mean


def test_what_cannot_be_compared_is_refused() -> None:
    panel = panel_of()
    with pytest.raises(QueryError, match="has to be apart"):
        contrast(panel, Y, {"x": "no"}, ["early"])
    with pytest.raises(QueryError, match="did you mean 'early'"):
        contrast(panel, Y, ["erly"], {"m": "low"})
    with pytest.raises(QueryError, match="what is asked"):
        contrast(panel, Y, {"y": "no"}, {"m": "low"})
    with pytest.raises(QueryError, match="to both"):
        contrast(panel_of(model=MODEL + "  odd: {do: {x: yes}}\n"), Y, ["early", "odd"], {"m": "low"})
    with pytest.raises(UsageError, match="say what to compare"):
        contrast(panel_of(model=MODEL.replace("factors: {x: no, m: low}\n", "")), Y)
