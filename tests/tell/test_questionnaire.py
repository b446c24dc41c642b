"""The interview sheet: every open parameter gets a question, and the question is one that sets it.

The main test goes the whole way round: every entry of a sheet is filled, merged and read, and then nothing is open.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from causal import load
from causal.ask.needed import Open, needed
from causal.errors import UsageError
from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.learn.adding import added, parameters_of
from causal.learn.elicited import Elicited
from causal.learn.reading import elicit
from causal.spec.answers import parse_answers
from causal.spec.files import nobody
from causal.spec.merging import begin, merge
from causal.spec.model import Logistic, Model, NoisyAnd, NoisyOr, Table, Types
from causal.spec.modelfile import load_model, parse_model
from causal.spec.priorfile import parse_priors
from causal.spec.question import TypesOf
from causal.spec.reader import Problems, read_tree
from causal.study import Study
from causal.tell.questionnaire import questionnaire

ROOT = Path(__file__).resolve().parent.parent.parent

EVERYTHING = """
model: every kind
baseline: actual
variables:
  sky: {label: The sky, states: {clear: "Blue: no #cloud", grey: Clouds, black: A storm}, when: 1900-02, actual: grey}
  dog: {label: The dog, states: ["no", "yes"]}
  mood:
    label: The mood
    states: [low, fair, high]
    parents: [sky, dog]
    mechanism: {logistic: {same: {sky: [[clear, grey]]}}}
  walk:
    label: A walk
    states: {none taken: Nobody went out, taken: Somebody did}
    parents: [sky, dog, mood]
    mechanism: {noisy-or: {on: {sky: [clear], dog: ["yes"], mood: [fair, high]}}}
  tired:
    label: Tiredness
    states: [fresh, spent]
    parents: [walk, dog, mood]
    mechanism: {noisy-and: {needs: {walk: [taken], dog: ["yes"]}}}
    gates: [{when: {mood: low}, then: fresh}]
  bed:
    label: Bedtime
    states: [early, usual, late]
    parents: [tired, sky]
    mechanism:
      table:
        order: [late, early, usual]
        rows:
          worn out: {tired: spent, sky: [grey, black]}
          in the dark: {sky: black}
          otherwise: {}
  dream: {label: A dream, states: [a, b], parents: [dog, tired], mechanism: {types: {monotone: [dog]}}}
  plain:
    label: Left alone
    states: [x, y]
    parents: [dog, tired]
    gates: [{when: {tired: spent}, then: x}]
outcome: plain = y
interventions:
  storm: {title: A storm breaks, when: 1900-03-05, do: {sky: black}, about: It pours}
  no_dog: {do: {dog: "no"}}
  itself: {do: {plain: y}}
