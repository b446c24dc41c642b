"""What the model would have predicted for each judgement on a total, and where the stated one falls.

    from             the parameters' priors alone; the posterior; the posterior without the judgement itself
    the answer       y = phi + sd e on the judgement's scale, e standard normal, sd as stated (Box 1980)
    tail             2 min(PIT, 1 - PIT), PIT = E Phi((m - phi) / sd): how much further out an answer would seldom be
    elpd             ln E N(m | phi, sd / sqrt(weight)) without the judgement (Vehtari, Gelman & Gabry 2017)

Only the third is fair to a judgement that is evidence: in the second it has been used already. A check moves nothing,
so for it the two are the same; what melds with a prior or replaces it has no third.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from causal.ask.judged import prior_of, said
from causal.ask.panel import Panel
from causal.ask.phrases import phrase
from causal.ask.terms import JUDGEMENT, Term, base, density, on_scale
from causal.ask.without import LeftOut
from causal.exact.kernel import Floats
from causal.learn.elicited import Derived
from causal.learn.gate import Gate
from causal.spec.question import Arithmetic

ENDS = (0.05, 0.5, 0.95)
OUT = 0.05  # a tail that would seldom be seen


@dataclass(frozen=True)
class Band:
    """The answer that is predicted, at 5, 50 and 95 per cent, and the tail in which the stated one lies."""

    low: float
    median: float
    high: float
    tail: float

    def to_dict(self, prefix: str) -> dict[str, float]:
        """Return the numbers by name."""
        return {f"{prefix}_{name}": getattr(self, name) for name in ("low", "median", "high", "tail")}


@dataclass(frozen=True)
class Predicted:
    """One judgement on a total beside what is predicted for it; ``stated`` is its middle, on the question's own scale.

    ``elpd`` is its log density by the rest, ``lppd`` with itself; ``k`` Pareto k of the weights that leave it out, and
    ``refitted`` whether it was drawn anew instead. They are None where nothing was drawn, or it is no evidence.
    """

    question: str
    words: str
    expert: str
    use: str
    stated: float
    prior: Band
    posterior: Band | None
    rest: Band | None
    elpd: float | None
    lppd: float | None
    k: float | None
    refitted: bool
    gate: Gate

    @property
    def fairest(self) -> Band:
        """What is predicted without the judgement itself; from the priors alone where that cannot be had."""
        return self.rest or self.prior

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-ready facts."""
        bands = {"prior": self.prior, "posterior": self.posterior, "rest": self.rest}
        facts: dict[str, Any] = {
            "question": self.question, "words": self.words, "expert": self.expert, "use": self.use,
            "stated": self.stated,
        }  # fmt: skip
        for name, band in bands.items():
            empty = dict.fromkeys((f"{name}_low", f"{name}_median", f"{name}_high", f"{name}_tail"))
            facts |= empty if band is None else band.to_dict(name)
        k = self.k if self.k is not None and np.isfinite(self.k) else None
        return facts | {"elpd": self.elpd, "lppd": self.lppd, "pareto_k": k, "refitted": self.refitted}


def predicted(panel: Panel, without: Mapping[tuple[str, int], tuple[Term, LeftOut]]) -> tuple[Predicted, ...]:
    """Return every judgement on a total, in file order; ``without`` has the draws that leave each out, by its place."""
    derived = panel.elicited.derived
    prior = prior_of(panel)
    before, after = on_scale(prior, derived), on_scale(panel, derived)
    share, found = base(panel), []
    for place, (each, was, now) in enumerate(zip(derived, before, after, strict=True)):
        noise = np.random.default_rng([panel.draws.seed, place])
        own = share[panel.draws.experts.index(each.expert)]
        posterior = band(each, now, own, noise) if panel.draws.total > 1 else None
        rest, elpd, lppd, k, refitted, gate = posterior, None, None, None, False, Gate()
        if each.use != "check":
            rest = None
        if (JUDGEMENT, place) in without:
            _, out = without[JUDGEMENT, place]
            (phi,) = panel.elicited.network.recorder.tape([each.slot]).values(out.theta)
            rest = band(each, phi, out.share, noise)
            elpd, lppd = expected(density(each, phi), out.share), expected(density(each, now), own)
            k, refitted, gate = out.k, out.refitted, out.diagnosed(phi, f"{each.judgement.about} without itself")
        found.append(
            Predicted(
                str(each.judgement.about), phrase(each.judgement.about, panel.elicited.network.model), each.expert,
                each.use, _middle(each), band(each, was, np.full(was.size, 1 / was.size), noise), posterior, rest,
                elpd, lppd, k, refitted, gate,
            )
        )  # fmt: skip
    return tuple(found)


def _middle(derived: Derived) -> float:
    """Return the median as it was stated; what is read from the judgement where it states none."""
    pairs, (_, read, _) = said(derived)
    return dict(pairs).get(0.5, read)


def expected(logs: Floats, share: Floats) -> float:
    """Return ln sum share exp(logs), draws without a number having none."""
    logs = np.where(np.isfinite(logs) & (share > 0), logs, -np.inf)
    top = float(logs.max())
    return float(np.log(share @ np.exp(logs - top)) + top) if np.isfinite(top) else -np.inf


def band(derived: Derived, phi: Floats, share: Floats, rng: np.random.Generator) -> Band:
    """Return the answer predicted where its expert implies ``phi``, and the tail of the stated one."""
    from scipy.special import ndtr

    belief = derived.fit.belief
    known = np.isfinite(phi) & (share > 0)
    phi, share = phi[known], share[known] / share[known].sum()
    pit = float(share @ ndtr((belief.mean - phi) / belief.sd))
    answers = phi + belief.sd * rng.standard_normal(phi.size)
    order = np.argsort(answers)
    at = np.searchsorted(np.cumsum(share[order]), ENDS).clip(0, phi.size - 1)
    low, median, high = sorted(_answered(derived, answers[order][at]))
    return Band(low, median, high, 2.0 * min(pit, 1.0 - pit))


def _answered(derived: Derived, values: Floats) -> Sequence[float]:
    """Return values on a judgement's scale as answers to its question; ``1 - A / B`` is read as ``A / B``."""
    found = np.asarray(derived.fit.scale.state(values))
    about = derived.judgement.about
    turned = derived.scale == "log" and isinstance(about, Arithmetic) and about.op == "-"
    return [float(each) for each in (1.0 - found if turned else found)]
