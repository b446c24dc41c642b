"""The posterior as an ordinary PyMC model: a few vectors, one operation, one observed vector.

    log_odds, share, forced, log_gap         free vectors, entries labelled "expert: question"
    parameters[parameter, expert]            deterministic: what the mechanisms take
    judgement                                observed: what was said about derived questions, each on its own scale
    shaped                                   potential: what melds with an expert's prior, or takes its place, tabled
    seen                                     potential: ln P of what was seen in comparable cases, for every expert

Numbers and tape are ``pm.Data``: an edit of a judgement changes data, not structure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from causal.learn.elicited import Derived, Elicited, Evidence
from causal.learn.layout import SAMPLED, Layout, lay_out
from causal.learn.op import RunTape, packed
from causal.learn.table import Table

PymcModel = pm.Model


def build(elicited: Elicited, layout: Layout | None = None, news: Sequence[int] = ()) -> pm.Model:
    """Return the PyMC model of a panel, every expert's posterior side by side in it.

    ``news`` are slots of probabilities of what has been seen: their logarithms are added for every expert, which is
    what the case level asks for.
    """
    layout = layout or lay_out(elicited)
    evidence, shaping = elicited.evidence, elicited.shaping
    coords: dict[str, Sequence[object]] = {"parameter": layout.parameters, "expert": layout.experts}
    for family in SAMPLED:
        if layout.labels[family]:
            coords[f"{family}_of"] = layout.labels[family]
    coords["judged"] = [f"{each.expert}: {each.about}" for each in evidence]
    with pm.Model(coords=coords) as model:
        theta = pm.Deterministic("parameters", _theta(layout), dims=("parameter", "expert"))
        sight = elicited.seen(news)
        if evidence or sight or shaping:
            asked = [
                *(each.slot for each in evidence),
                *(each.slot for each in sight),
                *(each.slot for each in shaping),
            ]
            tape = elicited.network.recorder.tape(asked)
            program, fixed = packed(tape)
            buffer = RunTape()(theta, pm.Data("tape", program), pm.Data("constants", fixed))
            if evidence:
                _observe(buffer, tape.outputs[: len(evidence)], evidence, layout)
            if shaping:
                shaped = _shaped(buffer, tape.outputs[len(evidence) + len(sight) :], shaping, layout)
                pm.Potential("shaped", shaped)
            if sight:
                seen_at = tape.outputs[len(evidence) : len(evidence) + len(sight)]
                weights = pm.Data("seen_weight", np.array([each.weight for each in sight]))
                pm.Potential("seen", (weights[:, None] * pt.log(buffer[seen_at])).sum())
    return model


def _theta(layout: Layout) -> Any:
    """Return theta, shape (parameters, experts), from the free vectors; the twin of ``Layout.assemble``."""
    numbers = {name: pm.Data(f"{name}_prior", layout.numbers[name]) for name in SAMPLED if layout.labels[name]}
    parts = []
    line: Any = None
    if "log_odds" in numbers:
        mu, sigma = numbers["log_odds"][0], numbers["log_odds"][1]
        line = pm.Normal("log_odds", mu, sigma, dims="log_odds_of")
        parts.append(pt.where(layout.as_share, pt.sigmoid(line), line))
    if "share" in numbers:
        parts.append(pm.Beta("share", numbers["share"][0], numbers["share"][1], dims="share_of"))
    if "forced" in numbers:
        mu, sigma, low, high = (numbers["forced"][row] for row in range(4))
        parts.append(pm.TruncatedNormal("forced", mu, sigma, lower=low, upper=high, dims="forced_of"))
    if "log_gap" in numbers:
        mean, slope, sigma, top_mu = (numbers["log_gap"][row] for row in range(4))
        tops = line[layout.top]
        gap = pm.Normal("log_gap", mean + slope * (tops - top_mu), sigma, dims="log_gap_of")
        parts.append(tops + pt.dot(layout.stack, pt.exp(gap)))
    if layout.labels["point"]:
        parts.append(pm.Data("points", layout.numbers["point"][0]))
    flat = pt.concatenate(parts)[layout.order]
    return flat.reshape((len(layout.parameters), len(layout.experts)))


def _observe(buffer: Any, outputs: Any, evidence: Sequence[Evidence], layout: Layout) -> None:
    """Observe what was said about derived questions."""
    experts = np.array([layout.experts.index(each.expert) for each in evidence])
    pm.Normal(
        "judgement",
        mu=buffer[outputs.astype(np.int64), experts],
        sigma=pm.Data("judged_sd", np.array([each.sd for each in evidence])),
        observed=pm.Data("judged_value", np.array([each.mean for each in evidence])),
        dims="judged",
    )


def _shaped(buffer: Any, outputs: Any, shaping: Sequence[Derived], layout: Layout) -> Any:
    """Return the logarithm of what the priors are multiplied by, all experts together."""
    parts = [
        _tabled(buffer[slot, layout.experts.index(each.expert)], each.table)
        for slot, each in zip(outputs.tolist(), shaping, strict=True)
        if each.table
    ]
    return pt.stack(parts).sum()


def _tabled(x: Any, table: Table) -> Any:
    """Return a table at ``x``: cubic Hermite between its points, straight lines beyond."""
    values, slopes = (pt.as_tensor_variable(np.array(each)) for each in (table.values, table.slopes))
    last = len(table.values) - 1
    inside = pt.clip(x, table.low, table.low + table.step * last)
    at = (inside - table.low) / table.step
    k = pt.clip(pt.floor(at), 0, last - 1).astype("int64")
    t = at - k
    between = (
        (1 + 2 * t) * (1 - t) ** 2 * values[k]
        + t**2 * (3 - 2 * t) * values[k + 1]
        + table.step * t * (1 - t) * ((1 - t) * slopes[k] - t * slopes[k + 1])
    )
    return between + pt.switch(pt.lt(x, table.low), slopes[0], slopes[last]) * (x - inside)
