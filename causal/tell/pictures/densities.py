"""One answer, expert by expert: where each one's draws lie, and the panel that mixes them.

    an answer                   a row is
    a probability, a number     a ridge of its density over its mean and interval; the panel on top
    without draws, or constant  the mean and interval alone
    a share of draws            the share alone
    a whole distribution        a bar of the states' means, one after the other

Each ridge has the same height, so that a wide one is still seen: heights compare within a row, not between rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from causal.ask.answer import PANEL, Answer, Estimate
from causal.learn.gate import PASS
from causal.spec.priors import LINEAR, PANELS
from causal.tell.pictures.ink import BLACK, FAINT, GREY, WITH, Pen, marked, pens, shade
from causal.tell.pictures.nodes import percent, spoken
from causal.tell.pictures.sheet import (
    SMALL,
    Key,
    Sheet,
    named,
    notice,
    row_number,
    row_words,
    shares_axis,
    sheet,
)
from causal.tell.pictures.smooth import Floats, curve
from causal.tell.wording import decimal, probability

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LEFT, RIGHT = 130.0, 96.0
RIDGE, BARE, STACK = 42.0, 24.0, 26.0  # heights of a row: with ridges, without, of bars
TOP = 0.78  # how high a ridge rises in its row
BASE = 0.24  # where it stands, from the row's middle down
BELOW = 0.34  # where its interval lies
LOW, HIGH = 0.005, 0.995  # the share of draws that an axis without ends of its own shows
FITS = 26.0  # a segment narrower than this, in points, has no room for its number


def densities(
    answer: Answer, labels: Mapping[str, str] | None = None, weights: Mapping[str, float] | None = None
) -> Figure:
    """Draw an answer by expert and for the panel.

    ``labels`` are what experts are called, ``weights`` the pooled experts' shares in the panel (equal if left out).
    """
    title = answer.question
    if answer.gate.withholds:
        return notice(title, f"Not reported: {answer.gate.findings[0]}.")
    return _stacks(answer, title, labels or {}) if answer.states else _ridges(answer, title, labels or {}, weights)


def _ridges(answer: Answer, title: str, labels: Mapping[str, str], weights: Mapping[str, float] | None) -> Figure:
    drawn = pens(answer.experts)
    rows = _rows(answer)
    share = answer.kind == "share"
    interval = "mean" if answer.draws == 1 or share else f"mean and {100 * answer.ci_prob:.0f} % interval"
    line = "none" if answer.draws == 1 or share else "-"
    keys = [Key(f"{interval} of the panel", {**WITH, "linestyle": line, "linewidth": 1.6})]
    if len(rows) == 1:
        keys = []
    own = {"marker": "o", "markersize": 5.0, "color": GREY, "linestyle": line, "linewidth": 1.6}
    keys.append(Key(f"{interval} of an expert", own))
    if answer.gate.verdict != PASS:
        keys.append(Key("! flagged by the gate, see the diagnostics", {"marker": "$!$", "color": BLACK}))
    low, high = _span(answer)
    curves = {} if share else _curves(answer, low, high)
    on = sheet(title, (RIDGE if curves else BARE) * len(rows), keys, LEFT, RIGHT)
    if answer.kind == "number":
        on.axes.set_xlim(low, high)
        on.axes.axvline(0.0, color=GREY, linewidth=0.8, linestyle=(0, (2, 2)), zorder=1)
        named(on.axes, "change in probability" if answer.question.startswith("effect(") else "value")
    else:
        shares_axis(on.axes, "share of draws in which it holds" if share else "probability")
    on.axes.set_ylim(len(rows) - 0.5, -0.5)
    mixed = _mixed(answer, curves, weights)
    for row, name in enumerate(rows):
        pen = drawn.get(name, Pen(BLACK, "o"))
        _say(on, row, name, answer, labels)
        if name == PANEL:
            _ridge(on.axes, row, mixed, FAINT, BLACK)
        elif name in curves:
            _ridge(on.axes, row, curves[name], pen.colour, pen.colour)
        _interval(on.axes, row + BELOW if curves else row, answer, name, pen)
    return on.figure


def _rows(answer: Answer) -> tuple[str, ...]:
    """Return whose rows there are; a panel that is the mixture of one expert is that expert."""
    alone = len(answer.experts) == 1 and answer.pooling == LINEAR
    return answer.experts if alone else (PANEL, *answer.experts)


def _span(answer: Answer) -> tuple[float, float]:
    """Return the ends of the axis: 0 and 1, or where nearly all draws and every interval lie."""
    if answer.kind != "number":
        return 0.0, 1.0
    ends = [end for e in answer.estimates.values() for end in (e.mean, e.lower, e.upper) if end is not None]
    for draws in answer.samples.values():
        finite = draws[np.isfinite(draws)]
        if finite.size:
            ends += np.quantile(finite, [LOW, HIGH]).tolist()
    ends = [end for end in ends if np.isfinite(end)] or [0.0]
    low, high = min(0.0, *ends), max(0.0, *ends)
    margin = 0.04 * (high - low) or 0.5
    return low - margin, high + margin


def _curves(answer: Answer, low: float, high: float) -> dict[str, tuple[Floats, Floats]]:
    """Return a curve per expert, and for a panel with draws of its own, where these are there and not all the same."""
    found = {}
    for name in (*answer.experts, PANEL):
        draws = answer.samples.get((name, ""))
        if draws is None:
            continue
        finite = np.asarray(draws, dtype=float)[np.isfinite(draws)]
        if finite.size > 1 and np.ptp(finite) > 0:
            found[name] = curve(finite, low, high, closed=answer.kind == "probability")
    return found


def _mixed(
    answer: Answer, curves: Mapping[str, tuple[Floats, Floats]], weights: Mapping[str, float] | None
) -> tuple[Floats, Floats] | None:
    """Return the panel's curve: of its own draws, or the mixture where every pooled expert has one."""
    if answer.pooling != LINEAR:
        return curves.get(PANEL)
    if not answer.pooled or any(name not in curves for name in answer.pooled):
        return None
    given = {name: 1.0 if weights is None else weights.get(name, 0.0) for name in answer.pooled}
    total = sum(given.values()) or 1.0
    x = curves[answer.pooled[0]][0]
    return x, np.sum([given[name] / total * curves[name][1] for name in answer.pooled], axis=0)


