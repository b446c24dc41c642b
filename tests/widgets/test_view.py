"""The view in a real browser: what pointer and keys do to the state, and what is shown of what Python answers.

Each test writes one page: the module as it is shipped, a model that holds a widget's state and records what is set and
sent, and a script of what a hand would do. The page's DOM afterwards holds what became of it. Without Debian's chromium
these tests are skipped.
"""

from __future__ import annotations

import functools
import html
import http.server
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import causal
from causal.widgets.judging import HERE, Judging

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium here: the view is not opened in a browser")

HEAVY = "P(grass = wet | only rain = heavy)"
LAID = [0, 0, 0, 0, 1, 3, 8, 6, 2, 0]
SECONDS = 60

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>a hand</title>
<link rel="stylesheet" href="judging.css"><style>body {{ margin: 0; width: {width}px; }}</style>
<div id="place"></div><pre id="result"></pre>
<script type="module">
import widget from "./judging.js";
const state = {state}, heard = {{}}, sent = [], saved = [];
const model = {{
  get: (name) => state[name],
  set: (name, value) => {{ state[name] = value; (heard["change:" + name] ?? []).forEach((each) => each()); }},
  save_changes: () => saved.push(structuredClone({{ counts: state.counts, values: state.values }})),
  on: (name, each) => (heard[name] ??= []).push(each),
  off: (name, each) => (heard[name] = (heard[name] ?? []).filter((other) => other !== each)),
  send: (message) => sent.push(message),
}};
const all = (what) => [...document.querySelectorAll(what)];
const one = (what) => document.querySelector(what);
const key = (element, name) => element.dispatchEvent(
  new KeyboardEvent("keydown", {{ key: name, bubbles: true, cancelable: true }}));
const keys = (...names) => names.forEach((name) => key(document.activeElement, name));
const point = (kind, element, x, y, more = {{}}) => {{
  const Kind = kind === "click" ? MouseEvent : PointerEvent;
  const mouse = {{ pointerId: 1, pointerType: "mouse", button: 0, bubbles: true, cancelable: true, ...more }};
  element.dispatchEvent(new Kind(kind, {{ clientX: x, clientY: y, ...mouse }}));
}};
Element.prototype.setPointerCapture = () => {{}};  // there is no pointer to capture
const later = (milliseconds) => new Promise((then) => setTimeout(then, milliseconds));
const stop = widget.render({{ model, el: one("#place") }});
let result;
try {{ result = await (async () => {{ {script} }})(); }} catch (error) {{ result = {{ error: String(error.stack) }}; }}
one("#result").textContent = JSON.stringify(result);
</script></html>
"""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """Serve a folder that holds the shipped module, on this machine only."""
    for name in ("judging.js", "judging.css"):
        shutil.copy(HERE / name, tmp_path)

    class Silent(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Silent, directory=str(tmp_path))
    ) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield tmp_path, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def state_of(widget: Judging) -> dict[str, Any]:
    return {name: getattr(widget, name) for name in widget.trait_names(sync=True) if not name.startswith("_")}


def play(desk: tuple[Path, str], widget: Judging, script: str, width: int = 640) -> Any:
    """Return what a script returns that runs beside a widget's view."""
    folder, address = desk
    known = {name: value for name, value in state_of(widget).items() if jsonable(value)}
    state = json.dumps(known).replace("<", "\\u003c")
    (folder / "page.html").write_text(PAGE.format(state=state, script=script, width=width), encoding="utf-8")
    command = [
        str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}",
        "--window-size=800,900", "--virtual-time-budget=8000", "--dump-dom", f"{address}/page.html",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=True)
    found = re.search(r'<pre id="result">(.*?)</pre>', done.stdout, flags=re.DOTALL)
    assert found, done.stdout[-2000:]
    assert found[1], "the page's script did not end"
    result = json.loads(html.unescape(found[1]))
    assert "error" not in (result if isinstance(result, dict) else {}), result["error"]
    return result


