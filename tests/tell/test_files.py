"""Files: three of them, whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from causal.tell.document import plain
from causal.tell.facts import Report
from causal.tell.files import to_json, write
from causal.tell.findings import told
from causal.tell.page import html
from causal.tell.text import markdown


def test_three_files_hold_the_three_renderings(report: Report, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "out"
    page, text, facts = write(report, folder)
    assert [path.relative_to(folder).as_posix() for path in (page, text, facts)] == [
        "report.html",
        "report.md",
        "report.json",
    ]
    assert page.read_text(encoding="utf-8") == html(report)
    assert text.read_text(encoding="utf-8") == markdown(report)
    assert facts.read_text(encoding="utf-8") == to_json(report)
    assert len(list(folder.iterdir())) == 3


def test_writing_again_replaces_byte_for_byte(report: Report, tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in write(report, str(tmp_path))}
    (tmp_path / "report.md").write_text("old", encoding="utf-8")
    assert {path.name: path.read_bytes() for path in write(report, tmp_path)} == before


def test_a_file_may_be_read_by_whom_any_file_may(report: Report, tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("x", encoding="utf-8")
    (page, *_) = write(report, tmp_path)
    assert page.stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_what_fails_leaves_the_old_file_and_nothing_half_written(
    report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(report, tmp_path)
    (tmp_path / "report.html").write_text("old", encoding="utf-8")

    def full(_: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        write(report, tmp_path)
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.html", "report.json", "report.md"]


def test_json_says_the_sentences_too(report: Report) -> None:
    assert json.loads(to_json(report))["sentences"] == [plain(text) for text in told(report)]
