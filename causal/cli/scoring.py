"""How well experts did on questions whose answers are known: the last block of `causal elicit`.

    numbers    answered, truths inside the range, calibration, information, their product
    yes or no  answered, Brier score with Murphy's parts, log score

Who answered no seed of a kind has no row there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from causal.cli.screen import show, show_table

if TYPE_CHECKING:
    from causal.learn.elicited import Elicited


def facts(elicited: Elicited, by: str | None = None) -> dict[str, Any] | None:
    """Return the scores of one expert or all, JSON-ready; None where the file has no seed questions."""
    from dataclasses import asdict

    from causal.elicit.scores import UNSCORED
    from causal.spec.priors import EventSeed
    from causal.tell.judgements import scored

    priors = elicited.priors
    if not priors.seeds:
        return None
    events = sum(isinstance(seed, EventSeed) for seed in priors.seeds)
    return {
        "numbers": len(priors.seeds) - events,
        "events": events,
        "weights": priors.weights.rule,
        "alpha": priors.weights.alpha,
        "experts": [asdict(each) for each in scored(elicited) if by in (None, each.by)],
        "note": UNSCORED,
    }


def render(found: Mapping[str, Any]) -> None:
    """Print the scores, a table to each kind of question."""
    from causal.ask.saying import counted
    from causal.tell.seeds import TITLE, small, weighed

    show(f"\n{TITLE}", style="bold")
    asked = f"{counted(found['numbers'], 'number')}, {counted(found['events'], 'question')} of yes or no"
    show(f"  {asked}; the panel has {weighed(found['weights'], found['alpha'])}.")
    if numbers := [each for each in found["experts"] if each["numbers"]]:
        rows = [
            (
                each["by"],
                f"{each['inside']} of {each['numbers']}",
                f"{each['expected']:.1f}",
                str(each["counted"]),
                *(small(each[key]) for key in ("calibration", "information", "weight")),
                f"{each['share']:.2f}" if each["share"] else "none",
            )
            for each in numbers
        ]
        show()
        show_table(("numbers", "inside", "stated", "N", "calibration", "information", "product", "share"), rows)
        show("  N: seeds that sharpen the test of calibration, as many as whoever answered fewest answered.")
        show("  Product: calibration times information, the weight of Cooke's classical model.")
    if events := [each for each in found["experts"] if each["events"]]:
        keys = ("brier", "reliability", "resolution", "uncertainty")
        rows = [(each["by"], str(each["events"]), *(small(each[key]) for key in keys), _log(each)) for each in events]
        show()
        show_table(("yes or no", "n", "Brier", "reliability", "resolution", "uncertainty", "log"), rows)
        show("  Brier and log scores: less is better.")
    show(f"\n  {found['note']}")


def _log(each: Mapping[str, Any]) -> str:
    from causal.tell.seeds import small

    return f"{each['ruled_out']} ruled out" if each["ruled_out"] else small(each["log_score"])