def jsonable(value: object) -> bool:
    return isinstance(value, str | int | float | bool | list | dict | type(None))


# Where the middle of a bin and a row lies on the screen, for the scripts below.
CELL = """
const cell = (bin, row, rows = 8) => {
  const box = all(".column .ground")[bin].getBoundingClientRect();
  return [box.left + box.width / 2, box.bottom - (row - 0.5) * box.height / rows];
};
"""


def test_keys_lay_chips_and_walk_along_the_bins(desk: tuple[Path, str]) -> None:
    widget = causal.roulette(HEAVY, bins=5, chips=6, by="anna")
    found = play(
        desk,
        widget,
        """
        all(".column")[0].focus();
        keys("ArrowRight", "ArrowUp", "ArrowUp", "ArrowRight", "ArrowUp", "PageUp", "ArrowUp", "ArrowDown");
        const column = document.activeElement;
        const spoken = ["role", "aria-label", "aria-valuenow", "aria-valuemax", "aria-valuetext"];
        const told = spoken.map((name) => column.getAttribute(name));
        keys("End", "ArrowUp", "Home", "ArrowLeft");
        return { counts: state.counts, saved: saved.length, told, first: document.activeElement === all(".column")[0],
                 tabs: all('.column[tabindex="0"]').length, chips: all(".chip").length };
        """,
    )
    assert found["counts"] == [0, 2, 3, 0, 1]  # six chips: five more were asked for than there were
    assert found["told"] == ["spinbutton", "0.4 to 0.6", "3", "4", "3 chips, 1 left"]
    assert found["saved"] == 6  # what moved nothing is not sent
    assert found["chips"] == 6
    assert found["first"]
    assert found["tabs"] == 1
    widget.counts = found["counts"]
    assert "says: {chips: {0-0.2: 0, 0.2-0.4: 2, 0.4-0.6: 3, 0.6-0.8: 0, 0.8-1: 1}}" in widget.judgement


def test_a_click_raises_the_stack_and_takes_its_top_off(desk: tuple[Path, str]) -> None:
    found = play(
        desk,
        causal.roulette(HEAVY),
        CELL
        + """
        const seen = [];
        for (const [bin, row] of [[3, 4], [3, 4], [7, 1], [3, 6], [3, 2]]) {
          point("click", all(".column")[bin], ...cell(bin, row));
          seen.push([state.counts[3], state.counts[7]]);
        }
        return { seen, focus: document.activeElement === all(".column")[3] };
        """,
    )
    assert found == {"seen": [[4, 0], [3, 0], [3, 1], [6, 1], [2, 1]], "focus": True}


def test_a_mouse_draws_a_stack_and_the_click_that_ends_it_does_nothing(desk: tuple[Path, str]) -> None:
    found = play(
        desk,
        causal.roulette(HEAVY),
        CELL
        + """
        const column = all(".column")[2];
        point("pointerdown", column, ...cell(2, 1));
        point("pointermove", column, ...cell(2, 3));
        point("pointermove", column, ...cell(2, 5));
        const high = state.counts[2];
        point("pointermove", column, ...cell(2, 2));
        point("pointerup", column, ...cell(2, 2));
        point("click", column, ...cell(2, 2));
        point("pointermove", column, ...cell(2, 7));
        const mouse = state.counts[2];
        point("pointerdown", column, ...cell(2, 6), { pointerType: "touch" });
        const touch = state.counts[2];
        return { high, mouse, touch };
        """,
    )
    assert found == {"high": 5, "mouse": 2, "touch": 2}


def test_no_more_chips_than_there_are_and_all_can_be_taken_off(desk: tuple[Path, str]) -> None:
    found = play(
        desk,
        causal.roulette(HEAVY, chips=5),
        """
        all(".column")[1].focus();
        keys("PageUp", "PageUp", "ArrowRight", "ArrowUp");
        const laid = state.counts.slice();
        one(".none").click();
        return { laid, off: state.counts, disabled: one(".none").disabled };
        """,
    )
    assert found == {"laid": [0, 5] + [0] * 8, "off": [0] * 10, "disabled": True}


