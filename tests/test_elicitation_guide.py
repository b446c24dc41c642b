"""What docs/elicitation.md shows is run: its commands, and its judgements read as those of the case it speaks of."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from causal import load
from causal.cli import main
from causal.spec.priorfile import parse_priors
from causal.spec.priors import Priors

ROOT = Path(__file__).resolve().parent.parent
GUIDE = (ROOT / "docs" / "elicitation.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^ *```(\w+)\n(.*?)^ *```$", flags=re.MULTILINE | re.DOTALL)
COMMANDS = [line.strip()[2:] for word, body in BLOCK.findall(GUIDE) if word == "console" for line in body.splitlines()]
SHEET = [command for command in COMMANDS if "sheet/" in command]
JUDGEMENTS = [body for word, body in BLOCK.findall(GUIDE) if word == "yaml" and body.startswith("- about:")]
HEAD = "experts: {assessors: {}, interviewed: {}}\nsources: {ipcc_srocc: a report}\njudgements:\n"


def read(body: str) -> Priors:
    return parse_priors(f"priors: guide\nmodel: amoc\nscale: ipcc\n{HEAD}{body}", "guide.yaml", load("amoc").model)


def run(command: str) -> None:
    program, *arguments = shlex.split(command)
    assert program == "causal"
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert not end.value.code


@pytest.mark.parametrize("command", [each for each in COMMANDS if each not in SHEET])
def test_command_works(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run(command)


def test_sheet_is_written_filled_in_and_merged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("models", "priors"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    monkeypatch.chdir(tmp_path)
    write, merge = SHEET
    run(write)
    sheet = Path(shlex.split(merge)[-1])
    sheet.write_text(sheet.read_text().replace("    says:\n", "    says: {low: 20%, best: 30%, high: 50%}\n", 1))
    run(merge)
    before, after = load("amoc").priors, load("models/amoc.yaml").priors
    (added,) = [
        each for each in after.judgements if str(each.about) not in {str(j.about) for j in before.of(each.by or "")}
    ]
    assert (added.by, added.said) == ("utrecht", "low: 20%, best: 30%, high: 50%")
    assert set((ROOT / "priors" / "amoc.yaml").read_text().splitlines()) <= set(
        Path("priors/amoc.yaml").read_text().splitlines()
    )


def test_judgements_are_read() -> None:
    assert len(JUDGEMENTS) == 2
    first, second = (read(body).judgements for body in JUDGEMENTS)
    assert [each.by for each in first] == ["assessors", "interviewed", "interviewed", "assessors"]
    (coded,) = second
    assert coded.cite is not None
    assert (coded.cite.quote, coded.cite.coder) == ("a collapse is very unlikely", "first")


def test_judgements_are_those_of_the_shipped_file() -> None:
    shipped = {(each.by, str(each.about), each.said) for each in load("amoc").priors.judgements}
    for body in JUDGEMENTS:
        assert {(each.by, str(each.about), each.said) for each in read(body).judgements} <= shipped


def test_every_work_that_is_cited_is_listed() -> None:
    text, _, listed = GUIDE.partition("## Sources")
    names = set(re.findall(r"([A-ZÖ][\w'ø]+)(?: and [A-Z][\wø]+| et al\.|, eds)? \(?(\d{4})[ab]?\)?", text))
    assert len(names) >= 20
    for name, year in names:
        assert re.search(rf"^- {name}\b.*?\({year}", listed, flags=re.MULTILINE), (name, year)
