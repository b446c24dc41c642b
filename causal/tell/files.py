"""A report on disk: three renderings of the same facts, written together, whole or not at all.

report.html    to read          report.md    to paste          report.json    to reckon with: the facts themselves
"""

from __future__ import annotations

import json
from pathlib import Path

from causal.spec.whole import write_file, write_files
from causal.tell.document import plain
from causal.tell.facts import Report
from causal.tell.findings import told
from causal.tell.page import html
from causal.tell.text import markdown


def to_json(report: Report) -> str:
    """Return the facts as JSON, without NaN; ``sentences`` are those of the report, the main one first."""
    facts = {"sentences": [plain(text) for text in told(report)], **report.to_dict()}
    return json.dumps(facts, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def write(report: Report, folder: Path | str) -> tuple[Path, Path, Path]:
    """Write report.html, report.md and report.json into a folder, made if need be, and return their paths.

    All three are rendered before the first is written.
    """
    place = Path(folder)
    texts = {"report.html": html(report), "report.md": markdown(report), "report.json": to_json(report)}
    place.mkdir(parents=True, exist_ok=True)
    page, text, facts = write_files(place, {name: content.encode("utf-8") for name, content in texts.items()})
    return page, text, facts


def whole(target: Path, content: str) -> Path:
    """Write a text in UTF-8, so that a reader sees the old file or the new one."""
    return write_file(target, content.encode("utf-8"))
