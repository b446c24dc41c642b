"""What was said about more than one parameter, laid beside what the same expert's parameters say.

    stated     the judgement itself, and what its normal on the judgement's scale makes of it
    before     what the expert's own priors on parameters imply, the judgement left out: independent draws
    after      what the posterior says; of what is melded or replaces, with all evidence reckoned in
    z          |stated - before| / sqrt(sd stated^2 + sd before^2), on the judgement's scale; above 2 they are at odds

A weight below 1 lets a judgement pull less. It does not make it agree more, so z takes the spread as it was stated.
A meld or a replacement gives way to what was said, however far off: z tells how far the parameters had to be moved.
Of a comparison, or of the sign of an effect, before and after are the shares of draws in which it holds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from causal.ask.answer import CI_PROB, Estimate
from causal.ask.panel import Panel, summary
from causal.errors import ImpossibleEvidence
from causal.exact.kernel import Floats
from causal.learn.elicited import Compared, Derived
from causal.learn.gate import Gate, diagnose
from causal.learn.layout import lay_out
from causal.spec.priors import Judgement
from causal.spec.question import Arithmetic

PRIOR_DRAWS = 2000
CONFLICT = 2.0  # from here on, what was stated and what the parameters imply are at odds


@dataclass(frozen=True)
class Judged:
    """A derived judgement, before and after everything was reckoned together; all numbers answer its question.

    ``stated`` are (level, value) pairs; ``read`` is what the normal made of them says at 5, 50 and 95 per cent. ``z``
    is None where the parameters imply no finite number to compare with. ``gate`` judges ``after``.
    """

    derived: Derived
    stated: tuple[tuple[float, float], ...]
    read: tuple[float, float, float]
    before: Estimate
    after: Estimate
    z: float | None
    gate: Gate

    @property
    def at_odds(self) -> bool:
        """Whether the judgement contradicts what its expert's own parameters imply."""
        return self.z is not None and self.z > CONFLICT


@dataclass(frozen=True)
class Checked:
    """A comparison or a sign, and the share of an expert's draws in which it holds, before and after."""

    compared: Compared
    before: Estimate
    after: Estimate
    gate: Gate

    @property
    def at_odds(self) -> bool:
        """Whether what the expert's own parameters imply denies it at least as surely as the expert affirms it."""
        said, implied = self.compared.probability, self.before.mean
        return implied <= 1.0 - said if said > 0.5 else said < 0.5 and implied >= 1.0 - said


@dataclass(frozen=True)
class _Line:
    """One quantity of one expert: its summary, and whether that deserves to be reported."""

    estimate: Estimate
    gate: Gate


def judged(panel: Panel) -> tuple[Judged, ...]:
    """Lay every derived judgement, whatever its use, beside what its expert's parameters imply, in file order.

    What they imply by themselves is taken from ``PRIOR_DRAWS`` independent draws with the seed of the panel's draws.
    Raises ImpossibleEvidence where what a question gives has probability zero for its expert.

    >>> from causal import load
    >>> first, *_ = judged(load("rain").at_medians().panel)
    >>> str(first.derived.judgement.about), first.at_odds
    ('P(rain = heavy | season = rainy)', False)
    """
    derived = panel.elicited.derived
    if not derived:
        return ()
    by = [(each.expert, each.judgement) for each in derived]
    questions = [panel.elicited.writer.write(each.judgement.about).slots[0] for each in derived]
    prior = prior_of(panel)
    implied = prior.values([*questions, *(each.slot for each in derived)])
    before = _lines(prior, by, implied[: len(derived)], prior.fixed(questions), None)
    after = _lines(panel, by, panel.values(questions), panel.fixed(questions), panel.share())
    found = []
    for each, on_scale, was, now in zip(derived, implied[len(derived) :], before, after, strict=True):
        z = conflict(each, on_scale[panel.draws.experts.index(each.expert)])
        found.append(Judged(each, *said(each), was.estimate, now.estimate, z, now.gate))
    return tuple(found)


