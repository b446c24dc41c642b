"""Whether a posterior deserves its name: what simulation-based calibration found, and whether it passes.

    ranks        of every quantity, in simultaneous bands at 1 % for all quantities of all posteriors together
    coverage     of 90 % intervals, by the exact binomial test, the same level
    failures     counted; one is enough not to pass

Both levels are shared out evenly (Bonferroni). learn/calibrating.py says how data are made up, learn/uniformity.py what
the tests are. What passes is calibrated as far as so many simulations can tell, and the text says how far that is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
import pandas as pd

from causal.ask.brief import Brief
from causal.ask.saying import counted, listed
from causal.errors import UsageError
from causal.learn.batches import Batch, posteriors, simulate
from causal.learn.calibrating import DRAWS, Calibration
from causal.learn.gate import FLAG, Finding, Gate
from causal.learn.uniformity import covered, p_value
from causal.spec.model import Model
from causal.spec.priors import Priors
from causal.spec.question import Question

LEVEL, FAMILYWISE = 0.9, 0.01
COLUMNS = "expert quantity simulations p_ranks coverage p_coverage passes".split()
NAMED = 3  # quantities that the text tells one by one


@dataclass(frozen=True)
class Row:
    """One quantity of one posterior: how often each rank came up, and what follows."""

    model: str
    expert: str
    quantity: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """The number of ranks."""
        return sum(self.counts)

    @property
    def p(self) -> float:
        """How probable it is that uniform ranks lie as far out."""
        return _p(self.counts)

    @property
    def coverage(self) -> tuple[float, float]:
        """The share of 90 % intervals that hold the truth, and how probable as odd a share is."""
        inside, p = covered(np.array(self.counts), LEVEL)
        return inside / self.total, p

    @property
    def least(self) -> float:
        """The lesser of both probabilities."""
        return min(self.p, self.coverage[1])

    @property
    def mean(self) -> float:
        """The mean rank as a share: one half where it is right."""
        return float(np.arange(len(self.counts)) @ np.array(self.counts)) / (self.total * (len(self.counts) - 1))


@cache
def _p(counts: tuple[int, ...]) -> float:
    return p_value(np.array(counts))


@dataclass(frozen=True)
class Ranked:
    """The simulations of one posterior: of each quantity how often each rank came up, and what went wrong.

    ``longer`` counts simulations whose chains were drawn anew, ``divergent`` those with ``divergences``; ``seconds``
    are of CPU.
    """

    model: str
    expert: str
    simulations: int
    counts: Mapping[str, Sequence[int]]
    failures: Sequence[str]
    longer: int
    divergent: int
    divergences: int
    seconds: int

    @classmethod
    def of(cls, one: Calibration, batches: Sequence[Batch]) -> Ranked:
        """Gather the batches of a posterior."""
        every = [each for batch in batches for each in batch["simulations"]]
        names = batches[0]["quantities"]
        ranks = np.array([each["ranks"] for each in every if not each["failure"]], dtype=int).reshape(-1, len(names))
        return cls(
            one.model.name,
            one.expert,
            len(every),
            {n: np.bincount(column, minlength=DRAWS + 1).tolist() for n, column in zip(names, ranks.T, strict=True)},
            [each["failure"] for each in every if each["failure"]],
            sum(each["longer"] > 0 for each in every),
            sum(each["divergences"] > 0 for each in every),
            sum(each["divergences"] for each in every),
            round(sum(batch["seconds"] for batch in batches)),
        )

    @property
    def rows(self) -> tuple[Row, ...]:
        """Its quantities; none where every simulation failed."""
        if len(self.failures) == self.simulations:
            return ()
        return tuple(Row(self.model, self.expert, name, tuple(counts)) for name, counts in self.counts.items())


@dataclass(frozen=True)
class Calibrated:
    """What calibration found of one or several posteriors; ``left`` says whose was not calibrated, and why."""

    posteriors: tuple[Ranked, ...]
    left: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What was asked, in a line."""
        return f"Is the posterior of {listed(list(dict.fromkeys(each.model for each in self.posteriors)))} calibrated?"

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """Every quantity of every posterior."""
        return tuple(row for each in self.posteriors for row in each.rows)

    @property
    def limit(self) -> float:
        """The probability under which one quantity does not pass."""
        return FAMILYWISE / max(1, len(self.rows))

    @property
    def off(self) -> tuple[Row, ...]:
        """The quantities whose ranks are outside the bands."""
        return tuple(row for row in self.rows if row.p < self.limit)

    @property
    def out(self) -> tuple[Row, ...]:
        """The quantities whose intervals do not cover what they say."""
        return tuple(row for row in self.rows if row.coverage[1] < self.limit)

    @property
    def failures(self) -> tuple[str, ...]:
        """Why simulations failed, of each that did."""
        return tuple(failure for each in self.posteriors for failure in each.failures)

    @property
    def simulations(self) -> int:
        """The number of all simulations."""
        return sum(each.simulations for each in self.posteriors)

    @property
    def passes(self) -> bool:
        """Whether it is calibrated as far as can be told."""
        return not (self.off or self.out or self.failures)

    @property
    def gate(self) -> Gate:
        """The verdict as a gate: it flags what does not pass."""
        found = [Finding(f"{row.quantity} by {row.expert}", "p of ranks", row.p, FLAG) for row in self.off]
        found += [Finding(f"{row.quantity} by {row.expert}", "coverage", row.coverage[0], FLAG) for row in self.out]
        found += [
            Finding(f"simulations of {each.expert}", "failed", len(each.failures), FLAG)
            for each in self.posteriors
            if each.failures
        ]
        return Gate(tuple(found), judged=len(self.rows))

    @property
    def table(self) -> pd.DataFrame:
        """A row per quantity and posterior."""
        return pd.DataFrame(self._facts(), columns=COLUMNS)

    def _facts(self) -> list[dict[str, Any]]:
        made = ((r.expert, r.quantity, r.total, r.p, *r.coverage, r.least >= self.limit) for r in self.rows)
        return [dict(zip(COLUMNS, each, strict=True)) for each in made]

    @property
    def brief(self) -> Brief:
        """The quantities that are farthest out first."""
        heads = ("quantity", "posterior of", "p of ranks", "90 % intervals cover", "p of that")
        rows = sorted(self.rows, key=lambda row: row.least)
        shown = [(r.quantity, r.expert, f"{r.p:.2g}", _percent(r.coverage[0]), f"{r.coverage[1]:.2g}") for r in rows]
        return Brief(heads, tuple(shown))

    @property
    def text(self) -> str:
        """The verdict, what it rests on, and how far it reaches."""
        whose = listed([each.expert for each in self.posteriors])
        several = f" of {whose} each" if len(self.posteriors) > 1 else f" of the posterior of {whose}"
        runs = f"{counted(self.posteriors[0].simulations, 'simulation')}{several}"
        verdict = "Calibrated, as far as these simulations can tell" if self.passes else "Not calibrated"
        said = [f"{verdict}: {runs}, {counted(len(self.rows), 'quantity', 'quantities')}."]
        said.append(
            f"Ranks of {len(self.off)} are outside the simultaneous bands, and the 90 % intervals of {len(self.out)} "
            f"do not cover 90 %; each at {_percent(FAMILYWISE)} for all of them together."
        )
        wrong = sorted({*self.off, *self.out}, key=lambda row: row.least)
        said += [_wrong(row) for row in wrong[:NAMED]]
        said.append(self._failed())
        if totals := [row.total for row in self.rows]:
            low, high = passing(min(totals), self.limit)
            said.append(f"Of so many, any share from {_percent(low)} to {_percent(high)} passes as 90 %.")
        seconds = sum(each.seconds for each in self.posteriors)
        said.append(f"It took {counted(seconds, 'second')} of CPU, now or when it was kept.")
        said += [f"Left out: {each}." for each in self.left]
        return "\n".join(said)

    def _failed(self) -> str:
        failed = f"{len(self.failures)} of {counted(self.simulations, 'simulation')} failed"
        reasons = [f"{self.failures.count(each)} times: {each}" for each in dict.fromkeys(self.failures)]
        return f"{failed} ({'; '.join(reasons)})." if reasons else f"{failed}."

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-ready facts."""
        return {
            "calibrated": self.passes,
            "limit": self.limit,
            "posteriors": [asdict(each) for each in self.posteriors],
            "quantities": self._facts(),
            "left": list(self.left),
        }


def _wrong(row: Row) -> str:
    """Say what is wrong with a quantity, as far as ranks show it."""
    share, p = row.coverage
    what = f"{row.quantity} by {row.expert}: 90 % intervals hold the truth in {_percent(share)} of simulations"
    if p < FAMILYWISE:
        what += f", so they are too {'narrow' if share < LEVEL else 'wide'}"
    drift = (row.mean - 0.5) * (12 * row.total) ** 0.5  # in standard errors of the mean of uniform ranks
    if abs(drift) > 3:
        what += f"; the truth lies {'above' if drift > 0 else 'below'} the middle of the draws more often than not"
    return f"{what}."


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"


@cache
def passing(total: int, limit: float) -> tuple[float, float]:
    """Return the least and the greatest share of ``total`` 90 % intervals that passes at ``limit``.

    >>> passing(200, 0.001)
    (0.825, 0.96)
    """
    ranks = np.zeros(DRAWS + 1, dtype=int)

    def passes(inside: int) -> bool:
        ranks[0], ranks[DRAWS // 2] = total - inside, inside
        return covered(ranks, LEVEL)[1] >= limit

    middle = round(LEVEL * total)
    low = next((n + 1 for n in range(middle, -1, -1) if not passes(n)), 0)
    high = next((n - 1 for n in range(middle, total + 1) if not passes(n)), total)
    return low / total, high / total


def calibrate(
    model: Model, priors: Priors, asked: Sequence[Question], simulations: int, expert: str | None = None,
    seed: int = 1, cluster: str | None = None, told: Callable[[int, int], object] = lambda *_: None,
) -> Calibrated:  # fmt: skip
    """Calibrate the posterior of one expert, or of all who have one, and rank what is asked beside the parameters.

    ``told`` is called with how many batches of simulations there are, and of how many. Raises UsageError where there is
    nothing to calibrate or no cluster, QueryError where something cannot be asked.
    """
    if not isinstance(simulations, int) or simulations < 1:
        raise UsageError(f"calibration takes at least one simulation, not {simulations!r}")
    several, left = posteriors(model, priors, asked, expert)
    found = simulate(several, simulations, seed, cluster, told)
    return Calibrated(tuple(map(Ranked.of, several, found)), tuple(left))
