"""Cooke's classical model against published scores, another program's, and a second writing of information."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy
from hypothesis import given, settings
from hypothesis import strategies as st

from causal.elicit.cooke import bin_of, calibration, classical, information, intrinsic_range
from causal.spec.priors import NumberSeed, Quantiles

LEVELS = (0.05, 0.5, 0.95)

# MORE lecture notes of TU Delft, Structured Expert Judgement: eight seeds, two experts
TRUTHS = (25, 0.0011, 214, 10840, 1, 6, 20, 0.23)
E = ((10, 40, 60), (0.002, 0.02, 0.05), (5, 80, 150), (30000, 60000, 200000), (5, 13, 30), (2, 15, 50), (30, 45, 60),
     (3, 8, 12))  # fmt: skip
A = ((1, 6, 20), (1e-9, 0.0001, 0.002), (5, 150, 900), (1000, 10000, 65000), (5, 65, 95), (0.1, 6, 50), (2, 40, 99),
     (0.1, 5, 40))  # fmt: skip

# Flight crew error, of the data base of Cooke & Goossens (2008), all on a log background
CREW_TRUTHS = (3.67, 5.26, 0.0567, 10840.0, 2699000.0, 52.0, 5.4, 2e-06)
CREW = {
    "A": ((5, 500, 5000), (5, 20, 200), (0.01, 1, 100), (4000, 8000, 20000), (3e5, 1e6, 1.8e6), (11, 80, 500),
          (0.01, 0.0357143, 0.1), (5e-5, 2.5e-4, 1e-3)),
    "B": ((2.5, 25, 250), (1, 10, 100), (0.0025, 0.025, 0.25), (7500, 15000, 20000), (1e6, 2.5e6, 5e6),
          (10, 100, 1000), (0.025, 0.1, 0.25), (1e-7, 1e-6, 1e-5)),
    "C": ((10, 50, 500), (20, 50, 100), (2, 5, 10), (10000, 25000, 40000), (3e7, 4.5e7, 6e7), (12, 26, 52),
          (0.2, 2, 5), (1e-6, 5e-6, 1e-4)),
    "D": ((15, 35, 75), (10, 25, 60), (0.003, 0.02, 0.06), (9000, 10000, 15000), (2.5e6, 4.2e6, 7.5e6),
          (50, 300, 500), (0.1, 0.5, 0.8), (1e-6, 1e-4, 1e-3)),
    "E": ((45, 133, 1000), (2, 10, 100), (4.4e-4, 4.4e-3, 4.4e-2), (12500, 15000, 17500), (5e6, 8.075e6, 1.2e7),
          (40, 80, 120), (0.001, 0.003, 0.01), (5.6e-6, 1.7e-5, 3.3e-5)),
}  # fmt: skip


def quantiles(*values: float, levels: tuple[float, ...] = LEVELS) -> Quantiles:
    return Quantiles(levels, tuple(float(value) for value in values))


def seeds_of(truths, answers, log: bool = False, silent: frozenset[tuple[str, int]] = frozenset()) -> list[NumberSeed]:
    return [
        NumberSeed(
            f"seed {at}",
            truth,
            {name: quantiles(*said[at]) for name, said in answers.items() if (name, at) not in silent},
            log,
        )
        for at, truth in enumerate(truths)
    ]


# ── against what was published, and against another program ──────────────────────────────────────────────────────────


def test_calibration_of_the_lecture_notes() -> None:
    """From the counts that the page prints; those of E do not follow from its own table of answers (5, 2, 0, 1)."""
    assert calibration([((4, 3, 0, 1), LEVELS, 8)]) == pytest.approx(0.000253423, abs=1e-6)
    assert calibration([((1, 3, 3, 1), LEVELS, 8)]) == pytest.approx(0.687518, abs=1e-6)
    scored = classical(seeds_of(TRUTHS, {"E": E, "A": A}), ["E", "A"])
    assert scored["A"].calibration == pytest.approx(0.687518, abs=1e-6)
    assert scored["E"].calibration == pytest.approx(calibration([((5, 2, 0, 1), LEVELS, 8)]), rel=1e-12)


def test_information_of_the_lecture_notes() -> None:
    seeds = seeds_of(TRUTHS, {"E": E, "A": A})
    each = [information(seed.answers["E"], intrinsic_range(seed, ["E"])) for seed in seeds]
    assert each == pytest.approx([0.037, 0.055, 0.278, 0.323, 0.171, 0.124, 0.214, 0.205], abs=1e-3)
    assert classical(seeds, ["E"])["E"].information == pytest.approx(0.175944, abs=1e-5)
    a, e = (
        [information(seed.answers[name], intrinsic_range(seed, ["A", "E"])) for seed in seeds] for name in ("A", "E")
    )
    assert a == pytest.approx([1.05, 3.544, 0.293, 1.264, 0.093, 0.412, 0.04, 0.397], abs=1e-3)
    assert e == pytest.approx([0.139, 0.067, 1.545, 0.359, 1.151, 0.143, 0.926, 1.233], abs=1e-3)
    scored = classical(seeds, ["E", "A"])
    assert scored["A"].information == pytest.approx(0.886494, abs=1e-5)
    assert scored["E"].information == pytest.approx(0.695408, abs=1e-5)


def test_the_flight_crew_as_anduryl_scores_it() -> None:
    """Numbers of ANDURYL 1.2.2 (github.com/grongen/anduryl at 3bf8bc4) on its own copy of the case.

    The seed on occurrence reports has its truth, 52, on C's highest quantile.
    """
    scored = classical(seeds_of(CREW_TRUTHS, CREW, log=True), list(CREW))
    found = {name: (each.calibration, each.information, each.weight()) for name, each in scored.items()}
    wanted = {
        "A": (0.026507993531, 0.499149516267, 0.013231452148),
        "B": (0.663583560107, 0.574010006441, 0.380903603611),
        "C": (0.001547804084, 0.968929523722, 0.001499713074),
        "D": (0.185049069207, 1.029349140132, 0.190480100271),
        "E": (0.000051151118, 1.059923181506, 0.000054216255),
    }
    for name, numbers in wanted.items():
        assert found[name] == pytest.approx(numbers, abs=1e-11), name
    plain = classical(seeds_of(CREW_TRUTHS, CREW), list(CREW))
    assert [plain[name].information for name in "ABCDE"] == pytest.approx(
        [1.417740355216, 2.631636208353, 1.489718114078, 2.327407430950, 3.115812972780], abs=1e-11
    )


def test_seeds_left_unanswered_as_anduryl_takes_them() -> None:
    """Shares are of the seeds answered; N is that of who answered fewest (A, six); information is of those answered."""
    silent = frozenset({("A", 0), ("A", 1), ("D", 7)})
    scored = classical(seeds_of(CREW_TRUTHS, CREW, True, silent), list(CREW))
    assert [scored[name].answered for name in "ABCDE"] == [6, 8, 8, 7, 8]
    assert {each.counted for each in scored.values()} == {6}
    wanted = {
        "A": (0.078223874011, 0.594239952385),
        "B": (0.756327469541, 0.539194298901),
        "C": (0.009285493491, 0.933770462381),
        "D": (0.198396646235, 1.092104870622),
        "E": (0.000747895201, 1.027999783224),
    }
    for name, numbers in wanted.items():
        assert (scored[name].calibration, scored[name].information) == pytest.approx(numbers, abs=1e-11), name


# ── against other writings ───────────────────────────────────────────────────────────────────────────────────────────


def integrated(said: Quantiles, ends: tuple[float, float], log: bool) -> float:
    """Integrate density ln(density / background) over the range, both as densities of the number itself."""
    low, high = (math.exp(end) for end in ends) if log else ends
    total = 0.0
    edges, marks = [low, *said.values, high], [0.0, *said.levels, 1.0]
    for a, b, p, q in zip(edges, edges[1:], marks, marks[1:], strict=False):

        def piece(x: float, a: float = a, b: float = b, mass: float = q - p) -> float:
            own = mass / (x * math.log(b / a)) if log else mass / (b - a)
            background = 1 / (x * math.log(high / low)) if log else 1 / (high - low)
            return own * math.log(own / background)

        total += scipy.integrate.quad(piece, a, b)[0]
    return total


@pytest.mark.parametrize("log", [False, True])
def test_information_is_the_relative_entropy_of_the_least_informative_density(log: bool) -> None:
    for seed in seeds_of((25, 214, 6), {"E": (E[0], E[2], E[5]), "A": (A[0], A[2], A[5])}, log):
        ends = intrinsic_range(seed, ["E", "A"])
        for said in seed.answers.values():
            assert information(said, ends, log) == pytest.approx(integrated(said, ends, log), rel=1e-9)


def test_calibration_is_the_tail_of_the_likelihood_ratio() -> None:
    """The statistic is SciPy's log-likelihood goodness of fit, which has the same chi-square tail."""
    counts, p = np.array([2.0, 3, 6, 1]), np.array([0.05, 0.45, 0.45, 0.05])
    expected = scipy.stats.power_divergence(counts, counts.sum() * p, lambda_="log-likelihood")
    assert calibration([(counts.tolist(), LEVELS, 12)]) == pytest.approx(float(expected.pvalue), rel=1e-12)


