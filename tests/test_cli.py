"""The command line, run in process: exit codes, what goes to which stream, JSON, help.

Nothing is sampled by NUTS here: fits that need it are put into a store of their own, some made to fail the gate.
"""

from __future__ import annotations

import errno
import io
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from causal import load
from causal.cli import main, screen
from causal.errors import Unsupported
from causal.learn.calibrating import Calibration, Simulation
from causal.learn.layout import medians
from causal.learn.nuts import Progress
from causal.learn.sample import CHAINS, DRAWS, TUNE, Drawn
from causal.learn.store import digest, save
from causal.spec.model import Variable
from causal.study import Posterior, Study

ROOT = Path(__file__).resolve().parent.parent
RAIN = "P(grass = wet | do(rain = heavy))"
COMMANDS = ("check", "show", "elicit", "sample", "ask", "rank", "explain", "compare", "report", "schema", "grid",
            "calibrate")  # fmt: skip
KEYS = "question rung mean median lower upper ci_prob draws by_expert bounds gate".split()


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        def refuse(word: str) -> None:
            raise AssertionError(f"{word} is no JSON")

        return json.loads(self.out, parse_constant=refuse)


Run = Callable[..., Done]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: str) -> Done:
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            main(arguments)
        printed = capsys.readouterr()
        return Done(int(end.value.code or 0), printed.out, printed.err)

    return call


