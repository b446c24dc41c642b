"""Which prior file goes with a model, and what is said where none or several do."""

from __future__ import annotations

from pathlib import Path

import pytest

import causal
from causal.errors import SpecError, UsageError
from causal.spec.files import find_priors, looked
from causal.spec.modelfile import load_model

MODEL = """\
model: coin
variables:
  coin: {states: [tails, heads], actual: heads}
  bet: {states: [lost, won], parents: [coin], actual: won}
"""
PRIORS = "priors: some\nmodel: coin  # a toss\njudgements: []\n"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    (tmp_path / "models").mkdir()
    (tmp_path / "priors").mkdir()
    (tmp_path / "models" / "coin.yaml").write_text(MODEL)
    return tmp_path / "models" / "coin.yaml"


@pytest.mark.parametrize(
    "place",
    ["priors/coin.yaml", "models/priors/coin.yaml", "models/coin.priors.yaml", "models/x.yaml", "priors/y.yaml"],
)
def test_priors_are_found_by_their_name_or_by_what_they_say(model: Path, place: str) -> None:
    assert find_priors(model, load_model(model)) is None
    where = model.parent.parent / place
    where.parent.mkdir(exist_ok=True)
    where.write_text(PRIORS)
    (model.parent / "coin-answers.yaml").write_text(PRIORS)  # a sheet that is still to be merged
    (model.parent / "other.yaml").write_text(PRIORS.replace("coin", "dice"))
    found = find_priors(model, load_model(model))
    assert found is not None
    assert found.resolve() == where.resolve()


def test_a_name_goes_before_what_a_file_says(model: Path) -> None:
    (model.parent / "x.yaml").write_text(PRIORS)
    named = model.parent.parent / "priors" / "coin.yaml"
    named.write_text(PRIORS)
    assert find_priors(model, load_model(model)) == named


@pytest.mark.parametrize("pair", [("coin.priors.yaml", "../priors/coin.yaml"), ("x.yaml", "y.yaml")])
def test_several_are_listed(model: Path, pair: tuple[str, str]) -> None:
    for each in pair:
        (model.parent / each).write_text(PRIORS)
    with pytest.raises(UsageError, match=r"several prior files go with .*; name one with --priors") as error:
        causal.load(model)
    assert all(Path(each).name in str(error.value) for each in pair)


def test_where_they_are_looked_for_is_told(model: Path) -> None:
    told = looked(model, load_model(model))
    assert "models/coin.priors.yaml, and a prior file there or beside the model that says 'model: coin'" in told


def test_a_shipped_name_is_found_for_a_file_too(model: Path) -> None:
    with pytest.raises(SpecError, match=r"priors/rain.yaml:\d+:\d+: model: this file is for model 'rain', not 'coin'"):
        causal.load(model, "rain")
    with pytest.raises(UsageError, match="no prior file 'rainx', and none of that name beside the model or shipped"):
        causal.load(model, "rainx")


def test_each_kind_of_file_in_the_place_of_the_other_is_told_in_a_line(model: Path) -> None:
    other = model.parent / "x.yaml"
    other.write_text(PRIORS)
    with pytest.raises(SpecError) as error:
        causal.load(other)
    assert [each.message for each in error.value.problems] == [
        "this is a prior file; give it with --priors, and a model file as the model"
    ]
    with pytest.raises(SpecError) as error:
        causal.load(model, model)
    assert [each.message for each in error.value.problems] == [
        "this is a model file; give it as the model, and a prior file with --priors"
    ]


CASES = (
    PRIORS
    + """\
cases:
  - {file: c.csv, relevance: 0.5, columns: {c: coin, b: bet}, states: {coin: {"0": tails, "1": heads}}}
"""
)


def _cases(model: Path, rows: str) -> causal.Study:
    where = model.parent.parent / "priors"
    (where / "coin.yaml").write_text(CASES)
    (where / "c.csv").write_text(rows)
    return causal.load(model)


def test_a_missing_map_and_another_separator_are_a_line_each(model: Path) -> None:
    with pytest.raises(SpecError) as error:
        _cases(model, "c,b\n0,0\n1,1\n1,0\n")
    (problem,) = error.value.problems
    assert problem.message == (
        "variable 'bet' has no state or code '0' or '1', in 3 rows; there is lost, won. "
        "Say what they mean: 'states: {bet: {'0': lost, ...}}'"
    )
    with pytest.raises(SpecError) as error:
        _cases(model, "c;b\n0;0\n")
    assert [each.message for each in error.value.problems] == ["the cells are separated by semicolons; write commas"]


def test_a_row_that_is_the_case_itself_is_remarked_on(model: Path) -> None:
    notes = _cases(model, "c,b\n0,lost\n1,won\n1,lost\n").elicited.notes
    (said,) = (each for each in notes if "what happened in the case itself" in each)
    assert said.startswith("c.csv, line 3: this row is just what happened in the case itself; if it is that case")
