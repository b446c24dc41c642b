"""The best stories: against every joint state written out, and the same model in other words."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

import causal
from causal.ask.interventions import FORECAST, MINIMAL, READINGS, RETROSPECTIVE
from causal.ask.panel import Panel
from causal.ask.stories import defaults, in_time, stories
from causal.errors import UnknownName, UsageError
from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.learn.gate import REFUSE, Finding, Gate
from causal.learn.reading import elicit
from causal.learn.sample import sample
from causal.spec.grammar import parse_event
from causal.spec.modelfile import parse_model
from causal.spec.priorfile import parse_priors
from tests.tell.conftest import drawn

MODEL = """
model: small
variables:
  root: {states: [no, yes], when: 1920, actual: yes}
  left: {states: [low, mid, high], when: 1921, parents: [root], actual: mid}
  right: {states: [no, yes], when: 1921, parents: [root]}
  y: {states: [no, yes], when: 1922, parents: [left, right], actual: yes}
  all_of: {states: [no, yes], parents: [left, y], mechanism: {rule: {all of: [{left: high}, {y: yes}]}}}
outcome: y = yes
profile: [left, right]
interventions:
  push: {title: A push, when: 1921, do: {left: low}}
"""
PRIORS = "priors: small\nmodel: small\nexperts: {a: {name: A, weight: 3}, b: {name: B}, c: {name: C, pool: false}}\n"
Y = parse_event("y = yes")


def panel_of(model: str = MODEL, priors: str = PRIORS, draws: int = 40) -> Panel:
    structure = parse_model(model)
    elicited = elicit(Writer(Network.of(structure)), parse_priors(priors, "p.yaml", structure))
    return Panel(elicited, sample(elicited, seed=3, draws=draws))


def tables(panel: Panel, expert: str) -> dict[str, np.ndarray]:
    """Return P(child | parents), a table per draw: parents' axes, the child's, then draws."""
    network = panel.elicited.network
    theta = panel.draws.flat(panel.draws.experts.index(expert))
    found = {}
    for name in network.model.variables:
        ids = network.table(name)
        found[name] = network.recorder.tape(ids.ravel().tolist()).values(theta).reshape(*ids.shape, -1)
    return found


def enumerated(panel: Panel, do: dict[str, str], keep, avoided: bool) -> list[tuple[float, dict[str, str]]]:
    """Return every story of all variables with its pooled probability, by multiplying tables draw by draw."""
    model = panel.elicited.network.model
    names = list(model.variables)
    pooled: dict[tuple[str, ...], float] = {}
    for expert, weight in panel.weights.items():
        known = tables(panel, expert)
        cells = {}
        for states in product(*(model.variables[name].states for name in names)):
            here = dict(zip(names, states, strict=True))
            if any(here[name] != state for name, state in do.items()) or not keep(here):
                continue
            if avoided and here["y"] == "yes":
                continue
            chance = np.ones(panel.draws.total)
            for name in names:
                if name not in do:
                    at = [model.variables[p].states.index(here[p]) for p in model.variables[name].parents]
                    chance = chance * known[name][(*at, model.variables[name].states.index(here[name]))]
            cells[states] = chance
        whole = sum(cells.values())
        for states, chance in cells.items():
            pooled[states] = pooled.get(states, 0.0) + weight * float((chance / whole).mean())
    return sorted(((p, dict(zip(names, states, strict=True))) for states, p in pooled.items()), key=lambda x: -x[0])


@pytest.mark.parametrize("avoided", [False, True])
@pytest.mark.parametrize(("name", "reading"), [("", MINIMAL), ("push", FORECAST), ("push", MINIMAL)])
def test_they_are_the_first_of_all_stories(name: str, reading: str, avoided: bool) -> None:
    panel = panel_of()
    everything = list(panel.elicited.network.model.variables)
    found = stories(panel, Y, name, reading, everything, count=5).of(avoided)
    do = {"left": "low"} if name else {}
    keep = (lambda here: here["root"] == "yes") if name else (lambda here: True)  # history, and the same as luck
    expected = enumerated(panel, do, keep, avoided)[:5]
    assert [each.probability for each in found] == pytest.approx([p for p, _ in expected if p > 0])
    assert [dict(each.states) for each in found] == [
        {n: s[n] for n in each.states} for each, (_, s) in zip(found, expected, strict=False)
    ]
    mixed = 0.75 * found[0].by_expert["a"] + 0.25 * found[0].by_expert["b"]
    assert found[0].probability == pytest.approx(mixed)


def test_some_variables_are_summed_out() -> None:
    panel = panel_of()
    (found,) = stories(panel, Y, variables=["right", "y"], count=1).of(False)
    sums: dict[tuple[str, str], float] = {}
    for p, here in enumerated(panel, {}, lambda here: True, False):
        sums[here["right"], here["y"]] = sums.get((here["right"], here["y"]), 0.0) + p
    best = max(sums, key=sums.__getitem__)
    assert (found.states["right"], found.states["y"]) == best
    assert found.probability == pytest.approx(sums[best])


def test_a_retrospective_story_is_what_the_question_says() -> None:
    after = causal.load("rain").at_medians()
    found = stories(after.panel, parse_event("grass = wet"), "drought_law", RETROSPECTIVE, count=1)
    (best,) = found.of(False)
    question = "P(rain[@drought_law] = {rain}, grass[@drought_law] = {grass}, season[@drought_law] = {season} | record)"
    assert best.probability == pytest.approx(after.ask(question.format(**best.states)).mean)
    assert best.differs == ("sprinkler", "grass")


def test_all_readings_name_themselves() -> None:
    panel = causal.load("rain").at_medians().panel
    for reading in READINGS:
        found = stories(panel, parse_event("grass = wet"), "drought_law", reading, count=2)
        assert reading in found.text
        assert set(found.table["reading"]) == {reading}
        json.dumps(found.to_dict(), allow_nan=False)


def test_what_differs_is_counted_and_told() -> None:
    found = stories(panel_of(), Y, "push", MINIMAL, ["root", "left", "right", "y"])
    for each in found.stories:
        assert set(each.differs) == {
            n for n, actual in (("root", "yes"), ("left", "mid"), ("y", "yes")) if each.states[n] != actual
        }
        assert "right" not in each.differs  # nothing is known of it
    assert set(found.fixed[False]) == {"root", "left"}
    assert "low instead of mid" in found.text
    assert found.told(found.of(False)[0]).startswith("1921")


def test_they_come_in_the_order_of_time() -> None:
    model = causal.load("ussr").model
    order = in_time(model, defaults(model, parse_event("stalinist_outcome = yes")))
    place = {name: index for index, name in enumerate(order)}
    for name in order:
        assert all(place[parent] < place[name] for parent in model.variables[name].parents if parent in place)
    assert "some_form" not in order  # a definition that nobody asked for


def test_a_model_without_dates_says_so() -> None:
    bare = MODEL.replace("when: 1920, ", "").replace("when: 1921, ", "").replace("when: 1922, ", "")
    found = stories(panel_of(bare), Y)
    assert "no dates" in found.text
    assert set(found.variables) == {"left", "right", "y"}


def test_an_outcome_that_always_happens_has_no_avoiding_story() -> None:
    found = stories(panel_of(), parse_event("left >= low"))
    assert found.of(True) == ()
    assert "no story" in found.text


def test_what_cannot_be_asked() -> None:
    panel = panel_of()
    with pytest.raises(UnknownName, match="rigth"):
        stories(panel, Y, variables=["rigth"])
    with pytest.raises(UsageError, match="count"):
        stories(panel, Y, count=0)
    with pytest.raises(UsageError, match="reading"):
        stories(panel, Y, "push", "backwards")


def test_what_the_gate_refuses_shows_no_number() -> None:
    found = replace(stories(panel_of(), Y), gate=Gate((Finding("f", "R-hat", 2.0, REFUSE),)))
    assert "not reported" in found.text
    assert "stories" not in found.to_dict()


def test_other_names_and_an_idle_variable_change_nothing() -> None:
    panel = drawn(causal.load("rain"), chains=1, draws=200)
    ours = stories(panel, parse_event("grass = wet"), "drought_law", variables=["season", "rain", "grass"])
    again = stories(panel, parse_event("grass = wet"), "drought_law", variables=["grass", "rain", "season"])
    assert [each.probability for each in again.stories] == [each.probability for each in ours.stories]
    base = panel_of()
    idle = panel_of(MODEL.replace("outcome:", "  idle: {states: [no, yes], parents: [y]}\noutcome:"))
    theta = idle.draws.theta.copy()
    theta[:, :, : base.draws.theta.shape[2]] = base.draws.theta
    other = replace(idle, draws=replace(idle.draws, theta=theta))
    chosen = ["root", "left", "right", "y"]
    mine, theirs = stories(base, Y, "push", variables=chosen), stories(other, Y, "push", variables=chosen)
    assert [each.probability for each in theirs.stories] == pytest.approx([each.probability for each in mine.stories])


def test_an_intervention_split_in_two_gives_the_same_stories() -> None:
    twice = MODEL.replace("  push:", "  again: {title: A push, when: 1921, do: {left: low}}\n  push:")
    panel = panel_of(twice)
    one, two = stories(panel, Y, "push"), stories(panel, Y, "again")
    assert one.stories == two.stories
