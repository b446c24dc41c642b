"""A posterior taken back: the same panel before it learned from the cases, and before it used the judged totals.

    stage     has used
    priors    what was judged, defaulted or left weak about parameters, and what reshapes it (melds, replacements)
    totals    as well: judgements of what follows from several parameters, as evidence, orders and signs among them
    cases     as well: comparable cases, through links where they have a model of their own

Stages that change nothing are left out. Each is drawn with the posterior's own seed and length, and kept in the store
of fits, where the same priors without the cases may have been drawn already.
"""

from __future__ import annotations

from dataclasses import replace

from causal.ask.panel import Panel
from causal.learn import store
from causal.learn.elicited import Compared, Derived, Elicited
from causal.learn.nuts import Length
from causal.learn.pooled import pool, unpooled
from causal.learn.sample import TUNE, Draws, aim

PRIORS, TOTALS, CASES = "priors", "totals", "cases"
EVIDENCE = "evidence"


def stages(panel: Panel) -> dict[str, Panel]:
    """Return the panel at each stage, the priors first and itself last; itself alone where there is a single draw."""
    elicited = panel.elicited
    if panel.draws.total == 1:
        return {PRIORS: panel}
    judged = _reduced(elicited, elicited.derived, elicited.compared)
    bare = _reduced(
        elicited,
        tuple(each for each in elicited.derived if each.use != EVIDENCE),
        tuple(each for each in elicited.compared if each.use != EVIDENCE),
    )
    used = len(bare.derived) < len(judged.derived) or len(bare.compared) < len(judged.compared)
    learned = bool(elicited.cases or elicited.beside)
    wanted = {PRIORS: bare} | ({TOTALS: judged} if used else {}) | ({CASES: elicited} if learned else {})
    last = list(wanted)[-1]
    return {name: panel if name == last else _drawn(panel, each) for name, each in wanted.items()}


def _reduced(elicited: Elicited, derived: tuple[Derived, ...], compared: tuple[Compared, ...]) -> Elicited:
    """Return what was elicited without cases, and with these judgements only; a pooled panel is pooled anew."""
    made = replace(unpooled(elicited), derived=derived, compared=compared, cases=(), beside=())
    if elicited.pool is None:
        return made
    return pool(replace(made, priors=replace(made.priors, cases=())))


def _drawn(panel: Panel, elicited: Elicited) -> Panel:
    """Return a panel drawn from what was elicited, as this one was."""
    chains, draws = panel.draws.theta.shape[:2]
    made, _ = store.obtain(aim(elicited), panel.draws.seed, Length(draws, TUNE, chains), cluster=panel.cluster)
    return Panel(elicited, Draws.of(made, panel.draws.seed))
