"""What a comparison of rival graphs says in sentences.

answers      by graph, and how far they lie apart
scores       whether cases, or judgements, tell the graphs apart; if not, the difference and its standard error
average      by each school's own probabilities, over which graphs
hangs on     the change that moves the answer most, and for whom
whose        new parameters on which nobody has a view, judgements that have no place
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from causal.ask.answer import PANEL
from causal.ask.brief import MINUS
from causal.ask.comparing import CASES, JUDGEMENTS, MANY
from causal.ask.saying import counted, listed
from causal.ask.stacking import FEW, Difference

if TYPE_CHECKING:
    from causal.ask.averaging import Averaged
    from causal.ask.comparing import Rivalry, Scored

NAMED = 3
STILL = 0.005  # a move that no reader would see

ONE: Mapping[str, str] = {CASES: "comparable case", JUDGEMENTS: "judgement on a total"}


def told(found: Rivalry) -> str:
    """Return the comparison in sentences, a paragraph each."""
    if found.withheld:
        worst = next(side for side in found.sides if side.answer.gate.withholds)
        return f"{found.question} is not compared: under {worst.name}, {worst.answer.gate.findings[0]}."
    parts = [_answers(found)]
    parts += filter(None, [unscored(found)])
    parts += [scored(found, score) for score in found.scores]
    if found.averaged is not None:
        parts += _average(found, found.averaged)
    parts += _whose(found)
    return "\n".join(parts)


def _answers(found: Rivalry) -> str:
    means = {side.name: side.answer.panel.mean for side in found.sides}
    low, high = min(means, key=means.__getitem__), max(means, key=means.__getitem__)
    if not found.many:
        each = listed([f"{mean:.3f} under {name}" for name, mean in means.items()])
        return f"{found.question} is {each}; the graphs move the panel by {means[high] - means[low]:.3f} at most."
    return (
        f"{found.question} lies between {means[low]:.3f} ({low}) and {means[high]:.3f} ({high}) "
        f"under {counted(len(means), 'graph')}."
    )


def unscored(found: Rivalry) -> str:
    """Return why no case is scored; nothing where cases are."""
    if found.sides[0].answer.draws == 1:
        return "At the medians there is no posterior to leave anything out of, so nothing is scored."
    if any(score.what == CASES for score in found.scores):
        return ""
    return "There are no comparable cases that all these graphs are about, so no case can favour one of them."


def scored(found: Rivalry, score: Scored) -> str:
    """Return what a score says, and what it does not."""
    text = _apart(found, score) if score.told_apart else _alike(score)
    if score.told_apart or score.what == CASES:
        text += f" Stacking weights: {_weights(score.stacking)}; pseudo-BMA+: {_weights(score.pseudo_bma)}"
        text += "." if score.told_apart else " (where graphs predict alike, stacking weights are arbitrary)."
    if score.what != CASES:
        text += " That is how well experts' totals follow from their own parameters, and no evidence of how things are."
    if score.unsure:
        more = counted(score.unsure, "more is", "more are")
        text += f" {more} not scored: for some graph it cannot be left out well (Pareto k)."
    if score.count < FEW:
        text += " With so few the standard errors are themselves too small."
    return text


def _alike(score: Scored) -> str:
    """Say that no graph predicts visibly worse, and by how much that could be wrong."""
    nearest = max(score.differences, key=lambda name: score.differences[name].value)
    close = score.differences[nearest]
    far = min(score.differences.values(), key=lambda each: each.value)
    which = "" if len(score.differences) == 1 else f" of {score.best} from {nearest}"
    many = f"The {score.count:g} {score.what} do" if score.count != 1 else f"The one {ONE[score.what]} does"
    text = f"{many} not tell them apart: difference{which} {_size(close)}"
    return f"{text}." if far is close else f"{text}, at most {_size(far)}."


def _apart(found: Rivalry, score: Scored) -> str:
    """Say which graphs predict visibly worse than the best; of many, what change they share, or the furthest."""
    worse = {name: each for name, each in score.differences.items() if each.told_apart}
    alike = [name for name in score.differences if name not in worse]
    text = f"Left out one at a time, {score.count:g} {score.what} are predicted best under {score.best}, visibly worse"
    furthest = min(worse.items(), key=lambda each: each[1].value)
    shared = [
        rival
        for rival in dict.fromkeys(change for side in found.sides for change in sorted(side.changes))
        if {side.name for side in found.sides if rival in side.changes} == worse.keys()
    ]
    if len(worse) <= NAMED:
        text += f" under {listed([f'{name} ({each})' for name, each in worse.items()])}"
    elif shared:
        text += f" under every graph with {shared[0]} (furthest {furthest[0]}, {furthest[1]})"
    else:
        text += f" under {counted(len(worse), 'other')} (furthest {furthest[0]}, {furthest[1]})"
    if not alike:
        return f"{text}."
    names = listed(alike) if len(alike) <= NAMED else f"the other {len(alike)}"
    return f"{text}; {names} {'is' if len(alike) == 1 else 'are'} not told apart from it."


def _size(each: Difference) -> str:
    return str(replace(each, value=abs(each.value)))


def _weights(weights: Mapping[str, float]) -> str:
    """Return the weights that a reader would see, the largest first; of many, how much is left for the others."""
    seen = sorted(((name, weight) for name, weight in weights.items() if weight >= STILL), key=lambda each: -each[1])
    first = seen if len(seen) <= MANY else seen[:NAMED]
    rest = sum(weight for _, weight in seen[len(first) :])
    words = [f"{name} {weight:.2f}" for name, weight in first]
    return listed([*words, f"{rest:.2f} for {counted(len(seen) - len(first), 'other')}"] if rest else words)


def _average(found: Rivalry, average: Averaged) -> list[str]:
    panel = average.estimates[PANEL]
    graphs = ", each change alone and the compatible ones together" if average.together else " and each change alone"
    said = ", ".join(f"{found.voices[name]} {e.mean:.3f}" for name, e in average.estimates.items() if name != PANEL)
    between = f" [{panel.lower:.3f}, {panel.upper:.3f}]" if panel.lower is not None else ""
    how = "with each school's own probabilities of the changes"
    parts = [f"Averaged over the graph as it stands{graphs}, {how}: panel {panel.mean:.3f}{between}; {said}."]
    if average.hinges:
        first = average.hinges[0]
        most = max((n for n in first.moves if n != PANEL), key=lambda name: abs(first.moves[name]))
        if abs(first.moves[PANEL]) < STILL and abs(first.moves[most]) < STILL:
            parts.append("No change moves it visibly.")
        else:
            rest = [f"{h.rival} {_moved(h.moves[PANEL])}" for h in average.hinges[1:]]
            parts.append(
                f"It hangs most on {first.rival} ('{first.title}'): {_moved(first.moves[PANEL])} for the panel, "
                f"{_moved(first.moves[most])} for {found.voices[most]}{f'; then {listed(rest)}' if rest else ''}."
            )
    if average.unsaid:
        pairs = listed([f"{found.voices[who]} on {rival}" for rival, who in average.unsaid[:NAMED]])
        more = f" and {len(average.unsaid) - NAMED} more" if len(average.unsaid) > NAMED else ""
        parts.append(f"One half stands in where nobody said how probable a change is: {pairs}{more}.")
    return parts


def _moved(value: float) -> str:
    return f"{value:+.3f}".replace("-", MINUS)


def _whose(found: Rivalry) -> list[str]:
    """Return what the rivals rest on that nobody judged, and what was judged and has no place in them."""
    alone = [side for side in found.sides if len(side.changes) <= 1]  # several together bring what each brings
    new = [(side, brought) for side in alone if side.changes and (brought := found.brings(side))]
    out = [side for side in alone if side.left_out]
    parts = []
    if new:
        names = "; ".join(f"{s.name}: {', '.join(b[:NAMED])}{_more(len(b))}" for s, b in new[:MANY])
        parts.append(f"Nobody has judged what these graphs bring; defaults stand in for {names}.")
    if out:
        names = listed([f"{len(side.left_out)} in {side.name}" for side in out[:MANY]])
        parts.append(f"Left out because the arrow they are about is gone: judgements and defaults, {names}.")
    return parts


def _more(count: int) -> str:
    return f" and {count - NAMED} more" if count > NAMED else ""
