"""What the experts of a panel weigh, and how well each did on what is known.

    weights: stated    each expert's own weight
             equal     all the same
             cooke     calibration x information, from the seeds (cooke.py)

Who is in the panel is said by the experts themselves (``pool: false`` or weight 0: apart), whatever the rule. Those
apart are scored as if each alone were added to the panel, so they change no score of the panel's, and weigh nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from causal.elicit.cooke import LEAST, Classical, classical
from causal.elicit.scores import Events, Inside, events, inside
from causal.errors import ElicitationError
from causal.spec.model import frozen
from causal.spec.priors import EventSeed, NumberSeed, Priors


@dataclass(frozen=True)
class Performance:
    """How one expert did on the seeds: on numbers and on questions of yes or no, None where they answered none."""

    expert: str
    numbers: Classical | None
    inside: Inside | None
    events: Events | None


def weights(priors: Priors) -> Mapping[str, float]:
    """Return what each expert weighs in the panel, 0 for those apart; only ratios have a meaning.

    Raises ElicitationError where the seeds are too few to weigh by, or leave nobody with a weight.
    """
    experts = priors.experts
    panel = [name for name, expert in experts.items() if expert.pool and expert.weight > 0]
    match priors.weights.rule:
        case "cooke":
            found = _cooke(priors, panel)
        case "equal":
            found = dict.fromkeys(panel, 1.0)
        case _:
            found = {name: experts[name].weight for name in panel}
    return frozen({name: found.get(name, 0.0) for name in experts})


def _cooke(priors: Priors, panel: list[str]) -> Mapping[str, float]:
    alpha, seeds = priors.weights.alpha, _numbers(priors)
    scored = classical(seeds, panel)
    answers = {name: scored[name].answered if name in scored else 0 for name in panel}
    fewest = min(panel, key=lambda name: answers[name])
    counted = scored[fewest].counted if fewest in scored else 0
    if counted < LEAST:
        raise ElicitationError(
            f"Cooke's weights need {LEAST} seeds with quantiles that everybody in the panel answered, and here are "
            f"{counted} ({fewest} answered {answers[fewest]} of {len(seeds)}): on fewer, the test of calibration has "
            "no power to tell who knows how sure to be, and luck would weigh. Add seeds, or write 'weights: equal'"
        )
    found = {name: each.weight(alpha) for name, each in scored.items()}
    if not any(found.values()):
        best = max(scored, key=lambda name: scored[name].calibration)
        raise ElicitationError(
            f"Cooke's weights are all 0: the best calibration is {scored[best].calibration:.2g}, by {best}, and "
            f"alpha is {alpha:g}. Lower alpha, or write 'weights: equal'"
        )
    return found


def performance(priors: Priors) -> tuple[Performance, ...]:
    """Return how each expert did on the seeds, in file order; nothing where the file has no seeds."""
    if not priors.seeds:
        return ()
    seeds, questions = _numbers(priors), [seed for seed in priors.seeds if isinstance(seed, EventSeed)]
    panel = [name for name, expert in priors.experts.items() if expert.pool and expert.weight > 0]
    scored = dict(classical(seeds, panel))
    for name in priors.experts:
        if name not in panel:
            scored.update({who: each for who, each in classical(seeds, [*panel, name]).items() if who == name})
    return tuple(
        Performance(name, scored.get(name), inside(seeds, name), events(questions, name)) for name in priors.experts
    )


def _numbers(priors: Priors) -> list[NumberSeed]:
    return [seed for seed in priors.seeds if isinstance(seed, NumberSeed)]
