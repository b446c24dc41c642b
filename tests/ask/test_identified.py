"""What cases could settle: every estimand is reckoned from seeing alone and held to what doing gives."""

from __future__ import annotations

import json
from itertools import product

import numpy as np
import pytest

import causal
from causal.ask.identification import identification
from causal.ask.identified import Identification, Identified
from causal.ask.panel import Panel
from causal.errors import QueryError, UnknownName
from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.learn.reading import elicit
from causal.learn.sample import sample
from causal.spec.grammar import parse_event, parse_question
from causal.spec.modelfile import parse_model
from causal.spec.priorfile import parse_priors
from causal.study import Study

MODEL = """
model: smoke
variables:
  gene: {states: [no, yes]}
  tax: {states: [no, yes]}
  smoke: {states: [no, yes], parents: [gene, tax]}
  tar: {states: [no, yes], parents: [smoke]}
  fog: {states: [no, yes], parents: [gene]}
  cancer: {states: [no, yes], parents: [tar, gene, fog]}
  late: {states: [no, yes], parents: [cancer]}
outcome: cancer = yes
interventions:
  stop: {title: Nobody smokes, do: {smoke: no}}
  clear: {title: The fog lifts, do: {fog: no}}
  clean: {title: No tar, do: {tar: no}}
  after: {do: {late: no}}
  tax_it: {do: {tax: yes}}
"""
PRIORS = "priors: smoke\nmodel: smoke\nexperts: {a: {name: A}}\n"
CANCER = parse_event("cancer = yes")


@pytest.fixture(scope="module")
def panel() -> Panel:
    structure = parse_model(MODEL)
    elicited = elicit(Writer(Network.of(structure)), parse_priors(PRIORS, "p.yaml", structure))
    return Panel(elicited, sample(elicited, seed=3, draws=5))


@pytest.fixture(scope="module")
def found(panel: Panel) -> Identification:
    return identification(panel, CANCER, observed=["tax", "smoke", "tar", "cancer"])


def value(panel: Panel, question: str) -> np.ndarray:
    page = panel.elicited.writer.write(parse_question(question))
    return panel.values(page.slots)[0, 0].ravel()


def adjusted(panel: Panel, row: Identified) -> np.ndarray:
    """Return sum_z P(y | x, z) P(z), by seeing."""
    model, x = panel.elicited.network.model, ", ".join(f"{n} = {s}" for n, s in row.do.items())
    total = np.zeros(panel.draws.total)
    for states in product(*(model.variables[name].states for name in row.variables)):
        z = ", ".join(f"{n} = {s}" for n, s in zip(row.variables, states, strict=True))
        weight = value(panel, f"P({z})") if z else 1.0
        total += weight * value(panel, f"P({row.event} | {x}{', ' if z else ''}{z})")
    return total


def test_the_kinds(found: Identification) -> None:
    how = {each.intervention: (each.how, each.variables) for each in found.rows}
    assert how["stop"] == ("front-door", ("tar",))
    assert how["clear"] == ("unseen", ("fog",))
    assert how["clean"] == ("adjustment", ("smoke",))
    assert how["after"] == ("no path", ())
    assert how["tax_it"] == ("adjustment", ())


def test_adjusting_for_the_set_gives_what_doing_gives(panel: Panel, found: Identification) -> None:
    for each in found.rows:
        if each.how == "adjustment":
            done = ", ".join(f"{n} = {s}" for n, s in each.do.items())
            assert adjusted(panel, each) == pytest.approx(value(panel, f"P(cancer = yes | do({done}))"))


def test_the_front_door_gives_what_doing_gives(panel: Panel) -> None:
    total = np.zeros(panel.draws.total)
    for tar in ("no", "yes"):
        inner = sum(
            value(panel, f"P(cancer = yes | smoke = {s}, tar = {tar})") * value(panel, f"P(smoke = {s})")
            for s in ("no", "yes")
        )
        total += value(panel, f"P(tar = {tar} | smoke = no)") * inner
    assert total == pytest.approx(value(panel, "P(cancer = yes | do(smoke = no))"))


def test_without_the_mediator_an_instrument_is_left(panel: Panel) -> None:
    with_tax = identification(panel, CANCER, ["stop"], ["tax", "smoke", "cancer"])
    assert (with_tax.rows[0].how, with_tax.rows[0].variables) == ("instrument", ("tax",))
    assert not with_tax.rows[0].identified
    assert with_tax.rows[0].latex == ""
    assert "judgement alone" in with_tax.text


def test_every_set_found_for_the_flagship_case_is_right() -> None:
    posterior = causal.load("ussr").at_medians()
    event = posterior.study.model.outcome
    names = ["no_faction_ban", "another_head", "germany_1923", "attack_delivered", "stalin_and_base_removed"]
    rows = {each.intervention: each for each in identification(posterior.panel, event, names).rows}
    assert rows["stalin_and_base_removed"].how == "step by step"  # no single set does for three at once
    for name in names[:-1]:
        done = ", ".join(f'{n} = "{s}"' for n, s in rows[name].do.items())
        assert rows[name].how == "adjustment"
        model, variables = posterior.study.model, rows[name].variables
        total = 0.0
        for states in product(*(model.variables[v].states for v in variables)):
            z = ", ".join(f'{n} = "{s}"' for n, s in zip(variables, states, strict=True))
            weight = value(posterior.panel, f"P({z})")[0]
            if weight > 0:
                total += weight * value(posterior.panel, f"P({event} | {done}, {z})")[0]
        assert total == pytest.approx(value(posterior.panel, f"P({event} | do({done}))")[0])


def test_it_is_told_in_words_and_formulas(found: Identification) -> None:
    rows = {each.intervention: each for each in found.rows}
    assert r"\sum_{\text{smoke}}" in rows["clean"].latex
    assert "smoke" in rows["clean"].words
    assert r"\text{smoke}'" in rows["stop"].latex
    assert "no comparable cases" in found.text
    assert "judgement alone" in found.text
    assert list(found.table["intervention"]) == list(rows)
    json.dumps(found.to_dict(), allow_nan=False)


def test_what_is_so_by_definition_is_shown_otherwise_by_no_case() -> None:
    """P(y | t = no, x = yes) is needed for do(t = no), and t is x: there is a set to adjust for, and no such case."""
    model = """
model: m
variables:
  x: {states: [no, yes]}
  t: {states: [no, yes], parents: [x], mechanism: {rule: [{if: {x: yes}, then: yes}, {then: no}]}}
  y: {states: [no, yes], parents: [x, t]}
outcome: y = yes
interventions: {off: {do: {t: no}}}
"""
    read = parse_model(model, "m.yaml")
    posterior = Study(read, parse_priors("priors: p\nmodel: m\n", "p.yaml", read)).at_medians()
    row = identification(posterior.panel, parse_event("y = yes")).rows[0]
    assert (row.how, row.variables, row.identified, row.latex) == ("by definition", ("x",), False, "")


def test_what_is_not_decided_in_time_is_undecided(panel: Panel) -> None:
    found = identification(panel, CANCER, ["stop", "after"], seconds=0.0)
    assert [each.how for each in found.rows] == ["undecided", "no path"]


def test_what_cannot_be_asked(panel: Panel) -> None:
    with pytest.raises(QueryError, match="stop"):
        identification(panel, CANCER, ["stpo"])
    with pytest.raises(UnknownName, match="tobacco"):
        identification(panel, CANCER, ["stop"], ["smoke", "cancer", "tobacco"])
