"""Fits on disk: whole or not at all, found again only for the same inputs, drawn again only where an edit reaches."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import causal
from causal.errors import NotStored, UsageError
from causal.learn import entries, nuts, sample, store
from causal.learn.entries import folder
from causal.learn.nuts import Length
from causal.learn.sample import Drawn, Target, aim
from causal.learn.store import DRAWS, FITS, digest, keep, key, load, obtain, recall, save
from causal.spec.files import find_model
from causal.study import Study

NAME = digest("model", "priors", seed=1)
KEYS = {"e": "a" * 64, "f": "b" * 64}
AUTHOR = "anna"
EDIT = ("{low: 0.2, best: 0.4, high: 0.6, confidence: 0.8}", "{low: 0.1, best: 0.4, high: 0.6, confidence: 0.8}")
SHORT = {"seed": 1, "draws": 60, "tune": 60, "chains": 2}


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("CAUSAL_CACHE", str(tmp_path / "fits"))


def fit() -> dict[str, Drawn]:
    theta = np.random.default_rng(1).uniform(size=(4, 10, 3, 2))
    names = ("P(a = yes)", "b", "ü")
    return {
        "e": Drawn(theta[..., 0], names, "nuts", 2, (0.9, 1.1), 1.5),
        "f": Drawn(theta[..., 1], names, "iid"),
    }


def same(found: Drawn | None, wanted: Drawn) -> None:
    assert found is not None
    np.testing.assert_array_equal(found.theta, wanted.theta)
    for name in ("parameters", "method", "divergences", "bfmi", "seconds"):
        assert getattr(found, name) == getattr(wanted, name)


def files() -> list[str]:
    return sorted(path.relative_to(folder()).as_posix() for path in folder().rglob("*") if path.is_file())


def test_what_is_saved_is_loaded() -> None:
    assert load(NAME) is None
    save(NAME, fit(), KEYS)
    found = load(NAME)
    assert found is not None
    assert list(found) == ["e", "f"]
    for expert, drawn in fit().items():
        same(found[expert], drawn)
    drawn = [f"draws/{each}/{name}" for each in KEYS.values() for name in ("draws.nc", "run.json", "sums.json")]
    assert files() == sorted([*drawn, f"fits/{NAME}/fit.json", f"fits/{NAME}/sums.json"])


def test_any_reader_of_netcdf_opens_the_draws() -> None:
    import xarray as xr

    with xr.open_dataset(keep("a", fit()["e"]), engine="h5netcdf") as data:
        assert data["theta"].dims == ("chain", "draw", "parameter")
        np.testing.assert_array_equal(data["theta"].sel(parameter="ü"), fit()["e"].theta[..., 2])
        assert data.attrs["method"] == "nuts"


@pytest.mark.parametrize(
    "broken",
    [f"{FITS}/{NAME}/{name}" for name in ("fit.json", "sums.json")]
    + [f"{DRAWS}/{KEYS['f']}/{name}" for name in ("draws.nc", "run.json", "sums.json")],
)
@pytest.mark.parametrize("how", ["cut", "gone", "a bit"])
def test_a_broken_entry_counts_as_none_and_is_replaced(broken: str, how: str) -> None:
    save(NAME, fit(), KEYS)
    path = folder() / broken
    data = path.read_bytes()
    middle = len(data) // 2
    if how == "gone":
        path.unlink()
    else:
        flipped = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
        path.write_bytes(data[:middle] if how == "cut" else flipped)
    assert load(NAME) is None
    save(NAME, fit(), KEYS)
    assert load(NAME) is not None
    assert path.read_bytes() == data
    assert not [name for name in files() if name.endswith(".part")]


def test_a_fit_without_the_draws_of_one_expert_is_none() -> None:
    save(NAME, fit(), KEYS)
    shutil.rmtree(entries.place(DRAWS, KEYS["e"]))
    assert load(NAME) is None
    assert recall(KEYS["f"]) is not None


def test_the_same_draws_are_the_same_bytes_however_long_they_took() -> None:
    first = keep("a", fit()["e"]).read_bytes()
    assert keep("b", replace(fit()["e"], seconds=99.0)).read_bytes() == first


def test_a_save_that_fails_leaves_nothing_behind(monkeypatch) -> None:
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        save(NAME, fit(), KEYS)
    assert files() == []
    assert not list(folder().rglob("*.part"))


def test_the_list_comes_last(monkeypatch) -> None:
    """Whoever finds the list of a fit finds its draws."""
    order: list[str] = []
    renamed = Path.rename
    monkeypatch.setattr(Path, "rename", lambda self, to: (order.append(Path(to).parent.name), renamed(self, to))[1])
    save(NAME, fit(), KEYS)
    assert order == ["draws", "draws", "fits"]


def test_draws_that_two_fits_share_are_written_once(monkeypatch) -> None:
    save(NAME, fit(), KEYS)
    written: list[str] = []
    monkeypatch.setattr(store, "keep", lambda name, drawn: written.append(name))
    save("another", fit(), KEYS)
    assert written == []
    assert load("another") is not None


def test_any_input_that_can_change_the_draws_changes_the_digest() -> None:
    names = {
        digest("model", "priors", seed=1, draws=10),
        digest("other", "priors", seed=1, draws=10),
        digest("model", "other", seed=1, draws=10),
        digest("model", "priors", seed=2, draws=10),
        digest("model", "priors", seed=1, draws=11),
    }
    assert len(names) == 5
    assert digest("m", "p", seed=1, draws=2) == digest("m", "p", draws=2, seed=1)


@pytest.fixture(scope="module")
def rain() -> Study:
    return causal.load("rain")


def edited(tmp_path: Path, *changes: tuple[str, str]) -> Study:
    """Return the shipped case with its prior file changed."""
    model = find_model("rain")
    text = (model.parent.parent / "priors" / "rain.yaml").read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    priors = tmp_path / "edited.yaml"
    priors.write_text(text, encoding="utf-8")
    return causal.load(model, priors)


def test_a_key_changes_with_all_that_the_draws_depend_on(rain: Study) -> None:
    first, second = aim(rain.elicited)
    length = Length(10, 10, 2)
    others = [
        key(first, 2, length),
        key(first, 1, Length(11, 10, 2)),
        key(first, 1, Length(10, 11, 2)),
        key(first, 1, Length(10, 10, 3)),
        key(replace(first, expert="x"), 1, length),
        key(replace(first, method="iid"), 1, length),
        key(Target(first.expert, first.layout, second.density, first.method, first.late), 1, length),
    ]
    assert len({key(first, 1, length), *others}) == 8
    assert key(aim(causal.load("rain").elicited)[0], 1, length) == key(first, 1, length)


def test_after_an_edit_only_the_expert_who_made_it_is_drawn_again(rain: Study, tmp_path: Path, monkeypatch) -> None:
    before = rain.sample(**SHORT)
    drawn: list[list[str]] = []
    draw = store.draw

    def watched(targets, *rest):
        drawn.append([target.expert for target in targets])
        return draw(targets, *rest)

    monkeypatch.setattr(store, "draw", watched)
    assert rain.sample(**SHORT).digest == before.digest
    assert drawn == []  # the whole fit is there
    after = edited(tmp_path, EDIT).sample(**SHORT)
    assert drawn == [[AUTHOR]]
    assert after.digest != before.digest
    for place, expert in enumerate(after.draws.experts):
        unchanged = np.array_equal(after.draws.theta[..., place], before.draws.theta[..., place])
        assert unchanged == (expert != AUTHOR)
    assert edited(tmp_path, EDIT).stored(**SHORT) is not None
    fresh = obtain(aim(edited(tmp_path, EDIT).elicited), 1, Length(60, 60, 2))[0]
    np.testing.assert_array_equal(fresh[AUTHOR].theta, after.draws.theta[..., after.draws.experts.index(AUTHOR)])


def test_a_change_of_words_draws_nothing_again(rain: Study, tmp_path: Path, monkeypatch) -> None:
    before = rain.sample(**SHORT)
    monkeypatch.setattr(store, "draw", lambda targets, *_: {} if not targets else pytest.fail("drawn again"))
    after = edited(tmp_path, ("priors: ", "# a remark\npriors: ")).sample(**SHORT)
    assert after.digest != before.digest
    np.testing.assert_array_equal(after.draws.theta, before.draws.theta)
    lists = [json.loads(path.read_text(encoding="utf-8"))["experts"] for path in folder().glob("fits/*/fit.json")]
    assert len(lists) == 2
    assert lists[0] == lists[1]


def test_an_interrupt_keeps_the_experts_that_were_drawn(rain: Study, monkeypatch) -> None:
    """The second expert's run is interrupted: the first is there, and is not drawn again."""
    (anna,) = (each for each in aim(rain.elicited) if each.method == "nuts")
    targets, length = [anna, replace(anna, expert="x")], Length(60, 60, 2)
    undisturbed = sample.draw(targets, 1, length)
    together = nuts._together
    begun: list[int] = []

    def interrupted(batch, *rest):
        begun.extend(place for place, _ in batch)
        if begun == [0]:
            yield from together(batch, *rest)
        else:
            raise KeyboardInterrupt

    monkeypatch.setattr("os.process_cpu_count", lambda: 2)  # two chains at a time: expert after expert
    monkeypatch.setattr(nuts, "_together", interrupted)
    with pytest.raises(KeyboardInterrupt) as stop:
        obtain(targets, 1, length)
    assert stop.value.__notes__ == ["1 of 2 experts are drawn and kept"]
    begun.clear()
    monkeypatch.setattr(nuts, "_together", lambda batch, *rest: (begun.append(len(batch)), together(batch, *rest))[1])
    after = obtain(targets, 1, length)[0]
    assert begun == [1]
    for expert, drawn in undisturbed.items():
        np.testing.assert_array_equal(after[expert].theta, drawn.theta)


