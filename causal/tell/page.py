"""A report as one HTML file: no script, no request to anywhere, readable on a phone and in print.

    Document + templates/report.html.j2 + templates/report.css -> text

Everything that comes from a file is escaped; a name that the template does not know is an error, not a blank.
"""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from causal.tell.compose import compose
from causal.tell.document import (
    Assumed,
    Bullets,
    Code,
    Document,
    Fact,
    Judged,
    Paragraph,
    Picture,
    Quiet,
    Strong,
    Table,
    Terms,
)
from causal.tell.facts import Report
from causal.tell.pictures.vector import inline

KIND = {
    Assumed: "assumption",
    Bullets: "bullets",
    Code: "code",
    Fact: "fact",
    Judged: "judgement",
    Paragraph: "paragraph",
    Picture: "picture",
    Quiet: "quiet",
    Strong: "strong",
    Table: "table",
    Terms: "terms",
    str: "words",
}


@cache
def template() -> Template:
    """Return the template of the page."""
    environment = Environment(
        loader=PackageLoader("causal.tell"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["drawn"] = lambda picture: Markup(inline(picture.draw()))  # its own words are escaped already
    environment.filters["kind"] = lambda part: KIND[type(part)]
    return environment.get_template("report.html.j2")


def html(report: Report) -> str:
    """Return a report as one self-contained HTML page."""
    return page(compose(report))


def page(document: Document) -> str:
    """Return a document as one self-contained HTML page."""
    return template().render(document=document)
