"""DoWhy on the graph of a study: which data settle an effect, and the same number as the engine where they do."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import product
from pathlib import Path

import pandas as pd
import pytest

from causal import load
from causal.errors import UnknownName, UsageError
from causal.spec.bif import parse_bif
from causal.spec.files import nobody
from causal.spec.modelfile import parse_model
from causal.study import Study

ROOT = Path(__file__).parents[2]
TAR = """model: tar
variables:
  habit: {states: [no, yes]}
  smoking: {states: [no, yes], parents: [habit]}
  tar: {states: [low, high], parents: [smoking]}
  cancer: {states: [no, yes], parents: [tar, habit]}
"""
PAIR = """model: pair
variables:
  x: {states: [no, yes], mechanism: types}
  z: {states: [no, yes], parents: [x], mechanism: types}
  y: {states: [no, yes], parents: [z], mechanism: types}
confounded: [[x, y]]
"""
# no interaction, so that a linear regression is exactly right
GARDEN = """
variable season { type discrete [2] { dry, rainy }; }
variable hose { type discrete [2] { off, on }; }
variable grass { type discrete [2] { dry, wet }; }
probability ( season ) { table 0.6, 0.4; }
probability ( hose | season ) { (dry) 0.2, 0.8; (rainy) 0.7, 0.3; }
probability ( grass | season, hose ) {
  (dry, off) 0.9, 0.1; (dry, on) 0.6, 0.4; (rainy, off) 0.5, 0.5; (rainy, on) 0.2, 0.8;
}
"""


def study(text: str) -> Study:
    model = parse_model(text) if text.startswith("model") else parse_bif(text)
    return Study(model, nobody(model))


def cases(of: Study) -> pd.DataFrame:
    """Return a thousand cases in which every combination is as frequent as it is probable."""
    posterior, rows = of.sample(), []
    variables = of.model.variables
    for states in product(*(variable.states for variable in variables.values())):
        here = dict(zip(variables, states, strict=True))
        share = posterior.ask(f"P({', '.join(f'{name} = {state}' for name, state in here.items())})").mean
        rows += [here] * round(1000 * share)
    return pd.DataFrame(rows)


def test_the_digraph_has_labels_states_and_reasons_and_no_numbers() -> None:
    digraph = load("rain").to_networkx()
    assert digraph.graph["name"] == "rain"
    assert digraph.nodes["rain"]["states"] == ("clear", "some", "heavy")
    assert digraph.nodes["rain"].keys() == {"label", "about", "states"}
    assert list(digraph.successors("season")) == ["sprinkler", "rain"]
    assert list(digraph.predecessors("grass")) == ["sprinkler", "rain"]
    assert digraph.edges["rain", "grass"] == {
        "why": "Rain wets everything that has no roof",
        "sign": {"some": "+", "heavy": "+"},
    }
    assert study(PAIR).to_networkx().graph["confounded"] == (("x", "y"),)


def test_what_is_observed_decides_how_an_effect_is_identified() -> None:
    tar = study(TAR)
    assert tar.to_dowhy("smoking", "cancer").identify_effect().get_backdoor_variables() == ["habit"]
    front = tar.to_dowhy("smoking", "cancer", observed=["smoking", "tar", "cancer"]).identify_effect()
    assert (front.get_backdoor_variables(), front.get_frontdoor_variables()) == ([], ["tar"])
    none = tar.to_dowhy("smoking", "cancer", observed=["smoking", "cancer"]).identify_effect()
    assert (none.get_backdoor_variables(), none.get_frontdoor_variables()) == ([], [])


def test_a_confounded_pair_has_a_common_cause_that_nobody_observes() -> None:
    found = study(PAIR).to_dowhy("x", "y").identify_effect()
    assert (found.get_backdoor_variables(), found.get_frontdoor_variables()) == ([], ["z"])


def test_several_treatments() -> None:
    assert load("rain").to_dowhy(["sprinkler", "rain"], "grass").identify_effect().get_backdoor_variables() == []


@pytest.mark.filterwarnings("ignore:The copy keyword is deprecated:pandas.errors.Pandas4Warning")  # DoWhy says it
@pytest.mark.parametrize("kind", ["object", "category", "string"])
def test_an_estimate_from_cases_is_the_effect_that_the_engine_computes(kind: str) -> None:
    garden = study(GARDEN)
    data = cases(garden).astype(kind)
    assert len(data) == 1000
    model = garden.to_dowhy("hose", "grass", data)
    estimand = model.identify_effect()
    assert estimand.get_backdoor_variables() == ["season"]
    estimate = model.estimate_effect(estimand, method_name="backdoor.linear_regression")
    posterior = garden.sample()
    effect = posterior.ask("P(grass = wet | do(hose = on)) - P(grass = wet | do(hose = off))").mean
    naive = posterior.ask("P(grass = wet | hose = on) - P(grass = wet | hose = off)").mean
    assert effect == pytest.approx(0.3, abs=1e-12)
    assert estimate.value == pytest.approx(effect, abs=1e-9)
    assert abs(naive - effect) > 0.1


def test_columns_of_numbers_gaps_and_other_columns() -> None:
    garden = study(GARDEN)
    data = pd.DataFrame(
        {"hose": [0, 1, 1], "grass": ["dry", None, "wet"], "season": ["rainy", "dry", "dry"], "place": ["a", "b", "c"]}
    )
    kept = garden.to_dowhy("hose", "grass", data)._data
    assert kept["hose"].tolist() == [0, 1, 1]
    assert kept["grass"].fillna(-1).tolist() == [0, -1, 1]
    assert kept["season"].tolist() == [1, 0, 0]
    assert kept["place"].tolist() == ["a", "b", "c"]
    assert data["season"].tolist() == ["rainy", "dry", "dry"]


def test_what_makes_no_sense_is_said() -> None:
    tar = study(TAR)
    with pytest.raises(UnknownName, match=r"no variable 'smokin' \(did you mean 'smoking'\?\)"):
        tar.to_dowhy("smokin", "cancer")
    with pytest.raises(UnknownName, match="no variable 'tarr'"):
        tar.to_dowhy("smoking", "cancer", observed=["smoking", "cancer", "tarr"])
    with pytest.raises(UsageError, match="an outcome that is none of them"):
        tar.to_dowhy(["smoking", "cancer"], "cancer")
    with pytest.raises(UsageError, match="at least one treatment"):
        tar.to_dowhy([], "cancer")
    with pytest.raises(UsageError, match="'observed' leaves out cancer"):
        tar.to_dowhy("smoking", "cancer", observed=["smoking"])
    data = pd.DataFrame({"smoking": ["no", "jes"], "cancer": ["no", "no"]})
    with pytest.raises(UsageError, match=r"column 'smoking' holds 'jes', which is no state of it \(did you mean 'yes'"):
        tar.to_dowhy("smoking", "cancer", data)
    with pytest.raises(UsageError, match="the data have no column smoking"):
        tar.to_dowhy("smoking", "cancer", data[["cancer"]])
    with pytest.raises(UsageError, match="leave 'observed' out"):
        tar.to_dowhy("smoking", "cancer", data, observed=["smoking"])


def test_dowhy_is_loaded_when_it_is_asked_for() -> None:
    source = """
import json, sys
from causal import load
study = load("rain")
study.to_networkx()
before = "dowhy" in sys.modules
study.to_dowhy("sprinkler", "grass")
print(json.dumps([before, "dowhy" in sys.modules]))
"""
    command = [sys.executable, "-W", "error", "-c", source]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [False, True]
