"""Rival graphs through the front doors: cases whose truth is known, the averages by school, the command line."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

import causal
from causal.ask.compared import scored
from causal.ask.comparing import CASES, JUDGEMENTS, Rivalry, Scored
from causal.ask.stacking import Difference
from causal.cli import main
from causal.errors import UsageError
from causal.spec.grammar import parse_question

MODEL = """model: chain
title: One thing leads to another
variables:
  x: {states: [no, yes]}
  y: {states: [no, yes], parents: [x]}
  z: {states: [no, yes], parents: [y]}
outcome: z = yes
"""
RIVAL = """model: apart
like: chain
title: The end stands alone
drop: {z: {y: Nothing leads to it.}}
"""
OTHER = """model: direct
like: chain
title: It also leads there straight
add: {z: {x: {why: Past what lies between.}}}
"""
PRIORS = """priors: chain
model: chain
experts: {a: {name: Ada}, b: {name: Bob}}
defaults:
  - {about: P(x = yes), says: {quantiles: {5: 0.2, 50: 0.5, 95: 0.8}}}
CASES"""
HELD = "priors: NAME\nmodel: NAME\nheld: {a: 0.9, b: 0.2}\n"


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("CAUSAL_CACHE", str(tmp_path / "fits"))


def chained(folder: Path, cases: int) -> Path:
    """Write the models, their priors, and cases drawn from the chain: P(z = yes) is .7 after y = yes, .35 else."""
    (folder / "priors").mkdir(exist_ok=True)
    texts = {"chain": MODEL, "apart": RIVAL, "direct": OTHER}
    file = "cases: [{file: c.csv, relevance: 1, columns: {x: x, y: y, z: z}}]\n" if cases else ""
    texts |= {"priors/chain": PRIORS.replace("CASES", file)}
    texts |= {f"priors/{name}": HELD.replace("NAME", name) for name in ("apart", "direct")}
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    rng = np.random.default_rng(4)
    x = rng.uniform(size=cases) < 0.5
    y = rng.uniform(size=cases) < np.where(x, 0.8, 0.3)
    z = rng.uniform(size=cases) < np.where(y, 0.7, 0.35)
    words = np.where(np.stack([x, y, z], axis=1), "yes", "no")
    rows = "\n".join(",".join(row) for row in words)
    (folder / "priors" / "c.csv").write_text(f"x,y,z\n{rows}\n", encoding="utf-8")
    return folder / "chain.yaml"


def test_many_cases_reject_a_wrong_graph(tmp_path: Path) -> None:
    found = causal.compare(causal.rivals(chained(tmp_path, 500)), ask="P(z = yes | do(y = yes))", draws=500)
    (score,) = [each for each in found.result.scores if each.what == CASES]
    assert score.count == 500
    assert score.best in ("chain", "direct")
    apart = score.differences["apart"]
    assert apart.told_apart
    assert apart.value < -2 * apart.error
    # the one with an arrow that does nothing is not told apart from the truth
    assert not (score.differences.get("direct") or score.differences["chain"]).told_apart
    assert score.stacking["apart"] < 0.02
    assert "visibly worse under apart" in found.text
    assert found.gate.verdict == "pass"


def test_few_cases_do_not(tmp_path: Path) -> None:
    found = causal.compare(causal.rivals(chained(tmp_path, 15)), ask="P(z = yes | do(y = yes))", draws=500)
    (score,) = found.result.scores
    assert not score.told_apart
    assert "The 15 comparable cases do not tell them apart: difference" in found.text
    assert "standard errors are themselves too small" in found.text


def test_a_scores_sum_is_the_exact_one(tmp_path: Path) -> None:
    """Of P(z) alone: Beta(1, 1) and the counts, each case predicted from the others."""
    chained(tmp_path, 40)
    found = causal.compare([tmp_path / "chain.yaml", tmp_path / "apart.yaml"], ask="P(z = yes)", draws=2500)
    (score,) = found.result.scores
    rows = [line.split(",") for line in (tmp_path / "priors" / "c.csv").read_text().split()[1:]]
    z = [row[2] for row in rows]
    by_y = {s: [row[2] for row in rows if row[1] == s] for s in ("yes", "no")}

    def leave_one_out(values: list[str]) -> float:
        return sum(np.log(values.count(v) / (len(values) + 1)) for v in values)

    gap = leave_one_out(z) - sum(map(leave_one_out, by_y.values()))  # what x and y say cancels
    sign = 1 if score.best == "apart" else -1
    (difference,) = score.differences.values()
    assert -sign * difference.value == pytest.approx(gap, abs=0.2)


def test_cases_with_a_model_of_their_own_score_graphs_too(tmp_path: Path) -> None:
    """Linked so closely that what is held here is held there: a beta that meets the counts of cases."""
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "there.yaml").write_text("model: there\nvariables: {w: {states: [no, yes]}}\n")
    (tmp_path / "t.csv").write_text("w,n\nyes,9\nno,3\n")
    held = {"high": (14.5, 5.5), "low": (3.5, 16.5)}  # as many cases, and half a one each way
    for name, (a, b) in held.items():
        (tmp_path / f"{name}.yaml").write_text(f"model: {name}\nvariables: {{v: {{states: [no, yes]}}}}\n")
        (tmp_path / f"{name}-p.yaml").write_text(
            f"priors: {name}\nmodel: {name}\nexperts: {{e: {{}}}}\njudgements:\n"
            f"  - {{about: P(v = yes), by: e, says: {{cases: {{x: {a - 0.5:g}, of: {a + b - 1:g}}}}}}}\n"
            "cases:\n  - file: t.csv\n    model: there\n    relevance: 1\n    count: n\n    columns: {w: w}\n"
            "    links: [{there: P(w = yes), here: P(v = yes), within: 0.05}]\n"
        )
    opened = [causal.load(tmp_path / f"{name}.yaml", tmp_path / f"{name}-p.yaml") for name in held]
    found = causal.compare(opened, ask="P(v = yes)")
    (score,) = found.result.scores
    assert (score.what, score.count, score.best) == (CASES, 12, "high")

    def leave_one_out(a: float, b: float) -> float:
        return 9 * np.log((a + 8) / (a + b + 11)) + 3 * np.log((b + 2) / (a + b + 11))

    for name, (a, b) in held.items():  # what is held there is flat, and multiplies on the log-odds as Beta(1, 1) does
        assert score.elpd[name]["e"] == pytest.approx(leave_one_out(a + 1, b + 1), abs=0.15)


def test_each_school_weighs_the_graphs_itself(tmp_path: Path) -> None:
    studies = causal.rivals(chained(tmp_path, 0), together=True)
    assert [each.model.name for each in studies] == ["chain", "apart", "direct", "apart+direct"]
    posteriors = [each.sample(seed=1, draws=200) for each in studies]
    found = causal.compare(posteriors, ask="P(z = yes | do(x = yes))")
    averaged = found.result.averaged
    assert averaged.weights["a"] == pytest.approx({"chain": 0.01, "apart": 0.09, "direct": 0.09, "apart+direct": 0.81})
    wanted = sum(w * p.ask("P(z = yes | do(x = yes))").estimates[("a", "")].mean
                 for w, p in zip(averaged.weights["a"].values(), posteriors, strict=True))  # fmt: skip
    assert averaged.estimates["a"].mean == pytest.approx(wanted)
    assert "each change alone and the compatible ones together" in found.text
    assert "no comparable cases" in found.text
    assert found.result.scores == ()
    table = found.table
    assert len(table) == 4 * 3 + 3
    assert set(table.expert) == {"panel", "a", "b"}
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["averaged"]["together"] is True
    assert found.plot().svg.startswith("<svg")
    assert "averaged by school" in found.plot().text
    assert "<table" in found._repr_html_()


def test_what_cannot_be_compared_is_refused(tmp_path: Path) -> None:
    rain = causal.load("rain").at_medians()
    with pytest.raises(UsageError, match="at least two"):
        causal.compare([rain], ask="P(grass = wet)")
    with pytest.raises(UsageError, match="name a state"):
        causal.compare([rain, rain], ask="P(grass)")
    chained(tmp_path, 0)
    with pytest.raises(UsageError, match="different experts"):
        causal.compare([rain, causal.load(tmp_path / "chain.yaml").at_medians()], ask="P(grass = wet)")
    with pytest.raises(UsageError, match="no rival beside it"):
        causal.rivals("rain")
    found = causal.compare([rain, rain], ask=parse_question("P(grass = wet)"))
    assert [side.name for side in found.result.sides] == ["rain", "rain (2)"]
    assert found.result.averaged is None
    assert "At the medians" in found.text


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    return int(left.value.code or 0)


def test_the_command_line_compares(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = str(chained(tmp_path, 15))
    apart, picture = str(tmp_path / "apart.yaml"), tmp_path / "rivals.svg"
    assert run("compare", model, "--rivals", "--draws", "200", "--out", str(picture), "-q") in (0, 4)
    out = capsys.readouterr().out
    assert "P(z = yes) under 3 graphs" in out
    assert "averaged by school" in out
    assert picture.read_text().startswith("<svg")
    assert run("compare", model, apart, "--ask", "P(z = yes | x = yes)", "--medians", "--json") == 0
    facts = json.loads(capsys.readouterr().out)
    assert [each["name"] for each in facts["graphs"]] == ["chain", "apart"]
    assert facts["graphs"][1]["changes"] == ["apart"]
    assert run("compare", model) == 2
    assert "--rivals" in capsys.readouterr().err
    assert run("compare", model, apart, "--rivals") == 2
    assert run("compare", model, apart, "--together") == 2
    assert run("compare", model, apart, "--priors", "a", "--priors", "b", "--priors", "c") == 2


def test_the_report_asks_the_rivals_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model, out = str(chained(tmp_path, 15)), tmp_path / "out"
    assert run("report", model, "--rivals", "--draws", "200", "--out", str(out)) in (0, 4)
    told = capsys.readouterr().err
    assert all(f"sampling {name}" in told for name in ("chain", "apart", "direct"))
    facts = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert [each["name"] for each in facts["rivals"]["graphs"]] == ["chain", "apart", "direct"]
    assert [each["what"] for each in facts["rivals"]["scores"]] == [CASES]
    assert facts["computation"]["command"].startswith("causal report chain.yaml --rivals")
    assert "The 15 comparable cases do not tell them apart" in (out / "report.md").read_text(encoding="utf-8")
    assert run("report", "rain", "--rivals", "--out", str(out)) == 2
    assert "no rival beside it" in capsys.readouterr().err


def test_what_many_graphs_say_is_kept_short() -> None:
    """The graphs with one change are told by that change, and only the weights that matter are listed."""
    names = ["m", *(f"r{at}" for at in range(8))]
    changes = {name: frozenset({"bad", name}) if name in names[1:6] else frozenset({name}) for name in names[1:]}
    away = {name: Difference(-9.0 if name in names[1:6] else -0.5, 1.0, 200.0) for name in names[1:]}
    weights = {name: 0.3 if name == "m" else 0.0875 for name in names}
    score = Scored(CASES, 200, {}, "m", away, weights, weights)
    sides = [SimpleNamespace(name=name, changes=changes.get(name, frozenset())) for name in names]
    text = scored(cast("Rivalry", SimpleNamespace(sides=sides)), score)
    assert "visibly worse under every graph with bad (furthest r0, −9.0 ± 1.0); r5, r6 and r7 are not" in text
    assert "m 0.30, r0 0.09, r1 0.09 and 0.52 for 6 others" in text
    others = [SimpleNamespace(name=name, changes=frozenset({name})) for name in names]
    text = scored(cast("Rivalry", SimpleNamespace(sides=others)), score)
    assert "visibly worse under 5 others (furthest r0, −9.0 ± 1.0)" in text


def test_the_shipped_rivals_differ_where_their_arrows_do() -> None:
    """At the medians: the office makes no difference where it has no arrow; the rest of each graph is that of ussr."""
    studies = causal.rivals("ussr")
    assert [each.model.name for each in studies] == ["ussr", "ussr-d1", "ussr-d2", "ussr-d3", "ussr-d4"]
    ask = "P(stalin_rule = yes | do(orgburo_head = other), history before 1924-01-21, chance)"
    found = causal.compare([each.at_medians() for each in studies], ask=ask)
    means = {side.name: side.answer.mean for side in found.result.sides}
    assert max(means, key=means.__getitem__) == "ussr-d3"
    assert means["ussr-d4"] == pytest.approx(means["ussr"])
    assert found.result.averaged.hinges[0].rival == "ussr-d3"
    assert not found.result.averaged.unsaid
    assert JUDGEMENTS not in [each.what for each in found.result.scores]
