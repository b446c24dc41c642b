"""Draws against numbers that are known without drawing: the generator of docs/agreement.md.

    exact       posterior expectations by conjugacy, finite mixtures and Gauss rules on paper (exactly.py)
    ours        independent draws, or NUTS on the compiled density: what every answer rests on
    pm.sample   PyMC's own NUTS on ``study.pymc_model()``, the second writing of the same posterior

``python docs/agreement.py`` samples and writes the page (minutes: PyMC compiles every model). Two numbers agree where
they are within 4 Monte Carlo standard errors.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np
from exactly import MODELS, SHIPPED, Shipped, Small

from causal.learn.convergence import convergence
from causal.learn.model import build
from causal.learn.nuts import Length
from causal.learn.sample import aim, draw
from causal.spec.grammar import parse_question
from causal.study import Study

PAGE = Path(__file__).with_suffix(".md")
SEED, CHAINS, DRAWS, TUNE = 7, 4, 5000, 1000
EFFECTIVE, ERRORS = 10_000, 4.0
THEIRS = {
    "draws": 1000,
    "tune": 1000,
    "chains": 2,
    "cores": 1,
    "progressbar": False,
    "compute_convergence_checks": False,
}
type Model = Small | Shipped


@dataclass(frozen=True)
class Mean:
    """A posterior mean from draws: its Monte Carlo standard error, its effective size, and how it was drawn."""

    value: float
    mcse: float
    ess: float
    method: str

    def off(self, exact: float) -> float:
        """Return how many standard errors it is from the exact number."""
        return (self.value - exact) / self.mcse


def open_(model: Model, folder: Path) -> tuple[Study, str, Mapping[str, float]]:
    """Return the study of a model, the expert, and the expectations."""
    if isinstance(model, Shipped):
        return model.study(), model.expert, model.expected()
    return model.study(folder), "e", model.expectations


def news(model: Model, study: Study) -> Sequence[int]:
    """Return the slot of what is news of this case, if anything is."""
    if isinstance(model, Shipped) or not model.news:
        return ()
    return (study.elicited.writer.write(parse_question(model.news)).leaves[0].evidence,)


def ours(model: Model, study: Study, expert: str, questions: Sequence[str]) -> dict[str, Mean]:
    """Return the means by the package's own draws; chains that are worth too little are drawn four times as long."""
    target = next(each for each in aim(study.elicited, news(model, study)) if each.expert == expert)
    for draws in (DRAWS, 4 * DRAWS):
        drawn = draw([target], SEED, Length(draws, TUNE, CHAINS))[expert]
        found = means(study, questions, drawn.theta, drawn.method)
        if min(each.ess for each in found.values()) >= EFFECTIVE:
            break
    return found


def theirs(model: Model, study: Study, expert: str, questions: Sequence[str]) -> dict[str, Mean]:
    """Return the means by PyMC's own sampler on the PyMC model."""
    import pymc as pm

    with build(study.elicited, news=news(model, study)):
        tree = pm.sample(random_seed=SEED, nuts_sampler="pymc", **THEIRS)
    theta = tree.posterior["parameters"].sel(expert=expert).transpose("chain", "draw", "parameter").to_numpy()
    return means(study, questions, theta, "pm.sample")


def means(study: Study, questions: Sequence[str], theta: np.ndarray, method: str) -> dict[str, Mean]:
    """Return the mean of each question over draws of theta, shape (chains, draws, parameters)."""
    slots = [study.elicited.writer.write(parse_question(text)).slots[0] for text in questions]
    flat = np.ascontiguousarray(theta.reshape(-1, theta.shape[2]).T)
    values = study.elicited.network.recorder.tape(slots).values(flat).reshape(-1, *theta.shape[:2])
    sizes = convergence(values).mean
    return {
        text: Mean(float(each.mean()), float(each.std() / np.sqrt(size)), float(size), method)
        for text, each, size in zip(questions, values, sizes, strict=True)
    }


@dataclass(frozen=True)
class Row:
    """One expectation, beside the means of both samplers."""

    model: str
    question: str
    exact: float
    ours: Mean
    theirs: Mean

    @property
    def line(self) -> str:
        """The row of the table."""
        a, b, question = self.ours, self.theirs, self.question.replace("|", "\\|")
        return (
            f"| {self.model} | `{question}` | {self.exact:.5f} | {a.method} | {a.value:.5f} | {a.ess:,.0f} | "
            f"{a.off(self.exact):+.1f} | {b.value:.4f} | {b.ess:,.0f} | {b.off(self.exact):+.1f} |"
        )


def rows() -> Iterator[Row]:
    """Yield a row of the table for each question of each model."""
    for model in (*MODELS, *SHIPPED):
        with tempfile.TemporaryDirectory() as folder:
            study, expert, exact = open_(model, Path(folder))
            mine, other = (sampler(model, study, expert, list(exact)) for sampler in (ours, theirs))
        for question, value in exact.items():
            yield Row(model.name, question, value, mine[question], other[question])


def main() -> None:
    """Sample, and write the page."""
    table = list(rows())
    ours_off, theirs_off = (
        max(abs(mean.off(row.exact)) for row, mean in pairs)
        for pairs in ([(row, row.ours) for row in table], [(row, row.theirs) for row in table])
    )
    fewest = min(row.ours.ess for row in table)
    versions = ", ".join(f"{name} {version(name)}" for name in ("pymc", "nutpie", "numpy", "scipy"))
    head = f"""# Draws against exact numbers

Posterior expectations of {len(MODELS) + len(SHIPPED)} models that are known without drawing, by conjugacy, finite
mixtures and Gauss rules, written on paper in `docs/exactly.py`; beside them the package's own draws (`iid`, or `nuts`
on the compiled density) and PyMC's NUTS on `study.pymc_model()`. Off is in Monte Carlo standard errors; two numbers
agree within {ERRORS:g}, at an effective size of {EFFECTIVE:,} or more for ours. `python docs/agreement.py` repeats it;
the tests repeat ours at every run.

Run on {datetime.now(UTC).date().isoformat()} with {versions}. {len(table)} expectations; farthest off: ours
{ours_off:.1f}, PyMC's {theirs_off:.1f}; least effective size of ours {fewest:,.0f}.

| model | question | exact | ours by | ours | effective | off | pm.sample | effective | off |
|---|---|---|---|---|---|---|---|---|---|
"""
    PAGE.write_text(head + "".join(row.line + "\n" for row in table), encoding="utf-8")


if __name__ == "__main__":
    main()