@pytest.fixture(autouse=True, scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("fits")
        patch.setenv("CAUSAL_CACHE", str(folder))
        patch.delenv("CAUSAL_DEBUG", raising=False)
        patch.delenv("FORCE_COLOR", raising=False)
        yield folder


def keep(study: Study, seed: int, draws: int = DRAWS, stuck: bool = False, divergences: int = 0) -> None:
    """Put a fit into the store that scatters around the medians; a stuck one has chains that never meet."""
    middle = medians(study.elicited)
    rng = np.random.default_rng(seed)
    theta = middle + 0.005 * rng.standard_normal((CHAINS, draws, *middle.shape))
    if stuck:
        theta = middle + 0.005 * rng.standard_normal((CHAINS, 1, *middle.shape)) + 0.0001 * (theta - middle)
    names = tuple(parameter.name for parameter in study.elicited.network.parameters)
    experts = tuple(study.elicited.held)
    each = {"method": "nuts", "divergences": divergences, "bfmi": (1.0,) * CHAINS, "seconds": 2.5 / len(experts)}
    drawn = {expert: Drawn(theta[..., place], names, **each) for place, expert in enumerate(experts)}
    settings = {"seed": seed, "draws": draws, "tune": TUNE, "chains": CHAINS}
    name = digest(study.model.digest, study.priors.digest, **settings)
    save(name, drawn, {expert: f"{name}-{expert}" for expert in drawn})


PASSES, FLAGGED, REFUSED = 1, 2, 3  # seeds of the fits in the store


@pytest.fixture(autouse=True, scope="module")
def rain(store: Path) -> Study:
    study = load("rain")
    keep(study, PASSES)
    keep(study, FLAGGED, draws=50)
    keep(study, REFUSED, stuck=True)
    return study


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an empty folder with a small case that nothing conditions, so that it is drawn without NUTS."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "coin.yaml").write_text("""
model: coin
variables:
  coin: {states: [tails, heads]}
  bet: {states: [lost, won], parents: {coin: {sign: "+"}}}
outcome: bet = won
interventions:
  cheat: {title: A coin with two heads, do: {coin: heads}}
""")
    (tmp_path / "coin.priors.yaml").write_text("""
priors: coin
model: coin
experts: {ann: {name: Ann, school: players}, bob: {name: Bob, school: banks, pool: false}}
judgements:
  - {about: P(coin = heads), by: ann, says: {quantiles: {5: 0.4, 50: 0.5, 95: 0.6}}}
  - {about: P(bet = won | coin = heads), by: ann, says: {quantiles: {5: 0.6, 50: 0.8, 95: 0.9}}}
  - {about: P(bet = won | coin = heads), by: bob, says: {quantiles: {5: 0.1, 50: 0.2, 95: 0.3}}}
defaults:
  - {about: P(bet = won | coin = tails), says: {quantiles: {5: 0.3, 50: 0.4, 95: 0.5}}}
""")
    return tmp_path


def edited(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text()
    assert old in text
    (folder / name).write_text(text.replace(old, new))


# ── check ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_check_says_what_it_read(run: Run) -> None:
    done = run("check", "rain")
    assert (done.code, done.err) == (0, "")
    assert "4 variables, 4 edges, 11 parameters, 2 interventions; outcome grass = wet" in done.out
    assert "2 experts, 17 judgements, 10 defaults" in done.out
    lines = [line.split() for line in done.out.splitlines()]
    uses = {" ".join(words[1:3]) for words in lines if words and words[0].isdigit()}
    assert uses == {"anna sets", "anna evidence", "boris sets", "boris abstains", "boris check"}


def test_check_tells_which_judgements_set_a_parameter(run: Run) -> None:
    found = run("check", "rain", "--json").json
    by_line = {each["about"]: each for each in found["judgements"] if each["by"] == "anna"}
    assert by_line["P(grass = wet | only sprinkler = on)"]["sets"] == ["P(sprinkler = on causes grass = wet)"]
    derived = by_line["P(grass = wet | do(sprinkler = off))"]
    assert (derived["role"], derived["sets"], derived["weight"]) == ("evidence", [], 0.5)
    anna, boris = found["experts"]
    assert anna["parameters"] == {"judged": 7, "default": 4, "weak": 0}
    assert boris["judgements"] == {"parameter": 5, "evidence": 0, "meld": 0, "replace": 0, "check": 2, "abstained": 1}
    assert found["problems"] == found["refused"] == []


def test_check_lists_what_nobody_judged(run: Run, desk: Path) -> None:
    done = run("check", "coin.yaml")
    assert "bob: P(coin = tails)" in done.out
    assert "ann: P(coin = tails)" not in done.out
    assert run("check", "coin.yaml", "--json").json["experts"][1]["weak"] == ["P(coin = tails)"]


def test_check_reports_a_sign_that_the_medians_contradict(run: Run, desk: Path) -> None:
    done = run("check", "coin.yaml")
    assert done.code == 0
    assert "coin = heads raises bet by the model, but for bob P(bet = won) goes from 0.4 to 0.2" in done.out
    (failure,) = run("check", "coin.yaml", "--json").json["signs"]
    assert (failure["expert"], failure["parent"], failure["sign"]) == ("bob", "coin", "+")


def test_check_reports_misfits(run: Run, desk: Path) -> None:
    assert run("check", "coin.yaml", "--json").json["misfits"] == []
    edited(desk, "coin.priors.yaml", "{5: 0.4, 50: 0.5, 95: 0.6}", "{5: 0.1, 25: 0.48, 50: 0.5, 75: 0.52, 95: 0.9}")
    (misfit,) = run("check", "coin.yaml", "--json").json["misfits"]
    assert (misfit["by"], misfit["about"]) == ("ann", "P(coin = heads)")
    assert misfit["misfit"] > 0.05
    assert "misfit" in run("check", "coin.yaml").out


def test_check_without_priors_says_so(run: Run, desk: Path) -> None:
    (desk / "coin.priors.yaml").unlink()
    done = run("check", "coin.yaml")
    assert done.code == 0
    assert "none found" in done.out
    assert "everyone: P(coin = tails)" in done.out


def test_a_bad_file_gives_every_problem_on_its_line(run: Run, desk: Path) -> None:
    edited(desk, "coin.yaml", "parents: {coin:", "parents: {coyn:")
    edited(desk, "coin.yaml", "bet = won", "bet = one")
    done = run("check", "coin.yaml")
    assert (done.code, done.out) == (3, "")
    lines = done.err.splitlines()
    assert len(lines) == 2
    assert all(re.match(r"coin\.yaml:\d+:\d+: [\w.]+: ", line) for line in lines), lines
    assert "did you mean 'coin'?" in done.err
    problems = run("check", "coin.yaml", "--json").json["problems"]
    assert [(each["path"], each["line"]) for each in problems] == [("coin.yaml", 5), ("coin.yaml", 6)]


def test_a_judgement_that_cannot_be_used_is_a_bad_file(run: Run, desk: Path) -> None:
    edited(desk, "coin.priors.yaml", "by: bob", "by: ann")
    done = run("check", "coin.yaml")
    assert done.code == 3
    assert re.match(r"coin\.priors\.yaml:8:\d+: judgements\.\d+: .*judged already, at line 7", done.err)


@pytest.fixture
def uncomputed(monkeypatch: pytest.MonkeyPatch) -> str:
    """Make up a mechanism that the engine does not compute: of late there is none."""
    said = "coin: the engine does not compute 'heads-or-edges'"

    def kind_of(variable: Variable) -> None:
        if variable.name == "coin":
            raise Unsupported(said)

    monkeypatch.setattr("causal.learn.limits.kind_of", kind_of)
    return said


def test_what_the_engine_does_not_compute_is_named(run: Run, desk: Path, uncomputed: str) -> None:
    said = uncomputed
    checked = run("check", "coin.yaml")
    assert (checked.code, said in checked.out) == (5, True)
    assert "Both files can be used" not in checked.out
    (refused,) = run("check", "coin.yaml", "--json").json["refused"]
    assert said in refused
    asked = run("ask", "coin.yaml", "P(bet = won)")
    assert (asked.code, asked.out, said in asked.err) == (5, "", True)


# ── show ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_show_draws_the_graph_in_the_terminal(run: Run) -> None:
    done = run("show", "rain", "--medians")
    assert (done.code, done.err) == (0, "")
    assert "from + sprinkler, + rain" in done.out
    assert "off 63 % | ▶ on 37 %" in done.out
    assert "With every parameter at its median as stated." in done.out
    assert all(len(line) <= 80 for line in done.out.splitlines())


def test_show_takes_the_draws_that_are_kept(run: Run) -> None:
    kept, none = run("show", "rain", "--seed", str(PASSES)), run("show", "rain", "--seed", "98")
    assert "Posterior means, with no intervention." in kept.out
    assert "median as stated" in none.out
    refused = run("show", "rain", "--seed", str(REFUSED))
    assert (refused.code, "the gate refuses the draws" in refused.out, "55 %" in refused.out) == (0, True, False)


def test_show_gives_the_shares_as_json(run: Run) -> None:
    found = run("show", "rain", "--medians", "--json").json
    assert list(found["shares"]) == ["season", "sprinkler", "rain", "grass"]
    assert all(sum(shares.values()) == pytest.approx(1) for shares in found["shares"].values())
    assert found["written"] is None


@pytest.mark.parametrize(("name", "starts"), [("g.svg", b"<svg"), ("g.PNG", b"\x89PNG")])
def test_show_writes_a_picture(run: Run, desk: Path, name: str, starts: bytes) -> None:
    done = run("show", "coin.yaml", "--out", name)
    assert (done.code, done.out, done.err) == (0, f"{name}\n", "")
    assert (desk / name).read_bytes().startswith(starts)
    assert str(desk).encode() not in (desk / name).read_bytes()


def test_show_does_without_priors(run: Run, desk: Path) -> None:
    (desk / "coin.priors.yaml").unlink()
    done = run("show", "coin.yaml")
    assert (done.code, "from + coin" in done.out, "%" in done.out) == (0, True, False)


@pytest.mark.parametrize(("pooling", "called"), [("log", "logarithmic"), ("hierarchical", "hierarchical")])
def test_a_pooled_panel_is_named_and_its_experts_are_in_it(run: Run, desk: Path, pooling: str, called: str) -> None:
    edited(desk, "coin.priors.yaml", "model: coin", f"model: coin\npooling: {pooling}")
    edited(desk, "coin.priors.yaml", ", pool: false", "")
    checked = run("check", "coin.yaml")
    assert checked.code == 0
    assert f"the panel is a {called} pool" in " ".join(checked.out.split())
    assert "panel-pool" not in checked.out
    asked = run("ask", "coin.yaml", "P(bet = won)", "--medians")
    assert asked.code == 0
    assert f"panel ({called} pool)" in asked.out
    assert "not in the panel" not in asked.out
    facts = run("ask", "coin.yaml", "P(bet = won)", "--medians", "--json").json
    assert (facts["pooling"], sorted(facts["by_expert"])) == (pooling, sorted(facts["pooled"]))
    drawn = run("sample", "coin.yaml", "--seed", "3")
    assert drawn.code == 0
    elicited = run("elicit", "coin.yaml")
    assert elicited.code == 0
    assert "panel-pool" not in elicited.out


def test_show_says_why_there_are_no_probabilities(run: Run, desk: Path, uncomputed: str) -> None:
    done = run("show", "coin.yaml")
    assert (done.code, "%" in done.out) == (0, False)
    assert f"no probabilities: {uncomputed}" in done.err
    assert run("show", "coin.yaml", "--quiet").err == ""


def test_show_writes_pictures_only(run: Run, desk: Path) -> None:
    done = run("show", "coin.yaml", "--out", "graph.pdf")
    assert (done.code, done.out, "graph.svg" in done.err) == (2, "", True)
    assert not (desk / "graph.pdf").exists()


# ── elicit ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_elicit_lays_what_was_said_beside_what_comes_out(run: Run) -> None:
    done = run("elicit", "rain")
    assert (done.code, done.err) == (0, "")
    assert "anna: Anna (gardeners)" in done.out
    assert "boris: Boris (meteorologists)" in done.out
    block = done.out.partition("P(sprinkler = on | season = rainy)")[2].partition("\n\n")[0]
    assert [line.split()[0] for line in block.splitlines() if line] == ["said", "stated", "implied", "density"]
    assert re.search(r"density +0 \|[ ▁▂▃▄▅▆▇█]{24}\| 1", block)
    assert "No judgement is marked" in done.out


def test_elicit_counts_what_is_an_experts_own(run: Run) -> None:
    anna, boris = run("elicit", "rain", "--json").json["experts"]
    assert [len(anna[key]) for key in ("parameters", "derived", "orders", "abstained", "unjudged")] == [7, 2, 0, 0, 0]
    assert [len(boris[key]) for key in ("parameters", "derived", "orders", "abstained", "unjudged")] == [5, 0, 2, 1, 0]
    assert (anna["defaults"], boris["defaults"]) == (4, 6)


def test_elicit_shows_one_expert_where_told(run: Run) -> None:
    (only,) = run("elicit", "rain", "--by", "boris", "--json").json["experts"]
    assert only["name"] == "boris"
    assert "anna" not in run("elicit", "rain", "--by", "boris").out
    wrong = run("elicit", "rain", "--by", "ana")
    assert (wrong.code, wrong.out, "did you mean 'anna'?" in wrong.err) == (2, "", True)


def test_elicit_tells_what_was_stated_of_one_minus_a_parameter_as_it_was_said(run: Run, desk: Path) -> None:
    edited(desk, "coin.priors.yaml", "P(coin = heads), by: ann, says: {quantiles: {5: 0.4, 50: 0.5, 95: 0.6}}",
           "P(coin = tails), by: ann, says: {quantiles: {5: 0.1, 50: 0.2, 95: 0.3}}")  # fmt: skip
    (ann, _) = run("elicit", "coin.yaml", "--json").json["experts"]
    (coin,) = (each for each in ann["parameters"] if each["about"] == "P(coin = tails)")
    assert [point["stated"] for point in coin["stated"]] == pytest.approx([0.1, 0.2, 0.3])
    assert coin["implied"]["50"] == pytest.approx(0.2, abs=0.02)
    assert coin["implied"]["5"] < coin["implied"]["50"] < coin["implied"]["95"]
    assert sum(coin["density"]) == pytest.approx(1)
    assert sum(coin["density"][:8]) > 0.9  # below a third


def test_elicit_marks_misfit_and_contradiction(run: Run, desk: Path) -> None:
    assert "!" not in run("elicit", "coin.yaml").out
    edited(desk, "coin.priors.yaml", "{5: 0.4, 50: 0.5, 95: 0.6}", "{5: 0.1, 25: 0.48, 50: 0.5, 75: 0.52, 95: 0.9}")
    line = "  - {about: P(bet = won), by: ann, says: {quantiles: {5: 0.02, 50: 0.05, 95: 0.08}}, use: check}"
    edited(desk, "coin.priors.yaml", "defaults:", f"{line}\ndefaults:")
    ann = run("elicit", "coin.yaml", "--by", "ann", "--json").json["experts"][0]
    assert [each["about"] for each in ann["parameters"] if each["marked"]] == ["P(coin = heads)"]
    assert ann["parameters"][0]["misfit"] == pytest.approx(0.05)  # both tails are missed altogether
    (derived,) = ann["derived"]
    assert derived["marked"]
    assert derived["z"] > 2
    # by hand, at the medians: .5 x .8 + .5 x .4
    assert derived["before"]["50"] == pytest.approx(0.6, abs=0.05)
    shown = run("elicit", "coin.yaml", "--by", "ann").out
    assert re.search(r"^  ! implied .*misfit 0\.\d\d$", shown, flags=re.MULTILINE)
    assert re.search(r"^  ! without .*conflict z \d+\.\d$", shown, flags=re.MULTILINE)
    assert "2 judgements are marked !" in shown
    last = shown[shown.index("2 judgements are marked !") :]
    assert re.search(r"line \d+, ann: P\(bet = won\): z \d+\.\d from what their own parameters imply \(check\)", last)


def test_a_meld_is_told_by_check_elicit_and_sample(run: Run, desk: Path) -> None:
    line = "  - {about: P(bet = won), by: ann, says: {quantiles: {5: 0.4, 50: 0.5, 95: 0.6}}, use: meld}"
    edited(desk, "coin.priors.yaml", "defaults:", f"{line}\ndefaults:")
    ann = run("check", "coin.yaml", "--json").json["experts"][0]
    assert (ann["judgements"]["meld"], ann["judgements"]["replace"], ann["judgements"]["check"]) == (1, 0, 0)
    shown = run("check", "coin.yaml").out
    assert "meld x 0.5" in shown
    assert "what reshapes a prior" in " ".join(shown.split())
    (derived,) = run("elicit", "coin.yaml", "--by", "ann", "--json").json["experts"][0]["derived"]
    assert (derived["use"], derived["weight"]) == ("meld", 0.5)
    assert "meld x 0.5" in run("elicit", "coin.yaml", "--by", "ann").out


SEEDS = """weights: equal
seeds:
  - {ask: Throws of ten that were heads, truth: 4, answers: {ann: {5: 2, 50: 5, 95: 8}}}
  - {ask: Was the coin bent?, truth: no, answers: {ann: 10%, bob: 1}}
judgements:"""


def test_elicit_scores_what_is_known(run: Run, desk: Path) -> None:
    assert run("elicit", "coin.yaml", "--json").json["known"] is None
    assert "what is known" not in run("elicit", "coin.yaml").out
    edited(desk, "coin.priors.yaml", "judgements:", SEEDS)
    found = run("elicit", "coin.yaml", "--json").json["known"]
    assert (found["numbers"], found["events"], found["weights"]) == (1, 1, "equal")
    ann, bob = found["experts"]
    assert (ann["by"], ann["share"], bob["share"]) == ("ann", 1.0, 0.0)
    assert (ann["inside"], ann["counted"], bob["calibration"]) == (1, 1, None)
    assert (ann["brier"], bob["brier"], bob["log_score"], bob["ruled_out"]) == (pytest.approx(0.01), 1.0, None, 1)
    told = run("elicit", "coin.yaml").out.partition("How well they did on what is known")[2]
    assert "1 number, 1 question of yes or no; the panel has equal weights." in told
    assert re.search(r"^ann +1 of 1 +0\.9 +1 +0\.\d+ +0\.\d+ +0\.\d+ +1\.00$", told, flags=re.MULTILINE)
    assert re.search(r"^bob +1 +1\.000 +1\.000 +0 +0 +1 ruled out$", told, flags=re.MULTILINE)
    assert "what would have been has no answer to score" in told
    (only,) = run("elicit", "coin.yaml", "--by", "bob", "--json").json["known"]["experts"]
    assert only == bob


def test_weights_that_seeds_cannot_carry_are_refused_at_their_line(run: Run, desk: Path) -> None:
    edited(desk, "coin.priors.yaml", "judgements:", SEEDS.replace("equal", "cooke"))
    for command in ("check", "elicit"):
        done = run(command, "coin.yaml")
        assert (done.code, done.out) == (3, "")
        assert done.err.startswith("coin.priors.yaml:5:10: weights: Cooke's weights need 8 seeds")


def test_elicit_lists_what_nobody_judged(run: Run, desk: Path) -> None:
    bob = run("elicit", "coin.yaml", "--by", "bob", "--json").json["experts"][0]
    assert bob["unjudged"] == ["P(coin = tails)"]
    assert "Nobody judged (a weak default stands in)\n    P(coin = tails)" in run("elicit", "coin.yaml").out
    (desk / "coin.priors.yaml").unlink()
    nobody = run("elicit", "coin.yaml")
    assert (nobody.code, "coin, no priors found" in nobody.out, "marked" in nobody.out) == (0, True, False)


def test_elicit_writes_a_questionnaire_and_a_sheet_to_fill_in(run: Run, desk: Path) -> None:
    done = run("elicit", "coin.yaml", "--questionnaire", "--by", "bob", "--out", "talk")
    assert (done.code, done.err) == (0, "")
    assert "2 questions, about 4 minutes; 1 more are optional" in done.out
    text, sheet = (desk / "talk/coin-questionnaire.md").read_text(), (desk / "talk/coin-answers.yaml").read_text()
    assert "Out of 100 such worlds, in how many would we find coin: heads?" in text
    assert sheet.count("    by: bob\n    says:\n") == 3
    facts = run("elicit", "coin.yaml", "--questionnaire", "--by", "bob", "--out", "talk", "--json").json
    assert [each["about"] for each in facts["questions"]] == ["P(coin = heads)", "P(bet = won | coin = tails)"]
    assert [each["default"] for each in facts["questions"]] == [False, True]
    newcomer = run("elicit", "coin.yaml", "--questionnaire", "--by", "anne", "--out", "other")
    assert "anne is nobody in coin.priors.yaml yet (did you mean 'ann'?): the sheet adds them" in newcomer.err
    assert "  anne: {name: , school: , source: }\n" in (desk / "other/coin-answers.yaml").read_text()


def fill(desk: Path, *says: str, sheet: str = "coin-answers.yaml") -> None:
    for each in says:
        text = (desk / sheet).read_text()
        (desk / sheet).write_text(text.replace("    says:\n", f"    says: {each}\n", 1))


def test_elicit_merges_a_filled_sheet_and_touches_no_other_line(run: Run, desk: Path) -> None:
    before = (desk / "coin.priors.yaml").read_bytes()
    run("elicit", "coin.yaml", "--questionnaire", "--by", "bob")
    assert run("elicit", "coin.yaml", "--merge", "coin-answers.yaml").out == "nothing to merge: 3 left unanswered\n"
    fill(desk, "{low: 10%, best: 30%, high: 50%, confidence: 0.8}")
    dry = run("elicit", "coin.yaml", "--merge", "coin-answers.yaml", "--dry-run")
    assert (desk / "coin.priors.yaml").read_bytes() == before
    assert "+  - about: P(coin = heads)\n+    by: bob\n+    says: {low: 10%, best: 30%," in dry.out
    assert "1 judgement would be added to coin.priors.yaml; 2 left unanswered" in dry.out
    done = run("elicit", "coin.yaml", "--merge", "coin-answers.yaml", "--json").json
    assert done["written"] is True
    assert done["added"] == [
        {"by": "bob", "about": "P(coin = heads)", "said": "low: 10%, best: 30%, high: 50%, confidence: 0.8"}
    ]
    after = (desk / "coin.priors.yaml").read_bytes()
    at = after.index(b"  - about: P(coin = heads)\n")
    end = after.index(b"defaults:")
    assert after[:at] + after[end:] == before
    again = run("elicit", "coin.yaml", "--merge", "coin-answers.yaml")
    assert (again.code, again.out) == (3, "")
    assert re.match(r"coin-answers.yaml:\d+:5: judgements.1: P\(coin = heads\): bob judged this already, ", again.err)
    assert "at coin.priors.yaml:9; change it there" in again.err
    assert (desk / "coin.priors.yaml").read_bytes() == after
    assert not [path for path in desk.iterdir() if path.suffix == ".part"]


def test_elicit_merges_all_answers_or_none(run: Run, desk: Path) -> None:
    before = (desk / "coin.priors.yaml").read_bytes()
    run("elicit", "coin.yaml", "--questionnaire", "--by", "bob")
    fill(desk, "30%", "sometimes", "{low: 4, best: 2}")
    done = run("elicit", "coin.yaml", "--merge", "coin-answers.yaml")
    assert done.code == 3
    assert all(line.startswith("coin-answers.yaml:") for line in done.err.splitlines())
    assert len(done.err.splitlines()) >= 2
    assert (desk / "coin.priors.yaml").read_bytes() == before


def test_elicit_begins_a_prior_file_where_there_is_none(run: Run, desk: Path) -> None:
    (desk / "coin.priors.yaml").unlink()
    run("elicit", "coin.yaml", "--questionnaire", "--by", "cy")
    fill(desk, "likely", "30%")
    edited(desk, "coin-answers.yaml", "    because:\n", "    because: Well\n")
    done = run("elicit", "coin.yaml", "--merge", "coin-answers.yaml")
    assert "2 judgements added to coin.priors.yaml; 2 left unanswered" in done.out
    assert re.search(r"coin-answers.yaml:\d+: there is a reason and no answer; it is not merged", done.err)
    (cy,) = run("elicit", "coin.yaml", "--json").json["experts"]
    assert (cy["name"], len(cy["parameters"]), len(cy["unjudged"])) == ("cy", 2, 1)
    run("elicit", "coin.yaml", "--merge", "coin-answers.yaml", "--priors", "new/mine.yaml")
    assert (desk / "new/mine.yaml").read_text() == (desk / "coin.priors.yaml").read_text()


def test_elicit_keeps_a_link_and_the_permissions_of_a_prior_file(run: Run, desk: Path) -> None:
    real = (desk / "coin.priors.yaml").rename(desk / "real.yaml")
    real.chmod(0o640)
    (desk / "coin.priors.yaml").symlink_to(real)
    run("elicit", "coin.yaml", "--questionnaire", "--by", "bob")
    fill(desk, "30%")
    assert run("elicit", "coin.yaml", "--merge", "coin-answers.yaml").code == 0
    assert (desk / "coin.priors.yaml").is_symlink()
    assert "says: 30%" in real.read_text()
    assert real.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    ("said", "options"),
    [
        ("are two steps", ["--questionnaire", "--merge", "coin-answers.yaml"]),
        ("--by does not go with --merge", ["--by", "bob", "--merge", "coin-answers.yaml"]),
        ("--dry-run goes with --merge", ["--dry-run"]),
        ("may hold answers", ["--questionnaire", "--by", "bob"]),
    ],
)
def test_elicit_says_which_options_go_together(run: Run, desk: Path, said: str, options: list[str]) -> None:
    (desk / "coin-answers.yaml").write_text("mine: alone\n")
    done = run("elicit", "coin.yaml", *options)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_elicit_draws_no_density_where_letters_are_few(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="backslashreplace"))
    with pytest.raises(SystemExit):
        main(["elicit", "rain", "--by", "anna"])
    sys.stdout.flush()
    printed = sys.stdout.buffer.getvalue()  # type: ignore[attr-defined]
    assert b"implied" in printed
    assert b"density" not in printed
    assert b"\\u" not in printed


# ── sample ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_sample_stores_and_says_so(run: Run, desk: Path) -> None:
    first = run("sample", "coin.yaml", "--draws", "30", "--json")
    assert first.code == 0
    assert first.err.startswith("sampling coin ...")
    assert (first.json["stored"], first.json["draws"], first.json["gate"]["verdict"]) == (False, 120, "pass")
    second = run("sample", "coin.yaml", "--draws", "30", "--json")
    assert (second.json["stored"], second.err) == (True, "")
    assert second.json["digest"] == first.json["digest"]
    assert "taken from the store" in run("sample", "coin.yaml", "--draws", "30").out


def test_sample_shows_method_and_gate(run: Run) -> None:
    done = run("sample", "rain", "--seed", str(PASSES))
    assert done.code == 0
    assert "NUTS" in done.out
    assert "4 chains of 1000 draws" in done.out
    assert "drawn in 2.5 s" in done.out
    assert "Gate: pass" in done.out


def test_a_run_that_fails_the_gate_exits_with_4(run: Run, desk: Path) -> None:
    keep(load("rain"), 7, draws=60, divergences=3)
    arguments = ("sample", "rain", "--seed", "7", "--draws", "60")
    done = run(*arguments)
    assert (done.code, "divergences 6" in done.out) == (4, True)  # three of each expert's
    allowed = run(*arguments, "--allow-ungated", "--json")
    assert (allowed.code, allowed.json["gate"]["override"]) == (0, True)


# ── ask ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_ask_prints_one_json_object(run: Run) -> None:
    done = run("ask", "rain", RAIN, "--json")
    assert (done.code, done.err) == (0, "")
    answer = done.json
    assert set(KEYS) <= answer.keys()
    assert (answer["question"], answer["rung"], answer["draws"]) == (RAIN, 2, CHAINS * DRAWS)
    assert 0 < answer["lower"] < answer["median"] < answer["upper"] < 1
    assert list(answer["by_expert"]) == ["anna", "boris"]
    assert answer["gate"]["verdict"] == "pass"


def test_ask_prints_a_sentence_and_a_table(run: Run) -> None:
    done = run("ask", "rain", RAIN)
    answer = run("ask", "rain", RAIN, "--json").json
    assert done.out.startswith(answer["text"])
    rows = {line.split()[0]: line for line in done.out.splitlines() if line}
    assert f"{answer['by_expert']['anna']['mean']:.3f}" in rows["anna"]
    assert f"{answer['mean']:.3f}" in rows["panel"]
    assert "meteorologists" in rows["boris"]


def test_a_new_question_samples_with_messages_on_stderr_only(run: Run, desk: Path) -> None:
    loud = run("ask", "coin.yaml", "P(bet = won)", "--draws", "30", "--seed", "5", "--json")
    assert loud.json["draws"] == 120
    assert loud.err.startswith("sampling coin ...")
    quiet = run("ask", "coin.yaml", "P(bet = won)", "--draws", "30", "--seed", "6", "--json", "--quiet")
    assert (quiet.json["draws"], quiet.err) == (120, "")


def test_the_same_seed_gives_the_same_answer(run: Run, desk: Path, store: Path) -> None:
    def mean(seed: str) -> float:
        before = set(store.iterdir())
        found = run("ask", "coin.yaml", "P(bet = won)", "--draws", "25", "--seed", seed, "--json").json["mean"]
        for made in set(store.iterdir()) - before:
            made.unlink()  # so that the next call samples anew
        return float(found)

    assert mean("11") == mean("11") != mean("12")


def test_an_expert_apart_is_shown_apart(run: Run, desk: Path) -> None:
    done = run("ask", "coin.yaml", "P(bet = won | coin = heads)", "--medians")
    assert "banks, not in the panel" in done.out
    answer = run("ask", "coin.yaml", "P(bet = won | coin = heads)", "--medians", "--json").json
    assert (round(answer["mean"], 9), answer["pooled"]) == (0.8, ["ann"])
    assert round(answer["by_expert"]["bob"]["mean"], 9) == 0.2


def test_medians_do_not_sample(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Study, "sample", None)
    done = run("ask", "rain", "P(grass = wet | none)", "--medians", "--seed", "99")
    assert done.code == 0
    assert done.out.startswith("P(grass = wet | none) is 0.0")
    assert "90 % interval" not in done.out
    assert "not how sure they are" in done.out
    ranked = run("rank", "rain", "--medians")
    assert (ranked.code, "not how sure they are" in ranked.out) == (0, True)
    assert "The same as the forecast, since nothing more on record bears on it: drought_law, cloudburst." in ranked.out
    told = run("explain", "rain", "responsibility", "--medians")
    for each in (done, ranked, told):
        assert "No gate: nothing was drawn that it could judge." in each.out
        assert "Gate: pass" not in each.out


def test_medians_are_not_reweighted_by_an_order(run: Run, desk: Path) -> None:
    order = "P(bet = won | coin = heads) > P(bet = won | coin = tails)"
    line = f"  - {{about: {order}, by: bob, says: {{order: 0.8}}, use: evidence}}"
    edited(desk, "coin.priors.yaml", "defaults:", f"{line}\ndefaults:")
    assert run("ask", "coin.yaml", "P(bet = won)", "--medians").code == 0


def test_a_whole_distribution_has_a_column_per_state(run: Run) -> None:
    done = run("ask", "rain", "P(rain | season = rainy)")
    header = next(line.split() for line in done.out.splitlines() if line.startswith("expert"))
    assert header == ["expert", "school", "clear", "some", "heavy"]


def test_a_comparison_is_a_share_of_draws(run: Run) -> None:
    question = f"{RAIN} > P(grass = wet | do(sprinkler = on))"
    done = run("ask", "rain", question)
    assert "share of draws" in done.out
    answer = run("ask", "rain", question, "--json").json
    assert answer["lower"] is None
    assert 0 <= answer["mean"] <= 1


def test_levels_differ_and_both_are_named(run: Run) -> None:
    question = "P(season = rainy | grass = wet)"
    case = run("ask", "rain", question, "--level", "case", "--json").json
    population = run("ask", "rain", question, "--json").json
    assert (case["level"], population["level"]) == ("case", "population")
    assert case["mean"] != population["mean"]
    assert "case level" in run("ask", "rain", question, "--level", "case").out


# ── the gate ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_flag_shows_numbers_under_a_banner(run: Run) -> None:
    arguments = ("ask", "rain", RAIN, "--seed", str(FLAGGED), "--draws", "50")
    done = run(*arguments)
    assert done.code == 4
    assert done.out.startswith("FLAGGED")
    assert "panel" in done.out
    assert "ESS" in done.out
    answer = run(*arguments, "--json")
    assert (answer.code, answer.json["gate"]["verdict"]) == (4, "flag")
    assert answer.json["mean"] is not None


def test_a_refusal_shows_no_number(run: Run) -> None:
    arguments = ("ask", "rain", RAIN, "--seed", str(REFUSED))
    done = run(*arguments)
    assert done.code == 4
    assert done.out.startswith("REFUSED")
    assert "panel" not in done.out
    answer = run(*arguments, "--json")
    assert (answer.code, answer.json["gate"]["verdict"]) == (4, "refuse")
    assert [answer.json[key] for key in ("mean", "median", "lower", "upper")] == [None] * 4


def test_an_override_shows_numbers_and_is_recorded(run: Run) -> None:
    arguments = ("ask", "rain", RAIN, "--seed", str(REFUSED), "--allow-ungated")
    done = run(*arguments)
    assert done.code == 0
    assert done.out.startswith("UNGATED")
    assert "panel" in done.out
    answer = run(*arguments, "--json").json
    assert answer["mean"] is not None
    assert (answer["gate"]["verdict"], answer["gate"]["override"]) == ("refuse", True)


def test_nothing_to_override_is_no_override(run: Run) -> None:
    assert run("ask", "rain", RAIN, "--allow-ungated", "--json").json["gate"]["override"] is False


# ── rank ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_rank_lists_every_intervention_under_every_reading(run: Run) -> None:
    found = run("rank", "rain", "--json").json
    assert (found["outcome"], found["skipped"], found["gate"]["verdict"]) == ("grass = wet", [], "pass")
    assert [(row["reading"], row["intervention"]) for row in found["rows"]] == [
        ("forecast", "drought_law"),
        ("forecast", "cloudburst"),
        ("minimal rewrite", "drought_law"),
        ("minimal rewrite", "cloudburst"),
        ("retrospective", "drought_law"),
        ("retrospective", "cloudburst"),
    ]
    for row in found["rows"]:
        assert row["effect"] == pytest.approx(row["mean"] - row["without"])
        assert 0 < row["plausibility"] < 1
        assert list(row["by_expert"]) == ["anna", "boris"]


def test_rank_shows_one_reading_and_every_expert_where_told(run: Run) -> None:
    done = run("rank", "rain", "--reading", "forecast", "--by-expert")
    assert done.code == 0
    assert "minimal rewrite" not in done.out
    assert done.out.count("  anna") == 2
    assert "  anna" not in run("rank", "rain", "--reading", "forecast").out
    rows = run("rank", "rain", "--reading", "minimal", "--json").json["rows"]
    assert {row["reading"] for row in rows} == {"minimal rewrite"}
    done = run("rank", "rain", "--reading", "retrospective")
    assert "which is an assumption" in done.out
    assert "forecast" not in done.out
    rows = run("rank", "rain", "--reading", "retrospective", "--json").json["rows"]
    assert {(row["reading"], row["without"]) for row in rows} == {("retrospective", 1.0)}
    assert [row["coupled"] for row in rows] == [["grass"], ["grass"]]


def test_rank_takes_another_outcome(run: Run) -> None:
    assert run("rank", "rain", "--outcome", "grass = dry", "--json").json["outcome"] == "grass = dry"
    wrong = run("rank", "rain", "--outcome", "gras = dry")
    assert (wrong.code, "did you mean 'grass'?" in wrong.err) == (5, True)


def test_rank_names_what_it_skips(run: Run) -> None:
    done = run("rank", "rain", "--outcome", "sprinkler = on", "--json")
    skipped = {each["what"] for each in done.json["skipped"]}
    assert skipped == {"drought_law, forecast", "drought_law, minimal rewrite", "drought_law, retrospective"}
    shown = run("rank", "rain", "--outcome", "sprinkler = on").out
    assert "Skipped: drought_law, forecast: do() sets sprinkler" in shown


def test_rank_lists_a_reading_of_which_nothing_is_left(run: Run, desk: Path) -> None:
    # luck that was had and could not be had: only the minimal rewrite keeps it
    luck = "  luck: {states: [bad, good], actual: good, mechanism: {rule: [{then: bad}]}}\n"
    edited(desk, "coin.yaml", "outcome:", f"{luck}outcome:")
    done = run("rank", "coin.yaml", "--medians", "--reading", "minimal")
    assert done.code == 0
    assert "Skipped: cheat, minimal rewrite: " in done.out
    assert "effect" not in done.out
    assert run("rank", "coin.yaml", "--medians", "--reading", "forecast", "--json").json["skipped"] == []


def test_rank_withholds_what_the_gate_refuses(run: Run) -> None:
    arguments = ("rank", "rain", "--seed", str(REFUSED), "--json")
    done = run(*arguments)
    assert done.code == 4
    assert all(row["mean"] is None and row["by_expert"] == {} for row in done.json["rows"])
    allowed = run(*arguments, "--allow-ungated")
    assert (allowed.code, allowed.json["gate"]["override"]) == (0, True)
    assert all(row["mean"] is not None for row in allowed.json["rows"])


def test_rank_needs_interventions_and_an_outcome(run: Run, desk: Path) -> None:
    edited(desk, "coin.yaml", "outcome: bet = won\n", "")
    assert run("rank", "coin.yaml", "--medians").code == 2
    assert run("rank", "coin.yaml", "--medians", "--outcome", "bet = won").code == 0
    edited(desk, "coin.yaml", "interventions:\n  cheat: {title: A coin with two heads, do: {coin: heads}}\n", "")
    done = run("rank", "coin.yaml", "--medians", "--outcome", "bet = won")
    assert (done.code, "no interventions" in done.err) == (2, True)


# ── report, schema ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_report_writes_three_files_and_one_sentence(run: Run, desk: Path) -> None:
    done = run("report", "rain", "--out", "out")
    assert done.code == 0
    *paths, sentence = done.out.splitlines()
    assert paths == ["out/report.html", "out/report.md", "out/report.json"]
    assert all((desk / path).stat().st_size > 0 for path in paths)
    assert "Sprinklers are forbidden" in sentence
    found = run("report", "rain", "--out", "out", "--json").json
    assert (found["files"], found["text"], found["gate"]["verdict"]) == (paths, sentence, "pass")


def test_report_carries_the_gate(run: Run, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Posterior, "told", lambda self, sweep: [])  # takes long, and has no part in it
    done = run("report", "rain", "--seed", str(REFUSED))
    assert done.code == 4
    assert "No headline" in done.out
    allowed = run("report", "rain", "--seed", str(REFUSED), "--allow-ungated", "--json")
    assert (allowed.code, allowed.json["gate"]["override"]) == (0, True)


def test_report_needs_an_outcome(run: Run, desk: Path) -> None:
    edited(desk, "coin.yaml", "outcome: bet = won\n", "")
    done = run("report", "coin.yaml")
    assert (done.code, "names no outcome" in done.err) == (2, True)


def test_schema_writes_all_and_says_where(run: Run, desk: Path) -> None:
    done = run("schema", "--out", "made")
    names = ("models/causal-model", "models/causal-rival", "priors/causal-priors")
    assert done.out.split() == [f"made/{name}.schema.json" for name in names]
    for path in done.out.split():
        assert "$schema" in json.loads((desk / path).read_text())
    assert run("schema", "--json").json["written"][0] == "models/causal-model.schema.json"


# ── exit codes ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("code", "said", "arguments"),
    [
        (2, "did you mean 'rain'?", ["check", "rian"]),
        (2, "No such command", ["chekc"]),
        (2, "QUESTION", ["ask", "rain"]),
        (2, "--draws", ["sample", "rain", "--draws", "0"]),
        (2, "--level", ["ask", "rain", RAIN, "--level", "both"]),
        (2, "no prior file", ["check", "rain", "--priors", "nowhere.yaml"]),
        (5, "did you mean 'grass'?", ["ask", "rain", "P(gras = wet)"]),
        (5, "did you mean 'heavy'?", ["ask", "rain", "P(rain = heavey)"]),
        (5, "^", ["ask", "rain", "P(grass = wet | "]),
        (5, "compared with which?", ["ask", "rain", "PN(rain = clear -> grass = wet)"]),
        (5, "nothing lies between", ["ask", "rain", "NDE(rain = heavy -> grass = wet)"]),
        (5, "both 'clear' and 'heavy'", ["ask", "rain", "P(grass = wet | rain = clear, rain = heavy)"]),
        (5, "do() sets grass", ["ask", "rain", "P(grass = wet | do(grass = wet))"]),
        (5, "which state of 'grass'?", ["rank", "rain", "--outcome", "grass"]),
        (5, "no intervention can be", ["rank", "rain", "--outcome", "grass[rain = season[rain = some]] = wet"]),
    ],
    ids=lambda value: str(value) if isinstance(value, int) else None,
)
def test_what_went_wrong_is_said_on_stderr(run: Run, code: int, said: str, arguments: list[str]) -> None:
    done = run(*arguments)
    assert (done.code, done.out) == (code, "")
    assert said in done.err
    assert "Traceback" not in done.err


def test_impossible_evidence_names_whose_it_is(run: Run, desk: Path) -> None:
    edited(desk, "coin.priors.yaml", "{quantiles: {5: 0.4, 50: 0.5, 95: 0.6}}", "{exactly: 1}")
    done = run("ask", "coin.yaml", "P(bet = won | coin = tails)", "--draws", "20")
    assert (done.code, done.out) == (5, "")
    assert "probability zero for ann" in done.err


def test_a_file_in_the_way_is_no_fault_of_the_program(run: Run, desk: Path) -> None:
    (desk / "out").write_text("in the way")
    done = run("schema", "--out", "out")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("out/models: ")


def test_an_error_of_the_program_is_owned(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a wheel\nfell off")

    monkeypatch.setattr("causal.study.load", broken)
    done = run("check", "rain")
    assert (done.code, done.out) == (1, "")
    (line,) = done.err.splitlines()
    assert "not yours (RuntimeError: a wheel fell off)" in line
    assert "report" in line
    for arguments in (("--debug", "check", "rain"), ("check", "rain", "--debug")):
        assert "Traceback" in run(*arguments).err
    monkeypatch.setenv("CAUSAL_DEBUG", "1")
    debugged = run("check", "rain")
    assert (debugged.code, "Traceback" in debugged.err) == (1, True)


def test_a_missing_part_of_the_program_is_its_own_fault(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        (Path(screen.__file__).parent / "no such template").read_text()

    monkeypatch.setattr("causal.study.load", broken)
    assert run("check", "rain").code == 1


@pytest.mark.parametrize("kept", ["nothing was stored", "1 of 2 experts are drawn and kept"])
def test_an_interruption_says_what_is_kept(run: Run, desk: Path, monkeypatch: pytest.MonkeyPatch, kept: str) -> None:
    def interrupted(*_: object, **__: object) -> None:
        stop = KeyboardInterrupt()
        if kept[0].isdigit():
            stop.add_note(kept)
        raise stop

    monkeypatch.setattr(Study, "sample", interrupted)
    done = run("ask", "coin.yaml", "P(bet = won)", "--seed", "77")
    assert (done.code, done.out) == (130, "")
    assert f"interrupted; {kept}\n" in done.err


def test_an_interruption_before_the_commands_are_there(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("causal.cli.many.app", interrupted)
    done = run("check", "rain")
    assert (done.code, done.err) == (130, "interrupted; nothing was stored\n")


@pytest.mark.parametrize("where", ["causal.study.load", "causal.study.Study.show"])
def test_an_interruption_anywhere_is_told_in_a_line(run: Run, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(where, interrupted)
    done = run("show", "rain", "--medians")
    assert (done.code, done.out, done.err) == (130, "", "interrupted; nothing was stored\n")
    assert run("show", "rain", "--medians", "--quiet").err == ""


def test_an_interruption_of_an_answer_says_that_the_draws_are_kept(
    run: Run, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Posterior, "ask", interrupted)
    done = run("ask", "coin.yaml", "P(bet = won)", "--seed", "78")
    assert (done.code, done.err.splitlines()[-1]) == (130, "interrupted; the draws are kept")
    assert run("ask", "coin.yaml", "P(bet = won)", "--medians").err.endswith("interrupted; nothing was stored\n")


@pytest.mark.parametrize(
    "command",
    [
        ("show", "coin.yaml", "--out", "coin.yaml/a.svg"),
        ("explain", "coin.yaml", "responsibility", "--out", "coin.yaml/a.svg"),
        ("grid", "coin.yaml", "P(bet = won)", "--weight", "0", "--out", "coin.yaml/a.svg"),
        ("report", "coin.yaml", "--out", "coin.yaml/out"),
        ("elicit", "coin.yaml", "--html", "coin.yaml/page.html"),
        ("elicit", "coin.yaml", "--questionnaire", "--out", "coin.yaml/sheets"),
    ],
)
def test_where_nothing_can_be_written_nothing_is_computed(
    run: Run, desk: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setattr("causal.study.load", lambda *_: pytest.fail("it was read"))
    done = run(*command)
    assert done.code == 2
    assert re.fullmatch(r"nothing can be written to 'coin\.yaml\S*' \(\w.*\); name another place\n", done.err)


# ── many fits ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_grid_answers_under_many_priors(run: Run, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "process_cpu_count", lambda: 1)
    command = ("grid", "coin.yaml", "P(bet = won)", "--weight", "0,2", "--seed", "4", "--quiet")
    done = run(*command, "--json")
    assert (done.code, done.err) == (0, "")
    assert [each["weight"] for each in done.json["settings"]] == [1.0, 0.0, 2.0]
    asked = run("ask", "coin.yaml", "P(bet = won)", "--seed", "4", "--json").json
    assert done.json["settings"][0]["mean"] == asked["mean"]
    shown = run(*command)
    assert "with the priors as they stand; over 3 settings it lies between" in shown.out
    assert re.search(r"^weight x 2 +0\.\d\d +0\.\d\d +0\.\d\d +pass$", shown.out, flags=re.MULTILINE)
    assert run(*command, "--out", "grid.svg").code == 0
    assert "weight x 2" in (desk / "grid.svg").read_text()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--weight 1,x", "--weight is a list of numbers, 0,0.5,2, not '1,x'"),
        ("--relevance 2", "coin has no comparable cases, so there is no relevance to vary"),
        ("--leave-out", "coin has one expert in the panel, so nobody can be left out"),
        ("", "nothing varies; give weights, relevances, or leave experts out one at a time"),
    ],
)
def test_a_grid_of_nothing_is_refused(run: Run, desk: Path, options: str, said: str) -> None:
    done = run("grid", "coin.yaml", "P(bet = won)", *shlex.split(options), "--quiet")
    assert (done.code, done.out, done.err) == (2, "", f"{said}\n")


TOTAL = """
  - {about: P(bet = won), by: ann, says: {quantiles: {5: 0.3, 50: 0.5, 95: 0.7}}}
defaults:"""


def test_calibrate_says_whether_the_posterior_is(run: Run, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "process_cpu_count", lambda: 1)
    command = ("calibrate", "coin.yaml", "--simulations", "20")
    done = run(*command)
    assert (done.code, done.out) == (2, "")
    assert done.err.endswith("\nann, bob: nothing conditions these numbers, so draws are those of the priors\n")
    edited(desk, "coin.priors.yaml", "\ndefaults:", TOTAL)
    done = run(*command, "--json", "--out", "ranks.svg", "--quiet")
    assert (done.code, done.err, done.json["calibrated"]) == (0, "", True)
    assert [each["quantity"] for each in done.json["quantities"]][-3:] == [
        "P(bet = won)", "log likelihood", "log joint density",
    ]  # fmt: skip
    assert done.json["left"] == ["bob: nothing conditions these numbers, so draws are those of the priors"]
    assert (desk / "ranks.svg").read_text().startswith("<svg")
    shown = run(*command, "--by", "ann")
    assert "Calibrated, as far as these simulations can tell: 20 simulations of the posterior of ann, 6" in shown.out
    assert shown.err == "calibrating coin ...\n"
    wrong = run(*command, "--by", "anne", "--quiet")
    assert (wrong.code, wrong.err) == (2, "coin has no expert 'anne' (did you mean 'ann'?)\n")


def test_calibrate_exits_with_4_where_it_is_not(run: Run, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "process_cpu_count", lambda: 1)
    edited(desk, "coin.priors.yaml", "\ndefaults:", TOTAL)
    count = 6
    monkeypatch.setattr(Calibration, "simulate", lambda *_: Simulation((99,) * count))
    done = run("calibrate", "coin.yaml", "--simulations", "30", "--seed", "4", "--quiet")
    assert done.code == 4
    assert "Not calibrated: 30 simulations of the posterior of ann, 6 quantities." in done.out
    assert "90 % intervals hold the truth in 0 % of simulations, so they are too narrow; the truth" in " ".join(
        done.out.split()
    )
    assert "Gate: flag (" in done.out


def test_calibrate_says_how_much_is_kept(run: Run, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "process_cpu_count", lambda: 1)
    edited(desk, "coin.priors.yaml", "\ndefaults:", TOTAL)

    def interrupted(_: Calibration, seed: list[int]) -> Simulation:
        if seed[1] == 1:
            raise KeyboardInterrupt
        return Simulation((0,) * 6)

    monkeypatch.setattr(Calibration, "simulate", interrupted)
    done = run("calibrate", "coin.yaml", "--simulations", "60", "--seed", "3")
    assert (done.code, done.out) == (130, "")
    assert done.err.endswith("interrupted; 1 of 3 results are kept\n")


# ── a full disk ──────────────────────────────────────────────────────────────────────────────────────────────────────

FULL = "No space left on device; nothing is half written: free some room and try again"


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every file end where the disk does."""

    def sync(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", sync)


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ("report coin.yaml --out out --quiet", "out/report.html"),
        ("elicit coin.yaml --html page.html --quiet", "page.html"),
        ("elicit coin.yaml --merge filled.yaml", "coin.priors.yaml"),
        ("elicit coin.yaml --questionnaire --out sheets --quiet", "sheets/coin-questionnaire.md"),
        ("show coin.yaml --out coin.svg --quiet", "coin.svg"),
        ("schema --out .", "models/causal-model.schema.json"),
    ],
    ids=lambda text: text.split()[0],
)
def test_a_full_disk_is_said_and_nothing_is_half_written(
    run: Run, desk: Path, request: pytest.FixtureRequest, arguments: str, names: str
) -> None:
    assert run("sample", "coin.yaml", "--quiet").code == 0
    sheet = "priors: coin\nmodel: coin\njudgements:\n- {about: P(bet = won | coin = tails), by: ann, says: 40%}\n"
    (desk / "filled.yaml").write_text(sheet)
    before = {path.name: path.read_bytes() for path in desk.iterdir()}
    request.getfixturevalue("full")
    done = run(*shlex.split(arguments))
    said = done.err.splitlines()[-1]
    assert (done.code, done.out) == (2, ""), done.err
    assert said.endswith(f"{names}: {FULL}"), said
    assert {path.name: path.read_bytes() for path in desk.iterdir() if path.is_file()} == before
    assert [path for path in desk.rglob("*") if path.is_file() and path.parent != desk] == []


