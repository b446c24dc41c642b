"""One question under many priors: against the closed form of cases, and against the panel without each expert."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from causal import load
from causal.ask import grid as grids
from causal.ask.grid import Setting, settings, varied
from causal.errors import JobsFailed, UnknownName, UsageError
from causal.learn import jobs
from causal.learn.gate import FLAG, PASS, REFUSE, Finding, Gate
from causal.learn.nuts import Length
from causal.study import Study
from causal.tell.wording import WITHHELD

SHORT = {"draws": 1000, "tune": 300, "chains": 4}
MODEL = "model: coin\nvariables:\n  coin: {states: [tails, heads]}\noutcome: coin = heads\n"
PRIORS = """
priors: coin
model: coin
experts: {ann: {name: Ann}, bob: {name: Bob}, eve: {name: Eve, pool: false}}
judgements:
  - {about: P(coin = heads), by: ann, says: {cases: {x: 3, of: 10}}}
  - {about: P(coin = heads), by: bob, says: {cases: {x: 9, of: 10}}}
  - {about: P(coin = heads), by: eve, says: {cases: {x: 5, of: 10}}}
cases:
  - {file: throws.csv, relevance: 0.5, count: n, columns: {side: coin}}
"""
STATED = {"ann": (3.5, 7.5), "bob": (9.5, 1.5)}  # Jeffreys' half a case each way
HEADS, TAILS = 8, 4


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CAUSAL_CACHE", str(tmp_path / "store"))
    monkeypatch.setattr(os, "process_cpu_count", lambda: 1)  # jobs run in this process
    (tmp_path / "coin.yaml").write_text(MODEL)
    (tmp_path / "coin.priors.yaml").write_text(PRIORS)
    (tmp_path / "throws.csv").write_text(f"side,n\nheads,{HEADS}\ntails,{TAILS}\n")
    return tmp_path


@pytest.fixture
def coin(here: Path) -> Study:
    return load(here / "coin.yaml")


def conjugate(relevance: float, experts: tuple[str, ...] = ("ann", "bob")) -> float:
    """Return the panel's mean: of each expert Beta(a + r heads, b + r tails), the panel their mixture."""
    power = 0.5 * relevance
    means = [(a + power * HEADS) / (a + b + power * (HEADS + TAILS)) for a, b in (STATED[name] for name in experts)]
    return sum(means) / len(means)


def test_a_grid_of_relevances_is_the_power_prior_of_the_textbook(coin: Study) -> None:
    found = coin.grid("P(coin = heads)", relevances=(0, 1, 4), leave_out=True, seed=1, **SHORT)
    wanted = {
        Setting(): conjugate(1),
        Setting(relevance=0): conjugate(0),
        Setting(relevance=4): conjugate(4),
        Setting(without="ann"): conjugate(1, ("bob",)),
        Setting(without="bob"): conjugate(1, ("ann",)),
    }
    assert [point.setting for point in found.result.points] == list(wanted)
    for point in found.result.points:
        assert point.mean == pytest.approx(wanted[point.setting], abs=5 * point.mcse), point
    assert list(found.table["without"]) == ["", "", "", "ann", "bob"]
    assert found.gate.verdict == max((p.verdict for p in found.result.points), key=[PASS, FLAG, REFUSE].index)
    assert "over 5 settings it lies between" in found.text
    assert "(without bob)" in found.text


def test_the_file_as_it_stands_is_what_ask_answers(coin: Study) -> None:
    found = coin.grid("P(coin = heads)", relevances=(2,), seed=3, **SHORT)
    asked = coin.sample(seed=3, **SHORT).ask("P(coin = heads)")
    assert (found.result.points[0].mean, found.result.points[0].lower) == (asked.mean, asked.panel.lower)
    assert (
        coin.sample(seed=3, **SHORT).ask("P(coin = heads)").mean != found.result.points[1].mean
    )  # and its fit is its own


def test_its_picture_and_rows_have_a_line_to_each_setting(coin: Study) -> None:
    found = coin.grid("P(coin = heads)", relevances=(0, 4), leave_out=True, seed=1, **SHORT)
    heads, rows = found.rows(12)
    assert heads == ("priors", "mean", "from", "to", "gate")
    assert [row[0] for row in rows][:3] == ["as it stands", "relevance x 0", "relevance x 4"]
    drawn = found.plot()
    lines = drawn.text.splitlines()
    assert lines[0] == "P(coin = heads) under 5 settings of the priors."
    assert lines[-1].startswith("without Bob: 0.")
    assert "without Bob" in drawn.svg
    assert found.to_dict()["gate"]["verdict"] == found.gate.verdict


