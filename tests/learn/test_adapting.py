"""What was judged of a model, in a rival of it: kept, made evidence, or left out with a note."""

from __future__ import annotations

from pathlib import Path

import pytest

import causal
from causal.errors import SpecError
from causal.learn.adapting import LEFT_OUT

MODEL = """model: town
variables:
  x: {states: [no, yes]}
  y: {states: [no, yes], parents: [x], mechanism: logistic}
  z: {states: [no, yes], parents: [x, y], mechanism: logistic}
"""
RIVAL = """model: rival
like: town
variables: {h: {states: [no, yes]}}
add: {x: {h: {why: A cause of it.}}}
drop: {z: {x: It does not act.}}
"""
PRIORS = """priors: town
model: town
experts: {a: {}, b: {}}
judgements:
  - {about: P(x = yes), by: a, says: {quantiles: {5: 0.3, 50: 0.5, 95: 0.7}}}
  - {about: P(x = yes), by: b, says: {exactly: 0.5}}
  - {about: P(z = yes | baseline), by: a, says: {quantiles: {5: 0.3, 50: 0.5, 95: 0.7}}}
  - {about: P(z = yes | baseline but x = yes), by: a, says: {quantiles: {5: 0.3, 50: 0.6, 95: 0.8}}}
  - {about: P(z = yes | do(x = yes)), by: a, says: {quantiles: {5: 0.3, 50: 0.6, 95: 0.8}}}
defaults:
  - {about: P(x = yes), says: {quantiles: {5: 0.2, 50: 0.5, 95: 0.8}}}
  - {about: P(z = yes | baseline but y = yes), says: {quantiles: {5: 0.2, 50: 0.5, 95: 0.8}}}
"""
OWN = """priors: rival
model: rival
defaults:
  - {about: P(h = yes), says: {quantiles: {5: 0.1, 50: 0.3, 95: 0.6}}}
  - {about: P(z = yes | baseline but y = yes), says: {quantiles: {5: 0.4, 50: 0.7, 95: 0.9}}}
"""


def written(folder: Path, own: str = OWN) -> Path:
    (folder / "priors").mkdir()
    for name, text in {"town": MODEL, "rival": RIVAL, "priors/town": PRIORS, "priors/rival": own}.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder / "rival.yaml"


def test_what_has_no_place_is_left_out_and_the_rest_stays(tmp_path: Path) -> None:
    elicited = causal.load(written(tmp_path)).elicited
    origins = {p.parameter.name: p.origin for p in elicited.held["a"].priors}
    assert origins["P(h = no)"] == "default"
    assert origins["P(z = yes | baseline)"] == "judged"
    assert origins["P(z = yes | baseline but y = yes)"] == "default"
    assert origins["P(x = no | h = no)"] == "weak"
    (own,) = [p for p in elicited.held["a"].priors if p.parameter.name == "P(z = yes | baseline but y = yes)"]
    assert own.judgement is not None
    assert own.judgement.says.values == (0.4, 0.7, 0.9)  # the rival's default, not the model's
    # what set a parameter is evidence on the total that it has become
    assert [(d.expert, d.about) for d in elicited.evidence] == [
        ("a", "P(x = yes)"), ("a", "P(z = yes | do(x = yes))")
    ]  # fmt: skip
    notes = [note.partition(LEFT_OUT) for note in elicited.notes]
    assert [who for who, _, _ in notes] == ["a judgement of b", "a judgement of a", "a default", "a default"]
    assert [what.split(" is ")[0].split(" cannot ")[0].split(" has ")[0] for _, _, what in notes] == [
        "P(x = yes)", "P(z = yes | baseline but x = yes)", "P(x = yes)", "P(z = yes | baseline but y = yes)",
    ]  # fmt: skip


def test_what_a_rivals_own_file_says_is_never_left_out(tmp_path: Path) -> None:
    study = causal.load(written(tmp_path, OWN.replace("baseline but y", "baseline but x")))
    with pytest.raises(SpecError) as caught:
        _ = study.elicited
    (problem,) = caught.value.problems
    assert (Path(problem.path).parent.name, Path(problem.path).name, problem.line) == ("priors", "rival.yaml", 5)
    assert "x is no parent of z with parameters" in problem.message


@pytest.mark.parametrize("name", ["ussr-d1", "ussr-d2", "ussr-d3", "ussr-d4"])
def test_the_shipped_rivals_leave_no_parameter_to_a_weak_default(name: str) -> None:
    study = causal.load(name)
    assert not any(study.elicited.weak.values())
    assert set(study.priors.held[name]) == set(study.priors.experts)
    assert study.model.rival is not None
    new = {edge for edge in study.model.rival.added if edge[0] in study.model.rival.variables}
    assert bool(new) == (name == "ussr-d1")
