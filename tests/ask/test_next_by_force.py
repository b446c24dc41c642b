"""What one more answer, or one more case, is worth: against nested enumeration over grids of parameters and answers.

    prior        every uncertain parameter on the nodes of a Gauss-Hermite rule, the logits being normal
    answer       y = logit q + s e on a fine grid, e standard normal; a case: every row that there can be
    worth        1 - E Var(f | answer) / Var f          the inner variance over all nodes, the outer over all answers

Quantiles of a logit-normal are said, so that what is fitted to them is that distribution itself. The engine knows
nothing of the grids: it has draws.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import pairwise, product

import numpy as np
import pytest

from causal.ask.answer import PANEL
from causal.ask.headline import Headline, headline
from causal.ask.next_case import next_case
from causal.ask.next_judgement import PARAMETER, TOTAL, Gain, next_judgements
from causal.ask.panel import Panel
from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.learn.reading import elicit
from causal.learn.sample import sample
from causal.spec.grammar import parse_event
from causal.spec.modelfile import parse_model
from causal.spec.priorfile import parse_priors

NODES = 16
FIVE = 1.6448536269514722  # the standard normal's 95 % point
MODEL = """
model: chain
variables:
  x: {states: [no, yes]}
  m: {states: [low, mid, high], parents: [x]}
  u: {states: [no, yes]}
  y: {states: [no, yes], parents: [m, u]}
outcome: y = yes
"""
BELIEFS = {  # mean and standard deviation of the log-odds
    "a": {"P(x = no)": (0.2, 0.9), "P(m = low | x = yes)": (-0.4, 0.7), "P(y = no | m = high, u = yes)": (-1.5, 0.5)},
    "b": {"P(x = no)": (-0.8, 0.4), "P(m = low | x = yes)": (0.5, 1.1), "P(y = no | m = high, u = yes)": (-0.5, 0.8)},
}
FIXED = {
    "P(u = no)": 0.3,
    "P(m = low | x = no)": 0.7,
    "P(m = mid | m != low, x = no)": 0.6,
    "P(m = mid | m != low, x = yes)": 0.25,
    "P(y = no | m = low, u = no)": 0.9,
    "P(y = no | m = low, u = yes)": 0.8,
    "P(y = no | m = mid, u = no)": 0.6,
    "P(y = no | m = mid, u = yes)": 0.45,
    "P(y = no | m = high, u = no)": 0.35,
}
STATES = {"x": ("no", "yes"), "m": ("low", "mid", "high"), "u": ("no", "yes"), "y": ("no", "yes")}
WEIGHTS = {"a": 0.75, "b": 0.25}
TOTALS = ("P(y = yes)", "P(m = high)")
SAID_WIDE = 0.6  # the standard deviation on the log-odds of what is said about a total


def expit(z):
    return 1.0 / (1.0 + np.exp(-z))


def logit(p):
    return np.log(p) - np.log1p(-p)


def quantiles(mean: float, sd: float) -> str:
    five, middle, most = (float(expit(mean + at * sd)) for at in (-FIVE, 0.0, FIVE))
    return f"{{quantiles: {{5: {five!r}, 50: {middle!r}, 95: {most!r}}}}}"


def priors() -> str:
    lines = ["priors: chain", "model: chain", "experts: {a: {weight: 3}, b: {}}", "judgements:"]
    for expert, beliefs in BELIEFS.items():
        lines += [f"  - {{about: '{text}', by: {expert}, says: {quantiles(*z)}}}" for text, z in beliefs.items()]
    lines += [f"  - {{about: '{text}', by: a, says: {quantiles(0.0, SAID_WIDE)}, use: check}}" for text in TOTALS]
    lines += ["defaults:"] + [f"  - {{about: '{text}', says: {{exactly: {p}}}}}" for text, p in FIXED.items()]
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def head() -> Headline:
    structure = parse_model(MODEL)
    elicited = elicit(Writer(Network.of(structure)), parse_priors(priors(), "p.yaml", structure))
    return headline(Panel(elicited, sample(elicited, seed=5, draws=4000)), parse_event("y = yes"))


# The referee


@cache
def grid(expert: str) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Return every parameter on all combinations of nodes, and the weight of each combination."""
    at, weight = np.polynomial.hermite_e.hermegauss(NODES)
    beliefs = BELIEFS[expert]
    places = np.meshgrid(*(mean + sd * at for mean, sd in beliefs.values()), indexing="ij")
    mass = np.prod(np.meshgrid(*([weight] * len(beliefs)), indexing="ij"), axis=0).ravel()
    numbers = {text: expit(place.ravel()) for text, place in zip(beliefs, places, strict=True)}
    return numbers | {text: np.full(mass.size, p) for text, p in FIXED.items()}, mass / mass.sum()