def test_arrow_keys_move_a_mark_up_to_its_neighbour(desk: tuple[Path, str]) -> None:
    widget = causal.quantiles(HEAVY, by="anna", step=0.01)
    found = play(
        desk,
        widget,
        """
        const [low, middle, high] = all(".mark");
        const hollow = all(".mark.waiting").length;
        low.focus(); keys("ArrowRight", "ArrowUp", "PageUp", "ArrowLeft");
        high.focus(); keys("Enter");
        middle.focus(); keys("Home");
        const nearest = state.values[1];
        keys("End", "ArrowRight", "ArrowDown");
        const told = ["role", "aria-label", "aria-valuemin", "aria-valuemax", "aria-valuenow", "aria-valuetext"]
          .map((name) => middle.getAttribute(name));
        const still = all(".mark.waiting").length;
        return { hollow, nearest, values: state.values, placed: state.placed, told, still };
        """,
    )
    assert found["hollow"] == 3
    assert found["nearest"] == 0.17
    assert found["values"] == [0.16, 0.93, 0.95]
    assert found["placed"] == [True, True, True]
    assert found["still"] == 0
    assert found["told"] == ["slider", "50 % quantile", "0.17", "0.94", "0.93", "0.93"]
    widget.values, widget.placed = found["values"], found["placed"]
    assert "says: {quantiles: {5: 0.16, 50: 0.93, 95: 0.95}}" in widget.judgement


def test_a_mark_is_dragged_and_stops_at_its_neighbour(desk: tuple[Path, str]) -> None:
    found = play(
        desk,
        causal.quantiles(HEAVY),
        """
        const [low, middle, high] = all(".mark");
        const box = one("svg").getBoundingClientRect();
        const x = (value) => box.left + 14 + value * (box.width - 28);
        const y = box.top + 190;
        point("pointerdown", middle, x(0.5) + 3, y);
        point("pointermove", middle, x(0.7) + 3, y);
        const moved = state.values[1];
        point("pointermove", middle, x(1.4), y);
        point("pointerup", middle, x(1.4), y);
        point("pointermove", middle, x(0.2), y);
        return { moved, values: state.values, placed: state.placed };
        """,
    )
    assert found == {"moved": 0.7, "values": [0.05, 0.945, 0.95], "placed": [False, True, False]}


def test_what_python_answers_is_drawn_and_what_it_does_not_fades(desk: tuple[Path, str]) -> None:
    widget = causal.roulette(HEAVY, by="anna", counts=LAID)
    after = causal.roulette(HEAVY, by="anna", counts=[0, 0, 0, 0, 1, 3, 8, 5, 2, 0])
    answer = json.dumps({"curve": after.curve, "said": after.said, "yaml": after.yaml})
    found = play(
        desk,
        widget,
        """
        const marked = (name) => one(".judging").classList.contains(name);
        const now = () => ({
          stale: marked("stale"), late: marked("late"), d: one(".curve").getAttribute("d").length,
          yaml: one(".yaml").textContent, copy: !one(".copy").disabled,
          said: all(".said p").map((line) => line.textContent),
        });
        const seen = [now()];
        all(".column")[7].focus(); keys("ArrowDown");
        seen.push(now());
        await later(2000);
        seen.push(now());
        for (const [name, value] of Object.entries("""
        + answer
        + """)) model.set(name, value);
        seen.push(now());
        return seen;
        """,
    )
    fresh, moved, unanswered, answered = found
    assert not fresh["stale"]
    assert fresh["d"] > 500
    assert fresh["yaml"] == widget.judgement
    assert [line.replace("\u00a0", " ") for line in fresh["said"]] == widget.said
    assert moved["stale"]
    assert moved["yaml"] == widget.judgement  # the last one stays to be read, but not to be copied
    assert not moved["copy"]
    assert (moved["late"], unanswered["late"]) == (False, True)
    assert unanswered["d"] == fresh["d"]
    assert answered["yaml"] == after.judgement
    assert answered["copy"]
    assert not answered["stale"]
    assert not answered["late"]