def test_the_gate_of_each_setting_comes_back_from_the_store(coin: Study) -> None:
    """A flag is one wherever it was found: here too few draws, the first time and from the store."""
    few = {"draws": 20, "tune": 20, "chains": 2, "seed": 5}
    once, again = (coin.grid("P(coin = heads)", relevances=(2,), **few) for _ in range(2))
    assert once.gate.verdict in (FLAG, REFUSE)
    assert once.gate == again.gate
    assert again.result.points[0].gate.findings == coin.sample(**few).ask("P(coin = heads)").gate.findings
    withheld = replace(again.result.points[0], mean=None, gate=Gate((Finding("it", "R-hat", 2.0, REFUSE),)))
    shown = replace(again, result=replace(again.result, points=(withheld, *again.result.points[1:])))
    assert "there is nothing to compare" in shown.text
    assert shown.plot().text.splitlines()[1] == f"as it stands: {WITHHELD}."


def test_evidence_is_raised_to_a_power_and_nothing_else() -> None:
    rain = load("rain").priors
    checks = replace(rain, judgements=(*rain.judgements, replace(rain.judgements[0], use="check", weight=0.3)))
    twice = varied(checks, Setting(weight=2.0))
    assert [each.weight for each in twice.judgements[:-1]] == [2 * each.weight for each in rain.judgements]
    assert twice.judgements[-1].weight == 0.3
    assert (twice.defaults, twice.experts) == (checks.defaults, checks.experts)
    every = [Setting(), Setting(weight=2), Setting(relevance=2), Setting(without="anna"), Setting(without="boris")]
    assert len({varied(rain, each).digest for each in every}) == len(every)


def test_no_weight_at_all_is_no_evidence() -> None:
    """Anna's judgement of a total moves her; to the power 0 it does not, and she is drawn from her priors."""
    rain = load("rain")
    none = Study(rain.model, varied(rain.priors, Setting(weight=0.0)))
    assert rain.elicited.evidence
    assert not none.elicited.evidence


def test_a_grid_that_was_interrupted_goes_on(coin: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    attempt = jobs._attempted

    def interrupted(job):
        asked.append(job.key)
        if len(asked) == 2:
            raise KeyboardInterrupt
        return attempt(job)

    monkeypatch.setattr(jobs, "_attempted", interrupted)
    with pytest.raises(KeyboardInterrupt) as stop:
        coin.grid("P(coin = heads)", relevances=(0, 2), **SHORT)
    assert stop.value.__notes__ == ["1 of 3 results are kept"]
    asked.clear()
    monkeypatch.setattr(jobs, "_attempted", lambda job: (asked.append(job.key), attempt(job))[1])
    coin.grid("P(coin = heads)", relevances=(0, 2), **SHORT)
    assert len(asked) == 2


def test_what_makes_no_sense_is_refused(coin: Study, here: Path) -> None:
    with pytest.raises(UsageError, match="nothing varies"):
        coin.grid("P(coin = heads)", weights=(1,))
    with pytest.raises(UsageError, match="never below 0"):
        coin.grid("P(coin = heads)", weights=(-1,))
    with pytest.raises(UnknownName):
        coin.grid("P(dice = six)", weights=(2,))
    with pytest.raises(UsageError, match="has no comparable cases"):
        load("rain").grid("P(grass = wet)", relevances=(2,))
    alone = replace(coin.priors, experts={"ann": coin.priors.experts["ann"]})
    with pytest.raises(UsageError, match="nobody can be left out"):
        settings(alone, (), (), leave_out=True)


def test_a_setting_that_cannot_be_fitted_is_told(coin: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    impossible = "coin = heads, coin = tails"
    at = settings(coin.priors, (2.0,), (), leave_out=False)
    with pytest.raises(JobsFailed, match="2 of 2 jobs failed") as caught:
        grids.grid(coin.model, coin.priors, f"P(coin = heads | {impossible})", at, 1, Length(10, 10, 2))
    assert caught.value.exit_code == 5