def test_draws_that_cannot_be_kept_end_sample_and_nothing_else(run: Run, desk: Path, full: None) -> None:
    done = run("sample", "coin.yaml", "--seed", "55")
    assert (done.code, done.out) == (2, "")
    assert "No space left on device\nfree some room there, or name another folder in CAUSAL_CACHE\n" in done.err
    done = run("ask", "coin.yaml", "P(bet = won)", "--seed", "55", "--json")
    assert done.code == 0
    assert 0 < done.json["mean"] < 1
    assert "the draws are not kept, so the next question makes them again: " in done.err
    assert done.err.count("\n") == 2  # what is done, and that


# ── the screen ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_heartbeat_shows_life_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    heard = ""
    with screen.heartbeat("working", every=0.001):
        while heard.count("\n") < 3:
            heard += capsys.readouterr().err
    assert heard.splitlines()[0] == "working ..."
    assert re.fullmatch(r"working \.\.\. \d+ s", heard.splitlines()[1])
    capsys.readouterr()
    with screen.sampling("working", quiet=True) as watch, screen.step("working", quiet=True, every=0.001):
        assert watch is None
    assert capsys.readouterr().err == ""


def test_a_heartbeat_says_how_far_the_sampler_is(capsys: pytest.CaptureFixture[str]) -> None:
    heard = ""
    with screen.heartbeat("working", every=0.001) as watch:
        watch(Progress(300, 8000, 1))
        while "draws" not in heard:
            heard += capsys.readouterr().err
    assert re.search(r"^working \.\.\. \d+ s, 300 of 8000 draws, 1 divergence$", heard, flags=re.MULTILINE)


