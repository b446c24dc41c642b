"""The threshold of a score moved: against hand-edited models, by hand, and nested in every draw."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

import causal
from causal.ask.answer import PANEL
from causal.ask.interventions import FORECAST, MINIMAL, RETROSPECTIVE
from causal.ask.panel import Panel, ask
from causal.ask.thresholds import at_level, steps, thresholds
from causal.errors import QueryError, UsageError
from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.learn.reading import elicit
from causal.learn.sample import sample
from causal.spec.grammar import parse_event, parse_question
from causal.spec.model import Score
from causal.spec.modelfile import parse_model
from causal.spec.priorfile import parse_priors
from causal.spec.question import Event

MODEL = """
model: votes
variables:
  a: {states: [no, yes], when: 1920, actual: yes}
  b: {states: [no, yes], when: 1922, parents: [a]}
  c: {states: [none, some, much], when: 1922, parents: [a]}
  y:
    states: [no, yes]
    when: 1923
    parents: [a, b, c]
    mechanism: {rule: {score: {a: {yes: 1}, b: {yes: 1}, c: {some: 0.5, much: 1}}, at least: 2}}
outcome: y = yes
interventions:
  push: {when: 1921, do: {a: no}}
  fiat: {when: 1923, do: {y: no}}
"""
CERTAIN = """
priors: votes
model: votes
judgements:
  - {about: P(a = yes), says: {exactly: 0.6}}
  - {about: P(b = yes | a = yes), says: {exactly: 0.7}}
  - {about: P(b = yes | a = no), says: {exactly: 0.2}}
  - {about: P(c | a = yes), says: {exactly: {none: 0.2, some: 0.3, much: 0.5}}}
  - {about: P(c | a = no), says: {exactly: {none: 0.5, some: 0.4, much: 0.1}}}
