"""What made the difference, through the front doors: methods, the command line, displays, the report."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import causal
from causal.ask.analyses import ANALYSES, Options
from causal.ask.candidates import NAMED, PAIR, SINGLE
from causal.ask.interventions import READINGS
from causal.errors import CausalError, UsageError
from causal.explained import PICTURES, Explained
from causal.learn.layout import lay_out
from causal.learn.sample import Draws
from causal.spec.grammar import parse_question
from causal.spec.priors import POOLED
from causal.study import Posterior
from causal.tell.files import to_json
from causal.tell.page import html
from causal.tell.text import markdown

UNDATED = """model: trial
title: Does the drug help?
variables:
  severity: {label: Severity, states: [mild, severe], actual: severe}
  drug: {label: Drug, states: [withheld, given], parents: [severity], actual: given}
  recovery: {label: Recovery, states: ["no", "yes"], parents: [severity, drug], actual: "no"}
outcome: recovery = no
profile: [severity]
factors: {drug: withheld}
interventions:
  withhold: {title: Nobody is treated, do: {drug: withheld}}
"""
JUDGED = """priors: p
model: trial
judgements:
  - {about: P(severity = severe), says: {quantiles: {5: 0.3, 50: 0.5, 95: 0.7}}}
  - {about: P(drug = given | severity = severe), says: {quantiles: {5: 0.6, 50: 0.8, 95: 0.9}}}
  - {about: "P(recovery = yes | severity = severe, drug = given)", says: {quantiles: {5: 0.3, 50: 0.5, 95: 0.7}}}
  - {about: "P(recovery = yes | severity = severe, drug = withheld)", says: {quantiles: {5: 0.1, 50: 0.2, 95: 0.4}}}
"""


# at the medians nothing that was judged is uncertain, and neither model has judged totals or cases
BARE = {"carries", "checks", "falsification"}
SILENT = {("rain", "contrast"), ("trial", "contrast")}  # no factor of theirs is luck: the sets have to be said


@pytest.fixture(scope="module")
def rain():
    return causal.load("rain").at_medians()


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("trial")
    (folder / "trial.yaml").write_text(UNDATED)
    (folder / "p.yaml").write_text(JUDGED)
    return causal.load(folder / "trial.yaml", folder / "p.yaml").at_medians()


@pytest.fixture(scope="module", params=["log", "hierarchical"])
def pooled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    """Rain with its panel pooled into one posterior: independent draws from all priors, the panel's among them."""
    path = tmp_path_factory.mktemp("pooled") / "rain.yaml"
    path.write_text(Path("priors/rain.yaml").read_text().replace("pooling: linear", f"pooling: {request.param}"))
    study = causal.load("models/rain.yaml", path)
    layout = lay_out(study.elicited)
    theta = layout.draw(np.random.default_rng(3), 1600)
    draws = Draws(theta.reshape(4, 400, *theta.shape[1:]), layout.parameters, layout.experts, ("iid",) * 3, seed=3)
    return Posterior(study, draws)


@pytest.mark.parametrize("name", [name for name in ANALYSES if name not in ("identification", "contrast")])
def test_every_analysis_answers_for_a_pooled_panel(name: str, pooled) -> None:
    """The panel's numbers are its own posterior's; experts stand beside it, and nothing names what is inside."""
    found = pooled.explain(name)
    told = found.text + json.dumps(found.to_dict(), allow_nan=False) + found.plot().svg + (found._repr_html_() or "")
    assert POOLED not in told
    assert "not in the panel" not in told
    assert "apart: " not in found.text


def test_the_report_of_a_pooled_panel(pooled) -> None:
    report = pooled.facts()
    assert [who.name for who in report.experts] == ["anna", "boris"]
    assert all(who.pooled for who in report.experts)
    page, text = html(report), markdown(report)
    kind = report.assumptions.pooling
    assert POOLED not in page + text
    title = {"log": "The panel (logarithmic pool)", "hierarchical": "The panel (hierarchical pool)"}[kind]
    assert title in page
    weighed = {"log": ", weights as stated", "hierarchical": ""}[kind]
    assert f"Pooling: {kind}, 2 experts{weighed}. The panel is a" in text
    assert "their weighted mixture" not in text
    answer = pooled.ask("P(grass = wet)")
    assert title.replace("The", "the") in answer._repr_html_()
    assert answer.to_dict()["pooling"] == kind
    assert title.rsplit(" ", 1)[0] in answer.plot().svg  # it may be on two lines
    own = pooled.draws.flat(2)
    tape = pooled.study.elicited.network.recorder.tape(pooled.study.elicited.writer.write(
        parse_question("P(grass = wet)")).slots)  # fmt: skip
    assert answer.mean == pytest.approx(float(tape.values(own)[0].mean()), abs=1e-12)