def checked(panel: Panel) -> tuple[Checked, ...]:
    """Return the share of draws in which each comparison and each sign of an effect holds, in file order."""
    compared = panel.elicited.compared
    if not compared:
        return ()
    by = [(each.expert, each.judgement) for each in compared]
    slots = [each.slot for each in compared]
    prior = prior_of(panel)
    before = _lines(prior, by, prior.values(slots), prior.fixed(slots), None, comparison=True)
    after = _lines(panel, by, panel.values(slots), panel.fixed(slots), panel.share(), comparison=True)
    return tuple(
        Checked(each, was.estimate, now.estimate, now.gate)
        for each, was, now in zip(compared, before, after, strict=True)
    )


def _lines(
    panel: Panel,
    by: Sequence[tuple[str, Judgement]],
    values: Floats,
    fixed: NDArray[np.bool_],
    share: Floats | None,
    *,
    comparison: bool = False,
) -> list[_Line]:
    """Summarise each row of ``values``, shape (rows, experts, chains, draws), for the expert who judged it."""
    found: dict[int, _Line] = {}
    for column, (expert, method) in enumerate(zip(panel.draws.experts, panel.draws.method, strict=True)):
        mine = [row for row, (name, _) in enumerate(by) if name == expert]
        own = values[mine, column]
        still = fixed[mine, column]
        if comparison:  # one that holds in all draws, or in none, is a constant by right
            own = (own > 0).astype(float)
            still = still | (np.ptp(own, axis=(1, 2)) == 0)
        diagnosed = diagnose(own, method, still)
        for place, row in enumerate(mine):
            about = by[row][1].about
            if not np.isfinite(own[place]).any():
                raise ImpossibleEvidence(f"what '{about}' gives has probability zero for {expert}")
            weights = None if share is None else share[column]
            estimate = summary(own[place].ravel(), weights, CI_PROB, float(diagnosed.mean[place]), comparison)
            found[row] = _Line(estimate, diagnosed.gate(place, f"{about} by {expert}"))
    return [found[row] for row in range(len(by))]


def conflict(derived: Derived, implied: Floats) -> float | None:
    """Return z of a judgement against draws of the implied value on its scale, None where no draw is finite."""
    finite = implied[np.isfinite(implied)]
    if not finite.size:
        return None
    belief = derived.fit.belief
    spread = math.hypot(belief.sd, float(finite.std()))
    return abs(belief.mean - float(finite.mean())) / spread if spread > 0 else None


def prior_of(panel: Panel) -> Panel:
    """Return the panel with draws of its priors on parameters in place of its posterior."""
    elicited, seed = panel.elicited, panel.draws.seed
    layout = lay_out(elicited)
    theta = layout.draw(np.random.default_rng(seed), PRIOR_DRAWS)[None]
    method = ("iid",) * len(layout.experts)
    aside: list[Floats] = []
    for name in layout.experts if panel.draws.aside else ():
        both = lay_out(elicited, name, beside=elicited.taught(name))
        drawn = both.draw(np.random.default_rng([seed, *name.encode()]), PRIOR_DRAWS)[:, :, 0]
        aside.append(np.ascontiguousarray(drawn[:, len(layout.parameters) :].T))
    return replace(
        panel,
        draws=replace(panel.draws, theta=theta, method=method, divergences=0, bfmi=(), aside=tuple(aside)),
    )


def said(derived: Derived) -> tuple[tuple[tuple[float, float], ...], tuple[float, float, float]]:
    """Return what was stated, and what is read from it, about the question itself.

    ``1 - A / B`` is fitted as ``A / B``, so it is turned back.
    """
    fit = derived.fit
    pairs, (low, middle, high) = tuple(zip(fit.levels, fit.values, strict=True)), fit.band
    about = derived.judgement.about
    if derived.scale == "log" and isinstance(about, Arithmetic) and about.op == "-":
        pairs = tuple((_minus(level), _minus(value)) for level, value in reversed(pairs))
        low, middle, high = 1.0 - high, 1.0 - middle, 1.0 - low
    return pairs, (low, middle, high)


def _minus(value: float) -> float:
    # rounded where a decimal was meant, as when it was turned the first time
    return round(1.0 - value, 15)
