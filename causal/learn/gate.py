"""The gate: what is reported must deserve it, quantity by quantity.

    diagnostic               pass           flag (shown with a banner)      refuse (no headline)
    rank-normalised R-hat    <= 1.01        <= 1.05                         above, or not a number
    bulk and tail ESS        >= 400         >= 100                          below, or not a number
    chains                   >= 4           fewer
    E-BFMI                   >= 0.3         below
    divergences              0              up to 1 in 1000 draws           more
    Pareto k (weights)       <= 0.7         <= 1.0                          above
    weights' effective size  >= 400         >= 100                          below

Independent draws need none of the first five, only that all are finite. A single draw (every parameter at its median)
has nothing to judge but that; where nothing was judged and nothing found, there is no gate. Thresholds: Vehtari et al.
(2021) for R-hat and ESS; Betancourt (2016) for E-BFMI; Vehtari, Simpson et al. (2024) for k. A quantity that no sampled
number can move is fixed and passes, and so does one that is settled by right (see ``ask/panel.py``); any other that
does not vary is a failure, because its R-hat is not a number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from causal.exact.kernel import Floats
from causal.learn.convergence import convergence
from causal.learn.sample import NUTS, Draws

PASS, FLAG, REFUSE = "pass", "flag", "refuse"
_RANK = {PASS: 0, FLAG: 1, REFUSE: 2}

RHAT = (1.01, 1.05)
ESS = (400.0, 100.0)
BFMI = 0.3
DIVERGENCES = 1e-3
CHAINS = 4
NO_GATE = "No gate: nothing was drawn that it could judge."
PARETO_K = (0.7, 1.0)


@dataclass(frozen=True)
class Finding:
    """One diagnostic of one quantity that did not pass: what, whose, the value, and the verdict it leads to."""

    quantity: str
    diagnostic: str
    value: float
    verdict: str

    def __str__(self) -> str:
        return f"{self.quantity}: {self.diagnostic} {self.value:.4g} ({self.verdict})"


@dataclass(frozen=True)
class Gate:
    """The verdict on everything reported, with each finding, and the worst values that were seen."""

    findings: tuple[Finding, ...] = ()
    rhat: float = float("nan")
    ess: float = float("nan")
    judged: int = 0
    override: bool = False

    @property
    def verdict(self) -> str:
        """``pass``, ``flag`` or ``refuse``: the worst of the findings."""
        return max((finding.verdict for finding in self.findings), key=_RANK.__getitem__, default=PASS)

    @property
    def empty(self) -> bool:
        """Whether there was nothing to judge: nothing was drawn, or a single draw."""
        return self.judged == 0 and not self.findings

    @property
    def withholds(self) -> bool:
        """Whether numbers under this gate are not to be shown: refused, and nobody overrode that."""
        return self.verdict == REFUSE and not self.override

    def __and__(self, other: Gate) -> Gate:
        findings = tuple(dict.fromkeys((*self.findings, *other.findings)))
        rhat, ess = float(np.fmax(self.rhat, other.rhat)), float(np.fmin(self.ess, other.ess))
        return Gate(findings, rhat, ess, self.judged + other.judged, self.override or other.override)

    def to_dict(self) -> dict[str, Any]:
        """Return the gate as JSON-ready facts; not-a-number becomes None."""
        return {
            "verdict": self.verdict,
            "override": self.override,
            "quantities": self.judged,
            "worst_rhat": None if np.isnan(self.rhat) else self.rhat,
            "least_ess": None if np.isnan(self.ess) else self.ess,
            "findings": [str(finding) for finding in self.findings],
        }


def graded(value: float, good: float, bearable: float) -> str:
    """Return the verdict for a diagnostic with two thresholds, in whichever direction they run; NaN is refused."""
    if np.isnan(value):
        return REFUSE
    if good > bearable:
        value, good, bearable = -value, -good, -bearable
    return PASS if value <= good else FLAG if value <= bearable else REFUSE


def judge_run(draws: Draws) -> Gate:
    """Judge the sampler's run as a whole; independent draws have nothing to judge."""
    if NUTS not in draws.method:
        return Gate()
    found = []
    if draws.theta.shape[0] < CHAINS:
        found.append(Finding("the run", "chains", draws.theta.shape[0], FLAG))
    if draws.divergences:
        share = draws.divergences / draws.total
        found.append(Finding("the run", "divergences", draws.divergences, FLAG if share <= DIVERGENCES else REFUSE))
    ran = [expert for expert, how in zip(draws.experts, draws.method, strict=True) if how == NUTS]
    for place, bfmi in enumerate(draws.bfmi):
        if not bfmi >= BFMI:
            expert, chain = divmod(place, draws.theta.shape[0])
            whose = f"chain {chain + 1} of {ran[expert]}"
            found.append(Finding(whose, "E-BFMI", bfmi, REFUSE if np.isnan(bfmi) else FLAG))
    return Gate(tuple(found))


@dataclass(frozen=True)
class Diagnostics:
    """Diagnostics of many quantities of one expert, an entry each: R-hat, bulk and tail ESS, ESS of the mean.

    NaN stands where a diagnostic cannot be had. Quantities that nothing sampled can move (``fixed``), and independent
    draws, are not diagnosed: R-hat is 1 and every draw counts. Of a ``single`` draw no quantity is judged.
    """

    rhat: Floats
    bulk: Floats
    tail: Floats
    mean: Floats
    finite: Floats
    diagnosed: NDArray[np.bool_]
    single: bool = False

    def gate(self, row: int, name: str) -> Gate:
        """Judge one quantity."""
        if self.finite[row] < 1.0:
            return Gate((Finding(name, "finite draws", float(self.finite[row]), REFUSE),), judged=1)
        if not self.diagnosed[row]:
            return Gate(judged=0 if self.single else 1)
        found = []
        for diagnostic, values, limits in (
            ("R-hat", self.rhat, RHAT),
            ("bulk ESS", self.bulk, ESS),
            ("tail ESS", self.tail, ESS),
        ):
            verdict = graded(float(values[row]), *limits)
            if verdict != PASS:
                found.append(Finding(name, diagnostic, float(values[row]), verdict))
        least = float(min(self.bulk[row], self.tail[row]))
        return Gate(tuple(found), float(self.rhat[row]), least, 1)


def diagnose(values: Floats, method: str, fixed: NDArray[np.bool_]) -> Diagnostics:
    """Diagnose quantities of one expert, ``values`` of shape (quantities, chains, draws), in one pass."""
    count, chains, draws = values.shape
    finite = np.isfinite(values).mean(axis=(1, 2))
    diagnosed = ~fixed & (finite == 1.0) & (method != "iid")
    rhat, bulk, tail, mean = np.full((4, count), float(chains * draws))
    rhat[:] = 1.0
    # of a quantity that never moves R-hat is 0 / 0
    moving = diagnosed & (np.ptp(values, axis=(1, 2)) > 0)
    rhat[diagnosed & ~moving] = np.nan
    if moving.any():
        found = convergence(values[moving])
        rhat[moving], bulk[moving], tail[moving], mean[moving] = found.rhat, found.bulk, found.tail, found.mean
    return Diagnostics(rhat, bulk, tail, mean, finite, diagnosed, single=chains * draws == 1)
