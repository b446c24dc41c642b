"""The second shipped case: what it claims of itself, and its answers against an enumeration written out by hand.

`by_hand` knows the medians of the defaults, the arrows and three formulas (logistic, noisy-or, Bayes), and nothing of
the package. The critics gave no number, so their answers at the medians are those of the defaults.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping

import pytest

import causal
from causal.ask.judged import judged
from causal.spec.priors import Quantiles
from causal.study import Posterior, Study

WARMING = ("below_2", "from_2_to_3", "above_3")
TWO = 2.0  # a conflict above this z is reported


@pytest.fixture(scope="module")
def study() -> Study:
    return causal.load("amoc")


@pytest.fixture(scope="module")
def medians(study: Study) -> Posterior:
    return study.at_medians()


def stated(study: Study) -> dict[str, float]:
    """Return the median of every default under the question it answers."""
    found = {}
    for default in study.priors.defaults:
        assert isinstance(default.says, Quantiles)
        found[str(default.about)] = dict(zip(default.says.levels, default.says.values, strict=True))[0.5]
    return found


def logit(p: float) -> float:
    return math.log(p / (1 - p))


def expit(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def logistic(m: Mapping[str, float], event: str, buts: list[str]) -> float:
    """Return a logistic child's probability: the reference and one offset for each departure from it."""
    base = logit(m[f"P({event} | baseline)"])
    return expit(base + sum(logit(m[f"P({event} | baseline but {but})"]) - base for but in buts))


def by_hand(m: Mapping[str, float], pathway: str) -> tuple[float, float]:
    """Return P(tipped), P(collapsed) in a pathway, signs found, by summing over all that lies between."""
    near = m["P(threshold = near)"]
    weight = {"near": near * m["P(warning = found | threshold = near)"],
              "far": (1 - near) * m["P(warning = found | threshold = far)"]}  # fmt: skip
    below = m[f"P(warming = below_2 | pathway = {pathway})"]
    middle = (1 - below) * m[f"P(warming = from_2_to_3 | warming != below_2, pathway = {pathway})"]
    share = dict(zip(WARMING, (below, middle, 1 - below - middle), strict=True))
    leak = m["P(convection = stops | none)"]
    tips = 0.0
    for warming, threshold, large, stops in itertools.product(WARMING, weight, (False, True), (False, True)):
        hot = [] if warming == "below_2" else [f"warming = {warming}"]
        p_large = logistic(m, "melt = large", hot)
        causes = [*hot, *(["melt = large"] if large else [])]
        lasts = 1 - leak  # each cause acts on its own, the leak with it: P(y | only x) has the leak in it
        for cause in causes:
            lasts *= (1 - m[f"P(convection = stops | only {cause})"]) / (1 - leak)
        buts = [
            *causes,
            *(["threshold = near"] if threshold == "near" else []),
            *(["convection = stops"] if stops else []),
        ]
        world = (
            share[warming] * weight[threshold] * (p_large if large else 1 - p_large) * (1 - lasts if stops else lasts)
        )
        tips += world * logistic(m, "tipped = yes", buts)
    tips /= sum(weight.values())
    slow, fast = m["P(collapsed = yes | tipped = no)"], m["P(collapsed = yes | tipped = yes)"]
    return tips, tips * fast + (1 - tips) * slow


@pytest.mark.parametrize("pathway", ["low", "middle", "high"])
def test_answers_at_the_medians_are_those_of_a_sum_by_hand(study: Study, medians: Posterior, pathway: str) -> None:
    tips, collapses = by_hand(stated(study), pathway)
    for event, value in (("tipped = yes", tips), ("collapsed = yes", collapses)):
        table = medians.ask(f"P({event} | do(pathway = {pathway}), history before 2026)").table
        found = table.loc[table["expert"] == "critics", "mean"].item()
        assert found == pytest.approx(value, rel=1e-9)


def test_many_kinds_of_saying_are_used(study: Study) -> None:
    kinds = {type(each.says).__name__ for each in study.priors.judgements}
    assert kinds >= {"Abstain", "Chips", "Counted", "Interval", "Odds", "Order", "Phrase", "Quantiles", "Sign"}


def test_every_judgement_says_why_and_where(study: Study) -> None:
    for each in study.priors.judgements:
        assert each.because, each.line
        assert each.cite is not None, each.line
        assert each.cite.source in study.priors.sources
    assert study.notes == ()


def test_every_parameter_has_a_judgement_or_a_default(study: Study) -> None:
    assert all(not silent for silent in study.elicited.weak.values())


def test_the_conflicts_that_its_text_names_are_there(medians: Posterior) -> None:
    marked = {(each.derived.expert, str(each.derived.judgement.about))
              for each in judged(medians.panel) if each.z is not None and each.z > TWO}  # fmt: skip
    assert ("copenhagen", "P(collapsed = yes | do(pathway = middle), warning = found)") in marked
    assert ("utrecht", "P(tipped = yes | do(pathway = high))") in marked
    assert not {expert for expert, _ in marked} & {"assessors", "interviewed", "modellers"}


def test_less_emission_never_raises_the_risk_for_anybody(medians: Posterior) -> None:
    asked = [f"P(collapsed = yes | do(pathway = {pathway}))" for pathway in ("low", "middle", "high")]
    low, middle, high = (answer.table["mean"].to_numpy() for answer in medians.ask_all(asked))
    assert (low < middle).all()
    assert (middle < high).all()