def test_sets_of_levels_are_independent_tests_added() -> None:
    """Seeds at 5, 50, 95 and at 25, 75: statistics and degrees of freedom add."""
    first, second = np.array([1.0, 2, 3, 1]), np.array([1.0, 4, 1])
    found = calibration([(first.tolist(), LEVELS, 7), (second.tolist(), (0.25, 0.75), 6)])
    both = [
        scipy.stats.power_divergence(first, 7 * np.array([0.05, 0.45, 0.45, 0.05]), lambda_="log-likelihood"),
        scipy.stats.power_divergence(second, 6 * np.array([0.25, 0.5, 0.25]), lambda_="log-likelihood"),
    ]
    assert found == pytest.approx(float(scipy.stats.chi2.sf(sum(each.statistic for each in both), 3 + 2)), rel=1e-12)


def test_levels_that_nobody_shares_count_for_nothing() -> None:
    seeds = [
        NumberSeed("one", 1.0, {"a": quantiles(0, 2, 3)}),
        NumberSeed("two", 1.0, {"b": quantiles(0, 2, levels=(0.25, 0.75))}),
    ]
    scored = classical(seeds, ["a", "b"])
    assert [(each.answered, each.counted, each.calibration) for each in scored.values()] == [(1, 0, 1.0)] * 2


