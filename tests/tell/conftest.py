"""One posterior for all tests of the telling floor: draws of the rain priors, marked as if a sampler had made them.

Nothing is compiled and nothing sampled, so that the tests are quick; what a sampler does is tested on its own floor.
"""

from __future__ import annotations

import numpy as np
import pytest

from causal import load
from causal.ask.interventions import Ranking, rank
from causal.ask.panel import Panel
from causal.learn.layout import lay_out
from causal.learn.sample import Draws
from causal.study import Study
from causal.tell.facts import Report
from causal.tell.gather import gather


def drawn(study: Study, chains: int = 4, draws: int = 500, method: str = "iid") -> Panel:
    """Return a panel with independent draws from the priors of all experts."""
    layout = lay_out(study.elicited)
    theta = layout.draw(np.random.default_rng(7), chains * draws)
    theta = theta.reshape(chains, draws, *theta.shape[1:])
    methods = (method,) * len(layout.experts)
    return Panel(study.elicited, Draws(theta, layout.parameters, layout.experts, methods, seed=7), digest="f" * 64)


def ranked(panel: Panel) -> Ranking:
    """Return the ranking of all interventions for the model's own outcome."""
    outcome = panel.elicited.network.model.outcome
    assert outcome is not None
    return rank(panel, outcome)


@pytest.fixture(scope="session")
def panel() -> Panel:
    return drawn(load("rain"))


@pytest.fixture(scope="session")
def ranking(panel: Panel) -> Ranking:
    return ranked(panel)


@pytest.fixture(scope="session")
def report(panel: Panel, ranking: Ranking) -> Report:
    return gather(panel, ranking)


@pytest.fixture(scope="session")
def ussr() -> Report:
    posterior = load("ussr").at_medians()
    return gather(posterior.panel, posterior.interventions())


@pytest.fixture(scope="session")
def amoc() -> Report:
    """Return the report of a case still to come, with its analyses."""
    posterior = load("amoc").at_medians()
    return gather(posterior.panel, posterior.interventions(), explained=posterior.told(posterior.interventions().sweep))
