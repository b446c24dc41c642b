"""Judgements that reshape a prior: what is said about a total, melded with what the parameters imply, or in its place.

    phi         what was asked, on the scale of its form (reading.py)
    pi(theta)   an expert's own priors on parameters         q1(phi)    the density that pi implies
    q2(phi)     what was said, normal on the scale           w          the weight of a meld

    use         phi gets                            the prior becomes
    replace     q2                                  pi q2 / q1                   Jeffrey (1965), ch. 11
    meld        q ~ q1^(1-w) q2^w, w = 1/2          pi q / q1 = pi (q2 / q1)^w   Poole & Raftery (2000), JASA 95, s. 3
    several     each its own, all at once           pi prod g_j(phi_j)           Csiszar (1975): the I-projection

Given phi, everything else stays as it was. The product nearest to pi that has every phi as it is to be is found by
iterative proportional fitting: g_j = (what phi_j is to be) / (what all the other g imply for it), in turn until none
moves. A meld's q takes the q1 of pi alone. Evidence, and what was seen in comparable cases, multiply afterwards: they
are news to a prior that has this shape.

Densities are smoothed from independent draws of pi (smooth.py), always the same, and ln g_j becomes a table (table.py).
What lies where pi put no draws rests on a straight line; how much that is, is said, and too much is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from causal.errors import CausalError, ElicitationError
from causal.exact.kernel import Floats
from causal.learn.elicited import Derived, Elicited
from causal.learn.layout import lay_out
from causal.learn.smooth import LogDensity, Smoother
from causal.learn.table import Table
from causal.spec.priors import REPLACE, Judgement

SEED = 1925  # of the draws behind the tables, whatever the seed of the posterior's
FEW, MANY, NUMBERS = 200_000, 1_000_000, 5_000_000  # draws; parameters drawn in all, which sets how many
CHUNK = 20_000  # draws at a time, so that no large model fills the memory
FEWEST = 1_000  # draws in which phi must be a number
OUTSIDE = 1 / 4_000  # share of the draws, on each side, beyond the range in which a density is smoothed
POINTS = 513
REACH = 8.0  # standard deviations of what was said that a table covers
NOTED, REFUSED = 0.01, 0.20  # of what phi is to be, where pi has next to no draws
SWEEPS, CLOSE = 200, 1e-3  # of proportional fitting, and the largest difference in probability at which it ends
EFFECTIVE = 500  # draws, after weighing, below which several judgements count as not going together


@dataclass(frozen=True)
class _Aim:
    """One judgement on its way to a table.

    ``bins`` are those of its draws ``phi``, ``inside`` whether they lie in the smoother's range; ``implied`` is q1 and
    ``strength`` that of its penalty; ``wanted`` is the logarithm of what each bin's probability is to be.
    """

    derived: Derived
    smoother: Smoother
    phi: Floats
    bins: np.ndarray
    inside: np.ndarray
    strength: float
    implied: LogDensity
    wanted: Floats

    def goal(self, x: Floats) -> Floats:
        """Return the log density that phi is to have, up to a constant."""
        return _goal(self.derived, self.implied, x)


def reshape(elicited: Elicited, refuse: Callable[[Judgement, CausalError], None]) -> Elicited:
    """Return what was elicited with a table for every judgement that melds or replaces, and notes on what is thin.

    ``refuse`` is told of every judgement that cannot be used so, and why.
    """
    tables: dict[int, Table] = {}
    notes = list(elicited.notes)
    for expert in dict.fromkeys(each.expert for each in elicited.shaping):
        mine = [each for each in elicited.shaping if each.expert == expert]
        values = _draws(elicited, expert, mine)
        aims = []
        for each, phi in zip(mine, values, strict=True):
            try:
                aim, thin = _aim(each, phi)
            except ElicitationError as error:
                refuse(each.judgement, error)
            else:
                aims.append(aim)
                notes += [f"line {each.judgement.line}, {expert}, {each.judgement.about}: {thin}"] if thin else []
        if len(aims) < len(mine):
            continue
        try:
            found = _fitted(aims)
        except ElicitationError as error:
            refuse(mine[-1].judgement, error)
        else:
            tables |= {id(each): table for each, table in zip(mine, found, strict=True)}
    derived = tuple(replace(each, table=tables.get(id(each))) for each in elicited.derived)
    return replace(elicited, derived=derived, notes=tuple(notes))


def _draws(elicited: Elicited, expert: str, mine: Sequence[Derived]) -> Floats:
    """Return independent prior draws of every phi, shape (judgements, draws), those where all are numbers."""
    layout = lay_out(elicited, expert)
    tape = elicited.network.recorder.tape([each.slot for each in mine])
    rng = np.random.default_rng(SEED)
    draws = min(max(NUMBERS // max(layout.free, 1), FEW), MANY)
    parts = []
    for _ in range(draws // CHUNK):
        parts.append(tape.values(layout.draw(rng, CHUNK)[:, :, 0].T))
    values = np.concatenate(parts, axis=1)
    return np.asarray(values[:, np.isfinite(values).all(axis=0)])


def _aim(derived: Derived, phi: Floats) -> tuple[_Aim, str]:
    """Return what one phi is to be beside what it is, and a note where the two hardly meet."""
    if phi.size < FEWEST:
        raise ElicitationError(f"it is a number in {phi.size} draws of the priors: too few to reshape")
    low, high = (float(each) for each in np.quantile(phi, [OUTSIDE, 1.0 - OUTSIDE]))
    if not high > low:
        raise ElicitationError(
            f"the priors on parameters leave no doubt about it, so there is nothing to {derived.use}; "
            "give one of them a width, or write 'use: check'"
        )
    smoother = Smoother(low, high)
    bins, inside = smoother.bins(phi)
    counts = np.bincount(bins[inside], minlength=smoother.centres.size).astype(float)
    strength = smoother.strength(counts)
    implied = smoother.fit(counts, strength, smoother.rates(phi))
    wanted = _normed(_goal(derived, implied, smoother.centres))
    aim = _Aim(derived, smoother, phi, bins, inside, strength, implied, wanted)
    return aim, _thin(aim)


def _goal(derived: Derived, implied: LogDensity, x: Floats) -> Floats:
    belief = derived.fit.belief
    said = -0.5 * ((x - belief.mean) / belief.sd) ** 2
    if derived.use == REPLACE:
        return np.asarray(said)
    weight = derived.judgement.weight
    return np.asarray((1.0 - weight) * implied(x) + weight * said)  # Poole & Raftery: logarithmic pooling


def _thin(aim: _Aim) -> str:
    """Return how much of what phi is to be lies where the priors have next to no draws, '' where little does.

    Raises:
        ElicitationError: too much does.
    """
    points = _points(aim)
    mass = np.exp(_normed(aim.goal(points)))
    out = float(mass[(points < aim.smoother.low) | (points > aim.smoother.high)].sum())
    words = f"{100 * out:.0f} % of what it is to be lies where the priors on parameters put 1 draw in 2,000"
    if out > REFUSED:
        raise ElicitationError(
            f"{words}, so there is nothing to reshape: look again at what was said here and there, "
            "or write 'use: evidence' or 'use: check'"
        )
    return f"{words}: its tail rests on a straight line" if out > NOTED else ""


def _points(aim: _Aim) -> Floats:
    """Return the points of a table: all that has draws, and all that was said."""
    belief = aim.derived.fit.belief
    low = min(aim.smoother.low, belief.mean - REACH * belief.sd)
    high = max(aim.smoother.high, belief.mean + REACH * belief.sd)
    return np.linspace(low, high, POINTS)


def _fitted(aims: Sequence[_Aim]) -> list[Table]:
    """Return ln g of every judgement: iterative proportional fitting (Deming & Stephan 1940) over smooth margins."""
    found = [np.zeros_like(aim.wanted) for aim in aims]  # ln g at the centres of the bins
    rest = [aim.implied for aim in aims]  # what all but its own g imply for each
    for _ in range(SWEEPS if len(aims) > 1 else 1):
        gap = 0.0
        for j, aim in enumerate(aims):
            others = [k for k in range(len(aims)) if k != j]
            if others:
                weight = _weights([found[k][aims[k].bins] for k in others])
                rest[j] = _rest(aims, aim, weight)
            now = np.exp(_normed(rest[j](aim.smoother.centres) + found[j]))
            gap = max(gap, float(np.abs(np.cumsum(now - np.exp(aim.wanted))).max()))
            found[j] = aim.wanted - rest[j](aim.smoother.centres)
        if gap < CLOSE:
            break
    else:
        if len(aims) > 1:
            raise _apart(aims, f"after {SWEEPS} rounds one of them is still {gap:.2f} off in probability")
    tables = []
    for aim, density in zip(aims, rest, strict=True):
        points = _points(aim)
        values = aim.goal(points) - density(points)
        tables.append(Table.through(points, values - values.max()))
    return tables


def _rest(aims: Sequence[_Aim], aim: _Aim, weight: Floats) -> LogDensity:
    """Return the smooth density of one phi under weights, which count as many draws as they are worth."""
    effective = float(weight.sum() ** 2 / (weight**2).sum())
    if effective < EFFECTIVE:
        raise _apart(aims, f"fewer than {EFFECTIVE} of {weight.size:,} draws of the priors come near to all")
    counts = np.bincount(aim.bins[aim.inside], weight[aim.inside], aim.smoother.centres.size)
    return aim.smoother.fit(counts * (effective / weight.sum()), aim.strength, aim.smoother.rates(aim.phi, weight))


def _apart(aims: Sequence[_Aim], why: str) -> ElicitationError:
    named = " and ".join(f"'{aim.derived.judgement.about}' (line {aim.derived.judgement.line})" for aim in aims)
    return ElicitationError(
        f"no shape of the priors was found that gives {named} all as they are said: {why}. "
        "Look again at them, or write 'use: evidence' or 'use: check' for one"
    )


def _weights(logs: Sequence[Floats]) -> Floats:
    total = np.sum(logs, axis=0)
    return np.asarray(np.exp(total - total.max()))


def _normed(logs: Floats) -> Floats:
    """Return logarithms of shares that add up to one."""
    top = logs.max()
    return np.asarray(logs - top - np.log(np.exp(logs - top).sum()))
