"""Bayesian causal inference for questions with one case and no experiment.

    study = causal.load("rain")
    posterior = study.sample(seed=1)
    posterior.ask("P(grass = wet | do(rain = heavy))").text

What is named here is loaded when it is first used, so that ``import causal`` and ``causal --help`` cost nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from causal.comparing import compare, rivals
    from causal.errors import CausalError
    from causal.explained import Ranking
    from causal.study import Answer, Posterior, Study, load
    from causal.widgets.by_hand import quantiles, roulette

__all__ = [
    "Answer", "CausalError", "Posterior", "Ranking", "Study", "compare", "load", "quantiles", "rivals", "roulette",
]  # fmt: skip

_HOMES = {
    "Answer": "causal.study",
    "CausalError": "causal.errors",
    "Posterior": "causal.study",
    "Ranking": "causal.explained",
    "Study": "causal.study",
    "compare": "causal.comparing",
    "load": "causal.study",
    "quantiles": "causal.widgets.by_hand",
    "rivals": "causal.comparing",
    "roulette": "causal.widgets.by_hand",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'causal' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
