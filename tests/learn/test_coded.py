"""Doubly coded judgements on their way from a prior file to priors and evidence."""

from __future__ import annotations

import math

import pytest

from causal.elicit import Beta, LogitNormal, fit_log_odds, stated
from causal.errors import SpecError
from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.learn.elicited import Elicited
from causal.learn.reading import elicit
from causal.spec.modelfile import load_model
from causal.spec.priorfile import parse_priors

HEAD = """priors: p
model: rain
EXTRA
sources: {book: A book}
experts: {anna: {name: Anna}, boris: {name: Boris}}
judgements:
"""
X, Y = "cite: {source: book, coder: X}", "cite: {source: book, coder: Y}"
DRY = "{about: P(season = dry), by: anna, says: {quantiles: {5: 0.4, 50: 0.6, 95: 0.8}}, CITE}"
RAINY = "{about: P(season = rainy), by: anna, says: {quantiles: {5: 0.1, 50: 0.2, 95: 0.5}}, CITE}"
ONCE = "{about: P(rain = clear | season = dry), by: anna, says: {cases: {x: 3, of: 7}}, CITE}"
OTHERS = "{about: P(rain = clear | season = dry), by: boris, says: {cases: {x: 3, of: 7}}}"
TOTAL = "{about: P(grass = wet), by: anna, says: {quantiles: {5: 0.2, 50: MIDDLE, 95: 0.9}}, CITE}"


def read(*lines: tuple[str, str] | str, extra: str = "") -> Elicited:
    model = load_model("models/rain.yaml")
    made = [each if isinstance(each, str) else each[0].replace("CITE", each[1]) for each in lines]
    text = HEAD.replace("EXTRA\n", f"{extra}\n" if extra else "") + "".join(f"  - {each}\n" for each in made)
    return elicit(Writer(Network.of(model)), parse_priors(text, "p.yaml", model))


def held(elicited: Elicited, expert: str, name: str):
    return next(prior for prior in elicited.held[expert].priors if prior.parameter.name == name)


def test_two_readings_are_one_belief_and_what_was_read_once_is_as_unsure() -> None:
    elicited = read((DRY, X), (RAINY, Y), (ONCE, X), OTHERS)
    alone = [read((DRY, X)), read((RAINY, X)), read((ONCE, X))]
    y, t = zip(*((b.mean, b.sd) for b in (
        fit_log_odds(stated(each.priors.judgements[0].says)).belief for each in alone[:2]
    )), strict=True)  # fmt: skip
    y = (y[0], -y[1])  # the second reads the other state
    spread = math.sqrt(((y[0] - sum(y) / 2) ** 2 + (y[1] - sum(y) / 2) ** 2) / 1)
    assert elicited.coding is not None
    assert elicited.coding.sd == pytest.approx(spread, abs=1e-6)
    assert (elicited.coding.coders, elicited.coding.twice, elicited.coding.once) == (("X", "Y"), 1, 1)
    both = held(elicited, "anna", "P(season = dry)")
    assert isinstance(both.belief, LogitNormal)
    assert both.belief.mu == pytest.approx(sum(y) / 2, abs=1e-5)
    assert both.belief.sigma == pytest.approx(math.sqrt((t[0] ** 2 + t[1] ** 2) / 2 + spread**2 / 2), abs=1e-5)
    assert [each.line for each in both.readings] == [6, 7]
    once = held(elicited, "anna", "P(rain = clear | season = dry)").belief
    odds = Beta(3.5, 4.5).log_odds()
    assert isinstance(once, LogitNormal)
    assert once.sigma == pytest.approx(math.hypot(odds.sigma, spread), abs=1e-5)
    assert held(elicited, "boris", "P(rain = clear | season = dry)").belief == Beta(3.5, 4.5)  # no coder is named
    assert any("1 judgement was coded by more than one of X and Y" in note for note in elicited.notes)


