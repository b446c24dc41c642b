"""What is written into a prior file is read back as it was: by this reader and, as plain YAML, by another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from causal.spec.grammar import parse_question
from causal.spec.judgementtext import InNumbers, judgement_text
from causal.spec.modelfile import parse_model
from causal.spec.priorfile import parse_priors
from causal.spec.priors import Chips, Interval, Judgement, Quantiles
from causal.spec.reader import Problems, read_tree
from causal.spec.writing import scalar_text

MODEL = parse_model(
    "model: m\nvariables:\n  x: {states: [no, yes]}\n  'a: # b': {states: ['{', '<5'], parents: [x]}\n", "m.yaml"
)
P = "P(x = yes)"
DIFFERENCE = "P(x = yes) - P(x = no)"


def read(about: str, says: InNumbers, by: str = "", because: str = "") -> Judgement:
    head = "priors: p\nmodel: m\n" + (f"experts: {{{scalar_text(by)}: {{}}}}\n" if by else "")
    text = judgement_text(parse_question(about), says, by, because)
    (judgement,) = parse_priors(f"{head}judgements:\n{text}", "p.yaml", MODEL).judgements
    return judgement


@pytest.mark.parametrize(
    ("about", "says"),
    [
        (P, Chips((0.0, 0.1, 0.2, 0.3), (0, 3, 17))),
        (P, Chips((0.0, 1e-7, 0.2), (1, 2))),
        (DIFFERENCE, Chips((-0.5, -0.25, 0.0, 0.25), (1, 0, 2))),
        (P, Quantiles((0.05, 0.5, 0.95), (0.1, 0.2, 0.7))),
        (P, Quantiles((0.025, 0.25, 0.975), (0.1, 0.2, 0.7))),
        (DIFFERENCE, Quantiles((0.05, 0.95), (-0.25, 0.125))),
        (P, Interval(0.0, 0.3, 0.5, 0.8)),
        ('P("a: # b" = "{" | x ~ {no: 0.2, yes: 0.8})', Interval(0.1, 0.3, 0.5, 1.0)),
    ],
)
def test_what_is_written_is_read_back(about: str, says: InNumbers) -> None:
    found = read(about, says, by="anna", because="She said: 'about \"half\"'. # and no more")
    assert (found.about, found.says, found.by) == (parse_question(about), says, "anna")
    assert found.because == "She said: 'about \"half\"'. # and no more"


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_text_is_read_back_letter_for_letter(text: str) -> None:
    written = f"says: {scalar_text(text)}\n"
    assert read_tree(written, Problems("p.yaml")).get("says") == text
    # another reader takes a lone word for a number, a date or a truth value, but for no list and no mapping
    found = YAML(typ="safe", pure=True).load(written)["says"]
    assert found == text or not isinstance(found, dict | list | str)


@given(st.lists(st.integers(0, 20), min_size=2, max_size=20).filter(any))
def test_chips_lie_where_they_were_laid(counts: list[int]) -> None:
    says = Chips(tuple(round(at / len(counts), 12) for at in range(len(counts) + 1)), tuple(map(float, counts)))
    assert read(P, says).says == says


def test_nobody_is_named_where_nobody_spoke() -> None:
    assert "by" not in judgement_text(parse_question(P), Quantiles((0.5,), (0.3,)))