@cache
def rows(expert: str) -> dict[tuple[str, ...], np.ndarray]:
    """Return the chance of every row (x, m, u, y), at every node."""
    return every_row(grid(expert)[0])


def every_row(of: Mapping[str, np.ndarray]) -> dict[tuple[str, ...], np.ndarray]:
    """Return the chance of every row wherever the parameters are told."""
    found = {}
    for x, m, u, y in product(*STATES.values()):
        low, mid = of[f"P(m = low | x = {x})"], of[f"P(m = mid | m != low, x = {x})"]
        no = of[f"P(y = no | m = {m}, u = {u})"]
        found[x, m, u, y] = (
            (of["P(x = no)"] if x == "no" else 1 - of["P(x = no)"])
            * {"low": low, "mid": (1 - low) * mid, "high": (1 - low) * (1 - mid)}[m]
            * (of["P(u = no)"] if u == "no" else 1 - of["P(u = no)"])
            * (no if y == "no" else 1 - no)
        )
    return found


def total(expert: str, place: int, state: str) -> np.ndarray:
    """Return P(variable = state) at every node, summed over rows."""
    return sum(chance for row, chance in rows(expert).items() if row[place] == state)


def moments(values: np.ndarray, mass: np.ndarray) -> tuple[float, float]:
    mean = float(values @ mass)
    return mean, float(values**2 @ mass) - mean**2


def left(expert: str, q: np.ndarray, noise: float) -> float:
    """Return what is expected to be left of an expert's variance after an answer to a question whose values are q."""
    return expected(total(expert, 3, "yes"), logit(q), grid(expert)[1], noise)


def expected(f: np.ndarray, z: np.ndarray, mass: np.ndarray, noise: float) -> float:
    """Return E Var(f | y), every answer y on a grid, every node weighed by how well it explains the answer."""
    y = np.linspace(z.min() - 6 * noise, z.max() + 6 * noise, 1500)
    found = whole = 0.0
    for part in np.array_split(y, 30):  # the grid of all answers and nodes at once would be large
        weight = np.exp(-0.5 * ((part[:, None] - z) / noise) ** 2) * mass
        chance = weight.sum(axis=1)
        seen = chance > 0
        mean = (weight @ f)[seen] / chance[seen]
        square = (weight @ f**2)[seen] / chance[seen]
        found += float(chance[seen] @ (square - mean**2))
        whole += float(chance.sum())
    return found / whole


def panel_variance() -> float:
    """Return the mixture's variance: within the experts, and between them."""
    each = {name: moments(total(name, 3, "yes"), grid(name)[1]) for name in WEIGHTS}
    mean = sum(w * each[name][0] for name, w in WEIGHTS.items())
    return sum(w * (each[name][1] + (each[name][0] - mean) ** 2) for name, w in WEIGHTS.items())


# The next judgement


def noise_of(expert: str) -> float:
    """Return the median of the standard deviations that an expert stated."""
    stated = [sd for _, sd in BELIEFS[expert].values()] + [SAID_WIDE] * (len(TOTALS) if expert == "a" else 0)
    return float(np.median(stated))


def asked(expert: str, text: str) -> np.ndarray:
    return {"P(y = yes)": lambda: total(expert, 3, "yes"), "P(m = high)": lambda: total(expert, 1, "high")}.get(
        text, lambda: grid(expert)[0][text]
    )()


def test_an_answer_is_worth_what_nested_enumeration_says(head: Headline) -> None:
    found: dict[tuple[str, str], Gain] = {(each.question, each.expert): each for each in next_judgements(head)}
    variance, every = panel_variance(), [*BELIEFS["a"], *TOTALS]
    assert {text for text, _ in found} == set(every)  # what is certain is worth nothing, and not told
    for text in every:
        together = 0.0
        for expert, weight in WEIGHTS.items():
            got = found[text, expert]
            assert got.kind == (TOTAL if text in TOTALS else PARAMETER)
            assert got.noise == pytest.approx(noise_of(expert), abs=1e-6)
            _, before = moments(total(expert, 3, "yes"), grid(expert)[1])
            own = 1.0 - left(expert, asked(expert, text), noise_of(expert)) / before
            scale = weight**2 * before / variance
            together += own * scale
            assert got.own == pytest.approx(own, abs=min(0.02, 4 * got.error / got.panel * got.own + 0.002)), (
                text,
                expert,
            )
            assert got.panel == pytest.approx(own * scale, rel=0.06, abs=0.003), (text, expert)
        both = found[text, PANEL]
        assert both.panel == pytest.approx(together, abs=4 * both.error + 0.005), text
        assert both.own == both.panel


