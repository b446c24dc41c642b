"""One posterior for all tests of the telling floor: draws of the rain priors, marked as if a sampler had made them.

Nothing is compiled and nothing sampled, so that the tests are quick; what a sampler does is tested on its own floor.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from causal import load, rivals
from causal.ask.interventions import Ranking, rank
from causal.ask.panel import Panel
from causal.learn.layout import lay_out
from causal.learn.sample import Draws
from causal.study import Study
from causal.tell.facts import Report
from causal.tell.gather import gather

MODEL = """model: office
title: Does the office make the ruler?
sources: {book: A book (1901)}
variables:
  office: {label: The office, when: 1900, actual: "yes", states: ["no", "yes"]}
  party: {label: The party, when: 1905, actual: "yes", states: ["no", "yes"], parents: [office]}
  rule: {label: The rule, when: 1910, actual: "yes", states: ["no", "yes"], parents: [party]}
outcome: rule = yes
interventions:
  refuse: {title: The office is refused, when: 1900, do: {office: "no"}}
  dissolve: {title: The party is dissolved, when: 1905, do: {party: "no"}}
"""
DIRECT = """model: direct
like: office
title: The office rules
about: The office rules by itself. It is Ann's reading.
add: {rule: {office: {why: Whoever has it rules., sources: [book]}}}
drop: {rule: {party: The party only follows.}}
"""
LOOSE = """model: loose
like: office
title: The party makes itself
drop: {party: {office: It was there before.}}
"""
PRIORS = """priors: office
model: office
experts: {ann: {name: Ann}, bob: {name: Bob}}
judgements:
  - {about: P(rule = yes | party = yes), by: ann, says: {quantiles: {5: 0.7, 50: 0.8, 95: 0.9}}}
  - {about: P(rule = yes | party = no), by: bob, says: {quantiles: {5: 0.05, 50: 0.1, 95: 0.2}}}
  - {about: P(rule = yes), by: ann, says: {quantiles: {5: 0.4, 50: 0.5, 95: 0.6}}}
"""
HELD = "priors: NAME\nmodel: NAME\nheld: {ann: 0.9}\n"


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


def written(folder: Path) -> Path:
    """Write a model with two rivals, and return its file."""
    texts = {"models/office": MODEL, "models/direct": DIRECT, "models/loose": LOOSE, "priors/office": PRIORS}
    texts |= {f"priors/{name}": HELD.replace("NAME", name) for name in ("direct", "loose")}
    for name, text in texts.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder / "models" / "office.yaml"


@pytest.fixture(scope="session")
def desk() -> Callable[[Path], Path]:
    return written


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> list[Panel]:
    """Return a model and its two rivals, drawn."""
    return [drawn(study) for study in rivals(written(tmp_path_factory.mktemp("office")))]


@pytest.fixture(scope="session")
def contested(office: list[Panel]) -> Report:
    """Return a report that asked the rivals of its model."""
    first, *others = office
    return gather(first, ranked(first), rivals=others, beside=["direct", "loose"])


@pytest.fixture(scope="session")
def amoc() -> Report:
    """Return the report of a case still to come, with its analyses."""
    posterior = load("amoc").at_medians()
    return gather(posterior.panel, posterior.interventions(), explained=posterior.told(posterior.interventions().sweep))
