"""The profile of the avoiding worlds: against direct questions, Bayes by hand, and what is left out."""

from __future__ import annotations

import pytest

import causal
from causal.ask.answer import PANEL
from causal.ask.interventions import FORECAST, MINIMAL, RETROSPECTIVE
from causal.ask.panel import Panel, ask
from causal.ask.profile import complement, profile
from causal.errors import ImpossibleEvidence, QueryError, UnknownName, UsageError
from causal.exact.answer import Writer
from causal.exact.asked import chosen
from causal.exact.network import Network
from causal.learn.reading import elicit
from causal.learn.sample import sample
from causal.spec.grammar import parse_event, parse_question
from causal.spec.modelfile import parse_model
from causal.spec.priorfile import parse_priors
from causal.spec.question import Event

MODEL = """
model: coin
variables:
  x: {states: [no, yes], when: 1920, actual: yes}
  w: {states: [low, mid, high], when: 1921, parents: [x]}
  y: {states: [no, yes], when: 1922, parents: [x]}
outcome: y = yes
profile: [x, w]
interventions:
  push: {when: 1921, do: {x: no}}
  late: {when: 1923, do: {w: mid}}
"""
PRIORS = """
priors: coin
model: coin
experts: {a: {name: A, weight: 3}, b: {name: B}}
judgements:
  - {about: P(x = yes), by: a, says: {exactly: 0.6}}
  - {about: P(y = yes | x = yes), by: a, says: {exactly: 0.9}}
  - {about: P(y = yes | x = no), by: a, says: {exactly: 0.2}}
"""


def panel_of(model: str = MODEL, priors: str = PRIORS, draws: int = 50) -> Panel:
    structure = parse_model(model)
    elicited = elicit(Writer(Network.of(structure)), parse_priors(priors, "p.yaml", structure))
    return Panel(elicited, sample(elicited, seed=3, draws=draws))


def test_it_is_what_the_questions_answer_one_by_one() -> None:
    after = causal.load("rain").at_medians()
    given = {
        "": "",
        "drought_law": "do(@drought_law), history before 1919-04, chance",
        "cloudburst": "do(@cloudburst), history before 1919-08, chance",
    }
    found = profile(after.panel, parse_event("grass = wet"), ["drought_law", "cloudburst"])
    assert [(each.variable, each.given, each.avoided) for each in found] == [
        (variable, name, avoided)
        for variable, setter in (("sprinkler", "drought_law"), ("rain", "cloudburst"))
        for name in given
        if name != setter
        for avoided in (False, True)
    ]
    for each in found:
        conditions = [part for part in (given[each.given], "grass = dry" if each.avoided else "") if part]
        answer = after.ask(f"P({each.variable}{' | ' if conditions else ''}{', '.join(conditions)})")
        assert each.states == answer.states
        for state in each.states:
            assert each.shares[state] == answer.estimates[(PANEL, state)]
            assert each.by_expert["boris"][state] == answer.estimates[("boris", state)].mean


def test_the_avoiding_worlds_follow_bayes() -> None:
    found = {(p.variable, p.given, p.avoided): p for p in profile(panel_of(), parse_event("y = yes"), ["push"])}
    assert found[("x", "", False)].by_expert["a"]["yes"] == pytest.approx(0.6)
    assert found[("x", "", True)].by_expert["a"]["yes"] == pytest.approx(0.6 * 0.1 / (0.6 * 0.1 + 0.4 * 0.8))
    # with x set, the outcome tells nothing about w
    assert found[("w", "push", True)].by_expert["a"] == pytest.approx(found[("w", "push", False)].by_expert["a"])


def test_the_shares_of_the_states_add_up() -> None:
    found = profile(panel_of(draws=200), parse_event("y = yes"), ["push", "late"])
    assert {each.given for each in found} == {"", "push", "late"}
    for each in found:
        assert tuple(each.shares) == each.states
        assert sum(share.mean for share in each.shares.values()) == pytest.approx(1.0)
        assert set(each.by_expert) == {"a", "b"}
        for own in each.by_expert.values():
            assert sum(own.values()) == pytest.approx(1.0)
        assert each.gate.verdict == "pass"
        assert each.gate.judged


