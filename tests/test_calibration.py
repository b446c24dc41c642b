"""The study of docs/calibration.py: what it found, that it goes on where it was stopped, and its page.

The generator lives under docs/, outside the package, and is loaded from there.
"""

from __future__ import annotations

import json
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from causal.learn.calibrating import Calibration

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
    found = {(each["family"], each["expert"]): each for each in NUMBERS["posteriors"]}
    assert list(found) == list(study.posteriors())
    for each in found.values():
        assert each["simulations"] >= 1000
        assert each["failures"] == []
        assert all(sum(counts) == each["simulations"] for counts in each["counts"].values())


def test_ranks_are_in_their_bands_and_intervals_cover() -> None:
    every = study.rows(NUMBERS)
    limit = 0.01 / len(every)
    assert len(every) > 100
    assert not [row for row in every if row.p < limit or row.coverage[1] < limit]


def test_the_quantities_are_those_of_the_families_now() -> None:
    for each in NUMBERS["posteriors"]:
        assert tuple(each["counts"]) == study.calibration(each["family"], each["expert"]).quantities


def test_the_page_is_what_the_numbers_make() -> None:
    assert study.PAGE.read_text(encoding="utf-8") == study.page(NUMBERS)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(study, "BATCH", 2)
    monkeypatch.setattr(study, "FAMILIES", {"derived": study.FAMILIES["derived"]})


@pytest.mark.usefixtures("few")
def test_what_was_killed_goes_on_and_nothing_is_done_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = study.gather(study.run(tmp_path / "whole", 6))
    done: list[list[int]] = []
    honest = Calibration.simulate

    def killed(self: Calibration, seed: list[int]) -> object:
        done.append(seed)
        if len(done) == 4:  # in the middle of the second batch
            raise KeyboardInterrupt
        return honest(self, seed)

    monkeypatch.setattr(Calibration, "simulate", killed)
    with pytest.raises(KeyboardInterrupt):
        study.run(tmp_path / "cut", 6)
    assert [path.suffix for path in (tmp_path / "cut" / study.digest()).iterdir()] == [".json"]
    folder = study.run(tmp_path / "cut", 6)
    assert [seed[1:] for seed in done] == [[0, 0], [0, 1], [1, 0], [1, 1], [1, 0], [1, 1], [2, 0], [2, 1]]
    again = study.gather(folder)
    assert [each["counts"] for each in again["posteriors"]] == [each["counts"] for each in whole["posteriors"]]
    study.run(tmp_path / "cut", 6)
    assert len(done) == 8


@pytest.mark.usefixtures("few")
def test_a_failure_is_counted_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = Calibration.simulate

    def failing(self: Calibration, seed: list[int]) -> object:
        from causal.learn.calibrating import Simulation

        return Simulation(failure="no reason at all") if seed[2] == 1 else honest(self, seed)

    monkeypatch.setattr(Calibration, "simulate", failing)
    numbers = study.gather(study.run(tmp_path, 4))
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
    assert study.digest() == before
    for file in study.FOLDER.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes() + b"\n" * (file.name == "trial.csv"))
    monkeypatch.setattr(study, "FOLDER", tmp_path)
    assert study.digest() != before


def test_numbers_are_kept_a_line_to_each_quantity() -> None:
    text = study.NUMBERS.read_text(encoding="utf-8")
    assert study._json(NUMBERS) == text
    assert max(np.char.str_len(text.split("\n"))) < 800