@pytest.mark.parametrize("name", ANALYSES)
@pytest.mark.parametrize("case", ["rain", "trial"])
def test_every_analysis_answers_any_model(name: str, case: str, request: pytest.FixtureRequest) -> None:
    """In sentences, a table, facts and a picture; what needs dates or factors says so where there are none."""
    posterior = request.getfixturevalue(case)
    if (case, name) in SILENT:
        with pytest.raises(CausalError):
            posterior.explain(name)
        return
    found = posterior.explain(name)
    assert isinstance(found, Explained)
    assert found.title
    assert found.text.endswith((".", ")"))
    assert len(found.table) or name in BARE
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["analysis"] == name
    assert found.plot().svg.startswith("<svg")
    assert repr(found).startswith("<")
    assert "<table" in found._repr_html_() or not found.rows(1)[1]


def test_each_has_a_picture_and_a_method() -> None:
    about_the_graph = {"identification", "falsification"}  # and drawn as the graph
    assert set(ANALYSES) - set(PICTURES) == about_the_graph
    assert set(PICTURES) - set(ANALYSES) == {"compare", "calibrate", "grid"}  # of several graphs, or of many fits
    for name in ANALYSES:
        method = "interventions" if name == "sweep" else name  # the ranking has it
        assert callable(getattr(causal.study.Posterior, method))


def test_second_pictures_have_a_door(rain, tmp_path: Path) -> None:
    assert rain.explain("carries").pictures == ("", "next")
    assert "next answer" in rain.explain("carries").plot("next").text
    assert rain.checks().pictures == ("", "without", "sensitive")
    assert "predicted" in rain.checks().plot().text
    assert "left out" in rain.checks().plot("without").text
    assert "stronger or weaker" in rain.checks().plot("sensitive").text
    assert "worlds that avoid" in rain.stories().plot("avoided").text
    with pytest.raises(UsageError, match="did you mean 'next'"):
        rain.carries().plot("nxt")
    with pytest.raises(UsageError, match="no picture"):
        rain.paths().plot("next")


def test_no_such_analysis_names_the_nearest(rain) -> None:
    with pytest.raises(UsageError, match="did you mean 'stories'"):
        rain.explain("storys")


def test_options_are_those_of_the_analysis(rain) -> None:
    few, many = rain.interventions(), rain.interventions(pairs=True, everything=True)
    assert len(many.sweep.table) > len(few.sweep.table)
    assert many.text == rain.explain("sweep", pairs=True, everything=True).text
    assert few.table.equals(many.table)
    assert Options().reading == ""  # the case's own: of one that is over, a minimal rewrite
    assert rain.responsibility().text == rain.responsibility(reading="minimal rewrite").text


def test_a_ranking_is_of_one_reading_or_of_all(rain) -> None:
    """Pairs and single settings under each reading; what is the same in both doors has the same numbers."""
    every = rain.interventions(pairs=True, everything=True)
    assert {each.reading for each in every.divergences} == set(READINGS)
    for reading in READINGS:
        one = rain.interventions(pairs=True, everything=True, reading=reading)
        rows = [each for each in every.sweep.result.rows if each.reading == reading]
        assert {each.candidate.kind for each in rows} == {NAMED, PAIR, SINGLE}
        assert [each.mean for each in one.sweep.result.rows] == [each.mean for each in rows]
        assert [each.reading for each in one.divergences] == [reading] * len(one.divergences)
        named = {each.candidate.name: each.mean for each in rows if each.candidate.kind == NAMED}
        assert named == pytest.approx({e.intervention.name: e.outcome.mean for e in one.divergences})
    few = rain.interventions(names=["cloudburst"]).sweep.result.rows
    assert {each.candidate.name for each in few} == {"cloudburst"}
    with pytest.raises(UsageError, match="did you mean 'forecast'"):
        rain.interventions(reading="forcast")


@pytest.mark.parametrize("name", ANALYSES)
def test_what_is_told_has_labels_and_few_columns(name: str, rain) -> None:
    if ("rain", name) in SILENT:
        return
    found = rain.explain(name)
    heads, rows = found.rows(1000)
    assert len(heads) <= 8
    assert len(found.text.splitlines()) <= 10
    names = {n for n, v in rain.study.model.variables.items() if v.title != n} | set(rain.study.model.interventions)
    assert not [cell for row in rows for cell in row if cell in names]


