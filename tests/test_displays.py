"""What notebooks and terminals show: the numbers of the value, words escaped, no path, and never an error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import causal
from causal.ask import answer as asked
from causal.ask.interventions import READINGS
from causal.errors import GateError, UsageError
from causal.explained import Ranking
from causal.learn.gate import REFUSE, Gate
from causal.learn.layout import medians
from causal.learn.sample import Draws
from causal.spec.priors import NumberSeed, Quantiles, Weighting
from causal.study import Answer, Posterior, Study
from causal.tell.displays import Picture

HEAVY = "P(grass = wet | do(rain = heavy))"
HOSTILE = '<script>alert("x")</script>&amp;</td>'
BROKEN: tuple[Any, ...] = (
    Study(None, None),  # type: ignore[arg-type]
    Study(SimpleNamespace(), SimpleNamespace()),  # type: ignore[arg-type]
    Posterior(None, None),  # type: ignore[arg-type]
    Posterior(Study(None, None), SimpleNamespace()),  # type: ignore[arg-type]
    Ranking(None, (None,), sweep=None),  # type: ignore[arg-type]
    Picture(None, None),  # type: ignore[arg-type]
    object.__new__(Answer),
    object.__new__(Ranking),
    object.__new__(Study),
    object.__new__(Posterior),
    object.__new__(Picture),
)


def posterior(study: Study, stuck: bool = False) -> Posterior:
    """Scatter around the medians; a stuck posterior has chains that never meet."""
    middle = medians(study.elicited)
    rng = np.random.default_rng(1)
    theta = middle + 0.005 * rng.standard_normal((4, 1 if stuck else 300, *middle.shape))
    theta = np.broadcast_to(theta, (4, 300, *middle.shape)) + 1e-6 * rng.standard_normal((4, 300, *middle.shape))
    names = tuple(parameter.name for parameter in study.elicited.network.parameters)
    experts = tuple(study.elicited.held)
    return Posterior(study, Draws(theta, names, experts, ("nuts",) * len(experts), 1, bfmi=(1.0,) * 4))


@pytest.fixture(scope="module")
def rain() -> Study:
    return causal.load("rain")


@pytest.fixture(scope="module")
def drawn(rain: Study) -> Posterior:
    return posterior(rain)


@pytest.fixture(scope="module")
def stuck(rain: Study) -> Posterior:
    return posterior(rain, stuck=True)


class Balanced(HTMLParser):
    """Holds that every element is closed in its turn, and that nothing runs."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.seen.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on")]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def checked(html: str) -> str:
    """Return HTML that is whole, runs nothing and names no place on this machine."""
    parser = Balanced()
    parser.feed(html)
    parser.close()
    assert parser.open == []
    assert "script" not in parser.seen
    assert str(Path.cwd()) not in html
    assert str(Path(causal.__file__).parent.parent) not in html
    return html


def values(study: Study, found: Posterior) -> Iterator[Any]:
    answers = found.ask_all([HEAVY, "P(rain | season = dry)", f"{HEAVY} > P(grass = wet)", f"{HEAVY} - P(grass = wet)"])
    ranking = found.interventions()
    pictures = [answer.plot() for answer in answers]
    yield from (study, found, *answers, ranking, *pictures, ranking.plot(), study.show(), found.show())


def test_everything_is_shown(rain: Study, drawn: Posterior) -> None:
    for value in (*values(rain, drawn), *values(rain, rain.at_medians())):
        html = checked(value._repr_html_())
        assert len(html) > 200, value
        assert str(Path.cwd()) not in repr(value)
        assert not re.search(r"[<]\w[^>]* at 0x", repr(value))


@pytest.mark.parametrize("value", BROKEN, ids=lambda value: type(value).__name__)
def test_what_is_broken_is_shown_by_its_kind(value: object) -> None:
    kind = type(value).__name__
    assert kind in repr(value)
    html = value._repr_html_()  # type: ignore[attr-defined]
    assert checked(html) == f"&lt;{kind}&gt;"


def test_a_picture_without_a_drawing_is_empty() -> None:
    assert Picture(None, None)._repr_svg_() == ""  # type: ignore[arg-type]


def test_a_study_says_what_nobody_judged(rain: Study) -> None:
    assert "Every parameter was judged" in rain._repr_html_()
    silent = replace(rain, priors=replace(rain.priors, defaults=()))
    html = checked(silent._repr_html_())
    assert "<li>anna: P(rain = clear | season = dry)</li>" in html


def test_a_study_shows_apart_whom_the_seeds_leave_no_weight(rain: Study) -> None:
    def rows(study: Study) -> list[str]:
        return re.findall(r"<td[^>]*>(yes|apart)</td>", study._repr_html_())

    levels = (0.05, 0.5, 0.95)
    answers = {"anna": Quantiles(levels, (0.0, 5.0, 10.0)), "boris": Quantiles(levels, (20.0, 21.0, 22.0))}
    seeds = tuple(NumberSeed("a week", truth, answers) for truth in range(1, 10))
    by_cooke = replace(rain.priors, seeds=seeds, weights=Weighting("cooke", alpha=0.01))
    assert rows(rain) == ["yes", "yes"]
    assert rows(replace(rain, priors=by_cooke)) == ["yes", "apart"]


