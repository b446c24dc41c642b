"""An entry under ``cases:`` as values: a CSV, what its rows are worth to whom, and the model that its columns are of.

    without ``model``    the columns are variables of the model itself
    with ``model``       they are those of a model of its own, with ``priors`` of its own or weak ones; ``links`` say
                         what its questions have to do with questions here

    selected: {lasted: yes}                      no case is in the table but by what happened in it
    selected: [{x: "0", y: "0"}, {x: "1"}]       or by any of these; each counts by its probability among those
    relevance: 0.3                               a case is worth three tenths of one's own, to everybody
    relevance: {default: 0.3, trotskyist: 0.1}   or per school or expert; 0 learns nothing
    within: 0.5, schools: {trotskyist: none}     how far apart two linked questions lie; none sees no link

The model is looked for in ``models`` beside the prior file's folder, then in ``models`` below it, then in it; its
priors in the folder of the prior file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from causal.errors import QueryError, QuestionSyntaxError, SpecError, TooLarge
from causal.spec import priorshape as shapes
from causal.spec.casefile import read_cases
from causal.spec.grammar import parse_about
from causal.spec.known import Known, choices
from causal.spec.model import Model, frozen
from causal.spec.modelfile import load_model
from causal.spec.names import check_names
from causal.spec.priors import CaseFile, Elsewhere, Link, Priors
from causal.spec.question import Comparison, Effect, Question, TypesOf
from causal.spec.reach import kind_of
from causal.spec.reader import Node, Problems, Scalar, Sequence
from causal.spec.selection import Box, Selection, parted
from causal.spec.shape import number, share, tidy

DEFAULT, NONE = "default", "none"
type LoadsPriors = Callable[[Path, Model], Priors]


@dataclass(frozen=True)
class Around:
    """What an entry stands in: the model, the folder (None for priors of a text), the experts and their schools."""

    model: Model
    folder: Path | None
    known: Known
    problems: Problems
    schools: Mapping[str, str]

    def experts(self, word: Scalar, among: Iterable[str]) -> list[str]:
        """Return the experts that a word names, themselves or by their school; note a problem where it names nobody."""
        names = set(among)
        found = [expert for expert, school in self.schools.items() if word in names and word in (expert, school)]
        if not found:
            self.problems.add(word, f"no school or expert {str(word)!r}{choices(word, sorted(names - {''}))}")
        return found

    def per_expert[T](self, schools: Mapping[Scalar, T], experts: Mapping[Scalar, T]) -> dict[str, T]:
        """Return values by expert, from values by school and by expert; an expert's own goes before their school's."""
        found: dict[str, T] = {}
        for named, among in ((schools, self.schools.values()), (experts, self.schools)):
            for word, value in named.items():
                found |= dict.fromkeys(self.experts(word, among), value)
        return found


def read_entry(written: shapes.CaseFileShape, around: Around, load_priors: LoadsPriors) -> tuple[CaseFile, bytes]:
    """Return a file of comparable cases, all its names looked up and its rows read, and the content read for it."""
    problems = around.problems
    before = len(problems)
    default, own = _relevance(written, around)
    elsewhere, content = _elsewhere(written, around, load_priors)
    model = around.model if elsewhere is None else elsewhere.model
    known = around.known if elsewhere is None else _known(model, problems)
    if written.model is not None and elsewhere is None:  # it could not be read, so no name can be looked up
        return CaseFile(str(written.file), default, frozen({})), b""
    columns = _columns(written, known)
    states = _states(written, known, columns)
    suffix, confidence = _confidence(written, problems)
    file = CaseFile(
        file=str(written.file),
        relevance=default,
        columns=frozen(columns),
        states=frozen(states),
        count=None if written.count is None else str(written.count),
        where=frozen({str(column): tuple(map(str, values)) for column, values in written.where.items()}),
        confidence=frozen(confidence),
        suffix=suffix,
        own=frozen(own),
        unseen=frozen(_unseen(written, columns, problems)),
        elsewhere=elsewhere,
        selected=None if written.selected is None else _selected(written.selected, written.at("selected"), known),
        line=written.node.line,
        column=written.node.column,
    )
    if around.folder is None or len(problems) > before:
        return file, b""
    found, rows = read_cases(file, written, around.folder, model, problems)
    return found, content + rows


def _known(model: Model, problems: Problems) -> Known:
    states = {name: variable.states for name, variable in model.variables.items()}
    return Known(problems, frozenset(states), states)


def _relevance(written: shapes.CaseFileShape, around: Around) -> tuple[float, dict[str, float]]:
    """Return what a case is worth to everybody, and to whom it is worth something else."""
    said = written.relevance
    if isinstance(said, float):
        default, own = said, {}
    else:
        default = next((value for word, value in said.items() if word == DEFAULT), 0.0)
        named = {word: value for word, value in said.items() if word != DEFAULT}
        schools = {word: value for word, value in named.items() if word in around.schools.values()}
        experts = {word: value for word, value in named.items() if word in around.schools}
        own = around.per_expert(schools, experts)
        for word in named:
            if word not in schools and word not in experts:
                around.experts(word, {*around.schools, *around.schools.values()})
    if default == 0 and not any(own.values()):
        message = "cases without relevance teach nothing; leave them out"
        around.problems.add(written.at("relevance"), message)
    return default, own


def _columns(written: shapes.CaseFileShape, known: Known) -> dict[str, str]:
    columns: dict[str, str] = {}
    if not written.columns:
        known.problems.add(written.at("columns"), "name at least one column and its variable, like {wet: grass}")
    for column, variable in written.columns.items():
        if known.has(variable):
            if variable in columns.values():
                known.problems.add(variable, f"two columns for the variable {str(variable)!r}")
            columns[str(column)] = str(variable)
    return columns


def _states(written: shapes.CaseFileShape, known: Known, columns: Mapping[str, str]) -> dict[str, Mapping[str, str]]:
    states: dict[str, Mapping[str, str]] = {}
    for variable, codes in written.states.items():
        if known.has(variable):
            if variable not in columns.values():
                message = f"no column is {str(variable)!r}{choices(variable, dict.fromkeys(columns.values()))}"
                known.problems.add(variable, message)
            found = {str(code): known.state(variable, state) for code, state in codes.items()}
            states[str(variable)] = frozen({code: state for code, state in found.items() if state is not None})
    return states


def _unseen(
    written: shapes.CaseFileShape, columns: Mapping[str, str], problems: Problems
) -> dict[str, Mapping[str, tuple[str, ...]]]:
    found: dict[str, Mapping[str, tuple[str, ...]]] = {}
    for column, where in written.unseen.items():
        if column not in columns:
            problems.add(column, f"{str(column)!r} is not among the columns that are read{choices(column, columns)}")
        found[str(column)] = frozen({str(each): tuple(map(str, values)) for each, values in where.items()})
    return found


def _selected(
    written: Mapping[Scalar, list[Scalar]] | list[dict[Scalar, list[Scalar]]], place: Node, known: Known
) -> Selection | None:
    """Return what made cases known, None where it cannot be told; it has to tell some cases from others."""
    problems = known.problems
    before = len(problems)
    boxes: list[Box] = []
    for at, each in enumerate(written if isinstance(written, list) else [written]):
        if not each:
            here = place.items[at] if isinstance(place, Sequence) else place
            problems.add(here, "name at least one variable and the states in which a case was known, like {x: yes}")
        box = {}
        for variable, words in each.items():
            if not known.has(variable):
                continue
            if not words:
                problems.add(variable, f"name at least one state of {str(variable)!r}")
            box[str(variable)] = known.states(variable, words)
        boxes.append(frozen(box))
    if not boxes:
        problems.add(place, "name at least one alternative, like {x: yes}; where no case was selected, leave this out")
    if len(problems) > before or not all(box and all(box.values()) for box in boxes):
        return None
    try:
        pieces, rest = parted(boxes, known.state_lists)
    except TooLarge as error:
        message = f"{error}; let a variable with a rule say in the model which cases were known, and name its state"
        problems.add(place, message)
        return None
    if not rest:
        problems.add(place, "every case is among these, so nothing was selected; leave this out")
        return None
    return Selection(tuple(boxes), pieces, rest, problems.path, place.line, place.column, place.where)


def _confidence(written: shapes.CaseFileShape, problems: Problems) -> tuple[str, dict[str, float]]:
    """Return the suffix of the columns that say how sure a code is, and the chance of error per grade."""
    suffix, grades = "", {}
    for word, value in written.confidence.items():
        if word == "suffix":
            suffix = str(value)
            continue
        error = share(value)
        if error is None or not 0 <= error < 1:
            problems.add(value, f"{str(value)!r} is no chance of error; write one from 0 to 1, like 0.1 or 10%")
        else:
            grades[str(word)] = error
    if grades and not suffix:
        problems.add(written.at("confidence"), "say which columns hold these grades: {suffix: _conf, ...}")
    return suffix, grades


# A model of the cases' own


def _elsewhere(
    written: shapes.CaseFileShape, around: Around, load_priors: LoadsPriors
) -> tuple[Elsewhere | None, bytes]:
    """Return the cases' own model, its priors and links, None where there is none; and the digests of what was read."""
    problems = around.problems
    if written.model is None:
        for key in ("priors", "links"):
            if written.node.get(key) is not None:
                message = f"'{key}' goes with a 'model' of the cases' own; name it, or leave this out"
                problems.add(written.at(key), message)
        return None, b""
    if around.folder is None:
        return None, b""
    if not written.links:
        message = "nothing here learns from these cases; write at least one of 'links: [{there, here, within}]'"
        problems.add(written.at("links"), message)
    try:
        model = _model(written.model, around.folder, problems)
        priors = None if model is None else _priors(written, around.folder, model, problems, load_priors)
    except SpecError as error:
        problems.take(error)
        return None, b""
    if model is None or priors is None:
        return None, b""
    links = tuple(link for each in written.links if (link := _link(each, model, around)) is not None)
    return Elsewhere(model, priors, links), f"{model.digest} {priors.digest} ".encode()


