"""Files of comparable cases: what each cell becomes, and every complaint at its place."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from causal.errors import SpecError
from causal.spec.answers import parse_answers
from causal.spec.casefile import parse_table
from causal.spec.modelfile import parse_model
from causal.spec.priorfile import load_priors, parse_priors
from causal.spec.priors import CaseRow, Priors
from causal.spec.reader import Problems

MODEL = parse_model(
    "model: lawn\nvariables:\n  grass: {states: [dry, wet]}\n  sky: {states: [clear, cloudy, '1'], parents: [grass]}\n",
    "lawn.yaml",
)
PLAIN = "{file: gardens.csv, relevance: 0.3, columns: {wet: grass, sky: sky}%s}"
CODES = ', states: {grass: {"0": dry, "1": wet}}'
GRADES = ", confidence: {suffix: _conf, H: 0.03, L: 30%}"


def read(folder: Path, table: str | bytes, *cases: str) -> Priors:
    data = table if isinstance(table, bytes) else table.encode()
    (folder / "gardens.csv").write_bytes(data)
    text = "priors: p\nmodel: lawn\ncases:\n" + "".join(f"  - {each}\n" for each in cases)
    (folder / "p.yaml").write_text(text, encoding="utf-8")
    return load_priors(folder / "p.yaml", MODEL)


def complaint(folder: Path, table: str | bytes, *cases: str) -> list[str]:
    with pytest.raises(SpecError) as caught:
        read(folder, table, *cases)
    return [line.replace(f"{folder.as_posix()}/", "") for line in str(caught.value).splitlines()]


def rows(folder: Path, table: str | bytes, more: str = CODES) -> tuple[CaseRow, ...]:
    (file,) = read(folder, table, PLAIN % more).cases
    assert file.rows is not None
    assert file.path == (folder / "gardens.csv").as_posix()
    return file.rows


def test_codes_and_states_stand_for_states_and_empty_and_na_for_nothing(tmp_path: Path) -> None:
    found = rows(tmp_path, "id,wet,sky\na,1,clear\nb, 0 ,\nc,NA,cloudy\nd,wet,1\ne,,NA\n")
    assert found == (
        CaseRow((("grass", (("wet", 1.0),)), ("sky", (("clear", 1.0),))), 1.0, 2),
        CaseRow((("grass", (("dry", 1.0),)),), 1.0, 3),
        CaseRow((("sky", (("cloudy", 1.0),)),), 1.0, 4),
        CaseRow((("grass", (("wet", 1.0),)), ("sky", (("1", 1.0),))), 1.0, 5),  # a state of that name is no code
    )


def test_rows_alike_are_one_with_their_cases_added_up(tmp_path: Path) -> None:
    found = rows(tmp_path, "wet,sky,n\n1,clear,2\n0,clear,3\nwet,clear,0.5\n0,cloudy,0\n", CODES + ", count: n")
    assert [(row.count, row.line) for row in found] == [(2.5, 2), (3.0, 3)]


def test_only_rows_of_the_use_that_is_named_are_kept(tmp_path: Path) -> None:
    table = "wet,sky,use\n1,clear,target\n0,clear,comparison\n1,cloudy,comparison\n"
    assert [row.line for row in rows(tmp_path, table, CODES + ", where: {use: comparison, sky: clear}")] == [3]


def test_a_grade_shares_its_error_out_among_the_other_states(tmp_path: Path) -> None:
    table = "wet,wet_conf,sky,sky_conf\n1,L,clear,H\n0,,cloudy,\n,H,1,L\n"
    first, second, third = rows(tmp_path, table, CODES + GRADES)
    sky = ("sky", (("clear", 0.97), ("cloudy", 0.015), ("1", 0.015)))
    assert first.seen == (("grass", (("dry", 0.3), ("wet", 0.7))), sky)
    assert second.seen == (("grass", (("dry", 1.0),)), ("sky", (("cloudy", 1.0),)))  # no grade: for certain
    assert third.seen == (("sky", (("clear", 0.15), ("cloudy", 0.15), ("1", 0.7))),)


def test_cells_in_quotes_line_ends_and_marks_of_all_sorts(tmp_path: Path) -> None:
    table = b'\xef\xbb\xbf"wet",sky,remark\r\n1,"clear","two\r\nlines, ""quoted"""\r\n\r\n0,cloudy,'
    assert [(row.seen[0][1][0][0], row.line) for row in rows(tmp_path, table)] == [("wet", 2), ("dry", 5)]