def test_counting_says_how_many_are_done(capsys: pytest.CaptureFixture[str]) -> None:
    heard = ""
    with screen.counting("calibrating", "batches", every=0.001) as told:
        told(3, 10)
        while "batches" not in heard:
            heard += capsys.readouterr().err
    assert re.search(r"^calibrating \.\.\. \d+ s, 3 of 10 batches$", heard, flags=re.MULTILINE)
    with screen.counting("calibrating", "batches", quiet=True) as told:
        told(3, 10)
    assert capsys.readouterr().err == ""


def test_a_short_step_is_silent_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with screen.step("comparing"):
        pass
    assert capsys.readouterr().err == ""


def on_a_terminal(source: str, **environment: str) -> str:
    """Run Python with stderr on a terminal of its own, and return what that terminal was sent."""
    if sys.platform == "win32":
        pytest.skip("no pseudo-terminals")
    import pty

    ours, theirs = pty.openpty()
    given = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR", "TERM")}
    given |= {"TERM": "xterm-256color", "COLUMNS": "100"} | environment
    sent = b""
    with subprocess.Popen([sys.executable, "-c", source], cwd=ROOT, stderr=theirs, env=given) as done:
        os.close(theirs)
        with suppress(OSError):  # the other end was closed
            while more := os.read(ours, 65536):
                sent += more
    os.close(ours)
    assert done.returncode == 0, sent.decode()
    return sent.decode()