def test_what_cannot_be_kept_is_said_and_the_draws_are_good(rain: Study, monkeypatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.warns(NotStored, match=r"the draws are not kept, so .*/draws/[0-9a-f]{64}: No space left on device"):
        posterior = rain.sample(**SHORT)
    assert files() == []
    monkeypatch.undo()
    np.testing.assert_array_equal(posterior.draws.theta, rain.sample(**SHORT).draws.theta)


def test_a_second_of_the_same_waits_and_draws_nothing(rain: Study, monkeypatch) -> None:
    """Whoever holds the lock puts the draws into the store; the other finds them there."""
    targets, length = aim(rain.elicited), Length(60, 60, 2)
    first = obtain(targets, 1, length)[0]
    keys = {target.expert: key(target, 1, length) for target in targets}
    shutil.rmtree(folder())
    name = store._digest(keys=sorted(keys.values()))
    monkeypatch.setattr(store, "draw", lambda missing, *_: {} if not missing else pytest.fail("drawn again"))
    with ThreadPoolExecutor(1) as pool:
        with entries.held(name):
            waiting = pool.submit(obtain, targets, 1, length)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.3)
            for expert, drawn in first.items():
                keep(keys[expert], drawn)
        found = waiting.result(timeout=30)[0]
    for expert, drawn in first.items():
        same(found[expert], drawn)
    assert not list((folder() / entries.LOCKS).iterdir())


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"draws": 0}, "draws is a whole number from 1 on, not 0"),
        ({"draws": 10.5}, "draws is a whole number from 1 on, not 10.5"),
        ({"draws": True}, "draws is a whole number from 1 on, not True"),
        ({"tune": -1}, "tune is a whole number from 1 on, not -1"),
        ({"chains": 0}, "chains is a whole number from 1 on, not 0"),
        ({"seed": -1}, "seed is a whole number from 0 on, not -1"),
    ],
)
def test_a_run_that_cannot_be_is_refused_at_every_front_door(rain: Study, wrong: dict[str, Any], said: str) -> None:
    doors = [
        rain.sample,
        rain.stored,
        partial(rain.grid, "P(grass = wet)", weights=[0]),
        partial(causal.compare, ["rain", "rain"]),
        rain.calibrate,
    ]
    takes = {"seed": 5, "draws": 4, "tune": 3, "chains": 3}[next(iter(wrong))]
    for door in doors[:takes]:
        with pytest.raises(UsageError, match=re.escape(said)):
            door(**wrong)