def test_a_forecast_leaves_luck_open_and_a_minimal_rewrite_does_not() -> None:
    luck = MODEL.replace("w: {states", "z: {states: [no, yes], when: 1922, actual: yes}\n  w: {states")
    luck = luck.replace("[x, w]", "[z]")
    panel = panel_of(luck, PRIORS + "  - {about: P(z = yes), by: a, says: {exactly: 0.3}}\n")
    shares = {}
    for reading in (FORECAST, MINIMAL):
        (entry,) = (
            each
            for each in profile(panel, parse_event("y = yes"), ["push"], reading)
            if each.given == "push" and not each.avoided
        )
        shares[reading] = entry.by_expert["a"]["yes"]
    assert shares == pytest.approx({FORECAST: 0.3, MINIMAL: 1.0})


def test_in_retrospect_the_worlds_are_those_of_this_one_case() -> None:
    panel = panel_of(MODEL.replace("parents: [x]}\n  y", "parents: [x], actual: mid}\n  y"))
    found = {
        (each.variable, each.avoided): each
        for each in profile(panel, parse_event("y = yes"), ["push"], RETROSPECTIVE)
        if each.given == "push"
    }
    assert set(found) == {("w", False), ("w", True)}  # x is what is set
    for avoided, more in ((False, ""), (True, ", y[@push] = no")):
        page = panel.elicited.writer.write(parse_question(f"P(w[@push] | record{more})"))
        (answer,) = ask(panel, [page])
        assert found["w", avoided].shares == {state: answer.estimates[PANEL, state] for state in answer.states}
    whatever = panel.elicited.writer.write(parse_question("P(w[@push] | record)"))
    assert whatever.coupled == ("w",)


def test_what_cannot_be_is_left_out() -> None:
    certain = PRIORS.replace("exactly: 0.2", "exactly: 1")  # without x, nothing avoids y
    found = profile(panel_of(priors=certain), parse_event("y = yes"), ["push", "late"])
    assert {(each.given, each.avoided) for each in found if each.variable == "w"} == {
        ("", False), ("", True), ("push", False),
    }  # fmt: skip
    assert {each.given for each in found if each.variable == "x"} == {"", "late"}  # push sets x, late sets w


def test_without_a_profile_there_is_nothing_to_describe() -> None:
    assert profile(panel_of(MODEL.replace("profile: [x, w]", "")), parse_event("y = yes"), ["push"]) == ()


@pytest.mark.parametrize(
    "text", ["w = mid", "w != mid", "w < mid", "w <= mid", "w > mid", "w >= mid", "w in {low, high}", "w in {mid}"]
)
def test_a_complement_holds_exactly_where_the_event_does_not(text: str) -> None:
    model = parse_model(MODEL)
    event = parse_event(text)
    variable = model.variables["w"]
    without = chosen(complement(event, model), variable)
    assert sorted((*chosen(event, variable), *without)) == [0, 1, 2]


def test_an_event_that_always_holds_has_no_complement_and_no_avoiding_worlds() -> None:
    event = parse_event("w in {low, mid, high}")
    with pytest.raises(ImpossibleEvidence, match="no world avoids it"):
        complement(event, parse_model(MODEL))
    for always in (event, parse_event("w >= low")):
        assert not any(each.avoided for each in profile(panel_of(), always, []))


def test_unknown_names_are_errors_that_help() -> None:
    panel, event = panel_of(), parse_event("y = yes")
    with pytest.raises(QueryError, match="did you mean 'push'"):
        profile(panel, event, ["pusch"])
    with pytest.raises(UsageError, match="did you mean 'minimal rewrite'"):
        profile(panel, event, ["push"], "minimal rewrites")
    with pytest.raises(QueryError, match="which state is the outcome: y = yes"):
        profile(panel, Event("y"), ["push"])
    with pytest.raises(UnknownName):
        profile(panel, parse_event("yy = yes"), [])
