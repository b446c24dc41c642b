"""Responsibility in two parts: what each factor answers for, above; what each event was to the outcome, below.

    factor    ●────     its Shapley share: the panel's mean and interval; ■ ▲ experts; ▷ without it  ◁ it alone
    event     ●  ◇      necessity (retrospective) and sufficiency in its circumstances; a bar is what couplings do

Shares are differences of probabilities and may be negative; both parts stand on one axis.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from causal.ask.answer import PANEL, Answer
from causal.ask.blame import Cause, Factor, Responsibility
from causal.ask.measure import Measure, as_measure
from causal.tell.pictures.forest import lanes
from causal.tell.pictures.ink import BAND, BLACK, BLUE, GREY, WITH, WITHOUT, Pen, marked, pens
from causal.tell.pictures.nodes import spoken
from causal.tell.pictures.sheet import Key, Sheet, named, notice, row_number, row_words, sheet
from causal.tell.wording import WITHHELD, difference, probability

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROW = 31.0
LEFT, RIGHT = 200.0, 96.0
UP = 0.22
NONE = 0.0005  # an event less necessary than this has no row
ALONE: Mapping[str, Any] = {
    "marker": "|", "markersize": 9.0, "markeredgewidth": 1.6, "color": BLUE, "linestyle": "none",
}  # fmt: skip
REMOVED: Mapping[str, Any] = {**ALONE, "marker": "x", "markersize": 5.5}


def responsibility_figure(result: Responsibility, labels: Mapping[str, str] | None = None) -> Figure:
    """Draw shares of the factors and necessity and sufficiency of events; ``labels`` name experts and variables."""
    said = labels or {}
    causes = [each for each in _sorted(result) if each.necessity is None or each.necessity.panel.mean >= NONE]
    rows = len(result.factors) + len(causes)
    if not rows:
        return notice(result.title, result.text)
    experts = [name for name in result.total.estimates if name != PANEL]
    drawn = pens(experts) if len(experts) > 1 else {}
    on = sheet(f"{result.title}: {result.reading}", ROW * (rows + 2), _keys(result, drawn, said), LEFT, RIGHT)
    low = min([0.0, *(_least(each.share) for each in result.factors)])
    on.axes.set_xlim(low - 0.02, 1.012)
    on.axes.set_xticks([x / 5 for x in range(round(low * 5), 6)])
    named(on.axes, "probability, or difference of probabilities")
    on.axes.set_ylim(rows + 1.5, -0.5)
    on.axes.axvline(0.0, color=GREY, linewidth=0.8, zorder=1)
    total = WITHHELD if result.total.mean is None else difference(result.total.mean)
    row_words(on, 0, "Shares of the factors (Shapley)", LEFT - 8.0, f"of {total}", bold=True)
    for row, factor in enumerate(sorted(result.factors, key=lambda f: -f.share.panel.mean), start=1):
        _factor(on, row, factor, result, drawn, said)
    start = len(result.factors) + 1
    row_words(on, start, "Events on record", LEFT - 8.0, _left_out(len(result.causes) - len(causes)), bold=True)
    for row, cause in enumerate(causes, start=start + 1):
        _cause(on, row, cause, drawn, said, result)
    return on.figure


def _left_out(count: int) -> str:
    return "necessity | sufficiency" + (f"; {count} not needed at all are left out" if count else "")


def _least(measure: Measure) -> float:
    ends = [e.mean for e in measure.estimates.values()]
    lower = measure.panel.lower
    return min([*ends, lower] if lower is not None and measure.draws > 1 else ends)


def _sorted(result: Responsibility) -> list[Cause]:
    return sorted(result.causes, key=lambda c: -(c.necessity.panel.mean if c.necessity else -1.0))


def _factor(
    on: Sheet, row: int, factor: Factor, result: Responsibility, drawn: Mapping[str, Pen], labels: Mapping[str, str]
) -> None:
    _band(on, row)
    words = labels.get(factor.name, result.voice.variable(factor.name))
    row_words(on, row, words, LEFT - 8.0, f"{spoken(factor.actual)}; instead {spoken(factor.alternative)}")
    if factor.share.gate.withholds:
        row_number(on, row, WITHHELD)
        return
    _panel(on, row, factor.share, drawn, result.voice.pooled)
    on.axes.plot([factor.removed.panel.mean], [row - UP], zorder=3, **REMOVED)
    on.axes.plot([factor.alone.panel.mean], [row - UP], zorder=3, **ALONE)
    portion = result.portion(factor)
    row_number(on, row, difference(factor.share.panel.mean) + ("" if portion is None else f"   {100 * portion:.0f} %"))


def _panel(on: Sheet, row: int, measure: Measure, drawn: Mapping[str, Pen], pooled: tuple[str, ...]) -> None:
    panel = measure.panel
    if measure.draws > 1 and panel.lower is not None and panel.upper is not None:
        on.axes.plot([panel.lower, panel.upper], [row - UP] * 2, color=BLACK, linewidth=1.6, zorder=2)
    on.axes.plot([panel.mean], [row - UP], zorder=4, **WITH)
    means = {name: measure.estimates[name].mean for name in drawn}
    for name, lane in lanes(means).items():
        on.axes.plot([means[name]], [row + lane], zorder=3, **marked(drawn[name], name in pooled))


def _cause(
    on: Sheet, row: int, cause: Cause, drawn: Mapping[str, Pen], labels: Mapping[str, str], result: Responsibility
) -> None:
    _band(on, row)
    words = labels.get(cause.name, result.voice.variable(cause.name))
    row_words(on, row, words, LEFT - 8.0, f"{spoken(cause.actual)}; instead {spoken(cause.alternative)}")
    need, enough = cause.necessity, cause.sufficiency
    if need is not None and not need.gate.withholds:
        _panel(on, row, as_measure(need), drawn, result.voice.pooled)
    if enough is not None and not enough.gate.withholds:
        on.axes.plot([enough.panel.mean], [row - UP], zorder=5, **WITHOUT)
    row_number(on, row, f"{_number(need)} | {_number(enough)}")


def _number(answer: Answer | None) -> str:
    if answer is None:
        return "\N{EN DASH}"
    return WITHHELD if answer.gate.withholds else probability(answer.panel.mean)


def _band(on: Sheet, row: int) -> None:
    if row % 2:
        on.axes.axhspan(row - 0.5, row + 0.5, color=BAND, linewidth=0.0, zorder=0)


def _keys(result: Responsibility, drawn: Mapping[str, Pen], labels: Mapping[str, str]) -> list[Key]:
    spread = "the panel: share, or necessity" + (", 90 % interval" if result.total.draws > 1 else "")
    keys = [Key(spread, {"linestyle": "-", "color": BLACK, "linewidth": 1.6, **WITH})]
    if result.factors:
        keys += [Key("removing it alone", REMOVED), Key("it alone", ALONE)]
    if result.causes:
        keys.append(Key("sufficiency in its circumstances", WITHOUT))
    for name, pen in drawn.items():
        inside = name in result.voice.pooled
        said = labels.get(name, result.voice.titles.get(name, spoken(name)))
        keys.append(Key(said if inside else f"{said} (not in the panel)", marked(pen, inside)))
    return keys


def described(result: Responsibility, labels: Mapping[str, str] | None = None) -> str:
    """Say in words what the picture shows, a line per factor, pair and event."""
    said = labels or {}
    lines = [f"{result.title}: {result.reading}."]
    for factor in result.factors:
        mean, portion = factor.share.mean, result.portion(factor)
        number = WITHHELD if mean is None else difference(mean)
        part = "" if portion is None else f", {100 * portion:.0f} % of what all do"
        lines.append(f"{said.get(factor.name, result.voice.variable(factor.name))}: share {number}{part}.")
    for pair in result.pairs:
        names = " and ".join(said.get(name, result.voice.variable(name)) for name in (pair.first, pair.second))
        lines.append(f"{names}: {pair.words}.")
    for cause in _sorted(result):
        words = said.get(cause.name, result.voice.variable(cause.name))
        lines.append(f"{words}: necessity {_number(cause.necessity)}, sufficiency {_number(cause.sufficiency)}.")
    return "\n".join(lines)