def _model(written: Scalar, folder: Path, problems: Problems) -> Model | None:
    name = Path(written if written.endswith(".yaml") else f"{written}.yaml")
    places = [folder.parent / "models" / name, folder / "models" / name, folder / name]
    path = next((each for each in places if each.is_file()), None)
    if path is None:
        message = f"no model file {name.as_posix()!r}, neither in a folder 'models' beside or below this one nor here"
        problems.add(written, message)
        return None
    return load_model(path)


def _priors(
    written: shapes.CaseFileShape, folder: Path, model: Model, problems: Problems, load_priors: LoadsPriors
) -> Priors | None:
    """Return the priors of the cases' own model: of a file, or nobody's."""
    if written.priors is None:
        return Priors("nobody", model.name, frozen({}))
    path = folder / written.priors
    if not path.is_file():
        problems.add(written.priors, f"no file {str(written.priors)!r}; its path starts from the folder of this file")
        return None
    found = load_priors(path, model)
    if found.cases:
        message = f"{written.priors} has cases of its own; put all that is to be learned from under 'cases' here"
        problems.add(written.priors, message)
    return found


def _link(written: shapes.LinkShape, model: Model, around: Around) -> Link | None:
    if written.within <= 0:
        around.problems.add(written.at("within"), "two questions that are linked lie a little apart: above 0")
    there = _question(written, "there", model, around.problems)
    here = _question(written, "here", around.model, around.problems)
    schools, experts = (
        {word: _within(value, around.problems) for word, value in each.items()}
        for each in (written.schools, written.experts)
    )
    own = around.per_expert(schools, experts)
    if there is None or here is None:
        return None
    place = written.node
    return Link(there, here, written.within, frozen(own), tidy(written.because), place.line, place.column)


def _within(word: Scalar, problems: Problems) -> float | None:
    if word == NONE:
        return None
    value = number(word)
    if value is None or value <= 0:
        problems.add(word, f"{str(word)!r} is no width; write a number above 0, or 'none' for no link")
        return None
    return value


def _question(written: shapes.LinkShape, key: str, model: Model, problems: Problems) -> Question | None:
    place = written.at(key)
    assert isinstance(place, Scalar)
    try:
        question = parse_about(str(place))
        check_names(question, model)
    except QuestionSyntaxError as error:
        problems.add(place, error.reason, column=place.column_of(error.column - 1))
        return None
    except QueryError as error:
        problems.add(place, f"in model {model.name!r}: {error}")
        return None
    kind = kind_of(question)
    if isinstance(question, Comparison | Effect | TypesOf) or kind in ("a whole distribution", "a fixed number"):
        problems.add(place, f"{kind} has no scale to be linked on; ask for a probability, a quotient or a difference")
        return None
    return question
