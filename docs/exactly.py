"""Small models whose posterior expectations are known without sampling, for agreement.py and the tests.

    axes            the uncertain numbers of a model, each with the prior that its file states
    likelihood      of what was judged and seen, as written on paper: a function of the axes, which no engine evaluates
    expectations    integrals of a question's value, by Gauss rules that belong to the priors

A Gauss-Jacobi rule of n points integrates a beta prior times a polynomial of degree 2n - 1 exactly, so whatever only
counts cases is exact to rounding: it is the finite mixture that conjugacy gives. A normal prior on the log-odds has
a Gauss-Hermite rule. ``expectation`` raises where fewer points give another number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, logit, roots_hermitenorm, roots_jacobi
from scipy.stats import norm

import causal
from causal.elicit import Belief, Beta, LogitNormal
from causal.study import Study

type Array = np.ndarray
type Function = Callable[..., Array]

POINTS = 24  # of each rule; fewer where there are more than four axes
NEAR = 2e-5  # to which fewer points have to agree: far below any Monte Carlo error here


@dataclass(frozen=True)
class Axis:
    """An uncertain number and its prior, beta (a, b), or normal (mu, sd) on the log-odds or as it is."""

    kind: str
    first: float
    second: float

    def rule(self, points: int) -> tuple[Array, Array]:
        """Return the nodes and weights of its Gauss rule; weights add up to one."""
        if self.kind == "beta":
            nodes, weights = roots_jacobi(points, self.second - 1.0, self.first - 1.0)
            return (1.0 + nodes) / 2.0, weights / weights.sum()
        nodes, weights = roots_hermitenorm(points)
        line = self.first + self.second * nodes
        return (expit(line) if self.kind == "odds" else line), weights / weights.sum()

    @property
    def says(self) -> str:
        """What an expert says whose prior this is: cases, or quantiles of the log-odds."""
        if self.kind == "beta":  # Jeffreys' halves are added to cases
            return f"{{cases: {{x: {self.first - 0.5!r}, of: {self.first + self.second - 1.0!r}}}}}"
        return normal(self.first, self.second)


def normal(mu: float, sd: float, back: Callable[[Array], Array] = expit) -> str:
    """Return quantiles of a normal on a scale; ``back`` takes the scale to what is said."""
    values = back(mu + sd * 1.6448536269514722 * np.array([-1.0, 0.0, 1.0]))
    return "{{quantiles: {{5: {!r}, 50: {!r}, 95: {!r}}}}}".format(*map(float, values))


def beta(a: float, b: float) -> Axis:
    """Return a share with a beta prior."""
    return Axis("beta", a, b)


def odds(median: float, sd: float) -> Axis:
    """Return a share with a normal prior on its log-odds."""
    return Axis("odds", float(logit(median)), sd)


def about(value: Array, median: float, sd: float) -> Array:
    """Return the likelihood of a judgement: normal on the log-odds."""
    return np.exp(-0.5 * ((logit(value) - logit(median)) / sd) ** 2)


def one(*axes: Array) -> float:
    """Return the likelihood where nothing was judged and nothing seen."""
    return 1.0


def fewer(points: int) -> int:
    """Return how many points are the check on ``points``."""
    return points // 2 if points > 16 else points - 2


@dataclass(frozen=True)
class Small:
    """A model, what is judged about it, cases, and on paper the likelihood and the value of every question.

    ``axes`` are by the question that each answers, which the prior file judges so; one whose name starts with ~ has
    the weak prior of what nobody judged. ``more`` are further judgements, with further keys if need be. ``cases`` is a
    CSV whose columns are variables, ``n`` counting. ``news`` is a question whose conditions are news of this case.
    """

    name: str
    variables: str
    axes: Mapping[str, Axis]
    asks: Mapping[str, Function]
    likelihood: Function = one
    more: Sequence[tuple[str, ...]] = ()
    cases: str = ""
    options: str = "relevance: 1"
    news: str = ""
    points: int | Sequence[int] = POINTS

    @property
    def model(self) -> str:
        """The model file."""
        return f"model: small\nvariables:\n{self.variables}"

    @property
    def priors(self) -> str:
        """The prior file."""
        said = [(name, axis.says) for name, axis in self.axes.items() if name[0] != "~"] + list(self.more)
        lines = [f'  - {{about: "{what}", by: e, says: {says}{"".join(rest)}}}' for what, says, *rest in said]
        judged = "judgements:\n" + "\n".join(lines) + "\n" if lines else ""
        text = f"priors: small\nmodel: small\nexperts: {{e: {{name: E}}}}\n{judged}"
        if self.cases:
            columns = [name for name in self.cases.split("\n", 1)[0].split(",") if name != "n" and name[-1] != "?"]
            mapped = ", ".join(f"{name}: {name}" for name in columns)
            text += f"cases:\n  - {{file: cases.csv, {self.options}, count: n, columns: {{{mapped}}}}}\n"
        return text

    @cached_property
    def expectations(self) -> dict[str, float]:
        """The posterior expectation of every question."""
        points = [self.points] * len(self.axes) if isinstance(self.points, int) else self.points
        fine, coarse = self._integrals(points), self._integrals([fewer(each) for each in points])
        for question, value in fine.items():
            if abs(value - coarse[question]) > NEAR:
                raise ArithmeticError(f"{self.name}: {question} is {value} or {coarse[question]}")
        return fine

    def _integrals(self, points: Sequence[int]) -> dict[str, float]:
        rules = [axis.rule(each) for axis, each in zip(self.axes.values(), points, strict=True)]
        grid = np.meshgrid(*(nodes for nodes, _ in rules), indexing="ij", sparse=True)
        weights = prod(np.meshgrid(*(each for _, each in rules), indexing="ij", sparse=True)) * self.likelihood(*grid)
        return {name: float((weights * value(*grid)).sum() / weights.sum()) for name, value in self.asks.items()}

    def study(self, folder: Path) -> Study:
        """Write the files into a folder, and load them."""
        for name, text in (("model.yaml", self.model), ("priors.yaml", self.priors), ("cases.csv", self.cases)):
            (folder / name).write_text(text, encoding="utf-8")
        return causal.load(folder / "model.yaml", folder / "priors.yaml")


ONE = "  x: {states: ['0', '1']}\n"
THREE = "  x: {states: [low, mid, high]}\n"
PAIR = ONE + "  y: {states: ['0', '1'], parents: [x]}\n"
ROWS = ("P(x = 1)", "P(y = 1 | x = 0)", "P(y = 1 | x = 1)")
CHAIN = PAIR + "  z: {states: ['0', '1'], parents: [y]}\n"
FORK = PAIR + "  z: {states: ['0', '1'], parents: [x, y], mechanism: noisy-or}\n"
NOISY = (
    "  a: {states: ['0', '1']}\n  b: {states: ['0', '1']}\n  y: {states: ['0', '1'], parents: [a, b], mechanism: %s}\n"
)


def table(axes: Sequence[Axis], names: Sequence[str] = ROWS) -> dict[str, Axis]:
    """Return axes by the questions that they answer."""
    return dict(zip(names, axes, strict=True))


def total(p: Array, q0: Array, q1: Array) -> Array:
    """Return P(y = 1) of a pair."""
    return (1 - p) * q0 + p * q1


def shares(first: Array, second: Array, third: Array) -> tuple[Array, Array, Array, Array]:
    """Return four shares from three sticks."""
    left = 1 - first
    return first, left * second, left * (1 - second) * third, left * (1 - second) * (1 - third)


def typed(name: str, rows: Mapping[str, int], concentration: float = 1.0, points: int = POINTS) -> Small:
    """Return X -> Y by response types 00, 01, 10, 11 (of Y at X = 0 and 1), with whole cases ``XY``."""

    def likelihood(*parts: Array) -> Array:
        never, follows, against, always = shares(*parts)
        seen = {"00": never + follows, "01": against + always, "10": never + against, "11": follows + always}
        return prod(seen[codes] ** n for codes, n in rows.items())  # X is a coin of its own

    sticks = [beta(concentration, left * concentration) for left in (3, 2, 1)]
    shape = "flat" if concentration == 1.0 else "jeffreys"
    return Small(
        name,
        "  X: {states: ['0', '1'], mechanism: types}\n  Y: {states: ['0', '1'], parents: [X], mechanism: types}\n",
        dict(zip(("~1", "~2", "~3"), sticks, strict=True)),
        {"P(Y[X = 1] = 1) - P(Y[X = 0] = 1)": lambda *parts: shares(*parts)[1] - shares(*parts)[2]},
        likelihood,
        more=tuple((f"types({each})", f"{{dirichlet: {shape}}}") for each in "XY"),
        cases="X,Y,n\n" + "".join(f"{codes[0]},{codes[1]},{n}\n" for codes, n in rows.items()),
        points=points,
    )


def coin(p: Array, error: float) -> Array:
    """Return how probable a code 1 is that is wrong with a chance."""
    return (1 - error) * p + error * (1 - p)


GRADED = 'relevance: 1, confidence: {suffix: "?", M: 0.1, L: 0.25}'
REPORT = ONE + "  r: {states: ['0', '1'], parents: [x], mechanism: {observation: {reliability: 0.8}}}\n"
LINKS = table(
    [beta(2, 2), beta(1, 3), beta(3, 1), beta(1, 2), beta(2, 1)],
    (*ROWS, "P(z = 1 | y = 0)", "P(z = 1 | y = 1)"),
)
CAUSES = table(
    [beta(1, 6), beta(2, 2), beta(1, 2)],
    ("P(y = 1 | none)", "P(a = 1 causes y = 1)", "P(b = 1 causes y = 1)"),
)

MODELS: Sequence[Small] = (
    # whole cases: conjugate
    Small(
        "coin, whole cases",
        ONE,
        table([beta(2, 3)], ROWS[:1]),
        {"P(x = 1)": lambda p: p},
        lambda p: p**7 * (1 - p) ** 4,
        cases="x,n\n1,7\n0,4\n",
    ),
    Small(
        "coin, cases of relevance 0.3",
        ONE,
        table([beta(2, 3)], ROWS[:1]),
        {"P(x = 1)": lambda p: p},
        lambda p: p**2.1 * (1 - p) ** 3.6,
        cases="x,n\n1,7\n0,12\n",
        options="relevance: 0.3",
    ),
    Small(
        "coin, a judge who knows the odds",
        ONE,
        table([odds(0.3, 0.8)], ROWS[:1]),
        {"P(x = 1)": lambda p: p},
        lambda p: p**3 * (1 - p) ** 9,
        cases="x,n\n1,3\n0,9\n",
        points=64,
    ),
    Small(
        "three states, whole cases",
        THREE,
        table([beta(2, 4), beta(1.5, 2)], ("P(x = low)", "P(x = mid | x != low)")),
        {"P(x = low)": lambda p, q: p + 0 * q, "P(x = high)": lambda p, q: (1 - p) * (1 - q)},
        lambda p, q: p**3 * ((1 - p) * q) ** 5 * ((1 - p) * (1 - q)) ** 2,
        cases="x,n\nlow,3\nmid,5\nhigh,2\n",
    ),
    Small(
        "pair, whole cases",
        PAIR,
        table([beta(2, 2), beta(1.5, 3), beta(3, 2)]),
        {
            "P(y = 1)": total,
            "P(y = 1 | do(x = 1)) - P(y = 1 | do(x = 0))": lambda p, a, b: b - a + 0 * p,
            "P(x = 1 | y = 1)": lambda p, a, b: p * b / total(p, a, b),
        },
        lambda p, a, b: (p * b) ** 6 * (p * (1 - b)) ** 2 * ((1 - p) * a) ** 3 * ((1 - p) * (1 - a)) ** 5,
        cases="x,y,n\n1,1,6\n1,0,2\n0,1,3\n0,0,5\n",
    ),
    # holes and miscodings: finite mixtures
    Small(
        "pair, the cause not seen",
        PAIR,
        table([beta(2, 2), beta(1.5, 3), beta(3, 2)]),
        {"P(y = 1)": total, "P(x = 1)": lambda p, a, b: p + 0 * a * b},
        lambda p, a, b: total(p, a, b) ** 9 * (1 - total(p, a, b)) ** 3 * (p * b) ** 2,
        cases="x,y,n\n,1,9\n,0,3\n1,1,2\n",
    ),
    Small(
        "pair, the effect not seen",
        PAIR,
        table([beta(2, 2), beta(1.5, 3), beta(3, 2)]),
        {"P(y = 1)": total, "P(x = 1)": lambda p, a, b: p + 0 * a * b},
        lambda p, a, b: p**6 * (1 - p) ** 2 * ((1 - p) * a) ** 4,
        cases="x,y,n\n1,,6\n0,NA,2\n0,1,4\n",
    ),
    Small(
        "pair, holes of relevance 0.5",
        PAIR,
        table([odds(0.4, 0.7), beta(1.5, 3), odds(0.7, 0.6)]),
        {"P(y = 1)": total, "P(x = 1 | y = 0)": lambda p, a, b: p * (1 - b) / (1 - total(p, a, b))},
        lambda p, a, b: total(p, a, b) ** 4 * ((1 - p) * (1 - a)) ** 2 * p,
        cases="x,y,n\n,1,8\n0,0,4\n1,,2\n",
        options="relevance: 0.5",
    ),
    Small(
        "coin, miscoded",
        ONE,
        table([beta(2, 3)], ROWS[:1]),
        {"P(x = 1)": lambda p: p},
        lambda p: coin(p, 0.25) ** 6 * (1 - coin(p, 0.1)) ** 5 * p**2,
        cases="x,x?,n\n1,L,6\n0,M,5\n1,,2\n",
        options=GRADED,
    ),
    Small(
        "pair, miscoded and with holes",
        PAIR,
        table([beta(2, 2), beta(1.5, 3), beta(3, 2)]),
        {"P(y = 1)": total},
        lambda p, a, b: (0.9 * p * b + 0.1 * (1 - p) * a) ** 6 * (1 - coin(total(p, a, b), 0.25)) ** 4,
        cases="x,y,x?,y?,n\n1,1,M,,6\n,0,,L,4\n",
        options=GRADED,
    ),
    Small(
        "three states, miscoded",
        THREE,
        table([beta(2, 4), beta(1.5, 2)], ("P(x = low)", "P(x = mid | x != low)")),
        {"P(x = high)": lambda p, q: (1 - p) * (1 - q)},
        lambda p, q: (0.75 * p + 0.125 * (1 - p)) ** 4 * (0.9 * (1 - p) * (1 - q) + 0.05 * (p + (1 - p) * q)) ** 3,
        cases="x,x?,n\nlow,L,4\nhigh,M,3\n",
        options=GRADED,
    ),
    Small(
        "a report of stated reliability",
        REPORT,
        table([beta(3, 2)], ROWS[:1]),
        {"P(x = 1)": lambda p: p, "P(r = 1)": lambda p: coin(p, 0.2)},
        lambda p: coin(p, 0.2) ** 3 * (1 - coin(p, 0.2)) ** 6,
        cases="r,n\n1,3\n0,6\n",
    ),
    Small(
        "a rule of two coins",
        NOISY % "{rule: {any of: [a, b]}}",
        table([beta(2, 3), beta(1, 4)], ("P(a = 1)", "P(b = 1)")),
        {"P(a = 1)": lambda p, q: p + 0 * q, "P(a = 1 | y = 1)": lambda p, q: p / (p + (1 - p) * q)},
        lambda p, q: (p + (1 - p) * q) ** 7 * ((1 - p) * (1 - q)) ** 2,
        cases="y,n\n1,7\n0,2\n",
    ),
    Small(
        "chain, the middle not seen",
        CHAIN,
        LINKS,
        {"P(z = 1 | do(x = 1)) - P(z = 1 | do(x = 0))": lambda p, a, b, c, d: (b - a) * (d - c) + 0 * p},
        lambda p, a, b, c, d: (p * ((1 - b) * c + b * d)) ** 5 * ((1 - p) * (1 - (1 - a) * c - a * d)) ** 4,
        cases="x,z,n\n1,1,5\n0,0,4\n",
        points=10,
    ),
    Small(
        "a confounder, not always seen",
        FORK,
        table(
            [beta(2, 2), beta(1, 3), beta(3, 1), beta(1, 5), beta(1, 1), beta(2, 3)],
            (*ROWS, "P(z = 1 | none)", "P(x = 1 causes z = 1)", "P(y = 1 causes z = 1)"),
        ),
        {"P(z = 1 | do(y = 1))": lambda p, a, b, k, c, d: 1 - (1 - k) * (1 - p * c) * (1 - d) + 0 * a * b},
        lambda p, a, b, k, c, d: (
            (p * b * (1 - (1 - k) * (1 - c) * (1 - d))) ** 3
            * ((1 - p) * (1 - a) * (1 - k) + p * (1 - b) * (1 - k) * (1 - c)) ** 4
        ),
        cases="x,y,z,n\n1,1,1,3\n,0,0,4\n",
        points=11,
    ),
    # judgements of totals, on every scale
    Small(
        "pair, a total judged",
        PAIR,
        table([beta(4, 6), beta(2, 8), beta(3, 7)]),
        {"P(y = 1)": total},
        lambda p, a, b: about(total(p, a, b), 0.1, 0.6),
        more=[("P(y = 1)", normal(float(logit(0.1)), 0.6))],
    ),
    Small(
        "pair, a total judged by half",
        PAIR,
        table([beta(4, 6), odds(0.2, 0.5), odds(0.4, 0.5)]),
        {"P(y = 1)": total},
        lambda p, a, b: about(total(p, a, b), 0.5, 0.4) ** 0.5,
        more=[("P(y = 1)", normal(float(logit(0.5)), 0.4), ", weight: 0.5")],
    ),
    Small(
        "pair, a cause judged from its effect",
        PAIR,
        table([odds(0.5, 0.6), odds(0.2, 0.5), odds(0.6, 0.5)]),
        {"P(x = 1)": lambda p, a, b: p + 0 * a * b, "P(y = 1)": total},
        lambda p, a, b: about(p * b / total(p, a, b), 0.9, 0.5),
        more=[("P(x = 1 | y = 1)", normal(float(logit(0.9)), 0.5))],
    ),
    Small(
        "pair, a quotient judged",
        PAIR,
        table([odds(0.5, 0.6), odds(0.2, 0.5), odds(0.4, 0.5)]),
        {"P(y = 1)": total, "P(y = 1 | do(x = 1))": lambda p, a, b: b + 0 * a * p},
        lambda p, a, b: np.exp(-0.5 * ((np.log(b / a) - np.log(3.0)) / 0.3) ** 2),
        more=[("P(y = 1 | do(x = 1)) / P(y = 1 | do(x = 0))", normal(float(np.log(3.0)), 0.3, np.exp))],
    ),
    Small(
        "pair, a difference judged",
        PAIR,
        table([odds(0.5, 0.6), odds(0.2, 0.5), odds(0.4, 0.5)]),
        {"P(y = 1)": total},
        lambda p, a, b: np.exp(-0.5 * ((b - a - 0.3) / 0.1) ** 2),
        more=[("P(y = 1 | do(x = 1)) - P(y = 1 | do(x = 0))", normal(0.3, 0.1, lambda x: x))],
    ),
    Small(
        "pair, a total judged and cases",
        PAIR,
        table([beta(2, 2), beta(1.5, 3), beta(3, 2)]),
        {"P(y = 1)": total},
        lambda p, a, b: about(total(p, a, b), 0.7, 0.5) * total(p, a, b) ** 2 * ((1 - p) * (1 - a)) ** 3,
        more=[("P(y = 1)", normal(float(logit(0.7)), 0.5))],
        cases="x,y,n\n,1,2\n0,0,3\n",
    ),
    # mechanisms
    Small(
        "noisy-or, whole cases",
        NOISY % "noisy-or",
        CAUSES,
        {
            "P(y = 1 | a = 1, b = 1)": lambda k, c, d: 1 - (1 - k) * (1 - c) * (1 - d),
            "PN(a = 1 -> y = 1 | b = 0)": lambda k, c, d: c * (1 - k) / (1 - (1 - k) * (1 - c)) + 0 * d,
        },
        lambda k, c, d: (
            (1 - (1 - k) * (1 - c)) ** 5
            * ((1 - k) * (1 - c)) ** 2
            * (1 - (1 - k) * (1 - c) * (1 - d)) ** 4
            * (1 - k) ** 6
        ),
        cases="a,b,y,n\n1,0,1,5\n1,0,0,2\n1,1,1,4\n0,0,0,6\n",
    ),
    Small(
        "noisy-or, a total judged",
        NOISY % "noisy-or",
        table(
            [odds(0.1, 0.5), odds(0.4, 0.6), beta(1, 2), beta(2, 2)],
            ("P(y = 1 | none)", "P(a = 1 causes y = 1)", "P(b = 1 causes y = 1)", "P(b = 1)"),
        ),
        {"P(y = 1 | do(a = 1))": lambda k, c, d, q: 1 - (1 - k) * (1 - c) * (1 - q * d)},
        lambda k, c, d, q: about(1 - (1 - k) * (1 - c) * (1 - q * d), 0.8, 0.4),
        more=[("P(y = 1 | do(a = 1))", normal(float(logit(0.8)), 0.4))],
    ),
    Small(
        "noisy-and, whole cases",
        NOISY % "noisy-and",
        {"P(y = 1 | all)": beta(3, 1), "~a": beta(1, 1), "~b": beta(1, 1)},
        {"P(y = 1 | a = 0, b = 1)": lambda t, r, s: t * r + 0 * s},
        lambda t, r, s: t**4 * (1 - t) * (1 - t * r) ** 5 * (t * s) ** 2,
        cases="a,b,y,n\n1,1,1,4\n1,1,0,1\n0,1,0,5\n1,0,1,2\n",
    ),
    Small(
        "logistic, whole cases",
        NOISY % "logistic",
        {"P(y = 1 | baseline)": odds(0.3, 0.7), "~a": Axis("line", 0.0, 1.0), "~b": Axis("line", 0.0, 1.0)},
        {"P(y = 1 | a = 1, b = 1)": lambda t, u, v: expit(logit(t) + u + v)},
        lambda t, u, v: t**2 * (1 - t) ** 5 * expit(logit(t) + u) ** 4 * expit(-logit(t) - u - v) ** 3,
        cases="a,b,y,n\n0,0,1,2\n0,0,0,5\n1,0,1,4\n1,1,0,3\n",
    ),
    Small(
        "logistic, a total judged",
        NOISY % "logistic",
        {
            "P(y = 1 | baseline)": odds(0.3, 0.7),
            "~a": Axis("line", 0.0, 1.0),
            "~b": Axis("line", 0.0, 1.0),
            "P(b = 1)": beta(2, 3),
        },
        {"P(y = 1 | do(a = 1))": lambda t, u, v, q: (1 - q) * expit(logit(t) + u) + q * expit(logit(t) + u + v)},
        lambda t, u, v, q: about((1 - q) * expit(logit(t) + u) + q * expit(logit(t) + u + v), 0.6, 0.4),
        more=[("P(y = 1 | do(a = 1))", normal(float(logit(0.6)), 0.4))],
        points=36,
    ),
    # response types, CausalQueries' counts
    typed("types, 5 and 5", {"00": 5, "11": 5}),
    typed("types, 10 and 10", {"00": 10, "11": 10}),
    typed("types, one case", {"00": 1}),
    typed("types, one case, Jeffreys", {"11": 1}, concentration=0.5),
    typed("types, all four cells", {"00": 4, "01": 2, "10": 1, "11": 6}),
    # news of this case: its conditions are evidence
    Small(
        "pair, news",
        PAIR,
        table([beta(2, 3), beta(1, 4), beta(3, 1)]),
        {"P(x = 1 | y = 1)": lambda p, a, b: p * b / total(p, a, b), "P(x = 1)": lambda p, a, b: p + 0 * a * b},
        total,
        news="P(x = 1 | y = 1)",
    ),
    Small(
        "chain, news",
        CHAIN,
        LINKS,
        {"P(y = 1 | do(x = 0))": lambda p, a, b, c, d: a + 0 * p * b * c * d},
        lambda p, a, b, c, d: c + (d - c) * total(p, a, b),
        news="P(y = 1 | z = 1)",
        points=10,
    ),
    # nothing but priors: independent draws
    Small("coin, priors alone", ONE, table([odds(0.2, 1.0)], ROWS[:1]), {"P(x = 1)": lambda p: p}),
    Small(
        "pair, priors alone",
        PAIR,
        table([beta(2, 3), odds(0.2, 0.8), beta(3, 2)]),
        {"P(y = 1)": total, "P(x = 1 | y = 1)": lambda p, a, b: p * b / total(p, a, b)},
    ),
    Small(
        "noisy-or, priors alone",
        NOISY % "noisy-or",
        CAUSES,
        {"P(y = 1 | a = 1, b = 1)": lambda k, c, d: 1 - (1 - k) * (1 - c) * (1 - d)},
    ),
    Small(
        "logistic, priors alone",
        NOISY % "logistic",
        {"P(y = 1 | baseline)": odds(0.3, 0.7), "~a": Axis("line", 0.0, 1.0)},
        {"P(y = 1 | a = 1, b = 0)": lambda t, u: expit(logit(t) + u)},
    ),
)


@dataclass(frozen=True)
class Shipped:
    """An expert of a shipped case, and the posterior expectations of questions, from the priors as they were fitted."""

    case: str
    expert: str
    expectations: Callable[[Mapping[str, Belief]], dict[str, float]]

    @property
    def name(self) -> str:
        """What the table calls it."""
        return f"{self.case}: {self.expert}"

    def study(self) -> Study:
        """Load the case."""
        return causal.load(self.case)

    def expected(self) -> dict[str, float]:
        """Return the expectations."""
        held = self.study().elicited.held[self.expert].priors
        return self.expectations({prior.parameter.name: prior.belief for prior in held})


HEAVY, WET_OFF = "P(rain = heavy | season = rainy)", "P(grass = wet | do(sprinkler = off))"


def axis(belief: Belief) -> Axis:
    """Return the axis of a prior."""
    match belief:
        case Beta(a=a, b=b):
            return beta(a, b)
        case LogitNormal(mu=mu, sigma=sigma):
            return Axis("odds", mu, sigma)
    raise TypeError(f"no axis for {belief!r}")


def rain(held: Mapping[str, Belief], judged: bool) -> dict[str, float]:
    """Return what the gardener, or another without judgements of totals, expects of the lawn."""
    names = (
        "P(season = dry)", "P(rain = clear | season = dry)", "P(rain = some | rain != clear, season = dry)",
        "P(rain = clear | season = rainy)", "P(rain = some | rain != clear, season = rainy)",
        "P(rain = some causes grass = wet)", "P(rain = heavy causes grass = wet)",
    )  # fmt: skip
    leak = held["P(grass = wet | none)"].mean

    def heavy(*axes: Array) -> Array:
        return (1 - axes[3]) * (1 - axes[4]) + 0 * axes[0]

    def wet(s: Array, cd: Array, md: Array, cr: Array, mr: Array, some: Array, lots: Array) -> Array:
        dry = 1 - (1 - leak) * (cd + (1 - cd) * (md * (1 - some) + (1 - md) * (1 - lots)))
        rainy = 1 - (1 - leak) * (cr + (1 - cr) * (mr * (1 - some) + (1 - mr) * (1 - lots)))
        return s * dry + (1 - s) * rainy

    def likelihood(*axes: Array) -> Array:
        if not judged:
            return np.ones(1)
        said = heavy(*axes), wet(*axes)
        # the diary: .4 .6 .8; the week the pump was broken: .2 .4 .6 at 80 %, so .175 .4 .625 at 90 %, and half of it
        (m1, s1), (m2, s2) = fitted(0.4, 0.6, 0.8), fitted(0.175, 0.4, 0.625)
        return np.exp(-0.5 * ((logit(said[0]) - m1) / s1) ** 2 - 0.25 * ((logit(said[1]) - m2) / s2) ** 2)

    axes, points = {name: axis(held[name]) for name in names}, (14, 6, 9, 12, 12, 10, 7)
    return Small("rain", "", axes, {HEAVY: heavy, WET_OFF: wet}, likelihood, points=points).expectations


def fitted(*quantiles: float) -> tuple[float, float]:
    """Return the normal on the log-odds whose CDF is nearest to 5, 50 and 95 per cent there, by least squares."""
    line = logit(np.array(quantiles))
    start = [line[1], (line[2] - line[0]) / 3.29]
    found = minimize(
        lambda at: float(((norm.cdf(line, at[0], abs(at[1])) - [0.05, 0.5, 0.95]) ** 2).sum()),
        start,
        method="Nelder-Mead",
        options={"xatol": 1e-10, "fatol": 1e-16},
    )
    return float(found.x[0]), float(abs(found.x[1]))


def amoc(held: Mapping[str, Belief]) -> dict[str, float]:
    """Return what whoever judges no total expects, which is linear in the rows of independent mechanisms."""

    def row(name: str, *offsets: str) -> float:
        parts = [held[f"P({name} | baseline)"], *(held[f"P({name} | baseline but {each})"] for each in offsets)]
        mu = parts[0].m + sum(each.mu for each in parts[1:])
        sd = np.sqrt(parts[0].s ** 2 + sum(each.sigma**2 for each in parts[1:]))
        nodes, weights = Axis("odds", mu, sd).rule(64)
        return float(weights @ nodes)

    below, between = (
        held["P(warming = below_2 | pathway = high)"].mean,
        held["P(warming = from_2_to_3 | warming != below_2, pathway = high)"].mean,
    )
    warming = {"": below, "from_2_to_3": (1 - below) * between, "above_3": (1 - below) * (1 - between)}
    far, tipped = held["P(threshold = far)"].mean, 0.0
    for warm, p in warming.items():
        warmer = [f"warming = {warm}"] if warm else []
        for melts in (False, True):
            large = row("melt = large", *warmer)
            lasts = 1 - held["P(convection = stops | none)"].mean
            lasts *= 1 - held[f"P(warming = {warm} causes convection = stops)"].mean if warm else 1
            lasts *= 1 - held["P(melt = large causes convection = stops)"].mean if melts else 1
            for stops in (False, True):
                for near in (False, True):
                    offsets = [
                        *warmer,
                        *["threshold = near"] * near,
                        *["melt = large"] * melts,
                        *["convection = stops"] * stops,
                    ]
                    share = (
                        p
                        * (large if melts else 1 - large)
                        * (1 - lasts if stops else lasts)
                        * (1 - far if near else far)
                    )
                    tipped += share * row("tipped = yes", *offsets)
    stands = [1 - held[f"P(collapsed = no | tipped = {state})"].mean for state in ("no", "yes")]
    return {
        "P(tipped = yes | do(pathway = high))": tipped,
        "P(collapsed = yes | do(pathway = high))": (1 - tipped) * stands[0] + tipped * stands[1],
    }


SHIPPED: Sequence[Shipped] = (
    Shipped("rain", "anna", lambda held: rain(held, judged=True)),
    Shipped("rain", "boris", lambda held: rain(held, judged=False)),
    Shipped("amoc", "critics", amoc),
)
