"""A network file at the front door and on the command line: exact numbers, no expert, nothing drawn, notes told."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from causal import load
from causal.cli import main
from causal.errors import UsageError
from causal.study import Study

RAIN = """network rain { }
variable season { type discrete [ 2 ] { dry, rainy }; }
variable rain { type discrete [ 3 ] { clear, "some rain", heavy }; }
variable grass { type discrete [ 2 ] { dry, wet }; }
probability ( season ) { table 6, 4; }
probability ( rain | season ) {
  (dry) 0.8, 0.15, 0.05;
  (rainy) 0.3, 0.4, 0.3;
}
probability ( grass | rain ) { default 0.2, 0.8; (clear) 0.95, 0.05; }
"""
NOTE = "1 row does not add up to 1 and was divided by its sum (10, season at line 5)"
WET = 0.6 * (0.8 * 0.05 + 0.2 * 0.8) + 0.4 * (0.3 * 0.05 + 0.7 * 0.8)

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CAUSAL_CACHE", str(tmp_path / "fits"))
    monkeypatch.chdir(tmp_path)
    Path("rain.bif").write_text(RAIN)
    Path("rain.bif.gz").write_bytes(gzip.compress(RAIN.encode()))
    return tmp_path


@pytest.fixture
def study(desk: Path) -> Study:
    return load("rain.bif")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            main(arguments)
        printed = capsys.readouterr()
        return int(end.value.code or 0), printed.out, printed.err

    return call


def test_a_study_of_a_network_has_nobody_and_nothing_open(study: Study) -> None:
    assert repr(study) == "<Study rain: 3 variables, exact numbers>"
    assert (study.exact, study.notes) == (True, (NOTE,))
    assert study.elicited.network.parameters == ()
    assert load("rain.bif.gz").model.variables == study.model.variables
    with pytest.raises(UsageError, match=r"rain\.bif has its numbers in it"):
        load("rain.bif", priors="rain.yaml")
    with pytest.raises(UsageError, match="nothing to infer"):
        study.pymc_model()


def test_sampling_gives_one_draw_that_is_exact_and_is_not_stored(study: Study, desk: Path) -> None:
    posterior = study.sample(seed=3, draws=17)
    assert posterior.theta.shape == (1, 1, 0, 1)
    assert not (desk / "fits").exists()
    assert repr(posterior) == "<Posterior of rain: exact numbers>"
    answer = posterior.ask("P(grass = wet)")
    assert answer.exact
    assert answer.mean == pytest.approx(WET, abs=1e-15)
    assert answer.text == f"P(grass = wet) is {WET:.6g}, unlikely."
    assert list(answer.table["expert"]) == ["panel"]
    case = posterior.ask("P(grass = wet | rain = heavy)", level="case")
    assert case.text == "P(grass = wet | rain = heavy) is 0.8, very likely."


def test_all_kinds_of_answers_are_told_without_an_interval(study: Study) -> None:
    posterior = study.sample()
    texts = [answer.text for answer in posterior.ask_all(
        [
            "P(rain | season = rainy)",
            "P(grass = wet | do(rain = clear)) - 0.01",
            "P(season = dry) > P(season = rainy)",
            "P(season = dry) < P(season = rainy)",
        ]
    )]  # fmt: skip
    assert texts == [
        "P(rain | season = rainy): clear 0.3, some rain 0.4, heavy 0.3.",
        "P(grass = wet | do(rain = clear)) - 0.01 is 0.04.",
        "P(season = dry) > P(season = rainy) holds.",
        "P(season = dry) < P(season = rainy) does not hold.",
    ]


def test_it_is_shown_with_its_probabilities(study: Study) -> None:
    picture = study.show()
    assert picture.shares is not None
    assert picture.shares["season"] == {"dry": 0.6, "rainy": 0.4}
    assert "Exact, with no intervention." in picture.text
    assert "every number is in the model" in study._repr_html_()
    assert "nothing is drawn" in study.sample()._repr_html_()
    answer = study.sample().ask("P(grass = wet)")
    assert "interval" not in answer._repr_html_()
    assert answer.plot().svg


def test_a_question_on_the_command_line(run: Run) -> None:
    code, out, err = run("ask", "rain.bif", 'P(grass = wet | do(rain = "some rain"), season = dry)')
    assert (code, err) == (0, f"rain.bif: {NOTE}\n")
    assert out.splitlines() == [
        'P(grass = wet | do(rain = "some rain"), season = dry) is 0.8, very likely.',
        "Every number is in the model: nothing was judged, and nothing drawn.",
        "What is given has the probability 0.6.",
    ]
    code, out, err = run("ask", "rain.bif", "P(grass = wet)", "--json", "--quiet")
    facts = json.loads(out)
    assert (code, err, facts["by_expert"], facts["exact"], facts["draws"]) == (0, "", {}, True, 1)
    assert facts["mean"] == facts["lower"] == facts["upper"] == pytest.approx(WET, abs=1e-15)


def test_check_and_show_and_sample(run: Run) -> None:
    code, out, _ = run("check", "rain.bif")
    assert code == 0
    assert "3 variables, 2 edges, 0 parameters" in out
    assert "priors  none: every number is in the model" in out
    assert f"Notes\n  {NOTE}" in out
    assert out.rstrip().endswith("The file can be used.")
    code, out, _ = run("check", "rain.bif", "--json")
    assert (json.loads(out)["model"]["exact"], json.loads(out)["notes"]) == (True, [NOTE])
    code, out, err = run("show", "rain.bif")
    assert (code, err) == (0, f"rain.bif: {NOTE}\n")
    assert "dry 60 % | rainy 40 %" in out
    code, out, _ = run("sample", "rain.bif")
    assert (code, out) == (0, "rain: every number is in the model, so there is nothing to draw.\n")
    assert run("sample", "rain.bif", "--json")[0] == 0


def test_what_needs_judgements_or_interventions_says_so(run: Run) -> None:
    code, _, err = run("elicit", "rain.bif")
    assert (code, err) == (2, f"rain.bif: {NOTE}\nrain has every number in the model, so nobody judged any\n")
    assert run("rank", "rain.bif")[0] == 2
    assert run("report", "rain.bif")[0] == 2
    code, _, err = run("ask", "rain.bif", "P(grass = wet)", "--priors", "none.yaml")
    assert (code, err) == (2, "rain.bif has its numbers in it, so no priors go with it; leave 'none.yaml' out\n")


def test_a_bad_file_and_a_question_that_is_none(run: Run) -> None:
    Path("rain.bif").write_text(RAIN.replace("0.05, 0.05", "0.05; 0.05").replace("(rainy)", "(rany)"))
    code, _, err = run("check", "rain.bif")
    assert code == 3
    assert err == "rain.bif:8:4: probability rain: variable 'season' has no state 'rany' (did you mean 'rainy'?)\n"
    code, _, err = run("ask", "rain.bif.gz", "P(gras = wet)")
    assert (code, "did you mean 'grass'" in err) == (5, True)
