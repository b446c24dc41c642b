"""A judgement and the belief made of it: the curve, what was stated, and what the curve says at the same levels.

    ╭─╮          the density that the belief gives to the stated number
    ▼  ▼   ▼     what was stated, with its level; crossed out where it was left out of the fit
    │  │    │    what the belief implies at the same levels; a slanted line between the two is misfit

A default, or a weak prior that nobody stated, shows its curve and the quantiles it implies, on its own scale.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from causal.elicit import Belief, Fit, Point
from causal.elicit.stated import THREE
from causal.learn.elicited import Derived, Prior
from causal.tell.pictures.ink import BLACK, BLUE, GREY, PALE, VERMILLION
from causal.tell.pictures.sheet import SMALL, Key, Sheet, named, row_words, sheet
from causal.tell.pictures.smooth import Floats
from causal.tell.wording import quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TALL, LEFT = 150.0, 62.0
STATED, IMPLIED, LOWEST = -0.13, -0.33, -0.42  # heights below the curve, whose top is 1
POINTS = 401
THIN = 5  # every so many points make the shade below the curve: its edge lies under the line
# What a prior without a fit of its own is, by its origin.
ORIGINS = {"judged": "fitted with others", "default": "a default", "weak": "a weak default, which nobody judged"}
TAIL = 1e-3  # the share beyond either end of the curve


NONE: Floats = np.empty(0)


@dataclass(frozen=True)
class Drawn:
    """What there is to draw: a density, and pairs of level and value."""

    x: Floats
    height: Floats
    stated: tuple[tuple[float, float], ...]
    implied: tuple[tuple[float, float], ...]
    left_out: tuple[tuple[float, float], ...]
    exact: float | None
    words: str


def fit_picture(of: Fit | Prior | Derived, title: str, turned: bool = False) -> Figure:
    """Draw what was stated beside what the belief made of it implies; ``turned`` draws one minus the fitted number."""
    found = drawn(of, turned)
    on = sheet(title, TALL, _keys(found), LEFT)
    if found.exact is not None:
        _exact(on, found.exact)
    else:
        on.axes.set_ylim(LOWEST, 1.08)
        on.axes.axhline(0.0, color=BLACK, linewidth=0.6, zorder=2)
        _curve(on, found)
        _quantiles(on, found)
    named(on.axes, found.words)
    return on.figure


def drawn(of: Fit | Prior | Derived, turned: bool = False) -> Drawn:
    """Return what a picture of a fit shows; ``turned``, of one minus the number that was fitted."""
    found = _drawn(of)
    return _turned(found) if turned else found


def _turned(found: Drawn) -> Drawn:
    def minus(pairs: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
        # rounded where a decimal was meant
        return tuple((round(1.0 - level, 12), round(1.0 - value, 12)) for level, value in reversed(pairs))

    exact = None if found.exact is None else round(1.0 - found.exact, 12)
    words = found.words if exact is None else f"the judged number, said exactly: {exact:g}"
    stated, implied, left_out = minus(found.stated), minus(found.implied), minus(found.left_out)
    return Drawn(1.0 - found.x[::-1], found.height[::-1], stated, implied, left_out, exact, words)


def _drawn(of: Fit | Prior | Derived) -> Drawn:
    fit = of if isinstance(of, Fit) else of.fit
    if fit is None:
        assert isinstance(of, Prior)
        return _unstated(of)
    family = fit.belief.family
    values = [*fit.quantile([TAIL, 1.0 - TAIL]).tolist(), *fit.values]
    if isinstance(fit.belief, Point) or not min(values) < max(values):
        return Drawn(NONE, NONE, (), (), (), fit.median, f"the judged number, said exactly: {fit.median:g}")
    x = np.linspace(min(values), max(values), POINTS)
    height = _height(fit.belief.cdf(fit.scale.read(x)), x)
    words = f"the judged number: {family}, largest misfit {fit.misfit:.2f}"
    stated = tuple(zip(fit.levels, fit.values, strict=True))
    return Drawn(x, height, stated, tuple(zip(fit.levels, fit.implied, strict=True)), fit.left_out, None, words)


def _unstated(prior: Prior) -> Drawn:
    belief: Belief = prior.belief
    if isinstance(belief, Point):
        return Drawn(NONE, NONE, (), (), (), belief.value, "the parameter, on its own scale")
    low, high = belief.quantile([TAIL, 1.0 - TAIL]).tolist()
    x = np.linspace(low, high, POINTS)
    implied = tuple(zip(THREE, belief.quantile(THREE).tolist(), strict=True))
    words = f"the parameter, on its own scale: {belief.family}, {ORIGINS.get(prior.origin, prior.origin)}"
    return Drawn(x, _height(belief.cdf(x), x), (), implied, (), None, words)


def _height(reached: Floats, x: Floats) -> Floats:
    """Return the density from the distribution function, its top at 1; an end that runs to infinity is cut."""
    slope = np.gradient(reached, x)
    top = float(np.max(slope[1:-1]))  # the ends of a U-shaped density may be as high as one likes
    return np.clip(slope / top, 0.0, 1.0) if top > 0 else slope


def _keys(found: Drawn) -> list[Key]:
    if found.exact is not None:
        return [Key("said exactly", {"linestyle": "-", "color": BLACK, "linewidth": 1.6})]
    stated = {"marker": "v", "markersize": 6.0, "color": BLACK, "linestyle": "none"}
    keys = [Key("the belief", {"linestyle": "-", "color": BLUE, "linewidth": 1.4})]
    if found.stated:
        keys.append(Key("stated", stated))
    keys.append(Key("implied at the same level", {**stated, "marker": "|", "color": BLUE, "markeredgewidth": 1.6}))
    if found.left_out:
        keys.append(Key("stated, but left out of the fit", {**stated, "marker": "x", "color": VERMILLION}))
    return keys


def _exact(on: Sheet, value: float) -> None:
    on.axes.set_ylim(0.0, 1.08)
    on.axes.plot([value, value], [0.0, 1.0], color=BLACK, linewidth=1.6)
    low, high = (0.0, 1.0) if 0.0 <= value <= 1.0 else (value - 1.0, value + 1.0)
    on.axes.set_xlim(low - 0.012, high + 0.012)


def _curve(on: Sheet, found: Drawn) -> None:
    on.axes.fill_between(found.x[::THIN], 0.0, found.height[::THIN], color=PALE, linewidth=0.0, zorder=1)
    on.axes.plot(found.x, found.height, color=BLUE, linewidth=1.4, zorder=3)
    margin = 0.03 * float(np.ptp(found.x)) or 0.01
    on.axes.set_xlim(float(found.x.min()) - margin, float(found.x.max()) + margin)


def _quantiles(on: Sheet, found: Drawn) -> None:
    row_words(on, IMPLIED, "implied", LEFT)
    if found.stated:
        row_words(on, STATED, "stated", LEFT)
    for pair in found.stated:
        _, value = pair
        left = pair in found.left_out
        marker, colour = ("x", VERMILLION) if left else ("v", BLACK)
        on.axes.plot([value], [STATED], marker=marker, color=colour, markersize=6.0, linestyle="none", zorder=4)
    for (level, value), (_, stated) in zip(found.implied, found.stated or found.implied, strict=True):
        on.axes.plot([stated, value], [STATED, IMPLIED], color=GREY, linewidth=0.6, zorder=2)
        on.axes.plot([value], [IMPLIED], marker="|", markersize=8.0, markeredgewidth=1.6, color=BLUE, zorder=4)
        on.axes.annotate(
            f"{100 * level:.3g} %", (value, IMPLIED), xytext=(3.5, -1.0), textcoords="offset points", fontsize=SMALL,
            color=GREY, va="center_baseline", parse_math=False, zorder=4,
        )  # fmt: skip


def described(of: Fit | Prior | Derived, turned: bool = False) -> str:
    """Say in words what the picture of a fit shows."""
    found = drawn(of, turned)
    lines = [found.words]
    lines += [f"{100 * level:.3g} %: stated {quantity(value)}" for level, value in found.stated]
    lines += [f"{100 * level:.3g} %: implied {quantity(value)}" for level, value in found.implied]
    return "\n".join(lines)