def test_a_truth_on_a_quantile_falls_in_the_lower_bin() -> None:
    said = quantiles(1, 2, 3)
    assert [bin_of(said, truth) for truth in (0, 1, 1.5, 2, 3, 3.5)] == [0, 0, 1, 1, 2, 3]


def test_alpha_cuts_and_is_itself_enough() -> None:
    scored = classical(seeds_of(CREW_TRUTHS, CREW, log=True), list(CREW))["D"]
    assert scored.weight(scored.calibration) == scored.weight() > 0
    assert scored.weight(np.nextafter(scored.calibration, 1)) == 0


def chances(total: int, shares: tuple[float, ...]) -> list[tuple[tuple[int, ...], float]]:
    """Return every way in which truths can fall into four bins, with its multinomial probability."""
    ways = [
        (a, b, c, total - a - b - c)
        for a in range(total + 1)
        for b in range(total + 1 - a)
        for c in range(total + 1 - a - b)
    ]
    return list(zip(ways, scipy.stats.multinomial.pmf(ways, total, shares).tolist(), strict=True))


def test_who_is_well_calibrated_is_found_so_and_who_is_overconfident_is_not() -> None:
    """Panels of 20 seeds: the honest expert's calibration falls below a half as often as enumeration says it must."""
    rng, panels = np.random.default_rng(20), 300
    honest, sure = [], []
    z = scipy.special.ndtri(LEVELS)
    for _ in range(panels):
        centres = rng.normal(0, 5, 20)
        truths = centres + rng.standard_normal(20)
        answers = {
            "honest": [tuple(each + z) for each in centres],
            "sure": [tuple(each + z / 4) for each in centres],
        }
        scored = classical(seeds_of(truths, answers), ["honest", "sure"])
        honest.append(scored["honest"].calibration)
        sure.append(scored["sure"].calibration)
        assert scored["sure"].information > scored["honest"].information
    every = chances(20, (0.05, 0.45, 0.45, 0.05))
    for limit in (0.05, 0.5):
        wanted = sum(chance for way, chance in every if calibration([(way, LEVELS, 20)]) < limit)
        assert abs(np.mean(np.array(honest) < limit) - wanted) < 4 * math.sqrt(wanted * (1 - wanted) / panels)
    assert float(np.median(sure)) < 1e-4
    assert float(np.mean(np.array(sure) < np.array(honest))) > 0.98


# ── invariances ──────────────────────────────────────────────────────────────────────────────────────────────────────


def same(first, second) -> None:
    assert first.keys() == second.keys()
    for name, each in first.items():
        other = second[name]
        assert (each.calibration, each.information) == pytest.approx((other.calibration, other.information), rel=1e-9)


def test_the_order_of_experts_and_seeds_does_not_matter() -> None:
    seeds = seeds_of(CREW_TRUTHS, CREW, log=True, silent=frozenset({("B", 3)}))
    same(classical(seeds, list(CREW)), classical(seeds[::-1], list(CREW)[::-1]))


@settings(max_examples=30, deadline=None)
@given(st.floats(-100, 100), st.floats(0.01, 100), st.floats(0.2, 3))
def test_units_and_powers_do_not_matter(shift: float, scale: float, power: float) -> None:
    """On a linear background a change of units is none; on a log background a change of units or of power is none."""

    def changed(seeds, change):
        return [
            NumberSeed(
                seed.ask,
                change(seed.truth),
                {name: Quantiles(said.levels, tuple(map(change, said.values))) for name, said in seed.answers.items()},
                seed.log,
            )
            for seed in seeds
        ]

    some = seeds_of(TRUTHS, {"E": E, "A": A})[2:4]  # whose numbers are large enough to survive a shift
    same(classical(some, ["E", "A"]), classical(changed(some, lambda x: shift + scale * x), ["E", "A"]))
    log = seeds_of(TRUTHS, {"E": E, "A": A}, log=True)
    same(classical(log, ["E", "A"]), classical(changed(log, lambda x: scale * x**power), ["E", "A"]))


@pytest.mark.parametrize("change", [math.log, math.sqrt, lambda x: -1 / x])
def test_calibration_knows_order_alone(change) -> None:
    """Any rising change of the scale moves no truth out of its bin."""
    seeds = seeds_of(TRUTHS, {"E": E, "A": A})
    moved = seeds_of(
        [change(x) for x in TRUTHS],
        {name: [tuple(map(change, each)) for each in said] for name, said in (("E", E), ("A", A))},
    )
    first, second = classical(seeds, ["E", "A"]), classical(moved, ["E", "A"])
    assert {n: s.calibration for n, s in first.items()} == {n: s.calibration for n, s in second.items()}
    assert any(first[name].information != pytest.approx(second[name].information) for name in first)