def test_without_double_coding_nothing_changes() -> None:
    with_coder, without = read((DRY, X), (ONCE, Y)), read((DRY, "weight: 1"), (ONCE, "weight: 1"))
    assert with_coder.coding is None
    assert [p.belief for p in with_coder.held["anna"].priors] == [p.belief for p in without.held["anna"].priors]


def test_readings_of_a_total_are_one_piece_of_evidence() -> None:
    first, second = TOTAL.replace("MIDDLE", "0.5"), TOTAL.replace("MIDDLE", "0.7")
    twice = read((first, X), (second, Y))
    (only,) = twice.derived
    one, two = (read((each, X)).derived[0].fit.belief for each in (first, second))
    spread = abs(one.mean - two.mean) / math.sqrt(2)
    assert only.fit.belief.mean == pytest.approx((one.mean + two.mean) / 2)
    assert only.fit.belief.sd == pytest.approx(math.sqrt((one.sd**2 + two.sd**2) / 2 + spread**2 / 2))
    assert len(only.readings) == 2
    assert len(read((first, X), (second, X)).derived) == 2  # one coder said two things: two pieces of evidence, as ever


def test_three_coders_may_read_one_passage_but_no_coder_twice() -> None:
    again = DRY.replace("0.6", "0.7")
    three = read((DRY, X), (again, Y), (RAINY, Y.replace("Y", "Z")))
    assert len(held(three, "anna", "P(season = dry)").readings) == 3
    with pytest.raises(SpecError, match=r"judged already, at line 6 .* Keep one, or name in each the coder"):
        read((DRY, X), (again, X))
    with pytest.raises(SpecError, match=r"judged already, at line 6 .* Keep one, or name in each"):
        read((DRY, X), (again, "weight: 1"))


def test_readings_have_one_weight_and_one_question() -> None:
    first, second = TOTAL.replace("MIDDLE", "0.5"), TOTAL.replace("MIDDLE", "0.7")
    with pytest.raises(SpecError, match="the reading at line 6 has another weight or use; give both the same"):
        read((first, X), (second, f"{Y}, weight: 0.5"))
    net = "{about: P(rain = heavy causes grass = wet), by: anna, says: {quantiles: {50: 0.8}}, CITE}"
    compound = "{about: P(grass = wet | only rain = heavy), by: anna, says: {quantiles: {50: 0.8}}, CITE}"
    with pytest.raises(SpecError, match="in other words; let both answer the same question"):
        read((net, X), (compound, Y))


def test_what_was_read_as_impossible_has_no_middle_with_anything() -> None:
    never = "{about: P(season = dry), by: anna, says: {exactly: 0}, CITE}"
    with pytest.raises(SpecError, match="has no finite"):
        read((never, X), (DRY, Y))
    surely = "{about: P(sprinkler = on | season = dry), by: anna, says: {exactly: 0}, CITE}"
    kept = read((DRY, X), (RAINY, Y), (surely, X))
    assert held(kept, "anna", "P(sprinkler = off | season = dry)").belief.sd == 0
    assert kept.coding is not None
    assert kept.coding.once == 0


def test_a_stated_sd_of_coders_widens_a_hierarchical_pool_where_nothing_was_coded_twice() -> None:
    pooling = "pooling: {hierarchical: {all: 0, school: 0, expert: 0, coder: 0.5}}"
    named, bare = read((DRY, X), extra=pooling), read((DRY, "weight: 1"), extra=pooling)
    one, two = (held(each, "panel-pool", "P(season = dry)").belief for each in (named, bare))
    assert one.sigma == pytest.approx(math.hypot(two.sigma, 0.5))
    doubly = read((DRY, X), (RAINY, Y), extra=pooling)
    mine = held(doubly, "anna", "P(season = dry)").belief
    assert held(doubly, "panel-pool", "P(season = dry)").belief.sigma == pytest.approx(mine.sigma)
    assert any("is what the doubly coded judgements show" in note for note in doubly.notes)
