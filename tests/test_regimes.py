"""The shipped class of comparable regimes: it loads as it stands, and the case itself is no part of it."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

import causal
from causal.ask.answer import PANEL
from causal.ask.falsification import table
from causal.ask.leaving import cases_left_out
from causal.ask.terms import rows
from causal.errors import SpecError
from causal.learn.sample import NUTS, aim

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "priors" / "regimes.csv"
GRADES = {"H": 0.03, "M": 0.10, "L": 0.25}
COLUMNS = {  # of the table -> variable of the model, and its state for 1
    "isolation": ("isolation", "isolated"), "civil_war_emergency": ("emergency", "yes"), "faction_ban": ("ban", "ban"),
    "appointments_one_secretary": ("appointments", "one_secretary"), "founder_lost_early": ("founder", "lost"),
    "apparatus_dictatorship_12y": ("apparatus", "yes"), "personal_rule_12y": ("personal_rule", "yes"),
    "mass_terror_12y": ("terror", "yes"),
}  # fmt: skip


def lines() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("priors", ["ussr-cases", "regimes"])
def test_every_row_but_the_case_itself_is_read_as_coded(priors: str) -> None:
    """Against the CSV as Python's own reader has it."""
    study = causal.load("ussr" if priors == "ussr-cases" else priors, priors)  # found by their names
    (file,) = study.priors.cases
    assert file.total == 20
    seen = {row.line: dict(row.seen) for row in file.rows or ()}
    table = lines()
    assert [each["id"] for each in table if each["use"].startswith("target")] == ["USSR1917"]
    assert 2 not in seen  # its line
    for line, each in enumerate(table[1:], start=3):
        for column, (variable, state) in COLUMNS.items():
            code, grade = each[column], each[f"{column}_conf"]
            if code == "" or (each["id"] == "HUN1919" and column == "mass_terror_12y"):
                assert variable not in seen[line]
                continue
            likelihood = dict(seen[line][variable])
            right = 1 - GRADES[grade] if code == "1" else GRADES[grade]
            assert likelihood[state] == pytest.approx(right)
    hungary = seen[next(line for line, each in enumerate(table, start=2) if each["id"] == "HUN1919")]
    assert set(hungary) == {"isolation", "emergency", "ban", "appointments"}  # it fell before more was to be seen


def test_the_soviet_row_cannot_be_kept(tmp_path: Path) -> None:
    text = (ROOT / "priors" / "regimes.yaml").read_text(encoding="utf-8")
    start = text.index("    where:")
    (tmp_path / "p.yaml").write_text(text[:start] + text[text.index("    unseen:") :], encoding="utf-8")
    (tmp_path / "regimes.csv").write_bytes(TABLE.read_bytes())
    with pytest.raises(SpecError, match=r"regimes\.csv:2:\d+: use: the row 'USSR1917' is the case that is asked about"):
        causal.load("regimes", tmp_path / "p.yaml")


def test_the_option_is_the_schools_judgements_and_the_cases() -> None:
    plain, more = (causal.load("ussr", ROOT / "priors" / f"{name}.yaml") for name in ("ussr", "ussr-cases"))
    assert more.priors.judgements == plain.priors.judgements
    assert plain.priors.cases == ()
    elicited = more.elicited
    assert [prior.belief for prior in elicited.held["debate"].priors] == [
        prior.belief for prior in plain.elicited.held["debate"].priors
    ]
    (beside,) = elicited.beside
    assert 6 <= len(beside.network.model.variables) <= 8
    by = {target.expert: target for target in aim(elicited)}
    assert {target.method for target in by.values()} == {NUTS}
    relevance = {expert: beside.cases[0].of(expert) for expert in by}
    assert relevance == pytest.approx(dict.fromkeys(by, 0.3) | {"trotskyist": 0.1, "intentionalist": 0.1})
    links = {expert: [each.link.of(expert) for each in beside.links] for expert in by}
    assert links["structuralist"] == [0.4, 0.6, 0.4, 1.0, 0.6, 1.5, 1.0]
    assert links["intentionalist"][-2:] == [None, None]  # without the man a class of regimes says nothing of his rule
    assert links["trotskyist"][1] == 1.2


def test_rows_of_a_model_of_their_own_are_no_rows_of_this_one() -> None:
    """At the medians there is no model of cases, so nothing is said of its rows; tables of this model have none."""
    posterior = causal.load("ussr", "ussr-cases").at_medians()
    assert {row.beside.network.model.name for row in rows(posterior.panel) if row.beside} == {"regimes"}
    assert np.isnan(cases_left_out(posterior.panel).logs[PANEL]).all()
    frame, doubtful = table(posterior.study.model, posterior.study.priors)
    assert (len(frame), doubtful) == (0, 0)