SAMPLING = """
from causal.cli import screen
from causal.learn.nuts import Progress
with screen.sampling("sampling coin") as watch:
    watch(Progress(300, 8000, 2))
with screen.step("comparing"):
    pass
"""


def test_a_terminal_gets_a_bar_with_divergences_and_a_spinner() -> None:
    sent = on_a_terminal(SAMPLING)
    assert "sampling coin" in sent
    assert "300 of 8000 draws, 2 divergences" in sent
    assert "comparing ..." in sent
    assert re.search(r"\x1b\[[0-9;]*3[0-7]", sent)
    plain = on_a_terminal(SAMPLING, NO_COLOR="1")
    assert "300 of 8000 draws, 2 divergences" in plain
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]", plain)


def test_a_terminal_on_which_nothing_moves_gets_lines() -> None:
    sent = on_a_terminal(SAMPLING, TERM="dumb")
    assert sent.splitlines()[0] == "sampling coin ..."
    assert "\x1b" not in sent


@pytest.mark.parametrize(("force", "quench"), [(None, None), ("1", "1")], ids=["pipe", "NO_COLOR"])
def test_no_colour_where_none_is_wanted(
    run: Run, monkeypatch: pytest.MonkeyPatch, force: str | None, quench: str | None
) -> None:
    for name, value in (("FORCE_COLOR", force), ("NO_COLOR", quench)):
        if value is not None:
            monkeypatch.setenv(name, value)
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]", run("ask", "rain", RAIN, "--seed", str(REFUSED)).out)