def _ridge(axes: Axes, row: int, found: tuple[Floats, Floats] | None, fill: str, line: str) -> None:
    if found is None or not found[1].max() > 0:
        return
    x, height = found
    base = row + BASE
    y = base - TOP * height / height.max()
    axes.fill_between(x, y, base, color=fill, alpha=0.35, linewidth=0.0, zorder=2)
    axes.plot(x, y, color=line, linewidth=1.1, zorder=3)


def _interval(axes: Axes, y: float, answer: Answer, name: str, pen: Pen) -> None:
    estimate = answer.estimates[(name, "")]
    lower, upper = _ends(answer, estimate)
    if upper > lower:
        axes.plot([lower, upper], [y, y], color=pen.colour, linewidth=1.6, solid_capstyle="butt", zorder=4)
    style = WITH if name == PANEL else marked(pen, name in answer.pooled)
    if np.isfinite(estimate.mean):
        axes.plot([estimate.mean], [y], zorder=5, **style)


def _ends(answer: Answer, estimate: Estimate) -> tuple[float, float]:
    if estimate.lower is None or estimate.upper is None or answer.draws == 1:
        return estimate.mean, estimate.mean
    return estimate.lower, estimate.upper


def _say(on: Sheet, row: int, name: str, answer: Answer, labels: Mapping[str, str]) -> None:
    below = "" if name == PANEL or name in answer.pooled or len(answer.experts) == 1 else "not in the panel"
    said = PANELS[answer.pooling] if name == PANEL else labels.get(name, spoken(name))
    row_words(on, row, said, LEFT - 8.0, below, bold=name == PANEL)
    flag = " !" if name == PANEL and answer.gate.verdict != PASS else ""
    row_number(on, row, f"{_shown(answer, answer.estimates[(name, '')])}{flag}")


def _shown(answer: Answer, estimate: Estimate) -> str:
    """Return a mean and its interval as they are printed."""
    show = decimal if answer.kind == "number" else probability
    lower, upper = _ends(answer, estimate)
    return f"{show(estimate.mean)} [{show(lower)}, {show(upper)}]" if upper > lower else show(estimate.mean)


def _stacks(answer: Answer, title: str, labels: Mapping[str, str]) -> Figure:
    rows = _rows(answer)
    shades = {state: shade(place, len(answer.states)) for place, state in enumerate(answer.states)}
    square = {"marker": "s", "markersize": 8.0, "markeredgecolor": BLACK, "markeredgewidth": 0.5}
    keys = [Key(spoken(state), {**square, "markerfacecolor": fill}) for state, (fill, _) in shades.items()]
    if answer.gate.verdict != PASS:
        keys.append(Key("flagged by the gate, see the diagnostics", {"marker": "$!$", "color": BLACK}))
    on = sheet(title, STACK * len(rows), keys, LEFT)
    shares_axis(on.axes, "mean probability of each state")
    on.axes.set_ylim(len(rows) - 0.5, -0.5)
    room = on.figure.get_size_inches()[0] * 72 * on.axes.get_position().width
    for row, name in enumerate(rows):
        below = "" if name == PANEL or name in answer.pooled or len(answer.experts) == 1 else "not in the panel"
        said = PANELS[answer.pooling] if name == PANEL else labels.get(name, spoken(name))
        row_words(on, row, said, LEFT - 8.0, below, bold=name == PANEL)
        start = 0.0
        for state in answer.states:
            share = answer.estimates[(name, state)].mean
            fill, ink = shades[state]
            on.axes.barh(row, share, 0.66, start, color=fill, edgecolor=BLACK, linewidth=0.5, zorder=2)
            if share * room >= FITS:
                on.axes.text(
                    start + share / 2, row, percent(share), color=ink, fontsize=SMALL, ha="center",
                    va="center_baseline", parse_math=False, zorder=3,
                )  # fmt: skip
            start += share
    return on.figure


def described(answer: Answer, labels: Mapping[str, str] | None = None) -> str:
    """Say in sentences what the picture of an answer shows."""
    if answer.gate.withholds or answer.states or len(answer.experts) == 1:
        return answer.text
    said = "; ".join(
        f"{(labels or {}).get(name, spoken(name))} {_shown(answer, answer.estimates[(name, '')])}"
        for name in answer.experts
    )
    return f"{answer.text} By expert: {said}."
