"""What `causal elicit` lays side by side: what an expert said, and what comes out of it.

    a judgement that     beside what was said                                    marked
    sets a parameter     the fitted belief at 5, 50 and 95 %, and its density    misfit from 0.05, quantile left out
    is derived           what the expert's own parameters imply without it       z above 2
    orders, or signs     the share of draws from their priors where it holds       it denies what was said
    has parts            their sum beside the whole                               they do not make it
    is of what is known  its scores                                              scoring.py
    a default of a       what it comes to from the expert's own reference
    departure

Nothing is sampled: what parameters imply comes from independent draws of their priors. Facts first, then the same
facts for a reader; a block to a judgement, because questions are long and terminals narrow.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from causal.ask.saying import counted
from causal.cli import scoring
from causal.cli.screen import number, show

if TYPE_CHECKING:
    from causal.ask.judged import Checked, Judged
    from causal.elicit import Belief, Scale
    from causal.learn.elicited import Elicited, Prior
    from causal.study import Study
    from causal.tell.claims import Direct, Loop, Split, Worded

LEVELS = (0.05, 0.50, 0.95)
CELLS = 24  # letters of a density
BLOCKS = " ▁▂▃▄▅▆▇█"
FAINT = 1 / 64  # of the highest share: what is less is not drawn
MARKED = "!"


def facts(study: Study, by: str | None = None) -> dict[str, Any]:
    """Return, for one expert or all, every judgement beside what comes out of it, JSON-ready.

    Raises UsageError where there is no such expert, SpecError with every judgement that cannot be used.
    """
    from causal.ask.judged import checked, judged
    from causal.errors import UsageError, nearest
    from causal.tell.judgements import defaults, direct, loops, splits
    from causal.tell.judgements import worded as words

    experts = study.priors.experts
    if by is not None and by not in experts:
        raise UsageError(f"no expert {by!r}{nearest(by, experts)}; they are {', '.join(experts)}")
    elicited, panel = study.elicited, study.at_medians().panel
    said, derived, compared = direct(elicited), judged(panel), checked(panel)
    apart, around, worded, stand_in = splits(elicited), loops(elicited), words(elicited), defaults(elicited)
    return {
        "model": study.model.name,
        "priors": study.priors.name if study.priors.path else None,
        "experts": [
            {
                "name": name,
                "title": experts[name].title,
                "school": experts[name].school,
                "pool": elicited.weights[name] > 0,
                "share": elicited.weights[name] / sum(elicited.weights.values()),
                "parameters": [_parameter(elicited, each) for each in said if each.by == name],
                "derived": [_derived(each) for each in derived if each.derived.expert == name],
                "orders": [_order(each) for each in compared if each.compared.expert == name],
                "parts": [_split(each) for each in apart if each.by == name],
                "circles": [_loop(each) for each in around if each.by == name],
                "own_phrases": [_phrase(each) for each in worded if name in each.by and not each.published],
                "abstained": [str(each.about) for each in elicited.abstained if each.by == name],
                "defaults": sum(prior.origin == "default" for prior in elicited.held[name].priors),
                "shifted": [_shifted(each, name) for each in stand_in if name in each.shifted],
                "unjudged": list(elicited.weak[name]),
            }
            for name in ((by,) if by else elicited.experts)
        ],
        "known": scoring.facts(elicited, by),
        "coding": None if elicited.coding is None else {**asdict(elicited.coding), "text": elicited.coding.told},
    }


def _parameter(elicited: Elicited, said: Direct) -> dict[str, Any]:
    from causal.elicit.fit import MISFIT, TIE

    prior = next(each for each in elicited.held[said.by].priors if each.parameter.name == said.parameter)
    points = sorted((point.level, point.stated, point.implied) for point in said.quantiles)
    implied, drawn = _implied(prior)
    return {
        "about": said.question,
        "parameter": said.parameter,
        "said": said.said,
        "line": 0 if prior.judgement is None else prior.judgement.line,
        "exactly": said.exactly,
        "stated": [{"level": level, "stated": value, "implied": met} for level, value, met in points],
        "implied": implied,
        "misfit": said.misfit,
        # a tail that is missed altogether is just 0.05 off
        "marked": said.misfit >= MISFIT - TIE or bool(prior.fit and prior.fit.left_out),
        "density": drawn,
        "notes": list(said.notes),
        "because": said.reason.because,
        "source": said.reason.source,
        "page": said.reason.page,
    }


def _shifted(default: Direct, name: str) -> dict[str, Any]:
    """Return a default that comes to another number for an expert, whose reference is not the default one."""
    middle = default.exactly
    if middle is None:
        middle = next((point.implied for point in default.quantiles if math.isclose(point.level, 0.5)), None)
    return {
        "about": default.question,
        "default": middle,
        "here": dict(zip(("5", "50", "95"), default.shifted[name], strict=True)),
    }


def _implied(prior: Prior) -> tuple[dict[str, float] | None, list[float]]:
    """Return what the belief says at 5, 50 and 95 % and its density, both about the question that was judged."""
    if prior.fit is None:
        return None, []
    scale = prior.fit.scale
    low, middle, high = (float(each) for each in scale.state(prior.belief.quantile(LEVELS)))
    drawn = density(prior.belief, scale)
    if prior.turned:  # a judgement of P(y = no | ...) is fitted as one of P(y = yes | ...)
        low, middle, high = 1.0 - high, 1.0 - middle, 1.0 - low
        drawn = drawn[::-1]
    return {"5": low, "50": middle, "95": high}, drawn


def density(belief: Belief, scale: Scale) -> list[float]:
    """Return how likely a probability is to lie in each of the ``CELLS`` equal parts of [0, 1].

    >>> from causal.elicit import Beta, Share
    >>> [round(share, 2) for share in density(Beta(1, 1), Share())[:2]]
    [0.04, 0.04]
    """
    import numpy as np

    reached = belief.cdf(scale.read(np.linspace(0.0, 1.0, CELLS + 1)))
    reached[0] = 0.0  # what lies on the lower end lies in the first cell
    return [float(share) for share in np.diff(reached)]


def blocks(shares: Sequence[float]) -> str:
    """Return a line of blocks, the highest share a full one.

    >>> blocks([0.1, 0.2, 0.4, 0.0])
    '▂▄█ '
    """
    top = max(shares, default=0.0)
    full = len(BLOCKS) - 1
    return "".join(BLOCKS[math.ceil(full * share / top)] if share > top * FAINT else BLOCKS[0] for share in shares)


def _derived(each: Judged) -> dict[str, Any]:
    from causal.learn.coded import said_by_all

    belief, said, before = each.derived.fit.belief, each.derived.judgement, each.before
    return {
        "about": str(said.about),
        "said": said_by_all(said, each.derived.readings),
        "line": said.line,
        "use": each.derived.use,
        "weight": said.weight,
        "stated": [{"level": level, "stated": value} for level, value in sorted(each.stated)],
        "scale": each.derived.scale,
        "normal": {"mean": belief.mean, "sd": belief.sd},
        "reads": dict(zip(("5", "50", "95"), each.read, strict=True)),
        "before": {"5": before.lower, "50": before.median, "95": before.upper},
        "z": each.z,
        "marked": each.at_odds,
        "notes": list(each.derived.fit.notes),
        "because": said.because,
    }


def _order(each: Checked) -> dict[str, Any]:
    said = each.compared.judgement
    return {
        "about": str(said.about),
        "said": said.said,
        "line": said.line,
        "use": each.compared.use,
        "stated": each.compared.probability,
        "before": each.before.mean,
        "marked": each.at_odds,
        "because": said.because,
    }


def _split(each: Split) -> dict[str, Any]:
    return {
        "parts": [{"about": question, "median": median} for question, median in each.parts],
        "of": each.of or None,
        "whole": each.whole,
        "total": each.total,
        "excess": each.excess,
        "marked": each.at_odds,
    }


def _loop(each: Loop) -> dict[str, Any]:
    return {"orders": [{"about": order, "stated": sure} for order, sure in each.orders], "excess": each.excess}


def _phrase(each: Worded) -> dict[str, Any]:
    return {"phrase": each.phrase, "scale": each.scale, "read": list(each.read), "times": each.times}


def write_page(study: Study, by: str | None, target: Path) -> Path:
    """Write the page with the curve of each judgement, whole or not at all, and return where it is."""
    from causal.tell.feedback import feedback
    from causal.tell.files import whole
    from causal.tell.page import page

    target.parent.mkdir(parents=True, exist_ok=True)
    return whole(target, page(feedback(study.at_medians().panel, by)))


def render(found: Mapping[str, Any]) -> None:
    """Print what was elicited, expert by expert; what deserves a second look is counted and marked."""
    show(f"{found['model']}, {'judged in ' + found['priors'] if found['priors'] else 'no priors found'}", style="bold")
    for expert in found["experts"]:
        _render_expert(expert)
    if found["known"]:
        scoring.render(found["known"])
    if found["coding"]:
        show(f"\n{found['coding']['text'][:1].upper()}{found['coding']['text'][1:]}.")
    kinds = ("parameters", "derived", "orders", "parts")
    judged = [each for one in found["experts"] for kind in kinds for each in one[kind]]
    marked = [each for each in judged if each["marked"]]
    many = counted(len(marked), "judgement is", "judgements are")
    if not judged:
        return
    show()
    if marked:
        show(f"{many} marked {MARKED}: look again at what was said.", style="yellow")
        for name, each in ((one["name"], each) for one in found["experts"] for each in one["derived"]):
            if each["marked"]:
                words = f"z {number(each['z'], 1)} from what their own parameters imply ({_use(each)})"
                show(f"  line {each['line']}, {name}: {each['about']}: {words}", style="yellow")
    else:
        show("No judgement is marked: what was said comes out, and goes with the rest.", style="green")


def _render_expert(expert: Mapping[str, Any]) -> None:
    school = ", ".join(word for word in (expert["school"], "" if expert["pool"] else "not in the panel") if word)
    show(f"\n{expert['name']}: {expert['title']}" + (f" ({school})" if school else ""), style="bold")
    counts = (
        (len({each["line"] for each in expert["parameters"]}), "set parameters"),
        (len(expert["derived"]), "say something about several at once"),
        (len(expert["orders"]), "compare"),
        (len(expert["abstained"]), "abstain"),
    )
    told = "; ".join(f"{count} {what}" for count, what in counts if count)
    show(f"  judgements: {told or 'none'}. Parameters taken from defaults: {expert['defaults']}.")
    for title, key, lines in (
        ("What sets a parameter: stated, and the belief that came out", "parameters", _parameter_lines),
        ("What is said about several: stated, and what their own parameters imply", "derived", _derived_lines),
        ("Orders and signs: how sure they are, and the share of draws where it holds", "orders", _order_lines),
    ):
        if expert[key]:
            show(f"\n  {title}")
        for each in expert[key]:
            show(f"\n  {each['about']}")
            for line, marked in lines(each):
                show(f"  {MARKED if marked else ' '} {line}", style="yellow" if marked else None)
    if expert["shifted"]:
        show("\n  Defaults of departures, which here go from their own reference: by default, and for them")
    for each in expert["shifted"]:
        default = "" if each["default"] is None else f"default {number(each['default'])}   "
        show(f"    {each['about']}   {default}{_three(each['here'])}")
    for each in (*expert["parts"], *expert["circles"]):
        _render_at_odds(each)
    if expert["own_phrases"]:
        show("\n  Phrases on no published scale, read as the prior file says (5, 50 and 95 %)")
    for each in expert["own_phrases"]:
        show(f"    {each['phrase']}: {'  '.join(f'{value:.2f}' for value in each['read'])}")
    for title, key in (("Asked, and no view", "abstained"), ("Nobody judged (a weak default stands in)", "unjudged")):
        if expert[key]:
            show(f"\n  {title}")
        for name in expert[key]:
            show(f"    {name}")


def _render_at_odds(each: Mapping[str, Any]) -> None:
    """Print parts beside their whole, or orders that run in a circle."""
    if "orders" in each:
        show(f"\n  {MARKED} Orders that cannot all hold as surely as was said", style="yellow")
        for order in each["orders"]:
            show(f"    {order['about']}   {order['stated']:.2f}")
        return
    show("\n  Parts of " + (each["of"] or "a whole") + ", medians as stated")
    for part in each["parts"]:
        show(f"    {part['about']}   {part['median']:.3f}")
    mark = MARKED if each["marked"] else " "
    told = f"  {mark} sum {each['total']:.3f}   whole {each['whole']:.3f}   excess {each['excess']:+.3f}"
    show(told, style="yellow" if each["marked"] else None)


def _parameter_lines(each: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    yield f"said      {each['said']}", False
    if each["stated"]:
        yield f"stated    {_levels((point['level'], point['stated']) for point in each['stated'])}", False
    if each["implied"] is None:
        yield "left aside", False
    elif each["exactly"] is None:
        yield f"implied   {_three(each['implied'])}   misfit {each['misfit']:.2f}", each["marked"]
        if drawn := _drawn(each["density"]):
            yield f"density   {drawn}", False
    for note in each["notes"]:
        yield f"note      {note}", False


def _derived_lines(each: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    normal = each["normal"]
    on = "as it is" if each["scale"] == "linear" else f"on the {each['scale']}"
    yield f"said      {each['said']}, {_use(each)}", False
    yield f"stated    {_levels((point['level'], point['stated']) for point in each['stated'])}", False
    yield f"read as   {_three(each['reads'])}   Normal({normal['mean']:.2f}, {normal['sd']:.2f}) {on}", False
    yield f"without   {_three(each['before'])}   conflict z {number(each['z'], 1)}", each["marked"]
    for note in each["notes"]:
        yield f"note      {note}", False


def _use(each: Mapping[str, Any]) -> str:
    return str(each["use"]) + (f" x {each['weight']:g}" if each["weight"] != 1 else "")


def _order_lines(each: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    yield f"said      {each['said']}, {each['use']}", False
    yield f"stated    {each['stated']:.2f}   of their draws {number(each['before'], 2)}", each["marked"]


def _levels(pairs: Iterable[tuple[float, float]]) -> str:
    return "  ".join(f"{100 * level:.3g}: {value:.3f}" for level, value in pairs)


def _three(at: Mapping[str, float | None]) -> str:
    return "  ".join(f"{level}: {number(value)}" for level, value in at.items())


def _drawn(shares: Sequence[float]) -> str:
    """Return a density from 0 to 1, or nothing where the terminal has no such letters."""
    try:
        BLOCKS.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return ""
    return f"0 |{blocks(shares)}| 1"
