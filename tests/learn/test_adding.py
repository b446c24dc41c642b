"""What may be added to a prior file: the same question in other words is the same question."""

from __future__ import annotations

import pytest

from causal.errors import SpecError
from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.learn.adding import added
from causal.learn.elicited import Elicited
from causal.spec.answers import parse_answers
from causal.spec.modelfile import parse_model
from causal.spec.priorfile import parse_priors

MODEL = parse_model(
    """
model: m
variables:
  x: {states: [no, yes]}
  y: {states: [a, b, c], parents: [x]}
  z: {states: [low, mid, high], parents: [x], mechanism: logistic}
outcome: y = c
""",
    "m.yaml",
)
PRIORS = """priors: p
model: m
scale: icd203
experts: {ann: {}, bob: {}}
judgements:
  - {about: P(x = yes), by: ann, says: 30%}
  - {about: P(y | x = no), by: ann, says: {dirichlet: flat}}
  - {about: P(y = c | do(x = yes)) > P(y = c | do(x = no)), by: ann, says: {order: likely}}
  - {about: P(y = c), by: ann, says: abstain}
  - {about: P(z = high | baseline), by: ann, says: 60%}
"""


def add(*entries: str) -> Elicited:
    sheet = "judgements:\n" + "".join(f"  - {{{entry}}}\n" for entry in entries)
    priors = parse_priors(PRIORS, "p.yaml", MODEL)
    answers = parse_answers(sheet, "a.yaml", MODEL, PRIORS, "p.yaml")
    return added(Writer(Network.of(MODEL)), priors, answers)


def refused(*entries: str) -> list[str]:
    with pytest.raises(SpecError) as caught:
        add(*entries)
    return [str(problem) for problem in caught.value.problems]


CHANGE = "; change it there, and leave this one empty"


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("about: P(x = yes), by: ann, says: 40%", f"P(x = yes): ann judged this already, at p.yaml:6{CHANGE}"),
        # one minus it, and a row of which all sticks were judged at once
        (
            "about: P(x = no), by: ann, says: 40%",
            f"P(x = no): ann judged this already, at p.yaml:6 ('P(x = yes)'){CHANGE}",
        ),
        (
            "about: 'P(y = b | y != a, do(x = no))', by: ann, says: 40%",
            f"P(y = b | y != a, do(x = no)): ann judged this already, at p.yaml:7 ('P(y | x = no)'){CHANGE}",
        ),
        # what sets no parameter is known by its text
        (
            "about: P(y = c | do(x = yes)) > P(y = c | do(x = no)), by: ann, says: {order: likely}",
            "P(y = c | do(x = yes)) > P(y = c | do(x = no)): ann judged this already, at p.yaml:8" + CHANGE,
        ),
        ("about: P(y = c), by: ann, says: 40%", f"P(y = c): ann was asked this and abstained, at p.yaml:9{CHANGE}"),
    ],
)
def test_what_was_judged_is_refused_with_its_line(entry: str, said: str) -> None:
    assert refused(entry) == [f"a.yaml:2:5: judgements.1: {said}"]


def test_another_expert_may_judge_it_and_so_may_the_same_one_something_else() -> None:
    found = add("about: P(x = yes), by: bob, says: 40%", "about: P(z >= mid | baseline), by: ann, says: 80%")
    origins = {name: {p.parameter.name: p.origin for p in held.priors} for name, held in found.held.items()}
    assert (origins["bob"]["P(x = yes)" if "P(x = yes)" in origins["bob"] else "P(x = no)"]) == "judged"
    assert origins["ann"]["P(z >= mid | baseline)"] == "judged"
    assert len(found.priors.judgements) == 7


def test_two_answers_of_one_sheet_do_not_both_count() -> None:
    assert refused("about: P(x = yes), by: bob, says: 40%", "about: P(x = no), by: bob, says: 60%") == [
        f"a.yaml:3:5: judgements.2: P(x = no): bob judged this already, at a.yaml:2 ('P(x = yes)'){CHANGE}"
    ]


def test_everything_that_is_refused_is_told_at_once_and_at_its_place_in_the_sheet() -> None:
    found = refused(
        "about: P(x = yes), by: ann, says: 40%",
        "about: P(z >= mid | baseline), by: bob, says: 50%",
        "about: P(z = high | baseline), by: bob, says: 70%",  # higher states cannot be more likely
        "about: P(y = a), by: bob, says: {exactly: 0.2}",
        "about: P(x = no), by: bob, says: 60%",
    )
    assert [line.split(": ")[0] for line in found] == ["a.yaml:2:5", "a.yaml:3:5", "a.yaml:5:5"]
    assert [line.split(": ")[1] for line in found] == ["judgements.1", "judgements.2", "judgements.4"]


def test_an_answer_that_does_not_go_with_what_the_file_has_is_refused() -> None:
    (found,) = refused("about: P(z >= mid | baseline), by: ann, says: 40%")  # below P(z = high), which she gave 60 %
    assert "P(z" in found
    assert "judgements" in found
