"""Bad files, each named by its sin, and the complete message that each must get.

tests/bad/model-<sin>.yaml       a model file
tests/bad/rival-<sin>.yaml       a rival graph, of good.yaml or rows.yaml
tests/bad/priors-<sin>.yaml      a prior file; its first line names its model: `# model: good.yaml`
tests/bad/network-<sin>.bif      a network file
tests/bad/answers-<sin>.yaml     a filled sheet; its first line names the model, and the prior file it is for
tests/bad/<file>.txt             all that is said about it, as `causal check` prints it
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from causal.errors import SpecError
from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.learn.adding import added
from causal.learn.reading import elicit
from causal.spec.answers import load_answers
from causal.spec.bif import load_bif
from causal.spec.files import base_of
from causal.spec.modelfile import load_model
from causal.spec.priorfile import load_priors, parse_priors
from causal.spec.rivalfile import load_rival

BAD = Path(__file__).parent / "bad"
FILES = sorted((*BAD.glob("*-*.yaml"), *BAD.glob("*-*.bif")))
JARGON = (
    "Input should",
    "pydantic",
    "validation",
    "valid ",
    "http",
    "None",
    "Traceback",
    "<list>",
    "<mapping>",
    "<word>",
)


def load(path: Path) -> None:
    if path.name.startswith("network-"):
        load_bif(path)
        return
    if path.name.startswith("model-"):
        load_model(path)
        return
    if path.name.startswith("rival-"):
        load_rival(base_of(path), [path])
        return
    first = path.read_text(encoding="utf-8").splitlines()[0]
    match = re.fullmatch(r"# model: (\S+)(?: priors: (\S+))?", first)
    assert match, f"the first line of {path.name} must name its model"
    model = load_model(BAD / match[1])
    if path.name.startswith("answers-"):
        onto = (BAD / match[2]).read_text(encoding="utf-8")
        answers = load_answers(path, model, onto, match[2])
        added(Writer(Network.of(model)), parse_priors(onto, match[2], model), answers)
        return
    priors = load_priors(path, model)
    elicit(Writer(Network.of(model)), priors)  # what can be read may still make no sense beside the model


def message(path: Path) -> str:
    with pytest.raises(SpecError) as caught:
        load(path)
    assert caught.value.exit_code == 3
    return str(caught.value).replace(str(path), path.name) + "\n"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_bad_file_gets_its_complete_message(path: Path) -> None:
    assert message(path) == path.with_suffix(".txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_line_of_a_message_says_where_and_is_in_plain_words(path: Path) -> None:
    for line in message(path).splitlines():
        assert re.match(rf"{re.escape(path.name)}:[1-9]\d*:[1-9]\d*: \S", line), line
        assert not [word for word in JARGON if word in line], line


def test_there_are_many_and_each_has_its_message() -> None:
    assert len(FILES) >= 80
    assert {path.stem for path in FILES} == {path.stem for path in BAD.glob("*.txt")}


def test_the_model_of_the_bad_priors_is_good_and_takes_words_as_words() -> None:
    assert load_model(BAD / "plain.yaml").name == "plain"
    assert load_priors(BAD / "good.priors.yaml", load_model(BAD / "good.yaml")).name == "gardeners"
    model = load_model(BAD / "good.yaml")
    assert model.variables["answer"].states == ("no", "yes", "null", "TRUE", "1")
