"""The page an expert is shown: every judgement drawn as it was judged, and what does not go together named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import causal
from causal.errors import UsageError
from causal.study import Study
from causal.tell.document import Bullets, Picture, Section, plain
from causal.tell.feedback import feedback
from causal.tell.page import page
from causal.tell.pictures.fits import drawn

MODEL = """
model: sky
variables:
  season: {states: [dry, rainy]}
  rain: {states: [clear, some, heavy], parents: [season]}
  grass: {states: [dry, wet], parents: [rain]}
outcome: grass = wet
"""
PRIORS = """
priors: p
model: sky
scale: ours
scales: {ours: {like: icd203, phrases: {a long shot: [0.03, 0.10, 0.22]}}}
experts: {ann: {name: Ann}, bob: {name: Bob}}
judgements:
  - {about: P(season = rainy), by: ann, says: a long shot}
  - {about: "P(rain = clear | season = rainy)", by: ann, says: {quantiles: {5: 0.3, 50: 0.4, 95: 0.5}}}
  - {about: "P(rain = some | season = rainy)", by: ann, says: {quantiles: {5: 0.4, 50: 0.5, 95: 0.6}}}
  - {about: "P(rain = heavy | season = rainy)", by: ann, says: {quantiles: {5: 0.28, 50: 0.3, 95: 0.32}}}
  - {about: P(grass = wet), by: ann, says: {quantiles: {5: 0.95, 50: 0.97, 95: 0.99}}, use: check}
  - {about: "P(grass = wet | rain = clear)", by: ann, says: {quantiles: {5: 0.01, 50: 0.02, 95: 0.04}}}
  - {about: "P(grass = wet | rain = some)", by: ann, says: {quantiles: {5: 0.1, 50: 0.2, 95: 0.3}}}
  - {about: "P(grass = wet | rain = heavy)", by: ann, says: {quantiles: {5: 0.4, 50: 0.5, 95: 0.6}}}
  - {about: "P(grass = wet | rain = some) > P(grass = wet | rain = heavy)", by: ann, says: {order: 0.9}}
  - {about: P(season = dry), by: bob, says: abstain}
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("sky")
    (folder / "sky.yaml").write_text(MODEL, encoding="utf-8")
    (folder / "priors.yaml").write_text(PRIORS, encoding="utf-8")
    return causal.load(folder / "sky.yaml", folder / "priors.yaml")


def section(study: Study, name: str, by: str | None = None) -> Section:
    found = feedback(study.at_medians().panel, by)
    return next(each for each in found.sections if each.name == name)


def test_what_does_not_go_together_is_named_once_each(study: Study) -> None:
    bullets = next(block for block in section(study, "again").blocks if isinstance(block, Bullets))
    told = [plain(item) for item in bullets.items]
    assert any("P(grass = wet) conflict z" in each and "stated 0.97" in each for each in told)
    assert any("held with 0.90, and true in" in each for each in told)
    assert any("parts of a whole add up to 1.20" in each for each in told)


def test_every_judgement_with_a_spread_is_drawn_as_it_was_judged(study: Study) -> None:
    pictures = [block for block in section(study, "ann").blocks if isinstance(block, Picture)]
    assert len(pictures) == 8
    assert all("<svg" in picture.draw() for picture in pictures)


def test_a_judgement_fitted_as_one_minus_it_is_turned_back_in_its_picture(study: Study) -> None:
    """P(season = rainy) is fitted as P(season = dry); the curve must lie where it was said."""
    prior = next(each for each in study.elicited.held["ann"].priors if each.parameter.name == "P(season = dry)")
    assert prior.judgement is not None
    assert prior.fit is not None
    assert prior.turned
    found = drawn(prior, turned=True)
    assert [value for _, value in found.stated] == pytest.approx([0.03, 0.10, 0.22])
    assert [level for level, _ in found.stated] == pytest.approx([0.05, 0.5, 0.95])
    assert 0.03 < found.x[int(np.argmax(found.height))] < 0.15


def test_a_phrase_of_the_file_says_whose_numbers_it_has(study: Study) -> None:
    text = page(feedback(study.at_medians().panel))
    assert "a long shot" in text
    assert "on no published scale" in text


def test_an_expert_who_abstained_is_told_so(study: Study) -> None:
    told = [plain(item) for block in section(study, "bob").blocks if isinstance(block, Bullets) for item in block.items]
    assert "P(season = dry)" in told


def test_one_expert_sees_no_other(study: Study) -> None:
    found = feedback(study.at_medians().panel, "bob")
    assert [each.name for each in found.sections] == ["again", "bob"]
    with pytest.raises(UsageError, match="no expert 'eve'"):
        feedback(study.at_medians().panel, "eve")


def test_the_command_writes_the_page(study: Study, tmp_path: Path) -> None:
    from causal.cli.eliciting import facts, write_page

    target = write_page(study, None, tmp_path / "new" / "said.html")
    assert target.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    ann = next(each for each in facts(study)["experts"] if each["name"] == "ann")
    assert [each["marked"] for each in ann["orders"]] == [True]
    assert [round(each["excess"], 6) for each in ann["parts"]] == [0.2]
    assert [each["phrase"] for each in ann["own_phrases"]] == ["a long shot"]
