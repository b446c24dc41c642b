"""Seed questions and the rule of the weights, as written, to values; what is wrong with them is under tests/bad."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from causal.spec.modelfile import load_model
from causal.spec.priorfile import parse_priors
from causal.spec.priors import EventSeed, NumberSeed, Priors, Quantiles, Weighting
from causal.spec.schema import priors_schema

HEAD = """priors: gardeners
model: good
sources: {davies: "Davies and Wheatcroft (2004)"}
experts: {anna: {name: Anna}, boris: {name: Boris}}
"""
SEEDS = """seeds:
  - ask: Grain harvest of 1921, in million tons
    truth: 37.6
    source: davies
    background: log
    answers:
      anna: {5: 30, 50: 40, 95: 55}
      boris: {95%: 60, 5%: 20, 50%: 35}
  - {ask: Share of it that was rye, truth: 40%, answers: {boris: {25: 0.3, 75: 50%}}}
  - ask: Did the harvest of 1922 exceed that of 1921?
    truth: yes
    answers: {anna: 80%, boris: 0.6}
  - {ask: Did it rain?, truth: no, answers: {anna: 0}}
"""


def read(text: str) -> Priors:
    return parse_priors(HEAD + text, "priors.yaml", load_model(Path(__file__).parents[1] / "bad" / "good.yaml"))


def test_numbers_and_events() -> None:
    harvest, rye, more, rain = read(SEEDS).seeds
    assert harvest == NumberSeed(
        "Grain harvest of 1921, in million tons",
        37.6,
        {"anna": Quantiles((0.05, 0.5, 0.95), (30, 40, 55)), "boris": Quantiles((0.05, 0.5, 0.95), (20, 35, 60))},
        log=True,
        source="davies",
    )
    assert rye == NumberSeed("Share of it that was rye", 0.4, {"boris": Quantiles((0.25, 0.75), (0.3, 0.5))})
    assert more == EventSeed("Did the harvest of 1922 exceed that of 1921?", True, {"anna": 0.8, "boris": 0.6})
    assert rain == EventSeed("Did it rain?", False, {"anna": 0.0})


@pytest.mark.parametrize(
    ("written", "rule", "alpha"),
    [
        ("stated", "stated", 0.0),
        ("equal", "equal", 0.0),
        ("cooke", "cooke", 0.0),
        ("{cooke: {alpha: 5%}}", "cooke", 0.05),
        ("{cooke: {}}", "cooke", 0.0),
    ],
)
def test_the_rule_of_the_weights_and_its_place(written: str, rule: str, alpha: float) -> None:
    assert read(f"{SEEDS}weights: {written}\n").weights == Weighting(rule, alpha, 18, 10)


def test_left_out_weights_are_as_stated_and_nothing_is_known() -> None:
    priors = read("")
    assert (priors.weights.rule, priors.weights.alpha, priors.seeds) == ("stated", 0.0, ())


def test_an_editor_accepts_them() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = priors_schema()
    checker = jsonschema.validators.validator_for(schema)(schema)

    def complaints(text: str) -> list[str]:
        import json

        seen = json.loads(json.dumps(YAML(typ="safe", pure=True).load(HEAD + text)))
        return [error.message for error in checker.iter_errors(seen)]

    assert complaints(f"{SEEDS}weights: {{cooke: {{alpha: 0.05}}}}\n") == []
    assert complaints(f"{SEEDS}weights: equal\n") == []
    assert complaints("weights: cook\n")
    assert complaints("seeds: [{ask: Rain, answers: {anna: 80%}}]\n")
