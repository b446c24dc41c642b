"""Rival graphs: what is changed, what stays, what several change together, and what is judged of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from causal.errors import SpecError, UsageError
from causal.spec.files import base_of, find_model, read_case, read_rivals, rivals_of
from causal.spec.model import NoisyAnd, Table
from causal.spec.modelfile import load_model
from causal.spec.rivalfile import is_rival, load_rival

MODEL = """model: town
baseline: actual
sources: {book: Somebody (1900)}
variables:
  x: {states: [no, yes], actual: yes}
  y: {states: [no, yes], actual: yes, parents: [x]}
  z: {states: [no, yes], actual: yes, parents: {x: {sign: "+"}, y: {sign: "+", why: So it is.}},
      mechanism: {noisy-and: {needs: {x: yes, y: yes}}}}
outcome: z = yes
interventions: {stop: {do: {x: no}}}
"""
HIDDEN = """model: hidden
like: town
title: A common cause
sources: {other: Another (1910)}
variables: {h: {states: [off, on]}}
add:
  x: {h: {sign: "+", why: It makes x., sources: [book]}}
  z: {h: {sign: "+", why: It makes z., needs: [on], sources: [other]}}
"""
DIRECT = """model: direct
like: town
drop: {z: {y: Only x acts.}}
"""
BACK = """model: back
like: town
add: {y: {z: {why: The other way round.}}}
drop: {z: {y: Not this way.}}
"""
PRIORS = """priors: town
model: town
experts: {a: {}, b: {}}
judgements:
  - {about: P(x = yes), by: a, says: {quantiles: {5: 0.3, 50: 0.5, 95: 0.7}}}
  - {about: P(z = yes | all but y = no), by: a, says: {quantiles: {5: 0.3, 50: 0.5, 95: 0.7}}}
defaults:
  - {about: P(x = yes), says: {quantiles: {5: 0.2, 50: 0.5, 95: 0.8}}}
"""
HELD = """priors: hidden
model: hidden
held: {a: 25%}
defaults:
  - {about: P(h = on), says: {quantiles: {5: 0.2, 50: 0.5, 95: 0.8}}}
judgements:
  - {about: P(x = yes | h = on), by: b, says: {quantiles: {5: 0.2, 50: 0.5, 95: 0.8}}}
"""


@pytest.fixture
def town(tmp_path: Path) -> Path:
    for name, text in {"town": MODEL, "hidden": HIDDEN, "direct": DIRECT, "back": BACK}.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "priors").mkdir()
    for name, text in {"town": PRIORS, "hidden": HELD}.items():
        (tmp_path / "priors" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path / "town.yaml"


def test_a_rival_is_the_model_with_its_arrows_changed(town: Path) -> None:
    model = load_rival(town, [town.parent / "hidden.yaml"])
    was = load_model(town)
    assert list(model.variables) == ["x", "y", "z", "h"]
    assert model.variables["x"].parents == ("h",)
    assert model.variables["z"].parents == ("x", "y", "h")
    mechanism = model.variables["z"].mechanism
    assert isinstance(mechanism, NoisyAnd)
    assert mechanism.needs["h"] == ("on",)
    assert model.variables["z"].edges[-1].sources == ("other",)
    assert model.variables["y"] == was.variables["y"]
    assert (model.interventions, model.outcome, model.baseline) == (was.interventions, was.outcome, was.baseline)
    assert (model.name, model.title) == ("hidden", "A common cause")
    assert model.rival is not None
    assert model.rival.added[("h", "x")] == "It makes x."
    assert model.rival.variables == ("h",)
    assert model.digest != was.digest


def test_an_arrow_taken_out_is_gone_from_the_mechanism_too(town: Path) -> None:
    model = load_rival(town, [town.parent / "direct.yaml"])
    mechanism = model.variables["z"].mechanism
    assert isinstance(mechanism, NoisyAnd)
    assert mechanism.needs == {"x": ("yes",)}
    assert model.rival is not None
    assert dict(model.rival.dropped) == {("y", "z"): "Only x acts."}


def test_without_any_parent_left_a_mechanism_of_parents_is_a_table(town: Path) -> None:
    alone = town.parent / "alone.yaml"
    alone.write_text("model: alone\nlike: town\ndrop: {z: {x: so, y: so}}\n", encoding="utf-8")
    variable = load_rival(town, [alone]).variables["z"]
    assert (variable.parents, variable.mechanism) == ((), Table())


def test_several_change_a_model_together_unless_their_arrows_run_in_a_circle(town: Path) -> None:
    here = town.parent
    both = load_rival(town, [here / "hidden.yaml", here / "direct.yaml"])
    assert both.name == "hidden+direct"
    assert both.variables["z"].parents == ("x", "h")
    assert both.rival is not None
    assert both.rival.names == ("hidden", "direct")
    with pytest.raises(SpecError, match=r"direct\.yaml:3:12: drop\.z: 'y' is no parent of 'z'"):
        load_rival(town, [here / "back.yaml", here / "direct.yaml"])  # back has dropped it already
    (here / "second.yaml").write_text(MODEL.replace("town", "second"), encoding="utf-8")
    (here / "third.yaml").write_text("model: third\nlike: second\ndrop: {z: {y: so}}\n", encoding="utf-8")
    with pytest.raises(UsageError, match="do not change the same model"):
        read_rivals([here / "direct.yaml", here / "third.yaml"])


def test_what_was_judged_of_the_model_is_judged_of_its_rival(town: Path) -> None:
    model, priors = read_case(town.parent / "hidden.yaml")
    assert (model.name, priors.model) == ("hidden", "hidden")
    assert list(priors.experts) == ["a", "b"]
    assert [str(each.about) for each in priors.judgements] == [
        "P(x = yes)", "P(z = yes | all but y = no)", "P(x = yes | h = on)"
    ]  # fmt: skip
    assert [Path(each.path).name for each in priors.judgements] == ["", "", "hidden.yaml"]
    assert dict(priors.held["hidden"]) == {"a": 0.25}
    assert priors.digest != read_case(town)[1].digest


def test_rivals_are_found_beside_their_model(town: Path) -> None:
    assert list(rivals_of(town)) == ["back", "direct", "hidden"]
    assert base_of(town.parent / "back.yaml") == town.resolve()
    assert not is_rival(town)
    assert list(rivals_of(find_model("ussr"))) == ["ussr-d1", "ussr-d2", "ussr-d3", "ussr-d4"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HELD.replace("a: 25%", "anne: 25%"), "held: no expert 'anne'"),
        (HELD.replace("a: 25%", "a: 2.5"), "it must be from 0 to 1"),
        (HELD + "pooling: log\n", "'pooling' belongs in the prior file of 'town'; leave it out here"),
        (HELD.replace("by: b", "by: c"), "no expert 'c'; there is a, b"),
        (HELD.replace("h = on)", "k = on)"), "no variable 'k'"),
    ],
)
def test_what_a_rivals_own_priors_say_wrongly_is_told_at_its_place(town: Path, text: str, message: str) -> None:
    (town.parent / "priors" / "hidden.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        read_case(town.parent / "hidden.yaml")
    assert message in str(caught.value)
    assert all(problem.path.endswith("hidden.yaml") for problem in caught.value.problems)
