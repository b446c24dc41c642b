"""The page: every number from the facts, nothing active, nothing fetched, sound HTML whatever it quotes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jinja2 import UndefinedError

from causal import rivals
from causal.ask.interventions import rank
from causal.ask.panel import Panel
from causal.learn.layout import lay_out
from causal.learn.sample import Draws
from causal.study import Study
from causal.tell.facts import Report
from causal.tell.files import to_json
from causal.tell.gather import gather
from causal.tell.page import html, template
from causal.tell.text import markdown

ROOT = Path(__file__).resolve().parents[2]
VOID = {"meta"}
TAGS = {
    "html", "head", "meta", "title", "style", "body", "header", "main", "nav", "section", "h1", "h2", "p", "ol", "ul",
    "li", "a", "dl", "dt", "dd", "div", "span", "strong", "code", "table", "caption", "thead", "tbody", "tr", "th",
    "td", "figure", "figcaption", "svg", "desc", "g", "rect", "circle", "path", "polygon", "text", "use", "defs",
}  # fmt: skip
ATTRIBUTES = {
    "lang", "charset", "name", "content", "http-equiv", "class", "id", "href", "role", "aria-label", "aria-labelledby",
    "tabindex", "scope", "data-head", "width", "height", "viewbox", "aria-describedby", "font-family", "font-size",
    "font-weight", "fill", "stroke", "stroke-width", "stroke-linejoin", "stroke-dasharray", "text-anchor", "rx", "x",
    "y", "cx", "cy", "r", "d", "points", "style", "transform",
}  # fmt: skip


class Page(HTMLParser):
    """Reads a page: its tags in order, its words outside of style, and whether every tag is closed where it should."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.drawn: list[str] = []
        self.unbalanced: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(tag)

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            # a question is quoted, not reckoned, and so are the words of the files
            words = self.drawn if "svg" in self.open else self.words
            words.append("\n" if "code" in self.open else data)

    @property
    def text(self) -> str:
        return " ".join(self.words)

    def count(self, tag: str) -> int:
        return sum(each == tag for each, _ in self.tags)


@pytest.fixture(scope="module")
def page(report: Report) -> Page:
    return Page(html(report))


def decimals(text: str) -> Iterator[str]:
    """Yield every decimal of a text, without sign; ``<0.01`` and its like are bounds and not numbers."""
    yield from re.findall(r"(?<![<>\d.])\d+\.\d+(?![\d.]*\.\d)", text)


def leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for each in value.values():
            yield from leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from leaves(each)
    else:
        yield value


def traceable(report: Report) -> set[str]:
    """Return every decimal that the facts account for: their numbers, rounded, and those inside quoted words."""
    facts = json.loads(to_json(report))
    del facts["sentences"]
    found: set[str] = set()
    for leaf in leaves(facts):
        if isinstance(leaf, float):
            found |= {f"{abs(leaf):.{digits}f}" for digits in range(1, 5)}
        elif isinstance(leaf, str):
            found |= set(decimals(leaf))
    return found


@pytest.mark.parametrize("render", [html, markdown])
@pytest.mark.parametrize("which", ["report", "ussr", "contested"])
def test_every_number_comes_from_the_facts(which: str, render: Any, request: pytest.FixtureRequest) -> None:
    report: Report = request.getfixturevalue(which)
    source = render(report)
    text = Page(source).text if render is html else re.sub(r"`[^`]*`", " ", source.replace("\\", ""))
    printed = list(decimals(text))
    known = traceable(report)
    assert len(printed) > 150
    assert not [number for number in printed if number not in known]


PICTURES = {"report": 5, "ussr": 5, "contested": 7}
TICKS = {"0.2", "0.4", "0.6", "0.8"}  # of an axis from 0 to 1


@pytest.mark.parametrize("which", list(PICTURES))
def test_every_number_in_a_picture_comes_from_the_facts(which: str, request: pytest.FixtureRequest) -> None:
    report: Report = request.getfixturevalue(which)
    page = Page(html(report))
    assert page.count("svg") == page.count("figure") == page.count("figcaption") == PICTURES[which]
    drawn = " ".join(page.drawn)
    printed = list(decimals(drawn))
    assert len(printed) > 20
    assert not [number for number in printed if number not in traceable(report) | TICKS]
    shares = [number.mean for each in report.marginals for number in each.states.values() if number.mean is not None]
    percents = re.findall(r"(?<![<>\d.])(\d+) %", drawn)
    assert len(percents) > len(shares)  # in the boxes, and in the description
    known = {f"{100 * share:.0f}" for share in shares} | {f"{100 * report.ci_prob:.0f}"}
    assert set(percents) <= known | set(re.findall(r"(\d+) %", to_json(report)))


def test_a_number_from_nowhere_would_be_seen(report: Report) -> None:
    first = report.of("forecast")[0].panel.outcome.mean
    assert first is not None
    source = html(report)
    assert f"<strong>{first:.2f}</strong>" in source
    forged = source.replace(f"<strong>{first:.2f}</strong>", "<strong>0.123456</strong>", 1)
    assert [number for number in decimals(Page(forged).text) if number not in traceable(report)] == ["0.123456"]


