"""The study of docs/calibration.py: what it found, its page, and that a failure is told there.

The generator lives under docs/, outside the package, and is loaded from there.
"""

from __future__ import annotations

import json
import os
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from causal.learn import batches
from causal.learn.calibrating import Calibration, Simulation

DOCS = Path(__file__).resolve().parent.parent / "docs"


def module(name: str) -> ModuleType:
    spec = spec_from_file_location(name, DOCS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    found = module_from_spec(spec)
    sys.modules[name] = found  # dataclasses look their module up
    spec.loader.exec_module(found)
    return found


study = module("calibration")
NUMBERS = json.loads(study.NUMBERS.read_text(encoding="utf-8"))


def test_every_family_was_simulated_often_enough_and_nothing_was_lost() -> None:
    found = {(each["model"], each["expert"]): each for each in NUMBERS["posteriors"]}
    assert list(found) == [(each.model.name, each.expert) for each in study.posteriors()]
    for each in found.values():
        assert each["simulations"] >= 1000
        assert each["failures"] == []
        assert all(sum(counts) == each["simulations"] for counts in each["counts"].values())


def test_ranks_are_in_their_bands_and_intervals_cover() -> None:
    found = study.calibrated(NUMBERS)
    assert len(found.rows) > 100
    assert not [row for row in found.rows if row.p < 0.01 / len(found.rows) or row.coverage[1] < 0.01 / len(found.rows)]
    assert found.passes


def test_the_quantities_are_those_of_the_families_now() -> None:
    for each in NUMBERS["posteriors"]:
        assert tuple(each["counts"]) == study.calibration(each["model"], each["expert"]).quantities


def test_the_page_is_what_the_numbers_make() -> None:
    assert study.PAGE.read_text(encoding="utf-8") == study.page(NUMBERS)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CAUSAL_CACHE", str(tmp_path / "store"))
    monkeypatch.setattr(os, "process_cpu_count", lambda: 1)  # jobs run in this process
    monkeypatch.setattr(batches, "BATCH", 2)
    monkeypatch.setattr(study, "FAMILIES", {"derived": study.FAMILIES["derived"]})
    for name in ("PAGE", "NUMBERS", "PICTURE"):
        monkeypatch.setattr(study, name, tmp_path / getattr(study, name).name)


def call(*options: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["calibration.py", *options])
        study.main()


@pytest.mark.usefixtures("few")
def test_what_was_stopped_goes_on_and_becomes_a_page(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    done: list[list[int]] = []
    honest = Calibration.simulate

    def stopped(self: Calibration, seed: list[int]) -> Simulation:
        done.append(seed)
        if len(done) == 4:  # in the middle of the second batch
            raise KeyboardInterrupt
        return honest(self, seed)

    monkeypatch.setattr(Calibration, "simulate", stopped)
    with pytest.raises(SystemExit) as end:
        call("--simulations", "6")
    assert end.value.code == 130
    assert capsys.readouterr().err.endswith("interrupted; 1 of 3 results are kept\n")
    assert not study.PAGE.exists()
    call("--simulations", "6")
    assert [seed[1:] for seed in done] == [[0, 0], [0, 1], [1, 0], [1, 1], [1, 0], [1, 1], [2, 0], [2, 1]]
    page = study.PAGE.read_text()
    assert "Simulations that failed: 0 of 6." in page
    assert f"`{study.digest()}`" in page
    assert study.PICTURE.read_bytes().startswith(b"\x89PNG")
    study.PAGE.unlink()
    call("--page")
    assert study.PAGE.read_text() == page
    call("--simulations", "4", "--only", "derived")
    assert capsys.readouterr().out.startswith("Calibrated, as far as these simulations can tell: 4 simulations")
    assert len(done) == 8
    assert study.PAGE.read_text() == page


@pytest.mark.usefixtures("few")
def test_a_failure_is_counted_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = Calibration.simulate

    def failing(self: Calibration, seed: list[int]) -> Simulation:
        return Simulation(failure="no reason at all") if seed[2] == 1 else honest(self, seed)

    monkeypatch.setattr(Calibration, "simulate", failing)
    numbers = study.numbers(4)
    (found,) = numbers["posteriors"]
    assert (found["simulations"], found["failures"]) == (4, ["no reason at all"] * 2)
    page = study.page(numbers)
    assert "Simulations that failed: 2 of 4." in page
    assert "- 2 times: no reason at all" in page


def test_other_sources_are_another_digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = study.digest()
    monkeypatch.setattr(study, "SEED", study.SEED + 1)
    assert study.digest() != before
    monkeypatch.undo()
    monkeypatch.setattr(study, "sources", lambda: "others")
    assert study.digest() != before
    monkeypatch.undo()
    assert study.digest() == before
    for file in study.FOLDER.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes() + b"\n" * (file.name == "trial.csv"))
    monkeypatch.setattr(study, "FOLDER", tmp_path)
    assert study.digest() != before


def test_numbers_are_kept_a_line_to_each_quantity() -> None:
    text = study.NUMBERS.read_text(encoding="utf-8")
    assert study._json(NUMBERS) == text
    assert max(np.char.str_len(text.split("\n"))) < 800
