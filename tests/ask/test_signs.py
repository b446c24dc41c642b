from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from causal.ask.signs import SignFailure, check_signs
from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.learn.elicited import Elicited
from causal.learn.reading import elicit
from causal.spec.modelfile import parse_model
from causal.spec.priorfile import parse_priors

EXPERTS = "experts: {anna: {name: Anna}, boris: {name: Boris}}"
ONE = "experts: {anna: {name: Anna}}"


def read(model: str, *judgements: str, experts: str = EXPERTS) -> Elicited:
    """Return what ``name: question = value`` lines say about a model."""
    structure = parse_model(f"model: m\nvariables:\n{model}")
    lines = []
    for each in judgements:
        about, by, value = (part.strip() for part in each.rsplit(";", 2))
        lines.append(f'  - {{about: "{about}", by: {by}, says: {{exactly: {value}}}}}')
    text = "\n".join(["priors: p", "model: m", experts, "judgements:", *lines])
    return elicit(Writer(Network.of(structure)), parse_priors(text, "p.yaml", structure))


def rounded(found: Iterable[SignFailure]) -> list[SignFailure]:
    return [replace(each, baseline=round(each.baseline, 9), departed=round(each.departed, 9)) for each in found]


TABLE = """
  cause: {states: [low, high]}
  other: {states: [off, on]}
  result:
    states: [no, yes]
    parents: {cause: {sign: "+"}, other: {}}
"""


def row(cause: str, other: str, by: str, value: float) -> str:
    return f"P(result = yes | cause = {cause}, other = {other}); {by}; {value}"


def test_a_sign_holds_for_one_expert_and_fails_for_another() -> None:
    found = check_signs(
        read(
            TABLE,
            row("low", "off", "anna", 0.2),
            row("high", "off", "anna", 0.7),
            row("low", "off", "boris", 0.6),
            row("high", "off", "boris", 0.4),
        )
    )
    assert rounded(found) == [SignFailure("cause", "high", "result", "result = yes", "+", 0.6, 0.4, "boris")]
    assert str(found[0]) == (
        "cause = high raises result by the model, but for boris P(result = yes) goes from 0.6 to 0.4"
    )


def test_other_parents_stand_at_their_baseline_state() -> None:
    against_elsewhere = read(
        TABLE,
        row("low", "off", "anna", 0.2),
        row("high", "off", "anna", 0.7),
        row("low", "on", "anna", 0.9),
        row("high", "on", "anna", 0.1),
    )
    assert check_signs(against_elsewhere) == ()


def test_no_effect_is_not_against_a_sign() -> None:
    same = read(TABLE, row("low", "off", "anna", 0.3), row("high", "off", "anna", 0.3))
    assert [each for each in check_signs(same) if each.expert == "anna"] == []


def test_a_negative_sign_fails_where_the_child_rises() -> None:
    model = TABLE.replace('"+"', '"-"')
    found = check_signs(read(model, row("low", "off", "anna", 0.2), row("high", "off", "anna", 0.7)))
    assert rounded(found) == [SignFailure("cause", "high", "result", "result = yes", "-", 0.2, 0.7, "anna")]


def test_every_cut_of_an_ordered_child_is_looked_at() -> None:
    model = """
  cause: {states: [low, high]}
  result:
    states: [little, some, much]
    parents: {cause: {sign: "+"}}
"""
    # a table may move its cuts apart: less none, but less much as well
    found = check_signs(
        read(
            model,
            "P(result = little | cause = low); anna; 0.5",
            "P(result = some | result != little, cause = low); anna; 0.2",
            "P(result = little | cause = high); anna; 0.4",
            "P(result = some | result != little, cause = high); anna; 0.9",
            experts=ONE,
        )
    )
    assert rounded(found) == [SignFailure("cause", "high", "result", "result = much", "+", 0.4, 0.06, "anna")]


def test_departures_run_down_from_an_actual_baseline() -> None:
    model = """
  cause: {states: [low, high], actual: high}
  result:
    states: [no, yes]
    parents: {cause: {sign: "+"}}
    mechanism: logistic
"""
    structure = parse_model(f"model: m\nbaseline: actual\nvariables:\n{model}")
    text = """
priors: p
model: m
experts: {anna: {name: Anna}}
judgements:
  - {about: P(result = yes | baseline), by: anna, says: {exactly: 0.5}}
  - {about: P(result = yes | baseline but cause = low), by: anna, says: {exactly: 0.8}}
"""
    found = check_signs(elicit(Writer(Network.of(structure)), parse_priors(text, "p.yaml", structure)))
    assert rounded(found) == [SignFailure("cause", "low", "result", "result = yes", "-", 0.5, 0.8, "anna")]


GATED = """
  cause: {{states: [low, high]}}
  alive: {{states: [yes, no]}}
  result:
    states: [no, yes]
    parents: {{cause: {{sign: "+"}}, alive: {{sign: "{sign}"}}}}
    gates: [{{when: {{alive: no}}, then: "no"}}]
"""


def alive(cause: str, state: str, value: float) -> str:
    return f"P(result = yes | cause = {cause}, alive = {state}); anna; {value}"


def test_a_parent_that_only_gates_is_read_with_the_gates() -> None:
    said = (alive("low", "yes", 0.2), alive("high", "yes", 0.7))
    assert check_signs(read(GATED.format(sign="-"), *said, experts=ONE)) == ()
    found = check_signs(read(GATED.format(sign="+"), *said, experts=ONE))
    assert rounded(found) == [SignFailure("alive", "no", "result", "result = yes", "+", 0.2, 0.0, "anna")]


def test_a_mechanism_is_read_with_no_gate_firing() -> None:
    # the gate fires at the baseline of alive; the sign of cause is still that of the mechanism
    model = GATED.format(sign="+").replace("when: {alive: no}", "when: {alive: yes}")
    said = (alive("low", "no", 0.7), alive("high", "no", 0.2))
    found = check_signs(read(model, *said, experts=ONE))
    assert rounded(found) == [SignFailure("cause", "high", "result", "result = yes", "+", 0.7, 0.2, "anna")]


def test_states_without_order_have_no_cuts() -> None:
    model = """
  cause: {states: [low, high]}
  result:
    states: [red, green, blue]
    ordered: false
    parents: {cause: {sign: "+"}}
"""
    assert check_signs(read(model, "P(result = red | cause = high); anna; 0.9")) == ()


def test_a_rule_contradicts_for_every_expert() -> None:
    model = """
  cause: {states: [low, high]}
  result:
    states: [no, yes]
    parents: {cause: {sign: "-"}}
    mechanism: {rule: {all of: [cause]}}
"""
    found = check_signs(read(model, "P(cause = high); anna; 0.5"))
    assert [(each.expert, each.baseline, each.departed) for each in found] == [("anna", 0.0, 1.0), ("boris", 0.0, 1.0)]