def test_the_page_is_sound(page: Page) -> None:
    assert not page.unbalanced
    assert not page.open
    assert {tag for tag, _ in page.tags} <= TAGS
    assert {name for _, attributes in page.tags for name in attributes} <= ATTRIBUTES
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    used = [attributes["href"] for tag, attributes in page.tags if tag == "use"]
    assert {(href or "").removeprefix("#") for href in used} <= set(ids)
    named = [attributes[key] for _, attributes in page.tags for key in ("aria-labelledby", "aria-describedby")
             if key in attributes]  # fmt: skip
    assert set(named) <= set(ids)
    targets = {(attributes["href"] or "").removeprefix("#") for tag, attributes in page.tags if tag == "a"}
    assert targets == {attributes["id"] for tag, attributes in page.tags if tag == "section"}


def test_headings_and_tables_say_what_they_are(page: Page) -> None:
    assert page.count("h1") == 1
    assert page.count("h2") == page.count("section") == 19
    assert page.count("caption") == page.count("table") > 5
    assert all(attributes.get("scope") in ("row", "col") for tag, attributes in page.tags if tag == "th")


def test_nothing_runs_and_nothing_is_fetched(report: Report) -> None:
    source = html(report)
    active = ("<script", "javascript:", "src=", "url(", "@import", "<link", "<img", "<iframe")
    for sign in (*active, "http:", "https:", "xmlns"):
        assert sign not in source.replace("http-equiv", "")
    assert "default-src 'none'" in source


HOSTILE = "<script>alert(1)</script> </table> | `x` **b** [l](javascript:alert(1)) &lt; {{ 7 * 7 }} $&"
QUOTED = json.dumps(HOSTILE)
HOSTILE_MODEL = f"""
model: hostile
title: {QUOTED}
about: {QUOTED}
sources: {{s: {QUOTED}}}
variables:
  x: {{when: 1900, actual: "no", states: ["no", "yes"]}}
  y:
    label: {QUOTED}
    about: {QUOTED}
    when: 1910
    parents: [x]
    states: {{"no": {QUOTED}, "yes": {QUOTED}}}
outcome: y = yes
interventions:
  i: {{title: {QUOTED}, about: {QUOTED}, when: 1899, do: {{x: "yes"}}, sources: [s]}}
"""
HOSTILE_PRIORS = f"""
priors: hostile
model: hostile
about: {QUOTED}
experts:
  e: {{name: {QUOTED}, school: {QUOTED}, about: {QUOTED}}}
sources: {{s: {QUOTED}}}
judgements:
  - about: P(y = yes | x = yes)
    by: e
    says: {{quantiles: {{5: 0.2, 50: 0.3, 95: 0.4}}}}
    because: {QUOTED}
    cite: {{source: s, page: {QUOTED}, quote: {QUOTED}}}
  - {{about: P(y = yes), by: e, says: {{quantiles: {{5: 0.2, 50: 0.3, 95: 0.4}}}}, because: {QUOTED}}}
"""


HOSTILE_RIVAL = f"""
model: rival
like: hostile
title: {QUOTED}
about: {QUOTED}
variables: {{z: {{label: {QUOTED}, when: 1880, states: ["no", "yes"]}}}}
add: {{y: {{z: {{why: {QUOTED}, sources: [s]}}}}}}
"""


def _quickly(study: Study) -> Panel:
    layout = lay_out(study.elicited)
    theta = layout.draw(np.random.default_rng(1), 200).reshape(4, 50, len(layout.parameters), 1)
    return Panel(study.elicited, Draws(theta, layout.parameters, layout.experts, ("iid",), seed=1))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Report:
    folder = tmp_path_factory.mktemp("hostile")
    files = {"hostile": HOSTILE_MODEL, "rival": HOSTILE_RIVAL, "hostile.priors": HOSTILE_PRIORS}
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    panel, rival = map(_quickly, rivals(folder / "hostile.yaml"))
    outcome = panel.elicited.network.model.outcome
    assert outcome is not None
    return gather(panel, rank(panel, outcome), rivals=[rival], beside=["rival"])


def test_hostile_words_stay_words_in_html(hostile: Report) -> None:
    source = html(hostile)
    page = Page(source)
    assert "<script" not in source
    assert not page.unbalanced
    assert {tag for tag, _ in page.tags} <= TAGS
    assert {name for _, attributes in page.tags for name in attributes} <= ATTRIBUTES
    assert all((attributes["href"] or "").startswith("#") for tag, attributes in page.tags if tag == "a")
    assert page.text.count(HOSTILE) >= 12


def test_hostile_words_stay_words_in_markdown(hostile: Report) -> None:
    source = markdown(hostile)
    assert not re.search(r"<(?!br>)", source)
    assert not re.search(r"(?<!\\)\[", re.sub(r"`P\(y\[@\w+\] = yes \| record\)`", "", source))
    width = 0
    for line in source.splitlines():
        bars = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        assert not bars or not width or bars == width, line
        width = bars


def test_hostile_words_are_whole_in_json(hostile: Report) -> None:
    assert json.loads(to_json(hostile))["title"] == HOSTILE


def test_a_name_unknown_to_the_template_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        template().render()


@pytest.mark.parametrize("which", ["report", "ussr"])
def test_no_path_of_a_machine(which: str, request: pytest.FixtureRequest) -> None:
    report: Report = request.getfixturevalue(which)
    for source in (html(report), markdown(report), to_json(report)):
        assert str(ROOT) not in source
        assert not re.search(r"(?<![\w<*./])/(?:[\w.-]+/)+[\w.-]+", source)


def test_the_same_facts_give_the_same_page(report: Report) -> None:
    assert html(report) == html(report)
    assert markdown(report) == markdown(report)
