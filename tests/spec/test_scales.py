"""Words of likelihood against what was published about them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from causal.spec.scales import LEVELS, SCALES, TERMS, midway, read_range, word

# The ranges as published: ICD 203 (2015) D.6.e; Kent (1964), 93 +- 6, 75 +- 12, 50 +- 10, 30 +- 10, 7 +- 5; the IPCC's
# likelihood scale of AR5; EFSA (2018), approximate probability scale; the PHIA probability yardstick.
PUBLISHED = {
    "icd203": {
        "almost no chance": (0.01, 0.05), "remote": (0.01, 0.05), "very unlikely": (0.05, 0.20),
        "highly improbable": (0.05, 0.20), "unlikely": (0.20, 0.45), "improbable": (0.20, 0.45),
        "roughly even chance": (0.45, 0.55), "roughly even odds": (0.45, 0.55), "likely": (0.55, 0.80),
        "probable": (0.55, 0.80), "very likely": (0.80, 0.95), "highly probable": (0.80, 0.95),
        "almost certain": (0.95, 0.99), "nearly certain": (0.95, 0.99),
    },
    "kent": {
        "almost certain": (0.87, 0.99), "probable": (0.63, 0.87), "chances about even": (0.40, 0.60),
        "probably not": (0.20, 0.40), "almost certainly not": (0.02, 0.12),
    },
    "ipcc": {
        "virtually certain": (0.99, 1), "extremely likely": (0.95, 1), "very likely": (0.90, 1), "likely": (0.66, 1),
        "about as likely as not": (0.33, 0.66), "unlikely": (0, 0.33), "very unlikely": (0, 0.10),
        "extremely unlikely": (0, 0.05), "exceptionally unlikely": (0, 0.01), "more likely than not": (0.5, 1),
    },
    "efsa": {
        "almost certain": (0.99, 1), "extremely likely": (0.95, 0.99), "very likely": (0.90, 0.95),
        "likely": (0.66, 0.90), "about as likely as not": (0.33, 0.66),
        "unlikely": (0.10, 0.33), "very unlikely": (0.05, 0.10),
        "extremely unlikely": (0.01, 0.05), "almost impossible": (0, 0.01),
    },
    "phia": {
        "remote chance": (0, 0.05), "highly unlikely": (0.10, 0.20), "unlikely": (0.25, 0.35),
        "realistic possibility": (0.40, 0.50), "likely": (0.55, 0.75), "probable": (0.55, 0.75),
        "highly likely": (0.80, 0.90), "almost certain": (0.95, 1),
    },
}  # fmt: skip


@pytest.mark.parametrize("scale", PUBLISHED)
def test_the_ends_of_a_phrase_are_the_published_ones(scale: str) -> None:
    for phrase, (low, high) in PUBLISHED[scale].items():
        five, _, ninety_five = SCALES[scale].phrases[phrase].values
        assert low in (0, five)
        assert high in (1, ninety_five)


# mu, sigma and median of the logit-normal whose central 90 per cent is the range: mu = (logit a + logit b) / 2,
# sigma = (logit b - logit a) / (2 * 1.644854)
LOGIT_NORMAL = {
    "very unlikely": (-2.165367, 0.473642, 0.102904),
    "unlikely": (-0.793483, 0.360404, 0.311421),
    "likely": (0.793483, 0.360404, 0.688579),
    "almost no chance": (-3.769779, 0.501771, 0.022537),
}


def logit(p: float) -> float:
    return math.log(p / (1 - p))


@pytest.mark.parametrize("phrase", LOGIT_NORMAL)
def test_a_phrase_of_icd203_is_a_logit_normal_around_its_range(phrase: str) -> None:
    mu, sigma, median = LOGIT_NORMAL[phrase]
    quantiles = SCALES["icd203"].phrases[phrase]
    low, middle, high = quantiles.values
    assert quantiles.levels == LEVELS == (0.05, 0.5, 0.95)
    assert middle == pytest.approx(median, abs=1e-6)
    assert logit(middle) == pytest.approx(mu, abs=1e-6)
    assert (logit(high) - logit(low)) / (2 * 1.644854) == pytest.approx(sigma, abs=1e-6)


@given(st.floats(0.001, 0.98))
def test_a_range_to_an_end_is_read_from_the_other_side_and_mirrors_itself(low: float) -> None:
    five, middle, ninety_five = read_range(low, 1).values
    assert five == low
    assert middle == pytest.approx((1 + low) / 2)
    assert logit(ninety_five) - logit(middle) == pytest.approx(logit(middle) - logit(five))
    assert read_range(0, 1 - low).values == pytest.approx((1 - ninety_five, 1 - middle, 1 - low))


@pytest.mark.parametrize("ends", [(0, 1), (0.3, 0.3), (0.4, 0.3), (-0.1, 0.3), (0.5, 1.1)])
def test_what_is_no_range_is_refused(ends: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="no range of probability"):
        read_range(*ends)


@given(st.floats(0.001, 0.4), st.floats(0.5, 0.999))
def test_midway_is_between_and_turns_with_its_ends(low: float, high: float) -> None:
    assert low < midway(low, high) < high
    assert midway(1 - high, 1 - low) == pytest.approx(1 - midway(low, high))


def test_every_phrase_has_rising_quantiles_and_every_scale_a_source() -> None:
    for scale in SCALES.values():
        assert scale.source
        for quantiles in scale.phrases.values():
            assert list(quantiles.values) == sorted(set(quantiles.values))
            assert 0 < quantiles.values[0] < quantiles.values[2] < 1
    assert [name for name, scale in SCALES.items() if scale.nested] == ["ipcc"]


@pytest.mark.parametrize(
    ("probability", "expected"),
    [
        (0, "less than 1 in 100"), (0.0099, "less than 1 in 100"), (0.01, "almost no chance"),
        (0.0499, "almost no chance"), (0.05, "very unlikely"), (0.2, "unlikely"), (0.45, "roughly even chance"),
        (0.5, "roughly even chance"), (0.55, "likely"), (0.7999, "likely"), (0.8, "very likely"),
        (0.95, "almost certain"), (0.99, "almost certain"), (0.9901, "more than 99 in 100"), (1, "more than 99 in 100"),
    ],
)  # fmt: skip
def test_a_number_has_one_word_and_the_upper_end_belongs_to_the_next(probability: float, expected: str) -> None:
    assert word(probability) == expected


@pytest.mark.parametrize(
    ("scale", "probability", "expected"),
    [
        ("ipcc", 0.97, "extremely likely"), ("ipcc", 0.93, "very likely"), ("ipcc", 0.7, "likely"),
        ("ipcc", 0.005, "exceptionally unlikely"), ("ipcc", 1, "virtually certain"),
        ("phia", 0.07, "remote chance"), ("phia", 0.22, "highly unlikely"), ("phia", 1, "almost certain"),
        ("kent", 0.61, "chances about even"), ("kent", 0.015, "almost certainly not"),
        ("kent", 0.005, "less than 1 in 100"),
        ("efsa", 0.005, "almost impossible"), ("efsa", 0.99, "almost certain"),
    ],
)  # fmt: skip
def test_nested_scales_take_the_narrowest_word_and_gaps_the_nearest(
    scale: str, probability: float, expected: str
) -> None:
    assert word(probability, scale) == expected


@given(st.sampled_from(sorted(TERMS)), st.floats(0, 1))
def test_every_probability_has_a_word_on_every_scale(scale: str, probability: float) -> None:
    terms = {term.words[0] for term in TERMS[scale]}
    assert word(probability, scale) in terms | {"less than 1 in 100", "more than 99 in 100"}


@pytest.mark.parametrize("number", [-0.1, 1.1, math.nan])
def test_what_is_no_probability_has_no_word(number: float) -> None:
    with pytest.raises(ValueError, match="is no probability"):
        word(number)
