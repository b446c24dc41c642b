"""What moved an expert's draws, piece by piece.

piece                       its log density at every draw
a judgement on a total      ln N(m | phi, sd / sqrt(weight)), phi on the scale of its form
a comparable case           ln P(what was seen of it), by the model that it is of; it counts by its relevance

A panel that is pooled into one posterior has pieces of its own: what its experts judged of totals, pooled, and what its
priors have beside their families. An expert who learns nothing from a model of cases has no piece for its rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from causal.ask.panel import Panel
from causal.ask.phrases import phrase, spoken
from causal.exact.kernel import Floats
from causal.learn.cases import at_home
from causal.learn.elicited import Alike, Beside, Derived
from causal.spec.model import Model
from causal.spec.priors import CaseFile, CaseRow

JUDGEMENT, CASE, POOLED, PRIOR = "judgement", "case", "pooled", "prior"
LOG_ROOT = 0.5 * float(np.log(2.0 * np.pi))


@dataclass(frozen=True)
class Term:
    """One piece: ``logs`` is its log density at every draw of ``expert``, shape (draws,).

    It is in the posterior to the power ``power``; ``count`` is of how many alike it is one. ``place`` says which of the
    derived judgements, or of the rows of cases, it is.
    """

    expert: str
    kind: str
    place: int
    text: str
    words: str
    logs: Floats
    power: float = 1.0
    count: float = 1.0


@dataclass(frozen=True)
class Seen:
    """A distinct row of comparable cases; ``alike`` has its slot and what it counts, ``place`` is its number.

    ``beside`` is the model that it is of, where that is not the panel's own.
    """

    file: CaseFile
    row: CaseRow
    alike: Alike
    place: int
    beside: Beside | None = None

    @property
    def certain(self) -> bool:
        """Whether what was seen is an event."""
        return all(len(likelihoods) == 1 for _, likelihoods in self.row.seen)

    def teaches(self, expert: str) -> bool:
        """Tell whether it is of a model that an expert's draws know."""
        return self.beside is None or self.beside.teaches(expert)

    def words(self, model: Model) -> str:
        """Return what was seen, in words; ``model`` is the panel's own."""
        parts = []
        variables = (self.beside.network.model if self.beside else model).variables
        for name, likelihoods in self.row.seen:
            state, doubt = max(likelihoods, key=lambda each: each[1])
            unsure = "" if len(likelihoods) == 1 else f" ({100 * doubt:.0f} % sure)"
            parts.append(f"{variables[name].title}: {spoken(state)}{unsure}")
        return ", ".join(parts)


def rows(panel: Panel) -> tuple[Seen, ...]:
    """Return the distinct rows of comparable cases: those of the model itself, then those that have another."""
    elicited = panel.elicited
    found: list[tuple[CaseFile, CaseRow, Alike, Beside | None]] = []
    home = [(file, row) for file in at_home(elicited.priors) for row in file.rows or ()]
    found += [(*pair, alike, None) for pair, alike in zip(home, elicited.cases, strict=True)]
    away = (file for file in elicited.priors.cases if file.elsewhere is not None)
    for file, beside in zip(away, elicited.beside, strict=True):
        found += [(file, row, alike, beside) for row, alike in zip(file.rows or (), beside.cases, strict=True)]
    return tuple(Seen(file, row, alike, place, beside) for place, (file, row, alike, beside) in enumerate(found))


def chances(panel: Panel, seen: Sequence[Seen]) -> Floats:
    """Return the probability of each row at every draw, shape (rows, experts, draws); NaN for who has no such model."""
    found = np.full((len(seen), len(panel.draws.experts), panel.draws.total), np.nan)
    for column, name in enumerate(panel.draws.experts):
        known = [
            at for at, each in enumerate(seen) if each.beside is None or (panel.draws.aside and each.teaches(name))
        ]
        if known:
            slots = [seen[at].alike.slot for at in known]
            tape = panel.elicited.network.recorder.tape(slots, panel.elicited.late(name))
            found[known, column] = tape.values(panel.draws.whole(column))
    return found


def on_scale(panel: Panel, derived: Sequence[Derived]) -> list[Floats]:
    """Return what each judgement's expert implies about it, draw by draw, on the scale of its form."""
    if not derived:
        return []
    values = panel.values([each.slot for each in derived])
    at = {name: row for row, name in enumerate(panel.draws.experts)}
    return [values[row, at[each.expert]].ravel() for row, each in enumerate(derived)]


def density(derived: Derived, phi: Floats) -> Floats:
    """Return the log density of what was stated where its expert implies ``phi``; a weight widens it."""
    belief = derived.fit.belief
    return normal(belief.mean, belief.sd / float(np.sqrt(derived.judgement.weight)), phi)


def normal(mean: float, sd: float, phi: Floats) -> Floats:
    """Return the log density of a normal at ``phi``."""
    return np.asarray(-0.5 * ((mean - phi) / sd) ** 2 - np.log(sd) - LOG_ROOT)


def terms(panel: Panel) -> dict[str, tuple[Term, ...]]:
    """Return, by expert, every piece that their posterior leans on: judgements in the order of the file, then cases."""
    model = panel.elicited.network.model
    evidence = [(place, each) for place, each in enumerate(panel.elicited.derived) if each.use == "evidence"]
    found: dict[str, list[Term]] = {name: [] for name in panel.draws.experts}
    _pooled(panel, found)
    implied = on_scale(panel, [each for _, each in evidence])
    for (place, each), phi in zip(evidence, implied, strict=True):
        about = each.judgement.about
        words = phrase(about, model)
        found[each.expert].append(Term(each.expert, JUDGEMENT, place, str(about), words, density(each, phi)))
    seen = rows(panel)
    with np.errstate(divide="ignore"):
        logs = np.log(chances(panel, seen))
    for column, name in enumerate(panel.draws.experts):
        for number, row in enumerate(seen):
            if not np.isnan(logs[number, column]).all():
                words, power = row.words(model), row.alike.of(name) / row.row.count
                found[name].append(
                    Term(name, CASE, row.place, words, words, logs[number, column], power, row.row.count)
                )
    return {name: tuple(each) for name, each in found.items()}


def _pooled(panel: Panel, found: dict[str, list[Term]]) -> None:
    """Add what a pool has of its own."""
    pool = panel.elicited.pool
    if pool is None or pool.name not in found or not pool.evidence:
        return
    values = panel.values([each.slot for each in pool.evidence])[:, panel.draws.experts.index(pool.name)]
    for each, phi in zip(pool.evidence, values, strict=True):
        kind = PRIOR if each.about in panel.elicited.network.index else POOLED
        logs = normal(each.mean, each.sd, phi.ravel())
        found[pool.name].append(Term(pool.name, kind, -1, each.about, each.about, logs))


def base(panel: Panel) -> Floats:
    """Return the weights of all draws, shape (experts, draws), each expert's summing to one."""
    share = panel.share()
    if share is None:
        return np.full((len(panel.draws.experts), panel.draws.total), 1.0 / panel.draws.total)
    return np.asarray(share / share.sum(axis=1, keepdims=True))