def test_cells_know_their_place() -> None:
    problems = Problems("t.csv")
    table = parse_table('a,"b, c",d\n"x\ny", z,w', problems)
    assert table.header == ("a", "b, c", "d")
    assert [(str(cell), cell.line, cell.column) for cell in table.rows[0]] == [("x\ny", 2, 1), ("z", 3, 4), ("w", 3, 7)]
    assert len(problems) == 0


def test_the_digest_is_that_of_all_that_was_read(tmp_path: Path) -> None:
    first = read(tmp_path, "wet,sky\n1,clear\n", PLAIN % CODES)
    text = (tmp_path / "p.yaml").read_bytes()
    assert first.digest == hashlib.sha256(text + b"wet,sky\n1,clear\n").hexdigest()
    assert read(tmp_path, "wet,sky\n1,cloudy\n", PLAIN % CODES).digest != first.digest


QUOTE = "a quote inside a cell, or one that never ends; put the whole cell in quotes, and its own twice"
NONE = "has no state or code"
COUNT = "is no number of cases; write one like 0, 1 or 12"


@pytest.mark.parametrize(
    ("table", "more", "place", "said"),
    [
        ("wet,sky\n1,clear\n2,1\n", CODES, "3:1", f"wet: variable 'grass' {NONE} '2'; there is 0, 1, dry, wet"),
        ("wet,sky\n1,claer\n", CODES, "2:3", f"sky: variable 'sky' {NONE} 'claer' (did you mean 'clear'?)"),
        ("wet,sky,n\nwet,clear,many\n", ", count: n", "2:11", f"'many' {COUNT}"),
        ("wet,sky,n\nwet,clear,-1\n", ", count: n", "2:11", f"'-1' {COUNT}"),
        ("wet,sky,sky_conf\nwet,clear,M\n", GRADES, "2:11", "sky_conf: no grade 'M'; there is H, L"),
        ("wet,sky\nwet,clear,3\n", "", "2:1", "this row has 3 cells, and the header 2"),
        ("wet,sky,sky\n", "", "1:9", "two columns are called 'sky'"),
        ("", "", "1:1", "a CSV opens with a header that names its columns; this file is empty"),
        ('wet,sky\nwet,"cle"ar\n', "", "2:5", QUOTE),
        ('wet,sky\nwet,"clear\n', "", "2:5", QUOTE),
        (b"wet,sky\nwet,cl\xe9ar\n", "", "2:7", "byte 0xe9 is no UTF-8; save the file as UTF-8"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_table_is_said_there(
    tmp_path: Path, table: str | bytes, more: str, place: str, said: str
) -> None:
    assert complaint(tmp_path, table, PLAIN % more) == [f"gardens.csv:{place}: {said}"]


@pytest.mark.parametrize(
    ("header", "more", "place", "said"),
    [
        ("grass,sky", "", "4:51: cases.1.columns", "no column 'wet'; there is grass, sky"),
        ("wet,sky", ", where: {used: yes}", "4:82: cases.1.where", "no column 'used'; there is wet, sky"),
        ("wet,sky,nr", ", count: n", "4:81: cases.1.count", "no column 'n' (did you mean 'nr'?)"),
        ("wet,sky,conf", GRADES, "4:86: cases.1.confidence", "no column of grades; looked for wet_conf, sky_conf"),
    ],
)
def test_what_the_prior_file_says_wrong_of_a_table_is_said_there(
    tmp_path: Path, header: str, more: str, place: str, said: str
) -> None:
    assert complaint(tmp_path, f"{header}\n", PLAIN % more) == [f"p.yaml:{place}: gardens.csv has {said}"]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    (line,) = complaint(tmp_path, "", "{file: garden.csv, relevance: 1, columns: {wet: grass}}")
    assert line == "p.yaml:4:12: cases.1.file: no file 'garden.csv'; its path starts from the folder of this file"


def test_everything_wrong_with_all_files_is_said_at_once(tmp_path: Path) -> None:
    said = complaint(
        tmp_path,
        "wet,sky\n1,clear\n2,rain\n",
        "{file: gardens.csv, relevance: 1, columns: {wat: grass}}",
        PLAIN % CODES,
        "{file: gone.csv, relevance: 1, columns: {wet: grass}}",
        "{file: gardens.csv, relevance: 1, columns: {wet: gras}}",
    )
    assert [line.split(": ")[0] for line in said] == [
        "gardens.csv:3:1", "gardens.csv:3:3", "p.yaml:4:49", "p.yaml:6:12", "p.yaml:7:54",
    ]  # fmt: skip


def test_a_column_may_have_one_of_several_values(tmp_path: Path) -> None:
    table = "wet,sky,use\n1,clear,learn\n0,clear,learn (censored)\n1,cloudy,hold out\n"
    found = rows(tmp_path, table, CODES + ", where: {use: [learn, learn (censored)]}")
    assert [row.line for row in found] == [2, 3]


def test_what_nobody_could_see_is_missing_and_no_zero(tmp_path: Path) -> None:
    table = "wet,sky,use\n0,clear,learn\n0,cloudy,censored\n0,,censored\n"
    found = rows(tmp_path, table, CODES + ", unseen: {wet: {use: censored}}")
    assert [row.seen for row in found] == [
        (("grass", (("dry", 1.0),)), ("sky", (("clear", 1.0),))),
        (("sky", (("cloudy", 1.0),)),),
    ]  # the third row shows nothing at all, and is no case
    said = complaint(tmp_path, table, PLAIN % (CODES + ", unseen: {wit: {use: censored}, sky: {used: censored}}"))
    assert [line.partition(": ")[2] for line in said] == [
        "cases.1.unseen: 'wit' is not among the columns that are read (did you mean 'wet'?)"
    ]


def test_the_case_itself_is_refused_as_evidence_for_itself(tmp_path: Path) -> None:
    table = "id,wet,sky,use\nOURS,1,clear,target (never condition on it)\nA,0,clear,comparison\n"
    assert complaint(tmp_path, table, PLAIN % CODES) == [
        "gardens.csv:2:14: use: the row 'OURS' is the case that is asked about; leave it out: 'where: {use: ...}'"
    ]
    assert [row.line for row in rows(tmp_path, table, CODES + ", where: {use: comparison}")] == [3]


def test_a_case_is_worth_something_else_to_a_school_or_an_expert(tmp_path: Path) -> None:
    (tmp_path / "gardens.csv").write_text("wet\n1\n", encoding="utf-8")
    (tmp_path / "p.yaml").write_text(
        "priors: p\nmodel: lawn\nexperts: {a: {school: s}, b: {school: s}, c: {school: t}, d: {}}\ncases:\n"
        "  - {file: gardens.csv, relevance: {b: 0.5, s: 0.1, default: 0.3}, columns: {wet: grass}, "
        'states: {grass: {"1": wet}}}\n',
        encoding="utf-8",
    )
    (file,) = load_priors(tmp_path / "p.yaml", MODEL).cases
    assert [file.relevance_of(name) for name in "abcd"] == [0.1, 0.5, 0.3, 0.3]


def test_a_file_like_another_has_all_of_it_and_more_cases(tmp_path: Path) -> None:
    first = read(tmp_path, "wet,sky\n1,clear\n", PLAIN % CODES)
    (tmp_path / "more.yaml").write_text(
        "priors: more\nmodel: lawn\nlike: p.yaml\ntitle: With more\ncases:\n  - " + PLAIN % CODES + "\n",
        encoding="utf-8",
    )
    more = load_priors(tmp_path / "more.yaml", MODEL)
    assert (more.name, more.title, len(more.cases)) == ("more", "With more", 2)
    assert (more.judgements, more.experts) == (first.judgements, first.experts)
    assert Path(more.where_judged).name == "p.yaml"
    assert Path(more.path).name == "more.yaml"
    (tmp_path / "p.yaml").write_text(
        "priors: p\nmodel: lawn\njudgements:\n  - {about: P(grass = wet), says: 30%}\n", encoding="utf-8"
    )
    again = load_priors(tmp_path / "more.yaml", MODEL)
    assert (len(again.judgements), len(again.cases)) == (1, 1)
    assert again.digest != more.digest
    (tmp_path / "p.yaml").write_text(
        "priors: p\nmodel: lawn\njudgements:\n  - {about: P(gras = wet), says: 30%}\n", encoding="utf-8"
    )
    with pytest.raises(SpecError, match=r"p\.yaml:4:13: judgements\.1\.about: no variable 'gras'"):
        load_priors(tmp_path / "more.yaml", MODEL)


def test_answers_go_where_the_judgements_are(tmp_path: Path) -> None:
    sheet = "answers: s\npriors: more\nmodel: lawn\njudgements:\n  - {about: P(grass = wet), says: 30%}\n"
    with pytest.raises(SpecError, match=r"more\.yaml:3:7: like: this file has its judgements from p\.yaml; merge the"):
        parse_answers(sheet, "s.yaml", MODEL, "priors: more\nmodel: lawn\nlike: p.yaml\n", "more.yaml")


def test_a_model_of_the_cases_own_needs_a_folder() -> None:
    entry = "{file: t.csv, relevance: 1, model: other, columns: {a: b}, links: [{there: P(b), here: P(c), within: 1}]}"
    (file,) = parse_priors(f"priors: p\nmodel: lawn\ncases:\n  - {entry}\n", "p.yaml", MODEL).cases
    assert file.rows is None  # which is refused before anything is drawn


SELECTED = "{file: gardens.csv, relevance: 0.3, columns: {wet: grass, sky: sky}, selected: %s}"


def test_a_row_that_cannot_have_been_selected_is_refused_at_its_cell(tmp_path: Path) -> None:
    """A hole or a doubt may hide a case that was; a code for certain may not."""
    where = "[{grass: dry, sky: [clear, cloudy]}, {sky: '1'}]"
    held = ": grass = dry and sky in {clear, cloudy}, or sky = 1; mend the row or 'selected'"
    assert complaint(tmp_path, "sky,wet\ncloudy,wet\n1,wet\nclear,\n,wet\nclear,wet\n", SELECTED % where) == [
        f"gardens.csv:2:8: wet: a case with grass = wet and sky = cloudy is none of those that were selected{held}",
        f"gardens.csv:6:7: wet: a case with grass = wet and sky = clear is none of those that were selected{held}",
    ]
    held = ": sky in {clear, 1}; mend the row or 'selected'"
    assert complaint(tmp_path, "wet,sky\n,cloudy\nwet,1\n", SELECTED % "{sky: [clear, '1']}") == [
        f"gardens.csv:2:2: sky: a case with sky = cloudy is none of those that were selected{held}"
    ]
    graded = SELECTED.replace("%s", "{grass: dry}, confidence: {suffix: _conf, L: 10%%}") % ()
    (file,) = read(tmp_path, "wet,wet_conf,sky\nwet,L,1\n", graded).cases
    assert len(file.rows or ()) == 1


def test_what_was_selected_is_one_mapping_or_a_list_of_them(tmp_path: Path) -> None:
    one, many = (
        read(tmp_path, "wet,sky\ndry,1\n", SELECTED % each).cases[0] for each in ("{sky: '1'}", "[{sky: '1'}]")
    )
    assert one.selected is not None
    assert many.selected is not None
    assert one.selected.alternatives == many.selected.alternatives == ({"sky": ("1",)},)
    assert (one.selected.line, one.selected.column, one.selected.where) == (4, 84, "cases.1.selected")
    wanted = "states like {x: yes}, or a list of such alternatives: [{x: yes}, {y: [low, mid]}]"
    assert complaint(tmp_path, "wet,sky\ndry,1\n", SELECTED % "wet", SELECTED % "[[grass]]") == [
        f"p.yaml:4:84: cases.1.selected: expected {wanted}, found 'wet'",
        "p.yaml:5:85: cases.2.selected.1: expected keys and values, found a list",
    ]