def test_the_order_of_what_is_worth_asking_is_that_of_enumeration(head: Headline) -> None:
    """Asked of everybody: no question comes before another that is clearly worth more."""
    worth = {
        text: sum(
            w**2 * (moments(total(e, 3, "yes"), grid(e)[1])[1] - left(e, asked(e, text), noise_of(e)))
            for e, w in WEIGHTS.items()
        ) / panel_variance()
        for text in (*BELIEFS["a"], *TOTALS)
    }  # fmt: skip
    told = [each.question for each in next_judgements(head) if each.expert == PANEL]
    assert sorted(told) == sorted(worth)
    for before, after in pairwise(told):
        assert worth[before] > worth[after] - 0.01
    assert max(worth.values()) > 3 * min(worth.values())


def test_the_referee_is_right_where_there_is_a_formula() -> None:
    """A headline that is the logit itself, normal: what is left is 1 / (1 / sd^2 + 1 / noise^2)."""
    at, weight = np.polynomial.hermite_e.hermegauss(60)
    sd, noise = 0.9, 0.7
    found = expected(0.2 + sd * at, 0.2 + sd * at, weight / weight.sum(), noise)
    assert found == pytest.approx(1 / (1 / sd**2 + 1 / noise**2), rel=1e-4)


# The next case


type Prior = Mapping[str, tuple[Mapping[str, np.ndarray], np.ndarray]]  # an expert's parameters at points, with mass


def learned(prior: Prior, relevance: float) -> dict[str, float]:
    """Return the share of the variance that one row wins, of each expert's own and of the panel's, over all rows."""
    chance, first, second, found = {}, {}, {}, {}
    before: tuple[dict[str, float], dict[str, float]] = ({}, {})
    for name, (numbers, mass) in prior.items():
        every = every_row(numbers)
        f = sum(each for row, each in every.items() if row[3] == "yes")
        before[0][name], before[1][name] = float(f @ mass), float(f**2 @ mass)
        chance[name] = np.array([each @ mass for each in every.values()])
        weights = [each**relevance * mass for each in every.values()]
        first[name] = np.array([w @ f / w.sum() for w in weights])
        second[name] = np.array([w @ f**2 / w.sum() for w in weights])
        found[name] = 1.0 - chance[name] @ (second[name] - first[name] ** 2) / moments(f, mass)[1]
    p, m, s = (sum(w * of[name] for name, w in WEIGHTS.items()) for of in (chance, first, second))
    mean, square = (sum(w * each[name] for name, w in WEIGHTS.items()) for each in (before[0], before[1]))
    return {**found, PANEL: 1.0 - float(p @ (s - m**2)) / (square - mean**2)}


@pytest.mark.parametrize("relevance", [0.3, 1.0])
def test_a_case_is_worth_what_all_its_rows_are(head: Headline, relevance: float) -> None:
    """Over the draws it has, to the error it states, which is of rows alone; over the grid, to that of the draws."""
    seeds, chosen, draws = 12, head.thinned(1000), head.panel.draws
    runs = [next_case(head, relevance, seed) for seed in range(seeds)]
    assert set(runs[0].columns) == set(STATES)
    drawn = {
        name: (dict(zip(draws.parameters, draws.flat(row)[:, chosen], strict=True)), np.full(chosen.size, 1e-3))
        for row, name in enumerate(draws.experts)
    }
    here, everywhere = learned(drawn, relevance), learned({name: grid(name) for name in WEIGHTS}, relevance)
    for expert in (PANEL, "a", "b"):
        gains = [next(each for each in run.gains if each.expert == expert) for run in runs]
        mean = float(np.mean([each.own for each in gains]))
        error = float(np.mean([each.error for each in gains]))
        assert mean == pytest.approx(here[expert], abs=4 * error / np.sqrt(seeds)), expert
        assert here[expert] == pytest.approx(everywhere[expert], rel=0.15), expert
        spread = float(np.std([each.own for each in gains], ddof=1))
        assert 0.4 * spread < error < 2.5 * spread