def test_a_study_whose_judgements_cannot_be_used_names_no_file(rain: Study) -> None:
    path = str(Path.cwd() / "secret.yaml")
    twice = replace(rain.priors, path=path, judgements=(*rain.priors.judgements, rain.priors.judgements[0]))
    study = replace(rain, priors=twice)
    html = checked(study._repr_html_())
    assert "causal check says why" in html
    assert "secret" not in html + repr(study)


def test_words_from_files_are_escaped(rain: Study, drawn: Posterior) -> None:
    experts = {name: replace(each, label=HOSTILE, school=HOSTILE) for name, each in rain.priors.experts.items()}
    interventions = {name: replace(each, title=HOSTILE) for name, each in rain.model.interventions.items()}
    model = replace(rain.model, title=HOSTILE, interventions=interventions)
    study = replace(rain, model=model, priors=replace(rain.priors, experts=experts))
    for value in values(study, Posterior(study, drawn.draws)):
        html = checked(value._repr_html_())
        assert "<script" not in html
    assert "&lt;script&gt;" in study._repr_html_()
    ranking = Posterior(study, drawn.draws).interventions()
    for html in (ranking._repr_html_(), ranking.table._repr_html_()):  # type: ignore[operator]
        assert "<script" not in html
        assert "&lt;script&gt;" in html


def test_an_answer_is_that_of_the_asking_floor_with_a_picture(drawn: Posterior) -> None:
    answer = drawn.ask(HEAVY)
    assert isinstance(answer, asked.Answer)
    assert isinstance(answer, causal.Answer)
    assert isinstance(replace(answer, gate=Gate()), Answer)
    html = answer._repr_html_()
    for name in ("panel", *answer.experts):
        assert f">{answer.estimates[(name, '')].mean:.3f}<" in html
    assert ">Anna<" in html
    drawing = answer.plot()
    assert drawing.text == answer.text
    assert drawing.figure is not None
    assert "Anna" in drawing.svg


def test_no_number_is_shown_that_the_gate_refuses(stuck: Posterior) -> None:
    answer = stuck.ask(HEAVY)
    assert answer.gate.verdict == REFUSE
    value = f"{answer.panel.mean:.3f}"
    for shown in (answer._repr_html_(), repr(answer), answer.plot().text, answer.plot().svg):
        assert value not in shown
    assert value in replace(answer, gate=replace(answer.gate, override=True))._repr_html_()
    ranking = stuck.interventions()
    assert "refused" in ranking._repr_html_()
    for each in ranking.divergences:
        assert f"{each.outcome.panel.mean:.3f}" not in ranking._repr_html_()
    with pytest.raises(GateError, match="not shown"):
        stuck.shares()
    assert stuck.show().shares is None
    assert "the gate refuses the draws" in stuck.show().text


def test_shares_are_what_would_be_asked(drawn: Posterior) -> None:
    shares = drawn.shares()
    assert shares["grass"]["wet"] == pytest.approx(drawn.ask("P(grass = wet)").mean)
    assert all(sum(states.values()) == pytest.approx(1) for states in shares.values())
    assert drawn.show().shares == shares


def test_the_graph_of_a_model_that_nobody_judged_has_no_bars(rain: Study) -> None:
    alone = replace(rain, priors=replace(rain.priors, judgements=(), defaults=()))
    assert alone.show().shares is None
    assert "%" not in alone.show().text
    assert rain.show().shares is not None


def test_a_ranking_says_what_each_reading_takes_as_given(drawn: Posterior) -> None:
    html = drawn.interventions()._repr_html_()
    for reading, given in READINGS.items():
        assert f"<h4>{reading}: {given}</h4>" in html
    assert html.count("<h4>") == len(READINGS) == 3
    assert "which is an assumption" in READINGS["retrospective"]


def test_pictures_are_saved_by_their_name(drawn: Posterior, tmp_path: Path) -> None:
    readings = [drawn.plot_interventions(reading=reading) for reading in READINGS]
    for picture in (drawn.show(), *readings, drawn.ask(HEAVY).plot()):
        assert picture.save(tmp_path / "p.png").read_bytes().startswith(b"\x89PNG")
        assert picture.save(tmp_path / "p.svg").read_text(encoding="utf-8") == picture.svg
        with pytest.raises(UsageError, match=r"p\.svg"):
            picture.save(tmp_path / "p.jpeg")
    with pytest.raises(UsageError, match="minimal rewrite"):
        drawn.plot_interventions("minimal")