def test_the_report_tells_them_from_facts(rain) -> None:
    report = rain.facts()
    facts = json.loads(to_json(report))
    assert [each["name"] for each in facts["explained"]] == list(ANALYSES)
    page, text = html(report), markdown(report)
    for name, analysis in ANALYSES.items():
        assert f'id="{name}-title"' in page
        assert analysis.asks in text
    assert page.index('id="sweep-title"') < page.index('id="derived-title"')


def test_the_command_line_asks_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from causal.cli import main

    def run(*arguments: str) -> str:
        with pytest.raises(SystemExit) as left:
            main(list(arguments))
        assert left.value.code == 0
        return capsys.readouterr().out

    assert "But for what?" in run("explain", "rain")
    picture = tmp_path / "blame.svg"
    words = run("explain", "rain", "responsibility", "--medians", "--out", str(picture), "-q")
    assert "Shapley" in words
    assert picture.read_text().startswith("<svg")
    facts = json.loads(run("explain", "rain", "responsibility", "--medians", "--json", "-q"))
    assert facts["analysis"] == "responsibility"
    assert facts["gate"]["verdict"] == "pass"


# What must not matter, to any of them

CASE = """model: m
title: Case
variables:
  xx: {states: [a, b], actual: b, when: 1919-01}
  ww: {states: [a, b], actual: a, when: 1919-03}
  mm: {states: [a, b], parents: [xx], actual: b, when: 1919-05}
  yy: {states: [a, b], parents: [mm, ww], actual: b, when: 1919-09}
MORE
outcome: yy = b
profile: [mm]
factors: {xx: a, ww: b}
interventions:
  early: {when: 1919-01, do: {xx: a}}
  late: {when: 1919-05, do: {mm: a}}
"""
SAID = """priors: p
model: m
experts: {anna: {name: Anna, school: one}, boris: {name: Boris, school: two}}
judgements:
  - {about: P(xx = b), by: anna, says: 60%}
  - {about: P(xx = b), by: boris, says: 30%}
  - {about: P(mm = b | xx = b), by: anna, says: 80%}
defaults:
  - {about: P(ww = b), says: 40%}
  - {about: P(mm = b | xx = a), says: 25%}
  - {about: P(mm = b | xx = b), says: 70%}
  - {about: "P(yy = b | mm = a, ww = a)", says: 10%}
  - {about: "P(yy = b | mm = b, ww = a)", says: 75%}
  - {about: "P(yy = b | mm = a, ww = b)", says: 35%}
  - {about: "P(yy = b | mm = b, ww = b)", says: 85%}
"""


def numbers(folder: Path, name: str, model: str, priors: str, **options: str) -> list[float]:
    """Return every number of an analysis' table, sorted."""
    folder.mkdir()
    (folder / "m.yaml").write_text(model.replace("MORE", ""))
    (folder / "p.yaml").write_text(priors)
    table = causal.load(folder / "m.yaml", folder / "p.yaml").at_medians().explain(name, **options).table
    found = table.select_dtypes("number").to_numpy().ravel()
    return sorted(found[~np.isnan(found.astype(float))].round(9).tolist())


@pytest.mark.parametrize("name", [each for each in ANALYSES if each not in ("identification", "falsification")])
def test_names_and_what_is_apart_change_no_number(name: str, tmp_path: Path) -> None:
    options = {"of": "early", "against": "late"} if name == "contrast" else {}
    plain = numbers(tmp_path / "plain", name, CASE, SAID, **options)
    assert plain or name in BARE
    renamed, said = CASE, SAID
    for old, new in {"xx": "cause", "ww": "chance_of_war", "mm": "means", "yy": "end"}.items():
        renamed, said = renamed.replace(old, new), said.replace(old, new)
    assert numbers(tmp_path / "renamed", name, renamed, said, **options) == plain
    beside = CASE.replace("MORE", "  z: {states: [a, b]}")
    assert numbers(tmp_path / "beside", name, beside, SAID, **options) == plain


@pytest.mark.parametrize("name", [each for each in ANALYSES if each not in ("identification", "falsification")])
def test_states_in_another_order_change_no_number(name: str, tmp_path: Path) -> None:
    """All variables reversed at once: a comonotone luck is then 1 - U, and every coupling is as it was."""
    options = {"of": "early", "against": "late"} if name == "contrast" else {}
    reversed_ = CASE.replace("states: [a, b]", "states: [b, a]")
    plain = numbers(tmp_path / "plain", name, CASE, SAID, **options)
    assert numbers(tmp_path / "reversed", name, reversed_, SAID, **options) == pytest.approx(plain, abs=1e-8)