def test_a_view_that_was_left_asks_for_its_picture_and_one_that_was_closed_is_deaf(desk: tuple[Path, str]) -> None:
    found = play(
        desk,
        causal.roulette(HEAVY),
        """
        const outside = document.body.appendChild(document.createElement("button"));
        document.hasFocus = () => true;
        const leave = (to) => one(".judging").dispatchEvent(
          new FocusEvent("focusout", { bubbles: true, relatedTarget: to }));
        leave(outside);
        const untouched = sent.length;
        all(".column")[0].focus(); keys("ArrowUp");
        leave(one(".none"));
        const inside = sent.length;
        leave(outside); leave(outside);
        stop();
        const chips = all(".chip").length;
        model.set("counts", [3, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        return { untouched, inside, sent, deaf: all(".chip").length === chips };
        """,
    )
    assert found == {"untouched": 0, "inside": 0, "sent": [{"left": True}], "deaf": True}


@pytest.mark.parametrize("width", [390, 800])
@pytest.mark.parametrize("kind", ["roulette", "quantiles"])
def test_it_fits_a_telephone(desk: tuple[Path, str], kind: str, width: int) -> None:
    study = causal.load("rain")
    widget: Judging = (
        study.roulette(HEAVY, by="anna", bins=20, counts=[0] * 12 + [1, 2, 4, 6, 4, 2, 1, 0])
        if kind == "roulette"
        else study.quantiles(HEAVY, by="anna", levels=(5, 25, 50, 75, 95), values=[0.6, 0.61, 0.62, 0.63, 0.64])
    )
    found = play(
        desk,
        widget,
        """
        const boxes = [...all(".judging *")].filter((each) => each.getClientRects().length);
        const names = all(".mark .name").map((each) => each.getBoundingClientRect());
        return { left: Math.min(...boxes.map((each) => each.getBoundingClientRect().left)),
                 right: Math.max(...boxes.map((each) => each.getBoundingClientRect().right)),
                 apart: names.slice(1).every((each, i) => each.left > names[i].right),
                 words: one(".question").textContent,
                 small: Math.min(...all("svg text").map((each) => parseFloat(getComputedStyle(each).fontSize))) };
        """,
        width=width,
    )
    assert found["left"] >= 0
    assert found["right"] <= width
    assert found["apart"]
    assert found["small"] >= 12
    assert found["words"] == "Grass: wet, with Rain: heavy as the only cause"


def test_nothing_of_a_file_runs(desk: tuple[Path, str]) -> None:
    widget = causal.roulette(HEAVY, by="anna", counts=LAID)
    widget.words = "<img src=x onerror='document.title = 1'>"
    widget.meaning = ["<script>document.title = 1</script>"]
    widget.said = ["</p><img src=x onerror='document.title = 1'>"]
    widget.yaml = "</pre><img src=x onerror='document.title = 1'>"
    found = play(
        desk,
        widget,
        """
        await later(200);
        return { title: document.title, images: all("img").length, scripts: all(".judging script").length };
        """,
    )
    assert found == {"title": "a hand", "images": 0, "scripts": 0}


def test_the_module_fetches_nothing() -> None:
    for name in ("judging.js", "judging.css"):
        text = (HERE / name).read_text(encoding="utf-8")
        found = set(re.findall(r"https?://[^\s\"']+", text))
        assert found <= {"http://www.w3.org/2000/svg"}  # a namespace, which is a name and no place
        assert "@import" not in text
        assert "fetch(" not in text
        assert not re.search(r"^import\b|\bimport\(", text, flags=re.MULTILINE)