"""
OPEN = "priors: votes\nmodel: votes\nexperts: {anna: {name: Anna, weight: 2}, boris: {name: Boris}}\n"
YES = parse_event("y = yes")


def panel_of(model: str = MODEL, priors: str = OPEN, draws: int = 100) -> Panel:
    structure = parse_model(model)
    elicited = elicit(Writer(Network.of(structure)), parse_priors(priors, "p.yaml", structure))
    return Panel(elicited, sample(elicited, seed=3, draws=draws))


def test_every_level_is_the_sum_over_combinations_that_reach_it() -> None:
    rows = {"yes": (0.7, (0.2, 0.3, 0.5)), "no": (0.2, (0.5, 0.4, 0.1))}
    for name, chance in (("", 0.6), ("push", 0.0)):
        found = {each.level: each for each in thresholds(panel_of(priors=CERTAIN), YES, ["push"])
                 if each.intervention == name}  # fmt: skip
        assert list(found) == [1.0, 1.5, 2.0, 2.5, 3.0]
        assert [level for level, each in found.items() if each.own] == [2.0]
        for level, each in found.items():
            total = 0.0
            for a, b, c in product((0, 1), (0, 1), (0, 1, 2)):
                p, shares = rows["yes" if a else "no"]
                weight = (chance if a else 1 - chance) * (p if b else 1 - p) * shares[c]
                total += weight * (a + b + c / 2 >= level)
            assert each.estimate.mean == pytest.approx(total)
            assert each.by_expert == pytest.approx({"everyone": total})


@pytest.mark.parametrize(
    ("reading", "pushed"),
    [
        (FORECAST, "P(y = yes | do(@push), history before 1921)"),
        (MINIMAL, "P(y = yes | do(@push), history before 1921, chance)"),
        (RETROSPECTIVE, "P(y[@push] = yes | record)"),
    ],
)
def test_a_level_is_what_a_hand_edited_model_answers(reading: str, pushed: str) -> None:
    texts = {"": "P(y = yes)", "push": pushed}
    found = thresholds(panel_of(), YES, ["push"], [0.5, 2, 2.5], reading)
    assert [(each.intervention, each.level) for each in found] == [(n, at) for n in texts for at in (0.5, 2, 2.5)]
    for each in found:
        other = panel_of(MODEL.replace("at least: 2", f"at least: {each.level}"))
        (answer,) = ask(other, [other.elicited.writer.write(parse_question(texts[each.intervention]))])
        assert each.estimate.to_dict() == pytest.approx(answer.estimates[(PANEL, "")].to_dict())
        assert each.by_expert == pytest.approx({n: answer.estimates[(n, "")].mean for n in ("anna", "boris")})
        assert each.own is (each.level == 2)


def test_the_events_nest_in_every_draw() -> None:
    panel = panel_of()
    network = panel.elicited.network
    question = parse_question("P(y = yes | do(b = no))")
    levels = [0.5, 1.0, 1.5, 2.0]
    slots = [Writer(at_level(network, "y", level)).write(question).slots[0] for level in levels]
    values = panel.values(slots).reshape(len(levels), -1)
    assert values.shape[1] == 2 * panel.draws.total
    assert (np.diff(values, axis=0) < 0).all()


def test_the_models_own_level_is_the_same_slot_on_the_same_tape() -> None:
    panel = panel_of(draws=10)
    question = parse_question("P(y = yes)")
    again = Writer(at_level(panel.elicited.network, "y", 2)).write(question)
    assert again.slots == panel.elicited.writer.write(question).slots


def test_an_event_that_is_avoidance_rises_with_the_level() -> None:
    panel = panel_of()
    reached, avoided = thresholds(panel, YES, []), thresholds(panel, parse_event("y = no"), [])
    sums = [a.estimate.mean + b.estimate.mean for a, b in zip(reached, avoided, strict=True)]
    assert sums == pytest.approx([1.0] * 5)
    assert avoided[-1].estimate.mean > avoided[0].estimate.mean


def test_steps_leave_out_what_is_always_or_never_reached() -> None:
    points = {"a": {"yes": 1.0}, "b": {"yes": 1.0}}
    assert steps(Score(points, 2.0)) == (1.0, 1.5, 2.0)
    assert steps(Score(points, 0.5)) == (0.5, 1.0, 1.5)
    assert steps(Score({"a": {"yes": -1.0}, "b": {"yes": 1.0}}, 0.0)) == (-0.5, 0.0, 0.5, 1.0)
    assert steps(Score(points, 7.0)) == (7.0,)  # the model's own stays, whatever it is


def test_only_a_score_has_a_threshold() -> None:
    score = "score: {a: {yes: 1}, b: {yes: 1}, c: {some: 0.5, much: 1}}, at least: 2"
    count = MODEL.replace(score, "any of: [a, b, c]")
    assert thresholds(panel_of(count), YES, ["push"]) == ()
    assert thresholds(panel_of(), parse_event("b = yes"), ["push"]) == ()
    assert thresholds(causal.load("rain").at_medians().panel, parse_event("grass = wet"), ["drought_law"]) == ()


def test_what_cannot_be_asked_is_left_out() -> None:
    assert {each.intervention for each in thresholds(panel_of(), YES, ["push", "fiat"])} == {"", "push"}  # fiat sets y
    late = MODEL.replace("push: {when: 1921, do: {a: no}}", "push: {when: 1922, do: {b: no}}")
    never = CERTAIN.replace("exactly: 0.6", "exactly: 0")  # a = yes, the history before 1922, has probability zero
    assert {each.intervention for each in thresholds(panel_of(late, never), YES, ["push"])} == {""}


def test_unknown_names_are_errors_that_help() -> None:
    with pytest.raises(QueryError, match="did you mean 'push'"):
        thresholds(panel_of(), YES, ["pusch"])
    with pytest.raises(UsageError, match="no reading"):
        thresholds(panel_of(), YES, ["push"], reading="hindsight")
    with pytest.raises(QueryError, match="which state"):
        thresholds(panel_of(), Event("y"), ["push"])
