"""A report from its facts: gathered once, then told as HTML, Markdown and JSON.

gather(panel, ranking)  ->  Report  ->  html(report), markdown(report), to_json(report), write(report, folder)
"""

from causal.tell.facts import Report
from causal.tell.files import to_json, write
from causal.tell.findings import main_sentence
from causal.tell.gather import gather
from causal.tell.page import html
from causal.tell.text import markdown

__all__ = ["Report", "gather", "html", "main_sentence", "markdown", "to_json", "write"]