"""
HEAD = "priors: p\nmodel: every kind\n"
EVERY: Model = parse_model(EVERYTHING, "every.yaml")


def read(model: Model, text: str | None = None) -> Elicited:
    priors = nobody(model) if text is None else parse_priors(text, "p.yaml", model)
    return elicit(Writer(Network.of(model)), priors)


def filled(found: Open, model: Model) -> str:
    """Return an answer that goes with the others: cuts in order, departures beyond their references."""
    variable = model.variables[found.variable]
    if isinstance(found.question, TypesOf):
        return "{dirichlet: flat}"
    match variable.mechanism:
        case Logistic():
            (event,) = found.question.events  # type: ignore[union-attr]
            return f"{80 - 20 * variable.states.index(event.states[0])}%"
        case NoisyOr():
            return "5%" if "none" in str(found.question) else "likely"
        case NoisyAnd():
            return "30%" if " but " in str(found.question) else "{low: 60%, best: 80%, high: 90%, confidence: 0.9}"
    return "1:3"


@pytest.mark.parametrize("by", [None, "clara"])
@pytest.mark.parametrize("model", [EVERY, load_model(ROOT / "models/rain.yaml"), load_model(ROOT / "models/ussr.yaml")],
                         ids=lambda model: model.name)  # fmt: skip
def test_a_sheet_that_is_filled_and_merged_leaves_nothing_open(model: Model, by: str | None) -> None:
    elicited = read(model)
    sheets = questionnaire(elicited, by)
    text = sheets.yaml
    for each in sheets.needed.questions:
        text = re.sub(r"^    says:$", f"    says: {filled(each, model)}", text, count=1, flags=re.MULTILINE)
    answers = parse_answers(text, "a.yaml", model, None)
    assert len(answers.judgements) == len(sheets.needed.questions)
    assert answers.unanswered == len(sheets.needed.optional)
    merged = merge(begin(answers, model.name), answers)
    after = read(model, merged)
    assert after.weak == {by or "everyone": ()}
    again = questionnaire(after, by).needed
    assert (again.questions, len(again.optional), again.judged) == (
        (),
        answers.unanswered,
        len(after.network.parameters),
    )
    # and the check before the merging comes to the same
    checked = added(elicited.writer, elicited.priors, answers)
    assert [prior.median for prior in checked.held[by or "everyone"].priors] == [
        prior.median for prior in after.held[by or "everyone"].priors
    ]


def test_every_question_sets_the_parameters_that_it_is_asked_for() -> None:
    elicited = read(EVERY)
    found = needed(elicited)
    text = questionnaire(elicited).yaml.replace("    says:\n", "    says: abstain\n")
    answers = parse_answers(text, "a.yaml", EVERY, None)
    stated = parameters_of(elicited.writer, answers.judgements[: len(found.questions)])
    assert sorted(name for each in stated for name in each) == sorted(p.name for p in elicited.network.parameters)
    assert all(
        len(each) == 1 for each, asked in zip(stated, found.questions, strict=False) if asked.variable != "dream"
    )
    kinds = {type(EVERY.variables[each.variable].mechanism) for each in found.questions}
    assert kinds == {Table, NoisyOr, NoisyAnd, Logistic, Types}


def test_variables_with_the_fewest_questions_come_first_and_each_keeps_its_order() -> None:
    found = needed(read(EVERY))
    sizes = [len(section.questions) for section in found.sections]
    assert sizes == sorted(sizes)
    assert [each.number for each in found.questions] == list(range(1, len(found.questions) + 1))
    places = {p.name: place for place, p in enumerate(read(EVERY).network.parameters)}
    walk = next(section for section in found.sections if section.variable == "walk")
    asked = [places[str(each.question)] for each in walk.questions]
    assert asked == sorted(asked)


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def words(about: str, text: str | None = None) -> str:
    found = needed(read(EVERY, text), None)
    (one,) = [each for each in (*found.questions, *found.optional) if str(each.question) == about]
    return " ".join([one.words.suppose, one.words.ask, *one.words.below])


TOLD = """
P(sky = clear)
    Go back to February 1900, when this was still open, and forget how it came out. Out of 100 such worlds, in
    how many would we find The sky: clear (Blue: no #cloud)?

P(sky = grey | sky != clear)
    Go back to February 1900, when this was still open, and forget how it came out. Leave aside the worlds in
    which we find The sky: clear. Out of 100 of the worlds that remain, in how many would we find The sky:
    grey (Clouds)? (In the others it is black.)

P(dog = yes)
    Suppose that nothing is known about the case yet. Out of 100 such worlds, in how many would we find The
    dog: yes?

P(mood >= fair | baseline)
    Take the starting world as it stands. Out of 100 such worlds, in how many would we find The mood: fair or
    high?

P(mood = high | baseline but sky = black)
    Take the starting world and change one thing: The sky: black (A storm), instead of grey. Out of 100 such
    worlds, in how many would we find The mood: high?

P(walk = taken | none)
    Suppose none of these causes is at work (The sky: grey or black; The dog: no; The mood: low). Out of 100
    such worlds, in how many would we find A walk: taken (Somebody did)?

P(sky = clear causes walk = taken)
    Suppose The sky: clear (Blue: no #cloud), and think away all else that could bring it about: no other
    cause, listed or not. Out of 100 such worlds, in how many would this cause alone bring about A walk: taken
    (Somebody did)?

P(tired = spent | all)
    Suppose all that it needs is there. Out of 100 such worlds, in how many would we find Tiredness: spent?

P(tired = spent | all but walk = "none taken")
    Suppose all that it needs is there but for one thing: A walk: none taken (Nobody went out). Out of 100
    such worlds, in how many would we find Tiredness: spent?

P(bed = late | row "worn out")
    Suppose Tiredness: spent; and The sky: grey (Clouds) or black (A storm); and all else as it was. Out of
    100 such worlds, in how many would we find Bedtime: late?

P(bed = early | bed != late, row "in the dark")
    Suppose The sky: black (A storm), but not Tiredness: spent and The sky: grey or black. Leave aside the
    worlds in which we find Bedtime: late. Out of 100 of the worlds that remain, in how many would we find
    Bedtime: early? (In the others it is usual.)

P(bed = late | row otherwise)
    Suppose neither Tiredness: spent and The sky: grey or black; nor The sky: black. Out of 100 such worlds,
    in how many would we find Bedtime: late?

P(plain = y | dog = no, tired = fresh)
    Suppose The dog: no; and Tiredness: fresh; and all else as it was. Out of 100 such worlds, in how many
    would we find Left alone: y?

P(plain = y | do(@storm), history before 1900-03-05, chance)
    Suppose this change: A storm breaks. It pours. It sets The sky: black (A storm). What was settled before 5
    March 1900 stands as it happened. Out of 100 such worlds, in how many would we find Left alone: y?

P(plain = y | do(@no_dog), chance)
    Suppose this change: no dog. It sets The dog: no. Luck that the change does not touch falls as it fell
    (The sky: grey). Out of 100 such worlds, in how many would we find Left alone: y?
"""


def told() -> list[tuple[str, str]]:
    """Return each question with what it is in words, from the list above."""
    parts = (block.strip().split("\n", 1) for block in TOLD.strip().split("\n\n"))
    return [(about, " ".join(wanted.split())) for about, wanted in parts]


@pytest.mark.parametrize(("about", "wanted"), told())
def test_a_question_is_asked_in_the_words_of_the_model(about: str, wanted: str) -> None:
    assert words(about) == wanted


def test_states_that_are_treated_alike_are_said_to_be() -> None:
    model = parse_model(EVERYTHING.replace("[[clear, grey]]", "[[clear, black]]"), "every.yaml")
    found = needed(read(model)).questions
    (one,) = [each for each in found if str(each.question) == "P(mood = high | baseline but sky = clear)"]
    assert one.words.below == ("(The same answer will stand for The sky: black.)",)


def test_response_types_are_told_as_what_they_do() -> None:
    (one,) = [each for each in needed(read(EVERY)).questions if each.variable == "dream"]
    assert str(one.question) == "types(dream)"
    assert one.words.below[0] == "aaaa: a, whatever the rest"
    assert "abab: a where The dog: no and Tiredness: fresh; b where The dog: yes and Tiredness: fresh; " in str(
        one.words
    )
    assert len(one.words.below) == 9  # of 16, those that never fall as the dog comes: 3 x 3


def test_a_cause_is_asked_about_as_the_file_does() -> None:
    head = f'{HEAD}defaults:\n  - {{about: "P(walk = taken | only sky = clear)", says: 60%}}\n'
    told = words("P(walk = taken | only dog = yes)", head)
    assert told.startswith(
        "Suppose only one of these causes is at work: The dog: yes. The others are at rest (The sky: grey or black; "
        "The mood: low). What is not listed acts as it always does."
    )
    both = head + '  - {about: "P(dog = yes causes walk = taken)", says: 40%}\n'
    assert "think away all else" in words("P(dog = yes causes walk = taken)", both)
    assert "only one" in words("P(walk = taken | only mood = fair)", both)


def test_of_two_states_the_one_of_the_file_is_asked_about() -> None:
    head = f'{HEAD}defaults:\n  - {{about: "P(dog = no)", says: 40%}}\n'
    assert "The dog: no?" in words("P(dog = no)", head)


# ── who is asked what ────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_anybody_judged_is_not_asked_of_all_and_a_default_is_no_judgement() -> None:
    study = load("rain")
    everybody = study.questionnaire()
    assert [str(each.question) for each in everybody.needed.questions] == [
        "P(grass = wet | only rain = some)",
        "P(rain = some | rain != clear, season = dry)",
        "P(rain = some | rain != clear, season = rainy)",
    ]
    assert all(each.default for each in everybody.needed.questions)
    assert "For all of them a default stands in so far" in everybody.text
    assert not re.search(r"0\.4|0\.7|40|70", "\n".join(everybody.text.split("## ")[2:]))  # nor shown


def test_an_expert_is_asked_what_that_expert_did_not_judge() -> None:
    study = load("rain")
    anna = {str(each.question) for each in study.questionnaire("anna").needed.questions}
    boris = study.questionnaire("boris").needed
    assert "P(season = dry)" not in anna
    assert "P(rain = clear | season = dry)" in anna
    # he has no view of rain where the season is rainy: both sticks of that row
    assert not [each for each in boris.questions if "season = rainy" in str(each.question) and each.variable == "rain"]
    assert boris.abstained == ("P(rain | season = rainy)",)
    assert "## Asked already, and no view" in study.questionnaire("boris").text
    new = study.questionnaire("clara").needed
    assert (len(new.questions), new.new, new.judged) == (11, True, 0)


def test_what_cannot_be_asked_after_a_change_is_left_out() -> None:
    names = re.findall(r"@(\w+)", " ".join(str(each.question) for each in needed(read(EVERY)).optional))
    assert names == ["storm", "no_dog"]  # 'itself' sets what is asked


# ── the sheets ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_printed_sheet_of_the_case_names_nothing_by_its_name_in_the_file() -> None:
    text = load("ussr").questionnaire("clara").text
    model = load("ussr").model
    assert not [name for name in (*model.variables, *model.interventions) if "_" in name and name in text]
    assert "P(" not in text
    assert "88 questions on 25 subjects, about 3 hours at 2 minutes each, and 21 optional ones at the end." in text
    assert "starting world and change one thing: Communist Germany founded in 1919-21: yes (Such a government" in text


def test_the_sheet_to_fill_in_is_a_piece_of_a_prior_file() -> None:
    sheets = load("rain").questionnaire("anna")
    tree = read_tree(sheets.yaml, Problems("a.yaml"))
    assert [str(name) for name in tree.names] == ["priors", "model", "judgements"]
    answers = parse_answers(sheets.yaml, "a.yaml", load("rain").model, (ROOT / "priors/rain.yaml").read_text())
    assert (answers.judgements, answers.experts) == ((), {})
    assert answers.unanswered == len(sheets.needed.questions) + len(sheets.needed.optional)
    nameless = questionnaire(read(EVERY)).yaml.splitlines()
    assert not any(line.lstrip().startswith("by:") for line in nameless)  # nobody has a name there
    assert "    by:\n" in load("rain").questionnaire().yaml


def test_names_that_yaml_or_markdown_would_misread_stay_text() -> None:
    odd = EVERYTHING.replace("label: The dog", r'label: "<b>*Dog*\n- x: y\u2028\a</b>"')
    model = parse_model(odd, "every.yaml")
    sheets = questionnaire(read(model), "o'ne: #1")
    assert "<b>" not in sheets.text
    answers = parse_answers(sheets.yaml.replace("says:\n", "says: 50%\n", 1), "a.yaml", model, None)
    assert answers.judgements[0].by == "o'ne: #1"
    assert list(answers.experts) == ["o'ne: #1"]


def test_a_notebook_shows_it_and_a_table_has_every_question() -> None:
    sheets = load("rain").questionnaire()
    assert sheets._repr_markdown_() == sheets.text
    assert repr(sheets) == "<Questionnaire on rain: 3 questions, 2 optional>"
    assert list(sheets.table["number"]) == [1, 2, 3, 4, 5]
    assert list(sheets.table["optional"]) == [False] * 3 + [True] * 2


def test_answers_are_never_written_over(tmp_path: Path) -> None:
    sheets = load("rain").questionnaire()
    printed, to_fill = sheets.save(tmp_path / "made")
    assert (printed.read_text(), to_fill.read_text()) == (sheets.text, sheets.yaml)
    assert sheets.save(tmp_path / "made") == (printed, to_fill)
    to_fill.write_text(sheets.yaml.replace("says:\n", "says: 50%\n", 1))
    with pytest.raises(UsageError, match="may hold answers"):
        sheets.save(tmp_path / "made")
    assert "says: 50%" in to_fill.read_text()


def test_where_nothing_is_open_the_sheet_says_so() -> None:
    model = parse_model("model: m\nvariables:\n  x: {states: [a, b]}\n", "m.yaml")
    sheets = questionnaire(read(model, "priors: p\nmodel: m\njudgements: [{about: P(x = a), says: 20%}]\n"))
    assert "Nothing is open: of all 1 number that the model needs, none is missing." in sheets.text
    assert read_tree(sheets.yaml, Problems("a.yaml")).get("judgements") is not None


def test_what_nobody_knows_yet_is_not_to_be_forgotten() -> None:
    model = parse_model("model: m\nvariables:\n  x: {states: [no, yes], when: 2050}\noutcome: x = yes\n", "m.yaml")
    found = needed(read(model), None).questions[0].words
    assert found.suppose == "Suppose nothing: take the world as it is known today."


def test_words_of_a_nested_scale_are_open_to_one_side() -> None:
    model = parse_model("model: m\nvariables:\n  x: {states: [no, yes]}\noutcome: x = yes\n", "m.yaml")
    text = Study(model, parse_priors("priors: p\nmodel: m\nscale: ipcc\n", "p.yaml", model)).questionnaire().text
    assert "exceptionally unlikely (up to 1); " in text
    assert "about as likely as not (33 to 66); " in text
    assert "likely (66 or more); " in text
