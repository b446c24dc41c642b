"""A notebook that was run and is then read where nothing runs: what it shows is the last state, as a picture."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter

ROOT = Path(__file__).resolve().parent.parent.parent
VIEW = "application/vnd.jupyter.widget-view+json"
SVG = "image/svg+xml"

LAY = """
import causal
laid = causal.load("rain").roulette("P(grass = wet | only rain = heavy)", by="anna")
laid
"""
PLACE = """
placed = causal.quantiles("P(grass = wet | none)", by="anna")
placed
"""
# what the views of a browser send: a state, and that the hand has left
MOVE = """
laid.set_state({"counts": [0, 0, 0, 0, 1, 3, 8, 6, 2, 0]})
laid._handle_custom_msg({"left": True}, None)
placed.set_state({"values": [0.01, 0.05, 0.2], "placed": [True, True, True]})
placed._handle_custom_msg({"left": True}, None)
laid.set_state({"counts": [20, 0, 0, 0, 0, 0, 0, 0, 0, 0]})
"""


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Any:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in (LAY, PLACE, MOVE)])
    client = NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(ROOT)}})
    client.execute()
    path = tmp_path_factory.mktemp("notebooks") / "judging.ipynb"
    nbformat.write(notebook, path)
    return nbformat.read(path, as_version=4)


def shown(notebook: Any, cell: int) -> Any:
    (output,) = notebook.cells[cell].outputs
    assert output.output_type == "display_data"
    return output.data


def test_beside_the_view_stands_the_last_state(executed: Any) -> None:
    nbformat.validate(executed)
    data = shown(executed, 0)
    assert VIEW in data
    root = ElementTree.fromstring(data[SVG])
    assert root[0].text == "Grass: wet, with Rain: heavy as the only cause"
    assert "0.6 to 0.7: 8 chips" in (root[1].text or "")  # as it was when the hand left, not when it was shown
    assert (
        "  - about: P(grass = wet | only rain = heavy)\n    by: anna\n    says: {chips: {0-0.1: 0,"
        in data["text/plain"]
    )
    assert "says: {quantiles: {5: 0.01, 50: 0.05, 95: 0.2}}" in shown(executed, 1)["text/plain"]


def test_a_page_made_of_it_has_the_pictures(executed: Any) -> None:
    bare = nbformat.from_dict({**executed, "metadata": {}})  # as a notebook is kept whose views are not stored
    page, _ = HTMLExporter().from_notebook_node(bare)
    found = re.findall(r'<img[^>]* src="data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)"', page)
    laid, placed = (base64.b64decode(each).decode("utf-8") for each in found)
    assert "20 chips over 10 bins" in laid
    assert "0.6 to 0.7: 8 chips" in laid
    assert "implied at the same level" in placed