def test_colour_where_it_is_wanted(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    assert re.search(r"\x1b\[[0-9;]*31m", run("ask", "rain", RAIN, "--seed", str(REFUSED)).out)


def test_names_with_brackets_are_printed_as_they_are(run: Run, desk: Path) -> None:
    edited(desk, "coin.priors.yaml", "school: players", 'school: "[red]players[/red] :smile:"')
    assert "[red]players[/red] :smile:" in run("ask", "coin.yaml", "P(bet = won)", "--medians").out


def test_numbers_that_are_none_become_null() -> None:
    facts = {"a": float("nan"), "b": [float("inf"), np.float64(0.5)], "c": True, "d": None}
    assert screen.jsonable(facts) == {"a": None, "b": [None, 0.5], "c": True, "d": None}
    with pytest.raises(TypeError):
        screen.jsonable(object())


# ── help ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_version(run: Run) -> None:
    done = run("--version")
    assert (done.code, done.out, done.err) == (0, f"causal {version('causal-onecase')}\n", "")


def test_help_lists_every_command(run: Run) -> None:
    done = run("--help")
    assert (done.code, done.err) == (0, "")
    listed = done.out.partition("Commands:")[2]
    assert tuple(re.findall(r"^  (\w+)  +[A-Z]", listed, flags=re.MULTILINE)) == COMMANDS
    assert "..." not in listed  # no summary is cut short


@pytest.mark.parametrize("command", COMMANDS)
def test_the_example_in_the_help_works(
    run: Run, command: str, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr(os, "process_cpu_count", lambda: 1)  # what runs on every core runs here
    done = run(command, "--help")
    assert done.code == 0
    (example,) = re.findall(r"^ *Example: causal (.+)$", done.out, flags=re.MULTILINE)
    assert example.startswith(command)
    assert run(*shlex.split(example)).code == 0


def test_the_default_number_of_draws_is_the_one_in_the_help(run: Run) -> None:
    assert f"in each of four chains; {DRAWS} if left" in " ".join(run("sample", "--help").out.split())


@pytest.mark.parametrize(
    ("arguments", "heavy"),
    [
        (["--help"], "numpy numba pandas pymc dowhy matplotlib"),
        (["ask", "--help"], "numpy numba pandas pymc dowhy matplotlib"),
        (["calibrate", "--help"], "numpy numba pandas pymc dowhy matplotlib"),
        (["--version"], "numpy numba pandas pymc dowhy matplotlib"),
        (["check", "ussr"], "pandas pymc dowhy matplotlib jinja2"),
        (["show", "rain", "--quiet"], "pymc dowhy matplotlib"),
        (["elicit", "rain", "--quiet"], "pymc dowhy matplotlib"),
    ],
    ids=["help", "ask-help", "calibrate-help", "version", "check", "show", "elicit"],
)
def test_a_command_loads_only_what_it_needs(arguments: list[str], heavy: str) -> None:
    source = f"""
import sys
from causal.cli import main
try:
    main({arguments!r})
except SystemExit as end:
    assert end.code == 0, end.code
sys.stderr.write(" ".join(name for name in {heavy.split()!r} if name in sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
