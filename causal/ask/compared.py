"""What a comparison of rival graphs says in sentences.

answers      by graph, and how far they lie apart
scores       whether cases, or judgements, tell the graphs apart; if not, the difference and its standard error
average      by each school's own probabilities, over which graphs
hangs on     the change that moves the answer most, and for whom
whose        new parameters on which nobody has a view, judgements that have no place
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from causal.ask.answer import PANEL
from causal.ask.saying import counted, listed
from causal.ask.stacking import FEW

if TYPE_CHECKING:
    from causal.ask.averaging import Averaged
    from causal.ask.comparing import Rivalry, Scored

MANY = 6  # graphs up to which each answer is told
NAMED = 3
STILL = 0.005  # a move that no reader would see


def told(found: Rivalry) -> str:
    """Return the comparison in sentences, a paragraph each."""
    if found.withheld:
        worst = next(side for side in found.sides if side.answer.gate.withholds)
        return f"{found.question} is not compared: under {worst.name}, {worst.answer.gate.findings[0]}."
    parts = [_answers(found)]
    if found.sides[0].answer.draws == 1:
        parts.append("At the medians there is no posterior to leave anything out of, so nothing is scored.")
    elif not any(score.what == "comparable cases" for score in found.scores):
        parts.append(
            "There are no comparable cases that all these graphs are about, so no case can favour one of them."
        )
    parts += [scored(found, score) for score in found.scores]
    if found.averaged is not None:
        parts += _average(found, found.averaged)
    parts += _whose(found)
    return "\n".join(parts)


def _answers(found: Rivalry) -> str:
    means = {side.name: side.answer.panel.mean for side in found.sides}
    low, high = min(means, key=means.__getitem__), max(means, key=means.__getitem__)
    if len(means) <= MANY:
        each = listed([f"{mean:.3f} under {name}" for name, mean in means.items()])
        return f"{found.question} is {each}; the graphs move the panel by {means[high] - means[low]:.3f} at most."
    return (
        f"{found.question} lies between {means[low]:.3f} ({low}) and {means[high]:.3f} ({high}) "
        f"under {counted(len(means), 'graph')}."
    )


def scored(found: Rivalry, score: Scored) -> str:
    """Return what a score says, and what it does not."""
    things = f"{score.count:g} {score.what}"
    best = score.best
    nearest = max(score.differences, key=lambda name: score.differences[name].value)
    if score.told_apart:
        worse = [f"{n} ({d.value:.1f} ± {d.error:.1f})" for n, d in score.differences.items() if d.told_apart]
        alike = [n for n, d in score.differences.items() if not d.told_apart]
        text = f"Left out one at a time, {things} are predicted best under {best}, visibly worse under {listed(worse)}"
        text += f"; {listed(alike)} {'is' if len(alike) == 1 else 'are'} not told apart from it." if alike else "."
    else:
        close = score.differences[nearest]
        far = score.differences[min(score.differences, key=lambda name: score.differences[name].value)]
        which = "" if len(score.differences) == 1 else f" of {best} from {nearest}"
        text = f"The {things} do not tell them apart: difference{which} {abs(close.value):.1f} ± {close.error:.1f}"
        text += "." if far is close else f", at most {abs(far.value):.1f} ± {far.error:.1f}."
    weights = listed([f"{name} {weight:.2f}" for name, weight in score.stacking.items() if weight >= 0.005])
    pseudo = listed([f"{name} {weight:.2f}" for name, weight in score.pseudo_bma.items() if weight >= 0.005])
    if score.told_apart or score.what == "comparable cases":
        text += f" Stacking weights: {weights}; pseudo-BMA+: {pseudo}"
        text += "." if score.told_apart else " (where graphs predict alike, stacking weights are arbitrary)."
    if score.what != "comparable cases":
        text += " That is how well experts' totals follow from their own parameters, and no evidence of how things are."
    if score.unsure:
        more = counted(score.unsure, "more is", "more are")
        text += f" {more} not scored: reweighting does not reach so far (Pareto k)."
    if score.count < FEW:
        text += " With so few the standard errors are themselves too small."
    return text


def _average(found: Rivalry, average: Averaged) -> list[str]:
    panel = average.estimates[PANEL]
    graphs = "each change alone and the compatible ones together" if average.together else "each change alone"
    said = ", ".join(f"{found.voices[name]} {e.mean:.3f}" for name, e in average.estimates.items() if name != PANEL)
    between = f" [{panel.lower:.3f}, {panel.upper:.3f}]" if panel.lower is not None else ""
    how = "with each school's own probabilities of the changes"
    parts = [f"Averaged over the graph as it stands and {graphs}, {how}: panel {panel.mean:.3f}{between}; {said}."]
    if average.hinges:
        first = average.hinges[0]
        most = max((n for n in first.moves if n != PANEL), key=lambda name: abs(first.moves[name]))
        if abs(first.moves[PANEL]) < STILL and abs(first.moves[most]) < STILL:
            parts.append("No change moves it visibly.")
        else:
            rest = [f"{h.rival} {h.moves[PANEL]:+.3f}" for h in average.hinges[1:]]
            parts.append(
                f"It hangs most on {first.rival} ('{first.title}'): {first.moves[PANEL]:+.3f} for the panel, "
                f"{first.moves[most]:+.3f} for {found.voices[most]}{f'; then {listed(rest)}' if rest else ''}."
            )
    if average.unsaid:
        pairs = listed([f"{found.voices[who]} on {rival}" for rival, who in average.unsaid[:NAMED]])
        more = f" and {len(average.unsaid) - NAMED} more" if len(average.unsaid) > NAMED else ""
        parts.append(f"One half stands in where nobody said how probable a change is: {pairs}{more}.")
    return parts


def _whose(found: Rivalry) -> list[str]:
    """Return what the rivals rest on that nobody judged, and what was judged and has no place in them."""
    alone = [side for side in found.sides if len(side.changes) <= 1]  # several together bring what each brings
    new = [side for side in alone if side.changes and side.nobodys]
    out = [side for side in alone if side.left_out]
    parts = []
    if new:
        names = "; ".join(f"{s.name}: {', '.join(s.nobodys[:NAMED])}{_more(len(s.nobodys))}" for s in new[:MANY])
        parts.append(f"Nobody has judged what these graphs bring; defaults stand in for {names}.")
    if out:
        names = listed([f"{len(side.left_out)} in {side.name}" for side in out[:MANY]])
        parts.append(f"Left out because the arrow they are about is gone: judgements and defaults, {names}.")
    return parts


def _more(count: int) -> str:
    return f" and {count - NAMED} more" if count > NAMED else ""
