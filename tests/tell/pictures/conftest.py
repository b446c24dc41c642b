"""The shipped models, read once, and one whose every word is hostile."""

from __future__ import annotations

import json

import pytest

from causal.spec.files import find_model
from causal.spec.model import Model
from causal.spec.modelfile import load_model, parse_model

HOSTILE = (
    "<script>alert(1)</script></text></svg> & \"double\" 'single' $\\frac{x}$ \\N {a|b} ]]> -->\n"
    "Коммунистическая партия " + "n" * 200
)


@pytest.fixture(scope="session")
def rain() -> Model:
    return load_model(find_model("rain"))


@pytest.fixture(scope="session")
def ussr_model() -> Model:
    return load_model(find_model("ussr"))


@pytest.fixture(scope="session")
def hostile() -> Model:
    quoted = json.dumps(HOSTILE)
    return parse_model(f"""
model: hostile
title: {quoted}
about: {quoted}
variables:
  {quoted}:
    label: {quoted}
    about: {quoted}
    when: 1900
    states: {{{quoted}: {quoted}, b: {quoted}}}
    actual: {quoted}
  _y:
    label: {quoted}
    when: 1910
    parents: {{{quoted}: {{sign: "+", why: {quoted}}}}}
    states: {{"no": {quoted}, "yes": {quoted}}}
    mechanism: logistic
outcome: _y = yes
interventions:
  {quoted}: {{title: {quoted}, about: {quoted}, when: 1899, do: {{{quoted}: b}}}}
""")
